"""What the tools work out beside estimates: the asker's own arithmetic, amounts in other units, training time, remarks."""

import re
from collections.abc import Sequence
from typing import Any

from chat.figures.cache.kv_of_two import of_two, token_bytes, weights_of_two
from chat.figures.cache.kv_product import judged
from chat.figures.named import Figures, Missing
from chat.figures.training.side_words import side_by_side
from chat.reads.seen.models_apart import CACHES_APART, MODELS_APART
from chat.remarks.remark import CAUSE, FIRST, SUSPECT, made
from chat.units import UNITS
from chat.works import GQA, LIGER
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT
from kb.equations import evaluated
from kb.knobs import amount as number
from kb.units import bytes_in

# remarks whose figures are what tells one model from another
OF_ONE_MODEL = (
    "logits",
    "vocabulary",
    "weights-and-one-sequence",
    "cards-for-one-sequence",
    "kv-in-one-line",
    "all-experts",
)
# what sets a model that reads pictures apart from one of text of its size, and no vocabulary
_OVER_TEXT = "more-than-its-text"
# of several sizes: so many, and so many remarks in all
_MOST_SIZES, _MOST_OF_SIZES = 3, 7
# of one model what is told of both where they are set apart
_OF_ONE = ("kv-in-one-line", "weights-and-one-sequence")
# what two models side by side tell already, or only one of them would
_OF_EITHER = (
    "logits",
    "vocabulary",
    "claim-",
    "takes-its-share",
    "weights-are-not-all",
    "share-is-no-need",
    "all-experts",
)
_FACTOR = re.compile(
    r"(?P<n>\d+(?:\.\d+)?(?:e\d{1,2})?)\s*(?P<u>[kmgt]i?b|bytes?|字节|bits?|位|[kmbgtθ](?![a-wyz])|万|亿)?|(?P<s>[+-])"
)
_SCALE = {"k": 1e3, "m": 1e6, "b": 1e9, "万": 1e4, "亿": 1e8}


# ── remarks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def remarks(about: Sequence[str], told: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """The remarks that hold for these facts; of several models each gets its own figures, of other facts the first counts."""
    sizes = facts.get("params")
    if isinstance(sizes, (list, tuple)) and len(sizes) > 1 and "model" not in facts:
        each = _of_each_size(about, told, facts, sizes[:_MOST_SIZES])
        return {"remarks": each, "answers": _answers(about, facts, told), "sources": _sources(each)}
    models = facts.get("model")
    several = list(models) if isinstance(models, (list, tuple)) else [models]
    kept: list[dict[str, Any]] = []
    for place, model in enumerate(several[:3]):
        found = made(about, Figures({**facts, "model": model} if model else facts, told))
        if len(several) > 1:
            name = str(model).rsplit("/", 1)[-1]
            own = [
                {**one, "en": f"{name}: {one['en']}", "zh": f"{name}\uff1a{one['zh']}"}
                for one in found
                if one["key"] in OF_ONE_MODEL
            ]
            common = [one for one in found if one["key"] not in OF_ONE_MODEL]
            kept = [*kept[: place * 2], *own[:2], *kept[place * 2 :], *(common[:4] if place == 0 else [])]
        else:
            kept = found
    if (
        len(several) == 2
        and {"oom_diagnosis", "why_more"} & set(about)
        and _OVER_TEXT not in {one["key"] for one in kept}
    ):
        kept = _beside(several, facts, told, kept)
    if len(several) == 2 and {"kv_cache", "kv", MODELS_APART} & set(about) and "any_model" not in about:
        kept = _with_caches(_caches(several, facts, told, about), kept, MODELS_APART in about)
    if (former := told.get("former_models")) and len(several) == 1:  # why the length that failed there goes here
        kept = [*kept, *_of_the_former(former[0], several[0], facts, told)]
    return {"remarks": kept, "answers": _answers(about, facts, told), "sources": _sources(kept)}


