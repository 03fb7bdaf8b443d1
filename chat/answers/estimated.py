"""What an estimate says: the verdict, the way out, the figures of the machine's own memory, and what stands below them."""

from typing import Any

from chat.answers.as_asked import as_asked
from chat.answers.case_tables import cases_of, ordered, terms_table
from chat.answers.eased_words import eased_words
from chat.answers.headlines import headline
from chat.answers.host_words import asked_first, host_figures, hosted_enough, load_is_near, paged_words, ram_words
from chat.answers.hybrid_words import beside_verdict, placed_table, side_by_side
from chat.answers.ladder_words import between_words
from chat.answers.limit_words import beyond
from chat.answers.made_of import made_of
from chat.answers.only_with import by_setting, leads
from chat.answers.parts_told import parts_told
from chat.answers.pool_words import pool_words
from chat.answers.possible import as_it_stands, possible_ways, possible_words, without
from chat.answers.remarks_told import first_in_bold
from chat.answers.same import same_or_not
from chat.answers.unequal_words import asks_whole, listed, what_counts
from chat.answers.verdicts import asks_whether
from chat.answers.warned import of_kernels, warnings
from chat.answers.which import asks_which, which_method
from chat.answers.wording import body, way_out, wide_shape
from chat.phrases import case_words, gib, of_method
from chat.plans.machines import wants_cards
from chat.reads.cards_apart import CHOOSE_CARD
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.words import term

# where the estimate is only the background of the answer, its terms are enough
_AMOUNT_OF_RAM = r"\bhow much\b[^?.;]{0,24}\b(?:ram|(?:system|host|cpu|main) memory)\b|\b(?:ram|(?:system|host|cpu|main) memory) (?:is |are )?(?:needed|required|requirements?)\b|内存[^,;?，；？]{0,12}(?:多大|多少)|(?:多大|多少)[^,;?，；？]{0,4}内存"
_FEW = 3  # cases of which each is told what it is made of
_BRIEF = frozenset({"table_lookup", "explain_derive", "units", "adam_state", "kv_cache", "injection"})


def _asks_ram(reading: Reading) -> bool:
    """Is host memory asked about, on a machine that has one beside its card's?"""
    return "ram_asked" in reading.cues and not {"unified_memory", "merge_asked"} & set(reading.cues)


def asks_amount(reading: Reading) -> bool:
    """Is it asked how much host memory, and not only whether it is enough?"""
    return compiled(_AMOUNT_OF_RAM).search(reading.lowered) is not None


