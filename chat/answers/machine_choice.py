"""Which of several machines to take for a model that is named: what alone holds it, what is faster, what the other is for."""

from typing import Any

from chat.answers.machine_parts import Row, model_in, rate, rig
from chat.phrases import gib, value

_PAIR = 2


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
    if all(one and one["way"] != "cards" and one["rate"] for one in best):
        return _in_ram(machines, [one for one in best if one], language)
    if top == (0, 0, 0):
        return _none_holds(machines, language)
    if ranks.count(top) > 1:
        return "" if top[2] else _most_room(machines, language)
    place = ranks.index(top)
    chosen, others = rig(machines[place], language), [rank for rank in ranks if rank != top]
    further = ""
    if top[0] and all(rank[0] < top[0] for rank in others):
        held = value("model", (best[place] or {})["model"], language)
        why = f"只有它能把 {held} 全部放进显存" if zh else f"it alone holds {held} wholly on its cards"
        further = _for_the_smaller(machines, place, language)
    elif all(rank[:2] < top[:2] for rank in others):
        if told := _faster_at_eight(machines, place, language):
            return told
        why = "它能用更高的精度" if zh else "it holds the model in more bits"
    else:
        alike = [rank[2] for rank in ranks if rank[:2] == top[:2]]
        if not any(alike):
            return _most_room(machines, language)
        if sum(1 for rate in alike if rate) < 2:
            return ""  # of a card that only its size names no speed is known
        why = "它更快" if zh else "it is the faster one"
        if not all(alike):
            why += ",只比带宽已知的机器" if zh else " of those whose bandwidth is known"
        further = _take_turns(machines, place, language) + _longer(machines, place, language)
    return f"**选 {chosen}:{why}。**{further}" if zh else f"**Take {chosen}: {why}.**{further}"


def _most_room(machines: list[Row], language: str) -> str:
    """Of machines that all hold it, and where no speed is told, which has most left beside it."""
    best = [best_of(one) for one in machines]
    left = [one["usable_gib"] - held["total_gib"] for one, held in zip(machines, best, strict=True) if held]
    if len(left) < len(machines) or len({round(one, 1) for one in left}) < len(left):
        return ""
    order = sorted(range(len(left)), key=lambda at: -left[at])
    name = rig(machines[order[0]], language)
    room = [
        f"{gib(held['total_gib'])} / {gib(one['usable_gib'])}" for one, held in zip(machines, best, strict=True) if held
    ]
    first, others = room[order[0]], ", ".join(room[at] for at in order[1:])
    two = len(room) == _PAIR
    held, more = _open_format(machines, [one for one in best if one], language)
    if language == "zh":
        return f"**{held or '只看显存,'}{name} 余量{'更' if two else '最'}大:占 {first},{'另一边' if two else '其余'} {others}。**{more}"
    several = machines[order[0]]["n_gpus"] > 1
    return f"**{held or 'By memory '}{name} {'leave' if several else 'leaves'} {'more' if two else 'the most'} room: {first} {'are' if several else 'is'} taken, against {others}.**{more}"


def _open_format(machines: list[Row], best: list[Row], language: str) -> tuple[str, str]:
    """Where no format was asked for, the one that all hold, and that the next wider one is sure on none of them."""
    formats = {str(one["weight_format"]) for one in best}
    wider = [one["next"] for one in machines]
    if len(formats) > 1 or not all(wider) or len({str(one["weight_format"]) for one in wider}) > 1:
        return "", ""
    held, more = (value("weight_format", one[0]["weight_format"], language) for one in (best, wider))
    needs = [f"{gib(one['total_gib'])} / {gib(it['usable_gib'])}" for one, it in zip(wider, machines, strict=True)]
    each = [f"{rig(it, language)} {need}" for it, need in zip(machines, needs, strict=True)]
    two = len(each) == _PAIR
    if language == "zh":
        sides = "两边" if two else "哪边"
        return f"{held} 权重{sides}都放得下,", f"{more} 在{sides}都不能稳妥放下:{';'.join(each)}。"
    return (
        f"In {held} {'either' if two else 'each of them'} holds it, and ",
        f" {more} is sure to fit on {'neither' if two else 'none'}: {'; '.join(each)}.",
    )


