"""The figures by name: how each is worked out of a case, and how it is written."""

from collections.abc import Callable
from typing import Any

from chat.figures.amount_words import count_words, flop_words, small_words, token_words
from chat.figures.failures.tried import tried_tokens, vocabulary
from chat.figures.layouts.zero_bytes import on_each_card
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, missing, value_of
from chat.figures.serving.served_adapters import beyond as adapters_beyond
from chat.figures.training.length_that_takes import length_that_takes
from formulas.notation import size_words
from formulas.programs import PHASES, TERM_OF
from kb.bytes_each import ADAM, GRADIENT, MASTER, TRAINED, WEIGHT, of_algorithm
from kb.cases import LAYOUTS
from kb.database import rows
from kb.outcome import Outcome, outcome
from kb.pools import share_let
from kb.stored import FILES
from kb.worked import STATES

# marketed memories of the cards that people buy or rent
_CARD_SIZES = (12, 16, 24, 32, 40, 48, 80, 96, 141)
TRAINING_FACTS = (
    "method", "zero_stage", "offload", "algo", "optimizer", "precision", "loss", "gradient_checkpointing", "lora_rank",
    "lora_targets", "modules_to_save", "ref_model", "rollouts_by", "teacher_model", "adapter_dtype", "grad_accum", "double_quant", "bits", "weight_format", "n_trainable_layers", "task",
)  # fmt: skip
_SPLITS = ("n_gpus", "tp", "pp", "cp", "ep", "layer_split", "zero_stage")


def _kv(figures: Figures, seq_len: float | None, batch: float = 1, **how: Any) -> float:
    """Keys and values of whole sequences, over all cards; Missing where neither a length nor a model is given."""
    if seq_len is None:
        raise Missing("seq_len")
    changed = dict.fromkeys(TRAINING_FACTS + _SPLITS)
    changed |= {"method": "inference", "seq_len": int(seq_len), "batch_size": int(batch), "weight_format": "bf16"}
    changed |= {"gpu": None, "gpu_memory_gb": None, "gpu_memory_utilization": None}
    return float(figures.at(**changed, **how).terms.get("kv_cache", 0.0))


def _kv_per_token(figures: Figures) -> float:
    """Bytes that one more token takes at the length at hand: layers whose window is full and states take none. A page is whole."""
    page, length = int(figures.fact("page_size")), int(float(figures.knob("seq_len") or 0))
    whole = length // page * page
    shorter = _kv(figures, whole, output_len=None) if whole else 0.0
    return (_kv(figures, whole + page, output_len=None) - shorter) / page


