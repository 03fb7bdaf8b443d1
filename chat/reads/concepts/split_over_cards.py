"""A model that a program splits over cards: what numbers to give it, why the cards are slow, and why one is full and another not.

`split_values`: what to set -ts or --gpu-split to; `map_turns`: why device_map generates slowly; `full_beside_empty`: one card runs
out while another has room.
"""

_SPLIT = r"(?:(?<![\w-])-ts(?![a-z])|(?<![a-z])-{0,2}tensor[-_ ]split(?![a-z])|(?<![a-z])-{0,2}gpu[-_ ]split(?![a-z]))"
_ASKS = r"\b(?:which|what|how (?:should|do|to|much|many)|best|right|correct|recommend\w*|suggest\w*|sensible)\b"
_ASKS_ZH = r"(?:怎么|如何|怎样|咋)\s?(?:设|填|写|给|分|配|调)|(?:设|填|写|给|取|用)(?:成|为)?(?:多少|几|什么)|多少(?:合适|比较好)"
_FAILED = r"\booms?\b|out of memory|\bfull\b|\bcrash\w*|\bfail\w*|爆|炸|报错|满了|溢出"
SPLIT_VALUES = rf"^(?![\s\S]*(?:{_FAILED}))[\s\S]*(?:{_ASKS}[^.;?]{{0,32}}{_SPLIT}(?!\s?=?\s?\d)|{_SPLIT}[^.;?\d]{{0,24}}\b(?:should i|do i|to (?:set|use|give|choose)|for)\b|{_SPLIT}[^,;?。\d]{{0,8}}(?:{_ASKS_ZH})|(?:{_ASKS_ZH})[^,;?。]{{0,6}}{_SPLIT})"
_MAP = r"device_?map"
_IN_TURN = r"\bslow\w*(?! to load| at load)|\btakes? turns\b|\bone (?:gpu|card) (?:at a time|works)|\bidle\b|慢|利用率低|轮流|闲着|没变快|(?:一|1)张卡在|not (?:any )?faster"
SLOW_ON_MAP = rf"^(?=[\s\S]*{_MAP})[\s\S]*(?:{_IN_TURN})"
_GENERATES = r"\bgenerat\w*|\binferenc\w*|\btok(?:en)?s?\b|\bturns\b|\bwhy\b|推理|生成|为(?:什么|啥|何)|正常"
_TRAINS = r"\btrain\w*|\bfine-?tun\w*|\blora\b|\bzero\b|\bddp\b|训练|微调"
MAP_TURNS = rf"^(?=[\s\S]*{_MAP})(?![\s\S]*(?:{_TRAINS}|{_FAILED}))(?=[\s\S]*(?:{_GENERATES}))[\s\S]*(?:{_IN_TURN})"

# how fast it is, or would be, is asked as a number
RATE_ASKED = r"\btok(?:en)?s?\s?(?:/|per|a|each)\s?s|\bt/s\b|\bhow (?:fast|many tokens)\b|\bwhat speed\b|多少\s?(?:个)?\s?(?:token|tok|字|t/s)|多快|每秒多少"

_CARD = r"(?:\b(?:gpu|cuda|card|device)[ :#]?\d\b|\b(?:first|second|1st|2nd|other) (?:one|gpu|card|3090|4090)\b)"
_FULL = r"\b(?:oom(?:s|ed|ing)?|out of (?:cuda |gpu )?memory|full|fills up|filled up|runs? out|overflows?)\b"
_ROOM = r"\b(?:empty|idle|unused|free|half|spare|room|nothing|untouched)\b"
_ONE = r"(?:(?<![a-z])gpu ?\d|cuda:? ?\d|\d ?号?卡|卡 ?\d|第[一二12]张(?:卡)?|一张卡|主卡)"
_OTHER = r"(?:(?<![a-z])gpu ?\d|cuda:? ?\d|\d ?号?卡|卡 ?\d|第[一二12]张(?:卡)?|另(?:外)?[一1]?张(?:卡)?|其[他它余](?:的)?卡)"
_FULL_ZH, _ROOM_ZH = r"(?:满|爆|炸|oom|溢出)", r"(?:空|闲|没用|没满|还有|剩|富余)"
FULL_BESIDE_EMPTY = (
    rf"(?:{_FULL}[^.;?]{{0,16}}{_CARD}|{_CARD}[^.;?,]{{0,16}}{_FULL})[^.;?]{{0,24}}{_CARD}[^.;?]{{0,24}}{_ROOM}"
    rf"|{_CARD}[^.;?,]{{0,24}}{_ROOM}[^.;?]{{0,24}}(?:{_FULL}[^.;?]{{0,16}}{_CARD}|{_CARD}[^.;?,]{{0,16}}{_FULL})"
    rf"|{_ONE}[^;?。]{{0,8}}{_FULL_ZH}[^;?。]{{0,12}}{_OTHER}[^;?。]{{0,10}}{_ROOM_ZH}"
    rf"|{_OTHER}[^;?。,]{{0,10}}{_ROOM_ZH}[^;?。]{{0,12}}{_ONE}[^;?。]{{0,8}}{_FULL_ZH}"
)

# asked of any cards, and of no model
OF_SPLITS: tuple[tuple[str, str], ...] = (("split_values", SPLIT_VALUES), ("map_turns", MAP_TURNS))
