"""How far a context goes, asked by the name of a flag, with the length that the model is said to have; types of a cache that weights have not."""

import pytest

from chat.plans.apart import calls_of
from chat.reads.grammar import read
from tests.talking import answer_to


def _solved(text: str) -> dict[str, object]:
    return next((facts for name, facts in calls_of(read(text, None)) if name == "solve_for"), {})


@pytest.mark.parametrize(
    "text",
    [
        "Qwen3-14B Q4_K_M on one 4070 12GB, llama.cpp with all layers on the GPU. Largest -c I can set?",
        "llama-server, Qwen3-14B Q4_K_M, RTX 4070 12GB: how high can I push -c?",
        "Qwen3-14B Q4_K_M,单张 4070 12G,llama.cpp 全部放 GPU,-c 最大能设多少?",
        "Qwen3-14B Q4_K_M 在 4070 12G 上,-c 能开到多少?",
    ],
)
def test_the_flag_of_llama_cpp_asks_for_the_longest(text: str) -> None:
    assert _solved(text)["quantity"] == "seq_len"
    assert "own_length" not in _solved(text)


@pytest.mark.parametrize(
    "text",
    [
        "llama-server -c 32768 with Qwen3-14B Q4_K_M on a 4070 12GB, fits?",
        "Qwen3-14B Q4_K_M,4070 12G,-c 8192 够吗?",
    ],
)
def test_a_length_behind_the_flag_is_a_setting(text: str) -> None:
    assert _solved(text).get("quantity") != "seq_len"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Qwen3-30B-A3B Q4_K_M, 3090, llama.cpp. Largest -c I can set? The model says 262144.", 262144),
        ("Qwen3-30B-A3B Q4_K_M on a 3090. What's the longest context? It supports 256k.", 262144),
        ("Mistral-Nemo Q6_K on a 4070 Ti Super 16GB, max context? n_ctx_train = 131072", 131072),
        ("Mistral-Nemo Q6_K,4070 Ti Super 16G,llama.cpp 上下文最长能开多少?官方说支持 128k", 131072),
        ("Qwen3-30B-A3B Q4_K_M,3090,num_ctx 最大能设多少?模型写着 262,144", 262144),
    ],
)
def test_what_the_model_is_said_to_have_is_no_setting(text: str, tokens: int) -> None:
    told = _solved(text)
    assert told["own_length"] == tokens
    assert "seq_len" not in told


def test_the_length_of_another_version_is_no_limit_and_told_with_its_cache() -> None:
    said = answer_to("Qwen3-30B-A3B Q4_K_M, one 3090, llama.cpp. Largest -c I can set? The model says 262144.")
    opening = said.split("\n")[0]
    assert opening.startswith("**Up to 55,552 tokens for sure**")
    assert "262,144" in opening
    assert "24.0 GiB of KV cache alone" in opening  # 2 × 48 × 4 × 128 × 2 B × 262,144
    assert "8-bit cache (q8_0) about 119,123" in opening


@pytest.mark.parametrize(
    "text",
    [
        "Mistral-Nemo 12B Q4_K_M (7.5 GB) on a 5060 Ti 16GB, llama.cpp, -c 131072. OOM with f16 cache, still OOM with -ctk q8_0 -ctv q8_0. I thought q8 halves it?",
        "Mistral-Nemo 12B Q4_K_M on a 5060 Ti 16GB, -c 131072: OOM even with a q8 KV cache. Shouldn't q8 be half?",
        "Mistral-Nemo 12B Q4_K_M,5060 Ti 16G,llama.cpp -c 131072,换 -ctk q8_0 -ctv q8_0 还是 OOM,q8 不是减半吗?",
    ],
)
def test_a_type_of_the_cache_by_its_bits_is_no_file(text: str) -> None:
    facts = read(text, None).facts
    assert facts["weight_format"] == ("gguf:Q4_K_M",)
    assert "q8_0" in facts["kv_format"]


@pytest.mark.parametrize(
    "text",
    [
        "Qwen3-8B q8 on a 3060 12GB with -ctk q8_0 -ctv q8_0, -c 32768, fits?",
        "Qwen3-8B,Q4_K_M 还是 q8 模型好?3060 12G,-ctk q8_0 -ctv q8_0",
    ],
)
def test_a_file_of_the_same_bits_stays_one(text: str) -> None:
    assert "gguf:Q8_0" in read(text, None).facts["weight_format"]


def test_a_narrow_cache_that_is_still_too_much_is_told_apart_from_the_weights() -> None:
    text = "Mistral-Nemo 12B Q4_K_M on a 5060 Ti 16GB, llama.cpp, -c 131072. Still OOM with -ctk q8_0 -ctv q8_0. I thought q8 halves it?"
    opening = answer_to(text).split("\n")[0]
    assert "8.5 bits" in opening  # 32 numbers in 34 bytes
    assert "10.6 GiB instead of 20.0 GiB" in opening
    assert "the weights stay 7.06 GB" in opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("2x3090 Llama-3.3-70B gguf: Q4_K_M or IQ4_XS, and how much context does each leave?", "**IQ4_XS for a long context (28,806 tokens); Q4_K_M where 15,833 tokens are enough, as more bits lose less.** With an 8-bit cache"),
        ("一张4090跑Qwen3-32B，Q4_K_M还是Q5_K_M，各能开多长上下文", "**要长上下文选 Q4_K_M（17,207 token），4,348 token 够用就选 Q5_K_M：位数更多、损失更小。**"),
        ("一张3090跑Qwen3-30B-A3B，Q4_K_M还是Q3_K_M，各能开多长上下文", "**选 Q4_K_M：模型的 40,960 token 全长它也放得下"),
        ("4090, Qwen2.5-32B: AWQ or GGUF Q4_K_M, how long a context can I have with each?", "**The context is as good as the same with each"),
        ("Llama-3.3-70B on 2x3090, Q4_K_M or Q5_K_M, how much context?", "**Take Q4_K_M: it alone leaves room for a context (15,833 tokens).**"),
    ],
)  # fmt: skip
def test_which_format_is_said_before_the_context_of_each(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    ["What is the max context of Qwen3-32B on a 4090 with Q4_K_M and with Q5_K_M?", "Qwen3-32B Q4_K_M on a 4090: bf16 or q8_0 cache, how much context?"],
)  # fmt: skip
def test_where_no_format_is_to_be_chosen_each_has_its_context(question: str) -> None:
    assert answer_to(question).startswith("- ")
