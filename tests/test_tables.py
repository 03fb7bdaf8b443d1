"""The tables hold what they say: every row fits the schema, cites a source, and the document's numbers are all there."""

import csv
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from kb import database
from kb.database import TABLES, rows

DOCUMENT = (Path(__file__).parent / "document.txt").read_text(encoding="utf-8")
GRADES = {"measured", "config", "datasheet", "paper", "vendor-table", "secondary", "estimated"}
TABLE_NAMES = [table for table in database.table_names() if table != "model_aliases"]


def csv_rows(table: str) -> list[dict[str, str]]:
    if not (TABLES / f"{table}.csv").exists():
        return []  # test_every_file_is_a_table says it
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def published_cells() -> dict[tuple[str, str, str], int]:
    """The document's table as {(line, bits, size): GB}."""
    header, *lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in DOCUMENT.splitlines()
        if line.count("|") >= 9 and not line.startswith("---")
    ]
    return {
        (line[0], line[1], size): int(cell.removesuffix("GB"))
        for line in lines
        for size, cell in zip(header[2:], line[2:], strict=True)
    }


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_every_row_is_loaded(table):
    assert rows(f"SELECT count(*) AS n FROM {table}")[0]["n"] == len(csv_rows(table))


def test_every_file_is_a_table():
    assert {file.stem for file in TABLES.glob("*.csv")} == set(TABLE_NAMES)


@pytest.mark.parametrize(
    ("table", "count"),
    [
        ("models", 615),
        ("gpus", 241),
        ("measurements", 1820),
        ("tensor_peaks", 299),
        ("finetune", 63),
        ("inference", 12),
    ],
)
def test_nothing_was_lost_on_the_way(table, count):
    assert len(csv_rows(table)) == count


def test_every_table_and_column_says_what_it_is():
    silent = rows(
        "SELECT table_name AS name FROM duckdb_tables() WHERE comment IS NULL"
        " UNION ALL SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL"
        " UNION ALL SELECT table_name || '.' || column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
    )
    assert silent == []


@pytest.mark.parametrize("table", [table for table in TABLE_NAMES if table != "sources"])
def test_every_row_cites_a_source_and_has_a_grade(table):
    evidence = "evidence" if "evidence" in database.columns(table) else "grade"
    found = rows(
        f"SELECT {evidence} AS grade, s.title FROM {table} t LEFT JOIN sources s ON s.key = t.source"
        f" WHERE s.title IS NULL OR {evidence} IS NULL OR {evidence}::VARCHAR NOT IN {tuple(GRADES)}"
    )
    assert found == []


def test_every_source_can_be_opened_or_says_why_not():
    for source in rows("SELECT * FROM sources"):
        assert source["title"]
        assert re.match(r"https://\S+$", source["url"] or "") or source["note"].startswith("No link"), source["key"]


def test_every_source_is_cited():
    citing = [row for table in TABLE_NAMES if table != "sources" for row in csv_rows(table)]
    cited = {row[column] for row in citing for column in ("source", "primary_source") if column in row}
    kept_for_formulas = {row["key"] for row in csv_rows("sources") if row["kind"] in ("paper", "talk", "document")}
    assert {row["key"] for row in csv_rows("sources")} - kept_for_formulas <= cited


def test_the_document_has_49_cells_and_63_rows():
    assert rows("SELECT count(*) AS n, count(DISTINCT cell) AS cells FROM finetune") == [{"n": 63, "cells": 49}]
    assert len(rows("SELECT * FROM finetune WHERE method='QLoRA'")) == 21
    assert len(rows("SELECT * FROM finetune WHERE method='LoRA'")) == 7


def test_every_number_of_the_documents_table_is_there():
    cells = published_cells()
    assert len(cells) == 49
    found: dict[tuple[str, str, str], set[float]] = {}
    for row in rows("SELECT * FROM finetune"):
        assert row["method"] in row["published_method"].split("/")
        bits = "AMP" if row["bits"] is None else str(row["bits"])
        found.setdefault((row["published_method"], bits, row["model_size"]), set()).add(row["memory_gb"])
    assert found == {cell: {float(value)} for cell, value in cells.items()}


def test_the_documents_table_is_the_revision_that_the_comment_names():
    differing = rows(
        "SELECT method, precision, model_size, f.memory_gb, r.memory_gb AS revised FROM finetune f"
        " FULL JOIN (FROM finetune_revisions WHERE revision = DATE '2024-04-26') r"
        " USING (method, precision, model_size) WHERE f.memory_gb IS DISTINCT FROM r.memory_gb"
    )
    assert differing == []


def test_there_are_twelve_revisions_and_their_rules():
    assert rows("SELECT count(DISTINCT revision) AS n, count(DISTINCT commit) AS m FROM finetune_revisions") == [
        {"n": 12, "m": 12}
    ]
    newest = rows(
        "SELECT DISTINCT precision, published_method, rule FROM finetune_revisions"
        " WHERE revision = DATE '2025-08-18' AND rule IS NOT NULL"
    )
    assert {row["rule"] for row in newest} == {"18x", "8x", "2x", "x", "x/2", "x/4"}


