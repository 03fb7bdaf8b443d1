"""What the tables and the source document say, in words."""

import re
from typing import Any

from chat.answers.between_columns import between_words, sizes_between
from chat.answers.case_tables import markdown
from chat.answers.cells_told import Cell, cell_words, joined, left_of, method_words, said_together
from chat.answers.which import asks_which
from chat.plans.tables import asks_of_which_cards, asks_revisions, named_again
from chat.plans.understood import has_subject
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.reading import Reading
from kb.cards import cards_meant

_COLUMNS = {
    "revision": "版本", "method": "方法", "bits": "位数", "precision": "精度", "model_size": "模型", "memory_gb": "显存(GB)",
    "claim": "说的是", "value": "数值", "applies_to": "用于", "source": "出处",
}  # fmt: skip
_MOST_IN_WORDS = 8  # cells; more are a table

# of a figure of the table it is concluded that a card will do; and the figure itself is asked for
_CONCLUDES = (
    r"\b(?:so|then|therefore|hence|if|means?|meaning)\b[^?]{0,80}\b(?:can|could|will|do|does|fits?|enough|should|train|run|works?)\b"
    r"|(?:那|所以|是不是|岂不是|意思是|这么说)[^?]{0,24}(?:能|够|可以|行|跑|训|放)"
)
_ASKS_CELLS = r"\bwhat (?:are|is|does|do)\b|\bhow much\b|\bwhich\b|\btell me\b|\blist\b|\bshow\b|\blook up\b|多少|哪些|是什么|查一?下"
_LOW = (2, 3)  # bits that bitsandbytes has none of


def concludes(reading: Reading) -> bool:
    """Is a card said to do, because of what the table says?"""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    return bool(cards) and compiled(_CONCLUDES).search(normalise(reading.text).text) is not None


def cites(reading: Reading) -> bool:
    """Is it concluded from a cell that the asker knows, and asks for none?"""
    return concludes(reading) and not asks_cells(reading)


def asks_cells(reading: Reading) -> bool:
    """Is it asked what stands in the table?"""
    return compiled(_ASKS_CELLS).search(normalise(reading.text).text) is not None


def query_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    columns, rows = result["columns"], result["rows"]
    zh = reading.language == "zh"
    if not rows:
        return ["表里没有符合条件的行。" if zh else "No row of the table matches."], []
    if {"since", "until", "memory_gb"} <= set(columns):
        found = [dict(zip(columns, row, strict=True)) for row in rows]
        history = asks_revisions(reading)
        lead, rest = _cells(sorted(found, key=_order), zh, history)
        told = [_of_which_cards(zh)] if asks_of_which_cards(reading) else []
        low = any(one["method"] == "QLoRA" and one["bits"] in _LOW for one in found)
        by_a_remark = has_subject(reading) and (len(reading.facts.get("bits", ())) == 1 or named_again(reading))
        told += [_of_low_bits(zh)] if low and not by_a_remark else []
        against = _against_card(found, reading, zh)
        if against and not lead[0].startswith("**"):  # which rows a card holds is asked of the whole table
            return [*against, lead[0], *told, *lead[1:]], rest
        several = len(reading.facts.get("bits", ())) > 1
        if against and (
            "which_method" in reading.intents[:2] or (several and asks_which(reading))
        ):  # which to take is the other half of the question
            return [f"{lead[0]} {' '.join(against)}", *told, *lead[1:]], rest
        if told and asks_of_which_cards(reading) and lead[0].startswith("**"):  # a card's or of all is what is asked
            return [f"{lead[0]} {told[0]}", *told[1:], *against, *lead[1:]], rest
        return [lead[0], *told, *against, *lead[1:]], rest
    cells = [
        ["–" if one is None else f"{one:g}" if isinstance(one, float) else str(one) for one in row] for row in rows[:30]
    ]
    head = "LLaMA-Factory 的表(作者的估计,单位 GB):" if zh else "LLaMA-Factory's table (its authors' estimates, in GB):"
    if "memory_gb" not in columns:
        head = (
            "查到的数字(发布者自己的说法,不是这里的计算):"
            if zh
            else "The tables say (their publishers' own figures, not computed here):"
        )
    heads = [_COLUMNS.get(column, column) if zh else column for column in columns]
    return [head, markdown(heads, cells)], []


def _order(cell: Cell) -> tuple[bool, float, float]:
    """By size, the largest need first."""
    return *_column_order(str(cell["model_size"])), -float(cell["memory_gb"] or 0)


def _column_order(label: str) -> tuple[bool, float]:
    """By size; mixtures and the column for any size last."""
    size = label.rstrip("B")
    plain = size.replace(".", "").isdigit()
    return not plain, float(size) if plain else 0.0


