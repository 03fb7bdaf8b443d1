"""What is left on the cards where of a training with a frozen reference only that reference waits in host memory: too much, and what else goes."""

from collections.abc import Callable

from chat.figures.feedback.rollouts import alone, layout_of, rolled_by
from chat.figures.named import Figures, Missing, both_words, gib_words, value_of
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT

_ALL = 3  # the stage that divides weights


def _reference(figures: Figures) -> float:
    """Its share of one card."""
    if not (found := value_of(layout_of(figures).base, "reference_weights")):
        raise Missing("reference")
    return found


def _updated(figures: Figures) -> float:
    """The update by itself, without the reference."""
    return alone(figures).base.best - _reference(figures)


def _generated(figures: Figures) -> float:
    """What the card holds while answers are generated beside the states; nothing without an engine that sleeps otherwise."""
    try:
        return figures.need("rollout_awake") - _reference(figures) if rolled_by(figures) == "asleep" else 0.0
    except Missing:
        return 0.0


def _left(figures: Figures) -> float:
    """The larger of both; Missing where the card holds it, so that something else fails."""
    found = max(_updated(figures), _generated(figures))
    if found <= figures.need("capacity"):
        raise Missing("room")
    return found


def _all_moved(figures: Figures) -> float:
    """With parameters, optimizer and the reference in host memory."""
    return layout_of(figures).at(offload="params").best - _reference(figures)


def _moved(figures: Figures) -> Words:
    there, n = layout_of(figures), figures.n
    room, left = figures.need("capacity"), figures.need("left_beside_reference")
    whole, each = both_words(WEIGHT * figures.params), gib_words(_reference(figures))
    shared = n > 1 and int(there.knob("zero_stage") or 0) == _ALL
    part = Words(f"{whole} ÷ {n} cards = {each} of each", f"{whole} ÷ {n} 张卡 = 每卡 {each}") if shared else Words(each, each)  # fmt: skip
    card, card_zh = (" per card", "每卡") if n > 1 else ("", "")
    when = _while_generating(figures) if _generated(figures) >= left else SILENT
    update = gib_words(_updated(figures))
    alone_, alone_zh = (
        (f" The update by itself takes {update}{card}", f"更新本身{card_zh}要 {update}") if when is not SILENT
        else ("", "")
    )  # fmt: skip
    logits = figures["update_logits"]
    alone_ += f", {logits} of it logits." if alone_ else f" {logits} of it are logits."
    alone_zh += f",其中 logits {logits}。" if alone_zh else f"其中 logits {logits}。"
    begins = Words("While answers are generated it still takes", "生成时仍要") if when is not SILENT else Words("The update by itself still takes", "更新本身仍要")  # fmt: skip
    ways = _ways(figures, room)
    return Words(
        f"**Moving the reference off saves little: {part.en}. {begins.en} {gib_words(left)}{card} of {gib_words(room)}{when.en}.**{alone_}{ways.en} The sums below still count the reference on the card{'s' if n > 1 else ''}.",
        f"**只卸载参考模型省得很少:{part.zh}。{begins.zh}{card_zh} {gib_words(left)},卡上 {gib_words(room)}{when.zh}。** {alone_zh}{ways.zh}(下面的合计仍把参考模型算在卡上。)",
    )


def _while_generating(figures: Figures) -> Words:
    """What stands on the card then: the policy's own, and the engine's."""
    takes, runtime = figures.need("rollout_takes"), layout_of(figures).base.terms.get("runtime", 0.0)
    held = gib_words(_generated(figures) - takes - runtime)
    copy, pool = figures["rollout_copy"], figures["rollout_pool"]
    whose, whose_zh = ("the other models'", "其余模型") if figures.knob("algo") == "ppo" else ("the policy's", "策略")
    return Words(
        f": {held} of {whose} weights and Adam states stay beside the engine's {gib_words(takes)} ({copy} for its own 16-bit weights, {pool} of KV cache)",
        f":{whose_zh}的权重和 Adam 状态 {held} 仍在,引擎又占 {gib_words(takes)}(自己的 16 位权重 {copy},KV 缓存 {pool})",
    )


def _ways(figures: Figures, room: float) -> Words:
    """What does fit: the rest in host memory as well, twice the cards, adapters."""
    there, n, found = layout_of(figures), figures.n, []
    if _all_moved(figures) <= room:
        host, each = both_words((TRAINED + WEIGHT) * figures.params), gib_words(_all_moved(figures))
        ram, ram_zh = (f", {host} of RAM with the reference", f",连同参考模型共占内存 {host}")
        if figures.knob("algo") == "ppo":  # whose critic has states of its own
            ram, ram_zh = "", ""
        found.append(Words(
            f"parameters and optimizer in host memory too (param_offload, optimizer_offload: {each}{ram})",
            f"训练的参数和优化器也放内存(param_offload、optimizer_offload:{each}{ram_zh})",
        ))  # fmt: skip
    same = ("", "") if not found else (f"these {n} cards go with ", f"这 {n} 张卡能训的办法:") if n > 1 else ("this card goes with ", "这张卡能训的办法:")  # fmt: skip
    more = there.at(n_gpus=2 * n, zero_stage=_ALL).best - _reference(figures) / 2
    if n > 1 and more <= room:
        found.append(Words(f"{2 * n} cards ({gib_words(more)} each)", f"{2 * n} 张卡(每卡 {gib_words(more)})"))
    plain = dict.fromkeys(("precision", "optimizer", "offload", "weight_format"))
    if (lora := there.at(**plain, method="lora").best) <= room:
        found.append(Words(f"LoRA ({gib_words(lora)}; the base with the adapter off is the reference)", f"LoRA({gib_words(lora)},关掉适配器就是参考模型)"))  # fmt: skip
    if not found:
        return SILENT
    listed, listed_zh = "; or ".join(one.en for one in found), ";或 ".join(one.zh for one in found)
    said = f"{same[0]}{listed}."
    return Words(f" {said[0].upper()}{said[1:]}", f"{same[1] or '能训的办法:'}{listed_zh}。")


REFERENCE_MOVED: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "left_beside_reference": (_left, gib_words),
}
REFERENCE_MOVED_WORDS: dict[str, Callable[[Figures], Words]] = {"reference_moved": _moved}
