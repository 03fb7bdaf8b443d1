"""The asker's own figures and arithmetic, which an answer judges and never computes from."""

import re

from chat.reads.cards.memories_together import CARD_SIZES
from chat.reads.lexicon import compiled
from chat.reads.models.shape_names import PRODUCT_OF_NAMES, of_shapes
from chat.reads.reading import Equation
from chat.reads.requests.token_sums import read_token_sums
from chat.reads.scan import Scan
from chat.reads.seen.messages import MOVED
from chat.reads.sums.written_sums import WrittenSum, comes_to, written_sums

# "5046M" of memory, in a driver's mebibytes
MIB_CLAIM = r"(?<![\d.a-z])(?<![a-zθ]/)(?<![a-zθ] / )(?P<n>\d{4,6})\s?(?P<u>m)(?![a-z0-9])"
_THOUSANDS_OF_MIB = r"(?<![\d.a-z])(?P<n>\d{1,3}(?:\.\d+)?)\s?k\s?(?P<u>mib|mb)(?![a-z0-9])"
CLAIM_ROW = r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s*(?:or|and|vs\.?|/|,(?!\d{3}(?!\d))|还是|或|和)\s*(?=(?:\d+(?:\.\d+)?\s*(?:,|or|and|或|和|还是)\s*){0,3}\d+(?:\.\d+)?\s?(?P<u>gib|gb|g|bytes?|字节|x|倍|θ)(?![a-z0-9]))"
# beside a figure with a unit: "at 9GB, the other at 17", "takes 24GB while that needs 60+"
UNITLESS_CLAIM = r"(?:\bhas(?= ?[\d.]+ ?(?:left|to spare|free)\b)|\b(?:not|needs?|needed|takes?|took|uses?|used|using|at|about|around|only|just|wants?|requires?|shows?|prints?|printed|returns?|reads?|reports?|gives?|it's|it is|says?|said|got|gets?|(?:should|shouldn't|supposed to|ought to|expected to)(?: (?:it|this|that|they))?(?: only| just| really)? be)|~|(?<!不)应该(?:只|就)?(?:是|有|占)?|占(?:了|用)?|要|用了?|约|需要?|只有?|说是?|(?:而)?不是|而非)\s?(?P<n>\d{1,4}(?:\.\d+)?)(?!\.?\d)\s?(?:\+|多)?(?=\s*(?:left\b|to spare\b|free\b|$|[,.;?!)—-]|\b(?:while|for|why|but|and|with|on|who|which|after|once|when|before)\b|[的呢吗吧谁]))"
# "5.3 GiB after load and 7.3 after the preparation": the same amount, told again at a later moment
_LATER_CLAIM = r"(?<![\d.a-z])\d+(?:\.\d+)?\s?(?:gib|gb|g)(?![a-z])[^.;?!\d]{0,48}?(?:\b(?:and|then|but|to)\b|[,→]|-+>|再|然后|变成?|到|涨到)\s?(?P<n>\d{1,3}(?:\.\d+)?)(?![\d.a-z]|\s?(?:gib|gb|g|mib|mb|%|tokens?|steps?|cards?|gpus?|[张块卡步层条个倍])(?![a-z]))(?=\s?(?:after|once|when|during|with|by|[,.;?!]|$|之?后|时))"
# "6.8 or 8.6?", of amounts with units elsewhere
_EITHER_CLAIM = r"(?<![\d.a-z])(?P<n>\d{1,3}\.\d{1,2})\s?(?:or|还是|或)\s?(?P<m>\d{1,3}\.\d{1,2})\s?(?:[?呢吗]|$)"
BARE_CLAIM = r"(?<![\d.a-z])(?=\d+\.\d\d)(?P<d>\d+\.\d+)(?![\d.a-z])|\b(?:then|is|was|are|to|of|total|now) (?P<m>\d{1,3}\.\d)(?![\d.a-z])|(?:才|只要|写着?|写的|列的?|显示|\bonly|\bjust|\bsays?|\bshows?|\blists?|\bgot|\bget|up to|climbs? to|creeps? to|涨到|升到|爬到|instead of|rather than|\bmissing|差的?|\bwhy(?: only| just| is it)?|\band not|而不是|为什么(?:只|才)?是)\s?(?P<n>\d+(?:\.\d+)?)(?!\.?\d|[a-z]|\s?(?:of|experts?|heads?|layers?|cards?|gpus?|tokens?|bits?|users?|个|层|张)(?![a-z]))"
CLAIM = r"(?<![\d.a-z])(?<![a-zθ]/)(?<![a-zθ] / )(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?:e\d{1,2})?)\s?(?:个\s?)?(?:(?:多|来|几|\+)\s?)?(?:个\s?)?(?P<u>gib|gb|g|mib|mb|kib|kb|tib|tb|gbs|bytes?|字节|%|hours?|小时|days?|天|ms|s/it|flops?|tflops)(?:(?![a-z0-9])|(?<=字节)(?=\d))"
RANGE_CLAIM = r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?(?:-+>|=>|→|[-~]|to(?: only| just)?|到|至)\s?(?P<m>\d+(?:\.\d+)?)\s?(?P<u>gib|gb|g|mb|mib)(?![a-z0-9])"
TIMES_CLAIM = r"(?<![\d.a-z])(?<![a-zθ]/)(?<![a-zθ] / )(?P<n>\d+(?:\.\d+)?)\s?(?P<u>x|倍)(?![a-z0-9*])(?!\s*\d)"
THETA_CLAIM = (
    r"(?<![\d.a-z])(?<![a-zθ]/)(?<![a-zθ] / )(?P<n>\d+(?:\.\d+)?)\s?(?P<u>θ|ψ|φ|bytes? (?:per|/) ?param\w*|字节/参数)"
)
# "70K per token", "每 token 才 320K": bytes, and no length; told of a token, a K that is said to come out is one too
_EACH_TOKEN = (
    r"\bper[ -]token\b|/\s?token\b|\b(?:each|every|one|a single) token\b|每(?:个)?\s?token|(?:一|1)个?\s?token"
)
_OF_EACH_TOKEN = (
    r"(?<![\d.a-z])(?<!\d,)(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s?(?P<u>[km])(?:i?b)?\s?(?:bytes?\s?)?(?:per[ -]|/|an?\s|each\s|every\s|每(?:个)?)\s?token",
    r"(?:\bper[ -]token|/\s?token|每(?:个)?\s?token)\s?(?:kv|cache|缓存)?\s?(?:is|of|at|=|:|takes?|needs?|只?有|才|是|约|要|占|大概|about|around|only|just|~)*\s?(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s?(?P<u>[km])(?:i?b)?(?![a-z\d]|\s?(?:tokens?|context|ctx|上下文|长度))",
)
# what somebody says or works out, behind the question for a token's bytes; in a clause of a length it is one
_SAID_OF_IT = r"(?:说是?|写的?|(?:算|得)(?:出来?|下来|到|的)?(?:是|约|有)?|结果是?|\b(?:says?|said|claims?|gets?|got|gives?|comes to))\s?(?:about |around |only |just |才|只有?|约|大概|~|=)?\s?(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\s?(?P<u>[km])(?:i?b)?(?![a-z\d]|\s?(?:tokens?|context|ctx|上下文|长度|条|个|samples|-?token))"
_OF_LENGTH = r"(?:\bcontext|\bctx|length|\bseq\w*|\bprompts?|\bwindow|上下文|序列|长度|窗口)[^,.;:?!]*$"
_OF_A_SETTING = re.compile(r"(?<![a-z0-9])[a-z]+(?:_[a-z]+)+[\"']?\s?[:=]?\s?$")
# `P * 4B / (32/Q) * 1.2`, `2 bytes * params`: a rule in letters, whose numbers are bytes and bits of a parameter
_OF_PARAMETERS = r"(?:(?<![a-z0-9])(?:p|n|θ)(?![a-wyz0-9])|\bparam(?:eter)?s?\b|参数量?)"
_RULE_IN_LETTERS = (
    rf"{_OF_PARAMETERS}\s?\)?\s?(?:\(b\)\s?)?[*x]\s?\(?\s?(?P<n>\d+(?:\.\d+)?)\s?(?:b|bytes?|字节)?(?![a-z0-9.])",
    rf"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?(?:b|bytes?|字节)?\s?[*x]\s?{_OF_PARAMETERS}",
    r"(?<![\d.a-z])(?P<n>32)\s?/\s?(?:q|bits?)(?![a-z])",
)
# "fp16就除以2,int8除以4", "fp16: /2, int8: /4": what such a rule does to a format, and none that is told of the model
_A_FORMAT = r"(?<![a-z0-9])(?:fp32|fp16|bf16|fp8|int8|int4|(?<!\d)(?:4|8|16|32)[- ]?bits?|半精度)"
_RULE_OF_FORMATS = rf"{_A_FORMAT}\s?(?:就|则|再|是|:|,)?\s?(?:(?:divide[sd]?|divided) by|multipl\w+ by|times|除以?|÷|/|乘以?|x|\*)\s?\d(?:\.\d)?(?![\d.]|\s?[a-z]*b(?![a-z]))"
# "from 12 to 3 bytes per parameter"; a "b" alone is billions
_BYTES = r"(?:bytes?|字节|b(?= ?(?:/|per ) ?param))"
_EACH_BECOMES = rf"(?<![\d.a-z])(?P<n>\d{{1,2}})\s?(?P<u>{_BYTES})?(?:\s?(?:/|per )\s?param\w*|/?(?:每个?)?参数?)?\s?(?:down )?(?:-+>|→|=>|to|变成?|变为|降到|降为|降成|减到|减为|压到|到|becomes?)\s?(?:only |just |about |roughly |只有|只剩)?(?P<m>\d{{1,2}}(?:\.\d)?)(?![\d.])\s?(?P<v>{_BYTES})?"
# the flat factor of such a rule, or the share that it leaves
_RULE_FACTOR = r"[*x]\s?(?P<n>1\.\d{1,2})(?!\.?\d|\s?[a-z]*b(?![a-z]))|(?P<share>[1-5]\d?) ?% (?:overhead|extra|on top)"
_A_PART = r"(?:\bto|降到|减到|变成|只剩|缩到)\s?(?:about |only |just |原来的)?(?P<part>1 ?/ ?\d{1,2})(?![\d.])"
# a rule of the table, for x billion parameters
_RULE_OF_X = r"(?<![a-z0-9])x\s?/\s?[248]\s?(?:gb)?(?![a-z0-9])"
# `2+2+4+4+4`: bytes of a parameter, told part by part
_BYTES_IN_ALL = r"(?<![\d.a-z+])\d{1,2}(?:\s?\+\s?\d{1,2}){2,}(?![\d.a-z+])"
# `18 or 20`, of bytes
_BYTES_OF_EACH = r"(?<![\d.])(?:16|18|20)\s*(?:,|/|or|and|vs\.?|还是|和|或)\s*(?:16|18|20)(?!\.?\d|[a-z])"
_OF_CARDS = re.compile(r"\d{1,3}\s?[x*]\s?[1-9]0[5-9]0", re.ASCII)
# "120 GB -> 31.4 -> 16.6 -> 1.9": what one thing becomes step by step, and no card
_PLAIN = r"\d+(?:\.\d+)?"
_CHAIN = (
    rf"(?<![\d.a-z]){_PLAIN}\s?(?:gib|gb|g)?(?:\s?(?:→|➜|➔|⇒|-+>|=+>)\s?{_PLAIN}\s?(?:gib|gb|g)?){{2,8}}(?![a-z0-9])"
)
# "two 3090s (48 total)"
_IN_TOTAL = r"(?<![\d.*a-z])(?P<n>\d{2,4}) (?:in )?(?:total|altogether|combined)\b"
# "macOS only lets you use 48"
_LET_USE = r"\blets? (?:you|me|us|it|the gpu) (?:only )?(?:use|have|take)\s(?P<n>\d{1,3})(?![\d.]*\d|\s?[a-z%]+\s?(?:layers|threads))"
# a length in K, and what number of tokens it may be
K_OF_TOKENS = (
    r"\d\s?k(?!i?b)[^.;?]{0,16}(?<!\d)(?P<one>\d{4,6})\s?(?:还是|或者?|\bor\b|\bvs\b)\s?(?P<other>\d{4,6})(?!\d)",
    r"\b(?:is|does|are) \d+k(?!i?b)[^.;?]{0,24}\b(?![1-5]0[5-9]0\b)(?P<one>\d{4,6})(?: or (?P<other>\d{4,6}))?\b",
)
# the left side of "16 bytes / 8 = 14 GB per GPU"
_SHARE_OF_BYTES = r"(?:8|12|16|18|20)\s?(?:bytes?|字节)\s?[/÷]\s?\d{1,3}"
_GIGA = r"\d\s?g"
# an amount of memory in a row with others; more are tokens
_MOST_GB = 10_000


