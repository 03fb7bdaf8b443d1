"""What a question wants most: the patterns of `chat.reads.intents` weighed by where they stand and by what is told.

Weights add up per intent (each pattern once); the heaviest intent opens the answer.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from chat.reads import asking
from chat.reads.asked import wants
from chat.reads.cues import CUES, WHICH_MODELS
from chat.reads.elsewhere import elsewhere, of_other_matters
from chat.reads.intents import INTENTS
from chat.reads.lexicon import compiled
from chat.reads.seen.ran_though import ran_though, refused_by_setting
from chat.reads.seen.symptoms import PRINTED
from chat.reads.sums.rules_quoted import rule_asked
from chat.reads.topics import joined, says

_DOMAIN = (
    r"memory[_ ]utili[sz]ation|mem[_-]fraction|\bv?ram\b|\bmemory\b|\bgpus?\b|\bllms?\b|\bmodels?\b|param|\bbits?\b|quant|token|context|batch|显存|模型|参数|微调|训练|推理|量化|显卡"
    r"|上下文|\bcuda\b|fine-?tun|\blora|训|卡|\badam|梯度|\bweights\b|\d ?gi?b?\b|\bcache\b|\bestimate|\bbytes\b|权重|字节|缓存|优化器|估算"
)


# what programs print, and nobody asks
_PRINTED = r"kv[-_]cache[-_]free[-_]gpu[-_]\w+|maximum concurrency for [\d,]+ tokens per request:? ?[\d.]*x?|# ?(?:gpu|cpu) blocks: \d+"

# "why?" and "explain, please" ask less than this, and of what is told before
_PLAINLY = 2.4
# What a question is about, beside what it wants to know of it: told of, it still is its subject.
_SUBJECTS = {
    "kv_cache": 0.75, "adam_state": 0.6, "moe": 0.7, "rl_memory": 0.75, "zero_offload": 0.75, "multi_gpu_split": 0.85,
}  # fmt: skip
# what a name or a format shows, whatever is asked
_CIRCUMSTANCES = frozenset({"moe", "quant_gguf", "zero_offload"})
_NAMED = {"moe": 3, "quant_gguf": 3, "zero_offload": 1}  # and below which weight it is only named
# Asked of a subject, these are how it is asked: "which part is wrong" after a KV cache's arithmetic is about the cache.
_MANNERS = frozenset({"explain_derive", "check_arithmetic", "why_more", "moe"})
_ASKED_OF_IT = 3.5  # a KV cache in the clause that asks: also of why, and of a mixture's


@dataclass
class _Evidence:
    """What a text says for each intent: in all, and with less weight on what is only told."""

    said: dict[str, float] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    plainly: bool = False  # a known phrase, and not only words of the field
    asks: bool = False  # some clause asks in a known way
    _found: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, intent: str, weight: float, share: float) -> None:
        """A pattern of the intent, with how much its place counts."""
        if share >= asking.TOLD:
            share = max(share, _SUBJECTS.get(intent, 0))
        self._found.setdefault(intent, []).append((weight, weight * share))
        said, asked = zip(*self._found[intent], strict=True)
        self.said[intent], self.asked[intent] = _together(said), _together(asked)

    def at_least(self, intent: str, weight: float, place: int) -> None:
        """What a question taken apart says, where no phrase says more."""
        self.said[intent] = max(weight, self.said.get(intent, 0.0))
        self.asked[intent] = max(weight, self.asked.get(intent, 0.0))
        self.places.setdefault(intent, place)


def _together(weights: Iterable[float]) -> float:
    """The heaviest pattern, and a third of the next: to say a thing in five ways is not to want it five times."""
    heaviest, *others = sorted(weights, reverse=True)
    return heaviest + (others[0] / 3 if others else 0)


def _evidence(text: str) -> _Evidence:
    found = _Evidence()
    forms = [(one, asking.parts(one)) for one in dict.fromkeys((text, joined(text)))]
    asks = False
    for intent, weight, pattern in INTENTS:
        share, place = _best(intent, pattern, forms)
        if share:
            found.add(intent, weight, share)
            found.places[intent] = min(found.places.get(intent, len(text)), place)
            found.plainly |= weight >= _PLAINLY
            asks |= share == 1 and weight >= _PLAINLY
    for intent, weight, place in wants(*forms[-1]):
        found.at_least(intent, weight, place)
        asks = True
    found.asks = asks
    if not asks:
        found.asked = dict(found.said)
    return found


def _best(intent: str, pattern: str, forms: list[tuple[str, list[asking.Part]]]) -> tuple[float, int]:
    """How much a pattern counts at its best place, and that place; 0 where it stands nowhere."""
    best, place = 0.0, 0
    for form, parts in forms:
        for hit in compiled(pattern).finditer(form):
            if intent == "fits" and asking.is_open(form, parts, hit.start(), hit.end()):
                continue
            share = asking.share(parts, *hit.span())
            if share > best:
                best, place = share, hit.start()
            if best == 1:
                return best, place
        if best:
            break
    return best, place


def read_intents(text: str, facts: Collection[str], lean: Callable[[str], float]) -> tuple[str, ...]:
    """The intents of a text, heaviest first; `lean` adds what the facts say (a mixture-of-experts model, an algorithm)."""
    text = compiled(_PRINTED).sub(" ", compiled(PRINTED).sub(" out of memory ", text))
    text = compiled(asking.SPEED_REFUSED).sub(" ", text)
    found = _evidence(text)
    weights = found.asked
    if "injection" in weights:
        return ("injection", *(one for one in _ordered(found) if one not in ("injection", "greeting", "help")))
    if set(weights) == {"greeting"}:
        return ("greeting",)
    if rule_asked(text):
        found.at_least("explain_derive", 3, 0)
        found.plainly = True
    elif elsewhere(text, facts):
        return ("out_of_scope",)
    _weigh_overflow(text, found)
    if {"model", "params", "gpu", "gpu_memory_gb"} & set(facts) and says(_SETTING_DOUBTED, text):
        found.at_least("fits", _DOUBTED, 0)
        weights["why_more"] = found.said["why_more"] = 0.0
    for intent in {name for name, _, _ in INTENTS}:
        extra = lean(intent)
        idle = not found.asks or any(weights.get(one, 0) >= _PLAINLY for one in _PLAIN)
        if extra < 0 and intent in weights and (idle or intent == "units"):
            weights[intent] += extra if any(part.asks for part in asking.parts(text)) else 2 * extra
        elif extra > 0:
            found.add(intent, extra, 0.0 if intent in _CIRCUMSTANCES else 1.0)
    for manner in _MANNERS & set(weights):
        for subject, least in (("kv_cache", 2), ("table_lookup", 2), ("zero_offload", 2.6)):
            if manner in ("why_more", "moe") and (subject != "kv_cache" or weights.get("kv_cache", 0) < _ASKED_OF_IT):
                continue
            if weights.get(subject, 0) >= least:
                weights[manner] = min(weights[manner], weights[subject] - 0.1)
    if not found.plainly and of_other_matters(text) and not _has_case(facts) and not _of_machine(text, facts):
        return ("out_of_scope",)
    wanted = tuple(name for name in _ordered(found) if max(weights[name], found.said[name]) >= 2)
    if wanted and wanted[0] in ("method_diff", "comparison", "which_method") and not facts and not says(_DOMAIN, text):
        return ("out_of_scope",)
    if wanted and weights[wanted[0]] < _NAMED.get(wanted[0], 0):  # named, and nothing of it asked
        others = tuple(one for one in wanted if one not in _NAMED)
        wanted = (*others, *(one for one in wanted if one in _NAMED)) if others else ("unclear", *wanted)
    if wanted:
        return wanted
    if of_other_matters(text) and not _has_case(facts) and not _of_machine(text, facts):
        return ("out_of_scope",)
    if set(facts) <= _NAMES_ALONE and says(_HOW_TO, text) and not says(_OF_MEMORY, text):
        return ("out_of_scope",)  # how something is done with a model, and nothing of what it takes
    if facts or says(_DOMAIN, text):
        return ("unclear",)
    return ("out_of_scope",) if len(text.strip()) > 1 else ("unclear",)


_NAMES_ALONE = frozenset({"model", "engine", "task"})
_HOW_TO = r"怎么(?!样)|如何|怎样|\bhow (?:do|does|to|can|could|should|would)\b"
_OF_MEMORY = (
    r"显存|内存|占用?|多大|多少|放|装得|跑|卡|爆|省|降|减|小|量化|部署|微调|训练(?!数据)|推理|估|算|选|配置|要求|"
    r"\b(?:v?ram|memory|fits?|gpus?|cards?|oom|run|serve|deploy|train|tune|fine-?tun\w+|quanti[sz]\w*|infer\w*|estimate|compute|calculate|choose|"
    r"small\w*|reduc\w*|lower|sav\w*|less|big|large|size|bits?|requirements?)\b"
)


def _has_case(facts: Collection[str]) -> bool:
    return bool({"model", "params"} & set(facts) and {"gpu", "gpu_memory_gb", "seq_len"} & set(facts))


def _of_machine(text: str, facts: Collection[str]) -> bool:
    """Which models a machine runs is asked of its memory, whatever they are to be good at."""
    return bool({"gpu", "gpu_memory_gb", "host_memory_gb"} & set(facts)) and says(WHICH_MODELS, text) is not None


def _weigh_overflow(text: str, found: _Evidence) -> None:
    """Is an overflow what is asked about, or what happened before something else is asked?"""
    weights = found.asked
    if "oom_diagnosis" not in weights:
        return
    if refused_by_setting(text) or ran_though(text):
        weights["oom_diagnosis"] = found.said["oom_diagnosis"] = 0.0
        return
    cure = says(_CURE, text) is not None
    plain = any(weights.get(one, 0) >= 2.3 for one in _PLAIN)
    if cure and not plain and found.said["oom_diagnosis"] >= 2:
        weights["oom_diagnosis"] = 0.1 + max(
            found.said["oom_diagnosis"], *(weights.get(one, 0) for one in ("why_more", "explain_derive"))
        )
    elif plain:
        weights["oom_diagnosis"] = min(weights["oom_diagnosis"], 2.0)
    # In a special regime that the words name, an overflow is explained by the regime.
    if any(weights.get(regime, 0) >= 2 for regime in ("rl_memory", "moe", "quant_gguf")):
        weights["oom_diagnosis"] -= 1


# is a setting doubted, and no amount that was seen: whether it fits
_DOUBTED = 4.5
_SETTING_DOUBTED = next(pattern for cue, pattern in CUES if cue == "setting_doubted")
# the cause of an overflow is asked for, or its cure
_CURE = (
    r"\bwhy\b|\bfix\w*|\bsolv\w+|\b(?:what|anything) (?:can|could|should|else can) (?:i|we) do\b|\bhelp\b|\bcauses?\b|\breason\b|\bexplain\s*\?|\bany ideas?\b|\bwtf\b|有没有(?:什么)?(?:办法|解决|方法)|原理|求解|\bavoid it\b|\bwhat(?:'s| is) wrong"
    r"|\bstill\b|\beven (?:with|though)\b|\bleak|为什么|为啥|为何|怎么办|怎么(?:调|改|弄|搞|排查)|咋(?:整|办|搞)|\bget rid of\b|怎么解决|如何解决|原因|怎么回事|还是(?:爆|oom)|仍然|依然|泄漏|什么问题|哪来|从哪(?:里|儿)?来|\bwhat(?:'s| is) (?:this |that |the )?\d+(?:\.\d+)? ?gi?b\b"
)
# Plain questions for a figure: of several in one text, the one asked first opens the answer.
_MUCH_LESS = 1.3  # beside a plain question that is put outright, one that is only hinted at is not the first
_PLAIN = frozenset({"fits", "how_much", "how_many_gpus", "max_batch_ctx", "which_method"})


def _ordered(found: _Evidence) -> list[str]:
    weights, places = found.asked, found.places
    order = list(dict.fromkeys(name for name, _, _ in INTENTS))
    ranked = sorted(weights, key=lambda name: (-weights[name], order.index(name)))
    least = max(2.3, max((weights[name] for name in _PLAIN & set(weights)), default=0) - _MUCH_LESS)
    slots = [place for place, name in enumerate(ranked) if name in _PLAIN and weights[name] >= least]
    asked = sorted((ranked[place] for place in slots), key=lambda name: places.get(name, 0))
    for place, name in zip(slots, asked, strict=True):
        ranked[place] = name
    return ranked
