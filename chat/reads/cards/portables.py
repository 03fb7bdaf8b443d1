"""Whether a card that is named is a laptop's, which has less memory than the desktop card of the same number."""

import re

from chat.reads.scan import Scan

_PORTABLE = re.compile(
    r"(?:\blaptop(?:\s?(?:'s|with|w/|has|having))?(?: (?:an?|1|my|its|only|just|single)){0,3}|\bmobile|笔记本(?:电脑)?(?:上|里)?(?:的|带|是|配|用)?(?:了|的)?(?:1?[张块个])?)\s*(?:\d{1,2}\s?gi?b?\s)?(?:nvidia\s)?(?:geforce\s)?(?:rtx\s?)?$",
    re.ASCII,
)
_IS_PORTABLE = re.compile(
    r"(?:\s*[(\[]?\s*(?:\d{1,2}\s?gi?b?\s)?|,?\s?(?:is|it's|that's) (?:only |just )?(?:the |an? )?(?:\d{1,2}\s?gi?b? )?|,?\s?(?:它|其实|只|就)?是|\s(?:in|on|inside) (?:my|the|a|this) (?:\w+ )?)(?:laptop|notebook|mobile|笔记本)",
    re.ASCII,
)
# told apart from the card that the asker named first
_OWN_IS_PORTABLE = r"[(\[]\s?(?:it'?s |on |in )?(?:an? |the |my )?(?:gaming )?(?:laptop|notebook|mobile|笔记本(?:电脑)?)\s?[)\]]|\b(?:mine|my one)(?: is|'s) (?:in |on )?(?:an? |the )?(?:laptop|notebook|mobile)|我(?:这张|这个|的)?是笔记本"


def is_portable(scan: Scan, start: int, end: int, first: bool) -> bool:
    """Is the card between these places a laptop's, by the words beside it, or, of the `first` one, by what is told apart from it?"""
    beside = _PORTABLE.search(scan.text[max(0, start - 24) : start]) or _IS_PORTABLE.match(scan.text, end)
    return beside is not None or (first and next(scan.find(_OWN_IS_PORTABLE), None) is not None)
