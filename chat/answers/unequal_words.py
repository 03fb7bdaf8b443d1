"""Cards of unequal size in words: what they count for together, what each takes of its own, and how the program is told.

Every number is of the result; nothing is computed here.
"""

from typing import Any

from chat.answers.case_tables import LEAST_GIB, markdown
from chat.answers.layers_in_proportion import by_layers_instead, called, each_card, held_in_proportion, in_proportion
from chat.answers.verdict_words import gap
from chat.phrases import HOLDS, gib, leaning, pick, span
from chat.reads.cards.totals import evens_of
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.words import term
from kb.worked import TERM_ORDER

Result = dict[str, Any]
# cards, or kinds of them, that a sentence lists
_MOST = 4


def listed(result: Result) -> Result | None:
    """What is told card by card: of unequal cards, as many as a sentence holds."""
    found: Result | None = result.get("unequal")
    return found if found and len(found["each"]) <= _MOST else None


def asks_sum(reading: Reading) -> bool:
    """Whether it is asked what the cards come to together, by a word or by their sum, or how the model lies on them."""
    rig = any(" + " in str(gpu) for gpu in reading.facts.get("gpu", ()))
    summed = {*_OF_THE_SUM, "split_asked"} & set(reading.cues) or "whole_gb" in reading.extras
    return rig and bool(summed or _asks_even(reading))


# whether no more counts than the smallest card on each: "does only 24 GB count", "只能按24G算吗"
_EVEN_ASKED = (
    r"(?<!\bi )(?<!\bwe )(?<!card )\b(?:only|just) (?!have |has |got )(?:\w+ ){0,4}?(\d{2,4}) ?gb?\b[^.;!]{0,40}\?|\b(?:limited|capped|reduced|restricted) to (?:just )?(\d{2,4}) ?gb?\b[^.;!]{0,40}\?"
    r"|(?:只|仅|就|最多)(?:能|有|会)?(?:是|算|按|当|用到|用得?上|用)+\s?(\d{2,4})\s?gb?(?:算|用|来算)?[^,;!。，？]{0,6}(?:吗|么|吧|[?？,，]|$)"
)


def _asks_even(reading: Reading) -> bool:
    """The amount is what the smallest comes to: "the file is only 20 GB, right?" asks something else."""
    told = [float(one) for hit in compiled(_EVEN_ASKED).finditer(reading.lowered) for one in hit.groups() if one]
    return bool(told) and not evens_of(reading.facts.get("gpu", ())).isdisjoint(told)


def asks_whole(reading: Reading) -> bool:
    """Whether what they count for is asked before all else."""
    rig = any(" + " in str(gpu) for gpu in reading.facts.get("gpu", ()))
    return asks_sum(reading) or (rig and reading.intent == "multi_gpu_split")


_COLON = {False: ": ", True: "\uff1a"}
# the smaller amount is what the asker expects: "only 24 GB?"
_ONLY = r"(?:\bonly|\bjust|只|最多|就)[^\d?]{0,16}"
_OF_THE_SUM = ("whole_pool", "pooled_asked")


def need_after(change: Result, found: Result | None) -> float:
    """GiB that are to be held after a change: by the card that decides, or by all that hold different layers."""
    return float(change["total_gib" if found and found["by_layers"] else "gib"])


def against(result: Result, language: str) -> str:
    """What is needed against what there is, in all and on each card."""
    found, zh = result["unequal"], language == "zh"
    cards, most = each_card(found, language, within=True), gib(max(one["gib"] for one in found["each"]))
    if found["by_layers"]:
        whole, room = gib(found["total_gib"]), gib(found["room_gib"])
        return f"合计 {whole},可用合计 {room}\uff1a{cards}。" if zh else f"{whole} in all of {room}: {cards}."
    if len({gib(one["gib"]) for one in found["each"]}) > 1:  # stages of as many layers, one of them with the head
        return (
            f"每张卡最多 {most},由最小的卡决定\uff1a{cards}。"
            if zh
            else f"up to {most} on a card, and the smallest decides: {cards}."
        )
    return (
        f"每张卡 {most},由最小的卡决定\uff1a{cards}。"
        if zh
        else f"{most} on each card, and the smallest decides: {cards}."
    )


