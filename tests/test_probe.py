"""Questions as people ask them in forums, in both languages, and what must be read in each; programs, and what they mean."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from formulas.errors import BadInput
from kb.estimator import estimate
from kb.knobs import ENGINES, LIKE
from kb.programs import PROGRAMS
from tests.talking import answer_to

pytestmark = pytest.mark.slow

B = 10**9
OOM_OLD = (
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 23.69 GiB total capacity; "
    "21.13 GiB already allocated; 1.24 GiB free; 21.50 GiB reserved in total by PyTorch) "
    "This is qlora of mistral 7b with seq 4096 batch 4, what can I do?"
)
OOM_NEW = (
    "爆显存了:torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.16 GiB. GPU 0 has a total capacity of 23.64 "
    "GiB of which 512.00 MiB is free. Including non-PyTorch memory, this process has 23.10 GiB memory in use. Of the "
    "allocated memory 18.20 GiB is allocated by PyTorch, and 4.31 GiB is reserved by PyTorch but unallocated. "
    "用的qwen2.5-7b lora微调,长度4096,batch size 2,怎么办?"
)
# question, facts among those read; None means that the fact must not be read
READ = (
    ("OOM on 4090 when finetuning Llama-3-8B with LLaMA-Factory, lora rank 8, cutoff_len 2048, bs 2", {"engine": "llama-factory", "lora_rank": 8, "seq_len": 2048, "batch_size": 2, "gpu": "RTX 4090"}),
    ("单卡4090能不能用LLaMA-Factory微调Qwen2.5-14B?QLoRA 4bit,cutoff_len 4096", {"engine": "llama-factory", "method": "qlora", "bits": 4, "seq_len": 4096}),
    ("what does LLaMA-Factory's table say for 13B LoRA", {"engine": None, "params": 13 * B}),
    (OOM_OLD, {"gpu_memory_gb": 23.69, "batch_size": 4, "method": "qlora", "n_gpus": None}),
    (OOM_NEW, {"gpu_memory_gb": 23.64, "batch_size": 2, "method": "lora", "n_gpus": None}),
    ("Is 8xH20 96GB enough to serve DeepSeek-R1 671B in fp8 with vLLM, tp 8, 100 concurrent users at 8k context each?", {"engine": "vllm", "n_gpus": 8, "tp": 8, "batch_size": 100, "seq_len": 8192, "weight_format": "fp8"}),
    ("Mac Studio M2 Ultra 192GB - can it run DeepSeek-R1 distill llama 70B at Q8_0 with 64k ctx?", {"gpu": "Apple M2 Ultra", "weight_format": "gguf:Q8_0", "seq_len": 65536}),
    ("I have 2x T4 on Kaggle (16GB each). Can I finetune Gemma 3 12B with QLoRA using Unsloth?", {"engine": "unsloth", "n_gpus": 2, "gpu": "T4", "method": "qlora"}),
    ("Unsloth says you can do GRPO on Qwen2.5 7B with 15GB VRAM. Is that right?", {"engine": "unsloth", "algo": "grpo", "gpu_memory_gb": 15}),
    ("vLLM gpu_memory_utilization=0.9 on a 24GB 4090 with Qwen2.5-14B-Instruct-AWQ", {"model": "Qwen/Qwen2.5-14B-Instruct", "gpu_memory_utilization": 0.9, "weight_format": "awq-int4-g128"}),
    ("My math: 70B * 0.5 bytes = 35GB so a 40GB A100 is enough for 4bit inference with 8k context, right?", {"params": 70 * B, "bits": 4, "gpu_memory_gb": 40, "seq_len": 8192}),
    ("how much memory does kv cache take for llama 3.1 8b at 128k context, and if I quantize it to q8_0?", {"kv_format": ("bf16", "q8_0"), "weight_format": None, "seq_len": 131072}),
    ("1M上下文的Qwen2.5-7B-Instruct,KV cache要多少显存,用int8量化kv呢", {"kv_format": ("bf16", "int8"), "weight_format": None, "seq_len": 10**6}),
    ("Exl2 4.0bpw 70B on 2x3090 with 16k ctx?", {"engine": "exllama", "bits": 4, "n_gpus": 2, "seq_len": 16384}),
    ("Can V100 32GB fine-tune Qwen2.5-14B with qlora? bf16 isn't supported right?", {"method": "qlora", "weight_format": None, "gpu": "V100"}),
    ("TensorRT-LLM llama 2 13b fp16 batch 64 input 512 output 512, A100 80GB ok?", {"engine": "tensorrt-llm", "batch_size": 64, "seq_len": 512, "output_len": 512}),
    ("SGLang DeepSeek-V3 on 2 nodes of 8xH100, mem-fraction-static 0.85", {"engine": "sglang", "n_gpus": 16, "gpu_memory_utilization": 0.85}),
    ("ktransformers deepseek v3 q4 with 1x 4090 and 512GB ram how much vram needed", {"engine": "ktransformers", "bits": 4, "n_gpus": 1}),
    ("I'm trying axolotl with fsdp qlora for llama3 70b on 2x 4090s, it ooms at sequence_len 4096", {"engine": "axolotl", "zero_stage": 3, "n_gpus": 2, "method": "qlora"}),
    ("text-generation-inference llama 3.1 70b awq on 2xA6000 50 concurrent users", {"engine": "tgi", "batch_size": 50, "n_gpus": 2}),
    ("tabbyAPI exl2 5.0bpw 70b 2x3090", {"engine": "exllama", "bits": 5}),
    ("vLLM部署Qwen2.5-32B-AWQ,4090 48G改版卡,能支持多少并发?每个请求平均4k", {"gpu": "RTX 4090", "gpu_memory_gb": 48, "seq_len": 4096}),
    ("gptq int4 的72B用4张2080ti 22G跑得动吗", {"gpu": "RTX 2080 Ti", "gpu_memory_gb": 22, "n_gpus": 4, "weight_format": "gptq-int4"}),
    ("4张3090 96G显存能跑72B int4吗", {"gpu": "RTX 3090", "n_gpus": 4, "gpu_memory_gb": None}),
    ("ms-swift GRPO训练Qwen2.5-7B,8卡A100,num_generations 8,显存够吗", {"engine": "ms-swift", "algo": "grpo", "n_gpus": 8}),
    ("DPO训练为什么比SFT显存大那么多?Qwen2.5-7B 全参,zero3 8卡A100 80G,长度4096会OOM吗", {"algo": "dpo", "method": "full", "zero_stage": 3, "seq_len": 4096}),
    ("昇腾910B 64G 8卡能跑DeepSeek-R1 671B W8A8吗", {"gpu": "Huawei Ascend 910B", "n_gpus": 8, "weight_format": "int8"}),
    ("8 x 910B4 for Qwen2.5-72B in bf16?", {"gpu": "Huawei Ascend 910B", "n_gpus": 8, "gpu_memory_gb": 32}),
    ("910B 32G 四张跑 Qwen3-32B", {"gpu": "Huawei Ascend 910B", "n_gpus": 4, "gpu_memory_gb": 32}),
    ("100个用户同时在线,部署Qwen2.5-72B-Instruct int8,每人4k上下文,需要几张H100", {"batch_size": 100, "seq_len": 4096, "weight_format": "int8"}),
    ("lmdeploy部署internlm2.5-20b,A100 40G", {"engine": "lmdeploy", "gpu_memory_gb": 40}),
    ("How much vram does bge-m3 embedding model need?", {"gpu": None}),
)  # fmt: skip


@pytest.mark.parametrize(("question", "facts"), READ, ids=[question[:50] for question, _ in READ])
def test_forum_questions_are_read(question: str, facts: dict[str, object]) -> None:
    reading = read(question)
    read_facts = {
        name: reading.facts.get(name) if isinstance(given, tuple) else reading.fact(name)
        for name, given in facts.items()
    }
    assert read_facts == facts
    assert not reading.unknown_gpus


def test_a_pasted_message_leaves_the_question_its_language_and_its_numbers() -> None:
    old, new = read(OOM_OLD), read(OOM_NEW)
    assert (old.language, new.language) == ("en", "zh")
    assert (old.extras["oom_tried"], old.extras["oom_idle"]) == ((2.0,), (0.37,))
    assert (new.extras["oom_tried"], new.extras["oom_idle"]) == ((1.16,), (4.31,))
    assert not old.not_understood
    assert not new.not_understood


def test_fragmentation_is_told_from_want_of_memory() -> None:
    assistant = Assistant()
    assert "hardly any fragmentation" in assistant.ask(OOM_OLD).text
    # what the run needs is beyond the card and all that lies idle
    assert "**主要不是碎片：已保留而未用的只有 4.31 GiB" in assistant.ask(OOM_NEW).text
    shorter = OOM_NEW.replace("长度4096,batch size 2", "长度1024,batch size 1")
    assert "这是碎片" in assistant.ask(shorter).text


@pytest.mark.parametrize("engine", LIKE)
def test_every_program_is_an_engine_or_computed_as_one(engine: str) -> None:
    assert LIKE[engine] in ENGINES
    assert engine in PROGRAMS
    found = estimate(model="Mixtral-8x7B", engine=engine, gpu="A100 80GB", bits=4)
    assert found.json()["facts"]["engine"]["value"] == LIKE[engine]
    assert any(PROGRAMS[engine].name in one and LIKE[engine] in one.lower() for one in found.json()["warnings"])


def test_a_trainer_brings_its_own_defaults_with_its_name() -> None:
    facts = estimate(model="Llama-3.1-8B", engine="llama-factory").json()["facts"]
    assert facts["lora_rank"] == {"value": 8, "origin": "LLaMA-Factory's default"}
    assert facts["method"]["value"] == "lora"
    assert estimate(model="Llama-3.1-8B", engine="axolotl", method="qlora").json()["facts"]["seq_len"]["value"] == 512
    assert estimate(model="Llama-3.1-8B", engine="trl", method="lora", seq_len=4096).json()["facts"]["seq_len"] == {
        "value": 4096,
        "origin": "asked",
    }


def test_unsloth_computes_its_loss_in_chunks() -> None:
    how = {"model": "Llama-3.1-8B", "method": "qlora", "bits": 4, "seq_len": 4096}
    chunked, whole = (estimate(engine=engine, **how).json() for engine in ("unsloth", "transformers"))
    assert chunked["facts"]["loss"] == {"value": "chunked", "origin": "Unsloth's default"}
    # of a run that just fits its chunks are next to nothing, and no term of the peak
    logits = [sum(term["gib"] for term in told["terms"] if term["name"] == "logits") for told in (chunked, whole)]
    assert logits[0] < logits[1] / 2


def test_ktransformers_keeps_experts_on_the_host() -> None:
    mixture = estimate(model="DeepSeek-V3", engine="ktransformers", weight_format="gguf:Q4_K_M", gpu="RTX 4090").json()
    assert mixture["verdict"] == "yes"
    assert mixture["facts"]["offload"]["value"] == "experts"
    assert "offload" not in estimate(model="Llama-3.1-8B", engine="ktransformers").json()["facts"]


def test_an_unknown_program_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(BadInput, match="llama-factory"):
        estimate(model="Llama-3.1-8B", engine="llama-farm")


def test_a_board_of_twice_the_memory_is_a_card_of_its_own() -> None:
    assert estimate(model="Qwen2.5-32B", bits=4, gpu="RTX 4090", gpu_memory_gb=48).json()["capacity_gib"] == 48
    assert estimate(model="Qwen2.5-32B", bits=4, gpu="RTX 4090", gpu_memory_gb=30).json()["capacity_gib"] < 25


@pytest.mark.parametrize(
    "question",
    [
        "{} concurrent users, Qwen2.5-72B int8, 4k context each, on 8x H100 80GB",
        "部署Qwen2.5-72B int8,8张H100 80G,{}个用户同时在线,每人4k",
    ],
)
def test_every_user_has_a_cache_of_their_own(question: str) -> None:
    many, one = (Assistant().ask(question.format(users)).json() for users in (100, 1))
    caches = [next(term["gib"] for term in told["terms"] if term["name"] == "kv_cache") for told in (many, one)]
    assert caches[0] == pytest.approx(100 * caches[1], rel=0.01)
    activations = [sum(term["gib"] for term in told["terms"] if term["name"] == "activations") for told in (many, one)]
    assert activations[0] < 2 * activations[1]  # prompts are read in steps, not all at once


def test_what_it_costs_needs_a_price() -> None:
    english = answer_to("How much does it cost to finetune 70B qlora for 10M tokens with one A100?")
    chinese = answer_to("租A100训练一个7B lora,10万条数据每条1000 token,3个epoch,要花多少钱?")
    assert "GPU-hours" in english
    assert "Prices are not in the tables" in english
    assert "时 28 小时" in chinese
    assert "表里没有价格" in chinese
