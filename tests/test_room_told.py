"""How many sequences or tokens fit comes with the sum behind it: the card, what is fixed, what is left, what each takes."""

import re
from typing import Any

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from kb import estimate, solve
from kb.room import STRAIGHT
from tests.talking import answer_to

_LEFT = (
    r"less [^;]*weights [\d.]+ GiB.*?(?P<left>[\d.]+) GiB are left for the KV cache; ÷ (?P<each>[\d.]+) GiB a sequence"
)
_LEFT_ZH = r"减去[^;]*权重 [\d.]+ GiB.*?剩 (?P<left>[\d.]+) GiB 给 KV 缓存,÷ 每条序列 (?P<each>[\d.]+) GiB"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many 8k requests at once does Qwen2.5-14B-Instruct in bf16 hold on one L40S with vllm?", _LEFT),
        ("Llama-3.1-8B AWQ, vllm on a 3090: how many users of 2k tokens each in parallel?", _LEFT),
        ("H20 96G 用 vllm 部署 Qwen2.5-32B bf16，每路 8k，最多几路并发", _LEFT_ZH),
        ("A6000 上 sglang 跑 Qwen3-14B，每个请求 4k token，最大并发多少", _LEFT_ZH),
    ],
)
def test_a_count_is_the_room_by_what_each_takes(question: str, said: str) -> None:
    told = Assistant().ask(question)
    first = told.text.split("\n\n")[0].replace("，", ",")
    assert not told.notices
    found = re.search(said, first)
    assert found, first
    count = int(float(found["left"]) / float(found["each"]))
    assert any(abs(count - int(one.replace(",", ""))) <= 1 + count // 50 for one in re.findall(r"\d[\d,]*", first)), (
        first
    )


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("largest batch for LoRA on Qwen2.5-7B, seq 2048, A100 40GB, no liger, gradient checkpointing on?", "of which logits and loss"),
        ("A100 40G lora微调Qwen2.5-7B 长度2048 batch最大多少？没开liger，开了检查点", "其中 logits 与损失"),
    ],
)  # fmt: skip
def test_of_training_the_logits_of_each_sequence_and_the_fused_loss_are_told(question: str, said: str) -> None:
    told = Assistant().ask(question)
    first = told.text.split("\n\n")[0]
    assert not told.notices
    assert said in first, first
    assert "Liger" in first, first


@pytest.mark.parametrize(
    ("stored", "fewer"),
    [("fp32", [16, 8, 4]), ("bf16", [8, 4]), ("fp8", [4]), ("gptq-int8", [4]), ("awq-int4-g128", []), ("mxfp4", [])],
)
def test_weights_in_fewer_bits_than_they_are_stored_in_are_told_of_every_format(stored: str, fewer: list[int]) -> None:
    told = solve("seq_len", model="Qwen3-8B", gpu="RTX A6000", weight_format=stored, engine="vllm").json()["solved"]
    ways = {one["bits"]: one["value"] for one in told["wider"] if "weight_format" in one["facts"]}
    assert list(ways) == fewer
    assert all(most > told["value"] for most in ways.values())


@pytest.mark.parametrize(
    ("model", "gpu"),
    [
        ("Qwen/Qwen3-8B", "RTX 4090"),
        ("mistralai/Mistral-Nemo-Instruct-2407", "RTX 4090"),
    ],
)
def test_the_quotient_is_the_answer(model: str, gpu: str) -> None:
    """What is left, divided by what a token takes, is the length that was solved for, and half of it takes half."""
    facts: dict[str, Any] = {"model": model, "gpu": gpu, "bits": 8, "engine": "vllm"}
    told = solve("seq_len", **facts).json()["solved"]
    each = told["room"]["each_gib"]
    assert told["room"]["left"]["gib"] / each == pytest.approx(told["value"], rel=STRAIGHT)
    half = told["value"] // 2
    terms = {one["name"]: one["gib"] for one in estimate(**facts, seq_len=half).json()["terms"]}
    assert terms["kv_cache"] == pytest.approx(each * half, rel=STRAIGHT)


