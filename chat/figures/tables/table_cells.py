"""What the cells of LLaMA-Factory's table are for each parameter, and what so many bytes consist of."""

import re

from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from chat.figures.tables.rules_and_cells import (
    ROUNDED,
    differing,
    method_of,
    of_each_size,
    pairs_near,
    told_of_each,
    what_is_in,
)
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.database import rows
from kb.published import FINETUNE_METHODS
from kb.recommender import smallest_that_hold

_NEAR = 0.06  # of a column's size
_OTHERS = Words(
    "the 16-bit base, the rest states of what is trained and activations", " 16 位的基座,其余是训练部分的状态和激活"
)
# bytes for each parameter that a method certainly takes, and what they are
_FULL = {
    True: (16.0, Words("mixed precision: 2 weights + 2 gradients + 4 fp32 copy + 8 moments, 18 with fp32 gradients", "混合精度:权重 2 + 梯度 2 + fp32 主权重 4 + 动量 8,梯度用 fp32 则为 18")),
    False: (8.0, Words("pure bf16: 2 weights + 2 gradients + 2 + 2 moments", "纯 bf16:权重 2 + 梯度 2 + 两个动量 2 + 2")),
}  # fmt: skip


def cells_explained(figures: Figures) -> Words:
    """Of the size at hand each cell; those alone that the asker states, where there are several."""
    size = figures.need("params_said") / 1e9
    found = rows(
        "SELECT method, bits, model_size, params_b, memory_gb FROM finetune WHERE abs(params_b / ? - 1) < ? "
        "AND (method IN ('Full', 'LoRA') OR bits = 4) ORDER BY memory_gb DESC",
        [size, _NEAR],
    )
    stated = {float(one) for name in ("claims_gb", "bare_gb") for one in figures.told.get(name, ())}
    own = [row for row in found if float(row["memory_gb"]) in stated]
    cells = own if len(own) > 1 else found
    if not cells:
        raise Missing("cells")
    cells = sorted(cells, key=lambda row: row not in own)  # the one that is asked about, before the others of its row
    lines = [_cell(row["method"], row["bits"], float(row["params_b"]), float(row["memory_gb"])) for row in cells]
    params = size_words(float(cells[0]["params_b"]) * 1e9)
    product = _no_product(str(cells[0]["model_size"]))
    return Words(
        "\n".join([f"**They are bytes for each of {params} parameters, rounded by hand{product.en}:**", "", *(f"- {one.en}" for one in lines)]),
        "\n".join([f"**都是每参数字节数 × {params} 参数的粗估,再取整{product.zh}:**", "", *(f"- {one.zh}" for one in lines)]),
    )  # fmt: skip


def _no_product(size: str) -> Words:
    """That a mixture does not hold the product in its name: `8x7B` is no 56B."""
    found = re.fullmatch(r"(\d+)x(\d+)B", size)
    if not found:
        return SILENT
    whole = int(found[1]) * int(found[2])
    return Words(
        f" (not of {found[1]} × {found[2]} = {whole}B: attention and embedding are there once, only the feed-forward experts {found[1]} times)",
        f"(不是 {found[1]} × {found[2]} = {whole}B:注意力和词嵌入只有一份,只有前馈专家有 {found[1]} 份)",
    )


_LIKE = 0.12  # a model is asked about by the row of the next size


def row_judged(figures: Figures) -> Words:
    """Whether the table's row of about this size holds for a model that is named."""
    method = FINETUNE_METHODS.get(str(figures.knob("method")), "")
    found = rows(
        "SELECT model_size, bits, memory_gb FROM finetune WHERE method = ? AND abs(params_b * 1e9 / ? - 1) < ? AND bits IS NOT DISTINCT FROM ? "
        "ORDER BY abs(params_b * 1e9 / ? - 1) LIMIT 1",
        [method, figures.params, _LIKE, _row_bits(figures), figures.params],
    )
    if not found:
        raise Missing("row")
    (row,), base = found, figures.base
    size, weights, (low, high) = float(row["memory_gb"]) * GB, base.terms.get("weights", 0.0), base.bounds
    name, says = figures.row()["name"].rsplit("/", 1)[-1], f"{row['memory_gb']:g} GB"
    need = Words(
        f"about {gib_words(base.best)} (90 % interval {gib_words(low)} – {gib_words(high)}), of which weights {both_words(weights)}",
        f"约 {gib_words(base.best)}(90% 区间 {gib_words(low)} – {gib_words(high)}),其中权重 {both_words(weights)}",
    )
    if size < weights:
        verdict = Words(
            f"No: the row's {says} would not even hold the weights of {name}; it takes",
            f"不成立:表里的 {says} 连 {name} 的权重都放不下;需要",
        )
    elif size < low:
        verdict = Words(
            f"No: the row's {says} is too little for {name}, which takes", f"不成立:表里的 {says} 对 {name} 偏小;需要"
        )
    elif size <= high:
        verdict = Words(
            f"Roughly: the row's {says} is within what {name} takes,", f"大致成立:表里的 {says} 落在 {name} 的需求之内:"
        )
    else:
        verdict = Words(
            f"Yes: the row's {says} is more than {name} takes,", f"成立且有余:表里的 {says} 超过 {name} 的需求:"
        )
    size_of = Words(
        f"The row is of {row['model_size']}, {name} has {size_words(figures.params)}.",
        f"该行是按 {row['model_size']} 写的,{name} 实际有 {size_words(figures.params)} 参数。",
    )
    if filled := _card_filled(figures, size, need):
        return Words(f"{filled.en} {size_of.en}", f"{filled.zh}{size_of.zh}")
    return Words(f"**{verdict.en} {need.en}.** {size_of.en}", f"**{verdict.zh}{need.zh}。** {size_of.zh}")


