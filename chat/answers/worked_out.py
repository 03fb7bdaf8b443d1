"""What each tool has worked out, in words, and in which order it is told: what leads, and what is left for behind it."""

from typing import Any

from chat.answers.arithmetic_words import arithmetic_words, held_together, holds_alone, is_right
from chat.answers.as_asked import side_by_side
from chat.answers.background import asks_why
from chat.answers.batch_words import most_to_try
from chat.answers.case_tables import Result, cases_of
from chat.answers.compared import compared
from chat.answers.decided import cases_decided
from chat.answers.estimated import derivation_words, estimate_words
from chat.answers.found import LOGGED, Found
from chat.answers.has_to_be import only_this
from chat.answers.headlines import headline
from chat.answers.limit_words import beyond
from chat.answers.made_of import serves
from chat.answers.on_pace import pace_words
from chat.answers.parts_told import parts_told
from chat.answers.picked import cases_picked
from chat.answers.positions import without_others_limit
from chat.answers.quantities_told import asked_later, of_number, quantities_told
from chat.answers.recommended import recommended
from chat.answers.refused import refused
from chat.answers.remarks_told import ON_UNIFIED, Spoken, told_by_remarks
from chat.answers.room_words import room_alone
from chat.answers.solved import solved_words
from chat.answers.table_words import asks_cells, cites, claims_words, concludes, query_words
from chat.answers.verdicts import concludes_not, has_failed, of_a_failed_run
from chat.answers.wording import changes, way_out
from chat.phrases import leaning
from chat.plans.tables import each_or_total, named_again
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.units import unit_words
from kb.interval import FITS

_BY_FORMULAS = (
    "If all that is assumed below holds, the formulas put the limit at:",
    "若下面的假设都成立,按公式的上限是:",
)
# causes that only add up what a sentence on what failed and what would not has told
SUMS = frozenset({"weights-do-not-fit", "does-not-fit"})
# remarks that tell the verdict themselves
_TELL_THE_VERDICT = frozenset({*ON_UNIFIED, "no-kernels", "one-more-card"})
# remarks that say of this model what stays whole on each card
_OF_LAYOUTS = frozenset({"zero2-keeps-frozen-weights", "adapters-not-divided", "a-copy-on-each", "undivided-by-copies"})
_OF_PARTS = frozenset({"where-it-goes", "loss-not-fused"})
# remarks that hold a figure against what was seen or printed: an estimate of other parts beside it would contradict
_AGAINST_WHAT_WAS_SEEN = frozenset({"cells-explained", "stages-seen", "logged-pool", "logged-pool-holds-some"})
# asked whether something can be, and not whether a sum is right
_OF_A_VERDICT = frozenset({"fits", "how_many_gpus", "rl_memory", "oom_diagnosis", "which_method", "multi_gpu_split"})
_OF_A_DIFFERENCE = frozenset({"method_diff", "comparison"})
_WHICH_LESS = (
    r"\bwhich\b[^.;?!]{0,40}\b(?:less|least|more|most|lighter|cheaper)\b|哪(?:个|种)[^,;?。]{0,8}(?:省|少|低|多)"
)
# cases of the estimate that are told beside what a table says
_MOST_BESIDE_A_TABLE = 4


