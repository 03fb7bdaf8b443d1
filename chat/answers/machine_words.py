"""What a machine runs, in words: the largest model in the first line, what else in a table, and what comes next up."""

from typing import Any

from chat.answers.case_tables import markdown
from chat.answers.hosted_words import as_named, beyond, experts_beside, formats_held
from chat.answers.limit_words import beyond_all
from chat.answers.machine_choice import choice
from chat.answers.machine_models import models_held
from chat.answers.machine_notes import few_bits, files, more_bits, nearly_full, over_cards, stored_and_read
from chat.answers.machine_parts import Row, how, model_in, rate, rig, to_the_system
from chat.answers.without_card import without_card
from chat.phrases import gib, in_words, value
from chat.plans.machines import of_any_machine
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.candidates import WITHOUT_SERVERS

_MUCH_FASTER = 3
_NO_CARD = (
    "Without such a card the model stays in RAM: slow, and a few billion parameters in 4 bits are what is usable; a mixture of experts with few active parameters bears it best.",
    "没有独立显卡就放在内存里跑:慢,4 位的几 B 模型才好用;激活参数少的 MoE 最合适。",
)
_SLOW = (
    "How fast: each token reads all of it once (of a mixture the active experts), so tokens a second are at most the memory's bandwidth ÷ that size. Boards and phones have little of that: what is half as large is twice as fast, and usually the better choice.",
    "速度:每个 token 要把它整个读一遍(MoE 只读激活的专家),所以每秒 token 数最多是 内存带宽 ÷ 这个大小。开发板和手机的带宽很低:小一半就快一倍,通常选小的更合适。",
)
# which one fits is asked beside why, or only where the one that is named does not
_ELSE = r"\bwhy\b|为什么|为啥|为何|\bif (?:not|so)\b|\botherwise\b|\bor (?:which|what|should|do)\b|不行|否则|不然|放不下的?话|还是"
Said = tuple[list[str], list[str]]


def machines_run(result: dict[str, Any], reading: Reading) -> Said:
    """The lead and the rest of an answer."""
    language = reading.language
    if {"small_device", "memory_alone"} & set(reading.cues):  # of which no bandwidth is known, or nothing is asked
        result = {**result, "machines": [_unpaced(one) for one in result["machines"]]}
    machines = result["machines"]
    if not machines[0]["gpu"] and result["asked_for"]:
        return without_card(result, reading)
    leads = ["\n\n".join(filter(None, _parts(one, result, reading))) for one in machines]
    lead = (
        leads[0]
        if len(leads) == 1
        else "\n".join([choice(machines, result, language), "", *(f"- {one}" for one in leads)]).strip()
    )
    if of_any_machine(reading):  # what is asked back comes first, and each size is an example
        return [lead], [] if "small_device" in reading.cues else [_NO_CARD[language == "zh"]]
    rows = [
        (one, held)
        for one in machines
        for held in (one["held"] if len(machines) == 1 or result["asked_for"] else _each_bits(one["held"]))
    ]
    if not rows:
        return [lead], [_of_unified(machines, language)] if any(one["shared"] for one in machines) else []
    larger = [] if result["asked_for"] else _next_up(machines, language)
    rest = [
        *([_SLOW[language == "zh"]] if "small_device" in reading.cues else []),
        *_of_old_cards(machines, language),
        _table(rows, len(machines) > 1, language),
        *larger,
        *beyond_all(
            result["facts"]["seq_len"]["value"], [held["longest"] for _, held in rows if held["longest"]], language
        ),
        _taken(result, rows, language),
    ]
    return [lead], [part for part in rest if part]


def _unpaced(machine: Row) -> Row:
    """The machine without how fast it is."""
    return {**machine, "held": [{**one, "rate": None} for one in machine["held"]]}


def _parts(machine: Row, result: dict[str, Any], reading: Reading) -> list[str]:
    """The format that was asked about, and what the machine runs; of one that is seen to lie partly on the CPU, what goes in its place first."""
    language = reading.language
    told = [as_named(machine, language), (_asked if result["asked_for"] else _lead)(machine, language)]
    asks_which = "largest_quant" in reading.cues and not compiled(_ELSE).search(reading.lowered)
    return told[::-1] if asks_which or "fell_back" in reading.cues else told


