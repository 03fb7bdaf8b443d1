"""What somebody states of a KV cache, judged: right, or how many times off and by which factor."""

from collections.abc import Sequence
from dataclasses import dataclass

from chat.figures.kv_words import amount, kib, kinds, served
from chat.figures.named import GB, GIB, KIB, Figures, Missing
from formulas.notation import figure
from formulas.quantity import Words

_OFF = 0.04
_KB = 1e3


@dataclass(frozen=True)
class Target:
    """What a figure may be meant as: how it is said, and its bytes."""

    says: Words
    size: float
    shown: str
    mistaken: Words | None = None  # why it is not what such a model keeps


@dataclass(frozen=True)
class Judged:
    """A figure that was stated, what it is meant as, and by what it is off; nothing where it is right."""

    shown: str
    target: Target
    slip: bool = False
    why: Words | None = None


def judged(figures: Figures) -> Words:
    """The verdict; where the asker doubts what is stated, first that the doubt is right."""
    said = verdict(figures)
    if "doubted 1" not in figures.told.get("log", ()):
        return said
    right = " is right" in said.en or " are right" in said.en
    if right:
        return said
    return Words(
        f"**You are right to doubt it: {said.en.removeprefix('**')}", f"**您的怀疑是对的:{said.zh.removeprefix('**')}"
    )


def verdict(figures: Figures) -> Words:
    """Of each figure that was stated whether it is the cache, the right ones first; Missing where none is near it in any way."""
    stated = _stated(figures)
    if not stated:
        raise Missing("claim")
    targets, factors = _targets(figures), _factors(figures)
    found = [_judged(shown, sizes, targets, factors) for shown, sizes in stated]
    judged = [one for one in found if one]
    if not judged:
        return _none_near(stated, targets)
    said = [_right(one) for one in judged if not one.why]
    for why in {id(one.why): one.why for one in judged if one.why}.values():
        said.append(_wrong([one for one in judged if one.why is why], why, told=bool(said)))
    return Words(" ".join(one.en for one in said), " ".join(one.zh for one in said))


def _right(one: Judged) -> Words:
    en, zh = (", counted in GiB", ",按 GiB 计") if one.slip else ("", "")
    return Words(
        f"**{one.shown} is right{en} for {one.target.says.en}: {one.target.shown}.**",
        f"**{one.shown} 是对的{zh},即{_spaced(one.target.says.zh)}:{one.target.shown}。**",
    )


def _wrong(those: Sequence[Judged], why: Words, told: bool) -> Words:
    """Figures that are off by the same; what is right is said where no right one was told before."""
    shown = Words(" and ".join(one.shown for one in those), "、".join(one.shown for one in those))
    if told:
        return Words(
            f"**{shown.en} {'is' if len(those) == 1 else 'are'} not right**: {why.en}.",
            f"**{shown.zh} 不对**:{why.zh}。",
        )
    meant = {one.target.says.en: one.target for one in those}.values()
    right = Words(
        ", ".join(f"{one.says.en} takes {one.shown}" for one in meant),
        ",".join(f"{one.says.zh}是 {one.shown}" for one in meant),
    )
    return Words(
        f"**{shown.en} {'is' if len(those) == 1 else 'are'} not right; {right.en}**: {why.en}.",
        f"**{shown.zh} 不对,{right.zh}**:{why.zh}。",
    )


def _spaced(words: str) -> str:
    return f" {words}" if words[:1].isascii() else words


def _stated(figures: Figures) -> list[tuple[str, tuple[float, float]]]:
    """The figures stated: of the cache in an account of parts, else all; each as decimal and as binary bytes."""
    parts = [str(one).split(" ") for one in figures.told.get("parts", ())]
    own = [float(number) for term, number in parts if term == "kv_cache"]
    binary = {float(one) for one in figures.told.get("claims_gib", ())}
    large = own or [float(one) for one in figures.told.get("claims_gb", ()) if one]
    small = [float(one) for one in figures.told.get("claims_kb", ()) if one] if not own else []
    return [
        *((f"{one:g} {'GiB' if one in binary else 'GB'}", (one * GB, one * GIB)) for one in dict.fromkeys(large)),
        *((f"{one:g} KB" if one < _KB else f"{one / _KB:g} MB", _both(one)) for one in dict.fromkeys(small)),
    ]


def _both(kilobytes: float) -> tuple[float, float]:
    if kilobytes < _KB:
        return kilobytes * _KB, kilobytes * KIB
    return kilobytes * _KB, kilobytes / _KB * 2.0**20


