"""What the asker's own sum takes for something else: bits for bytes, another stage's share, states for the whole need, adapters that do not train, a slip of the pen."""

from chat.remarks.remark import CAUSE, Remark
from chat.works import GQA, LORA, MIXED

SAID = (
    Remark("factor-meant", 1, lambda c: c.modelled and not c.failed and not c.any("kv", "kv_cache", "mistake_sought"),
        "{factor_meant}", "{factor_meant}", MIXED),
    Remark("factor-of-cache", 1, lambda c: c.serving and c.any("kv", "kv_cache"),
        "{factor_of_cache}", "{factor_of_cache}", GQA),
    Remark("sum-bits-as-bytes", 1, lambda c: c.modelled and not c.training and c.any("named_16_bit", "quantised", "check_arithmetic"),
        "{bits_as_bytes}", "{bits_as_bytes}", MIXED),
    Remark("sum-of-adapters", 1, lambda c: c.training and c.modelled and c.adapters,
        "{adapters_train}", "{adapters_train}", LORA, CAUSE),
    Remark("sum-of-states", 1, lambda c: c.training and c.modelled and c.method == "full" and not c.failed and not c.zero and not c.any("mistake_sought", "who_is_right", "why_more") and not c.figures.told.get("parts"),
        "{sum_of_states}", "{sum_of_states}", MIXED),
    Remark("sum-in-letters", 1, lambda c: not c.serving,
        "{theta_slip}", "{theta_slip}", MIXED),
    Remark("who-counts-what", 2, lambda c: c.training and c.modelled and c.method == "full" and c.any("who_is_right", "claim_checked", "explain_derive"),
        "{parties}", "{parties}", MIXED),
)  # fmt: skip
SAID_KEYS = frozenset(one.key for one in SAID)
