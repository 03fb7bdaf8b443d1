"""The amounts that an asker tells: that were read, that were seen, that are lacking, each in the unit that a tool takes."""

from dataclasses import replace

from chat.figures.further_words import bytes_asked
from chat.plans.around import clause_around
from chat.plans.changed import of_what_ran
from chat.plans.products import called_else
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.reading import Claim, Reading, blanked, within
from chat.reads.seen.savings import is_added
from chat.reads.seen.symptoms import SHORT
from chat.reads.sums.supposed import IN_GENERAL
from kb.cards import models_in
from kb.names import gpu_row, names

GIGA = ("gb", "g", "gib")
_TERA = {"tb": "gb", "tib": "gib"}
_SMALL = {"kb": 1.0, "kib": 1.0, "mb": 1e3, "mib": 1e3, "bytes": 1e-3, "字节": 1e-3}
_LEAST_OF_A_TOKEN = 1.0  # KB: fewer bytes are those of a number or a parameter
_MOST_OF_A_TOKEN = 1e5  # KB
_MEGA = ("mb", "mib", "m")
_OF_A_CARD = 0.03  # what a driver reports of a card is the memory of it
# a figure that somebody wrote, or that the asker works out: nothing that a run showed
_WRITTEN = (
    r"\bread ?me\b|\bpaper\b|\btables?\b|\bfig(?:ure|\.)|\bwiki\b|\bdoc(?:s|umentation)?\b|\bblog\b|\barticles?\b|\bvideos?\b|\bposts?\b|\bsa(?:ys?|id)\b|\bclaim\w*"
    r"|\bshould(?:n\'t)?\b|\bsupposed\b|\bexpect\w*|\btheor\w+|\bestimat\w+|\bcalculat\w+|\bwould\b|\bideal\w*|\bwhy not\b|\brequires?\b|\baccording\b|\bonline\b|\bpeople\b|\btold\b|\bchatgpt\b|\b(?:an?|the) (?:ai|bot)\b|\byou(?:'d|'ll| will| would)? need\b|\b(?:friend|colleague|co-?worker|boss)s?\b|\b(?:then|so|thus|therefore) (?:\w+ ){0,3}?(?:needs?|takes?|is)\b"
    r"|\b(?:isn|wasn|aren)'?t\b[^.;?]{0,24}\b(?:only|just)\b|不是[^,;?\d]{0,4}(?:才|只|就)|\bweights?\b|\bcheckpoint\b|\bon disk\b|\bfiles?\b|\bdownloads?\b|\bdownloaded\b|\bpull(?:s|ed|ing)?\b|下载|权重|文件|图|表|论文|文档|官方|网上|文章|博客|视频|帖子|理论|估算|估计|应该|预计|按理|本来|算|只要|只需|说|讲|告诉|标称|那(?:么|就|全参|微调|训练)[^,;?]{0,6}(?:是|要|得|需)"
)
# a program that shows what is held says it
_SHOWS = r"(?:\bps\b|\b(?:nvidia-)?smi\b|nvi?top|gpustat|task manager|\blogs?\b|任务管理器|日志)[`'\"]?\s?(?:(?:now|still|then|already|里|都|也|却|只|就)\s?)?(?:sa(?:ys?|id)|claims?|说|显示)"
# right before a figure that is denied: "why 780 and not 1040" is of no run that took the second
_DENIED = r"(?:\b(?:not|never|instead of|rather than)|不是|而非)\s?$"
# right before what is only expected: "shouldn't it be around 500 GB?"
_EXPECTED = r"\bshould(?:n'?t| not)? (?:it|this|that|they) (?:not )?(?:be|take|need|use)\b[^.;?]{0,32}$|(?:不(?:是|该)|难道)应该?(?:是|要|占|用|有)?[^,;?。]{0,8}$"
# by how much a figure is larger than another: no amount that is held
_INCREASE = r"\bextra\b|\badditional\b|\d\s?(?:gib|gb|g) more\b|\bdifference\b|\bthe (?:other|missing|remaining) \d|(?:另外|剩下|其余|多出来?)的?\s?\d|\bincreases? by\b|多出|多了|多用|增加了?|差值"
# where a sentence turns to another amount
_TURNS = r"\band (?=(?:the |their |its |this |that )?(?:docs?|documentation|readme|wiki|blog|paper|table|calculator|guide|tutorial|website)\b)|\b(?:when|while|whereas|but|although|though|yet|instead of|rather than)\b|但|却|而|实际"
_METHOD_WORDS = {
    "qlora": "qlora", "lora": "lora", "full fine-tuning": "full", "full": "full", "全量": "full", "全参": "full",
    "全量微调": "full", "全参微调": "full", "全参数微调": "full",
}  # fmt: skip
_RANGE = rf"(?P<method>{'|'.join(sorted(_METHOD_WORDS, key=len, reverse=True))})(?:(?!\bfrom\b|\bwent\b|\bgr[eo]w|\bjump|从|涨)[^,;.?!\d]|\d+b\b){{0,24}}(?P<n>\d+(?:\.\d+)?)\s?(?:gib|gb|g)?\s?(?:-|~|to|到|至)\s?(?P<m>\d+(?:\.\d+)?)\s?(?:gib|gb|g)(?![a-z])"
# what an equation of the asker's comes to
_SUM = r"(?P<n>\d+(?:\.\d+)?)\s?(?:gib|gb|g)(?![a-z])"
_SMALL_SUM = r"~?\s*(?P<n>\d+(?:\.\d+)?)\s?(?P<u>kb|kib|mb|mib|bytes|字节)(?![a-z])"
# of one observation: where several runs are told, none of them is the case at hand
_ONE_RUN = ("seq_len", "batch_size", "params", "model", "method")


