"""Remedies that the asker rules out: fewer bits, adapters, more or other cards, a shorter length."""

# a wish or what cannot be, up to its verb
_NOT = r"(?:\b(?:don'?t|do not|won'?t|will not|can'?t|cannot|can not|not|(?:would |i'?d )?rather not|prefer not|refuse|avoid|unable|never|wouldn'?t) (?:(?:really|even|just|want(?:ed|ing)?|wanna|willing|able|allowed|going|keen on|interested in|like|wish|need|have|plan|intend|afford|to|be|get|use|do|any|it|the|my|a|an|tell|me|suggest|recommend|mention|propose) ){0,6})"
_NOT_ZH = r"(?:(?<!想)不想|不愿意?|不打算|不准备|(?<!能)不能|(?<!可)不可以?|不考虑|不接受|不允许|没法|无法|没办法|没钱|没预算|拒绝|坚决不|不带|(?<![特区分级个])别|(?<!要)不要)(?:再|做|用|上|搞|去|随便|把)?"
_CARD = r"(?:gpus?|(?:graphics |video )?cards?)\b"
_WHOLE = r"(?:bf16|fp16|16[- ]?bits?|full precision|unquanti[sz]ed|original precision|native precision)"


# advice that is not wanted: "please don't tell me to use QLoRA", "别再劝我上 QLoRA 了"
_UNASKED = r"(?:don'?t|do not|no need to|stop) (?:(?:just|even|always|please) )?(?:tell(?:ing)?(?: me)?|suggest(?:ing)?|recommend(?:ing)?|propos(?:e|ing)|mention(?:ing)?|offer(?:ing)?|advis(?:e|ing)(?: me)?|say(?:ing)?|answer(?:ing)?(?: with)?|point(?:ing)? me to|com(?:e|ing)(?: at me)? with)(?: that)?(?: i (?:should|could|can|must))?(?: just)?(?: to)?(?: (?:try|switch|go|do|just|take|move))?(?: (?:to|for|with))?(?: use)?"
_UNASKED_ZH = r"(?:别|不要|不用|请勿|甭)(?:再|老|总|都|光)?(?:跟我|和我|给我|劝我|让我|叫我|建议我|建议|推荐我|推荐|劝|提|说)(?:说|提|推荐|建议|讲)?(?:什么|用|上|换成?|改成?|去|做|跑)?"


def turned_down(method: str) -> str:
    """The words by which a method of training is ruled out."""
    return (
        rf"(?<!why )(?<!if )\b(?:not?|without|(?:don'?t|do not|can'?t|cannot|won'?t|may not|must not|(?:am |are )?not allowed to) (?:want|use|do|run)|{_UNASKED}|anything but|spare me|never|avoid|instead of)\s(?:to use |using |to do |any |a |plain |regular |normal |ordinary ){{0,2}}{method}\b"
        rf"|\b{method}\b (?:is |are )?(?:not an option|off the table|out of the question|ruled out|not allowed|forbidden)"
        rf"|(?<!是)(?:不(?:要|用|想用?|能用|让用?|许用?|准用?|打算用?|可以用|做|考虑|接受)|别用?|非|不是|{_UNASKED_ZH})\s?(?:普通的?\s?)?{method}(?!吗|么|不)|(?<![a-z]){method}\s?(?:不行|不考虑|除外|不能用|不用(?!再?(?:加载|载入|装|存|放|算|改|动|全)))"
    )


# training of all parameters that cannot be, beside another way: "can't do full, just LoRA", "不能全参"
FULL_TURNED_DOWN = r"(?<!why )(?<!if )\b(?:not?|without|(?:don'?t|do not|can'?t|cannot|won'?t|may not|must not|(?:am |are )?not allowed to) (?:want|use|do|run|afford)|never|rather than|instead of)\s(?:to do |do |a |any )?full\b[ -]?(?:param\w*[ -]?)?(?:fine-?tun\w*|ft\b|sft\b|tun\w+|train\w*)?|\bfull (?:fine-?tuning|ft|training|tuning) (?:is |are )?(?:not an option|off the table|out of the question|ruled out|not allowed|forbidden|too much)|(?<!为什么)(?<!为啥)(?<!能)(?:不(?:能|让|许|准|打算|想|做|用|考虑|可以)|没法|做不了|跑不了|别)(?:做|用|跑|上|搞)?(?:全参数?|全量)(?:微调|训练)?(?![吗么])"
_WHOLLY = r"\b(?:must|has to|have to|needs? to|required to|insists? (?:on|that))\b[^.?;]{0,24}\bfull\b[* -]{0,3}(?:param\w*[ -])?(?:fine-?tun\w*|ft\b|sft\b|train\w*)|\b(?:only|strictly) full (?:param\w*[ -])?(?:fine-?tun\w*|ft\b|sft\b)|(?:必须|一定要|只(?:能|想|做|要)|坚持|要求|非要|务必)(?:做|用|是)?(?:全参|全量)"

