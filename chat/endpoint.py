"""A chat model's endpoint: named, watched while it speaks, and told of in words when it fails.

What an endpoint says about its own failure is never shown: it may hold keys, addresses or whatever else it likes.
"""

import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, LLMResult

from chat.embedded import EmbeddedModel
from formulas.errors import BadInput

# of one turn, tool calls and thoughts included; an answer has some two thousand
MOST_CHARACTERS = 100_000
# seconds of a turn, and so of one reply, however lively it drips
DEADLINE_S = 120.0


def chat_model(named: str | None, base_url: str | None = None, longest_s: float = DEADLINE_S) -> BaseChatModel:
    """The chat model that `provider:model` names; the embedded one for None, an empty name or `embedded`.

    OpenAI-compatible servers are reached as `openai:model` with their base URL here, in `KB_LLM_URL` or in
    `OPENAI_BASE_URL`. No reply takes longer than `longest_s`. BadInput when the provider's package is missing or the
    name has another form.
    """
    if not named or named == "embedded":
        return EmbeddedModel()
    from langchain.chat_models import init_chat_model

    provider, _, model = named.partition(":")
    if not model:
        raise BadInput(f"--llm is provider:model, such as openai:gpt-5-mini or ollama:qwen3, not {named[:60]!r}")
    # no retries: the embedded model answers at once, and a client that waits for its turn makes the asker wait too
    silence = min(_seconds(), longest_s)
    settings: dict[str, Any] = {"timeout": silence, "max_retries": 0}
    if provider == "ollama":  # whose client would drop both without a word
        settings = {"client_kwargs": {"timeout": silence}}
    url = base_url or os.environ.get("KB_LLM_URL")
    if url:
        settings["base_url"] = url
        if provider == "openai":  # a local server asks for no key, but the client insists on one
            settings["api_key"] = os.environ.get("OPENAI_API_KEY") or "none"
    try:
        made = init_chat_model(model, model_provider=provider, **settings)
    except ImportError as error:
        named_package = re.search(r"pip install (?:-U )?([\w-]+)", str(error))
        package = named_package[1] if named_package else f"langchain-{provider[:40]}"
        extra = f"uv sync --extra {provider}, or " if provider in ("anthropic", "ollama") else ""
        raise BadInput(f"{provider[:40]} needs its own package: {extra}pip install {package}") from None
    except (
        Exception
    ) as error:  # each provider's client refuses bad settings in its own way; all are the caller's to mend
        known = re.match(r"(?:Unsupported provider|Unable to infer)[^\n]*", str(error))
        told = known[0] if known else f"its client refuses to start ({type(error).__name__}); is its API key set?"
        raise BadInput(f"--llm {named[:60]}: {told}") from None
    assert isinstance(made, BaseChatModel)
    maker: Any = made
    if provider in ("openai", "anthropic", "ollama"):
        # each may use another library of HTTP, but all know hooks, and to give them clients of ours would lose proxies
        client = maker.root_client if provider == "openai" else maker._client
        client._client.event_hooks = {"request": [_bounded(longest_s)]}
    return made


# when the request that a thread is in the middle of has to be over
_due = threading.local()


def _bounded(longest_s: float) -> Callable[[Any], None]:
    """What an HTTP client does with each request before it is sent: its end is set, from the first byte to the last.

    A client's timeout is one of silence. Headers that come byte by byte, or comments that keep a connection alive, one
    every few seconds for ever, would keep it and its thread as long.
    """

    def bound(request: Any) -> None:
        _due.at = time.monotonic() + longest_s
        request.extensions = {**request.extensions, "trace": _watched}

    return bound


def _watched(event: str, info: dict[str, Any]) -> None:
    """Each new connection looks at the clock before it reads on."""
    if not event.endswith(("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")):
        return
    connection = info["return_value"]
    read = connection.read

    def read_in_time(*asked: Any, **more: Any) -> Any:
        if time.monotonic() > _due.at:
            raise TimeoutError
        return read(*asked, **more)

    connection.read = read_in_time


def _seconds() -> float:
    given = os.environ.get("KB_LLM_TIMEOUT", "30")
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not seconds > 0:
        raise BadInput(f"KB_LLM_TIMEOUT is a number of seconds above 0, not {given[:60]!r}")
    return seconds


class GaveUp(Exception):
    """An answer that is not waited for, or not taken; the argument is a key of the reasons below."""


def _unexpected(record: logging.LogRecord) -> bool:
    return GaveUp.__name__ not in record.getMessage()


# raising is how a callback ends a stream; LangChain warns of every callback that raises
logging.getLogger("langchain_core.callbacks.manager").addFilter(_unexpected)


