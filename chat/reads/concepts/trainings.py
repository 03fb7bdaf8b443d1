"""How a way of training takes memory, asked of it by name and of no model: frozen layers, buckets of DDP, a teacher, chunks of a batch.

Each is what it is about beside what is asked of it, in either order.
"""

from chat.reads.concepts.effects import beside

_MEMORY = r"\bmemory\b|\bv?ram\b|\bgpu\b|显存|内存|占用"
_SAVES = r"\bsav(?:e|es|ed|ing|ings)\b|\breduc\w*|\bhal(?:f|ve[sd]?|ving)\b|\bless\b|\blower\w*|\bcut\w*|\bhow much\b|\bhelps?\b|\bfree\w*|节?省|减|降|(?<!多)少|一半"
_LESS = r"\bsav(?:e|es|ed|ing|ings)\b|\breduc\w*|\bhal(?:f|ve[sd]?|ving)\b|\bless\b|省|减|(?<!多)少|一半"
_ASKS = r"\?|吗|么|多少|怎|如何|为(?:什么|啥|何)|能|可以|\bhow\b|\bwhy\b|\bdo(?:es)?\b|\bis\b|\bcan\b|\bvs\.?\b|\bversus\b|\bwhat\b|\bwhether\b|\bworth\b"
# what is asked of a case and no working
_OF_A_CASE = r"\boom\b|out of memory|爆|报错|\berror\b|\bfits?\b|放得下|够不够|\bhow many (?:gpus?|cards?)\b|几张"
_TRAINS = r"\btrain\w*|\bfine-?tun\w*|训练|微调|\bsft\b"

# layers that are left as they are, or the few that train alone; adapters and what a message says of them are none
_SOME = r"(?:(?:half|most|some|part|a third|a quarter|all but|the (?:first|bottom|lower|early)|first|bottom|lower|early|several|\d{1,2} ?%)\b)"
_FROZEN_LAYERS = (
    rf"\bfr(?:eez(?:e|es|ing)|ozen|oze)\b[^.;?]{{0,12}}{_SOME}[^.;?]{{0,16}}\b(?:layers?|blocks?|model|weights|param\w*|network)\b"
    rf"|{_SOME}[^.;?]{{0,16}}\b(?:layers?|blocks?)\b[^.;?]{{0,8}}\b(?:frozen|fr[eo]ez\w*)"
    r"|\b(?:train\w*|tun(?:e|ing)|unfreez\w*|updat\w*|fine-?tun\w*)\b[^.;?]{0,12}\b(?:only|just)\b[^.;?]{0,8}\b(?:last|top|final|upper|few)\b[^.;?]{0,12}\blayers?\b"
    r"|\b(?:only|just)\b[^.;?]{0,8}\b(?:train\w*|tun(?:e|ing)|unfreez\w*|updat\w*|fine-?tun\w*)\b[^.;?]{0,12}\b(?:last|top|final|upper|few)\b[^.;?]{0,12}\blayers?\b"
    r"|\b(?:train\w*|tun(?:e|ing))\b[^.;?]{0,6}\b(?:only|just)\b[^.;?]{0,8}\b(?:lm_?head|head)\b|\b(?:only|just)\b[^.;?]{0,8}\b(?:train\w*|tun(?:e|ing))\b[^.;?]{0,8}\b(?:lm_?head|head)\b|(?:只|仅)(?:训练?|微调|更新)[^,;?]{0,4}(?:lm_?head|输出头|分类头)"
    r"|冻结?(?:住|了|掉)?[^,;?]{0,20}(?:一半|前面?|前几|大部分|部分|底(?:层|部)|下面)[^,;?]{0,8}层|冻(?:结|住)?[^,;?]{0,6}层[^,;?]{0,8}(?:省|减|一半)"
    r"|(?:只|仅)(?:训练?|微调|更新|调|解冻)[^,;?]{0,4}(?:最后|后面?|顶|末尾?|上面)[^,;?]{0,6}(?:层|layers?)"
)
_ENDS = r"(?:\bembed\w*|\blm_?head\b|\boutput head\b|词嵌入|词表|输出头)"
_FROZEN_ENDS = rf"\bfr(?:eez(?:e|es|ing)|ozen|oze)\b[^.;?]{{0,16}}{_ENDS}|{_ENDS}[^.;?]{{0,12}}\bfr(?:ozen|eez\w*)|冻结?(?:住|了|掉)?[^,;?]{{0,6}}{_ENDS}|{_ENDS}[^,;?]{{0,6}}冻结"

_RECOMPUTES = r"\b(?:gradient|activation)[ _-]?checkpoint\w*|\brecomput\w*|重计算|(?:梯度|激活)检查点"
_ADAPTERS = r"\bq?lora\b|\badapters?\b|\bpeft\b|适配器"
_OF_USE = r"\bwork\w*|\buseless\b|\buseful\b|\bpointless\b|\bany (?:use|point|good|effect)\b|\bhelps?\b|\bneed\w*|\bneces\w*|\bworth\b|\bmatters?\b|\bmake(?:s)? sense\b|\bcompatib\w*|有(?:没有)?(?:用|必要|意义|效果)|没用|需要|还要|要不要|管用|能(?:一起|同时)|冲突|兼容"

