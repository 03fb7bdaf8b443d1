"""A served model whose speed is asked for, how its cases are called, and how the bound of a rate follows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from chat.pace.over_slot import over_slot_lines
from chat.pace.words import Line, amount, between, gigabytes, line, share, shares_words
from chat.phrases import in_words, value
from chat.works import GPT_FAST, MEGATRON
from kb.hybrid import Hybrids
from kb.names import gpu_row
from kb.placed import Placed, placed, smaller_on_cards
from kb.rates import GENERATION, Decoding, HostMemory, shares
from kb.stored import FILES, costs_of

MOST_CASES = 4


_ALL = 0.995  # of a token's time


@dataclass(frozen=True)
class Served:
    """What is asked of a served model. `cases` are the facts of each format or card; `told` as `chat.reads.speed.speed_told` names it."""

    cases: tuple[dict[str, Any], ...]
    kinds: tuple[str, ...] = ()
    told: dict[str, float] = field(default_factory=dict)

    def said(self, name: str) -> float | None:
        return self.told.get(name)

    @cached_property
    def host(self) -> HostMemory:
        return HostMemory.of(
            self.said("host_mt_s"), self.said("host_channels"), self.said("host_ddr"), self.said("bandwidth_gb_s")
        )

    @cached_property
    def places(self) -> list[Placed]:
        """The cases whose speed can be said, each as it was asked about and as it runs."""
        found = [placed(facts, self.host) for facts in self.cases[:MOST_CASES]]
        return [one for one in found if one.at.known]

    @property
    def worked(self) -> list[Decoding]:
        return [one.at for one in self.places]

    @property
    def first(self) -> Decoding:
        return self.worked[0]


def subject(one: Decoding, language: str, *names: str, beside: Sequence[Decoding] = ()) -> str:
    """Model, format and cards of a case, and the facts that set it apart; of several `beside` each other only what does."""
    words = _subject(one, language, *names)
    if len(beside) > 1:
        words = [word for word in words if word not in shared(beside, language, *names)] or words
    return ("、" if language == "zh" else ", ").join(words)


def shared(cases: Sequence[Decoding], language: str, *names: str) -> list[str]:
    """What all of the cases are called by, in the order in which it is said."""
    each = [_subject(one, language, *names) for one in cases]
    return [word for word in each[0] if all(word in others for others in each)]


def _subject(one: Decoding, language: str, *names: str) -> list[str]:
    knob, case = one.there.situation.knob, one.there.case
    cards = cards_of(one)
    size = case.facts.get("params") if not case.facts.get("model") else None
    model = (
        value("params", size.value if hasattr(size, "value") else size, language)
        if size
        else value("model", knob("model") or "", language)
    )
    words = [model, value("weight_format", knob("weight_format"), language)]
    if cards:
        words.append(
            " + ".join(
                (f"{count} × " if count > 1 else "") + value("gpu", name, language) for name, count in cards.items()
            )
        )
    else:
        words.append("仅 CPU" if language == "zh" else "CPU alone")
    words += [in_words(name, knob(name), language) for name in names]
    return [word for word in words if word]


def cards_of(one: Decoding) -> dict[str, int]:
    """The cards of a case by name, and how many of each; empty without any."""
    found: dict[str, int] = {}
    for card in one.there.case.rig:
        found[card.name] = found.get(card.name, 0) + 1
    only = next(iter(found), None)
    return {only: int(one.there.situation.knob("n_gpus") or 1)} if only and len(found) == 1 else found


def bound_lines(one: Decoding, beside: Sequence[Decoding] = ()) -> list[Line]:
    """How the bound follows; of several `beside` each other it says of which."""
    card = one.there.cards[0].place.card
    rate = float(gpu_row(card.name if card else "").get("bandwidth_gb_s") or 0)
    low, high = shares(GENERATION)
    called = len(beside) > 1
    lead, lead_zh = (
        (f"{subject(one, 'en', beside=beside)}: ", f"{subject(one, 'zh', beside=beside)}:") if called else ("", "")
    )
    if one.host_bytes:
        return []
    count, turns = (
        sum(place.place.count for place in one.there.cards),
        len(one.there.cards) > 1 or len(one.there.cards[0].place.stages) > 1,
    )
    over_en, over_zh = f"{rate:,.0f} GB/s", f"{rate:,.0f} GB/s"
    if len(cards_of(one)) > 1:
        over_en = over_zh = _each_over(one)
        over_en += " for the weights (cards with different layers take turns)"
        over_zh += "(权重;按层切分的卡轮流工作)"
    elif turns:
        over_en, over_zh = (
            f"{rate:,.0f} GB/s (cards with different layers take turns)",
            f"{rate:,.0f} GB/s(按层切分的卡轮流工作)",
        )
    elif count > 1:
        over_en, over_zh = (
            f"{count} × {rate:,.0f} GB/s (each card reads its part)",
            f"{count} × {rate:,.0f} GB/s(各卡同时读自己的部分)",
        )
    apart = waits(one)
    usual, usual_zh = ("of which programs reach", "程序通常达到其")
    if apart:
        usual, usual_zh = ("of which programs on one card reach", "单卡上程序达到其")
    limited = one.arithmetic is not None and one.batch > 1 and one.rate[1] == one.arithmetic
    by_en = (
        f" With so many sequences arithmetic limits it first, at {amount(one.arithmetic or 0)} tokens/s."
        if limited
        else ""
    )
    by_zh = f"序列这么多时先受算力限制:{amount(one.arithmetic or 0)} token/秒。" if limited else ""
    return [line(f"{lead}{'each' if called else 'Each'} step reads {gigabytes(one.weight_bytes)} of weights and {gigabytes(one.cache)} of cache; over {over_en} that is at most {amount(one.bound)} tokens/s, {usual} {shares_words(low, high)} (gpt-fast on an A100).{by_en}",
                 f"{lead_zh}每步读取权重 {gigabytes(one.weight_bytes)}、缓存 {gigabytes(one.cache)};带宽 {over_zh},上限 {amount(one.bound)} token/秒,{usual_zh} {shares_words(low, high)}(gpt-fast 在 A100 上的实测)。{by_zh}", GPT_FAST), *(_waiting(one) if apart and one in (*beside[-1:], *([] if beside else [one])) else [])]  # fmt: skip


def waits(one: Decoding) -> bool:
    """Do several cards compute every layer together, and wait for each other in it?"""
    return int(one.there.situation.knob("tp") or 1) > 1 and one.there.situation.model is not None


def _waiting(one: Decoding) -> list[Line]:
    """What tensor parallel adds to a token that no bandwidth of memory tells: two all-reduces in each layer."""
    model = one.there.situation.model
    layers = len(model.layers) if model else 0
    return [line(f"Not in that figure: a token waits for 2 all-reduces in each of {layers} layers, {2 * layers} in all. Their latency goes with the link and not with memory: over PCIe it may decide the speed of a single stream, over NVLink it takes less; so many cards are slower than the sum of their bandwidths.",
                 f"这里没有算通信:每个 token 在 {layers} 层里各要 2 次 all-reduce,共 {2 * layers} 次,延迟取决于卡间互联,与显存带宽无关:走 PCIe 时单路速度可能主要由它决定,NVLink 下小得多;所以多卡达不到带宽之和。", MEGATRON)]  # fmt: skip


def _each_over(one: Decoding) -> str:
    """What each of unlike cards reads over what bandwidth."""
    each = zip(one.there.cards, one.reads[0], strict=True)
    rates = (
        (float(gpu_row(card.place.card.name).get("bandwidth_gb_s") or 0), size)
        for card, size in each
        if card.place.card
    )
    return " + ".join(f"{gigabytes(size)} ÷ {rate:,.0f} GB/s" for rate, size in rates)


def spilled_lines(one: Decoding, called: bool = False) -> list[Line]:
    """What host memory reads, and how much of the time that is."""
    if not one.host_bytes:
        return []
    low, high = one.host.low / 1e9, one.host.high / 1e9
    part = one.host_seconds(one.host.high) / (one.card_seconds + one.host_seconds(one.host.high))
    told, told_zh = one.host.assumed.en, one.host.assumed.zh
    takes, takes_zh = f"takes {share(part)} of the time or more", f"至少占 {share(part)} 的时间"
    if part > _ALL:  # a card of which only the memory is told
        takes, takes_zh = (
            "is counted alone, for the bandwidth of the card is not told",
            "单独计算(没有说是哪张卡,卡上的部分未计)",
        )
    lead = "It does not fit on the card" if one.spilled else "As placed"
    lead_zh = "卡上放不下" if one.spilled else "这样放置"
    if called:
        lead, lead_zh = subject(one, "en"), subject(one, "zh")
    if one.without_card:
        mixture, mixture_zh = (", or a mixture (MoE), of which a token reads only the active parameters", ",或每个 token 只读激活参数的 MoE") if one.single_share == 1 else ("", "")  # fmt: skip
        return [line(f"Without a card all is read from host memory: {gigabytes(one.host_bytes)} a token at {between(low, high, 3)} GB/s{told}, at most {amount(one.bound)} tokens/s. Memory bandwidth decides (channels × MT/s × 8 B), not the number of cores. Faster: a card that holds a part, fewer bits, a smaller model{mixture}.",
                     f"没有显卡,全部从内存读取:每个 token {gigabytes(one.host_bytes)},内存带宽 {between(low, high, 3)} GB/s{told_zh},上限 {amount(one.bound)} token/秒。决定速度的是内存带宽(通道数 × MT/s × 8 字节),而不是核数。想更快:放一部分到显卡、更低位、更小的模型{mixture_zh}。")]  # fmt: skip
    if one.link is not None:
        return over_slot_lines(one, _without_host(one))
    found = [line(f"{lead}: a token reads {gigabytes(one.weight_bytes + one.cache)} on the card and {gigabytes(one.host_bytes)} in host memory at {between(low, high, 3)} GB/s{told}; that part {takes}. More channels or faster RAM raise the speed in proportion.{_without_host(one)[0]}",
                 f"{lead_zh}:每个 token 在卡上读 {gigabytes(one.weight_bytes + one.cache)},在内存读 {gigabytes(one.host_bytes)},内存带宽 {between(low, high, 3)} GB/s{told_zh},这部分{takes_zh}。内存通道越多、越快,速度成比例提高。{_without_host(one)[1]}")]  # fmt: skip
    return [*found, *_fuller(one)]


def _without_host(one: Decoding) -> tuple[str, str]:
    """The file of fewer bits that needs no host memory, where one does."""
    found = smaller_on_cards(one.there)
    if found is None:
        return "", ""
    name, size = value("weight_format", found.situation.knob("weight_format"), "en"), f"{found.best / 2**30:.1f} GiB"
    if found.situation.knob("weight_format") == one.there.situation.knob("weight_format"):
        return f" All of it fits on the card without that ({size}).", f"不卸载也全部放得下({size})。"
    several, costs = found.n_gpus > 1, costs_of(found)
    elsewhere = one.there.situation.knob("engine") not in (None, FILES)
    size = f"{found.total / 2**30:.1f} GiB" if several else size
    price, price_zh = (f"; the price is {costs['en']}", f",代价是{costs['zh']}") if costs else ("", "")
    return (
        f" {'With llama.cpp, in' if elsewhere else 'In'} {name} ({size}{' in all' if several else ''}) all is on the card{'s' if several else ''}{price}.",
        f"{'改用 llama.cpp,' if elsewhere else ''}换成 {name}({'共 ' if several else ''}{size})则全部在卡上{price_zh}。",
    )


def _fuller(one: Decoding) -> list[Line]:
    """Of a model that was placed by hand, how its cards take more."""
    placed = Hybrids((one.there,), one.host).json()
    full = placed and placed["fuller"][0]
    if not full or not full["rate"] or not full["host_gib"]:
        return []
    card, room, ram = (f"{full[name]:.1f} GiB" for name in ("card_gib", "capacity_gib", "host_gib"))
    rate = between(*full["rate"])
    return [line(f"**The card has room left: with `{full['switches']}` it holds {card} of {room} and the RAM {ram}, about {rate} tokens/s.**",
                 f"**卡还有空:加 `{full['switches']}` 后卡上 {card} / {room},内存 {ram},约 {rate} token/秒。**")]  # fmt: skip
