"""What was seen of a training and is not what the set-up as told takes: the setting that takes it."""

from chat.remarks.remark import CAUSE, Remark
from chat.works import ANATOMY, PEFT_KBIT, ZERO

REPRODUCED = (
    Remark("rise-is-the-buffer", 0, lambda c: c.training and c.modelled and c.any("accumulation"),
        "{rise_buffer}", "{rise_buffer}", ZERO, CAUSE),
    Remark("reference-is-a-copy", 0, lambda c: c.training and c.modelled,
        "{reference_copy}", "{reference_copy}", ZERO, CAUSE),
    Remark("change-not-felt", 3, lambda c: c.modelled,
        "{unfelt}", "{unfelt}", ANATOMY),
    Remark("setting-reproduces", 1, lambda c: c.training and c.modelled and not c.over("seen_32", 1) and not c.any("method_diff", "comparison", "who_is_right", "first_step", "optimizer_step", "loading", "saving", "evaluation"),
        "{reproduced}", "{reproduced}", PEFT_KBIT, CAUSE),
)  # fmt: skip
REPRODUCED_KEYS = frozenset({"reference-is-a-copy", "rise-is-the-buffer", "setting-reproduces"})
