"""What is asked of that which ranks divide, or do not: the states of Megatron's distributed optimizer, a sequence, stages that are
not alike, and a frozen tower that is hardly felt."""

from chat.reads.lexicon import DISTRIBUTED_OPTIMIZER, TOWER, compiled

_NO_LESS = (
    r"\bnot (?:one|a single|an?) (?:gi?b|byte|bit|mb)\b|\b(?:did|does|do|has|have|was|is)(?:n'?t| not) (?:\w+ ){0,3}?(?:less|lower|drop\w*|chang\w*|sav\w*|help\w*|shrink|shrunk|fall|fell|go(?:ne)? down|come down|reduc\w*|budg\w*|do(?:es)? (?:anything|nothing))"
    r"|\bno (?:less|lower|change|difference|effect|savings?|gain|reduction|drop)\b|\bnothing (?:changes|changed|happens|happened|saved|drops|dropped)\b|\b(?:does|did|do|saves?|saved|gains?|changes?|changed) nothing\b"
    r"|\bthe (?:very |exact(?:ly)? )?same (?:memory|amount|vram|usage|\d)|\b(?:exactly |just |still )?the same\b(?=\s?[.,;:?!]|$)|\bstill (?:reads?|shows?|uses?|takes?|at|sits?|needs?|eats?)\b|\bunchanged\b|\bbroken\b|\bstill\b[^.;?!\d]{0,16}\d+(?:\.\d+)? ?gi?b\b|\bidentical\b"
    r"|(?<!有)没(?:怎么|有)?(?:降|省|少|减|变|用|效果|反应|区别|差别|生效|起作用)|(?:一点|丝毫|1个?\s?g|一个g)(?:儿|也|都)*(?:没|不)|(?:还是|仍是?|依然|依旧)(?:占|是|要|用)?(?:了)?\s?(?:\d|一样|那么|这么|原来)|一样(?:多|大|高)|不(?:降|变|减|见少|管用|起作用)|显存(?:完全)?(?:一样|相同)|无效"
)
_ZERO = r"\bzero\b|\bzero[ _-]?[123]\b|(?<![a-z])zero[123几]|\bdeepspeed\b|\bz[123]\b|(?<![a-z])ds(?![a-z])"
_WHICH = (
    r"\bzero[ _-]?\d? or zero\b|\bzero[ _-]?\d or (?:zero[ _-]?)?\d|zero[ -]?\d还是|\bwhich\b|\bwhat (?:stage|zero)\b|\bequiv\w*|\bequal\w*|\bsame (?:as|thing)\b|\bcorrespond\w*|\bcompar\w*|\bdiffer\w*|\bversus\b|\bvs\b|\b(?:more|higher|larger|bigger|less|lower|smaller)\b[^.;?!]{0,40}\b(?:than|on megatron|in megatron|under megatron|with megatron)\b|\bwhy\b[^.;?!]{0,32}\b(?:more|higher|larger|bigger|so much|greater)\b|\b(?:more|higher|larger|bigger)\s?\?|\bjust zero\b|\bbasically\b|\breally zero\b|\bis (?:it|that|this)\b[^.;?!]{0,16}\bzero|\b(?:twice|double[sd]?|doubling)\b|\b\d(?:\.\d+)? ?(?:x|times)\b|\bwhy\b[^.;?!]{0,24}\bgap\b"
    r"|差[^,;?!差]{0,4}倍|翻倍|翻了?\s?(?:\d|[一两几])|(?:\d|[一两几])\s?倍|相当于|等价|等于|等同|对应|对标|就是|哪(?:个|一)?(?:级|阶段|档|种)?|几|区别|差(?:别|异|在|了|这么|那么)|一样|一回事|(?:比|反而|还|更)[^,;?!]{0,10}(?:多|大|高|少|小)|多(?:出|了|占)"
)
_HELPS = (
    r"\b(?:does|do|will|would|can|could|is|should)\b[^.;?!]{0,60}\b(?:help\w*|sav(?:e|es|ing)|do anything|make (?:a|any) difference|reduc\w*|worth\w*|useful|useless|gain\w*|matter\w*|effect|lower\w*|any use|point)\b|\bany (?:point|use|benefit|gain|effect)\b"
    r"|(?:有用|有没有用|有意义|有必要|有效果|有效|管用|能省|会省|能降|会降|起作用|有(?:什么)?(?:用|好处|收益))[^;!]{0,12}(?:吗|么|呢|\?|$)|有没有(?:用|效果|必要|意义)|没用吧|(?:开和?不开|开不开|差|省|少)[^,;!]{0,6}(?:多少|几个?g)|\bhow much\b[^.;?!]{0,40}\b(?:sav\w+|differ\w*|less)\b|\bwhat difference\b|\bon (?:and|or|vs\.?|versus) off\b"
)
# a tower that is frozen, and what little was felt of it: "only saved 2GB", "barely changes", "每卡只省了2GB"
_TOWER_FROZEN = rf"\bfr(?:ee|o)z[a-z]*[\s_](?:\w+ ){{0,2}}{TOWER}|{TOWER}[^.;?!]{{0,24}}\bfr(?:ozen|eez\w*|oze)\b|(?:冻结?|不训练?)(?:住|了|掉|的)?\s?{TOWER}|{TOWER}[^;?!]{{0,8}}(?:冻|不训)"
_LITTLE = (
    rf"{_NO_LESS}|\b(?:only|just|barely|hardly|merely|scarcely|mere|a measly)\b[^.;?!]{{0,16}}\b(?:sav\w*|drop\w*|went|fell|chang\w*|mov\w*|down|lower\w*|reduc\w*|less|help\w*|free[sd]|\d+(?:\.\d+)? ?gi?b)\b|\b(?:sav\w+|drop\w*|fell|went down|went from|down|lower|reduc\w+|free[sd])\b[^.;?!\d]{{0,24}}\b(?:only|just|barely|hardly|merely|mere)\b"
    r"|\bso (?:little|small)\b|\bexpect\w* (?:\w+ ){0,3}(?:more|bigger|larger)\b|\b(?:is|did|does|was|isn'?t|didn'?t|doesn'?t)\b[^.;?!]{0,24}\bfreez\w*[^.;?!]{0,24}\b(?:work\w*|anything|effect|appl\w*|active|broken|ignored|do)\b|\bnext to nothing\b|\bhardly any(?:thing)?\b|\bnegligible\b"
    r"|[只仅才就](?:节?省|少|降|下降|减少|掉|便宜)(?:了|出|下|低)?|几乎(?:没|不)|没怎么|这么(?:点|少)|没生效|不生效|没起作用|没效果|怎么(?:才|只|就)"
)
# checkpointing, and whether it is in force
_RECOMPUTES = r"checkpointing|检查点|重计算"
_IN_FORCE = r"\b(?:is|isn'?t|was|wasn'?t|did|didn'?t|does|doesn'?t) (?:it|that|this|(?:gradient |activation )?checkpointing)\b[^.;?!]{0,16}\b(?:active|on|enabled|working|works?|in (?:effect|force)|applied|anything|effect)\b[^.;?!]{0,12}\?|(?:没|未|不)(?:有)?(?:真的?)?(?:生效|起作用|启用|打开|开启)|生效了?(?:吗|没)"
# "I thought CP=8 cuts memory by 8", "CP 不是应该显存除以 8 吗"
_SEQUENCE = r"(?<![a-z])cp(?![a-z])|\bcontext[- ]parallel\w*|\bulysses\b|\bring[- ]attention\b|\bsequence[- ]parallel\w*|上下文并行|序列并行"
_BY_SO_MUCH = (
    r"\b(?:cut|divid|reduc|split|shrink|lower|drop|sav|scal)\w*\b[^;?!]{0,48}\b(?:by|to|into|over|across|with) (?:a factor of )?(?:\d+\b|all|cp\b|the (?:cards|gpus|ranks|degree)|1/\d)|\b(?:memory|v?ram|everything|usage)\b[^.;?!]{0,24}(?:/\s?\d+|\b1/\d|\b\d+x\b|\b(?:eighth|quarter|half)\b)|\b\d+ ?x (?:less|smaller|lower)\b|\b\d+ times (?:less|smaller|lower)\b"
    r"|除以|(?:\d|[一二两三四五六七八九十]+)分之一|(?:变成?|降到?|只要|应该是?|减到?)\s?1/\d|平分|均分|平摊|降(?:低|到|为)?\s?\d\s?倍|省\s?\d\s?倍"
)
# "the last stage OOMs, the first is fine", "末级比首级多"
_FAILS = r"\b(?:ooms?|out of memory|dies|crash\w*|runs out|is full(?:er)?|fails)\b|爆|oom|溢出|不够"
_FULLER = (
    rf"\b(?:last|final) (?:pipeline |pp )?(?:stages?|ranks?)\b[^.;?!]{{0,24}}(?:{_FAILS}|\b(?:uses|takes|needs|has|shows) (?:\w+ )?(?:more|higher)\b)|\bwhy\b[^.;?!]{{0,24}}\b(?:last|final) (?:pipeline |pp )?(?:stage|rank)\b[^.;?!]{{0,16}}\b(?:more|higher|fuller|larger|bigger)\b"
    rf"|(?<!比)(?:最后|末)(?:一|1)?(?:个)?\s?(?:级|stage|段|rank)[^,;?!]{{0,8}}(?:{_FAILS}|(?:更|占|用)?(?:多|高|大)(?!少))|(?:最后|末)(?:一|1)?(?:个)?\s?(?:级|stage|段)比(?:首|第|前)"
)
# "Why isn't it balanced?", "each stage has the same layers, yet ...": stages that are not alike
_STAGE = r"\b(?:stages?|pp ?ranks?|pipeline ranks?)\b|级|(?<![a-z])pp(?![a-z])|流水线"
_UNLIKE = (
    r"\b(?:un|im)-?balanc\w*|\b(?:is|are|was|does)(?:n'?t| not)\b[^.;?!]{0,16}\b(?:balance[ds]?|even|equal|alike|uniform|the same)\b|\buneven\w*|\blop-?sided|\bskew\w*|\bheavier\b|\bwhy\b[^.;?!]{0,40}\b(?:first|early|earlier|front|rank ?0|stage ?0|last|later|middle|stages?|ranks?)\b|\b(?:first|early|stage ?0|rank ?0)\b[^.;?!]{0,60}\b(?:more|higher|fuller)\b[^.;?!]{0,24}\bthan\b|\b(?:while|whereas|but|vs\.?|versus|against)\b[^.;?!]{0,24}\b(?:last|later|middle|others?|rest)\b"
    r"|不(?:均衡|平衡|均匀|均|一样|一致|对称)|失衡|(?:为什么|为啥|怎么|咋)[^,;?!]{0,12}(?:首|第|末|最后|前|不)|比(?:末|最后|后|中间|其他|其它|别)[^,;?!]{0,8}(?:多|高|大)|差(?:这么|那么|了)?(?:多|大)"
)
_MIDDLE = r"\bmiddle\b|\b(?:second|2nd|other|intermediate) (?:stages?|ranks?|ones)\b|中间|第(?:2|二)级"
# "uses 20GB more than the last", "比末级多 20G": a difference, and no reading
_MORE_BY = r"\d ?gi?b? (?:more|higher|extra)\b|\bby (?:about |around |roughly |~)?\d+(?:\.\d+)? ?gi?b?\b|(?:多|高|大)(?:出来?|了|占|用|约|大约|将近)?\s?\d+(?:\.\d+)?\s?gi?b?(?![a-z])"
# FSDP and DeepSpeed beside each other: which of them was read first, or is said to take more
_FSDP, _DEEPSPEED = r"fsdp2?", r"(?:deepspeed|(?<![a-z])zero[ -]?3|(?<![a-z])ds(?![a-z]))"
_READ = r"(?<![\d.])(\d+(?:\.\d+)?)\s?gi?b?(?![a-z])"
_FSDP_FIRST = rf"{_FSDP}(?:(?!{_DEEPSPEED})[^;?]){{0,60}}?{_READ}[^;?]{{0,80}}?{_DEEPSPEED}[^;?]{{0,60}}?{_READ}"
_ZERO_FIRST = rf"{_DEEPSPEED}(?:(?!{_FSDP})[^;?]){{0,60}}?{_READ}[^;?]{{0,80}}?{_FSDP}[^;?]{{0,60}}?{_READ}"
_ABOVE = (
    rf"{_DEEPSPEED}[^.;?]{{0,60}}\b(?:twice|double[sd]?|\d+(?:\.\d+)? ?x|\d times|more|higher|larger|bigger)\b[^;?]{{0,60}}{_FSDP}|{_FSDP}[^.;?]{{0,60}}\b(?:half|less|lower|smaller|fewer)\b[^;?]{{0,60}}{_DEEPSPEED}"
    rf"|{_DEEPSPEED}[^,;?]{{0,16}}(?:比|是)\s?{_FSDP}[^,;?]{{0,16}}(?:多|高|大|翻|倍)|{_FSDP}[^,;?]{{0,16}}比\s?{_DEEPSPEED}[^,;?]{{0,16}}(?:少|低|小|省)|{_FSDP}[^,;?]{{0,16}}(?:是|只有?|才)[^,;?]{{0,6}}{_DEEPSPEED}[^,;?]{{0,6}}[1一]半"
)
OF_DISTRIBUTED: tuple[tuple[str, str], ...] = (
    ("tower_little", rf"^(?=[\s\S]*(?:{_TOWER_FROZEN}))[\s\S]*(?:{_LITTLE})"),
    # "LoRA, QLoRA or freeze the vision tower?": as one of the ways to choose from
    (
        "tower_as_a_way",
        rf"(?:\bor|\bvs\.?|\bversus|还是|或者?)\s?(?:(?:just|only|to|rather|better|只|仅|直接) ?){{0,2}}(?:{_TOWER_FROZEN})",
    ),
    ("checkpointing_little", rf"^(?=[\s\S]*(?:{_RECOMPUTES}))[\s\S]*(?:{_LITTLE}|{_IN_FORCE})"),
    ("distributed_named", DISTRIBUTED_OPTIMIZER),
    ("last_is_fuller", _FULLER),
    ("stages_unlike", rf"^(?=[\s\S]*(?:{_STAGE}))[\s\S]*(?:{_UNLIKE})"),
    ("stages_more_by", rf"^(?=[\s\S]*(?:{_STAGE}))[\s\S]*(?:{_MORE_BY})"),
    ("middle_stages", rf"^(?=[\s\S]*(?:{_STAGE}))[\s\S]*(?:{_MIDDLE})"),
    ("divides_memory", rf"^(?=[\s\S]*(?:{_SEQUENCE}))[\s\S]*(?:{_BY_SO_MUCH})"),
    ("zero_above_fsdp", _ABOVE),
    ("distributed_unfelt", rf"^(?=[\s\S]*(?:{DISTRIBUTED_OPTIMIZER}))[\s\S]*(?:{_NO_LESS})"),
    ("distributed_helps", rf"^(?=[\s\S]*(?:{DISTRIBUTED_OPTIMIZER}))[\s\S]*(?:{_HELPS})"),
    ("distributed_stage", rf"^(?=[\s\S]*(?:{DISTRIBUTED_OPTIMIZER}))(?=[\s\S]*(?:{_ZERO}))[\s\S]*(?:{_WHICH})"),
)


def read_of_both(text: str) -> tuple[str, str] | None:
    """What was read of FSDP and of DeepSpeed, where each is told of its own. `text` is normalised."""
    if found := compiled(_FSDP_FIRST).search(text):
        return found[1], found[2]
    found = compiled(_ZERO_FIRST).search(text)
    return (found[2], found[1]) if found else None
