"""What each term of a sum of bytes per parameter is: `4 + 8 + 4 + 8`, "2+2+12"."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GB, Figures, Missing
from formulas.notation import size_words
from formulas.quantity import Words

_Part = tuple[int, Words]
_W2: _Part = (2, Words("16-bit weights", "16 位权重"))
_W4: _Part = (4, Words("fp32 weights", "fp32 权重"))
_G2: _Part = (2, Words("16-bit gradients", "16 位梯度"))
_G4: _Part = (4, Words("fp32 gradients", "fp32 梯度"))
_COPY: _Part = (4, Words("the fp32 copy of the weights", "fp32 主权重"))
_M4: _Part = (4, Words("Adam's first moment in fp32", "Adam 一阶动量(fp32)"))
_V4: _Part = (4, Words("Adam's second moment in fp32", "Adam 二阶动量(fp32)"))
_M2: _Part = (2, Words("Adam's first moment in bf16", "Adam 一阶动量(bf16)"))
_V2: _Part = (2, Words("Adam's second moment in bf16", "Adam 二阶动量(bf16)"))
_A8: _Part = (8, Words("Adam's two moments in fp32, 4 + 4", "Adam 的两个动量(fp32,4 + 4)"))
_A4: _Part = (4, Words("Adam's two moments in bf16, 2 + 2", "Adam 的两个动量(bf16,2 + 2)"))
_A2: _Part = (2, Words("Adam's two moments in 8 bits, 1 + 1", "Adam 的两个动量(8 位,1 + 1)"))
_A12: _Part = (12, Words("Adam's part: the fp32 copy of the weights 4 + two fp32 moments 4 + 4", "优化器:fp32 主权重 4 + 两个 fp32 动量 4 + 4"))  # fmt: skip
_WC6: _Part = (6, Words("16-bit weights 2 + their fp32 copy 4", "16 位权重 2 + fp32 主权重 4"))
# how programs and papers sum up what a training keeps of each parameter
_KNOWN: tuple[tuple[_Part, ...], ...] = (
    (_W4, _G4, _A8), (_W4, _G4, _M4, _V4),
    (_W2, _G2, _A12), (_W2, _G2, _COPY, _A8), (_W2, _G2, _COPY, _M4, _V4),
    (_W2, _G4, _A12), (_W2, _G4, _COPY, _A8), (_W2, _G4, _COPY, _M4, _V4),
    (_WC6, _A8, _G4), (_WC6, _A8, _G2), (_WC6, _G4, _M4, _V4), (_WC6, _G2, _M4, _V4),
    (_W2, _G2, _G4, _A12), (_W2, _G2, _G4, _COPY, _A8), (_W2, _G2, _G4, _COPY, _M4, _V4),
    (_W2, _G2, _A8), (_W2, _G2, _M4, _V4), (_W2, _G2, _A4), (_W2, _G2, _M2, _V2), (_W2, _G2, _A2), (_W2, _G2, _COPY, _A2),
)  # fmt: skip
_REST = Words(
    "no state of the parameters, but an allowance for activations and temporary buffers",
    "给激活和临时缓冲的粗略余量,不是参数的状态",
)


def _assigned(terms: list[int]) -> list[Words] | None:
    """What each term is where the sum is one of those that are known."""
    for parts in _KNOWN:
        if sorted(size for size, _ in parts) != sorted(terms):
            continue
        left, found = [*parts], []
        for term in terms:
            part = next(one for one in left if one[0] == term)
            left.remove(part)
            found.append(part[1])
        return found
    return None


def _with_rest(terms: list[int]) -> tuple[list[Words], int]:
    """The meanings, and how many bytes are beside the states: one term, of those that may be the last."""
    if (found := _assigned(terms)) is not None:
        return found, 0
    for place in reversed(range(len(terms))):
        if (found := _assigned(terms[:place] + terms[place + 1 :])) is not None:
            return [*found[:place], _REST, *found[place:]], terms[place]
    raise Missing("state_terms")


def _state_terms(figures: Figures) -> Words:
    """The term that is asked about, then all of them in their order, and what the states come to."""
    terms = [int(one) for one in figures.logged_all("state_term")]
    meanings, rest = _with_rest(terms)
    asked, states = int(logged(figures, "state_asked")), sum(terms) - rest
    rows = [f"{term} = {one.en}" for term, one in zip(terms, meanings, strict=True)]
    rows_zh = [f"{term} 是{' ' * one.zh[:1].isascii()}{one.zh}" for term, one in zip(terms, meanings, strict=True)]
    total = f"{' + '.join(map(str, terms))} = {sum(terms)}"
    beside = Words(
        f" The states are {states} B per parameter; activations go with tokens, layers and width and not with the parameters, so {rest} B of each is a guess."
        if rest
        else " Activations, logits and buffers come on top.",
        f"确定的只有状态 {states} 字节/参数;激活随 token 数、层数和宽度变化,不随参数量,按每参数 {rest} 字节只是粗估。"
        if rest
        else "激活、logits 和缓冲另算。",
    )
    sized = Words("", "")
    if size := _size(figures):
        parts = [states, *([rest] if rest else [])]
        amounts = " + ".join(f"{one * size / GB:g} GB" for one in parts)
        sized = Words(
            f" Of {size_words(size)}: {amounts}{f' = {sum(terms) * size / GB:g} GB' if rest else ''}.",
            f"{size_words(size)}:{amounts}{f' = {sum(terms) * size / GB:g} GB' if rest else ''}。",
        )
    if asked < 0:
        return Words(
            f"**Per parameter, in bytes: {'; '.join(rows)}: {total}.**{sized.en}{beside.en}",
            f"**每参数字节:{';'.join(rows_zh)};{total}。**{sized.zh}{beside.zh}",
        )
    last = asked == len(terms) - 1
    return Words(
        f"**The {'last ' if last else ''}{terms[asked]} is {meanings[asked].en}.** {total} B per parameter: {'; '.join(rows)}.{sized.en}{beside.en}",
        f"**{'最后的' if last else '这个'} {terms[asked]} 是{' ' * meanings[asked].zh[:1].isascii()}{meanings[asked].zh}。** 每参数 {total} 字节:{';'.join(rows_zh)}。{sized.zh}{beside.zh}",
    )


def _size(figures: Figures) -> float:
    try:
        return float(figures.need("params_said"))
    except Missing:
        return 0.0


STATE_TERMS: dict[str, Callable[[Figures], Words]] = {"state_terms": _state_terms}
