"""What is looked up in published tables: LLaMA-Factory's, with every revision of a cell, or a model's own README."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

from chat.plans.understood import facts_of, has_subject
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.reading import Reading
from kb.database import rows
from kb.name_parts import size_value, tokens
from kb.names import names
from kb.published import FINETUNE_METHODS

Call = tuple[str, dict[str, Any]]
# a program that is only named, beside a question of one's own
_ASKS_MORE = {"why_more", "oom_diagnosis", "fits", "how_much", "max_batch_ctx", "which_method", "how_many_gpus"}
# methods whose memory the formulas give beside what the table says
_WORKED_OUT = {"full", "lora", "qlora"}
_ANY = "xB"
# the columns of the last README, beside each cell of the former ones
_NOW = (
    ", (SELECT string_agg(DISTINCT model_size, ' ') FROM finetune_revisions"
    " WHERE revision = (SELECT max(revision) FROM finetune_revisions)) AS columns_now"
)
_CARD = r"\bcards?\b|\bgpus?\b|卡"
# versions of the table, and not only its last
_CHANGED = r"\brevis\w+|\bversions?\b|\bcommits?\b|\bchang\w+|\bused to\b|\b(?:old|older|earlier|previous(?:ly)?|first|original|former)\b|\bone place\b|版本|老版|旧版|以前|之前|改(?:过|了|成)|哪一版|历次|(?:现在|后来|又)?变(?:成|为|了|\d)"
# a README or a card of the model's own makers
_OF_THE_MAKERS = r"\bofficial\b|\breadme\b|\bmodel card\b|\brequirements? table\b|官方|硬件(?:需求|要求)|配置表"


def table_calls(reading: Reading) -> list[Call]:
    """The calls that look it up, and the same by the formulas; none where no table is asked about."""
    makers = _of_makers(reading)
    named = "llama_factory" in reading.topics and not {"gpu", "gpu_memory_gb"} & set(reading.facts)
    by_rule = {"x_rule", "eighteen_bytes"} & set(reading.cues)
    asked = (named and (by_rule or not set(reading.intents) & _ASKS_MORE)) or (makers and reading.intent == "how_much")
    if "table_lookup" not in reading.intents and not asked:
        return []
    calls: list[Call] = [("query_tables", {"sql": makers or _of_the_table(reading)})]
    on_cards = "fits" in reading.intents[:3] and bool({"gpu", "gpu_memory_gb"} & set(reading.facts))
    # of what stood there once, or of cells far apart, the formulas would compare what nobody compares
    cells_alone = asks_revisions(reading) or (bool(_pairs(reading)) and not named_again(reading)) or asks_rows(reading)
    of_methods = bool(set(reading.facts.get("method", ())) & _WORKED_OUT) and not cells_alone
    if has_subject(reading) and (makers or on_cards or of_methods):
        calls.append(("estimate_memory", _of_the_case(reading)))
    return calls


def _of_the_case(reading: Reading) -> dict[str, Any]:
    """The facts by the formulas: a figure of the table is no card, and several widths go with a method each."""
    # widths are columns of the table; weights and states in 16 bit are a way to train, which no width tells
    without = set() if reading.facts.get("precision") == ("pure-bf16",) else {"precision"}
    if not {"gpu", "n_gpus"} & set(reading.facts) and not compiled(_CARD).search(normalise(reading.text).text):
        without.add("gpu_memory_gb")
    if len(reading.facts.get("method", ())) > 1:
        without.add("bits")
    if "model" in reading.facts:
        without.add("params")  # the sizes are columns of the table
    return {**facts_of(reading, *without), **named_again(reading)}


# `QLoRA 8-bit 30B and QLoRA 2-bit 70B`, `30B QLoRA 8-bit and 4-bit`: widths and a size that stand together
_WIDTH = r"(?:[2-8]|16)[- ]?(?:bits?|位)?"
_BITS = (
    rf"(?P<{{0}}>(?<![\d.])(?:{_WIDTH}\s?(?:,|、|/|and|or|和|与|跟|还是)\s?){{{{0,3}}}}(?:[2-8]|16)[- ]?(?:bits?|位))"
)
_SIZE = r"(?P<{0}>\d+(?:\.\d+)?)\s?b\b"
_BETWEEN = r"\s?(?:的\s?)?(?:q?lora\s?)?(?:的\s?)?(?:(?:in|at|with|for|of|on) (?:an? )?)?"
_TOGETHER = rf"{_BITS.format('b')}{_BETWEEN}{_SIZE.format('s')}|{_SIZE.format('s_')}{_BETWEEN}{_BITS.format('b_')}"
# between what is looked up and what is asked of a card
_APART = r"[.;?!。]"


def _named_together(text: str) -> list[tuple[re.Match[str], list[tuple[int, float]]]]:
    """Each place where widths and a size stand together, with its pairs."""
    found = []
    for one in compiled(_TOGETHER).finditer(text):
        widths = compiled(r"\d+").findall(one["b"] or one["b_"])
        found.append((one, [(int(bits), float(one["s"] or one["s_"]) * 1e9) for bits in widths]))
    return found


def _pairs(reading: Reading) -> list[tuple[int, float]]:
    """Widths and sizes that are named in pairs; empty where each width is asked of each size."""
    found = _named_together(normalise(reading.text).text)
    pairs = list(dict.fromkeys(pair for _, each in found for pair in each))
    every = {bits for bits, _ in pairs} == set(reading.facts.get("bits", ()))
    sizes_ = {float(size) for size in reading.facts.get("params", ())}
    return pairs if len(found) > 1 and every and {size for _, size in pairs} == sizes_ else []


def named_again(reading: Reading) -> dict[str, Any]:
    """Of pairs the one whose size is said once more behind them, or that alone stands beside the card behind the others:
    that one is asked about."""
    normal, pairs = normalise(reading.text), _pairs(reading)
    if not pairs:
        return _cell_again(reading, normal.text)
    text = normal.text
    *_, (before, _), (last, of_last) = _named_together(text)
    again = [pair for pair in pairs if compiled(rf"(?<![\d.]){pair[1] / 1e9:g}\s?b\b").search(text, last.end())]
    if not again and {"gpu", "gpu_memory_gb"} & set(reading.facts):
        apart = compiled(_APART).search(text, before.end(), last.start())
        cards = [place[0] for name in ("gpu", "gpu_memory_gb") for place in reading.spans.get(name, ())]
        again = of_last if apart and cards and min(cards) > normal.original(*last.span())[0] else []
    return {"bits": again[0][0], "params": int(again[0][1])} if len(again) == 1 else {}


# `LoRA 30B and 2-bit QLoRA 70B`, `30B LoRA 和 70B 2bit QLoRA`: cells of several methods, and what takes up the last of them
_OF_BITS = r"(?:(?P<{0}>[2-8]|16)[- ]?(?:bits?|位)\s?(?:的\s?)?)?"
_METHOD = r"(?P<{0}>q?lora|full|freeze|galore|badam)"
_CELL = (
    rf"{_OF_BITS.format('b')}{_METHOD.format('m')} ?(?:for |of |on )?(?:an? )?{_SIZE.format('s')}"
    rf"|{_SIZE.format('s_')}\s?(?:的\s?)?{_OF_BITS.format('b_')}{_METHOD.format('m_')}\b"
)
_LATTER = r"\bthe (?:latter|second|last)\b|后者|后一个|第二个"


def _cells(reading: Reading, text: str) -> list[tuple[str, int, str | None, int]]:
    """Cells of several methods, each with a size of its own: method, size, bits where they are told, and where it ends."""
    cells = [
        (str(one["m"] or one["m_"]), int(float(one["s"] or one["s_"]) * 1e9), one["b"] or one["b_"], one.end())
        for one in compiled(_CELL).finditer(text)
    ]
    named, told = {method for method, *_ in cells}, {size for _, size, *_ in cells}
    apart = len(cells) > 1 and len(named) > 1 and named == set(reading.facts.get("method", ()))
    return cells if apart and len(told) == len(cells) else []


def _cells_alone(reading: Reading) -> str:
    """The condition for such cells, and for none of another method at another's size; empty where there are none."""
    sizes = {int(float(size)) for size in reading.facts.get("params", ())}
    cells = _cells(reading, normalise(reading.text).text)
    if asks_rows(reading) or {size for _, size, *_ in cells} != sizes:
        return ""
    each, widths = [], reading.facts.get("bits", ())
    for method, size, own, _ in cells:
        if method not in FINETUNE_METHODS:
            return ""
        bits = own or (widths[0] if len(widths) == 1 else None)
        of_bits = f" AND bits = {bits}" if bits and method == "qlora" else ""
        label = _nearest_column(float(size))
        each.append(f"(method = '{FINETUNE_METHODS[method]}'{of_bits} AND model_size IN ('{label}', '{_ANY}'))")
    return "(" + " OR ".join(each) + ")" if each else ""


