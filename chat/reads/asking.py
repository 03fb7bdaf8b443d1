"""Which parts of a text ask, and which only tell what happened.

A post says what cards there are, what was tried and what went wrong, and asks something in a clause or two of it. What
is asked decides the intent; what is told is evidence at half weight, and at full weight only where nothing asks.
"""

import re
from dataclasses import dataclass
from functools import cache

TOLD = 0.5
PASTED = 0.25  # of a log, a command or a file: its words are a program's

# a clause ends at a comma or a dash, a sentence at a stop; decimal points and thousands are inside numbers
_CLAUSE_END = re.compile(
    r"[.?!;]+(?=\s|$|[^\x00-\x7f])|(?<=[^\x00-\x7f])[.?!;]+|,(?!\d{3}(?!\d))|(?<=[吗呢嘛])\s+|\s-{1,2}\s|:\s", re.ASCII
)
_SENTENCE_END = frozenset(".?!;")

_ASKS_EN = (
    r"^\W*(?:(?:so|and|but|or|also|then|now|ok|okay|hi|hello|hey|please|pls|just|my|the|a|question|q) )*"
    r"(?:how|what|which|where|when|who|why|can|could|would|will|does|do|did|is|are|was|were|has|have|derive|compare|confirm|verify|check|list|rank|estimate|calculate|compute|show|give|break|walk|describe|should|shall|may|any|anyone|anybody|won't|isn't|aren't|doesn't|don't|shouldn't|can't|couldn't|wouldn't)\b(?! i (?:have|had|got|get|see)\b)"
    r"|\b(?:how (?:much|many|long|big|large|to|do|does|can|could|should|would|come)|why (?:is|are|does|do|did|would)|what(?:'s| is| are| would)|which (?:one|of)|whether|wonder\w*|curious|not sure|unsure"
    r"|(?:want|like|need|trying|try|hoping|love) to (?:know|understand|figure|find|learn|see|ask|decide|estimate|compute|calculate)|(?:don't|do not|can't|cannot) (?:understand|get (?:how|why|the|where)|see how|figure)"
    r"|tell me|explain|yes\s?(?:or|/)\s?no|advi[cs]e|suggest\w*|recommend\w*|recipe|looking for|need help|help me|let me know|any (?:idea|way|chance|tips?|advice)|thoughts|puzzled|confused|shouldn't|get rid)\b"
)
_ASKS_ZH = (
    r"[吗么嘛呢](?:$|[^\u4e00-\u9fff])|多少|多大|多长|多久|多高|(?<![某前这那好])几(?:张|块|个|卡|台|片|bit|位|g\b|b\b|倍|天|小时|条|路|层)|为什么|为啥|为何|怎么|怎样|如何|咋|能不能|能否|可不可以|可否|是否|是不是|够不|行不|有没有|有无"
    r"|(?:能|可以|够|行|会)[^,.;?!]{0,14}不\s*(?:$|[?!.,;])|会不会|要不要|用不用|对不对|哪|什么|啥|求(?!解决方案的)|请问|想问|问下|问一下|请教|想知道|想了解|不(?:知道|清楚|明白|懂|确定)|推荐|建议|解释|原因|什么情况|搞不懂|想不通|才对|居然|竟然|不应该|推导|估算一下|算一?下|算算|比较一?下|对比一?下|列一?下|讲讲|说说|分析|验算|检查|验证一?下|麻烦|帮(?:我|忙)"
)


