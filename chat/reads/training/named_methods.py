"""How a model is trained: the method, what a setting moves off the card, and the task."""

import re

from chat.reads import lexicon
from chat.reads.concepts.offloads import PART_ON_CPU
from chat.reads.facts import EARLY, worded
from chat.reads.lexicon import WORDED
from chat.reads.refusals import refused
from chat.reads.scan import Scan
from chat.reads.seen.fell_back import BY_THE_PROGRAM
from chat.reads.task import read_task
from chat.reads.task_words import TASK_TRAIN, WHOLE
from chat.reads.training.further_methods import narrower_asked
from kb.programs import serves
from kb.recipe import ADAPTERS


def off_the_card(moved: str, stage: int | None) -> tuple[str, int | None]:
    """What leaves the card, and at which stage: parameters do from stage 3 on only, which is meant where none is told."""
    if moved == "params" and stage in (1, 2):
        return "optimizer", stage
    return moved, 3 if moved == "params" and stage is None else stage


def read_methods(scan: Scan) -> None:
    """The other settings, the method and the task."""
    _methods(scan)
    _of_papers(scan)
    _whole_by_their_own(scan)
    for rule in WORDED:
        if rule.fact not in EARLY and rule.fact != "engine":
            worded(scan, rule.fact, rule.value, rule.pattern)
    _offload_again(scan)
    _offload_both(scan)
    if scan.facts.get("offload") == ["params"]:
        moved = {off_the_card("params", stage)[0] for stage in scan.facts.get("zero_stage", ())}
        scan.facts["offload"] = ["optimizer"] if moved == {"optimizer"} else ["params"]
    if {"paged-adamw-8bit", "adamw-8bit"} == set(scan.facts.get("optimizer", ())) and not any(scan.find(_BESIDE_PAGED)):
        scan.facts["optimizer"], scan.spans["optimizer"] = ["paged-adamw-8bit"], scan.spans["optimizer"][:1]
    if len(scan.facts.get("algo", ())) > 1 and "sft" in scan.facts["algo"]:
        place = scan.facts["algo"].index("sft")  # what another algorithm is compared with
        del scan.facts["algo"][place], scan.spans["algo"][place]
    if "tp" not in scan.facts:
        scan.facts.pop("sequence_parallel", None)  # said of long sequences at large: Megatron's divides what tp leaves
    read_task(scan)
    _moved(scan)


# what makes offloading more than that of the optimizer which was spoken of
_OF_MORE = r"(?:\b(?:full|all|everything|both|complete|whole|param\w*|weights|infinity|cpu|or|vs\.?|versus|than|plus)\b|参数|权重|全部?|都|还是|对比|[/+,、])[ -]?(?:the |with |a )?$"


def _offload_again(scan: Scan) -> None:
    """`Does it need optimizer offload? And if I do offload, ...`: said again in short, it is the one that was named."""
    if scan.facts.get("offload") != ["optimizer", "params"]:
        return
    places = [span for value, span in scan.again.get("offload", ()) if value == "params"] + scan.spans["offload"][1:]
    named = scan.spans["offload"][0][1]
    for start, end in places:
        bare = lexicon.compiled(r"offload(?:ing|ed|s)?|卸载").fullmatch(scan.lowered[start:end])
        if not bare or start < named or lexicon.compiled(_OF_MORE).search(scan.lowered[max(0, start - 16) : start]):
            return
    scan.facts["offload"], scan.spans["offload"] = ["optimizer"], scan.spans["offload"][:1]


# between two that are moved together: none chooses between them
_CHOOSES = r"\bwhich\b|\bdifferen\w+|\bcompar\w+|\bvs\b|\bversus\b|\bbetter\b|\bthan\b|差(?:多少|别|异)|区别|哪|对比"
_TOGETHER = r"(?!.*(?:\bor\b|\bno\b|或|不|还是))(?:[^.;?!]{0,8}(?:[+&,，、]|\band\b|\bplus\b|\bas well as\b|和|与|及|加|再|都|跟)[^.;?!]{0,10}|\s?)"


