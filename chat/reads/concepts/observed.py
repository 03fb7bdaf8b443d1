"""What was seen and is not understood, asked of no model: weights of few bits that take as much, a card that is full and idle,
memory that leaks or lies in pieces, the moment at which a step is fullest, activations of a pass that only runs.
"""

from chat.reads.concepts.effects import beside

# which a case or another matter is asked of
_OF_A_CASE = r"\boom\b|out of memory|爆|报错|\berror\b|\bfits?\b|放得下|够不够|\bhow many (?:gpus?|cards?)\b|几张"

# ── weights in few bits that seem to take as much as those in many ──────────────────────────────────────────────────
_FOUR = r"(?:(?<![\d.])4[- ]?bits?\b|(?<![\d.])4 ?位|(?<![a-z])(?:int4|awq|gptq|nf4|w4a16|q4(?:_\w+)?)(?![a-z])|\bload_in_4bit\b|(?<![a-z])qlora(?![a-z]))"
_EIGHT = r"(?:(?<![\d.])8[- ]?bits?\b|(?<![\d.])8 ?位|(?<![a-z])(?:int8|fp8|w8a8|q8(?:_0)?)(?![a-z])|\bload_in_8bit\b)"
_QUANTISED = r"(?:\bquanti[sz]\w+|(?<![未没])(?<!没有)量化)"
_SIXTEEN = r"(?:(?<![a-z])(?:bf16|fp16|fp32|float16|bfloat16|half precision|full precision)(?![a-z])|(?<![\d.])(?:16|32)[- ]?bits?\b|(?<![\d.])(?:16|32) ?位|\boriginal\b|\bunquanti[sz]ed\b|\bnon-?quanti[sz]ed\b|(?:\bbefore\b|\bwithout\b) quanti\w+|(?<![a-z])lora(?![a-z])|原(?:版|模型|始|来的?模型|精度)|[未没]有?量化|(?:半|全)精度|量化(?:之)?前)"
_PAIRS = ((_FOUR, rf"(?:{_EIGHT}|{_SIXTEEN})"), (_EIGHT, _SIXTEEN), (_QUANTISED, _SIXTEEN))


def _no_less(narrow: str, wide: str) -> str:
    """It takes more than the wide one, or the same: said the one way round, since the other is as it should be."""
    larger, larger_zh = r"\b(?:more|higher|larger|bigger|greater)\b", r"(?:还要?|更|反而|却)?(?:大|多(?!少)|高)"
    same = r"(?:\b(?:the )?same\b|\bas (?:much|large|big|high)\b|\bno less\b|\bidentical\b|\bequal\b)"
    same_zh = r"(?:(?<!不)一样|差不多|(?<!不)相同|没(?:有)?(?:差|区别|变化)|持平)"
    return (
        rf"{narrow}[^.;?]{{0,48}}{larger}[^.;?]{{0,24}}\bthan\b[^.;?]{{0,24}}{wide}"
        rf"|{narrow}[^,;?]{{0,16}}比[^,;?]{{0,10}}{wide}[^,;?]{{0,8}}{larger_zh}"
        rf"|^(?!(?:so |and )?(?:does|do|is|are|will|would|can|could|should)\b)[^;?]{{0,80}}(?:{narrow}[^.;?]{{0,48}}{same}[^.;?]{{0,24}}\b(?:as|to|with|than)\b[^.;?]{{0,20}}{wide}|{narrow} (?:and|vs\.?) [^.;?]{{0,12}}{wide}[^.;?]{{0,32}}{same}|{wide} (?:and|vs\.?) [^.;?]{{0,12}}{narrow}[^.;?]{{0,32}}{same})"
        rf"|(?:{narrow}[^;?]{{0,16}}[和跟与同][^,;?]{{0,8}}{wide}|{wide}[^;?]{{0,12}}[和跟与同][^,;?]{{0,8}}{narrow})[^;?]{{0,16}}{same_zh}(?:大|多|高)?(?![大多高]?[吗么嘛]|不一样)"
    )


