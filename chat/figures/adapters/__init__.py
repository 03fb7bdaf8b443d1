"""LoRA and what is like it: what adapters and frozen layers take beside their base."""
