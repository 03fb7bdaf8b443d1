"""Every provider that is an extra, through its own client: good, wrong, slow, truncated and broken replies, and streams
that were tampered with. Never a wrong number, never a hang, always an answer.
"""

import json
import random
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chat.agent import MODEL_CALLS, Assistant
from chat.endpoint import Watch, chat_model
from chat.events import Answer
from formulas.errors import BadInput
from tests.dialects import speak
from tests.standin import Call, Drip, Fail, Reply, Say, Script, Server, Stall, call, in_turn, serving
from tests.talking import AT_ONCE, LOOK_UP, QUESTION, SECRET, alone, is_embedded

pytestmark = pytest.mark.slow

SAID = "The table says 48 GB at 4-bit."
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        speak(running)
        yield running


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)


@pytest.fixture(params=["openai", "anthropic", "ollama"])
def ask(request: pytest.FixtureRequest, server: Server) -> Ask:
    """Asks a model of this provider that speaks by a script; `heard` holds the requests that it got."""

    def asked(script: Script | Reply, deadline_s: float = 20.0) -> Answer:
        url = server.url(script)
        heard.append(server.heard(url))
        base = url if request.param == "openai" else url.removesuffix("/v1")
        return Assistant(f"{request.param}:standin", base_url=base, deadline_s=deadline_s).ask(QUESTION)

    heard: list[list[dict[str, Any]]] = []
    asked.heard = heard  # type: ignore[attr-defined]
    return asked


def test_a_good_model_is_heard(ask: Ask) -> None:
    found = ask(in_turn(LOOK_UP, Say(SAID)))
    assert (found.text, found.notices) == (SAID, ())
    assert found.tool_calls == ({"name": "query_tables", "args": LOOK_UP.calls[0][1]},)
    (requests,) = ask.heard  # type: ignore[attr-defined]
    assert len(requests) == 2
    assert "query_tables" in json.dumps(requests[0]["tools"])
    assert "48" in json.dumps(requests[1]["messages"])


def test_a_wrong_call_is_mended_and_a_wrong_number_withheld(ask: Ask) -> None:
    found = ask(in_turn(call("query_tables", query="SELECT 1"), LOOK_UP, Say(f"{SAID} It needs 57 GB.")))
    assert found.text == SAID
    assert "57 GB" in found.notices[0]
    (requests,) = ask.heard  # type: ignore[attr-defined]
    assert "no argument `query`; there are sql" in json.dumps(requests[1]["messages"])


@pytest.mark.parametrize("ends", ["length", "close", "abort"])
def test_what_broke_off_is_no_answer(ask: Ask, ends: str) -> None:
    found = ask(in_turn(LOOK_UP, Say(f"{SAID} And it is 4", ends=ends)))
    assert is_embedded(found)
    assert "broke off" in found.notices[-1]


def test_a_slow_model_is_not_waited_for(ask: Ask) -> None:
    begun = time.monotonic()
    found = ask(in_turn(LOOK_UP, Stall(60)), deadline_s=0.5)
    assert time.monotonic() - begun < AT_ONCE
    assert is_embedded(found)
    assert "too long" in found.notices[-1]


def test_no_provider_drips_for_ever(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    # what drips is a piece without a word, which no limit of words ends; the client alone can
    monkeypatch.setattr(Watch, "on_llm_new_token", lambda *_, **__: None)
    running = {*threading.enumerate()}
    found = ask(in_turn(LOOK_UP, Drip()), deadline_s=0.6)
    assert is_embedded(found)
    assert "too long" in found.notices[-1]
    end = time.monotonic() + AT_ONCE
    while (left := {*threading.enumerate()} - running) and time.monotonic() < end:
        time.sleep(0.02)
    assert not left


def test_several_calls_at_once(ask: Ask) -> None:
    found = ask(in_turn(Call((*LOOK_UP.calls, ("convert", {"amounts": "48 GB"}))), Say(SAID)))
    assert (found.text, found.notices) == (SAID, ())
    assert [one["name"] for one in found.tool_calls] == ["query_tables", "convert"]


def test_endless_calls_end(ask: Ask) -> None:
    found = ask(Call(LOOK_UP.calls * 3))
    assert is_embedded(found)
    assert "kept calling tools" in found.notices[-1]
    assert len(ask.heard[0]) <= MODEL_CALLS  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("status", "why"), [(401, "refused the key"), (404, "knows no such model"), (429, "too many"), (500, "failed")]
)
def test_a_broken_endpoint_is_told_without_its_secrets(ask: Ask, status: int, why: str) -> None:
    found = ask(Fail(status, {"type": "error", "error": {"type": "error", "message": SECRET}}))
    assert is_embedded(found)
    assert why in found.notices[0]
    assert SECRET not in repr(found)


