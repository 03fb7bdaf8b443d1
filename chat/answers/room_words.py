"""Why just so many sequences or tokens fit, as the sum that gives them: the card, what is fixed, what that leaves, and what each takes."""

from typing import Any

from chat.answers.layers_in_proportion import called
from chat.phrases import gib
from chat.words import term
from formulas.chinese import spaced

# GiB below which an amount is told in KiB
_SMALL, _KIB = 0.01, 2.0**20
# what a remark would tell once more
TOLD_WITH_ROOM = frozenset({"pool", "at-once", "kv-per-token-quietly"})


def room_words(solved: dict[str, Any], several: bool, language: str, pooled: bool = False) -> str:
    """One sentence without its full stop; nothing where the sum was not worked out, or where the model's positions end before
    the room does, unless the room itself is asked (`pooled`)."""
    room = solved.get("room")
    positions, sure = solved.get("positions"), solved.get("sure")
    if not room or room["left"]["gib"] <= 0 or (not pooled and positions and sure and sure["value"] >= positions):
        return ""
    zh = language == "zh"
    card = gib(solved["capacity_gib"])
    if "share" in room:
        card = f"{gib(room['card_gib'])} × {room['share']:g} = {card}"
    fixed, first = _parts(room["fixed"], language), room.get("card")
    if first:
        name, several = called(first, language), False
        card = f"{name}(最先满)的 {card}" if zh else f"the {card} of the {name}, which is full first"
    left, serves = gib(room["left"]["gib"]), room["task"] == "inference"
    if zh:
        what = "给 KV 缓存" if serves else "给随 token 增长的部分"
        return f"{'每张卡 ' if several else ''}{card},减去{fixed},剩 {left} {what}{_each(room, solved, language)}"
    what = "for the KV cache" if serves else "for what grows with the tokens"
    return f"Of {card}{' per card' if several else ''}, less {fixed}, {left} are left {what}{_each(room, solved, language)}"


def room_alone(result: dict[str, Any], language: str) -> list[str]:
    """The sum of the first case, as a sentence of its own."""
    cases = result.get("cases") or [result]
    count = int((result.get("facts") or {}).get("n_gpus", {}).get("value") or 1)
    told = [room_words(case["solved"], count > 1, language) for case in cases if case.get("solved")]
    return [told[0] + ("。" if language == "zh" else ".")] if told and told[0] else []


def _parts(parts: list[dict[str, Any]], language: str) -> str:
    zh = language == "zh"
    told = []
    for one in parts:
        name = ("其余" if zh else "the rest") if one["name"] == "rest" else term(one["name"], language)
        told.append(f"{name} {gib(one['gib'])}")
    joined = "、".join(told) if zh else ", ".join(told)
    return spaced(joined) if zh else joined


def _each(room: dict[str, Any], solved: dict[str, Any], language: str) -> str:
    """What each takes, and of training what that consists of."""
    if "each" not in room:
        return ""
    zh, quantity, size = language == "zh", solved["quantity"], room["each_gib"]
    of_batch, more = quantity == "batch_size", ""
    if of_batch:
        unit = "每条序列" if zh else "a sequence"
    elif room["task"] == "train":
        unit = f"每 {room['unit']:,} 个 token" if zh else f"per {room['unit']:,} tokens"
    else:
        unit = "每 token" if zh else "a token"
    amount = gib(size) if size >= _SMALL else f"{size * _KIB:,.2f}".rstrip("0").rstrip(".") + " KiB"
    of = ""
    if room["task"] == "train":
        of = f",其中{_parts(room['each'], language)}" if zh else f", of which {_parts(room['each'], language)}"
        if of_batch:
            more = (
                "。有效批要更大就用梯度累积:激活和 logits 仍只占一个 micro-batch 的,梯度在累积期间一直留着"
                if zh
                else ". Gradient accumulation gives a larger effective batch at the activations and logits of one micro-batch; the gradients stay in between"
            )
    return f",÷ {unit} {amount}{of}{more}" if zh else f"; ÷ {amount} {unit}{of}{more}"


# tokens of the cache, asked for beside the sequences that it holds
TOKENS_ASKED = r"\bhow many tokens\b(?! (?:per|a|each) (?:second|sec|s)\b)|\btokens? (?:capacity|budget)\b|\bcapacity in tokens\b|(?:多少|几)(?:万|千)?\s?个?\s?token(?!\s?/|每秒)"


def pool_in_tokens(solved: dict[str, Any], length: int, cards: int, language: str) -> str:
    """The cache that all cards together leave, as tokens of sequences of one length."""
    room = solved.get("room") or {}
    if solved["quantity"] != "batch_size" or room.get("task") != "inference" or not room.get("each_gib") or not length:
        return ""
    left, each = room["left"]["gib"], room["each_gib"]
    if left < each:
        return ""
    tokens = f"{round(left / each * length, -2):,.0f}"
    if language == "zh":
        where = f"{cards} 张卡合起来" if cards > 1 else "缓存"
        return f"**{where}能放约 {tokens} 个 token 的 KV{'缓存' if cards > 1 else ''}**"
    where = f" over the {cards} cards" if cards > 1 else ""
    return f"**Room for about {tokens} tokens of cache{where}**"
