"""The parts of a comparison below its first lines: the asker's own figures, the set-ups side by side, where they part, what each
costs, what would make fit what does not.

Every number is of the result; nothing is computed here.
"""

from typing import Any

from chat.answers.at_like_cost import HARDLY
from chat.answers.case_tables import LEAST_GIB, markdown
from chat.answers.ladder_words import held_words
from chat.answers.setup_words import changes_in_words, join
from chat.answers.unequal_words import need_after
from chat.phrases import VERDICTS, gib, in_words, pick, span, value, verdict
from chat.words import term
from kb.worked import TERM_ORDER

Result = dict[str, Any]


def several_cards(result: Result) -> bool:
    return any(one["total_gib"] > 1.01 * one["memory"]["best_gib"] for one in result["setups"])


def setups_table(result: Result, names: list[str], language: str) -> str:
    zh, setups = language == "zh", result["setups"]
    training = result["facts"].get("task", {}).get("value") == "train" or any(
        "gradients" in _terms(one) for one in setups
    )
    rows = []
    for name in TERM_ORDER:
        amounts = [_terms(one).get(name, 0.0) for one in setups]
        if max(amounts) < LEAST_GIB:
            continue
        cells = [_cell(name, amount, one, training, language) for amount, one in zip(amounts, setups, strict=True)]
        rows.append([str(term(name, language)), *cells])
    total = "**合计**(90% 区间)" if zh else "**total** (90 % interval)"
    rows.append([total, *(f"**{gib(one['memory']['best_gib'])}** ({span(one['memory'])})" for one in setups)])
    if several_cards(result):
        rows.append(["各卡合计" if zh else "over all cards", *(gib(one["total_gib"]) for one in setups)])
    if any(one["stated_gb"] for one in setups):
        said = dict.fromkeys(range(len(setups)), "–")
        for place, one in enumerate(setups):
            if one["stated_gb"]:
                said[_whose(place, one, names, language)] = one["stated"]
        rows.append(["您说的" if zh else "you said", *said.values()])
    if any(card["capacity_gib"] for one in setups for card in one["cards"]):
        rows.append(["卡上可用" if zh else "the card", *(_verdict(one, language) for one in setups)])
    if result["held_by"] and not any(one["stated_gb"] for one in setups):  # what was seen ran on some card
        held = [_held(one, training, language) for one in result["held_by"]]
        rows.append(["放得下的卡" if zh else "what holds it", *held])
    rows += _pools(setups, language)
    corner = "每张卡" if zh else "per card"
    return markdown([corner, *names], rows)


def _held(held: Result, training: bool, language: str) -> str:
    """The smallest usual card, or so many, over which a training is divided."""
    words = held_words({"held_by": held, "verdicts": []}, language)
    divided = training and held["n_gpus"] > 1
    return words + (",切分(ZeRO-3/FSDP)" if language == "zh" else ", sharded (ZeRO-3/FSDP)") * divided


def _pools(setups: list[Result], language: str) -> list[list[str]]:
    """The row of what the caches of servers hold, of all sequences together, where that is more than one may have."""
    held = [one["cards"][0] if one["at_start"] and len(one["cards"]) == 1 else {} for one in setups]
    if not any((card.get("room_tokens") or 0) > (card.get("seq_len") or 0) > 0 for card in held):
        return []
    zh = language == "zh"
    cells = [
        f"{card['room_tokens']:,} {'token' if zh else 'tokens'}" if card.get("room_tokens") else "–" for card in held
    ]
    return [["缓存共可容纳" if zh else "the cache holds in all", *cells]]


def _terms(setup: Result) -> dict[str, float]:
    return {one["name"]: one["gib"] for one in setup["terms"]}


