"""Several cards that are held against one card of so much memory: "is 2x 5060 Ti 16 GB the same as one 32 GB card"."""

from chat.reads.cards.memories_together import CARD_SIZES
from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_ONE_ZH = r"[1一单]\s?[张块个]"
_GB = r"(?P<{}>\d{{2,3}})\s?g(?:i?b)?(?![a-z\d])"
AS_ONE_CARD = (
    rf"\b(?:same(?: thing)? as|equals?(?: to)?|equivalent (?:to|of)|equates? to|as (?:good|fast|useful|capable) as|identical to|comparable (?:to|with)|different (?:from|than|to))\s(?:(?:having|using|buying|owning|getting|just) )?(?:an?|one|1|the) (?:(?:single|big|large|real|true) )?{_GB.format('gb')}\s?(?:v?ram |memory )?(?:graphics )?(?:cards?|gpus?|one)\b"
    rf"|(?:等于|相当于|等同于|等价于|顶得?上|抵得?上|比得上)(?:是)?{_ONE_ZH}\s?{_GB.format('zb')}(?:显存)?的?\s?(?:显?卡|gpu)"
    rf"|(?:和|跟|与|同){_ONE_ZH}\s?{_GB.format('yb')}(?:显存)?的?\s?(?:显?卡|gpu)[^,;?!]{{0,8}}(?:一样|相同|等价|没区别|没有区别|一回事)"
)
# whether cards must be joined by it: "do I need NVLink for 2x3090?", "必须有nvlink吗"
NVLINK_NEEDED = r"\b(?:needs?|requires?|must (?:i )?have|have to have) (?:an? |the )?nvlink\b|\bnvlink\b[^.;?]{0,24}\b(?:needed|required|necessary|mandatory|a must)\b|(?:需要|必须(?:要|有|用)?|一定要(?:有)?|非(?:要|得)(?:有)?|得有|要有)\s?nvlink|nvlink\s?(?:是)?(?:必须|必要|必需|刚需)"
# of no name: "2x24gb", "2张24G显卡"
_EACH = r"(?<![\d.a-z])(?P<n>[2-9])\s?(?:[x*张块个]\s?|cards (?:of|with) )?(?P<gb>\d{1,3})\s?g(?:i?b)?(?![a-z\d])"
_COUNTED = r"(?<![\d.])(?:[2-9]|1\d)\s?[x*张块个]|\b(?:two|three|four|dual|pair of|couple of|double)\b|(?<![\d.])[2-9] \w|[双两]"


def read_as_one_card(scan: Scan) -> None:
    """Take the one card out: it is none of the machine's, and no other machine either. Cards before it have a count."""
    for found in scan.find(AS_ONE_CARD):
        group = next(name for name in ("gb", "zb", "yb") if found[name])
        before = scan.text[max(0, found.start() - 64) : found.start()]
        if not scan.free(*found.span(group)) or not compiled(_COUNTED).search(before):
            continue
        scan.take(*found.span())
        for each in compiled(_EACH).finditer(before):
            at = found.start() - len(before)
            where = at + each.start(), at + each.end()
            if int(each["gb"]) in CARD_SIZES and scan.free(*where):
                scan.add("n_gpus", int(each["n"]), *where)
                scan.add("gpu_memory_gb", float(each["gb"]), *where, take=False)
        return
