"""What of a question was not understood: beside the verdict where that was asked, else at the end of the answer."""

import re

from chat.figures.sums.accounts import parts_in
from chat.plans.frozen_ways import frozen_ways
from chat.plans.told import sums
from chat.reads.asking import parts
from chat.reads.follow_ups.nothing_read import NOTHING_READ
from chat.reads.reading import Reading, Unread
from chat.reads.requests.limits import memories

# facts of so many GB, whose number says of itself what it is
_AMOUNTS = ("gpu_memory_gb", "host_memory_gb")
_MOST = 5
# the stops of a Chinese text as those that end a clause: one for one, so that every place stays
_STOPS = str.maketrans("，。；：？！（）", ",.;:?!()")
# a sum or a comparison is judged as arithmetic, or is the asker's own remark
_REMARK = re.compile("[=<>×≈≥*+]|->|^(?:所以|那|so\\b|then\\b)")
# words that say nothing of what a number beside them is of
_FUNCTION = re.compile(
    r"\b(?:a|an|the|my|your|our|its?|this|that|these|those|on|in|at|of|to|by|from|for|with|as|and|or|not|no|than|then|so|but|if|is|are"
    r"|was|be|only|just|about|around|over|under|per|vs|does|do|did|can|will|i|we|you|fits?)\b|[的了和与到从在对按比是有也就都才而或把给跟]"
)
# what is divided is divided by the number of cards that was read
_DIVIDES = re.compile(r"(?:\b(?:divided?|split)(?: (?:by|across|over|between))?|÷|/|除以?|分给?)\s*$")
# where a figure is judged, a formula or a table explained, what was not understood takes nothing from a verdict
_NO_VERDICT = frozenset({"check_arithmetic", "explain_derive", "units", "table_lookup", "why_more", "training_time"})


def left_out(reading: Reading, told: str = "") -> str:
    """What was asked and not understood, or is another matter: the verdict is without it, and says so.

    told    the answer without it: a number that it deals with was understood after all
    """
    asked = (
        []
        if reading.intent == "injection"
        else [one for one in _asked(reading) if not _dealt_with(one, reading.text, told)]
    )  # what it commands is refused, not left out
    pieces, near = _quoted(asked, reading.text), _read_as(reading)
    near = "\n\n".join(part for part in (near, _other_matter(reading)) if part)
    if not pieces:
        return near
    told = (
        f"以上没有算进这一点,因为没有读懂:{pieces}。"
        if reading.language == "zh"
        else f"This leaves out what was not understood: {pieces}."
    )
    return f"{near}\n\n{told}" if near else told


_LONGEST = 60  # characters that are quoted


def none_read(reading: Reading) -> str:
    """That nothing of a follow-up was read, before the case as it stands."""
    if NOTHING_READ not in reading.cues:
        return ""
    asked = reading.text.strip()
    asked = asked if len(asked) <= _LONGEST else f"{asked[:_LONGEST]}…"
    return (
        f"“{asked}”问的是什么没有读懂:这里只算显存、速度与训练时间。目前的配置没有变:"
        if reading.language == "zh"
        else f"What “{asked}” asks was not understood: only memory, speed and training time are worked out here. The case stands as it was:"
    )


def _other_matter(reading: Reading) -> str:
    """What is asked beside, and is no question of memory."""
    asked = ", ".join(f"“{one}”" for one in reading.extras.get("other_matter", ()))
    if not asked:
        return ""
    return (
        f"不在回答范围内(这里只算显存、速度与训练时间):{asked}。"
        if reading.language == "zh"
        else f"Not answered, as it is another matter than memory or speed: {asked}."
    )


def counted_as_adapters(reading: Reading) -> str:
    """The way of tuning that was asked about, for which adapters are counted, as a verdict names it."""
    ways = list(dict.fromkeys(reading.extras.get("frozen_base_too", ())))
    if len(ways) != 1 or frozen_ways(reading) or "lora" in reading.cues:
        return ""
    return f"{ways[0]}(按 LoRA 算)" if reading.language == "zh" else f"{ways[0]} (counted as LoRA)"


