"""Circumstances that a question mentions beside its facts and its wish: they decide which remarks an answer makes."""

from chat.reads.cards.as_one_card import AS_ONE_CARD
from chat.reads.cards.devices import SMALL_DEVICE
from chat.reads.cards.one_more import CARD_FOR_MORE, GROWS_WITH_CARDS, MORE_AT_ONCE, POOL_GROWS
from chat.reads.cards.rigs import JOINED, SPLIT_ASKED
from chat.reads.cards.totals import ADDED_ASKED, POOLED, SUM_ASKED
from chat.reads.concepts.concepts_asked import BESIDE_MODELS
from chat.reads.concepts.effects import CACHE_IN_RAM, KERNELS_ASKED, ROLES_SHARE, STAGES_SAVE
from chat.reads.concepts.features import RANKS_ASKED
from chat.reads.concepts.home_machines import INTEGRATED, MLX_OR_GGUF, ON_A_CPU, PROGRAMS_AT_HOME
from chat.reads.concepts.observed import NARROW_AS_LARGE, PEAK_MOMENT
from chat.reads.concepts.roles_asked import OF_ROLES
from chat.reads.concepts.trained_shortly import ZERO3_SAVES_NOTHING
from chat.reads.concepts.trainings_apart import TRAININGS_APART
from chat.reads.concepts.ways_divide import read_ways_divide
from chat.reads.concepts.workings import OLLAMA_DEFAULT, OLLAMA_DEFAULT_ASKED, TIED
from chat.reads.concepts.yes_or_no import DIRECTIONS
from chat.reads.elsewhere import COST, DRAWS
from chat.reads.formats.disk_asked import DISK_ASKED, DOWNLOAD_TIME, SAVED
from chat.reads.lexicon import TOWER, compiled
from chat.reads.other_cases.ruled_out import OF_QUANTISING, RULED_OUT
from chat.reads.parts import read_parts
from chat.reads.seen.symptoms import SHORT, read_symptoms
from chat.reads.sums.claims import K_OF_TOKENS
from chat.reads.sums.published_runs import PUBLISHED_ASKED
from chat.reads.sums.supposed import SUPPOSED
from chat.reads.sums.times_params import TIMES_PARAMS
from chat.reads.task_words import SAVED_RUN
from chat.reads.topics import POOL_TOKENS
from chat.reads.training.algorithms import NO_ENGINE
from chat.reads.training.shard_groups import SECOND_COPY

# "from_pretrained without torch_dtype", "加载时没写 dtype"
_DTYPE = r"(?<![a-z_])(?:torch[_.])?dtype\b"
NO_DTYPE = (
    rf"(?:\bwithout\b|\bno\b|\b(?:not|never|didn't|forgot|forgetting|omit\w*|left out|unset|missing|default)\b|没有?|未|忘了?|忘记|默认)[^.;?!,\d]{{0,20}}{_DTYPE}"
    rf"|{_DTYPE}[^.;?!,]{{0,12}}(?:\bunset\b|\bnot (?:set|given|passed|specified)|\bmissing\b|\bomitted\b|\bdefaults?\b|没|未|忘|默认|缺省)"
)
WHICH_MODELS = r"(?:which|what) (?:\d+b\+ )?(?:\w+ ){0,2}?(?:models?|llms?)\b|(?:run|train|fine-?tune|finetune|host|serve|use) (?:any|some|an?|a (?:decent|good|small|local)|local|decent) (?:\w+ )?(?:llms?|language models?|models?)\b|(?:模型|llm)(?:都)?有(?:哪些|什么|啥)|(?:推荐|适合)[^?]{0,12}(?:什么|哪些|哪个|啥|几个)?[^?]{0,4}(?:大|语言)模型|what (?:all )?(?:can|could|should) (?:i|we|you|it|one) (?:(?:\w+ly|even|still|actually|hope to|expect to) ){0,2}(?:run|train|fine-? ?tune|finetune|host|serve|load)|(?<!为)(?:哪些|什么|哪种|哪个|啥)(?:大|开源|语言|的|\d{1,3}b|以上|以下|以内|[到至~-])*模型|能(?:跑|训|微调|训练|部署)(?:些)?(?:什么|哪些|啥)|\b(?:anything|something) (?:useful|good|decent|worth\w*)\b[^?]{0,24}\brun\b|\b(?:useful|good|decent)\b[^?]{0,16}\b(?:i|it|that) (?:can|could) run\b|能(?:跑|用)(?:点|些)?(?:啥|什么)|能(?:再)?多(?:跑|训|部署|装)(?:些|点|几个)?(?:啥|什么|哪些)|(?:推荐|建议)(?:我)?(?:跑|装|部署)(?:点|些|个)?(?:啥|什么|哪个|哪些)|(?:能|可以|能不能|可不可以)(?:用来|拿来)?(?:本地)?(?:跑|部署|运行|装|用|带)(?:得?[动起了])?(?:个|1个|一个|点|些)?(?:本地|大|大语言|语言|ai)(?:模型|llm)|跑得[动起了](?:本地|大)*模型|\bwhat (?:fits|would fit|will fit|runs)\b|\b(?:moe|dense) models? only\b|\bonly (?:interested in |want )?(?:moe|dense)\b|\b(?:biggest|largest|best)\b[^.?;]{0,12}\b(?:worth|to run|i can run|that runs)\b|(?:哪个|哪些)版本(?:比较)?(?:合适|好)|(?:which|what) (?:size|version)s? (?:can|could|should|would|of)\b|\b(?:biggest|largest|best) (?:\w+ )?moes?\b|最大[^,;?!\d]{0,10}(?:哪个|什么|多大的?)\s?moe|推荐(?:一下|下)?(?:哪个|哪款|哪些|什么|啥)(?!\s?(?:显?卡|gpu|量化|配置|格式|参数|框架|方法|[a-z]))|最(?:聪明|强|厉害)的?(?:本地|开源|大|语言)*模型|\b(?:smartest|strongest|most capable) (?:\w+ ){0,2}(?:models?|llms?)\b"

_BY_EXPERTS = r"(?:\bexpert[ _-]?parallel\w*|(?<![a-z])ep(?![a-z])|专家并行)"
_CHANGES = r"\b(?:change|sav|reduc|lower|affect|influenc|help|differ|cut|shrink)\w*\b|\b(?:less|more|same|extra) (?:v?ram|memory)\b|\b(?:memory|v?ram)\b[^?;.]{0,24}\b(?:go down|drop|with and without|differ)|(?:能|会|可以)?(?:省|减少|降低|影响)|(?:显存)[^,;?。]{0,8}(?:会)?(?:变|一样|多|少|区别|差别)"
_RECOMPUTED = (
    r"(?:(?:gradient|activation)[ _-]?(?:checkpoint|recomput)\w*|\brecomputation\b|重计算|(?:梯度|激活)检查点)"
)
# whether cards have as much memory
_ALIKE = r"\bsame\b|\bas much\b|\bmore\b|\bless\b|\bbigger\b|\blarger\b|\bsmaller\b|\bequal\w*\b|\bdiffer\w*\b|一样|相同|区别|差别|更?大(?:吗|还是|一些|些)?|更多"
_CARDS_MEMORY = r"\bv?ram\b|\b(?:gpu |video )?memory\b|显存"
_STORED = r"\bfiles?\b|\bdisks?\b|\bgguf\b|\bdownload\w*\b|\bssd\b|文件|硬盘|磁盘|下载"
_DRAFTS = r"(?:\bdraft(?:er|ing)?(?:[ -]?models?)?\b|\bspeculative (?:decoding|model)|草稿(?:模型)?|(?:投机|推测)(?:解码|采样)|(?<![a-z])mtp(?![a-z])|\bmulti[- ]token[- ]predict\w+|多\s?token\s?预测)"
# adapters, and training of all weights
# how attention keeps keys and values: what the heads share, and how many tokens are kept
_HEADS = r"(?:\bm[hlq]a\b|\bgqa\b|\b(?:multi[ -]?head|multi[ -]?query|grouped[ -]query)(?: latent)? attention\b|(?:多头|分组查询|潜在)注意力)"
_WINDOW = r"(?:\bsliding[ -]windows?\b|滑动窗口)"


def _saves(layout: str) -> str:
    """What it saves, or what its lack would cost."""
    lacking = rf"(?:\b(?:no|without|lack\w*|instead of)\b|没有|不用|没用|去掉)\s?(?:an? |the |its )?{layout}"
    larger = r"(?:\b(?:bigger|larger|large|big|more|grow\w*|cost\w*|how much)\b|大|多)"
    return (
        rf"{layout}[^;?]{{0,60}}(?:\b(?:sav|small|less|reduc|shrink|cut|help)\w*|省|小|少|降)"
        rf"|\b(?:sav(?:e|es|ed|ing)|small\w*|less|reduc\w+|gain\w*)\b[^;?]{{0,40}}{layout}"
        rf"|{lacking}[^;?]{{0,40}}{larger}|{larger}[^;?]{{0,60}}{lacking}"
    )


# that a second model stands beside the first, said of it itself
_STANDS_BESIDE = r"(?:second|extra|another|loads?|keeps?|hold(?:s|ing)?|does|is there)"
_SECOND_MODEL = r"\bref(?:erence)?[ _-]?(?:model|policy)?\b|\b(?:second|extra|another|two|2) (?:model|cop(?:y|ies))|参考模型|第二[份个](?:模型|副本|权重)?|两份(?:模型|权重)?|再(?:占|放|加载)(?:一[份个])?"
_ADAPTED = r"(?:\bq?lora\b|\badapters?\b|适配器)"
_QUALITY = "(?:训练)?(?:效果|质量|性能|精度|速度|结果|数据)"
_IN_FULL = r"(?:\b(?:a )?(?:full|regular|normal|standard)\b(?![ -]?(?:length|context|bench))|\ball (?:the )?(?:parameters|weights)\b|全参|全量|全微调)(?:数)?(?:[ -]?(?:fine-?tun\w+|sft|ft|training|param\w*|微调|训练))*"

# DeepSpeed's ZeRO where no stage is told
ZERO_BY_NAME = r"\bzero(?:-dp\b|(?:'s)?\s?(?:的\s?)?(?:paper\b|article\b|论文|那篇|figure\b|fig\b|stages?\b|optimi[sz]er|redundancy|各?阶段|优化))|\bzero redundancy\b"

# what runs a model in its own memory, with no card to speak of: phones and boards

# cards that each serve a copy of the model
REPLICAS = r"\breplicas?\b|\b(?:separate|independent|single[- ]gpu|one[- ]gpu) (?:instances?|copies|servers?|engines?)\b|\b(?:one|an?) (?:instance|copy|engine) (?:per|on each|for each) (?:gpu|card)|\bdata[- ]parallel(?:ism)?\b(?![ _-]?att)|(?:单卡|1\s?卡|1\s?张卡|独立的?)(?:实例|服务|副本)|(?:各|每张?卡)自?(?:跑|起|部署|放|开)一(?:个|份|套)|(?:多个?|[两二三四五六七八\d]\s?(?:个|份))(?:副本|实例)|数据并行"
# a cache that is taken to go with the size of the model
_CACHE_BY_SIZE = (
    r"(?:\bkv\b|\bcache\b)[^.?!]{0,48}\b(?:depend\w*|scal\w+|determined|proportional|grow\w*)\b[^.?!]{0,24}\b(?:model'?s? size|size of the model|parameters?|params?|param count|(?:bigger|larger) models?|how (?:big|large) the model)\b"
    r"|(?:\bkv\b|\bcache\b)[^.?!]{0,24}\b(?:bigger|larger|smaller) (?:for|with|on|in) (?:a |the )?(?:bigger|larger|smaller) (?:models?|llms?|ones?)\b"
    r"|\b(?:same|similar|equal) (?:model )?(?:size|number of param\w*)\b[^.?!]{0,48}\b(?:same|similar|equal)\b[^.?!]{0,16}(?:\bkv\b|\bcache\b)"
    r"|(?:kv|缓存)[^?;!。]{0,16}(?:取决于|由|按|跟|和|与|只看|看)[^?;!。]{0,8}(?:参数量?|模型(?:的)?大小|模型(?:有)?多大|模型(?:的)?尺寸)"
    r"|(?:参数量?|大小|尺寸)(?:都)?(?:差不多|一样|相同)[^?;!。]{0,16}(?:kv|缓存)[^?;!。]{0,12}(?:一样|相同|差不多)"
)
# asked of the size of a file
_HOW_BIG = r"\b(?:how (?:big|large|much (?:disk|space|storage)|many (?:gb|mb|gigabytes))|what size|(?:file )?size of)\b"
_HOW_BIG_ZH = r"(?:有?多大|大小|(?:是|有|占|要)?(?:多少|几个?)\s?(?:g|m|gb|mb|空间|硬盘|磁盘))"

# a conclusion, with the wish to hear that it is right: "so I'm good?", "稳的吧"
CONFIRMS = (
    r"\b(?:i'?m|am i|are we|we'?re|i am|we are|i should be|we should be) (?:all |still )?(?:good|fine|safe|set|ok(?:ay)?|covered|golden|in the clear)\b[^.;!]{0,32}\?"
    r"|\b(?:should|would|will|ought to|'ll) (?:\w+ )?(?:be (?:\w+ )?(?:fine|ok(?:ay)?|enough|plenty|safe|comfortable|good)|do (?:it|the trick|the job|fine)|suffice|work|fit|cut it)\b[^.;!?]{0,32}\?"
    r"|\b(?:so|then|means|meaning)\b[^.;?]{0,40}\b(?:fits?|works?|is (?:\w+ )?(?:fine|ok(?:ay)?|enough|plenty|safe)|are (?:\w+ )?(?:fine|ok(?:ay)?|enough|plenty))\b[^;?]{0,40}\?"
    r"|(?:稳(?!定)|妥|够用?|足够|行|没(?:有)?(?:啥|什么)?(?:问题|毛病|压力)|可以|放得下|装得下|跑得(?:动|了|起来)|问题不大|绰绰有余)(?:的|了)?(?:吧|对吧|是吧)|稳不稳|稳(?:的|了)?(?:吗|么|嘛)|(?:还|应该|能)(?:会|能)?剩[^,;?]{0,12}(?:吧|对吧|是吧)"
)

# checkpoints of so many gigabytes, and a disk that they fill or a wish for less of them
_KEPT = (
    r"(?<!gradient )(?<!activation )(?<!grad )\b(?:checkpoint(?:s|-\d+)?|ckpts?)\b(?!ing)[^?;]{0,80}\d\s?(?:gi?b?|t)\b(?:[^?]{0,100}(?:\bdisks?\b|\bdrive\b|\bfolders?\b|\bonly (?:save |keep |store )?(?:the )?(?:model|weights)\b|\b(?:save|keep|store) (?:only|just)\b|\bsmaller\b)|(?:(?!\b(?:inference|serv\w+|v?ram|cards?|gpus?|mxfp4|fp8|loads?|runs?)\b)[^?]){0,100}\bwhy\b)"
    r"|(?<!梯度)(?<!激活)(?:checkpoint|ckpt|存档|保存|save)[^?;]{0,24}\d+\s?多?\s?(?:g|t)b?(?![a-z])[^?]{0,60}(?:硬盘|磁盘|只(?:存|保存|保留|要)|为什么|怎么这么)"
    r"|(?:硬盘|磁盘|\bdisk\b)[^?;]{0,40}(?:checkpoint|ckpt|存档)[^?]{0,60}\d+\s?多?\s?(?:g|t)b?(?![a-z])"
    # what a run left, by the names that trainers give it
    rf"|(?<!from )(?:{SAVED_RUN}|\b(?:each|every|per) (?:\w+ )?(?:checkpoint|ckpt)\b(?! shard)|\b(?:checkpoint|ckpt)s? (?:folders?|dir\w*)\b|每(?:一)?个?\s?(?:checkpoint|ckpt|检查点|存档)|(?:checkpoint|ckpt|检查点)\s?(?:目录|文件夹))(?:(?!v?ram|memory|显存)[^?;]){{0,60}}?\d\s?(?:[mgt]i?b?|个g)(?![a-z]| (?:of )?(?:v?ram|memory)|\s?(?:的)?显存)"
)

# a part of a cache: "halve", "1/8", "四分之一"
PART_OF = r"(?:\b(?:halv\w+|half|third|quarter|eighth)\b|(?<![\d.])1 ?/ ?(?:[2-9]|1[0-6])(?![\d.])|减半|一半|[二三四八2348]分之[一1]|\b(?:divid\w+|split|cut) (?:by|into|in) (?:[2-9]|1[0-6])(?![\d.]|\s?(?:gpus?|cards?|ranks?)\b)|除以\s?(?:[2-9]|1[0-6])(?!\d))"
_OF_CACHE = r"(?:\bkv\b|\bcache\b|kv ?cache|缓存)"
# experts or parameters that a token uses; activations are tensors, named beside a cache in a question of both
_ACTIVE = r"(?:\bactive\b|\bactivat(?:ed?|es|ing)\b|\bexperts?\b|\bmoe\b)"
_ACTIVE_ZH = r"(?:(?<![和与跟及、])激活(?!值|函数|检查点|重计算|显存|内存|\s?[和与跟及、/]\s?(?:kv|缓存))|专家|moe)"

