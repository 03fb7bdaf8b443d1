"""A case that is over: what ran before, was tried, or is replaced, beside the one that the text is about.

"Last month on two A100, now on a 4090", "之前 8k 一直爆,改成 4k 还是爆", "we run X, from January on Y instead": of two
values of a setting the one that is told of the former case is none of the present one. Where the two cases are
compared, or what ran is set against what fails, both are meant and both stay.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from chat.reads import asking
from chat.reads.corrected import drop_layout, keep
from chat.reads.cues import WHICH_MODELS
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.reading import Reading, Span
from chat.reads.scan import Scan
from chat.reads.tried import BADLY, BADLY_ZH, WELL, WELL_ZH, changed
from kb.names import names

_SENTENCE = re.compile(r"[?!;]+|\.(?!\d|cpp\b)")
_TURNED = r"(?:moved|switched|went|dropped|changed|cut|reduced|lowered|raised|turned|swapped|upgraded|downgraded|scaled|migrated|replaced)"
# "so I switched to FSDP yesterday": the change was then, and what it brought is the present
_HAS_TURNED = rf"(?:(?:and|but|then|so|i|we|i've|we've|have|since|just|now|already) ){{1,4}}{_TURNED}\b"
# where the present case begins: a word of time, a wish, a change that was made
_NOW = (
    rf"\b(?:(?<!until )(?<!till )(?<!up to )now|nowadays|these days|today|this (?:time|week|month|year)|instead|as of now|from (?:\w+ ){{1,3}}on(?:wards?)?\b|next (?:week|month|year|quarter)|tomorrow|(?:and |but |then |so |i |we |i've |we've |have |since ){{1,3}}(?:just |now |already |since )?{_TURNED}|(?:and |but |so |i |we ){{1,2}}(?:want|need|plan|intend|would like|'d like|wish)\b|plan(?:ning)? (?:to|is|on)\b|(?<!was )(?<!were )going to\b|in the end\b|finally\b|eventually\b|since then\b|(?:settled|decided) (?:on|for)\b|(?:i|we) (?:went with|chose)\b|fell back to\b|current (?:config\w*|set-?up|settings?|run|version)\b|the real (?:thing|run|one)\b|(?:should|will) (?:now )?run\b|(?:(?:and|but|then|so|,) )(?:(?:have|'ve|i|we|i've|we've|just|then|since|instead) ){{0,3}}(?:got|bought|ordered|picked up|built|purchased|acquired|own)\b(?= (?:me |myself |us |ourselves )?(?:an?|1|another|the|my|our|\d{{1,2}}x?)\b[^,.;?!]{{0,16}}(?:\d{{4}}|[a-z]\d{{2,3}}|\bcards?|\bgpus?|\bmac))|with the new\b|(?:the )?new (?:card|gpu|box|machine|server|rig|node|one)s?\b(?= (?:is|are|has|have)\b)|the new (?:one|box|pc|laptop|card|machine|rig|gpu|server)\b|but here\b|(?:(?<=; )|(?<=, ))here\b|my new\b|our new\b|final(?:ly)?(?: \w+)?:|thinking of\b|considering\b)"
    r"|听说|据说|现在(?!为止)|如今|这次|这回|今天|这周|这个?月|眼下|当前|后来|接下来|下周|下个?月|明年|以后|今后|最后(?!一)|最终|新(?:机器?|卡|显卡|服务器|主机|电脑|配置)|这一?版|[第]?二期|退而求其次|只好|只能(?=上|用|跑|买|选|训|部署|换|考虑|拿)|其实(?=是|我|已经|只)|今年|(?<!本来)(?<!原来)(?<!原本)(?<!原)(?<!本)(?<!当初)(?<!之前)(?<!最初)(?<!一开始)(?<!不)(?:打算|准备|计划|想)|只剩|(?:改|转而|只能)(?:买|租|上)|(?<![然今以之最])后(?:是|换|用|变|改)|(?<=[,;了后])(?:又|就|然后|再|重新|另外)?(?:入手|买|收|淘|攒|配|组)了?(?=\s?(?:个|台|套|[1-9]?\s?[张块]))|换(?:成|到|了|用|个|为)?|(?:改|调|降|升|提|退|缩|减|砍)(?:成|到|为|用|级)(?!\s?1/)"
)
# of these the words that are no wish and no change
_NOW_FOR_SURE = r"\b(?:with the new|the real (?:thing|run|one)|now|nowadays|these days|today|this (?:time|week|month|year)|next (?:week|month|year|quarter)|tomorrow|instead|from (?:\w+ ){1,3}on(?:wards?)?|since then|in the end|finally)\b|\bfinal(?: \w+)?:|现在|如今|这次|这回|今天|这周|这个?月|眼下|当前|后来|最后(?!一)|最终|接下来|下周|下个?月|今年"
# what says of a clause, or of all that stands before it, that it is over
_BEFORE_ZH = r"(?<![目当提以之])前(?:是|用的?是)|(?<!在)(?:之前|以前)(?!的(?:话|问题|答案|回答))|(?<!a)(?:原先|本来|此前|先前|从前|早先|起初|最初|曾经|一开始|刚开始|上次|上周|上个?(?:星期|月|季度)|昨天|昨晚|前天|前阵子|前段时间|前几[天周个]|前\d[天周]|(?:大?前|去)年|(?:\d+|[两几三四五六七八九十])年(?:之)?前|那时候?|当时)|(?:旧|老|原)(?:机器|机|卡|显卡|服务器|主机|电脑|配置)|上一(?:版|次|台|家|张|轮)|前面(?:的|那个?)?(?:人|同事|老哥)|前同事|上一任|原本|原(?:打算|计划|想着?|准备)|本(?:想|打算)|当初|前任|刚才|刚刚说|前面说|[第]?一期|原来(?!是(?:这样|因为))|(?<![没未])(?:试|用|跑)过|(?:19|20)\d\d年[^,.;?!]{0,6}(?:花|租|用|跑|训|部署|买)"
# a card that is there no more
_GONE = r"(?<![^,.;?!])[^,.;?!]*?\bwould(?:'ve| have) (?:loved|liked|preferred|wanted)\b(?:(?!\bbut\b)[^,.;?!])*|(?<![^,.;?!])[^,.;?!]*\b(?:was|were) (?:only |meant |set |just )?for (?:the|my|our|a|an)\b[^,.;?!]*|(?<![^,.;?!])[^,.;?!]*是(?:给|为)?[^,.;?!的]{1,8}用的|(?<![^,.;?!])[^,.;?!]*\b(?:(?:don'?t|do not|doesn'?t) have [^,.;?!]{0,24}\bany ?more|no longer have|(?:one|two|1|2|\d) (?:of (?:them|those) )?died|lost (?:one|1|two|2) of)\b[^,.;?!:]*|(?<![^,.;?!])[^,.;?!]*(?:坏了|坏掉|返修|卖了|卖掉|出掉|收[走回]|还回去|退役|淘汰|报废)(?:(?!(?:之后|以后|后|了)?(?:又|再)?(?:买|入手|换|收|淘了|配了|攒|(?:就|只|还)?剩))[^,.;?!])*|(?<![^,.;?!])[^,.;?!]*\b(?:sold|gave (?:\w+ ){0,2}away|got rid of|(?:is|are) (?:being )?(?:broken|gone|dead|retired|scrapped)|broke down)\b(?:(?!\b(?:and|but|then|so)\b)[^,.;?!])*"
# nor one that cannot be had: sold out, too expensive, in others' hands
_NOT_HAD = (
    r"(?<![^,.;?!])[^,.;?!]*(?:,\s?)?(?:缺货|没货|断货|售罄|抢不到|买不到|买不起|租不起|太贵|超预算)[^,.;?!]*(?![吗么吧])|(?<![^,.;?!])[^,.;?!]*(?:\b(?:sold out|out of stock|unavailable|(?:too|so|way too) (?:expensive|pricey)|(?:beyond|over|above|not in) (?:my|our|the) budget|can'?t (?:get|find|afford) (?:one|them|it))\b)[^,.;?!]*(?=[,.;!]|$)"
    r"|(?<![^,.;?!:])[^,.;?!(:]*\((?:[^)]{0,32}\b)?(?:booked|taken|occupied|busy|in use|reserved)\b[^)]{0,24}\)|(?<![^,.;?!:])[^,.;?!(:]*\([^)]{0,16}(?:占满|占着|没空|在用|被占|约满|排满)[^)]{0,8}\)"
)
_OPENS = rf"\b(?:previously|(?:the|our|my) (?:pilot|prototype|poc|trial|proof of concept)\b(?=[^.;?!]{{0,60}}\b(?:was|were|did|ran|worked|had|went)\b)|(?:my|our|the) (?:first|original|initial) (?:plan|idea|attempt|run|try|version)|formerly|originally|initially|at first|used to(?= \w)|(?:already|have|had|'ve) tried|started (?:out |off )?(?:with|at|on|from)|first (?:tried|ran|went|used|had|planned)|first (?:i|we) (?:wanted|planned|thought|considered|tried|used|had)|(?:my|our|the|at my|at our) (?:old|previous|former|last) (?:\w+ )?(?:set-?up|rig|box|machine|server|card|gpu|job|company|lab|laptop|pc|cluster|version|run)|in the past|back (?:then|when)|before(?=[,:]| (?:that|this) (?:it|i|we|they)\b)|after (?:failing|trying|a failed)|tried\b[^.;?!,]{{0,40}}\bfirst|last (?:night|week|month|year|time|quarter|summer|spring|winter|autumn|fall)|(?:was|were|did|ran|used|had|running)\b[^.;?!,]{{0,32}}\bon (?:the|my|our) old|yesterday|in (?:19|20)\d\d (?:i|we|they|he|she|my|our))\b|{_BEFORE_ZH}"
# a time that is told behind what it is of
_CLOSES = r"\b(?:last (?:night|week|month|year|time|quarter|summer|spring|winter|autumn|fall)|yesterday|(?:an? |\d+ |few |couple of |some )(?:days?|weeks?|months?|years?|hours?) (?:ago|back)|(?:until|till) (?:now|recently)|up to now|previously|originally|initially|earlier|back then|before(?=\s?(?:,|$)| and now| but))(?!\w)|(?:到|截至|截止|直到)(?:目前|现在)为止"
# nothing by itself, and over where a present follows in the same sentence
_WAS = rf"^\W*did (?:an? |my |our )?(?:q?lora|dora|full|sft|dpo|training|inference)\b|\b(?:i|we) did\b|\b(?:was|were|(?:had|have|has|'ve) been) (?:\w+ing|on|at|ooms?|oom'?ed)\b|\b(?:trained|tested|prototyped|fine-?tuned|tuned|finetuned|served|hosted|deployed|ran|used|considered|looked at|thought (?:of|about)|ooms? at|oom'?ed)\b|[了过完]|{BADLY_ZH}"
# a card that was granted is there now
_GAINED = r"(?:批|拨|申请|分配?|到货|借|租|弄|搞|争取|发)(?:了|到|下来?)了?(?=[^,.;?!]{0,8}(?:\d\s?[张块台个]|显?卡|机器|服务器|[a-z]\d{2,3}))"
# no question, though its subject is left out: "was getting OOM at 8k so moved to 4k"
_TOLD = r"\W*(?:was|were) \w+ing\b"
# what runs and is to be replaced
_RUNS = r"\b(?:currently|right now|at the moment|at present|today|so far|now)\b[^.;?!]{0,24}\b(?:runs?|running|serv(?:e|es|ing)|hosts?|hosting|uses?|using)\b|\b(?:we|i) (?:currently|now|presently) (?:run|serve|host|use)\b|(?:目前|现在|当前|眼下)[^,.;?!]{0,6}(?:跑|用|部署|上线|是)"
_REPLACED = r"\binstead\b|\b(?:replac\w+|swap\w*) (?:it|that|this|them) (?:with|by|for)\b|\b(?:mov|switch|migrat|chang)\w* (?:over )?to\b|(?:打算|准备|计划|想|要|将)[^,.;?!]{0,8}(?:换|改|升|迁移|切)(?:成|到|为|用|级到)"
# what was only thought of, and what a program or an example has where it is not the asker's
_NOT_TAKEN = (
    r"(?<![^,.;?!])[^,.;?!]*\bhad [^,.;?!]{0,24} in mind\b|(?<![^,.;?!])[^,.;?!]*\b(?:defaults?|example|template|sample config)(?:'s)?\b[^,.;?!]*(?=[,;] ?(?:but |and )?(?:i|we|my|our)\b)"
    r"|(?:默认|示例|模板|例子|config|配置文件|脚本)[^,.;?!]{0,24}(?=[,;]\s?(?:但|不过|可)?是?(?:我|咱))"
)
# one by name for the other: "switched from X to Y", "replaced X with Y", "从 X 换成了 Y", "Y instead of X now"
_FOR_ANOTHER = (
    r"\b(?:moved|switched|went|changed|migrated|upgraded|downgraded)\b[^.;?!,]{0,16}?\bfrom (?P<a>[^.;?!,]{1,40}?(?:\.\d[^.;?!,]{0,24}?)?) to\b|\b(?:replaced|swapped|exchanged|traded(?: in)?) (?P<b>[^.;?!,]{1,40}?) (?:with|by|for|against)\b|\b(?:upgraded|swapped out) (?:from )?(?:my|the|our|an?) (?:old )?(?P<g>[^.;?!,]{1,30}?) (?:to|for) (?=(?:an?|my|the|two|\d)\s)|\bnow\b[^.;?!,]{0,16}\binstead of (?P<c>[^.;?!,]{1,40})"
    r"|(?:打算|准备|计划|要)从(?P<e>[^,;?!]{1,24}?)(?:换|改|升级|降级|切换?|迁移?|转)(?:成|到|为)|\b(?:plan(?:ning)? to|going to|will|about to|decided to) (?:move|switch|migrate|change|upgrade|downgrade)\b[^.;?!,]{0,16}?\bfrom (?P<f>[^.;?!,]{1,40}?) to\b"
    r"|把(?P<h>[^,;?!]{1,16}?)(?:换|升级)(?:成|到|为)(?:了|(?=[^,.;?!]{1,24}了\s?[,.;]))|从(?P<d>[^,;?!]{1,24}?)(?:换|改|升级|降级|切换?|迁移?|转)(?:成|到|为)?(?:了|(?=[^,.;?!]{1,24}了\s?[,.;]))"
)
_BOUGHT = r"\b(?:bought|ordered|received|picked up|built|purchased|acquired)\b|\b(?:got|get|own)\s(?:me |myself )?(?:an?|another|the|my|\d)\b|买|入手|淘|收(?:了|到)|到手|下单|组装|配了|攒"
# another card beside the one that is there
_ADDED = r"\b(?:add(?:s|ed|ing)?|additional(?:ly)?|both cards|together|(?:the|a|my) (?:other|second) (?:card|gpu|one))\b|再(?:加|插|添)|加(?:上|一|了)|一起(?:用|插|跑)|两张(?:卡)?都"
_WISHED = r"\b(?:wanted|planned|considered|thought|going|planning) (?:to|of|about)?\b|想|打算|准备|计划"
_PARTED = r"\b(?:swap|replac|sold|sell|trade|instead|retire|scrap)\w*|\b(?:gave|giving|given) (?:\w+ ){0,2}away\b|\b(?:got|get|getting) rid of\b|换|卖|出掉|退役|淘汰|报废"
# both cases are asked about
_COMPARED = r"\b(?:differ\w*|compar\w+|than|versus|vs|sav(?:e|es|ed|ing|ings)|gain\w*|how much (?:more|less|faster|slower)|which (?:one|card|gpu|machine|setup|of)|why (?:so|does|is|did|do)|what changed)\b|差|区别|不同|对比|相比|(?<![占对同环配])比(?!如|例)|省|多(?:占|用|花|出|吃|了|要|少多)|少(?:占|用)多?少|快多少|慢多少|多快|哪[个张块](?!量化|格式|精度)|为什么|为啥|为何|怎么(?:会|反而)"
# what the change brought
_BROUGHT = r"\b(?:dropped|fell|went (?:down|up)|shrank|rose|grew|saved|saves)\b[^.;?!]{0,24}\d\s?(?:gi?b|g|%|x)(?![a-z])|(?:省|降|少|减|涨)(?:了|到|下)?[^,;.?!]{0,6}\d\s?(?:g|%)"
_STILL = r"\b(?:still|again|even so|no luck|either way|both)\b|还是|仍|依然|照样|照旧|也(?=[^,.;?!]{0,4}(?:爆|炸|崩|挂|oom))|又"
_MIGHT_FAIL = (
    rf"(?:会|能|可能)[^,.;?!]{{0,6}}{BADLY_ZH}|\b(?:will|would|could|might|may|can|should)\b[^.;?!]{{0,32}}\b{BADLY}\b"
)
_FAILS = rf"\b{BADLY}\b|{BADLY_ZH}"
_SLOW = r"太慢|很慢|慢得很|\b(?:too |so |very )?slow\b"
_RAN = rf"\b{WELL}\b|{WELL_ZH}"
# two ways to tell one thing: a size and a model of that size, bits and a format of so many
_EITHER = (("bits", "weight_format"), ("weight_format", "bits"), ("params", "model"), ("model", "params"))
# what a card takes along
_OF_A_CARD = ("n_gpus", "gpu_memory_gb", "tp", "pp")
# read by their own rules; of shares too much fails and too little does, which only both tell
_KEPT = frozenset({"task", "algo", "gpu_memory_utilization"})
_SIZED = re.compile(r"(?P<card>[^+]+?) (?P<gb>\d+(?:\.\d+)?) GB", re.ASCII)


@lru_cache(maxsize=256)
def former(text: str) -> tuple[Span, ...]:
    """The spans of a normalised text that tell of a case which is over."""
    spans: list[Span] = []
    start = 0
    stops = [*((one.start(), one.end()) for one in _SENTENCE.finditer(text)), (len(text), len(text))]
    for stop, after in stops:
        cuts = {_begins(text, start, one) for one in compiled(_NOW).finditer(text, start, stop)}
        bounds = [start, *sorted(one for one in cuts if one > start), stop]
        for low, high in pairwise(bounds):
            if (over := _over(text, low, high, _followed(text, high, after if high == stop else high))) is not None:
                spans.append((over, high))
        start = after
    restated = [(one.span[0], one.link) for one in changed(text)]
    gone = [found.span() for words in (_GONE, _NOT_HAD, _NOT_TAKEN) for found in compiled(words).finditer(text)]
    another = [found.span(str(found.lastgroup)) for found in compiled(_FOR_ANOTHER).finditer(text)]
    return tuple(sorted([*spans, *restated, *gone, *another, *_to_be_replaced(text, stops)]))


def _begins(text: str, start: int, found: re.Match[str]) -> int:
    """Where a present begins: with its word, or with the clause that ends in it, "so it is 64 now"."""
    ends = found[0] in ("now", "today", "instead") and re.match(
        r"\s?(?:[,.;?!]|$)", text[found.end() : found.end() + 2]
    )
    return max(start, text.rfind(",", start, found.start()) + 1) if ends else found.start()


def _over(text: str, low: int, high: int, followed: bool) -> int | None:
    """Where in a stretch that no present begins in a former case begins; `followed` is it by a present in the sentence."""
    if compiled(_FOR_ANOTHER).search(text, low, high):
        return None  # "moved from X to Y last week"
    if not followed and compiled(_HAS_TURNED).match(text, low):
        return None
    if any(compiled(_CLOSES).finditer(text, low, high)):
        return low
    found = compiled(_OPENS).search(text, low, high)
    if found and found[0].endswith(("tried", "过")) and compiled(_STILL).search(text, found.end(), high):
        return None  # "0.9 crashes, I've tried 0.8, still crashes": which of them is the present one is open
    if found:
        return max(low, text.rfind(",", low, found.start()) + 1)
    over = followed and compiled(_WAS).search(text, low, high) and not compiled(_GAINED).search(text, low, high)
    return low if over else None


def _followed(text: str, high: int, begins: int) -> bool:
    """Whether a present that is told begins here, in the sentence or with the next one, and not a way that is only asked
    about: `ZeRO-2 爆了,换成 ZeRO-3 行吗`."""
    if begins > high:
        return compiled(rf"\W*(?:(?:and|but|so|then)\s)?(?:{_NOW_FOR_SURE})").match(text, begins) is not None
    place = high
    here = [part for part in asking.parts(text) if part.start <= place < part.end]
    asks = any(part.asks and not compiled(_TOLD).match(text, part.start, part.end) for part in here)
    return high < len(text) and (not asks or compiled(_NOW_FOR_SURE).match(text, place) is not None)


def _to_be_replaced(text: str, stops: list[Span]) -> list[Span]:
    """`Currently we run X. From May on we serve Y instead`: what runs, where another is planned."""
    found = compiled(_RUNS).search(text)
    planned = compiled(_REPLACED).search(text, found.end()) if found else None
    if not found or not planned:
        return []
    begins = max([0, *(after for _, after in stops if after <= planned.start())])
    if begins <= found.start():  # in one sentence: up to the clause of the plan
        begins = text.rfind(",", 0, planned.start()) + 1
    return [(found.start(), begins)] if begins > found.end() else []


def _not_had(text: str) -> tuple[Span, ...]:
    """The spans that tell of cards which cannot be had, and do not ask whether they can."""
    asked = [(part.start, part.end) for part in asking.parts(text) if part.asks]
    found = [one.span() for one in compiled(_NOT_HAD).finditer(text)]
    return tuple(one for one in found if not any(start <= one[0] < end for start, end in asked))


def leave_former(scan: Scan) -> None:
    """Of two values of a setting leave out the one that only the former case has; of what is compared, what cannot be had."""
    places = _not_had(scan.text) if compared(scan.text) else former(scan.text)
    spans = [scan.normal.original(*place) for place in places]
    if not places:
        return
    if _ran_before(scan.text, places):
        _present_first(scan, spans)
        return
    bought = any(
        compiled(_BOUGHT).search(scan.text, *one) and not compiled(_WISHED).search(scan.text, *one) for one in places
    )
    added = compiled(_ADDED).search(scan.text) is not None
    kept_card = (bought or added) and not compiled(_PARTED).search(scan.text)
    others = [scan.normal.original(*one) for one in asking.hearsay(scan.text, asking.parts(scan.text))]
    left = {
        name: gone
        for name in [*scan.facts]
        if name not in _KEPT
        and not (kept_card and name in ("gpu", *_OF_A_CARD))
        and (gone := _leave(scan, name, spans, others))
    }
    for name, other in _EITHER:
        told = [*scan.spans.get(other, []), *(place for _, place in scan.again.get(other, ()))]
        if other in scan.facts and any(not _within(place, spans) for place in told):
            left |= _drop_within(scan, name, spans)
    if "gpu" in left:
        settle_card(scan, spans)
    if "n_gpus" in left:
        drop_layout(scan, left["n_gpus"])
    if left or any(scan.find(WHICH_MODELS)):
        drop_asked(scan, spans)
    for one in changed(scan.text):
        if one.fact in left and len(scan.spans[one.fact]) == 1:  # it is told, and sets nothing against anything
            scan.spans[one.fact] = [scan.normal.original(*one.span)]
    of_then = _SLOW if _fails_now(scan.text, places) else rf"{_SLOW}|{_FAILS}"
    for found in [one for place in places for one in compiled(of_then).finditer(scan.text, *place)] if left else ():
        scan.text = scan.text[: found.start()] + " " * len(found[0]) + scan.text[found.end() :]


# what is asked for is open: what the former case had of it is none of the present one
_ASKED = {
    r"\b(?:which|what) (?:quant\w*|bits?|precision|format)\b|几\s?(?:bit|位)|(?:什么|哪种|哪个|怎么)量化|量化到": (
        "weight_format",
        "bits",
    ),
    r"\bhow (?:long|much|many)\b[^.;?!]{0,12}\b(?:context|ctx|tokens?)\b|\b(?:max(?:imum)?|longest|what) (?:context|ctx|length)\b|(?:多长|多大|多少|最长|最大)(?:的)?(?:上下文|ctx|token|长度)|(?:上下文|ctx|长度)[^,;?!]{0,8}(?:多长|多大|多少|最长|最大)|(?:能|可以|最多|顶多|还能)[^,;?!\d]{0,8}(?:多长|最长)(?!时间)|\bhow (?:long|far) (?:can|could) (?:i|we|it|mine)\b(?! take| train)": (
        "seq_len",
    ),
    r"\b(?:how (?:large|big)|max(?:imum)?|largest|biggest|what|which) (?:an? |the )?(?:(?:micro[ -]?)?batch|bsz?)\b|(?:batch(?:[ _-]size)?|(?<![a-z])bsz?)[^,;?!]{0,8}(?:多大|多少|最大)|(?:多大|多少|几)的?\s?(?:batch|bsz?(?![a-z]))": (
        "batch_size",
    ),
    r"\bhow many (?:cards|gpus)\b|(?:几|多少)\s?[张块]": ("n_gpus",),
    WHICH_MODELS: ("model", "params", "weight_format", "bits"),
    r"\b(?:which|what) (?:(?:fine-?tuning|training|tuning) )?(?:method|way|approach|technique)\b|(?:什么|啥|哪种|哪个)(?:微调|训练)?(?:方法|方式|办法)|(?:怎么|如何)(?:微调|训)": (
        "method",
    ),
}


def drop_asked(scan: Scan, spans: list[Span]) -> None:
    """What is asked for is told of another case alone: `I never got past 4k there, how long a context here?`."""
    for asked, names_asked in _ASKED.items():
        for name in names_asked if compiled(asked).search(scan.text) else ():
            _drop_within(scan, name, spans)


def compared(text: str) -> bool:
    """Whether it is asked what sets the two cases apart."""
    asked = [(part.start, part.end) for part in asking.parts(text) if part.asks]
    if compiled(_BROUGHT).search(text):
        return True
    return any(compiled(_COMPARED).search(text, *one) for one in asked) and not compiled(_STILL).search(text)


def _ran_before(text: str, places: tuple[Span, ...]) -> bool:
    """Whether the former case ran and the present one does not: each is needed to say why."""
    told = [text[slice(*one)] for one in places]
    ran = any(compiled(_RAN).search(one) and not compiled(_FAILS).search(compiled(_RAN).sub(" ", one)) for one in told)
    return ran and _fails_now(text, places)


def _fails_now(text: str, places: tuple[Span, ...]) -> bool:
    """Whether a failure is told outside of the former case; what might fail is none."""
    rest = compiled(_MIGHT_FAIL).sub(lambda found: " " * len(found[0]), text)
    for start, end in places:
        rest = rest[:start] + " " * (end - start) + rest[end:]
    return compiled(_FAILS).search(rest) is not None


def _present_first(scan: Scan, spans: list[Span]) -> None:
    """The run that fails is the case; the one that ran stands behind it."""
    for name, values in scan.facts.items():
        places = scan.spans.get(name, [])
        if len(values) > 1 and len(values) == len(places):
            order = sorted(range(len(values)), key=lambda at: _within(places[at], spans))
            scan.facts[name] = [values[at] for at in order]
            scan.spans[name] = [places[at] for at in order]


def _leave(scan: Scan, name: str, spans: list[Span], others: list[Span]) -> list[object]:
    """Leave out the values that only the former case has; the machine of `others` is no present one of the asker's."""
    values, places = scan.facts.get(name, []), scan.spans.get(name, [])
    if len(values) < 2 or len(places) != len(values):
        return []
    elsewhere = [*spans, *(others if name in ("gpu", *_OF_A_CARD) else ())]
    present = [
        any(not _within(one, elsewhere) for one in (place, *_more_places(scan, name, value)))
        for value, place in zip(values, places, strict=True)
    ]
    gone = keep(scan, name, present) if any(present) and not all(present) else []
    if gone:
        scan.extras.setdefault("former", []).extend(gone)
    return gone


