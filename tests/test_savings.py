"""What is told as a difference is the size of nothing: it is judged against the difference that is counted."""

import pytest

from chat.agent import Assistant

_ZERO = "7B full fine-tuning on 8 GPUs: moving from ZeRO-2 to ZeRO-3"


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # 2 × 6.74e9 × 7/8 B = 11.0 GiB of weights are divided as well
        (f"{_ZERO} only saved 12 GB per card, I expected 8x. Is it not working?", "**Yes, that is normal: the 12 GB"),
        (f"{_ZERO} memory dropped by 12 GB per card, is this normal?", "**Yes, that is normal: the 12 GB"),
        ("8卡全参7B，zero2换成zero3每张卡只省了12G左右，是不是没生效", "**正常：您说的省了 12 GB"),
        ("13B 全参 8 卡 ZeRO-2 换 ZeRO-3 每卡少了 5G，正常吗", "**您说的省了 5 GB 与计算不符"),
    ],
)
def test_a_saving_is_judged_as_a_difference(question: str, opens: str) -> None:
    answer = Assistant().ask(question)
    assert answer.text.startswith(opens), answer.text[:300]
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("qlora和lora到底差在哪，我换qlora显存从20G降到10G但训练慢了三成", {"qlora": 10, "lora": 20}),
        ("7B LoRA takes 21 GB and QLoRA 12 GB on my 3090, why?", {"lora": 21, "qlora": 12}),
    ],
)
def test_figures_of_two_methods_stay_with_them(question: str, said: dict[str, float]) -> None:
    answer = Assistant().ask(question)
    assert {one["facts"]["method"]: one["stated_gb"] for one in answer.json()["setups"]} == said
    assert not answer.notices
