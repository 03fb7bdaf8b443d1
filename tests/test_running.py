"""Running a model at home or beside another: files by their mean width, experts in RAM, layers of a log, speed with a verdict, shares."""

import pytest

from chat.agent import Assistant
from chat.answers.roomy_words import fuller
from chat.reads.grammar import read
from kb.comparison import compare
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "kinds", "task"),
    [
        ("unsloth's 1.58 bit R1, 131 GB: will 2x H200 do?", ("gguf:IQ1_S",), ("inference",)),
        ("2.22bit 的 R1 gguf 放 3 张 A100 80G 行不行", ("gguf:IQ2_XXS",), ("inference",)),
        ("R1 1.73bit 还是 2.51bit,4张A100 80G", ("gguf:IQ1_M", "gguf:Q2_K"), ("inference",)),
        ("GLM-4.5 unsloth 2bit, 3090 with 192GB RAM", (), ("inference",)),
        # what is trained, what is native, and what another program runs
        ("fine-tune R1 with unsloth in 1.58 bit on 4x H100?", (), ("train",)),
        ("70B 2.4bpw exl2 on a 3090", (), ()),
        ("unsloth 8b on a 3060 12GB enough?", (), ("train",)),
    ],
)
def test_a_mean_width_names_a_file(question: str, kinds: tuple[str, ...], task: tuple[str, ...]) -> None:
    facts = read(question).facts
    assert (facts.get("weight_format", ()), facts.get("task", ())) == (kinds, task)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Which quant of Qwen3-235B-A22B goes on a 3090 and 128GB RAM?", ["With all experts in RAM", "Q3_K_M the most", "at 32,768 tokens"]),
        ("GLM-4.5-Air 用 5080 16G 加 64G 内存,哪个量化,卡上占多少", ["全部专家都放内存", "最多 Q3_K_M", "32,768 token 时"]),
        ("Which quant of gpt-oss-120b on a 3090 with 64GB RAM?", ["attention and shared parts, 1.65 GiB of weights"]),
        ("GLM-4.5 unsloth 2bit,4090 加 128G 内存", ["可以跑,专家放内存", "IQ2_M 放不下"]),
    ],
)  # fmt: skip
def test_of_experts_in_ram_it_is_told_what_stays_on_the_card(question: str, says: list[str]) -> None:
    answer = answer_to(question).replace("，", ",").replace("：", ":")
    assert all(one in answer for one in says), answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("offloaded 52/65 layers to GPU, qwen3:32b q4_K_M, num_ctx 40960, 4090. why are 13 layers on the CPU?", "that is 29.1 GiB"),
        ("ollama qwen2.5:32b q8 两张3090 num_ctx 65536,日志 offloaded 55/65 layers,为什么没有全在显卡", "放不下的层就交给 CPU"),
    ],
)  # fmt: skip
def test_layers_left_on_the_cpu_are_explained_of_all_layers(question: str, says: str) -> None:
    assert "gpu_layers" not in read(question).facts
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mac Studio M2 Max 96GB, Llama-3.3-70B Q4_K_M at 16k, will it run and how many tok/s?", "iogpu.wired_limit_mb raises it"),
        ("不用显卡,48G DDR5 双通道跑 32B Q4 每秒几个字", "放得下"),
        ("CPU only, 96GB DDR5, 70B Q4 how fast?", "of the 96 GB of RAM"),
        ("P40 上 Qwen3-14B Q6_K 够吗", "1/64"),
    ],
)  # fmt: skip
def test_a_speed_comes_with_whether_it_fits(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_what_the_first_server_takes_is_its_share() -> None:
    said = Assistant().ask(
        "L40S 48G: vllm for an 8B runs, a second vllm for a 3B says Free memory on device (3.9/44.4 GiB) on startup is less than desired GPU memory utilization (0.9, 40.0 GiB). An 8B needs 16 GB, no?"
    )
    assert said.text.startswith("**The 40.5 GiB that are taken are no model's need (8B takes 16.8 GiB)")
    assert "8B 0.39" in said.text
    assert "3B 0.18" in said.text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LLaVA-1.5-7B fp16, 9 pictures in one prompt: what do they add in VRAM? 3090", ["**9 pictures cost 2.53 GiB of KV cache", "more than the 4,096", "7 pictures at most"]),
        ("llava-1.5-13b 一次放3张图,A100 40G 多占多少显存", ["**3 张图要 1.32 GiB 的 KV 缓存"]),
    ],
)  # fmt: skip
def test_several_pictures_are_counted_together(question: str, says: list[str]) -> None:
    answer = answer_to(question).replace("，", ",")
    assert all(one in answer for one in says), answer


