"""The same served with other RAM: of another generation, or at another rate."""

from chat.pace.served import Served, subject
from chat.pace.words import Line, amount, between, line
from formulas.errors import BadInput
from kb.rates import Decoding, HostMemory


def other_memory(asked: Served) -> Line:
    """The rates with either, and how many times as fast the faster is. BadInput where there is nothing to set it against."""
    by_rate = asked.said("other_mt_s") is not None
    own, other = ("host_mt_s", "other_mt_s") if by_rate else ("host_ddr", "other_ddr")
    if asked.said(own) is None:
        raise BadInput(f"{other} is set against {own}, which is missing")
    told = [float(asked.said(name) or 0) for name in (own, other)]
    channels = asked.said("host_channels")
    hosts = [
        HostMemory.of(one, channels, None, None) if by_rate else HostMemory.of(None, channels, one, None)
        for one in told
    ]
    each = [Decoding(asked.first.there, host) for host in hosts]
    named = [f"{one:,.0f} MT/s" if by_rate else f"DDR{one:g}" for one in told]
    rates = "; ".join(
        f"{name} ({host.high / 1e9:.3g} GB/s) about {between(*one.rate)} tokens/s, at most {amount(one.bound)}"
        for name, host, one in zip(named, hosts, each, strict=True)
    )
    rates_zh = ";".join(
        f"{name}({host.high / 1e9:.3g} GB/s)约 {between(*one.rate)} token/秒,上限 {amount(one.bound)}"
        for name, host, one in zip(named, hosts, each, strict=True)
    )
    fast, slow = max(one.bound for one in each), min(one.bound for one in each)
    return line(f"**{subject(asked.first, 'en')}: {rates}: {fast / slow:.2g} times as fast.**",
                f"**{subject(asked.first, 'zh')}:{rates_zh};相差 {fast / slow:.2g} 倍。**")  # fmt: skip
