"""What each model that learns from feedback takes: those that train, those that only run, and what generates the answers."""

from collections.abc import Callable

from chat.figures.feedback.group_raised import answers_each, cache_of_answers
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT

PAIRED = ("dpo", "kto")  # whose reference is there unless something is done about it
# of the policy's size, what a smaller critic is shown with where none is told
_PART = 4
_USUAL_CARD = 80 * GIB
_FOR_STATES = 0.8  # of a card; the rest is for activations, logits and the runtime


def _whole(figures: Figures) -> None:
    """Missing where not all weights train: of adapters the base is what all of them share."""
    if figures.knob("method") != "full":
        raise Missing("roles")


def _told(figures: Figures, role: str) -> float:
    """The parameters of a role that has a size of its own, else the policy's."""
    return sum(figures.logged_all(f"{role}_params")[:1]) or figures.params


def _gb(size: float) -> str:
    return f"{figure(size / GB, 3)} GB"


def _reference(figures: Figures) -> Words:
    frozen = _gb(WEIGHT * figures.params)
    if figures.knob("algo") != "grpo":
        return Words(f"the reference {frozen}", f"reference {frozen}")
    return Words(f"the reference {frozen} (none with a KL weight of 0, TRL's default)", f"reference {frozen}(KL 系数为 0 时没有,TRL 默认如此)")  # fmt: skip


def _generates(figures: Figures) -> Words:
    """The engine's copy, and the cache of the answers to a prompt."""
    try:
        takes, copy, pool = (figures[one] for one in ("rollout_takes", "rollout_copy", "rollout_pool"))
        return Words(
            f"the rollout engine {takes} of each card while it is awake (its own 16-bit copy {copy}, KV pool {pool})",
            f"rollout 引擎醒着时每卡 {takes}(自己的一份 16 位权重 {copy},KV 池 {pool})",
        )
    except Missing:
        pass
    count = answers_each(figures) if figures.knob("algo") == "grpo" else int(figures.told_one("generations") or 1)
    length, token = figures["seq"], figures["kv_token"]
    cache = gib_words(cache_of_answers(figures, count))
    many, many_zh = (f" × {count} answers", f" × {count} 条") if count > 1 else ("", "")
    copy = _gb(WEIGHT * figures.params)
    return Words(
        f"rollouts one more 16-bit copy in an engine of their own, {copy} for each replica, and its KV cache ({token} a token × {length}{many} = {cache} for a prompt)",
        f"rollout 引擎另有一份 16 位权重,每个副本 {copy},加 KV 缓存(每 token {token} × {length}{many_zh} = 每个提示 {cache})",
    )


def _roles_each(figures: Figures) -> Words:
    """Every model by itself, all of them together, and what a step of the update has beside them."""
    _whole(figures)
    critic, reward = _told(figures, "critic"), _told(figures, "reward")
    ppo = figures.knob("algo") == "ppo"
    actor, frozen, judge = TRAINED * figures.params, WEIGHT * figures.params, WEIGHT * reward
    held = actor + frozen + (TRAINED * critic + judge if ppo else 0)
    generates, reference = _generates(figures), _reference(figures)
    logits = figures["logits_copy"]
    shared = SILENT
    if figures.n > 1:
        part = both_words(held / figures.n)
        shared = Words(f", {part} on each of {figures.n} cards where they are sharded", f",切分到 {figures.n} 张卡每卡 {part}")  # fmt: skip
    rest = Words(
        f" Beside them come activations and logits of the micro-batch (rows × length × vocabulary × 4 B, {logits} a copy here, several at once). What waits for its turn can lie in host memory: reference{' and reward model' if ppo else ''} first, then the optimizer's states while answers are generated (param_offload, optimizer_offload in verl).",
        f"此外是更新时 micro-batch 的激活和 logits(条数 × 长度 × 词表 × 4 字节,这里一份 {logits},同时几份)。轮不到的可以先放内存:先是 reference{'、reward' if ppo else ''},再是生成期间的优化器状态(verl 的 param_offload、optimizer_offload)。",
    )
    if not ppo:
        return Words(
            f"**The policy {_gb(actor)} (it trains: weights 2, gradients 2, Adam 12 B per parameter); {reference.en}, frozen, 2 B: {both_words(held)} together{shared.en}; no critic; {generates.en}.** A reward model, where rewards are not given by rule, is frozen too: {_gb(judge)}.{rest.en}",
            f"**策略模型(actor) {_gb(actor)}(要训练:每参数权重 2、梯度 2、Adam 12 字节);{reference.zh},冻结,2 字节:合计 {both_words(held)}{shared.zh};没有 critic;{generates.zh}。** 奖励若不是按规则给而用奖励模型,它也是冻结的:{_gb(judge)}。{rest.zh}",
        )
    return Words(
        f"**Actor {_gb(actor)} and critic {_gb(TRAINED * critic)} train, 16 B per parameter each; {reference.en} and the reward model {_gb(judge)} only run, 2 B each: {both_words(held)} together{shared.en}; {generates.en}.**{rest.en}",
        f"**actor {_gb(actor)}、critic {_gb(TRAINED * critic)},两者要训练,每参数各 16 字节;{reference.zh}、reward {_gb(judge)} 只做前向,各 2 字节:合计 {both_words(held)}{shared.zh};{generates.zh}。**{rest.zh}",
    )


