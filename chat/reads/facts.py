"""Facts said by words and numbers: settings, formats, sizes, counts, lengths, memories."""

import re

from chat.reads import lexicon
from chat.reads.caches.cache_formats import CACHE_CALLED, CACHE_FORMAT, CACHE_FORMATS
from chat.reads.caches.cache_types import of_each_token
from chat.reads.cards.card_counts import half_machines, node_counts
from chat.reads.cards.named_cards import card_numbers
from chat.reads.flags import unknown_values
from chat.reads.formats.files import of_one_library
from chat.reads.lexicon import NUMBERED, WORDED, Numbered
from chat.reads.models.named_models import shapes
from chat.reads.reading import Unread
from chat.reads.refusals import is_option, refused, wonders
from chat.reads.scan import Scan
from chat.reads.training.shard_groups import claim_groups
from kb.knobs import thousand

VALUE = re.compile(r"(?P<n>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)\s?(?P<s>[km%千万w])?", re.ASCII)


Places = list[re.Match[str]]
# what makes a number behind "batch size" one of tokens
_TOKENS_BEHIND = re.compile(r"[ -]?(?:tokens?\b|(?:ctx|context|seq)\b(?!(?: ?len\w*)?\s?[:=]?\s?\d)|个?token)")
_SHORTEST = 16  # tokens: fewer are no length, but a count of something
_UP_TO = re.compile(r"(?:\bto|>|→|到|成|为)\s?$")
_LENGTHS = frozenset(str(2**power) for power in range(9, 18))


def _bound(found_by: list[tuple[Numbered, Places]]) -> dict[int, str]:
    """Which numbers stand right after a keyword, and of what fact; a keyword that is the noun of a number before it
    (`8k context 4 users`) binds none."""
    valued = {found.start("v"): rule.fact for rule, places in found_by if rule.has_keyword_first for found in places}
    nouns = {
        (rule.fact, place)
        for rule, places in found_by
        if not rule.has_keyword_first
        for found in places
        if valued.get(found.start("v"), rule.fact) == rule.fact  # `batch_size: 2 gradient_accumulation_steps: 8`
        for place in range(found.end("v"), found.end())
    }
    bound: dict[int, str] = {}
    for rule, places in found_by:
        if rule.has_keyword_first:
            for found in places:
                if (rule.fact, found.start()) not in nouns:
                    bound.setdefault(found.start("v"), rule.fact)
    return bound


def _numbered(scan: Scan, rule: Numbered, places: Places, bound: dict[int, str]) -> None:
    """State what a rule finds; a bound number is not drawn into the row before another noun (`length 8192, 32 users`)."""
    for found in places:
        start, end = found.span("v")
        if not scan.free(start, start + 1) if rule.has_keyword_first else not scan.free(end - 1, end):
            continue
        stated, kept = False, True
        if rule.fact == "learning_rate":
            stated = scan.add(rule.fact, float(found["v"]), start, end, extra=True)
            continue
        for value in VALUE.finditer(found["v"]):
            text = digits(value)
            amount: object = text
            if text.endswith("%"):
                amount = float(text[:-1]) / 100
            if rule.extra:
                amount = _plain(str(amount), in_tokens=rule.fact == "max_prompt")
            if found.groupdict().get("tb"):
                amount = 1024 * float(text.replace(",", ""))
            at = start + value.start(), start + value.end()
            elsewhere = bound.get(at[0], rule.fact) != rule.fact
            if (
                rule.fact == "batch_size"
                and at[0] > start
                and text in _LENGTHS
                and not _UP_TO.search(scan.text, start, at[0])
            ):
                elsewhere = True  # "bs 1, 2048"
            if rule.fact == "batch_size" and _TOKENS_BEHIND.match(scan.text, at[1]):
                elsewhere = True  # "batch size at 1024 tokens"
            if rule.fact == "seq_len" and text.isdigit() and int(text) < _SHORTEST:
                elsewhere = True  # "1 sequence", "8 contexts"
            if not scan.free(*at) or elsewhere:
                kept = False
                continue
            stated |= scan.add(rule.fact, amount, *at, extra=rule.extra)
        if stated and kept:
            scan.take(start, end)


def digits(value: re.Match[str]) -> str:
    """`4,096` → 4096, `1.5万` → 15000, `8k` stays: what k means depends on the fact."""
    number, scale = value["n"].replace(",", ""), value["s"] or ""
    tens = {"万": 1e4, "w": 1e4, "千": 1e3}.get(scale)
    return str(round(float(number) * tens)) if tens else number + scale


