"""What a server prints at its start: requests of full length beside the limit of sequences, and a cache every rank keeps whole."""

import re

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "vLLM log: GPU KV cache size: 98,304 tokens, Maximum concurrency for 8,192 tokens per request: 12.00x. I set --max-num-seqs 128. Is 12 the hard limit or 128?",
            ["12 = 98,304 ÷ 8,192", "128 at once have 768 tokens each", "about 24 run at once", "preempted"],
        ),
        (
            "Qwen2.5-32B AWQ on L40S, vLLM prints 'Maximum concurrency for 32,768 tokens per request: 3.40x' with max_num_seqs=64, so only 3 at once?",
            ["3.4 = 111,411 ÷ 32,768", "64 at once have 1,740 tokens each"],
        ),
        (
            "启动日志 Maximum concurrency for 16,384 tokens per request: 7.5x，max_num_seqs=64，Qwen3-14B，A100 40G，到底能并发多少",
            ["7.5 = 122,880 ÷ 16,384", "64 条同时跑时平均每条 1,920 个 token", "不会 OOM"],
        ),
        (
            "vllm日志 Maximum concurrency for 8,192 tokens per request: 60.0x，max-num-seqs 是 32，为什么并发上不去60",
            ["先到的是上限 32"],
        ),
        (
            "vLLM startup: GPU KV cache size: 100,000 tokens, Maximum concurrency for 32,768 tokens per request: 9.00x. With --max-num-seqs 64, what runs at once?",
            ["**Neither alone: the cache holds 100,000 tokens for all requests together, and 9 is how many go in where each fills the whole 32,768;"],
        ),
    ],
)  # fmt: skip
def test_the_printed_concurrency_is_no_limit(question: str, says: list[str]) -> None:
    answer = answer_to(question)
    assert re.match(r"\*\*(?:Neither alone|都不是固定值)", answer), answer
    assert all(one in answer for one in says), answer
    assert not read(question).facts.get("batch_size")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("At startup: Maximum concurrency for 16,384 tokens per request: 2.50x. What does it mean, and how would I reach 6x?", ["2.5 = 40,960 ÷ 16,384", "--max-model-len 6,826", "2.4 times as many", "is 5x: with --max-model-len 13,653 it says 6x"]),
        ("vllm打印Maximum concurrency for 16,384 tokens per request: 2.50x，啥意思，想提到4倍", ["2.5 = 40,960 ÷ 16,384", "--max-model-len 10,240", "即 5x，单用它就够"]),
        ("max_total_num_tokens=150,000 in the log, what is this and how do I increase it?", ["150,000 tokens", "--mem-fraction-static", "about 300,000"]),
        ("日志 GPU KV cache size: 90,000 tokens 是什么意思", ["90,000 个 token", "21 条 4,096 token"]),
        ("What does max_total_num_tokens mean?", ["It is how many tokens"]),
        ("vLLM prints Maximum concurrency for 4,096 tokens per request: 12.5x. So 12 users at most?", ["51,200 ÷ 4,096", "it is no limit"]),
        ("日志 GPU KV cache size: 70,000 tokens，是不是只能两个人用", ["70,000 个 token", "17 条 4,096 token"]),
    ],
)  # fmt: skip
def test_the_line_on_the_pool_is_explained_and_raised(question: str, says: list[str]) -> None:
    answer = answer_to(question)
    assert re.match(
        r"\*\*(?:No, not only \d+: |不是只能 \d+ 个：)?(?:[Tt]he server's KV cache has room|It is how many tokens|服务的 KV 缓存)",
        answer,
    ), answer
    assert all(one in answer for one in says), answer


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Qwen3-14B AWQ on a 4090, vllm says Maximum concurrency for 40,960 tokens per request: 1.50x. I want at least 4x, how?", "**4x needs 163,840 tokens (25.0 GiB of cache at 160 KiB a token, 15.6 GiB more than there is)", "1.5 = 61,440 ÷ 40,960"),
        ("Qwen3-14B AWQ，4090，vllm 日志 Maximum concurrency for 40,960 tokens per request: 1.50x，怎么到 3x", "**3x 需要 122,880 个 token（每 token 160 KiB，缓存 18.8 GiB，还差 9.38 GiB）", "1.5 = 61,440 ÷ 40,960"),
        ("Qwen3-8B, RTX 4090. vLLM: 'Maximum concurrency for 8,192 tokens per request: 5.3x'. How do I get to 20?", "**20x needs 163,840 tokens (22.5 GiB", "in 4 bits 5.68 GiB in place of 15.3 GiB, which makes it 13.8x, with the 8-bit cache 27.6x"),
        ("vllm跑Qwen3-8B（4090），Maximum concurrency for 8,192 tokens per request: 5.3x，想要20并发该怎么办", "**20x 需要 163,840 个 token（每 token 144 KiB", "约为 13.8x，再加 8 位缓存为 27.6x"),
        ("Maximum concurrency for 16,384 tokens per request: 2.50x with vllm, why not 6?", "**6x needs 98,304 tokens, 2.4 times as many", "it is no limit"),
    ],
)  # fmt: skip
def test_who_wants_more_at_once_is_told_that_first(question: str, opens: str, says: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:300]
    assert says in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Llama-3.1-8B on an A10G, vLLM: Maximum concurrency for 4,096 tokens per request: 8.2x. Where does the 8.2 come from?", "**33,587 tokens, × 128 KiB"),
        ("vllm: Maximum concurrency for 8,192 tokens per request: 4.0x. 10 users with 3k each, ok?", "**Yes, all at once: 10 × 3,000 tokens are 30,000"),
        ("vllm 日志 GPU KV cache size: 48,000 tokens，30 个用户每人 4k，够吗", "**不能全部同时，最多 11 条：30 × 4,096 = 122,880"),
    ],
)  # fmt: skip
def test_users_of_a_length_are_counted_against_the_pool_without_a_model(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "What does the KV cache size depend on?",
        "Maximum concurrency for 8,192 tokens per request: 3.40x with Qwen2.5-32B AWQ on L40S, vllm. How many 4k requests is that?",
        "Qwen3-8B on a 4090, vllm runs out of memory. GPU KV cache size: 48,169 tokens. Why?",
    ],
)
def test_other_questions_beside_a_pool_are_their_own(question: str) -> None:
    assert not re.match(r"\*\*(?:The server's KV cache has room|It is how many)", answer_to(question))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "DeepSeek-V3 FP8, 8x H200, sglang tp 8, 38 GB on each card free: the log has max_total_num_tokens=540000. Why not 8 times as many?",
            ["each of 8 cards keeps the same 540,000 tokens, × 68.62 KiB = 35.3 GiB", "the 38 GB that are left there", "4.32M tokens"],
        ),
        (
            "Kimi-K2 FP8 on 16x H200, vLLM tp 16, KV cache size: 700,000 tokens. 16 cards have far more room than that, why so few?",
            ["each of 16 cards keeps the same 700,000 tokens"],
        ),
        (
            "DeepSeek-V3 FP8 八卡H200 sglang tp8，日志里KV只有52万token，为什么不是8张卡加起来那么多",
            ["8 张卡各存同样的 520,000 个 token", "--enable-dp-attention"],
        ),
    ],
)  # fmt: skip
def test_a_latent_cache_is_the_room_of_one_card(question: str, says: list[str]) -> None:
    answer = answer_to(question)
    assert re.match(r"\*\*(?:No room is lost|并没有少)", answer), answer
    assert all(one in answer for one in says), answer


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("DeepSeek-V3 sglang --tp 8 8xH200: the log says `KV Cache is allocated. #tokens: 430742, KV size: 28.19 GB` on each rank. Why not 1/8?", "**The log is right and no room is lost", "× 68.62 KiB = 28.2 GiB on each"),
        ("sglang 日志 KV Cache is allocated. #tokens: 430742, KV size: 28.19 GB，DeepSeek-V3 8卡H200 tp8，每张卡都打印这个，为什么不是除以8？", "**日志没错，也并没有少", "8 张卡各存同样的 430,742 个 token"),
        ("DeepSeek-V3 on sglang --tp 8, 8xH200. I get 2*61*128*128*2 B = 4 MB per token, so 32k = 122 GiB. But the log says `KV Cache is allocated. #tokens: 430742, KV size: 28.19 GB` on every rank. What is wrong?", "**Not right: 56.9 times too much", "**The log is right and no room is lost"),
        ("Qwen2.5-72B sglang tp 4, 4xA100 80G, log says KV Cache is allocated. #tokens: 300000, K size: 11.44 GB, V size: 11.44 GB. What is that?", "**The server's KV cache has room for 300,000 tokens", "At 320 KiB a token that is 91.6 GiB"),
    ],
)  # fmt: skip
def test_the_line_of_sglang_is_read(question: str, opens: str, says: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:200]
    assert says in answer
    assert "is not right" not in answer
    assert "不对" not in answer


