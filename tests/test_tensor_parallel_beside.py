"""Training divided by tensor parallel, set beside the stages of ZeRO and FSDP."""

import pytest

from chat.plans.plan import plan
from chat.reads.grammar import read
from tests.talking import answer_to, opening


def _sides(question: str) -> list[str]:
    return next((list(args["setups"]) for name, args in plan(read(question)) if name == "compare"), [])


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("DDP、FSDP、ZeRO-3、张量并行在显存上到底差在哪,4卡全参7B", {"zero_stage=0", "zero_stage=3", "tp=4"}),
        ("Memory of DDP vs FSDP vs tensor parallel for full fine-tuning a 7B on 4 GPUs?", {"zero_stage=0", "zero_stage=3", "tp=4"}),
        ("FSDP or TP for full fine-tuning Llama-3-8B on 8 A100 80GB?", {"zero_stage=3", "tp=8"}),
        ("Qwen2.5-14B 全参 8卡A100 80G,用TP还是zero3", {"zero_stage=3", "tp=8"}),
    ],
)  # fmt: skip
def test_tensor_parallel_is_a_side_of_its_own(question: str, sides: set[str]) -> None:
    assert set(_sides(question)) == sides


@pytest.mark.parametrize(
    "question",
    [
        "ZeRO-1 with tensor parallel for full fine-tuning a 70B on 8 GPUs: how do they differ from ZeRO-3?",  # one layout
        "Qwen2.5-7B full fine-tuning on 8 A100 80GB: FSDP or tensor parallel?",  # 28 heads over 8 cards
        "FSDP or tensor parallel for full fine-tuning a 70B on 64 H100?",  # over machines
        "vLLM: tensor parallel or DDP-like replicas for Llama-3-8B on 4 cards?",
    ],
)
def test_what_is_no_such_side_stays_as_it_was(question: str) -> None:
    assert not any("tp=" in one for one in _sides(question) if "zero_stage" in "".join(_sides(question)))


def test_each_way_has_its_figure_and_the_strategies_their_stages() -> None:
    question = "DDP、FSDP、ZeRO-3、张量并行在显存上到底差在哪,4卡全参7B"
    assert "张量并行 4 占 28.7 GiB；切分（ZeRO-3/FSDP）35.4 GiB；每卡一份完整副本 104.5 GiB" in opening(question)
    assert "ZeRO-2（SHARD_GRAD_OP）2 + 14/N，这里 " in answer_to(question)
    told = answer_to("Memory of DDP vs FSDP vs tensor parallel for full fine-tuning a 7B on 4 GPUs?")
    assert "two sums over the cards in each layer" in told
    assert "ZeRO-2 (SHARD_GRAD_OP) 2 + 14/N, here " in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("DDP 和 FSDP 显存区别", "**混合精度 Adam 的模型状态，N 张卡时每卡每参数的字节数"),
        ("What is the memory difference between ZeRO-2 and ZeRO-3?", "Model states with mixed-precision Adam, bytes per parameter"),
    ],
)  # fmt: skip
def test_of_no_model_the_bytes_of_each_stage_open(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
