"""Of formats between which is chosen by the context that each leaves: which for the most of it, and when the one of more bits.

Every number is of the result; nothing is computed here.
"""

from typing import Any

from chat.phrases import case_words, in_words
from chat.reads.reading import Reading

_FORMATS = frozenset({"bits", "weight_format", "bpw"})
# lengths that differ by less decide nothing
_ALIKE = 1.1


def format_for_length(cases: list[dict[str, Any]], reading: Reading) -> str:
    """The choice, where it is asked for and each format goes; else nothing."""
    solved = [one.get("solved") or {} for one in cases]
    asked = "which_method" in reading.intents and {one.get("quantity") for one in solved} <= {"seq_len", None}
    apart = len(cases) > 1 and all(one["facts"] and set(one["facts"]) <= _FORMATS for one in cases)
    room = [one for one in cases if _weights(one)]
    if not asked or not apart or not room:
        return ""
    if len(room) < len(cases):
        return _the_only_one(room[0], reading.language) if len(room) == 1 else ""
    by_weight = sorted(cases, key=_weights)
    light, heavy = by_weight[0], by_weight[-1]
    zh = reading.language == "zh"
    narrow, wide = (case_words(one["facts"], reading.language) for one in (light, heavy))
    far, near = _tokens(light), _tokens(heavy)
    if near >= (whole := _declared(heavy)) > 0:
        most = in_words("seq_len", whole, reading.language)
        if zh:
            return f"**选 {wide}:模型的 {most} 全长它也放得下,位数更多、损失更小。**"
        return f"**Take {wide}: it holds the model's whole {most} as well, and of more bits loses less.**"
    if far < _ALIKE * near:
        if zh:
            return "**上下文几乎一样长,不由它来选:看程序和显卡支持哪种。**"
        return "**The context is as good as the same with each, so it does not decide: which of them your program and card run does.**"
    few, many = (in_words("seq_len", one, reading.language) for one in (near, far))
    kept = _kept_with_narrow_cache(heavy, far, wide, reading.language)
    if zh:
        return f"**要长上下文选 {narrow}({many}),{few} 够用就选 {wide}:位数更多、损失更小。**{kept}"
    return f"**{narrow} for a long context ({many}); {wide} where {few} are enough, as more bits lose less.**{kept}"


def _the_only_one(case: dict[str, Any], language: str) -> str:
    """The one that has room for a context at all."""
    name, most = case_words(case["facts"], language), in_words("seq_len", _tokens(case), language)
    if language == "zh":
        return f"**选 {name}:只有它放得下,还留得出上下文({most})。**"
    return f"**Take {name}: it alone leaves room for a context ({most}).**"


def _kept_with_narrow_cache(heavy: dict[str, Any], far: int, name: str, language: str) -> str:
    """That the format of more bits reaches as far with the cache in 8 bits, where it does."""
    wider = [one for one in heavy["solved"].get("wider") or () if set(one["facts"]) == {"kv_format"}]
    if not wider or wider[0]["value"] < far:
        return ""
    told = in_words("seq_len", wider[0]["value"], language)
    if language == "zh":
        return f"{name} 加 8 位缓存也能到约 {told}。"
    return f" With an 8-bit cache {name} reaches about {told} as well."


def _weights(case: dict[str, Any]) -> float:
    """GiB of weights on a card, by which a format of more bits is known; 0 where they are not told."""
    room = (case.get("solved") or {}).get("room") or {}
    return next((float(one["gib"]) for one in room.get("fixed") or () if one["name"] == "weights"), 0.0)


def _declared(case: dict[str, Any]) -> int:
    return int(case["solved"].get("positions") or 0)


def _tokens(case: dict[str, Any]) -> int:
    """Tokens that are sure to go, at most as many as the model declares."""
    solved = case["solved"]
    most = int((solved.get("sure") or solved)["value"])
    return min(most, _declared(case)) if _declared(case) else most
