"""The calls that answer a question about speed, time or their price, and what they are given."""

from collections.abc import Sequence
from typing import Any

from chat.pace.kinds import OF_MACHINE, OF_RAM, OF_SERVING, OF_TRAINING, SERVING_KINDS, TRAINING_KINDS
from chat.plans.example import EXAMPLE_CARDS
from chat.plans.layouts_chosen import WAYS, layouts_of, within_machines
from chat.plans.one_more_card import before_one_more, fastest_alone, thinks_of_one_more
from chat.plans.pace_told import models_in_turn, other_memory_told
from chat.plans.rigs import rigs
from chat.plans.steps_told import mean_length, rate_seen, step_samples
from chat.plans.understood import has_subject, understood
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.speed.speed_asked import Paced, paced
from chat.reads.speed.speed_told import OVERNIGHT, WEEKEND
from kb.cards import is_again
from kb.programs import ROLLS, serves
from kb.recipe import assumed_number
from kb.recommender import cards_of_size, with_those_of_a_size
from kb.runs import published_run

Call = tuple[str, dict[str, Any]]
PACE = ("training_time", "decoding_rate")
# asked beside the speed, these want a figure of memory as well
_MEMORY_TOO = frozenset({"fits", "how_much", "max_batch_ctx", "oom_diagnosis", "which_method"})
_NO_CARD = frozenset({"accumulation", "checkpointing", "adapters", "batch", "size"})
_PAIR = 2
_SHORTEST = 512  # tokens: what was set before and is less is no length
_MFU_ASKED = r"\b(?:what|which|is|good|bad|low|high|normal|reach\w*)\b[^.?;]{0,24}\b(?:mfu|utili[sz]ation)|\b(?:mfu|utili[sz]ation)\b[^.?;]{0,16}(?:\?|\b(?:good|bad|low|high|normal|right|ok)\b)|(?:mfu|利用率)[^,;。]{0,8}(?:多少|正常|高|低|吗|是什么|合理)"
# operations of running a model, and not of training it
_FORWARD = r"^(?![\s\S]*(?:\btrain\w*|\btun(?:e|ing)\b|\bbackward|\b6 ?n ?d\b|训|微调|反向))[\s\S]*(?:\bforward\b|\binference\b|\binfer\b|\bgenerat\w+|\bdecod\w+|\bprefill\b|\bprompt|前向|推理|生成|解码|预填充)"
_SIXTEEN = 16  # bits
# what one card does not hold, in RAM instead of on another card
_RAM_INSTEAD = r"\b(?:ram|ddr\d?|cpu|host(?: memory)?|system memory)[ -]?offload\w*|\boffload\w*(?:(?!layers? (?:to|on) (?:the )?gpu)[^.;?]){0,24}\b(?:ram|cpu|host|memory)\b|\b(?:rest|remainder|others?|spill\w*|overflow)\b[^.;?]{0,16}\b(?:ram|cpu|ddr\d?|host|memory)\b|(?:其余|剩下|剩余|放不下)[^,;?]{0,8}(?:内存|cpu)|(?:卸载|offload)[^,;?]{0,6}(?:内存|cpu)|内存 ?(?:卸载|offload)"
_ALONE = r"\bsingle (?:request|user|stream|sequence)|\bone (?:request|user|stream|sequence)\b|\bbatch (?:size )?1\b|单(?:个)?(?:请求|用户|条|路|并发)"
_DEADLINE = rf"{OVERNIGHT}|{WEEKEND}|\b(?:in|within|for|have|got|only)\s+(?:about |just |only |exactly |the next )?(?:a|one|two|three|\d[\d.,]*)\s?-?(?:hours?|days?|weeks?|months?)\b|(?:天|周|月|小时)(?:之)?(?:内|就?能|就?可以|训完|跑完|完成|搞定|做完|出来|拿下|交付)|(?:有|给|用)[^,;,。]{{0,8}}(?:天|周|个月|小时)|(?:\d|一|两|几|半)个月|\b(?:is|would|or|will) (?:a|one|1|two|2|\d+) (?:hours?|days?|weeks?|nights?|months?)\b|(?:天|周|月|小时|晚上?|星期)[^,;。?]{{0,4}}(?:够|行|来得及)"
# asked whether a run that is told agrees with its operations
_AGREES = r"\b(?:square|consistent|plausib\w+|credib\w+|realistic|agrees?|adds? up|check(?:s|ed)? out|makes? sense|tall(?:y|ies)|match(?:es)?)\b|合理|对得上|对不对|靠谱|可信|一致|吻合|符合|自洽|真的吗|对吗"
_EITHER = r"\b(?:overnight|nights?|days?|weeks?|weekend|hours?)\b,? or \b|还是"
_DENSE = r"\bdense\s+(\d+(?:\.\d+)?)\s?b\b|(?:稠密|dense)的?\s?(\d+(?:\.\d+)?)\s?b"
_MONEY = (
    ("$", r"\$|\busd\b|\bdollars?\b|\bbucks\b|美元|美金|刀"),
    ("€", r"€|\beur(?:os?)?\b"),
    ("£", r"£|\bgbp\b"),
    ("元", r"¥|\brmb\b|\byuan\b|元|块钱?|人民币"),
)
_PLACED_BY = ("estimate_memory", "compare")
_OF_HOST = frozenset({"host_memory_gb", "offload", "n_cpu_moe", "gpu_layers", "cpu_offload_gb"})
_KEPT = (
    "model", "params", "gpu", "gpu_memory_gb", "n_gpus", "bits", "weight_format", "kv_format", "batch_size", "seq_len", "output_len",
    "engine", "gpu_layers", "n_cpu_moe", "offload", "cpu_offload_gb", "tp", "pp", "layer_split", "tensor_split", "host_memory_gb",
)  # fmt: skip


