"""Whether a question wants cards for a model, models for cards, or a choice of machines: what recommends is called then."""

import re
from collections.abc import Sequence
from typing import Any

from chat.plans.allotted import share_of_the_rest
from chat.plans.changed import ran_and_failed
from chat.plans.example import EXAMPLE_CARDS
from chat.plans.families import CHOOSES, OTHERWISE, members_asked
from chat.plans.one_memory import on_one_memory
from chat.plans.understood import Facts, facts_of, has_subject, understood
from chat.reads.cards.budgets import budget
from chat.reads.reading import Reading
from kb.cards import rigs_meant
from kb.cases import INFERENCE, parse_given, spread
from kb.outcome import outcome
from kb.recipe import format_for
from kb.stored import AS_PUBLISHED, FILES

_SERVER = re.compile(
    r"\bserv(?:e|er|ing)\b|\bdeploy|\bproduction\b|\bcompany\b|部署|公司|企业|生产|服务器", re.IGNORECASE
)
_LARGEST = re.compile(
    r"\b(?:biggest|largest|best)\b[^.?;]{0,24}\b(?:worth|run\w*|fits?)|(?:最大|最好)[^,;?。,]{0,8}(?:能跑|跑|模型)|能跑(?:的)?(?:最大|多大)",
    re.IGNORECASE,
)
# on one's own machine, or the least that does
_AT_HOME = re.compile(
    r"\bat home\b|\blocal(?:ly)?\b|\bhome ?(?:lab|pc|server)\b|\bminim(?:um|al)\b|\bcheap(?:est|ly)?\b|\bbudget\b|\bmy (?:own )?(?:pc|desktop|machine|computer)\b"
    r"|家用|家里|本地|个人|自己的?电脑|最低|最便宜|便宜|省钱|低成本",
    re.IGNORECASE,
)
_HARDWARE = {"gpu", "gpu_memory_gb", "host_memory_gb"}
# bits of which llama.cpp has several kinds of files
_FEW = (2, 3)
_OF_CARDS = frozenset({"fits", "comparison", "which_method", "unclear", "underspecified", "how_much", "max_batch_ctx"})


def wants_cards(reading: Reading) -> bool:
    """Asked which card for a model, with none named."""
    named = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    wanted = bool({"gpu"} & set(reading.asks)) or "rents_to_serve" in reading.cues
    return has_subject(reading) and not named and wanted and "n_gpus" not in reading.asks


_A_SERVERS = 4  # requests at once from which nobody runs them on one machine's program


def on_one_machine(reading: Reading) -> Facts:
    """The program of one person's machine, where a card is looked for and nothing speaks of a server."""
    many = int(reading.fact("batch_size") or 1) >= _A_SERVERS
    serves = many or "served_users" in reading.cues or _SERVER.search(reading.lowered)
    trains = (
        reading.facts.get("task") == ("train",)
        or "algo" in reading.facts
        or ("method" in reading.facts and reading.facts["method"] != ("inference",))
    )
    return {} if serves or trains or "engine" in reading.facts else {"engine": "llama.cpp"}


def wants_layout(reading: Reading) -> bool:
    """Asked how a training is divided over the cards that are named, where that is left open."""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts) and int(reading.fact("n_gpus") or 1) > 1
    trains = reading.facts.get("task") == ("train",) or set(reading.facts.get("method", ())) - {"inference"}
    open_ = not {"zero_stage", "tp", "pp", "cp", "dp", "offload"} & set(reading.facts)
    return bool("layout_asked" in reading.cues and has_subject(reading) and cards and trains and open_)


def experts_in_ram(reading: Reading) -> list[tuple[str, Facts]]:
    """At home, or for the least that it takes: a mixture's experts can stay in RAM beside one card, which is told too."""
    told = {*_HARDWARE, "n_gpus", "weight_format", "bits", "engine"} & set(reading.facts)
    served = "served_users" in reading.cues or int(reading.fact("batch_size") or 1) > 1
    alone = "moe" in reading.intents and "model" in reading.facts and not told and not served
    if not alone or reading.facts.get("task") == ("train",) or not _AT_HOME.search(reading.lowered):
        return []
    published = str(understood(reading).get("weight_format"))
    stored = published if published in AS_PUBLISHED else format_for("inference", 4, FILES)
    facts: Facts = {name: reading.fact(name) for name in ("model", "seq_len") if name in reading.facts}
    facts |= {"weight_format": stored, "gpu": EXAMPLE_CARDS[0]}
    if outcome(spread(parse_given({**facts, "method": INFERENCE}))[0]).verdict == "yes":
        return []  # the card holds it whole
    return [("generation_speed", {"about": ["rate"], "examples": 1.0, **facts})]


