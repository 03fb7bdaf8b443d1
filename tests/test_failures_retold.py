"""A failure in the asker's own words: what was wanted, what lies idle in kept blocks, what else fills a card."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 60.0 + 12.0; 15.6 + 6.8
        ("OOM wants 1.5 GiB while 12 GiB is reserved but unallocated and 60 GiB allocated, on H100 80GB. How?", ("**Fragmentation: the message asks for 1.50 GiB while 12.0 GiB", "60.0 GiB + 12.0 GiB = 72.0 GiB of 79.6 GiB", "expandable_segments")),
        ("4090 out of memory: it needs 900 MiB, 5.2 GiB are reserved but unused, 17 GiB already allocated", ("asks for 0.88 GiB while 5.20 GiB", "17.0 GiB + 5.20 GiB = 22.2 GiB")),
        ("3090报显存不足：申请1.2 GiB，已分配15.6 GiB，保留但未分配6.8 GiB，为什么不能用那6.8G？", ("**这是碎片：报错要申请 1.20 GiB", "15.6 GiB + 6.80 GiB = 22.4 GiB，卡上共 24.0 GiB")),
        ("训练 OOM 了，要 3 GiB，40 GiB allocated，9 GiB reserved but unallocated，A6000 还有地方啊", ("**这是碎片：报错要申请 3.00 GiB", "40.0 GiB + 9.00 GiB = 49.0 GiB")),
        # 45.9 - 30.2, of which one unit stands for both; 23 - 14.1; 23 - 15
        ("phi-4 LoRA on A6000: tried to allocate 1.50 GiB (47.5 total, 30.2 allocated, 45.9 GiB reserved). Why OOM?", ("asks for 1.50 GiB while 15.7 GiB", "30.2 GiB + 15.7 GiB = 45.9 GiB")),
        ("Qwen2.5-7B LoRA 3090 OOM: allocated 14.1 GiB, reserved 23.0 GiB, tried to allocate 2 GiB. why", ("asks for 2.00 GiB while 8.90 GiB", "expandable_segments")),
        ("显存还有很多却报错 tried to allocate 1.2GiB，已分配 15G，reserved 23G，3090 训 7B lora", ("**这是碎片：报错要申请 1.20 GiB", "15.0 GiB + 8.00 GiB = 23.0 GiB")),
    ],
)  # fmt: skip
def test_a_message_that_is_retold_is_read_as_the_message(question: str, said: tuple[str, ...]) -> None:
    answer = Assistant().ask(question)
    assert not answer.notices
    for one in said:
        assert one in answer.text, answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Training needs 24 GiB, and what does 10 GiB reserved but unallocated mean?",
        "Qwen2.5-7B LoRA on a 3090 is out of memory, it needs 26 GiB",
        "显存不足：Qwen2.5-7B LoRA 要 26 GiB，3090 只有 24 GiB",
    ],
)
def test_no_failure_of_an_allocation_is_told_without_a_failure_and_idle_blocks(question: str) -> None:
    assert "oom_tried" not in read(question).extras


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 32 × 8,192² × 2 B; 8.03e9 × 2 B and 131,072 B × 8,192 of 24 GiB
        ("Llama-3.1-8B bf16 with attn_implementation eager on a 4090, 8k prompt: Tried to allocate 4.00 GiB. The cache is small, no?", ("32 heads × 8,192 × 8,192 × 2 B = 4.00 GiB", "beside 15.0 GiB of weights and that cache 8.03 GiB of the card are left")),
        ("4090 上 transformers eager 注意力跑 Llama-3.1-8B bf16，8k 输入报 Tried to allocate 4.00 GiB", ("除去权重 15.0 GiB 和这份缓存，卡上还剩 8.03 GiB",)),
        # 40 × 4096² × 2 B
        ("vicuna-13b-v1.5 in 8 bit on a 3090: multi-turn chat OOMs after a few turns at 4096 tokens, is it a leak?", ("The cache stays in 16 bit, however few the weights have", "heads × length² × 2 B = 1.25 GiB")),
        ("vicuna-13b-v1.5 8bit 加载，3090 上多轮聊到 4096 token 就爆显存", ("权重量化到几位，缓存都还是 16 位", "头数 × 长度² × 2 字节 = 1.25 GiB")),
    ],
)  # fmt: skip
def test_what_stays_wide_and_what_is_left_beside_it_are_told(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    for one in said:
        assert one in text, text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 36.90 - 30.12; 39.39 - 36.90 - 1.31
        ("SFT, samples of very different lengths: Tried to allocate 2.00 GiB (GPU 0; 39.39 GiB total capacity; 30.12 GiB already allocated; 1.31 GiB free; 36.90 GiB reserved in total by PyTorch). Why, with 9 GB unallocated?", ("**Fragmentation: the message asks for 2.00 GiB while 6.78 GiB", "1.31 GiB are free and 1.18 GiB the CUDA context's", "pack, cap the length")),
        ("LoRA微调变长数据报错 CUDA out of memory. Tried to allocate 1.50 GiB (GPU 0; 79.15 GiB total capacity; 64.20 GiB already allocated; 0.90 GiB free; 75.30 GiB reserved in total by PyTorch)，为什么", ("**这是碎片：报错要申请 1.50 GiB", "余下的 0.90 GiB 空闲、2.95 GiB 归 CUDA 上下文", "按长度分桶")),
    ],
)  # fmt: skip
def test_a_message_that_tells_its_cause_needs_no_example(question: str, said: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in said), answer
    assert "as an example" not in answer
    assert "为例" not in answer


def test_where_less_lies_idle_than_was_asked_for_it_is_no_fragmentation() -> None:
    answer = (
        Assistant()
        .ask(
            "Full SFT: Tried to allocate 2.00 GiB (GPU 0; 39.39 GiB total capacity; 37.00 GiB already allocated; 1.00 GiB free; 37.50 GiB reserved in total by PyTorch). Why?"
        )
        .text
    )
    assert "**Fragmentation" not in answer


def test_a_pool_that_has_what_is_needed_is_no_refusal() -> None:
    """Told in a message's words, only a need beyond what there is refuses to start."""
    assert (
        "longer_than_pool" not in read("vLLM Llama-3.1-8B needs 5 GB of KV cache and I have 24 GB, does it fit?").cues
    )
    assert "longer_than_pool" in read("vLLM: Llama-3.1-8B needs 16 GiB of KV cache, only 5 GiB are available").cues


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Mistral-Nemo 12B on one L40S, vLLM won't start: max seq len 1024000 larger than the KV cache", ("**Set --max-model-len to what you use, at most about 113,", "1,024,000 tokens × 160 KiB = 156.2 GiB")),
        ("vLLM refuses to start Llama-3.1-8B on a 24GB 3090: max model len 131072 is larger than what the KV cache holds", ("**Set --max-model-len to what you use", "131,072 tokens × 128 KiB = 16.0 GiB")),
        ("vLLM起不来：模型最大长度131072超过KV缓存能存的token，Llama-3.1-8B，24G 4090", ("**把 --max-model-len 设成实际要用的长度，最多约 47,", "131,072 token × 128 KiB = 16.0 GiB")),
    ],
)  # fmt: skip
def test_a_length_beyond_the_cache_is_set_shorter_though_no_count_of_tokens_is_pasted(question: str, said: tuple[str, ...]) -> None:  # fmt: skip
    first = answer_to(question).partition("\n\n")[0]
    assert all(one in first for one in said), first


