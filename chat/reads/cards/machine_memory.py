"""Memory that can only be the machine's: the card that is named is sold with no such amount."""

from chat.reads.lexicon import compiled
from chat.reads.number_words import ZH_DIGITS
from chat.reads.scan import Scan
from kb.cards import models_in
from kb.names import gpu_row, names

_LEAST = 32  # GB
_MODDED = 2  # times the memory that a card is sold with; none is modded to more
_DATA_CENTRE = "datacenter"  # where a card comes in sizes that no table has
_PLACE = r"(?<![\d.]){:g}\s?(?:g(?:i?b|igs?)?\b)"
_OF_CARDS = r"v\s?ram|显存|显卡|\b(?:total|together|combined|pooled|in all|each)\b|总共|合计|一共|每"
# cards of another size are asked for, or told, by their memory alone: "几张80G", "how many 80G cards"
_OF_CARDS += r"|(?:几|多少|\d|[两四八])\s?[张块]\s?\d|\bhow many (?:\d|of the \d)|\d\s?g(?:i?b)?\s?(?:的\s?)?(?:cards?\b|gpus?\b|卡)"
# beside a card, where nothing says what it is of
_BESIDE = r"(?:\b(?:and|with|plus)\b|[+,/&;、和加配])\s*(?:an? )?(?P<v>32|48|64|96|128|192|256|384|512|768|1024)\s?(?:g(?:i?b|igs?)?)(?: (?:of )?memory)?(?=\s?[,.;:?!)]|$)"
_BARE = r"(?<![\d.*a-z])(?P<v>8|12|16|24|32|48)\s?v\s?ram\b"
# what machines have, told behind a card by a word of its own; a card with as much is modded, and called so
_USUAL_RAM = (32, 64, 96, 128)
_SOLD_RAM = (*_USUAL_RAM, 16, 48, 192, 256, 384, 512, 768, 1024)
_APART = r"(?:\b(?:and|with|plus)\b|[+,/&;、和加配])\s*(?:an? )?{:g}\s?g"
_SAID_MODDED = r"\bmod(?:ded|ified)?\b|魔改|改装|扩容"
_NEEDS = r"(?:\b(?:needs?|requires?|takes?|uses?|requirement)\b|需要|要求|占用?)[^.;,]{0,12}$"
_AROUND = 24  # characters in which an amount is said to be the cards'


# what a run is seen to hold of it
_HELD = r"(?:\b(?:uses?|used|using|eats?|ate|eating|takes?|took|taking|fills?|filled|consum\w+|occup\w+|(?:grows?|grew|rises?|rose|climbs?|goes|went|gets|got) (?:up )?to|peak\w*(?: at)?)\b|吃|占|用了|用掉|涨到|升到|飙到)[^.;,]{0,12}$"

_RAM_AT = (
    r"\b(?:cpu|host|system) (?:memory|ram)(?: usage| use| consumption)?[^.;,?\d]{0,16}?\b(?:to|is|at|reaches|hits|shows?|used)\b[^.;,?\d]{0,8}(?P<v>\d{2,4})\s?gi?b?\b"
    r"|(?<!显)内存(?:占用)?(?:涨到|升到|飙到|吃到?了?|用到?了|占到?了)\s?(?P<w>\d{2,4})\s?g(?:i?b)?(?![a-z])"
)


def _told_as_need(scan: Scan) -> None:
    """`needs 11.73 GB RAM`: what somebody says a model takes is no machine's memory, unless it is sold in such sizes."""
    amounts, spans = scan.facts.get("host_memory_gb", []), scan.spans.get("host_memory_gb", [])
    for amount, (start, _) in [*zip(amounts, spans, strict=False)]:
        before = scan.lowered[max(0, start - _AROUND) : start]
        if amount not in _SOLD_RAM and compiled(f"{_NEEDS}|{_HELD}").search(before):
            if compiled(_HELD).search(before):
                scan.note("log_ram_seen", amount)
            spans.remove(spans[amounts.index(amount)])
            amounts.remove(amount)
    if not amounts:
        scan.facts.pop("host_memory_gb", None)
        scan.spans.pop("host_memory_gb", None)


