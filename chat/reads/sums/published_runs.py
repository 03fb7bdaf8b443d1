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
)
