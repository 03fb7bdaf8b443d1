"""A sum of bytes per parameter whose terms are asked about: `2 + 2 + 12, what is the 12?`, "4+4+8+8 最后的 8 是什么"."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

TERMS, ASKED = "state_terms", "state_asked"
OF_TERMS = "meaning:state_terms"
# what they come to in all, where no word says of what they are
_KNOWN_SUMS = (16, 18, 20, 24)
# bytes of a parameter that a program keeps of one thing or of several together, and the most that any counts in all
_SIZES, _MOST = (1, 2, 4, 6, 8, 12), 32
_TERM = r"\d{1,2}(?![\d.]*\d)\s?(?:bytes?|b(?![a-z])|个?字节)?"
_CALLED = r"(?:\s?\(?[a-z\u4e00-\u9fff]{1,10}\)?){0,3}?"
_ROW = rf"(?<![\d.+*/x-])(?P<row>(?:{_TERM}{_CALLED}\s?\+\s?){{2,6}}{_TERM})(?!\s?[+*/x\d])"
_MEANT = (
    r"\bwhat(?:'s| is| are| does| do)\b|\bwhich\b|\bmeans?\b|\bstands? for\b|\bwhere\b[^?]{0,32}\bfrom\b|\bwhat\b[^?]{0,12}\bfor\b"
    r"|是(?:什么|啥|干|哪|谁|怎么来)|指(?:的|什么|啥)|代表|分别|各是|对应|(?:哪|怎么)(?:儿|里)?来的?|(?:什么|啥)意思"
)
_OF_STATES = (
    r"\bbytes?\b|字节|\bparam\w*|参数|\bfp32\b|\btrain\w*|训练|微调|\badam\w*|\boptimi[sz]er|优化器|\bgrad\w*|梯度"
)
_PLACES = (r"\bfirst\b|第1|第一|头一个", r"\bsecond\b|第2|第二", r"\bthird\b|第3|第三", r"\bfourth\b|第4|第四")
_LAST = r"\blast\b|\bfinal\b|最后|末尾|最末|末项"
_NAMED = r"(?:\bthe|\bthat|\bthis|那个|这个|里的|中的|里面的|的)\s?(?P<n>\d{1,2})(?![\d.]*\d|\s?(?:\+|gi?b?\b|[bkm]\b|张|块|卡))"


def read_state_terms(scan: Scan) -> None:
    """Keep the terms in their order, and the place of the one that is asked about, -1 where all are."""
    if not compiled(_MEANT).search(scan.text):
        return
    named = compiled(_OF_STATES).search(scan.text) is not None
    for found in scan.find(_ROW):
        terms = [int(one["n"]) for one in compiled(r"(?:^|\+)\s?(?P<n>\d{1,2})").finditer(found["row"])]
        of_states = named or sum(terms) in _KNOWN_SUMS
        if of_states and all(one in _SIZES for one in terms) and sum(terms) <= _MOST and scan.free(*found.span()):
            scan.extras[TERMS] = [float(one) for one in terms]
            scan.extras[ASKED] = [float(_asked(scan.text[found.end() :] + " " + scan.text[: found.start()], terms))]
            scan.take(*found.span())
            for again in scan.find(_NAMED):
                if int(again["n"]) in terms:
                    scan.take(*again.span("n"))
            return


def of_state_terms(scan: Scan) -> tuple[str, ...]:
    """Their meaning, where no machine is told that a run would have to fit on."""
    machine = {"gpu", "gpu_memory_gb", "n_gpus", "model"} & set(scan.facts)
    return (OF_TERMS,) if TERMS in scan.extras and not machine else ()


def _asked(text: str, terms: list[int]) -> int:
    """The place of the term that is asked about."""
    if compiled(_LAST).search(text):
        return len(terms) - 1
    for place, words in enumerate(_PLACES[: len(terms)]):
        if compiled(words).search(text):
            return place
    named = next((int(one["n"]) for one in compiled(_NAMED).finditer(text) if int(one["n"]) in terms), None)
    return terms.index(named) if named is not None and terms.count(named) == 1 else -1
