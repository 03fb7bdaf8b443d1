"""Units, and what a card, a file and a meter call the same memory."""

import re

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to, opening

# ── units ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("'7B requires ~26 GB' - where do the 26 GB come from?", ("7B × 4 B = 28.0 GB = 26.08 GiB", "GiB written as GB", "6.74B × 4 B = 27.0 GB")),
        ("7B fp32为什么是26.08而不是28？", ("7B × 4 字节 ÷ 2^30 = 26.08 GiB", "÷ 10^9 = 28.00 GB")),
        ("7B fp16 is 14 GB or 13 GB? file manager says 12.5", ("7B × 2 B ÷ 10^9 = 14.00 GB", "÷ 2^30 = 13.04 GiB", "6.74B × 2 B ÷ 2^30 = 12.55 GiB")),
        ("7B模型fp16有人说14G有人说13G，到底谁对？", ("÷ 10^9 = 14.00 GB", "÷ 2^30 = 13.04 GiB")),
        ("model file is 15.2 GB on hf but explorer shows 14.1 GB, corrupted download?", ("the same bytes", "14.16 GiB", "Nothing is lost")),
        ("vLLM logs 'Loading model weights took 14.96 GiB' for Llama-3.1-8B in bf16, 8.03*2 is 16.06. Where did the missing gigabyte go?", ("Nothing is lost", "14.96 GiB is 8.03B × 2 B ÷ 2^30", "hold the GiB against a card")),
        ("文件在HF上写15.2G，下载后硬盘上显示14.1G，是不是没下全", ("同样多的字节", "14.16 GiB", "什么都没少")),
        ("nvidia-smi says 24564MiB, torch 23.65 GiB, is 25.7 GB < 24 GiB?", ("23.65 GiB < 23.93 GiB (25.7 GB) < 23.99 GiB (24564 MiB) < 24.00 GiB",)),
        ("My A6000 shows 47.5 GB in Unsloth and 49140MiB in nvidia-smi. Which one?", ("its GB are GiB", "48,640 MiB")),
        ("A100 80GB shows 81920MiB, H100 80GB shows 81559MiB, which is 80 GB?", ("81,920 MiB = 80.00 GiB = 85.9 GB", "81,559 MiB = 79.65 GiB = 85.5 GB")),
        ("is the B in 7B bytes or billion?", ("is billion (10^9), not bytes",)),
        ("7B 是 70 亿还是 7 亿？B 是字节吗", ("70 亿参数", "不是字节")),
        ("128K 上下文是 128000 还是 131072？对 Llama3-8B 的 KV 差多少", ("131,072", "16.0 GiB 和 15.6 GiB", "0.38 GiB")),
        ("does 128K mean 128000 or 131072 tokens? KV of llama3 8b at both?", ("131,072", "16.0 GiB", "15.6 GiB", "0.38 GiB apart")),
        ("8x7b = 56, so why does HF say 46.7B for Mixtral-8x7B?", ("do not multiply", "46.7B", "12.9B")),
    ],
)  # fmt: skip
def test_units_and_counts_are_told_apart(assistant: Assistant, question: str, says: tuple[str, ...]) -> None:
    answer = assistant.ask(question)
    for one in says:
        assert one in answer.text, answer.text
    assert not answer.notices
    assert "|---|" not in answer.text


