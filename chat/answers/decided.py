"""The sentence that decides between things side by side: whether the one that is asked about is enough, or helps where another
has failed, and with which of the others it fits.

Every number is of the result; nothing is computed here.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from chat.answers.after_failure import Option, by_whole_layers, instead, not_needed
from chat.answers.case_tables import OF_CARDS, Result, cases_of, ordered, several_cards
from chat.answers.count_words import in_fewer_bits
from chat.answers.fits_cell import longest_of
from chat.answers.in_fewer_bits import unquantised_words
from chat.answers.setup_words import join
from chat.answers.verdict_words import gap
from chat.answers.verdicts import has_failed
from chat.phrases import VERDICTS, case_words, gib, in_words, leaning, of_method, pick, value
from chat.plans.choices import Asked, asked_about, asked_instead
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.sufficient import NEEDED
from kb.cards import is_board
from kb.change import KEEPS
from kb.interval import FITS
from kb.lengths import reach
from kb.stated import ASKED

# a model is no means that is enough
_GOES = (("is enough", "is not enough"), ("fits", "does not fit"))
_GOES_ZH = (("够", "不够"), ("可以", "不行"))
_MANY = 3
_MOST_WAYS = 4  # of one name that are told one by one


def decided(options: Sequence[Option], asked: Asked, language: str, model: bool = False, way: str = "") -> str:
    """The sentence; empty where no card decides.

    model   the options are models or sizes, and no means of running one
    way     with what change the one that is asked about does fit, where it does not as it is
    """
    own = [one for one in options if one.key == asked.key]
    others = [one for one in options if one.key != asked.key]
    if not own or not others or any(one.room is None for one in options):
        return ""
    told = (
        instead(own, others, language) if asked.what == "instead" else _enough(own, others, asked, language, model, way)
    )
    return f"**{told}**" if told else ""


def _enough(own: list[Option], others: list[Option], asked: Asked, language: str, model: bool, way: str) -> str:
    fitting, short = [one for one in own if one.fits], [one for one in own if not one.fits]
    zh, name = language == "zh", own[0].name
    nearest = min(own, key=lambda one: one.gib)
    told = any(one.leaning not in FITS for one in others)
    rest = _others(others, nearest, language, model) if model or told or short else ""
    rest = rest or (_for_longer(nearest, others, language) if fitting else "")
    if fitting and short:
        return _by_ways(name, fitting, short, rest, language, model)
    words = (_GOES_ZH if zh else _GOES)[model][not fitting]
    edge = not fitting and nearest.leaning == "borderline"
    amounts = _needs(fitting or [nearest], language)
    likely = all(one.leaning == ("likely" if fitting else "unlikely") for one in fitting or [nearest])
    if zh:
        head = "临界" if edge else ("多半" if likely else "") + words
        if asked.needed and not edge:
            head = f"不需要,{head}" if fitting else "需要"
        return f"{head}\uff1a{name}{gap(name)}{amounts}{f';{way}就够' if way and not fitting else ''}{rest}。"
    plain = "" if asked.denied or edge else "Yes: " if bool(fitting) is not asked.needed else "No: "
    said = "is at the edge" if edge else f"most likely {words}" if likely else words
    if own[0].plural and not edge:
        said = said.replace("is ", "are ", 1)
    with_ = f"; with {way} it fits" if way and not fitting else ""
    sentence = f"{name} {said}: {amounts}{with_}{rest}."
    return f"{plain}{sentence}" if plain else f"{sentence[0].upper()}{sentence[1:]}"


def _by_ways(name: str, fitting: list[Option], short: list[Option], rest: str, language: str, model: bool) -> str:
    """Where it turns on what else is set: the ways in which it is enough, and those in which it is not."""
    zh = language == "zh"
    yes, no = _ways(fitting, language), _ways_short(short, language)
    alike = len({one.room for one in (*fitting, *short)}) == 1  # else the ways are cards, whose names tell it
    room = gib(fitting[0].room)
    if zh:
        goes = _GOES_ZH[model]
        there = f";{'每张卡' if fitting[0].each else '卡上'}可用 {room}" if alike else ""
        return f"{name}{gap(name)}用 {yes}{goes[0] if model else '就' + goes[0]},{no}{goes[1]}{there}{rest}。"
    goes = _GOES[model]
    able = goes[0].replace("is ", "are ") if fitting[0].plural else goes[0]
    there = f"; {'each' if fitting[0].each else 'the'} card has {room}" if alike else ""
    return f"{name} {able} with {yes}, not with {no}{there}{rest}."


def _ways(some: list[Option], language: str) -> str:
    """Ways with what each takes, those that take most first."""
    ranked = sorted(some, key=lambda one: -one.gib)
    each = [f"{one.way}({gib(one.gib)})" if language == "zh" else f"{one.way} ({gib(one.gib)})" for one in ranked]
    return join(each, language, "" if language == "zh" else " or ")


_MOST_SHORT = 3


def _ways_short(some: list[Option], language: str) -> str:
    """The ways that do not go; of many only the nearest, which all others exceed."""
    if len(some) <= _MOST_SHORT:
        return _ways(some, language)
    least = min(some, key=lambda one: one.gib)
    amount = gib(least.gib)
    if language == "zh":
        return f"其余(最省的是 {least.way},{amount})都"
    return f"any other ({least.way}, {amount}, takes the least of them)"


def _needs(some: list[Option], language: str) -> str:
    """What it takes of what there is."""
    most, least = max(some, key=lambda one: one.gib), min(some, key=lambda one: one.gib)
    zh, room = language == "zh", gib(some[0].room)
    amount = gib(most.gib) if most.gib == least.gib else f"{gib(least.gib).removesuffix(' GiB')}–{gib(most.gib)}"
    way = some[0].way if len(some) == 1 else ""
    if zh:
        return f"{'每张卡' if some[0].each else ''}要 {amount}{f'({way})' if way else ''},可用 {room}"
    against = "of" if some[0].fits else "against"
    return f"{amount}{' per card' if some[0].each else ''} {against} {room}{f' ({way})' if way else ''}"


def _others(others: list[Option], nearest: Option, language: str, model: bool) -> str:
    """What the others come to, or that none of them fits. Of a model it is the way that takes most, which gives up least; of
    a means the way of the one that is asked about, where it has one."""
    zh, told = language == "zh", []
    names = list(dict.fromkeys(one.name for one in others))
    if len(names) > _MANY:
        return ""
    for name in names:
        own = [one for one in others if one.name == name]
        held = [one for one in own if one.fits]
        if not model and 1 < len(own) <= _MOST_WAYS and all(one.way for one in own) and held:
            told.append(_each_way(name, held, [one for one in own if not one.fits], language))
            continue
        ways = [one for one in held if one.way == nearest.way and not model] or held
        best = max(ways, key=lambda one: one.gib) if ways else min(own, key=lambda one: one.gib)
        words = pick(VERDICTS[best.leaning], language)
        words = f"is {words}" if best.leaning == "borderline" and not zh else words
        of = "" if best.room == nearest.room else f"/{gib(best.room)}" if zh else f" of {gib(best.room)}"
        told_way = best.way if best.way != nearest.way or model else ""
        way = f"{name} 用 {told_way}" if zh and told_way else f"{name} with {told_way}" if told_way else name
        of += _as_long(best, language) if best.fits and not nearest.fits else ""
        told.append(f"{way}{gap(way)}{words}({gib(best.gib)}{of})" if zh else f"{way} {words} ({gib(best.gib)}{of})")
    return f";{join(told, language)}" if zh else f"; {join(told, language)}"


def _as_long(best: Option, language: str) -> str:
    """How long a sequence may be with what fits in place of what does not."""
    if not best.longest:
        return ""
    tokens = in_words("seq_len", best.longest, language)
    return f",最长约 {tokens}" if language == "zh" else f", up to about {tokens}"


_LONGER = 1.2  # times as long a sequence before a format of fewer bits is told to be for it


def _for_longer(own: Option, others: list[Option], language: str) -> str:
    """What weights of fewer bits are for where those that are asked about fit on the same card: a longer sequence."""
    one = others[0]
    alike = len(others) == 1 and one.room == own.room and own.longest > 0
    if not alike or not 0 < one.weights < own.weights or one.longest < _LONGER * own.longest:
        return ""
    most, here = in_words("seq_len", one.longest, language), in_words("seq_len", own.longest, language)
    if language == "zh":
        return f";{one.name}({gib(one.gib)})留给更长的上下文:最长约 {most},而 {own.name} 约 {here}"
    return f"; {one.name} ({gib(one.gib)}) is for longer contexts, up to about {most} against {here}"


def _each_way(name: str, held: list[Option], short: list[Option], language: str) -> str:
    """One of the others by the ways that are told for all: those in which it fits, and those in which it does not."""
    yes, no = _ways(held, language), _ways(short, language) if short else ""
    if language == "zh":
        return f"{name}{gap(name)}用 {yes}放得下" + (f",用 {no}放不下" if no else "")
    return f"{name} {'hold it' if held[0].plural else 'fits'} with {yes}" + (f", not with {no}" if no else "")


def cases_decided(result: Result, reading: Reading) -> str:
    """Of the cases of an estimate that differ in what the question names the one that is asked about."""
    cases = cases_of(result)
    if len(cases) < 2 and (one := result.get("on_one")) and one["verdict"] in ("yes", "no"):
        return _one_is_enough(one, result, reading)
    if len(cases) < 2 or "at_the_same_time" in reading.cues or any(case["verdict"] is None for case in cases):
        return ""
    for fact in ordered(cases[0]["facts"]):
        values = list(dict.fromkeys(case["facts"][fact] for case in cases))
        if fact == "kv_format" and (cache := _cache_instead(cases, result, reading)):
            return cache
        said = {in_words(fact, one, "en"): one for one in reading.facts.get(fact, ())}
        if len(values) < 2 or len(said) < 2:
            continue
        told = {value: [(fact, _as_said(in_words(fact, value, "en"), said))] for value in values}
        asked = asked_instead(reading, told) if has_failed(reading) else asked_about(reading, told)
        if asked:
            laid_out = _laid_out(cases, fact, reading)
            options = [_option(case, fact, result, reading.language, laid_out) for case in laid_out]
            # of cards what saves another one; of settings the other one is the way
            other = fact not in OF_CARDS and any(one.fits for one in options if one.key != asked.key)
            way = "" if other else _way(result, fact, asked.key, reading.language)
            answer = not_needed(fact, asked, options, result, reading)
            answer = answer or decided(options, asked, reading.language, fact in ("model", "params"), way)
            cards = () if fact in OF_CARDS else {str((result["facts"].get("gpu") or {}).get("value"))}
            beside = _to_the_system(cards, options, asked, reading.language)
            beside = beside or by_whole_layers(fact, asked, options, result, reading.language)
            return answer and answer + (beside or unquantised_words(result, reading.language))
    return ""


def _cache_instead(cases: list[Result], result: Result, reading: Reading) -> str:
    """Whether a narrow cache that is proposed helps where the usual one, which nobody names, has failed."""
    proposed = reading.facts.get("kv_format", ())
    if "cache_instead" not in reading.cues or len(proposed) != 1 or not has_failed(reading):
        return ""
    options = [replace(_option(case, "kv_format", result, reading.language), plural=True) for case in cases]
    return decided(options, Asked(proposed[0], "instead"), reading.language)


def _as_said(name: str, said: dict[str, Any]) -> Any:
    """What the question says of it: a card of one size only is named without its gigabytes."""
    short = [one for one in said if name.startswith(f"{one} ")]
    return said[name] if name in said else said[short[0]] if len(short) == 1 else None


_HOW_MANY = r"\b(?:how many|what number)\b[^.?;!]{0,48}\b(?:do|would|will|should) (?:i|we|you) need\b|(?:需要|要)(?:用|买|租)?(?:几|多少)(?:张|块|卡)|几(?:张|块)[^,;?。]{0,16}才"
# what may be needed and is no card
_NO_CARD = r"\byarn\b|\brope\b|\bnvlink\b|\bflash|\bquanti|\boffload|\bscaling|\bchunk|\bfp8|量化|卸载|外推"


def _one_is_enough(one: Result, result: Result, reading: Reading) -> str:
    """Asked whether so many cards are needed: whether a single one serves the model, or in how few bits it would."""
    if not compiled(NEEDED).search(reading.lowered) or has_failed(reading) or "one_more_asked" in reading.cues:
        return ""
    if compiled(_HOW_MANY).search(reading.lowered):  # "how many do I need": a count is asked for
        return ""
    if compiled(rf"(?:{NEEDED})[^.;?!,]{{0,12}}(?:{_NO_CARD})").search(reading.lowered):
        return ""
    need, room = gib(one["gib"]), gib(one["capacity_gib"])
    zh, less = reading.language == "zh", in_fewer_bits(one, reading.language)
    if one["verdict"] == "no":
        count, each = result["facts"]["n_gpus"]["value"], gib(result["memory"]["best_gib"])
        if zh:
            return f"**需要:一张不够,{need}/{room},{count} 张则每张 {each},放得下{less}。**"
        return f"**Yes: one card is not enough, {need} of {room}; {count} hold it, {each} each{less}.**"
    if zh:
        return f"**不需要:一张就够,{need}/{room};多的卡只是更快、并发更多。**"
    return f"**No: one card is enough, {need} of {room}; more are for speed and more requests.**"


def _way(result: Result, fact: str, key: Any, language: str) -> str:
    """The cheapest change of something else that makes the case fit and keeps its cards, with what it then takes."""
    if (result.get("mended") or {}).get(fact) != key:
        return ""
    return _cheapest(result.get("changes") or [], fact, language)


def _cheapest(changes: Sequence[Result], fact: str, language: str) -> str:
    """The first of the changes that keeps cards and fact and surely fits, with what it then takes."""
    kept = [one for one in changes if one["price"] in KEEPS and not one.get("leaning") and fact not in one["facts"]]
    if not kept:
        return ""
    first = kept[0]
    return f"{first['zh']}({gib(first['gib'])})" if language == "zh" else f"{first['says']} ({gib(first['gib'])})"


def _laid_out(cases: list[Result], fact: str, reading: Reading) -> list[Result]:
    """Of layouts that nobody named those that fit, where one does."""
    if "zero_stage" in reading.facts or {name for case in cases for name in case["facts"]} != {fact, "zero_stage"}:
        return cases
    held = {str(case["facts"][fact]) for case in cases if leaning(case) in FITS}
    return [case for case in cases if leaning(case) in FITS or str(case["facts"][fact]) not in held]


def _option(case: Result, fact: str, result: Result, language: str, cases: Sequence[Result] = ()) -> Option:
    """A case as a way of its key: what else is set in it, of which the other cases of that key have something else."""
    alike = [one for one in cases if one["facts"][fact] == case["facts"][fact]]
    rest = {name: case["facts"][name] for name in ordered(case["facts"]) if name != fact}
    if len(alike) > 1:
        rest = {name: one for name, one in rest.items() if len({str(other["facts"][name]) for other in alike}) > 1}
    way = case_words(rest, language) if rest else ""
    name = of_method(in_words(fact, case["facts"][fact], language), case["facts"].get("method"))
    several = several_cards(result, [case])
    many = fact == "n_gpus" and int(case["facts"][fact]) > 1
    need, room = case["memory"]["best_gib"], case["capacity_gib"]
    weights, length = _weights(case, {fact}), _length(result)
    longest = _of_the_model(case, result, longest_of(case) or 0) if _is_served(case) else 0
    return Option(case["facts"][fact], name, way, leaning(case), need, room, several, many, weights, length, longest)


def _weights(case: Result, differing: Collection[str]) -> float:
    """What the weights take of a card, where it is how they are stored that differs."""
    stored = {"weight_format", "bits"} & set(differing)
    return sum(float(one["gib"]) for one in case.get("terms") or [] if one["name"] == "weights") if stored else 0.0


def _of_the_model(case: Result, result: Result, longest: int) -> int:
    """The longest sequence that fits, as far as the model itself goes."""
    model = (result["facts"].get("model") or {}).get("value")
    most = max(int(case.get("positions") or 0), reach(model) if isinstance(model, str) else 0)
    return min(longest, most) if most else longest


def _is_served(case: Result) -> bool:
    """Is it one with a cache, whose length is what is left for a context?"""
    return any(one["name"] == "kv_cache" for one in case.get("terms") or [])


def _length(result: Result) -> int:
    told = (result.get("facts") or {}).get("seq_len") or {}
    return int(told["value"]) if told.get("origin") == ASKED else 0


def sides_decided(result: Result, names: list[str], reading: Reading) -> str:
    """Of the set-ups of a comparison the one that is asked about."""
    if any(one["verdict"] is None for one in result["setups"]):
        return ""
    every = [dict(one["facts"]) for one in result["setups"]]
    alike = {name for name in every[0] if len({str(one.get(name)) for one in every}) == 1}
    told = {
        place: [(name, one[name]) for name in one if name not in alike and one[name] != "none"] or [*one.items()]
        for place, one in enumerate(every)
    }
    asked = asked_instead(reading, told) if has_failed(reading) else asked_about(reading, told)
    if asked is None:
        return ""
    several = any(one["total_gib"] > 1.01 * one["memory"]["best_gib"] for one in result["setups"])
    options = [
        Option(
            place,
            name,
            value("gpu", card["gpu"], reading.language) if len(one["cards"]) > 1 else "",  # "A100" is two
            leaning(card),
            one["memory"]["best_gib"],
            card["capacity_gib"],
            several,
            int(one["facts"].get("n_gpus") or 1) > 1,
            _weights(one, result["differing"]),
            _length(result),
            int(card["seq_len"] or 0) if _is_served(one) else 0,
        )
        for place, (name, one) in enumerate(zip(names, result["setups"], strict=True))
        for card in one["cards"]
    ]
    mended = [change for one in result["mended"] if one["setup"] == asked.key for change in one["changes"]]
    way = _cheapest(mended, "method", reading.language) if result["differing"] == ["method"] else ""
    said = decided(options, asked, reading.language, set(result["differing"]) <= {"model", "params"}, way)
    cards = {str(card["gpu"]) for one in result["setups"] for card in one["cards"]}
    beside = _to_the_system(cards, options, asked, reading.language)
    return said and said + (beside or unquantised_words(result, reading.language))


def _to_the_system(cards: Collection[str], options: Sequence[Option], asked: Asked, language: str) -> str:
    """On a board of one memory what the one that is asked about leaves of it: the system lives there too, and so what 16 bits
    take is not told beside. Of a Mac the room is already the GPU's part."""
    own = [one for one in options if one.key == asked.key and one.fits]
    if asked.what == "instead" or len(cards) != 1 or len(own) != 1 or own[0].each or not is_board(*cards):
        return ""
    left = gib((own[0].room or 0) - own[0].gib)
    if language == "zh":
        return f"剩下的 {left} 是系统和其他程序的:这里只有一份内存。"
    return f" The {left} that are left are for the system and all else: it is one memory."
