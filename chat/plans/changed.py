"""What was changed before a run failed, and shares of a card that are named side by side."""

from typing import Any

from chat.figures.failures.raised import BEFORE
from chat.plans.around import clause_around
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading, Span
from chat.reads.seen.tried import WELL, WELL_ZH, failed_with

# what is raised until it fails
CHANGED = ("gpu_memory_utilization", "batch_size", "seq_len", "lora_rank")
# what else may set a run that fails apart from one that did not
APART = ("algo", "n_gpus", "tp", "gpu", "gpu_memory_gb", "zero_stage", "method", "optimizer")
_MOVED = r"\b(?:mov|switch|chang|scal|shrink|shrunk|drop|cut|reduc|identical|same (?:script|config|settings?|code))\w*|改成?|换|缩|减到|降到|同样|一模一样"
# a value that is only asked about has not been run
_ASKED_ABOUT = r"\b(?:will|would|should|could|can|does|do|if|what about|how about|instead)\b|会不会|能不能|能否|如果|要是|的话|是不是|要不要|应该|(?:可以|能|会)(?:解决|好点|好些|救)|有(?:没有)?用吗?|(?:行|可以)[吗么]|行不行"
# nor has one that is wished for: "I'd like to keep at least 16k"
_WISHED = r"(?:\b(?:like|want\w*|wish|hop(?:e|ing)|prefer\w*|need|at least|minimum|ideally|settle for|live with)\b(?: \w+){0,4} |(?:希望|想要|想留|想保|至少|起码|最少|最好|需要|保留|保住)[^,;?\d]{0,6})$"
_OF_A_CHANGE = r"\bfrom\b|->|=>|→|\b(?:rais|increas|bump|chang|switch|doubl|went|set|mov|turn)\w*|\bnow\b|\bafter\b|\bwhile\b|\bbut\b|\bfine\b|\bok(?:ay)?\b|\bworked\b|\bran\b|\bruns?\b|\bworks\b|\b(?:starts?|started|loads|loaded|boots?|booted)\b|提|调|改|加|升|增|换|从|之前|原来|以前|没事|正常|没问题|能跑|就"
SUPERVISED = r"(?<![a-z])sft(?![a-z])|监督微调|\bsupervised\b"
_EARLIER = r"\b(?:before|originally|previously|used to|earlier|was)\b|原来|之前|以前|本来|原先"
# what says that too little was left for the cache, where the lower share is the later one
_TOO_LITTLE = {"no_blocks", "longer_than_pool"}


def share_at_hand(reading: Reading) -> float | None:
    """Of several shares the one that the case has: the larger, of a cache that found no room the one told last."""
    shares = [float(str(one)) for one in reading.facts.get("gpu_memory_utilization", ())]
    if not shares:
        return None
    return shares[-1] if _TOO_LITTLE & set(reading.cues) else max(shares)


