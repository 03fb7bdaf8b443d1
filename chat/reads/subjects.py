"""What a question is about goes before how it is put: the order of its intents, settled where facts and words are both known.

The weights of `chat.reads.intents` say what is wanted by wording alone. A person who sorts such questions follows these
principles, which hold whatever the wording is:

- A special mechanism is the subject, however it is asked about: the stages of ZeRO or an offload with its host memory, cards
  that differ or do not add up, formats of a cache, kinds of optimizer, a table that is quoted, the one file of several that fits.
- That only some parameters are active is the subject where something is concluded from it ("so 8 GB must do"), and an aside
  where it is only mentioned beside another question.
- "Can it, or do I have to ...": the first is asked, the second is what follows from a no.
- A failure that is told is diagnosed where its cause is asked. Where two amounts are set against each other, or one that
  is seen is suspected to be a leak, it is asked why one is larger; where it is asked whether it should not fit, whether it fits.
- A sum is checked where one is given; without one, "what is wrong here?" asks why.
- A difference is asked for where two things are named.
"""

from collections.abc import Callable
from dataclasses import replace

from chat.reads.formats.suspected import SUSPECTED
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.names import model_rows

_SETTLED = frozenset({"injection", "greeting", "help", "out_of_scope", "unclear", "training_time", "decoding_rate"})
_PLAIN = frozenset({"fits", "how_much", "which_method", "how_many_gpus", "max_batch_ctx"})
_CAUSES = frozenset({"oom_diagnosis", "why_more"})
_COMPARES = frozenset({"method_diff", "comparison"})

_CONCLUDES = (
    r"\bactiv\w+\b(?: \w+){0,2},? (?:so|therefore|hence|which means|that means)\b|\b(?:so|then) (?:only )?(?:the )?active\b"
    r"|\bonly (?:a )?['\"]?\d+(?:\.\d+)?b['\"]?(?: (?:active|activated|per token|model))?['\"]?,? (?:so|thus|hence|therefore|then|should|shouldn't)\b|\bexperts? (?:\w+ ){0,5}per token,? so\b"
    r"|\b(?:inactive|idle|unused|unrouted|dormant|(?:the )?(?:other|remaining)(?: \w+)?) (?:experts?|six|ones?)\b"
    r"|激活[^;?!]{0,16}(?:那(?!个)|所以|是不是|应该|肯定|绰绰有余|(?:就|岂不)(?:能|够|行|可以|只|是))|(?:只用|只激活|只走|用到|激活)\s?\d+个专家[^;?!]{0,12}(?:能|可以|按|就|是不是|应该)|(?:其余|其他|没激活|未激活|不用)的?(?:\d+个)?专家"
)
_OR_ELSE = (
    r"\bor (?:do|must|should|would|will) (?:i|we) (?:really |also |then )?(?:need|have|go|must|use|take|quanti[sz]e)\b|\bor must (?:i|we|it)\b|\bor (?:is|are) (?:it|they|\w+) (?:needed|required|necessary|a must)\b"
    r"|还是(?:说)?(?:必须|得|要|只能|非得)|(?:要不要|用不用|需不需要)(?:上|用|做|开)?"
)
_WHETHER = r"\b(?:can|could|will|would|does|do|is|are)\b[^?]{0,80}\b(?:run|fit|fits|work|train|hold|enough|possible|serve|deploy|load)\b|\b(?:ok|okay|fine|enough|possible)\b,? or\b|能[^?]{0,24}[吗么不嘛]|够[^?]{0,6}[吗么不]|能不能|行不行|可以[^?]{0,12}吗|放得下|跑得"
_SHOULD_FIT = r"\bshould(?:n't| not)? (?:(?:it|this|that|they|just|easily|still|so|not) ){0,3}(?:fit|be (?:enough|plenty|fine))\b[^.;?]{0,40}\?|应该(?:就|也|都|是)?(?:放得下|够|能放|能跑|装得下)[^.;?]{0,8}\?"
_LEAK = r"\bleak\w*\b|泄漏|泄露"
_TABLE = r"(?<!on the )\btables?\b|\brows?\b|(?<![请报图列填申代发])表(?:里|中|上|格|说|写|给|列|的|\d)"
_USED = r"\bused\b|\busage\b|\busing\b|\btakes?\b|\bnvidia-smi\b|显示|占用|占了|跑起来|实际|用了"
_WHICH_FILE = r"\bwhich\b[^.;?]{0,24}\b(?:quants?|ggufs?|files?)\b|(?:哪|什么)[^,;?]{0,6}(?:量化|gguf|档)|\bi?q[2-8]_\w+[^?]{0,40}(?:\bor\b|还是|、|/)[^?]{0,12}\bi?q[2-8]_\w+"
_PROGRAMS = r"\b(?:litgpt|torchtune|peft|hf|hugging ?face|unsloth|axolotl|llama[ -]?factory|xtuner|swift|deepspeed|megatron|fsdp|ddp|vllm|sglang|tgi|lmdeploy|ollama|llama\.?cpp|transformers)\b"
_DIVISIBLE = r"\bdivisible by (?:the )?(?:tensor|tp)|(?:头|heads?)[^,;?]{0,8}整除"
_ON_ONE = r"\bon (?:just |only )?(?:one|a single|1|the (?:first|second|last|other|smaller)) (?:card|gpu|device)\b|\bon (?:device|gpu) ?\d\b|(?:只有|其中)?一张卡(?:先)?(?:爆|满|oom|在算)|第[一二12]张卡?(?:爆|满|oom)"
_OF_A_LAYOUT = frozenset(
    {"method_diff", "comparison", "how_much", "why_more", "which_method", "moe", "unclear", "explain_derive"}
)
_TRAINS = r"\btrain\w*|\bfine-?tun\w*|\bactivations?\b|训练|微调|激活(?!参数)"
_SWITCHES = r"\bswitch\w*|\breplac\w+|\binstead of\b|\bsav(?:e|es|ing)\b|换成|改成|换|从多少降"


