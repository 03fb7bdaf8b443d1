"""Processes that share one card under MPS, each with a copy of its own: how many there are."""

from chat.reads.scan import Scan

PROCESSES = "log_processes"
_MPS = r"(?<![a-z0-9_:\"'])(?:nvidia |cuda )?mps(?![a-z0-9])|\bmulti-process service\b"
_OF_APPLE = r"\bapple\b|\bmac(?:book|os)?\b|(?<![a-z0-9])m[1-5]\b|苹果|device=|torch\.device"
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "八": 8}  # fmt: skip
_COUNT = (
    r"(?<![\d.a-z])(?P<n>[2-9]|1\d|two|three|four|five|six|eight) (?:(?!gpus?\b|cards?\b|users?\b)[\w.-]+ ){0,3}?(?:processes|workers|instances|copies|replicas|models|servers)\b"
    r"|(?<![\d.a-z])(?P<m>[2-9]|1\d|[两二三四五六八])\s?个\s?(?:[a-z][\w.:/-]{1,32}\s?)?(?:的|推理)?\s?(?:实例|进程|副本|服务|worker|模型)"
)


def read_processes(scan: Scan) -> None:
    """`4 processes share one A100 under MPS`: as many copies; the count is none of cards."""
    if not any(scan.find(_MPS)) or any(scan.find(_OF_APPLE)):
        return
    for found in scan.find(_COUNT):
        said = found["n"] or found["m"]
        scan.add(PROCESSES, _NUMBERS.get(said) or int(said), *found.span("n" if found["n"] else "m"), extra=True)
        return
