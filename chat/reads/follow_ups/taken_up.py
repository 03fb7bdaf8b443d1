"""What a question takes up of the answer before it: how a figure of that comes about, that it is doubted, how it is told."""

from dataclasses import replace

from chat.reads.concepts.meanings import MEANT
from chat.reads.follow_ups.back import of_size
from chat.reads.lexicon import compiled
from chat.reads.parts import PART, PARTS, part_alone, part_named, read_parts
from chat.reads.reading import Claim, Reading
from chat.reads.sums.state_terms import ASKED, OF_TERMS, TERMS
from kb.recipe import ADAPTERS

# the cue of a figure that is taken up
TAKEN_UP = "taken_up"
# and of what was assumed for it
ASSUMED = "assumptions_asked"
_LONGEST = 100  # characters: what is longer tells a case of its own
# bytes of a parameter in mixed precision: weights, gradients, their fp32 copy and the two moments
MIXED = (2.0, 2.0, 4.0, 4.0, 4.0)
_EXPLAINED = frozenset({"explain_derive", "why_more", "kv_cache"})
_OF_NO_CASE = ("unclear", "out_of_scope")
_PARTS = ("weights", "kv_cache", "logits", "activations", "optimizer", "gradients")
# it is asked how a figure came about
_HOW = (
    r"\b(?:how (?:did|do|have) you (?:get|got|arrive|come up|calculate|compute|work)|how you (?:got|get|arrived|came|calculated|computed|worked|derived))\b|\bhow (?:is|was|did) (?:that|this|it) (?:computed|calculated|derived|worked out|come)"
    r"|\bwhere (?:does|do|did|is|are) (?:the|that|this|those|these) [^?.;]{1,24}\bfrom\b|\bderiv\w+|\bshow (?:me )?(?:the |your )?(?:working|derivation|steps|calculation|math|formula)s?\b"
    r"|推导|推一下|(?:怎么|咋|如何)(?:算|来|得|推)(?:出来|到|出)?的?|(?:哪|哪里|哪儿)来的"
)
_WHY = r"\bwhy\b(?! not\b)|\bhow come\b|为(?:什么|啥|何)|凭什么"
_OF_ONE_USER = r"\b(?:per|each|every|one|a single) (?:user|request|sequence|session|chat|token|person|client)\b|每(?:个|条|一个|人)?(?:用户|请求|序列|会话|token|人)|(?:一|1)个?(?:用户|token)"
_AMOUNT = r"\bhow (?:much|many (?:gb|gib|bytes|kb|mb))\b|多少|多大|几个?g"
# a figure of bytes that is asked about: "where does the 14 come from"
_BYTES = r"\b(?:the|that|this|those|these) (?P<n>2|4|6|8|10|12|14|16|18|20)(?![\d.]*\d)(?: bytes?| b\b)?(?!\s?(?:gi?b?|g|k|m|%|cards?|gpus?|users?|tokens?)\b)|(?<![\d.a-z])(?P<zh>2|4|6|8|10|12|14|16|18|20)(?![\d.]*\d)\s?(?:个?字节|b(?![a-z]))?\s?(?:又|到底|究竟)?(?:是)?(?:怎么|咋|如何|从?哪)"
# the parameters that a token uses, and no activations
_ACTIVE = r"激活(?:的|了)?(?:参数)?(?:量)?(?:才|只|就|仅|也就)?(?:有|是)?\s?\d+(?:\.\d+)?\s?b|\d\s?b\s?(?:的)?激活|\bactiv(?:e|ated)\b"
_SAYER = r"(?:friend|colleague|coworker|boss|professor|teacher|advisor|supervisor|senior|mate|manager|tutorial|guide|forum|reddit|chatgpt|gpt|model card|readme)"
_SAYER_ZH = (
    "(?:同事|同学|学长|学姐|师兄|师姐|导师|老师|老板|领导|朋友|群里|论坛|知乎|教程|文档|博客|gpt|chatgpt|客服|卖家)"
)
# the answer is doubted, by what was read or known elsewhere
_DOUBTS = (
    r"^[\s,.:;!?]*(?:(?:no|hmm*|but|wait|nah|nope|um|uh|huh|lol)[,.!]? )*(?:(?:that|this|it)(?:'s|'re| is| are| was| seems| looks| sounds| must be)? (?:just |really |totally |way |clearly |so )*(?:wrong|impossible|(?:too |pretty |quite |awfully |kinda |a bit |so )?(?:high|low|much|little|big|small)|a lot|off|bs|nonsense)\b|(?:that|this|it)(?:'s| is| was| does| ca| could)? ?(?:n't|not|cannot|never) (?:be |really |quite |seem |look |sound |even )*(?:right|true|correct|possible)\b|i don'?t (?:think|believe) (?:so|that|it)\b|(?:are )?you(?:'re| are)? (?:sure|wrong)\b)"
    r"|^[\s,.:;!?]*(?:(?:no|hmm*|but|wait|really)[,.?!]? )*(?:i|people|everyone|they|someone|others|(?:a |my |the )?"
    + _SAYER
    + r") (?:read|heard|saw|thought|thinks?|was told|says?|said|told me|insists?|claim\w*)\b[^?]{0,60}\d"
    r"|^[\s,.:;!?]*(?:等等|等下|啊|嗯|额|呃)?[\s,.:;!?]*(?:不对(?:吧|啊|呀)?(?!,?\s?(?:应该)?是)|不可能|(?:你)?(?:是不是)?(?:算|搞|弄|说)错了?(?:吧|了)?(?!,?\s?(?:应该)?是)|(?:你)?(?:确定|真的)(?:吗|么)|(?:这|那)(?:个)?(?:不对|不准|太(?:高|大|低|小|夸张)了?)|(?:网上|别人|人家|有人|大家|(?:我)?(?:的)?"
    + _SAYER_ZH
    + r")(?:都|跟我)?(?:说|写|讲)[^?]{0,40}\d)"
)
# what an answer took for granted
_ASSUMED = r"\b(?:what|which)\b[^?.;]{0,32}\b(?:assum\w+|take\w* for granted|defaults? (?:did|do|are))\b|^[\s,.:;!?]*(?:and |your |the )*assum(?:ed|ptions?)\W*$|(?:假设|默认)[^,;?]{0,8}?(?:什么|哪些|多少|多长|多大|几)|(?:按|用)(?:的)?(?:什么|哪些|多长|多大|多少)[^,?]{0,6}(?:算|估|假设)"
# of others' machines a doubt tells, not of the asker's
_OF_OTHERS = frozenset({"gpu_memory_gb", "n_gpus", "method"})
_HEARD = rf"\b(?:people|everyone|everybody|they|someone|somebody|others|folks|i (?:read|heard|saw)|{_SAYER})\b|网上|别人|人家|有人|大家|听说|{_SAYER_ZH}"
# what is told of the case at hand, where there is one
_OF_ANY = frozenset({"meaning:sources", "meaning:logits_derived"})
# only how it is told is asked for
_FORM = (
    r"\b(?:a|the|into a|as a) table\b|\btabulate\b|^\W*table\b|(?:列|给|做|画|整理|弄|汇总|来)(?:成|出)?(?:个|一个|张|一张|1个|1张)?表|表格"
    r"|\bsum(?:mari[sz]e)? (?:it |that |this |all )*up\b|\bsummar(?:y|i[sz]e)\b|\brecap\b|\btl;?dr\b|总结|汇总一?下|概括|归纳"
    r"|^[\s,.:;!?]*(?:(?:and|so|what about|how much|那)[\s,]*)*(?:per|each|every) (?:card|gpu)\W*$|^[\s,.:;!?]*(?:那|那么)?每张?(?:卡|gpu)(?:呢|多少|占多少|是多少)?\W*$"
    r"|\b(?:in|to) (?:english|chinese)\b|(?:用|说|讲|换成?|翻译成)(?:中文|英文|英语)"
)
_SHORTEST = 30  # characters of a request for nothing but another form


