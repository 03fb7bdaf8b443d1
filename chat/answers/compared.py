"""A comparison in words: how much less, and of what; the set-ups side by side; why; what each costs; which to take.

Every number is of the result; nothing is computed here.
"""

from chat.answers.as_asked import side_by_side
from chat.answers.at_like_cost import HARDLY
from chat.answers.background import asks_why
from chat.answers.case_tables import Result
from chat.answers.contrasted import (
    defaults,
    mended,
    more_cards_words,
    pool_seen,
    prices,
    setups_table,
    several_cards,
    stated,
    why,
)
from chat.answers.decided import sides_decided
from chat.answers.differences import asked_of, difference, of_cards, of_term, what_differs
from chat.answers.few_bits import one_file_alone
from chat.answers.grown import grown
from chat.answers.halved import OWN_STATES, halved, times_told
from chat.answers.hybrid_words import placed_table
from chat.answers.hybrid_words import side_by_side as placed_side_by_side
from chat.answers.ladder_words import between_words
from chat.answers.layout_words import across_machines
from chat.answers.lessened_words import lessened_words
from chat.answers.made_of import of_each
from chat.answers.models_weighed import models_weighed
from chat.answers.moved_too import moved_too, unmoved_by_stage
from chat.answers.new_domain import for_new_domain
from chat.answers.noted import at_start, freed, hosted, room_left, with_length
from chat.answers.published import published_words
from chat.answers.put_together import together_words
from chat.answers.saved import order_claimed, parts_saved, saving_judged
from chat.answers.setup_words import join, named
from chat.answers.trained_apart import (
    base_stays,
    divided_words,
    kept_words,
    one_card_words,
    own_states_words,
    rank_alone,
    states_words,
    trained_words,
)
from chat.answers.unequal_words import listed, of_setups, setups_by_card
from chat.answers.verdicts import asks_whether
from chat.answers.versions_chosen import chosen_by_size
from chat.answers.warned import warnings
from chat.answers.which import asks_which, chosen_with, first_way, one_card_alone, taken_or_out
from chat.figures.cards.card_choice import two_cards
from chat.figures.kept_ways import allowed
from chat.phrases import VERDICTS, gib, in_words, leaning, pick, value
from chat.plans.setups import TRAINABLE
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.interval import FITS

# asked which takes less, the figures are the answer
_BY_MEMORY = r"(?<!\bno )(?<!\bany )\b(?:least|less|lowest|smallest|smaller|lighter|lightest|fewer|most|more|larger|bigger)\b(?! (?:sense|worth))|\bcheap\w* (?:in|on|for) (?:v?ram|memory)\b|\b(?:v?ram|memory)[ -](?:cheap\w*|efficient)|\bwhich\b[^.;?]{0,24}\bsaves?\b[^.;?]{0,16}\b(?:v?ram|memory)\b|省|最少|更少|最小|更小|占得?少|最多|更多"
_FITS = r"\b(?:fits?|holds?)\b|\b(?:would|will|does|do|can|could)\b[^.?;]{0,48}\b(?:let|allow|enable) (?:me|us|it)\b|\bget (?:me|us|it) (?:under|below|in|there)\b|\bfitting\b|\bcan (?:i )?run\b|能跑|跑得[动起]|放得下|装得下|哪些(?:可以|能|行)|行吗|行不行|可以[不吗]|够[吗不]|\benough\b|\bpossible\b|\bok\?|(?<!\bwhat )(?<!\bhow )(?<!\bmuch )\b(?:would|will|does|do|could)\b[^.;?]{1,40}\b(?:do|work|suffice|manage|cope|handle (?:it|both|them|that))\s?(?:\?|$)|能(?:不能)?[训装放带微][^,;?]{0,6}(?:[吗么?]|$)|成(?:不成|吗|么)"
_ONLY_STATES = r"\b(?:just|only)\b[^.;?]{0,16}\bstates?\b|\bstates? only\b|[只仅光](?:算|要|看|比较?|考虑|说)?(?:模型|优化器)?的?状态"
# asked how much more, the larger comes first
_MORE = r"\bwhy\b[^?;]{0,48}\bmore (?:than|(?:v?ram|memory))\b|为(?:什么|啥|何)[^?;]{0,24}(?:多|大)|\bhow much (?:more|extra)\b|\bextra (?:v?ram|mem(?:ory)?)\b|\b(?:grow|rise|increase|go up|blow up|explode)s?\b|多多少|涨|[会要]?多[占用吃出花要]多?少?|增加多少|涨多少"
# else each figure is asked for, and no difference between them
_DIFFERENCE = (
    r"\bdiffer\w*|\bcompar\w*|\bsav\w+|\bless\b|\bmore\b|\bwhy\b|区别|差别|差异|相差|差多少|对比|比较|省|为什么|为啥"
)
_ROOM = r"\b(?:room|headroom|longer context|longest context|more context|context left)\b|余量|剩余空间|剩下|更长的?上下文|(?:多|差)出?(?:来)?(?:多少|几)[^,;?]{0,6}(?:上下文|token|长度)|(?:上下文|长度)(?:能|可以)?(?:多|差)多少"


