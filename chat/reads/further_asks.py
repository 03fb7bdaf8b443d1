"""What is asked beside the case, in a clause of its own: "do I need flash attention too?", "还要开张量并行吗"."""

from collections.abc import Mapping, Sequence
from typing import Any

from chat.reads.asking import parts
from chat.reads.lexicon import compiled
from chat.reads.requests.limits_determined import DETERMINED, HOW_DETERMINED, MANY_DETERMINED
from chat.reads.scan import Scan
from chat.reads.sums.rules_quoted import rule_trusted
from chat.reads.sums.said_free import said_free
from chat.reads.sums.times_inference import times_inference
from chat.reads.topics import CARDS_AS_CURE, LONGER_ASKED, MORE_CARDS
from kb.knobs import PLAIN_TYPES

_RECOMPUTED = r"(?:(?:gradient |activation )?checkpointing|recomput\w+|(?:梯度|激活)?检查点|重计算)"


def _needed(term: str) -> str:
    """Whether this is needed: "do I need …", "is … required", "还要开…吗", "…有必要吗"."""
    return (
        rf"\b(?:needs?|needed|requires?|required|necessary|must|ha(?:ve|s) to|should (?:i|we) (?:use|enable|turn on))\b[^.;?!]{{0,32}}{term}|{term}[^.;?!]{{0,16}}\b(?:needed|necessary|required|a must)\b"
        rf"|(?:需要|要不要|用不用|必须|有必要|得开|得用|要开|要用|一定要|还要)[^,;?]{{0,12}}{term}|{term}[^,;?]{{0,6}}(?:必须|必要|需要吗|要开吗|有必要)"
    )


MUST_DIVIDE = _needed(
    r"(?:(?:tensor|pipeline|model)[ -]?parallel\w*|(?<![a-z])[tp]p(?![a-z])|张量并行|流水线并行|模型并行)"
)
# how a need comes about: its formula, how to work it out, what it is made up of
_WORKED_OUT = r"(?:calculat|comput|estimat|deriv|determin|work(?:ed|ing)? out|figur(?:e|ed|ing) out)\w*"
_OF_MEMORY = r"\b(?:vram|(?<!cpu )(?<!host )(?<!system )(?<!main )(?:gpu )?memory)\b(?! bandwidth)"


def _formula_of(what: str, what_zh: str) -> str:
    """`the formula for …`, `how is … computed`, `what makes up …`; `…怎么算`, `…由什么组成`."""
    return (
        rf"\b(?:formulas?|equations?|rules? of thumb (?:for|to|on|about))\b[^.;?]{{0,40}}{what}|{what}[^.;?]{{0,24}}\b(?:formulas?|equations?|made up|composed)\b"
        rf"|\bhow (?:is|are|do|does|can|could|would|should|to)\b[^.;?]{{0,16}}\b{_WORKED_OUT}\b[^.;?]{{0,40}}{what}|\bhow (?:is|are) [^.;?]{{0,32}}{what}[^.;?]{{0,24}}\b{_WORKED_OUT}\b"
        rf"|\b(?:explain|describe|break down)\b[^.;?]{{0,24}}{what}|\bwhat (?:makes up|contributes to|goes into|uses up|takes up|takes|uses|consumes|eats)\b[^.;?]{{0,24}}{what}|\b(?:components|parts) of\b[^.;?]{{0,24}}{what}"
        rf"|{what_zh}(?:占用|需求|消耗|开销|用量|使用量)?(?:一般|通常|具体|大概|到底|都)?(?:的)?(?:计算)?(?:公式|方法|是?怎么(?:算|估|计算|来)|是?如何(?:算|估|计算)|该?怎样(?:算|估)|(?:是)?(?:由|包括|包含|分为|有)[^,;?。]{{0,6}}(?:哪|什么|几)|(?:的)?(?:组成|构成)|(?:都)?(?:花|用|占)在哪)"
        rf"|公式[^,;?。]{{0,10}}{what_zh}|(?:怎么|如何)(?:计算|估算|算|推导)[^,;?。]{{0,16}}{what_zh}|哪些(?:东西|部分)?[^,;?。]{{0,4}}(?:占|吃|用)(?:用)?{what_zh}"
    )


