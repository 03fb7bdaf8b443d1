"""The KV cache: its types, the memory that is its own, and what requests share of it."""