def _read_as(reading: Reading) -> str:
    """What has no row or formula of its own, and what is taken for it."""
    zh, told = reading.language == "zh", []
    if (ways := reading.extras.get("frozen_base_too")) and not frozen_ways(reading):
        named = ("、" if zh else " and ").join(dict.fromkeys(ways))
        told.append(
            f"{named} 没有单独的公式:和 LoRA 一样冻结整个基座,只训练很少的参数,起决定作用的是基座,量级按 LoRA 看。"
            if zh
            else f"No formula here is for {named}: the whole base stays frozen, as in LoRA, and few parameters are trained, so the base decides; LoRA's figure gives the size."
        )
    name = str(next(iter(reading.extras.get("longer_name", ())), ""))
    model = str(next(iter(reading.facts.get("model", ())), "")).rpartition("/")[2]
    if model and name.lower().rpartition("/")[2] not in model.lower():
        at = reading.lowered.find(name)
        said = reading.text[at : at + len(name)] if at >= 0 else name
        told.append(
            f"“{said}”按 {model} 的层数和头数计算。"
            if zh
            else f"“{said}” is counted with the layers and heads of {model}."
        )
    return ("" if zh else " ").join(told)


def not_understood(reading: Reading, every: bool = False, told: str = "") -> str:
    """Numbers that the grammar could not place: said, never dropped; `every` one where no verdict leaves any out."""
    asked = [] if every else _asked(reading)
    left = [one for one in _unread(reading) if one not in asked and not _dealt_with(one, reading.text, told)]
    pieces, near = _quoted(left, reading.text), ""
    near = _read_as(reading) if every else ""
    if not pieces:
        return near
    told = f"没有读懂:{pieces}。" if reading.language == "zh" else f"Not understood: {pieces}."
    return f"{near}\n\n{told}" if near else told


_MANY_DIGITS = 3
_BECOMES = re.compile(r"(?:\b(?:becomes?|turns? into|goes? to|makes? it)\s|变成|变为|就是|算成)\s?$", re.IGNORECASE)
_MADE = r"(?:\b(?:becomes?|makes? it)|变成)"
_FEWEST_DIGITS = 2  # a single one stands in every answer


# the units in which a question tells its other figures, and the same ones in the answer
_KINDS = (
    (re.compile(r"\d\s?gi?b?(?![a-z])", re.IGNORECASE), r"\s?gi?b\b"),
    (re.compile(r"[θψφ]|字节|\bbytes?\b", re.IGNORECASE), r"\s?(?:[θψφ]|字节|bytes?\b|b\b)"),
)


def _dealt_with(one: Unread, question: str, told: str) -> bool:
    """Does the answer tell the number that is asked about, in a unit of the question's: `那16还对不对`, `28 or 3.5`? What only counts something is none of it."""
    number = one.text.strip()
    if (
        len(re.sub(r"[.,]", "", number)) >= _MANY_DIGITS
        and {".", ","} & set(number)
        and re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d.])", told)
    ):
        return True  # so many digits are no chance
    if _BECOMES.search(one.near, 0, one.near.find(number)) and re.search(
        rf"{_MADE} ?{re.escape(number)}(?![\d.,]*\d)", told
    ):
        return True  # "does it become 8?": told as what it becomes
    if told.startswith(f"**{number} = "):
        return True  # what comes to it is the answer
    if re.search(rf"\bon each of {re.escape(number)}(?!\d)|(?<![\d.]){re.escape(number)} 张(?:卡)?(?:时)?每张", told):
        return True  # a second number of cards, of which was told what each was seen to take
    few = len(number.replace(".", "")) < _FEWEST_DIGITS
    bare = number.replace(",", "").replace(".", "", 1).isdigit()
    if few or not bare or not _NAMED_ALONE.search(one.near.lower().replace(number, " ", 1)):
        return False
    zeros = "0*" if "." in number else r"(?:\.0+)?"
    units = [unit for said, unit in _KINDS if said.search(question)]
    if re.search(rf"= {re.escape(number)}(?![\d.,]*\d)", told):  # what a sum of the answer comes to
        return True
    return any(re.search(rf"(?<![\d.,]){re.escape(number)}{zeros}{unit}", told, re.IGNORECASE) for unit in units)


