"""Models named in a question: by name, by family and size, by nickname; unknown ones with what is near."""

import re
from functools import cache

from chat.reads import lexicon
from chat.reads.models.like_members import alike_of_families
from chat.reads.models.model_mentions import Mention
from chat.reads.models.model_mentions import mentions as mentioned
from chat.reads.models.own_names import keep_own_names
from chat.reads.models.unknown_models import Models, read_unknown
from chat.reads.models.variants_apart import variant_apart
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan
from chat.reads.serving.drafts import drafts
from kb import names as tables
from kb.name_parts import Parts, cut, size_value, tokens
from kb.names import ModelMatch, Names, model_row, model_rows
from kb.recipe import usual_models

# a family of more sizes is suggested, not worked out
MOST_OF_A_FAMILY = 10

# a trainer that gave a model its name is that model beside a size: GPT-NeoX-20B
_TOOLS = rf"(?<![a-z0-9])(?:{'|'.join(re.escape(tool) for tool in sorted(lexicon.TOOLS, key=len, reverse=True))})(?![a-z0-9])(?!-\d+(?:\.\d+)?b(?![a-z0-9]))"


@cache
def activated(model: str) -> float | None:
    """The parameters of a mixture of experts that a token passes through, by the table; None of any other model."""
    row = model_rows().get(model, {})
    if not row.get("n_experts") or not row["active_params"] or row["active_params"] > 0.9 * (row["total_params"] or 0):
        return None
    return float(row["active_params"])


@cache
def shapes(model: str) -> frozenset[float]:
    """The counts and widths that the table has of a model."""
    row = model_row(model)
    return frozenset(
        float(value) for value in row.values() if isinstance(value, (int, float)) and not isinstance(value, bool)
    )


@cache
def in_all(model: str) -> float:
    """All parameters of a model of the table."""
    row = model_row(model)
    return float(row["unique_params"] or row["total_params"] or 0)


def read_models(scan: Scan) -> Models:
    """Models by name; a size that stands apart completes a family's name when the table has that pair."""
    index, found = tables.names(), Models()
    for tool in scan.find(_TOOLS):
        scan.add("tools", tool[0], *tool.span(), extra=True, take=True)
    mentions = mentioned(scan, index)
    for mention in mentions:
        scan.take(mention.start, mention.end)
    sizes = [
        (size.start(), size.end(), f"{size['n']}{size['s'][0]}")
        for size in scan.find(lexicon.SIZE)
        if scan.free(size.start(), size.end())
    ]
    for experts in scan.find(lexicon.SIZE_EXPERTS):
        if scan.free(experts.start(), experts.end()):
            sizes.append((experts.start(), experts.end(), f"{experts['n']}x{experts['each']}b"))
    shared = _of_one_size(index, mentions, sizes)
    sized = bool(sizes) or any(scan.find(lexicon.SIZE_SMALL))
    for place, mention in enumerate(mentions):
        if sized and lexicon.compiled(_OF_A_KIND).match(scan.text, mention.end):  # "a 350M GPT-2 style model"
            continue
        following = mentions[place + 1].start if place + 1 < len(mentions) else len(scan.text)
        completed = _completed(scan, index, mention, sizes, following, len(mentions) == 1)
        _settle(scan, index, found, mention, completed or shared[place : place + 1])
    for start, end, size in sizes:
        if "x" in size and scan.free(start, end):
            match = index.match_model(Parts(size=size))
            if match.name:
                _state(scan, index, found, match.name, start, end)
    _members_named(scan, found)
    alike_of_families(scan, found.families, found.names)
    _other_versions(scan, index, found, mentions)
    _variant_apart(scan, index, found, mentions)
    _by_shape(scan, index, found)
    keep_own_names(scan, index, found, mentions)
    read_unknown(scan, index, found)
    return found


_OF_ALL_SIZES = r"\b(?:sizes|versions|variants|members) of\b|\ball (?:of )?(?:the )?\w+ (?:sizes|models|versions)\b|(?:各(?:个)?|不同(?:的)?|所有|全部)(?:尺寸|大小|规格|参数量)|全系列?"


def _members_named(scan: Scan, found: Models) -> None:
    """`I ran mixtral, which quant of Mixtral-8x7B fits`: a family without a size is of the member that is named elsewhere."""
    if any(scan.find(_OF_ALL_SIZES)):
        return
    again = {value for value, _ in scan.again.get("model", ())}
    for family in found.families:
        if again & set(family):
            left = set(family) - again
            keep(scan, "model", [name not in left for name in scan.facts["model"]])
            found.names[:] = [name for name in found.names if name not in left]


