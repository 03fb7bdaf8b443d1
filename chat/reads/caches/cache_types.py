"""Types of llama.cpp's cache that stand alone: behind a flag, in a row, or asked of once a cache is quantised."""

from collections.abc import Mapping
from dataclasses import replace

from chat.reads.caches.cache_formats import CACHE_CALLED, CACHE_FORMAT
from chat.reads.lexicon import compiled
from chat.reads.models.own_shapes import CACHE_ALONE
from chat.reads.reading import Reading
from chat.reads.scan import Scan

# not where the files are spoken of
OF_WEIGHTS = (
    r"\s?(?:的)?\s?(?:weights?\b|models?\b|ggufs?\b|files?\b|quants?\b|checkpoints?\b|version|权重|模型|文件|版)"
)
# "-ctk q8_0 -ctv q8_0, and q4_0?": the next of a row that a flag for the cache began
_CACHE_TYPE = r"(?:q[458]_[01]|iq4_nl|f16|bf16|fp8)(?![a-z0-9_])"
_NEXT_TYPE = rf"(?:\s?(?:[,/;&?、]|\b(?:and|or|vs\.?|versus|then|even|also|to|against|with|instead of|rather than|what about|how about)\b|和|或者?|还是|与|跟|换成|改成|再到|对比|相比|比))+\s?(?P<t>{_CACHE_TYPE})"
_CACHE_FLAG = rf"(?:(?<![a-z0-9_])(?:ctk|ctv|cache[-_]type[-_][kv]|kv[-_]cache[-_]dtype|kv[-_]cache[-_]type))(?:\s?/\s?-{{0,2}}(?:ctv|ctk|cache[-_]type[-_][kv]|v))?\s?(?:[:= ]|用|设为?|为)\s?(?:用|设为?|为)?[\"']?(?P<first>{_CACHE_TYPE})"


# "can the KV be q8?", "KV 用 q8 行吗": what stands right behind the cache is its type
_OF_THE_KV = r"\bkv(?:[ _-]?cache|缓存)?(?:\s?(?:be|is|in|at|as|to|with|on|go|run|kept|stored|quanti[sz]ed|可以|能|也|要|用|开|设|改|成|为|到|是|换|量化|存)){1,4}\s?(?P<t>q[458](?:_[01])?)(?![a-z0-9_])"


# where a cache that is quantised is the subject, a row of types compares caches
_OF_A_CACHE = r"\bkv[ _-]?cache (?:quanti[sz]\w*|types?|dtypes?|formats?)|\bquanti[sz]\w* (?:the |my |its )?kv\b|(?:\bkv[ _-]?(?:cache|缓存)?|缓存)\s?(?:的)?量化|量化(?:的)?\s?kv"
_ROW = rf"(?<![a-z0-9_-])(?P<first>{_CACHE_TYPE})(?={_NEXT_TYPE})"


# "-ctk q8_0 saves how much? and 128k with q4_0?": where a cache is told in such a type, and the weights in another
_LONE_TYPE = rf"(?<![a-z0-9_])(?:q[458]_[01]|iq4_nl)(?![a-z0-9_])(?!{OF_WEIGHTS})"
_CACHE_IN = r"(?:\bkv(?![a-z])|\bcache\b|缓存)[^.;?!]{0,16}?(?<![a-z0-9_])(?:q[458]_[01]|iq4_nl)(?![a-z0-9_])|(?<![a-z0-9_])(?:q[458]_[01]|iq4_nl)\s?(?:的)?(?:kv(?![a-z])|cache\b|缓存)"
_WEIGHTS_IN = r"(?<![a-z0-9])(?:i?q\d_(?:k|x|s|m)\w*|q\d_?k_?[sml]|awq|gptq|fp8|mxfp4|exl[23])(?![a-z0-9])"
# "-ctk q8_0 still OOMs, I thought q8 halves it": once more by its bits alone, which the weights do not have
_SHORT_TYPE = rf"(?<![a-z0-9_])q(?P<n>[458])(?![a-z0-9_])(?!{OF_WEIGHTS})"
_SHORT_OF_CACHE = rf"(?:\bkv(?![a-z])|\bcache\b|缓存)[^.;?!]{{0,16}}?(?<![a-z0-9_])q(?P<a>[458])(?:_[01])?(?![a-z0-9_])|(?<![a-z0-9_])q(?P<b>[458])(?:_[01])?(?:\s?(?:\bor\b|\bvs\.?|/|还是|或)\s?q(?P<c>[458])(?:_[01])?)?\s?(?:的)?(?:kv(?![a-z])|cache\b|缓存)|{_CACHE_FLAG.replace('?P<first>', '?P<flag>')}"
# "f16 KV is 5120 MiB, q8_0 2720": behind what a cache in 16 bit takes
_PLAIN = r"(?<![a-z0-9])(?:b?f16|fp16|16[- ]?bits?|16\s?位)(?![a-z0-9])"
_SIZE = r"\d[\d.,]*\s?[mg]i?b?(?![a-z])"
_BEHIND_PLAIN = rf"(?:{_PLAIN}[^.;?!]{{0,8}}(?:\bkv(?![a-z])|\bcache\b|缓存)|(?:\bkv(?![a-z])|\bcache\b|缓存)[^.;?!]{{0,16}}{_PLAIN})[^;?!]{{0,24}}?{_SIZE}[^;?!]{{0,24}}?(?<![a-z0-9_])(?:q[458]_[01]|iq4_nl)(?![a-z0-9_])(?!{OF_WEIGHTS})"
_MORE = r"(?:\b(?:not|instead of|rather than|gives?|prints?|shows?|it'?s|is)|不是|而非|一半)\s?(?P<v>\d{3,5})(?!\d|\.\d|\s?(?:k\b|tokens?|ctx|context|gi?b|mi?b|上下文|个))"
# the blocks of llama.cpp in which both weights and caches are stored, by the names of the two
_EITHER = {f"gguf:{kind}": kind.lower() for kind in ("Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0", "IQ4_NL")}