def test_a_card_s_own_size_is_not_converted_as_decimal(assistant: Assistant) -> None:
    answer = assistant.ask("RTX 5090 32GB: nvidia-smi 32607MiB. is that less than 32GB?")
    assert "31.84 GiB" in answer.text
    assert "29.80 GiB" not in answer.text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("4090标称24G，nvidia-smi是24564MiB，torch报错里又写total capacity 23.64 GiB，到底按哪个算，少的去哪了", ("24,564 MiB = 23.99 GiB = 25.76 GB", "0.35 GiB", "按 23.64 GiB 规划")),
        ("A100 80G 的 nvidia-smi 显示 81920MiB，pytorch 里 total_memory 是 79.15 GiB，差的去哪了？", ("81,920 MiB = 80.00 GiB", "0.85 GiB", "驱动和固件")),
        ("My 3090 shows 24576MiB but get_device_properties(0).total_memory prints 25438126080. Which one is right?", ("sees 23.69 GiB", "nothing is missing")),
        ("torch says my H100 has 79.11 GiB total, the spec sheet says 80GB. Was I sold a defective card?", ("sees 79.11 GiB", "nothing is missing")),
        ("GPU-Z 显示 12288MB，标称 12GB，模型文件 11.9GB 能放进去不", ("权重能装进去,但只剩 0.92 GiB", "12,288 MiB = 12.00 GiB")),
        ("safetensors of 24.4 GB, the 3090 is '24GB', torch says 'total capacity of 23.69 GiB'. The weights DID load. How?", ("leave only 0.97 GiB", "24.4 GB = 22.72 GiB")),
        ("资源管理器里模型文件写 13.0GB，网页上是 14.0GB，显存 16G，装得下吗", ("同样多的字节", "剩 2.96 GiB")),
    ],
)  # fmt: skip
def test_a_card_s_memory_in_several_units_is_no_allocator_s(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    answer = assistant.ask(question)
    plain = answer.text.replace("\uff0c", ",").replace("\uff1a", ":")
    for one in says:
        assert one in plain, answer.text
    assert not answer.notices
    assert "expandable_segments" not in answer.text
    assert "memory_allocated" not in answer.text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Why does nvidia-smi report 46068 MiB on my A40 when it's sold as 48 GB?", ("48 GiB × 15/16 = 45 GiB", "46,068 MiB = 44.99 GiB")),
        ("A10 24GB only has 22.5 GiB?", ("24 GiB × 15/16 = 22.5 GiB",)),
        ("why is my 16GB T4 only 14.75 GiB in torch", ("16 GiB × 15/16 = 15 GiB", "sees 14.75 GiB")),
        ("A6000 48G为什么nvidia-smi只有46068MiB？", ("48 GiB × 15/16 = 45 GiB", "按 44.99 GiB 规划")),
        ("两张L20，每张显示46068MiB，不是48G吗？少的去哪了", ("ECC", "3,084 MiB")),
    ],
)  # fmt: skip
def test_what_error_correction_keeps_is_named(assistant: Assistant, question: str, says: tuple[str, ...]) -> None:
    told = assistant.ask(question).text.replace("\uff0c", ",").replace("\uff1a", ":")
    for one in says:
        assert one in told, told
    assert "one size" not in told


@pytest.mark.parametrize(
    "question", ["RTX 4090 24564MiB 为什么不是24G", "H100 80GB shows 81559MiB, where did the rest go?"]
)
def test_a_card_without_error_correction_in_its_memory_keeps_next_to_nothing(
    assistant: Assistant, question: str
) -> None:
    told = assistant.ask(question).text
    assert "ECC" not in told
    assert "12 MiB" in told or "361 MiB" in told


