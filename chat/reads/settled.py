"""What the parts of a text mean together: a correction, a case that others speak of, one program behind another.

Each part was read by itself; here a value that another one takes back, or only repeats, is left out again.
"""

from chat.reads import asking
from chat.reads.caches.cache_budgets import read_cache_budget
from chat.reads.caches.cache_types import eight_bit_cache
from chat.reads.caches.shared_prefix import read_shared_prefix
from chat.reads.cards.further_counts import settle_counts
from chat.reads.cards.slices import settle_slices
from chat.reads.cards.totals import settle_totals
from chat.reads.concepts.attention_told import settle_attention
from chat.reads.contrasts import CONTRAST, EITHER
from chat.reads.formats.method_bits import (
    settle_autocast,
    settle_bits_of_library,
    settle_bits_of_optimizer,
    settle_fp8_of_training,
    settle_method_bits,
    settle_published_bits_of_training,
)
from chat.reads.formats.second_files import settle_second_file
from chat.reads.formats.suspected import leave_suspected
from chat.reads.formats.too_few_bits import leave_too_few
from chat.reads.formats.ways_out import leave_ways_out
from chat.reads.formats.widths import widths_together
from chat.reads.lexicon import DISTRIBUTED_OPTIMIZER, compiled
from chat.reads.models.parts_of_models import settle_experts
from chat.reads.models.size_bounds import read_size_bounds
from chat.reads.other_cases.corrected import keep, take_back
from chat.reads.other_cases.experience import leave_experience
from chat.reads.other_cases.former import leave_former, settle_card
from chat.reads.other_cases.left_to_others import leave_to_others
from chat.reads.other_cases.put_aside import put_aside
from chat.reads.other_cases.unwanted import leave_unwanted
from chat.reads.other_cases.with_and_without import with_and_without
from chat.reads.reading import Claim
from chat.reads.refusals import refused
from chat.reads.requests.in_and_out import limit_beside
from chat.reads.requests.limits import settle_limits
from chat.reads.requests.people import read_people
from chat.reads.requests.pictures import settle_pictures
from chat.reads.requests.printed_users import settle_printed_users
from chat.reads.scan import Scan
from chat.reads.seen.degrees_tried import settle_degrees_tried
from chat.reads.seen.engines_apart import leave_what_runs
from chat.reads.seen.readings_each import settle_readings
from chat.reads.seen.stage_figures import of_pipeline
from chat.reads.seen.tried_ranks import settle_tried_ranks
from chat.reads.seen.unfelt import settle_unfelt
from chat.reads.speed.speed_told import server_memory
from chat.reads.sums.machines_had import settle_machines_had
from chat.reads.training.algorithms import settle_algorithms
from chat.reads.training.frozen import settle_frozen
from chat.reads.training.listed_optimizers import settle_listed_optimizer
from chat.reads.training.micro_batches import settle_accumulation, settle_global_batch, settle_micro_batches
from chat.reads.training.roles import settle_roles
from chat.reads.training.shard_groups import SECOND_COPY, settle_groups
from kb.knobs import LIKE
from kb.programs import ROLLS, serves

# training programs that run on DeepSpeed, and are what decides
_RUNS_ON = frozenset({"deepspeed", "transformers"})
# what stands for a setting where it is asked whether that is needed, and the words of the setting
_WITHOUT = {
    "kv_format": ("bf16", r"\bkv[ _-]?cache|\bkv\b|\bcache\b|缓存"),
    "gradient_checkpointing": ("off", r"checkpointing|\brecomput|重计算|检查点"),
    "offload": ("none", r"offload|卸载"),
}
_NEEDED = (
    r"(?:\bis|\bare)\b[^,.;?!]{0,60}\b(?:needed|necessary|required|a must)\b|\b(?:do|would|must|should) (?:i|we) (?:really |even )?(?:need|have to|use|enable|turn on)\b[^,.;?!]{0,50}"
    r"|\b(?:does|do|would|will) (?:it|this|that|they|the \w+) (?:really |even |actually |still )?(?:need|have to|require)\b[^,.;?!]{0,50}"
    r"|(?:需要|必须|有必要|非得|一定要|用不用|要不要|是否要|是否需要)[^,.;?!]{0,24}"
    r"|\b(?:fp8|int8|q8_0|q4_0|8[- ]?bit|quanti[sz]ed) (?:kv(?:[ -]?cache)?|cache),? or not\b|\bwith or without (?:an? )?(?:fp8|int8|q8_0|quanti[sz]ed) (?:kv|cache)[^,.;?!]{0,8}|(?:fp8|int8|q8_0)\s?(?:的)?\s?(?:kv|缓存)[^,.;?!]{0,8}(?:开不开|上不上|开还是不开)"
)


