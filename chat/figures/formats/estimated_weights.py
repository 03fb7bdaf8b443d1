"""Weights that somebody reckoned as parameters × nominal bits, and what the stored ones come to: scales, tensors in more bits,
parts that stay in 16 bits, and a name that is rounded."""

import re
from collections.abc import Callable, Iterator

from chat.figures.named import GB, Figures, Missing, both_words
from chat.phrases import value
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.facts import bits_of
from kb.names import model_row
from kb.recipe import format_for

_NEAR = 0.035  # of the product: as people round a size
_FILE = 0.015  # of a file's size that is told
_MORE = 1.04  # of the product: less is not worth a word
_ACTIVE = 0.12  # of what a token activates, which a name rounds
_OF_ONE = 0.6  # of a mixture's parameters: less is no rounding of them
_NOMINAL = re.compile(r"(?:^|[^a-z])i?q([2-8])|(?:int|nf|fp|mxfp)([48])")
_SIXTEEN = 16
_OFTEN = (4, 8)  # bits of which a run that failed, or a second question, may speak

# why a file of mixed types is more than its bits a weight
MIXED = Words(
    "Every block of weights has scales beside it, and some tensors (the output layer, parts of attention and feed-forward) are kept in more bits.",
    "每块权重都带缩放系数,一部分张量(输出层、部分注意力和前馈)用更多的位。",
)


def _nominal(stored: str) -> int:
    """The bits that a format is called by; 16 of what is not quantised."""
    found = _NOMINAL.search(stored.lower().replace("gguf:", ""))
    return int(next(one for one in found.groups() if one)) if found else _SIXTEEN


def _formats(figures: Figures) -> Iterator[str]:
    """The format of the case, then those of the usual bits."""
    stored = str(figures.knob("weight_format"))
    if figures.logged_all("claimed_checkpoint"):  # asked of another format than the file that is the case's
        yield from (str(format_for("inference", bits, "")) for bits in _OFTEN)
        return
    yield stored
    if not stored.startswith("gguf"):
        usual = (format_for("inference", bits, str(figures.knob("engine") or "")) for bits in _OFTEN)
        yield from (one for one in usual if one and one != stored)


_PART = 0.15  # of a card's part of the weights, as people round it


def _claims(figures: Figures) -> list[float]:
    """What the asker takes the weights for; neither a cache that was seen nor, of several cards, what was seen on each or the part of each is that."""
    told, seen = ([float(one) for one in figures.told.get(key, ())] for key in ("claims_gb", "observed_gb"))
    if figures.n < 2:
        return [
            one
            for one in told
            if not ("kv_cache" in figures.about and one in seen) and one not in figures.logged_all("all_heads_gb")
        ]
    whole = figures.stored(weight_format="bf16")
    return [one for one in told if one not in seen and abs(one * GB * figures.n / whole - 1) > _PART]


def _found(figures: Figures) -> tuple[float, str]:
    """The amount that is parameters × nominal bits, and the format it is of; Missing where none is."""
    for stored in dict.fromkeys(_formats(figures)):
        bits = _nominal(stored)
        if bits == _SIXTEEN:
            continue
        product = figures.params * bits / 8
        scaled = product if stored.startswith("gguf") else figures.params * float(bits_of(stored)) / 8
        for claim in _claims(figures):
            near = abs(claim * GB / product - 1) <= _NEAR or abs(claim * GB / scaled - 1) <= _FILE
            if near and figures.stored(weight_format=stored) >= _MORE * claim * GB:
                return claim, stored
    raise Missing("estimate")


def _by_its_name(figures: Figures) -> float:
    """The amount that is the size in the model's name × 2 bytes, where the model is larger; Missing where none is."""
    name = str(figures.knob("model") or "").rpartition("/")[2].lower()
    if _nominal(str(figures.knob("weight_format"))) != _SIXTEEN:
        raise Missing("16 bits")
    for claim in _claims(figures):
        size = f"{claim / 2:g}b"
        if re.search(rf"(?<![\d.]){re.escape(size)}(?![a-z])", name) and 2 * figures.params >= _MORE * claim * GB:
            return claim
    raise Missing("estimate")


def reckoned(figures: Figures) -> bool:
    """Is an amount told that counts every parameter at the bits of the format?"""
    try:
        return bool(_found(figures))
    except Missing:
        return False


