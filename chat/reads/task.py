"""Is the model run or trained? From the asker's word for it, else from facts that only one of the two has."""

from chat.reads import lexicon
from chat.reads.cues import ZERO_BY_NAME
from chat.reads.formats.means_of_files import MOST_OF_FILES, kinds_by_mean
from chat.reads.models.tokens_trained import read_tokens_for_size
from chat.reads.other_cases.corrected import keep
from chat.reads.other_cases.trained_before import settle_past_training
from chat.reads.reading import within
from chat.reads.scan import Scan
from chat.reads.task_words import SERVED, TASK_INFERENCE, TASK_TRAIN, WHOLE
from kb.programs import serves

# Facts that are said of one of the two tasks only.
_OF_TRAINING = (
    "algo",
    "grad_accum",
    "gradient_checkpointing",
    "optimizer",
    "lora_rank",
    "lora_targets",
    "modules_to_save",
    "zero_stage",
)
_OF_SERVING = (
    "kv_format",
    "draft_model",
    "output_len",
    "gpu_memory_utilization",
    "max_num_batched_tokens",
    "gpu_layers",
    "n_cpu_moe",
    "cpu_offload_gb",
)
_OF_TRAINING_SAID = frozenset({*_OF_TRAINING, "teacher_model"})
_SERVERS = ("vllm", "sglang", "llama.cpp")


# programs that train whole models and know no adapters, and those of them that recompute nothing
WHOLE_MODELS = ("nanotron", "gpt-neox", "nanogpt", "mingpt", "nanochat", "picotron", "llm.c")
KEEP_ALL = ("nanogpt", "mingpt", "nanochat")
# programs whose business is training
TRAINERS = frozenset({
    *WHOLE_MODELS, "litgpt", "torchtune", "torchtitan", "megatron", "axolotl", "trl", "openrlhf", "verl", "xtuner",
    "llama-factory", "llamafactory", "unsloth", "swift", "ms-swift",
})  # fmt: skip

# settings that only trainers have, by their names
_SETTINGS = r"\bcutoff[ _]len\w*|\bquantization_bit\b|\bper_device_(?:train|eval)_batch_size\b|\bmax_seq_length\b|\bmicro_batch_size\b|\bnum_train_epochs\b"

# a model that is made, not tuned
_FROM_NOTHING = (
    r"\bfrom scratch\b|\bpre-?train(?:ing)?\b(?! (?:model|weight|checkpoint))|(?<![a-z])cpt(?![a-z]|'d)|从(?:头|零)(?:开始)?(?:训|预训|练)"
    # "想自己训一个 1B 的小模型", "训完要几天"
    r"|(?<![培集])训(?:一?个|一?套|一?版|一?遍|完(?=[^,;?。]{0,6}(?:多|几|要|需|得)))"
)


def _of_a_backward_pass(scan: Scan) -> bool:
    """Are activations or gradients spoken of? The parameters that a token activates are no activations."""
    active = [one.span() for one in scan.find(lexicon.ACTIVE)]
    return any(
        not within(found.span(), active)
        for found in scan.find(
            r"激活(?!参数|[^,.;?]{0,4}专家|[才只仅就不是的也约大概]{0,4}(?:有)?\s?\d)|\bactivations?\b|\b(?:layers?'? inputs?|inputs? of (?:each|every|all|the) layers?)\b|(?:每|各)层(?:的)?输入|反向传播|(?<![a-z])s ?\*? ?b ?\*? ?h(?![a-z])|\bbackward\b|\bgradients?\b|梯度"
        )
    )


# the weights, and not just anything, are told to lie in host memory
_WEIGHTS = r"(?:param(?:eter)?s?|weights|权重|参数)"
_WEIGHTS_MOVED = rf"\boffload\w* (?:of )?(?:the |all |its |model )*{_WEIGHTS}|{_WEIGHTS} (?:\w+ ){{0,2}}offload|{_WEIGHTS}[^,;?。]{{0,6}}(?:卸载|offload)|(?:卸载|offload)[^,;?。]{{0,2}}{_WEIGHTS}"


def _trains(scan: Scan) -> bool:
    named = {*scan.facts.get("engine", []), *scan.extras.get("tools", [])}
    if _of_a_backward_pass(scan) and "kv_format" not in scan.facts and not any(scan.find(lexicon.OF_A_CACHE)):
        # what is kept for a backward pass is a matter of training; beside a cache activations are a server's
        return True
    if any(True for _ in scan.find(ZERO_BY_NAME)):
        return True
    if {"zero_stage", "gradient_checkpointing", "optimizer", "grad_accum"} & set(scan.facts):
        return True
    if any(True for _ in scan.find(_SETTINGS)):
        return True
    moved = set(scan.facts.get("offload", ()))  # states of an optimizer are of nothing but a training
    if moved == {"params"} and any(scan.find(TASK_INFERENCE)) and any(scan.find(_WEIGHTS_MOVED)):
        return bool(named & TRAINERS)  # "run it with all weights offloaded by DeepSpeed"
    offloads = "optimizer" in moved or (bool(moved) and any(True for _ in scan.find(r"deepspeed|\bzero|\bds_config")))
    return bool(named & TRAINERS) or offloads


