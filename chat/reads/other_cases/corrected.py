"""What a text takes back: a value that a "not" stands before, and what was said before "sorry, I meant"."""

import re
from collections.abc import Sequence
from dataclasses import replace
from math import prod

from chat.reads.lexicon import compiled
from chat.reads.normal import Normal
from chat.reads.other_cases.instead_of import IN_PLACE_OF
from chat.reads.reading import Span, within
from chat.reads.scan import Scan
from chat.reads.seen.tried import NOT_THERE

CASES = (
    "gpu",
    "n_gpus",
    "gpu_memory_gb",
    "model",
    "params",
    "seq_len",
    "batch_size",
    "tp",
    "zero_stage",
    "host_memory_gb",
    "kv_format",
)
# "sorry, I meant 13B"
_CORRECTS = (
    r"(?<!\bdo )(?<!should )(?<!would )(?<!could )(?<!can )(?<!will )\b(?:but |no,? )?(?:it'?s|it is|they'?re|we|i) (?:actually|really|in fact)\b|\bactually (?:it'?s|i have|we have|just|only)\b|其实(?:是|只有|只)"
    r"|\b(?:er+m?|uh+m?|wait|sorry|oops)\b,?\s?(?=\d)|\b(?:sorry|oops|whoops|wait|correction|typo|edit)\b[^.?!;]{0,16}?(?:\bi (?:meant?|mean)\b|\bit'?s\b|\bthat'?s\b|\bis\b|\bonly\b|:|,)|\bi meant\b|\bi mean (?=\d)|\bmake that\b"
    r"|(?:说错|打错|写错|口误|笔误|更正|纠正|抱歉|不好意思)了?[^.?!;]{0,8}?(?:是|应该|为|:|,)|(?:不对|哦不|啊不)[,.!]?\s?是"
    r"|[哦啊噢呃额欸诶哎]\s?,?\s?(?:不对|不是|不)[,.!]?\s?(?:应该)?(?:是|有)?(?=\s?\d)"
    r"|\b(?:scratch|strike) that\b[,:]?\s?|\bactually,? no\b[,:]?\s?|(?<!对)不对[,!]\s?(?=\d|q?lora|dora|全参|全量|[a-z]{1,4}\d)"
    r"|\b(?:no,? wait|wait,? no|er+m?,? no|uh,? no)\b[,:]?\s?(?=\d|it|we|i\b|make)|,\s?no,?\s(?:it'?s |we have |i have |make (?:it|that) |more like )?(?=\d)"
)


def take_back(scan: Scan) -> None:
    """Leave out what the text denies or corrects."""
    _denied(scan)
    _correct(scan)


def keep(scan: Scan, name: str, kept: list[bool]) -> list[object]:
    """Keep some of the values of a fact, which goes with its last one; the others come back."""
    values, places = scan.facts[name], scan.spans[name]
    if not any(kept):
        del scan.spans[name]
        return list(scan.facts.pop(name))
    left = [value for value, keep in zip(values, kept, strict=True) if not keep]
    scan.facts[name] = [value for value, keep in zip(values, kept, strict=True) if keep]
    scan.spans[name] = [place for place, keep in zip(places, kept, strict=True) if keep]
    return left


def told_outside(scan: Scan, name: str, spans: Sequence[Span]) -> list[bool]:
    """Of each value of a fact whether it is told outside of the spans, too; empty where not each has its place."""
    values, places = scan.facts.get(name, []), scan.spans.get(name, [])
    if len(values) != len(places):
        return []
    return [
        not all(within(one, spans) for one in (place, *scan.more_places(name, value)))
        for value, place in zip(values, places, strict=True)
    ]


_LAYOUT = ("tp", "pp")


def drop_layout(scan: Scan, before: Sequence[object]) -> None:
    """Leave out a layout of as many cards as there were before: it is none of those that are left."""
    ranks = [scan.facts.get(name, [1]) for name in _LAYOUT]
    counts = scan.facts.get("n_gpus", [])
    if len(counts) != 1 or any(len(one) != 1 for one in ranks):
        return
    product = prod(int(one[0]) for one in ranks)
    if counts[0] % product and any(int(str(one)) % product == 0 for one in before):
        for name in _LAYOUT:
            scan.extras.setdefault("former", []).extend(scan.facts.pop(name, ()))
            scan.spans.pop(name, None)


