"""Which tools answer a question, as the embedded model plans it: a table from intents and topics to calls."""

from dataclasses import replace
from typing import Any

from chat.plans.against import set_against
from chat.plans.by_layers import by_layers
from chat.plans.clauses import largest_apart, longest_apart, of_its_length, users_of_their_own, with_behind
from chat.plans.encoders import encoder_calls
from chat.plans.estimates import estimate, of_named
from chat.plans.example import with_example
from chat.plans.explained import explain
from chat.plans.families import chooses_card
from chat.plans.layouts_chosen import as_laid_out, laid_over_all, layouts_of, within_machines
from chat.plans.layouts_told import compared_layouts, layouts_told
from chat.plans.machines import (
    asks_which_file,
    compares_machines,
    experts_in_ram,
    few_bits,
    named_file,
    named_of,
    of_machine,
    on_one_machine,
    runs_without_card,
    tunes_on_several,
    wants_cards,
    wants_largest,
    wants_layout,
    wants_models,
)
from chat.plans.not_compared import asks_count, longest_of_each, of_a_failure, proposed_beside, which_sizes_fit
from chat.plans.one_memory import on_one_memory
from chat.plans.pace import PACE, asks_pace, memory_of_each, pace_calls, speeds_compared, wants_memory, with_ram
from chat.plans.pace_told import speed_of_server, told_beside
from chat.plans.products import adapters_said, cache_products
from chat.plans.quantities import quantity_calls
from chat.plans.ranked import by_memory
from chat.plans.remarked import disk_calls, memory_compared, remark_calls, size_calls, sum_alone, symptom_calls
from chat.plans.served_by import as_served
from chat.plans.setup_texts import as_text
from chat.plans.setups import sides
from chat.plans.sizes import asked_too
from chat.plans.stated_figures import tells_saving
from chat.plans.tables import asks_rows, run_beside_row, table_calls
from chat.plans.tasks import by_task
from chat.plans.to_remarks import two_formats
from chat.plans.told import bytes_named
from chat.plans.understood import facts_of, has_subject, is_serving, trains, understood
from chat.plans.unit_calls import asks_units, case_asked, unit_calls
from chat.reads.concepts.home_machines import PROGRAMS_ASKED
from chat.reads.quantities import ALONE
from chat.reads.reading import Reading
from chat.reads.sums.state_terms import OF_TERMS
from kb.recipe import ADAPTERS, CHECKPOINT_BITS, FILE_BITS

Call = tuple[str, dict[str, Any]]
_SOLVABLE = ("gpu_layers", "seq_len", "batch_size", "n_gpus", "params", "lora_rank")
_SILENT = frozenset({"greeting", "help", "out_of_scope"})
# topics that the source document itself states figures for
DOCUMENT_TOPICS = (
    "weights_7b_fp32", "sixteen_bytes", "twenty_times", "activation_recomputation", "fragmentation",
    "temporary_buffers", "llama_training_time", "karpathy", "inference_overhead", "mixed_precision", "data_types", "training_drivers",
)  # fmt: skip
_EXPLAINS = frozenset({
    "explain_derive", "why_more", "training_time", "adam_state", "check_arithmetic", "units", "unclear", "how_much", "method_diff",
})  # fmt: skip


