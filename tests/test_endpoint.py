"""An endpoint that is slow, breaks off, or is broken: never a hang, never half an answer, never a secret."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chat.agent import Assistant
from chat.endpoint import chat_model, reason
from chat.events import Conversation, Finished, ToolStarted
from chat.pace.kinds import OF_RAM
from chat.schemas import CONFIG
from chat.tools import IN_BRIEF, TOOLS, call
from formulas.errors import BadInput
from tests.standin import Call, Drip, Fail, Flood, Reply, Say, Script, Server, Stall, dead_url, in_turn, raw, serving
from tests.talking import AT_ONCE, LOOK_UP, QUESTION, SECRET, alone, answer, events, is_embedded

pytestmark = pytest.mark.slow
# seconds in which a stream surely begins, that of a second turn too, on a machine that does other things
TWO_TURNS = 2.0


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """What is timed here is the waiting for others, not the loading of a client and of the embedded model's tables."""
    Assistant().warm_up()
    with pytest.MonkeyPatch.context() as patch, serving() as other:
        alone(patch)
        answer(other.url(in_turn(LOOK_UP, Say("48 GB by the table."))))


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def _comes_true(condition: Callable[[], bool]) -> bool:
    """Whether it does in due time."""
    end = time.monotonic() + AT_ONCE
    while not (true := condition()) and time.monotonic() < end:
        time.sleep(0.02)
    return true


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


# ---- slow --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [Stall(60), in_turn(LOOK_UP, Stall(60)), Say("word " * 9999, every=0.05), Say("It fits. " * 9999, every=0.05)],
)
def test_a_slow_model_is_not_waited_for(server: Server, script: Script | Reply) -> None:
    begun = time.monotonic()
    found = answer(server.url(script), deadline_s=0.4)
    assert time.monotonic() - begun < AT_ONCE
    assert is_embedded(found)
    assert "too long" in found.notices[-1]
    assert "fits." not in found.text


def test_thoughts_without_an_end_are_not_waited_for(server: Server) -> None:
    before = server.broken_off
    found = answer(server.url(in_turn(LOOK_UP, Flood("hm ", kind="reasoning_content"))), deadline_s=TWO_TURNS)
    assert is_embedded(found)
    assert "too long" in found.notices[-1]
    assert _comes_true(lambda: server.broken_off > before)


def test_a_stream_that_nobody_waits_for_is_broken_off(server: Server) -> None:
    before = server.broken_off
    answer(server.url(Say("word " * 9999, every=0.02)), deadline_s=TWO_TURNS)
    assert _comes_true(lambda: server.broken_off > before)


def test_a_page_that_is_closed_ends_the_stream(server: Server) -> None:
    before = server.broken_off
    stream = Assistant("openai:standin", base_url=server.url(Say("It goes on. " * 999, every=0.02))).stream(
        QUESTION, Conversation()
    )
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert _comes_true(lambda: server.broken_off > before)


def test_comments_that_keep_a_connection_alive_keep_no_thread(server: Server) -> None:
    before, running = server.broken_off, {*threading.enumerate()}
    found = answer(server.url(in_turn(LOOK_UP, Drip())), deadline_s=TWO_TURNS)
    assert is_embedded(found)
    assert "too long" in found.notices[-1]
    # the server notices at its next comment that nobody listens
    assert _comes_true(lambda: server.broken_off > before)
    assert _comes_true(lambda: not {*threading.enumerate()} - running)


def _headers_for_ever() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nx-slow: "
    while True:
        time.sleep(0.05)
        yield b"a"


def test_headers_that_drip_keep_no_thread() -> None:
    running = {*threading.enumerate()}
    with raw(_headers_for_ever) as (url, hung_up):
        found = answer(url, deadline_s=0.6)
        assert is_embedded(found)
        assert "too long" in found.notices[-1]
        assert _comes_true(lambda: bool(hung_up)), "the client holds the connection"
    assert _comes_true(lambda: not {*threading.enumerate()} - running)


_SSE = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", "broke off"),
        (b"\x00\xff" * 400, "broke off"),
        (b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n", "cannot be reached"),
        (_SSE + b"content-length: 4000\r\n\r\ndata: {", "broke off"),
        (_SSE + b"connection: close\r\n\r\ndata: \xff\xfe\xfa\n\n", "could not be read"),
        (_SSE + b"content-encoding: gzip\r\nconnection: close\r\n\r\nno gzip", "could not be read"),
        (_SSE + b"x: " + b"y" * 200_000 + b"\r\n\r\n", "broke off"),
    ],
)  # fmt: skip
def test_what_is_no_http_ends_in_an_answer(sent: bytes, why: str) -> None:
    with raw(lambda: iter([sent])) as (url, _):
        begun = time.monotonic()
        found = answer(url)
    assert time.monotonic() - begun < AT_ONCE
    assert is_embedded(found)
    assert why in found.notices[-1]


