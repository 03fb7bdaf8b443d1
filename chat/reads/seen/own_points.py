"""One or two readings of a run of the asker's own, and another batch or length that is asked about: `at batch 1 it uses 19 GB, what
will batch 3 use`, `seq 1024 占 19G,2048 占 22G,4096 多少`.

Two readings draw a line, one bounds it; the settings of what was seen are none of the case, which has the one that is asked about.
"""

import re
from dataclasses import dataclass

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_GB = r"(?<![\d.])(?P<gb>\d{1,4}(?:\.\d+)?)\s?(?:gib|gb|g)(?![a-z\d/])"
_TOKENS = r"(?<![\d.a-z-])(?<!\d,)(?:\d{3,6}|\d{1,3}\s?k)(?![\da-z-]|\.\d|,\d{3}(?!\d)|\s?(?:gi?b|mi?b|g|gpus?|cards?|steps?|samples?|张|卡|步|条)(?![a-z]))"
_BATCH_NAMED = (
    r"(?<![a-z])(?:(?:micro[ -]?)?batch(?:[ _-]?size)?|bsz?|批(?:大小|次大小|次|量)?)\s?(?:of|is|=|:|为|是)?\s?"
)
_LENGTH_NAMED = r"(?<![a-z])(?:seq(?:uence)?(?:[ _-]?len(?:gth)?)?|(?:max_?)?len(?:gth)?|cutoff_len|序列长度|序列|长度)\s?(?:of|is|=|:|为|是)?\s?"
_LENGTH_BEHIND = r"(?:\s?(?:tokens?|ctx|个?token|长度)(?![a-z]))?"
# how the value of each setting is written
_VALUES = (
    rf"{_BATCH_NAMED}(?P<n>\d{{1,4}})(?![\da-z]|\.\d)",
    rf"(?:{_LENGTH_NAMED})?(?P<n>{_TOKENS}){_LENGTH_BEHIND}",
)
_NAMES = ("batch_size", "seq_len")
_ABOUT = r"\s?(?:only |just |already |about |around |roughly |some |~|大概|大约|约|差不多)*\s?"
_TOOK = rf"(?:\b(?:us(?:es?|ed|ing)|t(?:akes?|ook|aking)|needs?|needed|eats?|peak(?:s|ed)?(?: at)?|is|was|sits? at|sat at|shows?|showed|hits?|consumes?d?)\b|占(?:用|掉|着|满|到)?|(?<![没不])用(?:掉|到)?|吃(?:掉)?|跑到|要|是|[=:]|->)(?:了)?{_ABOUT}"
_SHORT = r"(?:(?!\b(?:will|would|should|could|can|if)\b|会|能|应该|[;?!。]).){0,40}?"
# "uses 38 GB of 40 GB on an A100 with batch 4"
_WITH = r"(?:\s?(?:of|/|out of)\s?\d{1,3}\s?(?:gib|gb|g)(?![a-z]))?(?:\s(?:on|of)\s(?:an?|my|the|one)?\s?[a-z0-9 ]{1,20}?)?\s?(?:\b(?:at|with|for|when|using|@)|@|\()\s?(?:an? )?"
# an amount of the card, and not of what runs on it
_OF_CARD_BEFORE = r"(?:\b(?:on|of|in|within|under|over|above|exceed|limit(?: is)?|fits?(?: in| on)?)\s(?:an?|my|the|one|a single|single|1)?\s?|卡是|卡有|只有|超(?:过|出)?了?|爆|不到)\s?$"
_OF_CARD_BEHIND = r"^\s?(?:的)?\s?(?:usable\b|vram\b|card\b|gpu\b|[ahlv]\d{2,3}\b|rtx\b|卡|显卡|显存的?卡)"
_LIMIT = r"\b(?:limit|cap|budget)\s?(?:is|of|=|:)?\s?(?P<n>\d{2,4})(?:\s?(?:gib|gb|g))?(?![\da-z]|\.\d)|上限(?:是|为)?\s?(?P<m>\d{2,4})(?:\s?(?:gib|gb|g))?(?![\da-z]|\.\d)"
# "from 4 to 6": the first is what runs, the second is asked about
_CHANGED = (
    r"(?:\bbatch(?:[ _-]?size)?|\bbsz?|批(?:大小|次)?)\s?(?:[想要能可以把再]{1,3})?(?:从|由|from)\s?(?P<a>\d{1,3})\s?(?:to|->|(?:调|改|加|升|提|增|开)?(?:高|大)?到)\s?(?P<b>\d{1,3})(?![\da-z]|\.\d)",
    rf"(?:\bseq\w*(?: len(?:gth)?)?|\blength|\bmax_?len\w*|\bcutoff_len|序列(?:长度)?|长度)\s?(?:[想要能可以把再]{{1,3}})?(?:从|由|from)\s?(?P<a>{_TOKENS})\s?(?:to|->|(?:调|改|加|升|提|增|开)?(?:高|大|长)?到)\s?(?P<b>{_TOKENS})",
)
# "from 18 to 60 GB": what the first and the second took
_AMOUNTS = r"(?:\bfrom|从|由)\s?(?P<y>\d{1,4}(?:\.\d+)?)(?:\s?(?:gib|gb|g))?\s?(?:\bto\b|->|到|(?:涨|升|加|变)[到成])\s?(?P<z>\d{1,4}(?:\.\d+)?)\s?(?:gib|gb|g)(?![a-z\d/])"
# "what would 6 take", "8 要多少": a value that only its verb tells
_BARE = r"\b(?:would|will|does|about|at|for|with)\s(?:an? )?(?P<n>\d{1,6}k?)(?:\s(?:take|need|use|fit)\b|\s?\?)|(?<![\d.])(?P<m>\d{1,6}k?)\s?(?:要|会?占|需要|呢|会|大概|能)"
# what one more takes is asked
_EACH = r"\b(?:per|each|every|one more|another|a single) (?:more |extra |additional |further |single )?(?:samples?|sequences?|examples?|items?|batch|1k|1,?0(?:00|24)|tokens?)|每(?:多|增加)?[一1]?(?:条|个|张|份|样本|序列|1k|千|token)|单条|1条"
_RUNS = rf"(?:\b(?:train\w*|fine-?tun\w*|run|it|currently|now|already)\b|训练|微调|现在|目前|跑着?)(?:时|的时候)?[^,;?!。\d]{{0,16}}?(?:{_TOOK})"
_FREE = r"\s?(?:is |are |still )*(?:free|left|unused|available|spare|headroom)\b|(?:还)?(?:剩|空|有)(?:余|着|下)?(?:大概|约)?$"
MOST = (
    r"\b(?:max(?:imum)?|longest|largest|highest)\b|\bhow (?:long|large|far|high|big)\b|最[长大多]|到多[少长大]|上限是"
)
_ASKS = r"\?|\b(?:what|how|can|could|will|would|does|do|is)\b|多少|能|会|吗|够|行|几"
# the line is of one run, in which the same things grow: no server's pool, no part of it, no failure that was seen, no other method
_ANOTHER_MATTER = (
    r"\b(?:vllm|sglang|ollama|llama\.?cpp|gguf|serving|inference|kv|cache|users?|concurren\w+|grpo|ppo|rollouts?|readme|tables?|paper)\b|推理|部署|缓存|并发|每卡|每张|表"
    r"|\b(?:logits|activations?|gradients?|optimizer) (?:takes?|uses?|is|are|was)\b|激活(?:占|是|要)"
    r"|\boomed\b|\bcrash\w*|报错|(?<!会)爆了"
    r"|(?<!q)\blora\b[\s\S]*\bqlora\b|\bqlora\b[\s\S]*(?<!q)\blora\b|\bwhy\b|为什么|为啥|\b(?:double|twice|linear\w*|proportion\w*)\b|翻倍|线性"
)  # fmt: skip


