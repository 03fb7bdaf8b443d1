"""What only the question before gives a meaning: `and if I use two?`, `halve the batch`, `再加一张`, `sorry, 80GB`."""

from dataclasses import replace
from typing import Any

from chat.reads.caches.cache_types import of_the_cache
from chat.reads.cards.bare_memory import sizes_of_mac
from chat.reads.lexicon import compiled
from chat.reads.number_words import number
from chat.reads.reading import Reading
from kb.recipe import ADAPTERS

Facts = dict[str, tuple[Any, ...]]

# a card by any name: `card`, `3090`, `RTX 4060 Ti`, `A100`
CARD_WORD = (
    r"(?:more )?(?:(?:\w+ )?(?:cards?|gpus?)\b|(?:(?:rtx|nvidia|gtx) ){0,2}(?:[ahlvbt]\d{1,3}|[a-z]?\d{3,4})(?: ?ti)?\b"
    r"(?!\s?(?:[gmk]i?b?\b|tokens?|users?|people|requests?|layers?|sequences?|steps?|samples?)))"
)
# a count of what was spoken of, without its noun; how much more or less; of which fact
_BARE_COUNT = (
    r"\b(?:use|used|with|on|have|had|got|get|take|took|need|buy|bought|only|just|if|to|about|across|over) (?P<n>\d{1,2}|one)(?: of (?:them|those|these))?(?P<more> more)?(?: cards| gpus)?(?: instead)?\s*[?.!]*$"
    r"|\b(?:just|only) (?:the |a |that )?(?:single )?(?P<only>one|1)(?: of (?:them|those|these))?(?: cards?| gpus?)?(?= ?(?:[,;?!]|\.(?!\d)|$))"
    r"|^\W*(?P<m>\d{1,2})(?: of (?:them|those|these))?\s*[?.!]*$|^(?:那|如果|要是|换成?|改成?|用|就)*\s?(?P<k>\d{1,2})\s?(?:张|块|个|卡)(?:呢|的话|够吗|行吗)?\s*[?.!]*$"
)
_ONE_MORE = rf"\b(?:add|buy|get|got|put in|plug in|use|take|with|and) (?:another|one more|a further one)(?: one)?\s*[?.!]*$|\b(?:another|one more|a further|an extra|an additional) (?:one\b|{CARD_WORD})|(?:再|多)(?:加|买|来|插|上|添)?\s?[一1]\s?(?:张|块)"
_MORE_OF_THEM = r"\banother (?P<o>[2-9])\b(?! (?:gb|g|gib)\b)|\b(?P<n>[2-9]|1\d) (?:more|extra|additional|further)(?: (?:cards?|gpus?|of (?:them|those|these|the same)))?\s*(?:[?.!,]|$)|(?:再|多)(?:加|买|来|插|上|添)?(?:上|个)?\s?(?P<zh>[2-9])\s?[张块](?:同样的)?(?:卡|显卡)?"
# a length by its number alone: "setting it to 8192"
_SET_TO = r"\b(?:set\w*|lower\w*|rais\w+|reduc\w+|drop\w*|chang\w+|cap\w*|cut\w*) (?:it|that|this) (?:down |up )?(?:to|at) (?P<n>1024|2048|4096|8192|16384|32768|65536|131072)\b|(?:设|改|调|降|开|减)(?:成|到|为)\s?(?P<zh>1024|2048|4096|8192|16384|32768|65536|131072)(?!\d)"
# as many machines as the one at hand: "and two nodes?", "两台呢"
_MACHINES = r"^[\s,.:;?!]*(?:(?:and|so|then|what about|how about|with|on|use|那|如果|要是|换成?|用|上)[\s,]*)*(?P<n>[2-9]|1[0-6])\s?(?:(?:of (?:them|those|these|such) )?(?:nodes|servers|machines|boxes)\b|台)(?:机器|服务器|机|同样的)*(?:呢|的话|够吗|够不够|行吗| then| together|\W)*$"
_NTH = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_THE_NTH = rf"\b(?P<nth>{'|'.join(_NTH)}) (?:one\b|{CARD_WORD})|第(?P<zh>[2-4二两三四])\s?(?:张|块)"
# the same card of another size: "the 80GB one?", "换成80G的呢"
_OF_A_SIZE = r"\b(?:the|an?) (?P<n>\d{2,3}) ?gb? (?:one|version|variant|model|card)\b|^[\s,;:?!]*(?:那|换成?|改成?|用|上|如果|要是)*\s?(?P<zh>\d{2,3})\s?gb?\s?的?(?:(?:魔改|改装|改|大?显存)版|(?:版本?|那[张块]|卡)?(?:呢|行吗|够吗|行不行|够不够))"
# "and 48GB?", of a case in which no host's memory is told
_AND_A_SIZE = r"^[\s,.:;?!]*(?:and|or|what about|how about|what if|with|on|then|if i had|\s)+(?:a |the )?(?P<n>8|1[0126]|2[0248]|32|36|40|48|64|80|96|128|141|180|192)\s?gb?(?: (?:of )?v?ram)?(?: then| instead)?\W*$"
# "sorry, 80GB", "打错了 是80G的": of the card that was named
_CORRECTED_SIZE = (
    r"\b(?:sorry|oops|whoops|typo|my bad|correction|my mistake|i meant?|oh|wait|actually|should(?:'ve| have)? (?:been|be))\b[^.?!;\d]{0,24}(?<!\d)(?P<n>\d{1,3}) ?gb?(?![a-z])(?! ?(?:of )?(?:system |host |cpu )?(?:ram|memory)\b)"
    r"|(?<![\d.])(?P<m>\d{1,3}) ?gb?(?: (?:one|version|variant|card))?,? (?:i meant|sorry|my bad|my mistake)\b"
    r"|(?:[打说写搞记弄]错|口误|笔误|手滑|更正|不好意思|抱歉|(?<![不])对了?,?\s?是|其实是|应该是)了?[^.?!;\d]{0,8}(?P<zh>\d{1,3})\s?gb?(?![a-z])(?!\s?(?:的)?(?:内存|ram))"
)
# what only the method before gives a meaning
_IN_FULL = r"\bfull\b(?!\W{0,2}(?:\d|context|length|ctx|seq|shard|precision|attention|window|load|size|batch|offload|speed|users?|card))"
_SMALLER_CACHE = r"\bquanti[sz]\w+ (?:the |my )?(?:kv|cache)|\b(?:quanti[sz]ed|8[- ]?bit) (?:kv|cache)|\bkv[ _-]?cache quant\w*|kv\s?(?:cache|缓存)?\s?(?:做|开|用)?(?:了)?(?:8\s?位|8bit)?量化|量化\s?(?:kv|缓存)"
_QUANTISED_ONE = (
    r"量化(?:了|后|过)?的?(?:那个|那种|这个|方案|版本)|\bquanti[sz]ed (?:one|option|version|variant|way|plan|setup)\b"
)
# one of what was named before, by its place or by its number
_ONE_OF_THEM = r"(?: of (?:them|those|these|the two))?(?:\s(?:one|option|way|variant|layout|case|method|choice|config\w*|approach|setup))"
_ZH_ONE = r"\s?(?:种|个(?!卡|模型)|项|条路|方案|方法|选项|办法)"
_PLACES: tuple[tuple[int, str], ...] = (
    (0, rf"\b(?:the )?(?:first|1st){_ONE_OF_THEM}|\bthe former\b|\boption (?:1|a|one)\b|第\s?[1一]{_ZH_ONE}|前者"),
    (1, rf"(?<!\ba )\b(?:the )?(?:second|2nd){_ONE_OF_THEM}|\boption (?:2|b|two)\b|第\s?[2二]{_ZH_ONE}"),
    (2, rf"(?<!\ba )\b(?:the )?(?:third|3rd){_ONE_OF_THEM}|\boption (?:3|c|three)\b|第\s?[3三]{_ZH_ONE}"),
    (-1, rf"\b(?:the )?last{_ONE_OF_THEM}|\bthe latter\b|最后(?:那|一|1)?{_ZH_ONE}|后者"),
)
_THIS_NUMBER = r"^[\s,.:;!?]*(?:(?:ok(?:ay)?|then|so|let's|i'?ll|we'?ll|use|go with|take|try|with|and|say|just)[\s,]+)*(?:那|就|还是|用|选|改成?|换成?|要)*\s?(?P<n>\d{1,6})(?: then| it is| please|吧|呢|好了)?[\s.?!]*$"
_RELATIVE: tuple[tuple[str, float], ...] = (
    (
        r"\b(?:halv(?:e|ed|ing)|half) (?:the |my )?(?P<of>{things})|(?P<zh>{things_zh})(?:大小|长度)?(?:再|也|都)?(?:减半|砍半|[减降缩砍]一半|[减降缩砍](?:低|小|少)?(?:到|成|为)?(?:原来的?)?一半)",
        0.5,
    ),
    (
        r"\b(?:doubl(?:e|ed|ing)|twice) (?:the |my )?(?P<of>{things})|(?P<zh>{things_zh})(?:大小|长度)?(?:再|也|都)?(?:翻倍|加倍|翻一番)",
        2,
    ),
)
_THINGS = {
    "batch": "batch_size", "context": "seq_len", "length": "seq_len", "sequence": "seq_len", "cards": "n_gpus", "gpus": "n_gpus",
    "users": "batch_size", "requests": "batch_size", "concurrency": "batch_size", "people": "batch_size", "用户": "batch_size", "并发": "batch_size", "人数": "batch_size",
    "rank": "lora_rank", "批": "batch_size", "上下文": "seq_len", "长度": "seq_len", "序列": "seq_len", "卡": "n_gpus", "秩": "lora_rank",
}  # fmt: skip


