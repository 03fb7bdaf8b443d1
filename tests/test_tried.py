"""Values that were tried, and what they are of: a bare number before or behind how a run went."""

import pytest

from chat.reads.grammar import read
from kb import estimate
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "name", "values"),
    [
        ("T4, llama-3.1-8b 4bit qlora. What max_seq_length can I set? 8192 OOMs with plain HF trainer", "seq_len", (8192,)),
        ("seq 4096 works, 8192 OOM, A100 40G, Llama-3-8B LoRA. why", "seq_len", (4096, 8192)),
        ("4090 qlora qwen2.5-7b，4096没事，8192就炸，最长能多少", "seq_len", (4096, 8192)),
        ("Llama-3-8B lora on a 3090, fine at 2048 but dies at 4096. Why?", "seq_len", (2048, 4096)),
        ("A6000 llama3-70b qlora，长度3000可以，6000就OOM，怎么办", "seq_len", (3000, 6000)),
        ("on an A100 batch 4 fits and 8 OOMs, Llama-3-8B LoRA. max batch?", "batch_size", (4, 8)),
        ("A100 40G 7b lora batch 2 能跑 4 就爆，怎么办", "batch_size", (2, 4)),
        ("rank 16 works, 256 OOMs on my 4090 with Llama-3-8B LoRA", "lora_rank", (16, 256)),
        ("Qwen2.5-14B full fine-tune: 4 A100 fail, is 8 enough?", "n_gpus", (4, 8)),
        ("全参32b，4张A100不够，8张够吗", "n_gpus", (4, 8)),
    ],
)  # fmt: skip
def test_a_bare_number_that_was_tried_is_of_what_was_spoken_of(
    question: str, name: str, values: tuple[int, ...]
) -> None:
    reading = read(question)
    assert reading.facts[name] == values
    assert not reading.not_understood
    if name != "n_gpus":
        assert max(reading.facts.get("n_gpus", (1,))) == 1


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("galore、badam都说能24G全参训7B，跟lora比省在哪", 24),
        ("用24G训7B，freeze和lora差多少", 24),
        ("AdamW or adamw_bnb_8bit for full Qwen2.5-7B, I still can't fit on one 80GB", 80),
        ("galore claims full training of 7B on a single 24GB. compare with lora", 24),
    ],
)
def test_the_memory_of_a_card_is_no_figure_of_the_askers(question: str, memory: int) -> None:
    reading = read(question)
    assert reading.facts["gpu_memory_gb"] == (memory,)
    assert not reading.claims


def test_what_a_run_takes_stays_a_figure_of_the_askers() -> None:
    assert [claim.number for claim in read("7B lora 实测占了24G，为什么").claims] == [24]


def test_ranks_that_leave_cards_idle_run_on_the_others() -> None:
    facts = {"model": "Qwen2.5-14B-Instruct", "task": "inference", "engine": "vllm", "gpu": "RTX A4000", "tp": 2}
    three, two = (estimate(**facts, n_gpus=count).outcomes[0] for count in (3, 2))
    assert three.best == two.best
    assert three.situation.knob("n_gpus") == 2


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("ollam qwen3 32b 4090", "engine", "llama.cpp"),
        ("qwne3:14b on a 3060 12G with ollma, 8k ctx", "engine", "llama.cpp"),
        ("用vlm部署qwen3-14b，单卡3090够吗", "engine", "vllm"),
        ("llama-factroy lora Qwen2.5-7B 4090 ok?", "engine", "llama-factory"),
        ("Qwen2.5-7B-Instruct-1M 单卡A100 80G能开满1M上下文吗", "model", "Qwen/Qwen2.5-7B-Instruct-1M"),
        ("Command R+ 用 4 张 A100 80G 行吗", "model", "CohereLabs/c4ai-command-r-plus"),
        ("command-r+ 08-2024 on 2x 3090 in q4", "model", "CohereLabs/c4ai-command-r-plus-08-2024"),
        ("Qwen1.5-14B+LoRA on a 4090", "model", "Qwen/Qwen1.5-14B-Chat"),
        ("does glm-4-9b-chat-1m fit on 80GB with 500k tokens?", "model", "THUDM/glm-4-9b-chat-1m"),
        ("The FlashAttention article uses a 1.3B model. My 7B with 8k: how much do I save?", "params", 7e9),
        ("In the ZeRO paper 7.5B takes 1.9GB on 64 GPUs; my 7B takes 14 GB on 8 A100 with zero3", "n_gpus", 8),
        ("看别人说8张就行，我8张zero3刚好爆，全参sft qwen2.5-32b最少几张A800 80G", "n_gpus", 8),
        ("What does a vlm of 7B need on a 4090?", "engine", None),
        ("which factor is the 1.2 for a llama 7b?", "engine", None),
    ],
)
def test_slips_longer_names_and_what_papers_tell_are_read(question: str, name: str, value: object) -> None:
    reading = read(question)
    assert reading.facts.get(name, (None,)) == (value,)
    assert not reading.not_understood


