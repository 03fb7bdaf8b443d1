"""The two tools on speed: what a training takes, and how fast a model answers. Each gives lines in both languages, the figure
first, with the figures of the contract and their sources."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from chat.figures.named import Figures
from chat.pace.cards import compared, peaks
from chat.pace.forward import forward_lines
from chat.pace.generic import (
    each_token,
    formats,
    idle,
    links,
    low_utilisation,
    six_operations,
    slower_bits,
    time_formula,
    users,
)
from chat.pace.kinds import OF_MACHINE, OF_SERVING, OF_TRAINING
from chat.pace.moved import waits_for_ram
from chat.pace.on_cards import each_card
from chat.pace.rollouts import step_lines, untold
from chat.pace.run import Asked
from chat.pace.served import Served
from chat.pace.serving import lines as serving_lines
from chat.pace.settings import setting_lines
from chat.pace.training import active
from chat.pace.training import lines as training_lines
from chat.pace.words import Line, line
from chat.phrases import value as fact_value
from formulas.errors import BadInput
from formulas.quantity import Words
from formulas.render import derivation_latex, works_json
from formulas.time import decoding_rate, training_flop
from formulas.time import training_time as time_taken
from kb.cards import cards_meant
from kb.cases import parse_given, spread
from kb.interval import FITS
from kb.knobs import amount as number_of
from kb.names import gpu_row
from kb.outcome import outcome
from kb.pace import Run, gpu_hours, trained
from kb.programs import reads_files, serves
from kb.rates import HostMemory
from kb.recipe import ADAPTERS, format_for, usual_mfu, usual_tokens
from kb.runs import PublishedRun, published_run
from kb.timing import Training

# where no format is said: 16 bits and the usual 4 of a program for one user, or of a server
_FORMATS, _SERVED = ("bf16", "gguf:Q4_K_M"), ("bf16", "awq-int4-g128")
# so many cards are one machine or two: on more, layouts decide whether it fits
_MOST_CHECKED = 16
_LISTED = ("weight_format", "bits", "n_gpus", "batch_size", "seq_len")
_MOST_CASES = 4


def training(
    about: Sequence[str] = (), train_tokens: float | None = None, gpu: Any = None, n_gpus: Any = None,
    utilisation: float | None = None, price_per_hour: float | None = None, method: str | None = None,
    gradient_checkpointing: str | None = None, offload: str | None = None, name: str | None = None, currency: str = "", pretrains: bool = False, **given: Any,
) -> dict[str, Any]:  # fmt: skip
    """What a training takes. `name` is that of a published model, `about` the kinds of `chat.reads.speed.speed_told`.

    BadInput where no model is named and nothing can be said without, or where the card's rate is not known.
    """
    told = {key: float(given.pop(key)) for key in list(given) if key in OF_TRAINING or key in OF_MACHINE}
    if offload in ("optimizer", "params") and method not in ADAPTERS and "time" in about and "offload" not in about:
        about = (*about, "offload")  # a rate of the cards alone would leave out what the host takes
    model = {key: given[key] for key in ("model", "params") if given.get(key)}
    named = _several(gpu)
    run = published_run(str(name or model.get("model") or ""))
    params = _computing(model, run)
    card = cards_meant(named[0])[0] if named else None
    count = int(_several(n_gpus)[0]) if n_gpus else None
    tokens = train_tokens
    if tokens is None and pretrains and params:
        tokens = run.tokens if run and run.tokens else usual_tokens(params)
    if price_per_hour:
        told["price_per_hour"] = price_per_hour
    if train_tokens is not None:
        told["tokens_told"] = train_tokens
    asked = Asked(
        Training.of(params, tokens, card.name if card else None, count, utilisation), tuple(about), str(name or ""),
        method or "full", gradient_checkpointing != "off", pretrains, run, told, currency,
    )  # fmt: skip
    host = HostMemory.of(*(told.get(key) for key in ("host_mt_s", "host_channels", "host_ddr", "bandwidth_gb_s")))
    if "rl_step" in about and (steps := step_lines(asked)):
        return told_lines(steps)
    if stored := _stored(model):
        told.setdefault("stored_params", stored)
        told.setdefault("vocab_size", _shape(model).fact("vocab_size"))
    asked = replace(asked, told=told)
    found = compared(named, training=True) if "compare" in about else []
    beside = each_card(asked, [cards_meant(one)[0].name for one in named], [int(one) for one in _several(n_gpus)])
    found = found[1:] if beside else found  # how much faster stands in it
    for kind in ("sparse", "fp8"):
        if kind in about and card:
            found += peaks(card.name, kind)
    settings = setting_lines(asked, host)
    found += [] if "compare" in about and found else settings
    if "forward" in about and params:
        return told_lines([*forward_lines(model, params, told.get("seq_len")), *_experts(model, params, run)])
    if "per_token" in about:
        found = [*each_token([(_called(one), _computing(one, None) or 0.0) for one in _subjects(given)]), *found]
    elif "flops" in about and not params:
        found = [*(time_formula() if "time" in about else []), *six_operations(method in ADAPTERS), *found]
    timed = {"time", "cost", "flops", "mfu", "tokens", "cards", "size", "steps", "power"} & set(about)
    if "mfu" in about and not (asked.throughput or run or asked.said("tflops_seen")):
        found = [*low_utilisation(utilisation), *found]
        timed -= {"mfu"} | ({"time"} if tokens is None else set())
    if "per_token" in about:
        timed = set()
    if not found or timed:
        timed_lines = [*training_lines(asked), *_experts(model, params, run)]
        # what recomputation costs is told in the time as well; asked for, it comes first
        found = [*found, *timed_lines] if "checkpointing" in about else [*timed_lines, *found]
    found = [*beside, *found]
    if not found:
        raise BadInput("training_time needs `model` or `params`, such as 7B")
    found += [untold()] if "rl_step" in about else []
    found += _prevented(asked, model) if offload in (None, "none") else []
    result, figures = told_lines(found), _figures(asked, card)
    return {**result, **figures, "sources": [*figures.get("sources", []), *result["sources"]]}


def _stored(model: dict[str, Any]) -> float | None:
    """Parameters that memory holds: of a mixture all of them, and not the active ones that compute."""
    if "model" in model:
        return _shape(model).params
    return None


def _shape(model: dict[str, Any]) -> Figures:
    return Figures({"model": _several(model["model"])[0]})


def _subjects(given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: one} for name in ("model", "params") for one in _several(given.get(name))]


def _called(subject: dict[str, Any]) -> str:
    return fact_value(next(iter(subject)), next(iter(subject.values())), "en")


def _several(given: Any) -> list[Any]:
    return list(given) if isinstance(given, (list, tuple)) else [given] if given else []


def _computing(model: dict[str, Any], run: PublishedRun | None) -> float | None:
    """Parameters that a token computes with: a size that was said is the size meant, of a mixture the active ones."""
    if run:
        return run.active
    if "model" in model:
        figures = Figures({"model": _several(model["model"])[0]})
        return float(figures.row().get("active_params") or figures.params)
    return number_of(_several(model["params"])[0], "params") if "params" in model else None


def _experts(model: dict[str, Any], computes: float | None, run: PublishedRun | None) -> list[Line]:
    """That only a part of a mixture computes, where the model is one."""
    if run:
        return active(run.params, run.active)
    if "model" not in model or not computes:
        return []
    return active(Figures({"model": _several(model["model"])[0]}).params, computes)


def _figures(asked: Asked, card: Any) -> dict[str, Any]:
    """The figures of the contract: hours, GPU-hours and cost at the share assumed, and the operations."""
    t = asked.training
    if not (t.params and t.tokens):
        return {}
    flop = {"quantity": training_flop.name, "scope": "run", "value": t.flop(), "unit": "FLOP",
            "says": training_flop.says.en, "zh": training_flop.says.zh}  # fmt: skip
    if not card or not t.peak:
        return {"answers": [flop]}
    run = Run(t.tokens, usual_mfu() if t.assumed_share else t.share[0], asked.said("price_per_hour"))
    derivation = gpu_hours(t.params, card, t.n_gpus or 1, run)
    how = derivation.subtree(time_taken)
    return {"answers": [*trained(derivation, run), flop], "derivation_latex": derivation_latex(how),
            "sources": works_json(how.sources)}  # fmt: skip


def _prevented(asked: Asked, model: dict[str, Any]) -> list[Line]:
    """That the cards do not hold it at all, where a method is told and they are few."""
    from kb.estimator import estimate

    t = asked.training
    few = t.n_gpus <= _MOST_CHECKED if t.n_gpus is not None else asked.method in ADAPTERS  # which one card is for
    if not (model and t.card and few) or not {"time", "cost"} & set(asked.kinds) or "cards" in asked.kinds:
        return []
    facts = {
        **{key: _several(one)[0] for key, one in model.items()},
        "method": asked.method,
        "gpu": t.card,
        "n_gpus": t.n_gpus or 1,
    }
    sharded: dict[str, Any] = {"zero_stage": 3} if (t.n_gpus or 1) > 1 else {}
    found = estimate(**facts, **sharded).outcomes[0]
    if found.verdict != "no" or not found.capacity:
        return []
    need, has = f"{found.best / 2**30:.1f} GiB", f"{found.capacity / 2**30:.1f} GiB"
    how = (" even sharded", "即使切分") if sharded else ("", "")
    fits = _lighter({**facts, **sharded})
    return [line(f"Memory prevents it as told: with batch 1 and 2,048 tokens{how[0]} a card needs {need} and has {has}; {fits.en}.",
                 f"按所说的配置显存放不下:批大小 1、2,048 token 时{how[1]}每卡需 {need},只有 {has};{fits.zh}。")]  # fmt: skip


# the methods that take less than one, those that cost the least first
_LIGHTER = {"full": ("lora", "qlora"), "lora": ("qlora",), "dora": ("qlora",)}


def _lighter(facts: dict[str, Any]) -> Words:
    """Which method does fit there, and what it changes of the time."""
    from kb.estimator import estimate

    for method in _LIGHTER.get(str(facts["method"]), ()):
        there = estimate(**{**facts, "method": method}).outcomes[0]
        if there.verdict in FITS:
            name, size = fact_value("method", method, "en"), f"{there.best / 2**30:.1f} GiB"
            slower = method == "qlora"  # each step reads the base back into 16 bit
            return Words(
                f"{name} fits ({size} a card), {'with somewhat slower steps' if slower else 'in less time'}",
                f"{name} 放得下(每卡 {size}),{'每步会慢一些' if slower else '时间更短'}",
            )
    return Words(
        "a quantised base, offload or more cards are needed, and change the time",
        "需要量化基座、offload 或更多卡,时间也会不同",
    )


# ── generating ─────────────────────────────────────────────────────────────────────────────────────────────────────


def speed(about: Sequence[str] = (), **given: Any) -> dict[str, Any]:
    """How fast a model answers. BadInput where no model or no card whose bandwidth is known is named."""
    told = {key: float(given.pop(key)) for key in list(given) if key in OF_SERVING or key in OF_MACHINE}
    found: list[Line] = []
    for kind in ("sparse", "fp8"):
        if kind in about and given.get("gpu"):
            found += peaks(str(_several(given["gpu"])[0]), kind)
    if found and not {"rate", "prefill"} & set(about) - {"rate"}:
        return told_lines(found)
    if "request_rate" in about:
        given.setdefault("engine", "vllm")  # what answers many at once is a server
    if "slower_bits" in about:  # what is observed is explained, and not denied by the bound of a faster one
        found += slower_bits()
        about = [one for one in about if one not in ("slower_bits", "formats", "why", "compare")]
        if not {"model", "params"} & set(given) or not given.get("gpu"):
            return told_lines(found)
    if not {"model", "params"} & set(given):
        found += formats(len(_several(given.get("weight_format"))) > 1) if "formats" in about else []
        found += links() if "link" in about else []
        found += idle(int(given.get("n_gpus") or 1), reads_files(given.get("engine"))) if "idle" in about else []
        if "users" in about and given.get("batch_size") and not found:
            found += users(float(_several(given["batch_size"])[0]), told.get("rate"))
        found += compared([str(one) for one in _several(given.get("gpu"))], training=False)
        if found:
            return told_lines(found)
        raise BadInput("generation_speed needs `model` or `params`, such as 7B")
    for name in ("seq_len", "output_len"):
        if given.get(name):
            told[name] = float(_several(given[name])[0])
    cases = _cases(given)
    if more := int(told.get("more_cards", 0)):  # one more of the same, which then hold all layers
        alike = {name: one for name, one in cases[0].items() if name not in ("gpu_layers", "n_cpu_moe", "offload")}
        cases = [cases[0], {**alike, "n_gpus": int(cases[0].get("n_gpus") or 1) + more}]
    asked = Served(tuple(cases), tuple(about), told)
    if "idle" in about and not more:
        waiting = waits_for_ram(asked.first)
        if not waiting:
            return told_lines(idle(int(given.get("n_gpus") or 1), reads_files(given.get("engine"))))
        found += waiting
    found += serving_lines(asked)
    if told.get("examples"):
        found.append(line("No card was named, so these are examples: the speed goes with a card's bandwidth as long as all weights are on it; name yours.",
                          "没有说显卡,以上只是举例:权重全部在卡上时,速度与显存带宽成正比;请说出您的显卡。"))  # fmt: skip
    if told.get("of_that_size"):
        found.append(line("These are cards that are sold with so much memory, to compare: the speed goes with a card's bandwidth, and its GB/s ÷ the GB that a step reads are the most tokens/s; name your card, or its bandwidth.",
                          "以上是几种有这么大显存的卡,作对照:速度取决于显存带宽,带宽(GB/s)÷ 每步读取的 GB 就是每秒 token 的上限;请说出您的卡,或它的带宽。"))  # fmt: skip
    rates = [
        {"quantity": decoding_rate.name, "scope": "total", "value": one.bound, "unit": "tokens/s",
         "says": decoding_rate.says.en, "zh": decoding_rate.says.zh} for one in asked.worked[:1]
    ]  # fmt: skip
    return {**told_lines(found), "answers": rates}


def _cases(given: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts of each case; where no format is said, 16 bits and the usual 4, those that fit."""
    facts = dict(given)
    if not {"bits", "weight_format"} & set(facts):
        served = facts.get("engine") is not None and serves(facts.get("engine"))
        facts["weight_format"] = list(_SERVED if served else _FORMATS)
    # models and sizes that are named beside each other are each a case of its own
    subjects = [{name: one} for name in ("model", "params") for one in _several(facts.pop(name, None))]
    rigs = [_rig(str(one)) for one in _several(facts.pop("gpu", None))] or [{}]
    lists = {name: _several(facts.pop(name)) for name in _LISTED if name in facts}
    plain = {name: _several(one)[0] if isinstance(one, (list, tuple)) else one for name, one in facts.items()}
    if len(rigs) > 1:
        plain.pop("gpu_memory_gb", None)
    cases: list[dict[str, Any]] = []
    for subject in subjects:
        own = [
            {**plain, **subject, **dict(zip(lists, one, strict=True)), **rig}
            for rig in rigs
            for one in product(*lists.values())
        ]
        if not {"bits", "weight_format"} & set(given) and len(own) > 1:  # of one that no card holds a part goes to RAM
            own = [one for one in own if _fits(one)] or [one for one in own if one["weight_format"] != _FORMATS[0]]
        cases += own
    return [_as_file(one) for one in cases[:_MOST_CASES]]


