"""Quantities of a model that a question asks for by name: `how many KV heads`, `hidden size?`, `可训练参数有多少`."""

from chat.reads.asking import parts
from chat.reads.concepts.concepts_asked import EXPERTS_EACH
from chat.reads.lexicon import compiled
from chat.reads.models.own_shapes import CACHE_ALONE
from chat.reads.models.parts_of_models import products_of_names
from chat.reads.scan import Scan

ASKED, ALONE, SHARE = "quantities", "quantities_alone", "adapters_share"
ADAPTERS = "adapter_params"
# by the formulas' names; the first that matches at a place is meant
_NAMED: tuple[tuple[str, str], ...] = (
    (ADAPTERS, r"(?:trainable|lora|adapter) (?:param\w*|weights)|params? (?:are |is )?trainable|param\w* (?:does|do|will|would|are|get|gets)(?=\b[^.?;]{0,40}\b(?:train|trains|trained|lora)\b)|(?<=trains how many )param\w*|(?:可训练|适配器|lora ?)(?:(?:r|rank|秩)?\s?=?\s?\d+\s?)?的?参数(?:量|数)?"),
    ("n_kv_heads", r"(?:kv|key[- ]value)[ _-]?heads?|kv ?头数?|键值头数?"),
    ("head_dim", r"head[ _]?(?:dim\w*|size|width)|(?:每个?)?头的?维度|头维度"),
    ("n_heads", r"(?:(?:attention|query|q)[ _-])?heads|注意力头数?|查询头数?|(?<!kv)(?<!键值)头数"),
    ("experts_per_token", r"(?:active|activated|routed) experts|experts (?:are )?(?:active|used|activated|routed)?(?: per| for (?:each|a)) token|experts_per_tok\w*|激活(?:的)?专家|激活(?:几|多少)个(?:专家)?"),
    ("n_experts", r"experts|专家"),
    ("n_layers", r"(?:transformer |decoder |hidden )?(?:layers|blocks)|层数|(?:几|多少)层"),
    ("hidden_size", r"hidden[ _]?(?:size|dim\w*|state size|width)|(?<![a-z])d_model(?![a-z_])|embedding dim\w*|model (?:width|dimension)|隐藏层?(?:维度|大小|尺寸)|隐层维度"),
    ("intermediate_size", r"intermediate[ _]?size|(?:ffn|mlp|feed-?forward)[ _]?(?:size|dim\w*|width)|(?:前馈|mlp|ffn) ?层?的?(?:维度|宽度|大小)"),
    ("vocab_size", r"vocab(?:ulary)?(?:[ _]?size)?(?! (?:extend|expand|resiz|enlarg|gr[eo]w))|词表(?:大小|多大)?(?![扩增加新])"),
    ("embedding_params", r"embedding (?:param\w*|weights)|param\w* (?:are )?(?:in (?:the )?)?embeddings?|(?:词嵌入|embedding) ?的?参数(?:量)?"),
    ("n_params", r"(?:exact|actual|real|total) (?:number of )?param\w*(?: count)?|param\w* (?:does|do|has|have|are in|is in|exactly)|(?:实际|准确|精确|(?<!按)(?<!还是)(?<!或)总)参数(?:量|数)?(?!(?:来)?(?:算|计算)?\s?(?:还是|或))"),
)  # fmt: skip
_NEXT = rf"\s*(?:and |or |the |its |和|以及)*(?:{'|'.join(pattern for _, pattern in _NAMED)})"
# a clause that asks for one: with a question word before it, or nothing but it and a name
_ASKS = (
    r"\bhow (?:do|can|would|should|does) (?:i|we|you|one|it) (?:even |actually )?(?:count|compute|calculate|work out|derive|get)\b"
    r"|\bhow (?:is|are) [^.?;]{0,40}\b(?:counted|computed|calculated|worked out|derived)\b"
    r"|\b(?:how many|what(?:'s| is| are)?|which|number of)\b|多少|几|多大|是什么|哪|怎么(?:算|数|来)|如何(?:算|计算|数)"
)
_BARE = r"^\s*(?!.*\b(?:do|does|did|is|are|was|were|has|have|had|can|will|would)\b)(?:\S+ ){0,5}\S*\?\s*$"
# what trains, named first and by itself: "trainable params of r=8 on q and v?"
_ADAPTERS_FIRST = rf"^\W*(?:the |number of |count of |total )*(?:{_NAMED[0][1]})(?!\W{{0,3}}\d|\s?(?:[:=]|is\b|are\b|was\b|were\b)|[^?]{{0,12}}\d{{5}})"
# or last: "lora rank 16 on a 12B trainable parameters"
_ADAPTERS_LAST = r"(?:\btrainable (?:param\w*|weights)(?: count| number)?|可训练的?参数(?:量|数)?)\W*$"
# what else is asked behind the count
_AND_MEMORY = r"(?:,|\band|和|以及)\s?(?:(?:how much|what|the|its|their|gpu|adam'?s?|optimi[sz]er)\s?)*(?:memory|v?ram|gi?b)\b.*|(?:,|和|以及)[^,;?]{0,4}(?:占)?(?:多少)?(?:显存|内存).*"
# what such a clause speaks of where it asks for something else: what goes where, what it takes, what would be better
_ELSE = (
    r"\b(?:fit\w*|offload\w*|n?-?cpu-moe|does it (?:even )?run|on (?:the |my )?(?:gpu|card|cpu)|in (?:ram|memory)|vram|memory|gi?b|gpus?|cards?|ngl|put|freez\w*|unfreez\w*|"
    r"negligible|tiny|insignificant|ignor\w*|(?:are|is|were|was)n'?t|should|would|recommend\w*|need\w*|can i|could i|t/s|tokens?[ /]s\w*|why|between|save\w*|(?:takes?|costs?|uses?) (?:less|more|(?:the )?(?:least|most))|lighter|cheaper)\b|\d\s?gi?b\b|显存|内存|放|卸载|卡|占|冻结|训练(?!参数)|够|该|能|为什么|区别|省|忽略|很少|很小|不多|极少|微不足道|不计|才多少|没多少"
)
# "LoRA on all linear layers": where adapters are, no count of them
_JOINING = r"\bn(?:um)?(?=[_ ])|\b(?:of|for|in|the|an?|and|or|what(?:'s)?|is|are|does|do|have|has|its?|please|give|tell|me|list|config\w*|numbers?|counts?|values?)\b|的|是|有|和|与|以及|多少|几|各|分别|请|给出|列出|告诉我|[\W_]"
_WHEREVER = r"(?:\b(?:all|every|each)(?: of)?(?: the)?(?: \w+)?|\blinear)\s$|(?:所有|全部)(?:的)?(?:线性)?$"
# a count that is told: "Just two layers?", "what do 4 layers add?"
_COUNTED = r"(?:(?<![\w.-])\d{1,3}|\b(?:two|three|four|five|six|eight|both|those|these|a few|few|couple of|several))\s?(?:more |extra |whole |added )?$"
# how the count comes about, and nothing of bytes
_OF_COUNT = (
    r"^(?!.*\b(?:gi?b|gigs?|bytes?|memory|vram)\b)(?!.*(?:显存|字节)).*(?:\bhow (?:is|was|are|were) (?:it|that|this|the|these)\b.*\b(?:comput|calculat|count|deriv|obtain|work)\w*"
    r"|\bwhere (?:does|do|did) (?:it|that|this|the (?:number|count|figure))\b|怎么(?:算|来|得)|如何(?:算|计算|得)|哪来)"
)

