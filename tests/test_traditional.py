"""Traditional characters, and the words of Taiwan, say what simplified ones say."""

from typing import Any

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        (
            "我在伺服器上用vLLM推論Qwen3-14B,單張4090,8位元量化夠嗎",
            {"bits": (8,), "n_gpus": (1,), "task": ("inference",)},
        ),
        ("批次大小從8降到2還是一樣爆,微調Qwen3-8B,4090", {"batch_size": (2,), "task": ("train",)}),
        ("之前用A100訓練,現在沒有了,只剩一張3090,QLoRA Qwen2.5-7B可以嗎", {"gpu": ("RTX 3090",)}),
        ("硬碟2TB,記憶體128GB,顯卡4090,DeepSeek-V3 Q2 能跑嗎", {"host_memory_gb": (128,), "gpu": ("RTX 4090",)}),
        ("說錯了,不是兩張,是四張3090,跑Llama-3.3-70B AWQ", {"n_gpus": (4,)}),
    ],
)
def test_traditional_characters_say_the_same(question: str, facts: dict[str, tuple[Any, ...]]) -> None:
    found = read(question).facts
    assert {name: found.get(name, ()) for name in facts} == facts


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        (
            "兩張 RTX 3090 跑 Qwen2.5-72B 的 AWQ 放得下嗎?為什麼?",
            "两张 RTX 3090 跑 Qwen2.5-72B 的 AWQ 放得下吗?为什么?",
        ),
        ("Qwen3-8B 全參微調要不要開重計算,單張 A100 80G", "Qwen3-8B 全参微调要不要开重计算,单张 A100 80G"),
        ("請問 4090 和 3090 哪個跑 Qwen3-14B Q6_K 比較快", "请问 4090 和 3090 哪个跑 Qwen3-14B Q6_K 比较快"),
    ],
)
def test_both_scripts_get_one_answer(traditional: str, simplified: str) -> None:
    assert answer_to(traditional) == answer_to(simplified)
