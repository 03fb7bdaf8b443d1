"""What programs print where memory ran out, as people paste it: the figures of the message, by name."""

import re
from collections.abc import Collection

from chat.reads.caches.pools_moved import read_pool_moved
from chat.reads.scan import Scan
from chat.reads.seen.eval_rows import read_eval_rows
from chat.reads.seen.loading_lines import read_loading_lines
from chat.reads.seen.pool_asked import read_pool_asked
from chat.reads.seen.retold_failures import idle_between, read_failure_retold, read_held_retold, stated
from chat.reads.serving.copies import read_copies

# PyTorch's message when memory runs out, of old and new versions
OOM_TRIED = r"(?:tried|trying|try|fail(?:s|ed|ing)?|want(?:s|ed)?) to alloc(?:ate)? (?:about |around |some |over |~ ?|约|大概)?(?P<v>\d+(?:\.\d+)?) ?(?:多|几|odd |\+ ?)?(?:个 ?)?(?P<u>[gm])(?:i?b)\b"
OOM_IDLE = r"(?P<v>\d+(?:\.\d+)?) ?(?P<u>[gm])i?b? (?:is |are )?(?:reserved(?: by pytorch)?,? but (?:unallocated|unused|not allocated|free)|(?:free|unused|unallocated),? but reserved)"
OOM_HELD = r"(?P<v>\d+(?:\.\d+)?) (?P<u>[gm])ib (?:already allocated|current active)"
OOM_RESERVED = r"(?P<v>\d+(?:\.\d+)?) (?P<u>[gm])ib reserved(?: in total|(?!,? but))"
# "Minimum capability: 80. Current capability: 75."
_CAPABILITIES = r"\b(?:minimum |current |compute )?capability\b(?: of (?:at least )?|:? )?\d{1,2}(?:\.\d)?(?![\d.]*\d)"
OOM_CARD = r"(?<=\()(?:gpu|npu) \d{1,2}(?=;)|(?<![\w.])(?:gpu|npu) \d{1,2}(?= has a total)"
_AMOUNT = r"(\d+(?:\.\d+)?)\s?([gm])ib"
# the names under which the remarks know a figure; amounts in GiB
_FIGURES: tuple[tuple[str, str], ...] = (
    (
        "total",
        rf"{_AMOUNT} total capacity|total capacity(?: of| is|:|\s?=|为|是)?\s?{_AMOUNT}|has {_AMOUNT} total\b|total_?memory\b[^\d;?!]{{0,16}}{_AMOUNT}",
    ),
    ("free", rf"{_AMOUNT}(?: is)? free\b(?!,? but reserved)"),
    ("own", rf"this process has {_AMOUNT}"),
    ("allocated", rf"{_AMOUNT} is allocated by pytorch|{_AMOUNT}(?= already allocated| current active)"),
    ("needs", rf"requires more system memory \({_AMOUNT}\)|{_AMOUNT} kv cache is needed"),
    ("available", rf"than (?:what )?(?:is |the )?available,? (?:only )?\(?{_AMOUNT}\)?|available kv cache memory(?: \(|\s?[:=]\s?){_AMOUNT}\)?|reserved for kv cache is {_AMOUNT}"),
    ("buffer", rf"allocat\w+ {_AMOUNT} on device|kv (?:self |buffer )*size\s?=\s?{_AMOUNT}"),
)  # fmt: skip
_STARTUP = r"free memory on device \((\d+(?:\.\d+)?)/(\d+(?:\.\d+)?) gib\)[^(]{0,80}(?:\((\d(?:\.\d+)?), (\d+(?:\.\d+)?) gib\))?"
_OTHERS = rf"(?<!this )process \d+ has {_AMOUNT}"
# what PyTorch has allocated of what the failing process holds, and GiB that its context and communication take beside
_ALLOCATED = rf"of the allocated memory {_AMOUNT} is allocated by pytorch"
_CONTEXT = 3.0
# what a program prints of a card in bytes: `total_memory` of its properties
_TOTAL_BYTES = r"total_?memory\b[^\d;?!]{0,24}(\d{10,12})\b(?! ?(?:[kmg]i?b)\b)"
_TOKENS = (
    r"stored in (?:the )?kv cache \((\d+x{0,4})\)|estimated maximum model length is (\d+)"
    r"|(?<![a-z])max[ _-]batch[ _-]total[ _-]tokens[\"'`]?\s?(?:to|is|was|=|:|of|设为?|是)?\s?(\d[\d,]{3,11})"
    # the pool that a server prints at its start, and how many requests of a length that is
    r"|kv ?cache size\s?[:=]?\s?(?:is |of |是|为)?\s?(\d[\d,]{3,11}|\d{1,4}(?:\.\d{1,3})?[km万]) ?tokens"
    r"|(?:kv ?cache|缓存)\s?(?:里|中|总共|共|最多)?(?:只|一共)?(?:能|可以?)(?:存|放|容纳)(?:下|得下)?的?\s?(?:最大)?(?:tokens?)?\s?(?:数量?|上限)?\s?(?:是|为|只有|:)?\s?(\d[\d,]{3,11})(?![\d.]*\s?(?:gi?b|g\b))"
)
# the same as people retell it, in thousands, and what they had expected
_MANY = r"(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<s>[km万])?(?!(?!tokens?\b)[a-z0-9]|\.\d|\s?%)"
_ABOUT = r"(?:only|just|merely|about|around|roughly|some|ca\.?|大约|大概|约|只有|才|只|[~≈])?\s?" * 2
_RETOLD = (
    rf"max_total_num_tokens?\s?(?:is|was|为|是|[:=])?\s?{_ABOUT}{_MANY}",  # as SGLang prints it
    r"\bkv ?cache\b(?:[^;?\d]|(?<=float)\d{1,2}|(?<=fp)8){0,48}#\s?tokens?\s?[:=]?\s?(?P<n>\d[\d,]{2,11}\d)(?P<s>[km](?![a-z]))?",  # and at the start: `KV Cache is allocated. #tokens: N`
    rf"\b(?:logs?|vllm|sglang|server|engine|startup)\b(?: only| just)? (?:shows?|says?|reports?|prints?|gives?|tells?|leaves?|finds?)(?: me)?(?: (?:only |just )?(?:kv |cache )*(?:room|space|capacity) for(?: only| just)?)? {_ABOUT}{_MANY}(?:\s?tokens?\b|(?<=[k万]))",
    rf"{_MANY} tokens? (?:only |just )?(?:fit|go|are left|left|available)\b[^.;?]{{0,12}}\b(?:in|into|for) (?:the |its |my )?(?:kv|cache|pool)",
    rf"\b(?:cache|pool) (?:only |just )?(?:holds?|has room for|takes?|fits|stores?) {_ABOUT}{_MANY} tokens?\b",
    rf"日志(?:里|中|上)?(?:却|显示|写着?|报|说|给出|打印|的|是|[:,])*\s?{_ABOUT}{_MANY}(?:\s?个?\s?tokens?|(?<=[k万]))",
    rf"(?:kv ?cache|缓存池?|kv)\s?(?:里|中)?(?:却|实际|一共|总共)*(?:只|才)(?:有|能[放存](?:下)?|放得下|够[放存装用]?|剩)\s?{_ABOUT}{_MANY}\s?(?:个)?\s?tokens?",
)
_EXPECTED = rf"(?:\bexpect\w*|\bshould (?:be|give|hold|fit)|\bcalculat\w*|\bcomput\w*|\bi (?:get|got|thought)|算出?来?|以为|应该(?:有|能放)?|[=≈~])\s?{_ABOUT}{_MANY} ?个?tokens?\b"
_LEAST_POOL = 1000
# the pool in blocks of so many tokens, as older servers print it
_BLOCKS, _HOST_BLOCKS = r"(?:gpu|cuda) blocks?\s?[:=]?\s?(\d{3,7})\b", r"cpu blocks?\s?[:=]?\s?(\d{1,7})\b"
_BLOCK_SIZE, _USUAL_BLOCK = r"block[ _-]?size\s?[:=]?\s?(\d{1,3})\b", 16
# a matrix that ranks cut into no whole blocks of a quantised format; its width, and the block into which it no longer goes
BLOCKS_CUT = r"\bnot divisible by (?:the )?(?:weight )?(?:quanti\w+ )?(?:block|group)|\bnot aligned with the quanti[sz]ed weight shape|\b(?:no|not a) multiple of (?:the )?(?:\d+[ -](?:wide )?)?(?:block|group)|^(?=[\s\S]*(?:\bblock|fp8|gptq|awq|量化))[\s\S]*\d\s?(?:(?:不能|没法|无法|不)被?\s?\d{2,4}\s?整除|除以\s?\d{2,4}\s?除不尽|不是\s?\d{2,4}\s?的(?:整数)?倍)|(?:block_[nk]|group_size|量化块|块大小)[^.;?]{0,24}(?:整除|除不尽)"
_UNDIVIDED = r"(?<![\d.])(?P<w>\d{2,6})\s?(?:is |are )?(?:not divisible by|(?:no|not a) multiple of|(?:不能|没法|无法|不)被|除以|不是)[^.;?\d]{0,48}(?P<b>\d{2,4})(?!\d|\.\d)"
# as it is printed, or told: "max concurrency for 4096 tokens is 3.5x", "8192 长度最大并发只有 2.1x"
_CONCURRENCY = (
    r"maximum concurrency for (?P<n>\d[\d,]{2,11}) tokens per request\s?[:=]?\s?(?P<x>\d+(?:\.\d+)?)\s?x?"
    r"|\b(?:max(?:imum)? )?concurrency (?:for|at|with|of) (?P<m>\d[\d,]{0,11}k?)\s?(?:-?tokens?|context|ctx)?(?: per request| each| requests?)?\s?(?:is|of|as|was|[:=])?\s?(?:only |just |about |around )?(?P<y>\d+(?:\.\d+)?)\s?x(?![a-z0-9])"
    r"|(?<![\d.,])(?P<o>\d[\d,]{0,11}k?)\s?(?:个)?(?:tokens?|长度|上下文|时|的|下|,|\s){0,4}(?:的)?最?大?并发(?:数|量)?[^,;?\d]{0,8}?(?P<z>\d+(?:\.\d+)?)\s?(?:x(?![a-z0-9])|倍)"
)
_LEAST_LENGTH = 256  # tokens: fewer are no maximum that is set
_WISHED = r"(?:\b(?:why not|to|get|want|need|reach|(?:at )?least|have|be|hit|of)|[到至成要想够])\s?(?:about |around |at least |至少|大约|约)?(?P<n>\d{1,3}(?:\.\d+)?)(?P<x>\s?(?:x(?![a-z0-9])|times\b|-?fold\b|倍))?(?![\da-z%]|[.,]\d|\s?(?:k\b|gi?b?\b|b\b|%|tokens?|users?|requests?|streams?|people|gpus?|cards?|bits?|个|人|张|卡|位|条|路|万|千))"
_MAX_SEQS = r"\bmax[ _-](?:num[ _-]seqs|running[ _-]requests)\b[^\d,;.?]{0,12}(?P<n>\d{1,5})(?!\d|\.\d)"
_SAID_AGAIN = r"(?<![\d.,a-z])(?P<n>\d{1,5})(?![\d,]|\.\d|\s?(?:k|x|gi?b?|tokens?|b)(?![a-z]))"
_BUFFER, _HOST = r"buffer of size (\d{7,15})\b", r"tried to allocate (\d{7,15}) bytes"
_VOCABULARY = (
    r"(?:vocab(?:ulary)?(?: ?size)?|词表(?:大小)?)\s?(?:is|of|=|:|是|为)?\s?(\d{4,6}\b|\d{2,3}(?:\.\d)?\s?(?:k\b|万))"
    r"|(?<![\d.,a-z])(\d{4,6}|\d{2,3}(?:\.\d)?\s?(?:k|万))\s?(?:的)?(?:[ -]?(?:token|word|entry|size)[ -])? ?(?:vocab(?:ulary)?\b|词表)"
)
# processes by number, and the requests that an engine invents to measure a step
_RANKS = (
    r"\b(?:ranks?|gpus?|cuda:?) ?\[?0 ?(?:\.{2,3}|-|–|to|through|~|/|, ?1, ?\.{2,3},?) ?\d{1,2}\b(?!\s?(?:gi?b|g)\b)"
)
_DUMMIES = (
    r"(?<![\d.])(?P<n>\d{1,5})\s?(?:dummy|个?\s?(?:虚拟|假|模拟)(?:的)?) ?(?:requests?|sequences?|seqs|请求|序列)"
)
_PREFILL = r"handle (\d+) prefill tokens"
_BEAMS = r"num_beams\s?[=:]?\s?(\d{1,3})\b|beam search (?:with|of|at|using) (\d{1,3})\b|(?<![\d.])(\d{1,3})[ -]?beams?\b|beam (?:search )?(?:size|width) (?:of )?(\d{1,3})\b"


