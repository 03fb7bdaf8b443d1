"""A choice between methods of tuning behind which a run is told that failed: `LoRA, QLoRA or full? Plain DDP QLoRA died`.

The run tells why it is asked, and neither its failure nor how it was laid out is part of what is to be chosen.
"""

from dataclasses import replace

from chat.reads.concepts.levers import fact_proposed
from chat.reads.lexicon import compiled
from chat.reads.reading import Claim, Reading, within
from chat.reads.seen.tried import BADLY, BADLY_ZH

_FAILED = rf"\b{BADLY}\b|\b(?:ran|runs|running) out\b|{BADLY_ZH}"
_METHOD = r"(?<![a-z])q?(?:lo|do)ra(?![a-z])|\bfull(?:[ -](?:parameter|param|fine-?tun\w*|ft|sft))?\b|全参|全量"
_SENTENCE = r"[^.?!;]+(?:[.?!;](?=\d)[^.?!;]+)*"  # "3.1" and "0.5" end none
_SHARDED = 3


def choice_after_try(reading: Reading, normal: str) -> Reading:
    """The choice alone, over the cards as they may be shared; the layout is that of the run that was tried."""
    chosen = reading.spans.get("method", ())
    several = len(reading.facts.get("n_gpus", ())) == 1 and reading.facts["n_gpus"][0] > 1
    asked = reading.intents[:1] == ("which_method",) and "oom_diagnosis" in reading.intents
    if not (asked and several and len(chosen) > 1):
        return reading
    laid = reading.spans.get("zero_stage", ())
    for sentence in compiled(_SENTENCE).finditer(normal):
        here = [sentence.span()]
        if any(within(place, here) for place in chosen) or not compiled(_FAILED).search(sentence[0]):
            continue
        if compiled(_METHOD).search(sentence[0]) or any(within(place, here) for place in laid):
            return _without(reading, [one for one in reading.claims if not within(one.span, here)])
    return reading


# "Will it do?", "is it enough?": whether what is proposed holds
_SUFFICES = r"^\W*(?:(?:so|and|then|but|now)\W+)*(?:will|would|does|is|can|could|might)\b[^.?!;]*\b(?:do|suffice|enough|sufficient|fit|fits|make it (?:fit|work|run))\b|(?:够|行|可以|放得下|装得下|能训|能跑)(?:了)?(?:吗|么|不)"


def remedy_after_try(reading: Reading, normal: str) -> Reading:
    """`ZeRO-3 alone OOMs. Will optimizer offload do?`: the run that failed had it not, and the one with it is asked of."""
    proposed = reading.spans.get("offload", ())
    if "oom_diagnosis" not in reading.intents or not proposed or fact_proposed(reading.cues):
        return reading
    failed = False
    for sentence in compiled(_SENTENCE).finditer(normal):
        if any(within(place, [sentence.span()]) for place in proposed):
            asked = failed and compiled(_SUFFICES).search(sentence[0])
            return _not_failed(reading) if asked else reading
        failed = failed or bool(compiled(_FAILED).search(sentence[0]))
    return reading


def _not_failed(reading: Reading) -> Reading:
    return replace(reading, intents=tuple(one for one in reading.intents if one != "oom_diagnosis"))


def _without(reading: Reading, claims: list[Claim]) -> Reading:
    """Without the failure and its layout, unless that shares all there is; `claims`: what is told of anything else."""
    return replace(
        reading,
        facts={name: value for name, value in reading.facts.items() if name != "zero_stage" or _SHARDED in value},
        intents=tuple(one for one in reading.intents if one != "oom_diagnosis"),
        cues=tuple(one for one in reading.cues if one != "stages"),
        claims=tuple(claims),
    )
