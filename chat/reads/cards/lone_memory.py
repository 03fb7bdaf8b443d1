"""A memory that is told beside no card, or that no card has: the asker's own, a device's, or only an amount that was seen."""

import re
from dataclasses import replace

from chat.reads import lexicon
from chat.reads.cards.card_memory import CHECKED
from chat.reads.cards.memories_together import CARD_SIZES
from chat.reads.reading import Claim, Reading
from chat.reads.seen.savings import is_added, is_saving
from kb.cards import sizes_of
from kb.names import gpu_rows, names

_SAID_TO_NEED = re.compile(
    r"(?:缓存|权重|激活|梯度)[^,;?。\d]{0,4}$|need|requir|take|use|consum|occup|say|show|list|=\s*~?\s*$|about|around|still|already|reach|hits?\b|\bat\s*$|(?:\b(?:weights?|total|sum|estimate|answer|footprint|cache|in (?:int|fp|nf)?\d{1,2}(?:[ -]?bits?)?|int[48]|fp(?:8|16)|bf16|nf4|awq|gptq|q\d\w*)\s(?:is|are|equals|would be|will be|comes to)|(?:权重|总共|结果|合计|int[48]|fp(?:8|16)|bf16|nf4|awq|gptq|位|量化(?:后)?)的?(?:就|应该|大概|差不多)?是)\s*$|需要|要|占|用了|显示|写|说|到(?!\s?\d)|还是|仍|已经?|才|内存\s*$|ram\s*$",
    re.IGNORECASE,
)


def own_memory(reading: Reading) -> Reading:
    """Of a phone or a board that has no card, the one amount of memory is its own."""
    if "small_device" not in reading.cues or "gpu" in reading.facts or "host_memory_gb" in reading.facts:
        return reading
    facts, spans = dict(reading.facts), dict(reading.spans)
    if "gpu_memory_gb" in facts:
        facts["host_memory_gb"], spans["host_memory_gb"] = facts.pop("gpu_memory_gb"), spans.pop("gpu_memory_gb", ())
        return replace(reading, facts=facts, spans=spans)
    memories = [claim for claim in reading.claims if claim.unit in ("g", "gb", "gib")]
    if len(memories) != 1:
        return reading
    facts["host_memory_gb"], spans["host_memory_gb"] = (memories[0].number,), (memories[0].span,)
    return replace(
        reading, facts=facts, spans=spans, claims=tuple(one for one in reading.claims if one not in memories)
    )


MAC_NAMED = r"\b(?:mac(?:book|s)?|imac|apple|metal|mlx)\b|苹果"
# the chips that each kind of Mac has, by how their names end
_MACS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\bmac studio\b", ("Max", "Ultra")),
    (r"\bmac ?book\b|\bmbp\b", ("Pro", "Max")),
    (r"\bmac mini\b", ("Pro",)),
    (r"\bmac\b|苹果|\bapple\b", ("Pro", "Max", "Ultra")),
)


def memory_of_mac(reading: Reading) -> Reading:
    """The RAM of a Mac is the memory that its GPU has, too; that of one with an Intel processor is not."""
    chips, sizes = reading.facts.get("gpu", ()), reading.facts.get("host_memory_gb", ())
    own = lexicon.compiled(MAC_NAMED).search(reading.lowered) and not re.search(r"\bintel\b", reading.lowered)
    # a chip that is named has that memory if it is sold with it
    sold = len(chips) == 1 and str(chips[0]).startswith("Apple ") and set(map(float, sizes)) <= set(sizes_of(chips[0]))
    others = {"n_gpus", "gpu_memory_gb"} & set(reading.facts) or reading.unknown_gpus
    if not (sold or (own and not chips)) or others or len(sizes) != 1:
        return reading
    facts, spans = dict(reading.facts), dict(reading.spans)
    facts["gpu_memory_gb"], spans["gpu_memory_gb"] = facts.pop("host_memory_gb"), spans.pop("host_memory_gb", ())
    return replace(reading, facts=facts, spans=spans)