_TIMES = {"k": 1e3, "千": 1e3, "万": 1e4, "m": 1e6}
# "memory went from 19 to 34": gigabytes, where it is said of memory and nothing else is counted
_USED = r"(?:\bv?ram\b|\bmemory\b|\busage\b|\bpeak\b|\bgr[oe]w\w*|\bclimb\w*|\bcreeps?\b|\bcrept\b|\brises?\b|\brose\b|显存|占用)"
MOVED = r"(?:\bv?ram\b|\bmemory\b|\busage\b|\bpeak\b|显存|占用)[^.;?!\d]{0,24}(?:\bfrom|从)\s?~?(?P<n>\d{1,3}(?:\.\d+)?)\s?(?:down |up )?(?:to|到|涨到|升到|降到|变成)\s?~?(?P<m>\d{1,3}(?:\.\d+)?)(?!\.?\d|[a-z%]|[\s-]?(?:tokens?|steps?|%|k\b|x\b|gpus?|(?:\w+ )?cards?|bits?|layers?|users?|[个]?\s?[卡张块位层人]))"
# what is loaded, and what reading a text then makes of it: "加载完15G,喂16k的文档就到34G"
_READS = r"(?:\b(?:prompts?|inputs?|contexts?|documents?|generat\w+)\b|输入|喂|上下文|文档|长文|提示词|生成)"
_LOADED_THEN = (
    rf"(?:\bweights\b|\bload(?:ed|ing)\b|权重|加载(?:完|后|好)|载入后?)[^.;?。\d]{{0,16}}(\d+(?:\.\d+)?)\s?g(?:i?b)?(?![a-z])[^.?。]{{0,32}}{_READS}[^.?。]{{0,32}}?"
    r"(?:\b(?:jumps?|goes|rises?|grows?|climbs?|shoots|jumped|went|rose|grew|climbed|shot)\b(?: up)? to|涨到|升到|飙到|冲到|就到|跳到|变成)\s?~?(\d+(?:\.\d+)?)\s?g(?:i?b)?(?![a-z])"
)
# memory that was seen to grow: where it began and where it got to
_GREW = (
    rf"{_LOADED_THEN}|"
    r"(?:\bfrom|\bstart\w*(?: out)?|\bbegins?|\bbegan|\binitial\w*|刚开始|开始|起初|最初|从|起步)[^\d,;.?]{0,16}(\d+(?:\.\d+)?)\s?g(?:i?b)?\b[^?]{0,48}?(?:\bto\b|\bup\b|\bclimb\w*|\bgr[oe]w\w*|\bcreep\w*|\bcrept\b|\brises?\b|\brose\b|\bincreas\w*|\bhits?\b|\breach\w*|涨|升|爬|增|飙|到|变成)[^\d?]{0,24}(\d+(?:\.\d+)?)\s?g(?:i?b)?(?![a-z])"
    rf"|{_USED}[^.;?!\d]{{0,24}}\bfrom\s?~?\s?(\d+(?:\.\d+)?)\s?(?:g(?:i?b)?)?\s?(?:up )?to\s?~?\s?(\d+(?:\.\d+)?)\s?g(?:i?b)?(?![a-z])"
    rf"|{MOVED}"
    r"|(?<![\d.])(\d+(?:\.\d+)?)\s?g(?:i?b)?\s?(?:->|→|涨到|升到|一路到|慢慢到)\s?(\d+(?:\.\d+)?)\s?g(?:i?b)?(?![a-z])"
)
# of two cards, of which one replaces the other
_BOUGHT = r"\b(?:upgrad|switch|swap|replac)\w*|升级|换卡|换到|内存(?:条)?(?:从|由)|加到|扩到|扩容"
# what each meter shows, beside its name
_SHOWN = r"(\d+(?:\.\d+)?)\s?([gm])(?:i?b)?\b(?! (?:more|higher|less|lower|extra|above)\b)"
_BETWEEN = (
    r"(?:(?![多高差少低]|(?:more|higher|less|lower|by)\b)[^\d.,;?!]){0,24}?"  # a difference is what neither shows
)
_METERS: tuple[tuple[str, str], ...] = (
    ("tensors", rf"(?:memory_allocated(?:\(\))?|(?<!un)\ballocated\b|torch(?:\.cuda)?|pytorch)(?!\W{{0,3}}reserved)(?!\D{{0,24}}total){_BETWEEN}{_SHOWN}(?! total)"),
    ("kept", rf"\breserved\b(?:\(\))?{_BETWEEN}{_SHOWN}|memory_reserved(?:\(\))?{_BETWEEN}{_SHOWN}"),
    ("driver", rf"nvidia-?smi{_BETWEEN}{_SHOWN}"),
)  # fmt: skip
# the peak of a run, beside which what is in use by now is no need
_PEAK = rf"\bmax_memory_allocated(?:\(\))?{_BETWEEN}{_SHOWN}"
_NOW = rf"(?<!max_)\bmemory_allocated(?:\(\))?{_BETWEEN}{_SHOWN}"
# beside a meter with its unit another may stand without
_BARE = rf"{_BETWEEN}(\d+\.\d+)(?!\d|\.\d|\s?(?:[%gmkx]|times|倍))"
_BARE_METERS: tuple[tuple[str, str], ...] = (
    ("tensors", rf"(?:memory_allocated(?:\(\))?|(?<!un)\ballocated\b){_BARE}"),
    ("kept", rf"(?:memory_reserved(?:\(\))?|\breserved\b(?:\(\))?){_BARE}"),
    ("driver", rf"nvidia-?smi{_BARE}"),
)
# a meter's bytes, divided by the asker: "max_memory_allocated()/1e9 = 63.1"
_DIVIDED = r"memory_(?P<what>allocated|reserved)(?:\(\))?\s?/{1,2}\s?\(?(?:(?P<ten>1e9|10\s?(?:\*\*|\^)\s?9|1000\s?(?:\*\*|\^)?\s?3)|1024\s?(?:\*\*|\^)?\s?3|2\s?(?:\*\*|\^)\s?30|1\s?<<\s?30)\)?[^\d;?!]{0,16}?(?P<n>\d+(?:\.\d+)?)"


