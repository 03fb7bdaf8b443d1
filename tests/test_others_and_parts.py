"""Cards and claims of others, a part of the cards or of the users, choices that are no machine, and words that only look like a failure."""

from typing import Any

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


def _facts(question: str, names: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    facts = read(question).facts
    return {name: facts.get(name, ()) for name in names}


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("The host has 4 L40S, but two belong to the vision team. Qwen3-32B AWQ at 32k for 6 users?", {"n_gpus": (2,)}),
        ("服务器4张L40S,语音组占了两张,剩两张跑Qwen3-32B-AWQ,32k,够吗", {"n_gpus": (2,)}),
        ("I have 2 3090s, one is for gaming, so count one. Qwen3-30B-A3B Q4_K_M at 32k?", {"n_gpus": (1,)}),
        ("两张3090,一张打游戏用,只算一张,30B-A3B Q4_K_M 32k能跑吗", {"n_gpus": (1,)}),
        ("4060 Ti 16GB for Qwen3-14B Q5_K_M at 16k? A friend swears by his 3090.", {"gpu": ("RTX 4060 Ti",)}),
        ("My predecessor wrote 'needs 8x80GB' for Qwen2.5-72B int8 at 8k. Now it moves to 4x L40S. Doable?", {"gpu": ("L40S",), "n_gpus": (4,), "gpu_memory_gb": ()}),
        ("Laptop: 4060 8GB, want Qwen3-8B. Desktop (my sister's): 3080 10GB. Which quant for the laptop at 8k?", {"gpu": ("RTX 4060",)}),
        ("笔记本4060 8G,跑Qwen3-8B;台式机3080 10G是弟弟的。笔记本8k用哪个量化", {"gpu": ("RTX 4060 Laptop GPU",)}),
        ("Did LoRA on a 13B with 1 A100 40G, fine. Now full fine-tuning on 8 of them with fsdp, seq 4k. Fits?", {"n_gpus": (8,), "method": ("full",)}),
        ("I don't have 4 cards any more, one died: 3x 3090. 70B in 4 bit at 8k still?", {"n_gpus": (3,)}),
        ("前面的人把max_model_len设成2048了,A10 24G单卡,Qwen2.5-7B bf16,想开到16k给4个人用行吗", {"seq_len": (16384,), "batch_size": (4,)}),
        # what is theirs to use
        ("The host has 4 L40S and they belong to us. Qwen3-32B AWQ at 32k for 6 users?", {"n_gpus": (4,)}),
        ("Did anyone run LoRA on a 13B with 1 A100 40G?", {"n_gpus": (1,), "method": ("lora",)}),
    ],
)  # fmt: skip
def test_what_others_have_is_not_counted(question: str, own: dict[str, tuple[Any, ...]]) -> None:
    assert _facts(question, own) == own


@pytest.mark.parametrize(
    ("question", "rigs"),
    [
        ("I have to choose between 1x H200 and 2x H100 NVL for Llama-3.3-70B bf16 at 32k.", ("1 × H200", "2 × H100 NVL")),
        ("Torn between 2x 3090 and 1x 5090 for Qwen3-32B Q4_K_M at 16k, which?", ("2 × RTX 3090", "1 × RTX 5090")),
    ],
)  # fmt: skip
def test_what_is_chosen_between_is_no_one_machine(question: str, rigs: tuple[str, ...]) -> None:
    assert read(question).extras["rigs"] == rigs


@pytest.mark.parametrize(
    "question",
    [
        "Not DeepSeek-V3, the distilled R1 (Qwen 32B) please: q4, 16k, 24 GB. ok?",
        "不是满血DeepSeek,是R1蒸馏的Qwen 32B,q4,16k,24G够不够",
        "R1 distilled Qwen 32B in Q4_K_M on a 24 GB card",
    ],
)
def test_a_distilled_model_is_its_own(question: str) -> None:
    facts = read(question).facts
    assert facts["model"] == ("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",)
    assert "teacher_model" not in facts


@pytest.mark.parametrize(
    "question",
    ["用R1蒸馏Qwen2.5-7B,全参,要多少显存", "拿 DeepSeek-R1 蒸馏 Qwen2.5-7B,全参,要多少显存"],
)
def test_who_distils_trains(question: str) -> None:
    assert read(question).facts["teacher_model"] == ("deepseek-ai/DeepSeek-R1",)


@pytest.mark.parametrize(
    ("question", "at_once"),
    [
        ("Qwen3-8B for 60 students, at most half of them online at a time, vllm on an L20, 4k each: fits?", 30),
        ("Qwen3-8B for 61 users with vllm on an L20, 4k each; a third are active at once. Enough?", 21),
        ("微调完的Qwen3-8B给50个学生用,每次只有一半人在线,vllm,一张L20,每人4k", 25),
        ("Half of our 40 users run Windows. Qwen3-8B, vllm, L20, 4k each?", 40),
    ],
)
def test_of_people_a_part_asks_at_once(question: str, at_once: int) -> None:
    assert read(question).facts["batch_size"] == (at_once,)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("7B full ft, 1x A100 80G, adamw_bnb_8bit, bf16, bs=1, 2048 tok. oom or no?", "fits"),
        ("Qwen3-8B lora seq 4096 bs 2 on a 4090: OOM or fine?", "does not fit"),
        (
            "Colleague: 'you need 40GB for QLoRA of a 33B'. Me: 24GB 4090, seq 1024, bs 1. Who's right?",
            "More than it takes here",
        ),
    ],
)
def test_what_might_be_is_not_what_was_seen(question: str, opens: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert opens in first, first
    assert "you see" not in first
    assert "not told" not in first


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("上周跑到310步挂了,这周没事。Qwen2.5-7B LoRA,L40S,bs 1能上16k吗", "train"),
        ("Qwen2.5-7B LoRA 在L40S上跑8k挂了,bs 2,咋办", "train"),
        ("Qwen2.5-7B 挂载3个LoRA,L40S 8k够吗", "inference"),
        ("vllm上给Qwen2.5-7B挂了3个LoRA,L40S 8k够吗", "inference"),
    ],
)
def test_what_hangs_is_no_adapter_that_is_served(question: str, task: str) -> None:
    assert read(question).facts["task"] == (task,)


