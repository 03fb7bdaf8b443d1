"""What is asked beside a figure of the asker's is added up, and the states of adapters, of paging and of each case are told as they are."""

import re

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to, answers


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        # 16.1 + 11.7 GiB of logits and the rest = 33.2 GB; the rest of 39 GB is told apart
        ("lora训练llama3-8b，长度4096 bs2，开了检查点，实测39G，我自己算16+0.7=17G，差的22G是什么", "合计 17.2 GB（16.0 GiB）；总共 33.2 GB（30.9 GiB）；您看到的 39 GB 里其余 5.78 GB", "算术本身"),
        ("LoRA on Qwen2.5-7B, batch 4 x 2048, checkpointing: 34 GB. The base is 15.2 GB, what is the other 19 GB?", "Beside it at the peak: logits and loss 13.9 GiB (8,192 × 152,064 × 4 B", "in fp32: 7.62B"),
        # 14.8 × 4 = 59 GB lies near, but the base is told as 16 bit
        ("LoRA r=64 on Qwen2.5-14B, bs 2, cutoff 2048, A100 80G shows 61GB. Base is 29.5GB and the adapter 0.3GB. Where's the remaining 30GB?", "the other 17.1 GB of your 61 GB", "take in fp32"),
        ("Full fine-tune Llama-3.2-1B, bs 8 x 2048, checkpointing, AMP bf16, I expected 1.24*16=20GB but torch says 47 GB peak. what else is in there", "45.6 GB (42.5 GiB) in all, the 47 GB that you see.** What takes less: Liger's fused loss: 24.4 GiB", "arithmetic itself"),
        # 38.6 GB are counted, 27 were seen: less, and so it is said
        ("LoRA Gemma-2-2B, bs 8 x 1024, gradient checkpointing, nvidia-smi says 27GB. 2.6B*2 = 5.2 GB. Explain the other 22 please", "38.6 GB (35.9 GiB) in all; the 27 GB that you see are less", "Not understood"),
        ("全参微调Qwen3-8B，4卡A100 80G zero2，每卡应该多少？实测76G是不是太高", "是偏高，76 GB 超出应有的", "已经生效"),
        # 16 × 8.03 / 8 = 16.1 GB, which is also the weights in 16 bit
        ("With ZeRO-3 8 cards llama-3-8B each GPU shows 34GB, my calc 8*16/8=16GB. not sharding?", "The other 17.9 GB are what no stage divides, by the formulas runtime 3.30 GiB", "2 B per parameter"),
        ("开了fsdp之后4张卡每张还是占了30多G，qwen2.5-7b全参，fsdp是不是没切", "每卡状态 16 B × 7.62B ÷ 4 = 30.5 GB；没生效的话每卡要放 122 GB", "没有读懂"),
    ],
)  # fmt: skip
def test_the_gap_to_the_asker_s_figure_is_added_up(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        ("does 8-bit Adam help with LoRA? Llama-3-8B r=16", "41.9M × 8 B = 0.34 GB; in 8 bits they take 0.08 GB, so 0.25 GB less", "8-bit states save"),
        ("lora用adamw_8bit有必要吗，qwen2.5-14b r=64", "275M × 8 字节 = 2.20 GB，8 位时 0.55 GB，只少 1.65 GB", "8 位状态省"),
        # what all parameters would save stands beside it: 8 B → 2 B of 8.03B and of 13B
        ("Changed the optimizer of my Llama-3-8B QLoRA to adamw_8bit, nvidia-smi reads the same. Is it really on?", "the same change is 64.2 GB (59.8 GiB) → 16.1 GB (15.0 GiB)", "8-bit states save"),
        ("13B lora 优化器改成 paged_adamw_8bit，显存前后一样，是不是没起作用", "这不代表没生效：8 位只作用于优化器状态", "8 位状态省"),
        ("paged_adamw_32bit vs paged_adamw_8bit, do both save memory? 13B", "Paging saves no byte", "没有"),
        # of two other optimizers their own difference, and nothing of 8 bits
        ("SGD instead of AdamW for 3B full finetuning, what do I save", "SGD needs about 25.9 GiB, 23.9 GiB less (48 %) than AdamW with 49.8 GiB", "8-bit"),
        ("muon优化器比adamw省显存吗，3B全参", "Muon 需要约 39.3 GiB，比 AdamW（49.8 GiB）少", "8 位"),
        ("optimizer offload到CPU之后显存只降了一点，qwen2.5-7b lora单卡，为什么", "**这是正常的：在这里它只改变总量的 2%。**", "照样在卡上"),
        ("I offloaded the optimizer to CPU, QLoRA on Llama-3-8B, why does it hardly save anything?", "**It saves 0.31 GiB: the whole goes 10.3 GiB → 9.95 GiB.**", "stays on the card, 5"),
        ("adamw_torch和adamw_torch_fused显存一样吗，7B全参", "状态一样，两个动量每参数 8 字节，共 56.0 GB", "8 位状态省"),
        ("全参 7B 用 adamw_8bit 能省多少显存", "少 37.5 GiB", "Paging"),
        # where all parameters have states an unfelt change is one that was not made
        ("7B 全参换成 adamw_8bit，显存没变，是没生效吗", "按理应有变化", "不代表没生效"),
    ],
)  # fmt: skip
def test_states_are_told_of_what_has_them(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("single 3090 + 64GB RAM, zero3 offload everything, full finetune of Qwen2.5-3B possible? and 7B?", "**Qwen2.5-7B-Instruct: does not fit**. Host memory is what falls short: what is offloaded takes 113.5 GiB"),
        ("zero2 offload和zero3 offload，7B全参单卡3090，内存各要多少，显存各占多少", "**主机内存：ZeRO-2 offload 87.9 GiB、切分（ZeRO-3/FSDP）offload 100.4 GiB**"),
        # the stages in a row, and no batch of 2 and 3; the fastest that fits is no question of speed alone
        ("Full FT of Mistral-Small-24B on 8x H100 80GB: ZeRO-1 / 2 / 3 per GPU? which one should I run", "**Take sharded (ZeRO-3/FSDP): the only one that fits, 57.1 GiB per card"),
        ("4卡A100 40G全参微调Yi-6B，zero1 zero2 zero3每卡多少，最快且放得下是哪个", "选 切分（ZeRO-3/FSDP）：只有它一定放得下，每张卡 33.3 GiB/40.0 GiB"),
        # 17 GB are 15.8 GiB, in the interval of 15.1 GiB
        ("ollama跑qwen2.5:14b，文件9G，num_ctx 32768，ollama ps显示17G，正常吗？想塞进12G的3060", "**正常。加载时就按整个上下文预留 KV 缓存"),
    ],
)  # fmt: skip
def test_each_case_has_its_own_figure(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text, answer.text[:600]
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        ("Going from batch 1 to batch 2 my QLoRA Llama-3-8B run only went from 9.8GB to 12.6GB. why doesn't doubling the batch double memory?", "only these grow with the batch: logits and loss 2.94 GiB → 5.87 GiB", "26 %"),
        ("为什么batch size翻倍显存没翻倍，qwen2.5-7b lora bs1 20G bs2 24G", "随批大小增长的只有 logits 与损失 3.48 GiB → 6.96 GiB", "照样在卡上"),
        ("7B 全参 bs1 和 bs4 显存差多少，为什么不是4倍", "随批大小增长的只有", "没有读懂"),
        # a broken number that no card has was seen: 6.24 × 4 = 25.0 GB
        ("transformers加载chatglm2-6b，from_pretrained(...).cuda()，显存24.9G，网上说13G", "权重是按 fp32 加载的，transformers 5 之前 from_pretrained 不写 dtype 就是这样：6.24B × 4 字节 = 25.0 GB", "24.9 GB 显卡"),
        # 12 GB is what it is to go under, and no remainder of the text
        ("Mistral-Nemo Q4_K_M gguf is 7.5GB, llama-server -c 65536 on a 4090 shows 18.9 GB. Why, and can I get it under 12?", "65,536 tokens × 160 KiB = 10.0 GiB", "Not understood"),
        ("Qwen3-8B Q4_K_M.gguf is 5 GB but llama.cpp with -c 131072 shows 25 GB, why?", "131,072 tokens × 144 KiB = 18.0 GiB", "It is the KV cache"),
        ("sglang跑Qwen2.5-14B-Instruct，A100 80G直接占了70G，权重才29.5G，剩下40G干嘛了，能不能降到40G以内", "把 mem_fraction_static 设为 0.5：缓存还有约 11.0 GiB", "没有读懂"),
        ("同样的脚本lora，Yi-1.5-9B 长度4096 bs1 用24G，换成Qwen3-8B反而31G，参数更少怎么更大", "主要是词表", "没有读懂"),
        # 441.7 tokens are no whole number, and 0.88 GiB of idle blocks do not mend 6.2 GiB
        ("Tried to allocate 256.00 MiB. 24G的卡 22.1 GiB allocated, 900MiB reserved but unallocated，qwen2.5-3b全参pure bf16 bs1，是碎片吗", "主要不是碎片：已保留而未用的只有 0.88 GiB", "448"),
        ("CUDA OOM: tried to allocate 64.00 MiB, 8.1 GiB is reserved by PyTorch but unallocated. LoRA on Qwen2.5-7B, A100 40G", "Fragmentation: the message asks", "Not mainly"),
        ("is adam's state in bf16 when I load the model in bf16 without amp? 7B single A100 80", "Adam's moments are bf16 as the weights are: 2 + 2 B per parameter, 28.0 GB", "mixed-precision Adam"),
        # 14 and 84 GB are two amounts, and no rise; six times is no amount
        ("为什么说Adam占显存是模型的6倍？7B bf16才14G，优化器真要84G？", "84 GB 是每参数 12 字节", "权重 6 GB"),
    ],
)  # fmt: skip
def test_what_was_seen_is_read_as_what_it_is(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


def test_the_host_s_memory_is_no_card_s() -> None:
    found = read("zero3训练70B LoRA，load的时候每个进程内存都爆，主机512G")
    assert found.facts["host_memory_gb"] == (512,)
    assert "gpu_memory_gb" not in found.facts
    assert "host_memory_gb" not in read("主机24G显存的卡能跑7B吗").facts


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("how do I get it below 16 GB? LoRA 8B uses 21GB on my A100 80G", "**8B, LoRA, A100 80 GB limited to 16 GB: does not fit**"),
        ("LoRA 8B 在 A100 80G 上占 21G，怎么压到16G以内", "**8B · LoRA · A100 80 GB 限用 16 GB：放不下**"),
        ("8 A100 80GB, full fine-tuning Qwen2.5-7B, ZeRO-3. Can I bring peak memory below 40 GB?", "8 cards, A100 80 GB limited to 40 GB, sharded (ZeRO-3/FSDP): fits**"),
        ("4090 上 QLoRA 微调 Qwen2.5-7B，显存不能超过16G，4bit", "RTX 4090 限用 16 GB：放得下**"),
        # a server takes a share of its card, and a limit beyond the card is none
        ("vLLM serves Qwen2.5-7B in 16 bit on a 4090. How do I keep it under 18 GB?", "**For 18 GB set gpu_memory_utilization to 0.75"),
        ("QLoRA 4-bit of Qwen2.5-7B on a 3090: can I keep it under 40 GB?", "RTX 3090: fits"),
    ],
)  # fmt: skip
def test_an_amount_to_go_under_limits_the_card_that_is_named(question: str, opens: str) -> None:
    answers(question, opens, "not understood")


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("how do I get it below 16 GB? LoRA 8B uses 21GB", (16.0,)),
        ("LoRA 8B 占 21G，怎么压到16G以内", (16.0,)),
        # a length, and a card's own memory
        ("keep the sequence length under 2048, LoRA on a 24GB card", (24.0,)),
        ("keep my training batch size under 8, LoRA on a 24GB card", (24.0,)),
        ("把长度降到512以内，7B lora 24G显卡", (24.0,)),
        ("7B LoRA on a card with 15.7 GB, fits?", (15.7,)),
    ],
)
def test_an_amount_to_go_under_stands_for_a_card_where_none_is_named(question: str, memory: tuple[float, ...]) -> None:
    assert tuple(float(one) for one in read(question).facts["gpu_memory_gb"]) == memory


