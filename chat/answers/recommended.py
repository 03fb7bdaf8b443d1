"""A recommendation in words: the first choice in one line, then a short table, the smallest first."""

from typing import Any

from chat.answers.case_tables import markdown
from chat.answers.machine_words import machines_run
from chat.phrases import gib, in_words, label, span, value, verdict
from chat.reads.reading import Reading
from kb.cases import INFERENCE
from kb.recipe import ADAPTERS

MOST_ROWS = 9
MOST_NAMED = 2
MOST_COUNTS = 2
Row = dict[str, Any]
# what is told before what fits with a fused loss alone
_WITHOUT_FUSED = {
    "models": (
        "Nothing fits with all logits at once, which alone fill the card; with a fused loss (Liger, Unsloth): ",
        "不用融合损失(Liger、Unsloth)时什么都放不下:完整 logits 就占满这张卡。用融合损失:",
    ),
    "layouts": (
        "With all logits at once nothing is sure to fit on the cards alone, so use a fused loss (Liger, Unsloth). ",
        "完整计算 logits 时,没有一种放法能稳妥地只放在卡上,所以要用融合损失(Liger、Unsloth)。",
    ),
}


def recommended(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """The lead and the rest of an answer."""
    if result["recommends"] == "runs":
        return machines_run(result, reading)
    language, rows = reading.language, result["recommended"][:MOST_ROWS]
    zh = language == "zh"
    if not rows:
        return [f"**{result['why_zh']}。**" if zh else f"**{result['why'].capitalize()}.**"], []
    lead = _lead(rows, result["recommends"], language)
    if result.get("fused"):
        without = _WITHOUT_FUSED[result["recommends"]][zh]
        lead = f"{without}{lead}"
    note = (
        ("按区间上端判断放得下;显存最小的排在前面;表里没有价格。" if result["recommends"] == "cards" else "结论按区间判断。") if zh
        else "Each fits by the high end of its interval; the smallest comes first; the tables have no prices." if result["recommends"] == "cards"
        else "Each verdict is by the interval."
    )  # fmt: skip
    return [lead, *_roles(rows, reading)], [_table(rows, result["recommends"], language), note]


def _roles(rows: list[Row], reading: Reading) -> list[str]:
    """What PPO with adapters counts and what it does not: it says little beside the figure of plain tuning."""
    if reading.facts.get("algo") != ("ppo",) or not any(row["facts"].get("method") in ADAPTERS for row in rows):
        return []
    if reading.language == "zh":
        return [
            "其中 LoRA、QLoRA 的 PPO 只有一份基座:actor 与 reward 是它的适配器,critic 是 value head,参考模型是关掉适配器的基座;各用独立模型,或另起 rollout 引擎,都要另加。"
        ]
    return [
        "With LoRA or QLoRA this is PPO on one base: actor and reward are adapters on it, the critic is a value head, the reference is the base itself; models of their own, or a rollout engine beside, come on top."
    ]


def _lead(rows: list[Row], kind: str, language: str) -> str:
    """The best row of each method."""
    zh = language == "zh"
    best: dict[str, Row] = {}
    for row in rows:
        best.setdefault(_way(row, language), row)
    if kind == "cards":
        said = [
            _smallest(
                "" if len(best) == 1 and row["facts"].get("method") == INFERENCE else way,
                [row for row in rows if _way(row, language) == way],
                language,
            )
            for way, row in best.items()
        ]
        head = "最小够用的卡" if zh else "The smallest that do"
    elif kind == "models":
        said = [
            f"{way}{':' if zh else ': '}{value('model', row['facts']['model'], language)}" for way, row in best.items()
        ]
        head = "放得下的最大模型" if zh else "The largest that fit"
    else:
        said = [
            f"{way}:{_layout(row, language)}({_of_card(row)},{verdict(row, language)})" if zh
            else f"{way}: {_layout(row, language)} ({_of_card(row, ' of ')}, {verdict(row, language)})"
            for way, row in best.items()
        ]  # fmt: skip
        head = "可行的做法" if zh else "What fits"
    return f"**{head}{':' if zh else ': '}{(';' if zh else '; ').join(said)}{'。' if zh else '.'}**"


def _of_card(row: Row, of: str = " / ") -> str:
    return f"{gib(row['memory']['best_gib'])}{of}{gib(row['capacity_gib'])}"


def _free(row: Row) -> str:
    """What is left by the middle of the estimate, if anything is."""
    return gib(row["headroom_gib"]) if row["headroom_gib"] > 0 else "–"


def _smallest(way: str, rows: list[Row], language: str) -> str:
    """Of one method the cards that hold it, the fewest first: one large one, or several smaller ones."""
    zh = language == "zh"
    chosen = sorted(rows, key=lambda row: row["facts"]["n_gpus"])[:MOST_COUNTS]
    said = (" 或 " if zh else ", or ").join(_cards(row, language) for row in chosen)
    said = f"{way}{':' if zh else ': '}{said}" if way else said
    tight = (" 或 " if zh else ", or ").join(
        _cards({**row, **row["tight"]}, language) for row in chosen if row.get("tight")
    )
    if not tight:
        return said
    return f"{said};{tight} 勉强(临界)" if zh else f"{said}; only just (borderline) {tight}"


def _way(row: Row, language: str) -> str:
    facts = row["facts"]
    return " ".join(value(name, facts[name], language) for name in ("method", "bits") if facts.get(name) is not None)


def _cards(row: Row, language: str) -> str:
    """`2 cards of 48 GB (L40S, RTX A6000)`."""
    zh = language == "zh"
    count = in_words("n_gpus", row["facts"]["n_gpus"], language)
    short = list(dict.fromkeys(value("gpu", name, language) for name in row["cards"]))
    named = (" / " if zh else ", ").join(short[:MOST_NAMED])
    size = f"{row['memory_gb']:g} GB"
    return f"{count} {size}({named})" if zh else f"{count} of {size} ({named})"


def _layout(row: Row, language: str) -> str:
    said = []
    for name in ("tp", "pp", "cp", "zero_stage", "offload", "layer_split"):
        given = row["facts"].get(name)
        if given is None:
            continue
        if name == "zero_stage":
            said.append(str(value(name, given, language)))
        elif name in ("tp", "pp", "cp"):
            said.append(f"{label(name, language)} {given}")
        else:
            said.append(f"{label(name, language)} {value(name, given, language)}")
    joined = ("、" if language == "zh" else ", ").join(said)
    return joined or ("直接放" if language == "zh" else "as it is")


def _table(rows: list[Row], kind: str, language: str) -> str:
    zh = language == "zh"
    first = {"cards": "cards", "models": "model", "layouts": "zero_stage"}[kind]
    several = kind == "models" and len({str(row["facts"].get("gpu")) for row in rows}) > 1
    heads = [label("method", language), label("n_gpus" if first == "cards" else first, language)]
    heads += [label("gpu", language)] if several else []
    heads += ["每卡(90% 区间)", "余量", "最长 token"] if zh else ["per card (90 % interval)", "free", "longest, tokens"]
    heads += [] if kind == "cards" else ["结论" if zh else "verdict"]
    told = []
    for row in rows:
        subject = {"cards": _cards, "layouts": _layout, "models": _model}[kind](row, language)
        line = [_way(row, language), subject, *([value("gpu", row["facts"]["gpu"], language)] if several else [])]
        limit = row["limits"][0]["value"] if row["limits"] else None
        line += [f"{gib(row['memory']['best_gib'])} ({span(row['memory'])})", _free(row)]
        line += [value("seq_len", limit, language) if limit else "–"]
        told.append([*line, *([] if kind == "cards" else [verdict(row, language)])])
    return markdown(heads, told)


def _model(row: Row, language: str) -> str:
    return str(value("model", row["facts"]["model"], language))
