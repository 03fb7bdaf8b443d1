"""Asks a question what a way of parallelism divides? "Does context parallel shard the weights?", "TP 和 CP 分别切什么".

What is read becomes cues: `divides:cp` of each way that is named, `divides_of:weights` of each part.
"""

from chat.reads.concepts.distributed import OF_DISTRIBUTED
from chat.reads.lexicon import compiled

DIVIDES, DIVIDES_OF = "divides:", "divides_of:"
_WAYS: tuple[tuple[str, str], ...] = (
    ("cp", r"(?<![a-z])cp(?![a-z])|\bcontext[- ]parallel\w*|上下文并行|\bring[- ]attention\b|\bulysses\b"),
    ("sp", r"(?<![a-z])sp(?![a-z])|\bsequence[- ]parallel\w*|序列并行"),
    ("tp", r"(?<![a-z])tp(?![a-z])|\btensor[- ]parallel\w*|张量并行"),
    ("pp", r"(?<![a-z])pp(?![a-z])|\bpipeline(?:[- ]parallel\w*)?|流水线(?:并行)?"),
    ("ep", r"(?<![a-z])ep(?![a-z])|\bexpert[- ]parallel\w*|专家并行"),
    ("dp", r"(?:(?<![a-z])d?dp(?![a-z])|\bdata[- ]parallel\w*|数据并行)(?![ _-]?(?:att|注意力))"),
)
_DIVIDED = r"\bshard\w*|\bdivid\w*|\bsplit\w*|\bpartition\w*|\breplicat\w*|\bduplicat\w*|\bcop(?:y|ies|ied)\b|\bcuts?\b|\breduc\w+|\bsav(?:e|es|ing)\b|\b1 ?/ ?[2-9]\d?\b|\b(?:half|a (?:third|quarter|fraction))\b|切(?:分|的|什么|哪)?|拆|分摊|怎么分|如何分|分别?(?:分|省|存)|复制|省"
_PARTS: tuple[tuple[str, str], ...] = (
    ("weights", r"\bweights?\b|\bparam(?:eter)?s\b|权重|(?<!激活)参数"),
    ("optimizer", r"\boptimi[sz]er\b|\badam\b|\bstates\b|优化器"),
    ("gradients", r"\bgradients?\b(?![ _-]?(?:acc|check))|梯度(?!累|检查)"),
    ("activations", r"\bactivations?\b(?![ _-]?(?:check|recomp))|激活(?!参数|重计算|检查)"),
    ("attention", r"\battention\b|注意力"),
)
_WHAT = r"\bwhat (?:do(?:es)?|is|are|gets?)\b|\bwhich (?:parts?|tensors?|memory)\b|(?:切|分|省|拆)(?:的)?(?:分别)?(?:是|了)?(?:什么|哪)|(?:什么|哪些|哪部分)[^,;?。]{0,8}(?:切|分|拆)|怎么(?:分|切|拆)|如何(?:分|切|拆)|\bhow (?:is|are|does|do)\b"
_ASKS = rf"{_WHAT}|\b(?:does|do|is|are|will|would|can)\b[^.;?]{{0,80}}(?:\?|$)|(?:吗|么|呢|是不是|会不会|是否)|[?]"
# a cache has answers of its own, and so has a run that failed, the heads that do not divide, or a fit that is asked
_CACHE = r"\bkv\b|\bcache\b|缓存"
_ELSE = r"\bzero\b|\bfsdp|\bdeepspeed\b|\boom\b|\bout of memory\b|\berror\b|\bdivisible\b|整除|\bfits?\b|放得下|够|装得下|\btok(?:en)?s?/s|\bfast\w*|\bslow\w*|\bspeed|速度|[快慢]|\bdegrees?\b|\bbubble|\bin[- ]flight\b|\bhow many (?:gpus?|cards?|nodes?)|几张|多少张|\bor (?:tp|pp|cp|ep|dp)\b|还是|\bvs\b|\bwhich (?:is|one)\b|哪个(?:好|更|快|省)|\bllama\.?cpp\b|\bollama\b"


def read_ways_divide(text: str) -> tuple[str, ...]:
    """What is asked of the ways, and of the optimizer that copies share. `text` is normalised."""
    return (*(cue for cue, pattern in OF_DISTRIBUTED if compiled(pattern).search(text)), *_ways(text))


def _ways(text: str) -> tuple[str, ...]:
    """The ways and the parts; nothing where it is another question of them."""
    ways = [name for name, pattern in _WAYS if compiled(pattern).search(text)]
    if not ways or compiled(_ELSE).search(text) or not compiled(_ASKS).search(text):
        return ()
    of = [name for name, pattern in _PARTS if compiled(pattern).search(text)]
    if compiled(_CACHE).search(text):
        if ways != ["cp"] or not of:
            return ()
        of.append("cache")
    asked = compiled(_DIVIDED).search(text) is not None
    if not asked or not (of or compiled(_WHAT).search(text)):
        return ()
    return (*(f"{DIVIDES}{name}" for name in ways), *(f"{DIVIDES_OF}{name}" for name in of))
