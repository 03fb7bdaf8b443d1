"""`LoRA(bf16), QLoRA(4bit)`: bits that stand behind a method, in brackets, are that method's and of no other."""

import re

from chat.reads.scan import Scan

FP8_COMPUTES = "fp8_computes"
_STORED = r"\bfp8 weights?\b|fp8 ?权重"
_BEHIND = (
    r"(?:\bfull(?: ft| fine-?tun\w*)?|全参(?:数)?(?:微调)?|全量(?:微调)?|\b(?P<l>q?lora))\s?[(](?P<b>[^()]{2,14})[)]"
)
# what each method has where nothing is said
_USUAL = {"": (16,), "lora": (16,), "qlora": (4,)}


def settle_method_bits(scan: Scan) -> None:
    """Leave out the bits that are said of one of several methods and are its usual ones."""
    if len(scan.facts.get("method", ())) < 2 or not scan.facts.get("bits"):
        return
    places = scan.spans.get("bits", ())
    if len(places) != len(scan.facts["bits"]):
        return
    behind = [(scan.normal.original(*found.span("b")), _USUAL[found["l"] or ""]) for found in scan.find(_BEHIND)]
    own = [
        any(start <= place[0] < end and bits in usual for (start, end), usual in behind)
        for bits, place in zip(scan.facts["bits"], places, strict=True)
    ]
    if all(own):
        del scan.facts["bits"], scan.spans["bits"]


def settle_fp8_of_training(scan: Scan) -> None:
    """All weights trained "in FP8" are multiplied in it, and stored as in any other training: no format of theirs."""
    formats, places = scan.facts.get("weight_format", []), scan.spans.get("weight_format", [])
    trains = scan.facts.get("task") == ["train"] and set(scan.facts.get("method", ["full"])) == {"full"}
    if not trains or "fp8" not in formats or len(places) != len(formats) or any(scan.find(_STORED)):
        return
    at = formats.index("fp8")
    del formats[at], places[at]
    for store in (scan.facts, scan.spans):
        if not store["weight_format"]:
            del store["weight_format"]
    scan.extras[FP8_COMPUTES] = [1]


_OPTIMIZERS_IN_8_BIT = frozenset({"adamw-8bit", "paged-adamw-8bit"})


def settle_bits_of_optimizer(scan: Scan) -> None:
    """`adamw_bnb_8bit … is 8bit not working?`: bits of the optimizer that was named, where weights that all train are meant."""
    whole = scan.facts.get("method") == ["full"] and _OPTIMIZERS_IN_8_BIT & set(scan.facts.get("optimizer", ()))
    if whole and scan.facts.get("bits") == [8]:
        del scan.facts["bits"], scan.spans["bits"]


# there is no backward pass through it: transformers' own recipe dequantises it as it is loaded
_PUBLISHED_ONLY = "mxfp4"


def settle_published_bits_of_training(scan: Scan) -> None:
    """`The checkpoint is MXFP4, why does LoRA take more?`: a format that is only served in is of the file, not of what trains.

    https://cookbook.openai.com/articles/gpt-oss/fine-tune-transfomers: Mxfp4Config(dequantize=True)
    """
    formats, places = scan.facts.get("weight_format", []), scan.spans.get("weight_format", [])
    if scan.facts.get("task") != ["train"] or _PUBLISHED_ONLY not in formats or len(places) != len(formats):
        return
    at = formats.index(_PUBLISHED_ONLY)
    del formats[at], places[at]
    for store in (scan.facts, scan.spans):
        if not store["weight_format"]:
            del store["weight_format"]


_AUTOCAST = r"\b(?P<kind>bf16|fp16)\s?[=:]\s?true\b|--(?P<flag>bf16|fp16)\b"


def settle_autocast(scan: Scan) -> None:
    """`The model in fp32, and bf16=True`: the trainer's flag is autocast over those weights, and no second format of them."""
    trains = scan.facts.get("task") == ["train"] and scan.facts.get("method", ["full"]) == ["full"]
    flag = next(scan.find(_AUTOCAST), None)
    if not trains or flag is None or set(scan.facts.get("weight_format", ())) != {"fp32", _kind_of(flag)}:
        return
    for store in (scan.facts, scan.spans):
        store.pop("weight_format", None)
    if "precision" not in scan.facts:
        scan.add("precision", f"amp-{_kind_of(flag)}", *flag.span(), take=False)


def _kind_of(flag: re.Match[str]) -> str:
    return str(flag["kind"] or flag["flag"])


_LIBRARY = r"\bbitsandbytes\b|\bbnb\b|\bload_in_[48]_?bit\b"
_OF_THE_LIBRARY = {4: "nf4", 8: "int8"}


def settle_bits_of_library(scan: Scan) -> None:
    """What bitsandbytes loads to be run in 4 or 8 bits has the library's own format."""
    _beside_its_likes(scan)
    bits = scan.facts.get("bits", [])
    served = (
        scan.facts.get("task", scan.facts.get("method", ["inference"])) == ["inference"]
        and "weight_format" not in scan.facts
    )
    if not served or len(bits) != 1 or int(bits[0]) not in _OF_THE_LIBRARY or not any(scan.find(_LIBRARY)):
        return
    scan.facts["weight_format"], scan.spans["weight_format"] = [_OF_THE_LIBRARY[int(bits[0])]], scan.spans.pop("bits")
    del scan.facts["bits"]


# "GPTQ vs AWQ vs bitsandbytes 4-bit": named in a row with them
_IN_A_ROW = r"\b(?:gptq|awq|gguf|hqq|eetq|int4|nf4)\b(?:[ -]?(?:int)?[48](?:[ -]?bits?)?)?\s?(?:,|/|vs\.?|versus|or|and|还是|和|与|、)\s?(?:or |and |vs\.? )?(?P<lib>bitsandbytes|bnb)(?![a-z])|\b(?P<first>bitsandbytes|bnb)\b(?:[ -]?(?:int|nf)?[48](?:[ -]?bits?)?)?\s?(?:,|/|vs\.?|versus|or|and|还是|和|与|、)\s?(?:gptq|awq|gguf|hqq)"


def _beside_its_likes(scan: Scan) -> None:
    """As one of several 4-bit formats the library stands for its own, and for no program."""
    found = next(scan.find(_IN_A_ROW), None)
    formats = scan.facts.get("weight_format", [])
    if found is None or not formats or {"nf4", "int8"} & set(formats) or scan.facts.get("task") == ["train"]:
        return
    if not {8, "8"}.isdisjoint(scan.facts.get("bits", ())):
        return
    scan.add("weight_format", "nf4", *found.span("lib" if found["lib"] else "first"), take=False)
    scan.facts.pop("bits", None)
    scan.spans.pop("bits", None)
    if scan.facts.get("engine") == ["transformers"] and not any(
        scan.find(r"\btransformers\b|\bhugging ?face\b|\bhf\b")
    ):
        del scan.facts["engine"]
        scan.spans.pop("engine", None)
