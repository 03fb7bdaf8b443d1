"""A verdict in a model's words that is the opposite of the tool's is withheld."""

from collections.abc import Iterator

import pytest

from chat.answers.verdicts import contradicts
from tests.standin import Say, Server, call, in_turn, serving
from tests.talking import answer

ASKED = {"en": "Can I fully fine-tune 70B on a 4090?", "zh": "4090能全参微调70B吗?"}
FULL = call("estimate_memory", params="70B", method="full", gpu="RTX 4090")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Yes, it fits."), ("en", "It fits on that card."), ("zh", "能,没问题。"), ("zh", "这张卡放得下。")],
)
def test_the_opposite_of_the_tools_verdict_is_withheld(server: Server, language: str, sentence: str) -> None:
    found = answer(server.url(in_turn(FULL, Say(sentence))), ASKED[language])
    assert sentence not in found.text
    assert ("结论相反" if language == "zh" else "found the opposite") in " ".join(found.notices)
    assert found.result["verdict"] == "no"


@pytest.mark.parametrize(("language", "sentence"), [("en", "No, it does not fit."), ("zh", "不能,放不下。")])
def test_the_tools_own_verdict_is_said(server: Server, language: str, sentence: str) -> None:
    found = answer(server.url(in_turn(FULL, Say(sentence))), ASKED[language])
    assert sentence.rstrip("。.") in found.text.replace("，", ",")
    assert not found.notices


@pytest.mark.parametrize(
    ("sentence", "question", "verdicts"),
    [
        ("Yes, if you shard it.", "does it fit?", ["no"]),
        ("Yes.", "Is 24 GB too little?", ["no"]),
        ("会爆,不行。", "会爆显存吗", ["no"]),
        ("It fits.", "does it fit?", ["yes"]),
        ("It fits.", "does it fit?", ["yes", "no"]),
        ("It fits.", "does it fit?", ["borderline"]),
        ("Yes, 16 bit works, but 70B does not fit.", "does it fit?", ["no"]),
        ("The weights take most of it.", "does it fit?", ["no"]),
    ],
)
def test_what_is_no_contradiction_stays(sentence: str, question: str, verdicts: list[str]) -> None:
    assert not contradicts(sentence, verdicts, question)
