"""How well questions are read and answered: facts and intent against what a reader wrote down, answers against bands.

    python -m tests.score_questions FILE.jsonl [--half even|odd] [--answers]

A line of the file is an object with `id`, `text`, `intent`, `slots` (the facts that the asker gives) and `reference`
(a verdict, and a wide band in GB with what it is a figure of). The half is that of the last hex digit of sha256(id).
Every slot that was not read, and every fact that was read and not listed, has a line; so has every answer outside its
band, with the figures that it gives.
"""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chat.reads.grammar import read
from tests.agreement import disagreement
from tests.labels import NO_INTENT, PACE, SAME_INTENT, Slots, agree, given, stated, wanted


@dataclass
class Score:
    """Counts by slot, and the misses in words."""

    right: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    invented: Counter[str] = field(default_factory=Counter)
    unstated: Counter[str] = field(default_factory=Counter)
    intents: list[tuple[str, str]] = field(default_factory=list)
    among: int = 0
    unlisted: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def f1(self, stated_only: bool = False) -> float:
        """Of all slots, or of those that the text states."""
        right = sum(self.right.values())
        missed = sum(self.missed.values()) - (sum(self.unstated.values()) if stated_only else 0)
        more = sum(self.invented.values()) - (sum(self.unlisted.values()) if stated_only else 0)
        return 2 * right / max(1, 2 * right + missed + more)


def questions(path: Path, half: str | None = None) -> Iterator[dict[str, Any]]:
    """The questions of a file, or of one half of it; a line of the other half is not looked at beyond its id."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            asked = json.loads(line)
            even = int(hashlib.sha256(asked["id"].encode()).hexdigest()[-1], 16) % 2 == 0
            if half is None or even == (half == "even"):
                yield asked


def score(asked: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> Score:
    """Facts and intents of all questions."""
    total = Score()
    for one in asked:
        reading = read(one["text"])
        want = SAME_INTENT.get(one["intent"], one["intent"])
        got = [SAME_INTENT.get(intent, intent) for intent in reading.intents]
        if want == "out_of_scope" and reading.unknown_models and reading.unknown_gpus:
            got = [want]  # "RTX 9090 for a Llama-7": nothing named is known, and that is said
        if want == "pace":
            got = [want if intent in PACE else intent for intent in got]
        if want not in NO_INTENT:
            total.intents.append((want, got[0]))
            total.among += want in got[:3]
        if got[0] != want:
            total.lines.append(f"{one['id']} intent: {one['intent']} wanted, {', '.join(reading.intents)} read")
        _compare(total, one["id"], one["text"], wanted(one["slots"]), given(reading))
    return total


def _compare(total: Score, known: str, text: str, want: Slots, got: Slots) -> None:
    for name, values in want.items():
        if name in got and agree(name, values, got[name], text):
            total.right[name] += 1
            continue
        total.missed[name] += 1
        said = "" if any(stated(name, value, text) for value in values) else " (the text does not state it)"
        total.unstated[name] += bool(said)
        total.lines.append(f"{known} {name}: {values} wanted, {got.get(name, 'nothing')} read{said}")
    for name, values in got.items():
        if name not in want and name not in ("params_b", "active_b", "mem_gb", "task", "measured_gb"):
            said = all(stated(name, value, text) for value in values)
            total.invented[name] += 1
            total.unlisted[name] += said
            total.lines.append(f"{known} {name}: {values} read, not listed{' (the text states it)' * said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--half", choices=("even", "odd"))
    parser.add_argument("--answers", action="store_true", help="answer them, too, and compare with `reference`")
    options = parser.parse_args()
    asked = list(questions(options.file, options.half))
    total = score(asked)
    print(*total.lines, sep="\n")
    for name in sorted({*total.right, *total.missed, *total.invented}):
        right, missed, invented = total.right[name], total.missed[name], total.invented[name]
        print(
            f"{name:16} precision {right / max(1, right + invented):.2f}  recall {right / max(1, right + missed):.2f}"
            f"  F1 {2 * right / max(1, 2 * right + missed + invented):.2f}  ({right} right, {missed} missed, {invented} more)"
        )
    first = sum(want == got for want, got in total.intents)
    print(f"slots: F1 {total.f1():.3f}, of what the texts state {total.f1(stated_only=True):.3f}")
    print(f"intent: {first} of {len(total.intents)}, among the first three {total.among}")
    if options.answers:
        from chat.agent import Assistant

        assistant = Assistant()
        apart = []
        compared = [one for one in asked if (one.get("reference") or {}).get("gb") or _has_verdict(one)]
        for one in compared:
            answer = assistant.ask(one["text"])
            if line := disagreement(one, answer.json(), answer.text):
                apart.append(line)
        print(*apart, f"answers: {len(compared) - len(apart)} of {len(compared)} agree", sep="\n")


def _has_verdict(one: dict[str, Any]) -> bool:
    return (one.get("reference") or {}).get("verdict") not in (None, "n/a")


if __name__ == "__main__":
    main()
