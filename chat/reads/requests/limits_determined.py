"""How a limit is determined, and not only what it is: "how can I determine the maximum number of requests", "最大并发怎么算"."""

_LEARN = r"(?:determine|find(?: out)?|calculate|compute|figure out|work out|estimate|know|tell|measure|derive|predict)"
_HOW = rf"\bhow (?:do|can|could|should|would|to|might)(?: (?:i|we|you|one|someone|people))?(?: \w+ly| best)? {_LEARN}\b"
_MOST = r"\b(?:max(?:imum|imal)?|largest|biggest|highest|longest|(?:upper )?limit|how many|how long)\b"
_AT_ONCE = (
    r"(?:concurren\w+|simultaneous\w*|parallel requests|requests|users|sequences|batch(?![-_ ]total)(?:[ _]?size)?)\b"
)
_LONGEST = r"(?:context|max[_ -]?(?:model[_ -]?)?len\w*|(?:sequence|prompt) len\w*)\b"
_HOW_ZH = r"(?:怎么|如何|怎样|咋)(?:去|来|才能)?(?:确定|计算|估算|推算|评估|判断|知道|得出|得到|算出?|求出?|测出?)"
_MOST_ZH = r"(?:最大|最多|最长|上限|极限|多少|几个|多长)"
_AT_ONCE_ZH = r"(?:并发|请求|用户|batch|批)"
_LONGEST_ZH = r"(?:上下文|长度|context)"


def _determined(of: str, of_zh: str) -> str:
    return (
        rf"{_HOW}[^.?;]{{0,24}}{_MOST}[^.?;]{{0,40}}\b{of}"
        rf"|{_HOW_ZH}[^?;。]{{0,32}}{_MOST_ZH}[^?;。]{{0,16}}{of_zh}|(?:最大|最多的?|最长)[^?;。,]{{0,6}}{of_zh}(?:数|量|大小)?(?:是|要|该|应该)?{_HOW_ZH}"
    )


MANY_DETERMINED, LENGTH_DETERMINED = _determined(_AT_ONCE, _AT_ONCE_ZH), _determined(_LONGEST, _LONGEST_ZH)
# the cue of both
HOW_DETERMINED = "how_determined"
DETERMINED = rf"{MANY_DETERMINED}|{LENGTH_DETERMINED}"
