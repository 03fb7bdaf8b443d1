"""What an asker tells beside the facts, as the tool `remarks` takes it."""

from typing import Any

from chat.figures.sums.accounts import parts_in
from chat.plans.chained_sums import chained
from chat.plans.changed import SUPERVISED, changes_told
from chat.plans.claimed_savings import claimed_of, claimed_saving
from chat.plans.counts_told import counts_that_grow, others_count
from chat.plans.of_all_heads import of_all_heads
from chat.plans.one_memory import stays_there
from chat.plans.order_reversed import order_reversed
from chat.plans.over_machines import stages_over
from chat.plans.products import adapters_said, logits_told, targets_told, without_sums
from chat.plans.said_sums import sums_said
from chat.plans.scale_told import scale_told
from chat.plans.states_saved import states_saved
from chat.plans.told import (
    GIGA,
    binary,
    bytes_named,
    claims,
    files_told,
    memory_claims,
    memory_told,
    observed,
    of_weights,
    on_monitor,
    ranges,
    rest_claimed,
    rises,
    seen_as_it_ran,
    short,
    small_claims,
    sums,
    without_parts,
)
from chat.plans.tuning_told import tuning_took
from chat.reads.caches.left_over import left_over
from chat.reads.cards.counts_raised import COUNTS_RAISED
from chat.reads.cards.totals import sums_asked
from chat.reads.concepts.times_seen import times_seen
from chat.reads.formats.widths_claimed import STATED, WIDTH
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.parts import PARTS
from chat.reads.reading import Reading
from chat.reads.seen.engines_apart import RUNS_ELSEWHERE
from chat.reads.seen.spilled import percent_on_cpu
from chat.reads.sums.claims import RANGE_CLAIM
from chat.reads.sums.machines_had import HAD
from chat.reads.sums.rules_quoted import weights_rule
from chat.reads.sums.state_terms import ASKED, TERMS
from chat.reads.sums.times_inference import times_said
from kb.names import names
from kb.recipe import called_bits, formats_by_bits
from kb.standin import stands_for

# KB: more are those of adapters' files, and no cache's
_OF_FILES = 1e3
# models of which each has a server on one card
_SERVED_TOGETHER = 3
_BESIDE = frozenset({"several_servers", "at_the_same_time", "another_service", "less_than_share"})
_FILE = "gguf:"
# weights of one scale
_GROUPED = r"(?:group(?:[ _-]?size)?|分组)\s?(?:of|is|=|:|是|为)?\s?(?P<n>\d{2,3})(?!\d)|(?<![a-z0-9])g(?P<g>32|64|128)(?![\da-z])"
# what readers note, by the name that remarks know it by: every value of it, the first, or the largest
_EVERY = {TERMS: "state_term", ASKED: "state_asked", HAD: HAD, COUNTS_RAISED: COUNTS_RAISED}
_FIRST = {"critic_params": "critic_params", "reward_params": "reward_params", "checkpoints_kept": "checkpoints_kept", "group_was": "group_was", "group_is": "group_is", "group_asked": "group_asked", "cache_blamed": "cache_blamed", "rate_gb": "rate_gb"}  # fmt: skip
_LARGEST = {"log_prob_batch": "log_prob_batch", "num_generations": "generations"}


def told(reading: Reading) -> dict[str, Any]:
    """All of it, without what is not told, and without what only follows from a product that is judged."""
    checkpoint = ["claimed_checkpoint 1"] if _of_a_checkpoint(reading) else []  # before its sums are left out
    reading = without_sums(reading)
    of_a_log = "log_available" in reading.extras
    parts = [] if of_a_log else parts_in(reading.text, sums(reading))  # a log's are nobody's account
    log = [*_log(reading, parts), *checkpoint]
    found = {**_amounts(reading, parts), **_named(reading), "parts": parts, "log": log}
    return {name: value for name, value in found.items() if value}


