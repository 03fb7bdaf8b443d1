"""Works that what is said of an answer cites: title and link, each once."""

ADAM = ("Kingma and Ba, Adam", "https://arxiv.org/abs/1412.6980")
ANATOMY = (
    "transformers documentation: model memory anatomy",
    "https://huggingface.co/docs/transformers/model_memory_anatomy",
)
AUTOGRAD = (
    "PyTorch documentation: autograd mechanics, requires_grad",
    "https://docs.pytorch.org/docs/stable/notes/autograd.html",
)
AWQ = ("Lin et al., AWQ", "https://arxiv.org/abs/2306.00978")
BALANCED = (
    "Accelerate, utils/modeling.py: get_max_memory, get_balanced_memory",
    "https://github.com/huggingface/accelerate/blob/00cfd46a0dd677ff4ef22d556c029a46c566850f/src/accelerate/utils/modeling.py",
)
BIG = (
    "Accelerate documentation: big model inference",
    "https://huggingface.co/docs/accelerate/usage_guides/big_modeling",
)
BIG_FILES = (
    "transformers documentation: instantiate a big model",
    "https://huggingface.co/docs/transformers/v4.49.0/big_models",
)
CHECKPOINTS = ("Chen et al., Training Deep Nets with Sublinear Memory Cost", "https://arxiv.org/abs/1604.06174")
CHATGLM = ("ChatGLM2-6B, README", "https://github.com/THUDM/ChatGLM2-6B")
CHINCHILLA = ("Hoffmann et al., Training Compute-Optimal Large Language Models", "https://arxiv.org/abs/2203.15556")
CUDA_RATES = (
    "CUDA C++ Programming Guide: arithmetic instructions, throughput by compute capability",
    "https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#arithmetic-instructions",
)
DATA = ("PyTorch documentation: torch.utils.data", "https://pytorch.org/docs/stable/data.html")
DCP = (
    "SGLang documentation: decode context parallelism",
    "https://docs.sglang.io/docs/advanced_features/dcp.md",
)
DDP = (
    "PyTorch documentation: DistributedDataParallel, gradient_as_bucket_view",
    "https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html",
)
DEEPSPEED = ("DeepSpeed documentation: memory requirements", "https://deepspeed.readthedocs.io/en/latest/memory.html")
ACCELERATE = (
    "Accelerate documentation: model memory estimator",
    "https://huggingface.co/docs/accelerate/usage_guides/model_size_estimator",
)
DEEPSPEED_CONFIG = ("DeepSpeed documentation: ZeRO configuration", "https://www.deepspeed.ai/docs/config-json/")
DEEPSPEED_MOE = ("Rajbhandari et al., DeepSpeed-MoE", "https://arxiv.org/abs/2201.05596")
DEEPSPEED_BF16 = (
    "DeepSpeed examples: bf16 master weights and optimizer states",
    "https://github.com/deepspeedai/DeepSpeedExamples/tree/master/training/bf16_master_weight",
)
DISTRIBUTED = ("PyTorch documentation: distributed communication", "https://pytorch.org/docs/stable/distributed.html")
DPO = ("Rafailov et al., Direct Preference Optimization", "https://arxiv.org/abs/2305.18290")
DRAFT = ("Leviathan et al., Speculative Decoding", "https://arxiv.org/abs/2211.17192")
EAGLE = ("Li et al., EAGLE-3", "https://arxiv.org/abs/2503.01840")
GALORE = ("Zhao et al., GaLore", "https://arxiv.org/abs/2403.03507")
EIGHT_BIT = ("Dettmers et al., 8-bit Optimizers", "https://arxiv.org/abs/2110.02861")
FACTORY_ARGUMENTS = (
    "LLaMA-Factory, arguments of fine-tuning: reward_model_type",
    "https://github.com/hiyouga/LLaMA-Factory/blob/main/src/llamafactory/hparams/finetuning_args.py",
)
FREEZE = (
    "LLaMA-Factory, arguments of fine-tuning: freeze_trainable_layers",
    "https://github.com/hiyouga/LLaMA-Factory/blob/main/src/llamafactory/hparams/finetuning_args.py",
)
FACTORY = ("LLaMA-Factory, README", "https://github.com/hiyouga/LLaMA-Factory")
FLASH = ("Dao et al., FlashAttention", "https://arxiv.org/abs/2205.14135")
FLASH2 = ("Dao, FlashAttention-2", "https://arxiv.org/abs/2307.08691")
FP8 = ("Micikevicius et al., FP8 Formats for Deep Learning", "https://arxiv.org/abs/2209.05433")
FSDP_NO_SYNC = (
    "accelerate documentation: gradient accumulation, sync_each_batch",
    "https://huggingface.co/docs/accelerate/concept_guides/gradient_synchronization",
)
FSDP_QLORA_README = ("Answer.AI, README of fsdp_qlora", "https://github.com/AnswerDotAI/fsdp_qlora")
FSDP_OR_DEEPSPEED = (
    "accelerate documentation: FSDP and DeepSpeed",
    "https://huggingface.co/docs/accelerate/concept_guides/fsdp_and_deepspeed",
)
FSDP_PAPER = ("Zhao et al., PyTorch FSDP", "https://arxiv.org/abs/2304.11277")
FSDP_STRATEGIES = ("PyTorch documentation: FSDP, ShardingStrategy", "https://docs.pytorch.org/docs/stable/fsdp.html")
FSDP_QLORA = ("bitsandbytes documentation: FSDP-QLoRA", "https://huggingface.co/docs/bitsandbytes/fsdp_qlora")
GENERATION = (
    "transformers documentation: generation strategies",
    "https://huggingface.co/docs/transformers/generation_strategies",
)
GPTQ = ("Frantar et al., GPTQ", "https://arxiv.org/abs/2210.17323")
GPT_FAST = ("PyTorch, gpt-fast: benchmarks", "https://github.com/pytorch-labs/gpt-fast/blob/main/README.md")
GRADCACHE = (
    "Gao et al., Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup",
    "https://arxiv.org/abs/2101.06983",
)
GQA = ("Ainslie et al., GQA", "https://arxiv.org/abs/2305.13245")
HICACHE = (
    "SGLang documentation: hierarchical KV caching",
    "https://docs.sglang.ai/advanced_features/hicache_best_practices.html",
)
HPZ = ("Wang et al., ZeRO++", "https://arxiv.org/abs/2306.10209")
IEC = ("IEC 80000-13, prefixes for binary multiples", "https://physics.nist.gov/cuu/Units/binary.html")
FSDP_TWO = (
    "torchtitan, docs/fsdp.md: FSDP1 -> FSDP2",
    "https://github.com/pytorch/torchtitan/blob/00293cb7d0a8916b1401d694edc6f0002e99fd5c/docs/fsdp.md",
)
INTERNVL = ("Chen et al., How Far Are We to GPT-4V? (InternVL 1.5)", "https://arxiv.org/abs/2404.16821")
K_BIT = ("Dettmers and Zettlemoyer, The case for 4-bit precision", "https://arxiv.org/abs/2212.09720")
KORTHIKANTI = ("Korthikanti et al., Reducing Activation Recomputation", "https://arxiv.org/abs/2205.05198")
OLLAMA_EXPERTS = (
    "Ollama, issue 11772: experts in host memory are asked for",
    "https://github.com/ollama/ollama/issues/11772",
)
KTRANSFORMERS = ("KTransformers", "https://github.com/kvcache-ai/ktransformers")
LAUNCH = (
    "PyTorch documentation: CUDA environment variables",
    "https://pytorch.org/docs/stable/cuda_environment_variables.html",
)
LAST_LOGITS = (
    "transformers, pull request 31292: logits of the last token alone in generate()",
    "https://github.com/huggingface/transformers/pull/31292",
)
LIGER = ("Hsu et al., Liger Kernel", "https://arxiv.org/abs/2410.10989")
LLAMACPP = ("llama.cpp, server README", "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md")
WEBUI = (
    "text-generation-webui, model tab: gpu-split",
    "https://github.com/oobabooga/text-generation-webui/blob/main/docs/04%20-%20Model%20Tab.md",
)
LLAMACPP_CARDS = (
    "llama.cpp, multiple GPUs",
    "https://github.com/ggml-org/llama.cpp/blob/master/docs/multi-gpu.md",
)
LLAMACPP_CACHE = (
    "llama.cpp, issue 27109: types of the cache that CUDA's flash attention has",
    "https://github.com/ggml-org/llama.cpp/issues/27109",
)
OLLAMA_GPUS = ("Ollama, hardware support", "https://docs.ollama.com/gpu")
LMDEPLOY = (
    "LMDeploy documentation: pipeline, allocation of the KV cache",
    "https://lmdeploy.readthedocs.io/en/latest/llm/pipeline.html",
)
LLM_INT8 = ("Dettmers et al., LLM.int8()", "https://arxiv.org/abs/2208.07339")
LORA = ("Hu et al., LoRA", "https://arxiv.org/abs/2106.09685")
MARLIN = ("Frantar et al., MARLIN", "https://arxiv.org/abs/2408.11743")
MAMBA = ("Gu and Dao, Mamba", "https://arxiv.org/abs/2312.00752")
MEGATRON = ("Shoeybi et al., Megatron-LM", "https://arxiv.org/abs/1909.08053")
MEGATRON_SCALING = (
    "Narayanan et al., Efficient Large-Scale Training with Megatron-LM",
    "https://arxiv.org/abs/2104.04473",
)
RPC = (
    "llama.cpp, RPC backend",
    "https://github.com/ggml-org/llama.cpp/blob/master/tools/rpc/README.md",
)
METAL = (
    "Apple, MTLDevice.recommendedMaxWorkingSetSize",
    "https://developer.apple.com/documentation/metal/mtldevice/recommendedmaxworkingsetsize",
)
QWEN_VL_UTILS = (
    "qwen-vl-utils: fps, frames and pixels of a video",
    "https://github.com/QwenLM/Qwen2.5-VL/tree/main/qwen-vl-utils",
)
JETSON = (
    "jetson-containers, issue 342: what an Orin Nano of 8 GB has free",
    "https://github.com/dusty-nv/jetson-containers/issues/342",
)
HF_DOWNLOAD = (
    "huggingface_hub, download files from the Hub",
    "https://huggingface.co/docs/huggingface_hub/guides/download",
)
MLX_LIMIT = (
    "MLX, set_wired_limit",
    "https://ml-explore.github.io/mlx/build/html/python/_autosummary/mlx.core.set_wired_limit.html",
)
MLX = ("MLX LM, fine-tuning with LoRA or QLoRA", "https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/LORA.md")
TORCH_SCALER = ("PyTorch, torch.amp.GradScaler", "https://docs.pytorch.org/docs/stable/amp.html")
BFLOAT16 = ("Kalamkar et al., A Study of BFLOAT16 for Deep Learning Training", "https://arxiv.org/abs/1905.12322")
MIXED = ("Micikevicius et al., Mixed Precision Training", "https://arxiv.org/abs/1710.03740")
MIXTRAL = ("Jiang et al., Mixtral of Experts", "https://arxiv.org/abs/2401.04088")
MIG = (
    "NVIDIA, Multi-Instance GPU User Guide: supported profiles",
    "https://docs.nvidia.com/datacenter/tesla/mig-user-guide/supported-mig-profiles.html",
)
MPS = ("NVIDIA, Multi-Process Service", "https://docs.nvidia.com/deploy/mps/when-to-use-mps.html")
NCCL = (
    "NVIDIA NCCL documentation: environment variables",
    "https://docs.nvidia.com/deeplearning/nccl/user-guide/docs/env.html",
)
NLG = ("Smith et al., Megatron-Turing NLG 530B", "https://arxiv.org/abs/2201.11990")
NO_SYNC = (
    "PyTorch documentation: DistributedDataParallel.no_sync",
    "https://pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html",
)
NVIDIA = ("NVIDIA: system memory fallback", "https://nvidia.custhelp.com/app/answers/detail/a_id/5490")
NVIDIA_SMI = ("NVIDIA: nvidia-smi", "https://docs.nvidia.com/deploy/nvidia-smi/index.html")
NVML = ("NVIDIA, nvidia-smi documentation: utilization", "https://docs.nvidia.com/deploy/nvidia-smi/index.html")
OLLAMA_CONTEXT = (
    "Ollama documentation: context length",
    "https://github.com/ollama/ollama/blob/main/docs/context-length.mdx",
)
OLLAMA_TAGS = ("Ollama, issue 1543: the type of tags that name none", "https://github.com/ollama/ollama/issues/1543")
OLLAMA = ("Ollama, FAQ", "https://github.com/ollama/ollama/blob/main/docs/faq.mdx")
PALM = ("Chowdhery et al., PaLM", "https://arxiv.org/abs/2204.02311")
PCIE = ("PCI-SIG, PCI Express: raw data rates", "https://pcisig.com/faq")
PISSA = ("Meng et al., PiSSA", "https://arxiv.org/abs/2404.02948")
PEFT = ("PEFT documentation: LoRA", "https://huggingface.co/docs/peft/developer_guides/lora")
MEGATRON_PIPELINE = ("Narayanan et al., Megatron-LM on GPU clusters", "https://arxiv.org/abs/2104.04473")
PEFT_EXPERTS = ("PEFT, all-linear and experts in one tensor", "https://github.com/huggingface/peft/pull/3232")
PEFT_DORA = ("PEFT, DoRA", "https://github.com/huggingface/peft/blob/main/src/peft/tuners/lora/dora.py")
PEFT_KBIT = ("PEFT documentation: quantization", "https://huggingface.co/docs/peft/developer_guides/quantization")
PEFT_PREPARED = (
    "PEFT, prepare_model_for_kbit_training",
    "https://github.com/huggingface/peft/blob/main/src/peft/utils/other.py",
)
PEFT_MERGING = ("PEFT documentation: model merging", "https://huggingface.co/docs/peft/developer_guides/lora")
PEFT_ZERO3 = ("PEFT documentation: QLoRA and DeepSpeed ZeRO-3", "https://huggingface.co/docs/peft/accelerate/deepspeed")
PEFT_PREFIX = (
    "PEFT: prefix tuning and gradient checkpointing",
    "https://github.com/huggingface/peft/pull/2191",
)
PEFT_TOKENS = (
    "PEFT documentation: trainable tokens",
    "https://huggingface.co/docs/peft/package_reference/trainable_tokens",
)
POPE = ("Pope et al., Efficiently Scaling Transformer Inference", "https://arxiv.org/abs/2211.05102")
QAT = (
    "PyTorch Forums: memory of quantization-aware training",
    "https://discuss.pytorch.org/t/high-quantization-aware-training-memory-consumption/100435",
)
QLORA = ("Dettmers et al., QLoRA", "https://arxiv.org/abs/2305.14314")
QLORA_SCRIPT = (
    "Dettmers et al., QLoRA: scripts/finetune_guanaco_65b.sh and qlora.py",
    "https://github.com/artidoro/qlora/blob/main/scripts/finetune_guanaco_65b.sh",
)
GPT_OSS_TUNED = (
    "OpenAI Cookbook, Fine-tuning with gpt-oss and Hugging Face Transformers (Mxfp4Config(dequantize=True))",
    "https://cookbook.openai.com/articles/gpt-oss/fine-tune-transfomers",
)
MXFP = (
    "Open Compute Project, Microscaling Formats (MX) Specification 1.0",
    "https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf",
)
QUANTS = ("llama.cpp, quantize README", "https://github.com/ggml-org/llama.cpp/blob/master/tools/quantize/README.md")
R1 = ("DeepSeek-AI, DeepSeek-R1", "https://arxiv.org/abs/2501.12948")
RLHF = ("Ouyang et al., InstructGPT", "https://arxiv.org/abs/2203.02155")
SCALING_LAWS = ("Kaplan et al., Scaling Laws for Neural Language Models", "https://arxiv.org/abs/2001.08361")
SGLANG = ("SGLang, issue 322", "https://github.com/sgl-project/sglang/issues/322")
SGLANG_TUNING = (
    "SGLang documentation: hyperparameter tuning",
    "https://docs.sglang.io/docs/advanced_features/hyperparameter_tuning.md",
)
SWITCH = ("Fedus et al., Switch Transformers", "https://arxiv.org/abs/2101.03961")
TGI = (
    "TGI documentation: launcher arguments",
    "https://huggingface.co/docs/text-generation-inference/reference/launcher",
)
TORCH = ("PyTorch documentation: CUDA semantics", "https://pytorch.org/docs/stable/notes/cuda.html")
TORCHTUNE_OFFLOAD = (
    "torchtune, offloading of activations",
    "https://github.com/meta-pytorch/torchtune/blob/main/torchtune/training/_activation_offloading.py",
)
TORCH_SNAPSHOT = (
    "PyTorch documentation: understanding CUDA memory usage",
    "https://docs.pytorch.org/docs/stable/torch_cuda_memory.html",
)
TRAINER = ("transformers documentation: Trainer", "https://huggingface.co/docs/transformers/main_classes/trainer")
HF_DEEPSPEED = ("transformers documentation: DeepSpeed", "https://huggingface.co/docs/transformers/v4.49.0/deepspeed")
TRANSFORMERS = ("transformers documentation: loading models", "https://huggingface.co/docs/transformers/models")
TRANSFORMER_MATH = ("EleutherAI, Transformer Math 101", "https://blog.eleuther.ai/transformer-math/")
TRL_DPO = ("TRL documentation: DPO Trainer", "https://huggingface.co/docs/trl/dpo_trainer")
TRL_RM = ("TRL documentation: Reward Trainer", "https://huggingface.co/docs/trl/reward_trainer")
TRL_GKD = ("TRL documentation: GKD trainer", "https://huggingface.co/docs/trl/gkd_trainer")
TRL_KTO = ("TRL documentation: KTO Trainer", "https://huggingface.co/docs/trl/kto_trainer")
TRL_GRPO = ("TRL documentation: GRPO trainer", "https://huggingface.co/docs/trl/grpo_trainer")
TRL_VLLM = ("TRL documentation: vLLM integration", "https://huggingface.co/docs/trl/vllm_integration")
TRT = ("TensorRT-LLM documentation: memory usage", "https://nvidia.github.io/TensorRT-LLM/reference/memory.html")
LLAMA3_HERD = ("Grattafiori et al., The Llama 3 Herd of Models", "https://arxiv.org/abs/2407.21783")
V2 = ("DeepSeek-AI, DeepSeek-V2", "https://arxiv.org/abs/2405.04434")
V3 = ("DeepSeek-AI, DeepSeek-V3", "https://arxiv.org/abs/2412.19437")
ULYSSES = ("Jacobs et al., DeepSpeed Ulysses", "https://arxiv.org/abs/2309.14509")
UNSLOTH_LONG = ("Unsloth: long context fine-tuning", "https://unsloth.ai/blog/long-context")
VL = ("Wang et al., Qwen2-VL", "https://arxiv.org/abs/2409.12191")
LLM_COMPRESSOR_FP4 = (
    "LLM Compressor: fp4 quantization, NVFP4 with and without FP4 units",
    "https://github.com/vllm-project/llm-compressor/tree/main/examples/quantization_w4a4_fp4",
)
VLLM_HARDWARE = (
    "vLLM documentation: quantization, supported hardware",
    "https://docs.vllm.ai/en/latest/features/quantization/",
)
GLU = ("Shazeer, GLU Variants Improve Transformer", "https://arxiv.org/abs/2002.05202")
VLLM = ("vLLM documentation: conserving memory", "https://docs.vllm.ai/en/latest/configuration/conserving_memory.html")
FALCON_180B = ("Hugging Face, Spread Your Wings: Falcon 180B is here", "https://huggingface.co/blog/falcon-180b")
FALCON_CODE = (
    "transformers, modeling_falcon.py: keys and values broadcast to the query heads before they are cached",
    "https://github.com/huggingface/transformers/blob/main/src/transformers/models/falcon/modeling_falcon.py",
)
HF_LATENT = (
    "huggingface/transformers, pull request 48761: what latent attention caches since pull request 47761",
    "https://github.com/huggingface/transformers/pull/48761",
)
K2_THINKING = (
    "Moonshot AI, Kimi-K2-Thinking: native INT4 of the experts",
    "https://huggingface.co/moonshotai/Kimi-K2-Thinking",
)
VLLM_EXPERTS = (
    "vLLM documentation: expert parallel deployment",
    "https://docs.vllm.ai/en/latest/serving/expert_parallel_deployment/",
)
VLLM_ATTENTION = (
    "vLLM documentation: attention backends, types of the KV cache by compute capability",
    "https://docs.vllm.ai/en/latest/design/attention_backends/",
)
VLLM_BLOCKS = (
    "vLLM, quantization utilities: block shapes of FP8 weights",
    "https://github.com/vllm-project/vllm/blob/main/vllm/model_executor/layers/quantization/fp8.py",
)
VLLM_KV = (
    "vLLM documentation: quantized KV cache",
    "https://docs.vllm.ai/en/latest/features/quantization/quantized_kvcache/",
)
VLLM_KV_LOG = (
    "vLLM, kv_cache_utils: lines that the start logs of the KV cache",
    "https://github.com/vllm-project/vllm/blob/main/vllm/v1/core/kv_cache_utils.py",
)
VLLM_PREEMPTION = (
    "vLLM documentation: optimization, preemption",
    "https://docs.vllm.ai/en/latest/configuration/optimization.html",
)
VLLM_PREFIX = (
    "vLLM documentation: automatic prefix caching",
    "https://docs.vllm.ai/en/latest/design/prefix_caching.html",
)
VLLM_WINDOWS = (
    "vLLM documentation: hybrid KV cache manager",
    "https://docs.vllm.ai/en/latest/design/hybrid_kv_cache_manager/",
)
VLLM_LORA = ("vLLM documentation: LoRA adapters", "https://docs.vllm.ai/en/latest/features/lora.html")
WINDOW = ("Jiang et al., Mistral 7B", "https://arxiv.org/abs/2310.06825")
ZERO = ("Rajbhandari et al., ZeRO", "https://arxiv.org/abs/1910.02054")
ZERO_INFERENCE = ("DeepSpeed, ZeRO-Inference", "https://www.deepspeed.ai/2022/09/09/zero-inference.html")
ZERO_INFINITY = ("Rajbhandari et al., ZeRO-Infinity", "https://arxiv.org/abs/2104.07857")
ZERO_INIT = ("DeepSpeed documentation: ZeRO-3", "https://deepspeed.readthedocs.io/en/latest/zero3.html")
ZERO_OFFLOAD = ("Ren et al., ZeRO-Offload", "https://arxiv.org/abs/2101.06840")
QWEN_1M = (
    "Qwen2.5-1M technical report: chunked prefill and the memory of its activations",
    "https://arxiv.org/abs/2501.15383",
)
