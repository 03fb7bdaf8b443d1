"""A global batch as micro-batch × accumulation × replicas: what is asked of the three, and what it takes of a card."""

from collections.abc import Callable, Iterator

from chat.figures.named import Figures, Missing, gib_words
from chat.phrases import VERDICTS
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome

_SHOWN = 4  # ways to split it, where no card tells which of them fit


def _batch_split(figures: Figures) -> Words:
    """The product for what is told; where neither factor is, the largest micro-batch that fits for sure, and the next."""
    whole, share = _share(figures)
    each, steps = (int(figures.given.get(name) or 0) for name in ("batch_size", "grad_accum"))
    of, of_zh = _replicas(figures)
    if each and steps:
        if each * steps != share:
            raise Missing("share")
        return Words(
            f"**Micro-batch {each} × {steps} accumulation steps{of} = {whole}.**{_STAYS.en}",
            f"**micro-batch {each} × 累积 {steps} 步{of_zh} = {whole}。**{_STAYS.zh}",
        )
    ways = [one for one in range(share, 0, -1) if share % one == 0]
    fitting = next(((one, there) for one, there in _tried(figures, ways) if there.verdict == "yes"), None)
    if fitting is None:
        shown = ways[::-1][:_SHOWN]
        listed = ", ".join(f"{one} × {share // one}" for one in shown)
        return Words(
            f"**Micro-batch × accumulation steps = {share}{of} = {whole}: {listed}; take the largest micro-batch that fits.**{_STAYS.en}",
            f"**micro-batch × 累积步数 = {share}{of_zh} = {whole}:{listed};micro-batch 取放得下的最大值。**{_STAYS.zh}",
        )
    each, there = fitting
    took, room = gib_words(there.best), gib_words(there.capacity or 0)
    more, more_zh = _next(figures, [one for one in ways if one > each])
    return Words(
        f"**Micro-batch {each}, {share // each} accumulation steps: {each} × {share // each}{of} = {whole}; {took} of {room} on a card.**{more}{_STAYS.en}",
        f"**micro-batch {each},累积 {share // each} 步:{each} × {share // each}{of_zh} = {whole};每卡 {took},可用 {room}。**{more_zh}{_STAYS.zh}",
    )


_STAYS = Words(
    " Accumulation costs next to no memory, the micro-batch does; the step is the same, and fewer, larger micro-batches are faster.",
    "累积步数几乎不占显存,占显存的是 micro-batch;每次更新相同,micro-batch 大、步数少更快。",
)


def _share(figures: Figures) -> tuple[int, int]:
    """The global batch, and what of it each replica computes; Missing where that is no whole number."""
    whole = int(figures.logged_all("batch_split")[-1])
    share, rest = divmod(whole, _count(figures))
    if rest or not share:
        raise Missing("share")
    return whole, share


def _count(figures: Figures) -> int:
    """Cards that compute samples of their own."""
    ways = 1
    for name in ("tp", "pp", "cp"):
        ways *= int(figures.given.get(name) or 1)
    return max(1, int(figures.given.get("n_gpus") or 1) // ways)


def _replicas(figures: Figures) -> tuple[str, str]:
    count = _count(figures)
    if count == 1:
        return SILENT.en, SILENT.zh
    alone = count == int(figures.given.get("n_gpus") or 1)
    return (f" × {count} cards", f" × {count} 张卡") if alone else (f" × {count} replicas", f" × {count} 个副本")


def _tried(figures: Figures, ways: list[int]) -> Iterator[tuple[int, Outcome]]:
    for one in ways:
        try:
            there = figures.at(batch_size=one)
        except BadInput:
            return
        if there.capacity is None:
            return
        yield one, there


def _next(figures: Figures, larger: list[int]) -> tuple[str, str]:
    """What the next larger share would take, and whether it fits."""
    for one, there in _tried(figures, larger[-1:]):
        verdict = VERDICTS[str(there.leaning or "no")]
        took = gib_words(there.best)
        return f" Micro-batch {one} would take {took}: {verdict[0]}.", f"micro-batch {one} 要 {took}:{verdict[1]}。"
    return SILENT.en, SILENT.zh


def steps_of_one(figures: Figures) -> int:
    """Steps of accumulation that make the same whole batch with a micro-batch of one."""
    before = figures.logged_all("steps_before")
    steps = before[0] if before else float(figures.given.get("grad_accum") or 1)
    return int(figures.knob("batch_size") or 1) * int(steps)


def _ones_steps(figures: Figures) -> Words:
    """As a product where steps are told: 4 x 4."""
    batch, whole = int(figures.knob("batch_size") or 1), steps_of_one(figures)
    if whole == batch:
        return Words(
            f"accumulate {batch} times as many: the effective batch and its gradient stay the same",
            f"累积步数乘以 {batch}:等效批大小和梯度不变",
        )
    product = f"{batch} × {whole // batch} = {whole}"
    return Words(
        f"accumulate {whole} steps: 1 × {whole} is the same effective batch as {product}, and so is its gradient",
        f"累积 {whole} 步:1 × {whole} 与 {product} 的等效批大小和梯度相同",
    )


def _without_recomputing(figures: Figures) -> Words:
    """That checkpointing is counted as on, where nobody said so, and what one sequence takes without it."""
    if "gradient_checkpointing" in figures.given or figures.knob("gradient_checkpointing") == "off":
        return SILENT
    off = gib_words(figures.at(batch_size=1, gradient_checkpointing="off").best)
    return Words(
        f" Check that gradient checkpointing is on, as is counted here: without it one sequence alone takes {off}.",
        f"另请确认已开启梯度检查点(这里按开启计算):不开的话单条就要 {off}。",
    )


BATCH_SPLIT: dict[str, Callable[[Figures], Words]] = {
    "batch_split": _batch_split,
    "ones_steps": _ones_steps,
    "without_recomputing": _without_recomputing,
}