# the bytes as a meter returns them: "memory_allocated() = 13.5e9", "13476839424"
_IN_BYTES = r"memory_(?P<what>allocated|reserved)(?:\(\))?[^\d;?!/]{0,24}?(?P<n>\d+(?:\.\d+)?e(?:9|10|\+09|\+10)|\d{10,12})(?![\d.])"


def _divided(scan: Scan) -> None:
    """What a meter shows [GiB] where its bytes are told or divided by the asker; the printed number where that is in GB."""
    for found in scan.find(_IN_BYTES):
        name = "tensors" if found["what"] == "allocated" else "kept"
        scan.note(f"log_{name}", round(float(found["n"]) / 2**30, 2))
        scan.take(*found.span("n"))
    for found in scan.find(_DIVIDED):
        shown, ten = float(found["n"]), bool(found["ten"])
        name = "tensors" if found["what"] == "allocated" else "kept"
        scan.note(f"log_{name}", round(shown * (1e9 / 2**30 if ten else 1), 2))
        if name == "tensors":
            peak = scan.text.endswith("max_", 0, found.start())
            scan.note("log_peak" if peak else "log_now", scan.extras["log_tensors"][0])
        if ten and name == "tensors":
            scan.note("log_printed_gb", shown)


_HELD = re.compile("allocated|reserved")  # else what a card has may be told by two programs


