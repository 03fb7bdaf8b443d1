"""Questions as people type them: corrections, versions behind sizes, pasted lines, alternatives; facts and what is left unread."""

from typing import Any

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to

GB = "gpu_memory_gb"


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        # a value that is taken back
        ("not zero3, zero2: full ft of 7b on 4x A100 80", {"zero_stage": (2,)}),
        ("上下文不是4k，是32k，qwen2.5-7b 24G", {"seq_len": (32768,), GB: (24,)}),
        ("其实是3090不是4090，7B全参能行吗", {"gpu": ("RTX 3090",)}),
        ("actually it's a 4070 not a 4090. 13b q4?", {"gpu": ("RTX 4070",)}),
        ("i said 4x A100 but it's actually 2, sorry. 70b lora", {"n_gpus": (2,)}),
        ("4张3090跑70B，说错了，是两张", {"n_gpus": (2,)}),
        ("8x H100, wait, only 4. 70b full ft fits?", {"n_gpus": (4,)}),
        ("rank 16, oops I meant 64, lora 13b", {"lora_rank": (64,)}),
        ("why not a 4090 instead of a 3090 for 13b?", {"gpu": ("RTX 4090", "RTX 3090")}),
        ("zero2 or zero3 for a 13b on 8 A100?", {"zero_stage": (2, 3)}),
        # a whole model that is served, or all of its weights trained
        ("DeepSeek-R1 满血版全量部署要几张 H100", {"task": ("inference",), "method": ("inference",)}),
        ("GLM-4.5 全量 int4 两张H200能跑吗", {"method": ("inference",), "weight_format": ("int4",)}),
        ("Qwen2.5-7B 全量 4090 batch 4 能跑吗", {"task": ("train",), "method": ("full",)}),
        ("Qwen3-8B 全量跑一下 zero3 4卡", {"task": ("train",), "method": ("full",)}),
        ("不是,我batch其实是2, 7B QLoRA", {"batch_size": (2,)}),
        ("no, my batch is actually 2, 7b lora", {"batch_size": (2,)}),
        ("rank其实是64 7B lora", {"lora_rank": (64,)}),
        # amounts by the name of what they are of; a letter amiss in a name
        ("7b模型 显存 8 内存 16 硬盘 512 能跑不", {GB: (8,), "host_memory_gb": (16,), "seq_len": ()}),
        ("13b q4, vram 12, ram 32, ok?", {GB: (12,), "host_memory_gb": (32,)}),
        ("qwen3 8b 显存占用 8 个并发", {"batch_size": (8,), GB: ()}),
        ("deepsek v3 fp8 on 8 H200", {"model": ("deepseek-ai/DeepSeek-V3",)}),
        # what is taken instead of offloading
        ("8-bit Adam rather than offloading, Llama-3.1-8B full on 2x A100 80GB", {"offload": ("none",)}),
        # the version behind the size
        ("Llama 8B (3.1) at Q8_0, 12GB card?", {"model": ("meta-llama/Llama-3.1-8B-Instruct",)}),
        ("llama 70B (v3.3) in fp8 on one H100?", {"model": ("meta-llama/Llama-3.3-70B-Instruct",)}),
        ("Qwen 14B (2.5 version) in int4 on 16GB", {"model": ("Qwen/Qwen2.5-14B-Instruct",)}),
        ("Qwen 7B（2.5版）LoRA 24G", {"model": ("Qwen/Qwen2.5-7B-Instruct",)}),
        ("llama 8b version 3, 16k ctx on 3060", {"model": ("meta-llama/Meta-Llama-3-8B-Instruct",)}),
        ("Qwen-7B (2 cards)", {"model": ("Qwen/Qwen-7B",), "n_gpus": (2,)}),
        # what a program takes by default
        ("vllm默认0.9，Qwen2.5-7B在3090上能开多长上下文", {"gpu_memory_utilization": (0.9,)}),
        ("vLLM's default of 0.9, qwen2.5-7b on a 3090, longest context?", {"gpu_memory_utilization": (0.9,)}),
        ("gpu util设0.95，qwen2.5-14b-int4在4090最多多少并发", {"gpu_memory_utilization": (0.95,)}),
        # one machine or another
        ("Is 64 or 96 GB of ram enough for gpt-oss-120b on cpu", {"host_memory_gb": (64, 96), GB: ()}),
        ("64G还是96G内存跑qwen3-235b", {"host_memory_gb": (64, 96)}),
        ("A100 40G and 94 GB ram, 7b lora", {"host_memory_gb": (94,), GB: (40,)}),
        # a memory behind everything else
        ("Qwen 7B LoRA 24G", {GB: (24,)}),
        ("13b, 24gb?", {GB: (24,)}),
        ("Llama-3-8B uses 24GB", {GB: ()}),
        ("is 1B param = 1GB at int8?", {GB: ()}),
        # words that a unit or a noun decides
        ("为什么Adam要存12字节", {"seq_len": ()}),
        ("8000字的文章做摘要，7B", {"seq_len": (8000,)}),
        ("full ft of mistral 7b in bf16, no grad ckpt", {"gradient_checkpointing": ("off",)}),
        ("prompt 6k in, 2k out, llama3 8b on A10", {"output_len": (2048,)}),
        ("full bf16 finetuning of a 7B", {"method": ("full",)}),
        ("13B full zero3 on 8xA100", {"method": ("full",)}),
        ("LoRA vs DoRA vs full for Mistral-7B-v0.3: memory?", {"method": ("lora", "dora", "full")}),
        ("llama 3 8b full fp16 on a 4090?", {"method": ()}),
        # files by their bits
        ("70b q4 on 2x3090 8k", {"weight_format": ("gguf:Q4_K_M",), "bits": ()}),
        ("which quant of a 32B fits 24GB? Q4_K_M? Q3?", {"weight_format": ("gguf:Q4_K_M", "gguf:Q3_K_M")}),
        ("will a 3090 run a 4bit gguf of a 32B", {"weight_format": ("gguf:Q4_K_M",), "bits": ()}),
        ("14b in 4, 5 and 8 bit gguf", {"weight_format": ("gguf:Q4_K_M", "gguf:Q5_K_M", "gguf:Q8_0")}),
        ("ollama跑14b 8bit", {"weight_format": ("gguf:Q8_0",)}),
        ("qwen3-14b-q6k，上下文8k", {"weight_format": ("gguf:Q6_K",)}),
        ("70b awq q4 vllm", {"weight_format": ("awq-int4-g128",), "bits": (4,)}),
        ("13b 4bit on a 3090", {"bits": (4,), "weight_format": ()}),
        # rows with nothing between
        ("LoRA rank 8 16 64 on 13b difference?", {"lora_rank": (8, 16, 64)}),
        ("bs 1 2 4 8, seq 2048, qlora 13b on 3090", {"batch_size": (1, 2, 4, 8)}),
        ("bs 1 2048 tokens 13b lora", {"batch_size": (1,), "seq_len": (2048,)}),
        # a number is of its own noun, not of the next one
        ("can i squeeze a 13B into a 3090 w/ 8k ctx?", {"gpu": ("RTX 3090",), "seq_len": (8192,)}),
        ("reward model 8b, bs 8, len 2048 A100", {"seq_len": (2048,), "n_gpus": ()}),
        ("7B LoRA len=2048 A100-40G", {"seq_len": (2048,), "n_gpus": ()}),
        ("llama.cpp --n-gpu-layers 20 of 80, 70b q4_k_m", {"params": (70e9,), "gpu_layers": (20,)}),
        ("7, 13, 70b: which on 24G", {"params": (7e9, 13e9, 70e9)}),
        ("galore badam lora 7B训练时各省的是哪一块？", {"n_gpus": ()}),
        ("一块4090训7B lora", {"n_gpus": (1,)}),
        (
            "effective batch 64 = 2 per device × 8 gpus × 4 accum, 8B full zero2",
            {"batch_size": (2,), "grad_accum": (4,)},
        ),
        ("全局batch 128，8卡，每卡2，梯度累积8，13B全参", {"batch_size": (2,), "n_gpus": (8,), "grad_accum": (8,)}),
        ("70b 2xA100够4k*16并发吗", {"batch_size": (16,), "seq_len": (4096,)}),
        ("回答500字，Qwen3-8B，12G", {"output_len": (500,)}),
        # glued, or named by a word
        ("4060ti16g跑qwen3-14b", {"gpu": ("RTX 4060 Ti",), GB: (16,)}),
        ("两张2080ti22g 跑70b q4", {"gpu": ("RTX 2080 Ti",), GB: (22,), "n_gpus": (2,)}),
        ("Jetson AGX Orin 64G 能跑 32b int4 不", {"gpu": ("Jetson AGX Orin",), GB: (64,)}),
        ("一张4090一张3060，怎么切分70B q4", {"gpu": ("RTX 4090 + RTX 3060",), "n_gpus": (2,)}),
        # the size of the model that is named, once more
        ("全参 Qwen3-1.7B，3090单卡，1.7B不是很小吗", {"params": ()}),
        ("gemma-3-4b lora OOM on a 3090. It's a 4B model!", {"params": ()}),
        ("Qwen3-0.6B 全参，这么小的模型8G够吗", {GB: (8,)}),
        ("would a 7B lora run, is 24GB enough?", {GB: (24,)}),
        ("qlora 13b, 3090, is 20GB enough?", {GB: ()}),
        # of several counts, a layout belongs to its own
        (
            "tensor parallel size (3) on 3 4090 fails for Qwen3-14B in vllm, are 2 cards enough?",
            {"tp": (), "n_gpus": (3, 2)},
        ),
        ("vllm tp2 on 2 4090, Qwen3-14B", {"tp": (2,), "n_gpus": (2,)}),
    ],
)
def test_it_is_read_as_meant(question: str, facts: dict[str, tuple[Any, ...]]) -> None:
    reading = read(question)
    assert {name: reading.facts.get(name, ()) for name in facts} == facts
    assert not reading.not_understood


