"""Micro-batches of a pipeline's step, counted from the global batch that is told; steps of accumulation that were changed."""

from math import prod
from typing import Any

from chat.reads.contrasts import BECOMES
from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.reading import Span
from chat.reads.scan import Scan
from chat.reads.seen.tried import BADLY, BADLY_ZH, WELL, WELL_ZH, failed_with

_BECAME = rf"[\"'\s]*{BECOMES}[\"'\s]*"


BEFORE = "log_steps_before"
# "was told to raise accumulation, put 16", "把累积步数调大，改到 16": the steps that were set then, the name of them told before
_SET_THEN = r"(?:\baccum\w*|(?<=grad_)accum\w*|累[积计加](?:步数?)?)[^.;?!。\d]{0,24}?(?:\b(?:put|set(?: it)?(?: to| at)?|tried|took|went (?:up )?(?:to|with)|used|made it|raised (?:it )?to|increased (?:it )?to|up to)|改[成到为]|[调加提开增设](?:大|高)?[到成为]|[设换用]成)\s?(?P<n>\d{1,3})\b(?!\s?(?:gi?b|g\b|k\b|tokens?|gpus?|cards?|[张块]))"


# "accumulation 1 -> 46 GB, 16 -> 59 GB", "accumulation 1 ran at 70 GB, 8 at 76 GB", "70 GB with accumulation 1, 76 GB with 8":
# what was read at each number of steps, and no change from 1 to 46
_AT, _GB = r"(?:at|with|about|around|for|under|up to|~)", r" ?gi?b?(?![a-z])"
_TOOK = rf"\s(?:steps?\s|it\s)*(?:{_AT}\s|(?:ran|runs?|us(?:es?|ed)|t(?:ook|akes?)|need(?:s|ed)?|peak(?:s|ed)|was|is|shows?|showed|g[ai]ves?|reads?|s[ai]ts?|stood|stay(?:s|ed)|fills?)\s(?:{_AT}\s)?)"
_TO = rf"(?:\s?(?:-+>|=+>|→|:)\s?|{_TOOK}|\s?(?=[\u4e00-\u9fff])步?的?(?:时候?|后|下)?,?(?:每卡|显存|峰值)*[占用要是吃到为跑]?了?(?:大?约)?\s?)"
_ACCUM = r"(?:accum\w*(?: steps?)?|累[积计加](?:步数?)?)"
_READ = r"(?P<{}>\d+(?:\.\d+)?)"
_EACH_READ = (
    (
        rf"{_ACCUM}[\"'=: ]*(?P<before>\d{{1,3}}){_TO}{_READ.format('low')}{_GB}[^.;?\d]{{0,24}}"
        rf"(?:[,;]|\band\b)\s?(?:(?:with|at|for|and|but|换成|[改加调设]?[成到为]|累[积计加])\s?)*(?P<after>\d{{1,3}}){_TO}{_READ.format('high')}{_GB}"
    ),
    rf"{_READ.format('low')}{_GB},? {_AT} (?:gradient |grad )?{_ACCUM}(?: of)?[\"'=: ]*(?P<before>\d{{1,3}})(?:,|;| and| but)+ {_READ.format('high')}{_GB},? {_AT} (?P<after>\d{{1,3}})(?!\.?\d)",
)
RISE = "log_rise_gb"
# "accumulation 1 is fine, put to 8 it OOMs": of two numbers of steps the one that ran and the one that failed, in either order
_STEP, _STEP_ENDS = r"(?<![\d.])(?P<{}>\d{{1,3}})", r"(?!\s?(?:gi?b?\b|k\b|b\b|tokens?|gpus?|cards?|[张块卡])|\.?\d)"
_RAN = rf"(?:\b{WELL}\b|{WELL_ZH})"
_UNDER = r"accum\w*|累[积计加](?:步数?)?"
_FAILED = rf"(?:\b{BADLY}\b|{BADLY_ZH})"
_STILL = r"\bstill\b|\bsame (?:oom|error)|还是|照样|仍"  # both failed
_ONE_FAILED = "|".join(
    rf"(?:{_UNDER})[^.;?!。\d]{{0,24}}?{_STEP.format(f'{first}{side}')}{_STEP_ENDS}[^.;?!。\d]{{0,24}}?{went}[^.;?!。\d]{{0,40}}?{_STEP.format(f'{second}{side}')}{_STEP_ENDS}[^.;?!。\d]{{0,24}}?{then}"
    for side, first, went, second, then in (
        ("0", "ran", _RAN, "failed", _FAILED),
        ("1", "failed", _FAILED, "ran", _RAN),
    )
)
# what sets the later of two numbers of steps: "accumulation 1 ... increased accumulation to 4"
_MORE_STEPS = r"\b(?:increas|rais|bump|chang|went|set|put|tri(?:ed|ies)|mov)\w*\b|[改调加提增]"
_FAILS = r"\boom\w*|\bout of memory|\bcrash\w*|\bfails?\b|爆|溢出|炸"