# a share of the card that a server takes, by its number alone
_SHARE = r"^[\s,.:;!?]*(?:(?:ok(?:ay)?|then|so|let's|use|try|set it to|set to|with|at|and|make it|what about|how about|那|就|用|改成?|调到|设成?|换成?|如果|要是)[\s,]*)*(?P<n>0?\.[4-9]\d?)(?: then|呢|的话|吧)?[\s.?!]*$"
SERVERS = ("vllm", "sglang")
_SWITCHED = (
    r"\b(?:leave|keep|turn(?:ed)?|switch(?:ed)?|put|have|with) (?:it|that|them) (?:back )?(?:on|(?P<off>off))\b"
    r"|^[\s,.:;!?]*(?:ok(?:ay)?|so|then|back|and|\s|,)*\b(?:on|(?P<off2>off))(?: then| again| instead| it is)?\W*$|^[\s,.:;!?]*(?:那|就|还是|那就|如果|要是)*(?:(?P<off_>不开|关掉?|关了|关上|没开)|(?:打?开(?:着|了|启|上)?))(?:着|了)?(?:吧|呢|的话|会怎样|怎么样)?\s*(?=[,.?!]|$)"
)


def with_implied(reading: Reading, normal: str, previous: Reading) -> Reading:
    """The reading with what the question before gives a meaning."""
    reading = of_the_cache(reading, previous)
    more = _implied(normal, previous, reading.facts)
    if not more:
        return reading
    intents = ("unclear",) if reading.intents == ("out_of_scope",) else reading.intents
    used = {str(values[0]) for values in more.values()}
    left = tuple(one for one in reading.not_understood if one.text not in used)
    # one that is added is counted with those before; any other number that is told counts for itself
    off = _taken_off(normal, previous)  # whose name by itself tells that it is on
    said = {
        name: one
        for name, one in reading.facts.items()
        if name not in off and (name != "n_gpus" or "n_gpus" not in more)
    }
    claims = tuple(claim for claim in reading.claims if f"{claim.number:g}" not in used)
    return replace(reading, facts={**more, **said}, intents=intents, not_understood=left, claims=claims)


