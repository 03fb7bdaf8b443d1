"""How people say facts: tables of patterns over the regular text (narrow, simplified, lower case, digits).

`NUMBERED` patterns carry their value in the group `v`; where several values may stand in a row, `v` holds the row.
`WORDED` patterns mean one fixed value. Earlier rows win over later ones that overlap them, so the longer and the negated
way of saying a thing stands first.
"""

import re
from dataclasses import dataclass
from functools import cache

from chat.reads.caches.cache_formats import KV_FORMATS

# re.ASCII: a Latin word ends where Chinese begins, so `\\b` works inside mixed text.
FLAGS = re.ASCII

NUM = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)"
NUM_SCALED = NUM + r"\s?[kmbt]?"
NUM_COUNTED = NUM + r"\s?[kmw千万]?"
# "4K screenshots" are so many pixels
_OF_PIXELS = r"\s?(?:的\s?)?(?:截图|分辨率|(?:原|大|高清)?图[片像]?(?!书)|屏幕?|显示器|视频|照片|画[质面]|screenshots?|resolutions?|images?|photos?|monitors?|videos?|displays?|pictures?|screens?)"
LEN = rf"{NUM}\s?(?:[kw](?![a-z0-9]|{_OF_PIXELS})|万|(?![a-z0-9万]|\s万))(?!\.\d|\s?gi?b\b)"
# One way only to match each separator: two ways in a row of eight would be 2^8 ways to fail.
AND = r"\s?(?:[/,;](?:\s?(?:and|or|和)(?![a-z]))?|(?:and|or|vs\.?|to|then)(?![a-z])|-+>|=>|→|和|或|与|(?:再|又|然后|最后)?(?:调|改|增|加|提|升|降|减|缩|增加|提高|扩大|降低)?到|(?:改|换|变|调)成|改为)\s?"
# "stays at its default of", "is the default ("
_DEFAULT = r"(?:(?:is|was|left|stays?|kept|remains?|at|on|the|its|to)\s)*defaults?(?:\s?(?:value|of|to|at|is|was|\())*"
IS = rf"['\"]?\s*(?:size|length|len)?\s*(?:{_DEFAULT}|(?:set|left|kept) (?=to |at )|[:=]|==|-(?=\d)|(?:is|was)(?: (?:actually|really|just|only|in fact|already))?|其实|实际上?|(?:should|must|shall|will|would|has to|have to|needs? to) be|of|for|from|at|to|up to|about|around|~|应该?|为|是|已经?|都|统一|就|给到?了?|拉到|大小|大概|约|只有|才|仅|原来|原先|本来|之前|以前|直接|拉满|拉到|撑到|开到|开成|开|设为|设成|设置为|设置成|设|默认|填|取|选|按|取的?|算|截到|截断到|改成|改为|改到|改|换成|降到|调到|(?:增?加|提高?|升|扩大?|涨)到|设的|到|从)*\s*['\"]?\s*"


# After these the number is about something else: in "batch size 1, 128 tokens" the 128 is no batch.
OWN_NOUN = (
    r"(?!\s*-?\s*(?:tokens?|toks?|steps?|epochs?|gpus?|cards?|x|layers?|bits?|ranks?|batch\w*|context|ctx|seq\w*|gib|gb|g|b|m"
    r"|way|of|nodes?|machines?|servers?|box(?:es)?|hosts?|instances?|replicas?|copies|people|hours?|days?|%|images?|samples?|concurrent|users?|requests?|frames?|fps|videos?|new|output|stages?|virtual|micro[ _-]?batch\w*)(?![a-z])|\s*(?:\*|张|块|卡|片|层|位|字|帧|长|上下文|序列|个|份|条|轮|步|台|机|节点|人|路|亿|万|小时|天|月|号|倍)|\s*[ahlv]\d{2,3}s?\b|\s*[345]0[6-9]0s?|\s*\d{1,3}\s?g(?:i?b)?(?![a-z]))"
)
# "1/2/3", "1, 2, and 3", "1 vs zero-3"
_STAGES = rf"[0-3](?:,?\s*(?:/|,|和|或|还是|or|and|vs\.?|与|、)\s*(?:(?:zero|stage)[ -]?)?[0-3](?![\d.]*\d){OWN_NOUN})*"
# "largest batch size for 8-bit QLoRA": the width of a number is no batch either
_NO_WIDTH = r"(?!\s?-?\s?(?:bits?(?![a-z])|比特|位))"


def several(one: str) -> str:
    """The values after a keyword: one, or several (at most eight) in a row: `length 2k/4k`, `rank 8 and 16`."""
    return rf"(?P<v>(?<![\d.]){one}{_NO_WIDTH}(?:{AND}{one}{OWN_NOUN}){{0,7}})"


def row(one: str) -> str:
    """The values before a noun that they share: `2k, 4k and 8k context`."""
    return rf"(?P<v>(?<![\d.*a-z]){one}(?:{AND}{one}){{0,7}})"


@dataclass(frozen=True)
class Numbered:
    """A fact whose value is a number in the text."""

    fact: str
    pattern: str
    extra: bool = False

    @property
    def has_keyword_first(self) -> bool:
        """Does the value follow its keyword (`rank 16`), rather than stand before it (`8k context`)?"""
        return f"{IS}(?P<v>" in self.pattern


@dataclass(frozen=True)
class Worded:
    """A fact whose value is meant by words."""

    fact: str
    value: object
    pattern: str


_INT = r"\d{1,7}(?![\d.]*\d)(?![a-z])(?!\s?gi?b\b)(?!-tokens?\b)(?!,\d{3}\s*(?:个\s?)?(?:tokens?|toks?|字|context|ctx|seq|上下文|长)(?![a-z]))"

_HOST = r"(?:the |my )?(?:cpu|ram|host(?: memory| ram)?|system (?:memory|ram)|main memory)"
_CARD = r"(?:the |my |a )?(?:gpu|card|vram|cuda)"
_FLASH = r"(?:\bflash[ _-]?att\w*(?:[ _-]?[23])?|-{0,2}(?<![a-z])fa(?![a-z0-9]))"
_TO_HOST = r"(?:放|留|卸载|offload|装|存|挪|搬|丢|扔|塞)(?:到|在|进|至|去)?\s?(?:cpu|内存|主存|主机)"
_IN_HOST = rf"(?:,? (?:states? )?(?:(?:is|are|all|both|kept|held|placed|put|sits?|sitting|lives?|living|stays?|moved|pushed|parked|stored|goes?|living) )*(?:in|on|to|into|onto) {_HOST}\b)"
_STATES_CALLED = r"(?:optimi[sz]er|adamw?|optim)(?:'s)?(?: states?| moments?)?"
_TO_CARD = r"(?:到|在|进|至|给)(?:gpu|显卡|显存|卡)"

