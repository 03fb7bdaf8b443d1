"""Ways to train that are of several kinds and stand in one row to choose from: `pure bf16, GaLore or ZeRO-3 offload, which?`.

A precision, a method, an optimizer and a layout can be the facts of one run; in a row, from which one is chosen, each is a run
of its own, and all weights train where no adapters are named.
"""

from collections.abc import Sequence
from itertools import pairwise

from chat.plans.axes import LISTED, Side, optimizers_and_precisions, optimizers_and_ways
from chat.plans.stages import Said, offload_asked, offload_places
from chat.plans.understood import Facts
from chat.reads.lexicon import compiled
from kb.recipe import ADAPTERS

_OF_WAYS = frozenset({"method", "optimizer", "precision", "zero", "offload"})
_LAYOUTS = frozenset({"zero", "offload"})
# one of them is chosen; "which card" and "how many" choose something else
_CHOSEN = (
    r"\bwhich\s?\?|\bwhich (?:one|way|method|option|of|is|should|would|do|fits?|works?|uses?|takes?|saves?|needs?|to)\b|\bshould i\b|\b(?:vs\.?|versus)(?![a-z])|\bbetter\b"
    r"|哪(?:个|一个|种|一种|条|样)(?!卡|显卡|型号|模型|框架|gpu)|怎么选|如何选|选(?:啥|什么)(?!卡|显卡)|还是"
)
# what belongs to one way together: "ZeRO-3 + 8-bit Adam"
_TOGETHER = r"\s?(?:\+|&|\bwith\b|\bplus\b|加上?|配合?|搭配?)\s?(?:an? |the )?"
# a row that is a question by itself: "On one card. GaLore, 8-bit Adam, offload?"
_BEGUN, _ENDED = r"(?:^|[.\u3002;\uff1b:\uff1a!\uff01?\uff1f\n])\s?(?:with |by |用|上)?$", r"\s?(?:呢|吗)?\s?[?\uff1f]"
_EITHER = r"\b(?:or|vs\.?|versus)(?![a-z])|还是|或"
# words of a way that no fact holds: "pure bf16 training", "plain GaLore"
_WORDED = r"(?:\s?(?:training|fine-?tuning|微调|训练|优化器|optimi[sz]er))?"
_BEFORE = r"(?:(?:just|plain|simply|using|use|go|with|full|rather|an?|the|直接|干脆|索性|不如|用|上|开|走|全参|cpu|deepspeed|fsdp)[\s+]*)*"
# what stands between two ways of a list, and not between a method and its layout ("LoRA 用 DDP")
_SEPARATED = rf"[,、/;|]|{_EITHER}|\band\b|[和与跟]"
_AS_LISTED = rf"{_WORDED}(?:{LISTED}){_BEFORE}"


def one_of_a_row(said: list[Said], axes: dict[str, list[Side]], text: str) -> list[Side]:
    """The ways of a row. Of optimizers and ways alone, a precision that is told beside them is that of all ("pure bf16, APOLLO or
    8-bit AdamW"); with a layout among them, each is a run with what stands beside it."""
    row = ways_in_a_row(said, axes, text)
    if any(one.kind in _LAYOUTS for side in row for one in side):
        return row
    return optimizers_and_ways(said, text) or optimizers_and_precisions(said, text) or row


def ways_in_a_row(said: list[Said], axes: dict[str, list[Side]], text: str) -> list[Side]:
    """Each of the ways of one row, with what stands together with it; nothing where no row of several kinds is chosen from."""
    named = (one for one in _with_offload(said, text) if one.kind in _OF_WAYS and one.value not in ("full", "none"))
    row = sorted(named, key=lambda one: one.span)
    if set(axes) - _OF_WAYS or len({one.kind for one in row}) < 2:
        return []
    row = sorted([*row, *_full_beside(said, row, text)], key=lambda one: one.span)
    found: list[Side] = []
    gaps: list[str] = []
    for one in row:
        gap = text[found[-1][-1].span[1] : one.span[0]] if found else ""
        if found and (one.span == found[-1][-1].span or compiled(_TOGETHER).fullmatch(gap)):
            found[-1].append(one)
            continue
        found.append([one])
        gaps.append(gap)
    if not all(map(_sets_apart, gaps[1:])):
        return []
    if _layouts_of_one(found):
        return []
    either = [bool(compiled(_EITHER).search(gap)) for gap in gaps[1:]]
    if any(before and not behind for before, behind in pairwise(either)):
        return []  # "LoRA or QLoRA, with DDP or ZeRO-3?" are two choices
    if not (compiled(_CHOSEN).search(text) or (either and all(either)) or _asked_alone(row, text)):
        return []
    apart = len({frozenset(each.kind for each in side) for side in found}) > 1
    return [_whole(side) for side in found] if apart and _once_each(found) else []


