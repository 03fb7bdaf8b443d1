"""The asker's own figures and arithmetic, which an answer judges and never computes from."""

import re

from chat.reads.lexicon import compiled
from chat.reads.messages import MOVED
from chat.reads.named_cards import CARD_SIZES
from chat.reads.reading import Equation
from chat.reads.scan import Scan
from chat.reads.shape_names import PRODUCT_OF_NAMES, of_shapes
from chat.reads.token_sums import read_token_sums

# "5046M" of memory, in a driver's mebibytes
MIB_CLAIM = r"(?<![\d.a-z])(?<![a-zθ]/)(?<![a-zθ] / )(?P<n>\d{4,6})\s?(?P<u>m)(?![a-z0-9])"
_THOUSANDS_OF_MIB = r"(?<![\d.a-z])(?P<n>\d{1,3}(?:\.\d+)?)\s?k\s?(?P<u>mib|mb)(?![a-z0-9])"
CLAIM_ROW = r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s*(?:or|and|vs\.?|/|,|还是|或|和)\s*(?=(?:\d+(?:\.\d+)?\s*(?:,|or|and|或|和|还是)\s*){0,3}\d+(?:\.\d+)?\s?(?P<u>gib|gb|g|bytes?|字节|x|倍|θ)(?![a-z0-9]))"
# beside a figure with a unit: "at 9GB, the other at 17", "takes 24GB while that needs 60+"
UNITLESS_CLAIM = r"(?:\bhas(?= ?[\d.]+ ?(?:left|to spare|free)\b)|\b(?:not|needs?|needed|takes?|took|uses?|used|using|at|about|around|only|just|wants?|requires?|shows?|prints?|printed|returns?|reads?|reports?|gives?|it's|it is|says?|said|got|gets?)|~|占(?:了|用)?|要|用了?|约|需要?|只有?|说是?|(?:而)?不是|而非)\s?(?P<n>\d{1,4}(?:\.\d+)?)\s?(?:\+|多)?(?=\s*(?:left\b|to spare\b|free\b|$|[,.;?!)—-]|\b(?:while|for|why|but|and|with|on|who|which)\b|[的呢吗吧谁]))"
# "5.3 GiB after load and 7.3 after the preparation": the same amount, told again at a later moment
_LATER_CLAIM = r"(?<![\d.a-z])\d+(?:\.\d+)?\s?(?:gib|gb|g)(?![a-z])[^.;?!\d]{0,48}?(?:\b(?:and|then|but|to)\b|[,→]|-+>|再|然后|变成?|到|涨到)\s?(?P<n>\d{1,3}(?:\.\d+)?)(?![\d.a-z]|\s?(?:gib|gb|g|mib|mb|%|tokens?|steps?|cards?|gpus?|[张块卡步层条个倍])(?![a-z]))(?=\s?(?:after|once|when|during|with|by|[,.;?!]|$|之?后|时))"
# "6.8 or 8.6?", of amounts with units elsewhere
_EITHER_CLAIM = r"(?<![\d.a-z])(?P<n>\d{1,3}\.\d{1,2})\s?(?:or|还是|或)\s?(?P<m>\d{1,3}\.\d{1,2})\s?(?:[?呢吗]|$)"
BARE_CLAIM = r"(?<![\d.a-z])(?=\d+\.\d\d)(?P<d>\d+\.\d+)(?![\d.a-z])|\b(?:then|is|was|are|to|of|total|now) (?P<m>\d{1,3}\.\d)(?![\d.a-z])|(?:才|只要|写着?|写的|列的?|显示|\bonly|\bjust|\bsays?|\bshows?|\blists?|\bgot|\bget|up to|climbs? to|creeps? to|涨到|升到|爬到|instead of|rather than|\bmissing|差的?|\bwhy(?: only| just| is it)?|\band not|而不是|为什么(?:只|才)?是)\s?(?P<n>\d+(?:\.\d+)?)(?!\.?\d|[a-z])"
CLAIM = r"(?<![\d.a-z])(?<![a-zθ]/)(?<![a-zθ] / )(?P<n>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?(?:e\d{1,2})?)\s?(?:个\s?)?(?:(?:多|来|几|\+)\s?)?(?:个\s?)?(?P<u>gib|gb|g|mib|mb|kib|kb|tib|tb|gbs|bytes?|字节|%|hours?|小时|days?|天|ms|s/it|flops?|tflops)(?![a-z0-9])"
RANGE_CLAIM = (
    r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?(?:[-~]|to|到|至)\s?(?P<m>\d+(?:\.\d+)?)\s?(?P<u>gib|gb|g|mb|mib)(?![a-z0-9])"
)
TIMES_CLAIM = r"(?<![\d.a-z])(?<![a-zθ]/)(?<![a-zθ] / )(?P<n>\d+(?:\.\d+)?)\s?(?P<u>x|倍)(?![a-z0-9*])(?!\s*\d)"
THETA_CLAIM = (
    r"(?<![\d.a-z])(?<![a-zθ]/)(?<![a-zθ] / )(?P<n>\d+(?:\.\d+)?)\s?(?P<u>θ|ψ|φ|bytes? (?:per|/) ?param\w*|字节/参数)"
)
# "70K per token", "每 token 才 320K": bytes, and no length; told of a token, a K that is said to come out is one too
_EACH_TOKEN = (
    r"\bper[ -]token\b|/\s?token\b|\b(?:each|every|one|a single) token\b|每(?:个)?\s?token|(?:一|1)个?\s?token"
)
_OF_EACH_TOKEN = (
    r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?(?P<u>[km])(?:i?b)?\s?(?:bytes?\s?)?(?:per[ -]|/|an?\s|each\s|every\s|每(?:个)?)\s?token",
    r"(?:\bper[ -]token|/\s?token|每(?:个)?\s?token)\s?(?:kv|cache|缓存)?\s?(?:is|of|at|=|:|takes?|needs?|只?有|才|是|约|要|占|大概|about|around|only|just|~)*\s?(?P<n>\d+(?:\.\d+)?)\s?(?P<u>[km])(?:i?b)?(?![a-z\d]|\s?(?:tokens?|context|ctx|上下文|长度))",
)
# what somebody says or works out, behind the question for a token's bytes; in a clause of a length it is one
_SAID_OF_IT = r"(?:说是?|写的?|(?:算|得)(?:出来?|下来|到|的)?(?:是|约|有)?|结果是?|\b(?:says?|said|claims?|gets?|got|gives?|comes to))\s?(?:about |around |only |just |才|只有?|约|大概|~|=)?\s?(?P<n>\d+(?:\.\d+)?)\s?(?P<u>[km])(?:i?b)?(?![a-z\d]|\s?(?:tokens?|context|ctx|上下文|长度|条|个|samples|-?token))"
_OF_LENGTH = r"(?:\bcontext|\bctx|length|\bseq\w*|\bprompts?|\bwindow|上下文|序列|长度|窗口)[^,.;:?!]*$"
# what a factor is of, beside it: `64 layers * 5120 hidden`
_LABEL = r"\s?(?:(?:kv |query |attention |hidden |head )?(?:layers?|heads?|dim\w*|size|width|tokens?)|(?:trainable )?param(?:eter)?s?|hidden|seq\w*|batch\w*|层|个?(?:kv)?头|维|个?tokens?|个?(?:可训练)?参数)(?![a-z])"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)"
_COUNTED = r"k|m|b|g|gb|gib|mb|mib|bytes?|字节|θ|bit|万|亿"
_TERM = rf"\(?{_NUMBER}(?:\s?(?:{_COUNTED})(?![a-wyz]|x(?!\s?\d)))?(?:{_LABEL})?\)?"
EQUATION = rf"(?<![\d.a-z])(?<!\d,(?=\d{{3}}(?!\d)))(?<![a-z]-)(?P<left>{_TERM}(?:\s?[*x/+÷-]\s?{_TERM}){{1,9}})\s?(?P<eq>=|≈|~=|[-=]+>|→|等于|(?:is|are|makes|gives|comes to|就是|才|只是|就|是)(?=[\s\d])(?: only| just| about| roughly)?(?:只有|才|大概|约)?)\s?(?P<right>~?\s*{_NUMBER}\s?(?:gib|gb|g|mib|mb|kb|kib|b|t|bytes?|θ|字节|亿|万)?(?![a-z0-9]))"
PRODUCT = r"(?<![\d.a-z])(?P<left>\d+(?:\.\d+)?(?:\s?(?:b|gb|g|bytes?))?(?:\s*[*x]\s*\d+(?:\.\d+)?(?:\s?(?:gb|g|bytes?|mb))?){1,8})(?![a-z0-9])"
_OF_A_SETTING = re.compile(r"(?<![a-z0-9])[a-z]+(?:_[a-z]+)+[\"']?\s?[:=]?\s?$")
# `P * 4B / (32/Q) * 1.2`, `2 bytes * params`: a rule in letters, whose numbers are bytes and bits of a parameter
_OF_PARAMETERS = r"(?:(?<![a-z0-9])(?:p|n|θ)(?![a-wyz0-9])|\bparam(?:eter)?s?\b|参数量?)"
_RULE_IN_LETTERS = (
    rf"{_OF_PARAMETERS}\s?\)?\s?(?:\(b\)\s?)?[*x]\s?\(?\s?(?P<n>\d+(?:\.\d+)?)\s?(?:b|bytes?|字节)?(?![a-z0-9.])",
    rf"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?(?:b|bytes?|字节)?\s?[*x]\s?{_OF_PARAMETERS}",
    r"(?<![\d.a-z])(?P<n>32)\s?/\s?(?:q|bits?)(?![a-z])",
)
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
    r"\b(?:is|does|are) \d+k(?!i?b)[^.;?]{0,24}\b(?P<one>\d{4,6})(?: or (?P<other>\d{4,6}))?\b",
)
# an amount of memory in a row with others; more are tokens
_MOST_GB = 10_000


