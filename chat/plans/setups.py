"""The set-ups that a question sets side by side: which facts set them apart, what all of them share, and the figure that
the asker states of each.

What is said of the same kind in several places ("2×3090 or one A6000", "8B in fp16 or 14B in 4 bit") sets sides apart;
what several kinds say in turn belongs together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chat.plans.axes import (
    Side,
    axes_of,
    in_turn,
    is_quantised,
    on_own_bits,
    ranks,
    said_behind,
    tunings,
    ways_out,
    with_own_bits,
    with_sixteen_bits,
)
from chat.plans.bits_of_one import widths_of_one
from chat.plans.bound import apart as settings_of
from chat.plans.bound import bound
from chat.plans.choices import replaces
from chat.plans.formats import bits_again, widest_held
from chat.plans.listed_runs import runs_listed
from chat.plans.optimizer_saves import USUAL, saving_asked
from chat.plans.programs_named import programs_named
from chat.plans.rollouts import is_a_backend
from chat.plans.sides_on_cards import counted, on_its_ranks, on_one_card, ranks_of_servers
from chat.plans.sizes import asked_too
from chat.plans.stages import Said as _Said
from chat.plans.stages import offload_asked
from chat.plans.stages import stages as _stages
from chat.plans.stated_figures import all_stated, figures_stated
from chat.plans.states_saved import without_masters
from chat.plans.turned import tells_turn, turned
from chat.plans.understood import Facts, has_subject, is_serving, understood
from chat.plans.ways_in_a_row import one_of_a_row
from chat.reads.cards.bare_memory import MAC_TOLD
from chat.reads.concepts.serving_layouts import ATTENTION_BY_REQUESTS
from chat.reads.contrasts import CONTRAST
from chat.reads.cues import REPLICAS
from chat.reads.follow_ups.back import of_family
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.reading import Reading
from kb.cards import kinds_meant
from kb.comparison import MOST
from kb.knobs import LIKE
from kb.likely import Stated
from kb.programs import method_by_default, trains
from kb.recipe import ADAPTERS, assumed

# facts by the kind of thing that they say; of one kind two values are two sides
_KINDS = {
    "size": ("model", "params"), "format": ("bits", "weight_format"), "card": ("gpu", "gpu_memory_gb"),
    "engine": ("engine",), "method": ("method",), "algo": ("algo",), "optimizer": ("optimizer",), "precision": ("precision",),
    "checkpointing": ("gradient_checkpointing",), "attention": ("attention",), "loss": ("loss",), "kv": ("kv_format",),
    "zero": ("zero_stage",), "offload": ("offload",), "rank": ("lora_rank",), "targets": ("lora_targets",), "batch": ("batch_size",), "length": ("seq_len",),
    "count": ("n_gpus",), "step": ("n_ubatch", "max_num_batched_tokens"), "ways": ("tp", "pp", "dp"), "placed": ("gpu_layers",),
}  # fmt: skip
_KIND_OF = {fact: kind for kind, facts in _KINDS.items() for fact in facts}
# asked in these words, or of these things where two of them are named
_COMPARES = frozenset({"method_diff", "comparison"})
_CHOOSES = frozenset(
    {"which_method", "why_more", "quant_gguf", "zero_offload", "rl_memory", "kv_cache", "multi_gpu_split"}
)
# what is asked otherwise is answered otherwise
_OTHER = frozenset(
    {"table_lookup", "units", "training_time", "check_arithmetic", "injection", "max_batch_ctx", "how_many_gpus"}
)
# of these two are always two sides; of sizes, lengths and cards a question may name several of one
_OF_CHOICE = frozenset(
    {"format", "engine", "method", "algo", "optimizer", "precision", "zero", "offload", "kv", "attention", "ways", "step", "placed"}
)  # fmt: skip
# ways to run one training, and asked which of them
_OF_RUNS = frozenset({"method", "zero", "optimizer", "offload", "precision"})
WHICH_OF = r"\bwhich\b|\bshould i\b|哪(?:个|种|一|样)|还是"
_EITHER_OR = r"(?: ?(?:[+&]|with|and)? ?(?:cpu[ -]?)?offload\w*)?[\s,(/]*(?:vs\.?|versus|or|还是|或者?)[\s,/]*(?:full|a|an|use|用|上|直接|full (?:ft|fine-?tun\w+)|全参)?[\s+]*(?:with |using |on )?"
# one thing set against another
_AGAINST = rf"{CONTRAST}|\b(?:worth|better|gain\w*)\b[^.?;]{{0,24}}\b(?:over|than)\b|\binstead of\b|\brather than\b|差在哪|差多少|比[^,;?]{{1,16}}(?:省|多|少|好)|换(?:成|了|用|到)?[^,;?]{{1,12}}(?:之后|以后|后)"
# of a rank that is raised or lowered it is asked what that changes
_CHANGED = r"\bfrom\b[^.?;]{0,24}\bto\b|\bgo(?:es)? (?:up|down)\b|\b(?:rais|increas|lower|reduc|chang|mov|switch)\w*|\bmore\b|从[^,;?]{0,16}[改升提加降换到]|[改升提调加降换]到|[改升提调加降换]成|多多少|[会要]多|差多少"
# no ending of a name ("zephyr-7b-sft")
_SFT = r"(?<!after )(?<!after an )(?<!做完)(?<!跑完)(?<!not )(?<!不是)(?<!\db-)\b(?:sft\b|supervised\b)(?![ -]?(?:model|checkpoint|ckpt|后|完|模型|(?:已经?|都|刚)?(?:做|跑|训)(?:完|好|过)|(?:is|was|has been) (?:already |now )?(?:done|finished|complete|over)))|监督微调(?!后|完)|指令微调(?!后|完)"
_FULL = r"(?:(?<=vs )|(?<=vs\. )|(?<=or )|(?<=and )|(?<=, )|(?<=/ )|(?<=/))full(?= (?:with|in|using|at)\b|\s?\+)|^full(?= (?:with|in|using)\b|\s?\+)"
_BOTH_WAYS = r"\bon (?:vs\.?|versus|or|and|/) off\b|\boff (?:vs\.?|versus|or|and|/) on\b|\bwith (?:and|or|vs\.?) without\b|开(?:不|与不|和不|还是不)开|开(?:启)?(?:和|与|或|还是)(?:关|不)|用不用"
_EITHER = {"gradient_checkpointing": ("off", "on"), "attention": ("eager", "flash"), "loss": ("full-logits", "fused")}
_OF_A_CACHE = r"^(?![\s\S]*(?:awq|gptq|gguf|nf4|q\d_k))[\s\S]*\bkv\b"  # no cache is stored in these
_SAID_OF = {
    "gradient_checkpointing": r"checkpointing|重计算|检查点|recomput",
    "attention": r"flash|\bfa[23]\b",
    "loss": r"liger|fused (?:ce|cross|loss)|融合损失",
}
_WAYS = {
    "tp": r"tensor[ -]?parallel\w*|张量并行|\btp\b", "pp": r"pipeline(?:[ -]?parallel\w*)?|流水线(?:并行)?|\bpp\b",
}  # fmt: skip
_COPIES = r"(?<![a-z])dp(?![a-z])|数据并行"
_OF_TRAINING = frozenset({"algo", "optimizer", "precision", "checkpointing", "loss", "rank", "zero"})
TRAINABLE = r"\b(?:can|could|may) (?:still )?(?:be )?(?:i )?(?:fine-?tun\w+|train\w*)|\btrainable\b|(?:能|可以|可)(?:继续)?(?:微调|训练)"
_QUANTISED = ("gguf:Q4_K_M", "awq-int4-g128")


_OF_A_ROW = frozenset({"method", "format", "size"})  # sizes that a table has may stand beside the ways


@dataclass(frozen=True)
class Sides:
    """`each` has the facts that set a side apart, `stated` the asker's figure of it, `shared` the facts of all."""

    each: tuple[Facts, ...]
    stated: tuple[Stated | None, ...]
    shared: Facts