def test_a_window_that_bends_the_line_has_no_figure_of_a_token() -> None:
    for gpu in ("RTX 4090", "RTX 3090", "L40S"):
        told = solve("seq_len", model="google/gemma-3-12b-it", gpu=gpu, bits=8, engine="vllm").json()["solved"]
        assert "each" not in told["room"], gpu


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Qwen2.5-7B lora 没liger", "loss", None),
        ("Qwen2.5-7B lora 没有用liger", "loss", None),
        ("Qwen2.5-7B lora 用liger", "loss", ("fused",)),
        ("Qwen2.5-7B lora，batch 4 爆了，最大设几？开了gradient checkpointing", "gradient_checkpointing", ("on",)),
        ("Qwen2.5-7B lora 开了检查点", "gradient_checkpointing", ("on",)),
        ("Qwen2.5-7B lora 没开检查点", "gradient_checkpointing", ("off",)),
    ],
)
def test_what_is_off_or_on_already_is_no_case_of_its_own(text: str, name: str, value: object) -> None:
    assert read(text).facts.get(name) == value


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Longest cutoff_len for full finetuning Qwen3-4B on 4x A100 40G, ZeRO-3, FA2, checkpointing? 16k oomed", "**Try 7,235 tokens a sequence"),
        ("per_device_train_batch_size for LoRA Qwen2.5-7B on a 3090, seq 2048, checkpointing on? bs 16 dies", "**Try batch "),
        ("A100 40G lora Qwen2.5-14B 开了梯度检查点，cutoff_len 16k爆了，最长能开多少", "token 是稳妥放得下的最大值"),
        ("How many 6k-token requests at once can Qwen3-32B-FP8 take on a 96GB H20 with vLLM 0.9 utilization?", "**About 3"),
        ("sglang 双卡L20 48G tp2 部署Qwen2.5-32B-Instruct bf16，每个请求平均6k，并发能到多少？", "**同时约 "),
        ("vllm, Qwen3-14B AWQ on a single 3090. How long can max_model_len be, does fp8 kv double it?", "- a bf16 cache: **"),
    ],
)  # fmt: skip
def test_the_most_that_is_asked_for_opens_the_answer(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


def test_layers_that_all_fit_leave_none_to_the_host() -> None:
    told = Assistant().ask("Gemma-3-27b Q4_K_M on 3090, 8k context, how many layers (-ngl)?").text
    assert told.startswith("**-ngl 63: all 63 layers fit**"), told[:200]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ('vllm log: "GPU KV cache size: 52,400 tokens", users send about 3k each, how many in parallel? Qwen2.5-14B-AWQ on a 4090', "**17 at once"),
        ("vllm日志 Available KV cache memory: 12.3 GiB，Qwen3-14B-AWQ，每个请求6k，能撑几个并发", "**同时 13 个"),
        ('"Maximum concurrency for 32,768 tokens per request: 3.40x" with Qwen2.5-32B AWQ on L40S, vllm. how many 8k requests is that?', "**13 at once"),
        ("max seq len (131072), (20.00 GiB KV cache is needed, which is larger than the available KV cache memory (9.80 GiB), to serve at least one request. Mistral-Nemo AWQ on a 4090. max_model_len?", "**Set --max-model-len to at most 64,225"),
        ("Qwen2.5-14B on an L40S with vllm: 6.00 GiB KV cache is needed, larger than available 5.1 GiB. Fix?", "**Set --max-model-len to at most 27,852"),
        ("L40S用vllm起Qwen2.5-14B报错：6.00 GiB KV cache is needed, larger than the available 5.1 GiB，14B不是才28G吗", "**把 --max-model-len 设到 27,852 以内"),
    ],
)  # fmt: skip
def test_what_a_log_has_measured_holds_before_the_formulas(question: str, said: str) -> None:
    told = Assistant().ask(question)
    assert told.text.startswith(said), told.text[:300]
    assert not told.notices


