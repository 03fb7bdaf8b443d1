"""What a remark leaves unsaid of others: each of them is there, and comes after it."""

from chat.figures.catalogue import MADE, NAMED
from chat.remarks.remark import by_rank
from chat.remarks.silences import SILENCES
from chat.remarks.table import REMARKS


def test_a_remark_silences_what_comes_after_it() -> None:
    keys = [remark.key for remark in sorted(REMARKS, key=by_rank)]
    place = {key: at for at, key in enumerate(keys)}
    assert not SILENCES.keys() - place.keys()
    idle = [
        (key, one)
        for key, them in SILENCES.items()
        for one in them
        if not any(k.startswith(one) for k in keys[place[key] + 1 :])
    ]
    assert not idle


def test_a_name_stands_for_a_figure_or_for_words() -> None:
    """Words of a name that a figure has already would be said in its place wherever a remark tells that figure."""
    assert not set(NAMED) & set(MADE)
