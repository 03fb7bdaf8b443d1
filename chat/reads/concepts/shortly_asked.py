"""Short questions of no model whether one thing or another is the better, and whether a habit takes memory at all.

RAM in place of VRAM, one card or two, offload or a second card, how long is trained, how samples are padded, adapters that are
merged, fp32 to run, training beside serving. Each is what it is about beside what is asked of it, in either order.
"""

from chat.reads.concepts.effects import beside

_FAILED = r"\boom\b|out of memory|爆|报错|\berrors?\b|\bcrash\w*"
_VRAM = r"\b(?:v-?ram|(?:gpu|video|graphics) (?:memory|ram))\b|显存"
_MEMORY = rf"{_VRAM}|\bmemory\b|\bram\b|内存"
_BETTER = r"\bor\b|\bvs\.?\b|\bversus\b|\bthan\b|\bover\b|\bbetter\b|\bworth\b|还是|[和与跟]|比"

# RAM that is to stand for VRAM
_RAM = r"(?:(?:system|normal|regular|cpu|host|my|computer|main|pc|ddr[45])\s)*(?<!v)(?<!v-)\b(?:ram|memory)"
_RAM_AS_VRAM = (
    rf"\b(?:us(?:e|ed|ing)|treat(?:ed)?|counts?|act(?:s|ing)?|turn|borrow|add|allocate|assign|dedicate)\b[^.;?]{{0,16}}{_RAM}\b[^.;?\d]{{0,12}}\b(?:as|like|into|to|in place of|instead of)\b[^.;?]{{0,16}}(?:{_VRAM})"
    rf"|{_RAM}\b[^.;?\d]{{0,12}}\b(?:used|treated|counted|act|serve)\b as\b[^.;?]{{0,12}}(?:{_VRAM})"
    rf"|\b(?:extend|expand|increase|supplement)\b[^.;?]{{0,16}}\bv-?ram\b[^.;?]{{0,12}}\b(?:with|by|using)\b[^.;?]{{0,8}}{_RAM}\b"
    r"|(?<!统一)(?<!显)内存条?[^,;?。\d]{0,10}(?:当|充当|代替|替代|作为|当作|当成|顶替|补充|变成?|分给)[^,;?。\d]{0,4}显存"
)
# how long is trained: the count of rounds, and nothing of a case
_LONGER = (
    r"\b(?:train\w*|fine-?tun\w*)\b(?: for)? (?:longer|more epochs|for (?:days|weeks|hours)|more steps)\b[^.;?]{0,32}\b(?:memory|v?ram)\b"
    r"|\blonger (?:training|fine-?tuning)(?: runs?)?\b[^.;?]{0,32}\b(?:memory|v?ram)\b"
    r"|\bhow many (?:train(?:ing)? )?(?:epochs|steps)\b[^.;?]{0,24}\b(?:can|could|will|do|does|fit)\b[^.;?]{0,32}(?:\bon\b|\bin\b|\bwith\b|\bfits?\b)[^.;?]{0,12}(?:\d ?gi?b?\b|\b(?:gpu|card|v?ram)\b|\b(?:rtx )?[2-5]0[5-9]0\b)"
    r"|(?:num_train_epochs|\bepochs?)(?: ?= ?|\s)\d+ (?:vs\.?|versus|or|against) \d+[^.;?]{0,16}\b(?:memory|v?ram)\b"
    r"|(?:显存|\d ?g|显卡|卡)[^,;?。]{0,8}(?:能|可以|够)(?:训练?|跑|练)?[^,;?。]{0,3}(?:几|多少)(?:个)?\s?(?:epoch|轮)"
    r"|(?:训练|训|练|跑)(?:得)?(?:的)?(?:越久|更久|时间(?:越|更)?长|久了|几天)[^;?。]{0,12}(?:显存|内存)"
    r"|(?:epoch|轮(?:数)?)[^,;?。]{0,4}\d+\s?(?:和|与|跟|还是|vs)\s?\d+[^;?。]{0,8}显存"
)
# one large card or two small ones, without their names or sizes
_ONE_LARGE = r"(?<![\d.])(?:1|one|a|single) (?:single )?(?:big|large|fat|huge|bigger|larger|high[- ]end)(?: (?:gpu|card|one))?|(?<![\d.])(?:一|1|单)\s?[张块]?大(?:显存|的)?(?:的)?(?:显?卡|gpu)|单张大(?:显存)?卡"
_TWO_SMALL = r"(?<![\d.])(?:2|two|several|multiple|many|a few|more|couple of|dual) (?:small|smaller|cheap|cheaper|little|weaker|mid[- ]?range)\w*|(?<![\d.])(?:两|2|二|几|多)\s?[张块]小(?:显存|的|一点的)?(?:的)?(?:显?卡|gpu)|多张小卡"
# parts of a model in RAM, or one more card
_OFFLOADED = r"\b(?:cpu|ram|host)[ -]?(?:offload\w*|memory)\b|\boffload\w*|\bmore (?:system )?ram\b|(?:cpu|内存)?\s?(?:offload|卸载)|加内存|内存条"
_ANOTHER_CARD = r"\b(?:second|2nd|another|additional|extra|one more|more) (?:gpu|card|graphics card)s?\b|(?:第二|再加?(?:一|1)?|加(?:一|1)?|多(?:一|1)?|买(?:一|1)?)\s?[张块]?(?:显?卡|gpu)"
# adapters that are merged, and what running takes then
_MERGED = r"\bafter (?:i |we |you )?(?:the |a )?merg\w+|\bmerged\b|\bonce merged\b|合并(?:后|之后|以后|完|进去|到|了)"
_EXTRA = r"\bextra\b|\bmore\b|\badditional\b|\boverhead\b|\bsame\b|额外|多占|更多|一样|还(?:要|会|需)|增加"
# what a product is computed in
_FOUR = r"(?<![\d.])4[- ]?bits?\b|\bint4\b|\bw4a16\b|(?<![a-z])(?:awq|gptq|nf4|q4(?:_\w+)?)(?![a-z])|(?<![\d.])4 ?位"
_SIXTEEN = r"(?<![\d.])16[- ]?bits?\b|\b[fb]f?p?16\b|\ba16\b|(?<![\d.])16 ?位|半精度|\bhigher precision\b"
# whether fp32 is of use to run a model
_FP32 = r"\bfp32\b|\bfloat32\b|(?<![\d.])32[- ]?bits?\b|\bfull precision\b|单精度|(?<![\d.])32 ?位"
_RUN = r"\binference\b|\bserv(?:e|ing)\b|\brun(?:ning)?\b|\bdeploy\w*|推理|部署|跑"
_OF_USE = r"\b(?:need(?:ed)?|necessary|worth|benefits?|better|reason|point(?:less)?|should|required|useful|ever|make sense)\b|必要|需要|值得|好处|有用|意义|更好|该不该|应该"
# a training and a server on one card
_TRAIN = r"\btrain\w*|\bfine-?tun\w*|训练|微调|边训|(?<![a-z])sft(?![a-z])"
_SAME_CARD = r"\b(?:same|one|single|1) (?:gpu|card)\b|(?:同|一|1|单)(?:一)?(?:张|块|个)?(?:显?卡|gpu)"
_BOTH = r"\b(?:while|during|at (?:once|the same time)|simultaneous\w*|in parallel|together|alongside|beside|then|afterwards|and|share)\b|边|同时|一起|再|然后|共用"
_OF_ROLLOUTS = r"\bgrpo\b|\bppo\b|\brlhf\b|\brl\b|\brollouts?\b|强化学习|采样|\bverl\b"
# samples that are shorter than what cuts them
_CUT = (
    r"\bmax[_ ]?(?:seq(?:uence)?[_ ]?)?len(?:gth)?\b|\bcutoff[_ ]?len\w*|\bmax[_ ]?seq\b|最大(?:长度|序列长度)|截断长度"
)
_SHORT = r"\b(?:average|avg|mean|median|most(?:ly)?|typical\w*|usually)\b|\bshort(?:er)?\b|\bonly \d+ tok\w*|平均|大多|大部分|多数|都很短|才\s?\d|只有\s?\d"
_WASTE = r"\bwast\w*|\bv?ram\b|\bmemory\b|\bcosts?\b|浪费|显存|白占|多占"
_SERVED = (
    r"\bvllm\b|\bsglang\b|\bmax[-_]model[-_]len\b|\bserv(?:e|er|ing)\b|\bollama\b|\bllama\.?cpp\b|\bkv\b|推理|部署|缓存"
)
_SIDE = r"\bpadding[ _-]side\b|\b(?:left|right)[ -]?(?:side )?pad\w*|\bpad\w* (?:on |to )?(?:the )?(?:left|right)\b|(?:左|右)(?:侧|边)?(?:填充|补齐|padding|pad)|(?:padding|填充|补齐)(?:在)?[^,;?]{0,4}(?:左|右)"
_PACKED = r"\b(?:sample_|sequence )?packing\b|\bpacked\b|打包|拼接"
_PADDED = r"\bpad(?:ding|ded)\b|填充|补齐"

