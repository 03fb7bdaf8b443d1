"""What the facts alone say about an intent, beside the words of a text."""

from chat.reads.cards.card_units import drivers_line, free_of_line, told_in_several_units
from chat.reads.formats.files_weighed import files_beside_a_card, told_twice
from chat.reads.further_asks import no_cache_asked
from chat.reads.models.named_models import activated
from chat.reads.models.shape_names import times_kv_heads
from chat.reads.scan import Scan
from chat.reads.topics import read_asks


def lean(intent: str, scan: Scan) -> float:
    """What the facts alone say about the intent."""
    facts = scan.facts
    if intent == "quant_gguf" and any(str(f).startswith("gguf") for f in facts.get("weight_format", ())):
        return 2.0
    if intent == "fits" and len(facts.get("gpu", ())) > 1 and any(scan.find(_CARDS_ALTERNATE)):
        return 3.0  # "8x H100 or 8x H200? ..."
    if intent == "moe" and any(activated(str(name)) for name in facts.get("model", ())):
        return 2.0
    if intent == "zero_offload" and "offload" in facts and "zero_stage" in facts:
        return 2.0
    if intent == "units" and (any(scan.find(_LOADED)) or _of_formats(scan)):
        return -9.0  # whether so large a file goes in, or why not
    if (
        intent == "units"
        and {"model", "params"} & set(facts)
        and any(scan.find(_OVERFLOWS))
        and not any(scan.find(_OF_UNITS))
    ):
        return -9.0  # what overflowed is asked about, and its amounts are only told in both
    if intent == "units" and free_of_line(scan.text):
        return 6.0
    if "log_buffer" in scan.extras and intent in ("units", "oom_diagnosis"):  # what a program prints as it starts
        stops = any(scan.find(r"\b(?:fail|crash)\w*|\b(?:dies|died|aborts?)\b|失败|报错|起不来|崩"))
        return 0.0 if not stops else 4.0 if intent == "oom_diagnosis" else -4.0
    if intent == "units" and told_in_several_units(scan):
        return 4.0
    if intent == "units" and not {"model", "params"} & set(facts) and files_beside_a_card(scan):
        return 5.5
    of_driver = intent == "units" and drivers_line(scan)
    if intent == "units" and not of_driver and told_twice(scan) and any(scan.find(_OF_A_FILE)):
        return 3.3
    if of_driver or (intent == "units" and {"tp", "n_gpus"} & set(facts)):
        return -4.0  # amounts in both units, of a case
    if intent == "kv_cache" and (less := no_cache_asked(scan)):
        return less
    if intent == "kv_cache" and scan.equations and times_kv_heads(scan.text, facts):
        return 3.6
    if (
        intent == "training_time"
        and "train_tokens" in scan.extras
        and next(scan.find(r"how long|多久|多长时间|几天"), None)
    ):
        return 3.0
    if intent == "why_more" and _only_told(scan):
        return _TOLD
    if intent == "check_arithmetic" and scan.equations:
        return 1.2
    if intent == "units" and files_beside_a_card(scan):
        return 5.5
    if intent == "which_method" and facts.get("task") == ["train"] and "method" not in facts:
        return 3.7 if "params" in read_asks(scan.text) else 0.0  # the largest that can be tuned, by no method
    return 0.0


_TOLD = 3.2
_MUCH_MORE = 1.15
_GIGA = ("gib", "gb", "g")
_ASKS = r"\?|\b(?:what|which|who(?:se)?|how|why|whether|please|tell|explain|help)\b|(?:^|[,.;:]\s*)(?:is|are|does|do|can|could|should|would|will)\b|吗|呢|么|谁|多少|几|怎|为|哪|能|够|可|如何|啥|是不是|行不行|求|请|算|建议|推荐"


# that a run was seen to take it, and not that a card has it
_TAKEN = r"\b(?:tak(?:es|ing)|took|us(?:es|ed|ing)|needs?|shows?|eats?|peak\w*|sits|runs at|occup\w+|measured?)\b|占|吃|用了|要|显示|实测|测得"


def _only_told(scan: Scan) -> bool:
    """`Phi-4 Q4 takes 13.5 GB at 16k, the gguf is 9 GB`: two amounts of which one is more, and nothing is asked: why is meant."""
    amounts = [one.number for one in scan.claims if one.unit in _GIGA and one.number]
    if len(amounts) < 2 or max(amounts) < _MUCH_MORE * min(amounts):
        return False
    return any(scan.find(_TAKEN)) and not any(scan.find(_ASKS))


def _of_formats(scan: Scan) -> bool:
    """Are the amounts those of two formats, which are of different sizes in whatever unit?"""
    return len(scan.facts.get("weight_format", ())) > 1 and not any(scan.find(r"gib|mib|1024|进制|单位"))


_CARDS_ALTERNATE = (
    r"\b(?:or|vs\.?)\s(?:an? |\d+ ?x? ?)?(?:rtx ?|nvidia ?)?[a-z]{0,2}\d{2,4}\w{0,4}(?:[ -]\d+ ?gb?)?\s?\?"
    r"|还是\s?(?:\d\s?[张块x])?\s?[a-z]{0,2}\d{2,4}[a-z]{0,4}[^,;!?]{0,6}\?"
)
_LOADED = r"\b(?:can|can't|cannot|can not|won't|will|does|doesn't|will not|does not|able to|fails? to) (?:\w+ )?(?:a |my |the )?(?:\d+ ?gi?b )?(?:(?:gpu|card) )?(?:still )?(?:load|run|hold) (?:an? |the |my )?\d+(?:\.\d+)? ?gi?b (?:large |big )?(?:gguf|file)"
_OVERFLOWS = r"\booms?\b|\bout of memory\b|\ballocat\w+ \d[\d.]* ?mi?b\b|\bcudamalloc failed\b|\bfailed to allocate\b|爆显存|显存(?:不足|不够|溢出)"
_OF_UNITS = r"(?<![a-z])gi?b (?:and|vs\.?|or|to|into) gi?b\b|\bunits?\b|\bconver\w+|\bdecimal\b|\bbinary\b|\bcounts?\b|单位|换算|进制|(?<!\d)(?:1000|1024)(?!\d)|gi?b(?:和|与|跟|还是)\s?gi?b|\bhow (?:many|much) gi?b\b|(?:多少|几)个?\s?gi?b"
_OF_A_FILE = r"\b(?:files?|safetensors|disk|explorer|finder|download\w*|checkpoint|weights?|repo|page|memory_allocated|du -\w+|ls -\w+)\b|文件|权重|硬盘|磁盘|资源管理器|下载"
