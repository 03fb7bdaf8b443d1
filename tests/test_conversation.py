"""A conversation: what leans on the case at hand, what stands beside it, and what a change of facts asks again."""

import pytest

from chat.agent import Assistant
from chat.events import Conversation, Finished

CACHE_TOO_SMALL = (
    "ValueError: To serve at least one request with the models's max seq len (32768), (8.00 GiB KV cache is needed, which is larger "
    "than the available KV cache memory (5.37 GiB). Based on the available memory, the estimated maximum model length is 21984."
)


def talked(assistant: Assistant, *questions: str) -> list[str]:
    """The answer to each, one after the other."""
    conversation, told = Conversation(), []
    for question in questions:
        for event in assistant.stream(question, conversation):
            if isinstance(event, Finished):
                told.append(event.answer.text)
    return told


@pytest.mark.parametrize(
    ("questions", "opens"),
    [
        # a setting that is told of the run at hand, and one that is proposed for it
        (("LoRA on Qwen2.5-7B, batch 8, 4096 tokens, runs out of memory on an A100 40GB", "checkpointing is on already"), "The logits decide: 32,768 tokens"),
        (("LoRA on Qwen2.5-7B, batch 8, 4096 tokens, runs out of memory on an A100 40GB", "checkpointing is on already", "batch 1 then"), "Qwen2.5-7B-Instruct, LoRA, A100 40 GB: fits"),
        (("LoRA 训 Qwen2.5-7B，batch 8，长度 4096，A100 40G 爆显存", "已经开了重计算", "那 batch 降到 1"), "Qwen2.5-7B-Instruct · LoRA · A100 40 GB：放得下"),
        # a term is asked of the model at hand
        (("How much VRAM for DeepSeek-V3 in fp8?", "per token KV?"), "KV cache: 61 layers × (512 + 64) × 2 B"),
        (("24G卡跑Qwen3-14B int8够吗", "每个token的KV多少"), "40 层 × 8 个 KV 头 × 128"),
        # once an explanation was given, a change of facts asks again for what was wanted before
        (("Full fine-tuning of Llama-3.1-8B on 8x A100 40GB, does it fit?", "why so much?", "and with LoRA?"), "LoRA, 8 cards, A100 40 GB: fits"),
        (("7B全参需要多少显存", "为什么不是28G", "ZeRO-3 8卡每卡多少"), "切分（ZeRO-3/FSDP）：每张卡约 21.8 GiB"),
        # what stands beside the case leaves it: another matter, thanks, what a thing is
        (("LoRA of Llama-3.1-8B on a 4090?", "who won the world cup?", "and 16k context?"), "Llama-3.1-8B-Instruct, LoRA, RTX 4090: does not fit"),
        (("Qwen3-8B LoRA 要多少显存", "谢谢", "那14B呢"), "Qwen3-14B · LoRA：共约"),
        (("24G卡跑Qwen3-14B int8够吗", "什么是PagedAttention", "16k上下文呢"), "Qwen3-14B · 推理 · INT8 · 24 GB 显卡：放得下"),
        (("Llama-3.1-8B LoRA on 4x A100 40GB?", "explain ZeRO-3", "what batch size can I use?"), "a copy per card: **up to batch"),
        # how long, asked of a training; any card, where one is asked for
        (("LoRA on Qwen2.5-7B, 2048 tokens, one A100 40GB, ok?", "how long would 10k samples take"), "on one A100 SXM4 40 GB"),
        (("LoRA on Qwen2.5-14B with 16k context on a 24GB card?", "which GPU would be the cheapest that works?"), "The smallest that do: LoRA: 1 card of 80 GB"),
        # what would help is asked of the case
        (("24G卡跑Qwen3-14B bf16够吗", "有没有办法放下"), "照现在的设置不行，8 位权重就放得下"),
        # a part of it, and the largest
        (("QLoRA Qwen2.5-32B on a 3090?", "which part takes the most?"), "The largest part: weights, 17.9 GiB of 25.3 GiB"),
        (("What can I run on a 4090?", "and 32B?"), "32B, inference, RTX 4090: fits with 4-bit"),
        (("一张3060 12G能跑什么模型", "14B的呢"), "14B · 推理 · RTX 3060 12 GB：4 位放得下"),
        (("DeepSeek-V3 fp8 on 8 H200, 10 users at 64k?", "why?"), "The largest part of inference, 63 %, is weights."),
        (("Llama-3.1-8B full fine-tuning on 8x 4090?", "how come?"), "The largest part of full fine-tuning, 42 %, is optimizer states."),
        (("Qwen2.5-32B-AWQ 4090 32k 能跑吗", "为啥"), "推理里最大的是权重，占 65 %"),
        (("GRPO Qwen2.5-7B 需要几张A100 80G", "rollout 占多少"), "rollout 占的是 KV 缓存"),
        (("70B QLoRA on 2x A100 80GB?", "rank 64?", "on one 48GB card?", "what's the longest sequence there?"), "With rank 32 about"),
        (("单卡3090 QLoRA微调Qwen2.5-32B行吗", "优化器呢"), "优化器状态：1.00 GiB / 25.3 GiB（134M × 8 B"),
        (("QLoRA Qwen2.5-32B on a 3090?", "how long for 10M tokens?", "and the activations?"), "1.29 GiB where the whole is at its peak of 25.3 GiB"),
        # told of the failed run for the first time; and an explanation of a kind of training is told once, too
        (("DPO on Mistral-7B with LoRA on a 24GB card runs out of memory", "batch 2, length 1024"), "What was told takes 17.4 GiB of 24.0 GiB and would fit"),
        (("DPO on Mistral-7B with LoRA on a 24GB card runs out of memory", "why does DPO need more than SFT?", "ok then SFT"), "Mistral-7B-v0.1, LoRA, a 24 GB card: fits"),
        # ZeRO-2 has no weights to offload
        (("ZeRO-2 for a 13B on 8 A100 40G?", "add offload"), "ZeRO-2: fits, if the host has 169.7 GiB"),
        # why not: what takes up the card
        (("Qwen2.5-72B AWQ in vLLM on 2x 3090, 32k context?", "why doesn't it fit?"), "is weights. In order: weights 19.3 GiB"),
        (("Qwen2.5-7B 全参，8 张 4090，ZeRO-2 行不行", "为什么不行"), "最大的是权重"),
        # a quantity of the case, the kind of question that was asked before, and what is left out with the model
        (("13B QLoRA on a 24GB card?", "what rank can I afford"), "Up to rank "),
        (("7B 全参训 10B token 要几天，8 张 4090", "换成 A100 80G 呢"), "8 张 A100 SXM4 80 GB"),
        (("7B 全参训 10B token 要几天，8 张 4090", "多少钱"), "请说出每张卡每小时多少钱"),
        (("Qwen3-30B-A3B Q4 on a 16GB card?", "with the experts in RAM", "and Qwen3-14B?"), "Qwen3-14B, inference, Q4_K_M, a 16 GB card: fits"),
        # a message that names no model is of the case at hand, why it says so and what would change it
        (("vLLM, Qwen2.5-32B AWQ on an L40S, 24k?", CACHE_TOO_SMALL), "16.5 GiB of the card went elsewhere"),
        (("vLLM, Qwen2.5-32B AWQ on an L40S, 24k?", CACHE_TOO_SMALL, "why only 5.37?"), "16.5 GiB of the card went elsewhere"),
        (("vLLM, Qwen2.5-32B AWQ on an L40S, 24k?", CACHE_TOO_SMALL, "would an fp8 cache fit then?"), "Qwen2.5-32B-Instruct, inference, AWQ 4-bit, L40S: fits"),
        # the card at hand, of whose speed or formats something is asked; a thing by its name
        (("3060 12G 能跑什么模型", "7B int4 的速度呢", "13B呢"), "13B、INT4、RTX 3060 12 GB"),
        (("Qwen3-32B FP8 on 2x A100 80G, vLLM", "why can't I use fp8"), "Ampere has no FP8 units"),
        (("gemma-3-27b Q4 on a 24GB card", "what does Q5 mean exactly"), "Q5_K_M stores"),
        # another set-up than the run that failed; more of the pictures that were told
        (("Mixtral 8x7B fp16 on 4x A100 40GB, vLLM", "it OOMs at startup", "how about AWQ on two of them"), "AWQ 4-bit, 2 cards, A100 40 GB: fits"),
        (("Qwen2.5-VL-7B 一张图 1024x1024 多少token", "8张图一起呢"), "8 张共 10,952 个"),
        # a setting that the case gets, and no question of what it does
        (("Full fine-tuning of Llama-3.1-8B on 4x A100 80GB with ZeRO-2, does it fit?", "and with the optimizer offloaded to the CPU?"), "4 cards, A100 80 GB, ZeRO-2: fits, if the host has"),
        # what comes out, and not what it takes
        (("LoRA on Llama-2-7B, 3090, batch 1, accumulation 4", "will the results be the same?"), "Gradient accumulation: the same update"),
        (("Llama-2-7B LoRA 3090 bs1 累积4步", "这样效果会一样吗"), "梯度累积：与一次算整个批次的更新相同"),
        # of which nothing was read
        (("gemma-3-27b Q4 on a 24GB card", "does the weather affect GPU memory?"), "What “does the weather affect GPU memory?” asks was not understood"),
        (("gemma-3-27b Q4 24G卡", "这个模型好用吗？"), "问的是什么没有读懂"),
        # what is taken instead of a setting, and another precision
        (("Full fine-tuning of Llama-3.1-70B, 8x H100, ZeRO-3 with offload", "8-bit Adam instead of offload"), "sharded (ZeRO-3/FSDP): does not fit"),
        (("1B 全参 fp32 训练 要多少", "bf16混合精度呢"), "1B · 全量微调：共约"),
        # a training from nothing is one of another size or card, too, until something is tuned
        (("Can I pretrain a 1B model from scratch on one 4090?", "And a 3B?"), "3B, pre-training, RTX 4090: does not fit"),
        (("从零预训练一个1B模型，一张4090够不够", "换成A100 40G呢"), "A100 40 GB：放得下**，约需 20.2 GiB"),
        (("从零预训练一个1B模型，一张4090够不够", "那微调3B呢"), "LoRA、QLoRA 放得下"),
        # a cell of the table that was asked about
        (("What does LLaMA-Factory's table say for 13B LoRA?", "and 70B QLoRA?"), "70B QLoRA (4-bit) 48 GB"),
    ],
)  # fmt: skip
def test_what_follows_leans_on_the_case_at_hand(
    assistant: Assistant, questions: tuple[str, ...], opens: str
) -> None:  # fmt: skip
    last = talked(assistant, *questions)[-1]
    assert opens in last.split("\n\n")[0], last


