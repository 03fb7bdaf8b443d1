"""A run that goes in Unsloth and runs out of memory in another trainer: what the other holds of logits and inputs."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, both_words, gib_words
from chat.phrases import value
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.programs import serves

_FUSES = "unsloth"
_COPY = 4  # bytes of a logit in fp32


def _other(figures: Figures) -> str:
    """The trainer beside Unsloth; Missing where not just one is told."""
    told = [str(one) for one in figures.log.get("engine_told", ())]
    others = [one for one in told if one != _FUSES and not serves(one)]
    if _FUSES not in told or len(others) != 1:
        raise Missing("programs")
    return others[0]


def _loss_of_one(figures: Figures) -> Words:
    """The logits in several copies that only one of both holds, and what spares them there."""
    other, room = _other(figures), figures.base.capacity
    here = figures.at(engine=_FUSES)
    whole, fused = (figures.at(engine=other, loss=one) for one in ("full-logits", "fused"))
    if not room or not here.best < room < whole.best:
        raise Missing("failure")
    name, tokens, vocab = (
        str(value("engine", other, "en")),
        int(figures.need("tokens")),
        int(figures.fact("vocab_size")),
    )
    copy, peak = _COPY * tokens * vocab, gib_words(max(map(float, whole.fullest.at_any_phase("logits"))))
    product = f"{tokens:,} × {vocab:,} × {_COPY} B = {both_words(copy)}"
    inputs = _inputs(figures)
    off = SILENT
    if figures.knob("gradient_checkpointing") == "on":
        size = gib_words(figures.at(engine=other, loss="fused", gradient_checkpointing="off").best)
        off = Words(f" (off: {size} even so)", f"(没开的话即使如此也要 {size})")
    half = int(figures.knob("seq_len")) // 2
    short = gib_words(figures.at(engine=other, loss="full-logits", seq_len=half).best)
    fits = Words("", "") if fused.best < room else Words(", still too much", ",仍然放不下")
    return Words(
        f"**The loss: Unsloth computes it chunk by chunk and never holds the logits whole; a {name} run that does holds {product} in fp32 several times, {peak} at the worst moment: {gib_words(whole.best)} of {gib_words(room)}, against {gib_words(here.best)} in Unsloth.**{inputs.en} In {name}: use_liger_kernel=True (or the chunked loss of newer TRL) makes it {gib_words(fused.best)}{fits.en}; see that gradient_checkpointing is on{off.en} and attention is flash_attention_2 or SDPA, for eager writes every score; that packing, length and batch are the same; else samples of {half:,} tokens, {short}.",
        f"**差在损失:Unsloth 分块计算损失,从不整份存下 logits;{name} 若整份存下,一份 fp32 就是 {product.replace(' B =', ' 字节 =')},同时好几份,最高 {peak}:共 {gib_words(whole.best)},卡上 {gib_words(room)};Unsloth 只要 {gib_words(here.best)}。**{inputs.zh}在 {name} 里:use_liger_kernel=True(或新版 TRL 的分块损失)降到 {gib_words(fused.best)}{fits.zh};确认开了 gradient_checkpointing{off.zh},注意力用 flash_attention_2 或 SDPA(eager 会写出全部分数);packing、长度、批大小要一致;再不行就把样本截到 {half:,} token,{short}。",
    )


def _inputs(figures: Figures) -> Words:
    """The layers' inputs that checkpointing keeps, which Unsloth sends to host memory."""
    layers, hidden, tokens = int(figures.fact("n_layers")), int(figures.fact("hidden_size")), int(figures.need("tokens"))  # fmt: skip
    size = 2 * layers * hidden * tokens
    product = f"{layers} × {tokens:,} × {hidden:,} × 2 B = {figure(size / GIB, 3)} GiB"
    return Words(
        f" It also sends the layers' inputs that checkpointing keeps, {product}, to host memory, which others leave on the card.",
        f"重计算要保存的各层输入 {product.replace(' B =', ' 字节 =')},Unsloth 还会移到内存,别的训练器留在卡上。",
    )


LOSS_OF_ONE: dict[str, Callable[[Figures], Words]] = {"loss_of_one": _loss_of_one}
