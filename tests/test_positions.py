"""What is said of the length that a model declares: nothing of another variant's, nothing that the tables do not hold."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from kb.lengths import by_yarn, length_in_name
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("Yarn-Llama-2-7b-128k", 131072), ("Qwen2.5-7B-Instruct-1M", 2**20), ("granite-8b-code-instruct-8k", 8192), ("glm-100k-x", 100_000),
        ("bloom-560m", 0), ("SmolLM-135M", 0), ("step-1195k-token", 0), ("Llama-3.1-8B", 0),
    ],
)  # fmt: skip
def test_a_name_says_its_length_and_no_count_of_parameters(name: str, length: int) -> None:
    assert length_in_name(name) == length


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("granite-34b-code-instruct-8k int4 at 16k context on a 48GB card, fits?", "declares 8,192 positions"),  # its row has none
        ("Llama-2-7B at 16k context on a 48 GB card, does it fit?", "declares 4,096 positions"),
        ("Mistral-7B-v0.1 at 64k context, does it fit in 48GB?", "declares 32,768 positions"),
        ("Mistral-7B-v0.1 跑 64k 上下文，48G 卡够吗", "声明的位置只有 32,768 个"),
        ("Llama-2-7B 的 KV 缓存在 16k 上下文时多大，48G 卡够吗", "声明的位置只有 4,096 个"),
    ],
)  # fmt: skip
def test_a_length_beyond_the_declared_one_is_told(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text, answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    "question",
    [
        "Can I run Yarn-Llama-2-7b-128k with 100k context on an A100 80GB?",
        "Qwen2.5-7B-Instruct-1M 跑 500k 上下文，8 张 A100 80G 够吗？",
        "granite-8b-code-instruct-8k，16k 上下文，24G 显卡放得下吗",  # its row is the 4k variant's
        "Mistral-7B-v0.1 at 16k context, does it fit in 48GB?",  # beyond its window, not beyond its length
    ],
)
def test_nothing_is_said_of_a_limit_that_is_not_known(question: str) -> None:
    text = answer_to(question)
    assert "positions" not in text
    assert "声明的位置" not in text


@pytest.mark.parametrize(
    ("model", "scaled"),
    [
        ("Qwen2.5-14B-Instruct", 131072), ("Qwen3-32B", 131072), ("Qwen2.5-1.5B-Instruct", 0), ("Qwen3-Coder-480B-A35B-Instruct", 0),
        ("Llama-3.1-8B", 0), ("Qwen2.5-VL-7B-Instruct", 0),
    ],
)  # fmt: skip
def test_who_reaches_further_by_yarn(model: str, scaled: int) -> None:
    found = by_yarn(model)
    assert (found["scaled"] if found else 0) == scaled


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("longest context for Qwen2.5-14B on an A100 80GB with vLLM?", "up to 131,072 takes YaRN (rope_scaling, factor 4)"),
        ("Qwen2.5-7B 在 80G 的卡上最长能开多少上下文", "到 131,072 要开 YaRN（4 倍，rope_scaling）"),
        ("how much longer can the context of Qwen2.5-32B AWQ be on a 4090 with an fp8 cache", "by memory alone 33,467 tokens for sure"),
        ("Llama-3.1-8B 一张 4090，KV 用 fp8 上下文能多开多少", "fp8 缓存：**稳妥的上限是 119,832 token**"),
    ],
)  # fmt: skip
def test_the_longest_is_told_with_what_it_takes(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 64 × 2 × 8 × 128 × 2 B = 128 KiB a token × 8,192; 32 layers with a window of 4,096
        ("longest context of Llama-3-8B on a 24GB card?", "all of it takes 17.0 GiB of 24.0 GiB, 1.00 GiB of that KV cache;"),
        ("Mistral-7B-v0.1 在 16G 卡上最长能开多少上下文", "其中 KV 缓存 0.50 GiB（各层只保留最近 4,096 个）"),
        ("max context for gemma-2-9b on 24GB", "1.97 GiB of that KV cache (layers with a sliding window keep the last 4,096 alone)"),
    ],
)  # fmt: skip
def test_the_whole_declared_length_is_told_with_its_need_and_window(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text.split("\n\n")[0], answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("2张3090 跑 72B Q4 行吗 上下文多少", "按区间中值，5,221 token 时占满"),
        ("can two 3090s run a 72B Q4_K_M, and what context?", "the card is full at 5,221 tokens"),
        ("4090 跑 Qwen2.5-32B AWQ 行不行,多少上下文", "稳妥的上限是 16,733 token"),
    ],
)
def test_a_context_asked_beside_the_verdict_is_solved(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize("question", ["Llama-3-8B 上下文 8k 多少显存", "3090 跑 Qwen2.5-14B AWQ,上下文多少显存能再省?"])
def test_memory_of_a_context_is_no_length_to_solve(question: str) -> None:
    assert "seq_len" not in read(question).asks
