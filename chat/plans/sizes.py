"""Cases that a second question adds: a size beside a model is a further model; a precision stands beside the usual one."""

import re
from itertools import pairwise
from typing import Any

from rapidfuzz.distance import OSA

from chat.plans.around import clause_around
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from formulas.errors import BadInput
from kb.name_parts import size_value, tokens
from kb.names import names
from kb.standin import SAME_SIZE, of_family, stands_for

Facts = dict[str, Any]
# what a table or somebody else says of another size is no case of the question
_REPORTED = (
    r"\b(?:table|tutorial|guide|blog|readme|docs?|says?|said|claims?|heard|reported|people|someone|everyone)\b"
    r"|教程|表[里中写上格]|听说|网上|官方|有人|都说|别人|文档|文章"
)

# a question before, and one of nothing but a precision: `Does it fit? In 8 bit?`, `能跑吗,int8可以吗`
_ASKED_BEFORE = r"[?？]|[吗嘛]|多少|能不能|行不行|够不够|能跑不"
_ONLY_THIS = re.compile(r"[^,.;!?，。；！？\n]{0,20}(?:[?？]|[吗呢嘛])")
_BETWEEN = 6  # characters between two precisions of a row: "8bit / 4bit", "int8 或者 int4"
_MOST_BEFORE = 16  # characters of that question before the precision


def asked_too(reading: Reading) -> bool:
    """Whether the precisions that are named, together, are what a second question asks about, and the first one named none."""
    spans = sorted((*reading.spans.get("weight_format", ()), *reading.spans.get("bits", ())))
    if not spans or any(later[0] - one[1] > _BETWEEN for one, later in pairwise(spans)):
        return False
    (start, end), text = (spans[0][0], spans[-1][1]), reading.text
    clause = [0, *(found.end() for found in re.finditer(r"[,.;:?!，。；：？！\n](?!\d)", text[:start]))][-1]
    named = [span for name in ("model", "params", "gpu") for span in reading.spans.get(name, ())]
    return (
        start - clause <= _MOST_BEFORE
        and bool(re.search(_ASKED_BEFORE, text[:clause]))
        and bool(_ONLY_THIS.match(text, end))
        and not any(clause <= span[0] for span in named)
    )


_ENDINGS = re.compile(r"-(?:instruct|chat|hf|it|base|v0\.\d)\b")


def slip_of(reading: Reading) -> str | None:
    """The model whose name was typed with one letter amiss: its numbers are the same, and no other name is told."""
    if len(reading.unknown_models) != 1 or "model" in reading.facts or len(reading.facts.get("params", ())) != 1:
        return None
    typed = re.sub(r"[\s_:]", "-", reading.unknown_models[0].lower())
    for near in reading.suggestions.get(reading.unknown_models[0], ())[:2]:
        name = _ENDINGS.sub("", near.rpartition("/")[2].lower())
        if _numbers(name) == _numbers(typed) and (OSA.distance(typed, name) == 1 or _of_its_words(typed, name)):
            return near
    return None


def _numbers(name: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", name)


_SHORTEST = 4  # letters of a word that may have one amiss


def _of_its_words(typed: str, name: str) -> bool:
    """Is each word that was typed one of the name's, or one letter off? `lama3 8b` is of `Meta-Llama-3-8B`."""
    words = re.findall(r"[a-z]{3,}", name)
    said = re.findall(r"[a-z]{3,}", typed)
    near = [min((OSA.distance(one, word) for word in words), default=9) for one in said]
    return (
        bool(said) and sum(near) == 1 and all(len(one) >= _SHORTEST for one, off in zip(said, near, strict=True) if off)
    )


def beside_models(facts: Facts, reading: Reading) -> None:
    """The sizes that no named model has join the models: the family's own of that size, else the one that stands for it."""
    if "model" not in facts or "params" not in facts:
        return
    sizes = facts["params"] if isinstance(facts["params"], list) else [facts["params"]]
    models = facts["model"] if isinstance(facts["model"], list) else [facts["model"]]
    called = {size_value(piece) for model in models for piece in tokens(str(model).rpartition("/")[2].lower())}
    known = [float(names().by_spelling[str(model).lower()].params or 0) for model in models]
    apart = [size for size in sizes if size not in called and all(abs(size - one) > SAME_SIZE * one for one in known)]
    if len(sizes) == 1 and (not apart or _reported(reading)):
        return
    try:
        further = [of_family(models, float(size)) or stands_for(float(size)) for size in apart]
    except BadInput:
        return  # the estimate says which sizes are near
    facts["model"] = [*models, *dict.fromkeys(further)]
    facts.pop("params")


def _reported(reading: Reading) -> bool:
    """Whether the clause of the size tells what is said elsewhere."""
    clauses = [reading.text[slice(*clause_around(reading.text, place))] for place in reading.spans.get("params", ())]
    return any(compiled(_REPORTED).search(clause.lower()) for clause in clauses)
