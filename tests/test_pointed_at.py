"""What a question points at in the turns before it: a way of a list, two cards or models that were named, a machine's size."""

import pytest

from chat.reads.grammar import read
from tests.talking import last


def facts(*questions: str) -> dict[str, tuple[object, ...]]:
    return dict(last(*questions).said)


FULL = "Qwen2.5-14B full fine-tuning on 4x A100 40GB?"
FULL_ZH = "Qwen2.5-14B 全参微调 4 张 A100 40G 行吗？"


@pytest.mark.parametrize(
    ("questions", "fact", "value"),
    [
        ((FULL, "tell me more about the second option"), "optimizer", "adafactor"),
        ((FULL, "what would the first way take?", "and the second one?"), "optimizer", "adafactor"),
        ((FULL_ZH, "第二个办法具体要多少显存"), "optimizer", "adafactor"),
        ((FULL_ZH, "第二个办法呢", "第一个呢"), "optimizer", "adamw-8bit"),
    ],
)
def test_a_way_of_the_list_is_the_case(questions: tuple[str, ...], fact: str, value: str) -> None:
    listed = last(questions[0]).text
    assert facts(*questions)[fact] == (value,), listed


@pytest.mark.parametrize(
    "questions",
    [
        ("Qwen2.5-7B LoRA or QLoRA on a 24 GB card?", "the second one"),
        ("Qwen2.5-7B LoRA on a 4090?", "tell me more about the second option"),  # it fits: there is no list
        (FULL, "is a second card an option?"),
    ],
)
def test_other_places_are_none_of_a_list(questions: tuple[str, ...]) -> None:
    assert not last(*questions).meant


@pytest.mark.parametrize(
    ("questions", "opens"),
    [
        (("Qwen2.5-14B LoRA on a 4090?", "and on an A6000?", "which of the two should I take?"), "**Take RTX A6000"),
        (("Qwen2.5-32B AWQ 在 3090 上能跑吗", "换成 L40S 呢", "这两张卡哪张更划算？"), "**推理生成选 RTX 3090"),
        (("Llama-3.3-70B AWQ on 2x3090?", "and one A6000?", "which one would you buy?"), "**About even: take RTX A6000"),
        (("Qwen2.5-14B 在 4090 上 8bit", "32B 4bit 呢", "两个模型选哪个？"), "**两个都放得下：Qwen2.5-32B-Instruct"),
        (("Qwen2.5-7B LoRA 在 16G 的卡上行吗", "改成 QLoRA 呢", "两种方法差多少显存"), "**Qwen2.5-7B-Instruct：4 位 QLoRA 需要约"),
        (("Qwen2.5-32B LoRA on a 4090?", "and on a 3090?", "can I use both of them together?"), "**No. Qwen2.5-32B-Instruct, LoRA, 2 cards, RTX 4090 + RTX 3090"),
    ],
)  # fmt: skip
def test_the_two_are_those_that_were_named(questions: tuple[str, ...], opens: str) -> None:
    assert last(*questions).text.startswith(opens)


@pytest.mark.parametrize(
    ("questions", "fact", "value"),
    [
        (("Qwen3-8B 全参 4张A100 80G 行吗", "改成 LoRA 呢", "2张卡够吗"), "n_gpus", (2,)),
        (("Qwen2.5-7B on a 4090?", "which is the cheapest option?"), "gpu", ("RTX 4090",)),
        (("Qwen2.5-32B 4bit on 24GB?", "and 48GB?"), "gpu_memory_gb", (48,)),
        (("Llama-3.1-8B Q4 on a 3060 with 32GB RAM?", "and 64GB?"), "gpu", ("RTX 3060",)),
    ],
)
def test_what_points_at_no_two_cases(questions: tuple[str, ...], fact: str, value: tuple[object, ...]) -> None:
    assert facts(*questions)[fact] == value


@pytest.mark.parametrize(
    ("question", "sizes"),
    [
        ("Mac with 16 or 24GB for Llama 3.1 8B Q4?", (16, 24)), ("16G 还是 24G 的 Mac mini 能跑 Qwen3-14B Q4？", (16, 24)),
        ("M4 Max 36GB or 48GB for Llama 3.3 70B Q4?", (36, 48)), ("M2 Ultra 64、128、192G 跑 DeepSeek-V2 哪个够", (64, 128, 192)),
        ("MacBook Air 16GB RAM or 24GB RAM for Gemma 3 12B", (16, 24)),
        ("MacBook 36GB, Qwen2.5-32B needs 20 or 24GB?", (36,)), ("8B or 14B on a 16GB Mac", (16,)),
    ],
)  # fmt: skip
def test_every_size_of_a_mac_is_read(question: str, sizes: tuple[int, ...]) -> None:
    assert read(question).facts["gpu_memory_gb"] == sizes


