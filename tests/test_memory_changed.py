"""A memory that was added to, a laptop's card, a share that is given, and the longest length by the name of its flag."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "text",
    [
        "之前32G内存合并72B的lora被kill,现在加到128G够吗",
        "內存從32G加到128G,夠合併72B的lora嗎",
        "The merge of a 72B LoRA got killed at 32GB of RAM; is going to 128GB enough?",
        "Merging a 72B LoRA was killed with 32GB RAM, upgraded to 128GB, enough?",
    ],
)
def test_memory_that_was_added_to_is_the_machines(text: str) -> None:
    found = read(text)
    assert (found.facts["host_memory_gb"], found.extras["former"]) == ((128,), (32,))
    assert not {"gpu_memory_gb", "log_to"} & {*found.facts, *found.extras}


@pytest.mark.parametrize(
    "text", ["原来24G显存,现在加到48G,能跑32B吗", "It had 24GB of VRAM, now upgraded to 48GB, can it run a 32B?"]
)
def test_card_that_was_changed(text: str) -> None:
    assert read(text).facts["gpu_memory_gb"] == (48,)


@pytest.mark.parametrize(
    "text",
    [
        "我的3060是笔记本的6G版,别按12G算,能跑7B int4吗",
        "My 3060 is the laptop 6GB version, don't count 12GB, can it run a 7B in int4?",
    ],
)
def test_card_that_is_a_laptops(text: str) -> None:
    assert read(text).facts["gpu"] == ("RTX 3060 Laptop GPU",)


@pytest.mark.parametrize(
    "text",
    [
        "24G的卡跑qwen2.5-7B,gpu_memory_utilization给0.9,能开多大max_model_len",
        "24G的卡跑qwen2.5-7B,gpu_memory_utilization给到0.9,max_model_len能给多少",
        "Qwen2.5-7B on a 24GB card, gpu_memory_utilization set to 0.9, how big can max_model_len go?",
        "Qwen2.5-7B on a 24GB card, gpu_memory_utilization set to 0.9: how large a --max-model-len?",
    ],
)
def test_longest_by_the_name_of_the_flag(text: str) -> None:
    found = read(text)
    assert found.facts["gpu_memory_utilization"] == (0.9,)
    assert "seq_len" in found.asks
    answer = answer_to(text)
    assert "98,208" in answer.splitlines()[0]


@pytest.mark.parametrize(
    "text",
    [
        "allocated 17.3 GB, reserved 22.8 GB, why the difference?",
        "reserved 22.8G allocated 17.3G 为什么差这么多",
        "nvidia-smi显示22.8G,torch.cuda.memory_allocated 17.3G,为什么不一样",
    ],
)
def test_meters_that_differ(text: str) -> None:
    answer = answer_to(text)
    assert "22.8 GiB − 17.3 GiB = 5.50 GiB" in answer


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("Qwen2.5-7B QLoRA开了dora，显存9G变26G，怎么回事", ()),
        ("Qwen2.5-7B QLoRA换了数据，显存11G涨到20G，正常吗", ()),
        ("Qwen2.5-7B QLoRA，显存24G够吗", (24,)),
        ("显存8G升级到16G，能跑Qwen3-14B吗", (16,)),
        ("Qwen2.5-7B QLoRA，显存12G变成24G的卡后能开多大batch", (24, 12)),
    ],
)
def test_what_rose_from_a_size_that_cards_have_is_what_a_run_took(question: str, card: tuple[int, ...]) -> None:
    assert read(question).facts.get("gpu_memory_gb", ()) == card
