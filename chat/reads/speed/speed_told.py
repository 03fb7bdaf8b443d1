"""What a question says of speed, time and their price beside the facts: rates, deadlines, steps, the host's memory, links."""

import re
from collections.abc import Callable

from chat.reads.lexicon import NUM
from chat.reads.number_words import ZH_DIGITS
from chat.reads.scan import Scan
from kb.recipe import assumed_number

_TOK = r"(?:tok(?:en)?s?|toks?|词元|字)"
_SEC = r"(?:s|sec|secs|second|seconds|秒|秒钟)(?![a-z])"
_RATE = rf"(?<![\d.a-z])(?P<n>{NUM})\s?(?P<k>[km万])?(?:\s?(?:-|~|到|to)\s?(?P<m>{NUM})\s?[km]?)?\s?(?:个)?\s?(?:{_TOK}\s?(?:/|per|a|each|every|每|p)\s?{_SEC}|t/s(?![a-z])|tps(?![a-z])|{_TOK}/{_SEC})"
_PER_S = rf"(?:{_TOK}\s?(?:/|per|a|each|every|每|p)\s?{_SEC}|t/s(?![a-z])|tps(?![a-z]))"
_RATE_ZH = rf"每秒(?:钟)?(?:只有|只|不到|不足|就|大概|大约|约|能|才|生成|输出|出|跑|到|有|是)*\s?(?P<n>{NUM})\s?(?P<k>[km万])?(?:\s?(?:-|~|到)\s?(?P<m>{NUM}))?\s?(?:多)?(?:个)?\s?{_TOK}"
_HOURS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0, "month": 730.0, "year": 8760.0}
_UNITS = {
    "minutes": "minute", "minute": "minute", "mins": "minute", "min": "minute", "分钟": "minute", "hours": "hour", "hour": "hour",
    "hrs": "hour", "hr": "hour", "h": "hour", "小时": "hour", "days": "day", "day": "day", "天": "day", "日": "day", "weeks": "week",
    "week": "week", "周": "week", "星期": "week", "礼拜": "week", "months": "month", "month": "month", "月": "month",
}  # fmt: skip
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
DURATION = rf"(?P<n>(?<![\d.a-z/$])(?:{NUM}|a(?![a-z])|one(?![a-z]))|[一二三四五六七八九十两半])\s?(?:个)?\s?-?(?P<u>{_UNIT})(?![a-z])(?!\s?(?:of )?ago)"


# lengths of time that have a name of their own, in hours
OVERNIGHT = r"\bovernight\b|\b(?:one|a|1|in the) night\b|(?:一|1)(?:个)?(?:晚上?|夜)|过夜|通宵"
WEEKEND = r"\bweekend\b|周末"
_NAMED_SPANS = ((OVERNIGHT, 12.0), (WEEKEND, 48.0))
_SECONDS = rf"(?<![\d.a-z/$])(?P<n>{NUM})\s?(?:s|sec|secs|seconds|秒)(?![a-z/])"


def _scaled(found: re.Match[str]) -> float:
    low, high = _plain(found["n"]), found.groupdict().get("m")
    number = (low + _plain(high)) / 2 if high else low
    return number * {"k": 1e3, "m": 1e6, "万": 1e4, "": 1.0}[found["k"] or ""]


_SPELLED = {
    "a": 1.0,
    "one": 1.0,
    "半": 0.5,
    "十": 10.0,
    **{word: float(number) for word, number in ZH_DIGITS.items()},
}


def _plain(text: str) -> float:
    return _SPELLED[text] if text in _SPELLED else float(text.replace(",", ""))


def _share(found: re.Match[str]) -> float:
    number = _plain(found["n"] or found["m"])
    return number / 100 if number > 1 else number


