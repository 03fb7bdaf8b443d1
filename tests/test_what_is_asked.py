"""What a question is after: speed or memory, a way of tuning or a model, and what of its figures is no card."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to

_SPEED = {"training_time", "decoding_rate"}


@pytest.mark.parametrize(
    "question",
    [
        "laptop, RTX 4060 8GB: what can I realistically finetune? saw people doing 7B. dont care about speed",
        "what could I reasonably fine-tune on a 12GB card? people say 13B works. training time is not an issue",
        "3060 12GB, what models can I train? slow is fine",
        "what can I actually train on 8 GB, speed doesn't matter. I heard a 7B works",
        "8G 显存能微调什么模型?看到别人训 7B,速度无所谓",
        "12G显存能训哪些模型,慢一点没关系,有人说13B可以",
    ],
)
def test_speed_that_does_not_matter_is_not_asked_for(question: str) -> None:
    reading = read(question)
    assert not _SPEED & set(reading.intents)
    assert "which_models" in reading.cues
    assert "params" not in reading.facts  # what others train is no model of the asker's


def test_a_size_that_is_asked_about_stays() -> None:
    assert read("RTX 4060 8GB, people say a 7B works with QLoRA, is that true?").facts["params"] == (7e9,)
    assert read("Llama-3-8B QLoRA on a 4090: will it be slow?").intents[0] in _SPEED


@pytest.mark.parametrize(
    "question",
    [
        "rough time for full SFT llama-3.1-8b, 200k samples avg 1500 tokens, 3 epochs on 8xH100 SXM? is a day realistic",
        "full fine-tune of Qwen2.5-7B with 1B tokens on 4x A100 80GB, can it finish within a day?",
        "8张H100训Qwen2.5-7B,20万条每条1500 token,3个epoch,一天够吗",
        "7B QLoRA 一张4090 一天能训完吗 1万条 每条1000token 2轮",
    ],
)
def test_whether_a_day_is_enough_is_a_question_of_time(question: str) -> None:
    assert read(question).intents == ("training_time",)


def test_enough_cards_are_no_question_of_time() -> None:
    assert read("一张4090够吗 7B lora").intents[0] == "fits"
    assert "fits" in read("14b lora on 24gb, takes 2 days now, is the memory enough for batch 4?").intents


@pytest.mark.parametrize(
    ("question", "card"),
    [("8xH100 SXM, 70B", "H100"), ("A100 SXM 80GB x4 for a 70B", "A100"), ("8卡H100 SXM 训练7B", "H100")],
)
def test_a_socket_without_its_number_names_the_card(question: str, card: str) -> None:
    reading = read(question)
    assert (reading.facts["gpu"], reading.not_understood) == ((card,), ())


@pytest.mark.parametrize(
    "question",
    [
        "ZeRO论文那张图 7.5B 64卡 120GB → 31.4 → 16.6 → 1.9GB 怎么算出来的?",
        "ZeRO figure 1: 7.5B, 64 GPUs, 120GB -> 31.4GB -> 16.6GB -> 1.9GB. where do these come from?",
    ],
)
def test_a_row_of_results_is_no_card_and_is_explained(question: str) -> None:
    reading = read(question)
    assert "gpu_memory_gb" not in reading.facts
    assert [claim.number for claim in reading.claims] == [120, 31.4, 16.6, 1.9]
    answer = answer_to(question)
    assert "4 + 12/64" in answer
    assert "× 7.5B = 31.41 GB" in answer


@pytest.mark.parametrize(
    ("question", "offloaded"),
    [
        ("zero3+offload_optimizer 全参Yi-1.5-34B", ["optimizer"]),
        ("zero-3, offload_optimizer only, Yi-1.5-34B full", ["optimizer"]),
        ("DeepSpeed zero-3 offload, 34B full finetune", ["params"]),
    ],
)
def test_an_optimizer_alone_is_offloaded_alone(question: str, offloaded: list[str]) -> None:
    assert list(read(question).facts["offload"]) == offloaded


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("llama 3.1 8b at 128k: how much do I save with -ctk q8_0 -ctv q8_0, and q4_0?", ("fp16", "q8_0", "q4_0")),
        ("qwen3-14b Q4_K_M: -ctk q8_0 -ctv q8_0 vs q4_0 at 32k, how much less?", ("q8_0", "q4_0")),
        ("llama.cpp 里 -ctk/-ctv q4_0 和 f16 比能省多少 Qwen3-8B 64k", ("q4_0", "fp16")),
    ],
)
def test_a_row_behind_a_flag_for_the_cache_is_of_the_cache(question: str, kinds: tuple[str, ...]) -> None:
    facts = read(question).facts
    assert facts["kv_format"] == kinds
    assert "gguf:Q4_0" not in facts.get("weight_format", ())


def test_the_same_types_without_such_a_flag_are_of_weights() -> None:
    assert read("Qwen3-8B: q8_0 or q4_0 on an 8 GB card?").facts["weight_format"] == ("gguf:Q8_0", "gguf:Q4_0")


@pytest.mark.parametrize(
    ("question", "pictures"),
    [
        ("Qwen2.5-VL-7B LoRA with 1920x1080 screenshots (4 per sample) goes over 48GB", 4),
        ("Qwen2.5-VL-7B LoRA,1920x1080截图,每条样本4张,48G爆了", 4),
        ("Qwen2.5-VL-7B inference with 1280x720 frames, 16 per request, 24GB?", 16),
        ("Qwen2.5-VL-7B LoRA with 1920x1080 screenshots goes over 48GB", 1),
    ],
)
def test_pictures_are_counted_by_the_sample(question: str, pictures: int) -> None:
    reading = read(question)
    assert reading.extras["log_pictures"] == (pictures,)
    assert not reading.not_understood


@pytest.mark.parametrize(
    ("question", "sequences"),
    [
        ("Qwen3-235B AWQ on 8x 4090, 32k for a couple of users?", 2),
        ("Llama-3.1-70B fp8 on 2x H100 for a handful of users at 16k?", 5),
        ("Qwen3-32B vllm 两张4090,给两三个人用,32k", 2),
    ],
)
def test_a_few_users_are_more_than_one(question: str, sequences: int) -> None:
    assert read(question).facts["batch_size"] == (sequences,)


@pytest.mark.parametrize(
    "question",
    [
        "How many 4090s do I need for Qwen3-235B AWQ, 32k? Is 6 enough?",
        "Qwen3-235B AWQ 要几张4090?6张够吗",
        "Qwen3-235B AWQ with 4090s: will 6 do?",
    ],
)
def test_a_number_that_may_be_enough_counts_the_cards(question: str) -> None:
    reading = read(question)
    assert (reading.facts["n_gpus"], reading.not_understood) == ((6,), ())
    assert "n_gpus" not in read("Qwen3-8B lora with 4090s, is 3 epochs enough?").facts


@pytest.mark.parametrize(
    "question",
    [
        "2张A100 80G,load_in_4bit加载Mixtral-8x22B就OOM,device_map={'':0},另一张卡一直是空的",
        'two A100 80GB, Mixtral-8x22B in 4 bit OOMs with device_map={"": "cuda:0"}, the other card stays empty',
    ],
)
def test_a_map_of_one_card_is_the_cause(question: str) -> None:
    reading = read(question)
    assert (reading.facts["n_gpus"], reading.not_understood) == ((2,), ())
    first = answer_to(question).split("\n")[0]
    assert "device_map" in first
    assert "GiB" in first


def test_a_map_over_all_cards_is_none() -> None:
    assert "all_on_one_card" not in read("2x A100 80GB, device_map='auto', Mixtral-8x22B in 4 bit OOMs").cues


@pytest.mark.parametrize(
    ("question", "fell"),
    [
        ("Qwen3-14B Q4_K_M on a 4090, what is the biggest num_ctx before it spills to CPU?", False),
        ("4090 跑 Qwen3-14B Q4_K_M ollama,num_ctx 最大开多少才不会溢出到内存", False),
        ("ollama qwen3:14b on a 4060 spills to CPU, why?", True),
        ("ollama 跑 qwen3:14b 溢出到内存了,为什么", True),
    ],
)
def test_a_limit_before_it_spills_tells_of_no_spill(question: str, fell: bool) -> None:
    reading = read(question)
    assert ("fell_back" in reading.cues) is fell
    assert fell or reading.intent == "max_batch_ctx"


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("vllm serve Qwen3-8B on a 5080: No available memory for the cache blocks. do I go fp8 or awq", ()),
        ("Qwen3-14B in vllm on a 4090 OOMs at start. should I use AWQ or FP8?", ()),
        ("4090 用 vllm 起 Qwen3-14B 爆显存,该上 awq 还是 fp8", ()),
        ("Qwen3-14B AWQ OOMs on my 12GB card, should I use GPTQ?", ("awq-int4-g128", "gptq-int4")),
        ("Qwen3-14B on a 4090: should I use AWQ or FP8?", ("awq-int4-g128", "fp8")),
        ("Qwen3-14B-AWQ 在12G卡上爆显存,怎么办", ("awq-int4-g128",)),
    ],
)
def test_formats_asked_for_as_a_way_out_are_not_what_failed(question: str, kinds: tuple[str, ...]) -> None:
    assert read(question).facts.get("weight_format", ()) == kinds


@pytest.mark.parametrize(
    "question",
    [
        "my nginx gives 502 bad gateway in front of open-webui, here is my config, can you fix it?",
        "open-webui behind caddy: websocket connection refused, how do I fix this",
        "nginx反向代理open-webui一直502怎么办",
    ],
)
def test_servers_around_a_model_are_out_of_scope(question: str) -> None:
    assert read(question).intents == ("out_of_scope",)


def test_a_model_behind_such_a_server_is_not() -> None:
    assert read("vllm behind nginx, Qwen3-32B on 2x4090, does it fit with 32k context?").intent == "fits"


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Qwen3-8B 推理和全参微调各要多少显存", "推理"),
        ("Qwen3-8B: inference and full fine-tuning memory?", "inference"),
        ("DeepSeek-V2-Lite 16B 一张4090能原精度推理吗 lora呢?", "推理"),
        ("mistral-large-2407: memory in fp16, int8, int4 at 32k? Also what would a full finetune need", "inference"),
    ],
)
def test_to_run_and_to_tune_are_two_questions(question: str, first: str) -> None:
    reading = read(question)
    assert set(reading.facts["task"]) == {"train", "inference"}
    assert "log_adapters" not in reading.extras
    answer = answer_to(question)
    assert first in answer.split("\n")[0]
    assert "INT4 1," not in answer  # nobody trains all of four bits


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("用 vllm 部署 Qwen3-8B,再挂个 lora,4090 够吗", ("inference",)),
        ("vllm serve Qwen3-8B with 3 loras on a 4090, fits?", ("inference",)),
        ("Qwen3-8B lora on a 4090, fits?", ("train",)),
    ],
)
def test_an_adapter_that_is_served_is_no_second_question(question: str, task: tuple[str, ...]) -> None:
    assert read(question).facts["task"] == task


@pytest.mark.parametrize(
    "question",
    [
        "QwQ-32B给20个人同时用,每人8k,要几张A100 80G?量化的话一张行不行",
        "how many A100 80GB for QwQ-32B with 20 users at 8k each in bf16, and would one do if quantised?",
    ],
)
def test_as_it_is_and_quantised_are_both_counted(question: str) -> None:
    text = answer_to(question)
    first = text[: text.index("\n\n")]
    assert "52.2 GiB" in first  # in 16 bits on two
    assert "59.5 GiB" in first  # in 4 bits on one


def test_what_is_quantised_alone_is_asked_alone() -> None:
    assert "if_quantised" not in read("量化后的Qwen3-32B要多少显存").cues
    assert "if_quantised" not in read("how much VRAM does a quantised Qwen3-32B need?").cues


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("qwn3 4b 全惨微调 3o90 24g够布??长度2048 不够的话lora行8", ("full", "lora")),
        ("Qwen3-8B 微条 24G显寸够8", ()),
        ("Qwen2.5-7B lora 亮化 4bit,上下问4096,显寸要多少", ("qlora",)),
    ],
)
def test_slips_by_sound_are_mended(question: str, methods: tuple[str, ...]) -> None:
    reading = read(question)
    assert reading.facts.get("method", ()) == methods
    assert reading.facts["task"] == ("train",)
    assert not reading.not_understood


def test_numbers_of_a_log_are_understood() -> None:
    assert not read("tune Qwen3-32B on 4x A5000, rank 0..3 all OOM").not_understood
    warm = "CUDA out of memory occurred when warming up sampler with 1024 dummy requests. Qwen3-8B-FP8, 4060 Ti 16GB, util 0.97"
    assert read(warm).extras["log_sequences"] == (1024,)
    assert "1,024 sequences" in answer_to(warm)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How much VRAM is needed to quantize Llama-3-70B with AutoAWQ?", "**Quantising goes layer by layer"),
        ("GPTQ量化Qwen2.5-72B需要多少显存（量化过程本身）", "**量化是逐层做的"),
        ("Is a quantized 70B ok on 2x3090?", "**Yes. 70B, inference"),
    ],
)
def test_quantising_is_told_apart_from_what_it_leaves(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("Is 64k too much for Qwen2.5-14B Q4_K_M on a 16GB card?", "**Too much. "),
        ("Is 70B too big for 2x 3090 at Q4?", "**Not too much. "),
        ("128k 上下文对 16G 卡的 Qwen3-8B 来说是不是太大了?", "**过大。"),
        ("Phi-4 14b Q4_K_M on my 8GB 4060 laptop, or is it too big?", "**phi-4, inference, Q4_K_M, RTX 4060 Laptop"),
    ],
)
def test_a_setting_that_is_doubted_is_judged(question: str, opening: str) -> None:
    assert read(question).intents[0] == "fits"
    assert answer_to(question).startswith(opening)


@pytest.mark.parametrize(
    "question",
    [
        "It shows 19GB for an 8B at 8k, isn't that too much?",
        "vLLM uses 21GB for an 8B AWQ, isn't that too big?",
        "一个8B模型占了21G显存,是不是太大了?",
    ],
)
def test_an_amount_that_was_seen_is_explained(question: str) -> None:
    assert read(question).intents[0] == "why_more"


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LoRA r=16 to r=256 on Qwen2.5-7B, all linear, memory should be about the same?", "rank 256"),
        ("I raised the LoRA rank from 8 to 128 on Llama-3-8B and expect about the same memory, right?", "rank 128"),
        ("where does the 34 of sbh(34+5as/h) come from, does flash attention drop the second term for qwen?", "34 = 11 in attention"),
        ("Can I make my own AWQ/GPTQ int4 of a 32B? one 3090, 128GB RAM", "layer by layer"),
    ],
)  # fmt: skip
def test_two_ranks_a_formula_and_quantising_are_answered_as_asked(question: str, says: str) -> None:
    assert says in "\n".join(answer_to(question).split("\n\n")[:3])


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("In sbh(34 + 5as/h), what do the 34 and the 5as/h stand for, and does a 7B at length 4096 really need 100 GB?", "34·s·b·h is what the linear layers"),
        ("sbh(34+5as/h) 里34和5as/h分别是什么，7B 4096长度按这个算要100G？", "34·s·b·h 是每层的线性层"),
    ],
)  # fmt: skip
def test_what_the_terms_are_is_told_beside_what_they_come_to(question: str, told: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert told in first
    assert "100 GB" in first
