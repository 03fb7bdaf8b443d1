"""Of formats to choose from, what nearly fills the cards and what leaves room, in words."""

from typing import Any

from kb.eased import TIGHT
from kb.roomy import FORMATS, ROOMY

Result = dict[str, Any]
# why one is taken although another that costs less fits as well
ROOM_LEFT = (
    "it leaves room for longer contexts and more requests",
    "它给更长的上下文和更多并发留有余量",
)


def fuller(result: Result, place: int) -> int | None:
    """The format that costs less than the one to take and fits, but nearly fills its cards; None where there is none, or where
    more than formats is compared."""
    if result["by_size"] or not set(result["differing"]) <= FORMATS:
        return None
    ranks = [sum(price["rank"] for price in each) for each in result["prices"]]
    those = [
        at for at in range(len(ranks)) if ranks[at] < ranks[place] and _fits(result, at) and _share(result, at) >= TIGHT
    ]
    return min(those, key=lambda at: ranks[at], default=None)


def nearly_full(result: Result, names: list[str], place: int, language: str) -> str:
    """That what is taken leaves little, and which of the others leaves more for longer contexts and more requests; or that what
    costs less than it fits, too, and leaves little."""
    zh, instead = language == "zh", fuller(result, place)
    if instead is not None:
        name = names[instead]
        if zh:
            return f"{name} 在速度和质量上代价更小,也放得下,但几乎占满:只适合上下文短、并发少的时候。"
        return f" {name} costs less in speed and quality and fits, too, but nearly fills it: for short contexts and few requests only."
    served = result["setups"][place]["cards"][0]["room_tokens"]  # which only a cache has
    if not served or _share(result, place) < TIGHT:
        return ""
    fit = [at for at in range(len(names)) if at != place and _fits(result, at)]
    less = next((those for share in ROOMY if (those := [at for at in fit if _share(result, at) < share])), [])
    if not less:
        return ""
    name = names[max(less, key=lambda at: _share(result, at))]
    if zh:
        return f"但几乎占满:上下文更长、并发更多或各卡分得不均时,选 {name} 才从容。"
    return f" But that nearly fills it: for longer contexts, several requests or an uneven split {name} is the safe choice."


def _fits(result: Result, at: int) -> bool:
    return result["setups"][at]["verdict"] == "yes" and not result["setups"][at]["lacks"]


def _share(result: Result, at: int) -> float:
    """Of the memory of a card, what a set-up takes; 0 where none is named."""
    room = result["setups"][at]["cards"][0]["capacity_gib"]
    return float(result["setups"][at]["memory"]["best_gib"]) / room if room else 0.0