def test_no_provider_is_waited_for_longer_than_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_LLM_TIMEOUT", "1")
    for provider in ("openai", "anthropic", "ollama"):
        url = server.url(Stall(60))
        model = chat_model(f"{provider}:standin", url if provider == "openai" else url.removesuffix("/v1"))
        begun = time.monotonic()
        with pytest.raises(Exception, match=r"(?i)time"):
            list(model.stream("hello"))
        assert time.monotonic() - begun < AT_ONCE
        assert len(server.heard(url)) == 1


@pytest.mark.parametrize("provider", ["anthropic", "ollama", "google_genai"])
def test_a_missing_package_is_one_line(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from langchain.chat_models import base

    package = f"langchain_{provider}"
    monkeypatch.setitem(sys.modules, package, None)
    base._get_chat_model_creator.cache_clear()
    with pytest.raises(BadInput) as told:
        chat_model(f"{provider}:any")
    base._get_chat_model_creator.cache_clear()
    assert str(told.value).startswith(f"{provider} needs its own package: ")
    assert str(told.value).endswith(f"pip install {package.replace('_', '-')}")
    assert (f"uv sync --extra {provider}" in str(told.value)) == (provider != "google_genai")


# ---- tampered with -----------------------------------------------------------------------------------------------


def _stream(*deltas: dict[str, Any], ends: str) -> str:
    choices = [{"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": ends})
    head = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "standin"}
    return "".join(f"data: {json.dumps({**head, 'choices': [one]})}\n\n" for one in choices) + "data: [DONE]\n\n"


_FUNCTION = {"name": LOOK_UP.calls[0][0], "arguments": json.dumps(LOOK_UP.calls[0][1])}
_CALLS = _stream(
    {"tool_calls": [{"index": 0, "id": "1", "type": "function", "function": _FUNCTION}]}, ends="tool_calls"
)
_SAYS = _stream(*({"content": word + " "} for word in SAID.split(" ")), ends="stop")


def tampered(text: str, rng: random.Random) -> bytes:
    """A stream in which some bytes are missing, doubled, exchanged or not even text."""
    data = bytearray(text.encode())
    for _ in range(rng.choice((1, 1, 2, 5))):
        at, length = rng.randrange(len(data)), rng.choice((1, 1, 3, 20, 200))
        kind = rng.randrange(5)
        if kind == 0:
            del data[at : at + length]
        elif kind == 1:
            data[at:at] = data[at : at + length]
        elif kind == 2:
            data[at : at + 1] = rng.choice((b"\xff", b"\x00", b'"', b"}", b"9", b"null", b"\n\n", b"[[[[", b"1e999"))
        elif kind == 3:
            del data[at:]
        else:
            found = [match.start() for match in re.finditer(rb"\d", bytes(data))]
            place = rng.choice(found or [at])
            data[place : place + 1] = rng.choice(b"0123456789").to_bytes(1, "big")
        data = data or bytearray(b" ")
    return bytes(data)


@pytest.mark.parametrize("seed", range(40))
def test_a_stream_that_was_tampered_with(server: Server, seed: int) -> None:
    rng = random.Random(seed)

    def script(messages: Any) -> Reply:
        text = _SAYS if messages[-1]["role"] == "tool" else _CALLS
        whole = rng.random() < 0.5
        return Fail(200, text if whole else tampered(text, rng), content_type="text/event-stream")

    begun = time.monotonic()
    found = Assistant("openai:standin", base_url=server.url(script), deadline_s=20).ask(QUESTION)
    assert time.monotonic() - begun < AT_ONCE
    assert found.text
    if not is_embedded(found):
        column = found.result["columns"].index("memory_gb")
        assert set(re.findall(r"(\d+) ?G", found.text)) <= {f"{row[column]:g}" for row in found.result["rows"]}
