"""A limit that the asker thinks there is: "I'd say 16 is the limit, right?", "batch 4 就到头了吧". It is no setting: how far it goes is asked."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

LIMIT_CLAIMED = "limit_claimed"  # the number, and how it was typed
_N = r"(?<![\d.])(?P<{0}>\d{{1,6}})(?P<{0}k>k)?"
_MANY = r"(?:users|requests|sequences|sessions|chats|concurrent (?:users|requests))"
_MOST = r"(?:limit|max(?:imum)?|most|ceiling|cap|longest|highest)\b(?! (?:that )?(?:nvidia|the (?:card|model)) (?:has|was|supports?))"
_IS = r"(?:is|would be|must be|should be|has to be|will be|seems(?: to be)?|are)\s(?:about |probably |really |already )?(?:the |my |its )?(?:absolute |hard |upper |very )?"
_CLAIM = (
    rf"{_N.format('a')}\s?(?:tokens?|context|{_MANY})?\s?{_IS}{_MOST}"
    rf"|\b(?:limit|max(?:imum)?|most|ceiling) (?:\w+ ){{0,3}}?(?:is|must be|should be|would be) (?:about |around )?{_N.format('b')}(?=\s?(?:tokens?|{_MANY})?\s?(?:[,.?!]|at\b|of\b|with\b|on\b|for\b|in\b))"
    rf"|\b(?:no|not) more than {_N.format('c')}\s?(?:tokens?|{_MANY})?(?=\s?(?:can|will|would|is|are|go|fit)?[^.?!]{{0,24}}[.,?!])"
    rf"|{_N.format('d')}\s?(?:个|路|条|人)?(?:并发|请求|用户|batch|token)?(?:就|应该|大概|差不多|基本|已经|是)*(?:到头|到顶|封顶|极限|上限|顶天)了?"
    rf"|(?:最多|顶多|上限(?:是)?|极限(?:是)?)(?:就|也|只|能|开|跑|到|是|大概)*\s?{_N.format('e')}\s?(?:(?:个|路|条|人)?(?:并发|请求|用户|batch|token)|[个路条人](?![张块卡])|(?=[吧,。?]|对[吗吧不]|是[吗不吧]))"
    rf"|\bmore than {_N.format('f')}\s?(?:tokens?|{_MANY})?\s(?:won'?t|will not|can'?t|cannot|don'?t|doesn'?t|is not going to) (?:work|fit|go|run|be possible)\b"
)
_ASKED = r"\b(?:right|correct|agreed?|yes|true|no)\s?\?|\b(?:is|am) (?:that|this|it|i) (?:right|correct|true)\b|对吗|对吧|是吗|是吧|对不对|是不是|没错吧|[吧吗]\s?[?。]?$"
_A_LENGTH = 512  # tokens
_LIMITED = {"fits", "max_batch_ctx", "unclear", "check_arithmetic", "kv_cache", "how_much"}


def limit_claimed(reading: Reading, text: str) -> Reading:
    """The reading that asks how far it goes, with the limit that was thought apart."""
    found = compiled(_CLAIM).search(text) if set(reading.intents[:1]) <= _LIMITED else None
    cards, subject = {"gpu", "gpu_memory_gb"} & set(reading.facts), {"model", "params"} & set(reading.facts)
    if not found or not cards or not subject or not compiled(_ASKED).search(text, found.start()):
        return reading
    group = next(name for name in "abcdef" if found[name])
    number = int(found[group]) * (1024 if found[f"{group}k"] else 1)
    if any(found[group] in str(card) for card in reading.facts.get("gpu", ())):
        return reading
    name = "seq_len" if number >= _A_LENGTH else "batch_size"
    facts = {fact: values for fact, values in reading.facts.items() if fact != name or values != (number,)}
    return replace(
        reading,
        facts=facts,
        intents=("max_batch_ctx", *(one for one in reading.intents if one != "max_batch_ctx")),
        asks=(name,),
        cues=tuple(cue for cue in reading.cues if cue not in ("claim_checked", "confirms")),
        extras={**reading.extras, LIMIT_CLAIMED: (float(number), found[group] + (found[f"{group}k"] or ""))},
        claims=tuple(one for one in reading.claims if one.number != number),
        not_understood=tuple(one for one in reading.not_understood if one.text != found[group]),
    )
