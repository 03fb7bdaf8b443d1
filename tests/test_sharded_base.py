"""What full sharding divides of a quantised base, and which layouts stand beside one another where none is named."""

import re
from typing import Any

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from formulas.errors import BadInput
from kb import estimate
from kb.comparison import compare
from tests.talking import answer_to


def _terms(**given: Any) -> dict[str, float]:
    return {one["name"]: one["gib"] for one in estimate(**given).json()["terms"]}


@pytest.mark.parametrize("cards", [2, 4, 8])
def test_eight_bits_stay_whole_on_every_card_and_four_are_divided(cards: int) -> None:
    asked = {"params": "32B", "method": "qlora", "n_gpus": cards}
    for bits, parts in ((4, cards), (8, 1)):
        # 4-bit codes that are divided are packed into 16 bits, and nothing beside them is made float32
        copy = _terms(**asked, bits=bits, zero_stage=0, **({"kbit_prep": False} if parts > 1 else {}))["weights"]
        assert _terms(**asked, bits=bits, zero_stage=3)["weights"] == pytest.approx(copy / parts)


def test_a_reading_that_divides_nothing_is_not_made_up() -> None:
    cases = estimate(params="32B", method="qlora", n_gpus=4, gpu="RTX 4090").json()["cases"]
    assert [(one["facts"]["zero_stage"], one["facts"]["bits"]) for one in cases] == [(0, 4), (0, 8), (3, 4)]


def test_what_dividing_a_quantised_base_takes_is_said() -> None:
    asked = {"params": "14B", "method": "qlora", "n_gpus": 2, "zero_stage": 3}
    assert any("bnb_4bit_quant_storage" in one for one in estimate(**asked, bits=4).json()["warnings"])
    assert any("keeps all of them" in one for one in estimate(**asked, bits=8).json()["warnings"])
    assert not any("bnb" in one for one in estimate(**{**asked, "method": "lora"}).json()["warnings"])


def test_a_quantised_base_is_put_into_host_memory_by_fsdp_or_not_at_all() -> None:
    alone = estimate(params="70B", method="qlora", bits=4, gpu="RTX 3090").json()["changes"]
    assert not any(one["facts"].get("offload") == "params" for one in alone)
    two = estimate(params="70B", method="qlora", bits=4, gpu="RTX 3090", n_gpus=2, zero_stage=3).json()["changes"]
    moved = [one["says"] for one in two if one["facts"].get("offload") == "params"]
    assert moved
    assert all("FSDP" in one and "ZeRO" not in one for one in moved)


def test_all_weights_over_several_cards_are_a_copy_or_zero_2_or_sharded() -> None:
    found = estimate(params="3B", method="full", n_gpus=8, gpu="L40S").json()
    needs = {one["facts"]["zero_stage"]: one["memory"]["best_gib"] for one in found["cases"]}
    assert needs[0] > needs[2] > needs[3]
    terms = {one["facts"]["zero_stage"]: {t["name"]: t["gib"] for t in one["terms"]} for one in found["cases"]}
    assert terms[2]["weights"] == pytest.approx(terms[0]["weights"])
    assert terms[2]["optimizer"] == pytest.approx(terms[0]["optimizer"] / 8)


