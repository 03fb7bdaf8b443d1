"""Which things of speed and time a question asks for, and whether they are what it asks first."""

from dataclasses import dataclass, replace
from functools import lru_cache

from chat.reads import asking
from chat.reads.contrasts import CONTRAST
from chat.reads.elsewhere import COST, elsewhere
from chat.reads.further_asks import MUST_DIVIDE
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.reading import Reading
from chat.reads.speed.before_the_first import without_moments
from chat.reads.speed.speed_told import OVERNIGHT, REQUESTS_S
from chat.reads.speed.told_by_memory import but_pace, told_by_memory

_TRAINS = r"\bfrom scratch\b|\bchinchilla\b|\bgpu[- ]?hours?\b|\btrain\w*|\bpre-?train\w*|\bfine-?tun\w*|\bfinetun\w*|\bsft\b|\blora\b|\bqlora\b|\bepochs?\b|\bs/it\b|\bgrad\w*|\bzero[ -]?[123]|训|微调|预训练|步长|轮"
_SOONER = r"\bfinish\w* (?:earlier|first|sooner)\b|\b(?:done|ready) (?:earlier|first|sooner)\b|(?:先|更早|更快)(?:训|跑|完|做)完|更早完成"
_SPEED = (
    rf"{_SOONER}|"
    r"\bspeed\w*|\bfast(?:er|est)?\b|\bslow\w*|\bquick\w*|\bthroughput|\blatenc\w+|\btok(?:en)?s?\s?(?:/|per|a)\s?s(?:ec(?:ond)?s?)?\b|\bt/s\b|\btps\b|\btakes? (?:so )?long|\blonger\b|\btime\b|\bperformance\b|速度|快|慢|吞吐|延迟|耗时|时间|每秒|卡顿"
)
# what compares a speed, and tells none
_FASTER = r"\b(?:fast|slow|quick)er\b|\bfastest\b|\bslow(?:s|ed|ing)?\b[^?;]{0,12}\bdown\b|\bspeed[- ]?ups?\b|\bspeeds?\b[^?;]{0,16}\bup\b|\b(?:same|training) speed\b|(?:更|变|会|较|比较|哪个|哪种|谁|还|也|反而|训练|训得|跑得)(?:更|会|变)?[快慢]|[快慢](?:多少|一些|几倍|好几倍|很多|得多|\s?\d{1,2}\s?倍|点)|(?<!尽)快[吗么呢?还]|慢[吗么呢?]|速度[^?;]{0,8}(?:差|区别|一样|影响|对比|比)|提速|加速|拖慢"
_SLOWER = r"\bslow\w*|\bdrop\w*|\blower\b|\bworse\b|\bfell\b|慢|变低|降|更低|低了|没提升"
_FEWER_BITS = r"(?:\bquanti[sz]\w+|\bint[48]\b|\b[48][- ]?bit\b|\bnf4\b|\bbnb\b|\bbitsandbytes\b|\bawq\b|\bgptq\b|load_in_[48]bit|量化|[48]\s?位)"
# a chat whose answers come slower as it goes on
_TURNS = r"(?:对话|聊天?|会话)(?:了|得|到)?(?:[几多]|十几|\d+)轮|(?:[几多]|十几|\d+)轮(?:对话|聊天)|多轮|(?:越聊|聊得?(?:越|久|多|到后)|对话(?:越|久|变?长|多|到后)|每(?:一)?轮)|\b(?:every|each|more) (?:message|turn|reply)s?\b|\b(?:\d+(?:-\d+)?|few|several|some|many) (?:turns|messages|rounds|replies)\b|\b(?:chat|conversation)s? (?:grows?|gets? (?:long|longer)|goes on)|\blonger the (?:chat|conversation)"
_SLOW = r"(?:变|越来?越|特别|巨|很|非常|超级?|就|好)慢|越慢|卡(?:顿|死|得)|\bslow(?:s|er)?\b|\bcrawl\w*|速度[^,;?]{0,12}(?:掉|降|跌)|\b(?:speed|tok\w*(?:/s)?) [^,;?]{0,12}drops?\b"
SLOWS = rf"(?:{_TURNS})[^;]{{0,48}}(?:{_SLOW})|(?:{_SLOW})[^;]{{0,24}}(?:{_TURNS})"
# all layers put on the card, by which it became slower
_ALL_LAYERS = r"\b(?:all|every|full(?:y)?|max(?:ed|imum)?(?: out)?)\b[^.;?]{0,20}\b(?:layers?|offload\w*)\b|(?:\boffload\w*|\blayers?\b|\bngl\b|\bnum_gpu\b|\bslider\b)[^.;?\d]{0,20}\b(?:all|full|max(?:ed|imum)?|99+)\b|(?:层|offload|ngl|num_gpu)[^,;?]{0,8}(?:拉满|开满|设满|全开|拉到(?:底|顶|最[大高])|全部)|(?:拉满|放满|(?:全部|所有)(?:的)?)\s?\d{0,3}\s?层"
_BECAME_SLOW = r"\bslower\b|\bslow\b|\bcrawl\w*|\b(?:drops?|dropped|fell|falls|goes|went|down) (?:down )?to (?:\w+ )?\d|更慢|反而|变慢|掉到|降到|慢"
PUT_WHOLE = rf"(?:{_ALL_LAYERS})[\s\S]{{0,60}}?(?:{_BECAME_SLOW})|(?:{_BECAME_SLOW})[^?;]{{0,40}}?(?:{_ALL_LAYERS})"
# kind, pattern of an asking clause, and what else the text must say
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("prefill", r"\bttft\b|\btime to (?:the )?first token|\bfirst[- ]token|\bprefill\w*|\bprompt (?:processing|eval\w*|speed|ingest\w*)|\b(?:process|read|ingest|digest)\w*\b[^,;?]{0,40}\bprompt|\bbefore (?:it|the (?:first|answer)|anything)[^,;?]{0,20}(?:starts?|begins?|token|come)|首(?:个)?\s?(?:token|字|词)|首字|预填充|提示(?:词)?处理|读完提示", ""),
    (
        "sparse",
        r".",
        r"(?:\bt?flops\b|算力)[^?]{0,80}(?:\bspars\w+|\bdense\b|\bhalf\b|\bwhich\b[^?]{0,12}\b(?:right|real|correct|true)|\breal(?:ly)?\b|\bactual\b|稀疏|稠密|一半|哪个(?:是)?(?:对|准|真)|翻倍|两倍)|\bsparsity\b|稀疏算力",
    ),
    ("slows", r".", SLOWS),
    ("put_whole", r".", PUT_WHOLE),
    ("sparse", r"\bsparse\b|\bsparsity\b|稀疏|\bdense (?:t?flops|rate|peak|number|figure)|\btflops\b[^?;]{0,40}\b(?:really|real|actual\w*|half|which)\b", r"flops|算力|稀疏|spars"),
    ("fp8", r"\bfp8\b(?!(?:[ _-]e\dm\d)?[ _-]?(?:kv|cache|的?kv|的?缓存))[^?;]{0,60}(?:faster|twice|double|speed-?up|times|gain|quick|倍|快多少|更快|加速|提升)|(?:faster|twice|double|speed-?up|快|加速)[^?;]{0,60}\bfp8\b", ""),
    ("slower_batch", rf"{_SLOWER}|\bwhy\b|\bhow come\b|\bnormal\b|\bexpected\b|为(?:什么|啥|何)|怎么|咋|正常", rf"^(?=[\s\S]*(?:{_SLOWER}))(?=[\s\S]*{_FEWER_BITS})(?![\s\S]*(?:\boffload|卸载))[\s\S]*(?:\b(?:high|large|big)\w* (?:batch|concurrency|load)|\bbatch(?:es|ed|ing)?\b|\bunder load|\bconcurren\w+|\bthroughput\b|吞吐|并发|负载|大批)"),
    ("slower_bits", r"\bwhy\b|\bhow come\b|\bnormal\b|\bexpected\b|为(?:什么|啥|何)|怎么|咋|正常", rf"{_FEWER_BITS}(?:(?!\bgpus?\b|\bcards?\b|\b[23] |[两2-9]\s?[张块]|offload|卸载)[^?;]){{0,48}}(?:\bslower\b(?! than (?:awq|gptq|gguf|nf4))|\bslow(?:s|ed) (?:\w+ )?down|(?:更|变|反而|怎么|还)(?:这么|要|更)?慢|慢了)|\bslower (?:in|with|at|after|when|once|under|than before) (?:\w+ ){{0,3}}?{_FEWER_BITS}"),
    ("formats", r"(?:\bint[48]\b|\b[48]-?bit\b|\bawq\b|\bgptq\b|\bnf4\b|\bq[2-8](?:_\w+)?\b|\bquanti[sz]\w+|\bfp16\b|量化)[^?;]{0,60}(?:faster|fastest|slower|speed|\bquick\w*|快|慢|加速|提速)|(?:faster|fastest|speed|加速|提速)[^?;]{0,40}(?:\bquanti[sz]\w+|\bint[48]\b|\b[48]-?bit\b|\bawq\b|\bgptq\b|量化)", ""),
    ("loading", r"\bhow long\b[^?;]{0,40}\bload(?:s|ing)?\b|\bload(?:s|ing)?\b[^?;]{0,50}(?:\btakes? (?:so )?long|\bhow long|\bslow|\bfast|\bminutes)|(?:加载|载入)[^?;]{0,20}(?:多久|时间|慢|快|分钟|秒)", r"model|weights|\d ?b\b|模型|权重"),
    ("idle", r"(?:gpu|card|显卡|cuda)[^?;]{0,24}(?:only|just|barely|只|才)[^?;]{0,12}\d{1,2}\s?%|\bgpu (?:usage|load|util\w*)\b[^?;]{0,30}(?:low|only|\d{1,2}\s?%)|(?:gpu|显卡)(?:占用率|利用率|使用率)[^?;]{0,12}(?:低|只有|不高|上不去|\d{1,2}\s?%)", r"inferenc|generat|\binfer|serv|decod|ollama|llama|vllm|推理|生成|部署"),
    ("link", r"\bnvlink\b|\bpci-?e\b|\bp2p\b|\brisers?\b|\blanes?\b|\bx[48]\b|互联|互连|桥接|\b\d{1,3}\s?g(?:be|bit)\b|\bethernet\b|\binfiniband\b|以太网|万兆", rf"{_SPEED}|matter|\bhelp|有用|有帮助|difference|bottleneck|hurt|worth|impact|\bneed(?:ed)?\b|\brequired?\b|necessary|tp\b|tensor|影响|瓶颈|区别|需要|必要|值得|差(?!1?点|一)"),
    ("accumulation", r"\bgrad\w*[ _-]?acc\w*|\baccumulat\w+|梯度(?:累积|累计)", _SPEED),
    ("checkpointing", r"\b(?:gradient|activation)?[ _-]?checkpoint(?:ing)?\b|\brecomput\w+|重计算|检查点", rf"{_SPEED}|overhead|cost|代价"),
    ("adapters", _FASTER, r"\bq?lora\b|\bpeft\b|\badapters?\b|适配器"),
    ("offload", r"\boffload\w*|卸载", _SPEED),
    ("stages", r"\bzero[ -]?[0-3]|\bfsdp\b|\bz[23]\b", rf"{_SPEED}|\btraffic\b|\bcommunicat\w*|通信"),
    ("scaling", r"线性|\blinear\w*|\bscal(?:e|es|ing)\b|\btwice as fast|\bdouble (?:the )?(?:speed|gpus|cards)|\bhalve\w*|(?:快|加速)(?:一|1|两|2)?倍|翻倍", r"\bgpus?\b|\bcards?\b|\bnodes?\b|卡|\ba100|\bh100"),
    ("tokens", r"\bhow many (?:\w+ )?tokens\b(?!\s?(?:/|per\b|a\b|each|every))(?![^?;]{0,40}(?:context|prompt|fit|second))|\bhow much (?:\w+ )?(?:data|text)\b[^?;]{0,50}(?:train|need)|\b(?:number|amount) of (?:training )?tokens|\btokens (?:do i|should|would|are|were|was|did)\b|\bchinchilla\b|多少(?:个)?(?:b|t|亿|万亿)?\s?(?:的)?(?:训练)?tokens?(?!\s?(?:/|每))|多少(?:训练)?(?:数据|语料)|数据量", r"train|chinchilla|训|数据|语料"),
    ("size", r"\bhow (?:big|large) (?:a |of a )?model|\bwhat size (?:of )?model|\bwhat model size|\b(?:compute|chinchilla)[- ]optimal (?:model|size)|\b(?:biggest|largest)\b[^.;?]{0,48}\b(?:pre-?train|chinchilla|compute[- ]optimal)|\bchinchilla\b[^.;?]{0,24}\bmodel\b|\b(?:chinchilla|compute)[- ]optimal (?:for|on|with|in|given|within)\b|(?:chinchilla|计算)\s?最优(?!的?(?:token|数据))|多大(?:的)?(?:模型|参数)|最大[^,;?]{0,8}(?:预训练|从(?:头|零)训)[^,;?]{0,6}(?:模型|参数)", r"budget|\bhours?\b|\bdays?\b|\bweeks?\b|month|flops|chinchilla|预算|(?<![多单双两几])(?<!\d)卡时(?!候|出|就|没|正|会|爆|是|都|也|每|各|占)|天|周|月|小时"),
    ("flops", r"\b(?:training|train|finetuning|fine-?tuning) time\b[^?]{0,24}\b(?:formula|deriv\w*|equation)|\b(?:formula|deriv\w*|equation)\b[^?]{0,24}\b(?:training time|time to train|how long)|\bhow long\b[^?]{0,32}\bformula|训练时(?:间|长)[^?]{0,8}(?:公式|推导|怎么算|如何(?:计)?算)|(?:公式|推导)[^?]{0,8}训练时(?:间|长)|\b6\s?\*?\s?n\s?\*?\s?d\b|\bflops?\b(?!\s?utili)|(?:\bhow many |多少(?:个)?\s?)[gtp]flops?\b|\bcompute (?:budget|needed|required|cost|total)|\b(?:total|training|much) compute\b|(?:总)?(?:计算量|运算量)|(?:训练|需要|多少|多大)[^,;?]{0,8}算力", ""),
    ("mfu", r"\bmfu\b|\bhfu\b|\b(?:flops? |hardware |gpu |compute )?utili[sz]ation\b|(?:算力|硬件)?利用率", ""),
    ("steps", r"\bhow many (?!(?:\w+ ){0,2}acc)(?:\w+ ){0,2}steps(?! of (?:gradient )?acc)|(?<!累积)(?<!累计)(?<!积要)多少(?:个)?(?:步|step)", ""),
    ("time", r"(?:几|多少)(?:个|张)?\s?(?:gpu|卡|[ahlv]\d{2,3})\s?(?:天|小时)|训练时(?:间|长)[^?]{0,8}(?:公式|推导)|(?:公式|推导)[^?]{0,8}训练时(?:间|长)|\bhow long\b|\bhow (?:many|much) (?:\w+ )?(?:hours|days|weeks|time|gpu)|\bhours\b|\bdays\b|\bweeks?\b|\beta\b|\bduration\b|\btime\b|多久|多长时间|几(?:个)?(?:小时|天|周|月)|多少(?:个)?(?:小时|天|周|月|时间)|耗时|gpu[- ]?hours?|(?<![多单双两几])(?<!\d)卡时(?!候|出|就|没|正|会|爆|是|都|也|每|各|占)|能(?:训|跑)完", ""),
    ("why", rf"\bwhy\b[^?;]{{0,80}}(?:{_SPEED})|(?:{_SPEED})[^?;]{{0,60}}(?:\bwhy\b|\bnormal\b|\bexpected\b|\bwrong\b)|\b(?:normal|expected|bottleneck\w*|too slow|so slow|reasonable|right)\b|为(?:什么|啥|何)|怎么(?:这么|那么|会)|正常|合理|瓶颈|原因|太慢|这么慢|怎么回事|咋回事|什么情况|只有\s?\d[^;?]{{0,40}}(?:怎么|咋)", rf"{_SPEED}"),
    ("request_rate", rf"(?<![a-z]){REQUESTS_S}|每秒[^,;?]{{0,8}}请求", ""),
    ("users", r"\bconcurren\w+|\b(?:users|requests|clients|sessions|streams)\b|\bthroughput|并发|用户|请求|吞吐", ""),
    ("compare", r"\bvs\.?\b|\bversus\b|\bcompar\w+|\bfaster than\b|\bslower than\b|\bhow much (?:faster|slower|quicker)|\bhow (?:different|far apart)\b|\bwhich (?:\w+ )?(?:is|one|card|gpu)[^?;]{0,20}(?:fast|quick|slow)|\bor\b|(?:比|和|与|跟|还是|对比|哪个|谁)[^?;]{0,20}(?:快|慢|速度)|快多少|慢多少|差多少|几倍|还是", _SPEED),
    ("need", r"\b(?:what|which) (?:gpu|card|hardware|bandwidth|machine)s?\b|\bhow many (?:gpus|cards)|\bdo i need\b|\brequired\b|(?:要|需要|得)?几张|多少张|什么(?:卡|显卡|配置|硬件)|需要(?:多大|多少|什么)", r"tok|t/s|每秒|tps"),
    ("rate", _SPEED + r"|\btokens? per\b", ""),
)  # fmt: skip
# settings, wherever the text says that they are changed
_CHANGED = (
    ("link", r"\brisers?\b|\bx[148]\b[^;?]{0,12}(?:slots?|lanes?|links?)|\bnvlink\b|\b\d{1,3}\s?g(?:be|bit|bps)\b|\bethernet\b|\binfiniband\b|以太网|万兆|千兆"),
    ("batch", r"\bbatch\b[^;?]{0,40}(?:\bfrom \d|\bto \d|\bincreas\w+|\blarger\b|\bbigger\b|\bdoubl\w+|\baffect\w*|\bimpact\w*|从|调|增|加大|翻倍|改成|影响)|(?:\blarger\b|\bbigger\b|\bincreas\w+|增大|加大|提高)[^;?]{0,16}(?:\bbatch|批)"),
    ("accumulation", r"\bgrad\w*[ _-]?acc\w*[^;?]{0,40}(?:slow|fast|speed|time)|梯度(?:累积|累计)[^;?]{0,16}(?:慢|快|速度|时间)"),
)  # fmt: skip
_TRAINING_KINDS = frozenset(
    {"accumulation", "checkpointing", "adapters", "stages", "steps", "tokens", "size", "flops", "mfu"}
)