_LOGITS = r"\blogits?\b|\bcross[- ]?entropy\b|交叉熵"
_MENDS = r"\bhow (?:do|can|to|could|should)\b[^.?;]{0,24}\b(?:reduc\w*|shrink\w*|cut\w*|lower\w*|sav\w*|avoid\w*|get rid|less)\b|\b(?:reduc\w*|shrink\w*|cut\w*|lower\w*|sav(?:e|ing)|avoid\w*)\b[^.?;]{0,16}\blogits?\b|(?:怎么|如何|咋|怎样)[^,;?]{0,6}(?:省|减|降|压|解决|优化|处理)|(?:省|减少|降低)[^,;?]{0,6}logits"

_PAGED = r"\bpaged[ _-]?(?:(?:32|8)[ -]?bit )?(?:adamw?|optimi[sz]ers?|lion)\w*|分页(?:的)?\s?(?:(?:32|8) ?位\s?)?(?:adam\w*|优化器)|\bpaged\s?(?:的)?优化器"
# what its 8 bits bring to the need that is told, or why nothing was seen of them
_EIGHT_BITS_FELT = r"8[ _-]?bit\b[\s\S]*(?:(?:\b(?:still|takes?|needs?|uses?|at)\b|还|占|要)[^?]{0,10}\d+\s?多?\s?gi?b?(?![a-z])|\bsame\b|\bno (?:effect|change)|\bunchanged\b|一样|没起作用|没生效|没变|没降|不变)"
_PAGED_FOR = r"\bhelps?\b|\bwork\w*|\buse(?:ful|less)\b|\bworth\b|\bprevent\w*|\bavoid\w*|\bfix\w*|\bsolve\w*|\bwhat (?:does|is|are|do)\b|\bhow (?:does|do)\b|有用|有(?:什么|啥)用|管用|作用|解决|避免|防止|是什么|什么意思|原理|干(?:什么|嘛|啥)"

_KV = r"\bkv[ _-]?cache\b|\bkv\b|kv缓存|键值缓存"
_IN_TRAINING = r"\btrain(?:ing|er)?\b|\bfine-?tun(?:e|ing)\b|(?:训练|微调)(?!好|完|后|过|出来?|的模型)"
_IN_IT = (
    r"\bkv[^?]{0,20}\b(?:in|during|for|while|when)\b (?:the )?(?:train|fine-?tun)|(?:训练|微调)(?:时|中|的时候|过程)"
)
_OF_A_RUN = r"\bgenerat\w*|\brollout\w*|\bgrpo\b|\bppo\b|\beval\w*|\binference\b|\bserv\w+|\bvllm\b|生成|推理|评估|部署|\buse_cache\b|\bquanti[sz]\w+|量化"

_DDP = r"\bddp\b|\bdistributed ?data ?parallel\b|数据并行"
_BUCKETS = r"\bbuckets?\b|\bbucket_cap_mb\b|\bgradient_as_bucket_view\b|梯度桶|(?<![a-z])桶"

_CACHED = r"\bgrad(?:ient)?[ _-]?cach(?:e|ing)\b|梯度缓存|\bcachedmultiplenegatives\w*|\bcached (?:mnrl|infonce)\b"
_CONTRASTIVE = r"\bcontrastive\b|\binfonce\b|\bin-?batch negatives?\b|对比学习|对比损失|批内负(?:样本|例)"
_LARGE_BATCH = (
    r"\b(?:large|big|huge|larger|bigger) batch\w*|\bbatch[ _-]?size\b|\baccumulat\w*|大\s?batch|大批|梯度累[积加]"
)

_ULYSSES, _RING = r"\bulysses\b", r"\bring[ -]?(?:flash[ -]?)?(?:attention|attn)\b|\bring\b|环形注意力|环状注意力"
_APART = r"\bvs\.?\b|\bversus\b|\bor\b|\bthan\b|\bdiffer\w*|\bcompar\w*|\bwhich\b|\band\b|和|与|跟|还是|区别|对比|哪"

_OFFLOADED = r"\b(?:enable_)?activations?[ _-]?(?:cpu[ _-]?)?offload\w*|\boffload\w*[ _](?:of )?(?:all |the )?activations?\b|激活(?:值)?(?:的|都|也)?\s?(?:offload|卸载)|(?:offload|卸载)\s?激活值?"

_DISTILS = r"\bdistill?\w*|蒸馏"
_BOTH_MODELS = r"\bteacher\b[^.;?]{0,12}(?:\+|&|\band\b|\bplus\b)[^.;?]{0,8}\bstudent\b|教师(?:和|与|加|\+)学生|\bboth (?:the )?(?:models?|teacher|student)\b|\b(?:two|2) models\b|\bteacher\b[^.;?]{0,40}\b(?:v?ram|memory|gpu|load\w*|too|as well|also|stay|need\w*)\b|\b(?:load|keep|hold|need|fit)\w*\b[^.;?]{0,24}\bteacher\b|两个模型|(?:教师|老师|teacher)[^,;?]{0,10}(?:显存|加载|也要|也得|一起|占|放)|(?:加载|放)[^,;?]{0,8}(?:教师|老师|teacher)"

