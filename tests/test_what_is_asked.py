"""What a question is after: speed or memory, a way of tuning or a model, and what of its figures is no card."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read

_SPEED = {"training_time", "decoding_rate"}


@pytest.mark.parametrize(
    "question",
    [
        "laptop, RTX 4060 8GB: what can I realistically finetune? saw people doing 7B. dont care about speed",
        "what could I reasonably fine-tune on a 12GB card? people say 13B works. training time is not an issue",
        "3060 12GB, what models can I train? slow is fine",
        "what can I actually train on 8 GB, speed doesn't matter. I heard a 7B works",
        "8G 显存能微调什么模型?看到别人训 7B,速度无所谓",
        "12G显存能训哪些模型,慢一点没关系,有人说13B可以",
    ],
)
def test_speed_that_does_not_matter_is_not_asked_for(question: str) -> None:
    reading = read(question)
    assert not _SPEED & set(reading.intents)
    assert "which_models" in reading.cues
    assert "params" not in reading.facts  # what others train is no model of the asker's


def test_a_size_that_is_asked_about_stays() -> None:
    assert read("RTX 4060 8GB, people say a 7B works with QLoRA, is that true?").facts["params"] == (7e9,)
    assert read("Llama-3-8B QLoRA on a 4090: will it be slow?").intents[0] in _SPEED


@pytest.mark.parametrize(
    "question",
    [
        "rough time for full SFT llama-3.1-8b, 200k samples avg 1500 tokens, 3 epochs on 8xH100 SXM? is a day realistic",
        "full fine-tune of Qwen2.5-7B with 1B tokens on 4x A100 80GB, can it finish within a day?",
        "8张H100训Qwen2.5-7B,20万条每条1500 token,3个epoch,一天够吗",
        "7B QLoRA 一张4090 一天能训完吗 1万条 每条1000token 2轮",
    ],
)
def test_whether_a_day_is_enough_is_a_question_of_time(question: str) -> None:
    assert read(question).intents == ("training_time",)


def test_enough_cards_are_no_question_of_time() -> None:
    assert read("一张4090够吗 7B lora").intents[0] == "fits"
    assert "fits" in read("14b lora on 24gb, takes 2 days now, is the memory enough for batch 4?").intents


@pytest.mark.parametrize(
    ("question", "card"),
    [("8xH100 SXM, 70B", "H100"), ("A100 SXM 80GB x4 for a 70B", "A100"), ("8卡H100 SXM 训练7B", "H100")],
)
def test_a_socket_without_its_number_names_the_card(question: str, card: str) -> None:
    reading = read(question)
    assert (reading.facts["gpu"], reading.not_understood) == ((card,), ())


@pytest.mark.parametrize(
    "question",
    [
        "ZeRO论文那张图 7.5B 64卡 120GB → 31.4 → 16.6 → 1.9GB 怎么算出来的?",
        "ZeRO figure 1: 7.5B, 64 GPUs, 120GB -> 31.4GB -> 16.6GB -> 1.9GB. where do these come from?",
    ],
)
def test_a_row_of_results_is_no_card_and_is_explained(question: str) -> None:
    reading = read(question)
    assert "gpu_memory_gb" not in reading.facts
    assert [claim.number for claim in reading.claims] == [120, 31.4, 16.6, 1.9]
    answer = Assistant().ask(question).text
    assert "4 + 12/64" in answer
    assert "× 7.5B = 31.41 GB" in answer


@pytest.mark.parametrize(
    ("question", "offloaded"),
    [
        ("zero3+offload_optimizer 全参Yi-1.5-34B", ["optimizer"]),
        ("zero-3, offload_optimizer only, Yi-1.5-34B full", ["optimizer"]),
        ("DeepSpeed zero-3 offload, 34B full finetune", ["params"]),
    ],
)
def test_an_optimizer_alone_is_offloaded_alone(question: str, offloaded: list[str]) -> None:
    assert list(read(question).facts["offload"]) == offloaded
