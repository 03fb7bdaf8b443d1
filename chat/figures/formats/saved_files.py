"""What files that a training saved hold, by their sizes, and what a card holds of the same while it trains."""

from collections.abc import Callable

from chat.figures.layouts.zero_bytes import OF_STAGE, on_each_card
from chat.figures.named import GB, Figures, Missing, both_words, how_far, value_of
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import GRADIENT, MASTER, MOMENTS_8, PURE, TRAINED, WEIGHT

_OFF = 0.04  # a size is told in GB or in GiB, and beside the parameters a file holds next to nothing
_MOMENTS = Words(
    "Adam's two moments in fp32 (two numbers of 4 B for each parameter)",
    "Adam 的两个 fp32 动量(每个参数两个数、各 4 字节)",
)
# by the bytes of a parameter: weights, states, or both in one
_HOLDS: dict[int, Words] = {
    2: Words("the weights in 16 bit", "16 位权重"),
    4: Words("the weights in fp32", "fp32 权重"),
    8: _MOMENTS,
    6: Words("16-bit weights with Adam's moments in 16 bit", "16 位权重加 16 位的 Adam 动量"),
    10: Words("16-bit weights with Adam's two fp32 moments", "16 位权重加 Adam 两个 fp32 动量"),
    12: Words("fp32 weights with Adam's two fp32 moments", "fp32 权重加 Adam 两个 fp32 动量"),
    14: Words("16-bit weights, their fp32 copy and Adam's two moments", "16 位权重、fp32 主权重和 Adam 两个动量"),
}
_COPY_AND_MOMENTS = Words(
    "the fp32 copy of the weights with Adam's two moments", "fp32 主权重加 Adam 两个动量"
)  # of DeepSpeed
_HALF_MOMENTS = Words("Adam's two moments in 16 bit, as the weights are", "Adam 的两个动量(与权重同为 16 位)")
# bytes of the weights, of gradients beside them and of all that training keeps, by what was found
_BESIDE = (WEIGHT, GRADIENT)
_ALL_16, _NO_COPY, _MIXED = (*_BESIDE, PURE), (*_BESIDE, TRAINED - MASTER), (*_BESIDE, TRAINED)
_FP32 = (4, 4, 16)
_FP32_MOMENTS, _NARROW = 8, 4  # bytes of both moments in fp32, in 16 bit
_DELETED = Words("Yes, the optimizer's file can go unless the run is to be resumed: ", "可以删,除非还要续训:")
_ONLY_TO_RESUME = Words(
    "On the disk the states are only for resuming: delete the file, or set save_only_model, where the model is only to be run or tuned afresh.",
    "硬盘上的优化器状态只有续训才用得到:只做推理或重新微调就可以删掉,或用 save_only_model 不存它。",
)


def _found(figures: Figures) -> dict[float, int]:
    """The amounts [GB] that are told, each with the bytes of a parameter that it is."""
    told = dict.fromkeys(float(one) for one in figures.told.get("claims_gb", ()) if one)
    found = {one: next((each for each in _HOLDS if how_far(one, each * figures.params) <= _OFF), 0) for one in told}
    return {one: each for one, each in found.items() if each}


def _kept(widths: set[int]) -> tuple[int, int, int]:
    """Bytes of weights, gradients and all that training keeps; Missing of weights alone."""
    if widths >= {2, 4} or 6 in widths:
        return _ALL_16
    if 14 in widths:
        return _MIXED
    if widths >= {2, 8} or 10 in widths:
        return _NO_COPY
    if widths & {8, 12}:
        return _FP32
    raise Missing("states")