# what others say is their case, not the asker's
_HEARSAY = re.compile(
    r"(?:^\W*|\b(?:but|yet|whereas)\s(?!(?:everyone|everybody|people|others|they|folks|users|we|i)\s(?:need|want|use|require|have|send|ask)))(?:but |and |the |my |as |though |while |because |even )*(?:(?:[\w.-]+ ){0,3}(?:says?|said|claims?|claimed|states?|stated|reports?|reported|insists?|told me|promises?|mentions?)\b|(?:the |a |an |its |their |official )*(?:docs?|documentation|readme|wiki|model card|card|blog(?: post)?|tutorial|guide|page|vendor|reseller) (?:recommends?|suggests?|advises?|asks? for|wants?|calls? for|needs?|uses?|takes?|lists?)\b|(?:in|from|as in|per|with) (?:the |a |an |its |their |that )?(?:[\w.-]+ ){0,3}(?:paper|article|abstract|tutorial|blog(?: post)?|readme|docs?|model card|whitepaper)s?\b|(?:[\w.-]+ ){1,3}(?:paper|article|blog(?: post)?|whitepaper)s? (?:uses?|used|has|had|trains?|trained|shows?|showed|lists?|needs?|gets?|gives?|puts?|fits?)\b|according to|supposedly|apparently|(?:i(?:'ve)? )?(?:read|heard|saw|seen) (?:of |about )?(?:that |online |somewhere |(?:some |other )?(?:people|folks|others|guys|someone|somebody|posts?|claims?|reports?)\b)|i (?:read|heard|saw)\b|(?:someone|people|everyone|everybody|others|somebody|the authors)\b(?! (?:gave|lent|gifted|sold|sent|handed|donated|left|passed|got|bought) (?:me|us|my)\b)|(?:my |a |the |our |some )?(?:friend|colleague|buddy|coworker|roommate|guy|dude|redditor|youtuber|tutorial|blog(?: post)?|boss)(?: (?:on|in|at|from|over) (?:the |my |our |a )?[\w-]+){0,2}\s?:|(?:my |a |the |our |some )?(?:friend|colleague|buddy|coworker|roommate|guy|dude|redditor|youtuber|tutorial|blog(?: post)?|boss|predecessor)(?:s| of mine| on \w+| at work)?(?: (?:on|in|at|from|over) (?:the |my |our |a )?(?:[\w-]+ )?[\w-]+){0,2} (?:(?:full|fully|already|even|just|happily|easily|regularly|always|lora|qlora)[ -])?(?:wrote|writes|swears? by|loves?|recommend\w*|owns?|bought|runs?|ran|uses?|used|has|had|got|trains?|trained|fine-?tun\w+|did|does|managed|can|could)\b(?! (?:just )?(?:me|us|given|lent|sold|gifted|left)\b))"
    r"|^\W*(?:但是?|而|因为|看到?|看见|见过|虽然|不过|这|那)*(?![^,;.?!]{0,16}(?:送|给|借|卖|转让?|匀|让|寄|淘汰|留)(?:了|给|下来?|出)*(?:[^,;.?!]{0,16}给了?)?(?:我|咱)(?!说|讲|看|推荐|算|建议|解释|科普|用的是))(?:[A-Za-z][\w.+-]{1,15}\s?(?:的)?)?(?:官方(?!的?\s?(?:fp\d|bf16|int\d|awq|gptq|mxfp4|权重|原版|满血|版|量化|模型|仓库|发布|checkpoint))|文档|网上|网友|楼[主上]|题主|群里|群友|贴吧|知乎|论坛|帖子|小红书|评论区|卖家|商家|(?:客户|用户|甲方|对方)(?=们?(?:那边|他们)?(?:说|讲|称|反馈))|朋友|室友|哥们|领导(?!\s?(?:们)?(?:要|想|让|叫|打算|准备|希望|需要|安排|计划))|销售|供应商|隔壁(?:组|团队|实验室)?|有人|听说|据说|别人|(?:师兄|师姐|同事)(?!\s?(?:还|也|又)?问)|(?:同学|学长|学姐|学弟|学妹|师哥|前辈|大神|大佬|邻居)(?!\s?(?:还|也|又)?问)|(?:老师|老板|导师)(?!\s?(?:还|也|又)?问)(?!\s?(?:们)?(?:要|想|让|叫|打算|准备|希望|需要|安排|计划))|客服|博客|文章|论文|教程|readme|wiki)[^,;.?!]{0,10}(?:说|写|称|讲|提到?|要|能|给|声称|建议)?",
    re.ASCII,
)
# somebody else's machine or run, without a word of saying
_THEIRS = re.compile(
    r"(?:^\W*|\b(?:but|yet|whereas|and)\s)(?:(?:my|a|the|our|some) )?(?:friend|colleague|coworker|boss|brother|neighbou?r|roommate|buddy|mate)(?:'s\s(?!suggest|advice|old\b)|\s(?:with|handles?|serves?|hosts?|fits?|loads?)\b)"
    r"|^\W*(?!(?:it|that|what|here|let|there|today|tomorrow|who|this|my|our|nvidia|amd|apple|meta|company|lab|team|university|office)'s)[a-z]+'s (?:(?:old|new|big|own) )?(?:box|rig|machine|server|workstation|laptop|node|cluster|pc|set-?up|cards?|gpus?)\b"
    r"|\((?:(?:my|our|the) )?(?!(?:my|our|the|it|that|what|here|let|there)'s)[a-z]+'s\)|^[^,;.?!]{0,24}是(?:我?(?:老婆|老公|女友|男友|弟弟|哥哥|爸|室友|朋友|同事|师兄|师姐)|别人|人家)的[\s!;.,]*$"
    r"|^\W*(?:the |an)?\s?(?:other|neighbou?ring) (?:team|group|lab|department|company)\b|^\W*(?:the |some )?(?:lab|team|group|guys|people|folks) (?:next door|down the hall|upstairs)\b"
    r"|^\W*[a-z]+ (?:runs?|serves?|trains?|hosts?|has|uses?|did|does|fine-?tunes?)\b[^.;?!]{0,40}\b(?:his|her|their)\b|^\W*(?:the |a |this |that )?(?:blog(?: post)?|tutorial|video|course) (?:did|does|is|was)\b"
    r"|^\W*(?:看到?|看见|有个?)?(?:[a-z]站)?(?:的)?(?:up主|博主|大佬|主播)",
    re.ASCII,
)
# the asker's own case in the same clause
_BUT_MINE = re.compile(
    r"\b(?:but|while|whereas|and) (?:my|mine|i|i'm|i've|we|we're|we've|our|here)\b|(?:但是?|而|可是?)(?:我|咱)",
    re.ASCII,
)
_OWN = re.compile(
    r"\b(?:i|my|mine|we|our|me)\b(?! (?:read|heard|saw)\b)|我|咱|自己|最后(?!一)|最终|后来|\bbut on\b|^\W*(?:but|on)\b",
    re.ASCII,
)


