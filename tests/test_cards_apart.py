"""Two cards or machines between which a question chooses; a table that is to be made of a model."""

import re

import pytest

from chat.agent import Assistant
from chat.events import Conversation
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("H20 96G 还是 A100 80G，70B 推理和训练分别选哪个", r"\*\*推理生成选 H20 96 GB，速度是 2\.0 倍.*训练和长提示选 A100 80 GB，速度是 2\.1 倍", "H20 96 GB 多"),
        ("RTX 5090 or the modded 4090 48GB for fine-tuning?", r"\*\*For training and long prompts take RTX 5090, 1\.3 times", "Only RTX 4090 48 GB has room for 14B LoRA"),
        ("Which is better for local inference, an RTX A6000 or an RTX 5090?", r"\*\*For generating take RTX 5090, 2\.3 times", "RTX A6000 holds 16.1 GiB more"),
        ("2080Ti 22G和3060 12G，微调选哪张", r"\*\*训练和长提示", "没有 bf16"),
    ],
)  # fmt: skip
def test_a_card_is_chosen_for_each_use(question: str, opens: str, says: str) -> None:
    answer = answer_to(question)
    assert re.match(opens, answer), answer
    assert says in answer


def test_whether_cards_are_able_is_no_choice() -> None:
    cues = read("Can Llama-3.1-8B in bf16 fit on a 3060 12GB or a 4060 Ti 16GB?").cues
    assert not any(cue.startswith("choose_card:") for cue in cues)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("2x 4090 or one RTX 6000 Ada for Llama-3.3-70B Q4?", r"\*\*About even: take RTX 6000 Ada Generation for simplicity.* 300 W against 900 W"),
        ("Two 4060 Ti 16GB or one 3090 for a 32B Q4_K_M?", r"\*\*Take RTX 3090: it is the faster one"),
    ],
)  # fmt: skip
def test_one_card_against_several_of_about_its_speed_is_told_by_what_each_is_taken_for(
    question: str, opens: str
) -> None:
    assert re.match(opens, answer_to(question))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Please make me a table for Qwen3-8B: weights in fp32, bf16, int8 and 4 bit, and full, LoRA and QLoRA training", ("fp32", "GPTQ 4-bit", "full fine-tuning", "QLoRA")),
        ("帮我列一张表：Qwen2.5-7B 的全参、LoRA、QLoRA 显存", ("全量微调", "QLoRA")),
    ],
)  # fmt: skip
def test_a_table_that_is_to_be_made_is_no_table_of_others(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says), answer
    assert not answer.startswith(("**LLaMA-Factory", "LLaMA-Factory"))


def test_the_table_of_a_named_source_is_still_looked_up() -> None:
    assert read("Give me a table of what LLaMA-Factory says for 7B LoRA and QLoRA").intent == "table_lookup"


@pytest.mark.parametrize(
    ("question", "turns", "longer"),
    [
        ("one 3090 or two 4060 Ti 16GB to run Qwen3-32B Q4_K_M?", "Memory adds up, speed does not", "For a longer context take 2 ×"),
        ("Qwen3-32B Q4_K_M，买一张4090还是两张5060Ti 16G？", "显存会叠加，速度不会", "要更长的上下文就选 2 ×"),
    ],
)  # fmt: skip
def test_why_several_are_slower_and_what_they_are_for(question: str, turns: str, longer: str) -> None:
    head = answer_to(question).split("\n\n")[0]
    assert turns in head
    assert "GB/s" in head
    assert longer in head


@pytest.mark.parametrize("question", ["4090 or 3090 for Qwen3-32B Q4_K_M?", "4090还是3090跑Qwen3-32B Q4_K_M？"])
def test_single_cards_take_no_turns(question: str) -> None:
    told = answer_to(question)
    assert "adds up" not in told
    assert "叠加" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("full ft of a 72B with fsdp + adamw in mixed precision, no offload: 8x MI300X (192) vs 8x H200 (141), which holds it?", "**Instinct MI300X 192 GB most likely holds it; none does for certain.**"),
    ],
)  # fmt: skip
def test_the_card_that_most_likely_holds_it_is_named(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("L40S vs L20 apart from the VRAM, what is the difference?", "**The memory is the same, 48 GB; they differ in 16-bit arithmetic", "Bandwidth is alike, 864 GB/s: generating is as fast"),
        ("A100 40GB or 80GB: other than memory, what differs for a QLoRA of a 14B?", "**Besides memory (40 GB and 80 GB) they differ in bandwidth, 1,560 and 2,040 GB/s (A100 80 GB generates up to 1.3 times", "training and long prompts take as long"),
        ("how does a 3090 differ from a 5090 for Qwen3-8B?", "**Besides memory (24 GB and 32 GB) they differ in bandwidth, 936 and 1,790 GB/s", "Only RTX 5090 (Blackwell) computes in FP8"),
        ("H800和H100有什么不同", "**显存相同，都是 80 GB；差在卡间互联 NVLink 400 与 900 GB/s", "| 卡间互联 | 400 GB/s | 900 GB/s |"),
        ("V100 32G跟A100 80G除了显存差别在哪，微调13B会受影响吗", "**除了显存（32 GB 与 80 GB），差在16 位算力 125 与 312 TFLOP/s", "只有 A100 80 GB 有 bf16"),
        ("RTX 4080和RTX 4090跑推理有什么差别", "**除了显存（16 GB 与 24 GB），差在带宽 717 与 1,010 GB/s", "| 功耗 | 320 W | 450 W |"),
    ],
)  # fmt: skip
def test_how_cards_differ_is_told_in_figures_with_what_they_change(question: str, opens: str, says: str) -> None:
    answer = answer_to(question).replace("差在 16", "差在16")
    assert answer.startswith(opens), answer
    assert says in answer