def ran_and_failed(reading: Reading) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What sets apart the set-up that ran from the one that failed: the values of the first, and those of the second."""
    if raised := _raised(reading):
        name, less = raised
        return {name: less}, {name: max(reading.facts[name], key=lambda one: float(str(one)))}
    if "oom_diagnosis" not in reading.intents or {"might_fail", "accumulation"} & set(reading.cues):
        return None
    if not compiled(rf"{_MOVED}|\b{WELL}\b|{WELL_ZH}").search(reading.lowered):
        return None  # nothing is told to have run: "one card" of four
    apart = {name: which for name in APART if (which := _which_failed(reading, name))}
    ran, failed = ({name: which[side] for name, which in apart.items()} for side in (0, 1))
    return (ran, failed) if apart else None


def length_that_failed(reading: Reading) -> int | None:
    """Of several lengths the one that the text tells to have failed; None where it is more or fewer than one."""
    told = _told_of(reading, "seq_len")
    places = [place for _, place in told]
    failed = {int(value) for value, place in told if failed_with(reading.lowered, place, places)}
    return failed.pop() if len(failed) == 1 else None


def of_what_ran(reading: Reading, place: Span) -> bool:
    """Whether what stands at this place is told of the set-up that ran: of its value was spoken last."""
    ran, _ = ran_and_failed(reading) or ({}, {})
    told = [(at, value == ran[name]) for name in ran for value, at in _told_of(reading, name)]
    if told and compiled(_EARLIER).search(reading.lowered[slice(*clause_around(reading.text, place))]):
        return True
    before = [one for one in told if one[0] < place]
    return max(before)[1] if before else bool(told) and min(told)[1]


def _told_of(reading: Reading, name: str) -> list[tuple[Any, Span]]:
    """The values of a setting with their places; supervised tuning that is named beside another algorithm is one of them."""
    told = [*zip(reading.facts.get(name, ()), reading.spans.get(name, ()), strict=False)]
    if name == "algo" and len(told) == 1 and "tuned_before" in reading.cues:
        found = compiled(SUPERVISED).search(reading.lowered)
        told += [("sft", found.span())] if found else []
    return told


def _which_failed(reading: Reading, name: str) -> tuple[Any, Any] | None:
    """Of two values of a setting the one that ran and the one that failed, where the text tells that of just one."""
    told, text = _told_of(reading, name), reading.lowered
    if len(told) != 2:
        return None
    values, places = [value for value, _ in told], [place for _, place in told]
    if any(compiled(_ASKED_ABOUT).search(text[slice(*clause_around(text, place))]) for place in places):
        return None
    failed = [failed_with(text, place, places) for place in places]
    if failed.count(True) != 1:
        return None
    return (values[0], values[1]) if failed[1] else (values[1], values[0])


# the most sequences of a step, as a flag says it, and a question of nothing but the start
_MOST_AT_ONCE = r"max[-_ ](?:num[-_ ]seqs|running[-_ ]requests)[\s=:]*$"
_STARTS = r"\b(?:will|would|does|is|can|should|going to)\b[^.;?!]{0,24}\b(?:start|boot|come up|launch|load)\b|(?:能|可以|会)(?:不能)?(?:正常)?(?:起来|启动|起得来|跑起来|拉起来)|起得来|启动得了"


def most_of_a_start(reading: Reading) -> bool:
    """Whether the sequences are only the most that a server may run at once, and it is asked whether it starts: it needs
    room for one of full length then, and the others wait."""
    places = reading.spans.get("batch_size", ())
    text = reading.lowered
    flags = [compiled(_MOST_AT_ONCE).search(text[max(0, start - 28) : start]) for start, _ in places]
    return bool(flags) and all(flags) and compiled(_STARTS).search(text) is not None


def what_was_raised(reading: Reading) -> str:
    """The setting with which it ran and that was raised until it failed, if one is told."""
    raised = _raised(reading)
    return raised[0] if raised else ""


def changes_told(reading: Reading) -> list[str]:
    """`before_batch_size 4` where it ran so and fails otherwise; `share 0.9`, `share 0.5` where several are named."""
    shares = reading.facts.get("gpu_memory_utilization", ())
    found = [f"share {float(str(one)):g}" for one in shares] if len(shares) > 1 else []
    apart = ran_and_failed(reading)
    return [*found, *(f"{BEFORE}{name} {_written(value)}" for name, value in apart[0].items())] if apart else found


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _raised(reading: Reading) -> tuple[str, float] | None:
    """The one setting of which two values were run, the larger until it failed, and the smaller one."""
    # a batch against as many steps of accumulation is another question, which has its own answer
    if "oom_diagnosis" not in reading.intents or {"might_fail", "accumulation"} & set(reading.cues):
        return None
    text = reading.lowered
    several = [name for name in CHANGED if len(set(reading.facts.get(name, ()))) == 2]
    if len(several) != 1 or not compiled(_OF_A_CHANGE).search(text):
        return None
    places = reading.spans.get(several[0], ())
    values = [float(str(one)) for one in reading.facts[several[0]]]
    if any(compiled(_ASKED_ABOUT).search(text[slice(*clause_around(text, place))]) for place in places):
        return None
    less, at = min(zip(values, places, strict=False), default=(min(values), None))
    if at and compiled(_WISHED).search(text[: at[0]]):
        return None
    return None if at and failed_with(text, at, places) else (several[0], less)