def asked_of_it(text: str, extras: Collection[str]) -> str:
    """What a message, or what two meters show, is told for, whatever units it is in; empty where there is neither."""
    shown = {f"log_{name}" for name, _ in _METERS} & set(extras)
    return "oom_diagnosis" if "oom_tried" in extras else "why_more" if len(shown) > 1 and _HELD.search(text) else ""


def read_message(scan: Scan) -> None:
    """State the figures of a message; the card's number in it is no count, and a process is none of ours."""
    for found in scan.find(OOM_CARD):
        scan.take(*found.span())
    for found in scan.find(_CAPABILITIES):
        scan.take(*found.span())
    for found in scan.find(_RANKS):
        scan.take(*found.span())
    for found in scan.find(_DUMMIES):
        if scan.free(*found.span("n")) and int(found["n"]):
            scan.add("log_sequences", int(found["n"]), *found.span("n"), extra=True)
    _beside(scan)
    tried = stated(scan, OOM_TRIED)
    if tried is None:
        read_failure_retold(scan, OOM_IDLE)
        return
    scan.note("oom_tried", tried)
    idle, held, reserved = (stated(scan, one) for one in (OOM_IDLE, OOM_HELD, OOM_RESERVED))
    if idle:
        read_held_retold(scan)
    if idle is None and held is not None and reserved is not None:
        idle = round(reserved - held, 2)
    idle = idle_between(scan) if idle is None else idle
    if idle:
        scan.note("oom_idle", idle)


