"""Several models that are asked about of one machine, in which file it is open: each with the file that it holds, and which of two
of about the same size in all is the better choice."""

from chat.answers.few_bits import AT_SAME_BYTES, better_in_usual_bits
from chat.answers.machine_notes import few_bits, files, more_bits, nearly_full
from chat.answers.machine_parts import Row, how, model_in, rig
from chat.phrases import gib, value
from chat.works import K_BIT
from kb.machine_files import NEARLY_FULL


def models_held(machine: Row, whole: list[Row], language: str) -> str:
    """Each of the models, the largest first; empty where only one is asked about."""
    beyond, models = machine["beyond_any"], list(dict.fromkeys(one["model"] for one in whole))
    if len(models) + len(beyond) == 1 or not machine["gpu"]:
        return ""
    held = sorted((_safe(name, whole, machine) for name in models), key=lambda one: -(one["params"] or 0))
    first, others = held[0], held[1:]
    told = [_of_none(one, machine, language) for one in beyond]
    better = next((one for one in others if _is_better(one, first)), None)
    if better:
        told.append(_either(first, better, machine, language))
        others = [one for one in others if one is not better]
    else:
        said, name = model_in(first, language) + how(first, machine, language), rig(machine, language)
        told.append(f"**{name}:放得下** {said}。" if language == "zh" else f"**{name}: fits** {said}.")
    notes = "" if better else few_bits(first, language) + nearly_full(machine, first, whole, language)
    if not beyond:
        notes += more_bits(machine, first, language)
    told[-1] += notes + files(machine, language)
    if others:
        each = [model_in(one, language) + how(one, machine, language) for one in others]
        told.append(f"也放得下:{'、'.join(each)}。" if language == "zh" else f"So does {', '.join(each)}.")
    return ("" if language == "zh" else " ").join(told)


def _safe(model: str, whole: list[Row], machine: Row) -> Row:
    """Of the files of a model that fit the one in the most bits that leaves some room."""
    own = sorted((one for one in whole if one["model"] == model), key=lambda one: -one["total_gib"])
    return next((one for one in own if one["total_gib"] <= NEARLY_FULL * machine["usable_gib"]), own[0])


def _is_better(one: Row, large: Row) -> bool:
    return better_in_usual_bits((one["bits"], one["total_gib"]), (large["bits"], large["total_gib"]))


def _either(large: Row, small: Row, machine: Row, language: str) -> str:
    """The larger model in few bits, and the smaller that is as a rule the better choice."""
    zh, name, kind = language == "zh", rig(machine, language), value("weight_format", large["weight_format"], language)
    model, costs = value("model", large["model"], language), large["costs"].get(language)
    one, other = kind + how(large, machine, language), model_in(small, language) + how(small, machine, language)
    lost = "" if not costs else f"{kind} {costs}。" if zh else f" {kind} costs {costs}."
    only, only_zh = (f"of {model} only {one} fits", f"{model} 只有 {one}放得下")
    if not machine["files"]:  # the files were named, and others might fit as well
        only, only_zh = f"{model} {one} fits", f"{model} {one}放得下"
    if zh:
        return f"**{name} 上,{only_zh};{other}通常是更好的选择。** {AT_SAME_BYTES.zh}({K_BIT[0]})。{lost}"
    return f"**{name}: {only}; {other} is as a rule the better choice.** {AT_SAME_BYTES.en} ({K_BIT[0]}).{lost}"


def _of_none(one: Row, machine: Row, language: str) -> str:
    """A model of which not even the smallest file goes in."""
    name, need, room = value("model", one["model"], language), gib(one["total_gib"]), gib(machine["usable_gib"])
    fmt = value("weight_format", one["weight_format"], language)
    if language == "zh":
        return f"**{name} 的常用文件都放不下:**最小的 {fmt} 也要 {need},卡上共 {room}。"
    return f"**{name} fits in none of the usual files:** the smallest, {fmt}, takes {need} of {room}."
