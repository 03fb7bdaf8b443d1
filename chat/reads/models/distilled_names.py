"""How a large model is called whose distilled members the table has: in full, by a member's base, or as "the distilled ones"."""

import re
from dataclasses import dataclass
from functools import cache

from chat.reads.models.nicknames import NICKNAMES
from kb.names import names

# in the table: "DeepSeek-R1-Distill-Qwen-32B", and others of its name: "DeepSeek-R1-0528-Qwen3-8B"
_MEMBER = re.compile(r"(?P<teacher>(?P<maker>[a-z]+)-[a-z0-9.]+)-distill-(?P<base>[a-z]+)-(?P<size>[\d.]+b)")
_SIZE_AT_END = re.compile(r"-(?P<size>\d+(?:\.\d+)?b)$")
# "满血 671B": the model as it is, in its own size
_IN_FULL = re.compile(r"(?<![a-z0-9.-])(?:(?P<a>\d{2,4}b)\s?的?满血版?|满血版?\s?的?\s?(?P<b>\d{2,4}b)(?![a-z0-9]))")


@dataclass(frozen=True)
class Teacher:
    """A model with distilled members, and the patterns of what they are called.

    of_a_base   "the distilled R1 (Qwen 32B)", "R1蒸馏的Qwen 32B", "Distill-Llama-70B": one model
    teaches     "用R1蒸馏Qwen2.5-7B": there it is the teacher of another
    family      the distilled ones, no base told
    by_size     its name and a size alone that a distilled member has and a later one of its name too
    named       it, its maker or another of the maker's models
    later       of such a size the later one's name: Ollama's tag is its
    """

    name: str
    of_a_base: re.Pattern[str]
    teaches: re.Pattern[str]
    family: re.Pattern[str]
    by_size: re.Pattern[str] | None
    named: re.Pattern[str]
    later: dict[str, str]


@cache
def _teachers() -> tuple[Teacher, ...]:
    spelled = [one.rpartition("/")[2] for one in names().by_spelling]
    members: dict[tuple[str, str], list[re.Match[str]]] = {}
    for one in filter(None, map(_MEMBER.fullmatch, spelled)):
        members.setdefault((one["maker"], one["teacher"]), []).append(one)
    return tuple(_teacher(maker, teacher, of, spelled) for (maker, teacher), of in members.items())


def _teacher(maker: str, teacher: str, members: list[re.Match[str]], spelled: list[str]) -> Teacher:
    makers = "|".join([maker, *(said for said, meant in NICKNAMES.items() if meant == maker and said.isascii())])
    short = teacher.removeprefix(f"{maker}-")
    base = "|".join(sorted({one["base"] for one in members}))
    size = "|".join(sorted({re.escape(one["size"]) for one in members}))
    later = {
        found["size"]: one
        for one in spelled
        if one.startswith(f"{teacher}-") and "-distill-" not in one and (found := _SIZE_AT_END.search(one))
    }
    others = {one.removeprefix(f"{maker}-").partition("-")[0] for one in spelled if one.startswith(f"{maker}-")}
    others = {one for one in others if any(map(str.isdigit, one))}  # versions: no "coder" or "math"
    called, version = rf"(?:(?:{makers})[ -]?)?{short}", r"[ -]?(?:\d(?:\.\d)?[ -])?"
    many = r"的?蒸馏(?:版本?|模型|系列|小模型|(?=\s?\d+(?:\.\d)?b))"
    both = "|".join(map(re.escape, sorted({one["size"] for one in members} & set(later))))
    return Teacher(
        teacher,
        re.compile(
            rf"\bdistilled (?:version of )?{called}[ ,]{{0,2}}\(?(?P<base>{base}){version}(?P<size>{size})\)?"
            rf"|(?<![a-z]){called}[ -]?(?:distilled|蒸馏(?:版的?|出来的|的)?)[ ,]{{0,2}}\(?(?P<of>{base}){version}(?P<many>{size})\)?"
            rf"|(?<![a-z0-9-])distill-(?P<short>{base})-?(?P<last>{size})(?![a-z0-9])"
        ),
        re.compile(rf"[用拿让以]\s?{called}[ -]?蒸馏(?!版|出来|的)"),
        re.compile(
            rf"(?<![a-z])(?:{makers})(?:[ -]?{short})?\s?{many}|(?<![a-z]){short}\s?{many}"
            rf"|\b(?:distilled|distill|distillations? of) (?:{maker}(?:[ -]{short})?|{short})(?: models?)?\b|\b{maker} (?:distill(?:ed|ation)?s?)(?: (?:models?|versions?))?\b"
        ),
        re.compile(rf"(?<![a-z]){called}(?P<tag>:)?[ -]?(?P<size>{both})(?![a-z0-9])") if both else None,
        re.compile(rf"{maker}|(?<![a-z])(?:{makers}|{'|'.join(map(re.escape, sorted(others)))})(?![a-z0-9])"),
        later,
    )


def distilled(text: str) -> list[tuple[int, int, str, bool]]:
    """Where a normalised text names them, with the family's own name instead."""
    return [one for teacher in _teachers() for one in _called(text, teacher)]


def _called(text: str, teacher: Teacher) -> list[tuple[int, int, str, bool]]:
    teaching = [one.end() for one in teacher.teaches.finditer(text)]
    found = [
        (*one.span(), f"{teacher.name}-distill-" + "-".join(told for told in one.groups() if told), False)
        for one in teacher.of_a_base.finditer(text)
        if not any(one.start() < at < one.end() for at in teaching)
    ]
    if found:
        return found
    if teacher.by_size and (sized := list(teacher.by_size.finditer(text))):
        return [
            (*one.span(), teacher.later[one["size"]] if one["tag"] else f"{teacher.name}-distill {one['size']}", False)
            for one in sized
        ]
    family = [(*one.span(), f"{teacher.name}-distill ", False) for one in teacher.family.finditer(text)]
    if family or teacher.named.search(text):
        return family
    itself = names().by_spelling[teacher.name]
    return [
        (*one.span(), f"{teacher.name} ", False)
        for one in _IN_FULL.finditer(text)
        if itself.fits_size(one["a"] or one["b"])
    ]
