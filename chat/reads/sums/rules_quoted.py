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
    r"\bhow (?:accurate|reliable|precise|exact|good|trustworthy)\b|\b(?:can|should|could|may) (?:i|we|you|one) (?:really |actually )?(?:trust|rely on|believe|use)\b"
    r"|\b(?:accurate|reliable|trustworthy|any good|legit)\b[^.;]{0,16}\?|\bdoes (?:it|that|this) hold\b|准不准|准确?[吗么]|有多准|靠谱|可信|能信|可靠"
)


def rule_trusted(text: str) -> bool:
    """Is it asked whether a rule that is quoted can be relied upon? `text` is normalised."""
    return compiled(_RULE).search(text) is not None and compiled(_TRUSTED).search(text) is not None


def rule_asked(text: str) -> bool:
    """The same, or where it comes from."""
    return compiled(_RULE).search(text) is not None and compiled(f"{_WHENCE}|{_TRUSTED}").search(text) is not None