def test_meters_of_a_run_are_still_the_allocator_s(assistant: Assistant) -> None:
    answer = assistant.ask(
        "nvidia-smi says 21 GB on my 4090 but torch.cuda.memory_allocated is 14 GB. Where is the rest?"
    )
    assert "memory_reserved" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Mistral-7B in fp16 is 14.5 GB on disk; does it go on a card whose nvidia-smi says 16380MiB?",
        "Qwen2.5-14B: GPTQ takes 9.3 GiB here and bf16 27.6 GiB, how many bits per weight is each?",
        "Yi-34B AWQ 在 A100 40G 上：权重 19G，KV 4G，40GB 和 40960MiB 是一回事吗",
    ],
)
def test_nothing_of_amounts_and_cards_is_withheld(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert not answer.notices
    assert not any(paragraph.count("**") % 2 for paragraph in answer.text.split("\n\n")), answer.text


@pytest.mark.parametrize(
    ("question", "says", "unsaid"),
    [
        ("Yi-34B AWQ 在 A100 40G 上：权重 19G，KV 4G，40GB 和 40960MiB 是一回事吗", "按这里的格式是对的，19.2 GB", "文件 40 GB"),
        ("Is the 48GB of an L40S 48 GB or 46068MiB? The fp16 files of my 13B are 26 GB", "26 GB = 24.21 GiB of files", "48 GB = 44.7"),
    ],
)  # fmt: skip
def test_a_card_s_own_size_is_no_file_on_it(assistant: Assistant, question: str, says: str, unsaid: str) -> None:
    text = assistant.ask(question).text
    assert says in text, text
    assert unsaid not in text, text


def test_two_units_of_one_size_are_both_right() -> None:
    asked = "My file is 4.92 GB but the loader says 4.58 GiB. Which is right and will 16k context fit on 8 GB?"
    told = answer_to(asked)
    assert told.startswith("**Both are right: 4.92 GB and 4.58 GiB are one size.**")
    assert "the an" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("what's the difference between GB and GiB?", "1 GiB is 2^30 bytes and 1 GB is 10^9: 1 GiB = 1.074 GB"),
        ("what is a GiB?", "1 GiB is 2^30 bytes and 1 GB is 10^9"),
        ("is a GB the same as a GiB", "1 GiB is 2^30 bytes and 1 GB is 10^9"),
        ("GB 和 GiB 差多少", "1 GiB 是 2^30 字节，1 GB 是 10^9 字节：1 GiB = 1.074 GB"),
    ],
)
def test_the_units_themselves_are_told_apart(assistant: Assistant, question: str, opens: str) -> None:
    answer = assistant.ask(question)
    assert opens in answer.text.split("\n\n")[0], answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("My A5000 shows 24564 MiB i.e. 24.6GB and the gguf file is 18.4GB: how much is left?", "24.6 GB only moves the decimal point"),
        ("nvidia-smi显示3060有12288MiB，也就是12.3GB，模型文件9.1GB，还剩多少", "12.3 GB 只是把驱动报告的 MiB 挪了小数点"),
    ],
)  # fmt: skip
def test_mebibytes_cut_to_gigabytes_are_no_file(assistant: Assistant, question: str, said: str) -> None:
    answer = assistant.ask(question)
    assert said in answer.text, answer.text
    assert len(re.findall(r"of files\.|= \d+\.\d+ GiB。\*\*", answer.text)) == 1, answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("1 GiB is 1.0737 GB. Does Qwen3-8B fit on an A100 80GB?", ("fits",)),
        ("How many GB is 24 GiB? Does Qwen3-8B fit on a T4?", ("T4", "25.77 GB", "fits")),
        ("24 GiB 是多少 GB？Qwen3-8B 在 A100 80G 上放得下吗？", ("25.77 GB", "放得下")),
    ],
)
def test_a_case_beside_units_has_its_verdict(assistant: Assistant, question: str, says: tuple[str, ...]) -> None:
    answer = assistant.ask(question).text
    assert all(one in answer for one in says), answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("The repo lists 15.2 GB of weights and my 4080 shows 16376MiB: will the model of 15.2 GB go in? GB or GiB?", "too tight"),
        ("权重文件 24.1GB，3090 显示 24576MiB，放得下吗，GB 和 GiB 搞不清", "太紧"),
    ],
)  # fmt: skip
def test_a_file_that_leaves_next_to_nothing_is_no_plain_yes(assistant: Assistant, question: str, opens: str) -> None:
    assert opens in assistant.ask(question).text.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("A10 24GB nvidia-smi shows 22.5 GB total, why", "**Nothing is missing: with ECC on"),
        ("my L40S 48GB shows only 45 GB in nvidia-smi", "48 GiB × 15/16 = 45 GiB"),
        ("L40S 48G 为什么 nvidia-smi 只显示 45G", "**显存没有少：ECC 开着时"),
        ("24GB card shows 22.5 GB, normal?", "24 GiB × 15/16 = 22.5 GiB"),
    ],
)
def test_what_error_correction_keeps_is_told_in_whatever_unit(question: str, opens: str) -> None:
    assert opens in opening(question)


