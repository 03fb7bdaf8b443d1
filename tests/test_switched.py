"""What stands beside a verdict: the next formats and what the usual switches make of it, each worked out like any case."""

import pytest

from kb.estimator import estimate
from kb.switched import switched
from tests.talking import answer_to


def throws(**facts):
    return switched(estimate(**facts).outcomes)


@pytest.mark.parametrize(
    "facts",
    [
        {"model": "Qwen3-8B", "method": "lora", "gpu": "RTX 4090"},
        {"model": "Qwen2.5-1.5B", "method": "full", "seq_len": 4096, "gradient_checkpointing": "off"},
        {"model": "Qwen3-32B", "engine": "vllm", "gpu": "H100", "seq_len": 32768},
        {"model": "Qwen3-32B", "weight_format": "gguf:Q4_K_M", "seq_len": 32768},
    ],
)
def test_a_switch_is_the_same_case_worked_out_by_itself(facts):
    found, here = throws(**facts), estimate(**facts).outcomes[0].best / 2**30
    assert found, facts
    for one in found:
        alone = estimate(**{**facts, **one["facts"]}).outcomes[0]
        assert one["gib"] == pytest.approx(alone.best / 2**30)
        assert one["verdict"] == alone.verdict
        assert abs(one["gib"] - here) > 0.05 * here


def test_what_changes_next_to_nothing_or_has_several_cases_is_not_told():
    assert throws(model="Qwen3-8B", method=["lora", "full"]) == []
    assert throws(model="Qwen3-8B", gpu="RTX 4090", seq_len=24576, kv_format="fp8", batch_size=1)[-1]["facts"] == {
        "seq_len": 8192
    }
    assert throws(model="Llama-2-7B", gpu="RTX 4090", seq_len=4096, engine="transformers") == []
    assert all("optimizer" not in one["facts"] for one in throws(model="Qwen3-8B", method="lora"))
    # transformers stores no cache in fp8
    assert all(
        "kv_format" not in one["facts"] for one in throws(model="Qwen3-8B", engine="transformers", seq_len=32768)
    )


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("LoRA of Llama-3.1-8B at 4096 tokens, how much memory?", "All else equal: without checkpointing 5"),
        ("Llama-3.1-8B LoRA 微调 4096 长度要多少显存", "其余不变：不开激活重计算 5"),
        (
            "does Qwen3-14B fp8 fit on a 4090",
            "All else equal in other formats: bf16 29.2 GiB, does not fit; GPTQ 4-bit",
        ),
        ("4090 跑 Qwen3-14B-FP8 够吗", "其余不变，换格式：bf16 29.2 GiB，放不下；GPTQ 4 位"),
        ("Does Qwen2.5-32B Q4_K_M with 32k context fit on a 3090?", "with an 8-bit cache (q8_0)"),
        ("How many H200 for full fine-tuning of gemma-3-27b in bf16 mixed AdamW?", "4-bit QLoRA 1 card"),
    ],
)
def test_it_stands_in_the_answer(question, said):
    text = answer_to(question)
    assert said in text, text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Which GPU do I need for a 32B model? Is 48GB enough?", "To fine-tune it: QLoRA, 4-bit 25.3 GiB (fits); LoRA 68.4 GiB (does not fit); full"),
        ("how much vram for Llama-3.1-8B in bf16", "To fine-tune it: QLoRA, 4-bit"),
        ("qwen2.5 14b 要多大显存", "若要微调：QLoRA、4 位"),
        ("Llama-3-70B on 2x A100 80GB?", "To fine-tune it, sharded, per card: QLoRA"),
    ],
)  # fmt: skip
def test_where_nobody_says_what_is_done_fine_tuning_is_told_too(question, said):
    assert said in answer_to(question)


@pytest.mark.parametrize(
    "question",
    ["vLLM with Llama-3.1-8B on a 4090, enough?", "一张 3090 推理 Qwen3-14B 够吗", "Qwen3-14B AWQ on a 3090?"],
)
def test_what_is_run_is_told_no_fine_tuning(question):
    text = answer_to(question)
    assert "To fine-tune it" not in text
    assert "若要微调" not in text


