"""A model's facts, by the names of quantities and choices: from a row of the table `models` or from a config.json.

What the formulas need beside these facts comes from the recipe (kb/facts.py supplies it):

quantities  batch_size, seq_len, output_len, page_size, lora_rank, dropout_kept, block_dropout, loss_chunk,
            bytes_per_weight or bits_per_weight, kv_bytes
choices     task, regime, checkpointing, attention_kernel, loss, quantised, kbit_preparation, cache_kind,
            optimizer_kind, optimizer_step, and what trains (kb/targets.py)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from formulas.derivation import Fact
from formulas.errors import BadInput, near
from formulas.formula import Source
from kb.config import row_of
from kb.families import BROADCASTING, FAMILIES, LLAMA
from kb.layers import Layer, kinds_of, layers_of
from kb.shapes import shapes_of
from kb.total import held_to_total


@dataclass(frozen=True, eq=False)
class Architecture:
    """What is known of a model: facts by name of quantity or choice, sentences on what is not, and the format in which its
    weights were published where they are no plain numbers."""

    facts: dict[str, Fact]
    warnings: tuple[str, ...]
    family: str
    layers: tuple[Layer, ...] = ()
    published: str = ""

    @cached_property
    def kinds(self) -> dict[str, tuple[Layer, int]]:
        """The distinct layers by a short name, with their count."""
        return kinds_of(list(self.layers))

    @cached_property
    def experts(self) -> bool:
        return any(layer.mlp == "experts" for layer in self.layers)

    def with_experts(self, first: int | None = None) -> int:
        """How many layers have experts, of the first so many or of all: dense ones have none to move."""
        return sum(layer.mlp == "experts" for layer in self.layers[:first])


@cache
def whole_model() -> dict[str, Fact]:
    """Facts of one card that holds everything; joined to others, never changed."""
    plain = {
        "accumulation": "no", "reduction": "none", "gathered_ahead": "nothing", "speculation": "none", "activations_hosted": "no", "states_counted": "yes",
        "schedule": "none", "sequence_parallel": "no", "context_exchange": "none", "experts_split": "no",
        "frozen_weights": "divided",
        "embeddings_here": 1, "heads_here": 1, "stage": 0, "tp": 1, "pp": 1, "cp": 1, "ep": 1, "dp": 1, "shard_group": 1,
        "virtual_stages": 1, "n_microbatches": 1,
    }  # fmt: skip
    return {name: Fact(value, "assumed") for name, value in plain.items()}


def from_config(config: Mapping[str, Any], origin: str | Source = "config") -> Architecture:
    """The facts of a Hugging Face config.json; BadInput names the key that is missing or cannot be."""
    row, warnings = row_of(config)
    found = architecture(row, origin)
    return replace(found, warnings=(*warnings, *found.warnings))


def architecture(row: Mapping[str, Any], origin: str | Source = "model") -> Architecture:
    """The facts of a row of `models` (columns of schema.sql; further keys as `kb.config.row_of` adds them)."""
    row = {key: value for key, value in row.items() if value is not None and value != ""}
    kind = str(row.get("model_type") or "")
    warnings: list[str] = []
    for key in ("n_layers", "hidden_size", "vocab_size"):
        if key not in row:
            raise BadInput(f"{row.get('name', 'the model')} has no {key}; without it no formula applies")
    if row.get("block") == "unsupported" and "total_params" in row:
        row.setdefault("intermediate_size", 1)  # the published total says more, further down
    built = _built(row, kind, warnings)
    built |= _overrides(row, built)
    attention = "latent" if row.get("kv_lora_rank") else "grouped"
    dense = "gated" if built.pop("gated") else "plain"
    scan = row.get("scan") or ("mamba2" if row.get("ssm_num_heads") else "mamba")
    linear = str(FAMILIES[kind].defaults.get("linear_attention", "delta")) if kind in FAMILIES else "delta"
    layers = layers_of({**row, **_defaults(row, kind)}, attention, dense, scan, linear)
    values = {**built, **shapes_of(row, kind, layers)}
    facts = whole_model() | {name: Fact(value, origin) for name, value in values.items()}
    facts |= _kinds(layers, row, origin)
    facts, corrected = held_to_total(facts, row, kind in FAMILIES)
    warnings += corrected
    uncounted = sorted({layer.mixer for layer in layers} & {"mamba"})
    if uncounted:
        warnings.append(
            f"activations of {' and '.join(uncounted)} layers are counted on the plain PyTorch path, which transformers takes "
            "where mamba-ssm and causal-conv1d are not installed; with those kernels they are several times less"
        )
    if kind in FAMILIES and FAMILIES[kind].estimated:
        warnings.append(f"of {kind} this is estimated, not counted: {FAMILIES[kind].estimated}")
    if dense == "plain" and any(layer.mlp == "experts" for layer in layers):
        warnings.append(
            f"of {kind} this is estimated, not counted: its experts, which are counted as gated though they have no gate "
            "(无门控的专家,此处按有门控计)"
        )
    return Architecture(facts, tuple(warnings), kind, tuple(layers), str(row.get("quantization", "")))


def _defaults(row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """What the row leaves open and the family's config class sets."""
    family = FAMILIES.get(kind)
    extra: dict[str, Any] = {}
    if kind in ("mamba", "mamba2", "falcon_mamba"):
        extra["all_mamba"] = True
    if kind in ("mamba", "mamba2", "falcon_mamba", "nemotron_h"):
        extra["single_sublayers"] = True
    if family and family.built.get("layer_parts") == "side-by-side":
        extra["side_by_side"] = True
    pattern = family and family.defaults.get("sliding_window_pattern")
    if row.get("sliding_window") and pattern and not row.get("attention_pattern") and not row.get("layer_types"):
        extra["layer_pattern"] = f"{pattern - 1}S,1A"
    if family and family.defaults.get("pattern") and not row.get("attention_pattern") and not row.get("layer_types"):
        extra["layer_pattern"] = "1S,1A"
    return extra