def what_counts(result: Result, reading: Reading) -> str:
    """What the cards count for together and how that is had; as a yes or no where that is asked."""
    found, language = result["unequal"], reading.language
    # how to split is no yes or no, nor is why a run fails
    asked = (
        bool(set(_OF_THE_SUM) & set(reading.cues) or "whole_gb" in reading.extras or _asks_even(reading))
        and "oom_diagnosis" not in reading.intents
    )
    facts = result.get("facts") or {}
    if facts.get("task", {}).get("value") == "train":
        told = _trained(found, facts, language, asked)
    elif found["by_layers"]:
        told = _by_layers(result, reading, asked)
    else:
        told = _evenly(result, facts, reading, asked)
    return told if leaning(result) not in HOLDS else told + _alone(found, reading)


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count} times"


def _product(found: Result) -> str:
    return f"{found['n']} × {found['smallest_gb']:g} = {found['even_gb']:g}"


def _by_layers(result: Result, reading: Reading, asked: bool) -> str:
    """Layers in proportion: all of the memory counts."""
    found = result["unequal"]
    whole, switch, even = f"{found['whole_gb']:g} GB", found["switch"], f"{_product(found)} GB"
    tools, zh = set(map(str, reading.extras.get("tools", ()))), reading.language == "zh"
    if found["by_memory"]:
        return _as_told(found, reading.language)
    if "ollama" in tools and "llama.cpp" not in tools:
        # https://github.com/ollama/ollama/blob/main/docs/faq.mdx, "How does Ollama load models on multiple GPUs?"
        switch = (
            "Ollama 会自动这样做,单卡放得下时只用一张"
            if zh
            else "Ollama does so by itself, where no single card holds the model"
        )
    if "split_asked" in reading.cues:
        layers = [
            f"{called(one['card'], 'zh')} {one['layers']} 层"
            if zh
            else f"{one['layers']} layers on the {called(one['card'], 'en')}"
            for one in found["each"]
        ]
        switch = ("\uff1b" if zh else "; ").join([("、" if zh else ", ").join(layers), *([switch] if switch else [])])
    how = f"({switch})" if zh and switch else f" ({switch})" if switch else ""
    verdict = ""
    if asked and leaning(result) in HOLDS:  # whether that is enough stands with it; of several cases, with each of them
        amounts = f"{gib(found['total_gib'])} / {gib(found['room_gib'])}"
        en, said = HOLDS[leaning(result)]
        if result.get("into_host"):
            en, said = "does not fit whole, only with layers in host memory", "只有把部分层放到内存才放得下"
        verdict = f",{said}({amounts})" if zh else f", and it {en}, {amounts.replace(' / ', ' in all of ')}"
    holds = asked and result["verdict"] == "yes"
    if zh:
        head = f"{'是,合计' if holds else '合计'}按 {whole} 用,但不是一张大卡{verdict}\uff1a各卡按显存比例放若干整层和它们的 KV 缓存{how}。"
        return f"**{head}**每张卡另有自己的运行时和缓冲;各卡轮流计算,较慢的卡拖慢整体。张量并行(vLLM)每张卡分得一样多,只相当于 {even}。"
    head = f"{'Yes, they' if holds else 'They'} count as {whole}, though not as one card{verdict}: each holds whole layers and their cache in proportion to its memory{how}."
    return f"**{head}** Each has a runtime and buffers of its own beside them; they take turns, so the slower card sets the speed. Tensor parallel (vLLM) gives each the same and would use {even} only."


def _as_told(found: Result, language: str) -> str:
    """Shares of the layers that were told, against those in proportion to memory."""
    other, zh, whole = found["by_memory"], language == "zh", f"{found['whole_gb']:g} GB"
    verdict, cards = pick(HOLDS[leaning(other)], language), each_card(other, language)
    if zh:
        return f"**{found['switch']} 按所给比例分层,不看显存大小;按显存比例({other['switch']})才用得上 {whole},{verdict}\uff1a**{cards}。"
    return f"**{found['switch']} lays the layers out in those shares, whatever memory the cards have; in proportion to it ({other['switch']}) all {whole} count, and it {verdict}:** {cards}."


