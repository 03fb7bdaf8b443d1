"""Follow-ups that change one fact of a case that was explained, judged or weighed: what it takes then is what is asked."""

import pytest

from chat.agent import Assistant
from chat.events import Conversation
from chat.reads.grammar import read

ASSISTANT = Assistant()


def _last(*turns: str) -> str:
    conversation = Conversation()
    return [ASSISTANT.ask(turn, conversation) for turn in turns][-1].text


def test_after_two_amounts_were_weighed_a_change_is_asked_what_it_takes() -> None:
    first = "I measured 21 GB for Qwen2.5-7B LoRA while the calculator says 18, who is right?"
    assert _last(first, "and with checkpointing off?").startswith(
        "**Qwen2.5-7B-Instruct, LoRA: about 32.8 GiB in all**"
    )


def test_ranks_of_a_server_are_left_with_it() -> None:
    first = "3090 24G加一张3060 12G混插，vllm tp=2总共只能用到24G？想跑32B"
    assert "合计 21.1 GiB" in _last(first, "那用llama.cpp呢").split("\n\n")[0]
    assert "3 张卡" in _last(first, "那用llama.cpp呢", "再加一张3060呢").split("\n\n")[0]


@pytest.mark.parametrize(
    ("then", "ranks", "cards"),
    [
        ("and with lmdeploy?", (2,), None),
        ("那用 TensorRT-LLM 呢", (2,), None),
        ("what about llama.cpp?", None, (2,)),
        ("换成 transformers 呢", None, (2,)),
    ],
)
def test_ranks_go_over_to_a_server_and_their_cards_to_other_programs(
    then: str, ranks: tuple[int, ...] | None, cards: tuple[int, ...] | None
) -> None:
    after = read(then, read("Qwen2.5-32B in vLLM with tp=2 on 3090s, does it fit?"))
    assert (after.facts.get("tp"), after.facts.get("n_gpus")) == (ranks, cards)


def test_another_optimizer_is_counted_and_not_explained() -> None:
    first = "第一步40G，第二步开始就OOM，8B全参A100 80G，deepspeed zero2 单卡"
    assert _last(first, "换成8bit adam呢").startswith("**8B · 全量微调 · A100 80 GB · ZeRO-2：放不下**，约需 108.4 GiB")
    assert "8 位 AdamW：它把" in _last(first, "8bit adam是什么意思")


@pytest.mark.parametrize("then", ["what if I lower utilization to 0.5", "把利用率降到0.5呢"])
def test_a_share_of_the_card_is_no_pace(then: str) -> None:
    first = read("Llama-3.1-8B in vLLM on one 3090, does it fit?")
    after = read(then, first)
    assert after.facts["gpu_memory_utilization"] == (0.5,)
    assert after.intents[0] == "fits"


def test_utilisation_of_the_arithmetic_stays_a_pace() -> None:
    assert read("7B on 8x A100, 40% utilization: how long for 100B tokens?").intents[0] == "training_time"