def _asked(machine: Row, language: str) -> str:
    """How a machine runs the models that were named."""
    zh = language == "zh"
    held, name = machine["held"], rig(machine, language)
    whole = [one for one in held if one["way"] == "cards"]
    hosted = next((one for one in held if one["way"] == "experts"), None)
    if len(machine["formats"]) > 1:
        said = formats_held(machine, language) + (few_bits(whole[0], language) if whole else "")
        return f"{experts_beside(hosted, whole, machine, language)}\n\n{said}" if hosted and not whole else said
    if hosted and all(one["bits"] < hosted["bits"] for one in whole):
        return experts_beside(hosted, whole, machine, language)
    if whole and (several := models_held(machine, whole, language)):
        return several
    if whole:
        told = max(whole, key=lambda one: (one["params"] or 0, one["bits"]))
        said = model_in(told, language) + how(told, machine, language)
        more = few_bits(told, language) + nearly_full(machine, told, whole, language)
        more += more_bits(machine, told, language) + _fewer(machine, told, language) + files(machine, language)
        more += stored_and_read(told, language)
        more += over_cards(machine, told, language)
        if as_named(machine, language):  # whose verdict stands before it
            return (
                f"**全放得下的最大量化是** {said}。{more}"
                if zh
                else f"**The largest that goes on wholly is** {said}.{more}"
            )
        return f"**{name}:放得下** {said}。{more}" if zh else f"**{name}: fits** {said}.{more}"
    larger = machine["next"]
    need = ""
    if larger:
        need = (f"{model_in(larger, language)} 要 {gib(larger['total_gib'])},卡上共 {gib(machine['usable_gib'])}" if zh
                else f"{model_in(larger, language)} takes {gib(larger['total_gib'])} of {gib(machine['usable_gib'])}")  # fmt: skip
    rest = ""
    if held:
        rest = ("。借助内存:" if zh else ". With RAM: ") + how(held[0], machine, language).strip(" ()")
    rest += _more(machine, language) + beyond(machine, language)
    if larger and not held and larger["total_gib"] <= machine["usable_gib"]:
        return f"**{name}:临界**,{need}{rest}。" if zh else f"**{name}: borderline**, {need}{rest}."
    return (
        f"**{name}:卡上放不下**,{need}{rest}。"
        if zh
        else f"**{name}: not wholly on the card{'s' if machine['n_gpus'] > 1 else ''}**, {need}{rest}."
    )


def _fewer(machine: Row, told: Row, language: str) -> str:
    """That fewer such cards would do, for what is told or in fewer bits."""
    enough = machine["enough"]
    if not enough or enough >= machine["n_gpus"]:
        return ""
    if (bits := machine["enough_bits"]) < told["bits"]:
        return (
            f"{bits} 位时 {enough} 张就够放下。"
            if language == "zh"
            else f" In {bits} bit {in_words('n_gpus', enough, language)} would do."
        )
    return (
        f"{enough} 张就够放下。"
        if language == "zh"
        else f" {in_words('n_gpus', enough, language)} would do for that; the rest is room for context."
    )


def _more(machine: Row, language: str) -> str:
    """How many such cards would hold it."""
    enough = machine["enough"]
    if not enough or enough <= machine["n_gpus"]:
        return ""
    return f"。全放在卡上要 {enough} 张" if language == "zh" else f". Wholly on cards it takes {enough} of them"


def _lead(machine: Row, language: str) -> str:
    zh = language == "zh"
    held = machine["held"]
    if not held:
        return (
            f"**{rig(machine, language)}:常用模型都放不下。**"
            if zh
            else f"**{rig(machine, language)}: none of the usual models fits.**"
        )
    best, name = _largest([one for one in held if one["usable"]] or held), rig(machine, language)
    head = f"**{rig(machine, language)}:{'最大可流畅运行' if _has_slow(held) else '最大'} {model_in(best, language)}**" if zh else (
        f"**{name[0].upper()}{name[1:]}: the largest {'that runs at a usable speed ' if _has_slow(held) else ''}is {model_in(best, language)}**"
    )  # fmt: skip
    said = [head + how(best, machine, language)]
    said += filter(None, [to_the_system(best, machine, language)])
    whole = [one for one in held if one["way"] == "cards"]
    if best["way"] != "cards" and whole:
        told = _largest(whole)
        said.append(
            ("全部在卡上:" if zh else "Wholly on the card" + ("s" if machine["n_gpus"] > 1 else "") + ": ")
            + model_in(told, language)
            + how(told, machine, language)
        )
    else:
        said += _other_bits([one for one in whole if one["usable"]], best, language)
    if faster := _much_faster(whole, best):
        said.append(
            ("小得多但快得多:" if zh else "Smaller but much faster: ")
            + model_in(faster, language)
            + how(faster, machine, language)
        )
    slow = [one for one in held if not one["usable"] and (one["params"] or 0) > (best["params"] or 0)]
    if slow:
        told = _largest(slow)
        said.append(
            ("能加载但很慢:" if zh else "What loads, but slowly: ")
            + model_in(told, language)
            + how(told, machine, language)
        )
    return ("。" if zh else ". ").join(said) + ("。" if zh else ".")