def wants_models(reading: Reading) -> bool:
    """Asked which models for cards or for a machine's own memory, with none named."""
    if of_any_machine(reading):
        return True
    if has_subject(reading) or not _HARDWARE & set(reading.facts) or set(reading.intents[:1]) & OTHERWISE:
        return False
    trains = reading.facts.get("task") == ("train",) or "algo" in reading.facts
    largest = "params" in reading.asks and not trains
    if any(cue.startswith("lever:") for cue in reading.cues) and not largest:
        return False  # what a setting does is asked, and not what the card runs
    return largest or "which_models" in reading.cues or _serves_what_is_open(reading)


# the asker's own, and none that is rented or bought
_OWN_MACHINE = re.compile(
    r"电脑|笔记本|台式机?|主机|工作站|(?:我|这)[^,.;?!，。]{0,4}(?:配置|机器|显卡|设备|卡)|\b(?:my|our|this|the|an?) (?:\w+ ){0,2}(?:pc|computer|laptop|notebook|desktop|machine|workstation|rig|hardware|set-?up|gpu|graphics card)\b",
    re.IGNORECASE,
)
# GB of the cards that people have
SIZES_OF_CARDS = (8, 12, 16, 24)
# GB of older and of mobile cards, which the tables lack, and of a phone or a handheld
SIZES_OF_OTHERS, USUAL_OF_DEVICES = (4, 6, 8, 12), 8


def of_any_machine(reading: Reading) -> bool:
    """Asked how large a model a machine runs of which nothing is told: what cards of the usual sizes run is said, and what to tell."""
    trains = reading.facts.get("task") == ("train",) or "algo" in reading.facts
    told = {*_HARDWARE, "n_gpus"} & set(reading.facts) or reading.unknown_models
    if has_subject(reading) or trains or told or set(reading.intents[:1]) & (OTHERWISE | {"training_time"}):
        return False
    asked = "params" in reading.asks or {"which_models", "what_fits"} & set(reading.cues)
    if budget(reading.text):  # no table has prices: what each size of card holds is what can be said
        return not {"unified_memory", "encoder", "draws"} & set(reading.cues)
    files = reading.facts.get("engine") == (FILES,)
    named = "small_device" in reading.cues or bool(reading.unknown_gpus)
    other = {"unified_memory", "no_card", "encoder", "draws"} & set(reading.cues)
    if named:
        return bool(asked) and not other - {"no_card"}
    return bool(asked) and not other and (files or _OWN_MACHINE.search(reading.lowered) is not None)


def tunes_what_is_open(reading: Reading) -> bool:
    """Asked whether cards can train, with no word of a model: the largest that they do is the answer that there is."""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts) and not has_subject(reading)
    trains = reading.facts.get("task") == ("train",) and "algo" not in reading.facts
    trains = trains and reading.facts.get("method") != ("full",)  # of which no usual size goes on a card
    return (
        bool(cards)
        and trains
        and reading.intent in ("fits", "unclear")
        and "oom_diagnosis" not in reading.intents
        and not reading.unknown_models
    )


def wants_largest(reading: Reading) -> bool:
    """Asked for the largest or best model of one machine that is served, beside one that is named."""
    trains = reading.facts.get("task") == ("train",) or "algo" in reading.facts
    return bool({"gpu", "gpu_memory_gb"} & set(reading.facts)) and not trains and bool(_LARGEST.search(reading.lowered))