def _full_beside(said: list[Said], row: list[Said], text: str) -> list[Said]:
    """Full tuning that is one of the row by itself, "full, pure bf16 or LoRA": beside a precision it is that in the usual one."""
    behind = [one for one in row if one.kind == "precision"]
    return [
        one
        for one in said
        if one.value == "full"
        and any(
            (one.span[1] <= other.span[0] and _sets_apart(text[one.span[1] : other.span[0]]))
            or (other.span[1] <= one.span[0] and _sets_apart(text[other.span[1] : one.span[0]]))
            for other in behind
        )
    ][:1]


def _sets_apart(gap: str) -> bool:
    return bool(compiled(_AS_LISTED).fullmatch(gap) and compiled(_SEPARATED).search(gap))


def _asked_alone(row: list[Said], text: str) -> bool:
    """Is the row a sentence of its own that asks?"""
    start, end = row[0].span[0], row[-1].span[1]
    return bool(compiled(_BEGUN).search(text[max(0, start - 8) : start]) and compiled(_ENDED).match(text, end))


def _layouts_of_one(found: list[Side]) -> bool:
    """Are the later ones further layouts of a method that is told with its own: "LoRA with DDP or ZeRO-3"?"""
    kinds = [{one.kind for one in side} for side in found]
    return {"method", "zero"} <= kinds[0] and {"zero"} in kinds[1:]


def _with_offload(said: list[Said], text: str) -> list[Said]:
    """What is said, with "8-bit Adam or CPU offload" as a way of its own: of no stage that is named, it is no question of
    whether to offload the other."""
    asked = offload_asked(text)
    stages = [one for one in said if one.kind == "zero"]
    if asked is None or not stages or any(one.span != asked for one in stages):
        return said
    place = next((span for span in offload_places(text) if asked[0] <= span[0] < asked[1]), asked)
    told = next((one.value for one in said if one.kind == "offload" and one.value != "none"), "params")
    others = [one for one in said if one.kind not in ("zero", "offload")]
    sharded = [Said("zero", "zero_stage", 3, place)] if told == "params" else []
    return [*others, Said("offload", "offload", told, place), *sharded]


def _once_each(found: list[Side]) -> bool:
    """Has no way two facts of one kind, and does no way say just what another one does?"""
    facts = [{one.fact: one.value for one in side} for side in found]
    return all(len(one) == len(side) for one, side in zip(facts, found, strict=True)) and all(
        left != right for left, right in pairwise(sorted(facts, key=str))
    )


def _whole(side: Side) -> Side:
    """A way with what goes without saying: all weights train where no method is named."""
    return (
        side if any(one.fact == "method" for one in side) else [*side, Said("method", "method", "full", side[0].span)]
    )


# what makes a run of all weights another one than the plain
_SETTINGS = ("precision", "optimizer", "offload")
# the plain run is told beside the row
PLAIN = "plain_beside"


def is_row(setups: Sequence[str]) -> bool:
    """Are set-ups side by side ways of several kinds to train all weights?"""
    each = [dict(part.partition("=")[::2] for part in one.split("; ")) for one in setups]
    if any(set(one) - {"method", "zero_stage", *_SETTINGS} or one.get("method") in ADAPTERS for one in each):
        return False
    kinds = {frozenset(one) - {"method"} for one in each}
    return len(kinds) > 1 and any(one.get("method") == "full" for one in each)


def plain_run(facts: Facts) -> Facts:
    """The facts of what is tuned as usual: with those of one way of the row alone it would be no run that anybody asks about."""
    return {name: one for name, one in facts.items() if name not in _SETTINGS} | {"method": "full"}
