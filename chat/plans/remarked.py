"""The remarks that are asked for: of what, with which facts, and where a symptom alone is answered by them."""

from typing import Any

from chat.figures.adapters.frozen_layers import BESIDE
from chat.figures.named import Figures
from chat.figures.size_words import stands_alone
from chat.figures.sums.counts_told import COUNT_TOLD
from chat.plans.both_at_once import both_at_once
from chat.plans.changed import length_that_failed, ran_and_failed, what_was_raised
from chat.plans.claimed_savings import claimed_saving
from chat.plans.frozen_ways import frozen_ways
from chat.plans.layouts_chosen import WAYS, layouts_of, within_machines
from chat.plans.layouts_told import layouts_told
from chat.plans.machines import runs_without_card, tunes_what_is_open
from chat.plans.one_memory import on_one_memory
from chat.plans.own_line import own_line
from chat.plans.pace import PACE
from chat.plans.products import cache_products, rest_of_a_product
from chat.plans.tables import chooses_rows, narrow_cell
from chat.plans.to_remarks import told
from chat.plans.understood import Facts, facts_of, has_subject, trains, understood
from chat.plans.unit_calls import asks_units, told_twice
from chat.plans.ways_in_a_row import PLAIN, is_row, plain_run
from chat.reads.cards.budgets import budget
from chat.reads.cards.free_memory import CARD_TAKEN
from chat.reads.concepts.home_machines import PROGRAMS_ASKED
from chat.reads.concepts.levers_apart import APART, METHOD_TOLD
from chat.reads.concepts.ways_divide import DIVIDES
from chat.reads.concepts.yes_or_no import DIRECTION_CUES
from chat.reads.reading import Reading
from chat.reads.sums.supposed import SUPPOSALS
from chat.remarks.remark import ELSEWHERE, made
from formulas.errors import BadInput
from kb.facts import bits_of
from kb.recipe import ADAPTERS

Call = tuple[str, dict[str, Any]]
_EIGHT_BIT = frozenset({"adamw-8bit", "paged-adamw-8bit"})
_WIDE = ("fp32", "bf16", "fp16")
# what is added to the models that a machine runs
_OF_MACHINES = ("cost", "quantising_itself", "card_for_more", "kernels_asked")
# whether cards add up is another matter when they train; with their sum told, what they run may be asked instead
_OF_THE_SUM = ("cards_added", "pooled_asked", "sum_of_cards", "of_training", "use_named")
_ASKS_MODELS = frozenset({"which_models", "what_fits"})
# what is taken for granted of a model that is named, beside those
_OF_NAMED = ("active_alone", "quant_gguf")


def remark_calls(reading: Reading, calls: list[Call]) -> list[Call]:
    """The remarks, if there are any to make; without a model they cost little to try."""
    paced = {"training_time", "generation_speed"} & {name for name, _ in calls}
    wanted = [one for one in reading.intents if one not in PACE] if paced else reading.intents
    if memory_compared(reading) and paced:
        return [("remarks", {"about": ["memory_version"], **told(reading), **_of_remarks(reading, calls)})]
    about = list(dict.fromkeys((*wanted, *reading.cues, *_more_subjects(reading, calls))))
    about += [METHOD_TOLD] if "method" in reading.facts and any(one.startswith(APART) for one in about) else []
    open_method = calls and isinstance(calls[0][1].get("method"), list) and "method" not in reading.facts
    about += ["method_open"] if open_method and "evaluation" in about else []
    if claimed_saving(reading):  # whether that can be trusted is asked, and not these figures
        about = [one for one in about if not one.startswith("meaning:")]
    set_up = "how_to" in about and open_method
    if set_up:
        about.remove("how_to")  # which of the methods fits is the answer
    if "units" in about and has_subject(reading) and not asks_units(reading):
        about.remove("units")  # they are only used
    if "draws" in about and CARD_TAKEN in reading.extras:
        about.remove("draws")  # what it takes is told, and counted
    if "unclear" in about and has_subject(reading):
        about.append("how_much")
    if reading.equations:
        about.append("check_arithmetic")
        about += ["kv_cache"] if cache_products(reading) and "kv_cache" not in about else []
        if rest_of_a_product(reading):
            about.remove("rest_asked")  # of the cache, and not of what a run takes
    alone = [name for name, _ in calls] == ["recommend"] or runs_without_card(reading)
    if alone and calls and not trains(calls[0][1]):
        granted: tuple[str, ...] = _OF_NAMED if "active_alone" in about and has_subject(reading) else ()
        granted += () if _ASKS_MODELS & set(about) else _OF_THE_SUM
        about = [subject for subject in about if subject in (*_OF_MACHINES, *granted) or subject.startswith("choose_")]
        about += ["which_method"] if "active_alone" in about else []  # which machine holds it is what is asked
    if "price_per_hour" in reading.extras or budget(reading.text):
        about = [subject for subject in about if subject != "cost"]  # the price is known, or that it is not is said
    if calls and calls[0][0] == "convert" and not has_subject(reading) and told_twice(reading):
        about = ["units"]  # the same bytes in two units: no cause of a difference is to be told
    about += [PLAIN] if _in_a_row(calls) else []
    facts = _of_remarks(reading, calls)
    if "lever:kv_format" in about or not has_subject(reading):
        facts |= _narrow_cache(reading)
    if set_up:
        facts["method"] = calls[0][1]["method"][-1]  # the one that needs the least, not the one that needs the most
    beside = told(reading)
    if together := both_at_once(reading, calls):
        beside["log"] = [*beside.get("log", ()), *together]
        about.append("both_at_once")
    if line := own_line(reading):
        beside["log"] = [*beside.get("log", ()), *line]
    if not about or (not has_subject(reading) and not made(about, Figures(facts, beside), 1)):
        return []
    return [("remarks", {"about": about, **beside, **facts})]