def compares_machines(reading: Reading) -> bool:
    """Which of several cards to take, or whether to buy these, to run a model that is named."""
    trains = reading.facts.get("task") == ("train",) or "algo" in reading.facts
    if members_asked(reading):
        return True
    if not trains and has_subject(reading) and not _HARDWARE & set(reading.facts) - {"host_memory_gb"}:
        return runs_without_card(reading) or ("host_memory_gb" in reading.facts and "fits" in reading.intents[:1])
    bare = (
        "rigs" in reading.extras and "gpu" not in reading.facts
    )  # "2x 48GB or one 80GB": no names whose difference is asked
    chooses = bare or "buying" in reading.cues or ("rigs" in reading.extras and CHOOSES.search(reading.lowered))
    if set(reading.intents[:1]) & {"comparison", "method_diff"} and not chooses:
        return False  # what sets them apart is asked, not which to take
    if "served_users" in reading.cues and "rigs" not in reading.extras:
        return False  # whether these cards serve so many is asked, and what would make them
    if reading.intents[:1] == ("how_many_gpus",) and "n_gpus" in reading.asks and "rigs" not in reading.extras:
        return False  # how many of them is asked, to buy or not
    if {"heads_do_not_divide", "pooled_asked", "one_more_asked", "several_servers"} & set(reading.cues):
        return False  # how these cards share it is asked
    cards = {"gpu", *(("gpu_memory_gb",) if asks_which_file(reading) or "rigs" in reading.extras else ())}
    if trains or not has_subject(reading) or not cards & set(reading.facts) or set(reading.intents[:1]) & OTHERWISE:
        return False
    return "rigs" in reading.extras or "buying" in reading.cues or asks_which_file(reading)


def runs_without_card(reading: Reading) -> bool:
    """Asked of a model on a processor alone, a phone or a board: host memory holds all of it, and no card is an answer."""
    of_training = reading.facts.get("task") == ("train",) or "algo" in reading.facts
    cards = {"gpu", "gpu_memory_gb", "n_gpus", "offload"} & set(reading.facts)
    # of a server's processor and its memory alone, how fast that is
    server = "host_channels" in reading.extras and "decoding_rate" in reading.intents and not reading.unknown_gpus
    meant = ("no_card" in reading.cues or server) and has_subject(reading) and not (cards or of_training)
    return meant and not set(reading.intents[:1]) & OTHERWISE and "unified_memory" not in reading.cues


def few_bits(reading: Reading) -> list[int]:
    """The two or three bits of a model that is run, where no kind of file and no program but llama.cpp is named: it has several."""
    bits = [int(one) for one in reading.facts.get("bits", ())]
    named = {"weight_format", "bpw"} & set(reading.facts) or set(reading.facts.get("engine", ())) - {"llama.cpp"}
    return bits if len(bits) == 1 and bits[0] in _FEW and not named and "fits" in reading.intents[:1] else []


def asks_which_file(reading: Reading) -> bool:
    """Asked in how many bits one model fits the cards of one person's machine; files that are named are hearsay, or examples."""
    kinds = [str(kind) for kind in reading.facts.get("weight_format", ())]
    of_files = all(kind.startswith("gguf:") for kind in kinds) or len([*kinds, *reading.facts.get("bits", ())]) <= 1
    listed = of_files and len(kinds) > 2  # each of them is answered
    which = (
        (
            "largest_quant" in reading.cues
            or ("which_gguf" in reading.cues and len(kinds) < 2)
            or bool(few_bits(reading))
        )
        and of_files
        and not listed
        and "kv_format" not in reading.facts
    )
    return which and bool(on_one_machine(reading) or "llama.cpp" in reading.facts.get("engine", ()))


def named_file(reading: Reading) -> Facts:
    """The one file that is asked about before any other that would do; of bits the usual file of so many."""
    kinds, bits = reading.facts.get("weight_format", ()), reading.facts.get("bits", ())
    if len(kinds) == 1:
        return {"named_format": str(kinds[0])}
    usual = (
        format_for("inference", int(bits[0]), FILES) if len(bits) == 1 and not kinds and bits[0] not in _FEW else None
    )
    return {"named_format": usual} if usual else {}


_LLM = re.compile(r"\bllms?\b|\b(?:language )?models?\b|\bai\b|模型|推理|\bollama\b|llama\.?cpp", re.IGNORECASE)


def _serves_what_is_open(reading: Reading) -> bool:
    """Cards that are told or compared with no word of a model: what they run is the answer that there is."""
    trains = reading.facts.get("task") == ("train",) or "algo" in reading.facts
    said = set(reading.intents) & _OF_CARDS
    board = "small_device" in reading.cues and "host_memory_gb" in reading.facts and _LLM.search(reading.lowered)
    return bool(said) and not trains and bool({"gpu", "gpu_memory_gb"} & set(reading.facts) or board)


