"""The asker's own figures: what was printed, seen or saved is found among the parts of the case, and told first."""

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("ZeRO-3 7B Llama-2: profiler shows a 0.38 GiB block that appears and vanishes each layer, what is it", "**0.38 GiB is one layer's weights, gathered"),
        ("Trying to allocate 1.96 GiB with Llama-3-8B, seq 4096 bs1. what is that 1.96?", "**1.96 GiB is the logits of the step in fp32: 4,096 × 128,256 × 4 B"),
        ("Qwen2.5-7B full finetune, torch memory viz has one 28.4 GiB block, what is it", "**28.4 GiB is one of Adam's moments, or fp32 gradients: 7.62B × 4 B"),
        ("vLLM llama-3.1-70b tp 4: each card shows 32.9 GiB of weights, where does that 32.9 come from?", "**32.9 GiB is a card's share of the weights"),
        ("训练Qwen2.5-7B,显存快照里有一块1.16GiB,序列2048,这是什么?", "**1.16 GiB 是这一步的 fp32 logits"),
        ("Llama-2-13B 推理,8192 token,多出来6.25G是什么", "**6.25 GB 是 KV 缓存"),
    ],
)  # fmt: skip
def test_an_amount_that_was_printed_is_found_among_the_parts_of_the_case(
    assistant: Assistant, question: str, opens: str
) -> None:
    answer = assistant.ask(question)
    assert answer.text.startswith(opens), answer.text[:300]
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("estimate_zero3_model_states_mem_needs_all_live on llama-2-7b with offload_param=cpu and offload_optimizer=cpu prints 0.49GB per GPU and ~169GB per CPU. Can I really train a 7B on my 4GB laptop GPU then?", ("**Not in practice.", "if the host has 100.4 GiB of free RAM", "which a laptop hardly has", "estimator counts model states only", "32,000 × 4,096 × 4 B = 0.49 GiB", "6.74B × 18 B × 1.5 = 182 GB (169.4 GiB)")),
        ("deepspeed 的 estimate_zero3_model_states_mem_needs 对 Qwen2.5-7B(全offload)显示每卡2.03GB,CPU 191GB,7B真的只要2G显存就能全参训练?", ("**不是:DeepSpeed 的估算只算模型状态", "2.03 GiB", "191.5 GiB")),
        ("deepspeed estimate_zero3_model_states_mem_needs_all_cold for Llama-2-13b, 8 GPUs, no offload says 27.9GB per GPU. is that all?", ("**No: DeepSpeed's estimator counts model states only", "13B × 18 B ÷ 8 = 27.9 GiB")),
    ],
)  # fmt: skip
def test_what_an_estimator_prints_is_told_with_what_it_leaves_out(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    text = assistant.ask(question).text.replace("\uff1a", ":")
    assert all(one in text for one in says), text[:900]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("GPTQ 4bit Qwen2.5-7B safetensors are 5.58 GB, not 3.8 as 7.6/2 suggests. What's the rest?", "**5.58 GB is all of the weights as they are stored: 6.53B × 4.16 bits + 1.09B × 2 B"),
        ("MiB vs MB: nvidia-smi says 24217MiB / 24564MiB used on my 4090. How many GB is left really?", "**Left are 24,564 − 24,217 MiB = 0.339 GiB"),
        ('vLLM log: "# GPU blocks: 27812, # CPU blocks: 2048", block size 16, Llama-3.1-8B. How many tokens of KV is that and how many GB?', "**By your log the cache holds 444,992 tokens: × 128 KiB = 54.3 GiB"),
        ("INFO: GPU KV cache size: 445,000 tokens. Maximum concurrency for 8,192 tokens per request: 54.3x. Llama-3.1-8B. how many GB is that cache?", "**By your log the cache holds 445,000 tokens: × 128 KiB = 54.3 GiB"),
        ("我算的:7B × 4字节(fp32) × 4(权重+梯度+m+v) = 112GB,可网上都说混合精度也要 112GB,那混合精度省在哪?", "**混合精度省的不是模型状态"),
        ("I computed activations for Llama-2-13B seq 4096 bs 4 with checkpointing: 40*4*4096*5120*2 = 6.7GB. correct?", "**6.7 GB is the inputs of all layers, which checkpointing keeps: 40 × 16,384 × 5,120 × 2 B"),
        ("从 fp16 换到 int8 推理 Qwen2.5-14B 显存只从 31G 降到 19G,不是应该减半吗", "**您说的从 31 GB 降到 19 GB 与理论相符"),
        ("nvidia-smi 18500MiB / 24576MiB,还剩几个G?", "**还剩 24,576 − 18,500 MiB = 5.934 GiB"),
        ("So 1 token of KV for Qwen3-32B is 256KB, times 131072 = 34GB. And int8 kv halves? Right?", "**Yes, about: the KV cache 32.0 GiB → 16.0 GiB"),
        ("The model card of DeepSeek-V3 says 671B total, 37B activated. So bf16 inference memory is 37*2=74GB, correct?", "**All 671B parameters must be stored"),
        ("Loading Mixtral 8x7B in 4bit: I expected 8*7/2 = 28GB but bitsandbytes shows 26.5. why less?", "**The numbers in the name do not multiply"),
        ("peft print_trainable_parameters: trainable params: 41,943,040 || all params: 8,072,204,288 || trainable%: 0.5196. What rank is this on llama 3 8B, and how much memory do those take with Adam?", "**41.9M × 16 B = 0.67 GB"),
    ],
)  # fmt: skip
def test_the_asker_s_own_figure_is_explained_first(assistant: Assistant, question: str, opens: str) -> None:
    answer = assistant.ask(question)
    assert answer.text.startswith(opens), answer.text[:300]
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("batch size 1 用了 14G，batch size 2 用了 17G，batch 4 会是 23G 还是 28G？7B QLoRA", ("**按您自己的数字", "17 − 14 = 3 GB", "batch 4 时约 23 GB")),
        ("从 seq 4096 改到 8192 后显存从 38G 涨到 61G（Qwen2.5-7B LoRA，bs1，没开检查点），为什么不是翻倍？", ("**按您自己的数字", "15 GB 是不随长度变的")),
        ("Llama-3-8B LoRA: at 2048 tokens it uses 22GB, at 4096 tokens 27GB. how much at 8192?", ("**By your own figures 8,192 tokens take about 37 GB", "each 1,024 tokens take (27 − 22) ÷ 2 = 2.5 GB")),
        ("Model states for 13B with ZeRO-3 on 16 GPUs: 13*16/16=13GB per GPU. but I see 22GB. explain", ("**13 GB is right for the states alone: 13B × 16 ÷ 16 B = 13.0 GB", "the 22 GB that you see")),
        ("ollama list 里 qwen3:8b 是5.2G，ollama ps 显示 10 GB，哪个对", ("**都对：5.2 GB 是文件", "相当于约 28,000 个 token")),
    ],
)  # fmt: skip
def test_the_asker_s_own_readings_are_reconciled(assistant: Assistant, question: str, says: tuple[str, ...]) -> None:
    answer = assistant.ask(question)
    assert answer.text.startswith(says[0]), answer.text[:300]
    assert all(one in answer.text for one in says), answer.text[:600]
    assert not answer.notices
