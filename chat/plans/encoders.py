"""The call for models that embed, rank or translate."""

from typing import Any

from chat.plans.told import claims
from chat.plans.understood import facts_of
from chat.reads.formats.files import USUAL
from chat.reads.lexicon import compiled
from chat.reads.models.encoders import UNNAMED
from chat.reads.reading import Reading
from kb.encoders import named
from kb.stored import FILES

# a server that found nothing left of its share for a cache
NO_BLOCKS = "no_blocks"
_LIKE = 0.2  # a size that is told round of an encoder
# what only a training does: "bge-large contrastive batch 512", "用 InfoNCE 训"
_PAIRS = r"\bcontrastive(?:ly)?\b|\binfo_?nce\b|\bin-?batch negatives?\b|\bhard negatives?\b|\bmultiple_?negatives\w*|\btriplet loss\b|对比学习|对比训练|批内负|难负(?:例|样本)"
Call = tuple[str, dict[str, Any]]


def encoder_calls(reading: Reading) -> list[Call]:
    """Models that embed, rank or translate have shapes and needs of their own; a language model may run beside them."""
    names, facts = [str(one) for one in reading.extras.get("encoder", ())], facts_of(reading)
    if "params" in facts and "model" not in facts and names and not _of_another(names, facts["params"]):
        facts.pop("params")  # that of the encoder itself
    pairs = bool(names and compiled(_PAIRS).search(reading.lowered))
    if pairs:
        facts.setdefault("task", "train")
    unnamed = not names and {"model", "params"} & set(facts) and facts.get("task") != "train"
    names = [str(one) for one in reading.extras.get(UNNAMED, ())] if unnamed else names
    files = facts.get("engine") == FILES and not {"bits", "weight_format"} & set(facts)
    facts |= {"weight_format": f"gguf:{USUAL['4']}"} if files and "model" in facts else {}  # as it loads them
    runs = facts.get("task") != "train" or compiled(r"\binference\b|\bserv\w+|推理|部署").search(reading.lowered)
    about = [
        *([UNNAMED] if unnamed else []),
        *([NO_BLOCKS] if NO_BLOCKS in reading.cues else []),
        *(["inference"] if runs else []),
        *(["training"] if facts.get("task") == "train" else []),
        *(["pairs"] if pairs else []),
    ]
    doubted = "why_more" in reading.intents and len(names) == 1 and not unnamed
    taken = max(claims(reading), default=0.0) if doubted or {"model", "params"} & set(facts) else 0.0
    seen = {"taken_gb": taken} if taken else {}
    return [("encoder_memory", {"names": names, "about": about, **seen, **facts})] if names else []


def _of_another(names: list[str], told: Any) -> bool:
    """Is a size that is told none of the encoders', but that of a language model beside them?"""
    sizes = [float(one) for one in (told if isinstance(told, list) else [told])]
    own = [one.params for name in names if (one := named(name))]
    return all(abs(size / params - 1) > _LIKE for size in sizes for params in own) and min(sizes) > max(own, default=0)
