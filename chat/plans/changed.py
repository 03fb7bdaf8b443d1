"""What was changed before a run failed, and shares of a card that are named side by side."""

from chat.figures.raised import BEFORE
from chat.plans.around import clause_around
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.tried import failed_with

# what is raised until it fails
CHANGED = ("gpu_memory_utilization", "batch_size", "seq_len", "lora_rank")
# a value that is only asked about has not been run
_ASKED_ABOUT = r"\b(?:will|would|should|could|can|does|do|if|what about|how about|instead)\b|会不会|能不能|能否|如果|要是|的话|是不是|要不要|应该"
_OF_A_CHANGE = r"\bfrom\b|->|=>|→|\b(?:rais|increas|bump|chang|switch|doubl|went|set|mov|turn)\w*|\bnow\b|\bafter\b|\bwhile\b|\bbut\b|\bfine\b|\bok(?:ay)?\b|\bworked\b|\bran\b|\bworks\b|提|调|改|加|升|增|换|从|之前|原来|以前|没事|正常|没问题|能跑|就"
# what says that too little was left for the cache, where the lower share is the later one
_TOO_LITTLE = {"no_blocks", "longer_than_pool"}


def share_at_hand(reading: Reading) -> float | None:
    """Of several shares the one that the case has: the larger, of a cache that found no room the one told last."""
    shares = [float(str(one)) for one in reading.facts.get("gpu_memory_utilization", ())]
    if not shares:
        return None
    return shares[-1] if _TOO_LITTLE & set(reading.cues) else max(shares)


def what_was_raised(reading: Reading) -> str:
    """The setting with which it ran and that was raised until it failed, if one is told."""
    raised = _raised(reading)
    return raised[0] if raised else ""


def changes_told(reading: Reading) -> list[str]:
    """`before_batch_size 4` where it ran so and fails with more; `share 0.9`, `share 0.5` where several are named."""
    shares = reading.facts.get("gpu_memory_utilization", ())
    found = [f"share {float(str(one)):g}" for one in shares] if len(shares) > 1 else []
    raised = _raised(reading)
    return [*found, f"{BEFORE}{raised[0]} {raised[1]:g}"] if raised else found


def _raised(reading: Reading) -> tuple[str, float] | None:
    """The one setting of which two values were run, the larger until it failed, and the smaller one."""
    # a batch against as many steps of accumulation is another question, which has its own answer
    if "oom_diagnosis" not in reading.intents or {"might_fail", "accumulation"} & set(reading.cues):
        return None
    text = reading.text.lower()
    several = [name for name in CHANGED if len(set(reading.facts.get(name, ()))) == 2]
    if len(several) != 1 or not compiled(_OF_A_CHANGE).search(text):
        return None
    places = reading.spans.get(several[0], ())
    values = [float(str(one)) for one in reading.facts[several[0]]]
    if any(compiled(_ASKED_ABOUT).search(text[slice(*clause_around(text, place))]) for place in places):
        return None
    less, at = min(zip(values, places, strict=False), default=(min(values), None))
    return None if at and failed_with(text, at, places) else (several[0], less)
