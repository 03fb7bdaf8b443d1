"""What a card leaves for the cache beside the weights is asked itself: `how much is left for context?`, `还剩多少给上下文`.

Of a server the verdict tells its pool; elsewhere what is left is what a context may fill, which the longest one tells.
"""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.programs import serves

_OF_CACHE_EN, _OF_CACHE_ZH = r"(?:kv|cache|context|ctx)\b", r"(?:kv|缓存|上下文)"
_ASKED = (
    r"\b(?:how much|how many (?:gi?bs?|gigs?)|what)\b(?:'s)?[^.;?!]{0,48}?\b(?:left|leaves?|remain\w*|free|spare)\b(?: over)? (?:for|of) (?:the |my |any |some )?"
    + _OF_CACHE_EN
    + r"|\b(?:how much|what) (?:kv|cache|context|ctx)\b[^.;?!]{0,24}\b(?:left|remain\w*|leaves?)\b"
    + rf"|{_OF_CACHE_ZH}[^,;?!]{{0,8}}(?:还|能|可)?[剩留余](?:下|有)?(?:多少|几)"
    + rf"|(?:还|能|可以?)?[剩留余](?:下|出|有)?(?:多少|几个?g)[^,;?!]{{0,10}}?{_OF_CACHE_ZH}"
    + rf"|(?:能|可以?|还)[留给](?:给)?{_OF_CACHE_ZH}[^,;?!]{{0,6}}(?:多少|几)"
)
# what is asked of the room itself, and is answered with it
_OF_THE_ROOM = frozenset({"how_much", "units", "kv_cache", "method_diff", "max_batch_ctx", "unclear", "out_of_scope"})
# how large the pool of a server is that has a share of a card
_POOL_EN = r"\b(?:kv|cache)\b[^?]{0,12}\bpool\b|\bhow (?:big|large|much)\b[^?]{0,24}\b(?:kv|cache)\b[^?]{0,24}\b(?:get|gets|be|become|have)\b|\bhow many tokens\b[^?]{0,24}\b(?:kv|cache)\b"
_POOL_ZH = r"(?:kv|缓存)[^,;?]{0,8}(?:能|可以?)?(?:有|放|存|装)(?:得?下)?(?:多少|多大|几)|(?:多少|几)(?:万)?个?\s?token[^,;?]{0,6}(?:kv|缓存)|(?:kv|缓存)池[^,;?]{0,8}(?:多大|多少|几)"
_SEVERAL = ("model", "params", "gpu", "gpu_memory_gb", "weight_format", "bits", "kv_format", "n_gpus")


def left_asked(reading: Reading) -> bool:
    """Is it asked how much stays for the cache?"""
    return "cache_left" in reading.cues and compiled(_ASKED).search(reading.lowered) is not None


def room_for_context(reading: Reading) -> Reading:
    """The longest context of the case as what is asked, where no server takes a share of its own."""
    facts = reading.facts
    named = {"model", "params"} & set(facts) and {"gpu", "gpu_memory_gb"} & set(facts)
    if named and _pool_asked(reading):
        cues = dict.fromkeys([*reading.cues, "cache_left"])
        return replace(reading, intents=("max_batch_ctx", *reading.intents), asks=("seq_len",), cues=tuple(cues))
    if not named or not left_asked(reading) or any(len(facts.get(name, ())) > 1 for name in _SEVERAL):
        return reading
    trains = set(facts.get("method", ())) - {"inference"} or facts.get("task", ())[:1] == ("train",)
    told = {"seq_len", "batch_size", "gpu_layers", "offload", "host_memory_gb"} & set(facts) or reading.asks
    servers = any(serves(str(one)) for one in facts.get("engine", ()))
    whole = {"weight_format", "bits"} & set(facts)  # of no format, each leaves something else
    if trains or told or servers or not whole or set(reading.intents) - _OF_THE_ROOM - {"quant_gguf", "fits"}:
        return reading
    others = tuple(one for one in reading.intents if one not in _OF_THE_ROOM)
    return replace(reading, intents=("max_batch_ctx", *others), asks=("seq_len",))


def _pool_asked(reading: Reading) -> bool:
    """Is it how large the pool of a server is, of one case, and of no length or number of requests?"""
    several = any(len(reading.facts.get(name, ())) > 1 for name in _SEVERAL)
    served = any(serves(str(one)) for one in reading.facts.get("engine", ()))
    told = {"seq_len", "batch_size"} & set(reading.facts) or reading.asks or reading.claims
    if several or not served or told or reading.intent != "kv_cache" or "train" in reading.facts.get("task", ()):
        return False
    return compiled(f"{_POOL_EN}|{_POOL_ZH}").search(reading.lowered) is not None