_WHOLE_FORMULA = (
    _formula_of(_OF_MEMORY, "显存")
    + r"|\b(?:derive|derivation of|derivation for)\b[^?;.]{0,48}(?:\bmemory\b|\bv?ram\b|\bfine-?tun\w+|\btrain\w*)|推导(?:一下|下|出)?[^?;,。]{0,20}(?:显存|训练|微调)"
    + r"|\b(?:show|give|write|tell)(?: me)?(?: it)?(?: as| in)? (?:the|your|a) (?:whole |full )?(?:formula|derivation|math|maths|calculation|working)\b(?! (?:of|for|behind) )|\bderive (?:it|that|this)\b"
    r"|(?:写成|写出|列出|列个|给(?:我|出|个|一下|我个|一个)|写一下|列一下)(?:一?个)?(?:完整的?)?(?:公式|推导|计算过程|算式)|^[\s,]*(?:公式|推导|计算过程)(?:呢|是什么|是啥|怎么写)?[\s?.!]*$"
)
_ACTIVATIONS_FORMULA = _formula_of(
    r"\bactivations?\b(?! (?:function|recomput|checkpoint))", "激活值?(?:的)?(?:显存|内存)?"
)
# what a stage of sharding leaves on each card, as a formula
_STAGE = r"(?:\bzero(?:[ -]?(?:stage ?)?[123])?\b|\bfsdp\b|(?<![a-z])zero[ -]?[123])"
_STAGE_FORMULA = (
    rf"\b(?:formulas?|equations?|deriv\w+)\b[^.;?]{{0,60}}{_STAGE}|{_STAGE}(?![^.;?]{{0,8}}k\s?=)[^.;?]{{0,48}}(?:\bderiv\w+|\bformulas?\b|\bequations?\b|推导|公式|怎么(?:推|算|来|得)|如何(?:推|算|来|得))"
    rf"|\bhow (?:is|are|do|does|to)\b[^.;?]{{0,24}}\b{_WORKED_OUT}\b[^.;?]{{0,40}}{_STAGE}|(?:推导|推一?下|公式)[^,;?。]{{0,16}}{_STAGE}"
)
# how less can be taken
_LESS = r"(?:reduc|lower|cut|sav|shrink|limit|restrict|decreas|minimi[sz]|optimi[sz]|control)\w*|\bbring(?:ing)? down|\bfree(?:ing)? up"
_WAYS = (
    rf"\b(?:how (?:(?:do|can|could|would|should) (?:i|we|you|one)|to)\b|ways?|tips|tricks|ideas|what (?:can|could|should|else can) (?:i|we)|options?|settings?|flags?|parameters?|arguments?|knobs?|switch(?:es)?)\b[^.;?]{{0,40}}\b(?:{_LESS})\b[^.;?]{{0,40}}(?:{_OF_MEMORY}|\bfootprint\b|\bit\b(?=\s*[?.]|$))"
    r"|(?:怎么|如何|怎样|咋|(?:有)?(?:什么|哪些)(?:办法|方法|手段|技巧|配置|参数|设置|选项)|(?:办法|方法|手段|技巧|配置|参数|设置|选项)(?:能|可以))[^,;?。]{0,12}(?:降低?|减少?|减小|节省|省|压缩?|限制|控制|优化)[^,;?。]{0,28}(?:显存|占用)"
    r"|(?:省|降低?|节省|减少)显存[^,;?。]{0,8}(?:方法|技巧|手段|办法|怎么|有哪些|有什么)"
)
_SHARE_MEANING = r"(?:(?:比例|份额|占比|系数|参数|[a-z_]+)[^,;?。]{0,6}按[^,;?。]{0,6}(?:总|整|剩|空)[^,;?。]{0,8}(?:还是|或)[^,;?。]{0,6}(?:总|整|剩|空))|\b(?:fraction|share|ratio|percentage|utili[sz]ation|count)\b[^.;?]{0,24}\bof (?:the )?(?:total|whole|free|remaining)\b[^.;?]{0,24}\bor\b[^.;?]{0,16}\b(?:total|whole|free|remaining|left)|(?:memory[_ -]utili[sz]ation|mem[_ -]fraction[\w-]*)[^.;?]{0,16}(?:\bmean\w*|\bdo\b(?! (?:i|we|you|they)\b)|\bwork\w*|是什么|什么意思|干(?:什么|嘛|啥)|作用|啥意思|含义)|\b(?:what(?:'s| is| does| do)|explain|meaning of)\b[^.;?]{0,20}(?:memory[_ -]utili[sz]ation|mem[_ -]fraction)"
# the value itself, and not how many go in at one that is told
_SHARE = r"(?:(?:gpu[_ -]?)?mem(?:ory)?[_ -](?:util(?:i[sz]ation)?(?![a-z])|fraction[\w-]*)|(?<![a-z])(?:gpu[_ -]?)?util(?=\s?(?:for|do (?:i|we)|should|to (?:set|use|serve)|[设调开给要])))"
_SHARE_VALUE = rf"{_SHARE} (?:\b(?:what|which|how much)\b)|\b(?:what|which)\b (?:value (?:of|for) )?-{{0,2}}{_SHARE}|{_SHARE}[^.;?,]{{0,8}}\b(?:should|to)\b[^.;?,]{{0,8}}\b(?:set|use|take|pick)|{_SHARE}\s?(?:参数)?(?:一般|应该|应|该|要|需要)*(?:设|调|配|填|取|给|开|写)(?:置)?(?:成|为|到)?(?:多少|多大|几)"
# what one token or sequence more adds: "what does each extra token cost", "每多一条样本多占多少"
_ONE_MORE_OF = r"(?:tokens?|sequences?|samples?|examples?|1k(?: tokens)?)"
_MARGINAL = (
    rf"\b(?:each|every|one|an?|per|another|any|1,?024|1000)\b (?:\w+ )?{_ONE_MORE_OF}\b[^.;?!]{{0,24}}\b(?:costs?|adds?|takes?|needs?|eats?|uses?|extra|more)\b"
    rf"|\b(?:costs?|price|add\w*|takes?|more memory|extra memory)\b[^.;?!]{{0,24}}\b(?:each|every|one|an?|per|another) (?:more |extra |additional |further |single )?{_ONE_MORE_OF}\b"
    r"|每(?:多|增加|加|添)(?:1|一)?(?:个|条)?\s?(?:1?k\s?)?(?:token|样本|序列|数据)|(?:多|加|增加)(?:1|一)(?:个|条)(?:token|样本|序列)[^,;?。]{0,10}(?:多少|几)"
)
# whether what stands beside the weights costs anything: "are adapters and optimizer free?", "激活都不要钱吗"
_PART_BESIDE = r"(?:\badapters?\b|\boptimi[sz]ers?\b|\badam\w*\b|\b(?:activations?|gradients?)\b(?![ _-]?(?:acc|check|recomp))|适配器|优化器|(?:激活|梯度)(?!累|检查点|重|参数))"
_FREE = (
    r"\b(?:are|is|be|all|come|comes|really|those|these|they|not|n't|for) free\b(?! (?:memory|vram|up|gpu))|\bcosts? (?:nothing|zero|no (?:memory|vram))|\b(?:for )?nothing\b|\bnegligible\b|\bignored?\b|\b(?:not|n't|never) (?:be )?(?:counted|included|in (?:there|it|that))\b|\bonly (?:cost|take|need|add|really )?\w*\s?~?\d+(?:\.\d+)?\s?(?:gi?b|g)?\b|\breally (?:only|just)\b|\bmust go somewhere\b|\bwhere (?:do|did|does|are|is)\b"
    r"|不要钱|不花钱|免费|白送|(?:都|就)?不(?:占|算|吃|用)(?:显存|地方|内存)?(?:吗|么|的|了|$)|没(?:有)?(?:算|计入|包含|包括)|(?:要不要|算不算|用不用|需不需要|要)算|忽略|去哪|只(?:占|要|剩|有)\s?\d"
)
_PARTS_FREE = (
    rf"{_PART_BESIDE}[^.;?!。]{{0,60}}(?:{_FREE})|(?:没(?:有)?(?:算|包含|包括)|不用算|不算|不考虑)[^.;?!。]{{0,24}}{_PART_BESIDE}"
    rf"|\b(?:nobody|no one|don't|doesn't|never|not|why) (?:\w+ )?(?:counts?|includes?|adds?|considers?) (?:the )?{_PART_BESIDE}"
)
_BOTH_FREE = rf"(?=[\s\S]*{_PART_BESIDE})(?=[\s\S]*(?:\bweights?\b|权重|\d\s?b?\s?\*\s?[\d.]+))[\s\S]*?(?:\bare (?:those|these|they) (?:all )?(?:really )?free\b|\b(?:all )?for free\b|(?:都|全)(?:是)?(?:不要钱|免费|白送))"
# the subjects of the remarks
FURTHER = (
    "times_inference",
    "engine_named",
    "share_value",
    "stage_formula",
    "whole_formula",
    "activations_formula",
    "ways_asked",
    "share_meaning",
)
_WHOLE_ONES = r"(?:modules_to_save|embed_tokens|lm_head|\bembeddings?\b|词嵌入)"
_MORE = r"(?:\bhow much (?:more|extra)\b|\bcosts? (?:me )?(?:much|a lot|more|anything|extra)\b|\badds? (?:much|a lot)\b|多多少|(?:增加|加|涨)(?:了)?多少|多(?:占|用|要|出|吃)(?:了)?多少)"
_EMBEDDINGS_MORE = rf"{_WHOLE_ONES}[^;?]{{0,40}}{_MORE}|{_MORE}[^;?]{{0,60}}{_WHOLE_ONES}"
# a part of a need that has an answer of its own
_OF_A_PART = r"\bkv\b|\bcache|\bactivations?\b|\boptimi[sz]er|\bgradients?\b|\blogits?\b|\bweights?\b|\badapters?\b|\bparams?\b|\bparameters\b|缓存|激活|优化器|梯度|权重|参数|适配器"
# kinds of asks, and how they are put
_ASKS: tuple[tuple[str, str], ...] = (
    # what is lost is asked, and no memory
    ("quality_only", r"^(?![\s\S]*(?:\bfits?\b|\benough\b|\bruns?\b|\bmemory\b|\bv?ram\b|\d\s?gi?b?\b|\bhow (?:fast|many|long)\b|\bspeed\b|够|放得下|装得下|能跑|显存|速度|多快))[\s\S]*(?:\bquality\b|\baccuracy\b|\bprecision\b|\bresults?\b[^.?;]{0,12}\bsame\b|结果|收敛|效果|精度|质量|变笨|变傻|降智)"),
    ("marginal_asked", _MARGINAL),
    # embedding or head trained whole beside adapters: what they add
    ("embeddings_more", _EMBEDDINGS_MORE),
    ("parts_free", _PARTS_FREE),
    ("more_cards_asked", MORE_CARDS),
    ("cards_as_cure", CARDS_AS_CURE),
    ("longer_asked", LONGER_ASKED),
    ("also:attention", _needed(r"(?:flash[ _-]?att\w*(?: ?2)?|\bfa[ -]?2\b)")),
    # whether a model must be divided in another way than by ZeRO
    ("must_divide", MUST_DIVIDE),
    ("also:checkpointing_off", rf"\b(?:switch|turn|leave|keep|go|do|train|run|get away)\b[^.?!]{{0,36}}{_RECOMPUTED}[^.?!]{{0,10}}\boff\b|\b(?:without|skip|drop|disable|switch off|turn off|leave off|leave out)\b[^.?!]{{0,12}}{_RECOMPUTED}|(?:不开|关掉?|关闭|去掉|不用)[^,?]{{0,6}}{_RECOMPUTED}|{_RECOMPUTED}[^,?]{{0,6}}(?:能不能关|可以关|能关|关掉|可以不开|能不开|必须开)"),
)  # fmt: skip
# a width that the program refuses
_WIDTH = r"(?:quantization_bit\W{0,4}|load_in_|\bbits?\W{1,3})[235-7](?!\d)|(?<![\d.])[2356][ -]?bits?\b|[2356]\s?位"
_REFUSED = r"\berrors?\b|\bfails?\b|\bnot supported\b|\bunsupported\b|\brejected\b|\binvalid\b|\bvalueerror\b|报错|不支持|出错|不认|失败"
# a mixture's memory held against that of a size, with no unit of memory
_LIKE_A_SIZE = r"(?:\b(?:as much|same|like|equal\w*|equivalent|comparable|no more|similar)\b[^.?!]{0,32}\b(?:as|to|than|an?|with)\b[^.?!]{0,12}|\blike an? )(?:dense )?\d+(?:\.\d+)?\s?b\b|(?:相当于|等于|等同|和|跟|像|只要|按)[^,?]{0,8}\d+(?:\.\d+)?\s?b(?![a-z])[^,?]{0,10}(?:一样|差不多|的?显存|模型)"


