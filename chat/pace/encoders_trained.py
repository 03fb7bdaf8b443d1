"""Encoders and small sequence models that are trained: their states, what a backward pass keeps of them, and whether a card holds both."""

from typing import Any

from chat.pace.words import Line, gigabytes, line
from chat.works import GRADCACHE, KORTHIKANTI
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.cards import Card
from kb.encoders import Encoder, states

_GIB = 2.0**30
FITS = 0.85  # of a card that the weights may be, for batches and the runtime to stand beside


def fits_on(need: float, card: Card | None) -> Words:
    """Against a card, tight where less of it is left than activations and the runtime usually want."""
    if card is None:
        return SILENT
    has = card.capacity
    verdict = (
        ("does not fit", "放不下")
        if need > has
        else ("fits, tightly", "放得下但很紧")
        if need > FITS * has
        else ("fits", "放得下")
    )
    return Words(f"; the card has {has / _GIB:.1f} GiB: {verdict[0]}", f",可用 {has / _GIB:.1f} GiB:{verdict[1]}")


def both_units(size: float) -> str:
    """An amount in both units, as files and cards are told."""
    return f"{gigabytes(size)} ({size / _GIB:.3g} GiB)"


def first_of(given: Any) -> Any:
    """The first of several values that are told, or the only one."""
    return given[0] if isinstance(given, (list, tuple)) else given


def counts_of(given: dict[str, Any]) -> list[int]:
    counts = given.get("n_gpus") or 1
    return [int(one) for one in (counts if isinstance(counts, (list, tuple)) else [counts])]


_CALLED = {
    "adamw": ("AdamW", "AdamW"),
    "lion": ("Lion", "Lion"),
    "adamw-8bit": ("8-bit AdamW", "8 位 AdamW"),
    "adafactor": ("Adafactor", "Adafactor"),
    "adafactor_bf16": ("Adafactor in pure bf16", "纯 bf16 的 Adafactor"),
}
_FURTHER = ("lion", "adamw-8bit")
_MOMENTS = 8  # bytes of AdamW's two in fp32: the rest of its states are weights and gradients


def _saved(asked: list[str]) -> tuple[str, str]:
    """What the optimizers that were asked about save of each parameter against AdamW."""
    each = [(_CALLED[one], states("adamw") - states(one)) for one in (*_FURTHER, "adafactor") if one in asked]
    if len(asked) < 2 or not each:
        return "", ""
    told = ", ".join(f"{words[0]} {less:g} B" for words, less in each)
    told_zh = "、".join(f"{words[1]} {less:g} 字节" for words, less in each)
    alone = states("adamw") - _MOMENTS
    return (
        f" Saved of each parameter against AdamW: {told}; weights and gradients ({alone:g} B in fp32) stay.",
        f"每个参数比 AdamW 省:{told_zh};权重和梯度(fp32 共 {alone:g} 字节)不变。",
    )


def trained(name: str, one: Encoder, card: Card | None, given: dict[str, Any]) -> list[Line]:
    cards = int(max(counts_of(given)))
    if str(first_of(given.get("method")) or "full") in ("lora", "qlora"):
        stored = one.weights(2.0)
        return [line(f"**{name} with LoRA: the frozen base is {both_units(stored)} in 16 bit{fits_on(stored, card).en}, about {gigabytes(stored / 4)} in 4 bit**; adapters with their states are a hundredth of that, activations come on top.",
                     f"**{name} 用 LoRA:冻结的基座 16 位为 {both_units(stored)}{fits_on(stored, card).zh},4 位约 {gigabytes(stored / 4)}**;适配器及其状态约为其百分之一,另加激活。", (one.title, one.url))]  # fmt: skip
    asked = given.get("optimizer") or []
    asked = [*asked] if isinstance(asked, (list, tuple)) else [asked]
    said, said_zh = [], []
    for optimizer in ("adamw", *(one for one in _FURTHER if one in asked), "adafactor", "adafactor_bf16"):
        words, words_zh = _CALLED[optimizer]
        all_of_it = states(optimizer) * one.params
        each = all_of_it / cards
        fits = fits_on(each, card)
        share = f", {gigabytes(each)} per card sharded over {cards} (ZeRO-3, FSDP)" if cards > 1 else ""
        share_zh = f",切分到 {cards} 张(ZeRO-3、FSDP)每卡 {gigabytes(each)}" if cards > 1 else ""
        said.append(f"{words} {states(optimizer):g} B per parameter = {gigabytes(all_of_it)}{share}{fits.en}")
        said_zh.append(f"{words_zh} 每参数 {states(optimizer):g} 字节 = {gigabytes(all_of_it)}{share_zh}{fits.zh}")
    less, less_zh = "", ""
    if one.generates or asked not in ([], ["adamw"]):
        less = f" {'. '.join(said[1:])}. Adafactor matters because its second moment is kept by rows and columns instead of number by number."
        less_zh = f"{'。'.join(said_zh[1:])}。Adafactor 有用,因为它的二阶矩只按行和列保存,而不是逐个参数保存。"
    saved, saved_zh = _saved(asked)
    alone, alone_zh = (
        (" Data parallel alone divides none of this.", "只用数据并行则这些都不切分。") if cards > 1 else ("", "")
    )
    found = [line(f"**{name} ({size_words(one.params)}), all weights trained: {said[0]}**, before activations.{saved}{less}{alone}",
                  f"**{name}({size_words(one.params)})训练全部权重:{said_zh[0]}**,激活另算。{saved_zh}{less_zh}{alone_zh}", (one.title, one.url))]  # fmt: skip
    if one.generates:
        return found
    judged = _judged(name, one, card, given, cards)
    return [*([judged] if judged else found), _kept(one, given)]


