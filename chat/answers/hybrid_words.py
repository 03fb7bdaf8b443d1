"""Models that run partly on the cards and partly in RAM, in words: where each part is, the switch to type, and how fast that is."""

from chat.answers.case_tables import Result, markdown
from chat.answers.host_words import host_short
from chat.answers.ram_words import memory_of, reads_words
from chat.answers.setup_words import join
from chat.answers.verdict_words import gap
from chat.pace.words import amount, between, share
from chat.phrases import gib, leaning, value

# a speed of so many times another is worth a word
_FASTER = 1.15
# a model of so many times the parameters is a larger one
_LARGER = 1.25


def placed_words(one: Result, language: str) -> str:
    """What is on the card, what in RAM, and how fast that is."""
    zh, several = language == "zh", one["n_gpus"] > 1
    card = f"{gib(one['card_gib'])}{' / ' if zh else ' of '}{gib(one['capacity_gib'])}"
    if not one["host_gib"]:
        told = f"全部在卡上({card})" if zh else f"wholly on the card{'s' if several else ''} ({card})"
    else:
        there, room, part = (
            gib(one["host_gib"]),
            f"{one['room_gb']:g} GB" if one["room_gb"] else "",
            part_words(one, zh),
        )
        told = (
            f"{_where(one, True)} {card},内存 {there}{f' / {room}' if room else ''}({part})" if zh
            else f"{card} {_where(one, False)}, {there} ({part}) in {f'the {room} of ' if room else ''}RAM"
        )  # fmt: skip
    rate = rate_words(one, zh)
    return told + (f"{',' if zh else ', '}{rate}" if rate else "")


def _where(one: Result, zh: bool) -> str:
    """On which card: of several alike each, else the fullest."""
    if one["unequal"]:
        return "最满的卡" if zh else "on the fullest card"
    several = one["n_gpus"] > 1
    return ("每张卡" if several else "卡上") if zh else f"on {'each' if several else 'the'} card"


def part_words(one: Result, zh: bool) -> str:
    """What is in RAM."""
    layers, whole, moved = one["layers"], one["hosted_layers"], one["n_cpu_moe"]
    if whole:
        return f"{layers} 层中的 {whole} 层" if zh else f"{whole} of {layers} layers"
    if moved >= layers:
        return "全部专家" if zh else "all experts"
    all_, some, kept = one["experts_in"], one["experts_moved"], one["experts_kept"]
    those = ("", "") if all_ == layers else (" that have any", "有专家的 ")
    of = f"{those[1]}{all_} 层中 {some} 层的专家" if zh else f"the experts of {some} of {all_} layers{those[0]}"
    return of + ("" if not kept else f",{kept} 层的留在卡上" if zh else f"; those of {kept} stay on the card")


def rate_words(one: Result, zh: bool) -> str:
    """How fast; where the card's bandwidth is not known what RAM alone allows, where it has a part."""
    rate = one["rate"] or (one["by_ram"] if one["host_gib"] else None)
    if not rate:
        return ""
    slow = "" if one["usable"] else ",比阅读还慢" if zh else ", slower than one reads"
    if zh:
        return f"{'' if one['rate'] else '按内存'}约 {between(*rate)} token/秒{slow}"
    return f"about {between(*rate)} tokens/s{'' if one['rate'] else ' by the RAM alone'}{slow}"


def side_by_side(placed: Result, names: list[str], whether: bool, choose: bool, language: str) -> str:
    """Which of several to take on cards and RAM together, where its parts are; then the same of the others.

    whether     it is asked whether they run
    choose      which of them to take is asked
    """
    zh, runs, take = language == "zh", placed["runs"], placed["take"]
    held = [place for place, one in enumerate(runs) if one]
    if take is None or not runs[take]:
        return _none_held(placed, names, language)
    if len(held) > 1 and not (choose and _decides(placed, held)):
        return _each(placed, names, held, whether, language)
    parts = all(runs[place]["host_gib"] for place in held)
    yes = _yes(len(held), len(runs), parts, zh) if whether else ""
    head = (
        f"**{yes}{'选 ' if zh else 'Take '}{_called(names[take], runs[take], zh)}**{_because(placed, held, names, zh)}"
    )
    also = [_called(names[place], runs[place], zh) for place in held if place != take]
    told = f"也能跑的是 {';'.join(also)}。" if zh else f"What also runs is {'; '.join(also)}."
    lost = [_too_large(names[place], placed, place, zh) for place in range(len(runs)) if place not in held]
    return ("" if zh else " ").join([head + ("。" if zh else "."), *([told] if also else []), *lost])


