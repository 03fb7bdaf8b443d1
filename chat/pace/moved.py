"""Lines on a model that does not fit as it was asked about: what goes where instead, and how fast that is."""

from collections.abc import Sequence

from chat.pace.served import cards_of, shared, subject
from chat.pace.words import Line, amount, between, line
from chat.phrases import value
from chat.works import GPT_FAST, NVIDIA
from formulas.quantity import SILENT, Words
from kb.cards import shares_memory
from kb.host_memory import is_tight
from kb.names import gpu_row
from kb.outcome import Outcome
from kb.placed import BESIDE, NOWHERE, SMALLER, TOLD, Placed, placed
from kb.programs import reads_files
from kb.rates import Decoding, HostMemory
from kb.served_offers import MOST_OF_A_MAC


def moved_lines(one: Placed, host: HostMemory, facts: dict[str, object]) -> list[Line]:
    """That it does not fit as asked, and what does with its speed; the first sentence has both."""
    if one.how == NOWHERE and one.asked.there.case.rig:
        # no file of llama.cpp was asked about: one of those can leave a part in host memory
        file = {name: given for name, given in facts.items() if name not in _OF_SERVERS}
        other = placed({**file, "weight_format": _USUAL_FILE, "n_gpus": facts.get("n_gpus")}, host)
        if other.how != NOWHERE and other.at.known:
            return [_refusal(one, _instead(other, True))]
    if one.how == NOWHERE:
        return [_refusal(one, SILENT)]
    if one.how == SMALLER:
        return [_refusal(one, _instead(one))]
    where, needs = where_words(one), _needs(one, one.whole_gib)
    low, high = between(*one.at.rate), amount(one.at.bound)
    length = int(one.at.facts["seq_len"].value)
    return [
        line(f"**{where.en}: about {low} tokens/s, at most {high}** ({subject(one.asked, 'en')}; one sequence, {length:,} tokens of context). It does not fit on the card whole: {needs.en}.",
             f"**{where.zh}:约 {low} token/秒,上限 {high}**({subject(one.asked, 'zh')};单条序列,上下文 {length:,} token)。卡上放不下整个模型:{needs.zh}。", GPT_FAST, placed=True)
    ]  # fmt: skip


def put_whole_lines(one: Placed, seen: float | None) -> list[Line]:
    """Why a file that is put on the card whole is slow there, where it is more than the card holds; empty where it fits."""
    there, card = one.asked.there, one.asked.there.case.card
    if one.how != BESIDE or not reads_files(there.situation.knob("engine")) or (card and shares_memory(card)):
        return []
    needs = _needs(one, one.whole_gib)
    weights, cache = (f"{there.terms.get(part, 0.0) / 2**30:.1f} GiB" for part in ("weights", "kv_cache"))
    rate, rate_zh = (f" ({seen:g} tokens/s)", f"({seen:g} token/秒)") if seen else ("", "")
    return [line(f"**Fewer layers are faster here: with all of them on the card {needs.en} ({weights} of weights, {cache} of cache).** On Windows that does not fail: the driver puts what is too much into shared GPU memory, which is system RAM, and the card reads it over PCIe for every token{rate}, slower than layers that are left to the CPU. With CUDA - Sysmem Fallback Policy set to `Prefer No Sysmem Fallback` it fails instead of crawling.",
                 f"**这里少放几层反而更快:所有层都放上去{needs.zh}(权重 {weights}、缓存 {cache})。** Windows 上这不会报错:驱动把超出的部分放进共享 GPU 内存,也就是系统内存,每个 token 都由显卡经 PCIe 去读{rate_zh},比留给 CPU 计算的层还慢。把 NVIDIA 控制面板的“CUDA - Sysmem Fallback Policy”设为 Prefer No Sysmem Fallback,它就会直接报错而不是变慢。", NVIDIA)]  # fmt: skip