def _cell(name: str, amount: float, setup: Result, training: bool, language: str) -> str:
    """An amount with what it is of a parameter; of what a card has at another moment only, that."""
    zh = language == "zh"
    if amount < LEAST_GIB:
        away = next((one["gib"] for one in setup["elsewhere"] if one["name"] == name), 0.0)
        if away < LEAST_GIB:
            return "–"
        return f"峰值时不在({gib(away)})" if zh else f"not at the peak ({gib(away)})"
    each = setup["bits"] if name == "weights" and not training else setup["per_param"].get(name)
    if each and zh:
        each = f"每参数 {each.removesuffix('/param').replace('bits', '位')}"
    return gib(amount) if not each else f"{gib(amount)}({each})" if zh else f"{gib(amount)} ({each})"


def _verdict(setup: Result, language: str) -> str:
    zh, said = language == "zh", []
    for card in setup["cards"]:
        whose = f"{value('gpu', card['gpu'], language)} " if len(setup["cards"]) > 1 and card["gpu"] else ""
        words = verdict(card, language)
        left = setup["paged_out_gib"]
        if left and card["verdict"] not in (None, "yes") and left <= card["capacity_gib"]:
            words = (
                f"分页状态换出后放得下({gib(left)})" if zh else f"fits once its paged states have left ({gib(left)})"
            )
        said.append(
            f"{whose}{gib(card['capacity_gib'])}\uff1a{words}" if zh else f"{whose}{gib(card['capacity_gib'])}: {words}"
        )
        if card["seq_len"] and card["verdict"] != "no":
            longest = value("seq_len", card["seq_len"], language)
            said[-1] += f"(≤ {longest} token)" if zh else f" (≤ {longest} tokens)"
    return (";" if zh else "; ").join(said)


def why(result: Result, names: list[str], language: str) -> list[str]:
    """The terms that differ, the largest first, each with where the set-ups part; a reason is told once."""
    zh, told, lines = language == "zh", set[str](), []
    for one in result["differences"]:
        # what the names of the set-ups say is no reason
        known = told | set(result["differing"])
        reasons = [reason for reason in one["reasons"] if reason["quantity"] not in known]
        if not reasons:
            continue
        told |= {reason["quantity"] for reason in reasons}
        said = [line for reason in reasons for line in _reason(reason, names, language)]
        product = _product(result, one["name"], names, language)
        if said or product:
            lines += [f"- {term(one['name'], language)}{product}", *(f"  - {line}" for line in said)]
    head = "差别从哪来:" if zh else "Where the difference comes from:"
    return [head + "\n\n" + "\n".join(lines)] if lines else []


def _product(result: Result, name: str, names: list[str], language: str) -> str:
    """The logits of the one that takes most as a product: what decides is seldom the tokens, and a vocabulary is easily forgotten."""
    most = result["largest"]
    zh, terms = language == "zh", result["setups"][most]["terms"]
    told = next((one for one in terms if one["name"] == name == "logits" and one.get("says")), None)
    if told is None:
        return ""
    return f"\uff1a{names[most]} {told['zh']}" if zh else f": {names[most]} {told['says']}"


def _reason(reason: Result, names: list[str], language: str) -> list[str]:
    """Where set-ups part: the values of a fact in one line, or a line for each sentence that holds of some of them."""
    zh = language == "zh"
    sentences = reason["formulas_zh" if zh else "formulas"]
    if not sentences:
        # a name may end on a number: "tensor parallel 16" and its 128 are two
        values = [f"{name} = {shown}" for name, shown in zip(names, reason["values"], strict=True) if shown]
        what = reason["zh" if zh else "says"]
        return [f"{what}\uff1a{join(values, language)}。" if zh else f"{what}: {join(values, language)}."]
    by: dict[str, list[str]] = {}
    for name, sentence in zip(names, sentences, strict=True):
        if sentence:
            by.setdefault(sentence, []).append(name)
    return [
        f"{join(whose, language)}\uff1a{sentence}" if zh else f"{join(whose, language)}: {sentence}"
        for sentence, whose in by.items()
    ]


# how near a stated figure is that agrees
_AGREES = 0.1
_IN_16_BIT = (
    " Load it in 16 bit (LitGPT: --precision bf16-true, Transformers: torch_dtype=torch.bfloat16), or quantised.",
    "请按 16 位加载(LitGPT:--precision bf16-true,Transformers:torch_dtype=torch.bfloat16),或用量化的基座。",
)


