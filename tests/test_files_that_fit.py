"""Which file or how many bits a machine takes, and what it runs instead of one that does not fit."""

import re
from typing import Any

import pytest

from chat.plans.plan import plan
from chat.reads.grammar import read
from kb import estimate
from kb.machine import machines_run
from tests.talking import answer_to, embedded, opening


def test_the_most_bits_that_fit_are_named_and_the_next_more_do_not_for_sure() -> None:
    facts: dict[str, Any] = {"model": "Llama-3.1-8B", "seq_len": 8192, "gpu": "RTX 4060", "engine": "llama.cpp"}
    (machine,) = machines_run(**facts, bits=[8, 6, 5, 4, 3, 2])["machines"]
    best = max(machine["held"], key=lambda row: row["bits"])
    assert estimate(**facts, weights=best["weight_format"]).verdict == "yes"
    assert estimate(**facts, weights=machine["next"]["weight_format"]).verdict != "yes"
    assert machine["next"]["total_gib"] > best["total_gib"]


@pytest.mark.parametrize(
    "question",
    [
        "8gb 4060: biggest quant of llama 3.1 8B i can fully offload w/ 8k ctx? i was told Q8_0 bc 8b = 8gb",
        "which quant of Qwen3-32B for my 7900 XTX 24GB with 16k ctx",
        "24G 显存跑 qwen3-32b 用哪个量化?上下文 16k",
    ],
)
def test_which_quant_is_answered_by_the_files_that_fit(question: str) -> None:
    name, args = plan(read(question))[0]
    assert name == "recommend"
    assert args["bits"] == [8, 6, 5, 4, 3, 2]
    assert "offload" not in args
    first = answer_to(question).split("\n")[0]
    assert "Q" in first
    assert "GiB" in first


def test_more_ram_is_no_help_where_nothing_of_a_training_stays_there() -> None:
    first = answer_to("is 64 GB RAM enough for QLoRA of a 70B on a 4090 or do I need more system memory?").split("\n")[
        0
    ]
    assert first.startswith("More system RAM does not help")


def test_host_memory_that_does_not_hold_a_model_is_said_with_what_it_takes() -> None:
    first = answer_to("can I run a 70B on 32GB of RAM only?").split("\n")[0]
    assert first.startswith("**32 GB of RAM: not enough**")
    weights = estimate(model="Llama-3.3-70B", weights="gguf:Q4_K_M").json()
    takes = float(first.split("takes ")[1].split(" GiB")[0])
    assert takes > next(term["gib"] for term in weights["terms"] if term["name"] == "weights")


@pytest.mark.parametrize(
    "question",
    [
        "5090 32gb or a second used 3090 next to the one I own? For 70B and for 32B chat, llama.cpp",
        "一张5090还是两张3090,要跑70B和32B聊天,llama.cpp",
    ],
)
def test_of_several_models_the_machine_that_holds_the_largest_is_taken(question: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert "2 × RTX 3090" in first.split("RTX 5090")[0]
    assert "70B" in first
    assert "32B" in first.split("70B")[1]  # of the smaller one the other machine is the faster
    assert "RTX 5090" in first


@pytest.mark.parametrize(
    "question",
    [
        "64GB DDR5-6000, RTX 3060 12GB. Which MoE models should I even bother downloading? don't care about dense",
        "显卡 RTX 3060 12GB,内存 64GB。只考虑MoE,能跑哪些模型",
    ],
)
def test_of_one_kind_that_is_asked_for_several_are_named(question: str) -> None:
    answer = answer_to(question)
    rows_told = [line for line in answer.splitlines() if line.startswith("|") and "MoE" in line]
    assert len(rows_told) > 1
    assert "gpt-oss-20b" in answer
    assert "Next up: gpt-oss-20b" not in answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "How many L40S for Qwen2.5-72B in fp8? Would one H100 80GB hold it? And int4 on 4x A10 24GB?",
            (
                "FP8: at least 2 cards",
                "H100 80 GB: fits, but it is tight** — about 73.8 GiB",
                "INT4, 4 cards, A10 24 GB: fits",
            ),
        ),
        ("DeepSeek-V3 用 fp8 和 int4,4张H200 还是 8张H100 80G 能放下?", ("FP8 放不下", "INT4 放得下", "要 8 张")),
    ],
)
def test_each_format_that_is_named_is_decided_on_each_machine(question: str, said: tuple[str, ...]) -> None:
    first = answer_to(question).split("|")[0]
    assert all(one in first for one in said)
    assert ", ." not in first


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("which quant of Qwen3-30B-A3B for a 4070 Ti Super 16GB and 64GB of RAM", "Q4_K_M with experts in RAM"),
        ("best quant of Qwen3-30B-A3B on a 3060 12GB, flags?", "Q4_K_M with experts in RAM"),
        ("12G 的 3060 加 64G 内存,Qwen3-30B-A3B 用哪个量化?", "Q4_K_M 可以跑，专家放内存"),
    ],
)
def test_a_mixture_keeps_the_usual_bits_with_its_experts_in_host_memory(question: str, said: str) -> None:
    first = answer_to(question).split("|")[0]
    assert said in first
    assert "--n-cpu-moe" in first


