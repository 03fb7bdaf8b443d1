"""One side of a comparison: the facts that set it apart, worked out on each card that may be meant, and what was stated of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from formulas.anatomy import adapter_params
from formulas.quantity import Words
from kb.cards import GIB
from kb.contrast import elsewhere, shown
from kb.kept import kept_json
from kb.kernels import computed_in_half, lacking
from kb.likely import Stated, explained, paged_out, states, states_bytes
from kb.outcome import Outcome, outcome
from kb.own_states import own_states
from kb.pools import pool_figures
from kb.programs import is_default, serves
from kb.stated import ASSUMED
from kb.stored import stored_bits
from kb.unequal import unequal
from kb.worked import STATES, TERM_ORDER

_LEAST_BYTES = 0.05  # of a parameter
# terms of which there is no reason to tell
NO_REASON = ("slack", "workspace")
# what several cards share a model by
_DIVIDES = ("tp", "pp", "layer_split", "zero_stage")


@dataclass(frozen=True)
class Setup:
    """One side: the facts that set it apart, the case worked out on each card that may be meant, what was stated of it."""

    given: dict[str, Any]
    outcomes: tuple[Outcome, ...]
    stated: Stated | None = None

    @property
    def main(self) -> Outcome:
        return self.outcomes[0]

    @cached_property
    def verdict(self) -> str | None:
        """That of the cards if they agree; borderline where one holds it and another does not."""
        found = {one.verdict for one in self.outcomes}
        return found.pop() if len(found) == 1 else "conditional"

    @cached_property
    def lacks(self) -> Words | None:
        """Why no card that may be meant runs it, whatever its memory; None where one does."""
        knob = self.main.situation.knobs.get("engine")
        engine = knob.value if knob is not None and knob.origin != ASSUMED else None
        stored = self.knob("weight_format") if self.knob("task") != "train" else None
        found = [lacking(stored, one.case.card, engine) for one in self.outcomes]
        return found[0] if all(found) else None

    @cached_property
    def leaning(self) -> str | None:
        """The verdict; of what is borderline on each card, the side on which it more likely is."""
        found = {one.leaning for one in self.outcomes}
        return found.pop() if len(found) == 1 else self.verdict

    def knob(self, name: str) -> Any:
        return self.main.situation.knob(name)

    @property
    def mixture(self) -> bool:
        """Has it layers of experts?"""
        model = self.main.situation.model
        return model is not None and model.with_experts() > 0

    def default_of_program(self, name: str) -> bool:
        fact = self.main.situation.knobs.get(name)
        return fact is not None and is_default(str(fact.origin))

    def json(self, others: Sequence["Setup"] = ()) -> dict[str, Any]:
        """The side, with what its stated figure is of, held against those of the others."""
        main, params = self.main, self.main.n_params
        stated = self.stated if self.stated and not self.stated.saved else None
        per_param = {name: main.terms.get(name, 0.0) / params for name in STATES} if params else {}
        return {
            "facts": self.given, "layout": {name: main.apart[name] for name in main.apart if name not in self.given and name != "gpu"},
            "lacks": {"en": self.lacks.en, "zh": self.lacks.zh} if self.lacks else None,
            "in_half": self.knob("task") == "inference" and computed_in_half(self.knob("weight_format"), main.case.card, self.knob("engine")),
            "verdict": self.verdict, "leaning": self.leaning, "memory": main.memory_json(), "total_gib": main.total / GIB, "n_params": params,
            "terms": main.terms_json(), "per_param": {name: f"{each:.3g} B/param" for name, each in per_param.items() if each >= _LEAST_BYTES},
            "bits": f"{self._bits(params):.3g} bits/param" if params else None,
            "elsewhere": [{"name": name, "gib": elsewhere(name, main) / GIB} for name in TERM_ORDER if name not in NO_REASON],
            "divided_by": {name: self.knob(name) for name in _DIVIDES if self.knob(name) and name not in self.given} if main.n_gpus > 1 else {},
            "trains": self._trains(), "kept": kept_json(main, float(main.fullest.values.get(adapter_params, 0))), "states": states(main), "states_gib": states_bytes(main) / GIB, "own_states": own_states(main) if "optimizer" in self.given else None, "at_start": self._at_start(), "paged_out_gib": self._paged_out(),
            "host": main.host_json(), "host_gib": main.case_json()["host_gib"], "copy": self._copy(), "unequal": unequal(main),
            "stated": f"{stated.gb:g}{'+' if stated.at_least else ''} {stated.unit}" if stated else None,
            "stated_gb": stated.gb if stated else None, "at_least": bool(stated and stated.at_least),
            "stated_as": explained(main, stated, [(one.main, one.stated) for one in others if one is not self and one.stated]) if stated else None,
            "cards": [
                {"gpu": one.apart.get("gpu") or (one.case.card.name if one.case.card else None),
                 "capacity_gib": one.capacity / GIB if one.capacity else None, "verdict": one.verdict, "leaning": one.leaning, "seq_len": one.reach, "room_tokens": _room_tokens(one),
                 "room_sequences": (_room_tokens(one) or 0) // one.reach if one.reach else 0,
                 "free_gib": (one.capacity - one.best) / GIB if one.capacity and one.capacity > one.best else None}
                for one in self.outcomes
            ],
        }  # fmt: skip

    def _trains(self) -> dict[str, Any] | None:
        """The parameters of adapters, and the bytes of each with its gradient and the optimizer's states."""
        count = float(self.main.fullest.values.get(adapter_params, 0))
        if not count or self.knob("task") != "train" or self.knob("zero_stage"):
            return None
        kept = sum(elsewhere(name, self.main) for name in ("adapter", "gradients", "optimizer"))
        return {
            "params": shown(count, adapter_params),
            "per_rank": shown(count / int(self.knob("lora_rank") or 1), adapter_params),
            "bytes_each": f"{kept / count:.3g} B",
            "gib": kept / GIB,
        }

    def _bits(self, params: float) -> float:
        """Bits of a stored weight: of a whole file its own, for not all of it need be on a card."""
        if self.knob("task") != "train" and self.main.situation.facts["quantised"].value != "linears":
            return stored_bits(self.main)
        return 8 * _of_all(self.main, "weights") / int(self.knob("dp") or 1) / params

    def _copy(self) -> dict[str, Any] | None:
        """A whole copy on each card, where the weights of a training were divided and nobody said so."""
        main = self.main
        if (
            self.knob("task") != "train"
            or main.n_gpus < 2
            or self.knob("zero_stage") != 3
            or "zero_stage" not in main.apart
        ):
            return None
        there = outcome(main.case.with_facts(zero_stage=0))
        return {"gib": there.best / GIB, "verdict": there.verdict, "leaning": there.leaning}

    def _paged_out(self) -> float | None:
        """What is left on the card when paged states have gone to host memory."""
        left = paged_out(self.main)
        return None if left is None else left / GIB

    def _at_start(self) -> dict[str, Any] | None:
        """What a server takes of its card whatever is asked of it: its share, and GiB where the card is known."""
        if not serves(self.knob("engine")):
            return None
        share = self.knob("gpu_memory_utilization")
        if not share:
            return None
        return {"share": share, "gib": self.main.capacity / GIB if self.main.capacity else None}


def _of_all(where: Outcome, term: str) -> float:
    """Bytes of a term over all cards."""
    return sum(card.terms.get(term, 0.0) * card.place.count for card in where.cards)


def _room_tokens(one: Outcome) -> int | None:
    """Tokens that the cache has room for, of all sequences together; None of a training or without a card."""
    if one.situation.knob("task") == "train":
        return None
    pool = {each["quantity"]: each["whole"] for each in pool_figures(one.situation.facts | one.fullest.place.facts)}
    if "kv_tokens" in pool:
        return int(pool["kv_tokens"])
    return one.longest * int(one.situation.knob("batch_size") or 1) if one.longest else None
