"""Short questions of devices and files: what a Mac's GPU is let have, what a model takes on a disk, cards held against one card."""

import pytest

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
    assert "meaning:unified_share" not in str(embedded().ask(question).result)
    assert "by default, t" not in opening(question)


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


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("qwen2.5-vl-72b awq, 2x a6000, 6 images per request, vllm", ("1920 × 1080 is about 2,691 tokens", "6 of them are 16,146")),
        ("qwen2-vl 7b 每个请求12张图 4090", ("12 张共 32,292 个", "没说尺寸")),
        ("qwen2.5-vl-7b with 4 images of 4k on a 3090", ("3840 × 2160 is about 10,549", "4 of them are 42,196")),
    ],
)  # fmt: skip
def test_pictures_of_a_prompt_are_counted_whose_size_nobody_tells(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    assert all(one in told for one in says), told


@pytest.mark.parametrize(
    "question", ["lora qwen2.5-vl-7b, 4 images per sample, on a 4090", "train qwen2-vl-7b on 20 images, a100 80gb"]
)
def test_pictures_that_are_trained_on_have_the_trainers_size(question: str) -> None:
    assert "no size is told" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("qwen2-vl 7b oom on long videos, what can I lower?", "**Give it fewer and smaller frames"),
        ("Qwen2.5-VL-7B 处理视频时显存不够，怎么办", "**减少帧数、缩小每帧"),
    ],
)
def test_a_video_that_is_too_much_has_fewer_and_smaller_frames(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
    assert "32,768" in answer_to(question)
    assert "1.75 GiB" in answer_to(question)


def test_a_video_is_not_the_cause_where_the_weights_are_too_much() -> None:
    assert "smaller frames" not in opening("qwen2.5-vl-72b bf16 video oom on a 4090")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("qwen3-embedding-8b which gpu", "a card of 24 GB, in 8 bit of 12 GB"),
        ("qwen3-embedding-4b 要什么卡", "12 GB 的卡（8 位 6 GB）"),
        ("bge-m3 vram", "a card of 4 GB;"),
    ],
)
def test_an_embedder_is_told_its_card(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("70b q2_k vs 32b q8_0 on a 5090", "**Of these only 70B (Q2_K) fits"),
        ("32b q8 对 70b q2_k，32G 显存", "**只有 70B（Q2_K） 放得下"),
    ],
)
def test_of_two_files_the_one_that_fits_opens_with_what_it_loses(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
    assert "Q6_K" in opening(question)


def test_two_files_that_are_compared_tell_the_difference() -> None:
    assert "less (" in opening("how much less does 70b q2_k take than 32b q8_0 on a 32gb card")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how many h200 for kimi k2 int4", ("594 GB (553.4 GiB)", "8 of these cards")),
        ("kimi k2 int4 要几张 H200", ("594 GB（553.4 GiB）", "要 8 张这样的卡")),
    ],
)
def test_a_mixture_in_int4_has_its_experts_alone_in_few_bits(question: str, says: tuple[str, ...]) -> None:
    assert all(one in opening(question) for one in says), opening(question)


def test_a_dense_model_in_int4_has_no_experts() -> None:
    assert "routed experts" not in answer_to("llama-3.3-70b int4 on 48gb")