def _amounts(reading: Reading, parts: list[str]) -> dict[str, Any]:
    """What is claimed, seen and lacking, by its unit."""
    extras = reading.extras
    found: dict[str, Any] = {
        "claims_gb": _of_no_cache(claims(reading), parts),
        "claims_gib": binary(reading),
        "monitor_gib": on_monitor(reading),
        "bare_gb": [*(claim.number for claim in reading.claims if not claim.unit), *of_weights(reading)],
        "claims_kb": small_claims(reading),
        "observed_gb": observed(reading),
        "ranges": ranges(reading),
        "short_gb": short(reading),
        "kv_heads": next(iter(extras.get("kv_heads", ())), None),
        "added_vocabulary": next(iter(extras.get("added_vocabulary", ())), None),
    }
    if "oom_tried" in extras:
        found["oom_gib"] = [extras[name][0] for name in ("oom_tried", "oom_idle") if name in extras]
    ran = seen_as_it_ran(reading)  # and not as it failed
    for name in ("claims_gb", "observed_gb"):
        found[name] = [one for one in found[name] if one not in ran]
    if {"normal_asked", PARTS} & set(reading.cues) and (tensors := extras.get("log_tensors")):
        # of two programs' figures the one of the tensors is what an estimate of them is held against
        alone = [] if found["observed_gb"] or PARTS not in reading.cues else [tensors[0]]
        of_tensors = [one for one in found["observed_gb"] if one == tensors[0]]
        found["observed_gb"] = of_tensors or found["observed_gb"] or alone
    if "log_adapters" in extras:
        found["claims_kb"] = [one for one in found["claims_kb"] if one < _OF_FILES]
    return found


# a format whose weights are in fewer bits than 16, behind a size
_NARROW = r"^[ -]?(?:instruct[ -])?(?:awq|gptq|fp8|int[48]|nf4|[48][ -]?bit|量化)"


def two_formats(reading: Reading) -> list[str]:
    """The formats that servers of one model have; one that is named without any beside one that has is in 16 bit."""
    stored = [str(one) for one in reading.facts.get("weight_format", ())]
    if len(stored) != 1 or len(reading.facts.get("params", ())) != 1:
        return stored if len(stored) == 2 else []
    size = f"{float(reading.facts['params'][0]) / 1e9:g}b"
    said = [found.end() for found in compiled(rf"(?<![\d.]){size}(?![a-z])").finditer(reading.lowered)]
    bare = [end for end in said if not compiled(_NARROW).match(reading.lowered[end : end + 24])]
    return ["bf16", *stored] if len(said) == 2 and len(bare) == 1 else []


def _named(reading: Reading) -> dict[str, Any]:
    """Cards, sizes, models, settings and programs that a question names several of, or of another machine."""
    facts, others = reading.facts, reading.others
    found: dict[str, Any] = {}
    if len(facts.get("gpu", ())) > 1:
        machines = reading.extras.get("rigs", ()) if "card_for_more" in reading.cues else ()
        found["gpus"] = [str(one) for one in machines or facts["gpu"]]
    found["former_models"] = _former_models(reading)
    sizes = [f"{float(size) / 1e9:g}B" for size in facts.get("params", ())]
    each = [*(str(one) for one in facts.get("model", ())), *sizes]
    if 1 < len(each) <= _SERVED_TOGETHER and _BESIDE & set(reading.cues):
        found["served_models"] = each
    elif len(each) == 1 and "several_servers" in reading.cues and (stored := two_formats(reading)):
        found["served_models"] = [f"{each[0]} in {one}" for one in stored]
    if cards := others.get("gpu"):
        found["others_cards"] = [f"{others_count(reading, str(cards[0]))} × {cards[0]}"]
    if len(sizes) > 1:
        found["sizes"] = sizes
    found["settings"] = [str(one) for one in reading.extras.get("settings_compared", ())]
    found["programs"] = [str(tool) for tool in reading.extras.get("tools", ())]
    return found


