"""How far a single case is from its limits: the longest sequence that fits, and what one more sequence and more tokens cost."""

from chat.answers.case_tables import LEAST_GIB, Result, several_cards
from chat.answers.fits_cell import longest_of
from chat.answers.pool_words import pool_of
from chat.figures.serving.engine_words import LENGTHS
from chat.phrases import case_words, gib, in_words
from kb.lengths import by_yarn
from kb.stated import ASKED, ASSUMED

# what the contract's sensitivity is of: one sequence, and 1,024 tokens
_MORE = {
    "batch_size": ("one more sequence costs {}", "每多一条序列 {}"),
    "seq_len": ("1,024 more tokens {}", "每多 1,024 个 token {}"),
}


def limits(result: Result, cases: list[Result], language: str) -> list[str]:
    """Where the verdict of a single case flips, the longest sequence that still fits; and what a little more of each costs,
    of several cases in the one that is nearest to the edge."""
    zh, turns = language == "zh", result.get("turning") or {}
    said = [] if len(cases) > 1 else longest_told(result, language)
    of = case_words(turns.get("facts") or {}, language) if len(cases) > 1 else ""
    whose = "" if not of else f"({of})" if zh else f" ({of})"
    pooled = (
        len(cases) < 2 and result.get("verdict") == "yes" and pool_of(result)
    )  # whose words tell how many sequences and tokens there are
    more = [
        _MORE[one["quantity"]][zh].format(gib(one["gib"])) + _goes_on(one, zh)
        for one in (() if pooled else (turns if len(cases) > 1 else result).get("sensitivity") or [])
        if one["quantity"] in _MORE and one["gib"] >= LEAST_GIB
    ]
    if more:
        told = ("、" if zh else "; ").join(more)
        told = told if zh else f"{told[0].lower() if of else told[0].upper()}{told[1:]}"
        told += _on_which(result, zh)
        opens = "" if not of else f"批大小与长度决定余量{whose}:" if zh else f"Batch and length decide{whose}: "
        said.append(f"{opens}{told}。" if zh else f"{opens}{told}.")
    elif turns.get("free_tokens"):
        tokens = in_words("seq_len", turns["free_tokens"], language)
        said.append(
            f"批大小与长度{whose}:每步每卡约 {tokens} 以内不增加峰值,再多就要加显存。" if zh
            else f"Batch and length{whose}: up to about {tokens} of a step on each card add nothing to that peak, more do."
        )  # fmt: skip
    return ["".join(said) if zh else " ".join(said)] if said else []


def _goes_on(one: Result, zh: bool) -> str:
    """Where the next cost is not that of the first: another moment is the fullest from there on, or free blocks take up a part."""
    if own := one.get("own_gib"):
        return (
            f"(张量本身多 {gib(own)},一部分用上已留存的空闲块)" if zh
            else f" ({gib(own)} more of tensors, a part of it in blocks that stand free)"
        )  # fmt: skip
    if not one.get("then_gib"):
        return ""
    then = gib(one["then_gib"])
    if until := one.get("until"):
        return (
            f"(长度到约 {until:,} 为止,再长则峰值换到另一时刻,每 1,024 个 {then})" if zh
            else f" (up to a length of about {until:,}; beyond, another moment of the step is the fullest, at {then} for 1,024)"
        )  # fmt: skip
    return (
        f"(此后峰值换到另一时刻,再多一份 {then})" if zh
        else f" (from there another moment of the step is the fullest, and as much again costs {then})"
    )  # fmt: skip


def _on_which(result: Result, zh: bool) -> str:
    """Of which card the cost is, where there are several."""
    if not several_cards(result, []):
        return ""
    if (result.get("unequal") or {}).get("by_layers"):  # each card holds another part
        return "(最满的卡)" if zh else ", on the fullest card"
    return "(每张卡)" if zh else ", on each card"


