"""How the weights of a case are stored: their bits, the program of files, the formats that models are published in."""

from functools import cache

from formulas.quantity import Words
from kb.change import Costs, Lost, costing
from kb.database import rows
from kb.outcome import Outcome

FILES = "llama.cpp"
# experts that were trained in so few bits: their files are hardly smaller in fewer
AS_PUBLISHED = ("mxfp4", "nvfp4")
UNQUANTISED = 12  # bits of a weight from which on it is not quantised
# files of fewer than four bits, each published beside the usual ones; those of two are made with an importance matrix
FEW_BITS = ("gguf:Q3_K_M", "gguf:IQ3_XXS", "gguf:IQ2_M", "gguf:IQ2_XS", "gguf:IQ2_XXS")
# the same with the one that stands between those and the usual file of four bits
BELOW_USUAL = ("gguf:IQ4_XS", *FEW_BITS)
USUAL_FILE, TWO_BITS = "gguf:Q4_K_M", "gguf:Q2_K"
USUAL_BITS = 4  # of weights in files, below which quality goes


def stored_bits(where: Outcome) -> float:
    """Bits of a stored weight; those of 16-bit numbers where nothing says otherwise."""
    return next((float(v) for quantity, v in where.values.items() if quantity.name == "bits_per_weight"), 16.0)


@cache
def bits_of_file(name: str) -> float:
    """The bits of a kind of file as its program lists them; 0 of what is none."""
    found = rows("SELECT bits_numerator / bits_denominator AS bits FROM dtypes WHERE name = ?", [name])
    return float(found[0]["bits"]) if name.startswith("gguf:") else 0.0


@cache
def listed_quality() -> Words:
    """The added perplexity that llama.cpp's own list gives its files."""
    listed = rows(
        "SELECT applies_to, value, unit FROM recipes WHERE setting = 'added_perplexity' ORDER BY CAST(value AS DOUBLE)"
    )
    told = ", ".join(f"{row['applies_to']} {float(row['value']):.1f}" for row in listed)
    model = listed[0]["unit"].removeprefix("of ")
    return Words(
        f"llama.cpp lists as added perplexity of {model} {told}",
        f"llama.cpp 对 {model} 列出的困惑度增量为 {told.replace(', ', '、')}",
    )


@cache
def of_few_bits() -> Costs:
    """That quality goes below four bits, with what is listed of such files."""
    listed = listed_quality()
    return costing(f"noticeable quality: {listed.en}", f"质量明显下降:{listed.zh}", Lost.MUCH)


def costs_of(where: Outcome) -> dict[str, str]:
    """What files of so few bits cost, in both languages; empty for others."""
    few = bits_of_file(str(where.situation.knob("weight_format"))) or 16.0
    return {language: of_few_bits()[0].says.in_(language) for language in ("en", "zh")} if few < USUAL_BITS else {}
