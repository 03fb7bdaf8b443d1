"""What others speak of is their case: of two values of a setting theirs is left out, and kept beside it."""

from chat.reads import asking
from chat.reads.cards.card_counts import as_many_of_others
from chat.reads.cues import WHICH_MODELS
from chat.reads.other_cases.corrected import CASES, keep, told_outside
from chat.reads.other_cases.experience import leave_lone_memory
from chat.reads.other_cases.former import compared, drop_asked, settle_card
from chat.reads.reading import within
from chat.reads.scan import Scan
from chat.reads.sufficient import claims_enough, judges_claim

# what somebody says is enough for the asker, who asks whether it is
_MEANS = ("gpu", "n_gpus", "gpu_memory_gb", "zero_stage", "method", "weight_format")
# how another's run is told, where the two are not compared
_RUN_WITH = ("lora_rank", "method", "weight_format", "optimizer")
_MACHINE = ("gpu", "n_gpus", "gpu_memory_gb")
# what a table has a column or a row for
_COLUMNS = ("params", "bits")
_A_TABLE = r"llama[ _-]?factory"
_OWN_FAILED = r"\booms?\b|\bout of memory\b|爆|炸"  # a run of the asker's, which the table's is none of
_WHICH_MACHINE = r"(?:放|用|选|在|去|上|跑)?哪(?:一?台|边|家)(?!公司)|\bwhich (?:machine|box|server|of the (?:two|machines|servers))\b|\b(?:on|use) (?:his|hers|theirs|mine) or (?:his|hers|theirs|mine)\b"


# the way in which others do it is asked about, too
_SAME_WAY = r"\b(?:do|run|get|manage|try) (?:exactly )?(?:the same|that|it|this)(?: thing)? (?:too|as well|with|on|or\b)|\b(?:do|manage) the same\b|(?:也|一样|同样)(?:能|可以)?(?:这么|这样|照)?(?:做|干|跑|训|搞)"


def leave_to_others(scan: Scan) -> None:
    """`The docs say that two A100 do, I have four A100 40G`: of two values, the one that others speak of is their case."""
    spans = [scan.normal.original(*span) for span in asking.hearsay(scan.text, asking.parts(scan.text))]
    if not spans:
        return
    if "model" in scan.facts and len(scan.facts.get("params", ())) == 1:
        place, named = scan.spans["params"][0], scan.spans.get("model", ())
        if any(within(place, [one]) and not any(within(model, [one]) for model in named) for one in spans):
            scan.others["params"] = scan.facts.pop("params")  # "they say that a 70B does, mine is Qwen2.5-72B"
            del scan.spans["params"]
    tunes = scan.facts.get("task") == ["train"] and "model" not in scan.facts
    one_size = tunes and len(scan.facts.get("params", ())) == 1 and any(scan.find(WHICH_MODELS))
    if one_size and within(scan.spans["params"][0], spans):  # "what can I tune on 8 GB? saw people doing 7B"
        scan.others["params"] = scan.facts.pop("params")
        del scan.spans["params"]
    told = asking.hearsay(scan.text, asking.parts(scan.text))
    claimed = claims_enough(scan.text, told) or judges_claim(scan.text, told)
    tabled = any(scan.find(_A_TABLE)) and not any(scan.find(_OWN_FAILED))
    for name in (*CASES, *_RUN_WITH):
        if name in _MACHINE and any(scan.find(_WHICH_MACHINE)):
            continue  # theirs is one of those to choose from
        if name == "method" and any(scan.find(_SAME_WAY)):
            continue  # "can I do the same, or only LoRA?"
        if name in _RUN_WITH and ("told_by_others" not in scan.extras or compared(scan.text)):
            continue  # no run of theirs, or one that is set against the asker's
        if claimed and name in _MEANS:
            continue
        if name in _COLUMNS and tabled:
            continue  # what a table says is no case of others
        own = told_outside(
            scan, name, spans
        )  # "the row says 70B = 24 GB, so can mine tune a 70B?": the asker says it, too
        if any(own) and not all(own):
            left = keep(scan, name, own)
            scan.others.setdefault(name, []).extend(left)
            scan.extras.setdefault("told_by_others", []).extend(left)
            if name == "gpu":
                settle_card(scan, spans)  # theirs is no machine to choose
    as_many_of_others(scan, spans)
    leave_lone_memory(scan, spans)
    if "told_by_others" in scan.extras:
        drop_asked(scan, spans)