def _beside(scan: Scan) -> None:
    """The other figures of a message; those that are no facts are used up."""
    _printed(scan)
    _metered(scan)
    read_eval_rows(scan)
    _grew(scan)
    read_copies(scan)
    _others(scan)
    read_pool_moved(scan)
    read_loading_lines(scan)
    _numbers(scan)
    _retold(scan)
    _blocks(scan)
    _concurrency(scan)
    read_pool_asked(scan)
    for found in scan.find(_UNDIVIDED) if any(scan.find(BLOCKS_CUT)) else ():
        scan.add("log_shard_width", int(found["w"]), *found.span("w"), extra=True)
        scan.add("log_block", int(found["b"]), *found.span("b"), extra=True)
        break
    for name, pattern in (("buffer", _BUFFER), ("host", _HOST), ("total", _TOTAL_BYTES)):
        for found in scan.find(pattern):
            scan.note(f"log_{name}", round(int(found[1]) / 2**30, 2))
            scan.take(*found.span())


def _printed(scan: Scan) -> None:
    """What an allocator prints when it fails, and a server at its start."""
    for name, pattern in _FIGURES:
        for nth, found in enumerate(scan.find(pattern)):
            if nth == 0:
                scan.note(f"log_{name}", _gib(found))
            if name != "total" and (nth == 0 or name == "allocated"):  # that of the card is a fact
                scan.take(*found.span())
    for found in scan.find(_STARTUP):
        held = round(float(found[2]) - float(found[1]), 2)
        for name, amount in (("free", found[1]), ("total", found[2]), ("wanted", found[4]), ("others", held)):
            if amount:
                scan.note(f"log_{name}", float(amount))
        scan.take(*found.span())


