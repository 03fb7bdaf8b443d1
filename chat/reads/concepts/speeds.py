"""What bounds the speed, asked of no model: batch against arithmetic, the first token, a server's share, a part in RAM."""

from chat.reads.concepts.effects import beside

_ROOF = (
    r"\broof-?line\b|\b(?:compute|memory|bandwidth|math|flops?)[- ]?bound\b|\bbound by (?:compute|memory|bandwidth|arithmetic)\b|\barithmetic intensity\b"
    r"|(?:算力|计算|访存|带宽|内存)(?:瓶颈|受限|密集|限制)|受(?:算力|显存带宽|带宽|访存|计算)(?:的)?限制|屋顶线|算术强度|计算强度"
)
_OF_DECODING = r"\bbatch(?:es|[- ]size)?\b|\bdecod\w*|\binferenc\w*|\bgenerat\w*|\bprefill\w*|\bconcurren\w*|\bsequences\b|批|解码|推理|生成|并发|预填充"
_TRAINS = r"\btrain\w*|\bfine-?tun\w*|\bq?lora\b|\bgrad\w*|微调|训练|\boom\b|out of memory|爆显存"
_FIRST = r"\bttft\b|\bfirst[- ]token\b|\btime to first\b|\bprefill\w*|\bprompt (?:processing|eval\w*)|\blong(?:er)? prompts?\b|首\s?(?:个)?\s?(?:token|字|词)|预填充|长\s?(?:的)?\s?(?:提示|prompt|输入)|(?:提示|prompt)[^,;?]{0,4}(?:很|太|越)?长"
_SLOW = r"\bslow\w*|\btakes? (?:so |too |very )?long\b|\blatency\b|\bwait\w*|\bhigh\b|慢|久|延迟|卡|高"
_MEMORY = r"\bv?ram\b|\b(?:gpu |video )?memory\b|显存"
_WHETHER = r"\?|吗|么|是不是|是否|有关|为(?:什么|啥|何)|\bwhy\b|\bdue\b|\bbecause\b|\bproblem\b|\bissue\b|\b(?:is|does|do|will|would|can)\b"
_SHARE = r"gpu[-_ ]memory[-_ ]utili[sz]ation|mem[-_ ]fraction[-_ ]static"
_PACE = r"\bthroughput\b|\bspeed\b|\bfaster\b|\bslower\b|\blatency\b|\btok(?:en)?s?\s?(?:/|per)\s?s|\bperformance\b|吞吐|速度|[快慢]|延迟|性能"
_HALF = r"\bhalf\b|\b50 ?%|一半|\bpartial\w*\b|部分"
_IN_RAM = r"\b(?:system |cpu )?ram\b|\bcpu\b|\boffload\w*|内存|卸载"
_HOW_SLOW = r"\bhow (?:much )?(?:slow\w*|fast|bad)\b|\bslow(?:s|er)? (?:down )?by\b|\bspeed\b|\bslow ?down\b|\bpenalty\b|速度|慢(?:多少|几倍|很多)|掉多少|(?:降|慢)(?:多少|几)"

# asked of any card, and of no model
OF_SPEEDS: tuple[tuple[str, str], ...] = (
    ("roofline", beside(r"\broof-?line\b|\barithmetic intensity\b|屋顶线", without=_TRAINS)),
    ("roofline", beside(_ROOF, _OF_DECODING, without=_TRAINS)),
    ("share_pace", beside(_SHARE, _PACE, _WHETHER, without=r"\boom\b|out of memory|爆|报错|\berror\b|\bfails?\b")),
    ("half_in_ram", beside(_HALF, _IN_RAM, _HOW_SLOW, without=rf"{_TRAINS}|\bexperts?\b|\bmoe\b|专家|\bzero\b|\bdraft\b|\bdeepspeed\b|\d\s?tok|\d ?t/s|每秒\s?\d")),
    ("first_token", beside(_FIRST, _SLOW, _MEMORY, _WHETHER, without=rf"{_TRAINS}|\bcpu\b|报错|\berror\b|\bhow much\b|多少")),
)  # fmt: skip
