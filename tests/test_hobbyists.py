"""What people ask who run models at home: units of a file and a card, layers of experts, what somebody says must fail."""

import pytest

from chat.figures.mixtures.mixture_words import MIXTURE_WORDS
from chat.figures.named import Figures
from chat.plans.plan import plan
from chat.reads.grammar import read
from tests.talking import answer_to, embedded, opening


@pytest.mark.parametrize(
    ("question", "sizes"),
    [
        ("Llama-3.3-70B Q4_K_M gguf is 42.5 GB, I have two 3090. Are those the same GB as the cards'? does it go in?", ("39.6 GiB", "51.5 GB")),
        ("Mistral-Small-24B Q8_0 file is 25 GB, is that the same unit as my 24GB 4090?", ("23.3 GiB", "25.8 GB")),
        ("Llama-3.3-70B的Q4_K_M文件42.5GB，和两张3090的48G是同一个单位吗", ("39.6 GiB", "51.5 GB")),
        ("25GB的gguf文件，跟4090的24G单位一样吗，Mistral-Small-24B能放下吗", ("23.3 GiB", "25.8 GB")),
    ],
)  # fmt: skip
def test_a_file_and_a_card_are_told_in_both_units(question: str, sizes: tuple[str, str]) -> None:
    head = answer_to(question).split("\n\n")[0]
    assert head.startswith(("**No: a file is told", "**不是：文件按"))
    assert all(one in head for one in sizes)


@pytest.mark.parametrize(
    "question",
    [
        "gpt-oss-120b on two 3090, 64GB RAM: how many expert layers can stay on the cards?",
        "llama.cpp, two 3090 and 64GB RAM, gpt-oss-120b: how many layers of experts go to RAM with --n-cpu-moe?",
        "两张3090加64G内存跑gpt-oss-120b，--n-cpu-moe 扔几层",
        "gpt-oss-120b 两张3090 64G内存，几层专家能留在显存里",
    ],
)
def test_how_many_layers_of_experts_are_told_on_either_side(question: str) -> None:
    assert "n_cpu_moe" in read(question).asks
    told = answer_to(question).split("\n\n")[0]
    assert "--n-cpu-moe" in told
    assert "stay on the card" in told or "留在卡上" in told


@pytest.mark.parametrize(
    "question",
    ["gpt-oss-120b as an mxfp4 gguf on two MI50 32GB", "gpt-oss-120b on two MI50 32GB with --n-cpu-moe, does it fit?"],
)
def test_files_and_switches_of_a_program_name_it(question: str) -> None:
    assert next(args for name, args in plan(read(question)) if name == "estimate_memory")["engine"] == "llama.cpp"


@pytest.mark.parametrize(
    "question",
    [
        "两张4090跑Llama-3.3-70B Q4_K_M 8k，群友说一定会爆，能放下吗",
        "一张3090跑Qwen3-32B Q4_K_M 16k，网上有人说肯定爆显存，真的放不下吗",
    ],
)
def test_what_others_say_must_fail_has_not_failed(question: str) -> None:
    assert "might_fail" in read(question).cues
    assert "放得下" in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "ceiling", "read_by"),
    [
        ("Qwen3-235B-A22B Q2_K, 3090, 128GB DDR5 with experts in RAM (-ot exps=CPU): does it run, and what is the theoretical max t/s?", "tokens/s, at most 16.3**", "5.16 GB in host memory"),
        ("3090加128G DDR5，专家放内存跑Qwen3-235B-A22B Q2_K，能跑吗，速度上限多少", "token/秒，上限 16.3**", "在内存读 5.16 GB"),
    ],
)  # fmt: skip
def test_a_ceiling_that_is_asked_for_is_told(question: str, ceiling: str, read_by: str) -> None:
    told = answer_to(question)
    assert ceiling in told
    assert read_by in told


