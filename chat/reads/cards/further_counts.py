"""Counts of cards beside the one that is told: of a run's parts, of further machines, of what may be enough as well."""

import re

from chat.reads.cards.card_memory import settle_sum_of_cards
from chat.reads.cards.cards_grown import settle_grown
from chat.reads.cards.cards_left import OTHERS, settle_cards_left
from chat.reads.cards.counts_raised import settle_counts_raised
from chat.reads.cards.free_memory import settle_shared_card
from chat.reads.cards.one_more import settle_in_total, settle_one_more, settle_second
from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan
from chat.reads.seen.tried import BADLY, BADLY_ZH, WELL, WELL_ZH

# "actor 4 cards, critic 2": the parts of a reinforcement run on cards of their own
_ROLE = r"(?:actor|critic|ref(?:erence)?|reward|rm|rollout|policy|vllm|value|参考|奖励|评论家|演员|推理引擎)(?:\s?(?:model|模型))?"
_OF_ROLES = rf"{_ROLE}(?:\s?(?:\+|and|和|、|/)\s?{_ROLE})?\s?(?:on|用|:|=|给|占)?\s?(?P<each>各)?\s?(?P<n>\d{{1,3}})\s?(?:张|块|个)?\s?(?:(?P<unit>卡|gpus?\b|cards?\b)|(?=\s?(?:[,;+&)]|\.(?!\d)|$|and\b|和|on\s(?!\d|the\b))))"
_TWO = rf"{_ROLE}\s?(?:\+|and|和|、|/)\s?{_ROLE}"

# "are 4 enough? 8?", "or do I need 8?": a bare number that asks about as many cards
_FURTHER = (
    r"(?:\b(?:is|are|would|will|can|do)\s(?:just |only |about )?(?=\d{1,3}\s(?:be )?(?:enough|sufficient|suffice|ok(?:ay)?|do)\b)|[?,]|\bor\b(?: (?:even|maybe|perhaps|rather|just|would|(?:do|should|must|would) (?:i|we)|need|have|to|get|take|use|buy|rent|go (?:for|with)|grab))*|还是(?:要|得|需要)?(?:买|租|上|用)?|或者?)"
    r"\s*(?P<n>\d{1,3})\s*(?:张|块|of (?:them|those|these))?\s*(?=[?]|$|吗|呢|for\b(?! ?\d)|(?:be )?(?:enough|sufficient|suffice|ok(?:ay)?|do)\b)"
)
# "hopeless on 4, ok on 8?": what a run is on, where cards are counted, is as many of them, whatever stands between
_ON = r"\b(?:ok|okay|fine|hopeless|impossible|possible|feasible|doable|viable|tight|comfortable|comfortably|safe|works?|runs?|fits?|fit|run|it|that|this|ooms?|fails?|dies|crashes)\son\s(?:just |only |all )?(?P<n>\d{1,3})(?=\s?[,;?!)]|\s?\.(?!\d)|$|\s(?:and|or|but|instead|then)\b)"
# what is bought is cards, whatever number stands between
_BOUGHT = r"\b(?:buy|rent|grab)\s*\d|[买租]\s*\d"
# "is rank 32 fine ..., or should I go with 64?": as much of the setting that is asked about
_OF_A_SETTING = r"\b(?:is|are|will|would|does|do|can)\s(?:an? |my |the )?(?:lora )?(?:micro[- ]?)?(?:batch|bsz?|rank|r ?=|seq\w*|context|length|max[_ ]\w+)\b[^.?!]*$"
_NEAR = 120  # characters from the count to a further one
# what may stand between them: a number of any other thing is what the next one is of
_OF_THE_CARDS = frozenset({
    "n_gpus", "gpu", "gpu_memory_gb", "model", "params", "method", "algo", "task", "engine", "kv_format", "weight_format", "tp",
})  # fmt: skip


