"""Does a question lean on the one before, or stand for itself?"""

from chat.reads.concepts.levers_apart import APART
from chat.reads.follow_ups.set_against import holds_against
from chat.reads.lexicon import compiled
from chat.reads.parts import read_parts
from chat.reads.reading import Reading

CUE = (
    r"^\s*(?:and|but|so|ok(?:ay)?,?|then|now|also|or|what about|how about|what if|and if|with|without|instead|same|switch|change|make (?:it|that)"
    r"|use|using|try|suppose|say|if i|on an?|for an?|at)\b|\b(?:instead|as well|too|then)\s*\?*\s*$"
    r"|^\s*(?:那|如果|要是|假如|换|改|再|还|同样|加上|要不|或者|用|把|若|然后|但|可|只|不)|(?:呢|的话)\s*[?]*\s*$"
)
_PRONOUN = r"\b(?:it|that|this|them|those|the same)\b|这(?:个|种)?(?!张|块)|它|该模型|上面|刚才|同样"
WHY = r"^\s*(?:and |but )?(?:why|how come|really|are you sure)\b|^\s*(?:为什么|为啥|怎么(?!才|办|样才|能)|真的|确定|凭什么)"
# of a verdict, and not of a figure
# nothing but why, of a verdict
BARE_WHY = r"^\W*(?:and |but |ok(?:ay)?,? |huh,? |so,? )?(?:why|how come|how so|why so|why(?: is|'s) that)\W*$|^\s*(?:那|但)?(?:为什么|为啥|为何|凭什么)(?:呢|啊|呀)?[\s?!.]*$"
WHY_NOT = r"^[\s,.:;!?]*(?:but |and |so )?why (?:not\b|(?:does|do|did|ca|wo|would|is|are|can|will)(?:n't|not| not| it not)\b)|^[\s,.:;!?]*why (?:does|will|would)(?: it|n't it| it not)\b[^?]{0,8}\bnot\b|^[\s,.:;!?]*(?:但)?(?:为什么|为啥|咋|怎么)(?:会|就|还是|也)?(?:不行|放不下|不够|跑不了|跑不动|装不下|不能|不可以)"
_STANDALONE = frozenset({"greeting", "help", "out_of_scope", "injection"})
# what these want is told once: a change of facts afterwards asks again for what was wanted before
EXPLAINS = frozenset({"why_more", "explain_derive", "adam_state", "method_diff", "units"})
# said of a case that is at hand; said of none, it is no question of this house
_OF_THE_CASE = r"^[\s,.:;!?]*(?:那|大概|到底|具体)*(?:相?差|省|多|少)(?:了|出)?(?:多少|几个?g)\W*$|^[\s,.:;!?]*(?:and |so )?(?:by )?how much(?: (?:less|more|better|difference|is (?:that|it)|exactly))?\W*$|\bfit(?:s|ting)?\b|\b(?:reduc|lower|sav|shrink|squeez)\w*[^?]{0,16}\b(?:it|that|this|memory|vram)\b|放(?:得|不)?下|装(?:得|不)?下|[省降](?:一?点|显存|内存)|(?:有没有|还有)(?:别的|什么|其他)?(?:办法|方法)|怎么办|怎(?:么|样)(?:样)?才|\b(?:it|that|this) costs?\b|^[\s,.:;!?]*(?:那|大概|一共|总共|要)*多少钱[\s,.:;!?]*$|\b(?:which|what) (?:one )?(?:do|would|should) (?:you|i) (?:take|choose|pick|go|buy|rent|get|prefer|recommend|suggest|advise|use|have|need)\b|^\W*(?:so |and |then )*which (?:one |of (?:them|these|those|the two) )?(?:is|would be|'s) (?:the )?(?:better|best|cheaper|faster)(?: choice| option| one| pick)?\W*$|哪(?:个|种)(?:更|比较)?(?:好|合适|划算)|(?:哪(?:个|种)|谁)最(?:省|小|好|合适|划算)|最(?:省|小|划算)的?(?:那个|方案|办法|方法|组合)?(?:是)?哪|\bzero\s?(?:stage\s?)?(?:几|多少|哪)|\b(?:which|what) (?:zero|stage)\b|\b(?:which|what)(?:'s| is)? (?:the )?(?:cheapest|leanest|smallest|lightest) (?:option|way|one|setup|plan)\b|推荐哪|(?:选|买|用|挑|上|租)哪(?:个|张|款|种|台|一)|哪(?:张|款|台)(?:更|比较)?(?:好|合适|划算)"
# a thing in general, and not the case at hand
_IN_GENERAL = r"\bformulas?\b|\bin general\b|\bgenerally\b|公式|原理|一般(?:来说|怎么)|什么(?:是|叫)|是什么"
# what to do about the case at hand: "so what should I change first?", "how do I bring it down?", "先改哪个"
_IT = r"(?=\s?(?:the |its |my |peak |gpu )*(?:it|that|this|them|v?ram|memory|usage|footprint|peak|oom|down|some|more|further)\b|[\s.?!]*$)"
_WAYS = (
    rf"\b(?:what|which)(?: (?:one|thing|setting|knob|option|lever)s?)?(?: else)? (?:should|would|do|can|could|must) (?:i|we|you) (?:change|try|do|drop|cut|turn|reduce|touch|tweak|start)\b"
    rf"|\bhow (?:do|can|could|would|should) (?:i|we|you) (?:still |ever )?(?:bring|get|cut|push|squeeze|shrink|reduce|lower|fix|solve|save)\b{_IT}|\bhow to (?:reduce|fix|lower|solve|cut|shrink|save)\b{_IT}"
    r"|\bwhat (?:helps|saves|would help|would save|can be done)\b|\b(?:any|some|another|other) ways? (?:to|around|out)\b|\banything (?:else )?(?:i|we|you) can do\b"
    r"|\b(?:which|what)(?: of (?:these|those|them|that))? (?:costs?|takes|loses|hurts) (?:no|the least|least|little|less|hardly any) (?:speed|time|quality|accuracy)\b"
    r"|怎么改(?:最|比较|才|会)?(?:好|合适|省|行)?\W*$|(?:改|调|动|换|关|试|降)(?:哪(?:个|一个|些|里|项)?|什么|啥)(?!样?的?(?:显?卡|gpu|机器|型号))(?:最|比较|更|好|有)?|(?:怎么|如何|咋|怎样)(?:才能|去)?(?:降|省|压|减|优化|解决|处理)|哪(?:个|种|项|一个)最(?:有效|管用|省|划算|明显)"
    r"|(?:有|还有)(?:没有|什么|啥|哪些)?(?:别的|其他|其它)?(?:办法|方法|招)"
    r"|\b(?:any|some|what|other) (?:are the )?(?:cheaper |other |better )?alternatives?\b|\b(?:cheaper|leaner|smaller) (?:options?|ways?|alternatives?|setups?)\b|(?:有|用)(?:没有|什么|啥)?(?:可以)?替代|替代(?:方案|办法)|(?:便宜|省钱)(?:点|些|一点)?的?(?:方案|办法|配置|选择)"
)
# which way to go, and none of cards, models or formats: "so which option would you recommend?", "所以到底推荐哪个方案"
RECOMMENDS = (
    r"\b(?:what|which)(?: (?:one|option|way|method|approach|plan|of (?:these|those|them)))? (?:do|would|should|will) (?:you|i|we) (?:then |now )?(?:recommend|suggest|advise|go (?:with|for)|choose|pick|do|use)\b(?! with)|\bwhat(?:'s| is) your (?:recommendation|advice|suggestion)\b"
    r"|(?:推荐|建议)(?:我|你)?(?:用|选|走|采用)?(?:哪(?:个|种|一种)|什么|啥)(?:方案|方法|方式|办法)?\W*$|(?:选|用|走)(?:哪(?:个|种|一种)|什么|啥)(?:方案|方法|方式|办法)(?:好|合适|比较好)?\W*$"
)
# told of the case and nothing asked: "lora is fine. samples have up to 6k tokens"
_ASKED = r"[?]|\b(?:what|which|how|why|when|where|who|whether|does|do|did|can|could|would|will|should|is it|are there|any)\b|什么|啥|怎|如何|为何|吗|么\W*$|呢|哪|多少|几|多大|多长|多久|能不能|是不是|有没有|行不行|够不够"
_SETTINGS = frozenset({
    "seq_len", "batch_size", "method", "gpu", "gpu_memory_gb", "n_gpus", "host_memory_gb", "optimizer", "lora_rank", "zero_stage",
    "offload", "gradient_checkpointing", "weight_format", "bits", "kv_format", "engine", "grad_accum", "loss", "attention",
})  # fmt: skip
_OF_A_CARD = frozenset({"meaning:fp8_on_card", "meaning:fp4_on_card"})
_SHORT = 80  # characters up to which words without a subject lean on what was said


