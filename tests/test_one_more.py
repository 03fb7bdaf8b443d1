"""One more card that is asked about, and ranks that a model's heads do not divide over: what each layout holds."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("Mistral-Large-2407 AWQ on 2x L40S in vLLM. Enough or should I rent a third one?", (2,)),
        ("Llama-3.3-70B AWQ 两张3090,够吗,要不要再买一张", (2,)), ("两张4090跑Qwen2.5-72B int4,需不需要再加一张卡?", (2,)),
        ("两张4090跑Qwen2.5-72B int4,加一张卡有用吗", (2,)), ("can 2x L40S run llama 3.3 70b fp8? would a third L40S help?", (2,)),
    ],
)  # fmt: skip
def test_one_more_is_no_count_of_those_that_are_there(question: str, cards: tuple[int, ...]) -> None:
    found = read(question)
    assert found.facts["n_gpus"] == cards
    assert "one_more_asked" in found.cues


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.3-70B AWQ on 3x 3090, does it fit?",
        "两张4090够跑Qwen2.5-72B int4吗,还是得买4张",
        "再加一张4090跑32B行吗",
        "2x 3090 or 4x 3090 for Qwen2.5-72B AWQ?",
    ],
)
def test_other_counts_are_no_further_card(question: str) -> None:
    assert "one_more_asked" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Mistral-Large-2407 123B AWQ, tensor parallel on 2x L40S, max_model_len 8192 in vLLM. Enough or should I rent a third one?",
         "**Yes, the 2 cards are enough: 32.2 GiB of 41.4 GiB each; a third is not needed.** A third cannot join tensor parallel (96 heads", "cache for 62,720 tokens in all): room for more"),
        ("Qwen2.5-32B bf16 on 2x 4090 with 16k, OK or do I need a third card?", "**No, the 2 cards are not enough: 33.6 GiB of 24.0 GiB each.**", "--pipeline-parallel-size 3) it fits, 23.1 GiB"),
        ("Llama-3.3-70B AWQ 两张3090,8k上下文,够吗,要不要再买一张", "**够，不需要再加：2 张卡，每张要 21.3 GiB", "64 个头、8 个 KV 头不能被 3 整除"),
        ("Is one 3090 enough for Qwen2.5-32B AWQ or should I get a second one?", "**Yes, one card is enough: 20.2 GiB of 24.0 GiB", "--tensor-parallel-size 2"),
        ("QLoRA llama-3-70b on 2x 3090, enough or do I need a third?", "**No, the 2 cards are not enough: 33.3 GiB", "Sharded (ZeRO-3/FSDP) over 3 it most likely does not fit"),
    ],
)  # fmt: skip
def test_one_more_card_is_answered_with_what_it_brings(question: str, opens: str, says: str) -> None:
    said = answer_to(question)
    assert said.startswith(opens), said[:300]
    assert says in said.splitlines()[0]


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("3x A100 80GB, llama-3.1-70b bf16, but vLLM --tensor-parallel-size 3 refuses: 64 attention heads not divisible by 3. With 2 it starts but KV is tiny. Options?",
         ("- Tensor parallel on 2 of them (--tensor-parallel-size 2): fits, 67.9 GiB of 73.6 GiB per card, 65.7 GiB of it weights, cache for 41,600 tokens", "- The same with 8-bit weights: fits, 36.0 GiB", "- 4 such cards, tensor parallel: fits, 34.7 GiB")),
        ("6x 3090, vLLM says 64 attention heads not divisible by 6 for Qwen2.5-72B AWQ. Options?", ("--pipeline-parallel-size 6", "- Tensor parallel on 4 of them")),
        ("三张L40S部署Qwen3-32B bf16,num_heads 64 不能被3整除,怎么办", ("--pipeline-parallel-size 3", "- 只用其中 2 张做张量并行", "- 4 张同样的卡做张量并行")),
    ],
)  # fmt: skip
def test_of_cards_that_heads_do_not_divide_over_each_other_layout_is_told(
    question: str, lines: tuple[str, ...]
) -> None:
    said = answer_to(question)
    assert all(one in said for one in lines), said[:1200]
    assert "Not understood" not in said
    assert "没有读懂" not in said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "gpt-oss-120b with vLLM on a single RTX PRO 6000 Blackwell, 5 users with 128k each: do I need a second card?",
            r"^\*\*One card is enough with --max-num-seqs 8 in place of 1,024: 84\.5 GiB of 87\.9 GiB",
        ),
        (
            "gpt-oss-120b 用一张 RTX PRO 6000 Blackwell 给 5 个人用，每人 128k，够吗？需要第二张吗",
            r"^\*\*--max-num-seqs 从 1,024 降到 8 就够：1 张卡要 84\.5 GiB",
        ),
        (
            "is one H100 80GB enough for qwen3-32b fp8, 6 users at 32k each, or do I need a second?",
            r"^\*\*No, one card is not",
        ),
    ],
)
def test_cards_that_are_enough_with_fewer_requests_in_the_profile_run_are_told_so(question: str, said: str) -> None:
    """vLLM's profile run holds the logits of as many requests as it admits; nobody has a thousand of them on one card."""
    text = answer_to(question)
    assert re.search(said, text), text[:200]
    assert "3 sequences at once" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("3x 3060 12GB, Mistral-Nemo 12B bf16, vLLM: 32 heads not divisible by 3. What now?", ("fewer than the 131,072 that the model declares: set a length (--max-model-len)", "- The same with 4-bit weights: fits, 5.56 GiB")),
        ("3张3060 12G，vLLM 跑 Mistral-Nemo 12B bf16，头数 32 不能被 3 整除，怎么办", ("少于模型声明的 131,072：要设置长度（--max-model-len）", "- 同样 2 张，4 位权重：放得下")),
    ],
)  # fmt: skip
def test_a_pipeline_with_less_cache_than_the_model_declares_is_told_to_cap_it(
    question: str, said: tuple[str, ...]
) -> None:
    assert all(one in answer_to(question) for one in said), answer_to(question)[:900]


def test_a_length_that_is_told_needs_no_cap() -> None:
    said = answer_to("3x 3060 12GB, Mistral-Nemo 12B bf16 at 8k, vLLM: 32 heads not divisible by 3. What now?")
    assert "set a length" not in said