def _rig(said: str) -> dict[str, Any]:
    """`2 x RTX 3090`, as the reading says a count that belongs to one of several cards."""
    count, _, card = said.rpartition(" x ")
    return {"gpu": card, **({"n_gpus": int(count)} if count.isdigit() else {})}


def _fits(facts: dict[str, Any]) -> bool:
    return outcome(spread(parse_given({"method": "inference", **facts}))[0]).verdict != "no"


def _as_file(facts: dict[str, Any]) -> dict[str, Any]:
    """Where the cards do not hold it, a number of bits is that of a file of llama.cpp: it computes on the host as well."""
    if "bits" not in facts or {"weight_format", "engine"} & set(facts) or int(facts["bits"]) > 8:
        return facts
    unified = gpu_row(str(facts.get("gpu") or "")).get("class") == "unified"
    if not unified and facts.get("gpu") and _fits(facts):
        return facts
    return {
        **{name: one for name, one in facts.items() if name != "bits"},
        "weight_format": format_for("inference", int(facts["bits"]), "llama.cpp"),
    }


def told_lines(found: list[Line]) -> dict[str, Any]:
    sources = {one.title: {"title": one.title, "url": one.url} for one in found if one.title}
    return {
        "lines": [
            {"en": one.words.en, "zh": one.words.zh, **({"placed": True} if one.placed else {})} for one in found
        ],
        "sources": list(sources.values()),
    }