def taken_up(reading: Reading, previous: Reading, text: str) -> Reading | None:
    """The question as it is asked of the case at hand; None where it takes up nothing of the answer. `text` is normalised."""
    if len(text) > _LONGEST or not ({"model", "params"} & set(previous.facts)) or "n_gpus" in reading.asks:
        return _in_form(reading, text)
    if _names_another(reading, previous, text) or "cache_left" in reading.cues:
        return None
    told = set(reading.facts) - {"task", "params", "model"}
    told -= {"method"} if reading.facts.get("method") in (None, previous.facts.get("method")) else set()
    if compiled(_DOUBTS).search(text) and told <= _OF_OTHERS and compiled(_HEARD).search(text):
        reading, told = _as_claimed(reading), set()
    other_task = reading.facts.get("task") and reading.facts["task"] != previous.facts.get("task")
    if compiled(_DOUBTS).search(text) and not told and not other_task:
        # without a figure there is no claim to be checked
        cues = tuple(cue for cue in reading.cues if reading.claims or cue not in ("claim_checked", "doubts"))
        of_experts = "moe" in reading.intents  # which of them count is what is doubted
        intents: tuple[str, ...] = ("moe",) if of_experts else ("why_more",)
        counted = "n_gpus" in previous.asks and "n_gpus" not in previous.facts
        intents = ("how_many_gpus", *intents) if counted else intents
        asks = ("n_gpus",) if counted else ()
        return replace(_of_that_model(reading), intents=intents, topics=(), asks=asks, cues=cues)
    if (named := part_named(text)) and not told:  # what it is, and what it takes here
        kept = tuple(cue for cue in reading.cues if not cue.startswith((PART, "meaning:")))
        meant = next((cue for cue in (f"meaning:term:{named}",) if cue in MEANT), "")
        cues = (*kept, TAKEN_UP, f"{PART}{named}", *([meant] if meant else []))
        return replace(_of_that_model(reading), intents=("explain_derive",), topics=(), asks=(), cues=cues)
    if told or any(cue.startswith("meaning:") and cue not in _OF_ANY for cue in reading.cues):
        return None
    how = compiled(_HOW).search(text)
    if how and compiled(_BYTES).search(text) and _trains_whole(previous):
        divided = {1, 2, 3} & set(previous.facts.get("zero_stage", ()))
        return _derived(reading, "stage_formula" if divided else OF_TERMS)
    part = (
        "kv_cache"
        if compiled(_OF_ONE_USER).search(text)
        else next((one for one in reading.topics if one in _PARTS), "")
    )
    part = "" if part == "activations" and compiled(_ACTIVE).search(text) else part
    amount = part == "kv_cache" and reading.intents[0] in (*_OF_NO_CASE, "how_much")
    amount = amount and bool(compiled(_AMOUNT).search(text) or len(text) < _SHORTEST)  # "per user?"
    why = compiled(_WHY).search(text) or reading.intents[0] in _EXPLAINED
    if part and (how or amount or why):  # what it takes, and how that comes about
        first = ("kv_cache", "explain_derive") if part == "kv_cache" else ("explain_derive",)
        cues = tuple(cue for cue in reading.cues if not cue.startswith((PART, "meaning:")))
        asked = replace(_of_that_model(reading), intents=first, topics=(part,), equations=())
        return replace(asked, cues=(*cues, TAKEN_UP, f"{PART}{part}"))
    if "log_width" in reading.extras and reading.intents[0] in _OF_NO_CASE:  # the pictures of the case
        return replace(reading, intents=("unclear",))
    if PARTS in read_parts(text) and not (reading.claims or reading.equations):
        return replace(reading, intents=("unclear",), topics=(), cues=(*reading.cues, TAKEN_UP, PARTS))
    if reading.intents[0] in _OF_NO_CASE and part_alone(text):  # which is the largest, or what one takes
        return replace(reading, intents=("unclear",))
    if compiled(_ASSUMED).search(text):
        return replace(reading, intents=("unclear",), topics=(), asks=(), cues=(*reading.cues, ASSUMED))
    return _derived(reading, "whole_formula") if how else _in_form(reading, text)


