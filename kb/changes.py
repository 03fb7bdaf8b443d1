"""What would make it fit: changes tried one by one on the same case, those that fit kept, the cheapest first."""

from collections import Counter
from dataclasses import replace
from typing import Any

from formulas.quantity import Words
from kb.added import aided, likely_sum, together
from kb.cards import GIB, shares_memory
from kb.change import Change, Lost, Price, costing, in_order
from kb.offers import nearly, offers
from kb.on_one import on_fewer
from kb.outcome import Outcome
from kb.served_offers import PLACES_OF_SERVING, hosted_parts, refuses_offload
from kb.smaller import smaller_ones
from kb.trained_offers import hosted_states
from kb.tried import Tried, at_home_beyond, rank, spare, with_change, with_ram
from kb.worked import STATES

MOST = 6
# what changes neither method, cards nor length
_KEEPING = {
    "optimizer",
    "precision",
    "weight_format",
    "bits",
    "kv_format",
    "loss",
    "optimizer_in_backward",
    "n_trainable_layers",
    "cp",
    "activation_offload",
    "zero_stage",
    "gpu_memory_utilization",
    "max_num_seqs",
    "grad_accum",
    "batch_size",  # of a training, whose micro-batches leave the effective one as it is
    "gradient_checkpointing",
}
# of the need, the room that a change leaves at least to be told as one
_MORE, _MORE_FOR_QUALITY = 0.01, 0.05
_FAR_SHORTER = 4  # times: a length by so much below another that is offered
# of one kind: two formats, but only the fewest cards
MOST_ALIKE = 2


def changes(where: Outcome) -> list[dict[str, Any]]:
    """The first `MOST` changes that make the case fit for sure, of more cards only the fewest.

    Where no single one does on the cards given, the first of them that do together stand before the rest.
    """
    offered = sorted(offers(where), key=rank)
    found, fewer = _single(where, offered)
    if any("weight_format" in one.facts and one.price is Price.QUALITY for one, _ in found):
        # cards that hold fewer bits whole need no part of them elsewhere
        found = [one for one in found if "weight_format" not in one[0].facts or one[0].price is not Price.HOST_MEMORY]
    added: list[Tried] = []
    alone: list[dict[str, Any]] = []
    if all(rank(change) > Price.QUALITY for change, _ in found):
        added, alone = _summed(where, offered, found)
    elif where.situation.knob("task") != "train" and not any(_gentle(change) for change, _ in found):
        gentle = together(where, [one for one in offered if _gentle(one)])  # before what costs more quality
        added = [one for one in gentle if one[0].price <= Price.QUALITY]
        alone = [each for change, _ in added for each in _each(where, change, offered)]
    found = [*added, *found]
    found = _once(sorted([*found, *aided(where, offered, found)], key=lambda one: rank(one[0])))
    if any("batch_size" in change.facts and change.price <= Price.QUALITY for change, _ in found):
        found = [one for one in found if "seq_len" not in one[0].facts]  # smaller batches leave the length as it is
    found = [*found, *_of_the_family(where, [change for change, _ in found])]
    found.sort(key=lambda one: one[0].price is Price.CARDS)
    if fewer and not any("n_gpus" in change.facts and change.price is Price.CARDS for change, _ in found):
        found.append(fewer)
    told = [
        _json(change, tried, fewer if int(change.facts.get("n_gpus") or 1) > 1 else None)
        for change, tried in _told(where, found)
    ]
    summed = added[0][0].facts if added else None
    return [{**one, "alone": alone} if alone and one["facts"] == summed else one for one in told]


def _told(where: Outcome, found: list[Tried]) -> list[Tried]:
    """The first `MOST`; who trains on several cards is told of how many they would be, too, and last, whatever else there is."""
    several = where.situation.knob("task") == "train" and where.n_gpus > 1
    more = [one for one in found[MOST:] if several and one[0].price is Price.CARDS and "n_gpus" in one[0].facts]
    return [*found[:MOST], *more[:1]]