class WorkedOut:
    """The words of all tools but the remarks.

    leads    what is told first, in order
    rests    tables and what else is told behind
    decided  which of several, where that is asked
    counted  so many cards, or which batch to try, where that is asked first
    causes   why a run has failed, without those that what was decided says
    derived  the words of a derivation, which a remark may tell in its stead
    """

    def __init__(self, found: Found) -> None:
        self.found, self.reading = found, found.reading
        self.leads: list[str] = []
        self.rests: list[str] = []
        self.decided: list[str] = []
        self.counted: list[str] = []
        self.causes = found.causes
        self.derived: list[str] = []
        self._failed_run = has_failed(found.reading)
        self._tried: list[str] = []
        self._limit: dict[str, Any] | None = None  # how far a run that has failed goes by the formulas
        self._limit_words: list[str] = []
        for spoken in found.results:
            self._take(spoken)
        self._close()

    def _take(self, spoken: Spoken) -> None:
        name, artifact, text, failed = spoken
        if failed or artifact is None:
            self.leads.append(_refused(text, self.reading.language))
            return
        artifact = without_others_limit(artifact, self.reading)
        if _told_elsewhere(self.found, name, artifact):
            return
        if name == "check_arithmetic" and holds_alone(artifact):
            sums = [one for one in self.found.of(name) if holds_alone(one)]
            self.leads += [held_together(sums, self.reading.language)] if artifact is sums[0] else []
        elif name == "estimate_memory" and self.found.background:
            self._behind(artifact)
        elif name == "estimate_memory":
            self._estimate(artifact)
        elif name == "solve_for":
            self._solved(artifact)
        elif name == "derive_quantity":
            self._derivation(artifact)
        else:
            first = name == "compare" and "query_tables" in self.found.tools and _asks_which(self.reading)
            self._add(*_WORDS[name](_without_placed(self.found, name, artifact), self.reading), first)

    def _add(self, lead: list[str], rest: list[str], first: bool = False) -> None:
        self.leads = [*lead, *self.leads] if first else [*self.leads, *lead]
        self.rests += rest

    def _behind(self, estimate: Result) -> None:
        """Of what is only the background of the question the verdict alone."""
        told_first = self.found.confirms or (cites(self.reading) and "query_tables" in self.found.tools)
        self._add(_in_the_background(self.found, estimate), [], told_first)

    def _estimate(self, estimate: Result) -> None:
        shown = self._decided(estimate, _beside_the_others(self.found, estimate, self._failed_run))
        shown = {**shown, "cards_told": "recommend" in self.found.tools}  # each format's, in a table of their own
        shown["on_drive"] = "on-nvme" in self.found.keys  # what is offloaded goes to a drive, and not to RAM
        shown["of_two_tasks"] = len(self.found.of("estimate_memory")) > 1
        lead, rest = estimate_words(shown, self.reading)
        self._tried = [] if "batch-from-seen" in self.found.keys else most_to_try(shown, self.reading)
        self.counted += self._tried
        self._add(lead, rest, _comes_first(self.found, estimate))

    def _decided(self, estimate: Result, shown: Result) -> Result:
        """Which of several it is, before any cause; and what of the estimate is told with it."""
        found, reading = self.found, self.reading
        explained = "setting-was-raised" in found.keys and _why_it_ran(reading)  # no way out is asked about
        # cells that were asked for come first, and the verdict of all cases with them
        explained |= reading.intent == "table_lookup" and "query_tables" in found.tools and not reading.claims
        judged = "" if explained else cases_decided(estimate, reading) or only_this(estimate, reading)
        picked = "" if "card-to-take" in found.keys else cases_picked(estimate, reading)
        if not (judged or picked):
            return shown
        self.decided.append(judged or picked)
        if self._failed_run and found.keys & SUMS:
            self.causes = []
        held = not judged and any(leaning(case) in FITS for case in cases_of(estimate))
        return {**shown, "judged": True, "picked": held, "mended_told": not judged and not held, "on_one": None}

    def _solved(self, solved: Result) -> None:
        lead, rest = solved_words(solved, self.reading)
        if self.reading.intent == "how_many_gpus":  # asked first, whatever failed before
            self.counted += lead
            lead = []
        elif self._failed_run and "gpu_layers" not in self.reading.asks[:1]:
            # a limit by the formulas is no answer before the cause
            self._limit, self._limit_words = solved, [_BY_FORMULAS[self.reading.language == "zh"], *lead]
            lead = []
        self._add(lead, rest)

    def _derivation(self, derived: Result) -> None:
        lead, rest = derivation_words(derived, self.reading)
        if self.causes:  # the cause explains
            lead = []
        self.derived += lead
        self._add(lead, rest)

    def _close(self) -> None:
        """What is told of several results at once."""
        if self._tried and self._limit:  # which to try is told already, and then only the sum behind it
            self.counted += room_alone(self._limit, self.reading.language)
        else:
            self.rests = [*self._limit_words, *self.rests]
        counted = [one for one in self.found.of("derive_quantity") if of_number(one)]
        quantities = quantities_told(counted, self.reading, "adapters-in-figures" in self.found.keys)
        self._add(quantities, [], first=not asked_later(self.reading))
        if not self.causes:
            self.leads = [*self.counted, *self.leads]


def _asks_which(reading: Reading) -> bool:
    """Is it asked which of two takes less, before what a table has of either?"""
    return reading.intent in _OF_A_DIFFERENCE or compiled(_WHICH_LESS).search(reading.lowered) is not None


def _told_elsewhere(found: Found, name: str, artifact: Result) -> bool:
    """Whether a log, a remark, another tool or the other results together say it."""
    reading = found.reading
    logged = bool(LOGGED & found.keys)
    if name == "remarks" or told_by_remarks(name, artifact, found.keys, reading):
        return True
    if name == "solve_for":
        # what a start has measured holds before the formulas; of a mixture experts go to RAM, not whole layers
        return logged or (found.experts_placed and "gpu_layers" in reading.asks)
    if name == "estimate_memory":
        return logged and bool(artifact.get("at_once"))  # how many go at once is what the log has told
    if name == "derive_quantity":
        return of_number(artifact)  # told together, a sentence for each model
    if name == "check_arithmetic":
        # that a sum is one is no answer where its premise is what is wrong
        return bool(artifact.get("holds")) and _only_adds_up(artifact, found)
    return False


def _without_placed(found: Found, name: str, artifact: Result) -> Result:
    """Speeds without those that are told where a model's parts are placed."""
    if name == "generation_speed" and found.placed and "ceiling_asked" not in found.reading.cues:
        return {**artifact, "lines": [one for one in artifact["lines"] if not one.get("placed")]}
    return artifact