# a failure that is asked about is none that was seen
_FAILED = r"\b(?:dies|died|crash(?:es|ed)?)\b|\boom(?:s|ed|ing)?\b|\bout of memory\b|\bfail\w*|(?<!会)(?<!不)[爆炸]"
_WOULD = r"(?:\b(?:will|would|could|might|may|can|does|without|avoid|going to|gonna)\b|会|不|别)[^.;?!]{0,32}?"

# "bs=4 炸显存": what failed at a value is told, and not asked
_THEN_FAILED = rf"[^,;.?!\d]{{0,8}}(?<!会)(?:{_FAILED})"


@dataclass(frozen=True)
class Point:
    """What was seen: a value of the setting, the amount [GB], and which characters tell both."""

    value: int
    gb: float
    spans: tuple[tuple[int, int], ...]
    free: bool = False  # the amount is what it leaves of the card


def read_own_points(scan: Scan) -> None:
    """What was seen as `log_line_…` (two readings) or `log_point_…` (one), and the setting that is asked about as the case's."""
    if "log_line_x1" in scan.extras or any(scan.find(_ANOTHER_MATTER)) or not any(scan.find(_ASKS)):
        return
    if any(scan.find(_FAILED)) and not any(scan.find(rf"{_WOULD}(?:{_FAILED})")):
        return
    for of, name in enumerate(_NAMES):
        points = _points(scan, of) or _changed(scan, of)
        if not 0 < len(points) <= 2 or len({one.value for one in points}) < len(points):
            continue
        room, most = room_told(scan, points), any(scan.find(MOST))
        at = asked_at(scan, of, points)
        each = at is None and len(points) == 2 and any(scan.find(_EACH))
        if at is None and not (most and room and len(points) == 2) and not each:
            continue
        if len(points) == 2 and not a_line(points):
            continue
        state_points(scan, of, points, at, room)
        if each:
            scan.extras["log_line_each"] = [1.0]
        if at is not None:
            scan.add(name, at[0], *at[1])
        return


