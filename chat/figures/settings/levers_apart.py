"""Settings set against each other: what each acts on, how it works, and what it makes of one case."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from chat.figures.named import Figures, Missing, both_words, gib_words
from chat.figures.settings.lever_words import Both, changes, of_its_task, run_words, without
from chat.figures.settings.levers import LEVERS, Lever
from chat.reads.concepts.levers_apart import FIRST_ASKED, METHOD_TOLD, NEED_ASKED, SAME_ASKED, TOGETHER_ASKED
from chat.words import term
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.database import rows

_OF_STATES = frozenset(
    {"optimizer_8bit", "paged_optimizer", "offload_optimizer", "offload_params", "zero2", "zero3", "mixed_precision"}
)
# what changes only activations and logits
_OF_A_STEP = frozenset({"accumulation", "checkpointing", "fused_loss", "flash", "packing", "offload_activations"})
_APART: dict[str, Lever] = {
    # beside other settings it is one way to a batch; by itself it is asked what more of its steps take
    "accumulation": replace(
        LEVERS["accumulation"],
        off={"batch_size": 8, "grad_accum": 1},
        on={"batch_size": 1, "grad_accum": 8},
        works=Words(
            "in place of a batch of 8 at once it runs micro-batches of 1 one after the other, each freed before the next; gradients are summed in one buffer",
            "不一次算 8 条,而是一条一条地算 micro-batch,算完即释放;梯度累加在同一块缓冲里",
        ),
    ),
    "mixed_precision": Lever(
        Words("mixed precision", "混合精度"),
        Words(
            "it computes in 16 bit and keeps 32-bit master weights: weights, gradients and states of a parameter stay 16 B as in fp32, and only activations shrink",
            "它用 16 位计算,并保留 fp32 主权重:每个参数的权重、梯度和状态仍共 16 字节,与 fp32 相同,缩小的只是激活",
        ),
        {"precision": "fp32", "gradient_checkpointing": "off"},
        {"precision": "amp-bf16", "gradient_checkpointing": "off"},
        True,
        SILENT,
    ),
    "offload_activations": Lever(
        Words("activation offload", "激活 offload"),
        Words(
            "the inputs that checkpointing keeps of each layer wait in host memory until the backward pass, for traffic over PCIe",
            "重计算所保留的每层输入放到主机内存,反向时再取回,代价是 PCIe 传输",
        ),
        {"activation_offload": False}, {"activation_offload": True}, True, SILENT,
    ),
}  # fmt: skip


def _both(figures: Figures, lever: Lever) -> Both:
    """The case without one setting and with it; Missing where it is none of such a run."""
    if "zero_stage" in lever.on and "zero_stage" in lever.off and figures.n < 2:
        figures = Figures({**figures.given, "n_gpus": 8}, figures.told)
    figures = of_its_task(figures, lever)
    try:
        return Both(figures.at(**without(lever.off, figures)), figures.at(**without(lever.on, figures)))
    except BadInput as error:
        raise Missing("lever") from error


def _case(figures: Figures, named: list[str]) -> Figures:
    """The case that each setting is added to alone: without the others, which the question names and no run has.

    Of no method that is told it is LoRA, where what a step takes stands beside small states, or full fine-tuning for
    what acts on states.
    """
    turned = {fact for name in named for fact in (_APART.get(name) or LEVERS[name]).on}
    given = {fact: value for fact, value in figures.given.items() if fact not in turned - {"batch_size", "seq_len"}}
    if METHOD_TOLD not in figures.about:
        given = {**given, "task": None, "method": "full" if _OF_STATES & set(named) else "lora"}
    case = Figures(given, figures.told)
    case.about = figures.about
    return case


def _acts_on(both: Both) -> str:
    """The term that it changes most; empty where it changes none."""
    return max(both.changed, key=lambda name: abs(both.changed[name][1] - both.changed[name][0]), default="")


def _apart(figures: Figures) -> Words:
    """What two or three settings act on, one against the other; Missing where none are set so."""
    named = next((one.partition(":")[2].split("+") for one in figures.about if one.startswith("levers_apart:")), [])
    levers = [_APART.get(name) or LEVERS.get(name) for name in named]
    if not levers or None in levers:
        raise Missing("lever")
    case = _case(figures, named)
    told = [(lever, _both(case, lever)) for lever in levers if lever is not None]
    on = [_acts_on(both) for _, both in told]
    opens = _opening(told, on)
    if SAME_ASKED in figures.about:
        opens = Words(f"No, {opens.en[0].lower()}{opens.en[1:]}", f"不是一回事:{opens.zh}")
    lines = [_line(lever, both, alike=_alike(on)) for lever, both in told]
    also, kept = _together(case, [lever for lever, _ in told]), _untouched([both for _, both in told])
    if set(named) == _BATCH_OR_LAYERS and set(on) == {"activations"} and "which_method" in figures.about:
        opens = Words(f"{opens.en}{_FIRST_OF_BOTH.en}", f"{opens.zh}{_FIRST_OF_BOTH.zh}")
        lines.append(_combined(case, [lever for lever, _ in told]))
    elif FIRST_ASKED in figures.about and {*named} & _OF_STATES and {*named} & _OF_A_STEP:
        also = Words(f"{also.en}{_BY_WHAT_FILLS.en}", f"{also.zh}{_BY_WHAT_FILLS.zh}")
    need, floor = _needed(case, told), _no_way(case, named)
    kept = Words(f"{kept.en}{floor.en}", f"{kept.zh}{floor.zh}")
    if set(named) == _BATCH_OR_LAYERS and _already_one(figures):
        opens, need, also = *_at_one(case, told[named.index("checkpointing")]), SILENT
        kept = SILENT
        lines = [lines[named.index("checkpointing")]]
    return Words(
        "\n".join([f"**{opens.en}.{also.en}**{need.en}{kept.en}", "", *(one.en for one in lines)]),
        "\n".join([f"**{opens.zh}。{also.zh}**{need.zh}{kept.zh}", "", *(one.zh for one in lines)]),
    )


def _no_way(figures: Figures, named: list[str]) -> Words:
    """That neither of them makes it fit, where they act on what a step takes and what stands beside it is more than the card
    has; silent otherwise."""
    room, method = figures.base.capacity, figures.knob("method")
    stays = sum(figures.base.terms.get(name, 0.0) for name in ("weights", "gradients", "optimizer"))
    if room is None or stays <= room or not set(named) <= _OF_A_STEP or METHOD_TOLD not in figures.about:
        return SILENT
    ways = []
    for words, how in (("LoRA", {"method": "lora"}), ("QLoRA", {"method": "qlora", "bits": 4})):
        if method == how["method"] or method == "qlora":
            continue
        with suppress(BadInput, Missing):
            there = figures.at(**{"weight_format": None, "precision": None, "bits": None, **how})
            ways += [f"{words} {gib_words(there.best)}"] if there.verdict == "yes" else []
    fits = Words(f"; {', '.join(ways)} would fit", f";能放下的是 {'、'.join(ways)}") if ways else SILENT
    return Words(
        f" **So neither makes it fit in {gib_words(room)}: weights, gradients and optimizer states alone are {both_words(stays)}{fits.en}.**",
        f"**所以都开也放不进 {gib_words(room)}:光权重、梯度和优化器状态就 {both_words(stays)}{fits.zh}。**",
    )


def _together(figures: Figures, levers: list[Lever]) -> Words:
    """What all of them make of the case, where it is asked whether they go together; nothing of two values of one setting."""
    if TOGETHER_ASKED not in figures.about or len({one.trains for one in levers} - {None}) > 1:
        return SILENT
    off: dict[str, Any] = {}
    on: dict[str, Any] = {}
    for facts, told in ((off, [one.off for one in levers]), (on, [one.on for one in levers])):
        for setting in told:
            if any(facts.get(name, given) != given for name, given in setting.items()):
                return SILENT
            facts |= setting
    if {"optimizer", "offload"} <= set(on):
        return SILENT  # 8-bit states step on the card, what is offloaded on the CPU
    trains = next((one.trains for one in levers if one.trains is not None), None)
    try:
        both = _both(figures, replace(levers[0], off=off, on=on, trains=trains))
    except Missing:
        return SILENT
    change = " → ".join(gib_words(one.best) for one in (both.off, both.on))
    return Words(f" They can be on together: {change} in all.", f"可以一起开:总量 {change}。")


def _free(lever: Lever) -> bool:
    """Does it cost neither time nor quality, by the table of prices?"""
    ranks = {(str(row["setting"]), str(row["value"])): int(row["rank"]) for row in rows("SELECT * FROM prices")}
    return all(ranks.get((name, str(given)), 1) == 0 for name, given in lever.on.items())


def _needed(figures: Figures, told: list[tuple[Lever, Both]]) -> Words:
    """Whether all of them are wanted, where that is asked: what costs nothing always, what has its price where the rest is not enough."""
    if NEED_ASKED not in figures.about or {"optimizer", "offload"} <= {name for lever, _ in told for name in lever.on}:
        return SILENT
    free = [lever for lever, _ in told if _free(lever)]
    paid = [lever for lever, _ in told if not _free(lever)]
    if not free or not paid:
        return Words(
            " Both are not needed where one is enough: each has its price, so turn on one after the other until it fits.",
            "一个就够时不必都开:各有代价,一个一个地开,放得下为止。",
        ) if paid else SILENT  # fmt: skip
    always, rest = (
        Words(" and ".join(one.says.en for one in some), "和".join(one.says.zh for one in some))
        for some in (free, paid)
    )
    settings = [*(one.on for one in free), *(one.off for one in paid)]
    alone = gib_words(figures.at(**{name: given for one in settings for name, given in one.items()}).best)
    return Words(
        f" {always.en[0].upper()}{always.en[1:]} costs nothing, so leave it on; {rest.en} has its price and is needed only where that alone ({alone} here) does not fit: long sequences, larger batches.",
        f"{always.zh}没有代价,一直开着;{rest.zh}有代价,只在单靠前者(这里 {alone})放不下时才需要:长序列、大批量时两个都开。",
    )


def _untouched(each: list[Both]) -> Words:
    """Which of weights and states none of them changes."""
    kept = [name for name in ("weights", "optimizer") if not any(name in one.changed for one in each)]
    sizes = {name: each[0].terms[name][0] for name in kept if name in each[0].terms}
    if not sizes or not any(sizes.values()):
        return SILENT
    en, zh = ([f"{term(name, one)} ({gib_words(size)})" for name, size in sizes.items()] for one in ("en", "zh"))
    return Words(
        f" {'Neither' if len(each) == 2 else 'None'} of them changes {' or '.join(en)}.", f" {'和'.join(zh)}都不变。"
    )


_BATCH_OR_LAYERS = {"accumulation", "checkpointing"}
# accumulation computes nothing twice
_FIRST_OF_BOTH = Words(
    ". For a batch that does not fit accumulation comes first, since it computes nothing twice; checkpointing where a micro-batch of 1 is still too much, or to keep a larger one",
    "。批放不下时先用梯度累积(不多算);micro-batch 为 1 仍放不下,或想保留更大的 micro-batch,再开重计算",
)


# of settings that act on states and of some that act on a step: the order goes by what fills the card
_BY_WHAT_FILLS = Words(
    " Which first: where a run fails on long samples or large batches, a micro-batch of 1 with accumulation, then checkpointing; where weights, gradients and states alone fill the card, ZeRO over several cards, offload, or LoRA and QLoRA.",
    "先开哪个看爆在哪:样本长、批大才爆,先 micro-batch 设为 1 加梯度累积,再开重计算;光权重、梯度和优化器状态就占满,就上 ZeRO(多卡)、offload 或 LoRA、QLoRA。",
)


def _already_one(figures: Figures) -> bool:
    """Is the batch told to be 1 already, which no accumulation makes smaller?"""
    return figures.given.get("batch_size") == 1


def _at_one(figures: Figures, told: tuple[Lever, Both]) -> tuple[Words, Words]:
    """Which of the two helps where the batch is 1 already, and what neither touches."""
    way, states = _way(*told, "activations"), figures["states"]
    return Words(
        f"At a batch of 1 accumulation saves nothing more: it only makes a large batch of small micro-batches, and none is smaller than 1. What helps is {way.en}",
        f"batch 已经是 1 时,梯度累积不再省显存:它只是用小的 micro-batch 凑出大批,不会比 1 更小;有用的是{way.zh}",
    ), Words(
        f" Neither touches weights, gradients and optimizer states, {states} for {figures['params']} parameters in full fine-tuning: where those do not fit it takes LoRA or QLoRA, 8-bit Adam, offload, or ZeRO-3 over more cards.",
        f"两者都动不了权重、梯度和优化器状态(全参时 {figures['params']} 参数共 {states}):若爆在这里,要用 LoRA、QLoRA、8 位 Adam、offload,或用 ZeRO-3 分到多卡。",
    )


def _combined(figures: Figures, levers: list[Lever]) -> Words:
    """What each of two settings makes of one case alone and both together."""
    figures = of_its_task(figures, levers[0])
    first, second = levers
    found = [figures.at(**without({**one, **other}, figures)) for one, other in ((first.off, second.off), (first.on, second.off), (first.off, second.on), (first.on, second.on))]  # fmt: skip
    none, one, other, both = (gib_words(each.best) for each in found)
    return Words(
        f"- **Together**: neither {none}, {first.says.en} alone {one}, {second.says.en} alone {other}, both {both}. Where weights, gradients and states alone are too much it takes LoRA or QLoRA, or ZeRO-3/FSDP over more cards.",
        f"- **可以叠加**:都不用 {none},只用{first.says.zh} {one},只用{second.says.zh} {other},两者都用 {both}。光权重、梯度和优化器状态就放不下时,要用 LoRA、QLoRA,或用 ZeRO-3/FSDP 分到多卡。",
    )


def _alike(on: list[str]) -> bool:
    """Do all of them act on one part?"""
    return len(set(on)) == 1 and bool(on[0])


def _opening(told: list[tuple[Lever, Both]], on: list[str]) -> Words:
    if _alike(on):
        pairs = [_way(lever, both, on[0]) for lever, both in told]
        listed = Words("; ".join(one.en for one in pairs), ";".join(one.zh for one in pairs))
        return Words(
            f"They act on the same part, {term(on[0], 'en')}, each in its own way: {listed.en}",
            f"作用在同一部分({term(on[0], 'zh')})上,方式不同:{listed.zh}",
        )
    pairs = [_pair(lever, both, name) for (lever, both), name in zip(told, on, strict=True)]
    listed = Words(", ".join(one.en for one in pairs), ",".join(one.zh for one in pairs))
    return Words(f"They act on different parts: {listed.en}", f"作用的部分不同:{listed.zh}")


def _way(lever: Lever, both: Both, name: str) -> Words:
    """How a setting works, and by how much it changes the part that all of them act on."""
    change = " → ".join(gib_words(size) for size in both.changed[name])
    works = Words(lever.works.en.partition("; ")[0], lever.works.zh.partition("\uff1b")[0])
    apart = " " if lever.says.zh[-1].isascii() else ""
    return Words(f"{lever.says.en} {change} ({works.en})", f"{lever.says.zh}{apart}{change}({works.zh})")


def _pair(lever: Lever, both: Both, name: str) -> Words:
    """A setting, the part that it changes, and by how much."""
    if not name:
        return Words(f"{lever.says.en} on next to nothing", f"{lever.says.zh}几乎不改变显存")
    change = " → ".join(gib_words(size) for size in both.changed[name])
    part = term(name, "zh")
    return Words(
        f"{lever.says.en} on {term(name, 'en')} ({change})",
        f"{lever.says.zh}作用于{' ' if part[0].isascii() else ''}{part}({change})",
    )


def _line(lever: Lever, both: Both, *, alike: bool) -> Words:
    """How one works, unless the opening says it, all that it changes, and the case it was worked out for."""
    acts, case = changes(both, set()), run_words(both.on)
    whole = [gib_words(one.best) for one in (both.off, both.on)]
    same = whole[0] == whole[1]
    total = Words(f"stays {whole[0]}", f"仍是 {whole[0]}") if same else Words(*(" → ".join(whole),) * 2)
    if same and both.changed:
        total = Words(f"{total.en}, for its peak is at another moment", f"{total.zh},因为峰值在另一时刻")
    name = lever.says.en[0].upper() + lever.says.en[1:]
    works = Words(lever.works.en.partition("; ")[2], lever.works.zh.partition("\uff1b")[2]) if alike else lever.works
    works = Words(f" {works.en}.", f"{works.zh}。") if works.en else SILENT
    return Words(
        f"- **{name}**:{works.en}{' ' if acts.en else ''}{acts.en} The whole {total.en} ({case.en}).",
        f"- **{lever.says.zh}**:{works.zh}{acts.zh}{'总量' if same else '总量 '}{total.zh}({case.zh})。",
    )


LEVERS_APART: dict[str, Callable[[Figures], Words]] = {"levers_apart": _apart}
