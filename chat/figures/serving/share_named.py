"""The serving program that takes a share of its card, as it writes itself."""

from chat.figures.named import Figures
from kb.pools import share_of
from kb.programs import PROGRAMS, reads_files


def named_engine(figures: Figures) -> str | None:
    """The serving program that was named; None where none was."""
    engine = figures.given.get("engine")
    called = [str(one) for one in figures.told.get("programs", ()) if str(one) in PROGRAMS]
    called = [one for one in called if not reads_files(one)]  # Ollama's figure beside a server's
    known = share_of(engine).tool
    return PROGRAMS[called[0]].name if called else known if engine and known.lower() == str(engine).lower() else None
