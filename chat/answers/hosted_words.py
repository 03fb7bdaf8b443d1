"""A machine asked of one model, in words: each format that was named, a mixture with experts in RAM, and what is beyond it."""

from chat.answers.machine_notes import files, stored_and_read
from chat.answers.machine_parts import Row, how, model_in, rig
from chat.figures.named import both_words
from chat.phrases import BUT_TIGHTLY, HOLDS, VERDICTS, gib, in_words, pick, value
from kb.cards import GIB
from kb.eased import TIGHT


def formats_held(machine: Row, language: str) -> str:
    """Each format that was named: whether these cards hold it, what it takes of them, and how many do."""
    zh, usable, count = language == "zh", machine["usable_gib"], machine["n_gpus"]
    told = []
    for one in machine["formats"]:
        judged = "no" if one["total_gib"] > usable else one["verdict"]
        verdict = pick(HOLDS[judged], language) + _tightly(one, usable, judged, language)
        fmt = value("weight_format", one["weight_format"], language)
        whole, each, room = gib(one["total_gib"]), gib(one["each_gib"]), gib(one["usable_gib"])
        if zh:
            need = f"共 {whole},每张 {each} / {room}" if count > 1 else f"{whole} / {room}"
            told.append(f"{fmt} {verdict}({need}{_count_of(one, count, zh)})")
        else:
            need = f"{whole} in all, {each} of {room} on each" if count > 1 else f"{whole} of {room}"
            told.append(f"{fmt} {verdict} ({need}{_count_of(one, count, zh)})")
    head, model = rig(machine, language), value("model", machine["formats"][0]["model"], language)
    return f"**{head},{model}:{';'.join(told)}。**" if zh else f"**{head}, {model}: {'; '.join(told)}.**"


def _tightly(one: Row, usable: float, verdict: str, language: str) -> str:
    return pick(BUT_TIGHTLY, language) if verdict == "yes" and one["total_gib"] > TIGHT * usable else ""


def _count_of(one: Row, count: int, zh: bool) -> str:
    """How many such cards hold a format with a margin, where that is another number than there are."""
    enough = one["enough"]
    if not enough or enough == count:
        return ""
    if enough < count:
        return f";{enough} 张就够" if zh else f"; {enough} of them do"
    return f";要 {enough} 张" if zh else f"; it takes {enough} of them"


def experts_beside(hosted: Row, whole: list[Row], machine: Row, language: str) -> str:
    """A mixture in the usual bits with experts in host memory, before fewer bits wholly on the cards."""
    name, cards, zh = rig(machine, language), gib(hosted["total_gib"]), language == "zh"
    larger, only = machine["next"], ""
    if whole:
        told = max(whole, key=lambda one: (one["params"] or 0, one["bits"]))
        fmt = value("weight_format", told["weight_format"], language)
        only = (f"全放在卡上只能用 {fmt}{how(told, machine, language)},质量下降。" if zh
                else f" Wholly on the card only {fmt} fits{how(told, machine, language)}, at a price in quality.")  # fmt: skip
    elif larger and larger["total_gib"] > machine["usable_gib"]:
        only = (f"全放在卡上放不下:{model_in(larger, language)} 要 {gib(larger['total_gib'])} / {gib(machine['usable_gib'])}" if zh
                else f" Wholly on the card it does not fit: {model_in(larger, language)} takes {gib(larger['total_gib'])} of {gib(machine['usable_gib'])}")  # fmt: skip
        enough = machine["enough"]
        if enough and enough > machine["n_gpus"]:
            only += f",{enough} 张才够" if zh else f", it takes {enough} of them"
        only += "。" if zh else "."
    only = _fewer_moved(hosted, zh) + _all_there(machine["all_there"], hosted, language) + only
    parts = _on_the_card(hosted, zh)
    only += stored_and_read(hosted, language) + files(machine, language)
    if zh:
        return f"**{name}:{model_in(hosted, language)} 可以跑,专家放内存{how(hosted, machine, language)}**。卡上 {cards}:{parts}。{only}"
    return f"**{name}: runs {model_in(hosted, language)} with experts in RAM{how(hosted, machine, language)}**. On the card {cards}: {parts}.{only}"


def _on_the_card(held: Row, zh: bool) -> str:
    """What of a mixture stays on the cards, and what a longer context adds to its cache."""
    kept = "" if not held["n_cpu_moe"] else "其余各层的专家、" if zh else "the other layers' experts, "
    there, cache = held["beside_experts"], ""
    if "seq_len" in there:
        length, gibs = in_words("seq_len", there["seq_len"], "zh" if zh else "en"), gib(there["kv_cache_gib"])
        cache = f"({length} 时 {gibs})" if zh else f" ({gibs} at {length})"
    weights = gib(there["weights_gib"])
    if zh:
        own = f",CUDA 上下文和缓冲 {gib(held['beside_gib'])}" if held.get("beside_gib") else ""
        return f"{kept}注意力和共享部分的权重 {weights},加 KV 缓存{cache}{own}"
    own = f", beside {gib(held['beside_gib'])} of CUDA context and buffers" if held.get("beside_gib") else ""
    return f"{kept}attention and shared parts, {weights} of weights, and the KV cache{cache}{own}"


