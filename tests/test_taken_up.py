"""What a later turn takes up: a figure of the answer, a doubt of it, a model said before, the machine at hand, a slip."""

import pytest

from chat.agent import Assistant
from tests.talking import last


@pytest.mark.parametrize(
    ("questions", "opens"),
    [
        (("QLoRA of Qwen3-32B on a 3090?", "why are the weights above 16, 32 x 0.5 is 16"), "Weights: 17.9 GiB of 25.3 GiB"),
        (("Qwen3-32B QLoRA 单卡 3090 够吗", "权重为啥不是16G"), "权重：17.9 GiB / 25.3 GiB"),
        (("Qwen2.5-14B LoRA on an A100 40GB, 4k, batch 2", "how did you get the logits figure?"), "Logits and loss: 13.9 GiB of 48.0 GiB"),
        (("Qwen2.5-14B LoRA, 2k, batch 1", "logits 那块怎么来的"), "logits 与损失：3.48 GiB"),
        (("Full fine-tuning of Llama-3.1-8B on 4 A100 80GB, ZeRO-2", "where does the 14 come from?"), "ZeRO-2 2 + 14/N B"),
        (("Llama-3.1-8B 全参要多少显存", "16 字节是哪来的"), "4 是 fp32 主权重"),
        (("Qwen3-14B bf16 in vLLM on 2x 3090, 32k, 3 users", "show me how you got the number per user"), "160 KiB per token; × 32,768 tokens = 5.00 GiB"),
        (("Qwen3-14B bf16 2张3090 32k", "每个用户的缓存怎么算出来的"), "每 token 163,840 B = 160 KiB"),
        (("LoRA of Qwen3-8B on a 3090?", "whats the biggest chunk now"), "The largest part: weights"),
        (("Qwen3-8B LoRA 单卡3090", "大头是什么"), "占得最多的是权重"),
        # a doubt keeps the case
        (("Qwen3-8B full fine-tuning, how much?", "that's not right, I read 33 GB is enough for an 8B"), "33 GB is"),
        (("Qwen3-32B QLoRA 要多少显存", "不对吧，网上说16G就能微调32B"), "16 GB 连权重"),
        # what is too much is given up, and no claim
        (("Qwen2.5-7B full fine-tuning on 2x 4090", "that's too much, lora then?"), "LoRA, 2 cards, RTX 4090: fits"),
        (("7B 全参要多少显存", "太高了 换lora呢"), "7B · LoRA：共约 15.1 GiB"),
        # the longest, the largest
        (("Llama-3.1-8B int8 on a 4090?", "whats the longest that fits then"), "Up to 113,164 tokens for sure"),
        (("QLoRA of Llama-3.3-70B on an A6000?", "whats the biggest I can do on that one"), "up to 72B"),
    ],
)  # fmt: skip
def test_a_figure_of_the_answer_is_told_first(assistant: Assistant, questions: tuple[str, ...], opens: str) -> None:
    told = last(*questions)
    assert opens in told.text.split("\n\n")[0], told.text
    assert told.tool_calls or "字节" in told.text


