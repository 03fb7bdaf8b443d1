"""The usual switches of one case, thrown one by one with all else equal: what it takes without activation checkpointing, with a
fused loss, with 8-bit Adam; what is served, with its cache in 8 bits and at a shorter length.

`kb.changes` has only what makes a case fit, and `kb.ladder` the other formats and methods: these stand beside any verdict.
"""

from collections.abc import Iterator
from typing import Any

from formulas.quantity import Words
from kb.cards import GIB
from kb.knobs import PLAIN_TYPES
from kb.outcome import Outcome
from kb.pools import sequences_held
from kb.served_offers import cache_called
from kb.stated import ASSUMED
from kb.tried import admitted
from kb.wider import narrow_cache_of

# of the need, what a switch changes at least to be told
_TELLS = 0.05
# what sets cases apart that are one model in several formats
_OF_FORMATS = {"bits", "weight_format"}
# usual lengths of a chat and of a document, and from so many times a length another is long
_CHAT, DOCUMENT, _LONG = 8192, 32768, 2
# what most models are trained for, offered where many times as much is asked for
_USUAL_WHOLE, _MANY = 131_072, 4


def switched(outcomes: tuple[Outcome, ...]) -> list[dict[str, Any]]:
    """Each switch with what the case takes then, the dearest first; empty where several cases were asked for."""
    if len(outcomes) > 1:
        return []
    here = outcomes[0]
    there = [
        (facts, words, tried) for facts, words in _switches(here) if (tried := admitted(here.case, facts)) is not None
    ]
    told = [one for one in there if abs(one[2].best - here.best) > _TELLS * here.best]
    return [
        {
            "facts": facts,
            "says": words.en,
            "zh": words.zh,
            "gib": one.best / GIB,
            "kv_cache": {"gib": one.terms["kv_cache"] / GIB} if "seq_len" in facts else None,
            "at_once": _at_once(one) if "seq_len" in facts else None,
            "verdict": one.verdict,
            "leaning": one.leaning,
        }
        for facts, words, one in sorted(told, key=lambda found: -found[2].best)
    ]


def longer(outcomes: tuple[Outcome, ...]) -> list[dict[str, Any]]:
    """Of one model in several formats, each with the same cache: what a sequence of other lengths keeps [GiB]; empty of anything
    else."""
    first = outcomes[0]
    if len(outcomes) < 2 or first.situation.knob("task") == "train":
        return []
    caches = {round(one.terms.get("kv_cache", 0.0)) for one in outcomes}
    if any(set(one.case.differs) - _OF_FORMATS for one in outcomes) or len(caches) > 1:
        return []
    told = [(words, there) for facts, words in _lengths(first) if (there := admitted(first.case, facts)) is not None]
    return [
        {"says": words.en, "zh": words.zh, "kv_cache": {"gib": there.terms["kv_cache"] / _sequences(there) / GIB}}
        for words, there in told
    ]


def _sequences(where: Outcome) -> int:
    return int(where.situation.knob("batch_size") or 1)


def _switches(where: Outcome) -> Iterator[tuple[dict[str, Any], Words]]:
    """Each with its name, as what is said of the case."""
    knob = where.situation.knob
    if knob("task") == "train":
        if knob("gradient_checkpointing") == "on":
            yield {"gradient_checkpointing": "off"}, Words("without checkpointing", "不开激活重计算")
        else:
            yield {"gradient_checkpointing": "on"}, Words("with checkpointing", "开激活重计算")
        if knob("loss") == "full-logits":
            yield {"loss": "fused"}, Words("with a fused loss (Liger)", "用融合损失(Liger)")
        if knob("method") == "full" and knob("optimizer") == "adamw" and knob("offload") not in ("optimizer", "params"):
            yield {"optimizer": "adamw-8bit"}, Words("with 8-bit AdamW", "用 8 位 AdamW")
        return
    narrow = narrow_cache_of(where)
    if narrow and knob("kv_format") in (None, *PLAIN_TYPES):
        called = cache_called(where, narrow)
        yield {"kv_format": narrow}, Words(f"with an 8-bit cache ({called})", f"KV 缓存用 8 位({called})")
    yield from _lengths(where)


def _lengths(where: Outcome) -> Iterator[tuple[dict[str, Any], Words]]:
    """A usual chat where a long context was asked for; a long one where none was; the model's whole length."""
    asked, whole = int(where.situation.knob("seq_len") or 0), int(where.declared or 0)
    if asked >= _MANY * _USUAL_WHOLE:
        yield {"seq_len": _USUAL_WHOLE}, Words(f"at {_USUAL_WHOLE:,} tokens", f"上下文 {_USUAL_WHOLE:,} token")
    if asked >= _LONG * _CHAT:
        yield {"seq_len": _CHAT}, Words(f"at {_CHAT:,} tokens", f"上下文 {_CHAT:,} token")
    if where.situation.knobs["seq_len"].origin == ASSUMED and whole > DOCUMENT:
        yield {"seq_len": DOCUMENT}, Words(f"at {DOCUMENT:,} tokens", f"上下文 {DOCUMENT:,} token")
    if whole >= _LONG * asked:
        yield {"seq_len": whole}, Words(f"at the model's full {whole:,} tokens", f"模型全长 {whole:,} token")


def _at_once(there: Outcome) -> int | None:
    """How many sequences so long a server's pool holds; None where nothing is served from one, or none goes in."""
    return sequences_held(there.situation.facts | there.fullest.place.facts) or None
