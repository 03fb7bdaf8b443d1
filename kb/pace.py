"""How fast, and for how much: tokens generated in a second as memory bandwidth bounds them, hours and cost of a training."""

from dataclasses import dataclass
from typing import Any

from formulas.derivation import Derivation, Fact, derive
from formulas.errors import BadInput
from formulas.host import COMPUTED
from formulas.quantity import Quantity
from formulas.residence import host_embeddings, host_weights
from formulas.time import card_time, decoding_rate, hosted_step_time, step_time, training_time
from formulas.vocabulary import batch_size, kv_cache, model_weights, n_params, state, weights
from kb.cards import Card
from kb.knobs import LARGEST
from kb.knobs import amount as number_of
from kb.names import Row, gpu_row, model_row
from kb.outcome import Outcome
from kb.recipe import host_bandwidth, host_bandwidth_says, usual_mfu
from kb.stated import ASKED, ASSUMED
from kb.worked import Worked, derived

HOUR = 3600


@dataclass(frozen=True)
class Run:
    """What is asked of a run beside its memory: the tokens trained on, the share of the peak rate, a card's price an hour."""

    train_tokens: float | None = None
    mfu: float | None = None
    price_per_hour: float | None = None

    @classmethod
    def parse(cls, train_tokens: Any = None, mfu: Any = None, price_per_hour: Any = None) -> "Run":
        """BadInput where one is no number, or none that can be."""
        given = {"train_tokens": train_tokens, "mfu": mfu, "price_per_hour": price_per_hour}
        parsed = {name: float(number_of(one, name)) for name, one in given.items() if one is not None}
        for name, value in parsed.items():
            if not 0 < value <= (1 if name == "mfu" else LARGEST):
                raise BadInput(f"{name} is above 0{' and at most 1' if name == 'mfu' else ''}, not {value:g}")
        if {"mfu", "price_per_hour"} & set(parsed) and "train_tokens" not in parsed:
            raise BadInput("hours and cost follow from the tokens trained on: give --train-tokens, such as 1B")
        return cls(**parsed)


NO_RUN = Run()


def pace(there: Outcome, run: Run) -> list[dict[str, Any]]:
    """Answers of the contract: of inference on named cards the decoding rate, of training hours, GPU-hours and cost.

    Nothing where the table does not know the card's rate, or where it does not fit. BadInput for tokens trained on at inference, or with no card.
    """
    training = there.situation.knob("task") == "train"
    if run.train_tokens is not None and not training:
        raise BadInput("train_tokens is for training; name a method, such as --method lora")
    if run.train_tokens is not None and there.case.card is None:
        raise BadInput("hours follow from the card's rate: give --gpu NAME")
    if training:
        return _training(there, run) if run.train_tokens is not None else []
    return _decoding(there)


def _card(card: Card) -> Row:
    return gpu_row(card.name)


def active_share(there: Outcome) -> float | None:
    """The share of the parameters that a token's computation takes; None of a mixture whose figure nobody publishes."""
    model = there.situation.model
    if model is None or not model.experts:
        return 1.0
    named = there.situation.knob("model")
    if not named:
        return None
    row = model_row(str(named))
    return float(row["active_params"]) / there.n_params if row["active_params"] and there.n_params else None


# ── generating ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _decoding(there: Outcome) -> list[dict[str, Any]]:
    """Cards of one layer work together; those that hold layers one after another wait for each other."""
    knob, share = there.situation.knob, active_share(there)
    if share is None or knob("meter") != "device" or there.verdict == "no":
        return []
    if any(knob(name) not in (None, "none") for name in ("gpu_layers", "n_cpu_moe", "cpu_offload_gb", "offload")):
        hosted = hosted_time(there, share)
        at = {"host_bandwidth": host_bandwidth_says()}
        return [_rate(there, hosted) | at] if hosted else []
    steps = [_step(there, worked, share) for worked in there.cards]
    times = [None if one is None or one.value is None else float(one.value) for one in steps]
    if None in times:
        return []
    seconds = sum(t * len(worked.place.stages) for t, worked in zip(times, there.cards, strict=True) if t is not None)
    return [_rate(there, seconds)]


def _rate(there: Outcome, seconds: float) -> dict[str, Any]:
    """Tokens a second at most, of steps that take so long at least."""
    batch = there.situation.facts[batch_size.name]
    rate = derive(decoding_rate, {batch_size.name: batch, step_time.name: Fact(seconds, "computed")}).value
    return _answer(decoding_rate, "total", float(rate or 0), "tokens/s")