_FILLS = 0.94  # of the card, which a row of that size fills


def _card_filled(figures: Figures, size: float, need: Words) -> Words | None:
    """The verdict on a card that the row would fill, of a model that it does not hold for sure; None of another."""
    base, room = figures.base, figures.base.capacity or 0.0
    filled = room > 0 and _FILLS <= size / room * GIB / GB <= 1 / _FILLS
    if base.case.card is None or not filled or base.verdict not in ("borderline", "no"):
        return None
    name, most = figures.row()["name"].rsplit("/", 1)[-1], base.longest if base.verdict == "borderline" else None
    length, length_zh = (f"; as counted here it goes up to samples of about {most:,} tokens by the middle of the estimate", f";按这里的设置,以区间中值计样本最长约 {most:,} token") if most else ("", "")  # fmt: skip
    opens, opens_zh = ("No", "不够") if base.verdict == "no" else ("On the edge, not for sure", "临界,不稳妥")
    row, cards = f"{size / GB:g} GB", smallest_that_hold(base)
    safe, safe_zh = (f" For sure: a card of {cards[0].marketed_gb:g} GB, or a smaller model.", f"稳妥的做法:{cards[0].marketed_gb:g} GB 的卡,或换小一号的模型。") if cards else ("", "")  # fmt: skip
    return Words(
        f"**{opens}: {name} takes {need.en}, and the card has {gib_words(room)}{length}.**{safe} The row's {row} would fill the card and leave nothing.",
        f"**{opens_zh}:{name} {need.zh},卡上可用 {gib_words(room)}{length_zh}。**{safe_zh}表里的 {row} 正好占满这张卡,没有余量。",
    )


def _row_bits(figures: Figures) -> int | None:
    """The width of the row: of QLoRA that of its base, of full tuning in mixed precision none, of all else 16."""
    if figures.knob("method") == "qlora":
        return int(figures.knob("bits") or 4)
    mixed = figures.knob("method") == "full" and not figures.pure
    return None if mixed else int(figures.given.get("bits") or 16)


def _gb(size: float) -> str:
    return f"{size / GB:,.0f}" if size >= 100 * GB else f"{size / GB:.3g}"


def _cell(method: str, bits: int | None, params_b: float, memory_gb: float) -> Words:
    full = method == "Full"
    mixed = full and (bits is None or int(bits) == 32)
    each, what = (
        _FULL[mixed] if full
        else (float(bits or 16) / 8, _OTHERS if method != "QLoRA" else Words(
            f"the {bits}-bit base, the rest scales, the 16-bit embedding, adapters and activations",
            f" {bits} 位的基座,其余是量化常数、16 位的 embedding、适配器和激活",
        ))
    )  # fmt: skip
    width = Words("mixed precision" if mixed else f"{bits}-bit", "混合精度" if mixed else f"{bits} 位")
    shown, base = f"{memory_gb / params_b:.3g}", _gb(each * params_b * 1e9)
    return Words(
        f"{method} ({width.en}) {memory_gb:g} GB = {shown} B each: {each:g} B, {base} GB, are {what.en}",
        f"{method}({width.zh}){memory_gb:g} GB = 每参数 {shown} 字节:其中 {each:g} 字节(共 {base} GB)是{what.zh}",
    )


# asked why the two differ: then the cell is that of the size at hand, written out or not
_AGAINST = frozenset({"why_more", "method_diff", "explain_derive", "who_is_right", "check_arithmetic"})


