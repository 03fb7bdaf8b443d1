"""Which one to take, after two models or two cards: where both fit, what speaks for each comes first, in a follow-up as well."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to
from tests.test_conversation import talked


@pytest.mark.parametrize(
    ("question", "larger", "smaller"),
    [
        ("Qwen3-8B AWQ or Qwen3-14B AWQ on a 16 GB card at 8k, which one should I take?", "Qwen3-14B", "Qwen3-8B"),
        ("should I pick a 7B in 8 bit or a 13B in 4 bit on a 16GB card?", "13B, 4-bit", "7B, 8-bit"),
        ("Qwen3-8B和Qwen3-14B,AWQ,一张 4080,选哪个", "Qwen3-14B", "Qwen3-8B"),
    ],
)
def test_where_both_fit_each_is_weighed(question: str, larger: str, smaller: str) -> None:
    said = answer_to(question).split("\n")[0]
    assert said.startswith(("**Both fit: ", "**两个都放得下："))
    assert said.count("**") == 2
    assert said.index(larger) < said.index(smaller)
    assert "a token reads" in said or "每个 token 读权重" in said
    assert "test loss within a family (Kaplan et al." in said or "测试损失更低（Kaplan et al." in said


def test_of_a_mixture_a_token_reads_its_experts_alone() -> None:
    said = answer_to("Qwen3-30B-A3B和Qwen3-14B,32G 显卡,4bit,用哪个好").split("\n")[0]
    assert "生成更快的是 Qwen3-30B-A3B：每个 token 只读激活的专家" in said


def test_few_bits_are_held_against_the_larger() -> None:
    said = answer_to("a 14B in 8 bit or a 70B in IQ2_XS on a 24GB card, which should I use?").split("\n")[0]
    assert "though in so few bits at a noticeable loss" in said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("a 14B in 4 bit or a 32B in 2 bit on a 24GB card, which should I use?", "**Both fit, and 14B, 4-bit ("),
        ("Is a 70B at IQ2_XS on my 3090 better than a 32B Q4_K_M?", "**Both fit, and 32B, Q4_K_M ("),
        ("24G 卡跑 70B 的 IQ2_XS 好还是 32B 的 Q4_K_M 好", "**两个都放得下，通常选 32B、Q4_K_M（"),
    ],
)
def test_at_about_the_same_bytes_the_usual_bits_are_the_better_choice(question: str, said: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert first.startswith(said)
    assert "The case for 4-bit precision" in first


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("Which one codes better, Qwen3-14B or Gemma-3-12B? I have a 4090", "16.9 GiB of 24.0 GiB on the RTX 4090)"),
        ("Qwen3-32B or Llama-3.3-70B AWQ on 2x A100 80GB, which one?", "GiB on each A100 80 GB)"),
        ("Qwen3-14B or Qwen3-32B in 4 bit on a 4090 plus a 3060 12GB, which one?", "12.0 GiB on the smallest card)"),
        ("Llama-3.1-8B Q8 or Qwen2.5-14B Q4 on a 12GB card, which one?", "of 12.0 GiB) has more"),
        ("Qwen3-8B AWQ 和 Qwen3-14B AWQ,两张4080,选哪个", "（每张 RTX 4080 上 "),
        ("DeepSeek-R1-Distill-Qwen-14B 4bit 和 Qwen2.5-14B 4bit,一张 4080 选哪个", "（RTX 4080 上 "),
    ],
)
def test_the_card_that_they_are_held_against_is_named(question: str, held: str) -> None:
    assert held in next(part for part in answer_to(question).split("\n\n") if part.startswith("**"))


@pytest.mark.parametrize(
    ("turns", "opens"),
    [
        (["Qwen3-8B AWQ and Qwen3-14B AWQ on a 4080 at 8k, do they fit?", "so which one should I take?"], "**Both fit: Qwen3-14B"),
        (["3090 or 4080 Super for Qwen3-14B AWQ at 16k?", "which would you buy?"], "**For generating take RTX 3090"),
        (["L40S和A6000跑32B fp8", "那选哪张好"], "**推理生成选 L40S"),
    ],
)  # fmt: skip
def test_a_follow_up_chooses_between_what_was_compared(turns: list[str], opens: str) -> None:
    assert talked(Assistant(), *turns)[-1].startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "do Qwen3-8B AWQ and Qwen3-14B AWQ fit on a 4080?",  # not asked which
        "Qwen3-14B or Qwen2.5-72B in 4 bit on a 24 GB card, which one should I take?",  # one alone fits
        "LoRA of Qwen3-8B or Qwen3-14B on an A100 80GB, which one should I take?",  # trained
    ],
)
def test_else_nothing_is_weighed(question: str) -> None:
    assert "Both fit" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("QwQ-32B AWQ or Qwen2.5-32B AWQ on a 3090, which one should I take?", "**Both fit and take the same, 20.2 GiB of 24.0 GiB"),
        ("DeepSeek-R1-Distill-Qwen-14B 4bit 和 Qwen2.5-14B 4bit,一张 4080 选哪个", "**两个都放得下，要的显存也一样"),
        ("vLLM or llama.cpp for Qwen3-8B on a 12GB card, which one?", "**Each of them fits; llama.cpp (Q4_K_M) takes least"),
    ],
)  # fmt: skip
def test_alike_ones_and_programs_are_held_against_each_other_at_like_bits(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "formats"),
    [
        ("AWQ vs GGUF for Qwen3-14B on a 4080?", {"awq-int4-g128", "gguf:Q4_K_M"}),
        ("Qwen2.5-32B 用 GGUF 还是 GPTQ,4090", {"gptq-int4", "gguf:Q4_K_M"}),
        ("Qwen3-14B AWQ, no gguf please, 4080", {"awq-int4-g128"}),
        ("Qwen3-14B Q5_K_M gguf or AWQ on a 4080", {"awq-int4-g128", "gguf:Q5_K_M"}),
    ],
)
def test_files_without_their_kind_are_those_of_four_bits(question: str, formats: set[str]) -> None:
    assert set(read(question).facts["weight_format"]) == formats
