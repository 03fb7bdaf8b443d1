"""By how much compared set-ups differ, and in what: over all, on other cards, in the one part that is asked about."""

from chat.answers.at_like_cost import HARDLY
from chat.answers.case_tables import Result
from chat.answers.contrasted import several_cards
from chat.answers.noted import standing
from chat.answers.setup_words import changes_in_words, join
from chat.answers.verdict_words import gap, takes
from chat.answers.which import gibs
from chat.phrases import gib, in_words, leaning, pick, value, verdict
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.words import term
from kb.interval import FITS

# one term is nearly all of it from this share on, most from that
_NEARLY_ALL, _MOSTLY = 0.85, 0.5
# asked of the cache and of nothing whole
_WHOLE = r"\bv?ram\b|\bmemory\b|\bfits?\b|\bin all\b|\btotal\b|\bgpus?\b|\bcards?\b|显存|总共|一共|放得下|够"


def _of_other_settings(result: Result, names: list[str], language: str) -> str:
    """Of each figure that was told and is of a setting that differs, that setting; empty where none is."""
    zh = language == "zh"
    told = [
        (one["stated"], name, changes_in_words(one["stated_as"]["facts"], language, base=True), gib(one["stated_as"]["gib"]))
        for name, one in zip(names, result["setups"], strict=True)
        if one["stated_as"] and one["stated_as"]["as"] == "changed"
    ]  # fmt: skip
    if zh:
        return "".join(f";您说的 {name} {said}\uff0c是{how}时的量({size})" for said, name, how, size in told)
    return "".join(f"; your {said} for {name} is what it takes with {how} ({size})" for said, name, how, size in told)


def difference(
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
            [_amount(name, amount, language) for name, amount in zip(names, amounts, strict=True)],
            language,
            ";" if zh else "; ",
        )
        # figures that differ all the same are of settings that do
        other = _of_other_settings(result, names, language)
        if zh:
            return f"**{subject}{'同样设置下' if other else ''}{each}需要的显存几乎一样\uff1a{told}{other}。**"
        return f"**{subject}{'with the same settings ' if other else ''}hardly any difference{each}: {told}{other}.**"
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
    tail += _on_the_card(result["setups"][small], language) if len(names) == 2 and not more else ""
    return f"**{subject}{head}{tail}{'。' if zh else '.'}**"


def _on_the_card(least: Result, language: str) -> str:
    """That the card hardly holds even the one that takes less."""
    rooms = {card["capacity_gib"] for card in least["cards"]} - {None}
    if len(rooms) != 1 or len(least["cards"]) > 1 or least["verdict"] is None or leaning(least) in FITS:
        return ""
    room, words = gib(rooms.pop()), verdict(least, language)
    return f";卡上可用 {room}:{words}" if language == "zh" else f"; the card has {room}: {words}"


def _amount(name: str, size: float, language: str) -> str:
    """`LoRA 20 GiB`; behind a digit `tensor parallel 2 takes 20 GiB`."""
    return f"{name} {takes(name, language)}{gib(size)}"


def what_differs(result: Result, language: str) -> str:
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


def of_cards(result: Result, names: list[str], language: str) -> str:
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
        room = card["capacity_gib"]  # None where no card is named: nothing to hold it against
        behind = f"{',' if zh else ', '}{words}" if words else ""
        if zh:
            whole = f",合计 {gib(one['total_gib'])}" + (f"\uff08{shared}\uff09" if shared else "") if several else ""
            told.append(f"{name} 每卡 {need}{f' / {gib(room)}' if room else ''}{whole}{behind}")
        else:
            whole = f", {gib(one['total_gib'])} in all" + (f" ({shared})" if shared else "") if several else ""
            told.append(f"{name} {need}{f' of {gib(room)}' if room else ''} per card{whole}{behind}")
    totals = [one["total_gib"] for one in setups]
    # stage 0 is a layout, too, and divides nothing
    divided = any({**one["layout"], **one["divided_by"]}.items() - {("zero_stage", 0)} for one in setups)
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


def asked_of(result: Result, reading: Reading) -> Result | None:
    """The term that the question is about, where it is of one and the set-ups differ in it."""
    alone = "kv" in reading.cues and not compiled(_WHOLE).search(reading.lowered)  # and nothing of the whole
    about = "kv_cache" in reading.intents[:2] or "kv_format" in result["differing"] or alone
    return next((one for one in result["differences"] if about and one["name"] == "kv_cache"), None)


def of_term(one: Result, result: Result, names: list[str], language: str) -> str:
    """The difference in one term, and the whole beside it."""
    zh, amounts = language == "zh", one["amounts_gib"]
    name, subject = term(one["name"], language), _subject(result, language)
    order = sorted(range(len(names)), key=lambda place: amounts[place])
    comma = "," if zh else ", "
    told = join([_amount(names[place], amounts[place], language) for place in order], language, comma)
    less, percent = gib(one["spread_gib"]), one["less_shown"]
    whole = join([_amount(names[place], gibs(result)[place], language) for place in order], language, comma)
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
    zh, told, share, nothing = language == "zh", [], 0.0, "0" if language == "zh" else "none"
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
