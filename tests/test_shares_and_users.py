"""Users of today beside those to come, the share of a rollout engine beside a version, what a system shows as free."""

import pytest

from chat.figures.named import Figures
from chat.figures.serving.share_needed import SHARE_WORDS
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "users"),
    [
        ("以后用户会到80个,现在才6个。Qwen3-14B fp8,2×L4,每人4k,现在够吗?", 6),
        ("Users will grow to 60 next year, now it's 8. Qwen3-14B fp8 on an L40S, 4k each: enough today?", 8),
    ],
)
def test_of_users_those_of_today_count(question: str, users: int) -> None:
    assert read(question).facts["batch_size"] == (users,)


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("GRPO on Qwen3-4B, colocate vllm 0.35, LoRA r=32, 2x 4090. Will it blow up?", (0.35,)),
        ("GRPO Qwen3-4B,vllm同卡占0.4,LoRA,双4090,会不会爆", (0.4,)),
        ("GRPO on Qwen3-4B, the rollout gets 0.3 of each of two 4090s", (0.3,)),
        ("GRPO on Qwen3-4B, vllm 0.9.2 colocated, two 4090s", ()),
        ("GRPO Qwen3-4B,vllm 0.11,同卡,双4090", ()),
    ],
)
def test_the_share_of_a_rollout_engine_is_no_version(question: str, share: tuple[float, ...]) -> None:
    assert read(question).facts.get("gpu_memory_utilization", ()) == share


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("vllm serve Qwen2.5-32B-Instruct --tensor-parallel-size 2 --max-model-len 32768 --kv-cache-dtype fp8,两张L40S,能同时跑几路?", "zh"),
        ("torchrun --nproc_per_node 8 train.py --deepspeed ds_z3.json --per_device_train_batch_size 1,H20够?", "zh"),
        ("Does Qwen (通义) in bf16 fit on one RTX 4090 with 24 GB at 8k?", "en"),
    ],
)  # fmt: skip
def test_a_question_behind_a_command_has_its_language(question: str, language: str) -> None:
    assert read(question).language == language


@pytest.mark.parametrize(
    ("question", "free"),
    [
        ("M4 Pro 48G,系统显示可用36G,gpt-oss-20b 128k跑得了吗", 36),
        ("M3 Max 64G,写着可用48G,Qwen3-32B Q4_K_M行不行", 48),
    ],
)
def test_what_a_system_shows_as_free_is_not_taken(question: str, free: float) -> None:
    extras = read(question).extras
    assert extras.get("card_free_gb") == (free,)
    assert "card_taken_gb" not in extras


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Is gpu_memory_utilization 0.5 enough for Qwen3-8B at 8k on one 4090?", "**A share of 0.5 is too small: that is 12.0 GiB"),
        ("Mistral-Nemo bf16用vLLM起，gpu_memory_utilization=0.4，单张L40S，8k够吗", "**0.4 的份额不够：卡上 45.0 GiB 的 0.4 只有 18.0 GiB"),
        ("what should gpu_memory_utilization be for Qwen2.5-72B AWQ on 4x 3090 with vLLM, 8k?", "is the least for one sequence: it takes 12.0 GiB of 24.0 GiB of each card"),
        ("4张3090用vLLM跑Qwen2.5-72B AWQ，8k，gpu_memory_utilization设多少合适", "一条序列每张卡需 12.0 GiB"),
    ],
)  # fmt: skip
def test_the_least_share_is_told(question: str, opens: str) -> None:
    assert opens in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-72B bf16 on 1x A100 80G with gpu_memory_utilization 0.5",  # no share would hold it
        "Qwen3-8B on a 4090, gpu_memory_utilization=0.9, 8k?",  # it does
    ],
)
def test_a_share_is_not_blamed_for_what_it_does_not_decide(question: str) -> None:
    assert "too small" not in answer_to(question)


def test_another_program_runs_the_same_method() -> None:
    figures = Figures({"engine": "unsloth", "model": "Llama-3.1-8B", "gpu": "T4", "task": "train"})
    assert figures.at(engine="transformers").situation.knob("method") == figures.knob("method") == "qlora"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("My boss says one H100 serves 500 concurrent users of Llama-3-8B at 4k each. Is he right?", "But of them 108 in 16-bit, 121 in 8-bit, 127 in 4-bit at once, while the others wait."),
        # whole sequences, rounded down
        ("Can an A100 40GB serve Qwen2.5-14B with vLLM to 60 users at 8k each?", "5 in 16-bit, 13 in 8-bit, 17 in 4-bit"),
        ("单张4090能支持100并发吗，Qwen2.5-7B，每人2k", "16 位同时只能放 58 条，其余排队。"),
    ],
)  # fmt: skip
def test_of_more_users_than_it_holds_it_is_told_how_many_it_does(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("many", "opens"),
    [
        (28, "**gpu_memory_utilization 0.91 is the least for 28 sequences"),  # the next twentieth is beyond the default
        (32, "**gpu_memory_utilization 0.95, more than the default: 0.92 of 24.0 GiB are 22.1 GiB, and 22.7 GiB are needed for 32 sequences"),
    ],
)  # fmt: skip
def test_a_share_beyond_the_default_is_named_only_where_the_default_is_too_small(many: int, opens: str) -> None:
    figures = Figures({"model": "Qwen/Qwen2.5-7B-Instruct", "method": "inference", "gpu_memory_gb": 24, "batch_size": many, "seq_len": 4096, "engine": "vllm"})  # fmt: skip
    assert SHARE_WORDS["share_needed"](figures).en.startswith(opens)