def _fewer_moved(hosted: Row, zh: bool) -> str:
    """With how few layers' experts in RAM the cards are full."""
    few, most = hosted["fewest_layers"], hosted["layers"]
    if not (few and few < most and hosted["experts_moved"]):
        return ""
    split = f" --tensor-split {hosted['split']}" if hosted.get("split") else ""
    full = "the cards are" if split else "the card is"
    if zh:
        return f"--n-cpu-moe {few}{split} 只放 {hosted['experts_in']} 层中 {hosted['experts_moved']} 层的专家,{hosted['experts_kept']} 层的专家留在卡上:卡放满,更快。"
    return f" --n-cpu-moe {few}{split} moves the experts of {hosted['experts_moved']} of {hosted['experts_in']} layers only and keeps those of {hosted['experts_kept']}: {full} full then, and it is faster."


def _all_there(other: Row | None, hosted: Row, language: str) -> str:
    """In how many bits all experts go into RAM, where it holds only a part of them as asked."""
    if not other:
        return ""
    fmt, parted = (value("weight_format", one["weight_format"], language) for one in (other, hosted))
    zh = language == "zh"
    parts, host, card = _on_the_card(other, zh), gib(other["host_gib"]), gib(other["total_gib"])
    if zh:
        return f"全部专家都放内存(-ot exps=CPU、--cpu-moe)时 {parted} 放不下,最多 {fmt}:内存 {host},卡上只用 {card}:{parts}。"
    return f" With all experts in RAM (-ot exps=CPU, --cpu-moe) {parted} is too large and {fmt} the most: {host} in RAM and only {card} of the card used: {parts}."


def beyond(machine: Row, language: str) -> str:
    """Of a mixture that is too large for cards and RAM together: how much RAM it wants, and which one this machine runs."""
    wants, instead, zh = machine["wants"], machine["instead"], language == "zh"
    if not wants:
        return ""
    each = [
        f"{value('weight_format', one['weight_format'], language)} {gib(one['ram_gib'] if not one['host_gib'] else one['host_gib'])}"
        for one in wants
    ]
    card = gib(wants[0]["total_gib"])
    said = (f"。专家放内存(--n-cpu-moe、-ot exps=CPU)时卡上只要 {card},但内存要 {'、'.join(each)},多于现有的 {machine['host_memory_gb']:g} GB" if zh
            else f". With experts in RAM (--n-cpu-moe, -ot exps=CPU) the card needs {card} only, but the RAM {', '.join(each)}: more than the {machine['host_memory_gb']:g} GB there are")  # fmt: skip
    if instead:
        said += (f"。这台机器能跑的较小 MoE:{model_in(instead, language)}{how(instead, machine, language)}" if zh
                 else f". A smaller mixture that runs there: {model_in(instead, language)}{how(instead, machine, language)}")  # fmt: skip
    return said


def as_named(machine: Row, language: str) -> str:
    """The format that was asked about, before the one that is taken in its place: whether these cards hold it, its weights
    alone, and how many layers they hold where it does not go on them."""
    one = machine["named"]
    if not one or _is_taken(one, machine):
        return ""
    zh, judged = language == "zh", one["leaning"] if one["leaning"] in ("yes", "no") else "borderline"
    verdict = pick(VERDICTS[judged], language) + _tightly(one, one["usable_gib"], judged, language)
    subject, need, room = model_in(one, language), gib(one["total_gib"]), gib(one["usable_gib"])
    weights = both_words(one["weights_gib"] * GIB)
    over = one["weights_gib"] > one["usable_gib"]
    if zh:
        alone = f"权重就要 {weights},已超过" if over else f"其中权重 {weights}"
        said = f"**{rig(machine, language)},{subject}:{verdict}**,需 {need} / {room},{alone}。"
    else:
        alone = f"the weights alone, {weights}, are more" if over else f"{weights} of it weights"
        said = f"**{rig(machine, language)}, {subject}: {verdict}**, {need} of {room}, {alone}."
    return said + _by_layers(one, language)


def _is_taken(one: Row, machine: Row) -> bool:
    """Whether it is the largest that the cards hold, which is told anyway."""
    whole = [held for held in machine["held"] if held["way"] == "cards"]
    return bool(whole) and whole[0]["weight_format"] == one["weight_format"]


def _by_layers(one: Row, language: str) -> str:
    """How many layers go on the cards, and what the rest costs."""
    if not one["gpu_layers"]:
        return ""
    if language == "zh":
        return f"{one['layers']} 层中只有约 {one['gpu_layers']} 层能放在卡上(-ngl {one['gpu_layers']}),其余留在内存计算,速度由内存带宽决定。"
    return f" Only about {one['gpu_layers']} of its {one['layers']} layers go on the cards (-ngl {one['gpu_layers']}); the rest stays in RAM and is computed there, whose bandwidth then sets the speed."
