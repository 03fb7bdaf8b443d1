"""The least that a training of all weights takes with all savings on, and what adapters take instead."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.solver import solve

# the card that is counted in where none is told
_CARD = "A100 80GB"
_OF_CARDS = ("n_gpus", "gpu", "gpu_memory_gb", "zero_stage", "nodes")


def _count(figures: Figures, **changed: object) -> dict[str, object]:
    """As many cards as one takes of those that are told, else of the usual one."""
    given = {name: value for name, value in {**figures.given, **changed}.items() if value is not None}
    card = {name: given[name] for name in ("gpu", "gpu_memory_gb") if name in given} or {"gpu": _CARD}
    facts = {name: value for name, value in given.items() if name not in _OF_CARDS}
    first = solve("n_gpus", **facts, **card).answers[0]
    solved = first.json()["solved"]
    if not solved or "in_practice" not in solved or first.at is None:
        raise Missing("cards")
    where = first.at.case.with_facts(n_gpus=solved["in_practice"])
    return {**solved, "where": where}


def _cards(solved: dict[str, object], room: str) -> Words:
    count, each = int(str(solved["in_practice"])), gib_words(float(str(solved["in_practice_gib"])) * 2**30)
    if count == 1:
        return Words(f"{each} on one card", f"一张卡 {each}")
    return Words(f"{count} cards of {room} ({each} each)", f"{count} 张 {room} 的卡(每张 {each})")


def _all_savings(figures: Figures) -> Words:
    full = _count(figures)
    adapters = _count(figures, method="qlora", offload=None, optimizer=None, precision=None)
    room = gib_words(float(str(full["capacity_gib"])) * 2**30)
    host = figures.at(
        **({"gpu": _CARD} if figures.base.capacity is None else {}),
        n_gpus=full["in_practice"],
        zero_stage=3 if int(str(full["in_practice"])) > 1 else 0,
    ).host_gib
    ram = (
        Words(f" and {host * 2**30 / 1e9:,.0f} GB of host memory", f",内存 {host * 2**30 / 1e9:,.0f} GB")
        if host
        else SILENT
    )
    most, fewer = _cards(full, room), _cards(adapters, room)
    less = SILENT
    if int(str(full["value"])) < int(str(full["in_practice"])):
        each = gib_words(float(str(full["gib"])) * 2**30)
        less = Words(f" ({full['value']} only just, {each} each)", f"({full['value']} 张是临界,每张 {each})")
    told = Words("", "")
    if figures.knob("offload") == "params":
        kept, none = (_cards(_count(figures, offload=one), room) for one in ("optimizer", "none"))
        told = Words(
            f" With the optimizer alone offloaded it is {kept.en}, with nothing offloaded {none.en}.",
            f"只把优化器放内存是{kept.zh},什么都不放内存是{none.zh}。",
        )
    rolls = SILENT
    if figures.knob("algo") in ("ppo", "grpo"):
        rolls = Words(
            " A rollout engine on these cards comes on top. No measured run of the kind is in the tables, so plan with room to spare.",
            "同卡的 rollout 引擎另算。表里没有这类训练的实测,要多留余量。",
        )
    return Words(
        f"**With everything on, training all weights takes {most.en}{less.en}{ram.en}; with a frozen 4-bit base (QLoRA) {fewer.en}.** Everything is ZeRO-3 or FSDP with parameters and optimizer in host memory, checkpointing and batch 1; 8-bit Adam lowers the host memory.{told.en}{rolls.en}",
        f"**所有选项都打开:全参训练要{most.zh}{less.zh}{ram.zh};4 位冻结基座加适配器(QLoRA)是{fewer.zh}。** 这里指 ZeRO-3/FSDP、参数和优化器都放内存、重计算、批大小 1;8 位 Adam 再省内存。{told.zh}{rolls.zh}",
    )


ALL_SAVINGS: dict[str, Callable[[Figures], Words]] = {"all_savings": _all_savings}
