"""What the embedded model says once the tools have spoken, and when no tool is needed."""

from chat.answers.apart_words import told_apart
from chat.answers.as_expected import as_expected
from chat.answers.background import answers_by_concept, facts_told
from chat.answers.claims_told import claims_told
from chat.answers.exampled import exampled
from chat.answers.found import Found, layers_counted
from chat.answers.layout_words import ACROSS
from chat.answers.made_of import remarks_told
from chat.answers.names_told import names_told, of_generations, of_mixtures, of_names, same_shapes, with_verdict
from chat.answers.none_of_the_card import of_the_cards
from chat.answers.on_pace import pace_wanted
from chat.answers.opened import REFUSES, account_first, asks_why_not, opened, without_yes
from chat.answers.remarks_told import (
    Spoken,
    Told,
    chosen,
    listed,
    told_with_prices,
)
from chat.answers.room_words import TOLD_WITH_ROOM
from chat.answers.switches import as_trained, in_own_switches
from chat.answers.unanswered import behind_the_cards, of_cards, scope, without_tools
from chat.answers.unequal_words import asks_sum
from chat.answers.unequal_words import listed as told_by_card
from chat.answers.unread import left_out, none_read, not_understood
from chat.answers.wording import assumed, finished
from chat.answers.worked_out import SUMS, WorkedOut
from chat.plans.apart import apart_of
from chat.plans.claims_apart import claims_of
from chat.plans.ranked import by_memory, scope_told
from chat.plans.understood import has_subject, understood
from chat.reads.follow_ups.taken_up import ASSUMED
from chat.reads.reading import Reading
from chat.reads.seen.symptoms import NO_MEMORY
from chat.remarks.reproduced import REPRODUCED_KEYS
from chat.remarks.scale import SCALE_KEYS

_PACED = {"training_time", "generation_speed"}
# remarks that answer what is asked beside
_BESIDE = "also-"
# asked why, the answer is the explanation: it comes right after the verdict
_EXPLAINED_FIRST = frozenset({
    "oom_diagnosis", "why_more", "zero_offload", "method_diff", "adam_state", "kv_cache", "moe", "rl_memory", "units",
    "explain_derive", "check_arithmetic", "table_lookup", "multi_gpu_split", "quant_gguf", "injection",
})  # fmt: skip
# remarks beside a table
_MOST_OF_A_TABLE = 3
# remarks that answer what the asker takes for granted
_CONTRADICTS = frozenset({
    *SCALE_KEYS, *REPRODUCED_KEYS, "far-more-than-counted", "loss-of-one-program", "loss-not-fused", "card-to-take", "layout-to-serve", "reference-is-the-base", "same-memory", "sharding-not-felt", "active-alone", "fsdp-and-zero", "ranges-of-methods", "frozen-layers-keep", "kv-of-several", "rank-has-effect", "adam-in-figures", "stages-claimed", "adapters-take-more", "adapters-and-full", "cells-compared", "lever-effect", "eight-bit-states-save", "not-quantised", "weights-do-not-fit",
})  # fmt: skip
# what tells set-ups apart beside their figures: before what each costs
_BESIDE_FIGURES = ("layers-take-turns", "rollouts-beside-pairs", "checkpointing-effect", "reward-model-trains")


def answer(reading: Reading, results: list[Spoken]) -> str:
    """Verdicts first, then what explains them, then tables and assumptions; nothing is told twice."""
    if claims := claims_of(reading):
        return claims_told(claims, results, _answer)
    apart = apart_of(reading)
    return _answer(reading, results) if apart is None else told_apart(apart, results, _answer)


