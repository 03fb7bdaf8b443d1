"""Cards that are divided between training and the engine that generates: whose they are, and what another division holds."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("GRPO of QwQ-32B, 16x H100 80G, 8 cards on actor+ref (zero3) and 8 on vLLM, OOM", (8, 8)),
        ("GRPO Qwen2.5-7B full on 8xA100 80G, vLLM on 2 dedicated GPUs, 6 for training", (6, 2)),
        ("GRPO with vLLM on 2 of the 8 A100s, the rest train a 14B", (6, 2)),
        ("GRPO 14B, 6 train + 2 vLLM on 8xH100", (6, 2)),
        ("2 nodes of 8 H100, one node for vLLM and one node for training, GRPO 32B", (8, 8)),
        ("PPO of Qwen2.5-14B on 16 A100, actor and critic on 8, vLLM on 8", (8, 8)),
        ("8卡A100，6卡训练2卡推理，GRPO 7B全参", (6, 2)),
        ("两台8卡A800，一台跑vLLM采样一台训练，GRPO全参Qwen2.5-32B", (8, 8)),
        ("16张H800 GRPO 32B，actor用8张，vllm用8张", (8, 8)),
        ("GRPO of a 7B on 4 nodes of 8 H100, vLLM on 1 node: enough?", (24, 8)),
        ("GRPO 14B, 4 nodes of 8 A100, one node runs vLLM", (24, 8)),
        ("3台8卡H100，GRPO 32B，一台跑vllm，其余训练", (16, 8)),
        ("GRPO 7B full on 8xH100 in one node, vLLM on the same node", None),
        ("GRPO 14B: 2 nodes x 8 A100, vLLM server on a third node", None),
        ("8xH100 verl GRPO 14B colocated vLLM tp 2", None),
        ("GRPO on 8 H100 with vLLM rollouts, 14B full", None),
        ("8 gpus for training and vllm, GRPO 7B", None),
        ("8卡H100做GRPO训练Qwen2.5-14B，vllm rollout tp=4", None),
        ("serve qwen 7b with vllm on 4 gpus, train on 4", None),
        ("trl GRPO: vllm tp 4, train batch 8 on 8 A100 of a 7B", None),
    ],
)
def test_each_part_has_its_cards(question: str, cards: tuple[int, int] | None) -> None:
    found = read(question)
    assert ("log_generates_on" in found.extras) is (cards is not None)
    if cards is not None:
        assert found.facts["n_gpus"] == cards[:1]
        assert tuple(int(found.extras[name][0]) for name in ("log_trains_on", "log_generates_on")) == cards


@pytest.mark.parametrize(
    ("question", "opens", "said"),
    [
        # 32.8e9 × 16 B ÷ 8; 61.0 GiB ÷ 4 ranks
        (
            "GRPO of QwQ-32B full, 16x H100 80G, 16k completions. 8 cards on actor+ref (zero3), 8 on vLLM, actor OOMs. Too few?",
            "**16 cards are enough, but not divided so: the 8 that train hold 32.8B × 16 B ÷ 8 cards = 61.0 GiB",
            ("12 for training and 4 for the engine", "= 15.3 GiB on each of 4", "4.00 GiB of cache", "the optimizer in host memory"),
        ),
        (
            "两台8卡A800，一台跑vLLM采样一台训练，GRPO全参Qwen2.5-32B，训练那台OOM，卡不够吗？",
            "**16 张够用，问题在分法：训练的 8 张每张要放 32.8B × 16 字节 ÷ 8 张卡 = 61.0 GiB",
            ("训练 12 张、引擎 4 张", "引擎用不着 8 张", "优化器放内存"),
        ),
        (
            "trl GRPO Qwen2.5-14B full, 8 H100: how should I split the cards between vllm and training?",
            "**7 cards for training and 1 for the engine: ",
            ("16-bit copy of 27.5 GiB", "All 8 for both in turn"),
        ),
        ("8 张 4090 GRPO Qwen2.5-3B 全参，训练和 vllm 怎么分配卡", "**训练 7 张、引擎 1 张：", ("轮流共用",)),
        ("How should I split 2x A100 80GB between training and vLLM for GRPO of Qwen2.5-7B?", "**However 2 cards are divided, all of it does not fit: ", ("On the one that trains: the optimizer in host memory",)),
        ("Qwen2.5-7B GRPO,2 张 A100 80GB,训练和 vLLM 怎么分卡?", "**2 张怎么分都放不下", ("仍用 1 张训练的话：优化器放内存",)),
        ("How should I split 2x A100 80GB between training and vLLM for GRPO of Qwen2.5-1.5B?", "**1 card for training and 1 for the engine: ", ("on the one that trains, of 80.0 GiB",)),
        ("GRPO Qwen2.5-7B full, 8 H100: 7 for training, 1 for vLLM. Fits?", "**Qwen2.5-7B-Instruct, full fine-tuning, 7 cards", ("the rollouts have 1 of their own",)),
    ],
)  # fmt: skip
def test_another_division_is_told(question: str, opens: str, said: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:400]
    assert all(one in answer for one in said), answer
    assert "share each card" not in answer
    assert "引擎与训练共用每张卡" not in answer
