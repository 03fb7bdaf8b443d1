"""A comparison in words: how much less, and of what; the set-ups side by side; why; what each costs; which to take.

Every number is of the result; nothing is computed here.
"""

from chat.answers.as_asked import side_by_side
from chat.answers.background import asks_why
from chat.answers.case_tables import Result
from chat.answers.contrasted import defaults, mended, prices, setups_table, several_cards, stated, why
from chat.answers.decided import sides_decided
from chat.answers.grown import grown
from chat.answers.halved import OWN_STATES, halved, times_told
from chat.answers.hybrid_words import placed_table
from chat.answers.hybrid_words import side_by_side as placed_side_by_side
from chat.answers.ladder_words import between_words
from chat.answers.layout_words import across_machines
from chat.answers.made_of import of_each
from chat.answers.models_weighed import models_weighed
from chat.answers.noted import at_start, freed, hosted, room_left, standing, with_length
from chat.answers.published import published_words
from chat.answers.put_together import together_words
from chat.answers.saved import order_claimed, parts_saved, saving_judged
from chat.answers.setup_words import changes_in_words, join, named
from chat.answers.trained_apart import (
    base_stays,
    divided_words,
    kept_words,
    one_card_words,
    own_states_words,
    states_words,
    trained_words,
)
from chat.answers.unequal_words import listed, of_setups, setups_by_card
from chat.answers.verdict_words import gap
from chat.answers.verdicts import asks_whether
from chat.answers.warned import warnings
from chat.answers.which import HARDLY, asks_which, chosen_with, first_way, gibs, one_card_alone, taken_or_out, which
from chat.figures.card_choice import two_cards
from chat.figures.kept_ways import allowed
from chat.phrases import VERDICTS, gib, in_words, leaning, pick, value, verdict
from chat.plans.setups import TRAINABLE
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.words import term

# one term is nearly all of it from this share on, most from that
_NEARLY_ALL, _MOSTLY = 0.85, 0.5
# asked which takes less, the figures are the answer
_BY_MEMORY = r"\b(?:least|less|lowest|smallest|smaller|lighter|lightest|fewer|most|more|larger|bigger)\b(?! (?:sense|worth))|\bcheap\w* (?:in|on|for) (?:v?ram|memory)\b|\b(?:v?ram|memory)[ -](?:cheap\w*|efficient)|省|最少|更少|最小|更小|占得?少|最多|更多"
_FITS = r"\b(?:fits?|holds?)\b|\bget (?:me|us|it) (?:under|below|in|there)\b|\bfitting\b|\bcan (?:i )?run\b|能跑|跑得[动起]|放得下|装得下|哪些(?:可以|能|行)|行吗|行不行|可以[不吗]|够[吗不]|\benough\b|\bpossible\b|\bok\?"
_ONLY_STATES = r"\b(?:just|only)\b[^.;?]{0,16}\bstates?\b|\bstates? only\b|[只仅光](?:算|要|看|比较?|考虑|说)?(?:模型|优化器)?的?状态"
# asked how much more, the larger comes first
_MORE = r"\bwhy\b[^?;]{0,48}\bmore (?:than|(?:v?ram|memory))\b|为(?:什么|啥|何)[^?;]{0,24}(?:多|大)|\bhow much (?:more|extra)\b|\bextra (?:v?ram|mem(?:ory)?)\b|多多少|[会要]?多[占用吃出花要]多?少?|增加多少|涨多少"
_WHOLE = r"\bv?ram\b|\bmemory\b|\bfits?\b|\bin all\b|\btotal\b|\bgpus?\b|\bcards?\b|显存|总共|一共|放得下|够"
# else each figure is asked for, and no difference between them
_DIFFERENCE = (
    r"\bdiffer\w*|\bcompar\w*|\bsav\w+|\bless\b|\bmore\b|\bwhy\b|区别|差别|差异|相差|差多少|对比|比较|省|为什么|为啥"
)
_ROOM = r"\b(?:room|headroom|longer context|longest context|more context|context left)\b|余量|剩余空间|剩下|更长的?上下文|(?:多|差)出?(?:来)?(?:多少|几)[^,;?]{0,6}(?:上下文|token|长度)|(?:上下文|长度)(?:能|可以)?(?:多|差)多少"


