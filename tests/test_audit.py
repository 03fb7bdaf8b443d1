"""The document's claims: none is left out, and each verdict is what its recomputation says."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from formulas.errors import BadInput
from kb.audit import (
    CORRECTED,
    DIFFERS,
    HOLDS,
    RULE,
    SLIP,
    VERDICTS,
    Claim,
    agrees,
    audit,
    claims,
    counts,
    judge,
)
from kb.commands.audit import audit as command
from kb.database import rows
from kb.equations import evaluated, sides
from kb.topics import claims_about

pytestmark = pytest.mark.slow

DOCUMENT = (Path(__file__).parent / "document.txt").read_text(encoding="utf-8")
LINES = DOCUMENT.split("\n")
CLAIMS = {claim.id: claim for claim in claims()}
every_claim = pytest.mark.parametrize("claim", CLAIMS.values(), ids=CLAIMS)
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def spans(line: str, quotes: Iterable[str]) -> list[tuple[int, int]]:
    """Where the quotes stand in a line, not as the tail or head of a longer number."""
    return [
        found.span() for quote in quotes for found in re.finditer(rf"(?<![\d.]){re.escape(quote)}(?!\d)", line)
    ]  # fmt: skip


def numbers_without_a_claim(lines: Iterable[str], known: Iterable[Claim]) -> list[str]:
    missing = []
    for line in lines:
        covered = spans(line, {claim.quote for claim in known if claim.sentence == line})
        for found in NUMBER.finditer(line):
            if not any(start <= found.start() and found.end() <= end for start, end in covered):
                missing.append(f"{found[0]} in {line[:40]}")
    return missing


def test_every_number_of_the_document_has_a_claim() -> None:
    assert numbers_without_a_claim(LINES, CLAIMS.values()) == []


def test_a_number_added_to_the_document_would_be_missed() -> None:
    added = [*LINES, "- 另外还需要 9GB", LINES[-2].replace("48", "49")]
    assert len(numbers_without_a_claim(added, CLAIMS.values())) >= 2


@every_claim
def test_a_claim_quotes_the_document(claim: Claim) -> None:
    assert claim.sentence in LINES
    assert claim.quote in claim.sentence
    if claim.number is not None and claim.number_high is None and "x" not in claim.quote[:2]:
        printed = {float(found) for found in NUMBER.findall(claim.quote)}
        assert claim.number in printed | {2.0 if "两个" in claim.quote else None}


def test_every_cell_of_the_table_is_a_claim() -> None:
    cells = {(c.sentence, c.number) for c in CLAIMS.values() if c.kind == "table" and c.unit == "GB"}
    in_document = [
        (line, float(cell.strip().removesuffix("GB")))
        for line in LINES
        for cell in line.split("|")
        if cell.strip().endswith("GB")
    ]
    assert len(in_document) == 49
    assert cells == set(in_document)
    assert len([c for c in CLAIMS.values() if c.kind == "table" and c.unit == "GB"]) == 49


def test_the_cells_as_queried_are_the_cells_as_claimed() -> None:
    cells = rows("SELECT DISTINCT cell, memory_gb FROM finetune")
    claimed = sorted(c.number for c in CLAIMS.values() if c.kind == "table" and c.unit == "GB" and c.number)
    assert sorted(row["memory_gb"] for row in cells) == claimed


# ── verdicts ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("7b-float32", CORRECTED), ("7b-float16", CORRECTED), ("7b-int8", CORRECTED), ("7b-int4", CORRECTED),
        ("float32-4-bit", SLIP), ("float32-chain", SLIP), ("optimizer-12", SLIP),
        ("weights-and-gradients", HOLDS), ("states-16", HOLDS), ("activations-60", HOLDS), ("buffer-6", HOLDS),
        ("inference-1.2", RULE), ("training-20x", RULE), ("training-16x", RULE), ("ten-odd-times", RULE),
        ("training-140g", RULE), ("activations-8", RULE),
        ("pretraining-12-days", HOLDS), ("llama-1000-hours", HOLDS), ("llama-42-days", HOLDS),
        ("llama-83-cards", DIFFERS), ("size-8x7b", DIFFERS), ("qlora-4-70b", HOLDS),
    ],
)  # fmt: skip
def test_what_the_document_states(claim: str, verdict: str) -> None:
    assert judge(CLAIMS[claim]).verdict == verdict


@every_claim
def test_a_changed_number_changes_the_verdict(claim: Claim) -> None:
    """No verdict is stored: a claim of another number is judged anew, and is not right."""
    if claim.number is None:
        pytest.skip("an equation has no one number; the next test changes those")
    wrong = replace(claim, number=claim.number * 3.7, number_high=claim.number_high and claim.number_high * 3.7)
    assert judge(wrong).verdict in (SLIP, DIFFERS)
    assert judge(claim).verdict in VERDICTS


@pytest.mark.parametrize(
    ("quote", "verdict"),
    [
        (r"4\theta+4\theta+4\theta=12\theta", HOLDS),
        (r"3\theta+3\theta+3\theta=12\theta", SLIP),
        (r"3\theta+3\theta+3\theta=9\theta", SLIP),
    ],
)
def test_an_equation_needs_equal_sides_and_the_right_account(quote: str, verdict: str) -> None:
    assert judge(replace(CLAIMS["optimizer-12"], quote=quote)).verdict == verdict


@pytest.mark.parametrize(
    ("quote", "verdict"),
    [
        (r"7\times 10^9\times 4 byte=28\times 10^9/1024 KiB=28\times 10^9/1024^3 \ GiB\approx26.077GiB", HOLDS),
        (r"7\times 10^9\times 4 byte=28\times 10^9/1024 KB=28\times 10^9/1024^3 \ GB\approx26.077GB", CORRECTED),
        (r"7\times 10^9\times 4 bit=28\times 10^9/1024 KB=28\times 10^9/1024^3 \ GB\approx26.077GB", SLIP),
        (r"7\times 10^9\times 4 byte=28\times 10^9/1024 KB=28\times 10^9/1024^3 \ GB\approx27.077GB", SLIP),
    ],
)
def test_the_units_of_an_equation_are_found_by_trying(quote: str, verdict: str) -> None:
    assert judge(replace(CLAIMS["float32-chain"], quote=quote)).verdict == verdict


def test_a_dependence_is_read_off_the_account() -> None:
    drivers = CLAIMS["training-drivers"]
    assert judge(drivers).verdict == HOLDS
    facts = json.loads(drivers.facts or "{}")
    more = json.dumps(facts | {"on": [*facts["on"], "utilisation"]})
    found = judge(replace(drivers, facts=more))
    assert found.verdict == SLIP
    assert found.because.en == "it does not depend on utilisation"


@pytest.mark.parametrize(
    ("topic", "claim"),
    [("karpathy", "pretraining-12-days"), ("26.077", "7b-float32"), ("why 26.077 GB?", "7b-float32"), ("16θ", "states-16"),
     ("为什么是26.077", "7b-float32"), ("20x", "training-20x"), ("83 A100", "llama-83-cards"),
     ("fragmentation", "fragmentation-30"), ("13B LoRA", "lora-galore-badam-16-13b"), ("sixteen_bytes", "optimizer-12")],
)  # fmt: skip
def test_claims_are_found_by_topic_or_words(topic: str, claim: str) -> None:
    assert claim in [one["id"] for one in claims_about(topic)["claims"]]


@pytest.mark.parametrize("topic", ["", "zzz", "x" * 100_000, "(((", "训练一只猫"])
def test_a_topic_that_the_document_does_not_have_gives_the_topics(topic: str) -> None:
    found = claims_about(topic)
    assert found["claims"] == []
    assert "karpathy" in found["topics"]


def test_the_corrected_unit_is_named() -> None:
    found = judge(CLAIMS["7b-float32"])
    assert found.recomputed == "26.077 GiB"
    assert found.because.en == "GiB, not GB: 26.077 GiB is 28 GB"
    assert judge(replace(CLAIMS["7b-float32"], unit="GiB")).verdict == HOLDS
    assert judge(replace(CLAIMS["7b-float32"], number=28, unit="GB")).verdict == HOLDS


def test_the_slip_in_the_optimizer_names_the_right_account() -> None:
    found = judge(CLAIMS["optimizer-12"])
    assert found.recomputed == "9θ ≠ 12θ"
    assert "4 B + 4 B + 4 B = 12 B" in found.how


def test_a_cell_is_compared_with_the_weights_alone() -> None:
    beside = {one.formula.name: one.shown() for one in judge(CLAIMS["qlora-4-70b"]).also}
    assert beside == {"parameters_times_bytes": "36.111 GB"}


def test_karpathy_figures_follow_from_llama_2() -> None:
    found = judge(CLAIMS["pretraining-12-days"])
    assert found.recomputed == "11.947 days"
    utilisation = next(one for one in found.also if one.quantity.name == "utilisation")
    assert float(utilisation.value) == pytest.approx(0.43, abs=0.005)


@pytest.mark.parametrize(
    ("number", "value", "right"),
    [(26.077, 26.07703, True), (26.077, 26.08, False), (70, 68.98, True), (70, 64, False), (12, 11.6, True),
     (12, 11.4, False), (1000, 993.2, True), (1000, 850, False), (0.5, 0.55, True), (0.5, 0.56, False)],
)  # fmt: skip
def test_agreement_at_the_printed_precision(number: float, value: float, right: bool) -> None:
    assert agrees(replace(CLAIMS["7b-float32"], number=number), value) is right


# ── equations ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sides_are_read_as_written() -> None:
    assert [side.worth for side in sides(r"$2\theta+2\theta=4\theta$")] == [4, 4]
    assert [side.worth for side in sides("7B也就代表70亿")] == [7e9, 7e9]
    assert [side.worth for side in sides("B表示十亿")] == [1e9, 1e9]


@pytest.mark.parametrize(
    "text", ["__import__('os')", "9**9**9", "a+1", "(1).real", "1 if 1 else 2", "1/0", "[1]", "1 +", "'a'*9", "2**2000"]
)
def test_nothing_but_arithmetic_is_read(text: str) -> None:
    with pytest.raises(BadInput):
        evaluated(text)


# ── the command ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_reads_well_at_a_hundred_columns() -> None:
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    wide = [line for line in lines if len(line) + sum("\u2e80" <= letter <= "\uffef" for letter in line) > 100]
    assert wide == []
    for verdict in VERDICTS.values():
        assert verdict.en in result.output
    assert f"{len(CLAIMS)} claims" in result.output


def test_the_command_speaks_chinese() -> None:
    result = CliRunner().invoke(command, ["--language", "zh"])
    assert "笔误" in result.output
    assert "83 张卡" in result.output
    assert not re.search(r"\bholds\b|\bformula gives\b", result.output)


def test_the_command_gives_data_and_markdown() -> None:
    data = json.loads(CliRunner().invoke(command, ["--format", "json"]).output)
    assert data["summary"] == {VERDICTS[name].en: count for name, count in counts(audit()).items()}
    assert len(data["claims"]) == len(CLAIMS)
    markdown = CliRunner().invoke(command, ["--format", "markdown"]).output
    table = [line for line in markdown.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {5}
