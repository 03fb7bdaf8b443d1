"""A rule of thumb that is quoted, `P × bits / 8 × 1.2`: worked out as it is written, factor by factor, beside what is counted."""

from collections.abc import Callable
from typing import Any

from chat.figures.failures.gaps import parts_beside
from chat.figures.named import GB, Figures, both_words, gib_words, missing
from chat.phrases import value
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words

# the widths that such a rule is told of; a format that stores 4.9 bits for a weight is one of 4
_WIDTHS = (2, 3, 4, 5, 6, 8, 16, 32)
_SCALES = 0.2  # bits by which a stored format may be below its name
_SAME = 0.015  # of a figure that is rounded
_APART = 0.03  # by which what is stored is worth telling beside what the rule counts
_FREE: dict[str, Any] = {
    "gpu": None, "gpu_memory_gb": None, "n_gpus": None, "tp": None, "pp": None, "layer_split": None, "zero_stage": None,
}  # fmt: skip
_USUAL = 1.2
_ADAPTERS = ("adapter", "gradients", "optimizer")
_WHOLE = 0.98  # of the tokens that a cache keeps; of less, windows drop some
_FAR = 32_768  # tokens: a long context, by example
# asked whether it holds
_WHETHER = frozenset({"claim_checked", "supposed", "row_holds"})


def rule_of_thumb(figures: Figures) -> Words:
    """Whether it is right as written, what its factors are, and what its flat share does not cover."""
    params, bits, factor = figures.need("params_said"), _bits(figures), _factor(figures)
    bare = params * bits / 8
    whole = bare * factor
    opens = _opens(figures, params, bits, factor)
    each = figure(bits / 8)
    stored = figures.amount("w_all")
    apart = abs(stored / bare - 1) >= _APART
    as_stored = Words(f" (as actually stored {both_words(stored)})", f"(实际存储 {both_words(stored)})")
    as_stored = as_stored if apart else SILENT
    beyond = _beyond(figures, whole, whole - bare)
    width = figure(bits)
    others = Words(" (8 bits 1 B, 4 bits about 0.5)", "(8 位 1 字节,4 位约 0.5)") if bits == 16 else SILENT
    return Words(
        f"{opens.en} {width} bits ÷ 8 (or 4 B ÷ (32 ÷ {width}), the same) are {each} B for each parameter{others.en}: {_gb(bare)} of weights{as_stored.en}. {beyond.en}",
        f"{opens.zh}{width} 位 ÷ 8(即 4 字节 ÷(32 ÷ {width}))是每参数 {each} 字节{others.zh}:权重 {_gb(bare)}{as_stored.zh}。{beyond.zh}",
    )


def _counted(figures: Figures) -> Words:
    """What is counted of the lengths and users that are told, beside what the rule says."""
    whole = both_words(figures.at(**_FREE).best)
    return Words(f"; counted, it takes {whole}", f";逐项计算是 {whole}")


def rule_of_adapters(figures: Figures) -> Words:
    """The same rule told of a training of adapters: what its flat share is for there, and what comes on top in truth."""
    params, bits, factor = figures.need("params_said"), _bits(figures), _factor(figures)
    bare, base = params * bits / 8, figures.base.terms["weights"]
    beside = parts_beside(figures, ("weights", *_ADAPTERS))
    own, left = gib_words(figures.base.held(*_ADAPTERS)), both_words(figures.base.best - base)
    whole = both_words(figures.base.best)
    counted = Words(f"; counted, it takes {whole}", f";逐项计算是 {whole}")
    opens = _opens(figures, params, bits, factor, _BESIDE_A_BASE, counted)
    more = figures.at(batch_size=1 + int(figures.knob("batch_size") or 1)).best - figures.base.best
    rest, allowed = figures.base.best - base, bare * (factor - 1)
    covers = Words("within", "不超过") if rest <= allowed else Words("above", "超过")
    return Words(
        f"{opens.en} {figure(bits)} bits ÷ 8 are {figure(bits / 8)} B for each parameter of the frozen base: {_gb(bare)} (as it is loaded {both_words(base)}). Beside it stand {beside.en}, the adapters with their states {own}: together {left}, {covers.en} those {_gb(allowed)}. Adapters and their states go with the rank, activations and logits with batch × length: one more sequence takes {gib_words(more)}, which no share of the weights tells.",
        f"{opens.zh}{figure(bits)} 位 ÷ 8 是冻结基座每参数 {figure(bits / 8)} 字节:{_gb(bare)}(实际加载 {both_words(base)})。此外还有{beside.zh}、适配器及其状态 {own},合计 {left},{covers.zh}这 {_gb(allowed)}。适配器及其状态随秩变化,激活和 logits 随批大小 × 长度变化:每多一条序列就多 {gib_words(more)},不随权重成比例。",
    )


