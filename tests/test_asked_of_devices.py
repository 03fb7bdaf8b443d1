"""Short questions of devices and files: what a Mac's GPU is let have, what a model takes on a disk, cards held against one card."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, embedded, narrow_opening, opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how much of 128gb unified memory does metal get to use?", ("96.0 of the 128 GiB", "wired_limit_mb=122880")),
        ("wired limit for a 48gb m4 pro?", ("36.0 of the 48 GiB", "wired_limit_mb=40960")),
        ("how much vram does a 24gb macbook air have", ("16.0 of the 24 GiB", "wired_limit_mb=20480")),
        ("M2 Max 96G 显卡能用多少内存", ("72.0 GiB", "wired_limit_mb=90112")),
        ("Mac 32G 内存能当多少显存用", ("21.3 GiB", "wired_limit_mb=24576")),
        ("what is the default gpu memory limit on apple silicon", ("two thirds of it up to 32 GB",)),
    ],
)
def test_what_a_macs_gpu_is_let_have_is_told_by_itself(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    assert all(one in told for one in says), told
    assert "the largest" not in told
    assert "最大" not in told


@pytest.mark.parametrize(
    "question",
    [
        "which models can i run on a 48gb m4 pro",
        "how much memory does qwen3-14b use on a 36gb macbook",
        "36G的Mac显卡能跑多大的模型",
        "how much vram does qwen3-8b have to have on an m3 max",
    ],
)
def test_what_runs_on_a_mac_is_another_question(question: str) -> None:
    told = [one["key"] for one in embedded().ask(question).result.get("remarks", ())]
    assert "meaning-of-unified-share" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("disk space for deepseek r1?", "**DeepSeek-R1 FP8: about 673 GB"),
        ("how many gb is the download of qwen3-14b", "**Qwen3-14B bf16: about 29.5 GB"),
        ("gguf file size of llama-3.1-8b q4_k_m", "**Llama-3.1-8B-Instruct Q4_K_M: about 4.91 GB"),
        ("存 qwen3-32b 要多少硬盘", "**Qwen3-32B bf16:硬盘上约 65.5 GB"),
        ("gpt-oss-20b 下载下来多大", "**gpt-oss-20b MXFP4:硬盘上约"),
        ("disk needed for qwen3-8b and qwen3-14b", "**On disk, and to download: Qwen3-8B bf16 16.4 GB"),
    ],
)
def test_what_a_model_takes_on_a_disk_is_no_need_of_memory(question: str, opens: str) -> None:
    assert narrow_opening(question).startswith(opens)
    told = answer_to(question)
    assert "KV" not in told
    assert "A100" not in told


def test_published_layers_that_predict_further_are_told_with_the_download() -> None:
    assert "about 686 GB" in answer_to("how much disk for deepseek v3")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how long does it take to download qwen3-32b?", "at 100 Mbit/s (12.5 MB/s) 1.5 hours"),
        ("qwen3-32b 要下载多久", "100 Mbit/s（每秒 12.5 MB）要 1.5 小时"),
    ],
)
def test_the_time_of_a_download_is_the_links(question: str, says: str) -> None:
    told = answer_to(question)
    assert says in told
    assert "tokens/s" not in told


def test_a_card_beside_the_file_is_answered_as_well() -> None:
    told = answer_to("qwen3-32b q4_k_m file size, and does it fit a 3090?")
    assert told.startswith("**Qwen3-32B Q4_K_M: about 19.8 GB")
    assert "RTX 3090: fits" in told


@pytest.mark.parametrize(
    "question",
    [
        "Full fine-tuning of Qwen2.5-7B: how much disk do the checkpoints take?",
        "offload qwen3-32b to disk: how much vram is left?",
        "qwen3-32b 的 kv cache 放硬盘能省多少显存",
    ],
)
def test_what_training_leaves_or_loads_is_no_model_on_a_disk(question: str) -> None:
    assert "which is what is downloaded" not in answer_to(question)
    assert "下载量也是" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("size of the mmproj of gemma 3 27b", "**What lies outside of the language model's blocks"),
        ("gemma-3-12b 的 mmproj 文件多大", "**语言模型各层之外的部分"),
    ],
)
def test_the_projectors_file_is_the_tower(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "sum_"),
    [
        ("is 2x 4060 ti 16gb equivalent to a 32gb card?", "2 × 16 = 32 GB"),
        ("are 4x 3090 as good as one 96gb gpu", "4 × 24 = 96 GB"),
        ("is 2x24gb the same as a single 48gb card", "2 × 24 = 48 GB"),
        ("两张5060Ti 16G跟一张32G的卡一样吗", "2 × 16 = 32 GB"),
        ("两张24G显卡等价于一张48G的卡吗", "2 × 24 = 48 GB"),
    ],
)
def test_several_cards_are_not_one_card_of_their_sum(question: str, sum_: str) -> None:
    told = answer_to(question)
    assert told.startswith(("**No, they never become one card", "**不能，有没有 NVLink 都不会变成一张卡"))
    assert sum_ in told.split("**")[1]
    assert "take turns" in told or "轮流" in told
    assert "32 GB 32 GB" not in told


@pytest.mark.parametrize("question", ["2x 3090 or one 48gb card?", "is a 4090 as good as a 24gb card from amd?"])
def test_cards_among_which_is_chosen_stay_machines(question: str) -> None:
    assert "never become one card" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "takes"),
    [
        ("strix halo or 2x 4090 for gpt-oss-120b?", "**Take AMD Ryzen AI Max+ 395 (Strix Halo): it alone"),
        ("2张3090和 Ryzen AI Max+ 395 跑 gpt-oss-120b 选哪个", "**选 AMD Ryzen AI Max+ 395（Strix Halo）"),
        ("strix halo or 2x 4090 for qwen3-32b", "**Take 2 × RTX 4090: in 8 bit it is much faster"),
        ("Ryzen AI Max+ 395 还是两张3090跑 qwen3-32b", "**选 2 × RTX 3090:8 位时它快得多"),
    ],
)
def test_a_plus_in_a_cards_name_joins_no_cards(question: str, takes: str) -> None:
    assert opening(question).startswith(takes)


def test_a_machine_that_holds_the_model_alone_is_taken_whatever_its_speed() -> None:
    assert opening("2x 4090 or strix halo for llama-3.3-70b q8_0").startswith("**Take AMD")


def test_and_before_a_name_is_no_number() -> None:
    assert opening("dgx spark or strix halo for gpt-oss-20b").startswith("**gpt-oss-20b, inference, MXFP4: fits on")


@pytest.mark.parametrize(
    ("question", "model"),
    [
        ("raspberry pi 5 8gb llm", "Qwen3-4B Q4_K_M"),
        ("orange pi 5 16gb, ollama", "Q4_K_M"),
        ("树莓派5 8G 跑大模型", "Qwen3-4B Q4_K_M"),
    ],
)
def test_a_board_with_its_memory_is_asked_what_it_runs(question: str, model: str) -> None:
    told = answer_to(question)
    assert f"{model}**" in told.split("\n\n")[1]
    assert "bandwidth ÷" in told or "内存带宽 ÷" in told


def test_a_board_that_is_bought_runs_nothing() -> None:
    assert "the largest is" not in answer_to("raspberry pi 5 8gb price")


@pytest.mark.parametrize(
    ("question", "room"),
    [
        ("qwen3-4b q4_k_m on a jetson orin nano", "7.44 GiB"),
        ("Jetson Orin Nano Super 8G 跑 qwen3-4b", "7.44 GiB"),
        ("does glm-4.5-air q4_k_m fit a dgx spark?", "121.7 GiB"),
    ],
)
def test_a_board_shares_its_memory_with_the_system(question: str, room: str) -> None:
    told = answer_to(question)
    assert room in opening(question)
    assert "shared with the system" in told or "由系统和 GPU 共用" in told


def test_a_card_shares_nothing() -> None:
    assert "shared with the system" not in answer_to("qwen3-4b q4_k_m on an rtx 3060")


@pytest.mark.parametrize("card", ["Orin 64G", "Jetson Orin 64GB", "AGX Orin 64GB"])
def test_a_board_is_found_without_the_word_of_its_size(card: str) -> None:
    assert read(f"{card} Qwen2.5-14B Q4, fits?").facts["gpu"] == ("Jetson AGX Orin",)