# an evaluation that takes more than the training about it
_IN_EVALUATION = r"(?:\beval(?:uation)?\b|\bvalidation\b|评估|验证(?:时|阶段|的时候))"
EVAL_RISES = rf"{_IN_EVALUATION}[^.;?]{{0,32}}(?:\bjump\w*|\bspik\w*|\bdoubl\w*|\bmuch (?:more|higher)|\b(?:uses?|takes?|needs?) (?:much |way |a lot |far )?more\b|\brises?\b|\bshoots?\b|\bgoes up\b|暴涨|[突猛]?然?(?:上)?涨|飙|翻倍|多很多|高很多|占更多)|(?:\bjump\w*|\bspik\w*|\bdoubl\w*|\brises?\b|\bmore memory\b)[^.;?]{{0,24}}\b(?:in|during|at|on) (?:the )?{_IN_EVALUATION}"
# whether a larger batch or more users hold the weights again; of cards and of training it is another question
WEIGHTS_COPIED = (
    r"^(?![\s\S]*(?:\bddp\b|\bzero\b|\bgpus\b|\bcards\b|\btrain|训练|微调|[2-9]\s?张|\d\s?[x*×]\s?[a-z]))(?=[\s\S]*(?:\bbatch|\busers?\b|\brequests?\b|\bsequences?\b|\bconcurren|批|并发|用户|请求))[\s\S]*"
    r"(?:\b(?:are|is|does|do|did|were|was)\b[^.;?]{0,16}\b(?:weights?|model)\b[^.;?]{0,16}\b(?:copied|duplicated|replicated|loaded (?:again|twice|(?:once|one time) (?:for|per)|several|multiple|for each|per))"
    r"|(?:权重|模型)[^,;?。]{0,4}(?:被)?(?:复制|拷贝|重复加载|加载了?(?:好)?[几多]份|[几多]份)[^,;?。]{0,6}(?:吗|么|\?))"
)