@pytest.mark.parametrize(
    ("question", "refused", "taken"),
    [
        ("RTX 3090, Qwen2.5-32B Q6_K: doable? otherwise which quant is the highest", "Q6_K: does not fit", "Q5_K_M"),
        ("64G 的 M4 Max 跑 Llama-3.3-70B Q8_0 行吗,不行的话最大能上什么量化", "Q8_0：放不下", "Q4_K_M"),
        ("RTX 5090: Llama-3.3-70B at 8 bit? if not, what's the best quant", "Q8_0: does not fit", "IQ3_XXS"),
    ],
)
def test_the_file_that_is_asked_about_gets_its_verdict_before_the_one_that_fits(
    question: str, refused: str, taken: str
) -> None:
    first, next_ = answer_to(question).split("\n\n")[:2]
    assert refused in first
    assert "GiB" in first
    assert re.search(rf"(?:wholly is|量化是)\*\* \S+ {taken}.*(?:of cache|的缓存)", next_)


def test_why_only_a_part_is_on_the_cards_is_told_by_layers() -> None:
    question = "3090 24GB + 3060 12GB, ollama with Llama-3.3-70B Q4_K_M: why is only a part on the GPUs, and which quant would go on wholly?"
    first = answer_to(question).split("\n\n")[0]
    assert "the weights alone" in first
    assert re.search(r"about \d\d of its 80 layers", first)


def test_a_dense_model_is_not_slowed_for_more_bits() -> None:
    first = answer_to("which quant of Qwen3-14B for a 4060 8GB with 32GB ram").split("|")[0]
    assert "fits** Qwen3-14B IQ3_XXS" in first
    assert (
        "It costs noticeable quality: llama.cpp lists as added perplexity of Llama-3-8B Q4_K_M 0.2, Q3_K_M 0.7, Q2_K 3.5."
        in first
    )


def test_a_mixture_beyond_host_memory_is_told_what_it_wants_and_what_runs_instead() -> None:
    facts: dict[str, Any] = {"model": "Qwen3-235B-A22B", "gpu": "RTX 4090", "engine": "llama.cpp", "bits": [4, 3, 2]}
    (machine,) = machines_run(**facts, host_memory_gb=64)["machines"]
    assert not machine["held"]
    usual, least = machine["wants"]
    assert usual["host_gib"] > least["host_gib"] > 64
    assert machine["instead"]["host_gib"] < 64
    (larger,) = machines_run(**facts, host_memory_gb=192)["machines"]
    assert larger["held"][0]["way"] == "experts"
    assert larger["wants"] == []


@pytest.mark.parametrize(
    "question",
    [
        "24GB 7900 XTX + 64GB DDR5, Llama-3.3-70B Q4_K_M: how many layers for -ngl at 8k ctx, and is there any quant that goes entirely on the card",
        "7900 XTX 24G 加 64G 内存，Llama-3.3-70B Q4_K_M 8k，-ngl 设多少，有没有哪个量化能全放显卡",
    ],
)  # fmt: skip
def test_layers_are_told_before_the_files_that_go_wholly_on_the_card(question: str) -> None:
    text = answer_to(question)
    assert text.index("-ngl 41") < text.index("IQ2_XXS")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Which GGUF quant of GLM-4.5-Air for a 64GB MacBook?", ("IQ2_M (40.9 GiB) is the safe choice", "Weights alone: ", "Q4_K_M 70.4 GB", "75% of unified memory")),
        ("which quant of Llama-3.3-70B for one 3090?", ("IQ2_XS", "Q4_K_M 42.5 GB", "Q2_K 26.4 GB")),
        ("4090跑QwQ-32B，quant选哪个好", ("仅权重：", "Q4_K_M 19.8 GB")),
        ("3060 12G跑Qwen3-14B用Q几合适", ("放得下** Qwen3-14B Q5_K_M", "Q8_0 15.7 GB")),
    ],
)  # fmt: skip
def test_which_file_comes_with_the_sizes_of_files(question: str, said: tuple[str, ...]) -> None:
    answer = embedded().ask(question)
    assert all(one in answer.text for one in said), answer.text
    assert not answer.notices


