"""Memory of a card that others hold: what is free of it, or what is taken, is told; so much less is there to plan with.

`A100 80GB with 30 GB free`, `the desktop takes 3 GB of it`, `A100 上别人占了 50G`. What a failure left free, what a load leaves and
what is to stay free are something else.
"""

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan

# extras, in GB of one card
CARD_FREE, CARD_TAKEN = "card_free_gb", "card_taken_gb"
# of several cards it is one of which others hold a part; what draws a screen is on one
ONE_CARD = "one_card_shared"
_ONE_CARD = (
    r"\b(?:one|1) of (?:them|these|those|the|my|our)\b|\b(?:one|1) (?:drives?|runs?|has|is|card|gpu|already|with|holds?)\b|\b(?:on|of) (?:one|1|gpu ?\d|card ?\d|the (?:first|second|last))\b"
    r"|(?:其中|有)(?:的)?\s?[1一]\s?[张块个]|(?<![\d.])[1一]\s?[张块](?:卡|显卡)?(?:上|已|被|接|插|有)|第\s?\d\s?[张块]|(?<!\d)\d ?号卡|\bgpu ?\d\b"
    r"|\b(?:desktop|xorg|gnome|kde|windows|displays?|monitors?|screens?)\b|桌面|显示器|屏幕"
)
_GB = r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s?个?\s?(?:gib|gb|gigs?|g)(?![a-z\d/])"
_OF_MEMORY = r"(?:\s(?:of|on) (?:one|1|the (?:first|second|last)) (?:of them|card|gpu))?(?:\s(?:of )?(?:its |the )?(?:gpu |video )?(?:v?ram|memory|it))?(?:显存)?"
_FREE = (
    rf"{_GB}{_OF_MEMORY}\s(?:(?:is|are|still|currently|actually|really) )*(?:free|available|unused|usable|left)\b"
    rf"|\b(?:free|available|usable) (?:v?ram|memory)(?: is| of)?\s?[:=]?\s?(?:only |about |~)*{_GB}"
    rf"|(?:只|还|仅|就|实际|目前|现在)(?:剩|有|能用|可用)(?:下|了|余)?(?:大概|大约|约)?\s?{_GB}(?:的)?(?:显存)?(?:可用|能用|空闲|空着)"
    rf"|(?:只|仅|就|目前|现在)剩(?:下|了|余)?(?:大概|大约|约)?\s?{_GB}"
    rf"|(?:显示|提示|写着?|说)(?:是|有|只有)?(?:可用|能用)(?:的)?(?:只有|有|是|为|约|大概|:)*\s?{_GB}"
    rf"|(?:空闲|可用|剩余|空余)(?:的)?显存(?:只有|还有|有|是|为|约|大概|:)*\s?{_GB}"
)
_OTHERS = r"\b(?:another|other|others?'|someone(?: else)?|somebody(?: else)?|some other|a different|my colleagues?|a colleague|colleagues?|co-?workers?|the desktop|my desktop|desktop|windows|xorg|gnome|kde|the display|the monitors?)\b(?:'s)?(?: [a-z'-]+){0,3}"
_TAKES = r"(?:is |are |was |has |have |already |currently |always |permanently )*(?:us(?:es?|ing|ed)|tak(?:es?|ing|en)|hold(?:s|ing)?|occup(?:ies|y|ying|ied)|eat(?:s|ing)?|hog(?:s|ging)?|sit(?:s|ting) on|grab(?:s|bed)?)"
_IDLE = r"(?:(?:at|when|while|in) (?:idle|idling|rest|boot|nothing|the desktop)|on (?:the )?(?:idle|desktop|boot|startup)|with nothing|before (?:i |you |we )?(?:even )?load)"
_SOMEBODY = r"(?<!比)(?:别人|其他人?|其它|另一?个?(?:进程|任务|模型|人|服务)|同事|室友|师兄|师姐|同学|别的(?:任务|进程|人|模型|服务)?|桌面|显示器|系统|windows|他人|有人)"
# what else runs on a card at home, and takes so many GB of it, the unit often left out
_PROGRAM = r"\b(?:sdxl|sd ?1\.5|sd ?3(?:\.5)?|stable diffusion|flux|comfy ?ui|a1111|whisper|xtts|chrome|firefox|(?:the |my |a )?browser|(?:the |my |a )?(?:video )?game|obs|blender)"
_TAKEN = (
    rf"{_PROGRAM} {_TAKES} (?:up )?(?:about |around |some |roughly |~)*(?<![\d.])(\d{{1,2}}(?:\.\d+)?)(?:\s?(?:gib|gb|gigs?|g)(?![a-z\d])|(?=\s?[,.;?!]|\s(?:and|of)\b|$))"
    rf"|{_PROGRAM}[^,。;?!\d]{{0,4}}(?:占|用|吃)(?:用|掉|着|了)*(?:大概|大约|约)?\s?{_GB}|"
    rf"{_OTHERS} {_TAKES} (?:up )?(?:about |around |some |roughly |~)*{_GB}"
    rf"|{_GB}{_OF_MEMORY} (?:(?:is|are|already|currently|permanently) )*(?:used|taken|occupied|in use|held|eaten|hogged)(?: up)? by {_OTHERS}"
    rf"|{_GB}{_OF_MEMORY} (?:(?:is|are|currently) )*already (?:used|taken|occupied|in use|gone)\b"
    rf"|\b(?:has|with|had) (?:already |about |around |some |~)*{_GB}{_OF_MEMORY} (?:(?:is|are|already|currently|permanently) )*(?:gone|taken|used|occupied|in use|eaten|missing)\b"
    rf"|(?<![\d.])(\d{{1,2}}(?:\.\d+)?)\s?(?:gib|gb|gigs?|g)?{_OF_MEMORY} (?:(?:is|are|already) )*(?:used|in use|taken|gone|occupied) {_IDLE}"
    rf"|\b(?:idles?|idling) (?:at|with|around) (?:about |around |~)*{_GB}"
    rf"|(?:待机|空载|空闲时|开机|桌面)(?:就|都|已经?)?(?:占|用|吃)(?:用|掉|着|了)*(?:大概|大约|约)?\s?{_GB}"
    rf"|{_SOMEBODY}[^,。;?!\d]{{0,10}}(?:占|(?<![可能])用|吃|跑)(?:用|掉|着|走|去)?(?:了)?(?:大概|大约|约)?\s?{_GB}"
    rf"|{_GB}(?:的)?(?:显存)?(?:都|已经?)?被[^,。;?!\d]{{0,10}}(?:占|用|吃)"
    rf"|(?:已经?|被){{1,2}}[^,。;?!\d]{{0,6}}(?:占|用|吃)(?:用|掉|着|走|去)?(?:了)?(?:大概|大约|约)?\s?{_GB}"
)
# what makes free memory no room that is given: a failure, a reason asked for, a wish, what a load leaves, the host's memory
_FAILED = r"\booms?\b|out of memory|\btried to allocate\b|\bcrash\w*|\bfails?\b|\bfailed\b|\berrors?\b|\bwhy\b|\bhow come\b|爆|报错|失败|崩|为什么|为啥|为何"
_LOADED = (
    r"\b(?:weights?|loads?|loaded|loading|leav\w*|kv|cache|for (?:the |my |a |its )?(?:[\w.-]+ ){0,3}(?:context|ctx|tokens))\b|加载|权重|之后|以后|留给|给[^,;?!]{0,8}上下文|缓存"
    r"|=\s?\d+(?:\.\d+)?\s?gi?b?\b[^.;?!]{0,16}\b(?:so|which|then|thus|hence)\b|=\s?\d+(?:\.\d+)?\s?gi?b?\s?[,;]?\s?(?:所以|那么?|因此|就)"  # a sum comes to what the rest is less
)
_CHANGED = r"(?:改|调|设|降|换)(?:成|为|到|低|小)[^,。;?!]{0,12}$|\b(?:set|lower|chang|reduc)\w*\b[^.;?!]{0,24}$"  # what is seen after it
_WISHED = r"\b(?:leav\w*|keep\w*|reserv\w*|want\w*|need\w*|should|must|would|spare|save\w*|saving|to have|at least)\b[^.;?!]{0,12}$|(?:留|保留|预留|要|想|至少)[^,。;?!]{0,4}$"
_OF_THE_HOST = r"^[^,.;?!。]{0,12}(?:(?<![v])\bram\b|系统内存|内存|\bdisk\b|硬盘|磁盘)|(?:(?<![v])\bram\b|内存|\bdisk\b|硬盘|磁盘)[^,.;?!。]{0,6}$"
_REST = rf"(?:剩|余)(?:下|余|了)*(?:大概|大约|约)?\s?{_GB}"
_SHARED = r"被[^,。;?!\d]{0,10}(?:占|用|吃)|\b(?:half|part|some)(?: of (?:it|them|each|the card|the memory))? (?:(?:is|are|already) )*(?:taken|used|in use|occupied)\b|\b(?:taken|used|occupied|shared) (?:by|with) (?:others?|someone|colleagues|another)"
_OF_A_SERVER = (
    r"\b(?:vllm|sglang|server|engine|service|instance)\b[^.;,]{0,24}$"  # whose pool stands there by its share
)
_AROUND = 24  # characters


