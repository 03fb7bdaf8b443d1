"""What the embedded model says once the tools have spoken, and when no tool is needed."""

from typing import Any

from chat.answers.apart_words import told_apart
from chat.answers.arithmetic_words import arithmetic_words, held_together, holds_alone, is_right
from chat.answers.as_asked import side_by_side
from chat.answers.as_expected import as_expected
from chat.answers.background import answers_by_concept, asks_why, facts_told
from chat.answers.batch_words import most_to_try
from chat.answers.case_tables import cases_of
from chat.answers.compared import compared
from chat.answers.decided import cases_decided, only_this
from chat.answers.estimated import derivation_words, estimate_words
from chat.answers.exampled import exampled
from chat.answers.found import LOGGED, Found
from chat.answers.headlines import headline
from chat.answers.layout_words import ACROSS
from chat.answers.limit_words import beyond
from chat.answers.made_of import remarks_told, serves
from chat.answers.names_told import names_told, of_names, same_shapes
from chat.answers.none_of_the_card import of_the_cards
from chat.answers.on_pace import pace_wanted, pace_words
from chat.answers.opened import REFUSES, opened, without_yes
from chat.answers.parts_told import parts_told
from chat.answers.picked import cases_picked
from chat.answers.positions import without_others_limit
from chat.answers.quantities_told import asked_later, of_number, quantities_told
from chat.answers.recommended import recommended
from chat.answers.refused import refused
from chat.answers.remarks_told import (
    ON_UNIFIED,
    Spoken,
    Told,
    chosen,
    listed,
    told_by_remarks,
    told_with_prices,
)
from chat.answers.room_words import TOLD_WITH_ROOM, room_alone
from chat.answers.solved import solved_words
from chat.answers.switches import in_own_switches
from chat.answers.table_words import cites, claims_words, concludes, query_words
from chat.answers.unanswered import behind_the_cards, of_cards, scope, without_tools
from chat.answers.unread import left_out, not_understood
from chat.answers.verdicts import has_failed, of_a_failed_run
from chat.answers.wording import assumed, changes, finished, way_out
from chat.phrases import leaning
from chat.plans.apart import apart_of
from chat.plans.ranked import by_memory, scope_told
from chat.plans.understood import has_subject, understood
from chat.reads.reading import Reading
from chat.reads.symptoms import NO_MEMORY
from chat.reads.taken_up import ASSUMED
from chat.remarks.reproduced import REPRODUCED_KEYS
from chat.remarks.scale import SCALE_KEYS
from chat.units import unit_words
from kb.interval import FITS

_PACED = {"training_time", "generation_speed"}
_BY_FORMULAS = (
    "If all that is assumed below holds, the formulas put the limit at:",
    "若下面的假设都成立,按公式的上限是:",
)
Said = tuple[list[str], list[str]]
# remarks that answer what is asked beside
_BESIDE = "also-"
# remarks that say of this model what stays whole on each card
_OF_LAYOUTS = frozenset({"zero2-keeps-frozen-weights", "adapters-not-divided", "a-copy-on-each"})
# asked why, the answer is the explanation: it comes right after the verdict
_EXPLAINED_FIRST = frozenset({
    "oom_diagnosis", "why_more", "zero_offload", "method_diff", "adam_state", "kv_cache", "moe", "rl_memory", "units",
    "explain_derive", "check_arithmetic", "table_lookup", "multi_gpu_split", "quant_gguf", "injection",
})  # fmt: skip
# asked whether something can be, and not whether a sum is right
_OF_A_VERDICT = frozenset({"fits", "how_many_gpus", "rl_memory", "oom_diagnosis", "which_method", "multi_gpu_split"})
# remarks beside a table
_MOST_OF_A_TABLE = 3
# cases of the estimate that are told beside what a table says
_MOST_BESIDE_A_TABLE = 4
# remarks that answer what the asker takes for granted
_CONTRADICTS = frozenset({
    *SCALE_KEYS, *REPRODUCED_KEYS, "card-to-take", "layout-to-serve", "reference-is-the-base", "same-memory", "sharding-not-felt", "active-alone", "fsdp-and-zero", "ranges-of-methods", "frozen-layers-keep", "kv-of-several", "rank-has-effect", "adam-in-figures", "stages-claimed", "adapters-take-more", "adapters-and-full", "cells-compared", "lever-effect", "eight-bit-states-save", "not-quantised", "weights-do-not-fit",
})  # fmt: skip
# causes that only add up what a sentence on what failed and what would not has told
_SUMS = frozenset({"weights-do-not-fit", "does-not-fit"})
# remarks that hold a figure against what was seen or printed: an estimate of other parts beside it would contradict
_AGAINST_WHAT_WAS_SEEN = frozenset({"cells-explained", "stages-seen"})
# what tells set-ups apart beside their figures: before what each costs
_BESIDE_FIGURES = ("layers-take-turns", "rollouts-beside-pairs")


