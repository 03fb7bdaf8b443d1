"""What is told beside a comparison: what is left of a card, what is offloaded, what is gone by the peak, what a server takes.

Every number is of the result; nothing is computed here.
"""

from typing import Any

from chat.answers.at_like_cost import HARDLY
from chat.answers.case_tables import Result
from chat.answers.host_words import host_enough, host_short
from chat.answers.setup_words import join
from chat.answers.verdict_words import takes
from chat.phrases import gib, in_words
from chat.words import term

_GONE = 0.3  # GiB
_PAIR = 2
_LITTLE = 0.2  # of a part that is left where it is freed


def room_left(result: Result, names: list[str], language: str) -> str:
    """What each leaves of its card, and how long a context that holds."""
    cards = [one["cards"][0] for one in result["setups"]]
    if any(card["capacity_gib"] is None for card in cards):
        return ""
    zh, told = language == "zh", []
    for place in sorted(range(len(cards)), key=lambda place: -(cards[place]["free_gib"] or 0)):
        card = cards[place]
        left = gib(card["free_gib"]) if card["free_gib"] else "没有" if zh else "nothing"
        longest = in_words("seq_len", card["seq_len"], language) if card["seq_len"] else ""
        until = "" if not longest else f"(最长约 {longest})" if zh else f" (up to about {longest})"
        told.append(f"{names[place]} {left}{until}")
    if zh:
        return f"**每张卡剩下的空间:{join(told, language, ';')}。**"
    return f"**Left of each card: {join(told, language, '; ')}.**"


def hosted(result: Result, names: list[str], language: str) -> str:
    """What is offloaded against the host memory that was told."""
    zh, told = language == "zh", []
    for name, one in zip(names, result["setups"], strict=True):
        short = host_short(one["host"], language).strip()
        told.append(
            host_enough(one["host"], language, name) or (f"{name}{':' if zh else ': '}{short}" if short else "")
        )
    told = [said for said in told if said]
    if not told and any(one["host_gib"] for one in result["setups"]):
        each = [
            f"{name} {takes(name, language)}{gib(one['host_gib'])}"
            for name, one in zip(names, result["setups"], strict=True)
            if one["host_gib"]
        ]
        return (
            f"**主机内存:{join(each, language)}**,系统和锁页缓冲另算。" if zh
            else f"**Host memory: {join(each, language)}**; the system and pinned buffers come on top."
        )  # fmt: skip
    return ("" if zh else " ").join(told)


def freed(result: Result, names: list[str], language: str) -> str:
    """Where the totals are alike and a term is not: it is gone by the peak."""
    if result["of_cards"]:
        return ""
    if result["less_share"] >= HARDLY:
        return _peak_moved(result, names, language)
    zh, told = language == "zh", []
    at_peak = {one["name"] for one in result["differences"]}
    before = _elsewhere(result)
    if not all(map(sum, zip(*before.values(), strict=True))):
        return ""  # one of them has no other moment
    for name, amounts in before.items():
        if name not in at_peak and max(amounts) - min(amounts) > _GONE:
            each = [
                f"{whose} {takes(whose, language)}{gib(amount or None)}"
                for whose, amount in zip(names, amounts, strict=True)
            ]
            said = join(each, language)
            told.append(f"{term(name, language)}({said})" if zh else f"{term(name, language)} ({said})")
    if not told:
        return ""
    if zh:
        return f"不同的是{join(told, language)},但到峰值时已经释放,因此总量不变;序列更长、峰值移到那里时才会省。"
    return f"What differs is {join(told, language)}, and it is freed by the peak, so the total stays; it saves once longer sequences move the peak there."


def standing(result: Result, difference: dict[str, Any]) -> list[float]:
    """What a term takes in each set-up while it stands: of one that is gone by the peak, what it took before."""
    there, before = difference["amounts_gib"], _elsewhere(result).get(difference["name"])
    return [max(pair) for pair in zip(there, before, strict=True)] if before and _gone(there, before) else there


def _gone(there: list[float], before: list[float]) -> list[int]:
    """The set-ups in which a term is freed by the peak."""
    pairs = enumerate(zip(there, before, strict=True))
    return [place for place, (now, then) in pairs if then - now > _GONE and now < _LITTLE * then]


def _peak_moved(result: Result, names: list[str], language: str) -> str:
    """Where what makes the difference is gone by the peak of one set-up: what decides there sets how much is saved."""
    first = result["differences"][0]
    before = _elsewhere(result).get(first["name"])
    gone = _gone(first["amounts_gib"], before) if before else []
    if len(gone) != 1 or len(names) != _PAIR:
        return ""
    name, held = term(first["name"], language), {one["name"]: one["gib"] for one in result["setups"][gone[0]]["terms"]}
    other = {one["name"]: one["gib"] for one in result["setups"][1 - gone[0]]["terms"]}
    taken = next(
        (part for part in ("gradients", "buffers", "logits") if held.get(part, 0) - other.get(part, 0) > _GONE), ""
    )
    if not taken:
        return ""
    if language == "zh":
        return f"总量的差别没有{name}的那么大:{names[gone[0]]}时峰值移到了{term(taken, language)}({gib(held[taken])})占满的时刻,那时{name}已经释放。"
    return f"The total differs by less than the {name} do: with {names[gone[0]]} the peak is where the {term(taken, language)} stand ({gib(held[taken])}), when they are freed."


def _elsewhere(result: Result) -> dict[str, list[float]]:
    each = [{one["name"]: one["gib"] for one in setup["elsewhere"]} for setup in result["setups"]]
    return {name: [one[name] for one in each] for name in each[0]}


def with_length(result: Result, language: str) -> str:
    """How the difference is with longer sequences."""
    longer = result["longer"]
    if not longer or not longer["less_shown"]:
        return ""
    tokens, less = in_words("seq_len", longer["seq_len"], language), gib(longer["difference_gib"])
    several = len(result["setups"]) > _PAIR
    if language == "zh":
        return f"{'最多与最少的' if several else ''}差距随长度变化\uff1a{tokens} 时为 {less}\uff08较大者的 {longer['less_shown']}\uff09。"
    between = " between the most and the least" if several else ""
    return f"The difference{between} changes with the length: at {tokens} it is {less} ({longer['less_shown']} of the larger)."


def at_start(result: Result, names: list[str], language: str) -> str:
    """A server's share of its card is no need, but it is what a monitor shows."""
    zh = language == "zh"
    takers = [(name, one["at_start"]) for name, one in zip(names, result["setups"], strict=True) if one["at_start"]]
    if not takers or ("engine" not in result["differing"] and len(takers) == len(names)):
        return ""
    who, taken = join([name for name, _ in takers], language), takers[0][1]
    amount = f"({gib(taken['gib'])})" if taken["gib"] else ""
    if zh:
        return f"这是需要的量,不是 nvidia-smi 显示的量:{who} 启动时就占用显卡的 {taken['share']:g}{amount},权重之外全部预留给 KV 缓存(gpu_memory_utilization);调低它才会显示得少。"
    return f"That is what they need, not what nvidia-smi shows: {who} {'takes' if len(takers) == 1 else 'take'} {taken['share']:g} of the card at the start{' ' + amount if amount else ''}, all that the weights leave of it set aside for the KV cache (gpu_memory_utilization); only a lower share shows less."
