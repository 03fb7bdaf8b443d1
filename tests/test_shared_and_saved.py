"""What is left of a card, what several programs on it are given, and what a narrower or a bounded cache saves: asked shortly."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("how many tokens of context go into the remaining 5 GB with Qwen3-8B", "**5.00 GiB of KV cache hold 36,408 tokens"),
        ("qwen2.5 7b awq loaded, 6 gb left on the card, what context can I use", "**6.00 GiB of KV cache hold 112,347 tokens"),
        ("after the weights 10 GB remain, how long a context for Qwen2.5-14B?", "**10.0 GiB of KV cache hold 54,613 tokens"),
        ("加载完 qwen3-8b 还剩 6G 显存，能放多少 token", "**6.00 GiB 的 KV 缓存可放"),
        ("llama3 8b 权重放完剩下8G，还能放多少token", "**8.00 GiB 的 KV 缓存可放 65,536"),
        ("剩余 5GB 显存能放 Qwen3-8B 多少上下文", "**5.00 GiB 的 KV 缓存可放 36,408"),
    ],
)  # fmt: skip
def test_what_a_load_leaves_is_the_room_of_the_cache(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
    assert "gpu_memory_gb" not in read(question).facts


@pytest.mark.parametrize(
    "question",
    [
        "my 3060 has 6gb free, how much context can I get for llama 3 8b q4",
        "显卡被别人占了，只剩 10G，qwen3-4b 能开多长上下文",
        "desktop leaves 10 gb, how much context for qwen3 4b",
        "after loading qwen3-8b I have 20 GB of RAM left, how much context?",
    ],
)
def test_what_others_leave_of_a_card_is_no_room_beside_the_weights(question: str) -> None:
    assert "log_cache_gib" not in read(question).extras


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("fp8 kv cache saves how much for qwen2.5-14b at 32k", "**It saves 3.00 GiB"),
        ("what does an fp8 kv save llama 3.1 8b at 64k", "**It saves 4.00 GiB"),
        ("how many GB does sliding window save gemma 3 12b at 64k", "**gemma-3-12b-it: its window saves"),
        ("gpt-oss-20b 的滑动窗口省多少 kv cache", "**gpt-oss-20b：131,072 token 时窗口省 3.00 GiB（50%）"),
        ("gemma 3 的滑动窗口在 64k 时省多少 KV", "**gemma-3-27b-it：65,536 token 时窗口省"),
        ("Mistral-7B-v0.1 滑动窗口在 32k 时能省多少显存", "**Mistral-7B-v0.1：32,768 token 时窗口省 3.50 GiB（88%）"),
    ],
)  # fmt: skip
def test_what_is_saved_is_told_first_in_its_own_bits(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_a_quantised_cache_saves_the_same_wherever_it_is_told() -> None:
    told = answer_to("fp8 kv qwen2.5-32b saves what at 32k")
    assert "8.00 GiB → 4.00 GiB" in told
    assert "4.25 GiB" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("run 2 vllm servers on one 24gb card, what gpu_memory_utilization", "**Give each of the 2 its own gpu_memory_utilization, 0.45"),
        ("start 3 vllm instances on one H100, what share each", "**Give each of the 3 its own gpu_memory_utilization, 0.3"),
        ("一张3090起两个vllm怎么分显存", "**给这 2 个服务各设一个 gpu_memory_utilization，平分就是 0.45：整卡 24.0 GiB，各 10.8 GiB"),
    ],
)  # fmt: skip
def test_servers_of_no_model_are_given_shares(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_servers_of_a_model_are_held_against_the_card() -> None:
    assert opening("two vllm instances of Qwen2.5-7B on one 4090, how do i split").startswith("**No: 2 × ")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("can one 3090 hold a reranker and a 7b awq together", "bge-reranker-v2-m3 1.14 GB"),
        ("4090: embedding model plus qwen2.5 14b awq at the same time?", "bge-m3 1.14 GB"),
        ("一张24G卡能同时放 bge 和 qwen2.5-7b 吗", "bge-m3 1.14 GB"),
        ("单卡4090 embedding 加 qwen3-8b 一起跑够吗", "bge-m3 1.14 GB"),
    ],
)
def test_an_embedding_model_without_a_name_is_counted_as_a_usual_one(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "does the embedding and lm_head of a 7b awq stay 16 bit both",
        "向量数据库和 qwen2.5-7b 放一张4090",
        "train embedding and lm_head with LoRA of a 7B on one 4090",
    ],
)
def test_a_matrix_of_a_model_is_no_embedding_model(question: str) -> None:
    assert "bge" not in answer_to(question)


def test_formats_of_a_cache_leave_weights_as_they_are_told() -> None:
    assert "44.9 GiB of 80.0 GiB" in opening("Qwen2.5-72B AWQ on an A100 80GB at 16k: fp8 or bf16 KV cache?")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("one vllm server on an A100 80G for 8b and another for 8b awq, shares?", "**Give each server its own gpu_memory_utilization"),
        ("one vllm server with 7b and another with 7b gptq on one 4090, what shares?", "**Only tightly on this card: each needs a share"),
        ("4090 上一个 vllm 跑 7b fp16，另一个跑 7b awq，显存怎么分", "**这张卡上只能勉强放下：每个服务各要整卡的一份"),
    ],
)  # fmt: skip
def test_two_formats_of_one_model_are_two_servers(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("what is ollama's default context length and how much more does 32k need?", "3.50 GiB (0.50 GiB → 4.00 GiB)"),
        ("ollama default context, how much does 16k add for qwen2.5 7b", "0.66 GiB (0.22 GiB → 0.88 GiB)"),
        ("ollama 默认 num_ctx 多少，开到 16k 多占几个G", "1.50 GiB（0.50 GiB → 2.00 GiB）"),
    ],
)
def test_the_context_that_ollama_takes_by_itself(question: str, says: str) -> None:
    told = opening(question)
    assert told.startswith(("**Ollama's default context goes with the VRAM", "**Ollama 的默认上下文看显存"))
    assert says in told


def test_whether_a_model_fits_at_that_context_is_said_first() -> None:
    assert opening("ollama default context for Llama-3.1-8B on 8GB: does it fit?").startswith("**Yes. Llama-3.1-8B")


@pytest.mark.parametrize("question", [
    "Qwen2.5-14B AWQ on a 4090 at 64k, fp8 kv or not?",
    "qwen2.5-14b awq 4090 64k fp8 kv 开不开",
])  # fmt: skip
def test_a_narrow_cache_or_none_is_held_against_the_card_both_ways(question: str) -> None:
    assert "16.8 GiB" in opening(question)
    assert "22.8 GiB" in opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("gemma-3-27b-it at the full 128k context, how much VRAM? does the sliding window actually save anything?", "its window saves 51.6 GiB of 62.0 GiB"),
        ("gemma-3-12b 128k上下文要多少显存，滑动窗口到底省不省", "窗口省 39.7 GiB"),
    ],
)  # fmt: skip
def test_a_window_asked_beside_its_model_saves_in_figures(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_a_window_of_no_model_is_explained() -> None:
    assert answer_to("What does a sliding window do to the KV cache?").startswith("**It bounds the cache")
