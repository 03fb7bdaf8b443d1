"""A card of which others hold a part: what is free of it is counted, and nothing else is taken for that."""

import pytest

from chat.agent import Assistant
from chat.events import Conversation
from chat.plans.understood import understood
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("Will Qwen3-14B in bf16 fit on an A6000 when only 26 GB are free?", "RTX A6000 limited to 26 GB"),
        ("LoRA of an 8B on an A100 80GB, a colleague's job holds 48 GB", "A100 SXM4 80 GB limited to 32 GB"),
        ("A40 has 18GB available. Mistral-7B in fp16?", "A40 PCIe limited to 18 GB"),
        ("L40S 被别的任务占了 30G，能跑 Qwen3-8B bf16 吗", "L40S limited to 18 GB"),
        ("4090 现在只剩 15G 显存，QLoRA 微调 14B 行不行", "GeForce RTX 4090 limited to 15 GB"),
        ("3090 空闲显存 20G，Qwen2.5-14B Q8_0 放得下吗", "GeForce RTX 3090 limited to 20 GB"),
    ],
)
def test_what_others_hold_is_not_counted(question: str, card: str) -> None:
    """The card of the case is what is left of it, and the answer says so."""
    assert understood(read(question))["gpu"] == card
    said = answer_to(question)
    assert ("Others hold" in said) or ("占着" in said)


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("vLLM on an A100 80GB where another process takes 40 GB: does Qwen3-14B in bf16 fit at 8k?", 0.5),
        ("H100 上别的模型占了 32G，再用 vllm 部署 Qwen3-8B，能开几个并发", 0.6),
    ],
)
def test_a_server_gets_the_share_that_is_left(question: str, share: float) -> None:
    """Its share is of the whole card: no more than what others leave."""
    facts = understood(read(question))
    assert facts["gpu_memory_utilization"] == share
    assert "limited" not in facts["gpu"]
    assert f"gpu_memory_utilization {share:g}" in answer_to(question).replace("最多设 ", "")


@pytest.mark.parametrize(
    "question",
    [
        "13B in fp16 on an A100 40GB, I want at least 8 GB free for a second model",
        "OOM with a 7B LoRA on an A100 80GB although 30 GB are free",
        "Does Qwen3-8B leave 5 GB free on a 4090?",
        "4090 with 64 GB RAM, 40 GB of it free: Qwen3-30B-A3B Q4_K_M?",
        "4090，内存还剩 40G 可用，Qwen3-30B-A3B Q4_K_M 怎么放",
        "为什么 4090 还剩 10G 可用却加载不了 7B",
    ],
)
def test_what_is_no_room_to_plan_with(question: str) -> None:
    """A wish, a failure, what a load leaves and the host's memory limit no card."""
    facts = understood(read(question))
    assert "limited" not in str(facts.get("gpu"))
    assert "gpu_memory_utilization" not in facts


def test_the_largest_model_is_of_what_is_left() -> None:
    """A machine's models are looked for in the memory that is free."""
    whole, rest = (
        Assistant().ask(f"RTX 3090{part}. What is the largest model I can run?")
        for part in ("", ", other jobs use 12 GB")
    )
    assert "limited to 12 GB" in rest.text
    assert whole.result["facts"]["model"] != rest.result["facts"]["model"]


@pytest.mark.parametrize(
    ("question", "room"),
    [
        ("A 16GB card of which the desktop takes 2 GB: Qwen3-14B Q6_K?", 14),
        ("24G 的卡，别的程序占了 4G，Qwen3-14B Q8_0 放得下吗", 20),
        ("my GPU has 12GB but only 10GB free: 14B Q4_K_M?", 10),
    ],
)
def test_of_a_card_by_its_memory_alone(question: str, room: float) -> None:
    assert understood(read(question))["gpu_memory_gb"] == room


def test_what_others_take_is_of_the_card_before() -> None:
    """A follow-up that names no card is of the one at hand."""
    assistant, conversation = Assistant(), Conversation()
    assistant.ask("Qwen3-14B Q8_0 on a 3090", conversation)
    assert "RTX 3090 limited to 22 GB" in assistant.ask("and if the desktop takes 2 GB?", conversation).text


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("3090,18G被别人占着,能跑7B Q4吗", 6),
        ("4090 20G被其他进程占了,Qwen2.5-7B int4能跑吗", 4),
        ("A100 60GB被同事的任务占着,14B bf16够吗", 20),  # of the two sizes the one that can hold it
    ],
)
def test_an_amount_that_is_said_to_be_taken_in_chinese_leaves_the_rest(text: str, room: int) -> None:
    assert str(understood(read(text))["gpu"]).endswith(f"limited to {room} GB")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("another user's process uses 30gb of my a100 80gb, can I lora a 14b?", "16.2 GiB to spare"),
        ("a colleague's job takes 30gb of the a100 80gb, lora of a 14b possible?", "16.2 GiB to spare"),
        ("my card has 12gb, comfyui uses 7, can i run llama 3.2 3b beside it", "a 5 GB card: fits with 8-bit or 4-bit"),
        ("16g的卡，comfyui占了6g，还能跑qwen2.5 14b q4吗", "10 GB 显卡"),
        ("chrome takes 2gb of my 12gb card, does llama 3.1 8b q6 fit", "7.30 GiB of 10.0 GiB"),
        ("两张卡被同事占了一部分，每张剩30g，能lora 14b吗", "每张卡可用 30.0 GiB"),
    ],
)
def test_what_somebodys_job_holds_is_taken(question: str, says: str) -> None:
    told = answer_to(question)
    assert says in told
    assert "What runs beside it is not counted" not in told
    assert "旁边的另一个模型没有计入" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("my vllm 8b server idles at 72gb of an 80gb card, would a 13b fit", "the card has 73.6 GiB"),
        ("sdxl takes 8 seconds per image on my 11gb card, can it also run llama 3.2 3b", "the card has 11.0 GiB"),
        ("flux uses 12 steps on my 16gb card, does qwen2.5 7b q4 fit too", "of 16.0 GiB"),
    ],
)
def test_a_servers_own_pool_and_what_is_no_memory_are_not_taken(question: str, says: str) -> None:
    told = answer_to(question)
    assert says in told
    assert "Others hold a part" not in told
