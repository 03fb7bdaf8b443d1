"""Why ranks cut a matrix of a block-quantised checkpoint into no whole blocks: which width that is, and which degrees do go."""

from collections.abc import Callable

from chat.figures.layouts.parallel_words import listed, shares_heads
from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import SILENT, Words

# columns and rows that share one scale in checkpoints of FP8 in blocks (DeepSeek-V3, §3.3)
_BLOCK = 128
_DEGREES = (2, 4, 8, 16)


def _widths(figures: Figures) -> dict[str, tuple[int, Words]]:
    """The widths of a model that tensor parallel cuts, the narrowest first."""
    row = figures.row()
    found = {
        "moe_intermediate_size": Words("each expert's width", "每个专家的宽度"),
        "shared_expert_intermediate_size": Words("the shared expert's width", "共享专家的宽度"),
        "intermediate_size": Words("the MLP's width", "MLP 的宽度"),
    }
    return {name: (int(row[name]), says) for name, says in found.items() if row.get(name)}


def _cut(figures: Figures) -> tuple[int, Words, int, int]:
    """The width that is cut [columns], what it is, the ranks, and the block; Missing where none of the model's gives that rest."""
    block = int(next(iter(figures.logged_all("block")), _BLOCK))
    told, ranks = next(iter(figures.logged_all("shard_width")), 0.0), int(figures.knob("tp") or figures.n)
    widths = sorted(_widths(figures).values(), key=lambda one: one[0])
    for width, says in widths:
        for degree in dict.fromkeys((ranks, *_DEGREES)):
            if told and width == told * degree:
                return width, says, degree, block
    for width, says in widths:
        if not told and ranks > 1 and width % (ranks * block):
            return width, says, ranks, block
    raise Missing("width")


def _blocks_cut(figures: Figures) -> Words:
    """The division with its rest, and the widest degree that leaves whole blocks."""
    width, says, ranks, block = _cut(figures)
    share = f"{width:,} ÷ {ranks} = {width / ranks:g}"
    said = Words(
        f"{says.en}, {share} columns on each card, is no multiple of the {block} that share one scale",
        f"{says.zh}切成 {share} 列,不是一个量化块 {block} 列的整数倍",
    )
    even = [one for one in _DEGREES if width % (one * block) == 0 and shares_heads(figures, one)]
    if not even:
        return Words(
            f"{said.en}; no degree of tensor parallel leaves whole blocks", f"{said.zh};没有哪个张量并行度能切成整块"
        )
    most = max(even)
    whole = f"{width // most:,} = {width // most // block} × {block}"
    return Words(
        f"{said.en}; over {listed([str(one) for one in even], 'or')} cards it goes ({whole} at {most})",
        f"{said.zh};{'、'.join(map(str, even))} 张卡可以({most} 张时为 {whole})",
    )


def _experts_whole(figures: Figures) -> Words:
    """That expert parallel keeps every expert whole, and takes no more; silent of a model without experts."""
    experts = int(figures.row().get("n_experts") or 0)
    _, _, ranks, _ = _cut(figures)
    if not experts or experts % ranks:
        return SILENT
    each, held = experts // ranks, gib_words(figures.at(n_gpus=ranks, tp=ranks, pp=None).terms["weights"])
    return Words(
        f" Or keep the experts whole: with --enable-expert-parallel each of {ranks} cards has {each} of the {experts} experts uncut, so the check passes, and a card's weights stay the same ({held}); what comes on top are buffers to exchange tokens, and the cards are as busy as their experts are asked for.",
        f"或者不切专家:加 --enable-expert-parallel,{ranks} 张卡各放 {experts} 个专家中完整的 {each} 个,就不再报错,每张卡的权重不变({held});多出来的只是交换 token 的缓冲,各卡的忙闲取决于命中的专家。",
    )


BLOCK_WORDS: dict[str, Callable[[Figures], Words]] = {"blocks_cut": _blocks_cut, "experts_whole": _experts_whole}
