"""Which of several set-ups to take: the surest, of those the least costly; where no card is named, in what order to try them."""

from typing import Any

from chat.answers.at_like_cost import HARDLY, cheaper_if_it_fits, each_smaller, least_of_like, only_shorter
from chat.answers.beside_way import with_another_optimizer
from chat.answers.case_tables import cases_of, several_cards
from chat.answers.eased_words import eased_by_nothing
from chat.answers.few_bits import four_bits_of_qlora, smaller_file
from chat.answers.fits_cell import longest_of
from chat.answers.in_fewer_bits import fits_narrower, unquantised_words
from chat.answers.no_choice import no_choice
from chat.answers.roomy_words import ROOM_LEFT, fuller, nearly_full
from chat.answers.setup_words import join, least_cards_words
from chat.answers.unequal_words import need_after
from chat.answers.verdict_words import gap, only_one, takes
from chat.phrases import VERDICTS, gib, in_words, leaning, pick
from chat.reads.reading import Reading
from formulas.chinese import spaced
from kb.change import KEEPS

Result = dict[str, Any]
# prices of changes after which what was asked for still runs


def gibs(result: Result) -> list[float]:
    """What each takes."""
    return [one["memory"]["best_gib"] for one in result["setups"]]


def one_card_alone(result: Result) -> bool:
    """Whether of the cards that are compared just one holds it: that is the answer, however it was asked."""
    verdicts = [one["verdict"] for one in result["setups"]]
    return bool(result["of_cards"]) and verdicts.count("yes") == 1 and verdicts.count("no") == len(verdicts) - 1


def taken_or_out(result: Result, names: list[str], take: str, language: str) -> list[str]:
    """What the card does not run, which to take, then what it computes in another type and what no share of it holds."""
    refused, *further = (rule(result, names, language) for rule in (without_kernels, _in_half, _beyond_any_share))
    return [one for one in (refused, take, *further) if one]


def _in_half(result: Result, names: list[str], language: str) -> str:
    """The set-ups that are loaded in fp16 instead of bf16."""
    those = [name for name, one in zip(names, result["setups"], strict=True) if one["in_half"]]
    if not those:
        return ""
    if language == "zh":
        return f"{'、'.join(those)}{gap(those[-1])}在这张卡上要改用 fp16 计算(vLLM 加 --dtype half):Ampere 之前的卡不支持 bf16,显存一样。"
    return f"{', '.join(those)}: computed in fp16 here (vLLM: --dtype half), since cards before Ampere have no bf16; it takes the same memory."


def _beyond_any_share(result: Result, names: list[str], language: str) -> str:
    """Where a share of the card is told: what needs more than the whole card."""
    told_share = (result.get("facts") or {}).get("gpu_memory_utilization", {})
    share = told_share.get("value") if told_share.get("origin") != "assumed" else None
    whole = [(one["cards"][0]["capacity_gib"] or 0.0) / (share or 1) for one in result["setups"]]
    told = [
        f"{name} ({gib(one['memory']['best_gib'])})"
        if language != "zh"
        else f"{name}({gib(one['memory']['best_gib'])})"
        for name, one, has in zip(names, result["setups"], whole, strict=True)
        if share and has and not one["lacks"] and one["memory"]["best_gib"] > has
    ]
    if not told or len(set(whole)) > 1:
        return ""
    each = several_cards(result, [])
    if language == "zh":
        return f"gpu_memory_utilization 调到 {share:g} 也救不了 {'、'.join(told)}:比{'每张卡' if each else '这张卡'}的全部显存还多,比例再高也不够。"
    return f"A gpu_memory_utilization of {share:g} does not save {', '.join(told)}: it is more than {'each card' if each else 'the card'} has in all, whatever the share."