def _answer(reading: Reading, results: list[Spoken]) -> str:
    told_scope, reading = scope_told(reading), by_memory(reading)
    found = Found(reading, results)
    if found.elsewhere:  # what the card would take is no part of the answer
        of_else = set(reading.cues) & NO_MEMORY and not has_subject(reading)
        told = [*found.causes, *of_names(reading), *([scope(reading.language)] if of_else else of_the_cards(found))]
        return finished("\n\n".join(told), reading)
    told = _told(found, told_scope)
    # nothing stands before what was to stay behind, or a side remark alone
    aside = reading.intent == "explain_derive" and not any("**" in one for one in told)
    if found.background and (not told or aside):
        found.background = False
        told = _told(found, told_scope)
    if told and (plainly := as_expected(reading, found.of("estimate_memory"), found.keys, told[0])):
        apart = "" if reading.language == "zh" else " "
        bold = told[0].startswith("**")
        told[0] = f"**{plainly}{apart}{told[0][2:]}" if bold else f"**{plainly}**{apart}{told[0]}"
    if not told:
        return without_tools(reading)
    return finished(as_trained(in_own_switches("\n\n".join(told), reading), reading), reading)


def _told(found: Found, told_scope: str) -> list[str]:
    """The parts of an answer in order, each once."""
    reading = found.reading
    worked = WorkedOut(found)
    found.causes, found.derived = worked.causes, worked.derived
    leads, rests, decided, counted = worked.leads, worked.rests, worked.decided, worked.counted
    verdict, leads = (leads[:1], leads[1:]) if found.confirms else ([], leads)
    leads, remarks = opened(found, leads, _remarks(found, decided))
    if any(phrase in one for one in leads for phrase in ACROSS):  # which layout to take is told with its figures
        remarks = [one for one in remarks if one[0] != "layout-to-serve"]
    leads, said = _ordered(found, leads, remarks)
    leads = account_first([one for one in (*verdict, *leads) if one])
    first = _explained_first(found)
    # numbers beside a question of how something works are an illustration
    illustrated = answers_by_concept(reading, found.keys) and not has_subject(reading)
    # whether a setting has failed is asked, and not whether the run fits
    no_yes = (
        (REFUSES | {"cards-differ", "processes-on-a-card", "limit-moved"}) & found.keys
        or "lever_unfelt" in reading.cues
        or asks_why_not(reading)
    )
    leads = without_yes(leads) if no_yes else leads
    whole = "\n".join([*found.first, *decided, *counted, *found.causes, *leads, said, *rests])
    names = names_told(reading, found.keys, paced=bool(_PACED & found.tools))
    parts = [
        *(_assumptions(found) if ASSUMED in reading.cues else ()),
        told_scope,
        none_read(reading),
        *found.first,
        *decided,
        *(counted if found.causes else ()),
        *_cause_and_verdict(found, with_verdict(reading, [*of_cards(reading), *names], leads[:1])),
        *([*of_mixtures(reading), *of_generations(reading)] if leads else ()),
        *behind_the_cards(reading),
        "" if illustrated or not leads else left_out(reading, whole),
        *leads[1:],
        *([said] if first else []),
        *rests,
        *([] if first else [said]),
        *_assumptions(found),
        *(same_shapes(reading) if leads else []),
        "" if illustrated else not_understood(reading, every=not leads, told=whole),
    ]
    return [part for part in dict.fromkeys(parts) if part]


def _cause_and_verdict(found: Found, verdict: list[str]) -> list[str]:
    """The cause of a failure first; but where the sum of unlike cards is said to be enough and does not count, what does: a
    length that was not set says nothing of that, while other causes tell what each card gets."""
    if "whole-length" not in found.keys:
        return [*found.causes, *verdict]
    alike = [one for one in map(told_by_card, found.of("estimate_memory")) if one and not one["by_layers"]]
    return [*verdict, *found.causes] if alike and asks_sum(found.reading) else [*found.causes, *verdict]


