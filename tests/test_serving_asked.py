"""Serving as people ask about it: how many at once and what is left for the cache are told first, as whole sequences."""

import re

import pytest

from chat.agent import Assistant
from chat.plans.plan import plan
from chat.plans.understood import understood
from chat.reads.grammar import read
from tests.talking import answer_to

AT_ONCE = [
    "2x A100 80GB, llama 3.3 70B awq with vLLM, 16k per request. how many requests can I run in parallel?",
    "sglang on one H200, Qwen2.5-32B bf16. How many devs can share it if everyone keeps 24k tokens open?",
    "Llama-3.1-405B-FP8 on 8x H100 80GB, does it leave enough KV for 128k, and for how many at a time?",
    "两张L40S跑qwen2.5-32b-awq,vllm,每人8k,能给多少人同时用?",
    "8张H20 96G 部署 GLM-4.5,fp8 和 bf16 哪个能上?上下文128k能开几路",
    "A6000 上 vllm 跑 qwen3-14b bf16,最多几个人一起聊天,每人 4k",
]


@pytest.mark.parametrize("question", AT_ONCE)
def test_asked_how_many_at_once_the_number_opens_the_answer(question: str) -> None:
    first = answer_to(question).splitlines()[0]
    assert re.search(r"About [\d,]+(?: to [\d,]+)? sequences? of|同时约 [\d,]+(?: 到 [\d,]+)? 条", first), first


@pytest.mark.parametrize("question", AT_ONCE)
def test_a_sequence_is_held_whole_or_waits(question: str) -> None:
    assert not re.search(r"\d\.\d (?:sequences|条)", answer_to(question))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "4x L4, mistral small 24B in 8 bit on vllm: how much room is left for the cache after the weights?",
            r"For the cache [\d.]+ GiB per card are left, [\d,]+ tokens in all",
        ),
        (
            "vllm 四张L4 部署 mistral small 24B 8bit,权重之外还能留多少给kv",
            r"每张卡留给缓存 [\d.]+ GiB,共可容纳 [\d,]+ 个 token",
        ),
    ],
)
def test_what_is_left_for_the_cache_stands_beside_the_verdict(question: str, said: str) -> None:
    text = answer_to(question).replace("\uff0c", ",")
    # how the name is taken, which several versions have, comes before the verdict
    verdict = next(part for part in text.split("\n\n") if part.startswith("**"))
    assert re.search(said, verdict), text[:600]


@pytest.mark.parametrize(
    "question",
    [
        "sglang, Qwen3-30B-A3B awq on a 4090, mem-fraction-static 0.88: how many tokens of kv do i get with 8 users?",
        "H100 80GB, llama 3.1 8B bf16 vllm, 32 concurrent: how many tokens of kv cache in total?",
    ],
)
def test_the_tokens_of_a_cache_are_those_of_all_that_share_it(question: str) -> None:
    first = answer_to(question).splitlines()[0]
    assert "tokens of cache in all" in first, first
    assert "declares only" not in first, first


def test_a_servers_flags_are_its_own() -> None:
    text = answer_to("sglang Qwen3-30B-A3B fp8 on one H100, 32k each, how many concurrent users?")
    assert "vLLM takes 0.9" not in text
    assert "It depends on when it fails" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "can I serve qwen2.5-32b bf16 on one A100 80GB with 64k context, vllm?",
            r"it fits with cache in 8 bits \(fp8\)",
        ),
        ("4张H800 80G部署MiniMax-M2(官方fp8权重),两路128k并发,行?", r"--max-num-seqs 从 1,024 降到 8 ?就放得下"),
        ("llama3.1-8b 128k上下文 单张4090 vllm,权重和kv怎么量化才放得下?", r"缓存用 8 位.fp8. \+ 8 位权重就放得下"),
    ],
)
def test_what_does_not_fit_is_told_with_the_cheapest_change_that_keeps_the_request(question: str, said: str) -> None:
    assert re.search(said, "\n".join(answer_to(question).splitlines()[:3]))


def test_a_server_is_offered_the_bits_that_it_has_kernels_for() -> None:
    text = answer_to("vllm, Llama-3.3-70B bf16, 2x A100 80GB, 16k context: does it fit?")
    assert not re.search(r"\b[2356]-bit weights", text)