def test_without_a_log_the_formulas_count() -> None:
    told = Assistant().ask(
        "KV cache size of Qwen2.5-14B-AWQ on a 4090 with vllm, users send 3k each, how many in parallel?"
    )
    assert "log" not in told.text.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "first", "then"),
    [
        ("GLM-4.5-Air has only 12B active, so at 4-bit my 4090 should do?", "**No: all 107B parameters must be stored", "slower but usable"),
        ("Qwen3-Next-80B-A3B激活才3B，4090应该就能跑fp8吧", "**不行：全部 79.7B 参数都要存下", "变慢但可用"),
        ("gpt-oss-20b with 3.6B active, will a 8GB 4060 + 16GB RAM run it", "**gpt-oss-20b, inference, MXFP4, RTX 4060: not on the card alone, but with host memory it fits**", "tokens/s"),
        ("Mixtral 8x22B only uses 39B active, so a 4090 with 4-bit? 96GB ram", "**Mixtral-8x22B", "slower than one reads"),
        ("Hunyuan-A13B激活13B，int4一张A6000够不够", "**可以。Hunyuan-A13B", ""),
    ],
)  # fmt: skip
def test_of_a_mixture_the_verdict_comes_first_and_what_few_active_experts_are_good_for(
    question: str, first: str, then: str
) -> None:
    answer = answer_to(question)
    assert answer.startswith(first), answer[:300]
    assert then in answer
    assert answer.count("--n-cpu-moe") <= 1
    assert "fine-tune" not in answer


@pytest.mark.parametrize(
    ("text", "cache", "weights"),
    [
        ("Mistral Small 24B on a 4090, max context with Q4 cache vs FP16 cache?", ("q4_0", "fp16"), None),
        ("Llama-3.3-70B IQ4_XS or Q3_K_M on 2x 3090 with 32k ctx and q8 cache", ("q8_0",), ("gguf:IQ4_XS", "gguf:Q3_K_M")),
        ("llama.cpp里 -ctk q8_0 -ctv q8_0 对 Qwen2.5-32B 64k怎么样？q4_0呢？", ("q8_0", "q4_0"), None),
        ("cache in q8, weights Q4_K_M, Qwen3-14B on a 3060", ("q8_0",), ("gguf:Q4_K_M",)),
        ("qwen3-8b 32k 用q8缓存能省多少", ("fp16", "q8_0"), None),
        ("Qwen3-14B Q8_0 or Q4_0 on a 3090, 16k context?", None, ("gguf:Q8_0", "gguf:Q4_0")),
    ],
)  # fmt: skip
def test_a_format_beside_the_word_is_the_caches(text: str, cache: object, weights: object) -> None:
    facts = read(text).facts
    assert (facts.get("kv_format"), facts.get("weight_format")) == (cache, weights)


def test_what_a_narrow_cache_saves_is_against_a_whole_one() -> None:
    told = answer_to("llama.cpp里 -ctk q8_0 -ctv q8_0 对 Qwen2.5-32B 64k能省多少G？q4_0呢？")
    assert all(one in told.split("。")[0] for one in ("4.50 GiB", "8.50 GiB", "16.0 GiB")), told[:300]


def test_bits_behind_a_program_are_no_version() -> None:
    assert read("exllama 5.0bpw of Mistral Small 24B on a 4090").facts.get("bits") == (5,)
    assert "bits" not in read("exllama 2.5 on a 4090, Mistral Small 24B").facts


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("两张2080Ti 11G vllm tp2 跑Qwen2.5-14B-AWQ，显存够不够", True),
        ("4x T4, vllm tp 4, Qwen2.5-14B-Instruct in fp16, does it fit?", True),
        ("V100 32G 用 vllm 部署 Qwen3-8B 最大并发多少，每路4k", True),
        ("2x 3090, vllm tp 2, Qwen2.5-14B-Instruct, does it fit?", False),
        ("llama.cpp on a 2080 Ti, Qwen3-8B Q4_K_M, 16k, fits?", False),
    ],
)
def test_a_server_on_an_old_card_runs_in_half(question: str, told: bool) -> None:
    assert ("--dtype half" in answer_to(question)) == told


