"""What a question tells of many cards beside its facts, for the remarks: a formula of bytes that it quotes, readings at two
numbers of cards, processes that load at once, degrees of sequence parallelism."""

import re
from collections.abc import Iterator

from chat.figures.layouts.zero_buckets import BOUNDS, BUCKETS
from chat.plans.listed_runs import runs_listed
from chat.plans.seen_on_cards import readings_on_cards
from chat.reads.concepts.distributed import read_of_both
from chat.reads.concepts.vocabularies import VOCABULARIES
from chat.reads.contrasts import IN_FORCE
from chat.reads.cues import PART_OF
from chat.reads.lexicon import compiled
from chat.reads.models.own_shapes import SYMBOL
from chat.reads.normal import normalise
from chat.reads.reading import Reading

# "6 + 12/d", "(4+12/N)", "16/N bytes"
_BYTES = r"(?<![\d./])(?:(?P<whole>\d{1,2})\s?\+\s?)?(?P<divided>12|14|16|18)\s?/\s?(?:d|n|dp|n_?d|world[ _-]?size|n_?gpus?)(?![a-z0-9])"
# the same with a number for d, in a sum of the asker's
_WRITTEN_BYTES = r"\(\s*(?P<whole>[246])\s?\+\s?(?P<divided>12|14|16)\s?[/÷]\s?(?P<n>\d{1,5})\s?\)"
# the symbols of the formula for activations: "s=2048, b=1, h=12288, a=96, L=96"
_SYMBOL = r"(?<![a-z0-9_])(?P<name>[sbhalt])\s?=\s?(?P<n>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?![\d.]*[a-z%])"
_OF_PARAMETERS = r"\bbytes?\b|\bparam\w*|\bb/param|字节|每参数|参数"
_LOADERS = r"(?<![\d.])(?P<n>\d{1,3})\s?(?:个)?\s?(?:process(?:es)?|procs?|ranks?|workers|进程|worker)(?![a-z])|\bnproc[ _-]per[ _-]node[ =]+(?P<m>\d{1,3})|\b--?num[ _-]processes[ =]+(?P<o>\d{1,3})"
# "every rank loads the model", of so many cards as are told
_EVERY_ONE_LOADS = r"\b(?:every|each|all) (?:of the )?(?:ranks?|process(?:es)?|workers?)\b[^.;?]{0,16}\b(?:load|read)\w*|\bload\w*[^.;?]{0,24}\b(?:on|in|by|for|into) (?:every|each|all) (?:of the )?(?:ranks?|process(?:es)?|workers?)\b|每(?:个|1个)?\s?(?:rank|进程|worker)[^,;?]{0,8}(?:加载|载入|读)"
_EACH_LOADS = r"load\w*|from_pretrained|加载|载入|读(?:进|入)?"


_PARTS = {"hal": 2, "third": 3, "quarter": 4, "eighth": 8, "减半": 2, "一半": 2, "二": 2, "三": 3, "四": 4, "八": 8}


def parts_in_all(part: str) -> int:
    """Of how many equal parts it is one: `half` of 2, `1/8` and `divided by 8` of 8, `四分之一` of 4."""
    if told := re.search(r"\d{1,2}$|^\d(?=分)", part):
        return int(told[0])
    return next(count for word, count in _PARTS.items() if word in part)


def own_symbols(reading: Reading) -> dict[str, str]:
    """The numbers that stand for the symbols of the formula for activations, where it is quoted."""
    if "score_formula" not in reading.cues:
        return {}
    text = normalise(reading.text).text
    by_name = {
        name.removeprefix(SYMBOL): f"{numbers[0]:g}"
        for name, numbers in reading.extras.items()
        if name.startswith(SYMBOL)
    }
    return by_name | {one["name"]: one["n"].replace(",", "") for one in compiled(_SYMBOL).finditer(text)}


def told_by_shapes(reading: Reading) -> bool:
    """Are width and heads told, so that the formula needs no model?"""
    return {"h", "a"} <= set(own_symbols(reading))


# "reduce_bucket_size": 5e8, "stage3_max_live_parameters 1e9"
_BUCKET = rf"(?P<name>{'|'.join((*BUCKETS, *BOUNDS, 'stage3_param_persistence_threshold', 'param_persistence_threshold'))})[\"']?\s*[:=]?\s*(?P<n>\d+(?:\.\d+)?(?:e\d{{1,2}})?)(?![\d.]*\d)"

# "overlap_comm": true, "with overlap_comm on", "开了 overlap_comm"; one that is off or asked to be switched off takes nothing
_OVERLAPS = (
    IN_FORCE
    + r"\boverlap_comm\b(?![\"']?\s?(?:[:=]|is|was|to|设为|设成|是)?\s?[\"']?(?:set to )?(?:false|off\b|0(?![.\d])|no\b|disabled|关|没开|不开))"
)