def test_bytes_behind_a_product_are_no_billions() -> None:
    answer = answer_to("DeepSeek-V3: 576 * 61 * 2 B = 70 KB a token of cache, right?")
    assert "Right" in answer.split("\n")[0]
    assert "too much" not in answer


def test_what_is_left_of_a_named_card_is_no_card() -> None:
    facts = read("8x H200, DeepSeek-V3 FP8: 40 GB per card left, how many tokens of cache?").facts
    assert "gpu_memory_gb" not in facts


_BUFFERS = (
    "CUDA0 model buffer size = {} MiB, CUDA0 KV buffer size = 8192.00 MiB, CUDA0 compute buffer size = 1024.00 MiB"
)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (_BUFFERS.format(4096) + ", CPU_Mapped model buffer size = 512 MiB. What are they, what can be smaller?",
         ["4.00 GiB weights + 8.00 GiB KV cache + 1.00 GiB compute buffer = 13.0 GiB", "8.00 GiB → 4.25 GiB", "host memory (CPU, CUDA_Host), 0.50 GiB"]),
        (_BUFFERS.format(16384) + " 4090 24G 爆显存，分别是什么，能调小哪个", ["显卡上共 25.0 GiB", "比可用的 24.0 GiB 多 1.50 GiB", "-ub"]),
        ("llama_kv_cache: KV buffer 2048 MiB, compute buffer 512 MiB, model buffer 4096 MiB: how much in all?", ["= 6.50 GiB on the card"]),
        ("Llama-3.1-8B Q8_0, RTX 3060 12GB, cudaMalloc failed: " + _BUFFERS.format(7605), ["more than the 12.0 GiB there are"]),
    ],
)  # fmt: skip
def test_buffers_that_are_printed_are_added_and_told_apart(question: str, says: list[str]) -> None:
    told = answer_to(question)
    assert all(one in told.split("\n\n")[0] for one in says)
    assert "could be several" not in told
    assert "可能是好几个" not in told


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Qwen3-8B bf16 on an L40S, --max-model-len 16384, vLLM stops: No available memory for the cache blocks", r"\*\*By the formulas there is room", "the share that was set"),
        ("两张L20部署Qwen2.5-32B，vllm报No available memory for the cache blocks，max-model-len 8192", r"\*\*按公式是放得下的", "2 张卡是否都用上了（--tensor-parallel-size 2）：只用一张要"),
        ("Llama-3.3-70B-AWQ on one A100 40GB: No available memory for the cache blocks", r"\*\*(?:Weights and the profile run|The weights alone)", ""),
    ],
)  # fmt: skip
def test_a_start_that_has_room_is_not_told_to_be_too_large(question: str, opens: str, says: str) -> None:
    answer = answer_to(question)
    assert re.match(opens, answer), answer
    assert says in answer