@pytest.mark.parametrize(
    ("question", "lengths"),
    [
        ("llama-server with Qwen3-32B Q5_K_M on my 4090, 32k ctx, then prompt processing OOMs at ~20k tokens", (32768,)),
        ("Qwen2.5-14B vLLM max_model_len 32k on a 4090 AWQ, crashes at about 12k tokens prompt", (32768,)),
        ("Qwen3-14B 设了32k上下文,跑到爆显存在 20k 左右", (32768,)),
        ("Qwen3-14B OOMs at 8192 tokens but 4096 works", (4096, 8192)),
    ],
)  # fmt: skip
def test_where_a_run_got_to_is_no_length_that_was_set(question: str, lengths: tuple[int, ...]) -> None:
    assert read(question).facts["seq_len"] == lengths


@pytest.mark.parametrize(
    ("question", "sum_", "log"),
    [
        # 0.92 × 140.4 − 79.3 − 4.6 = 45.3 GiB of one card, ÷ 68.6 KiB: MLA is copied, not divided
        ("8x H200, DeepSeek-V3 FP8 TP=8 in vLLM: 1128 - 671 leaves 457 GB but only 480k tokens fit in the cache. why?", "692,320 tokens", "480,000"),
        ("2张4090 tp=2 跑 Qwen2.5-32B-AWQ，vllm 日志 GPU KV cache size: 78,000 tokens，我以为 48-19=29G 能放更多", "94,624 个 token", "78,000"),
        ("Qwen3-32B bf16 on one H100 80GB in vLLM. 80 - 65.5 = 14.5 GB should be 55k tokens of cache but the log says 21k. who takes the rest", "29,632 tokens", "21,000"),
        ("单卡 A100 80G 用 vllm 跑 Qwen2.5-32B bf16，80-65=15G 应该能放 6 万 token，日志却只有 3.5 万，显存去哪了", "45,424 个 token", "35,000"),
    ],
)  # fmt: skip
def test_a_logged_pool_is_reproduced_before_anything_else(question: str, sum_: str, log: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert sum_ in first
    assert log in first
    assert re.search("is no pool|不是缓存池", first)


def test_a_share_that_a_server_takes_is_no_leak_though_its_cache_is_asked_about() -> None:
    question = "Llama-3.1-8B fp16 takes 16GB, my 3090 shows 22GB with vLLM, is it a leak? how many tokens can it cache?"
    text = answer_to(question)
    assert text.startswith("**No, that is no leak. Up to")
    assert "takes a share of the card at its start" in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("vLLM Qwen3-32B-AWQ tp=2 on a 3090 and a 4060 Ti 16GB: it wants 5.00 GiB of KV cache but only 3.72 GiB are available. Why, with 40GB in total?", ("at most 30,474", "one sequence of 40,960 needs 10.0 GiB (on each card 5.00 GiB, and 3.72 GiB are there)")),
        ("Qwen3-32B-AWQ in vLLM on a 4090: 10 GiB of KV cache needed, only 2.1 GiB available. What can I do?", ("at most 8,601", "one sequence of 40,960 needs 10.0 GiB.")),
        ("vllm tp=2 双卡4090跑Qwen2.5-32B-AWQ，KV需要8G，可用只有5.2G，怎么办", ("设到 42,598 以内", "65,536 token", "每张卡 8.00 GiB，而只有 5.20 GiB")),
    ],
)  # fmt: skip
def test_a_servers_refusal_in_words_is_answered_as_its_message(question: str, said: tuple[str, ...]) -> None:
    told = Assistant().ask(question)
    assert all(one in told.text.split("\n\n")[0] for one in said), told.text[:500]


