"""What stands beside a way out: the fewest cards, the other cards that it holds for, its parts, and what was ruled out."""

from typing import Any

from chat.answers.unequal_words import need_after
from chat.phrases import gib, value, verdict

Result = dict[str, Any]


def fewest_cards(change: dict[str, Any], language: str) -> str:
    """So many such cards: those that most likely do, with what is divided over them, and those that are sure to."""
    few, count, zh = change["fewer"], change["facts"]["n_gpus"], language == "zh"
    amount, states = gib(few["gib"]), gib(few["states_gib"]) if few["states_gib"] else ""
    if zh:
        of = f"(其中权重、梯度与优化器状态 {states})" if states else ""
        sure = f";稳妥的是 {change['zh']}:每卡 {gib(change['gib'])}" if count > few["n_gpus"] else ""
        return f"- {few['zh']},多半放得下:每卡 {amount}{of}{sure}"
    of = f" ({states} of it weights, gradients and optimizer states)" if states else ""
    sure = f"; {count} for sure: {gib(change['gib'])}" if count > few["n_gpus"] else ""
    return f"- {few['says']}, most likely do: {amount} per card{of}{sure}"


def also_fits(change: dict[str, Any], language: str) -> str:
    """The other cards that hold it, too, with the same change."""
    zh, told = language == "zh", []
    for one in change.get("also") or []:
        name, amounts = value("gpu", one["gpu"], language), (gib(one["gib"]), gib(one["capacity_gib"]))
        told.append(
            f"{name} 也放得下({amounts[0]} / {amounts[1]})" if zh else f"{name}, too ({amounts[0]} of {amounts[1]})"
        )
    return (";" if zh else "; ") + "、".join(told) if told and zh else "; fits " + ", ".join(told) if told else ""


def beside_change(change: dict[str, Any], language: str, unequal: Result | None = None) -> str:
    """What is told with a change that fits: that fewer cards do with it, and of several changes what each leaves alone."""
    return _on_fewer(change, language) + _each_alone(change, language, unequal)


def _on_fewer(change: dict[str, Any], language: str) -> str:
    """That fewer of the cards hold it with this change."""
    if not (found := change.get("on_fewer")):
        return ""
    count, amount = found["n_gpus"], gib(found["gib"])
    if language == "zh":
        return f";单卡即可,{amount}" if count == 1 else f";{count} 张即可,每张 {amount}"
    return f"; one card alone holds it, {amount}" if count == 1 else f"; {count} of them hold it, {amount} each"


def _each_alone(change: dict[str, Any], language: str, unequal: Result | None = None) -> str:
    """Of changes that fit together what each leaves by itself, where that may fit; of unequal cards as their sum is told."""
    told = [one for one in change.get("alone") or [] if one["verdict"] != "no"]
    if not told:
        return ""
    zh = language == "zh"
    said = [f"{one['zh' if zh else 'says']} → {gib(need_after(one, unequal))}" for one in told]
    said = [f"{words}({verdict(one, language)})" if zh else f"{words} ({verdict(one, language)})"
            for words, one in zip(said, told, strict=True)]  # fmt: skip
    return f";单独用:{'、'.join(said)}" if zh else f"; alone: {', '.join(said)}"


def what_was_ruled_out(result: Result, language: str) -> list[str]:
    """What the offload or the adapters that are ruled out would give: that it is another way, and at what price."""
    told, zh = [], language == "zh"
    if change := result.get("refused"):
        beyond = f"{change['beyond_gb']:g} GB" if change.get("beyond_gb") else ""
        told.append(
            f"您排除了 offload,而且机器的 {beyond} 内存也不够:{change['zh']}后每卡 {gib(change['gib'])}({change['cost_zh']})。" if zh and beyond
            else f"Offload is ruled out here, and the {beyond} of RAM would not hold it: {change['says']}, {gib(change['gib'])} per card ({change['cost']})." if beyond
            else f"您排除了 offload;若改变主意,{change['zh']}后每卡 {gib(change['gib'])}({change['cost_zh']})。" if zh
            else f"Offload is ruled out here; with it ({change['says']}) it would be {gib(change['gib'])} per card ({change['cost']})."
        )  # fmt: skip
    if (change := result.get("ruled_out")) and not result.get("changes"):
        told.append(
            f"您没有排除的办法都放不下;排除了的 {change['zh']}只要 {gib(change['gib'])}({change['cost_zh']})。" if zh
            else f"Nothing that you leave open makes it fit; {change['says']}, which you rule out, would take {gib(change['gib'])} ({change['cost']})."
        )  # fmt: skip
    elif change:
        told.append(
            f"您排除了它,但 {change['zh']}只要 {gib(change['gib'])}({change['cost_zh']})。" if zh
            else f"You ruled it out, but {change['says']} would take {gib(change['gib'])} only ({change['cost']})."
        )  # fmt: skip
    return told
