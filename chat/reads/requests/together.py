"""Prompts that are answered together, `generating 4 prompts up to 4k tokens`: a batch, and no work one after another."""

from chat.reads.scan import Scan

_APART = r"(?![^.;?!]{0,48}\b(?:one after|one by one|one at a time|after the other|in turn|in a row|sequential(?:ly)?|(?:a|per|each|every) (?:day|minute|hour|second))\b)"
_DONE = r"\b(?:(?:generat|answer|decod|complet|process|prefill)(?:e|es|ed|ing)?|inference)\s(?:for |from |on |with |over |a batch of )?"
_TOGETHER = (
    rf"{_DONE}(?P<a>\d{{1,2}}) (?:long |short |different )?prompts\b{_APART}"
    r"|(?<![\d.,])\b(?P<b>\d{1,2}) (?:long |short |different )?prompts (?:[^.;?!,]{0,24} )?(?:together|batched|in (?:one|a|the same) (?:batch|go)|in parallel)\b"
    r"|(?:一次性?|同时|一起|一批|批量)(?:生成|推理|跑|处理|送|喂|解码|回答|输入)?\s?(?P<c>\d{1,2})\s?[条个](?=[^,;.?!]{0,8}(?:prompts?(?![a-z])|提示|输入|请求))"
    r"|(?<![\d.])(?P<d>\d{1,2})\s?[条个](?:[^,;.?!]{0,8}的)?(?:prompts?(?![a-z])|提示词?|输入)[^,;.?!]{0,8}(?:一起|同时|并行|批量|一次性)"
)
# work to get through takes time, whatever runs at one moment
_TIMED = r"\bhow (?:long|fast|many (?:hours|minutes))\b|多久|多长时间|耗时|几(?:个小时|小时|分钟)|每秒|tok\w*/s"


def read_together(scan: Scan) -> None:
    """They are the sequences of a batch."""
    if any(scan.find(_TIMED)):
        return
    for found in scan.find(_TOGETHER):
        group = next(name for name in "abcd" if found[name])
        if scan.free(*found.span(group)):
            scan.add("batch_size", found[group], *found.span(group))
