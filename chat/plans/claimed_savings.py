"""The share of memory that a training program or a fused loss is said to save, where it is asked whether that is so."""

from chat.reads.lexicon import compiled
from chat.reads.reading import Claim, Reading
from kb.programs import trains

_OF_MEMORY = r"\bv?ram\b|\bmemory\b|\bmem\b|显存|内存"
_LESS = r"\b(?:less|lower|fewer|smaller|off|savings?|reduction)\b|\b(?:sav|reduc|cut|lower|decreas|slash)\w*|[省降减少]"
_NEAR = 32  # characters on either side of the figure
# asked whether what is said is so; of a run of one's own it is asked whether that is normal
_DOUBTED = (
    r"\b(?:real(?:ly|istic)?|true|believable|legit(?:imate)?|hype|marketing|accurate|honest|plausible|exaggerat\w*|trust|bs|credible)\b"
    # what would follow from it: "so 24 GB would only be 7?"
    r"|\bso\b[^?]{0,60}\b(?:need|take|fit|be|use)s?\b[^?]{0,32}\?|那(?:么|原来|就)?[^?]{0,32}(?:只要|只需|就够|够用|够了|就能)[^?]{0,24}(?:\?|吗|么|$)"
    r"|真的|真假|真能|属实|靠谱|可信|忽悠|[吹夸]|水分|噱头|是不是真|准不准|能信"
)
_OWN = r"\bi (?:only |just )?(?:saved?|got|get|see|saw|measured?)\b|我(?:只|才)?(?:省|降|测|实测)"
_HALF = r"\bhal(?:f|ves?|ving)\b[^.;?]{0,12}(?:v?ram|memory)\b|\b(?:v?ram|memory)\b[^.;?]{0,12}\b(?:in|by) half\b|[省降减少](?:了|掉)?一半的?(?:显存|内存)|(?:显存|内存)[^,;?]{0,6}(?:减半|[省降减少](?:了|掉)?一半)"
_WHOLE = 100.0


def claimed_saving(reading: Reading) -> Claim | None:
    """The percentage that is claimed of a program or of the fused loss; None where nothing is, or models or methods are compared."""
    text = reading.lowered
    if not (any(map(trains, reading.facts.get("engine", ()))) or reading.facts.get("loss") == ("fused",)):
        return None
    if any(len(reading.facts.get(name, ())) > 1 for name in ("method", "model", "params", "optimizer")):
        return None
    if not compiled(_DOUBTED).search(text) or compiled(_OWN).search(text):
        return None
    for claim in reading.claims:
        around = text[max(0, claim.span[0] - _NEAR) : claim.span[1] + _NEAR]
        if claim.unit != "%" or not 0 < claim.number < _WHOLE or not compiled(_LESS).search(around):
            continue
        if compiled(_OF_MEMORY).search(around):
            return claim
    half = compiled(_HALF).search(text)
    return Claim(_WHOLE / 2, "%", half.span()) if half else None


def claimed_of(reading: Reading, claim: Claim) -> str:
    """The program of which it is claimed: of several the last that is named before the figure; none where only the loss is."""
    engines, spans = reading.facts.get("engine", ()), reading.spans.get("engine", ())
    named = [one for one, span in zip(engines, spans, strict=False) if trains(one) and span[0] < claim.span[0]]
    return str(next(iter((*named[-1:], *filter(trains, engines))), ""))