# what a tool takes for an amount in GB or KB
_MOST = 1e6


def memory_told(reading: Reading) -> list[float]:
    """The amounts of memory that are stated, as numbers."""
    return [claim.number for claim in memory_claims(reading)]


# millions and fewer parameters, in a product: those of adapters, a head or an encoder
_OF_A_PART = r"\d\s?(?:m|万|百万)(?![a-wyz])"


def bytes_named(reading: Reading) -> list[int]:
    """The counts of bytes per parameter that are named of a whole model, and not in a product for a part of it."""
    of_parts = [one.span for one in reading.equations if compiled(_OF_A_PART).search(one.left.lower())]
    return bytes_asked(blanked(reading.text, of_parts))


def claims(reading: Reading) -> list[float]:
    """Amounts in GB that the asker states, but for those that are the memory of the cards, each or all of them."""
    whole = [claim for claim in memory_claims(reading) if not rises(reading, claim)]
    sums = [
        compiled(_SHARED).match(normalise(equation.left).text) or compiled(_SUM).search(normalise(equation.right).text)
        for equation in reading.equations
    ]
    stated = [claim.number for claim in whole] + [float(found["n"]) for found in sums if found]
    return [amount for amount in stated if 0 < amount <= _MOST]


# what an equation divides over cards, which is the claim, and its result the share of a card
_SHARED = r"\s*(?P<n>\d+(?:\.\d+)?)\s?gi?b?\s?[/÷]\s?\d{1,3}\s*$"


def rises(reading: Reading, claim: Claim) -> bool:
    """Is it by how much something grew, and no amount that is held?"""
    grown = compiled(_INCREASE).search(clause_of(reading.text, claim)) is not None
    return grown or ("accumulation" in reading.cues and is_added(reading.lowered, claim.span[0]))


def binary(reading: Reading) -> list[float]:
    """Of the amounts that the asker states those that are written in GiB."""
    sums = [compiled(_SUM).search(normalise(equation.right).text) for equation in reading.equations]
    written = [claim.number for claim in memory_claims(reading) if claim.unit.lower() == "gib"]
    written += [float(found["n"]) for found in sums if found and "gib" in found[0]]
    return [amount for amount in written if 0 < amount <= _MOST]


# what a driver's monitor shows
_MONITOR = r"nvidia-smi|\bsmi\b|\bnvtop\b|\bnvitop\b|\bgpustat\b|task manager|任务管理器|gpu-z"


def on_monitor(reading: Reading) -> list[float]:
    """The amounts [GiB] that a monitor shows: mebibytes by the thousand, and what stands beside its name."""
    mebibytes = [
        claim.number / 1024 for claim in reading.claims if claim.unit.lower() in _MEGA and claim.number >= 1024
    ]
    beside = [one.number for one in memory_claims(reading) if compiled(_MONITOR).search(clause_of(reading.text, one))]
    cards = {float(size) for size in reading.facts.get("gpu_memory_gb", ())} | _marketed(reading)
    found = [round(one, 2) for one in (*mebibytes, *beside)]
    return [one for one in found if all(abs(one / size - 1) > _OF_A_CARD for size in cards if size)]