def test_what_a_token_computes_with_is_no_claim_of_a_cache() -> None:
    told = answer_to("Qwen3-235B-A22B Q4_K_M at 32k: 22B active at 4 bit is 11 GB. How big is the KV cache?")
    assert "11 GB is not right" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-8B safetensors are 16.4 GB together, my 4080 has 16GB. Is it too much or is that the GB vs GiB thing?", ("144 KiB", "Q8_0")),
        ("Qwen3-8B的safetensors一共16.4GB，4080是16G，是GB和GiB的区别吗，还能放下吗", ("144 KiB", "Q8_0")),
    ],
)  # fmt: skip
def test_what_a_file_leaves_is_told_in_tokens(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    assert all(one in told for one in says)


def test_room_for_a_long_context_is_usable() -> None:
    assert "hardly usable" not in answer_to("Phi-4 files are 29.3 GB and my 5090 has 32 GB: GB or GiB, does it fit?")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("M3 Max 64GB vs two 3090 for Llama-3.3-70B Q4_K_M", "**Take 2 × RTX 3090"),
        ("is one 4090 better than two 4060 Ti 16GB for Qwen3-32B Q4_K_M?", "**Take RTX 4090"),
        ("M3 Max 64G对比两张3090跑Llama-3.3-70B Q4_K_M", "**选 2 × RTX 3090"),
        ("4080 16G对比3090 24G跑Qwen3-32B Q4_K_M", "**选 RTX 3090"),
        ("mac mini m4 24gb vs 3090 to run Qwen3-32B Q4_K_M", "**Take RTX 3090"),
    ],
)
def test_machines_against_each_other_are_chosen_between(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_what_sets_machines_apart_is_no_choice() -> None:
    told = answer_to("one 4090 vs two 3090 for Qwen3-32B Q4_K_M: what is the difference in memory?")
    assert not told.startswith("**Take")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("qwen3:14b in ollama, only half of it is on the GPU of my 3060 12GB, why?", "num_ctx of 4,096 makes it 9.68 GiB"),
        ("ollama的qwen3:14b在3060 12G上只有一半跑在GPU，为什么", "num_ctx 为 4,096 时共 9.68 GiB"),
    ],
)  # fmt: skip
def test_half_on_the_card_has_fallen_back(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n\n")[0]


def test_a_file_of_a_mixture_is_told_in_both_units_too() -> None:
    told = answer_to(
        "gpt-oss-20b is a 12.8 GB gguf, is that the same unit as the GB of my 4060 Ti 16GB, and does it fit?"
    )
    assert told.startswith("**No: a file is told in GB")


@pytest.mark.parametrize(
    ("question", "card", "stored"),
    [
        ("the gpt-oss-20b gguf is 12.8 GB, does it go on my 4060 Ti 16GB?", (16,), "mxfp4"),
        ("gpt-oss-20b的gguf有12.8GB，16G的4060Ti放得下吗", (16,), "mxfp4"),
    ],
)
def test_a_file_of_its_published_size_is_the_published_one(question: str, card: tuple[int], stored: str) -> None:
    assert read(question).facts["gpu_memory_gb"] == card
    assert next(args for name, args in plan(read(question)) if name == "estimate_memory")["weight_format"] == stored


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # without flash attention llama.cpp holds the scores of a step, in a straight line with the context
        ("flash attention off, why does llama.cpp vram jump with context", "heads × step (-ub, 512) × context × 4 B"),
        ("Llama-3-8B Q4_K_M in llama.cpp 32k without flash attention, why so much more vram", "32 heads × 512 × 32,768 tokens × 4 B = 2.00 GiB"),
        ("llama.cpp 不开 flash attention 为什么上下文一长显存暴涨", "随上下文成正比增长"),
        # how much it is in all comes before that part of it
        ("Llama-3.1-8B Q8_0 in Ollama, flash attention off, 32k context, how much VRAM?", "about 14.3 GiB in all"),
        # what a program's own lines mean
        ("ollama ps says 48%/52% CPU/GPU what does it mean", "the first percentage in the machine's RAM"),
        ("ollama ps 显示 30%/70% CPU/GPU 什么意思", "前一个百分比在内存里"),
        ("no mmap llama.cpp ram use double?", "off (--no-mmap) only where RAM holds all"),
        # a cache in RAM
        ("can I put the kv cache in system ram", "In RAM the cache can hold what waits"),
        ("kv cache 放到 cpu 内存可以吗", "内存里可以放暂时不用的缓存"),
        # slow is told by what is in RAM, and not by what weights are
        ("ollama 跑 qwen3:32b 16g显存很慢为啥", "仅权重就要"),
    ],
)  # fmt: skip
def test_what_llama_cpp_and_ollama_show_is_told(question: str, opens: str) -> None:
    told = embedded().ask(question)
    assert opens in told.text.split("\n\n")[0], told.text[:300]
    assert not told.notices


@pytest.mark.parametrize(
    "question",
    [
        "flash attention is not installed, transformers 7B eager at 8k OOM, why?",
        "大于内存的文件用 mmap 放 ssd 上跑会怎样",
    ],
)
def test_other_programs_and_files_are_told_as_before(question: str) -> None:
    assert "-ub" not in opening(question)


def test_layers_that_may_come_back_on_the_card_are_those_that_are_sure_to_fit() -> None:
    """By the verdict of the case itself, and not by a round amount that is kept free."""
    figures = Figures({"model": "Qwen/Qwen3-30B-A3B", "weight_format": "gguf:Q4_K_M", "engine": "llama.cpp", "method": "inference", "n_cpu_moe": 44, "gpu": "RTX 4060 Ti 16 GB", "host_memory_gb": 64})  # fmt: skip
    said = MIXTURE_WORDS["experts_of_layer"](figures).en
    least = int(said.partition("--n-cpu-moe ")[2].split()[0])
    assert 0 < least < 43
    assert figures.at(n_cpu_moe=least).verdict == "yes" != figures.at(n_cpu_moe=least - 1).verdict
    few = Figures({**figures.given, "n_cpu_moe": least + 1})
    assert "in place of" not in MIXTURE_WORDS["experts_of_layer"](few).en  # a single layer is not worth the words