@pytest.mark.parametrize(
    ("question", "layers"),
    [
        (
            "It says offloaded 40/65 layers to GPU for Qwen3-32B Q5_K_M on a 3090, 8k. Would all 65 go on with Q4_K_M?",
            (),
        ),
        ("日志 offloaded 40/65 layers,Qwen3-32B Q5_K_M,3090,8k,换Q4_K_M能把所有层放上去吗", ()),
        ("offloaded 40/65 layers to GPU, Qwen3-32B Q5_K_M on a 3090: how much RAM does the rest take?", (40,)),
    ],
)
def test_layers_of_a_log_are_those_of_now(question: str, layers: tuple[int, ...]) -> None:
    assert read(question).facts.get("gpu_layers", ()) == layers


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("Qwen3-8B on a 4090 with ollama, GPU utilization is 20%, why?", ()),
        ("nvidia-smi says GPU util 98% with Qwen3-8B LoRA on a 4090", ()),
        ("vLLM with gpu memory utilization at 90% on a 4090, Qwen3-8B", (0.9,)),
        ("Qwen3-8B vllm 4090 显存利用率 90%", (0.9,)),
    ],
)
def test_how_busy_a_card_is_is_no_share_of_its_memory(question: str, share: tuple[float, ...]) -> None:
    assert read(question).facts.get("gpu_memory_utilization", ()) == share


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("单张4090加64G内存ollama跑deepseek-r1:70b,2 token/s,GPU利用率20%,再加一张4090能解决吗?", "2 × RTX 4090 约"),
        ("ollama runs deepseek-r1:70b on a 4090 with 64 GB RAM: 2 t/s, GPU utilization 20%. Would a second 4090 fix it?", "2 × RTX 4090 about"),
    ],
)  # fmt: skip
def test_a_card_that_idles_beside_ram_is_asked_of_one_more(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("I'm not loading in 8bit any more, went to bf16 since the L40S is here. Mistral-Nemo LoRA r=64, bs 2 at 4096?", {"method": ("lora",), "weight_format": ("bf16",), "bits": ()}),
        ("不再用4bit加载了,改bf16,Mistral-Nemo LoRA r=64 bs 2 8192 开gc,L40S放得下吗", {"method": ("lora",), "weight_format": ("bf16",), "bits": (), "seq_len": (8192,)}),
        ("Not using 8-bit Adam but plain AdamW, bf16, 7B full on 2 A100 80GB?", {"optimizer": ("adamw",)}),
        ("Qwen3-14B not quantised before, now load in 8bit on a 4090?", {"bits": (8,)}),
        ("batch 32 was for the 1B. For the 8B (full, 4x H100, zero3, 2k) what batch?", {"params": (8_000_000_000,), "batch_size": (), "zero_stage": (3,), "seq_len": (2048,)}),
        ("batch 16是1B用的,8B全参(4×H100,zero3,4k)该用多大batch", {"params": (8_000_000_000,), "batch_size": (), "zero_stage": (3,), "seq_len": (4096,)}),
        ("zero 2, 3: Qwen2.5-7B full, 8 A100 80GB", {"zero_stage": (2, 3)}),
        ("30 requests/s peak, avg 900 in / 150 out, Qwen2.5-7B fp8 on an L4?", {"batch_size": (), "seq_len": (900,), "output_len": (150,)}),
        ("每秒20个请求,平均输入900输出150,Qwen2.5-7B fp8要几张L4", {"batch_size": ()}),
        ("30 requests at once, 900 in / 150 out, Qwen2.5-7B fp8 on an L4?", {"batch_size": (30,)}),
        ("Three finetunes of Llama-3.2-3B on one L4 via vllm multi-lora r=32, 8k", {"task": ("inference",), "lora_rank": ()}),
    ],
)  # fmt: skip
def test_what_is_over_or_no_setting_stays_out(question: str, own: dict[str, tuple[Any, ...]]) -> None:
    assert _facts(question, own) == own


@pytest.mark.parametrize(
    "question",
    [
        "HF上写16.06GB,ollama显示4.9GB,nvidia-smi 6.7GB,都是Llama-3.1-8B,8G卡该看哪个?",
        "The hub says 16.1 GB for Llama-3.1-8B, ollama says 4.9 GB. Which counts on an 8GB card?",
    ],
)
def test_the_size_in_16_bit_is_no_context(question: str) -> None:
    answer = answer_to(question)
    assert "79,000" not in answer
    assert "that you see are what about" not in answer