def narrow_cell(reading: Reading) -> dict[str, Any]:
    """Of cells of several methods that on a quantised base, of which what is remarked on its bits is told."""
    if "table_lookup" not in reading.intents or not _cells_alone(reading):
        return {}
    of_base = [one for one in _cells(reading, normalise(reading.text).text) if one[0] == "qlora" and one[2]]
    return {"method": "qlora", "params": of_base[0][1], "bits": int(str(of_base[0][2]))} if len(of_base) == 1 else {}


def _cell_again(reading: Reading, text: str) -> dict[str, Any]:
    """Of cells of several methods the one that is asked about behind them: the latter, or that whose size is said once more."""
    cells = _cells(reading, text)
    if not cells:
        return {}
    behind = text[cells[-1][-1] :]
    again = [one for one in cells if compiled(rf"(?<![\d.]){one[1] / 1e9:g}\s?b\b").search(behind)]
    taken = cells[-1:] if compiled(_LATTER).search(behind) else again
    if len(taken) != 1:
        return {}
    method, size, bits, _ = taken[0]
    return {"method": method, "params": size, **({"bits": int(bits)} if bits and method == "qlora" else {})}


_ALL_ROWS = r"\bfrom\b|\b(?:every|each|all|whole|entire)\b|从|每|整|所有|各"


