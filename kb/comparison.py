"""Set-ups side by side: what each needs, which terms differ and why, what each costs, and which of them to take.

A set-up is the facts that set it apart from the others; all else is the same for all, what is assumed included.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

from formulas.errors import BadInput
from formulas.notation import figure
from formulas.quantity import quantities
from formulas.render import works_json
from kb.alike import assumed_alike
from kb.another_optimizer import and_another
from kb.between import between, unmoved, unquantised
from kb.cards import GIB
from kb.cases import LAYOUTS, own_base, parse_given, spread
from kb.changes import changes, likely_changes
from kb.contrast import reasons
from kb.database import rows
from kb.held import held_apart
from kb.hybrid import Hybrids
from kb.interval import FITS
from kb.least_cards import least_cards
from kb.lessened import lessened
from kb.likely import Stated
from kb.more_cards import more_cards
from kb.on_one import fused_on_one, on_one
from kb.outcome import Outcome, outcome
from kb.own_states import beside_precision, by_itself, same_masters
from kb.published import nearest, published
from kb.rates import HostMemory
from kb.recipe import format_for
from kb.roomy import with_room
from kb.savings import saved
from kb.side import NO_REASON, Setup
from kb.stated import ASSUMED
from kb.stored import stored_bits
from kb.together import added_up
from kb.worked import TERM_ORDER

MOST = 6
# of a difference below this nothing is told; nor of what is no more than this share of the largest
_LEAST_GIB, _LEAST_SHARE = 0.1, 0.03
_EXPLAINED, _WORTH = 3, 0.2  # terms with their reasons: so many, each so large a share of the largest difference
_MOST_CHANGES = 4
# what leaves the weights of a served model as they are
_OF_CARDS = {"gpu", "gpu_memory_gb", "n_gpus", "dp", *LAYOUTS}
_FORMATS = {"weight_format", "bits", "bpw"}
_LARGER, _FOUR = 1.25, 4  # times the parameters; bits of a weight, scales included
_OF_A_CACHE = {"kv_format", "seq_len", "gpu_memory_utilization"}
# so many times the length, and told where the difference is by this share another
_LONGER, _WORTH_MORE = 4, 0.25
# what surely fits goes before what may
_BY_CHANCE = (("yes",), ("likely",), ("borderline", "conditional"), ("unlikely",))
# of one of them nothing is divided, and no copy stands beside another
_WAYS = ("tp", "pp", "dp")


@dataclass(frozen=True)
class Comparison:
    """Two set-ups or more; the first is the usual one where a single figure is wanted.

    `masters_alike`: optimizers are counted with masters, which some usually run without: in all of them, or in all that
    tell no precision of their own.
    """

    setups: tuple[Setup, ...]
    host: HostMemory
    masters_alike: bool = False

    @cached_property
    def hybrids(self) -> Hybrids:
        """How each runs on its cards and in the host memory that was told."""
        return Hybrids(tuple(one.main for one in self.setups), self.host)

    @property
    def _runnable(self) -> list[int]:
        return [place for place, one in enumerate(self.setups) if not one.lacks]

    @cached_property
    def best(self) -> list[float]:
        return [one.main.best for one in self.setups]

    @cached_property
    def differences(self) -> list[dict[str, Any]]:
        """The terms that differ, the largest difference first, with the reasons for the first of them."""
        mains = [one.main for one in self.setups]
        amounts = {name: [main.terms.get(name, 0.0) for main in mains] for name in TERM_ORDER}
        spreads = {name: max(each) - min(each) for name, each in amounts.items()}
        least = max(_LEAST_GIB * GIB, _LEAST_SHARE * max(spreads.values()))
        # the cache is asked about by itself, however large the weights are that stand beside it
        floor = {name: _LEAST_GIB * GIB if name == "kv_cache" else least for name in amounts}
        ranked = sorted((name for name in amounts if spreads[name] >= floor[name]), key=lambda name: -spreads[name])
        worth = _WORTH * max(spreads.values())
        told = [name for name in ranked if name not in NO_REASON and spreads[name] >= worth][:_EXPLAINED]
        return [
            {"name": name, "amounts_gib": [amount / GIB for amount in amounts[name]], "spread_gib": spreads[name] / GIB,
             "less_shown": _percent(amounts[name]),
             "reasons": [one.json() for one in reasons(name, mains)] if name in told else []}
            for name in ranked
        ]  # fmt: skip

    @cached_property
    def differing(self) -> list[str]:
        """Facts that set the cases apart: those given, and a program's defaults that the others do not share."""
        given = list(dict.fromkeys(name for one in self.setups for name in one.given))
        names = dict.fromkeys(
            name for one in self.setups for name in one.main.situation.knobs if one.default_of_program(name)
        )
        return given + [
            name for name in names if name not in given and len({str(one.knob(name)) for one in self.setups}) > 1
        ]

    @cached_property
    def prices(self) -> list[list[dict[str, Any]]]:
        """What each set-up costs, by the table `prices`, for each fact that sets it apart."""
        table = {(row["setting"], row["value"]): row for row in rows("SELECT * FROM prices")}
        found: list[list[dict[str, Any]]] = []
        for one in self.setups:
            mine = [
                (name, table.get((_priced(one, name), str(one.knob(name)).replace("True", "true"))) or table.get((name, "*")))
                for name in self.differing if one.knob(name) is not None and not (name in _WAYS and int(one.knob(name)) == 1)
            ]  # fmt: skip
            found.append([
                {"fact": name, "rank": row["rank"], "says": row["says"], "zh": row["zh"], "source": row["source"]}
                for name, row in mine if row is not None and not (name == "weight_format" and one.lacks)
            ])  # fmt: skip
        return found

    @cached_property
    def recommended(self) -> int | None:
        """Of those that fit the one that costs least, with room where no length is told; where several cost the same, the smallest,
        of files of one model the one of most bits. None without a card."""
        if any(not one.main.case.rig for one in self.setups):
            return None
        if self.hybrids and (place := self.hybrids.take(self._runnable)) is not None:
            return place
        for likely in _BY_CHANCE:
            fitting = [place for place, one in enumerate(self.setups) if one.leaning in likely and not one.lacks]
            if fitting:
                taken, mains = min(fitting, key=self._cost), [one.main for one in self.setups]
                return taken if self.by_size else with_room(taken, fitting, mains, self.differing, self._cost)
        return None

    @cached_property
    def _of_files(self) -> bool:
        """Do only the quantised files differ, of which more bits are the better of what costs alike?"""
        kinds = [str(one.knob("weight_format")) for one in self.setups]
        return all(one.startswith("gguf") for one in kinds) and {name for one in self.setups for name in one.given} == {
            "weight_format"
        }

    @cached_property
    def by_size(self) -> bool:
        """Are models of clearly several sizes, of which none is a mixture, served in several formats? At the same memory more
        parameters in four bits do better than fewer in eight, and below four bits no longer (k-bit inference scaling laws)."""
        sizes = [one.main.n_params or 0.0 for one in self.setups]
        given = {name for one in self.setups for name in one.given}
        served = all(one.knob("task") != "train" and not one.mixture for one in self.setups)
        return served and min(sizes) > 0 and max(sizes) > _LARGER * min(sizes) and bool(given & _FORMATS)

    def _cost(self, place: int) -> tuple[float, float]:
        size = self.best[place]
        if self.by_size:
            main = self.setups[place].main
            return float(stored_bits(main) < _FOUR), -(main.n_params or 0.0)
        return sum(price["rank"] for price in self.prices[place]), -size if self._of_files else size

    @property
    def cheapest_first(self) -> list[int]:
        return sorted(range(len(self.setups)), key=self._cost)

    @property
    def of_cards(self) -> bool:
        """Whether the same is set on other cards, or on another number of them, and nothing else differs."""
        return {name for one in self.setups for name in one.given} <= {"gpu", "n_gpus", "gpu_memory_gb"}

    def json(self) -> dict[str, Any]:
        """The contract's object, its cases the set-ups; and what the comparison adds."""
        mains = [one.main for one in self.setups]
        named = {name for one in self.setups for name in one.given}
        verdicts = {one.verdict for one in self.setups}
        if verdicts == {"no"} and any(self.hybrids.at):
            verdicts = {"conditional"}  # as an estimate has it: kb/estimator.py
        first, facts = mains[0], _common([main.facts_json() for main in mains])
        smallest = min(range(len(mains)), key=lambda place: self.best[place])
        largest = max(range(len(mains)), key=lambda place: self.best[place])
        return {
            "verdict": verdicts.pop() if len(verdicts) == 1 else "conditional",
            "memory": first.memory_json(), "total_gib": first.total / GIB, "terms": first.terms_json(),
            "capacity_gib": first.capacity / GIB if first.capacity else None, "facts": facts,
            "cases": [
                {**one.main.case_json(), "facts": {**one.given, **one.main.apart}, "default": place == 0}
                for place, one in enumerate(self.setups)
            ],
            "setups": [one.json(self.setups) for one in self.setups], "hybrid": self.hybrids.json(self._runnable),
            "smallest": smallest, "largest": largest,
            "difference_gib": (self.best[largest] - self.best[smallest]) / GIB,
            "less_share": 1 - self.best[smallest] / self.best[largest],
            "less_shown": _percent(self.best), "times_shown": figure(self.best[largest] / self.best[smallest], 3), "saved": saved(mains, [one.stated for one in self.setups], self.differing),
            "narrower": self._narrower(), "between": between(tuple(mains), named), "unquantised": unquantised(tuple(mains), named), "unmoved": unmoved(tuple(mains), self.differing), "one_card": self._one_card(), "longer": self._longer(), "mended": self._mended(), "lessened": lessened(self.setups), "more_cards": more_cards(mains, self.differing), "of_cards": self.of_cards, "differences": [] if self.of_cards else self.differences, "differing": self.differing, "prices": self.prices,
            "by_themselves": [by_itself(main) for main in mains] if self.masters_alike else [],
            "defaults": [
                {name: one.knob(name) for name in self.differing if one.default_of_program(name)} for one in self.setups
            ],
            "together": added_up(mains, first.capacity) if first.capacity and not named & _OF_CARDS and {"model", "params"} & named else None,
            "recommended": self.recommended, "by_size": self.by_size, "cheapest_first": self.cheapest_first,
            "needs": [] if first.case.rig else ["gpu"], "least_cards_gb": least_cards(mains), "held_by": held_apart(tuple(mains), self.differing),
            "tables": published(mains), "measurements": [row for main in mains[:2] for row in nearest(main)][:2],
            "warnings": list(dict.fromkeys(warning for main in mains for warning in main.warnings)),
            "sources": [*works_json(source for main in mains for source in main.derivation.relevant().sources), *self._sources()],
        }  # fmt: skip

    def _mended(self) -> list[dict[str, Any]]:
        """What would make one fit that does not, but for what the others are: that which costs least in quality, or where none
        fits the nearest, by what costs no further cards if there is such."""
        others = [{str(one) for one in side.given.values()} for side in self.setups]
        caches = any("kv_format" in side.given for side in self.setups)  # else "fp8" is how weights are stored
        some_fit = any(one.verdict == "yes" for one in self.setups)
        found: list[dict[str, Any]] = []
        by_cards: list[dict[str, Any]] = []  # only where nothing else mends any
        # layouts alone cost no quality
        laid_out = {name for side in self.setups for name in side.given} <= {*LAYOUTS, "offload"}
        nearest_first = sorted(range(len(self.setups)), key=self.best.__getitem__)
        # a stage that does not fit comes after the one that nearly does, and what mends it is for both
        staged = any(one.verdict == "no" for one in self.setups) and {*chain(*(one.given for one in self.setups))} == {
            "algo"
        }
        for place in nearest_first if laid_out or not some_fit else self.cheapest_first:
            one = self.setups[place]
            doubtful = one.verdict == "borderline" and (one.leaning == "unlikely" or not some_fit) and not staged
            short = one.verdict == "no" or doubtful
            if not short or found:
                continue
            apart = set[str]().union(*others[:place], *others[place + 1 :])
            sure = changes(one.main)
            offered = [
                change for change in [*sure, *likely_changes(one.main, sure)]
                if not {str(value) for name, value in change["facts"].items() if value != one.given.get(name) and (caches or name != "kv_format")} & apart
            ]  # fmt: skip
            if one.knob("task") != "train":  # weights in fewer bits are what the others are
                programs = all(set(side.given) <= {"engine"} for side in self.setups)  # one has what the others lack
                kept = _OF_A_CACHE | ({"gpu_layers"} if programs else set())
                cards = [change for change in offered if set(change["facts"]) <= _OF_CARDS]
                by_cards += [{"setup": place, "changes": cards}] if cards else []
                offered = [change for change in offered if set(change["facts"]) <= kept]
                offered += cards if offered else []
            if offered:
                found.append({"setup": place, "changes": and_another(offered, self.setups, place)[:_MOST_CHANGES]})
        return found or by_cards[:1]

    def _one_card(self) -> dict[str, Any] | None:
        """What a single card takes of the set-up that is recommended, where it was divided over several."""
        main = self.setups[self.recommended].main if self.recommended is not None else None
        if main is None or main.situation.knob("zero_stage") != 3:
            return None
        there = on_one(main)
        if there is None:
            return None
        plain = there["leaning"] not in FITS and main.situation.knob("loss") == "full-logits"
        fused = fused_on_one(main) if plain else None
        return {**there, "fused": fused, "n_gpus": main.n_gpus, "sharded_gib": main.best / GIB}

    def _narrower(self) -> list[dict[str, Any]]:
        """What each takes in 4 bits, where none that is served fits in the 16 bits that nobody asked for."""
        found = []
        for one in self.setups:
            stored, where = one.main.situation.knobs["weight_format"], one.main
            if one.verdict != "no" or one.knob("task") == "train" or stored.origin != ASSUMED:
                return []
            facts = {**where.case.facts, "weight_format": format_for("inference", 4, str(one.knob("engine") or ""))}
            there = outcome(replace(where.case, facts=facts))
            found.append({"gib": there.best / GIB, "verdict": there.verdict, "leaning": there.leaning})
        return found

    def _longer(self) -> dict[str, Any] | None:
        """The difference between the same two with longer sequences, where it is another one there."""
        small, large = (pick(range(len(self.best)), key=self.best.__getitem__) for pick in (min, max))
        lengths = {one.knob("seq_len") for one in self.setups}
        if len(lengths) > 1 or self.of_cards or any(one.knob("task") != "train" for one in self.setups):
            return None
        length = _LONGER * int(lengths.pop() or 1)
        there = [self.setups[place].main.peak_at(quantities()["seq_len"], length) for place in (small, large)]
        here = self.best[large] - self.best[small]
        if abs(there[1] - there[0] - here) < _WORTH_MORE * here:
            return None
        less = there[1] - there[0]
        return {"seq_len": length, "difference_gib": less / GIB, "less_shown": _percent(there) if less > 0 else None}

    def _sources(self) -> list[dict[str, str]]:
        keys = [
            *dict.fromkeys(price["source"] for each in self.prices for price in each),
            *(["k-bit-laws"] if self.by_size else []),
        ]
        found = rows(
            "SELECT key, title, url FROM sources WHERE list_contains(string_split($keys, ';'), key)",
            {"keys": ";".join(keys)},
        )
        return [{"title": row["title"], "url": row["url"]} for row in found]