@pytest.mark.parametrize(
    "question",
    [
        "is there a difference in memory between a 3090 and a 4090?",
        "LoRA和QLoRA在A100和H100上有什么区别",
        "does a 7B take different memory on an A100 than on an H100?",
    ],
)
def test_whether_memory_differs_is_not_how_cards_do(question: str) -> None:
    assert "cards_differ" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("how much more context does a 5090 give over a 4090 with Qwen3-32B?", "RTX 5090 11.7 GiB (up to about"),
        ("5090 32G相比4090 24G跑32B能多出多少上下文", "**每张卡剩下的空间：RTX 5090 32 GB 11.7 GiB"),
    ],
)
def test_of_cards_none_of_which_holds_16_bits_the_widest_format_that_one_does_is_taken(
    question: str, opens: str
) -> None:
    assert opens in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "method"),
    [
        ("can i finetune gemma-2-2b fully on a colab T4?", ("full",)),
        ("finetune all of Qwen2.5-3B's weights on one 3090, possible?", ("full",)),
        ("does Qwen3-32B Q4_K_M fit fully on a 4090?", ("inference",)),
    ],
)
def test_a_model_that_is_tuned_fully_is_tuned_in_full(question: str, method: tuple[str, ...]) -> None:
    assert read(question).facts["method"] == method


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Llama-3.3-70B for 4 people with 16k each: two 3090s or a single 5090?", "**Neither holds Llama-3.3-70B-Instruct GPTQ 4-bit for 4 sequences of 16,384 tokens each wholly on its cards: 2 × RTX 3090 come nearest, with 48.0 GiB of the 59.6 GiB", "What goes there: 1 sequence of 16,384 tokens, or 2 sequences of 16,384 tokens with a cache in fp8"),
        ("one 4090 or two 3090 to serve Qwen3-32B to 8 users at 16k?", "**Neither holds Qwen3-32B GPTQ 4-bit for 8 sequences", "5 sequences of 16,384 tokens, or 8 sequences of 16,384 tokens with a cache in fp8"),
        ("5个人用Qwen2.5-72B，每人32k，两张4090还是一张A6000？", "**两者都放不下 5 路各 32,768 token 的 Qwen2.5-72B-Instruct", "1 路 8,192 token"),
        ("Qwen3-32B同时2个用户各32k，买两张4060 Ti 16G还是一张4090", "**两者都放不下 2 路各 32,768 token 的 Qwen3-32B", "2 路各 14,336 token"),
        ("an A6000 or two 3090s for Llama-3.3-70B Q8_0 at 32k?", "**Neither holds Llama-3.3-70B-Instruct Q8_0 wholly on its cards; with the rest in RAM: about alike", "tokens/s"),
    ],
)  # fmt: skip
def test_machines_of_which_none_holds_it_open_with_what_the_nearest_holds(question: str, opens: str, says: str) -> None:
    head = answer_to(question).split("\n\n")[0]
    assert head.startswith(opens), head
    assert says in head


@pytest.mark.parametrize(
    ("questions", "opens"),
    [
        (("L40和L20有什么区别", "那H800和H100呢"), "**显存相同，都是 80 GB；差在卡间互联 NVLink 400 与 900 GB/s"),
        (("how do the A10 and the T4 differ?", "and an L40S and an A6000?"), "**The memory is the same, 48 GB; they differ in bandwidth, 864 and 768 GB/s"),
        (("L40和L20有什么区别", "那4090呢"), "**RTX 4090：最大"),
    ],
)  # fmt: skip
def test_two_further_cards_are_set_apart_as_those_before(questions: tuple[str, ...], opens: str) -> None:
    conversation = Conversation()
    told = [Assistant().ask(question, conversation) for question in questions][-1]
    assert told.text.startswith(opens), told.text
