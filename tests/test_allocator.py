"""The allocator's slack when lengths vary is worked out from its rules, not fitted to anything measured."""

import random
from collections.abc import Callable
from statistics import mean

import pytest

from kb.database import rows
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
