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
        # a size that only one minor version of a generation has
        ("Llama3-405B in fp8 on eight H100s?", "**Llama-3.1-405B, inference", "No model"),
        ("llama 3 3B 全参微调 4090 够吗", "Llama-3.2-3B-Instruct", "没有模型"),
        ("llama 3 13b on a 3090 in 8 bit", "is in the tables", "Llama-3.2"),
        # a product of one layer
        ("Llama-3.1-8B cache: each layer keeps 8*128*2*2 = 4 KB of a token, right?", "Right: 4 KiB per token in a layer", "layers are missing"),
        ("Mistral-7B 的 KV，每层 32*128*2*2=16KB 每 token，对吗", "正确的是每层每 token 4 KiB", "漏了"),
        ("cache of a token in Llama-3.1-8B is 8*128*2*2 = 4KB, right?", "32 times too little", "in a layer"),
        # training by what inference takes
        ("I read that finetuning takes 4 times the inference memory, so 8B needs 64GB?", "4 times holds for AdamW in pure bf16 (2 + 2 + 4) and for fp32 weights, not in mixed precision", "What you see"),
        ("全参训练大概是推理显存的几倍", "混合精度 AdamW（2 + 2 + 12） 8 倍", ""),
        ("vLLM inference is 3x faster than HF, can I run a 7B on 24GB?", "7B, inference", "times holds for"),
        # what a table counts
        ("is the optimizer counted in the LLaMA-Factory table's 120GB for 7B?", "weights, gradients and optimizer together", ""),
        ("LLaMA-Factory 显存表是每张卡的还是总的", "一份完整副本的总量", ""),
        # one card's size in both units, without a driver
        ("they write 48GB = 51.5GB for the A6000, why two figures?", "are the same bytes", "the largest is"),
        # scales of a quantised base by their bits
        ("what are the 0.127 bits per weight of QLoRA?", "32/(64 × 256)", "Which model"),
        ("QLoRA 省的 0.37 bit 是哪里来的", "32/（64 × 256）", "是哪个模型"),
        # what stays once the optimizer is elsewhere, and what to do with the room
        ("After CPU offload of Adam, what remains in GPU memory?", "the GPU keeps the 16-bit weights", "Which model"),
        ("优化器卸载到内存后显存里还有什么", "显存里还剩：16 位权重", "是哪个模型"),
        ("Qwen2.5-7B zero3 offload on a 4090 uses only 8GB, how to use the rest and go faster?", "a larger micro-batch", ""),
        ("offload 之后显存空着一半，能不能利用起来加速训练", "加大 micro-batch", "是哪个模型"),
        # tokens of a picture, told behind it
        ("InternVL2-8B 微调，图片约 800 token 一张，每条 4 张，LoRA 要多少显存", "3,200", ""),
        # before the first prompt there is no cache
        ("Mistral-7B fp16 takes 15.9 GB right after loading, the weights are 14.5. what is the rest?", "Right after loading there are the weights", "Beside the weights"),
        ("Mistral-7B fp16 takes 18 GB while it generates, the weights are 14.5. what is the rest?", "Beside the weights", "Right after loading"),
        # a native length that scaled positions extend
        ("longest context for Qwen2.5-32B int8 on an RTX 6000 Ada?", "Its native length is 32,768", ""),
        # cards in thousands, without a plural and with a comma
        ("405B pretraining on 16k H100 with 15T tokens at 38% MFU, how long?", "on 16384 × H100", "tokens a sequence"),
        ("How long do 15T tokens of a 405B take on 16,384 H100 at 40% MFU?", "on 16384 × H100", "on 384 ×"),
        ("Qwen2.5-7B LoRA at 8k on A100 40G, fits?", "8,192", "8,192 cards"),
        # a row of the table
        ("llama factory: which row is 13B LoRA on an 8-bit base?", "13B QLoRA (8-bit) 20 GB", ""),
        # experts and a cache
        ("Does Qwen3-30B-A3B need less KV cache than Qwen3-32B as it is a mixture?", "does not depend on the experts", "**No: it takes the memory of all"),
    ],
)  # fmt: skip
def test_what_is_posted_is_read_as_meant(assistant: Assistant, question: str, says: str, unsaid: str) -> None:
    text = assistant.ask(question).text
    assert says in text, text
    assert not unsaid or unsaid not in text, text
