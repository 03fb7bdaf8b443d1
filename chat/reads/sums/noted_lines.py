"""Numbered notes of a mixture, of which the wrong ones are asked for: what each line claims, by its mark."""

import re
from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.numbered import by_letter, marks_in_order
from chat.reads.reading import Reading
from kb.names import model_row

_ASKED = r"\b(?:which|what|any|is|are)\b[^.?!]{0,48}\b(?:wrong|right|correct|true|false|mistakes?|errors?)\b|\b(?:check|verify|correct|review|fact-?check|grade)\b|\b(?:wrong|mistakes?|errors?)\s?\?|哪[些几]?[条点个句行项](?:是)?(?:[错对]|不对|有误|正确)|(?:有没有|有|是否)(?:错|问题|不对)|对不对|对吗|[错对]在|检查|核对|挑错|纠错|改错"
_CACHE = r"\bkv\b|\bcache\b|缓存"
_TIMES = r"(?<![\d.])\d+\s?x(?![a-z0-9])|\bx\s?\d|\btimes\b|\bmultipl\w+|\b(?:per|each|every|for all|for each) experts?\b|乘|倍|每个专家|各(?:有|存)"
_NOT = r"\b(?:not|no|never|independent|same)\b|n't\b|无关|不(?:随|会|受|用|需|变|依赖|乘)|一样|相同"
# denied of the experts, and not of something else in the line
_DENIED = rf"(?:{_NOT})[^.;,]{{0,48}}(?:experts?|专家|multipl)|(?:experts?|专家)[^.;,]{{0,24}}(?:无关|\bno effect|\bindependent|不影响)"
_OF_A_TOKEN = r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?(?P<u>[km])i?b?(?![a-z])"
_EACH = r"\btoken\b"
_ACTIVE = r"\bactiv\w+|激活|\bonly\b[^.;]{0,16}\bexperts?\b|(?:只|仅)[^,;]{0,10}专家"
_ENOUGH = r"\b(?:enough|suffic\w+|need\w*|have to|has to|must|fits?|only|requires?|takes?)\b|够|只要|只需|需要|放得下|就行|显存"
_ALL_OF_THEM = r"\ball (?:of )?(?:the |its )?(?:experts|parameters|params|weights|of them|\d+)|\bevery expert\b|全部|所有专家|都(?:要|得)"
_GB = r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?(?P<u>[gt])i?b?(?![a-z])"
_WEIGHTS = r"\bweights?\b|\bparam\w*|权重|参数|(?<![a-z])(?:bf16|fp16|fp8|int8|int4|awq|gptq)(?![a-z])|\b(?:16|8|4)[- ]?bit|(?:16|8|4) ?位"
_EIGHT, _FOUR = r"fp8|int8|(?<!\d)8[- ]?bit|8 ?位", r"int4|awq|gptq|(?<!\d)4[- ]?bit|4 ?位"
_OF_THE_NAME = r"(?<![\d.])\d+\s?[x*]\s?\d+(?:\.\d+)?\s?b(?![a-z])"
_SENTENCE, _QUESTION = re.compile(r"(?<=[.?!。？！\n])(?=\s|$|[^\x00-\x7f])"), re.compile(r"[?？]|[吗呢]\s*$")
NOTES = "log_notes"  # how many lines there are
_LEAST = 2  # lines that are understood


def noted_lines(reading: Reading) -> Reading:
    """The reading with what each line claims, where the lines are of one mixture; their numbers are settings of none."""
    models = reading.facts.get("model", ())
    if len(models) != 1 or not compiled(_ASKED).search(reading.lowered):
        return reading
    row = model_row(str(models[0]))
    lines, letters = _lines(reading.text)
    if not row.get("n_experts") or len(lines) < _LEAST:
        return reading
    found: dict[str, tuple[float, ...]] = {}
    for place, line in enumerate(lines, 1):
        found |= _claim(place, normalise(line).text)
    kinds = {name.rstrip("0123456789") for name in found} & {"log_note_active_", "log_note_experts_", "log_note_all_"}
    understood = {name.rsplit("_", 1)[1] for name in found}
    if len(understood) < len(lines) or not kinds:  # of others each is judged by itself
        return reading
    left = {name: given for name, given in reading.facts.items() if name not in ("params", "gpu_memory_gb", "n_gpus")}
    return replace(
        reading,
        facts=left,
        spans={name: places for name, places in reading.spans.items() if name in left},
        intents=("kv_cache", "moe"),
        asks=(),
        claims=(),
        equations=(),
        cues=tuple(one for one in reading.cues if one not in ("row_holds", "claim_checked")),
        extras={
            **reading.extras,
            **found,
            NOTES: (float(len(lines)),),
            **({"log_notes_by_letter": (1.0,)} if letters else {}),
        },
    )


def _lines(text: str) -> tuple[list[str], bool]:
    """What stands behind each mark without what is asked; whether the marks are letters."""
    marks = marks_in_order(text.lower())
    ends = [*(one.start() for one in marks[1:]), len(text)][: len(marks)]
    told = [text[one.end() : stop] for one, stop in zip(marks, ends, strict=True)]
    lines = ["".join(one for one in _SENTENCE.split(line) if not _QUESTION.search(one)) for line in told]
    return lines, any(map(by_letter, marks))


def _claim(place: int, line: str) -> dict[str, tuple[float, ...]]:
    """What one line says, by kind; nothing of what it does not."""

    def has(pattern: str) -> bool:
        return compiled(pattern).search(line) is not None

    if has(_CACHE):
        if has(r"experts?|专家") and (has(_TIMES) or has(_NOT)):
            return {f"log_note_experts_{place}": (0.0 if has(_DENIED) else 1.0,)}
        told = compiled(_OF_A_TOKEN).search(line)
        if told and has(_EACH):
            return {f"log_note_token_{place}": (float(told["n"]) * (1 if told["u"] == "k" else 1024),)}
        return {}
    amounts = [float(one["n"]) * (1000 if one["u"] == "t" else 1) for one in compiled(_GB).finditer(line)]
    if has(_ALL_OF_THEM) and has(r"experts?|专家|\bactiv|激活|\bparam|参数"):
        return {f"log_note_all_{place}": (1.0,)}
    if has(_ACTIVE) and has(_ENOUGH):
        return {f"log_note_active_{place}": (amounts[-1] if amounts else 0.0,)}
    if amounts and has(_WEIGHTS):
        width = 0.5 if has(_FOUR) else 1.0 if has(_EIGHT) else 2.0
        named = {f"log_note_name_{place}": (1.0,)} if has(_OF_THE_NAME) else {}
        return {f"log_note_weights_{place}": (amounts[-1],), f"log_note_bytes_{place}": (width,), **named}
    return {}
