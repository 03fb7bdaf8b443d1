"""A served model is read as it is told: settings side by side, drafts, slots, requests, caches, one memory for all, others' cards."""

import pytest

from chat.plans.to_remarks import told
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "question",
    [
        "H200 一张 141G 跑得动 GLM-4.5 的 FP8 吗?32B 激活而已",
        "gpt-oss-120b 激活 5B,一张 80G A100 够吗",
        "Will Llama-4-Scout, 17B activated, in fp8 go on one H100 80GB?",
    ],
)
def test_parameters_that_a_token_activates_are_no_training_and_no_model(question: str) -> None:
    facts = read(question).facts
    assert facts.get("task") != ("train",)
    assert "params" not in facts


@pytest.mark.parametrize(
    "question",
    [
        "MacBook M3 Max 36G,用 Ollama 跑 Qwen2.5-32B Q8_0,说内存不足,要重装吗",
        "Mac mini M4 16GB, qwen3:14b in ollama ran out of RAM, is it a bug?",
    ],
)
def test_on_unified_memory_no_host_of_its_own_runs_out(question: str) -> None:
    text = answer_to(question)
    assert "macOS" in text
    assert "from_pretrained" not in text
    assert "low_cpu_mem_usage" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Is SGLang's --mem-fraction-static 0.88 the same thing as vLLM's --gpu-memory-utilization 0.88?", "**Two different things: vLLM"),
        ("vllm 的 max-num-batched-tokens 和 max-model-len 是一个意思吗", "**不是一回事"),
        ("free_gpu_memory_fraction 0.85 of TensorRT-LLM vs vLLM gpu-memory-utilization 0.85 on an H100, Llama-3.1-8B: the same?", "Here they take"),
    ],
)  # fmt: skip
def test_settings_side_by_side_are_told_apart(question: str, said: str) -> None:
    text = answer_to(question)
    assert said in text
    assert "hardly any difference" not in text


@pytest.mark.parametrize(
    ("question", "free", "share"),
    [
        ("A6000 上 vLLM 跑 Qwen2.5-14B,要给 reranker 预留 6GB,gpu_memory_utilization 设多少", 6.0, "最多 0.8"),
        ("L4 serving Qwen3-8B FP8 with vllm, must keep 4 GB free for a reranker. what gpu-memory-utilization?", 4.0, "0.82 at most"),
    ],
)  # fmt: skip
def test_what_stays_free_bounds_the_share_and_is_no_claim(question: str, free: float, share: str) -> None:
    reading = read(question)
    assert reading.extras["log_kept_free"] == (free,)
    assert not reading.claims
    assert share in answer_to(question).splitlines()[0]


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.3-70B FP8 on 2x H100, adding Llama-3.2-1B as draft model: how much extra memory, and does my context budget shrink?",
        "开投机解码(draft 用 Qwen3-0.6B)后 Qwen3-14B 在 A100 40G 上缓存还能放多少 token",
    ],
)
def test_a_draft_is_costed_with_and_without(question: str) -> None:
    first = answer_to(question).splitlines()[0]
    assert "instead of" in first or "降到" in first
    assert "KiB" in first


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("RTX 4070 12GB, Ollama, Qwen3-14B Q4_K_M: 4k context is quick, at num_ctx 40960 it crawls at 3 tok/s. why?", "no longer fits on the card"),
        ("4060Ti 16G,Qwen3-14B Q4_K_M 上下文从 8k 改成 64k 后速度暴跌,为什么", "卡上放不下了"),
    ],
)  # fmt: skip
def test_a_speed_that_breaks_down_with_the_context_is_a_matter_of_room(question: str, lead: str) -> None:
    assert lead in answer_to(question).splitlines()[0]


@pytest.mark.parametrize(
    ("question", "batch"),
    [
        ("llama-server with Qwen3-14B Q4_K_M on a 24GB 4090, maybe 4 slots of 16k each, ok?", 4),
        ("4090 跑 gpt-oss-20b,llama-server 开三个 slot 每个 64k 够吗,还是要再加一张卡", 3),
        ("Qwen3-30B-A3B Q4_K_M, RTX 5090, 6 parallel slots with 32k each: do i need the 2nd gpu?", 6),
    ],
)
def test_slots_are_sequences_and_one_more_card_is_asked_about(question: str, batch: int) -> None:
    facts = read(question).facts
    assert facts["batch_size"] == (batch,)
    assert facts.get("n_gpus", (1,)) == (1,)
    assert "llama-server" in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "llama.cpp Qwen3-14B Q4_K_M on 16GB 4080: -ctk q8_0 -ctv q8_0, does 40k fit? And 80k with q4_0?",
        "3090 跑 Qwen3-32B Q4_K_M,KV 用 q8_0 能上 32k 吗?换 q4_0 呢",
    ],
)
def test_a_type_asked_of_a_quantised_cache_is_the_caches(question: str) -> None:
    facts = read(question).facts
    assert facts["kv_format"] == ("q8_0", "q4_0")
    assert facts["weight_format"] == ("gguf:Q4_K_M",)


