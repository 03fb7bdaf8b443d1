"""The first sentence of an estimate: the verdict with what is needed against what there is, or the figure that was asked for.

Every number is taken from a result, so that the guard lets it through; nothing is computed here.
"""

from chat.answers.case_tables import (
    CAPACITY,
    Result,
    cases_of,
    held_words,
    ordered,
    other_sets,
    several_cards,
)
from chat.answers.count_words import in_machines
from chat.answers.host_words import host_short, in_ram, into_host_words, kept_in_ram, with_host
from chat.answers.hybrid_words import only_in_fewer, verdict_placed
from chat.answers.least_cards import by_format, least_cards
from chat.answers.made_of import made_of
from chat.answers.pool_words import at_once_words
from chat.answers.unequal_words import against, listed
from chat.answers.verdict_words import MORE, by_cases, gap, pipelined, takes
from chat.phrases import VERDICTS, case_words, gib, in_words, label, leaning, of_method, pick, span, value, verdict
from kb.host_memory import RAM_AT_HOME
from kb.hosting import MACHINE, whole_machines
from kb.interval import FITS, UNCHECKED
from kb.stated import ASKED

# what a run that has failed may have taken otherwise
_DECIDE = ("batch_size", "seq_len", "gradient_checkpointing", "loss")
_MOST_SAID = 6  # cases in a headline; the table has them all
TIGHT = ("fits, but it is tight", "放得下,但很紧")
# the card has room, and what it leaves to host memory nearly fills that
_RAM_TIGHT = ("fits, but host memory is tight", "放得下,但内存偏紧")
_WIDE = 0.5  # an interval of so much of its middle is told why
_ANSWERS = {"yes": ("Yes. ", "可以。"), "no": ("No. ", "不行。")}
_SPARE = {"yes": ("Yes, but not with a margin. ", "可以,但谈不上宽裕。")}
_PIPELINED = ("As a pipeline yes. ", "按流水线并行可以。")
# what is claimed not to fit: whether that is so
_DENIED = {"yes": ("No. ", "不对。"), "no": ("Yes. ", "对。")}
# a setting that is doubted: "is 64k too much?"
_DOUBTED = {"yes": ("Not too much. ", "不算过大。"), "no": ("Too much. ", "过大。")}
# how a headline begins that says it plainly
PLAINLY = tuple(f"**{one}" for those in (_ANSWERS, _DENIED, _DOUBTED, _SPARE) for both in those.values() for one in both)  # fmt: skip


