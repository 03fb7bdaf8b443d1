"""The mean width of a file below four bits is what a kind of file is called by: "the 1.58-bit R1" is its IQ1_S."""

from chat.reads.formats.too_few_bits import LEAST_RUN
from chat.reads.scan import Scan

MOST_OF_FILES = 3.6
# a width of so few bits is of such files whoever names it
_NOTHING_ELSE = 2.0
# the kinds whose mean is below so many bits: unsloth.ai/blog/deepseekr1-dynamic (1.58 IQ1_S, 1.73 IQ1_M, 2.22 IQ2_XXS, 2.51 Q2_K_XL)
_KINDS = ((1.7, "IQ1_S"), (2.0, "IQ1_M"), (2.5, "IQ2_XXS"), (3.0, "Q2_K"), (MOST_OF_FILES, "Q3_K_M"))
_ARE_FILES = r"\bgguf\b|\bllama\.?cpp\b|\bollama\b|\bunsloth\b"
# ternary weights that are trained so, whose width is the logarithm of three
_TERNARY = r"\bbitnet\b|\bb1\.58\b|\bternary\b|三值"


def kinds_by_mean(scan: Scan) -> None:
    """The kinds of files that such means name, unless a format or another program is named."""
    means = [float(mean) for mean in scan.facts.get("bpw", [])]
    others = set(scan.facts.get("engine", [])) - {"llama.cpp"}
    if not means or max(means) >= MOST_OF_FILES or min(means) < LEAST_RUN or others or "weight_format" in scan.facts:
        return
    if not any(scan.find(_ARE_FILES)) and (min(means) >= _NOTHING_ELSE or any(scan.find(_TERNARY))):
        return
    for mean, place in zip(means, list(scan.spans["bpw"]), strict=True):
        kind = next(kind for bound, kind in _KINDS if mean < bound)
        scan.add("weight_format", f"gguf:{kind}", *place, take=False)
    if len(means) > 1:  # each kind is a case, with its own width
        for name in ("bpw", "bits"):
            scan.facts.pop(name, None)
            scan.spans.pop(name, None)
