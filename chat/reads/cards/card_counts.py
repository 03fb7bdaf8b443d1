"""How people say how many cards there are, and how many machines: patterns over the regular text."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from chat.reads.cards.card_patterns import card_pattern
from chat.reads.lexicon import compiled
from chat.reads.reading import Span
from chat.reads.scan import Scan
from kb.hosting import MACHINE

# "几台8卡A800", "how many 8-GPU nodes": so many cards are a machine, and the machines are asked for
MACHINES_ASKED = r"\bhow many (?:\S+ ){0,2}?(?:nodes|machines|servers|boxes)\s?\(?\s?(?:of |with )?(?P<d>4|8|16)\s?(?:x|\*|-| ?gpus?\b| ?cards?\b)|(?:几|多少)\s?(?:台|个节点)\s?(?:的)?(?P<b>\d{1,2})\s?(?:[张块]?卡|[张块x*])|\bhow many (?P<c>\d{1,2})\s?(?:-|x|\*)?\s?(?:gpus?|cards?|[ahlv]\d{2,3}\w*)?[ -](?:gpu )?(?:nodes|machines|servers|boxes)\b"
_NODE_COUNTS = (
    r"(?<![\d.a-z])(?P<a>\d{1,4})\s*(?:nodes?|machines|pcs|computers|boxes|servers|rigs|workstations|机|个?节点|台(?:(?:老|旧|新|二手)?的?(?:机器|服务器|电脑|主机))?)\s*(?:\((?=[248]\s?[x*]\s?(?:\d{2,3}\s?g|[abhlv]\d))|of|x|\*|with|[,(]?\s?each(?: (?:with|has|have|of|is|are))?(?=\s\d)|,|每台|每机|,每台|(?:,\s?)?各(?:自)?(?:有|装|插|配|带)?)?\s*(?P<b>\d{1,4})\s*(?:x|卡|\*|[张块](?:卡|(?=\s?[ahlv]\d{2,3}\b|\s?[345]0[6-9]0))|gpus?|(?=(?:(?:nvidia|amd|instinct|tesla|rtx|quadro|昇腾|ascend)\s?)*(?:[abhlpv]|mi|gh|gb|910)\d{1,4}[a-z]{0,2}\b)|(?=(?: ?(?:rtx|nvidia|geforce))* ?[345]0[6-9]0))",
    # "two 8-GPU nodes", "two 8xH100 80GB nodes", "is one 8-card node enough"
    r"(?<![\d.a-z])(?P<a>\d{1,3}) (?P<b>\d{1,2})\s?(?:x\s?|-?\s?(?:gpus?|cards?)[ -])(?:[a-z]\S* |\d{2,3}\s?gb? ){0,3}?(?:nodes?|machines?|servers?|box(?:es)?|instances?)\b",
    r"(?<![\d.a-z*])(?P<a>\d{1,3})\s?[x*]\s?\(?(?P<b>4|8|16)\s?(?:[x*]\s?)?(?=(?:nvidia\s)?(?:[ahlv]\d{2,4}|[bg]b?[23]00|mi\d{3})s?x?(?![a-z0-9]))",
    # "两台H20 96G,每台8卡", "2 nodes of H100 80GB (8 per node)": the cards are named between
    r"(?<![\d.a-z])(?P<a>\d{1,3})\s?(?:台|个?节点|机)[^;?!。]{0,28}?每(?:台|机|个?节点)(?:都)?(?:有|是|装|插|配|带)?(?:了)?\s?(?P<b>\d{1,2})\s?(?:[张块]|卡|x|gpus?)",
    r"(?<![\d.a-z])(?P<a>\d{1,3})\s(?:x\s|\S*[a-z]\S*\s){0,3}?(?:nodes?|machines|servers|boxes|hosts)\b[^;?!]{0,32}?(?:(?<![\d.a-z])(?P<b>\d{1,2})(?=\s?(?:x|gpus?|cards?|x?\s?(?:(?:nvidia|amd|instinct|rtx|geforce|tesla|quadro|[a-z]{0,2}\d{2,4}[a-z]{0,2}|\d{2,3}\s?gb|ada|pro|ti|super|sxm\d?|pcie)\s?){1,6})(?:\s(?:gpus?|cards?))?(?<=[\sa-z\d])\s?(?:in |on )?each\b|\s?(?:x\s?|gpus?\s|cards?\s)?(?:per|/)\s?(?:node|machine|server|box|host)\b))",
    # "每台8卡,两台"
    r"每(?:台|机|个?节点)(?:都)?(?:有|是|装|插|配|带)?\s?(?P<b>\d{1,2})\s?(?:[张块]?卡|[张块])[^;?!。\d]{0,8}(?:[abhlv]\d{2,3}[^;?!。\d]{0,6})?(?:一?共|总共)?(?<![\d.])(?P<a>\d{1,3})\s?(?:台|个?节点|机)(?![卡时])",
    r"(?<![\d.a-z])(?P<b>\d{1,4})\s?(?:x|\*)?\s*[ahlv]\d{2,3}[a-z]*\s*(?:gpus? )?(?:x|\*|,|on)\s*(?P<a>\d{1,4})\s*nodes?",
    r"(?<![\d.a-z])(?P<a>\d{1,3})\s?(?:nodes?|machines|servers|boxes|个?节点|台机器)(?: of |\s?[x*]\s?)(?P<b>2|4|8|16)(?=\s?(?:[,.;:?)]|(?:and|with|for)\b|$)(?!\d))",
)
# "两台 A100 80G*8", "2 machines of RTX 4090 x 4": the cards of each machine behind their name
_MACHINES_OF = r"(?<![\d.a-z])(?P<a>\d{1,3})(?:\s?台(?:机器|服务器|电脑)?\s?(?:的|装|是|插)?|\s(?:nodes?|machines?|servers?|boxes|box)(?: each)?(?: of| with|:)?)\s?"
_OF_EACH_MACHINE = r"(?:\s?(?:是|的|,|\()?\s?\d{2,3}\s?gb?\)?)?\s?[x*]\s?(?P<b>\d{1,2})(?![\d.]|\s?gb?(?![a-z]))"
# "4 nodes A100 (8x40G)": with the memory of each in the bracket
_IN_BRACKETS = r"\s?\(\s?(?P<b>2|4|8)\s?[x*]\s?(?=\d{2,3}\s?gi?b?(?![a-z]))"
COUNTS = (
    r"(?<!\d )\b(?:nodes?|machines|servers|boxes) of (?P<v>2|4|8|16)(?=\s?(?:[,.;:?)]|and\b|$)(?!\d))",  # "nodes of 8, each card is an H20"
    # "8-GPU DDP fine-tune", "a 4-card run"
    r"(?<![\d.a-z-])(?P<v>\d{1,4})-(?:gpu|card)(?=[ -](?:\S+ ){0,2}?(?:ddp|fsdp|zero\S*|deepspeed|(?:full |q?lora )?(?:fine-?tun\w*|finetun\w*)|train\w*|sft|dpo|grpo|ppo|q?lora|runs?|jobs?|set-?up|inference|serving|deployments?)\b)",
    # "an 8-GPU H200 node", "a 4-card server": one of them, whatever word stands before it
    r"(?<![\d.a-z-])(?P<v>\d{1,2})-(?:gpu|card|way)(?=[ -](?:\S+ ){0,3}?(?:node|machine|server|box|instance|workstation|rig|system|host)\b)",
    r"(?<![a-z0-9_])n_?d\s?[=:]\s?(?P<v>\d{1,4})(?![\d.])",  # the degree of data parallelism in the ZeRO paper
    r"(?<![\w-])--(?:nproc[ =]|gres[ =]gpu(?::[a-z][a-z0-9_]*)?:)(?P<v>\d{1,3})(?![\d.])",
    r"(?<![\d.a-z])(?P<v>\d{1,4})(?!\d)\s*(?:x|\*|张|块|个)?\s*(?:(?:used|old|older|cheap|spare|second[ -]?hand)\s+|二手|旧)*(?=(?:\d{1,3}\s?g(?:b|ib)?|\d{4,6}\s?mi?b?)\s*(?:v?ram |显存)?(?:的)?(?:gpus?|cards?|显卡|卡))",
    r"\b(?:nproc[ _-]per[ _-]node|num[ _-](?:processes|gpus)|n[ _-]gpus?|gpus[ _-]per[ _-]node|world[ _-]size|npus?|--gpus|nvidia\.com/gpu)[ =:]+(?P<v>\d{1,4})(?![\d.])",
    r"(?<![\d.a-z第])(?<!\.\d/)(?<!\.\d\d/)(?<!最后)(?<!最末)(?:(?<!和)|(?<=卡和))(?<!跟)(?:(?<!与)|(?<=卡与))(?<!像)(?<!同)(?<!比)(?<!和 )(?<!跟 )(?<!与 )(?<!另)(?<!另外)(?<!其中)(?<!单独)(?<!单独占)(?<!单独用)(?<!专门)(?<!独占)(?<!\bother )(?<!有(?=1\s?[张块个]?\s?(?:显?卡|gpu)\s?(?:先|会)?(?:爆|oom|炸|满|挂|溢出)))(?P<v>\d{1,6})\s*(?:张|块|个|片|枚)?\s*(?:卡(?!实例|时|\s?\d+(?:\.\d+)?\s?(?:块|元|刀|\$))|显卡|gpus?\b|cards?\b|graphics cards?|加速卡)",
    r"(?<![\d.a-z第哪那这同每])(?<!有(?=1\s?[张块个]?\s?(?:显?卡|gpu)\s?(?:先|会)?(?:爆|oom|炸|满|挂|溢出)))(?P<v>\d{1,4}(?=\s*[张枚])|\d{1,2}(?=\s*块))(?<!才\d)(?<!小时\d)(?<!价\d)(?<!卖\d)\s*(?:张|块|枚)(?=\s*(?:(?:就|都|也|才|刚好|正好|已经|还是|直接)(?:够|能|可以|跑|行|爆|oom|不)|zero|fsdp|ddp|\d+\s?g|同样|这样|够|能|可以|跑|训|行|上|来|做|用|微调|部署|组|拼|凑|插|并|一起|nvl(?:ink)?\b|p2p|tp|pp|vllm|ollama|呢|的话|谢|求|请|,|\?|$))",
    r"(?<![\d.a-z])(?P<v>\d{1,4})\s+of (?:them|those|these)\b(?!\s*(?:fail|don't|doesn't|didn't|oom|are not|isn't))",
    r"\b(?:we|i) (?:have|own|got) (?P<v>\d{1,3})(?=\s?(?:[,;.]|of (?:them|those|these)\b|in total|available|on hand|there|$))(?!\.\d)",
    r"(?P<single>\b(?:a |one )?single[ -](?:gpu|card|\d+\s?gb)|\bone (?:gpu|card)\b|单gpu|\b(?:one|an?|my)\s(?:single )?\d{1,3}\s?g(?:b|ib)?\s*(?:v?ram )?(?:gpu|card|nvidia)\b)",
    r"(?P<dual>\bdual\b(?![ -](?:epyc|xeon|threadripper|opteron|socket|cpu|processor|channel|boot))|\ba pair of\b|\bboth (?:of )?(?:my |the )?(?:gpus\b|cards\b|(?=(?:rtx ?)?[a-z]?\d{2,4}s\b)))",
    r"(?P<quad>\bquad\b)",
    r"(?<=\d{4} )(?P<pair>pair)\b",
    r"(?<![\d.])(?P<v>\d{1,4})\s?[x*]\s?(?=\d+\s?g(?:b|ib)?\b)",
    r"\bon (?P<v>\d{1,3})x(?=(?:16|24|32|40|48|80|96|141)(?![\d.a-z]))",
    r"(?<=\dg)\s?[x*]\s?(?P<v>\d{1,3})(?![\d.])|(?<=\dgb)\s?[x*]\s?(?P<w>\d{1,3})(?![\d.])",
)  # fmt: skip

# what comes out of a sum is of each card: `= 33G 一张`
OF_EACH = r"(?:[=≈~]|占|要|约|就|才|是|得|剩|算下来|大概)\s?\d{1,4}(?:\.\d+)?\s?gi?b?(?:显存)?\s?(?P<n>1)\s?[张块](?:卡)?(?![\u4e00-\u9fff\d])|\b(?:does|do|will|would|must|should|may) (?P<m>1) (?:card|gpu) (?:then |really |actually |have to |need to )?(?:hold|store|keep|carry|take|see|bear|end up)\b"

FAILING_COUNT = r"(?<![\d.a-z])(?P<n>\d{1,4})\s*(?:张|块|卡|个)?\s*(?:of them )?(?:fails?|failed|don't|doesn't|didn't|oom|are not enough|isn't enough|不够|不行|失败|都?爆)"

# "1, 2 or 4 RTX 3090s", "8/16/32 cards", "from 2 to 4 A6000s": the counts before the last
_COUNTS_BEFORE = re.compile(
    r"(?<![\d.a-z-])(?P<row>\d{1,3}(?:\s*(?:,|/|、)\s*\d{1,3})*)\s*(?:,|/|、)?\s*(?:or|and|vs\.?|versus|或者?|还是|和|/|、|(?:(?<=from \d)|(?<=from \d\d)) (?:up )?to|(?<=从\d)(?:[张块]卡?)?(?:增?加|扩展?|换|变|升)?(?:到|成|为))\s*$"
    r"|(?<![\d.a-z-])(?P<more>\d{1,2}\s*(?:,|、)\s*\d{1,2})\s*(?:,|、)\s*$",
    re.ASCII,
)


@cache
def _behind_a_name() -> re.Pattern[str]:
    return _of_machines(_OF_EACH_MACHINE)


@cache
def _in_brackets() -> re.Pattern[str]:
    return _of_machines(_IN_BRACKETS)


def _of_machines(cards: str) -> re.Pattern[str]:
    return re.compile(rf"{_MACHINES_OF}(?:{card_pattern().pattern}){cards}", re.ASCII)


def node_counts(scan: Scan) -> Iterator[re.Match[str]]:
    """Machines (`a`) and the cards of each (`b`); a second number that is a card's name counts none: `三台 4090*4`."""
    for pattern in _NODE_COUNTS:
        yield from (one for one in scan.find(pattern) if not card_pattern().match(scan.text, one.start("b")))
    yield from _behind_a_name().finditer(scan.text)
    yield from _in_brackets().finditer(scan.text)