def asks_pace(reading: Reading) -> bool:
    """Is speed or time what is asked first?"""
    return reading.intent in PACE


def wants_memory(reading: Reading) -> bool:
    """Is memory asked for beside it?"""
    return (memory_of_each(reading) or bool(_MEMORY_TOO & set(reading.intents))) and has_subject(reading)


def memory_of_each(reading: Reading) -> bool:
    """Is it asked whether several cards need the same?"""
    return "same_memory" in reading.cues and len(reading.facts.get("gpu", ())) > 1 and has_subject(reading)


def pace_calls(reading: Reading) -> list[Call]:
    """The call that answers what is asked of speed and time; none where nothing can be said without more facts."""
    if not set(PACE) & set(reading.intents):
        return []
    asked = paced(reading)
    # the power that a card takes in a stated time is none of a served model
    powered = {"price_per_kwh", "hours"} <= set(reading.extras) and not has_subject(reading)
    trains = asked.training or powered or "rollouts" in reading.extras or _forward_asked(reading, asked.kinds)
    call = _training(reading, asked) if trains else _serving(reading, asked)
    return _apart(reading, call) if call else []


def _forward_asked(reading: Reading, kinds: Sequence[str]) -> bool:
    """Are the operations of running the model asked for, and not those of training it?"""
    return "flops" in kinds and has_subject(reading) and compiled(_FORWARD).search(reading.lowered) is not None


def _apart(reading: Reading, call: Call) -> list[Call]:
    """One stream in bf16, 64 streams in fp8: two formats and two numbers of sequences go together in the order of the text."""
    name, facts = call
    formats, places = reading.facts.get("weight_format", ()), reading.spans.get("weight_format", ())
    counts = list(zip(reading.spans.get("batch_size", ()), reading.facts.get("batch_size", ()), strict=False))
    alone = compiled(_ALONE).search(reading.lowered)
    if len(counts) == 1 and alone:
        counts.append((alone.span(), 1))
    if name == "generation_speed" and (in_turn := models_in_turn(reading, facts)):
        return [(name, one) for one in in_turn]
    if name == "generation_speed" and (by_program := _each_by_its_program(facts)):
        return [(name, one) for one in by_program]
    if name != "generation_speed" or not len(formats) == len(places) == len(counts) == _PAIR:
        return [call]
    stored = [one for _, one in sorted(zip(places, map(str, formats), strict=True))]
    each = [int(one) for _, one in sorted(counts)]
    return [(name, {**facts, "weight_format": one, "batch_size": many}) for one, many in zip(stored, each, strict=True)]


