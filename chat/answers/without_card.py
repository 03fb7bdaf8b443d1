"""A model on a machine without a card, in words: what it takes of the machine's own memory, and what that holds."""

from typing import Any

from chat.answers.machine_parts import model_in
from chat.phrases import gib, in_words, value
from chat.reads.cards.devices import DEVICE_NAMED
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.host_memory import is_tight
from kb.stored import USUAL_BITS

Row = dict[str, Any]
# told of the memory itself, these make its speed another tool's answer
_OF_SPEED = {"host_mt_s", "host_ddr", "host_channels"}


def without_card(result: Row, reading: Reading) -> tuple[list[str], list[str]]:
    """The lead and the rest of an answer: the verdict by memory first, then what decides the speed."""
    zh, machine = reading.language == "zh", result["machines"][0]
    lead = _holds(machine, reading) if machine["held"] else _lacks(machine, reading)
    rest = [
        _active(reading, zh),
        _small(reading, zh) if "small_device" in reading.cues else "",
        _assumed(result, reading),
    ]
    return [lead], [part for part in rest if part]


def _holds(machine: Row, reading: Reading) -> str:
    """That it is held, with what is left; where the memory was not said, how much it takes."""
    zh, held, room = reading.language == "zh", machine["held"][0], machine["host_memory_gb"]
    model, need = model_in(held, reading.language), gib(held["ram_gib"])
    speed = _speed(held, reading)
    if not room:
        others = _in_others(machine, reading)
        return (
            f"**不用显卡:{model} 约占内存 {need}**(权重、KV 缓存和缓冲区都在内存里){others},系统和其他程序另算。{speed}" if zh
            else f"**Without a card {model} takes about {need} of RAM**, weights, KV cache and buffers together{others}; the system and other programs come on top.{speed}"
        )  # fmt: skip
    if is_tight(held["ram_gib"], room, trains=False):
        return (
            f"**勉强可以:{model} 约占内存 {need},机器共 {room:g} GB**,剩下的要给系统、浏览器和更长的上下文,偏紧。{speed}" if zh
            else f"**Just: {model} takes about {need} of the {room:g} GB of RAM**, tight, for the system, other programs and a longer context share the rest.{speed}"
        )  # fmt: skip
    return (
        f"**可以,只用 {room:g} GB 内存就放得下 {model}**:约占 {need}。{speed}" if zh
        else f"**Yes, {room:g} GB of RAM hold {model}**: it takes about {need}.{speed}"
    )  # fmt: skip


def _in_others(machine: Row, reading: Reading) -> str:
    """What the model takes in other bits, the fewest first."""
    zh = reading.language == "zh"
    told = [
        f"{value('weight_format', one['weight_format'], reading.language)}{' 为 ' if zh else ' '}{gib(one['ram_gib'])}"
        for one in sorted(machine["in_others"], key=lambda one: float(one["ram_gib"]))
    ]
    return "" if not told else f",{'、'.join(told)}" if zh else f" ({', '.join(told)})"


def _lacks(machine: Row, reading: Reading) -> str:
    """That it is not held, with what it takes, and in what bits it is."""
    zh, room = reading.language == "zh", machine["host_memory_gb"]
    larger, fewer = machine["next"], machine["fewer"]
    takes = (
        f"{model_in(larger, reading.language)}{' 要 ' if zh else ' takes '}{gib(larger['total_gib'])}" if larger else ""
    )
    but = ""
    if fewer and fewer["weight_format"] != (larger or {}).get("weight_format"):
        stored, need = value("weight_format", fewer["weight_format"], reading.language), gib(fewer["ram_gib"])
        lossy = int(fewer["bits"]) < USUAL_BITS
        price = (",质量明显下降" if zh else ", at a noticeable loss of quality") if lossy else ""
        but = f"{stored} 放得下({need}{price})。" if zh else f" {stored} does fit ({need}{price})."
    if larger and larger["total_gib"] <= room:
        return (
            f"**勉强:{takes},占满 {room:g} GB 内存的大部分**,只有系统和其他程序占用很少时才跑得起来。{but}" if zh
            else f"**Only just: {takes} of {room:g} GB of RAM**; it runs if the system and other programs take little.{but}"
        )  # fmt: skip
    return f"**{room:g} GB 内存不够**:{takes}。{but}" if zh else f"**{room:g} GB of RAM: not enough**: {takes}.{but}"


def _speed(held: Row, reading: Reading) -> str:
    """The ceiling that the usual RAM sets; of a phone or board it is not known, and RAM that was told is another answer."""
    if not held["rate"] or _OF_SPEED & set(reading.extras) or "small_device" in reading.cues:
        return ""
    rate = f"{held['rate']:.0f}" if held["rate"] >= 10 else f"{held['rate']:.1f}"
    return (
        f"双通道 DDR5 每秒最多约 {rate} token。"
        if reading.language == "zh"
        else f" On two channels of DDR5 at most about {rate} tokens/s."
    )


def _active(reading: Reading, zh: bool) -> str:
    if "moe" not in reading.intents and "active_experts" not in reading.cues:
        return ""
    return (
        "MoE 每个 token 只读取激活的专家,省的是读取量(速度),不是内存:全部专家都要放在内存里。" if zh
        else "A token reads only the active experts, which saves reading and time, not memory: all experts must be in RAM."
    )  # fmt: skip


def _small(reading: Reading, zh: bool) -> str:
    found, told = compiled(DEVICE_NAMED).search(reading.text.lower()), reading.fact("host_memory_gb")
    name = reading.text[slice(*found.span())].strip() if found and told else ""
    if zh:
        here = f"表里没有“{name}”,以上按您说的 {float(told or 0):g} GB 计算。" if name else ""
        return f"{here}手机、掌机和开发板上系统与其他应用共用这块内存,也可能限制单个应用的用量:后台应用会先被清掉;不够时缩短上下文或换更小的模型、更低的量化。"
    here = f"No “{name}” is in the tables: this goes by the {float(told or 0):g} GB that you give it. " if name else ""
    return f"{here}On a phone, a handheld or a board the system and other apps share that memory and may limit what one app takes: apps in the background are closed first. If it is tight, take a shorter context, a smaller model or fewer bits."


def _assumed(result: Row, reading: Reading) -> str:
    zh, facts = reading.language == "zh", result["facts"]
    said = ["GGUF 文件、llama.cpp" if zh else "a GGUF file in llama.cpp"]
    if facts:
        said.append(in_words("seq_len", facts["seq_len"]["value"], reading.language))
    said.append(
        f"系统留 {result['host_reserve_gb']:g} GB 内存"
        if zh
        else f"{result['host_reserve_gb']:g} GB left to the system"
    )
    return f"假设:{'、'.join(said)}。" if zh else f"Assumed: {', '.join(said)}."