def _in_ram(machines: list[Row], best: list[Row], language: str) -> str:
    """That none of them holds it on its cards, and which is the faster with the rest in RAM."""
    order = sorted(range(len(best)), key=lambda at: -best[at]["rate"])
    names = [rig(machines[at], language) for at in order]
    rates = [rate(best[at]["rate"]) for at in order]
    alike = best[order[0]]["rate"] < _ALIKE * best[order[-1]]["rate"]
    held = model_in(best[0], language)
    if language == "zh":
        told = (
            f"速度差不多,每秒最多约 {rates[0]} token"
            if alike
            else f"{names[0]} 最快,每秒最多约 {rates[0]} token(对 {'、'.join(rates[1:])})"
        )
        return f"**{'两者' if len(best) == 2 else ''}都不能把 {held} 全部放进显存,其余要放内存:{told}。**"
    none = "Neither" if len(best) == 2 else "None of them"
    told = (
        f"about alike, at most about {rates[0]} tokens/s"
        if alike
        else f"take {names[0]}, at most about {rates[0]} tokens/s against {', '.join(rates[1:])}"
    )
    return f"**{none} holds {held} wholly on its cards; with the rest in RAM: {told}.**"


def _none_holds(machines: list[Row], language: str) -> str:
    """That none of them holds it as asked, which comes nearest, and what of it that one does hold."""
    if any(not one["next"] or not one["short"] for one in machines):
        return ""
    near = max(machines, key=lambda one: one["usable_gib"] / one["next"]["total_gib"])
    short, needed = near["short"], near["next"]
    asked, tokens = short["asked"], f"{short['tokens']:,}"
    name, held = rig(near, language), model_in(needed, language)
    plural = near["n_gpus"] > 1
    room = (gib(near["usable_gib"]), gib(needed["total_gib"]))
    told = _what_it_holds(short, language)
    if language == "zh":
        none = "两者都放不下" if len(machines) == 2 else "都放不下"
        for_ = f"{asked} 路各 {tokens} token 的 " if asked > 1 else f"{tokens} token 的 "
        return f"**{none}{for_}{held}(全放在卡上);最接近的是 {name},可用 {room[0]},需要 {room[1]}。{told}**"
    none = "Neither" if len(machines) == 2 else "None of them"
    for_ = f"{asked} sequences of {tokens} tokens each" if asked > 1 else f"{tokens} tokens"
    return f"**{none} holds {held} for {for_} wholly on its cards: {name} {'come' if plural else 'comes'} nearest, with {room[0]} of the {room[1]} that it takes.{told}**"


def _what_it_holds(short: Row, language: str) -> str:
    """Fewer sequences, all of them with a smaller cache, or shorter ones: what the machine that comes nearest holds."""
    asked, narrow, zh = short["asked"], short["narrow"], language == "zh"
    ways = [_so_many(short["sequences"], short["tokens"], zh)] if asked > 1 and short["sequences"] else []
    if narrow["sequences"] > short["sequences"]:
        cache, said = (
            value("kv_format", narrow["kv_format"], language),
            _so_many(narrow["sequences"], short["tokens"], zh),
        )
        ways.append(f"{cache} 缓存时 {said}" if zh else f"{said} with a cache in {cache}")
    if asked > 1 and not short["sequences"] and short["one"]:
        ways.append(_so_many(1, short["one"], zh))
    if short["longest"]:
        ways.append(_so_many(asked, short["longest"], zh))
    if not ways:
        weights = gib(short["weights_gib"])
        return f"仅权重就要 {weights}。" if zh else f" The weights alone take {weights}."
    return f"它放得下:{'、'.join(ways)}。" if zh else f" What goes there: {', or '.join(dict.fromkeys(ways))}."


