"""What was seen of a training and is not what the set-up as told takes: the setting that takes it."""

from chat.remarks.remark import CAUSE, Remark
from chat.works import PEFT_KBIT

REPRODUCED = (
    Remark("setting-reproduces", 1, lambda c: c.training and c.modelled and not c.over("seen_32", 1) and not c.any("method_diff", "comparison", "first_step", "optimizer_step", "loading", "saving", "evaluation"),
        "{reproduced}", "{reproduced}", PEFT_KBIT, CAUSE),
)  # fmt: skip
