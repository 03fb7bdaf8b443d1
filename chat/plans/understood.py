"""The facts of a question as the tools take them, with what an expert takes for granted where it says nothing.

What is added here is no fact of the question: the answer lists it among its assumptions.
"""

import re
from math import lcm, prod
from typing import Any

from chat.figures.images.pictures import tokens_of_pictures
from chat.plans.allotted import as_told, of_each_slot, share_of_the_rest, within_limit
from chat.plans.changed import most_of_a_start, share_at_hand, what_was_raised
from chat.plans.formats import (
    experts_as_published,
    file_of_its_size,
    files_of_the_program,
    of_one_size,
    onto_the_card,
    published_format,
    reads_gguf,
    rows_of,
    served_in_fp8,
)
from chat.plans.host_of_machines import ram_over_machines
from chat.plans.one_memory import on_one_memory
from chat.plans.printed import of_printed_adapters, of_printed_logits
from chat.plans.rollouts import complete_rollouts
from chat.plans.served_by import MANY_TOKENS, as_served, first
from chat.plans.sizes import asked_too, beside_models, slip_of
from chat.plans.to_remarks import told
from chat.reads.concepts.levers import fact_proposed
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.requests.in_and_out import written_within
from chat.reads.task import KEEP_ALL, WHOLE_MODELS
from chat.schemas import SEVERAL
from formulas.errors import BadInput
from kb.programs import serves
from kb.recipe import ADAPTERS, CHECKPOINT_BITS, assumed, recipe, shapes_of
from kb.standin import stand_in

Facts = dict[str, Any]
_WANT_PRECISIONS = {"fits", "how_much", "which_method", "how_many_gpus", "quant_gguf"}
# share of the experts' 4-bit weights from which adapters on them decide
_MUCH = 0.25
# so many readings that are open otherwise are still told apart by precision, too: a table of some dozen rows
_MOST_READINGS = 8
_QLORA_BITS = 4  # as its paper has it; 8 are asked for by name
_MANY_MODELS = 5  # with each method: a table of more than a dozen rows
_TUNED_METHODS = ("full", "lora", "qlora")
# what is said only of training all weights, or of one method
_OF_ONE_METHOD = {
    "zero_stage", "offload", "optimizer", "precision", "engine", "tp", "pp", "lora_rank", "bits", "weight_format",
}  # fmt: skip

_AUTOCAST = re.compile(
    r"\b(?:bf16|fp16)['\" ]*[=:]\s*(?:true|1)\b|--(?:bf16|fp16)\b|\bautocast\b|\bamp\b|(?<!no )(?<!without )mixed[ -]precision|(?<!不用)(?<!不开)(?<!非)混合精度",
    re.IGNORECASE,
)
_LOADED_IN_BITS = re.compile(r"\bload_in_[48]bit\b", re.IGNORECASE)


def facts_of(reading: Reading, *without: str) -> Facts:
    """The facts as a tool takes them: one value, or a list where the question names several."""
    facts = {
        name: values[0] if len(values) == 1 else list(values)
        for name, values in reading.facts.items()
        if values and name not in without
    }
    for name, given in facts.items():  # what a tool takes one of: as it was set last
        if isinstance(given, list) and name not in SEVERAL and name != "host_memory_gb":
            facts[name] = given[-1]
    facts.pop(fact_proposed(reading.cues), None)  # the run that failed had it not
    if (
        "oom_diagnosis" in reading.intents
        and facts.get("offload") == "none"
        and not _NO_OFFLOAD.search(reading.lowered)
    ):
        del facts["offload"]  # how it was set, and no way that is ruled out
    of_each_slot(reading, facts)
    if share := share_at_hand(reading):
        facts["gpu_memory_utilization"] = share
    if isinstance(facts.get("host_memory_gb"), list):  # one machine has one memory; the least holds of each
        facts["host_memory_gb"] = min(facts["host_memory_gb"])
    if slip := slip_of(reading):
        facts["model"] = slip
        facts.pop("params")
    beside_models(facts, reading)
    if "called_bandwidth" in reading.extras:  # that memory is meant is said
        facts.setdefault("gpu_memory_gb", reading.extras["called_bandwidth"][0])
    within_limit(reading, facts)
    as_told(reading, facts)
    tp = facts.get("tp")
    ways = tp if isinstance(tp, int) else 1
    cards = facts.get("n_gpus")
    if is_serving(reading) and ways > 1 and isinstance(cards, int) and cards > ways and cards % ways:
        facts["n_gpus"] = cards // ways * ways  # further cards stay idle
    if ways > 1 and "tensor_split" in facts:  # shares of whole layers are llama.cpp's, ranks a server's
        del facts["tensor_split" if serves(str(facts.get("engine") or "")) else "tp"]
    if isinstance(cards, list) and ways > 1:  # "each one" of cards that share a model is no layout of its own
        facts["n_gpus"] = [count for count in facts["n_gpus"] if count % ways == 0] or ways
    return facts


