"""Bits of a weight in a format that is named: the block that is stored, what stands beside the weights in it, and of a mixed file its types."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from chat.figures.named import EXAMPLE_MODEL, EXAMPLE_PARAMS, Figures, Missing, both_words
from chat.phrases import in_words
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.architecture import architecture
from kb.database import rows
from kb.facts import bits_of
from kb.gguf_bits import file_bits, tensors
from kb.names import model_row
from kb.recipe import called_bits

_BLOCK = re.compile(r"(?P<n>\d+) weights in (?P<bytes>\d+) bytes")
_SUM = re.compile(r": (?P<sum>[\d.]+ \+ [\d /+]+)")
_OF_BLOCK = re.compile(r"(?:blocks? of|group) (?P<n>\d+)")
# so near all parameters are in the file, but for the rounding of its bits
_NEAR_ALL = 0.005
_NEAR, _NEAR_OF_A_MIX = 0.01, 0.12  # how far bits that are told may be off: of a mix they go with the model
_UNCOUNTED = Words(
    "its scales, one for a tensor, a row or a block of 128 × 128, add less than 0.01",
    "缩放系数(每个张量、每行或每 128 × 128 一块一个)不到 0.01 位",
)
_FEW = 0.001  # a share of the weights that is not told
_SCALES = Words("scales", "缩放系数")
_WITH_MINIMUM = Words("scales and minimums", "缩放系数和最小值")
_OF_A_TABLE = Words("scales, and signs or places in its table", "缩放系数、符号或表中位置")
_MINIMUMS = ("Q2_K", "Q4_K", "Q5_K", "Q4_1", "Q5_1")


def _types() -> dict[str, dict[str, Any]]:
    return {str(row["name"]): row for row in rows("SELECT * FROM dtypes WHERE bits_numerator IS NOT NULL")}


def _block(kind: str) -> Words:
    """`256 weights in 144 bytes, 144 × 8 ÷ 256 = 4.5 bits`, and what of it is no weight."""
    row = _types()[f"ggml:{kind}"]
    found = _BLOCK.search(str(row["stored_as"]))
    if found is None:
        raise Missing("block")
    count, size, bits = int(found["n"]), int(found["bytes"]), int(row["bits"])
    beside = size - count * bits // 8
    what = _WITH_MINIMUM if kind in _MINIMUMS else _OF_A_TABLE if kind.startswith("IQ") else _SCALES
    each = f"{size} × 8 ÷ {count} = {8 * size / count:g}"
    return Words(
        f"{count} weights are stored in {size} bytes: {count} × {bits} ÷ 8 = {count * bits // 8} of the weights and {beside} of {what.en}; {each} bits",
        f"每 {count} 个权重存成 {size} 字节:权重 {count} × {bits} ÷ 8 = {count * bits // 8},{what.zh} {beside};{each} 位",
    )


@dataclass(frozen=True)
class _Bits:
    """Of a weight, and where they come from; `mixed`: an average over tensors of several types, which goes with the model."""

    each: float
    why: Words
    mixed: bool = False


def _of_a_file(figures: Figures, kind: str) -> _Bits:
    """Those of a GGUF format."""
    named = str(figures.given.get("model") or EXAMPLE_MODEL)
    model = architecture(model_row(named))
    each, found = file_bits(kind, model, bits_of), tensors(kind, model)
    if each is None:
        raise Missing("recipe")
    counts: Counter[str] = Counter()
    for one in found:
        counts[one.kind] += one.count
    own = max(counts, key=lambda one: counts[one])
    others = [one for one, count in counts.most_common() if one not in (own, "F32") and count > _FEW * counts.total()]
    block = _block(own)
    if not others:
        return _Bits(float(bits_of(own)), Words(f"{block.en}.", f"{block.zh}。"))
    share = {one: f"{counts[one] / counts.total():.0%}" for one in counts}
    more = ", ".join(f"{share[one]} in {one}, {_shown(float(bits_of(one)))} bits" for one in others)
    more_zh = "、".join(f"{share[one]} 是 {one}({_shown(float(bits_of(one)))} 位)" for one in others)
    short = named.rpartition("/")[2]
    why = Words(
        f"it is a mix, {float(each):.3g} on average for {short}: {share[own]} of the weights in {own}, where {block.en}; {more} (head, values and some projections are kept finer). The average differs a little from model to model.",
        f"它是混合格式,{short} 平均 {float(each):.3g} 位:{share[own]} 的权重是 {own},{block.zh};{more_zh}(输出头、V 和部分投影保留更高精度)。平均值随模型略有不同。",
    )
    return _Bits(float(each), why, mixed=True)


def _of_a_row(name: str, group: int) -> _Bits:
    """Those of another format, as its row sums them up; in groups of so many where that is told."""
    row = _types().get(name)
    if row is None:
        raise Missing("format")
    each = bits_of(name)
    stored = str(row["stored_as"])
    summed, block = _SUM.search(stored), _OF_BLOCK.search(stored)
    bits = int(row["bits"])
    if each == bits:
        if bits > 8:
            raise Missing("scales")
        return _Bits(bits, Words(f"{bits} bits; {_UNCOUNTED.en}.", f"{bits} 位;{_UNCOUNTED.zh}。"))
    if summed is None or block is None:
        raise Missing("sum")
    beside = (each - bits) * int(block["n"])
    shown = f"{summed['sum'].strip()} = {_shown(float(each))}"
    grouped = group if group and "group" in stored else int(block["n"])
    if grouped != int(block["n"]):
        each = bits + beside / grouped
        shown = f"{bits} + {float(beside):g}/{grouped} = {_shown(float(each))}"
    zero = "zero" in stored
    what = Words("scale and zero point", "缩放系数和零点") if zero else Words("scale", "缩放系数")
    why = Words(
        f"each {grouped} weights have {float(beside):g} bits of {what.en} beside them: {shown} bits. Embedding and head usually stay in 16 bit, so a whole model has more.",
        f"每 {grouped} 个权重另存 {float(beside):g} 位{what.zh}:{shown} 位。词嵌入和输出头通常仍是 16 位,整个模型平均会更高。",
    )
    return _Bits(float(each), why)


def _in_the_file(figures: Figures, name: str, each: float) -> float:
    """How many weights the file has: of a model that sees the tower stands in a file of its own."""
    held = 8 * figures.stored(weight_format=name) / each
    return figures.params if abs(held / figures.params - 1) < _NEAR_ALL else held


def file_product(figures: Figures) -> tuple[str, str]:
    """The weights of the one file that is told and the bits of each, whose product is its size."""
    name = str(figures.given["weight_format"])
    each = _of_a_file(figures, name.removeprefix("gguf:")).each
    return size_words(_in_the_file(figures, name, float(each))), _shown(each)


def format_bits(figures: Figures) -> Words:
    """Each format that is named in a line; the bits that were told are judged where there is one."""
    named = figures.log.get("format") or [str(figures.given.get("weight_format") or "")]
    group = int(next(iter(figures.logged_all("group")), 0))
    params = figures.params if figures.names_model else EXAMPLE_PARAMS
    lines, lines_zh = [], []
    for name in dict.fromkeys(named):
        gguf = name.startswith("gguf:")
        found = _of_a_file(figures, name.removeprefix("gguf:")) if gguf else _of_a_row(name, group)
        each, why = found.each, found.why
        called, called_zh = (str(in_words("weight_format", name, one)) for one in ("en", "zh"))
        verdict = _judged(figures, each, found.mixed) if len(named) == 1 else SILENT
        params = _in_the_file(figures, name, float(each)) if gguf and figures.names_model else params
        size = both_words(each / 8 * params)
        lines.append(
            f"**{verdict.en}{called} takes {_shown(each)} bits a weight**: {why.en} {size_words(params)} × {_shown(each)} ÷ 8 = {size}."
        )
        lines_zh.append(
            f"**{verdict.zh}{called_zh} 每个权重 {_shown(each)} 位**:{why.zh}{size_words(params)} × {_shown(each)} ÷ 8 = {size}。"
        )
    return Words("\n\n".join(lines), "\n\n".join(lines_zh))


def called_and_stored(figures: Figures) -> Words:
    """Whether a weight takes the bits that a format is called by, which are what is asked about."""
    named = str(figures.given.get("weight_format") or "")
    whole = called_bits(named)
    if not named.startswith("gguf:") or not whole:
        raise Missing("format")
    near = abs(float(_of_a_file(figures, named.removeprefix("gguf:")).each) - whole) <= _NEAR
    found = format_bits(figures)
    en, zh = ("Yes: ", "是:") if near else ("No: ", "不是:")
    return Words(f"**{en}{found.en.removeprefix('**')}", f"**{zh}{found.zh.removeprefix('**')}")


def formats_apart(figures: Figures) -> Words:
    """Two formats of files: what the finer one stores in more bits, and what that comes to."""
    named = [one.removeprefix("gguf:") for one in figures.log.get("format", ()) if one.startswith("gguf:")]
    if len(set(named)) != 2:
        raise Missing("two formats")
    bits = {one: _of_a_file(figures, one).each for one in named}
    less, more = sorted(bits, key=lambda one: bits[one])
    kinds = {one: _kinds_of(figures, one) for one in (less, more)}
    params = float(model_row(EXAMPLE_MODEL)["unique_params"])
    small, large = (both_words(float(bits[one]) / 8 * params) for one in (less, more))
    own = {one: kinds[one].partition(" ")[0] for one in (less, more)}
    same = own[less] == own[more]
    alike = Words(f"both keep most weights in {own[less]}; ", f"两者大部分权重都是 {own[less]};") if same else SILENT
    apart = bits[more] / bits[less] - 1
    return Words(
        f"**{more} stores more of the model in more bits than {less}: {_shown(bits[more])} against {_shown(bits[less])} bits a weight, {apart:.0%} larger, and by that nearer to the original.** Of Llama-3-8B {alike.en}{less} has {kinds[less]}, {small}; {more} has {kinds[more]}, {large}. KV cache, buffers and context do not change; the finer one reads more bytes for each token, so it is slower by about as much.",
        f"**{more} 有更多权重用更多的位存:平均每个权重 {_shown(bits[more])} 位,{less} 是 {_shown(bits[less])} 位,大 {apart:.0%},也因此更接近原模型。** 以 Llama-3-8B 为例,{alike.zh}{less} 为 {kinds[less]},{small};{more} 为 {kinds[more]},{large}。KV 缓存、缓冲和上下文不变;位数高的那个每个 token 要多读些字节,速度约按这个比例变慢。",
    )


def _kinds_of(figures: Figures, kind: str) -> str:
    """`Q4_K 84%, Q6_K 16%`, the largest first."""
    counts: Counter[str] = Counter()
    for one in tensors(kind, architecture(model_row(EXAMPLE_MODEL))):
        counts[one.kind] += one.count
    whole = counts.total()
    return ", ".join(f"{one} {count / whole:.0%}" for one, count in counts.most_common() if count > _FEW * whole)


def _shown(each: float) -> str:
    """Bits of a block as they are, those of a mix rounded."""
    return f"{each:.3g}" if each * 512 != int(each * 512) else f"{each:g}" if len(f"{each:g}") < 7 else f"{each:.4g}"


def _judged(figures: Figures, each: float, mixed: bool) -> Words:
    told = figures.given.get("bpw")
    if told is None:
        return SILENT
    rounded = 0.5 * 10.0 ** -len(f"{float(told):g}".partition(".")[2])
    near = abs(float(told) - each) <= max(rounded, _NEAR_OF_A_MIX if mixed else _NEAR)
    return Words("Yes: " if near else "Not quite: ", "对:" if near else "不完全对:")
