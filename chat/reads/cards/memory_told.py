"""The words in which the memory of cards is told, each with the place that the amount has in them."""

from enum import Enum

from chat.reads.lexicon import MEM


class Told(Enum):
    """Where an amount stands: some words name a card beside it, others may be of a run or a file and are read with care."""

    BEHIND = "24 GB of VRAM"
    BEFORE = "VRAM: 24 GB"
    OWNED = "I have 24 GB"
    WITHIN = "on 24 GB"
    ASKED = "is 24 GB enough?"
    ELSE = "2 x 24 GB"


_SOLD = r"(?=(?:8|10|11|12|16|20|22|24|32|40|48|64|80|94|96|128|141|192)\s?g)"
_OWNED = rf"(?:\bi have|\bi've(?: got)?|\bgot|\bonly have|\bhave only|\bwith only|\bwithin|\bunder|\bmy|我(?:只)?有|(?<!allocated)(?<!reserved)只有|手头有|(?<!也)就)\s*(?:a |an |one |1 |about )?{MEM}(?!\s*(?:is enough|够|就够)|\s?\(?(?:i?q\d\w*|gguf|awq|gptq|int[48]|fp16|bf16)?\)?\s?(?:model|file|gguf|checkpoint|quant\b|模型|文件))"
_WITHIN = rf"(?<!away )(?<!off )\b(?:on|in|into|within|under|with)\s+(?:(?:just|only|about|my|our|the|a|an|one|single) ){{0,2}}{MEM}(?!\s*(?:table|shard|file|model|gguf|quant\b|checkpoint))"
CARD_MEMORY: tuple[tuple[Told, str], ...] = (
    (Told.BEHIND, rf"{MEM}\s*(?:的\s?)?(?:单卡|显存(?!占用|需求)|显卡|的?卡|独显|(?:of )?(?:gpu )?v?ram\b|gpus?\b|cards?\b|video memory|of gpu memory|gpu memory|macs?\b|macbook\w*|each\b|per (?:gpu|card)\b|每[张卡块])"),
    (Told.BEFORE, rf"(?:单卡|每张?卡|每张|每块|(?<!占)(?<!占用)(?<!占了)(?<!吃)(?<!要)(?<!需)(?<!用了)显存(?:只?有|大小|为|是)?|(?<![a-z])v?ram\s*(?:is|of|:|=)?|\bmac(?:book)?(?: pro| air| mini| studio)?\s*\(?(?:with)?|\d卡|[几少两\d][张块])\s*[:(]?\s*{MEM}"),
    (Told.ELSE, rf"(?:\b(?:gpu|card)s?|\b(?:(?:rtx ?)?[2-5]0[5-9]0(?: ?ti)?(?: ?super)?|[ahlvtp]\d{{2,4}}[a-z]?)(?=\s(?:only |just )?(?:has|have|got)\s(?:only |just )?{_SOLD})|显卡|显存|(?<=[张块])卡|(?:我|这|咱)的?卡)\s*(?:only |just |each )?(?:of|has|have|with|comes with|got|是|有|只有|为)\s*(?:only |just |about )?{MEM}"),
    (Told.ELSE, rf"(?:我|咱)(?:们)?(?:这|的|那)[张块个]?(?:显)?卡\s?(?:就|才|只有)?\s?{_SOLD}{MEM}"),
    (Told.ELSE, rf"(?:\bmarketed (?:as |at )?|标称(?:是|为)?|号称){MEM}"),
    (Told.OWNED, _OWNED),
    (Told.ELSE, rf"(?<![\d.])(?:\d{{1,3}})\s?[x*]\s?{MEM}"),
    (Told.WITHIN, _WITHIN),
    (Told.ELSE, rf"(?:能|可以|用|拿|靠|在)\s?(?:一张|单卡|1张|单张)?{MEM}\s?(?:上|里|内|下)?(?:就|也|都)?(?:能|可以|来)?\s?(?=全参|全量|微调|训|跑|部署|推理|加载|做|q?lora|int[48]|fp(?:8|16)|bf16|awq|gptq|[48]\s?(?:位|bit))"),
    (Told.ELSE, r"\bon \d{1,3}x(?P<v>16|24|32|40|48|80|96|141)(?P<u>)(?![\d.a-z])"),
    (Told.ELSE, rf"{MEM}\s?[x*]\s?\d{{1,3}}(?![\d.])"),
    # PyTorch's message
    (Told.ELSE, rf"\btotal capaci?ty of\s+{MEM}"),
    (Told.ELSE, rf"{MEM}\s+total capacity\b"),
    # a driver's line: what is used of what there is
    (Told.ELSE, rf"(?<=mib)\s?/\s?{MEM}"),
    (Told.ELSE, rf"(?<=\d)\s?(?:gib|gb|g)?\s?/\s?{MEM}"),
    # "my 24G, of which it took 22G", "22 of my 24 GB": what it is a part of is sold so
    (Told.ELSE, rf"{_SOLD}{MEM}(?:的?(?:显存|显卡|卡))?\s?(?:(?:就|都|直接|被|一下子?)*(?:占了|吃了|用了|占掉|吃掉|占用了?)|[里中]的)\s?(?=\d+(?:\.\d+)?\s?g)"),
    (Told.ELSE, rf"(?<![\d.a-z])\d{{1,3}}(?:\.\d+)?\s?(?:gib|gb|g)?\s(?:out )?of (?:my |the |our )?{_SOLD}{MEM}"),
    # what the card has, at its noun and by itself in its clause: "显卡24G", "GPU 24GB"
    (Told.ELSE, rf"(?:^|[,.;?!:(]\s?|(?<=[\u3400-\u9fff] ))(?:我的?|单张?|my |one |single )?(?:独立?显卡|显卡|独显|gpu|card)\s?[:=]?\s?{_SOLD}{MEM}(?=\s*(?:[,.;?!)+、]|$|和|跟|and\b|的))"),
    # asked against, where nothing else is the card's: "such a small model, 8G enough?"
    (Told.ASKED, rf"{MEM}\s?(?:的?(?:1\s?张?)?(?:卡|显卡))?(?:就|都|也|还)?(?:够|能跑|能训|行|装得下|放得下|跑得动|跑得起来)(?:吗|不|么|嘛|没|用)"),
    (Told.ASKED, rf"\b(?:is|are|would|will|does) (?:just |only |even |about )?{MEM} (?:really |even |actually )?(?:enough|sufficient|ok|okay|do it|suffice|cut it)\b"),
)  # fmt: skip

