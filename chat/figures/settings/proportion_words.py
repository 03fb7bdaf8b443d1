"""Whether memory goes in proportion to an amount: what it is with so many times as much, and what stays as it is."""

from dataclasses import dataclass
from typing import Any

from chat.figures.named import Figures, Missing, gib_words, most_of
from chat.figures.settings.lever_claims import stays
from chat.phrases import in_words, value
from chat.words import term
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome
from kb.programs import serves


@dataclass(frozen=True)
class Amount:
    """An amount that a run is scaled by: its name, what it acts on, its fact, and where it starts unless it is told."""

    says: Words
    works: Words
    fact: str
    start: int
    beside: dict[str, Any]
    far: int  # at so much it shows what becomes of the proportion; 0 where it is not told


_TOKENS = Words("activations, logits and the KV cache go with the tokens, weights and optimizer states do not", "随 token 数增长的只有激活、logits 和 KV 缓存,权重和优化器状态不变")  # fmt: skip
AMOUNTS: dict[str, Amount] = {
    "batch": Amount(Words("the batch", "批大小"), _TOKENS, "batch_size", 1, {}, 32),
    "users": Amount(Words("the users", "并发"), Words("each sequence has a cache of its own, the weights are there once", "每路各有一份 KV 缓存,权重只有一份"), "batch_size", 1, {"task": None, "method": "inference"}, 32),
    "length": Amount(Words("the length", "长度"), _TOKENS, "seq_len", 4096, {}, 65536),
    "rank": Amount(Words("the rank", "秩"), Words("adapters, their gradients and Adam states go with the rank, the frozen base does not", "随秩增长的只有适配器及其梯度和 Adam 状态,冻结的基座不变"), "lora_rank", 16, {}, 0),
    "cards": Amount(Words("the cards", "卡数"), Words("ZeRO-3, FSDP and tensor parallel divide weights and states over the cards, but each keeps its own activations and runtime; plain data parallel (DDP) divides nothing", "ZeRO-3、FSDP、张量并行把权重和状态切分到各卡,激活与运行时每卡各有一份;普通数据并行(DDP)什么都不切分"), "n_gpus", 2, {"zero_stage": 3}, 0),
}  # fmt: skip
_NEARLY = 0.85  # of what goes in proportion, from which it is told as one
_TIMES = {
    0.5: ("half", "减半"),
    2.0: ("twice", "翻倍"),
    3.0: ("three times", "变成三倍"),
    4.0: ("four times", "变成四倍"),
}


@dataclass(frozen=True)
class _Pair:
    """The case with the amount as it is, and with so many times as much."""

    was: Outcome
    now: Outcome

    @property
    def ratio(self) -> float:
        return self.now.best / self.was.best

    @property
    def terms(self) -> dict[str, tuple[float, float]]:
        names = dict.fromkeys([*self.was.terms, *self.now.terms])
        return {
            name: (most_of(self.was, name), most_of(self.now, name))
            for name in names
            if name not in ("slack", "workspace", "buffers", "runtime")
        }

    @property
    def changed(self) -> dict[str, tuple[float, float]]:
        return {name: pair for name, pair in self.terms.items() if abs(pair[1] - pair[0]) > 0.01 * max(pair)}


def in_proportion(figures: Figures, name: str) -> Words:
    """Whether the whole, or the part that is asked about, goes as the amount does; Missing where that is not asked."""
    told = next((float(one.partition(":")[2]) for one in figures.about if one.startswith("lever_times:")), 0.0)
    amount = AMOUNTS.get(name)
    if amount is None or not told:
        raise Missing("lever_times")
    asked = next((one.partition(":")[2] for one in figures.about if one.startswith("lever_on:")), "")
    figures = _as_run(figures, amount, asked)
    start = int(figures.given.get(amount.fact) or amount.start)
    pair = _pair(figures, amount, told, start)
    parts = [
        _verdict(pair, amount, told, asked),
        Words(f"{amount.works.en[0].upper()}{amount.works.en[1:]}.", f"{amount.works.zh}。"),
        _grows(pair),
        stays(pair.terms, pair.changed),
        _further(figures, amount, told, pair),
        _case(pair, amount),
    ]
    return Words(" ".join(one.en for one in parts if one.en), "".join(one.zh for one in parts))


def _as_run(figures: Figures, amount: Amount, asked: str) -> Figures:
    """The case as it is asked of: of a batch by itself a training, of a cache and of users a model that is served."""
    given: dict[str, Any] = {**figures.given}
    open_task = not {"task", "method"} & set(given)
    if open_task and (serves(given.get("engine")) or "tp" in given or {"served_users", "tp"} & figures.about):
        given |= {"task": None, "method": "inference"}
        open_task = False
    if asked == "kv_cache" or (amount.beside.get("method") == "inference" and open_task):
        given |= {"task": None, "method": "inference"}
    elif amount.fact in ("lora_rank",) or (open_task and amount.fact != "seq_len"):
        given |= {"method": given.get("method") if given.get("method") in ("lora", "qlora", "dora") else "lora"}
    if amount.fact == "n_gpus":
        is_served = given.get("method") == "inference" or given.get("task") == "inference"
        given |= {} if is_served else {name: given.get(name) or one for name, one in amount.beside.items()}
    made = Figures({name: one for name, one in given.items() if one is not None}, figures.told)
    made.about = figures.about
    return made


