"""Reads a question about GPU memory, in English or Chinese, by grammar alone: no network, no model, no state.

`read(text)` gives a `Reading`: the language, what is wanted, every fact with the place that said it, the asker's own
figures, and every number that stayed unread. `read(text, previous)` reads a follow-up against the question before.
"""

import re
from dataclasses import replace
from functools import lru_cache

from chat.reads.amounts import ACTIVE_AS_ALL, read_amounts
from chat.reads.asides import read_asides
from chat.reads.at_once import read_at_once
from chat.reads.back import on_the_machine, with_named
from chat.reads.bare_memory import read_bare_memory
from chat.reads.buffer_logs import read_buffers
from chat.reads.card_units import (
    read_size_in_two_units,
)
from chat.reads.cards_apart import read_cards_apart
from chat.reads.cards_counted import counted
from chat.reads.claims import read_claims, read_equations, read_tokens_of_products
from chat.reads.closed import read_closed
from chat.reads.copies import copies_cues
from chat.reads.corrected import as_corrected
from chat.reads.cues import read_cues
from chat.reads.devices import take_devices
from chat.reads.drafts import read_own_layers, settle_draft
from chat.reads.each_of_them import read_each_of_them
from chat.reads.encoders import read_encoders
from chat.reads.facts import read_engines, read_nodes, read_settings
from chat.reads.flags import SLOTS_SHARE, read_flags, read_slots
from chat.reads.follow import merged
from chat.reads.free_memory import read_free_memory
from chat.reads.further_asks import read_further_asks
from chat.reads.further_methods import read_further_methods
from chat.reads.implied import with_implied
from chat.reads.in_and_out import read_in_and_out
from chat.reads.leaning import continues
from chat.reads.leans import lean
from chat.reads.left_over import holds_no_sequence, no_card_of_left
from chat.reads.lent_memory import LENT, read_lent_memory
from chat.reads.levers import read_levers, what_it_saved, without_amounts
from chat.reads.levers_apart import APART, levers_apart
from chat.reads.limits_claimed import limit_claimed
from chat.reads.lone_memory import (
    card_of_claim,
    chip_of_mac,
    kind_of_card,
    memory_of_chip,
    memory_of_mac,
    no_card,
    own_memory,
)
from chat.reads.machine_memory import read_kinds_in_a_row
from chat.reads.mean_lengths import read_mean_lengths
from chat.reads.meanings import read_meanings
from chat.reads.messages import asked_of_it, read_message
from chat.reads.method_bits import FP8_COMPUTES
from chat.reads.named_cards import read_cards
from chat.reads.named_machines import read_instances, read_more_machines
from chat.reads.named_methods import read_methods
from chat.reads.named_models import read_models
from chat.reads.normal import language, normalise
from chat.reads.of_the_two import naming_both
from chat.reads.one_more import ONE_MORE, read_uneven_ranks
from chat.reads.other_matters import without_other_matters
from chat.reads.over_cards import over_open_cards
from chat.reads.own_shapes import of_named_model, read_own_shapes, trained_whole
from chat.reads.own_tables import own_table
from chat.reads.parts_of_models import EXPERTS_MULTIPLIED, read_expert_counts, read_layers_placed
from chat.reads.pasted import compacted, read_pasted, state_pasted, without_rows_of_types
from chat.reads.people import PEOPLE_COUNTED
from chat.reads.pictures import read_pictures
from chat.reads.processes import read_processes
from chat.reads.quantities import read_quantities
from chat.reads.ran_though import RAN_THOUGH, ran_though
from chat.reads.rate_unknown import fits_where_no_rate
from chat.reads.reading import Reading, Unread
from chat.reads.references import read_references
from chat.reads.scan import Scan
from chat.reads.seen_at import read_seen_at
from chat.reads.served_adapters import read_served_adapters
from chat.reads.serving_layouts import read_serving_layouts, serving_layout_cues, settle_ranks
from chat.reads.settings_compared import SETTINGS_COMPARED, SETTINGS_MORE, read_settings_compared, settle_compared
from chat.reads.settled import settle
from chat.reads.shares import read_further_shares, settle_share_now
from chat.reads.shortfalls import short_of_room
from chat.reads.slots_capped import SLOTS_CAPPED, leave_caps
from chat.reads.speed_asked import with_pace
from chat.reads.speed_told import read_durations, read_paces
from chat.reads.stage_figures import read_stage_figures
from chat.reads.state_terms import of_state_terms, read_state_terms
from chat.reads.subjects import subject_first
from chat.reads.suspected import SUSPECTED
from chat.reads.symptoms import MESSAGES, NO_MEMORY, PRINTED
from chat.reads.taken_up import taken_up
from chat.reads.targets import read_rest, read_target, settle_target
from chat.reads.teachers import read_teachers
from chat.reads.topics import read_asks, read_topics
from chat.reads.trainable import TRAINED, of_adapters, read_trainable
from chat.reads.trainings_apart import settle_trainings_apart
from chat.reads.unread_numbers import unread_numbers
from chat.reads.untrained import as_wished
from chat.reads.vocabularies import read_vocabularies
from chat.reads.wanted import read_intents
from chat.reads.weights_claimed import read_weights_claimed
from chat.reads.which_is_real import real_of_two
from chat.reads.whole_matrices import read_whole_matrices

