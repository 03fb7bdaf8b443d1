"""Flags and variables asked about by name, of no model: what they do to memory."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("what happens if I set num_ctx too high?", "**llama.cpp and Ollama set the whole context aside"),
        ("ollama 上下文开太大会怎样", "**llama.cpp 和 Ollama 加载时就按整个上下文预留"),
        ("what is -fa for in llama-server", "**-fa (Ollama: OLLAMA_FLASH_ATTENTION=1) computes attention"),
        ("OLLAMA_FLASH_ATTENTION 有什么用", "**-fa（Ollama"),
        ("what happens with -ngl 0", "**With 0 layers on the card"),
        ("n_gpu_layers=0 还占显存吗", "**放 0 层时"),
        ("what is OLLAMA_MAX_LOADED_MODELS", "**It reserves nothing: OLLAMA_MAX_LOADED_MODELS"),
        ("OLLAMA_MAX_LOADED_MODELS 默认是多少", "**它不预留显存"),
        ("what does expandable_segments:True mean", "**They are settings of PyTorch's allocator"),
        ("max_split_size_mb 有什么用", "**它们是 PyTorch 分配器"),
        ("does torch_dtype auto use less memory?", "**torch_dtype (dtype) is the type"),
        ("不写 torch_dtype 会多占显存吗", "**torch_dtype（dtype）决定"),
        ("what does device_map auto do", '**device_map="auto" places whole layers'),
        ("device_map 是什么", '**device_map="auto" 按整层摆放'),
        ("why does memory increase on the first request", "**Normal: the first pass allocates"),
        ("第一次请求显存增加正常吗", "**正常：第一次前向才会分配"),
        ("does turning off prefix caching save vram?", "**Without prefix caching nvidia-smi shows the same"),
        ("关掉前缀缓存会怎么样", "**关掉前缀缓存"),
        ("is a gguf made with imatrix larger?", "**Hardly: an importance matrix"),
        ("imatrix 会让文件变大吗", "**几乎不变：重要性矩阵"),
        ("does stream=True need more memory?", "**No: streaming only sends"),
        ("流式输出会多占显存吗", "**不会：流式只是"),
        ("does vllm --block-size affect memory?", "**Hardly: a sequence wastes at most"),
        ("what is -ub in llama.cpp", "**512 is the usual one: -ub"),
        ("ubatch-size 是什么意思", "**一般用 512"),
        ("what does keep_alive do in ollama", "**Ollama keeps a model for 5 minutes"),
        ("mlock 是干什么的", "**--mlock 把文件的内存页锁"),
        ("num_gpu 和 -ngl 是一样的吗", "**它是放到显卡上的层数"),
        ("why does vram not go down after the request is done", "**Most likely no leak"),
    ],
)  # fmt: skip
def test_a_flag_is_explained_first(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_the_scores_that_flash_attention_spares_are_told() -> None:
    assert "32 × 512 × 32,768 × 4 B = 2.00 GiB" in answer_to("what does -fa do in llama.cpp")


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        (
            "qwen2.5:14b q4 with num_ctx 32768 on a 3060 12GB: too high?",
            "set the whole context aside as they load, used",
        ),
        ("Qwen3-8B Q4_K_M -fa on -c 32768 on a 12 GB card, fits?", "computes attention without writing"),
        ("Llama-3.1-8B Q4_K_M with -ngl 0, how much RAM?", "With 0 layers on the card"),
        ("Llama-2-7b with torch_dtype=float16, how much memory?", "is the type in which transformers"),
        ("70B 4bit with device_map auto on 2x 3090, does it fit?", "places whole layers: first"),
        ("why is memory uneven with device_map auto", "places whole layers: first"),
        ("OOM at the first step of training, why", "the first pass allocates what loading"),
        ("which is better quality, imatrix or not", "importance matrix tells"),
        ("max-model-len too high in vllm, what happens", "llama.cpp and Ollama set the whole context aside"),
    ],
)
def test_a_case_is_answered_itself(question: str, unsaid: str) -> None:
    assert unsaid not in opening(question)
