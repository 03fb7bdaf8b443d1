"""What an estimate says: the verdict, the way out, the figures of the machine's own memory, and what stands below them."""

from typing import Any

from chat.answers.as_asked import as_asked
from chat.answers.case_tables import cases_of, ordered, terms_table
from chat.answers.eased_words import eased_words
from chat.answers.headlines import headline
from chat.answers.host_words import (
    asked_first,
    asks_of_enough,
    host_figures,
    hosted_enough,
    load_is_near,
    paged_words,
    ram_words,
)
from chat.answers.hybrid_words import beside_verdict, placed_table, side_by_side
from chat.answers.in_fewer_bits import unquantised_words
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
from chat.answers.unread import counted_as_adapters
from chat.answers.verdicts import asks_whether
from chat.answers.warned import of_kernels, warnings
from chat.answers.which import asks_which, which_method
from chat.answers.wording import ALL_COUNT, body, way_out, wide_shape, with_experts_moved
from chat.phrases import case_words, gib, of_method
from chat.plans.machines import wants_cards
from chat.reads.caches.left_asked import left_asked
from chat.reads.cards.cards_apart import CHOOSE_CARD
from chat.reads.concepts.active_on_card import concludes_card
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.words import term

_AMOUNT_OF_RAM = r"\bhow much\b[^?.;]{0,24}\b(?:ram|(?:system|host|cpu|main) memory)\b|\b(?:ram|(?:system|host|cpu|main) memory) (?:is |are )?(?:needed|required|requirements?)\b|内存[^,;?，；？]{0,12}(?:多大|多少)|(?:多大|多少)[^,;?，；？]{0,4}内存"
_FEW = 3  # cases of which each is told what it is made of
# where the estimate is only the background of the answer, its terms are enough
_BRIEF = frozenset({"table_lookup", "explain_derive", "units", "adam_state", "kv_cache", "injection"})


def _asks_ram(reading: Reading) -> bool:
    """Is host memory asked about, on a machine that has one beside its card's?"""
    return "ram_asked" in reading.cues and not {"unified_memory", "merge_asked"} & set(reading.cues)


def asks_amount(reading: Reading) -> bool:
    """Is it asked how much host memory, and not only whether it is enough?"""
    return compiled(_AMOUNT_OF_RAM).search(reading.lowered) is not None


_HOST = r"\b(?:ram|(?:system|host|cpu|main) memory)\b|内存"
_WHETHER = r"(?:可不可以|能不能|够不够|行不行)|(?:可以|能|够|行|足以|放得下|跑得)[^,;?，；？]{0,40}(?:吗|么)|\b(?:can|could|will|would|do|does|is|are) (?!how\b)[^?;]{0,80}(?:\b(?:run|fit|hold|serve|train|handle|enough|do|fine-?tun\w*|q?lora|possible)\b)"


# "is 64 GB of RAM enough": it is the machine's memory that is asked about
_OF_RAM_ITSELF = r"[a-z]+ (?:my |the |an? )?(?:\d[\d.]* ?(?:gi?b?|tb?)? ?)?(?:of )?$"


def fits_before_ram(reading: Reading) -> bool:
    """Is it asked first whether a card that is named does, and then how much host memory?"""
    whether, host = (compiled(one).search(reading.lowered) for one in (_WHETHER, _HOST))
    if not (whether and host and whether.start() < host.start()):
        return False
    of_it = compiled(_OF_RAM_ITSELF).match(reading.lowered[whether.start() : host.start()])
    return bool({"gpu", "gpu_memory_gb"} & set(reading.facts)) and not of_it


def estimate_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """The lead and the rest of an estimate."""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)  # of no card there is no number
    if cards and "n_gpus" in reading.asks and "n_gpus" not in reading.facts:
        return _one_copy(result, reading)
    several = len(cases_of(result)) > 1 and result.get("hybrid") and not (result.get("doubted") or result.get("judged"))
    if several and (told := _placed_each(result, reading)):
        return told
    estimate = _Estimate(result, reading, several=bool(several))
    methods = {case["facts"].get("method") for case in cases_of(estimate.result)} - {None}
    method = (estimate.result.get("facts") or {}).get("method", {}).get("value") if not methods else None
    return [of_method(part, method) for part in estimate.lead() if part], [
        of_method(part, method) for part in estimate.rest()
    ]