def subject_first(reading: Reading) -> Reading:
    """The reading with its intents in the order in which they are answered."""
    if reading.intents[0] in _SETTLED:
        return reading
    intents = reading.intents
    for wanted, applies in _RULES:
        first = intents[0]
        if first != wanted and applies(reading, reading.lowered, first):
            intents = (wanted, *(one for one in intents if one != wanted))
    return replace(reading, intents=intents)


def _says(pattern: str, text: str) -> bool:
    return compiled(pattern).search(text) is not None


def _several(reading: Reading, *names: str) -> bool:
    return any(len(reading.facts.get(name, ())) > 1 for name in names)


def _is_asked(reading: Reading, *intents: str) -> bool:
    return bool({*intents} & set(reading.intents))


def _zero(reading: Reading, text: str, first: str) -> bool:
    if _several(reading, "zero_stage") and first in (_PLAIN | _COMPARES | {"multi_gpu_split"}):
        return _is_asked(reading, "how_much", "fits", "multi_gpu_split") and "model" in reading.facts
    if first in _COMPARES and "zero_stage" in reading.facts and _is_asked(reading, "zero_offload"):
        return not _several(reading, "method", "optimizer", "zero_stage") and "offload" not in reading.facts
    offloads = bool(set(reading.facts.get("offload", ())) - {"none", "kv", "experts"})
    host = "host_memory_gb" in reading.facts or "host_killed" in reading.cues
    return offloads and host and reading.facts.get("task") == ("train",) and first in (_PLAIN | _CAUSES)


def _split(reading: Reading, text: str, first: str) -> bool:
    rig = any(" + " in str(card) for card in reading.facts.get("gpu", ()))
    fails = _is_asked(reading, "oom_diagnosis", "why_more")
    counts = max((int(one) for one in reading.facts.get("n_gpus", ())), default=1)
    apart = rig or "slow_on_map" in reading.cues or (counts > 1 and _says(_ON_ONE, text))
    return first in _CAUSES | {"fits"} and ((fails and apart) or _ranks_do_not_divide(reading, text))


def _ranks_do_not_divide(reading: Reading, text: str) -> bool:
    """Are there as many tensor-parallel ranks as the heads of the model cannot be divided by?"""
    ranks, models = reading.facts.get("tp", ()), reading.facts.get("model", ())
    if len(ranks) != 1 or len(models) != 1:
        return _says(_DIVISIBLE, text)
    heads = model_rows().get(str(models[0]), {}).get("n_heads")
    return bool(heads and int(heads) % int(ranks[0]))


def _experts(reading: Reading, text: str, first: str) -> bool:
    return (
        "active_experts" in reading.cues
        and _says(_CONCLUDES, text)
        and first in (_PLAIN | _CAUSES | {"quant_gguf", "multi_gpu_split"})
    )


def _table(reading: Reading, text: str, first: str) -> bool:
    quoted = _is_asked(reading, "table_lookup") and "llama_factory" in reading.topics
    return quoted and _says(_TABLE, text) and first in ("fits", "how_much", "how_many_gpus")


