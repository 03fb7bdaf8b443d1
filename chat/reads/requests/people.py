"""How many people a model serves, and how many of them ask at one moment: it is those that take memory."""

import re

from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.scan import Scan

# "a couple of users": so few that the number hardly matters, and yet more than one
_ROUGH = {"couple": 2, "few": 3, "handful": 5}
_FOLK = r"(?:concurrent |simultaneous |parallel |active |other |internal )?(?:users|people|colleagues|coworkers|developers|devs|friends|requests|sessions|clients|streams|chats)\b"
_ROUGHLY = (
    rf"\b(?:(?P<couple>a couple(?: of)?)|(?P<few>a few|several|some)|(?P<handful>a handful of)) {_FOLK}"
    r"|(?<![能多以够])(?:给|供|让|有|就|够(?!几\s?个?\s?(?:并发|请求))|支持|大概|同时)\s?(?:(?P<couple_zh>两三|2、?3)|(?P<few_zh>三四|3、?4)|(?P<handful_zh>几|三五|四五|五六))\s?(?:个|位|名)?\s?(?:人|用户|同事|同学|并发|请求)(?!民)(?!月)"
)


# people of whom it is not said how many ask at the same moment
PEOPLE_COUNTED = "people_counted"
_AT_ONCE = (
    r"\bconcurren\w+|\bsimultaneous\w*|\bat (?:once|the same time|a time)\b|\bin parallel\b|\bactive\b|同时|并发|一起"
)


# right before or behind a number of people
_AT_ITS_PEAK = r"\bconcurren\w+|\bsimultaneous\w*|\bat (?:once|the same time|a time|(?:its |the )?peaks?|peak)\b|\bpeak(?:s|ing)?\b|同时|并发|高峰|峰值"


def _said_at_once(text: str, span: tuple[int, int]) -> bool:
    """Are so many people said to ask at one moment?"""
    before = re.split(r"[,，.。;；?？]", text[max(0, span[0] - 12) : span[0]].lower())[-1]
    behind = re.split(r"[,，.。;；?？]", text[span[1] : span[1] + 28].lower())[0]
    return compiled(_AT_ITS_PEAK).search(f"{before} | {behind}") is not None


# "two colleagues took one of the cards", "三个同事占了两张卡": they have cards of their own, and ask nothing of this model
_TAKE_CARDS = (
    r"^[^,.;?!]{0,24}?\b(?:took|taken|tak(?:e|es|ing)|us(?:e|es|ing)|grabbed|grab|hog\w*|occup\w+|borrowed|reserved|hold(?:ing)?|have|has|got|run\w*|train\w*) (?:up |on |away )?(?:one|half|some|\d{1,2}) (?:cards?\b|gpus?\b|of (?:them|those|these|the|our|my)\b)"
    r"|^\s?(?:\w+\s?){0,2},?\s?(?:with |who )?(?:each|every(?:one|body)|all)(?: of (?:them|us))?,? (?:has|have|with|having|gets?|owns?|on) (?:an?|one|their own|his own|her own|\d) (?:(?:\w+ )?\d{3,4}|[ahlv]\d{2,3}|card|gpu|laptop|machine|box)"
    r"|^[^,.;?!\d]{0,4}?,?\s?(?:每个?人|人手|各自?)(?:都)?(?:有|配|发|拿)?(?:了)?\s?\d{0,2}\s?[张块台]"
    r"|^[^,.;?!]{0,10}?(?:占|拿走|借走|借|拿|在用|用着|用掉|用了|抢|分走|跑着)[^,.;?!]{0,8}?\d{1,2}\s?[张块]"
)


# "me and two colleagues", "我和两个同事": one more than are counted
_AND_ME = r"\b(?:me|myself|i)(?: and| plus|,) (?:my |the |another |some )?$|我(?:自己)?(?:和|跟|与|、|加上?)(?:另外|其他|我的?)?$"


