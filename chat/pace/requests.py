"""Lines on how many requests a server answers in a second at full load, and whether that meets a rate that is wanted."""

from math import ceil
from typing import Any

from chat.figures.named import default_of
from chat.pace.served import Served, subject
from chat.pace.words import Line, amount, between, line, scaled
from chat.works import POPE
from formulas.errors import BadInput
from kb.rates import Decoding, decoding

_READ, _WRITTEN = 512.0, 256.0  # tokens of a request where nobody says
_MOST_CASES = 2


def request_lines(asked: Served) -> list[Line]:
    """Of each format or card: the rate at which requests are answered when as many run at once as the cache holds."""
    found = [full for case in asked.cases[:_MOST_CASES] if (full := _at_full_load(asked, case))]
    told = [_told(asked, many, rate, found) for many, rate in found]
    judged = _over_cards(asked, found) if told else []
    return [*judged, *told] if asked.said("requests_s") else [*told, *judged]


def _lengths(asked: Served) -> tuple[float, float]:
    return asked.said("seq_len") or _READ, asked.said("output_len") or _WRITTEN


def _at_full_load(asked: Served, case: dict[str, Any]) -> tuple[Decoding, tuple[float, float]] | None:
    """A step of as many sequences as fit, and the requests a second, low and high; None where the model does not fit.

    The card generates for all that run, and reads a prompt for each that comes: both take their time of it in turn.
    """
    read, written = _lengths(asked)
    facts = {**case, "seq_len": int(read), "output_len": int(written)}
    try:
        alone = decoding({**facts, "batch_size": 1}, asked.host)
        most = min(card.largest("batch_size") or 0 for card in alone.there.cards)
        at_once = min(most, int(default_of("vLLM", "max_num_seqs", "server")))
        if alone.spilled or alone.there.verdict == "no" or at_once < 1:
            return None
        many = decoding({**facts, "batch_size": at_once}, asked.host)
    except BadInput:
        return None
    if not many.known:
        return None
    fast, slow = many.prompt(int(read)) or (0.0, 0.0)
    low, high = (
        1 / (written / rate + prompts / at_once) for rate, prompts in zip(many.rate, (slow, fast), strict=True)
    )
    return many, (low, high)


def _told(
    asked: Served, many: Decoding, rate: tuple[float, float], all_cases: list[tuple[Decoding, tuple[float, float]]]
) -> Line:
    read, written = _lengths(asked)
    assumed = "" if asked.said("seq_len") and asked.said("output_len") else " (assumed where not told)"
    assumed_zh = "" if not assumed else "(未说明的是假设)"
    each = between(many.batch / rate[1], many.batch / rate[0])
    prompts = many.prompt(int(read))
    reading = between(*scaled(prompts, 1000 / many.batch)) if prompts else ""
    of_prompt, of_prompt_zh = (
        (f"; reading one prompt takes {reading} ms of the card", f";读一条提示占用显卡 {reading} 毫秒") if reading else ("", "")
    )  # fmt: skip
    beside = [one for one, _ in all_cases]
    return line(
        f"**About {between(*rate)} requests/s at full load** ({subject(many, 'en', beside=beside)}), {read:,.0f} tokens in and {written:,.0f} out{assumed}: {many.batch} run at once, generate together about {between(*many.rate)} tokens/s{of_prompt}. Each then takes about {each} s; what comes faster waits in the queue.",
        f"**满载时每秒约 {between(*rate)} 个请求**({subject(many, 'zh', beside=beside)}),每个输入 {read:,.0f}、输出 {written:,.0f} token{assumed_zh}:同时跑 {many.batch} 条,合计约生成 {between(*many.rate)} token/秒{of_prompt_zh}。这时每个请求约 {each} 秒;来得更快就排队。",
        POPE,
    )


def _over_cards(asked: Served, found: list[tuple[Decoding, tuple[float, float]]]) -> list[Line]:
    """Whether the rate that is wanted is met, and how many copies meet it."""
    wanted = asked.said("requests_s")
    many, (low, high) = found[0]
    if not wanted:
        return [
            line(
                "With few requests at once each is several times faster and fewer are answered; a prefix that all share is read once (prefix caching), and fewer bits or an 8-bit cache let more run at once.",
                "并发少时单个请求快几倍,但总数更少;共用的前缀只读一次(前缀缓存);位数更低或 8 位缓存能让更多请求同时跑。",
            )
        ]
    verdict = ("yes", "够") if low >= wanted else ("no", "不够") if high < wanted else ("borderline", "临界")
    least, most = ceil(wanted / high), ceil(wanted / low)
    copies = f"{least}" if least == most else f"{least}–{most}"
    cards = sum(card.place.count for card in many.there.cards)
    each, each_zh = ("a card", "1 张卡") if cards == 1 else (f"{cards} cards", f"{cards} 张卡")
    of, of_zh = (
        (
            f" in {subject(many, 'en', beside=[one for one, _ in found])}",
            f"({subject(many, 'zh', beside=[one for one, _ in found])})",
        )
        if len(found) > 1
        else ("", "")
    )
    return [
        line(
            f"**{amount(wanted)} requests/s{of}: {verdict[0]}**" + (f"; {copies} copies, each on {each}, behind a load balancer make it." if verdict[0] != "yes" else "."),
            f"**每秒 {amount(wanted)} 个请求{of_zh}:{verdict[1]}**" + (f";起 {copies} 份副本(每份 {each_zh})做负载均衡即可。" if verdict[0] != "yes" else "。"),
        )
    ]  # fmt: skip