def test_asked_for_cards_the_length_stays() -> None:
    answer = answer_to("Qwen3-Coder-480B-A35B FP8 at the full 262144 context: 4x H200 fails with 'max seq len is larger than the maximum number of tokens that can be stored in KV cache'. How many H200 do I need?")  # fmt: skip
    assert not answer.startswith("**Set --max-model-len")


@pytest.mark.parametrize(
    "question",
    [
        "Is the KV cache larger than the weights at a context length of 131072 for Llama-3.1-8B?",
        "Llama-3.1-8B 的上下文长度设成 131072，KV 缓存多大？",
        "Does a max_model_len of 32768 fit the KV cache of Llama-3.1-8B on a 4090?",
        "What happens when the context window exceeds the KV cache in Ollama with Llama-3.1-8B?",
        "Llama-3.1-8B 上下文长度超过KV缓存会怎样，vllm 4090",
    ],
)
def test_a_length_that_is_only_asked_about_was_not_refused(question: str) -> None:
    assert "longer_than_pool" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Ollama is offloading Qwen2.5-14B to CPU on my 8GB 3070, can I stop it?", "**The weights alone are too much: 8.51 GB"),
        ("Llama-3.1-8B on my 12GB RTX 4070: why is it being offloaded to the CPU by Ollama?", "**The file is not all: beside 4.59 GB"),
        ("LM Studio keeps offloading Llama-3.3-70B to system RAM on my 24GB 4090, is that normal?", "**Yes, that is normal. The weights alone are too much"),
        ("Ollama 总是把 Qwen2.5-14B 放到 CPU，8G 显卡，为什么", "**仅权重就太大：共 8.51 GB"),
        ("Qwen2.5-32B 在 3090 上，ollama 却在用 CPU，怎么回事", "**文件不是全部：除权重 19.4 GB"),
    ],
)  # fmt: skip
def test_what_a_program_put_on_the_cpu_is_no_setting_of_the_asker(question: str, opens: str) -> None:
    assert "offload" not in read(question).facts
    assert answer_to(question).startswith(opens), answer_to(question)[:200]