def compared(result: Result, reading: Reading) -> tuple[list[str], list[str]]:
    """The lead and the rest of an answer."""
    language = reading.language
    left = [{**one, "changes": allowed(one["changes"], frozenset(reading.cues))} for one in result["mended"]]
    result = {**result, "mended": [one for one in left if one["changes"]]}
    names = [named(one, result, language) for one in result["setups"]]
    text = reading.lowered
    wants = "which_method" in reading.intents[:2] and "why_more" not in reading.intents
    asked = (wants or asks_which(reading) or one_card_alone(result)) and not compiled(_BY_MEMORY).search(text)
    term_asked = _asked_of(result, reading)
    trainable = compiled(TRAINABLE).search(text) and result["facts"].get("task", {}).get("value") != "train"
    if trainable or "which_part" in reading.cues:
        asked = False  # it is told with the prices; of the parts that each saves none is chosen
    across = across_machines(result, names, reading)
    asked = asked and not across
    take = (models_weighed(result, reading, True) or which(result, names, language)) if asked else ""
    only_states, of_own = (compiled(one).search(text) is not None for one in (_ONLY_STATES, OWN_STATES))
    times = times_told(reading)
    of_own = of_own or times
    own = own_states_words(result, names, language, only_states or of_own, times)
    only_states = only_states or (of_own and bool(own))
    states = own or states_words(result, names, language)
    kept = kept_words(result, names, language)
    products = bool(kept) and not asks_why(reading)
    first = bool(take) and (
        result["recommended"] is not None or bool(result["narrower"])
    )  # asked which, with a card: that is the answer
    plain = "how_much" in reading.intents[:3] and not compiled(_DIFFERENCE).search(text)
    asked_apart = bool(compiled(_DIFFERENCE).search(text))
    asked_why = asked_apart or "oom_diagnosis" in reading.intents
    fits = compiled(_FITS).search(text) or ("fits" in reading.intents[:2] and not first) or reading.intent == "fits"
    unequal = all(map(listed, result["setups"])) and not result["of_cards"]
    apart, pipelines = of_setups(result, names, language) if unequal else ("", "")
    fitting = apart or (_fitting(result, names, language) if fits else "")
    if result["hybrid"]:
        return _on_both(result, names, reading)
    each = "" if asked_apart or (kept and not plain) else of_each(result, result["cases"], language).strip()
    judged = sides_decided(result, names, reading)
    if judged:  # the verdicts and the pick stand in it
        first = False
    told = bool(judged) or (first and result["recommended"] is not None and not result["of_cards"])
    fitting = "" if told else fitting
    chosen = chosen_with(result, names, language) if asked and not judged else ""
    mending = first_way(result, names, language) if (fits or first or judged) and not chosen else ""
    of_two_cards = result["of_cards"] and two_cards(reading.cues)  # which of them holds it is told there
    take = "" if chosen or of_two_cards else take
    usual = between_words(result, language)
    if usual and first:  # neither of the two
        take, first, fitting = "", False, fitting or _fitting(result, names, language)
    saving = saving_judged(result, names, reading)
    if side_by_side(result, reading) and (sum_ := together_words(result, names, language)):
        return [sum_], [setups_table(result, names, language), *warnings(result, language)]
    lead = [
        order_claimed(result, names, reading) or across,
        judged,
        chosen,
        *usual,
        saving,
        parts_saved(result, names, language) if "which_part" in reading.cues else "",
        fitting,
        pipelines if fitting else "",
        *taken_or_out(result, names, f"**{take}**" if first and take else "", language),
        one_card_words(result, names[result["recommended"]], language)
        if first and not chosen and result["recommended"] is not None
        else "",
        states if own and only_states else f"**{states}**" if states and only_states else "",
        room_left(result, names, language) if compiled(_ROOM).search(text) else "",
        mending,
        _of_cards(result, names, language)
        if result["of_cards"]
        else _of_term(term_asked, result, names, language)
        if term_asked
        else ""
        if (fitting and not asked_apart) or (saving and len(names) == 2) or across  # each figure stands in the verdict
        else _what_differs(result, language)
        if told and (len(names) == 2 or not asked_apart)
        else grown(result, names, language)
        or _lead(result, names, language, bool(compiled(_MORE).search(text)), plain, halved(result, text, language)),
        each,
        base_stays(result, language),
        with_length(result, language) if result["less_share"] >= HARDLY else "",
        "" if unequal else at_start(result, names, language),
        "" if only_states or each else trained_words(result, names, language) or kept or states,
        freed(result, names, language),
        divided_words(result, names, language),
        hosted(result, names, language),
        "" if judged or first or fitting or (result["of_cards"] and result["recommended"] is None) else take,
        *prices(result, names, language),
    ]
    rest = [
        *stated(result, names, language),
        setups_by_card(result, names, language) if unequal else setups_table(result, names, language),
        *([] if plain or products or (fits and not asked_why) else why(result, names, language)),
        *defaults(result, names, language),
        *mended(result, names, language, told="\n".join(lead)),
        *(published_words({**result, "measurements": []}, language) if "method" in result["differing"] else []),
        *warnings(result, language),
    ]
    return [part for part in lead if part], [part for part in rest if part]


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


