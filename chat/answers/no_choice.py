"""Of set-ups that take the same and cost the same, what decides instead of memory."""

from chat.answers.case_tables import Result
from chat.answers.setup_words import join
from chat.answers.verdict_words import gap
from chat.phrases import gib


def no_choice(result: Result, names: list[str], language: str) -> str:
    """That memory decides nothing, with what each takes; of a file and a checkpoint that the program does."""
    zh = language == "zh"
    takes = _takes(result, zh)
    if told := _by_program(result, names, language):
        return (
            f"按显存没有高下之分{takes},看用什么程序:{told}。"
            if zh
            else f"By memory there is nothing to choose between them{takes}; the program decides: {told}."
        )
    return (
        f"按显存没有高下之分{takes},要看别的方面。"
        if zh
        else f"By memory there is nothing to choose between them{takes}: other things decide."
    )


def _takes(result: Result, zh: bool) -> str:
    """What each takes of its card, where all of them are sure to fit one card."""
    setups = result["setups"]
    rooms = {one["cards"][0]["capacity_gib"] for one in setups if one["cards"]}
    if len(rooms) != 1 or None in rooms or any(one["verdict"] != "yes" for one in setups):
        return ""
    needs = list(dict.fromkeys(gib(one["memory"]["best_gib"]) for one in setups))
    room = gib(rooms.pop())
    return f"(各 {'、'.join(needs)}/{room})" if zh else f" ({' and '.join(needs)} of {room})"


def _by_program(result: Result, names: list[str], language: str) -> str:
    """Which program runs which; empty where all are files or none is."""
    kinds = [str(one["facts"].get("weight_format") or "") for one in result["setups"]]
    files = [name for name, kind in zip(names, kinds, strict=True) if kind.startswith("gguf:")]
    others = [name for name in names if name not in files]
    if not files or not others or not all(kinds) or any("engine" in one["facts"] for one in result["setups"]):
        return ""
    if language == "zh":
        one, other = join(others, "zh"), join(files, "zh")
        return f"{one}{gap(one)}用 vLLM、SGLang,适合多人并发;{other}{gap(other)}用 llama.cpp、Ollama,适合单人使用"
    return f"{join(others, 'en')} in vLLM or SGLang for many requests at once, {join(files, 'en')} in llama.cpp or Ollama for one user"
