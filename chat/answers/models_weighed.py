"""Which of several models to take, where more than one fits: what speaks for the larger and what for the smaller.

Which of two families answers better is no matter of memory, and is not said. Every number is of the result.
"""

from typing import Any

from chat.answers.case_tables import Result, cases_of, several_cards
from chat.answers.few_bits import AT_SAME_BYTES, better_in_usual_bits
from chat.answers.fits_cell import longest_of
from chat.answers.which import asks_which
from chat.phrases import case_words, gib, value
from chat.reads.reading import Reading
from chat.works import K_BIT, SCALING_LAWS
from formulas.errors import BadInput
from kb.names import model_row
from kb.recipe import called_bits
from kb.stored import USUAL_BITS

# what may set the cases apart beside the models
_BESIDE = frozenset({"bits", "weight_format"})
_BITS = ("bits", "weight_format")
_ALIKE = 0.02  # of what two models take that differ in their training alone
_MOST = 2  # models that one sentence weighs
# "which" asks for a share of the card then, not for a model
_OTHERWISE = frozenset({"share_asked", "several_servers"})
# how a card begins of which the memory alone was told: the room says it already
_UNNAMED = "a "
# of the parameters, below which share an expert mixture reads so little of itself that it is the faster
_FEW_ACTIVE = 0.5


def models_weighed(result: Result, reading: Reading, chosen: bool = False) -> str:
    """In one sentence without marks; `chosen`: one of them is to be taken, however that is asked. Empty where it is not asked which, where cards or methods differ, too, or where not just two models fit."""
    cases = cases_of(result)
    if not _OTHERWISE.isdisjoint(reading.cues):
        return ""
    if not (chosen or asks_which(reading)) or len(cases) < _MOST or any(case["verdict"] is None for case in cases):
        return ""
    facts = result.get("facts") or {}
    if facts.get("task", {}).get("value") == "train" or not cases[0].get("capacity_gib"):
        return ""
    differing = {name for case in cases for name in case["facts"]}
    names = {"model", "params"} & differing
    if not names or differing - names - _BESIDE:
        return ""
    best: dict[str, Result] = {}
    for case in cases:
        key = str([case["facts"].get(name) for name in ("model", "params")])
        if case["verdict"] == "yes" and (key not in best or _weights(case) > _weights(best[key])):
            best[key] = case
    models = {str([case["facts"].get(name) for name in ("model", "params")]) for case in cases}
    sizes = {key: _size(case) for key, case in best.items()}
    if len(models) != _MOST or len(best) != _MOST or not all(sizes.values()):
        return ""
    one, other = best.values()
    if abs(one["memory"]["best_gib"] / other["memory"]["best_gib"] - 1) < _ALIKE and min(sizes.values()) / max(sizes.values()) > 1 - _ALIKE:  # fmt: skip
        held = _held(result, one, reading.language)
        if reading.language == "zh":
            return f"两个都放得下,要的显存也一样({held}),速度相同:按显存没有高下之分,看哪个回答得更好。"
        return f"Both fit and take the same, {held}, and are as fast: memory does not choose between them, what they answer does."
    if len(set(sizes.values())) < _MOST:
        return ""
    large, small = (best[key] for key in sorted(sizes, key=lambda key: -sizes[key]))
    return _said(large, small, _held(result, large, reading.language), reading.language)


def _held(result: Result, case: Result, language: str) -> str:
    """What it takes of which card: this sentence stands in the place of the one that names the card."""
    zh, several = language == "zh", several_cards(result, [case])
    name = value("gpu", (result["facts"].get("gpu") or {}).get("value") or _UNNAMED, "en")
    if case.get("unequal"):
        where = "最小的卡上 " if zh else " on the smallest card"
    elif name.startswith(_UNNAMED):
        where = ("每张卡 " if zh else " on each card") if several else ""
    else:
        where = f"{'每张 ' if several else ''}{value('gpu', name, 'zh')} 上 " if zh else f" on {'each' if several else 'the'} {name}"  # fmt: skip
    need, room = gib(case["memory"]["best_gib"]), gib(case["capacity_gib"])
    return f"{where}{need}/{room}" if zh else f"{need} of {room}{where}"


