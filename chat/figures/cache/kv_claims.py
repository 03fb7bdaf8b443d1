"""What somebody states of a KV cache, judged: right, or how many times off and by which factor."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from chat.figures.amount_words import kib
from chat.figures.cache.kv_kinds import Kind, amount, kinds, served
from chat.figures.cache.kv_slips import ALL_HEADS, EXPANDED, factors_of
from chat.figures.named import GB, GIB, KIB, Figures, Missing
from chat.figures.worked import by_program
from formulas.chinese import spaced
from formulas.errors import BadInput
from formulas.notation import figure
from formulas.quantity import Words
from kb.knobs import PLAIN_TYPES

_OFF, _OFF_ROUNDED, _CUT = 0.04, 0.06, 0.08
_CUT_OF_A_TOKEN = 0.15  # 0.3 MB is said of 0.344
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


def all_heads_told(figures: Figures) -> list[float]:
    """Amounts that are said of a cache with a key and a value for each query head, of a model that has fewer of them."""
    told = figures.logged_all("all_heads_gb")
    facts = figures.base.situation.facts if told else {}
    grouped = told and "kv_lora_rank" not in facts and figures.fact("n_heads") > figures.fact("n_kv_heads")
    return told if grouped else []


def verdict(figures: Figures) -> Words:
    """Of each figure that was stated whether it is the cache, the right ones first; Missing where none is near it in any way."""
    stated = [one for one in _stated(figures) if not _of_a_rule(figures, one[1])]
    if not stated:
        raise Missing("claim")
    factors, each = factors_of(figures), [_targets(figures, length) for length in _lengths(figures)]
    for targets in each:  # of several lengths the one that a figure is of
        found = [(_judged(shown, sizes, targets, factors), sizes) for shown, sizes in stated]
        judged = [
            one for one, sizes in found if one and not (one.why and _of_weights(figures, _in_its_unit(one, sizes)))
        ]
        if judged:
            break
    else:
        left = [one for one in stated if not (_as_stored(figures, one[1]) or _of_active(figures, one[1]))]
        return _none_near(figures, left, each[0])
    said = [_right(one) for one in judged if not one.why]
    for why in {id(one.why): one.why for one in judged if one.why}.values():
        those = [one for one in judged if one.why is why]
        supposed = "multi_head" in figures.about and ALL_HEADS in why.en
        supposed |= EXPANDED in why.en
        said.append(_of_all_heads(those, why) if supposed else _wrong(those, why, told=bool(said)))
    return Words(" ".join(one.en for one in said), " ".join(one.zh for one in said))


def _in_its_unit(one: Judged, sizes: tuple[float, float]) -> tuple[float, float]:
    """The bytes of a figure told in GiB, which are no others; of one in GB both readings, as tools print GiB as GB."""
    return (sizes[1], sizes[1]) if one.shown.endswith("GiB") else sizes


def _of_weights(figures: Figures, sizes: tuple[float, float]) -> bool:
    """Is it what the weights take, in one of the usual precisions, on all cards or on each, a file of a model that is named, or
    what a token computes with?"""
    shares = {each * figures.params / ways for each in (4, 2, 1, 0.5) for ways in (1, figures.n)}
    if _of_active(figures, sizes) or any(abs(size / share - 1) < _WEIGHTS for size in sizes for share in shares):
        return True
    files = [_of_a_file(figures, name) for name in ("", *figures.log.get("other_model", ()))]
    return any(file and abs(sizes[0] / file - 1) < _FILE for file in files)


def _of_active(figures: Figures, sizes: tuple[float, float]) -> bool:
    """Is it what the active parameters of a mixture take in one of the usual precisions?"""
    active = figures.amount("active")
    shares = {each * active for each in (2, 1, 0.5)} if 0 < active < figures.params else set()
    return any(abs(size / share - 1) < _WEIGHTS for size in sizes for share in shares)


def _of_a_file(figures: Figures, model: str) -> float:
    """Bytes of the weights in the format that is told, of this model or of another that is named; 0 where none is told."""
    told = figures.given.get("weight_format")
    if not told or str(told) in PLAIN_TYPES:
        return 0.0
    try:
        return (Figures({"model": str(model)}) if model else figures).stored(weight_format=told)
    except (BadInput, Missing):
        return 0.0


def _as_stored(figures: Figures, sizes: tuple[float, float]) -> bool:
    """Is it what the weights take as they are stored, or what the asker worked out for them?"""
    stored = figures.base.part_of_all("weights")
    near = bool(stored) and abs(sizes[0] / stored - 1) < _WEIGHTS
    return near or _worked_out_as_weights(figures, sizes)


def _worked_out_as_weights(figures: Figures, sizes: tuple[float, float]) -> bool:
    """Is it what the asker's own sum of parameters × bytes comes to, which is judged as weights?"""
    return "sum_each" in figures.log and _of_weights(figures, sizes)


