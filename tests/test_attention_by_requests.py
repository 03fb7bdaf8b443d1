"""Data-parallel attention of a model with one compressed cache, against tensor parallel."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("DeepSeek-V3 on 8x H200 with SGLang: dp-attention or plain TP8, which leaves more KV cache?", "**Data-parallel attention leaves 5."),
        ("DeepSeek-R1 8卡 H200,开 dp attention 比 TP8 多多少 KV 缓存", "**数据并行注意力的缓存是 5."),
        ("DeepSeek-R1 8 卡 H20 用 --enable-dp-attention 比 TP8 能多放多少 KV?", "**这 8 张卡上不行"),
        ("Does data parallel attention save KV memory for DeepSeek-V3 compared to TP?", "**Yes: tensor parallel keeps the whole compressed cache on every card"),
    ],
)  # fmt: skip
def test_it_is_no_copy_of_the_model(question: str, opens: str) -> None:
    told = Assistant().ask(question).text
    assert told.startswith(opens), told[:300]
    assert "keeps a whole copy" not in told


def test_data_parallel_alone_still_is_one() -> None:
    question = "Qwen2.5-72B in bf16 on 4x A100 80GB: tensor parallel or data parallel, which is better?"
    assert "attention_by_requests" not in read(question).cues
    assert "keeps a whole copy on every card" in Assistant().ask(question).text
