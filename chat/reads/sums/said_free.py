"""Parts of the memory that a question declares to take none, as a rule for its answer: "from now on KV cache is free"."""

from chat.reads.lexicon import compiled

PART_FREE = "part_free:"
_PARTS_SAID = {
    "kv_cache": r"\bkv(?:[ -]?cache)?|\b(?:the|a) cache|缓存", "weights": r"\bweights?|权重", "activations": r"\bactivations?|激活(?:值)?",
    "optimizer": r"\b(?:optimi[sz]er(?:'?s)?(?: states?)?|adam)|优化器(?:状态)?", "gradients": r"\bgradients?|梯度",
}  # fmt: skip
_IS_FREE = (
    r"\s(?:now |always )?(?:is|are|costs?|takes?|uses?|needs?|counts? as)(?: now| always)? (?:free\b|nothing\b|no (?:memory|vram|space|room|cost|bytes)\b|zero\b|0\b)"
    r"|\s?(?:都|也|是|就|现在|一律)*(?:不(?:占|算|吃|用|要|需要)(?:任何)?(?:显存|内存|地方|空间|$|,)|免费|为(?:零|0)|零(?:开销|占用)|不计)"
)


def said_free(text: str) -> list[str]:
    """A cue for each part that is said to be free."""
    return [
        f"{PART_FREE}{part}"
        for part, named in _PARTS_SAID.items()
        if compiled(rf"(?:{named})(?:{_IS_FREE})").search(text)
    ]
