"""Figures for the cause of a failure: those of a pasted message, and what one moment or one setting takes beside the rest."""

import math
from collections.abc import Callable
from typing import Any

from chat.figures.failures.tried import tried_matrix
from chat.figures.named import GB, GIB, Figures, Missing, both_words, default_of, gib_words, missing, pool_of
from chat.figures.serving.share_needed import in_twentieths
from chat.figures.sums.quoted import claim_words
from chat.figures.training.long_words import inputs_bytes, layer_inputs
from chat.figures.worked import MADE as WORKED
from formulas.notation import size_words
from kb.host_memory import host_need
from kb.pools import MOST_SHARE, share_by_default
from kb.programs import serves, written

_COUNT, _PER_TOKEN = (WORKED[name][1] for name in ("tokens", "kv_token"))


def logged(figures: Figures, name: str) -> float:
    """A figure of the pasted message; Missing where it has none of this name."""
    found = figures.logged_all(name)
    if not found:
        raise Missing(name)
    return found[0]


def _buffer(figures: Figures) -> float:
    """The buffer that could not be allocated, in bytes, however its message calls it."""
    if "buffer" in figures.log:
        return logged(figures, "buffer") * GIB
    return float(figures.told["tried_gib"]) * GIB if figures.told.get("tried_gib") else missing("buffer")


def _amount(name: str) -> Callable[[Figures], float]:
    return lambda figures: logged(figures, name) * GIB


def _difference(more: str, less: str) -> Callable[[Figures], float]:
    return lambda figures: (logged(figures, more) - logged(figures, less)) * GIB


def room(figures: Figures) -> float:
    """What a program may have of the fullest card."""
    return figures.base.capacity or missing("card")


def whole_card(figures: Figures) -> float:
    """Bytes of the card that is named; Missing where none is."""
    card = figures.base.case.card
    return float(card.capacity) if card else missing("card")


def _in_training(figures: Figures) -> float:
    """What a run was seen to hold before the moment at which it failed; else what is worked out. Tools print GiB as GB."""
    seen = figures.told.get("observed_gb", ())
    return float(seen[0]) * GIB if len(seen) == 1 else figures.base.best


def _kv_of(tokens: Callable[[Figures], float]) -> Callable[[Figures], float]:
    return lambda figures: tokens(figures) * figures.need("kv_mean")


def _single(figures: Figures, **changed: Any) -> float:
    return figures.at(**changed).best


def _with_whole(figures: Figures) -> float:
    """With embedding and head that train whole beside adapters: those that are told, else both."""
    told = figures.given.get("modules_to_save")
    return _single(figures, modules_to_save=told if told not in (None, "none") else "embed_tokens,lm_head")


def _whole_params(figures: Figures) -> float:
    """Parameters of the matrices that train whole, each a copy of its own."""
    told = str(figures.given.get("modules_to_save") or "embed_tokens,lm_head")
    return figures.fact("vocab_size") * figures.fact("hidden_size") * len(told.split(","))


def _whole_bytes(figures: Figures) -> float:
    """Bytes of each parameter that trains beside the base: its weight, gradient and states."""
    told = figures.given.get("modules_to_save")
    whole = figures.at(modules_to_save=told if told not in (None, "none") else "embed_tokens,lm_head")
    trained = next(float(value) for quantity, value in whole.values.items() if quantity.name == "adapter_params")
    return sum(float(whole.terms.get(one, 0)) for one in ("adapter", "gradients", "optimizer")) / trained


def _supervised(figures: Figures) -> float:
    return _single(figures, algo=None)


def _usual_share(figures: Figures) -> float:
    """The share that the program takes where nobody says, of SGLang what its rule leaves of this card."""
    program = figures.given.get("engine")
    if written(program) == "vllm" or not program:
        return default_of("vLLM", "gpu_memory_utilization", "first engine")
    if usual := share_by_default(program):
        return usual
    there = figures.at(gpu_memory_utilization=None)
    taken = next((one["value"] for one in there.answers_json() if one["quantity"] == "pool"), 0) or missing("pool")
    return float(taken) * GIB / float(there.situation.facts["card_memory"].value)


def _pool_tokens(figures: Figures) -> float:
    """The tokens that a server's pool holds by the formulas; Missing where none is counted."""
    return float(pool_of(figures.base).get("kv_tokens") or missing("pool"))


def _host_needed(figures: Figures) -> float:
    need = host_need(figures.base.situation)
    return need[0] * GIB if need else missing("host memory")


