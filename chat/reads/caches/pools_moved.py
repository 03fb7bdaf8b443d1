"""A server's pool of cache before and after it was stored in fewer bits: `cache tokens 410k -> 790k with fp8`."""

from chat.reads.scan import Scan

_NUMBER = r"(?<![\d.,])(?P<{0}>\d[\d,]*(?:\.\d+)?)\s?(?P<{1}>[km万])?(?![\d.]*\d|\s?(?:gi?b|mi?b|g\b|%))"
_POOL = r"(?:\bkv ?cache size\b|\bcache tokens\b|\bkv tokens\b|\b(?:kv |cache )?pool\b|\bmax_total_num_tokens\b|\btokens of (?:kv )?cache\b|缓存(?:容量|池|tokens?数?|能放的?(?:tokens?)?))"
_MOVED = (
    rf"{_POOL}(?:(?!\b(?:context|ctx|length|seq\w*)\b|上下文|长度)[^?!\d]){{0,48}}{_NUMBER.format('a', 's')}\s?(?:tokens?)?\s?(?:->|→|=>|\bto\b|到|变成?|变为|涨到)\s?(?:only |just |about |只有?|~\s?)?"
    + _NUMBER.format("b", "t")
)
_FEWER_BITS = r"\b(?:fp8|int8|e4m3|e5m2|nvfp4|fp4)|\bkv[ _-]?cache[ _-]?dtype\b"
_TIMES = {"k": 1e3, "m": 1e6, "万": 1e4}
_LEAST, _MOST_TIMES = 1000, 5  # tokens; as many times as four bits are fewer, and something


# SGLang's setting of that name is its pool; elsewhere it is the length of one request
_SGLANG, _SGLANG_POOL = r"\bsglang\b", r"(?<![a-z])max[-_]total[-_]tokens\s?[=:]?\s?(?P<n>\d{4,8})(?!\d)"


def read_pool_moved(scan: Scan) -> None:
    """Note the tokens before and after; neither is the length of a sequence, nor is the most that a pool may have."""
    for found in scan.find(_SGLANG_POOL) if any(scan.find(_SGLANG)) else ():
        scan.take(*found.span())
    if not any(scan.find(_FEWER_BITS)):
        return
    for found in scan.find(_MOVED):
        before, after = (
            float(found[number].replace(",", "")) * _TIMES.get(found[unit] or "", 1)
            for number, unit in (("a", "s"), ("b", "t"))
        )
        if _LEAST <= before < after < _MOST_TIMES * before:
            scan.note("log_pool_from", round(before))
            scan.note("log_pool_to", round(after))
            scan.take(found.start("a"), found.end())
            return