# "not zero3, zero2", "上下文不是4k,是32k": what is taken back before it was said
_DENIED = re.compile(
    r"(?<!why )(?<!if )(?<!or )\bnot (?:the |an? |my |with |at |on |using )?(?:(?:zero|stage|rank|bs|batch|size|seq|len|length|context|ctx|tp|pp)[ _:=-]*){0,2}$"
    r"|(?<!是)(?:不是|并非|而非|而不是)\s?(?:zero|rank|tp|batch|上下文|长度|批大小)?[ :=-]?$",
    re.ASCII,
)


# "7B full? no: LoRA", "全参?不,是LoRA": what is asked in passing and answered with a no
_ANSWERED = re.compile(
    r"(?:\s?fine-?tuning| 微调|微调)?\s?[?？]\s?(?:no|nope|nah|不|不是|不对|没有)\s?[,，:：;]", re.ASCII
)


def _denied(scan: Scan) -> None:
    """Of several values of a fact, those that a "not" stands right before are not the asker's."""
    lowered = scan.lowered
    for name in (*CASES, "lora_rank", "pp", "bits", "method"):
        places = scan.spans.get(name, [])
        if len(places) < 2 or len(places) != len(scan.facts.get(name, [])):
            continue
        against = scan.extras.get(IN_PLACE_OF, ())
        kept = [
            value in against
            or any(one.end() in range(start - 1, end) for one in compiled(NOT_THERE).finditer(lowered))
            or (_DENIED.search(lowered[max(0, start - 32) : start]) is None and _ANSWERED.match(lowered, end) is None)
            for value, (start, end) in zip(scan.facts[name], places, strict=True)
        ]
        if any(kept) and not all(kept):
            scan.extras.setdefault("corrected", []).extend(keep(scan, name, kept))


# "two nodes (no wait, three) of 8": of machines the count is mended before it is multiplied
_MACHINES = r"nodes?|machines|servers|boxes|台(?:机器|服务器)?|个?节点|机"
_NO_SO_MANY = (
    rf"(?<![\d.a-z])(?P<a>\d{{1,3}})(?P<noun>\s?(?:{_MACHINES}))(?P<no>\s?[,.(!-]+\s?(?:(?:no|nope|sorry|oops|wait|actually|correction|typo|i meant?|i mean|make that|scratch that|rather|er+m?|uh|it'?s|说错了?|写错了?|更正|哦不?|不对|不是|应该|是|抱歉)[,:]?\s?)+)"
    rf"(?P<b>\d{{1,3}})(?!\d|\s?(?:x|\*|卡|[张块]|gpus?))(?:\s?(?:{_MACHINES})(?![a-z])|(?=\s?[),.;:!-]|\s(?:of|with|each)\b|$))\s?\)?"
)


# "on 4, sorry, 3 cards": a bare count that is taken back at once
_AT_ONCE = (
    r"(?:^|(?<=[,(:] )|(?<=\bon )|(?<=\bwith )|(?<=\bhave )|(?<=\bgot )|(?<=\buse )|(?<=\bof )|(?<=\bfor )|(?<=有)|(?<=用))\d{1,4}\s?[,(-]+\s?"
    r"(?:(?:sorry|oops|wait|er+m?|make that|i meant?|i mean|不对|哦不|写错了?|说错了?)[,:]?|no,)\s?(?:i meant? |是)?(?=\d{1,4}\s?(?:x\s?\d|\*|张|块|卡|gpus?\b|cards?\b|rtx|[abhlv]\d{2,3}|[345]0\d0))"
)


def as_corrected(normal: Normal) -> Normal:
    """The text with the count of machines that is meant in the place of the one that is taken back."""
    for found in reversed(list(compiled(_NO_SO_MANY).finditer(normal.text))):
        meant = [*range(*found.span("b")), *range(*found.span("noun"))]
        normal = _spliced(normal, [*range(found.start("a")), *meant, *range(found.end(), len(normal.text))])
    for found in reversed(list(compiled(_AT_ONCE).finditer(normal.text))):
        normal = _spliced(normal, [*range(found.start()), *range(found.end(), len(normal.text))])
    return normal


