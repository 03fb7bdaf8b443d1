"""A reference or reward model that a script loads beside the one that trains: a second copy, even under adapters."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

REFERENCE_COPY, REWARD_COPY = "log_reference_copy", "log_reward_copy"
_LOADED = (
    r"\b(?:ref|reference)_?model\s?[=:]\s?(?!none\b|null\b)[\w.]*(?:from_pretrained\s?\(?[^)]{0,48}\)?|model\w*|deepcopy\([^)]*\)|create_reference_model\([^)]*\))"
    r"|\b(?:separate|second|explicit|full|own|extra)\s(?:copy of the )?(?:ref(?:erence)?)[ _]model\b|\b(?:load\w*|pass\w*|keep\w*)\s(?:a |the |an? explicit |in )?(?:separate |second |full )?ref(?:erence)?[ _]model\b"
    r"|(?:单独|另外|又|再|额外|显式)(?:地)?(?:加载|载入|传|放)(?:了)?(?:一?个|一份)?\s?(?:ref(?:erence)?[ _]?model|ref|参考模型)"
)

# LLaMA-Factory's reward_model_type is lora, full or api: of the three, full is a model of its own
_REWARD = (
    r"\breward_model_type\s?(?:[=:]|is|was|of|set to|用的?是?|是|为|设(?:为|成)|选的?是?)?\s?[\"']?full\b"
    r"|\b(?:separate|second|full|whole|entire|own|standalone|frozen)\s(?:frozen |\d+(?:\.\d+)?b )?reward[ _]model\b|\breward[ _]model\b[^,.;?]{0,24}\b(?:as a (?:full|whole|separate)|(?:is|in|a) full\b|by itself|of its own)"
    r"|(?:单独|独立|完整|全量|整个)(?:地)?(?:加载|的)?(?:一个|一份)?\s?(?:reward[ _]?model|奖励模型)|(?:reward[ _]?model|奖励模型)\s?(?:也|又)?(?:用|是|加载|选)(?:的|了)?(?:是)?(?:一个|一份)?(?:完整|全量|full\b|单独|独立)"
)

# denied, or asked about
_OPEN = r"(?:\b(?:without|no|not|never|n't|need|needs|needed|do i|should i|does it|avoid\w*)\s(?:to )?(?:an? |the |any )?|不(?:用|要|需要|必)?|没有?|要不要|需要|是否)\s*$"


def read_references(scan: Scan) -> None:
    """State which of the two is loaded by itself; the call that loads it is no program that trains."""
    for name, pattern in ((REFERENCE_COPY, _LOADED), (REWARD_COPY, _REWARD)):
        for found in scan.find(pattern):
            if scan.free(*found.span()) and not compiled(_OPEN).search(scan.text[: found.start()]):
                scan.add(name, 1.0, *found.span(), extra=True)
                break
