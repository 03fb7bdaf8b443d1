"""A reference model that a script loads beside the one that trains: a second copy of the weights, even under adapters."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

REFERENCE_COPY = "log_reference_copy"
_LOADED = (
    r"\b(?:ref|reference)_?model\s?[=:]\s?(?!none\b|null\b)[\w.]*(?:from_pretrained\s?\(?[^)]{0,48}\)?|model\w*|deepcopy\([^)]*\)|create_reference_model\([^)]*\))"
    r"|\b(?:separate|second|explicit|full|own|extra)\s(?:copy of the )?(?:ref(?:erence)?)[ _]model\b|\b(?:load\w*|pass\w*|keep\w*)\s(?:a |the |an? explicit |in )?(?:separate |second |full )?ref(?:erence)?[ _]model\b"
    r"|(?:单独|另外|又|再|额外|显式)(?:地)?(?:加载|载入|传|放)(?:了)?(?:一?个|一份)?\s?(?:ref(?:erence)?[ _]?model|ref|参考模型)"
)


# denied, or asked about
_OPEN = r"(?:\b(?:without|no|not|never|n't|need|needs|needed|do i|should i|does it|avoid\w*)\s(?:to )?(?:an? |the |any )?|不(?:用|要|需要|必)?|没有?|要不要|需要|是否)\s*$"


def read_references(scan: Scan) -> None:
    """State that a reference is loaded by itself; the call that loads it is no program that trains."""
    for found in scan.find(_LOADED):
        if scan.free(*found.span()) and not compiled(_OPEN).search(scan.text[: found.start()]):
            scan.add(REFERENCE_COPY, 1.0, *found.span(), extra=True)
            return