# ---- truncated ---------------------------------------------------------------------------------------------------

HALF = '{"sql": "SELECT memory_gb FROM finetune WHERE params_b=7'


@pytest.mark.parametrize("ends", ["abort", "close", "length"])
@pytest.mark.parametrize("cut", [Say("The table says 48 GB at 4-bit. And it is 4"), Call((("query_tables", HALF),))])
def test_what_broke_off_is_no_answer(server: Server, cut: Say | Call, ends: str) -> None:
    broken = Say(cut.text, ends=ends) if isinstance(cut, Say) else Call(cut.calls, ends=ends)
    found = answer(server.url(in_turn(LOOK_UP, broken)))
    assert is_embedded(found)
    assert "broke off" in found.notices[-1]
    assert "And it is" not in found.text
    # the half call never ran: the client would have mended it into another query
    assert not any(one["args"].get("sql", "").endswith("params_b=7") for one in found.tool_calls)


def test_half_an_argument_never_runs(server: Server) -> None:
    told = events(server.url(Call((("estimate_memory", '{"params": "70B", "seq_len": 81'),))))
    assert not [event for event in told if isinstance(event, ToolStarted) and event.args.get("seq_len")]


# ---- broken ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (Fail(401, {"error": {"message": f"Incorrect API key provided: {SECRET}"}}), "refused the key"),
        (Fail(404, {"error": {"message": f"no model; key {SECRET}"}}), "no such model"),
        (Fail(429, {"error": {"message": SECRET}}, {"retry-after": "60"}), "too many requests"),
        (Fail(500, f"Traceback {SECRET}"), "endpoint failed"),
        (Fail(200, f"<html>{SECRET}</html>", content_type="text/html"), "could not be read"),
        (Fail(200, f"data: {{{SECRET}\n\n", content_type="text/event-stream"), "could not be read"),
        (Fail(200, '{"choices": []}'), ""),
        (Fail(200, "data: [DONE]\n\n", content_type="text/event-stream"), ""),
        (None, "cannot be reached"),
    ],
)
def test_a_broken_endpoint(
    server: Server, failure: Fail | None, why: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    url = server.url(failure) if failure else dead_url()
    assistant = Assistant("openai:standin", base_url=url)
    begun = time.monotonic()
    told = list(assistant.stream(QUESTION, Conversation()))
    assert time.monotonic() - begun < AT_ONCE
    last = told[-1]
    assert isinstance(last, Finished)
    assert is_embedded(last.answer)
    assert why in last.answer.notices[0]
    shown = capfd.readouterr()
    assert SECRET not in repr(told) + caplog.text + shown.out + shown.err


def test_a_timeout_of_the_client_is_slowness() -> None:
    class APITimeoutError(Exception): ...

    assert reason(APITimeoutError("secret")) == "late"
    assert reason(ValueError("secret")) == "odd"


# ---- settings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["gpt", "openai:", "nosuchprovider:x"])
def test_a_wrong_name_of_a_model_is_told(named: str) -> None:
    with pytest.raises(BadInput) as told:
        chat_model(named)
    assert "\n" not in str(told.value)


def test_a_missing_key_is_told_and_a_key_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_LLM_TIMEOUT", "soon")
    with pytest.raises(BadInput, match="KB_LLM_TIMEOUT is a number"):
        chat_model("openai:standin")
    monkeypatch.delenv("KB_LLM_TIMEOUT")
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(BadInput, match="API key"):
        chat_model("openai:standin")


def test_schemas_are_small_and_closed() -> None:
    import json

    from langchain_core.utils.function_calling import convert_to_openai_tool

    schemas = [convert_to_openai_tool(tool) for tool in IN_BRIEF]
    assert len(json.dumps(schemas)) < 19_000
    assert not any("config" in schema["function"]["parameters"]["properties"] for schema in schemas)


def _types(takes: dict[str, Any]) -> list[Any]:
    return [*map(_types, takes["anyOf"])] if "anyOf" in takes else [takes["type"], takes.get("enum")]


def test_what_is_not_told_again_is_taken_all_the_same() -> None:
    for name, whole, brief in ((tool.name, tool, short) for tool, short in zip(TOOLS, IN_BRIEF, strict=True)):
        every, told = whole.args_schema["properties"], brief.args_schema["properties"]  # type: ignore[index]
        assert told.keys() <= every.keys()
        assert all(_types(one) == _types(every[argument]) for argument, one in told.items())
        assert name != "estimate_memory" or told == {
            one: says
            for one, says in every.items()
            if one
            not in (
                CONFIG,
                "v_format",
                "draft_format",
                "n_ubatch",
                "optimizer_in_backward",
                "activation_offload",
                *OF_RAM,
            )
        }
    asked = {"quantity": "batch_size", "model": "Llama-3.1-8B", "gpu": "A100 80 GB", "n_gpus": 2, "tp": 2, "cp": 1}
    assert call("solve_for", asked)[1]["solved"]
