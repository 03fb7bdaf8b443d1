"""Which of several ways to take where the card that is named comes in several sizes: each size has its own answer."""

from typing import Any

from chat.answers.case_tables import Result
from chat.answers.setup_words import join
from chat.answers.which import which
from chat.phrases import VERDICTS, gib, in_words, pick

# by how sure it is, the surest first: of those the one that costs least is taken
_BY_CHANCE = (("yes",), ("likely",), ("borderline",))


def by_version(result: Result, names: list[str], language: str) -> str:
    """What to take on each size of the card; nothing where every size has the same answer, or one card is meant."""
    sides = result["setups"]
    cards = [one["cards"] for one in sides]
    sizes = [[card["gpu"] for card in each] for each in cards]
    if result["of_cards"] or result["by_size"] or any(one["lacks"] for one in sides) or len(sizes[0]) < 2:
        return ""
    if any(each != sizes[0] for each in sizes) or not all(sizes[0]):
        return ""
    taken = [_taken(result, [each[at] for each in cards]) for at in range(len(sizes[0]))]
    alike = len(set(taken)) == 1 and all(each[at]["verdict"] == "yes" for each in cards for at in range(len(sizes[0])))
    if alike or all(place is None for place in taken) or not _differ(cards):
        return ""
    told = [_told(result, names, at, place, language) for at, place in enumerate(taken)]
    return f"{join(told, language, ';' if language == 'zh' else '; ')}{'。' if language == 'zh' else '.'}"


def chosen_by_size(result: Result, names: list[str], language: str) -> str:
    """Which to take, of a card in several sizes on each."""
    told = by_version(result, names, language) if result["recommended"] is not None else ""
    return told[:1].upper() + told[1:] if told else which(result, names, language)


def _differ(cards: list[list[dict[str, Any]]]) -> bool:
    """Does a size hold some of them for sure and others not, otherwise than another size does?"""
    held = [tuple(each[at]["leaning"] for each in cards) for at in range(len(cards[0]))]
    return len(set(held)) > 1


def _taken(result: Result, there: list[dict[str, Any]]) -> int | None:
    """The one that costs least of those that are as likely as any to fit on this size."""
    for likely in _BY_CHANCE:
        fitting = [place for place in result["cheapest_first"] if there[place]["leaning"] in likely]
        if fitting:
            return int(fitting[0])
    return None


def _told(result: Result, names: list[str], at: int, place: int | None, language: str) -> str:
    zh, there = language == "zh", [one["cards"][at] for one in result["setups"]]
    card = there[0]["gpu"]
    if place is None:
        return f"{card} 这几种都放不下" if zh else f"on {card} none of them fits"
    one, here = result["setups"][place], there[place]
    need, room = gib(one["memory"]["best_gib"]), gib(here["capacity_gib"])
    if one["total_gib"] > 1.01 * one["memory"]["best_gib"]:
        need = f"每张卡 {need}" if zh else f"{need} per card"
    fitting = [side for side in there if side["leaning"] in ("yes", "likely")]
    sure = here["leaning"] == "yes"
    if zh:
        why = (
            "只有它放得下"
            if len(fitting) == 1 and sure
            else "放得下的里面它的代价最小"
            if sure
            else pick(VERDICTS[here["leaning"]], language)
        )
        until = f",最长约 {in_words('seq_len', here['seq_len'], language)}" if here["seq_len"] and sure else ""
        return f"{card} 选 {names[place]}({need}/{room},{why}{until})"
    why = (
        "the only one that fits" if len(fitting) == 1 and sure
        else "of those that fit it costs least in speed and quality" if sure
        else pick(VERDICTS[here["leaning"]], language)
    )  # fmt: skip
    until = f", up to about {in_words('seq_len', here['seq_len'], language)}" if here["seq_len"] and sure else ""
    return f"on {card} take {names[place]} ({need} of {room}: {why}{until})"