# what part of a cache is said or asked to be left by storing it in fewer bits
_PARTS: tuple[tuple[float, str], ...] = (
    (0.25, r"\bquarter\b|\bfour times (?:less|smaller)|四分之一|省(?:掉|下)?四分之三|1 ?/ ?4(?![\d.])|\b75 ?%|[减降省]\w{0,2}75 ?%"),
    (0.5, r"\bhalv(?:es?|ed|ing)\b|\b(?:in|by|to|exactly) half\b|\bhalf (?:of )?(?:the|as much|that|its?)\b|\b50 ?%|减半|砍半|一半|腰斩"),
)  # fmt: skip
# "why is q8_0 2720 MiB and not 2560?", "为什么不是一半": why it takes more than its bits say
_MORE_THAN_HALF = (
    r"^(?=[\s\S]*(?:\bwhy\b|\bhow come\b|为(?:什么|啥|何)|怎么|\bwhere\b))"
    r"[\s\S]*(?:(?:\bnot|n't)(?: (?:exactly|just|quite|precisely|it|that|be|the))* (?:half|halved|\d{3,5}|\d+\.\d+)|\b(?:instead of|rather than) (?:half|\d{3,5}|\d+\.\d+)"
    r"|\b(?:more|larger|bigger) than half\b|(?:不是|并非|而非|没有?|不到)(?:正好|刚好|恰好|整整)?的?\s?(?:一半|减半|\d{3,5}|\d+\.\d+)|(?:比|不止|超过|大于)一半|不是[^,;.?!]{0,8}的一半)"
)
_OF_CACHE = r"(?:\bkv(?![a-z])|\bcaches?\b|缓存)"


