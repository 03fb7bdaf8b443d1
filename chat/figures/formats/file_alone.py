"""A file whose size is told and whose model is not: whether it goes onto the cards, what it leaves for a cache, else which share
of its layers goes there and where the rest is."""

from collections.abc import Callable
from math import inf

from chat.figures.failures.load_buffers import of_sixteen
from chat.figures.layouts.cards_together import rig_told
from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.cards import Card, cards_meant
from kb.facts import bits_of
from kb.names import gpu_row
from kb.pools import share_let
from kb.rates import HostMemory
from kb.recipe import FILE_BITS, format_for, host_reserve, usual_models
from kb.stored import AS_PUBLISHED, FILES

# GiB of each card that its context and the compute buffer take about, and that the cache of a usual context takes in all
_BESIDE, _CACHE = 1.0, 1.0
_USUAL = 8192  # tokens
_LAPTOP = " Laptop GPU"  # how their names end
_NEAR, _SHOWN = 0.1, 3
_DEPTHS = (32, 48, 64)  # layers of models that people run
_TIGHT = 0.5  # GiB, from which on there is room for a short context


def _file_alone(figures: Figures) -> Words:
    """Missing where no file, or no card, is told."""
    files, rig = figures.logged_all("file_gb"), rig_told(figures)
    if len(files) != 1:
        raise Missing("file")
    file, room = files[0] * GB, sum(_had(one) for one in rig)
    beside = _BESIDE * GIB * sum(share_let(one) is None for one in rig)
    left = room - beside - file
    if left >= 0 or any(share_let(one) for one in rig):
        return _whole(figures, file, room, left, rig)
    laptop, part = _of_a_laptop(rig, file, room - beside - _CACHE * GIB), _in_part(figures, file, room, beside)
    return Words(f"{laptop.en}{part.en}", f"{laptop.zh}{part.zh}")


def file_beyond(figures: Figures) -> bool:
    """Is the one file that is told larger than the cards?"""
    return _beside_file(figures, 0) < 0


def file_fills(figures: Figures) -> bool:
    """Does the one file that is told leave no room for the cache of a usual context?"""
    return _beside_file(figures, _BESIDE) < _CACHE * GIB


def _beside_file(figures: Figures, each: float) -> float:
    """Bytes that the one file leaves of the cards but for `each` GiB of every card; endless where no file or card is told."""
    try:
        files, rig = figures.logged_all("file_gb"), rig_told(figures)
    except Missing:
        return inf
    return sum(_had(one) - each * GIB for one in rig) - files[0] * GB if len(files) == 1 else inf


def _of_a_laptop(rig: tuple[Card, ...], file: float, room: float) -> Words:
    """That a laptop's card has less memory than the desktop card of its name, and how large a file has `room` there."""
    row = gpu_row(rig[0].name)
    if row.get("class") != "laptop":
        return SILENT
    name = rig[0].name.removesuffix(_LAPTOP)
    desktop = max((card.marketed_gb for card in cards_meant(name) if card.name != rig[0].name), default=0)
    if desktop <= rig[0].marketed_gb:
        return SILENT
    own, size = f"{rig[0].marketed_gb:g} GB", f"{file / GB:.3g} GB"
    short = name.removeprefix("GeForce ")
    return Words(
        f"**A laptop's {short} has {own}, the desktop card {desktop:g} GB: a file of {size} does not go in whole, one of up to about {room / GB:.3g} GB does.**\n\n",
        f"**笔记本的 {short} 只有 {own},台式机的是 {desktop:g} GB:{size} 的文件放不下,最大约 {room / GB:.3g} GB 的能整个放下。**\n\n",
    )


def _had(one: Card) -> float:
    """Bytes that a program can have of it."""
    return one.capacity * (share_let(one) or 1)


def _whole(figures: Figures, file: float, room: float, left: float, rig: tuple[Card, ...]) -> Words:
    let, size = _let(rig), f"{file / GB:.3g} GB = {gib_words(file)}"
    if left < 0:
        head = Words(
            f"**No: the file alone is {size}, more than the {gib_words(room)} that there are{let.en}.**",
            f"**放不下:光文件就是 {size},超过可用的 {gib_words(room)}{let.zh}。**",
        )
        return Words(f"{head.en}{_raised(rig).en}", f"{head.zh}{_raised(rig).zh}")  # fmt: skip
    length = int(figures.given.get("seq_len") or _USUAL)
    after = (
        Words("", "")
        if let.en
        else Words(
            ", after some 1 GiB of each card for its context and compute buffer",
            "(已扣除每张卡约 1 GiB 的上下文和计算缓冲)",
        )
    )
    only = Words(" only just", "勉强") if left < _TIGHT * GIB else SILENT
    head = Words(
        f"**The file{only.en} goes in, {size} of {gib_words(room)}{let.en}, and leaves about {gib_words(left)}{after.en}: whether {length:,} tokens go in there turns on the model's cache.**",
        f"**文件{only.zh}放得下:{size},可用 {gib_words(room)}{let.zh},还剩约 {gib_words(left)}{after.zh};{length:,} token 够不够,要看模型的 KV 缓存。**",
    )  # fmt: skip
    shown = _examples(file, length, left)
    return Words(
        f"{head.en}{_raised(rig).en}{shown.en} llama.cpp prints the KV buffer's size as it loads the file with that -c; -ctk q8_0 -ctv q8_0 (with flash attention) nearly halves it.",
        f"{head.zh}{_raised(rig).zh}{shown.zh}按这个 -c 加载时 llama.cpp 会打印 KV buffer 的大小;-ctk q8_0 -ctv q8_0(要开 flash attention)可减少近一半。",
    )


