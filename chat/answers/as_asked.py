"""An estimate cut to what was asked: what nobody asked for and what is said elsewhere is left out before it is worded."""

from typing import Any

from chat.answers.background import asks_why
from chat.answers.case_tables import Result, cases_of
from chat.answers.published import asked_published
from chat.answers.table_words import concludes
from chat.answers.unequal_words import asks_sum
from chat.answers.unread import left_out
from chat.answers.verdicts import able, asks_whether, claims_ability, claims_of_need, concludes_not, denies
from chat.figures.kept_ways import allowed
from chat.plans.by_layers import by_layers
from chat.reads.facts import MACHINES_ASKED
from chat.reads.follow_ups.nothing_read import NOTHING_READ
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.sufficient import NEEDED
from kb.interval import FITS
from kb.recipe import ADAPTERS

# the memory of the machine, beside that of its cards
_HOST = r"\bram\b|\b(?:host|system|cpu|main)[ -]?(?:memory|ram|mem)\b|内存|主机"
_ON_THE_HOST = ("host_load", "host_save")
_STORED = {"bits", "weight_format"}
# intents that ask about other formats than the one that is named
_OTHER_BITS = {"which_method", "comparison", "how_much"}
# those whose answer weighs one format against the next
_WEIGHED = {"fits", "moe", "quant_gguf", "how_many_gpus", "multi_gpu_split", "injection", *_OTHER_BITS}
_OTHER_METHODS = {"which_method", "comparison", "method_diff", "table_lookup", "explain_derive"}
# to one card more of them than a machine holds are no remedy beside others
_MOST_TO_ONE = 8
# of methods that nobody named, so many remedies: the method that fits is the first of them
_FEW = 3

# whether it fits with something to spare
_MARGIN = (
    r"\b(?:with|a|any|enough|some|much) (?:\w+ )?(?:margin|headroom|slack|buffer|breathing room)\b|\b(?:safe|safely|comfortabl[ey]|reliably|easily)\b"
    r"|稳妥|稳吗|稳不稳|稳定|余量|富余|宽裕|绰绰有余|保险吗|安全吗"
)


def as_asked(result: Result, reading: Reading) -> Result:
    """The result with the remedies, host figures and limits that belong to this question."""
    remedies = _remedies(result, reading)
    kept = allowed(remedies, frozenset(reading.cues))
    # what the asker rules out is no remedy, and yet the nearest way, where that is a quantised base of adapters or nothing else does
    tuned = (result.get("facts") or {}).get("method", {}).get("value") in ADAPTERS
    dropped = [one for one in remedies if one not in kept and (not kept or (tuned and "method" in one["facts"]))]
    told = {
        **result,
        **asked_published(result, reading),
        "changes": kept,
        "likely": allowed(result.get("likely") or [], frozenset(reading.cues)),
        "mended_too": [
            {**one, "changes": allowed(one["changes"], frozenset(reading.cues))}
            for one in result.get("mended_too") or []
        ],
        "ruled_out": min(dropped, key=lambda one: float(one["gib"]), default=None)
        if kept
        else next(iter(dropped), None),
        "ladder": _rungs(result, reading),
        "as_trained": (result.get("as_trained") or []) if _leaves_the_use_open(reading) else [],
        "said": tuple(reading.facts),
        "machines_asked": compiled(MACHINES_ASKED).search(reading.lowered) is not None,
        "ram_asked": "ram_asked" in reading.cues and "merge_asked" not in reading.cues,
    }
    if reading.intent == "table_lookup":  # its rows were told first
        told["tables"] = []
    one_task = len(set(reading.facts.get("task", ()))) < 2
    doubted = "setting_doubted" in reading.cues and "fits" in reading.intents[:1]
    concluded = "table_lookup" in reading.intents[:2] and concludes(reading)
    denied = concludes_not(reading.lowered)
    asked = (
        doubted
        or concluded
        or denied
        or ("fits" in reading.intents[:1] and asks_whether(reading.lowered))
        or ("confirms" in reading.cues and "fits" in reading.intents)
        or claims_ability(reading)
    )
    # does it save so much, not: does it fit
    halves = "saving_asked" in reading.cues and ("optimizer" in reading.facts or "accumulation" in reading.cues)
    if asked and one_task and not halves and not _of_a_claim(reading):
        # what was not understood of the question may turn a plain yes or no
        uneven = "heads_do_not_divide" in by_layers(reading).cues  # which has its own yes or no
        told["doubted_setting"] = doubted
        told["with_margin"] = compiled(_MARGIN).search(reading.lowered) is not None
        told["denied"] = denied or (claims_ability(reading) and denies(reading.lowered))
        told["whether"] = (
            "log_target" not in reading.extras
            and not asks_sum(reading)
            and not reading.unknown_models
            and not left_out(reading)
            and not compiled(NEEDED).search(reading.lowered)  # yes, it is needed?
            and not uneven
            and ("use_doubted" not in reading.cues or able(reading))  # worth it, not: does it fit
            # of what goes beside it a yes or no would be understood
            and not {
                "one_or_several",
                "draws",
                "another_service",
                "pool_grows",
                "quality_only",
                "draft_asked",
                NOTHING_READ,
            }
            & set(reading.cues)
        )
    if not side_by_side(result, reading):
        told["together"] = []
    if "seq_len" in reading.asks[:1]:
        told["solved_for"] = "seq_len"
    if not (
        compiled(_HOST).search(reading.lowered)
        or {"host_memory_gb", "offload"} & set(reading.facts)
        or "loading" in reading.cues
    ):
        told["answers"] = [one for one in result.get("answers") or [] if one["quantity"] not in _ON_THE_HOST]
    return told


