"""What to do about the case at hand is asked after its answer, in few words: that case is kept, and the ways are told."""

import pytest

from chat.agent import Assistant
from chat.events import Answer, Conversation


def last(*questions: str) -> tuple[Answer, Answer]:
    """The first answer and the last of a conversation."""
    assistant, conversation = Assistant(), Conversation()
    told = [assistant.ask(question, conversation) for question in questions]
    return told[0], told[-1]


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        (("Why does my 13B LoRA take 60 GB?", "checkpointing is off", "ok, what should I change first?"), "What saves most is "),
        (("Full fine-tune Mistral-7B on 2x A100 80GB with ZeRO-2", "how can I bring that down?"), "In the order of their price"),
        (("Qwen2.5-14B in bf16 on an A100 40GB with vLLM, 24k context", "any other way to save some?"), "What saves most is "),
        (("8B LoRA 单卡 A6000", "还有什么办法能再省点"), "省得最多的是"),
        (("4张A100 80G 全参 Qwen2.5-7B", "怎么降"), "按代价从小到大"),
        (("全参微调 8B，一张 A100 80G 爆显存了", "应该先改哪个"), "怎样才放得下"),
    ],
)  # fmt: skip
def test_what_to_do_is_told_of_the_case_at_hand(questions: tuple[str, ...], says: str) -> None:
    first, then = last(*questions)
    assert says in then.text
    assert then.given.items() >= first.given.items()


@pytest.mark.parametrize("question", ["what should I eat today?", "今天该吃什么", "how do I reduce my taxes?"])
def test_what_is_asked_of_something_else_keeps_no_case(question: str) -> None:
    _, then = last("7B QLoRA on a 4090?", question)
    assert not then.tool_calls


def test_what_is_offloaded_stands_in_no_table_of_what_is_not() -> None:
    """Beside adapters on the card full fine-tuning with its optimizer in RAM is no alternative of theirs."""
    _, then = last(
        "Qwen2.5-14B full fine-tuning, 2x H100, ZeRO-3 with offload",
        "and LoRA on one card, parameters still offloaded?",
    )
    rows = [line for line in then.text.split("\n") if line.startswith("| full fine-tuning")]
    assert "nothing offloaded" in then.text
    assert not rows


def test_nothing_leans_on_a_greeting() -> None:
    """What comes after a greeting is read for itself, and what comes then leans on that."""
    assistant, conversation = Assistant(), Conversation()
    told = [
        assistant.ask(one, conversation)
        for one in ("hello", "I have a 3090 and want to run a local model", "what about Qwen2.5-32B?")
    ]
    assert "the largest is" in told[1].text
    assert told[2].given["model"]
    assert told[2].tool_calls


@pytest.mark.parametrize(
    ("questions", "says"),
    [
        (("7B全参要多少显存", "写成公式"), "训练显存 = "),
        (("Qwen3-8B on a 4090 at 16k?", "derive it"), "Running a model takes weights + KV cache"),
        (("DeepSeek-V3 MLA 的 KV 多大", "为什么这么小"), "MLA 让所有头共用"),
        (("Qwen2.5-7B on a T4, which quant?", "does that hurt quality?"), "8 bits cost hardly any quality"),
    ],
)
def test_what_is_asked_of_the_answer_is_answered(questions: tuple[str, ...], says: str) -> None:
    assert says in last(*questions)[1].text


def test_layouts_that_were_to_be_chosen_are_no_fact_of_what_follows() -> None:
    _, then = last("DeepSeek-V3 on 2 nodes of 8 H800", "tp16 or tp8 pp2?", "how many tokens of kv then?")
    assert "tokens of cache" in then.text
