"""A turn of the page without a browser: what its first update holds, and what a change or a stop leaves behind."""

from collections.abc import Iterator
from typing import Any

import pytest

from chat.page.session import Session, begin, converse
from tests.fakes import FakeAssistant

FIRST_WORDS = {"en": "On 80 GB cards yes", "zh": "80 GB 卡可以"}
ASKED = {"en": "Can I QLoRA a 70B model on 2×A100?", "zh": "两张A100能用QLoRA微调70B模型吗？"}
SET = {"seq_len": (4096,)}


class Elsewhere(FakeAssistant):
    """Asks somebody over a network; nothing may wait for it."""

    at_once = False

    def stream(self, *asked: Any, **how: Any) -> Iterator[Any]:
        if not how:
            raise AssertionError("asked before the question was shown")
        yield from super().stream(*asked, **how)


def words(messages: list[Any]) -> str:
    return "".join(getattr(piece, "text", "") or piece.value for one in messages for piece in one.content)


def answered(session: Session, question: str = ASKED["en"]) -> None:
    session.open_turn(question)
    begin(FakeAssistant(), session)
    for _ in converse(session):
        pass


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_first_update_has_the_first_words_where_nobody_is_waited_for(language: str) -> None:
    session = Session()
    session.open_turn(ASKED[language])
    first = words(begin(FakeAssistant(), session))
    assert ASKED[language] in first
    assert FIRST_WORDS[language] in first
    assert "Llama-2-70B" not in first, "the rest comes after"
    *_, last = converse(session)
    assert "Llama-2-70B" in words(last)
    assert "kb-foot" in words(last)
    assert [*converse(session)] == [], "a second event of the turn has nothing to tell"


def test_a_question_to_another_model_is_shown_before_it_is_asked() -> None:
    session = Session()
    session.open_turn(ASKED["en"])
    first = words(begin(Elsewhere(), session))
    assert ASKED["en"] in first
    assert "kb-working" in first


def test_facts_set_by_hand_are_answered_at_once_whatever_model_is_asked_otherwise() -> None:
    session = Session()
    answered(session)
    session.open_change(SET)
    assert FIRST_WORDS["en"] in words(begin(Elsewhere(), session))
    assert session.last is not None, "the old answer stands until there is a new one"
    for _ in converse(session):
        pass
    assert len(session.conversation.turns) == 1


def test_a_change_that_is_stopped_leaves_the_answer_before_it() -> None:
    session = Session()
    answered(session)
    before = session.last
    session.open_change(SET)
    begin(FakeAssistant(), session)
    session.close_turn()
    assert session.conversation.turns == [before]


def test_the_conversation_is_not_copied_at_each_stage_of_an_event() -> None:
    from chat.page.app import build

    page = build(FakeAssistant())
    chat = next(number for number, block in page.blocks.items() if block.elem_id == "kb-chat")
    shown = [one["show_progress_on"] for one in page.get_config_file()["dependencies"] if chat in one["outputs"]]
    assert len(shown) > 5
    assert all(on and chat not in on for on in shown)
    page.close()
