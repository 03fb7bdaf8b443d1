"""Host memory in words: what is there, what it lacks, what it would take over."""

from chat.answers.case_tables import Result, cases_of, ordered
from chat.answers.unequal_words import need_after
from chat.phrases import case_words, gib
from kb.host_memory import is_tight
from kb.hosting import PLACES

_NEAR_ALL = 0.6  # of the host memory that is there, from which on it may decide


def host_short(host: Result | None, language: str) -> str:
    """What is offloaded against the host memory that the asker has: it decides as much as the card does."""
    if not host or host["verdict"] == "yes":
        return ""
    need, room = gib(host["needed_gib"]), gib(host["capacity_gib"])
    if host.get("told"):  # what is there and what it takes opens the answer
        edge = host["verdict"] == "borderline"
        if language == "zh":
            return "主机内存在边缘。" if edge else "主机内存不够。"
        return " Host memory is at its edge." if edge else " Host memory is what falls short."
    if host["verdict"] == "borderline":
        beside = _beside_it(host, language)
        if language == "zh":
            return f"主机内存在边缘:放到内存的部分要 {need},内存共 {room};{beside}。"
        return f" Host memory is at its edge: what is offloaded takes {need} of {room} there; {beside}."
    if language == "zh":
        return f"主机内存不够:放到内存的部分要 {need},而内存只有 {room}。"
    return f" Host memory is what falls short: what is offloaded takes {need} there, and the machine has {room}."


# GiB of host memory from which it is told as a condition of the verdict; what takes less stands with the offloaded states
_MUCH_RAM, _MUCH_OF_A_LAPTOP = 48, 24


def in_ram(result: Result, language: str) -> str:
    """What host memory a training asks for that keeps its states there, where nobody said how much there is."""
    facts = result.get("facts") or {}
    kept = kept_in_ram(result)
    trains = facts.get("task", {}).get("value") == "train"
    much = _MUCH_OF_A_LAPTOP if result.get("portable") else _MUCH_RAM
    if not trains or facts.get("host_memory_gb") or kept < much:
        return ""
    if result.get("on_drive"):
        return (
            f",前提是盘上(NVMe)空出卸载的 {gib(kept)}"
            if language == "zh"
            else f", if the drive (NVMe) has {gib(kept)} free for what is offloaded"
        )
    return (
        f",前提是内存放得下卸载的 {gib(kept)}"
        if language == "zh"
        else f", if the host has {gib(kept)} of free RAM for what is offloaded"
    )


def kept_in_ram(result: Result) -> float:
    """GiB of host memory that is taken as it runs."""
    return next((float(one["value"]) for one in result.get("answers") or [] if one["quantity"] == "host_memory"), 0.0)


def paged_words(result: Result, language: str) -> str:
    """That a training runs whose paged states leave the card as it fills, where all of it at once does not fit."""
    paged = result.get("paged_out")
    if not paged:
        return ""
    stays, states, room = gib(paged["gib"]), gib(paged["states_gib"]), gib(result.get("capacity_gib"))
    if language == "zh":
        return f"**一次放不下,但能跑,只是更慢:分页的优化器状态 {states} 在显存占满时自动换到内存,必须留在卡上的是 {stays},卡上 {room}。** 内存要有 {states} 的空闲。"
    return f"**Not all of it at once, but it runs, slower: the paged optimizer states, {states}, leave for host memory as the card fills, and {stays} of {room} must stay.** The host needs {states} of free RAM."


def host_enough(host: Result | None, language: str, whose: str = "") -> str:
    """That the host memory which was told does hold what is offloaded; of one of several set-ups, whose."""
    if not host or host["verdict"] != "yes":
        return ""
    need, room = gib(host["needed_gib"]), gib(host["capacity_gib"])
    if host["tight"]:
        beside = _beside_it(host, language)
        if language == "zh":
            return f"**{whose + ':' if whose else ''}主机内存偏紧**:放到内存的部分要 {need},内存共 {room};{beside}。"
        return f"**Host memory is tight{' for ' + whose if whose else ''}**: what is offloaded takes {need} of {room} there; {beside}."
    if language == "zh":
        return f"**{whose + ':' if whose else ''}主机内存够**,放到内存的部分要 {need},内存共 {room}。"
    return (
        f"**Host memory is enough{' for ' + whose if whose else ''}**: what is offloaded takes {need} of {room} there."
    )