def waits_for_ram(one: Decoding) -> list[Line]:
    """Why a card is hardly busy of which the model needs more than it has; nothing where all of it is there."""
    if not one.host_bytes:
        return []
    away = one.host_seconds(one.host.high)
    part = f"{away / (away + one.card_seconds):.0%}"
    return [line(f"**Usual where the card does not hold all of the model: for every token the CPU computes the part that is in RAM, {part} of the time or more, and the card waits for it. That the card's memory is full says nothing of that.** It is busy once all layers are there: a file of fewer bits, a smaller model, a shorter context or one in 8 bits; of a mixture only the experts go into RAM.",
                 f"**显卡放不下整个模型时很正常:每个 token 都要等 CPU 算完放在内存里的那部分,至少占 {part} 的时间,显卡在等它;显存占满不代表显卡在忙。** 要让显卡忙起来,就让所有层都放得下:更低位数的文件、更小的模型、更短的上下文或 8 位缓存;MoE 则只把专家放内存。", GPT_FAST)]  # fmt: skip


def beside_ram(places: Sequence[Placed]) -> list[Line]:
    """Of a card alone with RAM, and of the same beside others: which is faster, where both are asked about."""
    if len(places) != _PAIR:
        return []
    alone, rig = sorted((one.at for one in places), key=lambda one: len(one.there.case.rig))
    if not alone.host_bytes or not set(cards_of(alone)) < set(cards_of(rig)):
        return []
    low, high = sorted((rig.rate[0] / alone.rate[0], rig.rate[1] / alone.rate[1]))
    times = between(low, high)
    left = (", though some is in RAM with both", ",虽然两张卡也要把一部分放内存") if rig.host_bytes else ("", "")
    return [line(f"**The cards together, {times} times as fast as one with RAM{left[0]}: the other card reads its layers faster than RAM is read.**",
                 f"**用多张卡更快,约为单卡加内存的 {times} 倍{left[1]}:另一张卡读自己那些层比内存快。**")]  # fmt: skip


def cases_words(places: Sequence[Placed], *apart: str) -> Words:
    """Each of the cases with its speed; what all are called by leads, once."""
    cases = [one.asked for one in places]
    each = [_each_words(one, cases, *apart) for one in places]
    en, zh = "; ".join(one.en for one in each), ";".join(one.zh for one in each)
    if len(cases) == 1 or not (all_share := shared(cases, "en", *apart)):
        return Words(en, zh)
    return Words(f"{', '.join(all_share)}: {en}", f"{'、'.join(shared(cases, 'zh', *apart))}：{zh}")


def _each_words(one: Placed, cases: Sequence[Decoding], *apart: str) -> Words:
    """One of several cases: its speed, and where it is, or that it does not fit."""
    name, name_zh = (subject(one.asked, language, *apart, beside=cases) for language in ("en", "zh"))
    low, high = between(*one.at.rate), amount(one.at.bound)
    rate, rate_zh = f"about {low} tokens/s, at most {high}", f"约 {low} token/秒,上限 {high}"
    colon = (" ", " ") if len(cases) > 1 and shared(cases, "en", *apart) else (": ", ":")
    if one.how == TOLD:
        return Words(f"{name}{colon[0]}{rate}", f"{name_zh}{colon[1]}{rate_zh}")
    needs = _needs(one)
    if one.how == BESIDE:
        where = where_words(one)
        return Words(f"{name}: {_lower(where.en)}, {rate}", f"{name_zh}:{where.zh},{rate_zh}")
    return Words(f"{name}: does not fit, {needs.en}", f"{name_zh}:放不下,{needs.zh}")


def held_words(places: Sequence[Placed]) -> Words:
    """What each of the cases takes of its cards, or of host memory where there are none: a speed is only of what fits."""
    held = [one for one in places if one.how == TOLD and not (one.at.there.case.rig and one.at.host_bytes)]
    sizes = [_sizes(one) for one in held]
    if not held or len(held) < len(places) or not all(room for _, room in sizes):
        return SILENT
    if len(held) == 1:
        return _verdict(held[0])
    said, said_zh = (
        [f"{subject(one.at, language, beside=[each.at for each in held])} {words}" for one, words in zip(held, each, strict=True)]
        for language, each in (
            ("en", [f"{takes:.1f} of {room:.1f} GiB" for takes, room in sizes]),
            ("zh", [f"{takes:.1f} GiB / {room:.1f} GiB" for takes, room in sizes]),
        )
    )  # fmt: skip
    return Words(f" Memory taken: {'; '.join(said)}.", f"显存占用:{';'.join(said_zh)}。")


