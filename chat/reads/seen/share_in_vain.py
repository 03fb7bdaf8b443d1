"""The cue of a server's share of the card that was lowered, and it changed nothing: `lowering gpu_memory_utilization from 0.6 to
0.4 did not help`, `gpu_memory_utilization 从 0.6 降到 0.4 没用`."""

SHARE_IN_VAIN = "share_in_vain"
_SHARE = r"(?:gpu[_ -]?memory[_ -]?util\w*|mem[_ -]?fraction\w*|gpu[_ -]?mem[_ -]?util\w*|显存(?:利用率|占比|比例))"
_LOWERED = r"(?:\b(?:lower|reduc|drop|cut|decreas|turn|go|went|bring|brought|set|tak|took)\w*\b)"
_NOTHING = r"\b(?:no (?:help|effect|difference|change|use|luck)|nothing|useless|in vain|(?:did|does|do|has|is|was)(?:n'?t| not) (?:\w+ )?(?:help|chang|matter|fix|solv|work|do)\w*|(?:still|same) (?:\w+ ){0,2}?(?:ooms?|crash\w*|fail\w*|dies|runs out|error|oom'?s))"
_BETWEEN = r"(?:[^.?!;]|(?<=\d)\.(?=\d)){0,60}?"
_NOTHING_ZH = r"(?:没(?:什么)?用|没有用|无用|无效|不管用|没(?:有)?(?:效果|变化|区别|改善)|(?:还是|仍然?|照样|依然?|一样)(?:会|要)?\s?(?:oom|爆|炸|崩|报错|不行|溢出))"
_LOWERED_ZH = r"(?:降|调低|调小|减|改小|改低|设小|设低|调到|改到|改成)"
LOWERED_IN_VAIN = (
    rf"{_LOWERED}{_BETWEEN}{_SHARE}{_BETWEEN}{_NOTHING}"
    rf"|{_SHARE}(?={_BETWEEN}(?:{_LOWERED}|\bfrom\b|->|→))(?:[^.?!;]|(?<=\d)\.(?=\d)){{0,110}}?{_NOTHING}"
    rf"|(?:{_SHARE}[^;?。!]{{0,20}}{_LOWERED_ZH}|{_LOWERED_ZH}[^;?。!]{{0,8}}{_SHARE})[^;?。!]{{0,20}}{_NOTHING_ZH}"
)
