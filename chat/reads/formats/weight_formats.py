"""In what weights are stored: kinds of files, GPTQ and its like, number types, and widths in bits."""

import re

from chat.reads import lexicon
from chat.reads.cues import NO_DTYPE
from chat.reads.elsewhere import DRAWS
from chat.reads.facts import lacking
from chat.reads.formats.files import USUAL, are_files, read_bits_of_files
from chat.reads.formats.format_patterns import (
    BITS,
    BITS_PER_WEIGHT,
    FORMATS,
    GGUF,
    GGUF_LOOSE,
    GPTQ,
    MEANS_IN_A_ROW,
    TOLD_BY_MEANS,
)
from chat.reads.refusals import refused
from chat.reads.scan import Scan
from chat.reads.task_words import TASK_TRAIN

# what stays in single precision beside 16-bit weights
_STATES = r"\s?(?:的)?\s?(?:master|main|copy|copies|states?|moments?|momentum|variance|optimi[sz]er|adam|grads?|gradients?|logits|accum\w*|softmax|主权重|主参数|副本|优化器|动量|状态|梯度|logits|累加)"


# "the optimizer states in fp32", "优化器状态按fp32"
_STATES_IN = re.compile(
    r"(?:\bstates?|\bmoments|\bmaster weights|\badam|\bgradients|优化器(?:状态)?|主权重|梯度)(?: are| is| stay| kept| held|都|也)*\s?(?:in|as|at|按|用|是|以|存)?\s?(?:fp|float)32$",
    re.ASCII,
)


def of_states(scan: Scan, name: str, end: int) -> bool:
    """`fp32 master weights`: of the optimizer, not the width of the weights that are computed with."""
    before = scan.text[max(0, end - 48) : end]
    return name == "fp32" and bool(lexicon.compiled(_STATES).match(scan.text, end) or _STATES_IN.search(before))


_DRAWS_RIGHT_BEFORE = re.compile(rf"(?:{DRAWS})(?:[ ._-]?(?:dev|schnell|pro|turbo|kontext))?[ ._(-]*$", re.ASCII)


def _of_what_draws(scan: Scan, start: int) -> bool:
    """`flux fp8 and Qwen3-8B`: the format stands behind the other model."""
    return _DRAWS_RIGHT_BEFORE.search(scan.text[max(0, start - 32) : start]) is not None


def read_formats(scan: Scan) -> None:
    """The formats in which weights are stored: files by their kinds, packed integers, number types, bits per weight."""
    for found in scan.find(GGUF):
        if scan.free(*found.span()):
            kind = re.sub(r"^(i?q\d)_?k_?([sml])$", r"\1_k_\2", found["type"])  # Q4KM is Q4_K_M
            kind = re.sub(r"^(iq[1-4])_?(xxs|xs|s|m|nl)$", r"\1_\2", kind)  # IQ4XS is IQ4_XS
            kind = re.sub(r"^(q\d)k$", r"\1_k", kind)
            kind = re.sub(r"^(iq\d)$", r"\1_xs", kind)  # the middle one of its bits
            name = kind.upper()
            if not scan.add("weight_format", f"gguf:{name}", *found.span()) and kind.endswith("_k"):
                scan.add("weight_format", f"gguf:{name}_M" if kind != "q6_k" else "gguf:Q6_K", *found.span())
    for found in scan.find(GPTQ):
        if not scan.free(*found.span()):
            continue
        if refused(scan, *found.span()):
            scan.take(*found.span())
            continue
        kind = found["kind"] or found["kind2"]
        bits = found["bits"] or found["before"] or _lone_bits(scan)
        scan.add("weight_format", _packed(kind, bits), *found.span())
    for name, pattern in FORMATS:
        for found in scan.find(pattern):
            if not scan.free(*found.span()):
                continue
            of_another = of_states(scan, name, found.end()) or _of_what_draws(scan, found.start())
            if refused(scan, *found.span()) or lacking(scan, *found.span()) or of_another:
                scan.take(*found.span())
            else:
                scan.add("weight_format", name, *found.span())
    _read_means(scan)
    files = any(str(kind).startswith("gguf") for kind in scan.facts.get("weight_format", ()))
    loose = are_files(scan)
    for found in scan.find(GGUF_LOOSE):
        if not scan.free(*found.span()):
            continue
        if files or loose:  # "Q4_K_M, Q6_K or q8", "70b q4": as such files are called
            scan.add("weight_format", f"gguf:{USUAL[found['bits']]}", *found.span())
        else:
            scan.add("bits", found["bits"], *found.span())
    read_bits_of_files(scan)
    _bare_files(scan)
    _both_in_files(scan)
    _left_at_the_default(scan)


_FILES_IN_16_BIT = {"fp16": "gguf:F16", "bf16": "gguf:BF16"}


