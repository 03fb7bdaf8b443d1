"""The command line as a stranger uses it: bad input is one line and exit code 2, nothing half-written, never a traceback."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import here, process

REFUSED = 2


BAD = [
    ((), None),
    (("querry", "SELECT 1"), "near: query"),
    (("query", "SELECT metod FROM finetune"), "near: method"),
    (("query", "SELECT 1; SELECT 2"), ""),
    (("tables", "finetunes"), "near: finetune"),
    (("formulas", "sixteen_byte_per_parameter"), "near: sixteen_bytes_per_parameter"),
    (("derive", "kv_cahe"), "near: kv_cache"),
    (("derive", "weights", "--set", "nonsense"), "NAME=VALUE"),
    (("derive", "weights", "--solve-for", "n_params"), "go together"),
    (("derive", "peak", "--params", "7B", "--rule", "no_such_rule"), "no formula"),
    (("derive", "weights", "--params", "7B", "--bits", "4", "-o", "/no/such/folder/file.tex"), "cannot write"),
    (("estimate",), "no facts"),
    (("estimate", "--model", "Lama-3-8B"), "near"),
    (("estimate", "--params", "7B", "--gpu", "RTX 4900"), "near"),
    (("estimate", "--params", "-7B"), "is a number such as"),
    (("estimate", "--nonsense", "1"), "--nonsense"),
    (("solve", "seq_len", "--params", "7B"), "on which card"),
    (("solve", "color", "--params", "7B", "--gpu", "4090"), "cannot solve for"),
    (("validate", "/no/such/file.csv"), "cannot read"),
    (("ask",), "give a question or --file"),
    (("ask", "--file", "/no/such/file.jsonl"), "cannot read"),
    (("ask", "--llm", "nonsense", "7B?"), "provider:model"),
    (("chat", "--host", "0.0.0.0"), "--auth"),
]
# of kb alone, of a card that is unknown, of a server that would not end by itself
AS_PROCESSES = {BAD[0][0], BAD[13][0], BAD[-1][0]}


@pytest.mark.slow
@pytest.mark.parametrize(("words", "says"), BAD, ids=[" ".join(words)[:50] or "nothing" for words, _ in BAD])
def test_bad_input_is_one_line_and_exit_code_2(words: tuple[str, ...], says: str | None) -> None:
    done = (process if words in AS_PROCESSES else here)(*words)
    assert "Traceback" not in done.stderr
    if says is None:  # `kb` alone shows its help
        assert "Commands:" in done.stdout + done.stderr
        return
    assert done.returncode == REFUSED
    assert says in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout.strip()


@pytest.mark.slow
def test_a_file_of_questions_never_stops_at_a_bad_line(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": "a", "text": "can I QLoRA a 7B model on a 4090?"}),
        "no json",
        json.dumps({"id": "b"}),
        json.dumps({"id": "c", "text": ""}),
        json.dumps({"id": "d", "text": "x" * 100_000}),
        json.dumps({"id": "e", "text": "70B 全参微调要几张 A100 80GB?"}, ensure_ascii=False),
        json.dumps(["not", "an", "object"]),
        json.dumps({"id": "f", "text": "what is the weather in Paris?"}),
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = process("ask", "--file", str(path))
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(lines)
    assert [one.get("id") for one in answers] == ["a", None, None, "c", "d", "e", None, "f"]
    good = answers[0]
    assert good["verdict"] == "yes"
    assert good["language"] == "en"
    assert good["tool_calls"]
    assert answers[5]["language"] == "zh"
    for one in answers:
        if "answer" in one:
            assert one["answer"].strip()


@pytest.mark.slow
def test_a_derivation_is_written_as_a_whole_article(tmp_path: Path) -> None:
    path = tmp_path / "derivation.tex"
    done = here("derive", "peak", "--params", "7B", "--method", "qlora", "--format", "latex", "-o", str(path))
    assert done.returncode == 0
    text = path.read_text(encoding="utf-8")
    assert text.startswith(r"\documentclass{article}")
    assert text.rstrip().endswith(r"\end{document}")


@pytest.mark.slow
def test_validate_says_what_a_file_lacks(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("id,source\n1,here\n", encoding="utf-8")
    done = here("validate", str(path))
    assert done.returncode == REFUSED
    assert "lacks the columns" in done.stderr
    path.write_text("id,source,kind,method,meter,gib_low,gib_high\nx,here,train,full,tensors,a,b\n", encoding="utf-8")
    found = json.loads(here("validate", str(path), "--json").stdout)
    assert found["rows"] == 1
    assert found["evaluated"] == 0
    assert found["skipped"][0]["id"] == "x"


def processor_time(*command: str) -> float:
    """Of one run [s], of the processor: other work on the machine does not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.slow
def test_a_cold_estimate_takes_little_more_than_what_it_imports() -> None:
    """Where SymPy and DuckDB are imported in a third of a second, it answers in under a second."""
    imports = "import sympy, duckdb"
    run = "import sys; from kb.cli import main; sys.argv[1:] = ['estimate', '--model', 'Llama-3.1-8B', '--gpu', 'L40S']; main()"
    # one right after the other, and the best of a few: a processor's speed wanders by half within seconds
    ratios = [
        processor_time(sys.executable, "-c", run) / processor_time(sys.executable, "-c", imports) for _ in range(4)
    ]
    assert min(ratios) < 3