def without_kernels(result: Result, names: list[str], language: str) -> str:
    """Formats that the card does not run, whatever its memory, and what runs instead."""
    told: dict[str, list[str]] = {}
    for name, one in zip(names, result["setups"], strict=True):
        if one["lacks"]:
            told.setdefault(one["lacks"][language], []).append(name)
    if language == "zh":
        return "\n\n".join(
            f"**{'、'.join(those)}{gap(those[-1])}在这张卡上跑不了:{words}。**" for words, those in told.items()
        )
    return "\n\n".join(f"**{', '.join(those)} will not run on this card: {words}.**" for words, those in told.items())


def _in_four_bits(result: Result, names: list[str], language: str) -> str:
    """Of models of which none fits in 16 bit: which do in 4."""
    zh = language == "zh"
    each = [
        f"{name} {gib(one['gib'])} ({pick(VERDICTS[leaning(one)], language)})"
        for name, one in zip(names, result["narrower"], strict=True)
    ]
    told = join(each, language, ";" if zh else "; ")
    return (
        f"16 位都放不下,4 位(GPTQ、AWQ、Q4)则是:{told}。"
        if zh
        else f"None of them fits in 16 bit; in 4 bits (GPTQ, AWQ, Q4): {told}."
    )


_LARGEST = (
    "of those that fit the most parameters in four bits or more, which at the same memory do better than fewer parameters in eight bits",
    "放得下的里面它在 4 位以上参数最多,而同样的显存,4 位的大模型好过 8 位的小模型",
)
# of the longest sequence, from which on it is the model that ends it
_MORE_ROOM = 1.1
_ASKED = (
    "which", "or rather", "还是干脆", "should i", "worth", "选", "哪个", "哪种", "哪一", "该用",
    "值得", "better", "best", "推荐", "combin", "搭配", "组合", "怎么选", "怎么配",
)  # fmt: skip


def asks_which(reading: Reading) -> bool:
    """Whether it is asked in words which of several to take."""
    text = reading.lowered
    return any(word in text for word in _ASKED)


def over_its_card(result: Result, place: int) -> bool:
    """Is the middle of the estimate of a set-up beyond its card?"""
    one = result["setups"][place]
    return bool(one["cards"][0]["capacity_gib"]) and one["memory"]["best_gib"] > one["cards"][0]["capacity_gib"]


