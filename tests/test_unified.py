"""A Mac's one memory: one verdict, against what its GPU is let have and what there is, and no card or host as a way out."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("M3 Ultra 96GB, GLM-4.5-Air 6bit mlx with 30k context, yes or no?", "Not within what macOS lets the GPU have"),
        ("64G 的 M4 Max 跑 Qwen3-Next-80B-A3B 4bit,32k 上下文,行吗", "很紧"),
        ("m4 max 64gb macbook; Qwen3-Next-80B-A3B mlx 4bit; 32k context. tight?", "Tight"),
    ],
)
def test_beyond_the_default_share_there_is_one_verdict(question: str, said: str) -> None:
    text = answer_to(question)
    assert said in text.split("\n")[0]
    assert "iogpu.wired_limit_mb" in text
    first_lines = text.split("|")[0]
    assert "does not fit" not in first_lines
    assert "放不下**" not in first_lines


@pytest.mark.parametrize(
    "question",
    ["GPT-OSS 20B on a 16GB Mac: insufficient memory. Expected?", "16G 的 mac mini 跑 gpt-oss-20b 报内存不足,正常吗"],
)
def test_no_card_and_no_other_memory_is_offered_to_a_mac(question: str) -> None:
    text = answer_to(question)
    assert "GeForce" not in text
    assert "RTX" not in text
    assert "host memory" not in text
    assert "专家放在内存" not in text


def test_bits_on_a_mac_are_those_of_its_programs() -> None:
    text = answer_to("mac mini m4 16g, qwen3 14b q4, 8k context, ok?")
    assert "allocator" not in text
    assert "of the 16 GB" in text


@pytest.mark.parametrize(
    "question",
    [
        "M3 Max 64GB, what is the biggest model worth running? people say 70b q4. and tok/s?",
        "M2 Max 32GB 能跑的最大模型是什么,32B q4 行吗,速度多少",
    ],
)
def test_the_largest_is_named_beside_what_others_say_of_one(question: str) -> None:
    text = answer_to(question)
    assert "the largest" in text or "最大" in text
    assert "token" in text
    assert "fits" in text or "放得下" in text


@pytest.mark.parametrize(
    ("question", "whole", "of_a_rung"),
    [
        ("GLM-4.5-Air at Q4 on an M4 Max 64GB, fits?", "a machine of 96 GB", "a machine of 96 GB |"),
        ("M2 Ultra 64GB 能跑 Llama-3.3-70B Q8_0 吗", "128 GB 的机器", "96 GB 的机器 |"),
    ],
)
def test_what_a_mac_does_not_hold_is_told_with_the_machine_that_does(question: str, whole: str, of_a_rung: str) -> None:
    text = answer_to(question)
    assert whole in text.split("|")[0]
    assert of_a_rung in text
    assert "cards of" not in text
    assert "张" not in text


@pytest.mark.parametrize(
    ("question", "raised"),
    [
        ("how fast would llama 3.3 70b q4_K_M be on a 48GB M4 Max?", True),
        ("Llama 3.3 70B Q4_K_M 在 48G 的 M4 Pro 上一秒多少token", True),
        ("Llama 3.3 70B Q4_K_M 在 36GB 的 M3 Max 上多快", False),
    ],
)
def test_a_need_between_the_default_limit_and_the_memory_names_the_raised_limit(question: str, raised: bool) -> None:
    assert ("iogpu.wired_limit_mb" in answer_to(question)) is raised


@pytest.mark.parametrize(
    "question",
    [
        "strix halo 128gb finetune 8b full?",
        "full fine-tuning of a 14B on a DGX Spark, does it fit?",
        "M3 Max 64GB mlx 微调 32B LoRA 行吗",
        "DGX Spark 全参微调 14B 放得下吗",
    ],
)
def test_no_offload_is_advised_where_host_memory_is_the_same(question: str) -> None:
    text = answer_to(question)
    for one in ("host memory", "放在内存", "RAM", "ZeRO-3)"):
        assert one not in text.split("\n- On a Mac")[0].split("\n- Mac 默认")[0], one


@pytest.mark.parametrize(
    ("question", "opens", "verdict"),
    [
        ("can I offload the optimizer to cpu on a dgx spark for full finetuning of an 8b", "**Here host memory is the same memory", "borderline"),
        ("strix halo 128gb, qlora of a 70b with cpu offload", "**Here host memory is the same memory", "about 41.0 GiB of 96.0 GiB"),
        ("M2 Ultra 192GB 用 zero offload 全参 13B 行吗", "**这里内存和显存是同一份", "放不下"),
    ],
)  # fmt: skip
def test_what_is_told_to_be_offloaded_stays_in_the_one_memory(question: str, opens: str, verdict: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens)
    assert verdict in text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("single 3090 zero3 offload of a 7b, full", "if the host has"),
        ("8B full fine-tuning on one A100 80GB", "in host memory"),
    ],
)
def test_a_card_with_memory_of_its_own_still_offloads(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "joined", "swapped"),
    [
        ("Jetson Orin Nano 8GB 能跑 14B Q4 吗?", "2 台同样的机器，经网络切分", "换 "),
        ("Can a DGX Spark full fine-tune a 14B?", "such machines, sharded over their network", "a card of"),
        ("Can I QLoRA a 70B on a Jetson AGX Orin 32 GB?", "2 such machines, sharded over their network, most likely do", "a card of"),
    ],
)  # fmt: skip
def test_a_board_takes_no_other_card_and_is_joined_to_its_like(question: str, joined: str, swapped: str) -> None:
    text = answer_to(question)
    assert joined in text
    assert f"- {swapped}" not in text


def test_a_card_is_swapped_or_joined_by_others() -> None:
    text = answer_to("Can I QLoRA a 70B on a RTX 5090?")
    assert "- a card of 80 GB" in text
    assert "2 such cards, sharded, most likely do" in text


@pytest.mark.parametrize(
    ("question", "left", "shared"),
    [
        ("Jetson AGX Orin 64GB with llama.cpp: is Q4_K_M of Llama-3.3-70B enough at 32k or do I need Q3_K_M?", "that are left are for the system", "are shared with the system"),
        ("Will Qwen2.5-72B Q5_K_M fit a DGX Spark 128GB at 64k, or do I have to use Q4_K_M?", "that are left are for the system", "are shared with the system"),
        ("Llama-3.3-70B 在 Jetson AGX Orin 64GB 上跑 32k 上下文,Q4_K_M 够吗,还是要用 Q3_K_M?", "是系统和其他程序的", "由系统和 GPU 共用"),
    ],
)  # fmt: skip
def test_of_two_formats_on_a_board_what_is_left_is_the_systems(question: str, left: str, shared: str) -> None:
    text = answer_to(question)
    assert left in text.split("\n")[0]
    assert shared in text
    assert "q8_0" in text


@pytest.mark.parametrize(
    "question",
    [
        "RTX 5090: is Q6_K of Qwen2.5-32B enough at 8k or do I need Q4_K_M?",
        "M2 Max 64GB, llama.cpp, Llama-3.3-70B: is Q3_K_M enough at 8k or do I need Q2_K?",
        "A100 80GB 跑 Qwen2.5-72B,Q6_K 够吗,还是要用 Q4_K_M?",
    ],
)
def test_a_card_of_its_own_and_a_macs_share_leave_the_system_nothing(question: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert "for the system" not in first
    assert "是系统和其他程序的" not in first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Jetson Orin Nano 8G能跑多大的模型", "这里只有一份内存，剩下的系统和其他程序也要用"),
        (
            "What is the largest LLM for a Jetson AGX Orin 64GB?",
            "what is left of it is for the system and all else, too",
        ),
        ("DGX Spark最大能跑多大的模型", "这里只有一份内存"),
    ],
)
def test_the_largest_of_a_board_leaves_the_system_its_part(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "What is the largest model an M2 Max 64GB can run?",
        "RTX 4060 8GB: largest model?",
        "两张3090最大能跑多大的模型",
        "Ryzen AI Max+ 395 128GB: what's the biggest model it runs?",
    ],
)
def test_of_a_card_and_of_a_part_that_is_set_apart_nothing_is_the_systems(question: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert "It is one memory" not in first
    assert "只有一份内存" not in first
