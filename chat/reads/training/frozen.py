"""What is only said in passing of methods: a base that is frozen, freezing as what somebody does, and the full run beside adapters."""

from chat.reads.lexicon import TOWER, compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan
from kb.names import model_row
from kb.recipe import ADAPTERS

# what adapters leave as it is: no freeze tuning
_FROZEN_BASE = (
    r"冻结(?:了|住了?)?的?(?:原(?:始|来)?|基座|底座|主干|那些|大部分|其余)?的?(?:层|权重|参数|部分|基座|底座|主干|模型)|(?:基座|底座|主干|权重|参数)[^,;?]{0,4}冻结(?!微调|训练)|\bfrozen (?:base|layers?|weights?|param\w*|model|part)"
    r"|\b(?:base|backbone|weights?|param\w*|model|rest|layers?) (?:(?:is|are|was|were|stays?|all|being|kept|remains?|still) ){1,3}frozen\b"
)
# what is frozen is a part beside what trains, and no way to tune
_EMBEDDING = r"(?:embed\w*|lm_?head|output head|词嵌入|输出头)"
_FREEZES_PART = rf"\bfr(?:ee|o)z[a-z]*[\s_](?:the |my |both |input |token )*(?:{TOWER}|{_EMBEDDING})|冻结(?:住|了|掉)?(?:的)?\s?(?:{TOWER}|{_EMBEDDING})"
_FROZEN_PART = rf"{_FREEZES_PART}|(?:{TOWER}|embed\w*|lm_head|词嵌入)[^,.;?!]{{0,16}}(?:\bfrozen\b|\bfr[eo]ez\w*|冻结)"
# what names the way to tune, beside a part that is frozen
_FREEZE_TUNED = r"\bfreeze[ -](?:tun\w*|method|ft\b|sft\b)|finetuning_type\W{1,3}freeze|冻结(?:微调|训练|方法)"
# a model of a reinforcement run that does not train
_FROZEN_ROLE = r"\b(?:rm|reward(?: models?)?|ref\w*(?: models?| policy)?|critic|value (?:model|head)|judge)\b[^,.;?!]{0,12}\b(?:frozen|fr[eo]ez\w*)|\b(?:frozen|fr[eo]ez\w*) (?:the |an? )?(?:rm|reward|ref\w*|critic|judge|value)\b|(?:奖励模型|参考模型|评论家|rm|ref)[^,.;?!]{0,8}冻结|冻结(?:的)?(?:奖励模型|参考模型|评论家|rm|ref)"
# "did I freeze wrong?", "是不是没冻结上": what somebody does, or fails to
_FREEZES = (
    r"\b(?:did (?:i|we)|does (?:it|peft)|peft|forg[eo]t\w*(?: to)?|properly|correctly|n't|not)\s(?:\w+ ){0,2}freez(?:e|ing)\b(?![ -]?(?:tun|ft\b|method))"
    r"|\bfreez(?:e|ing)\b[^.;?!,]{0,16}\b(?:wrong\w*|(?:in)?correct\w*|properly|right|everything|nothing|fail\w*)"
    r"|(?:没有?|忘了?|漏了?|是不是|有没有|成功)[^,;?!]{0,6}冻结(?!微调|训练|方法|\s?\d|前|后)|冻结(?:错|成功|失败|漏|对|好|上|住|了(?:吗|没)|没|得)"
)
# the full run, where adapters are named beside it; a card or a cache that is full is none
_FULL = (
    r"(?:(?<=\bbut )|(?<=\bwhile )|(?<=\band )|(?<=\bor )|(?<=\bthan )|(?<=\bvs )|(?<=\bvs\. )|(?<=\bto )|(?<=\bthe )|(?<=[,;:] ))full\b(?=\s?(?:runs?|jobs?|one|version|takes?|took|needs?|needed|peak\w*|uses?|used|shows?|showed|was|is|at|would)\b)"
    r"|(?:(?<=\bbut )|(?<=\bwhile )|(?<=\band )|(?<=\bor )|(?<=\bvs )|(?<=[,;:] ))full\b(?=\s?\d+(?:\.\d+)?\s?gi?b?\b)"
    r"|(?:(?<=\bas )|(?<=\bthan )|(?<=\bvs )|(?<=\bvs\. ))full\b(?=\s?(?:[,;?!)]|\.(?!\d)|$))"
)
_IS_FULL = r"(?:\b(?:is|was|are|were|gets?|got|almost|nearly|not|in|completely|half|too)|满)\s?$"
# "freeze, last 4 layers", "冻结训 8B 的最后 4 层": those that train, wherever the model stands
_LAST_LAYERS = (
    r"\b(?:last|top|final|upper) (?P<n>\d{1,2}) (?:of (?:the |its |all )?\d{1,3} |\w+ )?(?:layers|blocks)\b|(?:最后|末尾?|顶部|最上面|后)(?:的)?\s?(?P<m>\d{1,2})\s?层"
    r"|(?<![\d.])(?P<k>\d{1,2}) (?:(?:trainable|unfrozen|trained) (?:layers?|blocks?)\b|(?:layers?|blocks?) (?:that )?(?:(?:are |is )?(?:trainable|trained|training|unfrozen)|trains?)\b)"
    r"|可?训练(?:的)?层数?(?:设?为|设成|是|=|:)?\s?(?P<z>\d{1,2})(?![\d.])|(?<![\d.])(?P<y>\d{1,2})\s?(?:个|层)?(?:可训练|参与训练)(?:的)?层"
)
# "train only the last 4 layers", "只训最后4层": freeze tuning by what trains
_LAST_TRAINED = (
    r"\b(?:train|tun|fine-?tun|unfreez|updat)\w*\b[^.;?]{0,12}\b(?:only|just)\b[^.;?]{0,8}\b(?:last|top|final|upper) \d{1,2} (?:of (?:the |its |all )?\d{1,3} |\w+ )?(?:layers|blocks)\b"
    r"|\b(?:only|just)\b[^.;?]{0,8}\b(?:train|tun|fine-?tun|unfreez|updat)\w*\b[^.;?]{0,12}\b(?:last|top|final|upper) \d{1,2} (?:of (?:the |its |all )?\d{1,3} |\w+ )?(?:layers|blocks)\b"
    r"|(?:只|仅)(?:训练?|微调|更新|调|解冻)[^,;?]{0,24}(?:最后|末尾?|顶部|最上面|后)(?:的)?\s?\d{1,2}\s?层"
)