def stated(result: Result, names: list[str], language: str) -> list[str]:
    """The asker's own figures: what each is of, or that no usual set-up gives it."""
    if "of_gb" in (result.get("saved") or {}):
        return []  # figures whose difference is right are told once
    if above := _all_above(result, names, language):
        return [above]
    lines = []
    pools = [place for place, one in enumerate(result["setups"]) if (one["stated_as"] or {}).get("as") == "pool"]
    alike = len({str(result["setups"][place]["stated"]) for place in pools}) == 1
    for place, (one, name) in enumerate(zip(result["setups"], names, strict=True)):
        if not one["stated_as"] or (alike and place in pools[1:]):
            continue
        if alike and place in pools:  # a pool is as large of each: told once
            name = (" and ", "、")[language == "zh"].join(names[other] for other in pools)
        whose = _whose(place, one, names, language)
        lines.append(f"- {_claim(one, name, language) if whose == place else _of_another(one, names[whose], language)}")
    return ["\n".join(lines)] if lines else []


def _all_above(result: Result, names: list[str], language: str) -> str:
    """Of one training on other numbers of cards, each seen to take more than is estimated: what was not told is what takes it."""
    told, setups = result["facts"], result["setups"]
    above = all((one["stated_as"] or {}).get("as") == "more" for one in setups)
    trains = told.get("task", {}).get("value") == "train" and result["differing"] == ["n_gpus"]
    assumed = {name for name in ("batch_size", "seq_len") if told.get(name, {}).get("origin") == "assumed"}
    if len(setups) < 2 or not (above and trains and assumed):
        return ""
    zh = language == "zh"
    batch, length = (told.get(name, {}).get("value") for name in ("batch_size", "seq_len"))
    said = ("、" if zh else " and ").join(
        f"{name} 的 {one['stated']}" if zh else f"{one['stated']} for {name}"
        for name, one in zip(names, setups, strict=True)
    )
    if zh:
        return f"您说的 {said} 都高于下表,多半是批大小或长度比这里的(批大小 {batch}、{length} token)大:那部分不随卡数减少。"
    return f"Your {said} are above the table, most likely since micro-batch or length are larger than here (batch {batch}, {length:,} tokens): more cards do not divide that part."


def pool_seen(result: Result, names: list[str], language: str) -> str:
    """Where one of the asker's figures is a server's pool, that this is why it is larger; nothing elsewhere."""
    zh = language == "zh"
    for setup, name in zip(result["setups"], names, strict=True):
        found = setup["stated_as"]
        if found and found["as"] == "pool" and "engine" in result["differing"]:
            said, share, card = setup["stated"], f"{found['share']:g}", f"{found['card_gb']:g} GB"
            if zh:
                return f"**{said} 不是 {name} 的需求:它启动时就占 {card} 显卡的 {share},权重之外全部预留给 KV 缓存。**"
            return f"**{said} is not what {name} needs: at its start it takes {share} of a {card} card, and all that the weights leave of that is set aside for the KV cache.**"
    return ""


def _whose(place: int, setup: Result, names: list[str], language: str) -> int:
    """The set-up that a stated figure is of: the one it stands beside, or the one whose setting gives it."""
    found = setup["stated_as"]
    if found and found["as"] == "changed":
        how = changes_in_words(found["facts"], language, base=True)
        return names.index(how) if how in names else place
    return place


def _of_another(setup: Result, name: str, language: str) -> str:
    found, said = setup["stated_as"], setup["stated"]
    each = f" ({found['per_param']})" if found["per_param"] else ""
    if language == "zh":
        return f"您说的 {said} 是 {name} 的\uff1a{gib(found['gib'])}{each.replace('B/param', 'B/参数')}。"
    return f"Your {said} is that of {name}: {gib(found['gib'])}{each}."