# A question is a few sentences. What is longer is a log or a paste: its head is read, its rest is reported.
LONGEST = 3000
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
    # A run of more than fifteen digits is no figure of this domain, and patterns would crawl through it.
    plain = _ENDLESS.sub(lambda run: " " * len(run[0]), head)
    plain, pasted = without_rows_of_types(plain), read_pasted(head)
    if pasted:
        start, end = pasted[1]
        plain = plain[:start] + " " * (end - start) + plain[end:]
    scan = Scan(as_wished(as_corrected(normalise(plain))), head)
    state_pasted(scan, pasted)
    scan.unread.extend(Unread(run[0][:40], "", run.span()) for run in _ENDLESS.finditer(head))
    read_state_terms(scan)
    read_lent_memory(scan)
    read_buffers(scan)
    read_processes(scan)
    read_equations(scan)
    read_vocabularies(scan)
    read_message(scan)
    read_weights_claimed(scan)
    read_uneven_ranks(scan)
    read_target(scan)
    read_rest(scan)
    read_own_shapes(scan)
    read_pictures(scan)
    read_in_and_out(scan)
    read_instances(scan)
    read_encoders(scan)
    read_paces(scan)
    read_asides(scan)
    read_settings_compared(scan)
    read_references(scan)
    read_seen_at(scan)
    read_flags(scan)
    read_each_of_them(scan)
    read_at_once(scan)
    read_mean_lengths(scan)
    read_layers_placed(scan)
    read_expert_counts(scan)
    read_stage_figures(scan)
    read_engines(scan)
    read_kinds_in_a_row(scan)
    closed = read_closed(scan)
    models = read_models(scan)
    read_settings(scan)
    read_further_shares(scan)
    read_whole_matrices(scan)
    read_nodes(scan)
    take_devices(scan)
    unknown_gpus, near_cards = read_cards(scan)
    read_free_memory(scan)
    read_bare_memory(scan, models)
    read_trainable(scan)
    read_quantities(scan, TRAINED in scan.extras)
    read_amounts(scan)
    settle_draft(scan)
    read_own_layers(scan)
    read_tokens_of_products(scan)
    read_more_machines(scan)
    read_teachers(scan)
    read_served_adapters(scan)
    read_methods(scan)
    read_further_methods(scan)
    of_adapters(scan)
    read_durations(scan)
    read_claims(scan)
    no_card_of_left(scan)
    holds_no_sequence(scan)
    read_size_in_two_units(scan)
    of_named_model(scan)
    trained_whole(scan)
    leave_caps(scan)
    settle(scan)
    settle_share_now(scan)
    settle_ranks(scan)
    read_serving_layouts(scan)
    settle_target(scan)
    settle_compared(scan)
    read_slots(scan)
    settle_trainings_apart(scan)
    unread = unread_numbers(scan)
    if len(text) > LONGEST:
        rest = Unread(f"{len(text) - LONGEST} characters after the first {LONGEST}", "", (LONGEST, len(text)))
        unread = (*unread, rest)
    intents = read_intents(scan.text, scan.facts, lambda intent: lean(intent, scan))
    if told := asked_of_it(scan.text, scan.extras):  # a message counts in GiB, whatever the asker does
        intents = tuple(one for one in intents if one != "units") or (told,)
    if short_of_room(scan):
        intents = tuple(one for one in intents if one != "method_diff")
    further = read_further_asks(scan.text, scan.facts)
    apart = levers_apart(scan.text, intents, scan.facts)
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
        cues=(
            *(one for one in read_cues(scan.text) if one != "shared_gpu" or LENT not in scan.extras),
            *(apart or without_amounts(read_levers(scan.text, intents, scan.facts), further)),
            *further,
            *(of_state_terms(scan) or read_meanings(scan.text, scan.facts)),
            *serving_layout_cues(scan),
            *copies_cues(scan),
            *read_cards_apart(scan.text, scan.facts, intents),
            *([RAN_THOUGH] if ran_though(scan.text) else []),
            *(["active_alone"] if ACTIVE_AS_ALL in scan.extras else []),
            *(["fp8_training"] if FP8_COMPUTES in scan.extras else []),
            *(
                one
                for one in (
                    SLOTS_SHARE,
                    SUSPECTED,
                    ONE_MORE,
                    PEOPLE_COUNTED,
                    SETTINGS_COMPARED,
                    EXPERTS_MULTIPLIED,
                    SLOTS_CAPPED,
                )
                if one in scan.extras
            ),
        ),
        not_understood=unread,
        suggestions={**models.suggestions, **near_cards},
        unknown_models=(*dict.fromkeys(closed), *models.unknown),
        unknown_gpus=tuple(unknown_gpus),
        extras={name: tuple(values) for name, values in scan.extras.items()},
        others={name: tuple(values) for name, values in scan.others.items()},
    )
    if SETTINGS_COMPARED in scan.extras:  # what they mean is compared, and no runs are
        left = tuple(one for one in intents if one not in ("comparison", "method_diff", "why_more", "out_of_scope"))
        if SETTINGS_MORE in scan.extras and not {"model", "params"} & set(reading.facts):
            left = ()
        cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
        reading = replace(reading, intents=left or ("fits" if cards else "unclear",))
    reading = real_of_two(reading)
    settled = card_of_claim(kind_of_card(no_card(_failure(_of_a_setting(_of_a_choice(own_table(reading, scan.text)))))))
    return limit_claimed(_saved_as_well(with_pace(over_open_cards(settled, scan.text))), scan.text), scan.text