# "outputs limited to 512", "completion最长1024"
_AT_MOST = r"(?:s?\s?(?:tokens?|长度|的)?(?:\s?(?:(?:is |are |be |being )?(?:limited|capped|restricted|kept|cut(?: off)?|max(?:imum)?|at most|no more than|under|below|within)(?: (?:to|at|of|below|under|within))?(?![a-z])|限制|控制|限定|上限|截断|最长|最多|最大|不超过|不到|封顶|都?在)(?:在|为|是|到)?)+)?"
PREPARED = r"\bprepare_model_for_(?:kbit|int8)_training\b"
NUMBERED = (
    Numbered("gpu_layers", rf"(?:\bn[ _-]?gpu[ _-]?layers|\bgpu[ _-]?layers|\bngl)(?![a-z]){IS}{several(_INT)}"),
    Numbered("gpu_layers", rf"{row(_INT)}\s*(?:of (?:the |its )?(?:\d+ )?)?layers? (?:are |go |loaded |offloaded )?(?:on|to|in|into|onto) {_CARD}\b"),
    Numbered("gpu_layers", rf"{several(_INT)}\s*层\s*(?:(?:放|加载|卸载|offload|装)?\s*{_TO_CARD}|(?:放|装|塞|上)\s?(?:gpu|显卡|显存))"),
    Numbered("gpu_layers", rf"(?:(?<=\boffload )|(?<=\boffloaded )|(?<=\boffloading )|(?=\d+(?:\s?/\s?\d+)? layers? offloaded\b))(?P<v>(?<![\d.*/]){_INT})(?:\s?/\s?\d+)? layers?(?: offloaded)?+\b(?!,? (?:to|in|into|onto|on) {_HOST})"),
    Numbered("n_cpu_moe", rf"(?:\bn[ _-]?cpu[ _-]?moe|\bncmoe)(?![a-z]){IS}{several(_INT)}"),
    Numbered("n_cpu_moe", rf"experts (?:of|from|in) (?:the )?(?:first )?{row(_INT)}\s*layers? (?:on|in|to) {_HOST}\b"),
    Numbered("n_cpu_moe", rf"前\s*{row(_INT)}\s*层(?:的)?专家(?:权重)?\s*{_TO_HOST}"),
    Numbered("cpu_offload_gb", rf"\boffload(?:ing)? (?:about )?{row(NUM)}\s*(?:gib|gb|g)(?: of (?:the )?weights)? (?:to|in|into) {_HOST}\b"),
    Numbered("cpu_offload_gb", rf"\bcpu[ _-]offload[ _-]gb(?![a-z]){IS}{several(NUM)}"), Numbered("cpu_offload_gb", rf"(?<=vllm)[\s\S]{{0,40}}?\bcpu[ _-]offload(?:ing)?(?: of)? {row(NUM)}\s*(?:gib|gb|g)\b"), Numbered("cpu_offload_gb", rf"卸载\s*{row(NUM)}\s*(?:gib|gb|g)\s*(?:的)?(?:权重)?(?:到|至)(?:cpu|内存)"),
    Numbered("grad_accum", rf"(?:(?:gradient[ _-]?|grad[ _-]?|(?<![a-z]))acc(?:um(?:ul\w*)?)?(?![a-z])|\bgas\b|梯度累[积计加]|累[积计]步数|累[积计])(?:[ _-]?steps?|步数|次数)?(?: over)?{IS}{several(_INT)}"),
    Numbered("grad_accum", rf"\b{row(_INT)}\s*(?:steps? of )?(?:gradient |grad[ _-])?acc(?:um(?:ulat\w+)?)?\b(?!\s?[:=])"),
    Numbered("grad_accum", rf"\baccumulat\w+ (?:gradients? )?(?:over |for )?{row(_INT)} (?:micro[ -]?)?(?:steps?|batch(?:es)?|times)"),
    Numbered("grad_accum", rf"\bga[\s=:]+{several(_INT)}"),
    Numbered("global_batch", rf"(?:\b(?:global|total|effective)[ _-]?(?:train[ _-])?(?:batch(?:[ _-]?size)?|bsz?|gbs)|\bgbs|\bglobal(?= \d)|(?:全局|总|等效|有效|等价)(?:的)?\s?(?:batch(?:[ _-]?size)?|bsz?|批大小|批次大小|批次|批量)(?![a-z])(?:需?要|得|目标)?){IS}{several(_INT)}", extra=True),
    # evaluation has a batch of its own, and "after 4 batches" counts what went well
    Numbered("log_eval_batch", rf"(?:(?<![a-z])(?:per[ _-](?:device|gpu)[ _-])?eval(?:uation)?|\bvalidation|\bval|评估|验证|测试)(?:[ _-]?(?:with|at|in|时|阶段|集|上|用|的|是|开|设))*[ _-]*(?:(?<![a-z])batch(?:[ _-]?size)?|\bbsz?|(?<![a-z])bs|批大小|批量)(?![a-z]){IS}{several(_INT)}", extra=True),
    Numbered("batches_done", r"\b(?:after|within|in|every|each|for) (?:about |around |the first |~ ?|a few )?(?P<v>\d{1,5}) (?:eval(?:uation)? |validation |training )?batches\b(?! of)", extra=True),
    Numbered("batches_done", r"(?:第|前|跑了|跑完|过了?)\s?(?P<v>\d{1,5})\s?个?\s?batch", extra=True),
    Numbered("zero_stage", rf"(?<![a-z])(?:deepspeed[ _-]?)?(?:ds[ _-]?)?(?:zero|z)(?:[ _-]?(?:dp|offload))?\+*[ _-]*(?:第|stage|阶段)?[ _-]*{IS}(?P<v>{_STAGES})(?![\d.]*\d|k\b|\s?(?:[张块卡]|(?:gpu|card)s?\b))"),
    Numbered("batch_size", rf"(?:per[ _-]device[ _-]train[ _-])?(?:\bmicro[ _-]?|\bmini[ _-]?)?(?:(?<![a-z])(?:batch(?:[ _-]?size)?s?|m?bsz?)|批大小|批次大小|批量大小|批次|批量|批处理|(?<![一二两几这每分第整])批(?=\s?\d))(?![a-z])(?!(?:[ _-]?size)?\s(?:at|for)\s\d{{4}}){IS}{several(_INT)}"),
    Numbered("batch_size", rf"\b(?<![度文长=:])(?<![度文长=:] )(?<!length )(?<!context )(?<!seq ){row(_INT)}\s*(?:的)?(?:batch|bs\b|批大小)(?!(?:[ _-]?size)?{IS}\d)"),
    Numbered("batch_size", rf"(?<!每秒)(?<!每分钟)(?<!每秒 )(?<!x){row(_INT)}\s*(?:个|路)?\s*(?:的)?\s*(?:(?<=路)\s*\d{{1,4}}\s?k\s*(?:的)?\s*)?(?:并发|concurrent|simultaneous|(?:parallel )?(?:streams|sessions|conversations|chats|agents)\b|parallel (?:requests|users|sequences)|(?:parallel |server |concurrent )?slots?\b|(?:并行)?(?:的)?(?:slots?(?![a-z])|槽位?)|(?:ai |llm |coding )?agents\b|requests?\b(?!\s?(?:/\s?(?:s|sec|min|h)|(?:per|an?|each|every) (?:second|sec|minute|min|hour|day))\b)|请求|(?<=路)(?=\s*(?:的)?\s*(?:\d{{1,4}}\s?k|满|全长|同时|一起|够|行|能)))"),
    Numbered("people", r"(?<![\d.])(?P<v>\d{1,3})[ -]persons?\b", extra=True), Numbered("people", r"(?<!shard )(?<!sharding )(?<!process )\b(?:team|office|group|company|department|class|family|lab) of (?:about |around |~ ?)?(?P<v>\d{1,3})\b(?! (?:gpus?|cards?|nodes?))", extra=True), Numbered("people", rf"(?<!how many ){row(_INT)}\s*(?:来|多|几)?(?:个|名|位|号)?\s*(?:的)?\s*(?:(?:internal|external|daily|active|registered|regular|beta|office|staff|support|business|company)\s+|内部|公司|企业|活跃|注册|日活)?(?:users?\b|colleagues\b|dev(?:eloper)?s?\b|engineers?\b|employees?\b|students?\b|people\b|ppl\b|persons\b|(?:研发|开发|程序员|用户|人(?!民)|同事|同学|员工|学生))", extra=True),
    Numbered("batch_size", rf"\b{row(_INT)}\s+(?:of them |prompts |requests |questions |chats )?(?:at (?:a time|once|the same time)|simultaneously|concurrently)\b"),
    Numbered("batch_size", rf"每(?:张?卡|gpu)\s*{several(_INT)}\s*(?:对|条|个样本|(?=\s?(?:[,.;?!]|$)))"),
    Numbered("batch_size", rf"\b{row(_INT)}\s*(?:on each|per|each|/)[ -]?(?:device|gpu|card)\b"),
    Numbered("batch_size", r"(?<![\d.])(?P<v>\d{1,4})\s?(?:路|条|并发|users?|requests?|sessions?|streams?)\s?[*x]\s?(?=\d{1,4}k(?![a-z]))"),
    Numbered("seq_len", r"(?<=\d)\s?(?:路|条|并发|users?|requests?|sessions?|streams?)\s?[*x]\s?(?P<v>\d{1,4}k)(?![a-z])"),
    Numbered("batch_size", r"(?<=k[*x])(?P<v>\d{1,4})\s*(?:(?:个|路|条)?\s*(?:并发|concurrent|parallel|users\b|requests\b|sessions\b|streams\b)|路)"),
    Numbered("batch_size", rf"{row(_INT)}\s*(?:pairs?|samples?|sequences?|examples?) (?:per|on each) (?:gpu|card|device)"),
    Numbered("seq_len", r"(?<![a-z])(?:bsz?|mbs|batch(?:[ _-]?size)?(?: of)?)\s?[:=]?\s?\d{1,4}\s?(?:[x*]\s?(?P<v>\d{3,6})(?!\.?\d|[a-z])|(?!))"), Numbered("batch_size", r"(?<![a-z])(?:bsz?|mbs|batch(?:[ _-]?size)?(?: of)?)\s?[:=]?\s?(?P<v>\d{1,4})x(?=\d{3,6}(?!\.?\d|[a-z]))"), Numbered("seq_len", r"(?<![a-z])(?:bsz?|mbs|batch(?:[ _-]?size)?)\s?[:=]?\s?\d{1,4}\s?[,、]\s?(?P<v>512|768|1024|1536|2048|3072|4096|6144|8192|10240|16384|32768|65536|131072)(?=\s?(?:[,、;!?)]|$)|\s(?!samples?\b|steps?\b|rows?\b|examples?\b|epochs?\b)[a-z])"), Numbered("seq_len", r"\b(?:simultaneous|concurrent|parallel) (?P<v>\d{1,3}k)[ -]?(?:tok(?:en)?s?[ -])?(?:chats?|conversations?|sessions?|dialogu?es?|requests?|prompts?|users?)\b"),
    Numbered("seq_len", r"(?<![\d.*a-z])(?<!\d,)(?P<v>\d{3,6}|\d{1,3}k)\s?(?:tokens?\s?)?[x*]\s?(?=(?:micro[ -]?)?(?:bsz?|mbs|batch(?:[ _-]?size)?(?: of)?|批大小)\s?[:=]?\s?\d)"),
    Numbered("batch_size", r"(?<![\d.,*a-z])(?P<v>\d{1,3})\s+(?:seq(?:uence)?s?\b(?!\s?(?:of|len))|sequences (?=of \d))"),
    Numbered("batch_size", rf"(?:并发(?:数|量)?|(?<!maximum )concurrency|max[ _-]num[ _-]seqs){IS}{several(_INT)}(?!\d|\s?(?:张|块(?!钱)|台|卡))"), Numbered("batch_size", r"(?:跑|开|服务|支持|同时)\s?(?P<v>\d{1,4})\s?路(?![由径])"), Numbered("batch_size", r"(?:用户|人数?|\busers?|\bpeople)(?:会|将|\bwill|\bgrow\w*|\brise)[^.;?!\d]{0,16}\d+[^.;?!\d]{0,8}(?:现在|目前|眼下|\bnow|\bcurrently|\btoday|\bat the moment)(?:才|只|就|有|是|,|\s|\bit'?s|\bthere|\bare|\bonly|\bjust|\bwe|\bhave)*(?P<v>\d{1,4})(?=\s?(?:[个人位,.;?!]|$))"),
    Numbered("seq_len", r"\b(?:[\d.]+b|model|it|lora|qlora) at (?P<v>\d{4,6})(?= (?:really|actually|still|already|needs?|takes?|uses?|fits?)\b)"),
    Numbered("seq_len", r"默认(?:的)?(?:长度)?\s?(?P<v>\d{4,7})(?=\s?(?:启动|报|的?长度|token|kv|起不来))"),
    Numbered("seq_len", rf"\bpack(?:ing|ed|s)?(?: \w+)? (?:to|into|at) (?:blocks of |length |sequences of )?(?P<v>{LEN})"),
    Numbered("seq_len", rf"(?<![a-z\d_*/+])s\s?=\s?{several(LEN)}"),
    Numbered("batch_size", rf"(?<![a-z\d_*/+])b\s?=\s?{several(_INT)}"),
    Numbered("seq_len", r"\bconcurrency for (?P<v>\d{1,7}) tokens per request"),
    Numbered("num_generations", rf"(?:num[ _-]?generations?|group size|generations per prompt|rollout[. ]?n(?![a-z])){IS}{several(_INT)}", extra=True),
    Numbered("num_generations", r"(?:\b(?:grpo|rloo|rollouts?)\b|采样)[^;?]{0,90}?(?<![a-z0-9])n\s?=\s?(?P<v>\d{1,3})(?![\d.])", extra=True),
    Numbered("num_generations", rf"{row(_INT)}\s*(?:generations|gens\b|rollouts|(?:completions|samples|responses|answers) (?:per|/) ?prompt)", extra=True),
    Numbered("num_generations", rf"{row(_INT)}\s*(?:个|条)?(?:采样|回答|回复|rollout)", extra=True), Numbered("num_generations", r"(?:采样|每(?:个|条)?\s?(?:prompt|问题|提示词?|题目?)\s?(?:生成|采|出|rollout)|\b(?:each|per|every) (?:prompt|question)\s?(?:gets?|has|with|:)?)\s?(?P<v>\d{1,3})\s?(?:个|条|次|(?=samples|completions|answers|responses))(?!\s?(?:token|卡))", extra=True),
    Numbered("actor_gpus", rf"{row(_INT)}\s*(?:gpus? for (?:the )?|张卡(?:给|做))?\s*(?:个)?\s*actors?\b", extra=True),
    Numbered("reference_gpus", rf"{row(_INT)}\s*(?:gpus? for (?:the )?|张卡(?:给|做))?\s*(?:个)?\s*ref(?:erence)?s?\b", extra=True), Numbered("max_prompt", rf"max[ _-]prompt(?:[ _-]length)?{IS}{several(LEN)}", extra=True),
    Numbered("output_len", rf"(?:max[ _-](?:new[ _-]tokens|tokens|completion(?:[ _-]length)?|output)|output(?:[ _-]len\w*)?|\bresponses?(?:[ _-]?len\w*)?|\bcompletions?(?:[ _-]?len\w*)?|\b(?:answers?|repl(?:y|ies))(?:\s?(?:of|are|is|up to|around|about|under|below|less than|at most|~|<))*(?=\s?(?:\d|limited|capped|kept|restricted))|回复(?:长度)?|回答(?:长度)?|答案|(?:generat|writ|produc)(?:e|ing)(?: up to)?|\bgeneration length|输出(?:长度)?|生成(?:长度)?){_AT_MOST}{IS}{several(LEN)}(?!\s*(?:个|条|张)?(?:样本|图|卡|块|samples|images|cards|gpus))"),
    Numbered("output_len", rf"{row(LEN)}\s*(?:new tokens|output tokens|tokens? (?:of )?output|(?:tokens? )?out(?:put)?\b(?! of)|generated tokens|tokens generated|输出|tokens?输出)"),
    # so many tokens, not so many answers to one prompt
    Numbered("output_len", rf"(?=\d+(?:\.\d+)?\s?k|\d+[ -]?(?:个)?tok){row(LEN)}[ -]*(?:tokens?|toks?|个?token)?[ -]*(?:的)?(?:of )?(?:responses?|completions?|answers?|repl(?:y|ies)|回答|回复|生成)(?!\s*(?:samples?|个|条))"),
    Numbered("seq_len", rf"(?<![\d.a-z$]){row(LEN)}[ -]?tok(?:en)?s?[ -](?:long )?(?:samples?|examples?|chats?|conversations?|dialogu?e?s|documents?|docs?|sequences?|pairs|texts?|records?|rows?|instructions?)\b"),
    Numbered("seq_len", rf"(?<=\bhow many )(?=[\d.]+\s?k[ -]){row(LEN)}(?![ -]?tok)"),  # "how many 8k chats": their number is asked
    Numbered("seq_len", rf"\b(?:max[ _-])?(?:seq(?:uence)?s?|context|ctx|model|sample|prompt|input|block|cutoff)(?:[ _-]?(?:window|len(?:gth)?s?|size))*(?:[ _-]max)?(?![a-z])(?!(?: size)? for \d{{1,3}} (?:x )?(?:nvidia |rtx ?)?(?:[ahlvb]\d{{2,3}}|mi\d{{3}}|[2-5]0[5-9]0)s?\b)\s*\(?\s*{IS}{several(LEN)}(?!\s*(?:samples|frames?|images?|pictures?|videos?|gpus?|cards?|bit|x\b|\*|个|帧|张))"),
    Numbered("seq_len", rf"\b(?:max[ _-]len(?:gth)?|num[ _-]ctx|n[ _-]ctx|max[ _-]model[ _-]len|session[ _-]len|max[ _-]total[ _-]tokens|-c|--ctx-size|length|len)\s*\(?{IS}{several(LEN)}"),
    Numbered("seq_len", rf"(?:长度|序列(?:长度)?|上下文(?:长度|窗口)?|文本长度|输入(?:长度)?|句长|长)\s*\(?{IS}{several(LEN)}(?!\s*(?:条|个?样本|帧|张|卡|epochs?|个?轮|个epoch))"),
    Numbered("seq_len", rf"\b{row(LEN)}[ -]*(?:tokens?|toks?|个?token|字|词元)?\s*(?:的|of|in)?\s*(?:prompts?|context|ctx|sequences?|seq|inputs?|long|max[ _-]len(?:gth)?|length|上下文|序列|长度|长文本|长的|窗口|输入|提示词?)"),
    Numbered("seq_len", rf"\b(?:num[ _-]?ctx|n_ctx|context(?: length| size| window)?|ctx)\b[^.;?!\n]{{0,32}}\b(?:set|rais(?:ed|ing)|bump(?:ed|ing)|increas(?:ed|ing)|chang(?:ed|ing)|upp(?:ed|ing)|crank(?:ed|ing)|put)(?: (?:it|that|this|up))*(?: to)? (?P<v>(?=\d{{4}}|\d{{1,3}}k){LEN})(?!\s?(?:gi?b|mi?b))"), Numbered("seq_len", r"(?<![\d.a-z])(?P<v>\d{1,2}(?:\.\d+)?\s?m)\s?-?(?:个)?(?:tokens?)?\s*(?:的|of )?(?:context|ctx|prompts?|上下文|长度)"), Numbered("seq_len", rf"(?<![\d.a-z$]){row(LEN)}\s?个?(?:视觉|图像|图片|视频)的?\s?tokens?"),
    Numbered("vocab", rf"(?:\bvocab\w*|词表)(?:[ _-]size|大小)?(?: ?\((?=\d))?(?!\s(?:at|for)\s\d{{3,4}}\b)(?:\s?(?:was |is )?(?:extended|expanded|enlarged|grown|resized)|扩(?:充|展|大)?|增加?)?{IS}{several(LEN)}", extra=True),
    Numbered("train_tokens", rf"(?<![\d.a-z])(?P<v>{NUM_SCALED})\s*(?:training )?(?:tokens of data|tokens? data)", extra=True),
    Numbered("lora_rank", rf"(?:\blora[ _-]?(?:rank|r|dim)|\brank|(?<![\w.-])r|秩)(?![a-z]){IS}{several(_INT)}"),
    Numbered("lora_rank", rf"(?:\branks?\b|秩)[^.;\d]{{0,16}}(?:\b(?:matters?|differ\w*|change|worth|effect|impact)\b|影响|差|区别|重要)[^.;\d]{{0,24}}(?P<v>{_INT}\s?(?:vs\.?|versus|or|to|and|->|和|与|跟|还是|到)\s?{_INT})(?![\d.]*\d|k|\s?gi?b?\b)"),
    Numbered("lora_rank", rf"\b{row(_INT)}\s*(?:的)?(?:rank\b|秩)"), Numbered("lora_rank", rf"\brank (?:(?:on|of|for|in) [^,;?]{{1,40}}? )?from (?P<v>{_INT} (?:up |down )?to {_INT})(?![\d.]*\d|k)"),
    Numbered("lora_alpha", rf"(?:lora[ _-]?)?\balpha{IS}{several(_INT)}", extra=True),
    Numbered("tp", rf"\b(?:tp|tensor[ _-]?(?:model[ _-])?parallel(?:ism)?(?:[ _-]?size)?)\s?\(?{IS}{several(_INT)}(?![\d.]*\s?(?:nodes?\b|machines?\b|servers?\b|台|节点))(?:\s*way)?"),
    Numbered("tp", rf"(?:张量并行|模型并行)(?:度|数)?{IS}{several(_INT)}"),
    Numbered("tp", rf"\b{row(_INT)}\s?(?:-?\s?way|路)\s?(?:的)?(?:tp\b|tensor|张量|模型并行)"),
    Numbered("pp", rf"\b(?:pp|pipeline[ _-]?(?:model[ _-])?parallel(?:ism)?(?:[ _-]?size)?){IS}{several(_INT)}"),
    Numbered("pp", rf"流水线并行(?:度|数)?{IS}{several(_INT)}"),
    Numbered("cp", rf"(?:\b(?:cp|context[ _-]?parallel(?:ism)?(?:[ _-]?size)?)|上下文并行){IS}{several(_INT)}"),
    Numbered("cp", rf"(?:\b(?:context|sequence)[ _-]?parallel(?:ism)?|\bulysses|\bring[ _-]?attention)(?: (?:over|across|on|with|among|between|of|to)){{1,2}} (?:all )?(?P<v>{_INT})(?= (?:gpus?|cards?|ranks?|ways?|devices?)\b)"), Numbered("cp", rf"\b{row(_INT)}[ -]?way (?:context|sequence)[ _-]parallel\w*"),
    Numbered("cp", rf"(?:上下文并行|序列并行|ring[ _-]?attention|ulysses)[^,;?。\d]{{0,6}}(?:到|在|用)\s?(?P<v>{_INT})\s?(?=张卡|卡|个gpu)"),
    Numbered("cp", rf"(?:\bsequence[ _-]?parallel(?:ism)?(?:[ _-]?size)?|\bulysses|\bring[ _-]?attention|(?<![a-z])sp(?![a-z])(?:[ _-](?:size|degree))?|序列并行)(?![a-z])(?:度|数|\s?(?:degree|size)(?: of)?|\s?[(:]?\s?sp(?=\s?[=:]?\s?\d))*{IS}{several(_INT)}"),
    Numbered("ep", rf"(?:\bep|\bexpert[ _-]?parallel(?:ism)?(?:[ _-]?size)?|专家并行)(?![a-z])(?!och){IS}{several(_INT)}"),
    Numbered("dp", rf"(?:\bdp|\bdata[ _-]?parallel(?:ism)?(?:[ _-]?size)?|数据并行)(?![a-z]){IS}{several(_INT)}"),
    Numbered("pp", rf"\b{row(_INT)}[ -]?(?:way|stage)s? (?:pp\b|pipeline)"),
    Numbered("pp", rf"{row(_INT)}\s?(?:级|路|段)(?:的)?流水线"),
    Numbered("n_microbatches", rf"(?:\b(?:n(?:um)?[ _-])?micro[ _-]?batches|微批(?:次|量)?数(?:目|量)?){IS}{several(_INT)}"), Numbered("n_microbatches", rf"{row(_INT)}\s*(?:(?:个\s*)?(?:micro[ _-]?batches|微批[次量])|个\s*(?:micro[ _-]?batch|微批)(?![ _-]?size))"),
    Numbered("virtual_stages", rf"(?:virtual[ _-](?:pipeline[ _-])?(?:stages?|(?:model[ _-])?parallel[ _-]size)|vpp(?:[ _-]size)?|num[ _-]virtual[ _-]stages|model[ _-]chunks|虚拟(?:流水线)?级数?){IS}{several(_INT)}"),
    Numbered("virtual_stages", rf"(?:interleav\w*|交错)[^.;?!\d]{{0,16}}(?:1f1b)?[^.;?!\d]{{0,16}}{several(_INT)}\s*(?:model )?(?:chunks?\b|段)"),
    Numbered("virtual_stages", rf"{row(_INT)}\s*(?:个)?\s*(?:virtual (?:pipeline )?stages|虚拟级|model chunks)"),
    Numbered("shard_size", rf"\b(?:hsdp|shard)[ _-]?(?:group[ _-]?)?size{IS}{several(_INT)}"),
    Numbered("shard_size", rf"(?:切分组|分片组)(?:大小)?{IS}{several(_INT)}"),
    Numbered("zero_stage", rf"\b(?:deepspeed|ds)?\s*stages?['\" _-]*[:=]?\s*(?P<v>{_STAGES})(?![\d.])"),
    Numbered("zero_stage", r"\bdeepspeed[ _-]*(?P<v>[1-3])(?![\d.])"),
    Numbered("gpu_memory_utilization", rf"(?:gpu[ _-]memory[ _-]utili[sz]ation|(?:\b(?:gpu )?util|(?<!memory )(?<!memory_)(?<!memory-)utili[sz]ation)(?!{IS}\d{{2,3}}\s*%)|mem(?:ory)?[ _-]fraction(?:[ _-]static)?|显存(?:利用率|占比|比例)|(?:memory|vllm|sglang|engine)[ _-]utili[sz]ation){IS}(?P<v>0?\.\d+|1(?:\.0)?(?!\d)|\d{{2,3}}\s*%)"),
    Numbered("gpu_memory_utilization", r"(?<![\d.])(?P<v>0?\.\d+(?=\s*(?:的)?(?:(?:gpu |v?ram |memory |mem )+utili|显存\s?(?:利用率|占比|比例)))|0?\.[6-9]\d*(?=\s*(?:的)?(?:利用率|占比|utili[sz]ation)(?! of (?:the )?(?:peak|flops))))"),
    Numbered("gpu_memory_utilization", r"(?<![a-z力算卡的])利用率\s?(?:(?:设|调|降|改|提|升|拉|减)(?:高|低)?(?:为|成|到|至)?|=|:|为|是)?\s?(?P<v>0?\.[2-9]\d*)"),
    Numbered("gpu_memory_utilization", r"(?:(?:\bcolocat\w+|\b(?:on the )?same cards?|同卡|共卡)[^,.;?!\d]{0,16}|(?:\bvllm|\bsglang|\brollout|\bengine|引擎)\s?(?:(?:is |was )?(?:takes?|took|gets?|got|holds?|sets?|given|starts?|started|reserves?)(?: (?:up|with|at|to|about))*|(?:启动|占|拿|给|设)+)(?:了|用|到|为|成)?\s?)(?<![\d.])(?P<v>0?\.\d{1,2})(?![\d.])(?! ?version)"),
    Numbered("gpu_memory_utilization", r"^(?=[\s\S]*(?:vllm|sglang))[\s\S]*?每个(?:实例|副本|服务|进程|模型)?(?:都)?(?:占|给|分|设|开)(?:到|成|为)?\s?(?P<v>0?\.\d{1,2})(?![\d.])"),
    Numbered("gpu_memory_utilization", r"\b(?:vllm|sglang|lmdeploy)(?:['’]?s)?\s?(?:的)?(?:默认|defaults?)(?:的)?\s?(?:占用?|预留|用|是|of|is|to|at|value|mem\w*)*\s?(?:=|:)?\s?(?P<v>0?\.\d+|[5-9]\d\s*%)"),
    Numbered("n_trainable_layers", rf"(?<!of )(?<!of the ){row(_INT)}\s?(?:个)?\s?(?:layers?|blocks?) (?:are |is )?(?:active|sampled|unfrozen|trained)(?= (?:at (?:a|one) time|at once|per (?:step|period))|\s?[,.;?!)]|$)"), Numbered("n_trainable_layers", rf"(?:只训练?|每次(?:只|都)?(?:激活|更新|采样|抽|训练?|解冻)|训练|train(?:ing)?(?: only)?|unfreez\w*|unfrozen|\bfreeze[ (,:]{{1,3}}|\bfreeze[ -]?tun\w+ (?:of |on |only |with )?|冻结微调\s?)\s*(?:the )?(?:最后|last|top)?\s*{several(_INT)}\s*(?:layers|层)"),
    Numbered("price_per_hour", rf"(?<!\^)(?:\$|¥)?\s?(?P<v>{NUM})\s?(?:\$|¥|usd|dollars?|bucks|eur|euros?|€|£|rmb|yuan|元|块钱?|美元|美金|刀|人民币)?\s?(?:/|per|an?|each|每|一)\s?(?:gpu[ -]?|card[ -]?|卡时?|张卡)?(?:hours?|hr?(?![a-z])|小时|时)", extra=True),
    Numbered("price_per_hour", rf"(?:每|一)(?:张?卡)?(?:个)?小时\s?(?:是|要|为|收|¥)?\s?(?P<v>{NUM})\s?(?:元|块|美元|美金|刀|rmb|人民币|\$|usd)", extra=True),
    Numbered("price", rf"\$\s?(?P<v>{NUM})", extra=True),
    Numbered("price", rf"(?:预算|价格|花费){IS}(?P<v>{NUM}\s?[k万w]?)\s?(?:元|块|rmb|人民币)?", extra=True),
    Numbered("steps", rf"{row(_INT)}\s*(?:steps?|步)", extra=True),
    Numbered("steps", rf"\bsteps? {several(_INT)}", extra=True),
    Numbered("learning_rate", r"(?P<v>\d(?:\.\d+)?e-\d{1,2})(?![\d.a-z])", extra=True),
    Numbered("epochs", rf"{row(_INT)}\s*(?:个)?\s*(?:epochs?|轮)", extra=True), Numbered("epochs", r"(?<![\d.])(?P<v>\d{1,3})\s*(?:epochs?(?![a-z])|轮)", extra=True),
    Numbered("host_memory_gb", rf"(?P<v>(?<![\d.*a-z]){NUM}(?:\s?(?:gib|gb|g)?\s?(?:\bor\b|或者?|还是)\s?{NUM})?)\s*(?:gib|gb|g|(?P<tb>tib|tb|t))\s*(?:of )?(?:的)?(?:\d{{1,2}}[- ]?ch(?:annel)?s? )?(?:(?:双|四|八|十二|\d{{1,2}})\s?通道(?:的)?\s?)?(?:(?!gpu|card|hbm|video|v?ram|unified|and |with |plus |or |but |while |yet |whereas |then )[a-z][\w-]{{0,11}} ){{0,2}}(?:(?:host |cpu |system )?ram|ddr\d?(?:-\d{{4}})?|system memory|main memory|(?:host|cpu|system) (?:ram|memory)|(?:cpu|运行)?内存|主存)"),
    Numbered("host_memory_gb", rf"(?:(?<!gpu )(?<!video )\bram|内存|system memory|host memory|cpu memory)(?:都|每[台机](?:机器|服务器)?|各|也?就|才|总共|一共|只?有)*{IS}{several(NUM)}\s*(?:gib|gb|g|(?P<tb>tib|tb|t))\b(?!\s?(?:的)?(?:显存|显卡|vram))"),
    Numbered("host_memory_gb", rf"(?:主机|宿主机|整机|机器|电脑|\bhost(?: has| with)?)(?:只?有|是|共)?\s?{several(NUM)}\s*(?:gib|gb|g|(?P<tb>tib|tb|t))(?![a-z])(?!\s?(?:显存|显卡|的?卡|v?ram|gpu))"),
    Numbered("host_memory_gb", r"(?:(?<!显)内存(?:不够|不足|太小|爆了?)?|(?<!v)(?<!gpu )\b(?:system |host |cpu )?ram)\s?\(\s?(?:only |just |只有)?(?P<v>\d{1,4})\s?(?:gib|gb|g)\s?\)"), Numbered("host_memory_gb", r"(?<!\dg )(?<!\dt )(?<!\d[gt]b )(?<!b of )(?<!\dg的)(?<!\dgb的)(?<!\dg)(?<!\dgb)\bddr[345]\b(?:(?!\b(?:and|with|plus)\b)[^,;:?!/+&]){0,12}?\s(?P<v>\d{2,4})\s?(?:gib|gb|g)\b"),
    Numbered("host_memory_gb", r"(?<!显)内存\s?(?:只?有|是)?\s?(?P<v>16|32|64|96|128|192|256|384|512|768|1024)(?=\s?(?:够|行|[,.;?!]|$))"),
    Numbered("host_memory_gb", r"(?<![\d.*a-z])(?P<v>16|24|32|48|64|96|128|192|256|384|512|768|1024)\s?(?:gib|gb|g|gigs?)?(?:\s?(?:of )?(?:(?:system|main|host|cpu|normal|regular|ordinary)(?: ram| memory)?|ram|ddr[345]|(?<!显)内存)(?=\s?(?:[,.;:?!/)+&]|$)|\s(?:and|on|in|with|for|can|will|does|is)\b)|\s?in (?:the|my) (?:system|machine|box|pc|computer|server|host|board|motherboard)\b)"),
    Numbered("host_memory_gb", r"(?:(?<=in a )|(?<=in an )|(?<=in my ))(?P<v>16|24|32|48|64|96|128|192|256|384|512|768|1024)\s?(?:gib|gb|g)\s(?:machine|box|pc|computer|desktop|tower|workstation)\b(?!\s?gpu)"),
    Numbered("host_memory_gb", r"(?<=--)mem(?:ory)?[ =](?P<v>\d{1,4})\s?g(?:i?b)?\b"),
    Numbered("images", rf"(?<![\d.a-z])(?P<v>{NUM}\s?[kw万])\s*张?\s*(?:images?\b|pictures?\b|screenshots?\b|photos?\b|图片|图像|截图|照片|图(?!形))", extra=True),
    Numbered("images", rf"{row(_INT)}\s*(?:张)?\s*(?:\d{{3,4}}[pk]\s?)?(?:images?|pictures?|screenshots?|photos?|frames?|图片|图像|截图|照片|帧|图(?!形))", extra=True),
    Numbered("checkpoints_kept", r"(?<![\d.a-z_-])(?P<v>\d{1,3})\s?(?:个)?\s?(?:full |complete |完整的?)?(?:checkpoints|ckpts|(?:checkpoint|ckpt|检查点|存档)(?![a-z]|ing))", extra=True), Numbered("samples", rf"(?:\balpaca|\bdolly|\bsharegpt|\bultrachat|\bdata ?set(?: of| with)?|数据集?)\s?[:(]?\s?(?P<v>{NUM_COUNTED})(?![\d.a-z]|\s?(?:gi?b|tok|[千百]?万亿?\s?(?:个)?\s?tok|亿\s?(?:个)?\s?tok))", extra=True),
    Numbered("samples", rf"(?<![\d.a-z])(?<!simultaneous )(?<!concurrent )(?<!parallel )(?P<v>{NUM_COUNTED})\s*(?:条|个样本|(?:\d[\d.]*\s?k?[ -]?tok(?:en)?s?[ -])?(?:(?!-?tok)[a-z&/-]+ ){{0,2}}(?:samples|examples|chats|rows|conversations|dialogu?e?s|pairs|instructions|records|documents|docs)\b|条数据)", extra=True),
)  # fmt: skip

