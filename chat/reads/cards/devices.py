"""Phones, tablets, handhelds, consoles and boards: what runs a model in a memory that its system and graphics share."""

from chat.reads.concepts.home_machines import INTEGRATED
from chat.reads.scan import Scan

# handhelds, consoles and the like, by name
_DEVICE = r"\bsteam ?deck\b|\brog ally\b|\blegion go\b|\bmsi claw\b|\bps ?[45](?: pro)?\b|\bplaystation(?: ?\d)?\b|\bxbox\b|\bnintendo(?: switch(?: ?2)?)?\b|任天堂|(?<![a-z])switch ?2(?=能|可以|跑)|\b(?:meta |oculus )quest(?: ?[23]s?)?\b|\bquest ?[23]s?\b|\bvision pro\b|\bjetson nano\b(?! orin)|\bcoral(?: tpu)?\b|掌机|游戏机|路由器|机顶盒|(?:智能)?(?:音箱|电视)(?!剧)|车机|无人机|\b(?:smart )?tvs?\b|\brouters?\b(?= (?:run|able|at home))|\bset-?top box|\brk3\d{3}\b"
SMALL_DEVICE = (
    _DEVICE
    + r"|\b(?:smart)?phones?\b(?! (?:photos?|pictures?|images?|shots?|screenshots?|cameras?|originals?))|\biphone\b(?! (?:photos?|pictures?|images?|shots?))|\bipad\b|\bandroid\b|\bpixel \d|\bgalaxy s\d|\bsnapdragon\b|骁龙|天玑|手机(?!原图|拍|照|截|相|图|上拍|里的图)|(?:小米|红米|荣耀|华为mate|mate|一加|vivo\s?x|oppo\s?find\s?x)\s?\d{1,3}(?!\d)|\braspberry\b|\braspi ?\d?\b|\brpi ?\d?\b|\borange ?pi\b|树莓派|香橙派"
)
# what is no card, and stands in no table: by its name
DEVICE_NAMED = (
    _DEVICE
    + r"|\b(?:i(?:phone|pad)|pixel|galaxy)(?: ?(?:pro|air|mini|max|plus|ultra|se|s?\d{1,2}))+\b|(?:小米|红米|荣耀|(?:华为\s?)?mate|一加|vivo ?x|oppo ?find ?x)\s?\d{1,3}(?!\d)(?: ?(?:pro|ultra))?|\braspberry ?pi(?: ?\d)?\b|\borange ?pi(?: ?\d)?\b|树莓派\s?\d?|香橙派\s?\d?|(?:天玑|骁龙)\s?\d{1,4}(?:\s?gen ?\d|\+|s(?![a-z]))?(?: (?:elite|至尊版))?"
)


# graphics of a processor, and what the firmware gives them of RAM
_GRAPHICS = r"(?:\bradeon |\bamd )?(?<![\w.-])(?:6[168]|7[468]|8[489])0m\b(?! (?:param|model))|\b(?:intel )?(?:iris xe|uhd(?: graphics)?(?: \d{3})?)\b"
_DEDICATED = r"(?<![\d.])\d{1,2}\s?gi?b?\s(?:of )?(?:dedicated|reserved|allocated|uma)\b|(?:dedicated|专用(?:显存)?)\s?(?:is |of |为|是|有)?\d{1,2}\s?gi?b?(?![a-z])"


def take_devices(scan: Scan) -> None:
    """Use their names up: a number in one is no count, and no name of a card."""
    for found in scan.find(DEVICE_NAMED):
        scan.take(*found.span())
    graphics = [*scan.find(_GRAPHICS)]
    if any(scan.find(INTEGRATED)) or any(found[0].startswith(("radeon", "amd", "intel")) for found in graphics):
        for found in (*graphics, *scan.find(_DEDICATED)):
            scan.take(*found.span())
