"""The allocator's slack when lengths vary is worked out from its rules, not fitted to anything measured."""

import random
from statistics import median

import pytest

from kb.database import rows
from tests.allocator import MIB, Allocator, slack_share

# hidden size, MLP width, vocabulary, layers: with small and large vocabularies
SHAPES = [(4096, 11008, 32000, 32), (4096, 11008, 64000, 32), (2048, 5504, 151936, 24), (4096, 14336, 128256, 32)]
STEPS, LONGEST = 80, 2048


def test_blocks_split_and_join() -> None:
    memory = Allocator()
    large = memory.take(100 * MIB)
    memory.give(large)
    first, second = memory.take(40 * MIB), memory.take(59 * MIB)
    assert memory.reserved == 100 * MIB  # both from the one segment
    memory.give(first)
    memory.give(second)
    assert memory.take(100 * MIB) and memory.reserved == 100 * MIB
    memory.take(MIB // 2)
    memory.take(5 * MIB)
    assert memory.reserved == (100 + 2 + 20) * MIB


@pytest.mark.slow
def test_share_of_varying_lengths() -> None:
    """Lengths of instruction data (log-normal about 400 tokens, cut at the longest) leave blocks that fit no other length."""
    drawn = random.Random(0)
    varying = [slack_share(one, lambda: min(LONGEST, int(drawn.lognormvariate(6, 1)) + 16), STEPS) for one in SHAPES]
    of_one_length = [slack_share(one, lambda: LONGEST, 3) for one in SHAPES]
    assert max(of_one_length) < 0.25 < min(varying)
    stored = rows("SELECT value FROM overheads WHERE name = 'spare_share'")[0]["value"]
    assert stored == pytest.approx(median(varying), abs=0.1)