def _with_caches(caches: list[dict[str, Any]], kept: list[dict[str, Any]], apart: bool) -> list[dict[str, Any]]:
    """What sets two caches apart, behind the word that they go with no size; where it is why one fares otherwise (`apart`), no
    other cause is to be sought."""
    if apart and caches:
        kept = [one for one in kept if not one["role"] and not one["key"].startswith((*_OF_EITHER, *_OF_ONE))]
    return sorted([*caches, *kept], key=lambda one: one["key"] != "cache-by-size")


def _caches(
    models: Sequence[Any], facts: dict[str, Any], told: dict[str, Any], about: Sequence[str]
) -> list[dict[str, Any]]:
    """What sets the caches of two models apart; before all else where they are taken to go with the size, or one fares otherwise."""
    these, those = ((str(one).rsplit("/", 1)[-1], Figures({**facts, "model": one}, told)) for one in models)
    try:
        if these[1].knob("task") == "train":
            return []
        of_caches = {"kv_cache", "kv", "leak_asked", CACHES_APART} & set(about)
        weights = SILENT if of_caches else weights_of_two(these, those, about)
        said = of_two(these, those, about)
    except (Missing, BadInput):
        return []
    title, url = GQA
    role = FIRST if {"cache_by_size", MODELS_APART} & set(about) else ""
    return [
        {"key": "kv-of-several", "role": role, "en": f"{weights.en}{said.en}", "zh": f"{weights.zh}{said.zh}", "title": title, "url": url, "figures": []}
    ]  # fmt: skip


def _of_the_former(former: str, present: Any, facts: dict[str, Any], told: dict[str, Any]) -> list[dict[str, Any]]:
    """Behind the verdict, that a model which was run before has the larger cache, if it has."""
    that, this = (Figures({**facts, "model": one}, told) for one in (former, present))
    try:
        if token_bytes(that) <= token_bytes(this):
            return []
    except (Missing, BadInput):
        return []
    plain = {"key": "cache-of-the-former"}
    return [
        {**one, **plain, "en": one["en"].replace("**", ""), "zh": one["zh"].replace("**", "")}
        for one in _caches((former, present), facts, told, ("kv",))
    ]


