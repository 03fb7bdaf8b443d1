"""The format in which weights are served: as the model was published, or the file that the program at work reads."""

from itertools import product
from typing import Any

from chat.figures.mixtures.experts_stored import bits_as_published
from chat.figures.named import GB, GIB, Figures
from chat.plans.told import files_told, memory_claims
from chat.reads.contrasts import CONTRAST, EITHER
from chat.reads.formats.files import USUAL
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.cards import models_in
from kb.cases import parse_given, spread
from kb.kernels import BEFORE_AMPERE, KEEPS_FP8, NVIDIA_WITHOUT_FP8
from kb.knobs import PLAIN_TYPES
from kb.names import Row, gpu_row, model_row, names
from kb.outcome import outcome
from kb.programs import reads_files
from kb.recipe import called_bits
from kb.stored import FILES

Facts = dict[str, Any]
# the generation that has kernels for 8-bit floats, of weights alone, and no units
_WEIGHTS_ALONE = {"Ampere"}
# where a file that llama.cpp reads is offloaded to, if not to the card
_TO_THE_HOST = (
    r"\b(?:to|into|onto|in|on) (?:the |my |system )*(?:cpu|ram|host|memory|disk|ssd)\b|cpu offload|内存|主机|硬盘"
)
# ... and all of it, not what the card has no room for
_WHOLLY = r"\b(?:all|entire\w*|everything|complete\w*|fully|whole|purely|only)\b[^.;?]{0,24}\b(?:cpu|ram|memory)\b|\b(?:cpu|ram)[ -]only\b|全(?:部|都)?[^,;?]{0,8}(?:内存|cpu)|纯(?:cpu|内存)|只用(?:cpu|内存)"
_USUAL_BITS = (16, 8, 4)
_MXFP4_BITS = 4
_MXFP4_WITH_SCALES = 4.25
# formats that no such file has, by the bits that they are called by
_BITS_OF = {"int4": "4", "nf4": "4", "nf4-dq": "4", "fp4": "4", "int8": "8", "fp8": "8"}
_PUBLISHED = ("mxfp4", "fp8")
_COMPARED = {"comparison", "method_diff", "precision_loss"}


def rows_of(reading: Reading) -> list[Row]:
    return [model_row(str(model)) for model in reading.facts.get("model", ())]


def _architectures(reading: Reading) -> set[str]:
    """The generations of the cards named."""
    found: set[str] = set()
    for gpu in (one for text in reading.facts.get("gpu", ()) for one in models_in(str(text))):
        for name in names().find_gpus(gpu):
            found.add(str(gpu_row(name)["architecture"]))
    return found


def reads_gguf(facts: Facts) -> bool:
    return reads_files(facts.get("engine"))


def onto_the_card(reading: Reading, facts: Facts) -> None:
    """Programs that read GGUF files offload to the card, unless they are told where else."""
    files = str(facts.get("weight_format")).startswith("gguf") or reads_gguf(facts)
    told = compiled(_TO_THE_HOST).search(reading.lowered)
    if told and {"gpu", "gpu_memory_gb"} & set(facts) and "host_memory_gb" in facts:  # as much as does not fit
        told = compiled(_WHOLLY).search(reading.lowered)
    unlike = " + " in str(facts.get("gpu"))  # cards that somebody has put together hold what they can
    if facts.get("offload") == "params" and files and (unlike or not told):
        facts.pop("offload")
    layers = facts.get("gpu_layers")
    if isinstance(layers, int) and "oom_diagnosis" in reading.intents and _all_of_a_mixture(reading, layers):
        # what failed is the case: of a mixture experts go elsewhere before whole layers do
        facts.pop("gpu_layers")
        facts.setdefault("engine", FILES)


def _all_of_a_mixture(reading: Reading, layers: int) -> bool:
    """Whether so many layers are all those of the mixtures that are named, or more than ran."""
    each, more = rows_of(reading), "log_layers_run" in reading.extras
    return bool(each) and all(
        row.get("n_experts") and (more or layers >= int(row.get("n_layers") or layers + 1)) for row in each
    )


