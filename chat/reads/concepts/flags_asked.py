"""A setting by its flag or variable, asked of no model: what it does, or what becomes of memory with it.

Each is the flag beside what is asked of it, in either order.
"""

from chat.reads.concepts.effects import beside

_OF_A_FAILURE = r"\boom\b|out of memory|\btraceback\b|\berror\b|报错|爆了|崩了|\btrain\w*|训练|微调|\bfits?\b|放得下|\d ?gi?b?(?![a-z])"
_DOES = r"\bwhat(?:'s| is| does| do| are)?\b|\bhow does\b|\bdo i need\b|\bshould i\b|\bexplain|\bmean\w*|\bdiffer\w*|是(?:什么|啥|干)|什么意思|啥意思|有(?:什么|啥)用|作用|干(?:嘛|什么|啥)|区别|影响|会怎么?样|会如何|占(?:用)?(?:多少|显存)|怎么用"
_EFFECT = r"\bmemory\b|\bv?ram\b|\bmore\b|\bless\b|\buses?\b|\bsav\w*|\baffect\w*|显存|内存|省|占"
_ASKS = rf"{_DOES}|{_EFFECT}"
_HIGH = r"\btoo (?:high|large|big|long|much)\b|\bwhat happens\b|\bhigher than\b|(?:设|调|开)(?:得|成|到)?(?:太|过|很)(?:大|高|长)|(?:太|过)(?:大|高|长)"
_LLAMA_CONTEXT = r"\bnum_ctx\b|\bn_ctx\b|(?<![\w-])--ctx[-_]size\b|\b(?:ollama|llama\.?cpp|lm studio|llama-server)\b[^?;]{0,40}\b(?:context|ctx)\b|(?:ollama|llama\.?cpp)[^?;]{0,16}上下文"
_FLASH = r"(?<![\w-])-fa\b|(?<![\w-])--flash[-_]attn\b|\bollama_flash_attention\b"
_NO_LAYERS = r"(?<![a-z])-{0,2}(?:ngl|n[-_ ]gpu[-_ ]layers|gpu[-_ ]layers|num_gpu)[ =:]{0,2}(?:is |to |set to |设(?:成|为|到)?|=|为)?\s?0(?![\d.])"
_LOADED = r"\bollama_max_loaded_models\b|\bmax_loaded_models\b"
_ALLOCATOR = (
    r"\bexpandable_segments\b|\bmax_split_size_mb\b|\bpytorch_(?:cuda_)?alloc_conf\b|\bgarbage_collection_threshold\b"
)
_DTYPE = r"\btorch_dtype\b|(?<![a-z_])dtype ?= ?[\"']?auto\b|\bdtype auto\b"
_MAP = r"\bdevice_map\b"
_FIRST = r"\bfirst (?:token|inference|request|prompt|forward|generation|call|run)\b|第一(?:次|个|条)(?:推理|请求|前向|生成|token|prompt|提示|调用)|首次(?:推理|请求|调用)"
_RISES = r"\bmore\b|\bincreas\w*|\bjump\w*|\brises?\b|\bgrow\w*|\bgoes up\b|\bhigher\b|涨|增加|变大|多|升"
_WHY = r"\bwhy\b|\bhow come\b|\bnormal\b|为(?:什么|啥|何)|正常|怎么(?:会|回事)"
_PREFIX = r"\bprefix[-_ ]?cach\w+|前缀缓存"
_OFF = r"\bdisabl\w*|\bturn\w* off\b|\bwithout\b|\bno[-_ ]enable|\boff\b|关(?:掉|闭|了)|不(?:开|用)|禁用"
_IMATRIX = r"\bi-?matrix\b|\bimportance matrix\b|重要性矩阵"
_STREAMED = r"\bstream(?:ing|ed)?(?: (?:output|response|mode|tokens|the output|the response))?\b|\bstream ?= ?true\b|流式(?:输出|返回|响应)?"

# asked of any card or program, whatever numbers stand beside
OF_FLAGS: tuple[tuple[str, str], ...] = (
    ("context_high", beside(_LLAMA_CONTEXT, _HIGH, without=rf"{_OF_A_FAILURE}|\bspeed\b|\bslow\w*|\bfast\w*|速度|慢|\bvllm\b")),
    ("flash_flag", beside(_FLASH, _DOES, without=rf"{_OF_A_FAILURE}|\bspeed\b|\bfaster\b|\bslow\w*|速度|\bquality\b|质量|\bvega\b|\brocm\b|\bpascal\b|\bp40\b|\bp100\b|\bv100\b|\bt4\b")),
    ("no_layers", beside(_NO_LAYERS, rf"{_ASKS}|\bwhat happens\b|\?|吗", without=_OF_A_FAILURE)),
    ("loaded_models", beside(_LOADED, rf"{_ASKS}|\bdefaults?\b|默认|\?", without=_OF_A_FAILURE)),
    ("allocator_settings", beside(_ALLOCATOR, rf"{_DOES}|\bhelps?\b|有用", without=_OF_A_FAILURE)),
    # by how much what is kept exceeds what is used, and no failure
    ("allocator_settings", beside(_ALLOCATOR, rf"{_DOES}|\bhelps?\b|有用", r"\breserved\b|保留", without=r"\boom\b|out of memory|\berror\b|报错|爆了|\btried to allocate\b")),
    # of both it is asked which, whatever failed
    ("allocator_settings", beside(r"\bexpandable_segments\b", r"\bmax_split_size_mb\b", r"\bor\b|\bvs\b|\bdifferen\w+|\bwhich\b|还是|区别|差别|哪个", without=r"\btried to allocate\b|\bgi?b\b")),
    ("dtype_told", beside(_DTYPE, rf"{_ASKS}|\bwhat happens\b|\bwithout\b|\bvs\.?\b|不写|没写|不设", without=rf"{_OF_A_FAILURE}|\bkv\b|\bcache\b|缓存")),
    ("map_auto", beside(_MAP, _DOES, without=rf"{_OF_A_FAILURE}|\bddp\b|\bzero\b|\bfsdp\b|\bvs\.?\b|\bspeed\b|\bslow\w*|慢|\bwhy\b|为(?:什么|啥)|\bbalanc\w*|均")),
    ("first_request", beside(_FIRST, _RISES, rf"{_EFFECT}", _WHY, without=rf"{_OF_A_FAILURE}|\bslow\w*|\bfast\w*|\blatency\b|慢|延迟|\bstep\b|\bbatch\b")),
    ("prefix_off", beside(_PREFIX, _OFF, rf"{_ASKS}|\bwhat happens\b|\?", without=_OF_A_FAILURE)),
    ("imatrix", beside(_IMATRIX, rf"{_ASKS}|\bsize\b|\blarger\b|\bbigger\b|\bsmaller\b|大小|变大|\?|吗", without=rf"{_OF_A_FAILURE}|\bquality\b|\bbetter\b|质量|好")),
    ("streamed", beside(_STREAMED, rf"{_EFFECT}", r"^(?:does|do|will|is|would)\b|\?|吗|么|会不会", without=rf"{_OF_A_FAILURE}|\bssd\b|\bdisk\b|硬盘|\bdata ?set\b|数据|\blonger\b|\blayers?\b|\bweights\b|\bcuda stream")),
    ("page_waste", beside(r"(?<![a-z])-{0,2}block[-_ ]size\b", r"\bvllm\b|\bpaged\b|\bkv\b|\bcache\b|缓存", rf"{_ASKS}", without=rf"{_OF_A_FAILURE}|\bfp8\b|\bquanti[sz]\w*|\bggml\b|\bspeed\b")),
)  # fmt: skip
