"""How large a model a machine runs of which nothing is told, or several sizes of card; and programs that read files."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("刚装好LM Studio,我家电脑跑得动多大的模型", "取决于显存和内存"),
        ("我这台笔记本能跑什么大模型", "取决于显存和内存"),
        ("我這電腦最大能跑多大的模型?", "取决于显存和内存"),
        ("I installed Ollama on my desktop: how big a model can it run?", "That depends on its graphics memory"),
        ("which models can my laptop run locally?", "That depends on its graphics memory"),
    ],
)
def test_what_is_not_told_of_a_machine_is_asked_for(question: str, opens: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens)
    assert "8 GB" in text
    assert "24 GB" in text
    assert "Q4_K_M" in text
    assert "| " not in text


@pytest.mark.parametrize(
    "question",
    [
        "what models can I fine-tune on my laptop?",
        "我的MacBook能跑多大的模型",
        "我电脑是4060 8G,能跑多大的模型",
        "电脑能跑Qwen3-8B吗",
    ],
)
def test_what_is_told_or_trains_is_another_matter(question: str) -> None:
    assert not answer_to(question).startswith(("取决于显存和内存", "That depends on its graphics"))


@pytest.mark.parametrize(
    ("question", "sizes"),
    [
        ("8G、12G、24G显存分别能跑多大的模型", (8, 12, 24)),
        ("6G/8G/16G的卡各跑多大的模型合适", (6, 8, 16)),
        ("12, 16 or 32 GB of VRAM: how large a model can each run?", (12, 16, 32)),
    ],
)
def test_sizes_in_a_row_are_each_a_card(question: str, sizes: tuple[int, ...]) -> None:
    assert read(question).facts["gpu_memory_gb"] == sizes


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("512G内存加一张3090,ktransformers最大能跑哪个moe", "最大 DeepSeek-R1 Q4_K_M"),
        ("16GB VRAM and 64GB RAM, the biggest MoE with ktransformers?", "gpt-oss-120b MXFP4"),
        ("koboldcpp,显存8G内存32G,能带多大的模型", "Q4_K_M"),
    ],
)
def test_programs_that_read_files_have_the_host_as_well(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0]