DISTRIBUTED_OPTIMIZER = r"(?<![a-z])distributed[ _-]?optimi[sz]er|分布式(?:的)?优化器|\bdist[ _-]?opt(?:im(?:izer)?)?\b"
WORDED = (
    Worded("kv_format", "fp8", r"kv[ _-]?cache\b[^,;?]{0,60}\b(?:in|at|with|using) (?P<v>fp8)\b(?! (?:weights?|models?|checkpoints?)\b)"),
    *(Worded("kv_format", kind, rf"(?:\bkv[ _-]?cache|\bkv\b|kv缓存)[^;?]{{0,80}}\bquanti[sz]\w+ (?:it|that|this|them|the cache) (?:to|as|in) (?P<v>{said})(?![a-z0-9])")
      for kind, said in KV_FORMATS),
    *(Worded("kv_format", kind, rf"(?:{said})\s?(?:量化|的)(?:的)?\s?kv(?:[ _-]?cache|缓存)?|\b(?:{said})(?:[ _-]|的)?(?:e\dm\d[ _-])?kv(?:[ _-]?cache|缓存)?|kv[ _-]?(?:cache|缓存)?[ _-]?(?:dtype|type|quant\w*|量化)?[ :=_-]*(?:(?:to|in|at|is|stays?(?: at| in)?|staying|remains?|kept(?: at| in)?|left (?:at|in)|保持|维持|仍是?|还是|依然|打算|准备|就|stored (?:as|in|at)|存(?:成|为|的是)?|用|成|为|到|是)\s?){{0,3}}\s*(?:{said})(?![a-z0-9_])|-ctk[ =]{kind}\b|cache[ _-]type[ _-]k[ =]{kind}\b")
      for kind, said in KV_FORMATS),
    Worded("double_quant", False, r"(?:without|no|disable|w/o|(?<!用)不用|(?<!开)不开|关闭)\s*(?:bnb[ _-])?(?:double|nested)[ _-]?quant\w*|(?:(?<!用)不用|(?<!开)不开|关闭|没有)双重?量化"),
    Worded("double_quant", True, r"\b(?:double|nested)[ _-]?quant\w*|双重?量化|二次量化"),
    Worded("optimizer", "paged-adamw-8bit", r"\bpaged[ _-]?adamw?[ _-]?8[ _-]?bit|8[ -]?bit paged adamw?|\bpaged 8[ -]?bit adamw?\b|分页(?:的)?(?:8[ -]?(?:bit|位)(?:的)?\s?adamw?|adamw?[ _-]?8[ -]?bit)"),
    Worded("optimizer", "paged-adamw", r"\bpaged[ _-]?adamw?(?:[ _-]?32[ _-]?bit)?"),
    Worded("optimizer", "galore-adamw-8bit", r"\bgalore[ _-]adamw[ _-]8bit|8[ -]?bit galore"),
    Worded("optimizer", "adamw-8bit", r"\badamw?[ _-]?(?:bnb[ _-]?)?8[ _-]?bit|\b8[ -]?bits?[ _-]?(?:的)?(?:adamw?\b|optimi[sz]er|优化器)|bnb[ _-]?8[ _-]?bit[ _-]?adamw?|\badam8bit|(?<!\d)8\s?位(?:的)?\s?(?:adamw?|优化器)"),
    Worded("optimizer", "adamw-8bit", r"\badamw?\s?(?:的)?(?:优化器)?\s?(?:换成?|改成?|换为|切到|-+>|→|\bto\b|\bfor\b)(?:了)?\s?(?:the |an? |its )?(?P<v>8[ -]?(?:bits?|位))(?! ?(?:weights?|models?|base|q?lora|权重|基座|模型))"),
    Worded("optimizer", "adamw-4bit", r"\badamw?[ _-]?4[ _-]?bit|\b4[ -]?bits?[ _-]?(?:adamw?\b|optimi[sz]er|优化器)"),
    Worded("optimizer", "sgd-momentum", r"\bsgd[ -]?(?:with |w/ ?|\+ ?|\()?(?:a )?momentum\)?|\bmomentum[- ]sgd|\bsgd[ -]?m\b|(?:带|有)动量的?\s?sgd|\bsgd\s?(?:\(|\+|带|加|有|含)?\s?动量\)?"),
    Worded("optimizer", "lora-fa", r"\blora[ -]fa\b"),
    *(Worded("optimizer", name, rf"\b{name}\b") for name in ("adafactor", "muon", "lion", "sgd")),
    Worded("optimizer", "adamw", r"\badamw?(?:_torch(?:_fused)?)?\b(?![- ]?mini)"),
    Worded("precision", "pure-bf16", r"\bpure[ _-]?bf16|\beverything (?:is |are |kept |held )?(?:in )?bf16\b|\bbf16 (?:for everything|everywhere|throughout)\b|(?:全部(?:都)?用?|全程|统统) ?bf16|\bbf16\b[^.;?]{0,30}\b(?:no|without|w/o)(?: any)? (?:amp|autocast|mixed[ -]precision)\b|bf16[^.;?]{0,16}(?:不|没有?|无)(?:开|用|加|带)?\s?(?:amp|autocast|混合精度)|纯 ?bf16|bf16纯|\bbf16\b[^.;?]{0,30}\b(?:no|without|w/o)(?: any| an?| the)? (?:(?:fp32|float32) )?master(?:s| weights?| cop(?:y|ies))?\b|bf16[^.;?]{0,16}(?:不|没有?|无)(?:保留|存|用|要|带)?\s?(?:fp32)?\s?主权重"),
    Worded("precision", "pure-fp16", r"\bpure[ _-]?fp16|纯 ?fp16"),
    Worded("precision", "amp-fp16", r"\bfp16[ -]?(?:的)?\s?(?:amp\b|mixed|autocast|混合精度|混精)|(?:amp|mixed[ -]precision|混合精度)\s*\(?(?:of )?fp16"),
    Worded("precision", "amp-bf16", r"\bbf16[ -]?(?:的)?\s?(?:amp\b|mixed(?: precision)?|autocast|混合精度|混精)|(?:amp|mixed[ -]precision|混合精度)\s*\(?(?:of )?bf16|\bamp\b|\bmixed[ -]precision|混合精度"),
    Worded("precision", "fp32", r"\b(?:in )?(?:fp32|float32|full precision) (?:training|fine-?tun\w+)|(?:fp32|单精度|全精度)训练|(?<!推理)(?<!推理 )(?:纯|全)\s?fp32(?!\s?(?:的)?(?:推理|部署|跑|加载|权重))|\bpure[ _-]?fp32|train\w* in (?:fp32|float32|full precision)"),
    Worded("gradient_checkpointing", "off", r"(?<!要)(?:不|没有?|未)(?:进行|加|用|做|启用|采用)?\s?(?:全量?|完全)?(?:激活|梯度)?(?:重计算|检查点)(?!的?(?:次数|比例))"),
    Worded("gradient_checkpointing", "off", r"(?:\bwithout|\bno|\bdisabl\w+|\bw/o|\bturn(?:ed|ing)? off|\boff|\bnot us\w+|不用|不开|没开|未开|关闭|关掉|不使用|不启用|无|关|不做)\s*(?:(?:the|any|full|全量?|全部|完全)\s?)*(?:gradient|activation|grad|梯度|激活)?[ _-]?(?:checkpoint(?:ing|s)?\b|ckpt\b|recomput\w+|检查点|重计算)|(?:(?:gradient|activation|grad)[ _-])?checkpointing\s*(?:is |was |[:=]\s*)?(?:(?:turned|switched|still) )?(?:off|false|disabled)\b|(?:检查点|重计算|checkpointing)\s?(?:关闭|关掉|关|没开|未开|没有开)|\bgc (?:is )?off\b|\bno gc\b|(?:不开|没开|关了?|未开)\s?gc\b"),
    Worded("gradient_checkpointing", "selective", r"\bselective (?:activation )?(?:checkpoint\w*|recomput\w+)|\b(?:(?:activation|gradient)s? )?(?:checkpoint\w*|recomput\w*)[ :=(]{1,2}(?:granularity[ :=]{1,3})?selective\b|重计算[ :=(]{0,2}(?:用|为|是|设为)?\s?selective\b|选择性(?:激活)?(?:检查点|重计算)"),
    Worded("gradient_checkpointing", "on", r"\bcheckpointing (?:is |was )?(?:(?:turned|switched|already) )?(?:on(?= ?(?:[,.;:!?)]|and\b|$))|enabled)|\b(?:gradient|activation|grad)[ _-]?checkpoint(?:ing|s)?\b|\bactivation recomput\w+|\brecomput(?:e|ing|ation)\b|梯度检查点|激活检查点|激活重计算|重计算|\bgrad[ _-]?ckpt\b|\bgc (?:is )?on\b|\bgc[=:] ?(?:true|on)\b|(?:开了?|开启|打开)\s?gc\b|(?<![没不未])(?:开|开启|打开|启用)[了着]?\s?检查点|(?<![a-z])(?:fa[23]?|flash[ _-]?attn|flash ?attention(?:[- ]?[23])?)\s?(?:加上?|和|与|跟|、|\+|and|with|plus)\s?(?:检查点|checkpoint(?:ing|s)?\b)"),
    Worded("draft_model", "ngram", r"\bn-?gram (?:speculat\w+|draft\w*|lookup|decod\w+)|\bprompt[ -]lookup\b|n-?gram\s?(?:投机|推测)"),
    Worded("draft_model", "mtp", r"\b(?:mtp|multi-token prediction)\b(?=[^?;]{0,30}(?:specul|draft|decod|投机|推测|加速))|(?:投机|推测|specul\w+)[^?;]{0,20}\bmtp\b|(?:多\s?token\s?预测)(?=[^?;]{0,20}(?:投机|推测|加速))"),
    Worded("attention", "eager", rf"(?:用不了|用不上|不能用|没法用|无法用|不支持|\bwithout|\bno|\bdisabl\w+|\bw/o|不用|不开|没有|没开|未开|没装|没安装|没有装|未装|未安装|装不上|装不了|没法装|关闭|关了|关掉)\s*(?:the )?{_FLASH}|{_FLASH}[ =]?(?:is |was |has been |turned |switched )*(?:not installed|not available|missing|not enabled|disabled|off(?! by default)|0|false)(?![\w.])|{_FLASH}\s?(?:也|都|还|又|死活|一直|总是?|怎么|始终|在\S{{1,8}}?上)*(?:没开|没有开|未开|关了|关掉|关闭|没启用|装不上|装不了|没装上|装失败|安装失败|编译不过|编译失败|用不了|用不上|跑不了)|{_FLASH} (?:just |simply |still )?(?:won't|doesn't|didn't|does not|did not|will not|can't|can ?not|refuses to|fail(?:s|ed) to)(?: be)? (?:install|compil|buil|work|load|support|be )\w*|\b(?:can't|can ?not|couldn't|could not|unable to|not able to|fail(?:s|ed)? to|don't|do not|没法|无法|不能)\s?(?:have|get|install|build|compile|use|run|enable|安装?|装|编译|用|启用)\s?(?:the |a )?{_FLASH}|(?<!enforce[ _-])(?<!不加 )(?<!不加)(?<!no )(?<!not )\beager(?: attention)?\b"),
    Worded("attention", "flash", r"\bflash[ _-]?att(?:ention|n)?(?:[ _-]?v?[23](?![\d.]))?|(?<![a-z\d])fa[ _-]?[23](?![\d.])|\bflash_attn\b|(?<=\s)-fa\b|开(?:了|启)?\s?fa(?![a-z\d])"),
    Worded("attention", "sdpa", r"\bsdpa\b"), Worded("loss", "fused", r"\bliger(?:[ _-]kernel)?\b|\bfused (?:ce|cross[ -]entropy|loss)|\bcut[ -]cross[ -]entropy"),
    Worded("loss", "chunked", r"\bchunked (?:ce|cross[ -]entropy|loss)|分块(?:交叉熵|损失)"),
    Worded("algo", "dpo", r"(?<![a-z])dpo(?:[ _-]?trainer)?(?![a-z])"), Worded("algo", "kto", r"(?<![a-z])kto(?:[ _-]?trainer)?(?![a-z])"), Worded("algo", "simpo", r"(?<![a-z])simpo(?:[ _-]?trainer)?(?![a-z])"),
    Worded("algo", "orpo", r"(?<![a-z])orpo(?:[ _-]?trainer)?(?![a-z])"), Worded("algo", "grpo", r"(?<![a-z])(?:grpo|rloo|dapo)(?:[ _-]?trainer)?(?![a-z])"), Worded("algo", "ppo", r"(?<![a-z])ppo(?:[ _-]?trainer)?(?![a-z])"),
    Worded("algo", "rm", r"\breward model(?:l?ing)?|\breward[ _-]?trainer\b|奖励模型|(?<![a-z])rm(?=\s?(?:训练|微调|training\b|trainer\b|的训练))|训(?:练)?(?:一?个)?\s?rm(?![a-z])|\btrain(?:ing|ed|s)? (?:up )?(?:an? |the |our |my )?(?:\d+(?:\.\d+)?b )?rm\b(?!\s?-)|\btrain[_-]rm\b|\brm (?:of|from|based on) (?:an? |the )?(?=[a-z]*-?\d|[a-z]+\d?[-.])"), Worded("algo", "sft", r"\bsft(?:[ _-]?trainer)?\b"),
    Worded("sequence_parallel", True, r"\bsequence[ _-]?parallel(?:ism)?\b|序列并行|(?<![a-z])(?:sp(?=\s?(?:也|都)?(?:开着|开了|打开|启用|is on\b|on\b(?=\s?[,.;:?!]|$)|enabled))|(?:(?<=开)|(?<=开了)|(?<=启用)|(?<=with )|(?<=\+)|(?<=\+ ))sp(?=\s?(?:[,.;?!+]|$)))"),
    Worded("schedule", "gpipe", r"(?<![a-z0-9])gpipe(?![a-z0-9])"), Worded("schedule", "1f1b", r"(?<![a-z0-9])1f1b(?![a-z0-9])"),
    Worded("zero_stage", 3, r"\bhsdp\b|\bhybrid[ _-]?shard\w*|(?<![a-z])(?:mics|hpz)(?![a-z])|\bzero[ _]hpz\w*|混合(?:切分|分片)|\bfsdp[12]?(?:\b|(?=_q?lora))(?![^.;?]{0,32}shard_grad_op)|(?<![a-z])full[ _-]shard(?![a-z])|\bfully sharded"),
    Worded("zero_stage", 2, r"(?<![a-z_])shard_grad_op(?![a-z_])"),
    Worded("zero_stage", 3, r"\bdeepspeed(?P<v>zero)offload\b"),  # DeepSpeed's class of that name runs stage 3 alone
    Worded("zero_stage", 1, DISTRIBUTED_OPTIMIZER), Worded("zero_stage", 0, r"\bddp\b|\bdistributed data parallel\b|\bdata[ -]parallel(?:ism)?\b|数据并行"),
    Worded("offload", "none", r"不(?:往|向|放|进|占|动)(?:cpu|内存|主存)(?:里|上|中)?(?:卸载|放|挪|搬|丢|塞)?|(?:\b(?:without|instead of|rather than)(?: any| using| the| that| this| all)*|\bno|\bw/o|\bnot|\b(?:don'?t|do not|won'?t|can'?t|cannot|rather not|refuse to|avoid) (?:(?:wan(?:t(?: to)?|na)|need to|like to|do|use|plan to|the|any|to) ?)*|(?:去掉|取消|停掉|关掉|不再|不用|不(?:太|大|很|怎么|是很)?想|不愿意?|不打算|不准备|不能|不要|不考虑|不接受|不开|没开|没有|未开|不做|不加|别|避免|禁用|代替|取代|而不是|没|无|不)(?:使用|用|开启?|做|上|走)?)\s*(?:cpu |内存)?(?:offload(?:ing|ed)?|卸载)(?!\s?(?:the )?(?:param|weights|optim|adam|参数|权重|优化器))|\b(?:cpu )?offload(?:ing)?\s?(?:(?:is |are )?(?:not an option|off the table|out of the question|ruled out)\b|不考虑|不行|除外|不可用)|(?:\b(?:cpu )?offload(?:ing)?|卸载)\s?(?:(?:(?:is |was )?(?:set to |turned |switched )?|[=:]\s?)(?:off(?! the\b)|none|disabled)\b|(?:都|已经?|是)?(?:关闭|关了|关掉|关着|没有?开|未开|没用|未启用)|\s?(?:,\s?)?(?:我|我们)?(?:不(?:太|大|很|怎么|是很)?(?:想|愿意|打算)(?:要|再)?(?:开|用|上|做|走)|能不[开用]就不[开用]|尽量(?:别|不)[开用])|\s(?:is something )?(?:i|we)(?:'d| would)? (?:(?:like|want|prefer) to avoid|rather (?:avoid|not)\b))"), Worded("offload", "optimizer", r"(?:\bnot|\bno|\bwithout|\bdon'?t|不|别|没有?)\s?(?:cpu )?(?:offload(?:ing|ed)?|卸载)\s?(?:the |any )?(?:param\w*|weights|参数|权重)"),
    Worded("activation_offload", True, r"\b(?:enable_)?activations?[ _-]?(?:cpu[ _-]?)?offload\w*|\boffload\w*[ _](?:of )?(?:all |the )?activations?\b(?! and)|激活(?:值)?(?:的|都|也)?\s?(?:offload|卸载)(?:到)?(?:内存|cpu)?|(?:offload|卸载)\s?激活值?"),
    Worded("offload", "params", r"(?:param\w*|weights|参数|权重)\s?(?:and|&|,|、|和|\+)\s?(?:the )?(?:optimi[sz]er(?: states?)?|优化器(?:状态)?)(?: are| is|都|均)?\s?(?:offload\w*|卸载)|(?:optimi[sz]er(?: states?)?|优化器(?:状态)?)\s?(?:and|&|,|、|和|\+)\s?(?:param\w*|weights|参数|权重)(?: are| is|都|均)?\s?(?:offload\w*|卸载)|(?:offload\w*|卸载)(?: (?:both|all|of|the)| ?了)*\s?(?:optimi[sz]er(?: states?)?|优化器(?:状态)?)\s?(?:and|&|,|、|和|与|及|\+)\s?(?:the |model )?(?:param\w*|weights|参数|权重)|(?:optimi[sz]er(?: states?)?|优化器(?:状态)?)[ _-]?(?:offload\w*|卸载)\s?(?:and|&|,|、|和|与|\+)\s?(?:param\w*|weights?|参数|权重)[ _-]?(?:offload\w*|卸载)"),
    Worded("offload", "params", rf"\b(?:param\w*|weights)\s?(?:and|&|,|/|\+)\s?(?:the )?{_STATES_CALLED}{_IN_HOST}|\b{_STATES_CALLED}\s?(?:and|&|,|/|\+)\s?(?:the )?(?:param\w*|weights){_IN_HOST}|(?:参数|权重)\s?(?:和|与|及|跟|、|\+)\s?优化器(?:状态)?(?:都|也|全部?|统统)*{_TO_HOST}|优化器(?:状态)?\s?(?:和|与|及|跟|、|\+)\s?(?:参数|权重)(?:都|也|全部?|统统)*{_TO_HOST}"),
    Worded("offload", "optimizer", rf"\b{_STATES_CALLED}(?P<v>{_IN_HOST})|优化器(?:状态)?(?:都|也|全部?|统统)*(?:{_TO_HOST}|在内存里)"),
    Worded("offload", "kv", rf"\bno[ _-]kv[ _-]offload\b|-nkvo\b|\bkv(?:[ _-]?cache)? (?:kept |stored |held )?(?:on|in) {_HOST}\b|\boffload(?:ing)? (?:the )?kv(?:[ _-]?cache)? (?:to|into) {_HOST}\b|kv(?:[ _-]?cache|缓存)?{_TO_HOST}"),
    Worded("offload", "experts", rf"(?<![a-z0-9])(?<!n[ _-])cpu[ _-]moe\b|\bexps\S{{0,12}}\s?=\s?cpu\b|(?<!layers of )(?<!how many )\bexperts?(?: weights?| layers?)?(?: are| stay| kept| held| offloaded| running| mostly| mainly| largely| nearly| almost| all| live| sit| placed| put)* (?:on|in|to|into|onto) {_HOST}\b|\boffload(?:ing)? (?:the |all |moe |of )*experts?\b(?: weights?)?(?: (?:to|into|onto) {_HOST})?|(?<!层)(?<!层的)专家(?:权重|层|部分)?(?:都|全部?|基本上?|大部分?|大多数?|主要|几乎|差不多|也)*{_TO_HOST}"),
    Worded("offload", "optimizer", r"\boffload\w* (?:only|just) (?:the |its |my )?(?:adam|optimi[sz]er)(?: states?)?\b|\bzero[ -]offload\b|\b(?:optimi[sz]er|optim)(?: states?)?[ _-]?(?:cpu[ _-]?)?offload\w*|offload\w*[ _-](?:of )?(?:the )?(?:adam|optimi[sz]er)(?: states?)?|优化器(?:状态)?(?:offload|卸载)|(?:offload|卸载)(?:\s?优化器|\s?的\s?(?:优化器|optimi[sz]er))"),
    Worded("offload", "params", r"\bzero[ -]?in(?:finity|ference)\b|\b(?:cpu[ _-]?)?offload(?:ing|ed|s)?(?:[ _]param(?:eter)?s?\b)?(?![a-z]|[ _-]gb)|(?<=zero)offload|(?<=[a-z0-9]_)offload|卸载(?:到)?(?:内存|cpu)?"),
    Worded("layer_split", True, r"\bdevice[ _-]?map(?!['\" ]*[:= ]\s*(?:\{\s*['\"]{2}|['\"]?(?:none|cuda|cpu|mps)\b))(?:['\" ]*[:= ]\s*['\"]?(?:auto|balanced))?|\blayer[ _-]?split|\bsplit (?:the )?layers|按层(?:来|去)?(?:切分?|拆分?|分(?:到|给|在|配|开|布))|\bnaive (?:pipeline|model parallel\w*)"),
    Worded("lora_targets", "all-linear", r"\ball[ -_]?linears?(?: layers| modules)?|\ball (?:the )?(?:layers|modules|matrices|projections)\b(?=[^.;?]{0,40}\b(?:vs\.?|versus|or|instead|than|against)\b[^.;?]{0,16}\b(?:q|attention|attn|qkv)\b)|(?:所有|全部)(?:的)?(?:层|模块)(?=[^;?]{0,16}(?:q|注意力|attention))|\blora_target:? all|(?:所有|全部?)的?线性层|所有linear层?|(?:\b(?:lora_)?targets?(?:_modules)?\b|模块)[^.;?]{0,24}(?:改成|改为|换成|改到|(?:chang|switch|mov|extend)\w* (?:from [^.;?]{1,30}? )?to|->|=>|→)\s?(?P<v>all)(?![a-z_-])"),
    Worded("lora_targets", "q v", r"(?<![a-z0-9_])q ?[/+]? ?v(?![a-z0-9_])(?! cache)"), Worded("lora_targets", "q k v o", r"\bqkvo\b|\battention[ -](?:(?:layers|modules|projections|blocks|linears) )?only\b|\bonly (?:on |in |to )?(?:the )?(?:attention|attn)(?: (?:layers|modules|projections|blocks|linears))?\b(?! (?:mask|and|is|takes|needs))|\battn[ -]only\b|[只仅](?:训练?|加|打|挂|放|用)?(?:在|到)?\s?(?:注意力|attention|attn)\s?(?:层|模块|部分)?(?!掩码)"),
    Worded("engine", "vllm", r"\benforce[-_]eager\b|(?<![a-z])(?:vllm|vlm(?=\s+serve\b)|vlml)(?![a-z])|(?<=用)\s?vlm(?=\s?(?:部署|起|启动|serve))"), Worded("engine", "sglang", r"\bsglang\b|\bmax_total_num_tokens\b"),
    Worded("engine", "llama.cpp", r"\bllama[._ -]?cpp\b|(?<![a-z])ollama(?![a-z])|\blm[ -]?studio\b|\bkobold(?:cpp)?\b|\bllama-(?:server|cli|bench)\b|(?<=\s)-ngl\b|\bnum_ctx\b|(?<=\s)--swa-full\b|^--swa-full\b"),
    # the program at work, not what its table says
    Worded("engine", "llama-factory", r"\bllama[ _-]?fact(?:ory|roy|oyr|ry)\b(?!'s|\s?的?(?:官方)?(?:文档|表|说|写|列|给|readme|显存)|[^.?;]{0,40}\b(?:tables?|says?|said|readme|lists?|gives?|claims?|reports?|figures?)\b)(?=[^?]{0,60}(?:tun|train|lora|sft|dpo|quantization_bit|微调|训练|full|全参|oom))|(?:用|在|使用|with|using|in|on)\s?llama[ _-]?fact(?:ory|roy|oyr|ry)\b(?!'s|[^.?;]{0,40}\b(?:tables?|says?|readme)\b|\s?的?(?:官方)?(?:文档|表|说|写|readme))"),
    Worded("engine", "ms-swift", r"\bms-?swift\b|\bswift (?:sft|rlhf|pt|infer|deploy|export)\b"), Worded("engine", "axolotl", r"\baxolotl\b"),
    Worded("engine", "trl", r"\btrl\b"), Worded("engine", "openrlhf", r"\bopenrlhf\b"), Worded("engine", "verl", r"\bverl\b"), Worded("engine", "xtuner", r"\bxtuner\b"),
    Worded("engine", "tgi", r"\btgi\b|\btext[ -]generation[ -]inference\b"), Worded("engine", "lmdeploy", r"\blmdeploy\b|\bturbomind\b"),
    Worded("engine", "tensorrt-llm", r"\btensorrt[ -]?llm\b|\btrt[ -]?llm\b"), Worded("engine", "xinference", r"\bxinference\b"),
    Worded("engine", "exllama", r"\bexllama(?:v[23])?\b|\btabbyapi\b|\bexl[23]\b"), Worded("engine", "mlx", r"\bmlx(?:[ _-]lm)?\b"),
    Worded("engine", "ktransformers", r"\bk-?transformers\b"),
    Worded("batch_size", 1, r"每(?:张?卡|gpu)(?:上)?(?:只|就)?(?:放)?\s?[1一]\s?(?:条|个)(?:样本|数据)?(?![\d一-十])|\b(?:one|an?|1) (?:single )?(?:sample|sequence|example)s? (?:per|on each) (?:gpu|card|device)\b"), Worded("engine", "litgpt", r"\blit-?gpt\b"), Worded("engine", "torchtune", r"\btorchtune\b"), Worded("engine", "torchtitan", r"\btorchtitan\b"),
    Worded("engine", "unsloth", r"\bunsloth\b"), Worded("engine", "megatron", r"\bmegatron(?:-lm)?\b"),
    Worded("engine", "deepspeed", r"\bdeepspeed\b"),
    Worded("engine", "transformers", r"\btransformers\b|\bbnb\b(?![ _-]?(?:8|adam))|\bbitsandbytes\b(?! ?(?:8|adam|optim))|\b(?:hf|hugging ?face)(?:'s)? ?(?:transformers|trainer|pipeline|\.?generate\b)|\bmodel\.generate\b|(?<!\w)\.generate\(|\bautomodel\w*|\bfrom_pretrained\b|\bpipeline ?\( ?[\"'](?:text-|model)|" + PREPARED),
    Worded("bits", 16, r"\bunquanti[sz]ed\b|\b(?:without|no) (?:any )?quanti[sz](?:ation|ing)\b|(?<!kv)(?<!kv )(?<!cache)(?<!缓存)(?:不做|不用|不经|(?<!不)不|未|非|无)量化(?!也|都)"),
    Worded("meter", "device", r"\bnvidia-smi\b|\bnvml\b"), Worded("meter", "allocated", r"\bmax_memory_allocated\b"),
    Worded("meter", "reserved", r"\bmax_memory_reserved\b"),
    Worded("adapter_dtype", "fp32", r"\bfp32 adapters?|fp32的?适配器"), Worded("adapter_dtype", "bf16", r"\bbf16 adapters?"),
)  # fmt: skip

