"""The tables of an answer: its cases side by side, and what the memory of a card consists of."""

import re
from collections.abc import Iterable
from typing import Any

from chat.answers.fits_cell import fits
from chat.answers.machine_parts import rate
from chat.answers.states_row import states_row
from chat.phrases import case_words, gib, in_words, label, of_method, span, value, verdict
from chat.words import TERMS, term
from kb.recipe import ADAPTERS

Result = dict[str, Any]
DIMENSIONS = (
    "model", "params", "method", "bits", "weight_format", "n_gpus", "zero_stage", "seq_len", "batch_size", "gpu",
    "gpu_memory_gb",
)  # fmt: skip
# facts that set cards or models apart, which are no means
OF_CARDS = frozenset({"gpu", "n_gpus", "gpu_memory_gb", "model", "params"})
# facts that change what the card has, not what is needed
CAPACITY = ("gpu", "gpu_memory_gb")
MOST_ROWS = 12
MOST_COLUMNS = 3
HOW = ("how it comes about", "怎么来的")
# the terms of which several columns tell how they come about
_TURNS_ON = ("weights", "gradients", "optimizer", "kv_cache", "logits")
# of several models that are served, what of each a table tells beside its need
_PARTS = ("weights", "kv_cache")
_OF_A_TOKEN = re.compile(r"[\d,.]+ KiB a token|每 token [\d,.]+ KiB")
# cards that differ by less of what they hold are alike
_NEARLY = 0.05
# a term below this is not worth a row of its own
LEAST_GIB = 0.05
# of what was there before: logits that are most of it are told by themselves
_MOST_OF_IT = 0.4


def cases_of(result: Result) -> list[Result]:
    """The cases of an estimate; on one card sharding is no case of its own."""
    cases = list(result.get("cases") or [])
    facts = result.get("facts") or {}

    def lone(case: Result) -> bool:
        count = case["facts"].get("n_gpus", facts.get("n_gpus", {}).get("value", 1))
        return int(count) == 1 and case["facts"].get("zero_stage") == 3

    if any(lone(case) for case in cases) and len({case["facts"].get("zero_stage") for case in cases}) > 1:
        cases = [case for case in cases if not lone(case)]
    return cases


def ordered(facts: Iterable[str]) -> list[str]:
    """Facts in the order in which an answer tells them."""
    return sorted(facts, key=lambda name: DIMENSIONS.index(name) if name in DIMENSIONS else len(DIMENSIONS))