def _implied(text: str, previous: Reading, reading_facts: Facts) -> Facts:
    """What only the question before gives a meaning: `and if I use two?`, `halve the batch`, `再加一张`."""
    found: Facts = {}
    cards = {"gpu", "gpu_memory_gb", "n_gpus"} & set(previous.facts)
    if "n_gpus" in cards and (machines := compiled(_MACHINES).search(text)):
        each = int(previous.facts["n_gpus"][0]) // int(previous.extras.get("nodes", (1,))[0])
        found["n_gpus"] = (int(machines["n"]) * each,)
    elif cards and (count := compiled(_BARE_COUNT).search(text)):
        there = int(previous.facts.get("n_gpus", (1,))[0]) if count["more"] else 0
        told = count["n"] or count["only"] or count["m"] or count["k"]
        found["n_gpus"] = (there + (1 if told == "one" else int(told)),)
    elif cards and (added := compiled(_MORE_OF_THEM).search(text)):
        found["n_gpus"] = (int(previous.facts.get("n_gpus", (1,))[0]) + int(added["n"] or added["o"] or added["zh"]),)
    elif cards and compiled(_ONE_MORE).search(text):
        found["n_gpus"] = (int(previous.facts.get("n_gpus", (1,))[0]) + 1,)
    elif cards and not _chosen(text, previous) and (nth := compiled(_THE_NTH).search(text)):
        found["n_gpus"] = (_NTH[nth["nth"]] if nth["nth"] else number(nth["zh"]),)
    sized = compiled(_OF_A_SIZE).search(text) or compiled(_CORRECTED_SIZE).search(text)
    if not sized and "host_memory_gb" not in previous.facts:
        sized = compiled(_AND_A_SIZE).search(text)
    if {"gpu", "gpu_memory_gb"} & set(previous.facts) and sized:
        found["gpu_memory_gb"] = (int(next(one for one in sized.groupdict().values() if one)),)
    if "unified_memory" in previous.cues and (sizes := sizes_of_mac(text)):
        found["gpu_memory_gb"] = tuple(int(size) for size, *_ in sizes)
    if (length := compiled(_SET_TO).search(text)) and "seq_len" not in reading_facts:
        found["seq_len"] = (int(length["n"]) if length["n"] else int(length["zh"]),)
    trained = any(method != "inference" for method in previous.facts.get("method", ()))
    trained = trained or previous.facts.get("task") == ("train",)
    if trained and compiled(_IN_FULL).search(text):
        found["method"] = ("full",)
    if not trained and compiled(_SMALLER_CACHE).search(text):
        found["kv_format"] = ("q8_0" if "llama.cpp" in previous.facts.get("engine", ()) else "fp8",)
    things = "|".join(word for word in _THINGS if word.isascii())
    things_zh = "|".join(word for word in _THINGS if not word.isascii()) + "|batch(?: ?size)?|(?<![a-z])bs"
    for pattern, factor in _RELATIVE:
        for one in compiled(pattern.replace("{things}", things).replace("{things_zh}", things_zh)).finditer(text):
            name = _THINGS.get(one["of"] or one["zh"], "batch_size")
            values = previous.facts.get(name, ())
            if len(values) == 1 and values[0] * factor >= 1:
                found[name] = (round(values[0] * factor),)
    found |= _turned(text, previous) | _taken_off(text, previous)
    if set(previous.facts.get("engine", ())) & set(SERVERS) and (share := compiled(_SHARE).search(text)):
        found["gpu_memory_utilization"] = (float(share["n"]),)
    if not {"bits", "weight_format"} & set(previous.facts) and compiled(_QUANTISED_ONE).search(text):
        found["bits"] = (4,)
    found |= _chosen(text, previous)
    return {name: values for name, values in found.items() if values != (0,)}