_CARDS_IN_ALL = re.compile(r"(?P<n>\d{1,2})\s?[x*]\s?(?P<m>\d{1,3})\s?gi?b?", re.ASCII)
_HOLD = r"\b\d+(?:\.\d+)?b\b[^?]*(?:\bcan\b|\bcould\b|\bfits?\b|\benough\b|能|够|可以)|(?:\bcan\b|\bcould\b|\bfits?\b|\benough\b|\bfor\b|能|够|可以)[^?]*\b\d+(?:\.\d+)?b\b"
# that they are there, or what fails on them
_OWNED = r"\b(?:i|we)(?:'ve| have| got| own)\b|\b(?:my|our)\b|\b(?:with|across|on)\s$|(?:我|我们|手上|手里)(?:这边)?(?:只)?有|\btorchrun\b|\bddp\b|\boom\w*|爆"


def _pools_cards(left: str, right: str, text: str) -> bool:
    """Are they the memory of so many cards, added up for a model that they are to hold?"""
    found = _CARDS_IN_ALL.fullmatch(left)
    total = re.match(r"\s*(\d+)", right)
    if not found or not total or int(found["n"]) * int(found["m"]) != int(total[1]):
        return False
    return int(found["n"]) > 1 and int(found["m"]) in CARD_SIZES and re.search(f"{_HOLD}|{_OWNED}", text) is not None