_BELOW = r"冻结(?:了|住)?前(?:面)?(?:的)?\s?\d{1,3}\s?层(?:[,、]?\s?只训练?)?|\bfr(?:ee|o)z\w* (?:the )?(?:first|bottom|lower) \d{1,3} (?:layers|blocks)(?: and)?"
# "froze the first 24 of 48 layers", "共48层,冻结前24层": the rest train, of a model that is named even where nobody counts them
_FIRST_FROZEN = (
    rf"\bfr(?:ee|o)z\w* (?:the )?(?:first|bottom|lower) (?P<en>\d{{1,3}}) (?:(?:layers |blocks )?(?:of|out of) (?:the |its |all )?(?P<en_of>\d{{1,3}})(?![\d.]*\s?b\b)(?: ?(?:layers|blocks))?|(?:layers|blocks)\b(?! (?:of|in) (?:the |its )?{TOWER}))"
    r"|(?P<zh_of>\d{1,3})\s?层(?:里|中|的)?[^;?。\d]{0,6}(?:冻结?(?:了|住)?前(?:面)?的?\s?(?P<zh>\d{1,3})\s?层)|冻结?(?:了|住)?前(?:面)?的?\s?(?P<zb>\d{1,3})\s?层(?:[^;?。\d]{0,6}[共总](?:共|有|计)?\s?(?P<zb_of>\d{1,3})\s?层)?"
)
# what they are held against: "全参的 1/16", "1/7 of full", "比 LoRA 还多"
_OF_FULL = r"(?:\b1 ?/ ?\d{1,3}|\bfraction|\bshare|\d ?%) of (?:the |a )?full\b|(?:全参|全量)(?:微调|训练)?的?\s?(?:1 ?/ ?\d{1,3}|[一二三四五六七八九十]+分之)"
_THAN_ADAPTERS = r"比\s?(?:普通)?q?lora|\bthan (?:with |a |plain )?q?lora\b"