def _larger(placed: Result, held: list[int]) -> int | None:
    """The one that has clearly more parameters than the one to take; None where that is as large."""
    most = max(held, key=lambda place: float(placed["params"][place]))
    return most if placed["params"][most] > _LARGER * placed["params"][placed["take"]] else None


def _decides(placed: Result, held: list[int]) -> bool:
    """Whether speed and format say which to take: a larger model that is fast enough to read along is another matter."""
    larger = _larger(placed, held)
    return larger is None or placed["runs"][larger]["usable"] is False


def _yes(held: int, of: int, parts: bool, zh: bool) -> str:
    """That they run; `parts`: each with a part in RAM."""
    if held < 2:
        return "可以。" if zh else "Yes. "
    if zh:
        return f"可以,{'加上内存' if parts else ''}{'都' if held == of else f'有 {held} 种'}能跑。"
    return f"Yes, {'both' if of == 2 else 'all' if held == of else f'{held} of them'} run{' with a part in RAM' if parts else ''}. "


def _called(name: str, one: Result, zh: bool) -> str:
    """A set-up, what to type, and where its parts are."""
    told = f"`{one['switches']}`" if one["switches"] and one["host_gib"] else ""
    if zh:
        return f"{name}{f',加 {told}' if told else ''}:{placed_words(one, 'zh')}"
    return f"{name}{f' with {told}' if told else ''}: {placed_words(one, 'en')}"


def _each(placed: Result, names: list[str], held: list[int], whether: bool, language: str) -> str:
    """Of several that are asked about how each runs."""
    zh, runs = language == "zh", placed["runs"]
    told = [_called(names[place], runs[place], zh) for place in held]
    lost = [_too_large(names[place], placed, place, zh) for place in range(len(runs)) if place not in held]
    ratio, take = placed["times_as_fast"], placed["take"]
    faster = take is not None and ratio and ratio >= _FASTER
    lead = ("可以," if zh else "Yes, ") if whether else ""
    parts = all(runs[place]["host_gib"] for place in held)
    if zh:
        of = "另一种" if len(held) == 2 else "其余"
        than = f",{names[take]}{gap(names[take])}速度约为{of}的 {amount(ratio, 2)} 倍" if faster else ""
        head = f"{lead}{'加上内存' if parts else ''}{'都能跑' if not lost else f'有 {len(held)} 种能跑'}{than}:"
    else:
        who = "both" if len(runs) == 2 else "all of them" if not lost else f"{len(held)} of them"
        than = (
            f", {names[take]} {amount(ratio, 2)} times as fast as the other{'s' if len(held) > 2 else ''}"
            if faster
            else ""
        )
        head = f"{lead}{who if lead else who[0].upper() + who[1:]} run{' with a part in RAM' if parts else ''}{than}:"
    if (
        take is not None
        and (larger := _larger(placed, held)) is not None
        and placed["losses"][larger] <= placed["losses"][take]
    ):
        name = names[larger]
        head = f"{head[:-1]};{name}{gap(name)}是更大的模型:" if zh else f"{head[:-1]}; {name} is the larger model:"
    listed = "\n".join(f"- {one}" for one in told)
    return "\n\n".join(part for part in [f"**{head}**", listed, *lost] if part)


def _too_large(name: str, placed: Result, place: int, zh: bool) -> str:
    """That cards and RAM together do not hold it."""
    want = too_little_ram(placed, place, zh)
    return f"{name}{gap(name)}放不下:{want}。" if zh else f"{name} does not fit: {want}."


def too_little_ram(placed: Result, place: int, zh: bool) -> str:
    """What would be left for RAM beside full cards, against what there is; without a split what there is in all."""
    want, kept = placed["wants_gib"][place], f"{placed['reserve_gb']:g} GB"
    room, total = f"{placed['room_gb'] or 0:g} GB", gib(placed["totals_gib"][place])
    if want:
        return (
            f"卡放满后内存还要 {gib(want)},而内存共 {room},系统约占 {kept}" if zh
            else f"with the card full {gib(want)} are left for RAM, and of its {room} the system takes about {kept}"
        )  # fmt: skip
    card = gib(placed["capacity_gib"])
    return (
        f"共需 {total},可用的是每张卡 {card} 和内存 {room}"
        if zh
        else f"{total} in all, and there are {card} a card and {room} of RAM"
    )


