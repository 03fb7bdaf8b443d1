"""Cards that are divided between training and the engine that generates: "8 on actor and ref, 8 on vLLM", "4张跑vllm,4张训练"."""

import re

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

TRAINS_ON, GENERATES_ON = "log_trains_on", "log_generates_on"
_LEARNS = r"(?<![a-z])(?:grpo|ppo|rlhf|rloo|dapo|gspo)(?![a-z])"
_N = r"(?<![\d.x×*a-z])(?P<n>\d{1,3}|one)"  # other words are digits by then
_CARD = r"(?:gpus?|cards?|ranks|others?(?= with| for| to|[,.;]|$)|(?:rtx |nvidia )?[abhl]\d{2,3}s?(?![a-z\d]))(?:\s\d{2,3}\s?g(?:i?b)?)?|张(?:显?卡)?|块(?:显?卡)?|卡"
_MACHINE = r"nodes?|machines?|servers?|boxes|台(?:机器|服务器)?|机|(?:个)?节点"
_KIND = rf"(?:(?:dedicated|separate|other|remaining|extra|more|of (?:them|the \w+))\s)?(?:(?P<card>{_CARD})|(?P<machine>{_MACHINE}))"  # fmt: skip
_TO = r"(?:(?:are|is|were|go|going|used|reserved|left|dedicated|assigned|given)\s)?(?:for|on|to|run(?:ning|s)?|serv(?:e|es|ing)|do(?:es|ing)?)\s(?:run(?:ning)? |serve |do )?(?:the |my )?|(?:用来|用于|专门|单独|负责|拿来|留给|分给|[做跑给放])+\s?"
_ENGINE = r"(?:vllm|sglang|rollouts?|generat(?:ion|e|ing)|inference|sampling|采样|推理|生成)(?![a-z])"
_TRAINING = r"(?:(?:deepspeed |fsdp |zero-?[123] |the |policy |actor )*(?:train\w*|actor|policy|learner|update\w*|learning)|训练|训|更新|策略)"
_ON = r"\s?(?:(?:server|engines?|workers?|side|model)\s?)?(?:(?:and|\+|,|/|&|和|与|、)\s?(?:the )?(?:ref\w*|critic|reward)(?: model)?\s?)*(?:(?:is|are|runs?|running|sits|lives|happens)\s)?(?:(?:on|uses?|using|takes?|gets?|has|with|holds)\s|[:=]\s?|占用?|用|跑在|放在|[在放给])\s?(?:了|the\s|its own\s|my\s|另外(?:的)?|其余(?:的)?|剩下(?:的)?)?(?:other\s|remaining\s)?"


def _forms(role: str) -> tuple[str, ...]:
    """`8 cards on vllm`, `8 on vllm`, `vllm on 2 gpus`."""
    return (
        rf"{_N}\s?(?:x\s?)?(?:{_KIND})?\s?(?:{_TO})(?:{role})",
        rf"(?:{role}){_ON}{_N}\s?(?:x\s?)?(?:{_KIND})",
    )


def _loose(role: str) -> str:
    """`actor on 8, vllm on 8`: of either alone it is no count of cards."""
    return rf"(?:{role}){_ON}{_N}(?:{_KIND})?(?!\.?\d|\s?[a-z%])"


def _bare(role: str) -> str:
    """With nothing between, as in `6 train + 2 vllm`."""
    return rf"{_N}\s?(?:{_KIND})?\s?(?:{role})"


_REST_TRAINS = rf"(?:\bthe (?:rest|others?|remaining)\b|其余|剩下|余下)[^,;.?]{{0,16}}(?:{_TRAINING})"


def _first(scan: Scan, *patterns: str) -> re.Match[str] | None:
    return next((found for one in patterns for found in scan.find(one) if scan.free(*found.span("n"))), None)


def read_rollout_cards(scan: Scan) -> None:
    """Take the numbers of both parts; the cards of all of it stay to be read."""
    if not compiled(_LEARNS).search(scan.text):
        return
    engine, training = (next(scan.find(_bare(one)), None) for one in (_ENGINE, _TRAINING))  # "6 + 2" is a sum, too
    if engine is None or training is None:
        engine, training = _first(scan, *_forms(_ENGINE)), _first(scan, *_forms(_TRAINING))
    if engine is None:
        loose = _first(scan, _loose(_ENGINE)), training or _first(scan, _loose(_TRAINING))
        engine, training = loose if all(loose) else (None, training)
    engine = engine or (_first(scan, _bare(_ENGINE)) if training or _first(scan, _bare(_TRAINING)) else None)
    if engine is None:
        return
    if training is None or training.span("n") == engine.span("n"):
        training = next((one for one in scan.find(_bare(_TRAINING)) if one.span("n") != engine.span("n") and scan.free(*one.span("n"))), None)  # fmt: skip
    counted = engine["card"] is not None or engine["machine"] is not None
    if training is None and not counted and not any(scan.find(_REST_TRAINS)):
        return
    for name, found in ((GENERATES_ON, engine), (TRAINS_ON, training)):
        if found is not None:
            count = 1 if found["n"] == "one" else int(found["n"])
            machines = found["machine"] is not None
            scan.add(f"{name}_machines" if machines else name, count, *found.span("n"), extra=True)


def settle_rollout_cards(scan: Scan) -> None:
    """Of what was told the cards that train are the case's; nothing where the engine has not fewer than there are."""
    train_on, generate_on = (int(scan.extras.pop(f"{one}_machines", (0,))[0]) for one in (TRAINS_ON, GENERATES_ON))
    trains, generates = (int(scan.extras.get(one, (0,))[0]) for one in (TRAINS_ON, GENERATES_ON))
    whole = max((int(one) for one in scan.facts.get("n_gpus", ())), default=0)
    if generate_on:
        of = train_on + generate_on if train_on else int(max(scan.extras.get("nodes", (0,))))
        each = whole // of if of > generate_on else 0
        trains, generates = (of - generate_on) * each, generate_on * each
        if each:
            scan.extras["nodes"] = [of - generate_on]
    if generates and not trains and whole > generates:
        trains = whole - generates
    if not (trains and generates):
        scan.extras.pop(TRAINS_ON, None)
        scan.extras.pop(GENERATES_ON, None)
        return
    scan.extras[TRAINS_ON], scan.extras[GENERATES_ON] = [trains], [generates]
    scan.facts["n_gpus"] = [trains]
    scan.spans["n_gpus"] = scan.spans.get("n_gpus", scan.spans.get(GENERATES_ON, [(0, 0)]))[:1]
