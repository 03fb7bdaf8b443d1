"""Bytes of a parameter that a ZeRO stage keeps whole on every card, and those that the cards divide: one table for all who tell them."""

# of mixed precision with Adam: weights 2 + gradients 2 + an fp32 copy and two moments 12 (ZeRO, §3)
OF_STAGE: dict[int, tuple[float, float]] = {0: (16, 0), 1: (4, 12), 2: (2, 14), 3: (0, 16)}


def on_each_card(stage: int, n_gpus: int) -> float:
    """Bytes of a parameter's states on each of `n_gpus` cards."""
    whole, divided = OF_STAGE[stage]
    return whole + divided / n_gpus
