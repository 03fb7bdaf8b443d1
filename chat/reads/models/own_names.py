"""Names that share a row with another length: kept as they are said, where one says them."""

from chat.reads.models.model_mentions import Mention
from chat.reads.models.unknown_models import Models
from chat.reads.scan import Scan
from kb.lengths import with_own_length
from kb.name_parts import tokens
from kb.names import Names


def keep_own_names(scan: Scan, index: Names, found: Models, mentions: list[Mention]) -> None:
    """`Yi-34B-200K` instead of the row of its shapes, which declares another length.

    Said in brief behind that it is the same one; beside another name of that row both stay the row, whose memory they take.
    """
    said: dict[str, list[tuple[str, set[str]]]] = {}
    for mention in mentions:
        match = index.match_model(mention.parts)
        if match.name:
            said.setdefault(match.name, []).append((with_own_length(match, mention.said), set(tokens(mention.said))))
    for row, told in said.items():
        own, words = told[0]
        if not own or any(other - words for name, other in told if name != own):
            continue
        for values in (scan.facts.get("model", []), scan.facts.get("draft_model", []), found.names):
            values[:] = [own if value == row else value for value in values]
        again = scan.again.get("model", [])
        again[:] = [(own if value == row else value, place) for value, place in again]
