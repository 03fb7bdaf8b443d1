"""Figures of an engine that generates answers on the cards that train: its share, its copy of the weights, its pool."""

from collections.abc import Callable

from chat.figures.cache.kv_kinds import served
from chat.figures.failures.cause_figures import logged, whole_card
from chat.figures.feedback.micro_batches import micro_batch
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, missing, value_of
from chat.figures.serving.share_needed import in_twentieths
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT
from kb.host_memory import roomy
from kb.pools import ALL_SERVERS
from kb.programs import ROLLS, rollout_ranks
from kb.worked import ALL_STATES

_COUNT = "{:,.0f}"
# of its share what an engine can fill with weights and still generate
FILLED = 0.8
MOST_RANKS = 8  # of tensor parallelism within a machine


def layout_of(figures: Figures) -> Figures:
    """The case as its cards divide it: sharded where there are several and no stage is said."""
    sharded = figures.n > 1 and "zero_stage" not in figures.given
    return Figures({**figures.given, "zero_stage": 3}, figures.told) if sharded else figures


def _counted(figures: Figures) -> bool:
    """Whether a number of cards is told: what one card holds depends on it."""
    return "n_gpus" in figures.given


def _takes(figures: Figures) -> float:
    """The engine's share of one card; Missing without an engine on the training's cards."""
    return value_of(figures.base, "rollout_engine")


def rolled_by(figures: Figures) -> str:
    return str(figures.base.situation.facts["rollouts_by"].value)


def engine_ranks(figures: Figures) -> float:
    """Tensor parallel ranks of the engine: those that were told, else the trainer's default, else the fewest that leave room."""
    try:
        return logged(figures, "rollout_tp")
    except Missing:
        default = rollout_ranks(figures.given.get("engine"))
        if default:
            return float(min(default[2], figures.n) if _counted(figures) else default[2])
        return fewest_ranks(figures)


def fewest_ranks(figures: Figures) -> float:
    """The fewest ranks with which the engine's copy leaves room for a cache in its share."""
    ranks = 1
    most = min(figures.n, MOST_RANKS) if _counted(figures) else MOST_RANKS
    while ranks * 2 <= most and _weights(figures) / ranks > FILLED * _takes(figures):
        ranks *= 2
    return float(ranks)


def _weights(figures: Figures) -> float:
    return served(figures, n_gpus=1, gpu=None, gpu_memory_gb=None).part("weights")


def engine_copy(figures: Figures) -> float:
    return _weights(figures) / engine_ranks(figures)


def _pool(figures: Figures) -> float:
    return max(0.0, _takes(figures) - engine_copy(figures))


def _awake(figures: Figures) -> float:
    """What a card holds as the engine generates, where it sleeps otherwise."""
    there = layout_of(figures).base
    return value_of(there, "phase_awake") + there.terms.get("runtime", 0.0)


def alone(figures: Figures) -> Figures:
    """The update by itself, with no engine on the cards."""
    there = layout_of(figures)
    return Figures({**there.given, "rollouts_by": "none", "gpu_memory_utilization": None}, there.told)


def of_update(figures: Figures) -> float:
    """What the update takes by itself."""
    return alone(figures).base.best


ROLLED: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "rollout_takes": (_takes, gib_words),
    "rollout_ranks": (engine_ranks, lambda ranks: f"{ranks:g}"),
    "rollout_copy": (engine_copy, gib_words),
    "rollout_pool": (_pool, gib_words),
    "rollout_tokens": (lambda f: _pool(f) * engine_ranks(f) / f.need("kv_mean"), _COUNT.format),
    "rollout_awake": (_awake, gib_words),
    "update_alone": (of_update, gib_words),
    "update_tokens": (lambda f: float(alone(f).base.longest or missing("length")), _COUNT.format),
    "update_logits": (lambda f: alone(f).need("logits_peak"), gib_words),
    "with_update": (lambda f: of_update(f) + _takes(f), gib_words),
    "peak_rolled": (lambda f: layout_of(f).base.best, gib_words),
}


