"""What is asked of the models that learn from feedback together: what each takes, whether one may be smaller or left out."""

from chat.reads.concepts.effects import beside

_ACTOR = r"(?<![a-z])(?:actors?|policy)(?![a-z])|策略(?:模型|网络)"
_CRITIC = r"(?<![a-z])critics?(?![a-z])|\bvalue (?:model|network)\b|评论家|价值(?:模型|网络)"
_REWARD = r"\breward[ _-]?(?:models?|network)?\b|(?<![a-z])rm(?![a-z])|奖励(?:模型)?"
_REFERENCE = r"(?<![a-z])ref(?:erence)?(?![a-z])|参考(?:模型)?"
_ROLLOUT = r"\brollouts?\b"
_GENERATES = r"rollouts?|generation|vllm|sglang|inference engine"
_LEARNS = r"(?<![a-z])(?:grpo|ppo|rlhf|rloo|dapo)(?![a-z])"
# beside another: what each keeps
_LEARNS_TOO = r"(?<![a-z])(?:dpo|kto|orpo|simpo)(?![a-z])"
_HELD = r"\bwhat\b[^.;?]{0,24}\b(?:kept|held|loaded|stored|resident|sits?|lives?)\b|\b(?:which|what|how many) (?:\w+ ){0,2}?models\b|(?:哪|几|多少)[^,;?]{0,3}模型|(?:放|加载|常驻|装)(?:哪|几|什么)"
_FAILS = r"\boom\b|out of memory|\bfits?\b|\benough\b|爆|放得下|够|几张|\bhow many (?:gpus|cards)"
_EACH = r"各(?:自|个)?(?:模型|角色)?(?:都|大概)?(?:占|要|用|需要|吃|是)?多少|分别|\beach\b|\bevery (?:one|model|role)\b|\bbreak ?down\b|\bper (?:model|role)\b|明细|构成|每个(?:模型|角色)"
# where all of it goes, of a way of learning that is named
_WHERE = (
    r"\bwhere (?:does|do|is|did)\b[^.;?]{0,24}\b(?:memory|vram)\b|\bwhat (?:takes|uses|eats|holds|occupies)\b[^.;?]{0,24}\b(?:memory|vram)\b"
    r"|(?:显存|内存)[^,;?]{0,4}(?:都)?(?:花|用|去|耗|占)(?:在|到|哪|给)|(?:什么|哪些|谁)(?:最)?(?:占|吃|耗)(?:了)?(?:这么多|用)?(?:显存|内存)"
)
_SMALLER = r"\bsmall\w*\b|\bdifferent size\b|\b(?:another|other) (?:model|size)\b|\bsame size\b|更?小(?:一点|些|点)?(?:的)?(?:模型)?|不同(?:大小|尺寸|的模型)|(?:同样|一样)大"
_TAKES = r"\b(?:also|too|take\w*|need\w*|us(?:e|es)|occup\w*|cost\w*|as (?:big|large|much)|same|memory|vram|load\w*)\b|占|吃|要|一样大|同样大|也"
_ASKED = r"\?|吗|么|嘛|多少|\b(?:is|are|does|do|can|could|will|would|must|how)\b"

_BATCH = r"\bbatch(?:es|[ _-]?size)?\b|(?<![a-z])bs(?![a-z])|批大小|批次大小"
_DOUBLED = r"\b(?:doubl(?:e|es|ed|ing)|twice|2x)\b|翻倍|翻了?[一1]倍|(?:两|2)倍|涨了?[一1]倍|多了?[一1]倍"
_SERVED = r"\b(?:vllm|sglang|ollama|llama\.?cpp|inference|serv\w+|requests?|concurren\w+)\b|推理|部署|并发|请求"
# a need that doubled as the batch was raised, and whether that is right
BATCH_DOUBLED = beside(
    _BATCH, _DOUBLED, r"\bnormal\b|\bexpected\b|\bright\b|\bwhy\b|正常|为什么|为啥|对吗|合理", without=_SERVED
)

