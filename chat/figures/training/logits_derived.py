"""What logits take, derived: tokens × vocabulary × 4 B, the copies that a plain loss holds, and what the vocabulary has to do with it."""

from collections.abc import Callable
from typing import Any

from chat.figures.amount_words import kib
from chat.figures.named import EXAMPLE_MODEL, Figures, Missing, both_words, gib_words
from formulas.notation import figure
from formulas.quantity import Words

_EACH = 1024  # tokens of which it is told where no length is
_FP32 = 4
_MOST = 4  # vocabularies that are told of several models


def _logits_derived(figures: Figures) -> Words:
    """The product for the step that is told, of each vocabulary that is told, and the copies that are there at once."""
    named = [str(one) for one in (figures.given.get("model"), *figures.log.get("other_model", ())) if one]
    subject: dict[str, Any] = {name: figures.given[name] for name in ("params", "config") if name in figures.given}
    cases: list[dict[str, Any]] = [{"model": one} for one in named] or [subject or {"model": EXAMPLE_MODEL}]
    length, batch = int(figures.given.get("seq_len") or 0), int(figures.given.get("batch_size") or 1)
    if of_product := figures.logged_all("logits_tokens"):
        length, batch = int(of_product[0]), 1
    tokens = batch * (length or _EACH)
    step = {"seq_len": length or _EACH, "batch_size": batch, "method": "lora", "task": "train"}
    told = figures.logged_all("vocabulary")[:1]
    vocabularies = _vocabularies(cases, step, told[0] if told else 0.0)
    copies, hidden = _copies(cases[0], step)
    counted = figure(tokens) if batch < 2 or not length else f"{figure(length)} × {batch}"
    en, zh = _products(vocabularies, counted, tokens, copies)
    most, many = max(vocabularies.values()), f"{copies:.2g}"
    one = len(vocabularies) == 1
    shown = f": {figure(hidden)} → {figure(most)}, {most / hidden:.3g} times as many" if one else ""
    shown_zh = f":{figure(hidden)} → {figure(most)}({most / hidden:.3g} 倍)" if one else ""
    return Words(
        f"**Tokens × vocabulary × 4 B in fp32, and about {many} copies at once in a plain cross-entropy (the logits upcast, their log-softmax, the gradient): {en}.** "
        f"The vocabulary matters because the head turns the hidden state of each token into a number for each of its entries{shown}. They go with the tokens of a micro-batch (batch × length), not with the layers, and checkpointing, LoRA, a quantised base, ZeRO and offload do not touch them. "
        "A fused or chunked loss (Liger, Unsloth, cut cross-entropy) never holds them whole; else take a smaller micro-batch with accumulation; tensor parallelism divides the vocabulary, sequence or context parallelism the tokens. "
        f"To generate, only the last token of each sequence needs them, {kib(most * _FP32)}; a program that makes them for a whole prompt (transformers before 4.45, prompt_logprobs) holds a copy of all its tokens.",
        f"**token 数 × 词表 × 4 字节(fp32),普通交叉熵同时约有 {many} 份(转成 fp32 的 logits、log-softmax、梯度);{zh}。**"
        f"词表之所以重要,是因为输出头把每个 token 的隐藏状态变成词表每一项各一个数{shown_zh}。它随 micro-batch 的 token 数(批大小 × 长度)增长,与层数无关;重计算、LoRA、量化基座、ZeRO、offload 都不减少它。"
        "融合或分块损失(Liger、Unsloth、cut cross-entropy)不会完整存下;否则减小 micro-batch 配梯度累积;张量并行切分词表,序列或上下文并行切分 token。"
        f"生成时每条序列只要最后一个 token 的,{kib(most * _FP32)};给整段提示算 logits 的程序(4.45 之前的 transformers、prompt_logprobs)要存全部 token 的一份。",
    )


def _vocabularies(cases: list[dict[str, Any]], step: dict[str, Any], told: float) -> dict[str, float]:
    """The vocabulary of each model by its name, each once; the one that was told before the models'."""
    if told:
        return {"": told}
    found: dict[str, float] = {}
    for case in cases:
        size = Figures({**case, **step}).fact("vocab_size")
        if size not in found.values():
            shown = (
                len(cases) > 1 or case.get("model") == EXAMPLE_MODEL
            )  # of the one that is asked about the name is known
            found[str(case.get("model", "")).rpartition("/")[2] if shown else ""] = size
    if not found:
        raise Missing("vocabulary")
    return dict(list(found.items())[:_MOST])


def _copies(case: dict[str, Any], step: dict[str, Any]) -> tuple[float, float]:
    """How many copies are there at once by the formulas, and the width of a hidden state."""
    where = Figures({**case, **step})
    return where.need("logits_peak") / where.need("logits_copy"), where.fact("hidden_size")


def _products(vocabularies: dict[str, float], counted: str, tokens: int, copies: float) -> tuple[str, str]:
    en, zh = [], []
    for name, size in vocabularies.items():
        copy = tokens * size * _FP32
        en.append(
            f"{f'{name} ' if name else ''}{counted} tokens × {figure(size)} × 4 B = {both_words(copy)} a copy, {gib_words(copies * copy)} at the most"
        )
        zh.append(
            f"{f'{name} ' if name else ''}{counted} token × {figure(size)} × 4 字节 = 每份 {both_words(copy)},最高 {gib_words(copies * copy)}"
        )
    return "; ".join(en), ";".join(zh)


LOGITS_DERIVED: dict[str, Callable[[Figures], Words]] = {"logits_derived": _logits_derived}
