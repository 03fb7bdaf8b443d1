"""What a remark leaves unsaid of others: each of them is there, and comes after it."""

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
