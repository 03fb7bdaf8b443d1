"""What is run and what is tuned, each with its own model; training that is ruled out; machines to choose from."""

import pytest

from chat.agent import Assistant
from chat.plans.apart import calls_of
from chat.reads.grammar import read


@pytest.mark.parametrize("question", [
    "14B fp16 on a 4090? I won't be fine-tuning it.",
    "No training here. Does Llama-3.3-70B Q4_K_M with 8k context run on 2x 3090?",
    "不微调,Qwen3-14B fp16 一张4090够吗",
    "没有训练需求,单张4090,32B AWQ 行吗",
])  # fmt: skip
def test_training_that_is_ruled_out_is_not_asked_for(question: str) -> None:
    found = read(question)
    assert found.facts.get("task", ("inference",)) == ("inference",)
    assert not {"of_training", "tuned"} & set(found.cues)


@pytest.mark.parametrize("question", [
    "能不能训练7B,单卡24G", "LoRA Qwen2.5-VL-7B on 24GB, not training the vision tower?", "Can't I train a 13B on 24GB?",
])  # fmt: skip
def test_training_that_is_doubted_or_left_out_of_a_part_still_is(question: str) -> None:
    assert read(question).facts["task"] == ("train",)


@pytest.mark.parametrize(("question", "served", "tuned"), [
    ("Mostly serving Llama-3.1-8B fp16, occasionally LoRA on Mistral-7B. One 4090 or one A6000 48GB?", "Llama-3.1-8B-Instruct", "Mistral-7B-v0.1"),
    ("平时跑 Qwen3-32B(Q4_K_M),偶尔 QLoRA 微调 Qwen3-8B,4090 24G 还是 A6000 48G?", "Qwen3-32B", "Qwen3-8B"),
])  # fmt: skip
def test_each_task_has_the_model_of_its_clause(question: str, served: str, tuned: str) -> None:
    found = {
        args.get("task"): args
        for name, args in calls_of(read(question))
        if name in ("recommend", "estimate_memory", "compare")
    }
    assert str(found["inference"]["model"]).endswith(served)
    assert str(found["train"]["model"]).endswith(tuned)
    assert not str(found["train"].get("weight_format")).startswith("gguf")


@pytest.mark.parametrize(("question", "rigs"), [
    ("5090 32G、两张二手3090、还是4090魔改48G,跑 Qwen3-30B-A3B Q4 哪个合适?", ("1 × RTX 5090 32 GB", "2 × RTX 3090", "1 × RTX 4090 48 GB")),
    ("2x used 3090 or one 5090 for Llama-3.3-70B Q4_K_M?", ("2 × RTX 3090", "1 × RTX 5090")),
])  # fmt: skip
def test_a_count_and_a_size_are_those_of_their_own_card(question: str, rigs: tuple[str, ...]) -> None:
    assert read(question).extras["rigs"] == rigs


def test_each_machine_tells_of_each_model() -> None:
    told = Assistant().ask("2x 3090 or one 5090 for Llama-3.3-70B Q4_K_M at 8k and Qwen3-32B Q4_K_M? No training.").text
    assert told.startswith("**Take 2 × RTX 3090: it alone holds Llama-3.3-70B-Instruct wholly on its cards.**")
    assert "| 2 × RTX 3090 | Qwen3-32B |" in told
    assert "Llama-3.3-70B-Instruct Q4_K_M takes 42.6 GiB, more than the 31.8 GiB there are." in told