def memory_of_chip(reading: Reading) -> Reading:
    """`M4 Mac mini base 16GB`, `m3 air 24gb`: beside one of Apple's chips the one amount in which that is sold is its memory."""
    chips, told = reading.facts.get("gpu", ()), {"gpu_memory_gb", "host_memory_gb"} & set(reading.facts)
    if len(chips) != 1 or told or not str(chips[0]).startswith("Apple "):
        return reading
    sold = [
        claim
        for claim in reading.claims
        if claim.unit in ("g", "gb", "gib")
        and claim.number in sizes_of(str(chips[0]))
        and not _SAID_TO_NEED.search(re.split(r"[,;.?!，；。？！]", reading.lowered[: claim.span[0]])[-1][-24:])
    ]
    return _as_memory(reading, sold[0]) if len(sold) == 1 else reading


def chip_of_mac(reading: Reading) -> Reading:
    """Of a Mac without its chip the only one that is sold with so much memory, where there is one alone."""
    sizes = reading.facts.get("gpu_memory_gb", ())
    if "unified_memory" not in reading.cues or len(sizes) != 1 or {"gpu", "n_gpus"} & set(reading.facts):
        return reading
    text = reading.lowered
    ends = next((ends for kind, ends in _MACS if lexicon.compiled(kind).search(text)), None)
    if ends is None:
        return reading
    chips = [
        name
        for name, row in gpu_rows().items()
        if row["vendor"] == "Apple" and name.endswith(ends)
        and float(sizes[0]) in sizes_of(name)
    ]  # fmt: skip
    if len(chips) != 1:
        return reading
    return replace(reading, facts={**reading.facts, "gpu": (chips[0],)})


# what is asked against a card; a lone memory in such a question is that of the card
_AGAINST_A_CARD = frozenset({"fits", "max_batch_ctx", "which_method", "how_many_gpus", "oom_diagnosis"})


# "how much does it take, is 8 GB enough?": asked of an amount and then of a card
_IS_ENOUGH = re.compile(
    r"\s?(?:的)?(?:显存|显卡|卡|vram)?\s?(?:[都全]?(?:打?开|用)[了上着])?(?:够|足够|(?:就|便)?能(?:不能|够)?(?:全参|全量)?(?:数)?(?:跑|训|微调|放|装)|(?<=显存)就(?:可以|行|好)|(?:就)?(?:跑|带)得(?:动|了|起来)|(?:can|could) (?:\w+ )?(?:run|train|full|fine-? ?tune|finetune|fit|hold|do)\b|可以(?:吗|么|不)|可不可以|放得下|装得下|行(?:不行|吗|么)|(?:is |be |will be )?enough\b|suffices?\b|(?:ok(?:ay)?|doable|possible|fine)\s?\?)"
)

# "the README's 64 GB": a figure that stands in what somebody wrote, and no card's
_WRITTEN_BY = re.compile(
    r"(?:\b(?:factory|read ?me|tables?|rows?|papers?|docs?|documentation|articles?|posts?|blogs?|guides?|wiki|calculators?|estimators?|official)|文档|表格?|论文|文章|官方|教程|计算器)(?:'s?|的|里的?|中的?|上的?|给的)?\s*$"
)


# of what a card is sold with, the least that a driver reports
_REPORTED = 0.9


# characters between a card and its memory: "2080Ti 22G", "22 GB 2080 Ti", as cards with more chips are sold
_BESIDE = 2


def _beside_its_name(reading: Reading) -> bool:
    """Does the amount stand right at the name of the card?"""
    (start, end), cards = reading.spans.get("gpu_memory_gb", ((0, 0),))[0], reading.spans.get("gpu", ())
    return any(0 <= start - after <= _BESIDE or 0 <= before - end <= _BESIDE for before, after in cards)