QAT = r"(?<![a-z])qat(?![a-z])|\bquanti[sz]ation[- ]aware\b|量化感知|\bfake[- ]?quant\w*|伪量化"
_QAT_WEIGHED = rf"{_MEMORY}|{_SAVES}|\bcosts?\b|\bneed\w*|\bmore\b|\btakes?\b|\bcheaper\b|多少"

_MAP = r"\bdevice[ _-]?map\b|\bnaive (?:model|pipeline)[ -]parallel\w*"
_PACE = r"\bparalleli[sz]\w*|\bin parallel\b|\ball (?:my |the )?gpus\b|并行|\bslow\w*|\bfast\w*|\bspeed\w*|\bidle\b|\butili[sz]\w*|\befficien\w*|\bok(?:ay)?\b|\bgood idea\b|\buse(?:d|able)?\b|\bwork\w*|慢|快|速度|利用率|闲|能用|可以用|能训|效率|行(?:吗|不行)"

OF_TRAININGS: tuple[tuple[str, str], ...] = (
    ("frozen_ends", beside(_FROZEN_ENDS, _SAVES, without=rf"{_OF_A_CASE}|{_ADAPTERS}")),
    ("frozen_layers", beside(_FROZEN_LAYERS, _SAVES, without=rf"{_OF_A_CASE}|{_ADAPTERS}|\bgalore\b|\bbadam\b|\blisa\b|\btower\b|\bvision\b|视觉")),
    ("recomputed_adapters", beside(_RECOMPUTES, _ADAPTERS, _OF_USE, without=rf"{_OF_A_CASE}|prepare_model|\d ?gi?b?(?![a-z])|\bunsloth\b|\bzero\b|\bfsdp\b")),
    ("paged_states", beside(_PAGED, _PAGED_FOR, without=rf"\bvs\.?\b|\bversus\b|\bdiffer\w*|区别|\bhow much\b(?! (?:does|do|would|will|can) (?:it|they|that) save)|(?<!省)多少|\boffload\w*|\bfits?\b|{_EIGHT_BITS_FELT}")),
    ("logits_saved", beside(_LOGITS, _MENDS, without=rf"{_OF_A_CASE}|\beval\w*|评估|验证|\bcompute_metrics\b|词表\s?\d|\bvocab\w* (?:of )?\d|\blogits_all\b|\bprompt_logprobs\b|\bdistill?\w*|蒸馏|\bgrpo\b|\bppo\b|\bvllm\b")),
    ("no_cache_in_training", beside(_KV, _IN_TRAINING, rf"{_ASKS}|{_IN_IT}", without=rf"{_OF_A_CASE}|{_OF_A_RUN}|\d\s?gi?b?\b|\bvs\.?\b|\bversus\b|\bformula|公式")),
    ("gradient_buckets", r"\bgradient_as_bucket_view\b|\bbucket_cap_mb\b|" + beside(_DDP, _BUCKETS, without=rf"{_OF_A_CASE}|\bzero\b|\bdeepspeed\b")),
    ("cached_gradients", rf"{_CACHED}|{beside(_CONTRASTIVE, _LARGE_BATCH, _MEMORY, _ASKS, without=_OF_A_CASE)}"),
    ("ulysses_and_ring", beside(_ULYSSES, _RING, _APART, without=_OF_A_CASE)),
    ("activations_to_host", beside(_OFFLOADED, rf"{_SAVES}|{_MEMORY}|\bslow\w*|\bworth\b|慢", _ASKS, without=_OF_A_CASE)),
    ("teacher_too", beside(_DISTILS, _BOTH_MODELS, without=_OF_A_CASE)),
    ("quantised_in_training", beside(QAT, _QAT_WEIGHED, without=rf"{_OF_A_CASE}|\bdownload\w*|\bgemma\b|\bgguf\b|\bq4_0\b")),
    ("map_in_training", beside(_MAP, rf"{_TRAINS}", _PACE, without=rf"{_OF_A_CASE}|\bload_in_[48]bit\b")),
)  # fmt: skip
# what is the same with a model named, and with what it is asked then: a model that was published so is only run
OF_ANY_MODEL = {
    **dict.fromkeys(("recomputed_adapters", "no_cache_in_training", "cached_gradients", "ulysses_and_ring", "map_in_training"), ""),
    **dict.fromkeys(("logits_saved", "paged_states"), ""),
    **dict.fromkeys(("frozen_layers", "frozen_ends"), _LESS),
    "quantised_in_training": rf"{_TRAINS}|\bcosts?\b|\boverhead\b|\b(?:do|doing|run(?:ning)?) qat\b|做\s?(?:qat|量化感知)",
}  # fmt: skip
