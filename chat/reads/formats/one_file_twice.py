"""One file whose size is told twice, in GB and in GiB: `the page says 4.92 GB, Windows 4.58, which is right?`. Both are, and what is
wanted is which of them to set against a card."""

from dataclasses import replace
from itertools import permutations

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

ONE_FILE_TWICE = "one_file_twice"
# the same beside the question whether it fits
ONE_FILE_BESIDE = "one_file_beside"
# as the remark's figures are told which two amounts they are
DECIMAL, BINARY = "log_file_decimal", "log_file_binary"
_GB_OF_A_GIB, _OFF = 2**30 / 1e9, 0.006
_LARGEST, _MOST = 2000.0, 8
_AMOUNT = r"(?<![\d.:])\d{1,4}(?:\.\d{1,3})?(?=\s?gi?b?(?![a-z])|\s?[,;.)]|\s?$|\s?[^\w\s.%-])"
# who tells a file's size
_TELLERS = r"\bhf\b|\bhugging ?face\b|\bwindows\b|\bexplorer\b|\bfinder\b|\b(?:model )?(?:page|card|repo)\b|\bdu -\w+|\bls -\w+|\bdisk\b|\bllama\.?cpp\b|\blogs?\b|\bollama\b|\bfiles?\b|\bgguf\b|网页|页面|资源管理器|文件|日志|硬盘|磁盘|下载"
_WHICH = r"\bwhich\b(?! (?:layers?|quants?|formats?|files?|models?|cards?|gpus?|context)\b)|\bwhat(?:'s| is) (?:right|real|correct|true)\b|\bwho(?:'s| is) right\b|\b(?:plan|count|calculate|go|budget) (?:with|by)\b|哪个(?:对|准|是真|才|为准|算)|(?:按|用|以|看)(?:哪|那)(?:个|1个)|谁(?:对|准)|到底(?:多大|是多少|按)"
_WHY = r"\bwhy\b|\bhow come\b|\bwhere did\b|为(?:什么|啥|何)|怎么(?:不一样|少|差|会)|差(?:了|在)?哪|少了"
_FAILS = frozenset({"oom_diagnosis", "injection"})


def one_file_twice(reading: Reading) -> Reading:
    """Which of two sizes of one file is right is asked: a comparison of no formats, and no need."""
    formats = reading.facts.get("weight_format", ())
    named = {"model", "params"} & set(reading.facts)
    if not named or len(formats) != 1 or _FAILS & set(reading.intents) or "train" in reading.facts.get("task", ()):
        return reading
    if "log_took" in reading.extras:  # a server's log, beside which the file is told
        return reading
    tellers = {found[0] for found in compiled(_TELLERS).finditer(reading.lowered)}
    asks = bool(compiled(_WHICH).search(reading.lowered)) or (
        len(tellers) > 1 and bool(compiled(_WHY).search(reading.lowered))
    )
    beside = "fits" in reading.intents
    if not tellers or not (asks or (beside and len(tellers) > 1)):
        return reading
    told = [float(one[0]) for one in compiled(_AMOUNT).finditer(reading.lowered)][:_MOST]
    cards = {float(one) for one in reading.facts.get("gpu_memory_gb", ())}  # "an 8.54 GB file, my card has 8 GB"
    sizes = [one for one in dict.fromkeys(told) if 0 < one <= _LARGEST and one not in cards]
    pair = next((two for two in permutations(sizes, 2) if abs(two[0] / two[1] / _GB_OF_A_GIB - 1) <= _OFF), None)
    if pair is None:
        return reading
    extras = {**reading.extras, DECIMAL: pair[:1], BINARY: pair[1:]}
    if beside:
        return replace(reading, extras=extras, cues=(*reading.cues, ONE_FILE_BESIDE))
    return replace(reading, extras=extras, intents=("why_more",), asks=(), cues=(*reading.cues, ONE_FILE_TWICE))