def of_one_size(reading: Reading, facts: Facts) -> None:
    """bf16 and fp16 take the same: of both, where nobody compares them, the one that the card computes in."""
    named = facts.get("weight_format")
    if isinstance(named, list) and set(named) == {"bf16", "fp16"} and not _COMPARED & set(reading.intents):
        facts["weight_format"] = "fp16" if _architectures(reading) & set(BEFORE_AMPERE) else "bf16"
    if bits_again(reading):
        facts.pop("bits", None)


_SET_APART = rf"{CONTRAST}|{EITHER}|比较|和|与"


def bits_again(reading: Reading) -> bool:
    """`4bit ..., the AWQ version`: are the bits those of the one format that is named, and nothing sets the two apart?"""
    stored, bits = reading.facts.get("weight_format", ()), reading.facts.get("bits", ())
    if len(stored) != 1 or len(bits) != 1 or ("method" in reading.facts and reading.facts["method"] != ("inference",)):
        return False
    alike = not str(stored[0]).startswith("gguf") and called_bits(str(stored[0])) == bits[0]
    return alike and compiled(_SET_APART).search(reading.lowered) is None


def _names_its_file(reading: Reading) -> bool:
    """Whether the kind of a quantised file is spelled out (`q4_k_m`), rather than its bits (`q4`, `a 4-bit gguf`)."""
    spans = reading.spans.get("weight_format", ())
    return any("k" in reading.text[slice(*span)].lower() for span in spans)


def published_in(reading: Reading) -> str:
    """The format of few bits that all the models named were published in; empty where there is none."""
    kinds = {str(row.get("quantization") or "").partition(" ")[0] for row in rows_of(reading)}
    return kinds.pop() if len(kinds) == 1 and kinds <= set(_PUBLISHED) else ""


def served_in_fp8(reading: Reading) -> bool:
    """Whether all models that are named were published in FP8, and the cards that are told have units for it."""
    cards = _architectures(reading)
    return published_in(reading) == "fp8" and bool(cards) and not cards & set(NVIDIA_WITHOUT_FP8)


def published_format(reading: Reading, facts: Facts) -> None:
    """A model that was published quantised is served as published, if the card can; other bits beside it are another case."""
    published = published_in(reading)
    if published == "mxfp4":
        if facts.get("bits") == _MXFP4_BITS and "weight_format" not in facts:
            facts.pop("bits")  # its four bits are those of its own format, whatever they are called
        if (
            isinstance(facts.get("bpw"), float)
            and _MXFP4_BITS <= facts["bpw"] <= _MXFP4_WITH_SCALES
            and "weight_format" not in facts
        ):
            facts.pop("bpw")  # its blocks with their scales: what is not an expert stays in 16 bits
        if facts.get("weight_format") == "gguf:Q4_K_M" and not _names_its_file(reading):
            facts.pop("weight_format")
    no_units = published == "fp8" and bool(_architectures(reading) & set(NVIDIA_WITHOUT_FP8))
    if published and not no_units and _wholly_unquantised(facts):
        # what 16 bit would take is dequantised first: the model as it was published is the case, and that stands beside it
        facts["weight_format"] = [published, "bf16"]
        facts.pop("bits", None)
        return
    if {"bits", "weight_format"} & set(facts):
        weights_alone = bool(_architectures(reading) & _WEIGHTS_ALONE)
        if facts.get("weight_format") == "fp8" and weights_alone and reading.fact("engine") not in KEEPS_FP8:
            facts["weight_format"] = ["fp8", "bf16"]  # an engine without FP8 units may upcast
        return
    if published == "mxfp4":
        facts["weight_format"] = "mxfp4"
    elif published == "fp8":
        if "ktransformers" in reading.cues or reads_gguf(facts):
            facts["weight_format"] = "gguf:Q4_K_M"
        elif not no_units:
            facts["weight_format"] = "fp8"
        elif "how_many_gpus" in reading.intents:
            some = _architectures(reading) - set(NVIDIA_WITHOUT_FP8)
            facts["bits"] = [8, 4] if some else [16, 4]  # 8 bits are FP8 on the one and INT8 on the other


