"""How fast: what a prompt computes, decoding where host memory holds a part, what a rate or a deadline implies, what
adapters save, and what cards and host send each other.
"""

from sympy import sqrt

from formulas.formula import Formula, Source
from formulas.layouts import MEGATRON
from formulas.quantity import Quantity, Words, byte, flop, one, second
from formulas.sources import LORA, MIXTRAL, PALM, POPE, SCALING_LAWS, ZERO_OFFLOAD
from formulas.time import (
    active_share,
    card_bandwidth,
    card_flops,
    host_bandwidth,
    n_train_tokens,
    training_flop,
    training_time,
    utilisation,
)
from formulas.vocabulary import batch_size, hidden_size, n_gpus, n_layers, n_params, seq_len, tp

CHINCHILLA = Source("chinchilla", "Training Compute-Optimal Large Language Models", "https://arxiv.org/abs/2203.15556")
PCI_EXPRESS = Source("pcisig", "PCI-SIG, PCI Express: raw data rates and encodings", "https://pcisig.com/faq")
DDR = Source("jedec-ddr5", "JEDEC, JESD79-5, DDR5 SDRAM", "https://www.jedec.org/standards-documents/docs/jesd79-5c01")

attention_width = Quantity(
    "attention_width", one, r"\bar q", "query heads times their width", "查询头数 × 头维度", whole=True
)
scores_flop = Quantity(
    "scores_flop", flop, r"F_{\mathrm{att}}", "operations on scores and values", "注意力分数的运算量"
)
matrices_flop = Quantity("matrices_flop", flop, r"F_{\theta}", "operations with the weights", "与权重相乘的运算量")
prefill_flop = Quantity("prefill_flop", flop, r"F_{\mathrm{pre}}", "operations of the prompts", "预填充运算量")
prefill_time = Quantity("prefill_time", second, r"t_{\mathrm{pre}}", "time to the first token", "首 token 时间")
compute_rate = Quantity(
    "compute_rate",
    one / second,
    r"v_{\mathrm{max}}",
    "tokens that the arithmetic allows in a second",
    "算力允许的每秒 token 数",
)
card_reads = Quantity(
    "card_reads", byte, r"B_{c}", "bytes of a token read on the cards", "每个 token 在卡上读取的字节数", zero=True
)
host_reads = Quantity(
    "host_reads", byte, r"B_{h}", "bytes of a token read in host memory", "每个 token 在内存中读取的字节数", zero=True
)
split_step = Quantity(
    "split_step",
    second,
    r"t_{\mathrm{mix}}",
    "least time of a token read in two places",
    "两处读取时每个 token 的最短时间",
)
channels = Quantity("channels", one, "c_h", "channels of host memory", "内存通道数", whole=True)
transfers = Quantity("transfers", one / second, r"\nu_h", "transfers of a channel in a second", "每通道每秒传输次数")
expert_choice = Quantity(
    "expert_choice", one, r"k_e/E", "share of the experts that a token takes", "每个 token 选中的专家比例"
)
batch_share = Quantity(
    "batch_share", one, r"\alpha_b", "share of the weights that a batch reads", "一批 token 读取的权重比例"
)
train_rate = Quantity(
    "train_rate", one / second, r"v_{\mathrm{train}}", "tokens trained on in a second", "每秒训练的 token 数"
)
tokens_per_param = Quantity("tokens_per_param", one, r"\rho", "tokens for each parameter", "每个参数的 token 数")
samples = Quantity("samples", one, "n", "samples that are read, epochs counted", "样本数(计轮数)", whole=True)
step_samples = Quantity(
    "step_samples", one, r"b_{\mathrm{all}}", "samples of a step over all cards", "每步样本数(全部卡)", whole=True
)
train_steps = Quantity("train_steps", one, r"n_{\mathrm{step}}", "optimizer steps", "优化器步数")
seconds_per_step = Quantity("seconds_per_step", second, r"t_{\mathrm{it}}", "time of one step", "每步时间")
link_rate = Quantity("link_rate", byte / second, r"R_l", "rate of the link, each direction", "链路单向速率")
reduced_bytes = Quantity(
    "reduced_bytes", byte, r"B_{\mathrm{tp}}", "bytes that a card sends for these tokens", "这些 token 每卡发送的字节数"
)
offload_bytes = Quantity(
    "offload_bytes", byte, r"B_{\mathrm{off}}", "bytes of a step over one card's link", "每步经单卡链路的字节数"
)
link_time = Quantity("link_time", second, r"t_{\mathrm{link}}", "time on the link", "链路耗时")
host_adam_bytes = Quantity(
    "host_adam_bytes",
    byte,
    r"B_{\mathrm{adam}}",
    "bytes that Adam reads and writes on the host",
    "CPU 上 Adam 读写的字节数",
)
power = Quantity("power", one, "p_c", "power of a card in kW", "单卡功率(kW)")
energy = Quantity("energy", second, r"W_e", "energy, in kilowatts times time", "能耗(千瓦 × 时间)")

