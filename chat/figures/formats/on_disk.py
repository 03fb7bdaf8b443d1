"""What files take that training leaves: an adapter, a checkpoint to go on from, a merged model."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, Missing
from formulas.chinese import spaced
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.recipe import ADAPTERS

_MASTERS, _MOMENTS = 4.0, 8.0  # bytes of fp32 copies and of Adam's two fp32 moments for each parameter
_NARROW = ("bf16", "fp16")
_LIKE = 0.08  # how near an amount that is told has to be


def _file(size: float) -> str:
    return f"{figure(size / GB, 3)} GB" if size >= 0.995 * GB else f"{figure(size / 1e6, 3)} MB"


def _product(count: float, each: float) -> Words:
    size = _file(count * each)
    return Words(f"{size_words(count)} × {each:g} B = {size}", f"{size_words(count)} × {each:g} 字节 = {size}")


def _adapter(figures: Figures) -> tuple[float, float]:
    """Parameters of the adapter, and the bytes in which each is saved."""
    if figures.knob("method") not in ADAPTERS:
        raise Missing("adapter")
    return figures.need("adapter_params"), 2.0 if str(figures.knob("adapter_dtype")) in _NARROW else 4.0


def _adapter_file(figures: Figures) -> Words:
    count, each = _adapter(figures)
    size = _product(count, each)
    half = SILENT
    if each > 2:
        half = Words(f" (saved in 16 bit {_file(2 * count)})", f"(存成 16 位则 {_file(2 * count)})")
    return Words(f"the adapter alone is {size.en}{half.en}", f"只存适配器是 {size.zh}{half.zh}")


def _checkpoint(figures: Figures) -> Words:
    """What a trainer saves to go on from, all ranks together."""
    if figures.knob("method") in ADAPTERS:
        count, each = _adapter(figures)
        whole, states = _product(count, each + _MOMENTS), f"{each:g} + {_MOMENTS:g}"
        return Words(
            f"a checkpoint to resume from is adapter and Adam states, {states} B each: {whole.en}, without the base",
            f"可续训的 checkpoint 是适配器加 Adam 状态,每参数 {states} 字节:{whole.zh},不含基座",
        )
    if figures.knob("method") != "full" or figures.knob("optimizer") != "adamw":
        raise Missing("checkpoint")
    precision = str(figures.knob("precision"))
    width, kept_bytes = (4.0, _MOMENTS) if precision == "fp32" else (2.0, _MASTERS + _MOMENTS)
    kept = ("Adam's moments", "Adam 动量") if precision == "fp32" else ("fp32 masters and Adam's moments", "fp32 主权重与 Adam 动量")  # fmt: skip
    if precision.startswith("pure"):  # whose moments have the weights' type
        kept_bytes, kept = _MOMENTS / 2, ("Adam's moments", "Adam 动量")
    weights = _product(figures.params, width)
    optimizer, together = _product(figures.params, kept_bytes), (width + kept_bytes) * figures.params
    said, size = _as_saved(figures, together), _file(together)
    count = int(next(iter(figures.logged_all("checkpoints_kept")), 1))
    all_kept = (
        Words(f" ({count} of them {_file(count * together)})", f"({count} 个共 {_file(count * together)})")
        if count > 1
        else SILENT
    )
    return Words(
        f"{said.en}the weights of a checkpoint are {weights.en} in {8 * width:g} bit; to resume from it, {kept[0]} are saved too, {optimizer.en}, together {size} for each checkpoint kept{all_kept.en}, {width + kept_bytes:g} B per parameter, whatever the number of cards (gradients are not saved)",
        f"{said.zh}checkpoint 里 {8 * width:g} 位权重 {weights.zh};要能续训还要存{spaced(kept[1])},{optimizer.zh},每保留一个共 {size}{all_kept.zh},即每参数 {width + kept_bytes:g} 字节,与卡数无关(不存梯度)",
    )


def _as_saved(figures: Figures, whole: float) -> Words:
    """Whether an amount that the asker tells is what such a checkpoint takes."""
    like = [one for one in figures.told.get("claims_gb", ()) if abs(one * GB / whole - 1) <= _LIKE]
    if not like:
        return SILENT
    said = f"{like[0]:g} GB"
    return Words(f"{said} is as expected, nothing is saved twice: ", f"{said} 正常,没有重复保存:")


def _merged(figures: Figures) -> Words:
    """A merged model has the base's parameters, in 16 bit."""
    size, quarter = _product(figures.params, 2), figures["w4"]
    return Words(
        f"the merged model has the size of the base in 16 bit, {size.en}, whatever the rank and the bits it was trained in (quantised afterwards to 4 bits about {quarter})",
        f"合并后的模型与 16 位基座一样大,{size.zh},与秩和训练时的位数无关(之后再量化到 4 位约 {quarter})",
    )


_ASKED: tuple[tuple[str, Callable[[Figures], Words]], ...] = (
    ("adapter_size", _adapter_file), ("checkpoint_size", _checkpoint), ("merged_size", _merged),
)  # fmt: skip


def on_disk(figures: Figures) -> Words:
    """Each of the files that is asked about, with its product."""
    told = [work(figures) for cue, work in _ASKED if cue in figures.about]
    if not told:
        raise Missing("file")
    en = "; ".join(one.en for one in told)
    return Words(en[0].upper() + en[1:], ";".join(one.zh for one in told))


ASKED_ON_DISK = tuple(cue for cue, _ in _ASKED)


def file_first(figures: Figures) -> Words:
    """The file that is asked about beside the merging of it; silent where none is."""
    asked = frozenset(cue for cue in ASKED_ON_DISK if cue in figures.about)
    if not asked:
        return SILENT
    method = figures.knob("method")
    tuned = figures if method in ADAPTERS else Figures({**figures.given, "method": "lora"}, figures.told)
    tuned.about = figures.about
    told = on_disk(tuned)
    return Words(f"**{told.en}.**\n\n", f"**{told.zh}。**\n\n")