def _lead(
    result: Result, names: list[str], language: str, more: bool = False, plain: bool = False, halves: str = ""
) -> str:
    """The difference and its size, and the term that makes most of it; asked how much more, the larger first.

    plain       each is asked for, and no difference: of several the figures alone
    halves      whether the one takes half of the other, where that is asked
    """
    zh, amounts = language == "zh", gibs(result)
    small, large = result["smallest"], result["largest"]
    each = ("每张卡" if zh else " per card") if several_cards(result) else ""
    subject = _subject(result, language)
    if result["less_share"] < HARDLY:
        told = join(
            [f"{name} {gib(amount)}" for name, amount in zip(names, amounts, strict=True)],
            language,
            ";" if zh else "; ",
        )
        # figures that differ all the same are of settings that do
        other = any(one["stated_as"] and one["stated_as"]["as"] == "changed" for one in result["setups"])
        if zh:
            return f"**{subject}{'同样设置下' if other else ''}{each}需要的显存几乎一样\uff1a{told}{'。您说的数来自不同的设置' if other else ''}。**"
        return f"**{subject}{'with the same settings ' if other else ''}hardly any difference{each}: {told}{'; your figures are of other settings' if other else ''}.**"
    less, percent = gib(result["difference_gib"]), result["less_shown"]
    subject = halves + subject
    if len(names) == 2 and more:
        head = (
            f"{names[large]}{gap(names[large])}{each}需要约 {gib(amounts[large])},{names[small]}{gap(names[small])}约 {gib(amounts[small])}:多 {less}" if zh
            else f"{names[large]} needs {less} more than {names[small]}{each}: {gib(amounts[large])} against {gib(amounts[small])}"
        )  # fmt: skip
    elif len(names) == 2:
        head = (
            f"{names[small]}{gap(names[small])}{each}需要约 {gib(amounts[small])},比{' ' if names[large][0].isascii() else ''}{names[large]}\uff08{gib(amounts[large])}\uff09少 {less}\uff08{percent}\uff09" if zh
            else f"{names[small]} needs about {gib(amounts[small])}{each}, {less} less ({percent}) than {names[large]} with {gib(amounts[large])}"
        )  # fmt: skip
    else:
        order = sorted(range(len(names)), key=lambda place: amounts[place])
        told = join([_amount(names[place], amounts[place], language) for place in order], language, ";" if zh else "; ")
        if plain:
            return f"**{subject}{told}{f'({each})' if zh and each else each}{'。' if zh else '.'}**"
        head = (
            f"从少到多{',每张卡' if each else ''}\uff1a{told};首尾相差 {less}\uff08{percent}\uff09"
            if zh
            else f"from the least{each}: {told}; {less} ({percent}) between the first and the last"
        )
    tail = _mostly(result, small, large, language, larger_first=len(names) == 2 and more)
    return f"**{subject}{head}{tail}{'。' if zh else '.'}**"


def _amount(name: str, size: float, language: str) -> str:
    """`LoRA 20 GiB`; behind a digit `tensor parallel 2 takes 20 GiB`, for two numbers side by side read as one."""
    takes = "" if not name[-1].isdigit() else "占 " if language == "zh" else "takes "
    return f"{name} {takes}{gib(size)}"