def _plain(text: str, in_tokens: bool) -> float:
    """The k of a length may be 1024, that of everything else is a thousand."""
    number = float(text.rstrip("km%"))
    return number * {"k": thousand(number) if in_tokens else 1e3, "m": 1e6}.get(text[-1:], 1.0)


# shares of the layers by card
_TENSOR_SPLIT = r"(?:tensor[ _-]split|(?<![a-z])-ts)\s*[:=]?\s*(?P<v>\d+(?:\.\d+)?(?:[,/:]\d+(?:\.\d+)?)+)"

# Read before cards and formats: their words contain numbers and formats that would otherwise be taken for those.
EARLY = frozenset({"kv_format", "double_quant", "optimizer", "precision", "attention", "adapter_dtype"})


def read_settings(scan: Scan) -> None:
    """Settings that are bound to a keyword."""
    _cache_formats(scan)
    for rule in WORDED:
        if rule.fact in EARLY:
            worded(scan, rule.fact, rule.value, rule.pattern)
    for found in scan.find(lexicon.TARGETS):
        modules = re.findall(r"[qkvo](?![a-z])|gate|up|down", (found["v"] or found["w"]).replace("_proj", ""))
        scan.add("lora_targets", " ".join(dict.fromkeys(modules)), *found.span())
    for found in scan.find(_TENSOR_SPLIT):
        scan.add("tensor_split", found["v"], *found.span())
    for found in scan.find(lexicon.FRAMES):
        if scan.free(*found.span()):
            scan.add("seq_len", int(found["n"] or found["k"]) * int(found["m"] or found["l"]), *found.span())
    for found in scan.find(lexicon.LENGTH_RANGE):
        if scan.free(*found.span()):
            for end in ("a", "b"):
                scan.add("seq_len", f"{found[end]}k", *found.span(end))
            scan.take(*found.span())
    _letters(scan)
    found_by = [(rule, list(scan.find(rule.pattern))) for rule in NUMBERED]
    bound = unknown_values(scan) | _bound(found_by) | card_numbers(scan)
    for numbered, places in found_by:
        _numbered(scan, numbered, places, bound)


# s, b, h, a, L of the published formulas; two of them make it a derivation's notation and no flag
_LETTERS = r"(?<![a-z0-9_.*/+-])(?P<letter>[sbhal])(?:\s?=\s?(?P<v>\d{1,6})(?![\d.]*\d|[a-z]|\s?[*/+])|\s(?P<w>\d{1,6})(?=\s?[,;)]|$))"
_LETTER_FACTS = {"s": "seq_len", "b": "batch_size"}
_NOTATION = r"\bsbh\b|\b5as\b|\bderiv|推导|公式|\bformula"


def _letters(scan: Scan) -> None:
    """`s=4096, b=1`: given as the formulas write them; h, a and L are shapes that the model has."""
    found = [one for one in scan.find(_LETTERS) if scan.free(*one.span())]
    if not found or not (len(found) > 1 or any(scan.find(_NOTATION))):
        return
    shaped = [shapes(str(name)) for name in scan.facts.get("model", ())]
    for one in found:
        fact = _LETTER_FACTS.get(one["letter"])
        if fact and fact not in scan.facts:
            scan.add(fact, one["v"] or one["w"], *one.span())
        elif any(float(one["v"] or one["w"]) in model for model in shaped):
            scan.take(*one.span())


def _cache_formats(scan: Scan) -> None:
    """`KV cache in f16, q8_0 or q4_0`: each a format of the cache."""
    of_each_token(scan)
    for found in scan.find(CACHE_FORMATS):
        group = next(name for name in ("after", "before", "around", "one", "two", "kept") if found[name])
        row, start = found[group], found.start(group)
        for one in re.finditer(CACHE_FORMAT, row):
            kind = CACHE_CALLED.get(one[0], one[0])
            at = (start + one.start(), start + one.end())
            if scan.free(*at) and not scan.add(
                "kv_format", kind, *at
            ):  # no format of the tables: of the weights it is none
                scan.take(*at)
                scan.unread.append(Unread(f"{one[0]} cache", one[0], scan.normal.original(*at)))
    scan.in_order("kv_format")  # flags were read before


def worded(scan: Scan, fact: str, value: object, pattern: str) -> None:
    """State a value that words tell, unless they refuse it."""
    offloads = fact == "offload" and value != "none"
    for found in scan.find(pattern):
        # Where only a part of the words tells the value, that part is the group `v`.
        span = found.span("v") if found.groupdict().get("v") else found.span()
        named = scan.facts.get("lora_targets", ()) if fact == "lora_targets" else ()
        if named and (value != "all-linear" or any("up" in str(one).split() for one in named)):
            continue  # "attention only (q_proj, v_proj)": the modules by name are more exact
        if not scan.free(*span):
            continue
        if fact == "loss" and wonders(scan, found):
            continue  # "should I bother with liger?": as it stands there is none
        # "must it be ZeRO-3 (no offload)?": a refusal is no option
        if refused(scan, *found.span()) or (offloads and is_option(scan, found)):
            scan.take(*span)
        else:
            scan.add(fact, value, *span)