def _what_trains(figures: Figures) -> Words:
    """What the update holds of a card but for its micro-batch, as a sum where all weights train with AdamW."""
    there = alone(figures)
    cards = there.n if there.knob("zero_stage") == 3 else 1
    by, by_zh = (f" ÷ {cards} cards", f" ÷ {cards} 张卡") if cards > 1 else ("", "")
    reference = value_of(there.base, "reference_weights") if figures.knob("algo") in ROLLS else 0.0
    frozen, frozen_zh = (
        (f", a frozen reference of {gib_words(reference)}", f",冻结的参考模型 {gib_words(reference)}")
        if reference
        else ("", "")
    )
    if (
        there.knob("method") == "full"
        and there.knob("optimizer") == "adamw"
        and there.knob("offload") in (None, "none")
        and not there.pure
    ):
        states = gib_words(TRAINED * there.params / cards)
        shown = figures["params"]
        critic = figures.knob("algo") == "ppo"
        twice, twice_zh = (", as much again for the critic", ",critic 再来一份") if critic else ("", "")
        return Words(
            f"{shown} × {TRAINED} B{by} = {states} of weights, gradients and Adam states{twice}{frozen}",
            f"{shown} × {TRAINED} 字节{by_zh} = {states} 的权重、梯度与 Adam 状态{twice_zh}{frozen_zh}",
        )
    held = there.base.held(*ALL_STATES)
    return Words(f"{gib_words(held)} of weights and states", f"权重与状态 {gib_words(held)}")


def _update_most(figures: Figures) -> Words:
    """How many tokens of a micro-batch the update holds, where it fits as it is told; where it does not, what a micro-batch of 1
    takes."""
    if figures.need("update_alone") > figures.need("capacity") and int(figures.knob("batch_size") or 1) > 1:
        there = gib_words(alone(figures).at(batch_size=1).best)
        return Words(f", too much; with a micro-batch of 1 it is {there}", f",放不下;micro-batch 为 1 时是 {there}")
    try:
        tokens = figures["update_tokens"]
    except Missing:
        return SILENT
    if figures.need("update_tokens") < figures.tokens or figures.need("update_alone") > figures.need("capacity"):
        return SILENT
    batch = int(figures.knob("batch_size") or 1)
    each, each_zh = ("", "") if batch == 1 else (f" a sequence at {batch} of them", f"(每条,共 {batch} 条)")
    return Words(
        f", and it holds up to about {tokens} tokens{each}: what overflows it is longer, a larger micro-batch, or not the trainer's",
        f",最多约 {tokens} token{each_zh}:会溢出的是更长的样本、更大的 micro-batch,或不属于训练的东西",
    )


def _no_reference(figures: Figures) -> Words:
    """That adapters need no copy as the reference, where one is counted."""
    if figures.knob("method") != "full" or not value_of(figures.base, "reference_weights"):
        return SILENT
    return Words(", whose base with the adapter off is the reference", "(关掉适配器就是参考模型)")


def enough_share(figures: Figures, count: int) -> tuple[float, int, float]:
    """The share that holds the copy and so many answers to one prompt at once, their number, and their cache."""
    length = figures.knob("seq_len")  # of an answer, which a server by itself would assume longer
    there = served(figures, n_gpus=1, gpu=None, gpu_memory_gb=None, batch_size=count, seq_len=length, output_len=None)
    need = engine_copy(figures) + (there.bounds[1] - there.terms["weights"]) / engine_ranks(figures)
    share = in_twentieths(need / figures.need("capacity_whole"))
    if share > ALL_SERVERS:  # the training stands beside it
        raise Missing("share")
    return share, count, there.terms["kv_cache"]


def _enough(figures: Figures) -> Words:
    """What share suffices, beside the one that is taken."""
    if "share_asked" in figures.about:
        return SILENT  # which opens the answer
    try:
        share, count, cache = enough_share(figures, int(logged(figures, "generations")))
    except Missing:
        return SILENT
    cached, length = gib_words(cache), figures["seq"]
    if _pool(figures) * engine_ranks(figures) >= cache:  # the share that is taken holds them
        return Words(
            f" For {count} answers of {length} tokens at once it needs {cached} of cache: that share is enough, and more only lets more of them run at once.",
            f"同时生成 {count} 条 {length} token 的回答只要 {cached} 缓存:这个份额就够,再大只是让更多条同时生成。",
        )
    return Words(
        f" For {count} answers of {length} tokens at once it needs {cached} of cache beside the copy: gpu_memory_utilization {share:g} is enough, and more only lets more of them run at once.",
        f"同时生成 {count} 条 {length} token 的回答,除这份权重外只要 {cached} 缓存:gpu_memory_utilization 设 {share:g} 就够,再大只是让更多条同时生成。",
    )


def as_trained(figures: Figures) -> Figures:
    """As it is told, or with LoRA where full fine-tuning overflows the card by itself."""
    if figures.knob("method") != "full" or of_update(figures) <= figures.need("capacity_whole"):
        return figures
    plain = dict.fromkeys(("precision", "optimizer", "offload", "weight_format"))
    return Figures({**figures.given, **plain, "method": "lora"}, figures.told)


