"""A model to show a mechanism on, where the question names none: how something works needs no model, its figures do."""

from dataclasses import replace
from typing import Any

from chat.figures.layouts.stage_derived import STAGED_OVER
from chat.plans.claimed_savings import claimed_saving
from chat.plans.families import chooses_card
from chat.plans.understood import has_subject
from chat.reads.cards.budgets import budget
from chat.reads.models.name_unread import name_unread
from chat.reads.reading import Reading
from kb.programs import trains
from kb.recipe import assumed

# cards to show a speed on, where none is named: one that people have, and one of data centres
EXAMPLE_CARDS = ("RTX 4090", "H100 80 GB")
# what these ask about is the same for every model
_MECHANISMS = frozenset({
    "zero_offload", "rl_memory", "why_more", "oom_diagnosis", "method_diff", "multi_gpu_split", "max_batch_ctx",
    "each_card", "same_memory", "stages", "comparison", "which_method",
})  # fmt: skip
_COMPARED = frozenset({"method_diff", "comparison", "which_method"})
# and this needs not even a run
_ANY_MODEL = frozenset(
    {
        "kv_cache",
        "score_formula",
        "one_point_two",
        "weights_rule",
        "lever",
        "levers_apart",
        "whole_formula",
        "stage_formula",
        "activations_formula",
        "ways_asked",
        "roles_each",
        "roles_of_each",
        "reward_takes",
        "critic_smaller",
        "how_determined",
    }
)
_STRATEGIES_AS_STAGES = frozenset({"fsdp_and_zero", "fsdp_strategies"})
# bytes of a parameter that are named
BYTES_COUNTED = frozenset({"sixteen_bytes", "eighteen_bytes", "twenty_times"})
# how much a method or a use takes, for the least that is worth saying
_AMOUNTS = frozenset({"how_much"})
# said of a run, one of these leaves something to explain
_OF_A_RUN = frozenset({"algo", "zero_stage", "offload", "engine", "tp", "pp", "kv_format", "optimizer", "lora_rank"})


def _tells_by_itself(reading: Reading) -> bool:
    """Does a failure's own message tell the cause, blocks that lie unused and are more than was asked for? Then a need of
    some model beside what was really allocated would only contradict it."""
    tried, idle = (next(iter(reading.extras.get(name, ())), 0) for name in ("oom_tried", "oom_idle"))
    return reading.intent in ("oom_diagnosis", "why_more") and 0 < tried <= idle


def needs_example(reading: Reading) -> bool:
    """Whether a mechanism is asked about, of a run that is described as far as the model."""
    if (
        BYTES_COUNTED & set(reading.cues)
        and not has_subject(reading)
        and not {"gpu", "gpu_memory_gb"} & set(reading.facts)
    ):
        return False  # what a count of bytes is the sum of is the same for every model
    if set(reading.cues) >= _STRATEGIES_AS_STAGES and not {"gpu", "gpu_memory_gb", "n_gpus"} & set(reading.facts):
        return False  # which strategy is which stage holds of all, and one card divides nothing
    named = has_subject(reading) or reading.unknown_models or reading.suggestions or "encoder" in reading.extras
    if not named and name_unread(reading):
        return False
    if _tells_by_itself(reading):
        return False
    if "params" in reading.asks or "which_models" in reading.cues or (budget(reading.text) and not named):
        return False  # the model is what is asked for, or what there is to be had for a sum
    if ("rigs" in reading.extras or chooses_card(reading)) and reading.facts.get("task") != ("train",):
        return False  # machines that are named each with its cards are compared by what they run
    tuned = set(reading.facts.get("method", ())) - {"inference"}
    set_apart = any(len(values) > 1 for values in reading.facts.values()) and bool(_COMPARED & set(reading.intents))
    described = bool(_OF_A_RUN & set(reading.facts)) or bool(tuned) or set_apart
    kinds = set(reading.facts.get("optimizer", ()))
    by_optimizer = (reading.intent == "adam_state" and bool(kinds - {"adamw"})) or (
        len(kinds) > 1 and reading.intent in ("unclear", "explain_derive")
    )
    # what a setting does to the time is the same for every model, and no figure of one shows it
    heads = [] if reading.intent == "training_time" else [one.partition(":")[0] for one in reading.cues]
    asked = {*reading.intents[:1], *reading.cues, *heads}
    used = tuned or "task" in reading.facts
    amount = (
        bool(used) and bool(set(reading.intents[:1]) & _AMOUNTS) and not {"gpu", "gpu_memory_gb"} & set(reading.facts)
    )
    return not named and (
        claimed_saving(reading) is not None
        or amount
        or by_optimizer
        or (described and bool(asked & _MECHANISMS))
        or bool(asked & _ANY_MODEL)
    )


def with_example(reading: Reading) -> Reading:
    """The question, asked of the usual example where it needs one."""
    if "stage_formula" in reading.cues and "n_gpus" not in reading.facts:
        # on one card no stage divides anything, and what the cards hold is not asked
        left = {name: values for name, values in reading.facts.items() if name not in ("gpu", "gpu_memory_gb")}
        reading = replace(reading, facts={**left, "n_gpus": (STAGED_OVER,)})
    if not needs_example(reading):
        return reading
    example: dict[str, tuple[Any, ...]] = {"params": (assumed("params", "an example"),)}
    of_training = any(map(trains, reading.facts.get("engine", ()))) or reading.intent == "zero_offload"
    of_training |= bool({"stage_formula", "lever:batch"} & set(reading.cues))  # a server's batch is its requests
    raised = len(reading.facts.get("batch_size", ())) > 1 and "batch_doubled" in reading.cues
    if (of_training or raised) and "task" not in reading.facts:
        example["task"] = ("train",)
    return replace(reading, facts={**reading.facts, **example}, cues=(*reading.cues, "any_model"))


def told(reading: Reading, words: str) -> str:
    """That the figures are of an example, and what would make them the asker's."""
    if reading.language == "zh":
        return f"没有说是哪个模型,数字以 {words} 为例;给出模型名或参数量,就按它计算。"
    return f"No model was named, so the figures are of a {words}, as an example; name yours for its own."