def _has_subject(reading: Reading) -> bool:
    return any(name in reading.facts for name in ("model", "params")) or bool(reading.unknown_models)


def _asks(reading: Reading) -> bool:
    """Is a quantity of a case asked for, or a term of it told? A card may be asked for anything."""
    return bool(reading.topics or set(reading.asks) - {"gpu"})


def _means(reading: Reading) -> bool:
    """Is it asked what a thing is?"""
    return any(cue.startswith("meaning:") for cue in reading.cues)


def _is_general(reading: Reading, text: str) -> bool:
    """Is a thing to be explained, whatever the case at hand?"""
    return _means(reading) or reading.intents[0] in EXPLAINS or bool(compiled(_IN_GENERAL).search(text))


def asks_ways(reading: Reading, text: str) -> bool:
    """Is it only asked what to do about the case at hand?"""
    told = {"gpu", "gpu_memory_gb", "n_gpus"} & set(reading.facts)
    return len(text) < _SHORT and not (told or _has_subject(reading)) and bool(compiled(_WAYS).search(text))


def says_no_more(reading: Reading) -> bool:
    """Is this a greeting, a call for help or another matter, on which nothing can lean?"""
    return reading.intents[0] in _STANDALONE


def is_aside(reading: Reading) -> bool:
    """Is this of no case, so that what follows leans on the case before it: thanks, what a thing is, another matter?"""
    if reading.follow_up or _has_subject(reading) or {"gpu", "gpu_memory_gb", "n_gpus"} & set(reading.facts):
        return False
    return says_no_more(reading) or _is_general(reading, reading.lowered)


