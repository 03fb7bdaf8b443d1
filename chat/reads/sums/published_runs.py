"""What is published: how a model was trained by its makers, asked as what has been; and two programs' figures of one need."""

from chat.reads.concepts.effects import beside

PUBLISHED_ASKED: tuple[tuple[str, str], ...] = (
    (
        "as_published",
        beside(
            r"\b(?:was|were|did)\b[^;?]{0,48}\b(?:pre-?)?train(?:ed)?\b(?:[^.;?]{0,16}\b(?:on|with|using|take|use)\b)?|\bused to (?:pre-?)?train\b"
            r"|(?:预训练|训练|训)(?:一次|的时候|时|出来)?[^,;?]{0,4}(?:用了|花了|用掉)|训练一次|当初[^,;?]{0,24}训",
            r"\bhow (?:many|much|long|was|were|did)\b|\bwhat\b|多少|几|怎么|多久",
            without=r"\bq?lora\b|\bfine-?tun|微调|全参|\bsft\b|\bi\b|\bmy\b|\bwe\b|\bour\b|我|\boom\b|爆",
        ),
    ),
    (
        "both_published",
        beside(
            r"\bunsloth(?:'?s)?\b[^.;?!。]{0,16}(?:\bdocs?\b|\bdocumentation\b|\bwiki\b|\bblog\b|\bpage\b|\btable\b|\bsays?\b|\blists?\b|文档|官网|表|写|说)",
            r"\bllama[ _-]?factory\b",
            r"(?<![\d.])\d+(?:\.\d+)?\s?gi?b?(?![a-z])",
        ),
    ),
    (
        "required_elsewhere",  # "its card says at least 120 GB for 1M tokens: where do they come from?"
        beside(
            r"\b(?:says?|states?|asks? for|lists?|recommends?|requires?|model card|readme|docs?|documentation)\b(?:[^.;?]|\.\d){0,60}(?:\bat least\b|\bminimum\b|\brequire[ds]?\b|\bneed(?:s|ed)?\b|≥|>=)[^.;?]{0,16}\d\s?g(?:i?b)?\b"
            r"|\b\d+\s?g(?:i?b)?(?: of v?ram| vram)? (?:is|are) (?:required|needed|the minimum)\b"
            r"|(?:官方|模型卡|文档|说明|readme|介绍|写着?|说)(?:[^.;?]|\.\d){0,40}(?:至少|最少|最低|不低于)[^.;?]{0,8}\d\s?g",
            r"\bwhere\b|\bwhy\b|\bhow come\b|\bcomes? from\b|哪(?:里)?来|怎么(?:来|算)|为什么|为啥",
            without=r"\bnvidia-smi\b|\boom\b|out of memory|爆|\bq?lora\b|\bfine-?tun|\btrain|微调|训练",
        ),
    ),
)