# said not to matter, it is not asked for
_PACE = r"(?:the |its? |inference |training |generation |decod\w+ )?(?:speeds?|throughput|latenc\w+|time|performance|tokens? ?(?:/|per) ?s(?:ec\w*)?\b|t/s|slow\w*|how (?:long|slow|fast)(?: (?:it|that|this)(?: (?:takes|is|runs|gets))?)?|(?:it |being |if )+(?:is |it's |gets |runs |takes )*(?:slow|long))"
SPEED_REFUSED = (
    rf"\b(?:(?:do|does|would|did)(?:n'?t| not)|not|never) (?:really |much |even )?(?:care|mind|ask\w*|bother\w*|worried|fuss\w*|concerned|interested)(?: (?:about|with|if|in|at all))?(?: it'?s)? {_PACE}"
    rf"|\b{_PACE}(?: (?:does|do|is|are|really|at all))*(?:n'?t| not|n't) (?:really |much )?(?:matter|(?:an? |my |the )?(?:issue|problem|concern|priority|important|relevant))\w*"
    rf"|\b{_PACE} (?:is|are) (?:irrelevant|secondary|unimportant|fine|ok(?:ay)?|no (?:issue|problem|concern))|\b(?:slow|slowly|overnight)(?: (?:speed|training|inference))? (?:is|would be) (?:fine|ok\w*|acceptable|no problem)|\b(?:fine|ok\w*) (?:with|if) (?:it (?:is |being )?|it's )?(?:slow\w*|waiting)|\bregardless of (?:the )?(?:speed|time)|\b(?:can|could|may|might) be (?:as )?slow\b|\b(?:because of|due to) (?:the |its |their )?(?:speed|slowness)\b|\bfor (?:speed|performance) reasons\b"
    r"|(?:不在乎|不在意|不关心|不管|不问|不是问|不谈|先不说|不用管|不考虑|无所谓|不追求|不要求|不介意)(?:推理|训练|跑|生成)?(?:的)?(?:速度|快慢|时间|慢|多慢|多久)|(?:速度|快慢|时间|耗时)(?:我)?(?:都)?(?:无所谓|不重要|不是问题|不要紧|没关系|不在乎|不限|没要求|随意|可以慢|不急|慢(?:点|一点|些)?(?:也)?(?:没关系|无所谓|可以|行|没事|能接受))|慢(?:点|一点|些)?(?:也|都)?(?:没关系|无所谓|可以接受|能接受|没事|不要紧)"
)


_PASTED = re.compile(
    r"=\s*\d+(?:\.\d+)?\s?[gmk]i?b\b|^\s*[\"'`>$#]*(?:\./|--\w|[a-z]+_[a-z_]+\s*$|file \"|traceback|[a-z.]*error\b)|\w\.\w+\(|^\s*[a-z]+ serve\b",
    re.ASCII,
)


@dataclass(frozen=True)
class Part:
    """A clause, and whether it asks."""

    start: int
    end: int
    asks: bool
    pasted: bool = False


@cache
def _asking(language: str) -> re.Pattern[str]:
    return re.compile({"en": _ASKS_EN, "zh": _ASKS_ZH}[language], re.ASCII)


def _has_form(clause: str) -> bool:
    return _asking("en").search(clause) is not None or _asking("zh").search(clause) is not None


# "why is only 3B active, yet it takes more memory?": the end of the question that was begun
_GOES_ON = re.compile(r"\s*(?:却|但是?|反而|反倒|而|可是|\bbut\b|\byet\b|\bwhile\b|\bstill\b)")