def plan(reading: Reading) -> list[Call]:
    """The calls that answer this question, in order; none when words alone do, or when a name is not known."""
    reading = by_memory(reading)
    about = _about_document(reading)
    # the document's own figures are in scope, however they are asked for
    if reading.intent == "out_of_scope" and about and OF_TERMS not in reading.cues:
        judged = remark_calls(reading, about) if {"sixteen_bytes", "twenty_times"} & set(reading.cues) else []
        return [*about, *judged]
    if explained := symptom_calls(reading):
        return explained
    if others := encoder_calls(reading):
        return others
    if reading.intent in _SILENT or not _answerable(reading):
        return []
    if apart := largest_apart(reading):
        before, behind = apart
        return with_behind(plan(before), plan(behind), behind)
    if alone := size_calls(reading) or disk_calls(reading):
        return alone
    counted = [] if PROGRAMS_ASKED & set(reading.cues) else quantity_calls(reading)
    if counted and ALONE in reading.extras and not adapters_said(reading):
        return counted
    if sum_alone(reading) and (summed := remark_calls(reading, [])):
        return summed
    reading = by_layers(with_example(reading))
    several = by_task(reading) if has_subject(reading) or not asks_pace(reading) else [reading]
    calls: list[Call] = [*counted]
    for one in several:
        calls += [call for call in _worked_out(one) if call not in calls]
    of_speed = {name for name, _ in calls} <= {"training_time", "generation_speed"}
    if calls and of_speed and not memory_compared(reading) and "room_beside_offload" not in reading.cues:
        programs = remark_calls(several[0], calls) if PROGRAMS_ASKED & set(reading.cues) else []
        return [*programs, *calls]  # what is asked of speed is answered by them
    calls += [call for call in speeds_compared(reading) if "training_time" not in {name for name, _ in calls}]
    return [*(with_ram(reading, call) for call in calls), *remark_calls(several[0], calls)]


def _worked_out(reading: Reading) -> list[Call]:
    told = bool({"llama_training_time", "karpathy"} & set(reading.topics)) and bool(_about_document(reading))
    paced = [] if told else pace_calls(reading)
    if runs_without_card(reading):
        if paced and "host_memory_gb" in reading.facts and "fits" not in reading.intents[:1]:
            return paced  # which tells what the memory holds as well
        held, speed = _recommend(reading), paced or _speed_of_memory(reading)
        return [*speed, *held] if asks_pace(reading) and not wants_memory(reading) else [*held, *speed]
    if paced and paced[0][0] == "generation_speed" and "gpu_layers" in reading.asks:
        return paced  # the layers that fit stand in the same sentence as their speed
    if paced and asks_which_file(reading) and ("host_memory_gb" not in reading.facts or "rate" in reading.extras):
        return _recommend(reading)  # the files that fit, each with its speed
    if paced and wants_largest(reading):  # what is named is what others say of it
        return [*of_named(reading), ("recommend", of_machine(reading)), *paced]
    if paced and paced[0][1]["about"][:1] == ["size"] and not has_subject(reading):
        return paced  # what the computing allows, and what that takes of the cards
    if paced and layouts_of(reading):  # over a network told one of two layouts is chosen, whatever the link's figures
        across = int((reading.extras.get("nodes") or (1,))[0]) > 1  # what a slot does inside a machine is no answer
        return [*_of_memory(reading), *([] if across else paced)]
    if paced and asks_pace(reading):
        solved = [call for call in _solve(reading) if call[0] == "solve_for" and told_beside(reading, call[1])]
        if solved:  # how large a batch may be, or how long a sample or the context, and how long it then takes
            return [*solved, *paced]
        alone = paced[0][0] == "generation_speed" and not {"gpu", "gpu_memory_gb"} & set(reading.facts)
        held = estimate(reading) if wants_memory(reading) and not alone else []
        return [*held, *paced] if memory_of_each(reading) else [*paced, *held]
    held = _of_memory(reading)
    if (
        paced
        and "host_memory_gb" in reading.facts
        and [name for name, _ in held] == ["recommend"]
        and has_subject(reading)
    ):
        return paced  # how one model is placed on a machine, and how fast that is, have one answer
    behind = paced or experts_in_ram(reading)
    return [*behind, *held] if speed_of_server(reading) else [*held, *behind]


def _speed_of_memory(reading: Reading) -> list[Call]:
    """Who tells of what RAM it is asks of the speed as well, in whatever words."""
    told = {"host_mt_s", "host_channels"} & set(reading.extras)
    return pace_calls(replace(reading, intents=(*reading.intents, "decoding_rate"))) if told else []


def _of_memory(reading: Reading) -> list[Call]:
    for wanted in (
        _largest_instead,
        _at_once,
        unit_calls,
        _machines,
        _layout,
        _compare,
        _about_document,
        _table,
        _recommend,
        _solve,
        explain,
        estimate,
    ):
        calls = wanted(reading)
        if calls:
            return _with_case(reading, calls)
    return []


