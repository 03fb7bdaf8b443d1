"""`estimate`: how much memory a card needs, whether it has it, and why, case by case."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from formulas.render import displayed, steps_json, works_json
from kb.as_trained import as_trained
from kb.between import between, unquantised
from kb.cards import GIB
from kb.cases import parse_given, spread
from kb.changes import also_on, changes, likely_changes, refused
from kb.deciding import decided
from kb.eased import eased
from kb.held import fewer_hold, held_by
from kb.held_ways import held_ways
from kb.hybrid import Hybrids
from kb.ladder import ladder, narrow_cache
from kb.likely import paged_out
from kb.moments import most_json
from kb.on_one import on_one
from kb.outcome import Outcome, outcome
from kb.pace import NO_RUN, Run, pace
from kb.pools import sequences_held
from kb.published import nearest, published
from kb.rates import HostMemory
from kb.recipe import shapes_of
from kb.room import scaled_positions
from kb.standin import stands_for
from kb.switched import longer, switched
from kb.together import together
from kb.turning import sensitivity, turning
from kb.unequal import unequal

_LAYOUT = ("zero_stage",)
_PAIR = 2  # cards of which people ask whether one would do, and sequences that are several
_FEW = 3  # models of which each is told how it fits
# how near another model is to a size that was said, and by how much it must differ to be told
_LIKE = 0.1
_MOST_HYBRIDS = 6  # cases of which each is placed on cards and host memory


def held_at_once(there: Outcome) -> int | None:
    """Of several sequences that a server does not hold together, how many whole ones of full length it does; None below one."""
    if there.verdict != "no" or int(there.situation.knob("batch_size") or 1) < _PAIR:
        return None
    return sequences_held(there.situation.facts | there.fullest.place.facts) or None


@dataclass(frozen=True)
class Estimate:
    """The cases of a question, worked out; the first is the usual reading."""

    outcomes: tuple[Outcome, ...]
    run: Run = NO_RUN
    host: HostMemory | None = None

    @cached_property
    def hybrids(self) -> Hybrids:
        """How each case runs on its cards and in host memory; of many nothing is told."""
        some = self.outcomes if len(self.outcomes) <= _MOST_HYBRIDS else ()
        return Hybrids(some, self.host or HostMemory.of())

    @property
    def verdict(self) -> str | None:
        """That of all cases if they agree, else `conditional`; None where no card is named.

        A machine whose memory was named and is not used yet makes a no conditional, where it would hold what a card cannot;
        so does a server that starts, and lets the sequences wait for which its cache has no pages.
        """
        verdicts = {outcome.verdict for outcome in self.outcomes}
        if verdicts == {"no"} and (self.into_host or self.at_once or any(self.hybrids.at)):
            return "conditional"
        return verdicts.pop() if len(verdicts) == 1 else "conditional"

    @cached_property
    def short(self) -> Outcome | None:
        """The case to mend: the first that does not fit for sure; where none does, that which is nearest to it.

        Of layouts that nobody asked for the best one counts: nobody keeps a copy on every card where dividing it does more.
        """
        best: dict[str, Outcome] = {}
        for one in self.outcomes:
            named = {name for name in one.case.differs if name not in _LAYOUT or name not in one.case.assumed}
            key = str(sorted((name, str(one.apart[name])) for name in named))
            if key not in best or one.fullest.fullness < best[key].fullest.fullness:
                best[key] = one
        short = [one for one in best.values() if one.verdict in ("no", "borderline")]
        if len(short) < len(best):
            return next(iter(short), None)
        return min(short, key=lambda one: one.fullest.fullness)

    @cached_property
    def offered(self) -> list[dict[str, Any]]:
        """What would make it fit."""
        found = changes(self.short) if self.short is not None else []
        others = [
            one for one in self.outcomes if self.short and set(one.case.differs) == {"gpu"} and one is not self.short
        ]
        return [{**one, "also": also_on(one, others)} for one in found] if others else found

    @property
    def mended_too(self) -> list[dict[str, Any]]:
        """Of two or three models of which another is mended as well: what would make each of the others fit."""
        if not 1 < len(self.outcomes) <= _FEW or any(set(one.case.differs) != {"model"} for one in self.outcomes):
            return []
        short = [one for one in self.outcomes if one is not self.short and one.verdict == "no"]
        return [{"facts": one.apart, "changes": changes(one)} for one in short if self.short is not None]

    @cached_property
    def into_host(self) -> dict[str, Any] | None:
        """The offer that puts a part into the host memory that was named, as long as nothing was put there."""
        first = self.outcomes[0]
        if first.situation.knob("host_memory_gb") is None or first.host_json() is not None:
            return None
        return next((one for one in self.offered if one["host_gib"]), None)

    @cached_property
    def at_once(self) -> int | None:
        """Of several sequences that a server does not hold together, how many of full length it does, in the one case there is."""
        return held_at_once(self.outcomes[0]) if len(self.outcomes) == 1 else None

    def _on_one(self) -> dict[str, Any] | None:
        """Of a model that several cards serve and hold, what a single one of them would have to; of many that it does not
        hold it, as everybody knows."""
        first = self.outcomes[0]
        served = first.situation.knob("task") != "train" and first.host_json() is None
        found = on_one(first) if served and len(self.outcomes) == 1 and first.verdict == "yes" else None
        return found if found and (first.n_gpus == _PAIR or found["verdict"] == "yes") else None

    def _other_shape(self) -> dict[str, Any] | None:
        """Another usual model of the size that was said, where it takes clearly more than the one that stands for it."""
        first = self.outcomes[0]
        size = first.case.facts.get("params")
        if size is None or {"model", "vocabulary"} & set(first.case.facts):
            return None
        for name in shapes_of(stands_for(float(size)))[1:]:
            facts = {key: value for key, value in first.case.facts.items() if key != "params"}
            other = outcome(replace(first.case, facts={**facts, "model": name}))
            like = abs((other.n_params or 0) - float(size)) <= _LIKE * float(size)
            if like and other.best > (1 + _LIKE) * first.best:
                return {
                    "model": name, "gib": other.best / GIB, "verdict": other.verdict, "longest": other.longest,
                    "sizes": [_size_of(first), _size_of(other)],
                }  # fmt: skip
        return None

    def _paged_out(self) -> dict[str, Any] | None:
        """What stays on a card that all of it does not fit, once its paged states have left; None where that does not fit
        either, or several cases are told."""
        first = self.outcomes[0]
        left = paged_out(first)
        if len(self.outcomes) > 1 or left is None or first.capacity is None or not left < first.capacity < first.best:
            return None
        return {"gib": left / GIB, "states_gib": first.terms["optimizer"] / GIB}

    def json(self, derivation: bool = True) -> dict[str, Any]:
        """One object of the contract; `derivation=False` leaves the LaTeX out, for those that do not show it."""
        first = self.outcomes[0]
        held = held_by(self.outcomes)
        cases = [
            {
                **one.case_json(),
                "held_by": holds,
                "fewer": fewer,
                "unequal": unequal(one),
                "at_once": held_at_once(one),
                "most": most_json(one),
            }
            for one, holds, fewer in zip(self.outcomes, held, fewer_hold(self.outcomes), strict=True)
        ]
        steps = steps_json(first.derivation.relevant()) if derivation else []
        sources = works_json(source for one in self.outcomes for source in one.derivation.relevant().sources)
        return {
            "verdict": self.verdict,
            "leaning": first.leaning if len(self.outcomes) == 1 else None,
            "memory": first.memory_json(),
            "total_gib": first.total / GIB,
            "capacity_gib": first.capacity / GIB if first.capacity else None,
            "capacity_all_gib": sum(one.capacity * one.place.count for one in first.cards if one.capacity) / GIB
            or None,
            "headroom_gib": max(first.capacity - first.best, 0.0) / GIB if first.capacity else None,
            "short_gib": max(first.best - first.capacity, 0.0) / GIB if first.capacity else None,
            "terms": first.terms_json(),
            "cards": first.cards_json(),
            "unequal": cases[0]["unequal"],
            "host": next((host for one in self.outcomes if (host := one.host_json())), None),
            "into_host": self.into_host,
            "paged_out": self._paged_out(),
            "hybrid": self.hybrids.json(),
            "at_once": self.at_once,
            "decides": decided(self.outcomes),
            "states": first.states_json() if len(cases) == 1 else None,
            "together": together(self.outcomes),
            "before": first.before_json(),
            "later": first.later_json(),
            "most": cases[0]["most"],
            "positions": first.declared,
            "scaled": scaled_positions(first),
            "facts": first.facts_json(),
            "solved": None,
            "limits": first.limits_json() if len(cases) == 1 else [],
            "sensitivity": sensitivity(first),
            "turning": turning(self.outcomes),
            "needs": [] if first.case.rig else ["gpu"],
            "cases": cases if len(cases) > 1 else [],
            "tables": published(self.outcomes),
            "measurements": nearest(first),
            "changes": self.offered,
            "likely": likely_changes(self.short, self.offered) if self.short is not None else [],
            "refused": refused(self.short) if self.short is not None else None,
            "eased": eased(self.outcomes),
            "ladder": ladder(self.outcomes),
            "switched": switched(self.outcomes),
            "held_ways": held_ways(self.outcomes),
            "longer": longer(self.outcomes),
            "as_trained": as_trained(self.outcomes),
            "narrow_cache": narrow_cache(self.outcomes),
            "between": between(self.outcomes),
            "unquantised": unquantised(self.outcomes),
            "mended": self.short.apart if self.short is not None else {},
            "mended_too": self.mended_too,
            "answers": [*first.answers_json(), *pace(first, self.run)],
            "held_by": held[0],
            "on_one": self._on_one(),
            "other_shape": self._other_shape(),
            "sources": sources,
            "warnings": list(dict.fromkeys(warning for one in self.outcomes for warning in one.warnings)),
            "derivation_latex": displayed(steps),
            "derivation_steps": steps,
        }


def _size_of(where: Outcome) -> dict[str, float]:
    return {
        "params": where.n_params or 0.0,
        "vocab_size": float(where.situation.facts["vocab_size"].value),
    }


def estimate(
    train_tokens: Any = None, mfu: Any = None, price_per_hour: Any = None, host: HostMemory | None = None, **given: Any
) -> Estimate:
    """Memory per card for facts by knob or alias; a list asks for several cases.

    `estimate(params="70B", method="qlora", gpu="A100", n_gpus=2)`. `host` is how fast the machine's own memory is. With the tokens trained on, also hours at a share of
    the cards' peak rate (mfu), and the cost at a price of one card for an hour. BadInput names what is wrong and what is
    near.
    """
    run = Run.parse(train_tokens, mfu, price_per_hour)
    found = Estimate(tuple(outcome(case) for case in spread(parse_given(given))), run, host)
    pace(found.outcomes[0], run)  # what cannot be said is refused here, not as it is printed
    return found
