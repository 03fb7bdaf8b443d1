"""Ways over the cards that a question on serving sets against each other: one is chosen, with its reason."""

import re

import pytest

from chat.reads.grammar import read
from kb.cases import parse_given, spread
from kb.outcome import outcome
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Llama-3.3-70B inference on 8x A100 80GB, FSDP or tensor parallel?", r"\*\*Take tensor parallel, not ZeRO-3", "a link of its own"),
        ("4张3090部署Qwen2.5-32B，用zero3还是张量并行", r"\*\*选张量并行，不要用 ZeRO-3/FSDP", "每个 token 至少"),
        ("vLLM on 2x4090, Qwen3-32B AWQ: is tp=2 or pp=2 better?", r"\*\*Take tensor parallel where the speed of a request counts: both cards", "No link of this card's own is known here"),
        ("serve Llama-3.1-70B on 4x L40S, tensor parallel or data parallel?", r"\*\*Take tensor parallel: data parallel keeps a whole copy", "in 4 bits it takes"),
    ],
)  # fmt: skip
def test_one_of_the_ways_is_chosen_first(question: str, opens: str, says: str) -> None:
    answer = answer_to(question)
    assert re.match(opens, answer), answer
    assert says in answer


def test_a_layout_of_training_is_no_fact_of_a_server() -> None:
    assert "zero_stage" not in read("Qwen3-14B inference on 2x4090: ZeRO-3 or TP?").facts
    assert read("Full fine-tune a 7B on 4x A100: ZeRO-3 or tensor parallel?").facts["zero_stage"] == (3,)


def test_tensor_parallel_against_copies_is_of_a_server() -> None:
    assert read("Qwen3-8B on 4x L40S: tensor parallel or data parallel?").facts["task"] == ("inference",)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("2 machines with 4x L40S each, 10GbE: vLLM, Llama-3.3-70B FP8, is the memory per card the same with TP8 and with TP4+PP2, and how much KV space stays?", r"\*\*Take tensor parallel 4 \(pipeline 2\)", "tokens of cache in all"),
        ("两台4卡L20机器，万兆网，vllm部署Qwen2.5-72B，TP8和TP4+PP2每卡显存一样吗？哪个快？还剩多少KV空间", r"\*\*选 张量并行 4（流水线并行 2）", "缓存共"),
    ],
)  # fmt: skip
def test_two_whole_layouts_are_compared_though_their_memory_is_asked_to_be_the_same(
    question: str, opens: str, says: str
) -> None:
    answer = answer_to(question)
    assert re.match(opens, answer), answer
    assert says in answer
    assert "That cannot be worked out" not in answer
    assert "算不了" not in answer


def test_tensor_ranks_stay_within_a_machine() -> None:
    facts = outcome(spread(parse_given({"model": "Llama-3.1-405B", "gpu": "H200", "n_gpus": 40, "engine": "vllm", "weight_format": "fp8"}))[0]).situation.facts  # fmt: skip
    assert (facts["tp"].value, facts["pp"].value) == (8, 5)


def test_many_long_caches_are_divided_over_stages() -> None:
    answer = answer_to("How many H200 for Llama-3.1-405B fp8 with 64 sequences of 128k tokens in vLLM?")
    assert answer.startswith("**40 cards (5 machines of 8)**")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-235B-A22B in bf16 on 16x H100 80GB with vLLM, 32k, does it fit?", ["tensor parallel 8", "pipeline 2"]),
        ("16张H20 96G用vLLM部署GLM-4.6 bf16，32k够吗", ["张量并行 8", "流水线并行 2"]),
    ],
)
def test_over_several_machines_ranks_stay_in_one(question: str, says: list[str]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says), answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "Qwen3-235B-A22B for 16 users at 64k each: 8x H100 80GB or 4x MI300X 192GB? FP8 weights; is an fp8 KV cache needed or will bf16 KV do?",
            ["8 × H100 80 GB (bf16 cache)", "8 × H100 80 GB (fp8 cache)", "4 × Instinct MI300X (fp8 cache)"],
        ),
        ("GLM-4.6 FP8，20个并发每人64k：8张H200还是16张H800？KV用bf16还是fp8", ["8 × H200 141 GB（bf16 缓存）", "16 × H800 SXM5（fp8 缓存）"]),
    ],
)  # fmt: skip
def test_each_machine_is_told_with_the_cache_that_it_has(question: str, says: list[str]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says), answer


