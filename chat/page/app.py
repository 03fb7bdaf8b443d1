"""The page: a chat that shows its steps, the verdict, the breakdown as a picture, the derivation, the sources."""

import gc
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# before Gradio is imported: it would otherwise ask its makers for the newest version
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"

import gradio as gr
from starlette.middleware import Middleware

from chat.events import Answer, Conversation, Finished
from chat.page.api import offer
from chat.page.panel import BadFact, changed, linked, lists_html, panel_html
from chat.page.session import LONGEST, Assistant, Session, begin, converse, exports, pdf
from chat.page.transcript import note
from chat.tool_calls import query_tables
from chat.words import EXAMPLES, PAGE, TITLE, say
from formulas.errors import BadInput

LOCAL = ("127.0.0.1", "localhost", "::1")
AT_ONCE = 8
WAITING = 64

# Gradio has two kinds of Chinese and matches the browser's full tag: zh, zh-HK or yue would get the English page.
# This stands before its scripts and names the nearer of the two.
TONGUE = b"""<script>(() => {
	const asked = navigator.language || "";
	if (!/^(zh|yue|cmn)\\b/i.test(asked)) return;
	const near = /-(hant|tw|hk|mo)\\b|^yue/i.test(asked) ? "zh-TW" : "zh-CN";
	if (asked !== near) Object.defineProperty(navigator, "language", { get: () => near });
})();</script>"""
# zh is for readers of this dictionary
I18N = gr.I18n(**{"en": PAGE["en"], "zh": PAGE["zh"], "zh-CN": PAGE["zh"], "zh-TW": PAGE["zh"]})

MATH: list[Any] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "\\(", "right": "\\)", "display": False},
    {"left": "\\[", "right": "\\]", "display": True},
]
# Gradio cleans scripts out of messages, but an image in a model's Markdown could carry data to any host
POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
}
SCRIPT = Path(__file__).with_name("page.js")
PANEL_SCRIPT = Path(__file__).with_name("panel.js")
# Gradio brings the first along and serves it itself (its 600 is a subset without most letters, so 400 and 700);
# Chinese falls through to the system's
FONTS = (
    gr.themes.LocalFont("IBM Plex Sans", (400, 700)),
    "system-ui",
    "PingFang SC",
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "sans-serif",
)
MONO = (gr.themes.LocalFont("IBM Plex Mono", (400, 700)), "ui-monospace", "Menlo", "Consolas", "monospace")


