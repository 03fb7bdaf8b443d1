"""The house rules that a machine can hold: lint, format, types, the direction of imports, light commands, no secrets."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_lint_is_clean() -> None:
    done = _run("ruff", "check", ".")
    assert done.returncode == 0, done.stdout


def test_format_is_clean() -> None:
    done = _run("ruff", "format", "--check", ".")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_types_are_clean() -> None:
    done = _run("mypy")
    assert done.returncode == 0, done.stdout


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "kept_out"),
    [
        (["query", "SELECT 1 AS one"], {"sympy", "langchain", "langchain_core", "gradio"}),
        (["tables"], {"sympy", "langchain", "langchain_core", "gradio"}),
        (["estimate", "--params", "7B"], {"langchain", "langchain_core", "gradio"}),
        (["formulas"], {"langchain", "langchain_core", "gradio"}),
    ],
)
def test_light_commands_stay_light(command: list[str], kept_out: set[str]) -> None:
    program = (
        f"import sys; sys.argv = ['kb', *{command!r}]\n"
        "from kb.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    loaded = set(done.stderr.rsplit("LOADED", 1)[1].split())
    assert not kept_out & loaded


def test_what_is_imported_is_declared() -> None:
    """The program's imports among its dependencies and extras, the tests' also in the group of the tests."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = declared["project"]
    extras = project["optional-dependencies"].values()
    ours = _names([*project["dependencies"], *(line for extra in extras for line in extra)])
    known = {"kb": ours, "chat": ours, "formulas": ours, "tests": ours | _names(declared["dependency-groups"]["dev"])}
    distributions = packages_distributions()
    for folder, allowed in known.items():
        for path in (ROOT / folder).rglob("*.py"):
            for module in _imported(path) - sys.stdlib_module_names - known.keys():
                needed = {name.lower().replace("_", "-") for name in distributions.get(module, [module])}
                assert needed & allowed, f"{path.name} imports {module}"


def _imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found |= {name.split(".")[0] for name in names}
    return found


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", line)[0].lower() for line in requirements}


def test_top_level_is_as_designed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    top = {path.split("/")[0] for path in tracked if not path.startswith(".")}
    assert top <= {"pyproject.toml", "README.md", "LICENSE", "kb", "formulas", "chat", "tests"}


def test_files_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for folder in ("formulas", "kb", "chat", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_no_quantifier_is_lost_in_an_f_string() -> None:
    """`{1,3}` in an f-string is the text "(1, 3)": a pattern needs `{{1,3}}`."""
    lost = [
        f"{path.relative_to(ROOT)}:{field.lineno}"
        for folder in ("formulas", "kb", "chat", "tests")
        for path in (ROOT / folder).rglob("*.py")
        for field in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(field, ast.FormattedValue) and isinstance(field.value, (ast.Tuple, ast.Constant))
    ]
    assert not lost


def test_no_registry_is_named() -> None:
    pattern = re.compile(r"(?:py" + r"pi|python" + r"hosted|npm" + r"js|deb" + r"ian)\.org", re.IGNORECASE)
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    for path in filter(None, tracked):
        file = ROOT / path
        if file.suffix in {".py", ".toml", ".md", ".csv", ".sql", ".txt", ".yml", ".css", ".js", ""} and file.is_file():
            assert not pattern.search(file.read_text(encoding="utf-8", errors="ignore")), path
