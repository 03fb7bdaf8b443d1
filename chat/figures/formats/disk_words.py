"""What a model takes on a disk: as it is published, in the format that is told, and in the usual others."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, Missing, both_words
from chat.phrases import value
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.names import model_row
from kb.stored import AS_PUBLISHED

_SIXTEEN, _USUAL = "bf16", "gguf:Q4_K_M"
_OTHERS = (_SIXTEEN, "fp8", "gguf:Q8_0", "gguf:Q4_K_M", "awq-int4-g128")
# fewer parameters are no part that a format forgets
_LEAST = 1e8


def _weights_on_disk(figures: Figures) -> Words:
    """The format that is told or published first; Missing of no model."""
    if not figures.names_model:
        raise Missing("model")
    if more := figures.log.get("other_model", ()):
        return _of_several([figures, *(Figures({**figures.given, "model": one}) for one in more)])
    first = str(figures.given.get("weight_format") or _SIXTEEN)
    told = [first, *(str(one) for one in figures.log.get("format", ()) if str(one) != first)]
    alike = [one for one in _OTHERS if one not in told and first not in AS_PUBLISHED]
    sizes = [both_words(figures.stored(weight_format=one, bits=None)) for one in told]
    en, zh = ([_other(figures, one, language) for one in alike] for language in ("en", "zh"))
    others = Words(f" In other formats: {', '.join(en)}.", f"其他格式:{'、'.join(zh)}。") if alike else SILENT
    further = _predicting(figures, first) if not first.startswith("gguf") else SILENT
    size = [_beside(sizes, told, language) for language in ("en", "zh")]
    name = [_called(figures, first, language) for language in ("en", "zh")]
    if "download_time" in figures.about:
        time = _time(figures.stored(weight_format=first, bits=None))
        further = Words(time.en + further.en, time.zh + further.zh)
    return Words(
        f"**{name[0]}: about {size[0]} on disk, which is what is downloaded.**{others.en}{further.en} {_ROOM.en}",
        f"**{name[1]}:硬盘上约 {size[1]},下载量也是这么多。**{others.zh}{further.zh}{_ROOM.zh}",
    )


def _beside(sizes: list[str], told: list[str], language: str) -> str:
    """The size of the first format, and behind it of each that is asked beside it."""
    named = (f"{value('weight_format', one, language)} {size}" for one, size in zip(told[1:], sizes[1:], strict=True))
    return (", " if language == "en" else "、").join((sizes[0], *named))


_LINKS = (100, 1000)  # Mbit/s


def _time(size: float) -> Words:
    """How long it takes over links as people have them."""
    hours = [8 * size / (link * 1e6) / 3600 for link in _LINKS]
    en = [f"{each * 60:.0f} minutes" if each < 1 else f"{each:.1f} hours" for each in hours]
    zh = [f"{each * 60:.0f} 分钟" if each < 1 else f"{each:.1f} 小时" for each in hours]
    slow, fast = _LINKS
    return Words(
        f" It takes size ÷ rate of the link: at {slow} Mbit/s ({slow / 8:g} MB/s) {en[0]}, at {fast} {en[1]}, if the other end gives as much.",
        f"下载时间 = 大小 ÷ 网速:{slow} Mbit/s(每秒 {slow / 8:g} MB)要 {zh[0]},{fast} Mbit/s 要 {zh[1]},前提是对方给得了这么快。",
    )


def _of_several(each: list[Figures]) -> Words:
    """Of several models the size of each as it is published, and of the usual file."""
    said = []
    for language in ("en", "zh"):
        told = [(one, str(one.given.get("weight_format") or _published(one))) for one in each]
        said.append(
            [
                f"{_called(one, stored, language)} {figure(one.stored(weight_format=stored, bits=None) / GB, 3)} GB ({_other(one, _USUAL, language)})"
                for one, stored in told
            ]
        )
    return Words(
        f"**On disk, and to download: {'; '.join(said[0])}.** {_ROOM.en}",
        f"**硬盘占用(也是下载量):{';'.join(said[1])}。**{_ROOM.zh}",
    )


def _published(figures: Figures) -> str:
    kind = str(model_row(str(figures.given["model"])).get("quantization") or "").partition(" ")[0]
    return kind if kind in (*AS_PUBLISHED, "fp8") else _SIXTEEN


def _called(figures: Figures, stored: str, language: str) -> str:
    model = str(figures.given.get("model") or "").rpartition("/")[2] or size_words(float(figures.given["params"]))
    return f"{model} {value('weight_format', stored, language)}"


def _other(figures: Figures, stored: str, language: str) -> str:
    size = figures.stored(weight_format=stored, bits=None)
    return f"{value('weight_format', stored, language)} {figure(size / GB, 3)} GB"


def _predicting(figures: Figures, stored: str) -> Words:
    """Layers that predict further tokens: published beside the others, and in no count of what runs."""
    row = model_row(str(figures.given["model"])) if figures.given.get("model") else {}
    count = float(row.get("mtp_params") or 0)
    if count < _LEAST:
        return SILENT
    size = figures.stored(weight_format=stored, bits=None)
    whole = f"{figure(size * (1 + count / figures.params) / GB, 3)} GB"
    return Words(
        f" The published files hold the layers for multi-token prediction as well, {size_words(count)} more parameters: about {whole}.",
        f"官方文件还带着多 token 预测(MTP)的层,多 {size_words(count)} 参数,共约 {whole}。",
    )


_ROOM = Words(
    "A repository can hold more than one copy (several quantisations, an original/ folder): name the files that are wanted (hf download --include). Who converts or quantises it needs room for the source and the result.",
    "一个仓库可能不止一份(多种量化、original/ 目录):只下载需要的文件(hf download --include)。要自己转换或量化,就得同时放下原文件和结果。",
)

DISK_WORDS: dict[str, Callable[[Figures], Words]] = {"weights_on_disk": _weights_on_disk}
