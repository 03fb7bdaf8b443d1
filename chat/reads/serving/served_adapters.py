"""Adapters that are served beside a model, not trained: their rank and number are facts of no training then."""

from chat.reads.cards.card_patterns import card_pattern
from chat.reads.lexicon import compiled
from chat.reads.other_cases.trained_before import OVER
from chat.reads.scan import Scan
from chat.reads.task import TRAINERS

_LORA = r"(?<![a-z0-9_-])(?:multi-?)?loras?(?![a-z0-9_])(?:[- ]?(?:adapters?|适配器))?"
# flags and keys of servers that hold adapters
_FLAGS = r"enable[-_]lora(?![a-z])|lora[-_]modules(?![a-z])|max[-_]loras?(?![a-z])|max[-_]lora[-_]rank|max[-_]loras[-_]per[-_]batch|lora[-_]paths"
# https://docs.vllm.ai/en/latest/features/lora.html: the slots that it sets aside; the other flags are SGLang's too
_OF_VLLM = r"max[-_]loras(?![a-z_-])"
_OF_SGLANG = r"max[-_]loras[-_]per[-_]batch|lora[-_]paths|mem[-_]fraction[-_]static"
_SERVES = r"\binferenc\w*|\bserv(?:e|es|ed|ing)\b|\bdeploy\w*|\bhost(?:ing)?\b(?! (?:memory|ram|cpu)\b)|推理|部署|上线|起服务|挂载?(?!了(?!\s?\d)|掉|死|机|[,.;?!]|$)|热加载"
_TRAINS = (
    r"\b(?:fine-?\s?|q?lora[- ])tun(?:e|ing)\b|\bfinetun(?:e|ing)\b|\btrain(?:s|ing)?\b|\btuning\b|\bsft\b|\brlhf\b|\bpacking\b|\b(?:at|to|after|around) step \d|(?:跑到|训到|到|第)\s?\d+\s?(?:步|step)"
    r"|(?:微调|训练|精调)(?!(?:好|过|完|后|出|得到)?的|好|过|完|后|出来)"
)
# what only a training has
_OF_TRAINING = frozenset({
    "optimizer", "zero_stage", "grad_accum", "gradient_checkpointing", "algo", "precision", "loss", "modules_to_save",
    "teacher_model", "lora_targets",
})  # fmt: skip
# "can it run that? and lora?": tuned with one, which is asked beside
_ASKED_BESIDE = r"(?:[吗么呢?,;.]|\bor\b)\s?(?:那|那么|如果|要是|还有|and |what about |how about |or )?\s?(?:做|用|换|微调)?\s?(?:a )?(?<![a-z])loras?\s?(?:呢|的话|行(?:吗|不)|\?|可以吗|够吗)|(?:\band\b|和|与|、)\s?loras? (?:fine-?tun\w*|training|memory)"
_OTHER_METHODS = r"(?<![a-z])(?:q-?lora|galore|full|freeze|dora|grpo|ppo|dpo|rollouts?)(?:trainer|config)?(?![a-z])|\b\w*trainer\b|全参|全量|冻结"
# "why does the LoRA recipe take that much": a run of its own; so is one by a program that trains, unless it is over
_RUN = r"(?<![a-z])loras? ?(?:recipe|script|run|job|config|notebook|example|demo|trainer|step|cookbook|tutorial)s?(?![a-z])|(?<![a-z])lora ?(?:的)?(?:脚本|配方|示例|教程|例子|任务)"
_SERVERS = frozenset({"vllm", "sglang", "llama.cpp", "tgi", "lmdeploy", "ollama", "tensorrt-llm", "xinference"})
# who has an adapter of their own
_ONE = r"(?<![a-z])(?:q?-?loras?(?: adapters?)?|adapters?|适配器)(?![a-z])"
_OWNERS = (
    r"(?:customers?|clients?|tenants?|users?|teams?|companies|departments?|tasks?|domains?|languages?|use[- ]cases?)"
)
_OWNERS_ZH = r"客户|租户|用户|团队|部门|业务线?|任务|场景|企业|公司|学校|语种"
_COUNT = (
    r"(?<![\d.])(?P<n>\d{1,4})\s?(?:x |different |separate |distinct |independent |active |fine-?tuned |finetuned |custom |user |tenant |customer |task |small )*"
    r"(?:rank[- ]?\d+ |r\s?=?\s?\d+ )?(?:loras?|lora adapters?|adapters?)(?![a-z])"
    r"|(?<![\d.])(?P<k>\d{1,4})\s?(?:个|份)?(?:一起|同时|全部|都)\s?(?:要)?(?:挂|加载|部署|上线|放)|(?<![\d.])(?P<o>\d{1,4}) of them (?:are |is )?(?:loaded|served|at once|together|active|mounted)"
    rf"|(?<![\d.])(?P<p>\d{{1,5}})\s?(?:\w+ )?{_OWNERS}(?:(?:[^\w?]+\w+){{0,6}}?\W+(?:each|own)(?:\W+\w+){{0,4}}?\W+{_ONE}|(?:\W+\w+){{0,4}}?\W+{_ONE} (?:each|apiece))\b"
    rf"|{_ONE} (?:per|for (?:each|every)) (?:\w+ )?{_OWNERS}\b[^.?]{{0,24}}?(?<![\d.])(?P<s>\d{{1,5}})(?= (?:\w+ )?{_OWNERS})"
    rf"|(?:每|各)[^,。;?]{{0,10}}?{_ONE}[^。;?]{{0,12}}?(?<![\d.])(?P<q>\d{{1,5}})\s?[个位家]?(?:{_OWNERS_ZH})"
    rf"|(?<![\d.])(?P<r>\d{{1,5}})\s?[个位家]?(?:{_OWNERS_ZH})[^。;?]{{0,6}}?(?:各|每|分别|自己的)[^。;?]{{0,10}}?{_ONE}"
    r"|(?:loras?|adapters?)\s[^,.;?\d]{0,16}(?:at once|together|at the same time|concurrently)[ :]\s?(?P<t>\d{1,4})(?=\s(?:on|in|with|of)\b|[,;?]|$)"
    r"|(?<![\d.])(?P<m>\d{1,4})\s?[个份套](?:不同的?|独立的?|微调好?的?|[^,;?。]{0,12}?的)?\s?(?:(?:rank|r|秩)\s?[=为是]?\s?\d{1,4}\s?的?\s?)?(?:lora|adapter|适配器)"
)
_OF_OWNERS = frozenset("pqrs")
# "is it 20 times the model?": the number of them again
_AS_MANY = r"(?<![\d.])(?P<n>\d{1,4})\s?(?:倍|份|个\s?(?:\d+(?:\.\d+)?b|模型|底座)|times\b|(?:full |whole |separate )?(?:copies|models)\b|x (?:the )?(?:base|model|memory|vram)\b)"
# "so I need 20 cards?": a card for each of them is asked
_CARD_EACH = (
    r"(?:\b(?:need|require|buy|rent)\w*|[要得买租]|准备|[.,;:?]) ?(?:really )?(?P<n>\d{1,5})\s?(?:x |[张块台]\s?)?"
)
_ANY_CARD = r"显?卡|(?:\w+ )?(?:gpus?|cards?)\b"

