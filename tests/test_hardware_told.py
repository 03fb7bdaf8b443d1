"""Cards by size beside cards by name, the fewest cards that hold a case, and fewer bits where nothing else goes in."""

import re

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from kb import estimate
from kb.recommender import SERVERS
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("two 4090s, two 3090s or a single 48 GB card to serve Qwen3-32B for 4 people at 8k?", ("RTX 4090", "RTX 3090", "48 GB")),
        ("4090, 3090 or a 48GB card for running Qwen3-32B with 16k context?", ("RTX 4090", "RTX 3090", "48 GB")),
        ("Qwen3-32B 8k 上下文,买两张4090还是一张 48G 的卡?", ("RTX 4090", "48 GB")),
        ("跑 Qwen2.5-32B,4090、5090 还是一张48G的卡?", ("RTX 4090", "RTX 5090", "48 GB")),
    ],
)  # fmt: skip
def test_a_card_that_only_its_size_names_is_a_card_of_its_own(text: str, cards: tuple[str, ...]) -> None:
    from chat.reads.grammar import read

    reading = read(text)
    assert tuple(reading.facts["gpu"]) == cards
    assert "gpu_memory_gb" not in reading.facts
    answer = answer_to(text)
    assert "4090 48 GB" not in answer
    assert "48 GB" in answer


@pytest.mark.parametrize("text", ["A100 40G or 80G cards for Llama-3-70B?", "Llama-3-70B 用 A100 40G 还是 80G 的卡"])
def test_a_second_size_in_which_a_card_is_sold_is_still_that_card(text: str) -> None:
    from chat.reads.grammar import read

    facts = read(text).facts
    assert tuple(facts["gpu"]) == ("A100",)
    assert set(facts["gpu_memory_gb"]) == {40, 80}


@pytest.mark.parametrize(
    "facts",
    [
        {"model": "DeepSeek-R1", "weight_format": "fp8", "gpu": "RTX 4090"},
        {"model": "DeepSeek-R1", "bits": 4, "gpu": "A100 40GB", "n_gpus": 4},
    ],
)
def test_of_more_cards_the_fewest_of_the_usual_steps_are_offered(facts: dict[str, object]) -> None:
    offered = next(one["facts"] for one in estimate(**facts).json()["changes"] if "n_gpus" in one["facts"])
    below = [count for count in SERVERS if int(str(facts.get("n_gpus", 1))) < count < offered["n_gpus"]]
    assert below
    assert offered["n_gpus"] in SERVERS, "heads divide over one machine or whole ones"
    for count in below:
        assert estimate(**{**facts, "n_gpus": count}).verdict != "yes"


@pytest.mark.parametrize(
    "text",
    [
        "Can one 4090 plus 256GB of RAM really run DeepSeek-R1 671B? how can 671B fit in 24GB",
        "网上说一张 4090 就能跑满血 R1,671B 怎么塞进24G?我内存 256G 能复现吗",
    ],
)  # fmt: skip
def test_experts_in_host_memory_are_tried_in_the_most_bits_that_fit(text: str) -> None:
    first = answer_to(text).split("\n")[0]
    assert (
        "only in IQ3_XXS, with a part in RAM** and `--n-cpu-moe" in first
        or "只有 IQ3_XXS 加上内存才放得下**，加 `--n-cpu-moe" in first
    )


@pytest.mark.parametrize(
    ("text", "bits"),
    [  # over a whole file, whose embedding has more; or of the experts, with the rest in 2 B beside them
        ("gpt-oss-20b Q4 on a 16GB 4080, 16k context?", "20.9B × 4.46 bits"),
        ("gpt-oss-120b q4 两张4090 能跑吗", "116B × 4.25 位 + 1.21B × 2 B"),
    ],
)
def test_four_bits_of_a_model_of_four_bits_are_its_own(text: str, bits: str) -> None:
    answer = answer_to(text)
    assert "MXFP4" in answer
    assert bits in answer
    assert "2-bit weights" not in answer
    assert "2 位权重" not in answer


@pytest.mark.parametrize(
    "text",
    [
        "Which should we buy for 10 concurrent users of Qwen3-32B at 8k: two 4090s or a 48 GB card?",
        "公司里 10 个人同时用 Qwen3-32B,8k 上下文,买两张 4090 还是一张 48G 的卡?",
    ],
)
def test_users_at_once_are_a_servers_and_a_card_without_a_name_is_not_outrun(text: str) -> None:
    answer = answer_to(text)
    assert "39.5 GiB" in answer  # weights and 10 × 8,192 tokens, prompts in steps; in one batch they took 56
    assert "faster" not in answer
    assert "更快" not in answer
    assert "256 KiB a token of each of 10 sequences" in answer or "每 token 256 KiB × 10 条" in answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Can I serve Qwen2.5-14B-Instruct-AWQ with vLLM on a V100 32GB?", "AWQ kernels need compute capability 7.5"),
        ("V100 16G 部署 DeepSeek-R1-Distill-Qwen-14B，AWQ 还是 GPTQ？", "AWQ 内核要求计算能力 7.5"),
        ("T4 跑 Qwen2.5-7B 用 vLLM，AWQ 和 fp8 哪个好", "FP8 在这张卡上跑不了"),
        ("Qwen3-14B FP8 on two T4s with vLLM, 8k context", "FP8 will not run on this card"),
        ("Tesla P40 24GB: vLLM with Qwen2.5-14B GPTQ int4?", "vLLM does not run on Pascal cards"),
    ],
)
def test_a_format_that_the_card_has_no_kernels_for_is_said_first(question: str, said: str) -> None:
    text = answer_to(question)
    assert said in text.splitlines()[0], text[:400]
    assert "**Yes." not in text
    assert not re.search(r"(?:选|Take) (?:FP8|AWQ 4 位[^。]*V100)", text)


