"""Of the cards that are told how many are the asker's to use: those that others leave, or those that an added one makes up."""

from chat.reads.cards.card_patterns import card_pattern
from chat.reads.other_cases.corrected import drop_layout
from chat.reads.scan import Scan

_CARDS = r"(?:\s?(?:of (?:them|those|these|the (?:cards|gpus))|cards?|gpus?))"
# "剩下的4张", "the other 4", "only 3 are free"
# which stage, step or card is meant by its number, and no count
_NO_NAME = r"(?<!stage )(?<!zero )(?<!step )(?<!level )(?<!gpu )(?<!card )(?<!cuda )"
_LEFT = (
    r"(?:剩(?:下|余|的)?|其余|余下)(?:的)?(?:只有|只能用|还有|就|是|那|这)*\s?(?P<a>\d{1,3})\s?[张块](?!\s?卡?(?:留|给|要|做|跑|用来|用于|在))"
    r"|(?:能|可以?|可)用的?(?:只有|就|是|有)*\s?(?P<b>\d{1,3})\s?[张块]|(?<![\d.])(?P<c>\d{1,3})\s?[张块](?:卡)?(?:是)?(?:空闲|空着|空的|闲着|闲置|能用|可用)(?!\s?的?\s?[a-z]{0,4}\s?\d{2,4})"
    rf"|\b(?:the |my )?(?:remaining|other|free|idle|available|left-?over) (?P<d>\d{{1,3}})(?:{_CARDS}|(?=\s?[,.;?!]|$))"
    rf"|(?<![\d.a-z-]){_NO_NAME}(?P<e>\d{{1,3}}){_CARDS}?(?: (?:are|is))? (?:left|free|idle|available|remaining)\b(?! (?:memory|vram))"
    rf"|(?<!-)\b(?:count|use|take|assume) (?:just |only )?(?P<g>[1-9]\d?|one)(?:{_CARDS}|(?=\s?(?:[,;?!]|\.(?!\d)|$)))|(?:只|就)(?:算|按|用)\s?(?P<h>\d{{1,3}})\s?[张块](?!\s?卡?(?:留|给))"
    rf"|\bonly (?:get|have|use|left with|allowed) (?P<f>\d{{1,3}}){_CARDS}"
)
# "师兄占了4张", "占了8张里的4张", "2张坏了", "4 are taken", "took 3 of our 4 A6000s"
_TAKEN = (
    r"(?:在用|用着|跑着|占着)(?:其中|里面)(?:的)?\s?(?P<g>\d{1,3})\s?[张块]|(?:占(?:用|掉|着|去)?|(?:用|拿|借|分)(?:掉|走|去|着))了?(?:其中|\d{1,3}\s?[张块][^,.;?!张块]{0,12}?(?:里|中|当中)面?)?(?:的)?\s?(?P<a>\d{1,3})\s?[张块](?!\s?卡?的?显存)|(?:坏|烧|挂|卖|出|退|丢|(?:收|拿|搬|借|抽|调)(?:走|回|去))(?:了|掉|出去)*\s?(?P<b>\d{1,3})\s?[张块](?!\s?卡?的?显存)"
    r"|(?<![\d.])(?P<c>\d{1,3})\s?[张块](?:卡)?(?:已经?|都|现在|正|一直)*(?:被|让|给)[^,.;?!\d]{0,8}?(?:占|用|拿|借)(?!满)(?!(?:用|掉|着|去|走|了|各|约|大概|大约|\s)*\d+(?:\.\d+)?\s?g)|(?<![\d.])(?P<d>\d{1,3})\s?[张块](?:卡)?(?:已经?|都)*(?:坏|烧|在用|不能用|有人|(?:在|正在)?(?:跑|用|部署|服务)(?:着|在)?(?:别的|其他|其它|另外|别人))"
    rf"|(?<![\d.a-z-]){_NO_NAME}(?P<e>\d{{1,3}}|one){_CARDS}?(?: (?:are|is|were|have been))?(?: (?:already|currently|always|permanently|now))? (?:taken|occupied|busy|in use|used by|reserved|allocated|broken|dead|(?:running|serving|doing|hosting) (?:other|another|something else)|for (?:gaming|games|the (?:display|desktop|monitors?))|sold|gone|died|broke|(?:belongs?|goes?) to(?! me\b| us\b))\b"
    rf"|\b(?:us(?:es?|ing)|ha(?:s|ve)|occup(?:ies|ying)|tak(?:es|ing|en)|took|hog(?:s|ging)?|grabbed|reserved|borrowed) (?P<f>\d{{1,3}}|one) of (?:them|those|these|(?:the|our|my) (?:\d{{1,3}}\s?(?:x\s?)?(?=[a-z]{{0,4}} ?\d{{2,4}}|cards|gpus)|cards\b|gpus\b))"
    rf"|\b(?:sold|lost|returned|gave away|broke) (?P<h>\d{{1,3}}|one)(?:{_CARDS}| of (?:my|our|the|them|those)\b|(?=\s?[,.;?!]|$))"
)
# whose they are, where only what is gone is counted
OTHERS = r"别人|其他人|有人|师兄|师姐|师弟|师妹|同事|同学|学生|室友|朋友|老师|其他(?:组|项目|任务|用户)|别的|其他(?:服务|模型|业务)|其它|隔壁|被|坏|烧|卖|退|收走|借走|[\u4e00-\u9fff]{2}(?:组|部门|团队)|游戏|\b(?:others?|someone|somebody|colleagues?|labmates?|co-?workers?|students?|people|friends?|roommates?|guys|folks|another (?:user|team|job|group|project)|teammates?|taken|occupied|busy|reserved|broken|dead|sold|lost|returned|gave away|died|broke|other \w+|another \w+|belongs? to|gaming|games|display)\b"
# both numbers are asked about
_EITHER = r"还是|或者|\bor\b|等(?:他|她|到|全)|\bwait\w*|(?:都|全)空|\ball (?:of them|\d)"
# "再买一张凑成两张", "another 4090 to make two"
_MADE_UP = (
    r"(?:凑|组)(?:成|够|齐|到|满|个)?\s?(?P<a>\d{1,3})\s?(?:[张块]|卡)|(?:变|加)(?:成|到)\s?(?P<b>\d{1,3})\s?[张块]|(?:一共|总共|合计)(?:就|是|有)*\s?(?P<e>\d{1,3})\s?[张块]"
    rf"|\b(?:to|and|,) ?(?:make|making) (?:it |that )?(?P<c>\d{{1,3}})(?:{_CARDS}|(?=\s?(?:in total|total)?\s?[,.;?!]|$))|\b(?:for a total of|so i(?:'d| would)? have|bringing it to) (?P<d>\d{{1,3}})\b"
)
_BEFORE_AND_AFTER = 2
_ADDED = r"再|加|又|补|\b(?:add\w*|another|second|more|extra|buy\w*|get)\b"