def _ranks_told(reading: Reading) -> list[int]:
    """The degrees of tensor parallel between which is chosen, the most first; beside one of them copies on a card each."""
    ways, cards = sorted(map(int, reading.facts.get("tp", ())), reverse=True), reading.facts.get("n_gpus", ())
    if len(ways) == 1 and len(cards) == 1 and "replicas" in reading.cues and 1 < ways[0] < int(cards[0]):
        return [*ways, 1]
    return ways if len(ways) > 1 else []


def scale_told(reading: Reading) -> Iterator[str]:
    """Lines of the log, as `chat.plans.told` hands them on."""
    text = normalise(reading.text).text
    yield from (f"ranks {one}" for one in _ranks_told(reading))
    yield from (f"group {size:g}" for size in reading.extras.get("group_size", ())[:1])
    if "cache_share_asked" in reading.cues and (part := compiled(PART_OF).search(text)):
        yield f"part_asked {parts_in_all(part[0])}"
    if steps := reading.extras.get("in_steps"):
        yield "in_steps {} {}".format(*map(int, steps))
    quoted = compiled(_BYTES).search(text)
    if quoted and (quoted["whole"] or compiled(_OF_PARAMETERS).search(text)):
        yield f"bytes_whole {quoted['whole'] or 0}"
        yield f"bytes_divided {quoted['divided']}"
        divided = rf"(?<![\d.]){quoted['divided']}\s?[/÷]\s?(?P<n>\d{{1,5}})(?![\d.])"
        yield from (f"divided_by {found['n']}" for found in list(compiled(divided).finditer(text))[:1])
    elif written := compiled(_WRITTEN_BYTES).search(" ; ".join(normalise(one.left).text for one in reading.equations)):
        yield f"bytes_whole {written['whole']}"
        yield f"bytes_divided {written['divided']}"
        yield f"divided_by {written['n']}"
    yield from (f"symbol {name} {number}" for name, number in own_symbols(reading).items())
    yield from (f"tp_tried {ranks:g}" for ranks in reading.extras.get("tp_tried", ()))
    yield from (f"degree {degree:g}" for degree in map(float, reading.facts.get("cp", ())))
    yield from (f"degree_refused {degree:g}" for degree in reading.extras.get("degree_refused", ()))
    loaders = compiled(_LOADERS).search(text)
    if loaders and compiled(_EACH_LOADS).search(text):
        yield f"loaders {loaders['n'] or loaders['m'] or loaders['o']}"
    elif (cards := reading.facts.get("n_gpus", ())) and compiled(_EVERY_ONE_LOADS).search(text):
        yield f"loaders {cards[0]:g}"
    if len(stages := reading.facts.get("zero_stage", ())) > 1:
        yield f"stages_asked {len(stages)}"
        yield from (f"compared_stage {one}" for one in stages)
    if both := read_of_both(text):
        yield from (f"{name} {size}" for name, size in zip(("fsdp_read", "zero_read"), both, strict=True))
    if pairs := runs_listed(reading.lowered):  # with methods that differ they are no two names of one thing
        yield f"stages_tuned {len(pairs)}"
    yield from (f"vocabularies {size:g}" for size in reading.extras.get(VOCABULARIES, ()))
    yield from (f"bucket {one['name']} {one['n']}" for one in compiled(_BUCKET).finditer(text))
    if compiled(_OVERLAPS).search(text):
        yield "overlaps 1"
    yield from readings_on_cards(reading)
    yield from (
        f"sum {found['n']}" for one in reading.equations if (found := compiled(_SUM).search(normalise(one.right).text))
    )
    if disk := compiled(_DISK).search(text):
        size = float(disk["n"] or disk["m"]) * (1 if (disk["t"] or disk["u"]).startswith("t") else 1e-3)
        yield f"nvme_tb {size:g}"
    elif "checkpoint_size" not in reading.cues and compiled(_TO_DISK).search(text):
        yield "nvme_tb 0"  # of what size is not told
    yield from _nodes(reading, text)
    yield from _counts_claimed(reading, text)