@pytest.mark.parametrize(
    ("question", "says", "unsaid"),
    [
        ("Qwen2.5-32B fp16 on four V100 32GB, tp 4, max_model_len 65536: No available memory for the cache blocks", ["made of all 65,536 tokens and takes 4.41 GiB instead of 1.18 GiB", "weights in 4 bits (AWQ, GPTQ), 4.50 GiB per card instead of 15.3 GiB"], "something else had"),
        ("四张V100 32G tp4 跑 Qwen2.5-32B fp16，max-model-len 65536，启动报 No available memory for the cache blocks", ["测量运行按全部 65,536 个 token 进行，要 4.41 GiB", "显存比例提到 0.95"], "所以是别的东西"),
        ("Qwen3-8B bf16 on an L40S, --max-model-len 16384, vLLM: No available memory for the cache blocks", ["something else had the memory", "a share of 0.95"], "chunked prefill"),
        ("Qwen2.5-14B-AWQ on a 4090, vLLM, max-model-len 16384: No available memory for the cache blocks", ["--enforce-eager"], "or weights in 4 bits"),
    ],
)  # fmt: skip
def test_a_start_without_room_is_told_what_a_profile_of_the_whole_length_takes(
    question: str, says: list[str], unsaid: str
) -> None:
    told = opening(question)
    assert all(one in told for one in says), told
    assert unsaid not in told


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ('vllm: "Total non KV cache memory: 9.1GiB; weights memory: 7.6GiB; KV cache size: 12.1GiB", Qwen2.5-7B-AWQ, is that right?', r"\*\*The weights are not AWQ 4-bit: 7.6 GiB is 1 B a parameter", "KV cache 12.1"),
        ("日志 model weights take 14.9GiB，KV Cache 3GiB，模型是 Llama-3.1-8B-Instruct-GPTQ，对不对", r"\*\*权重不是 GPTQ 4 位", ""),
    ],
)  # fmt: skip
def test_weights_of_other_bits_than_their_format_are_told_from_the_log(question: str, opens: str, says: str) -> None:
    answer = answer_to(question)
    assert re.match(opens, answer), answer
    assert says in answer


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("GPU KV cache size: 200,000 tokens. Maximum concurrency for 40,960 tokens per request: 4.88x. Does that mean only 4 users? We need 50 at 2k tokens each.", "**No, not only 4, all 50 go in at once: 50 × 2,048 tokens are 102,400"),
        ("GPU KV cache size: 60,000 tokens, Maximum concurrency for 16,384 tokens per request: 3.66x,是只能3个人用吗?每次请求2k,要30个并发", "**不是只能 3 个，30 个里可以同时 29 个：30 × 2,048 = 61,440"),
        ("Maximum concurrency for 32,768 tokens per request: 2.75x - only 2 people at a time??", "**No, not only 2: the server's KV cache has room for about 90,112 tokens"),
    ],
)  # fmt: skip
def test_the_printed_number_said_again_as_users_is_no_wish(text: str, opens: str) -> None:
    assert answer_to(text).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("After an update of llama.cpp gemma-3-27b at -c 32768 went from 'KV buffer size = 15872.00 MiB' to 2560.00 MiB + 624.00 MiB. Where did 12 GB go, am I losing context?", "**Both are right, and the smaller one loses neither quality nor context: nothing is quantised; 52 of its 62 layers", "32,768 × 496 KiB = 15.5 GiB"),
        ("Updated llama.cpp and the KV cache of gemma-3-12b at 32k fell from 12 GiB to 2.5 GiB. Did it cut my context?", "**Both are right, and the smaller one loses neither quality nor context: nothing is quantised; 40 of its 48 layers", "2.47 GiB in all"),
        ("升级llama.cpp后gemma-3-27b 32k的KV缓存从15.5G变成3.1G，是不是上下文被砍了？", "**两个都对，小的那个质量和上下文都不损失：没有量化；62 层中 52 层", "共 3.11 GiB"),
        ("新版llama.cpp里gemma-3-12b -c 65536 的KV buffer从24576 MiB掉到4.6G左右，少的去哪了", "**两个都对，小的那个质量和上下文都不损失：没有量化；48 层中 40 层", "--swa-full"),
        ("gemma-3-27b at 32k in llama.cpp: the old build printed KV 15872 MiB, the new one 2560 MiB (10 layers) + 624 MiB (52 layers). Which is right, and does the small one hurt accuracy?", "**Both are right, and the smaller one loses neither quality nor context", "0.61 GiB"),
        ("gemma-3-27b 32k llama.cpp KV 从 15872 MiB 降到 3184 MiB，是不是偷偷量化了，精度会下降吗？", "**两个都对，小的那个质量和上下文都不损失：没有量化；62 层中 52 层", "15.5 GiB"),
        ("gemma-3-12b at a context of 65536: a web tool says 24 GB of KV cache, llama.cpp reports about 4.5 GB. Is it dropping my context?", "**Both are right, and the smaller one loses neither quality nor context", "4.47 GiB in all"),
        ("gemma-3-27b 128k,网上算 KV 缓存 62G,llama.cpp 只报 10.6G,是不是上下文被截断了?", "**两个都对，小的那个质量和上下文都不损失", "共 10.6 GiB"),
        ("gemma-3-27b Q4_K_M with -c 32768 on a 24GB 3090, KV buffer size = 15872 MiB, OOM. why?", "**The likeliest cause: the program keeps the whole context in every layer.", "--swa-full"),
    ],
)  # fmt: skip
def test_a_cache_that_fell_to_its_windows_lost_no_context(question: str, opens: str, says: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:200]
    assert says in answer
    assert "ot understood" not in answer
    assert "没有读懂" not in answer


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-14B llama.cpp: KV cache went from 5 GiB to 2.7 GiB after I set -ctk q8_0 -ctv q8_0 at 32k, where did the rest go?",
        "gemma-3-27b in llama.cpp at 32k: is a KV cache of 3.1 GiB right?",
        "gemma-3-12b 的 32k KV 缓存是 12G 吗，llama.cpp",
    ],
)
def test_where_no_windows_took_the_place_of_all_tokens_none_did(question: str) -> None:
    answer = answer_to(question)
    assert "loses neither quality nor context" not in answer
    assert "质量和上下文都不损失" not in answer


