"""The usual ways to make a cache of keys and values smaller, each with what it leaves."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.named import GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.facts import bits_of
from kb.outcome import Outcome
from kb.served_offers import cache_called
from kb.stored import FILES
from kb.wider import NARROW_CACHE, lacks_narrow_cache

_SIXTEEN = 2.0  # bytes of a number in 16 bit
_ASKED = frozenset({"saving_asked", "what_helps"})

_TOLD = GIB / 10


def in_fewer_bits(
    figures: Figures, where: Outcome, sequence: float, bytes_in: Callable[[str], float], token: float = 0
) -> Words:
    """The usual way to halve it, where it is large and nothing was said of its format, the others too where they are asked for;
    of one in fewer bits what it saves.

    bytes_in    bytes of a number, by the format of the cache
    token       bytes of a token over all layers, where each takes as much
    """
    many = int(where.situation.knob("batch_size") or 1)
    whole = sequence * many
    told = {"seq_len", "batch_size"} & set(figures.given)
    stored = float(where.situation.facts["kv_bytes"].value)
    sixteen = stored == _SIXTEEN
    if stored < _SIXTEEN and whole >= _TOLD:
        wide = gib_words(whole * _SIXTEEN / stored)
        less = f"{100 * (1 - stored / _SIXTEEN):.0f} %"
        each = kib(token * _SIXTEEN / stored) if token else ""
        per = Words(f", {each} per token", f"(每 token {each})") if each else SILENT
        return Words(
            f"In 16 bit it takes {wide}{per.en}, so this is {less} less", f"16 位缓存是 {wide}{per.zh},省 {less}"
        )
    if not told or "kv_format" in figures.given or not sixteen or whole < GIB:
        return SILENT
    rest = "half the context takes half; quantised weights leave it as it is"
    rest_zh = "上下文减半就少一半;只量化权重不会让它变小"
    if many > 1:
        rest = f"fewer sequences at once take less in proportion; {rest}"
        rest_zh = f"减少并发按比例减少;{rest_zh}"
    if lacks_narrow_cache(figures.base):
        return Words(rest[0].upper() + rest[1:], rest_zh) if figures.about & _ASKED else SILENT
    engine = str(figures.knob("engine"))
    narrow = NARROW_CACHE.get(engine, "fp8")
    less, called = gib_words(whole * bytes_in(narrow) / _SIXTEEN), cache_called(figures.base, narrow)
    flash, flash_zh = (" (flash attention on)", "(要开 flash attention)") if engine == FILES else ("", "")
    said = Words(f"A cache in {called}{flash} takes {less}", f"{called} 缓存{flash_zh}为 {less}")
    if not figures.about & _ASKED:
        return said
    en, zh = "", ""
    if engine == FILES or figures.knob("engine") is None:
        four = gib_words(whole * bytes_in("q4_0") / _SIXTEEN)
        en, zh = f", in q4_0 {four}", f",q4_0 为 {four}"
    return Words(
        f"{said.en}{en}; {rest}",
        f"{said.zh}{zh};{rest_zh}",
    )


_JUST, _NEARLY = 0.005, 0.06  # of a 16-bit cache
SCALED = frozenset({"q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl", "nvfp4"})  # blocks with a scale of their own


_BLOCK = 32  # values that share a scale, in the types of llama.cpp's caches


def in_blocks(figures: Figures) -> Words:
    """Why a cache in fewer bits takes more than its bits say: the scale of each block."""
    asked = next((one for one in figures.about if one.startswith("cache_blocks:")), "")
    if not asked:
        raise Missing("blocks of a cache")
    kinds = asked.split(":")[1].split(",")
    bits = {kind: float(bits_of(kind)) for kind in kinds}
    first = kinds[0]
    if first not in SCALED:
        raise Missing("blocks of a cache")
    each = f"{bits[first] * _BLOCK / 8:g}"
    if figures.names_model and "seq_len" in figures.given:
        was = figures.at(kv_format="bf16").part_of_all("kv")
        made = {kind: _mib(was * one / 16) for kind, one in bits.items()}
        sums = f"{_mib(was)} × {bits[first]:g}/16 = {made[first]}"
        rest = "".join(f"; {kind}, {bits[kind]:g} bits: {made[kind]}" for kind in kinds[1:])
        rest_zh = "".join(f";{kind} 是 {bits[kind]:g} 位:{made[kind]}" for kind in kinds[1:])
    else:
        sums = f"{bits[first]:g}/16 = {100 * bits[first] / 16:.0f} %"
        rest = "".join(f"; {kind} has {bits[kind]:g} bits" for kind in kinds[1:])
        rest_zh = "".join(f";{kind} 是 {bits[kind]:g} 位" for kind in kinds[1:])
    return Words(
        f"**{first} stores each {_BLOCK} values in {each} bytes, their own scale included: {bits[first]:g} bits a value and not {bits[first] // 1:.0f}, so of a cache in 16 bit {sums} is left{rest}.** The weights stay as they are.",
        f"**{first} 每 {_BLOCK} 个数存成 {each} 字节,自带一个缩放系数:每个数 {bits[first]:g} 位,而不是 {bits[first] // 1:.0f} 位,所以 16 位缓存还剩 {sums}{rest_zh}。** 权重不变。",
    )


def _mib(size: float) -> str:
    """As the program prints its buffers."""
    return f"{size / 2**20:,.0f} MiB"


def part_judged(figures: Figures) -> Words:
    """What a cache in fewer bits leaves of one in 16 bit, against the part that was said; Missing where none was."""
    told = next((one for one in figures.about if one.startswith("cache_part:")), "")
    if not told:
        raise Missing("part of a cache")
    _, kind, said = told.split(":")
    bits = float(bits_of(kind))
    left, claimed = bits / 16, float(said)
    verdict = Words("Yes", "对")
    if abs(left - claimed) > _NEARLY:
        verdict = Words("No", "不对") if left > claimed else Words("Even more", "还不止")
    elif abs(left - claimed) > _JUST:
        verdict = Words("Nearly", "差不多")
    scale = Words(", scales included", "(含缩放系数)") if kind in SCALED else SILENT
    here = whole = SILENT
    if figures.names_model and "seq_len" in figures.given:
        was, now = (figures.at(kv_format=one).part_of_all("kv") for one in ("bf16", kind))
        before, after = (figures.at(kv_format=one).total for one in ("bf16", kind))
        both, less = f"{gib_words(before)} → {gib_words(after)}", f"{100 * (1 - after / before):.0f} %"
        whole = Words(f": of the whole, {both}, it is {less}", f":占总显存 {both} 的 {less}")
        here = Words(f", here {gib_words(was)} → {gib_words(now)}", f",这里 {gib_words(was)} → {gib_words(now)}")
    return Words(
        f"**{verdict.en}: {kind} takes {bits:g} bits a value{scale.en}, so {left:.0%} of a 16-bit cache is left{here.en}.** The weights stay as they are{whole.en}.".replace(
            "%", " %", 1
        ),
        f"**{verdict.zh}:{kind} 每个数占 {bits:g} 位{scale.zh},是 16 位缓存的 {left:.0%}{here.zh}。** 权重不变{whole.zh}。",
    )
