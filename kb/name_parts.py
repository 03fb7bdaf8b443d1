"""A model's name cut into what each of its parts says: words, versions, a size, and endings that change no shape."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Endings that leave every tensor's shape as it is, or almost: they choose among equals, never between sizes.
_NEUTRAL = """
instruct chat base hf it pt meta nvidia preview inst mt bf16 ai21 sft dpo rl thinking intermediate model
pretrain release oss c4ai rm
"""
NEUTRAL_WORDS = frozenset(_NEUTRAL.split())
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([bmt])(\d?)")
_MILLIONS = re.compile(r"\dm")
_EXPERTS_SIZE = re.compile(r"(\d+)x(\d+(?:\.\d+)?)b")
_ACTIVE = re.compile(r"a(\d+(?:\.\d+)?)([bm])")
_EFFECTIVE = re.compile(r"e(\d+)b")
_LETTER_VERSION = re.compile(r"[a-z]\d+(?:\.\d+)?[a-z]?")
_WORD_VERSION = re.compile(r"([a-z]{2,})(\d+(?:\.\d+)*)([a-z]{0,2})")
_NEUTRAL_TOKEN = re.compile(r"v0(?:\.\d+)?|\d{4,}|\d+[ke]|v\d+\.0")
_VERSION = re.compile(r"\d{1,2}(?:\.\d+)*[a-z]?")
_SCALE = {"b": 1e9, "m": 1e6, "t": 1e12}


@dataclass(frozen=True)
class Parts:
    """A model's name, cut up."""

    words: frozenset[str] = frozenset()
    versions: frozenset[str] = frozenset()
    size: str = ""
    active: str = ""
    neutral: frozenset[str] = frozenset()


# an underscore between digits, before a size: does it end a version (`1.5_7b`, `llama2_7b`, `2_5_7b`) or is it its point?
_BEFORE_A_SIZE = tuple(
    (re.compile(pattern), then)
    for pattern, then in (
        (r"(?<=\d)_0_(?=\d+[bm](?![a-z0-9]))", "-0."),
        (r"(?<=\d)_(\d+)_(?=\d+(?:\.\d+)?[bm](?![a-z0-9]))", r".\1-"),
        (r"(?<=\d)_(?=\d+\.\d+[bm](?![a-z0-9]))", "-"),
        (r"(?<=\d\.\d)_(?=\d+[bm](?![a-z0-9]))", "-"),
        (r"(?<=[a-z]\d)_(?=\d+[bm](?![a-z0-9]))", "-"),
        (r"(?<=\d)_(?=\d)", "."),
    )
)


def points(lowered: str) -> str:
    """Underscores between digits as what they stand for, a point or the end of a version; the length stays."""
    for pattern, then in _BEFORE_A_SIZE:
        lowered = pattern.sub(then, lowered)
    return lowered


def tokens(name: str) -> list[str]:
    """`meta-llama/Llama-3_1-8B` → `["llama", "3.1", "8b"]`: the organisation dropped, glued parts kept together."""
    lowered = name.lower().rsplit("/", 1)[-1].strip()
    lowered = points(lowered)
    return [token for token in re.split(r"[-_\s:]+", lowered) if token]


def cut(pieces: Iterable[str]) -> Parts:
    """The tokens of a name sorted into what each of them says."""
    words: set[str] = set()
    versions: set[str] = set()
    neutral: set[str] = set()
    size = active = ""
    for piece in pieces:
        piece = piece.strip(".")
        if not piece:
            continue
        if _EXPERTS_SIZE.fullmatch(piece) or _EFFECTIVE.fullmatch(piece):
            size = size or piece
        elif size and _MILLIONS.fullmatch(piece):
            neutral.add(piece)  # `-7B-Instruct-1M`: a length
        elif found := _SIZE.fullmatch(piece):
            size = size or f"{found[1]}{'.' + found[3] if found[3] else ''}{found[2]}"
        elif _ACTIVE.fullmatch(piece):
            active = active or piece
        elif piece in NEUTRAL_WORDS or _NEUTRAL_TOKEN.fullmatch(piece):
            neutral.add(piece)
        elif _LETTER_VERSION.fullmatch(piece) or _VERSION.fullmatch(piece):
            versions.add(piece)
        elif found := _WORD_VERSION.fullmatch(piece):
            words.add(found[1])
            versions.add(found[2] + found[3])
        else:
            words.add(piece)
    return Parts(frozenset(words), frozenset(versions), size, active, frozenset(neutral))


def size_value(size: str) -> float | None:
    """`7b` → 7e9; None for `8x7b`, whose parts share layers."""
    found = _SIZE.fullmatch(size)
    return float(found[1]) * _SCALE[found[2]] if found else None