def read_equations(scan: Scan) -> None:
    """The asker's arithmetic, whose numbers are nobody's facts, and the numbers of rules."""
    read_token_sums(scan)
    for found in scan.find(_CHAIN):
        _claim_chain(scan, found)
    for found in scan.find(_THOUSANDS_OF_MIB):
        if scan.free(*found.span()):
            scan.claim(f"{float(found['n']) * 1000:g}", found["u"], *found.span())
    unjudged = [one for one in written_sums(scan.text) if not _equation(scan, one)]
    for found in scan.find(PRODUCT_OF_NAMES):
        if of_shapes(found["left"]) and scan.free(*found.span()):
            scan.equations.append(Equation(found[0], found[0], "", scan.normal.original(*found.span())))
            scan.take(*found.span())
    for one in unjudged:
        _product(scan, one)
    _claim_of_a_token(scan)
    _take_a_rule(scan)
    _take_bytes_of_each(scan)
    for found in scan.find(_A_PART):  # "brings it to 1/8", and no sizes
        scan.take(*found.span("part"))
    of_bytes = (_BYTES_OF_EACH,) if any(scan.find(r"bytes?\b|字节")) else ()
    for pattern in (_RULE_OF_X, _BYTES_IN_ALL, *of_bytes):
        for found in scan.find(pattern):
            scan.take(*found.span())
    for pattern in K_OF_TOKENS:
        for found in scan.find(pattern):
            for group in ("one", "other"):
                if found[group]:
                    scan.take(*found.span(group))