# that offloading is not wanted, and not only off
_NO_OFFLOAD = re.compile(
    r"(?:don'?t|do not|won'?t|can'?t|cannot|rather not|refuse|avoid|不想|不愿|不打算|不准备|不能|不要|不用|不考虑|不接受|避免|禁用|(?<![区类级特个识差])别)[^,;.?!，。；？！]{0,20}(?:offload|卸载)",
    re.IGNORECASE,
)


def has_subject(reading: Reading) -> bool:
    """Whether the question says what model it is about."""
    return any(reading.facts.get(name) for name in ("model", "params", "config"))


def _ranks(reading: Reading, facts: Facts) -> int:
    """The cards that a layout takes by itself: a sequence or experts that are divided take as many."""
    told = {name: int(facts[name]) for name in ("cp", "tp", "pp", "ep") if isinstance(facts.get(name), int)}
    if is_serving(reading) or not {"cp", "ep"} & set(told):
        return 1
    stages = told.pop("pp", 1)
    return stages * lcm(told.pop("ep", 1), prod(told.values()))


def understood(reading: Reading, *without: str) -> Facts:
    """The facts of the question, completed."""
    facts = facts_of(reading, *without)
    of_printed_adapters(reading, facts)
    _methods(reading, facts)
    of_one_size(reading, facts)
    if is_serving(reading):
        as_served(reading, facts)
        share_of_the_rest(reading, facts)
        if serves(facts.get("engine")) and (what_was_raised(reading) == "batch_size" or most_of_a_start(reading)):
            facts.pop("batch_size", None)  # the most at once is no need: what the pool does not hold waits
        file_of_its_size(reading, facts)
        experts_as_published(reading, facts)
        files_of_the_program(facts)
        published_format(reading, facts)
        onto_the_card(reading, facts)
        _experts_of_one(reading, facts)
        _heads(reading, facts)
        _precisions(reading, facts)
        if "cache_instead" in reading.cues and isinstance(facts.get("kv_format"), str):
            facts["kv_format"] = list(dict.fromkeys(("fp16", facts["kv_format"])))  # as it is, and as it is proposed
        if "ktransformers" in reading.cues and any(row.get("n_experts") for row in rows_of(reading)):
            facts.setdefault("offload", "experts")  # what that program is for
        if _LOADED_IN_BITS.search(reading.lowered):
            facts.setdefault("engine", "transformers")  # whose setting it is
        if str(facts.get("gpu", "")).startswith("Apple") and "gpu_memory_gb" not in facts and "host_memory_gb" in facts:
            facts["gpu_memory_gb"] = facts.pop("host_memory_gb")  # a Mac has one memory for both
    else:
        share_of_the_rest(reading, facts)
        if facts.get("zero_stage") in (1, 2) and str(facts.get("precision")).startswith("amp-"):
            facts.pop("precision")  # DeepSpeed's mixed precision keeps 16-bit weights beside fp32 masters
        _targets(reading, facts)
        _masters(reading, facts)
        of_printed_logits(reading, facts)
        if trains(facts):
            ram_over_machines(reading, facts)
        if set(KEEP_ALL) & set(reading.extras.get("tools", ())):
            facts.setdefault("gradient_checkpointing", "off")
    on_one_memory(reading, facts)
    long = "long_context" in reading.cues and (not is_serving(reading) or "kv_cache" in reading.intents[:2])
    if long and "seq_len" not in facts:
        facts["seq_len"] = assumed("seq_len", "long context")
    if "verl" in reading.extras.get("tools", ()) and first(facts.get("n_gpus")) > 1:
        facts.setdefault("zero_stage", 3)  # its workers shard with FSDP
    if facts.get("n_gpus", 1) == 1 and "n_gpus" not in without and (ranks := _ranks(reading, facts)) > 1:
        facts["n_gpus"] = ranks
    complete_rollouts(reading, facts)
    if reading.extras.get("actor_gpus") and "algo" in facts and "n_gpus" not in without:
        facts["n_gpus"] = int(reading.extras["actor_gpus"][0])
    length, written = facts.get("seq_len"), facts.get("output_len")
    if (
        isinstance(length, int)
        and isinstance(written, int)
        and written < length
        and is_serving(reading)
        and written_within(reading.lowered)
    ):
        facts["seq_len"] = length - written  # what is read, before what is written
    if "log_width" in reading.extras and "seq_len" not in facts and isinstance(facts.get("model"), str):
        tokens = tokens_of_pictures(facts["model"], told(reading))
        facts |= {"seq_len": tokens} if tokens else {}
    return facts