class Watch(BaseCallbackHandler):
    """Follows one turn's stream: stops it when nobody waits any more, and refuses what arrived incomplete.

    A tool call that breaks off in the middle must never run: the client mends its JSON, and 8192 becomes 81.
    """

    raise_error = True
    run_inline = True

    def __init__(self) -> None:
        self.stopped = False
        self._heard = 0
        self._args: dict[tuple[UUID, Any], str] = {}

    def stop(self) -> None:
        """Nobody waits: the next piece that arrives ends the stream, and with it the connection."""
        self.stopped = True

    def on_chat_model_start(self, *_: Any, **__: Any) -> None:
        """Ask nothing more once nobody waits."""
        if self.stopped:
            raise GaveUp("late")

    def on_llm_new_token(self, token: Any, *, chunk: Any = None, run_id: UUID, **_: Any) -> None:
        """Count what arrives, and keep the text of tool calls."""
        if self.stopped:
            raise GaveUp("late")
        message = getattr(chunk, "message", None)
        self._heard += len(token) if isinstance(token, str) else len(str(token))
        if isinstance(message, AIMessageChunk):
            for place, call in enumerate(message.tool_call_chunks):
                piece = call["args"] or ""
                self._heard += len(piece) + len(call["name"] or "")
                # pieces of one call share an index; where calls come whole there is none, but each has its own id
                key = (run_id, call["index"] if call["index"] is not None else call["id"] or place)
                self._args[key] = self._args.get(key, "") + piece
        if self._heard > MOST_CHARACTERS:
            raise GaveUp("long")

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        """Refuse a message that says nothing or breaks off."""
        generation = response.generations[0][0]
        message = generation.message if isinstance(generation, ChatGeneration) else None
        if not isinstance(message, AIMessage):
            return
        reason = _end_of(message)
        if any(word in reason for word in ("length", "max_tokens")):
            raise GaveUp("cut")
        args = [text for (run, _), text in self._args.items() if run == run_id]
        if message.invalid_tool_calls or not all(_is_object(text) for text in args if text):
            raise GaveUp("cut" if not reason else "call")
        if not message.tool_calls:
            if not message.text.strip():
                raise GaveUp("silent")
            # a server that closes the stream in the middle gives no reason, and the client sees no error
            if not reason and not re.search(r"[.!?。\uff01\uff1f|)\]*`$]\s*$", message.text):
                raise GaveUp("cut")
        if len(message.text) + sum(len(str(call["args"])) for call in message.tool_calls) > MOST_CHARACTERS:
            raise GaveUp("long")


def _end_of(message: AIMessage) -> str:
    """Why the model stopped, in the words of its provider; empty when it did not say."""
    about = message.response_metadata
    return (
        " ".join(str(about.get(key) or "") for key in ("finish_reason", "stop_reason", "done_reason", "status"))
        .strip()
        .lower()
    )


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


_REASONS = {
    "late": ("it took too long", "超过了时限"),
    "long": ("it went on without an end", "说个没完"),
    "cut": ("its answer broke off", "回答中断了"),
    "call": ("its tool call could not be read", "工具调用无法解析"),
    "silent": ("it said nothing", "没有说任何内容"),
    "withheld": ("what it said stands in no result of the tools", "所说的数字不在任何工具的结果里"),
    "unasked": ("it answered without asking the tools", "没有调用工具就作答"),
    "loop": ("it kept calling tools", "不停地调用工具"),
    "key": ("its endpoint refused the key", "服务端拒绝了密钥"),
    "absent": ("its endpoint knows no such model", "服务端没有这个模型"),
    "busy": ("its endpoint has too many requests", "服务端请求过多"),
    "request": ("its endpoint refused the request", "服务端拒绝了请求"),
    "server": ("its endpoint failed", "服务端出错"),
    "unreachable": ("its endpoint cannot be reached", "无法连接服务端"),
    "odd": ("its endpoint's answer could not be read", "服务端的回答无法解析"),
}
_BY_STATUS = {401: "key", 403: "key", 404: "absent", 408: "late", 429: "busy", 504: "late"}
_BY_NAME = (
    ("timeout", "late"),
    ("limitexceeded", "loop"),
    ("protocolerror", "cut"),
    ("readerror", "cut"),
    ("decod", "odd"),
    ("redirect", "odd"),
    ("connect", "unreachable"),
)


def reason(error: BaseException) -> str:
    """The kind of a failure, as a key of the reasons: from its status or its type, never from its text."""
    if isinstance(error, GaveUp):
        return str(error)
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(status, int):
        return _BY_STATUS.get(status, "server" if status >= 500 else "request")
    names = " ".join(type(one).__name__.lower() for one in _causes(error))
    return next((kind for part, kind in _BY_NAME if part in names), "odd")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it; clients wrap a broken stream and a closed port alike."""
    while error is not None:
        yield error
        error = error.__cause__


def fell_back(why: str, language: str) -> str:
    """The remark that the embedded model answers instead, and why."""
    said = _REASONS[why][language == "zh"]
    if language == "zh":
        return f"语言模型没有给出可用的回答({said}),改由内置模型回答。"
    return f"The language model gave no answer to use: {said}. The embedded one answers instead."


def withheld(strangers: list[str], language: str) -> str:
    """The remark that a sentence was not shown."""
    listed = ", ".join(one[:60] for one in strangers[:3])
    if language == "zh":
        return f"有一句话没有显示:{listed} 不在任何工具的结果里。"
    return f"A sentence was withheld: {listed} stands in no result of the tools."


def contradicted(language: str) -> str:
    """The remark that a sentence was not shown because the tools found the opposite."""
    if language == "zh":
        return "有一句话没有显示:与工具的结论相反。"
    return "A sentence was withheld: the tools found the opposite."


def broken(language: str) -> str:
    """What is said when the embedded model itself fails."""
    if language == "zh":
        return "这个问题碰到了程序的缺陷,无法回答;详情在日志里。"
    return "This question met a defect of the program and has no answer; the log says more."
