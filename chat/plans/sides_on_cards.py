"""What is settled of set-ups side by side by how they lie on cards: a count before a card, ranks, a single card."""

import math
from collections.abc import Sequence
from typing import Any

from chat.plans.understood import Facts
from chat.reads.reading import Reading
from kb.programs import serves


def counted(reading: Reading, each: list[Facts]) -> list[Facts]:
    """`a 4090 or 2x 4060 Ti`: so many cards are those of the side whose card they stand before."""
    told = [str(one).partition(" × ") for one in reading.extras.get("rigs", ())]
    counts = {card: int(count) for count, _, card in told if count.isdigit()}
    if not counts or not all(str(one.get("gpu")) in counts and "n_gpus" not in one for one in each):
        return each
    return [{**one, "n_gpus": counts[str(one["gpu"])]} for one in each]


def on_its_ranks(side: Facts, counts: Sequence[Any]) -> Facts:
    """`TP16 or TP8 PP2 on two machines, or one machine`: of the numbers of cards that of which a side's ranks are the product."""
    product = math.prod(int(side.get(name) or 1) for name in ("tp", "pp", "dp"))
    return {**side, "n_gpus": product} if "n_gpus" in side and product in counts and product > 1 else side


def ranks_of_servers(each: list[Facts], shared: Facts) -> tuple[list[Facts], Facts]:
    """Tensor parallel beside llama.cpp is the server's: the other lays whole layers out, in the shares that are told."""
    servers = [bool(one.get("engine")) and serves(one["engine"]) for one in each]
    if not {"tp", "tensor_split"} & set(shared) or all(servers) or not any(servers):
        return each, shared
    own = {name: shared[name] for name in ("tp", "tensor_split") if name in shared}
    left = {name: value for name, value in shared.items() if name not in own}
    return [
        {**one, **{name: value for name, value in own.items() if (name == "tp") == server}}
        for one, server in zip(each, servers, strict=True)
    ], left


def on_one_card(each: list[Facts], shared: Facts) -> list[Facts]:
    """Without the stage of what is not offloaded: one card divides nothing."""
    if shared.get("n_gpus") != 1 or not any("offload" in one for one in each):
        return each
    return [
        {name: value for name, value in one.items() if name != "zero_stage" or one.get("offload") not in (None, "none")}
        for one in each
    ]
