"""Memory against a knob: every point is the estimate there, and the card's line is what it has."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from formulas.errors import BadInput
from kb import estimate
from kb.commands.estimate import estimate as command
from kb.curve import curves, curves_svg, ticks


@pytest.mark.parametrize("name", ["seq_len", "batch_size"])
def test_every_point_is_the_estimate_there(name: str) -> None:
    facts = {"model": "Llama-3.1-8B", "method": "lora", "gpu": "RTX 4090"}
    there = estimate(**facts).outcomes[0]
    (curve,) = curves(there, name)
    assert curve.capacity == pytest.approx((there.capacity or 0) / 2**30)
    assert curve.at in curve.points
    for x, gib in curve.points[:: len(curve.points) // 4]:
        assert estimate(**facts, **{name: x}).outcomes[0].best / 2**30 == pytest.approx(gib)
    assert curve.points[0][1] < curve.capacity < curve.points[-1][1]  # the line is crossed where it ceases to fit


def test_cards_that_differ_have_a_curve_and_a_line_each() -> None:
    there = estimate(params="32B", bits=4, gpu="RTX 4090 + RTX 3060 12 GB").outcomes[0]
    found = curves(there, "seq_len", "zh")
    assert len({curve.capacity for curve in found}) == 2
    drawing = ElementTree.fromstring(curves_svg(there, "zh"))
    said = [text.text or "" for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    for curve in found:
        assert said.count(curve.label) == 2  # a panel for lengths, one for batches
        assert f"{curve.capacity:.1f} GiB" in said


def test_the_command_writes_it(tmp_path: Path) -> None:
    flags = ["--params", "8B", "--gpu", "4090", "--picture"]
    file = tmp_path / "memory.svg"
    CliRunner().invoke(command, [*flags, str(file)], standalone_mode=False)
    assert ElementTree.parse(file).getroot().tag.endswith("svg")
    with pytest.raises(BadInput, match="cannot write"):
        CliRunner().invoke(
            command, [*flags, str(tmp_path / "none" / "a.svg")], standalone_mode=False, catch_exceptions=False
        )


@pytest.mark.parametrize(
    ("most", "at"),
    [(3, [0, 1, 2, 3]), (13, [0, 5, 10]), (86.4, [0, 20, 40, 60, 80]), (24468, [0, 5000, 10000, 15000, 20000])],
)
def test_an_axis_has_round_numbers(most: float, at: list[int]) -> None:
    assert ticks(most) == at
