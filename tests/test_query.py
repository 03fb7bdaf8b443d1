"""A person queries the tables; a stranger tries to do more."""

import csv
import io
import json
import re
import subprocess
import sys
import threading
import time
from contextlib import nullcontext

import pytest
from click.testing import CliRunner

from formulas.errors import BadInput
from kb.commands.query import query, tables
from kb.sandbox import Sandbox

WORD_FOR_WORD = "SELECT * FROM finetune WHERE method='QLoRA'"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as shared:
        yield shared


@pytest.fixture(autouse=True)
def one_worker_for_all(sandbox, monkeypatch):
    """`kb query` called in this process shares the warm worker; as a process of its own it starts one."""
    monkeypatch.setattr("kb.sandbox.Sandbox", lambda: nullcontext(sandbox))


def kb(*arguments, stdin=None, env=None):
    """`kb …` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", "from kb.cli import main; main()", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        env=env,
    )


def said(command, *arguments, **options):
    result = CliRunner().invoke(command, arguments, catch_exceptions=False, **options)
    assert result.exit_code == 0
    return result.stdout


def refused(sandbox, sql):
    with pytest.raises(BadInput) as caught:
        sandbox.run(sql)
    message = str(caught.value)
    assert "\n" not in message
    assert ".duckdb" not in message.replace("other.duckdb", "")
    return message


def test_the_query_word_for_word():
    rows = json.loads(said(query, WORD_FOR_WORD, "--format", "json"))
    assert len(rows) == 21
    assert rows[0] | {"memory_gb": 10, "bits": 8, "model_size": "7B"} == rows[0]
    assert {row["memory_gb"] for row in rows if row["model_size"] == "70B"} == {80, 48, 24}


def test_csv_is_read_back():
    rows = list(csv.DictReader(io.StringIO(said(query, WORD_FOR_WORD, "--format", "csv"))))
    assert len(rows) == 21
    assert rows[0]["memory_gb"] == "10"


def test_null_is_empty_in_csv_null_in_json_and_a_dash_to_a_person():
    amp = "SELECT precision, bits FROM finetune WHERE precision = 'AMP' LIMIT 1"
    assert said(query, amp, "--format", "csv") == "precision,bits\nAMP,\n"
    assert json.loads(said(query, amp, "--format", "json")) == [{"precision": "AMP", "bits": None}]
    assert said(query, amp).splitlines()[-1].split() == ["AMP", "–"]


def test_markdown_aligns_numbers_and_escapes_bars():
    assert said(query, "SELECT 1 AS n, 'a|b' AS t", "--format", "markdown").splitlines() == [
        "| n | t |",
        "| ---: | --- |",
        "| 1 | a\\|b |",
    ]


def test_a_repeated_name_loses_no_column():
    assert json.loads(said(query, "SELECT 1 AS a, 2 AS a", "--format", "json")) == [{"a": 1, "a_2": 2}]


@pytest.mark.parametrize("width", [80, 100, 160])
def test_the_table_fits_the_terminal_and_hides_nothing(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    lines = said(query, WORD_FOR_WORD).splitlines()
    assert max(map(len, lines)) <= width
    assert sum(line.startswith("QLoRA") for line in lines) == 21
    assert "46.7" in "".join(lines)
    if width >= 100:
        assert len(lines) == 23
        header = lines[0].split()
        assert header[:6] == ["method", "bits", "precision", "model_size", "params_b", "memory_gb"]


def test_numbers_stand_to_the_right_without_noise(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = said(query, "SELECT * FROM (VALUES (0.1 + 0.2), (26.0), (1234.5)) AS t(x)").splitlines()
    assert lines[2:] == ["   0.3", "    26", "1234.5"]


def test_many_columns_become_one_block_a_row(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = said(query, "SELECT * FROM gpus LIMIT 1").splitlines()
    assert lines[0] == "row 1"
    assert lines[1].split() == ["name", "Tesla", "P100", "SXM2"]
    assert max(map(len, lines)) <= 80


def test_without_a_terminal_lines_are_whole():
    lines = kb("query", "SELECT * FROM gpus LIMIT 1").stdout.splitlines()
    assert len(lines) == 3


def test_a_control_character_does_not_reach_the_terminal():
    assert "\x1b" not in said(query, "SELECT chr(27) || '[31m' AS x")


def test_sql_comes_from_standard_input():
    assert said(query, "-", "--format", "csv", input="SELECT 1 AS one") == "one\n1\n"


def test_tables_lists_all_with_counts():
    listed = {row["table"]: row for row in json.loads(said(tables, "--format", "json"))}
    assert listed["finetune"]["rows"] == 63
    assert "estimated" in listed["finetune"]["holds"]


def test_tables_with_a_name_gives_units_and_meanings():
    listed = {row["column"]: row for row in json.loads(said(tables, "FINETUNE", "--format", "json"))}
    assert listed["memory_gb"]["unit"] == "GB"
    assert listed["memory_gb"]["type"] == "DOUBLE"
    assert listed["memory_gb"]["meaning"].startswith("Memory")


@pytest.mark.parametrize(
    "sql",
    [
        "WITH q AS (FROM finetune WHERE method = 'QLoRA') SELECT bits, avg(memory_gb) FROM q GROUP BY ALL ORDER BY bits",
        "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n",
        "SELECT f.method, s.title FROM finetune f JOIN sources s ON f.source = s.key LIMIT 3",
        "SELECT method, rank() OVER (PARTITION BY model_size ORDER BY memory_gb) FROM finetune QUALIFY rank() OVER () = 1",
        "SELECT count(*) FILTER (WHERE method ILIKE 'q%'), round(max(memory_gb) / 1.073741824, 2) FROM finetune",
        "SELECT config->>'hidden_size' FROM tensor_peaks LIMIT 1",
        "SELECT * EXCLUDE (grade) REPLACE (upper(method) AS method) FROM main.finetune LIMIT 1;",
        "SELECT name FROM models WHERE name = (SELECT model FROM model_aliases WHERE key = 'llama-2-7b-hf')",
        "SELECT CASE WHEN bits IS NULL THEN 'AMP' ELSE bits::VARCHAR END FROM finetune LIMIT 1",
        "DESCRIBE finetune",
        "SHOW TABLES",
        "SUMMARIZE finetune",
        "VALUES (1), (2)",
    ],
)
def test_reading_is_allowed(sandbox, sql):
    assert sandbox.run(sql).rows


def test_values_are_json(sandbox):
    row = sandbox.run(
        "SELECT 1.50, 2::DECIMAL(4,1), DATE '2024-04-26', [1, NULL], {'a': 0.5}, 'nan'::DOUBLE, true"
    ).rows[0]
    assert row == [1.5, 2, "2024-04-26", [1, None], {"a": 0.5}, "nan", True]
    assert json.loads(json.dumps(row)) == row


def test_many_rows_are_cut_and_it_is_said(sandbox):
    result = sandbox.run("SELECT a.id FROM measurements a, inference b")
    assert result.truncated
    assert len(result.rows) == 10_000


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT metod FROM finetune", "no column `metod` in finetune; near: method"),
        ("SELECT f.metod FROM finetune f", "no column `metod` in finetune; near: method"),
        ("SELECT * FROM finetunes", "no table `finetunes`; near: finetune"),
        ("SELECT medain(memory_gb) FROM finetune", "no function `medain` here; near: median"),
        ('SELECT * FROM finetune WHERE method = "QLoRA"', "a text takes single quotes: 'QLoRA'"),
        ("SELECT * FORM finetune", 'syntax error at or near "finetune", in line 1'),
        ("", "the query is empty"),
        ("-- nothing", "the query is empty"),
        ("SELECT 1; SELECT 2", "one SELECT at a time: these are 2 statements"),
        ("SELECT ?", "write the value itself"),
        ("SELECT 1 +", "syntax error"),
        ("SELECT bits, memory_gb FROM finetune GROUP BY bits", "GROUP BY"),
    ],
)
def test_a_mistake_is_told_in_one_line(sandbox, sql, says):
    assert says in refused(sandbox, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO finetune SELECT * FROM finetune",
        "UPDATE finetune SET memory_gb = 1",
        "DELETE FROM finetune",
        "DROP TABLE finetune",
        "CREATE TEMP TABLE t AS SELECT 1",
        "CREATE MACRO m() AS 1",
        "COPY finetune TO 'stolen.csv'",
        "COPY (SELECT 1) TO 'stolen.csv'",
        "EXPORT DATABASE 'stolen'",
        "ATTACH 'other.duckdb'",
        "PRAGMA database_list",
        "SET threads = 64",
        "RESET lock_configuration",
        "CALL pragma_version()",
        "INSTALL httpfs",
        "LOAD httpfs",
        "EXPLAIN ANALYZE SELECT 1",
        "PREPARE p AS SELECT 1",
        "SELECT 1; COPY finetune TO 'stolen.csv'",
    ],
)
def test_only_reading_is_allowed(sandbox, sql):
    refused(sandbox, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM 'https://example.org/x.csv'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM finetune WHERE method = (SELECT content FROM read_text('/etc/passwd'))",
        "SELECT getenv('HOME')",
        "SELECT main.getenv('HOME')",
        "SELECT current_setting('temp_directory')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_settings",
        "SELECT * FROM pragma_database_list()",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM main.sqlite_master",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM pg_catalog.pg_settings",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('finetune')",
        "WITH duckdb_settings AS (SELECT * FROM duckdb_settings) SELECT * FROM duckdb_settings",
        "SELECT * FROM (WITH duckdb_settings AS (SELECT 1) SELECT 1), duckdb_settings",
        "WITH RECURSIVE a AS (SELECT * FROM sqlite_master), sqlite_master AS (SELECT 1) SELECT * FROM a",
    ],
)
def test_nothing_outside_the_tables_can_be_seen(sandbox, sql):
    refused(sandbox, sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list_sum(range(100000000))",
        "SELECT * FROM range(1000000000)",
        "SELECT repeat('x', 2000000000)",
        "SELECT lpad('x', 2000000000, 'y')",
        "SELECT format('{:>2000000000}', 1)",
        "SELECT * FROM (VALUES " + ",".join(["(1)"] * 200_000) + ")",
        "SELECT '" + "x" * 100_000 + "'",
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT " + "+".join(["1"] * 9000),
        "SELECT " + "NOT " * 4500 + "true",
        "SELECT " + "abs(" * 3000 + "1" + ")" * 3000,
        "SELECT " + "[" * 5000 + "]" * 5000,
    ],
)
def test_a_bomb_is_put_out_at_once(sandbox, sql):
    started = time.monotonic()
    refused(sandbox, sql)
    assert time.monotonic() - started < sandbox.deadline_s, "it was let run until its time was over"


def test_a_slow_query_is_stopped_and_the_next_one_runs():
    with Sandbox(deadline_s=1) as hasty:
        hasty.run("SELECT 1")
        message = refused(hasty, "SELECT count(*) FROM measurements a, measurements b, measurements c, measurements d")
        assert "longer than 1 s" in message
        assert hasty.run("SELECT 1 AS one").rows == [[1]]


def test_a_greedy_query_is_stopped_and_the_next_one_runs(sandbox):
    greedy = "SELECT list(a.note || b.note || c.note) FROM measurements a, measurements b, measurements c"
    assert re.search("memory|longer", refused(sandbox, greedy))
    assert sandbox.run("SELECT 1 AS one").rows == [[1]]


def test_a_worker_that_dies_is_replaced(sandbox):
    sandbox.run("SELECT 1")
    sandbox._worker.kill()
    sandbox._worker.wait()
    assert sandbox.run("SELECT 2").rows == [[2]]


def test_a_file_where_one_stands_is_not_imported(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the current folder')")
    monkeypatch.chdir(tmp_path)
    with Sandbox() as elsewhere:
        assert elsewhere.run("SELECT 1").rows == [[1]]


def test_threads_take_turns(sandbox):
    found = {}
    threads = [
        threading.Thread(target=lambda n=n: found.update({n: sandbox.run(f"SELECT {n} AS n").rows[0][0]}))
        for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {n: n for n in range(8)}


def test_a_text_in_the_wrong_case_gives_no_rows_and_a_hint(sandbox):
    result = sandbox.run("SELECT * FROM finetune WHERE method = 'qlora'")
    assert result.rows == []
    assert result.hint == "0 rows: method in finetune has no `qlora`; it has QLoRA"


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "SELECT metod FROM finetune"),
        ("query", "COPY finetune TO 'stolen.csv'"),
        ("query", "x" * 100_000),
        ("query", "SELECT 1", "--format", "xml"),
        ("query",),
        ("tables", "finetun"),
    ],
)
def test_bad_input_is_one_line_on_stderr_and_exit_code_2(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = kb(*arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("kb: ")
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_query_imports_nothing_heavy():
    program = (
        "import sys; from kb.cli import kb; kb(['query', 'SELECT 1'], standalone_mode=False);"
        "print(sorted({'sympy', 'langchain', 'langchain_core', 'gradio', 'pydantic'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert result.stdout.splitlines()[-1] == "[]"


def test_rich_is_imported_for_a_table_only():
    program = (
        "import sys; from kb.cli import kb; kb(['query', 'SELECT 1', '--format', 'csv'], standalone_mode=False);"
        "print('rich' in sys.modules, 'duckdb' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True)
    assert result.stdout.splitlines()[-1] == "False False"