def _beside(
    models: Sequence[Any], facts: dict[str, Any], told: dict[str, Any], kept: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Of two models in training of which one takes more, or fails, what sets them apart, instead of what holds of one alone."""
    these, those = ((str(one).rsplit("/", 1)[-1], Figures({**facts, "model": one}, told)) for one in models)
    try:
        if these[1].knob("task") != "train":
            return kept
        said = side_by_side(these, those)
    except (Missing, BadInput):
        return kept
    title, url = LIGER
    first = {"key": "models-side-by-side", "role": CAUSE, "en": said.en, "zh": said.zh, "title": title, "url": url, "figures": []}  # fmt: skip
    left = [one for one in kept if one["role"] not in (CAUSE, SUSPECT) and not one["key"].startswith(_OF_EITHER)]
    return [first, *left]


def _sources(kept: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({one["title"]: {"title": one["title"], "url": one["url"]} for one in kept}.values())


def _of_each_size(
    about: Sequence[str], told: dict[str, Any], facts: dict[str, Any], sizes: Sequence[Any]
) -> list[dict[str, Any]]:
    """What is the same for all sizes once; of the rest each size's own, by its name."""
    found = {size: {one["key"]: one for one in made(about, Figures({**facts, "params": size}, told))} for size in sizes}
    kept: list[dict[str, Any]] = []
    for key in dict.fromkeys(key for ones in found.values() for key in ones):
        ones = [(size_words(number(size, "params")), ones[key]) for size, ones in found.items() if key in ones]
        if len(ones) == len(sizes) and len({one["en"] for _, one in ones}) == 1:
            kept.append(ones[0][1])
        else:
            kept += [{**one, "en": f"{name}: {one['en']}", "zh": f"{name}\uff1a{one['zh']}"} for name, one in ones]
    return kept[:_MOST_OF_SIZES]


def _answers(about: Sequence[str], facts: dict[str, Any], told: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures of the contract's `answers` that these subjects ask for."""
    figures = Figures(facts, told)
    wanted = [("w16", "weights", "total")]
    if "kv_cache" in about or "max_batch_ctx" in about or "two_lengths" in about:
        wanted = [("kv_token", "kv_cache", "per_token"), ("kv_sequence", "kv_cache", "total")]
    elif "zero_offload" in about:
        wanted.append(("host", "states", "host"))
    elif "rl_memory" in about or "how_many_gpus" in about:
        wanted.append(("states", "states", "total"))
    found = []
    for name, quantity, scope in wanted:
        try:
            shown = figures[name]
        except (Missing, BadInput):
            continue
        found.append(
            {"quantity": quantity, "scope": scope, "value": figures.amount(name), "unit": "byte", "shown": shown}
        )
    return found


# ── the asker's arithmetic ─────────────────────────────────────────────────────────────────────────────────────────


def checked_arithmetic(text: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Both sides of the asker's equation, evaluated; of a product for a KV cache, the factors that are not right."""
    left, _, right = re.sub(r"≈|~=|等于", "=", text).partition("=")
    result: dict[str, Any] = {"written": text.strip()}
    found = judged(left, facts)
    if not found.get("symbols"):
        product = _product(left)
        result |= {"gives": product, "gives_shown": f"{product:,.15g}"}
        if right.strip():
            result |= _compared(product, right)
            tokens = float(facts.get("seq_len") or 1) * float(facts.get("batch_size") or 1)
            whole = _compared(product * tokens, right) if found and not found["in_all"] and tokens > 1 else {}
            if whole and not (whole["holds"] or whole["unlike"] or result["holds"]):
                result["whole"] = {"tokens": tokens, "gib": product * tokens / 2**30, "stated": whole["stated"]}
    return result | found


# `8B × 4 bits`: a byte has eight, unless the sum divides by them itself
_BY_EIGHT = re.compile(r"/\s*8(?![\d.])")
_IN_BITS = re.compile(r"(?<![\d.])(?P<n>[1-9]|1[0-6]|32|\d\.\d+)\s?(?:bits?(?![a-z/])|位)")


def _plain(text: str) -> str:
    """The expression as the walker reads it: units off, `7B` as 7e9, `x` and `×` as `*`; of `7B × 16B` the second counts bytes."""
    billions = False

    def number(found: re.Match[str]) -> str:
        nonlocal billions
        if found["s"]:
            billions = False
            return found[0]
        unit = found["u"] or ""
        scale = 1.0 if unit == "b" and billions else _SCALE.get(unit, 1.0)
        billions |= unit == "b"
        return f"{float(found['n']) * scale:.15g}"

    signs = text.lower().replace("^", "**").replace("÷", "/").replace(",", "")
    if not _BY_EIGHT.search(signs):
        signs = _IN_BITS.sub(r"\g<n>/8", signs)
    return re.sub(r"[x×]", "*", _FACTOR.sub(number, signs))


def _product(text: str) -> float:
    return evaluated(_plain(text).strip())


_UNLIKE = 1e3


def _compared(product: float, right: str) -> dict[str, Any]:
    found = re.search(r"(\d+(?:\.\d+)?(?:e\d{1,2})?)\s*(万|亿|[a-z]*)", right.lower().replace(",", ""))
    if not found:
        return {}
    number, unit = float(found[1]), found[2]
    decimals = len(found[1].partition(".")[2])
    agreeing, near = [], False
    for said in dict.fromkeys((unit, unit.replace("b", "ib") if unit in ("mb", "gb", "kb", "tb") else unit)):
        size = bytes_in(UNITS[said]) if said in UNITS else _SCALE.get(said, 1.0)
        # 7B*2 = 14 GB counts billions of bytes on both sides
        for value in (product / size, product):
            near |= not number or 1 / _UNLIKE < value / number < _UNLIKE
            if abs(value - number) <= 0.6 * 10.0**-decimals + 0.01 * number:
                agreeing.append(UNITS.get(said, said))
    return {
        "stated": f"{found[1]} {UNITS.get(unit, unit)}".strip(),
        "holds": bool(agreeing),
        "unit": agreeing[0] if agreeing else "",
        # so far apart the sides are not of one thing: factors were left out, and no slip is to be told
        "unlike": not near,
    }