def _let(rig: tuple[Card, ...]) -> Words:
    """Of one memory for all what a GPU is let have of it."""
    if share_let(rig[0]) is None:
        return SILENT
    return Words(
        f" (what the GPU is let have of {rig[0].marketed_gb:g} GB by default)",
        f"({rig[0].marketed_gb:g} GB 统一内存里默认给 GPU 的部分)",
    )


def _raised(rig: tuple[Card, ...]) -> Words:
    if share_let(rig[0]) is None:
        return SILENT
    return Words(
        " On a Mac sudo sysctl iogpu.wired_limit_mb=… raises that share (leave the system some GB); LM Studio's own refusal comes from its model loading guardrails, in its settings.",
        "Mac 上可用 sudo sysctl iogpu.wired_limit_mb=… 调高(给系统留几 GB);LM Studio 自己的拦截来自设置里的模型加载保护(guardrails)。",
    )


def _in_part(figures: Figures, file: float, room: float, beside: float) -> Words:
    kept = max(0.0, room - beside - _CACHE * GIB)
    share, rest = kept / file, file - kept
    depths = [f"{int(share * one)}/{one}" for one in _DEPTHS]
    host, ram = HostMemory.of(), figures.given.get("host_memory_gb")
    rates = f"{host.low / rest:.2g}–{host.high / rest:.2g}"
    there = SILENT
    if ram:
        enough = rest <= (float(ram) - host_reserve()) * GB
        there = Words(f", of which {ram:g} GB are {'enough' if enough else 'not enough: take a smaller file'}", f",{ram:g} GB {'够' if enough else '不够,要换更小的文件'}")  # fmt: skip
    return Words(
        f"**About {share:.0%} of the layers: of {gib_words(room)} some 1 GiB a card goes to context and compute buffer and about as much to the cache, so {gib_words(kept)} are left for a file of {file / GB:.3g} GB ({gib_words(file)}). That is -ngl {', '.join(depths)}, of so many layers as the log tells (`offloaded n/N layers`).** Raise it as long as it loads, then go back one or two. The other {gib_words(rest)} lie in RAM{there.en}, and a dense model reads them for every token: at most {rates} tokens/s with two channels of DDR4-3200 to DDR5-5600. Of a mixture of experts all layers stay on the card (-ngl 99) and experts go into RAM (--n-cpu-moe N, as few as load): it reads only the active ones, many times faster. llama.cpp does this by itself where -ngl is not given (--fit is on by default).",
        f"**约 {share:.0%} 的层:{gib_words(room)} 中每张卡约 1 GiB 给上下文和计算缓冲,再留约 1 GiB 给缓存,剩 {gib_words(kept)} 放 {file / GB:.3g} GB({gib_words(file)})的文件。即 -ngl {'、'.join(depths)}(分母是模型层数,日志里 `offloaded n/N layers` 的 N)。** 能加载就往上加,加到失败再退一两层。其余 {gib_words(rest)} 放内存{there.zh},稠密模型每个 token 都要读一遍:双通道 DDR4-3200 至 DDR5-5600 最多 {rates} token/秒。如果是 MoE,就全部层留在卡上(-ngl 99),只把专家放内存(--n-cpu-moe N,能加载就尽量小):每个 token 只读激活的专家,快得多。不写 -ngl 时 llama.cpp 会自动这样分配(--fit 默认开启)。",
    )


def _examples(file: float, length: int, left: float) -> Words:
    """Models of which a usual file has about this size: what the cache of each takes at that length, and whether it goes in."""
    found = sorted(_of_this_size(file, length))
    if not found:
        return SILENT
    told = []
    for cache, called in found:
        fits = (
            Words("fits", "放得下")
            if cache <= left
            else Words("only in q8_0", "要 q8_0")
            if cache * of_sixteen("q8_0") <= left
            else Words("does not", "放不下")
        )
        told.append(Words(f"{called} {gib_words(cache)} ({fits.en})", f"{called} {gib_words(cache)}({fits.zh})"))  # fmt: skip
    return Words(
        f" Of models with a file of about this size, {length:,} tokens take: {', '.join(one.en for one in told)}.",
        f"文件差不多这么大的模型,{length:,} token 的缓存:{'、'.join(one.zh for one in told)}。",
    )


def _of_this_size(file: float, length: int) -> list[tuple[float, str]]:
    """Bytes of cache and the name, of the models that come nearest."""
    usual = [str(format_for("inference", one, FILES)) for one in FILE_BITS]
    near: list[tuple[float, float, str]] = []
    for row in usual_models():
        published = str(row["published"] or "").partition(" ")[0]
        kinds = [published] if published in AS_PUBLISHED else usual
        sized = [(abs(float(row["params"]) * float(bits_of(one)) / 8 / file - 1), one) for one in kinds]
        if min(sized)[0] <= _NEAR:
            off, stored = min(sized)
            case = Figures({"model": row["model"], "method": "inference", "engine": FILES, "weight_format": stored, "seq_len": length})  # fmt: skip
            name = str(row["model"]).partition("/")[2]
            near.append((off, case.need("kv_all"), f"{name} {stored.partition(':')[2] or stored}"))
    return [(cache, called) for _, cache, called in sorted(near)[:_SHOWN]]


FILE_ALONE: dict[str, Callable[[Figures], Words]] = {"file_alone": _file_alone}