def _both_in_files(scan: Scan) -> None:
    """`gguf f16 vs bf16`: with the one in a file of llama.cpp and no other width told, the other is in one as well."""
    told = scan.facts.get("weight_format", [])
    of_files = {"gguf:F16", "gguf:BF16"}
    elsewhere = any(scan.find(r"(?<![a-z])hf(?![a-z])|\btransformers\b|safetensors|\bvllm\b|\bsglang\b"))
    if of_files & set(told) and set(told) <= of_files | set(_FILES_IN_16_BIT) and not elsewhere:
        scan.facts["weight_format"] = [_FILES_IN_16_BIT.get(one, one) for one in told]


def _read_means(scan: Scan) -> None:
    """Bits per weight; of several means each is a case, whose whole number tells nothing."""
    found = [one for one in scan.find(BITS_PER_WEIGHT) if scan.free(*one.span())]
    told = {one.span(): float(one["v"] or one["w"]) for one in found}
    rows = scan.find(MEANS_IN_A_ROW) if any(scan.find(TOLD_BY_MEANS)) else ()
    for row in rows:
        places = [(row.start() + one.start(), row.start() + one.end()) for one in re.finditer(r"\d\.\d+", row[0])]
        told |= {place: float(scan.text[slice(*place)]) for place in places if scan.free(*place)}
    several = len(set(told.values())) > 1 and any(one != int(one) for one in told.values())
    for place, average in sorted(told.items()):
        if several or average != int(average):
            scan.add("bpw", average, *place, take=several)
        if not several:
            scan.add("bits", max(1, round(average)), *place)


# "AWQ or GGUF?": files of llama.cpp without their kind, set against another format
_OTHERS = r"(?:awq|gptq|fp8|exl[23]|nf4|int[48]|bitsandbytes|bnb|mlx)"
_OR = r"[^,.;?!]{0,12}?(?:\bor\b|\bvs\.?|\bversus\b|\bthan\b|/|还是|和|与|跟|对比|比)\s?(?:an? |the )?"
_BARE_FILES = rf"{_OTHERS}{_OR}(?P<v>gguf)(?![a-z0-9])|(?<![a-z0-9])(?P<w>gguf){_OR}{_OTHERS}(?![a-z])"


def _bare_files(scan: Scan) -> None:
    """Files of which no kind is told are the usual ones of 4 bits."""
    if any(str(kind).startswith("gguf") for kind in scan.facts.get("weight_format", ())):
        return
    for found in scan.find(_BARE_FILES):
        place = found.span("v" if found["v"] else "w")
        if "weight_format" in scan.facts and scan.free(*place):
            scan.add("weight_format", f"gguf:{USUAL['4']}", *place)
            return


# programs that load a checkpoint in its own type where none is told
_OWN_TYPE = r"\b(?:vllm|sglang|lmdeploy|tgi|llama\.?cpp|ollama|trt-?llm)\b|\bauto\b"


def _left_at_the_default(scan: Scan) -> None:
    """Weights that Transformers loads with no type told are fp32 ones, as torch makes them."""
    of_training = any(scan.find(TASK_TRAIN))  # of a model that is run a remark asks for the type
    by_other = bool(set(scan.facts.get("engine", ())) - {"transformers"})  # a trainer has a default of its own
    if by_other or {"weight_format", "bits"} & set(scan.facts) or any(scan.find(_OWN_TYPE)) or not of_training:
        return
    for found in scan.find(NO_DTYPE):
        scan.add("weight_format", "fp32", *found.span(), take=False)
        return


def _lone_bits(scan: Scan) -> str:
    """`GPTQ 量化 8 bit`: the bits of the sentence, when there is one figure only."""
    figures = {found["v"] for found in scan.find(BITS) if found["v"] and found["v"].isdigit()}
    figures |= {found[1] for found in scan.find(r"\bint([48])\b")}
    return figures.pop() if len(figures) == 1 else "4"


def _packed(kind: str, bits: str) -> str:
    if kind == "gptq":
        return f"gptq-int{bits if bits in '348' else '4'}"
    return {"awq": "awq-int4-g128", "hqq": "hqq-int2" if bits == "2" else "hqq-int4", "aqlm": "aqlm-2bit"}[kind]


def read_bits(scan: Scan) -> None:
    """The bits that weights are told in, one or several in a row; a width that is refused is used up."""
    for found in scan.find(BITS):
        if found["i"]:
            if scan.free(*found.span()):
                scan.add("bits", found["i"], *found.span())
            continue
        group = next(name for name in ("v", "q", "level") if found[name])
        start, end = found.span(group)
        if not scan.free(end - 1, end):
            continue
        if refused(scan, start, found.end()):
            scan.take(start, found.end())
            continue
        for value in re.finditer(r"\d+", found[group]):
            if scan.free(start + value.start(), start + value.end()):
                scan.add("bits", value[0], start + value.start(), start + value.end())
        scan.take(end, found.end())