# what is compared there is no memory of weights
_NO_WEIGHTS = r"\bkv\b|\bcache\b|缓存|\badam\w*|\boptimi[sz]er|优化器|\bslow\w*|\bfast\w*|\bspeed|慢|快|速度|\btok(?:ens)?/s|\bdisk\b|\bdownload|硬盘|\bquality\b|\baccura\w+|效果|精度损失|质量|\bgguf\b[^?]{0,24}\b(?:awq|gptq)\b|\b(?:awq|gptq)\b[^?]{0,24}\bgguf\b"
# QLoRA beside LoRA, in whichever order, and that it saves next to nothing
_BOTH_ADAPTERS = r"^(?=[\s\S]*(?<![a-z])qlora)(?=[\s\S]*(?<![a-z])lora(?![a-z]))(?=[\s\S]*(?:\bv?ram\b|\bmemory\b|\bgi?b\b|\d ?g(?![a-z])|显存|内存))[\s\S]*?"
_SAVES_LITTLE = (
    rf"{_BOTH_ADAPTERS}(?:\bsav(?:es?|ed|ing)\b[^.;?]{{0,24}}\b(?:little|hardly|barely|nothing|nearly|almost)\b|\b(?:hardly|barely|not|n'?t)\b[^.;?]{{0,12}}\bsav(?:e|es|ed|ing)\b|\b(?:nearly|almost) (?:as much|the same)\b|\bhardly (?:less|smaller|lower)\b"
    r"|(?:没|不)(?:怎么|太|咋)?省(?:多少|下|显存|了?多少|啥|什么)|省不了(?:多少|啥|什么)?|(?:没|不)[见比]?少多少|省(?:得|的)?(?:也)?(?:很少|不多|有限)|几乎(?:一样|相同|没省|没少|不省))"
)
_AS_LARGE = beside(
    "|".join(_no_less(*pair) for pair in _PAIRS),
    r"\bv?ram\b|\bmemory\b|\bgi?b\b|\d ?g(?![a-z])|显存|内存|占",
    without=rf"{_NO_WEIGHTS}|{_OF_A_CASE}",
)
NARROW_AS_LARGE = rf"{_AS_LARGE}|{_SAVES_LITTLE}"

# ── a card that is full and does nothing ────────────────────────────────────────────────────────────────────────────
_UTILISED = r"(?:\b(?:gpu[- ]?|compute |volatile[- ])?util(?:i[sz]ation)?\b(?! ?=? ?0?\.\d)|(?:gpu|显卡|算力)?(?:的)?(?:利用率|使用率))"
_NOUGHT = r"(?:(?<![\d.])0 ?%|(?<![\d.])0(?![\d.])|\bzero\b|\bidle\b|\bnothing\b|百分之零|零)"
_NOTHING_DONE = rf"{_UTILISED}[^.;?]{{0,16}}{_NOUGHT}|{_NOUGHT}[^.;?]{{0,8}}{_UTILISED}|\bgpus?\b[^.;?]{{0,12}}\bidle\b"
_HELD = r"(?:\b(?:memory|v?ram)\b[^;?]{0,24}(?:\bfull\b|100 ?%|9\d ?%|\bused\b|\bhigh\b|\bin use\b|\ballocated\b|\boccupied\b|\btaken\b)|(?:\bfull\b|100 ?%|9\d ?%|\bhigh\b)[^;?]{0,12}\b(?:memory|v?ram)\b|(?:显存)[^;?]{0,8}(?:满|高|100 ?%|9\d ?%|占用|占着|用了|被占))"