@pytest.mark.parametrize(
    "question",
    [
        "docker run --gpus all -p 8000:8000 vllm/vllm-openai:v0.6.3 --model Qwen/Qwen2.5-7B-Instruct, 两张A6000能跑吗",
        (
            "|  0  NVIDIA A100-SXM4-80GB On | 00000000:07:00.0 Off | 0 |\n| N/A 34C P0 64W / 400W | 61234MiB / 81920MiB |"
            " 0% Default | how come 61 GB for a 7B in vllm?"
        ),
        "llava 1.5 7b inference with a 336px image on 12gb",
    ],
)
def test_what_a_program_prints_is_not_reported(question: str) -> None:
    reading = read(question)
    assert not reading.not_understood
    assert reading.intent != "units"
    assert read("7B on a 3090 with 37 frobs").not_understood


def test_a_dense_model_activates_all_of_itself() -> None:
    reading = read("PPO with Qwen3-1.7B policy and a 1.7B reward model on one A100 80GB")
    assert "active_params" not in reading.extras
    assert "moe" not in reading.intents
    assert "active_params" in read("Qwen3-235B-A22B: only 22B active, so 44 GB?").extras


def test_a_number_of_a_sum_is_asked_about_and_not_unread() -> None:
    for said in ("VRAM = params * bits/8 * 1.2. Where does 1.2 come from?", "公式 2*2*L*h*s*b 里两个2分别是啥"):
        assert not read(said).not_understood, said


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("Qwen3-14B AWQ on a 4080 16GB, vllm. what max_model_len can I set?", "max_batch_ctx"),
        ("4080 16G vllm跑Qwen3-14B-AWQ，max_model_len能设多大", "max_batch_ctx"),
        ("biggest per-device batch for QLoRA llama3.1 8b seq 2048 on an A10G?", "max_batch_ctx"),
        ("qwen3:8b download is 5.2GB, ollama ps says 11 GB. Why double?", "why_more"),
        ("Qwen3-8B文件5G，跑起来11G，怎么翻倍了", "why_more"),
        ("LoRA on Llama-3.1-8B, bs 4 seq 2048, still 40GB?? where does it go", "why_more"),
        ("chatglm3-6b 加载完nvidia-smi显示24G多，文档说13G", "why_more"),
        ("2x3090, finetune a 70B. What's the only realistic way", "which_method"),
        ("galore badam lora 都号称省显存，7B训练时各省的是哪一块？", "method_diff"),
        ("Qwen3-0.6B 全参 bs16 长度1024 显存估计？这么小的模型8G够吗", "how_much"),
        ("best undervolt settings for a 5090 to stop coil whine?", "out_of_scope"),
        ("今天算力板块怎么走，英伟达还能买吗", "out_of_scope"),
        ("stock HF trainer, 8B lora on a 4090, fits?", "fits"),
    ],
)
def test_what_is_asked_comes_first(question: str, intent: str) -> None:
    assert read(question).intent == intent


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("两张魔改4090 48G 跑 14b", {"n_gpus": (2,), "gpu": ("RTX 4090",), "gpu_memory_gb": (48,)}),
        ("two modded 2080 Ti 22GB for a 14b", {"n_gpus": (2,), "gpu": ("RTX 2080 Ti",)}),
        ("3090 + 3060 12gb, 32b q4, the 3060 OOMs", {"gpu": ("RTX 3090 + RTX 3060 12 GB",), "n_gpus": (2,)}),
        ("3090加3060 12G 跑 32B q4,那张3060爆了", {"gpu": ("RTX 3090 + RTX 3060 12 GB",), "n_gpus": (2,)}),
        ("a 3090 or the 4090 for 7b q4", {"gpu": ("RTX 3090", "RTX 4090")}),
        ("8卡和4卡 zero1 全参 7b 每张卡差多少", {"n_gpus": (8, 4)}),
        ("8b q4, llama.cpp with -c 32768 takes 9gb", {"seq_len": (32768,)}),
        ("does kv cache quantization help, 8b in f16 vs q8_0 vs q4_0", {"kv_format": ("fp16", "q8_0", "q4_0"), "weight_format": ()}),
        ("KV量化有用吗,8b f16 和 q8_0、q4_0 各多少", {"kv_format": ("fp16", "q8_0", "q4_0"), "weight_format": ()}),
        ("8b q8_0 vs q4_0, kv cache f16, 32k", {"kv_format": ("fp16",), "weight_format": ("gguf:Q8_0", "gguf:Q4_0")}),
    ],
)  # fmt: skip
def test_cards_that_come_back_counts_beside_counts_and_caches_in_rows(text: str, facts: dict[str, tuple[object, ...]]) -> None:  # fmt: skip
    read_facts = read(text).facts
    assert {name: read_facts.get(name, ()) for name in facts} == facts


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("vllm with Qwen3-0.6B eats 21 of my 24GB on a 4090. bug?", "why_more"),
        ("vllm 起个0.6B 就占了24G里的21G,是bug吗", "why_more"),
        ("bug fixes aside, does Qwen3-8B fit a 4090?", "fits"),
    ],
)
def test_a_bug_that_is_suspected_asks_why(text: str, first: str) -> None:
    assert read(text).intents[0] == first