def answer(reading: Reading, results: list[Spoken]) -> str:
    """Verdicts first, then what explains them, then tables and assumptions; nothing is told twice."""
    apart = apart_of(reading)
    return _answer(reading, results) if apart is None else told_apart(apart, results, _answer)


def _answer(reading: Reading, results: list[Spoken]) -> str:
    told_scope, reading = scope_told(reading), by_memory(reading)
    found = Found(reading, results)
    if found.elsewhere:  # what the card would take is no part of the answer
        of_else = set(reading.cues) & NO_MEMORY and not has_subject(reading)
        told = [*found.causes, *of_names(reading), *([scope(reading.language)] if of_else else of_the_cards(found))]
        return finished("\n\n".join(told), reading)
    if not (told := _told(found, told_scope)) and found.background:  # nothing stands before what was to stay behind
        found = Found(reading, results)
        found.background = False
        told = _told(found, told_scope)
    if told and (plainly := as_expected(reading, found.of("estimate_memory"), found.keys, told[0])):
        apart = "" if reading.language == "zh" else " "
        bold = told[0].startswith("**")
        told[0] = f"**{plainly}{apart}{told[0][2:]}" if bold else f"**{plainly}**{apart}{told[0]}"
    return finished(in_own_switches("\n\n".join(told), reading), reading) if told else without_tools(reading)


