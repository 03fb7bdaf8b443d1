"""Several widths that are told of QLoRA alone, in a row of ways to train: `full, LoRA, QLoRA 8 and 4 bit`, `8-bit and 4-bit QLoRA`.

The other ways have their weights in 16 bit, so each width is a way of its own, and none is crossed with them.
"""

from chat.plans.axes import Side, is_quantised
from chat.plans.stages import Said
from chat.reads.lexicon import compiled

# what stands between the widths and the method that they are of
_TOUCHES = r"(?:[\s,/、()+:&=-]|bits?|位|比特|\b(?:and|or|in|at|with|qlora)\b|qlora|和|与|及|跟|或|的|用)*"
# between a width and its method: no comma, which begins another way of the row
_BESIDE = r"[\s(:=-]*(?:bits?|位|比特|in|at|with|的|用)?[\s(:=-]*"


def widths_of_one(said: list[Said], text: str) -> list[Side]:
    """Each way, QLoRA once in each of its widths; nothing where the widths are of no one method."""
    methods = {one.value: one for one in said if one.kind == "method"}
    widths = [one for one in said if one.kind == "format"]
    low = all(is_quantised({one.fact: one.value}) for one in widths)
    if "qlora" not in methods or len(methods) < 2 or len(widths) < 2 or not low:
        return []
    first, last = min(one.span[0] for one in widths), max(one.span[1] for one in widths)
    start, end = min(first, methods["qlora"].span[0]), max(last, methods["qlora"].span[1])
    if any(_touches(text, other, one) for other in methods.values() if other.value != "qlora" for one in widths):
        return []  # "4-bit QLoRA or 8-bit LoRA": a width of another way
    between = list(text[start:end])
    for one in widths:
        between[one.span[0] - start : one.span[1] - start] = " " * (one.span[1] - one.span[0])
    if not compiled(_TOUCHES).fullmatch("".join(between)):
        return []
    others = [[one] for value, one in methods.items() if value != "qlora"]
    quantised = [[Said("method", "method", "qlora", one.span), one] for one in widths]
    return [*others, *quantised]


def _touches(text: str, method: Said, width: Said) -> bool:
    """Does a width stand right beside a method, `8-bit LoRA`, `LoRA (8-bit)`, with nothing that lists them between?"""
    first, last = sorted((method.span, width.span))
    return compiled(_BESIDE).fullmatch(text[first[1] : last[0]]) is not None
