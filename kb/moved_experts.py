"""Experts of some layers in host memory: the others shared out so that several cards hold as many of them each."""

from typing import Any

from kb.cases import Case


def moved(case: Case, layers: int, count: int) -> dict[str, Any]:
    """The facts of so many layers' experts in host memory (the first ones), on the cards of a case."""
    split = split_of(case, layers, count)
    return {"n_cpu_moe": count, **({"tensor_split": split} if split else {})}


def with_moved(case: Case, layers: int, count: int) -> Case:
    """The case with them."""
    return case.with_facts(**moved(case, layers, count))


def split_of(case: Case, layers: int, count: int) -> str:
    """Layers by card with which several cards hold of those with their experts as many each, or as their memory is: the first
    has those without, the last the output layer too, which llama.cpp counts."""
    cards = int(case.facts.get("n_gpus") or 1)
    if cards < 2 or case.facts.get("tensor_split"):
        return ""
    rooms = [one.capacity for one in case.rig] if len(case.rig) > 1 else [1] * cards
    kept = [int((layers - count) * room / sum(rooms)) for room in rooms]
    if not all(kept):
        return ""
    return ",".join(map(str, [layers - sum(kept[1:]), *kept[1:-1], kept[-1] + 1]))