def _part_of_cache(text: str, formats: Sequence[Any]) -> tuple[str, ...]:
    """`does a q8_0 cache really halve it?`: the format, and the part that is said to be left."""
    narrow = [str(one) for one in formats if one not in PLAIN_TYPES]
    if narrow and compiled(_MORE_THAN_HALF).search(text):
        return (f"cache_blocks:{','.join(narrow)}",)
    if len(narrow) != 1:
        return ()
    asking = [text[part.start : part.end] for part in parts(text) if part.asks]
    for left, words in _PARTS:
        near = compiled(rf"{_OF_CACHE}[^.;?!]{{0,40}}(?:{words})|(?:{words})[^.;?!]{{0,24}}{_OF_CACHE}")
        if any(near.search(clause) for clause in asking):
            return (f"cache_part:{narrow[0]}:{left:g}",)
    return ()


_CACHE = r"\bkv|\bcach|缓存|\bkeys\b|\brollouts?\b|\bgenerat"


def no_cache_asked(scan: Scan) -> float:
    """What speaks against a cache being asked about: it is named as a setting, or what a token takes is of a training."""
    if "kv_format" in scan.facts:
        return -1.5
    return -4.0 if scan.facts.get("task") == ["train"] and not any(scan.find(_CACHE)) else 0.0