def _turned(text: str, previous: Reading) -> Facts:
    """`leave it on`, `那开了呢`: of the one switch that was spoken of."""
    found = compiled(_SWITCHED).search(text)
    on = found and not (found["off"] or found["off_"] or found["off2"])
    if previous.facts.get("attention") == ("eager",) and on:
        return {"attention": ("flash",)}
    if "gradient_checkpointing" not in previous.facts:
        return {}
    return (
        {"gradient_checkpointing": ("off" if found["off"] or found["off_"] or found["off2"] else "on",)}
        if found
        else {}
    )


# what a run has without a setting that it was told to have, and the setting's words
_WITHOUT: tuple[tuple[str, str, frozenset[str], str], ...] = (
    ("loss", "full-logits", frozenset({"fused", "chunked"}), r"liger(?:[ _-]kernels?)?|(?:fused|chunked)[ -](?:\w+[ -])?loss|cut[ -]cross[ -]entropy|(?:融合|分块)损失"),
    ("optimizer", "adamw", frozenset({"adamw-8bit", "paged-adamw-8bit"}), r"(?:paged[ _])?(?:8[ -]?bit[ _]?adamw?|adamw?[ _-]?8[ _-]?bit|8[ -]?bit optimi[sz]er|8 ?位(?: ?adamw?|优化器))"),
)  # fmt: skip
_OFF = r"(?:\bwithout|\bno|\bw/o|\bdisabl\w+|\bdrop(?:ping)?|\bturn(?:ing)? off|不用|不开|没有|没开|关(?:掉|了|闭)?|去掉)\s?(?:the |using )?"
_OFF_BEHIND = r"\s?(?:is |was |were )?(?:turned |switched )?(?:off|disabled)\b|关(?:掉|了)?(?=呢|的话|[,?]|$)"


def _taken_off(text: str, previous: Reading) -> Facts:
    """`and without liger?`, `不用 8 位优化器呢`: a setting that the case had."""
    return {
        fact: (plain,)
        for fact, plain, had, words in _WITHOUT
        if set(previous.facts.get(fact, ())) & had
        and compiled(rf"{_OFF}(?:{words})|(?:{words})(?:{_OFF_BEHIND})").search(text)
    }


def _chosen(text: str, previous: Reading) -> Facts:
    """`the second one`, `后者`, `那就64`: one of the values of which there were several."""
    several = {name: values for name, values in previous.facts.items() if len(values) > 1}
    if not several:
        several = _layouts_told(previous)
    if len(several) != 1:
        return {}
    ((name, values),) = several.items()
    if number := compiled(_THIS_NUMBER).search(text):
        meant = tuple(one for one in values if str(one) == number["n"])[:1]
        return {name: meant} if meant else {}  # another number is another card, or a new value
    for place, words in _PLACES:
        if compiled(words).search(text) and -len(values) <= place < len(values):
            return {name: (values[place],)}
    return {}


def _layouts_told(previous: Reading) -> Facts:
    """The ways to lay a training over its cards, in the order in which an answer tells them where none was named."""
    trained = previous.facts.get("task") == ("train",) and "zero_stage" not in previous.facts
    methods, cards = set(previous.facts.get("method", ())), previous.facts.get("n_gpus", (1,))
    if not trained or len(methods) != 1 or len(cards) != 1 or int(cards[0]) < 2 or {"tp", "pp"} & set(previous.facts):
        return {}
    return {"zero_stage": (0, 3) if methods & set(ADAPTERS) else (0, 2, 3)}
