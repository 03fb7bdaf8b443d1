"""A cache that is told as every token in every layer comes to, of models whose layers have windows."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(("question", "says"), [
    ("Some spreadsheet says gemma-3-12b needs 48 GB of KV cache at 128k in vLLM on an A100 80GB, is there room?", ("**48 GB counts every token in all 48 layers; the cache of 131,072 tokens takes 8.31 GiB", "48.0 GiB of cache and 73.0 GiB in all", "hybrid KV cache manager")),
    ("gemma-3-27b bf16 at 128k, one request in vLLM: an online tool gives 62 GiB for the KV cache, so 120 GB, others run it on one H100 80GB. What is it really?", ("**62 GiB counts every token in all 62 layers", "for 52 of its 62 layers keep the last 1,024 only", "--disable-hybrid-kv-cache-manager", "too much.")),
    ("vLLM 跑 gemma-3-27b,64k 上下文,网上算出 KV 缓存要 31G,一张 A100 80G 放得下吗?", ("**31 GB 是把 62 层都按全部 token 算的", "实际是 5.41 GiB", "放不下")),
    ("用计算器算 gemma-3-12b 32k 的 KV 缓存是 12GiB,4090 上用 llama.cpp 跑 Q4_K_M,到底要多少显存", ("**12 GiB 是把 48 层都按全部 token 算的", "实际是 2.47 GiB")),
])  # fmt: skip
def test_a_cache_told_in_full_is_set_right_first(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert text.startswith(says[0]), text[:300]
    for one in says[1:]:
        assert one in text.split("\n\n")[0], text[:800]


@pytest.mark.parametrize("question", [
    "Qwen3-32B at 32k: a calculator gives me 8 GiB of KV cache, on vLLM with an H100, does it fit?",
    "gemma-3-27b at 128k in vLLM: I get 10.4 GiB of KV cache, does it fit on an H100?",
    "gemma-3-27b on vLLM takes 62 GB on my H100 at 8k, how large is the KV cache?",
    "gemma-3-12b 128k 的 KV 缓存多大,A100 80G 跑 vLLM",
])  # fmt: skip
def test_what_is_right_or_told_of_else_is_not_called_so(question: str) -> None:
    text = answer_to(question)
    assert "counts every token in all" not in text
    assert "都按全部 token 算的" not in text
