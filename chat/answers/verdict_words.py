"""The verdicts of several cases as a person would say them: by what they turn on, each verdict once."""

from chat.answers.case_tables import Result, ordered, several_cards
from chat.phrases import VERDICTS, gib, in_words, leaning, pick
from formulas.chinese import spaced
from kb.names import names
from kb.stated import ASKED

# how a fact's value is joined to a verdict in English: "fits on A100 80 GB", "does not fit with a copy per card"
_JOINED = {"gpu": "on", "gpu_memory_gb": "on", "n_gpus": "on", "model": "for", "params": "for", "seq_len": "at"}
# of a run that is told to have failed
MORE = ("something takes more than is assumed here", "有某一项比这里假设的更占显存")
_ORDER = ("yes", "likely", "borderline", "unlikely", "no")
_MANY = 4  # sizes, told by where they end
_FEW = 3  # cases that agree, told by name
# a verdict is told by the model or method, then by the card; the layout before the bits
_ASKED_BY = ("model", "params", "method", "gpu", "gpu_memory_gb", "n_gpus", "zero_stage", "bits", "lora_targets")


def by_cases(cases: list[Result], language: str, result: Result) -> str:
    """The verdicts as a person would say them: by what they turn on, each verdict once, with what it takes."""
    zh = language == "zh"
    cases = [{**case, "verdict": leaning(case)} for case in cases]
    if len({case["verdict"] for case in cases}) == 1:
        return _alike(cases, language, result)
    turns_on = [name for name in ordered(cases[0]["facts"]) if name == "n_gpus" or _matters(name, cases)]
    turns_on.sort(key=lambda name: _ASKED_BY.index(name) if name in _ASKED_BY else 0)
    ways = [_by(name, cases, language) for name in turns_on or ordered(cases[0]["facts"])[:1]]
    # the way that leaves least to the table, then by what people ask about
    said = min(ways, key=lambda way: way.count("见表" if zh else "see the table")) + _had(cases, result, language)
    if not result.get("doubted"):
        return said
    if result.get("explained"):
        return f"按公式{said}" if zh else f"by the formulas {said}"
    return f"按公式{said};既然失败了,原因见下" if zh else f"by the formulas {said}; as it failed, see the causes below"


def _alike(cases: list[Result], language: str, result: Result) -> str:
    """Cases that agree: the one that says most, the largest that fits or the smallest that does not."""
    zh, only = language == "zh", cases[0]["verdict"]
    if only == "yes" and result.get("doubted") and not result.get("explained"):
        below = "(见下;表中各情形都低于卡的显存)" if zh else " (see below: by the table no case fills the card)"
        return pick(MORE, language) + below
    each, had = _each(cases, only == "no", language), _had(cases, result, language)
    if only == "yes":
        from chat.answers.host_words import in_ram  # which words what an estimate says of its own verdict

        if told := _by_layout(cases, language):
            return told + in_ram(result, language) + had
        most = gib(max(case["memory"]["best_gib"] for case in cases))
        return (f"{each}都放得下,最多 {most}" if zh else f"fits {each}, with {most} at most") + had
    if only == "no":
        least = gib(min(case["memory"]["best_gib"] for case in cases))
        return (
            f"{each}都放不下,最省的也要 {least}" if zh else f"does not fit {each}: even the least takes {least}"
        ) + had
    words = pick(VERDICTS[only], language)
    return (f"{each}都{words}({_amounts(cases)})" if zh else f"{words} {each} ({_amounts(cases)})") + had


def _by_layout(cases: list[Result], language: str) -> str:
    """What each of a few layouts takes, all of which fit: the difference is what one asks them for."""
    differing = [name for name in cases[0]["facts"] if len({str(case["facts"].get(name)) for case in cases}) > 1]
    if differing != ["zero_stage"] or len(cases) > _FEW:
        return ""
    zh = language == "zh"
    each = [
        f"{in_words('zero_stage', one['facts']['zero_stage'], language)} {gib(one['memory']['best_gib'])}"
        for one in cases
    ]
    return (
        f"{'、'.join(each)},都放得下"
        if zh
        else f"fits either way: {', '.join(each)}"
        if len(each) == 2
        else f"fits each way: {', '.join(each)}"
    )


def _each(cases: list[Result], none: bool, language: str) -> str:
    """What the cases are: their names where they are few and differ in one thing only, else those of the table."""
    zh, names = language == "zh", ordered(cases[0]["facts"])
    differing = [name for name in names if len({str(case["facts"][name]) for case in cases}) > 1]
    if len(differing) != 1 or len(cases) > _FEW:
        return "表中每种情形" if zh else f"in {'any' if none else 'each'} case of the table"
    name = differing[0]
    words = [in_words(name, case["facts"][name], language) for case in cases]
    if zh:
        return f"{'、'.join(words)}{gap(words[-1])}"
    listed = (" or " if none else " and ").join([", ".join(words[:-1]), words[-1]])
    return f"{_joined(name, words)}{listed}" + ("" if none else " alike")


