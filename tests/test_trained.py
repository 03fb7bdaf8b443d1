"""What is asked of training in words: which stage, how much more, whether a reference model comes on top."""

import pytest

from chat.agent import Assistant
from kb import estimate
from kb.comparison import compare


def first(question: str) -> str:
    return Assistant().ask(question).text.split("\n\n")[0]


def test_of_set_ups_at_the_edge_the_one_that_needs_less_than_the_card_is_taken() -> None:
    found = compare(
        [{"zero_stage": 2}, {"zero_stage": 3}], model="Llama-3.1-8B", method="full", gpu="L40S", n_gpus=4, seq_len=4096
    ).json()
    over, under = (one["memory"]["best_gib"] for one in found["setups"])
    assert over > 45 > under
    assert found["recommended"] == 1
    assert found["mended"][0]["setup"] == 1  # of layouts alone the nearest is made to fit for sure


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("4x L40S, full finetune llama 3.1 8b at 4k, bs 1: zero2 or do i have to go zero3?", "Take sharded (ZeRO-3/FSDP)"),
        ("13b LoRA on one A6000, rank 16 worked. how much more memory is rank 256?", "rank 256 needs 16.8 GiB more than rank 16"),
        ("13b lora rank从16改成256会多占多少显存", "多 16.8 GiB"),
        ("will DPO with LoRA r16 on llama 3 8b need a second model in memory? one 3090", "No second copy"),
        ("qwen3-8b lora 做dpo,4090,参考模型是不是要再占16G?", "不需要第二份"),
        ("KTOTrainer with mistral 7b + LoRA r16 ooms on a 4090 at batch 4, 1536 tokens. SFT was ok", "Not a second model"),
        ("yi-34b full sft on 8xA100 80GB zero3: how many GB per card does adamw_8bit save?", "23.9 GiB less (31 %)"),
        ("Yi-34B 全参 8卡A100 80G zero3,用8bit adam每张卡能省多少显存?", "少 23.9 GiB"),
        ("用KTOTrainer训 qwen2.5-7b lora,4090 batch 4 长度1536 OOM,SFT没事", "不是第二个模型"),
    ],
)  # fmt: skip
def test_the_first_lines_answer(question: str, says: str) -> None:
    assert says in first(question)


def test_a_rank_is_no_model() -> None:
    reading = Assistant().ask("mistral 7b LoRA r16 on a 4090?")
    assert "r16" not in reading.text


def test_how_many_parameters_train_is_told_where_the_rank_sets_set_ups_apart() -> None:
    told = Assistant().ask("13b LoRA, r=16 or r=256: how much more memory?").text
    assert "rank 16: 62.6M, rank 256: 1B" in told  # 40 layers × 97,792 for each rank
    assert "at 16 B each" in told


def test_zero_keeps_float32_masters_whatever_updates_them() -> None:
    within, alone = (
        estimate(params="7B", method="full", optimizer="adamw-8bit", **how)
        for how in ({"n_gpus": 8, "zero_stage": 3}, {})
    )
    states = [{one["name"]: one["gib"] for one in found.json()["terms"]}["optimizer"] for found in (within, alone)]
    params = 6738415616 / 2**30
    assert states[0] == pytest.approx(params * 6 / 8, rel=0.02)  # 4 B of masters and 2 of moments, over 8 cards
    assert states[1] == pytest.approx(params * 2, rel=0.02)


def test_four_bits_are_blamed_only_where_dividing_them_would_do() -> None:
    assert "bnb_4bit_quant_storage" not in first("FSDP qlora qwen2.5-72b on 2x3090 24g, seq 1024, always OOM. why?")
    assert "bnb_4bit_quant_storage" in first("FSDP qlora llama 2 70b on 2x V100 32gb OOMs at 1024")


def test_a_rollout_engine_on_the_same_cards_is_a_part_of_the_sum() -> None:
    how = {"params": "7B", "method": "full", "algo": "grpo", "gpu": "A100 80GB", "n_gpus": 4, "zero_stage": 3}
    alone = estimate(**how).json()
    beside = estimate(**how, gpu_memory_utilization=0.6).json()
    asleep = estimate(**how, gpu_memory_utilization=0.6, rollouts_by="asleep").json()
    terms = [{one["name"]: one["gib"] for one in found["terms"]} for found in (alone, beside, asleep)]
    assert terms[1].pop("rollout_engine") == pytest.approx(0.6 * 80)
    assert terms[1] == pytest.approx(terms[0])  # it keeps its share through the update
    assert terms[2]["rollout_engine"] == pytest.approx(0.6 * 80)  # the moment in which it generates holds more
    assert "gradients" not in terms[2]
    assert terms[2]["optimizer"] == pytest.approx(terms[0]["optimizer"])
    assert (alone["verdict"], beside["verdict"]) == ("yes", "no")
    freed = estimate(**how, gpu_memory_utilization=0.6, rollouts_by="asleep", offload="optimizer").json()
    assert freed["verdict"] == "yes"


@pytest.mark.parametrize(
    ("question", "says", "unsaid"),
    [
        # 0.3 × 40 GiB; 4.02e9 × 2 B
        ("GRPO full tuning of Qwen3-4B, TRL with vLLM colocate, 2x A100 40GB, ZeRO-3: does it fit?", "takes 0.3 of each, 12.0 GiB: its own 16-bit copy of the policy, 7.49 GiB", "hardly any difference"),
        ("TRL GRPO 全参 Qwen3-4B，vllm colocate，2 张 A100 40G，ZeRO-3，放得下吗", "占每张卡的 0.3，即 12.0 GiB：它自己的一份 16 位权重 7.49 GiB", "几乎没有差别"),
        ("verl GRPO of Qwen2.5-14B, all weights, on 4 A800 80GB, enough?", "It sleeps through the update", "It keeps that"),
        ("verl 全参 GRPO Qwen2.5-14B，4 张 A800 80G，够吗", "更新时引擎休眠", "更新时它也占住"),
        ("OpenRLHF PPO of Llama-3-8B on 8 A100 80GB, vllm sleep mode on the same cards, enough?", "It sleeps through the update", "It keeps that"),
        ("TRL GRPO of Qwen3-4B full on 4x H100, vLLM server on a separate GPU: enough?", "4 cards", "takes 0.3 of each"),
        ("TRL GRPO 全参 Qwen3-4B，4 张 H100，vllm 单独放一张卡，够吗", "4 张卡", "占每张卡的 0.3"),
    ],
)  # fmt: skip
def test_what_generates_is_counted_where_it_shares_the_cards(question: str, says: str, unsaid: str) -> None:
    answer = Assistant().ask(question)
    assert says in answer.text, answer.text
    assert unsaid not in answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("TRL GRPO qwen2.5-3b full, 2x A100 40GB, vllm colocate gpu_memory_utilization=0.3, beta=0, OOM. why?", "no reference model is loaded"),
        ("verl grpo 7b 4卡a100 80g 全参fsdp rollout.gpu_memory_utilization=0.6,kl beta=0 还是OOM", "不会加载参考模型"),
    ],
)  # fmt: skip
def test_without_a_kl_term_no_reference_is_blamed(question: str, says: str) -> None:
    told = Assistant().ask(question).text
    assert says in told
