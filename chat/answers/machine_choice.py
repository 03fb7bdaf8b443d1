"""Which of several machines to take for a model that is named: what alone holds it, what is faster, what the other is for."""

from typing import Any

from chat.answers.machine_parts import Row, model_in, rate, rig
from chat.phrases import value


def choice(machines: list[Row], result: dict[str, Any], language: str) -> str:
    """Which machine to take: the one that alone holds the model on its cards, or in the most bits, or is the fastest."""
    if not result["asked_for"] or any(len(one["formats"]) > 1 for one in machines):
        return ""  # of several formats each machine is told by itself
    zh = language == "zh"
    best = [best_of(one) for one in machines]
    ranks = [
        (0, 0, 0)
        if one is None
        else (one["params"] or 0, one["bits"], one["rate"] or 0)
        if one["way"] == "cards"
        else (0, 1, one["rate"] or 0)
        for one in best
    ]
    top = max(ranks)
    if even := _about_even(machines, language):
        return even
    if ranks.count(top) > 1 or top == (0, 0, 0):
        return ""
    place = ranks.index(top)
    chosen, others = rig(machines[place], language), [rank for rank in ranks if rank != top]
    further = ""
    if top[0] and all(rank[0] < top[0] for rank in others):
        held = value("model", (best[place] or {})["model"], language)
        why = f"只有它能把 {held} 全部放进显存" if zh else f"it alone holds {held} wholly on its cards"
        further = _for_the_smaller(machines, place, language)
    elif all(rank[:2] < top[:2] for rank in others):
        why = "它能用更高的精度" if zh else "it holds the model in more bits"
    else:
        alike = [rank[2] for rank in ranks if rank[:2] == top[:2]]
        if sum(1 for rate in alike if rate) < 2:
            return ""  # of a card that only its size names no speed is known
        why = "它更快" if zh else "it is the faster one"
        if not all(alike):
            why += ",只比带宽已知的机器" if zh else " of those whose bandwidth is known"
        further = _take_turns(machines, place, language) + _longer(machines, place, language)
    return f"**选 {chosen}:{why}。**{further}" if zh else f"**Take {chosen}: {why}.**{further}"


# of two rates up to which one card is not clearly slower than several
_EVEN = 1.5


def _about_even(machines: list[Row], language: str) -> str:
    """One card against several that hold the same at about its speed: what each is taken for."""
    one = next((machine for machine in machines if machine["n_gpus"] == 1), None)
    some = next((machine for machine in machines if machine["n_gpus"] > 1), None)
    if len(machines) != 2 or one is None or some is None or one["shared"]:
        return ""
    alone, shared = best_of(one), best_of(some)
    if not alone or not shared or any(alone[name] != shared[name] for name in ("model", "bits", "way")):
        return ""
    if alone["way"] != "cards" or not 1 / _EVEN <= (shared["rate"] or 0) / (alone["rate"] or 1) <= _EVEN:
        return ""
    names, rates = (rig(one, language), rig(some, language)), (rate(alone["rate"]), rate(shared["rate"]))
    reach, less = (f"{each['longest']:,}" for each in (alone, shared))
    drawn = [f"{each['power_w']:,.0f} W" for each in (one, some)] if one["power_w"] and some["power_w"] else []
    if language == "zh":
        power = f",功耗 {drawn[0]} 对 {drawn[1]}" if drawn else ""
        return (
            f"**差不多:图省事选 {names[0]},价格便宜就选 {names[1]}。** {names[0]} 是一张卡:不用切分,训练也简单{power},最长 {reach} token(对 {less});"
            f"{names[1]} 每秒最多约 {rates[1]} token,对 {rates[0]},但按层切分时各卡轮流工作,训练还要切分。"
        )
    power = f", {drawn[0]} against {drawn[1]}" if drawn else ""
    return (
        f"**About even: take {names[0]} for simplicity, {names[1]} where it is the cheaper.** {names[0]} is one card: nothing to split, simpler to train on{power}, up to {reach} tokens against {less}. "
        f"{names[1]} generates at most about {rates[1]} tokens/s against {rates[0]}, but split by layers its cards take turns, and training has to be divided over them."
    )


def _for_the_smaller(machines: list[Row], place: int, language: str) -> str:
    """Of what both hold in the same bits, that another machine is faster."""
    own = {(one["model"], one["bits"]): one for one in machines[place]["held"] if one["way"] == "cards"}
    for machine in machines:
        for one in machine["held"]:
            there = own.get((one["model"], one["bits"])) or next(
                (held for (model, _), held in own.items() if model == one["model"]), None
            )
            if machine is machines[place] or one["way"] != "cards" or not there or not one["rate"] or not there["rate"]:
                continue
            if one["rate"] > there["rate"]:
                name, faster = model_in(one, language), rig(machine, language)
                if language == "zh":
                    return f"只跑 {name} 时 {faster} 更快(每秒最多约 {rate(one['rate'])} token)。"
                return f" For {name} alone {faster} is faster (at most about {rate(one['rate'])} tokens/s)."
    return ""


def best_of(machine: Row) -> Row | None:
    """How a machine runs what was asked: on the cards in the most bits, else with host memory."""
    held = machine["held"]
    whole = [one for one in held if one["way"] == "cards"]
    return max(whole, key=lambda one: (one["params"] or 0, one["bits"])) if whole else next(iter(held), None)


# from this on another's context is so much longer that it is worth the slower machine
_LONGER = 1.25


def _take_turns(machines: list[Row], place: int, language: str) -> str:
    """Why several cards are slower than the one to take: their memory adds up, their bandwidth does not."""
    own, some = machines[place], next((one for one in machines if one["n_gpus"] > 1), None)
    if some is None or some is own or own["n_gpus"] != 1 or not (own["bandwidth_gb_s"] and some["bandwidth_gb_s"]):
        return ""
    name, each, whole = rig(some, language), some["bandwidth_says"], own["bandwidth_says"]
    if language == "zh":
        return f"显存会叠加,速度不会:{name} 按层切分时各卡轮流工作,单个请求每张只有 {each},对 {whole};张量并行(vLLM)能让各卡同时算。"
    return f" Memory adds up, speed does not: split by layers the cards of {name} take turns, {each} on each against {whole}; tensor parallel (vLLM) lets them compute together."


def _longer(machines: list[Row], place: int, language: str) -> str:
    """What another machine is taken for instead: a longer context of the same model in the same bits."""
    own = best_of(machines[place])
    for machine in machines:
        there = best_of(machine)
        if machine is machines[place] or not own or not there or not own["longest"] or not there["longest"]:
            continue
        same = all(own[name] == there[name] for name in ("model", "bits", "way"))
        if same and there["longest"] >= _LONGER * own["longest"]:
            name, reach, less = rig(machine, language), f"{there['longest']:,}", f"{own['longest']:,}"
            if language == "zh":
                return f"要更长的上下文就选 {name}:最长 {reach} token,对 {less}。"
            return f" For a longer context take {name}: up to {reach} tokens against {less}."
    return ""