def number(text: str) -> int:
    return int(text.rstrip("k ")) * (1024 if text.endswith("k") else 1)


def _usual(of: int, value: re.Match[str]) -> bool:
    """A length that is not named as one is a multiple of 64, and no card's or year's number."""
    tokens = number(value["n"])
    named = value.start("n") > value.start() or value.end() > value.end("n") or value["n"].endswith("k")
    return tokens > 0 and (not of or (tokens >= 128 and (named or tokens % 64 == 0)))


def _values(scan: Scan, of: int) -> list[re.Match[str]]:
    return [one for one in scan.find(_VALUES[of]) if scan.free(*one.span()) and _usual(of, one)]


def _of_card(scan: Scan, start: int, end: int) -> bool:
    before, behind = scan.text[max(0, start - 24) : start], scan.text[end : end + 12]
    return bool(compiled(_OF_CARD_BEFORE).search(before) or compiled(_OF_CARD_BEHIND).match(behind))


def _points(scan: Scan, of: int) -> list[Point]:
    """Each value that has an amount of its own: behind it with a word of taking, or right before it."""
    values, found = _values(scan, of), []
    taken: set[tuple[int, int]] = set()
    for at, value in enumerate(values):
        until = values[at + 1].start() if at + 1 < len(values) else len(scan.text)
        behind = compiled(rf"^{_SHORT}(?:{_TOOK}|^[\s:=(时]*)(?={_GB})").match(scan.text[value.end() : until])
        spans = [compiled(_GB).match(scan.text, value.end() + behind.end())] if behind else []
        before = compiled(rf"{_GB}(?={_WITH}$)").search(scan.text[: value.start()])
        spans += [before] if before and not _of_card(scan, *before.span()) else []
        for amount in spans:
            if amount is None or amount.span("gb") in taken or _of_card(scan, *amount.span()):
                continue
            taken.add(amount.span("gb"))
            found.append(Point(number(value["n"]), float(amount["gb"]), (value.span(), amount.span())))
            break
    return found