def _offload_both(scan: Scan) -> None:
    """`offload optimizer + offload param`: what moves both is the larger of the two, no choice between them."""
    if scan.facts.get("offload") != ["optimizer", "params"]:
        return
    (_, end), (start, _) = sorted(scan.spans["offload"])
    if not any(scan.find(_CHOOSES)) and lexicon.compiled(_TOGETHER).fullmatch(scan.lowered[end:start]):
        scan.facts["offload"], scan.spans["offload"] = ["params"], scan.spans["offload"][1:]


_PAPER = r"\b(?P<method>qlora|lora|galore|badam|lisa|apollo)(?:'s| 的)? ?(?:paper|authors?|abstract|论文|作者)"


def _of_papers(scan: Scan) -> None:
    """Beside a method that is asked about, a paper is only who says it: `the QLoRA paper's 780 GB of full fine-tuning`."""
    methods = scan.facts.get("method", [])
    for found in scan.find(_PAPER):
        if len(methods) > 1 and found["method"] in methods and len(list(scan.find(found["method"]))) == 1:
            place = methods.index(found["method"])
            del methods[place], scan.spans["method"][place]


_BESIDE_PAGED = r"\b(?:vs\.?|versus|or|than|compar\w+|differ\w*|instead)\b|还是|对比|区别|差别|差异|差多少|差得?多|[和跟与][^,;?!]{0,40}(?:差|区别|哪个|一样)|相比|比"
OWN_WAYS = ("galore", "badam", "lomo", "apollo", "lisa")
# full fine-tuning as another way beside them, and no word for what they train
_OTHER_FULL = r"\b(?:plain|regular|ordinary|standard|normal|usual|vs|versus|than|compar\w+|differ\w*|or) (?:a )?full\b|\bfull\b[^.?;]{0,24}\b(?:vs|versus|or|compar\w+)\b|(?:普通|常规|标准|一般|正常|直接|还是|跟|和|与|比|vs) ?(?:全参|全量)|(?:全参|全量)[^。?;]{0,8}(?:还是|相比|对比|区别|不同|vs)|(?:\bfull(?:[ -](?:ft|fine-?tun\w+|param\w*))?|全参数?|全量)(?:微调|训练)?\s?(?:[/、,]|or\b|and\b|和|或)\s?(?:q?lora|galore|badam|lomo|apollo|lisa|dora)|(?:\bfull|全参数?|全量)(?:[ -]?(?:微调|训练|ft|fine-?tun\w+))?\s?[/、,]\s?(?:纯|pure[_ -])\s?bf16|(?:q?lora|galore|badam|lomo|apollo|lisa)\s?(?:/|、|,? ?or|和|或)\s?(?:full\b|全参|全量)|(?:q?lora|dora)\b[^.?;]{0,16},\s?(?:全参|全量|full\b(?![ -]?param))|(?:adamw?[ _-]?8[ -]?bit|8[ -]?(?:bit|位)\s?adamw?|adamw|adafactor|pure[_ -]bf16)\s?\)?\s?(?:vs\.?|versus|or|and|和|与|跟|还是|、|/|,(?=[^.;?]{0,24}(?:\bor\b|还是|或)))\s?(?:galore|badam|lomo|apollo|lisa)|(?:galore|badam|lomo|apollo|lisa)\s?(?:vs\.?|versus|or|and|和|与|跟|还是|、|/)\s?(?:pure[_ -]bf16|adamw?[ _-]?8[ -]?bit|8[ -]?(?:bit|位)\s?adamw?|adafactor)"
_IN_8_BITS = r"(?<![a-z])(?:galore|apollo)[\w ,]{0,24}\b(?:8[ -]?bit|adamw?_?8bit)|8[ -]?(?:bit|位) ?(?:galore|apollo)|galore[^。?;]{0,8}8 ?位"


