"""What may be changed so that a model fits, each change with what it costs; whether it helps is tried in `kb.changes`."""

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from typing import Any

from formulas.errors import BadInput
from formulas.quantity import Words
from kb.cards import Card, shares_memory
from kb.cases import LAYOUTS
from kb.change import Change, Costs, Price, costing
from kb.flags import with_flag
from kb.hosting import MACHINE, whole_machines
from kb.knobs import PLAIN_TYPES
from kb.layout import of_unequal_size
from kb.names import gpu_row
from kb.outcome import Outcome, outcome
from kb.recommender import smallest_that_hold, steps
from kb.served_offers import cache_called, few_at_once, of_serving, program_of
from kb.trained_offers import most, of_training
from kb.wider import narrow_cache_of

_NO_COST: Costs = ()  # what other cards cost is their price
_LONGER = 1.1  # a length of so many times another is worth a word beside it
_LEAST_SERVED = 1024  # tokens of context
# of the likely length, a sure one: below, the estimate's margin takes more of the room than the cache has left
_WORTH_TAKING, _WORTH_TRAINING = 0.4, 0.1
_LARGER = 1.05  # a card of so many times the memory is a larger one
# who has a smaller card is sent to one of so many GB, or of so many times the memory, at most
_USUAL_GB, _TIMES = 96, 2.0
_SOME_STEPS = 2  # of an accumulation: how many changes nothing of what is held
_USUAL_CARD = 80  # GB of those that stand in machines of few


def offers(where: Outcome) -> Iterator[Change]:
    """Every change that this configuration may admit; each only where it changes something."""
    if where.situation.knob("task") == "train":
        yield from of_training(where)
    else:
        yield from of_serving(where)
    yield from solved(where)
    yield from _of_cards(where)


def solved(where: Outcome) -> Iterator[Change]:
    """Smaller batches and shorter sequences: the most that fits for sure with all else as it is; of a training at least one at a
    time, beside which another change may do."""
    knob, cost = where.situation.knob, costing("less throughput", "吞吐降低")
    batch, training = int(knob("batch_size") or 1), knob("task") == "train"
    limit = next(few_at_once(where), None)  # which a server that is told of fewer has with them
    limited = _with(where, limit.facts) if limit else where
    if training and batch > 1:  # gradients that are added up stay from one micro-batch to the next
        limited = _with(where, _accumulating(where, _SOME_STEPS))
    fewer = None if limit and limited.verdict == "yes" else most(limited, "batch_size", batch - 1)
    if training and batch > 1:  # one at a time is what everybody tries first
        fewer = _dividing(batch, fewer)
        yield accumulated(where, fewer or 1)
        yield from _fused_and_fewer(where, fewer)
    elif fewer:
        said = Words(f"{fewer} sequence{'s' if fewer > 1 else ''} at once", f"同时 {fewer} 条序列")
        cost = with_flag(cost, program_of(where) or knob("engine"), "batch_size", fewer)
        yield Change({**(limit.facts if limit else {}), "batch_size": fewer}, Price.LESS, said, cost)
    shorter = most(where, "seq_len", int(knob("seq_len") or 1) - 1)
    if shorter and not (_too_short(where, shorter) or _far_below(where, shorter, where.largest("seq_len"))):
        said = _lengths(shorter, where.largest("seq_len"))
        yield Change({"seq_len": shorter}, Price.LESS, said, _shorter(where, shorter))
    if shorter:
        yield from _aided_and_shorter(where, shorter)


def _dividing(batch: int, most_at_once: int | None) -> int:
    """The most of those that go a whole number of times into the batch; 0 if none is sure."""
    return max((one for one in range(1, (most_at_once or 0) + 1) if batch % one == 0), default=0)


def accumulated(where: Outcome, fewer: int) -> Change:
    """Smaller batches one after the other, whose gradients are added before each update: so many for each that were told."""
    same = costing("less throughput, the same effective batch", "吞吐降低,等效批大小不变")
    knob = where.situation.knob
    steps = int(knob("batch_size")) // fewer * int(knob("grad_accum") or 1)
    said = Words(
        f"batch {fewer} with gradient accumulation over {steps} steps", f"批大小 {fewer} 加梯度累积 {steps} 步"
    )
    return Change({"batch_size": fewer, **_accumulating(where, steps)}, Price.SPEED, said, same)


def _accumulating(where: Outcome, steps: int) -> dict[str, int]:
    """So many micro-steps; of a pipeline, which keeps gradients anyway, they would say how many micro-batches are under way."""
    return {} if int(where.situation.knob("pp") or 1) > 1 else {"grad_accum": steps}