def headline(result: Result, language: str, of: str = "") -> str:
    """The verdict with what is needed against what there is, or the figure where no card was named.

    of    what it is the verdict of, in place of the whole case
    """
    zh = language == "zh"
    subject, memory, cases = of or _subject(result, language), result.get("memory"), cases_of(result)
    if memory is None:
        return ""
    if result.get("verdict") is None:
        return _figure_alone(result, subject, language)
    if result.get("together"):
        return _together(result, subject, language)
    if len(cases) > 1:
        said = f"{by_cases(cases, language, result)}{'。' if zh else '.'}"
        subject = _answered({case["verdict"] for case in cases}, result, language) + subject
        several, made = several_cards(result, cases), made_of(result, language)
        counts = "" if _goes_on_the_one(result, cases) else least_cards(cases, language, several)
        return (
            _bold(subject, said, "", language)
            + at_once_words(cases, language)
            + _decided_by(result, language)
            + (f"{counts}{made}" if several and by_format(cases) else f"{made}{counts}")
            + host_short(result.get("host"), language)
            + into_host_words(result.get("into_host"), language, result.get("unequal"))
        )
    against = _against(result, language)
    if result.get("at_once"):
        many, held = result["facts"]["batch_size"]["value"], f"{result['at_once']:,}"
        if zh:
            return _bold(
                subject, f"{many} 条满长序列不能同时放下,只能同时放 {held} 条,其余排队", f";{against}", language
            )
        said = f"not {many} sequences of this length at once, but {held}; the others wait"
        return _bold(subject, said, f" — all of them: {against}", language)
    into_host, hybrid = result.get("into_host"), result.get("hybrid")
    if hybrid and not result.get("doubted") and (told := verdict_placed(hybrid, result, against, language)):
        return _bold(
            _answered({"yes" if hybrid["runs"][0] or only_in_fewer(hybrid, result) else "no"}, result, language)
            + subject,
            *told,
            language,
        )
    if into_host and not (leaning(result) == "likely" and hybrid):
        return _bold(subject, *with_host(into_host, against, language, result.get("unequal")), language)
    one = leaning(cases[0] if cases else result)
    doubted = one == "yes" and bool(result.get("doubted"))
    if result.get("explained"):  # the cause was told: what it was counted with, and the figure
        against += _as_assumed(result, language)
        by = "" if not result.get("doubted") else "按公式" if language == "zh" else "by the formulas "
        if _told_in(result, str(result.get("cause") or "")):
            against = _interval_alone(result, language)
            by = ""
        return f"**{subject}**\uff0c{by}{against}" if language == "zh" else f"**{subject}**: {by}{against}"
    tight = bool(result.get("eased")) and one == "yes"
    ram_tight = one == "yes" and bool((result.get("host") or {}).get("tight"))
    words = pick(MORE if doubted else TIGHT if tight else _RAM_TIGHT if ram_tight else VERDICTS[one], language)
    with_ram = in_ram(result, language) if one in FITS else ""
    portable = bool(result.get("portable")) and kept_in_ram(result) > RAM_AT_HOME
    plainly = _answered({one}, result, language)
    plainly = pick(_SPARE["yes"], language) if tight and plainly and result.get("with_margin") else plainly
    if with_ram and plainly:
        plainly = "显卡上可以。" if zh else "On the card yes. "
        if portable:  # the card would, the machine would not
            plainly = "实际上不行。" if zh else "Not in practice. "
    if with_ram and portable:
        with_ram += ",笔记本一般没有这么多" if zh else ", which a laptop hardly has"
    subject, words = plainly + subject, words + with_ram
    short = host_short(result.get("host"), language)
    if short:  # the cards would hold their part: what lacks is said first
        card = f"显卡上:{against}" if zh else f" On the card: {against}"
        return _bold(subject, words, (f",{short}" if zh else f".{short}") + card, language)
    against += _as_assumed(result, language) if doubted else ""
    against += _decided_by(result, language) + made_of(result, language)
    return _bold(subject, words, (f",{against}" if zh else f" — {against}"), language)


def _told_in(result: Result, cause: str) -> bool:
    """Whether the cause tells already what is needed and what there is."""
    return all(gib(one) in cause for one in (result["memory"]["best_gib"], result.get("capacity_gib")))


def _interval_alone(result: Result, language: str) -> str:
    """Of a figure that the cause has told: how sure it is, and what nobody said that it rests on."""
    within = f"{span(result['memory'])} GiB"
    head = f"90% 区间 {within}。" if language == "zh" else f"90 % interval {within}."
    return head + _as_assumed(result, language)


def _decided_by(result: Result, language: str) -> str:
    """What alone is more than the card has, where it does not fit."""
    decides = result.get("decides")
    if not decides:
        return ""
    each = several_cards(result, cases_of(result))
    of, apart = case_words(decides.get("of") or {}, language), result.get("unequal")
    by_layers = bool(apart and apart["by_layers"])
    if language == "zh":
        than = "这张卡的容量" if by_layers else "最小的卡的容量" if apart else "每张卡的容量" if each else "可用的容量"
        return f"{of + ':' if of else ''}{decides['zh']},已超过{than}。"
    said = f"{of}: {decides['says']}" if of else decides["says"]
    than = "that card has" if by_layers else "the smallest has" if apart else "each card has" if each else "there is"
    return f" {said[0].upper()}{said[1:]}, more than {than}."


