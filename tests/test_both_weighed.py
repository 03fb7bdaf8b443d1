"""Two amounts of one need, of which it is asked who is right: each is held against what is counted."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "said"),
    [
        ("I measured 21 GB for Qwen2.5-7B LoRA while the calculator says 18, who is right?", "**The 21 GB that were measured are right for that run.", "21.0 GB (19.6 GiB)"),
        ("calculator says 18 GB for LoRA on Qwen2.5-7B but nvidia-smi shows 21 GB, which is right?", "**The 21 GB that were measured are right", "18 GB lie within it"),
        ("An online calculator gives 148 GB for Llama-3-70B inference fp16, a blog says 168 GB. Who is right?", "**Neither is what this takes.", "as a context of"),
        ("A blog says LoRA on Qwen2.5-7B needs 15 GB, another 20 GB. Who is right?", "**20 GB is the nearer.", "15 GB are the weights alone, 15.2 GB"),
        ("网上说 7B LoRA 要 16GB,我实测 Qwen2.5-7B 22GB,哪个对", "**实测的 22 GB 对那次运行是准的。", "16 GB 少算了 logits 与损失 3.48 GiB"),
    ],
)  # fmt: skip
def test_each_amount_is_weighed_against_what_is_counted(question: str, opens: str, said: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(opens), first
    assert said in first


@pytest.mark.parametrize(
    "question",
    [
        "7B模型fp16有人说14G有人说13G，到底谁对？",
        "Qwen2.5-7B LoRA takes 21 GB here and 18 GB on another machine, which card should I buy?",
        "算出来 Qwen2.5-7B QLoRA 要 6G,实际跑 12G,为什么",
    ],
)
def test_amounts_that_are_explained_otherwise_are_not_weighed(question: str) -> None:
    answer = answer_to(question)
    assert "that were measured are right" not in answer
    assert "对那次运行是准的" not in answer
    assert "Both can be right, of" not in answer


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("LoRA or QLoRA for Qwen2.5-32B on two 32GB V100s at 2k?", "QLoRA in 8 bit takes 39.3 GiB as a whole copy on each card"),
        ("2张V100 32G想微调qwen2.5-32b，lora还是qlora，长度2k", "8 位 QLoRA 占 39.3 GiB（每卡一份完整的"),
        ("单张24G 微调14b用lora还是qlora", "全参光状态就要 236 GB"),
    ],
)  # fmt: skip
def test_what_lies_beside_lora_and_qlora_is_told_of_several_cards_too(question: str, told: str) -> None:
    assert told in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says", "never"),
    [
        ("LoRA of Qwen2.5-14B at 2048 tokens, 32GB says one, 30 GiB says another. who's right?", "are one size", "Neither is what"),
        ("LoRA of Qwen2.5-14B at 2048 tokens, 32GB says one, 45 GiB says another. who's right?", "45 GiB are 11.2 GiB more", "are one size"),
    ],
)  # fmt: skip
def test_each_is_taken_in_the_unit_that_is_told(question: str, says: str, never: str) -> None:
    answer = answer_to(question)
    assert says in answer
    assert never not in answer