# "48GB unified memory M4 Pro"
_UNIFIED = r"(?<![\d.])(?P<v>\d{1,4})\s?g(?:i?b)?\s(?:of )?(?:unified|shared)[ -]memory"


# "how much RAM? is 256GB enough?", "how much host RAM (we get 256 GB)": an amount that is held against the question before it
_RAM = r"(?:system |host |cpu )?(?:ram|host memory|system memory|cpu memory)"
_ASKED_OF_RAM = (
    rf"\bhow much {_RAM}\b[^!.]{{0,40}}?[?,;:]\s*(?:and |so )?(?:is|are|would|will|does) (?P<v>\d{{2,4}})\s?gi?b?\b[^?]{{0,16}}\b(?:enough|ok|okay|fine|sufficient|do)\b"
    r"|(?<!显)(?<!显卡)内存(?:大概|至少|需要|要|得|占){0,2}(?:多少|多大)[^!;]{0,8}?[,?\s]\s?(?P<w>\d{2,4})\s?gi?b?\s?(?:的话|内存)?(?:够|行|足够|可以|能)"
    rf"|\bhow much {_RAM}\b[^!.?]{{0,48}}?[?,;:(-]\s*(?:\w+ ){{0,4}}?(?:have|has|had|gets?|got|comes? with|ships? with|includes?|offers?|defaults? (?:to|is))\s(?:only |just |about )?(?P<x>\d{{2,4}})\s?gi?b?\b(?!\s?(?:cards?|gpus?|v\s?ram|hbm|each))"
    r"|(?<!显)(?<!显卡)内存(?:大概|至少|需要|要|得|占|该|应该|配|给){0,3}(?:多少|多大)[^!;。]{0,8}?[,?(]\s?(?:[^,;?!\d]{0,8}?)(?:默认|只?有|只?给|标配|自带|配的?是?)(?:是|了)?\s?(?P<y>\d{2,4})\s?g(?:i?b)?(?![a-z])(?!\s?(?:显存|显卡|的?卡))"
)
_ASKED_OF_RAM += rf"|(?:\bhow much {_RAM}\b|\b{_RAM} (?:is |are |was )?(?:needed|required|requirements?)\b)[^!]{{0,160}}?\b(?:box|machine|server|workstation|node|host|rig|pc|computer|we|i)(?: has| have|'ve(?: got)?| comes with| got)\s(?:only |just |about )?(?P<z>\d{{2,4}})\s?gi?b?\b(?!\s?(?:cards?|gpus?|v\s?ram|hbm|each|[ahlv]\d))"
# "uses 230 GB of system RAM? I only have 256 GB": what there is stands behind what was seen
_ASKED_OF_RAM += (
    rf"|\bof {_RAM}\b[^!\d]{{0,16}}?[?,;:.(-]\s*(?:and |but |so )?(?:(?:the |my |our )?(?:box|machine|server|workstation|node|host)|we|i)(?: only| just)?(?: has| have|'ve(?: got)?| got)\s(?:only |just )?(?P<s>\d{{2,4}})\s?gi?b?\b(?!\s?(?:cards?|gpus?|v\s?ram|hbm|each|[ahlv]\d))"
    r"|\d\s?g(?:i?b)?\s?(?:的)?(?:主机|系统|cpu)?(?<!显)内存[^!;\d]{0,12}?[,?;]\s?(?:机器|主机|服务器|我们?|总共|一共)(?:上|里)?(?:一共|总共|只|共|就)?(?:有|是)?\s?(?P<t>\d{2,4})\s?g(?:i?b)?(?![a-z])(?!\s?(?:显存|显卡|的?卡))"
)


# "the box has 512GB", "The machine: 1 TB", "服务器512G"
_MACHINE_HAS = (
    r"(?:\b(?:box|machine|server|node|host|workstation|pc|rig|computer)\b\s?(?:each )?(?:has|have|had|with|comes with|is|got|holds|[:=])\s?(?:about |only |just |around |up to )*"
    r"|(?:服务器|机器|工作站|主机|节点|整机|电脑)(?:上|里)?(?:只?有|是|配了?|带|装了?|共|[:=]|\s)*)"
    r"(?P<v>\d{1,4})\s?(?P<u>gi?b|gb|gigs?|g|ti?b|t)(?![a-z0-9])"
    r"(?!\s?(?:的\s?)?(?:显存|显卡|卡|v\s?ram|gpus?\b|cards?\b|hbm|each\b|[ahlvt]\d|rtx|[345]0[5-9]0|ssd|nvme|disk|storage|硬盘|固态))"
)
_MOVES = r"offload|卸载|内存|\bram\b|\bcpu\b|zero[ -]?infinity|主机内存"


