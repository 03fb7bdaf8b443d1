"""The other usual formats and methods that stand beside an answer: worked out like any case, and never told twice."""

import pytest

from kb.estimator import estimate
from kb.ladder import ladder
from tests.talking import answer_to


def rungs(**facts):
    return ladder(estimate(**facts).outcomes)


def test_a_rung_is_the_same_case_worked_out_by_itself():
    for facts in (
        {"model": "Qwen3-14B", "seq_len": 16384},
        {"model": "Qwen3-14B", "gpu": "RTX 4090", "engine": "vllm"},
    ):
        found = rungs(**facts)
        assert [round(one["weights_gib"]) for one in found] == [15, 9]  # 16 bit is the case itself
        for one in found:
            alone = estimate(**facts, **one["facts"]).outcomes[0]
            assert one["gib"] == pytest.approx(alone.best / 2**30)
            assert one["verdicts"][0]["verdict"] == alone.verdict


def test_files_of_llama_cpp_have_their_own_rungs():
    found = rungs(model="Qwen3-14B", weight_format="gguf:Q4_K_M", gpu_memory_gb=16)
    assert [one["facts"]["weight_format"] for one in found] == ["gguf:F16", "gguf:Q8_0", "gguf:Q6_K", "gguf:Q5_K_M", "gguf:Q3_K_M", "gguf:Q2_K"]  # fmt: skip
    assert [one["gib"] for one in found] == sorted((one["gib"] for one in found), reverse=True)


def test_methods_of_training_from_the_dearest_to_the_cheapest():
    found = rungs(model="Qwen3-8B", method="lora", gpu="RTX 4090")
    assert [one["facts"]["method"] for one in found] == ["full", "full", "qlora", "qlora"]
    assert [one["gib"] for one in found] == sorted((one["gib"] for one in found), reverse=True)
    assert found[0]["held_by"]["n_gpus"] > 1
    assert found[-1]["held_by"] is None
    assert found[-1]["verdicts"][0]["verdict"] == "yes"


def test_each_card_that_was_meant_has_its_verdict():
    found = rungs(model="Qwen2.5-32B", method="lora", gpu="A100")
    narrow = next(one for one in found if one["facts"].get("bits") == 4)
    assert {one["gpu"] for one in narrow["verdicts"]} == {"A100 SXM4 80 GB", "A100 SXM4 40 GB"}


@pytest.mark.parametrize(
    "facts",
    [
        {"model": "Qwen3-8B", "weight_format": ["bf16", "int8"]},
        {"model": ["Qwen3-8B", "Qwen3-14B"]},
        {"model": "Qwen3-8B", "method": ["lora", "qlora"], "bits": 4},
        {"model": "gpt-oss-20b", "weight_format": "mxfp4"},
    ],
)
def test_no_ladder_where_several_were_asked_for_or_the_model_has_one_format(facts):
    assert rungs(**facts) == []


@pytest.mark.parametrize(
    ("question", "head", "held"),
    [
        ("vram to run Qwen3-14B in bf16 at 16k?", "| all else equal, in other formats | in all |", "a card of"),
        ("bf16 跑 Qwen3-14B 16k 上下文要多少显存", "| 其余不变，换格式 | 合计 |", "GB 的卡 |"),
        (
            "can I fully fine-tune Qwen3-8B on one 4090",
            "| all else equal, by other methods | in all |",
            "a card of 80 GB |",
        ),
        ("一张4090能全参微调Qwen3-8B吗", "| 其余不变，换训练方法 | 合计 |", "80 GB 的卡 |"),
    ],
)
def test_it_stands_in_the_answer(question, head, held):
    said = answer_to(question)
    assert any(f"{head} {weights} |" in said for weights in ("of it weights", "其中权重"))
    assert held in said.split(head)[1]


@pytest.mark.parametrize("question", ["what is the KV cache of Qwen3-14B per token", "Qwen3-14B int8 vs bf16 vram?", "你好"])  # fmt: skip
def test_it_is_no_part_of_an_answer_to_something_else(question):
    said = answer_to(question)
    assert "all else equal, in other" not in said
    assert "其余不变，换" not in said


def test_what_is_offered_as_a_way_to_fit_is_not_told_again():
    said = answer_to("can I full fine-tune Qwen3-8B on one A6000")
    ways, rest = said.split("| all else equal, by other methods")
    assert "- LoRA: " in ways
    assert "| LoRA |" not in rest


def test_another_precision_of_the_same_method_carries_its_name():
    asked = {"model": "Qwen2.5-1.5B-Instruct", "task": "train", "method": "full", "gpu": "RTX 4090"}
    for precision in ("amp-bf16", "pure-bf16"):
        named = [
            one["facts"]["precision"] for one in rungs(**asked, precision=precision) if one["facts"]["method"] == "full"
        ]
        assert named[0] == "bf16-params-fp32-states"
    lora = next(
        one for one in rungs(model="Qwen3-8B", task="train", method="qlora", bits=4) if one["facts"]["method"] == "lora"
    )
    assert "precision" not in lora["facts"]