# asked of any card or run, whatever numbers stand beside, and of no model
OF_ANY_CARD: tuple[tuple[str, str], ...] = (
    ("ram_as_vram", beside(_RAM_AS_VRAM, without=rf"{_FAILED}|(?<![a-z])mac(?:book)?(?![a-z])|\bapple\b|\bunified\b|\bigpu\b|\bapu\b|统一内存|核显|集显|共享")),
    ("trained_longer", beside(_LONGER, without=rf"{_FAILED}|\bhow (?:long|many hours)\b|多久|\bgrow\w*|\bleak\w*|涨|泄漏|越来越")),
    ("offload_or_card", beside(_OFFLOADED, _ANOTHER_CARD, r"\bor\b|\bvs\.?\b|\bversus\b|\bbetter\b|还是", without=rf"{_FAILED}|\bzero\b|\bfsdp\b")),
    ("samples_shorter", beside(_CUT, _SHORT, _WASTE, r"\?|吗|么|^(?:do|does|is|will|would)\b|会不会", without=rf"{_FAILED}|{_SERVED}|{_PACKED}|\bworth\b|\bdynamic\b|动态|值得")),
    ("each_holds_all", beside(
        r"\baccelerate\b|\bddp\b|\btorchrun\b|\bmulti[- ]gpu\b|多卡|\bdistributed\b",
        r"\b(?:each|every|both|all) (?:gpu|card)s?\b[^.;?]{0,32}(?:\bsame\b|\d ?gi?b?\b|\bfull\b|\bwhole\b)|\bsame\b[^.;?]{0,24}\b(?:each|every|both|all) (?:gpu|card)s?\b|(?:每|各)(?:张|块|个)?(?:显?卡|gpu)[^;?。]{0,16}(?:一样|都|相同|\d ?g)",
        r"\bnot (?:being )?(?:split|divided|shared|sharded)\b|\b(?:isn't|is not|aren't|doesn't|does not|not) (?:split\w*|divid\w*|shar\w*|go\w* down|drop\w*|reduc\w*)|\binstead of (?:half|splitting|dividing|sharing)\b|没有?(?:分摊|平分|切分|分开|分担|减半|减少)|不(?:分摊|平分|减|降)",
        without=rf"{_FAILED}|\bzero\b|\bfsdp\b|\bvllm\b|\bollama\b|推理|\binference\b",
    )),
    ("cache_and_weights", beside(r"(?:fp8|int8|q8_0|q8|q4_0|8[- ]?bit|\bquanti[sz]ed)[^?,.;]{0,8}(?:\bkv\b|\bcache\b|缓存)|(?:\bkv\b|缓存)[^?,.;]{0,10}(?:fp8|int8|q8_0|8[- ]?bit|量化)", r"(?<![a-z])(?:awq|gptq|int4|nf4|q4_k_m|q4|w4a16)(?![a-z])|(?<![\d.])4[- ]?bit|4 ?位", r"\b(?:mix|combine|both|together|with|alongside|compatible|at the same time|use)\b|一起|同时|搭配|混用|配合|兼容", r"^(?:can|could|is|are|does|do|may)\b|\?|吗|么|能|可以", without=rf"{_FAILED}|\bv?ram\b|显存|\bhow (?:much|many)\b|多少|\bfits?\b|\bslow\w*|\bfast\w*|[快慢]|\bquality\b|质量|\b(?:better|or|vs)\b|还是|\bsave\w*|省")),
    ("one_copy", r"\bhow many (?:copies|instances|times)\b[^.;?]{0,24}\b(?:model|weights?)\b[^.;?]{0,40}\b(?:users?|people|requests?|clients|sessions)\b|\b(?:do|does|is|are)\b[^.;?]{0,24}\b(?:each|every) (?:user|person|request|client|session)\b[^.;?]{0,24}\b(?:own|separate|copy|copies)\b[^.;?]{0,16}\b(?:model|weights?|copy)\b|(?:多(?:个)?(?:用户|人)|每个(?:用户|人)|几个人|并发)[^;?。]{0,16}(?:加载|要|放|需要|各)[^;?。]{0,6}(?:几|多少|一|1)份(?:模型|权重)?|" + WEIGHTS_COPIED),
    ("pool_larger", beside(r"\bweights? takes?\b[^;,]{0,4}\d|权重[^;,]{0,8}\d+(?:\.\d+)? ?g", r"\bkv[ _-]?cache\b|缓存", r"(?:怎么|如何|怎样|咋)[^?;]{0,12}(?:变大|增大|加大|提高|更大|扩大|增加|多一?点)|\bhow\b[^?;]{0,32}\b(?:larger|bigger|increas\w+|more|grow|enlarge)\b", r"\bvllm\b|\bsglang\b|\bnon[_ ]torch|\bpeak activation|激活", without=rf"{_FAILED}|{_TRAIN}")),
    ("cache_share", beside(r"\d{1,2} ?%[^,;?]{0,12}(?:\bweights?\b|权重)|(?:\bweights?\b|权重)[^,;?]{0,12}\d{1,2} ?%", r"\d{1,2} ?%[^;?]{0,12}(?:\bkv\b|\bcache\b|缓存)|(?:\bkv\b|\bcache\b|缓存)[^,;?]{0,12}\d{1,2} ?%", r"\b(?:reasonable|normal|ok(?:ay)?|good|healthy|fine|right|balanced)\b|合理|正常|合适|行(?:吗|不行)|好吗|健康", without=rf"{_FAILED}|{_TRAIN}")),
    ("padding_side", beside(_SIDE, _MEMORY, without=_FAILED)),
    ("packed_or_padded", beside(_PACKED, _PADDED, _MEMORY, r"\bmore\b|\bless\b|\bvs\.?\b|\bversus\b|\bor\b|\bthan\b|\bcompared\b|还是|[和与跟比]|更", without=_FAILED)),
)  # fmt: skip
# asked where no model, card or length is told
OF_NONE: tuple[tuple[str, str], ...] = (
    ("lora_bits", beside(r"\bq?loras?\b", r"(?<![\d.])8[- ]?bit|(?<![\d.])8 ?位|\bint8\b", r"(?<![\d.])4[- ]?bit|(?<![\d.])4 ?位|\bnf4\b", _BETTER, without=rf"{_FAILED}|\badamw?\b|\boptim|优化器|\bkv\b|\binference\b|推理")),
    ("one_or_two_cards", beside(_ONE_LARGE, _TWO_SMALL, _BETTER, without=rf"{_FAILED}|\bmodels?\b|模型")),
    ("wide_activations", beside(_FOUR, _SIXTEEN, r"\bactivations?\b|\bcomput\w+|激活|计算", r"\?|\bthen\b|\bstill\b|\bstay\w*|吗|么|还是|仍", without=rf"{_FAILED}|{_TRAIN}|\bq?lora\b|\bkv\b|缓存|\bhow much\b|多少")),
    ("merged_extra", beside(r"\bloras?\b|\badapters?\b|适配器", _MERGED, _EXTRA, without=rf"{_FAILED}|\bmerging (?:takes|needs)|\bto merge\b|\btrain(?:ing)? (?:memory|v?ram)\b|\bquanti[sz]|量化")),
    ("fp32_to_run", beside(_FP32, _RUN, _OF_USE, without=rf"{_FAILED}|{_TRAIN}|\bkv\b|\baccumul\w*|\badamw?\b|\bmaster\b|\blogits\b|\blayer ?norm")),
    ("trained_and_served", beside(_TRAIN, r"\binference\b|\bserv(?:e|ing)\b|推理|\bvllm\b", _SAME_CARD, _BOTH, r"\?|吗|么|怎么|如何|能|可以|^can\b|^how\b", without=rf"{_FAILED}|{_OF_ROLLOUTS}|\bvs\.?\b|比|\bmore\b|\bdiffer")),
    ("trained_and_served", r"(?:边|一边)(?:训练?|微调)[^;?。]{0,4}(?:边|一边)(?:推理|部署|服务|跑)|(?:边|一边)(?:推理|服务)[^;?。]{0,4}(?:边|一边)(?:训练?|微调)"),
    ("optimizer_8bit", r"\b(?:what if|how about|what about|should|can|could)\b[^?;.]{0,16}\b(?:us(?:e|ing)|switch\w* to|tak(?:e|ing)|try(?:ing)?|went with)\b[^?;.]{0,8}\b(?:8[- ]?bit (?:adam\w*|optimi[sz]ers?)|adamw?[ _]8bit)\b[^?;.]{0,12}(?:\binstead\b|\?|$)|(?:换成?|改成?|改用|如果用)\s?8 ?(?:位|bit)(?:的)?\s?(?:adam\w*|优化器)(?:呢|会怎样|怎么样|的话|行吗|可以吗|\?|$)"),
)  # fmt: skip