@dataclass(frozen=True)
class Paced:
    """What is asked of speed and time; `training` says of which of the two lives of a model."""

    kinds: tuple[str, ...] = ()
    training: bool = False


def paced(reading: Reading) -> Paced:
    """The kinds of question about speed and time that a text asks, in the table's order."""
    text = _masked(reading)
    parts = [text[one.start : one.end] for one in asking.parts(text) if one.asks] or [text]
    found = _kinds(" ; ".join(parts), text) or _kinds(text, text)
    if "tokens" in found and compiled(_TOKENS_OF_ONE).search(" ; ".join(parts)):
        found.remove("tokens")
    if "adapters" in found and len(reading.facts.get("zero_stage", ())) > 1:
        # they are what is trained, and the stages what is compared
        found = list(dict.fromkeys("stages" if one == "adapters" else one for one in found))
    if "compare" in found and compiled(_RATES_APART).search(text):
        found.remove("compare")  # the rate of all against that of one, and no two set-ups
    if {"tokens", "size"} <= set(found) and not {"model", "params"} & set(reading.facts):
        found.remove("tokens")  # of no model: the size is what is wanted, and tells the tokens too
    if {"tokens", "time"} <= set(found) and not compiled(_HOW_MANY_TOKENS).search(" ; ".join(parts)):
        found.remove("tokens")  # compute-optimal is how, and the time is what
    if compiled(rf"{_SPEED}|\bhurt\b|\bmatter\b|\bsense\b|影响|值得|意义").search(" ; ".join(parts)):
        found += [kind for kind, pattern in _CHANGED if kind not in found and compiled(pattern).search(text)]
    if len(reading.facts.get("gpu", ())) > 1 and "compare" not in found and compiled(_COMPARED).search(text):
        found.append("compare")
    found = found or list(reading.pace)
    if "link" in found and "cpu_offload_gb" in reading.facts:
        # no ranks that exchange sums: what crosses the slot are weights, which the rate tells
        found = ["why", *(one for one in found if one not in ("link", "compare", "why"))]
    training = _is_training(reading, text, found)
    if training and "network_gbit" in reading.extras:  # nobody tells it for memory's sake
        timed = {"train_tokens", "samples"} & set(reading.extras)
        found = ["link", *(one for one in found if one != "link" and (timed or one not in _OF_A_LINK))]
    return Paced(tuple(found), training)