def which(result: Result, names: list[str], language: str) -> str:
    """Which to take."""
    zh, setups = language == "zh", result["setups"]
    place = result["recommended"]
    if place is not None:
        until = _until(setups[place]["cards"], language)
        taken = setups[place]
        others = [one for one in setups if one is not taken and not one["lacks"]]
        close = "" if taken["verdict"] == "yes" else "(临界)" if zh else " (borderline)"
        alone = all(one["verdict"] == "no" for one in others)
        sure = taken["verdict"] == "yes" and all(one["verdict"] != "yes" for one in others)
        alike = sum(leaning(one) == leaning(taken) for one in setups) > 1
        if result["of_cards"]:
            return _which_cards(result, names, language)
        if (
            len({sum(price["rank"] for price in each) for each in result["prices"]}) == 1 and not alone
        ):  # none of them costs more than another
            if result["less_share"] >= HARDLY and all(one["verdict"] == "yes" for one in setups):
                if by_bits := four_bits_of_qlora(result, language):
                    return by_bits
                least = f"{_of_room(result, place, language)}{_others(result, names, place, language)}"
                return (
                    f"都放得下;占得最少的是 {names[place]}{least}。" if zh
                    else f"Each of them fits; {names[place]} takes least{least}."
                )  # fmt: skip
            return (
                no_choice(result, names, language)
                if result["less_share"] < HARDLY
                else f"只看显存,选 {names[place]}{until}。"
                if zh
                else f"By memory alone take {names[place]}{until}."
            )
        until = f"{_of_room(result, place, language)}{until}{_others(result, names, place, language)}"
        if alone and close:
            leans = "unlikely" if over_its_card(result, place) else leaning(taken)
            return only_one(names[place], leans, until, language)
        narrower = any(fits_narrower(result, at, language) for at in range(len(setups)) if at != place)
        reasons = (
            ("the only one of these that runs and fits there", "这几种里只有它跑得起来又放得下") if alone and len(others) < len(setups) - 1
            else ("the only one that fits in mixed precision", "混合精度下只有它放得下") if alone and narrower
            else ("the only one that fits", "只有它放得下") if alone
            else ("the only one that is sure to fit", "只有它一定放得下") if sure
            else ROOM_LEFT if fuller(result, place) is not None
            else _LARGEST if result["by_size"]
            else least_of_like(result, names, place)
            or ("of those that fit it costs least in speed and quality", "放得下的里面它的代价最小") if not close
            else ("of those as likely to fit it costs least in speed and quality", "同样可能放得下的里面它的代价最小") if alike
            else ("of these it is the likeliest to fit", "这几种里它最可能放得下")
        )  # fmt: skip
        full = nearly_full(result, names, place, language) + cheaper_if_it_fits(result, names, place, language)
        full += only_shorter(result, names, place, language)
        full += unquantised_words(result, language)
        because = pick(reasons, language)
        if less := smaller_file(result, place, language):
            return (
                f"只有 {names[place]} 放得下{until}。{less}"
                if zh
                else f"Of these only {names[place]} fits{until}.{less}"
            )
        return (
            f"选 {names[place]}{close}\uff1a{because}{until}。{full}"
            if zh
            else f"Take {names[place]}{close}: {because}{until}.{full}"
        )
    if any(one["lacks"] for one in setups):
        return ""  # which is told by itself
    if not result["needs"]:
        if result["narrower"]:
            return _in_four_bits(result, names, language)
        return "这几种都放不下。" if zh else "None of them fits."
    ranks = [sum(price["rank"] for price in each) for each in result["prices"]]
    order = result["cheapest_first"]
    if len(set(ranks)) == 1:
        small = result["smallest"]
        return (
            no_choice(result, names, language)
            if result["less_share"] < HARDLY
            else (f"只看显存,选 {names[small]}。" if zh else f"By memory alone, take {names[small]}.")
            + least_cards_words(result, names, zh)
        )
    order = each_smaller(order, gibs(result))
    steps = [
        f"{names[one]}({gib(gibs(result)[one])})" if zh else f"{names[one]} ({gib(gibs(result)[one])})" for one in order
    ]
    if len(steps) == 1:
        return (
            f"{steps[0]}代价最小,其余的占用都不明显更少。"
            if zh
            else f"{steps[0]} costs least in time and quality, and none of the others takes noticeably less memory."
        )
    told = join(steps, language, ",放不下再用 " if zh else ", else ")
    return (
        f"怎么选:显存够就用代价最小的 {told}。"
        if zh
        else f"Which: the first that your card holds, the least costly first: {told}."
    )


def _of_room(result: Result, place: int, language: str) -> str:
    """What the one to take needs of what there is."""
    one = result["setups"][place]
    need, room = gib(one["memory"]["best_gib"]), gib(one["cards"][0]["capacity_gib"])
    each = one["total_gib"] > 1.01 * one["memory"]["best_gib"]
    if language == "zh":
        return f",{'每张卡 ' if each else ''}{need}/{room}"
    return f", {need}{' per card' if each else ''} of {room}"


def _others(result: Result, names: list[str], place: int, language: str) -> str:
    """What the others take."""
    verdicts = [one["verdict"] for one in result["setups"]]
    mixed = {"yes", "no"} <= {one for at, one in enumerate(verdicts) if at != place}  # else the reason says it
    out = (",放不下" if language == "zh" else ", does not fit") if mixed else ""
    narrower = [fits_narrower(result, at, language) for at in range(len(names))]
    told = [
        f"{name} {takes(name, language)}{gib(amount)}{out if verdicts[at] == 'no' else ''}{narrower[at]}"
        for at, (name, amount) in enumerate(zip(names, gibs(result), strict=True))
        if at != place
    ]
    told = told if len(told) < 4 else []  # the table has them
    by = (";" if language == "zh" else "; ") if mixed or any(narrower) else ""  # in which a comma stands
    joined = join(told, language, by)
    return "" if not told else f"({joined})" if language == "zh" else f" ({joined})"


