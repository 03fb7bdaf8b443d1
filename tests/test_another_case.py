"""What was asked of a run as it was seen is not asked again of another machine, model or layout: what that takes is told."""

import pytest

from tests.talking import last


@pytest.mark.parametrize(
    ("turns", "opens"),
    [
        (("8卡zero3全参7B，按16字节算每卡才15G，nvidia-smi怎么显示38G", "换成16张卡呢"), "**7B · 全量微调 · 16 张卡"),
        (("FSDP full shard on 4x A100 with Llama-3-8B, expected 32GB per card, seeing 55GB", "and on 8 of them?"), "**Meta-Llama-3-8B-Instruct, full fine-tuning, 8 cards"),
        (("device_map=auto puts 10GB on GPU0 and 22 on GPU1 for llama 8B lora, why uneven", "what if I use ZeRO-3 instead?"), "**Llama-3.1-8B-Instruct, LoRA, 2 cards, sharded"),
        (("glm-4-9b用transformers推理，输入8k字左右显存从18G涨到30多G，结束也不降，是KV cache吗", "换vllm呢"), "**glm-4-9b-chat · 推理"),
        (("Mistral 7B in transformers: 14.5 GB loaded, 21 GB after a 6k prompt, and it stays there. Is that the KV cache?", "and in 4 bit?"), "**Mistral-7B-v0.1, inference, 4-bit"),
    ],
)  # fmt: skip
def test_the_changed_case_opens(turns: tuple[str, ...], opens: str) -> None:
    assert last(*turns).text.startswith(opens)


@pytest.mark.parametrize(
    ("turns", "opens"),
    [
        (("8卡zero3全参7B，按16字节算每卡才15G，nvidia-smi怎么显示38G", "那关掉检查点呢"), "**不开重计算要"),
        (("How large is the KV cache of Qwen2.5-7B at 8k?", "and at 32k?"), "**KV cache: 2 (keys and values)"),
    ],
)
def test_what_a_setting_or_a_length_changes_is_told_of_the_same(turns: tuple[str, ...], opens: str) -> None:
    assert last(*turns).text.startswith(opens)


def test_another_stage_of_zero_is_no_longer_split_by_layers() -> None:
    answer = last("LoRA Qwen2.5-7B on 2x 3090 with device_map=auto, does it fit?", "and with ZeRO-3?")
    assert "layer_split" not in answer.given