def _narrow_cache(reading: Reading) -> Facts:
    """The cache that is told to save or to hurt, and not the 16-bit one that it is held against."""
    narrow = [one for one in reading.facts.get("kv_format", ()) if one not in _WIDE]
    return {"kv_format": narrow[0]} if narrow else {}


def sum_alone(reading: Reading) -> bool:
    """Is it asked what several cards count for by a program that is told, and no more?"""
    asked = {"unclear", "multi_gpu_split", "fits"} >= set(reading.intents) and "sum_of_cards" in reading.cues
    return asked and bool({"tp", "engine"} & set(reading.facts)) and not has_subject(reading)


def disk_calls(reading: Reading) -> list[Call]:
    """What a model takes on a disk, or how long its download, where no word is of what holds or runs it: that alone."""
    asked = [one for one in ("disk_asked", "download_time") if one in reading.cues] if has_subject(reading) else []
    cards = {"gpu", "gpu_memory_gb", "n_gpus", "host_memory_gb"} & set(reading.facts)
    formats = len(reading.facts.get("weight_format", ())) > 1
    if not asked or cards or formats or "of_memory_too" in reading.cues or trains(understood(reading)):
        return []
    facts = _of_remarks(reading, [])
    of_model = {name: one for name, one in facts.items() if name in ("model", "params", "config", "weight_format")}
    found = [("remarks", {"about": asked, **told(reading), **of_model})]
    return found if made(asked, Figures(of_model, told(reading)), 1) else []


def memory_compared(reading: Reading) -> bool:
    """Is it asked beside a time what the larger memory of a card changes?"""
    return "memory_version" in reading.cues and trains(understood(reading)) and has_subject(reading)


def symptom_calls(reading: Reading) -> list[Call]:
    """A symptom told of no model, or what a thing is: the general cause or meaning alone, without the need of an example."""
    meant = [cue for cue in reading.cues if cue.startswith("meaning:")]
    if sum(cue.startswith(DIVIDES) for cue in reading.cues) > 1 and "meaning:activations_divided" not in meant:
        meant = []  # what each of several divides is asked, and not what one of them is
    if PROGRAMS_ASKED & set(reading.cues):
        meant = []  # what this program does is nearer to what is asked than what holds of any
    line = {"log_line_at", "log_line_most"} & set(reading.extras)  # what was measured holds before any estimate
    if (
        (has_subject(reading) and not meant and not line)
        or claimed_saving(reading) is not None
        or "encoder" in reading.extras
        or (reading.intent == "units" and told_twice(reading))
        or reading.intent in ("greeting", "help", "injection")
    ):
        return []
    # of a meaning only how it is supposed to be counts, and whether more or less is asked: they turn the verdict
    judged = [cue for cue in reading.cues if cue in (*SUPPOSALS, *DIRECTION_CUES)] if meant else []
    about = [*meant, *judged] or [*reading.intents, *reading.cues]
    facts, beside = facts_of(reading), told(reading)
    facts = {name: value[0] if isinstance(value, list) else value for name, value in facts.items()}
    facts |= _narrow_cache(reading)
    on_one_memory(reading, facts)
    found = made(about, Figures(facts, beside), 1)
    if not found or found[0]["role"] != ELSEWHERE:
        return []
    subjects = [
        one for one in dict.fromkeys(about) if one != "out_of_scope"
    ]  # which a remark that was made shows it is not
    return [("remarks", {"about": subjects or ["unclear"], **beside, **facts})]