# in "QLoRA with LoRA rank 32" the second names the adapters, not another method
OF_ADAPTERS = r"^_|^[ _-]?(?:rank|r\b|alpha|dropout|dim|target|modules|的?秩)"
# "q_proj, k_proj and v_proj", "q/v", "q k v o": two modules or more; bare letters with nothing between begin with q
_MODULE = r"(?:[qkvo]|gate|up|down)"
TARGETS = (
    rf"(?<![a-z0-9_])(?P<v>{_MODULE}_proj(?:[\"']?\s?[,/+&、]?\s?[\"']?(?:(?:and|和|及)\s?)?{_MODULE}_proj){{0,6}})(?![a-z0-9_])"
    rf"|(?<![a-z0-9_])(?P<w>q(?:(?:\s?(?:[,/+&、]\s?(?:and\s)?|(?:and|和|及)\s?)|\s){_MODULE}){{1,6}})(?![a-z0-9_])"
)
# what is frozen beside a model that is trained
TOWER = r"(?:vision|visual|vit\b|vit(?=[\u4e00-\u9fff])|siglip|(?:eva-?)?clip|image|audio|encoder|towers?\b|projector|aligner|视觉|图像|音频|编码器|投影)"
METHODS = (
    Worded("method", "qlora", r"(?<![a-z0-9])q-?lora(?![a-z0-9])"),
    Worded("method", "dora", r"(?:\b|\buse_)q?dora\b"), Worded("method", "rslora", r"(?:\b|\buse_)rs-?lora\b"),
    Worded("method", "galore", r"\bq?galore\b"), Worded("method", "badam", r"\bbadam\b"),
    Worded("method", "lisa", r"\blisa\b"), Worded("method", "apollo", r"\bapollo\b"),
    Worded("method", "lomo", r"\b(?:ada)?lomo\b"), Worded("method", "oft", r"\bq?oft\b"),
    Worded("method", "lora", r"(?<![a-z0-9-])lora(?![a-z0-9])(?![- ]fa\b)|(?<!rs-)(?<!q-)(?<=-)lora(?![a-z0-9])"),
    Worded("method", "freeze", rf"\bfreez(?:e|ing)\b(?! (?:the |its )?(?:ref|base|{TOWER}))|(?<!tower )(?<!encoder )(?<!vit )(?<!tower is )(?<!encoder is )(?<!vit is )(?<!teacher )(?<!teacher, )(?<!teacher is )(?<!teacher \()(?<!embeddings )(?<!embeddings are )(?<!lm_head )(?<!lm_head is )\bfrozen\b(?! (?:ref\w*|base|backbone|teacher|weights|model|copy|critic|{TOWER}))|(?<!vit)(?<!vit )(?<!塔)(?<!编码器)(?<!教师)(?<!教师模型)(?<!老师)(?<!teacher)(?<!teacher )冻结(?!(?:住)?(?:的)?\s?(?:{TOWER}|教师|老师|teacher))|部分参数"),
    Worded("method", "full", r"\bfull(?:y[ -]+|[ -]*)(?:parameters?|params?|weights?|model)?[ -]*(?:fine[ -]?tun\w*|finetun\w*|\bft\b|\bsft\b|training\b|tun(?:ing|e[ds]?)\b|train\b|(?=(?:ppo|dpo|grpo|kto|rlhf)\b)|(?:(?:continu\w+|domain) )?pre-?train\w*)|\bfull(?= (?:adamw?|[bf]p?(?:16|32)|supervised|instruction) (?:fine|sft\b|ft\b|train|tun))|\bfull[ _-]param\w*|\bfft\b|(?<=_)full(?=[_.])|\bfull_(?:finetune|ft|sft|param)\w*|(?<=\()full(?=[),])|(?<=[:,/] )full(?=\s?(?:[,/.!?)+:;]|$))|\bfull(?=\s?\+\s?(?:zero|offload|fsdp))|\bfull(?= [a-z][\w.-]*\db(?:-\w+)? (?:in )?(?:mixed[ -]precision|amp\b|(?:pre-?)?training\b|fine-?tun|sft\b|tuning\b))|(?:(?<=\bfor )|(?<=\bin ))full(?=\s?(?:[:,/.?!]|$))|全参数?(?:量)?(?:微调|训练)?|全量(?:参数)?(?:微调|训练|精调)?|\bfull\b(?=\s*(?:,|/|vs|or|and|、|和)\s*(?:freeze|q?lora|galore))|\bfull\b(?=\s*(?:16(?![\d.]|\s?k)|amp|pure|bf16))|(?<=\db )full\b(?=\s*(?:[,.!;)]|$|\?|on\b|with\b|at\b|\d{1,3}\s?(?:[张块卡x*]|gpus?\b|cards?\b)))|(?:(?<=[:,;] )|^)full\b(?= \d+(?:\.\d+)?b\b)|\b(?:train(?:ed|s)?|tuned?|updated?) (?:it |them )?in full\b|(?<=\ba )full(?= \d+(?:\.\d+)?b (?:model |llm )?(?:(?:pre-?|post-?)?train|fine-?tun))|(?:(?<=b, )|(?<=b )|(?<=training )|(?<=train )|(?<=update )|(?<=updating )|(?<=tune )|(?<=tuning ))all (?:the |its )?(?:parameters|params|weights)(?=\s?(?:[,.;?!)]|$|are\b|trained|train\b|tuned|updated|trainable|on\b|of\b))|完全微调|全微调|全参|(?<=[、,/])full(?=\s?[\d几两二三四五]?\s?(?:种|个方|方法|方式|都|分别|各))|(?<=lora or )full\b|(?<=\db )full(?=\s(?:zero|z[123]\b|fsdp|ddp|deepspeed|adam|seq\b|bs\b|batch|\d{1,2}\s?x|using|lr\b|gc\b))|(?:(?<=\bvs )|(?<=\bvs\. )|(?<=\bor )|(?<=\d and )|(?<=、)|(?<=\bjust )|(?<=\beven )|(?<=\bplain )|(?<=\bgo ))full\b(?=\s?(?:[?:,.;]|$|(?:for|of|on|in)\b))|\bfull\b(?= (?:with|on|under|via|using|and|\+) [^/.?;]{1,40}(?:,|/|\bor\b|\bvs\b)[^.?;]{0,24}lora)"),
)  # fmt: skip

