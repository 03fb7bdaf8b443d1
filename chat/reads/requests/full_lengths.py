"""A context that is meant to be full without a number: `at its full context`, `开满上下文`. It is the length that the model declares."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.names import model_row

_CONTEXT = r"(?:context|ctx)(?:[ -](?:length|window|size|len))?"
_WHOLE = r"(?:full|whole|entire|complete|native|maximum|max)"
_FULL = (
    rf"\b(?:at|with|for|use|using|serve|support|fill|hold|run)\s(?:(?:its|the|their|a|model'?s?|very) ){{0,2}}{_WHOLE} (?:native |supported |declared )?{_CONTEXT}\b(?! (?:of|to|up to|=)? ?\d)"
    rf"|\b(?:does|do|would|will|could|for|of) (?:(?:its|the|their|a|that) ){{0,2}}{_WHOLE} (?:native |supported |declared )?{_CONTEXT} (?:take|need|cost|use|want|require)\b"
    r"|(?:开|跑|拉|撑|用|吃|塞|打|顶)满(?:了)?(?:整个|全部|原生|模型的?|它的?|最大)?(?:的)?(?:上下文|context|ctx)(?!(?:到)?\s?\d)"
    r"|(?<![不没])(?<!不用)(?:全长|完整|全部|整个)(?:的)?(?:上下文|context|ctx)(?!到?\s?\d)"
    r"|(?:上下文|context|ctx)(?:长度|窗口)?(?:全)?(?:直接|都)?(?:开|拉|跑|设|调|撑)(?:到|成|为)?(?:满|最大|顶)(?!能|可以|是|多)"
)
# what is not to be so long, or only a part of it
_NOT = r"\b(?:not|no|never|without|don'?t|doesn'?t|won'?t|can'?t|cannot|less than|half|part|rather than|instead of|unlike)\b[^.;?!,]{0,24}$|(?:不用|不需要|没必要|不必|别|不想|不打算|一半|而不是)[^,;?!。]{0,8}$"
# of which a length is a fact of the case, and no answer
_OF_A_NEED = frozenset({"how_much", "fits", "how_many_gpus", "kv_cache", "which_card", "which_method"})


def full_length(reading: Reading, normal: str) -> Reading:
    """The reading with the declared length of the one model that is named, where its whole is meant and no other is told."""
    models = reading.facts.get("model", ())
    if len(models) != 1 or "config" in reading.facts:
        return reading
    if "seq_len" in reading.facts:
        return _need_of_it(reading, normal)
    served = reading.asks[:1] == ("batch_size",)
    if not (_OF_A_NEED & set(reading.intents[:2]) or served):
        return reading
    found = compiled(_FULL).search(normal)
    if found is None or compiled(_NOT).search(normal[max(0, found.start() - 40) : found.start()]):
        return reading
    declared = int((model_row(str(models[0])) or {}).get("max_position_embeddings") or 0)
    if not declared:
        return reading
    facts, spans = {**reading.facts, "seq_len": (declared,)}, {**reading.spans, "seq_len": (found.span(),)}
    asks = tuple(one for one in reading.asks if one != "seq_len")
    if served:
        return replace(reading, facts=facts, spans=spans, asks=asks)
    return _asks_no_limit(replace(reading, facts=facts, spans=spans))


def _need_of_it(reading: Reading, normal: str) -> Reading:
    """Of a length that is told: "won't start at 128k, how much memory for the full context?" asks what it takes, and no limit."""
    of_memory = "how_much" in reading.intents[:2] and "in_bytes_asked" in reading.cues
    return _asks_no_limit(reading) if of_memory and compiled(_FULL).search(normal) else reading


def _asks_no_limit(reading: Reading) -> Reading:
    left = tuple(one for one in reading.intents if one != "max_batch_ctx")
    return replace(reading, intents=left, asks=tuple(one for one in reading.asks if one != "seq_len"))
