"""The cue of a server's share of the card that was lowered, and it changed nothing: `lowering gpu_memory_utilization from 0.6 to
0.4 did not help`, `gpu_memory_utilization 从 0.6 降到 0.4 没用`."""

SHARE_IN_VAIN = "share_in_vain"
# the setting by its names
SHARE = r"(?:gpu[_ -]?mem(?:ory)?[_ -]?util\w*|mem[_ -]?fraction\w*|显存(?:利用率|占比|比例))"
_LOWERED = r"(?:\b(?:lower(?:ed|ing|s)?|reduc(?:e[sd]?|ing)|dropp?(?:ed|ing|s)?|cut(?:ting|s)?|decreas(?:e[sd]?|ing)|turn(?:ed|ing)?|went|go(?:ing)?|bring(?:ing)?|brought|set(?:ting)?|tak(?:e|ing)|took)\b)"
_NOTHING = r"\b(?:no (?:help|effect|difference|change|use|luck)|nothing|useless|in vain|(?:did|does|do|has|is|was)(?:n'?t| not) (?:\w+ )?(?:help|chang|matter|fix|solv|work|do)\w*|(?:still|same) (?:\w+ ){0,2}?(?:ooms?|crash\w*|fail\w*|dies|runs out|error|oom'?s))"
_BETWEEN = r"(?:[^.?!;]|(?<=\d)\.(?=\d)){0,60}?"
_NOTHING_ZH = r"(?:没(?:什么)?用|没有用|无用|无效|不管用|没(?:有)?(?:效果|变化|区别|改善)|(?:还是|仍然?|照样|依然?|一样)(?:会|要)?\s?(?:oom|爆|炸|崩|报错|不行|溢出))"
_LOWERED_ZH = r"(?:降|调低|调小|减|改小|改低|设小|设低|调到|改到|改成)"
# a share that was raised, by a word or by its values, and one that was set to half of the card or more
_BY_TENTHS = "|".join(rf"\.{low}\d?\D{{1,12}}0?\.[{low + 1}-9]" for low in range(1, 9))
_RAISED = rf"(?:\b(?:rais|increas|bump|higher)\w*|调高|提高|调大|加大|升)[^.?!;。]{{0,24}}{SHARE}|{SHARE}(?:[^?!;。]{{0,24}}?(?:\braised|\bincreased|调高|提高|调大|加大|升)|[^?!;。\d]{{0,16}}0?(?:{_BY_TENTHS})|[^?!;。\d]{{0,12}}(?:调到|改到|改成|=)\s?0?\.[5-9])|\bset(?:ting)?\b[^.?!;]{{0,12}}{SHARE}[^?!;。\d]{{0,12}}0?\.[5-9]"
LOWERED_IN_VAIN = (
    rf"^(?![\s\S]*(?:{_RAISED}))[\s\S]*?(?:{_LOWERED}{_BETWEEN}{SHARE}{_BETWEEN}{_NOTHING}"
    rf"|{SHARE}(?={_BETWEEN}(?:{_LOWERED}|\bfrom\b|->|→))(?:[^.?!;]|(?<=\d)\.(?=\d)){{0,110}}?{_NOTHING}"
    rf"|(?:{SHARE}[^;?。!]{{0,20}}{_LOWERED_ZH}|{_LOWERED_ZH}[^;?。!]{{0,8}}{SHARE})[^;?。!]{{0,20}}{_NOTHING_ZH})"
)
