"""What servers assume where nobody says: vLLM's pages, and the run by which it measures itself (its share: kb/pools.py)."""

from typing import Any

from formulas.derivation import Fact
from kb.architecture import Architecture
from kb.cards import GIB, MIB, Card
from kb.engines import MICRO_BATCH, before
from kb.names import gpu_row
from kb.pools import VLLM, defaults, pool_facts, share_by_default, share_of
from kb.recipe import unified_share
from kb.stated import ASSUMED, reader, stated

# cards of at least so much memory, A100 excepted, get the larger steps (vLLM, EngineArgs)
_LARGE_CARD = 70 * GIB
# V0 read whole prompts up to this length in one step, and longer ones in chunks
_WHOLE_PROMPT = 32768


def first_generation(version: Any) -> bool:
    """Whether a stated version of vLLM is of its first engine (V0), which 0.8 replaced."""
    text = str(version or "")
    return text.startswith("V0") or (not text.startswith("V1") and before(version, (0, 8), "2025-03"))


def _size_of_step(card: Card | None) -> str:
    """Which of vLLM's defaults a card gets: the larger steps, or those of every card."""
    large = card is not None and card.capacity >= _LARGE_CARD and "A100" not in card.name
    return "server on a large card" if large else "server"


def serving_knobs(knobs: dict[str, Fact], card: Card | None, program: Any) -> dict[str, Fact]:
    """vLLM's own defaults for what is not said, and the share of the program that was named; of other programs the share of
    unified memory that the GPU has."""
    value = reader(knobs)
    if value("task") != "inference":
        return {}
    if value("engine") != VLLM:
        row = gpu_row(card.name) if card is not None else {}
        if card is None or row.get("class") != "unified" or value("gpu_memory_utilization") is not None:
            return {}
        return {"gpu_memory_utilization": Fact(unified_share(card.marketed_gb, str(row["vendor"])), ASSUMED)}
    old = first_generation(value("engine_version"))
    where = "first engine" if old else _size_of_step(card)
    usual = defaults("vLLM")
    step = usual["max_num_batched_tokens", where]
    length = int(value("seq_len")) + int(value("output_len", 0))
    if old and length <= _WHOLE_PROMPT:
        step = str(max(int(step), length))
    found: dict[str, Any] = {
        "block_size": int(usual["block_size", "inference"]),
        "max_num_batched_tokens": int(step),
        "max_num_seqs": min(int(usual["max_num_seqs", where]), int(value("max_num_batched_tokens", step))),
    }
    if share_of(program).rule == "share-of-card":  # a share of anything else is no share of the card
        share = float(usual["gpu_memory_utilization", "first engine"]) if old else share_by_default(program)
        found["gpu_memory_utilization"] = share
    return {name: Fact(one, ASSUMED) for name, one in found.items() if value(name) is None}


def _head_parts(knobs: dict[str, Fact], model: Architecture | None, unpacked: bool) -> int:
    """Parts in which ik_llama.cpp works on latent attention's heads: as many as -amb makes of what they take in float32."""
    limit = stated(knobs, "attn_max_batch", 0)
    heads = model.facts.get("n_heads") if model else None
    if not limit or model is None or heads is None or "v_head_dim" not in model.facts:
        return 1
    length = int(knobs["seq_len"].value) + int(stated(knobs, "output_len", 0))
    if unpacked:
        width = int(model.facts["qk_nope_head_dim"].value) + int(model.facts["v_head_dim"].value)
        size, parts = 4 * heads.value * width * length / MIB, 1
        while heads.value // parts % 2 == 0 and size > limit:
            size, parts = size / 2, parts * 2
        return parts
    step = int(stated(knobs, "n_ubatch", MICRO_BATCH))
    size = 4 * heads.value * step * length / MIB
    return int(heads.value) // max(1, int(heads.value) // max(1, -(-int(size) // int(limit))))


def serving_facts(
    knobs: dict[str, Fact], card: Card | None, model: Architecture | None, program: Any
) -> dict[str, Fact]:
    """The same in the formulas' words; for llama.cpp how a prompt attends in a latent cache."""
    value = reader(knobs)
    unpacked = str(value("mla_attn")) in ("2", "3")
    unpacks = unpacked and value("attention") != "eager"
    facts = {
        "latent_prompt": Fact("unpacked" if unpacked else "in-latent-space", ASSUMED),
        "head_parts": Fact(_head_parts(knobs, model, unpacks), ASSUMED),
    }
    if not value("engine") and value("task") == "inference":
        step = int(defaults("vLLM")["max_num_batched_tokens", _size_of_step(card)])
        facts["max_batched_tokens"] = knobs.get("max_num_batched_tokens", Fact(step, ASSUMED))
    if value("engine") == VLLM and value("task") == "inference":
        facts |= pool_facts(program, knobs, card) | {
            "page_size": knobs["block_size"],
            "max_batched_tokens": knobs["max_num_batched_tokens"],
            "max_sequences": knobs["max_num_seqs"],
        }
    return facts