# ── prompts ────────────────────────────────────────────────────────────────────────────────────────────────────────
two_operations_per_weight = Formula(
    matrices_flop,
    2 * n_params * batch_size * seq_len,
    says="Forwards each token takes 2 operations with each parameter that computes.",
    zh="前向时每个 token 与每个参与计算的参数做 2 次运算。",
    source=SCALING_LAWS.at("Table 1"),
    example=({n_params: 7 * 10**9, batch_size: 1, seq_len: 1000}, 14 * 10**12),
    coefficients_in=flop,
)
scores_of_a_causal_prompt = Formula(
    scores_flop,
    2 * n_layers * attention_width * seq_len**2 * batch_size,
    says="A token is compared with those before it, half of the prompt on average: 4 operations for each pair and number, halved.",
    zh="每个 token 与其之前的 token(平均半个提示)计算注意力:每对每数 4 次运算,减半。",
    source=SCALING_LAWS.at("Table 1"),
    example=({n_layers: 32, attention_width: 4096, seq_len: 1000, batch_size: 1}, 262_144_000_000),
    coefficients_in=flop,
    assumes=(Words("every layer attends to the whole prompt", "每层都对整个提示做注意力"),),
)
a_prompt_computes_matrices_and_scores = Formula(
    prefill_flop,
    matrices_flop + scores_flop,
    says="Reading a prompt is products with the weights and attention.",
    zh="读取提示包括与权重相乘和注意力两部分。",
    source=SCALING_LAWS.at("Table 1"),
    example=({matrices_flop: 14 * 10**12, scores_flop: 10**12}, 15 * 10**12),
)
a_prompt_is_bound_by_arithmetic = Formula(
    prefill_time,
    prefill_flop / (n_gpus * card_flops * utilisation),
    says="All tokens of a prompt are computed together, so arithmetic decides, at a share of the peak rate.",
    zh="提示的全部 token 一起计算,因此由算力(峰值的一定比例)决定。",
    source=POPE.at("§2, compute costs"),
    example=({prefill_flop: 15 * 10**12, n_gpus: 1, card_flops: 300 * 10**12, utilisation: 0.5}, 0.1),
    valid=(utilisation <= 1,),
)
arithmetic_bounds_a_batch = Formula(
    compute_rate,
    n_gpus * card_flops * utilisation / (2 * n_params),
    says="However many sequences share a step, each token still takes 2 operations for each parameter.",
    zh="无论多少条序列共用一步,每个 token 仍需每参数 2 次运算。",
    source=POPE.at("§2, compute costs"),
    example=({n_gpus: 1, card_flops: 280 * 10**12, utilisation: 0.5, n_params: 7 * 10**9}, 10_000),
    coefficients_in=1 / flop,
)

# ── where the weights are read ─────────────────────────────────────────────────────────────────────────────────────
channels_add_up = Formula(
    host_bandwidth,
    8 * channels * transfers,
    says="A channel moves 64 bits, 8 bytes, in a transfer.",
    zh="每通道每次传输 64 位,即 8 字节。",
    source=DDR.at("§2, 64 data bits of a channel pair"),
    example=({channels: 2, transfers: 32 * 10**8}, 512 * 10**8),
    coefficients_in=byte,
)
two_places_wait_for_each_other = Formula(
    split_step,
    card_reads / card_bandwidth + host_reads / host_bandwidth,
    says="Layers on the card and in host memory are computed one after the other, each at the rate of its memory.",
    zh="卡上与内存中的层依次计算,各受所在内存带宽限制。",
    source=POPE.at("§2, memory costs"),
    assumes=(Words("what host memory holds is computed there", "放在内存的部分由 CPU 计算"),),
    example=(
        {card_reads: 20 * 10**9, card_bandwidth: 10**12, host_reads: 20 * 10**9, host_bandwidth: 5 * 10**10},
        0.42,
    ),
)
a_batch_reaches_more_experts = Formula(
    batch_share,
    1 - (1 - active_share) * (1 - expert_choice) ** (batch_size - 1),
    says="Each further token of a batch misses an expert with probability 1 − k/E, and what none takes is not read.",
    zh="批中每多一个 token,某个专家仍未被选中的概率乘以 1 − k/E;没有被选中的专家不读取。",
    source=MIXTRAL.at("§2.1, routing"),
    assumes=(Words("tokens choose experts evenly and apart", "各 token 均匀且独立地选择专家"),),
    example=({active_share: 0.25, expert_choice: 0.5, batch_size: 2}, 0.625),
)

