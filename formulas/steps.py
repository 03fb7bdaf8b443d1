"""Inference by a program that nobody names: read as servers read, in steps of so many tokens, beside the whole cache."""

from formulas.anatomy import KIND
from formulas.formula import Formula
from formulas.programs import engine_peak, reading
from formulas.quantity import greatest, largest
from formulas.serving import VLLM_MODELS, VLLM_WORKER, max_batched_tokens, served_mixer, served_mlp, step_run
from formulas.vocabulary import adapter, decode_logits, kv_cache, state, task, weights

layers_of_a_step = Formula(
    step_run,
    max_batched_tokens * largest(greatest(served_mlp, served_mixer), KIND),
    says="One layer works at a time, on as many tokens as a step may have: a longer prompt is read in several steps.",
    zh="每次一层处理一步所允许的最多 token;更长的提示分多步读取。",
    source=VLLM_MODELS.at("LlamaDecoderLayer.forward"),
    example=({max_batched_tokens: 8192, served_mlp: 110592, served_mixer: 45056}, 905969664),
)
read_in_steps = Formula(
    engine_peak,
    weights + adapter + kv_cache + state + step_run + decode_logits,
    says="Weights, the whole cache, the layer at work on one step of a prompt, and the logits of each sequence's last token.",
    zh="权重、完整缓存、处理一步提示的一层,以及每个序列最后一个 token 的 logits。",
    source=VLLM_WORKER.at("Worker.determine_available_memory"),
    when={task: "inference", reading: "in-steps"},
    example=(
        {
            weights: 16 * 10**9, adapter: 0, kv_cache: 4 * 10**9, state: 0, step_run: 905969664, decode_logits: 768000,
        },
        20906737664,
    ),
)  # fmt: skip