class Guarded:
    """Puts the policy on every response and the language before every script of the page.

    In launch(head=…) they would come late: Gradio adds that from a script.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        page: list[Any] = []  # the start of an HTML page, held until its body is known to be one of Gradio's

        async def send_guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *HEADERS.items()]
                if dict(message["headers"]).get(b"content-type", b"").startswith(b"text/html"):
                    page.append(message)
                    return
            elif page:
                start = page.pop()
                body = message["body"].replace(b"<head>", b"<head>" + TONGUE, 1)
                longer = len(body) - len(message["body"])
                start["headers"] = [
                    (name, str(int(value) + longer).encode() if name == b"content-length" else value)
                    for name, value in start["headers"]
                ]
                message["body"] = body
                await send(start)
            await send(message)

        await self.app(scope, receive, send_guarded if scope["type"] == "http" else send)


def build(assistant: Assistant) -> gr.Blocks:
    """The page for an assistant."""
    page: gr.Blocks
    with gr.Blocks(title=TITLE, fill_height=True, analytics_enabled=False) as page:
        session = gr.State(Session(), delete_callback=lambda held: held.forget())
        with gr.Row(elem_id="kb-top"):
            gr.HTML(f'<div class="kb-brand">{TITLE}</div>', js_on_load=None)
            new = gr.Button(I18N("new"), size="sm", variant="secondary", elem_id="kb-new", scale=0)
        # page.css shows either the invitation or the conversation, whichever there is
        with gr.Column(elem_id="kb-hero"):
            gr.Markdown(I18N("hero"), elem_id="kb-invite")
            with gr.Row(elem_id="kb-examples"):
                chips = [gr.Button(I18N(name), size="sm", elem_id=f"kb-{name}") for name in EXAMPLES]
        chat = gr.Chatbot(
            label=I18N("conversation"), show_label=False, elem_id="kb-chat", scale=1, min_height=200,
            height="100%", latex_delimiters=MATH, buttons=["copy"], feedback_options=[], layout="bubble", allow_tags=False,
            container=False, autoscroll=False,
        )  # fmt: skip
        panel = gr.HTML(
            "", elem_id="kb-panel", js_on_load=PANEL_SCRIPT.read_text(encoding="utf-8"), server_functions=[pdf]
        )
        box = gr.Textbox(
            label=I18N("ask"), show_label=False, placeholder=I18N("placeholder"), lines=1, max_lines=6, autofocus=True,
            submit_btn=True, elem_id="kb-ask", container=False,
            html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", spellcheck=False),
        )  # fmt: skip
        gr.Markdown(I18N("hint"), elem_id="kb-hint")
        gr.HTML(lists_html(), visible="hidden", js_on_load=None)

        # In two steps: the first goes past the queue, whose way to the browser takes as long as the first words, and has those
        # already where nobody is waited for; the second streams the rest. An update of properties (`gr.update`, `gr.skip`)
        # makes Gradio build and describe the component anew, and the conversation's takes 13 ms of that: it gets plain values.
        def take(question: str, held: Session) -> tuple[Any, Any]:
            if held.turn is not None:  # one question at a time; this one stays in the box
                return gr.skip(), gr.skip()
            held.open_turn(question)
            return begin(assistant, held), gr.update(value="", **_box(held))

        def change(held: Session, event: gr.EventData) -> tuple[Any, Any, Any]:
            texts = getattr(event, "_data", {}).get("texts")
            if held.turn is not None or held.last is None or not isinstance(texts, dict):
                return gr.skip(), gr.skip(), gr.skip()
            try:
                facts = changed(held.last, texts)
            except BadFact as error:
                return held.messages(), gr.skip(), panel_html(held.last, error, texts[error.name])
            if facts == held.last.given:
                return held.messages(), gr.skip(), panel_html(held.last)
            held.open_change(facts)
            return begin(assistant, held), gr.update(**_box(held)), panel_html(held.last)

        def answer(held: Session) -> Iterator[tuple[Any, Any, Any]]:
            facts = panel_html(held.last)
            told = False
            for messages in converse(held):
                done, told = held.turn is None, True
                yield messages, _READY if done else gr.skip(), panel_html(held.last) if done else facts
            if not told:  # a generator without an update would empty every output
                yield gr.skip(), gr.skip(), gr.skip()

        def retrace(query: str, held: Session) -> Iterator[tuple[Any, Any, Any]]:
            """The conversation of a link, asked again."""
            turns, troubles = linked(query or "")
            yield gr.skip(), gr.skip(), gr.skip()
            for question, facts in turns if held.last is None else []:
                yield *take(question, held), gr.skip()
                yield from answer(held)
                if facts and held.last is not None:
                    given = held.last.given | facts
                    held.open_change({name: values for name, values in given.items() if values})
                    begin(assistant, held)
                    yield from answer(held)
            if troubles and turns:
                language = held.last.language if held.last else "en"
                held.earlier.append(note(say("bad_link", language).format(why="; ".join(troubles))))
                yield held.messages(), gr.skip(), gr.skip()

        def halt(held: Session) -> tuple[Any, Any, Any]:
            held.close_turn()
            return held.messages(), _READY, panel_html(held.last)

        def restart(held: Session) -> tuple[Any, Any, Any]:
            held.forget()
            return [], gr.update(value="", **_READY_PROPS), ""

        outputs = [chat, box, panel]
        # Gradio tells each stage of an event to the components that show its progress, by default the outputs, and copies all
        # they hold to do so: the conversation a dozen times an answer. A button holds nothing and shows no progress.
        quiet: dict[str, Any] = {"show_progress": "hidden", "show_progress_on": new, "api_visibility": "private"}
        asked: list[Any] = [box.submit(take, [box, session], [chat, box], queue=False, **quiet)]
        for name, chip in zip(EXAMPLES, chips, strict=True):
            # the chip's words as the browser shows them, in whichever language that is
            spoken = f"() => [document.getElementById('kb-{name}').innerText, null]"
            asked.append(chip.click(take, [box, session], [chat, box], js=spoken, queue=False, **quiet))
        asked.append(panel.submit(change, session, outputs, queue=False, **quiet))
        running: Any = [taken.then(answer, session, outputs, **quiet) for taken in asked]
        running.append(page.load(retrace, [box, session], outputs, js="() => [location.search, null]", **quiet))
        box.stop(halt, session, outputs, cancels=running, queue=False, **quiet)
        new.click(restart, session, outputs, cancels=running, queue=False, **quiet)
        chat.clear(restart, session, outputs, cancels=running, queue=False, **quiet)

        offer(lambda question: whole_answer(assistant, question).json())
    page.queue(default_concurrency_limit=AT_ONCE, max_size=WAITING)
    return page


_READY_PROPS: dict[str, Any] = {"submit_btn": True, "stop_btn": False}
_READY = gr.update(**_READY_PROPS)


def _box(held: Session) -> dict[str, Any]:
    """The question box's buttons: to send when nothing is being answered, else to stop."""
    return {"submit_btn": held.turn is None, "stop_btn": held.turn is not None}


