"""What can be asked and told of speed and time, by name: the words of the two tools."""

from chat.schemas import TEXTS, Schema, number

TRAINING_KINDS = (
    "time", "cost", "flops", "mfu", "tokens", "cards", "size", "steps", "compare", "accumulation", "checkpointing", "adapters",
    "stages", "states", "batch", "offload", "per_token", "scaling", "power", "sparse", "fp8", "link", "rl_step", "forward",
)  # fmt: skip
SERVING_KINDS = (
    "rate",
    "request_rate",
    "slower_batch",
    "prefill",
    "users",
    "why",
    "compare",
    "need",
    "link",
    "loading",
    "idle",
    "slows",
    "put_whole",
    "formats",
    "slower_bits",
    "sparse",
    "fp8",
)
# amounts that may be told, by the names of `chat.reads.speed.speed_told`; what each is, for a model that calls the tools
OF_TRAINING = {
    "rate": "tokens a second that were seen, over all cards", "rate_each": "the same of each card", "tflops_seen": "TFLOP/s of a card that were seen", "hours": "hours that there are",
    "gpu_hours": "GPU-hours that there are", "run_cards": "cards of a run that is told beside", "run_hours": "its hours", "total_flop": "operations that there are", "seconds_per_step": "seconds of a step",
    "steps": "optimizer steps", "samples": "samples", "epochs": "epochs", "step_samples": "samples of a step over all cards",
    "rollouts": "answers generated for a step of reinforcement learning", "network_gbit": "Gbit/s of the network between machines",
    "zero_stage": "the ZeRO stage, 3 for FSDP", "nodes": "machines", "tokens_per_param": "tokens for each parameter", "stored_params": "parameters that memory holds",
    "seq_len": "tokens of a sample", "watts": "power of a card", "price_per_kwh": "price of a kWh",
}  # fmt: skip
OF_RAM = {
    "host_mt_s": "MT/s of the RAM", "host_channels": "its channels", "host_ddr": "its DDR generation",
    "bandwidth_gb_s": "its bandwidth in GB/s",
}  # fmt: skip
OF_MACHINE = {**OF_RAM, "pcie": "PCIe generation", "lanes": "PCIe lanes"}
OF_SERVING = {
    "seconds": "seconds to the first token that were seen",
    "other_ddr": "a further DDR generation to compare with",
    "other_mt_s": "a further rate of the RAM to compare with",
    "examples": "1 where the cards are only examples",
    "of_that_size": "1 where the cards are those sold with the memory that was told",
    "more_cards": "further cards that are thought of",
    "rate": "tokens a second, seen or wanted",
    "requests": "prompts to work through",
    "requests_s": "requests a second that are wanted",
}

_ANY = 1e30
OF_A_TRAINING: dict[str, Schema] = {
    "train_tokens": number(1e18, description="tokens trained on"),
    "gpu": {**TEXTS, "description": "the card; several to compare"},
    "n_gpus": {
        "anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}],
        "description": "how many cards; of several kinds each",
    },
    "utilisation": number(1, description="share of the peak rate reached"),
    "price_per_hour": number(1e6, description="of a card"),
    "currency": {"type": "string", "description": "of the prices: $"},
    "model": {**TEXTS, "description": "the model's name"},
    "params": {**TEXTS, "description": "or its size: 7B"},
    "name": {"type": "string", "description": "a published model whose own training is meant: GLM-130B"},
    "pretrains": {"type": "boolean", "description": "trained from scratch"},
    "method": {"type": "string", "description": "full, lora or qlora"},
    "gradient_checkpointing": {"type": "string", "description": "on or off"},
    "offload": {"type": "string", "description": "optimizer or params"},
    "about": {**TEXTS, "description": f"kinds: {', '.join(TRAINING_KINDS)}"},
    **{name: number(_ANY, description=says) for name, says in {**OF_TRAINING, **OF_MACHINE}.items()},
}
OF_A_SPEED: dict[str, Schema] = {
    "about": {**TEXTS, "description": f"kinds: {', '.join(SERVING_KINDS)}"},
    **{name: number(_ANY, description=says) for name, says in {**OF_SERVING, **OF_MACHINE}.items()},
}
# what a small model reads of the two tools; the rest is taken all the same
BRIEFLY = {
    "training_time": (
        "train_tokens", "gpu", "n_gpus", "utilisation", "price_per_hour", "model", "params", "method", "about", "hours",
        "samples", "epochs", "seq_len",
    ),
    "generation_speed": (
        "about", "model", "params", "gpu", "n_gpus", "weight_format", "bits", "seq_len", "batch_size", "engine",
        "gpu_layers", "host_memory_gb", "rate",
    ),
}  # fmt: skip