def _of_a_rule(figures: Figures, sizes: tuple[float, float]) -> bool:
    """Is it what the rule of thumb comes to that is told: the weights with its flat factor?"""
    told = figures.logged_all("rule_factor")
    return any(_of_weights(figures, (sizes[0] / factor, sizes[1] / factor)) for factor in told)


_WEIGHTS = 0.02
_FILE = 0.04  # a file of mixed types differs more from the mean bits of its kind


def _right(one: Judged) -> Words:
    en, zh = (", counted in GiB", ",按 GiB 计") if one.slip else ("", "")
    return Words(
        f"**{one.shown} is right{en} for {one.target.says.en}: {one.target.shown}.**",
        f"**{one.shown} 是对的{zh},即{spaced(one.target.says.zh)}:{one.target.shown}。**",
    )


def _of_all_heads(those: Sequence[Judged], why: Words) -> Words:
    """Figures of multi-head attention where that is what was asked of: what the model would take, and does not."""
    shown = Words(" and ".join(one.shown for one in those), "、".join(one.shown for one in those))
    if EXPANDED in why.en:
        return Words(
            f"**{shown.en} is the cache without its compression**: {why.en}.",
            f"**{shown.zh} 是没有压缩时的缓存**:{why.zh}。",
        )
    return Words(f"**{shown.en} is right for {ALL_HEADS}**: {why.en}.", f"**按 MHA 算,{shown.zh} 是对的**:{why.zh}。")


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


def _stated(figures: Figures) -> list[tuple[str, tuple[float, float]]]:
    """The figures stated: of the cache in an account of parts, else all but what is left of cards or told of files; each as decimal and as
    binary bytes."""
    parts = [str(one).split(" ") for one in figures.told.get("parts", ())]
    own = [float(number) for term, number in parts if term == "kv_cache"]
    binary = {float(one) for one in figures.told.get("claims_gib", ())}
    left = {*figures.logged_all("left_gb"), *figures.logged_all("file_gb"), *all_heads_told(figures)}
    amounts = [one for one in map(float, figures.told.get("claims_gb", ())) if one]
    large = own or [one for one in amounts if one not in left and not _adds_up(one, amounts)]
    small = [float(one) for one in figures.told.get("claims_kb", ()) if one] if not own else []
    return [
        *((f"{one:g} {'GiB' if one in binary else 'GB'}", (one * GB, one * GIB)) for one in dict.fromkeys(large)),
        *((f"{one:g} KB" if one < _KB else f"{one / _KB:g} MB", _both(one)) for one in dict.fromkeys(small)),
    ]


def _adds_up(whole: float, amounts: Sequence[float]) -> bool:
    """Is it what two of the other figures come to, or what one is more than the other: the asker's own sum, and no cache?"""
    pairs = [*combinations([one for one in amounts if one != whole], 2)]
    return any(min(abs(sum(pair) / whole - 1), abs(abs(pair[0] - pair[1]) / whole - 1)) < _SUM for pair in pairs)


_SUM = 0.005


