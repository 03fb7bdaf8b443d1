"""What a need is made up of, as the sum that one says beside the verdict: each part with its product and what it comes to."""

from typing import Any

from chat.answers.case_tables import LEAST_GIB, Result, cases_of, several_cards
from chat.phrases import gib
from chat.words import term

# the parts of what is served that are told with their products; the rest by their amounts
_WITH_PRODUCTS = ("weights", "kv_cache", "state")
_STATES = ("weights", "gradients", "optimizer")


def parts_said(terms: list[dict[str, Any]], states: dict[str, Any] | None, language: str) -> list[str]:
    """The parts, the largest first: those that a product gives with it, and the states of a full training as one."""
    zh, told = language == "zh", []
    names = [one["name"] for one in terms]
    taken: tuple[str, ...] = ()
    if states:
        called = "权重、梯度与优化器状态" if zh else "weights, gradients and optimizer states"
        taken = _STATES
        told.append((states["gib"], f"{called} {states['zh' if zh else 'says']}", True))
    for one in terms:
        if one["name"] in taken or one["gib"] < LEAST_GIB:
            continue
        product = one.get("zh" if zh else "says", "") if one["name"] in _WITH_PRODUCTS else ""
        called = str(term(one["name"], language))
        told.append((one["gib"], f"{called} {product}" if product else called, bool(product)))
    if "gradients" not in names and states:  # made later in the step, as activations are freed
        told.sort(key=lambda one: not one[2])
    told.sort(key=lambda one: -float(one[0]))
    return [
        (f"{words}({gib(amount)})" if zh else f"{words} ({gib(amount)})") if product else f"{words} {gib(amount)}"
        for amount, words, product in told
    ]


def made_of(result: Result, language: str) -> str:
    """Of one case of what is served its parts, which add up to the need; of a full training its states. Empty where the
    verdict has told what decides."""
    if not tells_parts(result):
        states = result.get("states")
        if not states or len(cases_of(result)) > 1 or result.get("decides") or result.get("memory") is None:
            return ""
        said, amount = states["zh" if language == "zh" else "says"], gib(states["gib"])
        if language == "zh":
            return f"其中权重、梯度与优化器状态是 {said}({amount})。"
        return f" Of that, weights, gradients and optimizer states are {said} ({amount})."
    parts, several = parts_said(result["terms"], None, language), several_cards(result, [])
    whole = gib(result["total_gib"])
    if language == "zh":
        return f"构成{'(每张卡)' if several else ''}:{' + '.join(parts)}{f';所有卡合计 {whole}' if several else ''}。"
    of = "Per card that is" if several else "That is"
    return f" {of} {' + '.join(parts)}{f'; {whole} over all cards' if several else ''}."


def tells_parts(result: Result) -> bool:
    """Whether the sum beside the verdict tells all the parts, so that no table need."""
    serves = (result.get("facts") or {}).get("task", {}).get("value") == "inference"
    plain = not result.get("decides") and not result.get("explained") and not result.get("into_host")
    return bool(serves and plain and result.get("terms")) and len(cases_of(result)) < 2 and not result.get("together")