def no_card(reading: Reading) -> Reading:
    """A broken number that no card has is what was seen, and no card's memory; and so is one that is told twice and that the
    card named is not sold with."""
    sizes, cards = reading.facts.get("gpu_memory_gb", ()), reading.facts.get("gpu", ())
    if len(sizes) != 1:
        return reading
    amount = float(sizes[0])
    sold = {float(size) for size in CARD_SIZES}
    if len(cards) == 1:
        sold = {float(card.memory_gb) for card in names().match_cards(str(cards[0])) if card.memory_gb}
        again = any(one.number == amount and one.unit in ("g", "gb", "gib") for one in reading.claims)
        if not again or _beside_its_name(reading):
            return reading
    elif cards or amount.is_integer():
        return reading
    if not sold or any(_REPORTED * size <= amount <= size for size in sold):
        return reading
    facts, spans = dict(reading.facts), dict(reading.spans)
    del facts["gpu_memory_gb"]
    where = (spans.pop("gpu_memory_gb", None) or ((0, 0),))[0]
    unit = "gib" if reading.text[slice(*where)].lower().endswith("gib") else "g"
    claims = tuple(sorted((*reading.claims, Claim(amount, unit, where)), key=lambda one: one.span))
    return replace(reading, facts=facts, spans=spans, claims=claims)


# "the weights are 16GB": of no card
_STORED = re.compile(
    r"(?:\bweights?\b|\bcheckpoint\b|\bbase(?: model)?\b|\bparam\w*|权重|参数|基座|底座)(?:\s?(?:alone|themselves|本身))?"
    r"\s?(?:(?:is|are|takes?|needs?|at|of|=|是|要|占|共|约|有|才|只有|就)\s?)?(?:only |just |about |around |~)*$",
    re.ASCII,
)


# "LoRA: 24G" tells what a method takes
_OF_A_METHOD = re.compile(r"(?:lora|dora|full|freeze|galore|全参|全量|冻结|微调|ft|sft)\s?[:=(]?\s*$", re.ASCII)


# what trainings that are compared differ in
_SIDES = ("method", "algo", "optimizer", "zero_stage")


def _ends_a_comparison(reading: Reading, claim: Claim) -> bool:
    """`freeze vs LoRA of a 13B, 24G`: the amount behind all that is compared is of the card."""
    sides = any(len(reading.facts.get(name, ())) > 1 for name in _SIDES)
    compares = sides and bool({"method_diff", "comparison"} & set(reading.intents[:3]))
    last = not reading.text[claim.span[1] :].strip(" .,?!()\uff08\uff09\u3002\uff1f\uff0c的卡显存")
    return compares and last and not _OF_A_METHOD.search(reading.lowered[: claim.span[0]].lower())


# "which is better for 24GB", "24G选哪个": of models that are set side by side
_MEANT_FOR = re.compile(r"(?<!used )(?<!vram )(?<!memory )\bfor (?:a |my |the )?$|(?:[给配]|适合|只有)\s?$", re.ASCII)


def _models_chosen_for(reading: Reading, before: str) -> bool:
    return (
        reading.intent == "comparison" and len(reading.facts.get("model", ())) > 1 and bool(_MEANT_FOR.search(before))
    )


# "V100 ... 16G的", "the 40 GB one": which of the sizes in which a card is sold is told apart from its name
_THAT_KIND = re.compile(
    r"\s?(?:的?(?:版本?|款|型号?|那[种款个张])|的?(?:显存|显?卡)|的(?=\s*[,.;?!)\uff0c\u3002\uff1f\uff01\uff09]|\s*$)|(?:ones?|versions?|variants?|models?|cards?|kind)\b)",
    re.ASCII,
)


def kind_of_card(reading: Reading) -> Reading:
    """The size of the one card named, told apart from its name."""
    cards = [str(one) for one in reading.facts.get("gpu", ())]
    memories = [claim for claim in reading.claims if claim.unit in ("g", "gb", "gib")]
    if len(cards) != 1 or len(memories) != 1 or "gpu_memory_gb" in reading.facts:
        return reading
    claim, text = memories[0], reading.lowered
    sold = {card.memory_gb for card in names().match_cards(cards[0])}
    told = _THAT_KIND.match(text, claim.span[1]) and lexicon.compiled(lexicon.NO_MEMORY).match(text, claim.span[1])
    before = text[: claim.span[0]][-24:]
    if not told or len(sold) < 2 or claim.number not in sold or _SAID_TO_NEED.search(before):
        return reading
    return _as_memory(reading, claim)


def _as_memory(reading: Reading, claim: Claim) -> Reading:
    """An amount that is the card's memory."""
    return replace(
        reading,
        facts={**reading.facts, "gpu_memory_gb": (claim.number,)},
        spans={**reading.spans, "gpu_memory_gb": (claim.span,)},
        claims=tuple(one for one in reading.claims if one is not claim),
    )