_SUM = r"(?P<n>\d+(?:\.\d+)?)\s?gi?b?(?![a-z])"
_DISK = r"(?<![\d.])(?P<n>\d+(?:\.\d+)?)\s?(?P<t>tb?|gb?)\s?(?:的|of )?\s?(?:nvme|ssd)|\bnvme\s?(?:ssd)?\s?(?:有|of|:|=|,)?\s?(?P<m>\d+(?:\.\d+)?)\s?(?P<u>tb?|gb?)(?![a-z])"
_DRIVE = r"(?:nvme|ssd|disk|hard drive|硬盘|固态|磁盘)"
_STATES_OF_IT = r"(?:\boptimi[sz]ers?|\bstates|\bparam\w*|\bweights|\bgradients|优化器|状态|参数|权重)"
# a drive that the data lie on takes no states
_NO_DATA = r"(?:(?!\bdata|数据)[^.;?])"
_FOR_DATA = r"(?: (?:ssd|drive))? (?:for|as|to (?:store|hold|keep)) (?:the |my |our |a )*(?:data|check ?points?|storage|logs?|files?)"
_TO_DISK = (
    rf"\boffload\w*{_NO_DATA}{{0,24}}\b{_DRIVE}\b|\b{_DRIVE}[ -]offload|(?:offload|卸载)[^,;?]{{0,8}}{_DRIVE}|{_DRIVE}[^,;?]{{0,4}}(?:offload|卸载)"
    rf"|{_STATES_OF_IT}[^.,;?]{{0,16}}(?:\b(?:on|to|onto|into) (?:an? |the |my )?|(?:放|存|丢|挪|搬|写)[^,;?]{{0,4}}){_DRIVE}|\bzero[ -]?infinity\b[^?]*{_DRIVE}"
    rf"|\b(?:add(?:ing|ed)?|plus|with|using|use|via) (?:an? |the |my |some |fast )*nvme\b(?! ?\d|{_FOR_DATA})|(?<!不)(?<!数据)(?<!数据集)(?:加|上|配|插|用)(?:一?[个块条张]|上|点|了|到)?\s?nvme|\bnvme(?: (?:ssd|drives?))? (?:help|work|save|enough|do it|make it)|nvme[^,;?]{{0,6}}(?:行不行|行吗|可以吗|可不可以|有用|呢)"
)
_NEEDS_NODES = r"\b(?:do|would|will) (?:i|we) need (?P<n>\d{1,2}) (?:nodes|machines|servers|boxes)\b|\bor (?P<m>\d{1,2}) (?:nodes|machines)\s?\?|(?:需要|得|要)(?:上|用)?\s?(?P<o>\d{1,2})\s?台"
_HOW_MANY = r"\bhow many\b[^.;?]{0,24}\b(?:nodes|machines|servers|boxes)\b|(?:几|多少)\s?(?:台|个节点)"
_ON_A_NODE = r"(?:nodes|machines|servers|boxes)\s?\(?\s?(?:of |with )?(?P<n>4|8|16)\s?(?:x|\*|-|张|卡)|(?:台|节点)\s?\(?(?P<m>4|8|16)\s?(?:张)?(?:卡|x|\*)"
_PROPOSED = r"(?<![\d.])(?P<n>\d{1,3})\s?(?:nodes|machines|boxes|servers|台)(?!\s?\()|\bi (?:got|get|calculated|computed|think|say|said)\s?(?:about |around )?(?P<m>\d{1,3})(?!\s?(?:gb|tb|g|t|b|x|%|\.|(?:x\s?)?[ahlbv]\d{2,3}))\b"


def _nodes(reading: Reading, text: str) -> Iterator[str]:
    """Machines that are asked about beside one, and numbers of them that are proposed where the number is asked for."""
    counted = compiled(_NEEDS_NODES).search(text)
    more = next((int(one) for one in (counted.groups() if counted else ()) if one), 0)
    if more and "n_gpus" in reading.facts and more not in reading.extras.get("nodes", ()):  # those are counted already
        yield f"nodes_asked {more}"
    each = compiled(_ON_A_NODE).search(text)
    if each and (compiled(_HOW_MANY).search(text) or "claim_checked" in reading.cues):
        yield f"node_cards {each['n'] or each['m']}"
        for found in compiled(_PROPOSED).finditer(text):
            yield f"nodes_proposed {found['n'] or found['m']}"


_TAKES = r"(?:\b(?:needs?|requires?|takes?|at least|minimum(?: of)?|min\.?)|(?:需)?要|至少|最少|最低|起步)(?: (?:about|at least|a minimum of)|上|用|是|为|得|有)?\s?\d{1,3}\s?(?:x\b|\*|[张台块卡个]|cards?\b|gpus?\b|nodes?\b|machines?\b|servers?\b|(?=[ahbl]\d{2,3}))"


def _counts_claimed(reading: Reading, text: str) -> Iterator[str]:
    """Numbers of cards that are said to be needed to serve a model, and the formats that they are said of."""
    counts = reading.others.get("n_gpus") or reading.facts.get("n_gpus", ())
    trains = reading.facts.get("task") == ("train",)
    if "claim_checked" not in reading.cues or trains or not counts or not compiled(_TAKES).search(text):
        return
    yield from (f"claimed_count {int(one)}" for one in counts)
    yield from (f"claimed_format {one}" for one in reading.facts.get("weight_format", ()))
