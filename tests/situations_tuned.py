"""For each remark on what trainers and their settings do a situation in which it is made."""

from tests.causes import SEVEN

_LORA: dict[str, object] = {**SEVEN, "method": "lora"}
_MEANT = ("zero_buckets", "adapters_on_quantised", "unsloth_checkpointing")

WHERE_TUNED: dict[str, tuple[list[str], dict[str, object], dict[str, object]]] = {
    "copy-on-each-card": (
        ["oom_diagnosis", "loading"],
        {"params": "70B", "method": "qlora", "bits": 4, "gpu": "RTX 3090", "n_gpus": 4},
        {"log": ["loaders 4"]},
    ),
    "eight-bits-step-on-the-card": (
        ["fits"],
        {
            **SEVEN,
            "method": "full",
            "optimizer": "adamw-8bit",
            "offload": "optimizer",
            "zero_stage": 2,
            "n_gpus": 2,
            "gpu": "RTX 4090",
        },
        {},
    ),
    "masters-cost": (["masters_cost"], {**SEVEN, "method": "full"}, {}),
    "vocabularies-apart": (
        ["comparison"],
        {**SEVEN, "method": "full"},
        {"log": ["vocabularies 32000", "vocabularies 150000"]},
    ),
    "nearly-full": (["nearly_full"], _LORA, {}),
    "nearly-full-alone": (["nearly_full"], {}, {}),
    "batch-split": (["accumulation"], {**_LORA, "gpu": "RTX 4090"}, {"log": ["batch_split 32"]}),
    "meaning-of-fused-adamw-alone": (["meaning:fused_adamw"], {}, {}),
    **{f"meaning-of-{one.replace('_', '-')}": ([f"meaning:{one}"], _LORA, {}) for one in _MEANT},
    **{f"meaning-of-{one.replace('_', '-')}-alone": ([f"meaning:{one}"], {}, {}) for one in _MEANT},
}