def of_machine(reading: Reading) -> Facts:
    """The facts by which a machine's models are looked for: a layout of one model is none of another's. Of several kinds of
    cards ("2x3090 or one 4090") each has its own count."""
    of_one = ("gpu_layers", "n_cpu_moe", "offload", "model", "params")
    if of_any_machine(reading):
        if "small_device" in reading.cues:
            return {"host_memory_gb": USUAL_OF_DEVICES}
        return {"gpu_memory_gb": list(SIZES_OF_OTHERS if reading.unknown_gpus else SIZES_OF_CARDS), "engine": FILES}
    facts = facts_of(reading, *of_one)
    rigs = reading.extras.get("rigs", ())
    if rigs and len(rigs) >= len(reading.facts.get("gpu", ())):
        facts.pop("n_gpus", None)
        facts["gpu"] = list(rigs)
        if "gpu" not in reading.facts or _is_of_all(facts.get("gpu_memory_gb"), rigs):
            facts.pop("gpu_memory_gb", None)
    share_of_the_rest(reading, facts)
    on_one_memory(reading, facts)
    only = [kind for kind in ("moe", "dense") if f"{kind}_only" in reading.cues]
    bounds = {name: reading.extras[name][0] for name in ("least_b", "most_b") if name in reading.extras}
    return facts | bounds | ({"only": only[0]} if len(only) == 1 else {})


def _is_of_all(memory: Any, rigs: Sequence[Any]) -> bool:
    """`48 GB: 2x 3090 or 3x 4060 Ti 16 GB`: what cards have together, and none of them by itself."""
    each = [
        (int(count), sum(card.marketed_gb for card in rig))
        for count, by, called in (str(one).partition(" × ") for one in rigs)
        if by
        for rig in rigs_meant(called)
    ]
    return memory not in {size for _, size in each} and any(count * size == memory for count, size in each)


def named_of(reading: Reading) -> Facts:
    """The model or the size that is asked about; of a family the members to choose from."""
    if members := members_asked(reading):
        return {"among": members}
    return {name: value for name, value in facts_of(reading).items() if name in ("model", "params")}


def tunes_on_several(reading: Reading) -> Facts:
    """A training on machines to choose from, each with its own count of cards, side by side; empty where there are none."""
    trains = reading.facts.get("task") == ("train",) or "algo" in reading.facts
    rigs = [str(one).partition(" × ") for one in reading.extras.get("rigs", ())]
    if not trains or not has_subject(reading) or len(rigs) < 2 or not all(count.isdigit() for count, _, _ in rigs):
        return {}
    if ran_and_failed(reading):
        return {}  # nothing is chosen: of the one that failed the cause is asked for
    shared = {name: one[0] if isinstance(one, list) else one for name, one in understood(reading).items()}
    facts = {name: one for name, one in shared.items() if name not in ("gpu", "gpu_memory_gb", "n_gpus")}
    if "method" not in reading.facts and "method" in facts:
        facts["method"] = "lora"  # of methods that nobody named the usual one
    setups = [f"n_gpus={count}; gpu={card}" for count, _, card in rigs]
    if own := _method_of_each(reading, len(rigs)):
        facts = {name: one for name, one in facts.items() if name not in ("method", "weight_format", "bits")}
        setups = [f"method={method}; {setup}" for method, setup in zip(own, setups, strict=True)]
    return {"setups": setups, **facts}


def _method_of_each(reading: Reading, count: int) -> list[str]:
    """`full on 8x H100, LoRA on 2x 4090`: the method of each machine, where one of each is named in turn; else none."""
    methods, cards = reading.facts.get("method", ()), reading.spans.get("gpu", ())
    places = reading.spans.get("method", ())
    if len(methods) != count or len(places) != count or len(cards) != count:
        return []
    row = sorted(
        [*((span, method) for span, method in zip(places, methods, strict=True)), *((span, "") for span in cards)]
    )
    turns = [[method for _, method in row[at : at + 2] if method] for at in range(0, len(row), 2)]
    return [str(own[0]) for own in turns] if all(len(own) == 1 for own in turns) else []