def test_the_best_of_layouts_that_nobody_named_is_mended() -> None:
    assert estimate(params="13B", method="full", n_gpus=2, gpu="A100 80GB").json()["mended"]["zero_stage"] == 3
    fits = estimate(params="7B", method="full", n_gpus=8, gpu="A100 80GB").json()
    assert [one["verdict"] for one in fits["cases"] if one["facts"]["zero_stage"] == 3] == ["yes"]
    assert fits["changes"] == []
    assert fits["mended"] == {}
    named = estimate(params="13B", method="full", n_gpus=2, gpu="A100 80GB", zero_stage=0).json()
    assert named["changes"]


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("QLoRA of Qwen2.5-72B on four L4 cards?", "sharded (FSDP)", "ZeRO-3/FSDP"),
        ("四张 L4 能用 QLoRA 微调 Qwen2.5-72B 吗?", "切分(FSDP)", "ZeRO-3/FSDP"),
        ("Full fine-tuning of Qwen2.5-3B on four L40S cards, does it fit?", "sharded (ZeRO-3/FSDP)", "sharded (FSDP)"),
    ],
)
def test_what_divides_the_weights_is_named_by_the_method(question: str, said: str, unsaid: str) -> None:
    text = answer_to(question).replace("\uff08", "(").replace("\uff09", ")")
    assert said in text
    assert unsaid not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "does 4-bit QLoRA of Qwen2.5-32B with DeepSpeed ZeRO-3 fit on 2x RTX 3090?",
            "ZeRO-3 does not divide 4-bit weights",
        ),
        ("两张 3090 用 ZeRO-3 做 Qwen2.5-32B 的 4 位 QLoRA 放得下吗", "ZeRO-3 切分不了"),
    ],
)
def test_zero_3_over_a_quantised_base_is_told_first_of_its_condition(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text
    assert not answer.notices


def test_changes_that_move_a_model_say_into_how_much() -> None:
    text = answer_to("How can I full fine-tune Qwen2.5-32B on one A6000?")
    assert "full fine-tuning, RTX A6000: does not fit**" in text
    assert "of host memory)" in text


def test_memory_that_no_desktop_has_is_no_way_to_tune_on_its_card() -> None:
    for question in ("How can I fine-tune Qwen2.5-32B on one RTX 4090?", "一张 4090 怎么微调 Qwen2.5-32B"):
        text = answer_to(question)
        assert "on the same cards it fits" not in text
        assert not re.search(r"488\.2 GiB of host memory|内存 488\.2 GiB", text)


@pytest.mark.parametrize("whole", ["bf16", "fp16"])
def test_sixteen_bits_told_beside_several_methods_are_none_of_a_qlora_base(whole: str) -> None:
    asked: dict[str, Any] = {"model": "Qwen2.5-14B-Instruct", "task": "train", "n_gpus": 8, "zero_stage": 3}
    lora, qlora = estimate(**asked, method=["lora", "qlora"], weight_format=whole).outcomes
    assert qlora.terms["weights"] < 0.4 * lora.terms["weights"]
    assert qlora.best == pytest.approx(estimate(**asked, method="qlora", bits=4).outcomes[0].best)
    beside = compare([{"method": "lora"}, {"method": "qlora"}], **asked, weight_format=whole)
    assert beside.best == pytest.approx([lora.best, qlora.best])


@pytest.mark.parametrize("whole", ["fp32", "bf16", "fp16"])
def test_sixteen_bits_told_of_qlora_alone_are_refused_not_taken_for_four(whole: str) -> None:
    with pytest.raises(BadInput, match=r"leave the weights out.*method lora"):
        estimate(params="7B", method="qlora", weight_format=whole)
    with pytest.raises(BadInput, match=r"leave the weights out.*method lora"):
        compare([{"weight_format": whole}, {"weight_format": "nf4"}], params="7B", method="qlora")
    assert estimate(params="7B", method="qlora", weight_format="nf4").outcomes


@pytest.mark.parametrize(
    "question",
    [
        "8x V100 32GB, Llama-2-13B: full with zero3, LoRA, or QLoRA, what would you do? bf16 flag errors out",
        "8张V100 32G 微调 Llama-2-13B，全参zero3、LoRA、QLoRA 选哪个？bf16 选项直接报错",
    ],
)
def test_what_a_card_refuses_is_no_format_and_full_training_by_a_layout_is_asked_of(question: str) -> None:
    facts = read(question).facts
    assert "weight_format" not in facts
    assert set(facts["method"]) == {"full", "lora", "qlora"}


def test_a_base_that_is_not_sharded_is_told_beside_several_cards() -> None:
    assert "The 8-bit base of bitsandbytes is not sharded" in answer_to("distill 70b teacher into 8b student memory")
    assert "not sharded" not in answer_to("7B full fine-tuning memory")
