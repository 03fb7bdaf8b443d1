"""The cache of a long context beside what a token takes, where a short one was counted and the model has longer ones."""

from chat.figures.named import Figures, gib_words
from formulas.quantity import SILENT, Words
from kb.switched import DOCUMENT


def kv_at_long(figures: Figures) -> Words:
    """` (8.00 GiB at 32,768 tokens)`; silent where that is no context of the model's, or the length was told."""
    most = float(figures.row().get("max_position_embeddings") or 0)
    if most < DOCUMENT or "seq_len" in figures.given:
        return SILENT
    size = gib_words(figures.at(seq_len=DOCUMENT, batch_size=1).part_of_all("kv"))
    return Words(f" ({size} at {DOCUMENT:,} tokens)", f"({DOCUMENT:,} token 就是 {size})")