def _which_cards(result: Result, names: list[str], language: str) -> str:
    """Of cards the one that holds it, or that more of them do; which is better then is no matter of memory."""
    zh, setups = language == "zh", result["setups"]
    yes = [name for name, one in zip(names, setups, strict=True) if one["verdict"] == "yes"]
    if len(yes) == 1:
        surely = any(one["verdict"] in ("borderline", "conditional") for one in setups)
        if zh:
            return f"选 {yes[0]}:只有它{'一定' if surely else ''}放得下。"
        return f"Take {yes[0]}: the only one that holds it{' for certain' if surely else ''}."
    if len(yes) == len(names):
        room = [min((card["seq_len"] or 0 for card in one["cards"]), default=0) for one in setups]
        if max(room) > min(room):
            most, name = in_words("seq_len", max(room), language), names[room.index(max(room))]
            return (
                f"都放得下;余量最大的是 {name}(最长约 {most}),此外要看速度与价格。" if zh
                else f"Each of them holds it; {name} leaves most room (up to about {most}), else speed and price decide."
            )  # fmt: skip
        return "都放得下,要看速度与价格。" if zh else "Each of them holds it; speed and price decide."
    if yes:
        return f"放得下的是 {join(yes, language)}。" if zh else f"Those that hold it: {join(yes, language)}."
    if result["verdict"] == "no":
        return "这几种卡都放不下。" if zh else "None of these cards holds it."
    likely = [name for name, one in zip(names, setups, strict=True) if leaning(one) == "likely"]
    if len(likely) == 1:
        return (
            f"{likely[0]} 多半放得下;没有一种一定放得下。" if zh
            else f"{likely[0]} most likely holds it; none does for certain."
        )  # fmt: skip
    return "没有一种一定放得下。" if zh else "None holds it for certain."


def chosen_with(result: Result, names: list[str], language: str) -> str:
    """Asked which, where none is likely to fit as it is: the change with which one does is the choice."""
    place = result["recommended"]
    none = place is None or leaning(result["setups"][place]) in ("unlikely", "no") or over_its_card(result, place)
    return first_way(result, names, language, chosen=True) if none else ""


def first_way(result: Result, names: list[str], language: str, chosen: bool = False) -> str:
    """Where none of them fits for sure, the cheapest change that makes one of them do so; `chosen`: asked which to take, that
    is it where it keeps method and length."""
    verdicts = [card["verdict"] for one in result["setups"] for card in one["cards"]]
    offered = [
        (one["setup"], change) for one in result["mended"] for change in one["changes"] if not change.get("leaning")
    ]
    if "yes" in verdicts or not offered or offered[0][1]["price"] == "cards":
        return ""
    staged = result["differing"] == ["algo"]  # stages of one training come after each other: none is taken for another
    if result["recommended"] not in (None, offered[0][0]) and not staged:
        return ""  # another than the one to take
    (place, change), zh = offered[0], language == "zh"
    name, amount = names[place], gib(need_after(change, result["setups"][place]["unequal"]))
    cost = change["cost_zh" if zh else "cost"]
    if chosen and (change["price"] not in KEEPS or "method" in change["facts"]):
        return ""
    if chosen:
        return taken_with(name, change, amount, False, language) + _without_it(result, names, place, language)
    beside = with_another_optimizer(result, place, change, language)
    other = "method" in change["facts"]  # which is no setting of the one that was named, but another
    if zh:
        told = f"{change['zh']}{gap(change['zh'])}就放得下**({amount}{',' + cost if cost else ''})。"
        return f"**改用{spaced(told)}" if other else f"**{name}{gap(name)}加{spaced(told)}{beside}"
    if other:
        return f"**{change['says']} does fit** ({amount}{'; ' + cost if cost else ''})."
    return f"**{name} fits with {change['says']}** ({amount}{'; ' + cost if cost else ''}).{beside}"


