"""A rule of thumb that is quoted, "params x 2 x 1.2", "16 bytes per parameter", "the 20 % overhead": it is the rule of which
is asked where it comes from and whether it can be relied upon, and not this program."""

from chat.reads.lexicon import compiled

_OF = r"(?:\bparam\w*|\bmodel size\b|\bweights?\b|(?<![a-z0-9])[pnθφ](?![a-wyz0-9])|参数量?|权重|模型大小)"
_TIMES = r"\s?\)?\s?(?:\(b\)\s?)?(?:[*x]|乘以?|\btimes\b)\s?\(?\s?"
_NO_CARDS = r"(?! ?(?:\w+ )?(?:[ahlvbt]\d{1,4}s?\b|rtx\b|\d{4}\b|gpus?\b|cards?\b|张|块|卡))"
_BYTES = r"(?:b|bytes?|字节)"
_RULE = (
    rf"{_OF}{_TIMES}\d{{1,2}}(?:\.\d{{1,2}})?(?![\d.]){_NO_CARDS}"
    rf"|(?<![\d.])\d{{1,2}}(?:\.\d)?\s?{_BYTES}?\s?[*x]\s?{_OF}"
    r"|[*x乘]\s?1\.\d{1,2}(?!\.?\d|\s?[a-z]*b(?![a-z]))|(?<![\d.])1\.2\s?(?:倍|times\b)"
    r"|\b[1-5]\d ?% (?:\w+ )?(?:overhead|extra|on top)|[1-5]\d ?%\s?的?(?:额外)?开销"
    rf"|(?<![\d.])\d{{1,2}}\s?(?:bytes?|字节)\s?(?:/|\bper |\ba |\beach |每个?)\s?(?:param\w*|参数)|每个?参数\s?(?:是|要|占|约)?\s?\d{{1,2}}\s?{_BYTES}(?![a-z])"
    r"|\b\d{1,2}x (?:rule|claim)\b|(?:factor|multiplier)(?: of)? 1\.\d"
)
_WHENCE = r"\bwhere(?:'s| (?:is|are|do|does|did))\b(?:[^.;?]|\.(?=\d)){0,60}\bfrom\b|\bwhere (?:\w+ ){1,4}comes? from\b|哪(?:里|儿)?来|怎么来|从何而来|由来|出处"
_TRUSTED = (
    r"\bhow (?:accurate|reliable|precise|exact|trustworthy)\b|\bhow good (?:is|are) (?:the|this|that|these|those|such) (?:[^.;?]{0,24} )?(?:rules?|formulas?|estimates?|factors?|claims?|multipliers?)\b|\b(?:can|should|could|may) (?:i|we|you|one) (?:really |actually )?(?:trust|rely on|believe|use)\b"
    r"|\b(?:accurate|reliable|trustworthy|any good|legit)\b[^.;]{0,16}\?|\bdoes (?:it|that|this) hold\b|准不准|准确?[吗么]|有多准|靠谱|可信|能信|可靠"
)


def rule_trusted(text: str) -> bool:
    """Is it asked whether a rule that is quoted can be relied upon? `text` is normalised."""
    return compiled(_RULE).search(text) is not None and compiled(_TRUSTED).search(text) is not None


def rule_asked(text: str) -> bool:
    """The same, or where it comes from."""
    return compiled(_RULE).search(text) is not None and compiled(f"{_WHENCE}|{_TRUSTED}").search(text) is not None


# memory that is told as so many times the parameters, of no size: "VRAM is half the parameter count", "显存=参数量×2"
_COUNT = r"(?:the )?(?:number of |count of )?(?:billions? of )?(?:param\w*|model size)(?: count)?"
_MULTIPLE = r"(?P<{}>0\.5|[124])(?:\.0)?(?![\d.]|\s?[x*]\s?\d)"
WEIGHTS_RULE = (
    rf"(?:(?P<half>\bhalf (?:of )?{_COUNT})|(?P<twice>\b(?:twice|double) {_COUNT})"
    rf"|\bparam\w*(?: count)?(?: in billions)?\s?(?:[*x]|\btimes\b)\s?{_MULTIPLE.format('n')}"
    rf"|(?P<half_zh>参数量?的?(?:一|1)半|参数量?\s?(?:除以?|/|÷)\s?2(?!\d))|(?P<twice_zh>参数量?的?(?:两|2|二)倍)|参数量?\s?(?:[*x]|乘以?)\s?{_MULTIPLE.format('m')})"
)
_OF_MEMORY = r"\bv?ram\b|\bmemory\b|\bgb\b|\bgigabytes?\b|\brule\b|显存|内存|占用"
_JUDGED = r"\?|\b(?:true|right|correct|reliable|accurate|rule)\b|对(?:吗|么|不对)|是吗|吗|靠谱|准|可信"
_OTHER_SUM = r"\btrain\w*|\bfine-?tun\w*|\badam\w*|\boptimi[sz]er|训练|微调|优化器|全参|\blora\b|\bqlora\b"


def weights_rule(text: str) -> float:
    """How many times the parameters memory is told to be, where that is to be judged of models that run; 0 where it is not."""
    found = compiled(WEIGHTS_RULE).search(text)
    if not found or not compiled(_OF_MEMORY).search(text) or not compiled(_JUDGED).search(text):
        return 0.0
    if compiled(_OTHER_SUM).search(text) or compiled(r"[*x乘]\s?1\.\d").search(text):
        return 0.0
    if found["half"] or found["half_zh"]:
        return 0.5
    return 2.0 if found["twice"] or found["twice_zh"] else float(found["n"] or found["m"])


def read_rule(text: str) -> tuple[str, ...]:
    """The cue of such a rule."""
    return ("weights_rule",) if weights_rule(text) else ()