# "the 08-2024 release", "换 v0.3 那版": a version alone, of the family that is named
_VERSION_ALONE = r"(?<![\d.a-z-])(?P<v>v?\d{1,4}(?:[.-]\d{1,4})?)\s?(?:那|这|的)?(?:个|一)?\s?(?:版本?(?!本)|versions?\b|releases?\b|revision\b|refresh\b|one\b)"


def _other_versions(scan: Scan, index: Names, found: Models, mentions: list[Mention]) -> None:
    """Another version of the one model that is named, where the table has it by that version."""
    if len(mentions) != 1 or len(found.names) != 1:
        return
    one = mentions[0].parts
    for version in scan.find(_VERSION_ALONE):
        own = cut(tokens(version["v"]))
        name = index.match_model(Parts(one.words, own.versions, one.size, one.active, own.neutral)).name
        told = set(tokens(version["v"]))
        apart = not mentions[0].start <= version.start() < mentions[0].end
        if name and apart and told <= set(tokens(name.rpartition("/")[2].lower())):
            _state(scan, index, found, name, *version.span("v"))


def _variant_apart(scan: Scan, index: Names, found: Models, mentions: list[Mention]) -> None:
    """The variant of the one name, where its word stands apart: it alone, or beside what the name says."""
    if len(mentions) != 1 or not found.names:
        return
    one = mentions[0]
    if variant := variant_apart(scan, index, one.parts, one.start, one.end):
        name, start, end, instead = variant
        if instead and "draft_model" not in scan.facts:
            found.names.clear()
            scan.facts.pop("model", None)
            scan.spans.pop("model", None)
        _state(scan, index, found, name, start, end)


def _by_shape(scan: Scan, index: Names, found: Models) -> None:
    """`30B-A3B`: all and active parameters alone name a model, where one name of the table is plainly it."""
    for shape in scan.find(r"(?<![\d.a-z-])(?P<n>\d+(?:\.\d+)?)b[- ]?(?P<active>a\d+(?:\.\d+)?b)(?![a-z0-9])"):
        if not scan.free(*shape.span()):
            continue
        bearing = {
            str(entry.row["name"]): (len(entry.parts.words), len(entry.parts.neutral))
            for entry in index.by_size.get(f"{shape['n']}b", [])
            if entry.parts.active == shape["active"]
        }
        plainest = [name for name, extra in bearing.items() if extra == min(bearing.values())]
        if len(plainest) == 1:
            _state(scan, index, found, plainest[0], *shape.span())


def _completed(
    scan: Scan, index: Names, mention: Mention, sizes: list[tuple[int, int, str]], following: int, alone: bool
) -> list[tuple[Parts, int, int]]:
    """The mention together with each free size that makes it another name of the table."""
    readings: list[tuple[Parts, int, int]] = []
    at = mention.end
    for start, end, size in sizes:
        if not scan.free(start, end):
            continue
        between = scan.text[at:start] if start >= at else scan.text[end : mention.start]
        joined = re.fullmatch(r"\s*(?:/|,|、|and|or|vs\.?|和|或|与|跟|的|&)?\s*(?:the )?", between) is not None
        if mention.parts.size and not (joined and start >= at and start < following):
            continue
        if not mention.parts.size and not (joined or alone):
            continue
        parts = Parts(mention.parts.words, mention.parts.versions, size, mention.parts.active, mention.parts.neutral)
        if index.match_model(parts).name:
            readings.append((parts, start, end))
            at = end
    return readings


def _of_one_size(
    index: Names, mentions: list[Mention], sizes: list[tuple[int, int, str]]
) -> list[tuple[Parts, int, int]]:
    """`Qwen3 vs Llama 3.1 at 8B`: families without a size, and the one that is told once for all of them."""
    if len(mentions) < 2 or len(sizes) != 1 or any(one.parts.size for one in mentions):
        return []
    start, end, size = sizes[0]
    told = [Parts(one.parts.words, one.parts.versions, size, one.parts.active, one.parts.neutral) for one in mentions]
    every = all(index.match_model(one).name for one in told)
    return [(one, start, end) for one in told] if every else []


def _settle(scan: Scan, index: Names, found: Models, mention: Mention, completed: list[tuple[Parts, int, int]]) -> None:
    sized = completed[0][0] if len(completed) == 1 and not mention.parts.size else mention.parts
    if seeing := _that_sees(scan, index, sized):
        _state_latest(scan, index, found, mention, seeing)
        completed = []
    elif mention.parts.size or not completed:
        match = _without_size(index, mention.parts) or index.match_model(mention.parts)
        if match.name and (later := _later_of(index, match.name, mention)):
            run = not _as_people_run(match.name)[0]  # the first may be the one that people run
            _state_latest(scan, index, found, mention, (match.name, *later) if run else (*later, match.name))
        elif match.name:
            _state(scan, index, found, match.name, mention.start, mention.end)
            if others := _others_of(index, match.name, mention):
                found.suggestions[mention.said] = others
        elif members := _of_size(index, mention.parts):
            _state_latest(scan, index, found, mention, members)
        else:
            _unsettled(scan, index, found, mention, match)
    for parts, start, end in completed:
        _state(scan, index, found, index.match_model(parts).name, start, end)


