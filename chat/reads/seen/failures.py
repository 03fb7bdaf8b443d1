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

_IDLE_BY_TWO = rf"^(?=[\s\S]*(?:{_FAILS}|{_FAILS_ZH}))[\s\S]*?(?:\breserved\b[^.?;\d]{{0,12}}\d[^.?;]{{0,12}}\b(?:only|just|but)\b[^.?;\d]{{0,12}}\d[^.?;]{{0,10}}\ballocated|(?<![a-z])reserved[^?;\d]{{0,8}}\d[^?;]{{0,10}}(?:allocated|已分配)[^?;\d]{{0,8}}(?:只有|才)\s?\d)"
_IDLE_TOLD = r"\breserved(?: by pytorch)?,?(?: memory)?,? but (?:is |are )?(?:un|not )(?:allocated|used)\b(?: memory)?(?! is large try)(?: (?:is|of|at|shows|says))?[^?;.\d]{0,12}(?:\d|\blarge\b|\bhuge\b|\ba lot\b|\bbig\b|\bhigh\b|\bgrow\w*|,? (?:what|how)\b|\?|$)|\d ?gi?b?\b[^.?;]{0,12}\breserved\b[^.?;]{0,12}\bbut (?:un|not )(?:allocated|used)|(?:已?保留|预留|reserved)(?:了|着)?\s?(?:但|却|而)(?:还)?(?:没有?|未|un)\s?(?:被)?(?:分配|使?用|allocated)[^?;。]{0,16}(?:\d|很大|很多|太多|怎么|\?|$)"
# "reserved 比 allocated 大很多", "reserved is much larger than allocated", of a run that fails
_IDLE_LARGE = rf"^(?=[\s\S]*(?:{_FAILS}|{_FAILS_ZH}))[\s\S]*?(?:(?<![a-z])reserved\s?(?:is |比|远|要)?[^?;.\d]{{0,10}}\b(?:larger|bigger|higher|more) than (?:the )?allocated|(?<![a-z])reserved\s?(?:远|比)[^?;\d]{{0,6}}allocated\s?(?:大|高|多)|(?<![a-z])reserved\s?远(?:远)?(?:大于|高于|超过)\s?allocated)"

