"""Two cases set against each other in a conversation: a change that is asked about for what it does, the case at hand and
another that is named, the case before the last change and the one after it.

`how much does batch 1 save?` after batch 2, `how does that compare with the 8B?`, `why did it jump?`
"""

from dataclasses import replace
from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.recipe import recipe

Facts = dict[str, tuple[Any, ...]]
# the extra with the facts of both cases, that in force last; that with the case before the last change; the cue of what a
# setting does, whatever the case
SET_AGAINST, CHANGED_FROM, _LEVER = "set_against", "changed_from", "lever"
# settings that one run has one of, and others may have otherwise
_SETTINGS = (
    "batch_size", "seq_len", "lora_rank", "optimizer", "gradient_checkpointing", "loss", "zero_stage", "n_gpus", "kv_format",
    "weight_format", "bits", "method", "attention", "offload", "model", "gpu", "algo",
)  # fmt: skip
# what else makes it another case
_OF_A_CASE = (*_SETTINGS, "params", "precision", "task", "engine", "gpu_memory_gb", "tp", "pp", "dp")
# what a run has where nothing is said of it
_USUAL: dict[str, Any] = {
    "kv_format": "fp16", "batch_size": 1, "optimizer": "adamw", "gradient_checkpointing": "on", "lora_rank": recipe("lora")["lora_rank"],
}  # fmt: skip
_OF_TASKS = frozenset({"task", "method"})
_LONGEST = 80  # characters: what is longer tells cases of its own
# other questions than how much memory
_OF_NO_MEMORY = frozenset({"generation_speed", "decoding_rate", "training_time"})
# of what it does, and not only how much it then takes
_DOES = (
    r"\bhow much (?:less|more|smaller|larger|lower|higher)\b|\b(?:sav(?:e|es|ing|ings)|differ\w*|difference)\b|\b(?:does|would|will|do|did) (?:it|that|this|anything) (?:change|matter|help|go (?:up|down)|shrink|grow|differ|drop)\b|\bwhat(?:'s| is| would be)? (?:changes?|differs?|different)\b|\bwhat (?:does|would|will|do) (?:[\w.-]+ ){1,4}(?:change|save|bring|buy|gain|cost|add)\b"
    r"|(?:能|会|可以)?(?:节?省|降|少|多|差|减)(?:下|出|了|掉|占|用)*(?:多少|几个?g)|(?:差别|区别|变化|影响)(?:大|多|明显|有)|(?:有(?:没有)?|会)(?:什么|啥)?(?:区别|变化|影响|差别)"
)
# the case at hand is held against another, which is named
_WITH = (
    r"\bcompar\w* (?:to|with|against)\b|^\W*(?:and )?(?:vs\.?|versus)\b|\b(?:differ\w*|difference) (?:from|to)\b|\b(?:more|less|bigger|smaller|larger|higher|lower) than\b"
    r"|[和跟与同](?:之前|刚才|前面|上面)?的?[^,;?]{1,20}(?:相?比|对比|[差多少省]多少)|比(?:之前|刚才|前面|上面)?的?[^,;?]{1,20}(?:多|少|大|小|省|高|低)(?:了|出)?(?:多少|几|不少|吗)"
)
# against the case before the last change, of which no more is said
_BEFORE = r"\b(?:before|earlier|previous(?:ly)?|the (?:former|last|first|old|other) (?:one|case|run|setup|config\w*|answer)|what (?:i|we) had)\b"
_BEFORE_ZH = r"(?:之前|刚才|刚刚|原来|原先|前面|上面|上次|上一?[个种次]|前一?[个种次]|最开始|一开始)"
_FROM_BEFORE = "|".join(
    (
        r"^\W*(?:and )?(?:the )?(?:difference|diff)(?: in (?:gb|gib|memory|v?ram))?\W*$",
        r"\bwhat(?:'s| is| was| would be)? (?:then )?(?:the )?(?:\w+ )?(?:difference|diff|increase|delta|gap)\b(?! (?:to|from|between (?!(?:the|those|these) (?:two|2)\b|them\b|both\b)))",
        r"\bhow much (?:more|less|extra|bigger|smaller|larger|higher|lower) (?:\w+ )?(?:is|was|does|did|would) (?:that|this|it)\b",
        r"\bhow much (?:does|did|do|would|will) (?:that|it|this) (?:save|add|grow|go up|go down|increase|drop|change|differ)\b",
        rf"\b(?:compar\w* (?:to|with|against)|than|from|against) (?:the )?{_BEFORE}",
        r"^(?:那|这|这样|现在|大概|到底|具体|一共|总共|两者|两个|它们|前后|\s)*(?:相?差|多|少|省)(?:了|出)?(?:多少|几个?g)(?:显存)?\W*$",
        rf"[比和跟与同](?:起)?{_BEFORE_ZH}的?(?:那个|情况|配置)?(?:相?比|对比)?[^,;?]{{0,12}}(?:多|少|大|小|高|低|差|省|倍|区别|变化)",
    )
)
_GREW = "|".join(
    (
        r"\bwhy\b[^?.;]{0,40}\b(?:jump\w*|gr[eo]w\w*|increas\w+|ris\w+|rose|(?:go(?:es)?|went|going) (?:up|down)|balloon\w*|explod\w+|doubl\w+|drop\w*|shr[aiu]nk\w*|fell|sav\w+ (?:so|that|this) much|(?:big|large|huge|much of a) (?:jump|difference|gap|increase)|(?:so )?much (?:more|higher|bigger|larger|less|smaller|lower))\b",
        r"^[\s,.;:]*(?:但|那|可)?(?:为什么|为啥|怎么|咋)[^,;?]{0,8}?(?:会|就|反而|突然|忽然|显存|占用|一下子?|它|又|需求|\s)*(?:(?:多|涨|增加?|高|降|少|省|翻|大)(?:了|出来?|到|掉)|[省差](?=这么|那么|好)|涨|暴增|增加?|翻倍|(?:变|升)(?:大|高|多|少|小))(?:了|这么|那么|好|许多|不少|很|几倍|\d倍|大|多|高|少|快|得|\s)*\W*$",
    )
)