def _cells(found: list[Cell], zh: bool, history: bool) -> tuple[list[str], list[str]]:
    """What the cells say in a sentence where they are few, else as the table has them; what kind of figures they are."""
    sizes, rules = [cell for cell in found if cell["memory_gb"] is not None], [one for one in found if one["rule"]]
    last = max(sizes or found, key=lambda cell: str(cell["until"]))
    latest = f"{last['until']} ({str(last['commit'])[:7]})" if history else str(last["until"])
    parts = []
    between = sizes_between(found)
    if history:
        parts.append(_history(sizes, zh))
    elif between:
        parts.append(between_words(between, zh, method_words))
    elif len(sizes) <= _MOST_IN_WORDS:
        said = ("、" if zh else "; ").join(cell_words(cell, zh) for cell in sizes)
        parts.append(f"**LLaMA-Factory 的表写的是:{said}。**" if zh else f"**LLaMA-Factory's table says: {said}.**")
    else:
        parts.append(_matrix(sizes, zh))
    if rules and (history or not between):
        of_rule: dict[str, list[str]] = {}
        for one in rules:
            of_rule.setdefault(str(one["rule"]), []).append(method_words(one, zh))
        said = ("、" if zh else "; ").join(f"{joined(names)} {rule}" for rule, names in of_rule.items())
        mixture = any("x" in str(one["model_size"]) for one in sizes)
        every = (",MoE 含全部专家" if zh else ", every expert counted") if mixture else ""
        parts.append(
            f"任意大小的 xB 列(x 是以 B 计的总参数量{every};单位 GB):{said}。" if zh
            else f"Its column for any size, xB, in GB for x billion parameters{every}: {said}."
        )  # fmt: skip
    parts.append(
        f"这是作者的粗略估计,不是实测:没有写明序列长度和批大小,指一份完整副本、较短序列;这里查到的最新版本是 {latest} 的 README。" if zh
        else f"These are its authors' rough estimates, not measurements: no run, length or batch is named, and they are of one whole copy at short lengths. The latest README that has them here is that of {latest}."
    )  # fmt: skip
    return parts, []


_FULL = (0.92, 1.05)  # of the card that is told: so much of it the cell takes, and no more


def _against_card(found: list[Cell], reading: Reading, zh: bool) -> list[str]:
    """What the cells leave of the one card that is told: which of them it holds by the table, which next to nothing is left of."""
    sizes = _one_size(reading)
    cells = [one for one in found if one["memory_gb"]]
    if len(sizes) != 1 or not cells or max(reading.facts.get("n_gpus", (1,))) > 1 or asks_revisions(reading):
        return []
    size, few = sizes.pop(), len(cells) <= _MOST_IN_WORDS
    one_column = len({one["model_size"] for one in cells}) == 1
    full, card = [one for one in cells if _FULL[0] <= float(one["memory_gb"]) / size <= _FULL[1]], f"{size:g}"
    if not full:
        return _held_by(cells, size, reading) if few or one_column else []
    said = ("、" if zh else "; ").join(cell_words(one, zh) for one in full)
    rest = [one for one in cells if one not in full]
    asked = few and one_column and len(rest) > 1 and len(reading.facts.get("bits", ())) > 1  # which of them it holds
    others = _held_by(rest, size, reading) if asked else []
    if zh:
        return [
            *others,
            f"按这张表,{card} GB 的卡会被 {said} 占满,没有余量:只能批大小 1、短序列,显示器或别的程序占着卡就不够。",
        ]
    return [
        *others,
        f"By the table {said} would fill the card of {card} GB and leave nothing to spare: batch 1 and short sequences only, and no display or other program on the card.",
    ]


def _one_size(reading: Reading) -> set[float]:
    """The memory of the card in GB, as it is told or as the card that is named is sold."""
    told, named = reading.facts.get("gpu_memory_gb", ()), reading.facts.get("gpu", ())
    if told or len(named) != 1 or " + " in str(named[0]):
        return {float(one) for one in told}
    return {one.marketed_gb for one in cards_meant(str(named[0]))}


def _held_by(cells: list[Cell], size: float, reading: Reading) -> list[str]:
    """Which of the cells a card holds by the table alone, and which are more than it has."""
    zh, named = reading.language == "zh", "" if reading.facts.get("gpu_memory_gb") else str(reading.facts["gpu"][0])
    card, card_zh = f"the {named}" if named else f"a card of {size:g} GB", named or f"{size:g} GB 的卡"
    sides = (
        [one for one in cells if float(one["memory_gb"]) <= size],
        [one for one in cells if float(one["memory_gb"]) > size],
    )
    held, more = (said_together(side, zh) for side in sides)
    left = left_of(sides[0], size, zh)
    if zh:
        parts = [f"{held} 放得下" if held else "", f"{more} 放不下" if more else ""]
        return [
            f"**只按这张表,{card_zh}\uff1a{','.join(filter(None, parts))}。** {left}序列更长、批更大时激活和 logits 另加。"
        ]
    parts = [f"holds {held}" if held else "", f"does not hold {more}" if more else ""]
    return [
        f"**By the table alone {card} {' and '.join(filter(None, parts))}.** {left}Longer sequences and larger batches add activations and logits."
    ]


