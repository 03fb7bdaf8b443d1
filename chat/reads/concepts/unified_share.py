"""How much of a machine's one memory its GPU is let have: a Mac's, asked of no model."""

from chat.reads.concepts.effects import beside

_MACHINE = r"\bmac(?:book|s)?\b|\bapple\b|(?<![\w.-])m[1-5](?: ?(?:pro|max|ultra))?\b|\bmetal\b|\biogpu\b|\bunified (?:memory|ram)\b|统一内存|苹果"
_GPU = r"(?:gpus?|metal|graphics|mac ?os|vram)"
_GPU_ZH = r"(?:gpu|显卡|图形|metal|核显)"
_SHARE = (
    r"\biogpu\w*|\bwired[_ -]limit"
    rf"|\bhow much\b[^?]{{0,56}}\b(?:can|could|may|does|do|will|would|is|are)\b[^?]{{0,24}}\b{_GPU}\b[^?]{{0,16}}\b(?:us\w+|get|gets|have|has|take|takes|access|see|available|allocat\w*|address|claim)"
    rf"|\bhow much\b[^?]{{0,56}}\b(?:available|usable|allocat\w*|reserved|assigned|given|dedicated|left|goes)\b[^?]{{0,16}}\b{_GPU}\b"
    rf"|\bhow much\b[^?]{{0,40}}\b(?:can|could|may|should) (?:i|you|we|one|be)\b[^?]{{0,16}}\b(?:giv\w+|allocat\w*|assign\w*|dedicat\w*|us\w+)\b[^?]{{0,24}}\b{_GPU}\b"
    r"|\b(?:how much|what)\b (?:usable |effective |real |actual |default |is the |the )*(?:v?ram|gpu memory|graphics memory|video memory|metal (?:memory )?limit|gpu (?:memory )?limit|working set)\b(?: (?:limit|cap|size))?[^?]{0,16}\b(?:does|do|is|on|of|has|have|can|in)\b"
    rf"|(?:给|分给?|分配给?|划给?|留给|当|作为?|拿)\s?(?:{_GPU_ZH}|显存)[^,;?]{{0,6}}(?:多少|多大|几)|(?:给|当|作)(?:多少|多大)[^,;?]{{0,4}}(?:{_GPU_ZH}|显存)|(?:多少|多大)[^,;?]{{0,10}}(?:给|当|作|做|分)\s?(?:{_GPU_ZH}|显存)"
    rf"|{_GPU_ZH}\s?(?:最多|实际|到底|默认|大概|一般)*(?:能|可以|可|会)?(?:用|占|拿|分|调用|使用)(?:到|得|上|给)?[^,;?]{{0,8}}(?:多少|多大)"
    r"|(?:有|等于|相当于|算)(?:是)?(?:多少|多大)[^,;?]{0,4}显存|显存(?:是|有|算)?(?:多少|多大)|(?:可用|能用|实际)的?显存"
)
# what a case is asked of, and what else is
_OTHER = r"\boom\b|out of memory|爆|报错|\berror\b|\btok(?:ens?)?/s\b|\bslow\w*|慢|\bkv\b|\bwhich models?\b|\bwhat models?\b|哪些模型|什么模型|多大的?模型|\bdiffer\w*|区别|\btrain|训练|微调|\bcontext\b|上下文|\bfits?\b|放得下|\bmodel (?:need|use|take)s?\b|\b(?:llms?|models?) (?:can|could)\b"
UNIFIED_SHARE = beside(_MACHINE, _SHARE, without=_OTHER)