def _note_first(scan: Scan) -> None:
    """Of the first layers that are frozen of so many, the others train."""
    if {"lora", "qlora"} & set(scan.facts.get("method", ())) or "n_trainable_layers" in scan.facts:
        return
    for found in scan.find(_FIRST_FROZEN):
        name = next(one for one in ("en", "zh", "zb") if found[one])
        told = found[f"{name}_of"]
        frozen, of = int(found[name]), int(told) if told else _layers(scan)
        if frozen < of:
            if "freeze" not in scan.facts.get("method", []):
                scan.add("method", "freeze", *found.span(name), take=False)
            scan.add("n_trainable_layers", of - frozen, *found.span(name))
            if told:
                scan.take(*found.span(f"{name}_of"))
            return


def _layers(scan: Scan) -> int:
    """Of the one model that is named; 0 where none is, or it is told which layers train."""
    named = scan.facts.get("model", [])
    if len(named) != 1 or any(scan.find(_LAST_LAYERS)):
        return 0
    return int(model_row(str(named[0])).get("n_layers") or 0)


def _is_a_part(scan: Scan) -> bool:
    """Is a tower or the embedding all that is frozen? `freeze_vision_tower=true ... is the freeze not working?`"""
    tuned = any(scan.find(_FREEZE_TUNED)) or any(scan.find(_LAST_TRAINED)) or any(scan.find(_LAST_LAYERS))
    return not tuned and "n_trainable_layers" not in scan.facts and any(scan.find(_FREEZES_PART))


def settle_frozen(scan: Scan) -> None:
    """Leave what is frozen beside adapters or a full run to them, and add the full run that adapters are held against."""
    methods = scan.facts.get("method", [])
    adapters = bool(set(ADAPTERS) & set(methods))
    if methods == ["freeze"] and "n_trainable_layers" not in scan.facts and any(scan.find(_FROZEN_ROLE)):
        del scan.facts["method"], scan.spans["method"]
        return
    if methods == ["freeze"] and _is_a_part(scan):
        del scan.facts["method"], scan.spans["method"]
        methods = []
    if "freeze" in methods and len(methods) > 1:
        base = any(scan.find(_FROZEN_PART)) or (adapters and any(scan.find(_FROZEN_BASE)))
        done = "n_trainable_layers" not in scan.facts and any(scan.find(_FREEZES))
        if base or done:
            keep(scan, "method", [method != "freeze" for method in methods])
    if any(scan.find(_FREEZES_PART)):
        scan.facts.pop("modules_to_save", None)  # what is frozen is not trained beside
        scan.spans.pop("modules_to_save", None)
    if set(methods) == {"freeze", "full"} and any(scan.find(_OF_FULL)):
        keep(scan, "method", [method == "freeze" for method in methods])
    if adapters and len(methods) == 1 and any(scan.find(_THAN_ADAPTERS)) and any(scan.find(_LAST_TRAINED)):
        keep(scan, "method", [False])
        methods, adapters = [], False
    if not methods and (found := next(scan.find(_LAST_TRAINED), None)):
        scan.add("method", "freeze", *found.span(), take=False)
    _note_first(scan)
    if "freeze" in scan.facts.get("method", []) and "n_trainable_layers" not in scan.facts:
        for found in scan.find(_LAST_LAYERS):
            if scan.free(*found.span(str(found.lastgroup))):
                for below in scan.find(_BELOW):
                    scan.take(*below.span())  # which follows from those that train
                scan.add("n_trainable_layers", int(found[str(found.lastgroup)]), *found.span(str(found.lastgroup)))
                break
    if adapters and "full" not in methods:
        for found in scan.find(_FULL):
            if scan.free(*found.span()) and not compiled(_IS_FULL).search(scan.text[: found.start()]):
                scan.add("method", "full", *found.span())
                return
