"""Which way of learning from preferences is meant, of several that are named or where only RLHF is."""

from chat.reads.scan import Scan

# the trainer generates the answers by itself
NO_ENGINE = r"\buse_vllm['\"]?\s?[:=]?\s?(?:false|0|no)\b|\b(?:without|no|not using|don'?t use) (?:vllm|sglang)\b|(?:不用|不开|没用|没开|不使用|关闭)\s?(?:vllm|sglang)"
# learning from human feedback by reinforcement, where no other way of it is named
_RLHF = r"(?<![a-z-])rlhf(?![a-z_-])|人类反馈(?:的)?强化学习"
# a head of one value in place of that over the vocabulary
_ONE_VALUE = r"(?:最后(?:一|1)层|lm[ _]?head|输出层|head)[^,;。?]{0,12}(?:1|一|单)\s?(?:维|个标量)(?:的?\s?(?:head|输出))?|\b(?:1|one)[ -]?dim(?:ensional)? (?:head|output)|\bhead (?:of|with) (?:size|dimension|output) 1\b"
_CRITIC = r"\bcritics?\b|\bvalue (?:model|network)\b|评论家|价值(?:模型|网络)"

_ACTOR = r"(?<![a-z])actors?(?![a-z])|策略(?:模型|网络)"
_RM_TRAINED = r"\b(?:train\w*|fine-?tun\w*) (?:a |an |the |my |of a )?(?:\w+ )?reward model|\breward model training|训(?:练)?(?:一个)?奖励模型|奖励模型(?:的)?(?:训练|微调)"
# what stands in a trainer of actor and rollouts where neither PPO nor GRPO is named
_REFERENCE = r"(?<![a-z])ref(?:erence)?(?![a-z])|参考模型"
_ROLLOUT = r"\brollouts?\b"


def settle_algorithms(scan: Scan) -> None:
    """A reward model is one of PPO's copies; GRPO is what `main_ppo` was told to run; SFT is what is compared with."""
    algos = scan.facts.get("algo", [])
    for first, second in (("ppo", "rm"), ("grpo", "rm"), ("grpo", "ppo")):
        if first in algos and second in algos and (second == "rm" or any(scan.find(r"main_ppo|ppo_"))):
            algos.remove(second)
    if len(algos) > 1 and "sft" in algos:
        algos.remove("sft")
    for found in [*scan.find(_ONE_VALUE)] if algos == ["rm"] else ():
        scan.take(*found.span())  # which is what a reward model is
    if (
        algos == ["rm"] and any(scan.find(rf"{_CRITIC}|{_ACTOR}|{_RLHF}")) and not any(scan.find(_RM_TRAINED))
    ):  # beside a critic or an actor it is the one that scores the policy's answers
        scan.facts["algo"] = ["ppo"]
    if not algos and any(scan.find(_ACTOR)) and any(scan.find(rf"{_REFERENCE}|{_ROLLOUT}")):
        scan.facts["algo"] = ["ppo" if any(scan.find(_CRITIC)) else "grpo"]
        scan.spans["algo"] = [(0, 0)]
        scan.facts["task"], scan.spans["task"] = ["train"], [(0, 0)]
        algos = scan.facts["algo"]
    for found in scan.find(_RLHF) if not algos and scan.facts.get("task", ["train"]) == ["train"] else ():
        scan.facts["algo"], scan.spans["algo"] = ["ppo"], [scan.normal.original(*found.span())]
        scan.facts["task"] = ["train"]
        scan.spans.setdefault("task", [(0, 0)])
        break
    if not algos and "num_generations" in scan.extras and {"verl", "openrlhf"} & set(scan.facts.get("engine", ())):
        scan.facts["algo"] = ["grpo"]  # several answers to a prompt are what a group is
        scan.spans["algo"] = [(0, 0)]
        scan.facts["task"] = ["train"]
        if scan.facts.get("method") == ["inference"]:
            del scan.facts["method"]