# "4-7 are free", "0-3号卡被占满": cards by their numbers
_NUMBERS = r"(?:\b(?:gpus?|cards?|cuda)\s?|第)?(?<![\d.])(?P<{0}>\d)\s?(?:-|~|到|至|to)\s?(?P<{1}>\d)(?!\d)\s?(?:号)?(?:的)?(?:卡|gpu)?"
_FREE_NUMBERS = rf"{_NUMBERS.format('a', 'b')}(?:都|全|是|还|现在|\s|are|is|currently|still)*(?:空|闲|没人|没任务|可用|能用|free\b|idle\b|available\b|empty\b)"
_TAKEN_NUMBERS = rf"{_NUMBERS.format('a', 'b')}(?:都|全|是|已经?|现在|正|\s|are|is|have been|currently|already)*(?:被|在用|占|满|有人|taken\b|busy\b|occupied\b|full\b|in use\b|used by\b)"


def _by_number(scan: Scan) -> None:
    """Cards that are told to be free by their numbers, or all but those that are taken."""
    counts = [int(one) for one in scan.facts.get("n_gpus", ())]
    free, taken = (next(iter(scan.find(one)), None) for one in (_FREE_NUMBERS, _TAKEN_NUMBERS))
    if len(counts) != 1 or not (free or taken):
        return
    spans = [one.span() for one in (free, taken) if one]
    many = [abs(int(one["b"]) - int(one["a"])) + 1 if one else 0 for one in (free, taken)]
    left = many[0] or counts[0] - many[1]
    if 0 < left < counts[0]:
        _set(scan, left, [(left, *span) for span in spans])


def settle_cards_left(scan: Scan) -> None:
    """Of several counts of cards leave the one that can be used, or that there will be."""
    _by_number(scan)
    counts = [int(one) for one in scan.facts.get("n_gpus", ())]
    if not counts or len(scan.facts.get("gpu", ())) > 1:
        return
    made = _counted(scan, _MADE_UP)
    if made and min(counts) < made[0] and any(scan.find(_ADDED)) and len(counts) <= _BEFORE_AND_AFTER:
        _set(scan, made[0], [made])
        return
    most, left, taken = max(counts), _counted(scan, _LEFT), _counted(scan, _TAKEN)
    told = [one for one in (left, taken) if one]
    if any(scan.find(_EITHER)) or not told:
        return
    if left and left[0] < most:
        _set(scan, left[0], told)
    elif taken and not left and taken[0] < most and any(scan.find(OTHERS)):
        _set(scan, most - taken[0], told)


def _counted(scan: Scan, pattern: str) -> tuple[int, int, int] | None:
    """A number of cards, and where it stands."""
    found = next((one for one in scan.find(pattern) if not _of_another(scan, one.end())), None)
    if not found:
        return None
    said = found[str(found.lastgroup)]
    return (1 if said == "one" else int(said), *found.span(str(found.lastgroup)))


def _of_another(scan: Scan, end: int) -> bool:
    """Whether a card of another kind is named right behind a count: `同事用 8 张 H100` takes none of the asker's L4."""
    named = card_pattern().match(scan.text, end) or card_pattern().match(scan.text, end + 1)
    own = "".join(str(one) for one in scan.facts.get("gpu", ())).lower().replace(" ", "")
    return named is not None and own != "" and named[0].replace(" ", "").rstrip("s") not in own


def _set(scan: Scan, count: int, told: list[tuple[int, int, int]]) -> None:
    before = scan.facts["n_gpus"]
    scan.extras.setdefault("former", []).extend(one for one in before if one != count)
    scan.facts["n_gpus"], scan.spans["n_gpus"] = [count], scan.spans["n_gpus"][:1]
    drop_layout(scan, before)
    places = [scan.normal.original(start, end) for _, start, end in told]
    scan.claims = [one for one in scan.claims if one.unit or one.span not in places]
    for _, start, end in told:
        scan.take(start, end)