def test_how_much_more_is_no_training() -> None:
    assert "推理" in answer_to("llava-1.5-7b 一次传4张图,4090,多占多少显存")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-72B on 2x A100 80GB: bf16 or int8?", "Take INT8: it leaves room for longer contexts and more requests, 37.4 GiB per card of 73.6 GiB"),
        ("Qwen2.5-72B on 2x A100 80GB: bf16 or int8?", "bf16 costs less in speed and quality and fits, too, but nearly fills it"),
        ("两张 A100 80G 跑 Llama-3.3-70B,bf16 还是 int8", "bf16 在速度和质量上代价更小,也放得下,但几乎占满"),
        # a length that is told settles how much room it takes
        ("单卡5090 32G跑Qwen3-32B,Q8、Q6、Q5、Q4选哪个,上下文想要32k", "选 Q5_K_M:放得下的里面它的代价最小"),
        ("5090 上跑 QwQ-32B,fp8 行不行,不行的话 q4 能开多长", "Q4_K_M 放得下(20.2 GiB,最长约"),
    ],
)  # fmt: skip
def test_what_leaves_room_is_told_beside_what_does_not(question: str, says: str) -> None:
    assert says in answer_to(question).replace("，", ",").replace("（", "(").replace("\uff1a", ":")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("AWQ or FP8 for Qwen2.5-32B on one L40S 48GB?", "In 16 bits it takes 63.2 GiB: does not fit."),
        ("Mistral-Small-24B 在两张 3090 上,选 GPTQ-Int8 还是 AWQ", "16 位每张卡要"),
    ],
)
def test_of_formats_of_fewer_bits_to_choose_from_what_16_take_is_told(question: str, says: str) -> None:
    assert says in opening(question)


def test_what_leaves_room_by_itself_needs_no_other() -> None:
    assert "nearly fills" not in answer_to("Qwen3-8B bf16 or fp8 on an H100?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3.1-8B Q8_0 is 8.5 GB, my 3080 has 10 GB: 1.5 GB for context, right?", "**No: a file is told in GB of 10^9 B, 8.5 GB = 7.9 GiB"),
        ("Qwen3-14B Q8_0 weighs 15.7 GB and my 4080 has 16 GB, so 0.3 GB for the cache?", "**No: a file is told in GB of 10^9 B, 15.7 GB = 14.6 GiB"),
        ("Qwen3-32B Q4_K_M 是 19.8GB,我的 3090 是 24GB,那就剩 4.2GB 给上下文?", "**不是:文件按 10^9 字节的 GB 计,19.8 GB = 18.4 GiB"),
    ],
)  # fmt: skip
def test_what_a_file_leaves_of_a_card_is_told_in_one_unit(question: str, says: str) -> None:
    assert answer_to(question).replace("，", ",").replace("：", ":").startswith(says)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("vLLM uses 72 GB of my A100 80GB for Qwen3-4B, which is an 8 GB model. Memory leak?", "**No leak: vLLM takes a fixed share"),
        ("vllm跑Qwen3-4B占了A100 80G的72G，模型才8G，是不是内存泄漏", "**不是泄漏："),
    ],
)  # fmt: skip
def test_three_amounts_that_add_up_by_chance_are_no_file_and_its_rest(question: str, opens: str) -> None:
    first = answer_to(question)
    assert first.startswith(opens)
    assert "quantised weights alone do not" in first or "量化权重没有用" in first


def test_experts_that_need_not_lie_in_host_memory_go_back_to_the_card() -> None:
    told = (
        Assistant()
        .ask(
            "gpt-oss-120b in llama.cpp with -ngl 99 --n-cpu-moe 36 on a 3090 + 64GB DDR5: RAM is full and it swaps. How do I set it better?"
        )
        .text
    )
    assert "--n-cpu-moe 24 in place of 36" in told
    spare = answer_to("gpt-oss-120b in llama.cpp with --n-cpu-moe 24 on a 3090 + 64GB DDR5, fits?")
    assert "in place of 24" not in spare


def test_of_models_of_several_sizes_none_is_left_for_its_room() -> None:
    """Qwen2.5-14B in 16 bit nearly fills the card, but the 32B is taken for its parameters."""
    sides = [{"model": "Qwen2.5-32B-Instruct", "weight_format": "awq-int4-g128"}, {"model": "Qwen2.5-14B-Instruct", "weight_format": "bf16"}]  # fmt: skip
    result = compare(sides, gpu="RTX 5090").json()
    assert result["by_size"]
    assert fuller(result, result["recommended"]) is None