def test_ten_million_tokens_are_ten_million() -> None:
    facts = read("H100 80G 上下文1000万token 跑 Llama 4 Scout 行吗").facts
    assert facts["seq_len"] == (10_000_000,)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("qwen2 0.5b 部署到a100 80g上 nvidia-smi显示72G,是不是内存泄漏", "预留给 KV 缓存"),
        (
            "Qwen2.5-1.5B on an L40S: nvidia-smi shows 41 GB used, why so much, is it a leak?",
            "share of the card at its start",
        ),
    ],
)
def test_what_a_server_sets_aside_is_known_by_its_share_of_the_card(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


def test_a_prefill_that_fails_beside_weights_that_never_fit_is_not_the_cause() -> None:
    text = (
        Assistant()
        .ask(
            'TGI llama-2-70b-chat on 4x A10G: "Not enough memory to handle 4096 prefill tokens" in fp16. is GPTQ the way?'
        )
        .text
    )
    opening = text.split("\n\n")[0]
    assert "GPTQ 4-bit" in opening
    assert "its weights alone take" in opening
    assert "prefill" not in opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "two 24GB cards, 8B bf16, vLLM: -tp 2 or two separate replicas, which leaves the most KV?",
            r"([\d,]+) tokens in one pool, as copies ([\d,]+) in all, ([\d,]+) in each",
        ),
        (
            "Qwen2.5-14B bf16 on 2x A100 40GB with vllm: tensor parallel or one instance per GPU?",
            r"([\d,]+) tokens in one pool, as copies ([\d,]+) in all, ([\d,]+) in each",
        ),
        (
            "两张L40S 部署 qwen3-14b,两个副本还是tp2,哪个并发高",
            r"共 ([\d,]+) 个 token.+合计 ([\d,]+) 个.每份 ([\d,]+) 个",
        ),
    ],
)
def test_copies_and_ranks_are_told_by_the_cache_that_each_leaves(question: str, said: str) -> None:
    found = re.search(said, answer_to(question))
    assert found
    shared, together, each = (int(one.replace(",", "")) for one in found.groups())
    assert shared > together == 2 * each


def test_several_sequences_on_cards_of_data_centres_are_a_servers() -> None:
    assert understood(read("2 sequences of 16k, Llama-3.1-8B bf16 on an A100 80GB, does it fit?"))["engine"] == "vllm"
    assert "engine" not in understood(read("2 sequences of 16k, Llama-3.1-8B bf16 on an RTX 4090, does it fit?"))


@pytest.mark.parametrize(
    "question",
    [
        "sglang Qwen2.5-32B bf16 --tp 2 on 2xL40S --mem-fraction-static 0.92: Capture cuda graph failed: CUDA out of memory. what do i change",
        "sglang 两张L40S 跑 Qwen2.5-32B bf16 --tp 2 --mem-fraction-static 0.92 报错 Capture cuda graph failed: CUDA out of memory 怎么改",
    ],
)
def test_a_share_to_go_back_to_is_that_of_the_program(question: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    usual = re.search(r"mem_fraction_static \((0\.\d+) is usual|mem_fraction_static.通常 (0\.\d+)", first)
    assert usual, first
    assert float(usual[1] or usual[2]) < 0.9, first
    assert "--cuda-graph-max-bs" in first
    assert "--max-num-seqs" not in first


@pytest.mark.parametrize(
    "question",
    [
        "vLLM Qwen2.5-VL-7B on a 4090: OOM as the first image request comes in",
        "vllm 起 Qwen2.5-VL-7B,4090,一传图片就 OOM",
    ],
)
def test_pictures_on_a_server_are_tamed_by_its_own_settings(question: str) -> None:
    text = answer_to(question)
    assert "--limit-mm-per-prompt" in text
    assert "num_ctx" not in text


def test_a_total_that_was_stated_gets_the_total() -> None:
    text = (
        Assistant()
        .ask("A blog says Llama 70B with 32K context and 10 users needs 800GB of KV and 1034GB total. Correct?")
        .text
    )
    assert "248 GB" in text  # 107.4 of cache + 141 of weights


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("70B q4 on 2x 3090, fits?", "engine llama.cpp"),
        ("will a 3090 + 64GB run GLM-4.5-Air as a 4bit gguf?", "5.27 bits"),
        ("llama 70b q4 两张3090够不够", "4.82 位"),
        ("Qwen2.5-72B bf16 on 2x A100 80GB, fits?", "the server takes 73.6 GiB"),
        ("8*H20 96G 部署 DeepSeek-V3.1 FP8,还能剩多少给kv", "服务启动时占用"),
        ("serve Kimi-K2-Instruct in FP8 on 8x H200, fits?", "1,024 more tokens 0.07 GiB"),
    ],
)
def test_files_are_llama_cpps_and_cards_of_data_centres_a_servers(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qwen3-14B AWQ on a 4080 16GB, vllm. what max_model_len can I set?", r"Up to [\d,]+ tokens for sure.*8-bit cache \(fp8\)"),
        ("vllm 4090 Qwen3-8B bf16,max_model_len 能设多少?", r"稳妥的上限是.*8 位缓存.fp8"),
        ("ollama llama3.1 8b q4 on 8GB 3070, what num_ctx should I use?", r"Up to [\d,]+ tokens for sure.*\(q8_0\)"),
        ("how many users can one L40S serve with Llama 3.1 8B bf16 on vllm, 4k each?", r"47 are sure.*8-bit cache \(fp8\) about 100"),
    ],
)  # fmt: skip
def test_the_most_is_told_with_a_cache_of_8_bits_too(question: str, said: str) -> None:
    assert re.search(said, answer_to(question))


