"""Embedding and head that train whole beside adapters: named as peft's modules_to_save, or told in words."""

import re

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_EMBEDDING = r"(?:embed_tokens|(?:input |token |word )?embeddings?(?: layers?| matri\w+)?|词嵌入层?|嵌入层|wte)(?! ?(?:models?|模型))"
_HEAD = r"(?:lm[_ -]?head|output (?:head|embeddings?|layer)|head|输出头|输出层)"
_ONE = rf"(?:{_EMBEDDING}|{_HEAD})"
_PAIR = rf"{_EMBEDDING}(?:\s?(?:层)?\s?(?:,|/|\+|&|、|and|和|与|及|以及|跟)\s?(?:the )?{_HEAD})?|lm[_ -]?head(?:\s?(?:,|/|\+|&|、|and|和|与|及|以及|跟)\s?(?:the )?{_ONE})?|输出头"
_ALSO = r"(?:the |their |my |both |whole |full |also |new |resized |token |input |整个|完整|全部|新的|了|一下|\s)*"
# what is named by the setting: the list behind it
_SETTING = r"\b(?:lora_)?(?:modules_to_save|additional_target)s?(?P<v>[^.;?!]{0,60})"
_TOLD = (
    rf"(?:\b(?:re-?)?(?:train|tun(?:e|ing)|fine-?tun(?:e|ing)|updat(?:e|ing)|unfreez(?:e|ing))(?:ing|ed|s)?\b|训练|微调|更新|放开|解冻)\s?{_ALSO}(?P<v>{_PAIR})",
    rf"(?P<v>{_PAIR})(?:\s(?:too|also|as well)|也)?\s?\(?\s?(?:via |through |with |in(?:to)? |to |under |as |put in(?:to)? |listed in |用|通过|(?:都)?(?:放|加|写|填|塞|列)(?:进|到|入|在)了?\s?)?(?:peft's |the )?(?:modules_to_save|additional_target)\b",
    rf"(?P<v>{_PAIR})\s?(?:层)?\s?(?:(?:are|is|both|also|fully|made|set|being|to|be|too|as|need|needs|must|have|has)\s|都|也|要|需要|加入|加到|加进|纳入|放进|放到|lora|里|的|一起|同时|参与|全量|完整|一并|可|跟着|\s)*(?:\b(?:trained|trainable|unfrozen|updated)\b|训练?(?!练)|更新|放开|解冻)",
)
_REFUSED = re.compile(
    r"(?:\bnot|n't|\bwithout|\bnever|\bno need to|\binstead of|\brather than|不|没|没有|别|无需|不用|不要)\s?(?:to )?$"
)


# "embedding 和 lm_head 全量 + lora": how they train, and no method beside adapters
_IN_FULL = rf"(?P<v>{_PAIR})\s?(?:层)?\s?(?:都|也|用|做)?\s?(?P<f>全量|全参数?|in full\b|fully\b)"


def _no_method(scan: Scan) -> None:
    if any(scan.find(r"lora|\badapters?\b|适配器")):
        for found in scan.find(_IN_FULL):
            scan.take(*found.span("f"))


def read_whole_matrices(scan: Scan) -> None:
    """Which of the two are said to train whole."""
    for pattern in (_SETTING, *_TOLD, _IN_FULL):
        for found in compiled(pattern).finditer(scan.text):
            if _REFUSED.search(scan.text[max(0, found.start() - 16) : found.start()]):
                continue
            named = {
                name: hit
                for name, words in (("embed_tokens", _EMBEDDING), ("lm_head", _HEAD))
                if (hit := compiled(rf"(?<![a-z_]){words}").search(scan.text, *found.span("v")))
            }
            if named:
                ends = [place for hit in named.values() for place in hit.span()]
                scan.add("modules_to_save", ",".join(named), min(ends), max(ends))
                _no_method(scan)
                return