_RATES_APART = r"(?:\bthroughput\b|\blatency\b|吞吐量?|延迟)\s?(?:\bvs\.?|\bversus\b|\band\b|\bor\b|/|和|与|还是|对)\s?(?:the )?(?:throughput\b|latency\b|吞吐|延迟)"
# asked of a training over a network these are what crosses it
_OF_A_LINK = frozenset({"time", "rate", "why", "stages"})


def _masked(reading: Reading) -> str:
    return _regular(reading.text[:_READ])


# where a server's share is set, or a part of one, what is called utilisation is that share
_SHARE_SET, _SHARE_OF_A_CARD = "gpu_memory_utilization", r"(?:显存)?利用率|\butili[sz]ation\b"
_SHARE_GIVEN = rf"(?:{_SHARE_OF_A_CARD})(?=(?: (?:down |up )?(?:to|of|at|from)|(?:设|调|降|改|提|升|拉|减)[高低]?[为成到至]?)?\s?[:=]?\s?0?\.\d)"


@lru_cache(maxsize=8)
def _regular(text: str) -> str:
    """The regular text without a server's share of a card, no utilisation of its arithmetic, and the pace of growing memory."""
    regular = normalise(text).text
    share = rf"{_SHARE_OF_A_CARD}|" if _SHARE_SET in regular.lower() else rf"{_SHARE_GIVEN}|"
    regular = compiled(rf"{share}{_UTILISATION}|{_PACE_OF_GROWTH}|{_A_PRICE}").sub(
        lambda found: " " * len(found[0]), regular
    )
    return compiled(asking.SPEED_REFUSED).sub(lambda found: " " * len(found[0]), without_moments(regular))