def _changed(scan: Scan, of: int) -> list[Point]:
    """The one amount that a run takes, or leaves free, of which the first of two values is told; both where both are."""
    change = next((one for one in scan.find(_CHANGED[of]) if scan.free(*one.span())), None)
    if change is None:
        return []
    both = next((one for one in scan.find(_AMOUNTS) if scan.free(*one.span()) and one.start() >= change.end()), None)
    if both is not None:
        told = (("a", "y"), ("b", "z"))
        return [Point(number(change[x]), float(both[y]), (change.span(x), both.span(y))) for x, y in told]
    for amount in scan.find(_GB):
        before, behind = (
            scan.text[max(0, amount.start() - 32) : amount.start()],
            scan.text[amount.end() : amount.end() + 16],
        )
        free = compiled(rf"^(?:{_FREE})").match(behind) or compiled(rf"(?:{_FREE})$").search(before)
        if free or (compiled(rf"(?:{_RUNS})$").search(before) and not _of_card(scan, *amount.span())):
            spans = (change.span("a"), amount.span())
            return [Point(number(change["a"]), float(amount["gb"]), spans, free=bool(free))]
    return []


def a_line(points: list[Point]) -> bool:
    """Does more take more, and does something stay?"""
    one, two = sorted(points, key=lambda point: point.value)
    return one.gb < two.gb and one.gb * two.value > two.gb * one.value


def asked_at(scan: Scan, of: int, points: list[Point]) -> tuple[int, tuple[int, int]] | None:
    """The one other value, which no amount belongs to."""
    told = {one.value for one in points}
    change = next(iter(scan.find(_CHANGED[of])), None)
    if change and number(change["b"]) not in told:
        return (number(change["b"]), change.span("b")) if number(change["a"]) in told else None
    others = {
        number(one["n"]): one.span()
        for one in _values(scan, of)
        if number(one["n"]) not in told and not compiled(_THEN_FAILED).match(scan.text, one.end())
    }
    if not others and change:
        return bare_at(scan, points)
    return next(iter(others.items())) if len(others) == 1 else None


def bare_at(scan: Scan, found: list[Point]) -> tuple[int, tuple[int, int]] | None:
    """A value behind the readings that only its verb tells to be asked about."""
    told, behind = {one.value for one in found}, max(end for one in found for _, end in one.spans)
    for one in scan.find(_BARE):
        name = "n" if one["n"] else "m"
        if one.start() >= behind and number(one[name]) not in told and scan.free(*one.span(name)):
            return number(one[name]), one.span(name)
    return None


def room_told(scan: Scan, points: list[Point]) -> float:
    """What the card holds, where it is told as an amount; 0 where it is not."""
    own = {span for one in points for span in one.spans}
    for limit in scan.find(_LIMIT):
        scan.take(*limit.span())
        return float(limit["n"] or limit["m"])
    for amount in scan.find(_GB):
        if amount.span() not in own and _of_card(scan, *amount.span()):
            return float(amount["gb"])
    return 0.0


def state_points(scan: Scan, of: int, points: list[Point], at: tuple[int, tuple[int, int]] | None, room: float) -> None:
    """Each figure under its name; what tells it is used up."""
    kind = "line" if len(points) == 2 else "point"
    told: dict[str, float] = {"of": of}
    for place, one in enumerate(sorted(points, key=lambda point: point.value), 1):
        told |= {f"x{place}": one.value, "free" if one.free else f"y{place}": one.gb}
        for span in one.spans:
            scan.take(*span)
    told |= {"at": at[0]} if at else {"most": 1}
    told |= {"room": room} if room else {}
    for name, value in told.items():
        scan.extras[f"log_{kind}_{name}"] = [float(value)]