def _metered(scan: Scan) -> None:
    """What each meter shows."""
    _divided(scan)
    for name, pattern in (("peak", _PEAK), ("now", _NOW)):
        for found in scan.find(pattern):
            scan.note(f"log_{name}", round(_gib(found), 2))
            break
    if peak := scan.extras.get("log_peak"):
        scan.note("log_tensors", peak[0])
    for name, pattern in _METERS:
        for found in scan.find(pattern) if f"log_{name}" not in scan.extras else ():
            scan.note(f"log_{name}", round(_gib(found), 2))
            break
    if not {f"log_{name}" for name, _ in _METERS} & set(scan.extras):
        return
    for name, pattern in _BARE_METERS:
        for found in scan.find(pattern) if f"log_{name}" not in scan.extras else ():
            scan.note(f"log_{name}", float(found[1]))
            scan.take(*found.span(1))
            break


def _grew(scan: Scan) -> None:
    """From where to where memory grew, and no sum of the asker's."""
    for found in scan.find(_GREW):
        told = [nth for nth, one in enumerate(found.groups(), 1) if one]
        start, end = (float(found[nth]) for nth in told)
        bought = re.search(_BOUGHT, scan.text[max(0, found.start() - 24) : found.end()])
        if start < end and not bought and all(scan.free(*found.span(nth)) for nth in told):  # and no sum of the asker's
            scan.note("log_from", start)
            scan.note("log_to", end)
            break


def _others(scan: Scan) -> None:
    """What other processes hold, and how many they are."""
    every = list(scan.find(_OTHERS))
    # where a container hides its number, the process that fails is called by one, too: it holds what its allocator does
    held_, idle_ = (next(scan.find(one), None) for one in (_ALLOCATED, OOM_IDLE))
    own = _gib(held_) + float(idle_["v"]) / (1024 if idle_["u"] == "m" else 1) if held_ and idle_ else 0.0
    others = [one for one in every if not own or not 0 <= _gib(one) - own <= _CONTEXT]
    if others:
        scan.note("log_others", round(sum(_gib(found) for found in others), 2))
        scan.note("log_processes", len(others))
    for found in every:
        scan.take(*found.span())


