"""Short questions of daily work: how much context, whether a link is needed, what a merge, a conversion, beams take."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mistral-Nemo Q5_K_M on a 16GB card: how much context?", "tokens for sure"),
        ("gemma-3-12b Q4_K_M on a 3060 12GB, how much ctx can I have", "tokens"),
        ("do I need NVLink for a 70B on two A6000?", "NVLink adds no memory"),
        ("how much VRAM does merging a 32B LoRA need?", "**Merging loads the base in 16 bit"),
        ("merge_and_unload 一个 7B 的 lora 需要多少内存", "**合并要按 16 位加载基座"),
        ("How much RAM to convert a 32B to GGUF myself?", "**No card, and RAM for the largest tensors only"),
        ("自己把 14B 转成 gguf 要多大内存", "**不需要显卡"),
        ("Quantize Llama-3.1-8B with AutoGPTQ: how much VRAM?", "**Quantising goes layer by layer, so one card is enough"),
        ("to quantise Qwen2.5-32B to GPTQ int4 on my own, must several cards hold the fp16?", "**Quantising goes layer by layer, so one card"),
        ("自己把Llama-3.3-70B量化成awq,要先有4张A100放下bf16吗", "**量化是逐层做的"),
        ("does the AutoGPTQ int4 of Qwen2.5-72B run on 2 80G cards?", "**Yes"),
        ("beam search 会不会更占显存", "**会。beam search 有几个 beam"),
        ("8B, beam search with 5 beams: memory?", "**Beam search keeps 5 sequences"),
        ("Can a Radeon and a GeForce run one model together?", "**Only by a program whose build speaks to both"),
        ("is it normal that fine-tuning needs 8 times what inference needs?", "**Training keeps what inference does not"),
    ],
)  # fmt: skip
def test_it_is_answered(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    "question",
    ["how much context memory does Qwen3-8B take at 32k?", "Qwen3-8B at 32k, how much VRAM does the context cost?"],
)
def test_what_a_context_takes_is_no_length(question: str) -> None:
    assert "seq_len" not in read(question).asks


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("why isn't the VRAM released after training?", "**Most likely no leak"),
        ("GPU memory is still in use after my job was killed", "**A process that was not seen to end"),
        ("脚本已经结束了，显存还占着", "**还有没真正退出的进程占着"),
        ("after del model the memory stays the same in nvidia-smi", "**Most likely no leak"),
        (
            "My 8B runs out of memory only with long documents, 3090, transformers",
            "**What fails with long inputs alone",
        ),
        ("vllm 里短的没事，输入一长就爆，Qwen2.5-14B-AWQ，一张 4090", "**服务既然起来了"),
        ("short prompts are fine, long ones crash with OOM, why", "**What fails with long inputs alone"),
    ],
)
def test_a_symptom_is_told_by_its_cause(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("What is the difference between an L4 and a T4?", "| memory | 24 GB | 16 GB |"),
        ("3080和4080有什么区别", "| 显存 | 10 GB | 16 GB |"),
        ("LoRA 和全参的区别，4090 和 3090", "LoRA"),
    ],
)
def test_cards_that_differ_are_set_side_by_side(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_a_length_behind_a_name_that_ends_in_it_is_a_length() -> None:
    facts = read("Yi-34B-200K 200k context, how large is the KV cache?").facts
    assert facts["seq_len"] == (200000,)


def test_a_model_that_is_called_like_a_chip_is_no_mac() -> None:
    assert "unified_memory" not in read("MiniMax M2 AWQ on 4x A100 80G").cues
    assert "unified_memory" in read("M2 Max 64GB, Qwen3-32B Q4_K_M?").cues


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("llama_kv_cache_init: failed to allocate buffer, 8192 MiB", "**The card, or RAM, had no room for a buffer"),
        ("加载模型报 unable to allocate CUDA0 buffer，怎么办", "**启动时要一次性预留的某个缓冲放不下"),
        ("CUBLAS_STATUS_ALLOC_FAILED as soon as I train", "**ALLOC_FAILED of cuBLAS or cuDNN is out of memory"),
        ("给 Qwen2.5-7B 新增3万个词表，全参训练多占多少显存", "**词表多 30,000 个 token"),
    ],
)
def test_a_message_is_read_without_a_model(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Do I need NVLink for 2x3090 LoRA on a 13B?", "**No: NVLink changes how fast it trains, not what fits.**"),
        (
            "4x 4090 full fine-tuning of a 7B with ZeRO-3: is NVLink required?",
            "**No: NVLink changes how fast it trains",
        ),
        ("两张3090微调13B LoRA必须有nvlink吗", "**不需要：NVLink 只影响训练速度"),
    ],
)
def test_a_training_needs_no_link_to_fit(question: str, says: str) -> None:
    assert answer_to(question).startswith(says)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("OOM in the middle of epoch 1 after 700 steps with LoRA Llama-3-8B on a 3090, batch 2, why not at the start?", "**Running out midway"),
        ("训练到第700步才OOM，llama3-8b lora 3090 batch2", "**训练到一半才爆"),
    ],
)  # fmt: skip
def test_a_failure_midway_opens_with_the_longest_sample(question: str, says: str) -> None:
    assert answer_to(question).startswith(says)


def test_the_only_method_at_the_edge_is_told_with_what_makes_it_fit() -> None:
    told = answer_to("一张24G的卡想微调qwen2.5-32b，有什么办法")
    assert "加融合损失（不存完整 logits）是 22.7 GiB" in told.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "Why does AdamW 8bit not reduce my LoRA memory?",
            "**Next to nothing is saved, even where it works as it should",
        ),
        ("为什么8bit AdamW没给我的LoRA省显存", "**几乎省不了"),
    ],
)
def test_what_is_asked_stands_before_whose_figures_they_are(question: str, says: str) -> None:
    assert answer_to(question).startswith(says)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Do I need NVLink to run Llama-3.3-70B Q4_K_M on two 3090s?", "**For one sequence PCIe"),
        ("跑Llama-3.3-70B Q4 两张3090需要NVLink吗", "**单条序列生成时 PCIe"),
        ("Is PCIe x8 necessary for two 3090s, Llama-3.3-70B Q4?", "**For one sequence PCIe 4.0 x8"),
        # how long it takes is asked beside it
        ("Do I need NVLink for LoRA of Qwen2.5-32B on 2x A6000, and how long does it take for 10M tokens?", "**About"),
    ],
)
def test_of_a_model_that_runs_the_link_is_a_matter_of_speed(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-8B LoRA: switched to paged_adamw_8bit and VRAM is the same. Is it not working?", "Paging itself saves no byte"),
        ("LoRA微调Qwen3-8B，把adamw换成paged_adamw_8bit显存没变化，是没生效吗？", "分页（paged）本身不省字节"),
        ("Qwen3-8B LoRA: switched to adamw_8bit and VRAM is the same. Is it not working?", ""),
        ("Qwen3-4B lora，跑几百步从18G慢慢涨到24G然后OOM，是显存泄漏吗？", "先拿最长的样本试几步"),
        ("Qwen3-4B LoRA creeps from 18G to 24G over a few hundred steps, then OOM: a leak?", "Try the longest samples first"),
        ("verl GRPO Qwen2.5-32B on 8x H800 80G: OOM in the actor update", "ulysses_sequence_parallel_size"),
        ("QLoRA Qwen2.5-14B on a 3090: max batch size at 2048?", "Gradient accumulation gives a larger effective batch"),
        ("LoRA Qwen2.5-7B 4090 seq 1024 最大 batch 能开多少？", "有效批要更大就用梯度累积"),
    ],
)  # fmt: skip
def test_the_other_half_of_the_advice_stands_beside_it(question: str, says: str) -> None:
    answer = answer_to(question)
    assert says in answer if says else "Paging" not in answer
