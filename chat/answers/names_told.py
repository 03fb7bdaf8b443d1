"""What is said of a name that is not known, where its size was enough to go on."""

import re
from collections.abc import Collection

from chat.answers.background import answers_by_concept
from chat.answers.unanswered import typed_name, unknown
from chat.phrases import in_words
from chat.plans.families import members_asked
from chat.plans.pace import named_run
from chat.plans.remarked import size_calls
from chat.plans.scale_told import told_by_shapes
from chat.plans.sizes import slip_of
from chat.plans.understood import has_subject
from chat.reads.cards.bare_memory import BARE_MEMORY
from chat.reads.models.mixtures import BY_SIZES, OF_OTHER_SIZES
from chat.reads.models.model_mentions import OWN_WORD
from chat.reads.models.named_models import GENERATIONS
from chat.reads.models.unknown_models import SLIP
from chat.reads.reading import Reading
from kb.name_parts import tokens
from kb.names import model_row

# of a model that no table has
_ASKS_BACK = (
    " Which method and which length? Say so where they are others than assumed below.",
    "用什么方法、多长的序列?与下面的假设不同请说明。",
)


def names_told(reading: Reading, remarks: Collection[str], paced: bool) -> list[str]:
    """The names that are not known, where the answer turns on them; `paced`: a speed or a time is told."""
    if named_run(reading) and paced:
        return []
    if told_by_shapes(reading) or (not has_subject(reading) and answers_by_concept(reading, remarks)):
        return []
    return of_names(reading)


_SENTENCE = re.compile(r"\.(?=\s|$)|。")


def with_verdict(reading: Reading, notes: list[str], lead: list[str]) -> list[str]:
    """Names that nobody knows open in one paragraph with the verdict that is reached without them."""
    unknown = reading.unknown_gpus or reading.unknown_models
    if (
        not notes
        or not lead
        or not unknown
        or not lead[0].startswith("**")
        or any("\n" in one or "**" in one for one in notes)
    ):
        return [*notes, *lead]
    verdict, bold, made_of = lead[0][2:].partition("**")
    # up to the end of its sentence: what is in bold may go on, "(5.63 GiB; ...)", ", about ..."
    stop = _SENTENCE.search(made_of)
    end = 0 if verdict.endswith((".", "。", ":")) else stop.end() if stop else len(made_of)
    first = f"**{verdict}{bold}{made_of[:end]}"
    rest = made_of[end:].strip()
    return [("" if reading.language == "zh" else " ").join([*notes, first]), *([rest] if rest else [])]


def taken(reading: Reading) -> list[str]:
    """How a bare word and a bare number are taken, before the answer that stands on them."""
    zh, told = reading.language == "zh", []
    name = str(reading.fact("model") or "").rpartition("/")[2]
    for word, others in reading.suggestions.items() if name and _one_model(reading) else ():
        if word not in name.lower() and any(word in other.lower() for other in others):
            continue  # it is of another model than the one that is counted: "as with llama"
        if re.search(rf"(?:多大的|最大的?|\b(?:largest|biggest))\s?{re.escape(word)}", reading.lowered):
            continue  # of all its members the largest is asked for, and told
        if word in reading.unknown_gpus or not re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z0-9-])", reading.lowered):
            continue
        rest = ("、" if zh else ", ").join(other.rpartition("/")[2] for other in others)
        told.append(
            f"“{word}”按 {name} 计算;同名的还有 {rest},请说明是哪个。" if zh
            else f"“{word}” is taken as {name}; {'others of the name are' if len(others) > 1 else 'another of the name is'} {rest}: say which."
        )  # fmt: skip
    for said in reading.extras.get(OWN_WORD, ()) if name and _one_model(reading) else ():
        typed = typed_name(str(said), reading.text)
        told.append(
            f"表里没有“{typed}”,按 {name} 计算;大小或结构若不同请说明。" if zh
            else f"No “{typed}” is in the tables; it is counted as {name}: say so if its size or shape differs."
        )  # fmt: skip
    if memory := reading.extras.get(BARE_MEMORY, ()):
        trains = "" if reading.facts.get("task") or reading.facts.get("method") else ("训练要多得多,若要训练请说明。", " Training takes far more: say so if it is meant.")[not zh]  # fmt: skip
        told.append(
            f"{memory[0]:g} 按一张卡的显存 {memory[0]:g} GB 理解{',按推理计算;' + trains if trains else '。'}" if zh
            else f"{memory[0]:g} is taken as a card's memory in GB{', for inference.' if trains else '.'}{trains}"
        )  # fmt: skip
    return told


def of_generations(reading: Reading) -> list[str]:
    """Which generation of a family is taken where none was told, and what others there are of that size."""
    zh, told = reading.language == "zh", []
    for said, name, *others in reading.extras.get(GENERATIONS, ()):
        if name not in reading.facts.get("model", ()):
            continue
        typed, taken = typed_name(str(said), reading.text), str(name).rpartition("/")[2]
        rest = ("、" if zh else ", ").join(others)
        told.append(
            f"“{typed}”按 {taken} 计算;同样大小的还有 {rest},若是别的请说明。" if zh
            else f"“{typed}” is taken as {taken}; there {'are' if len(others) > 1 else 'is'} also {rest} of that size: say which if it is another."
        )  # fmt: skip
    return told