# a cache of keys and values is spoken of
OF_A_CACHE = r"\bkv\b|\bkv[ _-]?cache|kv缓存|键值缓存"

# At inference it is the layers named that are offloaded: which ones a number or a question says.
# in llama.cpp's words a model is offloaded to the card, fully where all layers are there
LAYERS_MOVED = r"\b(?:fully|completely|entirely|100 ?%)[ -]offload\w*|\boffload\w* (?:it |everything |all |the (?:whole )?model )?(?:fully|completely|entirely)\b|\boffload\w*[^;?.]{0,24}\b(?:to|on|onto|into) (?:the |my )?(?:gpu|card|vram)\b|\blayers?\b[^;?]{0,60}\boffload|\boffload\w*[^;?]{0,24}\blayers?\b|层[^;?]{0,8}(?:offload|卸载)|(?:offload|卸载)[^;?]{0,8}层"

TOOLS = (
    "axolotl", "llama-factory", "llamafactory", "llama factory", "ms-swift", "swift", "trl", "openrlhf", "verl", "xtuner",
    "firefly", "nanogpt", "mingpt", "nanochat", "llm.c", "nanotron", "gpt-neox", "picotron", "accelerate", "peft", "bitsandbytes", "ktransformers", "exllama", "exllamav2", "tgi", "tensorrt-llm",
    "ollama", "lm studio", "mindie", "fastllm", "fastchat", "colossalai", "lmdeploy", "mlx", "xinference", "llama.cpp", "llama_factory",
)  # fmt: skip

