"""How long weights take from a disk to where they are used."""

from chat.pace.served import Served, subject
from chat.pace.words import Line, between, duration, gigabytes, line
from kb.rates import decoding
from kb.recipe import assumed_number


def loading_lines(asked: Served) -> list[Line]:
    """How long weights take from a disk: bytes over its rate."""
    case = asked.cases[0]
    one = decoding(case, asked.host)
    size = (
        one.weight_bytes + one.host_bytes if one.single_share == 1 else (one.weight_bytes + one.host_bytes) / one.share
    )
    told = asked.said("bandwidth_gb_s")
    name = subject(one, "en").removesuffix(", CPU alone")
    rates = (
        (told * 1e9,) if told else tuple(1e9 * assumed_number("link_gb_s", f"PCIe {one}.0 x16") / 4 for one in (4, 3))
    )
    took = duration(size / max(rates) / 3600, size / min(rates) / 3600)
    how = (
        f"{told:g} GB/s"
        if told
        else f"{between(min(rates) / 1e9, max(rates) / 1e9, 3)} GB/s, what PCIe 3.0 to 4.0 x4 lets an NVMe drive give at most"
    )
    how_zh = (
        f"{told:g} GB/s"
        if told
        else f"{between(min(rates) / 1e9, max(rates) / 1e9, 3)} GB/s(NVMe 走 PCIe 3.0 到 4.0 x4 的上限)"
    )
    return [line(f"**At least {took.en}**: {gigabytes(size)} of weights ({name}) at {how}. SATA and network drives are several times slower; a second load comes from the page cache if RAM holds it.",
                 f"**至少 {took.zh}**:{gigabytes(size)} 权重({name}),按 {how_zh}。SATA 盘和网络盘慢数倍;内存装得下时第二次加载来自页缓存。")]  # fmt: skip