def _single(where: Outcome, offered: list[Change]) -> tuple[list[Tried], Tried | None]:
    """Each change that does for sure by itself, of one kind a few; and cards that most likely do, below those that do for sure."""
    found: list[Tried] = []
    alike: Counter[frozenset[str]] = Counter()
    fewer: Tried | None = None
    for change in offered:
        kind = frozenset(change.facts)
        of_kind = kind | {str(change.facts.get("method"))}  # LoRA and QLoRA are two kinds, with their bits
        of_cards = change.price is Price.CARDS and "n_gpus" in kind
        once = of_cards or (change.price is Price.LESS and "weight_format" in kind)
        if alike[of_kind] >= (1 if once else MOST_ALIKE):  # two or three bits only where no more of them fit
            continue
        tried = with_change(where, change)
        if tried is not None and of_cards and tried.leaning == "likely":
            fewer = fewer or (change, tried)
        if tried is not None and tried.verdict == "yes":
            alike[of_kind] += 1
            found.append((with_ram(change, tried), tried))
    return _undominated(sorted(found, key=lambda one: rank(one[0]))), fewer


def _once(found: list[Tried]) -> list[Tried]:
    """Each way once: a sum of two changes may be an offer of its own."""
    return [one for place, one in enumerate(found) if all(one[0].facts != other[0].facts for other in found[:place])]


def _gentle(change: Change) -> bool:
    """Does it keep what was asked for, at hardly any quality?"""
    return rank(change) <= Price.QUALITY and all(cost.quality <= Lost.LITTLE for cost in change.costs)


def _summed(where: Outcome, offered: list[Change], found: list[Tried]) -> tuple[list[Tried], list[dict[str, Any]]]:
    """What does together that does not by itself, and each part of it alone; nothing where a part is enough."""
    kept = [one for one in offered if one.price < Price.LESS and not at_home_beyond(where, one)]
    added = together(where, [one for one in kept if rank(one) <= Price.QUALITY])
    if not added and all(change.price >= Price.LESS for change, _ in found):
        few_bits = [one for one in offered if one.price is Price.LESS and "weight_format" in one.facts]
        added = together(where, kept) or together(where, [*kept, *few_bits])
    alone = [each for change, _ in added for each in _each(where, change, offered)]
    return ([], []) if any(one["verdict"] == "yes" for one in alone) else (added, alone)


def _of_the_family(where: Outcome, found: list[Change]) -> list[Tried]:
    """A smaller model, where this one is held by nothing that leaves it its quality on these cards."""
    serves = where.situation.knob("task") != "train"
    given_up = PLACES_OF_SERVING if serves else {"seq_len"}
    kept = [one for one in found if not given_up & set(one.facts)]
    if any(one.price <= (Price.QUALITY if serves else Price.METHOD) for one in kept):
        return []
    tried = ((change, with_change(where, change)) for change in smaller_ones(where))
    return [(change, there) for change, there in tried if there is not None]


# of two that fit the one that gives up more is left out: fewer bits are for memory's sake, and of a base that is 4
_DOMINATED: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"method": "lora"}, {"method": "qlora", "bits": 8}),
    ({"optimizer": "adamw-8bit"}, {"optimizer": "adafactor"}),
    ({"offload": "optimizer"}, {"offload": "params"}),
)


def _undominated(found: list[Tried]) -> list[Tried]:
    """Without what gives up more than another that fits."""
    every = [change.facts for change, _ in found]
    if any("n_cpu_moe" in facts for facts in every):  # of a mixture its experts go to host memory, not whole layers
        found = [one for one in found if "gpu_layers" not in one[0].facts]
    if any("weight_format" in one[0].facts and one[0].price <= Price.QUALITY for one in found):
        found = [one for one in found if "cpu_offload_gb" not in one[0].facts or one[0].price <= Price.QUALITY]
    longest = max(
        (int(facts["seq_len"]) for facts in every if "seq_len" in facts and "kv_format" not in facts), default=0
    )
    found = [one for one in found if int(one[0].facts.get("seq_len") or longest) * _FAR_SHORTER >= longest]
    worse = [two for one, two in _DOMINATED if any(one.items() <= facts.items() for facts in every)]
    return [one for one in found if not any(two.items() <= one[0].facts.items() for two in worse)]


