"""What is asked beside a case and holds by itself: what a setting does or means, in a question of its own.

"How many users fit? And is an FP8 cache worth it?": the case is read without the setting, which it was not told to have, and
what the setting does is told of that case.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from chat.plans.understood import has_subject, is_serving
from chat.plans.variants import asks, may_be_apart, pieces
from chat.reads.concepts.settings_compared import SETTINGS_COMPARED, SHARES
from chat.reads.grammar import read, read_change
from chat.reads.reading import Reading

_LONGEST_PIECE = 160  # characters
_MOST = 2
# what such a question is about, and nothing else: the effect of a setting, settings side by side, what a thing is
_SUBJECTS = ("lever:", "settings_compared", "meaning:")
_VLLM = {"max_model_len", "max_num_seqs", "max_num_batched_tokens", "gpu_memory_utilization"}
_CARDS = ("gpu", "gpu_memory_gb", "n_gpus")
_STORED = ("weight_format", "kv_format")
# a case of its own, or somebody's figures, make it more than that
_OF_A_CASE = {"model", "params", "config", *_CARDS, "seq_len", "batch_size", "host_memory_gb"}
# what is told in the figures of a case where there is one
_IN_FIGURES = {
    f"meaning:{one}" for one in ("tensor_split", "expert_parallel", "latent_cache", "grouped_heads", "speculative")
}
# what a thing saves, asked beside a model that has it
_SAVED_THERE = {"window_saves"}
# what is asked of the card itself; where the case names none, it is its card as well
_OF_A_CARD = "_on_card"


@dataclass(frozen=True)
class Beside:
    """The question without what is asked beside it, and each of those; `first`: one of them comes before the case."""

    case: Reading
    each: tuple[Reading, ...]
    first: bool


def beside(reading: Reading) -> Beside | None:
    """The case and what is asked beside it; None where the question is one."""
    return _beside(reading.text) if may_be_apart(reading) else None


def _trains(facts: Mapping[str, Sequence[Any]]) -> bool:
    """Does what is told train?"""
    return "zero_stage" in facts or "train" in facts.get("task", ())


@lru_cache(maxsize=64)  # asked to plan, and again to word what the tools found
def _beside(text: str) -> Beside | None:
    if _at_one_share(read(text)):
        return None
    every = pieces(text)
    own = [len(every) > 1 and _by_itself(one) for one in every]
    if not any(own) or all(own) or sum(own) > _MOST:
        return None
    case = read("".join(piece for piece, apart in zip(every, own, strict=True) if not apart))
    asked = [piece for piece, apart in zip(every, own, strict=True) if apart]
    if not has_subject(case) or case.unknown_models or case.equations or case.claims:
        return None
    case = _on_the_card(_of_a_server(case, [read(piece) for piece in asked]), asked)
    alone = not asks(case.text)
    if alone and not (_is_told(case) and all(_means(read(piece)) for piece in asked)):
        return None
    if alone and not _trains(case.facts) and any(_trains(read(piece).facts) for piece in asked):
        return None  # the training that is asked about is that case's
    # the only question is what the answer opens with, wherever the case was told
    return Beside(case, tuple(_about(piece, case) for piece in asked), first=own[0] or alone)


def _at_one_share(reading: Reading) -> bool:
    """Are shares of several programs set side by side at one value, so that the case says what each comes to?"""
    shares = set(map(str, reading.extras.get(SETTINGS_COMPARED, ()))) & set(SHARES)
    return len(shares) > 1 and "gpu_memory_utilization" in reading.facts


def _about(piece: str, case: Reading) -> Reading:
    """What a setting does to that case; what it means, and what the case itself asks for, is of no case."""
    own = read(piece)
    if not any(cue.startswith("lever:") or cue in _SAVED_THERE for cue in own.cues):
        return replace(own, language=case.language)
    return replace(read_change(piece, case), intents=own.intents, asks=own.asks)


def _of_a_server(case: Reading, asked: Sequence[Reading]) -> Reading:
    """Whose settings are asked about serves the model, where no program is named."""
    named = {str(one) for own in asked for one in own.extras.get(SETTINGS_COMPARED, ())}
    if not named & _VLLM or "engine" in case.facts or not is_serving(case):
        return case
    return replace(case, facts={**case.facts, "engine": ("vllm",)})


def _is_told(case: Reading) -> bool:
    """Is it told whole, with its cards, and nothing of how it went?"""
    return "gpu" in case.facts and case.intent in (
        "unclear",
        "fits",
        "how_much",
        "kv_cache",
        "comparison",
        "quant_gguf",
        "moe",
    )


def _means(asked: Reading) -> bool:
    """Is it of a thing of which a case that is told has no figures of its own?"""
    return any(cue.startswith("meaning:") and cue not in _IN_FIGURES for cue in asked.cues)


def _on_the_card(case: Reading, asked: Sequence[str]) -> Reading:
    """The case with the cards that only what is asked beside it names, and the format of which it is asked whether they run it."""
    own = [read(piece) for piece in asked]
    cards = {} if {"gpu", "gpu_memory_gb"} & set(case.facts) else _facts_named(own, _CARDS)
    stored = _facts_named(filter(_is_of_a_card, own), _STORED)
    if "bits" in case.facts:
        stored.pop("weight_format", None)
    return replace(case, facts={**cards, **stored, **case.facts}) if cards or stored else case


def _facts_named(asked: Iterable[Reading], names: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    return {name: values for own in asked for name, values in own.facts.items() if name in names}


def _is_of_a_card(own: Reading) -> bool:
    """Is it asked what a card itself runs?"""
    return any(cue.endswith(_OF_A_CARD) and cue.startswith("meaning:") for cue in own.cues)


def _by_itself(piece: str) -> bool:
    """Does it ask about a setting or a thing, whatever the case?"""
    if len(piece) > _LONGEST_PIECE or not asks(piece):
        return False
    own = read(piece)
    if (
        (_OF_A_CASE - set(_CARDS if _is_of_a_card(own) else ())) & set(own.facts)
        or own.claims
        or own.equations
        or own.unknown_models
    ):
        return False
    merges = {"merging", "merge_asked"} & set(own.cues)  # adapters into a model, that of the case
    return not merges and any(cue.startswith(_SUBJECTS) for cue in own.cues)