# "inference and lora?", "推理和全参微调各要多少", "能原精度推理吗,lora呢"
_TRAINED = r"(?:full|lora|qlora|全参|全量|微调|训练|fine-?tun\w*|finetun\w*|train\w*|sft)"
_BOTH = (
    rf"\binference\b[^.?;!]{{0,32}}\b(?:and|vs\.?|versus|or|then|plus)\b[^.?;!]{{0,24}}(?<![a-z]){_TRAINED}(?![a-z])|(?<![a-z]){_TRAINED}(?![a-z])[^.?;!]{{0,24}}\b(?:and|vs\.?|versus|or|plus)\b[^.?;!]{{0,16}}\binference\b"
    rf"|推理[^,.?;!]{{0,12}}(?:和|与|跟|、|还有|以及|或)[^,.?;!]{{0,6}}{_TRAINED}|{_TRAINED}[^,.?;!]{{0,10}}(?:和|与|跟|、|还有|以及|或)[^,.?;!]{{0,6}}推理"
    rf"|(?:推理|部署|\b(?:run|serve|load|inference)\b)[^?!;]{{0,60}}?(?:[吗么?,]|\bor\b)\s?(?:那|如果|要是|and |what about |how about |or )?\s?(?:做|用|换)?\s?{_TRAINED}\s?(?:呢|的话|\?|吗)"
    # "LoRA-tune it and serve it at the same time", "训练 … 的同时还要开着 … 服务"
    rf"|{_TRAINED}(?![a-z])(?:[^.?;!]|\.(?=\d)){{0,40}}\b(?:and|while)\b(?:[^.?;!]|\.(?=\d)){{0,24}}\bserv(?:e|ing)\b(?:[^.?;!]|\.(?=\d)){{0,60}}\b(?:at the same time|simultaneously|at once|side by side|on the same)\b"
    rf"|{_TRAINED}(?:[^.?;!]|\.(?=\d)){{0,24}}(?:的)?同时(?:[^.?;!]|\.(?=\d)){{0,20}}(?:推理|服务|部署|vllm|serve)|(?:推理|服务|部署)(?:[^.?;!]|\.(?=\d)){{0,24}}(?:的)?同时(?:[^.?;!]|\.(?=\d)){{0,20}}{_TRAINED}"
    rf"|一边[^;?!。]{{0,40}}?{_TRAINED}[^;?!。]{{0,40}}一边[^;?!。]{{0,40}}?(?:推理|服务|部署|serve)|一边[^;?!。]{{0,40}}?(?:推理|服务|部署|serve)[^;?!。]{{0,40}}一边[^;?!。]{{0,40}}?{_TRAINED}"
    rf"|(?<![a-z]){_TRAINED}(?![a-z])[^?;!]{{0,60}}\bwhile (?:also |still )?(?:serving|running inference|inferencing)\b"
    rf"|[.?;!]\s?(?:also|and|plus|另外|还有|顺便|再问)[^.?;!]{{0,24}}\b(?:a |an )?(?:full |lora |qlora )?(?:fine-?tun\w*|finetun\w*|training)\b[^.?;!]{{0,16}}\b(?:need|take|cost|require|use)"
)


# against a copy on each card, of what somebody serves; who trains says so
_BESIDE_COPIES = r"\btensor[ -]?parallel\w*|(?<![a-z])tp(?![a-z])|张量并行"


def _one_of_them(scan: Scan) -> bool:
    """Are ranks and stages set against each other, and not one layout? Together they would take more cards than there are."""
    tp, pp, cards = (scan.facts.get(name, []) for name in ("tp", "pp", "n_gpus"))
    return len(tp) == len(pp) == len(cards) == 1 and int(tp[0]) * int(pp[0]) > int(cards[0])


def _both(scan: Scan) -> bool:
    """Whether a model is to be run and to be tuned, and both are asked for."""
    if {"algo", "teacher_model"} & set(scan.facts) or "log_adapters" in scan.extras:
        return False
    return any(True for _ in scan.find(_BOTH))