def _numbers(scan: Scan) -> None:
    """Counts that a program prints of its cache, its prefill, its beams and its vocabulary."""
    for name, pattern in (
        ("tokens", _TOKENS),
        ("prefill", _PREFILL),
        ("beams", _BEAMS),
        ("vocabulary", _VOCABULARY),
    ):
        for found in scan.find(pattern):
            number = _first(found).replace("x", "0").replace(",", "")  # `6xxx`: the least that it can be
            thousands = _TIMES.get(number[-1], 1)
            span = found.span() if "x" in _first(found) else (0, 0)
            scan.add(
                f"log_{name}", round(float(number.rstrip("km万 ")) * thousands), *span, extra=True, take=span != (0, 0)
            )
            if name != "vocabulary":  # which is a shape as well, and left to those
                scan.take(*found.span())
            break


def _blocks(scan: Scan) -> None:
    """Tokens of a cache that is printed in blocks."""
    for found in scan.find(_BLOCKS):
        of = next(scan.find(_BLOCK_SIZE), None)
        each, host = int(of[1]) if of else _USUAL_BLOCK, next(scan.find(_HOST_BLOCKS), None)
        noted = {"tokens": int(found[1]) * each, "gpu_blocks": int(found[1]), "block_tokens": each}
        for name, value in (noted | ({"host_blocks": int(host[1])} if host else {})).items():
            scan.note(f"log_{name}", value)
        for one in (found, of, host):
            if one:
                scan.take(*one.span())
        break


def _concurrency(scan: Scan) -> None:
    """The line on how many requests of full length the cache holds."""
    for found in scan.find(_CONCURRENCY):
        said = found["n"] or found["m"] or found["o"]
        length = int(said.rstrip("k").replace(",", "")) * (1024 if said.endswith("k") else 1)
        times = float(found["x"] or found["y"] or found["z"])
        if length < _LEAST_LENGTH:
            continue
        scan.note("log_tokens", round(length * times))
        scan.note("log_concurrency", times)
        scan.note("log_concurrency_length", length)
        _limit_told(scan, int(times))
        _wished(scan, times, found.span())
        rest = scan.text[: found.start()] + scan.text[found.end() :]
        if {"seq_len"} & set(scan.facts) or re.search(
            r"(?<![a-z0-9_.])\d[\d,.]*\s?(?:k(?![a-z])|tokens?\b)", rest
        ):  # another length is asked about
            scan.take(*found.span())
        break


def _limit_told(scan: Scan, at_full_length: int) -> None:
    """The limit of sequences beside the line on concurrency; both numbers, said once more, are no requests that are told."""
    limit = next(iter(scan.find(_MAX_SEQS)), None)
    if limit is None:
        return
    scan.add("log_max_seqs", int(limit["n"]), *limit.span("n"), extra=True)
    for found in scan.find(_SAID_AGAIN):
        if int(found["n"]) in (int(limit["n"]), at_full_length) and scan.free(*found.span("n")):
            scan.take(*found.span("n"))


def _wished(scan: Scan, printed: float, line: tuple[int, int]) -> None:
    """So many requests of full length as are wanted in the place of those that the line prints."""
    for found in scan.find(_WISHED):
        inside = line[0] <= found.start() < line[1]
        share = not found["x"] and "." in found["n"]  # of the card
        if inside or share or float(found["n"]) <= printed or not scan.free(*found.span("n")):
            continue
        scan.add("log_wished", float(found["n"]), *found.span("n"), extra=True)
        scan.note("log_pool_asked", 1)  # how to have so many, in whatever words
        break


def _retold(scan: Scan) -> None:
    """The tokens of a pool in words of the asker's own; the number that was expected in their place is no length."""
    if "log_tokens" in scan.extras or not re.search(r"kv|cache|缓存|pool|vllm|sglang|max_total_num", scan.text):
        return
    for found in (found for pattern in _RETOLD for found in scan.find(pattern)):
        tokens = _tokens(found)
        if tokens < _LEAST_POOL or not scan.free(*found.span("n")):
            continue
        scan.note("log_tokens", tokens)
        scan.take(*found.span("n" if "max_total" in found[0] else 0))  # whose name tells the program
        for expected in scan.find(_EXPECTED):
            scan.take(*expected.span())
        break


def _tokens(found: "re.Match[str]") -> int:
    return round(float(found["n"].replace(",", "")) * {"k": 1e3, "m": 1e6, "万": 1e4}.get(found["s"] or "", 1))


def _first(found: "re.Match[str]") -> str:
    return next(group for group in found.groups() if group)


def _gib(found: "re.Match[str]") -> float:
    parts = [group for group in found.groups() if group]
    return float(parts[0]) / (1024 if parts[1] == "m" else 1)
