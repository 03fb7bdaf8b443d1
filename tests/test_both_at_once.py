"""A training and a served model on one card at once are added up; and a claim of which of two takes less is judged."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("3090上一边训练Qwen2.5-7B qlora一边跑Qwen2.5-7B的awq推理行吗", "**同时放在一张卡上", "放得下"),
        ("一张L40S上训练Qwen3-8B lora的同时还要开着Qwen3-8B的vllm服务,够吗", "**同时放在一张卡上", "gpu_memory_utilization 最多设"),
        ("can I LoRA-tune Qwen3-8B and serve the same model with vLLM on one A100 80GB at the same time?", "**Both on one card at once", "they fit"),
        ("a 4090: can I LoRA-tune Llama-3.1-8B while serving it with vLLM?", "**Both on one card at once", "they do not fit"),
        # which of two takes less
        ("朋友说lora比qlora省显存,真的吗?8B 24G", "**不对\uff0c正好相反。**", "QLoRA"),
        ("网上说bf16比int8省显存,真的假的,Qwen2.5-14B", "**不对\uff0c正好相反。**", "INT8"),
        ("is it true that 8-bit AdamW takes less memory than Adafactor for an 8B full fine-tune?", "**No, it is the other way round.**", "Adafactor"),
        ("is it right that QLoRA needs less VRAM than LoRA for a 13B?", "**Yes.**", "QLoRA"),
    ],
)  # fmt: skip
def test_what_is_asked_opens(question: str, opens: str, says: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:160]
    assert says in text


@pytest.mark.parametrize(
    "question",
    [
        "先训练Qwen2.5-7B lora,之后再部署推理,一张3090够吗",
        "Q8_0比Q4_K_M大一倍,是真的吗 Qwen3-8B",
        "lora和qlora哪个省显存,7B",
        "full or LoRA for an 8B on an A100 80GB?",
    ],
)
def test_other_questions_open_otherwise(question: str) -> None:
    text = answer_to(question)
    assert not text.startswith(("**同时放在", "**Both on one card", "**对。", "**不对", "**Yes.**", "**No, it is"))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Under MPS 4 processes share an A100 80GB, each runs Llama-3-8B in fp16: how much in all?", "**4 processes hold 4 copies: 4 × "),
        ("开 MPS，一张 L40S 上跑 5 个 Qwen2.5-7B 实例放得下吗", "**5 个进程就是 5 份：5 × "),
        ("MPS 下两个进程各训一个 7B QLoRA，4090 够不够", "**2 个进程就是 2 份"),
        ("MPS: 3 QLoRA jobs of a 7B at once on one 4090, does it fit?", "**3 processes hold 3 copies: 3 × "),
    ],
)  # fmt: skip
def test_each_process_has_its_copy(question: str, says: str) -> None:
    assert answer_to(question).startswith(says)


def test_the_gpu_of_a_mac_is_no_service_for_processes() -> None:
    assert "processes hold" not in answer_to("MPS backend on my M2 Mac 32GB: 2 models of 7B in fp16?")