# ── a leak, or pieces ───────────────────────────────────────────────────────────────────────────────────────────────
_LEAK = r"\bleak\w*\b|泄[漏露]"
_PIECES = r"\bfragment\w*|碎片"
_TELL = r"\bhow (?:do|can|could|would|to) (?:i|we|you|one)?\s?(?:tell|know|check|detect|find|see|diagnose|recogni[sz]e|debug|spot)\b|\bhow to (?:tell|know|check|detect|find|diagnose|debug|spot)\b|(?:怎么|如何|怎样)(?:判断|确认|排查|检测|查|看出?|知道|发现|定位|区分)"

# ── the moment at which a step of training is fullest ───────────────────────────────────────────────────────────────
_HIGHEST = r"\bpeaks?\b|\bpeaking\b|\bhighest\b|\bfullest\b|\bmaximum\b|\bmax(?:es)?\b|\bmost (?:memory|v?ram)\b|峰值|最高|最大|最多|最吃"
_AT_WHICH = r"\bwhen (?:is|are|does|do|will|during|in|exactly)\b|\bat (?:which|what) (?:point|moment|stage|phase|step|part)\b|\b(?:which|what) (?:stage|phase|part|point|moment|pass|step)\b|\bwhere in\b|什么时候|何时|(?:哪|什么)(?:个|一个|一)?(?:阶段|时刻|时候|环节|步|时间点|部分)|(?:出现|发生)在(?:哪|什么)"
_OF_TRAINING = r"\btrain\w*\b|\bfine-?tun\w*|\bforward\b|\bbackward\b|\bstep\b|训练|微调|前向|反向|一步"

PEAK_MOMENT = beside(
    _HIGHEST,
    _AT_WHICH,
    _OF_TRAINING,
    r"\bmemory\b|\bv?ram\b|显存|内存",
    without=rf"{_OF_A_CASE}|\bload\w*|加载|\binference\b|推理|\beval\w*|评估|\breduc|\bsav(?:e|es|ing)\b|\bhow (?:do|can) (?:i|we)\b|降|减|省|\bresum|\bcards?\b|\bgpus\b",
)

# ── activations where nothing is trained ────────────────────────────────────────────────────────────────────────────
_ACTIVATIONS = r"\bactivations?\b(?! (?:function|checkpoint|recomput|quanti))|激活(?!函数|检查点|重计算|参数|专家|量化|的?(?:参数|专家))"
_RUNNING = r"\binference\b|\bserving\b|\binferenc\w+|\brunning (?:a |the )?(?:model|llm)|推理|部署"
_COUNTED = r"\bcount\w*\b|\bmatter\w*\b|\binclud\w+|\bconsider\w*|\bignor\w+|\bneglect\w*|\bnegligible\b|\bsignificant\b|\bneed(?:ed)?\b|\bkeep\w*|\bstor\w+|\btakes?\b|\buses?\b|\bhow (?:much|large|big)\b|\bmemory\b|\bv?ram\b|算|考虑|忽略|占|要|需要|多少|显存|多大|影响"

OF_OBSERVED: tuple[tuple[str, str], ...] = (
    ("leak_or_pieces", beside(_LEAK, rf"{_PIECES}|{_TELL}", without=_OF_A_CASE)),
    ("peak_moment", PEAK_MOMENT),
    ("pass_activations", beside(_ACTIVATIONS, _RUNNING, _COUNTED, without=rf"{_OF_A_CASE}|\btrain|\bfine-?tun|训练|微调|\bfp8\b|\bint8\b|\bw8a8\b|\bmoe\b|\bexperts?\b|专家|\bactive\b|\bpipelin|流水线|\bparallel|并行")),
)  # fmt: skip
# asked of any card, whatever figures stand beside
OF_ANY_CARD: tuple[tuple[str, str], ...] = (
    (
        "full_but_idle",
        beside(
            _NOTHING_DONE,
            _HELD,
            without=r"\bmfu\b|\boom\b|out of memory|爆|报错|\berror\b|\b(?:train\w*|fine-?tun\w*) (?:is |are )?slow|\bghost|\bzombie|\b(?:kill|exit|stopp)\w*|退出|杀|结束",
        ),
    ),
)
