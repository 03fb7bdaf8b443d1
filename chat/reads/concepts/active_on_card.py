"""That only some parameters are active, and so the model would fit the card: "激活才 12B,所以 24G 放得下吧"."""

from chat.reads.lexicon import compiled

_ACTIVE = r"(?:\bactive\b|\bactivat(?:ed?|es|ing)\b|激活)"
# RAM is among what it would fit in
_RAM = r"(?<![a-z])(?:v?ram\s?(?:\+|and|plus)\s?ram|(?<!v)ram|host|cpu|offload\w*|ddr\d|combined|together|in all|both)(?![a-z])|(?<!显)内存|卸载|加起来|合起来"
_CARD = r"(?:\d+ ?gi?b?(?![a-z])|\bv?ram\b|\bcards?\b|\bgpu\b|显存|显?卡|\d0[5-9]0)"
_SO = (
    rf"{_ACTIVE}[^.;?!]{{0,40}}?(?:\b(?:so|then|thus|therefore|hence|means)\b[^.;?!]{{0,32}}\b(?:fits?|enough|holds?|suffic\w+)\b"
    rf"|所以[^;?!]{{0,16}}?(?:够|放得下|装得下|能放|能装)|[^;?!]{{0,12}}?就(?:够|能放|放得下|装得下))"
)

# which of two sizes a mixture's memory is counted of: "by 3B or by 30B", "按激活参数还是总参数算"
_SIZE, _OR, _OR_ZH = (
    r"\d+(?:\.\d+)?b",
    r",? (?:or|vs\.?|versus) ",
    r"(?:算|来)*,?\s?(?:还是|或)(?:者)?(?:只|按|是|算)*\s?",
)
_ALL, _ALL_ZH = r"(?:all|total|full|whole)", r"(?:全部|总|全量|所有)"
_PARAMS_ZH = r"(?:的)?(?:参数)?(?:量|数)?"
_EITHER = (
    rf"(?<![\d.a-z-]){_SIZE}{_OR}(?:for |of |by |with |the )*{_SIZE}\b"
    rf"|\bactive(?: \w+)?{_OR}(?:by |on |the )*{_ALL}\b|\b{_ALL}(?: \w+)?{_OR}(?:by |on |only |just |the )*active\b"
    rf"|激活{_PARAMS_ZH}{_OR_ZH}{_ALL_ZH}|{_ALL_ZH}{_PARAMS_ZH}{_OR_ZH}激活|{_SIZE}\s?{_OR_ZH}{_SIZE}"
)
ACTIVE_OR_ALL: tuple[tuple[str, str], ...] = (("active_or_all", _EITHER),)


def concludes_card(text: str) -> bool:
    """Whether it is the card that is said to be enough, and neither RAM nor both together."""
    found = compiled(_SO).search(text)
    if not found:
        return False
    ends = next((at for at in range(found.end(), len(text)) if text[at] in ".;?!"), len(text))
    said = text[found.start() : ends]
    return compiled(_CARD).search(said) is not None and compiled(_RAM).search(said) is None