def test_of_a_model_published_in_few_bits_no_other_files_are_listed() -> None:
    assert "Weights alone" not in answer_to("which quant of gpt-oss-120b for a 96GB Mac?")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "R1 1.58bit 动态量化文件131G那个, 2张A100 放得下不",
            "**DeepSeek-R1 · 推理 · IQ1_S · 2 张卡：A100 80 GB 放得下",
        ),
        ("qwen2.5-32b q4_k_m文件20G，24G卡能放下吗", "**可以"),
        ("The Q4_K_M file of Qwen2.5-32B is 20 GB, does it fit on a 3090?", "**Yes"),
    ],
)
def test_where_a_file_of_a_told_size_fits_the_verdict_comes_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_the_cache_of_the_length_that_is_told_stands_behind_the_longest() -> None:
    # 2 × 32 layers × 8 × 128 × 2 B = 128 KiB a token
    assert ", 1.00 GiB at 8,192 tokens" in answer_to(
        "Which quant of Llama-3.1-8B fits wholly on an 8GB 4060 with 8k context in ollama?"
    )
    assert "、8,192 token 时 1.00 GiB" in answer_to(
        "4060 8G ollama跑llama3.1:8b，换哪个量化能全进显存？上下文8k"
    ).replace("\uff0c", ",")
    assert (
        " GiB at " not in answer_to("Which quant of Llama-3.1-8B fits wholly on an 8GB 4060 in ollama?").split("\n")[0]
    )


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("ollama ps shows 30%/70% CPU/GPU for llama3.1:8b q8_0 on my 8GB 4060 with 8k context. Which quant would fit wholly?", "**The largest that goes on wholly is**"),
        ("4060 8G ollama跑llama3.1:8b的q8_0很慢，ollama ps显示 25%/75% CPU/GPU，换哪个量化能全进显存？上下文8k", "**全放得下的最大量化是**"),
        # not run yet: whether it goes on comes first
        ("8GB 4060 with 8k context in ollama: does llama3.1:8b q8_0 fit, and if not which quant does?", "**RTX 4060"),
    ],
)  # fmt: skip
def test_a_file_that_is_seen_not_to_fit_is_told_after_what_does(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "engine"),
    [
        ("gpt-oss 20b 16g显卡 128k上下文够不", "llama.cpp"),
        ("is 16GB of vram enough for gpt-oss-20b at 128k context", "llama.cpp"),
        ("gpt-oss-20b vllm 16g显卡 128k上下文够不", "vllm"),
        ("gpt-oss-20b 24g显卡 128k上下文够不", "vllm"),
        ("8g 显卡 跑7b 够吗", None),
    ],
)
def test_a_small_card_without_a_name_runs_the_format_of_files(question: str, engine: str | None) -> None:
    assert plan(read(question))[0][1].get("engine") == engine


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("70b q2_k vs 32b q8_0 on a 5090", "**Of these only 70B (Q2_K) fits"),
        ("32b q8 对 70b q2_k，32G 显存", "**只有 70B（Q2_K） 放得下"),
    ],
)
def test_of_two_files_the_one_that_fits_opens_with_what_it_loses(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
    assert "Q6_K" in opening(question)


def test_two_files_that_are_compared_tell_the_difference() -> None:
    assert "less (" in opening("how much less does 70b q2_k take than 32b q8_0 on a 32gb card")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Can a 24GB card load a 24GB gguf file?", "**The file goes in, 24 GB = 22.4 GiB of 24.0 GiB, and leaves about 0.65 GiB"),
        ("Why can't my 24GB card load a 24GB gguf file? nvidia-smi says 24576MiB total", "**The file goes in, 24 GB = 22.4 GiB of 24.0 GiB"),
        ("16G 的卡加载 16G 的 gguf 文件，为什么有一部分在内存里", "**文件勉强放得下：16 GB = 14.9 GiB"),
        # one that leaves room is not what takes the rest
        ("My GGUF file is 8 GB but ollama uses 12 GB on my 24GB card, why?", "**It is no leak"),
        ("Is 24 GB of the card the same as 24 GB of the file?", "**No: files are told in GB of 10^9 bytes"),
    ],
)  # fmt: skip
def test_a_file_as_large_as_the_card_leaves_no_room(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Which GGUF quant of Mistral-Small-24B-2501 fits fully on a 4060 Ti 16GB with 16k ctx? With Q5_K_M llama.cpp only offloads 29/41 layers", r"\*\*The largest that goes on wholly is\*\* Mistral-Small-24B-Instruct-2501 IQ4_XS \(15\.2 GiB.*Q3_K_M \(14\.0 GiB\) is the safe choice\. Q4_K_M takes 16\.5 GiB.*; with a q8_0 cache it fits"),
        ("4060 Ti 16G 跑 Mistral-Small-24B 16k 上下文，哪个GGUF量化能全放进显存？Q5_K_M 只能放 29/41 层", r"\*\*全放得下的最大量化是\*\* Mistral-Small-24B-Instruct-2501 IQ4_XS（15\.2 GiB"),
        ("Qwen3-14B 在 3060 12G 上 16k 用什么量化", r"\*\*RTX 3060 12 GB：放得下\*\* Qwen3-14B Q4_K_M.*用 IQ4_XS（10\.8 GiB）更稳妥"),
        ("which gguf of gemma-3-27b fits a 16GB 4080 with 8k context", r"\*\*RTX 4080: fits\*\* gemma-3-27b-it IQ3_XXS"),
        # whether one goes in is asked first
        ("Does Q6_K of Qwen3-14B fit my 12GB 3060 at 16k? If not, which quant does?", r"\*\*RTX 3060 12 GB, Qwen3-14B Q6_K: does not fit"),
        ("what gguf is and how big is Q4_K_M of Qwen3-8B", r"\*\*Qwen3-8B, inference, Q4_K_M"),
    ],
)  # fmt: skip
def test_which_file_fits_is_told_before_the_one_that_does_not(question: str, opens: str) -> None:
    assert re.match(opens, answer_to(question), re.DOTALL)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Llama 3.3 70B on one 24GB 3090, which GGUF quant goes, or rather a 32B in Q4?",
         ("only IQ2_XS (21.7 GiB of 24.0 GiB", "32B-Instruct Q4_K_M (20.2 GiB of 24.0 GiB", "is as a rule the better choice", "Q4_K_M 42.5 GB")),
        ("which gguf quant of Qwen3-32B or Qwen3-14B for a 3060 12GB?", ("of Qwen3-32B only IQ2_XXS", "Qwen3-14B Q5_K_M", "better choice")),
        ("一张3090跑Llama 3.3 70B用哪个GGUF量化，还是改用32B的Q4", ("只有 IQ2_XS", "32B-Instruct Q4_K_M", "通常是更好的选择")),
        # not even the smallest file
        ("which gguf quant of qwen2.5 72b fits a 4090, or a 32B in Q4 instead?", ("Qwen2.5-72B-Instruct fits in none of the usual files:** the smallest, IQ2_XXS", "fits** Qwen2.5-32B-Instruct")),
        # of files that were named there may be others
        ("4090 24G，70B的IQ2_XXS能不能跑，值得吗，还是32B Q4_K_M", ("Llama-3.3-70B-Instruct IQ2_XXS（", "通常是更好的选择")),
        # both in the usual bits
        ("which gguf quants of Qwen3-14B and Qwen3-8B for a 4080 16GB?", ("fits** Qwen3-14B Q6_K", "So does Qwen3-8B Q8_0")),
    ],
)  # fmt: skip
def test_of_several_models_each_has_its_file(question: str, said: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in said), first