def sides(reading: Reading, beside_table: bool = False) -> Sides | None:
    """The set-ups that are compared, after a table is read or without one; None where the question compares none."""
    other = _OTHER - {"table_lookup"} if beside_table else _OTHER
    if not has_subject(reading) or set(reading.intents[:1]) & other or "settings_compared" in reading.cues:
        return None
    said = sorted(_said(reading), key=lambda one: one.span)
    axes = axes_of(said, reading.lowered)
    text = normalise(reading.text).text
    methods = axes.get("method", [])
    apart = any(one for side in methods for one in said_behind(side, methods, said, reading.lowered))
    saves = saving_asked(reading, text)
    own, full = bound(reading), _against_full(said, reading.lowered)
    among = one_of_a_row(said, axes, reading.lowered)
    before = turned(reading, said) if not axes else []
    on_bits = with_own_bits(said, reading.lowered) if set(axes) <= {"method", "format"} else []
    in_widths = widths_of_one(said, reading.lowered) if set(axes) <= _OF_A_ROW else []
    fell = bool(set(axes) & _OF_CHOICE) and tells_turn(reading)
    asked = (
        bool(own)
        or set(reading.intents) & _COMPARES
        or "which_part" in reading.cues
        or apart
        or saves
        or "optimizer" in axes  # a run has one
        or _replaces(reading, axes)
        or any(all_stated(reading, axes.get(kind, [])) for kind in ("method", "rank"))
        or {"card", "count"} <= set(axes)  # each count of its own cards
        or (
            "zero" in axes
            and (offload_asked(reading.lowered) or "tp" in {one.fact for side in axes["zero"] for one in side})
        )
        or full
        or among
        or before
        or on_bits
        or in_widths
        or fell
        or (set(axes) & _OF_RUNS and compiled(WHICH_OF).search(text))
        or ("rank" in axes and ("method" in axes or compiled(_CHANGED).search(text)))
        or (set(axes) & _OF_CHOICE and compiled(_AGAINST).search(text))
    )
    if not asked and not (set(reading.intents) & _CHOOSES and set(axes) & _OF_CHOICE):
        return None
    if not asked:
        axes = {kind: each for kind, each in axes.items() if kind in _OF_CHOICE or len(axes) > 1}
    listed = runs_listed(reading.lowered)
    found = listed or (
        (methods if own and len(methods) == len(own) else [])
        or full
        or among
        or in_widths
        or on_bits
        or on_own_bits(said, axes, reading.lowered)
        or before
        or tunings(said, axes)
        or ranks(axes)
        or (ways_out(axes, reading.lowered) if "oom_diagnosis" in reading.intents else [])
        or in_turn(axes)
        or (_either(reading) if asked else [])
    )
    found = with_sixteen_bits(found, reading.lowered)
    if not 2 <= len(found) <= MOST:
        return None
    found = listed or [[*side, *said_behind(side, found, said, reading.lowered)] for side in found]
    each = [{one.fact: one.value for one in side} for side in found]
    names = {name for one in each for name in one}
    if names <= {"weight_format", "bits"} and _several_cards(reading):
        return None  # each format on each card is a table of its own
    if names <= {"gpu_memory_gb"} and MAC_TOLD in reading.extras:
        return None  # machines, each of which lets its GPU have a part
    if own and not listed:
        each = [{**one, **settings_of(one.get("method"), own)} for one in each]
    if "which_part" in reading.cues and _saves_on(each):
        each, found = [{"method": "full"}, *each], [[], *found]  # what is saved is saved against it
    each = [on_its_ranks(one, reading.facts.get("n_gpus", ())) for one in counted(reading, each)]
    each, shared = ranks_of_servers(each, _shared(reading, each))
    each = on_one_card(each, shared)
    completed = tuple(_completed(one, each, shared) for one in each)
    if len({one.get("method") for one in each}) > 1:  # of two methods bits are those of the quantised base
        shared = {name: value for name, value in shared.items() if name not in ("bits", "weight_format")}
    return Sides(completed, tuple(figures_stated(reading, found)), shared)


