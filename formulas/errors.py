"""What goes wrong between a person and the house, said to the person who can act."""

from collections.abc import Iterable
from difflib import get_close_matches


class BadInput(ValueError):
    """One line: what was asked, what is near, what to do. The command line prints it and leaves with exit code 2."""


def near(asked: str, known: Iterable[str], count: int = 3) -> str:
    """`"; near: a, b"` for the known names that resemble the one asked, or an empty string."""
    spelled = {name.lower(): name for name in known}
    said = asked.lower()
    close = get_close_matches(said, list(spelled), n=count, cutoff=0.6)
    if not close and len(said) > 1:  # `kv` is near to kv_cache
        close = [name for name in spelled if name.startswith(said)][:count]
    return "; near: " + ", ".join(spelled[name] for name in close) if close else ""