def _evenly(result: Result, facts: Result, reading: Reading, asked: bool) -> str:
    """The same on each card: as much of each counts as the smallest has. Stages in proportion use all of it."""
    found, language = result["unequal"], reading.language
    zh, whole, even = language == "zh", f"{found['whole_gb']:g}", _product(found)
    tensor = int(facts.get("tp", {}).get("value") or 1) > 1
    only = asked and compiled(rf"{_ONLY}{found['even_gb']:g}\s?g").search(reading.lowered) is not None
    if zh:
        head = f"{'是,' if only else '不是:' if asked else ''}{'张量并行' if tensor else '每段层数相同的流水线'}让每张卡分得一样多,由最小的卡决定,相当于 {even} GB,而不是 {whole} GB"
    else:
        way = "tensor parallel gives each card the same" if tensor else "a pipeline gives each card as many layers"
        head = f"{'Yes, ' if only else 'Not all of it: ' if asked else ''}{way}, so the smallest counts {_times(found['n'])}, {even} GB of {whole} GB"
        head = head[0].upper() + head[1:]
    fits_asked = "fits" in reading.intents and "split_asked" not in reading.cues
    if asks_whole(reading) and fits_asked and not only and leaning(result) in HOLDS:  # it opens the answer
        head = _judged(result, tensor, language, not tensor and found["n"] in reading.facts.get("tp", ()))
    told = f"**{head}。**" if zh else f"**{head}.**"
    if tensor and "sglang" in (*reading.facts.get("engine", ()), *reading.extras.get("tools", ())):
        told += (
            "显存不均衡时 SGLang 的张量并行默认拒绝启动(SGLANG_ENABLE_TP_MEMORY_INBALANCE_CHECK=0 才放行)。" if zh
            else " SGLang refuses to start tensor parallel on memory so unbalanced unless SGLANG_ENABLE_TP_MEMORY_INBALANCE_CHECK=0."
        )  # fmt: skip
    other = found["otherwise"]
    if not other:
        return told
    if found["each"] and not asked and all(one["verdict"] == "yes" for one in found["each"]):  # it fits as it is
        switch = f"({other['switch']})" if zh else f" ({other['switch']})"
        return (
            f"{told}按显存比例分层的流水线{switch}才用得上 {whole} GB。" if zh
            else f"{told} A pipeline with layers in proportion to memory{switch} would use all {whole} GB."
        )  # fmt: skip
    name, held = held_in_proportion(result, language)
    return f"{told}\n\n{in_proportion(held, language, name)}"


def _judged(result: Result, tensor: bool, language: str, undivided: bool) -> str:
    """Whether it fits where each card has the same, with what that is and what the cards count for.

    undivided  as many ranks were told as there are cards, over which the heads do not divide
    """
    found, zh, (en, said) = result["unequal"], language == "zh", HOLDS[leaning(result)]
    least = min(found["each"], key=lambda one: float(one["capacity_gib"]))
    need, room, name = gib(least["gib"]), gib(least["capacity_gib"]), called(least["card"], language)
    whole, even, leans = f"{found['whole_gb']:g} GB", f"{_product(found)} GB", leaning(result)
    fails = leans in ("no", "unlikely")
    if zh:
        way = "张量并行" if tensor else "每段层数相同的流水线"
        instead = by_layers_instead(found, language) if fails else ""
        if undivided:
            way = f"注意力头不能按张量并行 {found['n']} 均分,{'' if fails else '但'}{way}{'也' if fails else ''}"
        return f"{'不行,' if fails else ''}{way}{said}:每张卡分得一样多,{need},而最小的 {name}{gap(name)}有 {room};合计只相当于 {even},而不是 {whole}{instead}"
    way = "by tensor parallel" if tensor else "as a pipeline of as many layers each"
    if fails and not zh:
        whole += by_layers_instead(found, language)
    if undivided:
        way = f"tensor parallel {found['n']} does not divide its heads, and {way}"
    opens = "No, " if fails else "Yes, " if leans == "yes" and not undivided else ""
    way = way if opens else way.capitalize()
    return f"{opens}{way} it {en}: each card gets the same, {need}, and the smallest, the {name}, has {room}; together they count as {even}, not {whole}"


