"""Layers in proportion to the memory of unlike cards, in words: what each card takes, and a program that lays them out so.

Every number is of the result; nothing is computed here.
"""

import re
from typing import Any

from chat.answers.case_tables import ordered
from chat.answers.verdict_words import gap
from chat.phrases import HOLDS, case_words, gib, leaning, pick, span, value

Result = dict[str, Any]


def each_card(found: Result, language: str, within: bool = False) -> str:
    """`RTX 4090 15.8 GiB of 24.0 GiB (44 layers), RTX 3060 12 GB 8.31 GiB of 12.0 GiB (20 layers)`; they add up to the total.

    within      with the interval of the one that decides
    """
    zh, told = language == "zh", []
    for one in found["each"]:
        name, need, room = called(one["card"], language), gib(one["gib"]), gib(one["capacity_gib"])
        many = f"{one['count']} × " if one["count"] > 1 else ""
        short, layers = gib(one["short_gib"]) if one["short_gib"] else "", one["layers"]
        beside = [f"{layers} 层" if zh else f"{layers} layers"] if layers is not None else []
        beside += [f"超出 {short}" if zh else f"{short} too much"] if short else []
        if within and one["decides"]:
            beside += [f"90% 区间 {span(one)} GiB" if zh else f"90 % interval {span(one)} GiB"]
        more = f"({','.join(beside)})" if zh and beside else f" ({', '.join(beside)})" if beside else ""
        if zh:
            told.append(f"{many}{name} {'每张 ' if many else ''}{need} / {room}{more}")
        else:
            told.append(f"{many}{name} {'each ' if many else ''}{need} of {room}{more}")
    return ("、" if zh else ", ").join(told)


def called(card: str, language: str) -> str:
    """A card without its article: one of only a size has one."""
    return re.sub(r"^an? ", "", str(value("gpu", card, language)))


def in_proportion(found: Result, language: str, name: str = "") -> str:
    """A server's pipeline whose stages are as the memory of the cards, where each card would have the same; `name` of the case."""
    other, zh, whole = found["otherwise"], language == "zh", f"{found['whole_gb']:g} GB"
    verdict, cards = pick(HOLDS[leaning(other)], language), each_card(other, language)
    amounts, switch = f"{gib(other['total_gib'])} / {gib(other['room_gib'])}", other["switch"]
    file = _as_file(found, language)
    if zh:
        how = f"({switch})" if switch else ""
        of = f"{name}{gap(name)}" if name else ""
        return f"**按显存比例分层的流水线{how}才用得上 {whole},{of}{verdict}:**合计 {amounts},{cards};同一请求由各卡轮流计算。{file}"
    how = f" ({switch})" if switch else ""
    and_ = f", and {name} {verdict}" if name else f" and {verdict}"
    return f"**A pipeline with layers in proportion to memory{how} uses all {whole}{and_}:** {amounts.replace(' / ', ' in all of ')}: {cards}; for one request the cards take turns.{file}"


def by_layers_instead(found: Result, language: str) -> str:
    """The program that holds it with layers in proportion to memory, if one does for sure."""
    there = next((one for one in (found["otherwise"], found["as_file"]) if one and one["verdict"] == "yes"), None)
    if there is None:
        return ""
    amounts, file = f"{gib(there['total_gib'])} / {gib(there['room_gib'])}", there is found["as_file"]
    if language == "zh":
        return f"。按显存比例分层就放得下({'llama.cpp ' if file else ''}{there['switch']}):合计 {amounts}"
    where = "llama.cpp, " if file else ""
    return f". With layers in proportion to memory it fits ({where}{there['switch']}): {amounts.replace(' / ', ' in all of ')}"


def held_in_proportion(result: Result, language: str) -> tuple[str, Result]:
    """Of several cases the first that layers in proportion hold, by its name; the first of all where they hold none."""
    for case in result.get("cases") or []:
        apart = case.get("unequal") or {}
        if (apart.get("otherwise") or {}).get("verdict") == "yes":
            return case_words({name: case["facts"][name] for name in ordered(case["facts"])}, language), apart
    return "", result["unequal"]


def _as_file(found: Result, language: str) -> str:
    """The same in llama.cpp, which lays the layers out by memory without being told."""
    file, zh = found["as_file"], language == "zh"
    if not file or leaning(file) not in HOLDS:
        return ""
    verdict, kind = pick(HOLDS[leaning(file)], language), value("weight_format", file["weight_format"], language)
    amounts, cards = f"{gib(file['total_gib'])} / {gib(file['room_gib'])}", each_card(file, language)
    switch, widest = file["switch"], file.get("widest")
    fits = ""
    if widest:
        name, all_of_it = value("weight_format", widest["weight_format"], language), gib(widest["total_gib"])
        fits = f"{name} 放得下,合计 {all_of_it}。" if zh else f" {name} does fit, {all_of_it} in all."
    if zh:
        return f"llama.cpp 本来就按显存分层({switch}):{kind} 文件{verdict},合计 {amounts},{cards}。{fits}"
    return f" llama.cpp lays layers out by memory as it is ({switch}): a {kind} file {verdict}, {amounts.replace(' / ', ' in all of ')}: {cards}.{fits}"