_BESIDE_A_RUN = Words("KV cache, activations and runtime together", "KV 缓存、激活和运行时")
_BESIDE_A_BASE = Words(
    "adapters with their states, activations, logits and runtime together", "适配器及其状态、激活、logits 和运行时"
)


def _opens(
    figures: Figures,
    params: float,
    bits: float,
    factor: float,
    kept_for: Words = _BESIDE_A_RUN,
    counted: Words = SILENT,
) -> Words:
    """The sum as it is written, and what the factor is: where no amount is to be judged, as the answer itself."""
    bare = params * bits / 8
    whole = bare * factor
    sum_ = f"{size_words(params).removesuffix('B')} × {figure(bits)}/8 × {factor:g} = {_gb(whole)}"
    written = Words(sum_ + counted.en, sum_ + counted.zh)
    share, more = f"{round((factor - 1) * 100)} %", _gb(whole - bare)
    flat = Words(
        f"the {factor:g} is a rule of thumb, neither derived nor measured: a flat {share}, {more}, for {kept_for.en}",
        f"{factor:g} 是经验法则,不是推导或测量出来的:统统留 {share.replace(' ', '')}({more})给{_spaced(kept_for.zh)}",
    )
    behind = Words(f" {flat.en[0].upper()}{flat.en[1:]}.", f"{flat.zh}。")
    stated = [float(one) for one in figures.told.get("claims_gb", ())]
    if any(abs(one * GB / whole - 1) <= _SAME for one in stated):
        return Words(
            f"**The arithmetic is right: {written.en}.**{behind.en}", f"**算术没错:{written.zh}。**{behind.zh}"
        )
    without = next((one for one in stated if factor > 1 and abs(one * GB * factor / whole - 1) <= _SAME), None)
    if without:
        return Words(
            f"**By the rule it is {written.en}; {without:g} GB is without the {factor:g}.**{behind.en}",
            f"**按这条公式是 {written.zh};{without:g} GB 没有乘 {factor:g}。**{behind.zh}",
        )
    if {"seq_len", "batch_size"} & set(figures.given):  # which it is told of below whether the share covers them
        takes = counted if counted.en else _counted(figures)
        return Words(f"**By the rule: {sum_}{takes.en}.**{behind.en}", f"**按这条公式:{sum_}{takes.zh}。**{behind.zh}")
    judged = bool(figures.about & _WHETHER)
    holds = Words(
        "About right for one user with a short context, too low for long contexts or many users." if judged else "",
        "短上下文、单用户时大致靠谱,长上下文或多并发时偏小。" if judged else "",
    )
    said = Words(f"{holds.en}{behind.en[:-1]}; {written.en}.".strip(), f"{holds.zh}{flat.zh};{written.zh}。")
    return Words(f"**{said.en}**", f"**{said.zh}**")


def _spaced(words: str) -> str:
    """With the space that stands before Latin letters."""
    return f" {words}" if words[0].isascii() else words