def settle_counts(scan: Scan) -> None:
    """Add the counts that the rest of the text tells or asks about."""
    settle_shared_card(scan)
    settle_sum_of_cards(scan)
    _roles(scan)
    _part_of_them(scan)
    _of_each(scan)
    _more_machines(scan)
    _further_counts(scan)
    _enough_of_them(scan)
    _other_count(scan)
    settle_cards_left(scan)
    settle_grown(scan)
    _layouts_of_counts(scan)
    settle_second(scan)
    settle_in_total(scan)
    settle_one_more(scan)
    settle_counts_raised(scan)


def _roles(scan: Scan) -> None:
    """The cards of the parts of a reinforcement run, together."""
    found = list(scan.find(_OF_ROLES))
    if len(found) < 2 or not any(one["unit"] for one in found) or "algo" not in scan.facts:
        return
    scan.facts["n_gpus"] = [sum(int(one["n"]) * (2 if one["each"] and re.match(_TWO, one[0]) else 1) for one in found)]
    scan.spans["n_gpus"] = [scan.normal.original(*found[0].span("n"))]
    for one in found:
        scan.take(*one.span("n"))


# "which parts sit on a card at once": any of those that are counted, and no case of one card
_ON_ANY = re.compile(r"\b(?:on|onto|in|of|per|for) (?:a|any given|a given) (?:gpu|card)$", re.ASCII | re.IGNORECASE)
# "13.5 GB a card", "somebody uses 6 GB on one card"
_AMOUNT_OF_EACH = re.compile(
    r"\d\s?(?:gi?b|g) (?:an?|(?:on|of) (?:just |only )?(?:one|1)) (?:gpu|card)$", re.ASCII | re.IGNORECASE
)
# "单卡大概多少G", "一张卡峰值会到多少": what each of them takes
_OF_ONE = re.compile(
    r"(?:[单1一]\s?[张块]?\s?(?:显?卡|gpu)?)(?:上|的|峰值|显存|占用?|使用|大概|大约|平均|最高|最多|会|能|要|得|需要?|用|吃|到|达|约|,|\s)*(?:多少|几个?g|多大|micro|m?bs(?![a-z])|m?bsz|batch|批)|(?:a )?(?:single|one)[- ](?:gpu|card) (?:micro[- ]?)?(?:batch|bs)",
    re.IGNORECASE,
)
# of two set-ups each is told with how it went: "8卡正常, 单卡bs=2就OOM"
_WENT = rf"\b(?:{WELL}|{BADLY})\b|{WELL_ZH}|{BADLY_ZH}"
_IS_EACH = re.compile(r"\b(?:each|every) (?:card|gpu|one) (?:is|being) (?:an? )?$", re.ASCII)
_SUFFICES = re.compile(r"\s?(?:be )?(?:enough|suffic\w*|do\b|alone|by itself|with \d)", re.ASCII | re.IGNORECASE)


def _of_each(scan: Scan) -> None:
    """Leave out the one card of "a card" where several are counted, and of an amount that each has."""
    counts, places = scan.facts.get("n_gpus", []), scan.spans.get("n_gpus", [])
    if len(counts) != len(places):
        return
    own = []
    for count, (start, _) in zip(counts, places, strict=True):
        noun = re.match(r"[^.,;?!]{0,6}?(?:gpu|card)\b", scan.lowered[start:], re.IGNORECASE)
        end = start + noun.end() if noun else start
        before = scan.lowered[max(0, start - 12) : end]
        each = len(counts) > 1 and _ON_ANY.search(before) and not _SUFFICES.match(scan.lowered[end:])
        each = each or (
            len(counts) > 1
            and _OF_ONE.match(scan.lowered[start:])
            and scan.lowered[start - 1 : start] not in "和跟与或是"
            and not (compiled(_WENT).search(scan.lowered[:start]) and compiled(_WENT).search(scan.lowered[end:]))
        )
        each = each or (len(counts) > 1 and bool(_IS_EACH.search(scan.lowered[max(0, start - 16) : start])))
        own.append(count > 1 or not (each or _AMOUNT_OF_EACH.search(before)))
    if not all(own):
        keep(scan, "n_gpus", own)