_CARDS_IN_ALL = re.compile(r"(?P<n>\d{1,2})\s?[x*]\s?(?P<m>\d{1,3})\s?gi?b?", re.ASCII)
_HOLD = r"\b\d+(?:\.\d+)?b\b[^?]*(?:\bcan\b|\bcould\b|\bfits?\b|\benough\b|能|够|可以)|(?:\bcan\b|\bcould\b|\bfits?\b|\benough\b|\bfor\b|能|够|可以)[^?]*\b\d+(?:\.\d+)?b\b"


def _pools_cards(left: str, right: str, text: str) -> bool:
    """Are they the memory of so many cards, added up for a model that they are to hold?"""
    found = _CARDS_IN_ALL.fullmatch(left)
    total = re.match(r"\s*(\d+)", right)
    if not found or not total or int(found["n"]) * int(found["m"]) != int(total[1]):
        return False
    return int(found["n"]) > 1 and int(found["m"]) in CARD_SIZES and re.search(_HOLD, text) is not None


def read_claims(scan: Scan, equations_only: bool) -> None:
    """The asker's arithmetic first (its numbers are nobody's facts), then every figure with a unit that is left."""
    if equations_only:
        read_token_sums(scan)
        for found in scan.find(_CHAIN):
            _claim_chain(scan, found)
        for found in scan.find(_THOUSANDS_OF_MIB):
            if scan.free(*found.span()):
                scan.claim(f"{float(found['n']) * 1000:g}", found["u"], *found.span())
        for found in scan.find(EQUATION):
            if re.fullmatch(r"\d+x\d+(?:\.\d+)?b", found["left"].strip()):
                scan.take(*found.span("right"))
                continue  # the name of a mixture, not a sum of the asker's
            if _OF_CARDS.fullmatch(found["left"].strip()):
                continue  # "4x 3090 = 96GB": so many cards of that name
            if _pools_cards(found["left"].strip(), found["right"], scan.text):
                scan.take(*found.span("right"))
                continue  # "2x24GB = 48GB, so we can train a 3B": so many cards, and what they are to hold
            span = scan.normal.original(*found.span())
            spoken = found["eq"][-1:].isalpha() or found["eq"][-1:] in ">→"
            if spoken and not re.search(r"[*x+]", found["left"]):
                continue  # "16/24 is": no sum
            said, left = (re.sub(rf"(?<=[\dkmb万亿]){_LABEL}", "", one.strip()) for one in (found[0], found["left"]))
            said = f"{left} = {found['right'].strip()}" if spoken else said
            scan.equations.append(Equation(said, left, _with_unit(left, found["right"].strip()), span))
            _take_plain_numbers(scan, found.start(), found.end())
            scan.take(*found.span("right"))  # what it comes to is no size of a model that is asked about
        for found in scan.find(PRODUCT_OF_NAMES):
            if of_shapes(found["left"]) and scan.free(*found.span()):
                scan.equations.append(Equation(found[0], found[0], "", scan.normal.original(*found.span())))
                scan.take(*found.span())
        for found in scan.find(PRODUCT):
            if _OF_A_SETTING.search(scan.text[max(0, found.start() - 32) : found.start()]):
                continue  # "max_pixels 1280*28*28": a value that is written so
            if scan.free(*found.span()) and len(re.findall(r"[*x]", found[0])) >= 2:
                scan.equations.append(Equation(found[0], found[0], "", scan.normal.original(*found.span())))
                _take_plain_numbers(scan, found.start(), found.end())
        _claim_of_a_token(scan)
        _take_a_rule(scan)
        _take_bytes_of_each(scan)
        for found in scan.find(_A_PART):  # "brings it to 1/8", and no sizes
            scan.take(*found.span("part"))
        for found in scan.find(_RULE_OF_X):
            scan.take(*found.span())
        for found in scan.find(_BYTES_IN_ALL):
            scan.take(*found.span())
        if next(scan.find(r"bytes?\b|字节"), None):
            for found in scan.find(_BYTES_OF_EACH):
                scan.take(*found.span())
        for pattern in K_OF_TOKENS:
            for found in scan.find(pattern):
                for group in ("one", "other"):
                    if found[group]:
                        scan.take(*found.span(group))
        return
    for found in scan.find(CLAIM_ROW):
        if scan.free(*found.span("n")) and (float(found["n"]) < _MOST_GB or found["u"] not in ("g", "gb", "gib")):
            scan.claim(found["n"], found["u"], *found.span("n"))
    for found in scan.find(RANGE_CLAIM):
        if scan.free(*found.span()):
            scan.claim(found["n"], found["u"], found.start("n"), found.end("n"))
            scan.claim(found["m"], found["u"], found.start("m"), found.end())
    for pattern in (THETA_CLAIM, CLAIM, MIB_CLAIM, TIMES_CLAIM):
        for found in scan.find(pattern):
            if scan.free(*found.span()):
                scan.claim(found["n"], found["u"], *found.span())
    for found in scan.find(_IN_TOTAL) if {"gpu", "gpu_memory_gb"} & set(scan.facts) else ():
        if scan.free(*found.span("n")):
            scan.claim(found["n"], "gb", *found.span("n"))
    for found in scan.find(_LET_USE):
        if scan.free(*found.span("n")):
            scan.claim(found["n"], "gb", *found.span("n"))
    memory = [claim.unit for claim in scan.claims if claim.unit in ("g", "gb", "gib")]
    memory += [found["u"] for one in scan.equations for found in re.finditer(r"\d\s?(?P<u>gib|gb|g)$", one.right)]
    for found in scan.find(UNITLESS_CLAIM) if memory else ():
        if scan.free(*found.span("n")) and _is_length(found["n"]):
            if "seq_len" in scan.facts:  # "at 2048 it uses 22 GB; how much at 8192?"
                scan.add("seq_len", int(found["n"]), *found.span("n"))
            continue
        if scan.free(*found.span("n")):
            scan.claim(found["n"], memory[0], *found.span("n"))
    for found in scan.find(MOVED):
        for group in ("n", "m"):
            if scan.free(*found.span(group)):
                scan.claim(found[group], "gb", *found.span(group))
    for found in scan.find(_LATER_CLAIM) if memory else ():
        if scan.free(*found.span("n")):
            scan.claim(found["n"], memory[0], *found.span("n"))
    for found in scan.find(_EITHER_CLAIM) if memory else ():
        for group in ("n", "m"):
            if scan.free(*found.span(group)):
                scan.claim(found[group], memory[0], *found.span(group))
    for found in scan.find(BARE_CLAIM):
        group = next(name for name in "dmn" if found[name])
        if scan.free(*found.span(group)):
            scan.claim(found[group], "", *found.span(group))


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


def read_tokens_of_products(scan: Scan) -> None:
    """The tokens that a product for a cache counts: the largest of two wide numbers, or the one beside the size of a head."""
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


def _take_plain_numbers(scan: Scan, start: int, end: int) -> None:
    """In `7B*2 = 14GB` the 7B still is the model's size; every other number belongs to the arithmetic."""
    for number in re.finditer(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.]|\s?(?:b|bits?)(?![a-z]))", scan.text[start:end]):
        scan.take(start + number.start(), start + number.end())