def _beyond(figures: Figures, whole: float, allowed: float) -> Words:
    """What comes on top of the weights as it is counted, against the flat share."""
    there = figures.at(**_FREE)
    cache, token = figures.need("kv_all"), figures.need("kv_token")
    rest = there.best - there.terms["weights"]
    said = {"seq_len", "batch_size"} & set(figures.given)
    tokens, many = figures.tokens, float(figures.knob("batch_size") or 1)
    written = f"{figure(many)} × {figure(tokens / many)}" if many > 1 else figure(tokens)
    counted = f"{figures['kv_token']} × {written} = {gib_words(cache)}"
    if cache < _WHOLE * token * tokens:  # windows keep less
        counted = gib_words(cache)
    alone = allowed - (rest - cache)  # of the share, what is left for the cache
    if not said:
        filled = round(max(0.0, alone) / token, -2)
        name = value("model", figures.knob("model"), "en") if figures.knob("model") else ""
        far = token * _FAR
        beyond = Words(
            f", and {figure(_FAR)} would take {gib_words(far)}", f",{figure(_FAR)} token 则要 {gib_words(far)}"
        )
        beyond = beyond if cache >= _WHOLE * token * tokens and far > 2 * allowed else SILENT
        each = f"{figures['kv_token']}({name})" if name else figures["kv_token"]
        each_en = f"{figures['kv_token']} per token ({name})" if name else f"{figures['kv_token']} per token"
        until = Words(
            f"At {each_en} it is used up at about {figure(filled)} tokens of all requests together{beyond.en}" if filled
            else "Activations and the runtime alone take more than that",
            f"每 token {each},所有请求合计约 {figure(filled)} token 就用完这部分{beyond.zh}" if filled
            else "激活和运行时就已超过它",
        )  # fmt: skip
        return Words(
            f"The cache does not go with the weights but with tokens and users, so count it apart: 2 (K and V) × layers × KV heads × head size × bytes for each token. {until.en}: near for short contexts, too low for long ones or many users.",
            f"KV 缓存不随权重,而随 token 数和并发增长,应单独计算:每 token 是 2(K 和 V)× 层数 × KV 头数 × 每头维度 × 字节数。{until.zh}:短上下文时接近,长上下文或多用户时偏小。",
        )
    covers = rest <= allowed
    against = Words("within" if covers else "above", "没超过" if covers else "超过")
    verdict = Words(
        f"**{'It covers' if covers else 'It does not cover'} {written} tokens:**",
        f"**按公式的余量,{written} token {'够' if covers else '不够'}:**",
    )
    held = not covers and figures.base.capacity and figures.base.verdict_of_cards == "yes"
    by_cards = Words("; the cards hold it because they have more", ";放得下是因为卡更大") if held else SILENT
    left = gib_words(rest - cache)
    instead = SILENT if covers else Words(
        f" Count instead: weights + cache a token × tokens × users + activations and runtime (here {left}).",
        f"应改按 权重 + 每 token 缓存 × 长度 × 并发 + 激活与运行时(这里 {left})来算。",
    )  # fmt: skip
    return Words(
        f"{verdict.en} the cache goes with tokens and users, {counted}; with activations and runtime {both_words(rest)} come on top of the weights, {both_words(there.best)} in all, {against.en} the {_gb(whole)} of the rule{by_cards.en}.{instead.en}",
        f"{verdict.zh}KV 缓存随 token 数和并发增长,{counted};连同激活和运行时,权重之外要 {both_words(rest)},总共 {both_words(there.best)},{against.zh}公式的 {_gb(whole)}{by_cards.zh}。{instead.zh}",
    )


def _bits(figures: Figures) -> float:
    """The width that is told, or the one that the format is named after."""
    told = figures.given.get("bits")
    if told:
        return float(told)
    each = 8 * figures.need("w_all") / figures.params + _SCALES
    return float(max((width for width in _WIDTHS if width <= each), default=0)) or missing("bits")


def _factor(figures: Figures) -> float:
    return next(iter(figures.logged_all("rule_factor")), _USUAL)


def _gb(size: float) -> str:
    return f"{size / GB:.3g} GB"


RULE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "rule_of_thumb": rule_of_thumb,
    "rule_of_adapters": rule_of_adapters,
}