# what the file of one takes
_SIZE = (
    r"(?:loras?|adapters?|适配器)(?:文件|权重)?(?:\s?(?:都|各|每个|大概|大约|约|有|是|为|大小|is|are|of|at|about|around|weighs?|files?|[:=(])\s?){0,4}(?P<v>\d{1,4}(?:\.\d+)?)\s?(?:mb|gb|m|g)(?![a-z])"
    r"|(?<![\d.])(?P<w>\d{1,4}(?:\.\d+)?)\s?(?:mb|m)(?=\s?(?:的\s?)?(?:loras?|adapters?|适配器))"
)


def read_served_adapters(scan: Scan) -> None:
    """State adapters that are only served, and take their words from those of training."""
    places = [*scan.find(_LORA), *scan.find(_FLAGS)]
    if not (places or _owned(scan)) or not _only_served(scan):
        return
    for found in scan.find(_COUNT):
        group = str(found.lastgroup)
        if scan.free(*found.span(group)) and "log_adapters" not in scan.extras:
            scan.add("log_adapters", float(found[group]), *found.span(group), extra=True)
    counted = scan.extras.get("log_adapters", [])
    for again in scan.find(_AS_MANY):
        if float(again["n"]) in counted:
            scan.add("log_adapters_times", float(again["n"]), *again.span(), extra=True)
    for each in scan.find(_CARD_EACH) if _owned(scan) else ():
        of_cards = compiled(_ANY_CARD).match(scan.text, each.end()) or card_pattern().match(scan.text, each.end())
        if of_cards and float(each["n"]) in counted:
            scan.extras["log_adapters_times"] = [float(each["n"])]
            scan.facts.pop("n_gpus", None)  # no machine is told
            scan.spans.pop("n_gpus", None)
    for found in scan.find(_SIZE):
        group = "v" if found["v"] else "w"
        scan.add(
            "log_adapter_mb",
            float(found[group]) * (1 if found[0].endswith(("m", "mb")) else 1000),
            *found.span(),
            extra=True,
        )
        place = scan.normal.original(*found.span(group))[0]
        scan.claims = [one for one in scan.claims if one.span[0] != place]
        break
    if "engine" not in scan.facts and any(scan.find(_OF_VLLM)) and not any(scan.find(_OF_SGLANG)):
        scan.add("engine", "vllm", 0, 0, take=False)
    for rank in scan.facts.pop("lora_rank", []):
        scan.extras.setdefault("log_adapter_rank", []).append(float(rank))
    scan.spans.pop("lora_rank", None)
    for found in places:
        scan.take(*found.span())
    scan.extras.setdefault("log_adapters", [])
    if not scan.extras["log_adapters"]:
        scan.extras["log_adapters"] = [1.0]


# what launches or divides a training, whatever hosts it
_LAUNCHED = r"\bfsdp\d?\b|\btorchrun\b|\bdeepspeed\b|(?<![a-z])zero[- ]?[1-3](?!\d)|\baccelerate launch\b"


def _only_served(scan: Scan) -> bool:
    if any(scan.find(_LAUNCHED)):
        return False
    if any(scan.find(_FLAGS)) and not _OF_TRAINING & set(scan.facts):
        return True
    beside = any(scan.find(_ASKED_BESIDE)) and not any(scan.find(_COUNT))
    if beside or _OF_TRAINING & set(scan.facts) or any(scan.find(_TRAINS)) or any(scan.find(_OTHER_METHODS)):
        return False
    programs = {str(one) for one in (*scan.facts.get("engine", []), *scan.extras.get("tools", []))}
    trainer = bool(programs & TRAINERS) and not programs & _SERVERS
    if (trainer or any(scan.find(_RUN))) and not any(scan.find(_COUNT)) and not compiled(OVER).search(scan.text):
        return False
    return bool(programs & _SERVERS) or _owned(scan) or compiled(_SERVES).search(scan.text) is not None


def _owned(scan: Scan) -> bool:
    """Whether each of a number of customers or tasks has an adapter."""
    return any(found.lastgroup in _OF_OWNERS for found in scan.find(_COUNT))