# where parameters are or how their number comes about: all of them, whatever parts are named beside
_PARAMS = r"\bparam(?:eter)?s?\b|参数"
_ACCOUNT = (
    r"\b(?:made up|comes? (?:out|from|about)|show how|comput\w*|calculat\w*|count(?:ed|ing)?|deriv\w*|distribut\w*|add(?:s|ed)? up|break ?down|formula)\b|\bwhere (?:do|does|are|is)\b"
    r"|怎么(?:算|来|得)|如何(?:算|计算|得)|哪(?:里|儿|些)?(?:来)?(?![个块张种款])|推导|公式|构成|组成|分布"
)


# what part of all parameters adapters train
_A_SHARE = r"\b(?:what|how many|which) (?:percent\w*|fraction|share|proportion)\b|(?:%|百分之)[^?]{0,16}(?:param|参数)|参数[^?]{0,12}占(?:总?参数)?(?:的|总量的)?(?:百分之)?(?:几|多少)|占比|参数比例"
_OF_MEMORY = r"\b(?:v?ram|memory|gi?b|gpus?|cards?|fits?|oom)\b|显存|内存|显卡|放得下|够"
# how many parameters a model has that is told by its shapes, and what they take
_COUNT = (
    r"\bhow many param\w*|\bparam(?:eter)?s? count|\b(?:number|count) of param\w*|参数(?:总)?(?:量|数)|多少(?:个)?参数"
)
_OF_BYTES = r"\b(?:gi?b|bytes?|memory|v?ram|weights?)\b|显存|内存|权重|占用|字节"
_OF_A_PRODUCT = r"\d\s?(?:kv |query |attention )?(?:layers?|heads?|层|个?kv头|头)\s?[*x×]\s?\d|[*x×]\s?\d+\s?(?:kv |query |attention )?(?:layers?|heads?|层|个?kv头|头)(?![a-z])"


