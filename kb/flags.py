"""The switches by which a program is told a setting: vLLM's, SGLang's and llama.cpp's own names for it, and those of programs
that are computed as one of them where they differ.

https://docs.vllm.ai/en/latest/cli/serve/, https://docs.sglang.ai/advanced_features/server_arguments.html,
https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
"""

from typing import Any

from formulas.quantity import Words
from kb.change import Cost, Costs
from kb.knobs import LIKE

_FLAGS = {
    "vllm": {"kv_format": "--kv-cache-dtype {}", "seq_len": "--max-model-len {}", "batch_size": "--max-num-seqs {}",
             "cpu_offload_gb": "--cpu-offload-gb {}",
             "stages": "--pipeline-parallel-size {0[0]} --tensor-parallel-size 1, VLLM_PP_LAYER_PARTITION={0[1]}"},
    "sglang": {"kv_format": "--kv-cache-dtype fp8_e4m3", "seq_len": "--context-length {}", "batch_size": "--max-running-requests {}",
               "stages": "--pp-size {0[0]} --tp-size 1, SGLANG_PP_LAYER_PARTITION={0[1]}"},
    "llama.cpp": {
        "kv_format": "-fa on --cache-type-k {0} --cache-type-v {0}", "seq_len": "-c {}", "batch_size": "-np {}",
        "gpu_layers": "-ngl {}", "offload": "--cpu-moe", "n_cpu_moe": "--n-cpu-moe {}",
        "tensor_split": "--tensor-split {}",
    },
    "transformers": {"gpu_layers": "device_map=\"auto\""},
    "exllama": {"seq_len": "max_seq_len {}"},
}  # fmt: skip


def flag(engine: Any, name: str, value: Any) -> str:
    """The switch with its value; empty where the program has none of that name."""
    named = _FLAGS.get(str(engine or "")) or _FLAGS.get(LIKE.get(str(engine or ""), ""), {})
    return named.get(name, "").format(value)


def with_flag(costs: Costs, engine: Any, name: str, value: Any) -> Costs:
    """What a change costs, and how the program is told of it."""
    told = flag(engine, name, value)
    return (*costs, Cost(Words(told, told), switch=True)) if told else costs
