"""Values that were tried: `4096 works, 8192 OOMs`, `batch 4 能跑, 8 就爆`.

A bare number in front of how a run went, or behind it (`dies at 8192`), is another value of what was spoken of last: a
length, a batch, a rank, a number of layers or of cards. By itself it is a length where it looks like one, and never a
count of cards that nobody has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chat.reads.lexicon import compiled
from chat.reads.reading import Span
from chat.reads.scan import Scan

WELL = r"(?:works?|worked|working|runs?|ran|fits?|fitted|trains?|trained|passe[sd]|pass|survive[sd]?|succeed\w*|starts?|started|loads|loaded|boots?|booted|comes up|came up|fine|okay|ok|good|safe|stable)"
BADLY = r"(?:ooms?|oom'?e?d|ooming|out of memory|crash(?:es|ed)?|die[sd]|dead|fail(?:s|ed)?|explode[sd]?|blows?(?: up)?|blew(?: up)?|breaks?|broke|kill(?:s|ed)|kaputt?|too (?:much|long|large|big))"
_LINK = r"(?:(?:it|is|was|are|were|still|already|just|always|also|only|barely|even|goes|went|gets?|got|runs?|ran|does|did|immediately|instantly|then|will|would|me|simply|throws?|gives?) )*"
WELL_ZH = r"(?:没(?:有)?(?:事|问题|毛病|爆|炸|崩|挂|oom|报错)|不(?:会)?(?:爆|炸|崩)|能(?:跑|训|行|用|过|启动|起来?)|起得来|启动(?:成功|正常)|可以|正常|跑得(?:动|了|起来|通)|跑通|稳|ok|好好的)"
BADLY_ZH = r"(?:爆|炸|崩|挂|oom|超显存|不(?:行|够|能跑|能训)|跑不(?:动|了|起来)|报错|溢出|失败)"
_LINK_ZH = r"(?:的时候|之后|以后|后|时|的话|就|又|也|都|还|却|则|是|直接|会|能|立刻|立马|马上|必|肯定|一跑|一训|,?\s?)*"
_VALUE = r"(?<![\d.a-z*x=+/_%-])(?<!\d,)(?P<n>\d{1,7})(?P<k>k)?"


def ahead(value: str) -> str:
    """A value in front of how a run went: "8192 OOMs"."""
    return rf"(?:{value})(?:\s(?:tokens?\s)?{_LINK}(?:{WELL}|{BADLY})\b(?! (?:of|for|on|the|a|\d))|(?:\s?tokens?)?\s?{_LINK_ZH}(?:{WELL_ZH}|{BADLY_ZH}))"


def behind(value: str) -> str:
    """A value behind how a run went: "dies at 8192"."""
    return rf"(?:\b(?:{WELL}|{BADLY})|{BADLY_ZH}|{WELL_ZH})(?:,? (?:and|but) not)?\s?(?:up to|at|with|from|beyond|above|for|在|到|@)\s?(?:{value})(?=\s?(?:[,.;?!)]|$|\b(?:and|but|while|or|already|so|then|it|with|on|in|during)\b))(?!\.\d)"


def against(value: str) -> str:
    """A value that another is set against: "takes more VRAM than 16384"."""
    return rf"\b(?:more|less|fewer|bigger|larger|smaller|higher|lower)\b[^.;?\d]{{0,24}}\bthan\s?(?:{value})(?!\.\d|,\d|\s?(?:[kmg]i?b|%|x\b|bits?\b|gpus?|cards?))(?![a-z0-9])"


# what was spoken of, by the fact that it is
_SPOKEN = {
    "seq_len": r"seq\w*(?:[ _-]?len\w*)?|max[ _-]?(?:model[ _-]?)?len\w*|length|context|ctx\w*|cutoff\w*|tokens?|长度|上下文|序列|窗口",
    "batch_size": r"(?:micro[ -]?)?batch(?:[ _-]?size)?|num[ _-]seqs|max[ _-]running[ _-]requests|(?<![a-z])bsz?(?![a-z])|批(?:大小|次|量)?|users?|requests?|concurren\w*|并发|路",
    "lora_rank": r"rank|lora_r(?![a-z])|秩",
    "gpu_layers": r"ngl|gpu[ _-]?layers|num_gpu",
    "n_gpus": r"gpus?|cards?|卡|张|块",
}
_ANY = "|".join(rf"(?P<{fact}>{words})" for fact, words in _SPOKEN.items())
# a setting that was changed: "pp原来设的4,现在改成2了", "micro batch was 4, I lowered it to 1"
_SETTINGS = {
    **_SPOKEN,
    "pp": r"(?<![a-z])pp(?![a-z])|pipeline(?:[ -]parallel\w*)?|流水线(?:并行)?",
    "tp": r"(?<![a-z])tp(?![a-z])|tensor[ -]parallel\w*|张量并行",
    "cp": r"(?<![a-z])cp(?![a-z])|context[ -]parallel\w*",
    "ep": r"(?<![a-z])ep(?![a-z])|expert[ -]parallel\w*|专家并行",
    "grad_accum": r"grad\w*[ _]acc\w*|accumulation(?: steps)?|梯度累[积计加]",
}
_TURNED_TO = (
    r"(?:\bnow\b(?: (?:it'?s|it is|at|on|set to|only|just|down to|up to))*|\b(?:lowered|raised|changed|set|reduced|increased|dropped|cut|bumped|moved|switched|went|turned|upgraded|downgraded|expanded|after (?:lowering|raising|changing|setting|reducing|increasing|dropping|cutting|bumping))\b(?: (?:it|that|this|them|back|down|up))*(?: to)"
    r"|(?:现在|后来|这次|如今|目前|已经)(?:又|已经|给|都|把它?|我|是|只|就|用)*(?:(?:改|调|降|换|升级?|提|减|加|缩|设|开|扩)(?:低|高|小|大|回)?(?:成|到|为|了)*)?|(?:改|调|降|换|升级?|提|减|加|缩|扩)(?:低|高|小|大|回)?(?:成|到|为)了?(?=\s?\d+k?\s?了))"
)
_SETTING = "|".join(rf"(?P<{fact}>{words})" for fact, words in _SETTINGS.items())
_ONE = r"\d{1,7}k?(?![\d.]*\d|[a-z])"
# values between the first and the last: "batch 16, then 8, then 4, now 1"
_STEPS = rf"(?P<steps>(?:[,\s]*(?:然后|再|又|接着|到|之后|->|→|and then|then|and)\s?(?:是|改成|to )?\s?{_ONE}){{0,3}})"
_CHANGED = rf"(?:{_SETTING})[^\d.,;?!]{{0,16}}(?<![\d.])(?P<a>{_ONE}){_STEPS}[^\d?!]{{0,32}}?(?P<link>{_TURNED_TO})\s?(?P<b>{_ONE})(?!\s?(?:[张块卡台*x]|gi?b?\b|gpus?\b|cards?\b))"
# the memory of a machine, or of its cards: "32G内存被kill,现在加到128G", "killed with 32 GB of RAM; is going to 128 GB enough"
_MEMORY_TO = (
    rf"(?:{_TURNED_TO}|\b(?:go(?:ing|es)?|mov(?:e|ing)|upgrad(?:e|ing)|expand(?:ing)?|bump(?:ing)?|increas(?:e|ing)) (?:it |that |up )?to"
    r"|(?:现在|后来|再|又)?(?:把它?)?(?:增?加|扩(?:容|充|展)?|升级?|换|插)(?:到|成|至|满)了?)"
)
_GB = r"(?<![\d.])(?P<{}>\d{{1,4}})\s?gi?b?(?![a-z])"
# between the two no other amount of memory is told, and no card
_MEANWHILE = r"(?:(?!\d\s?gi?b?(?![a-z])|\bv?ram\b|\bgpus?\b|显存|内存|[显张块]卡|\d{4})[^?!]){0,48}?"
_MEMORIES = {"host_memory_gb": r"(?<!显)内存|\b(?:system |host |cpu )?ram\b", "gpu_memory_gb": r"显存|\bvram\b"}


def _memory_changed(words: str) -> str:
    told_first = (
        rf"(?:{words})[^\d.,;?!]{{0,12}}{_GB.format('a')}{_MEANWHILE}(?P<link>{_MEMORY_TO})\s?{_GB.format('b')}"
    )
    amount_first = rf"{_GB.format('c')}\s?(?:of |的)?(?:{words}){_MEANWHILE}(?P<then>{_MEMORY_TO})\s?{_GB.format('d')}"
    return f"{told_first}|{amount_first}"


_NEAR = 90  # characters from what is spoken of to a value of it
_LEAST_LENGTH = 256  # tokens
_DIGITS_OF_A_COUNT = 3  # of cards whose number was changed
_MOST = {"batch_size": 4096, "lora_rank": 2048, "gpu_layers": 200}
_BY_ITSELF = frozenset(2**power for power in range(9, 21))


@dataclass(frozen=True)
class Change:
    """A setting that is told to have been changed: where its values stood before, where it is told, what it is now."""

    fact: str
    span: Span
    before: tuple[Span, ...]
    link: int
    now: Span


def changed(text: str) -> list[Change]:
    """The settings that are told to have been changed."""
    found: list[Change] = []
    for one in compiled(_CHANGED).finditer(text):
        fact = next(fact for fact in _SETTINGS if one[fact])
        counted = max(len(one["a"]), len(one["b"])) <= _DIGITS_OF_A_COUNT and "k" not in one["b"]
        if fact == "n_gpus" and not counted:
            continue  # "一张 4090,现在 8k": a card's name and a length
        steps = (step.span() for step in compiled(_ONE).finditer(text, *one.span("steps")))
        found.append(Change(fact, one.span(), (one.span("a"), *steps), one.start("link"), one.span("b")))
    for fact, words in _MEMORIES.items():
        for one in compiled(_memory_changed(words)).finditer(text):
            before, link, now = ("a", "link", "b") if one["a"] else ("c", "then", "d")
            found.append(Change(fact, one.span(), (one.span(before),), one.start(link), one.span(now)))
    return found


def read_changed(scan: Scan) -> None:
    """State the values of a setting that was changed, where no keyword has claimed them."""
    for one in changed(scan.text):
        for place in (*one.before, one.now):
            if scan.free(*place):
                scan.add(one.fact, scan.text[slice(*place)], *place)


def read_tried(scan: Scan) -> None:
    """State the values that were tried of what stands before them."""
    for pattern in (ahead(_VALUE), behind(_VALUE), against(_VALUE)):
        for found in scan.find(pattern):
            span = found.start("n"), found.end("k") if found["k"] else found.end("n")
            if not scan.free(*span) or scan.normal.is_word(found.start("n")):
                continue
            fact = _spoken_of(scan, found.start("n"))
            number = int(found["n"])
            if _is_length(number, bool(found["k"]), fact):
                scan.add("seq_len", f"{number}k" if found["k"] else number, *span)
            elif fact in _MOST and 0 < number <= _MOST[fact] and not found["k"] and _is_told(scan, fact):
                scan.add(fact, number, *span)


def _is_length(number: int, in_k: bool, fact: str) -> bool:
    """`8192` whatever was spoken of, `6000` where lengths are."""
    return in_k or number in _BY_ITSELF or (fact == "seq_len" and number >= _LEAST_LENGTH)


def _is_told(scan: Scan, fact: str) -> bool:
    """Is there another value of it, or is the word for it near enough to be meant?"""
    return fact in scan.facts or fact == "batch_size"


# "hopeless on 4": what a bare number of cards stands behind
_ON = r"\bon (?:just |only |all |all of |the |these )*$"


def _spoken_of(scan: Scan, place: int) -> str:
    """The fact whose word stands last before this place; of cards that are counted where a run is on so many."""
    if "n_gpus" in scan.facts or "gpu" in scan.facts:
        on = compiled(_ON).search(scan.text[max(0, place - _NEAR) : place])
        if on:
            return "n_gpus"
    words = [*compiled(_ANY).finditer(scan.text, max(0, place - _NEAR), place)]
    return str(words[-1].lastgroup) if words else ""


# how a run went, told behind its value: the first that is told is of it
_WENT = rf"(?P<well>\b{WELL}\b|{WELL_ZH}|(?:\b(?:not?|never|without|longer)\b|n't)[^,;.\d]{{0,12}}\b{BADLY}\b)|(?P<badly>\b{BADLY}\b|{BADLY_ZH})"
# "dies already with a batch size of 4"
_DIED_AT = rf"(?:\b{BADLY}\b|{BADLY_ZH})[^,;.\d]{{0,12}}?(?:\b(?:at|with|on|in|under)\b|在|@)(?:(?!\b(?:from|after|since|rais|chang|increas))[^,;.\d]){{0,24}}(?:\d{{1,3}}\s?[x×*]?\s?)?$"
# "works on one H200", and "but OOMs on" of the value that comes next
_WENT_AT = rf"(?:\b{WELL}\b|{WELL_ZH})[^,;.\d]{{0,12}}?(?:\b(?:at|with|on|in|under)\b|在|用|@)\s?(?:my |the |an? |one |single |a single )*(?:\d{{1,3}}\s?[x×*]?\s?)?$"
_OF_THE_NEXT = rf"(?:\b(?:but|and|while|yet|then)\b|[,;])[^,;.]{{0,16}}\b(?:{BADLY}|{WELL})\b[^,;.\d]{{0,8}}\b(?:at|with|on|in|under)\s?(?:my |the |an? |one |single )*(?:\d{{1,3}}\s?[x×*]?\s?)?$"
_SENTENCE = r"[?!;。？！；\n]|\.(?!\d)"


def failed_with(text: str, place: Span, others: Sequence[Span]) -> bool:
    """Whether the text says of the value at this place that it failed; `others` are places of values of the same setting."""
    start, end = place
    stops = [found.start() for found in compiled(_SENTENCE).finditer(text, end)][:1]
    following = [one for one, _ in others if one > start]
    behind = text[end : min([len(text), *stops, *following])]
    if compiled(_WENT_AT).search(text[max(0, start - 40) : start]):
        return False
    if following:
        behind = compiled(_OF_THE_NEXT).sub("", behind)
    went = compiled(_WENT).search(behind)
    if went:
        return went["badly"] is not None
    return compiled(_DIED_AT).search(text[max(0, start - 60) : start]) is not None


# "OOM at 4k but not at 2k": the second value is that of the run that went
NOT_THERE = r"\b(?:oom\w*|fail\w*|crash\w*|die[sd]?|out of memory)\b[^.;?!]{0,60}?\bbut (?:is |are |it )?(?:not|never|doesn'?t|does not) (?:fail |oom |crash )?(?:(?:at|with|for|on|in|when|using) )?(?:(?:a |the )?(?:seq\w*|length|context|ctx|cutoff|batch(?:[ _-]?size)?|bs|rank|cards?) ?(?:of |= ?)?)?"