def _what_differs(result: Result, language: str) -> str:
    """By how much two differ and in what, where their needs are told already."""
    tail = _mostly(result, result["smallest"], result["largest"], language) if len(result["setups"]) == 2 else ""
    less, percent = gib(result["difference_gib"]), result["less_shown"]
    if not tail:
        return ""
    return (
        f"相差 {less}\uff08{percent}\uff09{tail}。"
        if language == "zh"
        else f"The difference of {less} ({percent}) is {tail.removeprefix(', ')}."
    )


def _of_cards(result: Result, names: list[str], language: str) -> str:
    """The same on other cards: what all of them hold together, and how full each is."""
    zh, setups, subject = language == "zh", result["setups"], _subject(result, language)
    told = []
    for name, one in zip(names, setups, strict=True):
        card, need = one["cards"][0], gib(one["memory"]["best_gib"])
        words = verdict(card, language) if card["verdict"] else ""
        several = one["total_gib"] > 1.01 * one["memory"]["best_gib"]
        unsaid = {fact: said for fact, said in one["divided_by"].items() if fact not in one["layout"]}
        shared = changes_in_words(unsaid, language)
        if (apart := one["unequal"]) and apart["by_layers"]:  # each has another part
            room = gib(apart["room_gib"])
            told.append(
                f"{name} 合计 {gib(one['total_gib'])} / {room},{words}"
                if zh
                else f"{name} {gib(one['total_gib'])} in all of {room}, {words}"
            )
            continue
        if zh:
            whole = f",合计 {gib(one['total_gib'])}" + (f"\uff08{shared}\uff09" if shared else "") if several else ""
            told.append(f"{name} 每卡 {need} / {gib(card['capacity_gib'])}{whole},{words}")
        else:
            whole = f", {gib(one['total_gib'])} in all" + (f" ({shared})" if shared else "") if several else ""
            told.append(f"{name} {need} of {gib(card['capacity_gib'])} per card{whole}, {words}")
    totals = [one["total_gib"] for one in setups]
    divided = any({**one["layout"], **one["divided_by"]} for one in setups)
    which = (
        0 if max(totals) - min(totals) < HARDLY * max(totals)
        else 1 if max(totals) < 1.25 * min(totals)
        else 2 if divided
        else 3
    )  # fmt: skip
    head = f"{subject}{pick(_TOTALS[which], language)}"
    if zh:
        return f"**{head}\uff1a{join(told, language, ';')}。**"
    return f"**{head}: {join(told, language, '; ')}.**"


_TOTALS = (
    ("the need is the same", "需要的总量相同"),
    ("nearly the same in all, but each card has a runtime and buffers of its own", "总量相近,多卡各自多出运行时与缓冲"),
    ("a part is divided over the cards, and each holds the rest, a runtime and buffers of its own", "一部分分到各卡,其余每卡各有一份,另加各自的运行时与缓冲"),
    ("each card holds a copy, so more cards hold more in all", "每卡一份,卡多总量就多"),
)  # fmt: skip


def _fitting(result: Result, names: list[str], language: str) -> str:
    """Which fit, where several were asked about."""
    if result["of_cards"] or any(one["verdict"] is None for one in result["setups"]):
        return ""
    by: dict[str, list[str]] = {}
    for name, one in zip(names, result["setups"], strict=True):
        found = "borderline" if one["verdict"] == "conditional" else leaning(one)
        by.setdefault(found, []).append(f"{name} ({gib(one['memory']['best_gib'])})")
    zh = language == "zh"
    rooms = {card["capacity_gib"] for one in result["setups"] for card in one["cards"]}
    room = gib(rooms.pop()) if len(rooms) == 1 else ""
    each = several_cards(result)
    if room:
        room = f";{'每张卡' if each else '卡上'}可用 {room}" if zh else f"; {'each' if each else 'the'} card has {room}"
    told = [
        f"{pick(words, language)}{':' if zh else ': '}{join(by[key], language)}"
        for key, words in VERDICTS.items()
        if key in by
    ]
    said = join(told, language, ";" if zh else "; ")
    if any(one["lacks"] for one in result["setups"]):  # what else speaks against one follows
        said = f"只看显存,{said}" if zh else f"by memory alone, {said}"
    return f"**{said}{room}。**" if zh else f"**{said[0].upper()}{said[1:]}{room}.**"


