"""The tokens that a model was trained on, told where its size is wanted: `it was trained on 7 billion tokens, will it run?`"""

from chat.reads.scan import Scan
from chat.reads.task_words import TASK_INFERENCE

TOKENS_FOR_SIZE = "tokens_for_size"
_WAS_TRAINED = r"\b(?:was|were|is|been|got|model|llm) (?:pre-?)?trained (?:on|with|using)\b|\bmodel (?:has|had) (?:seen|been trained)\b|(?:模型|它)(?:是|用|拿|在)[^,;?]{0,16}(?:训练?|预训练)(?:出来|过|好|完)?的|(?:训练?|预训练)(?:过|了|出来|好)的?"
_LONG_TO_TRAIN = r"\bhow long\b|多久|多长时间|几天|\bmfu\b|利用率"
_LARGEST = 1e12  # parameters: more tokens are nobody's size


def read_tokens_for_size(scan: Scan) -> None:
    """Where a model that was trained is to run, its training is over; where no size is told, the number of tokens may be meant as it."""
    tokens = scan.extras.get("train_tokens", [])
    if len(tokens) != 1 or {"config", "method"} & set(scan.facts):
        return
    told = any(scan.find(_WAS_TRAINED)) and any(scan.find(TASK_INFERENCE)) and not any(scan.find(_LONG_TO_TRAIN))
    if not told:
        return
    scan.facts["task"], scan.spans["task"] = ["inference"], [(0, 0)]
    if {"model", "params"} & set(scan.facts) or tokens[0] >= _LARGEST:
        return
    scan.add("params", int(tokens[0]), *scan.spans["train_tokens"][0], take=False)
    del scan.extras["train_tokens"], scan.spans["train_tokens"]
    scan.note(TOKENS_FOR_SIZE, True)