def read_claims(scan: Scan) -> None:
    """Every figure with a unit that is left."""
    for found in scan.find(CLAIM_ROW):
        if float(found["n"]) < _MOST_GB or found["u"] not in _OF_MEMORY:
            _claim(scan, found, found["u"])
    for found in scan.find(RANGE_CLAIM):
        if scan.free(*found.span()):
            scan.claim(found["n"], found["u"], found.start("n"), found.end("n"))
            scan.claim(found["m"], found["u"], found.start("m"), found.end())
    for pattern in (THETA_CLAIM, CLAIM, MIB_CLAIM, TIMES_CLAIM):
        for found in scan.find(pattern):
            if scan.free(*found.span()):
                scan.claim(found["n"], found["u"], *found.span())
    for found in scan.find(_IN_TOTAL) if {"gpu", "gpu_memory_gb"} & set(scan.facts) else ():
        _claim(scan, found, "gb")
    for found in scan.find(_LET_USE):
        _claim(scan, found, "gb")
    memory = [claim.unit for claim in scan.claims if claim.unit in _OF_MEMORY]
    memory += [found["u"] for one in scan.equations for found in re.finditer(r"\d\s?(?P<u>gib|gb|g)$", one.right)]
    for found in scan.find(UNITLESS_CLAIM) if memory else ():
        if not (scan.free(*found.span("n")) and _is_length(found["n"])):
            _claim(scan, found, memory[0])
        elif "seq_len" in scan.facts:  # "at 2048 it uses 22 GB; how much at 8192?"
            scan.add("seq_len", int(found["n"]), *found.span("n"))
    for found in scan.find(MOVED):
        _claim(scan, found, "gb", "n", "m")
    for found in scan.find(_LATER_CLAIM) if memory else ():
        _claim(scan, found, memory[0])
    for found in scan.find(_EITHER_CLAIM) if memory else ():
        _claim(scan, found, memory[0], "n", "m")
    for found in scan.find(BARE_CLAIM):
        _claim(scan, found, "", next(name for name in "dmn" if found[name]))


