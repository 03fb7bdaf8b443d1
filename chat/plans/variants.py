"""What is asked beside a case: each question a change of that case, with a call and an answer of its own.

"Does it fit on two cards? And with FP8? Would one of 80 GB do?" is one case and two changes of it, as they would be asked
one after another. Read together, their facts would be the cases of a product that nobody asked for.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from chat.plans.cases_labelled import cases_labelled, each_is_whole
from chat.plans.formats import published_in
from chat.plans.understood import has_subject, is_serving
from chat.reads.asking import parts
from chat.reads.cards.one_more import NEEDED as ONE_MORE_NEEDED
from chat.reads.follow_ups.cards_changed import TAKEN_AWAY, left_of
from chat.reads.follow_ups.leaning import CUE
from chat.reads.grammar import read, read_change
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.other_cases.other_matters import SENTENCE_END
from chat.reads.reading import Reading
from chat.reads.requests.limits import memories
from chat.reads.seen.models_apart import MODELS_APART

Facts = dict[str, tuple[Any, ...]]
_LONGEST = 600  # characters: what is longer tells a story or holds a log
_LONGEST_CHANGE = 110
_MOST = 4
# where a further question is joined to one within a sentence
_JOINS = (
    r"[,，]\s*(?=(?:and |but |so |then )*(?:what (?:about|if|would)|how about|would|could|can|will|does|is|if|at|how many)\b|(?:and |but |so |then )+with\b)"
    r"|\s(?=(?:and|but) (?:what (?:about|if|would)|how about|how many|would|could|can|will|does|if i|if we)\b)"
    r"|[,，]?\s(?=or (?:do|would|will) (?:i|we|you) need (?:(?:two|three|four|six|eight)(?: more)?|\d+ more)\s*[?？]|or would \S+ [^?]{1,30} (?:do|be enough|work|fit)\s*[?？])"
    r"|[,，]?\s(?=and (?:at |with )?\d{1,3}k(?: (?:context|ctx|tokens))?(?: too)?\s*[?？])"
    r"|[,，]\s*(?=(?:还|那|也)?能(?:不能)?(?:再)?(?:开|撑|拉|设|调|跑|上|用)[到满]?\s?\d{1,3}\s?k|\d{1,3}\s?k\s?(?:的)?(?:上下文|长度)?(?:能|可以|行|开)[^,，]{0,6}[不吗么?？])"
    r"|[,，]\s*(?=那|再[加插买上]|如果|要是|换成?|改成?|[^,，?？]{1,10}呢)"
)
# it is asked whether, or how much: of a case that is not yet one
_SUPPOSES = (
    r"\b(?:would|could|can|will|what about|how about|what if|if i|if we|enough|ok(?:ay)?|possible|feasible|realistic|fits?|work|how (?:many|much)|too)\b|^\W*(?:and|or|with|at|in|on|for) [^?]*\?\s*$"
    r"|呢|行|够|能|可以|可不可以|放得下|多少|几[张块]|现实|搞定|怎么样|有用|爆"
)
# it chooses, asks for a reason, or holds somebody's figure against the case: that is no change of it
_ELSE = (
    r"\bor\b|还是|或者|\b(?:vs\.?|versus|better|instead of|which|why|how (?:come|do|does|is|can|could|should)|where|who|when)\b|比[^,;?]{0,12}[好快慢省]|哪|为什么|为啥|怎么(?!样)|咋"
    r"|^\W*(?:(?:and|so|but) )?(?:is|are|was|were|does|do) (?:it|that|this|they|those|there)\b|\bthat'?s\b|(?:那|这)?(?:是不是|不就|岂不)"
    r"|\b(?:doubl\w+|halv\w+|half|twice|sav\w+|reduc\w+|differ\w*|heavier|lighter|slower|faster|bigger|larger|longer)\b|翻倍|减半|一半|省|更[大小快慢]|区别"
    r"|\b(?:extra|additional\w*|on top|in addition)\b|还要?加|另外(?:还)?要|额外"
    r"|\b(?:error|errors|fail\w*|crash\w*|oom)\b|报错|失败"
)
# "One 3090 can't run it. What about two?": a case whose outcome is told
_OUTCOME = (
    r"\b(?:can'?t|cannot|can not|won'?t|will not|doesn'?t|does not|isn'?t|is not)\s(?:\w+ )?(?:run|fit|hold|do|train|load|serve|handle|enough)\b|\b(?:too small|not enough)\b"
    r"|(?:跑|放|装|塞|训)不[了动下起]|(?:肯定|显然)?不(?:够|行)(?!吗)|没戏"
)
_OPENS = r"^\s*(?:use|using|with|on)\b\s*|^\s*[用把]"
_OR = r"^\s*(?:[Oo]r |还是|或者?)"
# of another than the one that stands so far
_ANOTHER = r"\b(?:what|how) (?:about|if)\b|\bif (?:i|we|it)\b|^\W*(?:and|or) (?:with|in|at|for)\b|\binstead\b|如果|要是|换成?|改成?|呢"
# of all that were named: no change of the one before it
_OF_ALL = r"\b(?:each|respectively|in (?:both|all|every))\b|每[种个]|分别|各(?:自|要|能)"
_CHOOSES = r"^\s*(?:or |还是|或者?).*(?:\b(?:should|go with|get|buy|rather|choose|pick|better)\b|选|买|好)"
_FEW_WORDS = 6
_FEW_SIGNS = 14
# what may be asked of a case, and of a change of it
_OF_A_CASE = {"fits", "how_much", "max_batch_ctx", "how_many_gpus", "multi_gpu_split", "quant_gguf", "moe", "zero_offload", "rl_memory"}  # fmt: skip
_OF_A_CAUSE = {"oom_diagnosis", "why_more", "method_diff", "check_arithmetic", "explain_derive"}
_OF_A_CHANGE = {"fits", "how_much", "unclear", "quant_gguf", "zero_offload", "multi_gpu_split", "moe", "kv_cache", "out_of_scope", "how_many_gpus", "max_batch_ctx"}  # fmt: skip
_SOLVED = {"n_gpus", "seq_len", "batch_size"}
_CARDS = {"gpu", "gpu_memory_gb", "n_gpus"}
_RANKS = {"tp", "pp"}
_FORMATS = {"weight_format", "bits", "bpw"}
_OF_A_RUN = {*_FORMATS, *_RANKS, "kv_format", "layer_split", "offload", "engine", "gpu_memory_utilization"}
_CHANGES = {
    *_CARDS, *_FORMATS, "kv_format", "seq_len", "batch_size", "method", "optimizer", "zero_stage", "offload", "gradient_checkpointing",
    "loss", "attention", "model", "params", "host_memory_gb", "engine", "tp", "pp", "precision", "lora_rank", "gpu_memory_utilization", "task",
}  # fmt: skip
_SET_OF_A_RUN = {"seq_len", "batch_size", "zero_stage", "gpu_memory_utilization", "tp"}
# circumstances that change nothing of what is asked
_IDLE = {
    "confirms", "supposed", "supposed_not", "supposed_of_any", "how_done", "what_is_it", "of_memory_too", "plain_peft", "existence", "use_named", "row_holds", "named_16_bit", "bf16_named", "what_helps", "cards_as_cure", "ram_asked", "served_users", "stages", "lora", "dora",
    "host_words", "slots", "use_doubted", "people_counted", "ways_asked", "cache_instead", "also:checkpointing_off", "tuned", "of_training", "ran_otherwise", "quantising", "saving_asked", "kv", "checkpointing", "flash", "flash_lacking", "quantised",
}  # fmt: skip


@dataclass(frozen=True)
class Variant:
    """A change of the case: `reading` as of a follow-up, and which facts of it are new; `counted`: what is asked of each
    case, how many or how long, is asked of it as well; `label`: what it is called, where it is a case of its own."""

    reading: Reading
    changed: Facts
    counted: bool = False
    label: str = ""


@dataclass(frozen=True)
class Varied:
    """A question as its case and the changes of it that are asked beside; `told`: the case itself is not asked about."""

    base: Reading
    each: tuple[Variant, ...]
    label: str = ""
    told: bool = False


def varied(reading: Reading) -> Varied | None:
    """The case and its changes; None where the question is one."""
    return _varied(reading.text) if may_be_apart(reading) else None


def may_be_apart(reading: Reading) -> bool:
    """May its sentences be read one by one: is it short, no follow-up, set against no other model, and were none of its facts set by hand?"""
    if reading.follow_up or len(reading.text) > _LONGEST or MODELS_APART in reading.cues:
        return False
    return read(reading.text).facts == reading.facts


@lru_cache(maxsize=64)  # asked to plan, and again to word what the tools found
def _varied(text: str) -> Varied | None:
    if whole := _labelled(text):
        return whole
    told: list[str] = []
    asked: list[str] = []
    for piece in pieces(text):
        # "is one ok? Or would two 3090s do?": the one or the other, where it is no choice between them
        change = piece if compiled(_CHOOSES).search(piece.lower()) else compiled(_OR).sub("", piece)
        if told and _changes(change, "".join(told)):
            asked.append(change)
        elif told and _supposes(normalise(change).text) and read(change).facts and _is_case(read("".join(told))):
            return None  # it asks for what is no change: of the case its facts would be none
        else:
            told.append(piece)
    base = read(_as_question("".join(told)) if asked else "".join(told))
    if not asked or len(asked) > _MOST or not (_is_case(base) or _is_failed_layout(base)):
        return None
    each: list[Variant] = []
    for piece in asked:
        found = _variant(piece, base)
        if found is None:
            return None
        each.append(found)
    if not _is_case(base) and not _other_layouts(each):
        return None
    of_the_machine = read(text).facts.get("host_memory_gb", ())
    if any(set(one.changed.get("gpu_memory_gb", ())) & set(of_the_machine) for one in each):
        return None  # by itself an amount is a card's, behind a question of RAM the machine's
    of_all = [read(piece) for piece in told if compiled(_OF_ALL).search(normalise(piece).text)]
    if asked_of_all := next((one.asks for one in of_all if one.asks), ()):
        each = [replace(one, reading=replace(one.reading, asks=asked_of_all), counted=True) for one in each]
    return Varied(base, tuple(each), told=_tells_the_outcome("".join(told)))


def _tells_the_outcome(told: str) -> bool:
    """Is the case told with how it goes, and nothing asked of it, where it was cut from a question, too?"""
    return not asks(told) and compiled(_OUTCOME).search(normalise(told).text) is not None


def _as_question(told: str) -> str:
    """What was cut from the rest of its sentence, as the question that it is."""
    cut = told.rstrip(" ,，")
    return f"{cut}?" if cut and cut[-1] not in ".?!。？！;；:：" else told


def _labelled(text: str) -> Varied | None:
    """Cases that are told apart by labels, each read by itself; None where one of them is no whole case."""
    cases = cases_labelled(text)
    language = read(text).language
    first, *others = [replace(read(case.text), language=language) for case in cases] or [read("")]
    if not others or not each_is_whole([first, *others]) or not set(first.intents[:1]) & _OF_A_CASE:
        return None
    own = [
        Variant(one, {name: values for name, values in one.facts.items() if name in _CHANGES}, label=case.label)
        for case, one in zip(cases[1:], others, strict=True)
    ]
    return Varied(first, tuple(own), cases[0].label)


def _changes(piece: str, before: str) -> bool:
    """Is it a change of the case that is told before it? What is quick to see is looked at first."""
    if len(piece) > _LONGEST_CHANGE or not _supposes(normalise(piece).text) or not _may_change(read(piece)):
        return False
    so_far = read(before)
    return (_is_case(so_far) or _is_failed_layout(so_far)) and _variant(piece, so_far) is not None


def pieces(text: str) -> list[str]:
    """The sentences of a question, and what is joined to one as a further question."""
    lower = text.lower()
    plain = lower if len(lower) == len(text) else text
    ends = [end.end() for end in compiled(rf"{SENTENCE_END}|{_JOINS}").finditer(plain)]
    cuts = [0, *ends, len(text)]
    pieces = [text[start:end] for start, end in pairwise(cuts)]
    return [piece for piece in pieces if piece.strip(" ,，.。?？!！;；\n")]


def _is_case(reading: Reading) -> bool:
    """Is a case of one model asked about?"""
    one = all(len(reading.facts.get(name, ())) < 2 for name in ("model", "params"))
    known = not (reading.unknown_models or reading.unknown_gpus or reading.equations or "score_formula" in reading.cues)
    wanted = bool(set(reading.intents[:1]) & _OF_A_CASE) and not set(reading.intents[:2]) & _OF_A_CAUSE
    # "using MLX, a 7B on a Mac, ..." opens as a change would, and asks nothing yet
    told = asks(compiled(_OPENS).sub("", reading.lowered)) or compiled(_OUTCOME).search(reading.lowered)
    return one and known and wanted and has_subject(reading) and bool(told)


def _is_failed_layout(reading: Reading) -> bool:
    """Has a training over ranks and stages run out, of which other layouts are then asked?"""
    one = all(len(values) < 2 for name, values in reading.facts.items() if name in _CHANGES)
    failed = "oom_diagnosis" in reading.intents[:2] and reading.facts.get("task") == ("train",)
    return one and failed and bool(_RANKS & set(reading.facts)) and has_subject(reading)


def _other_layouts(each: list[Variant]) -> bool:
    """Are they ranks or stages, and something beside: of one alone the two are compared."""
    changed = [set(one.changed) for one in each]
    return len(each) > 1 and any(_RANKS & one for one in changed) and all(one <= {*_RANKS, *_CARDS} for one in changed)


def _may_change(own: Reading) -> bool:
    """May this, by itself, ask for a change of a case?"""
    known = not (own.unknown_models or own.unknown_gpus or own.equations)
    plain = set(own.intents) <= _OF_A_CHANGE and not set(own.cues) - _IDLE
    return known and plain and set(own.asks) <= _SOLVED


def _variant(piece: str, base: Reading) -> Variant | None:
    """The piece as a change of the case; None where it tells, chooses, or asks for something else."""
    own, found = read(piece), _one_way(read_change(piece, base), base)
    found = _tuned_in_its_own(_of_all_cards(found, base), own, base)
    if not _may_change(own) or found.claims or found.not_understood:
        return None
    new = _changed(found, base)
    if (
        new.get("gradient_checkpointing") == ("on",)
        and "gradient_checkpointing" not in base.facts
        and not is_serving(base)
    ):
        # it is on where nobody says so: whether it has to be asks for the case without it
        found = replace(found, facts={**found.facts, "gradient_checkpointing": ("off",)})
        new = {**new, "gradient_checkpointing": ("off",)}
    if not new or not set(new) <= _CHANGES or any(len(values) > 1 for values in new.values()):
        return None
    plain = normalise(piece).text
    away = "gpu" in new and compiled(TAKEN_AWAY).search(plain) and not left_of(dict(own.facts), base, plain)
    if away or _only_completes(new, found, base, plain):
        return None
    # the case has stood for what it is to take the place of
    return Variant(replace(found, cues=tuple(cue for cue in found.cues if cue != "cache_instead")), new)


def _one_way(found: Reading, base: Reading) -> Reading:
    """`TP8 fails, would PP8 do?`: ranks and stages that are together more than the cards take each other's place."""
    new = {name for name in _RANKS if found.facts.get(name) != base.facts.get(name)}
    told = [found.facts.get(name, (1,)) for name in ("tp", "pp", "n_gpus")]
    if len(new) != 1 or any(len(values) != 1 for values in told) or "n_gpus" not in found.facts:
        return found
    if int(told[0][0]) * int(told[1][0]) <= int(told[2][0]):
        return found
    return replace(found, facts={name: values for name, values in found.facts.items() if name not in _RANKS - new})


