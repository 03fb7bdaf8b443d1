"""What the tools found, and what of it decides the form of an answer."""

import re
from typing import Any

from chat.answers.arithmetic_words import is_right, of_a_cache
from chat.answers.background import is_background
from chat.answers.remarks_told import (
    Spoken,
    told_by_remarks,
)
from chat.answers.verdicts import asks_at_all, has_failed
from chat.plans.understood import has_subject, is_serving
from chat.reads.reading import Reading
from chat.remarks.remark import CAUSE, ELSEWHERE, FIRST

# what a server's own log has told of its pool
LOGGED = frozenset({
    "logged-pool", "logged-pool-holds-all", "logged-pool-holds-some", "concurrency-is-no-limit", "pool-line-meant", "logged-pool-derived", "pool-of-the-free",
})  # fmt: skip


class Found:
    """What the tools found, and what of it decides the form of the answer.

    keys        the remarks that were made
    tools       those that were called
    beside      set-ups stand side by side: what sets them apart comes first
    background  the whole need is only the background of what is asked
    first       what is told before all else: a premise that is wrong, or the one amount that is asked for
    causes      why a run has failed, which opens the answer
    elsewhere   it failed for a reason that is none of the card's memory
    room_told   what a card leaves for the cache, and what each sequence takes of it, is told as a sum
    derived     the words of a derivation, which a remark may tell in its stead
    placed      an estimate tells where a model is on cards and in RAM, and how fast that is
    experts_placed  what goes in RAM are experts of a mixture
    confirms    that it is all right on these cards is what the asker concludes: the verdict comes before what judges the figures
    judged      the tools whose own words judge what the asker states
    """

    def __init__(self, reading: Reading, results: list[Spoken]) -> None:
        self.reading, self.results = reading, results
        self.tools = {name for name, *_ in results}
        self.keys = {one["key"] for found in self.of("remarks", failed=True) for one in found["remarks"]}
        self.beside = any(name == "compare" and not failed for name, _, _, failed in results)
        asks_a_part = not self.beside and is_background(reading, self.keys, self.tools)
        self.background = (
            asks_a_part
            and not ("cache_left" in reading.cues and "score_formula" not in reading.cues)
            and bool(self.keys or self.tools - {"estimate_memory"})
        )
        self.first = self._in_role(FIRST)
        self.causes, self.elsewhere = ([], False) if self.beside else _causes(results, reading)
        self.derived: list[str] = []
        self.room_told = bool({*LOGGED, "longer-than-pool"} & self.keys) or any(
            (one.get("solved") or {}).get("room") for one in self.of("solve_for")
        )
        self.placed = (
            not self.background
            and not has_failed(reading)
            and any(
                any((one.get("hybrid") or {}).get("runs") or ()) and one["verdict"] != "yes"
                for one in self.of("estimate_memory", "compare")
            )
        )
        self.experts_placed = self.placed and any(
            run.get("n_cpu_moe")
            for one in self.of("estimate_memory")
            for run in (one.get("hybrid") or {}).get("runs") or ()
            if run  # some of several files may not go on the machine at all
        )
        self.confirms = _confirms(self)
        self.judged = {
            name
            for name, artifact, *_ in results
            if name in ("check_arithmetic", "query_tables", "convert")
            and not (artifact and told_by_remarks(name, artifact, self.keys, reading))
        }

    def _in_role(self, role: str) -> list[str]:
        """The remarks of a role, in words."""
        language, slip = "zh" if self.reading.language == "zh" else "en", self._slips()
        return [
            str(one[language])
            for made in self.of("remarks")
            for one in made["remarks"]
            if one["role"] == role
            and not (slip and one["key"] == "logged-pool-kept-whole")
            and not (one["key"] in OF_WHICH_SIZE and self.asks_for_cards_of_a_size())
        ]

    def asks_for_cards_of_a_size(self) -> bool:
        """Is a count of cards asked, and which of two sizes it is counted of? The count comes first."""
        asks, cues = self.reading.asks, self.reading.cues
        return "active_or_all" in cues and "n_gpus" in asks and bool(self.of("solve_for"))

    def _slips(self) -> bool:
        """Is there a product for a cache that is wrong? Then that is told before what a server prints of its cache."""
        return any(of_a_cache(one) and not is_right(one) for one in self.of("check_arithmetic"))

    def said(self, key: str) -> str:
        """The words of a remark; empty where it was not made."""
        language = "zh" if self.reading.language == "zh" else "en"
        made = [one for found in self.of("remarks") for one in found["remarks"] if one["key"] == key]
        return str(made[0][language]) if made else ""

    def of(self, *names: str, failed: bool = False) -> list[dict[str, Any]]:
        """What these tools found; with `failed` also what came of a call that was refused."""
        return [found for name, found, _, wrong in self.results if name in names and found and (failed or not wrong)]


