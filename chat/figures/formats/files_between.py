"""The file that lies between two that are asked about, of which the wider does not fit and the narrower does; and what a
cache in 8 bits takes off; what gives more room where the narrower is next to the wider and hardly goes in."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from chat.phrases import VERDICTS
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome

# the usual files, the widest first
_FILES = (
    "Q8_0",
    "Q6_K",
    "Q5_K_M",
    "Q5_K_S",
    "Q4_K_M",
    "Q4_K_S",
    "IQ4_XS",
    "Q3_K_L",
    "Q3_K_M",
    "IQ3_S",
    "IQ3_XXS",
    "Q2_K",
)
_PREFIX, _PAIR, _USUAL = "gguf:", 2, "Q4_K_M"
_TIGHT = 0.1  # of a card: what leaves less is tight
_FITS, _HARDLY = ("yes", "likely"), 0.02  # of the need, below which nothing is said of the cache


def _between(figures: Figures) -> Words:
    """The widest of the files between that fits, or most likely does."""
    named = [one.removeprefix(_PREFIX) for one in figures.log.get("format", ()) if one.startswith(_PREFIX)]
    places = sorted(_FILES.index(one) for one in named if one in _FILES)
    if len(named) != _PAIR or len(places) != _PAIR:
        raise Missing("two files")
    wide, narrow = (_at(figures, _FILES[place]) for place in places)
    if _leaning(wide) in _FITS or wide.verdict == "yes" or narrow.verdict != "yes":
        raise Missing("a wider file that does not fit")
    each = Words(" per card", "每张卡 ") if figures.n > 1 else SILENT
    for name in _FILES[places[0] + 1 : places[1]]:
        there = _at(figures, name)
        if _leaning(there) in _FITS:
            if name == _USUAL:
                raise Missing("a file that is not told by itself")
            holds = VERDICTS[_leaning(there)]
            narrower = _in_eight(figures, name, there)
            return Words(
                f"Between them lies {name}: {gib_words(there.best)}{each.en}, {holds[0]}.{narrower.en}",
                f"两者之间还有 {name}:{each.zh}{gib_words(there.best)},{holds[1]}。{narrower.zh}",
            )
    return _more_room(figures, places[1], narrow)


def _more_room(figures: Figures, place: int, chosen: Outcome) -> Words:
    """What gives more room than the narrower of the two leaves: a cache in 8 bits, the next file; Missing where there is enough."""
    room, following = chosen.capacity or 0.0, place + 1
    if room - chosen.best > _TIGHT * room or following >= len(_FILES):
        raise Missing("little room")
    name, then = _FILES[place], _FILES[following]
    left, less = gib_words(room - chosen.best), gib_words(chosen.best - _at(figures, name, kv_format="q8_0").best)
    smaller = gib_words(_at(figures, then).best)
    return Words(
        f"{name} leaves {left}: for more room a cache in q8_0 (-fa on) takes {less} less, or {then} takes {smaller} in all.",
        f"{name} 只剩 {left}:想宽裕些,缓存用 q8_0(-fa on)再少 {less},或换 {then},共 {smaller}。",
    )


def _in_eight(figures: Figures, name: str, there: Outcome) -> Words:
    """What a cache in 8 bits takes off, where that is worth a word."""
    less = there.best - _at(figures, name, kv_format="q8_0").best
    if less < _HARDLY * there.best:
        return SILENT
    return Words(
        f" A cache in q8_0 (-fa on) takes {gib_words(less)} less.", f"缓存用 q8_0(-fa on)再少 {gib_words(less)}。"
    )


def _at(figures: Figures, name: str, **changed: str) -> Outcome:
    try:
        return figures.at(weight_format=f"{_PREFIX}{name}", bits=None, **changed)
    except BadInput as error:
        raise Missing(name) from error


def _leaning(where: Outcome) -> str:
    return str(where.leaning or where.verdict)


FILES_BETWEEN: dict[str, Callable[[Figures], Words]] = {"file_between": _between}