def _so_many(count: int, tokens: int, zh: bool) -> str:
    """`3 sequences of 2,048 tokens`."""
    if zh:
        return f"{count} 路{'各' if count > 1 else ''} {tokens:,} token"
    return f"{count} sequence{'s' if count > 1 else ''} of {tokens:,} tokens"


# of two rates up to which they are told as one
_ALIKE = 1.1
# of two rates up to which one card is not clearly slower than several
_EVEN = 1.5
_FULL, _HALF = 16, 8  # bits


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
    both, alone_s = some["bandwidth_says"], one["bandwidth_says"]
    at_once, at_once_zh = ("", "")
    if both and alone_s:  # of unlike cards none is told
        at_once = f"; tensor parallel (vLLM, ExLlama) reads on all at once, {some['n_gpus']} × {both} against {alone_s}, at the price of an exchange in each layer, which NVLink makes cheaper"
        at_once_zh = f";张量并行(vLLM、ExLlama)各卡同时读,{some['n_gpus']} × {both} 对 {alone_s},代价是每层都要通信,有 NVLink 时较小"
    drawn = [f"{each['power_w']:,.0f} W" for each in (one, some)] if one["power_w"] and some["power_w"] else []
    if language == "zh":
        power = f",功耗 {drawn[0]} 对 {drawn[1]}" if drawn else ""
        return (
            f"**差不多:图省事选 {names[0]},价格便宜就选 {names[1]}。** {names[0]} 是一张卡:不用切分,训练也简单{power},最长 {reach} token(对 {less});"
            f"{names[1]} 每秒最多约 {rates[1]} token,对 {rates[0]},但按层切分时各卡轮流工作{at_once_zh}。训练时 DDP 每张卡放完整一份,显存不叠加,单卡能 QLoRA 更大的模型,多卡要切分(FSDP)。"
        )
    power = f", {drawn[0]} against {drawn[1]}" if drawn else ""
    return (
        f"**About even: take {names[0]} for simplicity, {names[1]} where it is the cheaper.** {names[0]} is one card: nothing to split, simpler to train on{power}, up to {reach} tokens against {less}. "
        f"{names[1]} generates at most about {rates[1]} tokens/s against {rates[0]}, but split by layers its cards take turns{at_once}. In training plain data parallel keeps a whole copy on each, so the one card tunes the larger model (QLoRA); several have to divide it (FSDP)."
    )


def _faster_at_eight(machines: list[Row], place: int, language: str) -> str:
    """Where 16 bits alone speak for the machine that leads, and another is clearly faster in 8: that one, which loses next to nothing."""
    own = {one["bits"]: one for one in machines[place]["held"] if one["way"] == "cards" and one["rate"]}
    whole, alike = own.get(_FULL), own.get(_HALF)
    for machine in machines:
        there = best_of(machine)
        if machine is machines[place] or not (whole and alike and there) or there["bits"] != _HALF:
            continue
        if there["model"] != alike["model"] or (there["rate"] or 0) < _EVEN * alike["rate"]:
            continue
        names = (rig(machine, language), rig(machines[place], language))
        rates = tuple(rate(one["rate"]) for one in (there, alike, whole))
        if language == "zh":
            return f"**选 {names[0]}:8 位时它快得多,每秒最多约 {rates[0]} token,对 {rates[1]}。** 16 位只有 {names[1]} 放得下(每秒最多约 {rates[2]} token),而 8 位几乎没有损失。"
        return f"**Take {names[0]}: in 8 bit it is much faster, at most about {rates[0]} tokens/s against {rates[1]}.** Only {names[1]} holds 16 bit (at most about {rates[2]} tokens/s), of which 8 bit loses hardly anything."
    return ""


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
