"""Follow-ups: what a question and the one before it, on which it leans, say together."""

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from chat.reads.cards_apart import chosen_after
from chat.reads.former import of_the_present
from chat.reads.leaning import EXPLAINS, WHY, WHY_NOT, asks_ways
from chat.reads.lexicon import compiled
from chat.reads.parts import PARTS, part_alone
from chat.reads.reading import Reading
from chat.reads.speed_asked import paced
from chat.reads.totals import wholes_of
from kb.cards import models_in
from kb.name_parts import cut, tokens
from kb.names import gpu_rows, names
from kb.recipe import ADAPTERS

Facts = dict[str, tuple[Any, ...]]

# These say how, not what is wanted: a follow-up that says only how still wants what was wanted before.
_CIRCUMSTANCES = frozenset({"zero_offload", "multi_gpu_split", "rl_memory", "moe", "quant_gguf", "comparison"})
# what was said of the machine holds until another is named
_OF_THE_MACHINE = frozenset({"unified_memory", "no_card", "small_device"})
_NOWHERE = ((0, 0),)  # where a fact stands that the words do not name
_OF_A_RUN = 1_000_000  # tokens that no sequence has, and a training has
_OF_MEMORY = frozenset({"fits", "how_much", "which_method", "oom_diagnosis", "how_many_gpus"})
_IN_THOUGHT = r"\b(?:what|how) (?:if|about)\b|\bif (?:i|we)\b|\bwould\b|\b(?:then|instead)\s*[?.]*$|如果|要是|假如|的话|呢|换|改(?!了)|行(?:吗|不)"
# told of the run that failed
_DONE = r"\balready\b|\b(?:i|we)(?:'ve| have| had| did| am| was| do)?\b[^,.?!]{0,12}\b(?:turned|set|enabled|used|using|tried|lowered|reduced|had|have|running|use)\b|\b(?:it|that) (?:was|is|has)\b|\bstill\b|已经|早就|开了|用了|设了|试了|降了|改了|本来|还是|仍"

# A new value of a fact also retires facts that belonged to the old one.
_RETIRES: dict[str, tuple[str, ...]] = {
    "model": ("params", "config", "n_cpu_moe", "gpu_layers"),
    "params": ("model", "config", "n_cpu_moe", "gpu_layers"),
    "method": ("bits", "bpw", "weight_format", "task", "algo", "precision"),
    "task": ("method",),
    "bits": ("bpw", "weight_format"),
    "bpw": ("bits", "weight_format"),
    "weight_format": ("bits", "bpw"),
    "gpu": ("gpu_memory_gb", "tensor_split"),
    "layer_split": ("tp", "pp"),
}
TRAINING_ONLY = (
    "zero_stage", "optimizer", "lora_rank", "lora_targets", "algo", "grad_accum", "gradient_checkpointing", "precision",
    "adapter_dtype", "n_trainable_layers", "loss", "double_quant",
)  # fmt: skip

# a card that is taken out of the machine
TAKEN_AWAY = r"\b(?:without|w/o|drop\w*|remov\w+|sell\w*|minus|except|pull(?:ed|ing)?|(?:tak\w+|leav\w+)(?: [\w-]+){0,4}? (?:out|away|off)|unplug\w*)\b|不用|(?<!要)不要|不算|没有|去掉|拔掉|拔了|卖掉|拿掉|拆掉"


