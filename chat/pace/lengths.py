"""Lines on a speed that breaks down as the context is raised: whether the longer one still fits on the card, and what it takes."""

from dataclasses import replace

from chat.pace.moved import where_words
from chat.pace.served import Served, spilled_lines, subject
from chat.pace.words import Line, between, gigabytes, line, share
from chat.works import GPT_FAST, LLAMACPP
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.cards import GIB
from kb.outcome import Outcome, outcome
from kb.placed import BESIDE, TOLD, Placed
from kb.rates import Decoding
from kb.stored import FILES

# of the slow end of a span, below which more is amiss than what was worked out
_AMISS = 0.9


def collapse_lines(asked: Served) -> list[Line]:
    """Of two lengths of which the card holds only the shorter one: why the speed falls, and what would keep it. Else empty."""
    pair = _shortest_and_longest(asked)
    if pair is None:
        return []
    short, long = pair
    if short.how != TOLD or long.how != BESIDE:
        return []
    fits, over = short.asked.there, long.asked.there
    where, name = where_words(long), subject(long.asked, "en")
    now, before = between(*long.at.rate), between(*short.at.rate)
    lead = line(
        f"**At {_length(long):,} tokens it no longer fits on the card: {_parts(over).en} are {_gib(over.best)} of {_gib(over.capacity)}; at {_length(short):,} it was {_gib(fits.best)} (cache {_gib(_cache(fits))}).** {where.en}, and that part is read from RAM for every token: about {now} tokens/s instead of {before} ({name}).{_seen(asked, long).en}",
        f"**{_length(long):,} token 时卡上放不下了:{_parts(over).zh},共 {_gib(over.best)},可用 {_gib(over.capacity)};{_length(short):,} 时只要 {_gib(fits.best)}(缓存 {_gib(_cache(fits))})。** {where.zh},这部分每个 token 都要从内存读:约 {now} token/秒,原来约 {before}({subject(long.asked, 'zh')})。{_seen(asked, long).zh}",
        GPT_FAST,
    )  # fmt: skip
    return [lead, *_ways(over), *spilled_lines(long.at, True)]


def _shortest_and_longest(asked: Served) -> tuple[Placed, Placed] | None:
    """The two cases, where they differ in nothing but the length."""
    places = sorted(asked.places, key=_length)
    if len(places) < 2 or _length(places[0]) == _length(places[-1]):
        return None
    first, *others = [{**case, "seq_len": None} for case in asked.cases]
    return (places[0], places[-1]) if all(one == first for one in others) else None


def longest_held(one: Decoding) -> Decoding | None:
    """The case at the longest context that its cards hold and its model was made for; None where that is hardly longer."""
    positions = one.there.longest or 0
    if declared := int(one.facts["max_positions"].value if "max_positions" in one.facts else 0):
        positions = min(positions, declared)
    if positions < 2 * int(one.facts["seq_len"].value) or one.cache + one.host_cached <= 0:
        return None
    case = one.there.case
    return Decoding(outcome(replace(case, facts={**case.facts, "seq_len": positions})), one.host)


def longer_lines(one: Decoding) -> list[Line]:
    """What a longer context costs: the cache is read for each token."""
    longer = longest_held(one)
    slower = longer.rate[0] / one.rate[0] if longer else 1.0
    if longer is None or slower > _AMISS:
        return []
    positions, more = int(longer.facts["seq_len"].value), longer.cache + longer.host_cached
    return [line(f"Longer contexts are read for every token: at {positions:,} tokens the cache is {gigabytes(more)} and the speed {share(slower)} of this.",
                 f"上下文越长每个 token 读得越多:{positions:,} token 时缓存 {gigabytes(more)},速度是上面的 {share(slower)}。")]  # fmt: skip


def _length(one: Placed) -> int:
    return int(one.asked.facts["seq_len"].value)


def _gib(size: float | None) -> str:
    return f"{(size or 0) / GIB:.3g} GiB"


def _cache(there: Outcome) -> float:
    return float(there.terms.get("kv_cache", 0.0))


def _parts(there: Outcome) -> Words:
    weights, cache = _gib(float(there.terms.get("weights", 0.0))), _gib(_cache(there))
    return Words(
        f"weights {weights}, a cache of {cache} (set aside as it loads) and buffers",
        f"权重 {weights}、缓存 {cache}(加载时就全部预留)和缓冲区",
    )


def _seen(asked: Served, long: Placed) -> Words:
    """The rate that was seen, against what is left so."""
    rate = asked.said("rate")
    if not rate:
        return SILENT
    if rate > long.at.rate[1] / _AMISS:
        return Words(
            f" The {rate:g} tokens/s seen are more: less has spilled than is worked out here.",
            f"看到的 {rate:g} token/秒更快:溢出的比这里算的少。",
        )
    if rate >= _AMISS * long.at.rate[0]:
        return Words(f" The {rate:g} tokens/s seen are of that order.", f"看到的 {rate:g} token/秒就是这个量级。")
    return Words(
        f" The {rate:g} tokens/s seen are less still: on Windows what spills into the driver's shared memory is read over PCIe by the card, slower than layers that the CPU computes (fewer layers on the card by hand then help).",
        f"看到的 {rate:g} token/秒还要更慢:Windows 上溢出到驱动共享显存的部分由显卡经 PCIe 读取,比交给 CPU 计算的层更慢(这时手动少放几层反而快)。",
    )


def _ways(over: Outcome) -> list[Line]:
    """What fits at the longer context with a narrower cache, and the longest context as it is."""
    found: list[Words] = []
    kinds = ("q8_0", "q4_0") if over.situation.knob("engine") == FILES else ("fp8",)
    for kind in kinds:
        try:
            there = outcome(replace(over.case, facts={**over.case.facts, "kv_format": kind}))
        except BadInput:
            continue
        fits = {"yes": ("fits", "放得下"), "borderline": ("borderline", "临界")}.get(
            str(there.verdict), ("too much still", "仍放不下")
        )
        found.append(
            Words(f"a {kind} cache {_gib(there.best)} ({fits[0]})", f"{kind} 缓存 {_gib(there.best)}({fits[1]})")
        )
    if longest := over.largest("seq_len"):
        found.append(Words(f"as it is at most about {longest:,} tokens", f"不改设置最长约 {longest:,} token"))
    if not found:
        return []
    return [line(f"To keep all of it on the card: {'; '.join(one.en for one in found)}; or fewer bits, or a smaller model.",
                 f"要全部留在卡上:{';'.join(one.zh for one in found)};或降低位数、换小一点的模型。", LLAMACPP)]  # fmt: skip