@pytest.mark.parametrize(("rest", "understood"), [("22", True), ("23", True), ("17", False), ("27", False)])
def test_a_rest_is_the_difference_of_two_amounts_that_are_told(rest: str, understood: bool) -> None:
    found = read(f"LoRA Gemma-2-2B shows 27 GB, and 5 GB are weights. Explain the other {rest} please")
    assert any(one.text == rest for one in found.not_understood) != understood


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "llama.cpp: Qwen2.5-14B Q4_K_M file is 9 GB, at 32k context it takes 16 GB. Where are the other 7?",
            ("**Beside the weights, 8.51 GB", "KV cache 6.00 GiB", "the 16 GB that you see"),
        ),
        (
            "Llama-3.1-8B weights are only 16 GB, but full fine-tuning with AdamW, batch 4, 2048 tokens uses 150 GB. Where is the other 134 GB?",
            ("optimizer states 89.7 GiB", "gradients 13.7 GiB", "131 GB (122.2 GiB) in all; the other 18.8 GB of your 150 GB"),
        ),
        (
            "Llama-3.1-8B 推理 32k 批 4,权重 16GB,总共 36GB,剩下 20GB 是什么?",
            ("KV 缓存 16.0 GiB", "总共 34.6 GB（32.3 GiB），正是您看到的 36 GB"),
        ),
    ],
)  # fmt: skip
def test_the_rest_of_a_total_is_accounted_for_by_its_parts(question: str, parts: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(part in first for part in parts)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("How many GB are 41,943,040 trainable params with QLoRA on Llama-3.1-8B?", "**41.9M × 16 B = 0.67 GB (0.62 GiB)"),
        (
            "Llama-3.1-8B LoRA, 'trainable params: 167,772,160 || all params: 8,198,033,408': how many GB is that? A colleague says 40 GB in total at 2048 tokens.",
            "the whole 21.3 GiB (2,048 tokens, batch 1). **More than it takes here",
        ),
    ],
)  # fmt: skip
def test_a_printed_count_is_told_in_bytes(question: str, first: str) -> None:
    assert first in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("vLLM Llama-3.1-8B on a 24GB 3090: weights 15GB and KV cache only 2.5GB left, why so little? max_model_len 32768 fails",
         "2.33 GiB hold 19,073 tokens at 128 KiB each, less than one sequence of 32,768 takes, so it does not start.**"),
        ("vllm启动 Qwen2.5-7B,24G的卡,权重15G,为啥还剩的KV cache只有3.6G,max_model_len 32768起不来", "一条 32,768 token 的序列放得下：起不来另有原因。**"),
    ],
)  # fmt: skip
def test_a_cache_that_a_server_has_left_is_held_against_the_formulas_and_the_length(question: str, said: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert said in first
    assert "逐项都对" not in first


@pytest.mark.parametrize(
    "question",
    [
        "full ft of Qwen2.5-0.5B, seq 2048 bs 1: max_memory_allocated 12.1 GiB but nvidia-smi 15.4, is that normal?",
        "Llama-3.1-8B LoRA bs 1 长度 2048，torch 的 max_memory_allocated 是 19.1G，nvidia-smi 显示 22.3G，这正常吗",
    ],
)
def test_two_meters_of_one_run_are_told_apart_beside_what_it_takes(question: str) -> None:
    answer = answer_to(question)
    assert re.search(r"they count different things|口径不同", answer), answer
    assert re.search(r"about [\d.]+ GiB|共约 [\d.]+ GiB", answer), answer


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("为什么chatglm2-6b-int4需要12G以上显存？chatglm-6b-int4只要7G", False),
        ("为什么chatglm2-6b-int4需要7G显存？6B的int4不是3G吗", True),
    ],
)
def test_of_two_models_no_amount_is_held_against_the_one(question: str, held: bool) -> None:
    assert ("7 GB 里" in answer_to(question)) == held


