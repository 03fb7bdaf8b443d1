"""RLHF's models: which are meant, that each is a copy of its own, and that the cards hold all of them."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "algo"),
    [
        ("RLHF of an 8B on 8x A100 80GB, fits?", ("ppo",)),
        ("14B 做 RLHF 要几张 H100", ("ppo",)),
        ("8B policy with a reward model and a critic, how much VRAM?", ("ppo",)),
        ("reward model training of a 3B, full fine-tuning", ("rm",)),
        ("RLHF with DPO on a 7B", ("dpo",)),
        ("7B GRPO, part of our RLHF pipeline", ("grpo",)),
        ("fine-tune a 7B on the hh-rlhf dataset with LoRA", ()),
    ],
)
def test_rlhf_without_another_way_is_ppo(question: str, algo: tuple[str, ...]) -> None:
    assert read(question).facts.get("algo", ()) == algo


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("PPO of an 8B: are critic and reward model extra copies or do they share the policy's weights?", "**Each is a copy of its own unless it is built to share: actor and critic train, 16 B per parameter each, 257 GB"),
        ("8B 的 PPO,critic 和奖励模型共享显存吗,还是各占一份", "**除非专门设计成共用，四个各是一份：actor 与 critic 要训练，每参数各 16 字节，共 257 GB"),
    ],
)  # fmt: skip
def test_each_is_a_copy_of_its_own(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_the_cards_hold_the_states_of_all() -> None:
    said = answer_to("How many A100 80GB for PPO of a 32B?")
    assert "the policy's weights, gradients and optimizer states" in said
    assert "weights and states of the models beside the policy" in said
    floor = int(said.partition("the floor is ")[2].partition(" cards")[0])
    alone = answer_to("How many A100 80GB for full fine-tuning of a 32B?")
    assert floor > 2 * int(alone.partition("the floor is ")[2].partition(" cards")[0]) - 2


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 4 × 7.51e9 × 2 B; 2 × 16 B and 2 × 2 B of each parameter, in 0.8 × 80 GiB
        ("baichuan2-7b PPO LoRA，A100 80G 单卡，四个模型放得下吗", ("16 位权重是 60.0 GB", "80.0 GiB 放得下", "至少约 4 张 80.0 GiB 的卡")),
        ("PPO with LoRA adapters of Baichuan2-7B on an A100 80GB: does it fit?", ("60.0 GB (55.9 GiB) of 16-bit weights", "270 GB", "some 4 cards of 80.0 GiB")),
        ("LoRA DPO of Yi-1.5-34B on 2 A800 80GB: must the ref model be loaded again?", ("as full fine-tuning needs",)),
        ("DPO full fine-tune of Mistral-7B on 2x A100 80GB with ZeRO-3, ref_model=None: is a second copy loaded?", ("**In full fine-tuning yes, unless its log-probabilities are computed beforehand: ", "6.74 GiB under ZeRO-3")),
        ("DPO Qwen2-7B full 8xA100 80GB zero3: precompute_ref_log_probs saves how much per card?", ("and 1.77 GiB under ZeRO-3",)),
        ("KTO LoRA of Llama-3-70B on 4x A100 80GB, do I need a second copy of the model for reference?", ("**No second copy: ",)),
        ("Yi-1.5-34B LoRA 做 DPO，2 张 A800，参考模型要再放一份吗", ("或改成全参训练",)),
    ],
)  # fmt: skip
def test_adapters_are_told_what_models_of_their_own_take(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in said), text


def test_a_second_copy_is_no_second_card() -> None:
    question = "KTO LoRA of Llama-3-70B on 4x A100 80GB, do I need a second copy of the model for reference?"
    assert "a fifth is not needed" not in answer_to(question)
    assert "a second is not needed" in answer_to("LoRA of Llama-3.1-8B on a 4090, do I need a second card?")


def test_where_no_batch_is_told_halving_it_is_told_first_of_pairs() -> None:
    said = answer_to("qwen2.5-7b全参8卡A100 40G,sft zero3能跑,换dpo同样bs就炸,dpo多吃多少显存")
    assert "把 micro-batch 减半，序列条数就和原来一样（已经是 1 就缩短样本）" in said
