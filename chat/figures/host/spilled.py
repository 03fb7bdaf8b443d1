"""Why a program left a part of a file's model in host memory, by what it printed: the sum that is more than the card, or the room that it saw."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, Missing, both_words, gib_words
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome

# what stands beside weights and cache as a share of what was seen: less or more of it is explained otherwise
_LEAST_REST, _MOST_REST = -0.02, 0.3
_FULL = 0.97  # of a card, beyond which a program fills none: the driver keeps some
_FILE_OFF = 0.12  # by what a file that is told may be off from the weights, a tower's among them
_STRAIGHT = 0.01
_USUAL = (65536, 32768, 16384, 8192, 4096)  # lengths that are set
_SEEN_REST = 0.05  # GB: less of it than a program prints


def spilled_seen(figures: Figures) -> float:
    """Bytes that the program says the whole takes; 0 where what was seen is the file, or no sum of weights, cache and a rest."""
    seen, sizes = figures.amount("seen_most"), _sizes(figures)
    if not seen or not figures.base.capacity or figures.n != 1:
        return 0.0
    rest = (seen - sum(sizes)) / seen
    return seen if _LEAST_REST < rest < _MOST_REST else 0.0


def _sizes(figures: Figures) -> tuple[float, float]:
    """The weights, as the file that is told if one is, and the cache."""
    weights, cache = figures.amount("w_all"), figures.base.part_of_all("kv")
    file = next((one * GB for one in figures.logged_all("file_gb") if abs(one * GB / weights - 1) < _FILE_OFF), weights)
    return file, cache


def _spilled(figures: Figures) -> Words:
    """What does not go on the card, as a sum of what was seen, and what brings all of it there."""
    seen, room = spilled_seen(figures), figures.base.capacity or 0.0
    if not seen:
        raise Missing("seen_most")
    file, cache = _sizes(figures)
    rest = max(seen - file - cache, 0.0)
    told = bool(figures.logged_all("file_gb")) and file != figures.amount("w_all")
    of_file = Words(" (the file)", "(文件)") if told else SILENT
    kept = f"{gib_words(cache)} ({cache / GB:.1f} GB)"
    tokens, each = f"{int(figures.tokens):,}", figures["kv_token"]
    product = abs(figures.need("kv_token") * figures.tokens / cache - 1) < _STRAIGHT  # no window keeps fewer
    sum_ = Words(f"{tokens} tokens × {each} = {kept}", f"{tokens} token × {each} = {kept}")
    of_cache = sum_ if product else Words(f"{kept} for {tokens} tokens", f"{tokens} token 的 {kept}")
    more = Words(f", and {gib_words(rest)} ({rest / GB:.1f} GB) of compute buffers and runtime", f",其余 {gib_words(rest)}({rest / GB:.1f} GB)是计算缓冲和运行时")  # fmt: skip
    if rest < _SEEN_REST * GB:  # lost in what the readings are rounded to
        more = Words(", with next to nothing besides,", ",此外几乎没有")
    parts = Words(
        f"{both_words(file)} of weights{of_file.en}, {of_cache.en} of cache, set aside at the load and used or not{more.en}",
        f"权重 {both_words(file)}{of_file.zh}、加载时就预留、用不用都占的缓存 {of_cache.zh}{more.zh}",
    )
    share = figures.logged_all("on_cpu")
    part = seen * share[0] / 100 if share else 0.0
    if seen > _FULL * room:
        left = (
            Words(f" {share[0]:g} % of it, {both_words(part)}, is what stays on the CPU.", f"其中 {share[0]:g} %,即 {both_words(part)},留在了 CPU。")
            if share
            else SILENT
        )  # fmt: skip
        opens = Words(
            f"**It does not fit because of the whole, not of the file: {parts.en} make the {both_words(seen)} that you see; the card has {both_words(room)}, of which the driver and the desktop hold a part.**{left.en}",
            f"**放不下的不是文件,而是总和:{parts.zh},合计就是看到的 {both_words(seen)};卡上 {both_words(room)},驱动和桌面还要占一点。**{left.zh}",
        )
        within = _FULL * room
    else:
        within = seen - part
        fits = Words(
            f" By that, {both_words(seen - part)} went on the card and {gib_words(room - seen + part)} of it were taken or kept free as the model loaded.",
            f"照此,放上卡的是 {both_words(seen - part)},加载时卡上另有 {gib_words(room - seen + part)} 被占用或被预留。",
        ) if share else SILENT  # fmt: skip
        opens = Words(
            f"**The whole is less than the card, so the program saw less room: {parts.en} make the {both_words(seen)} that you see, the card has {both_words(room)}.**{fits.en} Look at what else holds it (nvidia-smi or rocm-smi: the desktop, a browser, another model that is still loaded); num_gpu (-ngl) overrides the split.",
            f"**总和比卡小,是程序看到的空闲不够:{parts.zh},合计就是看到的 {both_words(seen)},而卡上有 {both_words(room)}。**{fits.zh}查一下还有什么占着(nvidia-smi 或 rocm-smi:桌面、浏览器、尚未卸载的另一个模型);num_gpu(-ngl)可强制指定层数。",
        )
    ways = _ways(figures, seen, cache, within) if seen > _FULL * room or share else SILENT
    return Words(f"{opens.en}{ways.en}", f"{opens.zh}{ways.zh}")


def _ways(figures: Figures, seen: float, cache: float, within: float) -> Words:
    """What is left of what was seen by a shorter context and a narrow cache, as far as that goes on the card."""
    ollama = "ollama" in figures.told.get("programs", ())
    half = int(figures.tokens) // 2
    length = f"num_ctx {half:,}" if ollama else f"-c {half:,}"
    flags = "OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=q8_0" if ollama else "-fa on -ctk q8_0 -ctv q8_0"
    shorter = figures.at(seq_len=half).part_of_all("kv")
    tried = [
        (Words(length, length), shorter),
        (Words(f"a q8_0 cache ({flags})", f"q8_0 缓存({flags})"), figures.at(kv_format="q8_0").part_of_all("kv")),
        (
            Words(f"{length} and a q8_0 cache", f"{length} 加 q8_0 缓存"),
            figures.at(kv_format="q8_0", seq_len=half).part_of_all("kv"),
        ),
    ]
    if figures.knob("kv_format") is not None:
        tried = tried[:1]
    left = [(way, seen - cache + size) for way, size in tried if seen - cache + size <= within]
    if not left and within < _FULL * (figures.base.capacity or 0.0):
        return SILENT  # room on the card is what is to be found
    if not left:
        return _by_the_formulas(figures, "num_ctx" if ollama else "-c", flags) or _fewer_bits(seen - cache, within)
    each = Words("; ".join(f"{way.en}: {both_words(size)}" for way, size in left), ";".join(f"{way.zh}:{both_words(size)}" for way, size in left))  # fmt: skip
    return Words(
        f" All of it goes on the card with less cache, in all: {each.en}.",
        f"减小缓存就能全部上卡,总和分别是:{each.zh}。",
    )


def _fewer_bits(without: float, within: float) -> Words:
    """That no cache is short enough beside what was seen without it."""
    return Words(
        f" Even without any cache {both_words(without)} are left, so it takes a file of fewer bits or some layers in host memory.",
        f"即使完全没有缓存也还有 {both_words(without)},只能换位数更低的文件,或让一部分层留在内存。",
    ) if without > within else Words(
        " A shorter context and a q8_0 cache alone are not enough: take a file of fewer bits.",
        "只缩短上下文、用 q8_0 缓存还不够:换位数更低的文件。",
    )  # fmt: skip


def _by_the_formulas(figures: Figures, setting: str, flags: str) -> Words | None:
    """The usual lengths that go on the card for sure by the formulas, as the buffers that were seen shrink with the length, too."""
    lengths = [one for one in _USUAL if one < figures.tokens]
    plain = next((one for one in lengths if _goes_on(figures.at(seq_len=one))), 0)
    narrow = next((one for one in lengths if _goes_on(figures.at(seq_len=one, kv_format="q8_0"))), 0)
    if figures.knob("kv_format") is not None:
        narrow = 0
    if not plain and not narrow:
        return None
    ways = []
    if plain:
        takes = gib_words(figures.at(seq_len=plain).best)
        ways.append(Words(f"{setting} {plain:,} ({takes})", f"{setting} {plain:,}({takes})"))
    if narrow > plain:
        takes = gib_words(figures.at(seq_len=narrow, kv_format="q8_0").best)
        ways.append(
            Words(f"{setting} {narrow:,} with a q8_0 cache ({flags}; {takes})", f"{setting} {narrow:,} 加 q8_0 缓存({flags};{takes})")
        )  # fmt: skip
    en, zh = " or ".join(one.en for one in ways), "或 ".join(one.zh for one in ways)
    return Words(
        f" **What brings all of it on the card is less context: {en}**, for the buffers shrink with it; if they stay as large as seen, a file of fewer bits.",
        f"**要全部上卡就减小上下文:{zh}**,缓冲也随之变小;如果缓冲仍像看到的那么大,再换位数更低的文件。",
    )


def _goes_on(there: Outcome) -> bool:
    return there.bounds[1] <= _FULL * (there.capacity or 0.0)


SPILLED: dict[str, Callable[[Figures], Words]] = {"spilled_as_seen": _spilled}
