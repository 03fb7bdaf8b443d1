"""Two ways of one training, or a training and a run of the same model, that are set against each other as cues.

`over_inference`: why tuning takes more than running the model; `trained_or_tuned`: whether training from scratch takes what
full fine-tuning does; `accumulated_or_at_once`: a batch in steps of gradient accumulation against the same batch at once.
"""

from chat.reads.concepts.length_unset import LENGTH_UNSET
from chat.reads.concepts.offloads import BUCKETS_LOWERED, OFFLOADS_APART, PART_ON_CPU
from chat.reads.contrasts import CONTRAST, EITHER
from chat.reads.lexicon import compiled
from chat.reads.scan import Scan
from chat.reads.training.mixed_precision import MIXED_NO_LESS, settle_mixed
from kb.recipe import ADAPTERS

_WHY = r"(?:\bwhy\b|\bhow come\b|\bhow can\b|\breason\b|n't\b[^;?]{0,96}\?|为什么|为啥|为何|怎么|咋|凭什么|不是[^?]{0,24}吗)"
# after a model is loaded a training is at one of its moments: that is no run
_RUN = r"(?:\binferenc\w*|\bserving\b|\b(?<!after )(?<!upon )(?<!on )(?<!from )(?<!since )(?:just |only |simply |merely )?(?:running|loading) (?:it|the (?:same )?(?:model|base))\b|推理|(?:只|光|单纯)(?:是)?(?:跑|加载)(?![完后之]))"
_TUNED = r"(?:\bq?-?lora\b|\bq?dora\b|\badapters?\b|\bpeft\b|\b(?:fine-?)?tun(?:e|es|ed|ing)\b|\bfinetun\w*|\btrain(?:s|ing|ed)?\b|\bsft\b|训练|微调|适配器)"
_MORE = r"(?:\bmore\b|\bhigher\b|\blarger\b|\bbigger\b|\bgreater\b|\bheavier\b|\bextra\b|\btwice\b|\bdouble\b|\b(?:exceed|above|beyond)\w*|多|高|大|贵|占|吃|费)"
_ADAPTED = r"\bq?-?lora\b"
# what one takes and what the other does: "inference takes 15 GB but LoRA 28"
_BUT = rf"{_RUN}(?:[^.;?]|\.(?=\d)){{0,32}}\d+(?:\.\d+)? ?gi?b?(?![a-z])[^;?]{{0,16}}{_TUNED}[^;?]{{0,24}}\d+(?:\.\d+)? ?gi?b?(?![a-z])"
_WHILE = rf"{_TUNED}(?:[^.;?]|\.(?=\d)){{0,40}}\d+(?:\.\d+)? ?gi?b?(?![a-z])[^.;?]{{0,16}}{_RUN}[^;?]{{0,24}}\d+(?:\.\d+)? ?gi?b?(?![a-z])"
_AS_A_RUN = rf"[^.;?]{{0,40}}\b(?:as much|as little|the same|like|similar)\b[^.;?]{{0,32}}{_RUN}"
OVER_INFERENCE = (
    rf"^(?=[\s\S]*{_WHY})(?![\s\S]*(?:{_RUN}[^.;?]{{0,48}}{_MORE}[^.;?]{{0,32}}\bthan\b[^.;?]{{0,40}}{_TUNED}|推理[^,;?]{{0,8}}比[^,;?]{{0,12}}{_TUNED}))"
    rf"[\s\S]*(?:n't\b[^.;?]{{0,24}}{_TUNED}{_AS_A_RUN}|{_TUNED}[^;?]{{0,60}}\b(?:above|beyond|exceeds?)\b[^.;?]{{0,16}}{_RUN}|{_TUNED}[^;?]{{0,60}}{_MORE}[^;?]{{0,40}}\b(?:than|over|compared (?:to|with))\b[^;?]{{0,32}}{_RUN}|{_TUNED}[^;?]{{0,24}}比[^;?]{{0,12}}{_RUN}[^;?]{{0,16}}{_MORE}|{_BUT}|{_WHILE})"
)
# training from scratch, and tuning in full
_SCRATCH = r"(?:\bfrom scratch\b|\bpre-?train(?:s|ing)?\b(?! (?:model|weights|checkpoint))|从(?:头|零)(?:开始)?(?:训|预训)\w*|预训练(?!的?(?:模型|权重|参数))|\bcpt\b(?!'d))"
_IN_FULL = r"(?:\bfine-?tun\w*|\bfinetun\w*|\bsft\b|微调|全参|全量)"
_ASKS_SAME = rf"(?:{CONTRAST}|\bsame\b|\bequal\w*|\b(?:more|less|heavier|lighter|higher|lower|bigger|smaller)\b|一样|相同|不同|差多少|差很多|(?<!最)(?<!多)(?<!要)更?(?:多|少|大|吃|费|省|高)(?!少))"
_MEMORY = r"(?:\bv?ram\b|\bmemory\b|\bgpus?\b|\bcards?\b|\bhardware\b|显存|内存|显卡|几张|[多少]卡|吃卡)"
_NEAR = r"(?:[^.;?]|\.(?=\d)){0,60}"
TRAINED_OR_TUNED = (
    rf"^(?=[\s\S]*{_MEMORY})(?=[\s\S]*{_ASKS_SAME})(?![\s\S]*(?:\bhow long\b|\blonger\b|\bfaster\b|\bslower\b|多久|更快|更慢))"
    rf"[\s\S]*(?:{_SCRATCH}{_NEAR}{_IN_FULL}|{_IN_FULL}{_NEAR}{_SCRATCH})"
)
# the same batch in steps, or at once
_STEPS = r"(?:\bgrad\w*[ _-]?acc\w*|\baccumulat\w+|(?<![a-z])accum(?![a-z])|(?<![a-z])ga ?= ?\d|累[积计])"
_AT_ONCE = r"(?:\b(?:real |true |full |large |larger |big |bigger )*(?:micro-?)?batch(?:[ _-]?sizes?)?\b|per_device_train_batch_size|(?<![a-z])bs ?= ?\d|批大小|批次|大批|batch)"
_AGAINST = rf"(?:{CONTRAST}|{EITHER}|\binstead of\b|\brather than\b|\bthan\b|\bsame\b|\bas\b|代替|替代|[改换变]成|一样|相同|差多少|各(?:是)?多少|[跟和与比]|直接)"
_NO_STEPS = rf"(?:\b(?:no|without|w/o)\b|不用?|没有?|无)\s?{_STEPS}"
# "bs 1 + accumulation 8, is that equivalent?", "等价吗"
_EQUAL = r"(?:\bequivalent\b|\bmathematically\b|\bsame (?:gradients?|result|training|thing)\b|等价|等效(?:吗|么|于)|效果一样|结果一样)"
STEPS_EQUAL = rf"{_STEPS}[^;?]{{0,48}}?{_EQUAL}|{_EQUAL}[^;?]{{0,48}}?{_STEPS}"
# between them no word of the other: "batch 8 with accumulation 4 or none" sets no batch against its steps
_TO_STEPS, _TO_BATCH = (rf"(?:(?!{one})(?:[^.;?]|\.(?=\d))){{0,60}}?" for one in (_STEPS, _AT_ONCE))
ACCUMULATED_OR_AT_ONCE = rf"{_STEPS}(?:[^.;?]|\.(?=\d)){{0,60}}?{_AGAINST}{_TO_BATCH}{_AT_ONCE}|{_AT_ONCE}{_TO_STEPS}{_AGAINST}{_TO_STEPS}{_STEPS}|{STEPS_EQUAL}"
TRAININGS_APART: tuple[tuple[str, str], ...] = (
    ("mixed_no_less", MIXED_NO_LESS),
    ("over_inference", OVER_INFERENCE),
    ("trained_or_tuned", TRAINED_OR_TUNED),
    ("accumulated_or_at_once", ACCUMULATED_OR_AT_ONCE),
    ("steps_equal", STEPS_EQUAL),
    *OFFLOADS_APART,
    *LENGTH_UNSET,
    *BUCKETS_LOWERED,
    *PART_ON_CPU,
)