# what judges or converts the asker's own figures, and tells of no case whether it fits
_OF_FIGURES = frozenset({"convert", "check_arithmetic", "derive_quantity", "check_document"})


def _with_case(reading: Reading, calls: list[Call]) -> list[Call]:
    """Beside figures that are judged, the case on its cards where it is asked whether that is all right; amounts in other units
    then only where these are asked about."""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    if run := run_beside_row(reading, calls):
        return [*calls, *estimate(run)]
    if not ({name for name, _ in calls} <= _OF_FIGURES and has_subject(reading) and cards and case_asked(reading)):
        return calls
    if calls[0][0] != "convert":
        return [*calls, *estimate(reading)]
    others = tuple(one for one in reading.intents if one != "units")
    case = _of_memory(replace(reading, intents=others or ("fits",)))
    return [*case, *calls] if asks_units(reading) else case


# with one of these a model that is named is asked about, whatever is commanded beside it
_OF_A_CASE = frozenset({"gpu", "gpu_memory_gb", "method", "bits", "weight_format", "seq_len", "batch_size"})


def _answerable(reading: Reading) -> bool:
    """A name that is not known needs a size beside it; an instruction in a question, a real question."""
    if reading.intent == "injection":
        return has_subject(reading) and bool(_OF_A_CASE & set(reading.facts) or "of_memory_too" in reading.cues)
    return not reading.unknown_models or has_subject(reading) or bool(_largest_instead(reading) or pace_calls(reading))


def _largest_instead(reading: Reading) -> list[Call]:
    """Where the model is not in the tables: the largest that the cards do hold, for the asker to compare."""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    named = reading.unknown_models or reading.suggestions
    if has_subject(reading) or not named or not cards or reading.intent in ("units", "table_lookup", *PACE):
        return []
    facts = facts_of(reading)
    if facts.get("method") == "full":
        facts["method"] = ["full", "lora", "qlora"]
    if not trains(facts):
        return [("recommend", {**of_machine(reading), **named_of(reading)})]
    return [("solve_for", {"quantity": "params", **facts})]


# ── the document and the tables ────────────────────────────────────────────────────────────────────────────────────


def _about_document(reading: Reading) -> list[Call]:
    elsewhere = {"score_formula", "checkpointing_price"}  # what is asked about is not the document's
    adapters = "params" in reading.facts and bool(set(reading.facts.get("method", ())) & set(ADAPTERS))
    if adapters or any(one in elsewhere or one.startswith("lever:nothing") for one in reading.cues):
        return []
    topics = [topic for topic in reading.topics if topic in DOCUMENT_TOPICS]
    concrete = {"gpu", "gpu_memory_gb", "n_gpus", "model"} & set(reading.facts)
    trains = set(reading.facts.get("method", ())) - {"inference"}
    if "params" in reading.facts and (trains or {"seq_len", "batch_size"} & set(reading.facts)):
        concrete = concrete or set(topics) - {"sixteen_bytes", "twenty_times"}
    if (
        not topics
        or not set(reading.intents) & {*_EXPLAINS, "out_of_scope"}
        or (concrete and "llama_training_time" not in topics)
    ):
        return []
    return [("check_document", {"topic": topic}) for topic in topics[:2]]


def _table(reading: Reading) -> list[Call]:
    """What is looked up, and beside it set-ups that are compared, or the same by the formulas."""
    calls = table_calls(reading)
    told = {"explain_derive", "why_more", "check_arithmetic"} & set(reading.intents)  # of its figures, not of set-ups
    each = all(len(reading.facts.get(name, ())) > 1 for name in ("method", "params"))  # cells, and no two set-ups
    each = each or asks_rows(reading)
    each = each or "both_published" in reading.cues  # two figures of one need, and no two programs
    if calls and not told and not each and (compared := _compare(reading, beside_table=True)):
        return calls[:1] + compared
    return calls


# ── what is worked out ─────────────────────────────────────────────────────────────────────────────────────────────