def _as_claimed(reading: Reading) -> Reading:
    """With the memory that others are said to do with as a claim, and no card of the asker's."""
    claims = [
        Claim(float(size), "gb", span)
        for size, span in zip(
            reading.facts.get("gpu_memory_gb", ()), reading.spans.get("gpu_memory_gb", ()), strict=False
        )
    ]
    facts = {name: one for name, one in reading.facts.items() if name not in (*_OF_OTHERS, "task")}
    return replace(reading, facts=facts, claims=(*reading.claims, *claims))


def _derived(reading: Reading, of: str) -> Reading:
    """The question as one for a derivation; of the bytes of a parameter the sum stands for itself."""
    cues = tuple(cue for cue in reading.cues if not cue.startswith("meaning:"))
    terms = {TERMS: MIXED, ASKED: (-1.0,)} if of == OF_TERMS else {}
    return replace(
        reading, intents=("explain_derive",), topics=(), cues=(*cues, TAKEN_UP, of), extras={**reading.extras, **terms}
    )


def _trains_whole(previous: Reading) -> bool:
    """Is all of a model trained in the case at hand?"""
    return previous.facts.get("task") == ("train",) and not set(previous.facts.get("method", ())) & set(ADAPTERS)


def _of_that_model(reading: Reading) -> Reading:
    """Without the size by which the model at hand was called."""
    facts = {name: one for name, one in reading.facts.items() if name not in ("model", "params")}
    return replace(reading, facts=facts)


def _in_form(reading: Reading, text: str) -> Reading | None:
    """The case once more, in another form."""
    other = reading.facts or reading.claims or reading.asks or len(text) > _SHORTEST
    if other or reading.intents[0] not in _OF_NO_CASE or not compiled(_FORM).search(text):
        return None
    return replace(reading, intents=("unclear",))


def _names_another(reading: Reading, previous: Reading, text: str) -> bool:
    """Does it name a model that is not the one at hand?"""
    if reading.unknown_models or "model" in reading.facts:
        return reading.facts.get("model") != previous.facts.get("model")
    if "params" not in reading.facts or reading.facts["params"] == previous.facts.get("params"):
        return False
    return of_size(reading, previous, text).get("model") != previous.facts.get("model")