# "it OOMs at 80GB", "一加图 80G 就爆": a failure at the whole of a card
_FAILED_AT = re.compile(
    r"\b(?:ooms?|oom'?e?d|ooming|out of memory|(?:ran|runs|running) out|dies|died|crash(?:es|ed)|fails|failed) (?:even )?(?:at|on|with) (?:(?:a|an|the|my|all|one|full) )?$",
    re.ASCII,
)
_FAILS_THERE = re.compile(
    r"\s?(?:的?(?:显?卡|显存))?(?:上|里)?(?:就|都|也|直接|还是|又|立刻|照样|会)*\s?(?:爆|oom|炸|溢出|不够)", re.ASCII
)


def card_that_failed(reading: Reading) -> Reading:
    """Of several amounts, where no card is told, the largest is the card's if it is the size of one and the run failed there."""
    memories = [claim for claim in reading.claims if claim.unit in ("g", "gb", "gib")]
    known = {"gpu", "gpu_memory_gb"} & set(reading.facts) or reading.unknown_gpus or reading.equations
    if len(memories) < 2 or known or "oom_diagnosis" not in reading.intents:
        return reading
    claim, text = max(memories, key=lambda one: one.number), reading.lowered
    failed = _FAILED_AT.search(text[: claim.span[0]][-48:]) or _FAILS_THERE.match(text, claim.span[1])
    alone = [one.number for one in memories].count(claim.number) == 1
    return _as_memory(reading, claim) if failed and alone and claim.number in CARD_SIZES else reading


# "the others have 10GB free", "其他卡还空 10G": what is left somewhere is the size of no card
_LEFT_BEHIND = re.compile(
    r"\s?(?:of )?(?:v?ram |memory )?(?:free|left|to spare|unused|idle|empty)\b|\s?(?:空闲|空着|没用)", re.ASCII
)
_LEFT_BEFORE = re.compile(r"(?:空|剩|空闲|空着|剩下|剩余)(?:了|出|着|有)?\s?$", re.ASCII)


def _of_its_own(reading: Reading, before: str, end: int) -> str:
    """What stands before an amount: only its own clause, where that names the model ("都说省显存,7B全参24G能跑吗")."""
    clause = re.split(r"[,;，；]", before)[-1]
    named = (at for name in ("model", "params") for at, _ in reading.spans.get(name, ()))
    return clause if any(end - len(clause) <= at < end for at in named) else before


def card_of_claim(reading: Reading) -> Reading:
    """`Llama-3.1-8B 24GB, max context?`: the one amount left over is the card's, unless the question says what it is."""
    memories = [claim for claim in reading.claims if claim.unit in ("g", "gb", "gib")]
    if len(memories) != 1 or {"gpu", "gpu_memory_gb"} & set(reading.facts) or reading.unknown_gpus or reading.equations:
        return reading
    claim = memories[0]
    before = re.split(r"[?？!！。]", reading.lowered[: claim.span[0]][-24:])[-1]
    of_other = not lexicon.compiled(lexicon.NO_MEMORY).match(reading.lowered, claim.span[1])
    bare = reading.intent == "unclear" and {"model", "params"} & set(reading.facts)  # "Qwen-7B LoRA 24G?"
    text = reading.lowered
    enough = bool(_IS_ENOUGH.match(text, claim.span[1]))
    lone = bool(bare) or enough or _ends_a_comparison(reading, claim) or _models_chosen_for(reading, before)
    against = (lone or set(reading.intents[:1]) & _AGAINST_A_CARD) and claim.number in CARD_SIZES
    said = _SAID_TO_NEED.search(_of_its_own(reading, before, claim.span[0]))
    written = not enough and bool(said or _WRITTEN_BY.search(before) or _STORED.search(before))
    left = _LEFT_BEHIND.match(text, claim.span[1]) or _LEFT_BEFORE.search(text[: claim.span[0]])
    differs = bool(left) or is_saving(text, *claim.span) or is_added(text, *claim.span)
    checked = lexicon.compiled(CHECKED).match(text, claim.span[1])  # "11G 左右对吗"
    if not against or of_other or differs or written or checked:
        return reading
    return _as_memory(reading, claim)