def _none_held(placed: Result, names: list[str], language: str) -> str:
    """That none of them fits, with what each would want of RAM, or in all where it cannot be divided so."""
    zh, wants = language == "zh", placed["wants_gib"]
    told = join(
        [f"{name} {gib(want or whole)}" for name, want, whole in zip(names, wants, placed["totals_gib"], strict=True)],
        language, ",",
    )  # fmt: skip
    room, kept = f"{placed['room_gb'] or 0:g} GB", f"{placed['reserve_gb']:g} GB"
    fewer = _fewer_bits(placed, zh)
    if zh:
        return f"**显卡加内存也都放不下**:{'卡放满后内存还要' if all(wants) else '共需'} {told},而内存共 {room},系统约占 {kept}。{fewer}"
    told = told.replace(",", ", ")
    return f"**None of them fits, not even with a part in RAM**: {'with the card full they leave for RAM' if all(wants) else 'they take'} {told}, and of its {room} the system takes about {kept}.{' ' + fewer if fewer else ''}"


def _fewer_bits(placed: Result, zh: bool) -> str:
    """The largest file of fewer bits that does run, where none does as asked."""
    one = placed["smaller"]
    if not one:
        return ""
    model = value("model", one["model"], "zh" if zh else "en") + " " if len(placed["runs"]) > 1 and one["model"] else ""
    told = _called(model + value("weight_format", one["weight_format"], "zh" if zh else "en"), one, zh)
    return f"**放得下的是 {told}。**" if zh else f"**What does is {told}.**"


def _because(placed: Result, held: list[int], names: list[str], zh: bool) -> str:
    """Why: the faster by far, or the better at nearly the same speed."""
    if len(held) < 2:
        return ",只有它放得下" if zh else ", the only one that fits"
    take, ratio = placed["take"], placed["times_as_fast"]
    others = [place for place in held if place != take]
    if not ratio:
        whole = not placed["runs"][take]["host_gib"] and all(placed["runs"][place]["host_gib"] for place in others)
        return "" if not whole else ",比有一部分在内存里快得多" if zh else ", much faster than with a part in RAM"
    rival = max(
        others, key=lambda place: sum(placed["runs"][place]["rate"] or (0, placed["runs"][place]["at_most"] or 0))
    )
    than = names[rival]
    if ratio >= _FASTER:
        return f",速度约为 {than} 的 {amount(ratio, 2)} 倍" if zh else f", {amount(ratio, 2)} times as fast as {than}"
    if placed["losses"][rival] <= placed["losses"][take]:
        return ""
    if ratio * _FASTER >= 1:
        return (
            f",质量损失比 {than} 小,速度相近"
            if zh
            else f", which loses less quality than {than} at about the same speed"
        )
    return (
        f",质量损失比 {than} 小,速度是它的 {share(ratio)}"
        if zh
        else f", which loses less quality than {than}, at {share(ratio)} of its speed"
    )


def placed_table(placed: Result, names: list[str], language: str) -> list[str]:
    """Where the parts of each are, side by side."""
    zh, runs = language == "zh", placed["runs"]
    some = [one for one in runs if one]
    if not some:
        return []
    rooms = {gib(one["capacity_gib"]) for one in some}
    room, ram = f"{rooms.pop()}" if len(rooms) == 1 else "", some[0]["room_gb"]
    rows = [
        ["全放显卡要" if zh else "all of it on cards", *(gib(one) for one in placed["totals_gib"])],
        [_head(_where(some[0], True), _where(some[0], False), room, zh),
         *(_on_card(one, room) for one in runs)],
        [_head("内存", "in RAM", f"{ram:g} GB" if ram else "", zh), *(gib(one["host_gib"]) if one and one["host_gib"] else "–" for one in runs)],
        ["参数" if zh else "switches", *(f"`{one['switches']}`" if one and one["switches"] else "–" for one in runs)],
    ]  # fmt: skip
    fast = next((one for one in some if one["at_most"] and one["host_gib"]), None)
    if fast:
        rows += [
            ["每个 token 从内存读" if zh else "a token reads from RAM", *(_read(one) for one in runs)],
            ["token/秒" if zh else "tokens/s", *(_rates(one, zh) for one in runs)],
        ]
    return [markdown(["", *names], rows), *([memory_of(fast, zh)] if fast else [])]


def _head(said_zh: str, said: str, room: str, zh: bool) -> str:
    if zh:
        return f"{said_zh}({room})" if room else said_zh
    return f"{said} (of {room})" if room else said


def _on_card(one: Result | None, room: str) -> str:
    if not one:
        return "–"
    return gib(one["card_gib"]) if room else f"{gib(one['card_gib'])} / {gib(one['capacity_gib'])}"


def _read(one: Result | None) -> str:
    return f"{amount(one['host_reads_gb'])} GB" if one and one["host_reads_gb"] else "–"


def _rates(one: Result | None, zh: bool) -> str:
    if not one or not one["at_most"]:
        return "–"
    most = amount(one["at_most"])
    if not one["rate"]:
        return (
            (f"按内存 {between(*one['by_ram'])}" if zh else f"{between(*one['by_ram'])} by the RAM alone")
            if one["host_reads_gb"]
            else "–"
        )
    return f"{between(*one['rate'])}(上限 {most})" if zh else f"{between(*one['rate'])} (at most {most})"