def test_inference_follows_the_documents_rule():
    for row in rows("SELECT * FROM inference"):
        weights = Fraction(row["params_b"]) * 10**9 * row["bits"] / 8 / 2**30
        assert row["weights_gib"] == pytest.approx(float(weights), abs=1e-6)
        assert row["memory_gib"] == pytest.approx(1.2 * float(weights), abs=1e-6)
        assert row["rebuilt"]
    seven = rows("SELECT dtype, weights_gib FROM inference WHERE model_size = '7B'")
    assert {row["dtype"]: f"{row['weights_gib']:.4g}" for row in seven} == {
        "float32": "26.08",
        "float16": "13.04",
        "int8": "6.519",
        "int4": "3.26",
    }


@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("float32", Fraction(32)),
        ("nf4", Fraction(9, 2)),
        ("nf4-dq", Fraction(4) + Fraction(1, 8) + Fraction(1, 512)),
        ("gptq-int4-g128", Fraction(133, 32)),
        ("mxfp4", Fraction(17, 4)),
        ("ggml:Q6_K", Fraction(105, 16)),
    ],
)
def test_weights_are_counted_with_their_scales(name, bits):
    row = rows("SELECT * FROM dtypes WHERE name = ?", [name])[0]
    assert Fraction(row["bits_numerator"], row["bits_denominator"]) == bits
    assert row["bytes_per_weight"] == pytest.approx(float(bits) / 8)


def test_two_names_of_one_layout_agree():
    differing = rows(
        "SELECT a.name FROM dtypes a LEFT JOIN dtypes b ON b.name = a.same_as WHERE a.same_as IS NOT NULL"
        " AND a.bits_per_weight IS DISTINCT FROM b.bits_per_weight"
    )
    assert differing == []


def test_every_model_is_found_by_its_bare_name():
    found = rows("SELECT model FROM model_aliases WHERE key = 'llama-2-7b-hf'")
    assert [row["model"] for row in found] == ["meta-llama/Llama-2-7b-hf"]
    assert rows("SELECT count(DISTINCT model) AS n FROM model_aliases")[0]["n"] == 615


def test_a_head_has_its_width_wherever_it_can_be_derived():
    missing = rows("SELECT name FROM models WHERE head_dim IS NULL AND hidden_size IS NOT NULL AND n_heads IS NOT NULL")
    assert missing == []


def test_a_measured_card_is_a_card():
    cards = {row["name"] for row in csv_rows("gpus")}
    used = {card for row in csv_rows("measurements") for card in row["gpu"].split("+") if card}
    assert used <= cards


def test_a_wrong_row_is_refused_with_the_name_of_its_file(tmp_path, monkeypatch):
    bad = tmp_path / "tables"
    bad.mkdir()
    for file in TABLES.glob("*.csv"):
        (bad / file.name).write_bytes(file.read_bytes())
    (bad / "finetune.csv").write_text(
        "method,bits,precision,model_size,params_b,memory_gb,published_method,cell,source,grade\n"
        "QLoRA,4,4-bit,7B,7,6,QLoRA,r6c1,nobody,estimated\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(database, "TABLES", bad)
    with duckdb.connect() as empty, pytest.raises(duckdb.Error, match=r"finetune\.csv"):
        database.load(empty)


def test_two_processes_may_build_at_once(tmp_path):
    program = "from kb.database import path, rows; rows('SELECT 1'); print(path())"
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            env=os.environ | {"KB_CACHE": str(tmp_path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60)[0].strip() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert [Path(line) for line in said] == list(tmp_path.glob("*.duckdb")) * 2


def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "file"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert database.path().parent == tmp_path / "xdg" / "vram-kb"


def test_the_connection_reads_and_nothing_else(tmp_path):
    with database.connect() as connection:
        for sql in (
            "CREATE TABLE t AS SELECT 1",
            "DELETE FROM finetune",
            f"COPY finetune TO '{tmp_path}/x.csv'",
            "SELECT * FROM read_text('/etc/hostname')",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(sql)


def test_no_row_names_the_machine_that_gathered_it():
    for file in TABLES.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(^|[\s\",])/(work|home|tmp|root)/", text), file.name
        assert not re.search(r"pypi\.org|file index id", text), file.name


def test_rows_are_the_callers_own() -> None:
    asked = "SELECT name FROM dtypes ORDER BY name LIMIT 1"
    first = rows(asked)
    first[0]["name"] = "mine"
    first.append({})
    assert rows(asked) != first
    assert rows("SELECT name FROM dtypes WHERE name = $name", {"name": "bf16"}) == [{"name": "bf16"}]
    assert rows("SELECT name FROM dtypes WHERE name = ?", ["fp16"]) == [{"name": "fp16"}]
