"""Whether the memory of cards that are named adds up, asked of no model: that is answered before what they run."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "sum_"),
    [
        ("does the vram of two RTX 4060 Ti 16GB stack?", "2 × 16 = 32 GB"),
        ("getting another 4090, would I then have 48 GB?", "2 × 24 = 48 GB"),
        ("3x 3090 = 72GB?", "3 × 24 = 72 GB"),
        ("4090 and a 3060 12GB, can they be combined?", "24 + 12 = 36 GB"),
    ],
)
def test_cards_that_run_add_up_where_the_model_is_divided(question: str, sum_: str) -> None:
    told = answer_to(question)
    assert told.startswith("**Yes, to run a model")
    assert sum_ in told.split("**")[1]
    assert "the largest" in told  # and then what they run


@pytest.mark.parametrize(
    "question", ["4张3090的显存可以合并吗", "两张5060Ti 16G算32G显存吗", "双4090能不能叠加成48G用"]
)
def test_cards_add_up_in_chinese(question: str) -> None:
    assert answer_to(question).startswith("**推理可以，前提是程序把模型切分到各卡：合计 ")


@pytest.mark.parametrize(
    "question", ["when I fine-tune on 4x 4090, do they pool their memory?", "微调时8张3090显存会叠加吗"]
)
def test_cards_that_train_add_up_only_where_it_is_sharded(question: str) -> None:
    head = answer_to(question).split("**")[1]
    assert "ZeRO-3" in head
    assert "DDP" in head


def test_both_uses_are_told_where_both_are_asked() -> None:
    head = answer_to("two 4090: do they add up to 48 GB when running models, and when training?").split("**")[1]
    assert head.startswith("Yes, to run")
    assert "To train, only with ZeRO-3" in head


@pytest.mark.parametrize(
    "question",
    [
        "which models can I run with two 3090, 48GB combined?",
        "RTX 3090 24GB, is that 24GB all usable?",
        "两张3090加起来48G能跑什么模型",
    ],
)
def test_what_they_run_opens_where_that_is_asked(question: str) -> None:
    assert "RTX 3090" in answer_to(question).split("**")[1]


def test_a_model_that_is_named_has_its_verdict() -> None:
    assert "fits" in answer_to("do two 3090 pool for Qwen3-32B Q8_0?").split("**")[1]


@pytest.mark.parametrize(
    ("question", "sum_"),
    [
        ("will the memory of a 4070 12GB and a 3060 12GB add up?", "2 × 12 = 24 GB"),
        ("3080 10G和2080Ti 11G的显存能合起来用吗", "10 + 11 = 21 GB"),
    ],
)
def test_cards_that_are_named_side_by_side_add_up_too(question: str, sum_: str) -> None:
    assert sum_ in answer_to(question).split("**")[1]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does an NVLink bridge make two 3090 one 48GB card?", "**No, they never become one card"),
        ("两张2080Ti接上NVLink桥能变成一张22G的卡吗", "**不能，有没有 NVLink 都不会变成一张卡"),
    ],
)
def test_they_never_become_one_card(question: str, opens: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert "2 × " in told.split("**")[1]


@pytest.mark.parametrize(
    "question",
    [
        "can I combine LoRA and DPO on two 3090?",
        "two 3090: can I merge a LoRA adapter there?",
        "两张3090上能合并LoRA权重吗",
        "两张3090能把数据合并起来训练吗",
    ],
)
def test_what_else_is_combined_is_no_memory(question: str) -> None:
    assert "cards_added" not in read(question).cues


def test_a_setting_written_with_a_sign_asks_for_no_sum() -> None:
    assert "sum_of_cards" not in read("tensor-parallel=2 on my 4090 24GB cards: which models run?").cues
    assert "sum_of_cards" not in read("2x A100, max_model_len=8192 and 40GB each, does it go?").cues
    assert "sum_of_cards" in read("two 3090s, 2 x 24 = 48 GB, right?").cues


@pytest.mark.parametrize(
    ("question", "opens", "used", "split"),
    [
        ("4090 + 3060 12GB with tensor parallel in vllm, = 36GB?", "**No: tensor parallel", "2 × 12 = 24 GB", "24,12"),
        ("一张3090加一张4060 8G,sglang 张量并行能用上 32G 吗", "**不能：张量并行", "2 × 8 = 16 GB", "24,8"),
    ],
)
def test_tensor_parallel_counts_the_smallest_of_unlike_cards(question: str, opens: str, used: str, split: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert used in told.split("**")[1]
    assert f"--tensor-split {split}" in told


@pytest.mark.parametrize(
    ("question", "refused"),
    [
        ("5000x RTX 4090 + 1x RTX 3090 for 70B Q4, does it fit?", "names 5001 cards together; name 2 to 64"),
        ("RTX 3090 and 5000 RTX 4090 cards, Llama-3-70B", "names 5000 cards together; name 2 to 64"),
        ("100张3090和100张4090一起能放下Kimi-K2吗", "一共是 200 张卡；请给出 2 到 64 张"),
    ],
)  # fmt: skip
def test_more_cards_than_a_machine_can_have_are_refused_in_a_line(question: str, refused: str) -> None:
    assert refused in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "Can a Mac Studio M2 Ultra 192GB and a 4060 Ti 16GB together run a 70B Q8?",
        "M2 Ultra 192G 加一张 4060Ti 16G,70B Q4 能跑吗",
    ],
)
def test_a_chip_of_apple_beside_a_card_has_the_sizes_of_neither(question: str) -> None:
    told = answer_to(question)
    assert told.startswith(("**Yes", "**可以"))
    assert "208 GB" in told


@pytest.mark.parametrize(
    "question",
    [
        "do a 3090 and a 3060 12GB count as 36 GB in vLLM with TP=2?",
        "can I use a 3090 and a 3060 12GB as 36GB in vLLM?",
        "does a 3090 plus a 3060 12GB give me 36 GB with vLLM tensor parallel?",
    ],
)
def test_what_cards_count_as_is_no_question_of_models(question: str) -> None:
    assert answer_to(question).startswith("**No: tensor parallel gives each card the same share"), question


def test_what_cards_of_so_much_run_is_one() -> None:
    assert not answer_to("which models run on a 3090 and a 3060 12GB, 36 GB in all?").startswith("**No")


@pytest.mark.parametrize(
    ("question", "rig"),
    [
        ("card 0: 24GB, card 1: 16GB, can I run a 32B Q4?", "24GB + 16GB"),
        ("slot 1: 3090, slot 2: 4060 Ti 16GB. 32B Q6 ok?", "RTX 3090 + RTX 4060 Ti 16 GB"),
        ("0号卡3090，1号卡3060，32B Q4能跑吗", "RTX 3090 + RTX 3060"),
        ("卡0是3090，卡1是4090，能跑70B Q4吗", "RTX 3090 + RTX 4090"),
    ],
)
def test_cards_by_their_numbers_are_of_one_machine(question: str, rig: str) -> None:
    assert read(question).facts["gpu"] == (rig,)
    assert answer_to(question).startswith(("**Yes. ", "**可以。"))


def test_models_on_cards_by_their_numbers_are_cases_of_their_own() -> None:
    told = answer_to("card 0: Llama 3 8B on a 4090; card 1: Qwen2.5-32B Q4 on a 3090, do both fit?")
    assert "**card 0: " in told
    assert "**card 1: " in told


@pytest.mark.parametrize(
    ("question", "each"),
    [
        ("Can I run a Qwen2.5-72B 4-bit on two 4090 48GB cards?", True),
        ("two 4090s with 48GB each, 70B int4", True),
        ("两块4090 48GB卡跑72B Q4", True),
        ("两张4090每张48G，72B int4", True),
        ("70B Q4 on two 3090 48GB total", False),
        ("two 3090 cards, 48GB of VRAM, 70B Q4", False),
        ("双4090 48G显存 70B Q4", False),
    ],
)
def test_the_memory_of_cards_is_of_each_where_it_is_told_so(question: str, each: bool) -> None:
    assert ("gpu_memory_gb" in read(question).facts) is each


@pytest.mark.parametrize("question", ["Qwen2.5-32B AWQ 双3090，能跑吗", "Qwen2.5-32B GPTQ 4 3090s ok?"])
def test_a_count_of_cards_is_no_width_of_a_method(question: str) -> None:
    facts = read(question).facts
    assert "weight_format" in facts
    assert "n_gpus" in facts
    assert read("Qwen2.5-32B GPTQ 8 on a 3090").facts["weight_format"] == ("gptq-int8",)
    for told in (
        "Qwen2.5-32B GPTQ-Int8 4090 能上多长",
        "Qwen2.5-32B GPTQ int8 A100 ok?",
        "GPTQ 8bit 4090, Qwen2.5-14B",
    ):
        assert read(told).facts["weight_format"] == ("gptq-int8",)  # no count where int or bit is said