def _others_of(index: Names, name: str, mention: Mention) -> tuple[str, ...]:
    """Of a family's bare word, which one member has for its own, the members of other sizes: "mistral".

    Where more words are told, one with a word beyond them is of another kind: "mistral-nemo" is no Minitron.
    What another publisher made of a member bears its name too, and nobody means it by the bare word.
    """
    said, words = mention.said, mention.parts.words
    if any(letter.isdigit() for letter in said) or said == name.rpartition("/")[2].lower():
        return ()
    size = float(index.by_spelling[name.lower()].params or 0)
    if not size:
        return ()
    sizes: dict[int, str] = {}
    for entry in index.by_spelling.values():
        other, own = str(entry.row["name"]), float(entry.params or 0)
        of_family = other.partition("/")[0] == name.partition("/")[0]
        bears = of_family and other.rpartition("/")[2].lower().startswith(f"{said}-")
        if len(words) > 1 and entry.parts.words != words:
            continue
        if bears and own and abs(own / size - 1) > _AS_NAMED:
            sizes.setdefault(round(own / 1e9), other)
    return tuple(sizes[one] for one in sorted(sizes))[:_MOST_OTHERS]


def _later_of(index: Names, name: str, mention: Mention) -> tuple[str, ...]:
    """Of a family's first version, meant by words that state none, the later ones of that size: "qwen 72b"."""
    own = mention.parts
    spelled = "-" in mention.said  # as the first itself is
    if own.versions or not own.size or spelled or index.by_spelling[name.lower()].parts.versions:
        return ()
    return _of_size(index, own)


def _of_size(index: Names, own: Parts) -> tuple[str, ...]:
    """A family's members of a size by their versions, those that people run and then the latest first: of `llama 8b`."""
    if own.versions or not own.size or not own.words:
        return ()
    found: dict[frozenset[str], str] = {}
    for entry in sorted(
        index.by_size.get(own.size, []), key=lambda one: (*_as_people_run(str(one.row["name"])), -_version(one.parts))
    ):
        same = entry.parts.words == own.words and (not own.active or entry.parts.active == own.active)
        if same and entry.parts.versions and _has_shape(str(entry.row["name"])):
            found.setdefault(frozenset(entry.parts.versions), str(entry.row["name"]))
    return tuple(found.values())


def _state_latest(scan: Scan, index: Names, found: Models, mention: Mention, members: tuple[str, ...]) -> None:
    """Of several generations the one that people run, or the latest, unless only another has the KV heads that are told; the
    others are told beside it."""
    members = _with_told_heads(scan, members)
    _state(scan, index, found, members[0], mention.start, mention.end)
    others = dict.fromkeys(one.rpartition("/")[2] for one in members[1:])
    others.pop(members[0].rpartition("/")[2], None)
    if others:
        scan.note(GENERATIONS, (mention.said, members[0], *list(others)[:_MOST_LATER]))


_KV_HEADS = r"(?<![\d.a-z])(?P<n>\d{1,3}|one|single|一|单)\s?(?:个|只)?\s?(?:kv|key[- ]?value|键值)[ -]?(?:heads?\b|头)|(?P<mqa>\bmqa\b|\bmulti[- ]query)"


def _with_told_heads(scan: Scan, members: tuple[str, ...]) -> tuple[str, ...]:
    """Those first that have as many KV heads as are told: of two models called StarCoder 15B one has a single one."""
    told = {1 if one["mqa"] or not one["n"].isdigit() else int(one["n"]) for one in scan.find(_KV_HEADS)}
    if len(told) != 1:
        return members
    return tuple(sorted(members, key=lambda name: model_row(name).get("n_kv_heads") not in told))


def _version(parts: Parts) -> float:
    """The number of a generation: of `Qwen2.5` 2.5; 0 of one that has none, or a letter of its own kind with it."""
    numbers = [re.fullmatch(r"v?(\d+(?:\.\d+)?)", version) for version in parts.versions]
    return max((float(number[1]) for number in numbers if number), default=0.0)


# a model of pictures is asked for by its kind
_SEES = r"\bvlms?\b|\bvision(?:[- ]language)? (?:models?|llms?)\b|\bmulti-?modal\b|多模态|视觉(?:语言)?(?:大)?模型"
_SEEING = ("vl", "vision")