def _beside_it(host: Result, language: str) -> str:
    """What else takes host memory beside what is offloaded."""
    if not host["trains"]:
        return (
            "系统、其他程序和文件缓存还要另占"
            if language == "zh"
            else "the system, other programs and the file's pages come on top"
        )
    factor = f"{host['buffer_factor']:g}"
    return (
        f"还要加上锁页缓冲(DeepSpeed 自己的估算乘 {factor})、加载时每个进程的一份权重(除非用 zero.Init 或 low_cpu_mem_usage)、dataloader 和系统" if language == "zh"
        else f"on top come pinned buffers (DeepSpeed's own estimator has a factor of {factor} for them), at the start a copy of the weights for each process unless it loads under zero.Init or low_cpu_mem_usage, the data loaders and the system"
    )  # fmt: skip


def _slower(host: Result | None, language: str) -> str:
    """What a training pays for states in host memory that holds them."""
    if not host or host["verdict"] != "yes" or not host["trains"]:
        return ""
    if language == "zh":
        return "代价是步速:优化器在 CPU 上更新,数据经 PCIe 往返。"
    return " The price is speed: the optimizer steps on the CPU, and what it needs goes over PCIe."


def hosted_enough(result: Result, language: str) -> str:
    """The same of an estimate; of several set-ups each, with its verdict where they differ."""
    cases = [case for case in cases_of(result) if case.get("host")]
    if len({case["host"]["verdict"] for case in cases}) < 2:
        host = result.get("host")
        short = "" if result.get("capacity_gib") else host_short(host, language).strip()  # else the verdict tells it
        return host_enough(host, language) + _slower(host, language) or (f"**{short}**" if short else "")
    names = [name for name in ordered(cases[0]["facts"]) if len({str(case["facts"][name]) for case in cases}) > 1]
    told = []
    for case in cases:
        whose = case_words({name: case["facts"][name] for name in names}, language)
        short = host_short(case["host"], language).strip()
        told.append(
            host_enough(case["host"], language, whose) or f"**{whose}{':' if language == 'zh' else ': '}{short}**"
        )
    return ("" if language == "zh" else " ").join(told)


def into_host_words(change: Result | None, language: str, unequal: Result | None = None) -> str:
    """What the asker's own host memory would take over."""
    if not change:
        return ""
    there, here = gib(change["host_gib"]), _on_cards(change, language, unequal)
    if language == "zh":
        return f" **但用上主机内存就可以**:{change['zh']},{here},内存 {there}。"
    return f" **With host memory it does**: {change['says']}; {here} and {there} of host memory."


def _on_cards(change: Result, language: str, unequal: Result | None) -> str:
    """What is left for each card, or for unequal ones together."""
    here = gib(need_after(change, unequal))
    if unequal and unequal["by_layers"]:
        return f"各卡合计 {here}" if language == "zh" else f"{here} over all cards"
    return f"每张卡 {here}" if language == "zh" else f"{here} per card"


def with_host(change: Result, against: str, language: str, unequal: Result | None = None) -> tuple[str, str]:
    """The verdict of what goes in only with the host memory that was named, and what it takes on either side."""
    zh, here = language == "zh", _on_cards(change, language, unequal)
    cost = change.get("cost_zh" if zh else "cost")
    there = gib(change["host_gib"])
    if zh:
        beside = f"({cost})" if cost else f",内存 {there}"
        return "只放显卡放不下,用上主机内存可以", f"\uff1a{change['zh']},{here}{beside}。全放显卡时{against}"
    beside = f" ({cost})" if cost else f" and {there} of host memory"
    rest = f": {change['says']}, {here}{beside}. All on the card: {against}"
    return "not on the card alone, but with host memory it fits", rest


def host_figures(result: Result, language: str) -> list[str]:
    """Host memory: what runs there, and loading or saving where they take more."""
    answers = [answer for answer in result.get("answers") or [] if answer.get("scope") == "host"]
    if "host_memory" not in {answer.get("quantity") for answer in answers} and (
        moved := _moved_in_one(result, language)
    ):
        return [moved]  # which is asked before what loading takes
    lines = []
    for answer in answers:
        zh = language == "zh"
        if result.get("on_drive") and answer.get("quantity") == "host_memory":
            continue  # it lies on the drive
        said, on = (answer["zh"], answer["if_zh"]) if zh else (answer["says"], answer["if"])
        size = _of_each(result, language) if answer.get("quantity") == "host_memory" else ""
        size = size or gib(answer["value"])
        told = f"{said}:{size}" if zh else f"{said[0].upper()}{said[1:]}: {size}"
        lines.append(told + ((f",前提是{on}。" if zh else f", if {on}.") if on else "。" if zh else "."))
    return lines