def _longest(figures: Figures) -> float:
    return float(figures.base.longest or missing("length"))


def _share(figures: Figures) -> float:
    return float(figures.knob("gpu_memory_utilization") or missing("share"))


# sampled by top-p or top-k: 4 B of logits and of sorted logits, 8 B of indices, 4 B of probabilities, in copies of 4 B
_SORTED = 5


def _sampled(figures: Figures) -> float:
    """One fp32 copy of the logits from which a server samples: one token of each sequence of a step."""
    return figures.need("step_sequences") * figures.fact("vocab_size") * 4


def _sequences(figures: Figures) -> float:
    """Sequences of a server's step: those that were said, else its default."""
    if "sequences" in figures.log:
        return logged(figures, "sequences")  # those that the message names
    said = figures.given.get("max_num_seqs") or figures.knob("max_num_seqs")
    return float(said or default_of("vLLM", "max_num_seqs", "server"))


# no run that takes so much of a card and so many times its need does so by its need
_MOST_OF_A_CARD, _TIMES_THE_NEED = 0.75, 2


def _tried_matrix(figures: Figures) -> float:
    matrix, each = tried_matrix(figures)
    return each * matrix.numbers


def _tried_matrix_fp32(figures: Figures) -> float:
    """In 4 B for each number: then the weights are put on the card in fp32."""
    matrix, each = tried_matrix(figures)
    return each * matrix.numbers if each == 4 else missing("matrix")


_WITHOUT_SCORES = ("flash", "sdpa")


def _scores_of(figures: Figures, each: int, length: float) -> float:
    """What eager attention writes out for one layer: heads × length × length of every sequence of a step."""
    sequences = figures.tokens / float(figures.knob("seq_len") or 1)
    return each * figures.fact("n_heads") * length * length * sequences


def scores_of_tried(figures: Figures) -> tuple[int, float]:
    """The bytes of a score and the length, where the allocation that failed is the scores of one layer at the length that was told.

    Transformers takes the softmax of eager attention in fp32, so 4 B come first. "12k" may be 12,288 tokens.
    """
    if figures.given.get("attention") in _WITHOUT_SCORES or "seq_len" not in figures.given:
        missing("scores")
    tried, length = float(figures.told["tried_gib"]) * GIB, float(figures.knob("seq_len") or 1)
    lengths = (length, length * 1.024) if length % 1000 == 0 else (length,)
    sizes = ((each, one, _scores_of(figures, each, one)) for one in lengths for each in (4, 2))
    near = ((each, one) for each, one, size in sizes if -0.01 < size / tried - 1 < _rounded_by(tried / GIB))
    return next(near, None) or (int(missing("scores")), 0.0)


def _rounded_by(gibibytes: float) -> float:
    """How much more an amount may have been than is told of it: "50-odd GiB", "54 GiB", "53.64 GiB"."""
    if not gibibytes.is_integer():
        return 0.01
    return 9 / gibibytes if gibibytes % 10 == 0 else 1 / gibibytes


def _tried_scores(figures: Figures) -> float:
    return _scores_of(figures, *scores_of_tried(figures))


def _scored_length(each: int) -> Callable[[Figures], float]:
    """The length of which what could not be allocated is the scores, where eager attention is told and no length."""

    def length(figures: Figures) -> float:
        if figures.given.get("attention") != "eager" or "seq_len" in figures.given:
            return missing("scores")
        return math.sqrt(float(figures.told["tried_gib"]) * GIB / _scores_of(figures, each, 1))

    return length


def _buffer_is(name: str) -> Callable[[Figures], float]:
    """The buffer that could not be allocated, where it is one part of the need."""

    def found(figures: Figures) -> float:
        buffer, part = _buffer(figures), figures.need(name)
        return buffer if abs(buffer / part - 1) < 0.06 else missing("buffer")

    return found


def _other_card(figures: Figures) -> float:
    """The largest memory of the other cards that were named."""
    from kb.cards import kinds_meant

    named = [str(name) for name in figures.told.get("gpus", ()) if str(name) != str(figures.given.get("gpu"))]
    return max((float(card.capacity) for name in named for card in kinds_meant(name)), default=0.0) or missing("card")


