"""A count of cards that is told to have failed, in a word, beside how many are needed: "4 fail", "4 weren't enough", "试了4张会爆"."""

from chat.reads.scan import Scan

COUNT_FAILED = "count_failed"

# the card may be named between, with its memory
_CARDS = r"\s?(?:x|[张块个片]|卡)?\s?(?:卡|显卡|gpus?\b|cards?\b)?(?:\s?(?:的|on\s)?(?:nvidia\s|rtx\s)?[a-z]{0,2}\d{2,4}[a-z]{0,2}(?:\s?ti)?(?:\s?\(?\d{2,3}\s?gi?b?\)?)?)?\s?(?:of (?:them|those|these)\s)?"
_NOT_IF = r"(?<!if )(?<!when )(?<!unless )(?<!如果)(?<!要是)(?<!假如)(?<!万一)(?<![\d.a-z/-])"
_FAILED = r"(?:(?:both |all |still |just |always |keep |go |goes |went |hit |hits |gives? |gets? |got |run into |ran into )*(?:fail(?:s|ed|ing)?\b|oom(?:s|ed|ing)?\b|crash(?:es|ed)?\b|(?:run|ran) out of memory|(?:is|are|was|were) (?:not|n't) enough|(?:is|are|was|were)n't enough|(?:do|did|does)(?:n't| not) (?:fit|work|suffice|do)\b)|(?:都|还是?|就|直接|也|依然|仍然?|会|总是?|一直)*(?:oom|爆|炸|失败|起不来|跑不(?:起来|了|动)|不行|(?<!够)不够))(?!\s?(?:吗|么|\?|的话|no\b))"
_TRIED = r"(?:\btried (?:it )?(?:with |on )?|\bhave tried (?:it )?(?:with |on )?|\btrying (?:with |on )?|试(?:过|了)(?:用|下)?|用(?:了|过))"
_BEHIND = r"[^.;?。;]{0,24}?(?:\booms?\b|\bfail(?:s|ed)?\b|\bout of memory\b|\bcrash(?:es|ed)?\b|爆|oom|不行|不够|失败|起不来|炸)(?!\s?(?:吗|么))"
# "8 with FSDP full shard OOM": how they share it
_LAID_OUT = r"(?:with|under|using|on|in|用|开)\s?(?:fsdp2?|deepspeed|zero(?:[ -]?(?:stage[ -]?)?\d)?|ddp|megatron)(?:\s?(?:full|hybrid)?[ -]?shard(?:ing|ed)?|[ -]?(?:stage[ -]?)?[123]|\s?offload)?"
_PATTERNS = (
    rf"{_NOT_IF}(?P<n>\d{{1,3}}){_CARDS}{_FAILED}",
    rf"{_NOT_IF}(?P<n>\d{{1,3}}){_CARDS}\s?{_LAID_OUT}\s?{_FAILED}",
    rf"{_TRIED}\s?(?P<n>\d{{1,3}})(?![\d.])(?=\s?(?:[,.;张块卡个x]|and\b|but\b|gpus?\b|cards?\b|of (?:them|those)\b|[a-z]{{1,2}}\d)){_BEHIND}",
)
_MOST = 512


def read_count_failed(scan: Scan) -> None:
    """State the cards of the run that failed, where no others are told."""
    for pattern in _PATTERNS:
        for found in scan.find(pattern):
            count, told = int(found["n"]), scan.facts.get("n_gpus", [])
            if not 0 < count <= _MOST or (told and count not in told):
                continue
            if not told and not scan.free(*found.span("n")):
                continue
            if not told:
                scan.add("n_gpus", count, *found.span("n"))
            scan.note(COUNT_FAILED, count)
            return
