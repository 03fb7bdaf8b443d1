"""How fast and for how much, as it is asked: by `kb.pace`, priced only where the asker gives a price."""

import pytest

from chat.agent import Assistant
from chat.events import Conversation


def _figure(text: str, quantity: str) -> float:
    (found,) = [one["value"] for one in Assistant().ask(text).result["answers"] if one["quantity"] == quantity]
    return float(found)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("How much does it cost at 2 $/h to train 7B on 1B tokens with 8 A100?", 2),
        ("train 7B on 1B tokens with 8 A100 at $1.5 per hour, how much will it cost", 1.5),
        ("每小时15元,8张A100训练7B,1B token,要多少钱", 15),
    ],
)
def test_a_price_given_prices_the_gpu_hours(text: str, price: float) -> None:
    answer = Assistant().ask(text)
    cost = _figure(text, "cost")
    assert cost == pytest.approx(price * _figure(text, "card_time"))
    assert f"{cost:,.0f}" in answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How much does it cost to fine-tune 13B?", ("tokens", "card", "hour")),
        ("训练要多少钱", ("模型", "token", "显卡", "每小时")),
    ],
)
def test_what_a_price_takes_is_asked_for(text: str, words: tuple[str, ...]) -> None:
    first = Assistant().ask(text).text.split("\n")[0]
    assert all(word in first for word in words)


@pytest.mark.parametrize("text", ["How many tokens per second does 7B make on a 4090?", "4090跑7B每秒多少token"])
def test_how_fast_it_generates_opens_the_answer(text: str) -> None:
    answer = Assistant().ask(text)
    assert f"{_figure(text, 'decoding_rate'):.0f}" in answer.text.split("\n")[0]


def test_a_price_follows_in_the_next_question() -> None:
    assistant, conversation = Assistant(), Conversation()
    assistant.ask("How long does it take to train 7B on 1B tokens with 8 A100?", conversation)
    answer = assistant.ask("and what does it cost at 2 $/h?", conversation)
    assert "cost" in [one["quantity"] for one in answer.result["answers"]]


def test_a_pre_training_without_tokens_takes_those_that_are_compute_optimal_and_says_so() -> None:
    english = Assistant().ask("How long would 64 H800s take to pretrain a 7B from scratch?")
    assert "About" in english.text
    assert "No number of tokens was said" in english.text
    assert "没有说训练多少 token" in Assistant().ask("64张H800从头预训练一个7B要多久").text
    tuned = Assistant().ask("How long does LoRA fine-tuning of a 7B take on 8 H800s?").text
    assert "compute-optimal" not in tuned  # a fine-tuning has no usual number
