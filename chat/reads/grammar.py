"""Reads a question about GPU memory, in English or Chinese, by grammar alone: no network, no model, no state.

`read(text)` gives a `Reading`: the language, what is wanted, every fact with the place that said it, the asker's own
figures, and every number that stayed unread. `read(text, previous)` reads a follow-up against the question before.
"""

import re
from dataclasses import replace
from functools import lru_cache

from chat.reads.amounts import ACTIVE_AS_ALL
from chat.reads.as_a_whole import as_a_whole
from chat.reads.cards.cards_apart import read_cards_apart
from chat.reads.cards.cards_counted import counted
from chat.reads.cards.lent_memory import LENT
from chat.reads.cards.lone_memory import (
    chip_of_mac,
    memory_of_chip,
    memory_of_mac,
    own_memory,
)
from chat.reads.cards.one_more import ONE_MORE
from chat.reads.concepts.levers import read_levers, without_amounts
from chat.reads.concepts.levers_apart import levers_apart
from chat.reads.concepts.meanings import read_meanings
from chat.reads.concepts.serving_layouts import serving_layout_cues
from chat.reads.concepts.settings_compared import SETTINGS_COMPARED
from chat.reads.cues import read_cues
from chat.reads.flags import SLOTS_SHARE
from chat.reads.follow_ups.back import on_the_machine, with_named
from chat.reads.follow_ups.follow import merged
from chat.reads.follow_ups.implied import with_implied
from chat.reads.follow_ups.leaning import continues
from chat.reads.follow_ups.of_the_two import naming_both
from chat.reads.follow_ups.taken_up import taken_up
from chat.reads.formats.disk_usage import of_disk_usage
from chat.reads.formats.method_bits import FP8_COMPUTES
from chat.reads.formats.suspected import SUSPECTED
from chat.reads.further_asks import read_further_asks
from chat.reads.leans import lean
from chat.reads.models.parts_of_models import EXPERTS_MULTIPLIED
from chat.reads.models.tokens_trained import TOKENS_FOR_SIZE
from chat.reads.normal import language, normalise
from chat.reads.other_cases.corrected import as_corrected
from chat.reads.other_cases.other_matters import without_other_matters
from chat.reads.other_cases.untrained import as_wished
from chat.reads.pasted import compacted, read_pasted, state_pasted, without_rows_of_types
from chat.reads.readers import read_all
from chat.reads.reading import LONGEST, Reading, Unread
from chat.reads.requests.people import PEOPLE_COUNTED
from chat.reads.requests.slots_capped import SLOTS_CAPPED
from chat.reads.scan import Scan
from chat.reads.seen.counts_failed import COUNT_FAILED
from chat.reads.seen.messages import asked_of_it
from chat.reads.seen.ran_though import RAN_THOUGH, ran_though
from chat.reads.seen.shortfalls import short_of_room
from chat.reads.seen.symptoms import PRINTED
from chat.reads.serving.copies import copies_cues
from chat.reads.serving.shares import SHARE_LOW
from chat.reads.speed.rate_unknown import fits_where_no_rate
from chat.reads.subjects import subject_first
from chat.reads.sums.state_terms import of_state_terms
from chat.reads.topics import read_asks, read_topics
from chat.reads.training.all_savings import ALL_SAVINGS
from chat.reads.unread_numbers import unread_numbers
from chat.reads.wanted import read_intents

_ENDLESS = re.compile(r"\d{16,}")


def read(text: str, previous: Reading | None = None) -> Reading:
    """What this question says; with a previous one, what it says as a follow-up to that."""
    text = compacted(text)
    if not text[:LONGEST].strip():
        return Reading(text, previous.language if previous else "en")
    reading, normal = _whole(text)
    if previous is not None:
        if both := naming_both(normal, reading, previous):
            reading, normal = _whole(both)
            return merged(reading, previous, normal)
        reading = with_implied(reading, normal, previous)
        if of_answer := taken_up(reading, previous, normal):
            return merged(of_answer, previous, normal)
        if continues(reading, normal, previous):
            return merged(reading, previous, normal)
        if beside := on_the_machine(reading, previous):
            told = {"task", "method"} & set(reading.facts)  # else the case is that at hand, of another model
            return with_named(beside, previous) if told else merged(reading, previous, normal)
        reading = with_named(reading, previous)
    return fits_where_no_rate(
        counted(subject_first(_by_default(memory_of_chip(chip_of_mac(memory_of_mac(own_memory(reading)))))))
    )


def read_change(text: str, previous: Reading) -> Reading:
    """What this says as a change of the case before it, whether or not it leans on that by its words."""
    reading, normal = _whole(text)
    return merged(with_implied(reading, normal, previous), previous, normal)


@lru_cache(maxsize=64)  # each turn of a conversation begins with the questions before it
def _whole(text: str) -> tuple[Reading, str]:
    """A question without what it asks of another matter."""
    return without_other_matters(_alone(text), _alone)