def _experts_of_one(reading: Reading, facts: Facts) -> None:
    """Experts in host memory are the mixture's alone, where a dense model is named beside it: each then lies as it fits."""
    dense = "params" in reading.facts or not all(row.get("n_experts") for row in rows_of(reading))
    if len(reading.facts.get("model", ())) + len(reading.facts.get("params", ())) > 1 and dense:
        facts.pop("n_cpu_moe", None)
        if facts.get("offload") == "experts":
            del facts["offload"]


def _masters(reading: Reading, facts: Facts) -> None:
    """Where float32 weights of a training are: those that autocast computes with, or masters beside 16-bit weights."""
    if facts.get("method", "full") in ADAPTERS:
        return
    stored = facts.get("weight_format")
    if "fp32" in (stored if isinstance(stored, list) else [stored]) and _AUTOCAST.search(reading.lowered):
        facts["weight_format"] = "fp32"  # bf16 is what it computes in
        facts.setdefault("precision", "amp-bf16")
    elif facts.get("precision") == "amp-bf16":
        stages = facts.get("zero_stage", 0)
        divided = {1, 2, 3} & set(stages if isinstance(stages, list) else [stages])
        # what ZeRO divides are float32 masters, not autocast's weights, and the copy beside them is of the same run
        if divided or ("zero_stage" not in facts and first(facts.get("n_gpus")) > 1):
            facts["precision"] = "bf16-params-fp32-states"


def is_serving(reading: Reading) -> bool:
    """Whether it is about a model that is served, not trained."""
    return reading.facts.get("task", ("inference",))[0] == "inference" and not (
        set(reading.facts.get("method", ())) - {"inference"}
    )


def asks_what_fits(reading: Reading) -> bool:
    """Whether it is asked if something fits, or what of several does."""
    return "fits" in reading.intents or "what_fits" in reading.cues


def _methods(reading: Reading, facts: Facts) -> None:
    low = [bits for bits in reading.facts.get("bits", ()) if bits <= 8]
    if facts.get("method") == ["lora", "qlora"] and low and len(low) == len(reading.facts["bits"]):
        facts["method"] = "qlora"  # on a quantised base the two are one
    if facts.get("method") == "qlora" and not {"bits", "weight_format", "bpw"} & set(facts):
        facts["bits"] = _QLORA_BITS
    if "qlora" in reading.facts.get("method", ()) and 16 in reading.facts.get("bits", ()):
        facts.pop("bits", None)  # of the other methods: a base of QLoRA has 4 or 8
    open_width = "quantise_or_not" in reading.cues and not is_serving(reading) and "weight_format" not in facts
    if open_width and facts.get("method") in (None, "lora"):
        facts["method"], facts["bits"] = "lora", [16, 8, 4]  # of tuning, on the base as it is or on a quantised one
    if "teacher_model" in facts and "method" not in facts:
        facts["method"] = "full"  # a student trains whole
    if "method" in facts or "algo" in facts:
        return
    # of several models it is the models that differ
    several = any(_several(facts.get(name)) for name in ("params", "model"))
    compares = bool(set(reading.intents) & {"which_method", "method_diff"}) and not several and not _is_run(reading)
    # a cache is of a model that is served, and so is the context or prompt that would be longer
    if "kv_cache" in reading.intents[:2] or (_longer_context(reading) and facts.get("task") != "train"):
        return
    pretrains = set(WHOLE_MODELS) & set(reading.extras.get("tools", ())) or {"tp", "pp"} & set(facts)
    if pretrains and facts.get("task") == "train":
        facts["method"] = "full"
        return
    if facts.get("engine") == "mlx" and _tunes_openly(reading, facts):
        facts["method"] = "lora"  # what `mlx_lm.lora` trains unless it is told otherwise (--fine-tune-type)
        return
    open_task = facts.get("task") == "train" and not {"from_scratch", "accumulation"} & set(reading.cues)
    if not (open_task or (compares and "which_method" not in reading.intents)):
        return
    if "training_time" in reading.intents or _settles_the_method(reading, facts):
        return
    # of many models each with every method there is no table, but where the method is what is asked: most tuning is of adapters
    asked = "method" in reading.asks or "which_method" in reading.intents
    many = any(_several(facts.get(name), _MANY_MODELS if asked else 3) for name in ("params", "model"))
    facts["method"] = "lora" if many else list(_TUNED_METHODS)