def _fused_and_fewer(where: Outcome, above: int) -> Iterator[Change]:
    """How much larger a batch may be without full logits; nothing where that alone is enough."""
    if where.situation.knob("loss") != "full-logits":
        return
    fused = _with(where, {"loss": "fused", **_accumulating(where, _SOME_STEPS)})
    batch = int(where.situation.knob("batch_size"))
    fewer = (
        0
        if _with(where, {"loss": "fused"}).verdict == "yes"
        else _dividing(batch, most(fused, "batch_size", batch - 1))
    )
    if fewer > above:
        one = accumulated(where, fewer)
        said = Words(f"a fused loss and {one.says.en}", f"融合损失,{one.says.zh}")
        yield Change({"loss": "fused", **one.facts}, Price.SPEED, said, one.costs)


def nearly(where: Outcome) -> Iterator[Change]:
    """The length with which the middle of the estimate fills the card, where what is sure is far below it or nothing; with
    what costs little beside it."""
    below, plain = int(where.situation.knob("seq_len") or 1), _middle(where, {})
    aids = ({}, *(facts for facts, _ in _aids(where)))
    # what reaches the length that was asked for is no shorter one, and was offered alone
    lengths = [(length, facts) for facts in aids if (length := _middle(where, facts)) is not None and length < below]
    if not lengths:
        return
    length, facts = max(lengths, key=lambda one: one[0])
    if facts and plain and length <= _LONGER * plain:
        length, facts = plain, {}
    sure = most(_with(where, facts), "seq_len", length)
    if _too_short(where, length) or (sure is not None and not _far_below(where, sure, length)):
        return
    aid = next((said for given, said in _aids(where) if given == facts), None)
    said = Words(f"{length:,} tokens, by the middle of the estimate", f"{length:,} 个 token(按区间中值)")
    if aid is not None:
        said = Words(f"{aid.en} and {said.en}", f"{aid.zh},{said.zh}")
    yield Change({**facts, "seq_len": length}, Price.LESS, said, _shorter(where, length))


def _too_short(where: Outcome, length: int) -> bool:
    """Whether nobody serves a model with so little context, where more was meant."""
    return where.situation.knob("task") != "train" and length < _LEAST_SERVED


def _far_below(where: Outcome, sure: int, middle: int | None) -> bool:
    """Whether the length that is sure is so short beside the likely one that nobody would serve it: a server tells at its
    start what it holds, a training only when the longest sample comes."""
    worth = _WORTH_TRAINING if where.situation.knob("task") == "train" else _WORTH_TAKING
    return middle is not None and sure < worth * middle


def _shorter(where: Outcome, length: int) -> Costs:
    """What a shorter length costs, and how a server is told of it."""
    cost = costing("shorter sequences", "序列变短")
    if where.situation.knob("task") == "train":
        return cost
    return with_flag(cost, program_of(where) or where.situation.knob("engine"), "seq_len", length)


def _middle(where: Outcome, facts: dict[str, Any]) -> int | None:
    """The length with which the middle of the estimate fills the card, with some facts changed."""
    try:
        return (_with(where, facts) if facts else where).largest("seq_len")
    except BadInput:
        return None


def _aids(where: Outcome) -> Iterator[tuple[dict[str, Any], Words]]:
    """What makes longer samples possible and costs less than they are worth: no full logits, checkpointing, a cache in 8 bits."""
    knob = where.situation.knob
    if knob("task") == "train":
        fused = knob("loss") == "full-logits"
        if fused:
            yield {"loss": "fused"}, Words("a fused loss", "融合损失")
        if knob("gradient_checkpointing") != "on":  # slower, and still more of use than a few hundred tokens
            facts, said = {"gradient_checkpointing": "on"}, Words("checkpointing", "激活重计算")
            if fused:
                facts, said = {**facts, "loss": "fused"}, Words("checkpointing, a fused loss", "激活重计算、融合损失")
            yield facts, said
        return
    narrow = narrow_cache_of(where)
    if narrow and knob("kv_format") in (None, *PLAIN_TYPES):
        called = cache_called(where, narrow)
        yield {"kv_format": narrow}, Words(f"a cache in 8 bits ({called})", f"8 位缓存({called})")


def _with(where: Outcome, facts: dict[str, Any]) -> Outcome:
    return outcome(where.case.with_facts(**facts))


def _lengths(sure: int, middle: int | None) -> Words:
    """The longest sequences that are sure to fit, and those with which the estimate fills the card."""
    if middle is None or middle <= _LONGER * sure:
        return Words(f"at most {sure:,} tokens for sure", f"最多 {sure:,} 个 token(稳妥)")
    return Words(
        f"at most {sure:,} tokens for sure, {middle:,} by the middle of the estimate",
        f"最多 {sure:,} 个 token(稳妥),按区间中值 {middle:,} 个",
    )