# a program is told to make a card's memory more than it is: "a driver turns its 24GB into 48GB", "驱动能把24G当成96G用"
_A_PROGRAM = r"\b(?:drivers?|firmware|bios|updates?|software|apps?|tools?|programs?|plugins?|patch|tweaks?|hacks?|tricks?|settings?|registry)\b"
_MAKES = r"\b(?:makes?|making|turns?|turning|lets?|counts?|acts?|treats?|behaves?|used?|extends?|expands?|upgrades?|unlocks?|becomes?|doubles?)\b"
_OTHER = r"(?:(?!\b(?:from|files?|checkpoints?|weights?|models?|adapters?|datasets?|usage|context|ram)\b)[^.?!;])"
_A_PROGRAM_ZH = r"(?:驱动|固件|更新|软件|工具|程序|插件|补丁|设置|bios|app)"
_OTHER_ZH = r"(?:(?!从|文件|权重|模型|占用|检查点)[^。?!;])"
MEMORY_CLAIMED = (
    rf"{_A_PROGRAM}(?=[^.?!;]*{_MAKES}){_OTHER}{{0,60}}?(?<![\d.])\d+ ?gi?b?\b{_OTHER}{{0,24}}?\b(?:as|like|into|to|becomes?)\b (?:\w+ ){{0,2}}?\d+ ?gi?b?\b(?! (?:files?|checkpoints?|gguf|of (?!v?ram|memory)))"
    rf"|{_A_PROGRAM_ZH}{_OTHER_ZH}{{0,24}}?\d ?gb?{_OTHER_ZH}{{0,8}}?(?:当(?:成|作|做)?|变(?:成|为|到)|算(?:成|作)|扩展?(?:成|到|为)|用(?:成|作))[^。?!;\d]{{0,4}}\d+ ?gb?(?!\s?(?:的)?(?:文件|权重|模型))"
)
