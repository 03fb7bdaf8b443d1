"""Why one program runs a model with which another runs out of memory, where no bits are told: the first loads a 4-bit file."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words, gib_words
from chat.phrases import value
from formulas.quantity import SILENT, Words
from kb.interval import FITS
from kb.kernels import lacking
from kb.outcome import Outcome
from kb.programs import PROGRAMS, serves, written
from kb.stored import FILES, USUAL_FILE

# take a file by themselves where none is named
_RUNNERS = ("ollama", "lm-studio")
# in which formats the programs that load a published model have it in fewer bits, and what takes less still
_SERVED, _LOADED, _LEAST = ("awq-int4-g128", "fp8"), ("nf4", "int8"), ("nf4-dq",)


def _other_files(figures: Figures) -> Words:
    """What each of the two programs loads, what of it the cards hold, and in which bits the one that failed would run it."""
    if "llama.cpp" not in figures.log.get("runs_elsewhere", ()):
        raise Missing("runs elsewhere")
    programs = (written(one) for one in figures.told.get("programs", ()))
    runner = next((PROGRAMS[one].name for one in programs if one in _RUNNERS), "")
    takes = (
        Words(f"{runner} takes a 4-bit file where nothing else is set", f"{runner} 不另设时用 4 位文件")
        if runner
        else Words("llama.cpp is mostly given a 4-bit file", "llama.cpp 一般用 4 位文件")
    )
    program = value("engine", written(figures.given.get("engine")), "en")
    there, room = figures.at(engine=FILES, weight_format=USUAL_FILE), figures.amount("all_room")
    tokens, file = _context(figures), both_words(figures.stored(engine=FILES, weight_format=USUAL_FILE))
    holds = SILENT
    if room and there.total > room:
        holds = Words(
            f", more than the card has too ({gib_words(room)}), so that a part of its layers stays in RAM and it is slow",
            f",也超过显存({gib_words(room)}),所以有一部分层放在内存里,速度慢",
        )
    whole = both_words(figures.base.part_of_all("weights"))
    may = (
        Words(f", where it may have {figures['room_of_all']}", f",而可用的只有 {figures['room_of_all']}")
        if room
        else SILENT
    )
    narrow, further = _in_fewer_bits(figures, program), _what_else(figures, program)
    return Words(
        f"**They do not load the same weights: {takes.en} (Q4_K_M), {file}, {gib_words(there.total)} in all with {tokens.en}{holds.en}; {program} loads the model as it was published, in 16 bit, {whole} of weights alone{may.en}.** {narrow.en}{further.en}",
        f"**两边加载的不是同一份权重:{takes.zh}(Q4_K_M),{file},{tokens.zh}共 {gib_words(there.total)}{holds.zh};{program} 按发布的 16 位加载,仅权重就要 {whole}{may.zh}。** {narrow.zh}{further.zh}",
    )


def _context(figures: Figures) -> Words:
    length = int(figures.knob("seq_len") or 0)
    return Words(f"{length:,} tokens of context", f"{length:,} token 上下文时")


def _in_fewer_bits(figures: Figures, program: str) -> Words:
    """What the program that failed needs with weights in fewer bits, and whether the cards hold that."""
    engine, card = figures.given.get("engine"), figures.base.case.card
    held: list[tuple[str, Outcome]] = []
    for formats in (_SERVED,) if serves(engine) else (_LOADED, _LEAST):
        found = [(one, figures.at(weight_format=one)) for one in formats if lacking(one, card, engine) is None]
        if not found:
            return SILENT
        if card is None or (held := [(one, there) for one, there in found if there.leaning in FITS]):
            break
    shown = [
        (value("weight_format", one, "en"), value("weight_format", one, "zh"), gib_words(there.total))
        for one, there in held or (found if card is None else found[:1])
    ]
    en, zh = (
        ", ".join(f"{name} {size}" for name, _, size in shown),
        "、".join(f"{name} {size}" for _, name, size in shown),
    )
    if card is None:
        return Words(f"In fewer bits {program} takes less as well: {en}.", f"用低位权重 {program} 也少得多:{zh}。")
    if not held:
        return Words(
            f"With all else as it is {program} does not hold it in few bits either ({en}).",
            f"其余不变时 {program} 用低位权重也放不下({zh})。",
        )
    return Words(f"In fewer bits {program} holds it, too: {en}.", f"用低位权重 {program} 也放得下:{zh}。")


def _what_else(figures: Figures, program: str) -> Words:
    """What else tells the two apart: what is set aside at the start, and what may stay in RAM."""
    if not serves(figures.given.get("engine")):
        return Words(
            ' llama.cpp also leaves the layers that do not go in in RAM (-ngl); transformers does with device_map="auto" alone.',
            'llama.cpp 还可以把放不下的层留在内存(-ngl);transformers 要加 device_map="auto" 才行。',
        )
    length = ""
    if "seq_len" not in figures.given and figures.amount("kv_whole"):
        length = f"{figures['whole_length']} tokens = {figures['kv_whole']}"
    one = Words(f", {length}", f"({length.replace(' tokens', ' token')})") if length else SILENT
    return Words(
        f" Beyond that {program} takes its share of the card at once and starts only with room for a sequence of the whole --max-model-len{one.en}; llama.cpp sets aside the context that is set, and layers that do not go in stay in RAM.",
        f"此外 {program} 启动时就占下一定比例的显存,而且要放得下一条 --max-model-len 全长的序列{one.zh}才启动;llama.cpp 只按所设上下文预留,放不下的层还能留在内存。",
    )


RUNS_ELSEWHERE_WORDS: dict[str, Callable[[Figures], Words]] = {"other_files": _other_files}