@pytest.mark.parametrize(
    "asked",
    [
        "what's the weather in Paris and how much is a flight?",
        "write me a poem about it",
        "明天上海天气怎么样,机票多少钱",
    ],
)
def test_another_matter_is_none_in_a_conversation_either(assistant: Assistant, asked: str) -> None:
    first, beside = talked(assistant, "LoRA of Llama-3.1-8B on a 4090?", asked)
    assert beside != first
    assert "GiB" not in beside, beside


@pytest.mark.parametrize(("said", "answer"), [("thanks!", "You are welcome."), ("谢谢", "不客气。")])
def test_thanks_are_answered_as_such(assistant: Assistant, said: str, answer: str) -> None:
    assert talked(assistant, "LoRA of Llama-3.1-8B on a 4090?", said)[1].startswith(answer)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("QLoRA of Qwen2.5-32B: which part takes the most memory?", "is weights. In order: weights 17.9 GiB (31.2B × 4.13 bits + 1.56B × 2 B = 19.2 GB), logits and loss 3.48 GiB"),
        ("全参微调7B，显存主要被什么占了", "最大的是优化器状态，占 74 %。从大到小：优化器状态 75.3 GiB"),
        # of several cards as they divide it
        ("Full fine-tuning of Llama-3.1-8B on 4x A100 40GB: which part takes the most?", "is optimizer states. In order: optimizer states 22.4 GiB (8.03B × 12 B (of which 4 B a master copy) = 96.4 GB, ÷ 4 cards)"),
        ("Llama-3.1-8B 全参微调，4 张 A100 40G，哪部分最占显存", "最大的是优化器状态，占 54 %。从大到小：优化器状态 22.4 GiB"),
        # those of a training of all weights are freed by its peak
        ("How big are the activations in full fine-tuning of Llama-3.1-8B?", "Activations: 0.56 GiB before the backward pass"),
        ("LoRA 微调 Llama-3.1-8B，logits 占多少", "logits 与损失：2.94 GiB / 19.9 GiB"),
    ],
)  # fmt: skip
def test_the_largest_part_or_one_of_them_comes_first(assistant: Assistant, question: str, opens: str) -> None:
    answer = assistant.ask(question)
    assert opens in answer.text.split("\n\n")[0], answer.text
    assert not answer.notices