SIZE = r"(?<![\d.a-z_])(?<!\d,(?=\d{3}(?!\d)))(?<![a-zθ)]\*)(?P<n>\d+(?:\.\d+)?)[ -]?(?P<s>b|bn|billion|t(?!\s?(?:of )?(?:ram|内存|ssd|nvme|硬盘|固态|磁盘))|trillion)(?![a-z0-9])(?!\s*(?:training )?tokens|\s*个?\s?token(?=\s?(?:[,;?!.]|$|[^\x00-\x7f])))"
SIZE_ROW = r"(?<![\d.a-z*])(?<!\* )(?<!of )(?<!of the )(?<!only )(?P<row>\d{1,3}(?:\.\d+)?(?:\s?[/,]\s?\d{1,3}(?:\.\d+)?){1,7})\s?b(?![a-z0-9])"
SIZE_SMALL = r"(?<![\d.a-z_])(?P<n>\d{2,3}(?:\.\d+)?|\d{4}(?=[ -]?(?:m|million)[ -]?(?:param|model|模型|参数)))[ -]?(?P<s>m|million)(?![a-z0-9])(?!\s*(?:training )?(?:tokens|samples|steps))"
SIZE_ZH = r"(?<![\d.])(?P<n>\d+(?:\.\d+)?)\s*(?P<s>万亿|千亿|百亿|十亿|亿|千万|百万)(?:个)?(?:级)?(?:的)?(?!\s*(?:个)?(?:token|词|条|美元|元))"
# "A hundred-billion class model", without a figure.
SIZE_ZH_CLASS = r"(?<![\d.个十百千万亿])(?P<s>万亿|千亿|百亿)(?=(?:级别?|规模|参数|的|大)*(?:模型|参数|级))"
SIZE_EXPERTS = r"(?<![\d.a-z])(?P<n>\d{1,3})\s?x\s?(?P<each>\d+(?:\.\d+)?)b(?![a-z0-9])"
ACTIVE = r"(?<![a-z0-9])a(?P<n>\d+(?:\.\d+)?)b(?![a-z0-9])|(?<![\d.x-])(?<!\df)(?P<m>\d+(?:\.\d+)?)\s?b\s*(?:params?\s|parameters?\s)?(?:are |is )?(?:active|activated|激活)(?!\s?(?:参数|的)?[^,.;?\d\s]{0,6}\s?\d+(?:\.\d+)?\s?b)(?!\s?(?:参数)?\s?\d)|(?:(?<!多少)(?<!哪些)激活(?:的|了)?(?:参数)?(?:量)?(?:其实|实际)?(?:上)?(?:不是|不就是?|不也|也)?(?:只|仅|才|就)?(?:不过|有|是|为|用|约)?(?:大?约|大概)?|active|activat(?:es?|ing|ed) (?:only |just |about |around |roughly )*|\bactive (?:params?|parameters?)\s?(?:are|is|:|=|of)?\s?(?:only |just |about )*)\s*(?P<k>\d+(?:\.\d+)?)\s?b"
TRAIN_TOKENS = r"(?<![\d.a-z])(?P<n>\d+(?:\.\d+)?)\s?(?P<s>k|m|b|t|million|billion|trillion|万亿|千亿|百亿|十亿|亿|千万|百万|万)\s*(?:(?:training|domain|raw|clean|in-domain|pre-?training|text|code|new|unlabell?ed|medical|legal|chinese|english) |个)?(?:的)?(?:训练|领域|行业|中文|代码)?(?:tokens?|词元)(?!\s*(?:的)?(?:context|ctx|window|prompts?|sequences?|上下文|长度|序列|输入|窗口))"
# the same with its name before it: "tokens: 2T", "Tokens 15.6T", "训练token数为1.4T"
TOKENS_LABELLED = r"\b(?:training |pre-?training )?(?:tokens?|词元)\s?(?:数量?|总数|总量)?(?:\s?(?:[:=]|\bis\b|\bare\b|\bwas\b|\bwere\b|为|是|约)\s?|\s(?=[\d.]+\s?(?:t\b|trillion|万亿)))(?P<n>\d+(?:\.\d+)?)\s?(?P<s>b|t|billion|trillion|万亿|千亿|百亿|十亿|亿)(?![a-z])(?!\s?(?:models?|params?|parameters|参数|模型))"
SIZE_SCALES = {
    "b": 1e9, "bn": 1e9, "billion": 1e9, "t": 1e12, "trillion": 1e12, "m": 1e6, "million": 1e6, "k": 1e3,
    "万亿": 1e12, "千亿": 1e11, "百亿": 1e10, "十亿": 1e9, "亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4,
}  # fmt: skip