def _as_estimated(figures: Figures) -> Words:
    try:
        claim, stored = _found(figures)
    except Missing:
        _where_rest_is_asked(figures, seen=None)
        return _as_named(figures, _by_its_name(figures))
    whole, bits = figures.stored(weight_format=stored), _nominal(stored)
    _where_rest_is_asked(figures, _seen_loaded(figures, claim, whole))
    if stored.startswith("gguf"):
        return _of_a_file(figures, claim, stored, whole)
    each = float(bits_of(stored))
    unquantised = (8 * whole - figures.params * each) / (_SIXTEEN - each)
    scales = (f"with scales it is {each:.3g}, and ", f"加上量化尺度是 {each:.3g} 位,而") if each > bits else ("", "")
    counted = f"{bits}"
    if each > bits and abs(claim * GB / (figures.params * each / 8) - 1) <= _FILE:
        counted, scales = f"{each:.3g}", ("", "")  # scales are counted
    en, zh = "embedding, output head and norms", "embedding、输出头和归一化"
    if stored.startswith("mxfp4") and figures.plain.situation.facts.get("n_experts"):
        en = f"only the experts, {size_words(figures.params - unquantised)}, are in it; attention, embedding and output head"
        zh = f"只有专家({size_words(figures.params - unquantised)})是这种格式,注意力、embedding 和输出头"
    loaded, others = _as_loaded(figures, claim, whole), _beside(figures, stored)
    others = _in_other_bits(figures, bits) if others is SILENT else others
    return Words(
        f"**{claim:g} GB counts every parameter at {counted} bits:** {scales[0]}{en}, {size_words(unquantised)}, stay in 16 bits ({figure(2 * unquantised / GB, 3)} GB). So the weights are {both_words(whole)}{loaded.en}.{others.en}",
        f"**{claim:g} GB 是把每个参数都按 {counted} 位算的:** {scales[1]}{zh}共 {size_words(unquantised)} 参数仍是 16 位({figure(2 * unquantised / GB, 3)} GB),所以权重是 {both_words(whole)}{loaded.zh}。{others.zh}",
    )


# what a context and first buffers take beside the weights; how people round what they see
_BESIDE, _OFF = 1.3 * GB, 0.03


def _seen_loaded(figures: Figures, claim: float, whole: float) -> float | None:
    """What was seen that is the weights as loaded, with no more than a program's context beside them."""
    near = (one for one in _claims(figures) if (1 - _OFF) * whole <= one * GB <= whole + _BESIDE)
    return next((one for one in near if one > claim), None)


def _where_rest_is_asked(figures: Figures, seen: float | None) -> None:
    """Asked what the rest is, of more than the weights as loaded it is the cache and what else runs."""
    if seen is None and "rest_asked" in figures.about:
        raise Missing("rest")


def _as_loaded(figures: Figures, claim: float, whole: float) -> Words:
    """That what was seen is these weights as they are loaded."""
    seen = _seen_loaded(figures, claim, whole)
    if seen is None:
        return SILENT
    return Words(
        f", and {seen:g} GB once loaded is as it should be (the CUDA context, 0.5 to 1 GiB, comes on top where it is counted)",
        f",加载后占 {seen:g} GB 是正常的(读数若含 CUDA 上下文,再加 0.5 到 1 GiB)",
    )


_OTHER = {"int8": "nf4", "nf4": "int8"}  # as load_in_8bit and load_in_4bit make them


def _in_other_bits(figures: Figures, bits: int) -> Words:
    """What the other format of bitsandbytes comes to, whose kept part is the same."""
    stored = _OTHER.get(str(figures.knob("weight_format")))
    if stored is None or _nominal(stored) == bits or figures.logged_all("claimed_checkpoint"):
        return SILENT
    whole, product = figures.stored(weight_format=stored), figures.params * _nominal(stored) / 8
    if whole < _MORE * product:
        return SILENT
    names, reckoned_as = (value("weight_format", stored, one) for one in ("en", "zh")), figure(product / GB, 3)
    en, zh = names
    return Words(
        f" In {en} it would likewise be {both_words(whole)}, not {reckoned_as} GB.",
        f"{zh} 同理,是 {both_words(whole)},而不是 {reckoned_as} GB。",
    )


