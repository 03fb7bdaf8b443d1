"""How the formats of a cache are spelled, one by one and in a row."""

KV_FORMATS = (
    ("fp8", "fp8"), ("int8", "int8|8[ -]?bits?|8 ?位"), ("bf16", "bf16"), ("fp16", "fp16|f16"),
    *((kind, kind) for kind in ("q5_1", "q5_0", "q4_1", "iq4_nl")), ("q8_0", "q8_0|q8"), ("q4_0", "q4_0|q4"),
    ("nvfp4", "nvfp4"), ("int4", "int4|4[ -]?bits?|4 ?位"),
)  # fmt: skip
# several formats of a cache in a row, behind it or before it
CACHE_FORMAT = r"(?<![a-z0-9])(?:nvfp4|fp8|int[48]|bf16|fp16|f16|q8_0|q5_[01]|q4_[01]|iq4_nl|q[4568](?!_)|[4568](?:[ -]?bits?| ?位))(?![a-z0-9])"
# as the knob calls it
CACHE_CALLED = {
    "f16": "fp16", "q8": "q8_0", "q4": "q4_0", **{f"{n}{gap}{bit}": f"int{n}" for n in "48" for gap in ("", " ", "-") for bit in ("bit", "bits", "位")},
}  # fmt: skip
_FORMATS_IN_A_ROW = rf"{CACHE_FORMAT}(?:\s?(?:/|,|vs\.?|or|and|to|->|和|跟|与|、|还是|[换改]?[成到])\s?(?:with |in |the |[用开]\s?)?{CACHE_FORMAT}){{1,5}}"
CACHE_FORMATS = (
    rf"(?:\bkv(?![a-z])|kv缓存|键值缓存)(?:[^.;?!]|\.(?=\d)){{0,60}}?(?<![a-z0-9_])(?P<after>{_FORMATS_IN_A_ROW})(?! ?(?:(?:model )?weights?\b|models?\b|checkpoints?\b|的?权重|的?模型))|(?P<before>{_FORMATS_IN_A_ROW})\s?(?:的)?\s?(?:kv(?![a-z])|kv缓存|cache\b)"
    # the word behind the first of them: "with f16 KV and with q8_0"
    rf"|(?P<around>{CACHE_FORMAT}\s?(?:kv(?: cache)?|cache|缓存)\s?(?:/|,|vs\.?|or|and|to|->|和|跟|与|、|还是)\s?(?:with |in |the )?{CACHE_FORMAT})(?! ?(?:weights?\b|models?\b|的?权重|的?模型))"
    # a single one beside the word: "with a q8 cache", "FP16 cache", "cache in q4_0", "q8缓存"
    rf"|(?P<one>{CACHE_FORMAT})[\s-]?(?:的)?(?:kv[\s-]?)?(?:cache(?![a-z-])|缓存)"
    rf"|(?<![a-z])(?:kv|缓存)(?:cache|缓存)?不(?:做|要|用)?量化,?\s?(?:保持|还是|仍是|仍用|用|就是|维持|保留)\s?(?P<kept>{CACHE_FORMAT})|(?<![a-z-])(?:cache(?: (?:in|at|as|is|to))?|缓存(?:用|为|是|设为?|改成?)?)\s?(?P<two>{CACHE_FORMAT})(?! ?(?:(?:model )?weights?|models?\b|(?:模型)?权重))"
)
