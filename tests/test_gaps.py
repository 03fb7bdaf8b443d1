"""What is asked beside a figure of the asker's is added up, and the states of adapters, of paging and of each case are told as they are."""

import pytest

from chat.agent import Assistant
from tests.talking import answers


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        # 16.1 + 11.7 GiB of logits and the rest = 33.2 GB; the rest of 39 GB is told apart
        ("lora训练llama3-8b，长度4096 bs2，开了检查点，实测39G，我自己算16+0.7=17G，差的22G是什么", "合计 17.2 GB（16.0 GiB）；总共 33.2 GB（30.9 GiB）；您看到的 39 GB 里其余 5.78 GB", "算术本身"),
        ("LoRA on Qwen2.5-7B, batch 4 x 2048, checkpointing: 34 GB. The base is 15.2 GB, what is the other 19 GB?", "Beside it at the peak: logits and loss 13.9 GiB (8,192 × 152,064 × 4 B", "in fp32: 7.62B"),
        # 14.8 × 4 = 59 GB lies near, but the base is told as 16 bit
        ("LoRA r=64 on Qwen2.5-14B, bs 2, cutoff 2048, A100 80G shows 61GB. Base is 29.5GB and the adapter 0.3GB. Where's the remaining 30GB?", "the other 17.1 GB of your 61 GB", "take in fp32"),
        ("Full fine-tune Llama-3.2-1B, bs 8 x 2048, checkpointing, AMP bf16, I expected 1.24*16=20GB but torch says 47 GB peak. what else is in there", "45.6 GB (42.5 GiB) in all, the 47 GB that you see.** What takes less: Liger's fused loss: 24.4 GiB", "arithmetic itself"),
        # 16 × 8.03 / 8 = 16.1 GB, which is also the weights in 16 bit
        ("With ZeRO-3 8 cards llama-3-8B each GPU shows 34GB, my calc 8*16/8=16GB. not sharding?", "The other 17.9 GB are what no stage divides, by the formulas runtime 3.30 GiB", "2 B per parameter"),
        ("开了fsdp之后4张卡每张还是占了30多G，qwen2.5-7b全参，fsdp是不是没切", "每卡状态 16 B × 7.62B ÷ 4 = 30.5 GB；没生效的话每卡要放 122 GB", "没有读懂"),
    ],
)  # fmt: skip
def test_the_gap_to_the_asker_s_figure_is_added_up(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        ("does 8-bit Adam help with LoRA? Llama-3-8B r=16", "41.9M × 8 B = 0.34 GB; in 8 bits they take 0.08 GB, so 0.25 GB less", "8-bit states save"),
        ("lora用adamw_8bit有必要吗，qwen2.5-14b r=64", "275M × 8 字节 = 2.20 GB，8 位时 0.55 GB，只少 1.65 GB", "8 位状态省"),
        ("paged_adamw_32bit vs paged_adamw_8bit, do both save memory? 13B", "Paging saves no byte", "没有"),
        # of two other optimizers their own difference, and nothing of 8 bits
        ("SGD instead of AdamW for 3B full finetuning, what do I save", "SGD needs about 25.9 GiB, AdamW 49.8 GiB: 23.9 GiB less", "8-bit"),
        ("muon优化器比adamw省显存吗，3B全参", "Muon 需要约 39.3 GiB，AdamW 约 49.8 GiB", "8 位"),
        ("全参 7B 用 adamw_8bit 能省多少显存", "8 位状态省 42.0 GB", "Paging"),
    ],
)  # fmt: skip
def test_states_are_told_of_what_has_them(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("single 3090 + 64GB RAM, zero3 offload everything, full finetune of Qwen2.5-3B possible? and 7B?", "**Qwen2.5-7B-Instruct: Host memory is what falls short: what is offloaded takes 113.5 GiB"),
        ("zero2 offload和zero3 offload，7B全参单卡3090，内存各要多少，显存各占多少", "**主机内存：ZeRO-2 offload 87.9 GiB、切分（ZeRO-3/FSDP）offload 100.4 GiB**"),
        # the stages in a row, and no batch of 2 and 3; the fastest that fits is no question of speed alone
        ("Full FT of Mistral-Small-24B on 8x H100 80GB: ZeRO-1 / 2 / 3 per GPU? which one should I run", "fits sharded (ZeRO-3/FSDP), 57.1 GiB; does not fit ZeRO-1 or ZeRO-2"),
        ("4卡A100 40G全参微调Yi-6B，zero1 zero2 zero3每卡多少，最快且放得下是哪个", "临界：ZeRO-2（39.6 GiB）；放不下：ZeRO-1（48.6 GiB）"),
        # 17 GB are 15.8 GiB, in the interval of 15.1 GiB
        ("ollama跑qwen2.5:14b，文件9G，num_ctx 32768，ollama ps显示17G，正常吗？想塞进12G的3060", "**正常。加载时就按整个上下文预留 KV 缓存"),
    ],
)  # fmt: skip
def test_each_case_has_its_own_figure(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text, answer.text[:600]
    assert not answer.notices
