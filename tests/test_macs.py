"""A Mac has one memory: its RAM is what the GPU shares, whether its chip is told or not, served or trained."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from formulas.errors import BadInput
from kb import estimate
from tests.talking import answer_to


@pytest.mark.parametrize(("card", "size", "usable"), [("Apple M4 Pro", 48, 36.0), ("Apple M2 Ultra", 192, 144.0)])
def test_a_training_has_the_share_of_unified_memory_that_a_gpu_has(card: str, size: float, usable: float) -> None:
    told = estimate(model="Llama-3.1-8B", method="lora", gpu=card, gpu_memory_gb=size).json()
    assert told["capacity_gib"] == pytest.approx(usable)


def test_a_card_of_its_own_memory_has_all_of_it() -> None:
    told = estimate(model="Llama-3.1-8B", method="lora", gpu="RTX A6000").json()
    assert told["capacity_gib"] == pytest.approx(48.0, rel=0.01)


@pytest.mark.parametrize(
    "question",
    [
        "can I QLoRA a 32B on a Mac M3 Max 64GB?",
        "M4 Max 128G的Mac能LoRA微调Qwen3-14B吗",
        "MacBook M4 Pro 48G能微调多大的模型，用什么工具",
    ],
)
def test_what_trains_on_a_mac_is_told(question: str) -> None:
    assert "mlx_lm.lora" in answer_to(question)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("MacBook Air 16GB RAM, which LLM can I run?", 16),
        ("I have a Mac with 24GB of RAM, can it run Qwen3-14B?", 24),
        ("我的mac是24G内存，能跑Qwen3-14B吗", 24),
        ("苹果电脑 36G 内存能跑什么模型", 36),
    ],
)
def test_the_ram_of_a_mac_is_its_one_memory(text: str, size: float) -> None:
    facts = read(text).facts
    assert facts["gpu_memory_gb"] == (size,)
    assert "host_memory_gb" not in facts


@pytest.mark.parametrize(
    "text",
    [
        "Intel MacBook with 32GB RAM: can it run Qwen3-8B?",
        "A friend's Mac Studio is quick; I have a 4090 and 32GB RAM. Does Qwen3-32B Q4 run for me?",
        "PC with 32GB RAM: can it run Qwen3-8B?",
    ],
)
def test_other_ram_stays_the_host_s(text: str) -> None:
    assert read(text).facts["host_memory_gb"] == (32,)


@pytest.mark.parametrize(
    ("question", "usable"),
    [
        ("what model can I run on a MacBook with 36GB?", "27.0 GiB"),
        ("what can I finetune on a MacBook with 36GB?", "27.0 GiB"),
        ("16G的Mac能跑多大的模型", "10.7 GiB"),
        ("can I QLoRA Qwen3-32B on a MacBook with 36GB?", "27.0 GiB"),
    ],
)
def test_a_mac_of_an_untold_chip_has_the_share_of_its_gpu(question: str, usable: str) -> None:
    answer = Assistant().ask(question)
    assert usable in answer.text
    assert "a 36 GB card" not in answer.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("can a MacBook run Llama 3.3 70B Q4_K_M?", "Of Macs one of 64 GB holds it"),
        ("Mac能不能跑gemma 3 27B Q4_K_M", "至少要 32 GB 的机器"),
        ("Mac Studio能跑DeepSeek-R1 Q8_0吗", "也放不下"),
    ],
)
def test_of_macs_without_a_memory_the_least_that_holds_it_is_told(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_a_family_of_chips_is_a_card_by_its_size() -> None:
    one = estimate(model="Qwen3-32B", method="inference", weight_format="gguf:Q4_K_M", gpu="Apple silicon 64 GB").json()
    assert one["capacity_gib"] == pytest.approx(48.0)
    every = estimate(model="Qwen3-32B", method="inference", weight_format="gguf:Q4_K_M", gpu="Apple silicon")
    assert len(every.outcomes) > 5
    with pytest.raises(BadInput, match="Apple"):
        estimate(model="Qwen3-32B", method="inference", gpu="Apple silicone 64 GB")


@pytest.mark.parametrize(
    ("text", "chip"), [("m3max 128g跑70b", "Apple M3 Max"), ("m4pro 48G qwen3-32b行吗", "Apple M4 Pro"), ("a 70B on my m2ultra?", "Apple M2 Ultra")]
)  # fmt: skip
def test_a_chip_may_be_written_in_one_word(text: str, chip: str) -> None:
    reading = read(text)
    assert reading.facts["gpu"] == (chip,)
    assert "unified_memory" in reading.cues


@pytest.mark.parametrize(
    "question",
    [
        "finetune llama 3.1 8b with mlx on a mac studio 64gb, ok?",
        "用 mlx 在 64g 的 Mac Studio 上微调 llama 3.1 8b，够吗",
    ],
)
def test_what_mlx_tunes_by_itself_are_adapters(question: str) -> None:
    told = answer_to(question)
    assert "LoRA" in told.split("\n")[0]
    assert "does not fit" not in told.split("\n")[0]


@pytest.mark.parametrize(
    ("question", "method"),
    [
        ("mlx 全参微调 qwen2.5-7b，32g 的 mac 够吗", "全量微调"),
        ("pretrain a 1b from scratch with mlx on a 64gb mac, enough?", "pre-training"),
    ],
)
def test_a_method_that_is_told_stays_with_mlx(question: str, method: str) -> None:
    assert method in answer_to(question).split("\n")[0]