def only_one(name: str, leans: str, until: str, language: str) -> str:
    """The only one that may fit, and how likely it does."""
    zh = language == "zh"
    if leans == "unlikely":
        return (
            f"多半都放不下;最接近的是 {name}{until}。" if zh else f"Most likely none fits; {name} comes nearest{until}."
        )
    if zh:
        return f"选 {name}:其余都放不下,它{'多半放得下' if leans == 'likely' else '也只是临界'}{until}。"
    may = "most likely does" if leans == "likely" else "is borderline"
    return f"Take {name}: the others do not fit, and it {may}{until}."


def _had(cases: list[Result], result: Result, language: str) -> str:
    """What the card has, where it is one for all."""
    rooms, several = {case.get("capacity_gib") for case in cases}, several_cards(result, cases)
    room, apart = gib(rooms.pop()) if len(rooms) == 1 else "", bool(result.get("unequal"))
    if language == "zh":
        return (";最小的卡可用 " if apart else ";每张卡可用 " if several else ";卡上可用 ") + room if room else ""
    return f"; {'the smallest' if apart else 'each' if several else 'the'} card has {room}" if room else ""


def _amounts(group: list[Result]) -> str:
    """What the cases take, the least and the most of them; of unequal cards with layers in proportion all of them, of what they have."""
    apart = group[0].get("unequal") if len(group) == 1 else None
    if apart and apart["by_layers"]:
        return f"{gib(apart['total_gib'])} / {gib(apart['room_gib'])}"
    low, high = (gib(end(case["memory"]["best_gib"] for case in group)) for end in (min, max))
    return low if low == high else f"{low.removesuffix(' GiB')}–{high}"


def _with_amount(words: str, group: list[Result], language: str) -> str:
    """The amount in brackets, but never two pairs of them in a row."""
    if language == "zh":
        return f"{words}({_amounts(group)})"
    return f"{words}, {_amounts(group)}" if words.endswith(")") else f"{words} ({_amounts(group)})"


def _by(name: str, cases: list[Result], language: str) -> str:
    """The verdicts by one fact, then by what they still turn on."""
    plain: dict[str, list[str]] = {}
    groups: dict[str, list[Result]] = {}
    mixed: list[str] = []
    for given in dict.fromkeys(case["facts"][name] for case in cases):
        group = [case for case in cases if case["facts"][name] == given]
        inner = {case["verdict"] for case in group}
        words = in_words(name, given, language)
        if len(inner) == 1:
            verdict = inner.pop()
            plain.setdefault(verdict, []).append(words)
            groups.setdefault(verdict, []).extend(group)
        else:
            mixed.append(_mixed(name, words, group, language))
    sizes = _sizes(name, cases, language)
    said = [
        _with_amount(_said(name, verdict, _span(plain[verdict], sizes, language), language), groups[verdict], language)
        for verdict in _ORDER
        if verdict in plain
    ]
    return (";" if language == "zh" else "; ").join([*said, *mixed])


def _sizes(name: str, cases: list[Result], language: str) -> list[str]:
    """Many models that come with the smallest first, as a family's do; else nothing."""
    models = list(dict.fromkeys(case["facts"][name] for case in cases))
    if name != "model" or len(models) < _MANY:
        return []
    params = [names().by_spelling[str(model).lower()].params for model in models]
    return [in_words(name, model, language) for model in models] if params == sorted(params) else []


def _span(words: list[str], sizes: list[str], language: str) -> list[str]:
    """Several of many sizes by where they end or begin: the smallest `up to` one, the largest `from` one on."""
    if len(words) < 2 or not sizes:
        return words
    if words == sizes[: len(words)]:
        return [f"最大到 {words[-1]}" if language == "zh" else f"up to {words[-1]}"]
    if words == sizes[-len(words) :]:
        return [f"{words[0]} 及更大的" if language == "zh" else f"{words[0]} and larger"]
    return words


def _mixed(name: str, words: str, group: list[Result], language: str) -> str:
    """One value of a fact under which the verdict still differs: the cases that do fit, if they are few."""
    zh = language == "zh"
    rest = [{**case, "facts": {k: v for k, v in case["facts"].items() if k != name}} for case in group]
    best = next(verdict for verdict in _ORDER if any(case["verdict"] == verdict for case in rest))
    fits = [{**case, "verdict": str(case["verdict"] == best)} for case in rest]
    matter = _deciding(fits)
    fitting = _told_apart([case for case in rest if case["verdict"] == best], matter, language)
    others = [case for case in rest if case["verdict"] != best]
    those = [case for case in rest if case["verdict"] == best]
    inner = [verdict for verdict in _ORDER if any(case["verdict"] == verdict for case in rest)]
    if best == "unlikely":
        return _with_amount(_said(name, best, [words], language), those, language)
    if set(inner) - {"yes", "no"}:
        return _each_way(name, words, rest, inner, language)
    if len(others) == 1 and len(fitting) > 1:
        but = _with_amount(_told_apart(others, matter, language)[0], others, language)
        return (
            f"{words}{gap(words)}除{spaced(but)}外都放得下({_amounts(those)})"
            if zh
            else f"{_join(name)} {words} it fits ({_amounts(those)}), except {but}"
        )
    if len(fitting) > 2:
        return (
            f"{words}{gap(words)}要看其余条件(见表)"
            if zh
            else f"{_join(name)} {words} it depends on the rest (see the table)"
        )
    if zh:
        only = f"{words}{gap(words)}只有{spaced(' 或 '.join(fitting))}{gap(fitting[-1])}才放得下"
        return _with_amount(only, those, language)
    return _with_amount(f"{_join(name)} {words} only {' or '.join(fitting)}", those, language)


