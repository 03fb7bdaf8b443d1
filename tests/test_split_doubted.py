"""A server over several cards that fills each as it filled one: whether it is split is what is asked."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("Llama-3.1-8B in vLLM with tp=2: both 3090s still show 21.5GB, the same as one card with tp=1. Is it not split?", "7.48 GiB"),
        ("tp=2 on 2x A6000 with Qwen2.5-32B-AWQ in vLLM: each card 43GB, same as one card alone. why isn't the memory divided?", "9.00 GiB"),
        ("vLLM tp=4, Qwen2.5-7B on 4x A100 80G, every card shows 72GB. Is the model not split at all?", "3.55 GiB"),
        ("两张3090跑Qwen2.5-7B，vllm tp=2，每张卡还是占21.5G，和一张卡tp=1一样，是没切开吗", "7.09 GiB"),
        ("两张4090 vllm tp=2跑Qwen2.5-14B，每张都占22G，没切开吗", "13.8 GiB"),
        ("SGLang --tp 2 两张4090跑Qwen2.5-14B，每张占21G，跟单卡差不多，为什么没有减半", "13.8 GiB"),
    ],
)  # fmt: skip
def test_a_card_that_looks_as_full_as_one_alone_holds_its_part_and_a_pool(question: str, held: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(("**It is split:", "**切开了："))
    assert held in first


@pytest.mark.parametrize(
    "question",
    [
        "4x A100, tp=4, Llama-3.1-70B bf16 vLLM, does each card hold a full copy or is it split?",
        "vllm tp=2 on two 3090s, Llama-3.1-8B, how much does each card need, is it the same as with one?",
        "两张4090 DDP 训 Qwen2.5-7B LoRA，每张卡占21G，和单卡一样，是没切开吗",
        "vLLM tp=2 Qwen2.5-14B on 2x 4090 OOMs although one card alone held the AWQ. Why?",
        "vLLM tp=2 on 2x 4090, each card 24GB, OOM with Qwen2.5-32B bf16. is it not split?",
        # the size of the cards, and the cache
        "vllm部署Qwen2.5-32B，每张卡24G，tp=4，不分开跑行不行",
        "4张4090每张24G，vllm tp=4跑Qwen2.5-72B-AWQ，KV没有切分吗，够不够",
        "vLLM tp=2, each 3090 shows 22GB with Qwen2.5-14B AWQ: is the KV cache not divided?",
    ],
)
def test_other_questions_over_cards_doubt_no_split_of_a_server(question: str) -> None:
    assert "split_doubted" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Qwen2.5-14B bf16 vLLM, both 3090s show 22GB", 2),
        ("Qwen2.5-14B on both of my A100s, does it fit?", 2),
    ],
)
def test_both_of_one_kind_are_two(question: str, count: int) -> None:
    assert read(question).facts["n_gpus"] == (count,)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("OPT-30B on 3x A6000 48GB gives OOM with device_map auto, doesn't 144GB suffice?", "**In 16 bit the 144.0 GiB are enough, 21.1 GiB of 48.0 GiB"),
        ("Qwen2.5-32B, device_map=\"auto\", 3x A40 48GB: out of memory, why?", "**In 16 bit the 135.0 GiB are enough"),
        ("3张A6000 48G 用device_map=auto加载OPT-30B还是OOM，144G不够吗", "**16 位时 144.0 GiB 够用"),
        # fp32 is more than all cards have
        ("Llama-2-13b on 2x 3090 with device_map=\"auto\" OOM, why? 48 GB should be enough", "**The likeliest cause: the weights are loaded in fp32, 52.1 GB"),
        # the type is told, or fp32 would leave room: the map itself
        ("Llama-2-13b in fp16 on 2x 3090 with device_map=\"auto\" OOM at long prompts", "**device_map divides the weights evenly"),
        ("Llama-2-13b on 4x A100 80GB with device_map=\"auto\" OOM, why?", "**device_map divides the weights evenly"),
    ],
)  # fmt: skip
def test_what_explains_a_failure_by_its_figures_opens(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens), answer_to(question)[:200]