# "how much RAM do I need for ZeRO-Offload?": of the case with it
_AMOUNT_NEEDED = r"\b(?:how (?:much|many)|what)\b[^,.;?!]{0,32}\s$"


def _whether_needed(scan: Scan) -> None:
    """Asked whether a setting is needed, the case without it is asked as much as the one with it."""
    for asked in scan.find(_NEEDED):
        if compiled(_AMOUNT_NEEDED).search(scan.text[: asked.start()]):
            continue
        for name, (without, words) in _WITHOUT.items():
            values = scan.facts.get(name, [])
            whole = name == "kv_format" and values in (["fp16"], ["bf16"])  # "with f16, or do I have to quantise it?"
            if len(values) != 1 or (values[0] == without and not whole) or not compiled(words).search(asked[0]):
                continue
            scan.facts[name] = [values[0], eight_bit_cache(scan)] if whole else [without, values[0]]
            if name == "kv_format":
                scan.note("both_caches", 1)


# a clause that adds a case to what was asked before it: "and if I offload the optimizer", "再开 offload 呢"
_ADDS = (
    r"^\W*(?:(?:and|or|but|also|then|now|so|ok) )*(?:(?:what|how) (?:about|if)|if|when|once|with|after|by|would|will|does|can|could)\b"
    r"|^\W*(?:那|再|又|还|然后|另外|并且|而)*(?:如果|要是|假如|假设|若|万一|把|(?:开|加|用)(?!了)(?=[^,.;]*(?:[呢吗够能行?]|多少))|(?<=[那再又还后外且而])(?:开|加|用)(?!了)|配合|换)|(?:的话|之后|以后|后)(?=[^,.;?!]*(?:够|多少|能|可以|行|呢|吗))|呢\W*$"
)


def _added_case(scan: Scan) -> None:
    """A setting that only a later clause brings in, after something was asked without it, is a case beside the first one."""
    condition = compiled(r",\s*$"), compiled(r"^\W*(?:with|by)\b")  # "what batch, with checkpointing?": so it is run
    asked = len(scan.facts.get("zero_stage", ())) > 1  # "ZeRO-1, 2 or 3 per card": named in a row they are asked for
    for part in asking.parts(scan.text):
        start, end = scan.normal.original(part.start, part.end)
        clause = scan.text[part.start : part.end]
        added = asked and compiled(_ADDS).search(clause)
        if condition[0].search(scan.text[: part.start]) and condition[1].search(clause):
            added = None
        for name, (without, _) in _WITHOUT.items() if added else ():
            values, places = scan.facts.get(name, []), scan.spans.get(name, [])
            if len(values) == 1 == len(places) and values[0] != without and start <= places[0][0] < end:
                scan.facts[name] = [without, values[0]]
        asked = asked or part.asks


_NUMBER_OF_STAGE = r"(?<![a-z0-9_])stages?['\"\s_:=-]*$"


def _stages_of_pipeline(scan: Scan) -> None:
    """`stage 0` of a pipeline is the first of its stages, and no ZeRO-0."""
    places = scan.spans.get("zero_stage", [])
    bare = places and all(compiled(_NUMBER_OF_STAGE).search(scan.lowered, 0, start) for start, _ in places)
    if "pp" in scan.facts and bare and of_pipeline(scan):
        del scan.facts["zero_stage"], scan.spans["zero_stage"]