def _together(result: Result, subject: str, language: str) -> str:
    """Of models that share a card what they take together, and each of them."""
    zh, sums, told = language == "zh", result["together"], []
    for one in sums:
        where = case_words(one["facts"], language)
        need, room = gib(one["memory"]["best_gib"]), gib(one["capacity_gib"])
        if zh:
            told.append(f"{where}{gap(where) if where else ''}{verdict(one, language)}(合计 {need},可用 {room})")
        else:
            told.append(f"{verdict(one, language)}{' in ' + where if where else ''} ({need} of {room})")
    each = [
        f"{' '.join(value(name, one[name], language) for name in ('model', 'params') if name in one)} {gib(one['gib'])}"
        for one in sums[0]["each"]
    ]
    of = case_words(sums[0]["facts"], language)
    several = several_cards(result, cases_of(result))
    if zh:
        rest = f"\uff1a{of + ' 时 ' if of else ''}{'、'.join(each)},各有自己的进程;下表是各自单独放的情形。"
        return _bold(subject, f"同时放在{'这些卡' if several else '一张卡'}上,{';'.join(told)}", rest, language)
    rest = f": {of + ' ' if of else ''}{', '.join(each)}, each with a process of its own; the table is of each alone."
    return _bold(subject, f"together on {'these cards' if several else 'one card'} {'; '.join(told)}", rest, language)


def _bold(subject: str, verdict: str, rest: str, language: str) -> str:
    return f"**{subject}\uff1a{verdict}**{rest}" if language == "zh" else f"**{subject}: {verdict}**{rest}"


def _answered(verdicts: set[str], result: Result, language: str) -> str:
    """A plain yes or no, where that was asked and holds for every case."""
    if not result.get("whether") or len(verdicts) != 1:
        return ""
    those = _DOUBTED if result.get("doubted_setting") else _DENIED if result.get("denied") else _ANSWERS
    beside = result.get("no_said" if verdicts == {"no"} else "held_said") if those is _ANSWERS else None
    words = beside or (_PIPELINED if verdicts == {"yes"} and pipelined(result) else those.get(next(iter(verdicts))))
    return pick(words, language) if words else ""


def _subject(result: Result, language: str) -> str:
    facts = result.get("facts") or {}
    differing = {name for case in cases_of(result) for name in case["facts"]}
    named = [name for name in ("model", "params") if name in facts and name not in differing]
    # the model that stands for a size is not what several sizes have in common
    asked = [name for name in named if facts[name]["origin"] == "asked"] or ([] if "params" in differing else named[:1])
    words = [value(name, facts[name]["value"], language) for name in asked[:1]]
    if "config" in facts and not named:
        words.append("您的模型" if language == "zh" else "Your model")
    if "method" in differing and facts.get("task", {}).get("value") == "train":
        words.append(result.get("trained_by") or ("微调" if language == "zh" else "fine-tuning"))
    for name in ("method", "bpw" if "bpw" in facts else "bits", "weight_format"):
        if name == "weight_format" and {"bits", "bpw"} & differing:
            continue
        if name in facts and name not in differing and (name == "method" or facts[name]["origin"] == "asked"):
            words.append((name == "method" and result.get("trained_by")) or value(name, facts[name]["value"], language))
    words = list(dict.fromkeys(words))
    if "bits" in facts and len(words) > 3:
        words = words[:3]
    count, card = facts.get("n_gpus"), facts.get("gpu")
    if count and int(count["value"]) > 1 and "n_gpus" not in differing:
        words.append(in_words("n_gpus", count["value"], language))
    if card and "gpu" not in differing:
        words.append(value("gpu", card["value"], language))
    many, length = (facts.get(name, {}) for name in ("batch_size", "seq_len"))
    pair = result.get("solved_for") == "seq_len" and many.get("origin") == length.get("origin") == ASKED
    if pair and int(many["value"]) > 1:  # beside the longest of one it is another calculation
        words.append(f"{many['value']} × {in_words('seq_len', length['value'], language)}")
    layout = facts.get("zero_stage")
    if layout and "zero_stage" not in differing and layout["origin"] == ASKED and int(layout["value"]):
        words.append(of_method(value("zero_stage", layout["value"], language), facts["method"]["value"]))
    return (" · " if language == "zh" else ", ").join(words)


def _goes_on_the_one(result: Result, cases: list[Result]) -> bool:
    """Is a single card named that holds a way to run the model: of how many cards its other ways take nothing is asked."""
    count = result.get("facts", {}).get("n_gpus", {})
    alone = count.get("origin") == ASKED and int(count["value"]) == 1
    models = any({"model", "params"} & set(case["facts"]) for case in cases)
    return alone and not models and any(case["verdict"] != "no" for case in cases)


