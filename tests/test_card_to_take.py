"""Of two cards, the one that alone holds the model comes before the faster one."""

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("4090 vs A6000 for a 70B", "**Take RTX A6000 (36.6 GiB of 48.0 GiB): the only one that holds it in 4 bit.**"),
        ("4090还是A6000，跑70B", "**选 RTX A6000"),
        ("A100 80G or H100 80G for a 405B in int4?", "**Neither holds it by itself"),
        ("A100 80G vs H100 for Qwen2.5-14B", "For generating take H100 80 GB"),
    ],
)  # fmt: skip
def test_of_two_cards_the_one_that_holds_it_comes_before_the_faster_one(question: str, opens: str) -> None:
    assert opens in Assistant().ask(question).text.split("\n\n")[0]


def test_a_word_more_of_an_unknown_card_stands_before_its_memory() -> None:
    text = Assistant().ask("Atlas 300V Max 96G 单卡能跑 Llama-3.3-70B 吗").text
    assert "表里没有“Atlas 300V Max”这款显卡：下面只按您说的 96 GB 显存计算" in text