def _of_a_file(figures: Figures, claim: float, stored: str, whole: float) -> Words:
    """A file of mixed types: what it averages over all parameters."""
    each, name = figure(8 * whole / figures.params, 3), value("weight_format", stored, "en")
    seen = next((one for one in _claims(figures) if one != claim and abs(one * GB / whole - 1) <= _FILE), None)
    as_seen = SILENT if seen is None else Words(", which is the file", ",正是文件的大小")
    no = Words("No, the file is as large as it should be: ", "文件没有问题:") if seen and _doubted(figures) else SILENT
    beside = _beside(figures, stored)
    return Words(
        f"**{no.en}{claim:g} GB counts {_nominal(stored)} bits a weight; {name} averages {each} over all parameters: {size_words(figures.params)} × {each} ÷ 8 = {both_words(whole)}{as_seen.en}.** {MIXED.en}{beside.en}{_of_the_other(figures).en}",
        f"**{no.zh}{claim:g} GB 是按每权重 {_nominal(stored)} 位算的;{name} 对全部参数平均 {each} 位:{size_words(figures.params)} × {each} ÷ 8 = {both_words(whole)}{as_seen.zh}。** {MIXED.zh}{beside.zh}{_of_the_other(figures).zh}",
    )


def _beside(figures: Figures, told: str) -> Words:
    """The weights in the further formats that are asked beside the one that is explained."""
    named, count = value("weight_format", told, "en"), size_words(figures.params)
    en, zh = [], []
    for stored in map(str, figures.log.get("format", ())):
        if value("weight_format", stored, "en") == named:
            continue
        size = figures.stored(weight_format=stored)
        product = f"{count} × {figure(8 * size / figures.params, 3)} ÷ 8 = {both_words(size)}"
        en.append(f"{value('weight_format', stored, 'en')} {product}")
        zh.append(f"{value('weight_format', stored, 'zh')} {product}")
    return Words(f" The others: {'; '.join(en)}.", f"另外几种:{';'.join(zh)}。") if en else SILENT


def _doubted(figures: Figures) -> bool:
    return "file_doubted" in figures.about


def _of_the_other(figures: Figures) -> Words:
    """That a mean of bits which is told of another file is over all of its parameters already."""
    told = figures.logged_all("other_bits")
    if not told:
        return SILENT
    return Words(
        f" {told[0]:g} bits of the other file is such a mean already, scales and wider tensors included: {size_words(figures.params)} × {told[0]:g} ÷ 8 = {both_words(figures.params * told[0] / 8)}.",
        f"另一个文件的 {told[0]:g} 位本来就是含缩放系数和高位张量的平均值:{size_words(figures.params)} × {told[0]:g} ÷ 8 = {both_words(figures.params * told[0] / 8)}。",
    )


def _doubted_file(figures: Figures) -> Words:
    """The same where the file that is told is doubted; Missing where it is not."""
    if not _doubted(figures):
        raise Missing("doubt")
    claim, stored = _found(figures)
    if not stored.startswith("gguf"):
        raise Missing("file")
    return _of_a_file(figures, claim, stored, figures.stored(weight_format=stored))


def _as_named(figures: Figures, claim: float) -> Words:
    sizes = f"{claim / 2:g}B", size_words(figures.params)
    whole = both_words(2 * figures.params)
    row = model_row(str(figures.given.get("model")))
    used = float(row.get("active_params") or 0) if row.get("n_experts") else 0.0
    if used and used < figures.params and abs(claim * GB / 2 / used - 1) <= _ACTIVE:
        return Words(
            f"**{claim:g} GB counts the {sizes[0]} parameters that a token activates:** they decide the speed, but all experts are loaded, {sizes[1]} × 2 B = {whole}.",
            f"**{claim:g} GB 只算了每个 token 激活的 {sizes[0]} 参数:** 它决定速度;全部专家都要加载,{sizes[1]} × 2 字节 = {whole}。",
        )
    if row.get("n_experts") and claim * GB / 2 < _OF_ONE * figures.params:
        return Words(
            f"**{claim:g} GB counts {sizes[0]} parameters alone:** all experts are loaded, {sizes[1]} × 2 B = {whole}.",
            f"**{claim:g} GB 只算了 {sizes[0]} 参数:** 全部专家都要加载,{sizes[1]} × 2 字节 = {whole}。",
        )
    return Words(
        f"**{claim:g} GB counts {sizes[0]} parameters, as the name rounds them:** it has {sizes[1]}, × 2 B = {whole}.",
        f"**{claim:g} GB 按名字里的 {sizes[0]} 算:** 实际有 {sizes[1]} 参数,× 2 字节 = {whole}。",
    )


ESTIMATED: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "estimated_weights": (lambda f: _found(f)[0] * GB, lambda size: f"{size / GB:g} GB"),
}
ESTIMATED_WORDS: dict[str, Callable[[Figures], Words]] = {
    "weights_as_estimated": _as_estimated,
    "file_doubted": _doubted_file,
}