@pytest.mark.parametrize(
    "question",
    [
        "llama.cpp needs 5 GiB of KV cache but only 3 GiB are free, Qwen3-8B Q4_K_M",
        "vLLM on a 24GB card: Qwen3-8B needs 4 GiB of KV cache at 32k, only 16-bit?",
        "vllm跑Qwen3-8B，32k的KV需要4.5G，24G卡够吗",
    ],
)
def test_what_is_no_servers_refusal_is_none(question: str) -> None:
    assert "longer_than_pool" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Llama-3.1-8B on an A10 in vLLM, 4k each, many preemptions in the log, what concurrency fits?", "--max-num-seqs 8 or"),
        ("vllm跑Qwen3-14B-AWQ，4090，每个请求8k，日志里一直抢占，最多能同时多少个", "--max-num-seqs 9 或"),
    ],
)  # fmt: skip
def test_where_requests_are_set_back_the_setting_against_it_is_told(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    "question", ["Qwen3-8B on a 4090 with vLLM at 8k, what does preemption_mode=swap do?", "spot抢占式实例上vllm跑Qwen3-8B，4090，8k能同时多少个"]
)  # fmt: skip
def test_other_preemption_is_no_full_pool(question: str) -> None:
    assert "preempted" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Qwen3-14B on one RTX 3090 with vLLM: AWQ or bf16, which fits?", "| the cache holds in all | "),
        ("vLLM 跑 Qwen3-32B,两张 4090,AWQ 版和 FP8 版哪个放得下?", "| 缓存共可容纳 | "),
    ],
)
def test_of_formats_that_are_served_it_is_told_what_each_cache_holds(question: str, row: str) -> None:
    assert row in answer_to(question)


def test_a_program_without_a_pool_has_no_such_row() -> None:
    text = answer_to("Llama-3.1-8B: AWQ vs GPTQ-int8 on a 16GB T4 in transformers")
    assert "the cache holds" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does Qwen3-235B-A22B in FP8 fit on four H100 80GB with vLLM?", "÷ 4 = 109.5 GiB of each card's 73.3 GiB: more than it has"),
        ("GLM-4.6 FP8 版 8 卡 H20 96G 能部署吗", "÷ 8 = 每张卡 82.1 GiB，卡上可用 87.9 GiB：几乎不剩"),
    ],
)  # fmt: skip
def test_beside_a_mixture_in_fp8_its_weights_in_bf16_are_told_of_each_card(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    "question",
    ["Does Qwen3-30B-A3B in FP8 fit on one L40S?", "Does Qwen3-235B-A22B in AWQ fit on four H100 80GB with vLLM?"],
)
def test_one_card_or_another_format_has_no_such_sum(question: str) -> None:
    assert "In bf16 the weights" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("vLLM says the weights of Qwen2.5-32B take 61 GiB, so 80-61 = 19 for KV on an A100 80GB?", "**19 GB is not what the cache gets"),
        ("24 GB card minus 15 GB of weights leaves 9 GB for kv cache in vllm, llama 3 8b?", "**9 GB is not what the cache gets"),
        ("vllm 跑 qwen2.5-14b bf16，48G卡，权重28G，那KV缓存还有20G对吗", "**20 GB 并不都能给缓存"),
        ("显存80-权重61=19G给KV缓存，vllm 跑 qwen2.5-32b，A100 80G，这么算对吗", "**19 GB 并不都能给缓存"),
    ],
)  # fmt: skip
def test_a_card_less_its_weights_is_no_pool(question: str, said: str) -> None:
    told = Assistant().ask(question)
    assert told.text.startswith(said), told.text[:200]
    assert "gpu_memory_utilization" in told.text.split("\n\n")[0]
    assert not told.notices


