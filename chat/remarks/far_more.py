"""What was seen of a model in few bits and is far more than all that is counted of it."""

from chat.remarks.remark import Asked, Remark
from chat.works import CHATGLM
from kb.knobs import PLAIN_TYPES


def _in_few_bits(c: Asked) -> bool:
    """Is it run by transformers, or by nobody says what, in few bits, and is the one amount that is told of it what was seen?"""
    if not c.serving or c.failed or c.n > 1 or c.preallocates or c.hosted or c.reads_gguf:
        return False
    several = len(c.figures.told.get("claims_gb", ())) > 1 and "other_model" not in c.figures.log
    few = str(c.k("weight_format")) not in PLAIN_TYPES
    return few and not several and c.in_transformers and not c.any("half_byte", "rest_asked", "growing", "chat_turns")


FAR_MORE = (
    Remark("far-more-than-counted", 0, lambda c: c.any("why_more") and _in_few_bits(c), "{far_more}", "{far_more}", CHATGLM),
)  # fmt: skip
FAR_MORE_KEYS = frozenset(one.key for one in FAR_MORE)
