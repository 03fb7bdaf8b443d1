"""Preference and RL training: its formula where that is asked for, and whether a reference has to be there."""

import pytest

from kb.bytes_each import of_algorithm
from kb.cases import parse_given, spread
from kb.outcome import outcome
from kb.worked import ALL_STATES
from tests.talking import answer_to, opening


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


@pytest.mark.parametrize(("question", "says"), [
    # a copy 2560 × 152,064 × 4 B = 1.45 GiB, of 16 answers 23.2; 80 GB × 0.3 less 14.2 GiB of weights holds their cache
    ("LoRA GRPO of Qwen2.5-7B on one A100 80GB with vLLM colocate, 16 generations, prompt 512, completion 2048: ok?", ("all 16 answers in one micro-batch a copy is 23.2 GiB", "that share is enough")),
    ("GRPO LoRA Qwen2.5-7B 单张A100 80G,vllm colocate,16 generations,提示512 回答2048 够吗", ("16 条回答放进同一个 micro-batch，一份就是 23.2 GiB", "这个份额就够")),
])  # fmt: skip
def test_all_answers_in_one_micro_batch_and_the_share_that_is_taken(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    for one in says:
        assert one in told, told


@pytest.mark.parametrize(("question", "says"), [
    # 7.62B: 2 × 122 GB + 2 × 15.2 GB = 274 GB; without the critic 152, with a rule 137
    ("Full PPO of Qwen2.5-7B on 8 A100 80GB against GRPO: what does dropping the critic save?", ("= 274 GB", "44 % of what stands still", "in place of the reward model: 137 GB")),
    ("Qwen2.5-7B 全参 PPO 换成 GRPO,去掉 critic 能省多少?8 张 A100 80G", ("= 274 GB", "常驻部分的 44 %", "不用奖励模型则是 137 GB")),
])  # fmt: skip
def test_the_reward_model_is_in_both_sums(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    for one in says:
        assert one in told, told
