"""Values that the asker puts aside, or tells of something else: adapters that may not be used, a number of tokens told again."""

from chat.reads.corrected import keep
from chat.reads.scan import Scan

_ADAPTERS = frozenset({"lora", "qlora"})
_NO_ADAPTERS = (
    r"\b(?:can'?t|cannot|may not|must not|not allowed to|don'?t want(?: to)?|won'?t) (?:use |do |run )?(?P<a>q?lora)\b"
    r"|\b(?P<b>q?lora)\b (?:is |are )?(?:not an option|off the table|ruled out|not allowed|forbidden)"
    r"|(?:不能|不让|不许|不准|不想|不打算|不可以)\s?(?:再)?(?:用|做|上|跑)?\s?(?P<c>q?lora)"
)


def put_aside(scan: Scan) -> None:
    """Leave out the adapters that are ruled out, and sizes that only tell the tokens of a training again."""
    methods = scan.facts.get("method", [])
    named = {found["a"] or found["b"] or found["c"] for found in scan.find(_NO_ADAPTERS)}
    out = _ADAPTERS if "lora" in named else named  # QLoRA is LoRA too, and not the other way round
    if out & set(methods) and set(methods) - out:
        keep(scan, "method", [one not in out for one in methods])
    tokens, sizes = set(scan.extras.get("train_tokens", ())), scan.facts.get("params", [])
    if tokens & set(sizes) and set(sizes) - tokens:
        keep(scan, "params", [one not in tokens for one in sizes])
