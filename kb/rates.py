"""How fast a model answers: what a token reads on cards and in host memory, what a prompt computes, and the share of both
rates that programs are seen to reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from formulas.derivation import Derivation, Fact, derive
from formulas.errors import BadInput
from formulas.graphs import filled
from formulas.quantity import SILENT, Quantity, Words
from formulas.residence import host_cache, host_embeddings, host_weights
from formulas.speed import batch_share, compute_rate, prefill_time, split_step
from formulas.time import host_bandwidth
from formulas.vocabulary import host_memory, kv_cache, state, weights
from kb.cases import parse_given, spread
from kb.names import gpu_row
from kb.outcome import Outcome, outcome
from kb.pace import active_share
from kb.recipe import assumed_number
from kb.stated import ASSUMED
from kb.worked import derived

# shares of a rate: low and high
GENERATION = ("bandwidth_share_low", "bandwidth_share_high", "generation")
EXPERTS_IN_HOST = ("host_share_low", "host_share_high", "experts in host memory")
PROMPTS = ("compute_share_low", "compute_share_high", "prompts")
_NO_LIMIT = 1e18
# facts that put weights into host memory
_PUT_THERE = ("gpu_layers", "n_cpu_moe", "cpu_offload_gb", "offload")
TRAINING = ("mfu_low", "mfu_high", "training time")


def shares(of: tuple[str, str, str]) -> tuple[float, float]:
    """The share of a rate that is assumed where none is said, low and high."""
    low, high, where = of
    return assumed_number(low, where), assumed_number(high, where)


def worked(target: Quantity, using: str | None = None, **facts: float) -> Derivation:
    """How a quantity follows from plain numbers; `using` names a rule."""
    given = {name: Fact(value, ASSUMED) for name, value in facts.items()}
    return derive(target, given, {target.name: using} if using else None)


def value(target: Quantity, using: str | None = None, **facts: float) -> float:
    """The same as a number. BadInput when something is missing."""
    found = worked(target, using, **facts).value
    if found is None:
        raise BadInput(f"{target.name} cannot be worked out from these numbers")
    return float(found)


def slot_rate(row: Mapping[str, Any], generation: float | None = None, lanes: float | None = None) -> tuple[float, str]:
    """Bytes a second of a card's slot in each direction, and how it is called: as told, else the card's own."""
    own = str(row.get("pcie") or "")
    generation = generation or next((float(number) for number in "345" if f"PCIe {number}.0" in own), 4.0)
    lanes = lanes or (8.0 if "x8" in own else 16.0)
    rate = assumed_number("link_gb_s", f"PCIe {generation:.0f}.0 x16") * lanes / 16
    return rate * 1e9, f"PCIe {generation:.0f}.0 x{lanes:.0f}"


@dataclass(frozen=True)
class HostMemory:
    """The bandwidth of host memory in bytes a second, low and high; `said` where the asker told it, `clocked` where only its
    channels are assumed."""

    low: float
    high: float
    said: bool = False
    clocked: bool = field(default=False, compare=False)
    channels: float = field(default=2, compare=False)

    @property
    def assumed(self) -> Words:
        """What of it nobody told, in brackets behind its bandwidth."""
        if self.said:
            return SILENT
        kind = Words("", "") if self.clocked else Words(" of DDR4-3200 to DDR5-5600", " DDR4-3200 至 DDR5-5600")
        many = (
            Words("two channels", "双通道")
            if self.channels == 2
            else Words(f"{self.channels:g} channels", f"每路 {self.channels:g} 通道")
        )
        return Words(f" ({many.en}{kind.en} assumed)", f"(假设{many.zh}{kind.zh})")

    @classmethod
    def of(
        cls,
        transfers: float | None = None,
        channels: float | None = None,
        generation: float | None = None,
        gb_s: float | None = None,
    ) -> "HostMemory":
        """What is told of it; else a desktop's two channels of the last two generations."""
        if gb_s:
            return cls(gb_s * 1e9, gb_s * 1e9, True)
        lanes = channels or assumed_number("host_channels", "desktop")
        kinds = [f"DDR{generation:g}"] if generation in (4, 5) else ["DDR4", "DDR5"]
        rates = [transfers] if transfers else [assumed_number("host_mt_s", kind) for kind in kinds]
        low, high = (value(host_bandwidth, channels=lanes, transfers=rate * 1e6) for rate in (min(rates), max(rates)))
        return cls(low, high, bool(channels and (transfers or generation)), bool(transfers or generation), lanes)


