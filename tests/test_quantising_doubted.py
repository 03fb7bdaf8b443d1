"""A server that shows as much with weights in few bits: whether they are quantised is asked, and what the meter shows."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "narrow", "wide"),
    [
        ("Switched Qwen2.5-14B to AWQ, but vLLM on my L20 48GB still shows 43 GB, same as unquantized. Is the quantization not applied?", "9.29 GiB", "27.5 GiB"),
        ("vLLM, Mistral-7B GPTQ on a 3090: VRAM stays at 22 GB just like fp16, is it really quantized?", "3.87 GiB", "13.5 GiB"),
        ("I serve Llama-3.1-8B as AWQ with vLLM on an A100 40GB and nvidia-smi still says 36 GB like bf16. Did quantization do nothing?", "5.33 GiB", "15.0 GiB"),
        ("Yi-1.5-9B换成GPTQ-int4，vllm里显存占用还是21G多，跟fp16一样，量化没生效吗", "5.00 GiB", "16.4 GiB"),
        ("SGLang上Qwen2.5-32B-AWQ占72G，跟原版一样，是不是量化没起作用", "18.0 GiB", "61.0 GiB"),
    ],
)  # fmt: skip
def test_weights_in_few_bits_that_a_meter_does_not_show_are_so_all_the_same(
    question: str, narrow: str, wide: str
) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(("**It is in effect", "**量化是生效的"))
    assert narrow in first
    assert wide in first


@pytest.mark.parametrize(
    "question",
    [
        "Is Qwen2.5-7B-AWQ already quantized or do I need to quantize it in vLLM?",
        "vLLM Qwen2.5-14B AWQ OOM on a 4090, is quantization not applied?",
        "kv cache用fp8了vllm显存还是22G，fp8没生效吗 Qwen2.5-7B 4090",
        "不用量化，Qwen2.5-14B vllm 48G够吗",
        "llama.cpp Qwen2.5-14B Q4_K_M takes 10 GB, is it really quantized?",
        # nothing was seen
        "Does AWQ work in vLLM on a V100 for Qwen2.5-14B?",
        "Does fp8 work on an A100 80GB with vLLM for Qwen2.5-32B?",
        "Is AWQ used by vLLM for Qwen2.5-72B-Instruct-AWQ by default, and does it fit on an A6000?",
        "vLLM里Qwen2.5-14B-AWQ量化没有用上Marlin，速度慢，24G够吗",
    ],
)
def test_other_questions_doubt_no_quantising_of_a_server(question: str) -> None:
    assert "quantising_doubted" not in read(question).cues
