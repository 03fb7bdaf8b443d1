"""How many cards, in words: as many as one takes first, then the least by the middle of the estimate and what it lacks;
and what several that are named are for.
"""

from typing import Any

from chat.answers.case_tables import Result, cases_of
from chat.answers.in_a_file import in_a_file
from chat.answers.likely_counts import by_sum, likely_with, margin_words
from chat.answers.made_of import parts_said
from chat.answers.rollout_counts import enough_by_count, rollouts_too
from chat.answers.unequal_words import listed
from chat.figures.named import GB, both_words
from chat.phrases import case_words, gib, in_words
from kb.hosting import MACHINE, whole_machines

# what more cards divide of a training that named no stage: all of it, or over replicas of a layout the optimizer's states
_DIVIDED = {3: ("sharded (ZeRO-3/FSDP)", "切分(ZeRO-3/FSDP)"), 1: ("replicas divide the optimizer states (distributed optimizer, ZeRO-1)", "副本之间分摊优化器状态(分布式优化器,即 ZeRO-1)")}  # fmt: skip

# what opens the ways that take fewer cards, and the counts in other formats
FEWER_CARDS = ("卡更少的办法", "With fewer cards")
OTHER_FORMATS = ("其他格式", "In other formats")


def count_line(
    where: str,
    solved: dict[str, Any],
    stage: int,
    language: str,
    with_those: bool = False,
    own: int = 0,
    held: str = "",
    on_machines: bool = False,
) -> str:
    """`where`: what sets the case apart; `stage`: the ZeRO stage that was taken for a training that named none, else 0;
    `with_those`: it is asked how many come to those that are there, which this counts too; `own`: so many are told,
    `held`: and a run on them "failed", or it is "doubted" that they are enough; `on_machines`: how many of these is asked."""
    zh = language == "zh"
    least, taken = int(solved["value"]), solved.get("in_practice")
    capacity = gib(solved["capacity_gib"])
    head = where + ("\uff1a" if zh else ": ") if where else ""
    all_zh, all_en = ("(含已有的)", " in all, those you have among them") if with_those else ("", "")
    tail = (",", ", ")[not zh] + _DIVIDED[stage][zh] if stage and (taken or least) > 1 else ""
    if taken and (by_experts := _by_experts(solved)):
        return f"- {head}{_experts_first(by_experts, solved, 0 if with_those else own, language)}{_otherwise(solved, language)}"
    if taken:
        amount, each = _counted(taken, language), gib(solved["in_practice_gib"])
        amount += in_machines(taken, language) if on_machines and not solved.get("as_sold") else ""
        amount = amount if taken > least else f"最少 {amount}" if zh else f"at least {amount}"
        room, room_zh = _cache_left(solved)
        amount = _beside_own(amount, 0 if with_those else own, solved, held)[zh]
        said = (
            f"**{amount}{all_zh}**{tail}(每张 {each} / {capacity},{margin_words(solved, language)}{room_zh})"
            if zh
            else f"**{amount}{all_en}**{tail} ({each} of {capacity} each, {margin_words(solved, language)}{room})"
        )
        on_paper = by_sum(solved, language) if taken == least else _least(least, solved, language)
        return f"- {head}{said}{likely_with(solved, language)}{_as_sold(solved, language)}{on_paper}{_floor(solved, language)}{rollouts_too(solved, own if held == 'failed' else 0, language)}{_otherwise(solved, language)}"
    amount, each = _counted(least, language), gib(solved["gib"])
    said = (f"- {head}**至少 {amount}{all_zh}**{tail}(每张 {each} / {capacity},没有余量)" if zh
            else f"- {head}**at least {amount}{all_en}**{tail} ({each} of {capacity} each, without a margin)")  # fmt: skip
    return said + _floor(solved, language) + _otherwise(solved, language)


def _beside_own(amount: str, own: int, solved: dict[str, Any], held: str) -> tuple[str, str]:
    """The cards that it takes, behind whether those that are told to be there are enough; by themselves where they are and
    nobody doubts it. Where a run on them failed it was not what is counted here."""
    least, taken = int(solved["value"]), int(solved["in_practice"])
    if held == "failed" and own >= taken:
        return enough_by_count(own, amount, solved)
    if not own or (own >= taken and not held):
        return amount, amount
    if own >= taken:
        return f"{own} {'is' if own == 1 else 'are'} enough: {amount}", f"{own} 张够:{amount}"
    if own < least:
        needs = f"最少要 {amount.removeprefix('最少 ')}" if amount.startswith("最少 ") else f"要 {amount}"
        return f"{own} {'is' if own == 1 else 'are'} not enough: {amount}", f"{own} 张不够,{needs}"
    return f"{own} {'holds' if own == 1 else 'hold'} it without a margin: {amount}", f"{own} 张没有余量,要 {amount}"


