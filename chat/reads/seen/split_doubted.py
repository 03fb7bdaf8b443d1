"""A server over several cards that shows on each what it showed on one: `tp=2, both 3090s show 21.5 GB, the same as one card, is
it not split?`. One card is what it is compared with, and no second case."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.programs import serves

SPLIT_DOUBTED = "split_doubted"
_AS_ON_ONE = (
    r"\b(?:same|as much|identical|no less|not (?:any )?less)\b[^.;?!]{0,24}\b(?:one|a single|single|1) (?:gpu|card|rtx|\d{4}|[ahl]\d{2,3})\b"
    r"|\b(?:same|as much|identical)\b[^.;?!]{0,32}\btp\s?[=:]?\s?1\b"
    r"|(?:[和跟与同]|比)\s?(?:用)?(?:单|1|一)\s?张?(?:显?卡|gpu)[^,;?!。]{0,12}(?:一样|差不多|相同|没区别|没少|没降)"
)
_DOUBTED = r"\b(?:not|isn'?t|wasn'?t|nothing|never|really|actually)\b[^.;?!]{0,16}\b(?:split|shard\w*|divid\w*|distribut\w*)\b|\b(?:split|shard\w*|divid\w*|tensor parallel\w*) (?:not|at all|really)\b|(?:没|没有|不)(?:有)?(?:被)?(?:切|分|拆)|切(?:开|分)了?(?:吗|没)|没生效"
# what each is seen to hold; `each card 24GB` alone is the size of a card
_HOLDS = r"(?:show|us|take|hold|fill|occup|sit|stay|read)(?:s|es|ing|ies|y)?\b"
_ON_EACH = (
    rf"\b(?:each|every|both|all|per) (?:\d )?(?:of them|cards?|gpus?|rtx|\d{{4}}s?|[ahl]\d{{2,3}}s?)\b[^.;?!]{{0,16}}\b{_HOLDS}[^.;?!]{{0,16}}\d\s?gi?b?"
    rf"|\b{_HOLDS}[^.;?!]{{0,16}}\d\s?gi?b? (?:on|of) (?:each|every|both)\b|每(?:张|块|个)?(?:卡|gpu)?[^,;?!。\d]{{0,8}}(?:占|用|吃|显示|满)[^,;?!。\d]{{0,6}}\d+(?:\.\d+)?\s?gi?b?"
)
# of the cache, which is divided as well, another thing is doubted
_OF_THE_CACHE = (
    r"\b(?:kv|cache)\b[^.;?!]{0,16}\b(?:split|shard\w*|divid\w*|distribut\w*)\b|(?:kv|缓存)[^,;?!。]{0,8}(?:切|分|拆)"
)
_WHY = r"\bwhy\b|\bhow come\b|为(?:什么|啥|何)|怎么"
_LEAST = 2


def split_doubted(reading: Reading) -> Reading:
    """Why every card shows as much is what is asked, of the case over several."""
    servers = [one for one in reading.facts.get("engine", ()) if serves(one)]
    counts = [int(one) for name in ("tp", "pp", "n_gpus") for one in reading.facts.get(name, ())]
    most = max(counts, default=1)
    compared, doubted = (compiled(one).search(reading.lowered) for one in (_AS_ON_ONE, _DOUBTED))
    shown = compiled(_ON_EACH).search(reading.lowered)
    asked = (doubted and shown) or (compared and (doubted or compiled(_WHY).search(reading.lowered)))
    otherwise = "oom_diagnosis" in reading.intents or compiled(_OF_THE_CACHE).search(reading.lowered)
    if most < _LEAST or not servers or not asked or otherwise:
        return reading
    over = {name: (most,) for name in ("tp", "pp") if any(int(one) == most for one in reading.facts.get(name, ()))}
    facts = {**reading.facts, **over, "n_gpus": (most,)}
    return replace(reading, facts=facts, intents=("why_more",), cues=(*reading.cues, SPLIT_DOUBTED))
