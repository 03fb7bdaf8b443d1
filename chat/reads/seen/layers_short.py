"""A file that is smaller than the card, of which all the same only some layers go there: "only offloads 25/33 layers, 4.9 < 6?",
"文件4.7G,6G的卡只能卸载22层,为什么". Why is asked, of the whole model on the card; the layers are what was seen.
"""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

LAYERS_NOW = "log_layers_now"
_VERB = r"(?:offload|load|put|place|fit|get|go|run)(?:s|ed|ing|ting|es)?"
_SOME = (
    rf"\b(?:only|just) (?:{_VERB} )?(?:\w+ ){{0,2}}?(?P<a>\d{{1,3}})\s?(?:/|(?:out )?of)\s?\d{{1,3}}\b"
    rf"|\b{_VERB} (?:\w+ ){{0,2}}?(?:only|just) (?P<b>\d{{1,3}})\s?(?:/|(?:out )?of)\s?\d{{1,3}}\b"
    rf"|\b(?:only|just) (?:{_VERB} )?(?P<c>\d{{1,3}}) (?:of (?:the|its) )?layers\b|\b{_VERB} (?:only|just) (?P<d>\d{{1,3}}) layers\b"
    r"|(?:只|才)(?:能|会|肯|有)?(?:卸载|放|加载|上|装|塞|offload)?(?:了|到|进|得下|下)*[^,;?!。\d]{0,8}(?P<e>\d{1,3})(?:\s?/\s?\d{1,3})?\s?层"
)
_LAYERS = r"\blayers?\b|层|\boffload"
_WHY = (
    r"\bwhy\b|\bhow come\b|\d\s?g?b?\s?<\s?\d|\b(?:though|although|even though|smaller than|less than)\b|\bshould(?:n'?t)? (?:it |that |this |all )?(?:fit|go|be enough)\b"
    r"|为(?:什么|啥|何)|怎么|咋|明明|不是[^,;?!。]{0,8}(?:小于|比|<)|小于"
)
# the size of the file beside that of the card
_COMPARED = r"\d+(?:\.\d+)?\s?gi?b?\s?<\s?\d+|\d+(?:\.\d+)?\s?<\s?\d+|\d+(?:\.\d+)?\s?g?b?(?:不是|明明)?[^,;?!。\d]{0,6}小于\s?\d+"
# what else is asked of so many layers
_OTHERWISE = r"\bhow (?:fast|slow|many)\b|\btok(?:en)?s?\s?/\s?s|\bt/s\b|\bspeed|速度|多快|多慢|几层|多少层"


def layers_short(reading: Reading) -> Reading:
    """Why not all layers go on the card is what is asked."""
    found = compiled(_SOME).search(reading.lowered)
    stored = [str(one) for one in reading.facts.get("weight_format", ())]
    ours = found and compiled(_LAYERS).search(reading.lowered) and any(one.startswith("gguf:") for one in stored)
    if not found or not ours or "train" in reading.facts.get("task", ()) or "oom_diagnosis" in reading.intents:
        return reading
    if not compiled(_WHY).search(reading.lowered) or compiled(_OTHERWISE).search(reading.lowered):
        return reading
    layers = int(found[str(found.lastgroup)])
    facts = {name: given for name, given in reading.facts.items() if name != "gpu_layers"}
    read = [one.span() for pattern in (_SOME, _COMPARED) for one in compiled(pattern).finditer(reading.lowered)]
    left = tuple(one for one in reading.not_understood if not any(a < one.span[1] and one.span[0] < b for a, b in read))
    return replace(
        reading,
        facts=facts,
        extras={**reading.extras, LAYERS_NOW: (float(layers),)},
        intents=("why_more",),
        not_understood=left,
        claims=(),
        cues=tuple(one for one in reading.cues if one != "file_size"),
    )
