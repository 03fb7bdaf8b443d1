"""Words of a failure that tell of no want of memory: it is asked why none came, or a setting is refused."""

from chat.reads.lexicon import compiled

# cue: asked why it did not
RAN_THOUGH = "ran_though"
_OUT = r"(?:ooms?\b|run(?:s|ning)? out\b|crash\w*|blow(?:s|n)? up|fail\w*|die[sd]?\b)"
_WHO = r"(?:(?:it|this|that|they|everything|nothing|the|my|our|vllm|sglang|verl|trl|rollouts?|engine|server|run|training|job|card|gpu) ){0,3}"
_WHY_NOT = (
    rf"\b(?:why|how come|how) (?:does|did|do|would|has|is|was|can|could) {_WHO}(?:still |even |ever )?(?:not|never|n't) (?:even |just |simply )?{_OUT}"
    rf"|\b(?:why|how come) (?:does|did|do|would|is|has|wo|was|ca)n'?t {_WHO}(?:even |just |simply )?{_OUT}"
    rf"|\bhow come {_WHO}(?:does|did|do|has)(?:n'?t| not) {_OUT}|\b(?:why|how come) (?:is |was )?(?:there )?(?:no|never any) (?:oom|out of memory)"
    r"|(?:为什么|为啥|为何|怎么|咋|凭什么)(?:[^,;?.]{0,8}?)(?:没有?|不会?|从来没|一直没|从不)(?:有|会|再)?\s?(?:oom|爆显存|爆|溢出|炸|崩)"
)
_OTHER = r"\boom\w*|out[ -]of[ -]memory|爆|溢出|炸"


def ran_though(text: str) -> bool:
    """Is it asked why a run does not overflow, and told of none that does?"""
    rest, found = compiled(_WHY_NOT).subn(" ", text)
    return bool(found) and not compiled(_OTHER).search(rest)


# a setting that is refused is no want of memory, unless that is told as well
_SETTING_FAILS = r"(?<![a-z])(?:bf16|fp16|fp8|tf32|flash[ _-]?att\w*|fa2|quantization_bit|quant\w*|bits?|attn_implementation|heads?)\b[^,;?!]{0,20}(?:报错|出错|不支持|不认|\berrors?(?: out)?\b|\bis rejected\b|\bnot supported\b|\bunsupported\b|\bfails?\b)"
_RAN_OUT = r"\boom|out[ -]?of[ -]?memory|爆|显存(?:不足|不够|溢出)|内存不足|tried to allocate|\bkilled\b|炸|崩|\bcrash"


def refused_by_setting(text: str) -> bool:
    """Is it a setting that fails, and no memory that runs out?"""
    return bool(compiled(_SETTING_FAILS).search(text)) and not compiled(_RAN_OUT).search(text)
