"""Asks a question which part of the memory is the largest, or what one part of it takes?

What is read becomes cues: `parts`, or `part:optimizer` of one.
"""

from collections.abc import Sequence

from chat.reads.lexicon import compiled

PARTS, PART = "parts", "part:"
_SIZE_ZH = r"\d\s?(?:gi?b?|g)(?![a-z])"
# of what a run takes other than memory
_OF_TIME = r"time|latency|speed|throughput|compute|bandwidth|flops?|costs?"
_LARGEST = (
    rf"\b(?:what|which)\b(?![^?.;]{{0,60}}\b(?:{_OF_TIME})\b)[^?.;]{{0,24}}\bdominat\w*\b|"
    r"\b(?:which|what) (?:parts?|terms?|components?|pieces?|items?)\b[^?.;]{0,32}\b(?:most|largest|biggest|dominat\w*)\b"
    r"|\bwhat(?:'s| is| are)? (?:now |then )?the (?:biggest|largest|main|dominant|single biggest|single largest) (?:parts?|chunks?|pieces?|shares?|terms?|components?|items?|consumers?|eaters?|bits?|factors?|hogs?)\b|\b(?:biggest|largest) (?:part|chunk|piece|share|component|consumer|eater|hog)\b[^.;]{0,12}\?"
    r"|(?:最大的(?:一)?(?:块|部分|项|头)|大头)(?:现在|到底|主要)?(?:是|在)(?:什么|啥|哪)|什么(?:是)?(?:占)?(?:最)?大头"
    r"|\bwhat(?:'s| is)? (?:takes?|taking|uses?|using|eats?|eating|needs?|costs?) (?:up )?(?:the )?most\b(?! (?:time|compute))"
    r"|\bwhere (?:does|do|did|is|are|has|have) (?:all )?(?:of )?(?:(?:the|my|that|this|those|these) )?(?:gpu )?(?:v?ram|memory|gigs?|gb|bytes|it|they|(?:\d+(?:\.\d+)? ?)(?:gi?b?|gigs?))(?: memory| used)? (?:all )?(?:go(?:ing|ne)?|went)\b"
    rf"|\bwhat (?:is|are|was|were|'s)\b[^?.;]{{0,24}}\b(?:made (?:up )?of|spent on|composed of|used (?:up )?(?:for|by))\b(?=\s*(?:\?|$))"
    r"|(?:哪(?:个|一|些|几)?(?:部分|块|项|东西)|什么(?:东西|部分)?)[^,;?。]{0,6}(?:占|吃|耗|用)(?:用|掉|的|得)?(?:显存|内存|空间)?(?:最多|最大|的?大头)|(?:哪(?:个|一)?(?:部分|块|项))最(?:占|吃|耗|大)"
    rf"|(?:{_SIZE_ZH}|峰值)[^?;。]{{0,12}}(?:去哪|花在哪|用在哪|用到哪|耗在哪|花到哪|哪去了|分别是什么|是哪些(?:东西|部分)|(?:由|被)(?:哪些|什么)(?:东西|部分)?(?:占|组成|构成|吃))|(?:都|分别|主要)(?:是|由|被)(?:哪些|什么)(?:东西|部分)?(?:占|吃|组成|构成)"
    r"|(?:显存|内存)(?:主要|大头|大部分|都|是|被)*(?:用|花|去|耗|占)(?:在|到|掉)?(?:了)?(?:哪|什么)|(?:显存|内存)(?:主要|大头|大部分|都|是|被)+(?:什么|哪些?)(?:东西|部分)?(?:占|吃|用|耗)"
)
# the parts of a breakdown as they are called
_CALLED: tuple[tuple[str, str], ...] = (
    (
        "activations",
        r"activations?|激活(?:值|(?!\s?(?:了|的|约|大约|其中)?\s?(?:\d|[一二两几部]|参数|专家)))",
    ),  # "只激活 3B": of experts
    ("logits", r"logits?"),
    ("optimizer", r"optimi[sz]er(?: states?)?|adam(?:w)?(?:'s)? states?|优化器(?:的?状态)?"),
    ("gradients", r"gradients?|梯度"),
    ("weights", r"(?:model )?weights?|(?:模型)?权重"),
)
# further ones, as an answer names them: only what takes up an answer speaks of them so
_NAMED_THERE: tuple[tuple[str, str], ...] = (
    *_CALLED,
    ("runtime", r"(?:cuda )?(?:runtime|overhead|context)(?: overhead)?|运行时|(?:额外)?开销"),
    ("slack", r"(?:allocator )?(?:slack|fragmentation)|分配器余量|碎片"),
    ("buffers", r"buffers?|缓冲区?"),
    ("adapter", r"adapters?|适配器"),
    ("kv_cache", r"kv(?:[ -]?cache)?|(?:kv)?缓存"),
)
_AMOUNT = (
    r"\bhow (?:big|large|much(?: (?:memory|vram|space|room))?)(?: (?:is|are|do|does|will|would))? (?:the |its |my )?(?:{of})\b(?! (?:checkpoint|accum|offload|quant))",
    r"(?:{of})(?:大概|大约|一共|总共|自己|本身)?\s?(?:还|又)?(?:要|会|需要?|得)?(?:另外|额外|再|单独)?(?:要|得)?(?:占(?:用)?|用|吃|有|加|算)?(?:多少|多大)",
    r"\b(?:{of})(?: (?:mem(?:ory)?|vram))?(?: (?:alone|only|by (?:itself|themselves)))\s*\?",
    r"(?:^|[,:;.?] ?)(?:the )?(?:{of})(?: (?:mem(?:ory)?|size|vram))? (?:for|of|at|with|in) [^.?!;]{0,60}\?",
    r"\b(?:v?ram|memory|gb|size) (?:of|for|by) (?:the )?(?:{of}) (?:alone|only)\b|\b(?:only|just) (?:the )?(?:{of}) (?:memory|v?ram)\b|(?:只|仅|光|单)(?:算|看|说)?(?:{of})",
    r"\bhow much (?:more |extra )?(?:memory |vram )?(?:do|does|will|would) (?:the )?(?:{of}) (?:add|come to|take)\b",
)
# of two parts the larger is asked for: "weights or activations?", "权重和激活谁占大头"
_PART = "|".join(called for _, called in _NAMED_THERE)
_OF_TWO = rf"\b(?:{_PART})(?: memory)?,? (?:or|vs\.?|versus) (?:the |its )?(?:{_PART})(?![a-z])|(?:{_PART})(?:显存)?\s?(?:还是|和|与|跟|、|或)\s?(?:是)?(?:{_PART})"
_LARGER = r"\bdominat\w*|\b(?:bigger|larger|bottleneck|most(?:ly)?|more|main(?:ly)?)\b|大头|主要|瓶颈|谁|哪(?:个|一个)?(?:更|占|比较)?(?:大|多)|占(?:得|的)?(?:更)?多"
# a part named after an answer: "and the activations?", "优化器呢"
_ALONE = r"^[\s,.:;!?]*(?:and|what about|how about|那|那么)?[\s,:]*(?:the |its )?(?:{of})(?:那?(?:部分|一块))?\s?(?:then|呢|的话)?[\s,.:;!?]*$"


