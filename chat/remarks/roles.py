"""Remarks on the models that learn from feedback together: actor, critic, reference and reward model."""

from chat.remarks.remark import CAUSE, FIRST, Remark
from chat.works import RLHF, TRL_DPO, TRL_GRPO

ROLES = (
    Remark("pairs-as-seen", 0, lambda c: c.modelled and c.training and "tuning_took" in c.figures.log,
        "{pairs_as_seen}", "{pairs_as_seen}", TRL_DPO, FIRST),
    Remark("critic-dropped", 2, lambda c: c.modelled and c.training and not c.adapters and (c.k("algo") in ("ppo", "grpo") or c.any("why_more")),
        "{critic_dropped}", "{critic_dropped}", RLHF, FIRST),
    Remark("reward-frozen", 0, lambda c: c.modelled and c.training and c.k("algo") == "rm" and c.any("reward_used") and not c.failed,
        "{reward_frozen}", "{reward_frozen}", RLHF, FIRST),
    Remark("rollouts-take", 0, lambda c: c.modelled and c.training and c.k("algo") in ("ppo", "grpo") and c.any("rollouts_ask") and not c.failed,
        "{rollouts_take}", "{rollouts_take}", TRL_GRPO, FIRST),
    Remark("roles-each", 0, lambda c: c.modelled and c.training and c.k("algo") in ("ppo", "grpo") and c.any("roles_each") and not c.failed,
        "{roles_each}", "{roles_each}", RLHF, FIRST),
    Remark("reward-takes", 1, lambda c: c.modelled and c.training and c.k("algo") in ("ppo", "grpo") and c.any("reward_takes") and not c.failed,
        "{reward_takes}", "{reward_takes}", RLHF, FIRST),
    Remark("critic-smaller", 0, lambda c: c.modelled and c.training and c.k("algo") == "ppo" and c.any("critic_smaller") and not c.failed,
        "{critic_smaller}", "{critic_smaller}", RLHF, FIRST),
    Remark("roles-are-copies", 0, lambda c: c.modelled and c.k("algo") == "ppo" and not c.adapters and c.any("roles_share") and not c.failed,
        "**Each is a copy of its own unless it is built to share: actor and critic train, 16 B per parameter each, {two_trained} together{trained_shared}; reference and reward are frozen, 2 B each, {two_frozen}; {ppo} in all, before activations, logits and rollouts.** What can be shared: a value head on the actor's own layers in place of the critic; adapters for both on one frozen base, of which the reference is the base with them off; a smaller critic and reward model (InstructGPT had 6B beside 175B). Colocated, all four lie on the same cards, each divided over them, and what waits can be offloaded.",
        "**除非专门设计成共用,四个各是一份:actor 与 critic 要训练,每参数各 16 字节,共 {two_trained}{trained_shared};reference 与 reward 冻结,各 2 字节,共 {two_frozen};合计 {ppo},激活、logits 和 rollout 另算。** 能共用的做法:在 actor 自己的层上加价值头代替 critic;两者用同一冻结基座上的适配器,关掉适配器就是 reference;critic 和 reward 用更小的模型(InstructGPT 的 175B 配 6B)。同卡部署(colocate)时四个都在同一批卡上、各自切分,暂时不用的可以 offload。", RLHF, FIRST),
    Remark("ppo-roles", 3, lambda c: c.modelled and c.k("algo") == "ppo" and not c.adapters,
        "**{four_weights}PPO trains two of its four models: actor and critic take 16 B per parameter each, {two_trained} together{trained_shared}; reference and reward are frozen, 2 B each, {two_frozen}: {ppo} in all{ppo_shared}{role_sizes}, before activations and logits.** On top come the rollouts: an engine on the same cards has one more 16-bit copy, {w16}, and a KV pool; generation by the trainer itself a cache of {kv_token} per token. What takes less: {ppo_less}.",
        "**{four_weights}PPO 的四个模型里有两个要训练:actor 与 critic 每参数各 16 字节,共 {two_trained}{trained_shared};reference 与 reward 冻结,各 2 字节,共 {two_frozen}:合计 {ppo}{ppo_shared}{role_sizes},激活与 logits 另算。** rollout 还要加:同卡的推理引擎另有一份 16 位权重 {w16} 和 KV 池;由训练器自己生成则是每 token {kv_token} 的 KV 缓存。更省的办法:{ppo_less}。", RLHF),
    Remark("ppo-on-one-base", 10, lambda c: c.modelled and c.k("algo") == "ppo" and c.adapters,
        "Counted here is PPO on one base: the policy's adapters, a value head as critic, the reference with the adapters off, and a reward model that is another adapter. Loaded as four models they are {four_copies} of 16-bit weights in place of one {w16}{role_copies_held}; a critic that trains whole has gradients and states too. With all weights: actor and critic {two_trained} (16 B per parameter each), reference and reward {two_frozen}, {ppo} in all{ppo_on_cards}.",
        "这里按同一个基座计算 PPO:策略是适配器,critic 是一个 value head,关掉适配器就是 reference,reward 模型是另一个适配器。若四个模型各自独立加载,16 位权重是 {four_copies},而不是一份 {w16}{role_copies_held};critic 整个训练的话还要加它的梯度和优化器状态。全参则是 actor 与 critic {two_trained}(每参数各 16 字节)、reference 与 reward {two_frozen},共 {ppo}{ppo_on_cards}。", RLHF),
    Remark("rollout-cards-fail", 0, lambda c: c.modelled and c.training and c.failed and c.k("algo") in ("grpo", "ppo") and c.over("split_short", 1),
        "{split_fails}", "{split_fails}", TRL_GRPO, CAUSE),
    Remark("rollout-cards", 9, lambda c: c.modelled and c.training and c.k("algo") in ("grpo", "ppo") and c.over("generates_on", 1),
        "{split_held}", "{split_held}", TRL_GRPO),
    Remark("rollout-cards-to-set", 0, lambda c: c.modelled and c.training and not c.failed and c.k("algo") in ("grpo", "ppo") and c.any("split_asked") and not c.any("memory_divided", "rollouts_shared", "parts") and c.n > 1 and not c.over("generates_on", 1),
        "{split_to_set}", "{split_to_set}", TRL_GRPO, FIRST),
    Remark("ppo-cards", 11, lambda c: c.modelled and c.k("algo") == "ppo" and not c.adapters and c.any("how_much", "how_many_gpus", "rl_memory") and c.over("ppo", 4e11),
        "Sharded, that fills {ppo_cards} cards of 80 GB; with the optimizer in host RAM at least {ppo_cards_offload}, and in practice two to four times as many, for activations, the rollouts' KV cache and communication: an uncertain figure. GRPO needs no critic and LoRA no second copy nor most states: far fewer.",
        "全部切分也要占满 {ppo_cards} 张 80 GB 卡;优化器卸载到内存后至少 {ppo_cards_offload} 张,实际还要留给激活、rollout 的 KV 缓存和通信,往往是它的两到四倍,不确定性较大。GRPO 不需要 critic,LoRA 不需要第二份副本和大部分状态,用卡少得多。", RLHF),
)  # fmt: skip
