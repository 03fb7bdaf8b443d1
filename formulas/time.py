"""How long training takes: from text to tokens, from tokens to operations, from operations to days and GPU-hours."""

from sympy import ceiling

from formulas.anatomy import vocab_size
from formulas.formula import Formula
from formulas.quantity import Quantity, Words, byte, flop, one, second
from formulas.residence import GGML_SCHEDULER, head_hosted, host_cache, host_embeddings, host_weights, outer_bytes
from formulas.sources import KARPATHY, LLAMA, PALM, POPE, SCALING_LAWS
from formulas.vocabulary import batch_size, hidden_size, kv_cache, n_gpus, n_params, state, weights

bytes_per_token = Quantity("bytes_per_token", byte, r"\tau", "bytes of text in one token", "每个 token 的文本字节数")
n_train_tokens = Quantity("n_train_tokens", one, "D", "tokens trained on", "训练 token 数", whole=True)
training_text = Quantity(
    "training_text", byte, r"S_{\mathrm{text}}", "size of the training text", "训练文本大小", shown_in="TB"
)
training_flop = Quantity("training_flop", flop, "F", "operations of the whole training", "训练总运算量")
card_flops = Quantity("card_flops", flop / second, r"R", "peak rate of one card", "单卡峰值算力")
utilisation = Quantity("utilisation", one, r"\eta", "share of the peak rate that is reached", "算力利用率")
training_time = Quantity("training_time", second, r"t", "time that training takes", "训练耗时")
card_time = Quantity(
    "card_time", second, r"t_{\mathrm{gpu}}", "GPU-hours: cards times time", "GPU 时", shown_in="hours"
)
active_share = Quantity(
    "active_share",
    one,
    r"\alpha",
    "share of the weights that a token's computation takes",
    "每个 token 实际用到的权重比例",
)
step_bytes = Quantity(
    "step_bytes",
    byte,
    r"B_{\mathrm{step}}",
    "bytes that a decoding step reads on one card",
    "每个解码步单卡读取的字节数",
)
card_bandwidth = Quantity("card_bandwidth", byte / second, r"R_m", "memory bandwidth of one card", "单卡显存带宽")
step_time = Quantity(
    "step_time", second, r"t_{\mathrm{step}}", "least time of a decoding step", "解码一步的最短时间", zero=True
)
host_share = Quantity(
    "host_share",
    one,
    r"\alpha_{\mathrm{ram}}",
    "share of the weights in host memory that a token's computation takes",
    "每个 token 实际用到的内存中权重的比例",
)
host_step_bytes = Quantity(
    "host_step_bytes",
    byte,
    r"B_{\mathrm{ram}}",
    "bytes that a decoding step reads from host memory",
    "每个解码步从内存读取的字节数",
    zero=True,
)
host_bandwidth = Quantity("host_bandwidth", byte / second, r"R_{\mathrm{ram}}", "bandwidth of host memory", "内存带宽")
hosted_step_time = Quantity(
    "hosted_step_time",
    second,
    r"t_{\mathrm{hosted}}",
    "least time of a decoding step, a part of it computed by the host",
    "部分由主机计算时解码一步的最短时间",
)
decoding_rate = Quantity(
    "decoding_rate",
    one / second,
    r"v_{\mathrm{dec}}",
    "tokens generated in a second, at most",
    "每秒最多生成的 token 数",
)

