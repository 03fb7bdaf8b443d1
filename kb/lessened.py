"""Of two trainings that are compared, what would take clearly less than the larger: why a run takes much is asked to bring it down."""

from collections.abc import Iterator, Sequence, Set
from typing import Any

from formulas.errors import BadInput
from formulas.quantity import Words
from kb.cards import GIB
from kb.change import Change, Price, costing
from kb.hosting import MACHINE
from kb.outcome import Outcome, outcome
from kb.side import Setup
from kb.trained_offers import of_training

# of what it is held against, the most that is clearly less; and how many ways are told
_CLEARLY, _MOST = 0.9, 5
# sides that part in one of these are not of one training: what is less than the larger may be more than the smaller
_OF_OTHERS = frozenset({"model", "params", "method", "engine", "n_gpus", "gpu", "algo", "seq_len", "batch_size"})
_MODELS = frozenset({"model", "params"})
_SHARDED = costing("traffic between the cards", "卡间通信")
_FOUR = 4


def lessened(setups: Sequence[Setup]) -> dict[str, Any] | None:
    """The larger of two, and the ways to less: computing first, then states, method, and cards that share; None where neither is
    a training, or where nothing takes clearly less."""
    if len(setups) != 2 or any(one.knob("task") != "train" for one in setups):
        return None
    large, small = (pick((0, 1), key=lambda place: setups[place].main.best) for pick in (max, min))
    apart = {name for one in setups for name in one.given}
    alike = not apart & _OF_OTHERS
    against = setups[small if alike else large].main.best
    other = set() if apart & _MODELS else {str(value) for value in setups[small].given.values()}
    ways = ways_to_less(setups[large].main, against, other)
    return {"setup": large, "than_both": alike, "ways": ways[:_MOST]} if ways else None


def ways_to_less(where: Outcome, against: float, other: Set[str] = frozenset()) -> list[dict[str, Any]]:
    """Of each kind of change the mildest with which a training takes clearly less than so many bytes; none that sets `other`."""
    ways, kinds = [], set[str]()
    for change in (*of_training(where), *_on_more_cards(where)):
        kind = _kind(change)
        if kind is None or kind in kinds or {str(value) for value in change.facts.values() if value} & other:
            continue
        there = _tried(where, change)
        if there is None or there.best > _CLEARLY * against:
            continue
        kinds.add(kind)
        ways.append({
            "facts": change.facts, "says": change.says.en, "zh": change.says.zh, "gib": there.best / GIB, "price": change.price.told,
        })  # fmt: skip
    return ways


def _kind(change: Change) -> str | None:
    """What it is of: of each kind the mildest is told; None of what moves memory elsewhere or costs what was asked for."""
    facts = {name: value for name, value in change.facts.items() if value is not None}
    if change.price in (Price.HOST_MEMORY, Price.LESS) or "lora_rank" in facts:
        return None
    if facts.get("method") == "qlora" and facts.get("bits") != _FOUR:
        return None  # that of four bits is what people take
    return "+".join(sorted(set(facts) - {"bits"})) + str(facts.get("method", ""))


def _on_more_cards(where: Outcome) -> Iterator[Change]:
    """All weights trained on one card: the same shared by the cards of a machine."""
    if where.n_gpus == 1 and where.situation.knob("method") == "full":
        said = Words(f"ZeRO-3 or FSDP over {MACHINE} cards (each)", f"{MACHINE} 张卡用 ZeRO-3/FSDP(每卡)")
        yield Change({"n_gpus": MACHINE, "zero_stage": 3}, Price.CARDS, said, _SHARDED)


def _tried(where: Outcome, change: Change) -> Outcome | None:
    try:
        return outcome(where.case.with_facts(**change.facts))
    except BadInput:
        return None
