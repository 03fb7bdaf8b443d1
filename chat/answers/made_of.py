"""What a need is made up of, as the sum that one says beside the verdict: each part with its product and what it comes to."""

from typing import Any

from chat.answers.case_tables import CAPACITY, LEAST_GIB, Result, cases_of, ordered, several_cards
from chat.answers.ladder_words import held_words
from chat.answers.unequal_words import listed
from chat.answers.verdict_words import gap
from chat.phrases import case_words, gib
from chat.words import term
from formulas.chinese import spaced
from kb.worked import STATES

# the ways to train that have models beside the one that trains
_POLICIES = ("ppo", "grpo", "dpo", "kto")
# the parts of what is served that are told with their products; the rest by their amounts
_WITH_PRODUCTS = ("weights", "kv_cache", "state")
_SUMS_SERVED, _SUMS_TRAINED = frozenset({"weights-and-one-sequence", "kv-in-one-line"}), frozenset({"states-floor"})
# what may set cases apart of which each is told
_OF_FORMATS, _OF_RUNS, _OF_TRAININGS = (
    {"bits", "weight_format"},
    {"seq_len", "batch_size"},
    {"method", "model", "params", "zero_stage"},
)

_MOST_TOLD = 4


def parts_said(terms: list[dict[str, Any]], states: dict[str, Any] | None, language: str) -> list[str]:
    """The parts, the largest first: those that a product gives with it, and the states of a full training as one."""
    zh, told = language == "zh", []
    colon = "\uff1a" if zh else ": "
    taken: tuple[str, ...] = ()
    if states:
        called = "权重、梯度与优化器状态" if zh else "weights, gradients and optimizer states"
        taken = STATES
        beside = states.get("beside_gib")
        if beside:  # a reference, a critic, a reward model
            called = f"策略模型的{called}" if zh else f"the policy's {called}"
        told.append((states["gib"], f"{called} {states['zh' if zh else 'says']}", True))
        if beside:
            told.append(
                (
                    beside,
                    "策略之外的模型的权重与状态" if zh else "weights and states of the models beside the policy",
                    False,
                )
            )
    for one in terms:
        if one["name"] in taken or one["gib"] < LEAST_GIB:
            continue
        product = one.get("zh" if zh else "says", "") if one["name"] in _WITH_PRODUCTS else ""
        called = str(term(one["name"], language))
        apart = ";" in product or "\uff1b" in product  # of several things, with the amount of each
        told.append(
            (
                one["gib"],
                f"{called}{colon}{product}" if apart else f"{called} {product}" if product else called,
                bool(product),
            )
        )
    told.sort(key=lambda one: -float(one[0]))
    return [
        (f"{words}({gib(amount)})" if zh else f"{words} ({gib(amount)})") if product else f"{words} {gib(amount)}"
        for amount, words, product in told
    ]


def made_of(result: Result, language: str) -> str:
    """What a need is made up of, and what a cache that weighs takes in 8 bits."""
    told = _parts_of(result, language)
    return told + _in_a_narrow_cache(result, language) if told else ""


def _in_a_narrow_cache(result: Result, language: str) -> str:
    """With the cache in 8 bits: what that takes, the whole of the case that takes least, and what holds it."""
    one = result.get("narrow_cache")
    if not one or not one["held_by"]:
        return ""
    cache, need, card = gib(one["kv_cache"]["gib"]), gib(one["gib"]), held_words(one, language)
    where, also = case_words(one["facts"], language), one.get("with_weights")
    both = ("", "")
    if also and also["held_by"]:
        less, held = gib(also["gib"]), held_words(also, language)
        both = f"; with 8-bit weights as well {less}: {held}", f";权重也用 8 位共 {less}:{held}"
    if language == "zh":
        return f"缓存用 8 位({cache})时{where + ' ' if where else ''}共 {need}:{card}{both[1]}。"
    return f" With the cache in 8 bits ({cache}) {where or 'it'} takes {need}: {card}{both[0]}."


