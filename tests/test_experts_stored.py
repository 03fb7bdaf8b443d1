"""A mixture published with its routed experts in four bits: what its file is made of, and that it is counted so."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "The int4 checkpoint of Kimi-K2-Thinking weighs 594 GB though 1T parameters at half a byte are 500. What is the rest?",
            ["**594 GB is right: only the routed experts, 1.01T parameters", "each group of 32 weights makes that 4.5 bits", "11.7B, stay in 16 bit"],
        ),
        (
            "Kimi-K2-Thinking int4, the repo is 594 GB: does it fit on 8x H100 80GB with 32k in vLLM?",
            ["1.02T × 4.6 bits", "594 GB is right"],
        ),
        ("Kimi-K2-Thinking 原生int4，仓库里的权重文件有594G，不是应该500G吗", ["**594 GB 是对的：只有路由专家", "每 32 个权重一个 16 位尺度"]),
    ],
)  # fmt: skip
def test_the_sum_of_the_file_is_told(question: str, says: list[str]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says), answer


def test_a_file_of_another_size_is_none_of_them() -> None:
    answer = answer_to("Qwen3-235B-A22B GPTQ int4 should be 118 GB but the repo is 125 GB, why?")
    assert "routed experts" not in answer
    assert "125 GB is all of the weights as they are stored" in answer


@pytest.mark.parametrize(
    ("question", "params"),
    [
        ("my mixture has 16 experts of 4B each, 2 active, bf16: how much?", 64e9),
        ("four 9B experts in INT8 on an A100 80GB?", 36e9),
        ("8 experts, 3B apiece, does it fit a 4090 at Q4_K_M?", 24e9),
        ("自研 MoE 有12个专家,每个专家约3B,fp8 要多少显存", 36e9),
        ("每个专家5B共4个专家,4 位放得进 24G 吗", 20e9),
        ("6x4B MoE bf16 要几张 A100", 24e9),
    ],
)
def test_experts_are_counted_each(question: str, params: float) -> None:
    reading = read(question)
    assert (reading.facts["params"], "experts_multiplied" in reading.cues) == ((params,), True)


@pytest.mark.parametrize(
    ("question", "params"),
    [
        ("64 experts with 4B active, 40B in total, at Q4 on a 4090?", (40e9,)),
        ("serve three 7B models on one A100 80GB?", (7e9,)),
        ("Qwen3-30B-A3B has 128 experts, 8 active: does it fit a 3090?", None),
    ],
)
def test_no_experts_are_multiplied(question: str, params: tuple[float, ...] | None) -> None:
    reading = read(question)
    assert (reading.facts.get("params"), "experts_multiplied" in reading.cues) == (params, False)


def test_experts_of_a_size_each_are_said_to_be_counted_whole() -> None:
    assert "All experts must be in memory" in answer_to("eight 6B experts in fp16, how much memory?")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Full fine-tuning of Mixtral-8x7B with EP=8 over 8 cards: is it 93/8 GB of bf16 weights per card?", "45.1B ÷ 8 = 5.64B on each card"),
        ("Qwen3-30B-A3B 全参训练，专家并行 EP=8，8张卡，每卡权重多少", "每卡 5.16B × 2 B = 10.3 GB"),
    ],
)  # fmt: skip
def test_expert_parallel_divides_experts_alone(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_a_gguf_file_is_not_of_experts_alone_in_four_bits() -> None:
    """Its mixed formats quantise attention and embedding as well."""
    answer = answer_to("DeepSeek-V3 Q4_K_M is 404 GB on disk, how does that come about?")
    assert "routed experts" not in answer
    assert "4.82 bits = 404 GB" in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how many h200 for kimi k2 int4", ("594 GB (553.4 GiB)", "8 of these cards")),
        ("kimi k2 int4 要几张 H200", ("594 GB（553.4 GiB）", "要 8 张这样的卡")),
    ],
)
def test_a_mixture_in_int4_has_its_experts_alone_in_few_bits(question: str, says: tuple[str, ...]) -> None:
    assert all(one in opening(question) for one in says), opening(question)


def test_a_dense_model_in_int4_has_no_experts() -> None:
    assert "routed experts" not in answer_to("llama-3.3-70b int4 on 48gb")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "部署Qwen3-VL-30B-A3B要多少显存，4张3090跑得动吗？不是只激活3B么",
            "**Qwen3-VL-30B-A3B-Instruct · 推理 · 4 张卡",
        ),
        ("Why does Qwen3-30B-A3B need so much, only 3B are active?", "**All 30.5B parameters must be stored"),
    ],
)
def test_whether_it_runs_is_told_before_what_active_parameters_are(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_the_cache_of_a_sequence_is_told_to_be_that_of_each_card() -> None:
    told = answer_to("部署Qwen3-VL-30B-A3B要多少显存，4张3090跑得动吗？不是只激活3B么")
    assert "每张卡上每条序列的 KV 缓存" in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full SFT of Qwen3-30B-A3B on 8x A100 80G uses over 65 GB per card with ZeRO-3. Shouldn't a 3B-active MoE train like a 3B?", "with the optimizer in host memory"),
        ("Qwen3-30B-A3B全参微调8张A100 80G，每卡65G以上，只激活3B不是应该像3B一样训吗", "优化器放在内存时每卡"),
    ],
)  # fmt: skip
def test_what_takes_less_of_a_card_is_told_where_all_experts_train(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("Kimi-K2 满血要几台8卡H20(96G)？INT4版单机能跑吗", "FP8：**16 张卡（2 台 8 卡机）", "INT4：**8 张卡"),
        ("DeepSeek-R1 满血要几台8卡H20(96G)？INT4版单机能跑吗", "FP8：**最少 8 张卡", "INT4：**最少 4 张卡"),
    ],
)
def test_a_model_in_full_is_counted_as_it_is_published_before_fewer_bits(
    question: str, first: str, second: str
) -> None:
    said = answer_to(question)
    assert said.startswith(f"- {first}")
    assert second in said.split("\n\n")[0]
    assert "只有路由专家是 4 位" in said  # of which fewer bits are published


def test_in_full_is_16_bit_where_no_other_is_published_or_computed() -> None:
    assert "FP8：" not in answer_to("Llama-3.1-405B 满血要几台8卡H20(96G)？INT4版单机能跑吗").split("\n\n")[0]
    assert "fp16" in answer_to("DeepSeek-R1 满血要几台8卡A100(80G)？INT4版单机能跑吗").split("\n\n")[0]
