"""What a question tells of many cards beside its facts, for the remarks: a formula of bytes that it quotes, readings at two
numbers of cards, processes that load at once, degrees of sequence parallelism."""

from collections.abc import Iterator

from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.reading import Reading

# "6 + 12/d", "(4+12/N)", "16/N bytes"
_BYTES = r"(?<![\d./])(?:(?P<whole>\d{1,2})\s?\+\s?)?(?P<divided>12|14|16|18)\s?/\s?(?:d|n|dp|n_?d|world[ _-]?size|n_?gpus?)(?![a-z0-9])"
_OF_PARAMETERS = r"\bbytes?\b|\bparam\w*|\bb/param|字节|每参数|参数"
_LOADERS = r"(?<![\d.])(?P<n>\d{1,3})\s?(?:个)?\s?(?:process(?:es)?|procs?|ranks?|workers|进程|worker)(?![a-z])|\bnproc[ _-]per[ _-]node[ =]+(?P<m>\d{1,3})|\b--?num[ _-]processes[ =]+(?P<o>\d{1,3})"
_EACH_LOADS = r"load\w*|from_pretrained|加载|载入|读(?:进|入)?"


def scale_told(reading: Reading) -> Iterator[str]:
    """Lines of the log, as `chat.plans.told` hands them on."""
    text = normalise(reading.text).text
    ways = reading.facts.get("tp", ())
    if len(ways) > 1:
        yield f"ranks {max(map(int, ways)):g}"
    yield from (f"group {size:g}" for size in reading.extras.get("group_size", ())[:1])
    quoted = compiled(_BYTES).search(text)
    if quoted and compiled(_OF_PARAMETERS).search(text):
        yield f"bytes_whole {quoted['whole'] or 0}"
        yield f"bytes_divided {quoted['divided']}"
    yield from (f"degree {degree:g}" for degree in map(float, reading.facts.get("cp", ())))
    loaders = compiled(_LOADERS).search(text)
    if loaders and compiled(_EACH_LOADS).search(text):
        yield f"loaders {loaders['n'] or loaders['m'] or loaders['o']}"
    yield from _readings(reading)


def _readings(reading: Reading) -> Iterator[str]:
    """`8 GPUs: 61 GB each, 16 GPUs: 47 GB`: a count, and the amount that is told behind it."""
    counts = sorted(zip(reading.spans.get("n_gpus", ()), reading.facts.get("n_gpus", ()), strict=False))
    amounts = sorted((one.span, one.number) for one in reading.claims if one.unit in ("g", "gb", "gib"))
    if len(counts) != 2 or len(amounts) < 2:
        return
    for place, (span, count) in enumerate(counts):
        end = counts[place + 1][0][0] if place + 1 < len(counts) else len(reading.text)
        own = next((number for at, number in amounts if span[1] <= at[0] < end), None)
        if own is not None:
            yield f"seen_at {int(count)} {own:g}"