RULED_OUT: tuple[tuple[str, str], ...] = (
    ("no_quantising", (
        rf"{_NOT}(?:weight[- ])?(?:quanti[sz](?:e\b|ing\b|ation\b|ed (?:model|weights|version))|quants?\b)(?! (?:the |my )?(?:kv|cache))|\bno (?:weight )?(?:quanti[sz]ation|quanti[sz]ing|quants?)(?=\s?(?:please|allowed|[.,;:!)]|$))"
        rf"|\bquanti[sz](?:ation|ing) (?:is |are )?(?:not an option|off the table|out of the question|ruled out|not allowed)|\b(?:only|strictly) {_WHOLE}\b|\b{_WHOLE} only\b"
        rf"|\b(?:must|has to|have to|needs? to|want(?:s)? (?:it |them )?to|should) (?:stay|remain|be kept|keep(?: it| the weights)?|run)\b[^.,;?!]{{0,12}}\b{_WHOLE}"
        r"|\b(?:run|serve|host|deploy|use|load|keep|fit|need)\w*\b(?:[^.,;?!]|\.(?=\d)){0,40}\bunquanti[sz]ed\b(?![^;]*\b(?:or|vs|versus|than|compared|quant\w*|int\d|fp8|q\d\w*|awq|gptq|\d[- ]?bits?)\b)"
        rf"|(?<!缓存)(?<!kv)(?<!kv )(?<!缓存 ){_NOT_ZH}(?:权重)?量化|(?:必须|一定要|只(?:能|想|要)|坚持|非要)(?:用|跑|保持|是)?\s?(?:bf16|fp16|16 ?位|全精度|原(?:始)?精度|不量化)|(?<!缓存)(?<!kv)(?<!kv )不量化(?=\s?(?:[,.;!)]|$))"
    )),
    ("no_adapters", rf"{turned_down('lora')}|{_WHOLLY}"), ("no_qlora", turned_down("qlora")),
    # the machine stays as it is
    ("fixed_cards", (
        rf"{_NOT}(?:upgrade|replace|swap|change)\b[^.,;?!]{{0,16}}(?:{_CARD}|\bhardware\b)|\b(?:no|without) (?:new|other|different|bigger|larger) (?:hardware|{_CARD})|\bhardware is (?:fixed|given)|\bstuck with (?:this|these|the|my|what)\b[^.,;?!]{{0,20}}(?:{_CARD}|hardware|have)"
        rf"|{_NOT}(?:buy|get|buying) (?:(?:any|new|other|another|more|a|different) )*hardware"
        rf"|{_NOT_ZH}(?:换|升级)(?:显)?卡|换不(?:了|起)(?:显)?卡|不换(?:显)?卡|(?:卡|硬件|机器|配置)(?:是|就是)?(?:固定|定死|换不了|不能换|没法换|不能动|不能升级)"
    )),
    ("no_more_cards", (
        rf"{_NOT}(?:buy(?:ing)?|get(?:ting)?|add(?:ing)?|afford|rent(?:ing)?|fit|have|use|purchase)?\s?(?:(?:an?|any|one|to|new) )*(?:another|second|2nd|third|more|extra|additional|new)(?: (?:one|gpu|of them)\b| {_CARD})|\b(?:no|without(?: an?)?) (?:room|space|slot|budget|money|second|third|other|more|additional|extra)(?: (?:for|slot|pcie|budget))*(?: (?:an?|another|second|more|additional))* {_CARD}|\bonly (?:one|1|a single) (?:pcie |gpu )?slot\b"
        rf"|{_NOT_ZH}(?:加|买|添|租|增加|上|插|加装)(?:更多|第二张|第2张|新|别的|一张|1张)?的?(?:显)?卡|(?:没有|没)(?:第二张|第2张|多余的?|别的|更多)(?:显)?卡|(?:只有|就)(?:这)?(?:一|1)个(?:pcie)?\s?(?:插)?槽"
        r"|(?<![a-z0-9])mig(?![a-z])|(?<![\d.a-z])[1-7]g\.\d{1,3}gb"  # slices reach none of the others
    )),
    ("no_shorter", (
        rf"{_NOT}(?:shorten|reduc\w*|cut\w*|lower\w*|shrink\w*|decreas\w*|truncat\w*|drop\w*|give up|trim\w*|go (?:below|under|lower|shorter)|sacrific\w*)\b[^.,;?!]{{0,24}}(?:context|\bctx|length|\bseq\w*|tokens|window|\d+ ?k\b)"
        r"|(?:context|\bctx|length|\bseq\w*|\d+ ?k)\b[^.,;?!]{0,16}\b(?:can'?t|cannot|can not|must not|may not) (?:be )?(?:shorten\w*|reduced|cut|lowered|changed|shorter|smaller|truncated)|(?:context|\bctx|length|\d+ ?k)\b (?:context |length )?(?:is (?:fixed|non-?negotiable|a must|mandatory|required|a hard requirement)|(?:must|has to|needs to) (?:stay|remain|be kept))"
        rf"|(?:上下文|长度|序列|seq\w*|max_len\w*|\d+ ?k)[^,.;?!]{{0,6}}(?:不能|没法|无法|不可以?|不想|不允许|不让)(?:再)?(?:被)?(?:缩|减|降|砍|少|变?短|改|动|调|截)|{_NOT_ZH}(?:缩短|减少|减小|降低|砍|截断|缩减?|改短|调短|调小)(?:上下文|长度|序列|seq\w*|max_len\w*)|(?:上下文|长度)(?:必须|一定要)(?:保持|是|要|有|够)?"
    )),
)  # fmt: skip
# what the word is said for: nothing of it is asked about
OF_QUANTISING = frozenset({"quantising", "quantising_itself", "quantised", "if_quantised", "quantise_or_not"})