def asks_rows(reading: Reading) -> bool:
    """Is a whole column asked for, or the rows from one method to another, and not those that are named?"""
    named = "bits" in reading.facts and not compiled(_ALL_ROWS).search(
        reading.lowered
    )  # "which row is LoRA on 8 bits?"
    return "table_rows" in reading.cues and not named


# "两张48G能选哪几种", "which of them are possible on two A6000"
_CHOSEN = (
    r"[能可](?:以|够)?(?:选|做|用|上|跑|训|微调)(?:下|得了)?(?:哪|什么)|[哪几]几?(?:种|个|些)(?:方法|方式)?(?:能|可以|行得通|做得|用得)"
    r"|\b(?:which|what)\b[^.;?]{0,48}\b(?:(?:can|could|would|will|should|do|does) (?:i|we|you|they|it|those|these|my|our|the|two|three|four|eight|\d)\b|possible\b|feasible\b|my options?\b|works? (?:on|with)\b|(?:will|would|could) (?:do|work)\b)"
)


def chooses_rows(reading: Reading) -> bool:
    """Is it asked which methods of a column go on the cards, and none is named?"""
    return "method" not in reading.facts and (
        "which_method" in reading.intents or compiled(_CHOSEN).search(normalise(reading.text).text) is not None
    )


def asks_revisions(reading: Reading) -> bool:
    """Is it asked how the table changed?"""
    if any(cue.startswith("lever:") for cue in reading.cues):  # it is a setting that would change something
        return False
    return compiled(_CHANGED).search(normalise(reading.text).text) is not None


