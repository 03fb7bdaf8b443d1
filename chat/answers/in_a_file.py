"""How many cards, where one fewer does with a file in fewer bits."""

from typing import Any

from chat.phrases import HOLDS, gib, in_words, pick, value


def in_a_file(solved: dict[str, Any], language: str) -> str:
    """With which file of llama.cpp's one card fewer does."""
    one = solved.get("in_files")
    if not one:
        return ""
    cards, kind = in_words("n_gpus", one["n_gpus"], language), value("weight_format", one["weight_format"], language)
    need, room, holds = gib(one["gib"]), gib(one["capacity_gib"]), pick(HOLDS[one["leaning"]], language)
    if language == "zh":
        return f"\n  - {cards}时只有更低位数的文件{holds}:llama.cpp 按层切分的 {kind}(最满的卡 {need} / {room}),质量有损失。"
    return f"\n  - With {cards} only a file in fewer bits {holds}: {kind} in llama.cpp, split by layers ({need} of {room} on the fullest), at a price in quality."