def _at_once(reading: Reading) -> list[Call]:
    """How many a server holds at once: of several formats or cards each one's number is the answer, not what sets them apart."""
    open_count = "batch_size" in reading.asks[:1] and "batch_size" not in reading.facts
    room = "batch_size" if open_count else "seq_len" if "cache_left" in reading.cues else None
    if room and is_serving(reading) and (layouts := layouts_of(reading)):
        chosen = as_laid_out(reading, within_machines(reading, layouts))
        return [*_compare(reading), ("solve_for", {"quantity": room, **chosen})]
    each = open_count or longest_of_each(reading)
    return _solve(reading) if each and is_serving(reading) and "why_more" not in reading.intents[:1] else []


def _solve(reading: Reading) -> list[Call]:
    wanted = [name for name in reading.asks if name in _SOLVABLE]
    card = reading.facts.get("gpu") or reading.facts.get("gpu_memory_gb")
    if not wanted or not card or (wanted[0] != "params" and not has_subject(reading)):
        return []
    facts = understood(reading, wanted[0]) | of_its_length(reading, wanted[0])
    if wanted[0] == "seq_len" and "cache_left" in reading.cues:
        facts.pop("batch_size", None)  # the tokens of all sequences together
    if wanted[0] == "gpu_layers" and (failed := reading.extras.get("gpu_layers_failed")):
        facts["gpu_layers"] = failed[0]  # what they take is told beside those that go in
    if wanted[0] == "params" and not trains(facts):
        return [("recommend", of_machine(reading)), *of_named(reading)]
    if wanted[0] == "params":
        facts = {
            name: value
            for name, value in facts.items()
            if name not in ("bits", "weight_format") or name in reading.facts
        }
        if "method" not in reading.facts and isinstance(facts.get("method"), list):
            facts["method"] = facts["method"][::-1]  # what reaches furthest is the answer
        if facts.get("method") == "lora" and "bits" not in facts:
            facts["method"] = ["lora", "qlora"]  # the same adapters on a quantised base reach further
    if wanted[0] == "n_gpus" and not trains(facts):  # a layout that is told is of the cards that were tried
        facts = {name: value for name, value in facts.items() if name not in ("tp", "pp", "dp")}
    estimated = understood(reading)
    if "longer_asked" in reading.cues and len(reading.facts.get("kv_format", ())) == 1:
        facts["kv_format"] = ["fp16", *reading.facts["kv_format"]]  # what the narrow one changes is asked
    if wanted[0] == "seq_len" and (users := users_of_their_own(reading)):
        facts.pop("batch_size", None)  # the longest of one is another calculation than so many of a length of their own
        estimated |= users
    calls: list[Call] = [("solve_for", {"quantity": wanted[0], **facts})]
    machines = [str(one).partition(" × ") for one in reading.extras.get("rigs", ())]
    if (
        machines and len(machines) == len(reading.facts.get("gpu", ())) and wanted[0] != "n_gpus"
    ):  # each with its own count
        return [("solve_for", {"quantity": wanted[0], **facts, "gpu": card, "n_gpus": int(count)}) for count, _, card in machines]  # fmt: skip
    if not trains(facts) and longest_apart(reading):
        calls = [("solve_for", {"quantity": name, **understood(reading, name)}) for name in ("seq_len", "batch_size")]
    if wanted[0] != "params" or has_subject(reading):
        calls.append(("estimate_memory", estimated))
    first = "fits" in (reading.intents if wanted[0] == "gpu_layers" else reading.intents[:1])
    if first and wanted[0] in ("seq_len", "batch_size", "gpu_layers", "params"):
        calls.reverse()  # whether it fits was asked first, then how far it goes
    return calls


