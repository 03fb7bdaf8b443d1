"""What is pasted into a question: a config.json, whole or some of its lines, which is the model; a tool's table of types, which is none."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from chat.reads.models.own_shapes import PASTED, completed
from chat.reads.scan import Scan

FILLED = "_filled"  # of lines that leave shapes out, which are then taken as usual
# without these a config names no model's shape
_WIDTH, _DEPTH = ("hidden_size", "n_embd", "d_model"), ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
_COUNTS = (*_WIDTH, *_DEPTH, "num_attention_heads")  # from which what is left out is derived
_INNER = ("text_config", "llm_config", "language_config", "thinker_config")
_UNUSED = re.compile(
    r"vision|audio|talker|auto_map|id2label|label2id|task_specific|_name_or_path|architectures|_token_id|version|_eps$|epsilon|dropout|initializer|dtype|rope_|pretraining_tp|use_cache"
)
_LONGEST_LIST = 256
_PAIR = re.compile(r"[\"'](?P<name>[a-z_]\w*)[\"']\s*:\s*(?P<value>-?(?:0|[1-9]\d{0,15})(?:\.\d+)?(?:e[+-]?\d+)?(?![\d.])|true|false|null|\"[^\"\n]*\"|'[^'\n]*')", re.IGNORECASE)  # fmt: skip
_LEAST_PAIRS = 4
_DEEPEST = (
    32  # brackets within brackets; what goes deeper is no config, and would exhaust the stack of whatever walks it
)


# a row for each type, as `accelerate estimate-memory` prints them: its figures, and no formats of the asker's
_ROW_OF_A_TYPE = re.compile(
    r"^[ \t]*\|?[ \t]*(?:float32|float16|bfloat16|int8|int4|fp32|fp16|bf16)[ \t]*\|[^\n]*\|[^\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_LEAST_ROWS = 2


def without_rows_of_types(text: str) -> str:
    """The text with such rows blank, each character at its place."""
    rows = list(_ROW_OF_A_TYPE.finditer(text))
    for row in rows if len(rows) >= _LEAST_ROWS else ():
        text = text[: row.start()] + " " * len(row[0]) + text[row.end() :]
    return text


def compacted(text: str) -> str:
    """The question with the config that stands in it on one line, without what no formula reads."""
    if not any(name in text for name in _WIDTH):
        return text
    start, end, config = _within(text) or _of_lines(text) or (0, 0, {})
    if not config:
        return text
    before, behind = text[:start].rstrip(" `"), text[end:].lstrip(" `")
    return f"{before.removesuffix('json').rstrip(' `')} {json.dumps(_slim(config), separators=(',', ':'))} {behind}".strip()


def read_pasted(text: str) -> tuple[str, tuple[int, int]] | None:
    """The config on one line and where it stands; None where there is none."""
    if not any(f'"{name}":' in text for name in _WIDTH):
        return None
    found = _within(text)
    return (text[found[0] : found[1]], found[:2]) if found else None


def state_pasted(scan: Scan, found: tuple[str, tuple[int, int]] | None) -> None:
    """State it as the model; nothing of it was taken as usual where it says all."""
    if found:
        scan.facts["config"], scan.spans["config"] = [found[0]], [found[1]]
        if FILLED not in found[0]:
            scan.note(PASTED, 1)


def _within(text: str) -> tuple[int, int, dict[str, Any]] | None:
    """The first object in braces that is a model's config."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        try:
            found, end = decoder.raw_decode(text, at)
        except RecursionError:
            return None
        except ValueError:  # no JSON, or a number of thousands of digits
            at = text.find("{", at + 1)
            continue
        if isinstance(found, dict) and _is_config(found) and _depth(text[at:end]) <= _DEEPEST:
            return at, end, found
        at = text.find("{", end)
    return None


def _depth(text: str) -> int:
    return max(accumulate((one in "{[") - (one in "}]") for one in text))


def _of_lines(text: str) -> tuple[int, int, dict[str, Any]] | None:
    """Some of its lines, without braces or cut off."""
    pairs = list(_PAIR.finditer(text))
    told: dict[str, Any] = {}
    for one in pairs:
        value = one["value"]
        told.setdefault(one["name"], value[1:-1] if value[0] in "\"'" else json.loads(value.lower()))
    if len(told) < _LEAST_PAIRS or not _is_config(told):
        return None
    start, end = pairs[0].start(), pairs[-1].end()
    opened, closed = re.search(r"\{\s*$", text[:start]), re.match(r"[\s,]*\}?", text[end:])
    whole = completed(told) if _WIDTH[0] in told else told  # GPT-2's names say another block
    filled = {FILLED: True} if set(whole) - set(told) - {"model_type", "tie_word_embeddings"} else {}
    return (opened.start() if opened else start), end + (closed.end() if closed else 0), {**whole, **filled}


def _is_config(found: Mapping[str, Any]) -> bool:
    inner = [found, *(found[name] for name in _INNER if isinstance(found.get(name), Mapping))]
    return any(_counts(one, _WIDTH) and _counts(one, _DEPTH) for one in inner) and all(_sound(one) for one in inner)


def _counts(config: Mapping[str, Any], names: Sequence[str]) -> bool:
    return any(_is_count(config[name]) for name in names if name in config)


def _sound(config: Mapping[str, Any]) -> bool:
    """Is a shape, where it is told, a number of something?"""
    return all(_is_count(value) for name, value in config.items() if name in _COUNTS and value is not None)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _slim(config: Mapping[str, Any]) -> dict[str, Any]:
    """Without towers, maps of names and long lists; the language model of a larger one is its `text_config`."""
    slim = {
        name: _slim(value) if isinstance(value, Mapping) else value
        for name, value in config.items()
        if value is not None
        and not _UNUSED.search(name)
        and not (isinstance(value, list) and len(value) > _LONGEST_LIST)
    }
    for name in _INNER[1:]:
        if isinstance(slim.get(name), dict) and "text_config" not in slim:
            slim["text_config"] = slim.pop(name)
    return slim
