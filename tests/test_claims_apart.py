"""Claims in a numbered list are judged one by one, each by what would be said of it alone."""

import pytest

from chat.plans.claims_apart import claims_of
from chat.reads.grammar import read
from tests.talking import answer_to


def _judged(question: str) -> list[str]:
    return [part for part in answer_to(question).split("\n\n") if part[:1].isdigit()]


@pytest.mark.parametrize(
    ("question", "verdicts"),
    [
        (
            "Which of these vLLM claims are right? (1) AWQ 4-bit weights shrink the KV cache 4x as well; (2) gpu_memory_utilization=0.9 gives 90% of VRAM to the KV cache; (3) tp=2 halves KV per card; (4) lowering max-model-len lowers what nvidia-smi shows.",
            ("1. **No: the KV cache stays", "2. **No: the share is of the whole card", "3. **It is divided, by KV heads", "4. **No: max_model_len does not change"),
        ),
        (
            "同事发来几条 vLLM 的说法,逐条判断:①AWQ 量化后 KV cache 也变小 ②0.9 是给 KV cache 的比例 ③调小 max-model-len 显存占用会降",
            ("1. **不会：KV 缓存不变", "2. **不是：份额是整张卡", "3. **不会变：max_model_len"),
        ),
        (
            "True or false: 1) LoRA cuts activation memory; 2) gradient accumulation raises memory; 3) ZeRO-3 divides activations.",
            ("1. **False: LoRA", "2. **No: memory follows the micro-batch", "3. **False: ZeRO and FSDP do not divide"),
        ),
        (
            "1、梯度检查点减少优化器状态 2、QLoRA 训练时计算也是4bit 3、batch 翻倍显存翻倍。这些说法哪些对?",
            ("1. **不会：优化器状态不变", "2. **不会有整份的 16 位副本，乘法也不在 4 位里做", "3. **不会：批大小翻倍"),
        ),
        (
            "Are these correct? 1. A 7B model in fp16 needs 14 GB for weights. 2. KV cache does not grow with batch.",
            ("1. 14 GB is 7B × 2 B", "2. **False, it does"),
        ),
    ],
)  # fmt: skip
def test_each_has_its_verdict_in_its_place(question: str, verdicts: tuple[str, ...]) -> None:
    told = _judged(question)
    assert len(told) == len(verdicts)
    for one, verdict in zip(told, verdicts, strict=True):
        assert one.startswith(verdict)


@pytest.mark.parametrize(
    "question",
    [
        "Two things: 1) does Qwen3-14B in fp8 fit on a 24 GB card, 2) how much is its KV cache at 16k?",
        "1、Qwen3-14B 的 fp8 在 24G 卡上放得下吗 2、16k 的 KV 缓存多大?",
        "My plan, is it right? 1) how much does LoRA of 7B take 2) which card?",
        "Llama-3.1-8B LoRA OOMs. I tried 1) batch 1, 2) gradient checkpointing, 3) shorter samples. What now?",
    ],
)
def test_a_list_of_questions_or_of_what_was_tried_is_none(question: str) -> None:
    assert not claims_of(read(question))


def test_what_the_head_of_the_list_tells_is_of_each() -> None:
    claims = claims_of(read("Qwen3-8B 在 vLLM 上,哪些说法对:1. tp=2 每卡 KV 减半 2. AWQ 后 KV 也变小"))
    assert [one.facts["model"] for one in claims] == [("Qwen/Qwen3-8B",)] * 2


@pytest.mark.parametrize(
    "question",
    ["Is gpu_memory_utilization 0.9 only for the KV cache?", "显存利用率 0.9 是指拿 90% 显存做 KV 缓存吗"],
)
def test_a_share_is_of_all_that_a_server_holds(question: str) -> None:
    assert "− " in answer_to(question).split("\n\n")[0]
    assert answer_to(question).startswith(("**No: the share is", "**不是：份额是"))
