"""The tables as one DuckDB file, built from `schema.sql` and `tables/*.csv` in the user's cache, opened read-only.

The file is named by a hash of what it is built from, so an edited row is another file and two versions of the project
never share one. Building takes about a second and happens once.
"""

import csv
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import duckdb

HERE = Path(__file__).parent
SCHEMA = HERE / "schema.sql"
TABLES = HERE / "tables"

KEPT = 4
STALE_AFTER_S = 3600.0
# threads that open the file at once would share one instance, and the first to lock it would lock the others out
_OPENING = threading.Lock()


def connect() -> duckdb.DuckDBPyConnection:
    """A read-only connection of its own, with files, settings and the network out of its reach.

    For the project's own SQL; a stranger's goes through `kb.sandbox`. Raises `duckdb.Error` if a row breaks the schema.
    """
    with _OPENING:
        return _opened().cursor()


def rows(sql: str, params: Sequence[object] | dict[str, object] | None = None) -> list[dict[str, Any]]:
    """What the project's own `sql` gives, one {column: value} a row, each value in the unit of its column's comment."""
    if isinstance(params, dict):
        names, found = _found(sql, tuple(params), tuple(params.values()))
    else:
        names, found = _found(sql, (), tuple(params or ()))
    return [dict(zip(names, row, strict=True)) for row in found]


@lru_cache(maxsize=512)  # one question takes several milliseconds of the database, and the next one much the same rows
def _found(sql: str, named: tuple[str, ...], values: tuple[object, ...]) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connect() as connection:
        result = connection.execute(sql, dict(zip(named, values, strict=True)) if named else values)
        return [column[0] for column in result.description or ()], result.fetchall()


def table_names() -> list[str]:
    """The tables and views, in the order of the schema."""
    return list(_described())


def columns(table: str) -> list[str]:
    """The columns of a table, in its order; `KeyError` for a table that is not there."""
    return list(_described()[table])


def path() -> Path:
    """The built file; builds it first if it is not there."""
    name = f"vram-kb-{_fingerprint()}.duckdb"
    for folder in _folders():
        # Found is enough, writable or not: an image may bring the file in a folder that nobody can write.
        if (folder / name).exists() and _ours(folder):
            return folder / name
        if _writable(folder):
            break
    else:
        folder = Path(tempfile.mkdtemp(prefix="vram-kb-"))
    _build(folder / name)
    return folder / name


@cache
def _opened() -> duckdb.DuckDBPyConnection:
    return locked(path())


def locked(file: Path, **settings: str | int) -> duckdb.DuckDBPyConnection:
    """The file, read-only and with its configuration locked, for `kb.database` and the sandbox's worker."""
    closed: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": "",
    }
    connection = duckdb.connect(str(file), read_only=True, config=closed | settings)
    # A variable of the calling program is no table.
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET lock_configuration = true")
    return connection


@cache
def _described() -> dict[str, list[str]]:
    with connect() as connection:
        return described(connection)


def described(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """{table or view: its columns}, in the order of the schema."""
    found = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY column_index"
    ).fetchall()
    return {table: [column for name, column in found if name == table] for table in _schema_order()}


def _schema_order() -> list[str]:
    return re.findall(r"^CREATE (?:TABLE|VIEW) (\w+)", SCHEMA.read_text(encoding="utf-8"), re.MULTILINE)


def _sources() -> list[Path]:
    return [SCHEMA, *sorted(TABLES.glob("*.csv"))]


@cache
def _fingerprint() -> str:
    # Two megabytes hash in 3 ms, and unlike sizes and times a hash cannot be wrong.
    digest = blake2b(duckdb.__version__.encode(), digest_size=8)
    digest.update(Path(__file__).read_bytes())
    for file in _sources():
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _folders() -> Iterator[Path]:
    """Where the file may stand, best first: KB_CACHE, the platform's cache, the temporary folder."""
    if asked := os.environ.get("KB_CACHE"):
        yield Path(asked)
    home = Path.home() if _has_home() else None
    if sys.platform == "win32":
        if local := os.environ.get("LOCALAPPDATA"):
            yield Path(local) / "vram-kb"
    elif xdg := os.environ.get("XDG_CACHE_HOME"):
        yield Path(xdg) / "vram-kb"
    elif home:
        yield home / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "vram-kb"
    yield Path(tempfile.gettempdir()) / f"vram-kb-{_user()}"


def _ours(folder: Path) -> bool:
    """Whether the folder can be trusted: in the shared temporary folder, somebody else could have made it."""
    if sys.platform == "win32" or folder.parent != Path(tempfile.gettempdir()):
        return True
    return folder.stat().st_uid == os.getuid()


def _user() -> int:
    return 0 if sys.platform == "win32" else os.getuid()


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return _ours(folder)
    except OSError:
        return False


def _has_home() -> bool:
    try:
        Path.home()
    except RuntimeError:
        return False
    return True


def _build(file: Path) -> None:
    """Build beside the target and move it there, so that a second process sees all of it or nothing."""
    with tempfile.TemporaryDirectory(prefix="building-", dir=file.parent) as folder:
        made = Path(folder) / file.name
        with duckdb.connect(str(made)) as connection:
            load(connection)
            connection.execute("CHECKPOINT")
        try:
            os.replace(made, file)
        except PermissionError:
            # Windows: another process built the same file and holds it open.
            if not file.exists():
                raise
    _sweep(file)


def load(connection: duckdb.DuckDBPyConnection) -> None:
    """Create and fill every table of an empty database. Raises `duckdb.Error` naming the file of a row that is wrong."""
    connection.execute(SCHEMA.read_text(encoding="utf-8"))
    made = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    # In the schema's order, so that what a foreign key names is there before it.
    for table in filter(made.__contains__, _schema_order()):
        if (file := TABLES / f"{table}.csv").exists():
            _fill(connection, table, file)


def _fill(connection: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
    names = ", ".join(f'"{name}"' for name in header)
    # Everything is text here and takes the column's type on its way in; an empty cell is NULL.
    text = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    reading = f"""
        INSERT INTO {table} ({names})
        SELECT {names} FROM read_csv(
            ?, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '',
            columns = {{{text}}}
        )
    """
    try:
        connection.execute(reading, [str(file)])
    except duckdb.Error as error:
        raise type(error)(f"{file.name}: {error}") from error


def _sweep(newest: Path) -> None:
    """Leave the newest few files; whoever has an older one open keeps it."""
    try:
        others = [file for file in newest.parent.glob("vram-kb-*.duckdb") if file != newest]
        aged = sorted(others, key=lambda file: file.stat().st_mtime, reverse=True)[KEPT - 1 :]
        for file in aged:
            if time.time() - file.stat().st_mtime > STALE_AFTER_S:
                file.unlink(missing_ok=True)
    except OSError:
        pass
