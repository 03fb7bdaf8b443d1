"""What of one kind is said in several places, and which of that are sides: what stands together, one way of each kind in turn,
and a setting that is said right behind one method.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from chat.plans.stages import Said
from chat.plans.understood import Facts
from chat.reads.contrasts import CONTRAST, EITHER
from chat.reads.lexicon import compiled
from chat.reads.training.named_methods import OWN_WAYS
from kb.cards import is_again
from kb.recipe import ADAPTERS

Side = list[Said]
_OF_PARTS = ("size", "format", "card", "zero")
_BESIDE = 3  # characters: "GPTQ 4 bit" and "A100 80GB" are one thing


# what joins two ways to divide into one layout: "tp=4 pp=2", "TP4×PP2"; any other word sets them against each other
_JOINED_WAYS = re.compile(
    r"(?:[\s,、+x×*&_-]{0,3}[ce]p[\s=:]{0,2}\d{1,3}(?:\s?[,、])?)*[\s+x×*&_-]{0,3}(?:(?:with|along with|加上?|配合?|搭配?)\s?)?(?:[tpd]p|(?:tensor|pipeline|data)[ _-]parallel(?:ism|[ _-]size)?|张量并行|流水线并行|数据并行)?(?:度|数)?[\s=:]{0,2}"
)


_CHOSEN = re.compile(rf"{CONTRAST}|{EITHER}|\bwhich\b|\bbetter\b|或|哪|比较", re.ASCII)
# further apart than that, ways that no word sets against each other are told one by one of the same layout
_TOLD_APART = 8
_AGAINST = re.compile(
    r"\b(?:or|vs\.?|versus|than|instead|against|compar\w+|switch\w*|to)\b|还是|或|对比|相比|比|换|改", re.ASCII
)


_IN_A_ROW = re.compile(r"\s?[,、]\s?")


def _of_one_layout(gap: str, text: str) -> bool:
    """Whether what stands between two ways to divide leaves them one layout: "tp=4 pp=2", "TP 4, sequence parallel on, PP 2",
    and "tp 4, pp 2" where nothing in the text is set against anything."""
    if _JOINED_WAYS.fullmatch(gap) or (_IN_A_ROW.match(gap) and len(gap) <= _TOLD_APART and not _CHOSEN.search(text)):
        return True
    return len(gap) > _TOLD_APART and not _AGAINST.search(gap)


def _each_fills(ways: list[Said], said: list[Said]) -> bool:
    """Whether each of the ways by itself takes all the cards there are: of these no two are one layout."""
    cards = {one.value for one in said if one.kind == "count"}
    return len(cards) == 1 and cards == {one.value for one in ways} and cards != {1}


def axes_of(said: list[Said], text: str) -> dict[str, list[Side]]:
    """The kinds of which several are said, each with what stands together of it. `text` is lowered."""
    axes: dict[str, list[Side]] = {}
    for kind in dict.fromkeys(one.kind for one in said):
        own = [one for one in said if one.kind == kind]
        formats = len({one.span for one in said if one.fact == "weight_format"})
        # "gemma-3-27b Q4 or a 70B IQ2": where each has a format of its own, the size is a side as well
        if kind == "size" and any(one.fact == "model" for one in own) and not 1 < formats == len(own):
            own = [one for one in own if one.fact == "model"]
        if kind == "format" and len([one for one in own if one.fact == "weight_format"]) > 1:
            own = [one for one in own if one.fact == "weight_format"]  # "all of them 4 bits"
        if kind == "card":  # "H100" beside "H100 80 GB" is the same card, said again
            own = [one for one in own if not any(_names_more(other.value, one.value) for other in own)]
        groups: list[Side] = []
        for one in own:
            beside = kind in _OF_PARTS and groups and one.fact not in {other.fact for other in groups[-1]}
            beside = beside and "tp" not in {one.fact, groups[-1][-1].fact}  # a way of its own beside stages of ZeRO
            layout = kind == "ways" and groups and one.fact not in {other.fact for other in groups[-1]}
            layout = layout and not _each_fills(own, said)
            gap = text[groups[-1][-1].span[1] : one.span[0]] if groups else ""
            if (beside and len(gap) <= _BESIDE) or (layout and _of_one_layout(gap, text)):
                groups[-1].append(one)
            else:
                groups.append([one])
        if len(groups) > 1:
            axes[kind] = groups
    return axes


def tunings(said: list[Said], axes: dict[str, list[Side]]) -> list[Side]:
    """`bf16 LoRA, fp8 LoRA or QLoRA`, `全参, LoRA 16bit 还是 4bit`: methods of tuning and formats of the base, in the order
    in which they are named; a few bits alone are those of QLoRA."""
    if not {"format", "method"} <= set(axes) or len(axes) > 2:
        return []
    found: list[Side] = []
    for one in (one for one in said if one.kind in axes):
        last = found[-1] if found else []
        beside = last and one.span[0] - last[-1].span[1] <= _BESIDE and one.kind not in {other.kind for other in last}
        if beside and not (one.kind == "format" and last[-1].value == "full"):
            last.append(one)
        else:
            found.append([one])
    methods = [one.value for one in said if one.kind == "method"]
    for side in found:
        if not any(one.kind == "method" for one in side):
            low = is_quantised({one.fact: one.value for one in side})
            side.append(Said("method", "method", "qlora" if low else methods[0], side[0].span))
    sides = {str(sorted((one.fact, str(one.value)) for one in side)): side for side in found}
    return list(sides.values())


# bits that are told of adapters which are not called QLoRA
_ON_BITS = re.compile(r"[ -]?(?:bits?|位)?[ -]?(?:的)?\s?lora\b", re.ASCII)
# or that stand in a list of ways for themselves: "bf16 lora / 8bit / qlora"
_OPTION = re.compile(
    r"[ -]?(?:bits?|位|比特)?(?:\s?(?:量化|quanti[sz]ed|base))?\s?(?:[/,;，、；|]|\b(?:vs\b\.?|versus|or|and)\b|和|与|跟|还是|或者?|哪)",
    re.ASCII,
)
_NO_STOP = re.compile(r"[\s(:=-]*(?:(?:in|at|with|on) )?")
_FOUR = 4


def on_own_bits(said: list[Said], axes: dict[str, list[Side]], text: str) -> list[Side]:
    """`LoRA, 8-bit LoRA, QLoRA`: adapters on a base in bits that are told, and beside them QLoRA, whose own are 4."""
    low = [one for one in said if one.kind == "format" and is_quantised({one.fact: one.value})]
    methods = [one for one in said if one.kind == "method"]
    behind = _ON_BITS.match(text, low[0].span[1]) or _option(low[0], methods, text) if len(low) == 1 else None
    plain = next((one for one in methods if one.value == "qlora"), None)
    if set(axes) - {"method"} or behind is None or plain is None or 0 <= plain.span[0] - low[0].span[1] < _BESIDE:
        return []
    told = [*low, Said("method", "method", "qlora", low[0].span)]
    four = [plain, Said("format", "bits", _FOUR, plain.span)]
    others = [[one] for one in methods if one is not plain and not low[0].span[0] <= one.span[0] < behind.end()]
    return sorted([*others, told, four], key=lambda side: side[0].span)


# adapters on a base that is left in 16 bit: "bf16 LoRA", "ZeRO-3 LoRA in bf16", "16 位的 LoRA"
_ON_SIXTEEN = re.compile(
    r"\b(?:bf16|fp16|16[ -]?bits?)[ -](?:plain |normal )?lora\b|(?<![a-z])(?<!q)lora\b[ (]{1,2}(?:in |with |at |on )?(?:a )?(?:bf16|fp16|16[ -]?bits?)\b|(?:bf16|fp16|16\s?[位比]特?)\s?的?\s?lora|(?<![a-z])lora\s?(?:用|的)?\s?\(?(?:bf16|fp16|16\s?位)",
    re.ASCII,
)


def with_sixteen_bits(found: list[Side], text: str) -> list[Side]:
    """`LoRA 8-bit, QLoRA or LoRA in bf16`: beside adapters on few bits those that are told on 16, which no side is yet."""
    facts = [{one.fact: one.value for one in side} for side in found]
    if len(facts) < 2 or any(not {"method"} <= set(one) <= {"method", "bits", "weight_format"} for one in facts):
        return found
    told = _ON_SIXTEEN.search(text)
    if told is None or any(
        one["method"] not in _ADAPTED or not is_quantised({"bits": 4, **one} if one["method"] == "qlora" else one)
        for one in facts
    ):
        return found
    return [*found, [Said("method", "method", "lora", told.span()), Said("format", "bits", _SIXTEEN, told.span())]]


_ADAPTED, _SIXTEEN = ("lora", "qlora"), 16
_RIGHT_BEFORE = re.compile(r"[ -]?(?:bits?|位|比特)?[\s)-]*(?:的|量化的?|base )?\s?", re.ASCII)


def with_own_bits(said: list[Said], text: str) -> list[Side]:
    """`8-bit LoRA vs QLoRA (4-bit)`, `QLoRA 和 LoRA 8bit`: methods in a row, each with the bits that touch it, if all bits do;
    QLoRA without bits has its own 4."""
    methods = [one for one in said if one.kind == "method"]
    widths = [one for one in said if one.kind == "format"]
    own: dict[int, Said] = {}
    for width in widths:
        free = [(place, one) for place, one in enumerate(methods) if place not in own]
        behind = [
            at
            for at, one in free
            if one.span[1] <= width.span[0] and _NO_STOP.fullmatch(text, one.span[1], width.span[0])
        ]
        before = [
            at
            for at, one in free
            if width.span[1] <= one.span[0] and _RIGHT_BEFORE.fullmatch(text, width.span[1], one.span[0])
        ]
        for at in (*behind, *before)[:1]:
            own[at] = width
    if len(methods) < 2 or not widths or len(own) < len(widths) or not any(_is_low(one) for one in widths):
        return []
    return [_tuned_on(one, own.get(at)) for at, one in enumerate(methods)]


def _is_low(width: Said) -> bool:
    return is_quantised({width.fact: width.value})


def _tuned_on(method: Said, width: Said | None) -> Side:
    """A method on the base that is told of it."""
    if width is None:
        return [method, Said("format", "bits", _FOUR, method.span)] if method.value == "qlora" else [method]
    return [method, width]


def _option(width: Said, methods: list[Said], text: str) -> re.Match[str] | None:
    """What ends a width that stands in a list for itself, and not for the method right before it ("qlora 8bit / lora")."""
    of_method = any(
        _NO_STOP.fullmatch(text, one.span[1], width.span[0]) for one in methods if one.span[1] <= width.span[0]
    )
    return None if of_method else _OPTION.match(text, width.span[1])


LISTED = r"[\s,/、]*(?:\b(?:vs|versus|or|and|then)\b\.?|和|与|跟|还是|或者?|、)?[\s,/]*"
_LISTED = re.compile(LISTED)


def optimizers_and_ways(said: list[Said], text: str) -> list[Side]:
    """`Lion vs Muon vs GaLore`: a way to train all weights in one row with optimizers, which are those of plain training."""
    row = sorted(
        (one for one in said if one.kind in ("optimizer", "method") and one.value != "full"), key=lambda one: one.span
    )
    ways = [one for one in row if one.kind == "method"]
    if not ways or len(ways) == len(row) or any(one.value not in OWN_WAYS for one in ways):
        return []
    gaps = [text[left.span[1] : right.span[0]] for left, right in pairwise(row)]
    if not all(gap.strip() and _LISTED.fullmatch(gap) for gap in gaps):
        return []
    return [[one] if one.kind == "method" else [one, Said("method", "method", "full", one.span)] for one in row]


# what sets the last of a row off from what is said of all of it
_ENDS_ROW = re.compile(r"(?:^|[\s,])(?:vs|versus|or|and)\b|和|与|跟|还是|或", re.ASCII)


def optimizers_and_precisions(said: list[Said], text: str) -> list[Side]:
    """`AdamW, 8-bit Adam or pure bf16`: a precision in one row with optimizers is a way of its own, with plain AdamW; behind
    "AdamW or 8-bit Adam, pure bf16" it is that of both."""
    row = sorted((one for one in said if one.kind in ("optimizer", "precision")), key=lambda one: one.span)
    if len(row) < _THREE or len({one.kind for one in row}) == 1 or len({one.value for one in row}) < len(row):
        return []
    gaps = [text[left.span[1] : right.span[0]].strip() for left, right in pairwise(row)]
    if not all(gap and _LISTED.fullmatch(gap) for gap in gaps):
        return []
    ends = _ENDS_ROW.search(gaps[-1]) and row[0].kind == "optimizer"  # what stands before a row may be of all
    if not ends and len(set(gaps)) > 1:
        return []
    plain = "adamw"
    return [[one] if one.kind == "optimizer" else [one, Said("optimizer", "optimizer", plain, one.span)] for one in row]


_THREE = 3


def ranks(axes: dict[str, list[Side]]) -> list[Side]:
    """`LoRA from rank 16 to 128, and then DoRA`: each rank by the first method with adapters, and the last rank by the others;
    what trains no adapters, `or full`, has none."""
    ranks, methods = axes.get("rank", []), axes.get("method", [])
    adapters = [side for side in methods if all(one.value in ADAPTERS for one in side)]
    if set(axes) != {"rank", "method"} or not adapters:
        return []
    first, *others = adapters
    whole = [side for side in methods if side not in adapters]
    return [*([*first, *rank] for rank in ranks), *([*other, *ranks[-1]] for other in others), *whole]


def _names_more(one: Any, other: Any) -> bool:
    return isinstance(one, str) and isinstance(other, str) and is_again(other, one)


def in_turn(axes: dict[str, list[Side]]) -> list[Side]:
    """One axis is the sides; several, if each side says one of each."""
    if len(axes) <= 1:
        return [side for groups in axes.values() for side in groups]
    if len({len(groups) for groups in axes.values()}) > 1:
        return []
    every = sorted((side for groups in axes.values() for side in groups), key=lambda side: side[0].span)
    sides = [every[place : place + len(axes)] for place in range(0, len(every), len(axes))]
    if any({side[0].kind for side in one} != set(axes) for one in sides):
        return []
    return [[said for side in one for said in side] for one in sides]


def ways_out(axes: dict[str, list[Side]], text: str) -> list[Side]:
    """`LoRA on a 4090 fails: 4-bit, or rather an A100?`: what failed, and beside it each change of it alone."""
    if len(axes) != _OF_BOTH or any(len(groups) != _OF_BOTH for groups in axes.values()):
        return []
    changes = sorted((groups[1] for groups in axes.values()), key=lambda side: side[0].span)
    failed = [one for groups in axes.values() for one in groups[0]]
    if max(one.span[0] for one in failed) > changes[0][0].span[0]:
        return []
    if not compiled(_OR_RATHER).search(text[changes[0][-1].span[1] : changes[1][0].span[0]]):
        return []
    kept = [[one for one in failed if one.kind != side[0].kind] for side in changes]
    return [failed, *([*rest, *side] for rest, side in zip(kept, changes, strict=True))]


_OF_BOTH = 2
_OR_RATHER = r"\bor\b|还是|或者?|要不|不如"
_OF_ONE = frozenset({"optimizer", "precision", "checkpointing", "loss", "offload", "attention"})
_JOINS = r"(?: ?(?:fine-?tun\w+|ft|微调))? ?(?:\+|with|using|w/|and|配合?|加|用|搭配)? ?(?:an? |the )?"


def said_behind(side: Side, found: list[Side], said: list[Said], text: str) -> Iterator[Said]:
    """`LoRA or full with 8-bit Adam`: a setting that is said right behind one method is of that one."""
    if not any(one.kind == "method" for one in side) or len(text) < side[-1].span[1]:
        return
    behind = side[-1].span[1]
    others = [one.span[0] for other in found if other is not side for one in other]
    sides = {one.kind for other in found for one in other}
    for one in said:
        between = text[behind : one.span[0]] if one.span[0] >= behind else "?"
        last = not any(other > behind for other in others)
        alone = one.kind in _OF_ONE - sides and sum(other.kind == one.kind for other in said) == 1
        joined = bool(re.fullmatch(_JOINS, between) and between.strip())
        joined = joined and (not last or "+" in between or side[0].value == "full")  # what ends a list may be of all
        if alone and joined and not re.match(r"\s?(?:for (?:both|all)|都)", text[one.span[1] :]):
            yield one


def is_quantised(facts: Facts) -> bool:
    return int(facts.get("bits") or 16) <= 8 or str(facts.get("weight_format", "")).startswith(("nf4", "fp4", "int"))