def _of_makers(reading: Reading) -> str:
    """A model's own README, where that is asked about and its table is known."""
    text = normalise(reading.text).text
    models = [str(one).rsplit("/", 1)[-1].lower() for one in reading.facts.get("model", ())]
    if "llama_factory" in reading.topics or not models or not compiled(_OF_THE_MAKERS).search(text):
        return ""
    name = re.sub(r"[^a-z0-9.-]", "", models[0])
    where = f"lower(source) = '{name}' OR lower(claim) LIKE '{name}%'"
    if not rows("SELECT 1 FROM rules WHERE lower(source) = ? OR lower(claim) LIKE ?", [name, name + "%"]):
        return ""
    return f"SELECT claim, value, applies_to, source FROM rules WHERE {where}"


def _of_the_table(reading: Reading) -> str:
    conditions = []
    methods = [FINETUNE_METHODS[one] for one in reading.facts.get("method", ()) if one in FINETUNE_METHODS]
    bits = [int(one) for one in reading.facts.get("bits", ())]
    if methods and "pure_bf16" in reading.cues and "Full" not in methods:
        methods.append("Full")
    if methods and min(bits, default=16) < 16 and "QLoRA" not in methods:
        methods.append("QLoRA")  # what the table calls adapters on a quantised base
    if asks_rows(reading):
        methods, bits = [], []
    cells = _cells_alone(reading)
    if cells:
        methods, bits = [], []
        conditions.append(cells)
    if methods:
        conditions.append("method IN (" + ", ".join(f"'{method}'" for method in methods) + ")")
    elif "eighteen_bytes" in reading.cues and not cells:  # what that rule is of
        conditions.append("method = 'Full'")
    pairs = _pairs(reading)
    card = {"gpu", "gpu_memory_gb"} & set(reading.facts) and compiled(r"\bwhich\b|哪").search(reading.lowered)
    if {2, 8} <= set(bits) and card:
        bits = [*bits, 4]  # which of the two a card holds is asked, and the usual row stands between them
    if bits and not pairs:
        mixed = any(str(one).startswith("amp") for one in reading.facts.get("precision", ()))
        conditions.append(_widths(bits, mixed))
    labels = _labels(reading)
    if pairs:
        each = [(bits_, _nearest_column(size)) for bits_, size in pairs]
        columns_ = (f"(bits = {bits_} AND model_size IN ('{label}', '{_ANY}'))" for bits_, label in each)
        conditions.append("(" + " OR ".join(columns_) + ")")
    elif labels and not cells:
        conditions.append("model_size IN (" + ", ".join(f"'{label}'" for label in labels) + ")")
    revised = asks_revisions(reading)
    if not revised:  # of each column what it said last
        conditions.append(
            "(model_size, revision) IN (SELECT model_size, max(revision) FROM finetune_revisions GROUP BY 1)"
        )
    where = " WHERE " + " AND ".join(conditions) if conditions else ""
    between = "" if revised or pairs or cells or asks_rows(reading) else _of_sizes_between(reading)
    columns = f", COLUMNS('{SIZE_BETWEEN}$')" if between else ""
    table = f"(SELECT *{between} FROM finetune_revisions)" if between else "finetune_revisions"
    return (
        "SELECT method, bits, precision, model_size, memory_gb, rule, CAST(min(revision) AS VARCHAR) AS since, "
        f"CAST(max(revision) AS VARCHAR) AS until, max_by(commit, revision) AS commit{_NOW if revised else columns} FROM {table}{where} "
        "GROUP BY ALL ORDER BY model_size, since, memory_gb DESC"
    )


# GB for each 1e9 parameters: of a column its cell by its size, of that for any size its rule (`18x`, `x/2`)
_EACH = (
    "CASE WHEN rule IS NULL THEN memory_gb / TRY_CAST(rtrim(model_size, 'B') AS DOUBLE) "
    "ELSE coalesce(TRY_CAST(split_part(rule, 'x', 1) AS DOUBLE), 1) / coalesce(TRY_CAST(split_part(rule, '/', 2) AS DOUBLE), 1) END"
)
_OWN_COLUMN = 0.06  # a size so near to a column's is of it
_MOST_BETWEEN = 3  # sizes that are worked out beside the cells
SIZE_BETWEEN = "B_gb"  # how the columns end that hold what is worked out for a size: `32B_gb`