def _step(there: Outcome, worked: Worked, share: float) -> Derivation | None:
    """The derivation of the least time of a step on one card; None where its bandwidth is not known."""
    bandwidth = gpu_row(worked.place.card.name).get("bandwidth_gb_s") if worked.place.card else None
    if not bandwidth:
        return None
    facts = there.situation.facts | worked.place.facts
    held = {one.name: Fact(derived(one, facts).value, "computed") for one in (weights, kv_cache, state)}
    rate = Fact(float(bandwidth) * 1e9, ASSUMED)
    return derive(step_time, {**held, "active_share": Fact(share, ASSUMED), "card_bandwidth": rate})


def hosted_time(there: Outcome, share: float) -> float | None:
    """The least time of a step where the host computes what it holds, as llama.cpp has it; None in another program.

    `share` is what a token takes of all the weights. Of cards whose bandwidth is not known the host's part is the bound.
    """
    facts = there.situation.facts
    if facts["offloaded"].value not in COMPUTED:
        return None
    whole = any(int(fact.value) > 0 for name, fact in facts.items() if name.startswith("hosted_layers"))
    experts = "n_experts" in facts and not whole
    chosen = float(facts["experts_per_token"].value) / float(facts["n_experts"].value) if experts else share
    on_cards = share * _value(model_weights, facts) - chosen * (
        _value(host_weights, facts) - _value(host_embeddings, facts)
    )
    told = {
        "host_share": Fact(chosen, ASSUMED), "host_bandwidth": Fact(host_bandwidth(), ASSUMED),
        step_time.name: Fact(_cards_time(there, on_cards) if there.case.rig else 0.0, "computed"),
    }  # fmt: skip
    return _value(hosted_step_time, facts | told)


def _cards_time(there: Outcome, read: float) -> float:
    """The time in which the cards read so many bytes of weights, and their cache, one card after another."""
    held = sum(_value(weights, there.situation.facts | one.place.facts) * one.place.count for one in there.cards)
    share = min(1.0, max(read / held, 0.0)) if held else 0.0
    steps = [(one, _step(there, one, share)) for one in there.cards]
    return sum(float(step.value) * len(one.place.stages) for one, step in steps if step and step.value)


def _value(quantity: Quantity, facts: dict[str, Fact]) -> float:
    return float(derived(quantity, facts).value or 0)


# ── training ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _training(there: Outcome, run: Run) -> list[dict[str, Any]]:
    card, share = there.case.card, active_share(there)
    assert card is not None
    if share is None or there.n_params is None:
        raise BadInput("the model's active parameters are not known, so no time can be said")
    return trained(gpu_hours(there.n_params * share, card, there.n_gpus, run), run)


def gpu_hours(params: float, card: Card, gpus: int, run: Run) -> Derivation:
    """How the GPU-hours of a training follow, by way of its time.

    BadInput where the card's 16-bit rate is not known.
    """
    rate = gpu_row(card.name).get("fp16_bf16_dense_tflops")
    if not rate:
        raise BadInput(f"the 16-bit rate of {card.name} is not known, so no time can be said")
    facts = {
        n_params.name: Fact(params, ASSUMED), "n_train_tokens": Fact(run.train_tokens, ASKED),
        "n_gpus": Fact(gpus, ASKED), "card_flops": Fact(float(rate) * 1e12, ASSUMED),
        "utilisation": Fact(run.mfu or usual_mfu(), ASKED if run.mfu else ASSUMED),
    }  # fmt: skip
    return derive(card_time, facts)


def trained(hours: Derivation, run: Run) -> list[dict[str, Any]]:
    """Hours and GPU-hours of a training whose derivation this is, and the cost where a price is given."""
    found = [
        _answer(quantity, "run", float(hours.values[quantity]) / HOUR, "hours") | {"at": run.mfu or usual_mfu()}
        for quantity in (training_time, card_time)
    ]
    if run.price_per_hour is not None:
        cost = found[-1]["value"] * run.price_per_hour
        found.append({"quantity": "cost", "scope": "run", "value": cost, "unit": "", "says": "cost at the price given", "zh": "按所给单价的费用"})  # fmt: skip
    return found


def _answer(quantity: Quantity, scope: str, value: float, unit: str) -> dict[str, Any]:
    return {
        "quantity": quantity.name, "scope": scope, "value": value, "unit": unit, "says": quantity.says.en,
        "zh": quantity.says.zh,
    }  # fmt: skip