def _compare(reading: Reading, beside_table: bool = False) -> list[Call]:
    """Set-ups side by side; precisions of a second question are further cases of the first; of one that failed where the other runs, the cause is asked for and not the difference; why a file is larger than its bits say is asked of that one file."""
    if against := set_against(reading):
        return [("compare", against)]
    if not beside_table and (
        cache_products(reading) or (asked_too(reading) and not {"comparison", "method_diff"} & set(reading.intents))
    ):
        return []  # the formats that are named beside a product for a cache are what it is mistaken for
    if {"file_size", "quant_gguf"} <= {*reading.cues, *reading.intents} and "why_more" in reading.intents:
        return []
    if not beside_table and "llama_factory" in reading.topics and "table_lookup" in reading.intents:
        return []  # its cells are asked about: what is compared stands beside them
    if "merging" in reading.cues or sum(name.startswith("stage_") for name in reading.extras) > 1:
        return []  # adapters are what was trained and is merged; what each stage was seen to hold is held against theory by a remark
    if (
        any(cue.startswith(("lever:", "levers_apart:")) for cue in reading.cues)
        and not tells_saving(reading)
        and not layouts_of(reading)
    ):
        return []  # the remark on the setting works both sides out
    if {"mixed_saves", "limit_moved"} & set(reading.cues) or (
        "several_servers" in reading.cues and two_formats(reading)
    ):
        return []  # what it saves, or does not, holds of any model
    if "states_only" in reading.cues and len(reading.facts.get("zero_stage", ())) > 1 and not reading.claims:
        return []  # the states of each stage are what is asked, and what else each takes stands in one table
    if bytes_named(reading) and {"explain_derive", "why_more"} & set(reading.intents[:1]):
        return []  # what each parameter takes is asked for, not what two methods do
    found = sides(reading, beside_table)
    if (
        found is None
        or which_sizes_fit(reading, found)
        or of_a_failure(reading, found)
        or proposed_beside(reading, found)
    ):
        return []
    setups = [as_text(side, stated) for side, stated in laid_over_all(reading, found.each, found.stated)]
    counts = [call for call in _solve(reading) if call[0] == "solve_for"] if asks_count(reading) else []
    return [*counts, ("compare", {"setups": setups, **found.shared})]


def _machines(reading: Reading) -> list[Call]:
    """Machines that are named each with its cards: what they run comes before any comparison of one model on them."""
    if setups := tunes_on_several(reading):
        return [("compare", setups)]
    trains = reading.facts.get("task") == ("train",) or "algo" in reading.facts
    open_model = "rigs" in reading.extras and not has_subject(reading) and not trains
    if not has_subject(reading) and not reading.unknown_models and chooses_card(reading):
        return [("recommend", of_machine(reading))]
    held = _recommend(reading) if open_model or compares_machines(reading) else []
    return [*_solve(reading), *held] if held and "gpu_layers" in reading.asks else held


def _layout(reading: Reading) -> list[Call]:
    """How a training is laid out over its cards."""
    if layouts_told(reading) and has_subject(reading):
        return [("compare", compared_layouts(reading))]
    whole = {"method": "full"} if "from_scratch" in reading.cues else {}  # who pretrains trains all weights
    return [("recommend", {**whole, **understood(reading)})] if wants_layout(reading) else []


def _recommend(reading: Reading) -> list[Call]:
    """Which cards for a model, or which models for the cards."""
    if wants_cards(reading):
        alone = on_one_machine(reading)
        if any(len(reading.facts.get(name, ())) > 1 for name in ("model", "params")):
            return [("estimate_memory", {**understood(reading), **alone})]  # whose table names a card for each
        told = {**understood(reading), **alone}
        if not (trains(told) or {"bits", "weight_format"} & set(told)):
            told["bits"] = list(CHECKPOINT_BITS)  # as the cards are told for each
        return [("recommend", {**facts_of(reading), **alone}), ("estimate_memory", told)]
    if compares_machines(reading):
        tried = few_bits(reading) or list(FILE_BITS)
        files = {"engine": "llama.cpp", "bits": tried} if asks_which_file(reading) else {}
        machine = of_machine(reading)
        if not files and "served_users" in reading.cues:
            as_served(reading, machine)  # what many use at once is a server's: prompts in steps, a cache in pages
        if files:
            machine.pop("weight_format", None)
            files |= named_file(reading)
        if runs_without_card(reading) and "host_memory_gb" not in machine:
            machine["without_card"] = True
        return [("recommend", {**machine, **named_of(reading), **files})]
    if not wants_models(reading):
        return []
    facts = facts_of(reading)
    on_one_memory(reading, facts)
    return [("recommend", facts if trains(facts) else of_machine(reading))]
