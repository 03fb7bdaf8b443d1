"""One program runs a model with which another runs out of memory: which is which, by what is told behind each name, or before it."""

from chat.reads.lexicon import compiled
from chat.reads.reading import Span
from chat.reads.scan import Scan
from chat.reads.seen.tried import BADLY, BADLY_ZH, WELL, WELL_ZH

# extra: the program that runs it, by the name that its engine has
RUNS_ELSEWHERE = "runs_elsewhere"
_READS_FILES = r"llama[._ -]?cpp|llama-(?:server|cli)|ollama|lm[ -]?studio|kobold(?:cpp)?"
_NAMES = {
    "llama.cpp": _READS_FILES, "vllm": "vllm", "sglang": "sglang", "lmdeploy": "lmdeploy", "tgi": "tgi",
    "transformers": r"(?:hf |hugging ?face )?transformers|(?<!-)hf(?! (?:hub|page|repo))", "exllama": r"exllama(?:v[23])?|tabbyapi", "mlx": "mlx(?:-lm)?",
}  # fmt: skip
_NAMED = "|".join(f"(?P<e{at}>{words})" for at, words in enumerate(_NAMES.values()))
_NAME = rf"(?<![a-z0-9/-])(?:{_NAMED})(?![a-z0-9]|/[a-z])"
_RUNS = rf"{WELL}|run|work|load|fit|handles?|manages?|serves?"
_OUT = rf"{BADLY}|overflows?|runs? out|ran out|throws?|refuses?|complains?"
_NOT = r"(?:\b(?:can ?not|can't|cannot|won'?t|doesn'?t|does not|didn'?t|will not|never|couldn'?t|unable to|no longer|not)\b[^,;.\d]{0,12})"
_NOT_ZH = r"(?:不能|没法|无法|跑不|起不|加载不|放不)"
_WENT = rf"(?P<not>{_NOT}\b(?:{_OUT})\b)|(?P<badly>{_NOT}|{_NOT_ZH}|\b(?:{_OUT})\b|(?<!不)(?<!没)(?<!没有)(?<!不会)(?:{BADLY_ZH})|显存不足)|(?P<well>\b(?:{_RUNS})\b|{WELL_ZH}|跑得)"
_LINK = r"(?: (?:it|this|that|them|fine|well|ok|okay|just|perfectly|happily|easily|without problems))*,? (?:in|on|with|under|via|using|through|from|by)(?: (?:the|my|plain|bare|raw))? $"
_BEFORE = rf"(?:(?P<badly>\b(?:{_OUT}){_LINK})|(?P<well>\b(?:{_RUNS}){_LINK}))"
_STOPS = r"[?!;。？！；\n]|\.(?=\s|$)"
_BACK = 48  # characters before a name in which its verb stands
_WHY = r"\bwhy\b|\bhow come\b|为(?:什么|啥|何)|怎么(?:会|反而)|凭什么"
_OVERFLOWS = r"\boom\w*|out[ _-]?of[ _-]?memory|爆|炸|显存(?:不足|不够)|溢出"


def told_apart(text: str, of_memory: bool = False) -> tuple[set[str], set[str]]:
    """The programs that are told to run it, and those that are told to fail; both empty where not both are told.

    `of_memory`: that it fails for want of memory is known, though no word says so.
    """
    names = [(*one.span(), _called(one.lastgroup)) for one in compiled(_NAME).finditer(text)]
    ran: set[str] = set()
    failed: set[str] = set()
    for at, (start, end, name) in enumerate(names):
        following = names[at + 1][0] if at + 1 < len(names) else len(text)
        went = _went(text, (start, end), following)
        (ran if went else failed if went is False else set()).add(name)
    lacks = of_memory or compiled(_OVERFLOWS).search(text)
    return (ran - failed, failed) if ran - failed and failed and lacks else (set(), set())


def _called(group: str | None) -> str:
    return [*_NAMES][int(str(group)[1:])]


def _went(text: str, place: Span, following: int) -> bool | None:
    """Whether the program at this place is told to run it, by the verb before its name or the first behind; None if nothing is told."""
    start, end = place
    before = compiled(_BEFORE).search(text[max(0, start - _BACK) : start])
    if before:
        return before["badly"] is None
    stop = compiled(_STOPS).search(text, end)
    behind = compiled(_WENT).search(text[end : min(following, stop.start() if stop else len(text))])
    return None if behind is None else behind["badly"] is None


def leave_what_runs(scan: Scan) -> None:
    """Of two programs the one that failed is the case; the one that runs it is noted. Of cards that are not alike both are set
    side by side, for there it is the layout that tells them apart."""
    unlike = "+" in str(scan.facts.get("gpu", [""])[0])
    ran, failed = told_apart(scan.lowered, unlike and compiled(_WHY).search(scan.lowered) is not None)
    if not ran:
        return
    for name in sorted(ran):
        scan.note(RUNS_ELSEWHERE, name)
    named = scan.facts.get("engine", [])
    if unlike:
        scan.facts["engine"] = [*named, *(name for name in sorted(ran) if name not in named)]
    elif failed & set(named):
        scan.facts["engine"] = [name for name in named if name not in ran]