@pytest.mark.parametrize(
    "question",
    [
        "lmdeploy on V100 32GB with Qwen2.5-14B-Instruct-AWQ, ok?",
        "Qwen3-14B AWQ with vLLM on a T4 16GB, 4k context, ok?",
        "V100 32G vllm GPTQ int4 Qwen2.5-14B 行吗",
        "Qwen3-8B FP8 with vLLM on an L4?",
    ],
)
def test_a_format_that_runs_there_is_not_refused(question: str) -> None:
    text = answer_to(question)
    assert not re.search("will not run|跑不了", text)


@pytest.mark.parametrize(
    "question",
    ["RTX 2080 Ti 22GB, vLLM, Qwen2.5-7B-Instruct in bf16, does it fit?", "T4 上 vllm 用 bf16 跑 Qwen2.5-3B 行吗"],
)
def test_bf16_on_an_older_card_is_told_as_fp16(question: str) -> None:
    assert "--dtype half" in answer_to(question)
    assert "| bf16 |" not in Assistant().ask(question.replace("bf16", "int8")).text


def test_what_a_model_is_said_to_need_is_no_machine_of_the_asker() -> None:
    needed = read("TheBloke says 13B Q5_K_M needs 11.73 GB RAM max. on my 12GB 4070 it spills. why")
    assert "host_memory_gb" not in needed.facts
    assert read("needs to run on my 4070 with 64GB RAM, 13B Q5_K_M").facts["host_memory_gb"] == (64.0,)


def test_cards_that_are_bought_for_so_many_users_are_judged_as_their_server() -> None:
    told = (
        Assistant()
        .ask("We're going to buy 4x RTX PRO 6000 Blackwell 96GB. GLM-4.5-Air FP8 for 30 concurrent users 64k. ok?")
        .text
    )
    assert "not 30 sequences of this length at once, but 20" in told.split("\n")[0]
    assert "cache in 8 bits (fp8)" in told


@pytest.mark.parametrize(
    "question",
    [
        "I have a 3080 10GB and want to play with LLM finetuning, where do I start",
        "手上一张3080 10G，想入门大模型微调，从哪开始",
    ],
)
def test_a_card_alone_for_tuning_is_told_what_it_tunes(question: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert "7B" in first
    assert "6.19 GiB" in first


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Mistral-Nemo full finetune, FSDP, 2x H100 80GB, micro batch 1, seq 2048. OOM", "- 4 such cards, sharded: "),
        ("Mistral-Nemo全参微调,ZeRO-3,2张H100 80G,seq 2048,爆显存", "- 4 张同样的卡，切分：每卡 "),
    ],
)
def test_who_trains_on_several_cards_is_told_of_how_many_it_would_be(question: str, part: str) -> None:
    assert part in answer_to(question)


@pytest.mark.parametrize(
    ("question", "half"),
    [
        ("两张V100 32G用vllm tp2能跑DeepSeek-R1-Distill-Llama-70B的awq吗", "它也没有 bf16"),
        ("Can vLLM run Llama-3.1-70B AWQ on two V100 32GB?", "It has no bf16 either"),
        ("Llama-3.2-11B-Vision-Instruct: minimum VRAM to run it? I only have a Colab T4", "--dtype half"),
        ("Llama-3.2-11B-Vision-Instruct: minimum VRAM to run it? I only have an L4", ""),
        ("Tesla P40 24GB: vLLM with Qwen2.5-14B GPTQ int4?", ""),
    ],
)
def test_an_old_card_is_told_to_run_in_fp16(question: str, half: str) -> None:
    answer = answer_to(question)
    assert half in answer
    assert half or "--dtype half" not in answer


@pytest.mark.parametrize(
    ("question", "memory"),
    [
        ("Is a free Colab T4 (15GB) enough for QLoRA of Llama-3.1-8B?", (15,)),
        ("Kaggle的T4 15G能不能lora微调Qwen2.5-7B？", (15,)),
        ("L4 (22.5 GB): QLoRA of Qwen3-14B?", (22.5,)),
        # what a run took
        ("QLoRA Llama-3.1-8B on Colab T4, 14.8GB used, is that normal?", ()),
        ("QLoRA Llama-3.1-8B 在T4上占了15G，正常吗？", ()),
        ("V100 30GB used by LoRA of Qwen2.5-14B", ()),
    ],
)
def test_what_the_driver_shows_of_a_card_is_the_card(question: str, memory: tuple[float, ...]) -> None:
    assert tuple(read(question).facts.get("gpu_memory_gb", ())) == memory
    assert not memory or "you see" not in answer_to(question)
    assert not memory or "您看到" not in answer_to(question)


def test_pictures_that_layers_attend_to_are_told_by_their_tiles() -> None:
    assert "4 tiles × 1,601 = 6,404 tokens" in answer_to("How much VRAM for QLoRA on Llama-3.2-11B-Vision?")
    assert "4 块 × 1,601 = 6,404 个 token" in answer_to("Llama-3.2-11B-Vision QLoRA要多少显存？")
    assert "tiles ×" not in answer_to("How much VRAM for QLoRA on Llama-3.1-8B?")
