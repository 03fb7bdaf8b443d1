"""Questions as people post them, whose numbers and units stand beside words that could be read otherwise."""

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "says", "unsaid"),
    [
        # an amount before a server's name is no count of servers
        ("Qwen1.5-7B-Chat-AWQ is 6 GB but vllm takes 43 GB of my A6000. is that a leak?", "No leak: vLLM takes a fixed share", "Start them one after the other"),
        # a length before prompts
        ("largest batch for Mistral-7B bf16 on an A10 with 16k prompts in sglang", "sequences of 16,384 tokens", "4,096 tokens at once"),
        ("how long do 8k prompts in an hour take on an A10 with Mistral-7B", "8,000", "8,192"),
        # what ZeRO's multiplier counts
        ("why is K=12 in the ZeRO paper, Adam has two moments which is 8?", "fp32 copy of the weights, 4 + 4 + 4", "QLoRA paper"),
        ("ZeRO 里 K=12 是怎么得到的", "fp32 主权重，4 + 4 + 4", "N 张卡每张上"),
        ("为什么优化器要12字节，Adam 只存 m 和 v 啊", "fp32 主权重，4 + 4 + 4", "QLoRA 论文"),
        # what two programs show of a whole card
        ("nvidia-smi shows 24576MiB for my 3090 and pytorch 23.69 GiB, plan with which?", "Plan with 23.69 GiB", "max_memory_allocated"),
        ("4090 在 nvidia-smi 里是 24564MiB，torch 里是 23.64 GiB，以哪个为准", "按 23.64 GiB 规划", "max_memory_allocated"),
        ("nvidia-smi 23990MiB on a 4090, torch.cuda.max_memory_allocated 23.1 GiB, which is real?", "max_memory_allocated", "Plan with"),
        # a meter's GiB held against a sum in GB
        ("Qwen3-4B full finetune reads 58GB on an A100 though 4.02B*16 = 64GB. why less?", "held against 59.9, not against 64.4", ""),
        ("Mistral-7B fp16 按 2 字节算是 14.5G，nvidia-smi 只有 14.1G，怎么少了", "应和 13.5 比", ""),
    ],
)  # fmt: skip
def test_what_is_posted_is_read_as_meant(assistant: Assistant, question: str, says: str, unsaid: str) -> None:
    text = assistant.ask(question).text
    assert says in text, text
    assert not unsaid or unsaid not in text, text
