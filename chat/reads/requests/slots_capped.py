"""A server's cap of requests at once, asked of the memory that it takes: it caps them, and is no batch."""

from chat.reads.scan import Scan

SLOTS_CAPPED = "slots_capped"
_CAP = r"\bmax[-_ ]?(?:num[-_ ]?seqs|running[-_ ]requests)\b"
_ASKED = r"(?:爆|\boom\b|炸|影响|(?:占|吃|多)\S{0,4}(?:显存|内存)|out of memory|\baffect\w*|\bcosts?\b|\b(?:more|much) (?:v?ram|memory)|\brun out)"
_OF_MEMORY = rf"{_CAP}[^?!]{{0,24}}\d[^?!]{{0,60}}{_ASKED}"
# so many requests are to run: they are what is asked of
_AT_ONCE = r"并发|同时|\busers?\b|用户|\d\s?路|\bconcurren\w*|\bat once\b|\bhold\b"
_BESIDE_IT = r"max[-_ ]?num[-_ ]?batched[-_ ]?tokens"  # what the two settings mean is asked
_FAILED = r"(?:爆|oom|炸)(?:了|掉了)|报错?\s?(?:oom|out of memory)|\b(?:ooms|crash\w*|died|dies|failed|fails|fix)\b|怎么办|怎么解决"

# one of two caps is told to run and the other to fail: what sets them apart is asked
_ONE_RAN = r"正常|没事|没问题|能启动|能起来|能跑|\b(?:works?|worked|starts?|started|boots?|booted|runs?|ran|fine|ok)\b"
_NOT_YET = r"(?:会|能|要)(?:不会|不能)?[^,;?!。]{0,8}(?:oom|爆|炸)|\b(?:will|would|could|can|might|does|do)\b[^.;?!]{0,40}\boom\b"


def _tried(scan: Scan) -> bool:
    two = len(scan.facts.get("batch_size", ())) > 1
    return two and any(scan.find(_ONE_RAN)) and not any(scan.find(_NOT_YET))


def leave_caps(scan: Scan) -> None:
    """Take the cap out of the batch where it is asked whether it takes memory."""
    asked = next(scan.find(_OF_MEMORY), None)
    if asked is None or _tried(scan) or any(any(scan.find(other)) for other in (_AT_ONCE, _FAILED, _BESIDE_IT)):
        return
    start, end = scan.normal.original(*asked.span())
    places = scan.spans.get("batch_size", [])
    if places and all(start <= place[0] < end for place in places):
        scan.facts.pop("batch_size", None)
        scan.spans.pop("batch_size", None)
        scan.facts.setdefault("engine", ["vllm"])
        if "task" not in scan.facts:
            scan.facts.update(task=["inference"], method=["inference"])
        scan.note(SLOTS_CAPPED, True)