def fuller_words(one: Result, zh: bool) -> str:
    """Of a model that was placed by hand, how its cards take more, which is faster."""
    if not one["host_gib"]:
        return (
            f"卡放得下全部({gib(one['card_gib'])} / {gib(one['capacity_gib'])}),不必放内存,那样更快。"
            if zh
            else f"The card holds all of it ({gib(one['card_gib'])} of {gib(one['capacity_gib'])}): with nothing in RAM it is faster."
        )
    if zh:
        return f"**卡还有空,放满更快**,加 `{one['switches']}`:{placed_words(one, 'zh')}。"
    return f"**The card has room left, and filling it is faster**, with `{one['switches']}`: {placed_words(one, 'en')}."


def only_in_fewer(placed: Result, result: Result) -> bool:
    """Whether fewer bits than are usual run, where nobody said in how many."""
    return bool(placed["smaller"]) and not {"weight_format", "bits", "bpw"} & set(result.get("said") or ("bits",))


def verdict_placed(placed: Result, result: Result, against: str, language: str) -> tuple[str, str] | None:
    """The verdict of a single case on card and RAM together, with where its parts are; None where the card's own is told
    first."""
    zh, one = language == "zh", placed["runs"][0]
    if result["verdict"] == "yes" or _nearly(result):
        return None
    by_hand = placed["placed"]
    if zh:
        whole = f"{'按所说的放置,卡上' if by_hand else '全放显卡'}{against}"
    else:
        whole = f"{'As placed, on the card' if by_hand else 'All on the card'}: {against}"
    if not one and only_in_fewer(placed, result):
        fewer, told = placed["smaller"], value("weight_format", placed["smaller"]["weight_format"], language)
        switches = f"`{fewer['switches']}`" if fewer["switches"] else ""
        want, usual = (
            too_little_ram(placed, 0, zh),
            value("weight_format", result["facts"]["weight_format"]["value"], language),
        )
        if zh:
            return (
                f"只有 {told} 加上内存才放得下",
                f"{f',加 {switches}' if switches else ''}:{placed_words(fewer, language)}。{usual} 放不下:{want}。",
            )
        return (
            f"only in {told}, with a part in RAM",
            f"{f' and {switches}' if switches else ''}: {placed_words(fewer, language)}. {usual} does not fit: {want}.",
        )
    if not one:
        want, fewer = too_little_ram(placed, 0, zh), _fewer_bits(placed, zh)
        if zh:
            return "显卡加内存也放不下", f":{want}。{fewer}{whole}"
        return "does not fit, not even with a part in RAM", f": {want}. {fewer + ' ' if fewer else ''}{whole}"
    if by_hand and (short := host_short(result.get("host"), language)):  # the card would hold its part
        against = short.strip()
    told = f"`{one['switches']}`" if one["switches"] else ""
    if zh:
        head = f"{'按所说的放置不行' if by_hand else '只放显卡放不下'},用上主机内存可以"
        return (
            head,
            f"{f',加 {told}' if told else ''}:{placed_words(one, language)}。{f'按所说的放置{against}' if by_hand else whole}",
        )
    head = f"not {'as placed' if by_hand else 'on the card alone'}, but with host memory it fits"
    return (
        head,
        f"{f' with {told}' if told else ''}: {placed_words(one, language)}. {f'As placed: {against}' if by_hand else whole}",
    )


def _nearly(result: Result) -> bool:
    """Whether it most likely fits as it is, or leaves the RAM too little for the system."""
    tight = (result.get("host") or {}).get("verdict") == "borderline" and result["verdict"] == "borderline"
    return result["verdict"] != "yes" and (leaning(result) == "likely" or tight)


def beside_verdict(placed: Result, result: Result, language: str) -> list[str]:
    """Below the verdict of a single case: what a token reads from RAM, and how a card that was left part empty takes more."""
    zh, one, fuller = language == "zh", placed["runs"][0], placed["fuller"][0]
    if not one:
        return []
    if _nearly(result):
        told = f"`{one['switches']}`" if one["switches"] else ""
        words = placed_words(one, language)
        return [
            f"要稳妥就放一部分到内存{f',加 {told}' if told else ''}:{words}。"
            if zh
            else f"To be sure, put a part into RAM{f' with {told}' if told else ''}: {words}."
        ]
    return [
        "" if result.get("speed_told") else reads_words(one, zh, rate=result["verdict"] == "yes"),
        fuller_words(fuller, zh)
        if fuller and not (result.get("speed_told") and fuller["rate"] and fuller["host_gib"])
        else "",
    ]
