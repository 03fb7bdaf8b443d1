"""Lines on the time to the first token: what a prompt computes, over the arithmetic of the cards."""

from chat.pace.served import Served, subject
from chat.pace.words import Line, between, duration, line, shares_words
from chat.works import POPE
from formulas.notation import size_words
from kb.rates import PROMPTS, shares


def prompt_lines(asked: Served) -> list[Line]:
    """How long a prompt takes; empty where no card's arithmetic is known."""
    one = asked.first if asked.worked else None
    length = int(one.facts["seq_len"].value) if one else 0
    times = one.prompt(length) if one else None
    if one is None or times is None:
        return []
    took = duration(times[0] / 3600, times[1] / 3600)
    rates = one.batch * length / times[1], one.batch * length / times[0]
    low, high = shares(PROMPTS)
    params = one.there.n_params or 0
    said = "" if asked.said("seq_len") else " (assumed)"
    said_zh = "" if asked.said("seq_len") else "(假设)"
    found = _against_seen(asked, times)
    found += [
        line(f"**About {took.en} to the first token** after {length:,} tokens of prompt{said}, {between(*rates)} tokens/s ({subject(one, 'en')}).",
             f"**首个 token 约需 {took.zh}**:提示 {length:,} token{said_zh},预填充 {between(*rates)} token/秒({subject(one, 'zh')})。", POPE),
        line(f"Prompts are bound by arithmetic: 2 × {size_words(params * one.single_share)} parameters × {length:,} tokens, and attention, over {one.peak / 1e12:,.0f} TFLOP/s (16-bit) of which {shares_words(low, high)} is reached. Bandwidth and fewer bits do not shorten it; a cached prefix, a shorter prompt, more TFLOP/s or more cards in tensor parallel do.",
             f"预填充受算力限制:2 × {size_words(params * one.single_share)} 参数 × {length:,} token 加注意力,除以 {one.peak / 1e12:,.0f} TFLOP/s(16 位)的 {shares_words(low, high)}。带宽和更低位数不会缩短它;前缀缓存、缩短提示、算力更高的卡或更多卡张量并行可以。"),
    ]  # fmt: skip
    if one.host_bytes:
        found.append(line("With weights in host memory they are computed there or cross PCIe for the prompt: expect several times this.",
                          "有权重放在内存时,预填充要在 CPU 上计算或经 PCIe 搬运:会是上面的数倍。"))  # fmt: skip
    found.append(
        line(f"Then it generates about {between(*one.rate)} tokens/s.", f"之后生成约 {between(*one.rate)} token/秒。")
    )
    return found


def _against_seen(asked: Served, times: tuple[float, float]) -> list[Line]:
    """Whether a time to the first token that was seen is what the arithmetic takes."""
    seen = asked.said("seconds")
    if not seen:
        return []
    verdict = (
        ("is what the arithmetic takes", "符合算力所需") if times[0] * 0.8 <= seen <= times[1] * 1.2
        else ("is longer than the arithmetic takes: look for waiting requests, a part in host memory, eager attention or a long template in front of the prompt", "比算力所需更长:请检查是否排队、部分在内存、eager 注意力,或提示前有很长的模板") if seen > times[1]
        else ("is shorter than a whole prompt takes: a part of it came from the prefix cache", "比完整提示所需更短:有一部分命中了前缀缓存")
    )  # fmt: skip
    return [line(f"**{seen:g} s {verdict[0]}.**", f"**{seen:g} 秒{verdict[1]}。**")]