def _tunes_openly(reading: Reading, facts: Facts) -> bool:
    """Is a model tuned, and neither made from nothing nor its method what is asked?"""
    asked = "method" in reading.asks or {"which_method", "method_diff"} & set(reading.intents)
    return facts.get("task") == "train" and "from_scratch" not in reading.cues and not asked


_CONTEXT = compiled(r"\bcontexts?\b|\bprompts?\b|\bconversations?\b|\bchats?\b|上下文|提示|对话|聊天")


def _longer_context(reading: Reading) -> bool:
    """Is it what a longer context does, and not a longer sample? With no training in it that is of a model that answers."""
    return "lever:length" in reading.cues and bool(_CONTEXT.search(reading.lowered))


def _is_run(reading: Reading) -> bool:
    """Is it how much more a use of the model takes, with nothing of a training in it? "4 pictures more: how many GB?"."""
    return "how_much" in reading.intents and not any(cue.startswith("lever:") for cue in reading.cues)


def _settles_the_method(reading: Reading, facts: Facts) -> bool:
    """Is something said that only training all weights has? 16 bits are none where it is asked how to set a training up."""
    settings = _OF_ONE_METHOD & set(facts)
    if "which_method" in reading.intents[:1]:
        sixteen = {
            "weight_format": ("bf16", "fp16"),
            "bits": (16,),
            "precision": ("bf16", "fp16", "amp-bf16", "amp-fp16"),
        }
        settings -= {name for name, usual in sixteen.items() if facts.get(name) in usual}
    return bool(settings)


def _several(value: Any, least: int = 2) -> bool:
    return isinstance(value, list) and len(value) >= least


def _targets(reading: Reading, facts: Facts) -> None:
    """Adapters on every one of many small experts take about what their quantised weights do: on them, or on attention?"""
    methods = facts.get("method")
    adapted = set(methods if isinstance(methods, list) else [methods]) & set(ADAPTERS)
    if not adapted:
        facts.pop("modules_to_save", None)  # of whole models every matrix trains
    if not adapted or "lora_targets" in facts:
        return
    rank = float(first(facts.get("lora_rank") or recipe("lora")["lora_rank"]))
    for row in rows_of(reading):
        h, f = float(row["hidden_size"] or 0), float(row["moe_intermediate_size"] or 0)
        # rank · (h + f) parameters of 16 B beside h · f of half a byte
        if row["n_experts"] and h and f and 16 * rank * (h + f) > _MUCH * 0.5 * h * f:
            facts["lora_targets"] = ["all-linear", "q k v o"]
            if prod(len(one) for one in facts.values() if isinstance(one, list)) > _MOST_READINGS:
                facts["lora_targets"] = "q k v o"  # what `all-linear` finds where experts are one tensor


_A_FEW = 2  # sequences at least, where their number is what is asked


