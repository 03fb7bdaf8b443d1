"""A server that shows as much with weights in few bits as before: `switched to AWQ, vLLM still takes 43 GB, is it not quantised?`.
The 16 bits are what it is compared with, and no second case."""

from dataclasses import replace

from chat.reads.formats.widths import WHOLE, without_bare_widths
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.programs import serves

QUANTISING_DOUBTED = "quantising_doubted"
_QUANTISED = r"(?:\bquanti[sz](?:ation|ing|ed)\b|\bawq\b|\bgptq\b|\b(?:int|fp)[48]\b)"
_DOUBTED = (
    rf"\b(?:is|isn'?t|is not|was|wasn'?t|not|did|didn'?t|does|doesn'?t|is it|never)\b[^.;?!]{{0,24}}{_QUANTISED}[^.;?!]{{0,16}}\b(?:appl\w+|work\w*|active|in effect|taking effect|take effect|took effect|happen\w*|kick\w*|used|doing|do|anything|nothing|ignored|broken|fail\w*|real)\b"
    r"|\b(?:not|isn'?t|wasn'?t|is it|was it|never|really|actually)\b[^.;?!]{0,24}\b(?:quanti[sz]ed|as awq|as gptq|in (?:4|8)[- ]bit)\b[^.;!]{0,12}\?"
    r"|(?:量化|awq|gptq|int4|fp8)[^,;?!。]{0,6}(?:没|未|不|有没有|是否|到底|真的)[^,;?!。]{0,4}(?:生效|起作用|起效|成功|用上|有用|量化|加载)"
    r"|(?:没|未|不)(?:有)?(?:真的?|被)?(?:按|以|加载)?[^,;?!。]{0,4}(?:量化(?:版|模型|权重|成功)?)(?!之?前|的时候)[^,;!。]{0,4}(?:吗|么|吧|呢|\?|$)"
    r"|(?:白|等于没)量化"
)
# of a cache, or of a run that trains, another thing is doubted
_OTHERWISE = r"\bkv[ _-]?cache\b[^.;?!]{0,24}\b(?:quanti\w+|fp8|int8)\b|\b(?:quanti\w+|fp8|int8)\b[^.;?!]{0,12}\b(?:kv|cache)\b|kv\s?(?:cache|缓存)?[^,;?!。]{0,4}(?:量化|fp8|int8)|(?:量化|fp8|int8)[^,;?!。]{0,4}(?:kv|缓存)"
# what the meter shows is told, or that it shows no less: "does AWQ work in vLLM?" doubts nothing that was seen
_SEEN, _NO_LESS = ("g", "gb", "gib", "mib", "mb"), {"narrow_as_large", "same_memory"}


def quantising_doubted(reading: Reading) -> Reading:
    """Why the meter shows no less is what is asked, of the weights in few bits."""
    servers = [one for one in reading.facts.get("engine", ()) if serves(one)]
    formats = [str(one) for one in reading.facts.get("weight_format", ())]
    narrow = without_bare_widths(one for one in formats if one not in WHOLE)
    of_a_case = "train" in reading.facts.get("task", ()) or "oom_diagnosis" in reading.intents
    if not servers or len(narrow) != 1 or of_a_case or compiled(_OTHERWISE).search(reading.lowered):
        return reading
    seen = any(claim.unit in _SEEN for claim in reading.claims) or _NO_LESS & set(reading.cues)
    if not seen or not compiled(_DOUBTED).search(reading.lowered):
        return reading
    facts = {**reading.facts, "weight_format": tuple(narrow)}
    return replace(reading, facts=facts, intents=("why_more",), cues=(*reading.cues, QUANTISING_DOUBTED))