def _built(row: Mapping[str, Any], kind: str, warnings: list[str]) -> dict[str, Any]:
    """The family's declared block, or a generic one by the row's features, said to be so."""
    built = dict(LLAMA)
    family = FAMILIES.get(kind)
    if family is not None:
        return built | {key: value for key, value in family.built.items() if key != "pattern"}
    warnings.append(
        f"the family {kind or '(none named)'} is not declared{near(kind, FAMILIES)}: its block is taken as Llama's with "
        "the features that its fields state; activations are approximate"
    )
    return built


def _overrides(row: Mapping[str, Any], built: Mapping[str, Any]) -> dict[str, Any]:
    """What the row itself states about its block."""
    found: dict[str, Any] = {}
    norm_type = row.get("norm_type")
    if norm_type:
        plain = "rms" if norm_type == "rmsnorm" else "layernorm"
        found["norm"] = built["norm"] if str(built["norm"]).startswith(plain) else plain
        found["norm_vectors"] = {"rmsnorm": 1, "layernorm": 2, "layernorm_nobias": 1, "layernorm_nonparam": 0}[
            norm_type
        ]
    norms = row.get("norms_per_layer")
    if norms is not None and norms != built["n_input_norms"] + built["n_output_norms"]:
        found["n_input_norms"], found["n_output_norms"] = (2, int(norms) - 2) if norms > 2 else (int(norms), 0)
        if norms == 1:
            found["block"] = "parallel"
    if built["cut_into_heads"] == "copies" and 1 < int(row.get("n_kv_heads") or 1) < int(row.get("n_heads") or 1):
        found["cut_into_heads"] = "repeated"
    if row.get("qk_norm"):
        found["qk_norm"] = {"none": "none", "per_head": "per-head", "full": "full"}[row["qk_norm"]]
    if row.get("mlp_gated") is not None:
        found["gated"] = bool(int(row["mlp_gated"]))
    if row.get("positional") and row["positional"] != "rope" and not str(row["positional"]).startswith("rope"):
        found["rotary"] = "none"
    if row.get("embedding_norm"):
        found["final_norms"] = 2
    for key in (
        "rotary",
        "activation",
        "block",
        "qkv",
        "gate_up",
        "soft_cap",
        "norm",
        "n_input_norms",
        "n_output_norms",
        "extra_streams",
        "scan_gate",
    ):
        if f"built_{key}" in row:
            found[key] = row[f"built_{key}"]
    return found


def _kinds(layers: list[Layer], row: Mapping[str, Any], origin: str | Source) -> dict[str, Fact]:
    """Choices and counts of each kind of layer; no axis where there is one kind."""
    kinds = kinds_of(layers)
    facts: dict[str, Fact] = {}
    if len(kinds) > 1:
        facts["layer_kind"] = Fact(tuple(kinds), origin)
    for name, (layer, count) in kinds.items():
        at = f"[{name}]" if len(kinds) > 1 else ""
        facts |= {
            f"mixer{at}": Fact(layer.mixer, origin),
            f"window{at}": Fact(layer.window, origin),
            f"mlp{at}": Fact(layer.mlp, origin),
        }
        if at:
            facts[f"n_layers_of{at}"] = Fact(count, origin)
        if layer.window == "sliding":
            facts[f"sliding_window{at}"] = Fact(row["sliding_window"], origin)
    return facts


def broadcasts(found: Architecture) -> bool:
    """Whether SDPA is handed one key head for many query heads, which no fused kernel takes."""
    return found.family in BROADCASTING and found.facts["n_kv_heads"].value == 1 < found.facts["n_heads"].value