def test_what_would_take_many_small_cards_is_held_by_larger_ones():
    asked = {"model": "Qwen3-8B", "task": "train", "method": "lora"}
    for one in rungs(**asked, gpu="RTX 4060 Ti 16 GB"):
        if held := one["held_by"]:
            assert held["n_gpus"] * held["memory_gb"] <= 4 * one["gib"] * 1.1, one
    whole = next(one for one in rungs(**asked, gpu="RTX 4090") if one["facts"]["method"] == "full")
    assert whole["held_by"]["memory_gb"] == 24  # a dozen cards of which most is used stay what they are


def test_of_several_cards_that_are_too_few_it_is_told_how_many_hold_the_next_format():
    found = rungs(model="DeepSeek-V3", gpu="H100", n_gpus=4, weight_format="fp8", engine="vllm")
    held = found[-1]["held_by"]
    assert (held["n_gpus"], held["memory_gb"]) == (8, 80)
    alone = estimate(
        model="DeepSeek-V3", gpu="H100", n_gpus=8, engine="vllm", weight_format=found[-1]["facts"]["weight_format"]
    )
    assert alone.outcomes[0].verdict == "yes"


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Mistral-Nemo-12B: VRAM for full, LoRA or QLoRA fine-tuning?", "sharded (ZeRO-3/FSDP) | a card of"),
        ("Mistral-Nemo-12B 全参和LoRA显存差多少", "| 放得下的卡 | "),
        ("Qwen3-14B int8 vs bf16 vram?", "| what holds it | a card of"),
    ],
)
def test_ways_side_by_side_are_told_what_holds_each(question, row):
    assert row in answer_to(question)


@pytest.mark.parametrize("question", ["Llama-3.1-8B LoRA rank 8 vs 64 memory", "Qwen3-14B int8 vs bf16 on a 4090?"])
def test_settings_of_one_run_and_a_named_card_have_no_such_row(question):
    assert "what holds it" not in answer_to(question)


def test_what_eight_such_cards_do_not_hold_goes_on_larger_ones():
    short = estimate(model="DeepSeek-V3", gpu="H100", gpu_memory_gb=80, n_gpus=4, weight_format="fp8", engine="vllm")
    counts = [
        (one["facts"]["n_gpus"], "gpu" in one["facts"]) for one in short.json()["changes"] if "n_gpus" in one["facts"]
    ]
    assert (8, True) in counts
    assert (16, False) in counts
    told = answer_to("8 张昇腾 910B 64G 能跑 DeepSeek-V3 FP8 原版权重吗")
    assert "8 张 96 GB 的卡，切分" in told
    assert "H20" not in told


@pytest.mark.parametrize(
    "question",
    [
        "2x T4 16GB: fine-tune Gemma-2-9B with LoRA or QLoRA, do the two cards add up?",
        "两张T4 16G微调Gemma-2-9B，LoRA还是QLoRA，显存能加起来吗",
    ],
)
def test_beside_the_choice_stands_what_one_card_holds_with_a_fused_loss(question):
    said = answer_to(question).split("\n\n")
    assert said[0].startswith(("**Take 4-bit QLoRA with fused loss", "**选 4 位 QLoRA，加融合损失"))
    assert said[1].startswith(("**On one card 4-bit QLoRA with a fused loss takes", "**单卡：4 位 QLoRA 用融合损失要"))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # a stage of another method leaves open how adapters are laid out; DDP has buffers that one card has not
        ("Two 3090s, I want to fine-tune Qwen3-32B: LoRA, QLoRA or ZeRO-3, which works?", "with data parallelism (DDP) over 2 it is 25.7 GiB each, too much, so there the base is sharded (FSDP)"),
        ("两张3090想微调Qwen3-32B，lora、qlora、zero3哪个能上", "2 张做数据并行（DDP）则每张 25.7 GiB，放不下，要切分（FSDP）"),
    ],
)  # fmt: skip
def test_what_one_card_holds_is_told_beside_a_stage_of_another_method(question: str, says: str) -> None:
    said = answer_to(question).split("\n\n")
    assert said[1].startswith(
        ("**On one card 4-bit QLoRA with a fused loss takes 22.7 GiB", "**单卡：4 位 QLoRA 用融合损失要 22.7 GiB")
    )
    assert says in said[1]


def test_a_layout_that_is_asked_for_is_not_one_card() -> None:
    told = answer_to("Qwen2.5-32B on 4x 4090, cutoff 4096: QLoRA DDP, FSDP+QLoRA or 16-bit LoRA with ZeRO-3?")
    assert "On one card" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("R1 各个版本的显存占用有文档不？4090 24G跑32B量化版会爆吗", "fp16 61.0 GiB、Q8_0 32.4 GiB 光权重就放不下；Q4_K_M 18.5 GiB 的权重放得下"),
        ("R1 distill: VRAM of all sizes? will the 32B Q4_K_M run on a 4090?", "fp16 61.0 GiB, Q8_0 32.4 GiB: more than the card by the weights alone; Q4_K_M 18.5 GiB: the file goes in"),
    ],
)  # fmt: skip
def test_which_files_of_a_family_are_larger_than_the_card_is_told(question: str, says: str) -> None:
    assert says in answer_to(question)