def _taken_as_pool(figures: Figures) -> float:
    """What was seen on the card, where it is most of the card and several times what is needed: a share, no need. Where no
    card is named, of a program that is known to take one."""
    card = figures.base.case.card
    of_card = figures.logged_all("total")  # what a message says the card has is no use of it
    seen = [
        float(one) * GIB
        for name in ("observed_gb", "monitor_gib")
        for one in figures.told.get(name, ())
        if float(one) not in of_card
    ]
    most = max(seen, default=0.0)
    if card:
        taken = _MOST_OF_A_CARD * card.capacity < most <= card.capacity
    else:
        engine = figures.given.get("engine")
        if {"check_arithmetic", "kv"} <= figures.about:  # an amount of cache that the asker worked out is not seen
            raise Missing("pool")
        taken = bool(engine) and serves(engine) and share_by_default(engine) is not None
    return most if taken and most > _TIMES_THE_NEED * figures.base.best else missing("pool")


def _beams(figures: Figures) -> float:
    return figures.at(batch_size=int(logged(figures, "beams")) * int(figures.knob("batch_size") or 1)).best


def logged_pool(figures: Figures) -> float:
    """Tokens that a running server has room for, as its log says: in tokens, or in memory."""
    try:
        return logged(figures, "tokens")
    except Missing:
        return float(logged(figures, "available") * GIB // (figures.base.terms["kv_cache"] / figures.tokens))


def _request(figures: Figures) -> float:
    """Tokens of one request, the prompt and the answer."""
    return figures.need("seq") + float(figures.knob("output_len") or 0)


CAUSED: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "map_share": (
        lambda f: default_of("Accelerate", "device_map_share", "one card"),
        lambda part: f"{part:.0%}".replace("%", " %"),
    ),
    # a pasted message
    **{
        f"log_{name}": (_amount(name), gib_words)
        for name in ("total", "free", "others", "allocated", "needs", "available", "wanted", "lent")
    },
    "mean_length": (lambda f: logged(f, "mean_length"), _COUNT),
    "kv_of_mean": (_kv_of(lambda f: logged(f, "mean_length")), gib_words),
    "log_processes": (lambda f: logged(f, "processes"), _COUNT),
    "log_pool": (logged_pool, _COUNT),
    "log_pool_fp8": (lambda f: 2 * logged_pool(f), _COUNT),
    "request": (_request, _COUNT),  # what is read and what is written are one sequence
    "let_in": (lambda f: float(f.base.largest("batch_size") or missing("sequences")), _COUNT),
    "log_of_all": (lambda f: float(f.knob("batch_size") or 1) * _request(f), _COUNT),
    "log_requests": (lambda f: float(logged_pool(f) // _request(f)), _COUNT),
    "log_requests_fp8": (lambda f: float(2 * logged_pool(f) // _request(f)), _COUNT),
    "log_prefill": (lambda f: logged(f, "prefill"), _COUNT),
    "log_beams": (lambda f: logged(f, "beams"), _COUNT),
    "log_left": (_difference("total", "others"), gib_words),
    "log_lack": (_difference("needs", "available"), gib_words),
    "kv_of_log": (_kv_of(logged_pool), gib_words),
    "kv_of_prefill": (_kv_of(lambda f: logged(f, "prefill")), gib_words),
    "peak_of_prefill": (lambda f: f.at(seq_len=int(max(logged(f, "prefill"), f.tokens))).best, gib_words),
    "prefill_less": (lambda f: float(int(logged(f, "prefill")) // 4), _COUNT),
    "log_buffer": (_buffer, gib_words),
    "buffer_of_cache": (_buffer_is("kv_all"), gib_words),
    "buffer_of_weights": (_buffer_is("weights_sum"), gib_words),
    "buffer_tokens": (lambda f: float(round(_buffer(f) / f.need("kv_mean"))), _COUNT),
    "pool_seen": (_taken_as_pool, gib_words),
    "tried_matrix": (_tried_matrix, gib_words),
    "tried_matrix_fp32": (_tried_matrix_fp32, gib_words),
    # as many copies as at the worst moment of a training step
    "logits_of_tried": (
        lambda f: f.need("logits_peak") * f.need("tried_tokens") / f.tokens * f.need("vocab") / f.fact("vocab_size"),
        gib_words,
    ),
    "tried_scores": (_tried_scores, gib_words),
    "scored_length": (_scored_length(4), _COUNT),
    "scored_length_16": (_scored_length(2), _COUNT),
    # served
    "left_of_share": (lambda f: room(f) - f.base.terms["weights"], gib_words),
    "act_here": (lambda f: f.base.terms["activations"], gib_words),
    "kv_card": (lambda f: f.base.terms["kv_cache"], gib_words),
    "gbit_between": (lambda f: logged(f, "gbit"), lambda rate: f"{rate:g}"),
    "left_beside": (lambda f: (f.base.capacity or 0.0) - f.base.bounds[1], gib_words),
    "share_alone": (
        lambda f: in_twentieths(f.base.bounds[1] / whole_card(f)),
        lambda share: f"{share:g}",
    ),
    "beside_share": (lambda f: whole_card(f) * (1 - _share(f)), gib_words),
    "share": (_share, lambda share: f"{share:g}"),
    "usual_share": (_usual_share, lambda share: f"{share:.2g}"),
    "pool_tokens": (_pool_tokens, _COUNT),
    "more_share": (
        lambda f: (MOST_SHARE - _share(f)) * whole_card(f) if _share(f) < MOST_SHARE else missing("more"),
        gib_words,
    ),
    "step_sequences": (_sequences, _COUNT),
    "step_sampled": (lambda f: 4000 * f.need("vocab"), gib_words),  # fp32 logits of a thousand sequences
    "sampled": (_sampled, both_words),
    "sampled_sorted": (lambda f: _SORTED * _sampled(f), gib_words),
    "longest_here": (_longest, _COUNT),
    "peak_whole_step": (lambda f: _single(f, max_num_batched_tokens=int(f.knob("seq_len"))), gib_words),
    "peak_16": (lambda f: _single(f, weight_format="bf16"), gib_words),
    "peak_32": (lambda f: f.at(weight_format="fp32").best, gib_words),
    "peak_4": (lambda f: _single(f, weight_format=None, bits=4), gib_words),
    "peak_fp32_base": (lambda f: _single(f, weight_format="fp32"), gib_words),
    "other_card": (_other_card, gib_words),
    "peak_alone": (lambda f: _single(f, draft_model=None), gib_words),
    "peak_beams": (_beams, gib_words),
    "whole_need": (lambda f: f.need("weights_sum") + f.need("kv_all"), gib_words),
    "room_of_all": (lambda f: sum((card.capacity or 0) * card.place.count for card in f.base.cards), gib_words),
    "capacity_whole": (whole_card, gib_words),
    "copy_here": (lambda f: f.at(zero_stage=0).best, gib_words),
    # host memory
    "host_needed": (_host_needed, gib_words),
    "seen_most": (
        lambda f: max(map(float, (*f.told.get("claims_gb", ()), *f.told.get("observed_gb", ()))), default=0.0) * GB,
        claim_words,
    ),
    "peak_all": (lambda f: f.base.total, gib_words),
    # moments and settings of a training
    "checkpoints": (layer_inputs, gib_words),
    "input_bytes": (inputs_bytes, _COUNT),
    "batch_saves": (lambda f: f.base.best - f.need("peak_less"), gib_words),
    "length_saves": (lambda f: f.base.best - f.need("peak_shorter"), gib_words),
    "in_training": (_in_training, gib_words),
    "adam_share": (lambda f: f.base.terms["optimizer"], gib_words),
    "moments": (lambda f: 8 * f.params, both_words),
    "peak_sft": (_supervised, gib_words),
    "tokens_sft": (lambda f: f.tokens / 2, _COUNT),
    "peak_fused_here": (lambda f: _single(f, loss="fused"), gib_words),
    "peak_prepared": (lambda f: _single(f, kbit_prep=True), gib_words),
    "peak_by_script": (lambda f: _single(f, engine="transformers", kbit_prep=True), gib_words),
    "peak_unprepared": (lambda f: _single(f, kbit_prep=False), gib_words),
    "peak_unprepared_fused": (lambda f: _single(f, kbit_prep=False, loss="fused"), gib_words),
    "peak_one": (lambda f: _single(f, batch_size=1), gib_words),
    "with_whole": (_with_whole, gib_words),
    "without_whole": (lambda f: _single(f, modules_to_save=None), gib_words),
    "whole_params": (_whole_params, size_words),
    "whole_bytes": (_whole_bytes, lambda each: f"{each:.3g} B"),
    "whole_states": (lambda f: _whole_bytes(f) * _whole_params(f), both_words),
    "whole_more": (lambda f: _with_whole(f) - _single(f, modules_to_save=None), gib_words),
    "high": (lambda f: f.base.bounds[1], gib_words),
}


# those that are of one term of memory
CAUSE_TERMS = {"kv_of_log": "kv_cache", "kv_of_prefill": "kv_cache", "kv_card": "kv_cache"}
