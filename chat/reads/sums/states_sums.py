"""A size times the bytes that full training keeps of each parameter: "65b*16=1040gb", "7e9*18/1e9 = 126 GB".

With no word of bits, of a format or of running it, that is a training of all weights, and the method need not be said.
"""

from math import ceil

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

# by which bytes the count goes where the weights, gradients and Adam's states are all kept
_EACH = r"(?P<each>16|18|20)"
_SIZE = r"(?<![\d.a-z])(?P<size>\d{1,3}(?:\.\d+)?)\s?(?P<billions>b(?:illion)?(?: param\w*)?|e9|[*x]\s?10\s?(?:\^|\*\*)\s?9)?"
_OVER = r"(?:\s?[/÷]\s?(?:1e9|10\s?(?:\^|\*\*)\s?9|1,?000,?000,?000|2\s?(?:\^|\*\*)\s?30))?"
_SUM = (
    rf"{_SIZE}\s?[*x×]\s?{_EACH}(?![\d.])\s?(?:bytes?(?: ?(?:/|per) ?param\w*)?|字节|b(?![a-z]))?{_OVER}"
    r"\s?(?:=+>?|≈|→|is|that is|makes|gives|就是|等于|得)\s?(?:about |~ ?|约)?(?P<whole>\d+(?:,\d{3})*(?:\.\d+)?)\s?(?P<unit>t|g)i?b?(?![a-z])"
)
# what is divided by a card's memory comes to so many cards: "1040gb/80=13 gpus"
_CARDS = r"\s?(?:so |then |and |,\s?)?(?:\d+(?:\.\d+)?\s?(?:g|t)i?b?\s?)?[/÷]\s?(?P<card>24|32|40|48|80|94|96|141|192)\s?(?:gi?b?)?\s?(?:=+>?|≈|is|→)\s?(?:about |~ ?|约)?(?P<n>\d{1,3}(?:\.\d+)?)(?![\d.]|\s?gi?b?(?![a-z]))"
_OFF = 0.03
# weights that are run, or stored in bits: another product that comes out alike
_OF_WEIGHTS = (
    r"\b(?:bf16|fp16|fp32|fp8|int8|int4|float16|half|nf4|gguf|awq|gptq|bits?|inference|serv\w+|run(?:s|ning)?|load\w*|deploy\w*|host\w*|quanti[sz]\w*|kv|context|weights?|vllm|ollama|users?|tokens?/s)\b|[48] ?bit"
    r"|推理|部署|跑|量化|加载|权重|并发|(?<!单)位(?!数)"
)


def read_states_sum(scan: Scan) -> None:
    """Note the training and the size that such a sum is of, where they are not told."""
    found = next(scan.find(_SUM), None)
    if found is None or scan.facts.get("task") == ["inference"] or compiled(_OF_WEIGHTS).search(scan.text):
        return
    billions, whole = float(found["size"]), float(found["whole"].replace(",", ""))
    if abs(billions * float(found["each"]) / (whole * (1000 if found["unit"] == "t" else 1)) - 1) > _OFF:
        return
    told = [float(one) / 1e9 for one in scan.facts.get("params", ())]
    if "model" not in scan.facts and not told and found["billions"]:
        scan.add("params", round(billions * 1e9), *found.span("size"), take=False)
    elif "model" not in scan.facts and billions not in told:
        return  # a number of something else
    scan.extras.setdefault("log_states_each", [float(found["each"])])
    _cards(scan, found.end())
    if "task" not in scan.facts:
        scan.add("task", "train", *found.span("each"), take=False)
    if "method" not in scan.facts:
        scan.add("method", "full", *found.span("each"), take=False)


def _cards(scan: Scan, at: int) -> None:
    """The cards that the sum comes to, where no others are told."""
    found = compiled(_CARDS).match(scan.text, at)
    if found is None or "n_gpus" in scan.facts:
        return
    scan.add("n_gpus", ceil(float(found["n"])), *found.span("n"))
    if not {"gpu", "gpu_memory_gb"} & set(scan.facts):
        scan.add("gpu_memory_gb", int(found["card"]), *found.span("card"))
