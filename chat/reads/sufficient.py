"""How it is said or asked that something is enough, and that another is needed."""

from collections.abc import Sequence

from chat.reads.lexicon import compiled

# what may be said of it, by itself a question or a claim
ENOUGH = (
    r"(?P<not>\bnot |n't |\bnever )?(?:be )?(?:really |quite |already |just )?\b(?:enough|sufficient|suffices?|plenty|overkill|adequate|realistic|feasible|doable|viable)\b"
    r"|(?:(?<=\d )|(?<=card )|(?<=cards )|(?<=gpu )|(?<=gpus )|(?<=them ))do\b(?! (?:i|we|you|they|these|those|not)\b)"
    r"|\bor (?:only|just|should (?:i|we) (?:stick|stay|settle|drop|go down))\b"
    r"|(?:(?P<no>(?<!够)不)|(?<![能不]))够(?:不够|用|吗|了|么|的)?(?=\W|$|[呢吧啊还是吗么用了])|(?:能|可)?行(?:吗|么|不行)|可行吗|可以(?:吗|么|不)|搞得定|(?<=[a-z0-9])\s?(?:吗|么)|还是只能"
)
# the same where others say it
SAID = r"\b(?:works?|fits?|runs?|handles?|holds?|is (?:fine|ok|okay)|will do|good|(?:can|could|does|did) (?:do )?(?:it|this|that|so))\b|(?:能|可以)(?:跑|训|放|装|行|搞)|(?:能|可以)[^,.;?!]{0,14}(?:微调|训练?|部署|跑)|就(?:可以|行|好)|没(?:有)?问题|搞定"
# that another is needed, and so that the first is not enough
NEEDED = (
    r"\b(?:do|would|will|should) (?:i|we|you) (?:really |actually |even |still |definitely )?(?:need|have to)\b|\bshould (?:i|we) (?:rather |better |instead )?(?:rent|buy|get|upgrade to|go (?:to|for|with))\b|\b(?:am i|are we) (?:stuck with|limited to|forced to)\b|\b(?:must|or need)\b|\bneed to (?:go|use|get|rent|buy)\b"
    r"|要不要|用不用|必须|非得|一定(?:要|得)|还是(?:要|得|只能)|还得|得(?=上|用|买|换|租|加|要)|需要|要(?=上|用|买|换|租|加)"
)
NEEDED_AT_ALL = rf"{NEEDED}|\b(?:is|are)\b[^.?!]{{0,32}}\b(?:needed|necessary|required)\b"
_DOUBTED = r"\b(?:true|right|correct|really|realistic)\b|\?|真的|对吗|对不对|是不是|吗|么|不"


# whether what others say is so, asked by itself
_SO = r"\b(?:true|legit|bs|plausible|realistic)\s?\?|\b(?:is|are|was) (?:he|she|they|that|this|it) (?:right|correct|true|possible|really|even possible|serious|lying|realistic)\b|\b(?:really|seriously)\s?\?|真的(?:吗|假的|么)?|真假|怼|反驳|打脸|忽悠|靠谱(?:吗|么|不)|对吗|属实|吹牛|现实(?:吗|么)|可信(?:吗|么)|说得对|是不是(?:真的|在吹)"
_ASKS = r"[?]|[吗么](?:$|[^\u4e00-\u9fff])"


def judges_claim(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Is it asked whether what others say works does so, and nothing of the asker's own case?"""
    said = any(compiled(rf"{ENOUGH}|{SAID}").search(text, *span) for span in spans)
    own = "".join(
        text[end:start] for (_, end), (start, _) in zip([(0, 0), *spans], [*spans, (len(text), 0)], strict=True)
    )
    asked = [*compiled(_SO).finditer(text)]
    rest = compiled(_SO).sub(" ", own)
    return (
        said and bool(asked) and not compiled(_ASKS).search(rest.replace("?", " ", 1) if own.count("?") == 1 else rest)
    )


def claims_enough(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Do others say that something is enough, or works, and is it asked of the asker's own case whether that is so?"""
    said = any(compiled(rf"{ENOUGH}|{SAID}").search(text, *span) for span in spans)
    own = "".join(
        text[end:start] for (_, end), (start, _) in zip([(0, 0), *spans], [*spans, (len(text), 0)], strict=True)
    )
    return said and bool(compiled(NEEDED).search(own)) and bool(compiled(_DOUBTED).search(own))
