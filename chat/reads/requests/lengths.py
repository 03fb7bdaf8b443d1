"""The lengths of a question that no keyword stands right before: tokens in a row, bare round numbers, those beside a context."""

from chat.reads import lexicon
from chat.reads.facts import VALUE, digits
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan

_LENGTH_AGAIN = r"(?<!hidden )(?<!hidden_size )(?<!dim )(?<!width )(?<!vocab )(?<![\d.*a-z])(?P<n>\d{1,6})(?![\d.]*\d)\s?(?P<s>万)?(?![a-z0-9*])"

# "phi-3-mini 128k context": of the name and the length that is asked about
_OF_A_NAME = r"(?<= )(?P<v>\d{2,4}k)\s?(?:context\b|ctx\b|上下文)"


# "跑满30000", "拉满 3万": a context by the thousand
_FILLED = r"[跑拉用撑开]满\s?(?P<v>\d{4,7}|\d{1,3}(?:\.\d)?\s?[w万])(?![\d.a-z]|\s?(?:[个条张卡步块元]|tok))"

# "长文本 1M", "跑满1M token", "up to 1M": a context of millions
_MILLIONS = (
    r"(?:长文本|上下文|\bcontext|\bctx|跑满|撑满|拉满|支持|\bfull|\bup to)\s?(?:的|到|长度|of|window|length|is|was|:|=|是|为)?\s?"
    r"(?P<v>\d{1,2})\s?(?:m|million|百万)(?![a-z0-9])(?!\s?(?:param|参数|samples?|条))"
    r"|(?<![\d.])(?P<w>\d{1,2})\s?(?:m|million|百万)(?: tokens?)?\s?(?:of )?(?:的)?(?:context|ctx|上下文)(?![a-z])"
)


def read_lengths(scan: Scan) -> None:
    """Lengths with a unit of tokens, those that are told again, and round numbers that only their clause names."""
    for pattern in lexicon.LONE_LENGTHS:
        _in_a_row(scan, pattern)
    for found in scan.find(_LENGTH_AGAIN):
        tokens = float(found["n"]) * (1e4 if found["s"] == "万" else 1)
        if tokens in scan.facts.get("seq_len", ()) and scan.free(*found.span()):
            scan.take(*found.span())  # "up to 10 million tokens: so 1000万 it is?"
    if "seq_len" not in scan.facts:
        for found in scan.find(_OF_A_NAME):
            if not scan.free(*found.span("v")):
                scan.add("seq_len", found["v"], *found.span("v"))
    if "seq_len" not in scan.facts:
        for found in scan.find(_MILLIONS):
            if scan.free(*found.span("v" if found["v"] else "w")):
                scan.add(
                    "seq_len",
                    int(found["v"] or found["w"]) * 1_000_000,
                    found.start("v" if found["v"] else "w"),
                    found.end(),
                )
    if "seq_len" not in scan.facts:
        _in_a_row(scan, _FILLED)
    if "seq_len" not in scan.facts:
        _in_a_row(scan, lexicon.BARE_LENGTH_AT)
        for found in scan.find(lexicon.BARE_LENGTH):
            if scan.free(*found.span()):
                scan.add("seq_len", found[0], *found.span())
    if "seq_len" not in scan.facts:
        _of_each_request(scan)
    _without_the_most(scan)
    if "seq_len" not in scan.facts and any(scan.find(_SETTING)):
        _number(scan, _TRIED)
    if "seq_len" not in scan.facts:
        _beside_its_name(scan)
    else:
        _after_another(scan)


# "max context 1M, I only need 20k": the one is what the model can, the other what is asked for
_OF_THE_MODEL = r"(?:\bmax(?:imum)? (?:context|ctx|length)|\bsupports?|支持|最大(?:上下文|长度)|号称)\s?(?:of |is |up to |to |到)?\s?(?P<v>\d[\d.,]*\s?(?:k|m|万|百万)?)"
_NEEDED = r"\b(?:only|just) (?:need|want|use|require)\b|只(?:需要?|要用?|用(?:得到)?|想要?)\s?\d"


def _without_the_most(scan: Scan) -> None:
    """Leave out the length that the model is said to have, where a shorter one is said to be enough."""
    places = scan.spans.get("seq_len", [])
    if len(places) != 2 or len(scan.facts["seq_len"]) != 2 or not any(scan.find(_NEEDED)):
        return
    most = [scan.normal.original(*one.span("v")) for one in scan.find(_OF_THE_MODEL)]
    own = [not any(low <= start < high for low, high in most) for start, _ in places]
    if sum(own) == 1:
        keep(scan, "seq_len", own)


