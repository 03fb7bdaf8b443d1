"""Processes that share one card, each with a copy of its own, under MPS or as trainings at once: how many there are."""

from chat.reads.number_words import ZH_COUNT, number
from chat.reads.scan import Scan

SHARERS, UNDER_MPS = "log_sharers", "log_mps"
_MPS = r"(?<![a-z0-9_:\"'])(?:nvidia |cuda )?mps(?![a-z0-9])|\bmulti-process service\b"
_OF_APPLE = r"\bapple\b|\bmac(?:book|os)?\b|(?<![a-z0-9])m[1-5]\b|苹果|device=|torch\.device"
_N = rf"(?<![\d.a-z])(?P<{{}}>[2-9]|1\d|{ZH_COUNT})"
_COUNT = (
    rf"{_N.format('n')} (?:(?!gpus?\b|cards?\b|users?\b)[\w.-]+ ){{0,3}}?(?:processes|workers|instances|copies|replicas|models|servers)\b"
    rf"|{_N.format('m')}\s?个\s?(?:[a-z][\w.:/-]{{1,32}}\s?)?(?:的|推理)?\s?(?:实例|进程|副本|服务|worker|模型)"
)
# trainings beside each other on one card: "4 LoRA runs at once on the same A100", "一张卡上同时训3个"
_ONE_CARD = r"(?:\b(?:at once|at the same time|simultaneously|in parallel|concurrently|side by side)\b[^.;?]{0,24}\bon (?:the same|one|a|an|a single|my)\b|\bon (?:the same|one|a single|1)\b(?! (?:node|machine|cluster|server)))"
_TRAININGS = (
    rf"{_N.format('n')} (?:(?!gpus?\b|cards?\b|epochs?\b)[\w.-]+ ){{0,3}}?(?:(?:training|fine-?tuning|lora|qlora|sft) )?(?:runs|jobs|trainings|experiments|fine-?tunes|finetunes|trials)\b(?=(?:[^.;?]|\.(?=\d)){{0,48}}?{_ONE_CARD})"
    rf"|(?:同时|一起|并行)(?:跑|训练?|微调|开)\s?{_N.format('m')}\s?个(?!epoch|轮|小时|卡|对话|会话|聊天|请求|并发|窗口|用户|模型|实例|服务|线程|智能体)|{_N.format('k')}\s?个(?:训练|微调|lora|实验)(?:任务|实验|run)?[^,;?]{{0,12}}(?:同时|一起|同一张|一张)"
)


# of the processes of one run the first is 0, which no adapter's rank is: then every "rank 24" is one of them
_FIRST_RANK = r"(?<![a-z])ranks? ?0(?![\d.])"
_RANKS = r"(?<![a-z])ranks? ?\d{1,4}(?:\s?(?:-|~|to|到|至)\s?\d{1,4})?(?![\d.])"


def _ranks(scan: Scan) -> None:
    for found in scan.find(_RANKS) if any(scan.find(_FIRST_RANK)) else ():
        scan.take(*found.span())


def _trainings(scan: Scan) -> None:
    for found in scan.find(_TRAININGS):
        name = next(one for one in ("n", "m", "k") if found[one])
        scan.add(SHARERS, number(found[name]), *found.span(name), extra=True)
        return


def read_processes(scan: Scan) -> None:
    """`4 processes share one A100 under MPS`: as many copies; the count is none of cards. A process that is named by its rank is no rank of adapters."""
    _ranks(scan)
    under_mps = any(scan.find(_MPS)) and not any(scan.find(_OF_APPLE))
    found = next(iter(scan.find(_COUNT)), None) if under_mps else None
    if found:
        group = "n" if found["n"] else "m"
        scan.add(SHARERS, number(found[group]), *found.span(group), extra=True)
    else:
        _trainings(scan)
    if under_mps and SHARERS in scan.extras:
        scan.add(UNDER_MPS, 1, 0, 0, extra=True, take=False)
