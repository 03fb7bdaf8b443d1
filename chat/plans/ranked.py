"""How good a model is, asked beside a card: no matter of memory, but which of those that are named the card holds is one."""

from dataclasses import replace

from chat.plans.understood import has_subject
from chat.reads.elsewhere import ranks_quality
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_RANKED = (
    "Which of them answers better is no matter of memory, so not mine to say; what the card holds:",
    "哪个效果更好与显存无关,不在我的范围内;只看放不放得下:",
)
_NEEDED = (
    "Which of them answers better is no matter of memory, so not mine to say; what each of them needs:",
    "哪个效果更好与显存无关,不在我的范围内;只看各要多少显存:",
)


# the best of all that there are: "best local LLM for 12GB VRAM coding", "12G显存推荐什么模型写代码"
_BEST = (
    r"\b(?:best|good|recommended|top|decent|strongest|smartest)\b[^.;?]{0,24}\b(?:llms?|models?)\b|\b(?:llms?|models?)\b[^.;?]{0,24}\b(?:best|recommend\w*)"
    r"|(?:推荐|最好|最强)[^,;?]{0,10}(?:模型|llm)|(?:模型|llm)[^,;?]{0,12}(?:最好|最强|推荐)"
)


def by_memory(reading: Reading) -> Reading:
    """A ranking of models that are named beside a card, as the question whether they fit, without one as how much they need;
    of no model, as which the card holds."""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    if reading.intent != "out_of_scope" or "draws" in reading.cues:
        return reading
    if not cards:
        several = len(reading.facts.get("model", ())) > 1 and ranks_quality(reading.lowered)
        return replace(reading, intents=("how_much",)) if several else reading
    if has_subject(reading):
        return replace(reading, intents=("fits", "comparison")) if ranks_quality(reading.lowered) else reading
    if not compiled(_BEST).search(reading.lowered):
        return reading
    return replace(reading, intents=("fits",), cues=(*reading.cues, "which_models"))


def scope_told(reading: Reading) -> str:
    """That the ranking is left out; nothing where none was asked for."""
    if by_memory(reading) is reading:
        return ""
    return (_RANKED if {"gpu", "gpu_memory_gb"} & set(reading.facts) else _NEEDED)[reading.language == "zh"]
