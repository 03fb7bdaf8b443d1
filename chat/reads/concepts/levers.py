"""Asks a question what one setting does to memory? "Does flash attention shrink the cache?", "I turned it on and nothing changed".

What is read becomes subjects of the remarks: `lever:flash`, `lever_on:kv_cache` (what it is asked to act on), and
`lever_unfelt` where the setting is told to have changed nothing.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chat.reads.concepts.fewer_bits import CACHE_TOO, DOUBLED, HALF, in_eight_bits, of_doubled
from chat.reads.concepts.home_machines import MLX_OR_GGUF
from chat.reads.concepts.proportions import in_proportion
from chat.reads.cues import read_cues
from chat.reads.lexicon import compiled

LEVERS: tuple[tuple[str, str], ...] = (
    ("flash", r"\bflash[ _-]?att\w*(?: ?2)?|\bfa[ -]?[23]\b|\bflash[ -]?2\b|flash ?注意力|(?<![\w-])--?fa\b(?! ?(?:0|off))"),
    ("checkpointing", r"\b(?:gradient|activation)[ _-]?(?:checkpoint|recomput)\w*|(?<!model )(?<!\w)checkpointing\b(?! (?:every|interval|frequency|to (?:disk|s3)))|\brecomput(?:ation|ing|e)\b|重计算|(?:梯度|激活)检查点"),
    ("fused_loss", r"\bliger\b(?: ?kernels?)?|\bfused[ -](?:linear[ -])?(?:cross[ -]?entropy|ce|loss)\w*|\bcut[ -]cross[ -]entropy|融合(?:损失|交叉熵)"),
    ("paged_optimizer", r"\bpaged[ _-]adamw?(?:[ _-]?32bit)?\b(?!_8|[ _-]8)|\bpaged[ _-]optimi[sz]ers?\b|(?:分页|paged )优化器"),
    ("optimizer_8bit", r"\b(?:paged[ _-])?adamw?[ _-]?(?:bnb[ _-]?)?8[ _-]?bit\b|\b8[ -]?bit (?:paged )?(?:adamw?|optimi[sz]er)\b|8 ?位(?:的)?(?: ?adamw?|优化器)"),
    ("offload_params", r"\boffload\w* (?:the |all )?(?:param\w*|weights)\b|\b(?:param\w*|weights?) offload\w*|(?:参数|权重)(?:的)? ?(?:卸载|offload)|offload ?(?:参数|权重)"),
    ("offload_optimizer", r"\boffload\w* (?:of )?(?:the )?(?:adam|optimi[sz]er)\w*|\boptimi[sz]er(?: states?)? (?:cpu )?offload\w*|\bcpu[ -]offload\w*|优化器(?:状态)?(?:的)? ?(?:卸载|offload)|(?:卸载|offload) ?优化器"),
    ("rank", r"\b(?:lora[ _-])?rank\b(?!s)|\blora[ _-]?r\b|\br ?= ?\d+|(?<![a-z])秩"),
    ("kv_format", r"\b(?:fp8|int8|q8_0|q4_0|8[ -]?bit|quanti[sz]ed|quanti[sz]ing(?: the)?) kv\b(?:[ -]?cache)?|\bkv(?:[ _-]?cache)?[ _-](?:quanti\w*|dtype|type)|kv(?: ?缓存|[ _-]?cache)? ?(?:的)?量化|量化 ?kv(?: ?缓存|[ _-]?cache)?"),
    ("weight_format", r"\b(?:weight )?quanti[sz](?:ing|ation)\b(?! kv)(?: the (?:weights|model))?|\b(?:awq|gptq|nf4|int4|[48][ -]?bit)(?: quanti[sz]ation)?\b(?! (?:adam|optimi|kv))|load_in_[48]bit|(?<!kv)(?<!缓存)量化"),
    ("double_quant", DOUBLED),
    ("tp", r"\btensor[ -]parallel\w*|(?<![a-z])tp(?![a-z])|张量并行"),
    ("accumulation", r"\bgrad\w*[ _-]?acc\w*|\baccumulat\w+(?! (?:in|at|of error))|(?<![a-z])accum(?![a-z])|梯度累[积计加]|累[积计]步数|\b(?:effective|global|total)[ _-]batch(?:[ _-]?size)?\b|(?:等效|有效|全局|总)的?\s?(?:batch(?:[ _-]?size)?|批(?:次)?大小)"),
    ("packing", r"\b(?:sample_|sequence )?packing\b|打包"),
    ("ubatch", r"(?<![\w-])(?:-b\s?(?:/|and|or|和|,)\s?)?-{1,2}ub\b|\b(?:n[ _-]?)?ubatch(?:[ _-]size)?\b|(?:\bbatch(?:[ _-]?size)?\b|批大小)(?=[^.?!]{0,24}\bllama\.?cpp)|(?<=llama\.cpp )batch(?:[ _-]?size)?\b"),
    ("batch", r"(?<!effective )(?<!global )(?<!total )(?<!等效)(?<!有效)(?<!全局)(?<!总)\b(?:micro[ _-]?)?batch(?:[ _-]?size)?\b|批(?:次)?大小|\bbs\b"),
    ("length", r"\b(?:max[ _-]?)?(?:seq(?:uence)?|context|cutoff|prompt)[ _-]?len\w*|\b(?:longer|shorter) (?:context|prompts?|sequences?|samples?)|(?<!\dk)(?<!\d)(?<!\d )上下文(?:长度)?|序列长度|截断长度|\bcutoff_len\b"),
    ("nothing:learning_rate", r"\blearning[ _-]?rate\b|(?<![a-z])lr\b|学习率"),
    ("nothing:alpha", r"\b(?:lora[ _-]?)?alpha\b"),
    ("nothing:epochs", r"(?<!second )(?<!2nd )(?<!first )(?<!1st )(?<!第二个)(?<!第二个 )(?<!第2个)(?<!第2个 )(?<!第一个)(?<!第一个 )\b(?:number of |more |num[ _-]?(?:train[ _-])?)?epochs?\b|(?:训练)?轮(?:数|次)|\bmax[ _-]steps\b|\bnumber of steps\b|训练步数"),
    ("nothing:dataset", r"\b(?:data ?set|corpus|training set|data) size\b|\bsize of (?:the |my )?(?:data ?set|training (?:set|data)|corpus)|\b(?:more|fewer|less|larger|bigger|huge|number of) (?:training )?(?:data|samples|examples|data ?set)\b|数据(?:集)?(?:的)?(?:量|大小|条数|规模|多少)|数据(?:集)?(?:从\s?)?[\d.]+\s?[千万k]?\s?(?:条|个)?[^,;?。]{0,4}(?:加|增|扩|变|涨)(?:大|加|充)?到|数据(?:集)?(?:变大|加大|翻倍|扩大|加倍)|样本(?:数量|数|量)|(?:训练)?数据(?:集)?(?:更|很|越)?(?:大|多)|(?:训练数据|训练集)(?![^,;?。]{0,10}(?:最长|最短|平均|长度|每条))"),
    ("nothing:weight_decay", r"\bweight[ _-]decay\b|权重衰减"),
    ("nothing:clipping", r"\bmax[ _-]grad[ _-]norm\b|\bgrad(?:ient)?[ _-]clip\w*|梯度裁剪"),
    ("nothing:seed", r"(?<![a-z])(?:random )?seed(?![a-z])|随机种子"),
    ("nothing:neftune", r"\bneftune\w*(?:[ _]noise[ _]alpha)?"),
    ("nothing:warmup", r"(?<!during )(?<!at )(?<!oom )(?<!in )(?<!for )(?<!graph )(?<!engine )(?<!model )(?<!server )(?<!kernel )\bwarm-?up\b(?: steps| ratio)?(?! (?:of|with) )|\bscheduler\b|预热|学习率调度"),
    ("nothing:sampling", r"\btemperature\b|\btop[ _-]?[pk]\b|\bmin[ _-]?p\b|\b(?:repetition|presence|frequency)[ _-]penalty\b|(?:采样)?温度|采样参数|重复惩罚"),
)  # fmt: skip
_VERB = (
    r"reduc\w*|lower\w*|decreas\w*|sav(?:e|es|ing|ed)\b|shrink\w*|\bcuts?\b|increas\w*|rais\w*|\bgrows?\b|affect\w*|influenc\w*|impact\w*"
    r"|\bmak(?:e|es|ing)\b[^.?!]{0,48}\b(?:smaller|larger|bigger|lower|higher)\b|\bchang\w*|\bmatters?\b|\b(?:us|tak|need|cost|consum)\w* (?:any )?(?:more|less|extra|additional)\b|\bhelps?\b"
)
_ASKED = (
    rf"(?:\b(?:does|do|did|will|would|can|could|should|is|are|how)\b|^)(?:[^.?!]|\.(?=\w)){{0,90}}?(?:{_VERB})(?:[^.!]|\.(?=\w)){{0,90}}(?:\?|$)",
    r"(?:会|能|可以|是否|有没有|是不是|对)[^。?!]{0,16}?(?:减少|减半|降低|降|节省|省|减小|变成|变为|增加|增大|变大|变小|变多|变少|影响|改变|多占|占(?:用)?更多|多用|更占|更费|更吃|上升|升高|涨(?!多少|几)|越吃|越占)[^。?!]{0,20}(?:吗|么|没有|\?|不\b|$)",
    r"(?:影响|减少|降低|增加|节省|省)(?:不(?:影响|减少|降低|增加|节省|省))[^。?!]{0,16}",
    r"(?:影响|增加|减少|节省|占)(?:到)?(?:了)?(?:显存|内存)(?:占用|使用|开销)?(?:吗|么|嘛|不)",
    r"(?<!比)(?<!还)(?<!再)(?:节省|省)(?:下|掉|出)?(?:多少|多大)(?:的)?(?:显存|内存|g\b)",
    # what it leaves of activations
    r"激活(?:值|显存)?[^,;?。]{0,6}(?:还剩|剩下?|还有|降到|变成|减到)(?:多少|多大|几)|\b(?:how much|what)\b[^.?!]{0,24}\bactivation(?:s| memory)?\b[^.?!]{0,16}\b(?:left|remains?|stays?)\b[^.!]{0,60}\?",
    # whether it is of any use
    r"\b(?:is|does|do|would|will)\b[^.?!]{0,70}?\b(?:worth(?: it)?|pointless|useful|useless|any (?:use|good|point)|(?:do|bring|gain) (?:anything|something|much))\b[^.!]{0,90}\?",
    r"(?:还|也)?(?:有|没)(?:什么|啥|多大)?(?:意义|必要|好处)[^,;?。]{0,4}(?:吗|么|嘛|不|\?)|(?:有用|管用|有帮助|有效果?|起作用)(?:吗|么|嘛|不|\?)|有没有(?:用|帮助|效果)|值得(?:吗|么|开|用)|值不值得?",
)  # fmt: skip
# of what changes no memory it is asked as well whether it mends or brings a failure
_ASKED_OF_NOTHING = (
    r"(?:\b(?:does|do|did|will|would|can|could|should|is|are)\b|^)[^.?!]{0,90}?(?:\boom\b|\bout of memory|\bfix\w*|\bhelps?\b|\bmore (?:gpu )?(?:v?ram|memory)|\bless (?:gpu )?(?:v?ram|memory))[^.!]{0,60}(?:\?|$)",
    r"\b(?:lower|reduc|decreas|chang|cut)\w*[^.?!]{0,40}\b(?:to|and) (?:fix|avoid|solve|stop|prevent)\b[^.?!]{0,16}\boom\b",
    r"\b(?:tried|lower\w*|reduc\w*|chang\w*|set|decreas\w*)\b[^?]{0,60}\b(?:still|no (?:help|effect|difference))\b|(?:调|改|降|减)[^。?!]{0,16}(?:还是|仍|照样|没用)",
    r"(?:\b(?:does|do|will|would|can|is|are)\b|^)[^.?!]{0,60}?\b(?:us|tak|need|cost|consum)\w* (?:up )?(?:any |a lot of |much )?(?:gpu )?(?:v?ram|memory)\b[^.!]{0,40}(?:\?|$)",
    r"(?:占|费|吃)(?:用|不占)?[^。?!,]{0,3}(?:显存|内存)[^。?!]{0,4}(?:吗|么|\?|$)",
    r"会不会[^。?!]{0,8}(?:爆|oom|溢出|不够|炸)|(?:能|可以)[^。?!]{0,8}(?:解决|避免|缓解)|有(?:没有)?(?:影响|关系)(?:吗|么)",
)
# of accumulation it is asked as well what it keeps, and whether it overflows the card
_MEMORY = r"activations?\b|\bmemory\b|\bvram\b|\boom\b|out of memory|激活|显存|内存|爆"
_ASKED_OF_ACCUMULATION = (
    rf"(?:\b(?:does|do|did|will|would|can|could|should|isn't|is|are|doesn't|don't)\b|^)[^.?!]{{0,60}}?\b(?:accumulat\w+|grad\w*[ _-]?acc\w*|accum)\b[^.?!]{{0,80}}?(?:{_MEMORY})[^.!]{{0,60}}\?",
    rf"(?:累[积计加]|accum\w*|grad\w*[ _-]?acc\w*)[^。?!]{{0,30}}(?:{_MEMORY})[^。?!]{{0,16}}(?:吗|么|嘛|\?)",
)
# that there may be more steps, asked of what ran with fewer: "can I raise accumulation to 64 safely?", "累积步数加到32会不会又炸"
_STEPS = r"(?:\bgrad\w*[ _-]?acc\w*|\baccumulat\w+|(?<![a-z])accum(?![a-z])|累[积计加](?:步数)?)"
_FAILS = r"(?:\boom\w*|\bout of memory|\bmemory\b|\bvram\b|\bblow\w*|\bcrash\w*|\bfit\w*|\bsafe\w*|爆|炸|显存|撑|崩|溢出|放得下)"
_STEPS_RAISED = (
    rf"{_STEPS}[^.?!;]{{0,24}}\bto \d{{1,4}}\b[^.;]{{0,60}}{_FAILS}[^.;]{{0,40}}\?|\b(?:will|would|does|do|can|could|is|are)\b[^.?!;]{{0,16}}(?<![\d.])\d{{1,4}} (?:steps of )?{_STEPS}[^.?!;]{{0,30}}{_FAILS}[^.;]{{0,40}}\?"
    rf"|{_STEPS}[^,;?!。\d]{{0,8}}(?:到|成|为)\s?\d{{1,4}}[^;!。]{{0,20}}{_FAILS}"
)
# whether it saves, or why it did not, is another question, with remarks of its own on the micro-batch
_HOPED_TO_SAVE = r"\b(?:reduc|lower|decreas|shrink|drop|help)\w*|\bcuts?\b|\bfalls?\b|\bless\b|\bsav(?:es?|ed|ings?)\b(?![^.?!]{0,24}\bactivations?\b)|省|降|减少|变小|变少|(?:少占|少用)"
# one amount told of both: "16.9 GB with it on and 16.9 GB off", "开和关都是 16.9G"
_RUN_ON = r"(?:[^.?!;]|\.(?=\w))"
_OF_CARD = r"(?! ?(?:card|gpu|v?ram|显卡|显存|卡|rtx|[alhv]\d|\d{4}))"  # the card's own memory
_BOTH_STATES = (
    rf"(?<![\d.])(?P<same>\d+(?:\.\d+)?) ?g(?:i?b)?(?![a-z]){_OF_CARD}{_RUN_ON}{{0,48}}?(?<![a-z])(?:true|false|on|off|enabled|disabled|without|打?开|关闭?){_RUN_ON}{{0,48}}?(?<![\d.])(?P=same) ?g(?:i?b)?(?![a-z]){_OF_CARD}",
    r"\b(?:on (?:or|and) off|off (?:or|and) on|true (?:or|and) false|(?:enabled|disabled) (?:or|and) (?:enabled|disabled)|(?:with|on) (?:it )?(?:or|and) without(?: it)?|either way)\b[^.?!;\d]{0,24}\b(?:it'?s|is|was|shows?|see|get|takes?|uses?|used|reads?|both)\b[^.?!;\d]{0,16}\d+(?:\.\d+)? ?g(?:i?b)?(?![a-z])(?! ?(?:card|gpu))",
    r"(?:开(?:和|与|跟|、|/|或|还是)?(?:不开|关)|关(?:和|与|跟|、|/|或)?开|开不开|true ?(?:和|与|跟|、|/|或) ?false)[^,。?!;\d]{0,32}(?:都|均|全)(?:是|占|用|要|显示)?[^,。?!;\d]{0,6}\d+(?:\.\d+)? ?g(?:i?b)?(?![a-z])",
)
_NOT_OVER_CARDS = r"^(?![\s\S]*(?:\b(?:two|both|each|every|per|[2-9]) (?:gpus?|cards?)\b|(?<![a-z])tp\s?=?\s?\d|\btensor[- ]parallel|(?:[两2双多每])\s?[张块]?(?:显)?卡|张量并行))[\s\S]*?"
_UNFELT = (
    *_BOTH_STATES,
    r"(?:memory|vram|usage|consumption|footprint|peak|nothing)\b[^.?!]{0,24}?(?:\b(?:the )?same\b(?! (?:(?:lora )?ranks?|batch\w*|lengths?|settings?|config\w*|data\w*|time|cards?|gpus?|machine|model|node|way)\b)|\bunchanged\b|\bidentical\b|\b(?:did|does|do|has|is)(?:n't| not) (?:\w+ )?(?:reduc|drop|go down|chang|decreas|lower|shrink|fall|mov|budge)\w*|\b(?:hardly|barely)\b[^.?!]{0,12}(?:chang|drop|reduc|decreas|mov|differ)\w*|\b(?:no|zero|little) (?:change|difference|effect|reduction|savings?)\b)",
    r"\b(?:did|does|do|has|is)(?:n't| not) (?:seem to )?(?:\w+ )?(?:reduc|sav|lower|decreas|chang|shrink|cut|help)\w*[^.?!]{0,32}(?:memory|vram|usage|consumption|anything|at all)|\b(?:no|zero) (?:memory )?(?:savings?|effect|reduction|difference)\b",
    r"\bwhy (?:is|are|was|does|do|did|has|have)(?P<nt>n't)? [^.?!,;]{2,40}?(?(nt)|\bnot )(?:\w+ )?(?:reduc|sav|lower|decreas|shr[iau]nk|cutt?)\w*[^.?!]{0,32}\b(?:memory|vram|usage|anything)\b",
    r"(?:显存|内存|占用)(?![^。?!,]{0,6}(?:是不是|会不会|是否|(?:一样|差不多)[吗么吧]))[^。?!,]{0,10}?(?:没(?:有)?(?:什么|怎么|明显)?(?:下降|减少|降低|变化|变|降|少|省|区别)|不(?:变|降|减)|(?:还是)?一样|几乎(?:不|没)|没怎么|差不多)|(?:没(?:有)?(?:什么|啥)?(?:用(?!吧)|效果|作用)|没(?:有)?省(?:下)?(?:显存)?|为(?:什么|啥|何)[^。?!,]{0,8}(?:不|没有?)(?:省|降|减少?|降低)显存)",
    r"\b(?:drop|fell|falls?|sav|reduc|decreas|lower|shr[ia]nk|went down|goes down)\w*[^.?!,;]{0,16}\b(?:only |just |barely )?(?:a (?:little|bit|tiny)|slightly|marginally|hardly)\b|(?:只|才|就|仅)(?:降|省|少|减少?|下降)(?:低|下|掉)?了?(?:一点|很少|几百|一丁点|零点)",
    # less than the bits promise: "not a quarter of it", "没减半"; over several cards it is what each of them holds
    rf"{_NOT_OVER_CARDS}(?:\b(?:did|does|do|is|are|was|has)(?:n't| not) (?:\w+ ){{0,2}}?(?:a quarter|(?:to |by )?(?:a )?half|halved?|quartered|drop(?:ped)? to (?:a )?(?:quarter|half))\b|\bwhy (?:is|are|does|do|did|has)\b (?:[^.?!,;]|\.(?=\d)){{2,40}}?\bnot (?:\w+ ){{0,2}}?(?:a quarter|half|halved?)\b)",
    rf"{_NOT_OVER_CARDS}(?:没(?:有)?(?:能)?(?:变成?|降到|缩到|缩小到|减到|变为|到)(?:原来的?)?(?:四分之一|1\s?/\s?4|一半|二分之一)|没(?:有)?(?:能)?减半)",
)  # fmt: skip
# that it stays the same is expected, and was not seen
_ONLY_EXPECTED = r"\b(?:should|expect\w*|supposed|would)\b|应该|按理|理论上"
# a method or a layout, of which an effect is expected or claimed
_METHODS: tuple[tuple[str, str], ...] = (
    ("qlora", r"\bqlora\b"),
    ("lora", r"\blora\b(?![ _-]?(?:rank|r\b))"),
    ("zero3", r"\bzero[ -]?(?:stage[ -]?)?3\b|\bfsdp\b"),
    ("zero2", r"\bzero[ -]?(?:stage[ -]?)?2\b"),
    ("weights_8bit", r"\b(?:int8|fp8|8[ -]?bit)(?: (?:weights?|quanti[sz]ation))?\b(?! (?:adam|optimi|kv))|(?:int8|fp8|8 ?位)(?:权重|量化)"),
)  # fmt: skip
# "does ZeRO-2 reduce memory with LoRA?", "zero3 能降低每卡显存吗": against each card holding all of it
_STAGE_SAVES = r"\b(?:does|do|will|would|can|could)\b[^.?;]{0,12}\b(?:zero[ -]?(?:stage[ -]?)?[23]|fsdp)\b[^.?;]{0,24}\b(?:reduce|save|lower|cut|help|decrease)\b|(?:zero[ -]?(?:stage[ -]?)?[23]|fsdp)[^,;?。]{0,10}(?:能|会|可以)[^,;?。]{0,6}(?:省|降|减)[^,;?。]{0,10}(?:吗|么|多少|\?)"
_LESS = r"shr(?:ink\w*|ank|unk)|reduc\w*|lower\w*|drop\w*|less|smaller|\bcut\w*|go(?:es)? down|decreas\w*|shard\w*|sav\w*|halv\w*|disappear\w*|vanish\w*|\bgone\b"
_LESS_ZH = "变小|变少|下降|减少|降低|降到?|省|缩小|减半|切分|消失|变成"
TO_NOTHING = "lever_to_nothing"
_NOTHING_LEFT = r"(?:\b(?:is|are|becomes?|equals?) (?:basically |effectively |now |just )?(?:zero|0(?![\d.])|gone|nothing|free|no longer (?:there|needed|stored|kept))|\bno longer (?:exists?|needs?|takes?|stores?|keeps?)\b|\beliminates?\b|\bgets? rid of\b|\b(?:there(?:'s| is| are)|needs?|keeps?|have|has) no (?:kv|activations?|gradients?|logits|optimi[sz]er)\b)"
_NOTHING_LEFT_ZH = r"(?:为零|[为是]0(?![\d.])|等于(?:零|0)|=\s?0(?![\d.])|不占(?:显存|内存|用)?(?:了)?|没有了|不(?:再)?需要(?:存|缓存)|不用存|不存在|消失)"
# "FlashAttention removes the KV cache", "开了 FlashAttention 就没有 KV 缓存了": none of it is left
_OF_MEMORY = r"(?:k/?v\b|key|cache|optimi[sz]er|adam|gradients?|activations?|logits?|master)"
_OF_MEMORY_ZH = r"(?:k/?v|缓存|优化器|梯度|激活|logits|主权重|动量)"
_DONE_AWAY_WITH = rf"\b(?:removes?|eliminates?|gets? rid of|do(?:es)? away with|deletes?|abolish(?:es)?|skips?) (?:the |all |any )?(?:need for |whole |entire )?(?:the )?{_OF_MEMORY}"
_DONE_AWAY_WITH_ZH = rf"(?:(?:就|根本|完全|再也)(?:没有?|不需要|不用|不存)(?:了)?|(?:去掉|消除|取消|省掉)了?)(?:全部|所有|整个)?的?\s?{_OF_MEMORY_ZH}(?![^。?!,;]{{0,8}}(?:吗|么|放|开|装))"
_LEAVES_NOTHING = (_NOTHING_LEFT, _NOTHING_LEFT_ZH, _DONE_AWAY_WITH, _DONE_AWAY_WITH_ZH)
_EXPECTED = (
    rf"\b(?:expect(?:ed|ing)?|thought|assum(?:ed|ing)|hop(?:ed|ing)|supposed to|believed|figured|should(?:n't)?)\b[^.?!]{{0,90}}?(?:{_LESS})",
    rf"(?:以为|按理|想着|应该|指望|期待|理论上)[^。?!]{{0,48}}?(?:{_LESS_ZH})",
    # that it leaves nothing of it is taken for granted: "since FlashAttention the KV cache is zero"
    rf"\b(?:since|because|as|with|given|thanks to|due to|now that|once)\b[^.?!;]{{0,70}}?{_NOTHING_LEFT}",
    rf"(?:因为|由于|既然|有了|用了|开了|自从|现在)[^。?!;]{{0,40}}?{_NOTHING_LEFT_ZH}",
    _DONE_AWAY_WITH,
    _DONE_AWAY_WITH_ZH,
)
# somebody says by how much it lowers memory: what is left of it
_SAID = r"\b(?:colleagues?|friends?|blogs?|articles?|posts?|videos?|docs?|someone|somebody|people|they|he|she|everyone|readme|tutorials?|chatgpt)\b[^.?!]{0,24}\b(?:sa(?:ys?|id)|claim\w*|tells?|told|writes?|wrote|insists?|promis\w+|thinks?)\b|\b(?:i )?(?:heard|read|am told|was told)\b|\bis it true\b|\bclaims?\s?:|\btrue (?:of|for|at|with|when)\b[^.?!]{0,40}\?|听说|同事|网上|有人|据说|都说|文章|博客|教程|朋友|(?:对|是真的|靠谱|真的假的)(?:吗|么|吧)|\b(?:true|right|correct|realistic)\s?\?"
_PERCENT = r"\b(?:by|saves?|cuts?)\b[^.?!\d]{0,24}(?P<n>\d{1,2})(?: ?%?[-–~]\d{1,2})? ?%|(?:降(?:低)?|减少|节?省|少)(?:了|掉|下)?(?:大概|约|近)?\s?(?P<m>\d{1,2})(?: ?%?[-–~]\d{1,2})? ?%"
_PART = r"\bby (?:a factor of )?(?P<x>\d{1,2}) ?x?(?: times)?(?![\d.%]| ?%| ?gi?b)|(?:\bto|降到|减到|变成|只剩|缩到)\s?(?:about |only |just |原来的)?1 ?/ ?(?P<n>\d{1,2})(?![\d.])"
_TERMS: tuple[tuple[str, str], ...] = (
    ("kv_cache", r"\bkv\b(?:[ -]?cache)?|\bkey[- ]value cache|键值缓存"),
    ("optimizer", r"\b(?:optimi[sz]er|adam)(?:'s)? (?:states?|memory|moments?)|\bmoments\b|优化器(?:状态)?"),
    ("gradients", r"\bgradients?\b(?![ _-]?(?:check|accum|clip|norm|recomp))|梯度(?!检查|累积|裁剪|重)"),
    (
        "activations",
        r"\bactivations?\b(?![ _-]?(?:check|recomp|func))(?: memory)?|激活(?!检查|重计|函数|参数|的?(?:专家|参数)|(?:的)?(?:量)?(?:才|只有?|仅|就|也就|是|了)?\s?(?:约)?\d+(?:\.\d+)?\s?b(?![a-z]))(?:值|显存)?",
    ),
    ("logits", r"\blogits?\b"),
    ("weights", r"\b(?:model )?weights?\b(?![ _-]?(?:decay|format|quant))|权重(?!衰减|格式|量化)"),
)
# asked of these, a setting is one way among several, or what a run is told to do
_OTHERWISE = frozenset({
    "fits", "how_many_gpus", "max_batch_ctx", "which_method", "oom_diagnosis", "table_lookup", "training_time", "out_of_scope",
    "injection", "greeting",
})  # fmt: skip
_CARDS = frozenset({"gpu", "gpu_memory_gb"})  # without one nothing is asked to fit
# how a model is stored or laid out, before it is a setting that is turned
_STATES_OF_A_MODEL = frozenset({"weight_format", "tp"})
# the fact that a setting is, where its name is another
_FACTS = {
    "flash": "attention", "checkpointing": "gradient_checkpointing", "fused_loss": "loss", "optimizer_8bit": "optimizer",
    "offload_optimizer": "offload", "offload_params": "offload", "rank": "lora_rank", "batch": "batch_size", "length": "seq_len", "ubatch": "n_ubatch",
}  # fmt: skip
_OWN_TERM = {"kv_format": "kv_cache"}  # what a setting is of, where nothing else is named


def fact_proposed(cues: Sequence[str]) -> str:
    """The fact that is only proposed, and that the run which failed did not have; empty where none is."""
    lever = next((cue.partition(":")[2] for cue in cues if cue.startswith("lever:")), "")
    # not among `_FACTS`: of two paged optimizers set side by side, what paging does is still asked
    return {**_FACTS, "paged_optimizer": "optimizer"}.get(lever, "") if PROPOSED in cues else ""


_MOST_OF_NOTHING = 4
_MOST = 2  # settings beside one another; more are a list of what a run does


def _changes_nothing(text: str) -> tuple[str, ...]:
    """The settings on which no tensor depends, where what they do to memory is asked, or whether they mend its lack."""
    asked = next((found for one in (*_ASKED, *_ASKED_OF_NOTHING) if (found := compiled(one).search(text))), None)
    if asked is None:
        return ()
    named = [(found.start(), name) for name, one in LEVERS if (found := compiled(one).search(text))]
    named = [one for one in named if asked.start() <= one[0] < asked.end()] or named
    told = tuple(f"lever:{name}" for _, name in sorted(named))
    return told if all(one.startswith("lever:nothing:") for one in told) and len(told) <= _MOST_OF_NOTHING else ()


def what_it_saved(text: str) -> re.Match[str] | None:
    """Where it is asked what a setting saved that mended a failure."""
    return compiled(_WHAT_IT_SAVED).search(text)


def read_levers(text: str, intents: tuple[str, ...], facts: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """The subjects that a question about one setting's effect has; none for any other question. `text` is normalised."""
    if compiled(MLX_OR_GGUF).search(text):
        return ()  # of two libraries it is asked, and of no setting
    if nothing := _changes_nothing(text):
        return nothing
    if proportion := in_proportion(text):
        return proportion
    if "kv_format" not in facts and compiled(CACHE_TOO).search(text):
        return (f"lever:{'weights_8bit' if in_eight_bits(facts) else 'weight_format'}", "lever_on:kv_cache")
    if doubled := of_doubled(text, facts):
        return doubled
    unfelt = next((found for one in _UNFELT if (found := compiled(one).search(text))), None)
    if unfelt is not None and compiled(_ONLY_EXPECTED).search(unfelt[0]):
        unfelt = None
    asked = next((found for one in _ASKED if (found := compiled(one).search(text))), None)
    expected = next((found for one in _EXPECTED if (found := compiled(one).search(text))), None)
    left = _claimed(text)
    failed = "oom_diagnosis" in intents and "might_fail" not in read_cues(text)
    if failed and (saved := what_it_saved(text)):
        before = [name for name, one in LEVERS if compiled(one).search(text[: saved.start()])]
        return (f"lever:{before[0]}",) if len(before) == 1 and before[0] in _OF_CURES else ()
    hoped = compiled(_HOPED_TO_SAVE).search(text) is not None
    saves = hoped or unfelt is not None
    of_steps = not failed and any(compiled(one).search(text) for one in _ASKED_OF_ACCUMULATION)
    of_steps = of_steps or ("grad_accum" in facts and compiled(_STEPS_RAISED).search(text) is not None)
    if of_steps and not saves:
        return ("lever:accumulation",)
    if "oom_diagnosis" in intents:
        return _proposed(text, facts)
    if unfelt is None and asked is None and expected is None and left is None:
        return ()
    named = [(found.start(), name, found.end()) for name, one in LEVERS if (found := compiled(one).search(text))]
    if not named and (expected or left is not None):
        named = [(found.start(), name, found.end()) for name, one in _METHODS if (found := compiled(one).search(text))]
        # of two kinds of adapters the one is held against the other, and not against full tuning
        against = len(facts.get("method", ())) > 1 and ("full" not in facts["method"] or compiled(_WHICH).search(text))
        named = [] if against else named[:1]
    if (
        not named
        and asked is not None
        and len(facts.get("zero_stage", ())) == 1
        and compiled(_STAGE_SAVES).search(text)
    ):
        named = [
            (found.start(), name, found.end())
            for name, one in _METHODS
            if name.startswith("zero") and (found := compiled(one).search(text))
        ]
    named = [one for one in named if not compiled(_HELD).match(text, one[2])]
    if unfelt is not None:  # an amount that is told once was as it is both times: "bs 1, on or off"
        changed = [one for one in named if not _told_once(one[1], facts)]
        named = changed or ([] if _moved_since(text[: unfelt.start()], [one[2] for one in named]) else named)
    if asked is not None and unfelt is None:  # what the question itself names, before what the set-up is told to have
        named = [one for one in named if asked.start() <= one[0] < asked.end()] or named
    if "draft_model" in facts:  # how much context it leaves is what is asked, and the length no setting
        named = [one for one in named if one[1] != "length"]
    if not named or len(named) > _MOST:
        return ()
    if unfelt is not None and compiled(_AS_ON_ONE).search(text):
        return ()  # several cards are held against one, and no setting against being without it
    _, lever, end = min(named, key=lambda one: one[0])
    formats = facts.get("weight_format", ())
    lever = "weights_8bit" if lever == "weight_format" and in_eight_bits(facts) else lever
    whole = tuple(facts.get("method", ())) == ("full",)  # a training that stores no weights in few bits
    if lever.startswith("weights_") and whole and not formats:
        return ()
    if lever.startswith("weights_") and len(formats) > 1 and not {"bf16", "fp16"} & set(formats):
        return ()  # of two formats in few bits the one is held against the other, not against 16
    if lever == "tp" and (len(facts.get("tp", ())) > 1 or "pp" in facts):
        return ()  # whole layouts are told, which are set side by side
    if (lever == "accumulation" and saves) or (
        lever == "length" and "seq_len" in facts and intents[:1] == ("kv_cache",)
    ):
        return ()
    several = len(facts.get(_FACTS.get(lever, lever), ())) > 1 and lever != "accumulation"  # which are no cases
    # what two methods have alike, or the one alone, is not what sets them apart
    several |= lever in ("rank", "optimizer_8bit") and len(facts.get("method", ())) > 1
    if left is None and several and unfelt is None:
        return ()  # several values are set side by side
    subjects = [f"lever:{lever}"]
    behind = text[end:] if expected or left is not None or unfelt is not None else compiled(_STOP).split(text[end:])[0]
    term = next((name for name, one in _TERMS if compiled(one).search(behind)), None)
    if left is not None:
        term = term or _OWN_TERM.get(lever)
        of_term = [] if term is None or compiled(_WHOLE).search(text) else [f"lever_on:{term}"]
        return (*subjects, *of_term, f"lever_claim:{left:g}")
    if expected and term:
        emptied = any(compiled(one).search(expected[0]) for one in _LEAVES_NOTHING)
        return (*subjects, f"lever_on:{term}", "lever_expected", *((TO_NOTHING,) if emptied else ()))
    if unfelt is None and asked is None:
        return ()
    of_the_table = lever == "rank" and intents[:1] == ("table_lookup",)  # whose cells name none
    if (
        unfelt is None
        and not of_the_table
        and intents[:1]
        and intents[0] in _OTHERWISE
        and (intents[0] != "fits" or (term is None and bool(_CARDS & set(facts))))
    ):
        return ()
    # "why does the 8-bit model use more?" asks of a model as it is stored
    of_a_cause = intents[:1] == ("why_more",) and compiled(_WHY).search(text) is not None
    if unfelt is None and term is None and (lever in _STATES_OF_A_MODEL or of_a_cause):
        return ()
    if term and unfelt is None:
        subjects.append(f"lever_on:{term}")
    return (*subjects, *(("lever_unfelt",) if unfelt is not None else ()))