def test_of_one_model_the_file_is_told_alone() -> None:
    first = opening("which GGUF quant of Llama 3.3 70B fits on a single 3090?")
    assert "IQ2_XS (21.7 GiB" in first
    assert "better choice" not in first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mac Studio 64GB: which GGUF quant of GLM-4.5-Air should I take?", "which makes it fast for its size; all 107B must be in memory"),
        ("24G显存跑Qwen3-30B-A3B选哪个量化？", "每个 token 只用 3.35B 参数，所以快；但全部 30.5B 都要放进内存"),
    ],
)  # fmt: skip
def test_of_a_mixture_the_whole_decides_which_quant_goes(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_a_dense_models_quant_is_told_without_active_parameters() -> None:
    assert "are used for a token" not in answer_to("Which quant of Qwen3-32B for a 24GB 3090?")


def test_the_least_file_of_three_bits_stands_where_the_usual_one_fills_the_cards() -> None:
    assert "Q3_K_S 30.9 GB" in answer_to("70B的gguf，两张16G的4060ti能全放GPU跑哪个量化，Q4_K_M放不下吧")
    assert "Q3_K_S" not in answer_to("Qwen3-14B on a 3060 12GB: what quant and how fast?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Can Qwen2.5-32B fp16 run on an RTX 4080?", ("Qwen2.5-7B-Instruct: 15.5 GiB", "Qwen2.5-14B-Instruct in 4 bits: 11.1 GiB")),
        ("单张4080 16G跑Qwen2.5-32B fp16能不能？", ("Qwen2.5-7B-Instruct：15.5 GiB", "Qwen2.5-14B-Instruct（4 位）：11.1 GiB")),
    ],
)  # fmt: skip
def test_beside_a_smaller_model_in_16_bit_stands_a_larger_one_in_few(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says), answer


def test_where_few_bits_are_assumed_one_smaller_model_is_enough() -> None:
    assert answer_to("Can Qwen2.5-32B run on an RTX 3060 12GB?").count("a smaller one of the family") <= 1