_OF_MEMORY = ("g", "gb", "gib")


def _claim(scan: Scan, found: re.Match[str], unit: str, *groups: str) -> None:
    """Note the figures of these groups that nothing has used yet."""
    for group in groups or ("n",):
        if scan.free(*found.span(group)):
            scan.claim(found[group], unit, *found.span(group))


def _equation(scan: Scan, one: WrittenSum) -> bool:
    """Note a sum with what it is said to come to; False where nothing is said, or it is none to be judged."""
    found = comes_to(scan.text, one)
    if found is None:
        return False
    if compiled(_SHARE_OF_BYTES).fullmatch(one.left) and re.search(_GIGA, found["right"]):
        return False  # "16 bytes / 8 = 14 GB": of each parameter, whose number is told elsewhere
    if re.fullmatch(r"\d+x\d+(?:\.\d+)?b", one.left):
        if not re.search("[a-z]", scan.text[one.end : found.start("right")]):  # else "8x7b with tp=4": a setting
            scan.take(*found.span("right"))
        return False  # the name of a mixture, not a sum of the asker's
    if _OF_CARDS.fullmatch(one.left):
        return False  # "4x 3090 = 96GB": so many cards of that name
    if _pools_cards(one.left, found["right"], scan.text):
        scan.take(*found.span("right"))
        return False  # "2x24GB = 48GB, so we can train a 3B": so many cards, and what they are to hold
    if compiled(_GOES_ON).search(scan.text[: one.start]):
        _take_plain_numbers(scan, one.start, one.end)  # "params x 2 x 1.2 = 19.7 GB": a rule's numbers
        return True
    if _of_settings(one, found["right"]):
        return True  # "64 = 2 per device x 8 gpus x 4 accum": settings, each read by its name
    spoken = found["eq"][-1:].isalpha() or found["eq"][-1:] in ">→"
    if spoken and not set("*x+") & set(one.signs):
        return False  # "16/24 is": no sum
    if (
        found["eq"] not in _SIGNS
        and _OF_SHAPE.search(" ".join(noun for _, noun, _ in one.counts))
        and re.search(_OF_A_TOKEN, found["right"])
    ):
        _take_plain_numbers(scan, one.start, one.end)
        return True  # "16 heads x 128 comes out at 216 KB": what goes into it, of which the amount is claimed
    right = _with_unit(one.left, found["right"].strip())
    plain = one.plain and not spoken
    said = scan.text[one.start : found.end()] if plain else f"{one.said(scan.text)} = {found['right'].strip()}"
    scan.equations.append(Equation(said, one.left, right, scan.normal.original(one.start, found.end())))
    _take_bytes(scan, one.start, found.end())
    _take_plain_numbers(scan, one.start, found.end())
    scan.take(*found.span("right"))  # what it comes to is no size of a model that is asked about
    return True