def _percent(amounts: Sequence[float]) -> str:
    """How much less the least is than the most."""
    return f"{100 * (1 - min(amounts) / max(amounts)):.0f} %"


def _priced(setup: Setup, name: str) -> str:
    """What a fact is called in the table of prices: a program that trains and one that serves are two things."""
    return "trainer" if name == "engine" and setup.knob("task") == "train" else name


def _common(facts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is the same for all, as assumed where one of them has it so."""
    found = {}
    for name, fact in facts[0].items():
        others = [other.get(name) for other in facts]
        if all(other and other["value"] == fact["value"] for other in others):
            found[name] = next((other for other in others if other and other["origin"] == ASSUMED), fact)
    return found


def compare(
    setups: Sequence[Mapping[str, Any]],
    stated: Sequence[Stated | None] = (),
    host: HostMemory | None = None,
    **shared: Any,
) -> Comparison:
    """Set-ups by the facts that set them apart, with the facts that all of them share; what was stated of each, and how fast
    the machine's own memory is.

    `compare([{"method": "lora"}, {"method": "qlora"}], model="Llama-3.1-8B")`. BadInput where there are not two, or more than
    `MOST`, or where one cannot be worked out.
    """
    if not 2 <= len(setups) <= MOST:
        raise BadInput(f"a comparison is of 2 to {MOST} set-ups, not of {len(setups)}")
    common = parse_given(shared)
    sides = [parse_given(dict(one)) for one in setups]
    if any(isinstance(value, list) for facts in (common, *sides) for value in facts.values()):
        raise BadInput("each fact of a comparison has one value; what is compared stands in `setups`")
    common |= (supposed := assumed_alike(common, sides))
    if common.get("layer_split") and any("zero_stage" in one for one in sides) and len(sides) < MOST:
        del common["layer_split"]  # a way of its own to share the work, beside ZeRO's stages: kb/cases.py
        sides.append({"layer_split": True})
    optimizers = any("optimizer" in one for one in sides)
    alike = same_masters(common, sides) if optimizers else {}
    common |= alike
    figures = [*stated, *[None] * len(sides)]
    methods = any("method" in one for one in sides)
    told = [{**common, **side} for side in sides]
    own = beside_precision(told) if optimizers else told
    told, of_masters = own, bool(alike) or own != told
    told = [
        own_base(one) if methods and "weight_format" not in side else one for one, side in zip(told, sides, strict=True)
    ]
    worked = [_worked(one, frozenset(supposed)) for one in told]
    if all(
        set(side) <= _OF_A_RUN for side in sides
    ):  # on the same cards: how they are shared is no part of the difference
        layouts = [_layout(one[0]) for one in worked]
        most = max(layouts, key=lambda one: int(one.get("zero_stage") or 0))
        worked = [
            mine if own == most else _worked(one, frozenset(supposed), most)
            for mine, own, one in zip(worked, layouts, told, strict=True)
        ]
    setups_ = tuple(Setup(side, one, figure) for side, one, figure in zip(sides, worked, figures, strict=False))
    return Comparison(setups_, host or HostMemory.of(), of_masters)


# settings of one run, which the same cards may share alike
_OF_A_RUN = frozenset({
    "algo", "precision", "optimizer", "loss", "gradient_checkpointing", "seq_len", "batch_size", "weight_format",
})  # fmt: skip


def _layout(one: Outcome) -> dict[str, Any]:
    """What was left open of how the cards share the model, and of its bits, as it was taken."""
    return {name: one.apart[name] for name in one.case.differs if name in (*LAYOUTS, "bits")}


def _worked(
    facts: dict[str, Any], supposed: frozenset[str] = frozenset(), like: dict[str, Any] | None = None
) -> tuple[Outcome, ...]:
    """The case on every card that may be meant; of layouts left open the first that fits, else the one that needs least.

    like    the layout to take, where it is among them
    """
    layouts: dict[str, list[Outcome]] = {}
    for case in spread(facts):
        found = outcome(replace(case, assumed=case.assumed | supposed))
        layouts.setdefault(str(_layout(found)), []).append(found)
    if like is not None and str(like) in layouts:
        return tuple(layouts[str(like)])
    ranked = list(layouts.values())
    fitting = next((each for each in ranked if all(one.verdict == "yes" for one in each)), None)
    return tuple(fitting or min(ranked, key=lambda each: each[0].best))
