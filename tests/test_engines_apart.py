"""One program runs a model with which another runs out of memory: which is which, and why."""

import pytest

from chat.reads.grammar import read
from chat.reads.normal import normalise
from chat.reads.seen.engines_apart import told_apart
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("text", "ran", "failed"),
    [
        ("Why can Ollama run Qwen2.5-32B on my 3090 while vLLM says out of memory?", "llama.cpp", "vllm"),
        ("OOM with transformers, runs fine with ollama", "llama.cpp", "transformers"),
        ("Qwen3-8B works in llama.cpp on my 3060 but vLLM goes OOM", "llama.cpp", "vllm"),
        ("SGLang OOMs with Qwen3-8B on a 3090, vLLM works", "vllm", "sglang"),
        ("换成vllm之后爆显存，之前用ollama跑没问题", "llama.cpp", "vllm"),
        ("llama.cpp 正常，SGLang 起不来报显存不足", "llama.cpp", "sglang"),
        ("ollama runs fine, can vllm run it without OOM?", "", ""),
        ("vllm works, sglang works too, no OOM", "", ""),
        ("My ollama model OOMs and vllm OOMs as well", "", ""),
        ("从 ollama 换到 vllm 会不会爆显存", "", ""),
    ],
)
def test_the_program_that_runs_is_told_from_the_one_that_fails(text: str, ran: str, failed: str) -> None:
    assert told_apart(normalise(text).text) == ({ran} - {""}, {failed} - {""})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("vllm OOMs with Qwen3-14B on a 4090, yet ollama runs it. why?", ["**They do not load the same weights: Ollama takes a 4-bit file", "vLLM loads the model as it was published, in 16 bit, 29.5 GB", "AWQ 4-bit 11.4 GiB, FP8 17.3 GiB", "40,960 tokens = 6.25 GiB"]),
        ("同一张3090，transformers加载Qwen2.5-14B爆显存，ollama跑得好好的", ["**两边加载的不是同一份权重：Ollama 不另设时用 4 位文件", "29.5 GB", "NF4 12.1 GiB、INT8 17.3 GiB"]),
        ("LM Studio runs gemma-3-27b on a 4090 but transformers gives CUDA out of memory", ["LM Studio takes a 4-bit file", "NF4 20.6 GiB"]),
        ("用 Ollama 在 3060 12G 跑 Qwen2.5-14B 没问题,换 transformers 就 OOM,为什么?", ["用低位权重 HF transformers 也放得下：NF4 双重量化 11.5 GiB"]),
        ("ollama 能跑 Qwen2.5-72B，4090 上 vllm 直接 OOM，为什么", ["也超过显存（24.0 GiB）", "vLLM 用低位权重也放不下（AWQ 4 位 41.4 GiB）"]),
        # in bits that are told it is the length
        ("ollama runs Qwen3-32B on a 4090 but vllm with the AWQ model OOMs at startup", ["vLLM sets aside the cache for all that the model declares, 40,960 tokens"]),
    ],
)  # fmt: skip
def test_without_bits_the_one_that_runs_has_a_file_in_few(text: str, says: list[str]) -> None:
    first = opening(text)
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    "text",
    [
        "Does ollama use less VRAM than vLLM for Qwen3-14B on a 4090?",
        "Qwen3-14B bf16 vLLM OOM on a 4090, why?",
        "SGLang OOMs with Qwen3-8B on a 3090, vLLM works. why?",
    ],
)
def test_where_no_file_runs_beside_a_failure_none_is_told(text: str) -> None:
    answer = answer_to(text)
    assert "do not load the same weights" not in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("vllm 报 OOM，ollama 却能跑 Qwen3-14B，为什么？", "**两边加载的不是同一份权重：Ollama 不另设时用 4 位文件"),
        (
            "Ollama runs Qwen3-14B fine but vLLM gives CUDA out of memory. Why?",
            "**They do not load the same weights: Ollama takes a 4-bit file",
        ),
    ],
)
def test_what_each_loads_is_told_of_no_card_too(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3.1-8B QLoRA at 8k tokens trains in Unsloth on my 4080 16GB, same settings in TRL+PEFT OOM. What differs?", ("**The loss: Unsloth computes it chunk by chunk", "8,192 × 128,256 × 4 B = 4.20 GB", "21.3 GiB of 16.0 GiB", "In TRL: use_liger_kernel=True", "gradient_checkpointing", "flash_attention_2")),
        ("Llama-3.1-8B QLoRA 8k 长度，Unsloth 在 4080 16G 上能训，同样设置换 TRL+PEFT 就 OOM，差在哪", ("**差在损失：Unsloth 分块计算损失", "4.20 GB", "共 21.3 GiB，卡上 16.0 GiB", "use_liger_kernel=True")),
        ("Qwen3-8B QLoRA at 16k runs with Unsloth on a 24GB 3090 but HF Trainer runs out of memory. Why?", ("**The loss: Unsloth", "16,384 × 151,936 × 4 B", "In HF transformers: use_liger_kernel=True")),
    ],
)  # fmt: skip
def test_what_runs_in_unsloth_and_fails_elsewhere_is_explained_by_the_loss(
    question: str, says: tuple[str, ...]
) -> None:
    first = opening(question)
    assert all(one in first for one in says), first