def _whole_by_their_own(scan: Scan) -> None:
    """`GaLore full-parameter training` is GaLore, and its 8 bits are those of the moments, not of the weights."""
    methods = scan.facts.get("method", [])
    own = [one for one in methods if one in OWN_WAYS]
    if own and "full" in methods and not any(True for _ in scan.find(_OTHER_FULL)):
        place = methods.index("full")
        del methods[place], scan.spans["method"][place]
    if own and scan.facts.get("bits") == [8] and any(True for _ in scan.find(_IN_8_BITS)):
        spans = scan.spans.pop("bits")
        del scan.facts["bits"]
        scan.facts["optimizer"], scan.spans["optimizer"] = ["adamw-8bit"], spans


def _moved(scan: Scan) -> None:
    """Layers that go to the card, or that a program left on the CPU, are no offloading of all parameters; a server offloads so many GB."""
    served = any(serves(engine) for engine in scan.facts.get("engine", ()))
    stated = (
        served
        or {"gpu_layers", "n_cpu_moe", "cpu_offload_gb"} & set(scan.facts)
        or any(True for _ in scan.find(lexicon.LAYERS_MOVED))
        or any(True for _ in scan.find(BY_THE_PROGRAM))
    )
    asked = [one.span() for one in scan.find(PART_ON_CPU[0][1])]
    places = scan.spans.get("offload", [])
    of_a_question = any(start <= at < end for start, end in asked for at, _ in places[:1])
    left_out = of_a_question or (stated and scan.facts.get("task") != ["train"])
    if left_out and scan.facts.get("offload") == ["params"]:
        del scan.facts["offload"], scan.spans["offload"]


# "bf16 LoRA, or do we have to go to 4 bit?", "LoRA 够吗,还是只能 4bit": the bits are the other way
_INSTEAD = r"(?:\bor\b(?! in\b)[^.;?!]{0,32}|还是[^.;?!。]{0,8}|(?:否则|不然)[^.;?!。]{0,8})$"

# "a bf16 base and a 4-bit base", "bf16和4bit底模各多少": each is a way; what is computed in 16 bit is none
_WIDE, _NARROW = r"(?:bf16|fp16|16[- ]?(?:bits?|位))", r"4[- ]?(?:bits?|位)"
_OF_BASE = r"(?: ?(?:base|model|weights|底模|底座|基座|权重))?"
_AND = r"\s?(?:\band\b|\bvs\.?|\bversus\b|\bor\b|和|与|跟|、|/|还是)\s?(?:(?:with|for|on|of|an?|the) ){0,2}"
_BOTH_BASES = rf"(?<![a-z\d]){_WIDE}{_OF_BASE}{_AND}{_NARROW}|(?<![\d.]){_NARROW}{_OF_BASE}{_AND}{_WIDE}(?! ?(?:comput|计算|autocast|mixed|混合))"


def _bits_instead(scan: Scan) -> bool:
    """Whether four bits are told as the way beside a plain LoRA; they are then the quantised base's own and no fact."""
    if scan.facts.get("bits") != [4] or set(scan.facts.get("weight_format", ())) - {"bf16", "fp16"}:
        return False
    start = scan.spans["bits"][0][0]
    before = max((end for _, end in scan.spans["method"]), default=0)
    both = "weight_format" in scan.facts and any(scan.find(_BOTH_BASES))
    if not both and (not before <= start or not lexicon.compiled(_INSTEAD).search(scan.lowered[before:start])):
        return False
    for name in ("bits", "weight_format"):  # each way has its own
        scan.facts.pop(name, None)
        place = scan.spans.pop(name, [])
        scan.spans["method"] += place if name == "bits" else []
    return True


