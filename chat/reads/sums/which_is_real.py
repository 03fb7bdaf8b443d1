"""One model under two programs, of which one takes its share of the card: `hf takes 16 GB, vLLM 70, which is real?`, `vLLM takes
22 GB of the 24, transformers needed 9, a leak?`."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Claim, Reading
from kb.cards import kinds_meant
from kb.programs import serves

_PLAIN = r"(?<![a-z-])(?:hf|hugging ?face|transformers|ollama|llama\.?cpp|lm ?studio)(?![a-z])"
# of one of two programs it is asked what it shows, and nothing is compared
SHARE_BESIDE = "share_beside_plain"
_GIB, _PAIR, _ENDED = 2**30, 2, 100
_UNITS = {"g": 1.0, "gb": 1.0, "gib": 1.0, "mib": 1 / 1024, "mb": 1 / 1024}
# of the card, what is a server's share of it; of that, what another program's figure is at the most
_SHARE, _OTHER = (0.75, 1.0), 0.5
_WHY = frozenset({"why_more", "units"})
_DOUBTED = frozenset({"leak_asked", "normal_asked", "bug_suspected"})
_BESIDE = frozenset({"comparison", "method_diff"})
# what is read where nothing is asked in so many words, and what does ask whether it goes
_UNSAID, _GOES = (
    frozenset({"unclear", "quant_gguf"}),
    r"\bfits?\b|\benough\b|放得?下|[够行能]\s?(?:不够|不行|不能|吗|么)|能跑|跑得",
)

# what it is that is seen
_IS_IT = r"\b(?:is|are|was) (?:that|this|it|these|those) (?:all |just |only |really |already )?(?:the |my |for the )?[a-z ]{2,24}\?|这(?:就)?(?:是|算)[^,;?]{1,12}[吗么]"


def real_of_two(reading: Reading) -> Reading:
    """The server's figure is what is asked about; no two runs are compared."""
    engines = reading.facts.get("engine", ())
    servers = tuple(one for one in engines if serves(one))
    plain = compiled(_PLAIN).search(reading.lowered)
    if len(servers) != 1 or len(engines) > _PAIR:
        return reading
    facts = {**reading.facts, "engine": servers}
    memories = [claim for claim in reading.claims if claim.unit in ("g", "gb", "gib")]
    two = len(engines) == _PAIR or plain
    if "which_is_needed" in reading.cues and two and len(memories) == _PAIR:
        return replace(reading, facts=facts, intents=("why_more",), cues=(*reading.cues, "takes_all", SHARE_BESIDE))
    less = _beside_a_share(reading)
    if not less:  # "before the first token vLLM shows 70 of 80 GB, is that the prompt?"
        asked = set(reading.intents) == {"unclear"} or compiled(_IS_IT).search(reading.lowered)
        shown = len(memories) == 1 and asked and _share_seen(reading)
        return replace(reading, intents=("why_more",)) if shown else reading
    if plain is None:  # `takes 21.5 of 24 GB, the model has 1.2`, with no word that asks why
        unasked = len(engines) < _PAIR and set(reading.intents) <= _UNSAID
        return replace(reading, intents=("why_more",)) if unasked else reading
    named = plain.span()
    other = min(less, key=lambda claim: _apart(reading, claim, named))
    extras = {**reading.extras, "log_plain_seen": (other.number * _UNITS[other.unit],)}
    cues = (*reading.cues, SHARE_BESIDE)
    return replace(reading, facts=facts, extras=extras, intents=("why_more",), cues=cues)


def _beside_a_share(reading: Reading) -> list[Claim]:
    """The figures of at most half of it that stand beside one that is a server's share of the card, where it is asked or wondered
    why that is so; none elsewhere."""
    sizes = _sizes(reading)
    most = _share_seen(reading)
    return [claim for claim, size in sizes.items() if size <= _OTHER * most]


def _sizes(reading: Reading) -> dict[Claim, float]:
    """The figures of memory that are told, in GB."""
    return {claim: claim.number * _UNITS[claim.unit] for claim in reading.claims if claim.unit in _UNITS}


def _share_seen(reading: Reading) -> float:
    """The largest figure that is a server's share of the card, where it is asked or wondered why that is so; 0 elsewhere."""
    unsaid = set(reading.intents) <= {*_UNSAID, "kv_cache"} and not compiled(_GOES).search(reading.lowered)
    wondered = bool(_WHY & set(reading.intents[:1]) or _DOUBTED & set(reading.cues)) or unsaid
    # who asks whether it is a leak compares no two needs: "takes 40 GB in vLLM, 4 in transformers. Leak?"
    compares = _BESIDE & set(reading.intents) and "leak_asked" not in reading.cues
    room = _memory(reading) if wondered and not compares else 0.0
    most = max((one for one in _sizes(reading).values() if one <= _SHARE[1] * room), default=0.0)
    return most if room and most >= _SHARE[0] * room else 0.0


def _memory(reading: Reading) -> float:
    """GiB of the one card that is named."""
    named = reading.facts.get("gpu", ())
    if len(named) != 1 or "training" in reading.cues:
        return 0.0
    told = [float(one) for one in reading.facts.get("gpu_memory_gb", ())]
    rooms = [float(card.capacity) / _GIB for card in kinds_meant(str(named[0]))]
    near = [one for one in rooms if not told or abs(one / told[0] - 1) < _SHARE[1] - _SHARE[0]]
    return max(near, default=0.0)


def _apart(reading: Reading, claim: Claim, name: tuple[int, int]) -> int:
    """Characters between a figure and a name; far more where a clause ends there."""
    (_, left), (right, _) = sorted((claim.span, name))
    between = reading.lowered[left:right]
    return len(between) + (_ENDED if compiled(r"[,;?!，；？。！]|\.(?!\d)").search(between) else 0)