_WITHOUT_IT = r"\bddp\b|\bwithout\b|\bw/o\b|\boff\b|\bagainst\b|\bvs\b|\bversus\b|\bor\b|不用|不开|没开|关|还是|对比"


def _copies_that_divide(scan: Scan) -> None:
    """`Distributed optimizer, pure data parallel` names the copies that share its states, and no run without it."""
    both = sorted(map(str, scan.facts.get("zero_stage", ()))) == ["0", "1"]
    if both and any(scan.find(DISTRIBUTED_OPTIMIZER)) and not any(scan.find(_WITHOUT_IT)):
        keep(scan, "zero_stage", [one == 1 for one in scan.facts["zero_stage"]])


# what only a training has
_TRAINING_ALONE = ("virtual_stages", "n_microbatches", "schedule", "shard_size", "sequence_parallel", "grad_accum")
_MICRO_BATCHES = r"\bmicro[ _-]?batch\w*|\bmbs\b|微批"
# who counts its stages speaks of a training's; a server has ranks
_A_STAGE = r"\b(?:first|last|final|early|earlier) (?:pipeline |pp )?stages?\b|\bstage[ -]?[01]\b|(?:最后|末|首|第一|第1)(?:一|1)?(?:个)?(?:级|stage|段)"
_SERVED_STAGE = r"\bkv\b|\bcache\b|缓存|推理|部署|\bserv(?:e|ed|er|es|ing)\b|\binfer\w*|\busers?\b|\brequests?\b|并发|\btok(?:en)?s?/s|\bllama\.?cpp\b|\bollama\b"
_LONG_SAMPLES = r"\bulysses\b|\bring[ _-]?attention\b|\bsequence[ _-]?parallel|序列并行|(?<![a-z])sp\s?=?\s?\d"


def _of_training_alone(scan: Scan) -> None:
    """Settings that only a training has say that one is meant, where no word does."""
    told = [name for name in _TRAINING_ALONE if name in scan.facts]
    told += ["zero_stage"] if any(scan.find(SECOND_COPY)) and "zero_stage" in scan.facts else []
    told += ["pp"] if "pp" in scan.facts and any(scan.find(_MICRO_BATCHES)) else []
    stages = "pp" in scan.facts and any(scan.find(_A_STAGE)) and not any(scan.find(_SERVED_STAGE))
    told += ["pp"] if stages and not told else []
    if {"task", "method"} & set(scan.facts) or not (told or ("cp" in scan.facts and any(scan.find(_LONG_SAMPLES)))):
        return
    if any(serves(str(one)) for one in scan.facts.get("engine", ())):
        return
    at = scan.spans[told[0]][0] if told and scan.spans.get(told[0]) else (0, 0)
    scan.facts["task"], scan.spans["task"] = ["train"], [at]


