"""`solve` for several knobs at once: the Pareto front, points of which no knob can grow by one and still fit."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from formulas.errors import BadInput
from kb.cards import GIB
from kb.cases import Case, parse_given, spread
from kb.knobs import called_name
from kb.outcome import Outcome, outcome
from kb.solver import LARGEST, highest, range_of

MOST_KNOBS = 3


@dataclass(frozen=True)
class Point:
    """One point of the front, and the estimate there."""

    values: tuple[int, ...]
    at: Outcome


@dataclass(frozen=True)
class Front:
    """The fronts, case by case; the first is the default reading."""

    quantities: tuple[str, ...]
    cases: tuple[tuple[Case, tuple[Point, ...]], ...]

    @property
    def found(self) -> bool:
        return any(points for _, points in self.cases)

    def json(self) -> dict[str, Any]:
        """One object of the contract; `front` has the points of the default case."""
        first, points = self.cases[0]
        shown = points[0].at if points else outcome(first)
        return {
            "verdict": None,
            "solved": None,
            "front": self._rows(points),
            "why": "" if points else "nothing fits, even with the least of each",
            "why_zh": "" if points else "即使都取最小值也放不下",
            "facts": shown.facts_json(),
            "cases": [{"facts": _differing(case), "front": self._rows(found)} for case, found in self.cases]
            if len(self.cases) > 1
            else [],
            "sources": shown.sources_json(),
            "warnings": list(shown.situation.warnings),
        }

    def _rows(self, points: Sequence[Point]) -> list[dict[str, Any]]:
        return [
            {**dict(zip(self.quantities, point.values, strict=True)), "gib": point.at.best / GIB,
             "capacity_gib": (point.at.capacity or 0) / GIB, "verdict": point.at.verdict}
            for point in points
        ]  # fmt: skip

    def lines(self, language: str) -> list[str]:
        """One line for each point, under a line for each case."""
        lines = []
        for case, points in self.cases:
            facts = ", ".join(f"{name} {value}" for name, value in _differing(case).items())
            lines += [f"{facts}:"] if facts else []
            if not points:
                lines.append(self.json()["why_zh" if language == "zh" else "why"])
            for point in points:
                told = "  ".join(f"{name} {n:,}" for name, n in zip(self.quantities, point.values, strict=True))
                lines.append(f"{told}  ({point.at.best / GIB:.1f} / {(point.at.capacity or 0) / GIB:.1f} GiB)")
        return lines


def front(quantities: Sequence[str], **given: Any) -> Front:
    """The front of two or three of the knobs that memory grows with; facts as `estimate` takes them, with a card.

    BadInput for other knobs, or more of them, or when no card is given.
    """
    names = tuple(map(called_name, quantities))
    if not 2 <= len(set(names)) == len(names) <= MOST_KNOBS or not set(names) <= set(LARGEST):
        raise BadInput(f"a front is of 2 to {MOST_KNOBS} different ones of {', '.join(LARGEST)}")
    facts = {name: value for name, value in parse_given(given).items() if name not in names}
    if not {"gpu", "gpu_memory_gb"} & set(facts):
        raise BadInput("to solve, say on which card: --gpu NAME or --gpu-memory-gb N")
    return Front(names, tuple((case, _points(case, names)) for case in spread(facts)))


def _points(case: Case, names: tuple[str, ...]) -> tuple[Point, ...]:
    """From every doubling of all knobs but the last: the last as far as it goes, then each of the others too."""
    ranges = [range_of(case, name) for name in names]
    least = [low for low, _ in ranges]
    furthest = [_grown(case, names, least, place, ranges[place]) for place in range(len(names))]
    if furthest[0] is None:
        return ()
    found: dict[tuple[int, ...], None] = {}
    for start in product(*(_doublings(low, most or low) for low, most in zip(least[:-1], furthest[:-1], strict=True))):
        values = [*start, least[-1]]
        for place in (len(names) - 1, *range(len(names) - 1)):
            grown = _grown(case, names, values, place, ranges[place])
            if grown is None:
                break
            values[place] = grown
        else:
            found[tuple(values)] = None
    return tuple(Point(values, _at(case, names, values)) for values in sorted(found))


def _doublings(low: int, most: int) -> list[int]:
    values = [low]
    while values[-1] < most:
        values.append(min(most, max(1, 2 * values[-1])))
    return values


def _grown(case: Case, names: Sequence[str], values: Sequence[int], place: int, within: tuple[int, int]) -> int | None:
    """The most of one knob that fits, the others as they are, not below what it has; None if that does not fit."""

    def fits(value: int) -> bool:
        there = _at(case, names, [*values[:place], value, *values[place + 1 :]])
        return there.best <= (there.capacity or 0)

    return highest(fits, values[place], within[1])


def _at(case: Case, names: Sequence[str], values: Sequence[int]) -> Outcome:
    return outcome(case.with_facts(**dict(zip(names, values, strict=True))))


def _differing(case: Case) -> dict[str, Any]:
    return {name: case.facts[name] for name in case.differs if name in case.facts}
