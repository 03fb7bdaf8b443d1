"""What serving programs take of a card at their start: whose share it is, of what, and how much cache that leaves."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any

from formulas.derivation import Fact
from formulas.quantity import Quantity
from formulas.serving import concurrent_sequences, kv_pool, kv_tokens, pool
from kb.cards import GIB, Card
from kb.database import rows
from kb.names import gpu_row
from kb.programs import written
from kb.recipe import unified_share
from kb.stated import ASSUMED, reader
from kb.worked import derived

VLLM = "vllm"
_ALL_RANKS, _FEW_RANKS = "from 4 ranks", "below 4 ranks"
# SGLang leaves at least so much on cards of more than the other figure (table recipes: least_aside)
_LARGE = 60 * GIB
# the most of a card that one server is given: the rest is the driver's, and what its graphs take beside its pool
MOST_SHARE = 0.95
# the most that several servers on a card are given together: each has a context and graphs of its own beside its share
ALL_SERVERS = 0.9


@dataclass(frozen=True)
class Share:
    """tool: the name in table `recipes`; setting: how the program spells its share; rule: what it is a share of."""

    tool: str
    setting: str
    rule: str


_SHARES = {
    VLLM: Share("vLLM", "gpu_memory_utilization", "share-of-card"),
    "tgi": Share("TGI", "TGI_WIGGLE_ROOM", "share-of-card"),
    "sglang": Share("SGLang", "mem_fraction_static", "share-of-free"),
    "lmdeploy": Share("LMDeploy", "cache_max_entry_count", "share-of-rest"),
    "tensorrt-llm": Share("TensorRT-LLM", "free_gpu_memory_fraction", "share-of-rest"),
}


def share_of(program: Any) -> Share:
    """How the program takes its share; as vLLM does where its own way is not known."""
    return _SHARES.get(written(program), _SHARES[VLLM])


@cache
def defaults(tool: str) -> dict[tuple[str, str], str]:
    """Defaults of a tool by setting and what they apply to."""
    found = rows("SELECT setting, applies_to, value FROM recipes WHERE tool = ?", [tool])
    return {(row["setting"], row["applies_to"]): row["value"] for row in found}


def share_by_default(program: Any) -> float | None:
    """The share that the program takes where nobody says; None where it works it out from the card."""
    share = share_of(program)
    stated = defaults(share.tool).get((share.setting, "inference"))
    return float(stated) if stated else None


def _sized(setting: str, card: Card, ranks: int) -> int:
    """SGLang's default for a card: that of the smallest class of cards which holds it."""
    classes = []
    for (name, where), value in defaults("SGLang").items():
        if name == setting and (_ALL_RANKS if ranks >= 4 else _FEW_RANKS) in where:
            below = re.search(r"under (\d+) GiB", where)
            classes.append((float(below[1]) * GIB if below else inf, int(value)))
    return next(value for below, value in sorted(classes) if card.capacity < below)


def pool_facts(program: Any, knobs: dict[str, Fact], card: Card | None) -> dict[str, Fact]:
    """The share in the formulas' words. `program` is as the asker named it; the knobs are those of a server."""
    share, value = share_of(program), reader(knobs)
    facts = {"pool_rule": Fact(share.rule, ASSUMED)}
    stated = knobs.get("gpu_memory_utilization")
    usual = share_by_default(program)
    if stated is not None:
        facts["memory_utilisation"] = stated
    elif usual is not None:
        facts["memory_utilisation"] = Fact(usual, f"{share.tool}'s default")
    elif card is not None:
        ranks = int(value("tp", 1))
        least = int(defaults(share.tool)["least_aside", "inference"]) * 2**20 if card.capacity > _LARGE else 0
        facts |= {
            "chunked_prefill": Fact(_sized("chunked_prefill_size", card, ranks), ASSUMED),
            "graph_sequences": Fact(_sized("cuda_graph_max_bs", card, ranks), ASSUMED),
            "least_aside": Fact(least, ASSUMED),
        }
    if card is not None:
        facts["card_memory"] = Fact(card.capacity, card.origin)
    return facts


def share_let(card: Card) -> float | None:
    """The share of unified memory that a GPU is let have; None for a card, which has all of its own."""
    row = gpu_row(card.name)
    return unified_share(card.marketed_gb, str(row["vendor"])) if row.get("class") == "unified" else None


def share_within(knob: Callable[[str], Any], card: Card | None) -> Any:
    """The share of a card that a server takes, or that a training is let have; a rollout engine's is a part of its sum."""
    return share_let(card) if card is not None and knob("task") != "inference" else knob("gpu_memory_utilization")


def most_held(facts: dict[str, Fact], card: Card | None, knob: Any) -> float | None:
    """Bytes of the card that the case may fill: its share of the card, or what the server's rule leaves of it."""
    if card is None:
        return None
    rule = facts.get("pool_rule")
    if rule is None or rule.value == "share-of-card":
        return card.capacity * float(knob or 1)
    of_card = facts | {"card_memory": Fact(card.capacity, card.origin)}
    return min(card.capacity, float(derived(pool, of_card).values[pool]))


def pool_figures(facts: dict[str, Fact]) -> list[dict[str, Any]]:
    """Answers of the contract on a server's pool, for the card that these facts describe: what it takes of the card,
    what of that is the cache's, for how many tokens it has pages, and how many sequences of the full length those hold. Empty without a card.
    """
    if "pool_rule" not in facts or "card_memory" not in facts:
        return []
    found = []
    wanted = ((pool, GIB, "GiB"), (kv_pool, GIB, "GiB"), (kv_tokens, 1, "1"), (concurrent_sequences, 1, "1"))
    for quantity, size, unit in wanted:
        value = float(derived(quantity, facts).values[quantity])
        if quantity is pool:  # a share of what the weights leave and the step beside it end at the card
            value = min(value, float(facts["card_memory"].value))
        value /= size
        found.append(
            {"quantity": quantity.name, "scope": "pool", "value": value, "whole": int(value), "unit": unit,
             "says": quantity.says.en, "zh": quantity.says.zh}
        )  # fmt: skip
    return found


def tokens_held(facts: dict[str, Fact]) -> int:
    """The tokens for which a server's pool has pages; 0 where nothing is served from one."""
    return _whole(kv_tokens, facts)


def sequences_held(facts: dict[str, Fact]) -> int:
    """The whole sequences of the case's length for which a server's pool has pages; 0 where nothing is served from one."""
    return _whole(concurrent_sequences, facts)


def _whole(quantity: Quantity, facts: dict[str, Fact]) -> int:
    return next((one["whole"] for one in pool_figures(facts) if one["quantity"] == quantity.name), 0)