def _of_all_cards(found: Reading, base: Reading) -> Reading:
    """`64 GB cards: how many? Do two with 128 GB do?`: what so many of the same card hold together makes them no other card."""
    own, sizes = (one.facts.get("gpu_memory_gb", ()) for one in (found, base))
    counts, sold = found.facts.get("n_gpus", ()), memories(base.facts.get("gpu", ()))
    if not (len(own) == len(counts) == 1 and int(counts[0]) > 1) or float(own[0]) in sold:
        return found
    if float(own[0]) not in {int(counts[0]) * float(one) for one in sizes or sold}:
        return found
    cards: Facts = {name: base.facts[name] for name in ("gpu", "gpu_memory_gb") if name in base.facts}
    return replace(
        found, facts={name: values for name, values in found.facts.items() if name != "gpu_memory_gb"} | cards
    )


def _tuned_in_its_own(found: Reading, own: Reading, base: Reading) -> Reading:
    """`INT4 on a 3090, fits? And can I tune it?`: how a model is stored and divided to be run is nothing of its training."""
    if own.facts.get("task") != ("train",) or base.facts.get("task") == ("train",) or "method" in own.facts:
        return found
    return replace(
        found, facts={name: values for name, values in found.facts.items() if name not in _OF_A_RUN - set(own.facts)}
    )