def _as_opening(way: str) -> str:
    """The sentence of a way as the first of an answer: with a capital letter."""
    return f"**{way[2].upper()}{way[3:]}" if way.startswith("**") else way


class _Estimate:
    """One estimate in words: each step takes what it tells itself out of the result that the later ones word.

    room      what the card leaves for the cache, where that is asked
    kernels   what the card's kernels do to the attention that is named
    choice    which method to take
    way       the one change that would make it fit
    can       how it goes all the same; then no way is told
    apart     what counts where the cards are unlike
    paged     what pages out to host memory
    ram       how much host memory, where that is asked
    """

    def __init__(self, result: dict[str, Any], reading: Reading, several: bool) -> None:
        self.reading, self.language = reading, reading.language
        self.result = as_asked(result, reading)
        self._asks_ram = _asks_ram(reading) and not result.get("ram_told")
        self._tell_room()
        self._tell_kernels()
        self._tell_choice()
        self._tell_way(several)
        self._tell_host()

    def _tell_room(self) -> None:
        left = "cache_left" in self.reading.cues
        solved = left and "seq_len" in self.reading.asks  # then the tokens of the cache were told
        asked = (left and not solved) or bool(self.result.get("at_once"))
        self.room = pool_words(self.result, self.language) if asked and len(cases_of(self.result)) < 2 else []
        first = self.room and ("pool_tokens" in self.reading.cues or left_asked(self.reading))
        self.first_room = first_in_bold(" ".join(self.room)) if first else ""
        told = bool(self.room) or solved or bool(self.result.get("pool_told"))
        self.result = {**self.result, "pool_told": told}

    def _tell_kernels(self) -> None:
        self.kernels: list[str] = []
        if "attention" in self.reading.facts:
            self.kernels, self.result = of_kernels(self.result, self.language)
        self.result = {**self.result, "portable": "portable" in self.reading.cues}

    def _tell_choice(self) -> None:
        unnamed = "method" not in self.reading.facts
        of_cards = unnamed and any(cue.startswith(CHOOSE_CARD) for cue in self.reading.cues)
        self.choice = "" if self.result.get("judged") or of_cards else which_method(self.result, self.reading)
        if self.choice and unnamed:  # of a method that is not to be taken
            self.result = {**self.result, "changes": [], "likely": []}

    def _tell_way(self, several: bool) -> None:
        mended = bool(self.result.get("mended_told"))
        # beside a cause the list of what would make it fit is enough
        beside_cause = self.result.get("explained") and self.result.get("doubted")
        led = self.result.get("verdict") not in (None, "yes") and not beside_cause
        self.by = (
            by_setting(self.result, self.reading) if led and leads(self.result, self.reading) and not mended else None
        )
        if self.by:
            self.result = {**self.result, "by_setting": self.by, "whether": False}
        way = way_out(self.result, self.language, self.by) if led and not mended else ""
        self.hybrid = {} if self.result.get("doubted") or several else self.result.get("hybrid") or {}
        self.held = bool(self.hybrid and self.hybrid["runs"][0])
        ways = [] if self.held or mended else possible_ways(self.result, self.reading)
        self.can = possible_words(ways, self.result, self.reading)
        self.way = "" if self.held or self.can else way
        if self.way and not self.by:
            self.result = {**self.result, "no_said": with_experts_moved(self.result, self.reading)}
        if self.held and self.result.get("verdict") != "yes" and concludes_card(self.reading.lowered):
            self.result = {**self.result, "held_said": ALL_COUNT}  # the card is not enough, whatever RAM beside it does
        into_host = led and bool(self.held or self.result.get("into_host"))
        self.result = {
            **without(ways, self.result),
            "way_told": bool(self.way or mended) or into_host,
            "can_told": bool(self.can),
        }
        # a mixture with experts in RAM is divided otherwise, by the switch that was told
        moved = self.held and self.hybrid["runs"][0]["n_cpu_moe"]
        self.apart = what_counts(self.result, self.reading) if listed(self.result) and not moved else ""

    def _tell_host(self) -> None:
        reading, language = self.reading, self.language
        self.ram = ram_words(self.result, language) if self._asks_ram and not self.result.get("host") else ()
        self._host_told = "host_memory_gb" in reading.facts and not self.result.get("host")
        self._host_decides = self._host_told and (
            self._asks_ram or load_is_near(self.result, float(reading.facts["host_memory_gb"][0]))
        )
        asked = self._asks_ram and (asks_amount(reading) or asks_of_enough(self.result, self._asks_ram))
        self.first_ram = asked_first(self.result, language) if asked else ""
        if self.first_ram and asks_of_enough(self.result, self._asks_ram):
            self.result = {**self.result, "host": {**self.result["host"], "told": True}}
        self.paged = "" if self.result.get("doubted") else paged_words(self.result, language)
        if self.paged:
            self.result = {**self.result, "whether": False}

    def lead(self) -> list[str]:
        """What is told first, in order; parts may be empty."""
        result, reading, language = self.result, self.reading, self.language
        # what to set is the answer, before what the card alone holds; so is how, of a method that stands
        how = "which_method" in reading.intents[:1] and "method" in reading.facts
        way_first = "n_cpu_moe" in reading.asks or bool(self.by) or how
        choice_first = "which_method" in reading.intents[:1]
        apart_first = asks_whole(reading)
        enough = not (self.first_ram or (self.held and result["verdict"] != "yes"))
        verdict = _verdict(result, reading, as_it_stands(reading) if self.can else "")
        fits_first = fits_before_ram(reading)
        wide = unquantised_words(result, language) if "fits" in reading.intents and not result.get("judged") else ""
        return [
            self.first_room,
            self.paged,
            self.can,
            *parts_told(result, reading),
            self.apart if apart_first else "",
            _as_opening(self.way) if way_first else "",
            self.choice if choice_first else "",
            self.first_ram,
            *(() if fits_first else self.ram),
            same_or_not(result, reading) + " ".join([verdict + wide, *([] if self.first_room else self.room)]),
            *(self.ram if fits_first and not result.get("of_two_tasks") else ()),
            *self.kernels,
            *between_words(result, language),
            "" if apart_first else self.apart,
            *wide_shape(result, language),
            *beyond(result, language),
            "" if way_first else self.way,
            "" if choice_first else self.choice,
            hosted_enough(result, language) if enough else "",
            *(beside_verdict(self.hybrid, result, language) if self.hybrid else ()),
            *(host_figures(result, language) if self._host_decides else ()),
        ]

    def rest(self) -> list[str]:
        """Tables and what nobody asked for, brief where the estimate is only the background of the answer."""
        brief = _is_brief(self.result, self.reading)
        behind = self._host_told and not self._host_decides  # nobody asks for it
        last = self.result.get("of_two_tasks") and fits_before_ram(self.reading)
        return [
            *(self.ram if last else ()),  # behind the verdict on the other task
            *(eased_words(self.result, self.language) if brief else ()),
            *body(self.result, self.language, brief),
            *(host_figures(self.result, self.language) if behind else ()),
        ]