def _more_places(scan: Scan, name: str, value: object) -> list[Span]:
    return [place for other, place in scan.again.get(name, ()) if other == value]


def _within(place: Span, spans: list[Span]) -> bool:
    return any(start <= place[0] < end for start, end in spans)


def _inside(place: Span, spans: list[Span]) -> bool:
    return any(start <= place[0] and place[1] <= end for start, end in spans)


def _drop_within(scan: Scan, name: str, spans: list[Span]) -> dict[str, list[object]]:
    """Leave out a setting of which the former case alone tells; it comes back by its name."""
    again = [place for _, place in scan.again.get(name, ())]
    places = scan.spans.get(name, [])
    if name not in scan.facts or not places or not all(_within(place, spans) for place in (*places, *again)):
        return {}
    gone = scan.facts.pop(name)
    scan.extras.setdefault("former", []).extend(gone)
    del scan.spans[name]
    return {name: gone}


def settle_card(scan: Scan, spans: list[Span]) -> None:
    """What a card had that is left out goes with it; the one that stays has its own count and memory."""
    for name in _OF_A_CARD:
        _drop_within(scan, name, spans)
    cards = scan.facts["gpu"]
    rigs = [one for one in scan.extras.pop("rigs", []) if str(one).partition(" × ")[2] in cards]
    if len(cards) > 1:
        scan.extras.update({"rigs": rigs} if len(rigs) > 1 else {})
        return
    sized = _SIZED.fullmatch(str(cards[0]))
    if sized and names().find_gpus(sized["card"]):
        scan.facts["gpu"] = [sized["card"]]
        scan.facts["gpu_memory_gb"], scan.spans["gpu_memory_gb"] = [float(sized["gb"])], scan.spans["gpu"][:1]


def of_the_present(reading: Reading, previous: Reading) -> dict[str, tuple[Any, ...]]:
    """The facts that a follow-up adds to the case before it: not those that it tells of a former one, `that was on a T4`."""
    normal = normalise(reading.text)
    asked = [(part.start, part.end) for part in asking.parts(normal.text) if part.asks]
    places = [one for one in former(normal.text) if not any(one[0] < end and start < one[1] for start, end in asked)]
    spans = [normal.original(*place) for place in places]
    then = {
        name
        for name in set(reading.facts) & set(previous.facts) - _KEPT
        if (told := reading.spans.get(name, ())) and all(_inside(place, spans) for place in told)
    }
    if "gpu" in then:
        then |= {name for name in _OF_A_CARD if all(_inside(place, spans) for place in reading.spans.get(name, ()))}
    return {name: values for name, values in reading.facts.items() if name not in then}