def _wholly_unquantised(facts: Facts) -> bool:
    """Whether 16 bit, and nothing else, is told of the weights."""
    told = facts.get("weight_format", "bf16") in PLAIN_TYPES and facts.get("bits", 16) == 16
    return told and bool({"bits", "weight_format"} & set(facts))


_FILE_OFF = 0.06
_KINDS = ("Q4_K_M", "Q8_0", "Q6_K", "Q5_K_M", "Q3_K_M", "Q2_K", "F16")


def file_of_its_size(reading: Reading, facts: Facts) -> None:
    """Where only the size of a file is told, the kind of file of which the model has about that size."""
    model = facts.get("model")
    if not reads_gguf(facts) or not isinstance(model, str) or {"bits", "weight_format", "bpw"} & set(facts):
        return
    told = files_told(reading)
    figures = Figures({"model": model})
    if len(told) != 1:
        return
    published = [
        one for one in (published_in(reading),) if one == "mxfp4"
    ]  # whose files keep it, whatever they are called
    for kinds, unit in product((published, [f"gguf:{kind}" for kind in _KINDS]), (GB, GIB)):
        # a library's page counts the file of a vision tower in
        sized = product(kinds, (False, True))
        found = [
            (abs(told[0] * unit / figures.stored(weight_format=one, mmproj=tower) - 1), one) for one, tower in sized
        ]
        if found and min(found)[0] <= _FILE_OFF:
            facts["weight_format"] = min(found)[1]
            return


def experts_as_published(reading: Reading, facts: Facts) -> None:
    """Of a mixture in four bits whose file is told, the bits with which its routed experts alone are stored so."""
    model, stored = facts.get("model"), facts.get("weight_format")
    if not isinstance(model, str) or stored != "int4" or "bpw" in facts or not model_row(model).get("n_experts"):
        return
    bits = bits_as_published(Figures({"model": model}), (one.number for one in memory_claims(reading)))
    if bits is not None:
        facts["bpw"] = bits


def files_of_the_program(facts: Facts) -> None:
    """What a program that runs GGUF files calls int4 or 8 bit is the usual file of so many bits."""
    if isinstance(facts.get("bpw"), list):  # each a case of its own, whatever file it is counted as
        facts.setdefault("weight_format", f"gguf:{USUAL[str(_MXFP4_BITS)]}")
    if not reads_gguf(facts):
        return
    bits, kinds = facts.get("bits"), facts.get("weight_format")
    if "weight_format" in facts:
        named = kinds if isinstance(kinds, list) else [kinds]
        files = [f"gguf:{USUAL[_BITS_OF[one]]}" if one in _BITS_OF else one for one in named]
        facts["weight_format"] = list(dict.fromkeys(files)) if len(files) > 1 else files[0]
    elif bits is not None:
        several = bits if isinstance(bits, list) else [bits]
        files = [f"gguf:{USUAL[str(one)]}" if str(one) in USUAL else "fp16" for one in several]
        facts["weight_format"] = files if len(files) > 1 else files[0]
        facts.pop("bits")


def widest_held(facts: Facts, cards: list[Facts]) -> Facts:
    """Of cards that are set against each other, the usual bits that one of them holds: what none does tells nothing of them."""
    served = {"method": "inference", **facts}
    for bits in _USUAL_BITS:
        if any(outcome(spread(parse_given({**served, **one, "bits": bits}))[0]).verdict == "yes" for one in cards):
            return {"bits": bits} if bits < _USUAL_BITS[0] else {}
    return {}