# a number that is left out as a former one's: from so many on parameters, and no tokens
_PARAMETERS = 1e8


def _former_models(reading: Reading) -> list[str]:
    """The models that were run before, where the present one is served at a length that is told; a size by what stands for it."""
    if "seq_len" not in reading.facts or reading.facts.get("task") != ("inference",):
        return []
    former = reading.extras.get("former", ())
    named = [one for one in former if isinstance(one, str) and one.lower() in names().by_spelling]
    sizes = [stands_for(one) for one in former if not isinstance(one, str) and one >= _PARAMETERS]
    return [one for one in (*named, *sizes) if one not in reading.facts.get("model", ())]


def _log(reading: Reading, parts: list[str]) -> list[str]:
    """All else that is told, each as a name and a value: `batch 8`."""
    return [
        *_printed(reading),
        *_copies(reading),
        *_range_told(reading),
        *_of_others(reading, parts),
        *_several(reading),
        *_of_formats(reading),
        *logits_told(reading),
        *adapters_said(reading),
        *targets_told(reading),
        *scale_told(reading),
        *(f"file_gb {one:g}" for one in files_told(reading)),
        *([f"on_cpu {spilt:g}"] if (spilt := percent_on_cpu(normalise(reading.text).text)) else []),
        *(["rest_claimed 1"] if rest_claimed(reading) else []),
        *(f"sum_of_cards {one:g}" for one in sums_asked(normalise(reading.text).text)),
        *(f"bytes_each {one}" for one in bytes_named(reading)),
        *sums_said(reading),
        *chained(reading),
        *_of_changes(reading),
        *left_over(reading.text, reading.claims, memory_claims(reading)),
        *times_said(reading.lowered),
        *([f"times_params {times:g}"] if (times := weights_rule(normalise(reading.text).text)) else []),
        *_of_machines(reading),
        *(f"share_told {one:g}" for one in reading.facts.get("gpu_memory_utilization", ())),
        *_noted(reading),
        *(f"engine_told {name}" for name in reading.facts.get("engine", ())),
        *(f"answers {count:g}" for count in _answers_of_a_step(reading)),
        *(f"{RUNS_ELSEWHERE} {name}" for name in reading.extras.get(RUNS_ELSEWHERE, ())),
    ]


def _printed(reading: Reading) -> list[str]:
    """What a program has printed, and the figures of a stage."""
    of_logs = [f"{name[4:]} {given[0]:g}" for name, given in reading.extras.items() if name.startswith("log_")]
    of_stages = [f"{name} {given[0]:g}" for name, given in reading.extras.items() if name.startswith("stage_")]
    ranks = {float(one) for one in reading.extras.get("log_adapter_rank", ())}
    apart = "log_adapters" in reading.extras and len(ranks) > 1
    return [*of_logs, *of_stages, *([f"adapter_files_rank {min(ranks):g}"] if apart else [])]


def _of_others(reading: Reading, parts: list[str]) -> list[str]:
    """What somebody else counts or has, and whether it is doubted."""
    return [
        *(["doubted 1"] if "doubts" in reading.cues else []),
        *(_other_totals(reading) if parts else []),
        *of_all_heads(reading),
        *order_reversed(reading),
        *(f"elsewhere {float(size) / 1e9:g}" for size in reading.others.get("params", ())[:1]),
        *(f"others_length {length}" for length in reading.others.get("seq_len", ())[:1]),
    ]


def _of_a_checkpoint(reading: Reading) -> bool:
    """Of several formats, files of mixed types among them: is the one named last before what is claimed no such file?"""
    formats = [str(one) for one in reading.facts.get("weight_format", ())]
    places = [*(one.span[0] for one in reading.claims), *(one.span[0] for one in reading.equations)]
    if not places or len({one.startswith(_FILE) for one in formats}) < 2:
        return False
    before = reading.text.lower()[: max(places)]
    last = max(formats, key=lambda one: before.rfind(one.removeprefix(_FILE).partition("-")[0].lower()))
    return not last.startswith(_FILE)


