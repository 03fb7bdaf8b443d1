"""Which member of a family a machine runs, which file of a model, and an amount that a server is to keep to."""

import pytest

from chat.plans.families import members_asked
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "largest"),
    [
        ("3070 8g能跑deepseek哪个版本", "DeepSeek-R1-Distill-Llama-8B Q4_K_M"),
        ("which deepseek should a 3090 24GB run", "DeepSeek-R1-Distill-Qwen-32B Q4_K_M"),
        ("7800xt 16g deepseek r1跑几b的合适", "DeepSeek-R1-Distill-Qwen-14B Q4_K_M"),
        ("8张H200跑deepseek用哪个版本", "DeepSeek-V4-Pro"),
        ("4070s 12g qwen3选哪个大小", "Qwen3-14B Q4_K_M"),
    ],
)
def test_of_a_family_the_largest_that_the_cards_hold(question: str, largest: str) -> None:
    told = answer_to(question)
    assert largest in told.split("\n")[0]


def test_without_a_card_each_member_that_memory_holds_is_told() -> None:
    told = answer_to("no gpu, 32GB of RAM, which deepseek distill should I take")
    assert all(f"DeepSeek-R1-Distill-{one}" in told for one in ("Qwen-14B", "Llama-8B"))


@pytest.mark.parametrize(
    "question",
    [
        "4090跑deepseek r1 8b和14b选哪个",
        "3090能跑deepseek吗",
        "which card for deepseek r1?",
        "3090 lora微调deepseek选哪个",
    ],
)
def test_what_asks_for_no_member(question: str) -> None:
    assert not members_asked(read(question))


@pytest.mark.parametrize(
    ("question", "largest"),
    [
        ("qwen3 14b 4070 12g 量化选哪个", "Qwen3-14B Q5_K_M"),
        ("4080 16g跑gemma3 12b 用哪个量化等级", "gemma-3-12b-it Q8_0"),
    ],
)
def test_which_file_of_a_model(question: str, largest: str) -> None:
    assert largest in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "target"),
    [
        ("vllm跑qwen3 8b 只想让它用18G,4090", 18.0),
        ("make sglang use at most 12 GB for qwen3-4b on a 3090", 12.0),
        ("我只想用一张24G的卡跑32b", None),
        ("I want to use only the 64 GB of system RAM", None),
    ],
)
def test_an_amount_that_a_server_is_to_keep_to(question: str, target: float | None) -> None:
    told = read(question).extras.get("log_target", ())
    assert [float(one) for one in told] == ([target] if target else [])


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("4060ti 16g和7900xtx 24g跑大模型选哪个", "RX 7900 XTX：最大 Qwen3-32B"),
        ("a used 3090 or a 5080 for local LLM inference, which one is better?", "RTX 5080: the largest is"),
    ],
)
def test_which_card_to_take_is_told_by_what_each_runs(question: str, says: str) -> None:
    told = answer_to(question)
    assert says in told
    assert "7B" not in told.split("|")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("4090 lora llama3.1 8b bs 1 只用了18g,batch还能加大吗", "按您看到的推算，每卡批大小约可到 2"),
        ("QLoRA of Mistral-7B on a 3090, batch 2 uses 9 GB, how much larger can the batch be?", "From what you see, about batch"),
        ("lora qwen2.5 7b 3090 batch 2 占 22.5G 能不能再加大", "按您看到的，批大小 2 已接近上限"),
    ],
)  # fmt: skip
def test_a_batch_goes_as_far_as_what_was_seen_leaves(question: str, opens: str) -> None:
    assert answer_to(question).startswith(f"**{opens}")


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("2080ti 22g 收了两张nvlink桥接,跑32b q8", {"n_gpus": (2,)}),
        ("P40 24g 买3张凑72G跑72b q4", {"n_gpus": (3,)}),
        ("m3 pro 18g内存够跑qwen3 14b q4吗", {"gpu_memory_gb": (18,)}),
        ("GPU 0 has a total capacty of 15.77 GiB of which 12.3 MiB is free, lora qwen3 4b", {"gpu_memory_gb": (15.77,)}),
    ],
)  # fmt: skip
def test_counts_and_memories_as_they_are_typed(question: str, facts: dict[str, tuple[float, ...]]) -> None:
    found = read(question).facts
    assert {name: found.get(name) for name in facts} == facts


def test_a_card_that_no_table_has_is_no_model() -> None:
    told = answer_to("p106 6g矿卡 买4张组24g跑qwen3 14b q4")
    assert "没有" in told
    assert "”按 Qwen3" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("一台5070一台3060 12g两台主机用网线连起来能跑qwen2.5 32b q4吗", "rpc-server"),
        ("use both PCs, one 4080 and one 3080 10GB, over the LAN for a 32B Q4?", "rpc-server"),
        ("一台4090一台3090,哪台跑32b q4合适", ""),
        ("两台电脑一台4090一台3090,对比一下跑32b q4的速度", ""),
    ],
)
def test_machines_that_are_joined_count_as_one(question: str, says: str) -> None:
    reading = read(question)
    assert (len(reading.facts["gpu"]) == 1) == bool(says)
    told = answer_to(question)
    assert (says in told) if says else ("rpc-server" not in told)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("16g显存能qlora微调几b", "最大 13B"),
        ("3090能lora几b的模型", "LoRA：**最大"),
        ("8g显存能训几b", "4 位 QLoRA：**最大"),
        ("2060 6g能跑得动几b的模型", "最大 Qwen3-4B"),
    ],
)
def test_how_many_b_a_card_tunes_or_runs(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_what_one_card_holds_is_not_to_be_divided() -> None:
    told = answer_to("ORPO训练8b要几张4090 lora")
    assert "所以至少要" not in told


@pytest.mark.parametrize(
    ("question", "members"),
    [
        ("1卡/2卡/4卡4090最多能推多大的qwen", ["Qwen2.5-72B-Instruct", "Qwen3.5-122B-A10B"]),
        ("What is the largest Qwen for one, two and four 4090s?", ["Qwen2.5-72B-Instruct", "Qwen3.5-122B-A10B"]),
        ("biggest llama for 2x 3090?", ["Llama-3.3-70B-Instruct", "Llama-2-13b-chat-hf"]),
    ],
)
def test_the_largest_of_a_family_is_of_any_generation(question: str, members: list[str]) -> None:
    named = [one.rpartition("/")[2] for one in members_asked(read(question))]
    assert set(members) <= set(named)
    assert not [one for one in named if "Coder" in one or "VL" in one]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("1/2/4 张 4090 最多能推理多大的模型", {1, 2, 4}),
        ("1、2、4张4090分别能跑多大的模型", {1, 2, 4}),
        ("8/16张A100 能训多大", {8, 16}),
        ("What is the largest Qwen for one, two and four 4090s?", {1, 2, 4}),
    ],
)
def test_counts_in_a_row_before_their_cards_are_all_read(text: str, counts: set[int]) -> None:
    assert set(read(text).facts["n_gpus"]) == counts


def test_of_many_ways_that_do_not_go_only_the_nearest_is_told() -> None:
    opening = answer_to("qwen3.5 397b的模型,微调8卡a800(80G)够吗,8卡4090够吗").split("\n\n")[0]
    assert "其余" in opening
    assert "ZeRO-2" not in opening