def _machine_has(scan: Scan, cards: list[str]) -> None:
    """What a machine is told to have, where it is no amount of its cards."""
    if "host_memory_gb" in scan.facts or not {"gpu", "gpu_memory_gb"} & set(scan.facts):
        return
    count = max((int(one) for one in scan.facts.get("n_gpus", ())), default=1)
    sizes = {float(one) for one in scan.facts.get("gpu_memory_gb", ())}
    sizes |= {card.memory_gb for text in cards for card in names().match_cards(text) if card.memory_gb}
    of_cards = {size * n for size in sizes for n in range(1, count + 1)}
    for found in scan.find(_MACHINE_HAS):
        amount = float(found["v"]) * (1024 if found["u"].startswith("t") else 1)
        none = len(cards) == 1 and _of_no_card(cards[0], amount, count)
        if scan.free(*found.span("v")) and amount not in of_cards and (none or any(scan.find(_MOVES))):
            scan.add("host_memory_gb", amount, found.start("v"), found.end("u"))
            return


# "显存24G内存64G", "RAM 64GB VRAM 24GB": each word stands before its own amount, and is not the noun of the one before it
_KINDS = {
    "gpu_memory_gb": r"(?:显卡)?显存|(?<![a-z])v\s?ram",
    "host_memory_gb": r"(?<!显)内存|\b(?:system |host |cpu )?ram",
}
_OF_A_KIND = r"\s?(?:大小)?(?:只?有|是|为|=|:)?\s?(?P<{0}>\d{{1,4}})\s?(?:g(?:i?b|igs?)?)(?![a-z0-9])"
_AN_AMOUNT = r"\d\s?(?:t|g)(?:i?b|igs?)?\s?(?:的|of )?\s?$"


def read_kinds_in_a_row(scan: Scan) -> None:
    """Of two memories that are told one behind the other, word first, each amount is of the word before it."""
    for first, second in (("gpu_memory_gb", "host_memory_gb"), ("host_memory_gb", "gpu_memory_gb")):
        row = rf"(?:{_KINDS[first]}){_OF_A_KIND.format('a')}[\s,;/+&、和加]*(?:and |with )?(?:{_KINDS[second]}){_OF_A_KIND.format('b')}"
        for found in scan.find(row):
            noun = compiled(_AN_AMOUNT).search(scan.text[: found.start()][-12:])  # "16G 显存 64G 内存 512G"
            if noun is None and scan.free(*found.span()):
                scan.add(first, float(found["a"]), *found.span("a"), take=False)
                scan.add(second, float(found["b"]), *found.span("b"), take=False)
                scan.take(*found.span())


