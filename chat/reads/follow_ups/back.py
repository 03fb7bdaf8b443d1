"""What a follow-up goes back to in the conversation: a model by its size alone, and the machine that is at hand."""

from dataclasses import replace
from typing import Any

from chat.reads.follow_ups.of_the_two import CASE_BEFORE, case_before
from chat.reads.follow_ups.set_against import changed_from
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.name_parts import cut, size_value, tokens
from kb.names import model_row, names

Facts = dict[str, tuple[Any, ...]]
_NAMED = "named_before"
_MACHINE = ("gpu", "gpu_memory_gb", "n_gpus", "host_memory_gb")
# what may be asked of a case that is at hand with its cards
_OF_CARDS = frozenset({"fits", "max_batch_ctx", "how_many_gpus", "decoding_rate", "generation_speed", "training_time"})
_AGAIN = r"\bagain\b|\bback to\b|\bafter all\b|\bstick(?:ing)? (?:with|to)\b|\bthe (?:first|earlier|previous|original|other)\b|还是|回到|[换用改]回|再回|之前|前面|刚才|最开始"
_AGAIN_OR_THE = rf"{_AGAIN}|\b(?:the|my|that) (?:rtx |gtx )?\d{{3,4}}\b|那[张块]"
_ANY_CARD = r"\b(?:any|some|which|what|consumer)\b[^.?;]{0,16}\b(?:cards?|gpus?)\b|(?:什么|哪[张种款块]|任何|任意|消费级)[^,;?]{0,4}(?:卡|gpu)"
_KINDS = ((r"(?:moe|mixture|混合专家)", True), (r"(?:dense|稠密)", False))
_OF_THAT_KIND = r"\b(?:the|that) {of}\b(?: one| model| version)?|\b{of} (?:one|version)\b|(?:还是|[换用改选回]回?|那)(?:个)?\s?{of}(?:的|模型|那个|版)?\s?(?:好|行|吧|呢|的话|,|\W*$)"
_DISTILLED = r"\bdistil\w*|蒸馏"


def with_named(found: Reading, previous: Reading) -> Reading:
    """The reading with the models that were named before its own, the oldest first, and with the cases before it."""
    before = [*previous.extras.get(_NAMED, ()), *previous.facts.get("model", ())]
    told = tuple(dict.fromkeys(one for one in before if one not in found.facts.get("model", ())))
    others = {name: one for name, one in found.extras.items() if name != _NAMED}
    named = {_NAMED: told} if told else {}
    return replace(found, extras={**others, **named, **case_before(found, previous), **changed_from(found, previous)})


def of_size(reading: Reading, previous: Reading, text: str) -> Facts:
    """`改用32B的` after Qwen2.5-72B is Qwen2.5-32B, where the table has it; `还是9b` the model of that size before."""
    sizes = reading.facts.get("params", ())
    if not sizes or "model" in reading.facts or reading.unknown_models:
        return {}
    if len(sizes) > 1:  # "14b or 8b?" after both were named
        named = [str(one) for one in (*previous.extras.get(_NAMED, ()), *previous.facts.get("model", ()))]
        meant = [next((one for one in reversed(named) if _called(one) == float(size)), "") for size in sizes]
        return {"model": tuple(meant)} if all(meant) else {}
    size = float(sizes[0])
    at_hand = [str(one) for one in previous.facts.get("model", ())]
    before = [str(one) for one in previous.extras.get(_NAMED, ()) if _called(str(one)) == size]
    if len(at_hand) == 1 and _called(at_hand[0]) == size:
        return {"model": (at_hand[0],)}
    if before and compiled(_AGAIN).search(text):
        return {"model": (before[-1],)}
    member = of_family(at_hand[0], size, bool(compiled(_DISTILLED).search(text))) if len(at_hand) == 1 else ""
    found = member or (before[-1] if before else "")
    return {"model": (found,)} if found else {}


def of_kind(reading: Reading, previous: Reading, text: str) -> Facts:
    """`then the MoE one`, `还是稠密的好`: of the models that were named the one of that kind, where there is one alone."""
    if {"model", "params"} & set(reading.facts) or reading.unknown_models:
        return {}
    named = {str(one) for one in (*previous.extras.get(_NAMED, ()), *previous.facts.get("model", ()))}
    for words, mixture in _KINDS:
        if not compiled(_OF_THAT_KIND.replace("{of}", words)).search(text):
            continue
        found = [one for one in named if bool((model_row(one) or {}).get("n_experts")) is mixture]
        return {"model": (found[0],)} if len(found) == 1 and len(named) > 1 else {}
    return {}


def card_again(new: Facts, previous: Reading, text: str) -> Facts:
    """`back to the 4070` after a 4070 Ti SUPER is that one: a card by the number of one that was spoken of."""
    told, before = new.get("gpu", ()), previous.extras.get(CASE_BEFORE)
    cards = [*previous.facts.get("gpu", ()), *(before[0].get("gpu", ()) if before else ())]
    if len(told) != 1 or told[0] in cards or not compiled(_AGAIN_OR_THE).search(text):
        return {}
    meant = [one for one in cards if str(one).startswith(f"{told[0]} ")]
    return {"gpu": (meant[0],)} if meant else {}


def of_family(model: str, params: float, distilled: bool = False) -> str:
    """The member of a model's family that has so many parameters, or nothing; `distilled`: of those made from it."""
    parts = cut(tokens(model))
    words = parts.words | {"distill"} if distilled else parts.words
    match = names().match_model(replace(parts, words=words, size=f"{params / 1e9:g}b", active=""))
    return match.name or ""


def _called(model: str) -> float | None:
    """The size that a model is called by, in parameters."""
    return size_value(cut(tokens(model)).size)


def on_the_machine(reading: Reading, previous: Reading) -> Reading | None:
    """A case that names a model and no machine, asked whether it fits, is on the machine at hand; None where it leans on
    nothing."""
    cards = {"gpu", "gpu_memory_gb"} & set(previous.facts)
    named = {"gpu", "gpu_memory_gb", "host_memory_gb"} & set(reading.facts)
    if not cards or named or "gpu" in reading.asks or not set(reading.intents[:1]) & _OF_CARDS:
        return None
    if not {"model", "params"} & set(reading.facts) or "no_card" in reading.cues or reading.unknown_gpus:
        return None
    if compiled(_ANY_CARD).search(reading.lowered):
        return None
    at_hand = {
        name: values
        for name, values in previous.facts.items()
        if name in _MACHINE and not (name == "n_gpus" and "n_gpus" in (*reading.facts, *reading.asks))
    }
    return replace(reading, facts={**at_hand, **reading.facts})
