"""Preference and reinforcement training: other models beside the one that trains, answers generated between steps."""

from formulas.activations import loss
from formulas.anatomy import UNCHECKPOINTED, checkpointing, fp32_bytes, half_bytes, tied, vocab_size
from formulas.formula import Formula
from formulas.layouts import heads_here
from formulas.phases import peak_of_a_checkpointed_step, peak_of_a_step
from formulas.programs import offloaded, reference_weights
from formulas.quantity import Words, greatest
from formulas.sources import ZERO_OFFLOAD
from formulas.tuning import (
    COLOCATED,
    GRPO,
    INSTRUCT,
    TRL_PPO,
    TRL_REWARD,
    companions,
    critic_activations,
    critic_gradients,
    critic_optimizer,
    critic_weights,
    other_models,
    phase_awake,
    phase_rollout,
    resident_models,
    reward_weights,
    rollout_engine,
    rollout_logits,
    rollout_share,
    rollouts,
    rollouts_by,
    scoring_params,
)
from formulas.vocabulary import (
    adapter,
    batch_size,
    bytes_of_gradient,
    bytes_per_weight,
    card_memory,
    checkpoints,
    final_norm,
    gathered,
    gradient_shards,
    hidden_size,
    host_memory,
    kv_cache,
    logit_tokens,
    model_gradients,
    model_optimizer,
    model_weights,
    n_params,
    optimizer,
    optimizer_shards,
    saved_activations,
    state,
    task,
    tensors_peak,
    tokens,
    weight_shards,
    weights,
)

V, h = vocab_size, hidden_size
_JUDGES = {companions: "reward-and-critic"}
_HOSTED = ("optimizer", "params")
_MODELS = TRL_PPO.at("PPOTrainer.__init__: model, ref_model, reward_model, value_model")
_SCORES = TRL_REWARD.at("AutoModelForSequenceClassification, num_labels=1")
_SAMPLED = TRL_PPO.at("PPOTrainer.train: batch_generation")

parameters_of_a_scoring_model = Formula(
    scoring_params,
    n_params - V * h + h,
    says="A model that scores has one row of h instead of its head's V rows.",
    zh="打分模型的输出头只有一行 h,而非 V 行。",
    source=_SCORES,
    when={tied: "no"},
    example=({n_params: 6738415616, V: 32000, h: 4096}, 6607347712),
)
parameters_of_a_scoring_model_with_a_tied_embedding = Formula(
    scoring_params,
    n_params + h,
    says="Where the head was the embedding, the row of h comes on top.",
    zh="若输出头与词嵌入共享,则额外增加一行 h。",
    source=_SCORES,
    when={tied: "yes"},
    example=({n_params: 3212749824, h: 3072}, 3212752896),
)
one_score_for_each_token = Formula(
    logit_tokens,
    tokens / V * heads_here,
    says="A reward model gives each token one number instead of V.",
    zh="奖励模型对每个 token 只输出一个数而非 V 个。",
    source=_SCORES,
    when={loss: "scores"},
    example=({tokens: 4096, V: 32000, heads_here: 1}, 0.128),
)