_EXAMPLE = (32, 512)  # what BERT is usually tuned with


def _steps(given: dict[str, Any]) -> tuple[int, int, tuple[str, str]]:
    """Batch and length of a step, as told or as an example, and the words that say which."""
    batch, length = (int(first_of(given.get(key)) or 0) for key in ("batch_size", "seq_len"))
    assumed = ("", "") if batch and length else (" (taken as an example)", "(举例)")
    return batch or _EXAMPLE[0], length or _EXAMPLE[1], assumed


def _linear(one: Encoder, tokens: int) -> float:
    """Bytes of activations that grow with the tokens alone, which is all of them with fused attention."""
    return one.n_layers * tokens * 34.0 * one.hidden


def _judged(name: str, one: Encoder, card: Card | None, given: dict[str, Any], cards: int) -> Line | None:
    """Of a batch that is told, states and activations together against the card; None where there is no card, or none is told."""
    if card is None or cards > 1 or not first_of(given.get("batch_size")):
        return None
    batch, length, assumed = _steps(given)
    kept, held, room = _linear(one, batch * length), states("adamw") * one.params, card.capacity
    need = held + kept
    # with checkpointing each layer keeps its input, and one layer at a time all of its activations
    again = held + one.n_layers * batch * length * 2.0 * one.hidden + _linear(one, batch * length) / one.n_layers
    most = int((FITS * room - held) // _linear(one, length))
    enough = need <= FITS * room
    no, no_zh = ("No", "不够") if need > room else ("Tight", "很紧")
    opens, opens_zh = ("Yes", "够") if enough else (no, no_zh)
    ways, ways_zh = "", ""
    if not enough:
        fewer, fewer_zh = (f"a batch of {most:,} or fewer, ", f"批大小 {most:,} 以内、") if most > 0 else ("", "")
        ways = f" What helps: {fewer}shorter texts, or gradient checkpointing (about {gigabytes(again)}{', which fits' if again <= FITS * room else ''})."
        ways_zh = (
            f"办法:{fewer_zh}更短的文本,或开重计算(约 {gigabytes(again)}{',放得下' if again <= FITS * room else ''})。"
        )
    return line(f"**{opens}: {name} ({size_words(one.params)}), all weights trained: AdamW {states('adamw'):g} B per parameter = {gigabytes(held)}, with activations of {batch:,} × {length:,} tokens{assumed[0]}, {gigabytes(kept)} in 16 bit with fused attention, {both_units(need)} of {room / _GIB:.1f} GiB.**{ways}",
                f"**{opens_zh}:{name}({size_words(one.params)})训练全部权重,AdamW 每参数 {states('adamw'):g} 字节 = {gigabytes(held)},加上 {batch:,} × {length:,} token{assumed[1]}的激活 {gigabytes(kept)}(16 位、融合注意力),共 {both_units(need)},可用 {room / _GIB:.1f} GiB。**{ways_zh}", (one.title, one.url))  # fmt: skip


def _kept(one: Encoder, given: dict[str, Any]) -> Line:
    """What an encoder's training keeps for the backward pass."""
    batch, length, assumed = _steps(given)
    linear = _linear(one, batch * length)
    kept = linear + one.n_layers * batch * length * 5 * one.n_heads * length
    return line(f"Activations, {batch:,} × {length:,} tokens{assumed[0]} without checkpointing: layers × b·s·(34·h + 5·a·s) = {gigabytes(kept)} in 16 bit with eager attention, {gigabytes(linear)} with fused attention; twice that in fp32. There are no vocabulary logits where a small head classifies or embeds.",
                f"激活({batch:,} × {length:,} token{assumed[1]},不开重计算):层数 × b·s·(34·h + 5·a·s),16 位 eager 注意力为 {gigabytes(kept)},融合注意力为 {gigabytes(linear)};fp32 加倍。用小的分类或向量头时没有词表 logits。", KORTHIKANTI)  # fmt: skip


def of_pairs(_name: str, _one: Encoder, _card: Card | None, _given: dict[str, Any]) -> list[Line]:
    """A batch of pairs holds two texts for each, and need not be computed at once to have all its negatives."""
    return [line("A pair is two texts, a query and its passage: where the batch counts pairs, activations are twice that, and each hard negative is one text more. GradCache (CachedMultipleNegativesRankingLoss in sentence-transformers) keeps the whole batch's negatives and only a small part's activations at a time, for one more forward pass; gradient accumulation would lose the negatives.",
                 "一对是两条文本(查询和段落):若批大小按对数算,激活加倍,每个难负例再加一条。GradCache(sentence-transformers 的 CachedMultipleNegativesRankingLoss)保留整批的负样本,同时只有一小块的激活,代价是多一遍前向;梯度累积则会丢掉负样本。", GRADCACHE)]  # fmt: skip
