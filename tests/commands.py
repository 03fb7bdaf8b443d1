"""`kb …` in a process of its own, as a stranger runs it, or in this one, which spares the imports of a second and more.

Here it goes through the same `main`: what it prints, what it refuses and its exit code are the same. What holds of the
process alone (what is imported, how long it takes, signals, pipes) is asked of a real one.
"""

import gc
import io
import logging
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from kb.cli import main

KB = [sys.executable, "-c", "from kb.cli import main; main()"]
PLAIN = {"COLUMNS": "100", "NO_COLOR": "1"}
Done = subprocess.CompletedProcess[str]


def process(*words: str, text: str | None = None, cwd: Path | None = None) -> Done:
    """The command as a process of its own."""
    return subprocess.run(
        [*KB, *words], input=text, capture_output=True, text=True, encoding="utf-8", timeout=180, check=False, cwd=cwd,
        env={**os.environ, **PLAIN},
    )  # fmt: skip


def here(*words: str, cwd: Path | None = None) -> Done:
    """The command in this process; what it logs stands on stderr, as it would there."""
    out, err = io.StringIO(), io.StringIO()
    searches, log = gc.get_threshold(), logging.StreamHandler(err)
    log.setLevel(logging.WARNING)
    logging.getLogger().addHandler(log)
    try:
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name, value in PLAIN.items():
                patch.setenv(name, value)
            if cwd:
                patch.chdir(cwd)
            patch.setattr(sys, "argv", ["kb", *words])
            with pytest.raises(SystemExit) as ended:
                main()
    finally:
        logging.getLogger().removeHandler(log)
        gc.set_threshold(*searches)
    return Done(["kb", *words], ended.value.code or 0, out.getvalue(), err.getvalue())
