"""Formats that a question names as remedies of a failure: they are not what has failed."""

from chat.reads import asking
from chat.reads.cards.lent_memory import LENT
from chat.reads.facts import LACKED
from chat.reads.lexicon import compiled
from chat.reads.scan import Scan
from chat.reads.seen.symptoms import MESSAGES, read_symptoms

# what is asked for as a way out of a failure: "do I go fp8 or awq", "该上 awq 还是 fp8"
_WAY_OUT = (
    r"(?:\b(?:do|should|would|could|can|must|shall|might) (?:i|we) (?:\w+ )?(?:go|use|switch|try|take|need|pick|move|drop|run|get|quanti[sz]e|choose|load)\b|\b(?:would|does|will|could)\b(?= )|\b(?:switch|go|going|move|drop)(?:ing)? (?:to|for|with|down)\b|\bbetter\b|\brather\b)[^,;?!]{0,40}$"
    r"|(?:该|要不要|是不是(?:得|要)|换(?:成)?|改(?:成|用)?|选|(?:得|能|可以|需要|必须)(?:用|上))[^,;?!]{0,24}$"
)
_HAS_FAILED = r"\boom\w*|out of memory|no available memory|\b(?:dies|died|crash\w*|failed|errors? out|refuses)\b|显存不足|爆(?:显存|了)|报错|崩|起不来"
# a format that a card refuses has failed, and not the run
_FORMAT_REFUSED = rf"(?<![a-z0-9])(?:bf16|fp16|fp8|fp32|int[48]){LACKED}"


def leave_ways_out(scan: Scan) -> None:
    """Formats that are asked for as a way out of what a message tells of are not what failed."""
    places = scan.spans.get("weight_format", [])
    if not places or len(places) != len(scan.facts.get("weight_format", ())):
        return
    parts = [(scan.text[one.start : one.end], one) for one in asking.parts(scan.text)]
    told = any(
        compiled(_HAS_FAILED).search(compiled(_FORMAT_REFUSED).sub(" ", text)) and not one.asks for text, one in parts
    )
    if LENT in scan.extras or (not told and not MESSAGES & set(read_symptoms(scan.text))):
        return
    clauses = [scan.normal.original(one.start, one.end) for _, one in parts]
    kept = [
        not any(
            start <= place[0] < end and compiled(_WAY_OUT).search(scan.lowered[start : place[0]])
            for start, end in clauses
        )
        for place in places
    ]
    if not any(kept):
        scan.extras["ways_out"] = scan.facts.pop("weight_format")
        del scan.spans["weight_format"]