# "each card takes the same as a single one", "每张卡占用和单卡一样"
_AS_ON_ONE = r"(?:和|跟|与|同)(?:用|跑)?(?:单|1)\s?[张块]?\s?卡[^,;?]{0,8}(?:一样|相同|差不多|没区别)|\bsame (?:memory |v?ram |amount )?as (?:it does |it did )?(?:on |with |for )?(?:one|an?|1|the)\s?(?:single )?(?:card|gpu)\b"
_WHICH = r"\bwhich\b|哪(?:个|种|一)"
_WHY = r"\bwhy\b|\bhow come\b|\breason\b|为什么|为何|为啥|怎么会|原因|咋"
# after a failure that a setting mended: "what exactly did it save?"
_WHAT_IT_SAVED = r"\bwhat (?:exactly |actually |part |memory )?(?:did|does|has|is) (?:it|that|this)\b[^.;?]{0,16}\bsav\w*|\bwhere (?:did|does|do) (?:the|that|those) (?:savings?|memory|gigabytes|gb)\b[^.;?]{0,24}\b(?:come|go)|(?:它|这)?[^,;?。]{0,2}(?:省|少|降)(?:下来)?的[^,;?。]{0,6}(?:是|在)(?:哪|什么)|省在(?:了)?(?:哪|什么)"
# where the sentence of a question ends: what is told behind it is no part that is asked about
_STOP = r"[.?!;](?=\s|$)|[?!;。](?=[^\x00-\x7f])"
PROPOSED = "lever_proposed"
# settings that make less of a training when they are turned on
_OF_CURES = (
    "flash",
    "checkpointing",
    "fused_loss",
    "optimizer_8bit",
    "paged_optimizer",
    "offload_optimizer",
    "offload_params",
)
# proposed as the cure of a failed training: "does a lower rank help?", "would enabling offload make it work?"
_DOES_IT = r"(?:will|would|does|do|can|could|should|might)"
_HOLDS = r"(?:helps?|fix(?:es)?(?: it)?|solves?(?: it)?|be (?:enough|sufficient)|suffice|(?:make|get|let)s? (?:it|this|me|us)(?: to)? (?:fit|work|run|train|through|running|going|go))\b"
_CURES = (
    rf"\b(?:{_DOES_IT}|is)\b(?P<en>[^.?!;]{{0,60}}?)\b{_HOLDS}[^.;!]{{0,16}}\?"
    rf"|\bif (?:i|we) (?P<cond>[^.?!;]{{0,60}}?),? {_DOES_IT} (?:it|this|that|the run|training)(?: then| all)? (?:fit|work|run|train|do|go through|be (?:enough|ok|fine))\b"
    rf"|\b{_DOES_IT} (?:it|this|that)(?: then| all)? (?:fit|work|run|train) (?:with|if (?:i|we))\b(?P<with>[^.?!;]{{0,60}})\?"
    r"|(?P<before>[^,.;?!]{0,40}?)\b(?:helps?|fix it|be enough)\s?\?"
    r"|(?P<zh>[^,.;?!]{0,24})(?:(?:有用|管用|有帮助|能解决|能救|能行|够不够|行不行|可不可以|可以解决|(?:能不能|可不可以)(?:跑|训|放|装|搞|撑)\w*)(?:吗|么|嘛|不|\?)?|(?:能|可以|可|就|还|也)*(?:跑|训|放|装|搞|撑)(?:得|的)?(?:动|起来|下|了|住|通|定)?(?:吗|么|嘛|不)|(?:行|可行|可以|能行)(?:吗|么|嘛|不)|呢)"
)
# states in host memory, by a bare word or by where they go
_MOVED_OFF = r"\boffload\w*|(?<=[a-z0-9])offload|卸载|优化器(?:状态)?[^,;?]{0,4}(?:放|挪|搬|移|丢|塞)(?:到|进|在|去)?\s?(?:cpu|内存|主存)|\boptimi[sz]er(?: states?)? (?:to|on|in|into|onto) (?:the )?(?:cpu|host|ram|system)"


