"""What was solved for, in words: the most of a length, a batch or a size that cards hold, or the fewest cards."""

from typing import Any

from chat.answers.count_words import count_line
from chat.phrases import case_words, gib, in_words
from chat.reads.reading import Reading
from kb.cases import LAYOUTS


def solved_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """The lead: a line for each case that sets others apart, those that cannot be solved last."""
    language, zh = reading.language, reading.language == "zh"
    cases = result.get("cases") or [{"facts": {}, "solved": result.get("solved"), **_why(result)}]
    lines, refused = [], []
    trains = (result.get("facts") or {}).get("task", {}).get("value") == "train"
    for where, case in _same_cards(sorted(cases, key=_furthest), reading):
        solved = case.get("solved")
        if solved is None:
            refused.append(f"- {where + ':' if where else ''}{case.get('why_zh') or case['why']}" if zh
                           else f"- {where + ': ' if where else ''}{case['why']}")  # fmt: skip
            continue
        if solved["quantity"] == "n_gpus":
            lines.append(count_line(where, solved, trains and not set(LAYOUTS) & set(reading.facts), language))
            continue
        amount = in_words(solved["quantity"], solved["value"], language)
        together = solved["quantity"] == "batch_size" and not trains
        if "sure" in solved and solved["quantity"] != "params":
            lines.append(_limit(where, solved, together, language))
            continue
        room = f"{gib(solved['gib'])} / {gib(solved['capacity_gib'])}"
        if zh:
            head = f"{where}\uff1a" if where else ""
            most = "最多" if solved["quantity"] == "gpu_layers" else "最大"
            lines.append(f"- {head}**{most} {amount}**(每张卡 {room}{_beside(solved, language)})")
        else:
            head = f"{where}: " if where else ""
            lines.append(f"- {head}**up to {amount}** ({room} per card{_beside(solved, language)})")
    return ["\n".join([*lines, *refused])], []


def _limit(where: str, solved: dict[str, Any], together: bool, language: str) -> str:
    """The most of a length or a batch: for sure, and where the middle of the estimate fills the card."""
    zh, name, sure = language == "zh", solved["quantity"], solved["sure"]

    def words(amount: int) -> str:
        if together:
            return f"同时 {amount:,} 条序列" if zh else f"{amount:,} sequence{'s' if amount > 1 else ''} at once"
        return in_words(name, amount, language)

    room, most = gib(solved["capacity_gib"]), words(solved["value"])
    declared = solved.get("positions") or 0
    beyond = ""
    if declared and solved["value"] > declared:
        beyond = (
            f";但模型声明的位置只有 {declared:,} 个" if zh else f"; but the model declares only {declared:,} positions"
        )
    head = where + ("\uff1a" if zh else ": ") if where else ""
    if sure is None:
        full = (
            f"按区间中值 {most} 时占满 {room};没有稳妥的余量"
            if zh
            else f"{most} by the middle of the estimate, which fills the {room}; nothing is sure to fit"
        )
        return (
            f"- {head}**{'最多' if zh else 'at most'} {full}**{beyond}" if zh else f"- {head}**at most {full}**{beyond}"
        )
    need = gib(sure["gib"])
    if zh:
        return f"- {head}**稳妥的上限是{words(sure['value'])}**({need} / {room});按区间中值,{most} 时占满这张卡{beyond}"
    return f"- {head}**up to {words(sure['value'])} for sure** ({need} of {room}); by the middle of the estimate the card is full at {most}{beyond}"


def _furthest(case: dict[str, Any]) -> float:
    """Of models the largest first: the layout that reaches it is the answer."""
    solved = case.get("solved") or {}
    return -float(solved["value"] or 0) if solved.get("quantity") == "params" else 0.0


def _same_cards(cases: list[dict[str, Any]], reading: Reading) -> list[tuple[str, dict[str, Any]]]:
    """The cases with the words that set each apart; cards for which the same comes out share a line."""
    lines: dict[str, tuple[list[str], dict[str, Any]]] = {}
    for case in cases:
        facts = dict(case["facts"])
        card = facts.pop("gpu", None)
        where = case_words(facts, reading.language)
        if facts.get("method") == "qlora" and "bits" not in reading.facts:
            where = where.replace("QLoRA", "4 位 QLoRA" if reading.language == "zh" else "4-bit QLoRA")
        key = f"{where} {case.get('solved')} {case.get('why')}"
        cards = lines.setdefault(key, ([where], case))[0]
        if card:
            cards.append(in_words("gpu", card, reading.language))
    zh = reading.language == "zh"
    return [
        (("、" if zh else ", ").join(part for part in (words[0], " / ".join(words[1:])) if part), case)
        for words, case in lines.values()
    ]


def _beside(solved: dict[str, Any], language: str) -> str:
    """Of the largest model: whether it only just fits, how long a sequence it leaves, and what fits for sure."""
    zh = language == "zh"
    told = ""
    if solved.get("longest"):
        tokens = in_words("seq_len", solved["longest"], language)
        told += f",最长 {tokens}" if zh else f", up to {tokens}"
    if solved["quantity"] == "params" and solved.get("verdict") == "borderline":
        told += ",临界" if zh else ", borderline"
    if sure := solved.get("sure"):
        size, tokens = in_words("params", sure["params"], language), in_words("seq_len", sure["longest"], language)
        told += (
            f";稳妥的是 {size}:{gib(sure['gib'])},最长 {tokens}"
            if zh
            else f"; with room to spare {size}: {gib(sure['gib'])}, up to {tokens}"
        )
    return told


def _why(result: dict[str, Any]) -> dict[str, Any]:
    return {"why": result.get("why"), "why_zh": result.get("why_zh")}