def _until(cards: list[Result], language: str) -> str:
    """How long a sequence may be on the card that holds least, and where the model's own limit decides how many such go in."""
    least = min((card for card in cards if card["seq_len"]), key=lambda card: int(card["seq_len"]), default=None)
    if least is None:
        return ""
    zh, longest, room = language == "zh", int(least["seq_len"]), int(least["room_tokens"] or 0)
    said = (
        f",最长约 {in_words('seq_len', longest, language)}"
        if zh
        else f", up to about {in_words('seq_len', longest, language)}"
    )
    many = int(least["room_sequences"])
    if room < _MORE_ROOM * longest or many < 1:
        return said
    if zh:
        return f"{said}(模型的上限;缓存共可放 {room:,} 个 token,即 {many:,} 条这么长的)"
    return f"{said} (the model's limit; the cache has room for {room:,} in all, {many:,} such sequence{'s' if many > 1 else ''})"


def _without_it(result: Result, names: list[str], place: int, language: str) -> str:
    """How long the samples may be without the change, and what the others take."""
    zh, others = language == "zh", _others(result, names, place, language)
    reached = [int(card["seq_len"]) for card in result["setups"][place]["cards"] if card["seq_len"]]
    if not reached:
        return ""
    tokens = in_words("seq_len", min(reached), language)
    return (
        f"不加的话,按区间中值最长约 {tokens}{others}。"
        if zh
        else f" Without that the card is full at about {tokens}{others}."
    )


def taken_with(name: str, change: dict[str, Any], amount: str, each: bool, language: str) -> str:
    """Which to take with the change that makes it fit, and what that costs; `each`: the amount is of one of several cards."""
    room, cost = gib(change["capacity_gib"]), change["cost_zh" if language == "zh" else "cost"]
    if language == "zh":
        return f"**选 {name},加{spaced(change['zh'])}:{'每张卡 ' if each else ''}{amount},可用 {room},放得下**{'(' + cost + ')' if cost else ''}。"
    return f"**Take {name} with {change['says']}: {amount}{' per card' if each else ''} of {room}, fits**{f' ({cost})' if cost else ''}."


def which_method(result: Result, reading: Reading) -> str:
    """Asked which method to take, the only one that the card holds."""
    cases = [case for case in cases_of(result) if "method" in case["facts"]]
    fitting = [case for case in cases if case["verdict"] in ("yes", "borderline")]
    sure = {str(case["facts"]["method"]) for case in fitting if case["verdict"] == "yes"}
    likely = {str(case["facts"]["method"]) for case in fitting if leaning(case) != "unlikely"}
    if len(sure) == 1 and likely == sure:  # what most likely does not fit is no choice
        fitting = [case for case in fitting if str(case["facts"]["method"]) in sure]
        fitting.sort(key=lambda case: bool(case["verdict"] != "yes"))
    held = {str(case["facts"]["method"]) for case in fitting}
    if "which_method" not in reading.intents or len(held) != 1 or len(fitting) == len(cases):
        return ""
    zh, longest = reading.language == "zh", longest_of(fitting[0])
    method = in_words("method", held.pop(), reading.language)
    tokens = in_words("seq_len", longest, reading.language) if longest else ""
    until = "" if not tokens else f",最长约 {tokens}" if zh else f", up to about {tokens}"
    if all(case["verdict"] == "borderline" for case in fitting):
        return only_one(method, leaning(fitting[0]), until, reading.language) + eased_by_nothing(
            result, method, reading.language
        )
    return f"选 {method}:只有它放得下{until}。" if zh else f"Take {method}, the only one that fits{until}."