def _of_this_card(reading: Reading, previous: Reading) -> bool:
    """Is it asked what a card can do, and none named but the one at hand?"""
    return bool(_OF_A_CARD & set(reading.cues)) and "gpu" in previous.facts and "gpu" not in reading.facts


def _printed(reading: Reading, previous: Reading) -> bool:
    """Is a program's message pasted which names no model: that of the case at hand, tried?"""
    logged = any(name.startswith(("log_", "oom_")) for name in reading.extras)
    return logged and _has_subject(previous) and not _has_subject(reading)


def continues(reading: Reading, text: str, previous: Reading) -> bool:
    """Does this question need the one before?"""
    if holds_against(reading, previous, text) or _of_this_card(reading, previous) or _printed(reading, previous):
        return True
    formula = "whole_formula" in reading.cues and len(text) < _SHORT and not _has_subject(reading)
    if formula and _has_subject(previous) and reading.intents[0] in ("out_of_scope", "explain_derive"):
        return True
    if any(one.startswith(APART) for one in reading.cues) and not _has_subject(reading):
        return _has_subject(previous)  # what each does is shown on the case at hand
    if reading.intents[0] == "out_of_scope" and len(text) < _SHORT and not _is_general(reading, text):
        if compiled(WHY).search(text) and len(text) < _SHORT // 2:
            return True
        if _has_subject(previous) and (asks_ways(reading, text) or "precision_loss" in reading.cues):
            return True
        if _has_subject(previous) and (_asks(reading) or compiled(_OF_THE_CASE).search(text) or read_parts(text)):
            return True
        if _has_subject(previous) and compiled(RECOMMENDS).search(text):
            return True
        if "images" in reading.extras and "log_width" in previous.extras:  # more of the pictures that were told
            return True
        if (set(reading.facts) & _SETTINGS or "images" in reading.extras) and not compiled(_ASKED).search(text):
            return _has_subject(previous) and not _has_subject(reading)
    if says_no_more(reading):
        return False
    subject = _has_subject(reading)
    asks = reading.intents[0] != "unclear"
    if _means(reading) and not set(reading.facts) - {"task", "method", "weight_format", "bits"}:
        return False  # a thing by its name, whatever the case at hand
    if compiled(CUE).search(text):
        return not (subject and asks and len(reading.facts) >= 4)
    if subject:
        return not asks and len(text) < 60
    if compiled(_PRONOUN).search(text):
        return True
    if len(text) >= _SHORT or _means(reading):
        return False
    # a term or a setting is told or asked of the case at hand: "per token KV?", "checkpointing is on already"
    return not reading.topics or (_has_subject(previous) and not _is_general(reading, text))


def why_of_a_verdict(reading: Reading, previous: Reading, text: str) -> bool:
    """Is it asked why it does not fit, or of a need or a verdict nothing but why?"""
    if reading.claims or reading.equations:
        return False
    bare = previous.intent in ("fits", "how_much") and not previous.claims and compiled(BARE_WHY).search(text)
    return bool(bare or compiled(WHY_NOT).search(text))


def asked_for_models(previous: Reading) -> bool:
    """Was it asked which models a machine runs, so that one that is named now is one of them?"""
    return "params" in previous.asks or bool({"which_models", "what_fits"} & set(previous.cues))