def _asked_of(result: Result, reading: Reading) -> Result | None:
    """The term that the question is about, where it is of one and the set-ups differ in it."""
    alone = "kv" in reading.cues and not compiled(_WHOLE).search(reading.lowered)  # and nothing of the whole
    about = "kv_cache" in reading.intents[:2] or "kv_format" in result["differing"] or alone
    return next((one for one in result["differences"] if about and one["name"] == "kv_cache"), None)


def _of_term(one: Result, result: Result, names: list[str], language: str) -> str:
    """The difference in one term, and the whole beside it."""
    zh, amounts = language == "zh", one["amounts_gib"]
    name, subject = term(one["name"], language), _subject(result, language)
    order = sorted(range(len(names)), key=lambda place: amounts[place])
    comma = "," if zh else ", "
    told = join([_amount(names[place], amounts[place], language) for place in order], language, comma)
    less, percent = gib(one["spread_gib"]), one["less_shown"]
    whole = join([f"{names[place]} {gib(gibs(result)[place])}" for place in order], language, comma)
    if zh:
        return f"**{subject}{name}\uff1a{told},相差 {less}\uff08{percent}\uff09。**整体共需:{whole}。"
    return f"**{subject}{name}: {told}; {less} ({percent}) between them.** The whole: {whole}."


def _subject(result: Result, language: str) -> str:
    facts, said = result["facts"], []
    for name in ("model", "params"):
        if name in facts and facts[name]["origin"] == "asked":
            said.append(value(name, facts[name]["value"], language))
            break
    for name in ("method", "algo"):
        if (
            name in facts
            and facts[name]["origin"] == "asked"
            and name not in result["differing"]
            and facts[name]["value"] != "inference"
        ):
            said.append(value(name, facts[name]["value"], language))
    if "bits" in facts and any("bits" in one["layout"] for one in result["setups"]):  # left open, and the same for all
        said.append(value("bits", facts["bits"]["value"], language))
    if int(facts.get("n_gpus", {}).get("value") or 1) > 1:
        said += [in_words(name, facts[name]["value"], language) for name in ("n_gpus", "zero_stage") if name in facts]
    if not said:
        return ""
    return f"{' · '.join(said)}\uff1a" if language == "zh" else f"{', '.join(said)}: "


def _mostly(result: Result, small: int, large: int, language: str, larger_first: bool = False) -> str:
    """Which terms make the difference: the first, or the first two."""
    zh, told, share, nothing = language == "zh", [], 0.0, "没有" if language == "zh" else "none"
    for one in result["differences"][:2]:
        between = one["amounts_gib"][large] - one["amounts_gib"][small]
        if share >= _NEARLY_ALL or between <= 0:
            break
        amounts = standing(result, one)
        a, b = (gib(amount) if amount else nothing for amount in (amounts[small], amounts[large]))
        a, b = (b, a) if larger_first else (a, b)
        told.append(
            f"{term(one['name'], language)}\uff08{a} 对 {b}\uff09"
            if zh
            else f"{term(one['name'], language)} ({a} against {b})"
        )
        share += between / result["difference_gib"]
    if share < _MOSTLY:
        return ""
    names = join(told, language, "和" if zh else " and ")
    if share >= _NEARLY_ALL:
        each = _each_parameter(result, small, large, language)
        return f",几乎都在{names}{each}" if zh else f", nearly all of it {names}{each}"
    return f",主要在{names}" if zh else f", most of it {names}"


def _each_parameter(result: Result, small: int, large: int, language: str) -> str:
    """What of two optimizers' trainings each parameter takes in all."""
    pair = [result["setups"][place] for place in (large, small)]
    if len(result["setups"]) != 2 or not all(one.get("own_states") and one["states"] for one in pair):
        return ""
    before, after = (one["states"].rpartition(" = ")[2].removesuffix(" B/param") for one in pair)
    return f",每参数 {before} → {after} 字节" if language == "zh" else f", {before} → {after} B per parameter"
