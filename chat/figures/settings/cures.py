"""What is proposed against a failed training: whether it is enough; of offload whether the machine's memory holds what goes there."""

from chat.figures.named import GIB, Figures, gib_words, held_in_ram
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.host_memory import BEYOND, FULL, is_tight
from kb.outcome import Outcome

_PRICE = Words(
    "The price is slower steps: the update runs on the CPU and its data cross PCIe.",
    "代价是步速:更新在 CPU 上做,数据要过 PCIe。",
)


# what host memory holds of a training against its size: beyond it, near it or without room for buffers, well within
_FITS = (
    (", which is too little", ",不够"),
    (
        ", which just holds it: pinned buffers, data loaders and the system come on top",
        ",勉强放得下:锁页缓冲、dataloader 和系统还要另占",
    ),
    (", which is enough", ",够"),
)


def against_size(held: float, ram: float) -> tuple[str, str]:
    """The words for so many bytes in host memory of so many GB."""
    near = held > FULL * ram * GIB or is_tight(held / GIB, ram, trains=True)
    return _FITS[0 if held > BEYOND * ram * GIB else 1 if near else 2]


def as_a_cure(figures: Figures, off: Outcome, on: Outcome, whole: Words, without_master: bool) -> Words:
    """Whether a setting that is proposed against a failure is enough."""
    room = gib_words(on.capacity or 0.0)
    en, zh = {
        "yes": ("Yes, that is enough", "有用,这样就放得下"),
        "borderline": ("It helps, and brings it to the edge of the card", "有用,但正好到卡的边缘"),
    }.get(on.verdict or "", ("It helps, but is not enough", "有帮助,但还不够"))
    if off.verdict == "yes":
        en, zh = "As counted here the card holds it without, too", "按这里的设定,不开也放得下"
    if _too_little(figures, on) and on.best <= (on.capacity or 0.0):
        en, zh = (
            "Not with this RAM, which does not hold what is offloaded; the card would",
            "内存不够放 offload 的部分,所以不行;卡上倒是够",
        )
    bare = (
        Words(" (without an fp32 master copy, as it is usually run)", "(按通常的用法,不另存 fp32 主权重)")
        if without_master
        else SILENT
    )
    return Words(f"**{en}: {whole.en} of {room}{bare.en}.**", f"**{zh}:{whole.zh},卡上 {room}{bare.zh}。**")


def _too_little(figures: Figures, there: Outcome) -> bool:
    """Whether the machine's memory, where it is told, does not hold what goes there."""
    ram = float(figures.given.get("host_memory_gb") or 0.0)
    return 0 < BEYOND * ram * GIB < held_in_ram(there)


def beside_cure(figures: Figures, there: Outcome) -> Words:
    """What goes to host memory against what there is of it, its price, and what the parameters make of it when they go as well."""
    held = held_in_ram(there)
    if not held:
        return SILENT
    en, zh = f"In host memory it takes {gib_words(held)}", f"内存要占 {gib_words(held)}"
    if ram := float(figures.given.get("host_memory_gb") or 0.0):
        so = against_size(held, ram)
        en, zh = f"{en} of {ram:g} GB{so[0]}", f"{zh} / {ram:g} GB{so[1]}"
    if _too_little(figures, there):
        return Words(f"{en}.", f"{zh}。")
    more = _with_parameters(figures, there)
    return Words(f"{en}. {_PRICE.en}{more.en}", f"{zh}。{_PRICE.zh}{more.zh}")


def _with_parameters(figures: Figures, there: Outcome) -> Words:
    if there.situation.knob("offload") != "optimizer" or figures.knob("method") != "full":
        return SILENT
    try:
        whole = figures.at(offload="params", zero_stage=3)
    except BadInput:
        return SILENT
    card, ram = gib_words(whole.best), gib_words(held_in_ram(whole))
    return Words(
        f" With the parameters offloaded too (ZeRO-3) it is {card}, and {ram} there.",
        f"参数也 offload(ZeRO-3)则 {card},内存 {ram}。",
    )
