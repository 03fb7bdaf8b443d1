"""What is known of a training whose time, operations or price are asked for."""

from dataclasses import dataclass, field
from functools import cached_property

from formulas.notation import size_words
from kb.runs import PublishedRun
from kb.timing import Training, steps_of


@dataclass(frozen=True)
class Asked:
    """What is known of the run; `told` holds amounts by the names of `chat.reads.speed.speed_told`."""

    training: Training
    kinds: tuple[str, ...] = ()
    name: str = ""
    method: str = "full"
    recomputes: bool = True
    pretrains: bool = False
    run: PublishedRun | None = None
    told: dict[str, float] = field(default_factory=dict)
    currency: str = ""

    def said(self, name: str) -> float | None:
        return self.told.get(name)

    @cached_property
    def rate(self) -> float | None:
        """Tokens a second over all cards that were seen."""
        n = self.training.n_gpus or 1
        if each := self.said("rate_each"):
            return each * n
        if rate := self.said("rate"):
            return rate
        step, batch, length = self.said("seconds_per_step"), self.said("step_samples"), self.said("seq_len")
        return batch * length / step if step and batch and length else None

    @cached_property
    def throughput(self) -> float | None:
        """Tokens a second over all cards: seen, or all tokens over the time, or the hours of cards, that they took."""
        t, hours = self.training, self.said("hours")
        spent = self.said("gpu_hours")
        hours = spent / (t.n_gpus or 1) if spent else hours
        return self.rate or (t.tokens / (hours * 3600) if t.tokens and hours and t.assumed_share else None)

    @cached_property
    def steps(self) -> float | None:
        """Optimizer steps: told, or from samples and a step's batch."""
        if steps := self.said("steps"):
            return steps
        samples, batch = self.said("samples"), self.said("step_samples")
        return steps_of(samples * (self.said("epochs") or 1), batch) if samples and batch else None

    @property
    def computes(self) -> str:
        return size_words(self.training.params or 0)