def _sizes(one: Placed) -> tuple[float, float]:
    """GiB that a case takes, and that there are for it."""
    if not one.at.there.case.rig:
        return one.needs_gib, one.room_gb or 0.0
    return one.at.there.total / 2**30, _room(one.at.there)


_VERDICTS = {True: (" It fits", "放得下"), False: (" It just fits", "勉强放得下")}


def _verdict(one: Placed) -> Words:
    """That it fits, with its parts; of a Mac whose share of the memory that is."""
    there, (takes, room) = one.at.there, _sizes(one)
    weights, cache = (f"{there.part_of_all(part) / 2**30:.1f} GiB" for part in ("weights", "kv"))
    sure = there.verdict_of_cards == "yes" if there.case.rig else not is_tight(takes, room, trains=False)
    said, said_zh = _VERDICTS[sure]
    card, of, of_zh = there.case.card, "", ""
    if not there.case.rig:
        of, of_zh = f" of the {room:g} GB of RAM", f" / 内存 {room:g} GB"
    else:
        of, of_zh = f" of {room:.1f} GiB", f" / {room:.1f} GiB"
        whole = card.capacity / 2**30 if card else 0.0
        if card and shares_memory(card) and room < whole:
            raised = gpu_row(card.name).get("vendor") == "Apple"
            more, more_zh = (" (sudo sysctl iogpu.wired_limit_mb raises it)", "(sudo sysctl iogpu.wired_limit_mb 可调高)") if raised else ("", "")  # fmt: skip
            of += f", the GPU's share of the {whole:.0f} GiB by default{more}"
            of_zh += f",即 {whole:.0f} GiB 里 GPU 默认可用的份额{more_zh}"
    return Words(
        f"{said}: {takes:.1f} GiB{of}; {weights} of it weights, {cache} cache.",
        f"{said_zh}:{takes:.1f} GiB{of_zh};其中权重 {weights}、缓存 {cache}。",
    )


def _room(there: Outcome) -> float:
    """What a program can have of all cards together, in GiB."""
    return sum((card.capacity or 0.0) * card.place.count for card in there.cards) / 2**30


_PAIR = 2
_USUAL_FILE = "gguf:Q4_K_M"
_OF_SERVERS = ("bits", "weight_format", "engine", "tp", "pp", "cpu_offload_gb")


def _refusal(one: Placed, instead: Words) -> Line:
    needs, raised = _needs(one), _within_raised_limit(one)
    by_default = ("", "") if raised is SILENT else (" by default", "默认")
    return line(f"**{subject(one.asked, 'en')} does not fit{by_default[0]}, so it makes no speed**: {needs.en}.{raised.en}{instead.en}",
                f"**{subject(one.asked, 'zh')} {by_default[1]}放不下,谈不上速度**:{needs.zh}。{raised.zh}{instead.zh}")  # fmt: skip


def _within_raised_limit(one: Placed) -> Words:
    """Of a Mac whose memory holds it and whose default limit does not: the limit that can be raised, and what that leaves."""
    there = one.asked.there
    card = there.case.card
    if card is None or there.n_gpus > 1 or not shares_memory(card) or gpu_row(card.name).get("vendor") != "Apple":
        return SILENT
    whole = card.capacity / 2**30
    if one.needs_gib > MOST_OF_A_MAC * whole:
        return SILENT
    left = f"{whole - one.needs_gib:.1f} GiB"
    return Words(
        f" A raised limit (sudo sysctl iogpu.wired_limit_mb) lets it load and leaves {left} for macOS and all else: with a short context and little else open it runs; otherwise it swaps or freezes.",
        f"调高上限(sudo sysctl iogpu.wired_limit_mb)能加载,但只给系统和其他程序剩 {left}:上下文短、不开别的程序时能跑,否则会换页甚至卡死。",
    )


