"""The rules of PyTorch's caching allocator, and one training step as the blocks that it asks for and gives back.

Rules: sizes are rounded up to 512 bytes; up to 1 MiB come from segments of 2 MiB, up to 10 MiB from segments of 20 MiB,
larger ones from segments of their own, rounded to 2 MiB; the smallest free block that fits is taken and split (small
ones always, large ones when more than 1 MiB is left); neighbours that are free join; segments are never given back
while the card has room. Source: PyTorch, CUDA semantics, "Memory management", and c10's allocator settings.
"""

import bisect
from collections.abc import Callable
from dataclasses import dataclass, field

MIB = 1 << 20


@dataclass
class Block:
    size: int
    before: "Block | None" = None
    after: "Block | None" = None
    free: bool = False
    small: bool = False


@dataclass
class Allocator:
    """Bytes allocated and reserved so far, and their peaks."""

    allocated: int = 0
    reserved: int = 0
    most_allocated: int = 0
    _free: dict[bool, list[tuple[int, int, Block]]] = field(default_factory=lambda: {True: [], False: []})

    def take(self, wanted: float) -> Block:
        """A block of at least so many bytes."""
        size = max(512, -(-int(wanted) // 512) * 512)
        small = size <= MIB
        free = self._free[small]
        fitting = bisect.bisect_left(free, size, key=lambda entry: entry[0])
        block = free.pop(fitting)[2] if fitting < len(free) else self._segment(size, small)
        left = block.size - size
        if left >= (512 if small else MIB + 1):
            rest = Block(left, block, block.after, True, small)
            if block.after:
                block.after.before = rest
            block.size, block.after = size, rest
            self._keep(rest)
        block.free = False
        self.allocated += block.size
        self.most_allocated = max(self.most_allocated, self.allocated)
        return block

    def give(self, block: Block) -> None:
        """Take a block back, and join it to its free neighbours."""
        self.allocated -= block.size
        block.free = True
        for other in (block.before, block.after):
            if other is None or not other.free:
                continue
            self._free[block.small].remove((other.size, id(other), other))
            block.size += other.size
            if other is block.before:
                block.before = other.before
                if other.before:
                    other.before.after = block
            else:
                block.after = other.after
                if other.after:
                    other.after.before = block
        self._keep(block)

    def _segment(self, size: int, small: bool) -> Block:
        segment = 2 * MIB if small else 20 * MIB if size < 10 * MIB else -(-size // (2 * MIB)) * 2 * MIB
        self.reserved += segment
        return Block(segment, small=small)

    def _keep(self, block: Block) -> None:
        bisect.insort(self._free[block.small], (block.size, id(block), block), key=lambda entry: entry[:2])


def training_step(memory: Allocator, tokens: int, hidden: int, width: int, vocab: int, layers: int) -> None:
    """What one step of adapters on a frozen 16-bit model, every block checkpointed, asks for beside the model's states."""
    h, f, v, t = 2 * hidden * tokens, 2 * width * tokens, 2 * vocab * tokens, memory.take
    # norms in float32 and 16 bits, q k v, their rotation, attention, the output projection, the MLP: (bytes, kept)
    block = [(2 * h, True), (2 * h, False), *[(h, True)] * 4, *[(h, False)] * 2, (h, True), (h, False), (h, True),
             (2 * h, True), (2 * h, False), (h, True), *[(f, True)] * 4, (h, False)]  # fmt: skip

    def pass_through(keep: bool) -> list[Block]:
        kept, passing = [], []
        for size, saved in block:
            (kept if keep and saved else passing).append(t(size))
            if len(passing) > 2:
                memory.give(passing.pop(0))
        for one in passing:
            memory.give(one)
        return kept

    inputs = [t(h)]
    for _ in range(layers):
        pass_through(keep=False)
        inputs.append(t(h))
    normed, logits, single = t(h), t(v), t(2 * v)
    shifted, log_softmax = t(2 * v), t(2 * v)
    for one in (shifted, logits, single):
        memory.give(one)
    of_loss, of_softmax = t(2 * v), t(2 * v)
    memory.give(of_loss)
    memory.give(log_softmax)
    unshifted = t(2 * v)
    memory.give(of_softmax)
    of_logits = t(v)
    memory.give(unshifted)
    gradient = t(h)
    memory.give(of_logits)
    memory.give(normed)
    for _ in range(layers):
        saved = pass_through(keep=True)
        temporary = [t(f), t(f), t(h)]
        for one in (*reversed(saved), *temporary):
            memory.give(one)
        memory.give(gradient)
        gradient = t(h)
        memory.give(inputs.pop())
    for one in (gradient, *inputs):
        memory.give(one)


def slack_share(shape: tuple[int, int, int, int], lengths: Callable[[], int], steps: int) -> float:
    """What is reserved beyond the highest allocated, as a share of that, after so many steps of those lengths."""
    memory = Allocator()
    for _ in range(steps):
        training_step(memory, lengths(), *shape)
    assert memory.allocated == 0
    return memory.reserved / memory.most_allocated - 1