def _rungs(result: Result, reading: Reading) -> list[dict[str, Any]]:
    """The other formats or methods; adapters are none of a training of all weights that fits, or that starts from nothing."""
    rungs: list[dict[str, Any]] = result.get("ladder") or []
    fits = result.get("verdict") == "yes"
    whole = fits and "full" in reading.facts.get("method", ())
    serves = (result.get("facts") or {}).get("task", {}).get("value") == "inference"
    if serves and (asks_why(reading) or not _WEIGHED & set(reading.intents)) and result.get("verdict") in (None, "yes"):
        return []  # why it takes so much or how much goes in, and not what takes less
    if result.get("judged"):
        return []  # of several that were named it was said which
    if (result.get("into_host") or result.get("hybrid")) and not serves:
        return []  # it fits as it is, with the memory that was told
    if "n_gpus" in reading.asks and reading.intent == "how_many_gpus":
        return []  # with how few cards it goes by other methods is told with the count
    rungs = _beside_a_named_method(rungs, result, reading)
    named = "weight_format" in reading.facts or "bits" in reading.facts
    if serves and named and result.get("verdict") == "no" and not _OTHER_BITS & set(reading.intents):
        rungs = [
            one for one in rungs if one["gib"] < result["memory"]["best_gib"]
        ]  # what takes still more is no way out
    cues = frozenset(reading.cues) - {"notebook"} | ({"no_adapters"} if whole else set())
    if asks_why(reading) and result.get("memory"):  # what takes still more is no way out
        rungs = [one for one in rungs if one["gib"] < result["memory"]["best_gib"]]
    return allowed(rungs, cues)


def _beside_a_named_method(rungs: list[dict[str, Any]], result: Result, reading: Reading) -> list[dict[str, Any]]:
    """Of a training whose method was named the others beside one that fits, of a quantised base those with adapters; else
    those that its card holds, or that take less."""
    named = "method" in reading.facts and result.get("verdict") is not None
    if not named or not rungs or "method" not in rungs[0]["facts"] or _OTHER_METHODS & set(reading.intents):
        return rungs
    on_card = any(one["on_card"] for one in rungs)
    if result["verdict"] == "yes" and not on_card:
        narrow = reading.facts["method"] == ("qlora",)
        return [one for one in rungs if not (narrow and one["facts"]["method"] == "full")]
    if on_card:
        return [one for one in rungs if any(there["leaning"] in FITS for there in one["verdicts"])]
    return [one for one in rungs if one["gib"] < result["memory"]["best_gib"]]


# what a question that leaves open what is done with a model tells
_OF_ANY_USE = {"model", "params", "gpu", "gpu_memory_gb", "n_gpus", "weight_format"}


def _leaves_the_use_open(reading: Reading) -> bool:
    """Is memory asked for, and not said what for?"""
    asked = {"fits", "how_much", "how_many_gpus"} & set(reading.intents[:1])
    return bool(asked) and "use_named" not in reading.cues and set(reading.facts) <= _OF_ANY_USE


def _of_a_claim(reading: Reading) -> bool:
    """Is it asked whether what is stated is true? The yes or no of that is no verdict on a card."""
    return "claim_checked" in reading.cues and any(
        claim.unit.lower() in _OF_MEMORY for claim in claims_of_need(reading)
    )


_OF_MEMORY = ("gb", "g", "gib", "tb", "tib")


def side_by_side(result: Result, reading: Reading) -> bool:
    """Whether the models are to share a card at the same time, and it is not users that are meant by that."""
    serves = (result.get("facts") or {}).get("task", {}).get("value") == "inference"
    users = "served_users" in reading.cues or "batch_size" in reading.facts
    beside = {"at_the_same_time", "several_servers"} & set(reading.cues)
    return serves and not users and bool(beside) and "comparison" not in reading.intents


def _remedies(result: Result, reading: Reading) -> list[dict[str, Any]]:
    changes: list[dict[str, Any]] = result.get("changes") or []
    if result.get("picked"):
        return []  # what would make another fit
    if result.get("judged") and any(case["verdict"] == "yes" for case in cases_of(result)):
        changes = [
            change for change in changes if change["price"] != "cards"
        ]  # another of those that were named holds it
    there = int(((result.get("facts") or {}).get("n_gpus") or {}).get("value") or 1)
    few = [one for one in changes if there > 1 or int(one["facts"].get("n_gpus") or 1) <= _MOST_TO_ONE]
    changes = few or changes
    if "unified_memory" in reading.cues:  # host memory is the same memory, and no card can be added to it
        changes = [change for change in changes if change["price"] not in ("host memory", "cards")]
    if "seq_len" in reading.asks[:1]:  # that is the answer already
        changes = [change for change in changes if set(change["facts"]) != {"seq_len"}]
    short = result.get("mended") or {}
    apart = [
        {name for name, given in case["facts"].items() if given != short.get(name)}
        for case in cases_of(result)
        if case["verdict"] == "yes" and short
    ]
    # where something that was not said sets a case that fits apart, that is the remedy; and so are fewer bits of what is served
    open_ones = [names for names in apart if not names & set(reading.facts)]
    serves = (result.get("facts") or {}).get("task", {}).get("value") == "inference"
    if serves and any(names and names <= _STORED for names in apart):
        return []
    if not open_ones:
        return changes
    return changes[:_FEW] if any(names & {"method"} for names in open_ones) and len(open_ones) == len(apart) else []
