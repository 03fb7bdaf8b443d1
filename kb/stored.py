"""How the weights of a case are stored: their bits, the program of files, the formats that models are published in."""

from kb.outcome import Outcome

FILES = "llama.cpp"
# experts that were trained in so few bits: their files are hardly smaller in fewer
AS_PUBLISHED = ("mxfp4", "nvfp4")


def stored_bits(where: Outcome) -> float:
    """Bits of a stored weight; those of 16-bit numbers where nothing says otherwise."""
    return next((float(v) for quantity, v in where.values.items() if quantity.name == "bits_per_weight"), 16.0)