def longest_told(result: Result, language: str, alone: bool = False) -> list[str]:
    """The longest sequence that fits; `alone`: the server's pool, which says how many tokens there is room for, is not told."""
    longest, most = longest_of(result), result.get("positions") or 0
    if not longest or result.get("solved_for") == "seq_len":
        return []
    if beyond(result, language):  # nobody who asks for more is held to it
        most = 0
    tokens = in_words("seq_len", min(longest, most) if most else longest, language)
    if pool_of(result) and longest < most and result.get("verdict") == "yes" and not alone:
        return []  # the server's pool says how many tokens there is room for
    if most and longest >= most:
        whole = "" if _told_beside(result, most) else _whole(result, tokens, language == "zh")
        return [told for told in (whole, _scaled(result, most, longest, language)) if told]
    if result.get("verdict") in ("borderline", "no"):  # fewer are sure to, which is told among the changes
        return [
            f"按区间中值最长约 {tokens}。"
            if language == "zh"
            else f"By the middle of the estimate up to about {tokens} fit."
        ]
    engine = result["facts"].get("engine", {})
    flag = LENGTHS.get(str(engine.get("value")), "") if result["facts"].get("task", {}).get("value") != "train" else ""
    if language == "zh":
        return [f"其余不变时,最长约 {tokens}{f'({flag})' if flag else ''}。"]
    return [f"All else equal, up to about {tokens} fit{f' ({flag})' if flag else ''}."]


def _told_beside(result: Result, most: int) -> bool:
    """Is the whole length what was asked for, or does what stands beside the verdict tell it already, with what it takes?"""
    facts = result.get("facts") or {}
    model, length = facts.get("model", {}), facts.get("seq_len", {})
    if length.get("origin") == ASKED and length["value"] == most and model.get("origin") != ASSUMED:
        return True
    scaled = model.get("origin") == ASSUMED and by_yarn(model.get("value"))  # which is told with its length
    told = not (result.get("ways_told") or scaled)
    return told and any(
        one["facts"] == {"seq_len": most} and one["verdict"] == "yes" for one in result.get("switched") or []
    )


def _scaled(result: Result, most: int, longest: int, language: str) -> str:
    """How much longer a sequence fits with YaRN, of a model that was named; one of a size tells it with its whole length."""
    reach = min(longest, result.get("scaled") or 0)
    if reach <= most:
        return ""
    tokens = in_words("seq_len", reach, language)
    return (
        f"开 YaRN(rope_scaling)最长约 {tokens}。" if language == "zh"
        else f"With YaRN (rope_scaling) up to about {tokens} fit."
    )  # fmt: skip


def _whole(result: Result, tokens: str, zh: bool) -> str:
    """All that the model reaches fits; whose length that is, where only a size was told."""
    facts = result.get("facts") or {}
    if facts.get("model", {}).get("origin") != ASSUMED:
        return f"模型声明的 {tokens} 全长也放得下。" if zh else f"Its whole declared length of {tokens} fits, too."
    model = str(facts["model"]["value"]).rsplit("/", 1)[-1]
    scaled = by_yarn(facts["model"]["value"])
    if zh:
        how = ",不过超出原生长度的部分要开 YaRN" if scaled else ""
        return f"{model} 的 {tokens} 全长也放得下{how}。"
    how = ", though it takes YaRN beyond the native length" if scaled else ""
    return f"The whole {tokens} of {model} fit, too{how}."


def beyond(result: Result, language: str) -> list[str]:
    """A length that was asked for and is more than the model declares."""
    asked, most = (result.get("facts") or {}).get("seq_len", {}), result.get("positions") or 0
    if asked.get("origin") != ASKED or not most or isinstance(asked["value"], list) or int(asked["value"]) <= most:
        return []
    return [
        f"模型声明的位置只有 {most:,} 个:更长的序列要靠 RoPE 缩放(如 YaRN)。" if language == "zh"
        else f"The model declares {most:,} positions: a longer sequence takes scaled positions (RoPE scaling such as YaRN)."
    ]  # fmt: skip


def beyond_all(asked: int, longest: list[int], language: str) -> list[str]:
    """A length that is more than models which hold it in memory declare, `longest` of each."""
    short = sorted({one for one in longest if one < asked})
    if not short:
        return []
    least = f"{short[0]:,}"
    return [
        f"要的 {asked:,} token 超过其中一些模型声明的长度(最短 {least}):更长要开 YaRN(RoPE 缩放),显存已按所要的长度算。" if language == "zh"
        else f"The {asked:,} tokens asked for are more than some of these models declare ({least} the least): beyond that takes YaRN (RoPE scaling); memory is counted at the length asked for."
    ]  # fmt: skip