def _aided_and_shorter(where: Outcome, above: int) -> Iterator[Change]:
    """How much longer sequences may be without full logits, or with a cache in 8 bits; nothing where that alone is enough."""
    for facts, aid in _aids(where):
        try:
            aided = _with(where, facts)
        except BadInput:
            continue
        if aided.verdict == "yes" or (aided.leaning == "likely" and where.situation.knob("task") != "train"):
            continue
        longer = most(aided, "seq_len", int(aided.situation.knob("seq_len")) - 1)
        if longer is None or longer <= _LONGER * above or _too_short(where, longer):
            continue
        reach = _lengths(longer, aided.largest("seq_len"))
        said = Words(f"{aid.en} and {reach.en}", f"{aid.zh},{reach.zh}")
        yield Change({**facts, "seq_len": longer}, Price.LESS, said, _shorter(where, longer))


def _of_cards(where: Outcome) -> Iterator[Change]:
    least = max(where.capacity or 0.0, _LARGER * where.case.card.capacity if where.case.card else 0.0)
    larger = smallest_that_hold(replace(where, case=replace(where.case, together=())), above=least)
    if where.situation.facts["rollouts_by"].value != "none":
        said = Words("rollouts on cards of their own", "rollout 放到另外的卡上")
        yield Change({"rollouts_by": "none", "gpu_memory_utilization": None}, Price.CARDS, said, _NO_COST)
    own = where.case.card
    if own is not None and gpu_row(own.name).get("class") in ("laptop", "unified"):
        return  # which takes no other card, and no second one
    machines = shares_memory(own)  # which takes no card, and is joined to others over a network
    if larger and not machines and (own is None or larger[0].marketed_gb <= max(_USUAL_GB, _TIMES * own.marketed_gb)):
        card, gb = larger[0], f"{larger[0].marketed_gb:g}"
        one = "a card" if where.n_gpus == 1 else "cards"
        said = Words(f"{one} of {gb} GB, such as {card.name}", f"换 {gb} GB 的卡,例如 {card.name}")
        if _of_another_maker(where, card):
            said = Words(f"{one} of {gb} GB", f"换 {gb} GB 的卡")
        yield Change({"gpu": card.name, "gpu_memory_gb": None}, Price.CARDS, said, _NO_COST, card=card)
    training = where.situation.knob("task") == "train"
    layout: dict[str, Any] = dict.fromkeys((*LAYOUTS, "dp")) | ({"zero_stage": 3} if training else {})
    desktop = own is not None and gpu_row(own.name).get("class") == "consumer"
    # who names one card asks of its kind, however many it takes; who names several has a machine that holds so many
    built = desktop and where.n_gpus > 1
    upto = max(MACHINE, 2 * where.n_gpus) if built else max(steps(where))
    for more in () if of_unequal_size(where.case.rig) else steps(where):  # of which would there be more?
        if where.n_gpus < more <= upto:
            said = Words(f"{more} such cards, sharded", f"{more} 张同样的卡,切分")
            if machines:
                said = Words(f"{more} such machines, sharded over their network", f"{more} 台同样的机器,经网络切分")
            if (boxes := whole_machines(more)) and not training:
                said = Words(f"{said.en} ({boxes} machines of {MACHINE})", f"{said.zh}({boxes} 台 {MACHINE} 卡机)")
            yield Change({"n_gpus": more, **layout}, Price.CARDS, said, _NO_COST)
    copies, room = int(where.situation.knob("dp") or 1), where.capacity or 0.0  # a server's share of each card
    if not training and own and where.exact * where.n_gpus / copies > max(MACHINE, where.n_gpus) * room > 0:
        yield from _machines(where, layout)


def _of_another_maker(where: Outcome, card: Card) -> bool:
    """Who has one maker's cards is not sent to another's by name."""
    row = gpu_row(where.case.card.name if where.case.card else "")
    return bool(row) and row["vendor"] != gpu_row(card.name)["vendor"]


def _machines(where: Outcome, layout: dict[str, Any]) -> Iterator[Change]:
    """Of what no number of such cards within reach holds: one machine of larger cards, or two."""
    server = {} if where.situation.knob("engine") else {"engine": "vllm"}  # which is what such machines run
    for count in (2, 4, MACHINE, 2 * MACHINE):
        facts = {**layout, **server, "gpu": None, "gpu_memory_gb": None, "n_gpus": count}
        there = replace(where.case, card=None, together=()).with_facts(**facts)
        try:
            below = inf if count >= MACHINE else _USUAL_CARD + 1  # larger ones stand in whole machines
            held = smallest_that_hold(outcome(there), below=below, above=where.capacity or 0.0)
        except BadInput:
            return
        if held:
            card, gb = held[0], f"{held[0].marketed_gb:g}"
            other = _of_another_maker(where, card)
            said = Words(
                f"{count} cards of {gb} GB{'' if other else f', such as {card.name}'}, sharded",
                f"{count} 张 {gb} GB 的卡{'' if other else f'(例如 {card.name})'},切分",
            )
            yield Change({**facts, "gpu": card.name}, Price.CARDS, said, _NO_COST, card=card)
            return
