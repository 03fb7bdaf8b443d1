"""A number of answers to a prompt that is changed: "num_generations from 8 to 16", "采样数由4加到16", "group size 16 instead of 8";
or of which it is asked whether memory goes with it: "does group size affect memory"."""

from chat.reads.scan import Scan

WAS, IS, ASKED, BLAMED = "group_was", "group_is", "group_asked", "cache_blamed"
_NAME = (
    r"(?:\bnum[ _-]?generations?|\bgroup[ _-]?size|\b(?:generations|completions|samples|rollouts|answers|responses) (?:per|for each|for every|a|/) ?prompt"
    r"|\brollout[. ]n(?![a-z])|(?:采样|生成|回答|rollout)(?:条|个)?数(?:量|目)?|(?<![a-z])group(?:大小|数)|组大小"
    r"|每(?:个|条)?\s?(?:prompt|问题|提示词?|题目?)的?\s?(?:采样|生成|回答|回复|rollout)(?:条|个)?数?)"
)
_N = r"(?<![\d.])(?P<{}>\d{{1,3}})(?![\d.]|\s?[bkm%](?![a-z]))\s?(?:个|条)?"
_TO = r"\s?(?:to|->|=>|→|(?:增?加|提高?|调高?|升|改|变|涨|扩大?|换|拉|降|减)(?:到|成|为|至)|到|变成?|改|换|调|升)\s?"
_ANSWERS = r"(?:generations?(?! \w*gpu)|rollouts?|completions?|answers|回答|采样)"
_CHANGED = (
    # the name, then both
    rf"{_NAME}(?: is)?(?: (?:raised|increased|changed|lowered|reduced|going|goes|doubled))?\s?(?:=|:)?\s?(?:from|由|从)?\s?{_N.format('a')}{_TO}{_N.format('b')}",
    # both, then the name
    rf"(?:\bfrom|由|从)\s?{_N.format('a')}{_TO}{_N.format('b')}\s?{_NAME}",
    # both beside each other
    rf"{_NAME}\s?(?:=|:|of)?\s?{_N.format('a')}\s?(?:vs\.?|versus|or|and|compared (?:to|with)|和|与|跟|还是|对比|比)\s?{_N.format('b')}",
    rf"{_N.format('a')}\s?{_ANSWERS}\s?(?:vs\.?|versus|to|or|compared (?:to|with)|和|与|跟|还是|对比|到)\s?{_N.format('b')}\s?{_ANSWERS}",
    # "16 instead of 8"
    rf"{_NAME}\s?(?:=|:|of|to)?\s?{_N.format('b')} (?:instead of|rather than|in place of|over) {_N.format('a')}",
)


# of reinforcement training; of groups of weights it is no number of answers
_OF_ROLLOUTS = r"(?<![a-z])(?:grpo|rloo|dr\.? ?grpo|dapo|gspo)(?![a-z])"
# what rose is put down to the cache
_CACHE = r"kv[ -]?(?:cache|缓存)"
_BLAMED = rf"\b(?:(?:is|was) (?:it|that|this)|because of|due to|caused by|down to|from) (?:all |just )?(?:the |my )?(?:larger |bigger |grown )?{_CACHE}(?! (?:quant|type|dtype|pool|size))|{_CACHE}(?:\s?\?|\s?(?:again|growing|the (?:cause|reason|culprit))\b|\s?(?:涨|变大|增大|增加|多|造成|导致|引起|的锅|的原因))|是(?:不是)?(?:因为|由于)?\s?{_CACHE}"
_GOES = r"(?:\b(?:affects?|influences?|impacts?|changes?|matters?|raises?|increases?|scales?|grows?|goes|go|depends?|more|larger|bigger)\b|影响|有关|关系|增加|变大|越大|涨|决定)"
_MEMORY = r"(?:\bv?ram\b|\bmemory\b|显存|内存)"
_ALONE = rf"{_NAME}(?:\s?(?:=|:|of|为|是)?\s?{_N.format('n')})?"
_GOES_WITH = (
    rf"{_ALONE}[^.;?!]{{0,32}}?(?:{_GOES}[^.;?!]{{0,24}}?{_MEMORY}|{_MEMORY}[^.;?!]{{0,12}}?{_GOES})",
    rf"{_MEMORY}[^.;?!]{{0,24}}?{_GOES}[^.;?!]{{0,24}}?{_ALONE}",
)


def _read_group_asked(scan: Scan) -> None:
    """Whether memory goes with it at all: twice the number that is told, else twice the default, is held against it."""
    if not any(scan.find(_OF_ROLLOUTS)):
        return
    for pattern in _GOES_WITH:
        for found in scan.find(pattern):
            if found["n"]:
                scan.add("num_generations", int(found["n"]), *found.span("n"), extra=True)
                scan.note(WAS, int(found["n"]))
                scan.note(IS, 2 * int(found["n"]))
            else:
                scan.note(ASKED, 1)
            return


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
            if any(scan.find(_BLAMED)):
                scan.note(BLAMED, 1)
            return
    _read_group_asked(scan)