# of a machine of eight: "half a node", "半台机器"
_HALF = r"(?:\bhalf (?:of )?(?:an?|1|the))(?= (?:\w+ )?(?:nodes?|servers?|machines?|dgx|hgx)\b)|(?:\b(?:an?|1) half)(?=[ -](?:node|server|machine)\b)|半(?=台|个节点|个机器)"


def half_machines(scan: Scan) -> None:
    """State the cards of half a machine."""
    for found in scan.find(_HALF):
        if scan.free(*found.span()):
            scan.add("n_gpus", MACHINE // 2, *found.span())


# "16K H100s", "10k GPUs", "2k张H100": a plural or a counter of cards behind it, or it would be a length, or of pictures
_THOUSANDS = r"(?<![\d.a-z-])(?P<n>\d{1,3})k\s?(?:[张块片]\s?(?:的)?(?:显?卡|gpus?|nvidia|rtx|昇腾|\d{1,3}\s?g|[a-z]{1,2}\d{2,3}|[345]0[6-9]0)|(?:x\s?)?(?:of (?:the |these |those )?)?(?:nvidia\s)?(?:[abhv]\d{2,3}\w{0,3}s|gpus)(?![a-z0-9]))"

# without a plural where they are run on: "on 16k H100"
_ON_THOUSANDS = r"(?:\b(?:on|across|over)\s|用\s?)(?P<n>\d{1,3})k\s?(?:nvidia\s)?[abhv]\d{2,3}(?![a-z0-9])"


def counts_in_thousands(scan: Scan) -> None:
    """State a count in thousands; a power of two that was rounded to them is meant as one: 16K is 16,384, 10k is 10,000."""
    for found in (*scan.find(_THOUSANDS), *scan.find(_ON_THOUSANDS)):
        thousands = int(found["n"])
        if thousands and scan.free(*found.span("n")):
            each = 1024 if thousands & (thousands - 1) == 0 else 1000
            scan.add("n_gpus", thousands * each, found.start("n"), found.end("n") + 1)


def counts_before(scan: Scan, at: int) -> bool:
    """State the counts that stand in a row before the last one, which begins here; whether there are any."""
    row = _COUNTS_BEFORE.search(scan.text, max(0, at - 24), at)
    told = "more" if row and row["more"] else "row"
    if row is None or not scan.free(*row.span(told)):
        return False
    for other in re.finditer(r"\d+", row[told]):
        scan.add("n_gpus", int(other[0]), row.start(told) + other.start(), row.start(told) + other.end())
    return True


# "12k documents, 8000 of those": of what was named last
_OF_THEM = re.compile(r"\d of (?:them|those|these)$", re.ASCII)
_THINGS = r"\b(?:samples?|examples?|sequences?|documents?|docs|e?mails?|pairs|rows|records?|conversations?|dialogu?e?s|chats|articles?|pages|images?|pictures|tickets|questions?|prompts?|requests?|users?|people|tokens?|layers|experts|blocks|steps|epochs|adapters|files|books|reviews|messages|texts?|papers|contracts?|reports?|transcripts?|students|colleagues|customers)\b[^.;?!]{0,40}$"


def of_other_things(scan: Scan, found: re.Match[str]) -> bool:
    """Whether `so many of them` are things that were named, and no card since."""
    before = scan.text[max(0, found.start() - 80) : found.start()]
    things = compiled(_THINGS).search(before) if _OF_THEM.search(found[0]) else None
    if things is None:
        return False
    return not (card_pattern().search(things[0]) or re.search(r"\b(?:cards?|gpus?)\b", things[0]))


def as_many_of_others(scan: Scan, spans: Sequence[Span]) -> None:
    """State the count of others' cards where it is the asker's as well: `a friend has 2x A6000, I have 2x 3090`."""
    if "gpu" not in scan.others or "n_gpus" in scan.others:
        return
    for value in scan.facts.get("n_gpus", ()):
        again = [place for other, place in scan.again.get("n_gpus", ()) if other == value]
        places = [*scan.spans.get("n_gpus", []), *again]
        if any(start <= place[0] < end for place in places for start, end in spans):
            scan.others["n_gpus"] = [value]