# supervised tuning that is set against another objective, and not only told to be done
_BESIDE_TUNING = rf"^(?=[\s\S]*(?:{SUPERVISED}))[\s\S]*(?:\bthan\b|\bvs\b|\bversus\b|\bcompar\w+|\bdiffer\w*|\bmore\b|\bwhy\b|\bdoubl\w*|\btwice\b|\b(?:beyond|on top of|extra|additional)\b|\b\d+(?:\.\d+)? ?(?:x|times)\b|比|倍|差(?:多少|别|异)|区别|多(?:多少|占|出)|额外|为什么|为啥)"


def _several(reading: Reading) -> list[str]:
    """Facts of which several values are told, each of them."""
    facts = reading.facts
    lengths, batches = sorted(facts.get("seq_len", ())), sorted(facts.get("batch_size", ()))
    stages, counts, objectives = (facts.get(name, ()) for name in ("zero_stage", "n_gpus", "algo"))
    found = [f"length {length}" for length in lengths] if len(lengths) > 1 else []
    found += [f"batch {batch}" for batch in batches] if len(batches) > 1 else []
    found += counts_that_grow(reading)
    if len(stages) > 1 and len(counts) > 1:
        found += [*(f"zero_asked {one}" for one in stages), *(f"count_asked {one}" for one in counts)]
    if {"ppo", "grpo"} <= set(objectives) or "critic_asked" in reading.cues:
        found.append("critic_compared 1")
    found += [f"offload_told {moved}"] if (moved := stays_there(reading)) else []
    found += [f"stages_over {over}"] if (over := stages_over(reading)) else []
    found += [f"objective {one}" for one in objectives] if len(objectives) > 1 else []
    if "dpo" in objectives and compiled(_BESIDE_TUNING).search(reading.lowered):
        times = times_seen(reading.lowered)
        found += ["beside_tuning", *([f"times_seen {times:g}"] if times else [])]
    return [*found, *(f"other_model {name}" for name in facts.get("model", ())[1:])]


def _of_formats(reading: Reading) -> list[str]:
    """Formats that stand beside each other, their groups and their bits."""
    formats = reading.facts.get("weight_format", ())
    found = [f"format {name}" for name in formats] if len(formats) > 1 else []
    if grouped := compiled(_GROUPED).search(reading.lowered) if formats else None:
        found.append(f"group {grouped['n'] or grouped['g']}")
    if "int4" in map(str, reading.facts.get("weight_format", ())):
        found.append("int4_named 1")
    return [*found, *(f"bits_named {one:g}" for one in sorted(_bits_named(reading)))]


def _of_changes(reading: Reading) -> list[str]:
    """What was seen before and after a change, what a rise came to, and what somebody claims that it saves."""
    found = changes_told(reading)
    if claim := claimed_saving(reading):
        found += [f"less_claimed {claim.number:g}", f"claimed_of {claimed_of(reading, claim)}"]
    if ran := seen_as_it_ran(reading):
        found.append(f"ran_seen {ran[0]:g}")
    if saved := states_saved(reading):
        found.append(f"states_saved {saved:g}")
    if took := tuning_took(reading):
        found.append(f"tuning_took {took:g}")
    return [*found, *(f"rise_gb {claim.number:g}" for claim in memory_claims(reading) if rises(reading, claim))]