def _much_faster(whole: list[Row], best: Row) -> Row | None:
    """Of the mixtures that the cards hold whole, the largest that makes several times the tokens of the largest of all; that a
    smaller dense model is faster goes without saying."""
    faster = [one for one in whole if one["experts"] and (one["rate"] or 0) > _MUCH_FASTER * (best["rate"] or 0) > 0]
    return _largest(faster) if faster else None


def _each_bits(held: list[Row]) -> list[Row]:
    """The largest of each precision and place."""
    best: dict[tuple[str, int], Row] = {}
    for one in held:
        key = (one["way"], one["bits"])
        best[key] = max(best.get(key, one), one, key=lambda row: row["params"] or 0)
    return list(best.values())


def _has_slow(held: list[Row]) -> bool:
    return any(not one["usable"] for one in held)


def _largest(held: list[Row]) -> Row:
    return max(held, key=lambda one: (one["params"] or 0, one["bits"]))


def _other_bits(whole: list[Row], best: Row, language: str) -> list[str]:
    """The largest of the other precisions."""
    zh = language == "zh"
    widths = sorted({one["bits"] for one in whole} - {best["bits"]})
    others = [_largest([one for one in whole if one["bits"] == width]) for width in widths]
    said = [f"{value('bits', one['bits'], language)} {model_in(one, language)}" if zh
            else f"at {value('bits', one['bits'], language)} {model_in(one, language)}" for one in others]  # fmt: skip
    return [("其他精度:" if zh else "In other bits: ") + ("、" if zh else ", ").join(said)] if said else []


def _table(rows: list[tuple[Row, Row]], several: bool, language: str) -> str:
    zh = language == "zh"
    hosted, paced = any(one["host_gib"] for _, one in rows), any(one["rate"] for _, one in rows)
    heads = ["机器" if zh else "machine"] if several else []
    heads += ["模型", "权重格式", "各卡合计"] if zh else ["model", "weights", "on the cards, in all"]
    heads += (["内存"] if zh else ["in RAM"]) if hosted else []
    heads += ["最长 token"] if zh else ["longest, tokens"]
    heads += (["token/秒(上限)"] if zh else ["tokens/s, at most"]) if paced else []
    told = []
    for machine, held in rows:
        line = [rig(machine, language)] if several else []
        active = "(MoE)" if zh else " (MoE)"
        line += [
            value("model", held["model"], language) + (active if held["experts"] else ""),
            value("weight_format", held["weight_format"], language),
        ]
        line += [gib(held["total_gib"]) if held["way"] != "host" else "–"]
        line += [gib(held["host_gib"]) if held["host_gib"] else "–"] if hosted else []
        line += [value("seq_len", held["longest"], language) if held["longest"] else "–"]
        line += [rate(held["rate"]) if held["rate"] else "–"] if paced else []
        told.append(line)
    return markdown(heads, told)


def _of_old_cards(machines: list[Row], language: str) -> list[str]:
    """What a generation of cards lacks, whatever its memory is."""
    return [
        _LACKS[kind][language == "zh"].format(("、" if language == "zh" else ", ").join(old))
        for kind in WITHOUT_SERVERS
        if (old := [rig(one, language) for one in machines if one["architecture"] == kind])
    ]