# "what you called overhead", "your runtime figure", "你说的运行时"
_OF_THE_ANSWER = (
    r"\b(?:you|u) (?:called?|named?|listed?|labell?ed|counted?|mean\w*|meant|mentioned|said|have|put|show\w*)(?: (?:as|by|under|with|for|down))? (?:the |an? |that |as )*['\"“]?(?:{of})\b|\b(?:that|this|your) ['\"“]?(?:{of})['\"”]? (?:thing|bit|part|line|row|term|figure|number|entry|of \d)"
    r"|\b(?:the|that) (?:{of}) (?:that |which )?(?:you|u)(?:'ve| have)? (?:call|nam|list|label|count|mention|show|told|said|add|gave)\w*"
    r"|你(?:刚才|上面|前面)?(?:说|列|写|讲|提到|算)的(?:那个)?['\"“]?(?:{of})|(?:表|上面)(?:里|中)?的?(?:那个|那项|这个|这项|那一?行)?['\"“]?(?:{of})(?:那?(?:一)?(?:项|行|部分|块))"
)


def part_named(text: str) -> str:
    """The part of an answer that a question speaks of as that answer's, or nothing."""
    found = (name for name, called in _NAMED_THERE if compiled(_OF_THE_ANSWER.replace("{of}", called)).search(text))
    return next(found, "")


def read_parts(text: str) -> tuple[str, ...]:
    """The cues of a normalised text: whether the largest part is asked for, or one of them."""
    for name, called in _CALLED:
        if any(compiled(one.replace("{of}", called)).search(text) for one in _AMOUNT):
            return (f"{PART}{name}",)
    of_two = compiled(_OF_TWO).search(text) and compiled(_LARGER).search(text)
    return (PARTS,) if of_two or compiled(_LARGEST).search(text) else ()


def part_alone(text: str) -> Sequence[str]:
    """Of a follow-up that only names a part, that part's cue."""
    return (
        read_parts(text)
        or [f"{PART}{name}" for name, called in _NAMED_THERE if compiled(_ALONE.replace("{of}", called)).search(text)][
            :1
        ]
    )