def parts(text: str) -> list[Part]:
    """The clauses of a text; a sentence with a question mark and no form of a question asks in its last clause."""
    found: list[Part] = []
    start, sentence = 0, 0
    for end in [*(stop for stop in _CLAUSE_END.finditer(text)), None]:
        stop, after = (end.start(), end.end()) if end else (len(text), len(text))
        clause = text[start:stop]
        if clause.strip():
            told = _of_others(clause) is not None and (end is None or "?" not in end[0])
            found.append(Part(start, after, _has_form(clause) and not told, _PASTED.search(clause) is not None))
        if end is None or end[0].strip()[:1] in _SENTENCE_END:
            own = found[sentence:]
            if end is not None and "?" in end[0] and own and not any(part.asks for part in own):
                found[-1] = Part(own[-1].start, own[-1].end, True)
            elif end is not None and "?" in end[0] and own and _GOES_ON.match(text, own[-1].start):
                found[-1] = Part(own[-1].start, own[-1].end, True, own[-1].pasted)
            sentence = len(found)
        start = after
    return found


def asked(text: str) -> list[tuple[int, int]]:
    """The spans of the clauses that ask."""
    return [(part.start, part.end) for part in parts(text) if part.asks]


def hearsay(text: str, found: list[Part]) -> list[tuple[int, int]]:
    """The spans that tell what others say: from the clause that names them to the end of the sentence, or to the asker's
    own case."""
    spans: list[tuple[int, int]] = []
    start = None
    for part in found:
        clause = text[part.start : part.end]
        if start is not None and _OWN.search(clause):
            spans.append((start, part.start))
            start = None
        if start is None and (told := _of_others(clause)):
            start = part.start + told.start()
            if mine := _BUT_MINE.search(text, part.start + told.end(), part.end):
                spans.append((start, mine.start()))
                start = None
        if start is not None and clause.rstrip()[-1:] in _SENTENCE_END:
            spans.append((start, part.end))
            start = None
    return [*spans, *([(start, len(text))] if start is not None else [])]


def _of_others(clause: str) -> re.Match[str] | None:
    return _HEARSAY.search(clause) or _THEIRS.search(clause)


def share(found: list[Part], start: int, end: int) -> float:
    """How much what stands here counts: whole where a clause that asks has a part of it, least in a pasted line."""
    here = [part for part in found if part.start < end and start < part.end]
    if any(part.asks for part in here):
        return 1.0
    return PASTED if all(part.pasted for part in here) else TOLD


# a question of how, what or why wants more than a yes
_OPEN_EN = re.compile(r"\b(?:how|what|which|why|where|when|who)\b(?! (?:about|if)\b)", re.ASCII)
_COMPARES = re.compile(r"\b(?:less|more|fewer|same|smaller|larger) (?:v?ram|memory)\b", re.ASCII)
_ASSUMED = re.compile(
    r"\bi(?:'d| had| have| would have)? (?:assumed|thought|expected|figured|believed|guessed)\b|以为", re.ASCII
)
_OPEN_ZH = re.compile(
    r"多少|多大|多长|多久|几(?:张|块|个|卡|台|bit|位)|为什么|为啥|为何|怎么|怎样|如何|哪|什么|啥|几(?:十|百|路|\d)"
)
_POLITE = re.compile(
    r"\b(?:can|could|would|will) (?:you|anyone|anybody|someone|somebody|one of you) (?:please |kindly |maybe )?(?:tell|show|explain|help|share|give|let|advise|suggest|recommend|clarify|point|provide|work out|calculate|estimate|compute|say|spell)\b|\b(?:can|could|may) (?:i|we) (?:ask|know|get (?:a|an|some) (?:idea|estimate|advice))\b|(?:能|可以)(?:不能|否)?(?:请)?(?:告诉|说|讲|解释|帮|给|提供|分享|问)",
    re.ASCII,
)


def is_open(text: str, found: list[Part], start: int, end: int) -> bool:
    """Does no yes-or-no question stand here, but one of how or what, or a polite "could you tell me"?"""
    if (polite := _POLITE.search(text, max(0, start - 8), end + 24)) and polite.start() <= start + 4:
        return True
    for part in found:
        if part.start <= start < part.end:
            if _ASSUMED.search(text[max(0, part.start - 60) : part.end]):
                return True
            if _COMPARES.search(text[part.start : part.end]):
                return True
            before = text[part.start : start]
            if _OPEN_EN.search(before):
                return True
            return _OPEN_ZH.search(text, part.start, part.end) is not None and not re.search(
                r"[吗么嘛]\W*$", text[part.start : part.end].replace("什么", "")
            )
    return False