# of several machines one that may be enough
_ONE_MACHINE = (
    r"(?:(?<![\d.])1\s?(?:台|个?节点|机(?!器))|单台|单(?:节点|机))(?:机器|服务器)?(?:其实|应该|理论上|说不定|可能|到底|是不是|是否)?(?:也|就|都|能不能|可不可以)?(?:行|够|可以|能|放得?下|装得?下|搞定|搞得定|扛得住|ok)"
    r"|\b(?:1|one|a single|just one|only one|one single) (?:of (?:them|those|these)|node|machine|server|box)\b (?:alone |really |actually )?(?:is|are|was|would|will|should|could|can|suffices?|does)\b|\b(?:is|are|would|will|could|can|does) (?:just |only )?(?:1|one|a single) (?:of (?:them|those|these)|node|machine|server|box)\b"
)


def _more_machines(scan: Scan) -> None:
    """`一台8卡够吗,两台呢`: as many cards once more for each machine."""
    cards = scan.facts.get("n_gpus", [])
    for found in scan.find(
        r"(?<![\d.])(?P<n>[2-9])\s?(?:台|机)\s?(?:呢|够|行|可以|的话)|\b(?:or|and|about|with) (?P<m>[2-9]) (?:nodes|machines|boxes|servers)\s?\?"
    ):
        count = int(found["n"] or found["m"])
        if len(cards) == 1 and cards[0] > 1 and scan.extras.get("nodes", [1]) == [1]:
            scan.add("n_gpus", count * cards[0], *found.span())
    nodes = int(max(scan.extras.get("nodes", (1,))))
    for found in scan.find(_ONE_MACHINE) if len(cards) == 1 and nodes > 1 else ():
        scan.add("n_gpus", cards[0] // nodes, *found.span())  # "two nodes of 8; is one enough?"
    for found in scan.find(r"(?<![\d.a-z])(?P<n>\d{2,3})(?=\s?(?:够|行|enough\b|ok\b|suffices?\b))"):
        if float(found["n"]) in scan.facts.get("gpu_memory_gb", ()) and scan.free(*found.span("n")):
            scan.take(*found.span("n"))  # "64G 和 128G, 64够不": the memory once more
    for found in scan.find(r"(?<=\?)\s*(?:(?:or|and|what about|how about)\s)?(?P<n>\d{1,4})(?=\s?\?)"):
        if len(cards) == 1 and scan.free(*found.span("n")) and int(found["n"]):
            scan.add("n_gpus", int(found["n"]), *found.span("n"))  # "4x A100 enough? 8?"


def _further_counts(scan: Scan) -> None:
    """`4x A100 enough? 8?`: the same cards in another number."""
    if len(scan.facts.get("n_gpus", [])) != 1 or not scan.spans.get("n_gpus"):
        return
    counted = scan.spans["n_gpus"][0][1]
    others = [span for name, spans in scan.spans.items() if name not in _OF_THE_CARDS for span in spans]
    for found in scan.find(_FURTHER):
        start = scan.normal.original(*found.span("n"))[0]
        bought = compiled(_BOUGHT).search(found[0]) is not None
        setting = compiled(_OF_A_SETTING).search(scan.text[: found.start()]) is not None
        between = not bought and (setting or any(counted <= other[0] < start for other in others))
        told_only = [one for one in scan.claims if one.span[0] == start and not one.unit]
        if (
            0 <= start - counted <= (2 * _NEAR if bought else _NEAR)
            and not between
            and (told_only or scan.free(*found.span("n")))
        ):
            scan.claims = [one for one in scan.claims if one not in told_only]
            scan.add("n_gpus", int(found["n"]), *found.span("n"))
    for found in scan.find(_ON):
        if "gpu" in scan.facts and scan.free(*found.span("n")) and int(found["n"]):
            scan.add("n_gpus", int(found["n"]), *found.span("n"))


# "serve it on one of them", "只用其中两张部署": a part of the cards that are there, and no question of how many
_PART = (
    r"\b(?:on|onto|to|using|use|with|for) (?:just |only )?(?P<n>1|one|a single one|\d{1,2})(?: (?:card|gpu)s?)? of (?:them|these|those|my|our|the (?:\d+|two|cards|gpus))\b"
    r"|(?:其中|里面|里)(?:的)?(?P<m>\d{1,2})\s?[张块](?:卡|显卡)?(?!\s?(?:老|旧|二手)?的?\s?(?:\d|[a-z]{0,4}\s?\d{2,4}))(?!\d|[a-z])(?!\s?上?(?:已经?|还|都|正)*(?:被|让|有|给|接|插|坏))"
)
_RUN_ON_IT = r"\bq?lora\b|\b(?:serv|run|host|deploy|fit|train|tun|infer|put|load|us|fine-?tun)(?:e|es|ed|t|s|ing|ning|ting)?\b|部署|跑|推理|训|微调|用|放"
_NO_RUN = r"\b(?:other (?:services?|models?|jobs?|projects?|users?)|another|display|desktop|monitor|screen|slot|x\d{1,2}|broken|dead|died|fails?|or|both|all)\b|显示|桌面|坏|插|还是|别的|其他|其它|别人|(?<!其)(?:都|全)"

_REST_OF_THEM = re.compile(
    r",\s?(?:(?:and|but|while|since|because|as) )?the (?:others?|rest|remaining)\b|,\s?(?:另外|剩下|其余|余下)",
    re.ASCII,
)
_STOP = re.compile(r"[.;?](?!\d)")


def _part_of_them(scan: Scan) -> None:
    """Of more cards those that are to be used."""
    counts = scan.facts.get("n_gpus", [])
    for found in scan.find(_PART):
        told = found["n"] or found["m"]
        part = int(told) if told.isdigit() else 1
        stops = [one.end() for one in _STOP.finditer(scan.text)]
        start = max([0, *(one for one in stops if one <= found.start())])
        end = min([len(scan.text), *(one for one in stops if one >= found.end())])
        if (rest := _REST_OF_THEM.search(scan.text, found.end(), end)) is not None:
            end = rest.start()  # "on two of them, the other two drive displays"
        sentence = scan.text[start:end]
        runs = compiled(_RUN_ON_IT).search(sentence) and not compiled(_NO_RUN).search(sentence)
        subject = re.split(r"[,.;?!]", scan.text[: found.start()])[-1]
        if not runs or compiled(OTHERS).search(subject) or not any(one > part for one in counts):
            continue
        scan.extras.setdefault("former", []).extend(one for one in counts if one != part)
        scan.facts["n_gpus"] = [part]
        scan.spans["n_gpus"] = [scan.normal.original(*found.span())]
        return


# "how many do I need? Is 6 enough?", "6 张够吗", "能不能 4 张搞定", "I was told 3 would do": a count of the cards that are named
_DOES = r"(?:be )?(?:enough|sufficient|suffice|ok(?:ay)?|do|work|plenty)\b"
_ENOUGH_OF_THEM = (
    rf"\b(?:is|are|would|will|can|does|do)\s(?:just |only |about )?(?P<n>\d{{1,3}})(?: of (?:them|those|these))?\s{_DOES}"
    rf"|(?<![\d.a-z-])(?P<k>\d{{1,3}})(?: of (?:them|those|these))? (?:would|will|should|could|must|might|is|are) {_DOES}"
    r"|\b(?:says|said|thinks|claims|insists|told (?:me|us)|was told|heard)(?: that| it'?s| we need| i need| you need| to (?:use|take|buy))* (?:just |only |about )?(?P<j>\d{1,2})(?: (?:cards?|gpus?|of (?:them|those|these)))?(?= (?:because|since|as|would|will|should|is|are|cards?|gpus?|of)\b|\s?[,.;?!]|$)"
    r"|(?<![\d.a-z])(?P<m>\d{1,3})\s?(?:够(?:吗|不|么|用)|行(?:吗|不)|可以吗)"
    r"|(?<![\d.a-z])(?P<i>\d{1,3})\s?[张块](?:卡)?(?:就|也|能|能不能|可以|应该|肯定|够|行|搞定|搞得定|跑|训|放得下|装得下|扛得住|顶得住|ok)"
)
# "how many A100s for a full fine-tune, 4 enough?": without a verb it is of the cards only where their number is asked for
_SHORTLY_ENOUGH = r"(?<=[-?,;:)] )(?:just |only |maybe |or )?(?P<n>\d{1,3})(?: of (?:them|those|these))? (?:be )?(?:enough|sufficient|suffices?|ok(?:ay)?|plenty|fine)\s?(?:\?|$)"
_HOW_MANY_CARDS = r"\bhow many (?:more |of the |nvidia |rtx |tesla )*(?:gpus?|cards?|[a-z]{0,3}\d)"


def _enough_of_them(scan: Scan) -> None:
    """A bare number that may be enough, where cards are named and not counted."""
    if "gpu" not in scan.facts or "n_gpus" in scan.facts:
        return
    shortly = scan.find(_SHORTLY_ENOUGH) if any(scan.find(_HOW_MANY_CARDS)) else ()
    for found in (*scan.find(_ENOUGH_OF_THEM), *shortly):
        group = str(found.lastgroup)
        start = scan.normal.original(*found.span(group))[0]
        told_only = [one for one in scan.claims if one.span[0] == start and not one.unit]
        if (told_only or scan.free(*found.span(group))) and int(found[group]):
            scan.claims = [one for one in scan.claims if one not in told_only]
            scan.add("n_gpus", int(found[group]), *found.span(group))
            return


# "can I go down to 2?", "how many GB with 8?", "换成 2 张还能跑吗": what the run that is told is to have instead
_OTHER_COUNT = (
    r"\b(?:go|get|scale|drop|cut|move|come|step|shrink|expand|grow|switch)\w* (?:it |them |this )?(?:down |up |back |out )?to (?:just |only )?(?P<n>\d{1,3})(?= ?(?:of them|cards?|gpus?)?\s*(?:[?,;!]|\.(?!\d)|$))"
    r"|\b(?:how|what|can|could|will|would|does)\b[^.?!;]{0,60}\b(?:with|on|over|across) (?:just |only )?(?P<m>\d{1,3})(?: of them| cards?| gpus?)?\s*(?:\?|$)"
    r"|(?:换[成到]|改[成用]|减少?到|缩到|加到|扩到|增加到|降到|变成)了?\s?(?P<k>\d{1,3})\s?[张块卡]"
)


def _other_count(scan: Scan) -> None:
    """Of a run on several cards that is told another count of them, which is asked about."""
    if len(counts := scan.facts.get("n_gpus", [])) != 1 or counts[0] < 2:
        return
    for found in scan.find(_OTHER_COUNT):
        group = str(found.lastgroup)
        start = scan.normal.original(*found.span(group))[0]
        bare = [one for one in scan.claims if one.span[0] == start and not one.unit]
        count = int(found[group])
        if count and count != counts[0] and (bare or scan.free(*found.span(group))):
            scan.claims = [one for one in scan.claims if one not in bare]
            scan.add("n_gpus", count, *found.span(group))
            return


def _layouts_of_counts(scan: Scan) -> None:
    """`TP 3 on 3 cards fails, are 2 enough?`: of several counts, a layout as wide as one of them is of that one alone;
    so is one told before the other count, `2 cards (TP2), or do I need 4?`. As many layouts as counts, each as wide as its
    count (`tp4 on 4 cards or tp8 on 8`), are what each count runs by anyway."""
    counts, ways = scan.facts.get("n_gpus", []), scan.facts.get("tp", [])
    if len(counts) > 1 and sorted(counts) == sorted(ways) and not {"dp", "pp"} & set(scan.facts):
        del scan.facts["tp"], scan.spans["tp"]
        scan.facts.setdefault("engine", ["vllm"])  # a server is what asks for ranks
        return
    if len(counts) < 2 or len(ways) != 1 or ways[0] not in counts or {"dp", "pp"} & set(scan.facts):
        return
    told = scan.spans["tp"][0][0]
    before = any(count != ways[0] and told < span[0] for count, span in zip(counts, scan.spans["n_gpus"], strict=False))
    if before or any(count % ways[0] for count in counts):
        del scan.facts["tp"], scan.spans["tp"]