@pytest.mark.parametrize(
    ("question", "less"),
    [
        ("nanoGPT GPT-2 124M, batch 32, block 1024, nvidia-smi shows 22GB on my 3090. 124M params is 0.5GB, what eats the rest?", "with the logits kept once, 6.13 GiB, and fused kernels (34·s·b·h bytes a layer"),
        ("Full fine-tuning Qwen2.5-0.5B, batch 16, length 1024, nvidia-smi shows 20GB on a 3090. The weights are 1GB, what is the rest?", "with the logits kept once, 9.27 GiB, it is"),
        ("训练 Qwen2.5-0.5B 全参 batch 16 长度1024，nvidia-smi显示20G，权重才1G，剩下的是什么，3090", "logits 只留一份 9.27 GiB 时，总共"),
    ],
)  # fmt: skip
def test_less_than_is_counted_tells_what_is_kept_once_and_no_verdict_on_a_card_that_runs_it(question: str, less: str) -> None:  # fmt: skip
    text = answer_to(question)
    assert less in text.split("\n\n")[0], text[:900]
    assert "does not fit** —" not in text
    assert "：放不下**" not in text
    assert "by the formulas" in text or "按公式" in text


def test_a_run_that_fails_is_still_judged() -> None:
    text = answer_to(
        "Full fine-tuning Qwen2.5-0.5B, batch 16, length 1024 on a 3090 24GB: does it fit? nvidia-smi shows 1GB of weights"
    )
    assert "by the formulas" not in text
