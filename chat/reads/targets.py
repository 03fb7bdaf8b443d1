"""An amount that a run is to be brought under, told beside the card that it has: `can I get it under 12?`, `能不能降到40G以内`."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_AMOUNT = r"(?P<v>\d{1,3}(?:\.\d+)?)\s?(?P<u>gib|gb|g)?(?![a-z])"
# under a length or a batch is no memory
_OF_MEMORY = r"(?!(?:the |a |my )?(?:length|seq\w*|context|batch\w*|tokens?|steps?|rank|loss|time|latency|price|cost))"
_ZH = r"(?P<w>\d{1,3}(?:\.\d+)?)\s?(?P<z>gib|gb|g)(?![a-z])"
_TARGET = (
    r"\b(?:get|bring|keep|cut|squeeze|push|fit|shrink|reduce|lower|drop|stay|come|go)\b\s?"
    + _OF_MEMORY
    + r"[^.;?!\d]{0,32}?"
    rf"\b(?:under|below|within|less than|no more than|at most)\s(?:about |some |the )?{_AMOUNT}(?=\s*(?:[?!,;]|\.(?!\d)|$|(?:and|or|with|by|on|without)\b))"
    rf"|(?:降|压|控制|缩|减|省|弄|限制)(?:到|在|至|成|进)了?\s?{_ZH}\s?(?:显存)?(?:以?内|以?下|之内|左右)"
)
# what serves takes a share of a card: the amount is then the share to set, and no smaller card
_POOLS = frozenset({"vllm", "sglang", "lmdeploy", "tgi"})
_LEAST = 2  # GB: smaller numbers are of something else


def read_target(scan: Scan) -> None:
    """Take the amount of the text as the memory that there is, or as what a server's share is to come to."""
    for found in scan.find(_TARGET):
        number, unit, name = (found["v"], found["u"], "v") if found["v"] else (found["w"], found["z"], "w")
        told = unit or compiled(r"\d\s?g(?:i?b)?(?![a-z])").search(
            scan.text
        )  # of a bare number the unit stands elsewhere
        if not told or float(number) < _LEAST or not scan.free(*found.span(name)):
            continue
        end = found.end("u" if name == "v" else "z") if unit else found.end(name)
        scan.add("log_target", float(number), found.start(name), end, extra=True)
        return


# "explain the other 22": what is left of amounts that are told
_REST = r"\b(?:other|remaining|missing|extra) (?P<v>\d{1,3}(?:\.\d+)?)(?=\s*(?:[?!,;.]|$|please\b|from\b|then\b))"


def read_rest(scan: Scan) -> None:
    """A bare number that is the difference of two amounts of the text says nothing more."""
    amounts = [float(found[1]) for found in scan.find(r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s?g(?:i?b)?(?![a-z])")]
    for found in scan.find(_REST):
        told = float(found["v"])
        if any(abs(abs(one - other) - told) <= 1 for one in amounts for other in amounts) and scan.free(
            *found.span("v")
        ):
            scan.take(*found.span("v"))


def settle_target(scan: Scan) -> None:
    """The amount stands for the card that was named: what makes it go in there is what is asked."""
    targets = scan.extras.get("log_target")
    if not targets or _POOLS & set(scan.facts.get("engine", ())):
        return
    if {"gpu", "gpu_memory_gb"} & set(scan.facts) and len(scan.facts.get("gpu", ())) < 2:
        for store in (scan.facts, scan.spans):
            store.pop("gpu", None)
            store.pop("gpu_memory_gb", None)
    if "gpu" not in scan.facts:
        scan.add("gpu_memory_gb", targets[0], *scan.spans["log_target"][0], take=False)
