"""Follow-ups: what a question and the one before it, on which it leans, say together."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from chat.reads.cards.cards_apart import chosen_after, differ_again, side_by_side
from chat.reads.cards.totals import wholes_of
from chat.reads.concepts.vocabularies import vocabulary_again
from chat.reads.follow_ups.another_case import of_a_change, of_another_case, what_it_takes
from chat.reads.follow_ups.back import card_again, of_kind, of_size, with_named
from chat.reads.follow_ups.cards_changed import beside, left_of, swapped, without_ranks
from chat.reads.follow_ups.leaning import EXPLAINS, RECOMMENDS, WHY, asked_for_models, asks_ways, why_of_a_verdict
from chat.reads.follow_ups.nothing_read import NOTHING_READ, nothing_read
from chat.reads.follow_ups.set_against import SET_AGAINST, compared, set_against
from chat.reads.follow_ups.taken_up import TAKEN_UP
from chat.reads.lexicon import compiled
from chat.reads.other_cases.former import of_the_present
from chat.reads.parts import PARTS, part_alone
from chat.reads.reading import Reading
from chat.reads.seen.symptoms import MESSAGES
from chat.reads.speed.speed_asked import paced
from chat.reads.task_words import SERVED
from kb.cards import models_in
from kb.names import gpu_row, names
from kb.recipe import ADAPTERS

Facts = dict[str, tuple[Any, ...]]

# These say how, not what is wanted: a follow-up that says only how still wants what was wanted before.
_CIRCUMSTANCES = frozenset({"zero_offload", "multi_gpu_split", "rl_memory", "moe", "quant_gguf", "comparison"})
# what was said of the machine holds until another is named
_OF_THE_MACHINE = frozenset({"unified_memory", "no_card", "small_device"})
_MACHINE = frozenset({"gpu", "gpu_memory_gb", "n_gpus", "host_memory_gb"})
# a training from nothing is one of another size or on another card, too, until something is tuned or run
_FROM_NOTHING = frozenset({"from_scratch"})
_OTHERWISE_TRAINED = frozenset({"method", "task", "algo", "lora_rank", "engine", "weight_format", "kv_format"})
_TUNED_NOW = r"tun(?:e|es|ed|ing)\b|\bsft\b|\bdpo\b|\brun(?:s|ning)?\b|\bserv(?:e|es|ing)\b|\binferenc\w*|微调|精调|继续训|推理|部署|跑(?!得|不|起)"
# whose share of the card is set; what is told of a server alone
_SERVE_BY_SHARE = frozenset({"vllm", "sglang"})
_SERVED_ONLY = ("kv_format", "gpu_layers", "n_cpu_moe", "gpu_memory_utilization", "max_num_batched_tokens", "n_ubatch")
# a training that generates its answers, with an engine beside it
_GENERATES = frozenset({"grpo", "ppo", "rloo"})
_ROLLOUTS = r"\brollouts?\b|\bgenerat\w+|\bcolocat\w+|\bsame (?:cards?|gpus?)\b|同卡|生成|采样"
_PACES = frozenset({"decoding_rate", "generation_speed", "training_time"})
# what goes with a way of training, and not with the case
_OF_A_WAY = frozenset(
    {"bits", "bpw", "weight_format", "zero_stage", "offload", "precision", "optimizer", "double_quant"}
)
_NOWHERE = ((0, 0),)  # where a fact stands that the words do not name
_OF_A_RUN = 1_000_000  # tokens that no sequence has, and a training has
_OF_A_RUN_TOLD = frozenset({"batch_size", "seq_len", "gpu", "gpu_memory_gb", "n_gpus", "optimizer", "lora_rank"})
_OF_MEMORY = frozenset({"fits", "how_much", "which_method", "oom_diagnosis", "how_many_gpus"})
_IN_THOUGHT = r"\b(?:what|how) (?:if|about)\b|\bif (?:i|we)\b|\bwould\b|\b(?:then|instead)\s*[?.]*$|如果|要是|假如|的话|呢|换|改(?!了)|行(?:吗|不)"
# told of the run that failed
_DONE = r"\balready\b|\b(?:i|we)(?:'ve| have| had| did| am| was| do)?\b[^,.?!]{0,12}\b(?:turned|set|enabled|used|using|tried|lowered|reduced|had|have|running|use)\b|\b(?:it|that) (?:was|is|has)\b|\bstill\b|已经|早就|开了|用了|设了|试了|降了|改了|本来|还是|仍"

# A new value of a fact also retires facts that belonged to the old one.
_RETIRES: dict[str, tuple[str, ...]] = {
    "model": ("params", "vocabulary", "config", "n_cpu_moe", "gpu_layers"),
    "params": ("model", "vocabulary", "config", "n_cpu_moe", "gpu_layers"),
    "method": ("bits", "bpw", "weight_format", "task", "precision"),
    "task": ("method",),
    "bits": ("bpw", "weight_format"),
    "bpw": ("bits", "weight_format"),
    "weight_format": ("bits", "bpw"),
    "gpu": ("gpu_memory_gb", "tensor_split"),
    "layer_split": ("tp", "pp"),
    "zero_stage": ("layer_split",),
}
_WHOLE_FORMATS = frozenset({"fp32", "bf16", "fp16"})
TRAINING_ONLY = (
    "zero_stage", "optimizer", "lora_rank", "lora_targets", "algo", "grad_accum", "gradient_checkpointing", "precision",
    "adapter_dtype", "n_trainable_layers", "loss", "double_quant",
)  # fmt: skip


def _with_whole(reading: Reading, new: Facts) -> Reading:
    """What the cards come to together, asked of them afterwards: no claim of a need, and no card."""
    wholes = wholes_of(reading.facts.get("gpu", ()))
    told = [claim.number for claim in reading.claims if claim.number in wholes]
    told += [float(one) for one in new.get("gpu_memory_gb", ()) if float(one) in wholes]
    if not told:
        return reading
    facts = {name: one for name, one in reading.facts.items() if name != "gpu_memory_gb" or "gpu_memory_gb" not in new}
    claims = tuple(claim for claim in reading.claims if claim.number not in wholes)
    return replace(reading, facts=facts, claims=claims, extras={**reading.extras, "whole_gb": (told[0],)})


def merged(reading: Reading, previous: Reading, text: str) -> Reading:
    """The previous facts with the new ones in their place; the intents are inherited where the new text has none."""
    facts = dict(previous.facts)
    if _chooses_a_way(reading, previous, text):
        reading = replace(reading, intents=("which_method",), asks=("method",))
        facts = {name: one for name, one in facts.items() if name not in _OF_A_WAY}
    new = side_by_side(previous.cues, _with_method_of_before(of_the_present(reading, previous), reading, previous))
    if member := of_size(reading, previous, text):
        del new["params"]
        new |= member
    new |= of_kind(reading, previous, text) | card_again(new, previous, text) | vocabulary_again(reading, previous)
    if rest := left_of(new, previous, text):
        new = {name: one for name, one in new.items() if name not in ("gpu_memory_gb", "n_gpus")} | rest
    elif both := swapped(new, previous, text) or beside(new, previous, text):
        new = {name: one for name, one in new.items() if name != "gpu_memory_gb"} | both
    if reading.unknown_models and "model" not in new:
        facts.pop("model", None)
        facts.pop("params", None)
    if _runs_as_before(reading, previous, text):
        new = {name: one for name, one in new.items() if name not in ("task", "method")}
    if set(previous.facts.get("algo", ())) & _GENERATES and compiled(_ROLLOUTS).search(text):
        new = {name: one for name, one in new.items() if name not in ("task", "method", "engine")}
    unchanged = {name for name in ("task", "method") if _same(name, new, previous)}
    if previous.intent == "kv_cache" and set(new.get("weight_format", ())) & {"fp8", "int8"}:
        new["kv_format"] = new.pop("weight_format")  # asked of a cache, a format is the cache's
    if len(facts.get("tp", ())) > 1 and not {"tp", "pp"} & set(new):  # layouts that were to be chosen from
        facts = {name: values for name, values in facts.items() if name not in ("tp", "pp")}
    facts = _with(facts, new, unchanged)
    _shard(facts, text)
    for asked in reading.asks:
        if asked not in new:
            facts.pop(asked, None)
    if "params" in reading.asks and not {"model", "params"} & set(new):  # any model's, then
        facts.pop("model", None)
    if "gpu" in reading.asks and "gpu_memory_gb" not in new:  # any card's, then
        facts.pop("gpu_memory_gb", None)
    own, intents = _asked(reading, previous, new, facts.get("task") == ("train",), text)
    told = dict(reading.extras)
    if "images" in told and "log_width" in previous.extras and "log_pictures" not in told:
        told["log_pictures"] = (int(told["images"][0]),)
    if "log_size_assumed" in told and "log_width" in previous.extras:  # more of those whose size was told
        told = {name: one for name, one in told.items() if name not in ("log_width", "log_height", "log_size_assumed")}
    if (
        own[:1] == ("training_time",) and max(new.get("seq_len", (0,))) >= _OF_A_RUN
    ):  # what is trained on, and no length
        told["train_tokens"] = facts.pop("seq_len")
        facts |= {"seq_len": previous.facts["seq_len"]} if "seq_len" in previous.facts else {}
    wants = set(own) - _CIRCUMSTANCES
    told_now = {*new, *(["params"] if "model" in new else [])}
    holding = set() if "gpu" in new else set(_OF_THE_MACHINE)
    holding |= _FROM_NOTHING if _still_from_nothing(new, text) else set()
    holding |= MESSAGES if own == ("why_more",) and not new else set()  # why a message says so
    kept = [cue for cue in previous.cues if cue in holding and cue not in reading.cues]
    found = replace(
        reading,
        cues=tuple(
            dict.fromkeys(
                (
                    *(cue for cue in of_a_change(previous, new, reading.cues, text) if cue != "cache_instead"),
                    *kept,
                    *part_alone(text),
                    *(
                        differ_again(previous.cues, facts, intents)
                        if "gpu" in new
                        else chosen_after(text, facts, intents)
                    ),
                    *([PARTS] if why_of_a_verdict(reading, previous, text) else ()),
                    *(["ways_asked"] if asks_ways(reading, text) else ()),
                )
            )
        ),
        facts=facts,
        intents=intents,
        topics=reading.topics or (() if wants else previous.topics),
        asks=reading.asks or (() if wants else tuple(one for one in previous.asks if one not in told_now)),
        extras=_pictures_as_told({**_still_holding(previous, new, text), **told}, previous, told),
        follow_up=True,
        wanted=_wanted(intents, previous, TAKEN_UP in reading.cues),
        pace=paced(previous).kinds,
    )
    found = with_named(_with_whole(found, new), previous)
    cases = set_against(reading, previous, found.facts, new, text)
    if cases:
        return compared(found, cases, found.asks, text)
    alone = replace(reading, cues=tuple(one for one in found.cues if one not in kept))
    nothing = not new and nothing_read(alone, own, text)
    return replace(found, cues=(*found.cues, NOTHING_READ)) if nothing else found


def _still_from_nothing(new: Facts, text: str) -> bool:
    """Does what is asked next leave the way of training as it was?"""
    return not _OTHERWISE_TRAINED & set(new) and not compiled(_TUNED_NOW).search(text.lower())


def _chooses_a_way(reading: Reading, previous: Reading, text: str) -> bool:
    """Is it asked which way of training to take on the cards at hand?"""
    trained = previous.facts.get("task") == ("train",) and {"gpu", "gpu_memory_gb"} & set(previous.facts)
    return bool(trained) and not set(reading.facts) - {"task"} and bool(compiled(RECOMMENDS).search(text))


def _with_method_of_before(new: Facts, reading: Reading, previous: Reading) -> Facts:
    """`use rank 64` names no method: after QLoRA it is QLoRA's."""
    trained_so = bool(set(previous.facts.get("method", ())) & set(ADAPTERS))
    if "lora_rank" not in new or not trained_so or reading.spans.get("method") != _NOWHERE:
        return new
    return {name: values for name, values in new.items() if name != "method"}