def _trained(found: Result, facts: Result, language: str, asked: bool) -> str:
    """A copy on each card, or an equal shard: the smallest decides; layers in proportion, one after another, use all."""
    zh, whole, smallest, other = (
        language == "zh",
        f"{found['whole_gb']:g} GB",
        f"{found['smallest_gb']:g} GB",
        found["otherwise"],
    )
    if found["by_layers"]:
        return (
            f"**{'是,' if asked else ''}按层分到各卡(device_map 加 max_memory)时合计按 {whole} 用**;各卡轮流计算,并不更快。" if zh
            else f"**{'Yes: l' if asked else 'L'}aid out by layers (device_map with max_memory) they count as {whole}**; the cards take turns, which is no faster."
        )  # fmt: skip
    if zh:
        opens = f"不是 {whole}\uff1a" if asked else ""
        told = f"**{opens}DDP 每张卡放完整的一份,ZeRO-3/FSDP 每张卡分得一样多,都由最小的卡({smallest})决定:**最多相当于 {_product(found)} GB,大卡多出的部分闲置。"
    else:
        head = f"{'Not as ' + whole + ': ' if asked else ''}DDP keeps a whole copy on each card and ZeRO-3/FSDP gives each an equal shard, so the smallest ({smallest}) decides:"
        told = f"**{head}** they count as {_product(found)} GB at most, and what a larger card has beyond stays unused."
    if not other or len(other["each"]) > _MOST or found["alone"]["verdict"] == "yes":
        return told
    verdict, total = pick(HOLDS[leaning(other)], language), f"{gib(other['total_gib'])} / {gib(other['room_gib'])}"
    cards = "" if other["verdict"] == "no" else each_card(other, language)
    if zh:
        return f"{told}按层按比例分到各卡(device_map 加 max_memory,轮流计算)才用得上 {whole},{verdict}:合计 {total}{',' if cards else ''}{cards}。"
    return f"{told} Layers in proportion (device_map with max_memory, the cards take turns) use all {whole}, and that {verdict}: {total.replace(' / ', ' in all of ')}{': ' if cards else ''}{cards}."


def _alone(found: Result, reading: Reading) -> str:
    """Whether the largest card alone is enough."""
    one, zh = found["alone"], reading.language == "zh"
    name, (en, said) = called(found["largest"], reading.language), HOLDS[leaning(one)]
    amount = f"{gib(one['gib'])} / {gib(one['capacity_gib'])}"
    if one["verdict"] == "no" and any(each["verdict"] == "no" for each in found["each"]):
        return _alone_in_four_bits(found, name, zh)  # as little as together
    if zh:
        return f"只用一张 {name}{gap(name)}{said}({amount})。"
    return f" On one {name} alone it {en} ({amount.replace(' / ', ' of ')})."


def _alone_in_four_bits(found: Result, name: str, zh: bool) -> str:
    """That the largest card alone holds it with weights in 4 bit, where as they are neither it does nor all together."""
    one = (found["narrower"] or {}).get("alone")
    if not one or one["verdict"] != "yes":
        return ""
    amount = f"{gib(one['gib'])} / {gib(one['capacity_gib'])}"
    if zh:
        return f"换 4 位的量化版(AWQ、GPTQ),只用一张 {name}{gap(name)}就放得下({amount})。"
    return f" With a checkpoint in 4 bit (AWQ, GPTQ) one {name} alone holds it ({amount.replace(' / ', ' of ')})."