def _parts_of(result: Result, language: str) -> str:
    """Of what is served its parts, which add up to the need, of a training what its weights and states are; of several formats
    or methods those of each. Empty where the verdict has told what decides."""
    cases = cases_of(result)
    if len(cases) > 1:
        return of_each(result, cases, language)
    if not tells_parts(result):
        states = result.get("states")
        if not states or result.get("decides") or result.get("memory") is None:
            return ""
        said, amount = states["zh" if language == "zh" else "says"], gib(states["gib"])
        policy = (result.get("facts") or {}).get("algo", {}).get("value") in _POLICIES
        if language == "zh":
            return f"其中{'策略模型的' if policy else ''}权重、梯度与优化器状态是 {said}({amount})。"
        whose = "the policy's " if policy else ""
        return f" Of that, {whose}weights, gradients and optimizer states are {said} ({amount})."
    apart = listed(result)
    if apart and apart["by_layers"]:  # cards that hold different parts, of which the sum is told
        parts = parts_said(apart["terms"], None, language)
        return f"构成(合计):{' + '.join(parts)}。" if language == "zh" else f" In all that is {' + '.join(parts)}."
    parts, several = parts_said(result["terms"], None, language), several_cards(result, [])
    whole = gib(result["total_gib"])
    if language == "zh":
        return f"构成{'(每张卡)' if several else ''}:{' + '.join(parts)}{f';所有卡合计 {whole}' if several else ''}。"
    of = "Per card that is" if several else "That is"
    return f" {of} {' + '.join(parts)}{f'; {whole} over all cards' if several else ''}."


def tells_parts(result: Result) -> bool:
    """Whether the sum beside the verdict tells all the parts of a single case, so that no table need."""
    return serves(result) and bool(result.get("terms")) and len(cases_of(result)) < 2 and not _told_apart(result)


def tells_each(result: Result) -> bool:
    """Whether weights and cache, or weights and states, of each format or method are told beside the verdict."""
    cases = cases_of(result)
    return len(cases) > 1 and bool(of_each(result, cases, "en"))


def remarks_told(result: Result) -> frozenset[str]:
    """The remarks of which the sums beside the verdict tell all that matters."""
    if serves(result):
        return _SUMS_SERVED if tells_parts(result) or tells_each(result) else frozenset()
    return _SUMS_TRAINED if tells_each(result) else frozenset()


def serves(result: Result) -> bool:
    """Whether it is a model that is served."""
    return bool((result.get("facts") or {}).get("task", {}).get("value") == "inference")


def _told_apart(result: Result) -> bool:
    """Whether the verdict has words of its own for what decides."""
    return any(
        result.get(one) for one in ("decides", "explained", "into_host", "at_once", "together", "host", "hybrid")
    )


def of_each(result: Result, cases: list[Result], language: str) -> str:
    """Of formats, or of methods, what the weights of each are, or all its states; and the cache that all of them share."""
    zh, served = language == "zh", serves(result)
    differing = {name for case in cases for name in case["facts"]} - set(CAPACITY)
    if _told_apart(result) or not differing or not differing <= _OF_FORMATS | (_OF_RUNS if served else _OF_TRAININGS):
        return ""
    if served and not differing & _OF_FORMATS:
        return _of_caches(cases, differing, language)
    alike: dict[str, list[Result]] = {}
    for case in cases:
        alike.setdefault(_where(case, differing - _OF_RUNS - {"zero_stage"}, language), []).append(case)
    told = {where: said for where, each in alike.items() if (said := _heaviest_of(each, served, language))}
    if not 1 < len(told) <= _MOST_TOLD:
        return ""
    joined = (";" if zh else "; ").join(f"{where}{_apart(where, served, zh)}{said}" for where, said in told.items())
    caches = {_product(case, "kv_cache", language) for case in cases} if served else set()
    cache = caches.pop() if len(caches) == 1 else ""
    if served:
        by_run = _caches_by_run(cases, differing & _OF_RUNS, language)
        shared = (f";KV 缓存都是{cache}" if zh else f"; the KV cache in each {cache}") if cache else by_run
        return f"权重:{joined}{shared}。" if zh else f" Weights: {joined}{shared}."
    return f"其中{spaced(joined)}。" if zh else f" Of that, {joined}."