def test_a_difference_of_other_things_is_no_room() -> None:
    assert "not what the cache gets" not in answer_to("80-61 = 19 layers on the CPU, Qwen2.5-32B in vllm?")


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("vLLM 0.8 with Qwen3-8B on an A6000 prints # GPU blocks: 11833, # CPU blocks: 1820, Maximum concurrency for 40960 tokens per request: 4.62x. How do these numbers come out of 48GB?", "**11,833 blocks × 16 tokens = 189,328 tokens, × 144 KiB a token (2.25 MiB a block) = 26.0 GiB", ("48.0 GiB × 0.9 = 43.2 GiB, less 15.3 GiB of weights", "your start measured 0.46 GiB less", "1,820 CPU blocks × 2.25 MiB = 4.00 GiB are swap space")),
        ("GPU KV cache size: 445,000 tokens. Maximum concurrency for 8,192 tokens per request: 54.32x. Llama-3.1-8B on an A100 80GB. Where does the 445,000 come from?", "**445,000 tokens, × 128 KiB a token = 54.3 GiB of cache; ÷ 8,192", ("80.0 GiB × 0.92 = 73.6 GiB",)),
        ("A6000 跑 Qwen3-8B,vllm 打印 # cuda blocks: 11833, # CPU blocks: 1820,Maximum concurrency for 40960 tokens per request: 4.62x,这几个数怎么算出来的", "**11,833 块 × 16 token = 189,328 个 token", ("4.62 条", "不占显存")),
    ],
)  # fmt: skip
def test_printed_numbers_are_derived_one_by_one_where_that_is_asked(
    question: str, opens: str, says: tuple[str, ...]
) -> None:
    told = Assistant().ask(question)
    assert told.text.startswith(opens), told.text[:400]
    first = told.text.split("\n\n")[0]
    assert all(one in first for one in says), first
    assert not told.notices


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B on a 4090, vLLM: GPU KV cache size: 38,624 tokens, Maximum concurrency for 8,192 tokens per request: 4.71x. Can 10 users chat with 4k each?",
        "vLLM: GPU KV cache size: 38,624 tokens, Maximum concurrency for 8,192 tokens per request: 4.71x. What does that mean for Llama-3.1-8B on a 4090?",
    ],
)
def test_what_goes_into_a_printed_pool_is_no_derivation(question: str) -> None:
    assert " of cache; ÷ " not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Somebody claims Qwen2.5-72B AWQ shrinks the KV cache to a quarter too, so one L20 48G does 128k. Who is right?", ("than the 41.4 GiB",)),
        ("有人说Qwen2.5-72B用AWQ后KV也缩到1/4,单张L20 48G能开128k上下文,谁说得对", ("可用的 41.4 GiB",)),
        ("有人说Qwen2.5-72B用AWQ后KV也缩到1/4,单张L20 48G能开128k上下文。启动报max seq len大于KV cache容量,谁说得对", ("45.0 GiB × 0.92 = 41.4 GiB", "2 张同样的卡")),
        ("Qwen3-235B-A22B-FP8,一张H20 96G能跑吗?不行的话4张够不够,能开多长上下文", ("可用 87.9 GiB", "554,576 token")),
    ],
)  # fmt: skip
def test_what_servers_run_has_the_share_of_a_server_in_every_figure(question: str, says: tuple[str, ...]) -> None:
    told = Assistant().ask(question)
    assert all(one in told.text for one in says), told.text[:1500]
    assert not told.notices


def test_what_a_file_leaves_is_the_servers_share_of_it_where_one_is_named() -> None:
    served = Assistant().ask(
        'vLLM says "Model loading took 27.39 GiB" for phi-4, on disk it is 29.3 GB. Is some of it missing? What is left on a 32GB 5090?'
    )
    assert "31.8 GiB × 0.92 = 29.3 GiB, less 27.3 GiB of weights" in served.text
    alone = Assistant().ask(
        "phi-4 is 29.3 GB on disk and 27.3 GiB when loaded, is some of it missing? It is for a 32GB 5090"
    )
    assert "A server takes its share only" not in alone.text