_LACKS = {
    "Pascal": (
        "{}: Pascal has no tensor cores and no bf16, and vLLM and FlashAttention-2 do not support it: in practice llama.cpp is what runs there, and prompts are read slowly.",
        "{} 是 Pascal 架构:没有张量核心和 bf16,vLLM 与 FlashAttention-2 都不支持,实际上只能用 llama.cpp,提示处理也慢。",
    ),
    "GCN 5.1": (
        "{}: GCN 5.1 (gfx906) has no matrix cores and no bf16, and vLLM's ROCm builds leave it out: in practice llama.cpp (HIP or Vulkan) is what runs there, and prompts are read slowly.",
        "{} 是 GCN 5.1(gfx906):没有矩阵核心和 bf16,vLLM 的 ROCm 版不包含它,实际上只能用 llama.cpp(HIP 或 Vulkan),提示处理也慢。",
    ),
}


def _next_up(machines: list[Row], language: str) -> list[str]:
    zh = language == "zh"
    said = []
    for machine in machines:
        larger = machine["next"]
        if larger and larger["model"] not in {one["model"] for one in machine["held"]}:
            where = rig(machine, language) + ("\uff1a" if zh else ": ") if len(machines) > 1 else ""
            model = model_in(larger, language)
            said.append(
                f"{where}{model} 全放在卡上要 {gib(larger['total_gib'])}"
                if zh
                else f"{where}{model} would take {gib(larger['total_gib'])} on the cards"
            )
    if not said:
        return []
    return [("再大一档:" if zh else "Next up: ") + (";" if zh else "; ").join(said) + ("。" if zh else ".")]


def _of_unified(machines: list[Row], language: str) -> str:
    """What of one memory the GPU has, where nothing fits in that."""
    one = next(machine for machine in machines if machine["shared"])
    share, whole = gib(one["usable_gib"]), gib(one["memory_gib"])
    if language == "zh":
        return f"GPU 默认可用 {whole} 中的 {share};macOS 上可用 sudo sysctl iogpu.wired_limit_mb 调高,或缩短上下文。"
    return f"Of the {whole} the GPU is let have {share} by default; on macOS sudo sysctl iogpu.wired_limit_mb raises it, or take a shorter context."


def _taken(result: dict[str, Any], rows: list[tuple[Row, Row]], language: str) -> str:
    """What was assumed."""
    zh, facts = language == "zh", result["facts"]
    said = []
    files = not all(
        str(held["weight_format"]).startswith(("awq", "gptq", "fp8", "nvfp4")) for _, held in rows
    )  # which no such file holds
    if result["engine_assumed"] and files:
        said.append("按 llama.cpp/Ollama 的习惯用 GGUF 文件" if zh else "GGUF files, as llama.cpp and Ollama run them")
    length = facts["seq_len"]["value"]
    said.append(f"上下文 {in_words('seq_len', length, language)}、{in_words('batch_size', facts['batch_size']['value'], language)}" if zh
                else f"{in_words('seq_len', length, language)} of context, {in_words('batch_size', facts['batch_size']['value'], language)}")  # fmt: skip
    if shares := sorted({one["share_let"] for one, _ in rows if (one["share_let"] or 1) < 1}):
        raised = any(str(machine["gpu"]).startswith(("Apple", "a ")) for machine, _ in rows)
        how = (
            ""
            if not raised
            else "(sudo sysctl iogpu.wired_limit_mb 可调高)"
            if zh
            else " (sudo sysctl iogpu.wired_limit_mb raises it)"
        )
        share = [f"{one:.0%}" for one in shares]
        said.append(
            f"统一内存里 GPU 默认可用的份额,{'、'.join(share)}{how}" if zh
            else f"{', '.join(share)} of unified memory, the share that the GPU is let have{how}"
        )  # fmt: skip
    if any(held["host_gib"] for _, held in rows):
        kept, fast = f"{result['host_reserve_gb']:g} GB", result["host_bandwidth_says"].split(":")[0]
        said.append(f"系统留 {kept} 内存" if zh else f"{kept} of RAM left to the system")
        if any(held["rate"] for _, held in rows):
            said[-1] += (f",内存带宽 {fast}(双通道 DDR5-5600;服务器通道多,速度按倍数提高)" if zh
                         else f", RAM at {fast} (two channels of DDR5-5600: more channels are as many times faster)")  # fmt: skip
    if any(held["rate"] for _, held in rows):
        said.append("速度是由带宽得出的上限,实际更低" if zh else "rates are ceilings by bandwidth, real ones are lower")
    return f"假设:{';'.join(said)}。" if zh else f"Assumed: {'; '.join(said)}."