def _several_cards(reading: Reading) -> bool:
    """Whether the card that is named comes in several sizes that are told."""
    return len(reading.facts.get("gpu", ())) == 1 and len(reading.facts.get("gpu_memory_gb", ())) > 1


def _against_full(said: list[_Said], text: str) -> "list[Side]":
    """`ZeRO-3 offload or QLoRA`: stages and offloading that stand against adapters are those of a full training."""
    named, layout = ([one for one in said if one.kind == kind] for kind in ("method", "zero"))
    methods = [one for one in named if one.value in ADAPTERS]
    others = {one.value for one in named if one not in methods}
    if len(methods) != 1 or not others <= {"full"} or not layout or len({one.span for one in layout}) > 1:
        return []
    first, last = sorted([methods[0].span, layout[0].span])
    if not compiled(_EITHER_OR).fullmatch(text[first[1] : last[0]]):
        return []
    whole = [_Said("method", "method", "full", layout[0].span), *layout]
    return [whole, methods] if layout[0].span < methods[0].span else [methods, whole]


def _replaces(reading: Reading, axes: "dict[str, list[Side]]") -> bool:
    """Is one of two that stand for the same asked about as what is to take the other's place?"""
    if len(axes) != 1 or not set(axes) <= _OF_CHOICE or "oom_diagnosis" not in reading.intents:
        return False
    return replaces(reading, [{one.fact: one.value for one in side} for side in next(iter(axes.values()))])