def _kinds(asked: str, text: str) -> list[str]:
    return [kind for kind, pattern, beside in _KINDS
            if compiled(pattern).search(asked) and (not beside or compiled(beside).search(text))]  # fmt: skip


def _is_training(reading: Reading, text: str, kinds: list[str]) -> bool:
    task = reading.facts.get("task", ())
    if compiled(OPTIMAL).search(text):
        return True
    if "prefill" in kinds or ({"sparse", "fp8", "slows"} & set(kinds) and "train" not in task):
        return False
    if {"steps", "seconds_per_step", "epochs", "train_tokens", "gpu_hours", "text_gb"} & set(reading.extras):
        return True
    if task and task != ("inference",):
        return "train" in task
    if _TRAINING_KINDS & set(kinds) and task != ("inference",):
        return True
    return task != ("inference",) and compiled(_TRAINS).search(text) is not None


# of a training and of nothing else
OPTIMAL = r"\bchinchilla\b|\bcompute[- ]optimal\b|计算最优"
# "how many tokens is one sample?": the length of it, and no amount of data
_TOKENS_OF_ONE = (
    r"\bhow many tokens?\b[^,;?]{0,24}\b(?:one|an?|each|every|single|per) (?:\w+ ){0,2}(?:samples?|examples?|images?|pictures?|photos?|rows?|prompts?|frames?|screenshots?)\b"
    r"|\b(?:samples?|examples?|images?|pictures?|photos?|rows?|prompts?|frames?|screenshots?)\b[^,;?]{0,24}\bhow many tokens?\b"
    r"|(?:[一1每单这]\s?(?:条|个|张|帧|份|幅|段)|样本|样例|图片|照片|截图)[^,;?]{0,16}多少(?:个)?\s?tokens?|多少(?:个)?\s?tokens?[^,;?]{0,4}(?:[一1每]\s?(?:条|张|帧|份|幅))"
)
_HOW_MANY_TOKENS = r"\btokens\b|\bdata\b|token|数据|语料"
_COMPARED = r"差多少|差多大|差距|对比|相差|比(?:起来)?怎么样|哪个(?:更)?(?:快|强|好)|\bvs\b|\bversus\b|\bcompar\w+|\bdifference\b|\bhow (?:different|far apart)\b|\b(?:a lot|much|any|significantly|noticeably|way) (?:faster|quicker|slower)\b|快(?:很多|不少|多少)|提升(?:大|多少|明显)"
# words that ask of speed and time and of nothing else; and those that ask of memory
_STRICT = (
    rf"{_SOONER}|"
    r"\bspeeds?\b|\bspeed-?up\b|\bfast(?:er|est)?\b|\bslow(?:er|est|ly|down|s)?\b(?! is (?:ok|fine))|\bquick(?:er|ly)\b|\bthroughput|\blatenc\w+|\btok(?:en)?s?\s?(?:/|per|a)\s?s(?:ec(?:ond)?s?)?\b|\bt/s\b|\btps\b|\bttft\b|\bfirst[- ]token"
    r"|\bmfu\b|\bflops?\b|(?:\bhow many |多少(?:个)?\s?)[gtp]flops?\b|\b6\s?\*?\s?n\s?\*?\s?d\b|\btflops\b|\bhow long\b(?! (?:a |of a )?(?:context|prompt|sequence|input|sample|text|document|(?:can|could|may|should) (?:(?:the|my|a|an|each|every|one|training) ){0,2}(?:-{0,2}max[_-]\w*len\w*|num_ctx|ctx|cutoff\w*|(?:context|prompt|sequence|input|sample|example|text|document|row|conversation|answer|completion|response)s?\b)))|\btotal compute\b|\btraining compute\b|\bcompute budget|\bchinchilla\b|\bgpu[- ]?hours?\b|\bhow many (?:hours|days|weeks)|\beta\b|\bpower (?:cost|bill|draw)|\belectricity|电费|耗电|(?:训练|推理|跑完|要的?|需要的?|耗费)?时间(?!步|戳|序列)|\bwhen will\b[^?;]{0,20}(?:finish|done)|\b(?:rough|total|estimated|expected|approximate|train\w*|run|wall[- ]?clock|turnaround) (?:time|duration)\b(?! ?steps?)|\b(?:is|would|will) (?:a|an|one|1|2|two|half an?) (?:hour|day|night|week|weekend|month)s? (?:be )?(?:realistic|enough|feasible|doable|plausible|possible|reasonable|sufficient|too)|\b(?:finish|done|complete|through) (?:it )?(?:in|within|by|under) (?:a|an|one|\d{1,3}|half an?) (?:hour|day|night|week|weekend|month)s?\b|"
    + OVERNIGHT
    + r"|(?:几|多少)(?:个|张)?\s?(?:gpu|卡|[ahlv]\d{2,3})\s?(?:天|小时)|(?:一|1|两|2|半|(?<!\d)\d{1,3})\s?(?:个)?(?:天|小时|周|星期|晚上|礼拜)(?:之?内)?(?:能|可以)?(?:够(?:吗|不|么)|(?:训|练|跑)(?:得|不)?完|搞定|现实|来得及|行(?:吗|不))"
    r"|速度|(?<!尽)(?<!痛)(?<!赶)(?<!愉)快(?!照|要|被|满|递|\s?(?:\d|[两三四五六七八九十]|翻)[^,;?]{0,4}(?:g|倍|个g|gb)(?!.{0,6}速))|慢(?!点|一点|些|也|没)|吞吐|延迟|每秒|首(?:个)?\s?token|首字|预填充|算力|计算量|运算量|多久|几天|几(?:个)?小时|多少(?:天|小时)|利用率|耗时|(?<![多单双两几])(?<!\d)卡时(?!候|出|就|没|正|会|爆|是|都|也|每|各|占)"
)
_OF_MEMORY = rf"{MUST_DIVIDE}|\bv?ram\b|\bmemory\b|\bfits?\b|\boom\w*|\bgi?bs?\b|(?<!hour )(?<!hours )(?<!day )(?<!days )(?<!week )(?<!weeks )(?<!night )\benough\b|\b(?:biggest|largest)\b|(?<!fast )(?<!quickly )\bcan (?:i|we|it|you) (?:even |actually |really )?(?:run|load)\b|\bngl\b|\bhow many layers\b|能跑吗|能不能跑|最大(?:能|可以?)?跑|显存|内存|放得下|放不下|装得下|吃下|吃得下|塞|爆|(?<!天)(?<!小时)(?<!周)(?<!星期)(?<!晚上)够"
_PLAIN_MEMORY = r"\bv?ram\b|\bmemory\b|\bfits?\b|\boom\w*|显存|内存|放得下|放不下|装得下|吃下|吃得下|塞|爆"
_ASKS_MEMORY = frozenset(
    {
        "fits",
        "how_much",
        "how_many_gpus",
        "max_batch_ctx",
        "oom_diagnosis",
        "why_more",
        "which_method",
        "method_diff",
        "kv_cache",
        "zero_offload",
        "multi_gpu_split",
    }
)
# asked in words that say of what only together with what is told: "is that expected?"
_VAGUE = frozenset({"unclear", "out_of_scope", "why_more", "explain_derive"})
_SEEN = frozenset({"rate", "rate_each", "seconds_per_step"})  # answers of a step alone are as much of memory
# kinds that are of speed without such a word
_OF_ITSELF = frozenset({"slows", "request_rate", "loading", "idle", "tokens", "size", "steps", "sparse", "mfu", "link"})
_READ = 3000  # characters that are read of a text
_UTILISATION = (
    r"gpu[ _-]memory[ _-]utili[sz]ation|显存利用率|mem(?:ory)?[ _-]fraction|gpu[ _-]?util\w*\s?[=:]?\s?0?\.\d+"
    r"|\b0?\.\d+ (?:memory )?utili[sz]ation|\butili[sz]ation\s?(?:of|at|=|:)?\s?0?\.\d+|利用率\s?[=:]?\s?0?\.\d+|0\.\d+\s?的?利用率|\b(?:what|which) utili[sz]ation\b(?! (?:is (?:that|this|it)|was|did|does (?:that|this|it)|do we|are we))"
)


