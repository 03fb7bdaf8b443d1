"""What was seen, or stands in a table, is held against what should be; parts of one question stand in the order in which they are asked."""

import pytest

from chat.agent import Assistant

ASSISTANT = Assistant()


def _told(question: str) -> str:
    return ASSISTANT.ask(question).text


@pytest.mark.parametrize(
    ("question", "opens", "wanted"),
    [
        (
            "Training all of Qwen2.5-32B with ZeRO-3 offload: RAM went to 560 GB, then the OOM killer came. Is that normal?",
            "**Yes, that is normal. Host RAM",
            "660 GB",
        ),
        ("14B 全参 zero3 offload，内存冲到280G进程被系统杀掉，正常吗？", "**正常。耗尽的是主机内存", "330 GB"),
        ("7B 全量微调 zero3 offload，内存吃到800G被kill，正常吗", "**不正常", "130 GB"),
    ],
)
def test_so_much_ram_is_judged_where_that_is_asked(question: str, opens: str, wanted: str) -> None:
    told = _told(question)
    assert told.startswith(opens)
    assert wanted in told


def test_what_the_card_holds_while_ram_grows_is_no_ram() -> None:
    told = ASSISTANT.ask(
        "Full fine-tuning Qwen2.5-14B, ZeRO-3 offload, 4x A100 40GB: cards sit at 12 GB but RAM hit 250 GB, killed. Normal?"
    )
    assert "host_memory_gb" not in told.said


@pytest.mark.parametrize(
    "question",
    [
        "Mistral-7B full fine-tuning, 8x A100 80GB: ZeRO-1 62 GB, ZeRO-2 50 GB, ZeRO-3 38 GB on each GPU. Does that match the theory?",
        "Qwen2.5-14B 全参，8张H100，zero2每卡70G，zero3每卡45G，和理论对得上吗？",
    ],
)
def test_stages_that_were_measured_are_not_estimated_again(question: str) -> None:
    told = _told(question)
    assert "| " not in told
    assert ("no stage divides" in told) or ("任何阶段都不切分" in told)


def test_cards_counted_for_two_formats_are_of_one_program() -> None:
    told = _told("Qwen3-235B-A22B 用 bf16 部署要几张 H100？换成 fp8 呢？").split("\n\n")
    assert "FP8：" in told[1]
    assert "= 237 GB" in told[1]
    assert told[0].count("73.3 GiB") == told[1].count("73.3 GiB") == 1 or "73.3 GiB" in told[0]
    assert not any(one.startswith("卡更少") for one in told[1:])


def test_a_format_that_is_counted_already_is_not_counted_again() -> None:
    told = _told("How many H200 for DeepSeek-R1 in bf16? And in FP8?")
    assert told.count("FP8: **") == 1


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "LLaMA-Factory lists 2x GB for LoRA under xB, which makes 26 GB for 13B, yet its 13B cell is 32. Why the gap?",
            ["2x is 2 B for each parameter, the 16-bit weights alone", "13B × 2 B = 26 GB", "32 GB has 6 GB more"],
        ),
        ("LLaMA-Factory 表 30B LoRA 那格是 64，xB 写 2x，按 2x 只有 60，差在哪", ["口径不同", "30B × 2 B = 60 GB", "多出的 4 GB"]),
        ("表里全参 7B 写 120G，可 xB 是 18x，那不是 126 吗", ["18x 即每参数 18 字节", "7B × 18 B = 126 GB", "手工取整"]),
    ],
)  # fmt: skip
def test_a_rule_and_a_cell_of_the_table_are_of_different_things(question: str, says: list[str]) -> None:
    first = _told(question).split("\n\n")[0]
    assert all(one in first for one in says)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full fine-tuning Qwen2.5-7B: does DPO or GRPO take more memory?", "**GRPO also generates as the policy trains, DPO does not"),
        ("Llama-3-8B 全参，8 张 H100，DPO、GRPO、PPO 各要多少显存？", "**GRPO、PPO 训练时还要生成（rollout），DPO 不用"),
    ],
)  # fmt: skip
def test_rollouts_are_told_beside_objectives_without_them(question: str, says: str) -> None:
    assert _told(question).split("\n\n")[1].startswith(says)


def test_objectives_without_rollouts_are_told_of_none() -> None:
    assert "generat" not in _told("KTO or DPO for 13B QLoRA on a 4090, which needs less?").split("The price")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Task Manager shows 8 GB dedicated + 16 GB shared = 24 GB on my 4060, so a 13B in fp16 loads, right?",
        "任务管理器里专用 12G + 共享 16G = 28G，14B fp16 能加载吧？",
    ],
)
def test_memory_that_windows_lends_is_none_of_the_card(question: str) -> None:
    told = _told(question)
    assert told.startswith(("**Shared GPU memory is no VRAM", "**共享 GPU 内存不是显存"))
    assert "arithmetic itself" not in told