@pytest.mark.parametrize(
    ("questions", "facts"),
    [
        # a model by its size: one named before, one of the family, one made from it
        (("LoRA of GLM-4-9B on a 3090?", "and Qwen3-4B?", "no, the 9B again, with QLoRA"), {"model": "THUDM/glm-4-9b-chat", "method": "qlora", "gpu": "RTX 3090"}),
        (("Llama-3.1-8B LoRA 单卡3090", "换成Qwen3-14B", "还是用8B吧"), {"model": "meta-llama/Llama-3.1-8B-Instruct", "method": "lora"}),
        (("满血 DeepSeek-R1 用 H20 要几张", "那蒸馏的 14B 一张够吗"), {"model": "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "gpu": "H20", "n_gpus": 1}),
        # a case of its own without a machine is on the one at hand
        (("I have a 4090, what is the largest model I can fine-tune?", "does QLoRA of a 32B with 4k fit?"), {"gpu": "RTX 4090", "params": 32000000000, "method": "qlora"}),
        (("两张 A6000 全参 Qwen2.5-7B", "Llama-3.1-8B LoRA 长度8k放得下吗"), {"gpu": "RTX A6000", "n_gpus": 2, "method": "lora"}),
        # slips
        (("Qwen3-14B LoRA on 2x A100 40GB", "sorry, 80gb"), {"gpu_memory_gb": 80, "gpu": "A100", "n_gpus": 2}),
        (("3060 12G 跑 Qwen3-14B Q4", "不好意思 是8G的"), {"gpu_memory_gb": 8, "gpu": "RTX 3060"}),
        (("QLoRA of Llama-3.3-70B on 2 A6000?", "nah just the one, 1k"), {"n_gpus": 1, "seq_len": 1024}),
        (("Qwen3-32B bf16 单卡 A100 80G", "那能同时多少人用 每人4k"), {"gpu": "A100", "seq_len": 4096}),
        (("LoRA of Qwen2.5-7B on a 4090", "thats not right, people run it on 12gb"), {"gpu": "RTX 4090", "method": "lora"}),
        # after a doubt a setting is one of the case
        (("Qwen3-8B full fine-tuning, how much?", "no way, people say 33 GB is enough", "ok and with 8bit adam?"), {"model": "Qwen/Qwen3-8B", "method": "full", "optimizer": "adamw-8bit"}),
        (("phi-4 LoRA on an L40S?", "does rank matter much, like 64 vs 16", "r16, 4k"), {"lora_rank": 16, "seq_len": 4096, "gpu": "L40S"}),
    ],
)  # fmt: skip
def test_what_holds_is_what_was_said(
    assistant: Assistant, questions: tuple[str, ...], facts: dict[str, object]
) -> None:
    given = last(*questions).given
    assert {name: given.get(name, ("",))[0] for name in facts} == facts


@pytest.mark.parametrize(
    ("questions", "name"),
    [
        (("Llama-3.1-8B LoRA on a 4090", "how much does full fine-tuning of a 7B need?"), "gpu"),
        (("Llama-3.1-8B LoRA on a 4090", "does a 70B fit on any consumer card?"), "gpu"),
        (("单卡4090 Qwen3-8B LoRA", "什么是 MLA"), "model"),
        (("Llama-3.1-8B LoRA on a 4090", "whats MLA btw"), "model"),
    ],
)
def test_what_stands_for_itself_takes_nothing_along(
    assistant: Assistant, questions: tuple[str, ...], name: str
) -> None:
    told = last(*questions)
    assert name not in told.given
    assert "outside what I know" not in told.text


@pytest.mark.parametrize(("asked", "has"), [("as a table please", "| part |"), ("列个表", "| 构成 |"), ("in english please", "Qwen3-8B, LoRA")])  # fmt: skip
def test_another_form_is_of_the_same_case(assistant: Assistant, asked: str, has: str) -> None:
    told = last("Qwen3-8B LoRA 单卡3090", asked)
    assert has in told.text
    assert told.given["gpu"] == ("RTX 3090",)


@pytest.mark.parametrize(
    ("questions", "opens"),
    [
        (("gpt-oss-120b on a single h100?", "why isn't it 240 gb"), "**It was published in MXFP4"),
        (("qwen3-235b-a22b bf16 8张H20 96G能部署吗", "激活才22b 为啥要470g"), "**全部 235B 参数都要存下"),
        (("两张t4能跑qwen2.5-7b吗 fp16", "不对 我其实是要训练"), "**Qwen2.5-7B-Instruct · 全量微调"),
        (("Qwen3-32B int4 on a 3060 12gb?", "why not"), "**The largest part of inference, 89 %, is weights."),
        (("Qwen3-32B int4 3060 12G 能跑吗", "为什么不行"), "**推理里最大的是权重，占 89 %"),
    ],
)
def test_a_figure_that_was_expected_is_no_part_and_no_doubt(
    assistant: Assistant, questions: tuple[str, ...], opens: str
) -> None:
    assert last(*questions).text.startswith(opens)
