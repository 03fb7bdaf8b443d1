"""A card that is said to be too small, where it is asked which one to take: no card of the case."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

# which card is asked for, and not whether the one named will do
_WHICH = (
    r"\b(?:which|what)(?:'s| is| are| kind of| sort of)? (?:the )?(?:\w+ ){0,2}?(?:gpus?|cards?|hardware)\b(?! (?:memory|v?ram|usage|mem)\b)"
    r"|(?:什么|哪(?:个|张|款|种|些|几[张款种]))\s?(?:显卡|卡|gpu)"
)
# "24GB not enough I guess", "a 3090 won't do", "16G 应该不够吧"
_KIND = r"(?:\s?(?:of )?(?:v?ram|memory|gpus?|cards?|ones?)\b|\s?的?(?:显卡|卡|显存))?"
_TOO_SMALL = (
    rf"^{_KIND}\s(?:(?:is|are|'s|was|will be|would be|seems?|looks?|probably|surely|obviously|clearly|certainly|definitely|just|i guess|i think|i suppose|i assume)\s)*"
    r"(?:(?:is|are)n'?t (?:going to be )?enough|(?:not|never) (?:be )?(?:going to be |quite |really )?(?:enough|sufficient)|insufficient|too (?:small|little|low|tight)|(?:won'?t|will not|can'?t|cannot|doesn'?t|does not|wouldn'?t) (?:do|be enough|suffice|work|cut it|hold it|fit(?: it)?|be sufficient)(?! (?:at|with|in|if|when|on|for|unless)\b))(?! (?:alone|by itself|on its own)\b)"
    r"|^\s?的?(?:显卡|卡|显存)?\s?(?:应该|估计|肯定|大概|可能|好像|恐怕|感觉|看来|显然|怕是|是|都|就)*(?:(?<!够)不(?:太|大)?够(?:用)?|不行|不足|太小|太少|[跑训带]不(?:了|动|起来)|[放装塞]不下|没戏)(?!的话)"
)
# asked of it after all, or owned: "is 24GB not enough?", "24G 不够吗", "I have 24GB, not enough"
_DOUBTED = r"\b(?:is|are|does|do|would|will|why|how)\s(?:a |an |the |my |one |single )*$|(?:为什么|为啥|我的?|只有|手上|手头|现有)[^,.;?!]{0,6}$|\b(?:my|have|has|got|own|our)\b[^,.;?!]{0,16}$"
# what is to stand in the place of the one that is owned: it is none of the case then
_INSTEAD = (
    rf"(?:{_WHICH})[^.?!;]{{0,24}}\b(?:instead|next|upgrade|replace\w*|in its place)\b|\b(?:upgrade|replace\w*|swap|trade|switch|move)\b[^.?!;]{{0,32}}(?:{_WHICH})|\binstead\b[^.?!;]{{0,16}}(?:{_WHICH})"
    r"|\bwhat (?:should|do|would|could|can) (?:i|we) (?:upgrade|switch|move|step up) to\b|\b(?:upgrade|switch|move|replace it) (?:to|with|by) what\b"
    r"|(?:换|升级|改买|买)(?:成|到|个|一?张|一块)?\s?(?:什么|哪(?:个|张|款|种|些|几[张款种]))\s?(?:样的)?(?:显卡|卡|gpu|(?=[?,;。!]|$)|(?:才|比较)?(?:好|合适|行))|(?:该|要|得|应该)(?:换|升级)(?:成|到)?(?:什么|哪)"
)
_FAILS_IT = rf"^{_KIND}\s(?:just |simply |really )?(?:can'?t|cannot|can not|won'?t|will not|doesn'?t|does not|isn'?t able to|is unable to) (?:even )?(?:hold|run|fit|load|handle|take|train|fine-?tune|serve)\b"
_ASKED_AFTER = r"^[^,.;?!]{0,12}(?:吗|么|嘛)"


def card_too_small(reading: Reading) -> Reading:
    """`Which cards run a 32B at 8 bit? 24 GB is not enough I guess`: the cards that do are asked for."""
    told = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    alone = all(len(reading.facts[name]) == 1 for name in told)
    several = set(reading.facts.get("n_gpus", ())) - {1}  # "a 3090" counts one
    if not told or not alone or several or "host_memory_gb" in reading.facts or "out_of_scope" in reading.intents[:1]:
        return reading
    told |= {"n_gpus"} & set(reading.facts)
    text = reading.lowered
    spans = _together([span for name in told - {"n_gpus"} for span in reading.spans.get(name, ())])
    instead = compiled(_INSTEAD).search(text) is not None
    asked = instead or compiled(_WHICH).search(text)
    if not spans or not asked or not all(_ruled_out(text, *span, instead) for span in spans):
        return reading
    facts = {name: value for name, value in reading.facts.items() if name not in told}
    kept = {name: where for name, where in reading.spans.items() if name not in told}
    asks = tuple(dict.fromkeys((*reading.asks, "gpu")))
    # that it is too small is known, and why is not asked
    intents = tuple(dict.fromkeys("fits" if one in ("why_more", "oom_diagnosis") else one for one in reading.intents))
    return replace(reading, facts=facts, spans=kept, asks=asks, intents=intents if instead else reading.intents)


_APART = 3  # characters between a card and its memory


def _together(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A card and the memory that is told right behind it as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start - found[-1][1] <= _APART:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _ruled_out(text: str, start: int, end: int, instead: bool) -> bool:
    """Is it said to be too small? One that is owned is so only where another is to take its place."""
    before, after = text[max(0, start - 40) : start], text[end : end + 80]
    small = compiled(_TOO_SMALL).search(after) or (compiled(_FAILS_IT).search(after) if instead else None)
    if small is None or compiled(_ASKED_AFTER).search(after[small.end() :]):
        return False
    return instead or not compiled(_DOUBTED).search(before)