@pytest.mark.parametrize(
    ("question", "weights"),
    [
        ("Qwen2.5-14B-AWQ on a 16GB 4080 with vllm, 14B at 4 bit is 7GB, so 9GB spare for the cache, right?", "9.98 GB"),
        ("Qwen2.5-32B GPTQ-Int4 4090,32B 4bit 就 16G,还剩 8G,能上多长", "19.3 GB"),
    ],
)  # fmt: skip
def test_bits_times_parameters_is_a_claim_of_weights(question: str, weights: str) -> None:
    first = answer_to(question).splitlines()[0]
    assert weights in first
    assert "not" in first or "不是" in first


@pytest.mark.parametrize(
    ("question", "at_once"),
    [
        ("vLLM log: Maximum concurrency for 40,960 tokens per request: 2.10x (Qwen3-14B). 15 users with 3k prompts and 1k answers: enough?", "21"),
        ("日志写 Maximum concurrency for 131,072 tokens per request: 1.5x,Llama-3.1-8B。是不是只能 1 个人用?我们 30 人,输入 2k 输出 500", "77"),
    ],
)  # fmt: skip
def test_prompt_and_answer_are_one_request_of_the_logged_pool(question: str, at_once: str) -> None:
    assert at_once in answer_to(question).splitlines()[0]
    assert len(read(question).facts["batch_size"]) == 1


@pytest.mark.parametrize(
    "question",
    [
        "Two vLLM servers on an H100 80GB, Qwen3-8B bf16 and Qwen2.5-14B bf16, which gpu-memory-utilization for each?",
        "L40S 要同时起 Qwen2.5-7B 和 Qwen3-8B 两个 vllm,显存比例各设多少",
    ],
)
def test_two_servers_get_a_share_for_each_model(question: str) -> None:
    first = answer_to(question).splitlines()[0]
    assert first.count("0.") >= 4
    assert "Qwen3-8B" in first


@pytest.mark.parametrize(
    "question",
    [
        "4 张 4090 跑 Llama-3.3-70B AWQ,能上 32k 吗?群里说必须 A100",
        "My colleague insists Qwen3-32B takes an A100 80GB. Can I run it in AWQ on one 4090?",
    ],
)
def test_cards_in_reported_speech_are_no_machine_to_choose(question: str) -> None:
    text = answer_to(question)
    assert "What others name" in text or "别人说的" in text
    assert not text.startswith(("**Take", "**选"))


@pytest.mark.parametrize(
    "question",
    [
        "Is GLM-4.5-Air Q4_K_M doable with a 4090 + 64GB DDR5, experts in RAM? 6 t/s would be fine",
        "DeepSeek-V3 Q2_K 用 3090 + 256G 内存,专家放内存,能行吗?3 token/s 就够",
    ],
)
def test_a_rate_that_would_do_comes_after_whether_it_runs(question: str) -> None:
    assert read(question).intents[0] == "fits"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("SGLang Llama-3.1-8B on a 4090 with --mem-fraction-static 0.92, boots fine, then OOM under load. Raise or lower it?", "**Lower mem_fraction_static"),
        ("sglang mem_fraction_static=0.9 L40S Qwen3-14B 启动正常,压测时 OOM,该调高还是调低", "**调小 mem_fraction_static"),
        ("vllm Qwen3-8B 3090 --gpu-memory-utilization 0.7 启动报 No available memory for the cache blocks,要调大还是调小", "**调大 gpu_memory_utilization"),
    ],
)  # fmt: skip
def test_a_share_that_was_told_gets_its_direction_and_a_value(question: str, said: str) -> None:
    assert answer_to(question).startswith(said)


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-8B HF generate() with a 32k prompt on a 40GB A100: Tried to allocate 18.55 GiB, but weights 16GB + KV 4.5GB is only 20",
        "Hugging Face generate 跑 Llama-3.1-8B,24k prompt,A100 40G 报 Tried to allocate 11.74 GiB,权重 15G 加 KV 3G 才 18G",
    ],
)
def test_plain_generate_has_no_pool_and_its_parts_are_right(question: str) -> None:
    text = answer_to(question)
    assert "transformers" in text.splitlines()[0]
    assert "outside of the pool" not in text
    assert "缓存池之外" not in text
    assert "the cache is another" not in text


