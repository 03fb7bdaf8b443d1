"""A method that comes with a question of its own: "Can I train a 13B on this? What about LoRA?" asks of both."""

from itertools import product

from chat.reads.asking import asked
from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_ADAPTERS = r"(?:[248][- ]?(?:bit|位) ?)?q?-?(?:lora|dora)(?:\s?(?:微调|fine-?tuning|training))?"
# after a question, or what ends one
_ANOTHER = (
    rf"(?:\?|吗|呢|(?<!不)够|行|么|多少显存|几张卡)\s*[,;?]?\s*(?:(?:那|如果|要是|换成?|改成?|改用|用|若|上)\s*)*{_ADAPTERS}\s*(?:的话)?\s*(?:呢|行不行|行吗|可以吗|可以么|够吗|够不够|怎么样)"
    rf"|\b(?:what|how) about (?:using |with |doing |just )?(?:a )?{_ADAPTERS}"
    rf"|\?\s*(?:and|or|maybe|perhaps|else|otherwise)?,?\s*(?:with|using|for|via|if i (?:use|do|went with))\s{_ADAPTERS}\s*(?:instead )?\?"
)
# "LoRA runs out of memory, would 4-bit help": the run that failed had 16 bits
_FAILED = (
    r"\boom|\bout of memory|\bouts?_of_memory|\bcrash|爆|炸|溢出|显存不足|(?:显存|内存)不够|放不下|跑不(?:起来|动)"
)


def narrower_asked(scan: Scan) -> bool:
    """Whether the bits that are told are asked about after LoRA without them has failed: state both, in this order."""
    lora, bits = scan.spans.get("method", []), scan.spans.get("bits", [])
    if len(lora) != 1 or len(bits) != 1:
        return False
    (_, end), (start, _) = lora[0], bits[0]
    failed = end <= start and compiled(_FAILED).search(scan.lowered[end:start])
    if not failed or not any(first <= start < last for first, last in asked(scan.lowered)):
        return False
    scan.add("method", "qlora", 0, 0, take=False)
    scan.spans["method"][-1] = bits[0]
    return True


_TRAINS = r"\btrain(?:ing|ed)?\b|\bfine-?\s?tun\w*|\bsft\b|\b(?:ppo|grpo|dpo|rlhf|kto|orpo)\b|训练|微调|精调|训"


# "finetune gemma-2-2b fully", "train all of its weights": the model stands between
_WHOLLY = r"\b(?:(?:fine-?\s?|finet|t)un\w*|train\w*)\s(?:(?:\S+ ){1,4}(?P<a>fully)\b|(?P<b>all (?:of )?(?:\S+ ){0,3}(?:weights|parameters|params|layers))\b)"


def _wholly(scan: Scan) -> None:
    """Training of all weights, where the word for it does not stand beside the verb."""
    found = None if "method" in scan.facts else next(scan.find(_WHOLLY), None)
    if found is not None:
        scan.add("method", "full", *found.span("a" if found["a"] else "b"), take=False)


# "LoRA, GaLore or full with 8-bit Adam?": a list of methods, the last of which is a word by itself
_FULL_OF_A_LIST = r"\b(?:lora|qlora|dora|galore|freeze)\b(?:[^.;?]{0,40}?,)?\s?(?:,|/|or|and|vs\.?|versus|还是|、)\s?(?:or |and )?(?P<full>full)\b(?= (?:with|in|on)\b|\s?[?,;]|$)"


def _full_of_a_list(scan: Scan) -> None:
    """Beside other methods `full` is full fine-tuning."""
    methods = scan.facts.get("method", [])
    found = next(scan.find(_FULL_OF_A_LIST), None) if methods and "full" not in methods else None
    if found is not None:
        scan.add("method", "full", *found.span("full"), take=False)


# "QLoRA ..., and the LoRA adapters must go somewhere": adapters that stand on the quantised base
_THE_ADAPTERS = r"(?<![a-z])lora(?:[ -]?(?:adapters?|weights|matrices|param\w*)\b|\s?的?(?:适配器|参数|权重))"


def _adapters_of_qlora(scan: Scan) -> None:
    """Beside QLoRA `the LoRA adapters` are its own, and no second method."""
    methods = scan.facts.get("method", [])
    if not {"qlora", "lora"} <= set(methods):
        return
    if len(list(scan.find(_THE_ADAPTERS))) == len(list(scan.find(r"(?<![a-z])lora(?![a-z])"))):
        place = methods.index("lora")
        del methods[place], scan.spans["method"][place]


