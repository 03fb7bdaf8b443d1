"""The allocator's slack when lengths vary is worked out from its rules, not fitted to anything measured."""

import random
from collections.abc import Callable
from statistics import mean

import pytest

from kb.database import rows
from kb.estimator import estimate
from tests.allocator import MIB, Allocator, slack_share

# hidden size, MLP width, vocabulary, layers: fewer than real models have, to be quick; the logits weigh a little more
SHAPES = [(4096, 11008, 64000, 8), (2048, 5504, 151936, 8), (4096, 14336, 128256, 8)]
STEPS, LONGEST = 100, 2048


def test_blocks_split_and_join() -> None:
    memory = Allocator()
    large = memory.take(100 * MIB)
    memory.give(large)
    first, second = memory.take(40 * MIB), memory.take(59 * MIB)
    assert memory.reserved == 100 * MIB  # both from the one segment
    memory.give(first)
    memory.give(second)
    memory.take(100 * MIB)
    assert memory.reserved == 100 * MIB
    memory.take(MIB // 2)
    memory.take(5 * MIB)
    assert memory.reserved == (100 + 2 + 20) * MIB


@pytest.mark.slow
def test_share_of_varying_lengths() -> None:
    """Lengths of instruction data (log-normal about 400 tokens, cut at the longest) leave blocks that fit no other length."""
    of_one_length = [slack_share(shape, lambda: LONGEST, 3) for shape in SHAPES]
    varying = [slack_share(shape, lengths(seed), STEPS) for shape in SHAPES for seed in range(6)]
    assert max(of_one_length) < 0.25
    stored = rows("SELECT value FROM overheads WHERE name = 'spare_share'")[0]["value"]
    assert stored == pytest.approx(mean(varying), abs=0.15)


def lengths(seed: int) -> Callable[[], int]:
    drawn = random.Random(seed)
    return lambda: min(LONGEST, int(drawn.lognormvariate(6, 1)) + 16)


def test_spare_blocks_fill_a_card_and_decide_no_verdict() -> None:
    """They are given back before an allocation fails: the figure grows up to the card, what fits stays the same."""
    facts = {"model": "Qwen/Qwen-7B", "method": "lora", "seq_len": 2048, "gpu": "RTX 3090"}
    for batch_size in (1, 2):
        constant, varying = (
            estimate(**facts, batch_size=batch_size, lengths=lengths).outcomes[0] for lengths in ("constant", "varying")
        )
        assert varying.verdict == constant.verdict
        assert varying.largest("seq_len") == constant.largest("seq_len")
        assert varying.best >= constant.best
        if constant.best < constant.capacity:
            assert constant.best < varying.best <= varying.capacity