def _cache_left(solved: dict[str, Any]) -> tuple[str, str]:
    """For how many tokens a server's cache then has room."""
    tokens, twice = solved.get("in_practice_tokens"), solved.get("with_twice")
    more = (f", {twice['tokens']:,} with {twice['n_gpus']} cards", f",{twice['n_gpus']} 张时 {twice['tokens']:,} 个") if twice else ("", "")  # fmt: skip
    told = f"; cache for {tokens:,} tokens in all{more[0]}", f";缓存共可放 {tokens:,} 个 token{more[1]}"
    return told if tokens else ("", "")


def _as_sold(solved: dict[str, Any], language: str) -> str:
    """What the machines with fewer and with more cards make of it, where none has as many."""
    if len(found := solved.get("as_sold") or []) != 2:
        return ""
    fewer, more = found
    below, above, told = gib(fewer["gib"]), gib(more["gib"]), fewer["n_gpus"] == int(solved["value"])
    beyond = fewer["gib"] > float(solved.get("capacity_gib") or fewer["gib"])
    if language == "zh":
        stands = "放不下" if fewer["verdict"] == "no" else "多半放不下" if beyond else "临界"
        lower = "" if told else f",{fewer['n_gpus']} 卡每张 {below},{stands}"
        return f";整机一般是 {fewer['n_gpus']} 卡或 {more['n_gpus']} 卡:{more['n_gpus']} 卡每张 {above}{lower}"
    stands = "does not fit" if fewer["verdict"] == "no" else "most likely does not fit" if beyond else "borderline"
    lower = "" if told else f", while with {fewer['n_gpus']} it is {below} each, {stands}"
    return f"; as machines are sold {more['n_gpus']}, {above} each{lower}"


def _counted(count: int, language: str) -> str:
    """So many cards, and how many whole machines they fill."""
    amount, boxes = in_words("n_gpus", count, language), whole_machines(count)
    if not boxes:
        return amount
    return f"{amount}({boxes} 台 {MACHINE} 卡机)" if language == "zh" else f"{amount} ({boxes} machines of {MACHINE})"