_PACE_OF_GROWTH = r"\bslow(?:ly)?\b(?=,? (?:but steadily )?(?:grow|climb|creep|increas|ris|fill|goes? up|going up|leak))|(?<=\bgrows )slowly\b|(?<=\bgrowing )slowly\b|(?<=\brises )slowly\b|(?<=\bincreases )slowly\b|慢慢(?:地)?(?=[涨增升爬变上漏往])|缓慢(?:地)?(?=[涨增升爬上])|(?:(?<=\bgrow )|(?<=\brise )|(?<=\bgrows )|(?<=\brises )|(?<=\bjump )|(?<=\bgrowing )|(?<=\brising ))(?:so |that |this |too )?(?:fast|quickly)\b|(?<=\bclimb )(?:so |that |this |too )?(?:fast|quickly)\b|(?<=[涨增升])(?:得|的)?(?:这么|那么|如此|太|很)?快"


# that something is slow is known, and is what is to be spared: "do I have to eat the slowdown", "嫌慢"
_A_PRICE = (
    r"\b(?:eat(?:ing)?|pay(?:ing)?|accept(?:ing)?|suffer(?:ing)?|swallow(?:ing)?|tak(?:e|ing)|avoid(?:ing)?|spare|without|stomach|live with)"
    r" (?:the |a |that |any |its |me the )?(?:[\w-]+ ){0,2}(?:slow-?downs?|(?:speed|throughput|performance) (?:penalty|hit|loss)|slowness)\b"
    r"|(?:嫌|怕|不想(?:太)?|受不了|忍受|接受)(?:它|太|那么)?慢(?:速度)?"
)