@pytest.mark.parametrize(
    "question",
    [
        "If Ollama offloads 10GB of Qwen2.5-32B to RAM, how slow is it on a 3070?",
        "Can I run Qwen2.5-32B on 12GB with Ollama offloading to CPU?",
        "Can I run Qwen3-30B-A3B with experts offloaded to CPU on a 12GB 4070?",
        "Qwen2.5-32B 全部卸载到内存，12G 的 3060，速度多少",
    ],
)
def test_what_somebody_wants_offloaded_is_offloaded(question: str) -> None:
    reading = read(question)
    assert reading.facts.get("offload")
    assert "fell_back" not in reading.cues


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("QwQ-32B-AWQ 4090 max-model-len 40960 KV不够 怎么办", "**把 --max-model-len 设成实际要用的长度，最多约 10,592"),
        ("一张4090跑QwQ-32B-AWQ，vllm上下文最多能开多长？默认40960启动报KV不够", "**把 --max-model-len 设成实际要用的长度，最多约 10,592"),
        ("vLLM Qwen3-32B-AWQ on a 3090: at the default max-model-len 40960 it says not enough KV cache. What do I set?", "**Set --max-model-len to what you use, at most about 10,656"),
    ],
)  # fmt: skip
def test_a_cache_that_is_not_enough_for_the_length_is_answered_by_the_length(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens), answer_to(question)[:200]


def test_a_cache_that_is_asked_about_in_llama_cpp_is_no_length_that_vllm_refused() -> None:
    assert "--max-model-len" not in answer_to("llama.cpp Qwen2.5-7B 12G KV cache 不够吗 32k").split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("vLLM refuses to start Llama-3.1-8B on a 24GB 3090: max model len 131072 is larger than what the KV cache holds", "holds about 95,"),
        ("vLLM refuses to start Llama-3.1-8B on a 24GB 4090 with --kv-cache-dtype fp8: max model len 131072 is larger than what the KV cache holds", ""),
        ("vLLM起不来：kv-cache-dtype fp8，模型最大长度131072超过KV缓存能存的token，Llama-3.1-8B，24G 4090", ""),
    ],
)  # fmt: skip
def test_an_8_bit_cache_is_no_way_where_it_is_one(question: str, says: str) -> None:
    first = answer_to(question).partition("\n\n")[0]
    assert "--max-model-len" in first
    assert says in first if says else "--kv-cache-dtype fp8" not in first