# ── training ───────────────────────────────────────────────────────────────────────────────────────────────────────
frozen_weights_take_no_gradient = Formula(
    training_flop,
    4 * n_params * n_train_tokens,
    says="Where weights are frozen, the backward pass is for activations alone: 2 operations forwards, 2 backwards.",
    zh="权重冻结时反向只算激活的梯度:前向 2 次、反向 2 次运算。",
    source=LORA.at("§4.2"),
    example=({n_params: 7 * 10**9, n_train_tokens: 10**9}, 28 * 10**18),
    coefficients_in=flop,
    rule=True,
)
cards_train_so_fast = Formula(
    train_rate,
    n_gpus * card_flops * utilisation / (6 * n_params),
    says="A token takes 6 operations for each parameter, forwards and backwards.",
    zh="每个 token 前向加反向对每个参数 6 次运算。",
    source=PALM.at("Appendix B, model FLOPs utilization"),
    example=({n_gpus: 8, card_flops: 300 * 10**12, utilisation: 0.5, n_params: 10**10}, 20_000),
    coefficients_in=1 / flop,
)
time_of_a_rate = Formula(
    training_time,
    n_train_tokens / train_rate,
    says="At a rate that was measured, the tokens take so long.",
    zh="按实测速度跑完这些 token 所需的时间。",
    source=PALM.at("Appendix B, tokens per second"),
    example=({n_train_tokens: 10**9, train_rate: 20_000}, 50_000),
    rule=True,
)
steps_read_the_samples = Formula(
    train_steps,
    samples / step_samples,
    says="Each optimizer step reads the samples of all cards and all accumulated batches.",
    zh="每个优化器步读取全部卡与累积批次的样本。",
    source=PALM.at("§5, batch size"),
    example=({samples: 30_000, step_samples: 64}, 468.75),
)
time_of_steps = Formula(
    training_time,
    train_steps * seconds_per_step,
    says="Steps follow each other.",
    zh="各步依次进行。",
    source=PALM.at("§5, step time"),
    example=({train_steps: 3000, seconds_per_step: 2}, 6000),
    rule=True,
)
optimal_size_of_a_budget = Formula(
    n_params,
    sqrt(training_flop / (6 * tokens_per_param)),
    says="With a fixed number of tokens for each parameter, operations grow with the square of the size.",
    zh="每参数 token 数固定时,运算量与参数量的平方成正比。",
    source=CHINCHILLA.at("Table 3, approach 1"),
    example=({training_flop: 12 * 10**21, tokens_per_param: 20}, 10**10),
    coefficients_in=1 / sqrt(flop),
    rule=True,
)
energy_is_power_times_time = Formula(
    energy,
    n_gpus * power * training_time,
    says="Each card takes its power as long as it runs.",
    zh="每张卡在运行期间按其功率耗电。",
    source=PALM.at("Appendix B, carbon footprint"),
    example=({n_gpus: 2, power: 0.4, training_time: 36_000}, 28_800),
)

# ── links ──────────────────────────────────────────────────────────────────────────────────────────────────────────
tensor_parallel_adds_twice_a_layer = Formula(
    reduced_bytes,
    8 * n_layers * hidden_size * batch_size * seq_len * (tp - 1) / tp,
    says="Forwards each layer sums its outputs twice over the cards; in a ring a card sends 2(N − 1)/N of the 2 bytes of each number.",
    zh="前向每层对各卡输出求和两次;环形归约每卡发送 2(N − 1)/N 倍的数据,每数 2 字节。",
    source=MEGATRON.at("§3, two all-reduces of a layer forwards"),
    example=({n_layers: 80, hidden_size: 8192, batch_size: 1, seq_len: 1, tp: 2}, 2_621_440),
    coefficients_in=byte,
)
offload_moves_gradients_and_weights = Formula(
    offload_bytes,
    4 * n_params / n_gpus,
    says="Each step sends 16-bit gradients to the host, 2 bytes, and brings 16-bit weights back, 2 bytes; the cards share them.",
    zh="每步把 16 位梯度(2 字节)送到主机,再取回 16 位权重(2 字节),由各卡分摊。",
    source=ZERO_OFFLOAD.at("§3, communication of 4M bytes"),
    example=({n_params: 8 * 10**9, n_gpus: 2}, 16 * 10**9),
    coefficients_in=byte,
)
adam_on_the_host_passes_its_states = Formula(
    host_adam_bytes,
    28 * n_params,
    says="Adam reads 4-byte weight, momentum and variance and a 2-byte gradient, and writes the three and a 2-byte weight.",
    zh="Adam 读取 4 字节的权重、动量、方差和 2 字节梯度,并写回前三者和 2 字节权重。",
    source=ZERO_OFFLOAD.at("§5.1, CPU-Adam"),
    example=({n_params: 10**9}, 28 * 10**9),
    coefficients_in=byte,
)
a_link_takes_so_long = Formula(
    link_time,
    offload_bytes / link_rate,
    says="Bytes over a link take its rate.",
    zh="数据量除以链路速率。",
    source=PCI_EXPRESS.at("raw data rates of 8, 16 and 32 GT/s"),
    example=({offload_bytes: 315 * 10**8, link_rate: 315 * 10**8}, 1),
)