def _figure_alone(result: Result, subject: str, language: str) -> str:
    """The figure where no card was named: of several cards each one's, else all that it takes, and what holds it."""
    zh, memory, cases = language == "zh", result["memory"], cases_of(result)
    several = several_cards(result, cases)
    names = [name for name in ordered(cases[0]["facts"]) if name not in CAPACITY] if len(cases) > 1 else []
    if names:
        opens = "\uff0c".join([*([subject] if subject else []), *(["每张卡"] if several else [])])
        if not zh:
            opens = ", ".join([*([subject] if subject else []), *(["per card"] if several else [])])
        told = _row_by_row(cases, names, language)
        said = f"**{opens}\uff1a{told}。**" if zh else f"**{opens}: {told}.**" if opens else f"**{told}.**"
        return said + made_of(result, language)
    amount, within = gib(memory["best_gib"]), f"{span(memory)} GiB"
    held = _held(result, language)
    if zh:
        whole = "每张卡约" if several else "共约"
        return f"**{subject}\uff1a{whole} {amount}**(90% 区间 {within}){held or '。'}{made_of(result, language)}"
    whole = "per card" if several else "in all"
    return f"**{subject}: about {amount} {whole}** (90 % interval {within}){held or '.'}{made_of(result, language)}"


def _row_by_row(cases: list[Result], names: list[str], language: str) -> str:
    """The figures of several cases; of two things that differ, the first with a row of figures, one for each of the second."""
    zh = language == "zh"
    outer = list(dict.fromkeys(str(case["facts"][names[0]]) for case in cases))
    rows = [[case for case in cases if str(case["facts"][names[0]]) == one] for one in outer]
    columns = [case_words({name: case["facts"][name] for name in names[1:]}, language) for case in rows[0]]
    cut = ("等" if zh else " …") if len(outer) > _MOST_SAID else ""
    joined = ";" if zh else "; "
    if not names[1:] or any(len(row) != len(columns) for row in rows) or len(columns) == 1:
        said = [
            _at(case_words({n: case["facts"][n] for n in names}, language), gib(case["memory"]["best_gib"]), zh)
            for case in cases
        ]
        return joined.join(said[:_MOST_SAID]) + (("等" if zh else " …") if len(said) > _MOST_SAID else "")
    said = [
        _at(
            in_words(names[0], row[0]["facts"][names[0]], language),
            " / ".join(gib(case["memory"]["best_gib"]).removesuffix(" GiB") for case in row) + " GiB",
            zh,
        )
        + _cards_of(row, zh)
        for row in rows[:_MOST_SAID]
    ]
    return (
        f"{joined.join(said)}{cut}({' / '.join(columns)})"
        if zh
        else f"{joined.join(said)}{cut} ({' / '.join(columns)})"
    )


def _cards_of(row: list[Result], zh: bool) -> str:
    """The memory of the cards that hold a row of figures, where a single row does not tell it: several models."""
    held = [case.get("held_by") for case in row]
    if not all(held) or not {"model", "params"} & set(row[0]["facts"]):
        return ""
    sizes = [
        f"{one['n_gpus']} × {one['memory_gb']:g}" if one["n_gpus"] > 1 else f"{one['memory_gb']:g}"
        for one in held
        if one
    ]
    return f"(卡 {' / '.join(sizes)} GB)" if zh else f" (cards of {' / '.join(sizes)} GB)"


def _at(words: str, amount: str, zh: bool) -> str:
    return f"{words}{gap(words)}约 {amount}" if zh else f"{words} {takes(words, 'en')}{amount}"


def _as_assumed(result: Result, language: str) -> str:
    """What the figure of a run that has failed rests on and nobody said: there the cause is to be looked for."""
    facts = result.get("facts") or {}
    held = [
        in_words(name, facts[name]["value"], language)
        if name in ("batch_size", "seq_len")
        else f"{label(name, language)} {value(name, facts[name]['value'], language)}"
        for name in _DECIDE
        if name in facts and facts[name]["origin"] != ASKED
    ]
    if not held:
        return ""
    return f"以上按假设的{'、'.join(held)}计算。" if language == "zh" else f" This counts {', '.join(held)} (assumed)."