def in_machines(count: int, language: str) -> str:
    """On how many machines so many cards stand, where they fill no whole number of them; those that they fill are told."""
    if count <= MACHINE or whole_machines(count):
        return ""
    boxes = -(-count // MACHINE)
    return f"(分在 {boxes} 台 {MACHINE} 卡机上)" if language == "zh" else f" (on {boxes} machines of {MACHINE})"


def _by_experts(solved: dict[str, Any]) -> dict[str, Any] | None:
    """Of a mixture the count with its experts kept apart, which is how such models are trained, where that takes fewer."""
    return next(
        (one for one in solved.get("squeezed") or [] if "ep" in one["facts"] and "method" not in one["facts"]), None
    )


def _experts_first(one: dict[str, Any], solved: dict[str, Any], own: int, language: str) -> str:
    """The count with experts kept apart, what full sharding alone takes, and the floor of both."""
    amount, each, room = _counted(one["value"], language), gib(one["gib"]), gib(solved["capacity_gib"])
    plain, more = _counted(solved["in_practice"], language), gib(solved["in_practice_gib"])
    floor = _floor(solved, language)
    if own < int(solved.get("by_states") or 0):  # those that are told to be there do not even hold the states
        counts = {"value": one["value"], "in_practice": one["value"]}
        amount = _beside_own(amount, own, counts, "")[language == "zh"]
    if language == "zh":
        return f"**{amount}**,{one['zh']}(每张 {each} / {room},有余量);只用 ZeRO-3/FSDP 要 {plain},每张 {more},因为每次要聚合整层专家{floor}"
    return f"**{amount}**, {one['says']} ({each} of {room} each, with a margin); ZeRO-3/FSDP alone takes {plain}, {more} each, for it gathers a whole layer of experts at a time{floor}"


def _floor(solved: dict[str, Any], language: str) -> str:
    """The cards that the states of a training fill by themselves."""
    if not solved.get("by_states"):
        return ""
    count, whole, room = (
        in_words("n_gpus", solved["by_states"], language),
        gib(solved["states_gib"]),
        gib(solved["capacity_gib"]),
    )
    machine, machine_zh = "", ""
    if one := solved.get("one_machine"):
        each, states = gib(one["gib"]), gib(one["states_gib"])
        machine = f"; on one machine of {MACHINE} each card would need {each}, {states} of it states: too much"
        machine_zh = f";一台 {MACHINE} 卡机每张要 {each},其中状态 {states},放不下"
    if language == "zh":
        return f";下限 {count}:仅状态 {whole} ÷ {room},没给激活和缓冲留空间{machine_zh}"
    return (
        f"; the floor is {count}, the states alone: {whole} ÷ {room}, nothing left for activations and buffers{machine}"
    )


def _otherwise(solved: dict[str, Any], language: str) -> str:
    """With how few cards a training goes, or how many what is served takes in another format or with a smaller cache."""
    return (
        _squeezed(solved, language)
        + _in_formats(solved, language)
        + in_a_file(solved, language)
        + _of_the_cache(solved, language)
    )


def _of_the_cache(solved: dict[str, Any], language: str) -> str:
    """The cards that a cache of 8 bits takes, and how many sequences the machine with fewer cards holds at once."""
    narrow, fewer, zh = solved.get("narrow"), solved.get("fewer"), language == "zh"
    told = []
    if narrow:
        amount, each = _counted(narrow["value"], language), gib(narrow["gib"])
        still = ("still ", "仍是 ")[zh] if narrow["value"] == solved.get("in_practice") else ""
        told.append(f"KV 缓存用 8 位({narrow['kv_format']})时{still or ' '}{amount}(每张 {each},有余量)" if zh
                    else f"with a KV cache of 8 bits ({narrow['kv_format']}) {still}{amount} ({each} each, with a margin)")  # fmt: skip
    if both := solved.get("both"):
        amount, each = _counted(both["value"], language), gib(both["gib"])
        told.append(
            f"再用 {both['bits']} 位权重则 {amount}(每张 {each},有余量)" if zh
            else f"with {both['bits']}-bit weights as well {amount} ({each} each, with a margin)"
        )  # fmt: skip
    if fewer:
        told.append(_some_wait(fewer, narrow, language))
    if not told:
        return ""
    joined = ("\uff1b" if zh else "; ").join(told)
    return f"\n  - {joined}。" if zh else f"\n  - {joined[0].upper()}{joined[1:]}."


def _some_wait(fewer: dict[str, Any], narrow: dict[str, Any] | None, language: str) -> str:
    """How many of the sequences the machine with fewer cards holds at once, the cache as it is and in 8 bits."""
    zh, at_once, asked, less = language == "zh", fewer["at_once"], fewer["asked"], fewer["narrow"]
    cards, told = in_words("n_gpus", fewer["n_gpus"], language), ""
    if less >= asked and narrow and narrow["value"] > fewer["n_gpus"]:
        told = ",8 位缓存时刚好全放下" if zh else ", with one of 8 bits just all of them"
    elif at_once < less < asked:
        told = f",8 位缓存时 {less} 条" if zh else f", with one of 8 bits {less}"
    if zh:
        return f"缓存不变时 {cards}同时放 {asked} 条中的 {at_once} 条,其余排队{told}"
    verb = "holds" if fewer["n_gpus"] == 1 else "hold"
    return f"with the cache as it is {cards} {verb} {at_once} of the {asked} at once and the others wait{told}"


def _in_formats(solved: dict[str, Any], language: str) -> str:
    """The weights in other usual numbers of bits, and the cards that each takes."""
    told = []
    for one in solved.get("formats") or []:
        amount, each = _counted(one["value"], language), gib(one["gib"])
        weights = both_words(one["weights_gb"] * GB)
        told.append(f"{one['bits']} 位权重 {weights},{amount}(每张 {each})" if language == "zh"
                    else f"{one['bits']}-bit weights {weights}, {amount} ({each} each)")  # fmt: skip
    if not told:
        return ""
    if language == "zh":
        return f"\n  - {OTHER_FORMATS[0]},同样有余量:{';'.join(told)}。"
    return f"\n  - {OTHER_FORMATS[1]}, with a margin as well: {'; '.join(told)}."


def _squeezed(solved: dict[str, Any], language: str) -> str:
    """With how many fewer it goes, and by what."""
    zh, told = language == "zh", []
    for one in solved.get("squeezed") or []:
        if one is _by_experts(solved):
            continue
        amount, each = in_words("n_gpus", one["value"], language), gib(one["gib"])
        host = f"{gib(one['host_gib'])}" if one.get("host_gib") else ""
        small = one.get("least_gb")
        beside = (f",内存 {host}" if zh else f", {host} of host memory") if host else ""
        beside += (f",一张 {small:g} GB 的也够" if zh else f", one of {small:g} GB would do") if small else ""
        told.append(
            f"{one['zh']} {amount}(每张 {each}{beside})" if zh else f"{one['says']} {amount} ({each} each{beside})"
        )
    if not told:
        return ""
    return (
        f"\n  - {FEWER_CARDS[0]},同样有余量:{';'.join(told)}。" if zh
        else f"\n  - {FEWER_CARDS[1]}, with a margin as well: {'; '.join(told)}."
    )  # fmt: skip


def each_card(solved: dict[str, Any], language: str) -> list[str]:
    """What each of so many cards holds, the largest first, with what is divided among them; of one card the table tells."""
    if solved.get("in_practice", 1) < 2 or not solved.get("in_practice_terms"):
        return []
    terms, states = solved["in_practice_terms"], solved.get("in_practice_states")
    if one := _by_experts(solved):  # experts and all else are divided by different numbers: no one product has both
        terms, states = [{**term, "says": "", "zh": ""} for term in one["terms"]], None
    parts = parts_said(terms, states, language)
    further = _further(solved, language)
    if language == "zh":
        return [f"每张卡上:{';'.join(parts)}。激活、logits 和运行时不随卡数减少。{further}"]
    return [
        f"On each card: {'; '.join(parts)}. Activations, logits and the runtime do not shrink with more cards.{further}"
    ]


# more at once than that are no few, and of no one's counting
_MANY = 64


def _further(solved: dict[str, Any], language: str) -> str:
    """How many more sequences what is left of each card holds."""
    rest = solved.get("further")
    if not rest or not 0 < rest["sequences"] <= _MANY:
        return ""
    left, each, count = gib(rest["left_gib"]), gib(rest["each_gib"]), rest["sequences"]
    if language == "zh":
        return f"每张卡剩下的 {left} 最多再放 {count} 条同样长的序列(每条 {each}),那时就没有余量。"
    told = "one more sequence" if count == 1 else f"at most {count} more sequences"
    return f" The {left} left on each hold {told} as long ({each} each), with no margin then."


def _least(least: int, solved: dict[str, Any], language: str) -> str:
    """The least on paper, and why it is not what one takes."""
    zh = language == "zh"
    amount, each = in_words("n_gpus", least, language), gib(solved["gib"])
    lacks = []
    if solved["verdict"] != "yes":
        lacks.append("没有余量" if zh else "with no margin")
    if solved.get("by_weights"):
        count, room = in_words("n_gpus", solved["by_weights"], language), gib(solved["capacity_gib"])
        piped = solved.get("least_pp", 1) > 1
        if zh:
            shared = f"{solved['heads']} 个注意力头" if solved.get("heads") else "注意力头"
            how = f"层要整层放、{shared}要均分," + ("加上流水线并行" if piped else "")
            return (
                f";纸面上仅权重就要 {count}({gib(solved['weights_gib'])} ÷ {room}),但{how}至少 {least} 张,每张 {each}"
                + "".join(f",{one}" for one in lacks)
            )
        shared = f"its {solved['heads']} heads are shared evenly" if solved.get("heads") else "heads are shared evenly"
        how = f"layers go whole and {shared}, " + ("with a pipeline as well " if piped else "")
        told = "".join(f", {one}" for one in lacks)
        return f"; on paper the weights alone fill {count} ({gib(solved['weights_gib'])} ÷ {room}), but {how}{least} are the least, {each} each{told}"
    if solved.get("least_pp", 1) > 1:
        lacks.append(
            "注意力头不能按这个数均分,只能再加流水线并行"
            if zh
            else "its heads do not divide by that: it would need a pipeline as well"
        )
    if not lacks:
        lacks.append("不是整机的卡数" if zh else "not a whole number of machines")
    return (
        f";理论最少 {amount},每张 {each}:{','.join(lacks)}"
        if zh
        else f"; on paper at least {amount} hold{'s' if least == 1 else ''} it, {each} each: {', '.join(lacks)}"
    )


def on_layouts(result: Result, language: str) -> list[str]:
    """Cards do not add up by themselves: said whenever a training names several and nothing of itself divides the weights."""
    if (one := result.get("on_one")) and len(cases_of(result)) < 2:
        return [_served_by_one(one, language)]
    if listed(result):  # what of them counts is told
        return []
    facts = result.get("facts") or {}
    counts = {case["facts"].get("n_gpus") for case in cases_of(result)} - {None} or {
        facts.get("n_gpus", {}).get("value", 1)
    }
    divided = any(int(facts.get(name, {}).get("value") or 1) > 1 for name in ("tp", "pp", "ep"))
    sharded = {case["facts"].get("zero_stage") for case in cases_of(result)} - {None} or {
        facts.get("zero_stage", {}).get("value")
    }
    if facts.get("task", {}).get("value") != "train" or max(map(int, counts)) < 2 or divided or sharded == {3}:
        return []
    n, by, by_zh = max(map(int, counts)), "ZeRO-3 or FSDP", "ZeRO-3/FSDP"
    if {case["facts"].get("method") or facts["method"]["value"] for case in cases_of(result) or [{"facts": {}}]} == {
        "qlora"
    }:
        by, by_zh = "FSDP", "FSDP"
    enough = _even_one(result, n, language) if len(set(map(int, counts))) == 1 else ""
    if result.get("layouts_told"):  # a remark says of this model what stays whole on each card
        return [enough.strip()] if enough else []
    all_of_them = result.get("capacity_all_gib") if len(set(map(int, counts))) == 1 else None
    together = ""
    if all_of_them:
        together = f"(合计 {gib(all_of_them)})" if language == "zh" else f" ({gib(all_of_them)} together)"
    if language == "zh":
        return [
            (
                f"{enough}{n} 张卡的显存不会自动相加:数据并行(DDP)每张卡都保留完整的一份;ZeRO-2 切分梯度与优化器状态,但每张卡保留完整权重;"
                f"只有 {by_zh} 才把权重切分到 {n} 张卡{together}。"
            )
        ]
    return [
        (
            f"{enough}{n} cards do not add up by themselves: with DDP each holds a whole copy; ZeRO-2 divides gradients and optimizer states, "
            f"but the weights stay whole on each; only {by} divides them over all {n}{together}."
        )
    ]


def _served_by_one(one: dict[str, Any], language: str) -> str:
    """Of a model that several cards serve: whether a single one would."""
    zh, need, room = language == "zh", gib(one["gib"]), gib(one["capacity_gib"])
    if one["verdict"] == "yes":
        return (
            f"一张也放得下({need} / {room}),其余的卡只是让并发更多、更快。"
            if zh
            else f"One card alone would hold it ({need} of {room}); the others are for speed and more requests."
        )
    less = in_fewer_bits(one, language)
    if one["verdict"] == "no":
        return (
            f"只用一张不够:{need} / {room}{less}。" if zh else f"One card alone is not enough: {need} of {room}{less}."
        )
    return f"只用一张是临界:{need} / {room}{less}。" if zh else f"One card alone is borderline: {need} of {room}{less}."


def in_fewer_bits(one: dict[str, Any], language: str) -> str:
    """In how few bits a single card would do."""
    if not (less := one.get("narrower")):
        return ""
    bits, amount = less["bits"], gib(less["gib"])
    return f";{bits} 位时一张就够({amount})" if language == "zh" else f"; in {bits} bits one is enough ({amount})"


def _even_one(result: Result, n: int, language: str) -> str:
    """Where a whole copy fits a card with certainty, that one of them is enough, and what the others are for."""
    copies = [
        case
        for case in cases_of(result)
        if case["facts"].get("zero_stage") == 0 and case["verdict"] == "yes" and case.get("capacity_gib")
    ]
    if not copies:
        return ""
    least = min(copies, key=lambda case: float(case["memory"]["best_gib"]))
    apart = {name: given for name, given in least["facts"].items() if name not in ("zero_stage", "n_gpus")}
    of, zh = case_words(apart, language), language == "zh"
    need, room = gib(least["memory"]["best_gib"]), gib(least["capacity_gib"])
    if zh:
        others = "第二张只是让总批大小翻倍" if n == 2 else f"{n} 张只是让总批大小变成 {n} 倍"
        return f"**一张就够{f'({of})' if of else ''}:**完整一份占 {need},卡上 {room};{others}(数据并行)。"
    others = "the second only doubles the batch" if n == 2 else f"all {n} only make the batch {n} times as large"
    return f"**Even one card is enough{f' ({of})' if of else ''}:** a whole copy takes {need} of {room}; {others} (data parallel). "
