"""A stage of training that fails where the one before it runs: what it takes more, whether a reference is it, what mends it."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "reference", "product", "way"),
    [
        (
            "QLoRA SFT of gemma-3-4b just fits on my 8GB card at 1024 tokens, DPO runs out of memory. Is it the reference model, and would ORPO help?",
            "**No second copy",
            "× 262,",
            "fused loss",
        ),
        (
            "gemma-3-4b QLoRA 8G显存 1024长度，SFT勉强能跑，DPO爆显存，是参考模型占的吗，换ORPO有用吗",
            "**不需要第二份",
            "× 262,",
            "融合损失",
        ),
    ],
)
def test_the_reference_then_the_logits_and_what_mends_it(question: str, reference: str, product: str, way: str) -> None:
    told = answer_to(question)
    assert told.startswith(reference)
    assert product in told
    assert way in told


@pytest.mark.parametrize(
    "question",
    [
        "QLoRA DPO of Qwen3-8B OOMs on 16GB while SFT runs. Does the reference model take a second copy?",
        "Qwen3-8B QLoRA，16G，SFT没问题，DPO爆显存，参考模型是不是又占了一份",
    ],
)
def test_a_failed_run_is_told_of_the_reference_too(question: str) -> None:
    told = answer_to(question)
    assert "No second copy" in told or "不需要第二份" in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full FT Mistral-7B, ZeRO-3 on 8x 4090, seq 4096 bs 2: why OOM at 24 GB?", ("at the edge even with gradient checkpointing", "Check first that it is on", "73.2 GiB in all")),
        ("8张4090用ZeRO-3全参训练Mistral-7B，长度4096，bs2，为什么24G还是OOM", ("正好在边缘（按已开重计算）", "先确认它真的开着", "共 73.2 GiB")),
    ],
)  # fmt: skip
def test_at_the_edge_what_is_assumed_of_checkpointing_is_told_first(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


def test_where_checkpointing_is_told_it_is_no_cause() -> None:
    asked = "Full FT Mistral-7B with gradient checkpointing, ZeRO-3 on 8x 4090, seq 4096 bs 2: why OOM at 24 GB?"
    assert "Check first that it is on" not in answer_to(asked)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full fine-tune of a 13B with ZeRO-2 ran out of memory on 8 A100 40GB. Moved to 16 and it OOMs again, I expected half", ("**No, ZeRO-2", "2 + 14/8 = 3.75 → 2 + 14/16 = 2.88 B × 13B", "16/16 B a parameter")),
        ("7B full ft, zero2, from 4 to 8 RTX 3090 and still out of memory, why doesn't it halve?", ("**No, ZeRO-2", "from 4 to 8", "3.75 B × 6.74B")),
        ("13B全参zero2，从8张A100 40G加到16张还是爆，不是应该减半吗", ("**不会，ZeRO-2", "从 8 张加到 16 张", "2.88 字节 × 13B")),
    ],
)  # fmt: skip
def test_more_cards_that_do_not_halve_a_stage_are_told_by_their_shares(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    "question",
    [
        "13B full FT on A100 40G with ZeRO-2, from 8 cards to 16 cards: what do I need per card?",
        "QLoRA of a 13B, from 4 to 8 bit on 2 A100, still OOM",
        "13B full FT zero2 on 16 A100 40G OOMs on every card, why?",
    ],
)
def test_no_count_before_is_read_of_bits_or_of_a_comparison(question: str) -> None:
    assert "does not go down with the number of cards" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mistral-7B LoRA with HF Trainer on an A100 80G: training sits at 30 GB, evaluation OOMs after 100 samples. eval batch is 1, seq 2048", ("with the 30 GB of training 30 + 26.2 = 56.2 GB", "the 26.2 GB twice", "a smaller batch does not help")),
        ("Llama-3-8B LoRA，A100 80G，HF Trainer训练只占35G，评估到大概80条就OOM，eval batch已经是1，长度1024", ("加上训练的 35 GB 是 35 + 42.0 = 77.0 GB", "再减小评估批大小没有用")),
    ],
)  # fmt: skip
def test_logits_that_an_evaluation_keeps_come_on_top_of_what_training_took(
    question: str, says: tuple[str, ...]
) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


def test_of_a_larger_evaluation_batch_a_smaller_one_is_still_told() -> None:
    told = answer_to("Qwen2.5-7B LoRA on a 4090 with HF Trainer: evaluation over 200 rows OOMs, eval batch 8, seq 2048")
    assert "a smaller batch does not help" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Yi-34B qlora在24G卡上训练没问题，合并lora导出的时候炸显存，为啥合并比训练还吃", ("**合并要按 16 位加载基座", "训练放得下，是因为那时基座是量化的，只占 19.1 GB")),
        ("QLoRA of Yi-34B trained fine on my 24GB card, merging the LoRA afterwards OOMs. Why does merging take more?", ("erging loads the base in 16 bit", "because the base lay there quantised, 19.1 GB")),
    ],
)  # fmt: skip
def test_the_adapters_that_are_merged_are_those_that_were_trained(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


def test_what_the_weights_leave_for_a_picture_is_told_where_it_does_not_go() -> None:
    first = answer_to("qwen2.5-vl-7b lora 单卡4090，前面几步正常，碰到4K大图那条就OOM").split("\n\n")[0]
    assert "权重占 16.6 GB（15.4 GiB），卡上只剩 8.5" in first
    roomy = answer_to("LoRA微调Qwen2.5-VL-7B，图片是4K分辨率，A100 80G bs=1也炸显存，纯文本才20多G")
    assert "卡上只剩" not in roomy.split("\n\n")[0]
