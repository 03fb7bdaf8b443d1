"""Numbers that count parts of a model, its layers on a named card and its experts, and neither cards nor people."""

import re
from collections.abc import Iterator

from chat.reads.cards.card_patterns import card_pattern
from chat.reads.lexicon import SIZE_EXPERTS, compiled
from chat.reads.scan import Scan
from chat.reads.task_words import TASK_TRAIN

_N = r"(?<![\d.])(?P<{}>\d{{1,3}})"
# "40 of 80 layers on a 4090", "80层里40层放4090": those on the card; what is behind must be a card
_LAYERS = (
    rf"{_N.format('n')}\s?(?:(?:out )?of|/)\s?(?:the |its |all )?{_N.format('all')}[ -]layers?(?: (?:are|is|go|sit|loaded|offloaded|put|placed|kept|run|running))*\s(?:on|to|in|into|onto)\s(?:the |my |a |an |one |1 |single |\d{{1,3}} ?gb? )*"
    rf"|{_N.format('all2')}\s?层(?:里|中|里面|当中|的话)?[^,;.?!\d]{{0,6}}?{_N.format('n2')}\s?层?(?:放|装|加载|卸载|offload|丢|扔|给|在)(?:到|在|给|进)?\s?(?:[1一]?\s?张|块|我的)?"
    rf"|{_N.format('all3')}\s?层(?:里|中)?[^,;.?!\d]{{0,6}}?(?:放|装|加载|卸载|offload|丢|扔)(?:了)?\s?{_N.format('n3')}\s?层\s?(?:到|在|给|进)\s?(?:[1一]?\s?张|块|我的)?"
)
_BARE_CARD = r"(?:gpu|card|显卡|卡|显存|vram)"


def read_layers_placed(scan: Scan) -> None:
    """State how many layers are put on a card that is called by its name; what is trained is placed otherwise."""
    if "gpu_layers" in scan.facts or any(scan.find(TASK_TRAIN)) or any(scan.find(r"lora")):
        return
    for found in scan.find(_LAYERS):
        group = next(name for name in ("n", "n2", "n3") if found[name])
        whole = next(name for name in ("all", "all2", "all3") if found[name])
        on_card = card_pattern().match(scan.text, found.end()) or compiled(_BARE_CARD).match(scan.text, found.end())
        if on_card and int(found[group]) <= int(found[whole]) and scan.free(*found.span(group)):
            scan.add("gpu_layers", int(found[group]), *found.span(group))
            scan.take(*found.span(whole))
            return


def settle_experts(scan: Scan) -> None:
    """Where it is told of how many layers the experts are in host memory, that they are is nothing more."""
    if "n_cpu_moe" in scan.facts and scan.facts.get("offload") == ["experts"]:
        del scan.facts["offload"], scan.spans["offload"]


# "2 of 8 experts", "128个专家里激活8个"
_EXPERTS = (
    rf"{_N.format('n')}\s?(?:(?:out )?of|/)\s?(?:the |its |all )?{_N.format('all')}[ -]experts?\b"
    rf"|{_N.format('all2')}\s?个?专家(?:里|中|里面|当中)?(?:面)?(?:的|每次|每个token|只|仅|用|激活|选|\s){{0,4}}{_N.format('n2')}\s?个?"
    rf"|(?:激活|只用|用|选)(?:了|其中)?{_N.format('n3')}\s?个?\s?(?:/|专家,?\s?(?:共|一共|总共))\s?{_N.format('all3')}\s?(?:个)?(?:专家)?"
    rf"|{_N.format('all4')} experts\b[^.;?!]{{0,60}}?{_N.format('n4')} (?:active|activated|chosen|routed|selected)\b"
)
_AGAIN = r"(?<![\d.a-z-])(?P<v>{})(?=\s?(?:of (?:them|those|these|the experts)\b|experts?\b|个|[.,;?!)]|$)|\s(?:or|in|is|are|must|need|have|be|active|activated)\b)(?!\s?个?\s?(?:[张块]|卡|gpus?|cards?|人|用户))"


# a mixture by its name, "8x7B"
_BY_NAME = r"(?<![\d.])(?P<n>\d{1,3})\s?x\s?(?P<m>\d{1,3})b(?![a-z])"


def products_of_names(text: str) -> Iterator[re.Match[str]]:
    """What a mixture's name multiplies to, where it is told: the 56B of `8x7B is not 56B`, which no model has."""
    for name in compiled(_BY_NAME).finditer(text):
        product = int(name["n"]) * int(name["m"])
        yield from compiled(rf"(?<![\d.x*]){product} ?b(?![a-z0-9])|(?<![\d.x*]){product}(?!\.?\d| ?[a-z])").finditer(
            text
        )


def read_expert_counts(scan: Scan) -> None:
    """`2 of 8 experts: room for 2 of them or for all 8?`: so many experts, wherever the numbers stand again."""
    for found in products_of_names(scan.text):
        scan.take(*found.span())
    for found in scan.find(_EXPERTS):
        whole = next(name for name in ("all", "all2", "all3", "all4") if found[name])
        group = next(name for name in ("n", "n2", "n3", "n4") if found[name])
        if int(found[group]) > int(found[whole]) or not scan.free(*found.span(group)):
            continue
        for name in (group, whole):
            scan.take(*found.span(name))
        for again in scan.find(_AGAIN.format(f"{found[group]}|{found[whole]}")):
            scan.take(*again.span("v"))


EXPERTS_MULTIPLIED = "experts_multiplied"
_COUNT = r"(?<![\d.a-z])(?P<n>\d{1,3})"
_EACH = r"(?P<each>\d+(?:\.\d+)?)\s?b(?![a-z0-9])(?!\s?(?:param\w*\s)?(?:active|activated|in total|total|in all|激活))"
# "8 experts of 7B each", "eight 7B experts", "每个专家3B,共16个专家"
_EXPERT_SIZES = (
    SIZE_EXPERTS,
    rf"{_COUNT}[ -]?experts?,?\s?(?:of|x|\*|at|\(|each (?:of|with|is|at)?|with|having)\s?(?:about |around |~)?{_EACH}",
    rf"{_COUNT}[ -]?experts?,?\s(?:with |of )?{_EACH}\s?(?:param\w*\s)?(?:each|apiece|per expert)\b",
    rf"{_COUNT}\s?(?:x\s)?{_EACH}[ -]experts\b",
    rf"{_COUNT}\s?个?专家[^;.?!\d]{{0,8}}(?:每个|各)(?:专家)?(?:都)?(?:是|有|约|大约)?\s?{_EACH}",
    rf"每个专家(?:都)?(?:是|有|约|大约)?\s?{_EACH}[^\d;.?!]{{0,6}}{_COUNT}\s?个(?:专家)?",
    rf"{_COUNT}\s?个\s?{_EACH}\s?的?专家",
)


def read_expert_sizes(scan: Scan) -> None:
    """State what experts of a size each come to, an upper bound; of a model that is named they tell nothing more."""
    for pattern in _EXPERT_SIZES:
        for found in scan.find(pattern):
            if not scan.free(*found.span("each")):
                continue
            if "model" not in scan.facts:
                scan.add("params", float(found["n"]) * float(found["each"]) * 1e9, *found.span(), take=False)
                scan.note(EXPERTS_MULTIPLIED, True)
            scan.take(*found.span())
