"""Two files of two models against one card, one of which goes in only because of its few bits."""

from chat.answers.case_tables import Result
from chat.phrases import gib
from formulas.quantity import Words
from kb.recipe import called_bits
from kb.stored import USUAL_BITS

# of a Q8_0 file what Q6_K is, by their bits; of a card what such a file may take with its cache
_SIX_OF_EIGHT, _ROOMY_FILE, _FOUR, _EIGHT = 0.8, 0.95, 4.0, 8.0

# of the larger model in few bits what the other takes at least, for the two to be of about the same size in all
_ALIKE = 0.75
AT_SAME_BYTES = Words(
    "At about the same bytes fewer parameters in 4 bits do better, as a rule, than more in 3 or fewer",
    "字节数差不多时,约 4 位的较少参数通常好于 3 位及以下的更多参数",
)


def better_in_usual_bits(small: tuple[float, float], large: tuple[float, float]) -> bool:
    """Whether about the same bytes hold fewer parameters in the usual bits and more in few; of each its bits and its bytes."""
    return large[0] < USUAL_BITS <= small[0] < _EIGHT and small[1] >= _ALIKE * large[1]


def one_file_alone(result: Result) -> bool:
    """Are two models in files of their own held against one card, which holds one of them and not the other?"""
    verdicts = sorted(str(one["verdict"]) for one in result["setups"])
    facts = [one["facts"] for one in result["setups"]]
    models = {str(one.get("model") or one.get("params")) for one in facts}
    stored = {str(one.get("weight_format")) for one in facts}
    return (
        verdicts == ["no", "yes"] and len(models) == len(stored) == 2 and all(one.startswith("gguf:") for one in stored)
    )


def smaller_file(result: Result, place: int, language: str) -> str:
    """Of a file in two or three bits that alone fits: the other model in a file of fewer bits goes in as well, and loses less."""
    taken, other = result["setups"][place], result["setups"][1 - place] if len(result["setups"]) == 2 else None
    if other is None or not one_file_alone(result):
        return ""
    few, many = (float(called_bits(str(one["facts"]["weight_format"]))) for one in (taken, other))
    room, need = other["cards"][0]["capacity_gib"], other["memory"]["best_gib"]
    if few >= _FOUR or many < _EIGHT or not room or need * _SIX_OF_EIGHT > _ROOMY_FILE * room:
        return ""
    if language == "zh":
        return "但它位数太低,质量损失大:先试另一个模型的 Q6_K、Q5_K_M 文件,也放得下,损失小得多。"
    return " But so few bits lose much: try the other model as Q6_K or Q5_K_M first, which goes in as well and loses far less."


def four_bits_of_qlora(result: Result, language: str) -> str:
    """Of bases of QLoRA in several widths that all fit: four bits, beside what more of them cost and what fewer lose."""
    setups, method = result["setups"], result["facts"].get("method", {}).get("value")
    needs = {int(one["facts"].get("bits") or 0): one for one in setups}
    told = [one for one in setups if one["verdict"] != "yes"]
    if result["differing"] != ["bits"] or method != "qlora" or int(_FOUR) not in needs or told:
        return ""
    four, room = needs[int(_FOUR)], needs[int(_FOUR)]["cards"][0]["capacity_gib"]
    more, fewer = ({bits: one for bits, one in needs.items() if side * (bits - _FOUR) > 0} for side in (1, -1))
    zh = language == "zh"
    said = [f"{bits} 位" if zh else f"{bits}-bit" for bits in needs]
    if len(said) != len(setups) or not room:
        return ""
    each = "每张卡 " if zh and len(four["cards"]) > 1 else ""
    parts = [
        f"选 4 位,{each}{gib(four['memory']['best_gib'])}/{gib(room)}:都放得下,它只略损质量,余量也大" if zh
        else f"Take 4-bit, {gib(four['memory']['best_gib'])} of {gib(room)}: all fit, it loses only a little quality and leaves room"
    ]  # fmt: skip
    for bits, one in sorted(more.items(), reverse=True):
        need = gib(one["memory"]["best_gib"])
        parts.append(
            f"{bits} 位几乎无损,但要 {need},长序列、大批量时先不够" if zh
            else f"{bits}-bit loses hardly any, but takes {need}, which long sequences or larger batches outgrow first"
        )  # fmt: skip
    for bits, one in sorted(fewer.items(), reverse=True):
        need = gib(one["memory"]["best_gib"])
        parts.append(
            f"{bits} 位({need})损失大,4 位放不下时才用" if zh
            else f"{bits}-bit ({need}) loses much and is for where 4 bits do not fit"
        )  # fmt: skip
    return ";".join(parts) + "。" if zh else "; ".join(parts) + "."
