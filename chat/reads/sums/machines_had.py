"""Published figures of what a model takes that are whole cards, `the blog says 640 GB for fp16`: what the authors had, and no need."""

from chat.reads.concepts.effects import beside
from chat.reads.lexicon import compiled
from chat.reads.reading import Claim
from chat.reads.scan import Scan
from kb.facts import bits_of
from kb.names import model_row

HAD = "machines_had"
# memory of the cards that such machines have, and how many: eight are one machine, as most often
_CARDS, _COUNTS = (80, 40, 24, 48, 141), (8, 16, 4, 32)
_PUBLISHED = beside(
    r"\b(?:blog|post|article|readme|announcement|model card|docs?|documentation|guide|table|website|release)\b|博客|文章|帖子|公告|官方|官网|文档|模型卡|表(?:格|里)?",
    r"\binference\b|\binfer\b|\bserv(?:e|ing)\b|\bto run\b|\bdeploy|推理|部署",
    without=r"\bfine-?tun|\btraining\b|\bq?lora\b|微调|训练|全参|\bllama[ _-]?factory\b",
)
_BEYOND = 1.3  # times the weights: so much no cache of one prompt takes


def cards_of(gigabytes: float) -> list[tuple[int, int]]:
    """So many cards of so many GB, as machines have them; nothing where it is no such sum."""
    return [(count, size) for count in _COUNTS for size in _CARDS if count * size == gigabytes]


def settle_machines_had(scan: Scan) -> None:
    """They are told for what they are, and no need is set against them."""
    models = scan.facts.get("model", [])
    if len(models) != 1 or {"gpu", "gpu_memory_gb"} & set(scan.facts) or not compiled(_PUBLISHED).search(scan.text):
        return
    whole = [one for one in scan.claims if one.unit.lower() in ("g", "gb") and cards_of(one.number)]
    row = model_row(str(models[0]))
    size = float(row.get("unique_params") or row.get("total_params") or 0)
    stored = [str(one) for one in scan.facts.get("weight_format", ())] or ["bf16"]
    if len(stored) != len(whole):
        stored = [stored[0]] * len(whole)
    if not whole or not all(_beyond(one, size, how) for one, how in zip(whole, stored, strict=True)):
        return
    scan.extras[HAD] = [one.number for one in whole]
    scan.claims = [one for one in scan.claims if one not in whole]


def _beyond(claim: Claim, size: float, stored: str) -> bool:
    return claim.number * 1e9 > _BEYOND * size * float(bits_of(stored)) / 8
