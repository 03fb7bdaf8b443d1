"""The tokens of a request and of its answer, as benchmarks write them: `ISL/OSL 4096/1024`, `4k/1k requests`."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_LENGTH = r"\d{1,6}(?:\.\d)?\s?k?(?![\d.])"
_TOKENS = r"(?:\d{3,6}|\d{1,4}(?:\.\d)?\s?k)(?![\d.])"  # "8/16 requests" are counts
_IN_OUT = r"(?:\bisl\s?/\s?osl|\bin(?:put)?(?: tokens?)?\s?/\s?out(?:put)?(?: tokens?)?|\bprompt\s?/\s?(?:completion|output|generation)|输入\s?/\s?输出|输入输出)"
_ABOUT = r"(?:\s?(?:around|about|of|up to|under|below|less than|at most|roughly|maybe|are|is|averag\w+|~|<|约|大概|平均|不到|不超过|最多))*\s?"
_READ = r"(?:prompts?|inputs?|questions?|输入|提示词?)"
_WRITTEN = r"(?:answers?|outputs?|repl(?:y|ies)|responses?|completions?|generations?|输出|回答|回复|生成)"
_AND_THEN = r"\s?(?:tokens?)?\s?(?:(?:and|with|plus|then)\b|[,/+、]|和|以内)?\s?"
_PAIRS = (
    rf"{_IN_OUT}\s?(?:=|:|of|is|are|为|是)?\s?(?P<a>{_LENGTH})\s?/\s?(?P<b>{_LENGTH})"
    rf"|(?<![\d./])(?P<c>{_LENGTH})\s?/\s?(?P<d>{_LENGTH})\s?(?:tokens?\s)?\(?{_IN_OUT}"
    rf"|(?<![\d./])(?P<e>{_TOKENS})\s?/\s?(?P<f>{_TOKENS})\s?(?:tokens?\s)?(?:(?:requests?|prompts?|workloads?|traffic)\b|(?:的)?(?:请求|负载))"
    # "3k prompts and 1k answers", "prompts around 2k and answers <1k", "输入2k输出500"
    rf"|(?<![\d.a-z/])(?P<g>{_TOKENS})[- ]?(?:个?tokens?[- ]?)?(?:的|long )?{_READ}{_AND_THEN}{_ABOUT}(?P<h>{_TOKENS})[- ]?(?:个?tokens?[- ]?)?(?:的|long )?{_WRITTEN}"
    rf"|(?<![\d.a-z/])(?P<k>{_TOKENS})(?: tokens?)? in(?:put)?\s?(?:tokens?)?\s?(?:/|,|and|\+)?\s?(?P<l>{_TOKENS})(?: tokens?)? out(?:put)?\b"
    rf"|(?<![a-z]){_READ}{_ABOUT}(?P<i>{_TOKENS})(?:\s?个?tokens?)?{_AND_THEN}{_WRITTEN}{_ABOUT}(?P<j>{_TOKENS})"
)


# a sample of training is the one behind the other
_SAMPLE = rf"max[-_ ]?(?:source|input)[-_ ]?len(?:gth)?\W{{0,3}}(?P<a>{_LENGTH})[^?;!\d]{{0,8}}max[-_ ]?(?:target|output)[-_ ]?len(?:gth)?\W{{0,3}}(?P<b>{_LENGTH})"


def _tokens(said: str) -> int:
    number = float(said.rstrip("k ").strip())
    return round(number * (1024 if said.rstrip().endswith("k") else 1))


def read_in_and_out(scan: Scan) -> None:
    """State the first of such a pair as the length of what is read, the second as what is generated."""
    for found in scan.find(_SAMPLE):
        if scan.free(*found.span()):
            scan.add("seq_len", _tokens(found["a"]) + _tokens(found["b"]), *found.span())
            return
    for found in scan.find(_PAIRS):
        read, written = next(pair for pair in ("ab", "cd", "ef", "gh", "ij", "kl") if found[pair[0]])
        if scan.free(*found.span(read)) and scan.free(*found.span(written)) and found[written].strip() != "0":
            scan.add("seq_len", found[read].replace(" ", ""), *found.span(read))
            scan.add("output_len", found[written].replace(" ", ""), *found.span(written))
            scan.take(*found.span())
            return


# "8k in total, including the output", "总长度(含输出)8k": what is written is a part of the length that is told
_WITHIN = (
    r"\b(?:total|overall) (?:length|tokens|context|sequence|ctx)|\b(?:in total|all in all)\b|\b(?:includ\w+|incl\.?) (?:the )?(?:outputs?|answers?|completions?|repl(?:y|ies)|generat\w+)\b"
    r"|总长度?|合计|(?:包?含|算上)(?:了)?(?:输出|回答|回复|生成)"
)

_READ_ALONE = r"\b(?:prompts?|inputs?)\b|输入|提示词"


def written_within(text: str) -> bool:
    """Is the length that a question tells that of what is read and of what is written?"""
    said = text.lower()
    return compiled(_WITHIN).search(said) is not None and compiled(_READ_ALONE).search(said) is None


_LIMIT = r"max[-_ ]?(?:model|seq|total)[-_ ]?len\w*[\s=:]*$|max_position_embeddings[\s=:]*$"


def limit_beside(scan: Scan) -> None:
    """The most that a server allows is no length of a request, where the tokens that are read and written are told."""
    lengths, places = scan.facts.get("seq_len", []), scan.spans.get("seq_len", [])
    if "output_len" not in scan.facts or len(lengths) < 2 or len(places) != len(lengths):
        return
    limits = [compiled(_LIMIT).search(scan.lowered[max(0, start - 28) : start]) is not None for start, _ in places]
    if any(limits) and not all(limits):
        scan.facts["seq_len"] = [one for one, limit in zip(lengths, limits, strict=True) if not limit]
        scan.spans["seq_len"] = [one for one, limit in zip(places, limits, strict=True) if not limit]