def test_where_a_pool_comes_from_is_told_beside_what_goes_in() -> None:
    told = Assistant().ask(
        "Qwen3-32B-AWQ 单卡4090 48G vllm 默认0.9，日志 Maximum concurrency for 40,960 tokens per request: 2.27x，这个数怎么来的？想32k跑6个并发有办法吗"
    )
    first = told.text.split("\n\n")[0]
    assert "6 个里同时跑 2 个" in first
    assert "48.0 GiB × 0.9 = 43.2 GiB，减去权重 18.0 GiB" in first
    assert not told.notices


@pytest.mark.parametrize(
    ("question", "opens", "also"),
    [
        # 128 KiB a token: 120,000 of them are 14.6 GiB, 16,384 are 2 GiB
        ("Log says GPU KV cache size: 120,000 tokens for Llama-3.1-8B in vllm on an L40S. 12 users with 16k each at once, do the last ones crash?", "**Not all at once: 7 of the 12 run, and the others wait in the queue", "(14.6 GiB at 128 KiB a token, 2.00 GiB a request)"),
        ("vllm prints Maximum concurrency for 32,768 tokens per request: 3.50x with Qwen2.5-14B on an A100 80GB. Will the 5th user fail? 5 users use all 32k", "**Not all at once: 3 of the 5 run", "and no limit"),
        ("vLLM日志 Maximum concurrency for 16,384 tokens per request: 5.3x，Qwen2.5-14B，10个用户同时用16k，后面的会报错吗", "**不能全部同时：10 个里同时跑 5 个，其余在队列里等（或被换出后重算），不会报错", "每条 3.00 GiB"),
    ],
)  # fmt: skip
def test_requests_beyond_a_printed_pool_wait_and_none_fails(question: str, opens: str, also: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text
    assert also in text.split("\n\n")[0], text


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        ("vLLM says Maximum concurrency for 8,192 tokens per request: 15.2x (Llama-3.1-8B, 4090). Can only 15 people use it?", "**No, only where each fills that whole length: 15 at once", "fits with 16-bit"),
        ("vLLM日志写 Maximum concurrency for 8,192 tokens per request: 15.2x，Llama-3.1-8B 4090，是不是最多只能15个人用？", "**不是，只有每条都用满长度时才是这么多：同时 15 个", "都放得下"),
        ("Does user 20 fail if vLLM says Maximum concurrency for 8,192 tokens per request: 15.2x with Llama-3.1-8B on a 4090?", "**Not all at once: 15 of the 20 run", "does not fit with"),
    ],
)  # fmt: skip
def test_what_a_server_measured_is_not_judged_by_an_estimate(question: str, opens: str, unsaid: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text
    assert unsaid not in text, text


@pytest.mark.parametrize(
    ("question", "length"),
    [
        ("How many users with 2k prompts can I serve with Llama-3.1-8B on a 4090 in vllm?", (2048,)),
        ("20 users with 3k prompts, Llama-3.1-8B", (3000,)),
        ("Llama-3.1-8B with 5k requests a day", None),
        ("Llama-3.1-8B for 5k users", None),
        ("a job of 2k prompts with Llama-3.1-8B, how long?", None),
        ("16 concurrent 8k requests, Llama-3.1-8B", (8192,)),
    ],
)
def test_a_number_of_prompts_or_users_is_no_length_and_that_of_each_is(question: str, length: tuple[int, ...]) -> None:
    assert read(question).facts.get("seq_len") == length


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-8B on an RTX 3090 fails in vLLM: 5.62 GiB KV cache is needed, larger than available 4.5 GiB. Why?", "the weights take 16.4 GB (15.3 GiB), and the profile run and the runtime the 2.32 GiB beside them and the 4.50 GiB of cache"),
        ("3090用vllm起Qwen3-8B失败：需要5.62 GiB KV缓存，可用只有4.5 GiB", "启动时的测量运行和运行时占 2.32 GiB，剩下 4.50 GiB 才是缓存"),
        # weights that the card does not even hold: another card or format than was told, and no rest of it
        ("Qwen2.5-14B on an A10G with vllm: 6.00 GiB KV cache is needed, larger than available 2.1 GiB. Fix?", "then the profile run"),
    ],
)  # fmt: skip
def test_what_a_start_measured_beside_weights_and_cache_is_told(question: str, says: str) -> None:
    assert says in answer_to(question)
