"""What others name or write beside what the asker has: each is held at its own length, and against what is expected instead."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "others"),
    [
        ("The docs say 2x A100 80GB serve Qwen2-72B GPTQ-int4 at 128k with vLLM; my 4x A100 40GB are full at 20k tokens already, why?", "**vLLM takes a share of the card at its start", "2 × A100 80 GB, holds it in GPTQ 4-bit at 131,072 tokens"),
        ("官方说2张A100 80G能跑Qwen2-72B-gptq-int4的128k,我4张A100 40G用vllm输入2w就满了,为什么", "**vLLM 启动时不管模型多大都先占一定比例的显存", "2 × A100 80 GB 在 131,072 token 时放得下 GPTQ 4 位"),
        ("The docs say 2x H100 80GB serve Llama-3.3-70B fp8 at 32k; my 4x L40S are full at 4k in vLLM, why?", "**vLLM takes a share", "at 32,768 tokens"),
    ],
)  # fmt: skip
def test_cards_that_others_name_are_held_at_their_length_behind_why_ones_own_are_full(
    question: str, opens: str, others: str
) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:200]
    assert others in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("In this post full fine-tuning of Llama 3.1 70B is 300 GB - shouldn't it be around 8x the size, 500 GB or more?", "**Too little: 300 GB is 4 B for each"),
        ("这篇文章说全参微调Llama-3.1-70B要300GB,不是应该要1100GB吗", "**偏小：300 GB 是 70.6B 参数每个 4 字节"),
        ("The blog says full fine-tuning a 13B takes 120 GB; shouldn't it be 210 GB?", "**210 GB is the nearer."),
        ("A calculator says 18GB for LoRA on Qwen2.5-7B, shouldn't it be 30 GB?", "**18 GB is the nearer."),
    ],
)  # fmt: skip
def test_what_is_written_and_what_is_expected_are_weighed_and_neither_was_seen(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:200]
    assert "you see 500 GB" not in answer
    assert "e+0" not in answer.split("\n\n")[0]


def test_what_was_seen_stays_seen_where_another_amount_is_expected() -> None:
    assert read("Qwen2.5-7B用transformers推理占了22G,不应该是15G吗").intents[0] == "why_more"
    assert "who_is_right" not in read("nvidia-smi shows 22GB for Qwen2.5-7B inference, shouldn't it be 15GB?").cues


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("Mistral-Small-24B q4 with num_ctx 128K goes 100% CPU on 2x24GB although weights are 13GB", {"n_gpus": (2,), "gpu_memory_gb": (24,)}),
        ("Llama-3.3-70B AWQ OOMs on 2x24GB while the weights are 40GB, why?", {"n_gpus": (2,), "gpu_memory_gb": (24,)}),
    ],
)  # fmt: skip
def test_what_is_told_of_another_thing_is_not_what_the_cards_come_to(question: str, facts: dict[str, object]) -> None:
    reading = read(question)
    assert not reading.equations
    assert {name: reading.facts.get(name) for name in facts} == facts


def test_an_equation_stays_one() -> None:
    assert read("Is 7B x 16 bytes = 112 GB right?").equations
    assert read("2 * 32 * 4096 bytes is 256 KB, right?").equations


@pytest.mark.parametrize(
    "question",
    [
        "同样数据,qwen1.5-32b 8卡A800长度2k/4k全参都OOM,Yi-34B却能训,是词表太大吗",
        "Full fine-tuning of Qwen1.5-32B OOMs on 8x A800 at 4k, Yi-34B trains fine, is it the vocabulary?",
    ],
)
def test_a_model_that_is_told_to_train_is_not_proposed(question: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(("**Mostly the vocabulary", "**主要是词表")), answer[:200]


def test_of_layouts_that_nobody_named_the_same_is_compared() -> None:
    first = answer_to("qwen2.5-32b 全参 8卡A800 4k OOM,换Yi-34B能训吗").split("\n\n")[0]
    assert "只是少一些" in first
    assert "491" not in first  # a whole copy on each card


def test_a_leaner_program_that_does_not_fit_either_explains_nothing() -> None:
    answer = answer_to("用qlora 4bit微调llama3 70b,8张T4,bs=1 context 2k zero3+双重量化还是oom,readme图上只要48GB")
    assert answer.startswith("**最可能的原因：bitsandbytes 的 4 位权重默认按字节存储"), answer[:200]


def test_of_several_sizes_each_amount_is_that_of_its_own() -> None:
    answer = answer_to(
        "In QLoRA Figure 6 the memory for 7B/13B/33B/65B is 5046M, 8476M, 19302M, 37074M, why not 3.5G, 6.5G, 16.5G, 32.5G?"
    )
    assert "36.21" not in answer.split("\n\n")[0]
    assert "4.93" in answer.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How many L40S for Qwen2.5-32B in bf16? And in 8-bit?", "**bf16: at least 2 cards**"),
        ("Qwen3-Coder-480B-A35B, how many H200 141G for bf16, how many for FP8?", "**bf16: at least 8 cards**"),
        ("Qwen2.5-72B bf16要几张A100 80G,int8呢", "**bf16：最少 2 张卡**"),
        ("How many L40S for Qwen2.5-32B in bf16?", "**At least 2 cards**"),
    ],
)
def test_a_count_names_its_format_where_another_is_asked_of_behind_it(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does KV need to be duplicated across two GPUs? mistral-small 24B q4 with num_ctx 128K goes 100% CPU on 2x24GB although weights are 13GB", "**The KV cache is divided over the cards, not copied"),
        ("KV缓存在两张卡上要各存一份吗?Qwen3-32B Q4_K_M 64k在2张3090上跑到CPU了", "**KV 缓存是分到各卡上的"),
    ],
)  # fmt: skip
def test_whether_the_cache_is_copied_is_answered_before_what_failed(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)