def read_quantities(scan: Scan, trained: bool) -> None:
    """Which quantities are asked for, each once, in the question's order, and whether nothing else is asked; `trained`: a
    trainer's count of what trains is told."""
    if "added_vocabulary" in scan.extras:
        return  # what it adds is asked, and not how large it is
    of_shapes = CACHE_ALONE in scan.extras and "model" not in scan.facts  # a model that is named has more than those
    if listed := ["kv_cache"] if of_shapes else _listed(scan):
        for name in listed:
            scan.note(ASKED, name)
        scan.note(ALONE, True)
        return
    if _adapters_accounted(scan, trained):
        scan.note(ASKED, ADAPTERS)
        scan.note(ALONE, True)
        return
    alone, goes_on = True, False
    of_adapters = compiled(r"lora|\badapters?\b").search(scan.text) is not None
    for part in parts(scan.text):
        clause = scan.text[part.start : part.end]
        if _accounted(clause, trained) or ("config" in scan.facts and compiled(_COUNT).search(clause)):
            scan.add(ASKED, "n_params", part.start, part.start, extra=True, take=False)
            alone = alone and not compiled(_OF_BYTES).search(clause)
            continue
        bare = compiled(_BARE).search(clause) is not None
        if goes_on and compiled(_NEXT).match(clause):  # "how many layers, KV heads and experts does it have?"
            bare = True
        counted = compiled(_AND_MEMORY).sub("", clause) if compiled(_NAMED[0][1]).search(clause) else clause
        bare = bare or compiled(_ADAPTERS_FIRST).match(clause) is not None
        bare = bare or (of_adapters and compiled(_ADAPTERS_LAST).search(clause) is not None)
        if not part.asks and not bare:
            continue
        found = [] if compiled(_ELSE).search(counted) else _named(scan, part.start, counted, bare)
        if not found and trained and compiled(_OF_COUNT).search(clause):
            found = [ADAPTERS]
        if compiled(_OF_A_PRODUCT).search(clause):  # the factors of the asker's own product are no question
            found = [one for one in found if one == ADAPTERS]
        goes_on = bool(found) and clause.rstrip().endswith((",", "、"))
        alone = alone and bool(found) and counted == clause
        for name in found:
            scan.add(ASKED, name, part.start, part.start, extra=True, take=False)
    if alone and ASKED in scan.extras:
        scan.note(ALONE, True)


# a mixture's name is taken for a product: "8x7B is not 56B", "为什么8x22B不是176B"
_NOT_THE_PRODUCT = r"\bnot\b|n't\b|\bwhy\b|\binstead of\b|\brather than\b|不是|为(?:什么|啥|何)|而非|怎么(?:不|才|只)"


def _no_product(clause: str) -> bool:
    """Is it asked why a mixture has fewer parameters than its name multiplies to?"""
    told = any(products_of_names(clause))
    return told and compiled(_NOT_THE_PRODUCT).search(clause) is not None


def _accounted(clause: str, trained: bool) -> bool:
    """Is it where the parameters of a model are, or how their number comes about, and nothing of memory or of what trains?"""
    if _no_product(clause):
        return True
    of_all = compiled(_PARAMS).search(clause) and compiled(_ACCOUNT).search(clause)
    of_some = trained or compiled(_NAMED[0][1]).search(clause)
    return bool(of_all and not of_some and not compiled(_ELSE).search(clause))


def _adapters_accounted(scan: Scan, trained: bool) -> bool:
    """Is it how what adapters train is counted, and nothing of memory? The count may be told in one clause and asked of in the next."""
    if compiled(_OF_MEMORY).search(scan.text):
        return False
    shared = {"model", "params"} & set(scan.facts) and {"lora_rank", "lora_targets"} & set(scan.facts)
    if shared and compiled(_PARAMS).search(scan.text) and compiled(_A_SHARE).search(scan.text):
        scan.note(SHARE, True)
        return True
    named = trained or compiled(_NAMED[0][1]).search(scan.text)
    return bool(named and compiled(_ACCOUNT).search(scan.text))


def _listed(scan: Scan) -> list[str]:
    """The quantities of a text that is nothing but their names and the model's: `layers / kv heads / head dim of X?`."""
    clear = "".join(" " if used else one for one, used in zip(scan.text, scan.used, strict=True))
    for _, pattern in _NAMED:
        clear = compiled(pattern).sub(" ", clear)
    if clear == scan.text or not scan.facts.get("model") or compiled(_JOINING).sub("", clear):
        return []
    return _named(scan, 0, scan.text, bare=True, whole=True)


def _named(scan: Scan, start: int, clause: str, bare: bool, whole: bool = False) -> list[str]:
    """The quantities that a clause asks for, as they stand in it; `whole`: it is nothing but their names."""
    if not bare and not compiled(_ASKS).search(clause):
        return []
    places: dict[int, str] = {}
    taken: list[tuple[int, int]] = []
    held = compiled(EXPERTS_EACH).search(scan.text) is not None  # how many of them a card holds is asked
    for name, pattern in _NAMED:
        if held and name == "n_experts":
            continue
        for found in compiled(pattern).finditer(clause):
            over = any(begun < found.end() and found.start() < ended for begun, ended in taken)
            over = over or compiled(_WHEREVER).search(clause[: found.start()]) is not None
            over = over or (not whole and _is_told(scan, start, clause[: found.start()]))
            if not over and (whole or scan.free(start + found.start(), start + found.end())):
                taken.append(found.span())
                places[found.start()] = name
    return [places[place] for place in sorted(places)]


def _is_told(scan: Scan, start: int, before: str) -> bool:
    """Is the count named right before a quantity's name, and no part of what is read as something else (`Qwen 3 layers?`)?"""
    count = compiled(_COUNTED).search(before)
    return count is not None and scan.free(start + count.start(), start + count.end())