def compared(result: Result, reading: Reading) -> tuple[list[str], list[str]]:
    """The lead and the rest of an answer."""
    left = [{**one, "changes": allowed(one["changes"], frozenset(reading.cues))} for one in result["mended"]]
    result = {**result, "mended": [one for one in left if one["changes"]]}
    names = [named(one, result, reading.language) for one in result["setups"]]
    if result["hybrid"]:
        return _on_both(result, names, reading)
    if side_by_side(result, reading) and (sum_ := together_words(result, names, reading.language)):
        return [sum_], [setups_table(result, names, reading.language), *warnings(result, reading.language)]
    told = _Compared(result, names, reading)
    lead = [part for part in told.lead() if part]
    return lead, [part for part in told.rest(lead) if part]


class _Compared:
    """A comparison in words; what one part tells the others leave out.

    across    which layout over machines, where that is what sets them apart
    judged    which fit and which to take, as one verdict
    take      which to take; `chosen` with its reason
    states    what each keeps of a parameter; `own` the states of optimizers alone
    fitting   which fit, by their verdicts
    first     which to take is asked, with a card: that is the answer
    """

    def __init__(self, result: Result, names: list[str], reading: Reading) -> None:
        self.result, self.names, self.reading, self.language = result, names, reading, reading.language
        self.text = reading.lowered
        self.differ = bool(compiled(_DIFFERENCE).search(self.text))
        self.plain = "how_much" in reading.intents[:3] and not self.differ
        self.asks_why = asks_why(reading)
        self.unequal = all(map(listed, result["setups"])) and not result["of_cards"]
        self._read_states()
        self._take()
        self._judge()

    def _read_states(self) -> None:
        result, names, language = self.result, self.names, self.language
        times = times_told(self.reading)
        only, of_own = (compiled(one).search(self.text) is not None for one in (_ONLY_STATES, OWN_STATES))
        of_own = of_own or times
        self.own = own_states_words(result, names, language, only or of_own, times)
        self.only_states = only or (of_own and bool(self.own))
        self.states = self.own or states_words(result, names, language)
        self.kept = kept_words(result, names, language)

    def _take(self) -> None:
        """Which to take, where it is asked and not by memory alone."""
        result, names, reading = self.result, self.names, self.reading
        of_it = [one for one in reading.intents if one != "multi_gpu_split"]  # whether cards add up is told beside it
        wants = "which_method" in of_it[:2] and "why_more" not in reading.intents
        wants = wants or (one_file_alone(result) and not (self.differ or self.plain))
        asked = (wants or asks_which(reading) or one_card_alone(result)) and not compiled(_BY_MEMORY).search(self.text)
        trainable = compiled(TRAINABLE).search(self.text) and result["facts"].get("task", {}).get("value") != "train"
        if trainable or "which_part" in reading.cues:
            asked = False  # it is told with the prices; of the parts that each saves none is chosen
        self.across = across_machines(result, names, reading)
        self.asked = asked and not self.across
        take = (
            (models_weighed(result, reading, True) or chosen_by_size(result, names, self.language))
            if self.asked
            else ""
        )
        take += for_new_domain(result, names, reading) if take else ""
        self.first = bool(take) and (result["recommended"] is not None or bool(result["narrower"]))
        self.take = take

    def _judge(self) -> None:
        """Which fit, and what of it is told as one verdict."""
        result, names, reading, language = self.result, self.names, self.reading, self.language
        fits = compiled(_FITS).search(self.text) or "fits" in reading.intents[: 1 if self.first else 2]
        self.fits = bool(fits)
        # why one way of sharing unlike cards runs and another not is what each makes of them
        unlike = self.unequal and "why_more" in reading.intents
        self.judged = "" if unlike else moved_too(result, self.language) or sides_decided(result, names, reading)
        self.judged += self.judged and unmoved_by_stage(result, names, self.language)
        apart, self.pipelines = of_setups(result, names, language) if self.unequal else ("", "")
        if self.judged:  # the verdicts and the pick stand in it
            self.first = False
        self.told = bool(self.judged) or (self.first and result["recommended"] is not None and not result["of_cards"])
        weighed = not (
            result["of_cards"] or result["needs"] or result["narrower"] or any(one["lacks"] for one in result["setups"])
        )
        none = bool(self.take) and result["recommended"] is None and weighed  # of those to choose from
        fitting = apart or (_fitting(result, names, reading) if fits or none else "")
        self.fitting = "" if self.told else fitting
        self.chosen = chosen_with(result, names, language) if self.asked and not self.judged else ""
        asks = self.fits or self.first or self.judged or none
        self.mending = first_way(result, names, language) if asks and not self.chosen else ""
        if self.chosen or (result["of_cards"] and two_cards(reading.cues)):  # which of two cards holds it is told there
            self.take = ""
        self.usual = between_words(result, language)
        if self.usual and self.first:  # neither of the two
            self.take, self.first = "", False
            self.fitting = self.fitting or _fitting(result, names, reading)
        self.saving = saving_judged(result, names, reading)

    def lead(self) -> list[str]:
        """What is told first, in order; parts may be empty."""
        result, names, language = self.result, self.names, self.language
        shared = "" if self.differ or (self.kept and not self.plain) else of_each(result, result["cases"], language)
        each = shared.strip()
        fused = (result["one_card"] or {}).get(
            "fused"
        ) or {}  # with which a single card may do where several do not without
        one_card = (
            self.first
            and (not self.chosen or (bool(fused) and leaning(fused) in FITS))
            and result["recommended"] is not None
        )
        trained = (
            ""
            if self.only_states or each or rank_alone(result)
            else trained_words(result, names, language) or self.kept or self.states
        )
        of_rank = base_stays(result, language)
        whence = bool(of_rank) and self._asks_whence()
        asked = self.fitting or self.judged or self.first or self.fits
        counted = "n_gpus" in self.reading.asks  # which the lines of the counts tell
        more = more_cards_words(result, names, language) if asked and not counted else ""
        unsaid = self.judged or self.first or self.fitting or (result["of_cards"] and result["recommended"] is None)
        return [
            pool_seen(result, names, language),
            order_claimed(result, names, self.reading) or self.across,
            self.judged,
            self.chosen,
            *self.usual,
            self.saving,
            parts_saved(result, names, language) if "which_part" in self.reading.cues else "",
            self.fitting,
            self.pipelines if self.fitting else "",
            more if self.fitting else "",
            *taken_or_out(result, names, f"**{self.take}**" if self.first and self.take else "", language),
            one_card_words(result, names[result["recommended"]], language) if one_card else "",
            self._states_first(),
            room_left(result, names, language) if compiled(_ROOM).search(self.text) else "",
            self.mending,
            of_rank if whence else "",
            self._figures(),
            *(why(result, names, language) if self.asks_why else []),
            each,
            "" if whence else of_rank,
            with_length(result, language) if result["less_share"] >= HARDLY else "",
            "" if self.unequal else at_start(result, names, language),
            trained,
            freed(result, names, language),
            divided_words(result, names, language),
            hosted(result, names, language),
            "" if unsaid else self.take,
            "" if self.fitting else more,
            *prices(result, names, language),
            lessened_words(result, names, self.reading) if self.asks_why else "",
        ]

    def _asks_whence(self) -> bool:
        """Is it told what each takes, and asked where that comes from or whether it can be right?"""
        seen = all(one["stated"] for one in self.result["setups"])
        doubted = {"supposed", "supposed_not"} & set(self.reading.cues) or "why_more" in self.reading.intents
        return seen and (bool(doubted) or not self.differ)

    def _states_first(self) -> str:
        if not (self.states and self.only_states):
            return ""
        return self.states if self.own else f"**{self.states}**"

    def _figures(self) -> str:
        """By how much they differ: over cards, in the part that is asked about, or in all."""
        result, names, language = self.result, self.names, self.language
        if result["of_cards"]:
            return of_cards(result, names, language)
        if part := asked_of(result, self.reading):
            return of_term(part, result, names, language)
        halves = halved(result, self.text, language)
        # each figure stands in the verdict
        if (self.fitting and not self.differ and not halves) or (self.saving and len(names) == 2) or self.across:
            return ""
        if self.told and (len(names) == 2 or not self.differ):
            return what_differs(result, language)
        more = bool(compiled(_MORE).search(self.text))
        return grown(result, names, language) or difference(result, names, language, more, self.plain, halves)

    def rest(self, lead: list[str]) -> list[str]:
        """The set-ups side by side, why they differ, and what would make the others fit."""
        result, names, language = self.result, self.names, self.language
        products = bool(self.kept) and not self.asks_why
        asked_why = self.differ or "oom_diagnosis" in self.reading.intents
        kept = result["differing"] == ["gradient_checkpointing"]  # what it keeps is told with its sums
        told = self.asks_why  # with the figures
        unasked = told or self.plain or products or kept or (self.fits and not asked_why)
        return [
            *stated(result, names, language),
            setups_by_card(result, names, language) if self.unequal else setups_table(result, names, language),
            *([] if unasked else why(result, names, language)),
            *defaults(result, names, language),
            *mended(result, names, language, told="\n".join(lead)),
            *(published_words({**result, "measurements": []}, language) if "method" in result["differing"] else []),
            *warnings(result, language),
        ]


