"""What one more token, or one more sequence, of a training's step costs at its peak."""

from collections.abc import Callable
from typing import Any

from chat.figures.named import GIB, KIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.published import nearest
from kb.turning import MORE_TOKENS, free_tokens, sensitivity

_LEAST, _WORTH = 0.005, 0.03  # GiB: what is shown as more than 0.00, and what moves that is worth a word


def _marginal(figures: Figures) -> Words:
    """A sequence and a token more; Missing of what is no step of training."""
    at = figures.base
    found = {one["quantity"]: one for one in sensitivity(at)}
    tokens, sequence = found.get("seq_len"), found.get("batch_size")
    if at.situation.knob("task") != "train" or at.phase is None:
        raise Missing("step")
    seq, each = int(at.situation.knob("seq_len") or 1), Words(" per card", "每卡") if figures.n > 1 else SILENT
    if not tokens or tokens["gib"] < _LEAST:
        return _nothing_yet(figures, sequence)
    batch = int(at.situation.knob("batch_size") or 1)
    one = _token(tokens["gib"] / (MORE_TOKENS * batch))
    in_each = Words(f" in each of the {batch} sequences", f"({batch} 条序列各多这么多)") if batch > 1 else SILENT
    row = (
        Words(f"one more sequence of {seq:,} tokens {gib_words(sequence['gib'] * GIB)}, ", f"多一条 {seq:,} token 的序列 {gib_words(sequence['gib'] * GIB)},")
        if sequence else SILENT
    )  # fmt: skip
    goes_on = _goes_on(tokens)
    held = ", ".join(f"{name} {gib_words(at.terms[name])}" for name in ("activations", "logits") if at.terms.get(name))
    held_zh = "、".join(
        f"{zh} {gib_words(at.terms[name])}"
        for name, zh in (("activations", "激活"), ("logits", "logits"))
        if at.terms.get(name)
    )
    return Words(
        f"**One more token costs about {one}{each.en}: {row.en}{MORE_TOKENS:,} more tokens{in_each.en} {gib_words(tokens['gib'] * GIB)}{goes_on.en}.** It is activations and logits that grow with them (here {held}, and the blocks that the allocator keeps of them); weights, gradients and optimizer states stay, and there is no KV cache in training.",
        f"**每多一个 token 约多占 {one}({each.zh or '显存'}):{row.zh}每多 {MORE_TOKENS:,} 个 token{in_each.zh} {gib_words(tokens['gib'] * GIB)}{goes_on.zh}。** 随 token 增长的是激活和 logits(这里 {held_zh},加上分配器为其留存的块);权重、梯度和优化器状态不变,训练也没有 KV 缓存。",
    )


def _token(gib: float) -> str:
    size = gib * GIB
    return f"{size / KIB**2:.2g} MiB" if size >= KIB**2 else f"{size / KIB:.0f} KiB"


def _goes_on(one: dict[str, Any]) -> Words:
    """Where the next one does not cost the same."""
    if own := one.get("own_gib"):
        shown = gib_words(own * GIB)
        return Words(
            f" (of activations and logits {shown}, a part of which goes into blocks that stand free)",
            f"(其中激活和 logits 多 {shown},一部分用上已留存的空闲块)",
        )
    if not one.get("then_gib"):
        return SILENT
    then = gib_words(one["then_gib"] * GIB)
    if until := one.get("until"):
        return Words(
            f" up to a length of about {until:,}, beyond it {then}",
            f"(长度约 {until:,} 以内;再长每 {MORE_TOKENS:,} 个 {then})",
        )
    return Words(f", then {then}", f",此后 {then}")


def _nothing_yet(figures: Figures, sequence: dict[str, Any] | None) -> Words:
    """The peak is where activations and logits are freed: tokens add nothing to it until they make the peak themselves."""
    free = free_tokens(figures.base)
    if not free:
        raise Missing("tokens")
    after = Words("", "")
    if sequence and sequence["gib"] >= _LEAST:
        more = gib_words(sequence["gib"] * GIB)
        after = Words(f"; a whole sequence more costs {more}", f";再多一整条序列则为 {more}")
    return Words(
        f"**Nothing yet: the peak is at the optimizer's step, when activations and logits are freed, and stays there up to about {free:,} tokens of a step on each card{after.en}.** Beyond that activations and logits make the peak, and each token counts.",
        f"**暂时不增加:峰值在优化器更新时,激活和 logits 已经释放,每步每卡约 {free:,} 个 token 以内都如此{after.zh}。** 再多,峰值就由激活和 logits 决定,每个 token 都要算。",
    )


