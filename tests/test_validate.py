"""Predictions against measurements: what the tables of accuracy claim, and that they are computed as they say."""

import csv
import json
from collections import defaultdict
from pathlib import Path
from statistics import mean, median
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from formulas.errors import BadInput
from kb.calibrate import COLUMNS, TABLE, TAILS, covered_left_out, spread, spreads, tail_of
from kb.checked import extras
from kb.commands.measurements import measurements
from kb.commands.validate import validate as command
from kb.interval import COVERED, unchecked
from kb.outcome import outcome
from kb.scatter import scatter
from kb.validate import PEAKS, Checked, by_source_first, check, facts_of, grouped, own_rows, summary, validate

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checked() -> tuple[Checked, ...]:
    return validate().checked


def of(checked: tuple[Checked, ...], *meters: str, kind: str | None = None) -> list[Checked]:
    return [one for one in checked if one.row["meter"] in meters and kind in (None, one.row["kind"])]


# ── how exact it is: no worse than this, whatever changes ──────────────────────────────────────────────────────────


def test_inference_is_within_two_percent(checked: tuple[Checked, ...]) -> None:
    found = by_source_first(of(checked, *PEAKS, kind="inference"))
    assert found["n"] == 294
    assert found["median_abs"] <= 0.02


def test_training_is_within_ten_percent(checked: tuple[Checked, ...]) -> None:
    found = by_source_first(of(checked, *PEAKS, kind="train"))
    assert found["n"] == 648
    assert found["median_abs"] <= 0.07


def test_nine_of_ten_are_within_twenty_percent(checked: tuple[Checked, ...]) -> None:
    found = by_source_first(of(checked, *PEAKS))
    assert found["p90_abs"] <= 0.20
    assert found["under_10"] <= 0.08


def test_many_cards_are_within_six_percent(checked: tuple[Checked, ...]) -> None:
    many = [one for one in of(checked, *PEAKS) if int(one.row["n_gpus"] or 1) > 1]
    assert by_source_first(many)["median_abs"] <= 0.06


def test_the_cache_is_exact(checked: tuple[Checked, ...]) -> None:
    found = by_source_first(of(checked, "kv"))
    assert found["median_abs"] <= 0.001
    assert found["p90_abs"] <= 0.01


def test_weights_by_their_format_alone() -> None:
    rows = [row | {"bpw": None} for row in own_rows() if row["meter"] == "weights" and row["strict"]]
    found = summary([check(row) for row in rows])
    assert found["median_abs"] <= 0.02


def test_every_strict_row_is_evaluated() -> None:
    found = validate()
    refused = [row for row in found.skipped if "not strict" not in row["why"] and "is no peak" not in row["why"]]
    assert not refused


# ── intervals ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_intervals_cover_sources_that_they_have_not_seen(checked: tuple[Checked, ...]) -> None:
    shares = {
        source: (len(group), mean(one.covered for one in group))
        for source, group in grouped(of(checked, *PEAKS), lambda one: one.row["source"])
    }
    assert mean(share for _, share in shares.values()) >= 0.85
    assert all(share >= 0.70 for n, share in shares.values() if n >= 20), shares


def test_intervals_are_narrow(checked: tuple[Checked, ...]) -> None:
    widths: dict[str, list[float]] = defaultdict(list)
    for one in of(checked, *PEAKS):
        widths[one.row["meter"]].append((one.high - one.low) / one.predicted)
    found = {meter: median(values) for meter, values in widths.items()}
    assert max(found.values()) <= 0.40, found


def test_low_is_never_below_what_is_counted(checked: tuple[Checked, ...]) -> None:
    for one in of(checked, *PEAKS, "tensors"):
        assert one.low >= min(one.exact, one.predicted) * (1 - 1e-9)
        assert one.low <= one.predicted <= one.high


def test_the_table_of_spreads_is_what_the_measurements_give(checked: tuple[Checked, ...]) -> None:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        stored = list(csv.DictReader(lines))
    computed = spreads(checked)
    assert [list(row) for row in stored][:1] == [list(COLUMNS)]
    assert len(stored) == len(computed), "run `python -m kb.calibrate`"
    for kept, made in zip(stored, computed, strict=True):
        assert {name: kept[name] for name in COLUMNS[:3]} == {name: made[name] for name in COLUMNS[:3]}
        assert float(kept["tail"]) == made["tail"], "run `python -m kb.calibrate`"
        for name in ("low_z", "high_z"):
            assert float(kept[name]) == pytest.approx(made[name], abs=0.01), "run `python -m kb.calibrate`"


