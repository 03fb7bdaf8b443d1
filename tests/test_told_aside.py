"""What a text tells in passing, takes back or does not want to hear of is no fact of the case."""

from typing import Any

import pytest

from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        # two memories, each behind its word
        ("显存12G内存48G,能跑Qwen3-30B-A3B q4吗", {"gpu_memory_gb": (12,), "host_memory_gb": (48,)}),
        ("內存96G、顯存16G,最大能推哪個moe", {"gpu_memory_gb": (16,), "host_memory_gb": (96,)}),
        ("VRAM 16GB, RAM 96GB, which MoE is the biggest I can run?", {"gpu_memory_gb": (16,), "host_memory_gb": (96,)}),
        ("RAM: 32GB VRAM: 8GB, how large a model?", {"gpu_memory_gb": (8,), "host_memory_gb": (32,)}),
        # and not where the words stand behind
        ("12G显存 48G内存 Qwen3-14B能跑吗", {"gpu_memory_gb": (12,), "host_memory_gb": (48,)}),
        ("4060 8GB VRAM 32GB RAM, Qwen3-8B?", {"gpu_memory_gb": (8,), "host_memory_gb": (32,)}),
        # a disk is neither
        ("显存16G内存64G硬盘2T,能跑Qwen3-32B吗", {"host_memory_gb": (64,), "params": ()}),
        ("固态2T,内存192G,双4090跑deepseek v3 q2行吗", {"host_memory_gb": (192,), "n_gpus": (2,)}),
        ("RTX 3090, SSD 4TB, RAM 64GB: Qwen3-32B Q4_K_M?", {"host_memory_gb": (64,), "params": ()}),
        # advice that is not wanted
        ("别给我推荐4B,3060 12G 想跑 Qwen3-14B 4bit", {"params": (), "model": ("Qwen/Qwen3-14B",)}),
        ("不要劝我换5090,手里就两张3090,70B awq 能行不", {"gpu": ("RTX 3090",), "n_gpus": (2,)}),
        ("别叫我上H100,一张A6000,Qwen2.5-7B全参有戏吗", {"gpu": ("RTX A6000",), "n_gpus": (1,)}),
        ("Please don't recommend the 4B: will Qwen3-14B at 4 bit fit 12 GB?", {"params": (), "model": ("Qwen/Qwen3-14B",)}),
        ("don't tell me to buy an H100, does Qwen2.5-32B AWQ fit my 3090?", {"gpu": ("RTX 3090",)}),
        # what is known already
        ("单卡装不下我知道,我问的是两张A5000能不能跑Yi-34B int4", {"n_gpus": (2,)}),
        ("I know one L4 can't hold a 70B AWQ, but would four of them?", {"n_gpus": (4,)}),
        # wished and told, these stay
        ("有没有推荐8B的模型,8G显存", {"params": (8e9,)}),
        ("recommend a card for Qwen3-14B at 4 bit: 4070 or 3090?", {"gpu": ("RTX 4070", "RTX 3090")}),
        # taken back
        ("2张卡哦不对4张2080ti 11G,Qwen2.5-7B zero3全参", {"n_gpus": (4,)}),
        ("三张,呃不,四张4090跑Llama-3.3-70B awq", {"n_gpus": (4,)}),
        ("two 3090s, no, four 3090s for a 70B Q4_K_M?", {"n_gpus": (4,)}),
        ("batch 16, er no, 8, Qwen2.5-7B LoRA on a 4090", {"batch_size": (8,)}),
        # somebody else's machine, where the asker's own is old
        ("我们组有台8卡V100 32G的老机器,论文里用的4张A100训Llama-2-7B全参,我这台每卡要多少",
         {"gpu": ("V100",), "n_gpus": (8,)}),
        ("our old server has 4x V100 32GB, the authors trained Llama-2-7B on 8x A100, can we with ZeRO-3?",
         {"gpu": ("V100",), "n_gpus": (4,)}),
        ("朋友的H100上开到64k,我两张L40S,Llama-3.3-70B awq,我能开到多长", {"seq_len": (), "gpu": ("L40S",)}),
        ("a friend runs 64k on an H200, I have two L40S, Llama-3.3-70B AWQ: how far can I go?", {"seq_len": ()}),
        # trained before, served now
        ("之前两张4090 lora训好的Qwen3-8B,合并完想丢一张3060 12G上vllm跑,fp8放得下吗",
         {"task": ("inference",), "n_gpus": (1,), "gpu": ("RTX 3060",)}),
        # changed more than once, to no effect
        ("batch从8降到2再降到1都没用,还是爆,Qwen2.5-7B lora 4090", {"batch_size": (1,)}),
        ("dropped the batch from 32 to 8 to 2, still OOM, Qwen2.5-7B LoRA on a 4090", {"batch_size": (2,)}),
    ],
)  # fmt: skip
def test_what_is_told_aside_is_no_fact(question: str, facts: dict[str, tuple[Any, ...]]) -> None:
    found = read(question).facts
    assert {name: found.get(name, ()) for name in facts} == facts


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("单条大概五千token,Qwen2.5-7B lora 单张A800", {"seq_len": (5000,)}),
        ("上下文一万六,4090跑Qwen3-8B够吗", {"seq_len": (16000,)}),
        ("三千多條樣本,每條兩千字,Qwen2.5-7B lora 要多少显存", {"seq_len": (2000,)}),
        ("lora和qlora在7B上差得多吗,长度都按1200算", {"seq_len": (1200,)}),
        ("长度统一截到2500,Qwen2.5-7B lora 4090", {"seq_len": (2500,)}),
        ("kv 用 fp8 和用 int8 哪个省", {"kv_format": ("fp8", "int8"), "weight_format": ()}),
        ("paged_adamw_8bit跟adamw_8bit哪个省?Qwen2.5-7B全参 A100 80G", {"optimizer": ("paged-adamw-8bit", "adamw-8bit")}),
        ("draft模型用Qwen3-0.6B给Qwen3-14B做投机,多占多少",
         {"model": ("Qwen/Qwen3-14B",), "draft_model": ("Qwen/Qwen3-0.6B",)}),
        ("grpo采样n=8,Qwen2.5-1.5B,4090够吗", {"algo": ("grpo",)}),
        ("上下文并行2,8卡H100训练Llama-3.1-8B 128k长度", {"cp": (2,)}),
    ],
)  # fmt: skip
def test_what_is_told_in_characters_is_read(question: str, facts: dict[str, tuple[Any, ...]]) -> None:
    found = read(question).facts
    assert {name: found.get(name, ()) for name in facts} == facts


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        # what others had, or what was before
        ("学姐说batch 16没问题,我batch 4就爆,单卡4090,Qwen2.5-3B 全参 seq 1024", {"batch_size": (4,)}),
        ("原本想上70B,钱不够,只能上14B,fp8,一张L20够不", {"params": (14e9,)}),
        ("we first tried 32k, too slow, then 16k; final: 8k context, Llama-3.1-8B on an A10, how many users?", {"seq_len": (8192,)}),
        ("my 3060 did fine with 7B Q4, would a 14B Q4_K_M too?", {"params": (14e9,)}),
        ("Qwen2.5-3B在我6G的卡上跑得很稳,换Qwen2.5-7B q4行吗", {"model": ("Qwen/Qwen2.5-7B-Instruct",)}),
        ("Qwen2.5-7B runs fine on my 12 GB card; why does Qwen3-14B Q4 OOM?", {"model": ("Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen3-14B")}),
        # cards that are gone, or at other work
        ("我有4张4090,上周烧了一张,Llama-3.3-70B awq还跑得动不", {"n_gpus": (3,)}),
        ("上周用2张L40还能跑,今天被借走一张,Qwen2.5-32B awq 能行吗", {"n_gpus": (1,)}),
        ("卖了一张3080后只剩一张4090,32B q4行吗", {"gpu": ("RTX 4090",), "n_gpus": (1,)}),
        ("had 4 L40S, one died, is Qwen2.5-72B int8 still possible?", {"n_gpus": (3,)}),
        ("sold one of my two 4090s, does Qwen2.5-32B AWQ fit what is left?", {"n_gpus": (1,)}),
        ("8卡A800,其中3张在跑别的服务,剩下的能不能部署Qwen2.5-72B bf16", {"n_gpus": (5,)}),
        ("we have 8 H100s, 3 of them are running another service; DeepSeek-R1 Q4 on what's left?", {"n_gpus": (5,)}),
        ("4 x A5000, going to do a 70B QLoRA on two of them, the other two drive displays. fits?", {"n_gpus": (2,)}),
        ("我这卡是24G的,但桌面占掉2个G,Qwen3-14B Q8_0放得下吗", {"gpu_memory_gb": (24,)}),
        # cards by their numbers, and a layout of all of them
        ("8卡A800,0-2号卡被占满,3-7空着,Qwen2.5-72B bf16放得下吗", {"n_gpus": (5,)}),
        ("8x H100, GPUs 0-3 are taken by someone, can I serve Llama-3.3-70B fp8 on the rest?", {"n_gpus": (4,)}),
        ("temperature 0-1, 4x 3090, Qwen2.5-32B AWQ fits?", {"n_gpus": (4,)}),
        ("之前 tp=4 pp=2 跑在8卡A100 40G,现在只剩4张,Llama-3.1-70B bf16还能跑吗", {"n_gpus": (4,), "tp": (), "pp": ()}),
        ("tp=8 on 8x L40S before, now only 4 are left, Qwen2.5-72B AWQ?", {"n_gpus": (4,), "tp": ()}),
        # whose machine is asked
        ("同事的机器是2卡A100 80G,我的是8卡3090,Qwen2.5-32B lora用哪台", {"gpu": ("A100 80 GB", "RTX 3090"), "n_gpus": (2, 8)}),
        ("客户说他们用的是7B,我们打算上14B awq,一张A10,4k", {"params": (14e9,)}),
        # machines one by one, and a family whose member is named
        ("我有三台机器:一台3090,一台双4090,一台L40,Qwen2.5-72B Q4_K_M哪台能跑",
         {"gpu": ("RTX 3090", "RTX 4090", "L40"), "n_gpus": (1, 2)}),
        ("mixtral on a 3090: which quant of Mixtral-8x7B fits?", {"model": ("mistralai/Mixtral-8x7B-Instruct-v0.1",)}),
    ],
)  # fmt: skip
def test_what_was_or_is_gone_is_no_fact(question: str, facts: dict[str, tuple[Any, ...]]) -> None:
    found = read(question).facts
    assert {name: found.get(name, ()) for name in facts} == facts


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        # of what is read and what is written
        ("一个请求约200token输入、900token输出,并发32,Qwen2.5-7B 一张L20", {"seq_len": (200,), "output_len": (900,)}),
        ("输入约300 token,输出约800 token,并发64,Qwen2.5-7B一张L20", {"seq_len": (300,), "output_len": (800,)}),
        # everybody has several
        ("想给12个老师用,每人平均同时开2个对话,每个对话4k,Qwen3-14B fp8,L20够不够", {"batch_size": (24,), "seq_len": (4096,)}),
        ("3个客服各自同时开5路会话,上下文8k,Qwen2.5-7B,A10", {"batch_size": (15,)}),
        ("8 teachers, 3 chats open each, 4k per chat, Qwen3-8B fp8 on an L4?", {"batch_size": (24,)}),
        ("each of our 5 devs runs 4 parallel agents with 16k context; Qwen3-32B fp8 on an H100?", {"batch_size": (20,)}),
        ("30 users, 2k prompt, each answer 500 tokens, L40S with Qwen2.5-7B", {"batch_size": (30,)}),
        ("10人每人一张3090,跑Qwen3-14B q4", {"batch_size": (), "gpu": ("RTX 3090",)}),
        ("4 people, each has a 3090, can they run Qwen3-32B Q4?", {"batch_size": ()}),
        # of the host, in brackets; of the card, behind what somebody said
        ("合并权重时内存不够(32G),14B的lora,咋办", {"host_memory_gb": (32,), "gpu_memory_gb": ()}),
        ("RAM (64 GB) runs out when merging a 32B LoRA", {"host_memory_gb": (64,)}),
        ("同事说lora比qlora省显存,真的吗?8B 16G", {"gpu_memory_gb": (16.0,)}),
    ],
)  # fmt: skip
def test_whose_it_is_is_read(question: str, facts: dict[str, tuple[Any, ...]]) -> None:
    found = read(question).facts
    assert {name: found.get(name, ()) for name in facts} == facts


@pytest.mark.parametrize(
    "question",
    [
        "loss.backward()爆的,Qwen2.5-7B lora bs4 len4096 A100 40G,是啥占的",
        "反向的时候才炸的,Qwen2.5-7B lora bs4 len4096 A100 40G",
    ],
)
def test_what_blew_up_in_the_backward_pass_is_diagnosed(question: str) -> None:
    assert read(question).intent == "oom_diagnosis"


def test_so_many_sessions_of_a_length_are_asked_for() -> None:
    assert "batch_size" in read("Qwen3-32B fp8 放一张H20,能同时服务多少 16k 的会话").asks
