"""`kb ask`, `kb chat` and `kb mcp`."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from formulas.errors import BadInput

_LLM = click.option(
    "--llm", metavar="PROVIDER:MODEL", envvar="KB_LLM", help="a LangChain chat model; without one, the embedded grammar"
)
_URL = click.option("--base-url", metavar="URL", envvar="KB_LLM_URL", help="of an OpenAI-compatible server")


@click.command()
@click.argument("question", required=False)
@click.option(
    "--file", "path", type=click.Path(path_type=Path), help='JSON lines with "id" and "text"; answers one line each'
)
@click.option("--json", "as_json", is_flag=True, help="one JSON object per answer")
@_LLM
@_URL
def ask(question: str | None, path: Path | None, as_json: bool, llm: str | None, base_url: str | None) -> None:
    """Answer a question in words, English or Chinese."""
    if (question is None) == (path is None):
        raise BadInput("give a question or --file, one of the two")
    from chat.agent import Assistant

    if path is not None:
        _answer_file(path, Assistant(llm, base_url))
        return
    assert question is not None
    answer = Assistant(llm, base_url).ask(question)
    if as_json:
        click.echo(json.dumps({"id": None, **answer.json()}, ensure_ascii=False, default=float))
        return
    for notice in answer.notices:
        click.echo(notice, err=True)
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        from chat.page.picture import breakdown_text

        Console().print(Markdown(answer.text))
        click.echo(breakdown_text(answer.result, answer.language))
    else:
        click.echo(answer.text)


def _answer_file(path: Path, assistant: Any) -> None:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from None
    for line in lines:
        if line.strip():
            print(json.dumps(_answer_line(line, assistant), ensure_ascii=False, default=float), flush=True)


def _answer_line(line: str, assistant: Any) -> dict[str, Any]:
    """The answer to one line of the file; a bad line gets an object that says so, and the next one its turn."""
    try:
        asked = json.loads(line)
        known, text = asked.get("id"), asked["text"]
        if not isinstance(text, str):
            raise TypeError
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
        return {
            "id": None,
            "question": None,
            "error": 'a line is a JSON object with "id" and "text"',
            "line": line[:200],
        }
    return {"id": known, **assistant.ask(text).json()}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=7860, show_default=True, type=click.IntRange(0, 65535))
@click.option("--auth", metavar="USER:PASSWORD", help="required for any host but this one")
@_LLM
@_URL
def chat(host: str, port: int, auth: str | None, llm: str | None, base_url: str | None) -> None:
    """Open the page: questions in English or Chinese, answered with pictures and derivations."""
    if base_url:
        os.environ["KB_LLM_URL"] = base_url
    from chat.page.app import serve

    serve(host, port, llm, auth)


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), help="streamable HTTP on this machine instead of stdin and stdout"
)
@click.option("--skill", is_flag=True, help="print what a coding agent should know, as a skill file, and end")
def mcp(port: int | None, skill: bool) -> None:
    """Serve the chat's tools to other programs, over the Model Context Protocol."""
    if skill:
        click.echo(Path(__file__).with_name("skill.md").read_text(encoding="utf-8"), nl=False)
        return
    try:
        import mcp as _sdk  # noqa: F401
    except ImportError:
        raise BadInput(
            "`kb mcp` needs an extra: uv sync --extra mcp, or pip install '.[mcp]' in the checkout"
        ) from None
    from chat.mcp import serve_http, serve_stdio

    if port is None:
        serve_stdio()
    else:
        serve_http(port)
