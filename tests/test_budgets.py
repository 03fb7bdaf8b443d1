"""A sum of money: no table has prices, and that is said before what the memory holds that it would have to buy; asked which card, the cards come first."""

import pytest

from chat.reads.cards.budgets import budget
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says", "then"),
    [
        ("Can I run a 14B for $900?", "What “$900” buys is not known here", "14B"),
        (
            "my budget is 2500 euros, which card for Qwen2.5-32B AWQ?",
            "**The smallest that do: 1 card of 24 GB",
            "Which of these “2500 euros” buys is not known here",
        ),
        ("8000元预算跑14B买什么卡", "**最小够用的卡：", "“8000元”能买到其中哪张这里不知道"),
        (
            "what GPU should I get for $600 to run Qwen3-8B?",
            "**The smallest that do: ",
            "Which of these “$600” buys is not known here",
        ),
        ("预算三万,本地跑70B 4bit", "“三万”能买到什么这里不知道", "48 GB"),
        ("What's the biggest model I can run with $1200?", "What “$1200” buys", "A card of 24 GB: the largest is"),
        ("花 4000 块买显卡能跑多大模型", "“4000 块”能买到什么", "24 GB 显卡：最大"),
    ],
)
def test_what_it_buys_is_not_known_and_what_it_takes_is(question: str, says: str, then: str) -> None:
    said = answer_to(question)
    assert said.startswith(says)
    assert then in said
    assert "No prices are known here" not in said


@pytest.mark.parametrize(
    "question",
    [
        "70B full fine-tuning on 8x H100 at $2.5 per hour, 1B tokens: what does it cost?",
        "2块3090能跑70B吗",
        "a memory budget of 24000 MB, which 14B quant fits?",
        "显存预算 24G,能跑多大",
        "token budget of 4096 on a 7B",
        "8块卡够训 32B 吗",
    ],
)
def test_a_price_by_the_hour_or_another_budget_is_none(question: str) -> None:
    assert not budget(question)


def test_of_cards_that_are_named_no_offer_is_sought() -> None:
    assert "buys" not in answer_to("used 3090 for $650 or a new 5070 Ti for $800 for a 14B?")
