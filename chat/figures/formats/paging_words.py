"""What paging adds to states in 8 bits: no byte that is saved."""

from collections.abc import Callable

from chat.figures.named import Figures
from formulas.quantity import SILENT, Words

_NO_BYTE = Words(
    " Paging itself saves no byte: only while the card is short do the states move to host memory, which slows the step",
    "分页(paged)本身不省字节:只有显存不够时才把优化器状态换到内存,那一步会变慢",
)


def _is_paged(figures: Figures) -> bool:
    return str(figures.given.get("optimizer")).startswith("paged")


def _alone(figures: Figures) -> Words:
    """That, where the optimizer is a paged one."""
    return Words(f"{_NO_BYTE.en}.", f"{_NO_BYTE.zh}。") if _is_paged(figures) else SILENT


def _with_the_rest(figures: Figures) -> Words:
    """And what makes the rest smaller."""
    if not _is_paged(figures):
        return SILENT
    return Words(
        f"{_NO_BYTE.en}; what of the rest is high are activations and logits, which checkpointing and a fused loss make smaller.",
        f"{_NO_BYTE.zh};其余多的是激活和 logits,靠梯度检查点和融合损失来减。",
    )


PAGING: dict[str, Callable[[Figures], Words]] = {"paging": _alone, "paged_too": _with_the_rest}