@pytest.mark.parametrize(
    ("question", "less"),
    [
        ("vLLM --enable-lora --max-loras 4 --max-lora-rank 128 on Qwen2.5-7B with an A10: fewer KV tokens, yet the adapter files are 40MB (rank 16). Why?", "--max-lora-rank 16"),
        ("Qwen3-8B 开了 --enable-lora --max-loras 16 --max-lora-rank 64 之后 4090 缓存少了,adapter 文件才 20MB(r=8),为什么", "--max-lora-rank 8"),
    ],
)  # fmt: skip
def test_megabytes_of_adapter_files_are_no_claim_of_a_cache(question: str, less: str) -> None:
    text = answer_to(question)
    assert less in text.split("\n\n")[0]
    assert "MB is not right" not in text
    assert "MB 不对" not in text


@pytest.mark.parametrize("question", [
    "70B int4 需要35GB显卡够吗",
    "14B 4bit 7G 显存够用吗",
    "Mistral-7B int8 uses 8.4GB of weights. What stays unquantized?",
    "By params*bits/8*1.2 a 70B at 4 bit is 42 GB, true?",
])  # fmt: skip
def test_a_card_what_was_seen_and_a_rule_s_total_are_no_sum_of_bits(question: str) -> None:
    assert "log_weights_claimed" not in read(question).extras


@pytest.mark.parametrize(("question", "card"), [
    ("Does the README's 48 GB for QLoRA 70B hold for Llama-3.3-70B?", None),
    ("Can my card's 24 GB run Qwen3-32B AWQ?", 24),
])  # fmt: skip
def test_an_amount_that_somebody_wrote_is_no_card(question: str, card: int | None) -> None:
    assert read(question).facts.get("gpu_memory_gb", (None,))[0] == card


def test_what_is_left_beside_it_says_that_an_amount_is_the_weights() -> None:
    assert answer_to("32B at 4 bit takes 19GB, so 5GB left on a 4090, right?").startswith("**19 GB of weights is right")


def test_a_figure_that_is_denied_was_not_seen() -> None:
    assert "observed_gb" not in told(read("The paper has 112 GB for 7B full fine-tuning. Why 112 and not 56 GB?"))


@pytest.mark.parametrize(("question", "said"), [
    ("vLLM serves Qwen3-14B-AWQ on one L40S; I want to put a second service on the same card. How do I set it?", "**Another service goes on the card: gpu_memory_utilization"),
    ("一张 L40S 上 vLLM 跑着 Qwen3-14B-AWQ,还想再部署一个 rerank 服务,怎么设?", "**可以再放一个服务：gpu_memory_utilization"),
])  # fmt: skip
def test_a_service_beside_a_server_is_told_its_share(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(("question", "said"), [
    ("Will setting max-model-len from 40k down to 4k lower vLLM's memory? Qwen3-14B-AWQ on an L40S", "either way: at full length"),
    ("把 vLLM 的 max_model_len 从 40k 改成 4k,显存会降吗?Qwen3-14B-AWQ,L40S", "两种设置下池子都是"),
    ("Does max_model_len affect the memory that vLLM takes?", "**No: max_model_len does not change"),
    ("If I lower max_model_len from 32768 to 8192 for Qwen2.5-14B in vLLM on an A100 40GB, does it use less memory?", "either way: at full length 1 of 32,768 and 5 of 8,192"),
    ("Does vLLM take less VRAM with a smaller max_model_len?", "**No: max_model_len does not change"),
])  # fmt: skip
def test_a_limit_on_requests_takes_no_memory(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize("question", ["KV cache of Llama-2-7B served in fp32, per token?", "Llama-2-7B 用 fp32 加载,每 token 的 KV 缓存多大?"])  # fmt: skip
def test_a_cache_has_the_type_that_is_computed_in(question: str) -> None:
    assert "1,048,576 B = 1 MiB" in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("把 max_model_len 从 32k 降到 8k,Qwen2.5-7B 在 4090 上 vLLM 显存会变少吗?", "**不会变：max_model_len 不影响服务占用的总量"),
        ("降低 max_model_len 能省显存吗?", "**不会变：max_model_len 不影响服务占用的总量"),
        ("Does lowering max_model_len save VRAM?", "**No: max_model_len does not change what the server takes"),
    ],
)  # fmt: skip
def test_a_lower_longest_request_gives_no_memory_back(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens)
    assert "**可以。" not in answer  # whether it fits is not what was asked


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-7B 用 vLLM,--max-model-len 8192 时显存占用少于 20GB 吗?",
        "vLLM 把 max_model_len 设成 8192,Qwen2.5-7B 在 4090 上放得下吗,显存占用多少?",
    ],
)
def test_how_much_is_taken_at_a_longest_request_is_no_change_of_it(question: str) -> None:
    assert "limit_moved" not in read(question).cues


