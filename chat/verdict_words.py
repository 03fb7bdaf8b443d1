"""The verdicts of several cases as a person would say them: by what they turn on, each verdict once."""

from chat.case_tables import Result, ordered
from chat.phrases import VERDICTS, in_words, pick
from kb.names import names

# how a fact's value is joined to a verdict in English: "fits on A100 80 GB", "does not fit with a copy per card"
_JOINED = {"gpu": "on", "gpu_memory_gb": "on", "n_gpus": "on", "model": "for", "params": "for", "seq_len": "at"}
# of a run that is told to have failed
MORE = ("something takes more than is assumed here", "有某一项比这里假设的更占显存")
_ORDER = ("yes", "borderline", "no")
_MANY = 4  # sizes, told by where they end
# a verdict is told by the model or method, then by the card; the layout before the bits
_ASKED_BY = ("model", "params", "method", "gpu", "gpu_memory_gb", "n_gpus", "zero_stage", "bits", "lora_targets")


def by_cases(cases: list[Result], language: str, result: Result) -> str:
    """The verdicts as a person would say them: by what they turn on, each verdict once."""
    zh = language == "zh"
    verdicts = {case["verdict"] for case in cases}
    if len(verdicts) == 1:
        only = verdicts.pop()
        if only == "borderline":
            return "每种情形都在临界" if zh else "borderline in every case"
        if only == "yes" and result.get("doubted"):
            below = "(见下;表中各情形都低于卡的显存)" if zh else " (see below: by the table no case fills the card)"
            return pick(MORE, language) + below
        return ("每种情形都" if zh else "in every case it ") + pick(VERDICTS[only], language)
    turns_on = [name for name in ordered(cases[0]["facts"]) if name == "n_gpus" or _matters(name, cases)]
    turns_on.sort(key=lambda name: _ASKED_BY.index(name) if name in _ASKED_BY else 0)
    ways = [_by(name, cases, language) for name in turns_on or ordered(cases[0]["facts"])[:1]]
    # the way that leaves least to the table, then by what people ask about
    said = min(ways, key=lambda way: way.count("见表" if zh else "see the table"))
    if not result.get("doubted"):
        return said
    return f"按公式{said};既然失败了,原因见下" if zh else f"by the formulas {said}; as it failed, see the causes below"


def _by(name: str, cases: list[Result], language: str) -> str:
    """The verdicts by one fact, then by what they still turn on."""
    plain: dict[str, list[str]] = {}
    mixed: list[str] = []
    for given in dict.fromkeys(case["facts"][name] for case in cases):
        group = [case for case in cases if case["facts"][name] == given]
        inner = {case["verdict"] for case in group}
        words = in_words(name, given, language)
        if len(inner) == 1:
            plain.setdefault(inner.pop(), []).append(words)
        else:
            mixed.append(_mixed(name, words, group, language))
    sizes = _sizes(name, cases, language)
    said = [
        _said(name, verdict, _span(plain[verdict], sizes, language), language) for verdict in _ORDER if verdict in plain
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
    matter = [one for one in ordered(rest[0]["facts"]) if _matters(one, fits)]
    fitting = _told_apart([case for case in rest if case["verdict"] == best], matter, language)
    others = [case for case in rest if case["verdict"] != best]
    if best != "yes":
        return f"{words}{gap(words)}至多临界" if zh else f"at best borderline {_join(name)} {words}"
    if len(others) == 1 and len(fitting) > 1:
        between, verdict = "" if zh else " ", pick(VERDICTS[others[0]["verdict"]], language)
        but = f"{_told_apart(others, matter, language)[0]}{between}({verdict})"
        return (
            f"{words}{gap(words)}除{_lead(but)}{but}外都放得下"
            if zh
            else f"{_join(name)} {words} it fits, except {but}"
        )
    if len(fitting) > 2:
        return (
            f"{words}{gap(words)}要看其余条件(见表)"
            if zh
            else f"{_join(name)} {words} it depends on the rest (see the table)"
        )
    if zh:
        return f"{words}{gap(words)}只有{_lead(fitting[0])}{' 或 '.join(fitting)}{gap(fitting[-1])}才放得下"
    return f"{_join(name)} {words} only {' or '.join(fitting)}"


def _told_apart(cases: list[Result], names: list[str], language: str) -> list[str]:
    """The cases by the facts that matter, each wording once."""
    joined = "、" if language == "zh" else ", "
    return list(
        dict.fromkeys(joined.join(in_words(one, case["facts"][one], language) for one in names) for case in cases)
    )


def _said(name: str, verdict: str, words: list[str], language: str) -> str:
    if language == "zh":
        return f"{'、'.join(words)}{gap(words[-1])}{pick(VERDICTS[verdict], language)}"
    join = "" if words[0].startswith(("sharded", "ZeRO", "up to")) else _join(name) + " "
    return f"{pick(VERDICTS[verdict], language)} {join}{' or '.join(words)}"


def gap(words: str) -> str:
    """Chinese wants a space after Latin letters, none after a bracket or a character."""
    return " " if words[-1].isascii() and words[-1] != ")" else ""


def _lead(words: str) -> str:
    """The same space in front."""
    return " " if words[0].isascii() else ""


def _join(name: str) -> str:
    return _JOINED.get(name, "with")


def _matters(name: str, cases: list[Result]) -> bool:
    """Does the verdict turn on this fact, all else equal?"""
    seen: dict[str, set[str]] = {}
    for case in cases:
        rest = str(sorted((k, str(v)) for k, v in case["facts"].items() if k != name))
        seen.setdefault(rest, set()).add(case["verdict"])
    return any(len(verdicts) > 1 for verdicts in seen.values())