def _kv_mean(figures: Figures) -> float:
    """Bytes of a token on average over a sequence of whole pages: of a size this is what a token takes, where windows keep less."""
    page, length = int(figures.fact("page_size")), int(float(figures.knob("seq_len") or 0))
    whole = max(1, -(-length // page)) * page
    return _kv(figures, whole, output_len=None) / whole


def needed_card(figures: Figures, need: float) -> float:
    return next((float(size) for size in _CARD_SIZES if size * GIB >= need), 0.0) or missing("card")


def _claimed(figures: Figures) -> float:
    claims = [claim for claim in figures.told.get("claims_gb", ()) if claim]
    return max(claims) * GB if claims else missing("claim")


def _said_params(figures: Figures) -> float:
    """The size that was said, taken at its word; else that of the model."""
    from kb.knobs import amount

    said = figures.given.get("params")
    return float(amount(said, "params")) if said else figures.params


def _pool(figures: Figures) -> float:
    """The memory of unequal cards, one of each."""
    from kb.cards import cards_meant

    named = figures.told.get("gpus") or ()
    return float(sum(cards_meant(str(name))[0].capacity for name in named)) if len(named) > 1 else missing("cards")


def _claim_seq(figures: Figures) -> float:
    """The sequence length at which the case would need what the asker measured."""
    seen = figures.told["observed_gb"]
    if len(seen) > 1:
        return missing("one run")
    claim = float(seen[0]) * GIB  # tools print GiB as GB
    return missing("more") if claim <= figures.base.bounds[1] else float(length_that_takes(figures, claim))


def _serving_cards(figures: Figures, weights: float) -> float:
    """Cards for weights and one whole sequence, at the share that an engine takes."""
    card = figures.base.case.card
    if card is None:
        return missing("card")
    return float(-(-(weights + _kv(figures, figures.knob("seq_len"))) // (0.9 * card.capacity)))


def _fewest_cards(figures: Figures, bits: int) -> float:
    from kb.solver import solve

    facts = {
        name: value for name, value in figures.given.items() if name not in ("n_gpus", "tp", "pp", "weight_format")
    }
    value = solve("n_gpus", **{**facts, "bits": bits}).answers[0].value
    return float(value) if value else missing("number of cards")


def _marketed(figures: Figures) -> float:
    return float(figures.given.get("gpu_memory_gb") or missing("card memory"))


def _room(figures: Figures) -> float:
    """What a program can have of the card, also where no model is named."""
    card = figures._case(figures.given).card
    return float(share_let(card) or 1) * float(card.capacity) if card else missing("card")


def _between(figures: Figures, least: float, most: float) -> float:
    """The need of what takes from so much to so much of a Mac's memory."""
    need, whole = figures.base.best, _marketed(figures) * GIB
    return need if least * whole < need <= most * whole else missing("between")


def _common(figures: Figures, **how: Any) -> Outcome:
    """The largest size of the published table that one card holds for sure with 4-bit QLoRA; or the same, tuned otherwise."""
    facts = {name: value for name, value in figures.given.items() if name not in ("params", "model", *UNQUANTISED)}
    for row in rows("SELECT DISTINCT params_b FROM finetune WHERE model_size NOT LIKE '%x%' ORDER BY params_b DESC"):
        of_size = {**facts, **_ONE_CARD, "params": float(row["params_b"]) * 1e9}
        there = outcome(figures._case({**of_size, "method": "qlora", "bits": 4}))
        if there.verdict == "yes":
            return outcome(figures._case({**of_size, **how})) if how else there
    raise Missing("size")


def _fused(figures: Figures) -> float:
    """With a fused loss; sharded where no layout is told and a card does not hold a whole copy."""
    whole = figures.at(loss="fused")
    free = figures.n > 1 and not set(LAYOUTS) & set(figures.given)
    return figures.at(loss="fused", zero_stage=3).best if free and whole.verdict == "no" else whole.best


def _embedding(figures: Figures) -> float:
    tied = figures.plain.situation.facts["tied"].value
    return figures.fact("vocab_size") * figures.fact("hidden_size") * 2 * (1 if tied == "yes" else 2)


def _at_most(where: Outcome, *terms: str) -> float:
    """The most that these terms take together in any phase, decisive or not."""
    most = 0.0
    for phase in PHASES:
        step = where.derivation.by_quantity.get(phase) if phase in where.values else None
        if step is None or step.expr is None:
            continue
        parts = [part for part in step.expr.free_symbols if TERM_OF.get(part, part.name) in terms]
        most = max(most, sum(float(where.values[part]) for part in parts))
    return most or missing(terms[0])


def _activations(where: Outcome) -> float:
    return _at_most(where, "activations", "logits")


def _of_roles(figures: Figures, trained: bool, frozen: bool) -> float:
    """Model states of PPO's actor and critic, and weights of its frozen reference and reward model; critic and reward model
    of their own sizes where those are told."""
    critic, reward = (sum(figures.logged_all(f"{role}_params")[:1]) or figures.params for role in ("critic", "reward"))
    return TRAINED * (figures.params + critic) * trained + WEIGHT * (figures.params + reward) * frozen


def _states_over(figures: Figures) -> float:
    """By how much weights, gradients and optimizer states alone are more than a card has; 0 where they are not."""
    capacity = figures.base.capacity
    kept = figures.base.held(*STATES)
    return max(0.0, kept - capacity) if capacity else 0.0


def _peak(**changed: Any) -> Callable[[Figures], float]:
    return lambda figures: figures.at(**changed).best


UNQUANTISED: dict[str, Any] = {"bits": None, "weight_format": None, "precision": None, "adapter_dtype": None}
_ONE_CARD: dict[str, Any] = {"n_gpus": 1, "zero_stage": None, "tp": None, "pp": None, "layer_split": None}
MADE: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    # the model
    "params": (lambda f: f.params, size_words),
    "active": (lambda f: float(f.row()["active_params"] or missing("active")), size_words),
    "layers": (lambda f: f.fact("n_layers"), count_words),
    "hidden": (lambda f: f.fact("hidden_size"), count_words),
    "heads": (lambda f: f.fact("n_heads"), count_words),
    "kv_heads": (lambda f: f.fact("n_kv_heads"), count_words),
    "head_dim": (lambda f: f.fact("head_dim"), count_words),
    "vocab": (vocabulary, count_words),
    "tokens": (lambda f: f.tokens, count_words),
    "seq": (lambda f: float(f.knob("seq_len") or missing("seq_len")), count_words),
    "batch": (lambda f: float(f.knob("batch_size") or 1), count_words),
    "cards": (lambda f: float(f.n), count_words),
    "pp": (lambda f: float(f.knob("pp") or 1), count_words),
    # its weights
    "w32": (lambda f: 4 * f.params, both_words),
    "w16": (lambda f: 2 * f.params, both_words),
    "w8": (lambda f: f.stored(bits=8), both_words),
    "w4": (lambda f: f.stored(bits=4), both_words),
    "w_mxfp4": (lambda f: f.stored(weight_format="mxfp4"), both_words),
    "w_nf4_stored": (
        lambda f: value_of(f.at(method="qlora", **{**UNQUANTISED, "bits": 4, "kbit_prep": False}), "model_weights"),
        both_words,
    ),
    "w_nf4_prepared": (
        lambda f: value_of(f.at(method="qlora", **{**UNQUANTISED, "bits": 4, "kbit_prep": True}), "model_weights"),
        both_words,
    ),
    "bits": (lambda f: float(f.knob("bits") or missing("bits")), count_words),
    "w_bare": (lambda f: _said_params(f) * float(f.knob("bits") or missing("bits")) / 8, both_words),
    "w4_bare": (lambda f: f.params / 2, both_words),
    "w_nf4": (lambda f: value_of(f.at(method="qlora", **{**UNQUANTISED, "bits": 4}), "model_weights"), both_words),
    "q4km": (lambda f: f.stored(weight_format="gguf:Q4_K_M"), both_words),
    "active16": (lambda f: 2 * float(f.row()["active_params"] or missing("active")), both_words),
    "w16_share": (lambda f: 2 * f.params / f.n, gib_words),
    "w_here": (lambda f: f.base.terms["weights"], both_words),
    "runtime_here": (lambda f: f.base.terms["runtime"], gib_words),
    "held_at_load": (lambda f: f.base.terms["weights"] + f.base.terms["runtime"], gib_words),
    "w_all": (lambda f: sum(card.terms["weights"] * card.place.count for card in f.base.cards), both_words),
    "w_whole": (lambda f: value_of(f.at(**_ONE_CARD), "model_weights"), gib_words),
    "embedding": (_embedding, gib_words),
    "embedding_trained": (lambda f: (TRAINED - WEIGHT) / WEIGHT * _embedding(f), both_words),
    "embedding_train": (lambda f: 8 * _embedding(f), gib_words),
    # states
    "states": (lambda f: TRAINED * f.params, both_words),
    "states_over": (_states_over, gib_words),
    "full_over": (lambda f: max(0.0, TRAINED * f.params - f.n * (f.base.capacity or missing("card"))), gib_words),
    "capacity_all": (lambda f: f.n * (f.base.capacity or missing("card")), gib_words),
    "states_zero2": (lambda f: f.params * on_each_card(2, f.n), both_words),
    "states_zero3": (lambda f: f.params * on_each_card(3, f.n), both_words),
    "states18": (lambda f: (TRAINED + MASTER - GRADIENT) * f.params, both_words),
    "states8": (lambda f: 8 * f.params, both_words),
    "adam12": (lambda f: ADAM * f.params, both_words),
    # a rule of so many bytes for each parameter takes a size at its word
    "adam12_said": (lambda f: ADAM * _said_params(f), both_words),
    "adam8_said": (lambda f: 8 * _said_params(f), both_words),
    "adam2_said": (lambda f: 2 * _said_params(f), both_words),
    "w32_said": (lambda f: 4 * _said_params(f), both_words),
    "params_said": (_said_params, size_words),
    "states18_said": (lambda f: (TRAINED + MASTER - GRADIENT) * _said_params(f), both_words),
    "adapter_params": (lambda f: value_of(f.base, "adapter_params"), lambda size: f"{size:,.0f}"),
    "adapter_states": (lambda f: TRAINED * value_of(f.base, "adapter_params"), both_words),
    "flop_token": (
        lambda f: 6 * float(f.row().get("active_params") or f.params) if "model" in f.given else 6 * _said_params(f),
        flop_words,
    ),
    "zero1": (lambda f: f.params * on_each_card(1, f.n), gib_words),
    "zero2": (lambda f: f.params * on_each_card(2, f.n), gib_words),
    "zero3": (lambda f: f.params * on_each_card(3, f.n), gib_words),
    "saved_by_lora": (lambda f: (TRAINED - WEIGHT) * f.params, both_words),
    "host": (lambda f: TRAINED * f.params, both_words),
    "host_deepspeed": (lambda f: 18 * 1.5 * f.params, both_words),
    "host_optimizer": (lambda f: ADAM * f.params, both_words),
    # keys and values
    "kv_token": (_kv_per_token, token_words),
    "kv_mean": (_kv_mean, token_words),
    "kv_sequence": (lambda f: _kv(f, f.knob("seq_len")), gib_words),
    "kv_sequence16": (lambda f: _kv(f, f.knob("seq_len"), kv_format="bf16"), gib_words),
    "kv_doubled": (
        lambda f: f.base.terms.get("kv_cache", 0.0) if f.base.part_of_all("kv") > 1.05 * f.amount("kv_all") else 0.0,
        gib_words,
    ),
    "kv_all": (lambda f: _kv(f, f.knob("seq_len"), f.knob("batch_size") or 1), gib_words),
    "serve_cards": (lambda f: _serving_cards(f, 2 * f.params), count_words),
    "serve_cards_fp8": (lambda f: _serving_cards(f, f.stored(bits=8)), count_words),
    "serve_nodes": (lambda f: -(-_serving_cards(f, 2 * f.params) // 8), count_words),
    "serve_nodes_fp8": (lambda f: -(-_serving_cards(f, f.stored(bits=8)) // 8), count_words),
    "serve_total": (lambda f: 2 * f.params + _kv(f, f.knob("seq_len")), both_words),
    # what a step keeps
    "logits_copy": (lambda f: f.tokens * f.fact("vocab_size") * 4, both_words),
    "logits_peak": (lambda f: _at_most(f.at(loss="full-logits"), "logits"), gib_words),
    "kept_on": (lambda f: _activations(f.at(gradient_checkpointing="on")), gib_words),
    "kept_off": (lambda f: _activations(f.at(gradient_checkpointing="off")), gib_words),
    "scores": (lambda f: f.fact("n_heads") * f.tokens * float(f.knob("seq_len")) * 2, gib_words),
    # whole peaks of the case with one thing changed
    "peak": (lambda f: f.base.best, gib_words),
    "capacity": (lambda f: f.base.capacity or missing("card"), gib_words),
    "peak_fused": (_fused, gib_words),
    "peak_zero3": (_peak(zero_stage=3), gib_words),
    "peak_flash": (_peak(attention="flash"), gib_words),
    "peak_eager": (_peak(attention="eager"), gib_words),
    "peak_lora": (_peak(method="lora", **UNQUANTISED), gib_words),
    "peak_qlora": (_peak(method="qlora", **{**UNQUANTISED, "bits": 4}), gib_words),
    "copy_lora": (_peak(method="lora", **UNQUANTISED, **_ONE_CARD), gib_words),
    "copy_qlora": (_peak(method="qlora", **{**UNQUANTISED, "bits": 4}, **_ONE_CARD), gib_words),
    "copy_qlora8": (_peak(method="qlora", **{**UNQUANTISED, "bits": 8}, **_ONE_CARD), gib_words),
    "copy": (_peak(zero_stage=0, n_gpus=1, tp=None, pp=None, layer_split=None), gib_words),
    "card_needed": (
        lambda f: needed_card(f, f.at(zero_stage=0, n_gpus=1, tp=None, pp=None, layer_split=None).bounds[1]),
        lambda size: f"{size:g} GB",
    ),
    # whatever the model: what a number of parameters takes, and what a card holds
    "billion_share": (lambda f: 16e9 / f.n, lambda size: f"{size / GB:.3g} GB"),
    "states_fill": (lambda f: _room(f) * f.n / 16, size_words),
    "common": (lambda f: float(_common(f).case.facts["params"]), size_words),
    "common_seq": (lambda f: float(_common(f).situation.knob("seq_len")), count_words),
    "common_qlora": (lambda f: _common(f).best, gib_words),
    "room": (_room, gib_words),
    # what the asker measured
    "claim": (_claimed, lambda size: f"{size / GB:g} GB"),
    "claim_seq": (_claim_seq, count_words),
    "tried": (lambda f: float(f.told.get("tried_gib") or f.told["oom_gib"][0]) * GIB, small_words),
    "tried_tokens": (tried_tokens, count_words),
    "oom_tried": (lambda f: float(f.told["oom_gib"][0]) * GIB, gib_words),
    "oom_idle": (lambda f: float(f.told["oom_gib"][1]) * GIB, gib_words),
    "oom_reserved": (lambda f: float(f.told["oom_gib"][1]) * GIB + f.need("log_allocated"), gib_words),
    "pool": (lambda f: _pool(f), gib_words),
    "adapters_beyond": (adapters_beyond, gib_words),
    "host_load": (lambda f: 2 * f.params * f.n, both_words),
    "ram": (lambda f: float(f.given["host_memory_gb"]) * GB, lambda size: f"{size / GB:g} GB"),
    # several models at once
    "metal_low": (lambda f: 2 / 3 * _marketed(f) * GIB, gib_words),
    "metal_close": (lambda f: _between(f, 0.5, 0.75), gib_words),
    "metal_tight": (lambda f: _between(f, 0.6, 0.75), gib_words),
    "metal_between": (lambda f: _between(f, 0.75, 0.95), gib_words),
    "marketed_gb": (lambda f: _marketed(f) * GB, lambda size: f"{size / GB:g} GB"),
    "marketed_gib": (lambda f: _marketed(f) * GB, lambda size: f"{size / GIB:.1f} GiB"),
    "marketed_sticks": (lambda f: _marketed(f) * GIB, lambda size: f"{size / GIB:g} GiB"),
    "mac": (_marketed, lambda size: f"{size:g} GB"),
    "metal_high": (lambda f: 0.75 * _marketed(f) * GIB, gib_words),
    "cards_for_16": (lambda f: float(-(-2 * f.params // (f.base.capacity or missing("card")))), count_words),
    "power_for_16": (lambda f: float(2 ** (int(f.amount("cards_for_16")) - 1).bit_length()), count_words),
    "cards_for_4": (lambda f: _fewest_cards(f, 4), count_words),
    "actor_two": (lambda f: f.params * on_each_card(2, 2), gib_words),
    "ppo": (lambda f: _of_roles(f, True, True), both_words),
    "two_trained": (lambda f: _of_roles(f, True, False), both_words),
    "two_frozen": (lambda f: _of_roles(f, False, True), both_words),
    "policy_and_reference": (lambda f: of_algorithm("dpo") * f.params, both_words),
    "ppo_each": (lambda _: float(of_algorithm("ppo")), count_words),
    "ppo_cards": (lambda f: float(-(-(_of_roles(f, True, True) + WEIGHT * f.params) // (80 * GIB))), count_words),
    "ppo_cards_offload": (
        lambda f: float(-(-(f.params * (of_algorithm("ppo") - 2 * ADAM + WEIGHT)) // (80 * GIB))),
        count_words,
    ),
}
# those that are of one term of memory: the guard holds a clause that names the term to them
TERM_OF_FIGURE = {
    "w32": "weights", "w16": "weights", "w8": "weights", "w4": "weights", "w4_bare": "weights", "w_mxfp4": "weights", "w_bare": "weights", "w_nf4": "weights", "w_nf4_prepared": "weights",
    "q4km": "weights", "active16": "weights", "w16_share": "weights", "w_here": "weights", "w_all": "weights", "w_whole": "weights",
    "kv_token": "kv_cache", "kv_mean": "kv_cache", "kv_sequence": "kv_cache", "kv_sequence16": "kv_cache", "kv_all": "kv_cache", "adam12": "optimizer",
    "host_optimizer": "optimizer", "logits_copy": "logits", "logits_peak": "logits", "checkpoints": "activations",
    "kept_on": "activations", "kept_off": "activations",
}  # fmt: skip


def by_program(figures: Figures) -> dict[str, str]:
    """The engine, where it keeps more than a window: llama.cpp, with the tokens of one step."""
    return {"engine": FILES} if figures.given.get("engine") == FILES else {}