def _of_machines(reading: Reading) -> list[str]:
    """What goes between machines, and whether kinds of cards, each with its own count, are machines and no cards of one."""
    machines, counts = int(reading.extras.get("nodes", (1,))[0]), reading.facts.get("n_gpus", ())
    rates = reading.extras.get("network_gbit", ())[:1] if machines > 1 else ()
    each = [int(one) // machines for one in counts[:1] if machines > 1 and int(one) % machines == 0]
    inside = [f"in_machine {one}" for one in each if one > 1]
    return [*(f"gbit {rate:g}" for rate in rates), *inside, *(["machines_apart 1"] if "rigs" in reading.extras else [])]


def _noted(reading: Reading) -> list[str]:
    extras = reading.extras
    return [
        *(f"{name} {one:g}" for noted, name in _EVERY.items() for one in extras.get(noted, ())),
        *(f"{name} {one:g}" for noted, name in _FIRST.items() for one in extras.get(noted, ())[:1]),
        *(f"{name} {one:g}" for noted, name in _LARGEST.items() for one in sorted(extras.get(noted, ()))[-1:]),
        *(f"{name} {one}" for name in (WIDTH, STATED) for one in extras.get(name, ())),
        *(f"active_said {float(one) / 1e9:g}" for one in extras.get("active_params", ())[:1]),
    ]


def _of_no_cache(amounts: list[float], parts: list[str]) -> list[float]:
    """The amounts without what an account of parts tells of the cache, which no other sum comes to."""
    kept = {float(number) for term, number in (one.split(" ") for one in parts) if term == "kv_cache"}
    others = {float(number) for term, number in (one.split(" ") for one in parts) if term != "kv_cache"}
    return [one for one in amounts if one not in kept - others]


def _other_totals(reading: Reading) -> list[str]:
    """The numbers that somebody else is told to come to, where it is asked who is right, as `other_total 126`."""
    if "who_is_right" not in reading.cues:
        return []
    bare = [one.text for one in reading.not_understood if compiled(r"\d{2,4}(?:\.\d+)?").fullmatch(one.text)]
    return [f"other_total {number:g}" for number in (*memory_told(reading), *map(float, bare))]


def _bits_named(reading: Reading) -> set[float]:
    """The whole bits of the formats that a question names; a file of mixed types has no such number."""
    plain = (str(kind) for kind in reading.facts.get("weight_format", ()) if not str(kind).startswith("gguf"))
    found = {*map(float, reading.facts.get("bits", ())), *map(float, map(called_bits, plain))}
    return found & set(map(float, formats_by_bits()))


_OF_COPIES = r"(?P<n>[2-9]) ?[*x] ?(?P<each>\d+(?:\.\d+)?) ?(?:gib|gb|g)?|(?P<each_>\d+(?:\.\d+)?) ?(?:gib|gb|g)? ?[*x] ?(?P<n_>[2-9])"


def _copies(reading: Reading) -> list[str]:
    """A few times one amount, as `copies 4`, `copy 6.4`, `copies_in_all 26`."""
    of_bytes = any(line.startswith("sum_each ") for line in sums_said(reading))  # a size by the bytes of each parameter
    for left, right in sums(without_parts(reading)):
        found = compiled(_OF_COPIES).fullmatch(left.strip())
        if found and not (of_bytes and "g" not in left):
            count, each = found["n"] or found["n_"], found["each"] or found["each_"]
            return [f"copies {count}", f"copy {each}", f"copies_in_all {right}"]
    return []


def _range_told(reading: Reading) -> list[str]:
    """The one range of GB that is told of no method of tuning, as `range_low 85`, `range_high 100`."""
    told = [found for found in compiled(RANGE_CLAIM).finditer(normalise(reading.text).text) if found["u"] in GIGA]
    if len(told) != 1 or ranges(reading) or float(told[0]["n"]) >= float(told[0]["m"]):
        return []
    return [f"range_low {told[0]['n']}", f"range_high {told[0]['m']}"]


def _answers_of_a_step(reading: Reading) -> list[float]:
    """All the answers that are generated before an update, where they are counted, by prompts and answers to each."""
    each, prompts = (reading.extras.get(name, ()) for name in ("num_generations", "requests"))
    whole = reading.extras.get("rollouts", ())
    return [float(whole[0])] if whole else [float(prompts[0]) * float(each[0])] if prompts and each else []