@pytest.mark.parametrize(
    ("text", "engine"),
    [
        ("Llama-3.1-8B on a 3090 with vlllm", "vllm"), ("72b 两块3090 vlmm部暑", "vllm"), ("ollma with qwen3:14b", "llama.cpp"), ("sgalng serving Qwen3-32B", "sglang"),
        ("deepspeeed zero3 llama-3-8b", "deepspeed"), ("unslot qlora 14b", "unsloth"), ("transfomers Qwen3-8B", "transformers"), ("lmdelpoy 部署 14B", "lmdeploy"),
    ],
)  # fmt: skip
def test_a_program_is_read_with_one_letter_amiss(text: str, engine: str) -> None:
    assert read(text).facts["engine"] == (engine,)


def test_formats_and_methods_are_read_with_letters_amiss_and_words_stay_words() -> None:
    assert read("qlroa 8b").facts["method"] == ("qlora",)
    assert read("32B gtpq int4").facts["weight_format"] == ("gptq-int4",)
    assert "engine" not in read("a transformer of 8B").facts


def test_a_process_may_be_the_one_that_fails() -> None:
    text = (
        "8B full SFT, ZeRO-3 on 4 A100 80GB, 8k: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.96 GiB. GPU 0 has a total capacity of 79.15 GiB "
        "of which 1.20 GiB is free. Process 4711 has 77.9 GiB memory in use. Of the allocated memory 58.0 GiB is allocated by PyTorch, and 18.6 GiB is reserved "
        "by PyTorch but unallocated."
    )
    assert "Another process holds" not in answer_to(text)
    other = text.replace("Process 4711 has 77.9 GiB", "Process 4711 has 30.0 GiB").replace("58.0 GiB is", "28.0 GiB is")
    assert "Another process holds" in answer_to(other)