def _which_file(reading: Reading, text: str, first: str) -> bool:
    if not _is_asked(reading, "quant_gguf") or reading.facts.get("task") == ("train",):
        return False
    if first == "why_more":  # of a file's size, not of what a run takes
        return ".gguf" in text and not _says(_USED, text)
    return first in ("which_method", "moe") and _says(_WHICH_FILE, text)


def _whether(reading: Reading, text: str, first: str) -> bool:
    if first == "which_method":
        return _says(_OR_ELSE, text) and _says(_WHETHER, text)
    if first == "moe":
        return _is_asked(reading, "fits") and not _says(_CONCLUDES, text)
    return first in _CAUSES and _says(_SHOULD_FIT, text) and not _is_asked(reading, "zero_offload", "moe")


def _why(reading: Reading, text: str, first: str) -> bool:
    if SUSPECTED in reading.cues or (first == "oom_diagnosis" and _says(_LEAK, text) and reading.claims):
        return True
    if first in _COMPARES:
        return _is_asked(reading, "why_more") and bool(reading.claims) and not _sides(reading)
    if first == "check_arithmetic":
        return not reading.equations and _says(_USED + r"|占", text) and len(reading.claims) > 1
    return first in ("fits", "how_much", "oom_diagnosis") and "smi_differs" in reading.cues


def _failed(reading: Reading, text: str, first: str) -> bool:
    if not _is_asked(reading, "oom_diagnosis"):
        return False
    if first == "why_more":
        return "evaluation" in reading.cues and not _says(_LEAK, text)
    return first in _COMPARES and not _sides(reading) and not _is_asked(reading, "why_more")


# how many tokens a picture is, or what it takes
_OF_A_PICTURE = r"\bhow many tokens\b|\b(?:is|are|becomes?|makes?|takes?|costs?|needs?|uses?)\b|多少(?:个)?\s?token|几个\s?token|占|要|吃|花"


def _picture(reading: Reading, text: str, first: str) -> bool:
    """Is it asked what pictures of a size that is told become or take, on no card?"""
    if "log_pictures" not in reading.extras or first not in ("max_batch_ctx", "kv_cache", "training_time"):
        return False
    return not {"gpu", "gpu_memory_gb", "seq_len", "batch_size"} & set(reading.facts) and _says(_OF_A_PICTURE, text)


def _layout(reading: Reading, text: str, first: str) -> bool:
    """Is it asked what a layout of attention saves, or why? It makes the cache smaller, and nothing else that one would ask of."""
    if not {"heads_save", "window_saves"} & set(reading.cues) or first not in _OF_A_LAYOUT or _says(_TRAINS, text):
        return False
    of_a_case = {"gpu", "gpu_memory_gb", "kv_format", "attention"} & set(reading.facts)
    return not of_a_case and set(reading.facts.get("method", ())) <= {"inference"}


def _sides(reading: Reading) -> bool:
    """Are two things named that could be set against each other?"""
    programs = {found[0] for found in compiled(_PROGRAMS).finditer(reading.lowered)}
    return len(programs) > 1 or _several(reading, "method", "optimizer", "zero_stage", "weight_format", "bits", "engine", "model", "gpu", "n_gpus",
                    "kv_format", "tp", "attention", "loss", "precision", "lora_rank", "params")  # fmt: skip


# in this order: what stands later outranks what stands before
_RULES: tuple[tuple[str, Callable[[Reading, str, str], bool]], ...] = (
    ("why_more", _why),
    ("oom_diagnosis", _failed),
    ("fits", _whether),
    ("explain_derive", lambda reading, _, first: "one_point_two" in reading.cues and first in ("kv_cache", "why_more", "how_much")),
    ("kv_cache", lambda reading, _, first: _several(reading, "kv_format") and first in ("method_diff", "how_much", "comparison")),
    ("kv_cache", _layout),
    ("how_much", _picture),
    ("kv_cache", lambda reading, _, first: "log_cache_gib" in reading.extras),
    # whether a narrow one is needed is what the card says of both
    ("fits", lambda reading, _, first: first == "kv_cache" and "both_caches" in reading.extras and bool({"gpu", "gpu_memory_gb"} & set(reading.facts))),
    ("adam_state", lambda reading, text, first: _several(reading, "optimizer") and not _several(reading, "method") and first in ("method_diff", "how_much") and _says(_SWITCHES, text) and "gpu" not in reading.facts),
    ("quant_gguf", _which_file),
    ("table_lookup", _table),
    ("multi_gpu_split", _split),
    ("zero_offload", _zero),
    ("moe", _experts),
)  # fmt: skip
