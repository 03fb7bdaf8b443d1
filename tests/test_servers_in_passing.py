"""What people who run vLLM or SGLang write in passing: two limits in one question, what a server holds, drafts, blocks of a pool."""

import re

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # both limits are asked for in one breath, the first named is not always told first, but both are
        ("2x A6000 48GB, Qwen2.5-72B AWQ: what context and concurrency can we expect?", r"\*\*131,072 tokens", "at once"),
        ("GLM-4.5-Air FP8 on 4 L40S, how much context and concurrency do we get", r"\*\*131,072 tokens", "at once"),
        ("Qwen3-14B fp8 单卡4090 并发和最大长度能到几", r"\*\*稳妥的上限是", "条 4,096 token 的序列"),
        # what a server holds beside what the weights are
        ("vllm keeps grabbing 21GB of my 24GB card with Qwen3-8B, weights are just 16", r"\*\*vLLM takes a share|\*\*No leak", "16.4 GB"),
        ("Llama-3.1-70B in fp16 on 8 cards: 141/8 = 18 GB each but nvidia-smi shows 70 GB on each H100, why?", r"\*\*No leak", "is right"),
        # nobody buys a draft
        ("is an eagle-3 draft worth it for Qwen3-32B on one A100 80G?", r"\*\*An EAGLE-3 head takes", "per token"),
        # a pool in the blocks of another program's words
        ("sglang prints # cuda blocks: 8192 for qwen3-8b, how many 8k requests?", r"\*\*16 at once", "131,072"),
    ],
)  # fmt: skip
def test_what_is_asked_opens(question: str, opens: str, says: str) -> None:
    text = Assistant().ask(question).text
    assert re.match(opens, text), text[:300]
    assert says in text


@pytest.mark.parametrize(
    "question",
    [
        "What do context length and batch size change in the KV cache of Llama 3 8B?",
        "what is the max context and batch 4 memory of qwen3-8b",
    ],
)
def test_one_limit_or_none_is_asked(question: str) -> None:
    assert "sequences of" not in Assistant().ask(question).text.split("\n\n")[0]


@pytest.mark.parametrize(
    "question", ["is EAGLE worth the memory for Llama 3.1 8B on an L4?", "Qwen3-8B 上 EAGLE3 值得吗,4090"]
)
def test_whether_it_is_worth_it_is_no_verdict_of_fitting(question: str) -> None:
    assert not re.match(r"\*\*(?:Yes|No|可以|不行)[.。]", Assistant().ask(question).text)