def settle(scan: Scan) -> None:
    """Leave out what the rest of the text takes back."""
    read_size_bounds(scan)
    read_cache_budget(scan)
    server_memory(scan)
    put_aside(scan)
    settle_readings(scan)
    settle_tried_ranks(scan)
    settle_degrees_tried(scan)
    _stages_of_pipeline(scan)
    _copies_that_divide(scan)
    settle_groups(scan)
    settle_slices(scan)
    if len(scan.facts.get("schedule", ())) > 1:  # both are told of; what runs is the usual one
        keep(scan, "schedule", [one == "1f1b" for one in scan.facts["schedule"]])
    _of_training_alone(scan)
    settle_micro_batches(scan)
    settle_frozen(scan)
    settle_method_bits(scan)
    settle_autocast(scan)
    settle_bits_of_library(scan)
    settle_listed_optimizer(scan)
    settle_accumulation(scan)
    settle_global_batch(scan)
    settle_unfelt(scan)
    with_and_without(scan)
    _whether_needed(scan)
    _added_case(scan)
    settle_roles(scan)
    settle_machines_had(scan)
    leave_experience(scan)
    leave_unwanted(scan)
    leave_former(scan)
    leave_to_others(scan)
    _difference(scan)
    take_back(scan)
    if "corrected" in scan.extras and "gpu" in scan.facts:
        settle_card(scan, [])
    _programs(scan)
    settle_algorithms(scan)
    _ranks_of_rollouts(scan)
    settle_experts(scan)
    settle_pictures(scan)
    settle_attention(scan)
    read_people(scan)
    settle_printed_users(scan)
    limit_beside(scan)
    read_shared_prefix(scan)
    settle_counts(scan)
    leave_ways_out(scan)
    leave_suspected(scan)
    settle_limits(scan)
    settle_totals(scan)
    _memory_told(scan)
    _machines(scan)
    _settings_that_failed(scan)
    _optimizer_alone(scan)
    settle_fp8_of_training(scan)
    settle_bits_of_optimizer(scan)
    settle_published_bits_of_training(scan)
    _saved_against(scan)
    widths_together(scan)
    settle_second_file(scan)
    leave_too_few(scan)
    _not_worked_out(scan)


def _optimizer_alone(scan: Scan) -> None:
    """Stages 1 and 2 keep the parameters on the cards: an offload beside them is of the optimizer."""
    told = scan.facts.get("offload", [])
    if "params" in told and {*scan.facts.get("zero_stage", ())} <= {1, 2} and "zero_stage" in scan.facts:
        scan.facts["offload"] = list(dict.fromkeys("optimizer" if one == "params" else one for one in told))


def _ranks_of_rollouts(scan: Scan) -> None:
    """Tensor parallel ranks beside reinforcement training are those of the engine that answers: a trainer shards its states."""
    if "tp" not in scan.facts or not set(ROLLS) & set(scan.facts.get("algo", ())):
        return
    if any(scan.find(r"\bmegatron\b|\bmcore\b")) or not any(
        scan.find(r"rollout|vllm|sglang|\bverl\b|openrlhf|\btrl\b")
    ):
        return
    ranks = scan.facts.pop("tp")
    del scan.spans["tp"]
    scan.extras.setdefault("log_rollout_tp", list(ranks[:1]))


# `就差2B参数`, `can 2B parameters make that much difference`: by how much models differ is no model
_APART_BEFORE = r"(?:差|多|少|大|小|相差|只多)(?:了|出|个|的是)?\s?$|\b(?:only|just|merely|mere|extra|additional|can|could|do|does) (?:an? )?(?:extra |additional |mere )?$"
_APART_BEHIND = r"^\s?(?:(?:的)?参数)?(?:的)?(?:差|之差)|^\s?(?:more |extra |additional )?(?:param\w*|weights)? ?(?:more|difference|apart|larger|bigger|extra|make|cause|explain|account)"


def _difference(scan: Scan) -> None:
    if len(scan.facts.get("model", ())) < 2 or len(scan.facts.get("params", ())) != 1:
        return
    start, end = scan.spans["params"][0]
    text = scan.lowered
    before, behind = text[max(0, start - 24) : start], text[end : end + 32]
    own = before.rstrip().endswith(("(", "\uff08")) and behind.lstrip().startswith((")", "\uff09"))  # "Nemo (12B)"
    if own or compiled(_APART_BEFORE).search(before) or compiled(_APART_BEHIND).search(behind):
        del scan.facts["params"], scan.spans["params"]