def _that_sees(scan: Scan, index: Names, own: Parts) -> tuple[str, ...]:
    """`qwen 3b vlm`: the family's members of that size whose names say that they see, the latest first."""
    if not own.size or not any(scan.find(_SEES)) or own.words & set(_SEEING):
        return ()
    for word in _SEEING:
        sees = Parts(own.words | {word}, own.versions, own.size, own.active, own.neutral)
        if own.versions and (name := index.match_model(sees).name):
            return (name,)
        if found := _of_size(index, sees):
            return found
    return ()


_MOST_OTHERS, _MOST_LATER = 4, 3
_AS_NAMED = 0.1  # how near a size that is told is to the one of the table


def _without_size(index: Names, parts: Parts) -> ModelMatch | None:
    """`GLM-4.5-Air 106B-A12B`: a size behind a name that has none is that model's, where it is about as large."""
    if not parts.size or index.match_model(parts).name:
        return None
    match = index.match_model(Parts(parts.words, parts.versions, neutral=parts.neutral))
    size = size_value(parts.size) or 0.0
    real = float(index.by_spelling[match.name.lower()].params or 0) if match.name else 0.0
    return match if real and abs(size / real - 1) <= _AS_NAMED else None


def _state(scan: Scan, index: Names, found: Models, name: str, start: int, end: int) -> None:
    if drafts(scan.text[:start], scan.text[end:]):
        scan.add("draft_model", name, start, end)
        return
    if not _has_shape(name):
        same = _same_but_tuned(index, name)
        if same is None:
            _of_size_alone(scan, index, found, name, start, end)
            return
        name = same
    if name not in found.names:
        found.names.append(name)
    scan.add("model", name, start, end)


SHAPELESS = "shapeless"
# a family and a size that several generations have: what was said, the one that is taken, the others
GENERATIONS = "generations"


@cache
def _has_shape(name: str) -> bool:
    """Does the table have the layers of a model, without which nothing but its size is known?"""
    row = model_row(name)
    return all(row[of] is not None for of in ("hidden_size", "n_layers"))


def _same_but_tuned(index: Names, name: str) -> str | None:
    """The model that another name of the same words stands for, as of a base the tuned one: they have one shape."""
    own = index.by_spelling[name.lower()].parts
    for entry in index.by_spelling.values():
        told = (entry.parts.words, entry.parts.versions, entry.parts.size, entry.parts.active)
        if told == (own.words, own.versions, own.size, own.active) and _has_shape(str(entry.row["name"])):
            return str(entry.row["name"])
    return None


def _of_size_alone(scan: Scan, index: Names, found: Models, name: str, start: int, end: int) -> None:
    """A model of the table of which nothing is known but how large it is."""
    said, size = scan.text[start:end], in_all(name) or size_value(cut(tokens(name.rpartition("/")[2].lower())).size)
    found.unknown.append(said)
    found.suggestions[said] = tuple(one for one in index.near_models(said) if one != name and _has_shape(one))
    scan.add(SHAPELESS, said, start, end, extra=True)
    if size:
        scan.add("params", size, start, end)


@cache
def _as_people_run(name: str) -> tuple[bool, int]:
    """The order in which members of a family are suggested: those that people run, then the latest."""
    return name not in {row["model"] for row in usual_models()}, -int(model_row(name)["release_year"] or 0)


# a kind of model by a family's name, and no member of it
_OF_A_KIND = r"[- ]?(?:style|like|type|based|shaped|architecture|arch)\b|\s?(?:架构|结构|类的?模型|式的?模型)"


def _unsettled(scan: Scan, index: Names, found: Models, mention: Mention, match: ModelMatch) -> None:
    """A family without a decided member: all its sizes, if they are few; else suggestions, and a stated size is a fact."""
    said = mention.said
    if lexicon.compiled(_OF_A_KIND).match(scan.text, mention.end):
        return
    if 0 < len(match.family) <= MOST_OF_A_FAMILY:
        found.families.append(tuple(match.family))
        for name in match.family:
            _state(scan, index, found, name, mention.start, mention.end)
        return
    if match.candidates:
        found.suggestions[said] = tuple(sorted(match.candidates, key=_as_people_run)[:5])
    else:
        found.unknown.append(said)
        found.suggestions[said] = index.near_models(said)
    size = re.search(lexicon.SIZE.replace(r"(?<![\d.a-z_])", r"(?<![\d.])"), said)
    if size:
        at = mention.start + size.start()
        amount = f"{size['n']}{size['s'][0].upper()}"
        scan.add("params", amount, at, mention.start + size.end())