def _spliced(normal: Normal, order: list[int]) -> Normal:
    """The characters of a text at these places, each with where it was typed."""
    at = {place: new for new, place in enumerate(order)}
    words = [(begin, end - 1) for begin, end in normal.from_words if {begin, end - 1} <= set(at)]
    return replace(
        normal,
        text="".join(normal.text[place] for place in order),
        starts=tuple(normal.starts[place] for place in order),
        ends=tuple(normal.ends[place] for place in order),
        from_words=tuple(sorted((at[begin], at[last] + 1) for begin, last in words)),
    )


# "it's actually 2, sorry", "说错了,是两张": a bare number in the place of the last count
_BARE_COUNT = r"\W*(?:(?:i |we )?(?:have|is|are|only|just|are only|it'?s|是|只有|应该是|有)\s?)*(?P<n>\d{1,6})\s?(?P<k>k)?\s?(?:of them|张|块|个|cards?|gpus?)?(?=\s?(?:[,.;!?)]|$|-|not\b|sorry))"
_COUNTED_BARE = ("n_gpus", "batch_size", "tp", "lora_rank", "gpu_layers", "grad_accum", "seq_len")
_A_LENGTH = 512  # tokens: what is more counts nothing else


def _bare_count(scan: Scan, end: int) -> None:
    """A number without a noun behind a correction is another value of the count that was told last."""
    found = compiled(_BARE_COUNT).match(scan.text, end)
    if not found or not int(found["n"]):
        return
    number = int(found["n"]) * (1024 if found["k"] else 1)
    span = scan.normal.original(*found.span("n"))
    told_only = [one for one in scan.claims if one.span == span and not one.unit]  # "only 4"
    if not told_only and not scan.free(*found.span("n")):
        return
    place = span[0]
    told = [(scan.spans[name][-1][0], name) for name in _COUNTED_BARE if scan.spans.get(name) and name in scan.facts]
    before = [one for one in told if one[0] < place]
    if before and len(scan.facts[max(before)[1]]) == 1 and (max(before)[1] == "seq_len") == (number >= _A_LENGTH):
        scan.add(max(before)[1], number, *found.span("n"))
        scan.claims = [one for one in scan.claims if one not in told_only]


# "sorry, it's the 12GB one", "说错了,是80G的": of the card that was named
_BARE_MEMORY = r"\W*(?:(?:i |we |it )?(?:have|is|are|only|just|should be|it'?s|they'?re|the|an?|actually|一下,?|是|只有|应该是|有)\s?)*(?P<n>\d{1,3})\s?gi?b?\b(?!\s?(?:of |的)?\s?(?:ram\b|内存|system|used|free))\s?(?:one|ones|version|variant|model|card|的|版)?"


def _bare_memory(scan: Scan, end: int) -> None:
    """A memory behind a correction is that of the card which was named before it."""
    found = compiled(_BARE_MEMORY).match(scan.text, end)
    places, values = scan.spans.get("gpu_memory_gb", []), scan.facts.get("gpu_memory_gb", [])
    if not found or "gpu" not in scan.facts or not len(values) == 1 == len(places):
        return
    at = scan.normal.original(*found.span("n"))[0]
    scan.claims = [one for one in scan.claims if one.span[0] != at]
    scan.add("gpu_memory_gb", float(found["n"]), found.start("n"), found.end())


def _correct(scan: Scan) -> None:
    """What is said after "sorry, I meant" stands for what was said of the same thing before."""
    for found in compiled(_CORRECTS).finditer(scan.text):
        _bare_count(scan, found.end())
        _bare_memory(scan, found.end())
        at = scan.normal.original(found.start(), found.end())[1]
        for name in (*CASES, *_COUNTED_BARE[3:], "method", "bits", "weight_format"):
            places = scan.spans.get(name, [])
            if len(places) < 2 or len(places) != len(scan.facts.get(name, [])):
                continue
            after = [place[0] >= at - 1 for place in places]
            if any(after) and not all(after):
                scan.extras.setdefault("corrected", []).extend(keep(scan, name, after))
        new_size = scan.spans.get("params", [])
        if "model" in scan.facts and new_size and new_size[-1][0] >= at - 1 > scan.spans["model"][-1][0]:
            scan.extras.setdefault("corrected", []).extend(scan.facts.pop("model"))
            del scan.spans["model"]