def markdown(heads: list[str], rows: list[list[str]]) -> str:
    """A table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def cases_table(result: Result, cases: list[Result], language: str) -> str:
    """One row for each need; the cards that it may be held against stand side by side."""
    zh = language == "zh"
    differing = ordered(name for name in cases[0]["facts"] if len({str(case["facts"].get(name)) for case in cases}) > 1)
    names = [name for name in differing if name not in CAPACITY]
    groups: dict[str, list[Result]] = {}
    for case in cases:
        groups.setdefault(str([case["facts"].get(name) for name in names]), []).append(case)
    first = next(iter(groups.values()))
    cards = [_card(case, language) for case in first]
    parts = _PARTS if of_several_models(result, cases) else ()
    heads = [label(name, language) for name in names] + [_need_head(result, cases, language)]
    heads += [str(term(part, language)) for part in parts]
    if first[0]["capacity_gib"]:
        # beside a column of formats of the weights a card's amount says that it is the card's
        own = len(cards) > 1 and bool({"weight_format", "bits"} & set(names))
        each = ("每卡 " if zh else " per card") if own else ""
        heads += [f"{card}\uff08{each}{gib(case['capacity_gib'])}\uff09" if zh else f"{card} ({gib(case['capacity_gib'])}{each})"
                  for card, case in zip(cards, first, strict=True)]  # fmt: skip
    held = not first[0]["capacity_gib"] and any(case.get("held_by") for case in cases)
    heads += [("卡" if zh else "card")] if held else []
    hosted = (
        held and bool(result.get("ram_asked")) and any((case.get("held_by") or {}).get("host_gib") for case in cases)
    )
    heads += [("不用显卡时的内存" if zh else "RAM without a card")] if hosted else []
    some = any(case["verdict"] == "yes" for case in cases)
    rows = []
    for group in _most_telling(list(groups.values())):
        memory = group[0]["memory"]
        row = [_cell(name, group[0]["facts"], language) for name in names]
        row.append(f"{gib(memory['best_gib'])} ({span(memory)})")
        row += [_part(group[0], part, language) for part in parts]
        if group[0]["capacity_gib"]:
            row += [fits(case, language, some) for case in group]
        if held:
            found = group[0].get("held_by")
            row.append(held_words(found, language) if found else "–")
            row += [gib((found or {}).get("host_gib"))] if hosted else []
        rows.append(row)
    return markdown(heads, rows)


def _part(case: Result, part: str, language: str) -> str:
    """A term of a case, of a cache with what a token of it takes."""
    found = next((one for one in case["terms"] if one["name"] == part), None)
    if found is None:
        return "–"
    each = _OF_A_TOKEN.search(str(found.get("zh" if language == "zh" else "says") or ""))
    if part != "kv_cache" or not each:
        return gib(found["gib"])
    return f"{gib(found['gib'])}({each[0]})" if language == "zh" else f"{gib(found['gib'])} ({each[0]})"


def of_several_models(result: Result, cases: list[Result]) -> bool:
    """Whether a table of models that are served tells weights and cache of each."""
    return bool(cases) and _served(result, cases) and bool({"model", "params"} & set(cases[0]["facts"]))


def _most_telling(groups: list[list[Result]]) -> list[list[Result]]:
    """As many rows as a table has, in their order; of more, what fits nowhere is left out first."""
    ranked = sorted(range(len(groups)), key=lambda at: all(case["verdict"] == "no" for case in groups[at]))
    return [groups[at] for at in sorted(ranked[:MOST_ROWS])]


def _served(result: Result, cases: list[Result]) -> bool:
    """Whether all of them serve: then a need is weights, a cache and little beside."""
    alone = (result.get("facts") or {}).get("task", {}).get("value")
    return all(case["facts"].get("task", alone) == "inference" for case in cases)


def several_cards(result: Result, cases: list[Result]) -> bool:
    """Whether a need is that of one of several cards; a single card holds all that there is."""
    counts = {case["facts"].get("n_gpus") for case in cases} - {None}
    alone = result.get("facts", {}).get("n_gpus", {}).get("value", 1)
    return any(int(count or 1) > 1 for count in counts or {alone})


def _need_head(result: Result, cases: list[Result], language: str) -> str:
    """What the column of needs is of."""
    if several_cards(result, cases):
        return "每卡显存(90% 区间)" if language == "zh" else "per card (90 % interval)"
    return "显存(90% 区间)" if language == "zh" else "memory (90 % interval)"


def _cell(name: str, facts: dict[str, Any], language: str) -> str:
    """A fact that sets cases apart; a method without adapters has no place for them."""
    if name != "lora_targets":
        return of_method(in_words(name, facts.get(name), language), facts.get("method"))
    return "–" if facts.get("method", "lora") not in ADAPTERS else value(name, facts[name], language)


def cards_table(cards: list[Result], language: str) -> str:
    """The cards of a layout side by side, and which is the fullest; empty where all hold the same."""
    if not cards or _alike(cards):
        return ""
    zh = language == "zh"
    called = "zh" if zh else "says"
    heads = ["卡", "每卡显存(90% 区间)"] if zh else ["card", "needs (90 % interval)"]
    known = cards[0]["capacity_gib"] is not None
    if known:
        heads += ["卡上可用", "结论"] if zh else ["has", "verdict"]
    fullest = next(card for card in cards if card["fullest"])
    shown = cards if len(cards) <= MOST_ROWS else [card for card in cards if card in (cards[0], fullest, cards[-1])]
    rows = []
    for card in shown:
        row = [card[called], f"{gib(card['memory']['best_gib'])} ({span(card['memory'])})"]
        if known:
            row += [gib(card["capacity_gib"]), verdict(card, language)]
        rows.append(row)
    said = f"最满的是{fullest[called]},由它决定。" if zh else f"The fullest is {fullest[called]}; it decides."
    return f"{said}\n\n{markdown(heads, rows)}"


def _alike(cards: list[Result]) -> bool:
    """Whether all fit and hold nearly the same: then the fullest, which the verdict is of, tells for all."""
    amounts = [card["memory"]["best_gib"] for card in cards]
    return {card["verdict"] for card in cards} == {"yes"} and max(amounts) - min(amounts) < _NEARLY * max(amounts)


def _card(case: Result, language: str) -> str:
    named = next((case["facts"][name] for name in CAPACITY if name in case["facts"]), None)
    if named is None:
        if case.get("unequal"):
            return "最小的卡" if language == "zh" else "the smallest card"
        return "显卡" if language == "zh" else "card"
    return value("gpu" if isinstance(named, str) else "gpu_memory_gb", named, language)


def held_words(held: dict[str, Any], language: str) -> str:
    """`a card of 24 GB, such as RTX 4090`, `16 cards of 80 GB, such as A100`."""
    size, card = value("gpu_memory_gb", held["memory_gb"], language), value("gpu", held["gpu"], language)
    if held.get("shared"):
        return f"{size} 的机器" if language == "zh" else f"a machine of {size}"
    if held["n_gpus"] == 1:
        return f"{size} 的卡(如 {card})" if language == "zh" else f"a card of {size}, such as {card}"
    others = other_sets(held, language)
    if language == "zh":
        return f"{held['n_gpus']} 张 {size} 的卡(如 {card}){others}"
    return f"{in_words('n_gpus', held['n_gpus'], language)} of {size}, such as {card}{others}"


def other_sets(held: dict[str, Any], language: str) -> str:
    """`, or 1 × 96 GB`: sets of less memory in all."""
    sets = [f"{one['n_gpus']} × {value('gpu_memory_gb', one['memory_gb'], language)}" for one in held.get("or") or ()]
    if not sets:
        return ""
    return f",或 {' 或 '.join(sets)}" if language == "zh" else f", or {' or '.join(sets)}"


def columns(result: Result, cases: list[Result]) -> list[Result]:
    """The cases whose terms are told: the usual one, and those that differ from it in one thing only.

    Of methods that a card was named for, those that may fit; where none does, the one that takes least.
    """
    if len(cases) < 2:
        return [result]
    usual, among = cases[0], cases
    if "method" in usual["facts"] and usual["verdict"] == "no":
        among = [case for case in cases if case["verdict"] != "no"]
        among = among or [min(cases, key=lambda case: float(case["memory"]["best_gib"]))]
        usual = among[0]
    facts = usual["facts"]
    return [
        case for case in among
        if len({name for name in facts if case["facts"][name] != facts[name]} - set(CAPACITY)) <= 1
        and all(case["facts"][name] == facts[name] for name in CAPACITY if name in facts)
    ][:MOST_COLUMNS]  # fmt: skip


def terms_table(result: Result, cases: list[Result], language: str, weights_told: bool = False) -> str:
    """The terms of the usual case; beside it those that differ from it in one thing only.

    Where a training is fullest after its backward pass, a row in brackets tells what was there before and is freed by then;
    where it is fullest at its loss, one tells the gradients that are made later.
    """
    zh = language == "zh"
    heads = ["显存" if zh else "memory"]
    shown = columns(result, cases)
    differing: list[str] = []
    if len(cases) > 1:
        usual = shown[0]["facts"]
        differing = ordered(name for name in usual if len({str(case["facts"][name]) for case in shown}) > 1)
        if differing:
            heads = [case_words({name: case["facts"][name] for name in differing}, language) for case in shown]
    names = list(dict.fromkeys(one["name"] for case in shown for one in case.get("terms") or []))
    names.sort(key=lambda name: list(TERMS).index(name) if name in TERMS else len(TERMS))
    rows = []
    for name in names:
        amounts = [next((one["gib"] for one in case["terms"] if one["name"] == name), 0.0) for case in shown]
        if max(amounts) >= LEAST_GIB:
            rows.append([str(term(name, language)), *(gib(one) if one else "–" for one in amounts)])
    if not rows:
        return ""
    total = "**合计**" if zh else "**total**"
    rows.append([total, *(f"**{gib(case['memory']['best_gib'])}**" for case in shown)])
    if several_cards(result, cases):
        rows.append(["所有卡合计" if zh else "over all cards", *(gib(case["total_gib"]) for case in shown)])
    freed = _freed(shown, language)
    told = [*states_row(shown, language), *freed]
    rows += [row[: len(shown) + 1] for row in told]
    later = [(case.get("later") or {}).get("gradients_gib", 0.0) for case in shown]
    if max(later) >= LEAST_GIB:
        made = (
            "梯度(此刻还没有,反向时随激活释放而产生)"
            if zh
            else "gradients (not yet there: made later, as activations are freed)"
        )
        rows.append([made, *(f"({gib(one)})" if one else "–" for one in later)])
    # of several columns the least tells how it comes about: where cards share something, by what it is divided
    least = min(range(len(shown)), key=lambda at: float(shown[at]["memory"]["best_gib"]))
    how = {str(term(one["name"], language)): one.get("zh" if zh else "says", "") for one in shown[least]["terms"]}
    if len(shown) == 1:
        heads.append(HOW[zh])
        how |= {row[0]: row[-1] for row in told if len(row) > 2}
        rows = [[*row, how.get(row[0], "")] for row in rows]
    table = markdown([_corner(result, shown, cases, differing, language), *heads], rows)
    if len(shown) == 1:
        return table
    if weights_told:  # beside the verdict, of each case
        how.pop(str(term("weights", language)), None)
    return f"{table}\n\n{_of_column(heads[least], how, language)}".rstrip()


def _freed(shown: list[Result], language: str) -> list[list[str]]:
    """What stood there before the moment that decides: activations and logits, each by itself where logits are most of it."""
    zh, before = language == "zh", [case.get("before") or {} for case in shown]
    kept = [one.get("kept_gib", 0.0) for one in before]
    if max(kept) < LEAST_GIB:
        return []
    terms = [one for one in before[0].get("terms") or [] if one["gib"] >= LEAST_GIB] if len(shown) == 1 else []
    if any(one["name"] == "logits" and one["gib"] > _MOST_OF_IT * kept[0] for one in terms):
        until = ",此前(到这时已释放)" if zh else " before (freed by then)"
        return [
            [f"{term(one['name'], language)}{until}", f"({gib(one['gib'])})", one.get("zh" if zh else "says", "")]
            for one in terms
        ]
    said = "此前的激活与 logits(到这时已释放)" if zh else "activations and logits before (freed by then)"
    return [[said, *(f"({gib(one)})" if one else "–" for one in kept)]]


def _of_column(head: str, how: dict[str, str], language: str) -> str:
    """How what most turns on comes about, of one of several columns."""
    colon = ":" if language == "zh" else ": "
    said = [f"{name}{colon}{how[name]}" for name in (str(term(one, language)) for one in _TURNS_ON) if how.get(name)]
    if not said:
        return ""
    return f"{head}怎么来的:{';'.join(said)}。" if language == "zh" else f"How {head} comes about: {'; '.join(said)}."


def _corner(result: Result, shown: list[Result], cases: list[Result], differing: list[str], language: str) -> str:
    """What a column is of: a card, or all; and what all the columns have in common, where other cases have not."""
    zh = language == "zh"
    corner = "构成" if zh else "part"
    if several_cards(result, shown if len(cases) > 1 else []):
        apart = bool((result.get("unequal") or {}).get("by_layers"))  # each card holds another part
        corner = ("最满的卡" if apart else "每张卡") if zh else "fullest card" if apart else "per card"
    if len(cases) > 1:
        of = {
            name: shown[0]["facts"][name] for name in ordered(cases[0]["facts"]) if name not in {*CAPACITY, *differing}
        }
        corner += (f"({case_words(of, language)})" if zh else f" ({case_words(of, language)})") if of else ""
    return corner


def decoding(result: Result, language: str) -> list[str]:
    """How fast tokens can be generated, where a card with a known bandwidth is named."""
    zh = language == "zh"
    said = []
    for one in result.get("answers") or []:
        if one["quantity"] != "decoding_rate":
            continue
        told, host = rate(one["value"]), str(one.get("host_bandwidth") or "").split(":")[0]
        if host:
            said.append(
                f"解码速度主要受内存带宽限制:按 {host}(双通道 DDR5)最多约 {told} token/秒,通道更多则按倍数提高。" if zh
                else f"Decoding is bound by the RAM's bandwidth: at {host}, two channels of DDR5, at most about {told} tokens/s; more channels are as many times faster."
            )  # fmt: skip
        else:
            said.append(
                f"解码速度受显存带宽限制:上下文填满时最多约 {told} token/秒。" if zh
                else f"Decoding is bound by memory bandwidth: at most about {told} tokens/s at full context."
            )  # fmt: skip
    return said
