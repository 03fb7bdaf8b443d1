"""A setting that is asked about both ways: `with and without checkpointing`, `双重量化开和不开`."""

from chat.reads.scan import Scan

# the settings that are on or off, what they are then, and their words
_SWITCHES: tuple[tuple[str, tuple[object, object], str], ...] = (
    ("double_quant", (False, True), r"(?:bnb )?(?:double|nested)[ _-]?quant\w*|双重?量化|二次量化"),
    (
        "gradient_checkpointing",
        ("off", "on"),
        r"(?:gradient |activation |grad )?(?:check-?pointing|checkpoints|ckpt|gc\b|recomput\w+)|(?:梯度|激活)?(?:检查点|重计算)",
    ),
    ("zero_stage", (0, 1), r"(?:-{1,2}use[ _-])?distributed[ _-]optimi[sz]er|分布式优化器"),
)
_EN = r"\b(?:with (?:and|or|/|vs\.?|versus) ?(?:without|w/o)|without (?:and|or|vs\.?|versus) with|on (?:and|or|vs\.?|versus) off(?: for)?|w/ (?:and|or|vs\.?) w/o)\s(?:the |any )?"
_ZH = r"(?:开(?:启)?(?:和|与|跟|或)?(?:不开|关)|开不开|用不用|带不带|有(?:和|与|跟)?没有?|加不加|用(?:和|与|跟)不用|带(?:和|与|跟)不带)"
_AT_THE_END = (
    r"(?:with (?:and|or|vs\.?|versus) without|on (?:and|or|vs\.?|versus) off)(?= ?(?:it|this)?\s*(?:[?.,;:)]|$))"
)
# "works only with it; how much would it need without?", "开了检查点 30G，不开要多少"
_WITHOUT_ASKED = (
    r"[^!]{0,90}?(?:\bhow much\b[^.?!;]{0,40}\b(?:without|w/o)(?: it| that| this)?\s*(?:\?|$)|\b(?:and |what about )?without(?: it| that)?\s*\?"
    r"|(?:不开|关(?:掉|了)|不用)(?:它|的话|时|呢)?,?(?:会|要|需要|得|占|是|该|大概|又)*(?:多少|几个?g|多大))"
)
_BEHIND = r"\s?(?:时|的时候|的情况下)?"
# what it saves is the difference of both; what the others save is told of them by themselves
_DIFFERS = ("zero_stage",)
_SAVES_ZH = r"\s?(?:能|可以|会|大概|到底|每卡|每张卡?)*(?:节?省|减少|少)(?:下|用|掉)?(?:多少|几)"
_SAVES_EN = r"\bhow much (?:memory |vram )?(?:per (?:gpu|card) )?(?:does|will|would|do) (?:the |megatron'?s? )*"


def with_and_without(scan: Scan) -> None:
    """State both values, without before with."""
    for name, values, words in _SWITCHES:
        both = rf"(?:{_EN}|{_ZH}\s?)(?:{words})|(?:{words}){_BEHIND}(?:{_ZH}|\s(?:on (?:and|or|vs\.?|versus) off|with and without))"
        both += rf"|(?:{words})\b[^.?!;]{{0,40}}\b{_AT_THE_END}"
        both += rf"|(?:{words})(?![a-z]){_WITHOUT_ASKED}"
        if name in _DIFFERS:
            both += rf"|(?:{words}){_SAVES_ZH}|{_SAVES_EN}(?:{words})\s(?:save|reduce)"
        found = next(scan.find(both), None)
        if found and len(scan.facts.get(name, ())) < 2:
            place = scan.normal.original(*found.span())
            scan.facts[name], scan.spans[name] = [*values], [place, place]
            scan.take(*found.span())
    if scan.facts.get("double_quant") == [False, True]:  # what differs is how the weights are stored
        scan.facts["weight_format"], scan.spans["weight_format"] = ["nf4", "nf4-dq"], scan.spans.pop("double_quant")
        del scan.facts["double_quant"]
