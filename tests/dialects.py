"""The stand-in's replies in the protocols of Anthropic and Ollama, so that their own clients can be tried as well."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from tests.standin import Call, Drip, Fail, Messages, Reply, Say, Server, Stall, failure

_STOPS = {"stop": "end_turn", "tool_calls": "tool_use", "length": "max_tokens"}


def speak(server: Server) -> None:
    """Let the server answer both protocols too, by the same scripts."""

    @server.app.post("/{name}/v1/messages")
    async def messages(name: str, request: Request) -> Response:
        return await _answer(server, name, request, _anthropic)

    @server.app.post("/{name}/api/chat")
    async def chat(name: str, request: Request) -> Response:
        return await _answer(server, name, request, _ollama)


async def _answer(server: Server, name: str, request: Request, dialect: Any) -> Response:
    asked = await request.json()
    reply = server.reply(name, asked, _messages(asked["messages"]))
    if isinstance(reply, Fail):
        return failure(reply)
    kind = "text/event-stream" if dialect is _anthropic else "application/x-ndjson"
    return StreamingResponse(dialect(reply), media_type=kind)


def _messages(spoken: Messages) -> Messages:
    """As a script reads them: what a tool returned is a message of its own."""
    return [
        {**one, "role": "tool"} if isinstance(one.get("content"), list) and one["content"][0]["type"] == "tool_result" else one
        for one in spoken
    ]  # fmt: skip


async def _pieces(reply: Reply) -> AsyncIterator[str]:
    if isinstance(reply, Stall):
        await asyncio.sleep(reply.seconds)
    while isinstance(reply, Drip):
        yield ""
        await asyncio.sleep(reply.every)
    text = reply.text if isinstance(reply, (Say, Call)) else ""
    for start in range(0, len(text), 7):
        yield text[start : start + 7]
        await asyncio.sleep(reply.every if isinstance(reply, Say) else 0)


def _ends(reply: Reply) -> str:
    return reply.ends if isinstance(reply, (Say, Call)) else "stop"


async def _anthropic(reply: Reply) -> AsyncIterator[str]:
    def event(kind: str, **data: Any) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"

    head = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": "standin",
        "stop_reason": None,
    }
    yield event("message_start", message={**head, "usage": {"input_tokens": 1, "output_tokens": 1}})
    yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    async for piece in _pieces(reply):
        yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    yield event("content_block_stop", index=0)
    for index, (name, args) in enumerate(reply.calls if isinstance(reply, Call) else (), 1):
        block = {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": {}}
        yield event("content_block_start", index=index, content_block=block)
        text = args if isinstance(args, str) else json.dumps(args)
        for start in range(0, len(text), 9):
            delta = {"type": "input_json_delta", "partial_json": text[start : start + 9]}
            yield event("content_block_delta", index=index, delta=delta)
        yield event("content_block_stop", index=index)
    if _ends(reply) == "abort":
        raise ConnectionAbortedError
    if _ends(reply) != "close":
        yield event("message_delta", delta={"stop_reason": _STOPS[_ends(reply)]}, usage={"output_tokens": 1})
        yield event("message_stop")


async def _ollama(reply: Reply) -> AsyncIterator[str]:
    def line(done: str = "", **message: Any) -> str:
        head = {"model": "standin", "created_at": "2026-01-01T00:00:00Z", "done": bool(done)}
        ends = {"done_reason": done} if done else {}
        return json.dumps({**head, **ends, "message": {"role": "assistant", "content": "", **message}}) + "\n"

    async for piece in _pieces(reply):
        yield line(content=piece)
    for name, args in reply.calls if isinstance(reply, Call) else ():
        yield line(tool_calls=[{"function": {"name": name, "arguments": args}}])
    if _ends(reply) == "abort":
        raise ConnectionAbortedError
    if _ends(reply) != "close":
        yield line(done="length" if _ends(reply) == "length" else "stop")