def test_the_active_parameters_are_no_size_of_machines_either() -> None:
    question = (
        "8x H200 or 16x H100 80GB for GLM-4.6 FP8? A colleague counts 32 GB of weights because only 32B are active."
    )
    answer = answer_to(question)
    assert re.search(r"ll 35\dB parameters must be stored", answer), answer


def test_the_layout_to_take_over_machines_is_told_once() -> None:
    told = answer_to("DeepSeek-V3 FP8，两台 8×H200，TP16 还是 PP2？")
    assert told.startswith("**选 张量并行 8（流水线并行 2）：")
    assert "两种一起用" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-32B on 8x L40S: one TP8 or two copies of TP4?", r"Over 8 cards the model leaves more for the cache than as 2 copies, each over 4 cards: .* in one pool, as copies"),
        ("8卡4090跑Qwen3-14B-AWQ，1个TP8还是8个单卡实例", r"切到 8 张卡留给缓存的更多.*8 份副本（每份 1 张卡）合计"),
        ("Llama-3.3-70B bf16, 4x H100: TP4 or 2 replicas of TP2?", r"Over 4 cards the model leaves more"),
        ("Llama-3.3-70B bf16 on 8x L40S: TP8, or 4 replicas of TP2?", r"Not as 4 copies, each over 2 cards: each copy holds all \d+\.\d GiB of weights"),
    ],
)  # fmt: skip
def test_copies_are_set_against_more_ranks_by_the_tokens_of_their_pools(question: str, says: str) -> None:
    answer = answer_to(question)
    assert re.search(says, answer), answer
    assert "not understood" not in answer


def test_two_layouts_on_all_machines_are_not_of_the_one_machine_that_is_asked_about_too() -> None:
    answer = answer_to("2台8卡H20部署DeepSeek-V3 fp8，TP16还是TP8 PP2？单台8卡行不行")
    assert "张量并行 8（流水线并行 2" in answer
    assert "算不了" not in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen3-14B bf16 on 4x 24GB: TP=4, PP=4 or 4 data-parallel replicas, which saves VRAM per card?", "**Data parallel saves nothing on a card"),
        ("两张16G卡推理Llama-3.1-8B bf16，张量并行、流水线并行、数据并行哪个每卡占得少", "**数据并行一张卡都省不了"),
        ("Llama-3-8B bf16 on 4x 24GB: data parallel, TP=4 or PP=4 - which saves VRAM per card?", "**Meta-Llama-3-8B-Instruct, 4 cards: from the least per card: tensor parallel 4"),
    ],
)  # fmt: skip
def test_ranks_stages_and_copies_against_each_other_are_of_a_server(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer
    assert "gradients" not in answer
    assert "梯度" not in answer


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-32B on 64 H100: TP=8 PP=2 data parallel 4, how much per card in bf16?",
        "Training Qwen3-14B in bf16 with TP=4 vs PP=4 vs data parallel on 4x 80GB, which needs least per card?",
    ],
)
def test_one_layout_of_all_three_is_of_a_training(question: str) -> None:
    assert read(question).facts["task"] == ("train",)


@pytest.mark.parametrize(
    "question",
    [
        "pp vs tp for 2 nodes 8xa100 llama 405b",
        "tp or pp across 2 nodes of 8 a100 80g for llama 405b",
        "llama 405b 2台8卡A100 80G 用tp还是pp",
    ],
)
def test_over_machines_both_are_taken_though_nobody_says_that_it_is_served(question: str) -> None:
    found = read(question)
    assert found.facts["n_gpus"] == (16,)
    assert "tp" not in found.facts
    assert "--tensor-parallel-size 8 --pipeline-parallel-size 2" in answer_to(question).split("\n\n")[0]


