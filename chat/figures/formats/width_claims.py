"""In how many bits the weights are that somebody states a memory for: what 16, 8 and 4 bits of the size take against that amount."""

from collections.abc import Callable
from dataclasses import dataclass

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from chat.reads.formats.widths_claimed import STATED
from formulas.notation import size_words
from formulas.quantity import SILENT, Words

_ALONE = 0.06  # of the weights: an amount so near is they alone
_FILES = {16: "bf16", 8: "gguf:Q8_0", 4: "gguf:Q4_K_M"}
_PLAIN = {16: "bf16", 8: "int8", 4: "gptq-int4-g128"}
_OF_GGUF = frozenset({"ollama", "lm-studio", "llama.cpp", "koboldcpp"})
_USUAL_LENGTH = 4096
_WIDEST = 16
_FAR = 1.7  # times the weights: an amount so much larger is of no one width


@dataclass(frozen=True)
class Stated:
    """A size, the GB that are stated for it, and its weights in GB by their bits."""

    size: float
    gb: float
    weights: dict[int, float]
    whole: dict[int, float]  # GiB of all that it takes at a usual length, by the same bits
    token: float  # bytes of its cache

    @property
    def alone(self) -> bool:
        """Is the amount the weights of some width and nothing else?"""
        return self.gb < self.whole[self.bits] if self.bits else False

    @property
    def bits(self) -> int:
        """The widest weights that run in the amount, or that it is; the fewest bits where it holds but those, 0 where it holds none."""
        alone = [bits for bits, one in self.weights.items() if abs(self.gb / one - 1) <= _ALONE]
        held = [*alone, *(bits for bits, one in self.whole.items() if one <= self.gb)]
        return max(held, default=min(self.weights) if self.gb >= self.weights[min(self.weights)] else 0)


def _stated(figures: Figures) -> list[Stated]:
    found = []
    for line in figures.log.get("width_told", ()):
        size, gb = (float(one) for one in line.split())
        own = Figures({"params": size * 1e9, "method": "inference"})
        formats = _FILES if _of_files(figures) else _PLAIN
        weights = {bits: own.stored(weight_format=name) / GB for bits, name in formats.items()}
        whole = {bits: own.at(weight_format=name, seq_len=_USUAL_LENGTH).best / GIB for bits, name in formats.items()}
        found.append(Stated(size, gb, weights, whole, own.need("kv_token")))
    if not found:
        raise Missing("width_told")
    return found


def _of_files(figures: Figures) -> bool:
    programs = {str(one) for one in figures.told.get("programs", ())}
    return str(figures.knob("engine")) == "llama.cpp" or bool(programs & _OF_GGUF)


def _meant(figures: Figures, stated: list[Stated]) -> Stated:
    """The size that is asked about by itself, else the one whose 16-bit weights are the furthest above its amount."""
    own = [one for one in stated if abs(one.size * 1e9 - figures.amount("params_said")) < 1]
    return own[0] if own and own[0].weights[16] > own[0].gb else max(stated, key=lambda one: one.weights[16] / one.gb)


def _gb(size: float) -> str:
    return f"{size:.0f}" if size >= 20 else f"{size:.1f}"


def _sums(one: Stated) -> Words:
    wide, middle, narrow = (_gb(one.weights[bits]) for bits in (16, 8, 4))
    return Words(
        f"{one.size:g}B: {wide} / {middle} / {narrow} GB against {one.gb:g} GB",
        f"{one.size:g}B:{wide} / {middle} / {narrow} GB,对 {one.gb:g} GB",
    )


def _width_claimed(figures: Figures) -> Words:
    """The width that the amounts go with, and what each width of the weights would take."""
    stated = _stated(figures)
    bits = min(one.bits for one in stated)
    head, last = _verdict(figures, stated, bits), _meant(figures, stated)
    lines = [_sums(one) for one in stated]
    cache = gib_words(last.token * _USUAL_LENGTH)
    left = Words("On top of that comes", "另外还要") if last.alone else Words("What is left is for", "剩下的给")
    rest = Words(
        f" The weights alone in 16 / 8 / 4 bits are, {'; '.join(one.en for one in lines)}. {left.en} the KV cache ({last.size:g}B: {last.token / 1024:,.0f} KiB a token, {cache} at {_USUAL_LENGTH:,}), buffers and, of RAM, the system.",
        f"只算权重,16 / 8 / 4 位:{';'.join(one.zh for one in lines)}。{left.zh} KV 缓存({last.size:g}B 每 token {last.token / 1024:,.0f} KiB,{_USUAL_LENGTH:,} token 为 {cache})、缓冲,若是内存还有系统。",
    )
    return Words(f"{head.en}{rest.en}", f"{head.zh}{rest.zh}")


