"""The page's endpoints for programs: `/ask` for a question in words, and one for each tool, typed as the tool is.

Each returns the object of the contract; a wrong call raises an error whose message is the line that mends it.
"""

import json
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Any, Literal, Optional, Union

import gradio as gr
from gradio.components.api_component import Api
from gradio.context import Context
from gradio.events import api

from chat.schemas import Schema, facts_schema
from chat.tools import TOOLS, call, refusal

# tools that are commands go by the command's name
SHORT = {"estimate_memory": "estimate", "solve_for": "solve", "derive_quantity": "derive", "query_tables": "query"}
_TYPES: dict[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool}


def offer(answer: Callable[[str], dict[str, Any]]) -> None:
    """Add the endpoints to the page that is being built; `answer` takes a question."""

    def ask(question: str) -> dict[str, Any]:
        """The whole answer to one question in English or Chinese: the object of `kb ask --json`, with the prose as `answer`."""
        if not isinstance(question, str):
            raise gr.Error(f"question is a text, not {json.dumps(question)[:60]}", print_exception=False)
        return plain(answer(question))

    api(ask, api_name="ask")
    for tool in TOOLS:
        _offer(tool.name, tool.description, dict(tool.args_schema))  # type: ignore[arg-type]


def _offer(name: str, about: str, takes: Schema) -> None:
    """One tool as an endpoint with the tool's own arguments."""
    shown = SHORT.get(name, name)
    properties: dict[str, Schema] = takes["properties"]
    ordered = sorted(properties, key=lambda one: one not in takes["required"])

    def called(*values: Any) -> dict[str, Any]:
        try:
            _, whole = call(name, dict(zip(ordered, values, strict=False)))
        except Exception as error:
            raise gr.Error(refusal(name, error), print_exception=False) from None
        return plain({key: value for key, value in whole.items() if key != "kind"})

    hints = {one: _hint(properties[one], one in takes["required"]) for one in ordered}
    called.__name__ = shown
    called.__annotations__ = {**hints, "return": dict[str, Any]}
    called.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(
                one,
                Parameter.POSITIONAL_OR_KEYWORD,
                annotation=hints[one],
                default=Parameter.empty if one in takes["required"] else None,
            )
            for one in ordered
        ],
        return_annotation=dict[str, Any],
    )
    api(called, api_name=shown, api_description=about)
    explained = facts_schema()["properties"]
    _describe([properties[one].get("description") or explained[one]["description"] for one in ordered])


def _describe(sentences: list[str]) -> None:
    """Say of each argument of the newest endpoint what it is, where "view API" shows it."""
    page = Context.root_block
    assert page is not None
    newest = page.fns[max(page.fns)]
    for component, says in zip(newest.inputs, sentences, strict=True):
        assert isinstance(component, Api)
        component._api_info = {**component._api_info, "additional_description": says}


def _hint(takes: Schema, needed: bool) -> Any:
    single = takes.get("anyOf", [takes])[0]
    kind: Any = Literal[tuple(single["enum"])] if "enum" in single else _TYPES[single["type"]]
    hint = Union[kind, list[kind]] if "anyOf" in takes else kind  # noqa: UP007
    return hint if needed else Optional[hint]  # noqa: UP045


def plain(told: dict[str, Any]) -> dict[str, Any]:
    """As JSON has it: exact fractions become numbers."""
    made: dict[str, Any] = json.loads(json.dumps(told, default=float))
    return made
