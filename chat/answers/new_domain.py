"""Which way to train on a large new domain: adapters, which cost least, are behind there, so what trains all weights is told beside.

That they are behind is said of LoRA in the table of prices, whose source is "LoRA Learns Less and Forgets Less"
(https://arxiv.org/abs/2405.09673).
"""

from typing import Any

from chat.phrases import VERDICTS, gib, leaning, pick
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.interval import FITS
from kb.recipe import ADAPTERS

_NEW_DOMAIN = (
    r"\bdomain[ -]adapt\w*|\badapt\w* to (?:a |our |my )?(?:new )?domain\b|\bcontinu\w+ (?:pre-?)?train\w*|\bnew (?:domain|language|knowledge)\b"
    r"|领域(?:适配|适应|自适应|知识)|(?:继续|增量|持续|二次|领域)预训练|新(?:领域|语言|知识)"
)
_MAY_FIT = (*FITS, "borderline")


def for_new_domain(result: dict[str, Any], names: list[str], reading: Reading) -> str:
    """The ways of those asked about that train all weights and may fit, the surest first, where adapters would be taken."""
    place = result["recommended"]
    if place is None or not compiled(_NEW_DOMAIN).search(reading.lowered):
        return ""
    methods = [str(one["facts"].get("method", "")) for one in result["cases"]]
    if methods[place] not in ADAPTERS:
        return ""
    whole = [at for at, name in enumerate(methods) if name and name not in ADAPTERS]
    setups = result["setups"]
    fitting = [at for how in _MAY_FIT for at in whole if leaning(setups[at]) == how]
    if not fitting:
        return ""
    zh = reading.language == "zh"
    told = [
        f"{names[at]} {gib(setups[at]['memory']['best_gib'])} ({pick(VERDICTS[leaning(setups[at])], reading.language)})"
        for at in fitting
    ]
    if zh:
        return f"不过大量新领域数据上 {names[place]} 往往不如训练全部权重,要学进新领域就选{'、'.join(told)}。"
    return f" On a large new domain, though, {names[place]} is mostly behind what trains all weights: for that take {', else '.join(told)}."
