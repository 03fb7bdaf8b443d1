"""Host memory of several machines: it is told of each, and what is offloaded is divided over all of them."""

from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

# "2 TB of RAM in total", "内存一共2T"
_IN_ALL = compiled(
    r"(?:ram|memory)\b[^,.;?!]{0,12}\b(?:in total|altogether|combined|in all|together|over both|across)\b|\b(?:total|combined|overall|aggregate) (?:of |host |system |cpu |machine )*(?:\d+ ?[gt]i?b? (?:of )?)?(?:ram|memory)\b|内存[^,;。?!]{0,4}(?:一共|总共|合计|共计|加起来|总计)|(?:总|合计|一共|总共)[^,;。?!]{0,2}(?:主机)?内存"
)


def ram_over_machines(reading: Reading, facts: dict[str, Any]) -> None:
    """The host memory of all machines of a training, where that of each is told: the cards are counted over all, too."""
    nodes, cards, ram = reading.extras.get("nodes", ()), facts.get("n_gpus"), facts.get("host_memory_gb")
    if len(nodes) != 1 or not isinstance(cards, int) or ram is None or _IN_ALL.search(reading.lowered):
        return
    machines = int(nodes[0])
    if 1 < machines < cards and cards % machines == 0:
        facts["host_memory_gb"] = float(ram) * machines
