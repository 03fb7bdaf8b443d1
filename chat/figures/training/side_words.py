"""Two models of which one trains and the other does not: what sets their needs apart, part by part."""

from typing import Any

from chat.figures.named import GIB, Figures, Missing, gib_words, value_of
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.cases import LAYOUTS
from kb.outcome import Outcome
from kb.worked import ALL_STATES

# scores of a layer that are worth a word
_SCORES = 0.25 * GIB
# of a difference, the share that is most of it, and what is hardly any
_MOST, _LITTLE = 0.5, 0.1
# of a card, what is at its edge and what leaves room
_NEAR, _ROOMY = 0.88, 0.85

# of two runs that were seen: how near their difference is to what is counted, what a run takes at least of its count, and
# how many GiB beyond it are worth a word
_SEEN_NEAR, _SEEN_LEAST, _SEEN_BEYOND = 0.25, 0.6, 2

Named = tuple[str, Figures]


def side_by_side(one: Named, other: Named) -> Words:
    """What the model that needs more needs more of, and what brings it down; Missing where they need the same."""
    sharded = _layout(one[1])
    (less, there), (more, here) = sorted(
        ((named, named[1].at(**sharded)) for named in (one, other)), key=lambda pair: pair[1].best
    )
    if here.best < 1.002 * there.best:
        raise Missing("difference")
    (name_less, a), (name, b) = less, more
    logits = b.need("logits_peak") - a.need("logits_peak")
    states = here.held(*ALL_STATES) - there.held(*ALL_STATES)
    share = logits / max(here.best - there.best, logits)
    en, zh = _answer(share, states / max(here.best - there.best, states))
    copies = (
        f"{b['vocab']} / {a['vocab']}",
        f"{b['logits_copy']} / {a['logits_copy']}",
        f"{b['embedding']} / {a['embedding']}",
    )
    counts = f"{size_words(value_of(b.plain, 'n_params'))} / {size_words(value_of(a.plain, 'n_params'))}"
    layout, layout_zh = (" sharded (ZeRO-3/FSDP)", "按 ZeRO-3/FSDP 切分,") if sharded else ("", "")
    room, room_zh = (
        (f" of {gib_words(here.capacity)}", f",卡上 {gib_words(here.capacity)}") if here.capacity else ("", "")
    )
    head = Words(
        f"**{en}: {name} takes {gib_words(here.best)} and {name_less} {gib_words(there.best)}{layout}{room}.** {name} / {name_less}: vocabulary {copies[0]}, so one fp32 copy of the logits of {b['tokens']} tokens is {copies[1]} ({_signed(logits)} at the worst moment) and embedding and head are {copies[2]} in 16 bit; parameters {counts} ({_signed(states)} of weights and states).",
        f"**{zh}:{layout_zh}{name} 要 {gib_words(here.best)},{name_less} 要 {gib_words(there.best)}{room_zh}。** {name} / {name_less}:词表 {copies[0]};{b['tokens']} token 的一份 fp32 logits 是 {copies[1]}(峰值相差 {_signed(logits)}),embedding 与 head(16 位){copies[2]};参数 {counts}(权重与状态相差 {_signed(states)})。",
    )
    rest = [_as_seen(b, there.best, here.best), _how_near(there.best, here), _kernel(b), _remedies(name, b, sharded)]
    return Words(head.en + "".join(one.en for one in rest), head.zh + "".join(one.zh for one in rest))