# "cache per token in fp16, and in int8?", "每 token 的 KV,fp16 多少,int8 呢": behind the cache of a token, and no word of weights
_OF_A_TOKEN = r"(?:\bkv(?![a-z])|\bcache\b|缓存)[^.?!;,]{0,24}?(?:(?:\b(?:per|an?|each|every|one)|/)\s?tok(?:en)?s?\b|每个?\s?token)|每(?:个|一)?\s?token[^.?!;,]{0,8}?(?:kv(?![a-z])|缓存)"
_STORED_IN = rf"(?:\b(?:in|at|with|as|under|would|does|do|for|is|if|and|or|vs|versus|about)|[,:、(/]|用|以|在|按|和|是|换成?|若|如果|时|改成?)\s?(?P<t>{CACHE_FORMAT})"
_NO_CACHE = r"\bweights?\b|\bquanti[sz]ed\b|(?<![a-z])(?:awq|gptq|gguf|exl[23])(?![a-z])|\bq\d_k|权重|量化(?:模型|版)"


# "kv不是fp8,是fp16", "the cache in bf16 rather than fp8": of two formats of a cache the one that it does have
_A_CACHE = r"(?:\bkv(?:[ _-]?cache|缓存)?(?![a-z])|\bcache\b|(?<!前缀)缓存)"
_DENIES = r"(?:\b(?:not|isn't|never|no longer|instead of|rather than|over)\b|(?:而)?(?:不是|并非|非)|(?:不|别|没|没有|不要|不想)(?:再)?(?:用|开|设|存)(?:成|为|了)?|不(?=\s?(?:fp|int|q\d)))"
_LINKS = r"(?:\s|,|\(|\b(?:but|it's|it is|is|in|as|at|with|the|use|using|just|plain|stays?|kept|keep)\b|而是|而|是|还|仍|就|改|用|的|开|设|存|为|成|普通|默认)*"
_ONE_NOT_THE_OTHER = (
    rf"{_A_CACHE}{_LINKS}{_DENIES}{_LINKS}(?P<out>{CACHE_FORMAT}){_LINKS}(?P<has>{CACHE_FORMAT})"
    rf"|{_A_CACHE}{_LINKS}(?P<keeps>{CACHE_FORMAT}){_LINKS}{_DENIES}{_LINKS}(?P<drops>{CACHE_FORMAT})(?!\s?(?:weights?|权重))"
    rf"|{_A_CACHE}{_LINKS}(?:{_DENIES}|没|未|不)\s?(?:quanti[sz]ed|量化)(?:过|的)?{_LINKS}(?P<whole>{CACHE_FORMAT})"
)


# "if I quantize KV to q4 ..., what max ctx vs fp16?"
_AGAINST_PLAIN = rf"(?:\bquanti[sz]\w* (?:the |my )?(?:kv|cache)|(?:kv|cache)(?: cache)?\s?(?:to|in|at|as|用|量化到)\s?{CACHE_FORMAT})[^.;!]{{0,64}}(?:\b(?:vs\.?|versus|compared (?:to|with)|against|than)|比|对比|相比)\s?(?P<plain>bf16|fp16|f16)(?!\s?(?:weights?|models?|权重))(?=[^a-z0-9]|$)"