def _of_a_choice(reading: Reading) -> Reading:
    """Cards that are set against each other for running or training models are compared, though no model is named."""
    chosen = any(cue.startswith("choose_for:") for cue in reading.cues)
    named = {"model", "params", "config"} & set(reading.facts)
    differ = reading.intents[:1] == ("method_diff",) and not named
    return (
        replace(reading, intents=("comparison",))
        if chosen and (differ or reading.intents == ("out_of_scope",))
        else reading
    )


def _of_a_setting(reading: Reading) -> Reading:
    """What a setting does to memory is asked here, whatever it is a setting of."""
    if any(cue.startswith(APART) for cue in reading.cues):  # how they differ is asked, and no case of either
        others = (one for one in reading.intents if one in ("training_time", "generation_speed", "which_method"))
        return replace(reading, intents=("method_diff", *others), asks=())
    if "stage_formula" in reading.cues and reading.intents[0] in ("unclear", "out_of_scope"):
        return replace(reading, intents=("explain_derive",))
    effect = any(cue.startswith("lever:") for cue in reading.cues)
    if effect and reading.intents[:1] == ("oom_diagnosis",) and what_it_saved(reading.lowered):
        cues = dict.fromkeys((*reading.cues, "saving_asked"))
        return replace(reading, intents=("method_diff",), cues=tuple(cues))  # what failed before it is mended
    times = any(cue.startswith("lever_times:") for cue in reading.cues)
    of_any = times and not {"gpu", "gpu_memory_gb"} & set(reading.facts) and "kv_cache" not in reading.intents
    if effect and (of_any or reading.intents == ("out_of_scope",)):
        return replace(reading, intents=("explain_derive",), asks=())
    return reading


def _saved_as_well(reading: Reading) -> Reading:
    """`How much does checkpointing save, and what does it cost in time?`: both are asked, and what is saved is memory."""
    set_apart = len(reading.facts.get("gradient_checkpointing", ())) > 1 and "saving_asked" in reading.cues
    if not set_apart or reading.intents[:1] != ("training_time",) or "method_diff" in reading.intents:
        return reading
    return replace(reading, intents=("method_diff", *reading.intents))


def _failure(reading: Reading) -> Reading:
    """A message that a program printed tells of a failure, whatever is asked beside it; one of no memory asks for no figure."""
    cues = set(reading.cues)
    if "blocks_do_not_divide" in cues:  # refused before any memory is taken: what else is asked is asked of a run
        left = tuple(one for one in reading.intents if one not in ("oom_diagnosis", "unclear", "out_of_scope"))
        return replace(reading, intents=left or ("explain_derive",))
    if not cues & MESSAGES or {"injection", "out_of_scope"} & set(reading.intents[:1]) - (
        {"out_of_scope"} if cues & NO_MEMORY else set()
    ):
        return reading
    others = [one for one in reading.intents if one not in ("oom_diagnosis", "unclear", "out_of_scope")]
    if cues & NO_MEMORY:
        others = []
    feared = tuple(cue for cue in reading.cues if cue != "might_fail")  # it is printed: it has happened
    return replace(reading, intents=("oom_diagnosis", *others), cues=feared)


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