CUES: tuple[tuple[str, str], ...] = (
    *TRAININGS_APART, *SUPPOSED, *OF_ROLES, *DIRECTIONS,
    ("confirms", CONFIRMS),
    # several cards, of which each takes what one took: a part of it was expected
    ("undivided", r"\b(?:should(?:n'?t)?|expect\w*|supposed|thought|would(?:n'?t)?)\b[^.?;]{0,24}\b(?:\d|two|four|eight|more|second|both|another) ?(?:x )?(?:gpus?|cards?|\d{4}s?|[ahl]\d{2,3}s?)\b[^.?;]{0,24}\b(?:halve|half|quarter|divide|split|cut)\w*|^(?=[\s\S]*\b(?:ddp|torchrun|accelerate|data parallel|(?:second|more|both|two|four|eight|\d) ?(?:x )?(?:gpus?|cards?)|(?:second|another|more) (?:\w+ ){0,2}?(?:\d{4}s?|a100s?|h100s?|gpus?|cards?)))[\s\S]*(?:\b(?:isn'?t|is not|not|should(?:n'?t)? be|expected|supposed to be|why no[tr])\b[^.?;]{0,16}\b(?:divided|halved|split)\b|\bshouldn'?t (?:it|that|they|each|memory|this|the (?:memory|usage))\b[^.?;]{0,16}\b(?:half|halve[ds]?|a quarter|divided?|split)\b|(?:memory|vram|usage)\b[^.?;]{0,24}(?:didn'?t|doesn'?t|did not|does not|not) (?:\w+ )?(?:go down|drop|decrease|shrink|fall|budge|halve|get halved)|\bmore (?:memory|vram)\b[^.?;]{0,24}\bthan (?:(?:on|with|a|one|the|in) )*(?:single|one|1)\b)|^(?=[\s\S]*(?:[2-8两二三四八多双]\s?[张块]?卡|[2-8两二三四八]\s?[张块]|\bddp\b|torchrun))[\s\S]*(?:(?:不是|不应该|难道不|应该|按理|以为)[^,;?]{0,14}(?:减半|降一半|少一半|省一半|[1一每]人[1一]半|各(?:占|放|出)?[1一]半|对半|平分|均分|平摊|均摊)|不降反[升增]|没(?:有)?(?:下降|降|减少|变少|减半)|没有?比\s?(?:单|1)\s?张?卡\s?[少低]|反而(?:更|还|多|高|涨|升|变|每|占)[^;?]{0,16}(?:\d|多|高|大))"),
    # from one row of a table to another with all between them, or every row: no change from one method to the other
    ("table_rows", (r"\bcolumn\b[^.?;]{0,40}\bfrom (?:full|freeze)\b[^.;?]{0,32}\bto\b[^.;?]{0,24}\bq?lora\b|\bfrom (?:full|freeze)\b[^.;?]{0,32}\b(?:(?:down|all the way|up) to|through)\b[^.;?]{0,24}\bq?lora\b"
     r"|\b(?:every|each|all(?: the)?|which) (?:of its )?rows?\b|\b(?:every|each|whole|entire) column\b"
     r"|从\s?(?:全参|全量|full|freeze|冻结)[^,;?换改切降转]{0,12}到[^,;?]{0,12}q?lora(?![^;?]{0,16}[差省])|[哪每]一?行|整列|整一列|各行|所有行")),
    ("same_memory", r"(?:显存|占用)[^,;?\d]{0,6}(?:差不多|几乎一样|没差)(?!\s?\d)|\bhardly (?:any )?(?:change|differ)\w*|\b(?:should(?:n'?t)?|expect\w*|supposed)\b[^.?;]{0,48}\bthe same\b|(?:应该|按理|(?<!是)不是)[^,;?]{0,10}(?:差不多|一样|相同)|\bsame (?:memory|vram|amount)|\bidentical\b|(?<!不)一致|(?<!不)一样(?:多|大|的显存)?|没(?:有)?(?:区别|差别|变化)|no (?:difference|change)|\b(?:should(?:n'?t)?|expect(?:ed)?|supposed|thought)\b[^.?;]{0,48}\b(?:divided?|split|spread) (?:it )?(?:by|across|over|between|among)\b|(?:和|跟|与|同)(?:单|1\s?张?)\s?卡(?:的)?(?:显存|占用)?(?:差不多|相同|没差)|(?:不应该|难道不|不是|按理|应该)[^,;?]{0,14}(?:除以|平分|均分|平摊|分摊)|没有?(?:被)?(?:平分|均分|平摊|分摊)|[一1][张边][一1]半|(?:每(?:张卡?|卡|个卡)|各自?)(?:只)?(?:占|放|存|分|用)?[一1]半|对半分|\bhalf (?:of (?:it|the \w+) |the \w+ )?(?:each\b(?! (?:of the )?(?:layer|block))|(?:on|per|to|in) (?:each|every|either) (?:card|gpu|one))|(?:memory|vram|usage)\b[^.?;]{0,12}(?:didn'?t|doesn'?t|did not|does not|won'?t|not) (?:\w+ )?(?:go down|drop|decrease|change|shrink|fall|budge)"),
    ("claim_checked", r"\breally (?:only |just |about )?~?\d+(?:\.\d+)? ?gi?b\b[^?;]{0,24}\?|\b(?:is|are|was) (?:the|that|this|those)(?: (?:extra|other|remaining))? ~?\d+(?:\.\d+)? ?gi?b? (?:just |all |only |really )?(?:the |my )?(?:kv|cache|context|overhead)\b|\d ?gi?b?(?![a-z])[^,;?]{0,4}(?:是不是|就是|都是|是)(?:因为)?\s?(?:kv|上下文|缓存)[^,;?]{0,8}(?:吗|么|\?)|\b(?:does|do|would) (?:that|this|it|they|which)\b[^.?!]{0,12}\b(?:match|agree|square|tally|fit|line up)\b[^.?!]{0,8}\b(?:with )?(?:your|the) (?:formula\w*|numbers?|figures?|data|tables?|math|estimates?|calculat\w*)|(?:和|与|跟)(?:你|您)(?:们)?(?:的)?(?:公式|数据|计算|结果|估算)[^?]{0,8}(?:一致|吻合|对得上|相符|符合)|\bi (?:get|got|come to|calculate|compute|reckon|figure|estimate)(?: it at| about| around| roughly)? ?~? ?\d+(?:\.\d+)? ?(?:kb|mb|gi?b|g)\b[^.;?]{0,6}\b(?:for|of|in|as)\b|\b(?:is|are|was|were)\b[^?;]{0,80}\b(?:right|correct|true|legit|plausible)\b(?! (?:now|away|after|before|formula|way|setting\w*))|\b(?:true|right|correct|legit|accurate|plausible|realistic)\b[^.?;]{0,12}\?|\bis (?:that|this|it) (?:right|true|correct|legit|accurate)\b|\bis it true\b|\b(?:is|are) (?:that|this|it|they) (?:so|really so|for real)\b\??|\bcan(?:'t|not| not)? (?:that |this |it )?(?:possibly )?be (?:right|true|correct|it)\b|\b(?:doesn't|does not|don't) (?:seem|look|sound|add up|feel)\b|\b(?:seems?|looks?|sounds?|feels?) (?:wrong|off|too (?:high|low|much|little|big|small))\b|肯定(?:哪里)?(?:不对|有错|错了?|有问题)|哪里(?:算)?(?:错|有问题)|怎么可能|不可能(?:吧|这么)|(?:感觉|觉得|好像|明显)(?:不对|不合理|偏[大小高低]|太[大小高低多少]|错)|算错|\b(?:where|what)(?:'s|(?: \w+)? is| did i| do i| am i| have i)\b[^.;?]{0,24}\b(?:mistakes?|errors?|wrong|go wrong|forg[eo]t\w*|miss(?:ed|ing)?|doing wrong|off)\b|\bspot (?:the|my) (?:mistake|error)|(?:漏|忘|少)(?:了|算了?|乘了?)(?:什么|啥|哪)|(?:错|问题)(?:误)?(?:出)?在(?:哪|什么)|\bcheck (?:each|every|my|this|the|these|whether)\b|\bverify\b|\bwho(?:'s| is) (?:right|wrong|off|correct|mistaken)\b|\bwhich (?:part|line|step|one|factor|figure|number) is (?:wrong|right|off|correct)\b|对(?:吗|么|嘛|吧)|对不对|靠谱|属实|准(?:吗|不准|确吗)|真的(?:吗|假的|假)|是不是真|没错吧|正确吗|核对|验算|谁(?:更|说得?|算得?)?(?:对|错)|哪里(?:不对|错)|哪(?:一)?(?:行|步|项|个)(?:是)?(?:不对|错|对)"),
    ("others_run", r"\b(?:why|how)\b[^.?!]{0,24}\b(?:people|others?|some(?:one|body)?|everyone|folks|they|reddit|blogs?|posts?|guys?|users)\b[^.?!]{0,32}\b(?:say\w*|claim\w*|run\w*|manage\w*|fit\w*|get\w*|able|can)\b|(?:为啥|为什么|怎么|凭什么|为何)[^,.;?]{0,6}(?:有人|别人|人家|网上|大家|他们|有的人|好多人|很多人|好多)[^.;?]{0,24}(?:能跑|跑起来|跑得动|跑得起|够|可以|能行|能用|能微调|能训)|(?:有人|别人|人家|网上|大家|很多人)[^,.;?]{0,16}(?:能跑|可以跑|跑起来|跑得动|就?够)[^;?]{0,32}(?:为啥|为什么|怎么回事|怎么做到|怎么办到)"),
    ("cache_by_active", rf"{_ACTIVE}[^.?!]{{0,64}}(?:\bkv\b|\bcache\b)[^.?!]{{0,24}}\b(?:smaller|less|lower|larger|shrink\w*)\b|(?:\bkv\b|\bcache\b)[^.?!]{{0,48}}\b(?:smaller|less|same|depend\w*|larger|more|affect\w*|scale\w*|based on|count\w*|only)\b[^.?!]{{0,48}}{_ACTIVE}|{_ACTIVE}[^.?!]{{0,48}}\b(?:smaller|less|same|depend\w*|larger|more|affect\w*|reduc\w*)\b[^.?!]{{0,16}}(?:\bkv\b|\bcache\b)|(?:kv|缓存)[^?;!]{{0,24}}(?:按|只算|小|少|有关|取决|省|一样)[^?;!]{{0,16}}(?:{_ACTIVE_ZH}|\d+ ?b\b)|{_ACTIVE_ZH}[^?;!]{{0,24}}(?:kv|缓存)[^?;!]{{0,16}}(?:按|只算|小|少|有关|取决|省|一样)"),
    ("cache_by_size", _CACHE_BY_SIZE),
    ("file_doubted", r"\b(?:bloat\w*|inflated|padded|oversized|corrupt\w*|mislabel\w*)\b[^.;!]{0,60}\?|\b(?:is|are|was|did)\b[^.;?!]{0,40}\b(?:file|upload|gguf|quant|download)s?\b[^.;?!]{0,24}\b(?:wrong|broken|off|too (?:big|large)|bigger than)\b|\b(?:broken|bad|botched|wrong|failed) (?:conver\w+|quanti[sz]ation|quant|export)\b|\bconver(?:t|sion)\b[^.;?!]{0,16}\b(?:break|broke|broken|go(?:ne)? wrong|went wrong|bad|botched|off)\b|转(?:换|化|的时候|的过程)?[^,;?]{0,4}(?:出错|错了?|坏了?|有问题|不对|出问题)|(?:文件|gguf|量化版|上传的?)[^,;?]{0,12}(?:虚标|注水|有问题|坏了?|错了?|做大了|偏大|不对|标错)"),
    ("same_unit", r"\bsame (?:units?|kind of (?:gb|gigabytes?)|gb|gigabytes?)\b|\b(?:gb|gib|gigabytes?)\b[^.?;]{0,16}\b(?:the )?same (?:as|unit)|(?:是不是|是否|是|不是)(?:同)?(?:1|一)个?(?:单位|口径)|(?:单位|口径)(?:是不是|是否)?(?:一样|相同|不同|一致)"),
    ("ceiling_asked", r"(?:\bt/s\b|\btps\b|\btok\w*(?: ?/ ?s\w*| per second)?|\bspeed|\brate)\b[^.;?]{0,24}\b(?:ceiling|upper (?:bound|limit)|theoretical|at (?:best|most)|max(?:imum)?)\b|\b(?:ceiling|upper (?:bound|limit)|theoretical|max(?:imum)?)\b[^.;?]{0,24}(?:\bt/s\b|\btps\b|\btok\w* ?/ ?s|\btokens? per second|\bspeed)|(?:t/s|token|速度)[^,;?]{0,8}(?:上限|极限|最快|最高|理论)|(?:上限|极限|最快|最高|理论)[^,;?]{0,8}(?:t/s|token|速度)"),
    ("leak_asked", r"\bleak(?:s|ing|ed|age)?\b[^.!]{0,40}\?|(?:是不是|是否|算不算|有没有|难道)[^,;?]{0,10}泄漏|泄漏(?:了)?(?:吗|么|\?)"),
    ("grows_in_use", r"(?:memory|vram|usage)\b[^.?;]{0,24}(?:grow|climb|increas|ris(?:e|ing)|creep|go(?:es|ing) up)\w*[^.?;]{0,40}(?:generat|decod|infer|token|respon|answer|output)|(?:generat|decod|infer)\w*[^.?;]{0,40}(?:memory|vram|usage)\b[^.?;]{0,24}(?:grow|climb|increas|ris(?:e|ing)|creep|go(?:es|ing) up)\w*|(?:生成|解码|推理|输出|回答)[^,;?]{0,16}(?:显存|占用)[^,;?]{0,10}(?:涨|增加|变大|上升|越来越|升高|增长)|显存[^,;?]{0,12}(?:涨|增加|变大|上升|越来越|增长)[^,;?]{0,12}(?:生成|解码|推理)"),
    ("normal_asked", r"\b(?:is|are|was)(?:n't)?\b(?: \w+){0,4}? (?:normal|expected|to be expected)\b|\b(?:normal|expected)\s?\?|\bsounds? (?:about |roughly )?(?:right|normal|correct|reasonable)\s?\?|正常(?:吗|么|嘛)|正不正常|是不是正常|(?:算|属于|是否)正常"),
    ("about_document", r"\b(?:the|this|your|source) (?:document|doc|guide|tutorial)\b|文档|文中|(?:这|那|该)(?:篇|份|个)?(?:文章|教程)"),
    ("host_words", r"\b(?:linux|windows|ubuntu|laptop|desktop|mini ?pc|box|sticks?|dimms?|free -h)\b(?![^.;?]{0,12}\bgpu)|内存条|电脑|笔记本|主机"),
    ("counting_words", r"\bbytes or billions?\b|\bbillions? or bytes?\b|\bwhat does (?:the )?['\"]?[bkm]['\"]? (?:mean|stand)|\bthe b in \d+ ?b\b|(?<![a-z0-9])(?:亿|万|b|k|w|m)\s?(?:、|,|/|和|跟|与)\s?(?:亿|万|b|k|w|m)(?![a-z0-9])|\d\s?(?:亿|万)\s?还是\s?\d|\d+\s?b(?:是|到底是|等于|指)(?:多少|\d+|几)\s?亿|(?<![gmkti])b(?:是|代表|表示|指)(?:什么|啥|十亿|字节)"),
    ("k_of_tokens", "|".join(one.replace("?P<one>", "").replace("?P<other>", "") for one in K_OF_TOKENS)),
    ("bits_and_bytes", r"\bhow many (?:bytes|bits)\b|\bbits? (?:vs|or|and) bytes?\b|\bbytes? (?:vs|or|and) bits?\b|\b\d+[- ]?bit\b[^.;?]{0,40}\bper billion\b|几(?:个)?字节|多少(?:个)?字节|字节(?:和|还是|跟|与)(?:比特|位)|(?:比特|位)(?:和|还是|跟|与)字节"),
    # the product of the experts and the size that the model's name gives, and no other
    ("name_multiplied", r"^(?=[\s\S]*?(?<![\d.])(?P<e>\d{1,2})x(?P<s>\d{1,3}) ?b)[\s\S]*?(?<![\d.*x])(?<![*x] )(?P=e) ?[x*] ?(?P=s)(?![\d.]) ?b? ?(?:[/*x] ?[\d.]+ ?(?:=|≈|\bis\b)|(?:=|≈|\bis\b|\bmakes?\b|是|等于) ?\d+)"),
    ("one_point_two", r"(?<![\d.])1\.2(?!\.?\d)(?:\s?(?:x|倍|times|\*))?(?!\s?(?:g(?:i?b)?|b|k|m|t|bpw|bits?)(?![a-z]))|[*x]\s?1\.(?:[135]|[0-5]5)(?!\.?\d|\s?(?:g(?:i?b)?|b|k|m|t|bpw|bits?)(?![a-z]))|\b20 ?% (?:overhead|extra|more|on top)|\badd(?:ing)? (?:another )?20 ?%|(?:加|多|乘)(?:上)?(?:个)?(?:20 ?%|1\.2)|\+ ?20 ?%"),
    # what ZeRO's paper counts of its GPT-2, and not what somebody's own run keeps
    ("zero_activations", r"^(?=[\s\S]*(?:\bzero\b|论文|\bpaper\b))(?=[\s\S]*(?:gpt-?2|论文|\bpaper\b))[\s\S]*(?:(?:\bactivations?\b|激活)[^?]{0,40}(?<![\d.])\d+(?:\.\d+)?\s?gi?b?(?![a-z])|(?<![\d.])\d+(?:\.\d+)?\s?gi?b?(?![a-z])[^?]{0,40}(?:\bactivations?\b|激活))|(?<![\d.])12\s?[*x·]?\s?(?:h(?:idden)?)\s?[*x·]\s?b"),
    ("goes_to_zero", r"^(?![\s\S]*(?:\bloss (?:goes|is|drops|becomes)|\butili[sz]ation\b|利用率|\bloss\s?(?:变|降|趋|接近|为)))[\s\S]*(?:(?:趋近|趋于|趋向|接近|几乎(?:是|为|等于)?|无限小|→)\s?(?:于|到)?\s?(?:0(?![.\d])|零)|\b(?:near(?:ly|s)?|almost|approach(?:es)?|towards?|go(?:es)? (?:down )?to|tends? to|close to|basically|shrinks? to) (?:0(?![.\d])|zero|nothing)\b)"),
    ("score_formula", r"(?:\bactivations?\b|激活)[^?;]{0,80}(?<![a-z])[hsa]\s?=\s?\d+[^?;]{0,24}(?<![a-z])[hsab]\s?=\s?\d+|34\s?\+\s?5|\b34\s?\*?\s?s\s?\*?\s?b\s?\*?\s?h\b|(?<![a-z])(?:5\s?\*?\s?)?a\s?[*·]?\s?s\s?(?:\^2|²|\*\*2|\*s|2\b)|5\s?\*?\s?a\s?\*?\s?s\s?/\s?h|\bs\s?\*?\s?b\s?\*?\s?h\s?\*?\s?(?:l\s?\*?\s?)?\(?\s?34"),
    ("adapters_take_more", r"\bq?lora\b[^?;]{0,50}\b(?:more|higher|larger|bigger)\b[^.?;]{0,24}\bthan (?:the )?(?:full|lora|sft)\b|q?lora[^。?;,]{0,32}比(?:全参|全量|lora|full)[^。?;]{0,12}(?:还|更|反而)[^。?;]{0,6}(?:大|高|多|占|费)"),
    ("adapters_like_full", rf"{_ADAPTED}[^?;。]{{0,60}}\b(?:the same(?! (?:quality|accuracy|results?|performance|speed|loss|data|time|thing))|as much|as many|no less|just as|equal\w*|identical|similar)\b[^?;]{{0,32}}\b(?:as|than|to|like|with|for)\b[^?;]{{0,12}}{_IN_FULL}|{_IN_FULL} and q?lora\b[^?;]{{0,24}}\b(?:the same|as much|equal\w*|identical)|\bq?lora and {_IN_FULL}[^?;]{{0,24}}\b(?:the same|as much|equal\w*|identical)|{_ADAPTED}[^?;.]{{0,16}}\b(?:sav\w+ (?:no|nothing|hardly any)\b|(?:does|do|will|would|can)(?:n't| not) (?:really |actually )?(?:save|reduce|lower|cut)(?: (?:any|much|a lot of))?(?: (?:vram|memory|anything))?\b)|{_ADAPTED}[^?;。]{{0,12}}(?:和|跟|与|同){_IN_FULL}(?!的?{_QUALITY})[^?;。]{{0,20}}(?:一样|差不多|相同|没(?:什么)?(?:区别|差别)|不会(?:更)?少)|{_IN_FULL}(?:和|跟|与|同){_ADAPTED}(?!的?{_QUALITY})[^?;。]{{0,20}}(?:一样|差不多|相同|没(?:什么)?(?:区别|差别))|{_ADAPTED}[^?;。]{{0,8}}(?:(?:并|根本|其实|也)?(?:不|没)(?:会|能)?省(?!事|时|心|钱|力)|省不了|省不下)"),
    ("frozen_keep", r"\bfrozen\b|冻结|不(?:更新|训练)(?:原|基座)?(?:权重|参数)|\bdoes(?:n't| not) (?:train|update) the (?:base|weights)|没(?:怎么)?省"),
    ("x_rule", r"\b(?:18|16|20|8|2)\s?x(?:\s?gb)?(?!\s?(?!(?:is|was|gives|makes|would|comes|rule|formula|says)\b)[a-z0-9*])|\bx\s?/\s?[248]\b|\bxb\b|x\s?那(?:一)?列"),
    ("each_card", r"(?:each|every|all) (?:gpu|card|rank)s?\b|per[- ](?:gpu|card)\b|每(?:张|块|个)?(?:显)?(?:卡|gpu)|\d ?gi?b? (?:on )?each\b"),
    ("adapter_size", rf"{_HOW_BIG}[^.?;]{{0,24}}(?:\badapters?\b(?! rank)|\blora (?:files?|weights|checkpoint))|(?:\badapters?|\blora (?:files?|weights|checkpoint))(?: files?| weights)?\b[^.?;]{{0,16}}(?:\bsize\b|\bon disk|{_HOW_BIG})|(?:适配器|adapter|lora\s?(?:权重|文件|参数|adapter))(?:文件|权重)?[^,;?]{{0,8}}{_HOW_BIG_ZH}"),
    # what adapters by themselves take, and not a change of their rank
    ("adapter_adds", r"^(?![\s\S]*(?:\binference\b|\bserv\w+|\bfrom \d|\bto (?:r=|rank )?\d|推理|从\s?\d))[\s\S]*(?:\bhow (?:much|many)\b[^.?;]{0,32}\b(?:lora|adapters?|rank)\b[^.?;]{0,24}\badds?\b|\b(?:extra|additional)\b[^.?;]{0,24}\b(?:lora|adapters?|rank)\b|(?:lora|适配器|秩)[^,;?]{0,16}(?:额外|另外)(?:会|要|需要)?(?:占|用|要|增加)?(?:多少|几))"),
    ("checkpoint_size", rf"\bsav(?:e|es|ing)\b[^.;?]{{0,12}}\d{{2,4}} ?gi?b?\b[^.;?]{{0,12}}\b(?:per|each|every|a) (?:step|save|epoch)\b|(?:每次|每步|每个epoch)[^,;?]{{0,6}}(?:存|保存)[^,;?]{{0,8}}\d{{2,4}} ?gi?b?(?![a-z])|{_HOW_BIG}[^.?;]{{0,24}}\b(?:checkpoints?|ckpts?)\b|\bsave_total_limit\b[\s\S]*\b(?:disk|storage|space)\b|\b(?:checkpoints?|ckpts?)\b[^.?;]{{0,24}}(?:\bsize\b|\bon disk|{_HOW_BIG})|\bdisk (?:space|usage)\b[^?;]{{0,40}}(?:checkpoints?|ckpts?|sav)|(?:checkpoints?|ckpts?|(?<![开加用关+])(?<![开关用]了)(?<!梯度)(?<!激活)检查点|存档|存盘)(?:文件)?[^,;?]{{0,10}}{_HOW_BIG_ZH}|保存(?:一次|1次|下来)?的?(?:模型|权重)?[^,;?]{{0,6}}(?:多大|占多少(?:硬盘|磁盘))|{_KEPT}"),
    ("merged_size", rf"{_HOW_BIG}[^.?;]{{0,32}}\bmerged?\b(?! step| need)|\bmerged (?:model|weights|checkpoint|file)s?\b[^.?;]{{0,24}}(?:\bsize\b|\bon disk|{_HOW_BIG})|合并(?:后|完|之后|出来|好)[^,;?]{{0,10}}{_HOW_BIG_ZH}"),
    ("of_memory_too", r"\bv?ram\b|\b(?:gpu )?memory\b|\bfits?\b|\benough\b|\bgpus?\b[^?]{0,30}\bneed|显存|够|放得下|能跑|能不能|需要几张"),
    ("just_loaded", r"\b(?:right |just |directly |immediately )?after (?:(?:it|the model|model|weights|i) (?:is |was |were |has )?)?load(?:ing|ed)?\b|\bonce (?:it is |it's )?loaded\b|\bafter from_pretrained|\b(?:just|only) loaded\b|(?:加载|载入)(?:完|好|后|之后|完成)|刚(?:加载|载入)"),
    ("loading", r"\b(?:while |when |at |during )?load(?:s|ed|ing)?\b(?! (?:(?:it|everything|the \w+) )?(?:in|as|with) (?:bf16|fp16|fp32|float\w*|half|int[48]|nf4|[48][ -]?bit|torch_dtype)\b)|\bat start|(?<!bf16)(?<!fp16)(?<!fp32)(?<!int[48])(?<!\dbit)(?:加载|载入)|启动(?:时|就)"),
    ("dtype_left", NO_DTYPE),
    ("evaluation", r"\beval(?:uat\w*)?\b|\bvalidat\w+|评估|验证(?:的?时|阶段|集)|测试时"),
    ("midway", r"\bhalfway|\bmid(?:way|dle)\b|after \d+ (?:steps|iterations)|at step (?![01]\b)\d|randomly|\bat random\b|\brandom (?:steps?|points?|times?|batch\w*)|\b(?:some|certain|a few) (?:batches|steps|samples)\b|随机(?:的)?\s?(?:step|步|某)|偶尔|有时候?(?:会|就)?|某(?:些|个|几)\s?(?:batch|批|步|step|样本)|一半|中途|突然|[训练跑]着(?:训|练|跑)着|跑了.{0,6}(?:步|轮)|训练到|过程中"),
    ("first_step", r"(?<!before )(?<!before the )(?:first|second|1st|2nd) (?:training |optimi[sz]er )?(?:step|iteration|iter|update)\b|(?<!before )(?<!before the )\b(?:step|iteration|iter) (?:[12]|one|two)\b|第[12一二](?:个|次|轮)?\s?(?:训练|优化器)?\s?(?:步|step|iter\w*|迭代|更新|参数更新)(?!(?:都|还)?(?:之前|以前|前|没))|优化器初始化|optimizer\.step"),
    # a rollout engine that finds no room as it starts, before anything is trained
    ("engine_starts", r"(?:as soon as|when(?:ever)?|while|once|the moment|right (?:when|as|after)|during) (?:the )?(?:vllm|sglang|rollouts?|engine|inference engine)(?: engine| worker| server)?s?\b[^.;?]{0,12}?\b(?:starts?|starting|comes? up|coming up|init\w*|loads?|loading|launch\w*|boots?|spins? up|profil\w+|builds?|allocat\w+|start-?up)\b|\b(?:vllm|sglang|rollout|engine) (?:engine |worker )?(?:init\w*|start-?up)\b|(?:vllm|sglang|rollout|推理引擎)(?:引擎|worker)?[^,;?.]{0,4}(?:一?启动|起来|一起|初始化|拉起|init)|(?:启动|初始化|拉起|加载)\s?(?:vllm|sglang|rollout|推理引擎)"),
    ("share_asked", r"(?:memory[_ ]utili[sz]ation|mem[_ -]fraction\w*|显存(?:占比|利用率|比例)|utili[sz]ation)[^,.;?!]{0,32}(?:\?|多少|多大|怎么(?:设|调|配)|合适)|\b(?:what|which|how (?:high|low|much|large))\b[^.;?!]{0,32}(?:memory[_ ]utili[sz]ation|mem[_ -]fraction)"),
    ("memory_version", r"\d{2,3} ?g\w{0,2}\s?(?:vs\.?|versus|or|and|/|和|还是|与|跟|、|版)[^.;?!\d]{0,8}\d{2,3} ?g\w{0,2}[^.;?!]{0,32}(?:version|variant|model|matter|differ|better|版|区别|差别|差异|影响)|(?:version|variant|matter|differen\w+|区别|差别)[^.;?!\d]{0,24}\d{2,3} ?g\w{0,2}\s?(?:vs\.?|versus|or|and|/|和|还是|与|跟|、)[^.;?!\d]{0,8}\d{2,3} ?g"),
    ("another_service", r"\b(?:another|second|other|an?|one more|also)\b[^.;?]{0,48}\b(?:service|server|model|embed\w*|re-?rank\w*|whisper|tts|asr|instance|app|process|workload)\b[^.;?]{0,32}\b(?:same|this|that|the one) (?:card|gpu)|\b(?:another|(?<!every )second|one more|other)\b(?: \w+){0,2} (?:service|server|model|embed\w*|re-?ranker|instance|app|process)\b[^.;?]{0,24}\b(?:on|onto|beside|next to|alongside) (?:the|my|it|that|this)\b|\b(?:leave|make|have|keep|free)\w*(?: up)?(?: (?:some|enough|more))? (?:room|space|memory|vram)\b[^.;?]{0,16}\bfor (?:an?|another|my|the)\b[^.;?]{0,24}\b(?:model|embed\w*|re-?rank\w*|whisper|tts|asr|service|server|app)\b|\bsame (?:card|gpu)\b[^.;?]{0,40}\b(?:embed\w*|re-?rank\w*|another|second|also)\b|(?:同1?一?张|这张|1张|一张)(?:显)?卡[^,;?]{0,8}(?:再|还|另)[^,;?]{0,6}(?:起|跑|放|部署|开|加|塞|上)|(?:给|为)[^,;?]{0,12}(?:embedding|rerank\w*|向量|模型|服务|whisper|tts)[^,;?]{0,6}(?:留|腾|让)|(?:再|另外|还想|还要)[^,;?]{0,6}(?:起|跑|放|部署|开|加|塞|上)[^,;?]{0,8}(?:embedding|rerank|向量|服务|模型|whisper|tts)"),
    # whether what was set is in force at all
    ("at_work", r"\b(?:isn'?t|aren'?t|wasn'?t|shouldn'?t) (?:it |that |this |the |everything |all |most )[^.?;]{0,24}\b(?:on|in|to) (?:the )?(?:cpu|ram|host)\b[^.?;]{0,12}\?|(?:不是|难道不)[^,;?]{0,6}(?:放|卸载?|offload|搬|挪)[^,;?]{0,6}(?:cpu|内存)[^,;?]{0,4}(?:吗|么)|(?:zero\d?|fsdp|deepspeed|shard\w*|offload\w*|stage)\b[^.;?!]{0,60}?(?<!oom )\b(?<!loading )(?<!training )(?<!will it )(?<!would it )(?<!does it (?=works?\s?[?!,.]))(?<!does it (?=works?$))(?<!can it )(?<!does this )(?<!would this )(?<!will this )(?:(?:not |really |actually |even |indeed )*(?:work(?:ing|s)?|in (?:effect|force|use|action)|active|enabled|engaged|applied|taking effect|kick(?:ing|ed) in|doing (?:anything|its job)|on))\s*(?:[?!,.]|at all|$)|\b(?:is|are|isn't|aren't|does|doesn't|did|didn't|am i|are we)\b[^.;?!]{0,24}\b(?:actually|really|even) (?:be )?(?:shard|offload|split|partition|divid)\w*|(?:zero|fsdp|deepspeed|切分|分片|offload|卸载|stage)[^;?!]{0,60}?(?:没|未|不|有没有|是否|真的|到底|是不是)[^,;?!]{0,4}(?:生效|起作用|起效|开启|启用|用上|成功)|(?:没|未|有没有|是否|真的|到底)[^,;?!]{0,3}(?:生效|起作用|起效|切分|分片|切开)|(?:是不是|难道|好像|感觉)[^,;?]{0,3}没(?:有)?(?:切|分)|(?:zero|fsdp|deepspeed|stage)[^;?!]{0,60}(?:没|未)(?:有)?切|(?<!是)(?:不是|不应该|难道不?|按理)(?:说|应该)?[^,;?!]{0,6}(?:优化器|状态|参数|adam)[^,;?!]{0,8}(?:内存|cpu)|\b(?:isn't|aren't|wasn't|weren't|shouldn't|thought|(?:was|were) told)\b(?! (?:i|we|one)\b)[^.;?!]{0,32}\b(?:optimi[sz]er|states|adam\w*|param\w*)\b[^.;?!]{0,32}\b(?:ram|cpu|host|system memory|off the (?:card|gpu))\b|\b(?:optimi[sz]er|states|adam\w*|param\w*)(?: states)? (?:is|are|was|were) (?:supposed|meant) to (?:be|go|live|sit)\b[^.;?!]{0,16}\b(?:ram|cpu|host)\b|\b(?:not|isn't|isnt|doesn't|aren't) (?:it |they |really |actually |even )*(?:shard|split|partition|divid)(?:ing|ed)?\s*(?:[?!]|at all|$)"),
    ("rollout_again", r"\bwak(?:e|es|ing|ed)[ _-]?up\b|\bwake_up\b|\bresum\w+ (?:the )?(?:engine|vllm|sglang|rollout)|\b(?:second|2nd|next) (?:rollout|generation)|(?:rollout|generation) (?:of|in|at) (?:the )?(?:second|2nd|next|step [2-9])|\b(?:rollout|generat\w+|sampling) after the (?:first |1st )?(?:update|optimi[sz]er step|step)|第(?:二|2|两)(?:步|轮|次|个step)(?:的)?(?:时候)?(?:做)?(?:rollout|采样|生成|推理)|下一(?:步|轮|次)(?:的)?(?:rollout|采样|生成)|唤醒"),
    ("failing_count", r"\d+ (?:of them )?fail|(?<!够)不够"),
    ("long_context", r"\blong(?:er)? (?:context|sequence|input|prompt)s?|long[- ]context|长(?:上下文|文本|序列)|上下文(?:很|较|比较)?长"),
    ("at_the_same_time", r"再(?:放|跑|起|加|塞|部署|装|加载)(?:得?下)?(?:上)?(?:一|1)?个\s?(?:[a-z][\w.]*-?)?\d+(?:\.\d)?b|\b(?:and|plus) (?:also )?(?:an? |another )?(?:[a-z][\w.]*[ -])?\d+(?:\.\d+)?b(?: \w+)? (?:beside|next to|alongside|along with) (?:it|that|this)\b|\b(?:and also|and still|plus) (?:an? |another )(?:[a-z][\w.]*[ -])?\d+(?:\.\d+)?b\b|同时(?:挂|起|跑|部署|放|开|加载|运行|装|塞|用|常驻|在线)|一起(?:跑|部署|放|挂|起|加载|塞|常驻)|\b(?:at (?:the )?same time|loaded (?:together|in parallel)|both (?:models )?(?:be |stay |kept )?(?:loaded|in memory)|at once|simultaneously|side by side|alongside|next to each other|(?:next to|beside|along with|together with) (?:(?:a|an|my|the|our|another) )?(?:[a-z][\w.]*[ -]){0,2}?[\w.-]*\d(?:\.\d+)?b\b|co-?locat\w*|co-?resident|both (?:loaded|resident|running|in (?:vram|memory)|(?:fit )?on (?:1|one|the same|a single)\b)|(?:keep|hold|load|run|host|serve|fit|put)\b(?:(?! or )(?:[^.?;]|\.(?=\d))){0,60}?\b(?:together|on the same (?:card|gpu|[a-z]{0,3}\s?\d{2,4}[a-z]{0,2}\b))|share (?:a|one|1|the|the same) (?:\w+ )?(?:card|gpu|[a-z]{0,2}\d{2,4}[a-z]?))\b"),
    ("named_16_bit", r"\b(?:bf16|fp16|bfloat16|float16|half precision)(?![a-z0-9])|(?<![\d.])16[ -]?bits?\b|16\s?位|半精度"),
    # switches that divide a model between card and RAM
    ("cache_placed", r"\bwhere (?:does|do|is|are|will|would|should)\b[^.;?]{0,16}\b(?:kv|cache)\b[^.;?]{0,16}\b(?:live|go|sit|stay|end up|reside|stored|placed|kept|put)|\b(?:kv|cache)\b[^.;?]{0,24}\b(?:on|in) (?:the )?(?:gpu|card|vram)[^.;?]{0,12}\bor\b[^.;?]{0,12}(?:ram|cpu|host)|(?:kv|缓存)[^,;?]{0,12}(?:放|存|在|留)(?:在|到|哪)?(?:哪|显存还是|卡上还是|内存还是)"),
    ("parts_placed", r"\b(?:n[ _-]?)?cpu[ _-]?moe\b|\bexps\S{0,12}=\s?cpu\b|\boverride[ _-]tensors?\b|\boffload\w*[^.?;]{0,24}\b(?:layers|experts)\b|(?:卸载|offload)[^,;?。]{0,8}(?:层|专家)|专家[^,;?。]{0,8}(?:放|卸载)[^,;?。]{0,4}(?:内存|cpu)"),
    ("unified_memory", r"\bmac(?:book|s)?\b|\bapple\b|(?<![\w.-])(?<!minimax )(?<!minimax-)m[1-5](?: ?(?:pro|max|ultra))?\b|\bunified\b|统一内存|苹果|\bmetal\b"),
    # adapters are ruled out: all weights are to be trained
    ("portable", r"\blaptops?\b|\bnotebook (?:computers?|pcs?)\b|\bgaming notebooks?\b|笔记本(?!(?:里|中|内核|环境|单元))"),
    ("notebook", r"\bcolab\b|\bkaggle\b"),
    ("no_card", rf"{ON_A_CPU}|\b(?:no\s|without (?:an? |1 |any )?|(?:do not|don'?t) have (?:an? |1 |any )?)(?:dedicated |discrete |nvidia )?(?:gpus?|graphics cards?|video cards?)\b(?! (?:memory|ram|left|usage|util\w*|layers?|offload\w*|node|server|instance))|\bcpu[- ]?only\b|\b(?:only|just|purely|pure) (?:on |with )?(?:the |my |a )?cpu\b|(?:纯|仅|仅用|只用|只靠|只有)\s?cpu|(?:用|靠)?cpu(?:来)?(?:硬)?(?:跑|推理)|(?:没有?|无)(?:独立|独)?(?:显卡|gpu|显)|{INTEGRATED}|{SMALL_DEVICE}"),
    ("small_device", SMALL_DEVICE), ("mlx_or_gguf", MLX_OR_GGUF),
    ("mem_fraction", r"mem(?:ory)?[-_ ]fraction"),
    ("fragmentation", r"fragment\w*|碎片|reserved|expandable_segments"),
    ("few_actors", r"\d\s*(?:个|张卡)?\s*actor"),
    ("half_byte", r"x\s?/\s?2|half a byte|\b0\.5 ?(?:bytes?|b\b|字节)|除以\s?2|半(?:个)?字节"),
    ("measured", r"\bmeasur\w+|\bpeak(?:s|ed) at\b|\bactual\w*|\bbenchmark\w*|实测|测(?:得|试|出)|profil\w+"),
    ("limit_moved", r"(?:\bmax[-_ ]?model[-_ ]?len\w*|(?<!llama)(?<!ollama)最大(?:模型|上下文)长度)(?=[\s\S]*(?:\?|吗|么|多少|会|how|does|will|would|true or false|判断对错))(?:[^.?!]|\.(?=\d)){0,60}(?:\b(?:reduc\w*|lower\w*|sav(?:e|es)|affect\w*|influenc\w*|impact\w*|shrink\w*|free\w*|chang\w*)\b[^.?!]{0,24}\b(?:memory|vram|footprint)|(?:显存|占用)[^,;?]{0,8}(?:降|减|省|变|影响|(?<!多)少(?!于)))|\b(?:reduc\w*|lower\w*|decreas\w*|chang\w*)\b[^.?!]{0,12}\bmax[-_ ]?model[-_ ]?len\w*(?:[^.?!]|\.(?=\d)){0,80}\b(?:reduc\w*|lower\w*|sav(?:e|es)|affect\w*|free\w*|chang\w*|(?:us|tak)(?:e|es) less)\b[^.?!]{0,24}\b(?:memory|vram|footprint)|\b(?:us|tak)(?:e|es) less (?:gpu )?(?:memory|vram)\b[^.?!]{0,24}\b(?:smaller|shorter|lower) max[-_ ]?model[-_ ]?len|max[-_ ]?model[-_ ]?len\w*[^,;?]{0,12}(?:影响|决定|省|少占|释放|减少)[^,;?]{0,6}(?:显存|占用)|\b(?:reduc\w*|lower\w*|decreas\w*|shrink\w*|cut\w*|drop\w*)\b[^.?!]{0,12}\bmax[-_ ]?model[-_ ]?len\w*(?:[^.?!]|\.(?=\d)){0,40}\b(?:nvidia-smi\b[^.?!]{0,16}\b(?:less|lower|drop\w*|down)|(?:less|lower\w*|drop\w*|reduc\w*|shrink\w*|down)\b[^.?!]{0,24}\bnvidia-smi)"),
    ("saving_asked", r"\bsav(?:e|es|ed|ing|ings)\b|\bhalv(?:e|es|ed|ing)\b|\bin half\b|\bhalf (?:of )?the (?:total|memory|vram)|\b(?:cut|reduce|lower|shrink)s?\b|省(?:多少|一半|得|下|了|很多|显存|\s?\d{1,2}\s?%|四分之三)|能省|减半|砍半|少(?:多少|一半)|降(?:到)?(?:多少|一半|低|显存)"),
    ("risk_asked", r"\brisk\w*|\b(?:is|be|it) (?:it )?(?:safe|dangerous|reckless)\b|\btoo (?:high|aggressive)\b|风险|安全吗|危险|稳妥吗|太高了?吗|会不会太高|太激进"),
    ("layout_asked", r"\b(?:which|what)(?: kind of)? (?:\w+ )?(?:parallel\w*|sharding|layout)\b(?! (?:state|dict))|\bparallel\w* (?:strategy|config\w*|layout|plan|scheme|setup)\b|\b(?:best|right|good) (?:way|layout|strategy) to (?:shard|split|parallelize|divide)\b|(?:什么|哪种|哪个|怎么|如何|怎样)(?:样)?(?:的)?[^,;?。]{0,6}并行|并行(?:策略|方案|方式|配置|怎么|如何)"),
    ("use_doubted", r"\b(?:worth|bother|necessary|pointless|useless|useful|any (?:point|benefit|use|effect|sense)|do(?:es)? (?:it|this|that) (?:even )?(?:do (?:any|some)thing|help|make sense))\b|有(?:没有)?(?:必要|用|意义|效果|帮助)|没必要|值得|管用|用处"),
    # sharding that left each card as it was
    ("not_felt", r"(?:zero|z[12]\b|deepspeed|shard\w*|切)[\s\S]{0,80}(?:没(?:怎么|有)?(?:降|省|变|少|减)|(?:一点|丝毫)(?:都|也)?(?:没|不)|还是\s?\d|仍是?\s?\d|一样|\bstill\b[^.;?]{0,24}\d|\bthe same\b|\bsame \d|\bno (?:change|difference|savings?)\b|\b(?:did|does|do)(?:n't| not)\b[^.;?]{0,16}(?:drop|go down|shrink|chang|lower|reduc|sav))|(?:没(?:怎么|有)?(?:降|省|变|少|减)|(?:一点|丝毫)(?:都|也)?没)[\s\S]{0,24}(?:zero|切)"),
    ("no_nvlink", r"(?:没有?|无|不带|缺)\s?nvlink|\b(?:no|without|w/o) nvlink\b"),
    ("disk_short", r"(?:硬盘|磁盘|\bdisks?\b|\bdrive\b)[^,.;?!]{0,16}(?:满|爆|不够|装不下|\bfull\b|\bfills?\b|\bfilled\b|\bruns? out\b|\bspace\b)|\d\s?(?:gi?b?|t)b?\s?(?:的)?(?:on|of) disk\b|硬盘\s?\d"),
    ("second_copy", SECOND_COPY),
    ("bytes_quoted", r"(?<![\d./])(?:\d{1,2}\s?\+\s?)?1[2468]\s?/\s?(?:d|n|dp|n_?d|world[ _-]?size|n_?gpus?)(?![a-z0-9])"),
    # how many ways a sequence can be divided
    ("sp_degree", r"(?:\bulysses\b|\bsequence[ _-]?parallel\w*|(?<![a-z])sp(?![a-z])|序列并行)[\s\S]{0,160}(?:\bheads?\b[^.;?]{0,24}(?:%|divi\w+|!=)|\b(?:which|what|how (?:many|large|high))\b[^.;?]{0,24}(?:\bsp\b|degrees?|sizes?)|(?:sp|度数?|并行度)[^,;?]{0,8}(?:设|选|取|用)?(?:几|多少)|设几|整除|\bwast\w+|浪费|\bidle\b|闲着)"),
    ("interleaved", r"\binterleav\w+|(?<![a-z])vpp(?![a-z])|\bvirtual (?:pipeline )?stages?\b|交错(?:调度|流水)?|虚拟(?:流水线)?级"),
    # one stage of a pipeline against another
    ("stages_apart", r"^(?=[\s\S]*(?:(?<![a-z])pp(?![a-z])|\bpipeline|流水线))[\s\S]*(?:第(?:1|一)张|\b(?:first|last) (?:card|gpu)\b)|\b(?:gpu|rank)[ _-]?0\b(?=[\s\S]*\b(?:pp|pipeline)\b)|\b(?:pp|pipeline)\b[\s\S]{0,60}\b(?:gpu|rank)[ _-]?0\b|\b(?:first|last|early|earlier|later|final|front|stage[ -]?0|stage[ -]?1|rank[ -]?0)\b[^.;?!]{0,12}\b(?:pipeline |pp )?(?:stages?|ranks?)\b|\bstage[ -]?0\b|第(?:1|一)(?:个|级)?\s?(?:stage|pp|流水线|段|级)|(?:最后|末)(?:1|一)?(?:个)?\s?(?:stage|级|段)|首级|末级|(?:各|每|不同)(?:个|级)?\s?(?:stage|流水线级)|\b(?:pp|pipeline) (?:ranks?|stages?)\b[^.;?!]{0,40}\b(?:differ\w*|uneven\w*|unbalanced|imbalanced?|more|less)\b"),
    ("in_bytes_asked", r"\bin (?:gi?bs?|gigabytes|bytes|memory|vram)\b|\bhow (?:many|much) (?:gi?bs?|gigs?|gigabytes|memory|v?ram)\b|\bhow much is that\b|(?:多少|几个?)\s?(?:gi?b?(?![a-z])|显存|内存)|占多少|多大显存"),
    ("rest_asked", r"\bwhere(?:'s| is| are| do| does| did)\b[^.;?]{0,20}\b(?:other|rest|remaining|extra|remainder|missing)\b|\bwhat(?:'s| is| are| takes?| uses?| fills?| makes up| accounts for)?\b[^.;?]{0,12}\b(?:the rest|remainder|remaining|the other \d+)|(?:其余|剩下|剩余|余下|另外|多出来?|其他|多(?=的))的?[^,;?]{0,12}(?:是什么|是啥|去哪|去了哪|哪来|在哪|是哪|用在|干什么|怎么来|什么占)"),
    ("setting_doubted",
    (r"\b(?:is|are|isn't|aren't|would|will|wouldn't)\s(?!(?:it|that|this|these|there|memory|v?ram|usage|(?:the|my) (?:memory|v?ram|usage|peak|total))\b)(?:(?!\d\s?gi?b\b)[^.;?]){2,48}\b(?:too (?:much|many|big|large|long|high|heavy|ambitious)|asking too much)\b"
    r"|(?:上下文|长度|并发|批|batch|\brank|秩|\d\s?k(?![a-z])|\d\s?b(?![a-z])|模型)(?:(?!显存|占用|\d\s?g)[^;?!]){0,28}(?:是不是|会不会|是否|算不算|有点)(?:太|过于?)(?:大|长|多|高)")),
    ("doubted_height", r"\b(?:too|unusually|suspiciously) (?:high|much|large)\b|(?:是不是|是否|有点|会不会|算不算|太|偏)[^,;?]{0,3}(?:高|多|大)了?(?:吗|么|吧|\?|$)|\btoo high\b"),
    ("fused_step", r"\bfused\b[^.;?]{0,12}\badamw?\b|\badamw?(?:_torch)?_?(?:fused|foreach)|\bforeach\b|融合(?:的)?\s?(?:adamw?|优化器)"),
    ("unquantised", r"\b(?:what|which|anything|something|part)\b[^?;]{0,40}(?:\b(?:not|isn't|aren't|isnt|never|un)[- ]?(?:being |been |getting |really )?quanti[sz]ed|\bunquanti[sz]ed|\b(?:stays?|kept|left|remains?) (?:in |at )?(?:16|fp16|bf16|half precision|full precision))|(?:哪(?:些|部分|里|块|几)|什么|啥)[^?;]{0,12}没(?:有)?(?:被)?量化|没(?:有)?(?:被)?量化的?(?:部分)?是?(?:什么|哪|啥)|哪(?:些|部分)[^?;]{0,10}(?:还是|保持|仍是?|没变)\s?(?:16|fp16|bf16)"),
    ("share_lever", r"\b(?:adjust|rais|increas|lower|reduc|tun|chang|set|turn|bump|tweak|play)\w*[^.;?]{0,30}(?:memory[_ -]utili[sz]ation|mem[_ -]fraction)|(?:memory[_ -]utili[sz]ation|mem[_ -]fraction\S*)[^;?]{0,24}(?:\bhelp|\benough\b|\bdo it\b|\bfix|\bsolve|行|够|可以|有用|管用|解决)|(?:调|改|拉高?|提高|降低)[^,;?]{0,10}memory[_ ]utili[sz]ation"),
    ("galore", r"(?<![a-z])galore"),
    ("embedding_frozen", r"\bfr(?:ee|o)z\w*\s(?:the |my |both |input |token )*(?:embed\w*|lm_?head)|\b(?:embed\w*|lm_?head)[^.;?]{0,16}\bfr(?:ee|o)z\w*|冻结(?:住|了|掉)?(?:的)?\s?(?:embed|词嵌入|lm_?head|输出头)|(?:embedding|词嵌入|lm_?head)[^,;?]{0,8}冻结"),
    ("selective_recompute", r"\bselective\b[^.;?]{0,32}(?:checkpoint|recomput|重计算|检查点)|(?:checkpoint\w*|recomput\w*|重计算|检查点)[^.;?]{0,32}\bselective\b|选择性(?:激活)?(?:重计算|检查点)"),
    ("pure_bf16", r"pure[_ -]?bf16|\bbf16[- ]pure\b|纯 ?bf16"),
    # what a published figure counts: which parts, and whether of one card or of all
    ("figure_counts", r"\b(?:includ\w*|counts?|counted|contains?|covers?|with or without|part of)\b[^.;?]{0,24}\b(?:optimi[sz]ers?|adam|activations?|gradients?|states)\b|\b(?:optimi[sz]ers?|adam|activations?|gradients?|states)\b[^.;?]{0,16}\b(?:included|counted|part of|in (?:it|there|that))\b|(?:包含|包括|含|计入|算(?:上|了|进)?)[^,;?]{0,8}(?:优化器|激活(?!参数)|梯度)|(?:优化器|激活(?!参数)|梯度)[^,;?]{0,6}(?:算|包含|计入)[^,;?]{0,6}(?:没|吗|么|不)|\b(?:per|each|one|a single) (?:gpu|card)\b[^.;?]{0,24}\bor\b[^.;?]{0,16}\b(?:total|all|sum|together|combined)\b|\b(?:in )?(?:total|all)\b[^.;?]{0,16}\bor\b[^.;?]{0,12}\b(?:per|each|one|single) ?(?:gpu|card)|(?:[单1一每]张?卡|每张)[^,;?]{0,8}(?:还是|或)[^,;?]{0,6}(?:总|合计|全部|加起来|所有)|(?:总|合计|加起来)[^,;?]{0,8}(?:还是|或)[^,;?]{0,6}(?:[单1一每]张?卡|每张)"),
    # what offloading leaves unused on the card, and whether that can make it faster
    ("room_beside_offload", r"^(?=[\s\S]*(?:\boffload\w*|卸载))(?=[\s\S]*(?:\b(?:use|uses|using|usage|sits at)\b[^.;?]{0,16}\bonly\b|\bonly (?:us\w+|tak\w+|\d)|\b(?:unused|idle|free|spare|empty|the rest|left over|remaining)\b|只用|才用|剩下|空着|没用|闲置|空闲|富余))(?=[\s\S]*(?:\bfast\w*|\bspeed\w*|\bquick\w*|\butili[sz]e\b|\b(?:use|fill) (?:up )?(?:the )?(?:rest|more|remaining|all)|提速|加速|更快|快(?:点|些|一点)|利用|用满|用上))(?![\s\S]*(?:\bngl\b|\blayers?\b|llama|\binference\b|\bexperts?\b|推理|专家))"),
    ("eighteen_bytes", r"\b18\s?(?:θ|x(?!\s*[a-z]*\d)|倍|bytes?|个?字节)"),
    ("sixteen_bytes", rf"\b16\s?(?:θ|倍|bytes?|个?字节)|(?:or|vs|and|还是|和) 16 bytes|{TIMES_PARAMS.format(16)}"),
    ("twenty_times", rf"\b20\s?(?:θ|倍|bytes?|个?字节)|\b20 (?:or|vs|and) 16|{TIMES_PARAMS.format(20)}"),
    *((cue, r"\b(?:1[68]|20)(?:\s*(?:,|/|or|and|vs\.?|还是|和|或)\s*(?:1[68]|20))+\s*(?:bytes?|字节|倍|x\b)") for cue in ("sixteen_bytes", "twenty_times")),
    *((cue, r"\b(?:1[68]|20)\s?(?:bytes?|字节|b(?=[^;]{0,80}(?:/|\bper|每)\s?(?:param|参数)))(?![a-z])[^;]{0,160}(?<![\d.])(?:1[68]|20)(?:\s*(?:,|/|or|and|vs\.?|还是|和|或)\s*(?:1[68]|20))?(?![\d.]|\s?(?:gi?b|g|x\d|层|张|卡|gpus?|cards?|k|b)\b)") for cue in ("sixteen_bytes", "twenty_times")),
    ("cache_loss", r"(?:\bkv\b|\bcache\b|缓存)[^.;?!。]{0,60}(?:\bquality\b|\baccuracy\b|\bprecision\b|\bcoheren\w+|质量|精度|效果|变笨|变傻)|(?:\bquality\b|\baccuracy\b|\bprecision\b|质量|精度)[^.;?!。]{0,40}(?:\bkv\b|\bcache\b|缓存)"),
    ("precision_loss", r"\b(?:does|do|will|would|can|could)\b[^.;?]{0,48}\bhurts?\b(?! (?:the )?(?:memory|speed|throughput))|(?:损失|影响|降低).{0,4}(?:精度|效果|质量)|精度(?:损失|下降)|lose\w* (?:much |any |a lot of |too much |some )?(?:precision|quality|accuracy)|(?:accuracy|quality) (?:loss|drop|hit|penalty|degrad\w*|suffer\w*|impact)|\b(?:hurt|harm|affect|degrade|damage|worsen)\w* (?:the |its |my |model |output |answer )*(?:quality|accuracy|precision)|\bhow much (?:quality|accuracy)\b|(?:效果|质量|精度|能力)(?:会|有|得|会不会)*(?:明显|严重|很多?)?(?:变差|差(?:很多|多少)|掉|下?降|打折|受影响)|掉(?:点|精度)|\b(?:results?|outputs?|outcome|quality|accuracy|convergence)\b[^.?;]{0,12}\b(?:be|is|are|stay|still|much) (?:exactly |just |still |really |any |much )?(?:the same|identical|equivalent|as good|worse|different|affected)\b|(?:效果|结果|质量|收敛)(?:还|会|能|是|不|完全|都|上)*(?:一样|一致|等价|相同|差不多|受影响)|^(?=[\s\S]*(?:量化|\bbits?\b|\d\s?(?:bit|位)|int[48]|(?<![a-z])q[2-8]))[\s\S]*(?:(?<!越)变(?:笨|傻)|降智)"),
    ("precompute_asked", r"precompute_ref\w*|\bprecomput\w+ (?:the )?ref\w*|预先?(?:计算|算好?)[^,;?]{0,8}(?:参考|ref|对数概率|log)"),
    ("fsdp_versions", r"\bfsdp[- ]?2\b[^.;?]{0,40}\bfsdp(?:[- ]?1|v1)?\b|\bfsdp(?:[- ]?1|v1)?\b(?![- ]?2)[^.;?]{0,40}\bfsdp[- ]?2\b|\bfsdp[- ]?2\b[^.;?]{0,40}(?:\b(?:sav\w*|less|lower|better|advantage|differ\w*)\b|省|区别|好处)"),
    ("sequence_or_context", r"(?:\bsequence[- ]?parallel\w*|(?<![a-z])sp(?![a-z])|序列并行)[^.;?]{0,32}(?:\bvs\.?|\bversus\b|\bor\b|\band\b|和|与|跟|还是|比)[^.;?]{0,16}(?:\bcontext[- ]?parallel\w*|(?<![a-z])cp(?![a-z])|上下文并行)|(?:\bcontext[- ]?parallel\w*|(?<![a-z])cp(?![a-z])|上下文并行)[^.;?]{0,32}(?:\bvs\.?|\bversus\b|\bor\b|\band\b|和|与|跟|还是|比)[^.;?]{0,16}(?:\bsequence[- ]?parallel\w*|(?<![a-z])sp(?![a-z])|序列并行)"),
    ("fsdp_and_zero", r"\bfsdp2?\b[^.;]{0,80}(?:\bzero|\bdeepspeed)|(?:\bzero|\bdeepspeed)[^.;]{0,80}\bfsdp2?\b"),
    ("fsdp_strategies", r"shard_grad_op[\s\S]*(?:full|hybrid|no)[ _-]?shard|(?:full|hybrid|no)[ _-]?shard[\s\S]*shard_grad_op"),
    ("stages", rf"\bzero[ -]?(?:stage[ -]?)?[0-3]|\bfsdp\b|\bddp\b|{ZERO_BY_NAME}"),
    ("ktransformers", r"\bktransformers\b"),
    ("lora", r"lora"),
    ("dora", r"(?<![a-z])q?dora(?![a-z])"),
    ("which_gguf", r"\b(?:which|what|best) gguf\b(?! (?:of them|is|are|does|do|uses?))|哪个gguf"),
    ("largest_quant", r"\b(?:biggest|largest|highest|best|which|what) (?:\w+ ){0,2}?(?:quant(?:s|ization|isation)?\b|ggufs?\b(?! (?:is|are|means?)\b))|\b(?:is|are) there (?:a|an|any|some|no)?\b ?(?:\w+ ){0,2}?quant(?:s|ization|isation|ized|ised)?\b|(?:最大|最高|哪一?个|哪一?种|哪一?[档款级]|(?<!为)什么)(?:档|等级)?的?(?:gguf)? ?(?:量化|quants?\b)(?!方法)|q几|(?:量化|quants?) ?(?:版本?|等级|档位?|格式)?(?:要|该|应该|得|最好|一般)*(?:选|用|挑|下载?)(?:哪|什么|啥)|量化(?:版本?|等级|档位?)?(?:怎么|咋|如何)选|有没有[^,;?。]{0,32}量化"),
    ("bandwidth", r"\bbandwidth\b|带宽"),
    # who asks whether a draft is worth it buys nothing
    ("buying", r"\b(?:buy|buying|(?<!just )(?<!already )(?<!i )(?<!'ve )(?<!have )(?<!we )bought|purchas\w+|upgrad\w+|invest\w*|worth buying|good (?:deal|buy)|should i (?:get|go with|go for|pick)|build(?:ing)? (?:a |an )?(?:pc|rig|workstation|server|box))\b|(?<!刚)(?<!已经)(?<!新)买(?!了)|(?<!刚)入手(?!了)|购买|升级|性价比|装机|选购|^(?![\s\S]*(?:\beagle|specul|\bmtp\b|投机|推测|草稿))[\s\S]*(?:\bworth it\b|\bgood idea\b|值得|划算)"),
    ("ram_asked", r"\b(?:v?ram|gpus?|cards?|cpu)\s?(?:/|&|\+|and|,)\s?(?:system |cpu )?ram\b|\bram\s?(?:/|&|\+|and)\s?(?:v?ram|gpus?)\b|(?:显卡|显存)\s?(?:和|与|、|/|以及|,)\s?(?:系统)?内存|内存\s?(?:和|与|、|/|以及)\s?(?:显卡|显存)|\bhow much\b[^?.;]{0,24}\b(?:ram|(?:system|host|cpu|main) memory)\b|\b(?:enough|sufficient|more|need|min(?:imum)?)\b[^?.;]{0,24}\b(?:ram|(?:system|host|cpu|main) memory)\b|\b(?:ram|(?:system|host|cpu|main) memory)\b[^?.;]{0,24}\b(?:enough|sufficient|needed|required|requirements?)\b|内存[^,;?]{0,12}(?:多大|多少|够|几)|(?:多大|多少)[^,;?]{0,4}内存"),
    ("checkpointing", r"checkpointing|检查点|^(?![\s\S]*(?:preempt|抢占))[\s\S]*(?:recomput\w+|重计算)"),
    ("flash", r"flash|\bfa[ -]?[23]\b"),
    ("rank_denied", r"\brank\b[^;?]{0,60}(?:\bno (?:effect|difference|impact|influence)|\b(?:does(?:n't| not)|won't) (?:matter|change|affect)|\bsame (?:thing|vram|memory)|\birrelevant|\bindependent\b|\bdoes(?:n't| not) depend)|\bindependent of (?:the )?(?:lora )?(?:rank|r\b)|\bnot depend on (?:the )?(?:lora )?(?:rank|r\b)|(?:rank|秩|\br\b)[^;?]{0,24}(?:没(?:有|什么|啥)?(?:影响|区别|差别|关系)|不影响|一样|无关)"),
    ("estimator", r"estimate_zero\d?\w*|\bmem_needs|\bdeepspeed(?:'s)?\b[^.?;]{0,24}\bestimat\w+|deepspeed[^,;?]{0,12}估算|(?:显存|memory)[ _]?estimator"),
    ("accelerate_estimates", r"\baccelerate['`\"]?(?:'s)?[ -]estimat\w+|\bestimate-memory\b|\bmodel[ -]memory[ -](?:calculator|estimator|usage|anatomy)\b|(?:hugging ?face|hf|accelerate)[^.;?]{0,24}(?:\b(?:calculator|estimat\w+)|估算|计算器|估计)|\btraining using adam\b"),
    ("what_is_it", r"\bwhat(?:'s| is| are| was| were) (?:exactly |actually )?(?:that|this|the|those|these)? ?(?:[^?.;]{0,24} )?(?:\d+\.\d+|\d+ ?(?:gi?b|mi?b|g|m)\b)[^?.;]{0,24}\?|\bwhat (?:is|was|are) (?:it|that|this|those)\b[^?.;]{0,16}(?:\?|$)|\b(?:which|what|one|a single) (?:tensor|buffer|matrix)\b(?! (?:parallel|core))[^.]{0,24}\?|\bwhere (?:does|do|did) (?:that|the|this|those|these)[^?.;]{0,16}\d+(?:\.\d+)? ?(?:gi?b|g)?\b[^?.;]{0,12} come from|\d ?(?:gi?b|g)?[^,;?]{0,6}(?:是(?:什么|啥|哪)|从哪|哪(?:来|里来)|怎么来)|[这那它](?:个|块|部分)?(?:到底|究竟)?是(?:什么|啥)|对应(?:的是|着)?(?:什么|啥|哪)|(?:什么|哪个|哪块|啥)(?:张量|tensor|矩阵)"),
    ("mixed_saves", r"(?:\bwhat (?:does|do|is|would)|\bwhere (?:does|is|do)|\bwhy (?:use|bother|do))[^?.;]{0,40}(?:mixed[ -]precision|\bamp\b)[^?.;]{0,24}(?:\bsav\w+|\bgain\w*|\bbenefit\w*)|(?:mixed[ -]precision|\bamp\b)[^?.;]{0,24}(?:\bsav\w+ (?:any|no|nothing|at all)|\bnot sav\w+)|混合精度[^?;]{0,10}(?:省在哪|省了?什么|省(?:的)?是什么|没省|不省|有什么用|好处|意义)"),
    ("runs_slowly", r"\b(?:so|very|really|too|extremely|painfully|super) slow\b|\bwhy\b[^.;?]{0,40}\bslow(?:ly)?\b|(?:很|太|好|巨|特别|非常|这么)慢"),
    ("first_takes_more", r"\bwhy\b[^.;?]{0,40}\b(?:uses?|takes?|needs?|requires?|eats?|using|taking)\b[^.;?]{0,16}\bmore\b[^.;?]{0,24}\bthan\b|(?:为什么|为啥|怎么)[^,;?]{2,24}比[^,;?]{2,24}(?:还要?|更|反而)(?:占|吃|费|耗|多|大)"),
    ("lost_bytes", r"\b(?:drop|lose|lost|miss|skip|truncat|compress|shrink|shrunk|corrupt|disappear)\w*|\bwho is lying\b|\bwhere did\b[^.;?]{0,24}\bgo\b|\breconcile\b|少了|丢|缺|缩水|压缩|没下全|去哪|哪去"),
    ("length_and_batch", r"(?<![a-z])(?:bs|batch(?:[ _-]?size)?|批(?:大小)?)[ =:]{0,2}\d{1,4}[^.;?]{0,12}(?:\bseq\w*?|\blen\w*?|长度|序列)[ =:]{0,2}\d[^.;?]{0,24}(?:bs|batch(?:[ _-]?size)?|批(?:大小)?)[ =:]{0,2}\d{1,4}[^.;?]{0,12}(?:\bseq\w*?|\blen\w*?|长度|序列)[ =:]{0,2}\d|(?:\bseq\w*|\blength|\bcontext|长度|上下文|序列)[^.;?]{0,40}(?:\bdoubl\w+|\btwice\b|翻倍|加倍|两倍|\bor\b|\bvs\b|还是)[^.;?]{0,40}(?:\bbatch|批)|(?:\bbatch\w*(?: size)?|批\w*)[^.;?]{0,24}(?:\bdoubl\w+|\btwice\b|翻倍|加倍|两倍)[^.;?]{0,40}(?:\bseq\w*|\blength|\bcontext|长度|上下文|序列)"),
    ("square_of_length", r"\bquadratic\w*|\bsquared?\b(?! (?:root|meters?|feet|images?|pictures?|photos?|\d))|(?<![a-z\d])[nslt]\s?(?:\^|\*\*)\s?2\b|(?<![a-z\d])[nslt]²|\bo\([nslt]2\)|平方|二次方"),
    ("why_recompute", r"(?:\bwhy\b|\bwhat\b|\bhow\b)[^.;?]{0,60}\b(?:activations? (?:kept|saved|stored|needed|recomputed)|(?:keep|save|store|recompute|hold) (?:the |all )*activations?|(?:gradient |activation )?checkpointing (?:throw|drop|discard|work|save|do)\w*|activation recomput\w+)|\bwhat (?:are|is) (?:the )?activations?\b|(?:为什么|为啥|为何|什么是|原理)[^;?]{0,16}(?:激活(?:值)?(?:重计算|要|需要|保存|存)|重计算|(?:梯度)?检查点)|(?:激活值|重计算|检查点)[^,;?]{0,8}(?:是什么|是啥|原理|干(?:什么|嘛))"),
    ("experts_on_demand", r"(?:\b(?:load|fetch|swap|stream|keep|put)\w*\b[^.;?]{0,40}\b(?:only )?(?:the )?(?:active|activated|needed|used|required) (?:experts?|ones?|part)|\bexperts?\b[^.;?]{0,40}\b(?:on demand|as needed|when needed|lazily|dynamically))|按需|用到(?:的)?(?:哪些|那些|哪个)?(?:专家|再)|(?:只|仅)(?:加载|读|放|需要)(?:激活|用到|被选中)的?(?:专家|参数|部分)"),
    ("flash_on_card", r"\b(?:flash[ _-]?att\w*(?:[ -]?[23])?|fa[ -]?2)\b(?!['\"]?\s?[:=])[^?]{0,24}(?:\b(?:works?|runs?|support\w*|possible|available|usable)\b|(?<!只)能用|支持|可用|能跑|能装)|\b(?:use|run|install|support\w*|works?)\b[^?]{0,16}\b(?:flash[ _-]?att\w*(?:[ -]?[23])?|fa[ -]?2)\b[^?]{0,24}\bon\b|(?:支持|能用|能装|能不能用)[^?]{0,6}(?:flash[ _-]?att\w*|fa[ -]?2)"),
    ("zero3_takes_more", r"\b(?:zero|stage|z)[ -]?(?:stage[ -]?)?3\b[^.;?]{0,40}\b(?:more|higher|larger|bigger|worse|hungrier)\b[^.;?]{0,32}\b(?:zero|stage|z)?[ -]?(?:stage[ -]?)?2\b|\bfsdp\b[^.;?]{0,24}\bmore (?:v?ram|memory|gpu memory)\b[^.;?]{0,16}\bthan (?:ddp|zero)|(?:zero|z)[ -]?3[^.;?]{0,10}(?:反而|居然|竟然|比)[^.;?]{0,16}(?:zero|z)?[ -]?2[^.;?]{0,10}(?:高|多|大|更)|(?:zero|z)[ -]?2[^.;?]{0,8}(?:换|改|切)[^.;?]{0,6}(?:zero|z)?[ -]?3[^?]{0,12}(?:显存)?(?:反而|居然|竟然)[^?]{0,6}(?:高|多|大|涨)"), ("zero3_takes_more", ZERO3_SAVES_NOTHING),
    ("zero3_divides_all", r"(?:激活(?:值)?|activations?)[^,.;?]{0,8}(?:也|都|同样|一起|一并|too\b|also|as well|get|are|is)[^,.;?]{0,10}(?:切|分(?!配|布)|shard|divid|split|partition)|(?:zero|fsdp)[^;?]{0,40}(?:省|节省|降低?到?|减少|cuts?|sav\w+|divid\w+|reduc\w+|shrink\w*)[^,.;?]{0,16}\d+\s?(?:倍|x\b|times|分之)|\d+(?:张|块)?(?:卡|gpus?|cards?)[^,.;?]{0,20}\d+\s?(?:倍|x\b|times)(?:大|bigger|larger|the (?:model|size))"),
    ("fp8_training", r"\bfp8[- ](?:mixed[- ]precision )?(?:train\w*|pre-?train\w*|fine-?tun\w*)|\b(?:train\w*|fine-?tun\w*|pre-?train\w*)\b[^.;?]{0,24}\b(?:in|with|using) fp8\b|fp8\s?(?:混合精度)?(?:训练|预训练|微调)|(?:用|上|开)\s?fp8\s?(?:来|做)?(?:训|微调|预训)"),
    ("active_alone", r"激活[^;?]{0,24}(?:就|才|只|够|按)|\bactive\b[^.;?]{0,40}\b(?:only|just|enough|so|fits?)\b|\bonly\b[^.;?]{0,24}\bactive\b|\b(?:only|just) (?:activates|uses)\b[^.;?]{0,24}\d+b\b|\bactivates (?:only|just)\b|\b(?:for|of|by|as|count\w*|load\w*|need\w*)\b[^.;?]{0,16}(?<![\d.-])\d+(?:\.\d+)?b,? (?:or|vs\.?) (?:for |of |by |the )?(?:only )?\d+(?:\.\d+)?b\b|[按算是要](?:总)?\s?\d+(?:\.\d+)?b\s?(?:算|来)?(?:,)?\s?(?:还是|或)(?:按|是|算)?\s?\d+(?:\.\d+)?b"),
    ("kbit_prepared", r"\bprepare_model_for_(?:kbit|int8)_training\b|\bk-?bit prep\w*"),
    # somebody does it, or it is held to be impossible: can it be done in any way?
    ("existence", (
        r"\bimpossible\b|\b(?:is|are|was) (?:he|she|they|that guy) (?:lying|joking|bluffing|kidding|serious)\b|\bswears?\b"
        r"|\b(?:people|someone|somebody|some|others|(?:a|this|that|one|my) (?:guy|friend|colleague|coworker|blog|post|video|tutorial)|they|reddit|folks)(?: (?:on|in|at|from) \w+)? (?:say|says|said|claims?|claimed|managed?|does it|did it|do it|runs? it|got it)\b"
        r"|\bi (?:was told|heard|(?:have )?read) (?:that )?\w+|\bhow (?:does|do|did|can) (?:he|she|they|people|others|anyone)\b|\b(?:setup|config\w*|settings?|combination|way)\b[^.?;]{0,24}\b(?:actually|really)? ?(?:fits|works)\b"
        r"|不可能|说(?:是)?(?:能|可以)(?:行|跑|训|做|微调)|有人(?:说|用|能)|听说|别人(?:能|都|怎么)|吹牛|骗人|怎么做到|真的(?:能|可以|假|吗)|到底(?:哪个|怎么|怎样)?[^,.?]{0,4}能(?:跑|行|训)|怎[么样]才能(?:跑|训)"
    )),
    ("metrics_told", r"\bcompute_metrics\b|\bpreprocess_logits"),
    ("plain_peft", r"(?<![a-z])(?:peft|trl)(?![a-z])"),
    ("accumulation", r"accumulat\w+|\bgrad\w*[ _-]?acc(?![a-z])|(?<![a-z])accum(?![a-z])|累[积计]"),
    # the work itself, not what it leaves
    ("quantising_itself", r"\bquanti[sz]\w+ (?:process|step|job|itself|myself|run)\b|\b(?:quanti[sz]e|quanti[sz]ing|convert\w*)\b[^.?!]{0,40}\b(?:myself|with (?:auto-?)?(?:gptq|awq|gptqmodel|llm-?compressor)|(?:in)?to gguf)\b|\b(?:auto-?gptq|auto-?awq|gptqmodel|llm-?compressor|llama-quantize|convert_hf_to_gguf)\b(?! (?:int\d|\d-?bit|models?|versions?|checkpoints?|quants?|weights)\b)|\b(?:quanti[sz]e|quanti[sz]ing)\b(?:[^.?!]|\.(?=\d)){0,48}\b(?:myself|ourselves|on my own)\b|\b(?:make|making|create|produce|build)\b(?: \w+){0,2} own (?:\w+ )?(?:gptq|awq|int[48]|gguf|quant\w*)\b|自己(?:用\w{2,16}\s?)?量化(?!版|后|的)|自己(?:来|动手)?(?:把|给|对)[^,;?。]{1,30}量化(?!版|后|的)|量化(?:的)?(?:过程|本身|这一步)|量化[^,;?。]{0,12}(?:模型)?(?:这个过程|这一步|本身(?=[^,;?。]{0,4}(?:需|要|占|吃)))|\b(?:need(?:ed|s)?|required?|takes?|vram|memory) (?:in order )?(?:to|for) (?:(?:gptq|awq)[- ]?)?quanti[sz](?:e|ing) (?:an? |my |the |\d+b\b)|做一?(?:次|遍)?(?:awq|gptq|int[48]) ?量化(?:要|需要)|(?:自己|自行|手动)(?:做|来)?量化|做量化|转(?:换)?(?:成|为)?\s?gguf|量化(?:成|为|到|出)\s?gguf"),
    ("quantised", r"\bquanti[sz]ed\b|\bquant\b|(?<![不未非无])量化"),
    ("if_quantised", r"(?:[,.?!;]|\b(?:and|or)\b)[^,.?!;]{0,32}?(?:\b(?:if|when|once|after|about)\s(?:it'?s?\s|we\s|i\s|it\sis\s|it\swere\s|the model is\s)?(?:quanti[sz]ed?|quanti[sz]ing|quanti[sz]ation)\b|\b(?:when|once) (?:\w+ )?quanti[sz]ed\b)|[,.?!;]\s?(?:那|如果|要是|假如)?\s?量化(?:的话|后|之后|一下|完|了|呢|版)"),
    # both are to be answered for
    ("quantise_or_not", r"\b(?:out of the box|as is|unquanti[sz]ed|full precision|native\w*)\b[^.;]{0,60}\bor\b[^.;]{0,40}\bquant|\bor\b (?:\w+ ){0,4}quanti[sz]\w*|\b(?:must|need to|have to|should|whether) (?:(?:i|we|it|they|one|be) ){0,2}quanti[sz]\w*|\b(?:is|need) (?:a )?quanti[sz]ation\b[^.;]{0,24}\b(?:needed|required|necessary)|(?:还是|或者?)[^,;?]{0,6}量化|(?:要不要|用不用|需不需要|是否(?:需要|要|必须)?|必须(?:得|要)?|非得|得|只能)(?:先)?(?:做|用|上|靠)?量化|需要量化(?:吗|么|嘛|\?|$)|量化(?:与否|不量化)"),
    ("whole_pool", r"\bpool(?:s|ed|ing)?\b|\badds? up\b|\bcombin\w+ (?:the |their |both )?(?:v?rams?|memor\w+)|\b(?:use|using|used?|usable|utili[sz]ed?) (?:all|the (?:whole|full|entire|combined))\b|\b(?:all|whole|full|entire|combined)\b[^.?;,]{0,24}\b(?:be )?(?:used|usable|utili[sz]ed|available)\b|(?:都|全|全部|全都|完全)(?:能|可以|可)?(?:用(?:上|到|满|得上|起来)|利用)|用满|合并|叠加|相加|合在一起|(?:合|加|拼|凑)起来|[拼凑]一起"),
    ("cards_added", ADDED_ASKED),
    ("sum_of_cards", SUM_ASKED),
    ("split_asked", SPLIT_ASKED),
    ("nvlink_named", r"\bnvlink\b"),
    ("pooled_asked", rf"{POOLED}|{AS_ONE_CARD}|\bnvlink\b[^.;?!]{{0,40}}\b(?:pool\w*|combin\w+|merg\w+|one (?:big |large |single )?(?:card|gpu)|single (?:card|gpu)|add\w* up)|(?:nvlink|桥接?)[^;?]{{0,12}}(?:显存)?(?:就)?(?:是|变成?|等于|算)\s?\d{{2,3}}\s?gi?b?(?![a-z])|(?:nvlink|桥接?)[^,;?]{{0,12}}(?:合(?:并|成|在)|叠加|相加|变成?一张|一张大卡)"),
    ("mixed_cards", r"\bboth\b|\btogether\b|\bmix\w*|混用|混插|混搭|一起(?:用|跑)|各一张|一张.{2,16}一张"),
    ("images", r"\bimages?\b|\bpictures?\b|\bscreen ?shots?\b|\bphotos?\b|截图|截屏|照片|图片|图像|扫描件|[一二两三四五六七八九十几多每\d]\s?张图(?![形表])|[多单大原切]图(?![形表])|\b(?:480|720|1080|1440|2160)p\b|\bscans\b|\bscanned\b|多模态|\bvl\b|multimodal"),
    ("ranks_asked", RANKS_ASKED),
    ("video_told", r"\bvideos?\b|视频"), ("disk_asked", DISK_ASKED), ("download_time", DOWNLOAD_TIME),
    ("tower_asked", r"\bmmproj\b[^.;?!]{0,24}(?:\bsize\b|\b(?:big|large|much)\b|多大|多少)|(?:\bhow (?:big|large|much)|\bsize of)\b[^.;?!]{0,24}\bmmproj\b|(?:\bvision|\bvisual|\bimage|\baudio|(?<![a-z])vit|视觉|图像|音频)[ -]?(?:的)?(?:tower|encoder|part|side|module|backbone|部分|塔|编码器?|模块|侧|那部分|(?<=vit)(?: ?的)?)s?(?![a-z])[^.;?!,]{0,40}(?:\bv?ram\b|\bmemory\b|\bsize\b|\btakes?\b|\bneeds?\b|\b(?:big|large|heavy)\b|占|多大|多少|要)|(?:\bhow (?:much|big|large|heavy|many)\b|\bsize of\b|\bmemory of\b)[^.;?!]{0,40}(?:\bvision|\bvisual|\bimage|\baudio|(?<![a-z])vit)[ -]?(?:tower|encoder|part|side|module|backbone)s?(?![a-z])"),
    ("tower_frozen", rf"\b(?:un)?fr(?:eez\w*|ozen)\b[^.;?!,]{{0,16}}{TOWER}|{TOWER}[^.;?!,]{{0,24}}\b(?:un)?fr(?:ozen|eez\w*)\b|(?:解?冻结?|不训练?)(?:住|了|掉|的)?\s?{TOWER}|{TOWER}[^,;?!]{{0,8}}(?:解?冻|不训)|freeze_(?:vision|vit)\w*"),
    ("slots", r"\bllama-server\b|\bslots?\b|槽位|\d\s?个\s?(?:slots?|槽)"),
    ("parallel_requests", r"num_parallel|parallel requests|并行请求"),
    ("which_models", WHICH_MODELS),
    ("what_fits", r"\b(?:what|which)\b[^.;?]{0,24}\b(?:fits?|can (?:i |it )?(?:run|hold))\b|(?:哪些?|什么)[^,;?]{0,8}(?:放得下|装得下|跑得[动起]|能跑|能放)|(?:放得下|装得下|跑得[动起]|能跑|能放)(?:下)?(?:哪|什么)"),
    ("moe_only", r"\b(?:only|just|prefer\w*|interested in|want)\b[^.?;]{0,20}\bmoes?\b|\bmoes? (?:models? )?only\b|\b(?:largest|biggest|best|which|what) (?:\w+ )?moes?\b|(?:只|仅)(?:看|要|考虑|想)?[^,.;?]{0,6}\bmoe|最大的?\s?moe|最大[^,;?!\d]{0,10}(?:哪个|什么|多大的?)\s?moe"),
    ("dense_only", r"\b(?:only|just|prefer\w*|interested in|want)\b[^.?;]{0,20}\bdense\b|\bdense (?:models? )?only\b|\bno moes?\b|\bnot (?:a |an )?moe|\b(?:largest|biggest|best|which|what) (?:\w+ )?dense\b|(?:只|仅)(?:看|要|考虑|想)?[^,.;?]{0,6}稠密|不要moe|最大的?稠密"),
    ("narrow_as_large", NARROW_AS_LARGE),
    ("peak_moment", PEAK_MOMENT),
    ("saves_most", r"\b(?:sav|reduc|lower|help|cut)\w* (?:the )?most\b|最省(?:显存|内存|的)|省(?:得|的)?最多|最能省"),
    ("fp8_as_16", r"^(?=[\s\S]*(?<![a-z])fp8(?![\w]*(?:缓存|cache|kv)))(?=[\s\S]*(?:\b(?:bf|fp)16\b|\b16[- ]?bits?\b|16 ?位))[\s\S]*?(?:(?:bf16|fp16|16 ?位)[^,;?!。]{0,6}(?:占(?:用)?的?|用的?|吃的?)?[^,;?!。]{0,3}(?:一样|差不多|没区别|相同|没差)|(?:一样|差不多)(?:大|多|占|高)|\b(?:same|as much|as large|as big|no less|identical)\b[^.;?!]{0,40}\b(?:bf16|fp16|16[- ]?bit))"),
    ("encoder", r"\bembedding models?\b|\bre-?rankers?\b|(?<![a-z])bge-|向量模型|嵌入模型|embedding模型|重排模型"),
    ("cost", rf"{COST}|\bprices?\b|(?<!memory )(?<!vram )(?<!context )(?<!token )(?<!tokens )(?<!cache )(?<!kv )\bbudget\b(?! (?:the |my )?(?:gpu )?(?:memory|vram))|\$ ?\d|\brent\w*\b(?! (?:\d|an?\b|another|more|some|cards?|gpus?|one|them))|成本|费用|花费|租金|预算|(?:租|云)(?:卡|gpu|a100|h100|4090)"),
    (MORE_AT_ONCE, GROWS_WITH_CARDS), ("card_for_more", CARD_FOR_MORE), ("pool_grows", POOL_GROWS),
    ("pd_apart", r"(?<![a-z])pd\s?分离|(?:预填充|prefill)[^?!]{0,24}(?:解码|decode)[^?!]{0,16}(?:分离|分开)|\bdisaggregated? (?:prefill|serving)|\bprefill[-/ ]decode disaggregat\w*"),
    ("served_users", r"日活|月活|注册用户|\bdau\b|\bconcurren\w+|\bsimultaneous\w*|\busers\b|并发|(?:个|位)(?:用户|人)|多用户|同时在线"),
    ("replicas", REPLICAS),
    # what the model is for, where a size that fits may be served or tuned
    ("use_named", r"\b(?:run(?:s|ning)?|serv\w*|infer\w*|deploy\w*|host\w*|chat\w*|load\w*|generat\w*|decod\w*|prompts?|tokens?|context|ctx|users?|kv|rag|agents?|vllm|ollama|sglang|gguf)\b|llama\.?cpp|推理|部署|跑|运行|加载|上下文|并发|对话|生成|服务|聊天|缓存"),
    ("all_versions", r"\b(?:all|each|every|different|various|other|which) (?:\w+ )?(?:versions?|variants?|sizes)\b|\bthe (?:\w+ )?(?:versions|variants|sizes)\b|\b(?:versions?|variants?) of\b|(?:各个?|每个|所有|不同|几个|哪些|全部)(?:版本|尺寸|规格|型号)|全系列"),
    # whether each card has a cache of its own
    ("cache_over_cards", r"(?:\bkv\b|\bcache\b)[^.;?]{0,40}\b(?:duplicat\w*|replicat\w*|mirror\w*|cop(?:y|ied|ies)|split|divided?|shard\w*|partition\w*|spread|distribut\w*)\b[^.;?]{0,32}\b(?:gpus?|cards?|devices?|ranks?)\b|\b(?:gpus?|cards?|devices?|ranks?)\b[^.;?]{0,24}\b(?:whole|full|entire|own|complete)\b[^.;?]{0,12}(?:\bkv\b|\bcache\b)|\beach\b[^.;?]{0,12}\b(?:keep|hold|store|have|get|need)s?\b[^.;?]{0,12}\b(?:whole|full|entire|own|complete|a copy)\b[^.;?]{0,16}(?:\bkv\b|\bcache\b)|(?:\bkv\b|缓存)[^。;?]{0,20}(?:(?:复制|各[自]?存|重复(?:存|放)?|拆(?:开|分)?|切分|切开|平分|均分|分摊|分(?:到|布))[^。;?]{0,12}(?:卡|gpu)|(?:卡|gpu)s?(?:上)?[^。;?]{0,6}(?:复制|各[自]?存|重复|拆(?:开|分)?|切分|平分|均分|分摊|都(?:要|得|会)?(?:存|放|有|占|来)))|(?:每|各)(?:张|块|个)?(?:卡|gpu)[^。;?]{0,8}(?:存|放|有|占)(?:一份)?(?:完整|整份|全部|同样)的?(?:\s?kv|缓存)"),
    ("cache_share_asked", rf"^(?=[\s\S]*(?:(?<![a-z])tp\b|(?<![a-z])tp ?=? ?\d|\btensor[- _]parallel|\b(?:each|every|per)\b|张量并行|[每各](?:张|块|个)?(?:显?卡|gpu)))[\s\S]*?(?:{_OF_CACHE}[^;?]{{0,40}}{PART_OF}|{PART_OF}[^;?]{{0,32}}{_OF_CACHE})"),
    ("cache_against_weights", r"\b(?:kv|cache)\b[^.?;]{0,24}\b(?:bigger|larger|more|smaller|less|greater)\b[^.?;]{0,12}\b(?:weights|model)\b|(?:kv|缓存)[^,;?。]{0,12}比[^,;?。]{0,6}(?:权重|模型)[^,;?。]{0,4}(?:大|多|小|少)|(?:权重|模型)[^,;?。]{0,4}比[^,;?。]{0,6}(?:kv|缓存)[^,;?。]{0,8}(?:大|多|小|少)"),
    ("memory_alone", r"\b(?:memory|vram)[- ](?:only|wise)\b|\b(?:only|just) (?:care about|interested in|in terms of) (?:the )?(?:memory|vram)\b|\b(?:ignor\w+|regardless of|never mind|don'?t care about|do not care about) (?:the )?(?:speed|throughput|latency|performance)\b|(?:只看|只考虑|只论|单看|只从)显存|不(?:管|考虑|看|在乎)(?:速度|吞吐|延迟|性能)"),
    ("pool_full", r"\bwhat(?:'ll| will)? happens? (?:to|with|when|if|once|as soon as)\b[^?]{0,24}\b(?:requests?|users?|others|other ones|rest)\b[^?]{0,64}\?|(?:\bkv(?: cache)?|\bcache|\bpool(?=[\s\S]*(?:\bkv\b|\bcache\b|max[-_ ]num[-_ ]seqs|concurrency|并发|缓存|请求)))\b[^.?;]{0,24}\b(?:is|gets|runs?|becomes) full\b|(?:kv|缓存)[^,;?]{0,12}(?:只够|只能放|满了|不够)[^?]{0,24}(?:会|是不是)[^?]{0,8}(?:oom|爆|崩|报错|挂)"),
    ("pool_tokens", POOL_TOKENS),
    ("cache_left", POOL_TOKENS + r"|(?<!per )(?<!a )(?<!each )(?<!one )(?<!/)(?<!/ )\btokens? (?:of|for|in) (?:the )?(?:kv|cache)|\bkv(?: cache)? (?:tokens?|pool|room|space|capacity)|\b(?:left|leaves?|leaving|remain\w*|stays? free|room|space|enough) (?:(?:about |some |~ ?)?[\d.,]+ ?gi?b )?(?:over )?(?:for |of )?(?:the |any |my )?(?:kv|cache|context|ctx)\b|\bwhat (?:stays|is|would be|remains) (?:free|left)\b|(?:留|剩|余)[^,;?。]{0,8}(?:kv|缓存|上下文)|(?:kv|缓存|上下文)[^,;?。]{0,8}(?:还?剩|还?能留|余量|空间)"),
    ("cells_ratio:0.5", r"\bhalf\b(?![ -]precision)|\bhalv\w+|\btwice\b|\bdouble\b|一半|减半|(?:两|二|2)\s?倍|翻倍"),
    ("cells_ratio:0.25", r"\bquarter\b|\bfour times\b|\b4 ?x\b(?= (?:as|the|less|smaller|lower))|四分之一|1 ?/ ?4(?![\d.])|[四4]\s?倍"),
    ("checkpointing_price", rf"{_RECOMPUTED}[^?;.,]{{0,24}}\b(?:costs?|price|slow\w*|penalty|overhead|trade-?off|downside)\b|\b(?:costs?|price|slow\w*|penalty|overhead|trade-?off|downside|how (?:much )?(?:slow|expensive))\b[^?;.,]{{0,32}}{_RECOMPUTED}|\bwhat\b[^?;.]{{0,12}}\b{_RECOMPUTED}[^?;.]{{0,12}}\bcost|{_RECOMPUTED}[^?;。]{{0,12}}(?:代价|慢多少|会慢|变慢|拖慢|坏处|缺点|开销|牺牲|付出)|(?:代价|坏处|缺点)[^?;。]{{0,8}}{_RECOMPUTED}"),
    ("network_or_memory", r"^(?=[\s\S]*(?:\bnetwork\b|\binterconnect\b|\bethernet\b|\binfiniband\b|\bcommunication\b|网络|通信|互联|带宽))(?=[\s\S]*(?:\bmemory\b(?! bandwidth)|\bv?ram\b|显存))[\s\S]*(?:\bbottlenecks?\b|\blimits\b|\blimiting\b|\bconstraint\b|瓶颈|受限|卡在|限制在)"),
    ("cards_memory_asked", rf"(?:{_ALIKE})[^?;.]{{0,32}}(?:{_CARDS_MEMORY})|(?:{_CARDS_MEMORY})[^?;.]{{0,32}}(?:{_ALIKE})"),
    ("gb_of_file_and_card", rf"^(?=[\s\S]*(?:{_STORED}))(?=[\s\S]*(?:{_CARDS_MEMORY}|\bgpu\b|\bcard\b|显卡))(?=[\s\S]*(?:\bgi?bs?\b|\bgigabytes?\b|g))[\s\S]*(?:\bgi?bs?\b|\bgigabytes?\b|\d\s?gi?b)[\s\S]{{0,48}}(?:\bthe same\b|\bequals?\b|\bidentical\b|一样|一回事|相同|等于|同一个)"),
    ("memory_divided", r"\bhow (?:is|are|does|do|will|would|gets?)\b[^?;]{0,48}\b(?:split|divided?|shared?|distribut\w+|partition\w*|allocat\w+|budget\w*)\b|\bhow much (?:\w+ )?(?:goes|go|is left) (?:to|for) (?:the )?(?:rollouts?|engine|training|update|vllm|sglang|actor)\b|(?:显存|内存)[^,;?。]{0,8}(?:怎么|如何|怎样)(?:分|切|划分|安排)|(?:怎么|如何|怎样)(?:分配?|划分|安排)[^,;?。]{0,8}(?:显存|内存)|每张?卡上?(?:都)?(?:放|装|占)(?:了|着)?(?:些|哪些)?(?:什么|多少)"),
    ("bf16_named", r"\bbf(?:loat)?16\b"),
    ("bf16_doubted", r"\b(?:no|not|n't|without|lacks?|lacking|doesn'?t|can'?t|cannot|never|neither|unsupported)\b[^.;?]{0,24}\bbf(?:loat)?16\b|\bbf(?:loat)?16\b[^.;?,]{0,24}\b(?:not|n't|unsupported|missing|isn'?t|doesn'?t|lacking|unavailable)\b|\b(?:is|does|do|are)\b[^.;?]{0,24}\bbf(?:loat)?16 (?:supported|work|available|possible)|(?:不支持|没有?|用不了|不能用?|跑不了|不带|缺)[^,;?。]{0,6}bf16|bf16[^,;?。]{0,8}(?:不支持|用不了|不能|不行|没有|支持吗|能用吗|跑不了|报错|出错|失败)|\bbf(?:loat)?16\b[^.;?,]{0,24}\b(?:errors?|fails?|crash\w*)\b|(?:支持|能用|有)\s?bf16\s?(?:吗|么)"),
    ("which_is_needed", r"\b(?:which|what) (?:number|figure|value|meter|reading|one|of (?:them|these|those|the \w+))\b[^.;?]{0,40}\bneed\b|\b(?:which|what)\b[^.;?]{0,40}\b(?:real\w*|true|actual\w*|correct|counts?|matters?|needed?|needs|trust|believe|go by|look at|watch|size|plan)\b|哪(?:个|一个|边)?(?:数|值|数字)?(?:才|算|是|该)?(?:是|算|该)?(?:真|实际|准|对|需要|信|为准|看)|(?:按|以|看)哪(?:个|一个|边)"),
    ("expert_parallel_asked", rf"{_BY_EXPERTS}[^?;。]{{0,60}}(?:{_CHANGES})|(?:{_CHANGES})[^?;。]{{0,60}}{_BY_EXPERTS}"),
    ("draft_asked", rf"(?:\bhow much|\bwhat)\b[^?;]{{0,40}}{_DRAFTS}[^?;]{{0,60}}\b(?:add|costs?|takes?|needs?|uses?|eats?|consumes?|require)\b|\bwhat (?:does|do|will|would)\b[^?;]{{0,60}}{_DRAFTS}[^?;]{{0,24}}\bcost|\bhow much (?:more|extra|additional)\b[^?;]{{0,60}}{_DRAFTS}|\bcosts? of (?:the |a )?{_DRAFTS}|^(?=[\s\S]*{_DRAFTS})[\s\S]*?(?:\bfree\b(?! (?:v?ram|gpu|memory|space))|\bcosts? (?:nothing|anything|no|me)\b|\bnegligible\b|白送|白给|白得|免费|忽略|(?<!占)不占)|{_DRAFTS}[^?;。]{{0,16}}(?:(?:要|会|得|能|大概|大约|还|再|额外|另外)*(?:多)?(?:占|吃|用|花|加|要)(?:掉|用)?(?:多少|多大|几))"),
    ("roles_share", ROLES_SHARE),
    ("stages_save", STAGES_SAVE),
    ("tied_asked", TIED),
    ("cache_in_ram", CACHE_IN_RAM),
    ("kernels_asked", KERNELS_ASKED),
    ("schedules_apart", r"^(?=[\s\S]*(?<![a-z0-9])gpipe(?![a-z0-9]))[\s\S]*(?<![a-z0-9])1f1b(?![a-z0-9])"),
    ("eagle", r"(?<![a-z])eagle(?:[- ]?[123])?(?![a-z\d])(?= |,|\?|头|的|$|-head)"),
    ("speculative", r"\bspeculative\b|\bdraft model|投机解码|推测解码|草稿模型"),
    ("flash_compared", r"(?:does|will|do|is|with) flash[ -]?att\w*[^?]{0,40}(?:reduc|sav|help|lower|less)|flash[ -]?att\w*[^?]{0,16}(?:能|会|可以)?(?:省|节省|降|减少)|(?:能|会)省[^?]{0,20}flash"),
    ("full_version", r"满血|full[- ]size"),
    ("from_scratch", r"\bfrom scratch\b|\bpre-?train(?!ed)\w*|从(?:头|零)(?:开始)?(?:训|预训)|预训练(?!模型|权重)"),
    ("tuned", r"\bfine-?\s?tun\w*|\bfinetun\w*|\bsft\b|\binstruction[- ]tun\w*|微调|精调"),
    ("fell_back", r"\b(?:half|part|partly|partially|some(?: layers)?)\b[^.;?]{0,12}\b(?:on|in|onto) (?:the )?cpu\b|(?:一半|部分|一部分)[^,;?]{0,6}(?:跑|放|加载|落)?在?(?:cpu)|\bonly (?:half|part|some|\d{1,2} ?%)\b[^.;?]{0,24}\b(?:on|in|onto) (?:the |my )?(?:gpu|card|vram)\b|只有?(?:一半|1半|部分|\d{1,2} ?%)[^,;?]{0,6}(?:跑|放|加载)?(?:在|进)(?:了)?(?:gpu|显卡|显存)|\b100 ?% cpu\b|\b\d{1,2} ?%\s?/\s?\d{1,2} ?% ?(?:cpu/gpu|cpu)|(?<![\d.])\d{1,2} ?% ?(?:in |on )?(?:the )?cpu(?![a-z])(?! ?(?:usage|load|util|占用|使用))|(?<!before )(?<!before it )(?<!before anything )(?<!until it )(?<!unless it )(?<!without it )(?<!if it )(?<!when it )(?<!so it )(?<!nothing )(?<!it never )\b(?:falls?|fell|spills?|spilled|goes|went|offloads|pushes|pushed)\b[^.;]{0,24}\b(?:to|onto|into) (?:the )?(?:cpu|ram)\b|(?<!不)(?<!不会)(?<!不能)(?<!才)(?<!才会)(?<!就会)(?<!而不)(?<!不要)(?:落|掉|溢出)到 ?(?:cpu|内存)(?!之前|前)|(?:跑|卸载)到 ?(?:cpu|内存)[里上]?(?:面)?去?了"),
    ("how_to", r"\bhow (?:to|can (?:i|we|one)|do (?:i|we)|could (?:i|we)|should (?:i|we)) (?:\w+ ){0,3}?(?:train|tune|fine-?tune|finetune|run|fit|serve|deploy|load|host|set|configure|get)\b|\brecipe\b|(?:怎么|如何|怎样)(?:去|来)?(?:配置?|设置?|全参|训练?|微调|跑|部署|才能|才可以)"),
    ("batch_may_grow", r"(?:batch|(?<![a-z])bsz?|批(?:大小|次)?)[\s\S]{0,60}?(?:(?:还|再|往上|继续)[^,;?]{0,4}(?:加|开|调|提|涨)|(?:能|可以?)(?:再|还|最多)?(?:开|加|提|调|设|涨|拉)到(?:多少|多大|几)|(?:能|可以?)[^,;?]{0,8}(?:加|调|开|改)大)|(?:能|可以?)(?:不能|不可以)?把?(?:batch|bs|批(?:大小|次)?)[^,;?]{0,8}(?:加|调|开|改|提)(?:大|高|到)|\bhow (?:far|much|many)\b[^?]{0,24}\b(?:up|larger|higher|bigger|more|further)\b[^?]{0,24}\b(?:batch|go)\b|\b(?:batch|bs)\b[^?;]{0,60}\b(?:how (?:far|much|high)|(?:can|could|should) i (?:raise|increase|go (?:up|higher)|bump|double))\b|\b(?:raise|increase|bump|double) (?:the |my )?(?:micro[ -]?)?(?:batch|bs)\b"),
    ("might_fail", r"到(?:多少|多长|多大|几k)[^,;?]{0,6}(?:爆|oom|溢出)|\b(?:at|from|beyond) (?:what|which) (?:\w+ ){1,3}(?:would|will|does|do|should) [^?.;]{0,24}\b(?:oom|crash|run out|fail)\b|\booms? or (?:no|not|ok|okay|fine|fits?|good|safe)\b|\b(?:risks?|risky|chance|danger|likelihood) (?:of|for|to) (?:an? )?(?:oom\w*|(?:run\w* )?out of memory)|\boom risk|\bwithout (?:(?:an?|any|the|it|me|ever|again|getting|hitting|seeing|throwing|causing|running|going|into|cuda|gpu|vram) ){0,4}(?:ooms?\b|ooming\b|out of memory)|\bworr\w+ (?:about|of|over) (?:an? |getting |hitting |running )*(?:ooms?\b|out of memory)|(?:爆显存|oom|溢出)的?(?:风险|可能)|担心[^,;?]{0,8}(?:oom|爆|溢出)|(?<!why )(?<!when )(?<!where )\bdoes it (?:just |still |always )?(?:ooms?|crash|run out)\b[^?]{0,12}\?|(?<!why )(?<!how come )\b(?:will|would|could|can|might|may|gonna|going to|likely to|(?<!changed )(?<!switched )(?<!moved )(?<!raised )(?<!increased )(?<!updated )(?<!upgraded )(?<!\dgb )(?<!\dg )(?<!\dgib )(?<!\d gb )(?<!\d gib )(?<!\d g )to(?! \d)|prevent\w*|avoid\w*) (?:(?!\bwhy\b|\b(?:fix|solve|debug)\b|\bhow\b|\bwhat\b|\bif\b|\bnot to\b)(?:[^.,;?!]|(?<=\d)\.(?=\d))){0,60}\b(?:oom|out of memory)\b(?![^?]{0,60}\bwhy)|(?:会不会|是否会|可能会?|避免|防止|容易|不会|才不会?|不至于|(?:有人|网上|别人|朋友|同学|群友|都)说[^,;?]{0,8}(?:肯定|一定|必定?|绝对|铁定))[^,;?]{0,8}(?:oom|爆|溢出|炸)|(?:有人|网上|别人|朋友|同学|群友)(?:也|都|却|又)?(?:说|觉得|认为)[^;?]{0,16}(?:肯定|一定|必定?|绝对|铁定|会|要)(?:会|得)?(?:oom|爆|溢出|炸)|(?<!怎么)(?<!什么)(?<!为啥)(?<!还是)会(?:不够|直接)?(?:oom|爆|溢出|炸)(?:掉|显存)?(?:了|的)?[吗么嘛]|爆不爆|(?:加上?|算上|连同|再加)(?:模型)?(?:的)?权重[^,;?。]{0,6}(?:必|肯定|铁定|一定|绝对|稳|得|要|就)(?:定|会|得)?(?:oom|爆|溢出|炸)|\b(?:must|should|has to|have to|ought to|is bound to|surely|would have to) (?:surely )?(?:oom|overflow|run out|blow up)\b[^.?;]{0,12}\b(?:yet|but|though|still)\b"),
    ("short_by", SHORT),
    ("four_by_four", r"(?<![\d.])4\s?(?:bytes?|字节|b)?\s?[x*]\s?4(?![\d.])"),
    # whether it goes on growing
    ("growth_asked", r"\b(?:does|do|did|will|would|can|is|are|whether|if)\b[^?;.]{0,60}\b(?:keeps?|still|stops?|continues?|ever)\b[^?;.]{0,32}\bgrow(?:s|ing)?\b|\bgrow(?:s|ing)?\b[^?;.]{0,12}\b(?:forever|past|beyond|after|without (?:limit|bound))\b|(?:还|一直|继续|仍)(?:会|要|在)?(?:随[^,;?]{0,10})?(?:增长|增加|变大|涨)|(?:会|不)再(?:增长|增加|涨|变大)|封顶"),
    ("kv", r"\bkv\b|\bkv[ _-]?cache|键值|keys? and values?|\d ?(?:gib|gb|g|mib|mb)?(?: (?:of )?(?:v?ram|memory))? (?:just |only )?for (?:the |its )?context\b(?! (?:of|length))|\bcontext alone\b|(?:光|仅|单|只是)?上下文(?:就|本身|自己|单独)(?:要|占|吃|需要)"),
    ("bug_suspected", r"\bbugs?\b(?: (?:in|of|with) (?:the |my |this )?[\w.]+)?\s?\?|(?:是不是|算不算|有|是)\s?(?:个)?(?:[\w.]{0,16}的)?\s?bug|\b(?:is|did) (?:something|it|my \w+) (?:broken|break|go wrong)\b"),
    ("row_holds", r"\b(?:holds?|appl(?:y|ies)|valid|accurate|reliable|enough|sufficient|suffices?|realistic|trust|true|correct|right)\b|适用|成立|够|准|能信|靠谱|可信|对吗|是真的"),
    # what each of several methods makes smaller
    ("which_part", (
        r"\b(?:which|what) (?:part|term|component|piece)s?\b[^.?]{0,40}\b(?:sav|reduc|shrink|cut)\w*|\bwhere do(?:es)?\b[^.?]{0,30}\bsav\w*|\bwhat (?:exactly )?do(?:es)? (?:each|they|it|these)\b[^.?]{0,20}\b(?:save|reduce|shrink)\b"
        r"|[省减]的?(?:分别)?(?:是|了)?(?:哪|什么|啥)|(?:哪|什么)(?:一)?(?:块|部分|项)[^,.?!]{0,8}[省减]|各[自]?省"
    )),
    ("states_only", r"\b(?:just|only|merely)\b[^.?!]{0,16}\bmodel[ -]states\b|\bmodel[ -]states? (?:only|alone)\b|\bstates (?:only|alone)\b|\bmodel[ -]states?\b[^.?!]{0,24}(?:\bper (?:card|gpu|rank|device)|\b(?:each|every) (?:card|gpu|rank)|\bhow (?:much|many|big|large)\b)|\bhow (?:much|big|large|many)\b[^.?!]{0,32}\bmodel[ -]states?\b|(?:只|仅)(?:看|算|要|考虑)?(?:模型)?状态|(?:每(?:张|块)?卡|各卡|单卡)[^,;?!]{0,4}模型状态|模型状态[^,;?!]{0,4}(?:各|每|分别|多少|多大|占)|(?:不算|不含|不考虑)激活"),
    ("masters_cost", r"\b(?:how (?:much|many|big)|what)\b[^.?;]{0,60}(?:master (?:weights?|cop|param)|fp32 (?:copy|copies|master))|(?:master (?:weights?|cop\w*|param\w*)|fp32 (?:copy|copies|masters?))\b[^.?;]{0,40}\b(?:how (?:much|many|big)|costs?|gi?b|turn\w*|disabl\w*|remov\w*|drop\w*|avoid\w*|skip\w*)\b|(?:主权重|fp32 ?的?(?:副本|拷贝))[^,;?]{0,8}(?:多少|多大|几|关|省|去掉|不要)"),
    ("why_masters", r"(?:\bwhy\b|\bwhat (?:is|are)\b|\bneed\w*|\bdrop\w*|\bwithout|\bskip\w*|\bget rid)[^.?;]{0,60}(?:master (?:weights?|cop|param)|fp32 (?:copy|copies|master))|(?:master (?:weights?|cop\w+|param\w*)|fp32 (?:copy|copies|master))[^.?;]{0,32}\b(?:drop|skip|without|needed|necessary|get rid|leave (?:them |it )?out|avoid)|(?:为什么|为何|为啥|干嘛|能不能|可不可以)[^?;。]{0,24}(?:主权重|fp32 ?(?:的)?(?:副本|拷贝|主|参数|权重)|存fp32)|(?:主权重|fp32 ?(?:的)?(?:副本|拷贝|主))[^?;。]{0,20}(?:为什么|为何|为啥|何必)|(?:主权重|fp32 ?(?:的)?(?:副本|拷贝))[^?;。]{0,16}(?:省|去掉|不要|干什么|干嘛|有什么用|有必要)"),
    ("lora_parameters", r"r ?[*x·]? ?\(d ?(?:_?in)? ?\+ ?[kd]|(?:\blora\b|\badapters?\b)[^.?;]{0,40}(?:param\w* (?:count|formula)|number of (?:trainable )?param)|lora[^?;。]{0,12}(?:可训练)?参数(?:量|数)[^?;。]{0,10}(?:公式|怎么(?:算|来|推)|推导)"),
    ("doubts", r"\bcan(?:'t|not) (?:possibly )?be (?:right|true|correct)\b|\b(?:seems?|looks?|sounds?|feels?) (?:wrong|off|too (?:high|low|much|little|big|small))\b|\b(?:doesn't|does not) (?:seem|look|sound) right\b|肯定(?:哪里)?(?:不对|有错|错了?|有问题)|不可能(?:吧|这么)|(?:感觉|觉得|好像|明显)(?:不对|不合理|偏[大小高低]|太[大小高低多少])"),
    ("mistake_sought", r"\b(?:where|what)(?:'s|(?: \w+)? is| did i| do i| am i| have i)\b[^.;?]{0,24}\b(?:mistakes?|errors?|wrong|go wrong|forg[eo]t\w*|miss(?:ed|ing)?|doing wrong|off)\b|\bspot (?:the|my) (?:mistake|error)|(?:漏|忘|少)(?:了|算了?|乘了?)(?:什么|啥|哪)|(?:错|问题)(?:误)?(?:出)?在(?:哪|什么)|哪里(?:算)?错|算错(?:了)?(?:吗|么|哪|什么)"),
    ("who_is_right", r"\b(?:is|are|was) (?:the|this|that|my|their) (?:\w+ ){1,2}(?:wrong|incorrect|outdated|lying)\s?(?:\?|or\b|$)|(?:博客|文章|教程|网上|论文|视频|课件|老师|作者)[^,;?。]{0,6}(?:错|骗|不对|乱)|\bwho(?:'s| is) (?:right|wrong|correct|off|lying)\b|\bwhich (?:one |figure |number |table |of (?:us|them|the two) )?is (?:right|correct|off|wrong)\b|\bwhich (?:one |figure |table )?(?:to|should i|do i) (?:trust|believe)\b|信(?:哪|谁)|谁(?:说得|算得|是)?(?:对|错)|哪个(?:才)?(?:是)?(?:对|正确)|\b(?:two|three|four|five|[2-9]|different|several) (?:different )?(?:answers|numbers|figures|estimates|values)\b|\bwhich (?:of \w+ )?is (?:the )?(?:standard|usual|normal)\b|(?:[2-9两三四五几]|好几)\s?(?:个|种)(?:不同的?)?(?:答案|说法|数字|结果|数值|系数)|(?:说法|答案)(?:都)?(?:不一|不同)"),
    ("heads_save", _saves(_HEADS)),
    ("window_saves", _saves(_WINDOW)), (OLLAMA_DEFAULT, OLLAMA_DEFAULT_ASKED),
    # two kinds side by side
    ("kinds_of_attention", r"\bm[hlq]a\b[^.?!]{0,40}\b(?:gqa|mla|mqa)\b|\bgqa\b[^.?!]{0,40}\bm[hlq]a\b|\bgrouped[ -]query[^.?!]{0,40}\b(?:multi[ -]head|multi[ -]query|mha)\b"),
    ("cache_instead", r"(?:what|how) about [^?]{0,20}(?:\bkv\b|\bcache\b)|(?:\bkv\b|\bcache\b)[^?;,]{0,24}(?:\bhelp|\benough\b|\bwork\b|\binstead\b|\bsolve|\bdo it\b)|\b(?:would|will|does|can|should i (?:use|take)|try)\b[^?;]{0,32}\b(?:fp8|int8|q[48](?:_0)?|quanti[sz]ed) (?:kv|cache)|(?:kv|缓存)[^?;]{0,16}(?:能行|行吗|行不行|够吗|可以吗|能解决|有用吗|能救|呢)|(?:换成?|改成?|改用|开)\s?(?:fp8|int8|q[48](?:_0)?)[^?;]{0,6}(?:kv|缓存)[^?;]{0,12}(?:吗|呢|行|够)"),
    ("by_binary", r"[/÷]\s?(?:\(?1024\s?(?:\^|\*\*)\s?3|\(?2\s?(?:\^|\*\*)\s?30|\(?1024\s?[*x/]\s?1024\s?[*x/]\s?1024|1073741824|1024³)"),
    ("by_decimal", r"[/÷]\s?(?:1e9(?!\d)|\(?10\s?(?:\^|\*\*)\s?9|\(?1000\s?(?:\^|\*\*)\s?3|10⁹|1,?000,?000,?000(?!\d))"),
    ("one_head", r"\bmqa\b|multi[ -]query"),
    ("multi_head", r"\bmha\b|multi[ -]head attention|多头注意力|没有 ?gqa|without gqa"),
    ("critic_asked", r"(?<![a-z])critics?\b[^.,;:?]{0,40}\b(?:cost|take|need|buy|save|memory|vram)\w*|\b(?:cost|drop|remov|los|sav|without|no)\w*[^.;?]{0,24}(?:(?<![a-z])critic\b|\bvalue (?:model|network)\b)|(?:critic|价值(?:模型|网络)|评论家)[^,;?。]{0,12}(?:占|要|吃|省|多少|去掉|不要)|(?:去掉|不要|省(?:掉|了|去)?|没有)\s?(?:了)?\s?(?:critic|价值(?:模型|网络)|评论家)"),
    ("no_kl", r"\bprecomput\w*[ _](?:the )?(?:ref\w*[ _])?(?:model[ _](?:'s )?)?log[ _-]?prob\w*|\bref(?:erence)?[ _-]?(?:model)?(?:'s)? (?:log[ -]?prob\w* )?(?:is |are )?precomputed\b|\bprecomputed (?:ref\w* )?log[ -]?prob\w*|(?:预先|提前)(?:算|计算)好?[^,;?]{0,8}(?:参考|ref)|\b(?:kl[_ -]?)?(?:beta|coef\w*)\s?(?:[=:]|is|of|为|设为)?\s?0(?:\.0+)?(?![\d.])|\b(?:no|without|w/o) (?:a |the )?(?:kl|ref(?:erence)?[ _-]?model)\b|(?:不用|没有|去掉|不加载?|不放|不要|无需?|不需要)\s?(?:kl|(?:参考|ref(?:erence)?)\s?(?:模型|model))(?!也|都)"),
    ("second_model", _SECOND_MODEL),
    ("fsdp_or_zero", r"(?:\bfsdp2?\b[\s\S]{0,16}(?:\bor\b|\bvs\b|\bversus\b|/|还是|和)[\s\S]{0,16}(?:\bzero|\bdeepspeed)|(?:\bzero[ -]?[123]?|\bdeepspeed)[\s\S]{0,16}(?:\bor\b|\bvs\b|\bversus\b|/|还是|和)[\s\S]{0,16}\bfsdp)[\s\S]{0,120}(?:\bwhich\b|\bchoose|\bpick\b|\bbetter\b|\bdifference\b|选|哪个|哪种|区别|好)"),
    # whether it is needed is asked
    ("second_doubted", rf"^(?=[\s\S]*(?:{_SECOND_MODEL}))[\s\S]*(?:\b(?:doubl\w+|twice|shard\w*|needed|needs?(?= (?:an?|the|this|it|both|two|that|my|any|[12]|to (?:load|keep|hold|have|store|be))\b)|necess\w*|requir\w*|must|have to|has to|always|avoid\w*|drop\w*|skip\w*|without\b(?! (?:any |the )?(?:cpu )?offload)|get rid|really|mandatory|optional)\b|每张卡|切分|翻倍|一定|必须|需要(?!(?:多少|几|多大|显存|[张块台]))|要不要|能不能(?!跑|放|训|装|上|行|用|开|够)|是不是|还要|再(?:占|放|加载)|第二|省掉|去掉|两份|为什么)|(?:{_SECOND_MODEL})[^,;.?!]{{0,40}}(?:\b{_STANDS_BESIDE}\b|[吗么])|\b{_STANDS_BESIDE}\b[^,;.?!]{{0,40}}(?:{_SECOND_MODEL})"),
    ("logits", r"\blogits?\b|vocab\w*|词表"), ("draws", DRAWS), ("joined", JOINED), *PROGRAMS_AT_HOME, *PUBLISHED_ASKED, *SAVED, *BESIDE_MODELS, ("rollouts_alone", NO_ENGINE),
    ("rollouts_apart", r"\b(?:one|two|three|four|\d+) (?:gpus? |cards? )?(?:for|to run|running|runs?|serv\w+) (?:the )?(?:vllm|sglang|rollouts?|generation)\b|\d\s?张(?:卡)?(?:上)?(?:用来|用于|做|跑|给)[^,;?。]{0,4}(?:vllm|sglang|rollout)|\b(?:separate|dedicated|own|standalone|different|extra|other) (?:\w+ )?(?:gpus?|cards?|nodes?|machines?|servers?|cluster)\b[^.;?]{0,40}\b(?:rollouts?|vllm|sglang|generat\w+)|\b(?:rollouts?|vllm|sglang|generation|inference)\b[^.;?]{0,40}\b(?:separate|dedicated|own|standalone|different|other) (?:\w+ )?(?:gpus?|cards?|nodes?|machines?|servers?)\b|\bserver mode\b|\bvllm_mode\W{0,3}server\b|\bvllm-serve\b|\bdisaggregat\w+|(?:rollout|vllm|sglang|推理|生成)[^,;?。]{0,12}(?:单独|独立|另外|分开|专门)(?:的)?|(?:单独|独立|另外|专门)(?:的|用)?[^,;?。]{0,8}(?:rollout|vllm|sglang|推理卡|推理)|server模式|训推分离"),
    ("rollouts_shared", r"\bco-?locat\w*|\bhybrid[ _-]?(?:engine|flow)\b|\buse_vllm\b|\b(?:on|share\w*) (?:the )?same (?:gpus?|cards?)\b|共卡|同卡|共用(?:显卡|卡|gpu)|同一(?:张|组|批)卡|混合引擎|训推一体"),
    ("rollouts_asleep", r"\b(?:\w*enable_)?sleep(?:_mode|ing| mode|s)?\b(?!(?: mode)?\s?[=:]?\s?(?:false|off|disabled|no|0)\b)|\bsleep_level\b|\bfree_cache_engine\b(?!\s?[=:]?\s?(?:false|off|0)\b)|(?<!不)(?<!没)(?<!没有)(?<!没开)(?<!不开)休眠(?!\s?(?:关|没开|[=:]?\s?false))"),
)  # fmt: skip


def read_cues(text: str) -> tuple[str, ...]:
    """The circumstances that a text mentions, those of a failure among them."""
    ruled_out = tuple(cue for cue, pattern in RULED_OUT if compiled(pattern).search(text))
    named = (cue for cue, pattern in CUES if compiled(pattern).search(text))
    found = (*named, *read_symptoms(text), *read_parts(text), *read_ways_divide(text), *ruled_out)
    if "unified_memory" in found:  # one memory for all: no host of its own runs out
        found = tuple("unified_full" if cue == "host_killed" else cue for cue in found)
    return tuple(cue for cue in found if cue not in OF_QUANTISING) if "no_quantising" in ruled_out else found
