"""Runs a stranger's SELECT on the tables, and nothing else.

DuckDB's own locks leave gaps: several statements at once, table functions that read files and settings, and constant
folding that no interrupt stops. So the parsed statement is walked and may name only known tables and listed functions;
it runs in a process of its own with little memory, no files to write and a deadline, and that process is killed and
replaced when it oversteps. Parent and worker talk in lines of JSON, so that nothing the worker sends can do more than
be read.
"""

import atexit
import json
import math
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from formulas.errors import BadInput, near
from kb.allowed import Json, Reading, check

LONGEST_SQL = 20_000
MOST_ROWS = 10_000
MOST_BYTES = 8_000_000
DEADLINE_S = 5.0
START_S = 60.0
ADDRESS_SPACE = 3 * 2**30
MEMORY_LIMIT = "400MB"


@dataclass(frozen=True)
class Result:
    """What a query gave: columns with DuckDB's type names, rows of JSON values, and what the reader should be told."""

    columns: list[str]
    types: list[str]
    rows: list[list[Json]]
    truncated: bool = False
    hint: str | None = None


class Sandbox:
    """A worker that stays warm between queries. Safe to share between threads: queries take turns."""

    def __init__(self, deadline_s: float = DEADLINE_S, max_rows: int = MOST_ROWS) -> None:
        self.deadline_s = deadline_s
        self.max_rows = max_rows
        self._worker: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        atexit.register(self.close)

    def run(self, sql: str) -> Result:
        """The rows of one SELECT. Raises `BadInput` for anything else, for a mistake in it, and past the deadline."""
        if len(sql) > LONGEST_SQL:
            raise BadInput(f"the query is too long: at most {LONGEST_SQL:,} characters are read")
        if not sql.isascii() and any("\ud800" <= sign <= "\udfff" for sign in sql):
            raise BadInput("the query is not text in UTF-8")
        with self._lock:
            reply = self._ask({"sql": sql, "max_rows": self.max_rows, "deadline_s": self.deadline_s})
        if "error" in reply:
            raise BadInput(reply["error"])
        return Result(**reply)

    def close(self) -> None:
        """End the worker; a later `run` starts a new one."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()
            worker.communicate()
        atexit.unregister(self.close)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: Mapping[str, Json]) -> dict[str, Json]:
        worker = self._worker if self._worker is not None and self._worker.poll() is None else self._start()
        late = self._kill_after(worker, self.deadline_s)
        line = _exchange(worker, json.dumps(request) + "\n")
        late.cancel()
        if line.endswith("\n"):
            reply: dict[str, Json] = json.loads(line)
            return reply
        worker.kill()
        worker.wait()
        self._worker = None
        if late.fired:
            raise BadInput(f"the query took longer than {self.deadline_s:g} s and was stopped; ask for less at once")
        raise BadInput("the query needed more memory than it may have and was stopped; ask for less at once")

    def _start(self) -> "subprocess.Popen[str]":
        here = str(Path(__file__).parent.parent)
        paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
        worker = subprocess.Popen(
            # -P: a file called json.py in the folder where somebody stands is not our json.
            [sys.executable, "-P", "-m", "kb.sandbox"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"},
        )
        late = self._kill_after(worker, START_S)
        ready = _exchange(worker, "")
        late.cancel()
        if not ready:
            raise RuntimeError("the process that runs queries did not start: python -m kb.sandbox")
        self._worker = worker
        return worker

    @staticmethod
    def _kill_after(worker: "subprocess.Popen[str]", seconds: float) -> "_Deadline":
        late = _Deadline(seconds, worker)
        late.start()
        return late


class _Deadline(threading.Timer):
    """Kills a worker when time is up, and remembers that it did."""

    def __init__(self, seconds: float, worker: "subprocess.Popen[str]") -> None:
        super().__init__(seconds, self._fire)
        self.daemon = True
        self.fired = False
        self._victim = worker

    def _fire(self) -> None:
        self.fired = True
        self._victim.kill()


def _exchange(worker: "subprocess.Popen[str]", request: str) -> str:
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(request)
        worker.stdin.flush()
        return worker.stdout.readline()
    except (BrokenPipeError, OSError, UnicodeDecodeError):
        return ""


# ---- the worker --------------------------------------------------------------------------------------------------


class Worker:
    """One locked connection that answers requests one after another."""

    def __init__(self) -> None:
        from kb import database

        self.connection = database.locked(database.path(), threads=1, memory_limit=MEMORY_LIMIT)
        self.known = database.described(self.connection)

    def answer(self, sql: str, max_rows: int) -> dict[str, Json]:
        """{columns, types, rows, truncated, hint}, or {error}."""
        import duckdb

        reading = Reading()
        try:
            reading = self._read(sql)
            result = self.connection.execute(sql)
            names = [column[0] for column in result.description or ()]
            types = [re.sub(r"^ENUM.*", "VARCHAR", str(column[1])) for column in result.description or ()]
            found = result.fetchmany(max_rows + 1)
            kept = list(_until(max_rows, found))
            hint = self._hint(reading) if not found else None
            return {"columns": names, "types": types, "rows": kept, "truncated": len(kept) < len(found), "hint": hint}
        except BadInput as error:
            return {"error": str(error)}
        except (duckdb.OutOfMemoryException, MemoryError):
            return {"error": "the query needs more memory than it may have; ask for less at once, with WHERE or LIMIT"}
        except duckdb.Error as error:
            return {"error": self._explain(str(error), sql, reading)}

    def _read(self, sql: str) -> Reading:
        import duckdb

        try:
            statements = duckdb.extract_statements(sql)
        except duckdb.Error as error:
            raise BadInput(_syntax(str(error))) from None
        if not statements:
            raise BadInput("the query is empty; for example: SELECT * FROM finetune WHERE method='QLoRA'")
        if len(statements) > 1:
            raise BadInput(f"one SELECT at a time: these are {len(statements)} statements")
        if statements[0].type != duckdb.StatementType.SELECT:
            kind = (sql.split() or ["this"])[0].upper()
            raise BadInput(f"the tables can only be read: one SELECT is taken, not {kind}")
        found = self.connection.execute("SELECT json_serialize_sql($1)", [sql]).fetchone()
        serialized = json.loads(found[0]) if found else {"error": True, "error_message": "no answer"}
        if serialized["error"]:
            raise BadInput(f"the query cannot be read: {serialized['error_message']}")
        return check(serialized["statements"], self.known)

    def _explain(self, message: str, sql: str, reading: Reading) -> str:
        """DuckDB's message as one line that names what is near."""
        tables = list(dict.fromkeys(reading.tables))
        columns = [column for table in tables for column in self.known[table]]
        if found := re.search(r'Referenced column "(.+?)" not found|does not have a column named "(.+?)"', message):
            name = found[1] or found[2]
            where = f" in {', '.join(tables)}" if tables else ""
            if f'"{name}"' in sql and name not in columns:
                return f"no column `{name}`{where}; a text takes single quotes: '{name}'"
            return f"no column `{name}`{where}{near(name, columns) or '; there are ' + ', '.join(columns)}"
        if found := re.search(r'Referenced table "(.+?)" not found', message):
            return f"no table `{found[1]}` in this query{near(found[1], tables)}"
        return _first_sentence(message)

    def _hint(self, reading: Reading) -> str | None:
        """What a comparison that found nothing may have meant: a text that differs in case, or one that is near."""
        for column, text in reading.compared:
            for table in reading.tables:
                if column not in self.known[table]:
                    continue
                quoted = f'SELECT DISTINCT "{column}"::VARCHAR FROM {table} WHERE "{column}" IS NOT NULL'
                values = [row[0] for row in self.connection.execute(quoted).fetchall()]
                if text in values:
                    continue
                return f"0 rows: {column} in {table} has no `{text}`{_same(text, values) or near(text, values)}"
        return None


