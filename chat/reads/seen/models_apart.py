"""One model that fares otherwise in serving than another, or than others of its size, and it is asked why: `Qwen1.5-14B takes
three requests, Qwen2.5-14B fifteen: how come?`. What sets them apart is the answer, and no case of either."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.names import model_row

MODELS_APART, PEERS_FINE = "models_apart", "peers_fine"
# beside either: a setting is suspected; what is seen is the cache, or what goes into it
FAULT_ASKED, CACHES_APART = "fault_asked", "caches_apart"

_WHY = (
    r"\bwhy\b|\bhow come\b|\bhow (?:can|could) (?:that|this|it) be\b|\bhow (?:is|was) (?:that|this|it) (?:even )?possible\b|\b(?:makes no|doesn'?t make|does that make|does this make) sense\b|\bwhat gives\b|\bwhat(?:'s| is| am i| did i| could be| explains| causes)\b[^.?;]{0,24}\b(?:wrong|off|going on|different|difference|reason|special|up with|this|that)\b"
    r"|\b(?:bug|leak|broken|misconfig\w*|(?:something|anything) (?:\w+ )?(?:off|wrong|broken))\b|\b(?:normal|expected|right|odd|weird)\b\s?\?|\?\?|\bsame (?:\w+ )?(?:size|params?|parameters?|parameter count)\b"
    r"|为什么|为啥|为何|什么原因|原因(?:是|在)|怎么回事|凭什么|什么情况|咋回事|怎么(?:会|差|这么|反而|就|可能)|说不通|不合理(?:吧|啊)|正常(?:吗|么|嘛)|(?:哪里?|什么地方)(?:不对|错|有问题|配)|(?:配|搞|设|弄)错|有问题(?:吗|么)|\bbug\b|泄漏"
    r"|\bboth (?:are|have|take|is|weigh)\b[^.;?]{0,40}(?:weights?|parameters|params|gi?b|\db)\b|都(?:是|才|只有|有)[^,;?。]{0,10}(?:权重|参数|\d\s?(?:gi?b?|b))[^,;?。]{0,8}(?:[吗吧呀啊]|$)"
    r"|(?:参数量?|大小|权重|尺寸|规模)(?:文件)?(?:都|也|不是)?(?:差不多|一样|相同|接近|相近)|文件(?:都|也|不是)?(?:差不多|一样)大|\b(?:files?|weights|checkpoints?|downloads?) (?:\w+ ){0,2}(?:the )?(?:same|equally|as) (?:size|large|big)\b"
)
_FAULT = r"\b(?:misconfig\w*|(?:something|anything|setting|flag|config\w*) (?:\w+ ){0,2}(?:off|wrong|broken))\b|(?:配|搞|设|弄)错|(?:哪里?|什么地方)(?:不对|错|有问题)|有问题(?:吗|么)"
_CACHE = r"\bkv\b|\bcache\b|\b(?:concurren\w+|users?|requests?|sequences?|streams?|blocks)\b|\bnum_tokens\b|total_num_tokens|缓存|并发|请求|[两几\d]\s?路|块数"
# what is chosen, run together, or timed is another question
_NOT_OF_IT = frozenset({"which_method", "recommend", "training_time", "generation_speed", "decoding_rate", "prefill_rate", "injection"})  # fmt: skip
_TOGETHER = r"\b(?:both(?! (?:are|were|have|is|claim)\b)|together|side by side|alongside|second (?:model|server|instance)|draft\w*|speculative)\b(?! (?:q\d|at|in|on|with|fp|bf|awq))|同时(?:跑|起|部署|加载|挂|放)|一起(?:跑|部署|加载|挂|放)|草稿|投机"
_CHOICE = r"\bshould (?:i|we)\b|\bwhich (?:one|should|to|of)\b|\bbetter (?:choice|option|pick)\b|还是(?!会|爆|oom|不|放不|很)|选哪|哪个(?:好|更?合适|更好)|该(?:用|选)"
_SLOW = r"\b(?:slow\w*|faster|speed|latency|t/s|tok/s|tokens? per sec\w*|throughput)\b|[慢快](?![照捷])|速度|吞吐|延迟"
_PEERS = (
    r"\b(?:other|another|all my other|every other|any other|most) (?:\w+ )?(?:\d+(?:\.\d+)?b[- ]?)?(?:models?|llms?|ones?|\d+(?:\.\d+)?bs?)\b[^.;?]{0,60}\b(?:fine|ok(?:ay)?|works?|fits?|run|runs|load|handle|handles|take|takes|do|don't|no (?:problem|issue)|less|good|easily|at most)\b"
    r"|\b(?:than|unlike|compared (?:to|with)) (?:\w+ ){0,2}?(?:other|another|any other|most) (?:\w+ )?(?:\d+(?:\.\d+)?b[- ]?)?(?:models?|llms?|ones?|\d+(?:\.\d+)?bs?)"
    r"|(?:其他|其它|别的|另外的)(?:的)?(?:\s?\d+(?:\.\d+)?b)?(?:的)?(?:同(?:级|尺寸|规模|量级|参数)?的?)?(?:模型)?(?!卡|显卡)[^,;?。]{0,24}(?:没事|正常|没问题|都行|可以|能跑|放得下|不爆|不会|少|小|够)"
    r"|比(?:其他|其它|别的|同(?:级|尺寸|规模|量级|参数))[^,;?。]{0,12}(?:大|多|高|费|吃)"
)
# counts that were seen beside the one model and the other, and no setting of either
_SEEN = (
    r"(?:只能?|才能?|能|可以?|最多|仅能?)(?:够|勉强)?(?:同时)?(?:跑|撑|扛|放|开|接|服务|带|处理|塞|支持)(?:下|到|住|得下)?"
    r"|\b(?:only|just|at most|takes?|holds?|fits?|serves?|handles?|manages?|gets?|does|fills?)\b[^.;?]{0,40}\b\d+ (?:concurrent|users?|requests?|sequences?|seqs?|streams?|of (?:them|those))\b"
)
_BESIDE = frozenset({"several_servers", "at_the_same_time", "another_service", "same_memory"})


def models_apart(reading: Reading) -> Reading:
    """The reading with the cue of what sets them apart, and without the counts that are only what was seen."""
    if not reading.facts.get("model"):
        return reading
    text, reading = reading.lowered, _without_their_sizes(reading)
    cue = _cue(reading, text)
    if not cue:
        return reading
    further = [name for name, said in ((FAULT_ASKED, _FAULT), (CACHES_APART, _CACHE)) if compiled(said).search(text)]
    cues = (*(one for one in reading.cues if one not in _BESIDE), cue, *further)
    facts = dict(reading.facts)
    if cue == MODELS_APART and compiled(_SEEN).search(text):
        facts.pop("batch_size", None)
        if len(facts.get("n_gpus", ())) > 1:
            facts["n_gpus"] = facts["n_gpus"][:1]
    return replace(reading, facts=facts, cues=cues, intents=_why(reading.intents))


_NEAR = 0.05


def _without_their_sizes(reading: Reading) -> Reading:
    """`Phi-3-mini, only 3.8B, takes as much as Llama-3.1-8B`: a size of one of two models that are named is no third."""
    models, sizes = reading.facts.get("model", ()), reading.facts.get("params", ())
    if len(models) < 2 or not sizes:
        return reading
    own = [float((model_row(str(one)) or {}).get("unique_params") or 0) for one in models]
    left = tuple(size for size in sizes if not any(abs(one - float(size)) <= _NEAR * one for one in own))
    facts = {name: value for name, value in reading.facts.items() if name != "params"}
    return replace(reading, facts=facts | ({"params": left} if left else {}))


def _why(intents: tuple[str, ...]) -> tuple[str, ...]:
    """Why is what is asked: not whether either fits, nor how much it takes."""
    if {"oom_diagnosis", "kv_cache", "why_more"} & set(intents[:1]):
        return intents
    left = (one for one in intents if one not in ("fits", "how_much", "why_more", "unclear", "out_of_scope"))
    return ("why_more", *left)


def _cue(reading: Reading, text: str) -> str:
    facts = reading.facts
    trains = "train" in facts.get("task", ()) or set(facts.get("method", ())) - {"inference"}
    by_size = "cache_by_size" in reading.cues  # whether it goes with the size is asked, and answered by itself
    other = trains or by_size or _NOT_OF_IT & set(reading.intents) or compiled(rf"{_CHOICE}|{_SLOW}").search(text)
    if other or not compiled(_WHY).search(text):
        return ""
    # totals that are told of no length and no card are made of weights first
    totals = len(reading.claims) > 1 and not {"seq_len", "gpu", "gpu_memory_gb"} & set(facts)
    if totals and not compiled(_CACHE).search(text):
        return ""
    models = len(facts.get("model", ())) + len(facts.get("params", ()))
    if models == 2 and facts.get("model") and not compiled(_TOGETHER).search(text):
        return MODELS_APART
    return PEERS_FINE if models == 1 and facts.get("model") and compiled(_PEERS).search(text) else ""