def of_the_machine(scan: Scan) -> None:
    """`3090 with 64GB`: what the card that is named cannot have is RAM, wherever it stands."""
    _told_as_need(scan)
    for found in scan.find(_RAM_AT) if "log_ram_seen" not in scan.extras else ():
        scan.note("log_ram_seen", float(found["v"] or found["w"]))
    for found in scan.find(_ASKED_OF_RAM):
        group = str(found.lastgroup)
        if scan.facts.get("gpu_memory_gb") == [float(found[group])]:  # "how much RAM? Ours come with 256 GB"
            scan.used[slice(*found.span(group))] = bytes(len(found[group]))
            del scan.facts["gpu_memory_gb"], scan.spans["gpu_memory_gb"]
        if "host_memory_gb" not in scan.facts and scan.free(*found.span(group)):
            scan.add("host_memory_gb", float(found[group]), *found.span(group))
    if not {"gpu_memory_gb", "host_memory_gb"} & set(scan.facts):
        for found in scan.find(_UNIFIED):
            if scan.free(*found.span("v")):
                scan.add("gpu_memory_gb", float(found["v"]), *found.span())
    if not {"gpu", "gpu_memory_gb"} & set(scan.facts):
        for found in scan.find(_BARE):
            if scan.free(*found.span()):
                scan.add("gpu_memory_gb", float(found["v"]), *found.span())
    told, ram = scan.facts.get("gpu_memory_gb", []), scan.facts.get("host_memory_gb", ())
    cards = [text for card in scan.facts.get("gpu", ()) for text in models_in(str(card))]
    _machine_has(scan, cards)
    if len(cards) != 1:
        return
    count = max(int(one) for one in scan.facts.get("n_gpus", (1,)))
    apart = [one for one in told if _told_apart(scan, cards[0], float(one))]
    for amount in [one for one in told if one in apart or _of_no_card(cards[0], float(one), count)]:
        if amount in ram:
            told.remove(amount)
        elif not ram and (place := compiled(_PLACE.format(float(amount))).search(scan.text)):
            around = scan.text[max(0, place.start() - _AROUND // 2) : place.end() + _AROUND]
            if not compiled(_OF_CARDS).search(around):
                told.remove(amount)
                scan.add("host_memory_gb", amount, *place.span())
    for found in scan.find(_BESIDE):
        fits_none = _of_no_card(cards[0], float(found["v"]), count)
        if fits_none and "host_memory_gb" not in scan.facts and scan.free(*found.span("v")):
            scan.add("host_memory_gb", float(found["v"]), found.start("v"), found.end())
    if not told:
        scan.facts.pop("gpu_memory_gb", None)
        scan.spans.pop("gpu_memory_gb", None)


def _told_apart(scan: Scan, text: str, amount: float) -> bool:
    """Whether twice what the card is sold with is told as what stands beside it, and nobody calls the card modded."""
    sizes = [card.memory_gb for card in names().match_cards(text)]
    if amount not in _USUAL_RAM or not sizes or None in sizes or amount <= max(size for size in sizes if size):
        return False
    beside = any(scan.find(_APART.format(amount)))
    return beside and not any(scan.find(_SAID_MODDED)) and len(scan.facts.get("n_gpus", ())) < 2


def _of_no_card(text: str, amount: float, count: int) -> bool:
    """Whether neither one such card nor all of them hold that much, as they are sold or modded."""
    cards = names().match_cards(text)
    sizes = [card.memory_gb for card in cards]
    if amount < _LEAST or not sizes or None in sizes:
        return False
    most = max(size for size in sizes if size)
    if amount > _MODDED * most * count:
        return True
    of_all = any(size and amount in (size * n for n in range(1, _MODDED * count + 1)) for size in sizes)
    others = any(gpu_row(card.name)["class"] == _DATA_CENTRE for card in cards)
    return amount > most and not of_all and not others


# "2x16GB DDR4", "four 8GB sticks", "内存 2x32G": modules of RAM, and neither cards nor their memory
_MODULE = r"(?P<{n}>[1-8两四八]|12|16)\s?(?:x|\*|根|条|sticks? of|modules? of|dimms? of)\s?(?P<{v}>4|8|16|24|32|48|64|96|128)\s?g(?:i?b)?(?![a-z\d])"
_OF_RAM = r"(?=\s?(?:的)?\s?(?:of )?(?:ecc )?(?:(?:system |host )?ram\b|system memory\b|(?:lp)?ddr[345]|sticks?\b|dimms?\b|modules?\b|(?<!显)内存))"
MODULES = rf"(?<![\d.a-z]){_MODULE.format(n='n', v='v')}{_OF_RAM}|(?:(?<!显)内存|(?<!v)\bram)\s?(?:是|有|:)?\s?{_MODULE.format(n='m', v='w')}"


def read_modules(scan: Scan) -> None:
    """State what the modules of RAM hold together."""
    for found in scan.find(MODULES):
        count, each = ("n", "v") if found["n"] else ("m", "w")
        place = (found.start(count), found.end())
        if scan.free(*place):
            so_many = ZH_DIGITS.get(found[count]) or int(found[count])
            scan.add("host_memory_gb", so_many * int(found[each]), *place)
