"""One more card that is asked about, `enough, or should I rent a third one?`, and what more of them bring to a server's pool; cards
that are added, and ranks that heads refuse in a message."""

from chat.reads.cards.card_patterns import card_pattern
from chat.reads.scan import Scan

ONE_MORE, MORE_AT_ONCE = "one_more_asked", "more_at_once"
_ORDINAL = r"(?:2nd|second|3rd|third|4th|fourth|5th|fifth|6th|sixth)"
_THING = r"(?:one\b|gpus?\b|cards?\b|of (?:them|those|these)\b|(?:rtx |gtx )?[a-z]{0,2}\d{2,4}\w{0,6})"
_CARD_ZH = r"(?:张|块)(?:卡|显卡)?"
# what is rented or bought in a number of its own is a whole, what is added is more: "还是要租4张", "还是要再租2张"
_MORE_ZH = rf"(?:再(?:加|买|租|上|补|添|插|搞)(?:第?[1-5])?|(?:加|补|添|插)(?:第?[1-5])?|(?:买|租|上|搞)(?:第[2-5]|1)?){_CARD_ZH}"
# "do I need a second copy of the model"
_NO_CARD = r"(?:full |separate |whole |frozen |own |loaded )?(?:cop(?:y|ies)|models?|ref(?:erence)?|instance|set|process|node|machine|server|epoch|adapter|optimizer|tokenizer|run|draft|policy|network|critic|reward)\b"
# whether one more is needed is asked of the case as it is
NEEDED = (
    rf"\b(?:should|shall|do|would|could|must) (?:i|we) (?:\w+ ){{0,2}}?(?:rent|buy|get|add|need|have|take|want)\b (?:\w+ ){{0,2}}?(?:(?:an?|the|that) (?:{_ORDINAL}|extra|additional)|another|one more)(?: {_THING})?(?! {_NO_CARD})"
    rf"|\b(?:worth|need|necessary|bother)\b[^.;?!]{{0,16}}\b(?:(?:an?|the|that) (?:{_ORDINAL}|extra|additional)|another|one more) {_THING}|\b(?:would|will|does) (?:(?:an?|the|that) (?:{_ORDINAL}|extra|additional)|another|one more) {_THING}[^.;?!]{{0,24}}\b(?:needed|necessary|worth)"
    rf"|(?:要不要|需不需要|用不用|是不是(?:要|得)|是否(?:需要|要)|有没有必要|有必要|还要不要|该不该|得不得)(?:再)?(?:加|买|租|上|补|添|插|搞|弄)(?:多)?(?:第?[1-5])?{_CARD_ZH}|(?:(?:还(?:得|要|需要)|需要)再(?:加|买|租|上|补|添|插|搞)(?:第?[1-5])?|(?:得|要)(?:有|加|买|租|上|补|添|插|搞)?第[2-5]){_CARD_ZH}(?=[^,.;]{{0,8}}(?:吗|么|\?))|还是(?:要|得|需要|必须)?{_MORE_ZH}"
)
# what it would bring is asked of the case with it
_HELPS = (
    rf"\b(?:would|will|does) (?:(?:an?|the|that) (?:{_ORDINAL}|extra|additional)|another|one more) {_THING}[^.;?!]{{0,24}}\b(?:help|matter|bring)"
    rf"|(?:再)?(?:加|多|添|插)(?:1|第?[2345]){_CARD_ZH}(?:的话)?(?:有用|有没有用|有必要|会不会|能不能|能好|会好|有什么(?:好处|用|意义)|有意义|值得)"
)
ASKED = rf"{NEEDED}|{_HELPS}"
_HEADS = (
    r"\b(?P<h>\d{1,3}) (?:attention |query |kv |key[- ]value )?heads?\b[^.;?!\d]{0,24}\b(?:not|n't|cannot|can't)\b[^.;?!\d]{0,16}\b(?:divisible|divided?)\b[^.;?!\d]{0,40}(?P<n>\d{1,2})(?!\d|\.\d)"
    r"|heads? \(?\d{1,3}\)? must be divisible by (?:the )?(?:tensor[ _-]parallel(?:[ _-]size)?|tp(?:[ _-]size)?) \(?(?P<m>\d{1,2})\)?"
    r"|(?:头数?|heads?)\s?[=:是为]?\s?(?:\d{1,3})?\s?(?:个?(?:注意力)?头)?[^,.;?!\d]{0,4}(?:不能|无法|没法|不可以?)被\s?(?P<z>\d{1,2})\s?整除"
)
_STARTS_WITH = r"\bwith (?P<n>\d{1,2}) (?:cards? |gpus? |of them )?it (?:starts|works|runs|loads|fits)\b|(?P<m>\d{1,2}) ?(?:张|卡)?(?:倒是)?(?:能|可以)(?:启动|起来)"