_SCALES = {"b": 1e9, "m": 1e6, "million": 1e6, "k": 1e3, "thousand": 1e3, "百万": 1e6, "万": 1e4, "w": 1e4, "": 1.0}
# requests a second
REQUESTS_S = r"(?:(?:concurrent )?(?:requests?|reqs?|queries|calls)\s?(?:/|per|a|每)\s?(?:s|sec|seconds?|秒)(?![a-z])|[rq]ps(?![a-z])|(?:个|条|次)?请求\s?(?:/|每)\s?(?:s|秒)(?![a-z]))"
# networks whose rates are told in bits where only "G" is written
_NETS = r"infiniband|\bib\b|roce|ethernet|以太网?|网络|网线|带宽的?网"
# the name of a card begins here, and is read as one
_CARD = r"(?:single )?(?:nvidia )?(?:rtx ?)?(?:[abhlv]\d{2,3}|\d0[5-9]0)(?!\d)"
# "30.8M H100 GPU hours", "1720320 A100-80GB hours", "GPU hours: 184,320", "640万卡时"
_A_CARD = r"(?:nvidia )?(?:[abhl]\d{2,3}s?|[345]0[5-9]0)(?:[- ](?:sxm\d?|pcie|\d{2,3}\s?gi?b?))*"
_HOURS_OF_CARDS = rf"(?:(?:gpu|card|{_A_CARD}(?:[- ](?:gpu|card))?)[- ]?(?:hours?|hrs?|h(?![a-z]))|(?:{_A_CARD}\s?(?:的)?\s?)?(?:卡时|卡小时|gpu\s?小时|gpu时)(?:数)?)"
_OF_CARDS = (
    rf"(?<![\d.a-z])(?P<n>{NUM})\s?(?P<k>[kmw](?![a-z])|万|million|thousand|百万)?\s?(?:个)?\s?(?:of )?{_HOURS_OF_CARDS}"
    rf"|{_HOURS_OF_CARDS}\s?(?:[:=]|is|was|were|为|是|约)\s?(?P<m>{NUM})\s?(?P<l>[kmw](?![a-z])|万|million|百万)?(?!\s?(?:tokens?|gb))"
)
# (name, pattern, value): numbers that no other reader may take; the groups are what `value` reads
_AMOUNTS: tuple[tuple[str, str, Callable[[re.Match[str]], float]], ...] = (
    ("rate_each", rf"{_RATE}\s?(?:(?:每|单)(?:张|块)?(?:显)?卡|(?:/|per|on (?:each|an?|one)|for (?:each|an?|one)|each)\s?(?:gpu|card|卡|device|(?={_CARD})))|(?:单卡|每(?:张)?卡|每gpu)[^,;。]{{0,8}}?(?:{_RATE_ZH.replace('?P<n>', '?P<n2>').replace('?P<k>', '?P<k2>').replace('?P<m>', '?P<m2>')})", lambda found: _scaled(found) if found["n"] else _plain(found["n2"])),
    ("rate_each", rf"\btgs\s?(?:[:=]|is|of|是|为|大概|约)?\s?(?P<n>{NUM})(?P<k>k)?(?![\d.a-z])|(?<![\d.a-z])(?P<m>{NUM})\s?tgs(?![a-z])", lambda found: _plain(found["n"] or found["m"]) * (1e3 if found["k"] else 1.0)),
    ("rollouts", rf"(?<![\d.a-z])(?P<n>{NUM})\s?(?:个|条)?\s?prompts?\s?(?:x|×|\*|,|with|每个)\s?(?P<m>{NUM})\s?(?:个|条)?\s?(?:回答|回复|采样|rollouts?|completions?|responses?|answers?|generations?|samples?)", lambda found: _plain(found["n"]) * _plain(found["m"])),
    ("rollouts", rf"(?<![\d.a-z])(?<!tp )(?<!tp=)(?P<n>{NUM})\s?(?:个|条)?\s?(?:rollouts|completions|轨迹|rollout)(?![a-z])", lambda found: _plain(found["n"])),
    ("network_gbit", rf"(?<![\d.a-z])(?P<n>{NUM})\s?(?:gbe|gb?it(?:/s|ps)?|gbps|g(?:igabit)? ethernet|g\s?(?:网|以太网|网卡))(?![a-z])|(?<![\d.a-z])(?P<m>{NUM})\s?g(?:b(?:/s)?)?\s?(?:的)?\s?(?:{_NETS})(?![a-z])|(?:{_NETS})\s?(?:of|at|is|是|为|只有|:)?\s?(?P<k>{NUM})\s?g(?![a-z])", lambda found: _plain(found["n"] or found["m"] or found["k"])),
    ("steps", r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?(?P<k>k|万|w)\s?(?:个)?(?:steps?|iters?|iterations?|步)(?![a-z])", lambda found: _plain(found["n"]) * _SCALES[found["k"]]),
    ("tokens_per_param", r"(?<![\d.])(?P<n>\d{1,4})\s?(?:x\s?)?(?:tok(?:en)?s?)\s?(?:/|per|for (?:each|every)|an?|each)\s?(?:param\w*|weight)|(?:每(?:个)?参数)\s?(?:按|用|配|对应|取|是)?\s?(?P<m>\d{1,4})\s?(?:个)?\s?(?:tok(?:en)?s?|词元)", lambda found: _plain(found["n"] or found["m"])),
    ("network_gbit", r"万兆", lambda _: 10.0),
    ("network_gbit", r"千兆|\bgigabit ethernet", lambda _: 1.0),
    ("rate", rf"(?:\bfrom |从)\s?(?:(?P<was>{NUM})\s?{_PER_S}?(?P<by>[^\d.;?!]{{1,16}})(?P<n>{NUM})\s?{_PER_S}|(?P<was2>{NUM})\s?{_PER_S}(?P<by2>[^\d.;?!]{{1,16}})(?P<m>{NUM})(?!\.?\d|,\d{{3}}|[a-z%]))", lambda found: _plain(found["n"] or found["m"])),
    ("requests_s", rf"(?<![\d.a-z])(?P<n>{NUM})\s?{REQUESTS_S}", lambda found: _plain(found["n"])),
    ("requests_s", rf"每秒\s?(?:要|有|约|大概|处理|扛|抗|支撑)*\s?(?P<n>{NUM})\s?(?:个|条|次)?\s?请求|(?:qps|rps)\s?(?:[:=]|is|of|为|是|大概|约)?\s?(?P<m>{NUM})(?![\d.a-z])", lambda found: _plain(found["n"] or found["m"])),
    ("rate", _RATE, _scaled),
    ("rate", _RATE_ZH, _scaled),
    ("seconds_per_step", rf"(?<![\d.a-z])(?P<n>{NUM})\s?(?:s|sec|seconds|秒)\s?(?:/|per|a|每|一)\s?(?:it(?:er(?:ation)?)?s?|steps?|步)(?![a-z])", lambda found: _plain(found["n"])),
    ("seconds_per_step", rf"(?:每(?:一)?步|一步|每个? ?step|\b(?:each|every|one|a) (?:optimizer |training )?(?:step|iteration)(?: takes?| is)?)\s?(?:要|需要|大概|大约|约|about|around)*\s?(?P<n>{NUM})\s?(?:s|sec|seconds|秒)(?![a-z])", lambda found: _plain(found["n"])),
    ("seconds_per_step", rf"(?<![\d.a-z])(?P<n>{NUM})\s?(?:it(?:er(?:ation)?)?s?|steps?|步)\s?(?:/|per|a|每)\s?(?:s|sec|second|秒)(?![a-z])", lambda found: 1 / _plain(found["n"])),
    ("mfu", r"(?<![\d.])(?!0?\.[6-9]\d*\s*(?:的)?(?:显存)?(?:(?:gpu |v?ram |memory |mem )*utili[sz]ation|利用率))(?P<n>0?\.\d+|\d{1,2}(?:\.\d+)?)\s?(?:%|percent)?\s*(?:的|of )?\s?(?:mfu|hfu|model flops? utili[sz]ation|(?:算力)?利用率|(?<!memory )utili[sz]ation)(?![a-z])|(?:mfu|hfu|(?<!显存)(?!利用率\s?(?:=|:|为|是|设为|设成|设|调到)?\s?0?\.[7-9])(?:算力)?利用率|flops? utili[sz]ation)\s?(?:is|of|at|=|:|~|按|取|为|是|大概|约|about|around|only|只有|才)*\s?(?P<m>0?\.\d+|\d{1,2}(?:\.\d+)?)(?:\s?%|(?![\d.a-z]))", _share),
    ("tflops_seen", rf"(?<![\d.a-z])(?P<n>{NUM})\s?tflops?(?:/s)?\s?(?:(?:per|/|a|each|every|on each|for each)\s?(?:gpu|card|device)|每(?:张)?卡|/卡)|(?:\b(?:gets?|got|reach\w*|achiev\w+|hits?|see|seeing|shows?|prints?|reports?|measured?)\b|每(?:张)?卡|单卡|实测|跑到|达到|只有)[^,;.?\d]{{0,16}}(?P<m>{NUM})\s?tflops?(?![a-z])", lambda found: _plain(found["n"] or found["m"])),
    ("mfu", r"tflops?(?:/s)?\s?(?:,|at|@|x|\*|×)?\s?(?P<n>\d{1,2})\s?%(?P<m>)", _share),
    ("price_per_kwh", rf"(?<![\d.,])[$¥€]?\s?(?<![\d.,])(?P<n>{NUM})\s?(?:\$|¥|€|£|元|块|毛|cents?|ct|eur(?:os?)?|usd|gbp|dollars?)?\s?(?:/|per|每|一)\s?(?:kwh|kw·h|kilowatt[- ]hours?|度电?)|(?:一度|每度)电?\s?(?P<m>{NUM})\s?(?:元|块)", lambda found: _plain(found["n"] or found["m"])),
    ("watts", r"(?<![\d.a-z])(?P<n>\d{2,4})\s?(?:w|watts?|瓦)(?![a-z/])(?!\s?(?:条|个|步|字|样本|数据|tok))", lambda found: _plain(found["n"])),
    ("host_mt_s", r"\bddr(?P<g>[345])[- ]?(?:[^\d,;]{0,8})?(?P<n>(?![2345]0[5-9]0(?!\d))\d{4})(?!\d)|(?<![\d.])(?P<m>\d{4})\s?(?:mt/s|mhz)(?![a-z])", lambda found: _plain(found["n"] or found["m"])),
    ("host_mt_s", r"(?<=ddr[345][- ]\d{4})\s?(?:mhz|mt/s)?\s?(?:->|-->|→|to|升级?到|换[成到]?|改[成到]?|加到)\s?(?:ddr[345][- ]?)?(?P<n>(?![2345]0[5-9]0(?!\d))[1-9]\d{3})(?!\d|\s?(?:tok|ctx|context))", lambda found: _plain(found["n"])),
    ("host_ddr", r"\bl?p?ddr(?P<n>[345])x?(?![\d])", lambda found: _plain(found["n"])),
    ("host_channels", r"(?<![\d.a-z])(?P<n>\d{1,2})[- ]?(?:channels?|ch)(?![a-z])|(?<![\d.])(?P<m>\d{1,2})\s?通道", lambda found: _plain(found["n"] or found["m"])),
    ("bandwidth_gb_s", rf"(?<![\d.a-z])(?P<n>{NUM})\s?(?P<t>g|t)i?b(?:yte)?s?\s?(?:/|per|p)\s?s(?:ec(?:ond)?)?(?![a-z])", lambda found: _plain(found["n"]) * (1e3 if found["t"] == "t" else 1.0)),
    ("pcie", r"\bpci-?e?\s?(?:gen\s?)?(?P<n>[345])(?:\.0)?(?![\d.])|\bgen\s?(?P<m>[345])(?=\s?x\d)", lambda found: _plain(found["n"] or found["m"])),
    ("lanes", r"(?<![\d.a-z])(?:(?:(?<=\bat )|(?<=\bin )|(?<=\bvia )|(?<=\bover )|(?<=pcie )|(?<=pci-e )|(?<=\d\.0 )|(?<=gen\d )|(?<=gen \d )|(?<=只有)|(?<=只有 )|(?<=跑在)|(?<=跑在 )|(?<=插在)|(?<=插在 ))x(?P<n>1|4|8|16)(?!\.?\d|[a-z])|x(?P<m>1|4|8|16)(?!\.?\d|[a-z])(?=[^,;]{0,12}\b(?:pcie?|lanes?|slots?|links?|gen|risers?)\b|[^,;]{0,4}(?:插槽|通道|速)))", lambda found: _plain(found["n"] or found["m"])),
    ("gpu_hours", _OF_CARDS, lambda found: _plain(found["n"] or found["m"]) * _SCALES[found["k"] or found["l"] or ""]),
    ("text_gb", rf"(?<![\d.a-z])(?P<n>{NUM})\s?(?P<t>[gtm])i?b?\s?(?:的|of )?(?:raw |plain |clean |pure )?(?:text|corpus|txt|jsonl|文本|语料|纯文本)(?![a-z])", lambda found: _plain(found["n"]) * {"g": 1.0, "t": 1e3, "m": 1e-3}[found["t"]]),
    ("total_flop", r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?e\d{2})\s?(?:flops?)?(?![\d.a-z])|(?<![\d.])10\^(?P<m>\d{2})\s?(?:flops?)?", lambda found: float(found["n"]) if found["n"] else 10 ** float(found["m"])),
    ("requests", rf"(?<![\d.a-z$])(?!(?:(?<=users with )|(?<=people with )|(?<=clients with )|(?<=each with )|(?<=users sending ))\d{{1,3}}k (?:long )?prompts?\b)(?!(?:4|6|8|10|12|16|20|24|32|48|64|96|128)k (?:long )?prompts?\b(?! (?:per|a|an|overnight|in (?:\d|an?\b|one\b|the\b|under\b|about\b)|to)\b)|(?:4|6|8|10|12|16|20|24|32|48|64|96|128)k\s?提示)(?P<n>{NUM})\s?(?P<k>[km万w])?\s?(?:个|条)?\s?(?:different |separate |long |short )?(?:prompts|documents|docs|articles|reviews|emails|tickets|questions|reports|文档|文章|评论|提示|问题)(?![a-z])(?! (?:at (?:once|a time|the same time)|simultaneously|concurrently|in parallel))", lambda found: _plain(found["n"]) * _SCALES[found["k"] or ""]),
)  # fmt: skip
# "bandwidth 4.8 vs 3.35 TB/s": the first of two, told without its unit
_RATES_IN_A_ROW = rf"(?<![\d.a-z])(?P<n>{NUM})\s?(?:vs\.?|versus|and|or|/|to|->|和|对|比|到|与)\s?(?={NUM}\s?[gt]i?b(?:yte)?s?\s?(?:/|per|p)\s?s)"
# "3090 vs 4090 vs 5090 tokens/s"
_NAMES_A_CARD = re.compile(r"[2345]0[5-9]0\b")
_SET_AGAINST = re.compile(
    r"\b(?:rtx|geforce) ?$|[2345]0[5-9]0(?: ?(?:ti|super|\d+ ?gb?))*\s?(?:,|/|vs\.?|or|and|和|与|还是|、)\s?(?:the |a |an |rtx )*$"
)
_BESIDE = frozenset({"host_ddr"})  # read also within the amount that it belongs to
_NUMBER_ALONE = frozenset({"gpu_hours"})  # "5000 H100 hours" names a card as well
# what stands right after a number of hours that is no length of a run
_DUAL = (("host_channels", r"\bdual[- ]?channel|双通道", 2.0), ("host_channels", r"\bquad[- ]?channel|四通道", 4.0),
         ("host_channels", r"\b(?:octa|eight)[- ]?channel|八通道", 8.0), ("host_channels", r"十二通道", 12.0))  # fmt: skip

# processors of servers, the more particular name first, and of what the table of assumed channels tells
_OF_PROCESSORS = (
    (r"(?:\bepyc|霄龙)[ -]?9\d{2}[\dx]|\bgenoa\b|\bturin\b", "EPYC 9000"),
    (r"\bepyc\b|霄龙", "EPYC"),
    (r"(?:\bxeon(?: scalable)?|至强|志强)?[ -]?(?:\bgold|\bplatinum|\bsilver|金牌|铂金|银牌)[ -]?\d[34]\d{2}|\bsapphire rapids\b|\bice lake[ -]sp\b", "Xeon Scalable"),
)  # fmt: skip


def names_a_card(found: re.Match[str]) -> bool:
    """Is the number before "tokens/s" the name of a card?"""
    return bool(_NAMES_A_CARD.match(found[0]) and _SET_AGAINST.search(found.string[: found.start()]))


def read_paces(scan: Scan) -> None:
    """State what is said of rates, times, steps, prices of power, host memory and links; their numbers are nobody else's."""
    for name, pattern, value in _AMOUNTS:
        for found in scan.find(pattern):
            free = scan.free(*found.span())
            if name == "rate" and names_a_card(found):
                continue
            if free or name in _BESIDE:
                span = found.span("n" if found["n"] else "m") if name in _NUMBER_ALONE else found.span()
                scan.add(name, value(found), *span, extra=True, take=free)
    for found in scan.find(_RATES_IN_A_ROW):
        scan.take(*found.span("n"))
    for name, pattern, number in _DUAL:
        for found in scan.find(pattern):
            scan.add(name, number, *found.span(), extra=True)
    if "host_channels" not in scan.extras:
        _channels_of_processor(scan)


# one of their machines with its memory, no word of which says what it is: "双路 EPYC 768G"
_A_SERVER = r"(?:\bepyc|霄龙|\bxeon|至强|志强|\bthreadripper|线程撕裂者)"
_OF_A_SERVER = rf"{_A_SERVER}(?:[ -]?(?:gold|platinum|silver|scalable|pro|金牌|铂金))?(?:[ -]?(?:e5[ -]?)?\d{{3,4}}\w*)?[ ,]{{0,2}}(?:with |and |\+|配|加|带|有|上)?\s?(?P<n>\d{{2,4}})\s?(?P<t>gi?b?|ti?b?)(?![a-z\d/])"
_SERVERS_MEMORY = 256.0  # GB: more than the four modules of a desktop's two channels hold


def server_memory(scan: Scan) -> None:
    """State the memory of a server that is told without its name, and that so much memory hangs on a server's channels."""
    if "host_memory_gb" not in scan.facts and not {"gpu", "gpu_memory_gb"} & set(scan.facts):
        for found in scan.find(_OF_A_SERVER):
            place = scan.normal.original(*found.span("n"))
            gb = _plain(found["n"]) * (1024 if found["t"].startswith("t") else 1)
            scan.add("host_memory_gb", gb, *found.span("n"), take=False)
            scan.claims = [one for one in scan.claims if not place[0] <= one.span[0] < place[1]]
    told = {"host_channels", "bandwidth_gb_s"} & set(scan.extras)
    if not told and max(map(float, scan.facts.get("host_memory_gb", ())), default=0) > _SERVERS_MEMORY:
        scan.note("host_channels", assumed_number("host_channels", "EPYC"))


def _channels_of_processor(scan: Scan) -> None:
    """The channels of a socket of the server's processor that is named."""
    for pattern, called in _OF_PROCESSORS:
        for found in scan.find(pattern):
            scan.add("host_channels", assumed_number("host_channels", called), *found.span(), extra=True)
            return


def hours_of(found: re.Match[str]) -> float:
    """The hours of a length of time."""
    return _plain(found["n"]) * _HOURS[_UNITS[found["u"]]]


def read_durations(scan: Scan) -> None:
    """Lengths of time that nobody else read, in hours."""
    for found in scan.find(DURATION):
        if scan.free(*found.span()) and scan.text[found.end() : found.end() + 2].strip()[:1] not in ("/", "*"):
            scan.add("hours", hours_of(found), *found.span(), extra=True)
    for pattern, hours in _NAMED_SPANS:
        for found in scan.find(pattern):
            if scan.free(*found.span()):
                scan.add("hours", hours, *found.span(), extra=True)
    for found in scan.find(_SECONDS):
        if scan.free(*found.span()):
            scan.add("seconds", _plain(found["n"]), *found.span(), extra=True)
