"""Keys and values of a cache in formats of their own: `K cache q8_0 with V q4_0`, `-ctk q8_0 -ctv q4_0`."""

from chat.reads.caches.cache_formats import CACHE_CALLED
from chat.reads.reading import Unread
from chat.reads.scan import Scan

_TYPE = r"(?:q[458](?:_[01])?|iq4_nl|f16|fp16|bf16|fp8|int[48]|[48][ -]?bits?|[48] ?位)(?![a-z0-9_])"
_SET = r"\s?(?:(?:cache|quant\w*|type|=|:|at|in|to|as|is|with|for|用|是|为|设为?|的|量化(?:到|成|为)?|缓存)\s?)*"
_K, _V = (rf"(?<![a-z0-9_]){one}(?![a-z0-9_])" for one in ("(?:k|keys?)", "(?:v|values?)"))
_SIDES = (
    rf"{_K}{_SET}(?P<k>{_TYPE})[^.?!;]{{0,24}}?{_V}{_SET}(?P<v>{_TYPE})"
    rf"|(?<![a-z0-9_])(?P<l>{_TYPE})\s?(?:for|on|的|给)?\s?(?:the )?{_K}[^.?!;]{{0,24}}?(?<![a-z0-9_])(?P<w>{_TYPE})\s?(?:for|on|的|给)?\s?(?:the )?{_V}"
    rf"|(?<![a-z0-9_])(?:ctk|cache[-_]type[-_]k)\s?[:= ]\s?[\"']?(?P<m>{_TYPE})[\"']?\s?[-,;/\\]{{0,3}}\s?(?:and )?-{{0,2}}(?:ctv|cache[-_]type[-_]v)\s?[:= ]\s?[\"']?(?P<x>{_TYPE})"
    rf"|(?<![a-z0-9_])(?:ctv|cache[-_]type[-_]v)\s?[:= ]\s?[\"']?(?P<y>{_TYPE})[\"']?\s?[-,;/\\]{{0,3}}\s?(?:and )?-{{0,2}}(?:ctk|cache[-_]type[-_]k)\s?[:= ]\s?[\"']?(?P<n>{_TYPE})"
)


def read_sides(scan: Scan) -> None:
    """The format of the keys, and that of the values where it is another."""
    for found in scan.find(_SIDES):
        if not scan.free(*found.span()):
            continue
        keys, values = (next(str(found[one]) for one in names if found[one]) for names in ("klmn", "vwxy"))
        of_keys, of_values = CACHE_CALLED.get(keys, keys), CACHE_CALLED.get(values, values)
        told = {"kv_format": of_keys, "v_format": of_values} if of_values != of_keys else {"kv_format": of_keys}
        for fact, kind in told.items():
            if not scan.add(fact, kind, *found.span(), take=False):
                scan.unread.append(Unread(f"{kind} cache", kind, scan.normal.original(*found.span())))
        scan.take(*found.span())
        return