def test_as_much_that_a_run_uses_is_no_error_correction() -> None:
    assert "ECC" not in opening("A10 24G, 22.5 GB used by a 7B LoRA, why so much")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen2.5-0.5B in vLLM takes 42180MiB / 46068MiB on my L40S. It's a 1GB model??", "share of the card at its start"),
        ("vllm 跑 qwen2.5-0.5b 占了 21G，明明才1G的模型？", "不是泄漏"),
    ],
)  # fmt: skip
def test_what_is_used_of_a_card_is_no_question_of_its_units(question: str, opens: str) -> None:
    assert opens in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How much VRAM for a 7B model?", "**7B, inference: "),
        ("Is 24GB enough for a 13B model?", "13B, inference, a 24 GB card"),
        ("What GPU for a 70B model?", "**The smallest that do"),
        ("显存8G，就7B的模型能跑吗？", "7B · 推理 · 8 GB 显卡"),
    ],
)
def test_a_model_that_is_only_asked_about_is_no_model_that_takes_too_much(question: str, opens: str) -> None:
    assert opens in opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("vLLM TP4 prints 'Loading model weights took 32.89 GB' per worker for Llama-3.1-70B bf16, 4 x 32.89 = 131.6. The hub says the safetensors are 141.1 GB. Where did 10GB go?", ["what the server prints as GB is GiB", "4 × 32.89 GiB = 131.6 GiB = 141.3 GB", "each rank keeps whole", "one of 48 GB has 45.0 GiB"]),
        ("vllm 日志 Loading model weights took 14.27 GB，可 Qwen2.5-7B 的 safetensors 有 15.2GB，少了 1G 去哪了", ["nvidia-smi 以 MiB 计", "**什么都没少：服务日志里的 GB 其实是 GiB", "14.27 GiB = 15.3 GB", "24 GB 的卡有 24.0 GiB"]),
        ("Why does vLLM say 'Model loading took 61.03 GiB' when Qwen2.5-32B's files are 65.5 GB?", ["**All of them are right, and nothing is missing or compressed: what the server prints is GiB", "61.03 GiB = 65.5 GB"]),
    ],
)  # fmt: skip
def test_what_loading_took_is_set_beside_the_files(question: str, says: list[str]) -> None:
    first = opening(question)
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Yi-6B-200K 想在3090上跑满200K上下文，权重12.1+KV 13.1=25.2GB>24，放不下；但换成GiB算 11.3+12.2=23.5<24，又放得下。到底按哪个算", ["**按 GiB 算：标称 24 GB 的卡有 24.0 GiB", "25.2 GB = 23.5 GiB 对 24.0 GiB；但算上其余部分实际放不下", "旧版 21.6 GiB", "KV 缓存用 fp8（共 18.2 GiB）", "权重用 INT8（19.2 GiB）"]),
        ("Qwen2.5-7B fp16 at 128k on a 24GB 3090: weights 15.2 GB + KV 7.5 GB = 22.7 GB. In GiB it's 14.2 + 7.0 = 21.2. Which do I compare with 24?", ["**Count in GiB: a card sold as 24 GB has 24.0 GiB", "22.7 GB = 21.1 GiB against 24.0 GiB; but with all else it does not go in", "a cache in fp8 (19.2 GiB in all)"]),
        ("Qwen3-14B Q8_0 15.7GB + KV 5.4GB = 21.1GB，3090 24G，按GB还是GiB算？", ["21.1 GB = 19.7 GiB 对 24.0 GiB，还剩 4.35 GiB"]),
    ],
)  # fmt: skip
def test_which_unit_counts_is_told_with_whether_it_goes_in(question: str, says: list[str]) -> None:
    first = opening(question)
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    "question",
    [
        "LMDeploy on an RTX 3090: Qwen2.5-7B weights 15.2 GB + kv cache 7.5 GB = 22.7 GB at 131072 tokens, should I compare in GB or GiB with 24 GB?",
        "SGLang,3090,Qwen2.5-7B 128k:权重 15.2 GB + KV 7.5 GB = 22.7 GB,换成 GiB 是 21.2,按哪个跟 24 比?",
    ],
)
def test_beside_the_unit_no_share_of_another_server_is_told(question: str) -> None:
    text = answer_to(question).replace("\uff1a", ":")
    assert "sold as 24 GB" in text or "标称 24 GB" in text, text
    assert "vLLM by default" not in text, text
    assert "vLLM 默认" not in text, text


@pytest.mark.parametrize(
    "question",
    [
        "Which GPU should I buy for Qwen3-14B with 24 GiB?",
        "Qwen2.5-7B needs 15.2 GB + 7.5 GB = 22.7 GB, which card fits?",
        "A 7B model is 14 GB, is that GB or GiB?",
    ],
)
def test_where_no_sum_is_held_against_a_card_no_unit_is_chosen(question: str) -> None:
    assert "Count in GiB: a card sold as" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("GLM-4-32B-0414 HF上写65.1GB，下下来 du -h 是61G，加载后nvidia-smi 多了62000多MiB，到底哪个是对的？两张L40S 48G 放得下吗", ["**可以。GLM-4-32B-0414", "2 张卡", "都对", "61 GiB 是"]),
        ("Qwen3-32B: the hub says 65.5 GB, du -h says 62G, nvidia-smi grew by 62500 MiB. Which is right, and does it fit two 48 GB L40S?", ["All of them are right", "= 61.02 GiB, which du rounds up", "2 cards, L40S: fits"]),
        ("Qwen2.5-14B is 29.5 GB on the hub but du -h shows 28G. Which is right? Does it fit one 5090?", ["All of them are right", "28 GiB is"]),
        ("Qwen3-8B 官网16.4GB，du -h 16G，到底多大？4090放得下吗", ["都对", "（du 向上取整）"]),
    ],
)  # fmt: skip
def test_what_du_prints_is_gib_and_several_cards_are_not_held_against_one(question: str, says: list[str]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says), answer
    assert "放不下" not in answer
    assert "does not fit" not in answer