def _methods(scan: Scan) -> None:
    said = sorted(
        (hit.start(), hit.end(), rule.value)
        for rule in lexicon.METHODS
        for hit in scan.find(rule.pattern)
        if scan.free(hit.start(), hit.end())
    )
    found = [one for one in said if not refused(scan, one[0], one[1]) and not _of_serving(scan, *one)]
    for start, end, _ in set(said) - set(found):
        scan.take(start, end)
    adapters = {*scan.facts.get("method", ()), *(value for _, _, value in found)} & (set(ADAPTERS) - {"lora"})
    for start, end, value in found:
        of_adapters = lexicon.compiled(lexicon.OF_ADAPTERS).search(scan.text[end:])
        if value == "lora" and adapters and of_adapters and not _changed_for(scan, end, found):
            scan.take(start, end)
            continue
        scan.add("method", value, start, end)
    prepared = next(scan.find(lexicon.PREPARED), None) if "method" not in scan.facts else None
    if prepared:
        scan.add("method", "qlora", *prepared.span(), take=False)
    low = any(bits <= 8 for bits in scan.facts.get("bits", ())) or bool(
        set(scan.facts.get("weight_format", ())) & {"nf4", "int4", "int8", "fp4", "gptq-int4", "awq-int4-g128"}
    )
    # LoRA on a base of 4 or 8 bits is what everybody calls QLoRA.
    if (
        scan.facts.get("method") == ["lora"]
        and low
        and 16 not in scan.facts.get("bits", ())
        and not narrower_asked(scan)
    ):
        scan.facts["method"] = ["lora", "qlora"] if _bits_instead(scan) else ["qlora"]
    # "int8 (load_in_8bit) or 4 bits": one width by two names
    widths = {"int8": 8, "nf4": 4, "int4": 4}
    formats, bits_told = scan.facts.get("weight_format", ()), scan.facts.get("bits", ())
    if len(bits_told) > 1 and formats and all(widths.get(str(one)) in bits_told for one in formats):
        scan.facts.pop("weight_format", None)
    # QLoRA's base has 4 or 8 bits: sixteen beside it is what it computes in
    adapted = "qlora" in scan.facts.get("method", ()) or (
        low and bool({"dora", "rslora"} & set(scan.facts.get("method", ())))
    )
    if adapted and set(scan.facts.get("weight_format", ())) <= {"bf16", "fp16"}:
        scan.facts.pop("weight_format", None)


# the whole model, and no full training: "全量部署", "全量版", "全量 FP8 能跑吗"
_WHOLE_SERVED = r"全量\s?(?:版|模型|权重|部署|推理|加载|上线|服务)|满血|部署|推理|(?=[\s\S]*(?:fp8|int[48]|fp4|awq|gptq|gguf|[48]\s?(?:bit|位)))[\s\S]*跑"
_OF_TRAINING = frozenset({"algo", "zero_stage", "optimizer", "gradient_checkpointing", "grad_accum"})
_SERVES_ONLY = frozenset({"vllm", "sglang", "llama.cpp", "lmdeploy", "tgi", "exllama"})


def _of_serving(scan: Scan, start: int, end: int, value: object) -> bool:
    """A "full" that stands alone where a model is only served and nothing is trained: of the context, the precision, the
    model; not a way to tune."""
    word = scan.text[start:end].strip()
    if value != "full" or word not in ("full", WHOLE):
        return False
    serves = bool(_SERVES_ONLY & set(scan.facts.get("engine", ()))) or bool({"tp", "kv_format"} & set(scan.facts))
    serves = serves or (word == WHOLE and any(scan.find(_WHOLE_SERVED)))
    trained = any(one[0] != WHOLE for one in scan.find(TASK_TRAIN))
    return serves and not trained and not _OF_TRAINING & set(scan.facts)


# "LoRA rank 8 to 64, and then DoRA?", "is DoRA heavier?": what stands before the other method sets it apart
_CHANGED_FOR = re.compile(
    r"(?:\b(?:then|switch\w*|instead|is|does|would|vs\.?|versus|or|than|with|to)\b(?: (?:to|the same|with|that|it|in))*|换(?:成|到|用)?|改(?:成|用|为)?|再|还是|和|比)\s?$",
    re.ASCII,
)


def _changed_for(scan: Scan, end: int, found: list[tuple[int, int, object]]) -> bool:
    """Is a LoRA whose rank is told another method than the one named behind it, and not that one's adapters?"""
    others = [start for start, _, value in found if start > end and value in ADAPTERS and value != "lora"]
    return bool(others) and _CHANGED_FOR.search(scan.text[max(end, others[0] - 24) : others[0]]) is not None