def with_pace(reading: Reading) -> Reading:
    """The reading with the intent of speed or time in its place: first, unless memory is asked before it."""
    if (by_memory := told_by_memory(reading)) is not None:
        return by_memory
    if _rents_to_serve(reading):
        left = but_pace(reading, "unclear", "out_of_scope") or ("how_much",)
        return replace(reading, intents=left, cues=(*reading.cues, "rents_to_serve"))
    if reading.intent in ("injection", "greeting", "help") or elsewhere(reading.text[:_READ].lower(), reading.facts):
        return reading
    text = _masked(reading)
    if _several_ways(reading) and compiled(_FASTEST_THAT_FITS).search(text):  # the figures decide, and then the speed
        return reading
    parts = asking.parts(text)
    clauses = [one for one in parts if one.asks] or parts
    asked = paced(reading)
    if _of_methods(reading, asked):
        return replace(reading, intents=tuple(dict.fromkeys(("method_diff", *but_pace(reading, "unclear")))))
    if "slows" in asked.kinds and not asked.training:  # whether memory is full is a guess at the cause
        return replace(reading, intents=("decoding_rate", *_circumstances(reading.intents)))
    spoken, memory = ([one.start + hit.start() for one in clauses if (hit := compiled(pattern).search(text[one.start : one.end]))]
                      for pattern in (_STRICT, _OF_MEMORY))  # fmt: skip
    if {"model", "params"} & set(reading.facts) and {"gpu", "gpu_memory_gb"} & set(reading.facts):
        spoken += [hit.start() for hit in compiled(_SPEED_ALONE).finditer(text)] if not spoken else []
        memory += _abilities(text, clauses) if spoken and not memory else []
    if "requests_s" in reading.extras and not asked.training:
        spoken, memory = [0], []  # whether that is enough is asked of the rate
    if not memory and "fits" in reading.intents and "rate" in reading.extras and compiled(_WISHED).search(text):
        memory = [0]  # a rate that would do is asked of what can be run at all
    if not spoken and not (memory or compiled(_PLAIN_MEMORY).search(text)):
        told_of = reading.intent in _VAGUE and compiled(_STRICT).search(text)
        spoken = [0] if told_of or _compared_alone(reading, asked) else []
    told = set(reading.extras)
    given = (
        bool(_SEEN & told)
        or ("price_per_hour" in told and bool({"train_tokens", "samples"} & told))
        or (asked.training and any(compiled(COST).search(text[one.start : one.end]) for one in clauses))
        or {"train_tokens", "hours"} <= told
        or ("price_per_kwh" in told and bool(reading.facts.get("gpu")))
    )
    if not spoken and not memory and given:
        spoken = [0]  # "50 users at 20 tokens/s each, feasible?"
    # beside a failure a link, or the step at which it came, belongs to what is told of the machine
    circumstances = {"link", "steps"} if "oom_diagnosis" in reading.intents else set()
    circumstances |= (
        {"link"} if asked.training and "nvlink_needed" in reading.cues else set()
    )  # whether it fits without
    if not spoken and not given and not (_OF_ITSELF - circumstances) & set(asked.kinds):
        return reading
    intent = "training_time" if asked.training else "decoding_rate"
    others = but_pace(reading, "unclear", "out_of_scope")
    if asked.training and compiled(_MEMORY_OR_LINK).search(text):
        spoken, memory = [0], []  # what makes it slow is asked, and not whether it fits
        others = tuple(one for one in others if one != "fits")
    if asked.training and "network_gbit" in reading.extras and not spoken:
        spoken = [len(text)]  # behind what else is asked
        memory = memory or _abilities(text, clauses, rf"{_ABLE}|{_ABLE_TO_TRAIN}")
    if not memory and asked.training and (compared := _ways_compared(reading, text)):
        memory = compared
    if memory and not set(others) & _ASKS_MEMORY:  # "and is the memory enough?"
        others = (*others, "fits" if {"gpu", "gpu_memory_gb"} & set(reading.facts) else "how_much")
    if memory and (not spoken or min(memory) < min(spoken)):
        return replace(reading, intents=(*others[:1], intent, *others[1:]))
    return replace(reading, intents=(intent, *(others if memory else _circumstances(others))))