def whole_answer(assistant: Assistant, question: str) -> Answer:
    """The answer to a question that stands alone."""
    for event in assistant.stream(question[:LONGEST], Conversation()):
        if isinstance(event, Finished):
            return event.answer
    raise RuntimeError("the assistant stopped without an answer")


def theme() -> Any:
    """Quiet colours and the system's own fonts; nothing is loaded from elsewhere."""
    base = gr.themes.Base(primary_hue="slate", secondary_hue="slate", neutral_hue="slate", font=FONTS, font_mono=MONO)
    return base.set(
        body_background_fill="#fbfbfa", body_background_fill_dark="#15171a",
        background_fill_primary="#fbfbfa", background_fill_primary_dark="#15171a",
        block_background_fill="transparent", block_background_fill_dark="transparent", block_border_width="0px",
        block_border_width_dark="0px", block_shadow="none", block_shadow_dark="none",
        input_background_fill="#ffffff", input_background_fill_dark="#1c1f23",
        input_background_fill_focus="#ffffff", input_background_fill_focus_dark="#1c1f23",
        border_color_primary="#d9dce1", border_color_primary_dark="#353b44",
    )  # fmt: skip


def launch(
    page: gr.Blocks, host: str = "127.0.0.1", port: int | None = None, auth: tuple[str, str] | None = None
) -> str:  # fmt: skip
    """Serves a page from a thread and returns its address. BadInput when the port is taken."""
    if port == 0:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as free:
            free.bind((host, 0))
            port = free.getsockname()[1]
    try:
        _, address, _ = page.launch(
            server_name=host, server_port=port, auth=auth, share=False, ssr_mode=False, run_history=False, pwa=False,
            mcp_server=False, enable_monitoring=False, max_file_size="1mb", state_session_capacity=2000, inbrowser=False,
            prevent_thread_lock=True, quiet=True, footer_links=["api", "settings"], i18n=I18N, theme=theme(),
            css_paths=Path(__file__).with_name("page.css"), head=f"<script>{SCRIPT.read_text(encoding='utf-8')}</script>", app_kwargs={"middleware": [Middleware(Guarded)]}, allowed_paths=[str(exports())],
        )  # fmt: skip
    except OSError:
        raise BadInput(
            f"cannot serve on {host}:{port or 7860}; try another --port (0 takes any that is free)"
        ) from None
    return str(address)


def warm(assistant: Assistant) -> None:
    """Asks the examples of both languages, so that the first visitor does not pay for the loading, nor wait for the tables
    or the process that queries them.
    """
    query_tables("SELECT 1")
    for language, words in PAGE.items():
        for name in EXAMPLES if language in ("en", "zh") else ():
            session = Session()
            session.open_turn(words[name])
            begin(assistant, session)
            for _ in converse(session):
                pass
            session.forget()
    # what stands by now stays: searched for garbage with the rest, it would hold one answer in a few dozen up for 0.1 s
    gc.collect()
    gc.freeze()


def credentials(host: str, auth: str | None) -> tuple[str, str] | None:
    """`user:password` in two; BadInput when another machine could reach the page without one."""
    if not auth:
        if host not in LOCAL:
            raise BadInput(f"{host} lets other machines in; give --auth user:password, or stay on 127.0.0.1")
        return None
    user, colon, password = auth.partition(":")
    if not (user and colon and password):
        raise BadInput("--auth is user:password")
    return user, password


def end(*_: object) -> None:
    """Ends the process once: a launcher hands the signal on, and the second must not break into the tidying up."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)


def serve(host: str = "127.0.0.1", port: int | None = None, llm: str | None = None, auth: str | None = None) -> None:
    """Runs the page until it is interrupted; port 0 takes any that is free."""
    pair = credentials(host, auth)
    from chat.agent import Assistant as Agent

    assistant = Agent(llm)
    page = build(assistant)
    warm(assistant)
    # a plain end as well as Ctrl+C leaves no exported file behind
    signal.signal(signal.SIGTERM, end)
    address = launch(page, host, port, pair)
    print(f"{TITLE}: {address} (Ctrl+C ends it)", flush=True)
    page.block_thread()