# whether what a server holds at once grows as its cards do: "does TP2 double the concurrency", "再加一张卡并发能翻倍吗"
_POOL = r"(?:\bconcurren\w+|\busers\b|\brequests\b|\bsequences\b|\bsessions\b|\bkv[ -]?(?:cache|pool|space|tokens)\b|\bcache (?:tokens|pool|space)\b|\bkv\b|并发|缓存|请求数?|用户数?)"
_GROWS = r"(?:\btwice\b|\bdoubl\w+|\b[2-8]x(?= (?:the|as|more|concurren\w+|users|requests|kv|cache|tokens)\b|\s?[?.,;]|$)|\bhow (?:much|many) (?:more|extra|additional)\b|\bscales?\b|\blinear\w*|\btimes (?:as|the|more)\b|翻(?:一)?倍|(?:能|会)?(?:多|增加|提升|提高|涨)(?:多少|几)|几倍|[两二2]倍|线性|成倍)"
_WITH_MORE = (
    rf"(?:\b(?:{_ORDINAL}|another|one more|1 more|twice the|double the|adding|more) {_THING}|\btp\s?=?\s?\d\b[^.?;]{{0,24}}\btp\s?=?\s?\d\b|\b(?:tp|tensor[ -]parallel\w*)\b[^.?;]{{0,12}}\bfrom \d to \d|\bfrom \d{{1,2}} to \d{{1,2}} (?:\w+ )?{_THING}|(?<![\d.])\d\s?x?\s?[a-z]{{0,3}}\d[\w ]{{1,16}} (?:vs\.?|versus|to|instead of) \d\s?x?\b"
    rf"|{_MORE_ZH}|第[二三四2-8][张块]|(?:单|1张?)卡[^,;?]{{0,24}}[双两2]\s?张?卡|tp\s?=?\s?\d[^,;?]{{0,12}}(?:到|成|换|改|vs)[^,;?]{{0,8}}tp?\s?=?\s?\d|(?<![\d.])\d\s?[张块]?卡?(?:加|扩|换|变|升)(?:到|成)\s?\d\s?[张块]?卡?)"
)
GROWS = rf"{_GROWS}[^.?;]{{0,40}}{_POOL}|{_POOL}[^.?;]{{0,40}}{_GROWS}"
# requests that become twice as many are the condition, and no gain that is asked about
_AS_CONDITION = r"\b(?:if|when|once|after|as)\b[^.?;,]{0,32}\b(?:doubl\w+|twice)\b|翻(?:一)?倍(?:的话|之?后|时|了|\s?,)|(?:如果|要是|假如)[^,;?]{0,12}翻(?:一)?倍"
POOL_GROWS = rf"^(?![\s\S]*(?:{_AS_CONDITION}))[\s\S]*(?:{GROWS})"
GROWS_WITH_CARDS = (
    rf"^(?=[\s\S]*{_WITH_MORE})(?![\s\S]*(?:\b(?:need|require|necessary)\b[^.?;]{{0,24}}\b(?:{_ORDINAL}|another|more)\b|要不要|需不需要|(?:需要|要)(?:再)?加|{_AS_CONDITION}))"
    rf"[\s\S]*(?:{GROWS})"
)


# of cards that are set against each other it is asked which serves more at once, or how many each does
_SERVED_AT_ONCE = r"(?:\bconcurren\w+|\b(?:parallel|simultaneous) (?:\w+ )?(?:requests?|sequences|users|streams)|\b(?:users|requests|sequences|streams)\b)"
CARD_FOR_MORE = (
    rf"\bwh(?:ich|at)\b[^?;]{{0,64}}\b(?:more|most|higher|highest|better)\b[^?;]{{0,24}}{_SERVED_AT_ONCE}"
    rf"|\b(?:more|higher|most)\b (?:\w+ ){{0,2}}{_SERVED_AT_ONCE}[^?;]{{0,24}}(?:\bwhich\b|\bor\b|\?)"
    rf"|\bor\b[^?;]{{0,64}}\b(?:for|want|wants|need|get|gives?) (?:the )?(?:more|most|higher|highest) (?:\w+ )?{_SERVED_AT_ONCE}"
    rf"|\bhow many\b[^?;]{{0,16}}{_SERVED_AT_ONCE}[^?;]{{0,32}}\b(?:each|either|both)\b"
    r"|哪(?:个|张|种|款|块|边)[^?;]{0,16}(?:并发|用户|请求)[^?;]{0,6}(?:多|高|大)|(?:并发|用户|请求)(?:数)?[^?;]{0,4}(?:多|高|大)[^?;]{0,4}哪|(?:并发|同时)[^?;]{0,12}(?:各|分别)[^?;]{0,8}(?:多少|几)|(?:各|分别)[^?;]{0,8}(?:多少|几)[^?;]{0,4}(?:并发|路|条|个请求|个用户)"
)