def _saves_on(each: list[Facts]) -> bool:
    """Are they methods of training, of which none is the full one?"""
    methods = [one.get("method") for one in each]
    return len(each) < MOST and all(methods) and not {"full", "inference"} & set(methods)


def _said(reading: Reading) -> Iterator[_Said]:
    programs, repeated = programs_named(reading), bits_again(reading)
    for fact, values in reading.facts.items():
        kind = _KIND_OF.get(fact)
        places = reading.spans.get(fact, ())
        if kind is None or (kind == "engine" and programs) or len(places) != len(values):
            continue
        if kind == "ways" and _one_layout(reading):
            continue
        if kind == "zero" or (kind == "offload" and "zero_stage" in reading.facts) or (fact == "bits" and repeated):
            continue
        models = reading.facts.get("model", ())
        for value, span in zip(values, places, strict=True):
            if fact == "gpu_memory_gb" and _of_a_named_card(value, reading):
                continue  # "two cards of 24 GB ... my two 4090s" is one set-up
            member = of_family(str(models[0]), float(value)) if fact == "params" and len(models) == 1 else ""
            if member in models:
                continue  # "the 7B" is the model that is named
            if kind == "engine" and is_a_backend(value, reading):
                continue
            if kind == "format" and value == values[0] and asked_too(reading) and not {16, "bf16", "fp16"} & {*values}:
                yield _Said(kind, fact, 16 if fact == "bits" else "bf16", (span[0], span[0]))  # of the first question
            yield _Said(kind, "model", member, span) if member else _Said(kind, fact, value, span)
    yield from programs
    yield from _stages(reading)
    if len(reading.facts.get("n_gpus", ())) == 1 and not {"tp", "pp"} & set(reading.facts):
        named = {fact: compiled(pattern).search(reading.lowered) for fact, pattern in _WAYS.items()}
        for fact, place in named.items():
            if all(named.values()) and place:
                yield _Said("ways", fact, reading.facts["n_gpus"][0], place.span())
    yield from _replicas(reading)
    for fact, plain, pattern in (("algo", "sft", _SFT), ("method", "full", _FULL)):
        others = reading.facts.get(fact, ())  # beside them it is one of them, in words that alone do not say it
        if others and plain not in others and (found := compiled(pattern).search(reading.lowered)):
            yield _Said(fact, fact, plain, found.span())


_SHOWN = 0.9  # of what a card is sold with, at least, stands in its driver's total
# between two degrees, each is a way by itself
_OR = r"\bor\b|\bvs\.?(?![a-z])|\bversus\b|\binstead\b|\bagainst\b|还是|或者?|对比|相比|换成|改成"


def _one_layout(reading: Reading) -> bool:
    """Whether tensor and pipeline parallel multiply to just the cards there are: together they are one layout, unless an "or"
    stands between them."""
    told = {name: reading.facts.get(name, ()) for name in ("tp", "pp", "dp", "n_gpus")}
    if any(len(told[name]) != 1 for name in ("tp", "pp", "n_gpus")) or len(told["dp"]) > 1:
        return False
    product = int(told["tp"][0]) * int(told["pp"][0]) * int(next(iter(told["dp"]), 1))
    places = sorted(span[0] for name in ("tp", "pp") for span in reading.spans.get(name, ())[:1])
    apart = len(places) > 1 and compiled(_OR).search(reading.lowered, places[0], places[1])
    return product == int(told["n_gpus"][0]) and not apart


def _of_a_named_card(size: Any, reading: Reading) -> bool:
    """Whether the one card that is named has that memory, as it is sold or as its driver shows it."""
    named = reading.facts.get("gpu", ())
    sold = [card.marketed_gb for card in kinds_meant(str(named[0]))] if len(named) == 1 else []
    return any(_SHOWN * whole <= float(size) <= whole for whole in sold)


def _replicas(reading: Reading) -> Iterator[_Said]:
    """A copy on each of the cards over which a model that is served may be divided instead."""
    place = compiled(REPLICAS).search(reading.lowered)
    if not place and "copies" in reading.extras.get("serve_by", ()):
        place = compiled(_COPIES).search(reading.lowered)
    count = reading.facts.get("n_gpus", ())
    # ranks of either side are told, or experts are no copies
    divided = "dp" in reading.facts or len(reading.facts.get("tp", ())) > 1 or ATTENTION_BY_REQUESTS in reading.cues
    if place and len(count) == 1 and count[0] > 1 and is_serving(reading) and not divided:
        yield _Said("ways", "dp", count[0], place.span())


