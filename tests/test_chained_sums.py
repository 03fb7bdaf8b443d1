"""A chain of an asker's own sums, weights and a cache against the cards: each line is checked, the verdict on the cards comes first."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("70B x 2 = 140 GB, plus 16 GB of KV, 156 GB, so two 80GB cards are exactly enough?", "**It fits, with that much cache in it: 73.6 GiB of 80.0 GiB on each of 2 cards", ("KV 16 GB: ÷ 320 KiB a token = 48,828 tokens", "140 + 16 = 156 GB, as you add it; that is 145.3 GiB", "runtime and activations", "vLLM 0.92 by default")),
        ("32B*0.5=16GB and 8GB for the KV cache = 24GB, a 4090 holds that, correct?", "**No, not with that much cache: ", ("by the name", "What fits beside the rest: a cache of")),
        ("7B * 2 = 14 GB + 10 GB KV = 24 GB, so a 3090 is just right?", "**Only just, with nothing to spare: ", ("14 + 10 = 24 GB, as you add it",)),
        ("70B*2=140G，KV 算 20G，一共160G，两张80G刚好吧", "**放得下（含这么多缓存）：75.4 GiB / 80.0 GiB", ("61,035 个 token", "加得对；即 149.0 GiB", "vLLM 默认 0.92")),
        ("32B*2=64G，KV 8G，共 75G，A100 80G 够吧", "**放得下", ("不是 75",)),
        ("14B*2=28GB，加4G的KV，一共32G，一张32G的V100就够了吧", "**不够：按这么多缓存要 32.3 GiB / 32.0 GiB", ("能放下的缓存是",)),
        ("70B*0.5=35GB, KV 3GB, activations 2GB, 40GB: a 48GB A6000 fits?", "**It fits, with that much cache in it: 38.1 GiB of 48.0 GiB", ("35 + 3 + 2 = 40 GB, as you add it", "enough for it")),
        ("72B*2=144G，KV 10G，共154G，两张A100 80G 能上吗", "**放得下（含这么多缓存）：", ("推理服务默认的份额里放不下",)),
    ],
)  # fmt: skip
def test_each_line_is_checked_and_the_cards_are_judged_first(question: str, opens: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:300]
    assert all(one in answer for one in says), answer
    assert "算术本身没错" not in answer
    assert "the arithmetic itself" not in answer


@pytest.mark.parametrize(
    "question",
    [
        "70B*2=140GB. How much is the KV cache for 32k, and do 2x 80GB suffice?",
        "7B*16=112GB for full fine-tuning, do 2x 80GB do?",
        "Is 70B*2=140GB right?",
    ],
)
def test_a_sum_without_a_cache_in_gigabytes_is_no_chain(question: str) -> None:
    assert "all sequences together" not in answer_to(question)