def _changed(found: Reading, base: Reading) -> Facts:
    """The facts that are new; of a model that is served anyway, that it is served is none."""
    new = {name: values for name, values in found.facts.items() if values and values != base.facts.get(name)}
    if is_serving(base) and is_serving(found):
        new = {name: values for name, values in new.items() if name not in ("task", "method")}
    return new if set(new) - {"task"} or new.get("task") == ("train",) else {}


def _only_completes(new: Facts, found: Reading, base: Reading, plain: str) -> bool:
    """Does it only say what the case left open: its cards, the size of its card, its format, the RAM beside it?"""
    open_cards = not _CARDS & set(base.facts) and set(new) <= _CARDS
    open_format = not _FORMATS & set(base.facts) and set(new) <= _FORMATS and is_serving(base)
    # what was published quantised has its own, beside which another is supposed
    open_format = open_format and not (published_in(base) and compiled(_ANOTHER).search(plain))
    told_ram = set(new) == {"host_memory_gb"} and "host_memory_gb" not in base.facts
    ram_alone = told_ram and set(found.facts.get("offload", ("none",))) == {"none"}
    size_of_the_card = (
        set(new) == {"gpu_memory_gb"} and "gpu_memory_gb" not in base.facts and bool(found.facts.get("gpu"))
    )
    # what each model takes is asked of the run as it is set, wherever its settings stand
    of_a_run = (
        "rl_memory" in base.intents
        and base.intents[0] != "fits"
        and set(new) - {"task", "method"} <= _SET_OF_A_RUN - set(base.facts)
    )
    of_a_run = of_a_run and not compiled(_ANOTHER).search(plain)
    return open_cards or open_format or ram_alone or size_of_the_card or of_a_run


def _supposes(plain: str) -> bool:
    """Is it a short question of whether, or of how much?"""
    if any(compiled(one).search(plain) for one in (_ELSE, _OF_ALL, ONE_MORE_NEEDED)):
        return False  # whether one more is needed is asked of the case as it is
    short = len(plain.split()) <= _FEW_WORDS if plain.isascii() else len(plain) <= _FEW_SIGNS
    return asks(plain) and (short or bool(compiled(_SUPPOSES).search(plain)))


def asks(text: str) -> bool:
    """Does it ask anything?"""
    plain = normalise(text).text
    return "?" in plain or any(part.asks for part in parts(plain)) or bool(compiled(CUE).search(plain))