def _both(kilobytes: float) -> tuple[float, float]:
    if kilobytes < _KB:
        return kilobytes * _KB, kilobytes * KIB
    return kilobytes * _KB, kilobytes / _KB * 2.0**20


def _lengths(figures: Figures) -> list[float | None]:
    """The lengths that are told where there are several; else that of the case."""
    return [*figures.logged_all("length")] or [None]


def _targets(figures: Figures, length_told: float | None) -> list[Target]:
    how = {**by_program(figures), **({"seq_len": int(length_told)} if length_told else {})}
    where = served(figures, **how)
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
    if len(found) > 1:
        whole += [_of_a_kind(kind, many) for kind in found]
    held = sum(kind.layers * kind.token for kind in found) * max(length, *(kind.kept for kind in found))
    if held > 1.01 * sequence:
        short = sum(kind.layers for kind in found if kind.kept < max(one.kept for one in found))
        layers, window = figure(sum(kind.layers for kind in found)), f"{int(min(kind.kept for kind in found)):,}"
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


def _of_a_kind(kind: Kind, many: float) -> Target:
    """What the layers of one kind keep: one term of a sum over kinds."""
    size = many * kind.layers * kind.token * kind.kept
    layers, kept = figure(kind.layers), figure(kind.kept)
    return Target(
        Words(f"the {layers} layers that keep {kept} tokens", f"存 {kept} 个 token 的那 {layers} 层"),
        size,
        amount(size),
    )


def _rounded(shown: str) -> float:
    """How near a figure is to be: one of a single digit was rounded to it."""
    digits = shown.split(" ")[0].replace(".", "").strip("0")
    return _OFF_ROUNDED if len(digits) == 1 else _OFF


def _told_as(shown: str) -> float:
    """How near what is right is to be: a single digit may stand for what was cut to it."""
    number = shown.split(" ")[0]
    if shown.endswith(("KB", "MB")):  # "0.3 MB" stands as 300 KB
        return _CUT_OF_A_TOKEN if len(number.replace(".", "").strip("0")) == 1 else _OFF
    return _CUT if len(number) == 1 else _OFF


def _judged(
    shown: str, sizes: tuple[float, float], targets: Sequence[Target], factors: Sequence[tuple[float, Words]]
) -> Judged | None:
    for target in targets:
        decimal, binary = (abs(size / target.size - 1) for size in sizes)
        if min(decimal, binary) <= _OFF and target.mistaken:
            return Judged(shown, targets[0], why=target.mistaken)
        if min(decimal, binary) <= _told_as(shown):
            slip = binary < decimal and decimal > _OFF and target.size > KIB**2 and not shown.endswith("GiB")
            return Judged(shown, target, slip)
    for times, why in factors:
        for target in targets:
            if min(abs(size / (times * target.size) - 1) for size in sizes) <= _rounded(shown):
                return Judged(shown, target, why=why)
    return None


# so many times a token's cache is a pool, or what is left of cards
_OF_SOMETHING_ELSE = 5000.0


_THE_WHOLE = 0.2  # of all that the case needs: what a monitor shows


def _none_near(figures: Figures, stated: Sequence[tuple[str, tuple[float, float]]], targets: Sequence[Target]) -> Words:
    """One figure alone that is off by no factor of the formula."""
    if len(stated) != 1:
        raise Missing("claim")
    (shown, sizes), target = stated[0], targets[0]
    # bytes of a token are said in binary units, as is what is written so
    size = sizes[1] if shown.endswith(("KB", "MB", "GiB")) else sizes[0]
    times, more = max(size / target.size, target.size / size), size > target.size
    if times > _OF_SOMETHING_ELSE or abs(sizes[1] / figures.base.best - 1) < _THE_WHOLE:
        raise Missing("claim")
    return Words(
        f"**{shown} is not right; {target.says.en} takes {target.shown}**, {times:.3g} times {'less' if more else 'more'}.",
        f"**{shown} 不对,{target.says.zh}是 {target.shown}**,{'大' if more else '小'}了 {times:.3g} 倍。",
    )
