"""What people who run vLLM or SGLang write in passing: two limits in one question, what a server holds, drafts, blocks of a pool."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # both limits are asked for in one breath, the first named is not always told first, but both are
        ("2x A6000 48GB, Qwen2.5-72B AWQ: what context and concurrency can we expect?", r"\*\*32,768 tokens", "at once"),
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
    text = answer_to(question)
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
    assert "sequences of" not in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    "question", ["is EAGLE worth the memory for Llama 3.1 8B on an L4?", "Qwen3-8B 上 EAGLE3 值得吗,4090"]
)
def test_whether_it_is_worth_it_is_no_verdict_of_fitting(question: str) -> None:
    assert not re.match(r"\*\*(?:Yes|No|可以|不行)[.。]", answer_to(question))


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # more cards hold more than as many times the tokens
        ("Llama-3.1-8B bf16 on L4 cards: do I get twice the concurrency with TP2 instead of TP1, or more?", r"\*\*5\.\d+ times as many tokens of cache with 2 times the cards"),
        ("Mixtral 8x7B AWQ: going from 2 to 4 A6000s, does the kv cache scale linearly", r"\*\*2\.\d+ times as many tokens"),
        ("Qwen2.5-32B AWQ, 1x A6000 vs 2x A6000, how much more kv cache do I get?", r"\*\*2\.\d+ times as many tokens"),
        ("Qwen3-32B FP8 从 TP2 改成 TP4(L40S),并发能翻倍吗", r"\*\*卡是 2 倍"),
        ("vllm Qwen3-14B on one 4090, how many more users if I add a second 4090 with tp 2?", r"\*\*One card cannot hold it"),
        # fewer bits hold as many times the tokens, by the formulas and by two logs
        ("fp8 kv on 2x L4 for llama 3.1 8b: does it double the concurrency?", r"\*\*Yes, 2 times as many tokens"),
        ("Qwen3-32B L40S*2 开 fp8 kv cache 并发能翻倍吗", r"\*\*能\uff0ctoken 数是 2 倍"),
        ("kv cache dtype fp8, cache tokens went from 210k to 398k on an H100 with qwen2.5-32b, is something off?", r"\*\*That is as it should be: 398,000 ÷ 210,000 = 1\.90"),
        # a pool that is printed, against so many requests of so much
        ("# cuda blocks: 27345. what happens with 200 requests of 2048?", r"\*\*Yes, all at once: 200 × 2,048"),
        ("GPU KV cache size: 120,304 tokens; 我有 100 个请求,每个 2000 会怎样", r"\*\*不能全部同时"),
    ],
)  # fmt: skip
def test_how_far_a_pool_goes(question: str, opens: str) -> None:
    text = answer_to(question)
    assert re.match(opens, text), text[:300]


@pytest.mark.parametrize(
    "question",
    [
        "if users double do I need a second H100 for Llama 3.3 70B FP8?",
        "Qwen3-14B 我有2张4090,并发 20 要不要再加一张卡",
        "how does the kv cache size of Llama-3.1-8B go from 8k to 16k context with fp8?",
    ],
)
def test_no_pool_is_multiplied(question: str) -> None:
    assert "times as many" not in answer_to(question).split("\n\n")[0]


def test_a_number_alone_behind_requests_is_their_length() -> None:
    for question in ("Qwen3-14B on A6000: 64 concurrent at 4096 each", "Phi-4 on a 3090, 8 sessions of 12000"):
        assert read(question).facts["seq_len"][0] in (4096, 12000)
    assert "seq_len" not in read("Llama-3.1-8B: 16 requests at 500 ms each").facts


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # the pool is asked for by its name
        ("TGI: how do I compute max-batch-total-tokens for Llama-3.1-8B on an L4? max-input 4096 max-total 6144", r"\*\*For the cache [\d.]+ GiB are left, [\d,]+ tokens in all: \d+ sequences of 6,144"),
        ("TGI 部署 Qwen2.5-7B,max-batch-total-tokens 设多少 4090", r"\*\*这张卡留给缓存"),
        ("llama 3.1 8b with vllm on L4: how many kv cache tokens will it have", r"\*\*For the cache"),
        ('TGI prints "Setting max batch total tokens to 35840", Qwen2.5-7B A10G; how many concurrent at 2048?', r"\*\*17 at once"),
        # what one setting is
        ("what does max-num-seqs do in vllm?", r"\*\*max_num_seqs .* is how many requests are at work at once"),
        ("max-batch-total-tokens 是什么意思", r"\*\*max_batch_total_tokens"),
        ("difference between max-total-tokens and max-batch-total-tokens in TGI?", r"\*\*Two different things"),
    ],
)  # fmt: skip
def test_settings_of_servers(question: str, opens: str) -> None:
    text = answer_to(question)
    assert re.match(opens, text), text[:300]


def test_a_setting_that_is_solved_for_is_not_explained() -> None:
    assert "at once**" in answer_to("what max-num-seqs can I set for Qwen3-8B on a 4090?").split("\n\n")[0]


def test_a_server_that_warms_up_is_no_schedule() -> None:
    text = answer_to("TGI max_batch_prefill_tokens 8192, OOM during warmup, llama 3 8b A10G")
    assert "schedule" not in text


def test_the_most_tokens_of_a_pool_are_no_length() -> None:
    assert read("sglang --max-total-tokens 200000 qwen3-8b 4090, 4k requests").facts["seq_len"] == (4096,)


@pytest.mark.parametrize(
    ("question", "says", "unsaid"),
    [
        # others' cards in the plural and without a number are as many as the asker's
        ("GLM-4.5 FP8 on 8x H100 possible? a colleague says you need H200s", "8 × H200", "1 × H200"),
        ("GLM-4.5 FP8 on 8x H100 possible? a colleague says you need an H200", "1 × H200", "8 × H200"),
        # of what is asked for the memory alone no speed is told
        ("4xL4 vs 1xA100 80GB for serving qwen2.5 32b awq, memory only", "**By memory 4 × L4", "tokens/s"),
        ("which of 1x L40S, 2x 3090 or 4x 4090 for Qwen2.5-32B AWQ, memory only?", "leave the most room", "GGUF"),
        ("Qwen2.5-32B-AWQ 只看显存,1张L40S、2张3090、4张4090 选哪个", "余量最大", "另一边"),
        ("A100 80G 和 4张 L4,跑 Qwen2.5-32B-AWQ 只看显存哪个好", "**只看显存", "更快"),
    ],
)
def test_what_others_name_and_what_is_left_out(question: str, says: str, unsaid: str) -> None:
    text = answer_to(question)
    assert says in text
    assert unsaid not in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # weights of fewer bits leave more to the cache, and "a 4090 w/" is no wattage
        ("is AWQ gonna give me 4x the concurrent users on a 4090 w/ llama 3 8b compared to bf16?", r"\*\*2\.65 times as many tokens of cache"),
        ("Qwen3-14B 从 bf16 换成 AWQ,L20 上并发能多几倍", r"\*\*缓存能放的 token 是 2\.47 倍"),
        # a server that sets requests back trains nothing
        ('vLLM: "preempted by PreemptionMode.RECOMPUTE because there is not enough KV cache space". 4090, mistral 7b fp16, max-num-seqs 64, 4k ctx, how many seqs can it hold?', r"\*\*About \d+ to \d+ sequences"),
        # what it shares the card with is not what is asked about
        ("nvidia-smi says 44.1/46.0 GB for vLLM with a 1.5B model, normal? I was hoping to colocate whisper", r"\*\*Yes, that is normal, and no leak"),
        # the card that was named with its number is no single one
        ("H20 96G x8 vs H100 80G x8 for R1 fp8: only the H20 works, right?", r"\*\*Take H20 96 GB"),
    ],
)  # fmt: skip
def test_what_servers_gain_and_share(question: str, opens: str) -> None:
    text = answer_to(question)
    assert re.match(opens, text), text[:300]
    assert "1 × H100" not in text


def test_each_of_several_nodes_has_its_cards() -> None:
    assert read("two nodes (each 4x A100 80), llama 3.1 405b int4").facts["n_gpus"] == (8,)
    assert read("2 nodes, each 8x H100, deepseek v3 bf16").facts["n_gpus"] == (16,)


def test_what_windows_bound_is_no_endless_pool() -> None:
    text = answer_to("how many tokens of kv cache go on a 4090 with mistral 7b fp16 in vllm?")
    assert "16,777,216" not in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("max_num_seqs is 512 but the kv fits only 60 requests, what happens to the other ones? OOM?", r"\*\*No, it does not run out of memory"),
        ("what happens if the kv cache is full in vllm with llama 3.1 8b on an L4?", r"\*\*No, it does not run out of memory"),
        ("KV 缓存只够 30 个请求,来了 100 个会 OOM 吗", r"\*\*不会 OOM"),
        ("what happens to the kv cache when I double the context of llama 3 8b?", r"\*\*KV cache: 2"),
        # a server's ranks read no whole copies
        ("vllm 70B bf16 TP4 pod OOMKilled at a 128Gi RAM limit while loading", r"\*\*Host RAM ran out, not GPU memory \(signal 9, exit 137\): the weights, 138 GB"),
    ],
)  # fmt: skip
def test_what_waits_and_what_is_read(question: str, opens: str) -> None:
    text = answer_to(question)
    assert re.match(opens, text), text[:300]


@pytest.mark.parametrize(
    "question",
    [
        "sglang DeepSeek-V3.1 on 8x H200, how much memory per GPU for KV with dp-attention vs tp8",
        "GLM-4.6 AWQ on 4x RTX PRO 6000, how large is the kv cache at 100k with 8 requests?",
        "if I double the users on a 4090 with Qwen3-14B AWQ and an fp8 cache, does memory double?",
        "Qwen3-14B fp8 kv 并发翻倍后显存要多少",
    ],
)
def test_a_number_of_cards_is_no_factor(question: str) -> None:
    assert "pool_grows" not in read(question).cues