def read_free_memory(scan: Scan) -> None:
    """Note what is free or taken of the one card; several amounts are of several cards, and no fact of one. Where no card is
    named what others take is of the one before or of the memory that is told; what is free is of a larger amount beside it."""
    cards = len(scan.facts.get("gpu", ()))
    if cards > 1 or any(scan.find(_FAILED)):
        return
    several = len({found[1] for found in scan.find(_GB)}) > 1
    for name, pattern in ((CARD_FREE, _FREE), (CARD_TAKEN, _TAKEN)):
        if name == CARD_FREE and not cards and not several:
            _of_each_card(scan)
            continue
        places = _places(scan, pattern, of_a_load=name == CARD_FREE and any(scan.find(_LOADED)))
        if len({scan.text[start:end] for start, end in places}) == 1:
            for start, end in places:
                scan.add(name, float(scan.text[start:end]), start, end, extra=True)
            if any(scan.find(_ONE_CARD)):
                scan.note(ONE_CARD, True)
            return


def _of_each_card(scan: Scan) -> None:
    """What others leave of cards that nobody named is what each of them has: "两张卡被别人占了一半,剩40g"."""
    if "gpu_memory_gb" in scan.facts or not any(scan.find(_SHARED)):
        return
    for start, end in _places(scan, rf"{_FREE}|{_REST}", of_a_load=any(scan.find(_LOADED))):
        scan.add("gpu_memory_gb", float(scan.text[start:end]), start, end)


def _places(scan: Scan, pattern: str, of_a_load: bool) -> list[tuple[int, int]]:
    """Where the amounts stand that are free, or taken."""
    if of_a_load:
        return []
    found = []
    for one in scan.find(pattern):
        span = one.span(one.lastindex or 0)
        before, behind = (
            scan.text[max(0, one.start() - _AROUND) : one.start()],
            scan.text[one.end() : one.end() + _AROUND],
        )
        wished = compiled(_WISHED).search(before) or compiled(_CHANGED).search(before)
        host = compiled(_OF_THE_HOST).search(behind) or compiled(_OF_THE_HOST).search(before)
        pool = one[0].startswith("idl") and compiled(_OF_A_SERVER).search(scan.text[: one.start()])
        if scan.free(*span) and not wished and not host and not pool:
            found.append(span)
    return found


def settle_shared_card(scan: Scan) -> None:
    """The one card of several of which others hold a part is no count of those that are used."""
    counts, places = scan.facts.get("n_gpus", []), scan.spans.get("n_gpus", [])
    if ONE_CARD in scan.extras and 1 in counts and len(places) == len(counts) > 1:
        keep(scan, "n_gpus", [one != 1 for one in counts])