def test_pictures_that_hardly_count_are_no_cause() -> None:
    text = "Full tuning of Qwen2.5-VL-7B with ZeRO-3 on 4 A100 40GB, cutoff_len 4096, image_max_pixels 200704: OOM in the first backward. Why?"
    assert "Each picture of" not in answer_to(text).split("\n\n")[0]


def test_an_allocation_of_logits_shows_that_they_are_there() -> None:
    text = (
        "2x L40S, transformers 4.47, trl 0.13, SFTTrainer: Qwen2.5-14B QLoRA nf4, max_seq_length 4096, per_device_train_batch_size 4, gradient_checkpointing. "
        "Loads at 9.5GB, then OutOfMemoryError: Tried to allocate 9.28 GiB. Which tensor is that?"
    )
    reading = read(text)
    assert reading.facts["engine"] == ("trl",)
    assert "training_time" not in reading.intents
    answer = answer_to(text)
    assert answer.startswith("**9.28 GiB is the logits of the step")
    assert "logits and loss of 0.00" not in answer


@pytest.mark.parametrize(
    "question",
    [
        "chats average 2.5 turns of 4096 tokens, Qwen3-8B on a 4090?",
        "our texts are 1.5 pages on average, does a 14B in 4 bit fit 16 GB?",
        "平均每个会话 3.5 次提问，14B int4，16G 卡够吗",
    ],
)
def test_an_average_that_is_no_whole_number_is_no_length(question: str) -> None:
    assert not any(float(one) < 16 for one in read(question).facts.get("seq_len", ()))
