"""A KV cache asked about by itself, where its formula is no answer."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("where is the kv cache kept, ram or vram?", "**In the memory of whatever computes attention"),
        ("KV 缓存放在显存里还是内存里", "**放在计算注意力的地方"),
        ("what are kv heads?", "**Grouped-query attention shrinks the KV cache"),
        ("KV 头是什么", "**分组查询注意力"),
        ("does gptq quantize the kv cache too?", "**The cache is no part of the model's file"),
        ("KV cache 默认是几位", "**KV 缓存不在模型文件里"),
        ("can the kv cache be larger than the model weights", "**It can be: weights stay as they are"),
        ("KV 缓存会超过模型权重吗", "**有可能：权重不变"),
        ("do several requests share the KV cache?", "**Only what begins alike"),
        ("不同请求之间可以复用 kv cache 吗", "**只能共享相同的开头"),
        ("how to get more kv cache in sglang", "**The pool is no setting of its own"),
        ("vllm 的 kv 缓存怎么调大", "**缓存池没有单独的大小设置"),
        ("vllm: kv cache usage 98%", "**The cache is full, not the card"),
        ("how can I reduce the KV cache", "**It is bytes of a token × tokens"),
        ("有什么办法减少 KV 缓存占用", "**缓存 = 每 token 字节数 × token 数"),
        ("why is the kv cache so large", "**Because a key and a value are kept"),
        ("kv 缓存为什么占这么多", "**因为每个 token、每一层"),
        ("what is KV buffer size in llama.cpp's log", "**It is the KV cache that llama.cpp sets aside"),
        ("llama_kv_cache size 那行是什么意思", "**它是 llama.cpp 加载时按整个 -c 预留"),
        ("Is MLA's cache split by TP?", "**MLA works with tensor parallel, but its cache is not divided"),
        ("MLA 用张量并行 KV 会切分吗", "**MLA 能用张量并行，但缓存不会切分"),
        ("does rope scaling make the kv cache larger?", "**RoPE scaling (YaRN) takes no memory"),
        ("滑动窗口能省多少 KV 缓存", "**它给缓存设了上限"),
        ("kv cache in prefill and in decoding", "**Weights are the same in both"),
        ("are prompt tokens counted in the kv cache", "**Yes: every token of the prompt"),
        ("KV 缓存包括输入的 token 吗", "**包括：提示的每个 token"),
    ],
)  # fmt: skip
def test_it_is_told_what_is_asked(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
    assert not opening(question).startswith(("**Bytes per token", "**每 token 字节数"))


def test_the_tokens_that_outweigh_the_weights_are_worked_out() -> None:
    assert "= 122,532 tokens" in answer_to("is the kv cache ever bigger than the weights?")


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("Qwen3-8B at 32k with 8 users: is the kv cache larger than the weights?", "It can be: weights stay"),
        ("Qwen2.5-7B on a 4090 with vllm: kv cache too small for 32k", "no setting of its own"),
        (
            "DeepSeek-V3 tp 8: does each card keep the whole kv cache?",
            "**MLA works with tensor parallel, but its cache is not divided",
        ),
        ("kv cache formula", "In the memory of whatever"),
        ("how is kv cache computed for gqa", "Grouped-query attention shrinks"),
        ("does quantization reduce the kv cache", "**It is bytes of a token"),
        ("Qwen2.5-32B at 64k on a 4090: how to reduce the kv cache", "**It is bytes of a token"),
        ("fp8 kv cache saves how much", "no part of the model's file"),
        ("kv cache offload to ram in llama.cpp, slower?", "In the memory of whatever"),
        ("同样7B,Qwen1.5-7B比Qwen2.5-7B多占十几个G,权重文件不是差不多大吗", "硬盘占用"),
    ],
)
def test_a_case_or_the_formula_is_answered_itself(question: str, unsaid: str) -> None:
    assert unsaid not in opening(question)