def rule_and_cell(figures: Figures) -> Words:
    """The column for any size beside the cell of one that is stated: what the rule counts, and what the cell has more."""
    if several := of_each_size(figures):
        return told_of_each(figures, several)
    size = figures.need("params_said")
    stated = [float(one) for name in ("claims_gb", "bare_gb", "observed_gb") for one in figures.told.get(name, ())]
    found = pairs_near(figures, size)
    near = [one for one in found if method_of(figures) != "Full" and abs(one.size * 1e9 / size - 1) < _NEAR]
    alike = near[:1] if figures.about & _AGAINST else []
    pair = differing(next((one for one in found if one.cell in stated), None) or next(iter(alike), None))
    what, rest = what_is_in(figures, pair)
    own = figures.params / 1e9
    other = "model" in figures.given and abs(own / pair.size - 1) > ROUNDED
    beside = f" ({size_words(figures.params)}: {pair.each * own:.3g} GB)" if other else ""
    beside_zh = f"({size_words(figures.params)} 则为 {pair.each * own:.3g} GB)" if other else ""
    more, each, whole, of_each = pair.cell - pair.by_rule, f"{pair.each:g}", f"{pair.cell:g}", pair.of_each
    table, table_zh = (
        ("the table", "表里")
        if "llama_factory" in figures.about
        else ("LLaMA-Factory's table", " LLaMA-Factory 的表里")
    )
    if more < 0:
        return Words(
            f"**Both are in {table}: {pair.rule} is {each} B for each parameter ({what.en}), {pair.shown}{beside}; the {pair.name} cell, {whole} GB, was rounded by hand to {of_each} B each.** Take the larger.",
            f"**两个都在{table_zh}:{pair.rule} 即每参数 {each} 字节({what.zh}),{pair.shown}{beside_zh};{pair.name} 那格的 {whole} GB 是手工取整的,相当于每参数 {of_each} 字节。** 取较大的规划。",
        )
    return Words(
        f"**Both are in {table}, and of different things: {pair.rule} is {each} B for each parameter, {what.en}: {pair.shown}{beside}. The {pair.name} cell of {whole} GB has {more:g} GB more ({of_each} B each) for {rest.en}.** Both are rough; plan by the cell, for the rule leaves no room for these.",
        f"**两个都在{table_zh},口径不同:{pair.rule} 即每参数 {each} 字节,{what.zh}:{pair.shown}{beside_zh};{pair.name} 那格的 {whole} GB 多出的 {more:g} GB(每参数 {of_each} 字节)是{rest.zh}。** 都是粗估;按格子里的数规划,公式没给这些留空间。",
    )


_FOUR = 4


def smaller_in_four(figures: Figures) -> Words:
    """The largest size of the table that the card holds in four bits, and this size in as many; silent without a card."""
    room = figures.amount("capacity_whole")
    whole = rows(
        "SELECT model_size, memory_gb FROM finetune WHERE method = 'QLoRA' AND bits = ? AND params_b * 1e9 = ?",
        [_FOUR, figures.need("params_said")],
    )
    found = rows(
        "SELECT model_size, memory_gb FROM finetune WHERE method = 'QLoRA' AND bits = ? AND memory_gb <= ? AND params_b * 1e9 < ? "
        "ORDER BY params_b DESC LIMIT 1",
        [_FOUR, room, figures.need("params_said")],
    )
    if not room or not found:
        return SILENT
    size, amount = found[0]["model_size"], f"{found[0]['memory_gb']:g} GB"
    itself, itself_zh = "", ""
    if whole:
        name, more = whole[0]["model_size"], f"{whole[0]['memory_gb']:g} GB"
        itself, itself_zh = (
            f"; {name} itself in {_FOUR} bits has {more} there",
            f";{name} 本身的 {_FOUR} 位写的是 {more}",
        )
    return Words(
        f" So few bits cost quality; a smaller model in {_FOUR} bits is the usual choice, by the same table {size} with {amount}{itself}.",
        f"位数这么低质量明显下降;通常改用更小的模型配 {_FOUR} 位,按同一张表是 {size}({amount}){itself_zh}。",
    )


# of a card: what a cell may take and still leave room for a display, a longer sample, another program
_WITH_ROOM = 0.9


def cells_with_room(figures: Figures) -> Words:
    """Of each width from four bits on the largest size of the method's cells that leave room on the card."""
    room, method = figures.need("capacity_whole") / GIB, FINETUNE_METHODS.get(str(figures.knob("method")), "")
    found = rows(
        "SELECT bits, max_by(model_size, memory_gb) AS model_size, max(memory_gb) AS memory_gb FROM finetune_revisions "
        "WHERE revision = (SELECT max(revision) FROM finetune_revisions) AND model_size NOT LIKE '%x%' "
        "AND method = ? AND bits >= ? AND memory_gb <= ? GROUP BY bits ORDER BY bits DESC",
        [method, _FOUR, _WITH_ROOM * room],  # the table's GB are those that cards are sold with
    )
    if not found:
        raise Missing("cell")
    told = [Words(f"{one['model_size']} in {one['bits']} bits ({one['memory_gb']:g} GB)", f"{one['model_size']}({one['bits']} 位,{one['memory_gb']:g} GB)") for one in found]  # fmt: skip
    return Words("; ".join(one.en for one in told), "、".join(one.zh for one in told))
