"""What a clause asks: the kind of question that it is, and the thing that it is asked of.

The patterns of `chat.reads.intents` know whole phrases. Here a question is taken apart: "how far up can the batch go", "batch
能给到多少" and "what is the ceiling for the context" are all of a limit, and of a length. The two together are the intent.
"""

from collections.abc import Iterator

from chat.reads.asking import Part
from chat.reads.lexicon import compiled

KINDS: tuple[tuple[str, str], ...] = (
    ("limit", r"\b(?:max(?:imum|imal|imally|ed)?|largest|biggest|longest|highest|greatest|ceiling|upper (?:bound|limit)|limits?|at most|as (?:high|long|large|big|far|many) as|how (?:far|high|long|large|big)|crank|tops? out|(?:at|up to|until|beyond) what)\b|最(?:大|长|多|高)|上限|极限|封顶|拉满|(?:给|开|设|调|拉|撑|跑|塞|喂|提|加)(?:到|成|得?下)?(?:多(?:少|大|长|高)|几)"),
    ("amount", r"\bhow (?:much|many|big|large)\b|\bwhat (?:number|amount|size)\b|\bnumber of\b|\bsize of\b|\b(?:estimate|ballpark|budget|footprint|requirements?|peak|total)\b|多少|多大|几(?!乎)|一共|总共"),
    ("extent", r"\bhow (?:many|long|large|big|far|high)\b|\bwhat (?:number|size)\b|\bnumber of\b|\bsize of\b|多少|多大|几(?!乎)|一共|总共"),
    ("count", r"\bhow many\b|\bnumber of\b|\bwhat number\b|(?<![某前这那好])(?:几|多少)\s?(?:张|块|台|片|卡)"),
    ("open", r"\b(?:what|how|where|do|does|is|are)\b|怎么|多少|各|是不是|会不会|如何"),
    ("choice", r"\bwhich\b|\bwhat (?:method|precision|quant\w*|format|stage|setup|strategy|approach|settings?)\b|\brecommend\w*|\badvi[cs]e\b|\bsuggest\w*|\bbest\b|\boptions?\b|\bhow (?:to|would you|do i|should i|can i|could i)\b(?! (?:fix|solve|avoid|reduce|lower|debug|compute|calculate|estimate|work out|derive))|\bshould i\b|\bgo about\b|还是|哪(?:个|种|些|一)|(?:怎么|如何|怎样)(?!办|解决|回事|算|计算|估|得|来|会|这么|还|才)|办法|方案|推荐|建议|先.{1,16}再|选|该用"),
    ("cause", r"\bwhy\b|\bhow come\b|\breasons?\b|\bnormal\b|\bexpected\b|\bwhere did\b|\bi (?:had )?thought\b|为什么|为啥|为何|原因|正常|怎么会|(?:多|剩|差)(?:出来?|下|余)?的?(?:那)?(?:部分|几个?g|东西)?(?:是啥|是什么|哪来)"),
    ("difference", r"\bdiffer\w*|\bvs\b|\bversus\b|\bcompared?\b|\bsav(?:es?|ed|ings?)\b|\bgain\b|\bwin\b|\bbuys?\b|\b(?:less|more|smaller|larger|lower|higher)\b[^.;?]{0,40}\b(?:than|or|memory|vram)\b|比|相?差|省|区别|不同"),
)  # fmt: skip