# A memory is the card's own when it stands at a card's noun, or the asker says that it is what there is.
# "48 GB of bandwidth" is no memory of a card's
NO_MEMORY = r"(?!\s*(?:/\s?s(?:ec)?\b|per sec)|[\s*_]*(?:of )?[\s*_]*(?:bandwidth|disk|storage|ssd|nvme|swap|data ?set|file|带宽|硬盘|磁盘|固态))"
MEM = (
    r"(?<![\d.])(?:(?P<v>\d+(?:\.\d+)?)\s?(?P<u>gib|gb|g)|(?P<mb>\d{4,6})\s?(?P<mu>mib|mb|m))(?=x\d|[^a-z0-9]|$)"
    + NO_MEMORY
)
# memory that is called bandwidth: an amount of GB, not of GB a second
CALLED_BANDWIDTH = r"(?<![\d.])(?P<v>\d+(?:\.\d+)?)\s?(?:gib|gb|g)(?!\s*(?:/\s?s|per sec))[\s*_]*(?:of )?(?:v?ram |memory )?[\s*_]*bandwidth|(?:memory )?bandwidth (?:of|is|:)?\s*(?P<w>\d+(?:\.\d+)?)\s?(?:gib|gb|g)(?!\s*(?:/\s?s|per sec))|带宽(?:是|为|只?有)?\s*(?P<x>\d+(?:\.\d+)?)\s?(?:gib|gb|g)(?!\s*/\s?s)|(?<![\d.])(?P<y>\d+(?:\.\d+)?)\s?(?:gib|gb|g)(?!\s*/\s?s)\s*(?:的)?(?:显存)?带宽"
# `8-16k`: from one length to another
LENGTH_RANGE = r"(?<![\d.a-z$])(?P<a>\d{1,3})\s?k?\s?[-~到至]\s?(?P<b>\d{1,3})\s?k(?![a-z0-9])(?!\s*(?:samples|条|steps|usd|元|块|\$))"
# so many frames or images of so many tokens
FRAMES = r"(?<![\d.])(?P<n>\d{1,4})\s?(?:帧|张图片?|张|frames?|images?)[^.;?!]{0,16}?(?:每(?:帧|张|个)|each|per (?:frame|image))[^.;?!\d]{0,10}(?P<m>\d{1,5})\s?(?:个\s?)?tokens?|(?<![\d.])(?P<k>\d{1,4})\s?(?:frames?|images?)\s?(?:x|\*|of|at)\s?(?P<l>\d{1,5})\s?tokens?"
# memory of the machine beside cards that are named: `4x A6000 + 512GB`
BESIDE_CARDS = r"(?:\+|\bplus\b|加上?|搭配?|配)\s?(?P<v>\d{2,4})\s?(?:gib|gb|g)(?![a-z\d])(?!\s*(?:v?ram|显存|显卡|卡|cards?|gpus?|of v))"
NEED = (
    r"(?:need(?:s|ed)?|requir\w+|takes?|took|taking|uses?|used|using up|(?:is|are|was|it's|keeps|already|still) using|eats?|eating|eaten|grabs?|hogs?|hogging|allocat\w+|consum\w+|occup\w+|reports?|measured?|shows?|says?|list(?:s|ed)?"
    r"|=|->|=>|to|只?要|需要|需|占|占用|占了|吃|用了|显示|报|写|是|爆到|到|涨到|升到|大概|约|至少|最少|最低)\s*(?:about|around|at least|~|约|大概)?\s*$"
)
# "12, 16 or 24 GB": the sizes among which a card is chosen
CHOSEN_AMONG = r"(?<![\d.*a-z])(?P<row>\d{1,3}\s?(?:g(?:i?b)?)?(?:\s*(?:,|/|、|or|vs\.?|还是|和|或)\s*(?:or\s|an?\s)?\d{1,3}\s?(?:g(?:i?b)?)?)*\s*(?:的?显?卡|的| cards?| gpus?| one)?\s*(?:,|/|、)?\s*(?:or|vs\.?|/|还是|和|或)\s*(?:买|选|用|上|要)?(?:an?\s)?\d{1,3}\s?g(?:i?b)?)(?![a-z0-9])(?!\s*(?:of )?(?:ram\b|内存|ddr|system))"