def _saved_files(figures: Figures) -> Words:
    """Each file by its product, whether all of it is on the cards, and what no file holds; Missing where no size is one."""
    if figures.knob("method") != "full" or figures.knob("optimizer") != "adamw":
        raise Missing("states")
    if not figures.told.get("claims_gb"):
        return _untold(figures)
    found = _found(figures)
    weights, gradients, whole = _kept(set(found.values()))
    sharded = bool(figures.knob("zero_stage"))
    if sharded and weights == 4:  # whose weights beside the copy are in 16 bit
        weights, gradients, whole = _MIXED
    params, size = figures.params, size_words(figures.params)
    each, each_zh = [], []
    for told, width in found.items():
        holds = (
            _HALF_MOMENTS
            if whole == PURE and width == 4
            else _COPY_AND_MOMENTS
            if sharded and width == 12
            else _HOLDS[width]
        )
        each.append(f"{told:g} GB is {holds.en}, {size} × {width} B = {figure(width * params / GB, 3)} GB")
        each_zh.append(f"{told:g} GB 是{holds.zh},{size} × {width} 字节 = {figure(width * params / GB, 3)} GB")
    yes = _DELETED if "saved_deleted" in figures.about else Words("Yes, from the optimizer's first step on, unless it is sharded or offloaded: ", "是,从第一次 optimizer.step() 起都在显存里(除非切分或 offload):") if "saved_held" in figures.about else SILENT  # fmt: skip
    added = f"{figure(gradients * params / GB, 3)} GB"
    total = both_words(whole * params)
    shared = _shared(figures, whole * params)
    cast = Words(" bf16=True computes in 16 bit and keeps the weights in fp32.", "bf16=True 只是用 16 位计算,权重仍按 fp32 保存。") if weights == 4 else SILENT  # fmt: skip
    first, less = "; ".join(each), _less(figures, whole)
    return Words(
        f"**{yes.en}{first if yes.en else first[0].upper() + first[1:]}. Gradients, which no file keeps, add {added}: {whole} B per parameter, {total}{shared.en}, before activations and logits.**{cast.en}{less.en}",
        f"**{yes.zh}{';'.join(each_zh)}。梯度不存盘,另加 {added}:每参数 {whole} 字节,共 {total}{shared.zh},激活与 logits 另算。**{cast.zh}{less.zh}",
    )


def _shared(figures: Figures, whole: float) -> Words:
    """What each of several cards holds of it, where a stage divides it."""
    stage = int(figures.knob("zero_stage") or 0)
    if figures.n < 2 or not stage or whole != sum(OF_STAGE[stage]) * figures.params:
        return SILENT
    part = both_words(on_each_card(stage, figures.n) * figures.params)
    return Words(f", of which ZeRO-{stage} leaves {part} on each of {figures.n} cards", f",ZeRO-{stage} 在 {figures.n} 张卡上每张 {part}")  # fmt: skip


def _less(figures: Figures, whole: int) -> Words:
    """What takes less of it, each with its amount."""
    params = figures.params
    eight, eight_zh = "", ""
    if whole > PURE:
        moments = figure(MOMENTS_8 * params / GB, 3)
        narrow = figure(_NARROW * params / GB, 3)
        eight = f"8-bit AdamW (both moments {MOMENTS_8} B: {moments} GB), all of it in bf16 ({PURE} B, {figure(PURE * params / GB, 3)} GB, of which the moments {narrow} GB), "
        eight_zh = f"8 位 AdamW(两个动量共 {MOMENTS_8} 字节:{moments} GB)、全用 bf16({PURE} 字节,{figure(PURE * params / GB, 3)} GB,其中动量 {narrow} GB)、"
    few = _adapters(figures)
    return Words(
        f" Less of it: {eight}the optimizer offloaded to RAM, or LoRA ({figures['copy_lora']} in all{few.en}). {_ONLY_TO_RESUME.en}",
        f"想减少:{eight_zh}优化器 offload 到内存,或 LoRA(共 {figures['copy_lora']}{few.zh})。{_ONLY_TO_RESUME.zh}",
    )


def _adapters(figures: Figures) -> Words:
    """What the states of adapters take on the disk."""
    size = _FP32_MOMENTS * value_of(figures.at(method="lora"), "adapter_params") / 1e6
    return Words(f", {figure(size, 3)} MB of it states", f",其中状态 {figure(size, 3)} MB")


def _untold(figures: Figures) -> Words:
    """The file of the states and that of the weights where no size is told, and how they compare."""
    params = figures.params
    states = f"{size_words(params)} × {_FP32_MOMENTS} B = {figure(_FP32_MOMENTS * params / GB, 3)} GB"
    wide, narrow = (f"{figure(each * params / GB, 3)} GB" for each in (4, 2))
    yes = Words("The optimizer's file", "优化器文件里")
    if "saved_deleted" in figures.about:
        yes = Words(f"{_DELETED.en}it", f"{_DELETED.zh}优化器文件里")
    return Words(
        f"**{yes.en} holds two numbers for each parameter, Adam's moments, both in fp32: {states}. The weights are one number: {wide} in fp32, so it is twice as large, {narrow} in 16 bit, so it is four times.**{_less(figures, TRAINED).en}",
        f"**{yes.zh}每个参数存两个数,即 Adam 的两个动量,都是 fp32:{states.replace(' B =', ' 字节 =')}。权重每个参数只有一个数:fp32 是 {wide},所以大一倍;16 位是 {narrow},所以是四倍。**{_less(figures, TRAINED).zh}",
    )


SAVED_FILES: dict[str, Callable[[Figures], Words]] = {"saved_files": _saved_files}
