"""Posts of people who run models in a company: logs pasted into Chinese, cards by their kind, files before a count of cards."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("text", "stored", "count"),
    [
        ("Yi-34B awq 2*L20 能部署吗", "awq-int4-g128", 2),
        ("Mistral-Large-2 gptq 4 x A6000, enough?", "gptq-int4", 4),
        ("GLM-4-9B awq 2 gpus of 16 GB, enough?", "awq-int4-g128", 2),
        ("Qwen2.5-14B gptq 8bit 2*T4 行不行", "gptq-int8", 2),
    ],
)
def test_a_count_of_cards_behind_a_format_is_no_width(text: str, stored: str, count: int) -> None:
    facts = read(text).facts
    assert (facts["weight_format"], facts["n_gpus"]) == ((stored,), (count,))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("lmdeploy 启动 RuntimeError: Not enough memory to load the model on this device. 两张 3090", "zh"),
        ("昇腾 RuntimeError: NPU out of memory. Tried to allocate 3 GiB for the cache", "zh"),
        ("What does the error mean on a 华为 card: RuntimeError: NPU out of memory?", "en"),
    ],
)
def test_the_words_of_an_error_are_nobodys_language(text: str, language: str) -> None:
    assert read(text).language == language


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("V100 部署 Qwen2.5-7B 行吗，16G的", 16),
        ("910B 微调 glm-4-9b lora 够么 32G那种", 32),
        ("Would an A100 do for QLoRA of Yi-34B? It is the 40 GB version.", 40),
    ],
)
def test_the_size_of_a_card_is_told_apart_from_its_name(text: str, size: int) -> None:
    assert read(text).facts["gpu_memory_gb"] == (size,)


def test_files_of_a_cards_size_are_no_card() -> None:
    assert "gpu_memory_gb" not in read("two A100s for Qwen2.5-72B AWQ; the files are 40 GB, enough?").facts


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("昇腾910B 64G*8 部署 Llama-3.1-70B 报内存不足，TP8", False),
        ("NPU 内存溢出 8*910B 全参 Yi-34B zero3", False),
        ("服务器内存不足被杀，128G内存，加载 Llama-3.1-70B，8卡A100", True),
    ],
)
def test_a_card_that_says_memory_in_chinese_is_no_host(text: str, host: bool) -> None:
    assert ("host_killed" in read(text).cues) == host


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("三张3090 lora 微调 8B，每张卡都占满了，难道不应该平分吗", "**数据并行(DDP)在每张卡上都保留完整的一份".replace("(", "\uff08").replace(")", "\uff09")),
        ("Two 4090s, LoRA on Mistral-7B, both show 20 GB. Shouldn't it be half on each card?", "**Data parallel (DDP) keeps a whole copy"),
    ],
)  # fmt: skip
def test_who_expects_a_part_on_each_card_reads_of_copies(assistant: Assistant, text: str, opens: str) -> None:
    assert assistant.ask(text).text.startswith(opens)


def test_what_a_failed_run_is_short_of_is_no_comparison() -> None:
    assert "method_diff" not in read("8*A100 全参 Yi-34B zero3 8k OOM，开了 liger 还是 OOM，到底差多少").intents[:1]
    assert read("Qwen2.5-14B fp8 和 awq 显存差多少").intents[0] == "method_diff"


def test_a_pool_far_below_the_formulas_is_looked_for_elsewhere(assistant: Assistant) -> None:
    log = "The model's max seq len (65536) is larger than the maximum number of tokens that can be stored in KV cache ({}). {}"
    far = assistant.ask(log.format(20000, "Qwen2.5-32B-Instruct 4*A100 80G, vLLM")).text
    near = assistant.ask(log.format(16384, "Qwen3-32B-AWQ, one 4090, vLLM")).text
    assert "went elsewhere at this start" in far
    assert "went elsewhere" not in near


@pytest.mark.parametrize(
    ("text", "says", "never"),
    [
        ("Full fine-tune of Mistral-7B with ZeRO-3 on 4x A100 80GB: OOM as it saves the checkpoint", "host RAM of rank 0", "on one card"),
        ("FSDP full fine-tune of Yi-34B on 8x A100 80GB: OOM when it saves the model, why?", "come together on every card", "DeepSpeed gathers"),
    ],
)  # fmt: skip
def test_deepspeed_gathers_to_the_host(assistant: Assistant, text: str, says: str, never: str) -> None:
    answer = assistant.ask(text).text
    assert says in answer
    assert never not in answer.split("\n\n")[0]


def test_only_what_brings_a_file_back_is_said_to(assistant: Assistant) -> None:
    text = "ollama qwen2:72b on two 3090s, OLLAMA_NUM_PARALLEL=4, num_ctx 8192: some layers on the CPU, why?"
    assert "a q8_0 cache with flash attention (" not in assistant.ask(text).text.split("\n\n")[0]


def test_the_log_of_an_npu_is_read_as_a_cards() -> None:
    text = (
        "NPU out of memory. Tried to allocate 1.50 GiB (NPU 5; 60.97 GiB total capacity; 57.1 GiB already allocated; "
        "57.1 GiB current active; 900 MiB free; 58.0 GiB reserved in total by PyTorch) 910B 全参 Qwen2.5-7B"
    )
    reading = read(text)
    assert reading.facts["gpu_memory_gb"] == (60.97,)
    assert not [one for one in reading.claims if one.number == 57.1]


def test_a_rank_that_grows_goes_into_a_card() -> None:
    assert read("lora rank 从 16 加到 256 会不会爆 llama3-8b 24G").facts["gpu_memory_gb"] == (24,)


@pytest.mark.parametrize(
    "text",
    [
        "vllm max_num_seqs 调成 512 会不会 OOM，Qwen3-14B 一张 A100 80G",
        "Mistral-7B on an A10 with --max-num-seqs 256: will that OOM?",
        "max_running_requests 从 32 加到 128 对显存有影响吗 Llama-3.1-8B L40S SGLang",
    ],
)
def test_a_cap_of_requests_reserves_nothing(assistant: Assistant, text: str) -> None:
    answer = assistant.ask(text).text
    assert answer.startswith(("**No, not by itself", "**本身不会"))


@pytest.mark.parametrize(
    ("text", "batch"),
    [
        ("Qwen3-8B 4090 max_num_seqs=32 max_model_len 8192 够吗", (32,)),
        ("vllm max_num_seqs 128 启动就 OOM 了，怎么办 Qwen3-14B A100 40G", (128,)),
    ],
)
def test_requests_that_are_to_run_or_failed_stay_a_batch(text: str, batch: tuple[int, ...]) -> None:
    assert read(text).facts["batch_size"] == batch


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Yi-34B 推理显存就是 2 字节乘参数加 KV，中间激活不算吗", "要算\uff0c但推理时很小"),
        ("Why does nobody count activations for inference of Llama-3.1-8B?", "They count, yet in inference they are small"),
    ],
)  # fmt: skip
def test_activations_of_inference_are_counted_and_small(assistant: Assistant, text: str, says: str) -> None:
    assert says in assistant.ask(text).text.split("\n\n")[0]


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("megatron tp4 pp2 全参 Yi-34B 8 张 A800，4k，需要 recompute 吗", ("off", "on")),
        ("Full fine-tune of Qwen3-8B on 4x H100 with FSDP: do I need activation recomputation?", ("off", "on")),
    ],
)
def test_whether_recomputing_is_needed_is_asked_both_ways(text: str, settings: tuple[str, ...]) -> None:
    assert read(text).facts["gradient_checkpointing"] == settings


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("用 AutoGPTQ 量化 Yi-34B，一张 A6000 够吗", {"weight_format": ("gptq-int4",)}),
        ("glm4-9b 长文本 1M 显存", {"seq_len": (1_000_000,)}),
        ("Qwen2.5-7B-Instruct-1M 跑满1M token 要多少显存", {"seq_len": (1_000_000,)}),
        ("R1-Distill-Qwen-14B 和 Distill-Llama-8B 一张 A10 哪个能上", {"model": ("deepseek-ai/DeepSeek-R1-Distill-Qwen-14B", "deepseek-ai/DeepSeek-R1-Distill-Llama-8B")}),
        ("671B 满血要几张 H20", {"model": ("deepseek-ai/DeepSeek-R1",)}),
    ],
)  # fmt: skip
def test_names_and_lengths_of_companies(text: str, facts: dict[str, object]) -> None:
    read_ = read(text).facts
    assert {name: read_.get(name) for name in facts} == facts
    assert read_.get("task") != ("train",)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("采购推荐昇腾还是 H20，部署满血 R1", "how_many_gpus"),
        ("We host Qwen3-235B-A22B for 30 users: H20 or L40S?", "how_many_gpus"),
        ("Should I buy a 3090 or an A6000 for Qwen3-14B?", "fits"),
    ],
)
def test_of_cards_that_do_not_hold_a_model_alone_so_many_are_counted(text: str, first: str) -> None:
    assert read(text).intents[0] == first


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("llama3-8b lora 4096 A6000 够么", {"seq_len": (4096,), "n_gpus": None}),
        ("pretrain 13B on 1024 H100, memory per card?", {"n_gpus": (1024,)}),
        ("日活2000 的问答系统，Qwen3-8B 一张 L20 够吗", {"batch_size": None}),
        ("glm-4-9b lora max_source_length 2048 max_target_length 1024 一张 A100", {"seq_len": (3072,)}),
        ("一张 3090 能跑 deepseek 14b 蒸馏吗", {"task": ("inference",)}),
        ("4张 A6000 全参 13B zero3 offload 内存要多大 512G够吗", {"host_memory_gb": (512,)}),
        ("Qwen2.5-32B fp8 128k 一张 H100 够几个并发", {"batch_size": None}),
    ],
)  # fmt: skip
def test_numbers_of_companies(text: str, facts: dict[str, object]) -> None:
    read_ = read(text).facts
    assert {name: read_.get(name) for name in facts} == facts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("日活5000，Qwen3-14B 两张 L40S 够不够", "5,000 是用户总数"),
        ("DAU 2000, Llama-3.1-8B on one L4, enough?", "2,000 users in all are not 2,000 at once"),
        ("同模型 hf 占 17G，vllm 占 72G，哪个是真的 Yi-9B A100 80G", "不是泄漏"),
        ("Does YaRN to 131072 use more VRAM if requests are 4k?", "takes no memory of its own"),
        ("Llama-3.3-70B 做 PD 分离，prefill 和 decode 各 4 张 A100，显存各要多少", "各自在自己的卡上放完整一份权重"),
        ("zero3 qlora 报 ValueError: .to is not supported for 4-bit models，是显存不够吗", "这是程序错误"),
        ("vllm --cpu-offload-gb 4 Qwen2.5-14B bf16 4090 能跑吗", "--cpu-offload-gb 1"),
    ],
)
def test_what_companies_ask_is_answered(assistant: Assistant, text: str, says: str) -> None:
    assert says in assistant.ask(text).text


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("三台 Atlas 800I A2 部署 DeepSeek-V3 w8a8 够吗", {"gpu": ("Huawei Ascend 910B",), "n_gpus": (24,)}),
        ("Two 800T A2 servers for DeepSeek-R1 in W8A8?", {"gpu": ("Huawei Ascend 910B",), "n_gpus": (16,)}),
        ("Qwen2.5-7B awq on an A2 16GB?", {"gpu": ("A2",)}),
        ("Qwen3-30B-A3B MoE 一张 4090 够吗", {"model": ("Qwen/Qwen3-30B-A3B",), "params": None}),
    ],
)
def test_servers_and_kinds_are_no_card_and_no_name(text: str, facts: dict[str, object]) -> None:
    read_ = read(text).facts
    assert {name: read_.get(name) for name in facts} == facts


@pytest.mark.parametrize("text", ["Qwen2.5-32B bf16 4*910B 64G 速度多少", "GLM-4-9B 昇腾 910B 每秒多少 token"])
def test_of_a_card_without_bandwidth_whether_it_fits_is_said_beside_it(assistant: Assistant, text: str) -> None:
    answer = assistant.ask(text).text
    assert answer.startswith("算不了")
    assert "放得下" in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("from_pretrained of Llama-2-13b gets Killed, 32GB RAM and a 24GB GPU", "Then 32 GB of RAM hold that; on the card it does not fit: take 8 or 4 bits"),
        ("falcon-7b: killed as it loads, 16 GB RAM + 16 GB GPU", "Then 16 GB of RAM suffice: the files pass one by one, at most 5 GB each unless they were cut otherwise; on the card it fits"),
        ("24G内存加载GPT-J-6B直接被Killed，显卡16G", "这样 24 GB 内存放得下，卡上放得下"),
        ("32G内存的机器加载Qwen2.5-14B被系统杀掉，显卡是4090", "模型和 state dict 同时在内存里，还要翻倍"),
    ],
)  # fmt: skip
def test_where_loading_was_killed_it_is_told_what_holds_the_weights(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n\n")[0]