_LONE_K = rf"\d{{1,4}}(?:\.\d)?\s?k(?![a-z0-9]|{_OF_PIXELS})"
_LONE_TOKENS = r"\d{1,7}(?:\.\d+)?\s?万?(?![\d.a-su-z]|t(?!ok))"
LONE_LENGTHS = (
    rf"(?<![\d.a-z$]){row(_LONE_K)}(?!\s*(?:[条张]|steps|usd|\$)|\s+(?:(?!tok)[a-z-]+ ){{0,2}}(?:samples|examples|rows|pairs|conversations|dialogu?e?s|prompts|instructions|records|documents|docs)\b|\s+(?:users|people|customers|visitors|clients)\b|\s+(?:requests|queries|calls|messages|questions) ?(?:a|per|each|every|/) ?(?:day|hour|minute|second|month)\b)",
    rf"(?<![\d.a-z]){row(_LONE_TOKENS)}\s*(?:个)?[\s-]*(?:tokens?|toks?|字(?![节段])|词元)(?![a-z])",
)

# `bs 4, 4096`: a power of two of this size, with no noun beside it, is a length
_POWER = r"(?:512|1024|2048|4096|8192|16384|32768|65536|131072)"
BARE_LENGTH = rf"(?<![\d.a-z*x=+/_-])(?<!\d,)(?<![*=+/] )(?<![\d ]x ){_POWER}(?![\d%a-z*x=+/_-]|\.\d|\s?(?:[*x=+/]|(?!(?:bsz?|mbs|batch(?:[ _-]?size)?|rank)[ =:]{{1,2}}\d|(?:gc|bf16|fp16|q?lora|packing|zero|fsdp)\b)[a-z]{{2}}|mib|mb|gb|字节|层|位|维|张|个|条|步|卡|块|分辨率|像素))"
# and "at 4096" where a run or the next matter is told behind it
BARE_LENGTH_AT = rf"(?:\bat |(?P<sign>@\s?)){row(_POWER)}(?(sign)(?!{_OF_PIXELS}|\s?(?:mi?b|gi?b|mhz|w\b))(?=[\s,.;:)!?]|$)|(?=\s(?:it|i|bs|batch|is|are|was|and|but|with|on|ok|fine|can|for|(?:work|take|use|need|peak|fit|run|oom|fail|die|crash|crashe)s?|took)\b|[,.;:)!?]|$))"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled once."""
    return re.compile(pattern, FLAGS)