def size_calls(reading: Reading) -> list[Call]:
    """A size beyond every model of the tables: what parameters × bytes come to, and nothing that takes shapes."""
    facts = {name: value[0] if isinstance(value, list) else value for name, value in facts_of(reading).items()}
    told: Facts = {
        name: facts[name] for name in ("params", "gpu", "gpu_memory_gb", "n_gpus", "task", "method") if name in facts
    }
    if not stands_alone(Figures(facts)) or len(reading.facts["params"]) > 1:
        return []
    return [("remarks", {"about": ["how_much", "size_alone"], **told})]


def _more_subjects(reading: Reading, calls: list[Call]) -> list[str]:
    facts = dict(calls[0][1]) if calls else {}
    found = ["llama_factory"] if "llama_factory" in reading.topics else []
    if chooses_rows(reading):
        found.append("rows_chosen")
    if isinstance(facts.get("seq_len"), list):
        found.append("two_lengths")
    if "gpu_layers" in reading.asks[:1]:
        found.append("layers_asked")
    if isinstance(facts.get("model"), list) and "params" in reading.facts and "model" not in reading.facts:
        found.append("several_shapes")
    if len(reading.facts.get("model", ())) > 1:
        found.append("comparison")
    one_card = len(reading.facts.get("gpu", ())) < 2
    if "explain_derive" in reading.intents and one_card and len(counts := reading.facts.get("n_gpus", ())) > 1:
        found += [f"{COUNT_TOLD}{n}:{stored}" for stored in reading.facts.get("weight_format", ()) for n in counts]
    if "log_each_from" in reading.extras:
        found.append("each_claimed")
    if sum(len(reading.facts.get(name, ())) for name in ("bits", "weight_format")) > 1:
        found.append("several_formats")
    if len(reading.facts.get("optimizer", ())) > 1:
        found.append("several_optimizers")
    if len(reading.facts.get("lora_rank", ())) > 1:
        found.append("several_ranks")
    methods = reading.facts.get("method", ())
    if len(methods) == 2 and "freeze" in methods:
        found += [f"{BESIDE}{one}" for one in methods if one in ADAPTERS]
    found += frozen_ways(reading)[:1]
    if _EIGHT_BIT & set(reading.facts.get("optimizer", ())):
        found.append("eight_bit_states")
    if "paged-adamw" in reading.facts.get("optimizer", ()):
        found.append("paged_in_full")
    whole = reading.facts.get("method") == ("full",)  # of which what adapters reach is no answer
    solved = bool(calls) and calls[0][0] == "solve_for" and facts.get("quantity") == "params" and not whole
    if tunes_what_is_open(reading) or solved:
        found.append("largest_model")
    return found