OF_FAILURES: tuple[tuple[str, str], ...] = (
    # "reserved but unallocated memory is 9 GB", in the words of PyTorch's message and of nobody's figures beside
    ("idle_blocks", f"{_IDLE_BY_TWO}|{_IDLE_TOLD}|{_IDLE_LARGE}"),
    ("cards_added_fail", rf"\bmulti[- ]?gpu\b[^.?;]{{0,16}}{_FAILS}[^?]{{0,16}}\b(?:single|one|1)[ -](?:gpu|card)\b[^.?;]{{0,12}}{_RUNS}|\b(?:single|one|1)[ -](?:gpu|card)\b[^.?;]{{0,12}}{_RUNS}[^?]{{0,24}}\bmulti[- ]?gpu\b[^.?;]{{0,16}}{_FAILS}|\badd(?:ing|ed)?\b[^.?;]{{0,8}}\b(?:second|another|2nd|more|extra)\b[^.?;]{{0,8}}\b(?:gpus?|cards?)\b(?![^.?;]{{0,24}}\b(?:still|not?|again|same)\b)[^.?;]{{0,24}}{_FAILS}|{_MANY_ZH}[^?;]{{0,8}}反而[^?;]{{0,6}}{_FAILS_ZH}|加(?:了|1|一|到)?[^?;]{{0,4}}卡(?:之?后|就|反而|却)+[^?;]{{0,6}}{_FAILS_ZH}|{_FAILS}[^.?]{{0,16}}{_MANY}[^?]{{0,40}}{_RUNS}[^.?;]{{0,16}}{_ONE}|{_RUNS}[^.?;]{{0,16}}{_ONE}[^?]{{0,40}}{_FAILS}[^.?;]{{0,16}}{_MANY}|{_RUNS}[^.?;]{{0,16}}{_ONE}[^?]{{0,32}}{_MANY}[^.?;]{{0,16}}{_FAILS}|{_ONE_ZH}[^?;]{{0,8}}{_WELL_ZH}[^?;]{{0,12}}{_MANY_ZH}[^?;]{{0,10}}{_FAILS_ZH}|{_MANY_ZH}[^?;]{{0,8}}{_FAILS_ZH}[^?;]{{0,10}}{_ONE_ZH}[^?;]{{0,8}}{_WELL_ZH}"),
    ("later_epoch", rf"{_FAILS}[^.?;]{{0,16}}\b(?:at|in|on|after|during) (?:the )?(?:epoch [1-9]\d?|\d+(?:st|nd|rd|th) epoch)\b|\bepoch [2-9]\b[^.?;]{{0,16}}{_FAILS}|第\s?[2-9二三两]\s?(?:个|轮)\s?(?:epoch|轮)?[^,;?]{{0,8}}{_FAILS_ZH}"),
    ("rank_zero_fails", r"\b(?:only|just)\b[^.;?]{0,8}\b(?:gpu|card|cuda)[ :#]?0\b[^.;?]{0,12}(?:\booms?\b|\bout of memory|\bruns? out\b)|(?:\booms?\b|\bout of memory)[^.;?]{0,8}\b(?:on|at)\b (?:gpu|card|cuda)[ :#]?0 (?:only|alone)\b|\brank[ _-]?0\b[^.;?]{0,16}(?:\booms?\b|\bout of memory|\bruns? out\b|\bcrash\w*|\bdies\b)|(?:\booms?\b|\bout of memory)[^.;?]{0,12}\b(?:on|at|in)\b[^.;?]{0,8}\brank[ _-]?0\b|(?<![a-z])rank\s?0[^,;?]{0,8}(?:爆|炸|oom|溢出|显存不)|(?:爆|炸|oom|溢出)[^,;?]{0,4}rank\s?0(?!\d)"),
    ("other_rank_fails", r"\b(?:only|just) (?:1|one|a single)(?: of (?:the|my))? (?:rank|gpu|card)s?\b[^.;?]{0,12}(?:\booms?\b|\bout of memory|\bruns? out\b|\bcrash\w*|\bdies\b)|只有\s?(?:1|一|某)\s?(?:个|张|块)?(?:卡|gpu|rank)[^,;?]{0,4}(?:爆|炸|oom|溢出)|\brank[ _-]?[1-9]\d?\b[^.;?]{0,16}(?:\booms?\b|\bout of memory|\bruns? out\b|\bcrash\w*|\bdies\b)|(?<![a-z])rank\s?[1-9]\d?[^,;?]{0,8}(?:爆|炸|oom|溢出|显存不)"),
    ("grows_each", rf"\bkeeps? (?:on )?(?:growing|increasing|climbing|rising|creeping)\b|(?:显存|内存)(?:占用)?越(?:训|跑|练)[^,;?]{{0,3}}越(?:多|大|高)|(?:显存|内存)(?:占用)?(?:一直|不断|持续|慢慢|逐渐)(?:地|在)?(?:往上)?(?:涨|增|上升|升高)|{_RISES}[^.;?]{{0,32}}\b(?:{_EACH})|\b(?:{_EACH})[^.;?]{{0,24}}{_RISES}|{_MEMORY}[^.;?]{{0,24}}\b(?:slowly|steadily|gradually|a (?:little|bit)) (?:{_RISES})|每(?:个|一|1)?\s?(?:step|步|轮|个?epoch|批)[^;?]{{0,10}}(?:涨|增|上升|升高|变[大多])|(?:随着?|跟着)(?:step|步数|epoch|轮数)[^,;?]{{0,8}}(?:涨|增|上升|升高)|一步一步(?:地)?(?:往上)?(?:涨|增)|逐(?:步|轮|epoch)(?:上涨|上升|增)"),
    ("embedding_resized", r"\bresiz\w*[^.;?]{0,16}\b(?:token )?(?:embedd\w*|vocab\w*|tokenizer)\b|\b(?:embedd\w*|vocab\w*)[^.;?]{0,12}\bresiz\w*|resize_token_embeddings|\badd(?:ed|ing)?\b[^.;?]{0,12}\b(?:new|special|extra)\b[^.;?]{0,8}\btokens?\b|\btokens? to (?:the )?(?:vocab\w*|tokenizer)\b|(?:扩(?:充|展|大)?|新增|加了?)[^,;?]{0,8}(?:词表|special ?tokens?|新?token|词)"),
    ("rows_cost", r"\b(?:new|special|extra)\b[^.;?]{0,8}\btokens?\b[^?]{0,40}\b(?:more|so much|too much)\b[^.;?]{0,8}\b(?:v?ram|memory)\b|(?:新增?|加了?|特殊|special)\s?(?:的)?\s?tokens?[^?;]{0,16}显存[^?;]{0,6}(?:多|大|涨|暴)"),
    ("phase_asked", r"\b(?:rollout|generation|generating)\b[^.?;]{0,12}\bor\b[^.?;]{0,12}\b(?:update|train\w*|backward)\b|(?:rollout|生成)[^?;,]{0,8}还是[^?;,]{0,8}(?:update|训练|更新|反向)|^(?=[\s\S]*(?:\brollouts?\b|\bgenerat\w+|\bvllm\b|生成|采样))(?=[\s\S]*(?:\btrain\w*|\bupdat\w*|\bbackward\b|训练|更新|反向))(?=[\s\S]*(?:\bgrpo\b|\bppo\b|\brl\w*\b|\brollouts?\b|强化))[\s\S]*(?:\bhow (?:do|can|to|would)\b[^.?;]{0,16}\b(?:tell|know|find|determine|see|check)|\bwhich (?:phase|stage|part|one|step)\b|(?:怎么|如何|怎样)(?:判断|知道|区分|分辨|看|确认|定位)|哪个阶段|哪一?步)"),
    ("cublas_other", r"\bcu(?:blas|dnn)_status_(?:execution_failed|internal_error|invalid_value|mapping_error|bad_param)\b"),
    # how the authors of QLoRA did what does not go here
    ("paper_of_qlora", r"^(?=[\s\S]*\bqlora)(?=[\s\S]*(?:\bpapers?\b|\bauthors?\b|\bdettmers\b|论文|作者|原文|paper))[\s\S]*?(?:\b(?:how|why) (?:(?:did|do|does|could|can|come|were)\s)+(?:they|(?:the |its |qlora'?s? |this )*(?:papers?|authors?)|dettmers)\b|\bhow (?:is|was) (?:it|that|this) (?:possible|done)\b|\bwhat (?:did|do) they\b|(?:论文|作者|原文|他们|人家|(?<![a-z])paper)[^,;?。]{0,8}(?:怎么|如何|咋|凭什么|为(?:什么|啥|何))(?!算|估|用)|(?:怎么|凭什么|为(?:什么|啥|何))[^,;?。]{0,8}(?:论文|作者|(?<![a-z])paper))"),
    ("engine_beside", r"\bco-?locat\w*|\bsame (?:gpu|card)s?\b|同(?:一)?(?:张|块)?卡|共卡|合?用(?:一|同)(?:张|块)卡"),
)  # fmt: skip