def settle_trainings_apart(scan: Scan) -> None:
    """The one case of two that are set against each other."""
    _settle_run(scan)
    _settle_steps(scan)
    settle_mixed(scan)


def _settle_run(scan: Scan) -> None:
    """Of tuning and a run of the same model the tuning is the case, by the adapters that are named."""
    if not compiled(OVER_INFERENCE).search(scan.text):
        return
    if not set(scan.facts.get("method", ())) & {*ADAPTERS, "full"} and (named := compiled(_ADAPTED).search(scan.text)):
        for fact in ("method", "task"):
            scan.facts.pop(fact, None)
            scan.spans.pop(fact, None)
        scan.add("method", "qlora" if named[0].startswith("q") else "lora", *named.span(), take=False)
    if scan.facts.get("task") != ["train"]:
        scan.facts.pop("task", None)
        scan.spans.pop("task", None)
        scan.add("task", "train", 0, 0, take=False)


def _settle_steps(scan: Scan) -> None:
    """Of a batch at once against the same in steps the run at once is the case; micro-batch and steps are told beside it."""
    batches = sorted(int(one) for one in scan.facts.get("batch_size", ()))
    steps = [int(one) for one in scan.facts.get("grad_accum", ())]
    steps = [one for one in steps if one > 1]
    if len(batches) == 2 and len(steps) > 1:  # "batch 1 with 8 steps for batch 8; why do 4 steps take no less?"
        steps = [one for one in steps if one * batches[0] == batches[1]]
    if len(batches) == 1 and compiled(STEPS_EQUAL).search(scan.text) and steps and batches[0] % steps[0]:
        batches.append(batches[0] * steps[0])  # the micro-batch is told, and its whole batch was what failed
        steps = steps[:1]
    if len(steps) != 1 or len(batches) not in (1, 2) or not compiled(ACCUMULATED_OR_AT_ONCE).search(scan.text):
        return
    if any(scan.find(_NO_STEPS)):
        return
    micro, odd = divmod(batches[-1], steps[0])
    if odd or not micro or (len(batches) == 2 and micro != batches[0]):
        return
    scan.facts.pop("grad_accum")
    scan.spans.pop("grad_accum", None)
    scan.extras["in_steps"] = [micro, steps[0]]