def _is_brief(result: dict[str, Any], reading: Reading) -> bool:
    judged = {"which_method", "injection", "fits", "oom_diagnosis"} & set(reading.intents)
    # a length that somebody claims it runs at
    claimed = {"claim_checked", "who_is_right"} & set(reading.cues) and "max_batch_ctx" in reading.intents
    if (judged or (claimed and "seq_len" in reading.facts)) and result.get("verdict") in ("no", "borderline"):
        return False  # what would make it fit is the answer
    return bool(set(reading.intents[:1]) & _BRIEF) or bool(reading.equations) or wants_cards(reading)


def _one_copy(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """Asked how many cards, the count is the answer; a single card holds nothing of interest but what a whole copy consists of."""
    zh = reading.language == "zh"
    table = terms_table(result, cases_of(result), reading.language)
    host = host_figures(result, reading.language) if _asks_ram(reading) else []
    if "how_much" in reading.intents and len(cases_of(result)) < 2:
        whole = f"{gib(result['memory']['best_gib'])}"
        host = [f"完整一份共约 {whole}。" if zh else f"One whole copy takes about {whole} in all.", *host]
    return host, [("一份完整副本的构成:" if zh else "What one whole copy consists of:") + "\n\n" + table]


def _verdict(result: dict[str, Any], reading: Reading, of: str = "") -> str:
    """The verdict, or of what has been decided between its cases only what they are made of."""
    if not result.get("judged"):
        return headline({**result, "trained_by": counted_as_adapters(reading)}, reading.language, of)
    # the layouts of one are told as one, and its lengths
    as_one = dict.fromkeys(("zero_stage", "seq_len", "batch_size"))
    kinds = {str({**case["facts"], **as_one}) for case in cases_of(result)}
    return made_of(result, reading.language).strip() if len(kinds) <= _FEW else ""


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
