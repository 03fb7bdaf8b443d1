"""What is asked at the end of a question, whether, which of the two, how much of it, opens the answer."""

import pytest

from tests.talking import answer_to, last, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # a small piece is refused though gigabytes are seen as free
        ("torch.OutOfMemoryError: Tried to allocate 32.00 MiB, but nvidia-smi shows lots of memory free", "**So little (32 MiB)"),
        ("显存明明还有好几个G空闲，申请20MiB却报cuda out of memory tried to allocate 20.00 MiB", "**这么小的一块（20 MiB）"),
        ("cuda out of memory tried to allocate 3.00 GiB 明明还有8G空闲", "**剩下的比这一次要的一整块少"),
        # fine at first, and then not
        ("serving with transformers, at first it works, then OOM", "**Two things grow in a service"),
        ("部署的接口一开始好好的，用着用着就爆显存了", "**服务里会涨的有两样"),
        ("训练刚开始没事 练着练着就爆显存", "**多半不是泄漏，而是遇到了第一个特别长的批次"),
        # which of the two to lower
        ("out of memory: should I reduce batch size or sequence length first?", "**The batch first"),
        ("爆显存了，调小批大小还是缩短长度", "**先降 batch"),
        # whether a rule holds
        ("is params * 2 * 1.2 a reliable rule for vram?", "**About right for one user with a short context"),
        ("显存按参数量×2×1.2算准吗", "**短上下文、单用户时大致靠谱"),
        # a narrow cache and how many go at once
        ("does an int8 kv cache serve twice as many users?", "**Yes, "),
        ("kv缓存量化到fp8 同时服务的人数能翻倍吗", "**能，同时服务的约为 2 倍"),
        # what of a card is usable
        ("how much of a 48 GB card is really usable", "**Of 48 GB about"),
        ("24g显存实际能用多少", "**标 24 GB 的卡能用约"),
        # the objectives beside each other, and not what one of them holds
        ("does orpo take half the memory of dpo?", "**No, not half."),
        ("dpo和orpo显存差多少", "**7B · 全量微调：ORPO 需要约"),
        # a model that only scores, and one that is trained
        ("用13b当奖励模型和用30b当奖励模型 显存差多少", "**RLHF 里只打分的奖励模型是冻结的"),
        ("训练奖励模型 13b 和 30b 显存差多少", "**RM：13B"),
        # what has been is told as published
        ("how many H100s was llama 3.1 405b pretrained on?", "**As published: 16,384 H100"),
        ("llama-3.1-405b当初训练用了多少张卡", "**公开的数字：预训练用 16,384 张 H100"),
        ("deepseek v3 训练一次用了几张卡", "**公开的数字：预训练用 2,048 张 H800"),
    ],
)  # fmt: skip
def test_what_is_asked_opens(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("显存空闲时还占着8G不释放", "这么小的一块"),
        ("oom tried to allocate 20.00 MiB, 23.5 GiB in use", "So little"),
        ("Qwen2.5-7B 推理 batch 8 长度4k 4090 爆显存", "先降 batch"),
        ("qwen2.5-7b 4k上下文 参数量乘2再乘1.2够吗", "大致靠谱"),
        ("fp8 kv缓存占多少位", "同时服务的约为"),
        ("deepseek v3 lora 微调用了多少显存", "公开的数字"),
        ("how much memory was used when I trained llama 3.1 405b with lora", "As published"),
    ],
)
def test_others_are_not_caught(question: str, unsaid: str) -> None:
    assert unsaid not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("zero 1 2 3 选哪个 7b 全参 8张4090", {"zero_stage": (1, 2, 3)}),
        ("deepspeed zero1 2 3 which one for a 13b on 8 a100", {"zero_stage": (1, 2, 3)}),
        ("zero1 2 3卡 7b 全参 4090", {"zero_stage": (1,)}),
        ("32b iq3xxs 和 iq4xs 差多少", {"weight_format": ("gguf:IQ3_XXS", "gguf:IQ4_XS")}),
        ("70b in iq2m or iq4nl, difference in GB", {"weight_format": ("gguf:IQ2_M", "gguf:IQ4_NL")}),
    ],
)
def test_what_stands_in_a_row_is_read(question: str, read: dict[str, tuple[object, ...]]) -> None:
    told = last(question).said
    assert {name: told.get(name) for name in read} == read


def test_a_card_before_turing_is_told_which_files_do_not_run() -> None:
    assert "AWQ" in answer_to("v100 16g*2 跑 32b int4 行吗")
    assert "vLLM 的 AWQ 内核" not in answer_to("t4*4 跑 32b int4 行吗")