def of_mixtures(reading: Reading) -> list[str]:
    """By which model a mixture of experts is counted that is told by its sizes alone."""
    zh = reading.language == "zh"
    by = [str(name).rpartition("/")[2] for name in reading.extras.get(BY_SIZES, ())]
    others = [float(size) / 1e9 for size in reading.extras.get(OF_OTHER_SIZES, ())]
    return [
        *(
            f"按表中大小相同的混合专家模型 {name} 计算;若是别的模型请说明。" if zh
            else f"Counted as {name}, the mixture of the tables that has this size: say so if another is meant."
            for name in by
        ),
        *(
            f"表中没有 {size:g}B 这种大小的混合专家模型,按稠密的 {size:g}B 计算:权重相同(专家全都要存),缓存和速度会不同;给出 config.json 就能算准。" if zh
            else f"No mixture of the tables has the size of {size:g}B, and a dense {size:g}B is counted: the weights are the same, as all experts are stored, cache and speed are not; its config.json would tell them."
            for size in others
        ),
    ]  # fmt: skip


def _one_model(reading: Reading) -> bool:
    """Is one model alone meant?"""
    told = [one for name in ("model", "params") for one in reading.facts.get(name, ())]
    return len(told) == 1 and not reading.unknown_models


def of_names(reading: Reading) -> list[str]:
    """A model that is not known, where its size was enough to go on; how bare words and numbers are taken."""
    return [*([" ".join(how)] if (how := taken(reading)) else []), *_unknown_names(reading)]


def _unknown_names(reading: Reading) -> list[str]:
    if slips := reading.extras.get(SLIP, ()):
        return [_read_as(str(slips[0]), str(reading.fact("model")), reading.language)]
    if (has_subject(reading) and not reading.unknown_models) or not (reading.unknown_models or reading.suggestions):
        return []
    if members_asked(reading):
        return []  # which of them is what is asked
    if not has_subject(reading):
        tail = "这些卡放得下的最大模型是:" if reading.language == "zh" else "The largest that these cards hold:"
        further = ""
        if "full" in reading.facts.get("method", ()):
            further = (
                "更大的模型要全参训练,需要优化器 offload、更多或更大的卡;否则用 LoRA 或 QLoRA。" if reading.language == "zh"
                else "To train all weights of a larger one takes optimizer offload, or more or larger cards; else LoRA or QLoRA."
            )  # fmt: skip
        return [part for part in (unknown(reading, cards=False), further, tail) if part]
    size = in_words("params", reading.fact("params"), reading.language) if reading.fact("params") else ""
    if size and size_calls(reading):
        return [unknown(reading, whole=False, cards=False)]
    if slip := slip_of(reading):
        return [_read_as(reading.unknown_models[0], slip, reading.language)]
    tail = (
        f"它的层数和头数(决定缓存)未知,要看 config.json;下面按 {size} 的代表模型计算。"
        if reading.language == "zh"
        else f"Its layers and heads, and so its cache, are not known (its config.json has them); what follows is for a representative {size} model."
    )
    return [
        unknown(reading, whole=not size, cards=False)
        + (("" if reading.language == "zh" else " ") + tail if size else "")
        + (_ASKS_BACK[reading.language == "zh"] if size and not {"method", "seq_len"} & set(reading.facts) else "")
    ]


def _read_as(typed: str, model: str, language: str) -> str:
    name = model.rpartition("/")[2]
    return f"“{typed}”按 {name} 计算。" if language == "zh" else f"“{typed}” is read as {name}."


# words of a name that tell of no other shapes or lengths
_NEUTRAL = frozenset({"instruct", "chat", "base", "hf", "it", "pt", "inst", "dpo", "sft", "gguf", "awq", "gptq", "fp8"})


_DATE = 4  # digits of a version by its month: `-2411 (123B)`


def same_shapes(reading: Reading) -> list[str]:
    """That a version which was named is counted by the row of another, whose shapes it has: `-2411` by `-2407`."""
    told = []
    for name, span in zip(reading.facts.get("model", ()), reading.spans.get("model", ()), strict=False):
        said, own = set(tokens(reading.text[span[0] : span[1]])), set(tokens(str(name)))
        said |= {word for word in re.split(r"[^a-z0-9.]+", reading.lowered) if word.isdigit() and len(word) == _DATE}
        for alias in str(model_row(str(name)).get("aliases") or "").split(";"):
            apart, here = set(tokens(alias)) - own - _NEUTRAL, own - set(tokens(alias)) - _NEUTRAL
            if apart and apart <= said and not (here and here <= said):
                called, row = alias.rpartition("/")[2], str(name).rpartition("/")[2]
                told.append(
                    f"{called} 与 {row} 结构相同,按后者的表项计算;两者声明的长度可能不同。"
                    if reading.language == "zh"
                    else f"{called} is counted by the row of {row}, whose shapes it has; the lengths that they declare may differ."
                )
                break
    return told
