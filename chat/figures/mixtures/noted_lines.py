"""Numbered notes of a mixture, judged line by line: its weights, what must be resident, and what its cache depends on."""

from collections.abc import Callable
from string import ascii_lowercase

from chat.figures.named import GB, Figures, Missing, both_words
from formulas.notation import size_words
from formulas.quantity import Words
from kb.bytes_each import WEIGHT

_NEAR_WEIGHTS, _NEAR_TOKEN = 0.05, 0.03
_KIB, _KB = 1024, 1000


def _judged(figures: Figures) -> Words:
    """Which lines are right and which wrong, then why of each."""
    count = int(figures.told_one("notes") or 0)
    names = ascii_lowercase if "notes_by_letter" in figures.log else [f"{place}" for place in range(1, count + 1)]
    told = [(name, *one) for place, name in enumerate(names[:count], 1) if (one := _line(figures, place))]
    if not told:
        raise Missing("notes")
    wrong, right = ([place for place, holds, _ in told if holds is kind] for kind in (False, True))
    heads, heads_zh = [], []
    for places, en, zh in ((wrong, "wrong", "错的是"), (right, "right", "对的是")):
        if places:
            heads.append(f"{en}: {', '.join(places)}")
            heads_zh.append(f"{zh}第 {'、'.join(places)} 条")
    head, head_zh = "; ".join(heads), ";".join(heads_zh)
    whys = " ".join(f"{place}: {why.en}." for place, _, why in told)
    whys_zh = "".join(f"第 {place} 条:{why.zh}。" for place, _, why in told)
    return Words(f"**{head[0].upper()}{head[1:]}.** {whys}", f"**{head_zh}。**{whys_zh}")


def _line(figures: Figures, place: int) -> tuple[bool, Words] | None:
    """Whether a line holds, and why; None of what it does not say."""

    def said(kind: str) -> float | None:
        return figures.told_one(f"note_{kind}_{place}")

    if (amount := said("weights")) is not None:
        return _of_weights(figures, amount, said("bytes") or WEIGHT, said("name") is not None)
    if said("active") is not None or said("all") is not None:
        return _of_all(figures, said("all") is not None)
    if (times := said("experts")) is not None:
        return not times, Words(
            "keys and values belong to attention, which each token passes once in each layer; the experts are feed-forward layers and hold no cache, so their number does not enter",
            "K 和 V 属于注意力层,每个 token 在每层只经过一次;专家是前馈层,不存缓存,所以与专家数无关",
        )
    if (each := said("token")) is not None:
        return _of_token(figures, each)
    return None


def _of_weights(figures: Figures, amount: float, width: float, by_name: bool) -> tuple[bool, Words]:
    whole = figures.params * width
    holds = abs(amount * GB / whole - 1) < _NEAR_WEIGHTS
    sum_ = f"{size_words(figures.params)} × {width:g}"
    why = Words(f"{sum_} B = {both_words(whole)}", f"{sum_} 字节 = {both_words(whole)}")
    if holds or not by_name:
        return holds, why
    return holds, Words(
        f"{why.en}; the numbers in the name do not multiply, since attention, embeddings and norms are there once",
        f"{why.zh};名字里的数不能相乘,注意力、词嵌入和归一化只有一份",
    )


def _of_all(figures: Figures, all_told: bool) -> tuple[bool, Words]:
    """That all experts are resident, whatever a token uses."""
    row = figures.row()
    experts, active = int(row["n_experts"]), float(row.get("active_params") or 0)
    whole, size = both_words(figures.amount("w_all")), size_words(figures.params)
    en, zh = ("", "") if not active else (f"; the {size_words(active)} that are active set compute and speed, not memory", f";激活的 {size_words(active)} 决定计算量和速度,不决定显存")  # fmt: skip
    return all_told, Words(
        f"all {experts} experts of a layer must be resident, {size} parameters or {whole}, since any token may be sent to any of them{en}",
        f"每层 {experts} 个专家都要常驻,共 {size} 参数、{whole},因为任何 token 都可能用到任何专家{zh}",
    )


def _of_token(figures: Figures, each: float) -> tuple[bool, Words]:
    row, size = figures.row(), figures.need("kv_token")
    holds = min(abs(each * unit / size - 1) for unit in (_KIB, _KB)) < _NEAR_TOKEN
    factors = [row.get(name) for name in ("n_layers", "n_kv_heads", "head_dim")]
    said = figures["kv_token"]
    if all(factors):
        layers, heads, width = (int(one or 0) for one in factors)
        if 2 * 2 * layers * heads * width == size:
            return holds, Words(
                f"2 × {layers} layers × {heads} KV heads × {width} × 2 B = {said} per token",
                f"2 × {layers} 层 × {heads} 个 KV 头 × {width} × 2 字节 = 每 token {said}",
            )
    return holds, Words(f"it is {said} per token", f"每 token 是 {said}")


NOTED_LINES: dict[str, Callable[[Figures], Words]] = {"noted_lines": _judged}
