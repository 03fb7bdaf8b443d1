"""Whatever is asked: nothing of the embedded model's answer is withheld, and its Markdown and punctuation are whole."""

import re
from collections import Counter

import pytest

from chat.agent import Assistant
from tests.phrasing import said

PAIRS = (("(", ")"), ("\uff08", "\uff09"), ("“", "”"))
# a sign doubled, a space before one, an empty bracket
SLIPS = re.compile(
    r" [,\uff0c。]|,\.|(?<!\.)\.\.(?!\.)|\uff0c\uff0c|。。|、\uff0c|\uff0c。|\(\s*\)|\uff08\s*\uff09|\n\n\n"
)
LONG = 60  # characters from which a sentence is told once


def slips(text: str) -> list[str]:
    """What is amiss in an answer; code keeps its own signs."""
    text = re.sub(r"`[^`\n]*`|[\w.]*\w\(\)", "x", text)
    paragraphs = text.split("\n\n")
    found = [one for one in paragraphs if one.count("**") % 2]
    found += [one for one in paragraphs for left, right in PAIRS if one.count(left) != one.count(right)]
    found += [text[max(0, hit.start() - 40) : hit.end() + 40] for hit in SLIPS.finditer(text)]
    sentences = Counter(
        one.strip() for one in re.split(r"(?<=。)|(?<=\.)\s", text) if len(one.strip()) >= LONG and "|" not in one
    )
    return found + [one for one, times in sentences.items() if times > 1]


@pytest.mark.slow
@pytest.mark.parametrize("question", [one.text for one in said()][::2])
def test_an_answer_is_whole(question: str) -> None:
    answer = Assistant().ask(question)
    assert not answer.notices
    assert not slips(answer.text), answer.text


def test_what_is_amiss_is_seen() -> None:
    assert slips("**It fits. And so on.")
    assert slips("take a smaller context (num_ctx.")
    assert slips("一共 24 GiB ,放得下")
    twice = "The weights alone take 13.5 GB in 16 bit, and that is more than there is on it."
    assert slips(f"{twice} {twice}")
    assert not slips("**Yes.** It takes `a(` and `loss.item()` (1,024 tokens).")


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        # of one card that holds a case it is not asked how many the others take
        ("How can I fine-tune Qwen2.5-32B on one RTX 4090?", "borderline with QLoRA", "64 cards"),
        ("单张4090怎么微调Qwen2.5-32B", "QLoRA 临界", "64 张"),
        ("How can I fine-tune Qwen2.5-32B on RTX 4090?", "Full fine-tuning: 64 cards", ". full fine"),
    ],
)  # fmt: skip
def test_counts_of_cards_stand_where_more_than_one_may_be_taken(question: str, said: str, unsaid: str) -> None:
    first = next(one for one in Assistant().ask(question).text.split("\n\n") if said in one)
    assert unsaid not in first
