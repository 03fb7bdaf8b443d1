"""Mixed precision that saved nothing of a training, or took more than fp32: the cue `mixed_no_less`, and the one case of the two."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

# what only a training switches on, so that "my run" is one; 16 bits by name may as well be those of stored weights
_SWITCHED = r"(?:\bmixed[ _-]precision\b|\bamp\b|\bautocast\b|\b(?:bf16|fp16) ?= ?true\b|混合精度|混精)"
_MIXED = rf"(?:{_SWITCHED}|(?<![a-z])(?:bf16|fp16)(?![a-z\d])|\bhalf[ -]precision\b|半精度)"
_WIDE = r"(?:(?<![a-z])fp32(?!\d)|\bfloat32\b|\bfull[ -]precision\b|\bwithout(?: it| amp| autocast| mixed precision)?\b|单精度|全精度|不开)"
_LOWER = r"(?:drop|sav(?:e|ing)|go(?:ne)? down|halv(?:e|ed)|reduc|lower|decreas|shrink|shrunk|chang|less)\w*"
_SAVES_NOTHING = rf"(?:n't (?:\w+ )?{_LOWER}|\b(?:not|never|hardly|barely|fails? to) (?:\w+ )?{_LOWER}|\bno less\b|没(?:有|怎么)?(?:比[^?;]{{0,10}})?(?:降|省|减|变|少|小|低)|不降|不省|反而)"
_RISES = (
    r"(?:\brais\w+|\brose\b|\bincreas\w+|\b(?:went|goes|going) up\b|涨|升|增加|多了|更多|更大|更高|还多|还大|变多|变大)"
)
_AS_MUCH = (
    r"(?:\bmore\b(?![ -](?:memory[ -]|vram )?effici| than ~?\d)|\bhigher\b|\blarger\b|\bas much\b|\bsame\b|差不多|一样)"
)
_NO_LESS = rf"(?:{_SAVES_NOTHING}|{_RISES}|{_AS_MUCH})"
_WHY = r"(?:\bwhy\b|\bhow come\b|为什么|为啥|为何|怎么|咋)"
_HALF_AWAITED = r"(?:(?:n't|\bsupposed to\b|\bexpected\b|\bthought\b)[^.;?]{0,40}\b(?:half|halv\w+|sav\w+|less|lower|reduc\w+)\b|不是[^?;]{0,10}(?:减半|一半|省|少|降)[^?]{0,6}(?:吗|么|嘛))"
_AMOUNT = r"\d+(?:\.\d+)? ?(?:gi?b?|mi?b)(?![a-z])"
_CLAUSE = r"(?:[^.;?]|\.(?=\d))"
_BOTH = rf"(?:{_WIDE}{_CLAUSE}{{0,48}}{_MIXED}|{_MIXED}{_CLAUSE}{{0,48}}{_WIDE})"
_ON = r"(?:\bturn\w*|\bswitch\w*|\benabl\w+|\badd\w*|\bset\w*|\bus(?:e|ed|ing)\b|\bwith\b|开了?|开启|打开|启用|改[成用]|换[成了]|用了?)"
_TAKES = r"\b(?:uses?|used|takes?|took|makes?|made|costs?|adds?|added)\b"
_WAYS = (
    # the two are set against each other
    rf"{_MIXED}{_CLAUSE}{{0,48}}{_NO_LESS}{_CLAUSE}{{0,48}}{_WIDE}",
    rf"{_MIXED}[^?;]{{0,20}}比[^?;]{{0,8}}{_WIDE}[^?;]{{0,16}}[多大高]",
    # with an amount of each, and half of it looked for, or the reason of more
    rf"{_BOTH}{_CLAUSE}{{0,40}}{_AMOUNT}[^;]{{0,48}}{_HALF_AWAITED}",
    rf"(?:{_WIDE}[^?]{{0,32}}{_MIXED}|{_MIXED}[^?]{{0,32}}{_WIDE})[^?]{{0,16}}{_AMOUNT}[^?]{{0,8}}(?:\bwhy\b[^?]{{0,12}}\bmore\b|{_WHY}[^?]{{0,6}}(?:多|大|高))",
    # it was switched on, and the memory stayed or rose
    rf"{_ON}[^.;?]{{0,12}}{_MIXED}{_CLAUSE}{{0,40}}(?:{_SAVES_NOTHING}|{_RISES})",
    rf"{_SWITCHED}{_CLAUSE}{{0,24}}{_TAKES}{_CLAUSE}{{0,40}}{_AS_MUCH}",
    # why it saves nothing
    rf"{_WHY}[^?;]{{0,24}}{_MIXED}[^?;]{{0,16}}{_SAVES_NOTHING}",
    rf"{_MIXED}[^?;]{{0,8}}{_WHY}[^?;]{{0,8}}{_SAVES_NOTHING}",
)
_ASKED = rf"{_WHY}|\bnormal\b|\bshould\w*|\bsupposed\b|\bthought\b|\bexpected\b|\?|吗"
_OF_MEMORY = r"\bmemory\b|\bv?ram\b|\bpeak\b|\d ?gi?b?(?![a-z])|显存|内存"
# what a run keeps, of which 16 bits are indeed half; and what is divided, or failed
_OF_A_RUN = r"\binferenc\w*|\bserv(?:e|ing|ed)\b|\bvllm\b|\bollama\b|\bgguf\b|\bq?lora\b|\bkv\b|\bzero[- ]?[123]\b|\bfsdp\b|\boom\b|\bout of memory\b|推理|部署|爆显存"
MIXED_NO_LESS = (
    rf"^(?=[\s\S]*(?:{_ASKED}))(?=[\s\S]*(?:{_OF_MEMORY}))(?![\s\S]*(?:{_OF_A_RUN}))[\s\S]*(?:{'|'.join(_WAYS)})"
)
_OF_HALF = r"(?<![a-z])(?P<kind>bf16|fp16)(?![a-z\d])"


def settle_mixed(scan: Scan) -> None:
    """Of a training in fp32 against the same under autocast the latter is the case: neither is a format of stored weights."""
    if set(scan.facts.get("method", ())) - {"full", "inference"} or not (_trains(scan) or any(scan.find(_SWITCHED))):
        return
    if "pure-bf16" in scan.facts.get("precision", ()) or not compiled(MIXED_NO_LESS).search(scan.text):
        return
    named = next(scan.find(_OF_HALF), None)
    for fact in ("weight_format", "precision", *(() if _trains(scan) else ("task", "method"))):
        scan.facts.pop(fact, None)
        scan.spans.pop(fact, None)
    scan.add("precision", f"amp-{named['kind'] if named else 'bf16'}", *(named.span() if named else (0, 0)), take=False)
    if "task" not in scan.facts:
        scan.add("task", "train", 0, 0, take=False)


def _trains(scan: Scan) -> bool:
    return scan.facts.get("task", ["train"]) == ["train"]