def _same(text: str, values: list[str]) -> str:
    spelled = [value for value in values if value.lower() == text.lower()]
    return f"; it has {', '.join(spelled)}" if spelled else ""


def _until(most: int, found: list[tuple[Any, ...]]) -> Iterator[list[Json]]:
    """The first rows that fit into the caps, as JSON values."""
    size = 0
    for row in found[:most]:
        plain = [_plain(value) for value in row]
        size += len(json.dumps(plain))
        if size > MOST_BYTES:
            return
        yield plain


def _plain(value: Any) -> Json:
    """A value as JSON has it: decimals become numbers, what JSON lacks becomes text."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case dict():
            return {str(key): _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
    if type(value).__name__ == "Decimal":
        return int(value) if value == int(value) else float(value)
    return str(value)


def _syntax(message: str) -> str:
    sentence = _first_sentence(message)
    lines = message.splitlines()
    for line, below in pairwise(lines):
        if (marked := re.match(r"LINE (\d+): ", line)) and "^" in below:
            around = line[marked.end() :].strip()
            return f"{sentence}, in line {marked[1]}: {around}"
    return sentence


def _first_sentence(message: str) -> str:
    if "expression depth" in message:
        return "the query is nested too deeply"
    first = message.split("\n\nLINE")[0].split("\n\nCandidate")[0]
    return " ".join(re.sub(r"^\w+( \w+)? Error: ", "", first).split())[:500]


def _limit(deadline_s: float) -> None:
    """Bound the processor time of what comes next, should the parent be gone when its deadline passes."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    ceiling = math.ceil(used.ru_utime + used.ru_stime + 2 * deadline_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (ceiling, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _confine() -> None:
    """Little memory, no file to write, no core dump. Where the platform has no limits, the deadline alone holds."""
    try:
        import resource
    except ImportError:
        return
    for limit, most in (
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (most, most) if hard == resource.RLIM_INFINITY else (min(most, hard), hard))


def _serve(requests: IO[str], replies: IO[str]) -> None:
    worker = Worker()
    _confine()
    print(json.dumps({"ready": True}), file=replies, flush=True)
    for line in requests:
        request = json.loads(line)
        _limit(request["deadline_s"])
        print(json.dumps(worker.answer(request["sql"], request["max_rows"])), file=replies, flush=True)


if __name__ == "__main__":
    _serve(sys.stdin, sys.stdout)
