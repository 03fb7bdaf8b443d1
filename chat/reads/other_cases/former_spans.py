"""Which stretches of a text tell of a case that is over: what ran before, was tried, or is replaced.

"Last month on two A100, now on a 4090", "we run X, from January on Y instead": a former case is told by a word of time or by
the present that follows it.
"""

import re
from functools import lru_cache
from itertools import pairwise

from chat.reads import asking
from chat.reads.lexicon import compiled
from chat.reads.reading import Span, within
from chat.reads.seen.tried import BADLY_ZH, NOT_THERE, changed

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
# all of a clause up to what follows
_CLAUSE = r"(?<![^,.;?!])[^,.;?!]*"
# a card that is there no more
_GONE = "|".join(
    (
        rf"{_CLAUSE}\bwould(?:'ve| have) (?:loved|liked|preferred|wanted)\b(?:(?!\bbut\b)[^,.;?!])*",
        rf"{_CLAUSE}\b(?:was|were) (?:only |meant |set |just )?for (?:the|my|our|a|an)\b[^,.;?!]*",
        rf"{_CLAUSE}是(?:给|为)?[^,.;?!的]{{1,8}}用的",
        rf"{_CLAUSE}\b(?:(?:don'?t|do not|doesn'?t) have [^,.;?!]{{0,24}}\bany ?more|no longer have|(?:one|two|1|2|\d) (?:of (?:them|those) )?died|lost (?:one|1|two|2) of)\b[^,.;?!:]*",
        rf"{_CLAUSE}(?:坏了|坏掉|返修|卖了|卖掉|出掉|收[走回]|还回去|退役|淘汰|报废)(?:(?!(?:之后|以后|后|了)?(?:又|再)?(?:买|入手|换|收|淘了|配了|攒|(?:就|只|还)?剩))[^,.;?!])*",
        rf"{_CLAUSE}\b(?:sold|gave (?:\w+ ){{0,2}}away|got rid of|(?:is|are) (?:being )?(?:broken|gone|dead|retired|scrapped)|broke down)\b(?:(?!\b(?:and|but|then|so)\b)[^,.;?!])*",
    )
)
# nor one that cannot be had: sold out, too expensive, in others' hands
_BEFORE_A_NOTE = r"(?<![^,.;?!:])[^,.;?!(:]*"
_NOT_HAD = "|".join(
    (
        rf"{_CLAUSE}(?:,\s?)?(?:缺货|没货|断货|售罄|抢不到|买不到|买不起|租不起|太贵|超预算)[^,.;?!]*(?![吗么吧])",
        rf"{_CLAUSE}(?:\b(?:sold out|out of stock|unavailable|(?:too|so|way too) (?:expensive|pricey)|(?:beyond|over|above|not in) (?:my|our|the) budget|can'?t (?:get|find|afford) (?:one|them|it))\b)[^,.;?!]*(?=[,.;!]|$)",
        rf"{_BEFORE_A_NOTE}\((?:[^)]{{0,32}}\b)?(?:booked|taken|occupied|busy|in use|reserved)\b[^)]{{0,24}}\)",
        rf"{_BEFORE_A_NOTE}\([^)]{{0,16}}(?:占满|占着|没空|在用|被占|约满|排满)[^)]{{0,8}}\)",
    )
)
_LAST = r"last (?:night|week|month|year|time|quarter|summer|spring|winter|autumn|fall)"
_OPENS = rf"\b(?:previously|(?:the|our|my) (?:pilot|prototype|poc|trial|proof of concept)\b(?=[^.;?!]{{0,60}}\b(?:was|were|did|ran|worked|had|went)\b)|(?:my|our|the) (?:first|original|initial) (?:plan|idea|attempt|run|try|version)|formerly|originally|initially|at first|used to(?= \w)|(?:already|have|had|'ve) tried|started (?:out |off )?(?:with|at|on|from)|first (?:tried|ran|went|used|had|planned)|first (?:i|we) (?:wanted|planned|thought|considered|tried|used|had)|(?:my|our|the|at my|at our) (?:old|previous|former|last) (?:\w+ )?(?:set-?up|rig|box|machine|server|card|gpu|job|company|lab|laptop|pc|cluster|version|run)|in the past|back (?:then|when)|before(?=[,:]| (?:that|this) (?:it|i|we|they)\b)|after (?:failing|trying|a failed)|tried\b[^.;?!,]{{0,40}}\bfirst|{_LAST}|(?:was|were|did|ran|used|had|running)\b[^.;?!,]{{0,32}}\bon (?:the|my|our) old|yesterday|in (?:19|20)\d\d (?:i|we|they|he|she|my|our))\b|{_BEFORE_ZH}"
# a time that is told behind what it is of
_CLOSES = rf"\b(?:{_LAST}|yesterday|(?:an? |\d+ |few |couple of |some )(?:days?|weeks?|months?|years?|hours?) (?:ago|back)|(?:until|till) (?:now|recently)|up to now|previously|originally|initially|earlier|back then|before(?=\s?(?:,|$)| and now| but))(?!\w)|(?:到|截至|截止|直到)(?:目前|现在)为止"
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
_NOT_TAKEN = "|".join(
    (
        rf"{_CLAUSE}\bhad [^,.;?!]{{0,24}} in mind\b",
        rf"{_CLAUSE}\b(?:defaults?|example|template|sample config)(?:'s)?\b[^,.;?!]*(?=[,;] ?(?:but |and )?(?:i|we|my|our)\b)",
        r"(?:默认|示例|模板|例子|config|配置文件|脚本)[^,.;?!]{0,24}(?=[,;]\s?(?:但|不过|可)?是?(?:我|咱))",
    )
)
# one by name for the other: "switched from X to Y", "replaced X with Y", "从 X 换成了 Y", "Y instead of X now"
_CHANGED_ZH = r"(?:换|改|升级|降级|切换?|迁移?|转)(?:成|到|为)"
_FOR_ANOTHER = "|".join(
    (
        r"\b(?:moved|switched|went|changed|migrated|upgraded|downgraded)\b[^.;?!,]{0,16}?\bfrom (?P<a>[^.;?!,]{1,40}?(?:\.\d[^.;?!,]{0,24}?)?) to\b",
        r"\b(?:replaced|swapped|exchanged|traded(?: in)?) (?P<b>[^.;?!,]{1,40}?) (?:with|by|for|against)\b",
        r"\b(?:upgraded|swapped out) (?:from )?(?:my|the|our|an?) (?:old )?(?P<g>[^.;?!,]{1,30}?) (?:to|for) (?=(?:an?|my|the|two|\d)\s)",
        r"\bnow\b[^.;?!,]{0,16}\binstead of (?P<c>[^.;?!,]{1,40})",
        rf"(?:打算|准备|计划|要)从(?P<e>[^,;?!]{{1,24}}?){_CHANGED_ZH}",
        r"\b(?:plan(?:ning)? to|going to|will|about to|decided to) (?:move|switch|migrate|change|upgrade|downgrade)\b[^.;?!,]{0,16}?\bfrom (?P<f>[^.;?!,]{1,40}?) to\b",
        r"把(?P<h>[^,;?!]{1,16}?)(?:换|升级)(?:成|到|为)(?:了|(?=[^,.;?!]{1,24}了\s?[,.;]))",
        rf"从(?P<d>[^,;?!]{{1,24}}?){_CHANGED_ZH}?(?:了|(?=[^,.;?!]{{1,24}}了\s?[,.;]))",
    )
)
# what is no other case: it goes on
STILL = r"\b(?:still|again|even so|no luck|either way|both)\b|还是|仍|依然|照样|照旧|也(?=[^,.;?!]{0,4}(?:爆|炸|崩|挂|oom))|又"