def test_a_mac_is_held_against_what_its_gpu_may_have() -> None:
    text = last("Should I buy a MacBook with 24 or 36 GB to run Qwen2.5-32B 4bit?").text
    assert text.startswith("**Take Apple silicon 36 GB"), text
    text = last("Qwen3-14B Q4 在 MacBook 上能跑吗", "16G 还是 24G？").text
    assert "Apple silicon 16 GB（10.7 GiB）" in text, text


@pytest.mark.parametrize(
    ("questions", "fact", "value"),
    [
        (("got a 3090. can I fine-tune llama 3.1 8b?", "lora is fine. dataset has samples up to 6k tokens"), "seq_len", (6000,)),
        (("Qwen2.5-7B LoRA 4090", "we use batch 4"), "batch_size", (4,)),
        (("Qwen2.5-7B LoRA 4090", "我们 batch 是 4，长度 4096"), "seq_len", (4096,)),
        (("Llama-3.3-70B fp8 on 2x A100 80GB?", "add another two"), "n_gpus", (4,)),
        (("Qwen2.5-72B AWQ，两张 A100 80G，32k 能并发多少", "再加两张呢"), "n_gpus", (4,)),
        (("Qwen3-32B Q4 on 24GB?", "and Qwen3-30B-A3B?", "ok the dense one at 16k"), "model", ("Qwen/Qwen3-32B",)),
        (("Qwen3-30B-A3B Q4 16G 显卡上能跑吗", "换成 32B 稠密的呢", "那还是 MoE 好，上下文能开多长"), "model", ("Qwen/Qwen3-30B-A3B",)),
    ],
)  # fmt: skip
def test_what_is_told_or_added_of_the_case(questions: tuple[str, ...], fact: str, value: tuple[object, ...]) -> None:
    assert facts(*questions)[fact] == value


@pytest.mark.parametrize(
    ("questions", "opens"),
    [
        (
            ("Qwen2.5-14B full fine-tuning on 8x 4090, 4096, zero3 offload", "so which option would you recommend"),
            "**Take LoRA",
        ),
        (("Qwen2.5-14B 全参 8卡4090 长度 4096 zero3", "所以到底推荐哪个方案"), "**选 LoRA"),
        (("Qwen2.5-7B LoRA 4090", "does LoRA hurt quality?"), "**LoRA: low-rank updates only"),
        (("Qwen2.5-7B int4 效果会变差吗",), "**8 位质量几乎不降"),
    ],
)
def test_what_is_asked_of_the_ways_comes_first(questions: tuple[str, ...], opens: str) -> None:
    assert last(*questions).text.startswith(opens)


@pytest.mark.parametrize(
    "questions",
    [("Qwen2.5-7B LoRA 4090", "what is a good learning rate?"), ("Qwen2.5-7B on a 4090", "my cat is 4 years old")],
)
def test_other_matters_are_none_of_the_case(questions: tuple[str, ...]) -> None:
    assert "GiB of" not in last(*questions).text


@pytest.mark.parametrize("words", ["cool, thanks", "great thx", "ok got it", "好的，明白了", "谢谢大佬"])
def test_an_acknowledgement_is_none_of_another_matter(words: str) -> None:
    text = last("Qwen2.5-7B LoRA 4090", words).text
    assert text.startswith(("You are welcome", "不客气")), text


@pytest.mark.parametrize(
    ("questions", "fact", "value"),
    [
        (("3B full fine-tuning on 16 H100s, FSDP, 8192", "activation checkpointing off", "ok on then"), "gradient_checkpointing", ("on",)),
        (("Llama 3.3 70B q8 on an M2 Max with 96GB", "could I fine-tune a 7B on it too?"), "weight_format", None),
        (("一台 8 卡 H20 跑 DeepSeek-R1 能支持多少并发，上下文 16k", "两台呢"), "n_gpus", (16,)),
        (("Qwen2.5-72B bf16 on one 8x L40S server, 16k?", "and two nodes?"), "n_gpus", (16,)),
        (("13B full fine-tuning, ZeRO-3 with CPU offload, 4x V100 32GB", "ok LoRA then"), "offload", None),
        (("llama3-8b vllm 4090 gpu_memory_utilization 0.5", "transformers 的话占多少"), "gpu_memory_utilization", None),
        (("llama3-8b vllm 4090 gpu_memory_utilization 0.5", "and with sglang?"), "gpu_memory_utilization", (0.5,)),
    ],
)  # fmt: skip
def test_what_goes_with_a_setting_goes(questions: tuple[str, ...], fact: str, value: tuple[object, ...] | None) -> None:
    assert facts(*questions).get(fact) == value


def test_pictures_of_a_sample_are_counted() -> None:
    text = last("LoRA of Qwen2.5-VL-7B with 1024x1024 pictures on an A6000", "each sample has two images").text
    assert "2,738" in text, text


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        # the size that was told holds of more of them; what was assumed gives way to one that is told
        (("Qwen2.5-VL-7B with 4K pictures on an A6000", "and two images in one prompt?"), "21,098"),
        (("Qwen2.5-VL-7B bf16 单卡 A6000，图片 1024x1024", "每次传 3 张图呢"), "3 张共 4,107 个"),
        (("Qwen2.5-VL-7B bf16 on an A6000, 4 images in each prompt", "the images are 1024x1024"), "4 of them are 5,476**"),
        (("Qwen2.5-VL-7B bf16 单卡 A6000，每次 4 张图", "图片是 1024x1024 的"), "4 张共 5,476 个**"),
    ],
)  # fmt: skip
def test_a_size_of_pictures_that_was_told_holds(questions: tuple[str, ...], says: str) -> None:
    text = last(*questions).text
    assert says in text, text


