"""Which attention runs where flash attention cannot: the kernel that is named instead of it."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan
from kb.kernels import BEFORE_AMPERE
from kb.names import gpu_row, names

_NAMED_EAGER = r"(?<!enforce[ _-])\beager\b"
# what another kernel would change is asked, and not told
_AGAINST = r"\bhow much (?:more|less|extra|worse|higher)\b|\bdiffer\w*|\bcompar\w+|\bvs\.?\b|\bversus\b|\bmore (?:memory|vram)\b|\b(?:cost|costs|lose)\b|多(?:很多|不少|好多|多少|吃|占|用|出|几)|差(?:多少|很多|别|距|几)|区别|省(?:多少|很多|几)|对比|比起|影响"


def settle_attention(scan: Scan) -> None:
    """`flash-attn won't install, so sdpa`: sdpa runs; with what it costs asked, it is set against flash attention."""
    kinds = scan.facts.get("attention", [])
    if kinds == ["eager"] and not compiled(_NAMED_EAGER).search(scan.text) and _of_the_card(scan):
        scan.facts["attention"] = ["sdpa"]  # it is the card that lacks it, and PyTorch has a kernel of its own there
        return
    if "sdpa" not in kinds or len(kinds) < 2 or compiled(_NAMED_EAGER).search(scan.text):
        return
    place = scan.spans["attention"][kinds.index("sdpa")]
    lacks = "eager" in kinds
    if lacks and compiled(_AGAINST).search(scan.text):
        scan.facts["attention"], scan.spans["attention"] = ["flash", "sdpa"], [place, place]
    elif lacks:
        scan.facts["attention"], scan.spans["attention"] = ["sdpa"], [place]


def _of_the_card(scan: Scan) -> bool:
    """Whether it is cards before Ampere that have no flash attention, in a program that runs on PyTorch's."""
    files = any(str(one).startswith("gguf") for one in scan.facts.get("weight_format", ()))
    if files or "llama.cpp" in scan.facts.get("engine", ()):
        return False
    named = [one for card in scan.facts.get("gpu", ()) for one in names().find_gpus(str(card))]
    return bool(named) and all(gpu_row(one).get("architecture") in BEFORE_AMPERE for one in named)