# "OOM in transformers, vLLM is fine with it": the program with which it runs is not the one that failed
_ENGINE = r"(?P<e>vllm|sglang|lmdeploy|llama\.?cpp|ollama|tgi|exllama|transformers|unsloth)"
_RUNS_WITH = (
    rf"{_ENGINE}\s?(?:却|就|倒|反而|都|则|是|跑|上|里|的话|完全|一切)*\s?(?:没事|没问题|正常|能跑|可以跑|放得下|不爆|不会)"
    rf"|\b{_ENGINE.replace('<e>', '<f>')}\b (?:(?:it|just|itself|perfectly|with|the|same|prompt|text|input) )*(?:works?|runs?|is|was|handles?|does|serves?|fits?)\b (?:(?:it|this|just|perfectly|the|same|prompt|text|input) )*(?:fine|ok|okay|well|good|no problem|without)"
    rf"|\b(?:fine|ok|okay|works?|no problem|no issue) (?:in|with|on|under|using) {_ENGINE.replace('<e>', '<g>')}\b"
)
_OVERFLOWS = r"\boom\w*|out[ _-]?of[ _-]?memory|爆|显存不足"


# "the unsloth notebook claims it fits in 22GB": the program of another run
_CLAIMED = r"\bunsloth(?:'s)?(?:(?!\boom\b)[^.?;]){0,24}(?:\b(?:claims?|says?|said|states?|fits?)\b|说|称|写|标|只要|只需)(?:(?!\boom\b)[^.?;]){0,24}\d+ ?g"


_VERSION_OF_TRANSFORMERS = r"\btransformers\s?(?:[=:]{1,2}|v|version)?\s?\d+\.\d"


def _programs(scan: Scan) -> None:
    """Of two programs that train, the one that is run decides, not the one that it runs on; of two that serve, the one that failed."""
    engines = scan.facts.get("engine", [])
    if engines == ["unsloth"] and any(scan.find(_OVERFLOWS)) and any(scan.find(_CLAIMED)):
        engines = []
        scan.facts.pop("engine")
    if len(engines) > 1 and any(scan.find(_OVERFLOWS)):
        fine = {found["e"] or found["f"] or found["g"] for found in scan.find(_RUNS_WITH)}
        failed = [engine for engine in engines if engine not in fine]
        engines = scan.facts["engine"] = failed or engines
    leave_what_runs(scan)
    engines = scan.facts.get("engine", engines)
    above = [engine for engine in engines if engine not in _RUNS_ON]
    listed = "transformers" in engines and set(above) & set(LIKE) and any(scan.find(_VERSION_OF_TRANSFORMERS))
    if listed:  # a line of what is installed
        engines = scan.facts["engine"] = [engine for engine in engines if engine != "transformers"]
    training = set(above) - {"vllm", "sglang"}  # which a trainer has beside it for its rollouts
    if training and "deepspeed" in engines and not any(scan.find(rf"{CONTRAST}|{EITHER}")):
        scan.facts["engine"] = above


_SUFFICES = r"就(?:能|行|够|可以)|够|只要|只需|enough|suffic|only|needs?|runs? (?:on|in)|fits? (?:on|in)"


def _memory_told(scan: Scan) -> None:
    """`官方说 6G 就能跑,我 13G`: what others say suffices is no card of the asker's, who tells an amount too."""
    if len(scan.facts.get("gpu_memory_gb", ())) != 1 or "gpu" in scan.facts:
        return
    ((start, end),) = scan.spans["gpu_memory_gb"][:1]
    for first, last in asking.hearsay(scan.text, asking.parts(scan.text)):
        low, high = scan.normal.original(first, last)
        own = any(claim.unit in ("g", "gb", "gib") and claim.span[0] > end for claim in scan.claims)
        if low <= start < high and own and compiled(_SUFFICES).search(scan.text[first:last]):
            amount = scan.facts.pop("gpu_memory_gb")[0]
            scan.others.setdefault("gpu_memory_gb", []).append(amount)
            del scan.spans["gpu_memory_gb"]
            scan.claims.insert(0, Claim(float(amount), "gb", (start, end)))
            return


def _machines(scan: Scan) -> None:
    """The cards of a machine, where a launcher's flag says how many machines there are."""
    nodes, cards = scan.extras.get("nodes", []), scan.facts.get("n_gpus", [])
    if (
        len(nodes) == 1
        and len(cards) == 1
        and nodes[0] > 1
        and cards[0] <= 16
        and any(scan.find(r"\b(?:nnodes|num[_-]nodes|num[_-]machines)\b"))
    ):
        scan.facts["n_gpus"] = [int(nodes[0]) * cards[0]]