def _verdict(figures: Figures, stated: list[Stated], bits: int) -> Words:
    """Whether it is the width that is asked about, where that is one; else which it is."""
    asks_wide = "named_16_bit" in figures.about and not figures.log.get("bits_named")
    over = _meant(figures, stated)
    wide = Words(
        f"the 16-bit weights of {over.size:g}B alone are {_gb(over.weights[16])} GB, more than {over.gb:g} GB",
        f"{over.size:g}B 的 16 位权重单独就有 {_gb(over.weights[16])} GB,超过 {over.gb:g} GB",
    )
    if bits == 0:
        return Words(
            "**Not even 4 bits go with it: the weights alone are more than is stated,** so fewer bits, or a part of the model elsewhere.",
            "**连 4 位都不够:单是权重就超过所说的数,**要么位数更少,要么一部分放在别处。",
        )
    if bits == 16:
        holds, holds_zh = (
            ("is about such weights alone", "差不多就是 16 位的权重")
            if over.alone
            else ("holds such weights", "放得下 16 位的权重")
        )
        return Words(
            f"**{'Yes, in' if asks_wide else 'In'} 16 bits (fp16, bf16): the amount {holds}.**",
            f"**{'是的,' if asks_wide else ''}按 16 位(fp16、bf16)算:这个数{holds_zh}。**",
        )
    no, no_zh = ("No, not 16-bit", "不是 16 位的") if asks_wide else (f"{bits}-bit weights", f"按 {bits} 位权重算")
    meant, meant_zh = (f"; {bits}-bit weights go with it", f",对得上的是 {bits} 位权重") if asks_wide else ("", "")
    if over.weights[16] <= over.gb:
        return Words(f"**{no}{meant}.**", f"**{no_zh}{meant_zh}。**")
    return Words(f"**{no}: {wide.en}{meant}.**", f"**{no_zh}:{wide.zh}{meant_zh}。**")


def _width_stated(figures: Figures) -> Words:
    """In how many bits the named model is whose memory somebody states: its weights in each, and what the rest of the amount is for."""
    gb = logged(figures, STATED)
    formats = _FILES if _of_files(figures) else _PLAIN
    named = {"int4"} & {str(one) for one in figures.log.get("format", ())}
    formats = {**formats, 4: "int4"} if named else formats
    weights = {bits: figures.stored(weight_format=name) / GB for bits, name in formats.items()}
    alone = [bits for bits, one in weights.items() if abs(gb / one - 1) <= _ALONE]
    bits = max([*alone, *(bits for bits, one in weights.items() if one <= gb)], default=0)
    given = int(figures.given.get("bits") or 0)  # of which 16 are also what nobody has named
    asked = max((int(float(one)) for one in figures.log.get("bits_named", ())), default=given if given < _WIDEST else 0)
    if not bits or gb > _FAR * weights[bits]:
        raise Missing("a width")
    yes, no = asked == bits, asked not in (0, bits)
    name = "bf16/fp16" if bits == _WIDEST else f"{bits}-bit"
    sum_ = f"{size_words(figures.params)} × 2 B = " if bits == _WIDEST else ""
    rest = gb - weights[bits]
    left = Words(
        f"; the other {_gb(rest)} GB of the {gb:g} GB are for the KV cache, activations and runtime",
        f";{gb:g} GB 里其余 {_gb(rest)} GB 是留给 KV 缓存、激活和运行时的余量",
    )
    left = (
        left
        if rest > _ALONE * weights[bits]
        else Words("; cache, activations and runtime come on top", ";缓存、激活和运行时另算")
    )
    over = Words(
        f"16-bit weights alone would be {_gb(weights[_WIDEST])} GB; ", f"16 位权重单独就有 {_gb(weights[_WIDEST])} GB;"
    )
    over = over if no and asked > bits else SILENT
    others = [one for one in formats if one < bits]
    fewer = Words(
        " In " + ", in ".join(f"{one} bits {_gb(weights[one])} GB" for one in others) + ".",
        "换成 " + "、".join(f"{one} 位是 {_gb(weights[one])} GB" for one in others) + "。",
    ) if others else SILENT  # fmt: skip
    said, said_zh = ("Yes, ", "是的,") if yes else ("No, ", "不是,") if no else ("", "")
    name_zh = name if bits == _WIDEST else f"{bits} 位"
    return Words(
        f"**{said}{over.en}{gb:g} GB goes with {name} weights: {sum_}{_gb(weights[bits])} GB{left.en}.**{fewer.en}",
        f"**{said_zh}{over.zh}{gb:g} GB 对应 {name_zh}权重:{sum_}{_gb(weights[bits])} GB{left.zh}。**{fewer.zh}",
    )


WIDTH_CLAIMS: dict[str, Callable[[Figures], Words]] = {"width_claimed": _width_claimed, "width_stated": _width_stated}
