"""The length that a model is said to have: `The model says 262144`, `it supports 256k`. It is no setting of a run where the longest that
fits is asked for, nor where it is asked how much of it does: `how much of the 10M context?`, `128k上下文能用到多少`."""

import re
from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

OWN_LENGTH = "own_length"  # tokens

_N = r"(?P<n>\d{1,3}(?:,\d{3})+|\d{4,8}|\d{1,4}(?:\.\d)?(?=\s?[km]\b))\s?(?P<unit>[km]\b)?"
_NAMES_IT = r"(?:\b(?:model|card|gguf|file|metadata|config(?:\.json)?|readme|page|hf|hugging ?face|it|specs?)(?: card| page| itself)? (?:says|claims|declares|lists|shows|states|supports|advertises|allows|reports|has|goes(?: up)? to|can (?:do|go(?: up)? to))|\b(?:n_ctx_train|max_position_embeddings|native(?:ly)?|(?:pre)?trained (?:for|at|with|on)|supports|advertised(?: as| at| with)?|claims|rated (?:for|at)))"
_BETWEEN = r"(?:\s|[=:,(]|\b(?:up|to|is|are|of|a|an|the|native|max(?:imum)?|context|ctx|length|window)\b)*"
_ZH = r"(?:模型卡?|官方|说明|配置|config|gguf|元数据|页面|卡片)?(?:上|里|中)?(?:写着|写的是?|写|号称|宣称|声称|标称|标的是?|标|支持|声明|原生|显示)(?:的|最长|最大|最高|上下文|长度|窗口|有|到|是|为|能到|\s)*"
_SAID = rf"(?:{_NAMES_IT}{_BETWEEN}|{_ZH}){_N}"
# how much of it there is room for; not what it takes
_PART = (
    r"\bhow (?:much|many tokens) of (?:(?:the|its|that|this|those|all|full|claimed|advertised|declared|native|[\w.-]+(?: [\w.-]+){0,3}'s) ){1,3}(?P<en>\d{1,4}(?:\.\d)?)[ -]?(?P<en_u>[km])\b(?: (?:tokens?|context|ctx|window|length|of(?: [\w.-]+){1,4}?))*(?=\s?(?:[?.,;:)!]|$|(?:can|could|will|would|fits?|is (?:usable|possible|left|really)|do (?:i|we) (?:get|really)|goes|on|in|with|at|really|actually)\b))(?![^?;]{0,24}\b(?:take|cost|need|occupy)\b)"
    r"|(?<![\d.])(?P<zh>\d{1,4}(?:\.\d)?)\s?(?P<zh_u>[km])\s?(?:的)?(?:上下文|ctx|context|窗口|长度|tokens?|词元)*(?:里|中|里面)?,?(?:我|大概|到底|实际|真正|究竟|最多|又|还)*(?:能|可以)(?:真正|实际)?(?:用|开|跑|撑|吃|放|装)(?:到|上|得上|得到|得了|满|下|掉|得下)?(?:多少|几成|多长|百分之几)(?!\s?(?:显存|内存|g|卡|张|gpu|并发|人|路|个))"
)
# the same of a length that the model is said to have before it
_OF_IT = (
    r"\bhow (?:much|many) of (?:it|that|this|them|those)(?: context| window| length| tokens)?(?=\s?(?:[?.,;:)!]|$|(?:can|could|will|would|fits?|do (?:i|we) (?:get|really)|is (?:usable|possible|left|really)|really|actually)\b))"
    r"|能(?:真正|实际)?(?:用|开|跑|撑)(?:到|得到|上)?(?:多少|几成|多长)(?!\s?(?:显存|内存|g|卡|张|gpu|并发|人|路|个))"
)
# settings of a format, any of which decides it
_FORMATS = ("bits", "weight_format", "bpw", "precision")
_LEAST = 2048  # tokens, below which it is no length of a model
_ROUND = 0.06  # "10M" are ten million, or so many times 1,024²


def own_length(reading: Reading, text: str) -> Reading:
    """The reading with the length that the model is said to have apart, where the longest that fits is asked for."""
    part = _part(reading, text)
    reading = _both_asked(_asking(reading) if part or _of_what_is_said(reading, text) else reading)
    if "seq_len" not in reading.asks[:2]:
        return reading
    found = part or compiled(_SAID).search(text)
    if not found:
        return reading
    number, unit = (
        next((found[name], found[f"{name}_u"]) for name in ("en", "zh") if found[name])
        if part
        else (found["n"], found["unit"])
    )
    scale = {"k": 1024, "m": 1024 * 1024}.get(unit or "", 1)
    tokens = round(float(number.replace(",", "")) * scale)
    told = reading.facts.get("seq_len", ())
    as_read = next(
        (one for one in told if part and abs(float(one) / tokens - 1) < _ROUND), tokens
    )  # "10M" is a round number
    if tokens < _LEAST or (told and as_read not in told):
        return reading
    facts, spans = dict(reading.facts), dict(reading.spans)
    if told == (as_read,):
        facts.pop("seq_len")
        spans.pop("seq_len", None)
    return replace(
        reading,
        facts=facts,
        spans=spans,
        extras={**reading.extras, OWN_LENGTH: (as_read,)},
        not_understood=tuple(one for one in reading.not_understood if number not in one.text),
    )


def _part(reading: Reading, text: str) -> "re.Match[str] | None":
    """Is it asked how much of a length there is room for, on a card where it may not fit?"""
    return compiled(_PART).search(text) if _on_cards(reading) else None


def _on_cards(reading: Reading) -> bool:
    """Is it one model that runs on cards, and did not fail there?"""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    trains = reading.facts.get("task") == ("train",) or set(reading.facts.get("method", ())) - {"inference"}
    one = len(reading.facts.get("model", ())) == 1 and "oom_diagnosis" not in reading.intents[:1]
    return bool(cards) and not trains and one


def _of_what_is_said(reading: Reading, text: str) -> bool:
    """Is it asked how much of a length that the model is said to have there is room for?"""
    found = compiled(_SAID).search(text) if _on_cards(reading) else None
    return found is not None and compiled(_OF_IT).search(text, found.end()) is not None


def _asking(reading: Reading) -> Reading:
    """The reading that asks for the longest that fits."""
    left = (one for one in reading.intents if one not in ("max_batch_ctx", "fits", "how_much", "unclear"))
    asks = ("seq_len", *(one for one in reading.asks if one != "seq_len"))
    return replace(reading, intents=("max_batch_ctx", *left), asks=asks)


def _both_asked(reading: Reading) -> Reading:
    """`In which precision does it fit, and how long may it be?`: which of the formats is asked before how long it goes in each."""
    if not {"bits", "seq_len"} <= set(reading.asks) or set(_FORMATS) & set(reading.facts):
        return reading
    if "max_batch_ctx" not in reading.intents[:2] or reading.facts.get("task") == ("train",):
        return reading
    left = (one for one in reading.intents if one not in ("which_method", "max_batch_ctx", "fits"))
    return replace(reading, intents=("which_method", "max_batch_ctx", *left))