def _heads(reading: Reading, facts: Facts) -> None:
    """A size whose models differ in what a token's keys and values take: with many tokens the answer turns on it."""
    size = facts.get("params")
    tokens = first(facts.get("seq_len")) * first(facts.get("batch_size"))
    if "batch_size" in reading.asks:
        tokens *= _A_FEW  # how many sequences of that length is asked: more than one
    if {"model", "vocabulary"} & set(facts) or not isinstance(size, (int, float)) or tokens < MANY_TOKENS:
        return
    try:
        found = stand_in(float(size))
    except BadInput:
        return  # no model stands for that size; the estimate says so
    models = () if found.changed else shapes_of(found.name)
    if len(models) > 1:
        facts.pop("params")
        facts["model"] = list(models)


def _precisions(reading: Reading, facts: Facts) -> None:
    """Served at which precision? What is asked without one is answered for the usual three."""
    if facts.get("weight_format") in ("bf16", "fp16") and "bits" in facts:  # as published, or else in fewer bits
        bits = facts["bits"] if isinstance(facts["bits"], list) else [facts["bits"]]
        facts.pop("weight_format")
        facts["bits"] = list(dict.fromkeys([16, *bits]))
    if "quantise_or_not" in reading.cues and facts.get("bits", 16) == 16 and "weight_format" not in facts:
        facts["bits"] = list(CHECKPOINT_BITS)
    whole = facts.get("weight_format", "bf16") in ("bf16", "fp16") and facts.get("bits", 16) == 16
    if "if_quantised" in reading.cues and is_serving(reading) and whole:  # as it is, and then in fewer bits
        facts.pop("weight_format", None)
        facts["bits"] = list(CHECKPOINT_BITS)
    if {"no_quantising", "one_or_several"} & set(reading.cues) and not {"bits", "weight_format", "bpw"} & set(facts):
        facts["bits"] = (
            16  # what quantising is ruled out of leaves one precision; servers of one model are compared as published
        )
    if {"bits", "weight_format"} & set(facts):
        if asked_too(reading):
            _as_published_too(reading, facts)
        return
    which = "bits" in reading.asks or ("which_method" in reading.intents and "all_on_card" not in reading.cues)
    if (("quantised" in reading.cues and "kv_format" not in facts) or reads_gguf(facts)) and not which:
        if "why_more" not in reading.intents or reads_gguf(facts):  # what such a program runs is a quantised file
            facts["weight_format"] = "gguf:Q4_K_M"
        return
    several = prod(len(value) for value in facts.values() if isinstance(value, list))
    which_fits = asks_what_fits(reading) and _several(facts.get("model") or facts.get("params"))
    commanded = "gpu" in facts and reading.intents == ("injection",)  # "say yes: a 70B on a 3060" is held against all
    wanted = which_fits or commanded or set(reading.intents) & _WANT_PRECISIONS
    if several > _MOST_READINGS or "layer_split" in facts or not wanted:
        return
    if {"max_batch_ctx", "kv_cache", "oom_diagnosis", "why_more"} & set(reading.intents[:1]) or _has_run(
        reading, facts
    ):
        return
    if facts.get("seq_len") and first(facts["seq_len"]) >= MANY_TOKENS and not (which_fits or "bits" in reading.asks):
        return
    if "log_adapters" in reading.extras:  # adapters are asked about, which stay 16 bit
        return
    facts["bits"] = list(CHECKPOINT_BITS)


def _has_run(reading: Reading, facts: Facts) -> bool:
    """Whether a run of a program that is named is told to have failed: it had one precision, and fewer bits are a way out."""
    return "oom_diagnosis" in reading.intents and "might_fail" not in reading.cues and "engine" in facts


def _as_published_too(reading: Reading, facts: Facts) -> None:
    """The precisions that a second question names stand beside that of the first one: 16 bit, or FP8 where it is so published."""
    name = "weight_format" if "weight_format" in facts else "bits"
    whole, published = (16, 8) if name == "bits" else ("fp16", "fp8")
    usual = published if served_in_fp8(reading) else whole
    named = facts[name] if isinstance(facts[name], list) else [facts[name]]
    if not {usual, 16, "fp16", "bf16", "fp32"} & set(named):
        facts[name] = [usual, *named]


def trains(facts: Facts) -> bool:
    """Whether facts are of a training."""
    return facts.get("task") == "train" or "algo" in facts or facts.get("method", "inference") != "inference"
