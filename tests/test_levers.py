"""What one setting does to memory: asked of any setting and any term, in both languages, and told to have changed nothing."""

import re

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


def opening(question: str) -> str:
    return Assistant().ask(question).text.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does flash attention reduce the KV cache?", r"\*\*No: the KV cache stays as it is"),
        ("flash attention 会减少 KV 缓存吗", r"\*\*不会：KV 缓存不变"),
        ("Does Liger kernel reduce optimizer states?", r"\*\*No: the optimizer states stay as they are"),
        ("does quantizing to int4 also reduce the kv cache?", r"\*\*No: the KV cache stays as it is"),
        ("开启重计算会降低优化器状态吗", r"\*\*不会：优化器状态不变"),
        ("Will gradient checkpointing reduce activations for a 13B at 4k?", r"\*\*Yes: the activations go [\d.]+ GiB → "),
        ("Will a larger batch size increase the KV cache of Llama-3-8B in vLLM?", r"\*\*Yes: the KV cache goes "),
        ("数据量大小会影响显存吗", r"\*\*不影响：卡上没有一个张量取决于数据量"),
        ("does weight decay change GPU memory usage?", r"\*\*No: no tensor on the card depends on weight decay"),
    ],
)  # fmt: skip
def test_what_a_setting_does_to_a_term_is_decided_first(question: str, opens: str) -> None:
    assert re.match(opens, opening(question))


def test_a_direction_is_told_by_both_sides() -> None:
    before, after = re.findall(r"the activations go ([\d.]+) GiB → ([\d.]+) GiB", opening("Will gradient checkpointing reduce activations for a 13B at 4k?"))[0]  # fmt: skip
    assert float(after) < float(before)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "I enabled flash attention 2 for Qwen2.5-7B LoRA training but memory usage is the same as before. Why?",
            "SDPA",
        ),
        ("打开 gradient checkpointing 显存没有下降，为什么？Qwen2.5-7B LoRA", "没有生效"),
        ("降低 batch size 从 4 到 1 显存几乎没变，vllm 部署 Qwen2.5-14B", "按比例占满显存"),
        (
            "Enabled Liger for full fine-tuning of Llama-2-7B, memory did not change. Why?",
            "That is to be expected: here it changes",
        ),
    ],
)
def test_a_setting_that_was_not_felt_is_explained(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "Can I LoRA a 7B on a 4090 with gradient checkpointing and flash attention?",
        "Can I keep Llama-3.1-8B and Qwen2.5-7B in 8 bit loaded in memory at the same time on a 16GB card?",
        "Why does the 8-bit model use more VRAM than expected? Loaded Mistral-7B load_in_8bit and nvidia-smi says 9.3GB",
        "What batch size fits a 7B LoRA on 24 GB?",
        "Gradient checkpointing is on and I still get OOM with a 13B on a 3090",
        "Llama-3.1-8B, KV cache in fp8 against bf16 at 128k, how many GB each?",
        "8 卡 A100 全参 70B，开 flash attention、重计算、liger，能跑吗",
    ],
)
def test_settings_of_a_run_are_no_question_about_one(question: str) -> None:
    assert not [cue for cue in read(question).cues if cue.startswith("lever")]