@lru_cache(maxsize=256)
def former(text: str) -> tuple[Span, ...]:
    """The spans of a normalised text that tell of a case which is over."""
    spans: list[Span] = []
    start = 0
    stops = [*(one.span() for one in _SENTENCE.finditer(text)), (len(text), len(text))]
    for stop, after in stops:
        cuts = {_begins(text, start, one) for one in compiled(_NOW).finditer(text, start, stop)}
        for low, high in pairwise([start, *sorted(one for one in cuts if one > start), stop]):
            followed = _present_at(text, high) if high < stop else _present_behind(text, after)
            if (over := _over(text, low, high, followed)) is not None:
                spans.append((over, high))
        start = after
    there = [one.span() for one in compiled(NOT_THERE).finditer(text)]
    restated = [
        (one.span[0], one.link) for one in changed(text) if not any(low <= one.link <= high for low, high in there)
    ]
    gone = [found.span() for words in (_GONE, _NOT_HAD, _NOT_TAKEN) for found in compiled(words).finditer(text)]
    another = [found.span(str(found.lastgroup)) for found in compiled(_FOR_ANOTHER).finditer(text)]
    return tuple(sorted([*spans, *restated, *gone, *another, *_to_be_replaced(text, stops)]))


def not_had(text: str) -> tuple[Span, ...]:
    """The spans that tell of cards which cannot be had, and do not ask whether they can."""
    asked = asking.asked(text)
    found = [one.span() for one in compiled(_NOT_HAD).finditer(text)]
    return tuple(one for one in found if not within(one, asked))


def _begins(text: str, start: int, found: re.Match[str]) -> int:
    """Where a present begins: with its word, or with the clause that ends in it, "so it is 64 now"."""
    ends = found[0] in ("now", "today", "instead") and compiled(r"\s?(?:[,.;?!]|$)").match(text, found.end())
    return max(start, text.rfind(",", start, found.start()) + 1) if ends else found.start()


def _over(text: str, low: int, high: int, followed: bool) -> int | None:
    """Where in a stretch that no present begins in a former case begins; `followed` is it by a present."""
    if compiled(_FOR_ANOTHER).search(text, low, high):
        return None  # "moved from X to Y last week"
    if not followed and compiled(_HAS_TURNED).match(text, low):
        return None
    if compiled(_CLOSES).search(text, low, high):
        return low
    found = compiled(_OPENS).search(text, low, high)
    if found and found[0].endswith(("tried", "过")) and compiled(STILL).search(text, found.end(), high):
        return None  # "0.9 crashes, I've tried 0.8, still crashes": which of them is the present one is open
    if found:
        return max(low, text.rfind(",", low, found.start()) + 1)
    over = followed and compiled(_WAS).search(text, low, high) and not compiled(_GAINED).search(text, low, high)
    return low if over else None


def _present_behind(text: str, place: int) -> bool:
    """Whether the sentence that begins here tells of the present."""
    return compiled(rf"\W*(?:(?:and|but|so|then)\s)?(?:{_NOW_FOR_SURE})").match(text, place) is not None


def _present_at(text: str, place: int) -> bool:
    """Whether the present that begins here is told, and not only asked about: `ZeRO-2 爆了,换成 ZeRO-3 行吗`."""
    here = [part for part in asking.parts(text) if part.start <= place < part.end]
    asks = any(part.asks and not compiled(_TOLD).match(text, part.start, part.end) for part in here)
    return not asks or compiled(_NOW_FOR_SURE).match(text, place) is not None


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
