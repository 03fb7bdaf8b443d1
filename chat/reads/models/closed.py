"""Models whose makers publish neither weights nor size: they are named, and nothing of them can be computed or run."""

import re

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_KINDS = r"(?:turbo|mini|nano|pro|preview|max|ultra|flash|thinking|sonnet|opus|haiku|lite|high|vision)"
_VERSION = r"\d(?:\.\d)?o?(?![\d.]*\d)(?!\s?(?:x\b|\*|gpus?\b|cards?\b|张|块|个|b\b|[ahl]\d{2,3}|bits?\b|位))"
_NEXT = rf"(?:[- ]?(?:{_KINDS}|{_VERSION}))*"
# by family: what of a family has published weights is written otherwise (gpt-oss, gpt-2, gemma, qwen3-8b)
CLOSED = (
    r"(?<![a-z0-9_/-])(?:openai[ /'s]*)?(?P<name>"
    rf"chatgpt(?:-?{_VERSION})?|gpt[- ]?(?:3\.5|4(?:\.\d)?o?|5(?:\.\d)?)(?:[- ]?{_KINDS})*|o[134]-?(?:mini|pro|preview)(?:-high)?"
    rf"|claude{_NEXT}|gemini{_NEXT}|qwen[\d.]*-(?:vl-)?(?:max|plus|turbo)|doubao{_NEXT}|豆包{_NEXT})"
    r"(?![a-z0-9]|-[a-z0-9])"
)
# who answers, writes data or is the measure is not what is to be run
_NOT_RUN_BEFORE = re.compile(
    r"(?:\b(?:like|as (?:good|smart|capable) as|ask(?:ed|ing)?|per|according to|from|by|with|using|than|via|beats?|replac\w+|alternatives? to|instead of|vs\.?|versus|against|to|on par with|distil\w+(?: from)?|told by|level of|match\w*|rival\w*|api of|compar\w+ (?:to|with))"
    r"|类似|像|媲美|对标|(?<![请想])问了?|根据|按照?|用|据|比|替代|代替|取代|不输|接近|达到|蒸馏|让|跟|和|与)\s?(?:the |my |a )?$",
    re.ASCII,
)
_NOT_RUN_AFTER = re.compile(
    r"\s?(?:says?|said|tells?|told|claims?|claimed|thinks?|gave|gives|suggest\w*|answer\w*|calculat\w*|comput\w*|estimat\w*|insist\w*|recommend\w*|wrote"
    r"|['’]s (?:answer|figure|number|estimate|claim)|api\b|[- ]?(?:style|like|level|quality|class|generated|written|labelled|labeled|distilled)\b|(?:'s )?(?:outputs?|data|answers|responses|traces|labels)\b"
    r"|说|告诉|算|给我|给的|给出|回答|建议|认为|写的|生成|级别|水平|那样|一样|的?(?:数据|回答|接口|答案)|标注|蒸馏)",
    re.ASCII,
)


def read_closed(scan: Scan) -> list[str]:
    """The closed models that are to be run or tuned; those that only speak, write data or are the measure are passed over."""
    named: list[str] = []
    last = 0
    for found in scan.find(CLOSED):
        if not scan.free(*found.span()):
            continue
        joined = named and compiled(r"\s?(?:,|/|、|or|and|和|或者?|还是|vs\.?)*\s?").fullmatch(
            scan.text[last : found.start()]
        )
        before, after = scan.text[max(0, found.start() - 32) : found.start()], scan.text[found.end() :]
        last = found.end()
        scan.take(*found.span())
        if not joined and (_NOT_RUN_BEFORE.search(before) or _NOT_RUN_AFTER.match(after)):
            continue
        named.append(found["name"])
        scan.add("closed_model", found["name"], *found.span(), extra=True, take=False)
    return named