def _needs(one: Placed, whole: float = 0.0) -> Words:
    """What is needed as asked, or `whole` on the card, beside what there is."""
    there, takes = one.asked.there, whole or one.needs_gib
    if not there.case.rig:
        return Words(f"it takes {one.needs_gib:.1f} GiB of RAM, and the machine has {one.room_gb:g} GB, a part of which the system takes",
                     f"约需 {one.needs_gib:.1f} GiB 内存,而机器只有 {one.room_gb:g} GB,系统还要占一部分")  # fmt: skip
    has = f"{(there.capacity or 0) / 2**30:.1f} GiB"
    each = (" per card", "每卡") if there.n_gpus > 1 else ("", "")
    layers = None if whole else there.situation.knob("gpu_layers")
    told = (f" with {layers} layers there", f"放 {layers} 层时") if layers is not None else ("", "")
    room = one.room_gb
    short = one.how == SMALLER and room is not None
    more = (
        (f"; and of {room:g} GB of RAM the rest would take more than there is", f";其余部分也超过 {room:g} GB 内存")
        if short
        else ("", "")
    )
    return Words(f"it takes {takes:.1f} GiB{each[0]}{told[0]}, and there are {has}{more[0]}",
                 f"{told[1]}{each[1]}约需 {takes:.1f} GiB,可用 {has}{more[1]}")  # fmt: skip


def _instead(one: Placed, other_program: bool = False) -> Words:
    """What fits in its place, with its speed."""
    low, high = between(*one.at.rate), amount(one.at.bound)
    where = where_words(one)
    lead, lead_zh = (
        (f", {_lower(where.en)},", f"({where.zh})")
        if one.at.host_bytes and one.at.there.case.rig
        else (", all in RAM,", "(全部在内存)")
        if not one.at.there.case.rig
        else ("", "")
    )
    file = value("weight_format", one.at.there.situation.knob("weight_format"), "en")
    whole = one.at.there.best / 2**30 if one.at.there.case.rig else one.host_gib
    size = "" if one.at.host_bytes and one.at.there.case.rig else f" ({whole:.1f} GiB)"
    program = ("In llama.cpp ", "用 llama.cpp,") if other_program else ("", "")
    return Words(f" **{program[0]}{file}{size} does{lead} and makes about {low} tokens/s, at most {high}.**",
                 f"**{program[1]}{file}{size}放得下{lead_zh}:约 {low} token/秒,上限 {high}。**")  # fmt: skip


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]


def where_words(one: Placed) -> Words:
    """What stays on the card, and what host memory takes."""
    knob, model = one.at.there.situation.knob, one.at.there.situation.model
    total = len(model.layers) if model else 0
    size = f"{one.host_gib:.1f} GiB"
    has = (f" of the {one.room_gb:g} GB", f"(共 {one.room_gb:g} GB)") if one.room_gb else ("", "")
    if (layers := knob("gpu_layers")) is not None:
        return Words(f"About {layers} of {total} layers on the card (-ngl {layers}), the rest, {size}{has[0]}, in RAM",
                     f"约 {layers}/{total} 层放在卡上(-ngl {layers}),其余 {size} 放内存{has[1]}")  # fmt: skip
    kept = int(knob("n_cpu_moe") or total)
    some = (
        (
            f"The experts of {model.with_experts(kept)} of {model.with_experts()} layers",
            f"{model.with_experts()} 层中 {model.with_experts(kept)} 层的专家",
        )
        if model and kept < total
        else ("Its experts", "专家")
    )
    return Words(f"{some[0]} go into RAM, {size}{has[0]} (--n-cpu-moe {kept}), all else on the card",
                 f"{some[1]}放内存,{size}{has[1]}(--n-cpu-moe {kept}),其余放在卡上")  # fmt: skip