# nor is the need of memory what grew or is compared
_OF_ELSE = r"\b(?:loss|losses|accuracy|quality|perplexity|speed|slow\w*|fast\w*|time|latency|throughput|price|expensive|temperature|power)\b|损失|准确率|质量|速度|[变更]?慢|快|时间|延迟|吞吐|价格|贵|便宜|温度|功耗"


def changed_from(found: Reading, previous: Reading) -> dict[str, tuple[Any, ...]]:
    """The extra by which a reading knows the case before the last change."""
    if any(found.facts.get(name) != previous.facts.get(name) for name in _OF_A_CASE):
        return {CHANGED_FROM: (dict(previous.facts),)}
    return {CHANGED_FROM: previous.extras[CHANGED_FROM]} if CHANGED_FROM in previous.extras else {}


def holds_against(reading: Reading, previous: Reading, text: str) -> bool:
    """Is the case at hand held against another that is named, or against the one before it?"""
    own = len(text) > _LONGEST or any(len(values) > 1 for values in reading.facts.values())
    if own or reading.claims or reading.equations or set(reading.intents) & _OF_NO_MEMORY:
        return False
    if not {"model", "params"} & set(previous.facts) or compiled(_OF_ELSE).search(text):
        return False
    if _tells_another(reading, previous):
        return bool(compiled(_WITH).search(text)) and not reading.unknown_models
    return bool(_grown(text) or compiled(_FROM_BEFORE).search(text)) and CHANGED_FROM in previous.extras


def _tells_another(reading: Reading, previous: Reading) -> bool:
    """Is something named that the case at hand has otherwise?"""
    told = {*reading.facts} & {*_OF_A_CASE} - {"task"}
    return any(reading.facts[name] != previous.facts.get(name) for name in told)


def _before(reading: Reading, previous: Reading) -> Facts:
    """The case before the last change; of what is named alone, as it was then: "why does QLoRA save so much?"."""
    case: Facts = previous.extras[CHANGED_FROM][0]
    named = {name: case[name] for name in reading.facts if name in case and name in _OF_A_CASE and name != "task"}
    return {**previous.facts, **named} if named else case


def _grown(text: str) -> bool:
    return compiled(_GREW).search(text) is not None


def set_against(reading: Reading, previous: Reading, found: Facts, new: Facts, text: str) -> tuple[Facts, Facts] | None:
    """The facts of two cases that are held against each other, that in force last; None where none are.

    found   the facts of the case at hand with what is new
    """
    if holds_against(reading, previous, text):
        other = found if _tells_another(reading, previous) else _before(reading, previous)
        apart = any(other.get(name) != previous.facts.get(name) for name in _OF_A_CASE)
        return (other, previous.facts) if apart else None
    if not compiled(_DOES).search(text):
        return None
    changed = {
        name: values
        for name, values in new.items()
        if name in _SETTINGS and values != previous.facts.get(name) and not (name in _OF_TASKS and len(new) > 2)
    }
    if len(changed) != 1 or set(new) - set(changed) - _OF_TASKS:
        return None
    ((name, values),) = changed.items()
    usual = {**_USUAL, **({"zero_stage": 0} if int(previous.facts.get("n_gpus", (1,))[0]) > 1 else {})}
    before = previous.facts.get(name) or ((usual[name],) if name in usual else ())
    if len(values) != 1 or len(before) != 1 or before == values or reading.asks == (name,):
        return None
    return {**found, name: before}, found


def compared(reading: Reading, both: tuple[Facts, Facts], asks: tuple[str, ...], text: str) -> Reading:
    """The reading with the two against each other; of a quantity that is asked for it is found for each."""
    before, now = both
    cues = tuple(cue for cue in reading.cues if not cue.startswith(_LEVER))
    counted = {"batch_size", "seq_len"} & set(asks)
    others = [
        one for one in reading.intents if one not in ("unclear", "out_of_scope", "method_diff", "fits", "how_much")
    ]
    grown = ("why_more",) if _grown(text) else ()
    of_caches = "kv_cache" in others  # and not all else that they take
    intents = tuple(others) if counted or of_caches else tuple(dict.fromkeys(("method_diff", *grown, *others)))
    apart = [name for name in dict.fromkeys((*before, *now)) if before.get(name) != now.get(name)]
    each = {name: (before[name][0], now[name][0]) for name in apart if name in before and name in now}
    if of_caches:  # one may be told by its name and the other by its size
        each |= {name: {**before, **now}[name] for name in apart if name in ("model", "params") and name not in each}
    alone = each if len(apart) == 1 or of_caches else {}
    return replace(
        reading,
        facts={**now, **alone},
        intents=intents or ("max_batch_ctx",),
        cues=cues,
        extras={**reading.extras, SET_AGAINST: both, CHANGED_FROM: (before,)},
    )


def in_force(reading: Reading) -> Facts:
    """The facts that hold from here on: of two cases that are set against each other, the second."""
    both = reading.extras.get(SET_AGAINST)
    return dict(both[1]) if both else reading.facts