def read_uneven_ranks(scan: Scan) -> None:
    """A program's message that heads do not divide: its ranks, and the heads are no count of anything else."""
    for found in scan.find(_HEADS):
        ranks = next(int(found[one]) for one in ("n", "m", "z") if found[one])
        if ranks > 1 and "tp" not in scan.facts:
            scan.add("tp", ranks, *found.span(), take=False)
        scan.take(*found.span())
        for starts in scan.find(_STARTS_WITH):  # fewer ranks are told beside it anyway
            scan.take(*starts.span())


# "if I buy 2 more (6 cards in total)", "再加两张,一共四张"
_IN_TOTAL = (
    r"\b(?:add|buy|get|rent|put|install|order|plug|with)\w* (?:in )?\d{1,2} (?:more|extra|additional|further|other)\b(?! (?:\w+ )?(?:requests?|users?|people|sessions?|chats|layers|epochs|samples?|models?|nodes?|machines?|servers?|boxes|prompts?))[^.;?!]{0,32}?(?<![\d.a-z])(?P<n>\d{1,3}) (?:cards |gpus |of them )?(?:in (?:total|all)|altogether|total)\b"
    r"|再?(?:加|买|添|插|上|租|补)(?:装|上|了)?\s?\d{1,2}\s?[张块][^;?!]{0,16}?(?:总共|一共|总计|合计|共|凑成|凑够|变成)\s?(?:是|有|就是)?\s?(?P<m>\d{1,3})\s?(?:[张块]|卡)"
)


def settle_in_total(scan: Scan) -> None:
    """Of cards that are added, as many as there are then in all, where the text says so."""
    found = next(scan.find(_IN_TOTAL), None)
    if found and ("gpu" in scan.facts or "gpu_memory_gb" in scan.facts):
        group = "n" if found["n"] else "m"
        scan.facts["n_gpus"], scan.spans["n_gpus"] = [], []
        scan.add("n_gpus", int(found[group]), *found.span(group))
        scan.take(*found.span())


# "I have a 4080 and bought a second one", "又入手了一张": it is there
_CAME = (
    r"\b(?:and|then|just|now|also|have|i|we|i've|we've|recently) (?:just |now |also |recently |since |have )*(?:got|bought|added|ordered|picked up|received|installed|found)\b (?:me |myself |us )?(?:another|a (?:second|2nd)|1 more)\b(?P<thing> of (?:them|those|these)| one\b(?! of)| (?:card|gpu)\b|(?=\s?[,.;!?]|$))?"
    r"|\band (?:another|a (?:second|2nd)|1 more) (?P<thing_too>one|card|gpu) (?:just )?(?:this|last|in|recently|since|yesterday|today|now)\b"
    r"|又(?:买|入手|收|加|淘|搞|添|插)了?(?:1|第2|第二)\s?[张块](?P<thing_zh>一样的|同款(?:的)?|同型号(?:的)?|(?=\s?[,.;!?]|$|卡))?"
)


def settle_second(scan: Scan) -> None:
    """A second card of the kind that is named, which came to the first: there are two."""
    if len(scan.facts.get("gpu", ())) != 1 or scan.facts.get("n_gpus", [1]) != [1] or "rigs" in scan.extras:
        return
    for found in scan.find(_CAME):
        thing = found["thing"] is not None or found["thing_zh"] is not None or found["thing_too"] is not None
        if thing or card_pattern().match(scan.text, found.end() + 1) or card_pattern().match(scan.text, found.end()):
            scan.facts["n_gpus"], scan.spans["n_gpus"] = [2], [scan.normal.original(*found.span())]
            return


def settle_one_more(scan: Scan) -> None:
    """One more is no count of the cards that are there."""
    for found in scan.find(ASKED):
        start, end = scan.normal.original(*found.span())
        counts, places = scan.facts.get("n_gpus", []), scan.spans.get("n_gpus", [])
        if len(counts) == len(places):
            kept = [not start <= place[0] < end for place in places]
            counts = scan.facts["n_gpus"] = [one for one, keep in zip(counts, kept, strict=True) if keep]
            scan.spans["n_gpus"] = [one for one, keep in zip(places, kept, strict=True) if keep]
            if not counts:
                del scan.facts["n_gpus"], scan.spans["n_gpus"]
        if len(counts) < 2 and {"gpu", "gpu_memory_gb"} & set(scan.facts):
            scan.note(ONE_MORE, True)
        return
