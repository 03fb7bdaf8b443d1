"""Words that look like a value of the run, a claim or a command, and are something else: each beside one that is."""

import pytest

from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "formats"),
    [
        ("Can a 3090 do full fine-tuning of a 1.5B if bf16 is supported and fp32 is not needed, in bf16?", ("bf16",)),
        ("A100 全参微调 1.5B,卡支持 bf16,用 bf16 够吗", ("bf16",)),
        ("V100 32GB, 7B LoRA: bf16 errors out, does fp32 fit?", ("fp32",)),
        ("V100 上 7B LoRA,bf16打开就报错,改 fp32 显存够吗", ("fp32",)),
        ("7B fp16 fails with OOM on a 3090, LoRA", ("fp16",)),
        ("7B fp16 报错显存不足,3090,LoRA", ("fp16",)),
    ],
)
def test_a_format_that_is_refused_is_none_of_the_run(question: str, formats: tuple[str, ...]) -> None:
    assert read(question).facts["weight_format"] == formats


@pytest.mark.parametrize(
    ("question", "length"),
    [
        ("Qwen2.5-7B: KV cache per token, and in all if the context is 32k?", 32768),
        ("Qwen2.5-7B 每token的KV缓存多大?序列就是 32k,一共多少", 32768),
        ("Llama-3.1-8B: the model card says 128k, what is the KV cache per token?", 131072),
        ("KV per token of Qwen2.5-7B? My prompt gets 16k at most", 16384),
    ],
)
def test_a_length_beside_a_token_is_no_amount(question: str, length: int) -> None:
    asked = read(question)
    assert asked.facts["seq_len"] == (length,)
    assert not asked.claims
