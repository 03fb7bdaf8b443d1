"""Derivations that are told of no model, with the figures of one that all know."""

from collections.abc import Callable

from chat.figures.cards.reads_and_gathers import READS_AND_GATHERS
from chat.figures.formats.format_bits import format_bits
from chat.figures.named import EXAMPLE_MODEL, EXAMPLE_PARAMS, Figures, both_words
from chat.figures.sums.score_sums import Block
from formulas.anatomy import head_dim, intermediate_size, n_heads, n_kv_heads, vocab_size
from formulas.derivation import derive
from formulas.notation import figure, plain, size_words
from formulas.quantity import Words
from formulas.vocabulary import hidden_size, n_layers, n_params
from kb.architecture import architecture
from kb.bytes_each import ADAM, GRADIENT, TRAINED, WEIGHT, of_algorithm
from kb.database import rows
from kb.names import model_row

_SIZES = (n_layers, hidden_size, n_heads, n_kv_heads, head_dim, intermediate_size, vocab_size)
_LENGTH, _RANKS = 8192, 8


def _params_counted(_: Figures) -> Words:
    """The count of a model that all know, as the formulas give it: its sizes in their places, what it has none of left out."""
    count = derive(n_params, architecture(model_row(EXAMPLE_MODEL)).facts)
    shown = plain(count.in_terms_of(*_SIZES), count.values).replace("·", " × ")
    whole = f"{shown} = {count.value:,}"
    return Words(f"Llama-3-8B: {whole}.", f"Llama-3-8B:{whole}。")


def _nf4_bits(figures: Figures) -> Words:
    """The bits of both kinds of NF4 by the table of types, and what the second saves of the size that is told, or of 7 billion."""
    found = {
        str(row["name"]): row["bits_numerator"] / row["bits_denominator"]
        for row in rows("SELECT name, bits_numerator, bits_denominator FROM dtypes WHERE name IN ('nf4', 'nf4-dq')")
    }
    plain, double = found["nf4"], found["nf4-dq"]
    size = figures.params if figures.names_model else EXAMPLE_PARAMS
    saved, whole = both_words((plain - double) / 8 * size), size_words(size)
    return Words(
        f"**NF4 keeps 4 bits a weight and one fp32 scale for each block of 64: 4 + 32/64 = {plain:g} bits; double quantisation keeps those scales in 8 bits, with an fp32 scale for each 256 of them: 4 + 8/64 + 32/(64 × 256) = {double:.3f} bits.** It saves {plain - double:.3f} bits of each quantised parameter, {saved} of {whole}.",
        f"**NF4 每个权重 4 位,每 64 个一块、一块一个 fp32 缩放系数:4 + 32/64 = {plain:g} 位;双重量化把这些系数存成 8 位,每 256 个再用一个 fp32 系数:4 + 8/64 + 32/(64 × 256) = {double:.3f} 位。** 每个量化的参数省 {plain - double:.3f} 位,{whole} 省 {saved}。",
    )


def _activations_divided(_: Figures) -> Words:
    """What a layer of a model that all know keeps on each of 8 ranks: whole, with tensor parallel, with sequence parallel."""
    row = model_row(EXAMPLE_MODEL)
    block = Block(_LENGTH, 1, float(row["hidden_size"]), float(row["n_heads"]), float(row["n_layers"]), _RANKS)
    whole, divided, both = (
        both_words(block.n_layers * block.layer(scores=False, ranks=ranks, sequence=sequence))
        for ranks, sequence in ((1.0, False), (block.t, False), (block.t, True))
    )
    size = f"{figure(_LENGTH)} token"
    return Words(
        f"As large as Llama-3-8B, with FlashAttention and no recomputation, {size}s: {whole} on one card, {divided} on each of {_RANKS} with tensor parallelism, {both} with sequence parallelism as well.",
        f"以 Llama-3-8B 大小、FlashAttention、不开重计算、{size} 为例:单卡 {whole},张量并行 {_RANKS} 时每卡 {divided},再开序列并行每卡 {both}。",
    )


# what stands beside the policy by the way of training, and what a step holds of its samples
_PREFERENCE = Words("activations and logits are those of two sequences for each pair", "激活和 logits 按每对两条序列计")
_ROLLOUT = Words(
    f"rollouts add the KV cache of the answers that are generated at once, and {WEIGHT} B per parameter where an engine of its own generates them",
    f"rollout 另加同时生成的回答的 KV 缓存;由单独的引擎生成时,再加它自己的一份 16 位权重(每参数 {WEIGHT} 字节)",
)
_NO_REFERENCE = Words("no reference", "没有参考模型")
_REFERENCE = Words(f"a frozen reference ({WEIGHT})", f"冻结的参考模型({WEIGHT})")
_OF_ALGO: dict[str, tuple[Words, Words]] = {
    "dpo": (_REFERENCE, _PREFERENCE),
    "kto": (_REFERENCE, Words("a step reads its samples a second time, mismatched, for the KL term", "每步还要把错配的样本再读一遍,用于 KL 项")),
    "orpo": (_NO_REFERENCE, _PREFERENCE),
    "simpo": (_NO_REFERENCE, _PREFERENCE),
    "grpo": (Words(f"a frozen reference ({WEIGHT}; none with a KL weight of 0)", f"冻结的参考模型({WEIGHT};KL 系数为 0 时没有)"), _ROLLOUT),
    "ppo": (Words(f"a critic that trains as well ({TRAINED}), a frozen reference ({WEIGHT}) and a frozen reward model ({WEIGHT})", f"同样要训练的 critic({TRAINED})、冻结的参考模型({WEIGHT})和奖励模型({WEIGHT})"), _ROLLOUT),
}  # fmt: skip
_CALLED = {"dpo": "DPO", "kto": "KTO", "orpo": "ORPO", "simpo": "SimPO", "grpo": "GRPO", "ppo": "PPO"}


def _sum_of_rl(figures: Figures) -> Words:
    """Bytes of each parameter that a preference or RL training keeps, its roles one by one, and the case at hand."""
    algo = str(figures.knob("algo"))
    roles, samples = _OF_ALGO[algo]
    each = of_algorithm(algo)
    size, whole = size_words(figures.params), both_words(each * figures.params)
    return Words(
        f"**{_CALLED[algo]} keeps {each} B of each parameter in full fine-tuning with Adam in mixed precision: the policy's weights {WEIGHT}, gradients {GRADIENT} and optimizer {ADAM}, and {roles.en}; {size} × {each} B = {whole}.** Beside that {samples.en}. With LoRA the base is frozen, {WEIGHT} B of each parameter, and is the reference as well with its adapters off; only what trains takes {TRAINED} B. ZeRO and FSDP divide what is kept by the number of cards, not activations or logits.",
        f"**{_CALLED[algo]} 全参训练(混合精度 Adam)每参数 {each} 字节:策略模型的权重 {WEIGHT}、梯度 {GRADIENT}、优化器 {ADAM},另加{roles.zh};{size} × {each} 字节 = {whole}。** 此外{samples.zh}。用 LoRA 时基座冻结,每参数 {WEIGHT} 字节,关掉适配器就是参考模型;只有训练的参数各占 {TRAINED} 字节。ZeRO/FSDP 按卡数切分这些状态,不切分激活和 logits。",
    )


DERIVATION_WORDS: dict[str, Callable[[Figures], Words]] = {
    "params_counted": _params_counted, "nf4_bits": _nf4_bits, "format_bits": format_bits, "activations_divided": _activations_divided, "sum_of_rl": _sum_of_rl,
    **READS_AND_GATHERS,
}  # fmt: skip
