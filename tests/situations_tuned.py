"""For each remark on what trainers and their settings do a situation in which it is made."""

from tests.causes import SEVEN

_LORA: dict[str, object] = {**SEVEN, "method": "lora"}
_MEANT = ("zero_buckets", "adapters_on_quantised", "unsloth_checkpointing")

WHERE_TUNED: dict[str, tuple[list[str], dict[str, object], dict[str, object]]] = {
    "batch-split": (["accumulation"], {**_LORA, "gpu": "RTX 4090"}, {"log": ["batch_split 32"]}),
    **{f"meaning-of-{one.replace('_', '-')}": ([f"meaning:{one}"], _LORA, {}) for one in _MEANT},
    **{f"meaning-of-{one.replace('_', '-')}-alone": ([f"meaning:{one}"], {}, {}) for one in _MEANT},
}
