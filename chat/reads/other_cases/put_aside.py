"""Values that the asker puts aside, or tells of something else: adapters that may not be used, a number of tokens told
again, a length that is for later, how many layers are placed where the whole model is asked for, or has failed."""

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.other_cases.for_later import read_for_later
from chat.reads.other_cases.former import compared
from chat.reads.other_cases.ruled_out import FULL_TURNED_DOWN, turned_down
from chat.reads.scan import Scan
from chat.reads.seen.tried import BADLY, BADLY_ZH, failed_with
from chat.reads.sums.columns_told import leave_columns
from kb.names import model_row
from kb.recipe import ADAPTERS


def put_aside(scan: Scan) -> None:
    """Leave out the adapters that are ruled out, and sizes that only tell the tokens of a training again."""
    methods = scan.facts.get("method", [])
    named = {method for method in ("lora", "qlora") if any(scan.find(turned_down(method)))}
    out = set(ADAPTERS) if "lora" in named else named  # QLoRA is LoRA too, and not the other way round
    if "qlora" not in named and set(methods) <= out:  # "no plain LoRA any more, QLoRA"
        out = {"lora"} & named
    if any(scan.find(FULL_TURNED_DOWN)) and not compared(scan.text):
        out = {*out, "full"}
    if out & set(methods) and set(methods) - out:
        keep(scan, "method", [one not in out for one in methods])
    _without_room(scan)
    _merged(scan)
    read_for_later(scan)
    leave_columns(scan)
    _placed_now(scan)
    _ran_with_fewer(scan)
    tokens, sizes = set(scan.extras.get("train_tokens", ())), scan.facts.get("params", [])
    if tokens & set(sizes) and set(sizes) - tokens:
        keep(scan, "params", [one not in tokens for one in sizes])


# "普通 AdamW 放不下,zero3、8bit Adam、GaLore 选哪个": what does not fit is none of the ways that are asked about;
# a run that failed is what the others are held against
_NO_ROOM = (
    r"\s?(?:(?:是|就|都|肯定|显然|会)?(?:放不下|装不下|不够)|(?:does(?:n'?t| not)|won'?t|will not|can(?:no|')t) fit\b)"
)


def _without_room(scan: Scan) -> None:
    optimizers, places = scan.facts.get("optimizer", []), scan.spans.get("optimizer", [])
    if len(places) == len(optimizers) > 1:
        kept = [compiled(_NO_ROOM).match(scan.lowered, end) is None for _, end in places]
        if any(kept) and not all(kept):
            keep(scan, "optimizer", kept)


# the adapters that are merged are those that were trained, and no second way: "qlora 训练没问题,合并lora时爆"
_MERGED_LORA = r"合并(?:的)?\s?(?P<a>lora)|\bmerg(?:e|ing|es|ed)\b(?: (?:the|my|a|its|that|trained))* (?P<b>lora)\b|(?P<c>lora)\s?(?:权重|适配器|adapters?)?\s?(?:的)?合并"


def _merged(scan: Scan) -> None:
    if set(scan.facts.get("method", ())) != {"lora", "qlora"}:
        return
    named = len([*scan.find(r"(?<![a-z])lora(?![a-z])")])
    if named and named == len([*scan.find(_MERGED_LORA)]):
        keep(scan, "method", [one == "qlora" for one in scan.facts["method"]])


# "currently -ngl 28; could I get all layers on it?"
_WHOLE = r"\b(?:would|will|does|do|can|could|is there|get|put|fit|fits|load|push)\b[^.;?!]{0,32}\b(?:(?:the )?(?:whole|entire|full|complete) (?:model|thing|file)|all (?:of (?:it|the layers)|(?=(?:on|in|onto|into) (?:the |my )?(?:gpu|card|vram)\b)|(?:the |its |\d{2,3} )?layers|(?:the |its )?\d{2,3}(?= (?:with|of them|on|in|to|if|go|fit)\b|\s?\?)))\b|(?:整个模型|全部(?:层|模型)?|所有层|完整(?:的)?模型)[^,;?!]{0,8}(?:放|塞|装|上|加载|进)"
# "why are 10 layers on the CPU", "get all of them on the GPUs"
_WHY_NOT_WHOLE = r"\b(?:why|how come)\b[^.;?!]{0,24}\b(?:layers?\b[^.;?!]{0,24}\b(?:cpu|ram|left|missing)\b|(?:not|only|n't)\b[^.;?!]{0,24}\b(?:all|layers?|\d{2,3})\b)|\ball of (?:them|these|those|it)\b[^.;?!]{0,12}\b(?:on|in|into|onto) (?:the |my |both |one )*(?:gpus?|cards?|vram)|(?:为什么|为啥|为何|怎么|咋)[^,;?!]{0,8}(?:层[^,;?!]{0,8}(?:cpu|内存)|(?:只|没)[^,;?!]{0,10}层|(?:没|不)有?能?全)|(?:怎么|如何|咋)[^,;?!]{0,6}全(?:部|都)?[^,;?!]{0,6}(?:gpu|显卡|显存|卡)"
_SOME_LAYERS = r"(?<![\d.])\d{1,3}(?:\s?/\s?\d{1,3})?\s?(?:layers?\b|层)"
_WHOLE_WANTED = rf"{_WHOLE}|{_WHY_NOT_WHOLE}"
_NOW = r"\b(?:now|currently|at the moment|right now|at present|so far|today)\b|\boffload(?:ed|ing) \d{1,3} ?/ ?\d{1,3}|\bonly (?:loads?|puts?|offloads?|gets?|uses?|fits?)\b|现在|目前|眼下|当前|只(?:加载|放|上|装|卸载)"


def _placed_now(scan: Scan) -> None:
    """How many layers are on the card now is no setting of a run that is to have them all there."""
    if len(scan.facts.get("gpu_layers", ())) == 1 and any(scan.find(_WHOLE_WANTED)) and any(scan.find(_NOW)):
        scan.extras["log_layers_now"] = scan.facts.pop("gpu_layers")
        del scan.spans["gpu_layers"]
        for found in scan.find(_SOME_LAYERS):
            scan.take(*found.span())


# as people write all layers, whatever a model has
_ALL = 90
_ALL_FAILED = rf"(?:\b(?:all|every|the whole|the entire|full)\b[ a-z]{{0,24}}|全部|所有|整个)(?:layers?|offload\w*|gpu|card|层|模型)[^,;.?!\d]{{0,16}}(?:\b{BADLY}\b|{BADLY_ZH})"


def _ran_with_fewer(scan: Scan) -> None:
    """Of layers of a mixture that ran on the card, and more that failed, those that failed are the case."""
    named = scan.facts.get("model", [])
    if not named or not all((model_row(str(one)) or {}).get("n_experts") for one in named):
        return
    values, places = scan.facts.get("gpu_layers", []), scan.spans.get("gpu_layers", [])
    if len(values) == 1 and values[0] < _ALL and any(scan.find(_ALL_FAILED)):
        scan.extras["log_layers_run"] = scan.facts.pop("gpu_layers")
        del scan.spans["gpu_layers"]
    elif len(values) > 1 and len(values) == len(places):
        failed = [failed_with(scan.text, at, places) for at in places]
        most = max(zip(values, failed, strict=True))
        if sum(failed) == 1 and most[1]:
            scan.extras["log_layers_run"] = keep(scan, "gpu_layers", failed)