def small_claims(reading: Reading) -> list[float]:
    """Amounts in KB that the asker states: those of a token, mostly. One without a unit beside them is in theirs."""
    units = [claim.unit.lower() for claim in reading.claims if claim.unit]
    beside = units[0] if units and set(units) <= set(_SMALL) else ""
    amounts = [(claim.number, claim.unit.lower() or beside) for claim in reading.claims]
    found = [number * _SMALL[unit] for number, unit in amounts if unit in _SMALL]
    sums = [compiled(_SMALL_SUM).match(normalise(equation.right).text) for equation in reading.equations]
    found += [float(sum_["n"]) * _SMALL[sum_["u"]] for sum_ in sums if sum_]
    return [one for one in found if _LEAST_OF_A_TOKEN <= one < _MOST_OF_A_TOKEN]


def sums(reading: Reading) -> list[tuple[str, str]]:
    """The left side of each equation of the asker's, and the GB that it comes to."""
    found = [(equation.left, compiled(_SUM).search(normalise(equation.right).text)) for equation in reading.equations]
    return [(left, right["n"]) for left, right in found if right]


_WEIGHTS_OF = r"\d+(?:\.\d+)?\s?b?(?: params?)?\s?[x*]\s?(?:0\.5|1|2|4|8|16)(?:\.0)?\s?(?:bytes?|b|字节)?"


def of_weights(reading: Reading) -> list[float]:
    """What `8.03 * 2 = 16.06` comes to: so many bytes of each parameter, without a unit."""
    return [
        float(right)
        for left, right in ((normalise(one.left).text.strip(), one.right.strip(" ~")) for one in reading.equations)
        if compiled(_WEIGHTS_OF).fullmatch(left) and compiled(r"\d+(?:\.\d+)?").fullmatch(right)
    ]


def without_parts(reading: Reading) -> Reading:
    """Without the products that are called a part of the whole: what they come to is claimed of that part alone."""
    whole = tuple(one for one in reading.equations if not called_else(one, reading.text))
    return replace(reading, equations=whole)


def observed(reading: Reading) -> list[float]:
    """The amounts [GB] that the asker saw the run take, and did not read or work out."""
    several = any(len(reading.facts.get(name, ())) > 1 for name in _ONE_RUN)
    return [] if several or IN_GENERAL in reading.cues else [claim.number for claim in _seen(reading)]


def seen_as_it_ran(reading: Reading) -> list[float]:
    """Of two set-ups, one of which failed, the amounts [GB] that were seen of the one that ran."""
    return [claim.number for claim in _seen(reading) if of_what_ran(reading, claim.span)]


# what parts come to, as the asker adds them
_ADDED_UP = r"(?:加起来|加在一起|相加|加总|\badd(?:s|ed|ing)? up to|\bsum(?:s|med)?(?: up)? to|\btogether (?:that(?:'s| is)|they (?:are|make)|it'?s|makes?))\s?(?:也|才|就|只|不过|一共|总共|是|有|约|大概|only|just|about|around|~)*\s?$"


def _seen(reading: Reading) -> list[Claim]:
    return [
        claim
        for claim in memory_claims(reading)
        if 0 < claim.number <= _MOST
        and not (rises(reading, claim) and "accumulation" in reading.cues)
        and not compiled(_DENIED).search(reading.lowered[: claim.span[0]].lower())
        and not compiled(_ADDED_UP).search(reading.lowered[: claim.span[0]].lower())
        and not compiled(_EXPECTED).search(reading.lowered[: claim.span[0]].lower())
        and not compiled(_WRITTEN).search(compiled(_SHOWS).sub(" ", clause_of(reading.text, claim)))
    ]


def ranges(reading: Reading) -> list[str]:
    """What was read that a method takes, as `lora 50-80`: a range of GB right after its name."""
    text = normalise(reading.text).text
    return [
        f"{_METHOD_WORDS[found['method']]} {found['n']}-{found['m']}"
        for found in compiled(_RANGE).finditer(text)
        if float(found["n"]) < float(found["m"])  # else it fell from one to the other
    ]


def short(reading: Reading) -> float | None:
    """The amount [GB] by which it is told to have failed."""
    found = compiled(SHORT).search(normalise(reading.text).text)
    if not found:
        return None
    number, unit = float(found["n"] or found["m"]), found["u"] or found["v"]
    return number / 1e3 if unit in _MEGA else number