def _claim(setup: Result, name: str, language: str) -> str:
    zh, found = language == "zh", setup["stated_as"]
    said, need = setup["stated"], gib(setup["memory"]["best_gib"])
    head = f"您说的 {name} {said}" if zh else f"Your {said} for {name}"
    between = f"{gib(setup['memory']['low_gib'])}–{gib(setup['memory']['high_gib'])}"
    if found["as"] == "estimated":
        off, shown = found["off"], found["off_shown"]
        if abs(off) <= _AGREES:
            return f"{head}\uff1a与估算的 {need} 相符。" if zh else f"{head} agrees with the estimate, {need}."
        if zh:
            return f"{head}\uff1a比估算的 {need} {'高' if off > 0 else '低'} {shown},仍在区间内({between})。"
        return f"{head} is {shown} {'above' if off > 0 else 'below'} the estimate of {need}, within its interval ({between})."
    if found["as"] == "paged":
        states, least = gib(found["states_gib"]), gib(found["gib"])
        if zh:
            return f"{head}\uff1a其中优化器状态 {states} 是分页的,显存不够时换到内存,PyTorch 的计数器也不计它,因此 {least} 到 {need} 之间都对得上。"
        return f"{head}: its {states} of optimizer states are paged, leave the card when it is full, and are not in PyTorch's counters: anything from {least} to {need} is right."
    if found["as"] == "weights":
        amount = gib(found["gib"])
        return (
            f"{head}\uff1a只是权重({amount}),不含其他。"
            if zh
            else f"{head} is the weights alone ({amount}), without all else."
        )
    if found["as"] == "states":
        amount, each = gib(found["gib"]), found["per_param"]
        if zh:
            return f"{head}\uff1a对,只算权重、梯度与优化器就是这么多({each.replace('B/param', 'B/参数')},{amount});激活、logits、缓冲和运行时另算。"
        return f"{head} is right for weights, gradients and optimizer alone ({each}, {amount}); activations, logits, buffers and the runtime come on top."
    if found["as"] == "pool":
        share, card = f"{found['share']:g}", f"{found['card_gb']:g} GB"
        return (
            f"{head}\uff1a是 {card} 显卡的 {share},即预留的池,不是需求:服务启动时按份额(vLLM 的 gpu_memory_utilization)占用,权重用剩的都给 KV 缓存;要少占就调低它。"
            if zh
            else f"{head} is {share} of a {card} card: the pool that is set aside, not the need; a server takes its share at the start (vLLM: gpu_memory_utilization), and what the weights leave of it is KV cache. Lower it to take less."
        )
    if found["as"] == "changed":
        how = changes_in_words(found["facts"], language, base=True)
        each = f",{found['per_param']}" if found["per_param"] else ""
        mend = _IN_16_BIT[zh] if found["facts"].get("weight_format") == "fp32" else ""
        if zh:
            return f"{head}\uff1a不是下面假设的设置,而是{how}时的量:{gib(found['gib'])}{each.replace('B/param', 'B/参数')}。{mend}"
        return f"{head} is not of the settings assumed below, but what it takes with {how}: {gib(found['gib'])}{each.replace(',', ', ')}.{mend}"
    if found["as"] == "less":
        return (
            f"{head}\uff1a连这里假设的权重 {gib(found['gib'])} 都放不下,因此权重更低位,或有一部分不在卡上。"
            if zh
            else f"{head} would not even hold the weights assumed here, {gib(found['gib'])}: they have fewer bits, or a part of them is not on the card."
        )
    if found["as"] == "between":
        return (
            f"{head}\uff1a比这里估算的 {need} 少,但放得下权重:上下文或批大小比下面假设的小时就是这样。"
            if zh
            else f"{head} is less than the {need} estimated here, and holds the weights: so it is with a shorter context or a smaller batch than is assumed below."
        )
    return (
        f"{head}\uff1a与 {need} 的估算不符,常见设置都得不到它;请核对批大小、长度和所用的计数器。"
        if zh
        else f"{head} does not agree with {need}, and no usual change gives it: check batch, length and which counter it is of."
    )