_SIGNS = ("=", "≈", "~=")
_OF_SHAPE = re.compile(r"\bheads?\b|\blayers?\b|头|层", re.ASCII)
_OF_A_TOKEN = r"(?:[km]i?b|bytes?|字节)\s?$"  # a sum in GB is of a whole length, whose factors are judged


# a name before the first number, as a factor of the same sum
_GOES_ON = r"[a-zθ\u4e00-\u9fff)]\s?[*x/÷]\s?\(?$"
_DATA = re.compile(r"(?:samples?|examples?|rows|conversations?|epochs?)\b|条|个?样本|轮", re.ASCII)
_SETTINGS = re.compile(
    r"(?:gpus?|cards?|per (?:device|gpu|card)|micro\w*|grad\w*|accum\w*|steps?|nodes?|dp|ga)\b|个?卡|张|累积|步",
    re.ASCII,
)


def _of_settings(one: WrittenSum, right: str) -> bool:
    """Is it a batch that is put together, `2 per device x 8 gpus x 4 accum`, or a data set (`10k samples x 500 tokens x
    3 epochs`), and no memory?"""
    if any(_DATA.match(noun) for _, noun, _ in one.counts):
        return True
    named = sum(bool(_SETTINGS.match(noun)) for _, noun, _ in one.counts)
    return named > 1 and set(one.signs) <= set("*x") and not re.search(r"[a-z字节]", right)


def _product(scan: Scan, one: WrittenSum) -> None:
    """Note a product of three factors or more of which nothing is said to come."""
    if not set(one.signs) <= set("*x/÷") or sum(sign in "*x" for sign in one.signs) < _FACTORS - 1:
        return
    if "/" in one.signs and compiled(_COUNTED_CARD).search(scan.text, one.start, one.end):
        return  # "4x 3090 / 2x A6000 / 1x H100": machines
    if compiled(_NAMED_CARD).search(scan.text, one.start, one.end):
        return  # "2 machines of RTX 4090 x 4"
    if _of_settings(one, "") or _OF_A_SETTING.search(scan.text[max(0, one.start - 32) : one.start]):
        return  # "max_pixels 1280*28*28": a value that is written so
    if scan.free(one.start, one.end):
        said = one.said(scan.text)
        scan.equations.append(Equation(said, one.left, "", scan.normal.original(one.start, one.end)))
        _take_plain_numbers(scan, one.start, one.end)


