"""What a report of a training that runs out tells by itself: blocks that lie idle, cards that were added, a rank, rows of a vocabulary."""

_FAILS = r"(?:\booms?\b|\bout of memory|\bcrash\w*|\bfail\w*|\bruns? out\b|\bdies\b)"
_FAILS_ZH = r"(?:爆|炸|oom|溢出|崩|显存不[足够]|不够)"
_RUNS = r"(?:\bworks?\b|\bworked\b|\bruns?\b|\bfits?\b|\bfine\b|\bok(?:ay)?\b|\bno problem\b)"
_ONE = r"\b(?:with|on|using|in)\b[^.?;,]{0,8}\b(?:1|one|a single|single|the first)\b(?! (?:node|machine))"
_MANY = r"\b(?:with|on|using|when|across|to|in)\b[^.?;]{0,16}\b(?:(?:2|two|3|three|4|four|8|eight|several|multiple|both|more)[ -](?:gpus?|cards?)|multi[- ]?gpu|ddp)\b"
_ONE_ZH = r"(?:单卡|(?<![\d.])1\s?(?:张|块)?卡|一张卡|单张卡|单gpu)"
_MANY_ZH = r"(?:双卡|多卡|(?<![\d.])[2348两几]\s?(?:张|块)?卡)"
_WELL_ZH = r"(?:能跑|可以|正常|没问题|没事|不爆|不会爆|能训|跑得[动起了])"

# at each step or epoch, and not at one of them
_EACH = r"(?:each|every|per|after (?:each|every))\b[^.;?]{0,8}\b(?:steps?|iterations?|epochs?|batch(?:es)?)\b|\b(?:step|epoch) (?:by|after) (?:step|epoch)\b|\bover (?:the )?(?:steps|epochs|iterations)\b"
_RISES = r"\b(?:grow\w*|climb\w*|creep\w*|increas\w*|ris(?:es|ing|e)|go(?:es|ing)? up|accumulat\w+)\b"
_MEMORY = r"\b(?:v?ram|memory|usage)\b"

OF_FAILURES: tuple[tuple[str, str], ...] = (
    # "reserved but unallocated memory is 9 GB", in the words of PyTorch's message and of nobody's figures beside
    ("idle_blocks", r"\breserved(?: by pytorch)?,?(?: memory)?,? but (?:is |are )?(?:un|not )(?:allocated|used)\b(?: memory)?(?! is large try)(?: (?:is|of|at|shows|says))?[^?;.\d]{0,12}(?:\d|\blarge\b|\bhuge\b|\ba lot\b|\bbig\b|\bhigh\b|\bgrow\w*|,? (?:what|how)\b|\?|$)|\d ?gi?b?\b[^.?;]{0,12}\breserved\b[^.?;]{0,12}\bbut (?:un|not )(?:allocated|used)|(?:已?保留|预留|reserved)(?:了|着)?\s?(?:但|却|而)(?:还)?(?:没有?|未|un)\s?(?:被)?(?:分配|使?用|allocated)[^?;。]{0,16}(?:\d|很大|很多|太多|怎么|\?|$)"),
    ("cards_added_fail", rf"{_FAILS}[^.?]{{0,16}}{_MANY}[^?]{{0,40}}{_RUNS}[^.?;]{{0,16}}{_ONE}|{_RUNS}[^.?;]{{0,16}}{_ONE}[^?]{{0,40}}{_FAILS}[^.?;]{{0,16}}{_MANY}|{_RUNS}[^.?;]{{0,16}}{_ONE}[^?]{{0,32}}{_MANY}[^.?;]{{0,16}}{_FAILS}|{_ONE_ZH}[^?;]{{0,8}}{_WELL_ZH}[^?;]{{0,12}}{_MANY_ZH}[^?;]{{0,10}}{_FAILS_ZH}|{_MANY_ZH}[^?;]{{0,8}}{_FAILS_ZH}[^?;]{{0,10}}{_ONE_ZH}[^?;]{{0,8}}{_WELL_ZH}"),
    ("rank_zero_fails", r"\brank[ _-]?0\b[^.;?]{0,16}(?:\booms?\b|\bout of memory|\bruns? out\b|\bcrash\w*|\bdies\b)|(?:\booms?\b|\bout of memory)[^.;?]{0,12}\b(?:on|at|in)\b[^.;?]{0,8}\brank[ _-]?0\b|(?<![a-z])rank\s?0[^,;?]{0,8}(?:爆|炸|oom|溢出|显存不)|(?:爆|炸|oom|溢出)[^,;?]{0,4}rank\s?0(?!\d)"),
    ("other_rank_fails", r"\brank[ _-]?[1-9]\d?\b[^.;?]{0,16}(?:\booms?\b|\bout of memory|\bruns? out\b|\bcrash\w*|\bdies\b)|(?<![a-z])rank\s?[1-9]\d?[^,;?]{0,8}(?:爆|炸|oom|溢出|显存不)"),
    ("grows_each", rf"{_RISES}[^.;?]{{0,32}}\b(?:{_EACH})|\b(?:{_EACH})[^.;?]{{0,24}}{_RISES}|{_MEMORY}[^.;?]{{0,24}}\b(?:slowly|steadily|gradually|a (?:little|bit)) (?:{_RISES})|每(?:个|一|1)?\s?(?:step|步|轮|个?epoch|批)[^;?]{{0,10}}(?:涨|增|上升|升高|变[大多])|(?:随着?|跟着)(?:step|步数|epoch|轮数)[^,;?]{{0,8}}(?:涨|增|上升|升高)|一步一步(?:地)?(?:往上)?(?:涨|增)|逐(?:步|轮|epoch)(?:上涨|上升|增)"),
    ("embedding_resized", r"\bresiz\w*[^.;?]{0,16}\b(?:token )?(?:embedd\w*|vocab\w*|tokenizer)\b|\b(?:embedd\w*|vocab\w*)[^.;?]{0,12}\bresiz\w*|resize_token_embeddings|\badd(?:ed|ing)?\b[^.;?]{0,12}\b(?:new|special|extra)\b[^.;?]{0,8}\btokens?\b|\btokens? to (?:the )?(?:vocab\w*|tokenizer)\b|(?:扩(?:充|展|大)?|新增|加了?)[^,;?]{0,8}(?:词表|special ?tokens?|新?token|词)"),
    ("phase_asked", r"^(?=[\s\S]*(?:\brollouts?\b|\bgenerat\w+|\bvllm\b|生成|采样))(?=[\s\S]*(?:\btrain\w*|\bupdat\w*|\bbackward\b|训练|更新|反向))(?=[\s\S]*(?:\bgrpo\b|\bppo\b|\brl\w*\b|\brollouts?\b|强化))[\s\S]*(?:\bhow (?:do|can|to|would)\b[^.?;]{0,16}\b(?:tell|know|find|determine|see|check)|\bwhich (?:phase|stage|part|one|step)\b|(?:怎么|如何|怎样)(?:判断|知道|区分|分辨|看|确认|定位)|哪个阶段|哪一?步)"),
    ("engine_beside", r"\bco-?locat\w*|\bsame (?:gpu|card)s?\b|同(?:一)?(?:张|块)?卡|共卡|合?用(?:一|同)(?:张|块)卡"),
)  # fmt: skip