def _of_low_bits(zh: bool) -> str:
    if zh:
        return "2、3 位的 QLoRA 基座要用 AQLM、HQQ 或 GPTQ 这类量化好的权重,bitsandbytes 只有 8 位和 4 位;低于 4 位质量损失明显。"
    return "A QLoRA base of 2 or 3 bits is one that AQLM, HQQ or GPTQ quantised: bitsandbytes has 8 and 4 bits only. Below 4 bits the loss of quality is noticeable."


def _of_which_cards(zh: bool) -> str:
    if zh:
        return "**这是一份完整副本的总量,不是每卡的份额:** 单卡训练或数据并行(DDP、ZeRO-1/2)时每张卡都要这么多(ZeRO 会少一些状态),只有把权重切分到各卡(FSDP、ZeRO-3)才能几张卡加起来算。里面没有您的长度和批大小,不要按它卡着买,要留余量。"
    return "**It is the amount of one whole copy, not a card's share:** on one card, and with data parallelism on every card; only if the weights are sharded (FSDP, ZeRO-3) do cards hold it together. Your length and batch are not in it: do not buy to the gigabyte, leave room."


def _history(found: list[Cell], zh: bool) -> str:
    """The values of each method and size in the order in which they stood there."""
    lines, changed, comma = [], False, "," if zh else ", "
    for method, size in dict.fromkeys((cell["method"], cell["model_size"]) for cell in found):
        own = _periods([cell for cell in found if (cell["method"], cell["model_size"]) == (method, size)])
        # two precisions side by side are no change, one value after another is
        changed |= any(str(one["until"]) < str(other["since"]) for one in own for other in own)
        said = [
            comma.join(
                [
                    f"{cell['memory_gb']:g} GB",
                    method_words(cell, zh).removeprefix(method).strip(" ()（）"),
                    _when(cell, zh),
                ]
            )
            for cell in own
        ]
        lines.append(f"- {size} {method}:" + ";".join(said) if zh else f"- {size} {method}: " + "; ".join(said))
    head = ("**对,表改过:**" if zh else "**Yes, it changed:**") if changed else (
        "**各版本都一样:**" if zh else "**All versions say the same:**"
    )  # fmt: skip
    return "\n".join([_left_out(found, zh) or head, "", *lines])


def _periods(cells: list[Cell]) -> list[Cell]:
    """Each value once, from when it first stood there to when it last did: mixed precision is written in two ways."""
    found: list[Cell] = []
    for cell in sorted(cells, key=lambda one: str(one["since"])):
        last = next((one for one in reversed(found) if method_words(one, False) == method_words(cell, False)), None)
        if last is not None and last["memory_gb"] == cell["memory_gb"]:
            last["until"] = max(str(last["until"]), str(cell["until"]))
        else:
            found.append(dict(cell))
    return found


def _left_out(found: list[Cell], zh: bool) -> str:
    """That the last README has no such column, and which it has instead."""
    now = str(found[0]["columns_now"]).split() if found else []
    gone = list(dict.fromkeys(size for one in found if (size := str(one["model_size"])) not in now))
    if not gone or len(gone) < len({one["model_size"] for one in found}):
        return ""
    columns = sorted(now, key=_column_order)
    if zh:
        return f"**{'、'.join(gone)} 这列没有了:最新的 README 里列改为 {'、'.join(columns)},没有自己一列的大小都按 xB 列算。** 以前写的是:"
    return f"**The {joined(gone)} column is gone: in the latest README the columns are {', '.join(columns)}, and xB is for any size without one of its own.** It used to say:"


def _when(cell: Cell, zh: bool) -> str:
    since, until = str(cell["since"]), str(cell["until"])
    if since == until:
        return since
    return f"{since} 至 {until}" if zh else f"{since} to {until}"