_FACTORS = 3
_COUNTED_CARD = (
    r"(?<![\d.])\d{1,2}\s?[x*]\s?(?:(?:nvidia|geforce|rtx|gtx)\s)*(?:[ahlv]\d{2,3}|[1-5]0[5-9]0|rtx \d{4})(?!\d)"
)

_NAMED_CARD = r"\b(?:rtx|gtx|geforce)\s?\d{4}(?!\d)"


def _is_length(number: str) -> bool:
    """Is a number without a unit rather a length than an amount of memory?"""
    return number.isdigit() and int(number) >= _LEAST_LENGTH and int(number) % _OF_LENGTHS == 0


_LEAST_LENGTH, _OF_LENGTHS = 512, 256


def _claim_of_a_token(scan: Scan) -> None:
    """The bytes of a token that are told in K or M."""
    found = [one for pattern in _OF_EACH_TOKEN for one in scan.find(pattern)]
    asked = next(scan.find(_EACH_TOKEN), None)
    if asked and any(scan.find(r"\bkv\b|\bcache\b|缓存|\bmla\b")):
        later = (one for one in scan.find(_SAID_OF_IT) if one.start() >= asked.end())
        found += [one for one in later if not compiled(_OF_LENGTH).search(scan.text[: one.start()])]
    for one in found:
        if scan.free(one.start("n"), one.end("u")):
            scan.claim(one["n"], f"{one['u']}b", one.start("n"), one.end("u"))


def _with_unit(left: str, right: str) -> str:
    """`4 x 6.4 GB = 26`: what a sum comes to has the unit of its one amount."""
    units = re.findall(r"\d\s?(gib|gb|g)(?![a-z])", left)
    return f"{right} {units[0]}" if len(units) == 1 and re.fullmatch(r"~?\s*\d+(?:\.\d+)?", right) else right


def _claim_chain(scan: Scan, found: re.Match[str]) -> None:
    """Every figure of a row of steps, in the unit that one of them has."""
    units = re.findall(r"gib|gb|g", found[0])
    for one in re.finditer(_PLAIN, found[0]) if units else ():
        start, end = found.start() + one.start(), found.start() + one.end()
        if scan.free(start, end):
            scan.claim(one[0], units[0], start, end)


def _take_a_rule(scan: Scan) -> None:
    """The numbers of a rule that is written in letters, and its flat factor."""
    for pattern in _RULE_IN_LETTERS:
        for found in scan.find(pattern):
            scan.take(*found.span("n"))
    ruled = list(scan.find(_RULE_OF_FORMATS))
    named = sum(not any(one.start() <= found.start() < one.end() for one in ruled) for found in scan.find(_A_FORMAT))
    for found in ruled if named and len(ruled) > 1 else ():
        scan.take(*found.span())
    for found in scan.find(_RULE_FACTOR):
        factor = float(found["n"]) if found["n"] else 1 + float(found["share"]) / 100
        scan.extras.setdefault("log_rule_factor", [factor])


def _take_bytes_of_each(scan: Scan) -> None:
    """What is said to become of so many bytes of a parameter: `12 -> 3 bytes`, `12字节变3字节`."""
    for found in scan.find(_EACH_BECOMES):
        before, after = float(found["n"]), float(found["m"])
        if (found["u"] or found["v"]) and after < before and "log_each_from" not in scan.extras:
            scan.extras["log_each_from"], scan.extras["log_each_to"] = [before], [after]
            scan.take(*found.span())


# the size of a head, in whichever model
_HEAD_SIZES = frozenset({64, 80, 96, 112, 128, 192, 256})
_A_WIDTH = 1024
# what a token takes is multiplied by them
_TIMES_TOKENS = r"(?:\btimes|乘以?)\s?(?P<n>\d{4,6})(?![\d.]|\s?[a-z]b)"
_AT_TOKENS = r"\b(?:at|for|with) (?P<n>\d{4,6})(?=[,;:]|\s(?:that|it|this|would|i)\b)"