def _said(large: Result, small: Result, held: str, language: str) -> str:
    zh = language == "zh"
    more, less = (case_words(one["facts"], language) for one in (large, small))
    needs = [gib(one["memory"]["best_gib"]) for one in (large, small)]
    lengths = [_longest(one) for one in (large, small)]
    both = all(lengths)
    tokens = [f"{one:,}" if one else "" for one in lengths]
    quick = _quicker(large, small, language)
    if better_in_usual_bits(*((_bits(one), _weights(one)) for one in (small, large))):
        rule = f"{AT_SAME_BYTES.in_(language)} ({K_BIT[0]})"
        room = [f",能放 {one} token" if zh else f", room for {one} tokens" for one in tokens] if both else ["", ""]
        if zh:
            return f"两个都放得下,通常选 {less}({needs[1]}{room[1]}){quick}。{rule};{more}({held}{room[0]})参数更多,但位数低。"
        return f"Both fit, and {less} ({needs[1]}{room[1]}) is as a rule the better choice{quick}. {rule}; {more} ({held}{room[0]}) has more parameters, but in few bits."
    if zh:
        left = f",能放 {tokens[0]} token" if both else ""
        left_small = f"能放 {tokens[1]} token" if both else f"只要 {needs[1]}"
        return f"两个都放得下:{more}({held})参数更多{_better(large, small, language)}{_of_few_bits(large, language)}{left};{less}({needs[1]}){left_small}{quick}。"
    left = f", and leaves room for {tokens[0]} tokens" if both else ""
    left_small = f"leaves room for {tokens[1]}" if both else f"takes {needs[1]}"
    return f"Both fit: {more} ({held}) has more parameters{_better(large, small, language)}{_of_few_bits(large, language)}{left}; {less} ({needs[1]}) {left_small}{quick}."


def _better(large: Result, small: Result, language: str) -> str:
    """What more parameters are good for, as far as it was measured: a lower loss of models that are made alike."""
    families = {_row(one).get("family") for one in (large, small)}
    if len(families) > 1:
        return ""
    return (f", which lower the test loss within a family ({SCALING_LAWS[0]})", f",同系列中测试损失更低({SCALING_LAWS[0]})")[language == "zh"]  # fmt: skip


def _longest(case: Result) -> int | None:
    """The longest sequence that fits, as far as the model goes."""
    room, declared = longest_of(case), case.get("positions")
    return min(room, int(declared)) if room and declared else room


def _bits(case: Result) -> float:
    return float(case["facts"].get("bits") or called_bits(str(case["facts"].get("weight_format") or "bf16")))


def _of_few_bits(case: Result, language: str) -> str:
    """What so few bits cost, which the larger number of parameters is held against."""
    if _bits(case) >= USUAL_BITS:
        return ""
    return ",但位数这么低质量损失明显" if language == "zh" else ", though in so few bits at a noticeable loss"


def _quicker(large: Result, small: Result, language: str) -> str:
    """Which generates faster: a token reads the weights, of a mixture only those of its experts."""
    zh = language == "zh"
    weights = [gib(_weights(one)) for one in (large, small)]
    reads = [_weights(one) * _active(one) for one in (large, small)]
    if all(_active(one) > _FEW_ACTIVE for one in (large, small)):
        if reads[1] >= reads[0]:
            return ""
        return f",生成更快:每个 token 读权重 {weights[1]},而不是 {weights[0]}" if zh else f" and generates faster: a token reads {weights[1]} of weights, not {weights[0]}"  # fmt: skip
    one = large if reads[0] < reads[1] else small
    name = case_words({key: value for key, value in one["facts"].items() if key not in _BITS}, language)
    return f";生成更快的是 {name}:每个 token 只读激活的专家" if zh else f"; {name} generates faster: a token reads its active experts alone"  # fmt: skip


def _weights(case: Result) -> float:
    return next((float(one["gib"]) for one in case["terms"] if one["name"] == "weights"), 0.0)


def _row(case: Result) -> dict[str, Any]:
    """The model's row; empty for a model of a size alone."""
    try:
        return dict(model_row(str(case["facts"].get("model"))))
    except BadInput:
        return {}


def _size(case: Result) -> float:
    """Parameters of the model; 0 where they are not known."""
    row = _row(case)
    return float(case["facts"].get("params") or row.get("unique_params") or row.get("total_params") or 0)


def _active(case: Result) -> float:
    """The share of its parameters that a token uses."""
    row, whole = _row(case), _size(case)
    active = float(row.get("active_params") or 0)
    return active / whole if row.get("n_experts") and whole and active else 1.0
