"""A claim that an answer is to judge: "true or false: …", "somebody told me … bs?", "有人说…", "这话哪错了"; and whether it
denies what it speaks of, so that yes and no change places."""

from chat.reads.concepts.effects import beside
from chat.reads.scan import Scan

_SOMEBODY = r"(?:some ?(?:one|body)|people|folks|everyone|(?:a|the|my|this|some|one|another) (?:\w+ )?(?:guy|dude|friend|colleague|coworker|teacher|prof\w*|boss|blog\w*|post|article|video|comment|tutorial|reddit\w*)|chatgpt|gpt-?\d?|claude|gemini|deepseek|reddit|(?:the )?internet|the docs)"
_SOMEBODY_ZH = (
    r"(?:有人|别人|人家|网上|老师|同事|朋友|群里|大家|chatgpt|gpt|豆包|deepseek|博客|文章|知乎|视频|教程|论坛)"
)
# of what others say it is asked whether they can be trusted, and not of this program
SAID_BY_OTHERS = (
    rf"\b{_SOMEBODY}\b[^.;?]{{0,20}}\b(?:told|says?|said|claim\w*|insist\w*|wrote|tells)\b"
    rf"|{_SOMEBODY_ZH}(?:\w+ ?)?(?:跟我|和我|告诉我)?(?:都)?(?:说|讲|声称|认为)|听说|听人说|据说"
)
# what is written of a need, and another amount that is expected of it: who is right is asked of the two
SAID_AND_EXPECTED = (
    r"\b(?:posts?|blog\w*|articles?|papers?|docs?|documentation|calculators?|guide|wiki|readme|tutorial|video|thread|page|table|slides?)\b[^?]{0,80}\d\s?gi?b?\b[^?]{0,40}\bshould(?:n'?t| not)? (?:it|this|that|they) (?:not )?(?:be|take|need)\b[^?;]{0,32}\d\s?gi?b?\b"
    r"|(?:博客|文章|论文|文档|计算器|教程|帖子|视频|表里|官方)[^?]{0,40}\d\s?gi?b?(?![a-z])[^?]{0,24}(?:不(?:是|该)|难道)应该?[^?;]{0,12}\d\s?gi?b?(?![a-z])"
)
# several amounts of one thing, of which one is to be the right one: "is it 14, 13.5 or 12.55 GB?", "到底是14G、13.5G还是12.55G"
_OF_THEM = r"\d{1,4}(?:\.\d+)?\s?(?:gi?b?)?"
ONE_OF_SEVERAL = (
    rf"\b(?:is|are) (?:it|that|they)(?: really| actually| now)? {_OF_THEM}(?:,? (?:or|,) {_OF_THEM}|, {_OF_THEM}){{0,3}},? or (?:is it )?\d{{1,4}}(?:\.\d+)?\s?gi?b?\b(?! (?:cards?|gpus?|that (?:i|we)|(?:do|would) (?:i|we)))"
    rf"|到底(?:应该|该)?(?:是|占|要)?\s?{_OF_THEM}(?:\s?[、,/，]\s?{_OF_THEM}){{0,3}}\s?还是\s?(?:占|要|是)?\d{{1,4}}(?:\.\d+)?\s?gi?b?(?![a-z])(?!的?卡)"
    # "39.7 GB on the hub, torch reports 37.0 GB. Which is it?"
    r"|\d\s?gi?b\b[^?]{0,90}\d\s?gi?b\b[^?.]{0,12}[.,;:]?\s*(?:so |now )?which (?:one )?is it\s?\?"
)
# a verdict that is asked for in other words than "is that right?"
_JUDGED = (
    r"\btrue or false\b|\bt ?/ ?f\b|\b(?:am|was) i (?:wrong|mistaken)\b|\b(?:bs|bullshit|nonsense|a myth|legit|fake)\s?(?:\?|$)|\bis (?:that|this|it) (?:bs|bullshit|nonsense)\b"
    r"|判断(?:题|对错|正误)|是真是假|(?:哪里?|哪儿)(?:说)?(?:错|不对)|错在|对不(?=[\s?。!]*$)|(?:是)?(?:瞎说|胡说|扯淡|忽悠|谣言|骗人)(?:的)?(?:吗|么|吧|\?|$)"
)
SUPPOSED_FORM = (
    rf"{_JUDGED}|{SAID_BY_OTHERS}"
    r"|\b(?:is|are|was) (?:it|that|this|they|those) (?:really |actually )?(?:true|correct|right|accurate|realistic|legit|a fact|a myth)\b|\b(?:am|was) i (?:right|correct)\b|\b(?:myth|cap)\s?(?:\?|$)|\bi (?:was told|heard|read|think|thought|believe)\b"
    r"|\b(?:right|correct|true|yes|no)\s?\?|(?:这|那)(?:个|种)?(?:话|说法|观点|结论|算法)|是不是真的|真的(?:吗|假的|么)|对(?:不对?|吗|么|吧)(?=[\s?。!]*$)|瞎说|胡说|扯淡|忽悠|谣言|骗人"
)
# an auxiliary that is denied; "不" before what is done, and not in "对不对", "是不是"
_DENIED = (
    r"\b(?:do|does|did|will|would|can|could|is|are|has|have|should)(?:n'?t| not|nt)\b|\bcannot\b|\bnever\b|\bno (?:effect|impact|influence|less|more|saving|difference)\b|\bnothing\b|\bwithout (?:sav|reduc|chang|low)\w*"
    r"|(?<!对)(?<!是)(?<!能)(?<!会)(?<!要)(?<!用)不(?:会|能|怎么|太|再|用)?(?:减|省|降|变|影响|占|切|需|要|增|改|吃|用)|没(?:有)?(?:省|减|降|变|影响|用|作用|区别)|省不了|减不了|降不了|并不|根本不|几乎不|完全不"
)
_ADAPTED = r"\bq?lora\b|\badapters?\b|\bpeft\b|适配器"
_ACTIVATIONS = r"\bactivations?\b(?! (?:function|param))|激活(?!参数)"
_LESS = r"\b(?:reduc\w+|sav(?:e|es|ing|ings|ed)|lower\w*|less|small\w*|shrink\w*|cut\w*|chang\w+|affect\w*|help\w*|same|fewer|decreas\w+|as (?:much|many|large|big))\b|省|减|降|变|少|小|影响|一样|相同|差不多"
# of one run that failed or is set up it is no question of how things are
_OF_A_RUN = r"\boom\b|out of memory|\bcheckpoint\w*|\brecomput\w*|\bzero[- ]?\d|\bfsdp|爆|重计算|检查点|(?<!matter )\bhow (?:much|many)\b|多少"
_A_SHARE = r"(?<![\d.])\d{1,2}(?:\.\d+)?\s?(?:%|percent\b|per cent\b)|百分之"
ADAPTERS_AND_ACTIVATIONS = beside(
    _ADAPTED,
    _ACTIVATIONS,
    _LESS,
    rf"\?|吗|么|^(?:does|do|can|will|is|are)\b|\bwhy\b|为(?:什么|啥|何)|{SUPPOSED_FORM}",
    without=rf"{_OF_A_RUN}|冻结的?(?:层|权重|参数)|\bfrozen (?:layers?|weights|parameters)",  # which are asked about by themselves
)
# so little of the parameters, and therefore so little of the memory
ADAPTERS_BY_SHARE = beside(
    _ADAPTED,
    rf"(?:{_A_SHARE})[^.;?!。]{{0,32}}(?:\bparam\w*|\bweights\b|参数|权重)|(?:\bparam\w*|\bweights\b|参数|权重)[^.;?!。]{{0,24}}(?:{_A_SHARE})",
    rf"(?:\bmemory\b|\bv?ram\b|显存|内存)[^.;?!。]{{0,24}}(?:{_A_SHARE})|(?:{_A_SHARE})[^.;?!。]{{0,16}}(?:\bof the (?:memory|vram)|\bmemory\b|\bv?ram\b|显存|内存)|\b(?:memory|v?ram)\b[^.;?!]{{0,24}}\b(?:same|proportional\w*|accordingly|as much|as little|too)\b|显存[^,;?。]{{0,10}}(?:同比例|等比例|同样|这么(?:点|少)|那么(?:点|少))",
    rf"\?|吗|么|\bwhy\b|为(?:什么|啥|何)|{SUPPOSED_FORM}",
)
# what is said of such a run in general, and was not seen of one's own
_ONES_OWN = r"\b(?:i'?m|i'?ve|my|we|our|mine)\b|(?<!told )(?<!tells )\bme\b|\bi (?!heard|read|was told|think|thought|believe|saw (?:that|people))|nvidia-smi|\bgot\b|\bshow(?:s|ed|ing)\b|\bsee(?:s|ing|n)?\b|\bmeasur\w+|\boom\b|我|显示|看到|实测|跑起来|爆|(?:占|用|吃)(?:掉)?了\s?\d"
_IN_GENERAL = beside(SUPPOSED_FORM, without=_ONES_OWN)
# how that is done, of what somebody does or claims
_HOW_DONE = r"[.?!,;:]\s*(?:so |but |and )?how(?: (?:is (?:that|this|it) (?:even )?(?:possible|done)|come|so|do (?:they|people|you) do (?:it|that)|did (?:they|he|she)|does (?:that|it|this) work|though|exactly))*\s*\??\s*$|(?:怎么|如何|咋)(?:做到|办到|实现)(?:的)?"
# that adapters do without the model they are of
_BASE_UNLOADED = beside(
    _ADAPTED,
    r"(?:\b(?:no longer|without|never|not)\b|n'?t\b)[^.;?!]{0,16}\b(?:load|hold|keep|need)(?:s|ed|ing)?\b[^.;?!]{0,16}\b(?:base|original|frozen|backbone|underlying)\b"
    r"|(?:不用|不需要|无需|不必|不会|不再|没有?|不)再?(?:加载|载入|装|放|存)[^,;?!，。]{0,6}(?:底座|基座|基础模型|原(?:始)?(?:模型|权重)|base|主干|底模)"
    r"|(?:底座|基座|底模|原模型|base)[^,;?!，。]{0,6}(?:不用|不需要|无需|不必|不会|不)再?(?:加载|载入|占|放|存)",
)
SUPPOSALS = ("supposed", "supposed_not")
IN_GENERAL = "supposed_of_any"
SUPPOSED: tuple[tuple[str, str], ...] = (
    (SUPPOSALS[0], SUPPOSED_FORM),
    (SUPPOSALS[1], _DENIED),
    (IN_GENERAL, _IN_GENERAL),
    ("how_done", _HOW_DONE),
    ("claim_checked", _JUDGED),
    ("base_unloaded", _BASE_UNLOADED),
)
# "PPO needs 4 models", "PPO 要四个模型"
_MODELS = r"(?:\b(?:needs?|has|have|holds?|loads?|keeps?|uses?|requires?|involves?)\b[^.;?!\d]{0,12}|[要有需放用][^,;?!。\d]{0,6})(?P<said>(?P<n>[1-9]|two|three|four|five|[两二三四五])\s?(?:个|份)?\s?(?:different |separate |full |whole |large )?(?:models?\b|networks?\b|模型))"
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5}


def read_models_said(scan: Scan) -> None:
    """How many models an algorithm that holds several is said to hold, so that the number is judged and is no other fact."""
    if scan.facts.get("algo") != ["ppo"]:
        return
    for found in scan.find(_MODELS):
        if scan.free(*found.span("n")):
            number = _NUMBERS.get(found["n"]) or int(found["n"])
            scan.extras.setdefault("log_models_said", [float(number)])
            scan.take(*found.span("said"))
            return