_LINK = r"(?:\bnetwork\b|\bbandwidth\b|\bethernet\b|\binterconnect\b|网络|带宽|通信|网速)"
_MEMORY_OR_LINK = (
    rf"(?:\bmemory\b|\bvram\b|显存|内存)[^.?;,]{{0,12}}(?:\bor\b|还是)[^.?;,]{{0,12}}{_LINK}"
    rf"|{_LINK}[^.?;,]{{0,12}}(?:\bor\b|还是)[^.?;,]{{0,12}}(?:\bmemory\b|\bvram\b|显存|内存)"
)
# a rate that is wished for, or would do
_WISHED = (
    r"\b(?:is|are|would be|'s|will be|seems?) (?:\w+ ){0,2}(?:ok(?:ay)?|fine|enough|acceptable|plenty|sufficient|tolerable)\b"
    r"|\b(?:don'?t|do not|wouldn'?t) (?:mind|care)\b(?: if| about| with)?|\b(?:happy|content|satisfied|live|ok|okay|fine) with\b|\bsettle for\b|\benough for\b|\b(?:don'?t|do not|no) need (?:for )?(?:much |any )?speed\b"
    r"|就?够(?:了|用)?(?![吗么不?])|接受|即可|就行|就好|也行|没关系|不(?:追求|要求|求|在乎)"
)
# a word for speed as the last of what is asked
_SPEED_ALONE = r"(?:[,;.?]\s?|\s|(?<=[吗么嘛不行]))(?:推理|生成|训练|解码|出字|输出|大概)?(?:的)?速度(?:呢|如何|怎么样|怎样|咋样|多少)?\s?[?.]?\s?$|(?:[,;.?]\s?|\sand )(?:and )?(?:what )?(?:about )?(?:the )?speed\s?\??\s?$"
# whether a card runs a model, in a clause of its own
_ABLE = r"\b(?:can|could|will|would|does)\b[^?]{0,60}\b(?:run|handle|hold|load|train|tune|fine-?tune)s?\b|\b(?:works?|fits?|ok(?:ay)?)\s?\?|能(?:不能|否)?(?:跑|运行|装|放|部署|带得?动)|能行|跑得[动起了]|行吗|可以(?:跑|吗)"