def _where(case: Result, names: set[str], language: str) -> str:
    return case_words({name: case["facts"][name] for name in ordered(names) if name in case["facts"]}, language)


def _of_caches(cases: list[Result], differing: set[str], language: str) -> str:
    """Of so many sequences or such lengths the weights that they share, and the cache of each."""
    zh, weights = language == "zh", {_product(case, "weights", language) for case in cases}
    caches = {_where(case, differing, language): _product(case, "kv_cache", language) for case in cases}
    if len(weights) > 1 or not all(caches.values()) or len(caches) < 2:
        return ""
    if zh:
        return f"权重 {weights.pop()};KV 缓存:{';'.join(f'{where}:{said}' for where, said in caches.items())}。"
    return f" Weights {weights.pop()}; KV cache: {'; '.join(f'{where}: {said}' for where, said in caches.items())}."


def _caches_by_run(cases: list[Result], runs: set[str], language: str) -> str:
    """The cache of each length or batch, which is the same in every format; empty where it is not."""
    told: dict[str, set[str]] = {}
    for case in cases:
        told.setdefault(_where(case, runs, language), set()).add(_product(case, "kv_cache", language))
    if not runs or not 1 < len(told) <= _MOST_TOLD or any(len(one) > 1 or not all(one) for one in told.values()):
        return ""
    if language == "zh":
        return f";KV 缓存:{';'.join(f'{where}:{said.pop()}' for where, said in told.items())}"
    return f"; KV cache: {'; '.join(f'{where}: {said.pop()}' for where, said in told.items())}"


def _apart(where: str, served: bool, zh: bool) -> str:
    """What stands between a case and what is told of it."""
    if served:
        return gap(where) if zh else " "
    return ":" if zh else ": "


def _heaviest_of(layouts: list[Result], served: bool, language: str) -> str:
    """What `_heaviest` says of a copy per card, and what is left of it on each where it is divided over them."""
    by_stage = sorted(layouts, key=lambda one: int(one["facts"].get("zero_stage") or 0))
    whole, divided = by_stage[0], by_stage[-1]
    said = _heaviest(whole, served, language)
    if not said or whole["facts"].get("zero_stage") == divided["facts"].get("zero_stage"):
        return said
    share = gib(
        sum(
            one["gib"] for one in divided["terms"] if one["name"] in (STATES if divided.get("states") else ("weights",))
        )
    )
    return f"{said},切分后每卡 {share}" if language == "zh" else f"{said}, {share} on each card sharded"


def _heaviest(case: Result, served: bool, language: str) -> str:
    """The weights of a case as a product, or the states of a training of all weights."""
    zh, states = language == "zh", case.get("states")
    if states:
        product = (
            f"{states['zh' if zh else 'says']}({gib(states['gib'])})"
            if zh
            else f"{states['says']} ({gib(states['gib'])})"
        )
        return f"权重、梯度与优化器状态 {product}" if zh else f"weights, gradients and optimizer states {product}"
    if case["facts"].get("method") == "full":  # divided by a stage, its states are no one product
        return ""
    product = _product(case, "weights", language)
    if not product or served:
        return product
    return f"权重 {product}" if zh else f"weights {product}"


def _product(case: Result, name: str, language: str) -> str:
    """A term as a product with what it comes to; empty where there is none."""
    found: dict[str, Any] = next((one for one in case["terms"] if one["name"] == name), {})
    said = found.get("zh" if language == "zh" else "says", "")
    if not said:
        return ""
    return f"{said}({gib(found['gib'])})" if language == "zh" else f"{said} ({gib(found['gib'])})"