def test_a_longest_request_that_is_merely_told_is_not_asked_about() -> None:
    told_so = "I lowered max_model_len to 8192 and Qwen2.5-14B still runs out of memory on a 24 GB card. Does AWQ use less memory?"
    assert "limit_moved" not in read(told_so).cues


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Does vLLM's gpu_memory_utilization mean the same as LMDeploy's cache_max_entry_count? Llama-3.1-8B on an 80GB card, both at 0.8: is the KV as large?", ("vLLM at 0.8 64.0 GiB", "LMDeploy at 0.8", "are the same in each")),
        ("sglang 的 mem_fraction_static 和 vllm 的 gpu_memory_utilization 是一回事吗？80G 卡跑 Qwen2.5-7B，都取 0.85，缓存一样吗", ("SGLang 0.85", "vLLM 0.85", "都一样")),
        ("Is gpu_memory_utilization 0.9 in vLLM the same as mem-fraction-static 0.9 in SGLang for Qwen2.5-7B on an 80GB A100?", ("SGLang at 0.9",)),
    ],
)  # fmt: skip
def test_shares_at_one_value_open_with_what_they_mean_and_come_to(question: str, says: tuple[str, ...]) -> None:
    said = answer_to(question)
    assert said.startswith(("**Two different things", "**不是一回事")), said[:200]
    assert all(one in said.split("\n\n")[0] for one in says), said[:900]


@pytest.mark.parametrize(
    "question",
    ["Both cards at 0.9 utilization of compute, Qwen2.5-7B, normal?", "两张卡都设 0.8，vllm 跑 Qwen2.5-7B，放得下吗"],
)
def test_a_value_of_one_program_compares_no_settings(question: str) -> None:
    assert "settings_compared" not in read(question).extras


def test_agents_in_parallel_are_so_many_sequences() -> None:
    text = "GLM-4.5-Air in SGLang with 4 parallel agents that each use the full 128k on 4x A100 80G in bf16"
    assert read(text).facts["batch_size"] == (4,)
    assert "batch_size" not in read("an agent with Qwen3-8B on a 4090, 32k").facts


def test_all_of_a_mixture_is_counted_where_it_is_asked_why() -> None:
    told = answer_to("Qwen3-30B-A3B 只激活3B，为什么显存还要按30B算？4070 12G + 32G内存 能跑Q4吗")
    assert told.startswith("**全部 30.5B 参数都要放下")
    assert "参数量 × 字节数只是权重" not in told


def test_at_the_same_time_compares_no_settings() -> None:
    text = "Mistral-Small-24B FP8 on one L40S 48GB, vLLM, --max-model-len 16384, gpu_memory_utilization 0.9. Can I serve 20 users at full 16k at the same time?"
    assert "settings_compared" not in read(text).extras
    assert "not 20 sequences of this length at once, but 6" in answer_to(text).split("\n\n")[0]
    assert "settings_compared" in read("are max_model_len and gpu_memory_utilization the same in vLLM?").extras


@pytest.mark.parametrize(
    ("question", "server"),
    [
        ("gpt-oss-120b 想开满128k，一张H100 80G 和一张 RTX PRO 6000 96G 各能同时跑几路？", True),
        ("gpt-oss-20b on a 4090 at 128k: how many users at once?", True),
        ("gpt-oss-20b on a 4090, how much context?", False),
    ],
)
def test_sequences_at_once_of_a_model_in_mxfp4_are_a_servers(question: str, server: bool) -> None:
    answer = answer_to(question)
    assert ("× 0.92" in answer) is server, answer[:400]
    assert ("engine llama.cpp" in answer) is not server