def _each_by_its_program(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """A file of llama.cpp and a format of a server, both programs named: each runs by its own, and ranks are the server's."""
    formats, engines = facts.get("weight_format"), facts.get("engine")
    if not isinstance(formats, list) or not isinstance(engines, list) or len(engines) != _PAIR:
        return []
    of_files = [one for one in engines if not serves(one)]
    if len(of_files) != 1 or len({_is_file(one) for one in formats}) != _PAIR:
        return []
    server = next(one for one in engines if one not in of_files)
    whole = {key: one for key, one in facts.items() if key not in ("tp", "pp")}
    return [
        {
            **(whole if _is_file(one) else facts),
            "weight_format": one,
            "engine": of_files[0] if _is_file(one) else server,
        }
        for one in formats
    ]


def _is_file(stored: Any) -> bool:
    return str(stored).startswith("gguf:")


def train_tokens(reading: Reading) -> float | None:
    """Tokens that the training reads: stated, or samples of a stated length; once for every epoch."""
    stated, samples = reading.extras.get("train_tokens"), reading.extras.get("samples")
    epochs = float(reading.extras.get("epochs", (1,))[0])
    if stated:
        return float(stated[0]) * epochs
    if text := reading.extras.get("text_gb"):
        return float(text[0]) * 1e9 / assumed_number("bytes_per_token", "training text") * epochs
    length, steps, step = mean_length(reading), reading.extras.get("steps"), step_samples(reading)
    if not samples and steps and step and length and "algo" not in reading.facts:
        return float(steps[0]) * step * length
    return float(samples[0]) * float(length) * epochs if samples and length else None


def named_run(reading: Reading) -> str | None:
    """The published model that the question is about: one that the tables of shapes may not have."""
    names = [*reading.unknown_models, *(str(one) for one in reading.facts.get("model", ()))]
    return next((name for name in names if published_run(name)), None)


def with_ram(reading: Reading, call: Call) -> Call:
    """A call with what is told of the speed of the machine's own memory, where that has a part in what is asked."""
    name, args = call
    told = _told(reading, OF_RAM) if name in _PLACED_BY and _OF_HOST & set(args) else {}
    return name, {**args, **told}


def _told(reading: Reading, names: dict[str, str]) -> dict[str, float]:
    return {name: float(reading.extras[name][0]) for name in names if name in reading.extras}


def _training_kinds(reading: Reading, asked: Paced) -> list[str]:
    """What of a training is asked, the first of it first."""
    kinds = [kind for kind in asked.kinds if kind in TRAINING_KINDS]
    if "cost" in reading.cues or "price_per_hour" in reading.extras:
        kinds.append("cost")
    if reading.fact("offload") in ("optimizer", "params") and not {"time", "cost", "flops", "mfu"} & set(kinds):
        kinds.append("offload")
    counted = (
        bool(reading.fact("n_gpus")) and "hours" in reading.extras
    )  # so many cards, and a time: is it done in that?
    told = {"mfu", "train_tokens"} <= set(reading.extras)
    if told and (counted or (reading.fact("gpu") and not compiled(_MFU_ASKED).search(reading.lowered))):
        # the share that is told is what the time is counted with
        kinds = ["time", *(one for one in kinds if one not in ("mfu", "time"))]
    if "n_gpus" in reading.asks and "hours" in reading.extras:
        kinds = ["time", *(one for one in kinds if one not in ("cards", "time"))] if counted else ["cards", *kinds]
    if {"tokens_per_param", "from_scratch"} & {*reading.extras, *reading.cues} and counted and not has_subject(reading):
        kinds = [
            "size",
            *(
                one
                for one in kinds
                if one not in ("size", "tokens", "time") and (one != "cost" or "price_per_hour" in reading.extras)
            ),
        ]
    if "network_gbit" in reading.extras and "seconds_per_step" in reading.extras and "link" not in kinds:
        kinds = ["link", *(one for one in kinds if one != "time")]
    if len(reading.facts.get("zero_stage", ())) > 1 and "stages" not in kinds:
        kinds.append("states")
    if _forward_asked(reading, kinds):
        kinds.insert(0, "forward")
    elif "flops" in kinds and compiled(r"per token|each token|每(?:个)?\s?token").search(reading.lowered):
        kinds.insert(0, "per_token")
    return kinds


def _training(reading: Reading, asked: Paced) -> Call | None:
    kinds = _training_kinds(reading, asked)
    run, tokens = named_run(reading), train_tokens(reading)
    subject = {name: reading.fact(name) for name in ("model", "params") if reading.fact(name)}
    subject = {"params": subject["params"]} if "params" in subject else subject
    if "rollouts" in reading.extras and {"rate", "rate_each"} & set(reading.extras):
        kinds, tokens = ["rl_step"], None
    elif set(reading.facts.get("algo", ())) & {*ROLLS}:
        kinds.append("rl_step")
    alone = {"sparse", "fp8", "compare", "mfu", "flops", "scaling", *_NO_CARD} & set(
        kinds
    ) or "seconds_per_step" in reading.extras
    alone = alone or ("steps" in kinds and "samples" in reading.extras and step_samples(reading) is not None)
    if rate_seen(reading) and not tokens and "mfu" not in kinds:
        kinds.insert(0, "mfu")  # a rate that was seen is judged by the share of the peak that it is
    if "price_per_kwh" in reading.extras and "hours" in reading.extras and not tokens:
        kinds, alone = ["power"], {"power"}
    if not (subject or run or alone):
        return None
    method = reading.fact("method") if reading.fact("method") != "inference" else None
    if "adapters" in kinds and _on_few_bits(reading):
        method = "qlora"
    tuned = bool(set(reading.facts.get("method", ())) - {"inference"}) or "tuned" in reading.cues
    tuned |= "algo" in reading.facts or bool({"samples", "steps"} & set(reading.extras))
    facts: dict[str, Any] = {"about": list(dict.fromkeys(kinds)) or ["time"], **subject}
    if "per_token" in kinds:
        facts |= {name: list(map(str, reading.facts[name])) for name in ("model", "params") if name in reading.facts}
    if run and not (reading.fact("params") and run not in reading.unknown_models):
        facts["name"] = run
    if tokens:
        facts["train_tokens"] = tokens
    # a published model's own training is meant where no tuning is
    if "from_scratch" in reading.cues or "chinchilla" in reading.lowered or (run and not tuned):
        facts["pretrains"] = True
    facts |= _cards_told(reading, counted="cards" not in kinds)
    for name, fact in (
        ("method", method), ("gradient_checkpointing", reading.fact("gradient_checkpointing")), ("offload", reading.fact("offload")),
    ):  # fmt: skip
        if fact:
            facts[name] = fact
    for name, given in (("utilisation", "mfu"), ("price_per_hour", "price_per_hour")):
        if given in reading.extras:
            facts[name] = float(reading.extras[given][0])
    facts |= _told(reading, {**OF_TRAINING, **OF_MACHINE})
    if steps := reading.extras.get("seconds_per_step", ()):
        facts["seconds_per_step"] = max(map(float, steps))  # of two the one that is asked about is the slow one
    if "link" in kinds and (stages := reading.facts.get("zero_stage")):
        facts["zero_stage"] = float(max(map(int, stages)))
    checked = "flops" in kinds and "time" not in kinds and compiled(_AGREES).search(reading.lowered)
    if checked and "hours" in facts and "n_gpus" in facts:
        facts |= {"run_cards": facts["n_gpus"], "run_hours": facts.pop("hours")}
    took = "mfu" in kinds and "train_tokens" in facts
    meant = took or kinds == ["power"] or "size" in kinds[:1]
    if "hours" in facts and not meant and not compiled(_DEADLINE).search(reading.lowered):
        del facts["hours"]  # a length of time that others told is no deadline
    if len(set(reading.extras.get("hours", ()))) > 1 and compiled(_EITHER).search(reading.lowered):
        facts.pop("hours", None)  # "overnight or a week?": the time itself says which
    if length := mean_length(reading):
        facts["seq_len"] = length
    if money := currency(reading.lowered):
        facts["currency"] = money
    if step := step_samples(reading):
        facts["step_samples"] = step
    return ("training_time", facts)


def _cards_told(reading: Reading, counted: bool) -> dict[str, Any]:
    """The cards that are told, and how many of each where their number is not what is asked."""
    facts: dict[str, Any] = {}
    cards = [str(card) for card in reading.facts.get("gpu", ())]
    cards = [
        one for one in cards if not any(is_again(one, other) for other in cards)
    ]  # "H20" is the H20 96 GB said again, and the 3080 no 3080 Ti
    if memory := reading.fact("gpu_memory_gb"):
        cards = [f"{card} {memory:g}GB" if len(cards) == 1 else card for card in cards]
    if cards:
        facts["gpu"] = cards if len(cards) > 1 else cards[0]
    if reading.fact("n_gpus") and counted:
        each = [int(one) for one in reading.facts["n_gpus"]]
        paired = len(each) == len(cards) > 1  # "64 H100 or 128 A100"
        facts["n_gpus"] = each if paired else each[0]
    return facts


def _on_few_bits(reading: Reading) -> bool:
    """Is the speed of a quantised base asked for, and not what adapters gain over full fine-tuning?"""
    methods = set(reading.facts.get("method", ()))
    few = any(int(one) < _SIXTEEN for one in reading.facts.get("bits", ()))
    return "full" not in methods and ("qlora" in methods or few)


def currency(text: str) -> str:
    """The money that prices are told in."""
    return next((sign for sign, words in _MONEY if compiled(words).search(text.lower())), "")


def _serving(reading: Reading, asked: Paced) -> Call | None:
    kinds = [kind for kind in asked.kinds if kind in SERVING_KINDS]
    facts = {name: given for name, given in understood(reading).items() if name in _KEPT}
    if not {"bits", "weight_format"} & set(reading.facts):
        facts.pop("bits", None)  # no speed was asked of each precision
    was, now = reading.extras.get("former", ()), reading.facts.get("seq_len", ())
    if "why" in kinds and len(was) == len(now) == 1 and _SHORTEST <= float(was[0]) < float(now[0]):
        facts["seq_len"] = [int(was[0]), int(now[0])]  # "was 2048, I set it to 65536": both are worked out
    if layouts := layouts_of(reading):
        facts = {**{name: one for name, one in facts.items() if name not in WAYS}, **within_machines(reading, layouts)}
    if "model" in facts and "params" not in facts and (dense := compiled(_DENSE).search(reading.lowered)):
        facts["params"] = f"{dense[1] or dense[2]}B"  # "against a dense 30B": not the size of the model named
    told = _told(reading, {**OF_SERVING, **OF_MACHINE})
    if "rate" in told and len(reading.facts.get("seq_len", ())) > 1:
        told["rate"] = min(map(float, reading.extras["rate"]))  # of two lengths the slower is asked about
    told |= other_memory_told(reading)
    cards = with_those_of_a_size(rigs(reading))
    alone = ({"sparse", "fp8"} & set(kinds) and cards) or {"formats", "slower_bits", "link", "users", "idle"} & set(
        kinds
    )
    if not has_subject(reading):
        users = {"batch_size": reading.fact("batch_size")} if "users" in kinds and reading.fact("batch_size") else {}
        named = {"gpu": cards} if cards else {}
        if "weight_format" in reading.facts:
            named["weight_format"] = list(reading.facts["weight_format"])
        return ("generation_speed", {"about": kinds, **told, **named, **users}) if alone or len(cards) > 1 else None
    if "loading" in kinds:
        return ("generation_speed", {"about": kinds, **told, **facts})
    if "idle" in kinds and not cards and "host_memory_gb" not in facts:
        return (
            "generation_speed",
            {"about": ["idle"], **{name: facts[name] for name in ("n_gpus", "engine") if name in facts}},
        )  # of any
    if (
        compiled(_ALONE).search(reading.lowered)
        and isinstance(facts.get("batch_size"), int)
        and facts["batch_size"] > 1
    ):
        facts["batch_size"] = [1, facts["batch_size"]]
    if not (
        cards
        or {"gpu_memory_gb", "host_memory_gb"} & set(reading.facts)
        or reading.unknown_gpus
        or "need" in kinds
        or told
    ):
        several = len(reading.facts.get("model", ())) > 1  # which are set against each other, on one card
        cards = list(EXAMPLE_CARDS[-1:] if several else EXAMPLE_CARDS)
        facts["gpu"] = list(cards)
        told["examples"] = 1.0
    of_size = not {"host_mt_s", "host_ddr", "bandwidth_gb_s"} & set(told) and "host_memory_gb" not in facts
    if not cards and "gpu_memory_gb" in facts and of_size:
        # a size alone has no speed; what is sold with it has
        cards = cards_of_size(float(reading.facts["gpu_memory_gb"][0]), "unified_memory" in reading.cues)
        cards = cards[:1] if isinstance(facts.get("seq_len"), list) else cards  # of two lengths one card shows it
        facts |= {"gpu": cards} if cards else {}
        told["of_that_size"] = 1.0
    hosted = "host_channels" in told and (not cards) and ("offload" in facts or "gpu_memory_gb" not in facts)
    known = cards or hosted or {"host_mt_s", "host_ddr", "bandwidth_gb_s"} & set(told)
    if not (known or ("need" in kinds and "rate" in told)):
        return None
    if len(cards) > 1:
        facts["gpu"] = cards
        facts.pop("n_gpus", None)
    more = thinks_of_one_more(reading)
    if len(cards) == 1 and " + " in cards[0] and (more or compiled(_RAM_INSTEAD).search(reading.lowered)):
        facts["gpu"] = [cards[0], fastest_alone(cards[0])]
        facts = {name: given for name, given in facts.items() if name not in ("n_gpus", "offload", "tensor_split")}
    elif more and len(cards) == 1:
        told["more_cards"] = 1.0
        facts |= {"n_gpus": before_one_more(reading)} if "n_gpus" in facts else {}
    if "hours" in reading.extras and "prefill" in kinds:
        told.setdefault("seconds", float(reading.extras["hours"][0]) * 3600)
    return ("generation_speed", {"about": kinds or ["rate"], **told, **facts})


# what a card is said or asked to be better for
_FOR_WHAT = (
    r"\b(?:better|worse|best|good|great|fine|ok(?:ay)?|stronger|suited|meant|made)\b[^.;?!]{0,32}\b(?:inference|training|serving|decod\w+|finetun\w+|fine-tun\w+)\b"
    r"|\b(?:inference|training)[ -](?:card|gpu|chip)\b|(?:适合|更强|更好|擅长|主打|专门)[^,;?，；？]{0,8}(?:推理|训练)|(?:推理|训练)(?:卡|性能|能力|更强|更好|强|弱|谁)"
)


def speeds_compared(reading: Reading) -> list[Call]:
    """What cards that stand side by side do in generating and in training, where one is held to be better for either."""
    cards = list(reading.facts.get("gpu", ()))
    if not 1 < len(cards) <= 3 or not has_subject(reading) or not compiled(_FOR_WHAT).search(reading.lowered):
        return []
    subject = {name: reading.fact(name) for name in ("model", "params") if reading.fact(name)}
    return [("training_time", {"about": ["compare"], **subject, "gpu": cards})]