def _targets(figures: Figures) -> list[Target]:
    where = served(figures)
    found = kinds(where)
    length = float(where.situation.facts["seq_len"].value)
    many = float(where.situation.knob("batch_size") or 1)
    token = sum(kind.layers * kind.token for kind in found)
    sequence = sum(kind.layers * kind.token * kind.kept for kind in found)
    whole = [
        Target(
            Words(f"the cache of {figure(length)} tokens", f"{figure(length)} token 的缓存"), sequence, amount(sequence)
        )
    ]
    if many > 1:
        whole.insert(0, Target(
            Words(f"the cache of {figure(many)} × {figure(length)} tokens", f"{figure(many)} × {figure(length)} token 的缓存"),
            many * sequence, amount(many * sequence),
        ))  # fmt: skip
    held = sum(kind.layers * kind.token for kind in found) * max(length, *(kind.kept for kind in found))
    if held > 1.01 * sequence:
        short = sum(kind.layers for kind in found if kind.kept < max(one.kept for one in found))
        layers, window = figure(sum(kind.layers for kind in found)), figure(min(kind.kept for kind in found))
        whole.append(Target(
            Words("the cache with all tokens kept in every layer, without its sliding window", "不用滑动窗口、每层都存全部 token 的缓存"),
            many * held, amount(many * held),
            Words(
                f"it keeps every token in all {layers} layers, {kib(token)} a token, while {short} of them have a sliding window and keep the last {window} only; a program that ignores the window (llama.cpp with --swa-full) does take it",
                f"那是 {layers} 层都存全部 token(每 token {kib(token)})的算法,而其中 {short} 层是滑动窗口,各只存最近 {window} 个;不支持滑动窗口的程序(如 llama.cpp 加 --swa-full)才会占这么多",
            ) if short else None,
        ))  # fmt: skip
    told = {"seq_len", "batch_size"} & set(figures.given)
    per_token = Target(Words("the cache of one token", "一个 token 的缓存"), token, kib(token))
    return [*whole, per_token] if told else [per_token]


def _factors(figures: Figures) -> list[tuple[float, Words]]:
    """By what a figure is off where a step was forgotten or done twice."""
    found = [
        (0.5, Words("it counts keys or values alone, or 8 bits for each number", "只算了 K 或 V 一份,或按 8 位计")),
        (2.0, Words("it counts fp32, 4 B for each number, or one factor 2 too many", "按 fp32(4 字节)计,或多乘了一个 2")),
        (4.0, Words("it counts 8 B for each number where 16 bit are 2 B", "每个数按 8 字节计,而 16 位是 2 字节")),
        (8.0, Words("it counts bits as bytes", "把位当成了字节")),
    ]  # fmt: skip
    heads, kept = figures.amount("heads"), figures.amount("kv_heads")
    if "kv_lora_rank" not in figures.base.situation.facts and 0 < kept < heads:
        dim = figures.fact("head_dim")
        whole = figures.fact("hidden_size") == heads * dim
        of_all = f": {figure(heads)} × {figure(dim)} = {figure(heads * dim)}"
        hidden = Words(of_all + ", the hidden size" * whole, of_all + ",即隐藏维度" * whole)
        grouped = f": {figure(kept)} × {figure(dim)} = {figure(kept * dim)}"
        groups = Words(
            f"it counts a key and a value for each of {figure(heads)} query heads (multi-head attention{hidden.en}), while this model keeps {figure(kept)} KV heads (grouped-query attention{grouped}), {figure(heads / kept)} times fewer",
            f"这是 {figure(heads)} 个查询头各存一份 K 和 V(MHA{hidden.zh})的算法,而这个模型只有 {figure(kept)} 个 KV 头(GQA{grouped}),少 {figure(heads / kept)} 倍",
        )
        found.insert(0, (heads / kept, groups))
        found.append(
            (heads / kept / 2, Words(groups.en + ", and one factor 2 is missing", groups.zh + ",而且少乘了一个 2"))
        )
        found.append(
            (
                4 * heads / kept,
                Words(
                    groups.en + ", and 8 B for each number where 16 bit are 2 B",
                    groups.zh + ",而且每个数按 8 字节计,16 位是 2 字节",
                ),
            )
        )
        found.append(
            (2 * heads / kept, Words(groups.en + ", and one factor 2 is too many", groups.zh + ",而且多乘了一个 2"))
        )
    return found


def _judged(
    shown: str, sizes: tuple[float, float], targets: Sequence[Target], factors: Sequence[tuple[float, Words]]
) -> Judged | None:
    for target in targets:
        decimal, binary = (abs(size / target.size - 1) for size in sizes)
        if min(decimal, binary) <= _OFF and target.mistaken:
            return Judged(shown, targets[0], why=target.mistaken)
        if min(decimal, binary) <= _OFF:
            slip = binary < decimal and decimal > _OFF and target.size > KIB**2 and not shown.endswith("GiB")
            return Judged(shown, target, slip)
    for times, why in factors:
        for target in targets:
            if min(abs(size / (times * target.size) - 1) for size in sizes) <= _OFF:
                return Judged(shown, target, why=why)
    return None


def _none_near(stated: Sequence[tuple[str, tuple[float, float]]], targets: Sequence[Target]) -> Words:
    """One figure alone that is off by no factor of the formula."""
    if len(stated) != 1:
        raise Missing("claim")
    (shown, sizes), target = stated[0], targets[0]
    size = sizes[1] if shown.endswith(("KB", "MB")) else sizes[0]  # bytes of a token are said in binary units
    times, more = max(size / target.size, target.size / size), size > target.size
    return Words(
        f"**{shown} is not right; {target.says.en} takes {target.shown}**, {times:.3g} times {'less' if more else 'more'}.",
        f"**{shown} 不对,{target.says.zh}是 {target.shown}**,{'大' if more else '小'}了 {times:.3g} 倍。",
    )