_ABLE_TO_TRAIN = r"能(?:不能|否|够)?[^,;.?]{0,16}(?:训练?|微调)(?!多|几)"


def _abilities(text: str, clauses: list[asking.Part], pattern: str = _ABLE) -> list[int]:
    """Where it is asked whether a card runs a model, beside a clause that asks how fast."""
    apart = [one for one in clauses if not compiled(_STRICT).search(text[one.start : one.end])]
    return [one.start + hit.start() for one in apart if (hit := compiled(pattern).search(text[one.start : one.end]))]


def _rents_to_serve(reading: Reading) -> bool:
    """Whether a price is asked for a model that is served, on cards that nobody named: which to rent is a matter of memory."""
    facts, told = reading.facts, set(reading.extras)
    cards = {"gpu", "gpu_memory_gb", "host_memory_gb", "algo"} & set(facts)
    trains = (
        facts.get("task") == ("train",) or bool(set(facts.get("method", ())) - {"inference"}) or "tuned" in reading.cues
    )
    open_price = "cost" in reading.cues and not {"price_per_hour", "price_per_kwh", "train_tokens", "samples"} & told
    if cards or trains or not open_price or not {"model", "params"} & set(facts) or reading.intent == "injection":
        return False
    text = reading.text[:_READ].lower()
    of_speed, of_training, to_run = (compiled(one).search(text) for one in (_STRICT, _TRAINS, _TO_RUN))
    return of_speed is None and of_training is None and to_run is not None


def _several_ways(reading: Reading) -> bool:
    """Whether ways are named among which what fits is picked out."""
    ways = ("zero_stage", "method", "offload", "bits", "weight_format")
    return any(len(reading.facts.get(name, ())) > 1 for name in ways)


# amounts from which a time follows
_TIMED = frozenset({"train_tokens", "samples", "hours", "steps", "price_per_hour", "text_gb", "rollouts", *_SEEN})


def _of_methods(reading: Reading, asked: Paced) -> bool:
    """Whether it is asked how fast methods are beside each other, of no run: their prices say it beside their memory."""
    methods = set(reading.facts.get("method", ())) - {"inference"}
    alone = set(asked.kinds) <= {"rate", "compare", "why"}
    return len(methods) > 1 and asked.training and alone and bool(asked.kinds) and not _TIMED & set(reading.extras)


# "the fastest that fits", "哪个最快又放得下"
_FASTEST_THAT_FITS = r"\b(?:fastest|quickest)\b[^?]{0,40}\bfits?\b|\bfits?\b[^?]{0,40}\b(?:fastest|quickest)\b|最快[^?]{0,10}(?:放得下|装得下|不爆|不oom)|(?:放得下|装得下|不爆|不oom)[^?]{0,12}最快"
# what is paid for is a machine that serves
_TO_RUN = r"\brent\w*\b|\bcloud\b|\binstances?\b|\brunpod\b|\bvast\b|\baws\b|\bazure\b|\bgcp\b|\bserv(?:e|ing)\b|\bhost(?:ing)?\b|\bdeploy\w*|\brun(?:ning)?\b|\binference\b|租|云|部署|推理|跑|上线"


def _ways_compared(reading: Reading, text: str) -> list[int]:
    """Where several methods or formats are set against each other in another clause than the one that asks of speed."""
    several = any(len(reading.facts.get(name, ())) > 1 for name in ("method", "bits", "weight_format", "optimizer"))
    hits = [hit.start() for hit in compiled(_AGAINST).finditer(text)] if several else []
    parts = asking.parts(text)
    return [
        place
        for place in hits
        if any(
            part.start <= place < part.end and not compiled(_STRICT).search(text[part.start : part.end])
            for part in parts
        )
    ]


_AGAINST = rf"{CONTRAST}|不同"


def _compared_alone(reading: Reading, asked: Paced) -> bool:
    """Cards against each other, with no model to hold."""
    return (
        "compare" in asked.kinds
        and compiled(r"训练|推理|\btrain\w*|\binference\b").search(reading.text[:_READ].lower()) is not None
        and not {"model", "params"} & set(reading.facts)
        and len(reading.facts.get("gpu", ())) > 1
    )


# what says how and not what
_HOW = ("moe", "quant_gguf", "multi_gpu_split", "zero_offload", "comparison")


def _circumstances(intents: tuple[str, ...]) -> tuple[str, ...]:
    """Those that say how: nothing else is asked where memory is not."""
    return tuple(one for one in intents if one in _HOW)
