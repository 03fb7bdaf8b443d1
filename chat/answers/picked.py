"""Which of several cases to take, in one sentence: what surely fits and gives up least, or with what change one of them does.

Every number is of the result; nothing is computed here.
"""

from chat.answers.case_tables import OF_CARDS, Result, cases_of, ordered, several_cards
from chat.answers.fits_cell import longest_of
from chat.answers.models_weighed import models_weighed
from chat.answers.setup_words import join
from chat.answers.verdict_words import gap
from chat.answers.verdicts import has_failed
from chat.answers.which import asks_which, taken_with
from chat.phrases import VERDICTS, case_words, gib, in_words, leaning, pick
from chat.plans.setups import WHICH_OF
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.change import KEEPS
from kb.interval import FITS

# the best of several formats is asked for, not only which of them fit
_BEST = r"最[高大好](?:能|可以)?(?:上|用|跑|开|选|放|到)|\b(?:highest|largest|biggest|best)\b"


def cases_picked(result: Result, reading: Reading) -> str:
    """Asked which of several, where more than one of what is asked differs: what surely fits and takes most, for fewer bits,
    adapters and shards all give something up."""
    cases = cases_of(result)
    if len(cases) < 2 or any(case["verdict"] is None for case in cases):
        return ""
    if not has_failed(reading) and (weighed := models_weighed(result, reading)):
        return f"**{weighed}**"
    differing = {name for case in cases for name in case["facts"]}
    named = {fact for fact in differing if len(reading.facts.get(fact, ())) > 1}
    if differing <= {"gpu", "gpu_memory_gb"}:
        return _card_picked(cases, reading)
    open_method = "method" in differing - named and ("method" in reading.asks or "which_method" in reading.intents[:1])
    open_bits = not named and differing <= {"weight_format", "bits"} and "bits" in reading.asks
    # of one that is named the verdicts alone tell which, where one fits
    several = len(named) > (1 if any(leaning(case) in FITS for case in cases) else 0)
    several = several or (named <= {"weight_format", "bits"} and bool(compiled(_BEST).search(reading.lowered)))
    which = (
        (several and (compiled(WHICH_OF).search(reading.lowered) or asks_which(reading))) or open_method or open_bits
    )
    if not which or differing & OF_CARDS or has_failed(reading):
        return ""
    zh = reading.language == "zh"
    held = next((some for one in FITS if (some := [case for case in cases if leaning(case) == one])), [])
    if not held:
        return _picked_mended(result, cases, reading)
    best = max(held, key=lambda case: float(case["memory"]["best_gib"]))
    more = [
        case for case in cases if case["memory"]["best_gib"] > best["memory"]["best_gib"] and leaning(case) not in FITS
    ]
    need, room, each = gib(best["memory"]["best_gib"]), gib(best["capacity_gib"]), several_cards(result, [best])
    name, words = _named(best, reading.language), pick(VERDICTS[leaning(best)], reading.language)
    next_ = min(more, key=lambda case: float(case["memory"]["best_gib"])) if more else None
    if zh:
        words += _until(best, reading)
        than = f";{_named(next_, 'zh')}{gap(_named(next_, 'zh'))}要 {gib(next_['memory']['best_gib'])},{pick(VERDICTS[leaning(next_)], 'zh')}" if next_ else ""  # fmt: skip
        return f"**选 {name}:{'每张卡 ' if each else ''}{need},可用 {room},{words}{than}。**"
    words += _until(best, reading)
    is_ = "is " if next_ and leaning(next_) == "borderline" else ""
    than = f"; {_named(next_, 'en')} takes {gib(next_['memory']['best_gib'])} and {is_}{pick(VERDICTS[leaning(next_)], 'en')}" if next_ else ""  # fmt: skip
    return f"**Take {name}: {need}{' per card' if each else ''} of {room}, {words}{than}.**"


def _until(case: Result, reading: Reading) -> str:
    """How long a sequence goes there, where that is asked as well."""
    longest = longest_of(case) if "seq_len" in reading.asks[:2] else None
    if not longest:
        return ""
    tokens = in_words("seq_len", min(longest, case.get("positions") or longest), reading.language)
    return f",最长约 {tokens}" if reading.language == "zh" else f" up to about {tokens}"


def _picked_mended(result: Result, cases: list[Result], reading: Reading) -> str:
    """Of several of which none fits as it is the one that does with the cheapest change that keeps its length and cards."""
    short = result.get("mended") or {}
    first = next((one for one in result.get("changes") or [] if not one.get("leaning")), None)
    own = next((case for case in cases if case["facts"] == short), None)
    if first is None or own is None or first["price"] not in KEEPS:
        return ""
    zh, each = reading.language == "zh", several_cards(result, [own])
    take = taken_with(_named(own, reading.language), first, gib(first["gib"]), each, reading.language)
    told = [
        f"{_named(one, reading.language)} {gib(one['memory']['best_gib'])}"
        for one in sorted(cases, key=lambda one: float(one["memory"]["best_gib"]))
    ]
    others = join(told, reading.language)
    if zh:
        return f"{take}不加时都放不下:{others}。"
    return f"{take} As they are none fits: {others}."


def _card_picked(cases: list[Result], reading: Reading) -> str:
    """Of cards that are named those that hold it, where others do not."""
    held = [case for case in cases if leaning(case) in FITS]
    several = any(len(reading.facts.get(name, ())) > 1 for name in ("gpu", "gpu_memory_gb"))
    which = several and compiled(rf"{WHICH_OF}|\bor\b").search(reading.lowered)
    if not which or not 0 < len(held) < len(cases) or has_failed(reading):
        return ""
    zh, of = reading.language == "zh", " / " if reading.language == "zh" else " of "
    told = [
        join(
            [
                f"{_named(one, reading.language)}{'(' if zh else ' ('}{of.join(map(gib, _held_against(one)))})"
                for one in some
            ],
            reading.language,
        )
        for some in (held, [case for case in cases if case not in held])
    ]
    if zh:
        return f"**选 {told[0]}:{'只有它' if len(held) == 1 else '它们'}放得下;{told[1]}放不下。**"
    only = "the only one that holds it" if len(held) == 1 else "they hold it"
    return f"**Take {told[0]}: {only}; not {told[1]}.**"


def _held_against(case: Result) -> tuple[float, float]:
    """What a case takes and what there is for it: of the card that decides, or of all that hold layers by their size."""
    together = case.get("unequal")
    if together and together["by_layers"]:
        return together["total_gib"], together["room_gib"]
    return case["memory"]["best_gib"], case["capacity_gib"]


def _named(case: Result, language: str) -> str:
    facts = {name: case["facts"][name] for name in ordered(case["facts"])}
    return case_words(facts, language)