def settle_accumulation(scan: Scan) -> None:
    """`1 -> 16` steps: the case at hand is the later one; where several had failed before, those make the batch that is wanted."""
    for found in (one for written in _EACH_READ for one in scan.find(written)):
        scan.facts.pop("grad_accum", None)
        scan.spans.pop("grad_accum", None)
        scan.extras[BEFORE] = [float(found["before"])]
        if (rise := float(found["high"]) - float(found["low"])) > 0:
            scan.extras[RISE] = [rise]
        scan.add("grad_accum", int(found["after"]), *found.span("after"))
        return
    if _of_one_that_failed(scan):
        return
    for found in scan.find(_SET_THEN):
        if scan.free(*found.span("n")) and int(found["n"]) > 1:
            scan.add("grad_accum", int(found["n"]), *found.span("n"))
            break
    steps, places = scan.facts.get("grad_accum", []), scan.spans.get("grad_accum", [])
    if len(steps) != 2 or len(places) != 2:
        return
    (before, first), (after, then) = sorted(zip(steps, places, strict=True), key=lambda one: one[1])
    between = scan.lowered[first[1] : then[0]]
    if not (compiled(_BECAME).fullmatch(between) or compiled(_MORE_STEPS).search(between)):
        return
    failed = int(str(before)) > 1 and any(scan.find(_FAILS))
    if not failed:
        scan.extras[BEFORE] = [float(str(before))]
    keep(scan, "grad_accum", [one == (before if failed else after) for one in steps])


def _of_one_that_failed(scan: Scan) -> bool:
    """Of two numbers of steps the case at hand is the one that failed, if it is the larger."""
    told: list[tuple[int, Span, int]] = []
    for found in scan.find(_ONE_FAILED):
        side = "0" if found["ran0"] else "1"
        told = [(int(found[f"failed{side}"]), found.span(f"failed{side}"), int(found[f"ran{side}"]))]
    steps, places = scan.facts.get("grad_accum", []), scan.spans.get("grad_accum", [])
    if not told and len(steps) == 2 == len(places) and any(scan.find(_RAN)) and not any(scan.find(_STILL)):
        at = [one for one in places if failed_with(scan.lowered, one, places)]
        if len(at) == 1:
            which = places.index(at[0])
            told = [(int(str(steps[which])), places[which], int(str(steps[1 - which])))]
    if not told or told[0][0] <= told[0][2]:
        return False
    failed, place, ran = told[0]
    if len(steps) == 2:
        keep(scan, "grad_accum", [int(str(one)) == failed for one in steps])
    elif steps != [failed]:
        scan.facts.pop("grad_accum", None)
        scan.spans.pop("grad_accum", None)
        scan.add("grad_accum", failed, *place)
    scan.extras[BEFORE] = [float(ran)]
    return True


