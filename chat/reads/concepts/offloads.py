"""Settings of ZeRO that are asked about by what they save: the optimizer alone in host memory or the parameters there as well
("offload only the optimizer, or the parameters too?"), and smaller buffers."""

from chat.reads.concepts.effects import beside

_OFFLOADS = r"\boffload\w*|卸载|下放|(?:放|搬)(?:到|去|进)?(?:内存|cpu)"
_ALONE = (
    r"\b(?:only|just)\b[^.;?]{0,24}\boptimi[sz]er|\boptimi[sz]er(?: states?)?(?: offload\w*)? (?:only|alone|vs\.?|versus|or)\b"
    r"|(?:只|仅|光|单)[^,;?。]{0,12}优化器|优化器[^,;?。]{0,6}(?:和|与|跟|比|还是|vs)[^,;?。]{0,8}参数"
    # the two settings by name
    r"|offload_optimizer[^.;?。]{0,12}offload_param"
)
_TOO = (
    r"\bparam(?:eter)?s?\b[^.;?]{0,16}\b(?:as well|too|also|both|offload\w*)\b|\b(?:also|and|plus|both|with|offload\w*|or|than|the)\b[^.;?]{0,24}\b(?:param(?:eter)?s?|weights)\b"
    r"|offload_param|(?:连|加上?|再|也|还|都|和|带|把|offload|卸载)[^,;?。]{0,8}(?:参数|权重)|参数[^,;?。]{0,6}(?:也|一起|都|一并|offload|卸载)"
)
_APART = r"\bvs\.?\b|\bversus\b|\bor\b|\bdiffer\w*|\bcompar\w*|\bmore\b|\bworth\b|\bextra\b|\bsav\w+|\beach\b|各|差|多(?:省|少)|还是|区别|值得|比"
# a run that fails has its causes; layers that are placed are llama.cpp's; whether the one must follow the card decides
_OTHERWISE = (
    r"\boom\b|out of memory|爆|报错|\berrors?\b|\bcrash\w*|\bvllm\b|\bllama\.?cpp\b|\bollama\b|推理|\blayers\b|层"
    r"|\bmust\b|\bhave to\b|\benough\b|\bsuffic\w*|够|必须|要不要"
)

OFFLOADS_APART = (("offloads_apart", beside(_OFFLOADS, _ALONE, _TOO, _APART, without=_OTHERWISE)),)

# "how much do smaller stage3_max_live_parameters and reduce_bucket_size save?"
_BUFFERS = r"stage3_max_live_parameters|stage3_prefetch_bucket_size|(?:reduce|allgather|prefetch)_bucket_size|\bbucket[_ ]sizes?\b|bucket_size"
_LOWERED = r"\b(?:small\w*|low\w*|reduc\w*|decreas\w*|shrink\w*|turn(?:ing)? down|tun(?:e|ing))\b|调小|改小|减小|降低|调低|缩小"
_SAVES = r"\bsav\w+|\bhow much\b|\bhelp\w*|\bfree[sd]?\b|\bworth\b|省|多少|有用|降"
BUCKETS_LOWERED = (("buckets_lowered", beside(_BUFFERS, _LOWERED, _SAVES)),)

# "did a part of it go to the CPU?", "是不是有一部分放到CPU了": asked of two figures that seem not to agree, and nothing is moved
_PART_ON_CPU = (
    r"\b(?:did|does|was|were|is|are|has|have)\b[^.;?!]{0,24}\b(?:part|some|something|rest|layers|weights|it)\b[^.;?!]{0,32}\b(?:to|on|onto|in) (?:the )?(?:cpu|(?:system |host )?ram|host|disk)\b[^.;?!]{0,12}\?"
    r"|\b(?:was|were|is|did)\b[^.;?!]{0,16}\b(?:part|some|something|anything|rest)\b[^.;?!]{0,24}\boffload(?:ed|ing)?\b[^.;?!]{0,16}\?"
    r"|(?:是不是|是否|有没有|会不会|难道)[^,;?!]{0,6}(?:一?部分|有些|几层)[^,;?!]{0,10}(?:cpu|内存|硬盘)|(?:一?部分|有些|几层)[^,;?!]{0,10}(?:cpu|内存|硬盘)(?:里|上|去|了)*(?:吗|么|\?)"
)
PART_ON_CPU = (("part_on_cpu", _PART_ON_CPU),)
