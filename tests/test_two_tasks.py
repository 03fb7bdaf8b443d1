"""What is run and what is tuned, each with its own model; training that is ruled out; machines to choose from."""

import pytest

from chat.plans.apart import calls_of
from chat.reads.grammar import read
from tests.talking import answer_to


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
    told = answer_to("2x 3090 or one 5090 for Llama-3.3-70B Q4_K_M at 8k and Qwen3-32B Q4_K_M? No training.")
    assert told.startswith("**Take 2 × RTX 3090: it alone holds Llama-3.3-70B-Instruct wholly on its cards.**")
    assert "| 2 × RTX 3090 | Qwen3-32B |" in told
    assert "Llama-3.3-70B-Instruct Q4_K_M takes 42.6 GiB, more than the 31.8 GiB there are." in told


@pytest.mark.parametrize(("question", "run", "tuned"), [
    ("Phi-4 on a single 3090 in bf16, does it load? Can I train it there too?", "phi-4, inference, bf16", "phi-4, fine-tuning, RTX 3090: fits with QLoRA"),
    ("Can I run Llama-3.3-70B on 2x 48GB in 4 bit? How about fine-tuning?", "**Yes. Llama-3.3-70B-Instruct, inference, 4-bit", "does not fit with full fine-tuning or LoRA"),
    ("一张3090跑Phi-4 bf16行吗?能微调吗?", "phi-4 · 推理 · bf16", "phi-4 · 微调 · RTX 3090：QLoRA 放得下"),
    ("4090跑Qwen3-14B fp8够用吗,训练呢?", "**可以。Qwen3-14B · 推理 · FP8", "QLoRA 放得下"),
])  # fmt: skip
def test_whether_it_can_be_tuned_is_asked_behind_whether_it_runs(question: str, run: str, tuned: str) -> None:
    told = answer_to(question)
    assert run in told
    assert told.index(run) < told.index(tuned)


@pytest.mark.parametrize("question", [
    "I run Llama-3-8B fp16 on a 3090. Can I finetune it on this card?", "Will LoRA on Llama-3.1-8B run on a 4090? and could I finetune with batch 4?",
])  # fmt: skip
def test_a_run_that_is_told_or_is_a_training_is_not_asked_for(question: str) -> None:
    assert "inference" not in answer_to(question).split("\n\n")[0]


def test_of_a_method_the_whole_and_the_share_of_a_card_are_told() -> None:
    # 72.7B × 16 B = 1,163 GB, × 2 B = 145 GB
    told = answer_to("Can 4x A100 80GB run Qwen2.5-72B in int8? And can we tune it on them?")
    for one in ("72.7B × 16 B = 1,163 GB", "72.7B × 2 B = 145 GB (135.4 GiB), 33.9 GiB on each card sharded"):
        assert one in told, told


def test_a_trainer_beside_a_size_is_the_model_that_bears_its_name() -> None:
    assert read("GPT-NeoX-20B in fp16 on an A6000").facts["model"] == ("EleutherAI/gpt-neox-20b",)
    assert "model" not in read("Train a 20B with GPT-NeoX on 8 A100").facts


def test_layers_laid_out_by_the_program_are_no_ranks_that_do_not_divide() -> None:
    told = answer_to("Qwen2.5-14B fp16 on 2x RTX A5000 with device_map=auto, fits?")
    assert "tensor parallel 2" not in told
