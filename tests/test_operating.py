"""How a program that runs models is kept within a card, asked of it by name and of no model."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("can ollama load two models at the same time without running out of vram", "**The card is not overfilled"),
        ("ollama 同时跑三个模型显存够吗", "**一般不会爆显存"),
        ("ollama doesn't release gpu memory after chat", "**Ollama keeps a model for 5 minutes"),
        ("ollama 用完怎么释放显存", "**Ollama 在最后一次请求 5 分钟后"),
        ("what does keep_alive=0 do in ollama, does it still use vram", "**No: with keep_alive 0"),
        ("ollama keep_alive 改成 0 会占显存吗", "**不占"),
        ("how do I force ollama to run fully on gpu", "**Make what it needs smaller"),
        ("ollama 强制全部用gpu", "**让它需要的少于空闲显存"),
        ("how to limit vllm gpu memory usage", "**Lower gpu_memory_utilization"),
        ("sglang 怎么限制显存占用", "**调低 mem_fraction_static"),
        ("where does vllm log how much kv cache is left after loading", "**vLLM logs it as it starts"),
        ("vllm 日志里怎么看 kv cache 有多大", "**vLLM 启动日志里有三行"),
        ("what should cache_max_entry_count be in lmdeploy", "**Leave it at 0.8"),
        ("lmdeploy cache-max-entry-count 是什么意思", "**LMDeploy 独占这张卡就用默认的 0.8"),
        ("llama.cpp fails at load with a big -c even before any inference, oom, why", "**llama.cpp and Ollama set the"),
        ("llama-server 上下文开大 还没开始问就显存不足报错", "**llama.cpp 和 Ollama 加载时就按整个上下文"),
    ],
)  # fmt: skip
def test_it_is_told_what_is_asked(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_the_cache_that_a_share_leaves_is_worked_out() -> None:
    told = answer_to("lmdeploy cache_max_entry_count 默认多少合适")
    assert "（24.0 GiB − 权重 12.6 GiB − 运行时 0.80 GiB）× 0.8 = 8.52 GiB" in told


def test_a_share_that_is_called_the_default_is_read() -> None:
    assert "没有读懂" not in answer_to("lmdeploy 默认0.8 为什么7B也占满显存")


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("ollama qwen2.5:14b and llama3.1:8b loaded at once on 24GB, enough?", "not overfilled as a rule"),
        ("ollama 同时开两个模型速度会变慢吗", "一般不会爆显存"),
        ("ollama keeps using cpu instead of gpu", "keeps a model for 5 minutes"),
        ("does ollama memory leak over time", "keeps a model for 5 minutes"),
        ("how to limit vllm kv cache", "Lower gpu_memory_utilization"),
        ("vllm Qwen3-8B on 24GB: limit to 16GB, fits?", "**Lower gpu_memory_utilization"),
        ("vllm log: GPU KV cache size: 43,520 tokens, how many users of 8k", "vLLM logs it as it starts"),
        ("Qwen3-8B Q4_K_M llama.cpp -c 131072 on 12GB OOM at start", "set the whole context aside as they load, used"),
    ],
)  # fmt: skip
def test_a_case_is_answered_itself(question: str, unsaid: str) -> None:
    assert unsaid not in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("xinference 启动 Qwen2.5-14B 显存不足", "**仅 16 位权重就要 27.5 GiB"),
        ("vllm out of memory when starting Qwen3-32B", "**The weights alone are 61.0 GiB"),
        ("vllm Qwen3-8B max-model-len from 32768 to 8192, how much vram saved", "**On the card nothing"),
        ("Qwen3-8B 的 max_model_len 从16k改成4k 能省显存吗", "**显卡上看到的一点不变"),
    ],
)
def test_a_server_of_no_card_is_told_what_helps(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("vllm Qwen3-8B OOM after a few hours of serving", "The weights alone are"),
        ("vllm Qwen3-8B on a 4090 OOM at start", "The weights alone are"),
        ("Qwen3-8B: KV cache at 32k and at 8k", "On the card nothing"),
        ("llama.cpp Qwen3-8B context from 32k to 8k, vram saved", "On the card nothing"),
    ],
)
def test_other_failures_and_lengths_are_not(question: str, unsaid: str) -> None:
    assert unsaid not in answer_to(question)