def _pair(figures: Figures, amount: Amount, times: float, start: int) -> _Pair:
    start = start if times >= 1 or start > 1 else round(1 / times)
    return _Pair(figures.at(**{amount.fact: start}), figures.at(**{amount.fact: round(start * times)}))


def _nearly(ratio: float, times: float) -> bool:
    return (ratio - 1) / (times - 1) >= _NEARLY


def _verdict(pair: _Pair, amount: Amount, times: float, asked: str) -> Words:
    en, zh = _TIMES.get(times, (f"{times:g} times", f"变成 {times:g} 倍"))
    if asked and asked in pair.changed:
        was, now = pair.terms[asked]
        whole = f"{gib_words(pair.was.best)} → {gib_words(pair.now.best)}"
        name = Words(term(asked, "en"), term(asked, "zh"))
        if was and not _nearly(now / was, times):
            return Words(
                f"**No, not even the {name.en}: {gib_words(was)} → {gib_words(now)}, {now / was:.2f} times, because layers with a window keep only that; the whole goes {whole}.**",
                f"**不会,{name.zh}也不会:{gib_words(was)} → {gib_words(now)},是 {now / was:.2f} 倍,因为带窗口的层只保留窗口内的 token;总显存 {whole}。**",
            )
        return Words(
            f"**Yes, of the {name.en}: {gib_words(was)} → {gib_words(now)}; the whole goes {whole}, {pair.ratio:.2f} times.**",
            f"**{name.zh}会:{gib_words(was)} → {gib_words(now)};总显存 {whole},是 {pair.ratio:.2f} 倍。**",
        )
    whole = f"{gib_words(pair.was.best)} → {gib_words(pair.now.best)}"
    of_cards = amount.fact == "n_gpus"
    nearly = _nearly(pair.ratio, 1 / times if of_cards else times)
    head, head_zh = ("Nearly", "差不多") if nearly else ("No", "不会")
    return Words(
        f"**{head}: with {en} {amount.says.en} {'each' if of_cards else 'the whole'} goes {whole}, {pair.ratio:.2f} times.**",
        f"**{head_zh}:{amount.says.zh}{zh},{'每张卡' if of_cards else '总显存'} {whole},是 {pair.ratio:.2f} 倍。**",
    )


def _grows(pair: _Pair) -> Words:
    """The parts that go with it, the largest change first."""
    moved = sorted(pair.changed.items(), key=lambda one: -abs(one[1][1] - one[1][0]))
    told = [(name, f"{gib_words(was)} → {gib_words(now)}") for name, (was, now) in moved]
    if not told:
        return SILENT
    en = ", ".join(f"{term(name, 'en')} {both}" for name, both in told)
    zh = "、".join(f"{term(name, 'zh')} {both}" for name, both in told)
    return Words(
        f"Here that is {en}.",
        f"这里变的是{zh if ord(zh[0]) > 127 else ' ' + zh}。",
    )


def _further(figures: Figures, amount: Amount, times: float, near: _Pair) -> Words:
    """Far up, where what grows decides, it comes nearer to the proportion."""
    if times < 1 or _nearly(near.ratio, times) or amount.far < int(near.now.situation.knob(amount.fact)):
        return SILENT
    far = _pair(figures, amount, times, amount.far)
    if far.ratio < near.ratio:
        return SILENT
    ends = [_amount(one, amount.fact, language) for language in ("en", "zh") for one in (far.was, far.now)]
    whole = f"{gib_words(far.was.best)} → {gib_words(far.now.best)}"
    return Words(
        f"It comes nearer to that only where they outweigh the rest: from {ends[0]} to {ends[1]} it goes {whole}, {far.ratio:.2f} times.",
        f"只有它们占了大头时才接近成比例:{ends[2]} → {ends[3]} 时 {whole},是 {far.ratio:.2f} 倍。",
    )


def _amount(where: Outcome, fact: str, language: str) -> str:
    return in_words(fact, where.situation.knob(fact), language)


def _case(pair: _Pair, amount: Amount) -> Words:
    knob = pair.was.situation.knob
    said = []
    for language in ("en", "zh"):
        words = [value("model", knob("model"), language), value("method", knob("method"), language)]
        held = [name for name in ("seq_len", "batch_size", "n_gpus") if knob(name) is not None and name != amount.fact]
        words += [in_words(name, knob(name), language) for name in held if name != "n_gpus" or int(knob(name)) > 1]
        ends = [_amount(one, amount.fact, language) for one in (pair.was, pair.now)]
        said.append((", " if language == "en" else "、").join([*words, " → ".join(ends)]))
    return Words(f"({said[0]}.)", f"({said[1]}。)")
