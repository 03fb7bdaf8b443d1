"""A turn as the page's messages: what is done while there are no words, the picture in its place, the steps folded."""

from typing import Any

import pytest

from chat.events import Answer, Finished, Prose, ToolDone, ToolStarted
from chat.page.transcript import Turn
from tests.fakes import RESULT

TEXT = {
    "en": "**Yes.**\n\n| cases | fits |\n|---|---|\n| a | b |\n\n| per card | memory |\n|---|---|\n| weights | 1 |\n| **total** | **1** |\n\nAssumed: all.",
    "zh": "**可以。**\n\n| 情形 | 结论 |\n|---|---|\n| 甲 | 乙 |\n\n| 每张卡 | 显存 |\n|---|---|\n| 权重 | 1 |\n| **合计** | **1** |\n\n假设:全部。",
}


def pieces(turn: Turn) -> list[str]:
    return [str(getattr(one, "text", None) or one.value) for message in turn.messages()[1:] for one in message.content]


def ended(text: str, language: str, result: dict[str, Any]) -> Turn:
    turn = Turn("?", lambda _: {})
    turn.add(ToolStarted("1", "convert", {"amount": "<1>"}))
    turn.add(ToolDone("1", "convert", "<b>no</b>", None, 0.5, failed=True))
    turn.add(Finished(Answer("?", language, text, result)))
    return turn


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_picture_stands_where_the_breakdown_stood(language: str) -> None:
    headline, before, picture, after, *_ = pieces(ended(TEXT[language], language, RESULT))
    assert "kb-verdict" in headline
    assert before == TEXT[language].split("\n\n| per")[0].split("\n\n| 每")[0]
    assert "kb-picture" in picture
    assert after == TEXT[language].rpartition("\n\n")[2]


def test_without_a_picture_every_table_stays() -> None:
    assert pieces(ended(TEXT["en"], "en", {}))[0] == TEXT["en"]


def test_what_is_being_done_is_told_until_there_are_words() -> None:
    turn = Turn("?", lambda _: {})
    assert "Working it out" in pieces(turn)[0]
    turn.add(ToolStarted("1", "estimate_memory", {}))
    assert "Estimate the memory" in pieces(turn)[0]
    turn.add(Prose("Yes. "))
    assert pieces(turn) == ["Yes. "]


def test_the_steps_are_folded_with_what_went_in_and_what_came_back() -> None:
    foot = pieces(ended("Yes.", "en", RESULT))[-1]
    steps = foot[foot.index("<summary>Steps (1)</summary>") :]
    assert "Convert the units" in steps
    assert "✕" in steps
    assert "&lt;b&gt;no&lt;/b&gt;" in steps
    assert "&lt;1&gt;" in steps
