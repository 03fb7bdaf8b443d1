"""What a post tells in passing, of cards that others use and of what was only thought of, decides what its case is."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to

SAID = (
    # of the cards that there are, those that can be used
    ("机房8张A100 80G,其中6张被隔壁组占着,我只剩2张,72B awq能部署吗", {"n_gpus": (2,)}),
    ("8张3090坏了2张,qwen3-32b bf16 8k能跑吗", {"n_gpus": (6,)}),
    ("We have 8 A6000s but 5 are taken by a colleague, can I LoRA a 32B?", {"n_gpus": (3,)}),
    ("8 A100 80GB, only 3 are free; does a 70B int8 fit?", {"n_gpus": (3,)}),
    ("手上一张A100 40G,再加一张凑够两张,32b bf16能跑吗", {"n_gpus": (2,)}),
    ("I have one 3090, if I buy another to make two, does Qwen3-32B Q8_0 fit?", {"n_gpus": (2,)}),
    ("8张A100里4张够不够跑70b bf16", {"n_gpus": (4,)}),
    ("4 GPUs, 20GB taken on each, does a 7B fit?", {"n_gpus": (4,)}),
    ("4张3090,剩下2张留给别的任务,qwen3-32b bf16够吗", {"n_gpus": (4,)}),
    ("同事拿一张H100跑llama3.1-70b没事,我这边是2张A6000,也想跑,行不行", {"n_gpus": (2,)}),
    ("My colleague uses 2 cards for this, I have 4 A100 40GB, does a 70B int8 fit?", {"n_gpus": (4,)}),
    # what was only thought of, or what others say
    ("we considered llama.cpp but decided on vllm for Qwen3-32B awq on a 4090", {"engine": ("vllm",)}),
    ("想过用sglang,最后选了vllm,14b bf16 4090两张", {"engine": ("vllm",)}),
    ("llama.cpp和vllm跑14b awq哪个省", {"engine": ("vllm", "llama.cpp")}),
    ("听说kv q4_0掉精度,我还是用q8_0的kv,qwen3-32b 32k要多少", {"kv_format": ("q8_0",)}),
    ("People say fp8 KV hurts, so I keep the KV in bf16: 70B, 32k, how much?", {"kv_format": ("bf16",)}),
    ("qwen3-32b kv用fp8还是fp16, 32k差多少", {"kv_format": ("fp8", "fp16")}),
    ("教程说2张24G就能lora 32B,我4张24G都爆,教程错了吗", {"n_gpus": (4,), "gpu_memory_gb": (24,)}),
    ("LISA with 4 layers active at a time on a 3B", {"n_trainable_layers": (4,)}),
    ("badam 14B,每次更新3层,24G够吗", {"n_trainable_layers": (3,)}),
    ("qwen3-30b-a3b共48层,每次激活8个专家,24G够吗", {"n_trainable_layers": ()}),
    # a memory that is corrected
    ("We have four A100 40GB. Correction: they're 80GB. 70B bf16 fits?", {"gpu_memory_gb": (80.0,)}),
    ("4张V100 16G, 不好意思是32G, 内存256G, 13B int8", {"gpu_memory_gb": (32.0,), "host_memory_gb": (256,)}),
    # of a card and of the machine, in the words of Taiwan
    ("12G VRAM 加 64G 記憶體 qwen3-30b-a3b q4_k_m 可以嗎", {"gpu_memory_gb": (12,), "host_memory_gb": (64,)}),
    ("記憶體24G可以跑qwen3-32b q4_k_m嗎", {"gpu_memory_gb": (24,), "host_memory_gb": ()}),
    # a Chinese comma parts two numbers
    ("qwen2.5-7b lora，bs=2、512长度，24G够吗", {"batch_size": (2,), "seq_len": (512,)}),
    ("7B lora seq 4,096 on 24GB?", {"seq_len": (4096,)}),
    # what is on and what is not
    ("7B full fine-tune in fp16 mixed precision on 4x V100 32GB, fits?", {"precision": ("amp-fp16",)}),
    ("bf16混合精度全参13B,8张A100 zero3每卡多少", {"precision": ("amp-bf16",), "weight_format": ()}),
    ("7B 推理 纯fp32 要多少", {"precision": (), "weight_format": ("fp32",)}),
    ("7B lora 24G seq 4096, liger is off, gradient checkpointing on, OOM", {"loss": ()}),
    ("13B lora 80G,liger没装,重计算开了,OOM怎么办", {"loss": (), "gradient_checkpointing": ("on",)}),
    ("7B full zero3 offload_optimizer cpu, offload_param off, 4x 3090 how much RAM?", {"offload": ("optimizer",)}),
    ("megatron tp 8 pp 2 with sp enabled, 16 microbatches, 32B, 16 H100, per GPU?", {"sequence_parallel": (True,)}),
    ("tp=2 pp=2开了sp,8个microbatch,13B全参8张A100每卡多少", {"n_microbatches": (8,), "sequence_parallel": (True,)}),
    ("qwen3-32b awq按层分到2张3090够吗", {"layer_split": (True,)}),
    ("Qwen3-8B BF16 GGUF in llama.cpp on a 24GB card, 16k?", {"weight_format": ("gguf:BF16",)}),
    ("llama3-8b lora, embedding层也跟着训, 24G够吗", {"modules_to_save": ("embed_tokens",)}),
    ("qwen3-32b awq 24G 32k 跑2路够吗", {"batch_size": (2,)}),
    ("主板双路,8张4090,72b awq够吗", {"batch_size": ()}),
    ("两台,内存每台512G,每台2张A6000,跑qwen3-235b int4", {"host_memory_gb": (512,), "n_gpus": (4,)}),
    ("2 mac studio m2 ultra 192g, qwen3-235b q4?", {"n_gpus": (2,)}),
)


@pytest.mark.parametrize(("text", "facts"), SAID)
def test_of_the_case_alone(text: str, facts: dict[str, tuple[object, ...]]) -> None:
    found = read(text).facts
    assert {name: found.get(name, ()) for name in facts} == facts


OPENS = (
    # who published a repository is no program that is compared, and a program that brings layers to the card is worked out
    ("llama-server -hf unsloth/Qwen3-30B-A3B-GGUF:Q4_K_M --n-cpu-moe 20 -c 16384, 12GB enough?", "Yes"),
    ("transformers vs unsloth, Qwen3-30B-A3B Q5_K_M --n-cpu-moe 24 on 12GB?", "Take"),
    # with and without double quantisation
    ("开不开double quant差多少 13B qlora", "13B · QLoRA：NF4 双重量化需要约"),
    # what a training before it was is no case, a guess that something is of no use is no experience
    ("刚跑完sft,13B接着做dpo,4张A100 80G够吗", "13B · 全量微调 · 4 张卡"),
    ("SFT is done; next GRPO on a 3B with 2 A100 80GB. Enough?", "3B, full fine-tuning, 2 cards"),
    ("全参训3B,bs 4,seq 1024,单卡A100 80G,单卡上zero也没用吧?放得下吗", "可以。3B · 全量微调 · A100 80 GB"),
    # a second as people say it, and a model that listens beside the one that is asked about
    ("3090跑8b q4_k_m,1秒大概几个token", "8B、Q4_K_M、RTX 3090：约"),
    (
        "whisper already takes 4GB of my 24GB card, does a 14B Q8_0 fit in the rest?",
        "Others hold a part of the card: only what is free of it is counted.\n\n**14B, inference, Q8_0, a 20 GB card: fits",
    ),
    ("whisper large-v3微调要多少显存", "画图、视频和语音模型"),
    # of the sizes of a card the one that its larger chips make
    (
        "4张3080 20G跑qwen2.5-32b awq,8k,能行吗",
        "可以。Qwen2.5-32B-Instruct · 推理 · AWQ 4 位 · 4 张卡 · RTX 3080 20 GB",
    ),
    # the method is asked, whatever it was before
    ("Last year I did full fine-tuning on 4 A100; now I only have a 3090. Which method for a 7B?", "Take LoRA"),
)


@pytest.mark.parametrize(("text", "opens"), OPENS)
def test_opens_with_what_is_asked(text: str, opens: str) -> None:
    assert answer_to(text).lstrip("*").startswith(opens)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("My labmate took 3 of the 4 A6000s. Can I QLoRA Qwen2.5-72B on what is left?", 1),
        ("a colleague uses 2 of our 8 H100s; does full tuning of an 8B fit on the others?", 6),
        ("师兄占了8张3090里的4张,我能全参训7B吗", 4),
        ("8张3090,师兄占了其中4张,我能全参训7B吗", 4),
        ("A colleague uses 2 of the 32 layers for LoRA on 4 A100s. 8B, does it fit?", 4),
        ("It takes 2 of the 4 H100s to hold Llama-3.1-70B fp8, right?", 4),
    ],
)
def test_of_the_cards_that_others_take_the_rest_is_the_askers(text: str, left: int) -> None:
    assert read(text).facts["n_gpus"] == (left,)
