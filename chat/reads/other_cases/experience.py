"""What is named for what was seen with it, "going by my old Qwen2.5-72B", or of another's machine alone, "Anna's box with 80GB cards"."""

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.reading import Span, within
from chat.reads.scan import Scan

_EARLIER = r"(?:old|previous|former|last|earlier|prior|other)"
_EARLIER_ZH = r"(?:之前|以前|原来|过去|此前|先前|上次|从前)"
# right before the name
_BEFORE = (
    rf"\b(?:like|unlike|as|as (?:with|on|in)|going by|based on|judging (?:by|from)|from) (?:my|our) {_EARLIER} (?:\w+ )?$"
    r"|(?<!no )(?<!any )(?<!have )(?<!has )\b(?:my|our) (?:\w+ )?(?:experience|intuition|rule of thumb|habits?|what i (?:saw|know|knew|remember|learned)) (?:with|of|from|on|running|about)(?: (?:my|our|the|an?|old|running|using|hosting|serving))* $"
    rf"|(?:按|凭|照|根据|参考|基于|像)(?:照|着)?(?:我|我们|咱)?(?:自己)?{_EARLIER_ZH}(?:跑|用|部署|玩|搞)?(?:过)?的?\s?$"
)
# right behind it
_BEHIND = (
    r"\s?(?:上|那里|那边|时候)?的?(?:使用|部署|实际)?(?:老?经验|印象)(?!如何|怎么样|吗|\?)"
    r"|(?: (?:setup|box|server|deployment|run))? (?:experience|days)\b"
)


def leave_experience(scan: Scan) -> None:
    """Beside the model that is asked about, leave out one that is only told of as what the asker knows from before."""
    lowered = scan.lowered
    for name, other in (("model", "params"), ("params", "model")):
        values, places = scan.facts.get(name, []), scan.spans.get(name, [])
        if not values or len(values) != len(places):
            continue
        own = [
            compiled(_BEFORE).search(lowered[max(0, start - 64) : start]) is None
            and compiled(_BEHIND).match(lowered, end) is None
            for start, end in places
        ]
        if all(own) or not (any(own) or other in scan.facts):
            continue
        scan.others.setdefault(name, []).extend(keep(scan, name, own))


def leave_lone_memory(scan: Scan, spans: list[Span]) -> None:
    """Beside the asker's own card, a memory that only the others' machine is told with: `Anna's box with 80GB cards`."""
    own = [not within(one, spans) for one in scan.spans.get("gpu", ())]
    places = scan.spans.get("gpu_memory_gb", [])
    if any(own) and places and all(within(one, spans) for one in places):
        scan.others.setdefault("gpu_memory_gb", []).extend(scan.facts.pop("gpu_memory_gb"))
        del scan.spans["gpu_memory_gb"]
