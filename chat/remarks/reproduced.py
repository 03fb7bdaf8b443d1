"""What was seen of a training and is not what the set-up as told takes: the setting that takes it."""

from chat.figures.named import Missing
from chat.figures.sums.both_right import each_right
from chat.remarks.remark import CAUSE, FIRST, Asked, Remark
from chat.works import ANATOMY, EIGHT_BIT, FACTORY_ARGUMENTS, FSDP_NO_SYNC, PEFT_KBIT, PEFT_PREPARED, ZERO


def _each_right(case: Asked) -> bool:
    """Are the figures that are told different sums of one model, each of which is right?"""
    try:
        return bool(case.any("who_is_right") and each_right(case.figures))
    except Missing:
        return False


REPRODUCED = (
    Remark("both-weighed", 12, lambda c: c.modelled and c.any("who_is_right") and not c.any("one_file_twice") and "took" not in c.figures.log and not c.failed and not _each_right(c),
        "{both_weighed}", "{both_weighed}", ANATOMY),
    Remark("rise-is-the-buffer", 0, lambda c: c.training and c.modelled and c.any("accumulation"),
        "{rise_buffer}", "{rise_buffer}", ZERO, CAUSE),
    Remark("whole-until-the-last-step", 0, lambda c: c.training and c.modelled and c.any("accumulation"),
        "{until_the_last}", "{until_the_last}", FSDP_NO_SYNC, CAUSE),
    Remark("reference-is-a-copy", 0, lambda c: c.training and c.modelled,
        "{reference_copy}", "{reference_copy}", ZERO, CAUSE),
    Remark("reward-is-a-copy", 0, lambda c: c.training and c.modelled,
        "{reward_copy}", "{reward_copy}", FACTORY_ARGUMENTS, CAUSE),
    Remark("states-as-seen", 1, lambda c: c.training and c.modelled and c.method == "full" and c.n == 1 and not c.said("zero_stage") and not c.given("engine", "deepspeed"),  # which keep masters
        "{states_as_seen}", "{states_as_seen}", EIGHT_BIT, FIRST),
    Remark("change-not-felt", 3, lambda c: c.modelled,
        "{unfelt}", "{unfelt}", ANATOMY),
    Remark("prepared-checkpoints", 1, lambda c: c.training and c.modelled and c.adapters and c.all("kbit_prepared", "lever:checkpointing", "lever_unfelt"),
        "**It is not broken: prepare_model_for_kbit_training turns gradient checkpointing on by itself, so both runs most likely had it, whatever the trainer was told.** Only prepare_model_for_kbit_training(model, use_gradient_checkpointing=False) leaves it off. {checkpointing_here}",
        "**并没有坏:prepare_model_for_kbit_training 默认自己就会打开 gradient checkpointing,所以不管训练参数怎么设,两次多半都开着。** 只有 prepare_model_for_kbit_training(model, use_gradient_checkpointing=False) 才不开。{checkpointing_here}", PEFT_PREPARED, FIRST),
    Remark("setting-reproduces", 1, lambda c: c.training and c.modelled and not c.any("x_rule") and not c.over("seen_32", 1) and not _each_right(c) and not c.any("method_diff", "comparison", "first_step", "optimizer_step", "loading", "saving", "saved_held", "saved_whence", "evaluation"),
        "{reproduced}", "{reproduced}", PEFT_KBIT, CAUSE),
)  # fmt: skip
REPRODUCED_KEYS = frozenset(
    {
        "both-weighed",
        "reference-is-a-copy",
        "reward-is-a-copy",
        "rise-is-the-buffer",
        "whole-until-the-last-step",
        "setting-reproduces",
    }
)
