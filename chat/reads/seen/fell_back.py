"""What a program is seen to have put on the CPU: a symptom of what does not fit, and no setting that was chosen; and the flag for a
narrow cache that is proposed against that."""

_HOST = r"(?:the |my |system )?(?:cpu|ram|system memory|host memory)\b"
_PROGRAM = r"(?:ollama|lm ?studio|llama[.-]?cpp|llama-server|koboldcpp|gpt4all)"
# "Ollama is offloading to CPU", "LM Studio offloads it to the CPU", "why is it being offloaded to RAM?", "ollama 却在用 CPU"; not
# "if Ollama offloads 10 GB to RAM, how slow is it?", nor experts or a cache that somebody puts there
_NOT_ALL = r"(?!\bexperts?\b|\bmoe\b|\bkv\b|\bcache\b|\blayers?\b)"
_LATELY = r"(?<!if )(?<!when )(?<!with )(?<!without )(?<!before )(?<!until )(?<!unless )(?<!while )(?<!have )(?<!let )"
_INTO = rf"(?:{_NOT_ALL}(?:[^.;?,]|[.](?=[0-9]))){{0,40}}?\b(?:to|onto|into|on) {_HOST}"
BY_THE_PROGRAM = (
    rf"{_LATELY}\b{_PROGRAM}(?: \w+){{0,3}}? offload(?:s|ing|ed)\b{_INTO}"
    rf"|\bwhy (?:is|does|are|was|do) (?:it|this|that|{_PROGRAM}|(?:the|my|this) model)(?: \w+){{0,3}}? offload(?:s|ing|ed)?\b{_INTO}"
    r"|(?:ollama|lm ?studio|llama\.?cpp|模型)[^,;?。\d]{0,10}?(?:却|还是?|总是?|一直|老是?|为什么|为啥|竟然?)(?:在|会|要|被|都|只)*(?:把(?:(?!专家|缓存|层)[^,;?。]){0,24}?)?(?:用|使用|跑|走|卸载|offload|放)(?:在|到|了)* ?(?:cpu|内存)"
)
FELL_BACK = (
    BY_THE_PROGRAM
    + r"|\bonly (?:about )?(?:half|a third|part|\d{1,2} ?%) of (?:the |my |its |a )?(?:[\w-]+'?s )?(?:v?ram|gpu memory|memory of the card)\b[^.;?]{0,12}\bused?\b|\b(?:uses?|using) only (?:about )?(?:half|a third|part|\d{1,2} ?%) of (?:the |my |a )?(?:[\w-]+'?s )?(?:v?ram|gpu memory)\b|(?:只|才|仅)用(?:了|到)?(?:一半|1半|一部分|\d{1,2} ?%)(?:的)?显存|显存(?:只|才|仅)(?:用|占)(?:了|到)?(?:一半|1半|一部分|\d{1,2} ?%)"
    + r"|\b(?:puts?|putting|loads?|keeps?) (?:a )?(?:half|part|some(?: layers)?|layers) of (?:my |the )?[\w.:/-]+ (?:on|in|into|onto) (?:the |my )?(?:cpu|ram)\b|"
    + r"\b(?:half|part|partly|partially|some(?: layers)?)\b[^.;?]{0,12}\b(?:on|in|onto) (?:the )?cpu\b|(?:一半|部分|一部分)[^,;?]{0,6}(?:跑|放|加载|落)?在?(?:cpu)|\bonly (?:half|part|some|\d{1,2} ?%)\b[^.;?]{0,24}\b(?:on|in|onto) (?:the |my )?(?:gpu|card|vram)\b|只有?(?:一半|1半|部分|\d{1,2} ?%)[^,;?]{0,6}(?:跑|放|加载)?(?:在|进)(?:了)?(?:gpu|显卡|显存)|\b100 ?% cpu\b|\b\d{1,2} ?%\s?/\s?\d{1,2} ?% ?(?:cpu/gpu|cpu)|(?<![\d.])\d{1,2} ?% ?(?:in |on )?(?:the )?cpu(?![a-z])(?! ?(?:usage|load|util|占用|使用))|(?<!before )(?<!before it )(?<!before anything )(?<!until it )(?<!unless it )(?<!without it )(?<!if it )(?<!when it )(?<!so it )(?<!nothing )(?<!it never )\b(?:falls?|fell|spills?|spilled|goes|went|offloads|pushes|pushed)\b[^.;]{0,24}\b(?:to|onto|into) (?:the )?(?:cpu|ram)\b|(?<!不)(?<!不会)(?<!不能)(?<!才)(?<!才会)(?<!就会)(?<!而不)(?<!不要)(?:落|掉|溢出)到 ?(?:cpu|内存)(?!之前|前)|(?:跑|卸载)到 ?(?:cpu|内存)[里上]?(?:面)?去?了"
)

# "is OLLAMA_KV_CACHE_TYPE=q8_0 enough?", "加 -ctk q8_0 -ctv q8_0 够吗": a flag that is proposed, and not how it ran
_FLAG_TYPE = r"(?:q[458]_[01]|iq4_nl|fp8)(?![a-z0-9_])"
_SET_TO = rf"(?:-{{1,2}}|ollama_)?(?:kv_cache_type|kv-cache-(?:dtype|type)|cache[-_]type[-_]k|(?<![a-z0-9_])-ctk)[=: ]{{1,2}}{_FLAG_TYPE}(?:\s-{{1,2}}(?:ctv|cache[-_]type[-_]v)[ =]{_FLAG_TYPE})?"
PROPOSED_FLAG = (
    rf"\b(?:is|would|will|does|do|can|could|if i)\b[^?;.,]{{0,24}}{_SET_TO}[^?;.]{{0,16}}\b(?:enough|suffi\w+|help|fix|solve|work|do it|do the trick|fit|make it|make this|make that|get it|bring|keep|put)\b"
    rf"|{_SET_TO}\s?(?:就|能|可以|会|这样|以后|之后|后|,)*\s?(?:够|行|有用|管用|解决|可以|放得下|全部?放|回到)[^?;]{{0,12}}(?:[吗么不]|\?)"
)