THINGS: tuple[tuple[str, str], ...] = (
    ("cards", r"\b(?:gpus?|cards?|nodes?|machines?|[ahl]\d{2,3}s|v100s|(?:rtx )?[345]0[6-9]0s)\b(?! (?:memory|ram|vram))|(?:几|多少)\s?(?:张|块|台|片|卡)"),
    ("length", r"\b(?:batch\w*|micro-?batch\w*|\w*batch_size|contexts?|ctx|seq\w*|sequences?|max_\w*len\w*|lengths?|prompts?|tokens|requests|users|sessions|chats|conversations|concurren\w*|rank)\b|批|上下文|序列|长度|并发|用户|路|多长|秩"),
    ("model", r"\b(?:model|llm|parameters?)\b|几b|多大的?(?:模型|参数)|(?:几|多少)\s?b\b|模型"),
    ("memory", r"\b(?:v?ram|memory|gi?b|gigs?|footprint)\b|显存|内存|占用|几g|多少g|字节|\bbytes\b"),
    ("method", r"\b(?:q?lora|dora|galore|freez\w+|adamw?|fine-?tun\w+|quanti[sz]\w*|quants?|precision|bits?|sharding|zero|fsdp|ddp|offload\w*|checkpointing|optimi[sz]ers?|gptq|awq|gguf|fp8|int[48]|[48]-?bit|training)\b|量化|精度|全参|全量|冻结|微调|检查点|优化器|方法|方案|方式|办法"),
    ("kv", r"\bkv\b|\bkv[ _-]?cache\b|kv缓存|键值|缓存"),
    ("experts", r"\bexperts?\b|\bmoe\b|\b(?:active|activated)\b|专家|激活参数|总参数|激活\s?\d"),
    ("each card", r"\b(?:each|every|both|per) (?:gpu|card|rank|device)s?\b|\b(?:across|between|over) (?:the |my )?(?:\d+ |both |two |several |all )?(?:gpus|cards)\b|每张?卡|每张|各(?:张)?卡|两张卡|多卡"),
    ("layout", r"\b(?:tp|pp|device_map|tensor[ -]parallel\w*|pipeline[ -]parallel\w*)\b|张量并行|流水线"),
    ("optimizer", r"\b(?:adamw?|optimi[sz]er states?|moments?)\b|优化器状态|动量|方差"),
    ("time", r"\b(?:hours?|days?|weeks?|how long(?! (?:an? |of an? |(?:can|may|could) (?:the |my |a )?)(?:max(?:imum)? )?(?:context|ctx|sequences?|prompts?|inputs?)\b)|duration)\b|多久|几天|多少天|小时|多长时间"),
    ("table", r"(?<!on the )\b(?:table|readme|docs?)\b|(?:表|文档)(?:里|中|上)|硬件表"),
    ("units", r"gib\b.*(?<![a-z])gb\b|(?<![a-z])gb\b.*gib\b|mib\b.*(?<![a-z])gb\b|(?<!\d)1024(?!\d)(?=.{0,30}(?:1000|gi?b\b|mi?b\b|bytes?\b|字节))|(?:1000|gi?b|mi?b|bytes?|字节).{0,30}(?<!\d)1024(?!\d)|单位|进制|换算|\bdecimal\b|\bbinary\b"),
    ("copies", r"\b(?:ref(?:erence)?|reward|actor|critic|(?<!-)policy)\b|参考模型|奖励|四个模型"),
)  # fmt: skip

# A kind ("any" of them), the things that the clause must speak of, those that it must not, and what that wants.
WANTS: tuple[tuple[str, frozenset[str], frozenset[str], str, float], ...] = (
    ("limit", frozenset({"length"}), frozenset({"memory", "cards", "time", "kv"}), "max_batch_ctx", 3.4),
    ("limit", frozenset({"model"}), frozenset({"memory", "cards", "length", "method"}), "max_batch_ctx", 3.4),
    ("limit", frozenset(), frozenset({"memory", "cards", "time", "method", "model", "length", "kv"}), "max_batch_ctx", 2.5),
    ("extent", frozenset({"length"}), frozenset({"memory", "cards", "time", "kv"}), "max_batch_ctx", 2.6),
    ("count", frozenset({"cards"}), frozenset({"time"}), "how_many_gpus", 3.0),
    ("amount", frozenset({"memory"}), frozenset({"cards", "kv"}), "how_much", 2.5),
    ("choice", frozenset({"method"}), frozenset(), "which_method", 2.6),
    ("difference", frozenset({"method"}), frozenset({"cards"}), "method_diff", 2.6),
    ("difference", frozenset({"memory", "method"}), frozenset(), "method_diff", 2.9),
    ("cause", frozenset({"memory"}), frozenset(), "why_more", 2.5),
    ("any", frozenset({"kv"}), frozenset(), "kv_cache", 2.8),
    ("any", frozenset({"experts"}), frozenset(), "moe", 2.7),
    ("any", frozenset({"each card", "layout"}), frozenset(), "multi_gpu_split", 3.6),
    ("open", frozenset({"each card"}), frozenset({"method"}), "multi_gpu_split", 2.5),
    ("any", frozenset({"table"}), frozenset(), "table_lookup", 2.6),
    ("any", frozenset({"units", "memory"}), frozenset({"layout"}), "units", 2.6),
    ("any", frozenset({"copies"}), frozenset(), "rl_memory", 2.6),
    ("amount", frozenset({"time"}), frozenset(), "training_time", 2.6),
)  # fmt: skip


def wants(text: str, parts: list[Part]) -> Iterator[tuple[str, float, int]]:
    """The intents that the asking clauses of a text have, each with its weight and the place of the clause."""
    for part in parts:
        if not part.asks:
            continue
        clause = text[part.start : part.end]
        kinds = {name for name, pattern in KINDS if compiled(pattern).search(clause)} | {"any"}
        things = {name for name, pattern in THINGS if compiled(pattern).search(clause)}
        for kind, needed, barred, intent, weight in WANTS:
            if kind in kinds and needed <= things and not barred & things:
                yield intent, weight, part.end
