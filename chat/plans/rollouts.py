"""What trains and what generates in reinforcement training: two programs on the same cards, or on cards of their own."""

from typing import Any

from chat.figures.named import default_of
from chat.reads.contrasts import CONTRAST, EITHER
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.training.algorithms import NO_ENGINE
from chat.reads.training.rollout_cards import GENERATES_ON
from kb.programs import ROLLS, trains

_PREFERENCES = ("dpo", "kto")
SERVES_ROLLOUTS = ("vllm", "sglang")
# shares the trainer's own weights, so that no copy stands beside them
_SHARES_WEIGHTS = "unsloth"


# which program divides a trainer's states, and the words that set it against the trainer instead
_DIVIDES = "deepspeed"
_AGAINST = rf"{CONTRAST}|{EITHER}|哪个"


# what a length is of, in the words just before it or after it
_PROMPT = r"\b(?:prompts?|inputs?|questions?)\b|提示|输入|问题"
_OF_A_PROMPT = (
    r"[ -]*(?:tokens?|toks?|个?token)?[ -]*(?:的)?(?:in (?:the )?)?(?:prompts?|inputs?|questions?|提示|输入|问题)"
)
_NEAR = 24


def is_a_backend(engine: Any, reading: Reading) -> bool:
    """Whether a program that is named only serves another: it generates the rollouts of what trains, or divides its states."""
    if engine in SERVES_ROLLOUTS:
        return bool(set(ROLLS) & set(reading.facts.get("algo", ())))
    beside = any(trains(one) for one in reading.facts.get("engine", ()) if one != _DIVIDES)
    return engine == _DIVIDES and beside and not compiled(_AGAINST).search(reading.lowered)


def _of_the_prompt(reading: Reading) -> bool:
    """Whether the one length beside that of the answers is told to be the prompt's."""
    text, spans = reading.lowered, reading.spans.get("seq_len", ())
    return any(
        compiled(_PROMPT).search(text[max(0, start - _NEAR) : end]) or compiled(_OF_A_PROMPT).match(text[end:])
        for start, end in spans
    )


# a KL weight, or the reference that it takes
_KL_TOLD = r"\bbeta\b|(?<![a-z])kl(?![a-z])|\bref(?:erence)?(?:[ _-](?:model|policy))?\b|参考模型"


def _no_kl_by_default(reading: Reading, facts: dict[str, Any]) -> bool:
    """TRL's GRPOConfig has a KL weight (beta) of 0 where nobody says one."""
    by_trl = facts.get("algo") == "grpo" and "trl" in (facts.get("engine"), *reading.extras.get("tools", ()))
    return by_trl and not default_of("TRL", "beta", "grpo") and not compiled(_KL_TOLD).search(reading.lowered)


# "one for vLLM, one for training"
_TRAINS_ON = r"\b(?P<n>one|two|three|four|\d{1,3}) (?:gpus? |cards? )?(?:for|do(?:es)?|to) (?:the )?(?:full )?train\w*|(?P<m>\d{1,3})\s?张(?:卡)?(?:用来|用于|做|跑|给)?\s?(?:训练|训)"
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4}


def _cards_that_train(reading: Reading) -> int:
    """Where the rollouts have cards of their own how many are left for training, 0 where that is not told."""
    found = compiled(_TRAINS_ON).search(reading.lowered)
    said = (found["n"] or found["m"]) if found else "0"
    return _COUNTS.get(said) or int(said)


def complete_rollouts(reading: Reading, facts: dict[str, Any]) -> None:
    """What is learnt from, which models stand beside the policy, and what generates the answers."""
    named = facts.get("engine")
    if isinstance(named, list):
        kept = [one for one in named if one in SERVES_ROLLOUTS or not is_a_backend(one, reading)]
        facts["engine"] = kept if len(kept) > 1 else kept[0]
    if "no_kl" in reading.cues and facts.get("algo") in _PREFERENCES:
        facts["ref_model"] = False  # "without a reference model": its log-probabilities are stored beforehand
    if facts.get("algo") not in ROLLS:
        return
    if isinstance(facts.get("output_len"), int):
        # what is learnt from is the prompt with its answer
        if "seq_len" not in facts:
            facts["seq_len"] = facts["output_len"] + int(reading.extras.get("max_prompt", (0,))[0])
        elif isinstance(facts["seq_len"], int) and _of_the_prompt(reading):
            facts["seq_len"] += facts["output_len"]
    if "no_kl" in reading.cues or _no_kl_by_default(reading, facts):
        facts["ref_model"] = False  # with a KL weight of 0 none is loaded
    named = facts.pop("engine", [])
    named = named if isinstance(named, list) else [named]
    trainers = [one for one in named if one not in SERVES_ROLLOUTS]
    alone = compiled(NO_ENGINE).search(reading.lowered) is not None
    if trainers:
        facts["engine"] = trainers if len(trainers) > 1 else trainers[0]
    if alone or _SHARES_WEIGHTS in trainers:
        facts.pop("gpu_memory_utilization", None)  # of what is counted already
    elif "rollouts_apart" in reading.cues or GENERATES_ON in reading.extras:
        facts["rollouts_by"] = "none"
        if GENERATES_ON not in reading.extras and (count := _cards_that_train(reading)):
            facts["n_gpus"] = count
        facts.pop("gpu_memory_utilization", None)
    elif (
        len(trainers) < len(named)
        or "log_rollout_tp" in reading.extras
        or {"rollouts_shared", "rollouts_asleep"} & set(reading.cues)
    ):
        if "rollouts_asleep" in reading.cues:
            facts["rollouts_by"] = "asleep"
        elif "verl" not in trainers:  # which lets its engine sleep by default
            facts["rollouts_by"] = "beside"