# what stands at the edge of host memory, and what leaves next to none of it to all else
_AT_THE_EDGE = (("at the edge", "刚好在边缘"), ("hardly enough, most likely too little", "多半不够"))
_HARDLY = 0.9


def _hardly(host: Result) -> bool:
    """Does a training leave next to nothing of it to its processes, pinned buffers and the system?"""
    return bool(host["trains"]) and host["needed_gib"] > _HARDLY * host["capacity_gib"]


def asks_of_enough(result: Result, asked: bool) -> bool:
    """Is it asked whether host memory is enough for a training that it may not hold? It decides, and opens the answer."""
    host = result.get("host")
    return bool(asked and host and host["trains"] and host["verdict"] != "yes")


def asked_first(result: Result, language: str) -> str:
    """Asked how much host memory, what is offloaded takes of what the machine has; nothing where nothing is, or cases differ."""
    host = result.get("host")
    if not host or host.get("needed_gib") is None or len(cases_of(result)) > 1:
        return ""
    need, room = gib(host["needed_gib"]), gib(host["capacity_gib"])
    words = {"yes": ("enough", "够"), "borderline": _AT_THE_EDGE[_hardly(host)], "no": ("too little", "不够")}
    en, zh = ("tight", "偏紧") if host["verdict"] == "yes" and host["tight"] else words[host["verdict"]]
    beside = _beside_it(host, language)
    if language == "zh":
        return f"**内存:放到内存的部分要 {need},机器有 {room},{zh}**;{beside}。"
    return f"**Host memory: {need} for what is offloaded, of {room}: {en}**; {beside}."


def load_is_near(result: Result, reading_host: float) -> bool:
    """Whether what loading or saving takes of host memory comes near what the machine has."""
    sizes = [one["value"] for one in result.get("answers") or [] if one.get("scope") == "host"]
    return bool(sizes) and max(sizes) > _NEAR_ALL * reading_host


def _moved_in_one(result: Result, language: str) -> str:
    """What is offloaded in one of several cases, of which the first keeps all on the card; else nothing."""
    cases = cases_of(result)
    moved = [case for case in cases if case.get("host_gib")]
    if len(moved) != 1 or len(cases) < 2:
        return ""
    names = [name for name in ordered(cases[0]["facts"]) if len({str(case["facts"][name]) for case in cases}) > 1]
    how, size = case_words({name: moved[0]["facts"][name] for name in names}, language), gib(moved[0]["host_gib"])
    return (
        f"**内存要 {size}**({how};系统另占一些)。"
        if language == "zh"
        else f"**Host memory: {size}** ({how}; the system comes on top)."
    )


def _of_each(result: Result, language: str) -> str:
    """What is offloaded in each case, where they differ; else nothing."""
    cases = [case for case in cases_of(result) if case.get("host_gib")]
    amounts = {gib(case["host_gib"]): case for case in cases}
    if len(amounts) < 2:
        return ""
    names = [
        name for name in ordered(cases[0]["facts"]) if len({str(case["facts"][name]) for case in amounts.values()}) > 1
    ]
    told = [
        f"{case_words({name: case['facts'][name] for name in names}, language)} {size}"
        for size, case in amounts.items()
    ]
    return ("、" if language == "zh" else ", ").join(told)


def _beside_the_card(result: Result, language: str) -> str:
    """Of a served model that the cards do not hold, where RAM was not told: what is left for it with the cards full."""
    places = [one for one in result.get("changes") or [] if one["host_gib"] and set(one["facts"]) <= {*PLACES}]
    if len(cases_of(result)) > 1 or result.get("verdict") != "no" or _trains(result) or not places:
        return ""
    change, several = places[0], int((result["facts"].get("n_gpus") or {}).get("value") or 1) > 1
    ram, one = gib(change["host_gib"]), gib(change["gib"])
    if language == "zh":
        here = _on_cards(change, language, result.get("unequal")) if several else f"卡上 {one}"
        return f"**约需内存 {ram}**(系统另占一些),{here}。"
    here = _on_cards(change, language, result.get("unequal")) if several else f"{one} on the card"
    return f"**About {ram} of RAM** (the system comes on top), beside {here}."


def _trains(result: Result) -> bool:
    """Whether it is a training that was worked out."""
    return bool(((result.get("facts") or {}).get("task") or {}).get("value") == "train")