frozen_reward_model = Formula(
    reward_weights,
    scoring_params * bytes_per_weight / weight_shards,
    says="A frozen reward model of the policy's size scores the answers.",
    zh="与策略同尺寸的冻结奖励模型为回答打分。",
    source=_MODELS,
    when=_JUDGES,
    example=({scoring_params: 6607347712, bytes_per_weight: 2, weight_shards: 1}, 13214695424),
)
critic_of_the_same_size = Formula(
    critic_weights,
    scoring_params * bytes_per_weight / weight_shards,
    says="A critic of the policy's size values each token; InstructGPT starts it from the reward model.",
    zh="与策略同尺寸的评论家估计每个 token 的价值(InstructGPT 由奖励模型初始化)。",
    source=INSTRUCT.at("§3.5, Reinforcement learning; Appendix C.4"),
    when={**_JUDGES, offloaded: ("none", "optimizer")},
    example=({scoring_params: 6607347712, bytes_per_weight: 2, weight_shards: 1}, 13214695424),
)
critic_has_gradients = Formula(
    critic_gradients,
    scoring_params * bytes_of_gradient / gradient_shards,
    says="The critic trains too.",
    zh="评论家也参与训练。",
    source=TRL_PPO.at("PolicyAndValueWrapper"),
    when={**_JUDGES, offloaded: "none"},
    example=({scoring_params: 6607347712, bytes_of_gradient: 2, gradient_shards: 1}, 13214695424),
)
critic_has_states = Formula(
    critic_optimizer,
    model_optimizer * scoring_params / n_params / optimizer_shards,
    says="One optimizer updates policy and critic: as many states for each parameter.",
    zh="同一优化器更新策略与评论家:每个参数的状态相同。",
    source=TRL_PPO.at("create_optimizer over PolicyAndValueWrapper"),
    when={**_JUDGES, offloaded: "none"},
    example=(
        {model_optimizer: 26953662464, scoring_params: 6607347712, n_params: 6738415616, optimizer_shards: 1},
        26429390848,
    ),
)
critic_weights_in_host_memory = Formula(
    critic_weights,
    0 * scoring_params,
    says="What trains is on the host: the critic as the policy.",
    zh="参与训练的模型都在主机上:评论家与策略相同。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={**_JUDGES, offloaded: "params"},
    example=({}, 0),
)
critic_gradients_in_host_memory = Formula(
    critic_gradients,
    0 * scoring_params,
    says="The critic's gradients go to the host as the policy's do.",
    zh="评论家的梯度与策略的一样移至主机。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={**_JUDGES, offloaded: _HOSTED},
    example=({}, 0),
)
critic_states_in_host_memory = Formula(
    critic_optimizer,
    0 * model_optimizer,
    says="One optimizer updates policy and critic: offloaded, the states of both are on the host.",
    zh="同一优化器更新策略与评论家:卸载后两者的状态都在主机上。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={**_JUDGES, offloaded: _HOSTED},
    example=({}, 0),
)
_BOTH = 1 + scoring_params / n_params
host_holds_both_optimizers = Formula(
    host_memory,
    (model_optimizer + model_gradients) * _BOTH,
    says="The host holds the states and gradients of policy and critic, whatever the number of cards.",
    zh="内存保存策略与评论家的优化器状态和梯度,与卡数无关。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={**_JUDGES, offloaded: "optimizer"},
    example=({model_optimizer: 84e9, model_gradients: 14e9, scoring_params: 6e9, n_params: 8e9}, 171.5e9),
)
host_holds_both_models_too = Formula(
    host_memory,
    (model_optimizer + model_gradients + model_weights) * _BOTH,
    says="The host holds states, gradients and weights of policy and critic; reward and reference models stay on the cards.",
    zh="内存保存策略与评论家的优化器状态、梯度和权重;奖励模型与参考模型留在卡上。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={**_JUDGES, offloaded: "params"},
    example=(
        {model_optimizer: 84e9, model_gradients: 14e9, model_weights: 14e9, scoring_params: 6e9, n_params: 8e9},
        196e9,
    ),
)
critic_keeps_activations = Formula(
    critic_activations,
    saved_activations + final_norm,
    says="Policy and critic run forward before one loss goes backward: the critic's activations are all there too.",
    zh="策略与评论家都前向之后才反向:评论家的激活值同时存在。",
    source=TRL_PPO.at("PolicyAndValueWrapper.forward"),
    when={**_JUDGES, checkpointing: UNCHECKPOINTED},
    example=({saved_activations: 13162250240, final_norm: 67117056}, 13229367296),
)
checkpointed_critic_keeps_inputs = Formula(
    critic_activations,
    checkpoints + final_norm,
    says="Policy and critic run forward before one loss goes backward: the critic's checkpoints are there too.",
    zh="策略与评论家都前向之后才反向:评论家的检查点同时存在。",
    source=TRL_PPO.at("PolicyAndValueWrapper.forward"),
    when={**_JUDGES, checkpointing: "on"},
    example=({checkpoints: 2**29, final_norm: 67117056}, 603987968),
)
reference_reward_model_and_critic = Formula(
    other_models,
    reference_weights + reward_weights + critic_weights + critic_gradients + critic_optimizer + critic_activations,
    says="PPO holds four models: the policy, its frozen reference, a frozen reward model, and a critic that trains.",
    zh="PPO 同时持有四个模型:策略、冻结的参考模型、冻结的奖励模型与训练中的评论家。",
    source=_MODELS,
    when=_JUDGES,
    example=(
        {
            reference_weights: 13476831232, reward_weights: 13214695424, critic_weights: 13214695424,
            critic_gradients: 13214695424, critic_optimizer: 26429390848, critic_activations: 603987968,
        },
        80154296320,
    ),
)  # fmt: skip