def test_a_length_that_is_set_is_not_asked_for() -> None:
    assert "seq_len" not in read("max_model_len=32768, Qwen3-8B on a 4090 with vllm, ok?").asks


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Qwen3-235B-A22B in bf16 on one 80GB card, does it fit?", "4-bit weights (Q4_K_M), experts in host memory"),
        ("24G显存跑Qwen2.5-14B够吗 bf16", "8 位权重"),
        ("Can I run Qwen3-8B on a 4090 with vllm, max_model_len=36864?", "gpu_memory_utilization 0.95"),
    ],
)
def test_the_first_way_out_is_one_that_people_take(question: str, first: str) -> None:
    answer = answer_to(question)
    way = next(
        line
        for line in answer.splitlines()
        if re.match(r"\*\*.*(?:fits? with|放得下\*\*)", line) and "：放不下" not in line
    )
    assert first in way


@pytest.mark.parametrize(
    "question",
    ["which quant of Llama-3.3-70B fits a 64GB Mac? Q4_K_M? Q5?", "64G 的 Mac 能放下 Llama-3.3-70B 的哪个量化?"],
)  # fmt: skip
def test_a_mac_of_which_only_the_memory_is_told_has_the_gpus_share_of_it(question: str) -> None:
    answer = answer_to(question)
    assert "48.0 GiB" in answer
    assert "Q4_K_M" in answer
    assert "iogpu.wired_limit_mb" in answer


@pytest.mark.parametrize(
    "question",
    [
        "What should I rent in the cloud to serve a 72B in bf16 and what does it cost per hour?",
        "AWS instance for Mixtral 8x7B inference, how much would it cost monthly?",
        "租云GPU跑Qwen3-32B,租什么卡,大概多少钱一小时?",
        "部署 DeepSeek-R1 671B 一个月租金多少",
    ],
)
def test_asked_what_to_rent_the_memory_class_is_told_and_that_no_price_is_known(question: str) -> None:
    answer = answer_to(question)
    assert re.search(r"The smallest that do|最小够用的卡", answer.splitlines()[0]), answer
    assert re.search(r"No prices are known here|这里没有价格数据", answer)
    assert "tokens/s" not in answer


def test_a_training_that_is_priced_stays_a_question_of_time() -> None:
    assert "GPU-hours" in answer_to("How much would it cost to fine-tune Llama 3 8B with LoRA on 10M tokens?")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "Qwen3-Coder-480B-A35B activates 35B only, so 4-bit is 20 GB and fits my 3090? I have 128GB ram",
            "A smaller mixture such as",
        ),
        ("DeepSeek-V3 每个token只激活37B,4bit 不就20G左右吗,一张4090加64G内存够不够?", "而内存共 64 GB，系统约占 4 GB"),
    ],
)
def test_a_mixture_that_is_too_large_is_told_with_its_experts_in_host_memory(question: str, said: str) -> None:
    answer = answer_to(question)
    assert said in answer
    assert "not even with a part in RAM" in answer or "显卡加内存也放不下" in answer