# "ctx all the way up to 262,144", "the full 131072 window": a round number in the clause that speaks of a length
_NAMED_LENGTH = r"(?:\bctx\b|\bcontext\b|\bwindow\b|上下文|窗口)(?:[^,.;:?!\d]|[.,:](?!\s)){0,28}?(?<![\d.,a-z])(?P<v>\d{1,3}(?:,\d{3})+|\d{4,7})(?![\d.,]*\d|\s?(?:[kmgt]?i?b\b|[%*]|x\s?\d|samples?|steps?|users?|requests?|[条步个张])|[a-z])|(?<![\d.,a-z*])(?P<w>\d{1,3}(?:,\d{3})+|\d{4,7})\s?(?:-?\s?tokens?\s?)?(?:ctx|context|window|上下文|窗口)"
_ROUND = (1000, 1024)
# after another length: "32k does not fit. 20000?", "24k 放不下,20000行不行"
_ANOTHER = (
    r"(?<![\d.a-z])(?<!\d,)(?P<v>\d{4,6})\s?(?:的话|就|总)?\s?(?:呢|行(?:不行|吗|么)|可以(?:吗|么)|够(?:吗|么|不够)|能行吗|怎么样|没问题吧|放得下吗|能跑吗|ok吗)"
    r"|(?:[.;,?!]\s|\b(?:or|about|and|then|with|at|try|is|would|does)\s)(?P<w>\d{4,6})\s?(?:\?|(?:then|instead|ok(?:ay)?|fit|work)\b)"
)
_HUNDREDS = (100, 256)
# "200 requests of 2048", "64 concurrent at 4096 each", "20 个请求,每个 6000": a number alone is how long each is
_REQUESTS = r"(?:requests?|sequences?|seqs|sessions?|users?|streams?|prompts?|chats?|conversations?|concurrent|concurrency|(?:in )?parallel)"
_OF_EACH = (
    rf"\b{_REQUESTS} (?:of|at) (?:about |around |~ ?)?(?P<v>\d{{3,6}})(?=\s?(?:[,.;?!)](?!\d)|$)|\s(?:each|on|in|for|is|and|with|fit|at)\b)"
    rf"|\b{_REQUESTS}\b[^.;?!\d]{{0,16}}?(?<![\d.,])(?P<w>\d{{3,6}}) each\b(?! (?:card|gpu|device|node|of))"
    r"|(?:请求|用户|会话|序列|并发(?:数)?(?:\s?\d{1,4})?)\s?[,]?\s?(?:每|各)(?:个|条|人|路|位)?\s?(?:约|大概|大约)?(?P<x>\d{3,6})(?=\s?(?:[,.;?!会能可够行放跑]|$))"
)
_LEAST = 256  # tokens
# what a length was set to and how that went, where its setting is named: "longest --max-model-len? 131072 refuses to start"
_SETTING = r"(?:max[ _-](?:model|seq|input|total)[ _-]?len|(?<![a-z])(?:num_ctx|n_ctx|ctx[ _-]size)|\bcontext\b|\bctx\b|上下文)"
_TRIED = (
    r"(?:^|[.;?!,]\s?|\bbut |\band )(?:setting |set )?(?:it |that )?(?:to |at |with )?(?:with (?:yarn|rope scaling),? )?(?P<v>\d{4,7})(?: tokens?)?(?: (?:with|using|and|via) (?:yarn|rope[\w ]{0,12}))?,? "
    r"(?:(?:just |only |always |still )?(?:refuses|fails|crashes|ooms|dies|errors|won'?t|does(?:n'?t| not)|is (?:refused|rejected|too (?:long|much))|did(?:n'?t| not)|failed|crashed))\b"
)


def _of_each_request(scan: Scan) -> None:
    _number(scan, _OF_EACH)


def _number(scan: Scan, pattern: str) -> None:
    """The lengths that a pattern's one group of several names."""
    for found in scan.find(pattern):
        group = next(one for one, told in found.groupdict().items() if told)
        if scan.free(*found.span(group)) and int(found[group]) >= _LEAST:
            scan.add("seq_len", int(found[group]), *found.span(group))


def _after_another(scan: Scan) -> None:
    for found in scan.find(_ANOTHER):
        group = "v" if found["v"] else "w"
        length = int(found[group])
        if scan.free(*found.span(group)) and any(length % one == 0 for one in _HUNDREDS):
            scan.add("seq_len", length, *found.span(group))


def _beside_its_name(scan: Scan) -> None:
    for found in scan.find(_NAMED_LENGTH):
        group = "v" if found["v"] else "w"
        length = int(found[group].replace(",", ""))
        if scan.free(*found.span(group)) and any(length % one == 0 for one in _ROUND):
            scan.add("seq_len", length, *found.span(group))


def _in_a_row(scan: Scan, pattern: str) -> None:
    for found in scan.find(pattern):
        start = found.start("v")
        for value in VALUE.finditer(found["v"]):
            at = start + value.start(), start + value.end()
            if scan.free(*at) and digits(value) != "1":  # "1 token of KV takes 256 KB" is no length
                scan.add("seq_len", digits(value), *at)