# what of a global batch is asked: the sequences of a card at once, or the steps that are accumulated
_SHARE = r"(?:micro[ -]?batch\w*(?: size)?|per[ _-](?:device|gpu|card)(?:\w*batch\w*|[ _-](?:train[ _-])?batch(?:[ _-]?size)?)|(?:gradient |grad )?acc(?:um\w*)?(?: steps?)?|gradient_accumulation_steps|\bgas?\b)"
_SPLIT_ASKED = (
    rf"\b(?:what|which|how (?:many|much|large|big))\b[^.;?]{{0,48}}{_SHARE}|{_SHARE}\s?(?:\?|$)|\bhow (?:to|do i|should i|do we|should we|would you) (?:split|reach|get|set)\b[^.;?]{{0,48}}\bbatch"
    r"|(?:累[积计]|accum\w*)[^,;?]{0,6}(?:几|多少|怎么)|(?:micro[ _-]?batch\w*|每(?:张|块)?(?:卡|gpu)(?:的)?\s?(?:batch\w*|bs|批大小)|per_device\w*)[^,;?]{0,12}(?:怎么|如何|多少|多大|几)|(?:怎么|如何)(?:拆|凑|分配|设|配)[^,;?]{0,12}(?:batch|累[积计]|批)"
)
# or what the three of them make
_WHOLE_ASKED = r"\b(?:what|which|how (?:much|large|big)|effective|total|global|overall)\b[^.;?]{0,80}\b(?:effective|total|global|overall|real) batch(?:[ _-]?size)?|\b(?:effective|total|global|overall) batch(?:[ _-]?size)?\s?(?:\?|$|is what)|(?:等效|有效|实际|总|全局)的?\s?(?:batch(?:[ _-]?size)?|批(?:大小|次)?)[^,;?]{0,6}(?:多少|多大|几|怎么算)"
SPLIT = "log_batch_split"  # the global batch that is to be split


def _note_product(scan: Scan, told: dict[str, list[Any]]) -> None:
    """The global batch that micro-batch, accumulation and replicas make."""
    ways = prod(int(told[name][0]) for name in ("tp", "pp", "cp") if told[name])
    cards = max(1, int(told["n_gpus"][0]) // ways) if len(told["n_gpus"]) == 1 else 1
    scan.note(SPLIT, int(told["batch_size"][0]) * int(told["grad_accum"][0]) * cards)


def settle_global_batch(scan: Scan) -> None:
    """Of global batch = micro-batch x accumulation x replicas what the other three tell, and whether it is asked."""
    whole = scan.extras.get("global_batch", [])
    told = {name: scan.facts.get(name, []) for name in ("batch_size", "grad_accum", "n_gpus", "tp", "pp", "cp")}
    if (
        not whole
        and any(scan.find(_WHOLE_ASKED))
        and all(len(told[name]) == 1 for name in ("batch_size", "grad_accum"))
    ):
        _note_product(scan, told)
    if len(whole) != 1 or any(len(values) > 1 for values in told.values()):
        return
    each, steps, cards, *ways = (int(values[0]) if values else 0 for values in told.values())
    asked = any(scan.find(_SPLIT_ASKED)) and not (each and steps)
    ranks = prod(one or 1 for one in ways)
    share, rest = divmod(int(whole[0]) * ranks, cards or 1)
    place = next(scan.find(rf"(?<!\d){int(whole[0])}(?!\d)"), None)
    at = place.span() if place else (0, 0)
    if asked:
        scan.note(SPLIT, whole[0])
    if not rest and (cards or asked) and steps and not each and share % steps == 0:
        scan.add("batch_size", share // steps, *at, take=False)
    if not rest and asked and each and not steps and share % each == 0 and ways[1] < 2:  # else its micro-batches
        scan.add("grad_accum", share // each, *at, take=False)


def settle_micro_batches(scan: Scan) -> None:
    """The global batch over the replicas, in micro-batches of so many samples: what the stages of a pipeline share out."""
    whole, stages = scan.extras.get("global_batch", []), scan.facts.get("pp", [])
    told = {name: scan.facts.get(name, [1]) for name in ("tp", "cp", "batch_size")}
    told |= {"pp": stages, "n_gpus": scan.facts.get("n_gpus", []), "global": whole}
    if any(len(values) != 1 for values in told.values()) or "n_microbatches" in scan.facts or int(stages[0]) < 2:
        return
    tp, cp, each, pp, cards, _ = (int(values[0]) for values in told.values())
    ranks = tp * cp * pp
    replicas = cards // ranks
    samples = int(whole[0])
    if replicas and cards % ranks == 0 and samples % (replicas * each) == 0:
        place = next(scan.find(rf"(?<!\d){samples}(?!\d)"), None)
        at = place.span() if place else (0, 0)
        scan.add("n_microbatches", samples // (replicas * each), *at, take=False)
