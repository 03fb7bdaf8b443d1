"""What a question takes for granted of a card, a cache or a mixture: memory with no unit, parts of one head, parameters that are used."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("2x T4 16GB, QLoRA of Qwen2.5-32B. 4-bit is 16 GB and I have 32, does it work?", (2,)),
        ("4 x L4 24GB, we've got 96 altogether; full finetune of Qwen2.5-7B?", (4,)),
        ("LoRA of Qwen2.5-14B on 4x T4, I have 64 in total.", (4,)),
        # other machines, and counts that are none of that memory
        ("I have 2 T4, at work I have 32. Which can train Qwen2.5-32B with LoRA?", (2, 32)),
        ("4x A100 80GB here, at the lab I have 320. Full finetune of Qwen2.5-32B?", (4, 320)),
        ("Is 2x T4 enough for QLoRA of Qwen2.5-32B? I have 8 of them", (2, 8)),
        ("8x H100 for full finetuning of Qwen2.5-7B; I have 64.", (8, 64)),
    ],
)
def test_what_the_cards_hold_together_counts_no_cards(question: str, counts: tuple[int, ...]) -> None:
    assert read(question).facts["n_gpus"] == counts


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("StarCoder 15B has one KV head (MQA). At TP=4 is the KV cache divided by 4, too?", "**No: each of the 4 cards keeps the whole cache, not 1/4: there is 1 KV head"),
        ("Gemma 2B 只有1个KV头，张量并行 2 时 KV 缓存也除以2吗？", "**不会：2 张卡每张都存完整的缓存，不是一半"),
        ("With --tensor-parallel-size 4, is the KV cache of Llama-3.1-8B split in 4 as well?", "**Yes: each card keeps 1/4 of the cache"),
        ("张量并行 8 时，Llama 3.1 70B 的 KV 缓存要除以 8 吗？", "**会：每张卡存缓存的 1/8"),
        ("Llama 3.1 70B with TP=16: is the KV cache divided by 16?", "**No: each card keeps 1/8 of the cache, not 1/16"),
    ],
)  # fmt: skip
def test_whether_ranks_divide_a_cache_opens(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "Why is the KV cache of Llama 3.1 8B divided by 4 compared with Llama 2 7B, for every token?",
        "Llama 3.1 8B 的 KV 缓存为什么要除以 4？",
        "KV cache of Llama 3.1 70B: 80 layers x 8192 x 2 x 2 divided by 8 because of GQA, right? TP=4",
    ],
)
def test_a_cache_that_heads_divide_is_no_question_of_ranks(question: str) -> None:
    assert not answer_to(question).startswith(("**Yes: each card", "**No: each", "**会：", "**不会："))


@pytest.mark.parametrize(
    ("question", "model"),
    [
        ("StarCoder 15B with a single KV head: how large is the cache at 8k?", "bigcode/starcoder"),
        ("StarCoder 15B 是 MQA，8k 的缓存多大？", "bigcode/starcoder"),
        ("How large is the cache of StarCoder 15B at 8k?", "bigcode/starcoder2-15b"),
        ("Gemma 2B with 4 KV heads, cache at 8k?", "google/gemma-2-2b-it"),
        ("Llama 8B with 32 KV heads, cache at 8k?", "meta-llama/Llama-3.1-8B-Instruct"),
    ],
)
def test_of_two_of_one_name_the_heads_choose(question: str, model: str) -> None:
    assert read(question).facts["model"] == (model,)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Llama-4-Scout-17B OOMs on 2x H100 80GB in vLLM, 17B should be 34GB", "34 GB counts the 17B parameters that a token activates:**"),
        ("Qwen3-30B-A3B 在一张 4090 上用 vLLM 爆显存，3B 不是只要 6GB 吗", "6 GB 只算了每个 token 激活的 3B 参数：**"),
        ("Mixtral 8x7B OOMs on one A100 80GB in vLLM, 7B should be 14GB", "14 GB counts 7B parameters alone:** all experts are loaded"),
    ],
)  # fmt: skip
def test_a_sum_over_a_part_of_a_mixture_is_told_as_one(question: str, part: str) -> None:
    assert part in answer_to(question)


def test_who_says_that_one_card_holds_it_counts_fewer_bits() -> None:
    said = "Llama-4-Scout OOMs on 2x H100 80GB in vLLM, though the model card says it fits a single H100"
    assert "Who says that it fits one card counts 4-bit weights" in answer_to(said)
    assert "Who says" not in answer_to("Llama-4-Scout OOMs on 2x H100 80GB in vLLM, why?")


@pytest.mark.parametrize(
    ("question", "claimed"),
    [
        ("A driver update turns my RTX 4090's 24GB into 48GB, so I can serve Llama 3.1 70B in 4 bit, right?", True),
        ("With this app my RTX 3060 12GB counts as 24GB. Can I run Qwen2.5-32B in 4 bit on it?", True),
        ("新驱动能把4090的24G当成96G用，那全参微调Qwen2.5-7B一张卡就行了吧？", True),
        ("有个软件说可以让我的3060 12G变成24G显存，Qwen2.5-32B 4bit 能跑吗？", True),
        ("Does a tool turn the 24GB LoRA checkpoint into a 48GB file? Qwen2.5-7B on an RTX 4090", False),
        ("The driver update raised the usage from 10GB to 14GB on my RTX 4080 16GB with Llama 3.1 8B, normal?", False),
        ("4090 24G 改装成 48G，能跑 Llama 3.1 70B 4bit 吗？", False),
        ("用工具把 14G 的权重变成 4G 的文件，Qwen2.5-7B 在 4090 能跑吗？", False),
    ],
)
def test_no_program_adds_memory_to_a_card(question: str, claimed: bool) -> None:
    opens = (
        "**No: no driver, setting or program makes a card hold more",
        "**不成立：驱动、设置或软件都不能让一张卡装下",
    )
    assert answer_to(question).startswith(opens) == claimed


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("Full finetune of Qwen3-4B with 8-bit Adam, GaLore, or LoRA on a 5090?", ("full", "galore", "lora")),
        ("一张5090：Qwen3-4B全参(8位Adam)、GaLore还是LoRA？", ("full", "galore", "lora")),
        ("Full-parameter tuning of Qwen3-4B with AdamW, GaLore rank 128, fits a 5090?", ("galore",)),
    ],
)
def test_full_tuning_by_its_optimizer_stands_beside_others(question: str, methods: tuple[str, ...]) -> None:
    assert read(question).facts["method"] == methods
