"""A training whose states are offloaded and whose card runs out all the same."""

import pytest

from chat.agent import Assistant
from tests.talking import answer_to

IN_EFFECT = {"en": "the offload is not in effect", "zh": "说明 offload 没有生效"}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Mistral-7B full fine-tune, deepspeed stage 3 with cpu offload, 2x 3090, 512GB RAM: CUDA out of memory at step 1, why?", "en"),
        ("zero3 加 offload 全参 Qwen2.5-7B，batch 1，两张 4090，内存 384G，还是 CUDA OOM，怎么回事", "zh"),
        ("zero3 offload 全参 14B，4 张 3090，内存 256G，显存爆了", "zh"),  # the machine's memory is at its edge, and no card is
    ],
)  # fmt: skip
def test_a_machine_that_holds_the_states_is_not_the_cause(question: str, language: str) -> None:
    opens = answer_to(question).split("\n\n")[0]
    assert IN_EFFECT[language] in opens
    assert "RAM" not in opens.split(":")[0] or "has room" in opens
    assert "正好在边缘" not in opens


@pytest.mark.parametrize(
    "question",
    [
        "zero3 offload full fine-tune of a 32B on 2x A100 80G with 256 GB of RAM dies, why?",
        "7B full fine-tuning with zero3 cpu offload on one 3090 fails, out of memory",
    ],
)
def test_a_machine_that_does_not_or_is_not_told_may_be(question: str) -> None:
    assert "the offload is not in effect" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Yi-6B全参，2×3090，zero3 offload param+optimizer都开了，bs4 seq2048，显存还是占15G，不是都放CPU了吗", "已经生效"),
        ("Full FT Yi-6B on 2x3090, ZeRO-3 with param and optimizer offload, batch 4 seq 2048, the GPU still uses 15 GB. Isn't everything on the CPU?", "It is in force"),
    ],
)  # fmt: skip
def test_what_stays_on_the_card_is_told_where_all_was_thought_to_be_off_it(question: str, opens: str) -> None:
    assert opens in answer_to(question).split("\n\n")[0]


def test_weights_that_a_stage_keeps_whole_open_where_only_the_optimizer_is_off_the_card() -> None:
    told = (
        Assistant()
        .ask("Yi-34B全参，8卡A100 40G，内存512G，zero2+optimizer offload，模型一上卡就炸显存。优化器不是都放CPU了吗")
        .text
    )
    assert told.startswith("**ZeRO-2 不切分权重")
    assert "内存 512 GB，勉强放得下" in told.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("qwen2.5-7b全参,zero3把参数和优化器都offload了,3090还是占20G,bs=1长度4096,显存花哪了", "DeepSpeed 最多在卡上留 stage3_max_live_parameters 个"),
        ("ZeRO-3 with parameters and optimizer offloaded to CPU, Qwen2.5-7B full fine-tuning, seq 4096, batch 1: a 3090 still shows 20 GB. Where does it go?", "DeepSpeed keeps up to stage3_max_live_parameters on the card"),
    ],
)  # fmt: skip
def test_what_is_gathered_can_be_made_less(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_fsdp_has_no_settings_of_deepspeed() -> None:
    told = answer_to("FSDP cpu offload full fine-tuning Llama-3-8B on one 4090, still 18GB used, where does it go?")
    assert "stage3_max_live_parameters" not in told
