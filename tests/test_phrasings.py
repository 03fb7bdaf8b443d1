"""Phrasings drawn from templates that were not used while the grammar was written: what they state is read."""

from collections import Counter

import pytest

from chat.reads.grammar import read
from tests.phrasing import FOLDER, phrasings, wrong

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_is_read(language: str) -> None:
    asked = phrasings(language, seed=5, each=4)
    assert len(asked) >= 200
    missed = [(one.text, lines) for one in asked if (lines := wrong(read(one.text), one))]
    assert len(missed) <= 0.03 * len(asked), "\n".join(f"{text}\n    {lines}" for text, lines in missed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wish_is_among_the_first_two(language: str) -> None:
    asked = phrasings(language, seed=5, each=4)
    missed = [(wishes, one.template) for one in asked if not {*(wishes := read(one.text).intents[:2])} & {*one.intents}]
    assert len(missed) <= 0.03 * len(asked), Counter(missed)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_of_the_second_set_is_read(language: str) -> None:
    asked = phrasings(language, seed=6, each=3, which="later_")
    assert len(asked) >= 50
    missed = [(one.text, lines) for one in asked if (lines := wrong(read(one.text), one))]
    assert len(missed) <= 0.03 * len(asked), "\n".join(f"{text}\n    {lines}" for text, lines in missed)


def test_short_questions_are_answered_for_what_they_ask_first() -> None:
    """Among them those that only tell of an overflow, and those that ask for its cause."""
    lines = [line for line in (FOLDER / "wishes.txt").read_text(encoding="utf-8").splitlines() if "|" in line]
    asked = [line.split(" | ", 1) for line in lines]
    missed = [(text, read(text).intents) for wishes, text in asked if read(text).intent not in wishes.split("/")]
    assert len(missed) <= 0.02 * len(asked), "\n".join(map(str, missed))