def _held(figures: Figures) -> Words:
    """When the share is held, and what the card then holds in all."""
    if not _counted(figures):
        return SILENT
    sharded = layout_of(figures) is not figures
    told, figures = figures, as_trained(figures)
    how, how_zh = (", sharded", "(切分后)") if sharded else ("", "")
    alone = figures["update_alone"]
    each, each_zh = f"{alone} per card{how}", f"每卡 {alone}{how_zh}"
    if told is not figures:
        full = gib_words(of_update(told))
        each = f"{full} per card{how}, more than the whole card ({alone} with LoRA, of which the rest here is)"
        each_zh = f"全参每卡 {full}{how_zh},超过整张卡(改 LoRA 是 {alone},以下按 LoRA)"
    if rolled_by(figures) == "asleep":
        less = _smaller_share(told)
        return Words(
            f" It sleeps through the update, which takes {each}; while it generates, weights and states stay unless they are offloaded (param_offload, optimizer_offload): {figures['rollout_awake']}.{less.en}{micro_batch(figures).en}",
            f"更新时引擎休眠,更新本身{each_zh};生成时权重和优化器状态仍在,除非卸载到内存(param_offload、optimizer_offload):每卡 {figures['rollout_awake']}。{less.zh}{micro_batch(figures).zh}",
        )
    return Words(
        f" It keeps that through the update, which by itself takes {each}, unless it sleeps (vllm_enable_sleep_mode, free_cache_engine) or gets a smaller share.{micro_batch(figures).en}",
        f"更新时它也占住这一份,而更新本身要{each_zh};除非让它休眠(vllm_enable_sleep_mode、free_cache_engine)或调小份额。{micro_batch(figures).zh}",
    )


def _smaller_share(figures: Figures) -> Words:
    """Where the card is too small for both: down to which share the engine still holds its copy and can generate."""
    room, share = whole_card(figures), float(value_of(figures.base, "rollout_share"))
    least = in_twentieths(figures.need("rollout_copy") / FILLED / room)
    if figures.base.best <= (figures.base.capacity or room) or least >= share:
        return SILENT
    takes = gib_words(least * room)
    return Words(
        f" A smaller gpu_memory_utilization leaves them more: down to about {least:g} ({takes}) the engine still holds its copy and some cache.",
        f"调小 gpu_memory_utilization 也能让出显存:降到约 {least:g}({takes})引擎仍放得下自己的权重和一些缓存。",
    )


def rollout_engine(figures: Figures) -> Words:
    """The engine's share and what fills it, in one sentence; where the copy does not fit the share, that it does not."""
    takes, share = figures["rollout_takes"], value_of(figures.base, "rollout_share")
    ranks = "" if engine_ranks(figures) == 1 else f" ÷ TP {figures['rollout_ranks']}"
    copy = f"{gib_words(_weights(figures))}{ranks}" + (f" = {figures['rollout_copy']}" if ranks else "")
    held, enough = _held(figures), _enough(figures)
    left = gib_words(whole_card(figures) - figures.need("rollout_takes"))
    if _pool(figures) <= 0:
        return Words(
            f"The rollout engine on the same cards gets {share:g} of each, {takes}, and its own 16-bit copy of the policy ({copy}) does not fit that: a larger share (gpu_memory_utilization) or more TP.{held.en}",
            f"同卡的 rollout 引擎占每张卡的 {share:g},即 {takes},而它自己的一份 16 位权重({copy})就放不下:要调大份额(gpu_memory_utilization)或加大 TP。{held.zh}",
        )
    return Words(
        f"The rollout engine on the same cards takes {share:g} of each, {takes}, which leaves {left} to training while it stands: its own 16-bit copy of the policy, {copy}, and {figures['rollout_pool']} of KV pool (some {figures['rollout_tokens']} tokens).{enough.en}{held.en}",
        f"同卡的 rollout 引擎占每张卡的 {share:g},即 {takes}(它占着时剩 {left} 给训练):它自己的一份 16 位权重 {copy},其余 {figures['rollout_pool']} 是 KV 池(约 {figures['rollout_tokens']} 个 token)。{enough.zh}{held.zh}",
    )


def lora_here(figures: Figures) -> Words:
    """What LoRA takes on the cards that are told: of several, sharded and as a whole copy."""
    whole = figures["peak_lora"]
    if figures.n == 1:
        return Words(whole, whole)
    plain = {**dict.fromkeys(("precision", "optimizer", "offload")), "method": "lora", "weight_format": "bf16"}
    sharded = gib_words(figures.at(**plain, zero_stage=3).best)
    return Words(
        f"{sharded} per card sharded, {figures['copy_lora']} with a whole copy on each",
        f"切分后每卡 {sharded},每卡放完整一份时 {figures['copy_lora']}",
    )


# how near a figure of the asker's is to what it is taken for
_NEAR = 0.05


