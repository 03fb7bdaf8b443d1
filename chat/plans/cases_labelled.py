"""Cases that a question sets apart by a label each: "prod: 70B on 2x H100; staging: 8B on an L4", "方案一:…;方案二:…"."""

import re
from dataclasses import dataclass
from itertools import pairwise

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

# where a case begins: a word or two and a colon, a number or a letter of a list, a dash of one
_LABEL = re.compile(
    r"(?:^|(?<=[;；。\n,，])|(?<=[.?!] ))\s*(?:(?P<word>(?!\w*_)[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff]*(?: [\w\u4e00-\u9fff]+){0,2}) ?[:：](?!//)"
    r"|[-*•](?= )|(?P<mark>[(（]?(?:[1-9]|[a-dA-D])[)）]|[1-9][.、](?!\d)))|(?<=\S)\s(?P<inner>[(（]?[2-9][)）])(?=\s?[^\s,])"
)
# what is asked of all of them behind the last
_TAIL = re.compile(
    r"(?:(?<=[;；。?？!！,，\n])\s*|(?<=[.])\s+)(?=[^;；。.?？!！\n]*[?？吗呢]?\s*$)|\s+-+\s+(?=[^.;]*\?\s*$)"
)
_MOST = 4
# what sets them against each other is no question of each
_AGAINST = (
    r"\b(?:better|faster|cheaper|vs\.?|versus|differ\w*|compare\w*|more|less|rather|recommend)\b|更|比|差|省|选|推荐|快"
)
_VALUE = re.compile(r"\W*(?:[\d.]+[a-zA-Z]?|on|off|true|false|\w+_\w+)\W*", re.IGNORECASE)
_CARDS = ("gpu", "gpu_memory_gb")
# what stands before a message is no label of a case
_OF_A_MESSAGE = re.compile(
    r"(?:error|exception|warning|log|output|says?|报错|错误|提示|日志|输出|显示)$", re.IGNORECASE
)

# a card by its number, and the size of a model that runs on it
_OF_A_CARD = re.compile(r"(?:card|gpu|slot|device|cuda|显?卡)[ #]?\d|(?:第?\d[号张块]显?卡|槽\d)", re.IGNORECASE)
_SIZE = re.compile(r"\d\s?b\b|[\d一-九]\s?亿", re.IGNORECASE)


@dataclass(frozen=True)
class Labelled:
    """One of the cases: what it is called, its number where it is counted, and its text with what is asked of all."""

    label: str
    text: str


def cases_labelled(text: str) -> list[Labelled]:
    """The cases and their labels; empty where there are none, or where something else is told before them."""
    marks = list(_LABEL.finditer(text))
    if not 2 <= len(marks) <= _MOST or any(_OF_A_MESSAGE.search(one["word"] or "") for one in marks):
        return []
    lead = text[: marks[0].start()]
    bodies = [text[one.end() : following.start()] for one, following in pairwise(marks)] + [text[marks[-1].end() :]]
    last = bodies[-1].rstrip()
    ends = [one.end() for one in _TAIL.finditer(last) if last[: one.start()].strip() and one.end() < len(last)]
    tail = last[ends[-1] :] if ends else ""
    bodies[-1] = last.removesuffix(tail)
    if any(_VALUE.fullmatch(body) for body in bodies):  # `rank: 16, seq: 2048` are settings of one case
        return []
    if compiled(_AGAINST).search(f"{lead} {tail}".lower()):
        return []
    numbered = all(_OF_A_CARD.fullmatch(one["word"] or "") for one in marks)
    if numbered and not all(_SIZE.search(body) for body in bodies):  # the cards of one machine, told one by one
        return []
    return [
        Labelled(
            (one["word"] or one["mark"] or one["inner"] or "").strip(" ().、（）"),
            f"{lead} {body.strip(' ;；,，。.')}{_STOP[_is_chinese(body)]}{tail}".strip(),
        )
        for one, body in zip(marks, bodies, strict=True)
    ]


_STOP = (". ", "。")


def _is_chinese(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff]", text) is not None


def each_is_whole(readings: list[Reading]) -> bool:
    """Has each a model and a card of its own, and one of each?"""
    return all(
        sum(len(one.facts.get(name, ())) for name in ("model", "params")) == 1
        and sum(1 for name in _CARDS if one.facts.get(name)) >= 1
        and all(len(one.facts.get(name, ())) < 2 for name in _CARDS)
        and not (one.unknown_models or one.unknown_gpus or one.equations or one.claims)
        for one in readings
    )