def _told(found: Found, told_scope: str) -> list[str]:
    """The parts of an answer in order, each once."""
    reading = found.reading
    leads, rests = _worked_out(found)
    verdict, leads = (leads[:1], leads[1:]) if found.confirms else ([], leads)
    leads, remarks = opened(found, leads, _remarks(found))
    if any(phrase in one for one in leads for phrase in ACROSS):  # which layout to take is told with its figures
        remarks = [one for one in remarks if one[0] != "layout-to-serve"]
    leads, said = _ordered(found, leads, remarks)
    leads = [*verdict, *leads]
    first = _explained_first(found)
    # numbers beside a question of how something works are an illustration
    illustrated = answers_by_concept(reading, found.keys) and not has_subject(reading)
    leads = [one for one in leads if one]
    leads = without_yes(leads) if (REFUSES | {"cards-differ"}) & found.keys else leads
    whole = "\n".join([*found.first, *found.decided, *found.counted, *found.causes, *leads, said, *rests])
    parts = [
        *(_assumptions(found) if ASSUMED in reading.cues else ()),
        told_scope,
        *found.first,
        *found.decided,
        *(found.counted if found.causes else ()),
        *found.causes,
        *of_cards(reading),
        *names_told(reading, found.keys, paced=bool(_PACED & found.tools)),
        *leads[:1],
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


def _worked_out(found: Found) -> Said:
    """The lead and the rest of each tool in turn, remarks apart."""
    leads: list[str] = []
    rests: list[str] = []
    limits: list[str] = []  # how far it goes by the formulas, where a run has failed
    tried: list[str] = []
    solved: dict[str, Any] | None = None
    reading = found.reading
    failed_run = has_failed(reading)
    for name, artifact, text, failed in found.results:
        artifact = without_others_limit(artifact, reading) if artifact else artifact
        if failed or artifact is None:
            leads.append(_refused(text, reading.language))
        elif name == "solve_for" and LOGGED & found.keys:
            continue  # what a start has measured holds before the formulas
        elif name == "solve_for" and found.experts_placed and "gpu_layers" in reading.asks:
            continue  # of a mixture experts go to RAM, not whole layers: the estimate tells how many
        elif name == "estimate_memory" and LOGGED & found.keys and artifact.get("at_once"):
            continue  # how many go at once is what the log has told
        elif name == "remarks" or told_by_remarks(name, artifact, found.keys, reading):
            continue
        elif name == "derive_quantity" and of_number(artifact):
            continue  # told together, a sentence for each model
        elif name == "check_arithmetic" and artifact.get("holds") and _only_adds_up(artifact, found):
            continue  # that a sum is one is no answer where its premise is what is wrong
        elif name == "check_arithmetic" and holds_alone(artifact):
            sums = [one for one in found.of("check_arithmetic") if holds_alone(one)]
            leads += [held_together(sums, reading.language)] if artifact is sums[0] else []
        elif found.background and name == "estimate_memory":
            told_first = found.confirms or (cites(reading) and "query_tables" in found.tools)
            behind = _in_the_background(found, artifact)
            leads = [*behind, *leads] if told_first else [*leads, *behind]
        else:
            if name == "generation_speed" and found.placed and "ceiling_asked" not in reading.cues:
                artifact = {**artifact, "lines": [one for one in artifact["lines"] if not one.get("placed")]}
            doubted = name == "estimate_memory" and failed_run
            failing = {"doubted": True, "explained": bool(found.causes)}
            shown = {**of_a_failed_run(artifact), **failing} if doubted else artifact
            if name == "estimate_memory" and found.keys & {
                *ON_UNIFIED,
                "no-kernels",
                "one-more-card",
            }:  # the verdict is told there
                shown = {**shown, "explained": True}
            if name == "estimate_memory":
                told = {
                    "parts_told": bool(found.keys & {"where-it-goes", "loss-not-fused"}),
                    "layouts_told": bool(found.keys & _OF_LAYOUTS),
                    "pool_told": found.room_told,
                    "room_told": found.room_told,
                    "speed_told": "generation_speed" in found.tools,
                    "mended_told": bool(found.keys & ON_UNIFIED),
                }
                shown = {**shown, **told, "cause": "".join(found.causes)}
                if more := found.said("one-more-card"):
                    shown = {**shown, "cause": more, "on_one": None}
                explained = "setting-was-raised" in found.keys and _why_it_ran(reading)  # no way out is asked about
                judged = "" if explained else cases_decided(artifact, reading) or only_this(artifact, reading)
                picked = "" if "card-to-take" in found.keys else cases_picked(artifact, reading)
                if judged or picked:  # before any cause
                    found.decided.append(judged or picked)
                    found.causes = [] if failed_run and found.keys & _SUMS else found.causes
                    held = not judged and any(leaning(case) in FITS for case in cases_of(artifact))
                    shown = {
                        **shown,
                        "judged": True,
                        "picked": held,
                        "mended_told": not judged and not held,
                        "on_one": None,
                    }
            lead, rest = _WORDS[name](shown, reading)
            if name == "estimate_memory":
                tried = [] if "batch-from-seen" in found.keys else most_to_try(shown, reading)
                found.counted += tried
            if name == "derive_quantity" and found.causes:  # the cause explains
                lead = []
            elif name == "derive_quantity":
                found.derived += lead
            if name == "solve_for" and reading.intent == "how_many_gpus":  # asked first, whatever failed before
                found.counted += lead
                lead = []
            elif (
                name == "solve_for" and failed_run and "gpu_layers" not in reading.asks[:1]
            ):  # a limit by the formulas is no answer before the cause
                limits, solved, lead = [_BY_FORMULAS[reading.language == "zh"], *lead], artifact, []
            # a run that does not start asks for the verdict before the product
            told_later = "failing_count" in reading.cues and "fits" in reading.intents[:2]
            of_a_cell = (
                "query_tables" in found.tools and _asks_of_a_cell(reading) and bool(artifact.get("capacity_gib"))
            )
            first = name == "estimate_memory" and (
                found.confirms or told_later or of_a_cell or (found.placed and "gpu_layers" not in reading.asks)
            )
            leads = [*lead, *leads] if first else [*leads, *lead]
            rests += rest
    if tried and solved:  # which to try is told already, and then only the sum behind it
        found.counted += room_alone(solved, reading.language)
    else:
        rests = [*limits, *rests]
    counted = [one for one in found.of("derive_quantity") if of_number(one)]
    quantities = quantities_told(counted, reading, "adapters-in-figures" in found.keys)
    leads = [*leads, *quantities] if asked_later(reading) else [*quantities, *leads]
    return leads if found.causes else [*found.counted, *leads], rests


def _only_adds_up(sum_: dict[str, Any], found: Found) -> bool:
    """Is a verdict asked for, or another sum of the question wrong, which this one may lead to?"""
    if found.confirms:
        return False  # the verdict is told before it
    if "right" in sum_ and ("windowed" in sum_ or not is_right(sum_)):
        return False  # it adds up, and the cache is another size
    others = [one for one in found.of("check_arithmetic") if one is not sum_]
    led_to = "right" not in sum_ and any("right" in one and not is_right(one) for one in others)
    return found.reading.intent in _OF_A_VERDICT or led_to


def _asks_of_a_cell(reading: Reading) -> bool:
    """Is it asked whether a case fits, beside a cell of a table that the asker knows?"""
    return reading.intent == "fits" or ("fits" in reading.intents[:2] and bool(reading.claims)) or cites(reading)


def _in_the_background(found: Found, estimate: dict[str, Any]) -> list[str]:
    """The verdict alone, where cards are named or a table is asked and nothing else judges the need."""
    beside_table = "query_tables" in found.tools and len(cases_of(estimate)) <= _MOST_BESIDE_A_TABLE
    if (_AGAINST_WHAT_WAS_SEEN & found.keys and not found.confirms) or "chain-of-sums" in found.keys:
        return []  # that remark has its own verdict, with the cache that was told
    told = found.confirms or (
        (estimate.get("capacity_gib") or beside_table) and ("account" not in found.keys or serves(estimate))
    )
    language = found.reading.language
    estimate = {**estimate, "together": estimate.get("together") if side_by_side(estimate, found.reading) else []}
    if found.confirms or (beside_table and concludes(found.reading)):
        estimate = {**estimate, "whether": True}
    mended = found.confirms or has_failed(
        found.reading
    )  # what has failed, or was concluded wrongly, is to be mended, too
    ways = changes(estimate, language) if mended else [way_out(estimate, language)]
    asked = parts_told(estimate, found.reading)  # of one part, beside what is explained
    return [headline(estimate, language), *asked, *beyond(estimate, language), *ways] if told else []


def _remarks(found: Found) -> Told:
    """The remarks that are told: none that a cause, a table or the product itself has told already."""
    reading = found.reading
    told = [
        one
        for artifact in found.of("remarks")
        for one in chosen(artifact, reading, told_with_prices(found.results, reading), found.beside)
        if one[1] not in (*found.first, *found.causes)
        and not (found.room_told and one[0] in TOLD_WITH_ROOM)
        and not (found.decided and one[0] in _SUMS)
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
        leads, said = [leads[0], said, *leads[1:]], ""
    elif kept:
        leads, said = [said, *leads], ""
    if found.beside:
        aside = _of_many(found.results) or any(one.get("capacity_gib") for one in found.of("compare"))
        contradicts = _CONTRADICTS - {"fsdp-and-zero"} if aside else _CONTRADICTS
        against = [text for key, text in remarks if key in contradicts]
        apart = [text for key, text in remarks if key in _BESIDE_FIGURES]
        told = {*contradicts, *_BESIDE_FIGURES}
        leads, said = (
            [*against, *leads[:1], *apart, *leads[1:]],
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


def _refused(text: str, language: str) -> str:
    shown = refused(text, language)
    return f"算不了:{shown}。" if language == "zh" else f"That cannot be worked out: {shown}."


def _why_it_ran(reading: Reading) -> bool:
    """Is it asked why the one ran and the other did not?"""
    told = "ran_otherwise" in reading.cues and "why_more" in reading.intents
    return told or asks_why(reading)


def _of_many(results: list[Spoken]) -> bool:
    """Whether more than two are compared: what is said of two of them is no answer then."""
    return any(name == "compare" and artifact and len(artifact["setups"]) > 2 for name, artifact, *_ in results)


_WORDS = {
    "estimate_memory": estimate_words,
    "compare": compared,
    "solve_for": solved_words,
    "recommend": recommended,
    "derive_quantity": derivation_words,
    "query_tables": query_words,
    "check_document": claims_words,
    "check_arithmetic": arithmetic_words,
    "convert": unit_words,
    "training_time": pace_words,
    "generation_speed": pace_words,
    "encoder_memory": pace_words,
}