# a card by any name: `card`, `3090`, `RTX 4060 Ti`, `A100`
CARD_WORD = (
    r"(?:more )?(?:(?:\w+ )?(?:cards?|gpus?)\b|(?:(?:rtx|nvidia|gtx) ){0,2}(?:[ahlvbt]\d{1,3}|[a-z]?\d{3,4})(?: ?ti)?\b"
    r"(?!\s?(?:[gmk]i?b?\b|tokens?|users?|people|requests?|layers?|sequences?|steps?|samples?)))"
)
# a count of what was spoken of, without its noun; how much more or less; of which fact
_BARE_COUNT = (
    r"\b(?:use|used|with|on|have|had|got|get|take|took|need|buy|bought|only|just|if|to|about|across|over) (?P<n>\d{1,2}|one)(?: of (?:them|those|these))?(?P<more> more)?(?: cards| gpus)?(?: instead)?\s*[?.!]*$"
    r"|^\W*(?P<m>\d{1,2})(?: of (?:them|those|these))?\s*[?.!]*$|^(?:那|如果|要是|换成?|改成?|用|就)*\s?(?P<k>\d{1,2})\s?(?:张|块|个|卡)(?:呢|的话|够吗|行吗)?\s*[?.!]*$"
)
_ONE_MORE = rf"\b(?:another|one more|a further|an extra|an additional) (?:one\b|{CARD_WORD})|(?:再|多)(?:加|买|来|插|上|添)?\s?[一1]\s?(?:张|块)"
_NTH = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_THE_NTH = rf"\b(?P<nth>{'|'.join(_NTH)}) (?:one\b|{CARD_WORD})|第(?P<zh>[2-4二两三四])\s?(?:张|块)"
_ZH_DIGITS = {"二": 2, "两": 2, "三": 3, "四": 4}
# the same card of another size: "the 80GB one?", "换成80G的呢"
_OF_A_SIZE = r"\b(?:the|an?) (?P<n>\d{2,3}) ?gb? (?:one|version|variant|model|card)\b|^[\s,;:?!]*(?:那|换成?|改成?|用|上|如果|要是)*\s?(?P<zh>\d{2,3})\s?gb?\s?的?(?:版本?|那[张块]|卡)?(?:呢|行吗|够吗|行不行|够不够)"
# what only the method before gives a meaning
_IN_FULL = r"\bfull\b(?!\W{0,2}(?:\d|context|length|ctx|seq|shard|precision|attention|window|load|size|batch|offload|speed|users?|card))"
_SMALLER_CACHE = r"\bquanti[sz]\w+ (?:the |my )?(?:kv|cache)|\b(?:quanti[sz]ed|8[- ]?bit) (?:kv|cache)|\bkv[ _-]?cache quant\w*|kv\s?(?:cache|缓存)?\s?(?:做|开|用)?(?:了)?(?:8\s?位|8bit)?量化|量化\s?(?:kv|缓存)"
_RELATIVE: tuple[tuple[str, float], ...] = (
    (
        r"\b(?:halv(?:e|ed|ing)|half) (?:the |my )?(?P<of>{things})|(?P<zh>{things_zh})(?:大小|长度)?(?:减半|砍半|减一半)",
        0.5,
    ),
    (
        r"\b(?:doubl(?:e|ed|ing)|twice) (?:the |my )?(?P<of>{things})|(?P<zh>{things_zh})(?:大小|长度)?(?:翻倍|加倍|翻一番)",
        2,
    ),
)
_THINGS = {
    "batch": "batch_size", "context": "seq_len", "length": "seq_len", "sequence": "seq_len", "cards": "n_gpus", "gpus": "n_gpus",
    "rank": "lora_rank", "批": "batch_size", "上下文": "seq_len", "长度": "seq_len", "序列": "seq_len", "卡": "n_gpus", "秩": "lora_rank",
}  # fmt: skip


def implied(text: str, previous: Reading) -> Facts:
    """What only the question before gives a meaning: `and if I use two?`, `halve the batch`, `再加一张`."""
    found: Facts = {}
    cards = {"gpu", "gpu_memory_gb", "n_gpus"} & set(previous.facts)
    if cards and (count := compiled(_BARE_COUNT).search(text)):
        there = int(previous.facts.get("n_gpus", (1,))[0]) if count["more"] else 0
        told = count["n"] or count["m"] or count["k"]
        found["n_gpus"] = (there + (1 if told == "one" else int(told)),)
    elif cards and compiled(_ONE_MORE).search(text):
        found["n_gpus"] = (int(previous.facts.get("n_gpus", (1,))[0]) + 1,)
    elif cards and (nth := compiled(_THE_NTH).search(text)):
        found["n_gpus"] = (_NTH[nth["nth"]] if nth["nth"] else _ZH_DIGITS.get(nth["zh"]) or int(nth["zh"]),)
    if {"gpu", "gpu_memory_gb"} & set(previous.facts) and (size := compiled(_OF_A_SIZE).search(text)):
        found["gpu_memory_gb"] = (int(size["n"] or size["zh"]),)
    trained = any(method != "inference" for method in previous.facts.get("method", ()))
    if trained and compiled(_IN_FULL).search(text):
        found["method"] = ("full",)
    if not trained and compiled(_SMALLER_CACHE).search(text):
        found["kv_format"] = ("q8_0" if "llama.cpp" in previous.facts.get("engine", ()) else "fp8",)
    things = "|".join(word for word in _THINGS if word.isascii())
    things_zh = "|".join(word for word in _THINGS if not word.isascii()) + "|batch"
    for pattern, factor in _RELATIVE:
        for one in compiled(pattern.replace("{things}", things).replace("{things_zh}", things_zh)).finditer(text):
            name = _THINGS[one["of"] or one["zh"]]
            values = previous.facts.get(name, ())
            if len(values) == 1 and values[0] * factor >= 1:
                found[name] = (round(values[0] * factor),)
    return {name: values for name, values in found.items() if values != (0,)}


