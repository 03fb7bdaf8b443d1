"""Every fact that a person may state, once: its name, its values, its aliases, its meaning in two languages.

The command line's flags, the chat's tool schemas, the page's panel and the estimator all read this list. Names are the
columns of the measurement tables, so that a question, a measurement and a flag say the same thing.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from formulas.errors import BadInput, near


@dataclass(frozen=True)
class Knob:
    """One fact a person can state.

    kind is `name` (free text looked up in a table), `text`, `count` (whole number >= `least`), `number` (> 0),
    `size` (a number that may end in K, M, B or T), `switch` (yes/no) or `choice` (one of `options`).
    """

    name: str
    kind: str
    says: str
    zh: str
    options: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    unit: str = ""
    least: int = 1
    most: int | None = None
    accepts: tuple[str, ...] = ()  # further options, taken but not listed
    longest: int = 300  # characters of a text
    advanced: bool = False  # for measurements and experts; no chat tool offers it

    def parse(self, given: Any) -> Any:
        """The value that `given` (text or an already typed value) means; BadInput says what would be accepted."""
        if isinstance(given, str):
            given = given.strip()
        if self.kind == "choice":
            return self._option(str(given))
        if self.kind == "switch":
            return self._switch(given)
        if self.kind in ("count", "size", "number"):
            return self._amount(given)
        text = str(given)
        if not text:
            raise BadInput(f"{self.name} is empty; give {self.says}")
        if len(text) > self.longest:
            raise BadInput(f"{self.name} has {len(text)} characters; a name has at most {self.longest}")
        return text

    def _option(self, given: str) -> str:
        folded = given.lower().replace("_", "-")
        for option in (*self.options, *self.accepts):
            if folded == option.lower().replace("_", "-"):
                return option
        close = near(given, (*self.options, *self.accepts))
        known = f"it is one of {', '.join((*self.options, *self.accepts))}"
        if len(self.accepts) > _ONE_LINE:
            known = f"such as {', '.join(self.options[:: -(-len(self.options) // 8)])}"
            known += "; the table `dtypes` has them all"
        raise BadInput(f"{self.name} cannot be {given[:60]!r}{close}; {known}")

    def _switch(self, given: Any) -> bool:
        if isinstance(given, bool):
            return given
        folded = str(given).lower()
        if folded in ("1", "true", "yes", "on"):
            return True
        if folded in ("0", "false", "no", "off"):
            return False
        raise BadInput(f"{self.name} cannot be {folded[:60]!r}; it is yes or no")

    def _amount(self, given: Any) -> int | float:
        value = amount(given, self.name)
        if self.kind == "count":
            if value != int(value):
                raise BadInput(f"{self.name} is a whole number, not {given!r}")
            value = int(value)
        if self.kind != "count" and value <= 0:
            raise BadInput(f"{self.name} is above 0, not {given!r}")
        if self.kind == "count" and value < self.least:
            raise BadInput(f"{self.name} is at least {self.least}, not {given!r}")
        if self.most is not None and value > self.most:
            raise BadInput(f"{self.name} is at most {self.most}, not {given!r}")
        return value


LONGEST_CONFIG = 8000  # characters
_ONE_LINE = 20  # names that an error still lists
LARGEST = 1e30  # far above any amount here, far below where floats end
_SCALES = {"": 1, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_AMOUNT = re.compile(r"([0-9][0-9_,]*(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,2})?)\s*([kmbt]?)", re.IGNORECASE)


def amount(given: Any, name: str) -> int | float:
    """`"70B"` → 70e9, `"8k"` of tokens → 8192 and `"120k"` → 120,000 (see `thousand`), `4096` → 4096."""
    if isinstance(given, bool) or given is None:
        raise BadInput(f"{name} is a number, not {given!r}")
    if isinstance(given, (int, float)):
        return _finite(given, name)
    found = _AMOUNT.fullmatch(str(given).strip())
    if not found:
        raise BadInput(f"{name} is a number such as 4096, 8k or 70B, not {str(given)[:60]!r}")
    number, scale = float(found[1].replace("_", "").replace(",", "")), found[2].lower()
    in_tokens = scale == "k" and name in ("seq_len", "output_len", "max_model_len")
    factor = thousand(number) if in_tokens else _SCALES[scale]
    return _finite(number * factor, name)


def _finite(given: int | float, name: str) -> int | float:
    if not -LARGEST < given < LARGEST:
        raise BadInput(f"{name} is a finite number of a size that occurs, not {str(given)[:20]}")
    value = float(given)
    return int(value) if value == int(value) else value


# contexts whose thousands are told in place of their k: 65k, 131k, 262k, 524k
_CUT_OFF = tuple(1 << exponent for exponent in range(16, 20))


def thousand(number: float) -> float:
    """What k stands for after a number of tokens: 1024 where the length is one that models declare, else 1000.

    Contexts are powers of two (8k is 8192, 128k is 131,072) or three or five times one of 8k and more (40k, 80k, 160k and
    192k in the table of models); nobody means 122,880 by 120k, nor 10,240 by 10k. 131k is 131,072 cut off.
    """
    for power in _CUT_OFF:
        if number == power // 1000:
            return power / number
    odd, power = number, 1
    while odd > 1 and odd % 2 == 0:
        odd, power = odd / 2, power * 2
    return 1024.0 if odd in (0.25, 0.5, 1) or (odd in (3, 5) and power >= 8) else 1000.0


METHODS = (
    "inference", "full", "freeze", "lora", "qlora", "dora", "rslora", "galore", "badam", "lisa", "apollo", "lomo", "oft",
)  # fmt: skip
# names of dtypes that are not weight formats of a model: spelled-out doubles, and types of single GGUF tensors
_NO_FORMATS = ("float32", "float16", "ggml:")


def _weight_formats() -> tuple[str, ...]:
    """The formats of the table `dtypes`, in its order; read without the database, which `kb query` opens later."""
    with (Path(__file__).parent / "tables" / "dtypes.csv").open(encoding="utf-8", newline="") as lines:
        names = [row["name"] for row in csv.DictReader(lines)]
    return tuple(name for name in names if not name.startswith(_NO_FORMATS))


# the usual ones, which schemas and flags list; every format of the table is accepted
WEIGHT_FORMATS = (
    "fp32", "bf16", "fp16", "fp8", "fp6", "int8", "int4", "nf4", "nf4-dq", "fp4", "fp4-dq", "mxfp4", "nvfp4",
    "gptq-int3", "gptq-int4", "gptq-int8", "gptq-int4-g32", "gptq-int4-g128", "awq-int4-g128", "awq-uint4",
    "awq-hqq-int4", "hqq-int4", "hqq-int2", "hqq-uint4-g64", "hqq-uint2-g8", "int4-g64", "w4a8", "codebook-4-64",
    "aqlm-2bit", "gguf:Q2_K", "gguf:Q3_K_S", "gguf:Q3_K_M", "gguf:Q3_K_L", "gguf:Q4_0", "gguf:Q4_1", "gguf:Q4_K_S",
    "gguf:Q4_K_M", "gguf:Q5_0", "gguf:Q5_1", "gguf:Q5_K_S", "gguf:Q5_K_M", "gguf:Q6_K", "gguf:Q8_0", "gguf:F16",
    "gguf:BF16", "gguf:F32", "gguf:IQ2_XXS", "gguf:IQ2_XS", "gguf:IQ3_XXS", "gguf:IQ3_S", "gguf:IQ4_NL", "gguf:IQ4_XS",
)  # fmt: skip
# types of numbers that are as a program computes in them, and not quantised
PLAIN_TYPES = ("fp32", "bf16", "fp16")
# which bitsandbytes makes as it loads
BITSANDBYTES = ("nf4", "fp4", "int8")
_OF_A_CACHE = (*PLAIN_TYPES, "fp8", "int8", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl")
OPTIMIZERS = (
    "adamw", "adamw-8bit", "adamw-4bit", "paged-adamw", "paged-adamw-8bit", "adafactor", "sgd", "sgd-momentum",
    "muon", "lion", "galore-adamw", "galore-adamw-8bit", "lora-fa",
)  # fmt: skip
PRECISIONS = (
    "pure-bf16", "pure-fp16", "amp-bf16", "amp-fp16", "fp32", "bf16-params-fp32-states", "adapter-fp32",
)  # fmt: skip
ENGINES = (
    "transformers", "vllm", "sglang", "llama.cpp", "litgpt", "torchtune", "deepspeed", "unsloth", "megatron", "colossalai",
    "torchtitan", "ms-swift",
)  # fmt: skip

# programs that are computed as one of these engines (see kb.programs)
LIKE = {
    "llama-factory": "transformers", "trl": "transformers", "axolotl": "transformers", "xtuner": "transformers",
    "verl": "transformers", "openrlhf": "deepspeed", "sglang": "vllm", "tgi": "vllm", "tensorrt-llm": "vllm", "lmdeploy": "vllm", "xinference": "vllm",
    "ik_llama.cpp": "llama.cpp", "ollama": "llama.cpp", "lm-studio": "llama.cpp", "koboldcpp": "llama.cpp", "exllama": "llama.cpp",
    "mlx": "llama.cpp", "ktransformers": "llama.cpp",
}  # fmt: skip

KNOBS = (
    Knob("model", "name", "a model's name", "模型名", aliases=("model_name",)),
    Knob("params", "size", "number of parameters, such as 70B", "参数量,例如 70B", aliases=("n_params",)),
    Knob("vocabulary", "count", "entries, where a size alone is told", "词表大小(只给参数量时)", most=10**7),
    Knob("config", "text", "a config.json, its folder, a model.gguf, or a train.yaml", "config.json、其文件夹、model.gguf 或 train.yaml", longest=LONGEST_CONFIG),
    Knob("training_file", "text", "the training file that facts come from", "事实所来自的训练配置文件", advanced=True),
    Knob("task", "choice", "run the model or train it", "推理还是训练", ("inference", "train"), aliases=("kind",)),
    Knob("method", "choice", "how it is used or tuned", "方法:推理、全量、LoRA、QLoRA 等", METHODS),
    Knob("bits", "count", "bits of one weight of the (base) model", "权重位数", unit="bit", most=64),
    Knob("bpw", "number", "average bits of a weight (EXL2, dynamic GGUF)",
         "每个权重平均占的位数(含缩放),文件标明时(EXL2、动态 GGUF)", unit="bit", most=64),
    Knob("weight_format", "choice", "storage of the weights", "权重格式", WEIGHT_FORMATS, aliases=("weights",),
         accepts=_weight_formats()),
    Knob("double_quant", "switch", "double quantisation of NF4 scales", "NF4 双重量化"),
    Knob("precision", "choice", "of parameters, gradients and states", "训练精度", PRECISIONS),
    Knob("optimizer", "choice", "the optimizer", "优化器", OPTIMIZERS),
    Knob("batch_size", "count", "sequences per card and step (micro-batch)", "每卡批大小", unit="sequences",
         aliases=("batch",), most=10**6),
    Knob("grad_accum", "count", "steps of gradient accumulation", "梯度累积步数", unit="steps", most=10**6),
    Knob("seq_len", "count", "tokens of one sequence; at inference the whole context", "序列长度(推理时为整个上下文)",
         unit="tokens", aliases=("seq", "ctx", "context"), most=10**8),
    Knob("output_len", "count", "tokens generated after the prompt", "生成长度", unit="tokens", aliases=("output",),
         least=0, most=10**8),
    Knob("gradient_checkpointing", "choice", "recompute activations", "激活重计算",
         ("off", "on", "selective"), aliases=("checkpointing",)),
    Knob("attention", "choice", "attention kernel", "注意力实现", ("flash", "sdpa", "eager")),
    Knob("loss", "choice", "how logits are handled", "logits 与损失的计算方式",
         ("full-logits", "last-logits", "fused", "chunked")),
    Knob("lora_rank", "count", "rank of the adapters", "LoRA 秩", aliases=("rank", "r"), most=65536),
    Knob("lora_targets", "text", "adapted: q k v o gate up down embed lm_head, or all-linear", "LoRA 作用的模块"),
    Knob("modules_to_save", "choice", "trained whole",
         "与适配器一起完整训练的矩阵(peft 的 modules_to_save)", ("none", "embed_tokens", "lm_head", "embed_tokens,lm_head"),
         aliases=("additional_target", "lora_modules_to_save")),
    Knob("adapter_dtype", "choice", "storage of the adapters", "适配器精度", PLAIN_TYPES),
    Knob("n_trainable_layers", "count", "layers that train (freeze, BAdam, LISA)", "训练的层数", most=10000),
    Knob("algo", "choice", "preference or reinforcement training", "偏好或强化训练算法",
         ("sft", "dpo", "kto", "simpo", "orpo", "rm", "ppo", "grpo")),
    Knob("ref_model", "switch", "reference model is loaded",
         "策略旁是否有冻结的参考模型(DPO、KTO、GRPO、PPO);KL 系数为 0 时不加载"),
    Knob("rollouts_by", "choice", "rollout engine on the same cards",
         "同卡的 rollout 引擎:无、一直占住份额(beside)或训练时休眠(asleep)", ("none", "beside", "asleep")),
    Knob("teacher_model", "name", "frozen teacher: name or size",
         "蒸馏中冻结的教师模型:名称或参数量", aliases=("teacher",)),
    Knob("teacher_format", "choice", "teacher's weights", "教师权重的格式", ("bf16", "int8", "nf4"),
         accepts=_weight_formats()),
    Knob("teacher_split", "switch", "teacher divided over all cards",
         "教师切分到所有卡上,与学生的布局无关"),
    Knob("draft_model", "name", "draft model's name, ngram or mtp",
         "投机解码中提出候选 token 的模型名,或 ngram、mtp", aliases=("draft", "speculative_model")),
    Knob("draft_format", "choice", "draft model's weights", "草稿模型权重的格式", ("bf16", "fp8", "gguf:Q8_0"),
         accepts=_weight_formats()),
    Knob("kv_format", "choice", "storage of keys and values", "KV 缓存格式",
         _OF_A_CACHE, aliases=("kv",),
         accepts=("int4", "nvfp4")),
    Knob("gpu", "name", "the card's name; several together as A + B", "显卡型号;多张不同的卡写作 A + B"),
    Knob("n_gpus", "count", "how many cards", "显卡数量", aliases=("gpus", "gpu_count"), most=10**6),
    Knob("gpu_memory_gb", "number", "memory of one card, as marketed", "单卡显存", unit="GB", aliases=("mem_gb",),
         most=10**6),
    Knob("host_memory_gb", "number", "memory of the machine itself, as sold", "主机内存", unit="GB",
         aliases=("cpu_ram_gb", "ram_gb"), most=10**6),
    Knob("gpu_memory_utilization", "number", "share of the card for the engine", "显存利用率上限",
         aliases=("utilisation", "utilization"), most=1),
    Knob("zero_stage", "count", "ZeRO stage; FSDP full shard is 3, DDP is 0", "ZeRO 阶段(FSDP 为 3,DDP 为 0)",
         aliases=("zero",), least=0, most=3),
    Knob("offload", "choice", "what lives in host memory", "卸载到内存的部分", ("none", "optimizer", "params", "experts", "kv")),
    Knob("gpu_layers", "count", "layers on the card (-ngl, with the output layer)",
         "放在显卡上的层数,其余留在内存(llama.cpp 的 -ngl,计入输出层)", aliases=("ngl", "n_gpu_layers"), least=0, most=10000),
    Knob("n_cpu_moe", "count", "first layers whose experts the host holds", "专家留在内存的前若干层(llama.cpp)",
         aliases=("ncmoe", "cpu_moe_layers"), least=0, most=10000),
    Knob("cpu_offload_gb", "number", "weights of each card in host memory (vLLM)", "每张卡放到内存的权重(vLLM)",
         unit="GiB"),
    Knob("tp", "count", "tensor parallel ranks", "张量并行数", most=10**5),
    Knob("pp", "count", "pipeline stages", "流水线级数", most=10**5),
    Knob("cp", "count", "context parallel ranks", "上下文并行数", most=10**5),
    Knob("ep", "count", "expert parallel ranks", "专家并行数", most=10**5),
    Knob("dp", "count", "data parallel ranks", "数据并行数", most=10**5),
    Knob("sequence_parallel", "switch", "tokens are divided too (Megatron)",
         "张量并行各卡再按序列切分(Megatron)"),
    Knob("n_microbatches", "count", "micro-batches of a pipeline's step", "流水线每步的微批次数", aliases=("microbatches",),
         most=10**6),
    Knob("virtual_stages", "count", "chunks of layers on a stage", "每级的虚拟级数(交错)", most=1000),
    Knob("schedule", "choice", "schedule of the pipeline", "流水线调度", ("1f1b", "gpipe")),
    Knob("shard_size", "count", "cards of a shard group (hybrid sharding)", "混合切分中每组的卡数", most=10**5),
    Knob("layer_split", "switch", "layers split over cards (device_map)", "按层切分到多卡"),
    Knob("tensor_split", "text", "layers by card, such as 3,1 (llama.cpp)", "各卡所占层数之比,例如 3,1"),
    Knob("max_num_batched_tokens", "count", "most tokens of one step of vLLM", "vLLM 每步的最大 token 数", unit="tokens", most=10**7),
    Knob("max_num_seqs", "count", "most sequences of one step of vLLM", "vLLM 每步的最大序列数", most=10**6, advanced=True),
    Knob("block_size", "count", "tokens of a page of vLLM's cache", "vLLM 缓存每页的 token 数", most=10**4, advanced=True),
    Knob("n_ubatch", "count", "llama.cpp's micro-batch (-ub)", "llama.cpp 微批次的 token 数(-ub)", most=10**6),
    Knob("v_format", "choice", "storage of cached values where it is not that of keys (-ctv)", "缓存中值的格式(-ctv)",
         _OF_A_CACHE),
    Knob("mmproj", "switch", "the file that reads pictures is loaded (llama.cpp --mmproj)",
         "是否加载读图的 mmproj 文件(llama.cpp)", advanced=True),
    Knob("attn_max_batch", "count", "most memory of latent attention's scores or unpacked heads in ik_llama.cpp (-amb)",
         "ik_llama.cpp 中潜在注意力中间结果的上限(-amb)", unit="MiB", most=10**6, advanced=True),
    Knob("mla_attn", "choice", "latent attention of ik_llama.cpp (-mla)", "ik_llama.cpp 的 MLA 方式(-mla)",
         ("0", "1", "2", "3"), advanced=True),
    Knob("autocast", "switch", "layers compute under autocast", "是否使用 autocast", advanced=True),
    Knob("kbit_prep", "switch", "unquantised tensors are made float32 before training", "是否做 k-bit 训练准备", advanced=True),
    Knob("optimizer_in_backward", "switch", "parameters are updated as their gradients appear (torchtune)",
         "梯度产生时立即更新参数(torchtune)"),
    Knob("activation_offload", "switch", "layers' inputs that checkpointing keeps go to host memory",
         "重计算所保存的各层输入移至内存"),
    Knob("cache_len", "count", "tokens for which a cache is set aside, whatever is asked", "预先分配的缓存长度", most=10**8, advanced=True),
    Knob("trainable_params", "size", "parameters that train, as a program prints them", "程序打印的可训练参数量", advanced=True),
    Knob("optimizer_impl", "choice", "implementation of the optimizer step", "优化器实现", ("fused", "foreach"), advanced=True),
    Knob("lora_dropout", "switch", "adapters drop out", "适配器是否 dropout", advanced=True),
    Knob("lengths", "choice", "batches of one length, or each as long as its longest sample", "批次长度固定,或随样本变化",
         ("constant", "varying"), advanced=True),
    Knob("engine", "choice", "the program that runs it", "运行框架", ENGINES,
         accepts=tuple(name for name in LIKE if name not in ENGINES)),
    Knob("meter", "choice", "which figure is meant", "哪种口径的显存", ("tensors", "allocated", "reserved", "device")),
)  # fmt: skip

BY_NAME = {knob.name: knob for knob in KNOBS}
_CALLED = {called: knob for knob in KNOBS for called in (knob.name, *knob.aliases)}


def called_name(called: str) -> str:
    """The name of the knob that is called so; what is said where none is."""
    found = _CALLED.get(called.lower().replace("-", "_"))
    return found.name if found else called


def knob(called: str) -> Knob:
    """The knob of that name or alias; BadInput names what is near."""
    found = _CALLED.get(called.lower().replace("-", "_"))
    if found is None:
        raise BadInput(f"no fact `{called[:60]}`{near(called, BY_NAME)}")
    return found
