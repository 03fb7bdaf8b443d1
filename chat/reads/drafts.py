"""Speculative decoding: of two models that are named, which only drafts for the other."""

import re

# what stands before, or behind, the name of the model that only drafts
_DRAFTS = re.compile(
    r"(?:(?:draft(?:ing|er)?|speculative)[ -](?:model)?|assistant[ _-]model)\s*(?:is|of|=|:|named|with|from|,)?\s*(?:an? |the )?$"
    r"|(?<![a-z])(?:draft(?:er)?|speculative|assistant)\s?(?:模型|model)?\s?(?:就|直接)?(?:用的?|为|是|选|=|:|采用)\s*$"
    r"|(?:草稿|起草|小|辅助)模型\s*(?:就|直接)?(?:为|是|用|选|=|:|采用)?\s*$|--?(?:draft[-_]model|md|speculative[-_]model)[ =]+\S*$",
    re.IGNORECASE,
)
_AS_A_DRAFT = re.compile(
    r"\s*(?:as (?:the |a |its |my )?(?:draft(?:er)?|assistant|speculative)\b|drafts?\b|to draft\b|for drafting\b"
    r"|draft(?:ing)? model|作为?草稿|做草稿|当草稿|作为?起草|来?起草|(?:来)?做投机|(?:的)?(?:草稿|起草)模型(?!\s*(?:为|是|用|选|=|:|采用)?\s*[a-z0-9]))",
    re.IGNORECASE,
)


_DRAFTED_FOR = ("给", "为", "帮")  # "给 Qwen3-32B 做投机": the model that another one drafts for


def drafts(before: str, behind: str) -> bool:
    """Whether the model whose name stands between these two is the one that drafts."""
    if _DRAFTS.search(before):
        return True
    return _AS_A_DRAFT.match(behind) is not None and not before.rstrip().endswith(_DRAFTED_FOR)
