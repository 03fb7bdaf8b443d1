"""A step of a server that keeps weights in host memory and computes on its card: what it waits for, what the card has left, and
which formats need none of it."""

from collections.abc import Iterator

from chat.pace.words import Line, amount, between, gigabytes, line, share
from chat.phrases import value
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.cards import GIB
from kb.kernels import lacks_fp8
from kb.names import gpu_row
from kb.outcome import Outcome, outcome
from kb.placed import opened
from kb.rates import Decoding, slot_rate
from kb.recipe import called_bits, format_for
from kb.stored import stored_bits

# the formats of fewer bits that a server has, and the one in 8 bits of cards with FP8 units
_FEWER, _EIGHT = (8, 4), "fp8"
_NARROW = Words("4-bit (AWQ, GPTQ)", "4 位(AWQ、GPTQ)")
# a rate is told in whole tokens
_ROUNDED = 1.1
_EXPECTED = (
    "expected, and no fault of the slot, where weights are read over it for every step",
    "是正常的,不是插槽坏了:每一步都要经它读权重",
)


def expected(one: Decoding, seen: float) -> tuple[str, str] | None:
    """What is said of a rate that was seen where weights cross the slot; None elsewhere, or of one beyond the bound."""
    return _EXPECTED if one.link is not None and seen <= _ROUNDED * one.bound else None


def over_slot_lines(one: Decoding, otherwise: tuple[str, str]) -> list[Line]:
    """What crosses the slot for each step, with the seconds that it takes; what the card has left; and what needs no such step.

    otherwise   what another program holds whole, in both languages
    """
    card = one.there.cards[0].place.card
    link, seconds = one.link or 0.0, one.host_seconds(one.host.high)
    slot = slot_rate(gpu_row(card.name if card else ""))[1]
    part = seconds / (one.card_seconds + seconds)
    reads, over = gigabytes(one.weight_bytes + one.cache), gigabytes(one.host_bytes)
    at_best = f"{over} ÷ {link / 1e9:.3g} GB/s = {amount(seconds)}"
    found = [line(f"vLLM computes on the card what it keeps in host memory, so every step reads {over} over {slot}: {at_best} s at the best, longer at what a slot reaches, beside {reads} on the card; that part takes {share(part)} of the time or more, whatever the slot's state. Several sequences at once share each reading.{otherwise[0]}",
                  f"vLLM 放到内存的权重仍在卡上计算,所以每一步都要经 {slot} 读 {over}:至少 {at_best} 秒(实际带宽更低,更久),另在卡上读 {reads};这部分至少占 {share(part)} 的时间,插槽正常也是如此。多条序列并发时共用一次读取。{otherwise[1]}")]  # fmt: skip
    left = _left(one.there)
    better = list(_whole(one))
    if better:
        each = [_rate(where) for where in better]
        en, zh = ("; ".join(words.en for words in each), ";".join(words.zh for words in each))
        same = stored_bits(better[0].there) == stored_bits(one.there)
        way = Words("no offload", "不卸载") if same else Words("fewer bits and no offload", "降低位数、不卸载")
        found.insert(0, line(f"**Better: {way.en}: {en}.**{left.en}", f"**更好的设置:{way.zh}:{zh}。**{left.zh}"))  # fmt: skip
    elif left.en:
        found.append(line(left.en.strip(), left.zh))
    return found


def _left(there: Outcome) -> Words:
    """What of the weights is on the card as told, and what is left there for the cache."""
    pool = {one["quantity"]: one["value"] for one in there.answers_json()}
    if not pool.get("kv_tokens") or there.n_gpus > 1:
        return SILENT
    held, every = there.terms["weights"], there.part_of_all("weights")
    held_of = f"{held / GIB:.3g} GiB"
    room, tokens = f"{pool['kv_pool']:.3g} GiB", f"{pool['kv_tokens']:,.0f}"
    return Words(
        f" As it is, {held_of} of the {every / GIB:.3g} GiB of weights are on the card and {room} are left for the cache, about {tokens} tokens.",
        f"现在的设置下,{every / GIB:.3g} GiB 权重里有 {held_of} 在卡上,留给缓存 {room},约 {tokens} 个 token。",
    )


def _whole(one: Decoding) -> Iterator[Decoding]:
    """The formats of fewer bits that the cards hold whole, the wider first; the same one, where nothing need be moved."""
    there = one.there
    case, card = opened(there.case), there.cards[0].place.card
    bits = stored_bits(there)
    same = outcome(case)
    if same.verdict_of_cards == "yes":
        yield Decoding(same, one.host)
        return
    engine = str(there.situation.knob("engine") or "")
    for fewer in _FEWER:
        named = _EIGHT if fewer == _FEWER[0] and not lacks_fp8(card) else format_for("inference", fewer, engine)
        if named is None:
            continue
        try:
            where = outcome(case.with_facts(weight_format=named, bits=None))
        except BadInput:
            continue
        if where.verdict_of_cards == "yes" and stored_bits(where) < bits:
            yield Decoding(where, one.host)


def _rate(one: Decoding) -> Words:
    """A format that goes on the cards whole: its weights, the tokens of its cache and its speed."""
    stored = str(one.there.situation.knob("weight_format"))
    pool = {found["quantity"]: found["value"] for found in one.there.answers_json()}
    size, rate = f"{one.there.part_of_all('weights') / GIB:.3g} GiB", between(*one.rate)
    tokens = f"{pool['kv_tokens']:,.0f}" if pool.get("kv_tokens") else ""
    room = Words(f", a cache of about {tokens} tokens", f",缓存约 {tokens} 个 token") if tokens else SILENT
    called = _NARROW if called_bits(stored) == _FEWER[-1] else Words(*(value("weight_format", stored, one) for one in ("en", "zh")))  # fmt: skip
    return Words(
        f"{called.en} takes {size} of weights{room.en}, about {rate} tokens/s",
        f"{called.zh},权重 {size}{room.zh},约 {rate} token/秒",
    )
