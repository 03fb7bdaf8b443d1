"""A stand-in for an OpenAI-compatible server, on this machine's loopback: every test scripts what its model says.

One server serves all tests; each test's model has an address of its own. Which reply comes follows from the
conversation that the request carries, so that a script serves any number of conversations at once.
"""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

Messages = list[dict[str, Any]]
_ids = count(1)


@dataclass(frozen=True)
class Say:
    """Words, in pieces of `size` characters, `every` seconds apart.

    ends    how the stream ends: `stop`; `length` as at a token limit; `abort`, the connection breaks; `close`, it is
            closed properly but nothing said that the answer was complete
    """

    text: str
    size: int = 7
    every: float = 0.0
    ends: str = "stop"


@dataclass(frozen=True)
class Call:
    """Tool calls, each a name and its arguments: an object, or text that goes over the wire as it is."""

    calls: tuple[tuple[str, Any], ...]
    text: str = ""
    ends: str = "tool_calls"
    size: int = 9


@dataclass(frozen=True)
class Fail:
    """A status and a body."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


@dataclass(frozen=True)
class Stall:
    """Nothing for so many seconds, after the headers."""

    seconds: float


@dataclass(frozen=True)
class Flood:
    """Words without an end, or thoughts (`reasoning_content`)."""

    piece: str = "and then some more "
    kind: str = "content"


@dataclass(frozen=True)
class Drip:
    """Keeps the connection alive without an end and says nothing: a piece that is no message, again and again."""

    every: float = 0.05
    piece: str = ": keep-alive\n\n"


Reply = Say | Call | Fail | Stall | Flood | Drip
Script = Callable[[Messages], Reply]


def call(name: str, /, **args: Any) -> Call:
    """One call of one tool."""
    return Call(((name, args),))


def in_turn(*replies: Reply) -> Script:
    """The replies of each turn, one after another; the last again and again."""

    def reply(messages: Messages) -> Reply:
        asked = max(place for place, message in enumerate(messages) if message["role"] == "user")
        spoken = sum(message["role"] == "assistant" for message in messages[asked:])
        return replies[min(spoken, len(replies) - 1)]

    return reply


class Server:
    """Answers /<name>/v1/chat/completions by the script of that name."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.scripts: dict[str, Script] = {}
        self.requests: dict[str, list[dict[str, Any]]] = {}
        self.broken_off = 0
        self.app = FastAPI()
        self.app.post("/{name}/v1/chat/completions")(self._complete)

    def url(self, script: Script | Reply) -> str:
        """The base URL of a model that speaks by this script."""
        name = f"model{next(_ids)}"
        self.scripts[name] = script if callable(script) else in_turn(script)
        self.requests[name] = []
        return f"http://127.0.0.1:{self.port}/{name}/v1"

    def heard(self, url: str) -> list[dict[str, Any]]:
        """The requests that came to that address."""
        return self.requests[url.split("/")[-2]]

    def reply(self, name: str, asked: dict[str, Any], messages: Messages) -> Reply:
        """What the script of that name says to these messages; the request is kept as it was asked."""
        self.requests[name].append(asked)
        return self.scripts[name](messages)

    async def _complete(self, name: str, request: Request) -> Response:
        asked = await request.json()
        reply = self.reply(name, asked, asked["messages"])
        if isinstance(reply, Fail):
            return failure(reply)
        if not asked.get("stream"):
            return JSONResponse(_whole(reply))
        return StreamingResponse(self._stream(reply), media_type="text/event-stream")

    async def _stream(self, reply: Reply) -> AsyncIterator[str]:
        try:
            if isinstance(reply, Stall):
                await asyncio.sleep(reply.seconds)
            elif isinstance(reply, Drip):
                while True:
                    yield reply.piece
                    await asyncio.sleep(reply.every)
            elif isinstance(reply, Flood):
                while True:
                    yield _event({reply.kind: reply.piece})
                    await asyncio.sleep(0)
            elif isinstance(reply, Say):
                for start in range(0, len(reply.text), reply.size):
                    yield _event({"content": reply.text[start : start + reply.size]})
                    await asyncio.sleep(reply.every)
            elif isinstance(reply, Call):
                for piece in _call_pieces(reply):
                    yield _event(piece)
            ends = reply.ends if isinstance(reply, (Say, Call)) else "stop"
            if ends == "abort":
                raise ConnectionAbortedError
            if ends != "close":
                yield _event({}, finish=ends)
                yield "data: [DONE]\n\n"
        except (asyncio.CancelledError, GeneratorExit):
            self.broken_off += 1  # a GeneratorExit where it was sending, not asleep, as the caller left
            raise


def _event(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": "standin"}
    return f"data: {json.dumps({**head, 'choices': [choice]})}\n\n"


def failure(reply: Fail) -> Response:
    body = reply.body if isinstance(reply.body, (str, bytes)) else json.dumps(reply.body)
    return Response(body, reply.status, reply.headers, reply.content_type)


def _text(args: Any) -> str:
    return args if isinstance(args, str) else json.dumps(args, ensure_ascii=False)


def _call_pieces(reply: Call) -> Iterator[dict[str, Any]]:
    if reply.text:
        yield {"content": reply.text}
    for index, (name, args) in enumerate(reply.calls):
        head = {"index": index, "id": f"call-{next(_ids)}", "type": "function"}
        yield {"tool_calls": [{**head, "function": {"name": name, "arguments": ""}}]}
        text = _text(args)
        for start in range(0, len(text), reply.size):
            yield {"tool_calls": [{"index": index, "function": {"arguments": text[start : start + reply.size]}}]}


def _whole(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text if isinstance(reply, (Say, Call)) else ""}
    if isinstance(reply, Call):
        message["tool_calls"] = [
            {"id": f"call-{next(_ids)}", "type": "function", "function": {"name": name, "arguments": _text(args)}}
            for name, args in reply.calls
        ]
    ends = reply.ends if isinstance(reply, (Say, Call)) else "stop"
    choice = {"index": 0, "message": message, "finish_reason": ends}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": "standin", "choices": [choice]}


@contextmanager
def serving() -> Iterator[Server]:
    """The server, on a free port of the loopback, for as long as the context lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(port)
    config = uvicorn.Config(server.app, host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=0)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not running.started:
        assert time.monotonic() < end, "the stand-in did not start"
        time.sleep(0.01)
    try:
        yield server
    finally:
        running.should_exit = True
        thread.join(5)


@contextmanager
def raw(pieces: Callable[[], Iterator[bytes]]) -> Iterator[tuple[str, list[bool]]]:
    """A server that answers whoever connects with these bytes, whatever was asked; and a list that grows when one hangs up."""
    hung_up: list[bool] = []

    def serve(caller: socket.socket) -> None:
        with caller:
            try:
                caller.recv(65536)
                for piece in pieces():
                    caller.sendall(piece)
                caller.shutdown(socket.SHUT_WR)
                while caller.recv(65536):  # closed with something unread, a socket breaks off instead of ending
                    pass
            except OSError:
                hung_up.append(True)

    def accept(listening: socket.socket) -> None:
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(caller,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, args=(listening,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1", hung_up
        finally:
            listening.shutdown(socket.SHUT_RDWR)  # to close it alone would leave the thread waiting for a caller


def dead_url() -> str:
    """An address on this machine where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"


def tool_texts(requests: Sequence[dict[str, Any]]) -> list[str]:
    """What the tools told the model, as the last request carries it."""
    return [message["content"] for message in requests[-1]["messages"] if message["role"] == "tool"]
