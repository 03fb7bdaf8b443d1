"""Groups of cards that divide the states among them, and copies of the groups: hybrid sharding as people name it.

HYBRID_SHARD and HSDP of PyTorch divide over the cards of a machine and copy between machines
(https://docs.pytorch.org/docs/stable/fsdp.html, ShardingStrategy); MiCS divides over a group of any size. ZeRO++ hpZ divides
over all cards and keeps one more copy of the 16-bit weights in each group, which is no hybrid sharding.
"""

from chat.reads.scan import Scan
from kb.recipe import assumed

HYBRID = r"\bhybrid[ _-]?(?:full[ _-]?)?shard\w*|\bhsdp\b|混合(?:切分|分片)|(?<![a-z])mics(?![a-z])"
SECOND_COPY = r"(?<![a-z])hpz(?![a-z])|\bzero[ _]hpz\w*"
_GROUP = r"(?:\bzero[ _]hpz[ _]partition[ _]size|\bhpz(?:[ _]partition)?(?:[ _]size)?|\bmics[ _]shard[ _]size|每(?:个)?(?:切分|分片)?组|\bgroups? of|\bgroup size(?: of)?|\bin groups of)\s?[:=(]?\s?(?P<n>\d{1,3})(?![\d.])\s?(?:张卡?|块|卡|gpus?|cards?)?"


def claim_groups(scan: Scan) -> None:
    """The size of a group, before its number counts cards."""
    if not any(scan.find(f"{HYBRID}|{SECOND_COPY}")):
        return
    for found in scan.find(_GROUP):
        if scan.free(*found.span()):
            scan.add("group_size", int(found["n"]), *found.span(), extra=True)


def settle_groups(scan: Scan) -> None:
    """The cards that divide the states: as told, else those of one machine."""
    counts = scan.facts.get("n_gpus", [])
    if "zero_stage" not in scan.facts and (copy := next(scan.find(SECOND_COPY), None)):
        scan.add("zero_stage", 3, *copy.span(), take=False)
    hybrid = next(scan.find(HYBRID), None)
    if hybrid is None or "shard_size" in scan.facts or len(counts) != 1 or scan.facts.get("zero_stage", [3]) != [3]:
        return
    cards, nodes = int(counts[0]), int(scan.extras.get("nodes", [1])[0])
    each = cards // nodes if nodes > 1 and cards % nodes == 0 else int(assumed("n_gpus", "an example"))
    size = int(scan.extras.get("group_size", [each])[0])
    if 0 < size < cards and cards % size == 0:
        scan.add("zero_stage", 3, *hybrid.span(), take=False)
        scan.add("shard_size", size, *hybrid.span(), take=False)
