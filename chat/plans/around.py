"""The clause of a text in which something stands."""

from chat.reads.reading import Span

_ENDS = ",;.?!()\n:，；。？！（）：、"


def clause_around(text: str, place: Span) -> Span:
    """From where to where the clause around this place reaches."""
    start, end = place
    while start and not _ends(text, start - 1):
        start -= 1
    while end < len(text) and not _ends(text, end):
        end += 1
    return start, end


def _ends(text: str, place: int) -> bool:
    """Whether a clause ends here; the point of a number ends none."""
    return text[place] in _ENDS and not (text[place] == "." and text[place + 1 : place + 2].isdigit())