def _reward_takes(figures: Figures) -> Words:
    """The reward model against the actor: frozen, of any size, and not always there."""
    _whole(figures)
    reward = _told(figures, "reward")
    each, each_zh = (
        (" at the actor's size", "与 actor 同样大小时") if reward == figures.params else (f" of {size_words(reward)}", f"{size_words(reward)} 时")
    )  # fmt: skip
    actor, judge = _gb(TRAINED * figures.params), both_words(WEIGHT * reward)
    return Words(
        f"**Yes, but far less than the actor: it is frozen and only scores, 2 B per parameter, {judge}{each}, where the actor that trains takes 16 B, {actor}.** What is as large as the actor is PPO's critic. The reward model may be of another size, wait in host memory between its passes, or stand behind a server; rewards that a rule gives need none.",
        f"**要占,但比 actor 少得多:奖励模型冻结、只打分,每参数 2 字节,{each_zh} {judge};actor 要训练,每参数 16 字节,{actor}。** 和 actor 一样大的是 PPO 的 critic。奖励模型可以用别的大小,两次打分之间可放到内存,或放在另外的服务上;按规则给奖励就不需要它。",
    )


def _critic_smaller(figures: Figures) -> Words:
    """A critic of a size of its own: what it takes, and what it saves."""
    _whole(figures)
    told = sum(figures.logged_all("critic_params")[:1])
    critic = told or figures.params / _PART
    full, less = TRAINED * figures.params, TRAINED * critic
    which, which_zh = ("", "") if told else (f", a quarter of the policy's {size_words(figures.params)},", f"(策略 {size_words(figures.params)} 的四分之一)")  # fmt: skip
    return Words(
        f"**Yes: the critic may be of a size of its own. It trains, 16 B of each of its parameters: of {size_words(critic)}{which} it takes {_gb(less)} in place of {both_words(full)}, and saves {both_words(full - less)}.** It reads the tokens of the policy, so it needs the same tokenizer, as a smaller model of the family has, and a value head; InstructGPT had a critic of 6B beside a policy of 175B. Without any critic (GRPO, RLOO) all of it is saved.",
        f"**可以:critic 的大小可以和策略不同。它要训练,每参数 16 字节:用 {size_words(critic)} 的{which_zh}是 {_gb(less)},而不是 {both_words(full)},省 {both_words(full - less)}。** 它读的是策略的 token,所以分词器要相同(同系列的小模型即可),再加一个 value head;InstructGPT 的 175B 策略配的就是 6B 的 critic。不要 critic(GRPO、RLOO)则全部省掉。",
    )


def _reference_lead(figures: Figures) -> Words:
    """First whether it can be left out, where that is asked; else whether it is always there."""
    copy = figures["w16"]
    if "reference_dropped" in figures.about and figures.knob("algo") in ("grpo", "ppo"):
        return Words(f"Yes: with a KL weight of 0 (beta) none is loaded, TRL's default for GRPO, which saves {copy}: ", f"可以:KL 系数(beta)设为 0 就不加载,TRL 的 GRPO 默认如此,省 {copy}:")  # fmt: skip
    if figures.knob("algo") in PAIRED:
        return Words("In full fine-tuning yes, unless its log-probabilities are computed beforehand: ", "全参要,除非预先算好它的 log 概率:")  # fmt: skip
    return Words("Not always: ", "不一定:")


def _copies(figures: Figures) -> float:
    """Actor, reference, critic and reward model, each with 16-bit weights of its own."""
    critic, reward = _told(figures, "critic"), _told(figures, "reward")
    return WEIGHT * (2 * figures.params + critic + reward)


def _copies_held(figures: Figures) -> Words:
    """What the cards hold then, with all that the one base has beside its weights."""
    base = figures.base
    if base.capacity is None or figures.n > 1 or figures.knob("method") != "lora":
        return SILENT
    need = base.best + _copies(figures) - WEIGHT * figures.params
    held = ("fits", "放得下") if need <= base.capacity else ("does not fit", "放不下")
    room = gib_words(base.capacity)
    return Words(
        f", {gib_words(need)} with the rest of the update: {held[0]} in {room}",
        f",连同更新的其余部分 {gib_words(need)}:{room} {held[1]}",
    )


def _on_cards(figures: Figures) -> Words:
    """The fewest of the asker's cards, else of 80 GB, whose memory holds those states, sharded."""
    room = figures.base.capacity or _USUAL_CARD
    cards, shown = -(-figures.need("ppo") // (_FOR_STATES * room)), gib_words(room)
    if cards <= 1:
        return SILENT
    return Words(
        f": some {cards:.0f} cards of {shown} with ZeRO-3 at the least, fewer with the optimizer in host memory",
        f":用 ZeRO-3 切分至少约 {cards:.0f} 张 {shown} 的卡,优化器卸载到内存(offload)则更少",
    )


ROLE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "roles_each": _roles_each,
    "reward_takes": _reward_takes,
    "critic_smaller": _critic_smaller,
    "reference_lead": _reference_lead,
    "four_copies": lambda figures: Words(*(both_words(_copies(figures)),) * 2),
    "role_copies_held": _copies_held,
    "ppo_on_cards": _on_cards,
}
