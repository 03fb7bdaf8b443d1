"""What a method means for the formulas: what is updated at a time, which optimizer, which adapters, which other models.

Each rule is a method's own definition or its program's default (rows of `recipes`); none looks at a model's name or at a
measurement.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from formulas.derivation import Fact
from formulas.errors import BadInput
from kb.cards import Card
from kb.database import rows
from kb.layers import Layer, kinds_of
from kb.programs import ROLLS, SHARED
from kb.recipe import ADAPTERS, assumed, recipe
from kb.stated import ASSUMED, Value, origin_of, stated

# methods that keep states of all weights
PROJECTED = ("galore", "apollo")  # which keep them of projected gradients
OF_ALL_WEIGHTS = ("full", *PROJECTED)
# methods that bring their own optimizer
_OWN_OPTIMIZER = {"galore": "galore-adamw", "apollo": "apollo", "badam": "badam", "lomo": "lomo", "lisa": "lisa"}
_UPDATED = {"freeze": "last-layers", "badam": "one-block", "lisa": "sampled-layers", "lomo": "one-matrix"}
_ADAPTER_KIND = {"rslora": "stabilised", "dora": "magnitude", "oft": "rotation"}
# optimizers of bitsandbytes and their like update parameters as they are: no float32 masters unless asked for
_NO_MASTERS = (
    "adamw-8bit", "paged-adamw", "paged-adamw-8bit", "adamw-4bit", "adafactor", "adafactor-momentum", "galore-adamw",
    "galore-adamw-8bit", "apollo", "badam", "lomo",
)  # fmt: skip
# of them those that ZeRO runs inside of its own: it keeps float32 masters of its shards, whatever updates them
_WITHIN_ZERO = ("adamw-8bit", "paged-adamw", "paged-adamw-8bit", "adafactor", "adafactor-momentum")
# layers whose input may still be on its way to the host, where a program sets more than one
_STASH = {"torchtune": 5}
# a rotation's block has no knob: this is the default of PEFT
_ROTATION_BLOCK = 32


# algorithms that compare with a frozen copy of the policy
REFERENCED = ("dpo", "kto", "ppo", "grpo")
_JUDGED = ("ppo",)  # of models of their own: a frozen reward model, and a critic that trains


class Held(NamedTuple):
    """How many models of the policy's size an algorithm holds, the policy among those that train."""

    trained: int
    frozen: int


def models_held(algo: str) -> Held:
    """What full training by an algorithm holds, where all that may stand beside the policy does."""
    judged = algo in _JUDGED
    return Held(1 + judged, (algo in REFERENCED) + judged)


def method_facts(knobs: dict[str, Fact], layers: Iterable[Layer] = ()) -> dict[str, Fact]:
    """The facts that a method, its optimizer and a preference algorithm decide; they beat what holds for any training."""
    method = str(stated(knobs, "method", "inference"))
    algo = str(stated(knobs, "algo", "sft"))
    origin = knobs["method"].origin if "method" in knobs else ASSUMED
    kind = optimizer_kind(method, str(stated(knobs, "optimizer", "adamw")))
    own_copies = method != "inference" and method not in ADAPTERS and algo in _JUDGED
    facts = {
        "updated": Fact("one-matrix" if _in_backward(knobs, method) else _updated(method, kind), origin),
        "adapter_kind": Fact(_ADAPTER_KIND.get(method, "low-rank"), origin),
        "optimizer_kind": Fact(kind, knobs["optimizer"].origin if "optimizer" in knobs else origin),
        "companions": Fact("reward-and-critic" if own_copies else "none", ASSUMED),
        "rollouts": Fact("yes" if method != "inference" and algo in ROLLS else "no", ASSUMED),
        "rollouts_by": Fact("none", ASSUMED),
        "rotation_block": Fact(_ROTATION_BLOCK, "default of PEFT: oft_block_size"),
    }
    if _in_backward(knobs, method):
        facts["optimizer_step"] = Fact("fused", knobs["optimizer_in_backward"].origin)  # one matrix at a time
    if kind.startswith("paged") and stated(knobs, "meter") in ("allocated", "reserved"):
        facts["states_counted"] = Fact("no", knobs["meter"].origin)
    facts |= _stated_sizes(knobs, method)
    if algo == "rm":
        facts["loss"] = Fact("scores", ASSUMED)
    # a run that states its dropout and its kernel beats the model's config and what is usual
    if "block_dropout" in knobs:
        facts["block_dropout"] = knobs["block_dropout"]
    if stated(knobs, "sdpa_backend") == "math":
        facts["attention_kernel"] = knobs["sdpa_backend"]
    if kind in _NO_MASTERS and origin_of(knobs, "precision") == ASSUMED and not keeps_masters(knobs, kind):
        facts["master_weights_kept"] = Fact("no", origin)
        facts["optimizer_step"] = Fact("fused", origin)
    if "lora_rank" not in knobs and kind.startswith(PROJECTED):
        facts["lora_rank"] = Fact(recipe("apollo" if kind == "apollo" else "galore")["lora_rank"], ASSUMED)
    facts |= _layers(method, knobs, tuple(layers))
    return facts


def keeps_masters(knobs: dict[str, Fact], kind: str) -> bool:
    """Whether DeepSpeed's ZeRO wraps the optimizer: its bf16 and fp16 engines update float32 copies of their shards."""
    return kind in _WITHIN_ZERO and int(stated(knobs, "zero_stage", 0) or 0) > 0


def without_masters(given: Mapping[str, object]) -> bool:
    """Whether an optimizer updates the 16-bit weights themselves, where no precision was told."""
    kind = optimizer_kind(str(given.get("method")), str(given.get("optimizer")))
    wrapped = kind in _WITHIN_ZERO and int(str(given.get("zero_stage") or 0)) > 0
    return kind in _NO_MASTERS and not wrapped


