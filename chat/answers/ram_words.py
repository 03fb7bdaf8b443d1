"""The bandwidth of host memory that a speed rests on, and what a token reads there."""

from chat.answers.case_tables import Result
from chat.pace.words import amount, between


def _bandwidth(one: Result) -> str:
    low, high = (rate / 1e9 for rate in one["host_bandwidth"])
    return between(low, high, 3)


def memory_of(one: Result, zh: bool) -> str:
    """The bandwidth that the speeds rest on."""
    said = _bandwidth(one)
    assumed = one["host_assumed"]["zh" if zh else "en"]
    if not assumed:
        return f"内存按 {said} GB/s 计算。" if zh else f"The speeds rest on {said} GB/s of RAM."
    return (
        f"速度按内存 {said} GB/s 计算{assumed};内存更快或通道更多时,内存部分成比例加快。" if zh
        else f"The speeds rest on {said} GB/s of RAM{assumed}; faster RAM or more channels speed that part up in proportion."
    )  # fmt: skip


def reads_words(one: Result, zh: bool, rate: bool) -> str:
    """What a token reads from RAM, and the speed that allows at most; the usual one too, where it was not told."""
    if not one["at_most"] or not one["host_reads_gb"]:
        return ""
    there, most = f"{amount(one['host_reads_gb'])} GB", amount(one["at_most"])
    card, usual = f"{amount(one['card_reads_gb'])} GB", between(*(one["rate"] or one["by_ram"]))
    ram = f"{_bandwidth(one)} GB/s"
    if zh:
        said = f"约 {usual} token/秒,上限 {most}" if rate and usual else f"上限 {most} token/秒"
        return f"每个 token 从内存读 {there}、卡上读 {card};内存 {ram}{one['host_assumed']['zh']}时{said}。"
    said = f"about {usual} tokens/s, at most {most}" if rate and usual else f"at most {most} tokens/s"
    return (
        f"A token reads {there} from RAM and {card} on the card; {ram} of RAM{one['host_assumed']['en']} allow {said}."
    )