def _proposed(text: str, facts: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """The one setting that is proposed against a failure of a training."""
    found = compiled(_CURES).search(text) if list(facts.get("task", ())) == ["train"] else None
    if found is None:
        return ()
    words = next((one for one in found.groups() if one), "")
    named = [name for name, one in LEVERS if compiled(one).search(words)]
    if not named and compiled(_MOVED_OFF).search(words):
        named = ["offload_optimizer"]
    if len(named) != 1 or named[0] not in _OF_CURES or len(facts.get(_FACTS.get(named[0], named[0]), ())) > 1:
        return ()
    return f"lever:{named[0]}", PROPOSED


# told to be so before and after, it is a circumstance of what was changed
_HELD = r"\s?(?:is |was |are |were |were kept |kept |stays? |still |一直|始终|都|是|保持)*(?:关着|开着|不变|没动|没变|(?:off|on|unchanged|the same|fixed|disabled|enabled)(?= (?:in both|both times|throughout|all the time|before and after|the whole time)|\s?[,;)]))"
_WHOLE = r"\b(?:total|overall|whole|entire)\b|总(?:显存|共|量|占用)|整体"


# half of the traffic or the time is none of the memory
_NOT_OF_MEMORY = r"\b(?:traffic|communicat\w*|bandwidth|time|fast\w*|slow\w*|speed|throughput|price|cost)\b|通信|带宽|流量|时间|速度|[快慢]|价|钱"


def _told_once(lever: str, facts: Mapping[str, Sequence[Any]]) -> bool:
    """Is it an amount of the run of which one value is told, and so none that was changed?"""
    return f"lever:{lever}" in _AMOUNTS and len(facts.get(_FACTS.get(lever, lever), ())) == 1


def _moved_since(before: str, ends: list[int]) -> bool:
    """Was offload or a stage turned on behind the run's own amounts: "r=8, turned on ZeRO-2 offload, no change"?"""
    return compiled(rf"{_MOVED_OFF}|\bzero[ -]?[123]?\b|\bfsdp\b").search(before, max(ends, default=0)) is not None


def _claimed(text: str) -> float | None:
    """What somebody says is left of the memory: 0.5 of what is halved; None where nobody says so."""
    if not compiled(_SAID).search(text):
        return None
    halved = compiled(HALF).search(text)
    if halved and not compiled(_NOT_OF_MEMORY).search(text[max(0, halved.start() - 16) : halved.end() + 20]):
        return 0.5
    if found := compiled(_PERCENT).search(text):
        return 1 - float(found["n"] or found["m"]) / 100
    if found := compiled(_PART).search(text):
        return 1 / float(found["n"] or found["x"])
    return None


# settings that are amounts of the run itself
_AMOUNTS = {"lever:batch", "lever:length", "lever:rank"}


def without_amounts(levers: tuple[str, ...], further: Sequence[str]) -> tuple[str, ...]:
    """Where it is asked how to take less, the run's own batch and length are no setting that is asked about."""
    return () if "ways_asked" in further and _AMOUNTS & set(levers) else levers
