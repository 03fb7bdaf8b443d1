"""The length that a model is said to have: `The model says 262144`, `it supports 256k`. It is no setting of a run where the longest that fits is asked for."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

OWN_LENGTH = "own_length"  # tokens

_N = r"(?P<n>\d{1,3}(?:,\d{3})+|\d{4,8}|\d{1,4}(?:\.\d)?(?=\s?[km]\b))\s?(?P<unit>[km]\b)?"
_NAMES_IT = r"(?:\b(?:model|card|gguf|file|metadata|config(?:\.json)?|readme|page|hf|hugging ?face|it|specs?)(?: card| page| itself)? (?:says|claims|declares|lists|shows|states|supports|advertises|allows|reports|has|goes(?: up)? to|can (?:do|go(?: up)? to))|\b(?:n_ctx_train|max_position_embeddings|native(?:ly)?|(?:pre)?trained (?:for|at|with|on)|supports|advertised(?: as| at| with)?|claims|rated (?:for|at)))"
_BETWEEN = r"(?:\s|[=:,(]|\b(?:up|to|is|are|of|a|an|the|native|max(?:imum)?|context|ctx|length|window)\b)*"
_ZH = r"(?:模型卡?|官方|说明|配置|config|gguf|元数据|页面|卡片)?(?:上|里|中)?(?:写着|写的是?|写|号称|宣称|声称|标称|标的是?|标|支持|声明|原生|显示)(?:的|最长|最大|最高|上下文|长度|窗口|有|到|是|为|能到|\s)*"
_SAID = rf"(?:{_NAMES_IT}{_BETWEEN}|{_ZH}){_N}"
_LEAST = 2048  # tokens, below which it is no length of a model


def own_length(reading: Reading, text: str) -> Reading:
    """The reading with the length that the model is said to have apart, where the longest that fits is asked for."""
    if "seq_len" not in reading.asks[:2]:
        return reading
    found = compiled(_SAID).search(text)
    if not found:
        return reading
    scale = {"k": 1024, "m": 1024 * 1024}.get(found["unit"] or "", 1)
    tokens = round(float(found["n"].replace(",", "")) * scale)
    told = reading.facts.get("seq_len", ())
    if tokens < _LEAST or (told and tokens not in told):
        return reading
    facts, spans = dict(reading.facts), dict(reading.spans)
    if told == (tokens,):
        facts.pop("seq_len")
        spans.pop("seq_len", None)
    return replace(
        reading,
        facts=facts,
        spans=spans,
        extras={**reading.extras, OWN_LENGTH: (tokens,)},
        not_understood=tuple(one for one in reading.not_understood if found["n"] not in one.text),
    )