def _beside_the_others(found: Found, estimate: Result, failed_run: bool) -> Result:
    """The estimate with what others tell of it, which its own words leave out."""
    shown = estimate
    if failed_run:
        shown = {**of_a_failed_run(estimate), "doubted": True, "explained": bool(found.causes)}
    if found.keys & _TELL_THE_VERDICT:
        shown = {**shown, "explained": True}
    if _runs_as_it_is(found, estimate):  # what is seen on the card is not judged whether it fits
        shown = {**shown, "doubted": True, "explained": True, "changes": [], "likely": []}
    shown = {
        **shown,
        "parts_told": bool(found.keys & _OF_PARTS),
        "layouts_told": bool(found.keys & _OF_LAYOUTS),
        "pool_told": found.room_told,
        "room_told": found.room_told,
        "ways_told": "ways-in-figures" in found.keys,
        "speed_told": "generation_speed" in found.tools,
        "mended_told": bool(found.keys & ON_UNIFIED),
        "ram_told": bool({"ram-and-card", "offloads-apart"} & found.keys),
        "cause": "".join(found.causes),
    }
    more = found.said("one-more-card")
    return {**shown, "cause": more, "on_one": None} if more else shown


def _runs_as_it_is(found: Found, estimate: Result) -> bool:
    """Was less seen on the card than is counted, of a run that has not failed, and is it asked what that is?"""
    seen = "meter" in found.reading.facts and not has_failed(found.reading)
    return seen and "rest-of-the-need" in found.keys and estimate.get("verdict") == "no"


def _comes_first(found: Found, estimate: Result) -> bool:
    """Whether the verdict stands before what other tools have told."""
    reading = found.reading
    # a run that does not start asks for the verdict before the product
    failing = "failing_count" in reading.cues and "fits" in reading.intents[:2]
    of_a_cell = "query_tables" in found.tools and _asks_of_a_cell(reading) and bool(estimate.get("capacity_gib"))
    placed = found.placed and "gpu_layers" not in reading.asks
    return found.confirms or failing or of_a_cell or placed


def _only_adds_up(sum_: dict[str, Any], found: Found) -> bool:
    """Is a verdict asked for, or another sum of the question wrong, which this one may lead to?"""
    if found.confirms:
        return False  # the verdict is told before it
    if "right" in sum_ and ("windowed" in sum_ or not is_right(sum_)):
        return False  # it adds up, and the cache is another size
    others = [one for one in found.of("check_arithmetic") if one is not sum_]
    led_to = "right" not in sum_ and any("right" in one and not is_right(one) for one in others)
    return found.reading.intent in _OF_A_VERDICT or led_to


def _asks_of_a_cell(reading: Reading) -> bool:
    """Is it asked whether a case fits, beside a cell of a table that the asker knows?"""
    if asks_cells(reading) and named_again(reading):
        return False  # the cells are asked first, and the card of one of them after
    if each_or_total(reading):
        return False  # what the cell is of is asked first
    return reading.intent == "fits" or ("fits" in reading.intents[:2] and bool(reading.claims)) or cites(reading)


def _in_the_background(found: Found, estimate: Result) -> list[str]:
    """The verdict alone, where cards are named or a table is asked and nothing else judges the need."""
    beside_table = "query_tables" in found.tools and len(cases_of(estimate)) <= _MOST_BESIDE_A_TABLE
    if (_AGAINST_WHAT_WAS_SEEN & found.keys and not found.confirms) or "chain-of-sums" in found.keys:
        return []  # that remark has its own verdict, with the cache that was told
    told = found.confirms or (
        (estimate.get("capacity_gib") or beside_table) and ("account" not in found.keys or serves(estimate))
    )
    language = found.reading.language
    estimate = {**estimate, "together": estimate.get("together") if side_by_side(estimate, found.reading) else []}
    if has_failed(found.reading) and not found.confirms:
        estimate = _beside_the_others(found, estimate, True)
    if found.confirms or (beside_table and concludes(found.reading)):
        estimate = {**estimate, "whether": True, "denied": concludes_not(found.reading.lowered)}
    # what has failed, or was concluded wrongly, is to be mended, too
    mended = found.confirms or has_failed(found.reading)
    ways = changes(estimate, language) if mended else [way_out(estimate, language)]
    asked = parts_told(estimate, found.reading)  # of one part, beside what is explained
    return [headline(estimate, language), *asked, *beyond(estimate, language), *ways] if told else []


def _refused(text: str, language: str) -> str:
    shown = refused(text, language)
    return f"算不了:{shown}。" if language == "zh" else f"That cannot be worked out: {shown}."


def _why_it_ran(reading: Reading) -> bool:
    """Is it asked why the one ran and the other did not?"""
    told = "ran_otherwise" in reading.cues and "why_more" in reading.intents
    return told or asks_why(reading)


_WORDS = {
    "compare": compared,
    "recommend": recommended,
    "query_tables": query_words,
    "check_document": claims_words,
    "check_arithmetic": arithmetic_words,
    "convert": unit_words,
    "training_time": pace_words,
    "generation_speed": pace_words,
    "encoder_memory": pace_words,
}
