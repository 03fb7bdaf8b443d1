"""Preference and RL training: its formula where that is asked for, and whether a reference has to be there."""

import pytest

from kb.bytes_each import of_algorithm
from kb.cases import parse_given, spread
from kb.outcome import outcome
from kb.worked import ALL_STATES
from tests.talking import opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the memory formula of DPO training?", "**DPO keeps 18 B of each parameter"),
        ("SimPO 全参训练的显存公式是什么", "**SimPO 全参训练（混合精度 Adam）每参数 16 字节"),
        ("PPO 的显存怎么计算？", "**PPO 全参训练（混合精度 Adam）每参数 36 字节"),
    ],
)
def test_the_formula_has_the_roles_of_its_algorithm(question: str, said: str) -> None:
    assert opening(question).startswith(said)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does GRPO of Qwen3-8B with all weights need a reference model?", "**Not always"),
        ("做 RLHF 一定要再放一份参考模型吗", "**不一定"),
        ("does LoRA DPO load a second model as reference?", "**No second copy"),
        ("用 LoRA 做 DPO，参考模型还要再加载一份吗", "**不需要第二份"),
    ],
)  # fmt: skip
def test_whether_a_reference_is_needed_comes_first(question: str, said: str) -> None:
    assert opening(question).startswith(said)


@pytest.mark.parametrize("algo", ["sft", "dpo", "kto", "orpo", "simpo", "grpo", "ppo"])
def test_the_bytes_of_an_algorithm_are_those_of_the_estimate(algo: str) -> None:
    """A critic and a reward model end in one score, and the last gradients of a pair go as they come: hence within 2 %."""
    given = {
        "model": "meta-llama/Llama-2-7b-hf",
        "method": "full",
        "algo": algo,
        "precision": "bf16-params-fp32-states",
    }
    there = outcome(spread(parse_given(given))[0])
    assert there.n_params
    assert there.held(*ALL_STATES) / there.n_params == pytest.approx(of_algorithm(algo), rel=0.02)