text_is_tokens_of_some_bytes = Formula(
    training_text,
    n_train_tokens * bytes_per_token,
    says="A token stands for a few bytes of text.",
    zh="一个 token 对应若干字节的文本。",
    source=KARPATHY.at("slide on training Llama 2 70B: about 10 TB of text"),
    example=({n_train_tokens: 2 * 10**12, bytes_per_token: 5}, 10**13),
)
six_operations_per_parameter_and_token = Formula(
    training_flop,
    6 * n_params * n_train_tokens,
    says="Each parameter takes part in 2 operations per token forwards and 4 backwards.",
    zh="每个参数对每个 token 前向参与 2 次、反向参与 4 次运算。",
    source=SCALING_LAWS.at("§2.1"),
    example=({n_params: 70 * 10**9, n_train_tokens: 2 * 10**12}, 84 * 10**22),
    coefficients_in=flop,
)
recomputation_adds_a_forward_pass = Formula(
    training_flop,
    8 * n_params * n_train_tokens,
    says="With full recomputation the forward pass runs twice: 2 more operations for each parameter and token.",
    zh="完全重计算时前向执行两次:每个参数对每个 token 多 2 次运算。",
    source=PALM.at("Appendix B, hardware FLOPs"),
    example=({n_params: 70 * 10**9, n_train_tokens: 2 * 10**12}, 112 * 10**22),
    coefficients_in=flop,
    rule=True,
)
time_is_operations_over_the_rate_reached = Formula(
    training_time,
    training_flop / (n_gpus * card_flops * utilisation),
    says="All cards work at a share of their peak rate until the operations are done.",
    zh="所有显卡按峰值算力的一定比例工作,直到运算完成。",
    source=PALM.at("Appendix B, model FLOPs utilization"),
    example=(
        {training_flop: 84 * 10**22, n_gpus: 6000, card_flops: 312 * 10**12, utilisation: 0.5},
        84 * 10**22 / (6000 * 312 * 10**12 * 0.5),
    ),
    valid=(utilisation <= 1,),
    assumes=(Words("no card waits for repairs or restarts", "不计故障与重启的等待"),),
)
gpu_hours_are_cards_times_time = Formula(
    card_time,
    n_gpus * training_time,
    says="GPU-hours count each card's hours.",
    zh="GPU 时是每张卡运行时间之和。",
    source=LLAMA.at("Table 15"),
    example=({n_gpus: 83, training_time: 1000 * 3600}, 83_000 * 3600),
)
fewest_cards_for_the_time = Formula(
    n_gpus,
    ceiling(card_time / training_time),
    says="So many whole cards finish the GPU-hours within the time.",
    zh="在给定时间内完成这些 GPU 时所需的最少整卡数。",
    source=LLAMA.at("Table 15, 82,432 GPU-hours for 7B"),
    example=({card_time: 82_432 * 3600, training_time: 1000 * 3600}, 83),
    rule=True,
)

a_step_reads_weights_and_cache = Formula(
    step_bytes,
    active_share * weights + kv_cache + state,
    says="To generate a token, a card reads its weights and the whole cache once.",
    zh="每生成一个 token,显卡要把权重和完整缓存各读一遍。",
    source=POPE.at("§2, memory costs"),
    assumes=(
        Words(
            "the input embedding counts as read, though a token takes only one row of it",
            "输入词嵌入按全部读取计,实际每个 token 只取一行",
        ),
    ),
    example=({active_share: 1, weights: 140 * 10**9, kv_cache: 10 * 10**9, state: 0}, 150 * 10**9),
)
reading_bounds_a_step = Formula(
    step_time,
    step_bytes / card_bandwidth,
    says="However fast it computes, a step takes at least the time of reading its bytes from the card's memory.",
    zh="无论计算多快,一步至少需要从显存读完这些字节的时间。",
    source=POPE.at("§2, memory costs"),
    assumes=(Words("computing and communication hide behind the reading", "计算与通信都被读取时间掩盖"),),
    example=({step_bytes: 150 * 10**9, card_bandwidth: 15 * 10**11}, 0.1),
)
every_sequence_gains_a_token_in_a_step = Formula(
    decoding_rate,
    batch_size / step_time,
    says="A step generates one token of every sequence.",
    zh="一步为每条序列生成一个 token。",
    source=POPE.at("§2"),
    example=({batch_size: 8, step_time: 0.1}, 80),
)
a_step_reads_what_the_host_holds = Formula(
    host_step_bytes,
    host_share * (host_weights - host_embeddings) + outer_bytes * vocab_size * hidden_size * head_hosted + host_cache,
    says="Of the layers in host memory the host reads what a token takes, and their cache; the head whole, where it is there; of "
    "the embedding only a row.",
    zh="主机读取内存中各层里一个 token 用到的权重及其缓存;输出头在内存时整个读取;词嵌入只取一行。",
    source=POPE.at("§2, memory costs"),
    example=(
        {
            host_share: 0.0625,
            host_weights: 17 * 10**9,
            host_embeddings: 10**9,
            outer_bytes: 1,
            vocab_size: 100_000,
            hidden_size: 5000,
            head_hosted: 1,
            host_cache: 0,
        },
        15 * 10**8,
    ),
)
card_and_host_work_in_turn = Formula(
    hosted_step_time,
    step_time + host_step_bytes / host_bandwidth,
    says="What is computed on the card and what is computed by the host follow each other in every layer, so their times add up.",
    zh="每一层里卡上计算与主机计算依次进行,所以两者的时间相加。",
    source=GGML_SCHEDULER.at("ggml_backend_sched_compute_splits"),
    assumes=(Words("computing hides behind the reading", "计算被读取时间掩盖"),),
    example=({step_time: 0.01, host_step_bytes: 9 * 10**9, host_bandwidth: 9 * 10**10}, 0.11),
)