def _against(result: Result, language: str) -> str:
    """What is needed against what there is, and by how much it fits or not."""
    if listed(result) and not result.get("explained"):
        return against(result, language)
    memory, zh = result["memory"], language == "zh"
    need, room, spare = gib(memory["best_gib"]), gib(result.get("capacity_gib")), gib(result.get("headroom_gib"))
    short, within, differ = result.get("short_gib") or 0.0, f"{span(memory)} GiB", bool(result.get("cards"))
    several = several_cards(result, cases_of(result))
    by_host = (result.get("host") or {}).get("verdict") == "borderline"
    crosses = result.get("verdict") == "borderline" and not result.get("into_host") and not by_host
    more, why = bool(short), _why_wide(result, language)
    # room to spare by the formulas is none where the run is told to have failed
    spared = (
        "" if result.get("explained") and result.get("doubted") else f",余 {spare}" if zh else f", {spare} to spare"
    )
    if zh:
        whose = "最满的卡约需" if differ else "每张卡约需" if several else "约需"
        told = f"比可用的 {room} 多 {gib(short)}" if more else f"可用 {room}" + spared
        if crosses:
            return f"{whose} {need},{told},但 90% 区间 {within} {'的下端放得下' if more else '的上端放不下'}{why}。"
        return f"{whose} {need},{told}(90% 区间 {within})。"
    whose = f"the fullest card needs about {need}" if differ else f"about {need}{' per card' if several else ''}"
    told = f", {gib(short)} more than the {room} there are" if more else f" of {room}{spared}"
    if crosses:
        end = "begins below that" if more else "reaches beyond it"
        return f"{whose}{told}, but the 90 % interval of {within} {end}{why}."
    return f"{whose}{told} (90 % interval {within})."


def _why_wide(result: Result, language: str) -> str:
    """Why an interval is so wide that it decides: what is measured lies so far off, or nothing like it is measured."""
    memory = result["memory"]
    if memory["high_gib"] - memory["low_gib"] <= _WIDE * memory["best_gib"]:
        return ""
    unchecked = any(one.startswith(UNCHECKED) for one in result.get("warnings") or [])
    if language == "zh":
        why = "没有同类的实测可以对照" if unchecked else "这类运行的实测与公式相差就有这么多"
        return f";区间这么宽,是因为{why}"
    why = "no published run is like it" if unchecked else "measured runs of this kind lie that far from the formulas"
    return f"; it is so wide because {why}"


def _held(result: Result, language: str) -> str:
    """What card, or how many, a single need takes; several say so in their table."""
    held = result.get("held_by")
    if not held or result.get("capacity_gib"):
        return ""
    words, shared = held_words({**held, "or": ()}, language), held["n_gpus"] > 1
    count = held["n_gpus"] if result.get("machines_asked") else 1
    if boxes := whole_machines(count):
        words += f",{boxes} 台 {MACHINE} 卡机" if language == "zh" else f" ({boxes} machines of {MACHINE})"
    elif parted := in_machines(count, language):
        words += f",{parted[1:-1]}" if language == "zh" else parted  # the words stand in brackets already
    fewer = _fewer(held, language) + _smaller(held, language) + other_sets(held, language)
    if language == "zh":
        return f":稳妥放得下的最小配置是 {words}" + (",切分到各卡" if shared else "") + f"{fewer}。"
    return f": the least that holds it for sure is {words}" + (", sharded over them" if shared else "") + f"{fewer}."


def _smaller(held: Result, language: str) -> str:
    """How it stands with the next smaller card, where that may do."""
    tight = held.get("tight")
    if not tight:
        return ""
    (en, zh), size = VERDICTS[tight["leaning"]], f"{tight['memory_gb']:g} GB"
    if tight["leaning"] == "yes":
        en, zh = "nearly full", "几乎占满"
    return f";{size} 的卡很紧({zh})" if language == "zh" else f"; one of {size} is tight ({en})"


def _fewer(held: Result, language: str) -> str:
    """How it stands with the next fewer cards, as many as are bought."""
    short = held.get("short")
    if not short:
        return ""
    few, amount, verdict_there = short["n_gpus"], gib(short["gib"]), pick(VERDICTS[short["leaning"]], language)
    if language == "zh":
        return f";{few} 张{verdict_there}(每张 {amount})"
    is_it = "it is " if short["leaning"] == "borderline" else "it "
    return f"; on {few} {is_it}{verdict_there}, {amount} each"