_TOKENS, _SEQUENCES = (
    re.compile(r"(?:个\s?)?tokens?\b|toks?\b|context|ctx|长度|上下文", re.ASCII),
    re.compile(
        r"users?\b|people\b|clients?\b|seq(?:uence)?s?\b|requests?\b|slots?\b|concurrent|sessions?\b|个?(?:并发|用户|人|请求|会话|序列)|条|路(?:并发|用户|请求|会话|同时|的|$)",
        re.ASCII,
    ),
)


def _counted(scan: Scan) -> None:
    """Tokens and sequences that are called so in a sum, where they are told nowhere else."""
    told = {name for name in ("seq_len", "batch_size") if name in scan.facts}
    for one in written_sums(scan.text):
        for count, noun, at in one.counts:
            name = "seq_len" if _TOKENS.match(noun) else "batch_size" if _SEQUENCES.match(noun) else ""
            start = scan.normal.original(*at)[0]
            elsewhere = any(place[0] <= start < place[1] for places in scan.spans.values() for place in places)
            if name and name not in told and count and not elsewhere:
                scan.add(name, count, *at, take=False)


def read_tokens_of_products(scan: Scan) -> None:
    """The tokens that a product for a cache counts: the largest of two wide numbers, or the one beside the size of a head."""
    _counted(scan)
    if "seq_len" in scan.facts or not next(scan.find(r"\bkv\b|per token|每\s?token|缓存"), None):
        return
    for found in scan.find(_TIMES_TOKENS):
        if scan.free(*found.span("n")):
            scan.add("seq_len", int(found["n"]), *found.span("n"))
            return
    if not scan.equations:
        return
    for found in scan.find(_AT_TOKENS):
        if scan.free(*found.span("n")) and int(found["n"]) % 512 == 0:
            scan.add("seq_len", int(found["n"]), *found.span("n"))
            return
    for one in scan.equations:
        if "/" in one.left:
            continue  # what is divided is a width, as hidden size by heads
        numbers = [float(number) for number in re.findall(r"(?<![\d.])\d+(?:\.\d+)?", one.left)]
        wide = sorted(number for number in numbers if number >= _A_WIDTH)
        if wide and (len(wide) > 1 or _HEAD_SIZES & set(numbers)) and wide[-1].is_integer():
            place = scan.text.find(f"{wide[-1]:.0f}")
            if place >= 0:
                scan.add("seq_len", int(wide[-1]), place, place + len(f"{wide[-1]:.0f}"), take=False)
            return


# "12B x 70 = 840GB": a B that comes to GB with a number of billions is bytes of each, and no size
_BYTES_EACH = frozenset({4, 6, 8, 10, 12, 14, 16, 18, 20})
_OF_EACH = re.compile(
    r"(?P<each>(?P<n>\d{1,2})b)\s?[*x×]\s?(?P<count>\d+(?:\.\d+)?)(?![\d.]*\d|b)\D{0,12}?(?P<whole>\d+(?:\.\d+)?)\s?g",
    re.ASCII,
)


def _take_bytes(scan: Scan, start: int, end: int) -> None:
    found = _OF_EACH.search(scan.text, start, end)
    if found is None:
        return
    count = float(found["count"])
    sizes = count < 3 or count in _BYTES_EACH  # "14B x 2": the model's size by its bytes
    if not sizes and float(found["n"]) * count == float(found["whole"]):
        scan.take(*found.span("each"))


def _take_plain_numbers(scan: Scan, start: int, end: int) -> None:
    """In `7B*2 = 14GB` the 7B still is the model's size; every other number belongs to the arithmetic."""
    for number in re.finditer(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.]|\s?(?:b|bits?)(?![a-z]))", scan.text[start:end]):
        scan.take(start + number.start(), start + number.end())