def defaults(result: Result, names: list[str], language: str) -> list[str]:
    """What a program does by itself and the others do not."""
    zh, lines = language == "zh", []
    for name, facts in zip(names, result["defaults"], strict=True):
        if said := changes_in_words(facts, language):
            lines.append(f"{name} 的默认设置\uff1a{said}。" if zh else f"{name} by its own defaults: {said}.")
    return ["".join(lines) if zh else " ".join(lines)] if lines else []


def prices(result: Result, names: list[str], language: str) -> list[str]:
    """What each costs, but what costs nothing."""
    zh, lines = language == "zh", []
    alike = result["less_share"] < HARDLY  # then what else sets them apart is all there is to tell
    each = [
        [price for price in prices if price["rank"] or price["fact"] == "engine" or alike]
        for prices in result["prices"]
    ]
    if result["recommended"] is not None:  # what does not fit costs nothing
        each = [prices if one["verdict"] != "no" else [] for prices, one in zip(each, result["setups"], strict=True)]
    if len({str([price["says"] for price in prices]) for prices in each}) == 1:
        return []  # what all of them cost sets none apart
    by: dict[str, list[str]] = {}
    for name, prices in zip(names, each, strict=True):
        if said := (";" if zh else "; ").join(price["zh" if zh else "says"] for price in prices):
            by.setdefault(said, []).append(name)
    for said, whose in by.items():
        lines.append(f"- {join(whose, language)}\uff1a{said}。" if zh else f"- {join(whose, language)}: {said}.")
    head = ("差别在别处:" if zh else "What sets them apart:") if alike else "代价:" if zh else "The price:"
    return [head + "\n\n" + "\n".join(lines)] if lines else []


def more_cards_words(result: Result, names: list[str], language: str) -> str:
    """Of formats that do not fit the one card how many such cards each takes."""
    zh, told = language == "zh", []
    short = result.get("more_cards") or []
    mends = [one["setup"] for one in result["mended"] if any("n_gpus" in change["facts"] for change in one["changes"])]
    if [one["setup"] for one in short] == mends:  # told behind the table
        return ""
    for one in short:
        name, count, each = names[one["setup"]], in_words("n_gpus", one["n_gpus"], language), gib(one["gib"])
        told.append(f"{name} {count}(每张 {each})" if zh else f"{name} {count} ({each} each)")
    if not told:
        return ""
    return f"这样的卡要:{';'.join(told)}。" if zh else f"Of such cards it takes: {'; '.join(told)}."


def mended(result: Result, names: list[str], language: str, told: str = "") -> list[str]:
    """What would make fit what does not; nothing where the one thing that does was told."""
    zh, parts = language == "zh", []
    for one in result["mended"]:
        unequal = result["setups"][one["setup"]]["unequal"]
        if unequal and (unequal["otherwise"] or {}).get("verdict") == "yes":
            continue  # laid out otherwise it fits as it is
        changes = [change for change in one["changes"] if change["zh" if zh else "says"] not in told]
        if not changes:
            continue
        whole, lines = bool(unequal and unequal["by_layers"]), []
        for change in changes:
            cost = change["cost_zh" if zh else "cost"]
            cost = "" if not cost else f"\uff08{cost}\uff09" if zh else f" ({cost})"
            if change.get("leaning"):
                cost += (",{}" if zh else ", {}").format(pick(VERDICTS[change["leaning"]], language))
            lines.append(
                f"- {change['zh']}\uff1a{gib(need_after(change, unequal))}{cost}"
                if zh
                else f"- {change['says']}: {gib(need_after(change, unequal))}{cost}"
            )
        name = names[one["setup"]]
        of = ("合计" if whole else "每卡") if zh else "over all cards" if whole else "per card"
        instead = len(changes) < len(one["changes"])
        other, other_zh = (" instead", "其他办法,") if instead else ("", "")
        head = f"怎样才放得下 {name}\uff08{other_zh}{of}\uff09:" if zh else f"What would make {name} fit{other} ({of}):"
        parts.append(head + "\n\n" + "\n".join(lines))
    return parts
