"""A range that is told of a method, set against what the method takes."""

from chat.figures.named import GB, GIB, Figures, Missing, both_words
from formulas.quantity import Words


def method_ranges(figures: Figures) -> Words:
    """Each range that was read of a method, beside what the method takes here."""
    english, chinese = [], []
    for told in figures.told.get("ranges", ()):
        method, _, span = str(told).partition(" ")
        low, high = (float(one) for one in span.split("-"))
        plain = {
            "bits": 4 if method == "qlora" else None,
            "weight_format": None,
            "precision": None,
            "adapter_dtype": None,
        }
        here = figures.at(method=method, **plain)
        name = {"lora": "LoRA", "qlora": "QLoRA", "full": "full fine-tuning"}[method]
        name_zh = name if method != "full" else "全量微调"
        amount = both_words(here.best)
        if here.best < low * GB:
            english.append(f"{name} {span} GB is too high for {amount}; only longer samples or a larger batch reach it")
            chinese.append(f"{name_zh} {span} GB 偏高,这里约 {amount},只有更长的序列或更大的批才会到")
        elif here.best > high * GIB:
            english.append(f"{name} {span} GB is too low for {amount}")
            chinese.append(f"{name_zh} {span} GB 偏低,这里约 {amount}")
        else:
            english.append(f"{name} {span} GB is about right, {amount} here")
            chinese.append(f"{name_zh} {span} GB 大致正确,这里约 {amount}")
    if not english:
        raise Missing("range")
    return Words("; ".join(english), ";".join(chinese))
