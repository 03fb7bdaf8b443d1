"""Several figures of several people for one training, each a product of its own; what activations add to them."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, embedded


@pytest.mark.parametrize(
    ("question", "opening", "part"),
    [
        (
            "I asked around about full fine-tuning Llama-3.2-1B on my 3060 12GB and got four answers: 4.9 GB, 9.9 GB, 14.8 GB and 19.8 GB. Where do they come from, and how much do activations add?",
            "**None of them is wrong",
            "Beside them, logits and the loss take another",
        ),
        (
            "Llama-3.2-1B全参微调，3060 12G，查到四种说法：4.9G、9.9G、14.8G、19.8G，怎么来的？激活还要再加多少？",
            "**都没算错",
            "logits 与损失另有",
        ),
    ],
)
def test_each_of_several_figures_is_told_and_what_comes_on_top(question: str, opening: str, part: str) -> None:
    told = answer_to(question)
    assert told.startswith(opening)
    assert (
        "16-bit weights 2 + gradients 2 without any optimizer" in told or "16 位权重 2 + 梯度 2，都没有算优化器" in told
    )
    assert part in told


@pytest.mark.parametrize(
    "question",
    ["7B全参，是参数量乘2、4、16里的哪个", "full tuning of a 7B: are the parameters times 2, 4 or 16 right?"],
)
def test_a_row_of_factors_is_understood(question: str) -> None:
    assert read(question).not_understood == ()


@pytest.mark.parametrize(
    ("question", "part", "logits"),
    [
        ("how much do activations take in QLoRA of Qwen3-8B at 4k?", "**Activations: 2.41 GiB at most", "take another 6.96 GiB"),
        ("LoRA of Qwen3-8B at 4k on a 3090: how large are the activations?", "**Activations: ", "take another 6.96 GiB"),
        ("Qwen3-8B QLoRA 4k 激活占多少", "**激活：最多 2.41 GiB", "logits 与损失另有 6.96 GiB"),
    ],
)  # fmt: skip
def test_activations_are_told_with_the_logits_beside_them(question: str, part: str, logits: str) -> None:
    told = embedded().ask(question)
    assert part in told.text
    assert logits in told.text
    assert not told.notices