@pytest.mark.parametrize(
    "question",
    [
        "7B推理占了二十多个G，为啥",
        "M = (P * 4B) / (32 / Q) * 1.2 这个公式里的1.2是怎么来的？70B 4bit 呢",
        "vllm 3090 Qwen3-32B-AWQ KV cache只有6xxx个token，怎么调",
        "Mistral-Small-24B on 3k instruction pairs (~1.5k tokens), 2x3090, lora or qlora",
    ],
)
def test_what_is_used_is_not_called_not_understood(question: str) -> None:
    assert not read(question).not_understood


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("chatglm3-6b ptuning、lora、全参 分别最少多少显存？16G的T4能做哪个", "起决定作用的是基座"),
        ("Does prefix tuning or prompt tuning of a 7B fit on 12GB?", "so the base decides"),
        ("IA3 on Llama-3-8B, 24GB card?", "so the base decides"),
    ],
)
def test_a_way_without_a_formula_is_told_by_its_base(question: str, said: str) -> None:
    text = answer_to(question)
    assert said in text
    assert "LoRA" in text.split("\n\n")[0]
    assert "没有读懂" not in text
    assert "not understood" not in text.lower()


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("2x3090, Llama-3.3-70B Q4_K_M, -ngl 99 -c 32768: weights load, then `failed to allocate 10240.00 MiB` for the cache", "**The buffer of 10.0 GiB that fails is the KV cache"),
        ("llama.cpp 两张3090跑Llama-3.3-70B Q4_K_M，-c 32768，权重加载完报 failed to allocate 10240.00 MiB", "**分配失败的 10.0 GiB 缓冲就是 KV 缓存"),
    ],
)  # fmt: skip
def test_a_file_whose_cache_could_not_be_allocated_fails_for_no_logits(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("With max_num_seqs=96 it OOMs, with 24 it starts. T4, Qwen2.5-3B, fp16. What does the flag cost?", "24 → 96 × 151,936"),
        ("vLLM Qwen3-8B on a 4090: --max-num-seqs 512 crashes, 128 boots. What does each sequence take?", "128 → 512 × 151,936"),
        ("max_num_seqs 256 就OOM,64能启动,4090跑Qwen3-8B vllm,这参数占多少显存?", "64 → 256 × 词表 151,936"),
        ("4090上vllm跑Qwen3-8B,max_num_seqs=512直接OOM,128启动正常,为啥", "128 → 512 × 词表 151,936"),
    ],
)  # fmt: skip
def test_sequences_with_which_a_server_starts_ran(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "name", "values"),
    [
        ("Llama-3-70B with vLLM on 4x4090: tp=2 OOM, 4 OOM as well", "tp", (2, 4)),
        ("llama3 70b vllm 4张4090 tp 2也爆,4也爆", "tp", (2, 4)),
        ("8B QLoRA on a 24 GB card: batch size 4 OOMs, 2 too", "batch_size", (4, 2)),
        ("Qwen2-7B 128k sft on 8 H800, sequence_parallel_size 2 and 4 both OOM", "cp", (2, 4)),
        ("tp=2 OOM and 4 GPUs are too many, Llama-3-70B in vLLM on 4x4090", "tp", (2,)),
        ("Qwen2-7B 128k sft on 8 H800 with sp=4, and 14B OOMs too", "cp", (4,)),
    ],
)
def test_a_further_degree_that_failed_too_is_one_more_value(question: str, name: str, values: tuple[int, ...]) -> None:
    assert read(question).facts[name] == values


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2-7B 128k训练sequence_parallel 4 OOM,7也OOM,8张H800", ("并行度 4 为 86.7 GiB", "7 根本不能用", "不能整除 8 张卡", "36.8 GiB")),
        ("8卡H800 训练 Qwen2-7B,长度128k,序列并行设2爆显存,设4也爆", ("并行度 2 为 153.3 GiB", "并行度 4 为 86.7 GiB", "53.5 GiB")),
        ("Qwen2-7B full finetune at 128k on 8 H800: sp=4 OOM, sp=7 OOM", ("86.7 GiB at degree 4", "7 is no degree here: it does not divide the 8 cards", "(36.8 GiB)")),
        ("Qwen2-7B 128k sp 4 oom, 8 too, 8 H800", ("86.7 GiB at degree 4", "degree 8 fits (53.5 GiB)")),
    ],
)  # fmt: skip
def test_each_degree_of_a_divided_sequence_that_failed_is_told_why(question: str, says: tuple[str, ...]) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert all(one in opening for one in says), opening