def likely_changes(where: Outcome, sure: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What keeps method and cards and most likely makes it fit, of a training too what brings it to the edge; beside what does
    for sure, then the length that is about as long as the card holds. Where only a sum does it, that tells its parts."""
    likely: list[dict[str, Any]] = []
    leanings = (
        ("likely", "borderline") if where.situation.knob("task") == "train" and where.verdict == "no" else ("likely",)
    )
    for change in () if any(one.get("alone") for one in sure) else offers(where):
        if change.price in (Price.NOTHING, Price.SPEED, Price.QUALITY) and set(change.facts) <= _KEEPING:
            there = with_change(where, change)
            least = (_MORE_FOR_QUALITY if change.price is Price.QUALITY else _MORE) * where.best
            if there is not None and there.leaning in leanings and spare(there) - spare(where) > least:
                likely.append({**_json(change, there), "leaning": there.leaning})
    likely.sort(key=lambda one: leanings.index(one["leaning"]))
    del likely[MOST_ALIKE:]
    if not any(one["price"] in ("nothing", "speed") for one in [*sure, *likely]):
        likely[:0] = [{**_json(change, there), "leaning": there.leaning} for change, there in likely_sum(where)]
    for change in nearly(where):
        there = with_change(where, change)
        if there is not None and there.verdict == "borderline":
            likely.append({**_json(change, there), "leaning": there.leaning})
    return likely


def also_on(told: dict[str, Any], others: list[Outcome]) -> list[dict[str, Any]]:
    """Of other cards that are meant those that do not hold the case, and do with a change that keeps cards and length."""
    if told["price"] not in ("nothing", "speed", "quality"):
        return []
    change = Change(told["facts"], Price.QUALITY, Words(told["says"], told["zh"]), ())
    tried = [(one, with_change(one, change)) for one in others if one.verdict != "yes"]
    return [
        {"gpu": str(one.apart["gpu"]), "gib": there.best / GIB, "capacity_gib": (there.capacity or 0.0) / GIB}
        for one, there in tried if there is not None and there.verdict == "yes"
    ]  # fmt: skip


def refused(where: Outcome) -> dict[str, Any] | None:
    """What the host memory that the asker wants nothing put into would give; None where it is not refused, or does not help."""
    shared = shares_memory(where.case.card)
    if shared or not refuses_offload(where) or where.verdict == "yes" or "offload" in where.case.differs:
        return None
    opened = replace(where, case=where.case.with_facts(offload="none"))
    training = where.situation.knob("task") == "train"
    for change in hosted_states(where) if training else hosted_parts(opened):
        there = with_change(opened, change)
        if there is not None and there.verdict == "yes":
            return _json(change, there)
    ram = where.situation.knob("host_memory_gb")
    more = replace(where, case=where.case.with_facts(offload="none", host_memory_gb=None))
    for change in hosted_states(where) if training and ram else ():  # the cards would hold it, the machine does not
        there = with_change(more, change)
        if there is not None and there.verdict == "yes":
            return {**_json(change, there), "beyond_gb": ram}
    return None


def _each(where: Outcome, added: Change, offered: list[Change]) -> list[dict[str, Any]]:
    """Each of the changes that were added up, by itself: what it leaves, and how likely that fits."""
    found = []
    for one in offered:
        if set(one.facts.items()) < set(added.facts.items()):
            there = with_change(where, one)
            if there is not None:
                found.append({**_json(one, there), "verdict": there.verdict, "leaning": there.leaning})
    return found


def _json(change: Change, tried: Outcome, fewer: tuple[Change, Outcome] | None = None) -> dict[str, Any]:
    """`fewer`: cards that most likely do, fewer than those that are sure to."""
    # of what is served only what a change puts there: an embedding that is there anyway costs nothing more
    hosted = (
        tried.host_gib if tried.situation.knob("task") == "train" or PLACES_OF_SERVING & set(change.facts) else None
    )
    there = tried.host_gib if hosted or PLACES_OF_SERVING & set(tried.case.facts) else None
    taken = costing(f"{there:,.1f} GiB of host memory", f"内存 {there:,.1f} GiB") if there else ()
    costs = in_order((*change.costs, *taken))
    return {
        "facts": change.facts, "says": change.says.en, "zh": change.says.zh, "gib": tried.best / GIB, "total_gib": tried.total / GIB,
        "capacity_gib": (tried.capacity or 0) / GIB, "price": change.price.told,
        "cost": "; ".join(one.says.en for one in costs), "cost_zh": "；".join(one.says.zh for one in costs), "host_gib": hosted,
        **({"fewer": _counted(*fewer)} if fewer else {}),
        **({"on_fewer": on_fewer(tried)} if "weight_format" in change.facts else {}),
    }  # fmt: skip


def _counted(change: Change, tried: Outcome) -> dict[str, Any]:
    """So many cards: what each needs, and what of that a training divides over them."""
    states = tried.held(*STATES) if tried.situation.knob("task") == "train" else 0.0
    return {
        "n_gpus": change.facts["n_gpus"], "says": change.says.en, "zh": change.says.zh,
        "gib": tried.best / GIB, "states_gib": states / GIB,
    }  # fmt: skip