def _of_remarks(reading: Reading, calls: list[Call]) -> Facts:
    """The facts of the estimate, or of what is solved for; of several values the first, models apart."""
    found: Facts = next((dict(args) for name, args in calls if name == "estimate_memory"), understood(reading))
    if (common := _of_both_sides(calls)) and not {"weight_format", "bits"} & set(reading.facts):
        found = {name: value for name, value in found.items() if name != "bits"} | {"weight_format": common}
    if isinstance(found.get("n_gpus"), list) and "not_felt" in reading.cues:
        found["n_gpus"] = max(map(int, found["n_gpus"]))  # what more of them did not change
    found = {**(plain_run(found) if _in_a_row(calls) else found), **narrow_cell(reading)}
    if layouts := layouts_of(reading):
        found = {**{name: one for name, one in found.items() if name not in WAYS}, **within_machines(reading, layouts)}
    if told_of := layouts_told(reading):
        found |= told_of[0]
    if isinstance(found.get("method"), list) and "lora" in reading.cues and "long_context" in reading.cues:
        found["method"] = "lora"
    if isinstance(found.get("seq_len"), list) and (failed := length_that_failed(reading)) in found["seq_len"]:
        found["seq_len"] = failed  # of several models with a length each the one that is asked about
    if isinstance(found.get("batch_size"), list) and any(one.startswith("lever_times:") for one in reading.cues):
        found["batch_size"] = min(found["batch_size"])  # of which the other is so many times
    if isinstance(found.get("seq_len"), list):
        times = any(one.startswith("lever_times:") for one in reading.cues)  # of which the other is so many times
        found["seq_len"] = (min if times or "score_formula" in reading.cues else max)(found["seq_len"])
    if isinstance(found.get("lora_targets"), list):
        found["lora_targets"] = found["lora_targets"][-1]  # on the fewest matrices: what that does not hold, none does
    if "replicas" in reading.cues and isinstance(found.get("n_gpus"), int) and found.get("task") != "train":
        # the layouts stand side by side elsewhere
        found = {**{name: value for name, value in found.items() if name not in ("pp", "dp")}, "tp": found["n_gpus"]}
    if "oom_diagnosis" in reading.intents:
        if "cache_instead" in reading.cues:  # what failed had the usual cache
            found.pop("kv_format", None)
        stored = found.get("weight_format")
        if isinstance(stored, list):  # what failed has the most bits; fewer are the way out that is asked about
            said = [one for one in stored if one in reading.facts.get("weight_format", ())]
            found["weight_format"] = max(said or stored, key=_bits)
        if isinstance(found.get("method"), list) and "method" not in reading.facts:
            # the least of those that were not told; over sequence parallel whole models are trained
            found["method"] = found["method"][0 if "cp" in found else -1]
        if (raised := what_was_raised(reading)) and raised not in found:
            found[raised] = list(reading.facts[raised])
        if sides := ran_and_failed(reading):
            found.update({name: value for name, value in sides[1].items() if isinstance(found.get(name), list)})
        for name in ("tp", "pp", "cp"):
            if isinstance(found.get(name), list):  # where the widest failed, the others did as well
                found[name] = max(map(int, found[name]))
        for name in ("batch_size", "lora_rank"):
            # what failed is the larger; more steps are asked about of what then ran
            if isinstance(found.get(name), list):
                found[name] = (min if "lever:accumulation" in reading.cues else max)(found[name])
        batches, steps = reading.facts.get("batch_size", ()), reading.facts.get("grad_accum", ())
        if len(batches) == len(steps) > 1 and found.get("batch_size") in batches:  # "8 x 2 dies, 1 x 16 runs"
            found["grad_accum"] = steps[batches.index(found["batch_size"])]
    if isinstance(found.get("zero_stage"), list):  # what takes less is told of what is asked to be enough
        found["zero_stage"] = max(map(int, found["zero_stage"]))
    methods = found.get("method")
    if isinstance(methods, list) and "full" in methods and _EIGHT_BIT & set(reading.facts.get("optimizer", ())):
        found["method"] = methods = "full"  # what it saves of the adapters is told beside that
    if isinstance(methods, list) and methods[0] not in ADAPTERS and set(methods) & set(ADAPTERS):
        found = {name: value for name, value in found.items() if name != "bits"}  # they are of the adapters' base
    # what failed may be any of the sizes: each gets its figures
    apart = ("model", "params") if "oom_diagnosis" in reading.intents else ("model",)
    return {name: value[0] if isinstance(value, list) and name not in apart else value for name, value in found.items()}


def _in_a_row(calls: list[Call]) -> bool:
    return is_row(next((args["setups"] for name, args in calls if name == "compare"), ()))


def _of_both_sides(calls: list[Call]) -> str:
    """The format of the weights that set-ups side by side have in common; empty where they have none."""
    setups: list[object] = next((args["setups"] for name, args in calls if name == "compare"), [])
    said = {part for text in setups for part in str(text).split("; ") if part.startswith("weight_format=")}
    every = len(said) == 1 and all(next(iter(said)) in str(text) for text in setups)
    return said.pop().partition("=")[2] if every else ""


def _bits(stored: str) -> float:
    try:
        return float(bits_of(stored))
    except BadInput:  # a file of mixed types
        return 0.0