@pytest.mark.parametrize("question", ["Qwen2.5-7B on a 16 GB card? The folder is 15 GB.", "du -sh says the folder of Qwen2.5-7B-Instruct is 15G. Will it fit on a 16 GB card?"])  # fmt: skip
def test_one_size_alone_is_no_dispute_of_units(question: str) -> None:
    assert "All of them are right" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "switch"),
    [
        ("How many GB is 24 GiB? Does Qwen3-8B fit on a T4?", "nvidia-smi --ecc-config=DISABLED"),
        ("就当1GB=1024GiB吧。Qwen2.5-72B用一张T4?", "nvidia-smi --ecc-config=DISABLED"),
    ],
)
def test_how_ecc_is_switched_off_is_no_number_and_withheld_by_nothing(question: str, switch: str) -> None:
    assert switch in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("T4 nvidia-smi shows 15360MiB, torch reports 14.6 GiB total, Qwen2.5-7B file is 15.2GB. Does it fit or not?", ("leave only 0.44 GiB", "14.60 GiB on the card", "**The context alone takes what is left")),
        ("T4标称16G，nvidia-smi显示15360MiB，pytorch里只有14.6，Qwen2.5-7B文件15.2GB，到底能不能放下", ("只剩 0.44 GiB", "可用 14.60 GiB", "4 位（Q4_K_M）4.68 GB")),
        ("RTX 4090 nvidia-smi 24564MiB, pytorch says 23.65; Qwen2.5-14B file is 29.5GB, fits?", ("They do not fit", "more than the 23.65 GiB there are")),
    ],
)  # fmt: skip
def test_a_file_is_held_against_what_pytorch_shows_of_the_card(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question)
    for one in says:
        assert one in told, told
    assert "not understood" not in told
    assert "没有读懂" not in told


@pytest.mark.parametrize(
    "question",
    [
        "RTX 4090, torch 2.4, nvidia-smi shows 24564MiB, can it hold Qwen2.5-7B at 15.2GB?",
        "nvidia-smi shows 24564MiB on my 4090, torch allocated 23.1 GiB with Qwen2.5-7B, does it still fit?",
    ],
)
def test_a_version_or_what_is_in_use_is_not_the_card(question: str) -> None:
    assert "sees 23.1" not in answer_to(question)
    assert "2.40 GiB" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("HF shows 15.2 GB of safetensors for Qwen2.5-7B, torch.cuda.memory_allocated says 14.19. Did a part go to CPU?", ("**No, no part of it went to the CPU", "nvidia-smi shows more than memory_allocated")),
        ("The Llama-3.1-8B files are 16.06 GB, max_memory_allocated prints 14.96 GiB: was something offloaded to the CPU?", ("**No, no part of it went to the CPU", "14.96 GiB is 8.03B × 2 B")),
        ("Qwen2.5-7B safetensors共15.2GB,memory_allocated显示14.19,是不是有一部分放到CPU了", ("**没有放到 CPU", "nvidia-smi 会比 memory_allocated 大")),
    ],
)  # fmt: skip
def test_the_same_weights_in_other_units_are_no_offloading(question: str, says: tuple[str, ...]) -> None:
    told = answer_to(question).split("\n\n")[0]
    assert [one for one in says if one not in told] == []


def test_what_is_only_asked_to_be_offloaded_is_no_setting() -> None:
    assert "offload" not in read("7B QLoRA on 8GB, was something offloaded to CPU? nvidia-smi says 6GB").facts
    assert read("7B full with CPU offload of the parameters on 24 GB").facts["offload"] == ("params",)
    assert "part_on_cpu" not in read("can I put a part of a 70B on the CPU with a 4090?").cues
