"""Of the ways that make a case fit those that the asker has not ruled out."""

from typing import Any

_STORED = {"bits", "bpw", "weight_format"}


def allowed(changes: list[dict[str, Any]], about: frozenset[str]) -> list[dict[str, Any]]:
    """Without what is ruled out by a word; what takes host memory last on a notebook that has little of it."""
    kept = [one for one in changes if not _ruled_out(one, about)]
    return sorted(kept, key=lambda one: bool(one.get("host_gib"))) if "notebook" in about else kept


def _ruled_out(change: dict[str, Any], about: frozenset[str]) -> bool:
    facts, of_cards = change["facts"], change.get("price") == "cards"
    more = of_cards and "n_gpus" in facts
    return bool(
        # what starts from nothing has no base that adapters could tune
        (about & {"no_adapters", "from_scratch"} and facts.get("method") in ("lora", "qlora"))
        or (about & {"no_quantising", "no_qlora"} and facts.get("method") == "qlora")
        or ("no_quantising" in about and _STORED & set(facts))
        or ("fixed_cards" in about and of_cards)
        or ("no_more_cards" in about and more)
        or ("no_shorter" in about and "seq_len" in facts)
    )