@pytest.mark.parametrize("question", ["Qwen3-30B-A3B bf16 on a 4090, fits? only 3B active", "GLM-4.5-Air at Q4 on a MacBook Pro M4 Max 64GB, insufficient system resources. It is only 12B active?"])  # fmt: skip
def test_experts_in_host_memory_are_not_told_twice_nor_of_one_memory(question: str) -> None:
    answer = answer_to(question)
    assert "parameters must be stored" in answer
    assert "-ot exps=CPU" not in answer
    assert answer.count("--n-cpu-moe") <= 2  # as the first way out, and in the list


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Llama-2-13b int4 on a 3090, how long can the context get?", "**4,096 tokens, all that the model declares: memory is not the limit**"),
        ("Phi-3-mini-4k-instruct 在 24G 的 3090 上最长能开多少上下文", "**4,096 token：模型声明的全长，显存不是瓶颈**"),
        ("vllm 4090 Qwen3-8B bf16, max_model_len 能设多少?", "**稳妥的上限是"),
        ("Qwen3-14B AWQ on a 4080 16GB, vllm. what max_model_len can I set?", "**Up to "),
    ],
)  # fmt: skip
def test_no_length_goes_beyond_what_the_model_declares(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert answer.text.startswith(said), answer.text[:300]


@pytest.mark.parametrize(
    "question",
    [
        "V100 32GB or A100 40GB for Llama-2-7b in fp16, which holds the longer context?",
        "Llama-2-7b AWQ or bf16 on a 3090, which leaves more context?",
        "3090 跑 Llama-2-7b，fp16 和 int8 选哪个",
    ],
)
def test_set_ups_side_by_side_are_held_to_the_models_own_length(question: str) -> None:
    answer = answer_to(question)
    assert "4,096" in answer
    assert not re.search(r"≤ (?!4,096)[\d,]+ token|(?:up to about|最长约) (?!4,096)\d[\d,]* token", answer), answer


@pytest.mark.parametrize(
    ("question", "many", "length"),
    [
        ("vLLM on L4 24GB, Qwen2.5-7B-Instruct bf16. What max_model_len can I set for one user and could I serve 24 users at 1k each?", 24, 1024),
        ("A10 上 vllm 跑 Qwen2.5-7B，单个请求上下文最长能开多大？另外 20 个并发每个 2k 行不行", 20, 2048),
        ("'max seq len 131072 is larger than the maximum number of tokens in KV cache', A10G, Llama-3.1-8B bf16, vllm. What max_model_len can I use, and can I serve 16 users at 2k each?", 16, 2048),
    ],
)  # fmt: skip
def test_the_longest_of_one_and_users_of_a_length_of_their_own_are_two_calculations(
    question: str, many: int, length: int
) -> None:
    answer = Assistant().ask(question)
    calls = {name: args for name, args in plan(read(question)) if name != "remarks"}
    assert "batch_size" not in calls["solve_for"]
    assert (calls["estimate_memory"]["batch_size"], calls["estimate_memory"]["seq_len"]) == (many, length)
    assert f"{many} × {length:,} token" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "gemma 3 12b on an L40S with vllm: max context, and how many users?",
        "A100 40G 部署 Qwen2.5-14B，上下文最长多少，能撑几个并发",
    ],
)
def test_the_longest_context_and_the_most_at_once_are_each_solved_for(question: str) -> None:
    calls = [args["quantity"] for name, args in plan(read(question)) if name == "solve_for"]
    first, second = answer_to(question).split("\n\n")[:2]
    assert calls == ["seq_len", "batch_size"]
    assert re.search(r"[\d,]+ token", first), first
    assert re.search(r"sequences? of|同时约", second), second


@pytest.mark.parametrize(
    "question",
    ["how long a context does gemma 3 12b in bf16 get on a 16 GB card?", "16G 显卡跑 Qwen2.5-14B 最长上下文多少"],
)
def test_where_not_one_token_fits_the_length_with_fewer_bits_leads(question: str) -> None:
    first = answer_to(question).split("\n\n")
    assert any(
        re.search(r"\*\*(?:With )?(?:8|4)(?:-bit weights| 位权重)(?: about |约) ?[\d,]+ token", one) for one in first
    ), first


@pytest.mark.parametrize("text", [
    "80 people share one L40S with Qwen2.5-14B-AWQ in vLLM, at peak 12 at the same time, prompts of 3k and answers of 1k, --max-model-len 16384. Enough?",
    "一张 L40S 用 vLLM 部署 Qwen2.5-14B-AWQ,全公司 80 人,高峰同时 12 人用,输入3k输出1k,max-model-len 16384,够吗?",
])  # fmt: skip
def test_those_who_ask_at_once_are_served(text: str) -> None:
    facts = read(text).facts
    assert (facts["batch_size"], facts["seq_len"], facts["output_len"]) == ((12,), (3000,), (1024,))
