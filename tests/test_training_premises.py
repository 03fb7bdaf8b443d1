"""What a question takes for granted of a mixture that is trained, and how many cards such a training takes."""

import pytest

from kb.solver import solve
from tests.talking import answer_to


@pytest.mark.parametrize(("question", "opens", "whole"), [
    ("Only 13B of Mixtral-8x7B are active, so a full fine-tune is 13 x 16 = 208 GB and three A100 80GB do, right?", "**Not so:", "46.7B"),
    ("DeepSeek-V3 每个 token 只激活 37B，全参微调 37×16=592GB，一台 8 卡 H800 放得下吧？", "**前提不对", "671B"),
    ("Qwen3-30B-A3B activates 3B, so LoRA on it fits a 12GB card like a 3B would?", "**Not so: adapters", "30.5B"),
])  # fmt: skip
def test_what_a_token_activates_is_not_what_is_trained(question: str, opens: str, whole: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(opens)
    assert whole in first


@pytest.mark.parametrize("question", [
    "How much memory does full fine-tuning of Mixtral-8x7B take?",
    "Qwen3-30B-A3B LoRA on one H100, does it fit?",
])  # fmt: skip
def test_nobody_who_takes_nothing_wrong_for_granted_is_corrected(question: str) -> None:
    assert "Not so" not in answer_to(question)


@pytest.mark.parametrize(("question", "opens", "says"), [
    ("How many A100 80GB for full fine-tuning Qwen3-30B-A3B, do I count 3B or 30B?", "**8 cards**", "**Count all 30.5B: full fine-tuning"),
    ("Full fine-tune of Mixtral 8x7B: how many H100 80GB, by active or total parameters?", "**16 cards", "**Count all 46.7B: full"),
    ("全参微调Qwen3-30B-A3B要几张A100 80G，按3B算还是按30B算", "**8 张卡**", "**按全部 30.5B 算：全参"),
    ("Mixtral-8x7B 全参训练按激活参数还是总参数算显存？", "**按全部 46.7B 算：", "747 GB"),
    ("LoRA on Qwen3-30B-A3B: is the memory by 3B or by 30B? Does one A100 80G do?", "**Count all 30.5B: adapters", "61.1 GB"),
])  # fmt: skip
def test_which_of_two_sizes_is_counted_is_no_false_premise(question: str, opens: str, says: str) -> None:
    """And a count of cards that is asked comes before it."""
    told = answer_to(question)
    assert told.startswith(opens)
    assert says in told


@pytest.mark.parametrize(
    "question", ["4090 24G qlora 训 7B 还是 13B 合适", "Should I fine-tune a 7B or 13B on a 24GB card with QLoRA?"]
)
def test_a_choice_of_two_models_is_none_of_what_is_counted(question: str) -> None:
    told = answer_to(question)
    assert "Count all" not in told
    assert "按全部" not in told


def test_the_count_of_a_large_mixture_has_a_margin_a_floor_and_its_experts_apart() -> None:
    solved = solve("n_gpus", model="DeepSeek-V3", method="full", gpu="H100", zero_stage=3).json()["solved"]
    apart = next(one for one in solved["squeezed"] if "ep" in one["facts"] and "method" not in one["facts"])
    assert solved["by_states"] < apart["value"] < solved["value"] < solved["in_practice"]
    assert apart["value"] % 8 == solved["in_practice"] % 8 == 0
    answer = answer_to("how many H100 for a full-parameter SFT of DeepSeek-V3?")
    assert answer.startswith(f"**{apart['value']} cards")
    assert f"floor is {solved['by_states']} cards" in answer
    assert "All 671B parameters are trained" in answer


def test_of_a_dense_model_the_floor_stands_beside_the_count() -> None:
    answer = answer_to("Qwen2.5-72B 全参微调最少要几张 H800？")
    assert answer.startswith("**24 张卡")
    assert "仅状态" in answer


@pytest.mark.parametrize(("question", "opens"), [
    ("Does full fine-tuning of a 7B in bf16 fit two RTX 4090?", "**No. 7B, full fine-tuning, bf16, 2 cards"),
    ("两张 3090 能不能 QLoRA 微调 Qwen2.5-72B？", "**不行。Qwen2.5-72B-Instruct"),
    ("QLoRA for gemma-2-27b on a 24GB card, would that work?", "**For sure only with fused loss (no full logits): "),
    ("单卡 4090 用 QLoRA 微调 Yi-34B，放得下吗？", "**要稳妥，只有"),
])  # fmt: skip
def test_what_fits_on_a_condition_begins_with_it(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(("question", "opens"), [
    ("Can I QLoRA a 7B on a 3090?", "**Yes. "),
    ("Can I fully fine-tune a 70B on one H100 without any offloading?", "**No. "),
    ("A friend claims 2 x 24GB = 48GB, so we can full fine-tune a 7B. True?", "**No. "),
])  # fmt: skip
def test_what_fits_or_does_not_under_any_is_said_plainly(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(("question", "says"), [
    ("Full FSDP fine-tuning of Llama-3-8B on 4 nodes of 8 A100 over 10GbE: each step is terribly slow, why?", "**The network is what you wait for, not memory: 3 × 16.1 GB = 48.2 GB for every micro-step at 10 Gbit/s (1.25 GB/s) is about 39 s**"),
    ("两台 8 卡 A100 用 ZeRO-3 全参训 Qwen2.5-7B，机间只有 25G 以太网，为什么这么慢？", "**瓶颈是网络，不是显存：每个微步传 3 × 15.2 GB = 45.7 GB，25 Gbit/s（3.12 GB/s）下约 15 秒**"),
    ("4 nodes with 8 H100 each and 400 Gb/s InfiniBand, ZeRO-3 of a 7B at 8192 tokens: does the network slow it down?", "The network takes less than the computing"),
])  # fmt: skip
def test_what_a_network_takes_of_a_step_is_told_where_it_is_named(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_whether_the_memory_is_enough_is_told_before_what_the_network_takes() -> None:
    answer = answer_to("2 nodes, 8x RTX 4090 each, 10GbE between. Is that enough memory for ZeRO-3 full tuning of Llama-2-13B? And why is it slow?")  # fmt: skip
    assert answer.index("fits**") < answer.index("The network is what you wait for")
    assert "hpZ then" in answer  # the states of one machine's cards are more than they have


def test_the_size_of_a_reward_model_is_no_other_policy() -> None:
    from chat.reads.grammar import read

    assert read("PPO of a 14B with a 7B reward model on 16 H100").facts["params"] == (14_000_000_000,)
    assert read("GRPO 训 32B，奖励模型 7B，64 张 H800").facts["params"] == (32_000_000_000,)
    assert read("train a 7B reward model on 8 A100").facts["params"] == (7_000_000_000,)


@pytest.mark.parametrize(("question", "says"), [
    ("What does going from PPO to GRPO save for a 7B with full tuning on 8 A100 80GB?", ("**Dropping the critic saves 6.74B × 16 B = 108 GB (100.4 GiB), 13.5 GB (12.6 GiB) on each of 8 cards", "= 243 GB", "reward model: 121 GB")),
    ("14B 全参做 RLHF，16 张 H800，奖励模型 7B：PPO 和 GRPO 显存差多少？", ("**去掉 critic 省下 14.8B × 16 B = 236 GB", "reward（7B）14 GB")),
])  # fmt: skip
def test_what_the_critic_takes_is_told_first_and_model_by_model(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert answer.startswith(says[0])
    assert all(one in answer for one in says)


def test_two_algorithms_on_the_same_cards_are_compared_in_one_layout() -> None:
    from kb.comparison import compare

    found = compare([{"algo": "ppo"}, {"algo": "grpo"}], params="7B", method="full", gpu="A100 80 GB", n_gpus=8)
    ppo, grpo = (one.main for one in found.setups)
    assert ppo.situation.knob("zero_stage") == grpo.situation.knob("zero_stage") == 3
    assert grpo.best < ppo.best


@pytest.mark.parametrize(("question", "says"), [
    ("Megatron, Qwen2.5-72B on 32 H100 with TP8 and PP4, 4096 tokens, micro-batch 1, no recomputation: the first stage runs out of memory, the last is half empty. Would an interleaved schedule with 2 model chunks balance them?", ("**Interleaving (v = 2) does not even that out, it adds to it:**", "1 + (p − 1)/(p·v) = 1.375 times")),
    ("TP8、PP4 训 Llama-2-70B，32 张 A100 80G，层数均分，首级显存却比末级高很多。有人说 VPP 设 2 就均衡了，对吗？", ("**交错调度（v = 2）不能均衡，反而更多：**", "1.375 倍")),
])  # fmt: skip
def test_interleaving_that_is_proposed_has_a_verdict_of_its_own(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says)
    assert "min(4, " not in answer  # nobody said how many micro-batches there are
    assert "virtual_stages" not in answer


def test_degrees_that_multiply_to_the_cards_are_one_layout() -> None:
    from chat.plans.plan import plan
    from chat.reads.grammar import read

    calls = plan(read("PP4 训 Llama-2-70B，一共 32 张 A100 80G，TP8，显存够吗？"))
    assert calls[0][0] == "estimate_memory"
    assert calls[0][1]["tp"] * calls[0][1]["pp"] == 32


@pytest.mark.parametrize(("question", "says"), [
    ("Full fine-tuning of Llama-3.1-8B in FP8 on 8 H100 against bf16: how much less memory?", ("**No less than in bf16", "8.03B × 16 B = 128 GB")),
    ("用 FP8 全参训练 Qwen2.5-14B，8 张 H100，显存够不够", ("**不会比 bf16 少", "14.8B × 16 字节 = 236 GB")),
])  # fmt: skip
def test_training_in_fp8_keeps_the_states_of_bf16(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert answer.startswith(says[0])
    assert says[1] in answer
    assert "1.03 B/param" not in answer


@pytest.mark.parametrize(("question", "says"), [
    ("We train Llama-3.1-8B in full on 32 A100 80GB, 4096 tokens. A colleague insists on ZeRO-3; of ZeRO-1, 2 and 3, which stage should we take? And on 16 cards?", ("**Take ZeRO-1: on 32 cards ZeRO-1 ", "half as much again")),
    ("64 张 A100 80G 全参训 Qwen2.5-7B。别人都说 ZeRO-3，ZeRO-1/2/3 到底选哪个？换成 32 卡呢？", ("**选 ZeRO-1：64 张卡每卡 ZeRO-1 ", "多一半")),
])  # fmt: skip
def test_the_stage_to_take_is_told_for_each_number_of_cards(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert answer.startswith(says[0])
    assert "ZeRO-3" in answer.split("**")[1]
    assert says[1] in answer


@pytest.mark.parametrize(
    ("question", "opens", "never"),
    [
        ("I read that FP8 training halves the memory of full fine-tuning of an 8B. True?", "**No less than in bf16", "Yes, about"),
        ("听说 FP8 训练能让 13B 全参显存减半,靠谱吗", "**不会比 bf16 少", "基本对"),
        ("A post says int8 halves the VRAM of Llama-3.1-70B, is that so?", "**Yes, about", "4-bit weights"),
    ],
)  # fmt: skip
def test_a_claimed_saving_is_judged_of_what_it_is_said_of(question: str, opens: str, never: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert never not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("the model was trained on 7 billion tokens, int4, can it run on a 12 GB card?", ("say nothing of its memory", "7B, inference")),
        ("用13B token训练出来的模型,4bit部署要多大显存", ("和显存无关", "13B · 推理")),
        ("Llama-3-8B was trained on 15T tokens, will it run on 24gb?", ("Llama-3-8B",)),
    ],
)  # fmt: skip
def test_tokens_of_a_training_that_is_over_are_no_size(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    assert not [one for one in says if one not in told]
    assert "QLoRA" not in told.split("\n")[0]


@pytest.mark.parametrize(("question", "opens"), [
    ("They pretrain a 7B with GaLore on a 24GB card, yet a table says 7B full is 120 GB. Which is wrong?", "**Both hold"),
    ("GaLore 说 4090 能训 7B，表里 7B 全参要 120GB，谁在说谎", "**两个都成立"),
])  # fmt: skip
def test_full_training_beside_galore_is_no_contradiction(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_ordinary_full_training_is_told_only_beside_its_figure() -> None:
    assert "Both hold" not in answer_to("Does GaLore for a 7B fit on a 24 GB 4090?")


def test_a_width_below_every_format_is_no_mean_of_a_file() -> None:
    answer = answer_to("1.2T 模型 0.8bit 量化版，8 张 48G 卡能部署吗")
    assert answer.startswith("**没有 0.8 位的权重格式")
    assert "384.0 GiB" in answer.split("\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("gpt-oss-120b serves fine on one H100 80GB in vLLM but my LoRA script OOMs while loading it. Why?", ("**Training does not load what serving loads", "65.2 GB (60.8 GiB)", "234 GB (217.6 GiB)")),
        ("gpt-oss-20b runs on my 16GB card, but LoRA training runs out of memory while loading the model. Why?", ("**Training does not load what serving loads", "41.8 GB (39.0 GiB)")),
        ("gpt-oss-20b在4090上推理没问题，一做LoRA微调加载就爆显存，为什么", ("**训练和推理加载的不是同一份权重", "共 13.8 GB（12.8 GiB）")),
    ],
)  # fmt: skip
def test_what_is_served_in_the_bits_it_was_published_in_is_trained_in_more(
    question: str, says: tuple[str, ...]
) -> None:
    opening = answer_to(question).partition("\n\n")[0]
    assert all(one in opening for one in says), opening
    assert "base alone is too much" not in answer_to(question)


@pytest.mark.parametrize(
    "question",
    ["gpt-oss-20b LoRA on an A100 80GB OOMs. Why?", "gpt-oss-20b QLoRA on a 16GB card OOMs at load", "Qwen3-30B-A3B LoRA on a 4090 OOMs while loading. Why?"],
)  # fmt: skip
def test_another_failure_has_another_cause_than_the_published_bits(question: str) -> None:
    assert not answer_to(question).startswith("**Training does not load")