def _four_weights(figures: Figures) -> Words:
    """That a sum of the asker's is four copies of the weights alone, where it is one."""
    four = 8 * figures.params
    for told in figures.told.get("claims_gb", ()):
        if abs(float(told) * GB / four - 1) < _NEAR or abs(float(told) * GIB / four - 1) < _NEAR:
            each = figures["w16"]
            return Words(
                f"{float(told):g} GB would be four copies of the weights, 4 × {each}, but ",
                f"{float(told):g} GB 只是四份权重(4 × {each}),而 ",
            )
    return SILENT


def _each_of_cards(figures: Figures, whole: float) -> Words:
    """A card's part of what is sharded."""
    if figures.n < 2 or not _counted(figures):
        return SILENT
    part = gib_words(whole / figures.n)
    return Words(f", sharded {part} on each of {figures.n} cards", f",切分到 {figures.n} 张卡每张 {part}")


def _ppo_less(figures: Figures) -> Words:
    """What takes less than PPO on four models, each with its need in the same layout."""
    there = layout_of(figures)
    without = gib_words(there.at(algo="grpo").best)
    lora = gib_words(
        there.at(method="lora", **dict.fromkeys(("precision", "optimizer", "offload", "weight_format"))).best
    )
    one = figures["w16"]
    each, each_zh = (" per card", "每卡 ") if there.n > 1 else ("", "")
    ways = [
        Words(f"no critic (GRPO, RLOO: {without}{each})", f"不要 critic(GRPO、RLOO:{each_zh}{without})"),
        Words(
            f"LoRA on one base, where the reference is the base with the adapter off ({lora}{each}; a reward model of its own adds {one})",
            f"同一基座上的 LoRA,关掉适配器就是 reference({each_zh}{lora};reward 用独立模型再加 {one})",
        ),
        Words(
            "8-bit Adam, and offloading what the phase at hand does not use (first reference and reward, which are read in one forward pass alone, then the optimizers' states between updates)",
            "8 位 Adam,以及把当前阶段用不到的部分 offload(先是只跑一次前向的 reference 与 reward,再是更新之外用不到的优化器状态)",
        ),
    ]
    return Words("; ".join(one.en for one in ways), ";".join(one.zh for one in ways))


def _rl_host(figures: Figures) -> Words:
    """What host memory holds of the policy, where offloading is spoken of."""
    if "offload" not in figures.given:
        return SILENT
    whole = both_words(TRAINED * figures.params)
    room = f"{round(roomy(TRAINED * figures.params) / GB, -1):,.0f} GB"
    return Words(
        f" Offloaded, weights, gradients and Adam states are {whole} of host memory: a machine of about {room} or more.",
        f"offload 后权重、梯度与 Adam 状态占主机内存 {whole},要约 {room} 以上内存的机器。",
    )


# critic and reward model within this of the policy's size are of its size
_ALIKE = 0.12


def _role_sizes(figures: Figures) -> Words:
    """The sizes of critic and reward model, where they are told and the estimate counts others: what it is off by."""
    told = [(role, sum(figures.logged_all(f"{role}_params")[:1])) for role in ("critic", "reward")]
    apart = {role: size for role, size in told if size and abs(size / figures.params - 1) > _ALIKE}
    if not apart:
        return SILENT
    listed = ", ".join(f"{role} {size_words(size)}" for role, size in apart.items())
    off = sum((TRAINED if role == "critic" else WEIGHT) * (size - figures.params) for role, size in apart.items())
    there = layout_of(figures)
    best = gib_words(there.base.best + off / there.n)
    way = (f"sharded over {there.n} cards about {best} each", f"切分到 {there.n} 张卡每卡约 {best}") if there.n > 1 else (f"about {best}", f"约 {best}")  # fmt: skip
    return Words(
        f" (actor {size_words(figures.params)}, {listed}; the estimate of the run counts all four as large as the actor: with these sizes {way[0]})",
        f"(actor {size_words(figures.params)},{listed};整次运行的估算按四个模型都与 actor 同样大,按这里的大小{way[1]})",
    )


ROLLED_WORDS: dict[str, Callable[[Figures], Words]] = {
    "rollout_engine": rollout_engine, "lora_here": lora_here, "what_trains": _what_trains,
    "update_most": _update_most, "no_reference": _no_reference, "four_weights": _four_weights, "ppo_less": _ppo_less, "role_sizes": _role_sizes,
    "trained_shared": lambda f: _each_of_cards(f, f.need("two_trained")),
    "ppo_shared": lambda f: _each_of_cards(f, f.need("ppo")),
    "rl_shared": lambda f: _each_of_cards(f, f.need("policy_and_reference")), "rl_host": _rl_host,
}  # fmt: skip
