"""Two questions in one: each is planned by what it says itself, the largest model or the length of several users."""

import re
from dataclasses import replace

from chat.plans.pace import Call
from chat.plans.understood import Facts, has_subject, is_serving
from chat.reads.grammar import read
from chat.reads.lexicon import compiled
from chat.reads.other_cases.other_matters import SENTENCE_END
from chat.reads.reading import Reading
from chat.reads.requests.own_lengths import OWN_LENGTH

_LARGEST = re.compile(
    r"\b(?:largest|biggest)\b[^.?;]{0,40}\bmodels?\b|\bhow (?:large|big)\b[^.?;]{0,12}\bmodels?\b|\bmodels?\b[^.?;]{0,12}\bhow (?:large|big)\b"
    r"|(?:最多|最大)[^,;?。,]{0,16}(?:多大|模型|几\s?b\b|多少\s?b\b)|能[^,;?。,]{0,8}多大的?(?:模型)?|最大的?模型",
    re.IGNORECASE,
)


def largest_apart(reading: Reading) -> tuple[Reading, Reading] | None:
    """The question before, of a model, and the one behind it of the largest that other cards hold; None where it is one.

    Of two questions the counts and cards of each are its own: together they would be cases of both. Asked what cards run and,
    beside it, tune, the first is that of what they run, and the one behind it of what they train.
    """
    if both := _run_and_tuned(reading):
        return both
    ends = [end.end() for end in compiled(SENTENCE_END).finditer(reading.lowered)]
    for at in reversed(ends):
        tail = reading.text[at:]
        if not _LARGEST.search(tail):
            continue
        before, behind = read(reading.text[:at]), read(tail)
        cards = {"gpu", "gpu_memory_gb"} & set(behind.facts)
        if cards and has_subject(before) and not has_subject(behind):
            return before, behind
        return None
    return None


# "…can I run? Could I also fine-tune a bit?", "能跑多大的模型?想顺便微调玩玩"
_TUNED_TOO = (
    r"[,;.?!，；。？！](?=[^.;?!；。？！]{0,40}?(?:\b(?:also|too|as well|even|maybe|perhaps|a bit|a little|on (?:it|them|the side))\b|顺便|顺带|也|还|另外|再|偶尔|玩))"
    r"[^.;?!；。？！]{0,40}?(?:\bfine-?tun\w*|\btrain(?:ing)?\b|\bq?lora\b|微调|训练)"
)
_RUN = r"\b(?:run|runs|running|load|host|serve|inference)\b|跑|推理|部署|运行"
_TUNES = r"fine-?tun|\btrain|\bq?lora\b|微调|训练|精调"
_TUNED_BEHIND = "tuned_behind"


def _run_and_tuned(reading: Reading) -> tuple[Reading, Reading] | None:
    """What the cards run, and of the whole question what they train; None where only one of the two is asked."""
    trains = reading.facts.get("task") == ("train",) and _TUNED_BEHIND not in reading.cues
    found = compiled(_TUNED_TOO).search(reading.lowered) if trains and not has_subject(reading) else None
    if found is None or len(reading.lowered) != len(reading.text):
        return None
    before = reading.text[: found.start() + 1]
    asked = _LARGEST.search(before) or compiled(r"\b(?:what|which) (?:size|models?)\b").search(before.lower())
    if not asked or not compiled(_RUN).search(before.lower()) or compiled(_TUNES).search(before.lower()):
        return None
    run = read(f"{before[:-1]}?")
    if has_subject(run) or run.facts.get("task", ("inference",)) != ("inference",):
        return None
    return run, replace(reading, cues=(*reading.cues, _TUNED_BEHIND))


def with_behind(first: list[Call], second: list[Call], behind: Reading) -> list[Call]:
    """The calls of both questions: of the one behind what it asks for, and what is remarked of a training where nothing else is."""
    told = {"recommend", "solve_for"}
    if _TUNED_BEHIND in behind.cues and "remarks" not in {name for name, _ in first}:
        told.add("remarks")
    return [*first, *(call for call in second if call[0] in told)]


def users_of_their_own(reading: Reading) -> Facts:
    """So many sequences with the length that is told beside them; empty where no length is, or where none of it is served."""
    many, lengths = reading.facts.get("batch_size", ()), reading.facts.get("seq_len", ())
    places, at = reading.spans.get("seq_len", ()), reading.spans.get("batch_size", ())
    if len(many) != 1 or many[0] < 2 or len(places) != len(lengths) or not places or not at or not is_serving(reading):
        return {}
    nearest = min(range(len(places)), key=lambda one: max(places[one][0] - at[0][1], at[0][0] - places[one][1]))
    return {"batch_size": many[0], "seq_len": lengths[nearest]}


# where one matter that is asked ends and the next begins
_MATTERS = r"[,;?!，；？！。]\s*|\s(?:and|or)\s(?=how\b|what\b|at\b|with\b|for\b)"
_EACH_ASKED = frozenset({"batch_size", "seq_len"})


def longest_apart(reading: Reading) -> bool:
    """Is the longest asked by itself, and how many go at once: of a usual length, or of one told ("max context, and how many users at 8k?")."""
    if {*reading.asks[:2]} != _EACH_ASKED or "batch_size" in reading.facts or len(reading.facts.get("seq_len", ())) > 1:
        return False
    if "cache_left" in reading.cues:  # the tokens of a pool are no length of a sequence
        return False
    if "seq_len" not in reading.facts:
        return True
    matters = [read(one) for one in compiled(_MATTERS).split(reading.text) if one.strip()]
    alone = [one for one in matters if "seq_len" in one.asks and not _EACH_ASKED & set(one.facts)]
    return bool(alone) and any("batch_size" in one.asks and "seq_len" in one.facts for one in matters)


def of_its_length(reading: Reading, quantity: str) -> Facts:
    """Beside the longest that fits the length that the model is said to have."""
    own = reading.extras.get(OWN_LENGTH)
    return {"own_length": own[0]} if own and quantity == "seq_len" else {}