# "do any of those run on a 4080?": of a training that was spoken of
_RUNS_IT = (
    r"\b(?:it|that|this|those|these|them|they|which|any|all|both|either|one)\b[^?.;]{0,16}\b(?:runs?|running)\b"
    r"|(?:这些|那些|它们?|哪(?:个|种|些|一个)|这(?:个|种)|都|其中)[^,;?]{0,14}跑"
)


def _runs_as_before(reading: Reading, previous: Reading, text: str) -> bool:
    """Is it a training at hand that is asked whether it runs, and no other use of the model?"""
    trained = previous.facts.get("task") == ("train",) or set(previous.facts.get("method", ())) - {"inference"}
    told = reading.facts.get("task") == ("inference",) and not set(reading.facts) - {*_MACHINE, "task", "method"}
    return bool(trained and told and compiled(_RUNS_IT).search(text)) and not compiled(SERVED).search(text)


def _asked(
    reading: Reading, previous: Reading, new: Facts, trains: bool, text: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the follow-up wants by its own words, and what is wanted then."""
    own = tuple(intent for intent in reading.intents if intent not in ("unclear", "out_of_scope"))
    if "kv_format" in new and previous.intent != "kv_cache":
        own = tuple(intent for intent in own if intent != "kv_cache")  # how the cache is stored, not how large it is
    if why_of_a_verdict(reading, previous, text):  # what takes it up
        return (), ("fits",)
    if asks_ways(reading, text) and not set(new) - {"task", "method"}:
        return (), what_it_takes(previous.facts)
    if set(own) <= {"why_more"} and compiled(WHY).search(text):
        own = ("kv_cache", "explain_derive") if previous.intent == "kv_cache" else ("why_more",)
    if "n_gpus" in reading.asks and "n_gpus" not in new:
        own = tuple(dict.fromkeys(("how_many_gpus", *own)))
    served = previous.facts.get("task") == ("inference",)
    if served and "train" in new.get("task", ()) and not own and previous.intents[0] in _PACES:
        return (), what_it_takes(previous.facts)  # another use, and no pace of it
    if own[:1] == ("decoding_rate",) and trains:  # how long, asked of a training
        own = ("training_time", *own[1:])
    intents = previous.wanted or previous.intents
    if intents[0] == "out_of_scope" and {"model", "params"} & set(new):  # what was meant instead is of this house
        intents = what_it_takes({*previous.facts, *new})
    of_those_found = "each_card" in reading.cues or own[:1] == ("fits",)
    if of_those_found and intents[0] == "how_many_gpus" and "n_gpus" not in {*new, *previous.facts}:
        return (), intents
    if _main(intents) == "oom_diagnosis" and _proposes(new, previous.facts, text):  # and nothing failed with it
        intents = ("fits", *(one for one in intents if one in _CIRCUMSTANCES))
    if own:
        of_before = [one for one in intents if one not in _CIRCUMSTANCES]
        return own, tuple(dict.fromkeys((*of_before, *own))) if set(own) <= _CIRCUMSTANCES else own
    if set(reading.asks) & {"batch_size", "seq_len"}:  # the number is what is asked for now
        return own, ("max_batch_ctx",)
    if not previous.wanted and of_another_case(_main(intents), previous, new):
        return own, what_it_takes({*previous.facts, *new})
    if ("gpu" in reading.asks and "gpu" not in new) or (part_alone(text) and intents[0] not in _OF_MEMORY):
        intents = ("how_much",)
    if intents[0] == "table_lookup" and set(new) & _OF_A_RUN_TOLD:  # the run is told of, and no other cell asked for
        intents = ("how_much", *intents[1:])
    if asked_for_models(previous) and {"model", "params"} & set(new):  # one of those that were asked for
        return own, what_it_takes({*previous.facts, *new})
    if "n_gpus" in new and intents[0] == "how_many_gpus":  # so many: whether they hold it
        return own, ("fits", *intents[1:])
    return own, intents


def _still_holding(previous: Reading, new: Facts, text: str) -> dict[str, tuple[Any, ...]]:
    """What was told beside the facts: a message of a run holds of that run, and not of what is proposed instead."""
    over = ("log_", "oom_") if _proposes(new, previous.facts, text) else ()
    return {name: one for name, one in previous.extras.items() if name != SET_AGAINST and not name.startswith(over)}


def _pictures_as_told(found: dict[str, Any], previous: Reading, told: dict[str, Any]) -> dict[str, Any]:
    """With so many pictures as before where only their size is told now, which was assumed until then."""
    if "log_width" not in told or "log_size_assumed" not in previous.extras or "log_size_assumed" in told:
        return found
    several = {"log_pictures": previous.extras["log_pictures"]} if told.get("log_pictures", (1,)) == (1,) else {}
    return {name: one for name, one in found.items() if name != "log_size_assumed"} | several


def _main(intents: tuple[str, ...]) -> str:
    return next((one for one in intents if one not in _CIRCUMSTANCES), intents[0])


def _proposes(new: Facts, before: Facts, text: str) -> bool:
    """Is a run changed in thought? What is told of it for the first time, or as done, is of the run as it was."""
    changed = any(name in before and before[name] != values for name, values in new.items())
    return bool(new) and (changed or bool(compiled(_IN_THOUGHT).search(text))) and not compiled(_DONE).search(text)


def _wanted(intents: tuple[str, ...], previous: Reading, of_a_figure: bool) -> tuple[str, ...]:
    """What a change of facts returns to, once an explanation was given."""
    if _main(intents) not in EXPLAINS and not of_a_figure:
        return ()
    return previous.wanted or (previous.intents if _main(previous.intents) not in EXPLAINS else ())


def adjusted(facts: Facts, changes: Facts) -> Facts:
    """The facts once some are set by hand, by the rules of a follow-up; an empty value takes one back."""
    new = {name: values for name, values in changes.items() if values}
    if new.get("method") == ("inference",):
        new["task"] = ("inference",)
    return _with({name: values for name, values in facts.items() if name not in changes}, new)


def with_facts(reading: Reading, facts: Facts) -> Reading:
    """The reading with these facts instead of its own; what was asked for and is now given is asked no more."""
    moved = {name for name in facts if facts[name] != reading.facts.get(name)}
    named = bool(moved & {"model", "params"})
    return replace(
        reading,
        facts=facts,
        asks=tuple(name for name in reading.asks if name not in moved),
        unknown_models=() if named else reading.unknown_models,
        unknown_gpus=() if "gpu" in moved else reading.unknown_gpus,
        suggestions={} if named or "gpu" in moved else reading.suggestions,
    )


def _with(facts: Facts, new: Facts, unchanged: Collection[str] = ()) -> Facts:
    """The facts with new ones in their place, and without those that belonged to the old ones."""
    facts, old_method = dict(facts), facts.get("method", ())
    if "gpu" in new and new["gpu"] != facts.get("gpu") and any("+" in str(rig) for rig in facts.get("gpu", ())):
        facts.pop("n_gpus", None)  # counted the cards of that set, one by one
    if "n_gpus" in new:  # a layout over all the cards that there were
        for way in ("tp", "pp"):
            if facts.get(way) == facts.get("n_gpus") and way not in new:
                facts.pop(way, None)
    if "gpu_memory_gb" in new and "gpu" not in new and not _may_have(facts.get("gpu", ()), new["gpu_memory_gb"]):
        facts.pop("gpu", None)
    for name in new:
        same = name == "gpu" and new[name] == facts.get(name)  # the card at hand, said again
        for retired in _RETIRES.get(name, ()) if name not in unchanged and not same else ():
            if retired not in new:
                facts.pop(retired, None)
    # how the weights are kept goes with how they are trained
    if "precision" in new and "weight_format" not in new and set(facts.get("weight_format", ())) <= _WHOLE_FORMATS:
        facts.pop("weight_format", None)
    elif "precision" not in new and set(new.get("weight_format", ())) & _WHOLE_FORMATS:
        facts.pop("precision", None)
    if {"model", "params"} & set(new) and "offload" not in new and facts.get("offload") == ("experts",):
        facts.pop("offload")  # another model need have none
    if new.get("task") == ("inference",):
        for name in TRAINING_ONLY:
            facts.pop(name, None)
    elif "train" in new.get("task", ()):
        for name in _served_alone(facts):
            facts.pop(name, None)
    if set(new.get("method", ())) & set(ADAPTERS) and not set(old_method) & set(ADAPTERS):
        facts.pop("offload", None)  # adapters are what is taken instead of it
    if not set(new.get("engine", _SERVE_BY_SHARE)) & _SERVE_BY_SHARE:  # the share is the server's
        facts.pop("gpu_memory_utilization", None)
    facts = without_ranks(facts, new.get("engine", ()))
    facts.update(new)
    if facts.get("n_gpus") == (1,) and "n_gpus" in new and "zero_stage" not in new and "offload" not in facts:
        facts.pop("zero_stage", None)  # one card divides nothing
    if facts.get("zero_stage") in ((1,), (2,)) and facts.get("offload") == ("params",):
        facts["offload"] = ("optimizer",)  # the weights stay whole on the card there
    if "method" not in new and old_method and "task" not in new:
        facts["method"] = _method_for_bits(old_method, new)
    if "method" in new and "task" not in new:
        facts["task"] = ("inference",) if new["method"] == ("inference",) else ("train",)
    return facts


def _served_alone(facts: Facts) -> list[str]:
    """The facts of a model that is served that no training of it has."""
    stored = any(str(one).startswith("gguf") for one in facts.get("weight_format", ()))
    by = facts.get("engine", ())
    server = bool(set(by) & {*_SERVE_BY_SHARE, "llama.cpp"})
    return [*_SERVED_ONLY, *(["weight_format"] if stored else []), *(["engine"] if server else [])]


def _may_have(cards: tuple[Any, ...], sizes: tuple[Any, ...]) -> bool:
    """Is one of these cards sold with one of these sizes, in GB? "One of 80 GB" after a 3090 is another card."""
    rows = [gpu_row(name) for text in cards for one in models_in(str(text)) for name in names().find_gpus(one)]
    sold = {round(float(row["memory_marketed_gb"])) for row in rows}
    return not sold or bool(sold & {round(float(size)) for size in sizes})


def _same(name: str, new: dict[str, tuple[Any, ...]], previous: Reading) -> bool:
    """Does the follow-up say of task or method what held before?"""
    if name == "task":
        trained = any(method != "inference" for method in previous.facts.get("method", ()))
        before = previous.facts.get("task") or (("train",) if trained else ("inference",))
        return new.get("task") == before
    return new.get("method") == (previous.facts.get("method") or ("inference",))


def _method_for_bits(method: tuple[Any, ...], new: dict[str, tuple[Any, ...]]) -> tuple[Any, ...]:
    """LoRA on fewer bits is QLoRA, QLoRA on 16 bits is LoRA."""
    bits = new.get("bits", ())
    if not bits:
        return method
    if all(b <= 8 for b in bits):
        return tuple("qlora" if m == "lora" else m for m in method)
    return tuple("lora" if m == "qlora" else m for m in method) if all(b >= 16 for b in bits) else method


def _shard(facts: dict[str, tuple[Any, ...]], text: str) -> None:
    """To shard is ZeRO-3 when training and a split over the cards otherwise."""
    if any(name in facts for name in ("tp", "pp", "layer_split")):
        return
    if not compiled(r"\bshard(?:ed|ing|s)?\b|切分|切片|分片|拆分").search(text):
        return
    if facts.get("task") == ("train",) or any(m != "inference" for m in facts.get("method", ())):
        facts["zero_stage"] = (3,)
    else:
        facts["layer_split"] = (True,)