def read_other_than(scan: Scan) -> None:
    """The format that a cache has, where another is denied of it; a plain one that it is set against is a cache's as well."""
    for found in scan.find(_AGAINST_PLAIN):
        if scan.free(*found.span("plain")):
            scan.add("kv_format", CACHE_CALLED.get(found["plain"], found["plain"]), *found.span("plain"))
    for found in scan.find(_ONE_NOT_THE_OTHER):
        kind = found["has"] or found["keeps"] or found["whole"]
        named = CACHE_CALLED.get(kind, kind)
        if scan.free(*found.span()) and scan.add("kv_format", named, *found.span(), take=False):
            scan.take(*found.span())


def of_each_token(scan: Scan) -> None:
    """The formats that are told behind the cache of a token are the cache's, where nothing else is stored in any."""
    asked = next((found.end() for found in scan.find(_OF_A_TOKEN)), 0 if CACHE_ALONE in scan.extras else None)
    if asked is None or any(scan.find(_NO_CACHE)):
        return
    for found in compiled(_STORED_IN).finditer(scan.text, asked):
        if scan.free(*found.span("t")):
            scan.add("kv_format", CACHE_CALLED.get(found["t"], found["t"]), *found.span("t"))


def read_cache_types(scan: Scan, kinds: Mapping[str, object]) -> None:
    """The types of a cache that stand in a row behind a flag for it, or where its quantisation is asked about: no weights
    have them."""
    rows = scan.find(_ROW) if any(True for _ in scan.find(_OF_A_CACHE)) else ()
    for found in (*scan.find(_CACHE_FLAG), *rows):
        if scan.free(*found.span()):
            scan.add("kv_format", kinds[found["first"]], *found.span())
        at = found.end()
        while following := compiled(_NEXT_TYPE).match(scan.text, at):
            if scan.free(*following.span("t")):
                scan.add("kv_format", kinds[following["t"]], *following.span("t"))
            at = following.end()
    for found in scan.find(_OF_THE_KV):
        kind = found["t"] if "_" in found["t"] else f"{found['t']}_0"
        if kind in kinds and scan.free(*found.span("t")):
            scan.add("kv_format", kinds[kind], *found.span("t"))
    beside = next(scan.find(_BEHIND_PLAIN), None)
    told = any(scan.find(_CACHE_FLAG)) or (any(scan.find(_CACHE_IN)) and any(scan.find(_WEIGHTS_IN)))
    if beside or told:
        for found in scan.find(_LONE_TYPE):
            if scan.free(*found.span()):
                scan.add("kv_format", kinds[found[0]], *found.span())
    _named_shortly(scan, kinds)
    for found in compiled(_MORE).finditer(scan.text, beside.end()) if beside else ():
        if scan.free(*found.span("v")):
            scan.take(*found.span("v"))  # what it takes in that type, and what was expected: no figures of a case


def _named_shortly(scan: Scan, kinds: Mapping[str, object]) -> None:
    """A type of the cache that is named again by its bits alone, where the weights are told in another format."""
    if not any(scan.find(_WEIGHTS_IN)):
        return
    told = {
        kind
        for found in scan.find(_SHORT_OF_CACHE)
        for kind in (found["a"] or found["b"] or found["flag"].strip("qf_")[:1], found["c"])
    }
    for found in scan.find(_SHORT_TYPE):
        if found["n"] in told and scan.free(*found.span()):
            scan.add("kv_format", kinds[f"q{found['n']}_0"], *found.span())


def eight_bit_cache(scan: Scan) -> str:
    """The 8 bits that the program has for a cache."""
    files = any(str(one).startswith("gguf") for one in scan.facts.get("weight_format", ()))
    return "q8_0" if files or "llama.cpp" in scan.facts.get("engine", ()) else "fp8"


def of_the_cache(reading: Reading, previous: Reading) -> Reading:
    """After a quantised cache `and with q4_0?` asks of the cache: the weights were told in a format of their own."""
    kinds = reading.facts.get("weight_format", ())
    before = previous.facts.get("weight_format", ())
    own = before and not set(before) & set(_EITHER)
    if not kinds or not set(kinds) <= set(_EITHER) or "kv_format" in reading.facts or not own:
        return reading
    if "kv_format" not in previous.facts or compiled(rf"q\d_[01]{OF_WEIGHTS}").search(reading.lowered):
        return reading
    facts, spans = dict(reading.facts), dict(reading.spans)
    facts["kv_format"] = tuple(_EITHER[str(one)] for one in facts.pop("weight_format"))
    spans["kv_format"] = spans.pop("weight_format", ())
    return replace(reading, facts=facts, spans=spans)
