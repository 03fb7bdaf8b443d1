"""A cell of LLaMA-Factory's table beside a card: asked for, the cell opens; told, and of a size the card is filled by, the verdict does."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("What does LLaMA-Factory's table say for 30B 8-bit QLoRA, is one A6000 48GB enough, and 4-bit?", "30B QLoRA (8-bit) 40 GB"),
        ("LLaMA-Factory 表里30B 8bit qlora写的多少，A6000 48G一张够吗，4bit呢", "30B QLoRA（8 位）40 GB"),
        ("LLaMA-Factory表里13B QLoRA 8bit写的多少，24G够吗，4bit呢", "13B QLoRA（8 位）20 GB"),
    ],
)  # fmt: skip
def test_a_cell_that_is_asked_for_opens(question: str, opens: str) -> None:
    assert opens in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens", "told"),
    [
        ("LLaMA-Factory's table says 24 GB for 30B QLoRA 4-bit. Is my 24 GB 4090 just enough for Qwen2.5-32B?", "**On the edge, not for sure: Qwen2.5-32B-Instruct takes about 25.3 GiB", "a card of 32 GB"),
        ("LLaMA-Factory表里30B QLoRA 4bit写24GB，我24G的3090微调Qwen2.5-32B是不是刚好够", "**临界，不稳妥：Qwen2.5-32B-Instruct 约 25.3 GiB", "32 GB 的卡"),
    ],
)  # fmt: skip
def test_a_card_that_a_row_fills_is_judged(question: str, opens: str, told: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(opens)
    assert told in first


def test_a_row_that_leaves_room_on_a_card_is_judged_as_a_row() -> None:
    first = answer_to(
        "LLaMA-Factory's table says 24 GB for 30B QLoRA 4-bit, does that hold for Qwen2.5-32B on an A6000?"
    )
    assert first.startswith("**Roughly")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("llama-factory表里30B的qlora 8bit和2bit各要多少，一张3090能用哪个", ("30B QLoRA（4 位）24 GB、", "30B QLoRA（2 位）16 GB 放得下，30B QLoRA（8 位）40 GB 放不下", "24 GB 的卡会被 30B QLoRA（4 位）24 GB 占满")),
        ("LLaMA-Factory table: 30B QLoRA in 8-bit and 2-bit, how much each, and which can I use on a 3090?", ("30B QLoRA (4-bit) 24 GB", "holds 30B QLoRA (2-bit) 16 GB and does not hold 30B QLoRA (8-bit) 40 GB", "30B QLoRA (4-bit) 24 GB would fill the card of 24 GB")),
    ],
)  # fmt: skip
def test_the_usual_row_stands_between_two_of_which_a_card_holds_one(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    assert [one for one in says if one not in told] == []


def test_without_a_card_only_the_widths_that_are_asked_are_told() -> None:
    assert "4 位" not in answer_to("LLaMA-Factory表里70B的qlora 8bit和2bit各要多少").split("\n\n")[0]


def test_whether_one_of_two_widths_goes_adds_no_third() -> None:
    told = answer_to("llamafactory显存表里34B的qlora 8bit和2bit是多少？Yi-34B，4张4090跑8bit行吗")
    assert "QLoRA（4 位）" not in told.split("\n\n")[0]