# ── answers generated between steps ────────────────────────────────────────────────────────────────────────────────
scores_of_all_generated_tokens = Formula(
    rollout_logits,
    tokens * V * 2 * fp32_bytes,
    says="The trainer asks generation for its scores: float32 logits of every generated token, and their stack (2).",
    zh="训练器要求返回生成得分:每个生成 token 的 float32 logits 及其堆叠(2)。",
    source=TRL_PPO.at("batch_generation, generate: output_scores=True; torch.stack(output.scores, 1)"),
    when=_JUDGES,
    assumes=(Words("All tokens count as generated: an upper bound.", "所有 token 均视为生成,作为上界。"),),
    example=({tokens: 2048, V: 32000, fp32_bytes: 4}, 524288000),
)
logits_of_one_generated_token = Formula(
    rollout_logits,
    batch_size * V * (half_bytes + fp32_bytes),
    says="Each sequence has logits of its newest token, and their float32 copy.",
    zh="每个序列只有最新 token 的 logits 及其 float32 副本。",
    source=GRPO.at("§4.1.1, outputs sampled from the old policy"),
    when={companions: "none"},
    example=({batch_size: 8, V: 32000, half_bytes: 2, fp32_bytes: 4}, 1536000),
)
answers_are_generated = Formula(
    phase_rollout,
    weights + adapter + optimizer + kv_cache + state + rollout_logits + gathered,
    says="Between steps the policy generates answers: its cache and logits stand beside the optimizer's states.",
    zh="两步之间策略生成回答:KV 缓存与 logits 与优化器状态并存。",
    source=_SAMPLED,
    example=(
        {
            weights: 13476831232, adapter: 0, optimizer: 26953662464, kv_cache: 2**30, state: 0,
            rollout_logits: 524288000, gathered: 0,
        },
        13476831232 + 26953662464 + 2**30 + 524288000,
    ),
)  # fmt: skip
peak_of_a_step_with_rollouts = Formula(
    tensors_peak,
    greatest(*peak_of_a_step.expr.args, phase_rollout),
    says="Generating answers is one more phase.",
    zh="生成回答是另一个阶段。",
    source=_SAMPLED,
    when={task: "train", checkpointing: UNCHECKPOINTED, rollouts: "yes"},
    example=({**peak_of_a_step.example[0], phase_rollout: 54e9}, 54e9),
)
peak_of_a_checkpointed_step_with_rollouts = Formula(
    tensors_peak,
    greatest(*peak_of_a_checkpointed_step.expr.args, phase_rollout),
    says="Generating answers is one more phase.",
    zh="生成回答是另一个阶段。",
    source=_SAMPLED,
    when={task: "train", checkpointing: "on", rollouts: "yes"},
    example=({**peak_of_a_checkpointed_step.example[0], phase_rollout: 54e9}, 55e9),
)

# ── an engine on the same cards that generates them ────────────────────────────────────────────────────────────────
an_engine_takes_its_share = Formula(
    rollout_engine,
    rollout_share * card_memory,
    says="A rollout engine takes its share of the card, whatever of it its weights and sequences fill.",
    zh="rollout 引擎按份额占用显卡,不论权重与序列实际用了多少。",
    source=COLOCATED.at("vllm_gpu_memory_utilization, vllm_enable_sleep_mode"),
    when={rollouts_by: ("beside", "asleep")},
    example=({rollout_share: 0.3, card_memory: 80 * 2**30}, 24 * 2**30),
)
frozen_models_stay = Formula(
    resident_models,
    other_models,
    says="What stands beside the policy is frozen, and stays.",
    zh="策略之外的模型都是冻结的,一直驻留。",
    source=COLOCATED.at("vllm_gpu_memory_utilization, vllm_enable_sleep_mode"),
    when={companions: "none"},
    example=({other_models: 16e9}, 16e9),
)
a_critic_keeps_its_states = Formula(
    resident_models,
    reference_weights + reward_weights + critic_weights + critic_optimizer,
    says="Between updates the critic has neither gradients nor activations, but its states.",
    zh="两次更新之间评论家没有梯度与激活,但优化器状态仍在。",
    source=_MODELS,
    when=_JUDGES,
    example=({reference_weights: 14e9, reward_weights: 13e9, critic_weights: 13e9, critic_optimizer: 26e9}, 66e9),
)
the_engine_is_awake = Formula(
    phase_awake,
    weights + adapter + optimizer + resident_models + rollout_engine,
    says="While the engine generates, weights and the optimizer's states stay on the card unless they are offloaded.",
    zh="引擎生成时,权重与优化器状态若未卸载仍留在卡上。",
    source=COLOCATED.at("vllm_gpu_memory_utilization, vllm_enable_sleep_mode"),
    when={rollouts_by: "asleep"},
    example=({weights: 4e9, adapter: 0, optimizer: 24e9, resident_models: 4e9, rollout_engine: 40e9}, 72e9),
)