def of_setups(result: Result, names: list[str], language: str) -> tuple[str, str]:
    """Of set-ups on unequal cards what counts for each and whether that holds it; and the pipeline of those that give each the same."""
    zh, told, pipelines = language == "zh", [], []
    for name, one in zip(names, result["setups"], strict=True):
        found, verdict = one["unequal"], pick(HOLDS[leaning(one)], language)
        if found["by_layers"]:
            whole, amounts = f"{found['whole_gb']:g} GB", f"{gib(found['total_gib'])} / {gib(found['room_gib'])}"
            flag = found["switch"]
            switch = f"({flag})" if zh and flag else f" ({flag})" if flag else ""
            left = _left(found, zh)
            told.append(
                f"{name}\uff1a按显存比例分层,合计按 {whole} 用{switch},{verdict}({amounts}{left})" if zh
                else f"{name}: {whole} count, split by layers{switch}, and it {verdict}, {amounts.replace(' / ', ' in all of ')}{left}"
            )  # fmt: skip
            continue
        tensor = int(one["divided_by"].get("tp") or 1) > 1
        way = "" if not tensor else "张量并行" if zh else "by tensor parallel "
        least, need = min(each["capacity_gib"] for each in found["each"]), gib(found["each"][0]["gib"])
        told.append(
            f"{name}\uff1a{way}每张卡一样多,只相当于 {_product(found)} GB,{verdict}(每张 {need},最小的卡可用 {gib(least)})" if zh
            else f"{name}: not {found['whole_gb']:g} GB, {way}each card gets the same, {_product(found)} GB, and it {verdict}, {need} on each with {gib(least)} on the smallest"
        )  # fmt: skip
        if found["otherwise"] and leaning(one) != "yes":
            pipelines.append(f"{name}{_COLON[zh]}{in_proportion(found, language)}{_in_four_bits(found, language)}")
    head = f"**{';'.join(told)}。**" if zh else f"**{'; '.join(told)}.**"
    return head, "\n\n".join(dict.fromkeys(pipelines))


def _left(found: Result, zh: bool) -> str:
    """What is left of cards that hold layers, and how long a context that is."""
    if not found["longest"]:
        return ""
    left, longest = gib(found["left_gib"]), f"{found['longest']:,}"
    return f",余 {left},上下文最长约 {longest} token" if zh else f", {left} left, a context of up to about {longest} tokens"  # fmt: skip


def _in_four_bits(found: Result, language: str) -> str:
    """What each of unlike cards takes alike with weights in 4 bit."""
    one, zh = found["narrower"], language == "zh"
    if not one:
        return ""
    verdict = pick(HOLDS[leaning(one)], language)
    need, room = gib(one["gib"]), gib(one["capacity_gib"])
    if zh:
        return f"或仍用张量并行,换 4 位的量化版(AWQ、GPTQ):每张 {need} / {room},{verdict}。"
    return (
        f" Or tensor parallel as it is with a checkpoint in 4 bit (AWQ, GPTQ): {need} of {room} on each, it {verdict}."
    )


def setups_by_card(result: Result, names: list[str], language: str) -> str:
    """What is on all cards together, and of that on each."""
    zh, found = language == "zh", [one["unequal"] for one in result["setups"]]
    rows = []
    for part in TERM_ORDER:
        amounts = [next((one["gib"] for one in each["terms"] if one["name"] == part), 0.0) for each in found]
        if max(amounts) >= LEAST_GIB:
            rows.append([str(term(part, language)), *(gib(one) if one else "–" for one in amounts)])
    rows.append(["**合计**" if zh else "**in all**", *(f"**{gib(each['total_gib'])}**" for each in found)])
    for card in dict.fromkeys(one["card"] for each in found for one in each["each"]):
        rows.append([called(card, language), *(_on_card(each, card, language) for each in found)])
    return markdown(["各卡合计" if zh else "over all cards", *names], rows)


def _on_card(found: Result, card: str, language: str) -> str:
    zh = language == "zh"
    told = [
        f"{gib(one['gib'])} ({span(one)}) / {gib(one['capacity_gib'])}{_layers(one, zh)}"
        for one in found["each"] if one["card"] == card
    ]  # fmt: skip
    return (";" if zh else "; ").join(told)


def _layers(one: Result, zh: bool) -> str:
    if one["layers"] is None:
        return ""
    return f",{one['layers']} 层" if zh else f", {one['layers']} layers"