_QUANTS = r"\bgguf\b|\bud-i?q\d|\bquants?\b|\bdynamic\b|量化(?:版|包|文件|模型)|动态"
_TUNES = r"\b(?:train|tun|fine-?tun|finetun)\w*|训练|微调"


def _maker_of_files(scan: Scan) -> None:
    """Who trains with Unsloth names nothing that serves: beside such files, or their programs, it is who made the files."""
    engines = scan.facts.get("engine", [])
    if "unsloth" not in engines or scan.facts.get("method") or _OF_TRAINING_SAID & set(scan.facts):
        return
    kinds = any(str(kind).startswith("gguf") for kind in scan.facts.get("weight_format", []))
    serving = any(serves(engine) for engine in engines if engine not in ("unsloth", "transformers"))
    widths = [float(one) for one in (*scan.facts.get("bpw", []), *scan.facts.get("bits", []))]
    files = kinds or any(width < MOST_OF_FILES for width in widths) or any(scan.find(_QUANTS))
    if not (files or serving) or any(scan.find(TASK_TRAIN)) or any(scan.find(_TUNES)):
        return
    keep(scan, "engine", [engine != "unsloth" for engine in engines])
    if "engine" not in scan.facts and not serving:
        scan.add("engine", "llama.cpp", 0, 0, take=False)


def read_task(scan: Scan) -> None:
    """The task: from the asker's word for it, else from facts that only one of the two has."""
    _maker_of_files(scan)
    if not scan.facts.get("method") and not any(scan.find(TASK_TRAIN)):
        kinds_by_mean(scan)
    read_tokens_for_size(scan)
    past = settle_past_training(scan, _OF_TRAINING_SAID, served=bool({*_SERVERS} & {*scan.facts.get("engine", [])}))
    whole = "full" in scan.facts.get("method", [])
    said = [one for one in scan.find(TASK_TRAIN) if whole or one[0] != WHOLE]
    training = next((one for one in said if not within(one.span(), past)), None)
    serving = next(iter(scan.find(TASK_INFERENCE)), None)
    explicit = next(iter(scan.find(SERVED)), None)
    methods = scan.facts.get("method", [])
    training = training or next(iter(scan.find(_FROM_NOTHING)), None)
    if "log_adapters" in scan.extras or scan.facts.get("task") == ["inference"]:  # trained before, and served now
        training = None
    serves = (
        any(engine in _SERVERS for engine in scan.facts.get("engine", []))
        or any(name in scan.facts for name in _OF_SERVING)
        or any(str(kind).startswith("gguf") for kind in scan.facts.get("weight_format", []))
        or bool(said and not training)
        or bool({"experts", "kv"} & set(scan.facts.get("offload", [])))
        or "log_adapters" in scan.extras
        or (
            scan.facts.get("zero_stage") == [0]
            and ("pp" not in scan.facts or _one_of_them(scan))
            and any(True for _ in scan.find(_BESIDE_COPIES))
        )
    )
    if methods or training or {"algo", "teacher_model"} & set(scan.facts):
        scan.add("task", "train", *(training.span() if training else (0, 0)), take=False)
        if not methods and explicit and training and "teacher_model" not in scan.facts:
            scan.add("task", "inference", *explicit.span(), take=False)
        elif methods and _both(scan):
            scan.add("task", "inference", *explicit.span() if explicit else (0, 0), take=False)
    elif _trains(scan) and not explicit and not serves:
        scan.add("task", "train", 0, 0, take=False)
    elif serving or serves:
        scan.add("task", "inference", *(serving.span() if serving else (0, 0)), take=False)
    elif (
        any(name in scan.facts for name in _OF_TRAINING)
        or scan.extras.get("epochs")
        or scan.extras.get("learning_rate")
    ):
        scan.add("task", "train", 0, 0, take=False)
    elif "layer_split" in scan.facts or any(
        True
        for _ in scan.find(
            r"\bkv[ _-]?cache|kv缓存|键值缓存|\bnum_ctx\b|\bmax[ _-]model[ _-]len|\bprefix[- ]cach\w+|前缀缓存|\bspeculative (?:decoding|sampling)\b|(?:投机|推测)(?:解码|采样)|(?<![a-z])(?:eagle|medusa)(?:[ -]?[123])?(?![a-z\d])"
        )
    ):
        scan.add("task", "inference", 0, 0, take=False)
    if "train" in scan.facts.get("task", ()):  # a step of the engine that writes the answers, and none of the training
        scan.facts.pop("max_num_batched_tokens", None)
        scan.spans.pop("max_num_batched_tokens", None)
    if scan.facts.get("task") == ["inference"]:
        scan.add("method", "inference", *(serving.span() if serving else (0, 0)), take=False)
