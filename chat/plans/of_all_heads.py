"""What is said that a cache would take with a key and a value for each query head: `with MHA it would be 32 GB`."""

from chat.plans.told import memory_claims
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_ALL_HEADS = r"\bmha\b|multi[ -]head(?:ed)? attention|多头注意力|\b(?:without|no|lacking) (?:gqa|grouped[ -]quer\w*|groups)\b|(?:没有|不用|不带|无|没) ?gqa"
_NEXT = r"[,，]|\band\b|而|则|那"  # another clause begins
_NEAR = 40  # characters between the words and the amount
_STOP = r"[;?!。;?!]|\.(?!\d)"


def of_all_heads(reading: Reading) -> list[str]:
    """Each of these amounts, as `all_heads_gb 32`: the one that stands next to the words, before them or behind them."""
    text = reading.lowered
    places = {claim.span: claim.number for claim in memory_claims(reading)}
    found: list[float] = []
    for words in compiled(_ALL_HEADS).finditer(text):
        near = [(_between(text, words.span(), span), number) for span, number in places.items()]
        near = [(how_far, number) for how_far, number in near if how_far is not None]
        if near and "multi_head" in reading.cues:
            found.append(min(near)[1])
    return [f"all_heads_gb {number:g}" for number in dict.fromkeys(found)]


def _between(text: str, words: tuple[int, int], amount: tuple[int, int]) -> int | None:
    """How far an amount is from the words, None where a sentence ends between them, or an amount is of the clause before."""
    before, behind = sorted((words, amount))
    gap = text[before[1] : behind[0]]
    apart = len(gap) > _NEAR or compiled(_STOP).search(gap) or (amount < words and compiled(_NEXT).search(gap))
    return None if apart else len(gap)
