"""`reading.csv`: one reading of the answers, point by point, by a language model that had not written them (no person).

A record, not a test of the answers: it is checked that it is whole and what share it gives. Nothing here notices when an
answer changes; `test_answers.py` and `test_score_questions.py` do.
"""

import csv
import hashlib
from collections import defaultdict
from pathlib import Path

READ = Path(__file__).with_name("reading.csv")
COLUMNS = ["id", "language", "point_number", "first", "now", "reason"]
LEAST = 0.85  # of the answers meet every point


def judged() -> list[dict[str, str]]:
    with READ.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def share(column: str, half: str = "") -> float:
    """Answers of a half of the questions, or of all of them, that meet every point."""
    answers: dict[str, list[str]] = defaultdict(list)
    for row in judged():
        even = int(hashlib.sha256(row["id"].encode()).hexdigest()[-1], 16) % 2 == 0
        if not half or even == (half == "even"):
            answers[row["id"]].append(row[column])
    return sum(set(met) == {"yes"} for met in answers.values()) / len(answers)


def test_the_table_is_well_formed() -> None:
    rows = judged()
    assert list(rows[0]) == COLUMNS
    points = defaultdict(list)
    for row in rows:
        assert {row["first"], row["now"]} <= {"yes", "partly", "no"}, row
        assert row["id"].split("-")[0] == row["language"], row
        assert 1 <= len(row["reason"].split()) <= 12, row
        assert row["reason"].isascii(), row
        points[row["id"]].append(int(row["point_number"]))
    for known, numbers in points.items():
        assert numbers == list(range(1, len(numbers) + 1)), known


def test_the_answers_meet_the_aim_by_the_last_reading() -> None:
    assert round(share("now"), 2) == 0.88 >= LEAST
    assert round(share("now", "even"), 2) == 0.9 >= LEAST


def test_the_odd_half_was_judged_before_anything_was_made_for_it() -> None:
    """It met every point of 26 % at first sight; both halves have been gone through since."""
    assert round(share("first", "odd"), 2) == 0.26
    assert round(share("now", "odd"), 2) == 0.86 >= LEAST