def _of_the_family(reading: Reading, previous: Reading) -> Facts:
    """`改用32B的` after Qwen2.5-72B is Qwen2.5-32B, where the table has it."""
    models, sizes = previous.facts.get("model", ()), reading.facts.get("params", ())
    if len(models) != 1 or len(sizes) != 1 or "model" in reading.facts or reading.unknown_models:
        return {}
    member = of_family(str(models[0]), float(sizes[0]))
    return {"model": (member,)} if member else {}


def of_family(model: str, params: float) -> str:
    """The member of a model's family that has so many parameters, or nothing."""
    match = names().match_model(replace(cut(tokens(model)), size=f"{params / 1e9:g}b", active=""))
    return match.name or ""


# a card that comes beside those there were
_ADDED = r"\b(?:add(?:s|ed|ing)?|plus|alongside|in addition|also (?:have|had|got|put|buy))\b|再(?:加|插|买|上|来|添|配|装)|加(?:上|装|入)|外加|加(?:个|[1一](?:张|块))"


def _beside(new: Facts, previous: Reading, text: str) -> Facts:
    """`再加一张3060 12G` after a 4090: both, each with its memory; of one more of the same there are two."""
    before, card = previous.facts.get("gpu", ()), new.get("gpu", ())
    if (
        len(before) != 1
        or len(card) != 1
        or before == card
        or " + " in str(card[0])
        or not compiled(_ADDED).search(text)
    ):
        return {}
    count = int(previous.facts.get("n_gpus", (1,))[0])
    there = str(before[0])
    if " + " not in there:
        there = f"{count} × {_sized(there, previous.facts)}" if count > 1 else _sized(there, previous.facts)
    counted = compiled(r"(?<![\d.])(?P<n>\d)\s?[x*张块个]").search(text)
    more = int(counted["n"]) if counted else 1
    added = f"{more} × {_sized(str(card[0]), new)}" if more > 1 else _sized(str(card[0]), new)
    return {"gpu": (f"{there} + {added}",), "n_gpus": (max(count, 1) + more,)}


def _sized(card: str, facts: Facts) -> str:
    memory = facts.get("gpu_memory_gb", ())
    return f"{card} {memory[0]:g} GB" if len(memory) == 1 and not card.endswith("GB") else card


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


def left_of(new: Facts, previous: Reading, text: str) -> Facts:
    """`without the 3060`: the cards of the machine that are left; nothing where none of them is taken away."""
    rigs, out = previous.facts.get("gpu", ()), new.get("gpu", ())
    if len(rigs) != 1 or len(out) != 1 or " + " not in str(rigs[0]) or not compiled(TAKEN_AWAY).search(text):
        return {}
    members = str(rigs[0]).split(" + ")
    named = re.compile(rf"(?:\d+ × )?{re.escape(str(out[0]))}(?: \d+ ?GB)?")  # not the 3060 Ti with the 3060
    left = [one for one in members if not named.fullmatch(one)]
    if len(left) == len(members) or not left:
        return {}
    count = sum(int(one.partition(" × ")[0]) if " × " in one else 1 for one in left)
    rest = " + ".join(left)
    return {"gpu": (rest.partition(" × ")[2] if " × " in rest and len(left) == 1 else rest,), "n_gpus": (count,)}


def merged(reading: Reading, previous: Reading, text: str) -> Reading:
    """The previous facts with the new ones in their place; the intents are inherited where the new text has none."""
    facts = dict(previous.facts)
    new = _with_method_of_before(of_the_present(reading, previous), reading, previous)
    if member := _of_the_family(reading, previous):
        del new["params"]
        new |= member
    if rest := left_of(new, previous, text):
        new = {name: one for name, one in new.items() if name not in ("gpu_memory_gb", "n_gpus")} | rest
    elif both := _beside(new, previous, text):
        new = {name: one for name, one in new.items() if name != "gpu_memory_gb"} | both
    if reading.unknown_models and "model" not in new:
        facts.pop("model", None)
        facts.pop("params", None)
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
    if "gpu" in reading.asks and "gpu_memory_gb" not in new:  # any card's, then
        facts.pop("gpu_memory_gb", None)
    own, intents = _asked(reading, previous, new, facts.get("task") == ("train",), text)
    told = dict(reading.extras)
    if (
        own[:1] == ("training_time",) and max(new.get("seq_len", (0,))) >= _OF_A_RUN
    ):  # what is trained on, and no length
        told["train_tokens"] = facts.pop("seq_len")
        facts |= {"seq_len": previous.facts["seq_len"]} if "seq_len" in previous.facts else {}
    wants = set(own) - _CIRCUMSTANCES
    kept = [] if "gpu" in new else [cue for cue in previous.cues if cue in _OF_THE_MACHINE and cue not in reading.cues]
    found = replace(
        reading,
        cues=tuple(
            dict.fromkeys(
                (
                    *reading.cues,
                    *kept,
                    *part_alone(text),
                    *(() if "gpu" in new else chosen_after(text, facts, intents)),
                    *([PARTS] if compiled(WHY_NOT).search(text) else ()),
                    *(["ways_asked"] if asks_ways(reading, text) else ()),
                )
            )
        ),
        facts=facts,
        intents=intents,
        topics=reading.topics or (() if wants else previous.topics),
        asks=reading.asks or (() if wants else tuple(asked for asked in previous.asks if asked not in new)),
        extras={**previous.extras, **told},
        follow_up=True,
        wanted=_wanted(intents, previous),
        pace=paced(previous).kinds,
    )
    return _with_whole(found, new)