def _of_sizes_between(reading: Reading) -> str:
    """For each size that has no column of its own what the rows make of it: the rule for any size, and the nearest column."""
    without = [
        size
        for size in dict.fromkeys(_nominal(reading) or sizes(reading))
        if all(abs(size / one - 1) > _OWN_COLUMN for one in _columns().values())
    ]
    if len(without) > _MOST_BETWEEN:
        return ""
    return "".join(f', {_EACH} * {size / 1e9:.3g} AS "{size / 1e9:.3g}{SIZE_BETWEEN}"' for size in without)


def _nominal(reading: Reading) -> list[float]:
    """The sizes in the names of models, where no size is told: `Qwen2.5-7B` is of the 7B column, whatever it comes to; empty
    where a name has none, or is a mixture's, whose column is of all its parameters."""
    models = (
        []
        if "params" in reading.facts
        else [str(one).rpartition("/")[2].lower() for one in reading.facts.get("model", ())]
    )
    found = [next((size for piece in tokens(name) if (size := size_value(piece))), None) for name in models]
    known = [size for size in found if size]
    return (
        known if len(known) == len(models) and not any(re.search(r"\d+x\d+b|-a\d+b", name) for name in models) else []
    )


def _widths(bits: list[int], mixed: bool) -> str:
    """A quantised base has the low widths, all else the high ones, with mixed precision where that is named too; where
    only low ones are named, all high ones."""
    low, high = [one for one in bits if one < 16], [one for one in bits if one >= 16]
    wide = f"bits IN ({', '.join(map(str, high))})" if high else "(bits >= 16 OR bits IS NULL)"
    if high and mixed:
        wide = f"({wide} OR precision IN ('AMP', '32-bit'))"
    narrow = f"bits IN ({', '.join(map(str, low))})" if low else "bits < 16"
    return f"((method <> 'QLoRA' AND {wide}) OR (method = 'QLoRA' AND {narrow}))"


def asks_of_which_cards(reading: Reading) -> bool:
    """Is it asked whether a figure is of each card, or bought by?"""
    return bool(
        {"each_card", "buying"} & set(reading.cues)
        or {"multi_gpu_split", "how_many_gpus"} & set(reading.intents)
        or each_or_total(reading)
    )


def each_or_total(reading: Reading) -> bool:
    """Is it asked whether a figure is of one card or of all together?"""
    return "each_or_total" in reading.cues


def _labels(reading: Reading) -> list[str]:
    """The columns nearest to the sizes that are named, and that for any size: by its rules every size can be worked out."""
    found = [_nearest_column(size) for size in sizes(reading)]
    return list(dict.fromkeys([*found, _ANY])) if found else []


def _nearest_column(size: float) -> str:
    return min(_columns(), key=lambda label: max(size / _columns()[label], _columns()[label] / size))


@cache
def _columns() -> dict[str, float]:
    """The table's columns, and the parameters that each is of."""
    mixtures = {
        str(row["model_size"]): float(row["params_b"]) * 1e9
        for row in rows("SELECT DISTINCT model_size, params_b FROM finetune")
    }
    found = rows("SELECT DISTINCT model_size FROM finetune_revisions WHERE model_size <> ?", [_ANY])
    labels = [str(row["model_size"]) for row in found]
    return {label: mixtures.get(label) or float(label.rstrip("B")) * 1e9 for label in labels}


def sizes(reading: Reading) -> list[float]:
    """The parameters of what is named: a size at its word, else the model's."""
    named = [float(size) for size in reading.facts.get("params", ())]
    if named:
        return named
    return [
        size
        for model in reading.facts.get("model", ())
        if (size := float(names().find_model(str(model))["unique_params"] or 0))
    ]


def run_beside_row(reading: Reading, calls: list[tuple[str, dict[str, Any]]]) -> Reading | None:
    """The run that failed on its card though a row promised enough: the size beside a model that is named is the row's."""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    if calls[0][0] != "query_tables" or not cards or not has_subject(reading) or "oom_diagnosis" not in reading.intents:
        return None
    facts = {name: one for name, one in reading.facts.items() if name != "params" or "model" not in reading.facts}
    return replace(reading, facts=facts)
