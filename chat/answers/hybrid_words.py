"""Models that run partly on the cards and partly in RAM, in words: where each part is, the switch to type, and how fast that is."""

from chat.answers.case_tables import Result, markdown
from chat.answers.setup_words import join
from chat.answers.verdict_words import gap
from chat.pace.words import amount, between, share
from chat.phrases import gib

# a speed of so many times another is worth a word
_FASTER = 1.15


def placed_words(one: Result, language: str) -> str:
    """What is on the card, what in RAM, and how fast that is."""
    zh, card = (
        language == "zh",
        f"{gib(one['card_gib'])}{' / ' if language == 'zh' else ' of '}{gib(one['capacity_gib'])}",
    )
    several = one["n_gpus"] > 1
    if not one["host_gib"]:
        told = f"全部在卡上({card})" if zh else f"wholly on the card{'s' if several else ''} ({card})"
    else:
        there, ram = gib(one["host_gib"]), f"{one['room_gb']:g} GB"
        told = (
            f"{'每张卡' if several else '卡上'} {card},内存 {there} / {ram}({part_words(one, language)})" if zh
            else f"{card} on {'each' if several else 'the'} card, {there} ({part_words(one, language)}) in the {ram} of RAM"
        )  # fmt: skip
    rate = rate_words(one, language)
    return told + (f"{',' if zh else ', '}{rate}" if rate else "")


def part_words(one: Result, language: str) -> str:
    """What is in RAM."""
    zh, layers, whole, moved = language == "zh", one["layers"], one["hosted_layers"], one["n_cpu_moe"]
    if whole:
        return f"{layers} 层中的 {whole} 层" if zh else f"{whole} of {layers} layers"
    if moved >= layers:
        return "全部专家" if zh else "all experts"
    return f"{layers} 层中 {moved} 层的专家" if zh else f"the experts of {moved} of {layers} layers"


def rate_words(one: Result, language: str) -> str:
    """How fast, where the bandwidths are known."""
    if not one["rate"]:
        return ""
    said = between(*one["rate"])
    return f"约 {said} token/秒" if language == "zh" else f"about {said} tokens/s"


def which_placed(result: Result, names: list[str], whether: bool, language: str) -> str:
    """Which of several to take on cards and RAM together, where its parts are; then where those of the others are."""
    zh, runs, take = language == "zh", [one["runs"] for one in result["setups"]], result["recommended"]
    held = [place for place, one in enumerate(runs) if one]
    if take is None or not runs[take]:
        return _none_held(result, names, language)
    lone = len(held) < 2
    yes = (
        "" if not whether
        else ("可以。" if lone else "可以,显卡加内存都能跑。") if zh
        else "Yes. " if lone
        else f"Yes, {'both' if len(held) == 2 else 'all'} run with a part in RAM. "
    )  # fmt: skip
    why = _because(result, held, names, language)
    head = f"**{yes}{'选 ' if zh else 'Take '}{_with_switches(names[take], runs[take], language)}**{why}{'。' if zh else '.'}"
    others = [_other(names[place], one, result, place, language) for place, one in enumerate(runs) if place != take]
    return ("" if zh else " ").join([head, *others])


def _with_switches(name: str, one: Result, language: str) -> str:
    """A set-up, what to type, and where its parts are."""
    told = f"`{one['switches']}`" if one["switches"] and one["host_gib"] else ""
    if language == "zh":
        return f"{name}{f',加 {told}' if told else ''}:{placed_words(one, language)}"
    return f"{name}{f' with {told}' if told else ''}: {placed_words(one, language)}"


def _other(name: str, one: Result | None, result: Result, place: int, language: str) -> str:
    """A set-up that is not the one to take."""
    if not one:
        return _too_large(name, result["setups"][place], result, language)
    told = _with_switches(name, one, language)
    return f"也能跑的是 {told}。" if language == "zh" else f"What also runs is {told}."


def _too_large(name: str, setup: Result, result: Result, language: str) -> str:
    """That cards and RAM together do not hold it."""
    need, room = gib(setup["total_gib"]), _room(result, language)
    if language == "zh":
        return f"{name}{gap(name)}放不下:共需 {need},{room}。"
    return f"{name} does not fit: {need} in all, and {room}."


def _room(result: Result, language: str) -> str:
    ram, kept = f"{result['facts']['host_memory_gb']['value']:g} GB", f"{result['reserve_gb']:g} GB"
    card = gib(result["capacity_gib"])
    if language == "zh":
        return f"而可用的是每张卡 {card} 和内存 {ram}(其中约 {kept} 归系统)"
    return f"there are {card} a card and {ram} of RAM, about {kept} of it the system's"