def _on_both(result: Result, names: list[str], reading: Reading) -> tuple[list[str], list[str]]:
    """Set-ups of which a part is in RAM: which to take and where its parts are decides, not what a card alone holds."""
    language = reading.language
    lead = [
        placed_side_by_side(
            result["hybrid"], names, "fits" in reading.intents[:2] and asks_whether(reading.lowered), True, language
        ),
        of_each(result, result["cases"], language).strip(),
        *prices(result, names, language),
    ]
    return [part for part in lead if part], placed_table(result["hybrid"], names, language)


# of what is borderline, what by the middle of its interval is already more than there is
_BEYOND = "beyond"
_AS_SHOWN = 1.005  # from here on the two amounts read apart
_WORDS = {**VERDICTS, _BEYOND: ("just too much by the middle of the estimate", "按估算中值略微放不下")}
_BY_CHANCE = {name: _WORDS[name] for name in ("yes", "likely", "borderline", _BEYOND, "unlikely", "no")}


def _beyond(one: Result) -> bool:
    rooms = {card["capacity_gib"] for card in one["cards"]}
    return len(rooms) == 1 and None not in rooms and one["memory"]["best_gib"] > _AS_SHOWN * rooms.pop()


def _up_to(setup: Result, language: str) -> str:
    """How long a sequence goes in what is sure to fit."""
    longest = min((card["seq_len"] or 0 for card in setup["cards"]), default=0)
    if not longest or setup["verdict"] != "yes":
        return ""
    tokens = in_words("seq_len", longest, language)
    return f",最长约 {tokens}" if language == "zh" else f", up to about {tokens}"