def read_further_asks(text: str, facts: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """The cues of what is asked beside the case. `text` is normalised."""
    found = [*_part_of_cache(text, facts.get("kv_format", ()))]
    if compiled(_WIDTH).search(text) and compiled(_REFUSED).search(text):
        found.append("width_refused")
    if compiled(_BOTH_FREE).match(text):
        found.append("parts_free")
    found += said_free(text)
    if compiled(_LIKE_A_SIZE).search(text):
        found.append("like_a_size")
    if rule_trusted(text):
        found.append("claim_checked")
    if times_inference(text):
        found.append("times_inference")
    if compiled(_STAGE_FORMULA).search(text):
        found.append("stage_formula")
    if compiled(_ACTIVATIONS_FORMULA).search(text):
        found.append("activations_formula")
    elif any(
        compiled(_WHOLE_FORMULA).search(clause) and not compiled(_OF_A_PART).search(clause)
        for clause in (text[part.start : part.end] for part in parts(text))
    ):
        found.append("whole_formula")
    if compiled(_WAYS).search(text):
        found += ["ways_asked", *(["engine_named"] if facts.get("engine") else [])]
    if compiled(DETERMINED).search(text):
        found += [HOW_DETERMINED, *([] if compiled(MANY_DETERMINED).search(text) else ["length_determined"])]
    if compiled(_SHARE_VALUE).search(text):
        found.append("share_value")
    if compiled(_SHARE_MEANING).search(text):
        found.append("share_meaning")
    named = [(name, one) for name, one in _ASKS if compiled(one).search(text)]
    if named:
        asking = [text[part.start : part.end] for part in parts(text) if part.asks]
        found += [name for name, one in named if any(compiled(one).search(clause) for clause in asking)]
    return tuple(found)
