"""What layers with a window keep where the asker's product of a KV cache counts them at full length."""

from typing import Any

from chat.figures.cache.kv_kinds import Kind, amount, kinds, served
from chat.figures.named import Figures
from chat.figures.worked import by_program


def windowed(figures: Figures, tokens: float) -> dict[str, Any]:
    """Of layers with a window, which keep less of a sequence as long as is told, or else as the product's own tokens: how many there
    are, and the cache with and without. Where the program keeps more than the window, what each kind of layer takes in it."""
    told = figures.given.get("seq_len")
    length = float(told or (tokens if tokens > 1 else 0))
    how = {} if told or tokens <= 1 else {"seq_len": int(tokens)}
    found = kinds(served(figures, **how, **by_program(figures)))
    short = [kind for kind in found if kind.kept < length]
    if not short:
        return {}
    kept = sum(kind.layers * kind.token * min(kind.kept, length) for kind in found)
    whole = sum(kind.layers * kind.token for kind in found) * length
    window = max(kind.kept for kind in kinds(served(figures, **how)) if kind.kept < length)
    cells = max(kind.kept for kind in short)
    return {
        "windowed": {
            "layers": sum(kind.layers for kind in found), "short": sum(kind.layers for kind in short),
            "kept": cells, "cache": amount(kept), "in_full": amount(whole), "tokens": length,
            **({"window": window, "kinds": [_summed(kind, length) for kind in found]} if cells > window else {}),
        }
    }  # fmt: skip


def _summed(kind: Kind, length: float) -> list[str]:
    """Layers, tokens they keep and what that takes, in the unit in which llama.cpp prints it."""
    kept = min(float(kind.kept), length)
    return [f"{kind.layers}", f"{kept:,.0f}", f"{kind.layers * kind.token * kept / 2**20:,.0f} MiB"]
