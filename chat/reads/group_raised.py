"""A number of answers to a prompt that is changed: "num_generations from 8 to 16", "采样数由4加到16", "group size 16 instead of 8"."""

from chat.reads.scan import Scan

WAS, IS = "group_was", "group_is"
_NAME = (
    r"(?:\bnum[ _-]?generations?|\bgroup[ _-]?size|\b(?:generations|completions|samples|rollouts|answers|responses) (?:per|for each|for every|a|/) ?prompt"
    r"|\brollout[. ]n(?![a-z])|(?:采样|生成|回答|rollout)(?:条|个)?数(?:量|目)?|(?<![a-z])group(?:大小|数)|组大小"
    r"|每(?:个|条)?\s?(?:prompt|问题|提示词?|题目?)的?\s?(?:采样|生成|回答|回复|rollout)(?:条|个)?数?)"
)
_N = r"(?<![\d.])(?P<{}>\d{{1,3}})(?![\d.]|\s?[bkm%](?![a-z]))\s?(?:个|条)?"
_TO = r"\s?(?:to|->|=>|→|(?:增?加|提高?|调高?|升|改|变|涨|扩大?|换|拉|降|减)(?:到|成|为|至)|到|变|变成)\s?"
_CHANGED = (
    # the name, then both
    rf"{_NAME}(?: is)?(?: (?:raised|increased|changed|lowered|reduced|going|goes|doubled))?\s?(?:=|:)?\s?(?:from|由|从)?\s?{_N.format('a')}{_TO}{_N.format('b')}",
    # both, then the name
    rf"(?:\bfrom|由|从)\s?{_N.format('a')}{_TO}{_N.format('b')}\s?{_NAME}",
    # "16 instead of 8"
    rf"{_NAME}\s?(?:=|:|of|to)?\s?{_N.format('b')} (?:instead of|rather than|in place of|over) {_N.format('a')}",
)


def read_group_raised(scan: Scan) -> None:
    """Both numbers, what it was and what it is to be."""
    for pattern in _CHANGED:
        for found in scan.find(pattern):
            was, now = int(found["a"]), int(found["b"])
            if was == now or not scan.free(*found.span()):
                continue
            for one in (was, now):
                scan.add("num_generations", one, *found.span(), extra=True)
            scan.note(WAS, was)
            scan.note(IS, now)
            return