@lru_cache(maxsize=64)
def _alone(text: str) -> tuple[Reading, str]:
    """What a question says by itself, and its normal form."""
    head = text[:LONGEST]
    scan = _scanned(head)
    named = read_all(scan)
    of_disk_usage(scan)
    unread = unread_numbers(scan)
    if len(text) > LONGEST:
        rest = Unread(f"{len(text) - LONGEST} characters after the first {LONGEST}", "", (LONGEST, len(text)))
        unread = (*unread, rest)
    intents = _intents(scan)
    reading = Reading(
        text=text,
        language=language(head, PRINTED),
        intents=intents,
        facts={name: tuple(values) for name, values in scan.facts.items()},
        spans={name: tuple(spans) for name, spans in scan.spans.items()},
        claims=tuple(scan.claims),
        equations=tuple(scan.equations),
        topics=read_topics(scan.text),
        asks=read_asks(scan.text),
        cues=_cues(scan, intents),
        not_understood=unread,
        suggestions={**named.models.suggestions, **named.near_cards},
        unknown_models=(*dict.fromkeys(named.closed), *named.models.unknown),
        unknown_gpus=tuple(named.unknown_gpus),
        extras={name: tuple(values) for name, values in scan.extras.items()},
        others={name: tuple(values) for name, values in scan.others.items()},
    )
    return as_a_whole(reading, scan.text), scan.text


def _scanned(head: str) -> Scan:
    """The text made regular, with what is pasted into it taken out and stated."""
    # A run of more than fifteen digits is no figure of this domain, and patterns would crawl through it.
    plain = _ENDLESS.sub(lambda run: " " * len(run[0]), head)
    plain, pasted = without_rows_of_types(plain), read_pasted(head)
    if pasted:
        start, end = pasted[1]
        plain = plain[:start] + " " * (end - start) + plain[end:]
    scan = Scan(as_wished(as_corrected(normalise(plain))), head)
    state_pasted(scan, pasted)
    scan.unread.extend(Unread(run[0][:40], "", run.span()) for run in _ENDLESS.finditer(head))
    return scan


def _intents(scan: Scan) -> tuple[str, ...]:
    intents = read_intents(scan.text, scan.facts, lambda intent: lean(intent, scan))
    if told := asked_of_it(scan.text, scan.extras):  # a message counts in GiB, whatever the asker does
        intents = tuple(one for one in intents if one != "units") or (told,)
    if COUNT_FAILED in scan.extras and "how_many_gpus" in intents:
        intents = tuple(dict.fromkeys((*intents, "oom_diagnosis")))
    if short_of_room(scan):
        intents = tuple(one for one in intents if one != "method_diff")
    return intents


# what readers have noted beside the facts, and the cue that it is
_NOTED = {
    ACTIVE_AS_ALL: "active_alone",
    FP8_COMPUTES: "fp8_training",
    "log_needs": "longer_than_pool",
    SHARE_LOW: "share_asked",
    **{
        noted: noted
        for noted in (
            SLOTS_SHARE, SUSPECTED, ONE_MORE, PEOPLE_COUNTED, SETTINGS_COMPARED, EXPERTS_MULTIPLIED, SLOTS_CAPPED,
            TOKENS_FOR_SIZE, ALL_SAVINGS,
        )
    },
}  # fmt: skip


def _cues(scan: Scan, intents: tuple[str, ...]) -> tuple[str, ...]:
    further = read_further_asks(scan.text, scan.facts)
    apart = levers_apart(scan.text, intents, scan.facts)
    return (
        *(one for one in read_cues(scan.text) if one != "shared_gpu" or LENT not in scan.extras),
        *(apart or without_amounts(read_levers(scan.text, intents, scan.facts), further)),
        *further,
        *(of_state_terms(scan) or read_meanings(scan.text, scan.facts)),
        *serving_layout_cues(scan),
        *copies_cues(scan),
        *read_cards_apart(scan.text, scan.facts, intents),
        *([RAN_THOUGH] if ran_though(scan.text) else []),
        *(cue for noted, cue in _NOTED.items() if noted in scan.extras),
    )


_TELLING = 8  # characters: "7B" alone is no question yet


def _by_default(reading: Reading) -> Reading:
    """A model beside cards, and no word that asks: does it fit? A model alone: how much does it need?"""
    if reading.intent != "unclear" or not {"model", "params"} & set(reading.facts):
        return reading
    if len(reading.text) < _TELLING:
        return reading
    cards = {"gpu", "gpu_memory_gb", "n_gpus"} & set(reading.facts)
    cards |= {"host_memory_gb"} & set(reading.facts) if "no_card" in reading.cues else set()
    return replace(reading, intents=("fits" if cards else "how_much", *reading.intents[1:]))