def test_a_tail_is_the_largest_at_which_left_out_sources_are_covered() -> None:
    """Sources that are alike are covered at once; where some reach farther than the others, only a smaller tail covers enough."""
    alike = {name: [step / 100 for step in range(-100, 101)] for name in "abc"}
    assert tail_of(alike) == TAILS[0] == pytest.approx((1 - COVERED) / 2)
    assert tail_of({"a": alike["a"]}) == TAILS[0]  # nothing to leave out
    wider = {name: [scale * z for z in alike["a"]] for name, scale in (("a", 1.0), ("b", 1.0), ("c", 1.3), ("d", 1.4))}
    tail = tail_of(wider)
    assert tail < TAILS[0]
    larger = TAILS[TAILS.index(tail) - 1]
    assert round(covered_left_out(wider, tail), 2) >= COVERED > round(covered_left_out(wider, larger), 2)
    apart = {"a": [-1.0, 1.0], "b": [-9.0, 9.0]}
    assert covered_left_out(apart, TAILS[-1]) < COVERED
    assert tail_of(apart) == TAILS[-1]
    assert spread(wider, tail)[1] > spread(wider, larger)[1]


def test_runs_that_deepspeed_shards_are_within_its_interval(checked: tuple[Checked, ...]) -> None:
    """They are of a trainer that hands it the stages; counted as DeepSpeed's own, without widening, they are covered too."""
    sharded = [one.row for one in checked if extras(one.row).get("sharded_by") == "deepspeed"]
    several = [row for row in sharded if int(row["n_gpus"]) > 1]
    assert all(int(row["zero_stage"]) > 0 for row in sharded)
    assert {(row["method"], int(row["zero_stage"])) for row in several} == {("full", 3), ("lora", 2), ("lora", 3)}
    its_own = [check({**row, "engine": "deepspeed"}) for row in several]
    assert all(one.covered and abs(one.error) < 0.10 for one in its_own)
    assert {unchecked(one.situation) for one in its_own if one.situation} == {()}


def test_what_nothing_measures_is_said() -> None:
    from kb.cases import Case

    there = outcome(Case({"model": "Qwen/Qwen2.5-7B-Instruct", "method": "full", "optimizer": "muon"}, None, ()))
    assert any("not checked against measurements" in warning and "muon" in warning for warning in there.warnings)
    usual = outcome(Case({"model": "Qwen/Qwen2.5-7B-Instruct", "method": "full", "optimizer": "adamw"}, None, ()))
    assert not any("not checked" in warning for warning in usual.warnings)


# ── ablation, picture, commands ────────────────────────────────────────────────────────────────────────────────────


def test_leaving_out_the_old_cache_makes_old_programs_worse() -> None:
    from kb.ablation import LEFT_OUT, TERMS
    from kb.ablation import Fact as Changed

    rows = [row for row in own_rows() if row["source"] == "hf-optimum-gptq" and int(row["output_len"]) > 1]
    without = {name: Changed(value, LEFT_OUT) for name, value in TERMS["the old cache beside the new"].items()}
    whole = summary([check(row) for row in rows])["median_abs"]
    assert summary([check(row, without) for row in rows])["median_abs"] > 2 * whole


def test_every_ablation_changes_something(checked: tuple[Checked, ...]) -> None:
    from kb.ablation import LEFT_OUT, TERMS
    from kb.ablation import Fact as Changed

    idle = {words: {name: Changed(value, LEFT_OUT) for name, value in facts.items()} for words, facts in TERMS.items()}
    for one in of(checked, *PEAKS):
        if one.row["source"] not in ("qwen25",):
            idle = {w: changed for w, changed in idle.items() if check(one.row, changed).predicted == one.predicted}
    assert not idle


def test_the_picture_has_a_point_for_each_row(checked: tuple[Checked, ...]) -> None:
    few = tuple(of(checked, *PEAKS))[:50]
    drawn = ElementTree.fromstring(scatter(few))
    svg = "{http://www.w3.org/2000/svg}"
    assert len(drawn.findall(f".//{svg}g/{svg}circle[@r='2.5']")) == len(few)


def test_the_command_writes_a_table_and_a_picture(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    rows = [row for row in own_rows() if row["source"] == "qwen25"][:3]
    with file.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    done = CliRunner().invoke(command, [str(file), "--picture", str(tmp_path / "points.svg")])
    assert done.exit_code == 0, done.output
    assert "qwen25" in done.output
    assert (tmp_path / "points.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "junk.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BadInput, match="lacks the columns"):
        validate(tmp_path / "junk.csv")


def test_nearest_runs_are_found() -> None:
    done = CliRunner().invoke(measurements, ["--model", "Qwen/Qwen2-7B-Instruct", "--method", "inference", "--json"])
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.output)
    assert len(found) == 8
    assert all(run["source"] and run["gib"] > 0 for run in found)


def test_a_row_says_which_knob_it_breaks() -> None:
    row = {"kind": "train", "meter": "nvml", "model": None, "config": None}
    with pytest.raises(BadInput, match="neither a model nor a config"):
        facts_of(row)