def test_trainers_that_are_only_compared_have_no_cause_of_a_failure() -> None:
    assert "The loss: Unsloth" not in answer_to("Unsloth vs TRL for Llama-3.1-8B QLoRA at 8k: how much memory?")


@pytest.mark.parametrize(
    "question",
    [
        "AWQ runs on 2x4090 in vLLM; LoRA with peft OOMs while loading",
        "vLLM serves the AWQ 32B on my two 4090s, but LoRA fine-tuning with peft runs out of memory at from_pretrained",
        "LoRA training of Qwen2.5-14B fails with OOM on 2x 4090, while sglang runs its AWQ fine",
        "32B AWQ在2张4090上用vLLM能跑，用peft做LoRA加载时就OOM",
        "vLLM 跑 AWQ 没问题，peft 微调 LoRA 加载模型时就 OOM，两张4090",
    ],
)
def test_how_it_is_served_is_no_part_of_a_training_that_fails(question: str) -> None:
    found = read(question)
    assert found.facts["task"] == ("train",)
    assert found.facts["method"] == ("lora",)
    assert not {"weight_format", "bits"} & set(found.facts)
    assert "vllm" not in found.facts.get("engine", ())


@pytest.mark.parametrize(
    "question",
    [
        # adapters that are served, a server that fails, and nothing that fails
        "AWQ runs on 2x4090 in vLLM; with the LoRA adapter it OOMs",
        "Fine-tuning the 14B runs fine on 2x4090; vLLM OOMs while loading the AWQ",
        "vLLM runs Qwen2.5-14B AWQ fine on my 4090. Can I train a LoRA on it?",
        "14B AWQ 用vLLM加载时OOM，微调没问题",
    ],
)
def test_a_server_that_fails_or_serves_adapters_is_the_case(question: str) -> None:
    assert "vllm" in read(question).facts.get("engine", ())


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("AWQ runs on 2x4090 in vLLM; LoRA with peft OOMs while loading", "**As it loads, nothing but the base's weights"),
        ("vLLM 跑 AWQ 没问题，peft 微调 LoRA 加载模型时就 OOM，两张4090", "**加载时卡上只有基座的权重"),
        ("LoRA with peft OOMs while loading the model", "**As it loads, nothing but the base's weights"),
        ("14B LoRA两张4090，加载模型时就OOM", "**仅基座就超过一张卡"),
    ],
)  # fmt: skip
def test_what_fails_as_it_loads_is_neither_batch_nor_activations(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)
