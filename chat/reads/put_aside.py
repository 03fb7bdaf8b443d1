"""Values that the asker puts aside, or tells of something else: adapters that may not be used, a number of tokens told again."""

from chat.reads.corrected import keep
from chat.reads.ruled_out import turned_down
from chat.reads.scan import Scan
from kb.recipe import ADAPTERS


def put_aside(scan: Scan) -> None:
    """Leave out the adapters that are ruled out, and sizes that only tell the tokens of a training again."""
    methods = scan.facts.get("method", [])
    named = {method for method in ("lora", "qlora") if any(scan.find(turned_down(method)))}
    out = set(ADAPTERS) if "lora" in named else named  # QLoRA is LoRA too, and not the other way round
    if out & set(methods) and set(methods) - out:
        keep(scan, "method", [one not in out for one in methods])
    tokens, sizes = set(scan.extras.get("train_tokens", ())), scan.facts.get("params", [])
    if tokens & set(sizes) and set(sizes) - tokens:
        keep(scan, "params", [one not in tokens for one in sizes])