def memory_claims(reading: Reading) -> list[Claim]:
    """The amounts of memory that are stated, but for those that the cards have."""
    sizes = {float(size) for size in reading.facts.get("gpu_memory_gb", ())} | _marketed(reading)
    cards = {size * count for size in sizes for count in (1, *reading.facts.get("n_gpus", ()))}
    found = [_in_gigabytes(claim) for claim in reading.claims]
    lacking = [one.span() for one in compiled(SHORT).finditer(reading.lowered)]  # which nothing takes
    return [
        claim
        for claim in found
        if claim.unit.lower() in GIGA and claim.number not in cards and not within(claim.span, lacking)
    ]


def _in_gigabytes(claim: Claim) -> Claim:
    """`1.3 TB` is 1,300 GB."""
    unit = _TERA.get(claim.unit.lower())
    return replace(claim, number=claim.number * 1000, unit=unit) if unit else claim


def _marketed(reading: Reading) -> set[float]:
    """What the cards that were named hold."""
    named = [one for text in reading.facts.get("gpu", ()) for one in models_in(str(text))]
    sizes = [gpu_row(full)["memory_marketed_gb"] for one in named for full in names().find_gpus(one)]
    return {float(size) for size in sizes if size}  # unified memory has no one size


# a file that is told to be just as large as the card is no claim of another amount
_FILE_OF = r"(?P<en>\d+(?:\.\d+)?) ?gi?b (?:large |big )?(?:gguf|file)\b(?! (?:system|cache|upload))|(?P<zh>\d+(?:\.\d+)?) ?g(?:i?b)? ?(?:大小)?的 ?(?:gguf|模型文件|权重文件)"
# an amount that is of a file, and no need
_OF_A_FILE = (
    r"\bdownload\w*|\bpull(?:s|ed|ing)?\b|\bon disk\b|\bfile\w*\b|\bggufs?\b|\bblobs?\b|\bollama (?:list|ls|library|page|site)\b|\bmodel page\b|下载|文件|硬盘|磁盘"
    r"|\d ?gi?b (?:mlx |exl[23] )?(?:model|quant)\b(?! (?:parallel|states))|\d ?gb?(?:大小)?的?模型"
    r"|\bi?q\d\w* (?:is|are|weighs|=|comes to)\b|\bi?q\d\w* ?(?:是|有|为)"
)


# of a card's memory, whose GB are none of a file's
_OFF = 0.06
# what is taken off is said to be left for something: 72 GB in use of 80 beside a model of 8 are three amounts
_RESTS = (
    r"\bleft\b|\bleav\w+|\bremain\w*|\brest\b|\bspare\b|\broom\b|\bfree\b|\bfor (?:the |my |its )?(?:context|(?:kv )?cache|kv|prompts?|tokens)"
    r"|剩|余|留|空|给[^,;?。]{0,4}(?:上下文|缓存|kv)"
)


def rest_claimed(reading: Reading) -> float | None:
    """The file, in GB, that is taken from a card's memory to tell what is left: "23.3 GB, the card has 24, so 0.7 left?"."""
    if reading.facts.get("task") != ("inference",) or "gpu" not in reading.facts:
        return None
    if not compiled(_RESTS).search(reading.lowered):
        return None
    sizes = [float(one) for one in reading.facts.get("gpu_memory_gb", ())]  # "my 3080 has 10 GB"
    claims = [claim.number for claim in reading.claims if claim.unit in ("g", "gb") and claim.number]
    told = sorted({*claims, *(sizes if len(sizes) == 1 else ())})
    if len(told) != 3 or len(reading.facts["gpu"]) > 1 or abs(told[2] - told[1] - told[0]) > _OFF:
        return None
    return told[1] if told[1] > told[0] + _OFF else None


def files_told(reading: Reading) -> list[float]:
    """The amounts in GB that are told of files."""
    if rest := rest_claimed(reading):
        return [rest]
    told = [one.number for one in memory_claims(reading) if compiled(_OF_A_FILE).search(clause_of(reading.text, one))]
    return told or [float(one["en"] or one["zh"]) for one in compiled(_FILE_OF).finditer(reading.lowered)][:1]


def clause_of(text: str, claim: Claim) -> str:
    """The words around an amount, up to where the sentence turns to another one."""
    start, end = clause_around(text, claim.span)
    clause, place = text[start:end].lower(), claim.span[0] - start
    turns = [0, *(found.end() for found in compiled(_TURNS).finditer(clause) if found.end() <= place)]
    later = [found.start() for found in compiled(_TURNS).finditer(clause) if found.start() >= place]
    return clause[turns[-1] : later[0] if later else None]