OF_ROLES: tuple[tuple[str, str], ...] = (
    (
        "roles_each",
        (
            rf"{beside(_EACH, _ACTOR, rf'{_CRITIC}|{_REWARD}|{_REFERENCE}|{_ROLLOUT}', without=_FAILS)}"
            rf"|{beside(_LEARNS, _EACH, r'models?|模型|角色', without=_FAILS)}|{beside(_LEARNS, _WHERE, without=_FAILS)}"
        ),
    ),
    # of several ways to learn side by side, and not with what model to do it
    ("roles_of_each", beside(rf"{_LEARNS}|{_LEARNS_TOO}", _HELD, without=rf"{_FAILS}|\b(?:can|could|should) (?:i|we|you)\b|能(?:训|做|跑)|用(?:哪|什么)")),
    ("reward_takes", beside(r"\breward[ _-]?models?\b|奖励模型", _TAKES, rf"{_ACTOR}|{_LEARNS}", _ASKED, without=rf"{_CRITIC}|{_FAILS}|{_REFERENCE}|\d\s?b\b|训练奖励|训奖励|\btrain\w* (?:a |the )?reward")),
    # of what size it is taken, and not trained
    (
        "reward_used",
        beside(
            rf"(?:{_REWARD})[^,;?]{{0,4}}(?:用|选|换成?|冻结)|(?:用|选)[^,;?]{{0,6}}\d+b[^,;?]{{0,6}}(?:当|做|作为?)[^,;?]{{0,2}}(?:{_REWARD})|\bfrozen[^.;?]{{0,12}}\breward|\breward[ _-]?models?\b[^.;?]{{0,16}}\bfrozen|\b(?:us\w+|tak\w+|choos\w+|pick\w*)\b[^.;?]{{0,24}}\breward[ _-]?model",
            r"\d\s?b\b",
            without=r"训练奖励|训奖励|奖励模型(?:训练|微调)|\btrain\w* (?:an? |the |my )?(?:\d+b )?reward|\bq?lora\b|全参|\bfull\b",
        ),
    ),
    # how the cards are to be divided between training and the engine
    (
        "split_asked",
        beside(
            rf"{_LEARNS}",
            r"\bvllm\b|\bsglang\b|\brollouts?\b|推理|采样|生成",
            r"\b(?:how|what|which|best|good|right)\b[^.;?]{0,48}\b(?:split|divid\w+|allocat\w+|assign\w*|partition\w*|distribut\w+)\b|\bhow many\b[^.;?]{0,24}\b(?:for|to|on) (?:the )?(?:vllm|sglang|rollouts?|generation|inference)\b|(?:怎么|如何|咋)(?:分(?!片|配置)|划分|分配|安排)|(?:几|多少)张(?:卡)?(?:给|跑|做|用来|用于|留给)[^,;?]{0,4}(?:vllm|sglang|rollout|推理|采样|生成)",
        ),
    ),
    # what the engine that generates takes by itself, and not how many cards; the way of learning may have been told before
    (
        "rollouts_ask",
        beside(
            rf"\bhow much\b[^.?;]{{0,40}}\b(?:{_GENERATES})(?: (?:engine|part|phase|worker)s?)?\b[^.?;]{{0,24}}\b(?:take|need|use|cost|hold|occup|want|require)\w*"
            rf"|\bhow much (?:memory |vram )?(?:do|does|will|would|goes?) [^.?;]{{0,12}}\b(?:{_GENERATES})\b"
            rf"|(?<![a-z])(?:rollouts?|vllm|sglang|采样|生成|推理引擎)\s?(?:引擎|部分|阶段|那边|这块)?\s?(?:自己|大概|大约|本身|一般|会|要)*(?:占|要|吃|用|需要)(?:掉|了)?(?:的)?(?:多少|多大|几个?g)",
            without=rf"{_FAILS}|多少张|哪些|设(?:成|为|到)?多少",
        ),
    ),
    ("critic_smaller", beside(_CRITIC, _SMALLER, _ASKED, without=_FAILS)),
    ("batch_doubled", BATCH_DOUBLED),
    ("reference_dropped", rf"{beside(_REFERENCE, _LEARNS)}[\s\S]*(?:\b(?:can|could|may|possible to|ok to)\b[^.;?]{{0,24}}\b(?:without|drop|skip|remove|omit|leave out|get rid|do without|disable|not (?:use|load|have))\b|(?:能不能|能|可以|可不可以|可否)[^,;?]{{0,8}}(?:不要|不用|去掉|省掉|不加载|不放|关掉|没有|省去))"),
)  # fmt: skip