# beside it words that ask of a figure, set one against another or name a format: no thing that it may count
_NAMED_ALONE = re.compile(
    r"^[\s,.;:?!()\"'“”~=+]*(?:(?:or|not|and|is|the|that|this|what|why|it|still|so|then|should|would|be|where|do(?:es)?|come|from|get|total|sum|figure|number|weights?|grad(?:ient)?s?|master|adam\w*|optimi[sz]er|权重|梯度|主权重|优化器|应该|怎么来的?|哪来的?|总数|总共|合计|结果|总的|int\d|fp\d+|bf16|q\d\w*|还是|或|不是|那|这|还|对不对|对吗|对|的|个|数|又是|又|是|到底|呢|吗|才|呀|啊|\d+(?:\.\d+)?(?!\d))[\s,.;:?!()\"'“”~=+]*)*$"
)


def _unread(reading: Reading) -> list[Unread]:
    # a number that an equation of the question holds was judged there; one that is a fact was read, at another place
    judged = {number for equation in reading.equations for number in re.findall(r"\d+(?:\.\d+)?", equation.text)}
    judged |= {
        part.split(" ")[1] for part in parts_in(reading.text, sums(reading))
    }  # an account is judged part by part
    judged |= {f"{one:g}" for name in _AMOUNTS for one in reading.facts.get(name, ())}
    sizes = {*memories(reading.facts.get("gpu", ())), *reading.facts.get("gpu_memory_gb", ())}
    counts = {1, *(int(one) for one in reading.facts.get("n_gpus", ()))}
    # "12B is < 24", "3x H100 80GB (240)": what a card has, or the cards together
    judged |= {f"{size * count:g}" for size in sizes for count in counts}
    counted = {f"{one:g}" for given in reading.facts.values() for one in given if isinstance(one, int | float)}
    counted |= {f"{claim.number:g}" for claim in reading.claims}
    several = max((int(one) for one in reading.facts.get("n_gpus", ())), default=1) > 1

    def said_again(one: Unread) -> bool:
        """A number among function words alone that was read at another place ("by 8"), or a single card beside several."""
        rest = _FUNCTION.sub("", one.near.lower().replace(one.text, " ")).strip(" ,.;:?!")
        again = not rest or _DIVIDES.search(reading.lowered, 0, one.span[0]) or _read_before(one, reading)
        return bool(again) and (one.text in counted or (several and one.text == "1"))

    left = [one for one in reading.not_understood if one.text.strip() not in judged]
    return [one for one in left if not said_again(one)]


# from a number to the same one again, within a clause
_IN_A_CLAUSE = re.compile(r"[^,;.?!，；。？！\n]{0,40}$")


def _read_before(one: Unread, reading: Reading) -> bool:
    """Was the same number read before in the same clause: "16 steps must keep 16 sets of activations"?"""
    clause = _IN_A_CLAUSE.search(reading.lowered, 0, one.span[0])
    number = re.compile(rf"(?<![\d.]){re.escape(one.text)}(?![\d.]*\d)")
    return clause is not None and bool(number.search(clause[0]))


def _asked(reading: Reading) -> list[Unread]:
    """What stands in a clause that asks, of whatever is no arithmetic."""
    unread = _unread(reading)
    if not unread or _NO_VERDICT & set(reading.intents[:2]) or reading.equations:
        return []
    asking = [part for part in parts(reading.lowered.translate(_STOPS)) if part.asks]
    return [
        one
        for one in unread
        if any(part.start < one.span[1] and one.span[0] < part.end for part in asking) and not _REMARK.search(one.near)
    ]


def _quoted(unread: list[Unread], text: str) -> str:
    """The numbers with the words beside them: as many as it takes to tell what they are of, one quotation for those that meet."""
    spans: list[tuple[int, int]] = []
    for one in sorted(unread, key=lambda each: each.span):
        first, last = _widened(one, text)
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    said = list(dict.fromkeys(text[first:last].strip() for first, last in spans))
    said = [one for one in said if not any(one != other and one in other for other in said)]
    return ", ".join(f"“{one}”" for one in said[:_MOST])


def _widened(one: Unread, text: str) -> tuple[int, int]:
    """The place of a number and the words beside it; where those are function words, with what stands before them."""
    near = one.near or one.text
    first = text.rfind(near, 0, one.span[1] + len(near))
    if first < 0 or not first <= one.span[0] < first + len(near):
        return one.span
    rest = _FUNCTION.sub("", near.lower().replace(one.text, " ")).strip(" ,.;:?!")
    before = _BEFORE.search(text, 0, first)
    return (before.start() if before and not rest else first), first + len(near)


# up to three words before, within a clause
_BEFORE = re.compile(r"(?:[^\s,.;:?!，。；：？！]{1,24}\s+){1,3}$")