def _others_with_cards(scan: Scan) -> None:
    """Leave out people who are told to have some of the cards, and count the asker with those who are told beside him."""
    people, places = scan.extras.get("people", []), scan.spans.get("people", [])
    if not people or len(people) != len(places):
        return
    lowered = scan.original.lower()
    text = [lowered[place[1] : place[1] + 64] for place in places]
    kept = [not compiled(_TAKE_CARDS).search(normalise(behind).text) for behind in text]
    with_asker = [
        one + (compiled(_AND_ME).search(normalise(lowered[max(0, place[0] - 24) : place[0]]).text) is not None)
        for one, place in zip(people, places, strict=True)
    ]
    scan.extras["people"] = [one for one, keeps in zip(with_asker, kept, strict=True) if keeps]
    scan.spans["people"] = [one for one, keeps in zip(places, kept, strict=True) if keeps]
    if not any(kept):
        del scan.extras["people"], scan.spans["people"]


# "50 students, of whom half are online at a time": so many ask at one moment
_PART_OF_THEM = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "tenth": 10,
    "一半": 2,
    "半数": 2,
    "1/2": 2,
    "1/3": 3,
    "三分之一": 3,
    "1/4": 4,
    "四分之一": 4,
    "1/10": 10,
    "十分之一": 10,
}
_SHARE = r"(?P<share>\bhalf\b|\b(?:a|one) (?:third|quarter|tenth)\b|一半|半数|(?<![\d/])1/(?:2|3|4|10)(?![\d/])|[三四十]分之一)"
_ONLINE = r"(?:\bonline\b|\bactive\b|\bconcurren\w+|\bsimultaneous\w*|\bat (?:once|a time|the same time|any (?:one )?time)\b|在线|同时|并发)"
_SOME_OF_THEM = rf"{_SHARE}[^.;?!,]{{0,24}}{_ONLINE}|{_ONLINE}[^.;?!,]{{0,12}}{_SHARE.replace('<share>', '<part>')}"


def _a_part_of(scan: Scan) -> int:
    """By what a number of people is divided, of whom only a part asks at one moment; 1 where nothing says so."""
    found = next(scan.find(_SOME_OF_THEM), None)
    said = (found["share"] or found["part"]).split()[-1] if found else ""
    return _PART_OF_THEM.get(said, 1)


def read_people(scan: Scan) -> None:
    """Of 45 people with 12 requests at a time, it is the requests that take memory."""
    _others_with_cards(scan)
    people = scan.extras.get("people", [])
    printed = {int(one) for one in scan.extras.get("log_concurrency", ())}
    if len(people) > 1 and printed & set(people):  # "3.41x: does that mean only 3 people?", of the 20 that there are
        kept = [one not in printed for one in people]
        scan.spans["people"] = [one for one, keeps in zip(scan.spans["people"], kept, strict=True) if keeps]
        people = scan.extras["people"] = [one for one, keeps in zip(people, kept, strict=True) if keeps]
    if not people and "batch_size" not in scan.facts:
        for found in scan.find(_ROUGHLY):
            count = next(number for name, number in _ROUGH.items() if found[name] or found[f"{name}_zh"])
            scan.add("batch_size", count, *found.span(), take=False)
            return
    if len(people) > 1:  # "60 people, 15 at the same time": those who ask at one moment are what takes memory
        places = [span for span in scan.spans["people"] if _said_at_once(scan.lowered, span)]
        if len(places) == 1:
            at = scan.spans["people"].index(places[0])
            people = scan.extras["people"] = [people[at]]
            scan.spans["people"] = places
    if people and "batch_size" not in scan.facts:
        scan.facts["batch_size"] = [-(-int(one) // _a_part_of(scan)) for one in people]
        scan.spans["batch_size"] = scan.spans.get("people", [])
        if not any(scan.find(_AT_ONCE)):
            scan.note(PEOPLE_COUNTED, True)
