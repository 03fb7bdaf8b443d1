"""Chinese text with the punctuation that Chinese has; sources type the half-width signs of their keyboards."""

import re
from functools import lru_cache

_HAN = r"[\u3400-\u9fff]"
_SIGNS = dict(zip(",:;?!", "\uff0c\uff1a\uff1b\uff1f\uff01", strict=True))
# what is kept stands as one sign while those about it are widened
_HELD = "\ue000"
_LETTER = r"[A-Za-zθ%)\uff09]"
# names and options with a colon of their own: `cuda:0`, `gguf:Q4_K_M`, `max_split_size_mb:N`
_NAMED = r"(?<!\bcuda)(?<!\bgguf)(?<!\bggml)(?<!_mb)(?<!_threshold)"
_SIGN = re.compile(
    "|".join(
        (
            # beside a Chinese character; behind brackets, quotes, bold words and code, too
            rf"(?<={_HAN})[ ]?([,:;?!])[ ]?",
            rf"(?<=[)\uff09%”`*\w\"{_HELD}])([,:;?!])[ ]?(?=(?:\*\*)?{_HAN})",
            r"[ ]?([,:;])[ ]?(?=“)",
            r"(?<=[\uff09”])([,:;?!])[ ]?",
            r"(?<=[\uff09”\w]\*\*)([,:;?!])[ ]?(?=[\w“*])",
            # between Latin letters and figures a sign without a space behind it is Chinese, but not the comma of 1,024
            rf"(?<={_LETTER})([,;])(?=[\w(]|--?[a-z])",
            r"(?<=\d)([,;])(?=[A-Za-z(])",
            r"(?<=[\w\"])([,:;])(?=[×=≈])",
            r"(?<=[\d\"])(;)(?=\d)",
            r"(?<=\")([,;])(?=[A-Z])",
            r"(?<=\d)(,)(?=\d\d? 位)",
            rf"(?<=[A-Za-z]){_NAMED}(:)[ ]?(?=\d)",
            rf"(?<=\w){_NAMED}(:)(?=[A-Z\uff08])(?!True|False)",
            r"(?<=[\w)\uff09])(:)(?=[a-z][\w-]* ?(?:×|\uff08|[\u3400-\u9fff]))",
            r"(?<=%)(:)(?=\d)",
            # "批大小 8:2 × 48 层" is no proportion
            r"(?<=\d)(:)(?=\d[\d.,]* ?(?:[×+]|[GMK]i?B\b|B ×)|\d{2}|\d\.\d)",
        )
    )
)
_BRACKETS = re.compile(r"(?<!\])(?:(?<=[^|\s-]) )?\(([^()\n]+)\)(?: (?=[^|\s]))?")
# what is quoted keeps its brackets
_QUOTED = re.compile(r"(“[^”]*”)")
# between a Chinese character and a Latin letter or a figure
_APART = re.compile(rf"(?<={_HAN})(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?={_HAN})")
# code, formulas, links and table rows' rulers keep their signs
_KEPT = re.compile(r"`[^`]*`|\$[^$]*\$|\]\([^)]*\)|https?://\S+")


def spaced(words: str) -> str:
    """With the space that Chinese puts before Latin letters and digits."""
    return f" {words}" if words[:1].isascii() else words


@lru_cache(4096)
def full_width(text: str) -> str:
    """`显存不足,需要 24 GB(估计)` with full-width signs where they touch Chinese."""
    if not re.search(_HAN, text):
        return text
    kept = iter(_KEPT.findall(text))
    return re.sub(_HELD, lambda _: next(kept, _HELD), _widened(_KEPT.sub(_HELD, text)))


def _widened(text: str) -> str:
    text = "".join(part if part.startswith("“") else _bracketed(_APART.sub(" ", part)) for part in _QUOTED.split(text))
    return _SIGN.sub(lambda found: _SIGNS[next(sign for sign in found.groups() if sign)], text)


def _bracketed(text: str) -> str:
    """All brackets of one kind, those inside others too: Latin words and figures stand in Chinese text as well."""
    while (wider := _BRACKETS.sub("\uff08\\1\uff09", text)) != text:
        text = wider
    return text


_BOLD = re.compile(r"\*\*[^*\n]+\*\*")
_STOPS = "。：，；！？）”.:;!?)"


def bold_apart(text: str) -> str:
    """With a space behind bold words that end in a stop: Markdown takes such `**` for no end where a letter follows."""
    return _BOLD.sub(lambda found: found[0] + " " * _runs_on(found), text)


def _runs_on(found: re.Match[str]) -> bool:
    behind = found.string[found.end() : found.end() + 1]
    return found[0][-3] in _STOPS and behind.isalnum()