# a format that a card lacks
_LACKING = r"(?:\b(?:no|without|lacks?|lacking|not? (?:natively )?support(?:s|ed|ing)?|(?:doesn't|does not|don't|can't|cannot) (?:natively )?(?:support|have|do|use))\s(?:native |hardware )?|(?:不支持|没有|不能用|用不了|跑不了)\s?(?:原生)?\s?)$"
LACKED = (
    r"\s?(?:is (?:un|not )supported|isn't supported|unsupported|is (?:rejected|refused|not accepted)"
    r"|(?:(?:flag|option|mode|switch|选项|开关|参数)\s?)?(?:just |always |会|直接)?(?:errors?(?: out)?\b|fails?\b|crashes\b|does(?:n't| not) work|报错)"
    r"|[^,.;?!]{0,8}(?:不支持|用不了|没法用|开不了|报错|出错))(?![^,.;?!]{0,24}(?:\booms?\b|\bmemory\b|爆|显存))"
)


def lacking(scan: Scan, start: int, end: int) -> bool:
    """`V100 has no bf16`, `T4 不支持 bf16`: what a card lacks is not what is used; a checkpoint `-FP8` that fails is."""
    return scan.text[start - 1 : start] != "-" and (
        lexicon.compiled(_LACKING).search(scan.text[max(0, start - 32) : start]) is not None
        or lexicon.compiled(LACKED).match(scan.text[end : end + 64]) is not None
    )


_IN_ALL = r"[^,.;?!]{0,16}?(?:\bin total\b|\baltogether\b|\ball together\b|一共|总共|总计|合计)"


_ONE_BOX = r"(?<![\d.])1\s?台"


# how many machines it takes is asked, and how many cards each has is told
MACHINES_ASKED = r"\bhow many (?:\w+ ){0,2}?(?:nodes|machines|servers|boxes)\b|(?:几|多少)\s?(?:台|个?节点|个?机器)"
_EACH_MACHINE = (
    r"每(?:台|机|个?节点|个?机器)(?:机器|服务器)?(?:有|是|配)?\s?(?P<n>4|8|16)\s?(?:张|块)?\s?卡"
    r"|(?<![\d.])(?P<m>4|8|16)\s?(?:x |×)?(?:gpus?|cards?)\s?(?:per|in each|on each|each|/|a)\s?(?:node|machine|server|box)"
    r"|\b(?:nodes?|machines?|servers?|boxes) (?:of|with) (?P<o>4|8|16)(?: gpus?| cards?)"
)


def _each_machine(scan: Scan) -> None:
    """`每台8卡,要几台`: so many are of one machine, and not all that there are."""
    if not any(scan.find(MACHINES_ASKED)):
        return
    for found in scan.find(_EACH_MACHINE):
        if scan.free(*found.span()):
            each = next(int(one) for one in found.groups() if one)
            scan.add("machine_cards", each, *found.span(), extra=True)


def read_nodes(scan: Scan) -> None:
    """Machines times cards, before a card's own count could take the second number alone."""
    claim_groups(scan)
    half_machines(scan)
    _each_machine(scan)
    for found in node_counts(scan):
        nodes, each = int(found["a"]), int(found["b"])
        if nodes == 1 and len([*scan.find(_ONE_BOX)]) > 1:
            continue  # "一台4090,一台双3090": each a machine of its own
        total = (
            re.search(r"(?<!每)(?:[机台]|节点)\s*(?:共|一共|总共)?\s*\d+\s*(?:张|块)?(?:卡)?$", found[0])
            and each > 8
            and each % nodes == 0
        )
        in_all = each % nodes == 0 and lexicon.compiled(_IN_ALL).match(scan.text, found.end()) if nodes else None
        if total or (in_all and str(nodes * each) not in in_all[0]):  # 两机16卡: a machine holds eight
            each //= nodes
        if nodes and each and scan.free(*found.span("a")) and scan.free(*found.span("b")):
            scan.add("nodes", nodes, *found.span("a"), extra=True)
            scan.add("n_gpus", nodes * each, found.start("b"), found.end("b"))


def read_engines(scan: Scan) -> None:
    """Programs that run models, before the model names that some of them contain."""
    for rule in WORDED:
        if rule.fact == "engine":
            worded(scan, rule.fact, rule.value, rule.pattern)
    of_one_library(scan)