# "(ngl 80 crashed)": what was tried is not how it is placed
_FAILED = r"\s?(?:layers? )?(?:crash\w*|ooms?\b|oomed|fail\w*|died|dies|doesn't (?:work|fit)|didn't (?:work|fit)|is too (?:much|many)|就?爆|崩|不行|报错|失败)"


def _settings_that_failed(scan: Scan) -> None:
    """A number of layers that is told to have failed, where another is asked for, is no setting."""
    values, places = scan.facts.get("gpu_layers", []), scan.spans.get("gpu_layers", [])
    for found in scan.find(r"\b(?:ngl|gpu[ _-]?layers)\s?[=:]?\s?(?P<n>\d{1,3})" + _FAILED):
        if len(values) == len(places) and int(found["n"]) in values and "log_layers_run" not in scan.extras:
            kept = [value != int(found["n"]) for value in values]
            scan.extras["gpu_layers_failed"] = keep(scan, "gpu_layers", kept)
            return


_SAVED = r"\bhow (?:much|many)\b[^?;.]{0,40}\b(?:does|do|did|would|will|can|could)\b[^?;.]{0,48}\bsave\b|(?:能|可以|会|kv ?(?:cache|缓存)?|缓存|比(?:不|没|原|普通|单)[^,;?]{0,8})\s?(?:节)?省(?:下|出|掉|了)?(?:多少|几个?g)|(?:开不开|用不用|开和不开|开与不开)[^?]{0,32}(?:差|省|区别)"
# what a saving is measured against, where nothing else is named
_PLAIN = {
    "optimizer": {"adamw-8bit": "adamw", "paged-adamw-8bit": "adamw", "adafactor": "adamw", "adamw-4bit": "adamw"},
    "gradient_checkpointing": {"on": "off"},
    "kv_format": {"q8_0": "fp16", "q4_0": "fp16", "fp8": "bf16", "int8": "bf16", "int4": "bf16", "nvfp4": "bf16"},
}


def _saved_against(scan: Scan) -> None:
    """`Would 8-bit AdamW do, how much does it save?`: against the optimizer that is usual."""
    if not any(scan.find(_SAVED)):
        return
    if scan.facts.get("double_quant") and scan.facts.get("weight_format", ["nf4"]) == ["nf4"]:
        place = scan.spans.pop("double_quant")[0]  # with and without it are two formats
        del scan.facts["double_quant"]
        scan.facts["weight_format"], scan.spans["weight_format"] = ["nf4", "nf4-dq"], [place, place]
        return
    for name, usual in _PLAIN.items():
        values = scan.facts.get(name, [])
        others = [one for one in _PLAIN if one != name and one in scan.facts]
        narrow = name == "kv_format" and all(one in usual for one in values)  # of several caches none is whole
        if (
            (len(values) == 1 or (values and narrow))
            and values[0] in usual
            and not others
            and len(scan.facts.get("method", [1])) == 1
        ):
            place = scan.spans[name][0]
            scan.facts[name].insert(0, usual[values[0]])
            scan.spans[name].insert(0, place)


# ways of tuning that no formula here is of
_OTHER_WAYS = r"\bp-?tuning(?:[ -]?v?2)?|\b(?:prefix|prompt)[- ]tuning\b|\bia3\b|(?<=、)p-?tuning|\badapter[- ]tuning"


def _not_worked_out(scan: Scan) -> None:
    """A way of tuning that no formula is of is said to be near LoRA, and counted as that where no other is named."""
    for found in scan.find(_OTHER_WAYS):
        if not refused(scan, *found.span()):
            start, end = scan.normal.original(*found.span())
            scan.add("frozen_base_too", scan.original[start:end], *found.span(), extra=True)
            if "method" not in scan.facts:
                scan.add("method", "lora", *found.span())
        scan.take(*found.span())
