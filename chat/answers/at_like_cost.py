"""Why one of several set-ups is to be taken where others that fit cost as much, and which that costs less most likely fits."""

from typing import Any

from chat.answers.setup_words import join
from chat.phrases import in_words, leaning

Result = dict[str, Any]
# a difference below this share is hardly one
HARDLY = 0.04


def _ranks(result: Result) -> list[int]:
    return [sum(int(price["rank"]) for price in each) for each in result["prices"]]


def least_of_like(result: Result, names: list[str], place: int) -> tuple[str, str] | None:
    """The reason in both languages: the least memory among those of one price; None where it alone costs so little."""
    ranks, setups = _ranks(result), result["setups"]
    like = [
        name
        for at, name in enumerate(names)
        if at != place and ranks[at] == ranks[place] and setups[at]["verdict"] == "yes"
        and setups[at]["memory"]["best_gib"] > setups[place]["memory"]["best_gib"]
    ]  # fmt: skip
    if setups[place]["verdict"] != "yes" or not like:
        return None
    return (
        f"of those that are sure to fit it takes least, at like cost in speed and quality as {join(like, 'en')}",
        f"稳妥放得下的里面它占得最少,代价与 {join(like, 'zh')} 相近",
    )


def cheaper_if_it_fits(result: Result, names: list[str], place: int, language: str) -> str:
    """Of those that cost less than the one to take the first that most likely fits, though not for sure."""
    ranks, setups = _ranks(result), result["setups"]
    for at in sorted(range(len(names)), key=lambda one: ranks[one]):
        if ranks[at] < ranks[place] and leaning(setups[at]) == "likely" and not setups[at]["lacks"]:
            return (
                f"{names[at]} 多半也放得下,代价更小:值得先试。"
                if language == "zh"
                else f" {names[at][:1].upper()}{names[at][1:]} most likely fits, too, and costs less: it is worth trying first."
            )
    return ""


# a training on fewer tokens than these is of hardly any use
_SHORTEST = 256


def only_shorter(result: Result, names: list[str], place: int, language: str) -> str:
    """Of those that cost less than the one to take and do not fit the first that does with shorter sequences, and up to which."""
    ranks, setups = _ranks(result), result["setups"]
    for at in sorted(range(len(names)), key=lambda one: ranks[one]):
        card = setups[at]["cards"][0]
        trains = setups[at]["facts"].get("method") not in (None, "inference")
        short = setups[at]["verdict"] == "no" and not setups[at]["lacks"] and trains
        if short and ranks[at] < ranks[place] and len(setups[at]["cards"]) == 1 and (card["seq_len"] or 0) >= _SHORTEST:
            longest = in_words("seq_len", card["seq_len"], language)
            return (
                f"{names[at]} 只有样本不超过约 {longest} 才放得下。"
                if language == "zh"
                else f" {names[at][:1].upper()}{names[at][1:]} goes in only with sequences of up to about {longest}."
            )
    return ""


def each_smaller(order: list[int], needs: list[float]) -> list[int]:
    """Of set-ups in their order those that a card may hold where it does not hold the ones before."""
    kept: list[int] = []
    for one in order:
        if not kept or needs[one] < (1 - HARDLY) * needs[kept[-1]]:
            kept.append(one)
    return kept
