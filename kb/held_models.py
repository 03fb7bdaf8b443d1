"""A model as a machine runs it: where its weights are, the longest sequence, and the most tokens a second."""

from dataclasses import dataclass, replace
from typing import Any

from kb.cards import GIB
from kb.case_model import positions
from kb.cases import INFERENCE
from kb.host_memory import host_need
from kb.host_split import all_experts_there, fewest_moved, of_the_host, worked
from kb.moved_experts import split_of
from kb.names import model_row
from kb.outcome import Outcome
from kb.pace import NO_RUN, pace
from kb.recipe import FILE_BITS, format_for, usable_rate
from kb.stored import FILES, costs_of

# tokens of a context as people set one, where a short one was assumed
_LONG = 32_768
_SAME = 0.01  # of a token's share of the cache, at two lengths


@dataclass(frozen=True)
class Held:
    """A model as the machine runs it. `way` is `cards`, `experts`, `layers` or `host`: where its weights are."""

    way: str
    bits: int
    experts: bool
    at: Outcome

    @property
    def rate(self) -> float | None:
        """The most tokens a second, of all sequences together."""
        return next((one["value"] for one in pace(self.at, NO_RUN) if one["quantity"] == "decoding_rate"), None)

    @property
    def longest(self) -> int | None:
        """The longest sequence on the cards, of those that the model declares; None where host memory is a part of it."""
        return declared_length(self.at) if self.way == "cards" else None

    @property
    def fewest_layers(self) -> int | None:
        """Of a mixture with all experts in host memory: of how few layers they need to be there, which is the faster way."""
        if self.way != "experts" or self.at.situation.knob("n_cpu_moe"):
            return None
        facts = {name: value for name, value in self.at.case.facts.items() if name != "offload"}
        return fewest_moved(replace(self.at.case, facts=facts), self.at)

    @property
    def _experts(self) -> dict[str, int | None]:
        """Of how many layers the cards keep the experts then; of those that have any, how many move, stay and are."""
        few, model = self.fewest_layers, self.at.situation.model
        if few is None or model is None:
            return dict.fromkeys(("kept_layers", "experts_moved", "experts_kept", "experts_in"))
        some, all_ = model.with_experts(few), model.with_experts()
        return {
            "kept_layers": len(model.layers) - few,
            "experts_moved": some,
            "experts_kept": all_ - some,
            "experts_in": all_,
        }

    @property
    def _split(self) -> str:
        """How the layers are shared out over the cards then."""
        few, model = self.fewest_layers, self.at.situation.model
        return split_of(self.at.case, len(model.layers), few) if few and model else ""

    @property
    def cache_at_longest(self) -> float | None:
        """GiB of the cache of one sequence of that length."""
        there = worked(self.at.case.with_facts(seq_len=self.longest)) if self.longest else None
        return there.part_of_all("kv") / GIB if there else None

    @property
    def cache_as_told(self) -> dict[str, float] | None:
        """The length that is told and what its cache takes; None where none is, or it is the longest."""
        told = self.at.case.facts.get("seq_len")
        length = int(self.at.situation.knob("seq_len") or 0)
        if told is None or not length or length == self.longest:
            return None
        return {"seq_len": length, "gib": self.at.part_of_all("kv") / GIB}

    @property
    def token_bytes(self) -> float | None:
        """Bytes of cache that each token of a sequence takes; None where layers keep a window, and no two lengths take the same of it."""
        whole, length = self.cache_at_longest, int(self.at.situation.knob("seq_len") or 0)
        if not whole or not self.longest or not length:
            return None
        each, here = whole * GIB / self.longest, self.at.part_of_all("kv") / length
        return each / self._sequences if abs(each / here - 1) < _SAME else None

    @property
    def each(self) -> dict[str, float] | None:
        """What each of several cards holds, where they hold about as much, and the weights of it."""
        at = self.at
        if (
            self.way != "cards" or at.n_gpus == 1 or abs(at.total / (at.best * at.n_gpus) - 1) > _SAME
        ):  # the fullest, or of unequal ones the one that decides
            return None
        return {"total_gib": at.best / GIB, "weights_gib": at.terms.get("weights", 0.0) / GIB}

    @property
    def at_once(self) -> int | None:
        """For how many sequences as long as the model declares there is room, where its own length ends one and not the memory."""
        cache, room = self.cache_at_longest, self.at.capacity
        if self.way != "cards" or not cache or not room or self.longest != positions(self.at.situation.knobs):
            return None
        left = (room - self.at.best) * self.at.n_gpus + self.at.part_of_all("kv")
        return int(left // (cache * GIB / self._sequences))

    @property
    def beside_experts(self) -> dict[str, Any]:
        """Of a mixture with experts in host memory: what of it is on the cards, and the cache of a long context that it declares."""
        length = min(positions(self.at.situation.knobs) or 0, _LONG)
        there = worked(self.at.case.with_facts(seq_len=length)) if length else None
        on_cards = sum(card.terms.get("weights", 0.0) * card.place.count for card in self.at.cards)
        found: dict[str, Any] = {"weights_gib": on_cards / GIB}
        return found | ({"seq_len": length, "kv_cache_gib": there.part_of_all("kv") / GIB} if there else {})

    @property
    def _active(self) -> float | None:
        """Of a mixture of the table, the parameters that a token uses."""
        name = self.at.case.facts.get("model")
        return model_row(str(name)).get("active_params") if self.experts and name else None

    @property
    def _sequences(self) -> int:
        return int(self.at.situation.knob("batch_size") or 1)

    def _beside(self) -> float | None:
        """GiB on the cards beside weights and cache; None where whole layers lie in host memory, or all does."""
        if self.way == "cards":
            weights = self.at.part_of_all("weights")
        elif self.way == "experts" and self.beside_experts and not self.at.situation.knob("n_cpu_moe"):
            weights = self.beside_experts["weights_gib"] * GIB
        else:
            return None
        return (self.at.total - weights - self.at.part_of_all("kv")) / GIB

    def json(self, asked: bool = False) -> dict[str, Any]:
        """One row; with the cache of the longest sequence where a single model is asked about."""
        host, rate = host_need(self.at.situation), self.rate
        return {
            **called(self.at), "way": self.way, "costs": costs_of(self.at), "params": self.at.n_params, "experts": self.experts, "active": self._active, "bits": self.bits,
            "gpu_layers": self.at.situation.knob("gpu_layers"), "n_cpu_moe": self.at.situation.knob("n_cpu_moe"),
            "fewest_layers": self.fewest_layers, **self._experts, "split": self._split, "layers": len(self.at.situation.model.layers) if self.at.situation.model else None,
            "memory": self.at.memory_json(), "host_gib": host[0] if host else None, "ram_gib": of_the_host(self.at) / GIB, "longest": self.longest, "rate": rate,
            "longest_cache_gib": self.cache_at_longest if asked else None, "token_bytes": self.token_bytes if asked else None, "cache_as_told": self.cache_as_told if asked else None, "sequences": self._sequences, "at_once": self.at_once if asked else None, "each": self.each if asked else None,
            "beside_experts": self.beside_experts if asked and self.way == "experts" else None,
            "beside_gib": self._beside() if asked else None,
            "usable": rate is None or rate >= usable_rate(),
        }  # fmt: skip


def all_there(parted: Held) -> Held | None:
    """In fewer bits, a mixture with all of its experts in host memory, where this holds only a part of them as they are."""
    facts = {name: one for name, one in parted.at.case.facts.items() if name not in ("n_cpu_moe", "tensor_split")}
    for bits in (bits for bits in FILE_BITS if bits < parted.bits):
        stored = {**facts, "weight_format": format_for(INFERENCE, bits, FILES)}
        if at := all_experts_there(replace(parted.at.case, facts=stored)):
            return Held("experts", bits, True, at)
    return None


def declared_length(at: Outcome) -> int | None:
    """The longest sequence that fits, of those that the model declares."""
    declared, longest = positions(at.situation.knobs), at.longest
    return None if longest is None else min(longest, declared or longest)


def called(at: Outcome) -> dict[str, Any]:
    """A model, its format, and what it takes on all cards; without any, of the host."""
    knob = at.situation.knob
    total = at.total if at.case.rig else of_the_host(at)
    return {"model": knob("model") or knob("params"), "weight_format": knob("weight_format"), "total_gib": total / GIB}