_STANDING = (
    ("adapter", "adapters", "适配器"),
    ("gradients", "gradients", "梯度"),
    ("optimizer", "optimizer states", "优化器状态"),
)
_MOVING = (("activations", "activations", "激活"), ("logits", "logits and loss", "logits 与损失"))
_AROUND = ("buffers", "workspace", "runtime", "slack")


def _parts_beside(figures: Figures) -> Words:
    """What a training takes beside its weights: what stands, what grows with the tokens, and what is around; Missing elsewhere."""
    at = figures.base
    if at.situation.knob("task") != "train" or at.phase is None:
        raise Missing("training")
    terms, seq, batch = at.terms, int(at.situation.knob("seq_len") or 1), int(at.situation.knob("batch_size") or 1)
    freed = at.fullest.before[1] if at.fullest.before else 0.0
    stand = [(terms.get(name, 0.0), en, zh) for name, en, zh in _STANDING if terms.get(name, 0.0) >= _LEAST * GIB]
    move = [(terms.get(name, 0.0), en, zh) for name, en, zh in _MOVING if terms.get(name, 0.0) >= _WORTH * GIB]
    if not stand or not (move or freed):
        raise Missing("parts")
    around = sum(terms.get(name, 0.0) for name in _AROUND)
    en = ", ".join(f"{name} {gib_words(size)}" for size, name, _ in stand)
    zh = "、".join(f"{name} {gib_words(size)}" for size, _, name in stand)
    if freed:
        shown = gib_words(freed)
        moving = Words(
            f"activations and logits {shown}, free again before the optimizer's step,",
            f"激活和 logits {shown}(优化器更新前释放)",
        )
    else:
        moving = Words(
            ", ".join(f"{name} {gib_words(size)}" for size, name, _ in move),
            "、".join(f"{name} {gib_words(size)}" for size, _, name in move),
        )
    tokens = next((one for one in sensitivity(at) if one["quantity"] == "seq_len"), None)
    grows = grows_zh = ""
    if tokens and tokens["gib"] >= _LEAST:
        more = gib_words((tokens.get("own_gib") or tokens["gib"]) * GIB)
        grows, grows_zh = f", {more} for each {MORE_TOKENS:,} tokens more", f",每多 {MORE_TOKENS:,} 个 token 多 {more}"
    held, whole, measured = gib_words(at.held("weights")), gib_words(at.best), _measured(figures)
    return Words(
        f"**They are not free: beside the weights of {held} stand {en}; {moving.en} at {seq:,} tokens and batch {batch}; runtime, buffers and the allocator's blocks {gib_words(around)}: {whole} in all.** What stands goes with the rank, or the parameters that train, and not with the data; activations and logits grow with batch × length{grows}. A published figure that is little more than the weights is of short sequences and a small batch.{measured.en}",
        f"**不是免费的:权重 {held} 之外,{zh};{seq:,} token、批大小 {batch} 时{moving.zh};运行时、缓冲区和分配器余量 {gib_words(around)}:合计 {whole}。** 前一部分只随秩(或可训练参数)变,与数据无关;激活和 logits 随批大小 × 长度增长{grows_zh}。只比权重多一点的公开数字,是短序列、小批量的。{measured.zh}",
    )


def _measured(figures: Figures) -> Words:
    """The nearest run that was measured, where a table is what the answer is about: else it stands with the estimate."""
    found = next((one for one in nearest(figures.base) if one.get("close")), None)
    if found is None or "table_lookup" not in figures.about:
        return SILENT
    there, ours = gib_words(found["gib"] * GIB), gib_words(found["predicted_gib"] * GIB)
    return Words(
        f" Nearest measured: {found['described']}, {there} ({found['source']}); the same formulas give {ours} for that run.",
        f"最接近的实测:{found['described_zh']},{there}({found['source']});同样的公式给出 {ours}。",
    )


MARGINALS: dict[str, Callable[[Figures], Words]] = {"marginal": _marginal, "parts_beside": _parts_beside}