def test_of_a_training_no_servers_layout_is_told() -> None:
    assert "serve_by:tensor" not in read("pretrain a 70b on 64 h100: tp vs pp?").cues


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("DeepSeek-V3 FP8，两台 8×H200，TP16 还是 PP2？", "张量并行 16 = 128"),
        ("DeepSeek-R1 on two 8x H20 machines: TP16 or TP8 with PP2?", "tensor parallel 16 = 128"),
    ],
)
def test_a_name_that_ends_on_a_number_stands_apart_from_its_value(question: str, told: str) -> None:
    assert told in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Why is ZeRO-3 inference of Llama-3.3-70B on 8x A100 80GB so slow? It fits.", "**That is to be expected: ZeRO-3 leaves 1/8"),
        ("Serving a 32B with DeepSpeed ZeRO-3 on 4x A6000 gives 0.5 tokens/s. Why?", "**That is to be expected: ZeRO-3 leaves 1/4"),
        ("8张A800 zero3部署72B，一个token要3秒，怎么办", "**这是正常的\uff1aZeRO-3 每张卡只存 1/8"),
        ("4 张 3090 用 deepspeed zero-3 跑 32B 推理，生成很慢正常吗", "**这是正常的\uff1aZeRO-3 每张卡只存 1/4"),
    ],
)  # fmt: skip
def test_serving_over_zero_3_is_slow_by_what_it_gathers(question: str, opens: str) -> None:
    said = answer_to(question)
    assert said.startswith(opens), said[:200]
    assert "--tensor-parallel-size" in said.split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "GRPO with ZeRO-3 on 8x A100, 7B: generation is slow, why?",
        "Training 13B with ZeRO-3 on 8x 4090 is slow, is that normal?",
        "deepspeed zero3 推理 Qwen2-72B 8张4090 要多少显存",
        "vLLM TP=8 Qwen2-72B on 8x 4090 only gives 5 tokens/s, normal?",
    ],
)
def test_what_is_no_slow_serving_over_zero_3_is_read_as_none(question: str) -> None:
    assert "shards_served" not in read(question).cues


def test_what_shards_fetch_is_all_that_a_card_lacks() -> None:
    said = answer_to("ZeRO-3 or tensor parallel for serving a 70B on 8x 4090?")
    lacking = 7 * 16.06  # of 8 parts
    told = re.search(r"every token anew, ([\d.]+) GiB", said)
    assert told, said[:300]
    assert abs(float(told[1]) / lacking - 1) < 0.01


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("What is the difference in GPU memory between TP, PP and DP on 4 GPUs for inference, which should I pick?", "**Data parallel saves nothing on a card", ("about 1/4 of both", "data parallel 4 takes 15.2 GiB")),
        ("4卡部署推理 tp、pp、dp 显存占用有什么区别，该选哪个", "**数据并行一张卡都省不了", ("各约 1/4", "有 NVLink 用张量并行", "数据并行 4 占 15.2 GiB")),
        ("tensor parallel or data parallel for Qwen2.5-7B on 4 GPUs, memory per card?", "**Data parallel saves nothing on a card", ("about 1/4 of both",)),
        ("Llama-3.1-8B on 2x 3090: tp or dp?", "**Over 2 cards the model leaves more for the cache", ("Every copy holds all 15.0 GiB",)),
        ("tp vs dp for inference: does data parallel use more memory per GPU?", "**Data parallel keeps a whole copy of the weights on each card", ()),
        ("推理时数据并行和张量并行的显存有什么区别", "**数据并行每张卡都放完整的一份权重", ()),
    ],
)  # fmt: skip
def test_copies_are_set_against_ways_that_divide(question: str, opens: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert [one for one in says if one not in told] == []


def test_data_parallel_of_a_training_exchanges_gradients() -> None:
    assert "gradients are exchanged" in answer_to("Does data parallel need more memory per GPU than a single card?")


@pytest.mark.parametrize(
    "question",
    [
        "How many 3090s to serve Mistral Large 2407 (123B) AWQ in vLLM at 32k? 3 of them fail",
        "Mistral-Large-2407 AWQ 用 vLLM 32k 要几张3090，3张跑不起来",
    ],
)
def test_a_count_that_fails_and_divides_no_heads_is_told_so_where_it_is_asked_how_many(question: str) -> None:
    said = answer_to(question)
    assert (
        "(8 of keys and values) divide over 1, 2, 4 or 8 cards" in said
        or "（8 个 KV 头）只能由 1、2、4、8 张卡均分" in said
    )