def _remarks(found: Found, decided: list[str]) -> Told:
    """The remarks that are told: none that a cause, a table or the product itself has told already."""
    reading = found.reading
    counted = layers_counted(found.results, reading)
    told = [
        one
        for artifact in found.of("remarks")
        for one in chosen(artifact, reading, told_with_prices(found.results, reading), found.beside)
        if one[1] not in (*found.first, *found.causes)
        and not (found.room_told and one[0] in TOLD_WITH_ROOM)
        and not (decided and one[0] in SUMS)
        and not (counted and one[0] in {*SUMS, "context-does-not-fit"})  # the count of layers is the answer
        and not ("query_tables" in found.tools and one[0] == "claim-of-the-table")  # its words say so
    ]
    if not found.background and not found.causes:
        summed = frozenset().union(*map(remarks_told, found.of("estimate_memory")))
        told = [one for one in told if one[0] not in summed]
    if found.background and reading.intent == "table_lookup":
        told = told[:_MOST_OF_A_TABLE]
    return told


def _ordered(found: Found, leads: list[str], remarks: Told) -> tuple[list[str], str]:
    """The leads, before them what must come first, and the remarks that are left as one text."""
    reading = found.reading
    leads = [
        *leads,
        *(text for key, text in remarks if key.startswith(_BESIDE)),
    ]  # a second question, behind the verdict
    remarks = [one for one in remarks if not one[0].startswith(_BESIDE)]
    said = listed([text for _, text in remarks])
    kept = bool({"host-experts", "host-experts-claimed"} & found.keys) and "host_memory_gb" not in reading.facts
    if "injection" in reading.intents and leads:  # the verdict, and that nothing but the formulas made it
        # before them what the question declares and the verdict does not take for granted
        denied = "".join(text for key, text in remarks if key == "part-not-free")
        said = listed([text for key, text in remarks if key != "part-not-free"])
        gap = " " if denied and reading.language != "zh" else ""
        leads, said = [f"{denied}{gap}{leads[0]}", said, *leads[1:]], ""
    elif kept:
        leads, said = [said, *leads], ""
    if found.beside:
        aside = _of_many(found.results) or any(one.get("capacity_gib") for one in found.of("compare"))
        contradicts = _CONTRADICTS - {"fsdp-and-zero"} if aside else _CONTRADICTS
        against = [text for key, text in remarks if key in contradicts]
        apart = [text for key, text in remarks if key in _BESIDE_FIGURES]
        told = {*contradicts, *_BESIDE_FIGURES}
        judged = "normal_asked" in reading.cues or "log_from" in reading.extras  # what was seen, before how it works
        reasons = (apart, []) if "why_more" in reading.intents[:2] and not judged else ([], apart)
        leads, said = (
            [*against, *reasons[0], *leads[:1], *reasons[1], *leads[1:]],
            listed([text for key, text in remarks if key not in told]),
        )
    leads = ["" if found.placed else pace_wanted(reading, found.tools), *leads]
    by_concept = answers_by_concept(reading, found.keys)
    return exampled(reading, found.keys, by_concept, leads, remarks, said)


def _explained_first(found: Found) -> bool:
    """Whether remarks come before the tables."""
    asked = set(found.reading.intents[:3]) & _EXPLAINED_FIRST
    return bool(asked or found.keys & {"cards-for-one-sequence", "ways-to-fit", "or-tuned"} or found.beside)


def _assumptions(found: Found) -> list[str]:
    """What was assumed, of what stands in the background only what the figure that is asked for rests on."""
    worked = found.of("estimate_memory", "compare")
    told = facts_told(found.reading, found.keys)
    parts: list[str] = []
    for one in worked:
        if found.background:
            one = {**one, "facts": {name: fact for name, fact in (one.get("facts") or {}).items() if name in told}}
        parts += assumed(one, found.reading, understood(found.reading), apart=len(worked) > 1)
    return parts


def _of_many(results: list[Spoken]) -> bool:
    """Whether more than two are compared: what is said of two of them is no answer then."""
    return any(name == "compare" and artifact and len(artifact["setups"]) > 2 for name, artifact, *_ in results)