def _none_held(result: Result, names: list[str], language: str) -> str:
    zh = language == "zh"
    each = [f"{name} {gib(one['total_gib'])}" for name, one in zip(names, result["setups"], strict=True)]
    told, room = join(each, language, ";" if zh else "; "), _room(result, language)
    return (
        f"**显卡加内存也都放不下:{told}**,{room}。"
        if zh
        else f"**None of them fits, not even with a part in RAM: {told}**; {room}."
    )


def _because(result: Result, held: list[int], names: list[str], language: str) -> str:
    """Why: the faster by far, or the better at nearly the same speed."""
    zh, ratio = language == "zh", result["speed_ratio"]
    if len(held) < 2:
        return ",只有它放得下" if zh else ", the only one that fits"
    if not ratio:
        if (
            any(one["runs"] and one["runs"]["host_gib"] for one in result["setups"])
            and not result["setups"][result["recommended"]]["runs"]["host_gib"]
        ):
            return ",比有一部分在内存里快得多" if zh else ", much faster than with a part in RAM"
        return ""
    others = [place for place in held if place != result["recommended"]]
    than = names[others[0]] if len(others) == 1 else ""
    if ratio >= _FASTER:
        than = (f" {than} 的" if than else "其余的") if zh else (than or "the others")
        return f",速度约为{than} {amount(ratio, 2)} 倍" if zh else f", {amount(ratio, 2)} times as fast as {than}"
    rank = [sum(price["rank"] for price in each) for each in result["prices"]]
    if min(rank[place] for place in others) <= rank[result["recommended"]]:
        return ""
    if ratio * _FASTER >= 1:
        return ",质量损失更小,速度相近" if zh else ", which loses less quality at about the same speed"
    than = (f" {than} 的" if than else "最快的") if zh else (than or "the fastest")
    return (
        f",质量损失更小,速度为{than} {share(ratio)}"
        if zh
        else f", which loses less quality, at {share(ratio)} of the speed of {than}"
    )


def placed_table(result: Result, names: list[str], language: str) -> list[str]:
    """Where the parts of each are, side by side."""
    zh, runs = language == "zh", [one["runs"] for one in result["setups"]]
    some = next((one for one in runs if one), None)
    if some is None:
        return []
    several = some["n_gpus"] > 1
    speeds = next((one for one in runs if one and one["rate"]), None)
    room, ram = gib(some["capacity_gib"]), f"{some['room_gb']:g} GB"

    rows = [
        ["全放显卡要" if zh else "all of it on cards", *(gib(one["total_gib"]) for one in result["setups"])],
        [("每张卡" if several else "卡上") + f"({room})" if zh else f"on {'each' if several else 'the'} card (of {room})",
         *(gib(one["card_gib"]) if one else "–" for one in runs)],
        [f"内存({ram})" if zh else f"in RAM (of {ram})", *(gib(one["host_gib"]) if one and one["host_gib"] else "–" for one in runs)],
        ["参数" if zh else "switches", *(f"`{one['switches']}`" if one and one["switches"] else "–" for one in runs)],
    ]  # fmt: skip
    if speeds:
        rows += [
            ["每个 token 从内存读" if zh else "a token reads from RAM", *(_read(one) for one in runs)],
            ["token/秒" if zh else "tokens/s", *(_rates(one, zh) for one in runs)],
        ]
    return [markdown(["", *names], rows), *([_memory_of(speeds, zh)] if speeds else [])]


def _read(one: Result | None) -> str:
    return f"{amount(one['host_reads_gb'])} GB" if one and one["host_reads_gb"] else "–"


def _rates(one: Result | None, zh: bool) -> str:
    if not one or not one["rate"]:
        return "–"
    return (
        f"{between(*one['rate'])}({'上限' if zh else 'at most'} {amount(one['at_most'])})"
        if zh
        else f"{between(*one['rate'])} (at most {amount(one['at_most'])})"
    )


def _memory_of(one: Result, zh: bool) -> str:
    """The bandwidth that the speeds rest on."""
    low, high = (rate / 1e9 for rate in one["host_bandwidth"])
    said = between(low, high, 3)
    if one["host_said"]:
        return f"内存按 {said} GB/s 计算。" if zh else f"The speeds rest on {said} GB/s of RAM."
    return (
        f"速度按内存 {said} GB/s 计算(假设双通道);内存更快或通道更多时,内存部分成比例加快。" if zh
        else f"The speeds rest on {said} GB/s of RAM (two channels assumed); faster RAM or more channels speed that part up in proportion."
    )  # fmt: skip