def _as_seen(figures: Figures, less: float, more: float) -> Words:
    """What of the difference between two runs that were seen is counted; tools print GiB as GB."""
    seen = sorted(float(one) for one in figures.told.get("claims_gb", ()))[-2:]
    if len(seen) < 2 or seen[0] <= _SEEN_LEAST * less / GIB:
        return SILENT
    apart, counted = (seen[1] - seen[0]) * GIB, more - less
    shown = f"{seen[1]:g} − {seen[0]:g} = {seen[1] - seen[0]:g}"
    opens = Words(
        f" You see {shown} GB between them; counted are {gib_words(counted)}",
        f"实际看到相差 {shown} GB,按公式相差 {gib_words(counted)}",
    )
    beyond = (seen[0] * GIB - less + seen[1] * GIB - more) / 2
    if abs(apart - counted) > _SEEN_NEAR * counted:
        return Words(
            f"{opens.en}: the rest is something in which the two runs differ besides, such as sample lengths, checkpointing, the loss, or blocks that PyTorch keeps.",
            f"{opens.zh}:其余是两次运行别处的差别,如样本长度、重计算、损失实现,或 PyTorch 留着的块。",
        )
    if beyond > _SEEN_BEYOND * GIB:
        return Words(
            f"{opens.en}, so that is the difference. Both take some {gib_words(beyond)} more than is counted, alike: blocks that PyTorch keeps and nvidia-smi shows, fp32 copies of the program's, or longer samples.",
            f"{opens.zh},差别就在这里。两者都比公式多约 {gib_words(beyond)},这部分是共同的:PyTorch 留着、nvidia-smi 也计入的块,程序自己的 fp32 副本,或更长的样本。",
        )
    return Words(f"{opens.en}, so that is the difference.", f"{opens.zh},差别就在这里。")


def _layout(figures: Figures) -> dict[str, Any]:
    """Full fine-tuning on several cards with no layout told is compared sharded: a whole copy says nothing of either."""
    free = figures.n > 1 and not set(LAYOUTS) & set(figures.given)
    return {"zero_stage": 3} if free and figures.knob("method") == "full" else {}


def _answer(share: float, of_states: float) -> tuple[str, str]:
    """What it is by the shares that logits, and weights and states, have of the difference."""
    if share >= _MOST:
        return "Mostly the vocabulary", "主要是词表"
    if share >= _LITTLE:
        return "Partly the vocabulary", "词表只是一部分原因"
    if of_states >= _MOST:
        return "The number of parameters, hardly the vocabulary", "主要是参数多,几乎不是词表的原因"
    return "Hardly the vocabulary", "几乎不是词表的原因"


def _signed(size: float) -> str:
    return f"{'+' if size >= 0 else '-'}{gib_words(abs(size))}"


def _how_near(less: float, here: Outcome) -> Words:
    """Whether the card is at its limit with both, or has room for both by the formulas."""
    if not here.capacity:
        return SILENT
    if less > _NEAR * here.capacity:
        return Words(
            " Both are at the edge of the card, so that little decides.", "两者都在卡的边缘,差一点就决定成败。"
        )
    if here.best < _ROOMY * here.capacity:
        return Words(
            " By the formulas both fit, so the two runs differ in something else as well.",
            "按公式两者都放得下,所以两次运行还有别的不同。",
        )
    return SILENT


def _kernel(figures: Figures) -> Words:
    """The term of eager attention, which one of two models may have and the other not."""
    if "attention" in figures.given or figures.need("scores") < _SCORES:
        return SILENT
    product = f"{figures['heads']} × {figures['seq']}² × 2 B"
    batch = int(figures.knob("batch_size") or 1)
    times = f"{batch} × " if batch > 1 else ""
    return Words(
        f" Check the attention kernel of each as well: eager keeps {times}{product} = {figures['scores']} of scores for every layer that is computed, FlashAttention-2 and SDPA none.",
        f"还要分别确认注意力实现:eager 每算一层要存 {times}{product} = {figures['scores']} 的分数矩阵,FlashAttention-2 和 SDPA 不存。",
    )


def _remedies(name: str, figures: Figures, sharded: dict[str, Any]) -> Words:
    """What brings the larger down, each with its figure."""
    fused = figures.at(**sharded, loss="fused").best
    en, zh = [f"a fused loss (Liger, {gib_words(fused)})"], [f"融合损失 Liger({gib_words(fused)})"]
    if figures.knob("method") == "full":
        stage = sharded or {"zero_stage": max(2, int(figures.knob("zero_stage") or 0))}
        hosted = gib_words(figures.at(**stage, offload="optimizer").best)
        en.append(f"the optimizer in host memory ({hosted})")
        zh.append(f"优化器 offload({hosted})")
    if int(figures.knob("batch_size") or 1) > 1:
        one = gib_words(figures.at(**sharded, batch_size=1).best)
        en.append(f"a micro-batch of 1 with accumulation ({one})")
        zh.append(f"micro-batch 设为 1 加梯度累积({one})")
    return Words(
        f" What brings {name} down: {', '.join(en)}, a shorter length.",
        f"要降低 {name} 的占用:{'、'.join(zh)}、缩短长度。",
    )
