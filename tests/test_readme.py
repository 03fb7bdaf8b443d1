"""Every block of commands in the README is run, and what stands under a command is what it prints.

`KB_WRITE_README=1 uv run pytest tests/test_readme.py` writes the outputs anew after a change.
"""

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import click
import pytest

from kb.cli import kb
from tests.commands import here, process

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def blocks() -> list[str]:
    return _BLOCK.findall(README.read_text(encoding="utf-8"))


def commands(block: str) -> list[tuple[str, str]]:
    """(command, output that the README shows) for each `$ ` line of a block."""
    found: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
    return [(command, "\n".join(lines).strip()) for command, lines in found]


def run(command: str) -> str:
    """What a command prints; `| head -N` is the only pipe that the README uses."""
    whole, _, after = command.partition(" | head -")
    lines = printed(whole)
    return "\n".join(lines[: int(after)] if after else lines).strip()


@cache
def printed(command: str) -> list[str]:
    """In this process, except for the first command: what that one prints, a process of its own prints too."""
    words = shlex.split(command)
    assert words[0] == "kb", f"a console block shows kb commands, not {command}"
    done = (process if command == commands(blocks()[0])[0][0] else here)(*words[1:])
    assert done.returncode in (0, 1), done.stderr
    return [line.rstrip() for line in done.stdout.strip().splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("block", range(len(blocks())))
def test_outputs_are_true(block: int) -> None:
    text = blocks()[block]
    shown = commands(text)
    found = [(command, run(command)) for command, _ in shown]
    if os.environ.get("KB_WRITE_README"):
        fresh = "\n".join(f"$ {command}\n{output}" for command, output in found) + "\n"
        README.write_text(README.read_text(encoding="utf-8").replace(text, fresh), encoding="utf-8")
        return
    assert found == shown


def test_files_that_the_readme_names_exist() -> None:
    text = README.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)|(?:src|href)=\"(?!https?:|#)([^\"]+)\"", text)
    for link in [one or other for one, other in links]:
        assert (ROOT / link).exists(), link


def test_every_command_is_told() -> None:
    text = README.read_text(encoding="utf-8")
    missing = [name for name in kb.list_commands(click.Context(kb)) if f"kb {name}" not in text]
    assert not missing


def test_ci_runs_the_command_of_the_readme() -> None:
    command = "pip install uv && uv run pytest"
    assert command in README.read_text(encoding="utf-8")
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_python_of_the_readme_runs() -> None:
    for block in re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, timeout=180, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()