def _either(reading: Reading) -> list[Side]:
    """A switch that is asked about: with and without it."""
    text = normalise(reading.text).text
    for fact, values in _EITHER.items():
        named = compiled(_SAID_OF[fact]).search(text)
        alone = set(reading.facts) & set(_EITHER) <= {fact}
        if (
            named
            and alone
            and len(reading.facts.get(fact, ())) < 2
            and (fact in reading.facts or compiled(_BOTH_WAYS).search(text))
        ):
            return [[_Said(_KIND_OF[fact], fact, value, named.span())] for value in values]
    used = reading.facts.get("optimizer", ())
    if len(used) == 1 and used[0] != USUAL and saving_asked(reading, text):
        place = reading.spans.get("optimizer", ((0, 0),))[0]
        return [[_Said("optimizer", "optimizer", value, place)] for value in (USUAL, used[0])]
    return []


def _shared(reading: Reading, each: list[Facts]) -> Facts:
    """What all sides have in common: one value of each fact."""
    apart = {name for side in each for name in side}
    kinds = {_KIND_OF[name] for name in apart}
    facts = {
        name: value for name, value in understood(reading).items()
        if name not in apart and (_KIND_OF.get(name) not in kinds or _KIND_OF.get(name) == "ways")
    }  # fmt: skip
    if "kv" in kinds and "format" not in kinds and compiled(_OF_A_CACHE).search(reading.lowered):
        facts.pop("weight_format", None)  # of the cache's formats one was read as the weights'
    if isinstance(facts.get("bits"), list) and "bits" not in reading.facts:
        facts.pop("bits")  # usual precisions, one after the other: none of them was asked for
    if kinds == {"format"} and "method" not in reading.facts and compiled(TRAINABLE).search(reading.lowered):
        facts |= {"task": "inference", "method": "inference"}  # what they take, and beside it what can be trained on
    programs = [str(side["engine"]) for side in each if "engine" in side]
    if "method" not in reading.facts and any(trains(one) for one in programs):
        by_default = next((found for one in programs if (found := method_by_default(one))), "lora")
        facts |= {"task": "train", "method": "qlora" if is_quantised(facts) else by_default}
    elif "method" not in reading.facts and kinds & _OF_TRAINING:
        facts |= {"task": "train", "method": "lora" if "rank" in kinds else "full"}
    elif "method" not in reading.facts and "method" in facts:
        if "task" not in reading.facts:
            del facts["method"]  # a model that is only named is run
        elif isinstance(facts["method"], list):
            facts["method"] = "lora" if kinds & {"card", "count", "rank"} else "full"
    one_card = "gpu" in reading.facts and not {"n_gpus", "zero_stage"} & set(reading.facts)  # whose offloading is asked
    if one_card and "offload" in kinds:
        facts["n_gpus"] = 1
    if ("zero" in kinds or facts.get("zero_stage")) and "n_gpus" not in facts:
        facts["n_gpus"] = assumed("n_gpus", "an example")  # what is divided is divided over cards
    if kinds == {"card"} and not {"bits", "weight_format", "bpw"} & set(facts) and facts.get("task") != "train":
        facts |= widest_held(facts, each)
    facts |= without_masters(reading)
    return {name: value[0] if isinstance(value, list) else value for name, value in facts.items()}


def _completed(side: Facts, each: list[Facts], shared: Facts) -> Facts:
    """What goes without saying of a side: bits are those of the quantised one, and llama.cpp's like read quantised files."""
    methods, own = {one.get("method") for one in each}, dict(side)
    if "qlora" in methods and len(methods) > 1 and side.get("method") == "qlora" and is_quantised(shared):
        own |= {name: shared[name] for name in ("bits", "weight_format") if name in shared}
    stored = {"bits", "weight_format"} & {*side, *shared}
    kinds = [LIKE.get(str(one.get("engine")), one.get("engine")) for one in (side, *each)]
    if kinds[0] and "llama.cpp" in kinds and not stored and "method" not in methods:  # servers at like bits beside it
        own["weight_format"] = _QUANTISED[kinds[0] != "llama.cpp"]
    return own