@dataclass(frozen=True)
class Decoding:
    """One step of generating, worked out. Bytes are of all cards, of one step."""

    there: Outcome
    host: HostMemory

    @cached_property
    def facts(self) -> dict[str, Fact]:
        return self.there.situation.facts

    @cached_property
    def batch(self) -> int:
        return int(self.facts["batch_size"].value)

    @cached_property
    def single_share(self) -> float:
        """The share of the weights that one token computes with."""
        share = active_share(self.there)
        if share is None:
            raise BadInput("the model's active parameters are not known, so no speed can be said")
        return share

    @cached_property
    def chosen(self) -> float:
        """The share of its experts that a token takes; 1 where there are none."""
        if "n_experts" not in self.facts:
            return 1.0
        return float(self.facts["experts_per_token"].value) / float(self.facts["n_experts"].value)

    @cached_property
    def share(self) -> float:
        """The share of the weights that a step of the whole batch reads."""
        if self.single_share == 1:
            return 1.0
        return value(batch_share, active_share=self.single_share, expert_choice=self.chosen, batch_size=self.batch)

    @cached_property
    def _held(self) -> list[dict[str, float]]:
        """Of each place the bytes it holds: weights, cache and state; weights that do not fit there are `spilled`."""
        found = []
        for card in self.there.cards:
            facts = self.facts | card.place.facts
            one = {quantity.name: float(derived(quantity, facts).value or 0) for quantity in (weights, kv_cache, state)}
            one["spilled"] = 0.0
            if card.capacity and not self._hosted and self.there.verdict == "no":
                room = max(0.0, card.capacity - (card.best - one["weights"]))
                one["spilled"] = max(0.0, one["weights"] - room)
                one["weights"] -= one["spilled"]
            if card.place.card is None:  # no card: the host reads all of it
                one = dict.fromkeys(one, 0.0) | {"spilled": sum(one.values())}
            one["times"] = float(len(card.place.stages))
            one["count"] = float(card.place.count)
            one["rate"] = self._bandwidth(card.place.card.name) if card.place.card else self.host.high
            if not one["rate"] and (self._hosted or one["spilled"]):
                one["rate"] = _NO_LIMIT  # beside host memory a card whose bandwidth is not known hardly counts
            found.append(one)
        return found

    @staticmethod
    def _bandwidth(card: str) -> float:
        return 1e9 * float(gpu_row(card).get("bandwidth_gb_s") or 0)

    @cached_property
    def _hosted(self) -> float:
        """Bytes of weights that were put into host memory; of an embedding there a token reads one row."""
        knob = self.there.situation.knob
        if knob("cpu_offload_gb"):
            return float(derived(host_memory, self.facts).value or 0)
        if all(knob(name) in (None, "none") for name in _PUT_THERE):
            return 0.0
        there, rows = (float(derived(quantity, self.facts).value or 0) for quantity in (host_weights, host_embeddings))
        return max(0.0, there - rows)

    @cached_property
    def link(self) -> float | None:
        """Bytes a second of the slot over which a server reads what it put into host memory, for it computes on the card; None
        where the host computes."""
        card = self.there.cards[0].place.card
        if not self.there.situation.knob("cpu_offload_gb") or card is None:
            return None
        return slot_rate(gpu_row(card.name))[0]

    @property
    def without_card(self) -> bool:
        """Whether no card is named, and host memory reads all."""
        return all(card.place.card is None for card in self.there.cards)

    @property
    def spilled(self) -> bool:
        return any(one["spilled"] for one in self._held)

    @cached_property
    def reads(self) -> tuple[list[float], float]:
        """Bytes of weights that a step reads in each place, and in host memory."""
        held = [one["weights"] for one in self._held]
        away = self._hosted + sum(one["spilled"] * one["count"] for one in self._held)
        if self.single_share == 1:
            return held, away
        if self.without_card:
            return held, self.share * away
        if not away:
            return [self.share * one for one in held], 0.0
        whole = sum(one["weights"] * one["count"] for one in self._held) + away
        # what is no expert stays on the card; of the experts each place reads its part of those chosen
        rest = whole * (1 - (1 - self.single_share) / (1 - self.chosen))
        experts = max(0.0, self.share * whole - rest)
        of_cards = max(0.0, whole - away - rest)
        on_card = experts * of_cards / (of_cards + away)
        return [rest + on_card, *(0.0 for _ in held[1:])], experts - on_card

    @cached_property
    def cache(self) -> float:
        """Bytes of cache and state that a step reads."""
        return sum((one["kv_cache"] + one["state"]) * one["count"] for one in self._held)

    @cached_property
    def weight_bytes(self) -> float:
        """Bytes of weights that a step reads on the cards."""
        return sum(size * one["count"] for size, one in zip(self.reads[0], self._held, strict=True))

    @cached_property
    def host_cached(self) -> float:
        """Bytes of the cache of the layers that were put into host memory, which it reads."""
        kept = self._hosted and self.link is None  # a server keeps the cache on its card
        # a program that brings layers to the card as it reaches them keeps none of it there
        return float(filled(host_cache, self.facts).value or 0) if kept else 0.0

    @property
    def host_bytes(self) -> float:
        return self.reads[1] + self.host_cached

    @property
    def known(self) -> bool:
        """Whether the bandwidth of every card is known."""
        return all(one["rate"] for one in self._held)

    @cached_property
    def card_seconds(self) -> float:
        """The least time of a step on the cards; those of one layer read at once, others in turn."""
        return sum(
            one["times"]
            * value(
                split_step, card_reads=size + one["kv_cache"] + one["state"], card_bandwidth=one["rate"], host_reads=0,
                host_bandwidth=1,
            )
            for size, one in zip(self.reads[0], self._held, strict=True)
        )  # fmt: skip

    def host_seconds(self, bandwidth: float) -> float:
        """The least time of a step in host memory of that bandwidth."""
        if self.link is not None:  # each card has a slot of its own; those of one stage read at once, stages in turn
            at_once = self.there.n_gpus // int(self.there.situation.knob("pp") or 1)
            bandwidth = min(bandwidth, self.link * at_once)
        return value(split_step, card_reads=0, card_bandwidth=1, host_reads=self.host_bytes, host_bandwidth=bandwidth)

    @cached_property
    def bound(self) -> float:
        """Tokens a second of all sequences, at most."""
        return self.batch / (self.card_seconds + self.host_seconds(self.host.high))

    @property
    def host_shares(self) -> tuple[float, float]:
        """The share of host memory's bandwidth that is reached: experts that are picked there reach less of it, beside cards; of
        a processor alone, which computes all of it, anything up to what dense models reach has been seen."""
        if self.single_share == 1:
            return shares(GENERATION)
        low, high = shares(EXPERTS_IN_HOST)
        return (low, shares(GENERATION)[1]) if self.without_card else (low, high)

    @cached_property
    def arithmetic(self) -> float | None:
        """Tokens a second that the arithmetic of the cards allows; None where it is not known."""
        rate = self.peak
        if not rate or self.there.n_params is None:
            return None
        return value(
            compute_rate, n_gpus=1, card_flops=rate, utilisation=shares(PROMPTS)[1],
            n_params=self.there.n_params * self.single_share,
        )  # fmt: skip

    @cached_property
    def peak(self) -> float:
        """FLOP a second of the cards that compute at the same time."""
        rates = [
            1e12 * float(gpu_row(card.place.card.name if card.place.card else "").get("fp16_bf16_dense_tflops") or 0)
            * card.place.count for card in self.there.cards
        ]  # fmt: skip
        return min(rates) if all(rates) else 0.0

    @cached_property
    def rate(self) -> tuple[float, float]:
        """Tokens a second of all sequences as programs are seen to reach them, low and high."""
        (low, high), (least, most_host) = shares(GENERATION), self.host_shares
        slow = self.batch / (self.card_seconds / low + self.host_seconds(self.host.low) / least)
        fast = self.batch / (self.card_seconds / high + self.host_seconds(self.host.high) / most_host)
        most = self.arithmetic
        return (min(slow, most), min(fast, most)) if most and self.batch > 1 else (slow, fast)

    def prompt(self, length: int) -> tuple[float, float] | None:
        """Seconds until the first token after a prompt of that length, low and high; None where the peak is not known."""
        if not self.peak or self.there.n_params is None:
            return None
        facts = {
            name: float(self.facts[name].value) for name in ("n_layers", "n_heads", "head_dim") if name in self.facts
        }
        width = facts.get("n_heads", 0) * facts.get("head_dim", 0)
        low, high = shares(PROMPTS)
        times = [
            value(
                prefill_time, n_params=self.there.n_params * self.single_share, batch_size=self.batch, seq_len=length,
                n_layers=facts.get("n_layers", 1), attention_width=width or 1, n_gpus=1, card_flops=self.peak,
                utilisation=share,
            )
            for share in (high, low)
        ]  # fmt: skip
        return times[0], times[1]


def decoding(facts: dict[str, Any], host: HostMemory) -> Decoding:
    """How a model generates with these facts. BadInput where they cannot be worked out."""
    given = {"method": "inference", **{name: one for name, one in facts.items() if one is not None}}
    return Decoding(outcome(spread(parse_given(given))[0]), host)
