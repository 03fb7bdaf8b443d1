"""Several ways to learn from feedback: which models each keeps; what an estimator leaves out; an optimizer that nobody asked about."""

import pytest

from tests.talking import answer_to, narrow_opening, opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Which models sit in memory for PPO, GRPO and DPO full fine-tuning of a 7B, and how do they differ?", ("PPO keeps four: actor and critic train, 108 GB each", "13.5 GB each (2 B): 243 GB", "GRPO keeps two", "DPO keeps two: the policy 108 GB")),
        ("DPO vs GRPO for Qwen2.5-7B full: what is kept on the GPU in each?", ("GRPO keeps two: the policy 122 GB", "DPO keeps two")),
        ("PPO和GRPO分别要加载几个模型", ("PPO 四个", "GRPO 两个", "推理引擎另有一份 16 位权重")),
        ("8B全参,PPO和ORPO各要放哪些模型", ("PPO 四个", "ORPO 一个:策略 128 GB")),
    ],
)  # fmt: skip
def test_the_models_of_each_are_told_first(question: str, said: tuple[str, ...]) -> None:
    first = narrow_opening(question)
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    "question",
    [
        "Which models can I GRPO or DPO on a single 4090?",
        "GRPO or DPO for Qwen2.5-7B full on 8 A100 80G, which is lighter?",
        "PPO、DPO分别能训哪些模型,8卡A100",
        "7B全参做GRPO,显存里分别要放哪几个模型",
    ],
)
def test_other_questions_of_them_are_answered_as_asked(question: str) -> None:
    first = narrow_opening(question)
    assert "keeps two" not in first
    assert "GRPO 两个" not in first


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("DeepSpeed zero3 estimator says 2.9GB per GPU for Qwen2.5-32B with full offload. Real run at 4k, micro batch 4: over 45GB. Why so far off?", ("**DeepSpeed's estimator counts model states only", "46.6 GiB in all, about the 45 GB that you see", "a micro-batch of 1 (16.0 GiB), a fused loss (23.8 GiB)")),
        ("deepspeed估算zero3全offload 7B每卡只要0.5GB,实际batch 8跑到13G,为什么差这么多", ("**DeepSpeed 的估算只算模型状态", "与您看到的 13 GB 相近", "ZeRO 不切分", "micro-batch 设为 1(")),
        ("deepspeed estimate_zero3_model_states_mem_needs_all_cold for Llama-2-13b, 8 GPUs, no offload says 27.9GB per GPU. is that all?", ("**No: DeepSpeed's estimator counts model states only",)),
    ],
)  # fmt: skip
def test_what_an_estimator_leaves_out_is_told_with_what_lowers_it(question: str, said: tuple[str, ...]) -> None:
    first = opening(question).replace("（", "(")
    assert all(one in first for one in said), first


def test_an_optimizer_that_nobody_asked_about_is_offered_where_none_fits() -> None:
    for question, said in (
        ("Full fine-tune of Llama-3.2-3B on 24GB: would Lion or Adafactor instead of AdamW get me there?", "Or 8-bit AdamW on pure bf16 (6 B per parameter): 20.0 GiB"),
        ("Qwen2.5-3B 全参 24G 显存,换 Lion 或 Adafactor 代替 AdamW 能放下吗", "或纯 bf16 加 8 位 AdamW（每参数 6 字节）：19.1 GiB"),
    ):  # fmt: skip
        assert said in answer_to(question)
    assert "Or 8-bit AdamW" not in answer_to("Llama-3.1-8B full fine-tune on one A100 80GB: Adafactor or Lion?")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qwen2.5-VL-32B on 2x 3090 with my own images: LoRA, QLoRA or freeze the vision tower?", "freezing the vision tower saves next to nothing"),
        ("Qwen2-VL-7B单卡4090,用LoRA、QLoRA还是冻结ViT", "用适配器时再冻结视觉塔几乎不省"),
    ],
)  # fmt: skip
def test_a_frozen_tower_among_the_ways_is_told_of(question: str, said: str) -> None:
    assert said in answer_to(question)
    assert said not in answer_to("LoRA or QLoRA for Qwen2.5-VL-7B on a 4090?")


def test_an_engine_that_only_freed_its_cache_keeps_its_weights() -> None:
    asked = "verl grpo full 32B on 8x H100: rollouts run, update_actor OOMs, lowering gpu_memory_utilization to 0.5 did nothing"
    assert "with only its cache freed its own 16-bit weights, 30.5 GiB, stay" in narrow_opening(asked)
