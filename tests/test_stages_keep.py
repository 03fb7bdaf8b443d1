"""What the stages of a pipeline keep of the activations: whether they are divided, by which schedule, and how unlike they are."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does pipeline parallel lower the activations of Qwen2.5-7B with pp=2?", "**Not on the fullest card: the first of 2 stages keeps 2 micro-batches"),
        ("Llama-3-8B 全参,pp 8 能降激活显存吗", "**最满的那张卡不会减少：8 级里第 1 级同时保留 8 个微批次"),
        ("Llama-3-8B with pp=4 and 8 micro-batches, GPipe or 1F1B: how much activation memory?", "**1F1B keeps min(4, 8) = 4 micro-batches on the first stage"),
        ("13B pp=8,64 micro-batches,GPipe 和 1F1B 激活差多少", "**1F1B 首级保留 min（8, 64）= 8 个微批次"),
        ("Llama-2-7B 全参 pp=2 dp=2,为什么第一张卡比最后一张占得多", "**参数是均分的，激活不是"),
        ("interleaved 1F1B with 4 chunks for a 7B at pp 8: how much more activation memory?", "**Interleaved, the first stage keeps 1 + (p − 1)/(p·v) times"),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_stages_comes_first(question: str, opens: str) -> None:
    assert Assistant().ask(question).text.startswith(opens)


def test_a_schedule_beside_characters_is_read_and_the_last_card_is_no_count() -> None:
    assert read("7B,pp=4,用GPipe调度").facts["schedule"] == ("gpipe",)
    assert "n_gpus" not in read("7B 全参 pp=2,最后一张卡为什么更满").facts
    assert (
        "GPipe"
        in Assistant().ask("7B full fine-tuning, pp=4, gpipe schedule, 8 micro-batches, how much per card?").text
    )


@pytest.mark.parametrize("question", ["Llama-3-8B full fine-tuning, pp=4, 4 A100 80GB, fits?", "does checkpointing reduce activations with pp=4, 7B?"])  # fmt: skip
def test_else_the_verdict_comes_first(question: str) -> None:
    assert not Assistant().ask(question).text.startswith("**Not on the fullest card")