def test_a_training_from_nothing_is_offered_no_adapters():
    assert "LoRA" not in answer_to("how many A100 40GB to pretrain Llama-3.1-8B from scratch?")
    assert "- LoRA:" not in answer_to("pretrain a 7B from scratch on a 4090, what are the ways out?")
    assert "- LoRA：" not in answer_to("从零预训练7B，4090放不下，有什么办法")
    assert "- LoRA:" in answer_to("full fine-tuning of a 7B on a 4090, what are the ways out?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Can I pretrain a 1B from scratch on a 4090 or do I need an A100?", "17–28 days on GeForce RTX 4090"),
        ("从零预训练一个3B模型，一张A100 80G够不够", "每参数 20 个 token"),
        ("pretrain a 7B from scratch on a 4090, what are the ways out?", "Adapters are no way here"),
    ],
)
def test_of_a_training_from_nothing_its_time_is_told(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_of_tuning_no_time_is_told_that_nobody_asked_for() -> None:
    assert "Chinchilla" not in answer_to("full fine-tuning of a 7B on a 4090?")


@pytest.mark.parametrize(
    ("question", "sum_"),
    [
        (
            "full fine-tuning of Qwen2.5-0.5B, batch 4, 2048 tokens, on a 4060 Ti 16GB, AdamW bf16",
            "494M × 16 B = 7.9 GB",
        ),
        ("全参微调 Mistral-Nemo-12B,AdamW,长度 4096,一张 A100 80G 够吗", "12.2B × 16 B = 196 GB"),
    ],
)
def test_the_states_are_summed_in_the_breakdown(question, sum_):
    assert sum_ in answer_to(question)


def test_that_a_card_has_fp8_units_is_told_where_weights_are_in_fp8():
    told, here = "This card has FP8 units", "is Qwen3-32B in {} on one {} possible?"
    assert told in answer_to(here.format("FP8", "L40S"))
    assert told not in answer_to(here.format("FP8", "A40"))
    assert told not in answer_to(here.format("AWQ", "L40S"))


def test_of_what_does_not_fit_no_switch_is_told_that_takes_more():
    text = answer_to("Can 2x 3090 run Qwen2.5-72B in bf16?")
    assert "the model's full" not in text
    assert "| INT8 | 36.9 GiB | 35.0 GiB | 4 cards of 24 GB |" in text


def test_how_many_so_long_a_servers_pool_holds_is_told():
    facts = {"model": "GLM-4.5-Air", "weight_format": "fp8", "gpu": "RTX 4090 48 GB", "n_gpus": 4, "engine": "vllm"}
    whole = next(one for one in throws(**facts) if one["facts"] == {"seq_len": 131072})
    held = {
        one["quantity"]: one["whole"]
        for one in estimate(**facts, seq_len=131072).outcomes[0].answers_json()
        if "whole" in one
    }
    assert whole["at_once"] == held["concurrent_sequences"] >= 2
    assert f", {whole['at_once']} at once), fits" in answer_to(
        "GLM-4.5-Air in FP8 on four 4090 48GB with vLLM, does it fit?"
    )


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What batch size can I expect for full fine-tuning phi-2, seq 2048, on a single A100 80GB?", "; without checkpointing about "),
        ("4090 LoRA Qwen2.5-7B 最长能训多长", "；不开激活重计算约 "),
        ("Qwen3-32B bf16,10个并发每个32k上下文,要几张4090", "；再用 4 位权重则 4 张卡"),
    ],
)  # fmt: skip
def test_the_largest_is_told_with_what_takes_it_back_and_the_fewest_with_what_two_do_together(question, said):
    assert said in answer_to(question)


def test_where_checkpointing_is_told_its_lack_is_no_way():
    asked = "Llama-3-8B LoRA on one A100 80GB, seq 2048, gradient checkpointing on: max per-device batch size?"
    assert "without checkpointing" not in answer_to(asked).partition("\n")[0]


def test_beside_formats_the_cache_of_a_sequence_is_that_of_one():
    told = answer_to("Does vLLM hold 100 users of 8k with Qwen2.5-7B on a 4090?")
    assert "KV cache of a sequence: 1.75 GiB at the model's full 32,768 tokens" in told  # 56 KiB x 32,768, not x 100


def test_what_does_not_fit_with_checkpointing_assumed_says_so() -> None:
    told = answer_to("Pretraining a 350M llama (24 layers, hidden 1024, vocab 32k), ctx 2048, micro batch 32. 24GB is plenty, right?")  # fmt: skip
    assert "All of this has gradient checkpointing on, as assumed: without it 104.3 GiB." in told
    told = answer_to("Llama-3-8B LoRA batch 16 长度4096,24G够吗")
    assert "以上都假设开了激活重计算" in told
    # told to be on, or hardly felt
    for question in ("Llama-3-8B LoRA batch 16 长度4096 开着梯度检查点,24G够吗", "7B全参24G能跑吗"):
        assert "以上都假设开了激活重计算" not in answer_to(question)
