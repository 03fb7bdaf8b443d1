"""How long samples are on average beside how long they get: the longest decide the memory, the mean only the time."""

from chat.reads.lexicon import LEN, compiled
from chat.reads.scan import Scan
from formulas.errors import BadInput
from kb.knobs import BY_NAME

MEAN_LENGTH = "log_mean_length"
_LENGTH = rf"(?:{LEN}|\d{{2,6}}(?=tok))"
_TOKENS = r"(?:[ -]?(?:个)?(?:tokens?|toks?|字|词元))?"
_FILLING = r"(?:\s?(?:length|len|size|of|is|are|at|about|around|roughly|only|just|to|the|one|ones|sequence|sample|samples|prompts?|be|can|go|goes|token|tokens|每(?:条|个|轮|次)(?:样本|数据|对话)?|下来|长度|输入|样本|token数?|的|是|约|大概|大约|在|到|有|只有|才|也就|就|都|设(?:为|成|置)?|开|取|会|能|可达|达到?|不超过|[:=~<]))*\s?"
# what most samples are like, before the number or behind it
_USUALLY = r"(?:平均|均值|中位数?|一般|通常|大多(?:数)?(?:都)?|大部分|多数|绝大多数|\b(?:on average|averag(?:e|es|ing)|avg\.?|mean|median|typical(?:ly)?|usually|normally|mostly|(?<!at )most(?: of them)?)\b)"
_LONGEST = r"(?:p9[59]|最长|最大|最多|上限|顶多|个别|少数|偶尔|有的|极端(?:情况)?|\b(?:max(?:imum|imal)?|longest|up to|at most|at worst|capped|limit(?:ed)?|cutoff|cut|sometimes|occasional(?:ly)?|some|few|outliers?|worst case)\b)"
_NOT = (
    r"(?![\d.]*\d)(?!\s?(?:个\s?)?(?:tok\w*|字)?\s?(?:/\s?s|per sec|每秒))"
    r"(?!\s?-?(?:gi?b?|mi?b|m|x|b|w|watts?|steps?|epochs?|gpus?|cards?|layers?|bits?|batch\w*|users?|people|requests?|sessions?|concurrent\w*|hours?|days?|samples|images?|%)(?![a-z]))"
    r"(?!\s?(?:[张块卡片层位轮步台机路倍人条天]|小时|个(?!\s?(?:tok|字|词))))"
)
_MEANS = (
    rf"{_USUALLY}{_FILLING}(?<![\d.])(?P<a>{_LENGTH}){_NOT}"
    rf"|(?<![\d.a-z*])(?P<b>{_LENGTH}){_TOKENS}\s?(?:左右)?\s?(?:on average|in the mean|average|avg|most of the time|居多)"
)
_MOSTS = (
    rf"{_LONGEST}{_FILLING}(?<![\d.])(?P<a>{_LENGTH}){_NOT}"
    rf"|(?<![\d.a-z*])(?P<b>{_LENGTH}){_TOKENS}\s?(?:at (?:most|the longest|worst)|max(?:imum)?\b|tops\b|封顶)"
)
_PERCENTILE = rf"(?:\bp9\d(?!\d)|(?<!\d)9\d(?:th percentile|\s?%?\s?(?:百)?分位数?))(?:\s|is|are|at|of|是|为|在|约|[:=])*(?:{_LENGTH})?"
# of lengths, and of nothing else: what stands around both
_OF_LENGTHS = r"tok|\blen\b|长|字|\bctx\b|context|length|\blong|\bseq|prompt|sample|样本|条|对话|上下文|cutoff|输入"
_AROUND, _APART = 24, 60  # characters
_LEAST = 16  # tokens


def _lengths(scan: Scan, pattern: str) -> list[tuple[int, tuple[int, int]]]:
    """What the pattern finds that is a length in tokens, each with its place."""
    found = []
    for one in scan.find(pattern):
        group = "a" if one["a"] else "b"
        tokens = _tokens(one[group].replace(" ", ""))
        if scan.free(*one.span(group)) and tokens >= _LEAST:
            found.append((tokens, one.span(group)))
    return found


def _tokens(text: str) -> int:
    """A length in tokens; 0 where it is none: `2.5` turns are no whole number."""
    if text[-1] in "万w":
        return round(float(text.rstrip("万w")) * 1e4)
    try:
        return int(BY_NAME["seq_len"].parse(text))
    except BadInput:
        return 0


def read_mean_lengths(scan: Scan) -> None:
    """`300 on average, 4096 at most`: the longest is the length, the mean an extra of its own."""
    means = _lengths(scan, _MEANS)
    if len(means) != 1:
        return
    ((mean, (start, end)),) = means
    told = [int(one) for one in scan.facts.get("seq_len", ())]  # by a setting
    mosts = [(tokens, span) for tokens, span in _lengths(scan, _MOSTS) if span != (start, end) and tokens > mean]
    near = [one for one in mosts if abs(one[1][0] - start) <= _APART]
    if not near and not (told and max(told) > mean):
        return
    first = min([start, *(span[0] for _, span in near)])
    last = max([end, *(span[1] for _, span in near)])
    thousands = near and all(scan.text[place - 1] == "k" for place in (end, *(span[1] for _, span in near)))
    if not thousands and not compiled(_OF_LENGTHS).search(scan.text[max(0, first - _AROUND) : last + _AROUND]):
        return
    if not told:
        tokens, span = max(near)
        scan.add("seq_len", tokens, *span)
    for _, span in near:
        scan.take(*span)
    for found in scan.find(_PERCENTILE):  # of most samples, and so of neither
        scan.take(*found.span())
    scan.add(MEAN_LENGTH, float(mean), start, end, extra=True)