def _fitting(result: Result, names: list[str], reading: Reading) -> str:
    """Which fit, where several were asked about, and up to which length if that is asked, too."""
    language = reading.language
    far = "seq_len" in reading.asks and "seq_len" not in reading.facts
    if result["of_cards"] or any(one["verdict"] is None for one in result["setups"]):
        return ""
    by: dict[str, list[str]] = {}
    zh = language == "zh"
    for name, one in zip(names, result["setups"], strict=True):
        found = "borderline" if one["verdict"] == "conditional" else leaning(one)
        if found == "borderline" and _beyond(one):
            found = _BEYOND
        need = gib(one["memory"]["best_gib"]) + (_up_to(one, language) if far else "")
        if len({leaning(card) for card in one["cards"]}) == 1 or any(not card["gpu"] for card in one["cards"]):
            by.setdefault(found, []).append(f"{name} ({need})")
            continue
        for card in one["cards"]:  # "A100" is two, and only one of them may hold it
            where = value("gpu", card["gpu"], language)
            by.setdefault(leaning(card), []).append(f"{name}{' · ' if zh else ' on '}{where} ({need})")
    rooms = {card["capacity_gib"] for one in result["setups"] for card in one["cards"]}
    room = gib(rooms.pop()) if len(rooms) == 1 else ""
    each = several_cards(result)
    if room:
        room = f";{'每张卡' if each else '卡上'}可用 {room}" if zh else f"; {'each' if each else 'the'} card has {room}"
    told = [
        f"{pick(words, language)}{':' if zh else ': '}{join(by[key], language)}"
        for key, words in _BY_CHANCE.items()
        if key in by
    ]
    said = join(told, language, ";" if zh else "; ")
    if any(one["lacks"] for one in result["setups"]):  # what else speaks against one follows
        said = f"只看显存,{said}" if zh else f"by memory alone, {said}"
    return f"**{said}{room}。**" if zh else f"**{said[0].upper()}{said[1:]}{room}.**"
