"""How long a training takes, and what its rate, its deadline or its budget imply: operations over the rate that is reached."""

from dataclasses import dataclass, replace
from math import ceil

from formulas.speed import (
    energy,
    host_adam_bytes,
    link_time,
    offload_bytes,
    train_rate,
    train_steps,
)
from formulas.time import training_flop
from formulas.vocabulary import n_params as parameters
from kb.names import gpu_row
from kb.rates import TRAINING, shares, value
from kb.recipe import tokens_for_each

HOUR = 3600.0
FULL, RECOMPUTED, FROZEN = (
    "six_operations_per_parameter_and_token",
    "recomputation_adds_a_forward_pass",
    "frozen_weights_take_no_gradient",
)


# how often a step sends the bytes of the weights between machines: gathered twice and scattered once where all is
# sharded, else the gradients reduced and spread (ZeRO, §7.2)
GATHERS, REDUCES = 3, 2
_SHARDED = 3
EXAMPLE_TOKENS = 2048.0  # of a card's micro-batch, where none is told


# operations in 32 bits for one in 16, of compute capability 6.1 (CUDA programming guide, arithmetic instructions: 128 and 2)
SINGLE = 64
_HARDLY_ANY = 1.0  # TFLOP/s


def in_single(card: str | None) -> bool:
    """Whether a training on the card computes in 32 bits, because it has next to no rate in 16."""
    row = gpu_row(card or "")
    return row.get("architecture") == "Pascal" and 0 < float(row.get("fp16_bf16_dense_tflops") or 0) < _HARDLY_ANY


def times_sent(zero_stage: float | None) -> int:
    """How often a step sends the bytes of the weights, at a ZeRO stage; without one as data parallel does."""
    return GATHERS if zero_stage == _SHARDED else REDUCES


@dataclass(frozen=True)
class Training:
    """A training as far as it is known. `params` are those that compute; rates in FLOP a second, times in hours."""

    params: float | None = None
    tokens: float | None = None
    card: str | None = None
    n_gpus: int | None = None
    share: tuple[float, float] = (0.0, 0.0)
    assumed_share: bool = True

    @classmethod
    def of(
        cls, params: float | None, tokens: float | None, card: str | None, n_gpus: int | None, share: float | None
    ) -> "Training":
        """With the share of the peak rate that is told, or the usual span."""
        return cls(params, tokens, card, n_gpus, (share, share) if share else shares(TRAINING), share is None)

    @property
    def peak(self) -> float:
        """FLOP a second of one card in 16 bits, or in 32 where it hardly has any in 16; 0 where it is not known."""
        row = gpu_row(self.card or "")
        return 1e12 * float(row.get("fp16_bf16_dense_tflops") or 0) * (SINGLE if in_single(self.card) else 1)

    @property
    def watts(self) -> float:
        return float(gpu_row(self.card or "").get("tdp_w") or 0)

    def flop(self, rule: str = FULL) -> float:
        """Operations of the whole training."""
        assert self.params
        assert self.tokens
        return value(training_flop, rule, n_params=self.params, n_train_tokens=self.tokens)

    def card_hours(self) -> tuple[float, float]:
        """GPU-hours, least and most."""
        most, least = (self.flop() / (self.peak * share) / HOUR for share in self.share)
        return least, most

    def hours(self) -> tuple[float, float]:
        """Hours on the cards, least and most."""
        least, most = self.card_hours()
        return least / (self.n_gpus or 1), most / (self.n_gpus or 1)

    def rate(self) -> tuple[float, float]:
        """Tokens a second over all cards, low and high."""
        assert self.params
        low, high = (
            value(train_rate, n_gpus=self.n_gpus or 1, card_flops=self.peak, utilisation=share, n_params=self.params)
            for share in self.share
        )
        return low, high

    def reached(self, rate: float) -> float:
        """The share of the peak rate that a number of tokens a second over all cards is."""
        whole = value(
            train_rate, n_gpus=self.n_gpus or 1, card_flops=self.peak, utilisation=1, n_params=self.params or 1
        )
        return rate / whole

    def cards_within(self, hours: float) -> tuple[int, int]:
        """Whole cards that finish within the hours, least and most."""
        least, most = self.card_hours()
        return ceil(least / hours - 1e-9), ceil(most / hours - 1e-9)

    def tokens_within(self, hours: float) -> tuple[float, float]:
        """Tokens that the cards train on within the hours, low and high."""
        low, high = self.rate()
        return low * hours * HOUR, high * hours * HOUR

    def with_tokens(self, tokens: float) -> "Training":
        return replace(self, tokens=tokens)


def optimal_size(flop: float, each: float | None = None) -> float:
    """Parameters that are compute-optimal for so many operations, at so many tokens for each of them."""
    return value(parameters, "optimal_size_of_a_budget", training_flop=flop, tokens_per_param=each or tokens_for_each())


def steps_of(samples: float, step_samples: float) -> float:
    """Optimizer steps that read so many samples, epochs counted."""
    return value(train_steps, samples=samples, step_samples=step_samples)


def kilowatt_hours(cards: int, watts: float, hours: float) -> float:
    """Energy of cards at that power."""
    return value(energy, n_gpus=cards, power=watts / 1e3, training_time=hours * HOUR) / HOUR


@dataclass(frozen=True)
class OffloadStep:
    """What offloading the optimizer adds to one step of the whole model: bytes over a card's link and seconds there, bytes
    and seconds of Adam on the host."""

    link_bytes: float
    link_seconds: float
    adam_bytes: float
    adam_seconds: tuple[float, float]


def offload_step(params: float, cards: int, link: float, host: tuple[float, float]) -> OffloadStep:
    """At a link of so many bytes a second for each card, and host memory of that bandwidth, low and high."""
    moved = value(offload_bytes, n_params=params, n_gpus=cards)
    adam = value(host_adam_bytes, n_params=params)
    low, high = host
    return OffloadStep(moved, value(link_time, offload_bytes=moved, link_rate=link), adam, (adam / high, adam / low))