_CARDS = frozenset({"gpu", "gpu_memory_gb"})
OF_WHICH_SIZE = frozenset({"active-is-not-trained", "active-is-not-frozen"})


# asked of a figure first, by the weight of its words, and beside it whether it fits
_OF_A_FIGURE = frozenset({"kv_cache", "units", "check_arithmetic", "explain_derive", "moe"})


def _confirms(found: Found) -> bool:
    reading = found.reading
    whether = reading.intent in _OF_A_FIGURE and "fits" in reading.intents[:3] and asks_at_all(reading.lowered)
    whether = whether and not ("batch_size" in reading.asks[:1] and found.of("solve_for"))  # so many at once says it
    asked = (
        ("confirms" in reading.cues or whether)
        and not {"injection", "nearly_full"} & {*reading.intents, *reading.cues}
        and has_subject(reading)
    )
    told = any(one.get("verdict") for one in found.of("estimate_memory")) or found.of("recommend")
    refused = "heads-do-not-divide" in found.keys  # which is no matter of memory, and has the verdict of what runs
    return bool(asked and told and _CARDS & set(reading.facts)) and not (found.beside or has_failed(reading) or refused)


# what a failure of no known model is worked out from, and how a remark that asks for it already says so
_TELL = (
    "Tell the model or its size, the method, the length and batch, and the cards, and paste the message: then it is told in figures.",
    "给出模型(或参数量)、方法、批大小、长度、显卡和报错原文,就能算出具体数字。",
)
_ASKED_FOR = re.compile(
    r"\b(?:tell|name|say|give) (?:me )?(?:the|your) model|(?:给出|说出|说明|告诉\w{0,2}|报上)模型", re.IGNORECASE
)


def layers_counted(results: list[Spoken], reading: Reading) -> bool:
    """Is it asked, and solved, how many layers go on the card, and are they not all of them?"""
    if "gpu_layers" not in reading.asks[:1]:
        return False
    solved = [one.get("solved") or {} for name, one, _, failed in results if name == "solve_for" and one and not failed]
    return any(one.get("surely") and one["surely"]["value"] < one["of_layers"] for one in solved)


def _causes(results: list[Spoken], reading: Reading) -> tuple[list[str], bool]:
    """Why a run has failed, which opens the answer; and whether that is none of the card's memory.

    Asked how many layers go on the card, that all of them fail is why it is asked: the count is the answer.
    """
    if layers_counted(results, reading):
        return [], False
    differs = () if "normal_asked" in reading.cues else ("smi_differs",)
    told_apart = {*differs, "memory_kept", "pooled_asked", "merge_asked", "several_servers"} & set(reading.cues)
    evaluates = "evaluation" in reading.cues and bool(
        {"what_helps", "growing", "leak_asked", "why_more"} & {*reading.cues, *reading.intents}
    )
    if not has_failed(reading) and has_subject(reading) and not told_apart and not evaluates:
        return [], False
    artifacts = [found for name, found, _, failed in results if name == "remarks" and found and not failed]
    made = [one for found in artifacts for one in found["remarks"]]
    first = [one for one in made if one["role"] in (CAUSE, ELSEWHERE)][:1]
    if first and any(cue.startswith("lever:nothing:") or cue == "lever_proposed" for cue in reading.cues):
        first = [*(one for one in made if one["key"] == "lever-effect"), *first]
    zh = reading.language == "zh"
    said = [one["zh" if zh else "en"] for one in first]
    elsewhere = any(one["role"] == ELSEWHERE for one in first)
    fails = has_failed(reading) or "oom_diagnosis" in reading.intents
    if elsewhere and fails and not has_subject(reading) and not any(map(_ASKED_FOR.search, said)):
        said.append(_TELL[zh])
    # behind a merge that was asked about, the run of what was merged is a question of its own
    run_later = "merge_asked" in reading.cues and is_serving(reading) and "seq_len" in reading.facts
    return said, elsewhere and not run_later