def _each_way(name: str, words: str, rest: list[Result], inner: list[str], language: str) -> str:
    """One value under which some cases may fit: each verdict but the plain no, with the cases that have it."""
    zh = language == "zh"
    matter = _deciding(rest)
    if len(matter) > 1 and "lora_targets" in matter:  # on all linears, as is usual; the table has the fewer
        rest = _most(rest, "lora_targets")
        inner = [verdict for verdict in _ORDER if any(case["verdict"] == verdict for case in rest)]
        matter.remove("lora_targets")
    said = []
    for verdict in [one for one in inner if one != "no"]:
        group = [case for case in rest if case["verdict"] == verdict]
        ways = _told_apart(group, matter, language)
        if len(ways) > _FEW:
            ways = ["部分情形(见表)" if zh else "some of the table"]
        told = pick(VERDICTS[verdict], language)
        way = (" 或 " if zh else " or ").join(ways)
        said.append(
            _with_amount(f"{way}{gap(way)}{told}" if zh else f"{told} {_joined(matter[0], ways)}{way}", group, language)
        )
    if "no" in inner:
        said.append("其余放不下" if zh else "else it does not fit")
    if zh:
        return f"{words}{spaced(','.join(said)) if not gap(words) else gap(words) + ','.join(said)}"
    return f"{_join(name)} {words} it {'is ' if said[0].startswith('borderline') else ''}{', '.join(said)}"


def _most(cases: list[Result], name: str) -> list[Result]:
    """Of cases that differ in one fact alone the one that needs most."""
    kept: dict[str, Result] = {}
    for case in sorted(cases, key=lambda one: -float(one["memory"]["best_gib"])):
        kept.setdefault(str(sorted((k, str(v)) for k, v in case["facts"].items() if k != name)), case)
    return list(kept.values())


def _told_apart(cases: list[Result], names: list[str], language: str) -> list[str]:
    """The cases by the facts that matter, each wording once."""
    joined = "、" if language == "zh" else ", "
    return list(
        dict.fromkeys(joined.join(in_words(one, case["facts"][one], language) for one in names) for case in cases)
    )


def _said(name: str, verdict: str, words: list[str], language: str) -> str:
    if language == "zh":
        return f"{'、'.join(words)}{gap(words[-1])}{pick(VERDICTS[verdict], language)}"
    return f"{pick(VERDICTS[verdict], language)} {_joined(name, words)}{' or '.join(words)}"


def _joined(name: str, words: list[str]) -> str:
    """The preposition before a fact's values; words that have one of their own need none."""
    return "" if words[0].startswith(("sharded", "ZeRO", "split by", "up to")) else _join(name) + " "


def gap(words: str) -> str:
    """Chinese wants a space after Latin letters, none after a bracket or a character."""
    return " " if words[-1].isascii() and words[-1] != ")" else ""


def takes(name: str, language: str) -> str:
    """The word between a name that ends on a number and its amount: `batch 1 takes 102.0 GiB`, for two numbers side by side
    read as one, and the guard finds that one in no result."""
    return "" if not name[-1].isdigit() else "占 " if language == "zh" else "takes "


def _join(name: str) -> str:
    return _JOINED.get(name, "with")


def _matters(name: str, cases: list[Result]) -> bool:
    """Does the verdict turn on this fact, all else equal?"""
    seen: dict[str, set[str]] = {}
    for case in cases:
        rest = str(sorted((k, str(v)) for k, v in case["facts"].items() if k != name))
        seen.setdefault(rest, set()).add(case["verdict"])
    return any(len(verdicts) > 1 for verdicts in seen.values())


def _deciding(cases: list[Result]) -> list[str]:
    """The facts that the verdict turns on; where no two cases differ in one of them alone, all that differ."""
    names = ordered(cases[0]["facts"])
    differing = [one for one in names if len({str(case["facts"].get(one)) for case in cases}) > 1]
    return [one for one in names if _matters(one, cases)] or differing


def pipelined(result: Result) -> bool:
    """Do the cards hold it as a pipeline alone, which nobody said, for its heads do not divide over them?"""
    facts = result.get("facts") or {}
    stages, cards = facts.get("pp") or {}, facts.get("n_gpus") or {}
    served = facts.get("engine", {}).get("value") != "llama.cpp" and facts.get("task", {}).get("value") == "inference"
    return served and stages.get("origin") not in (None, ASKED) and stages.get("value") == cards.get("value")