def _matrix(found: list[Cell], zh: bool) -> str:
    """Methods down, sizes across, as the table itself is."""
    sizes = sorted(
        {str(cell["model_size"]) for cell in found},
        key=lambda size: (("x" in size), float(size.rstrip("B").split("x")[-1])),
    )
    lines: dict[str, dict[str, str]] = {}
    for cell in found:
        lines.setdefault(method_words(cell, zh), {})[str(cell["model_size"])] = f"{cell['memory_gb']:g}"
    alike: dict[tuple[str, ...], list[str]] = {}
    for method, values in lines.items():
        alike.setdefault(tuple(values.get(size, "–") for size in sizes), []).append(method)
    head = "LLaMA-Factory 的表(单位 GB):" if zh else "LLaMA-Factory's table, in GB:"
    cells = [[joined(methods), *values] for values, methods in alike.items()]
    return head + "\n\n" + markdown(["方法" if zh else "method", *sizes], cells)


def claims_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """The document's sentence once, then each of its figures with what recomputing it gives."""
    zh = reading.language == "zh"
    if {"sixteen_bytes", "twenty_times"} <= set(reading.cues):
        return [], _claims_in_brief(result["claims"], zh)
    sentences: dict[str, list[dict[str, Any]]] = {}
    for claim in result["claims"]:
        sentences.setdefault(_told_plainly(claim["sentence"]) if zh else claim["says"], []).append(claim)
    if not sentences:
        return ["文档没有这方面的数字。" if zh else "The document states no figure about that."], []
    parts, lead = [], _judged_at_once(result["claims"], reading)
    for says, claims in sentences.items():
        lines = [f"文档说:“{says}”" if zh else f"The document says: “{says}”", ""]
        for claim in claims:
            verdict, because = (
                (claim["verdict_zh"], claim["because_zh"]) if zh else (claim["verdict"], claim["because"])
            )
            how = f": `{claim['how'].splitlines()[0]}`" if claim.get("how") else ""
            stated = _told_plainly(claim["stated"])
            lines.append(
                f"- **{stated}** — {verdict}({because}){how}" if zh else f"- **{stated}** — {verdict} ({because}){how}"
            )
        primary = dict.fromkeys(claim["primary_says_zh" if zh else "primary_says"] for claim in claims)
        said = " ".join(says for says in primary if says)
        if said:
            lines += ["", ("原始出处:" if zh else "The primary source: ") + said]
        parts.append("\n".join(lines))
    return lead, parts


# how each verdict is said in one sentence, of what is stated and why
_AT_ONCE = {
    "holds": ("Yes: {} holds ({}).", "对:{}成立({})。"),
    "rule of thumb": ("As a rule of thumb it is right: {} ({}); no run is bound to it.", "作为经验法则是对的:{}({}),具体任务会有出入。"),
    "holds with a unit corrected": ("Right but for its unit: {} ({}).", "数字对,单位要更正:{}({})。"),
    "slip": ("No, a slip: {} ({}).", "不对,是笔误:{}({})。"),
    "differs from the primary source": ("Not as its source has it: {} ({}).", "与原始出处不符:{}({})。"),
}  # fmt: skip


def _named(number: float, text: str) -> bool:
    return re.search(rf"(?<![\d.]){number:g}(?![\d.])", text) is not None


def _judged_at_once(claims: list[dict[str, Any]], reading: Reading) -> list[str]:
    """The verdict on the figure of the document that is asked about, where it is asked whether it is right; of several figures
    that are meant the first which is no plain one."""
    if "claim_checked" not in reading.cues or "check_arithmetic" in reading.intents:
        return []
    named = [one for one in claims if one["number"] is not None and _named(one["number"], reading.text)]
    meant = named or claims
    worst = next((one for one in meant if one["verdict"] not in ("holds", "rule of thumb")), None)
    one = worst or (named[0] if named else next((one for one in meant if one["verdict"] != "holds"), meant[0]))
    zh = reading.language == "zh"
    if one["verdict"] not in _AT_ONCE:
        return []
    stated, because = _told_plainly(one["stated"]), one["because_zh" if zh else "because"]
    return [f"**{_AT_ONCE[one['verdict']][zh].format(stated, because)}**"]


def _claims_in_brief(claims: list[dict[str, Any]], zh: bool) -> list[str]:
    """Each figure of the document with its verdict, a line each; the heading apart, so that it is told once."""
    lines = [
        f"- {_told_plainly(claim['stated'])}:{claim['verdict_zh']}({claim['because_zh']})" if zh
        else f"- {_told_plainly(claim['stated'])}: {claim['verdict']} ({claim['because']})"
        for claim in claims
    ]  # fmt: skip
    return ["文档里的数字:" if zh else "The document's figures:", "\n".join(dict.fromkeys(lines))]


_TEX = {r"\times": "×", r"\theta": "θ", r"\approx": "≈", "$": "", r"\ ": " "}


def _told_plainly(text: str) -> str:
    """The document's words with its LaTeX as plain signs."""
    for sign, plain in _TEX.items():
        text = text.replace(sign, plain)
    return text.strip()
