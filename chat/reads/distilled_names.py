"""How DeepSeek's R1 is called in full, and its distilled members: by their base, or as "the distilled ones"."""

import re

# "the distilled R1 (Qwen 32B)", "R1 distilled Qwen 32B", "R1蒸馏的Qwen 32B": one model, and no teacher of another
_OF_A_BASE = re.compile(
    r"\bdistilled (?:version of )?(?:deepseek[ -]?)?r1[ ,]{0,2}\(?(?P<base>qwen|llama)[ -]?(?:2\.5[ -]|3[ -])?(?P<size>1\.5|7|8|14|32|70)b\)?"
    r"|(?<![a-z])(?:deepseek[ -]?)?r1[ -]?(?:distilled|蒸馏(?:版的?|出来的|的)?)[ ,]{0,2}\(?(?P<of>qwen|llama)[ -]?(?:2\.5[ -]|3[ -])?(?P<many>1\.5|7|8|14|32|70)b\)?"
    # beside one that is named in full: "... and Distill-Llama-70B"
    r"|(?<![a-z0-9-])distill-(?P<short>qwen|llama)-?(?P<last>1\.5|7|8|14|32|70)b(?![a-z0-9])"
)
# "用R1蒸馏Qwen2.5-7B": there it is the teacher
_TEACHES = re.compile(r"[用拿让以]\s?(?:deepseek[ -]?)?r1[ -]?蒸馏(?!版|出来|的)")
# the family, no size told
_FAMILY = re.compile(
    r"(?<![a-z])(?:deepseek|ds)(?:[ -]?r1)?\s?的?蒸馏(?:版本?|模型|系列|小模型|(?=\s?\d+(?:\.\d)?b))|(?<![a-z])r1\s?的?蒸馏(?:版本?|模型|系列|小模型|(?=\s?\d+(?:\.\d)?b))"
    r"|\b(?:distilled|distill|distillations? of) (?:deepseek(?:[ -]r1)?|r1)(?: models?)?\b|\bdeepseek (?:distill(?:ed|ation)?s?)(?: (?:models?|versions?))?\b"
)
# two have this size: Ollama's tag is the later one
_EIGHT = re.compile(r"(?<![a-z])(?:(?:deepseek|ds)[ -]?)?r1(?P<tag>:)?[ -]?8b(?![a-z0-9])")


# as the undistilled one is called beside its size, where its name is not told
_UNDISTILLED = re.compile(r"(?<![a-z0-9.-])671b\s?的?满血版?|满血版?\s?的?\s?671b(?![a-z0-9])")
_NAMED = re.compile(r"deepseek|(?<![a-z])(?:ds|r1|v3)(?![a-z0-9])")


def distilled(text: str) -> list[tuple[int, int, str, bool]]:
    """Where a normalised text names them, with the family's own name instead."""
    teaching = [one.end() for one in _TEACHES.finditer(text)]
    found = [
        (*one.span(), "deepseek-r1-distill-{}-{}b".format(*(told for told in one.groups() if told)), False)
        for one in _OF_A_BASE.finditer(text)
        if not any(one.start() < at < one.end() for at in teaching)
    ]
    if found:
        return found
    eight = [
        (*one.span(), "deepseek-r1-0528-qwen3-8b" if one["tag"] else "deepseek-r1-distill 8b", False)
        for one in _EIGHT.finditer(text)
    ]
    if eight:
        return eight
    family = [(*one.span(), "deepseek-r1-distill ", False) for one in _FAMILY.finditer(text)]
    if family or _NAMED.search(text):
        return family
    return [(*one.span(), "deepseek-r1 ", False) for one in _UNDISTILLED.finditer(text)]