def _with_method_of_before(new: Facts, reading: Reading, previous: Reading) -> Facts:
    """`use rank 64` names no method: after QLoRA it is QLoRA's."""
    trained_so = bool(set(previous.facts.get("method", ())) & set(ADAPTERS))
    if "lora_rank" not in new or not trained_so or reading.spans.get("method") != _NOWHERE:
        return new
    return {name: values for name, values in new.items() if name != "method"}


def _asked(
    reading: Reading, previous: Reading, new: Facts, trains: bool, text: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the follow-up wants by its own words, and what is wanted then."""
    own = tuple(intent for intent in reading.intents if intent not in ("unclear", "out_of_scope"))
    if "kv_format" in new and previous.intent != "kv_cache":
        own = tuple(intent for intent in own if intent != "kv_cache")  # how the cache is stored, not how large it is
    if compiled(WHY_NOT).search(text):  # of a verdict: what takes it up
        return (), ("fits",)
    if asks_ways(reading, text) and not set(new) - {"task", "method"}:
        return (), ("fits" if {"gpu", "gpu_memory_gb"} & set(previous.facts) else "how_much",)
    if set(own) <= {"why_more"} and compiled(WHY).search(text):
        own = ("kv_cache", "explain_derive") if previous.intent == "kv_cache" else ("why_more",)
    if own[:1] == ("decoding_rate",) and trains:  # how long, asked of a training
        own = ("training_time", *own[1:])
    intents = previous.wanted or previous.intents
    if own:
        of_before = [one for one in intents if one not in _CIRCUMSTANCES]
        return own, tuple(dict.fromkeys((*of_before, *own))) if set(own) <= _CIRCUMSTANCES else own
    of_any_card = "gpu" in reading.asks and "gpu" not in new
    if of_any_card or (part_alone(text) and intents[0] not in _OF_MEMORY):
        intents = ("how_much",)
    if _main(intents) == "oom_diagnosis" and _proposes(new, previous.facts, text):  # and nothing failed with it
        intents = ("fits", *(one for one in intents if one in _CIRCUMSTANCES))
    if "n_gpus" in new and intents[0] == "how_many_gpus":  # so many: whether they hold it
        intents = ("fits", *intents[1:])
    return own, intents


def _main(intents: tuple[str, ...]) -> str:
    return next((one for one in intents if one not in _CIRCUMSTANCES), intents[0])


def _proposes(new: Facts, before: Facts, text: str) -> bool:
    """Is a run changed in thought? What is told of it for the first time, or as done, is of the run as it was."""
    changed = any(name in before and before[name] != values for name, values in new.items())
    return bool(new) and (changed or bool(compiled(_IN_THOUGHT).search(text))) and not compiled(_DONE).search(text)


def _wanted(intents: tuple[str, ...], previous: Reading) -> tuple[str, ...]:
    """What a change of facts returns to, once an explanation was given."""
    if _main(intents) not in EXPLAINS:
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
        for retired in _RETIRES.get(name, ()) if name not in unchanged else ():
            if retired not in new:
                facts.pop(retired, None)
    if {"model", "params"} & set(new) and "offload" not in new and facts.get("offload") == ("experts",):
        facts.pop("offload")  # another model need have none
    if new.get("task") == ("inference",):
        for name in TRAINING_ONLY:
            facts.pop(name, None)
    facts.update(new)
    if facts.get("zero_stage") in ((1,), (2,)) and facts.get("offload") == ("params",):
        facts["offload"] = ("optimizer",)  # the weights stay whole on the card there
    if "method" not in new and old_method and "task" not in new:
        facts["method"] = _method_for_bits(old_method, new)
    if "method" in new and "task" not in new:
        facts["task"] = ("inference",) if new["method"] == ("inference",) else ("train",)
    return facts


def _may_have(cards: tuple[Any, ...], sizes: tuple[Any, ...]) -> bool:
    """Is one of these cards sold with one of these sizes, in GB? "One of 80 GB" after a 3090 is another card."""
    rows = [gpu_rows()[name] for text in cards for one in models_in(str(text)) for name in names().find_gpus(one)]
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