def estimate_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """The lead and the rest of an estimate."""
    brief = bool(set(reading.intents[:1]) & _BRIEF) or bool(reading.equations) or wants_cards(reading)
    if {"which_method", "injection", "fits", "oom_diagnosis"} & set(reading.intents) and result.get("verdict") in (
        "no",
        "borderline",
    ):
        brief = False  # what would make it fit is the answer
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)  # of no card there is no number
    counted = bool(cards) and "n_gpus" in reading.asks and "n_gpus" not in reading.facts
    if counted:  # the count is the answer; a single card holds nothing of interest but what a whole copy consists of
        zh = reading.language == "zh"
        table = terms_table(result, cases_of(result), reading.language)
        host = host_figures(result, reading.language) if _asks_ram(reading) else []
        if "how_much" in reading.intents and len(cases_of(result)) < 2:
            whole = f"{gib(result['memory']['best_gib'])}"
            host = [f"完整一份共约 {whole}。" if zh else f"One whole copy takes about {whole} in all.", *host]
        return host, [("一份完整副本的构成:" if zh else "What one whole copy consists of:") + "\n\n" + table]
    several = len(cases_of(result)) > 1 and result.get("hybrid") and not (result.get("doubted") or result.get("judged"))
    if several and (told := _placed_each(result, reading)):
        return told
    result = as_asked(result, reading)
    left = "cache_left" in reading.cues
    solved = left and "seq_len" in reading.asks  # then the tokens of the cache were told
    asked = (left and not solved) or bool(result.get("at_once"))
    room = pool_words(result, reading.language) if asked and len(cases_of(result)) < 2 else []
    first_room = first_in_bold(" ".join(room)) if room and "pool_tokens" in reading.cues else ""
    result = {**result, "pool_told": bool(room) or solved or bool(result.get("pool_told"))}
    kernels, result = of_kernels(result, reading.language) if "attention" in reading.facts else ([], result)
    result["portable"] = "portable" in reading.cues
    of_cards = any(cue.startswith(CHOOSE_CARD) for cue in reading.cues) and "method" not in reading.facts
    choice = "" if result.get("judged") or of_cards else which_method(result, reading)
    first = bool({"which_method"} & set(reading.intents[:1]))
    if choice and "method" not in reading.facts:
        result = {**result, "changes": [], "likely": []}  # of a method that nobody named and that is not to be taken
    # beside a cause the list of what would make it fit is enough
    beside_cause = result.get("explained") and result.get("doubted")
    led = result.get("verdict") not in (None, "yes") and not beside_cause
    by = by_setting(result, reading) if led and leads(result, reading) and not result.get("mended_told") else None
    if by:
        result = {**result, "by_setting": by, "whether": False}
    way = way_out(result, reading.language, by) if led and not result.get("mended_told") else ""
    hybrid = {} if result.get("doubted") or several else result.get("hybrid") or {}
    held = bool(hybrid and hybrid["runs"][0])
    ways = [] if held or result.get("mended_told") else possible_ways(result, reading)
    can, result = possible_words(ways, result, reading), without(ways, result)
    way = "" if held or can else way
    result["way_told"] = bool(way or can or result.get("mended_told")) or (
        led and bool(held or result.get("into_host"))
    )
    # a mixture with experts in RAM is divided otherwise, by the switch that was told
    apart = what_counts(result, reading) if listed(result) and not (held and hybrid["runs"][0]["n_cpu_moe"]) else ""
    first_apart = asks_whole(reading)
    host_told = "host_memory_gb" in reading.facts and not result.get("host")
    decides = host_told and (_asks_ram(reading) or load_is_near(result, float(reading.facts["host_memory_gb"][0])))
    first_ram = asked_first(result, reading.language) if _asks_ram(reading) and asks_amount(reading) else ""
    placing = "n_cpu_moe" in reading.asks  # what to set is the answer, before what the card alone holds
    paged = "" if result.get("doubted") else paged_words(result, reading.language)
    result = {**result, "whether": False} if paged else result
    lead = [
        first_room,
        paged,
        can,
        *parts_told(result, reading),
        apart if first_apart else "",
        way if placing or by else "",
        *([choice] if first and choice else ()),
        first_ram,
        *(ram_words(result, reading.language) if _asks_ram(reading) and not result.get("host") else ()),
        same_or_not(result, reading)
        + " ".join([_verdict(result, reading, as_it_stands(reading) if can else ""), *([] if first_room else room)]),
        *kernels,
        *between_words(result, reading.language),
        "" if first_apart else apart,
        *wide_shape(result, reading.language),
        *beyond(result, reading.language),
        "" if placing or by else way,
        "" if first else choice,
        "" if first_ram or (held and result["verdict"] != "yes") else hosted_enough(result, reading.language),
        *(beside_verdict(hybrid, result, reading.language) if hybrid else ()),
        *(host_figures(result, reading.language) if decides else ()),
    ]
    rest = [*(eased_words(result, reading.language) if brief else ()), *body(result, reading.language, brief)]
    rest += host_figures(result, reading.language) if host_told and not decides else []  # nobody asks for it
    methods = {case["facts"].get("method") for case in cases_of(result)} - {None}
    method = (result.get("facts") or {}).get("method", {}).get("value") if not methods else None
    return [of_method(part, method) for part in lead if part], [of_method(part, method) for part in rest]


def _verdict(result: dict[str, Any], reading: Reading, of: str = "") -> str:
    """The verdict, or of what has been decided between its cases only what they are made of."""
    if not result.get("judged"):
        return headline(result, reading.language, of)
    return made_of(result, reading.language).strip() if len(cases_of(result)) <= _FEW else ""


def _placed_each(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]] | None:
    """Cases of which a part is in RAM: how each runs; None where they differ in what is no set-up of its own."""
    placed, language, cases = result["hybrid"], reading.language, cases_of(result)
    if not any(placed["runs"]):
        return None
    differing = [name for name in ordered(cases[0]["facts"]) if len({str(one["facts"][name]) for one in cases}) > 1]
    names = [case_words({name: one["facts"][name] for name in differing}, language) for one in cases]
    asked = bool({"which_method", "comparison"} & set(reading.intents)) or asks_which(reading)
    said = side_by_side(placed, names, "fits" in reading.intents[:2] and asks_whether(reading.lowered), asked, language)
    return [said], [*placed_table(placed, names, language), *warnings(result, language)]


def derivation_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """What a derivation gives, and what it still needs; no rest."""
    zh = reading.language == "zh"
    steps = [step for step in result["derivation"]["steps"] if step.get("formula")]
    several = max((int(count) for count in reading.facts.get("n_gpus", ())), default=1) > 1
    whose = (",每张卡" if zh else ", per card") if several else ""
    colon = ":" if zh else ": "
    told = [
        f"**{term(one['quantity'], reading.language)}{whose}{colon}{one['shown']}**"
        for one in result.get("answers") or []
    ]
    if steps and not zh:  # a quotient by one says nothing: what it divides does
        same = [step for step in steps[:-1] if step["value"] == steps[-1]["value"]]
        told.append((same or steps)[-1]["says"])
    if result.get("needs"):
        missing = ", ".join(result["needs"])
        told.append(f"还需要:{missing}。" if zh else f"Still needed: {missing}.")
    return ["\n\n".join([*told, *warnings(result, reading.language)])], []