def read_further_methods(scan: Scan) -> None:
    """Beside adapters that are asked of on their own stands what was asked before: training all weights."""
    _adapters_of_qlora(scan)
    _with_its_rank(scan)
    _listed_widths(scan)
    _wholly(scan)
    _full_of_a_list(scan)
    _of_a_column(scan)
    methods, spans = scan.facts.get("method", []), scan.spans.get("method", [])
    if len(methods) != 1 or methods[0] not in ("lora", "qlora", "dora"):
        return
    (start, end) = spans[0]
    behind = any(found.start() <= start and end <= found.end() + 1 for found in scan.find(_ANOTHER))
    before = compiled(_TRAINS).search(scan.text[:start])
    if behind and before:
        methods.insert(0, "full")
        spans.insert(0, before.span())


# "the table has x/2 GB, so why 6 GB for 7B": only QLoRA has these columns there
_COLUMN = r"(?<![a-z0-9])x\s?/\s?(?P<part>[24])(?!\d)"
_OF_A_TABLE = r"llama[ -]?factory|\btable\b|(?<![请报图列填申代发])表"


def _of_a_column(scan: Scan) -> None:
    """The method of a column for any size that is named by its rule alone."""
    found = next(scan.find(_COLUMN), None)
    if found is None or {"method", "task", "bits"} & set(scan.facts) or not any(scan.find(_OF_A_TABLE)):
        return
    scan.add("method", "qlora", *found.span(), take=False)
    scan.add("bits", 8 // int(found["part"]), *found.span("part"), take=False)


# "full FT, LoRA r=16 and QLoRA": in a list of methods the one that is told with its rank
_AND = r"(?:,|/|、|;|\+|\bvs\.?|\bversus\b|\band\b|\bor\b|和|与|跟|还是|以及)"
_RANKED = r"(?<![a-z])lora\s?\(?(?:rank|r)?\s?[=:]?\s?\d{1,4}\)?(?![\d.]*\d|\s?[bm](?![a-z]))"


def _with_its_rank(scan: Scan) -> None:
    """LoRA beside other methods, where its name is read as that of its rank."""
    methods, spans = scan.facts.get("method", []), scan.spans.get("method", [])
    if not methods or "lora" in methods or "log_adapters" in scan.extras:  # those are served
        return
    for found in scan.find(_RANKED):
        before = compiled(rf"{_AND}\s*(?:and )?$").search(scan.text[: found.start()])
        behind = compiled(rf"\s*{_AND}").match(scan.text, found.end())
        span = scan.normal.original(*found.span())
        if any(start < span[1] and span[0] < end for start, end in spans):
            return  # it is the method that was read: LoRA on few bits is QLoRA
        if before or behind:
            place = sum(start < span[0] for start, _ in spans)
            methods.insert(place, "lora")
            spans.insert(place, span)
            return


# between two options of a list: "8bit / qlora", "int8 or QLoRA", "8bit、qlora"
_OPTIONS_APART = r"[- ]?(?:bits?|比特|位)?\s?(?:training|base|model|weights|tuning|量化|训练|微调)?\s?(?:[/,;，、；]|vs\.?|versus|and|or|和|与|还是|或者?)\s?(?:(?:or|and|vs\.?|versus|a|use|using|with)\s)*"


def _listed_widths(scan: Scan) -> None:
    """In a list of ways "8bit" and "qlora" are two: the name alone then means the method's own 4 bits."""
    widths = {"bits": 8, "weight_format": "int8"}
    named = [place for name, width in widths.items() if scan.facts.get(name) == [width] for place in scan.spans[name]]
    places = scan.spans.get("method", []) if scan.facts.get("method") == ["qlora"] else []
    for (start, end), (first, last) in product(named, places):
        called = scan.lowered[first:last]
        if "qlora" in called and compiled(rf"{_OPTIONS_APART}$").match(
            scan.lowered[min(end, last) : max(start, first)]
        ):
            for name in widths:
                scan.facts.pop(name, None)
                scan.spans.pop(name, None)
            scan.facts["bits"], scan.spans["bits"] = [8, 4], [(start, end), (first, last)]
            return