def of_companions(value: Value) -> tuple[str, ...]:
    """What is not counted of PPO's other models, where adapters let one base play every part."""
    if str(value("algo", "")) not in _JUDGED or str(value("method")) not in ADAPTERS:
        return ()
    one_base = "PPO with adapters is counted on one base: the critic is a value head, the reward model another adapter"
    return (f"{one_base}; models of their own are not counted",)


def rollout_facts(value: Value, card: Card | None) -> dict[str, Fact]:
    """Of an engine on the training's cards that generates the answers: its share, and whether it keeps it; empty without
    such an engine, or a card to take a share of."""
    said = value("gpu_memory_utilization")
    by = str(value("rollouts_by") or ("beside" if said else "none"))
    if card is None or by == "none" or value("task") == "inference" or str(value("algo", "")) not in ROLLS:
        return {}
    share = float(said or assumed("gpu_memory_utilization", SHARED))
    return {
        "rollouts": Fact("no", ASSUMED), "rollouts_by": Fact(by, ASSUMED), "rollout_share": Fact(share, ASSUMED),
        "card_memory": Fact(card.capacity, card.origin),
    }  # fmt: skip


def _in_backward(knobs: dict[str, Fact], method: str) -> bool:
    """Whether each parameter of a whole model is updated as its gradient appears; GaLore and APOLLO call it layer-wise."""
    return method in OF_ALL_WEIGHTS and bool(stated(knobs, "optimizer_in_backward"))


def _stated_sizes(knobs: dict[str, Fact], method: str) -> dict[str, Fact]:
    """What a program prints, or sets aside, beats what is worked out: adapters that train, the length of a cache."""
    facts = {}
    if method in ADAPTERS and "trainable_params" in knobs and stated(knobs, "lora_targets") is None:
        facts["adapter_params"] = knobs["trainable_params"]
    length = int(stated(knobs, "seq_len", 0)) + int(stated(knobs, "output_len", 0))
    if method == "inference" and int(stated(knobs, "cache_len", 0)) > length:
        facts["tokens_allocated"] = knobs["cache_len"]
    hosted = method != "inference" and stated(knobs, "activation_offload", stated(knobs, "engine") == "unsloth")
    facts["activations_hosted"] = Fact("yes" if hosted else "no", origin_of(knobs, "activation_offload"))
    facts["stashed_layers"] = Fact(_STASH.get(str(stated(knobs, "engine")), 1), ASSUMED)
    return facts


def _updated(method: str, kind: str) -> str:
    """What is updated at a time; LoRA-FA is an optimizer by its name, but freezes the inner factors of adapters."""
    if kind == "lora-fa" and method in ADAPTERS:
        return "outer-factors"
    return _UPDATED.get(method, "everything")


def optimizer_kind(method: str, optimizer: str) -> str:
    """The optimizer that a method runs: its own where it has one, in 8 bits where the one named is."""
    own = _OWN_OPTIMIZER.get(method)
    if own is None or (method == "lisa" and optimizer not in ("adamw", "lisa")):
        return optimizer
    return "galore-adamw-8bit" if method == "galore" and "8bit" in optimizer else own


def _layers(method: str, knobs: dict[str, Fact], layers: tuple[Layer, ...]) -> dict[str, Fact]:
    """How many layers train at a time, and of which kinds; BadInput when the model has fewer."""
    if method not in ("freeze", "lisa", "badam"):
        return {}
    count = knobs.get("n_trainable_layers") or Fact(recipe(method)["n_trainable_layers"], ASSUMED)
    if layers and int(count.value) > len(layers):
        raise BadInput(f"n_trainable_layers is {count.value}, the model has {len(layers)} layers")
    facts = {"n_trainable_layers": count}
    kinds = kinds_of(list(layers))
    if method == "freeze" and len(kinds) > 1:
        last = layers[len(layers) - int(count.value) :]
        for name, (layer, _) in kinds.items():
            facts[f"n_trained_of[{name}]"] = Fact(last.count(layer), count.origin)
    return facts


# what a program calls selective; for all others it is Megatron's: the core of attention
_SELECTIVE = {"torchtitan": "operators", "torchtune": "alternate"}


def checkpointing_of(said: Any, engine: Any) -> str:
    """The answer of `checkpointing`, by what the program calls selective."""
    if said == "selective":
        return _SELECTIVE.get(str(engine), "selective")
    return "off" if said in (None, "off") else "on"


# ── what no measurement checks, beside the methods, optimizers and engines that kb/interval.py looks for ────────────


def unchecked(knobs: dict[str, Fact]) -> tuple[str, ...]:
    """A sentence for a preference algorithm, or a way of recomputing, that no strict row of the measurements has."""
    if stated(knobs, "meter") == "tensors" or stated(knobs, "task") != "train":
        return ()
    parts = []
    algo = str(stated(knobs, "algo", "sft"))
    if algo != "sft" and not _measured(f"algo={algo}"):
        parts.append(f"algorithm {algo}")
    if stated(knobs, "teacher_model"):
        parts.append("distillation")
    if stated(knobs, "gradient_checkpointing") == "selective" and not _measured("ac=selective"):
        parts.append("selective checkpointing")
    return tuple(f"{part}: not checked against measurements (没有实测可以核对)" for part in parts)


@cache
def _measured(stated: str) -> bool:
    """Whether a strict row states this among its `key=value` extras."""
    found = rows(
        "SELECT count(*) AS n FROM measurements WHERE strict = 1 AND list_contains(string_split(extra, ';'), $stated)",
        {"stated": stated},
    )
    return bool(found[0]["n"])
