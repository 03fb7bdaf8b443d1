"""An estimate in the terminal: verdict, cases, bars, assumptions."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from formulas.quantity import Words
from kb.programs import is_default

BAR = 40
_COLOUR = {"yes": "green", "no": "red"}  # what is open is yellow
_VERDICT = {
    "yes": Words("fits", "放得下"),
    "likely": Words("most likely fits", "多半放得下"),
    "borderline": Words("borderline", "临界"),
    "unlikely": Words("most likely does not fit", "多半放不下"),
    "no": Words("does not fit", "放不下"),
    "conditional": Words("it depends", "视情况而定"),
}
_WORDS = {
    "en": (
        "per card",
        "90 % interval",
        "card has",
        "verdict",
        "total",
        "assumed",
        "sources",
        "up to",
        "over all cards",
        "if",
        "card",
        "fullest",
    ),
    "zh": ("每张卡", "90% 区间", "卡上可用", "结论", "合计", "假设", "来源", "最多", "所有卡合计", "若", "卡", "最满"),
}


PIPED = 100


def console() -> Console:
    """The terminal; where output is piped, wide enough that no column is cut."""
    terminal = Console(highlight=False)
    return terminal if terminal.is_terminal else Console(highlight=False, width=PIPED)


def show_estimate(found: dict[str, Any], language: str) -> None:
    """Print the object of the contract for a person."""
    screen = console()
    words = _WORDS[language]
    if found["verdict"]:
        screen.print(_judged(found, language, "bold"))
    cases = found["cases"]
    if len(cases) > 1:
        screen.print(_cases(cases, language))
    if found["cards"]:
        called = "zh" if language == "zh" else "says"
        screen.print(_cases([{**card, "facts": {words[10]: card[called]}} for card in found["cards"]], language))
        screen.print(f"{words[11]}: {next(card[called] for card in found['cards'] if card['fullest'])}")
    memory = found["memory"]
    head = f"{memory['best_gib']:.1f} GiB {words[0]} ({words[1]} {memory['low_gib']:.1f} – {memory['high_gib']:.1f})"
    if found["capacity_gib"]:
        head += f"; {words[2]} {found['capacity_gib']:.1f}"
    screen.print(head)
    screen.print(_bars(found["terms"], found["capacity_gib"], memory["best_gib"]))
    if found["total_gib"] and abs(found["total_gib"] - memory["best_gib"]) > 1e-6:
        screen.print(f"{words[8]}: {found['total_gib']:.1f} GiB")
    if found["unequal"]:
        screen.print(_unequal(found["unequal"], language))
    for answer in found["answers"]:
        if answer["scope"] == "host":
            said, on = (answer["zh"], answer["if_zh"]) if language == "zh" else (answer["says"], answer["if"])
            screen.print(f"{said}: {answer['value']:.1f} GiB" + (f" ({words[9]} {on})" if on else ""))
        if answer["scope"] == "pool":
            size = f"{answer['value']:,.0f}" if answer["value"] >= 1000 else f"{answer['value']:.1f}"
            unit = " GiB" if answer["unit"] == "GiB" else ""
            screen.print(f"{answer['zh' if language == 'zh' else 'says']}: {size}{unit}")
        if answer["scope"] == "run" or answer["quantity"] == "decoding_rate":
            screen.print(_paced(answer, language))
    for one in (found.get("hybrid") or {}).get("runs") or []:
        if one and one["host_gib"]:
            screen.print(_on_both(one, language))
    for limit in found.get("limits") or []:
        screen.print(f"{limit['quantity']} {words[7]} {limit['value']:,}")
    if more := _more(found["sensitivity"], language):
        screen.print(more)
    if found["changes"]:
        screen.print(Text("怎样才放得下(每张卡):" if language == "zh" else "what would make it fit (per card):"))
        screen.print(_changes(found["changes"], language))
    assumed = [f"{name} {fact['value']}" for name, fact in found["facts"].items() if fact["origin"] == "assumed"]
    assumed += [
        f"{name} {fact['value']} ({fact['origin']})"
        for name, fact in found["facts"].items()
        if is_default(fact["origin"])
    ]
    if assumed:
        screen.print(f"{words[5]}: {', '.join(assumed)}")
    for warning in found["warnings"]:
        screen.print(f"note: {warning}")
    screen.print(f"{words[6]}: " + "; ".join(dict.fromkeys(source["work"] for source in found["sources"])), style="dim")


def _unequal(found: dict[str, Any], language: str) -> str:
    """What cards of different size count for together, and how else they might be used."""
    counted, whole, room = f"{found['counted_gb']:g}", f"{found['whole_gb']:g}", f"{found['room_gib']:.1f} GiB"
    other, zh = found["otherwise"], language == "zh"
    how = f" ({found['switch']})" if found["switch"] else ""
    said = (
        f"各卡合计按 {whole} GB 中的 {counted} GB 用{how},可用 {room}"
        if zh
        else f"of {whole} GB {counted} GB count{how}, {room} of them usable"
    )
    if not other:
        return said
    told, switch = verdict_words(other, language), other["switch"] or 'device_map="auto"'
    amounts = f"{other['total_gib']:.1f} / {other['room_gib']:.1f} GiB"
    return (
        f"{said};按显存比例分层({switch})则{told}:合计 {amounts}"
        if zh
        else f"{said}; with layers in proportion to memory ({switch}): {told}, {amounts} over all cards"
    )


def verdict_words(case: dict[str, Any], language: str) -> str:
    """The verdict of a case; of what is borderline, the side on which it more likely is."""
    return _VERDICT[case.get("leaning") or case["verdict"]].in_(language)


def _judged(case: dict[str, Any], language: str, style: str = "") -> Text:
    return Text(verdict_words(case, language), style=f"{style} {_COLOUR.get(case['verdict'], 'yellow')}".strip())


def _on_both(one: dict[str, Any], language: str) -> str:
    """A case partly on its cards and partly in host memory, with the switches that say so."""
    told = f"{one['switches']}: " if one["switches"] else ""
    rate = "" if not one["rate"] else "–".join(f"{each:.2g}" for each in one["rate"])
    if language == "zh":
        return f"显卡加内存:{told}每张卡 {one['card_gib']:.1f} GiB,内存 {one['host_gib']:.1f} GiB" + (
            f",约 {rate} token/秒" if rate else ""
        )
    return (
        f"cards and host memory: {told}{one['card_gib']:.1f} GiB per card, {one['host_gib']:.1f} GiB of host memory"
        + (f", about {rate} tokens/s" if rate else "")
    )


def _paced(answer: dict[str, Any], language: str) -> str:
    """A rate, hours, or a cost, to three digits; hours with the share of the peak rate that they are at."""
    size = f"{answer['value']:,.0f}" if answer["value"] >= 100 else f"{answer['value']:.3g}"
    unit = {"hours": "小时", "tokens/s": "token/秒"}.get(answer["unit"], "") if language == "zh" else answer["unit"]
    at = f" (MFU {answer['at']:.0%})" if "at" in answer else ""
    return f"{answer['zh' if language == 'zh' else 'says']}: {size} {unit}".rstrip() + at


_MORE = {
    "batch_size": Words("{more} more sequence", "多 {more} 条序列"),
    "seq_len": Words("{more:,} more tokens", "多 {more:,} 个 token"),
    "lora_rank": Words("{more} more ranks", "秩多 {more}"),
}


def _more(sensitivity: list[dict[str, Any]], language: str) -> str:
    """What a little more of each knob adds to the peak, on one line."""
    between, colon = ("；", "：") if language == "zh" else ("; ", ": ")
    return between.join(
        f"{_MORE[one['quantity']].in_(language).format(more=one['more'])}{colon}{one['gib']:+.2f} GiB"
        for one in sensitivity
    )


def _changes(changes: list[dict[str, Any]], language: str) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for column in ("says", "gib", "cost"):
        table.add_column(column, justify="right" if column == "gib" else "left", no_wrap=column == "gib")
    for change in changes:
        says, cost = (change["zh"], change["cost_zh"]) if language == "zh" else (change["says"], change["cost"])
        table.add_row(says, f"{change['gib']:.1f} GiB", cost)
    return table


def _cases(cases: list[dict[str, Any]], language: str) -> Table:
    words = _WORDS[language]
    table = Table(box=None, pad_edge=False)
    names = list(cases[0]["facts"])
    for name in names:
        table.add_column(name, overflow="fold")
    table.add_column(words[0], justify="right")
    table.add_column(words[1], justify="right")
    table.add_column(words[2], justify="right")
    table.add_column(words[3])
    for case in cases:
        memory = case["memory"]
        row = [_value(case["facts"][name]) for name in names]
        row += [f"{memory['best_gib']:.1f}", f"{memory['low_gib']:.1f} – {memory['high_gib']:.1f}"]
        row += [f"{case['capacity_gib']:.1f}" if case["capacity_gib"] else ""]
        table.add_row(*row, _judged(case, language) if case["verdict"] else Text(""))
    return table


def _value(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and value >= 10**5 else str(value)


def _bars(terms: list[dict[str, Any]], capacity: float | None, best: float) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    full = max(capacity or 0.0, best) or 1.0
    for term in terms:
        if round(term["gib"], 2) <= 0:  # a row of 0.00 says nothing
            continue
        length = round(BAR * term["gib"] / full)
        table.add_row(
            term["name"].replace("_", " "), "█" * length or "▏", Text(f"{term['gib']:.2f} GiB", justify="right")
        )
    return table
