"""What memory somebody states for sizes of models, of which it is asked in how many bits that is: `8/16/32 GB for 7B/13B/33B, is that
fp16?`, `70B要64G内存,是按几bit算的`. The amounts are no machine of the asker's, and the width is none of the case."""

import re

from chat.reads.scan import Scan

WIDTH = "width_told"  # `13 16`: of so many 1e9 parameters so many GB
STATED = "width_stated"  # so many GB, of the model that is named
_N = r"\d+(?:\.\d+)?"
_GB = rf"(?P<gb>{_N}(?:\s?/\s?{_N}){{0,4}})\s?(?:gi?b?|个g)(?![a-z0-9])"
_SIZE = rf"(?P<size>{_N}(?:\s?b?\s?/\s?{_N}){{0,4}})\s?b(?![a-z0-9])"
_OF_MEMORY = r"\s?(?:(?:of|的)\s?)?(?:ram|vram|memory|内存|显存)?\s?"
# "16 GB for 13B", "13B needs 16 GB", "13B要16G内存", "20 GB for a 32B"
_PAIRS = (
    rf"{_GB}{_OF_MEMORY}(?:(?:available )?(?:for|to run)|is enough for|will do for|is fine for|给|够跑|能跑|跑|对应)\s?(?:the |an? |any )?{_SIZE}",
    rf"(?<![\d.]){_SIZE}(?: models?|模型)?\s?(?:needs?|takes?|requires?|wants|at|with|:|=|->|→|(?:只|才|就|都)?(?:要|需要?|配|用|建议|推荐|写|标))+\s?(?:only |just |about |at least |有|至少|约|大概)?{_GB}",
)
_WIDTH = r"(?:fp16|bf16|f16|float16|half precision|full precision|fp32|(?:16|8|4)[ -]?(?:bits?|位)(?:量化)?|int[48]|q[48](?:_\w+)?|quanti[sz]ed|量化(?:过|后|版)?|半精度)(?:的)?"
_ASKS = (
    rf"\b(?:is|are|was|were) (?:that|this|it|those|these|they|the (?:figures?|numbers?))\b[^.?!,;]{{0,20}}?\b{_WIDTH}"
    rf"|\b(?:is|are)\b[^.?!;]{{0,48}}\ba? ?(?P<named>{_WIDTH}) (?:figures?|numbers?|requirements?)\b"
    r"|\b(?:which|what) (?:quant\w*|precision|bit[ -]?width|width|number of bits)\b[^.?!;]{0,12}\b(?:is|are|was|were|do|does)\b[^.?!;]{0,8}\b(?:that|this|it|those|these|they)\b|\b(?:at|in|for) (?:which|what|how many) (?:quant\w*|precision|bits?)\s?(?:is|are|was)\b"
    r"|\bhow many bits (?:is|are) (?:that|this|it|those|these|they)\b"
    rf"|(?:这|那|这个|那个|这些|那些|它)?(?:数|数字|配置)?(?:是|说的是|指的是|指)(?:按|用)?\s?{_WIDTH}\s?(?:(?:算|来算|跑)?的)?(?:吗|么|嘛|吧|还是|\?|$)"
    r"|(?:是|说的是|指)?(?:按|用)?(?:的)?(?:几|多少|什么|哪种)\s?(?:bits?|位|精度|量化)(?:来)?(?:算|跑|量化|估)?(?:的|出来的)|\b(?:with|at|in) (?P<with>fp16|bf16|16-bit|4-bit|8-bit)(?: weights)?\?"
)
# a source that the figures are of, and none of one's own
_STATED = (
    r"\b(?:readme|docs?|documentation|page|site|website|card|blog|article|post|guide|table|list\w*|says?|said|states?|claims?|recommends?|suggests?|requirements?|they|people|someone|ollama'?s?|lm studio'?s?)\b"
    r"|说|写|标|网上|官网|官方|文档|页面|博客|文章|推荐|建议|要求|表"
)
# "the card says at least 400 GB", "官方写要400G": an amount of the model that is named beside it
_AMOUNT = rf"(?:\b(?:says?|said|states?|claims?|lists?|recommends?|suggests?|needs?|takes?|requires?|wants|asks for)\b|说|写|标|要求?|建议|推荐|需要?|得有?)[^.?!;\d]{{0,28}}?(?P<gb>{_N})\s?(?:gi?b?|个g)(?![a-z0-9])"
_TRAINS = r"\bq?lora\b|\btrain\w*|\bfine-?tun\w*|\btuning\b|微调|训练|全参|llama[ _-]?factory"
_OWN = re.compile(r"(?:\bi (?:compute|calculate|get|got|count|have|own)|\bmy\b|我(?:算|有|的|自己))[^.?!;]{0,24}$")


def read_widths_claimed(scan: Scan) -> None:
    """Note each size with its amount, and leave the width that is asked about out of the case."""
    asked = next(scan.find(_ASKS), None)
    if asked is None or not any(scan.find(_STATED)) or any(scan.find(_TRAINS)):
        return
    pairs = [
        (found, pair)
        for pattern in _PAIRS
        for found in scan.find(pattern)
        if not _OWN.search(scan.text[max(0, found.start() - 40) : found.start()])
        for pair in _paired(found)
    ]
    if not pairs:
        _of_the_named(scan)
        return
    for found, (gb, size) in pairs:
        scan.add(WIDTH, f"{size:g} {gb:g}", *found.span("gb"), extra=True, take=False)
        scan.add("params", round(size * 1e9), *found.span("size"), take=False)
    for found in dict.fromkeys(found for found, _ in pairs):
        scan.take(*found.span())
    scan.take(*asked.span())


def _of_the_named(scan: Scan) -> None:
    """Note the amount that is stated where no size stands beside it: of one alone, and none of the asker's."""
    amounts = [
        found for found in scan.find(_AMOUNT) if not _OWN.search(scan.text[max(0, found.start() - 40) : found.start()])
    ]
    if len({float(found["gb"]) for found in amounts}) == 1:
        scan.add(STATED, f"{float(amounts[0]['gb']):g}", *amounts[0].span("gb"), extra=True)


def _paired(found: re.Match[str]) -> list[tuple[float, float]]:
    """The amounts and sizes of a row, one to one; empty where they are not as many."""
    gb, sizes = ([float(one) for one in re.findall(_N, found[name])] for name in ("gb", "size"))
    return list(zip(gb, sizes, strict=True)) if len(gb) == len(sizes) else []