def _goes_as_read(result: Result) -> bool:
    """Do the weights go on the card as they are in the file: of a model that runs, or a 16-bit base under adapters?"""
    return not _trains(result) or ((result.get("facts") or {}).get("method") or {}).get("value") in _ON_16_BITS


# methods whose base stays frozen in the bits of the file
_ON_16_BITS = frozenset({"lora", "dora", "rslora", "freeze"})


def _read_once(result: Result, language: str) -> str:
    """The weights that go through host memory on their way to the card; of several formats the least and the most."""
    if int((result["facts"].get("n_gpus") or {}).get("value") or 1) > 1:
        return ""
    cases = cases_of(result) or [result]
    sizes = [float(one["gib"]) for case in cases for one in case["terms"] if one["name"] == "weights"]
    if not sizes:
        return ""
    if len(cases) < 2:
        return gib(sizes[0])
    each = sorted(zip(sizes, cases, strict=False), key=lambda one: one[0])
    least, most = each[0], each[-1]
    names = [case_words(one[1]["facts"], language) for one in (least, most)]
    if language == "zh":
        return f"{gib(least[0])}({names[0]})到 {gib(most[0])}({names[1]})"
    return f"{gib(least[0])} ({names[0]}) to {gib(most[0])} ({names[1]})"


def _of_the_told(need: float, room: float) -> tuple[str, str]:
    """How what runs in host memory stands to what the machine is told to have, with the word before the amount."""
    if not room or need > room:
        return "About", "约"
    if is_tight(need, room, trains=False):
        return f"Tight in {room:g} GB: about", f"{room:g} GB 偏紧:约"
    return f"{room:g} GB are enough: about", f"{room:g} GB 够:约"


def ram_words(result: Result, language: str) -> list[str]:
    """Asked for host memory: what it holds, or that it is not what a training lacks, which keeps all on the cards."""
    hybrid = result.get("hybrid")
    if hybrid and (one := hybrid["runs"][0]) and one["host_gib"] and len(cases_of(result)) < 2:
        ram, card, kept = gib(one["host_gib"]), gib(one["card_gib"]), f"{hybrid['reserve_gb']:g} GB"
        told = float(((result.get("facts") or {}).get("host_memory_gb") or {}).get("value") or 0)
        enough, enough_zh = _of_the_told(float(one["host_gib"]), told)
        return [
            f"**{enough_zh}需内存 {ram}**(系统另占约 {kept}),卡上 {card}。" if language == "zh"
            else f"**{enough} {ram} of RAM** (the system takes about {kept} more), beside {card} on the card."
        ]  # fmt: skip
    if found := host_figures(result, language):
        return found
    if beside := _beside_the_card(result, language):
        return [beside]
    alone = (result.get("held_by") or {}).get("host_gib")
    if alone and len(result.get("cases") or []) < 2:
        return [
            f"**不用显卡时约占内存 {gib(alone)}**(权重、缓存、缓冲区;系统另算)。显卡放得下全部时,内存只在读取文件时用到,与权重一样大就够。" if language == "zh"
            else f"**Without a card it takes about {gib(alone)} of RAM** (weights, cache and buffers; the system comes on top). Beside a card that holds all of it, RAM is needed only while the file is read: as much as the weights will do."
        ]  # fmt: skip
    verdicts = {case["verdict"] for case in result.get("cases") or [result]}
    if verdicts == {"yes"} and _goes_as_read(result) and (size := _read_once(result, language)):
        return [
            f"**内存约 {size} 就够**(与权重一样大,系统另算),而且只在读取文件时用到:模型全部放在卡上。" if language == "zh"
            else f"**About {size} of RAM will do** (as much as the weights; the system comes on top), and only while the file is read: all of it goes on the card."
        ]  # fmt: skip
    if not _trains(result) or verdicts != {"no"}:
        return []
    if hosted := next((one for one in result.get("changes") or () if one.get("host_gib")), None):
        size, says = gib(hosted["host_gib"]), hosted["zh" if language == "zh" else "says"]
        return [
            f"**约需内存 {size}**(系统另占一些):{says},卡上 {gib(hosted['gib'])}。" if language == "zh"
            else f"**About {size} of RAM** (the system comes on top), for {says}: {gib(hosted['gib'])} on the card."
        ]  # fmt: skip
    return [
        "更多内存也没用:这样训练时权重、优化器和激活都在卡上,缺的是显存,不是内存。" if language == "zh"
        else "More system RAM does not help: trained like this, weights, optimizer and activations are all on the card, and it is the card's memory that falls short."
    ]  # fmt: skip