def test_what_is_left_for_the_cache_comes_with_the_verdict() -> None:
    text = last("Qwen2.5-32B AWQ 两张 4090 vllm", "还剩多少给 KV 缓存").text
    assert "留给缓存" in text.split("\n\n")[0], text


def test_mixed_precision_under_zero_keeps_weights_in_16_bit() -> None:
    text = last("13B full fine-tuning with ZeRO-2, fp16 mixed precision, on 4x V100 32GB").text
    assert "13B × 4 B" not in text, text


@pytest.mark.parametrize(
    ("questions", "fact", "value"),
    [
        (("Phi-4 14B at Q8 on a 4070 Ti Super", "and a 3060 12GB?", "go back to the 4070, what if I use Q6 instead"), "gpu", ("RTX 4070 Ti SUPER",)),
        (("Qwen2.5-7B LoRA on a 4070 Ti Super", "and on a 4070?"), "gpu", ("RTX 4070",)),
        (("finetuning whisper large v3 on a T4", "oh sorry I meant a Qwen2.5-3B", "lora rank 8, 1k tokens"), "model", ("Qwen/Qwen2.5-3B-Instruct",)),
        (("qwen2.5 32b q4 on my 3090, 32k context in ollama", "flash attention is off I think", "ok turned it on and q8 kv, now?"), "attention", ("flash",)),
        (("Qwen3-14B 3060 Q4", "8b 呢，开 32k", "那 14b 和 8b 选哪个"), "model", ("Qwen/Qwen3-14B", "Qwen/Qwen3-8B")),
    ],
)  # fmt: skip
def test_what_was_named_or_switched_is_meant_again(
    questions: tuple[str, ...], fact: str, value: tuple[object, ...]
) -> None:
    assert facts(*questions)[fact] == value


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        (("How much memory for KV cache of Llama 3.1 405B at 128k", "per user?"), "63.0 GiB (67.6 GB) per sequence"),
        (
            ("Qwen2.5-72B QLoRA 4 张 L40S FSDP 长度 4096", "和 2 张 A100 80G 比哪个好"),
            "4 × L40S 每卡 31.7 GiB / 45.0 GiB",
        ),
        (
            ("Qwen2.5-32B AWQ on a 4090", "how does that compare to an A6000, which is better"),
            "For generating take RTX 4090",
        ),
        (("双卡 3090 训练 7B LoRA，DDP 和 ZeRO-3 哪个省显存", "差多少"), "12.7 GiB"),
        (("7B LoRA DDP 2x3090", "does NVLink help?"), "The link between the cards sets the speed"),
        (("双卡 3090 训练 7B LoRA", "那 nvlink 有用吗"), "卡间互联决定的是速度"),
    ],
)
def test_short_questions_are_of_the_case(questions: tuple[str, ...], says: str) -> None:
    assert says in last(*questions).text.split("\n\n")[0]


@pytest.mark.parametrize(
    ("questions", "fact", "value"),
    [
        (("vllm OOM on startup, Qwen2.5-7B on 16GB", "setting it to 8192 enough?"), "seq_len", (8192,)),
        (("Qwen2.5-7B 推理 24G，长度 32k", "改成 8192 呢"), "seq_len", (8192,)),
        (("GRPO 训练 7B，8 卡 A100 80G", "rollout 用 vllm 同卡"), "algo", ("grpo",)),
        (("GRPO of a 7B on 8x A100 80GB", "generation with vllm on the same cards"), "algo", ("grpo",)),
        (("7B Q4 在 3060 上", "速度怎么样", "想微调呢"), "task", ("train",)),
    ],
)
def test_what_a_short_turn_says_of_the_case(questions: tuple[str, ...], fact: str, value: tuple[object, ...]) -> None:
    answer = last(*questions)
    assert answer.said[fact] == value
    assert "GFLOP" not in answer.text


def test_an_objective_that_is_changed_is_set_against_the_one_before() -> None:
    assert last("PPO 训练 7B，8 卡 A100 80G", "改 GRPO 能省多少").text.startswith("**去掉 critic 省下")
    assert last("PPO of a 7B on 8x A100 80GB", "how much does GRPO save?").text.startswith(
        "**Dropping the critic saves"
    )


def test_how_to_mend_a_failure_and_how_far_it_goes_then() -> None:
    failed = "qwen2.5-14b lora 一张 A100 40G，长度 4096，爆了"
    assert "就放得下**" in last(failed, "怎么改最好").text
    assert "稳妥的上限是" in last(failed, "开 liger 能到多长").text
