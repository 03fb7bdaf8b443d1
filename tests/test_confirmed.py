"""A conclusion that the asker wants confirmed: the verdict on the cards comes first, and the sums that led to it are judged."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(("question", "many", "each"), [
    ("Qwen2.5-32B in vLLM: 24 users x 4096 ctx = 98304 tokens -> 24 GiB of cache, right?", 24, 4096),
    ("Qwen2.5-72B 服务 32路×4096=131072 token 的 KV 是 40GiB 吗", 32, 4096),
    ("Llama-3.1-8B, 10 clients x 16k = 160k tokens of cache, so 20 GB?", 10, 16384),
    ("Mistral-7B: 2,048 tokens * 8 requests = 16,384 tok of kv, how much is that?", 8, 2048),
])  # fmt: skip
def test_what_users_times_tokens_come_to_is_no_length(question: str, many: int, each: int) -> None:
    found = read(question)
    assert found.facts["batch_size"] == (many,)
    assert found.facts["seq_len"] == (each,)


@pytest.mark.parametrize(("question", "model"), [
    ("Qwen2.5-14B QLoRA: 14.8*0.5 = 7.4 GB, adapters 275M params * 2 bytes = 0.55 GB. OOM on a 12GB 3060, why?", "Qwen2.5-14B"),
    ("Llama-3.1-8B 的缓存 2*32*8*128*2 = 131,072 B 每 token,对吗", "Llama-3.1-8B"),
])  # fmt: skip
def test_the_numbers_of_a_sum_are_no_models(question: str, model: str) -> None:
    found = read(question)
    assert [str(one).rpartition("/")[2].removesuffix("-Instruct") for one in found.facts["model"]] == [model]
    assert "params" not in found.facts


@pytest.mark.parametrize(("question", "opens"), [
    ("vLLM, Qwen2.5-32B bf16: weights 32.8*2 = 65.6 GB, cache 24 users x 4096 ctx = 98304 tokens -> 24 GiB. So 2x A100 80GB is enough?", "**Yes. "),
    ("Qwen2.5-14B bf16 权重 14.8*2=29.6GB,一张 24G 的 4090 应该没问题吧?", "**照现在的设置不行，8 位权重就放得下"),
    ("Llama-3.1-70B bf16 with vLLM needs 70.6*2 = 141 GB, so 3x H100 80GB should do it?", "**As a pipeline yes. "),
    ("The README table says 7B QLoRA takes 6 GB. I have an 8GB 3070, so I'm good?", "**"),
])  # fmt: skip
def test_the_verdict_opens_what_is_to_be_confirmed(question: str, opens: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert re.search(r"fits|放不下|does not fit|就放得下", told.split("\n\n")[0])


def test_cards_that_the_heads_do_not_divide_over_are_named() -> None:
    told = answer_to("Llama-3.1-70B bf16 with vLLM needs 70.6*2 = 141 GB, so 3x H100 80GB should do it?")
    assert "Not with tensor parallel 3" in told
    assert "4 such cards, tensor parallel" in told
    assert "Not understood" not in told


@pytest.mark.parametrize("question", [
    "Gemma-3-27B Q8_0 gguf is 28.7 GB, nvidia-smi shows 32607MiB for my 5090 which is 34.2 GB, so it fits with 5.5 GB to spare? and which quant for 32k?",
    "Qwen3-14B 的 Q8_0 gguf 文件 15.7GB,4060Ti 16G 的 nvidia-smi 显示 16380MiB 也就是 17.18GB,还能剩 1.4GB 吧?16k 上下文该下哪个量化?",
])  # fmt: skip
def test_what_a_card_has_is_no_file(question: str) -> None:
    told = answer_to(question)
    assert "Q6_K" in "".join(told.split("\n\n")[:3])
    assert "34.20 GiB of files" not in told
    assert "文件 17.18" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("The vendor's page says Llama 3.1 8B's KV cache at 128k is now 1 GB. Please confirm fp16 + 128k fits my 16GB card.", ("1 GB is not right; the cache of 131,072 tokens takes 16.0 GiB", "does not fit")),
        ("The KV cache of Qwen2.5-7B at 32k takes only 0.2 GB, doesn't it? Does bf16 fit a 16GB card?", ("**No. ", "0.2 GB is not right; the cache of 32,768 tokens takes 1.75 GiB")),
        ("官方更新说 Llama 3.1 8B 128k 的 KV cache 只要 1GB，请确认 fp16 128k 能放进 16G 显卡", ("1 GB 不对，131,072 token 的缓存是 16.0 GiB", "放不下")),
    ],
)  # fmt: skip
def test_a_premise_that_is_to_be_confirmed_is_judged(question: str, says: tuple[str, ...]) -> None:
    told = "\n\n".join(answer_to(question).split("\n\n")[:2])
    assert [one for one in says if one not in told] == []


@pytest.mark.parametrize(
    "question",
    ["Confirm: Qwen3-8B bf16 with 32k context fits a 24GB card?", "请确认一下 Qwen3-8B bf16 32k 一张 24G 卡够不够"],
)
def test_where_nothing_is_claimed_the_verdict_is_the_confirmation(question: str) -> None:
    assert answer_to(question).startswith(("**Yes. ", "**可以。"))
