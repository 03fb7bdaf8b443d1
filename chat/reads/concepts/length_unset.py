"""What a program takes where it is told no length: "llama.cpp wants 27 GB when I don't set -c, broken?"."""

_LENGTH = r"(?:-c\b|--?ctx[-_ ]size|\bn_ctx\b|\bnum_ctx\b|--max[-_ ]model[-_ ]len|\bmax_model_len\b|\bcontext (?:length|size)\b|\b(?:the|a) context\b|上下文(?:长度)?|长度)"
_UNSET = (
    rf"(?:\b(?:don'?t|do not|didn'?t|did not|haven'?t|not) (?:set|setting|pass(?:ing)?|giv(?:e|ing)|specify(?:ing)?|told) (?:a |any )?|\bwithout (?:setting |passing |giving )?(?:a |any )?|\bno ){_LENGTH}"
    rf"|(?:不(?:加|设|设置|写|传|指定|给)|没(?:加|设|设置|写|传|指定|给))(?:置)?\s?{_LENGTH}"
)
# what it takes is told, and wondered at
_TAKES = r"(?:\b(?:wants?|takes?|needs?|uses?|asks? for|eats?|reserves?|allocates?)\b|要|占|吃|用了?)[^.;?!。]{0,16}\d+(?:\.\d+)?\+?\s?g(?:i?b)?(?![a-z])"
LENGTH_UNSET = (("length_unset", rf"^(?=[\s\S]*(?:{_UNSET}))(?=[\s\S]*(?:{_TAKES}))"),)
WONDERS = rf"{LENGTH_UNSET[0][1]}(?=[\s\S]*(?:\bbroken\b|\bbug\b|\bnormal\b|\bwhy\b|\bwrong\b|\bhow come\b|\bleak\b|为什么|为啥|怎么|正常|bug|坏))"
