"""The asker's own figures: which sum of parts each of them is, said in GB or in GiB, of the size that was said or the real one."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.named import GB, GIB, Figures, Missing, both_words, default_of, missing
from formulas.errors import BadInput
from kb.bytes_each import TRAINED
from kb.database import rows
from kb.held import USUAL_GB
from kb.published import FINETUNE_METHODS
from kb.recipe import shapes_of
from kb.standin import stands_for

# how far a figure may be off what it is taken for; a rounded one by half of its last digit, but no more than _MOST_OFF
_OFF, _MOST_OFF = 0.04, 0.08
# of what is told, the amounts that a run was seen to take
SEEN = "observed_gb"
# bytes for each parameter that people count with
_SUMS = (0.5, 2, 4, 8, 16, 18, 20)


def claim_words(size: float) -> str:
    return f"{size / GB:g} GB" if size < 1000 * GB else f"{size / GB / 1000:g} TB"


def _tolerance(claim: float) -> float:
    """Of a figure as people round it: 300 may be 280, 47.6 may not be 50."""
    text = f"{claim:g}"
    whole = text.rstrip("0") if "." not in text else text
    step = 10.0 ** (len(text) - len(whole)) if "." not in text else 10.0 ** -len(text.partition(".")[2])
    return min(_MOST_OFF, max(_OFF, step / 2 / claim))


def claim_of(figures: Figures, *amounts: float, among: str = "claims_gb") -> float:
    """The asker's figure that is one of these amounts, the nearest; Missing where none is. What was seen is not rounded."""
    off: list[tuple[float, float]] = []
    told = (*figures.told.get(among, ()), *(figures.told.get("bare_gb", ()) if among == "claims_gb" else ()))
    for claim in (float(one) for one in told if one):
        for unit in (GB, GIB):
            off += [
                (abs(claim * unit / amount - 1), claim * GB)
                for amount in amounts
                if amount and abs(claim * unit / amount - 1) <= (_OFF if among == SEEN else _tolerance(claim))
            ]
    if not off:
        raise Missing("claim")
    return min(off)[1]


def _bytes_each(number: float) -> Callable[[Figures], float]:
    """A claim of so many bytes for each parameter."""
    return lambda figures: claim_of(figures, number * figures.params, number * figures.need("params_said"))


def _read(number: float) -> Callable[[Figures], float]:
    """The same of a figure that was read or worked out, and not seen."""

    def found(figures: Figures) -> float:
        claim = _bytes_each(number)(figures)
        seen = [float(one) * GB for one in figures.told.get(SEEN, ())]
        return missing("figure that was read") if claim in seen else claim

    return found


def _multi_head(figures: Figures) -> float:
    """All that is cached at once, with a key and a value for every query head."""
    return figures.need("kv_all") * figures.fact("n_heads") / figures.fact("n_kv_heads")


def _table(figures: Figures) -> float:
    """A figure of the published table for this size and method."""
    claims = [float(one) * GB for one in figures.told.get("claims_gb", ()) if one]
    if not claims:
        return missing("cell")
    method = FINETUNE_METHODS.get(str(figures.knob("method")), "")
    found = rows(
        "SELECT memory_gb FROM finetune WHERE method = ? AND abs(params_b / ? - 1) < 0.06 AND (bits = ? OR ? IS NULL)",
        [method, figures.need("params_said") / 1e9, figures.given.get("bits"), figures.given.get("bits")],
    )
    stated = [float(row["memory_gb"]) * GB for row in found]
    return next((claim for claim in claims if claim in stated), 0.0) or missing("cell")


def _sharded(figures: Figures, kept: float, divided: float) -> float:
    """A claim that is model states of ZeRO on each of several cards."""
    if figures.n < 2:
        return missing("cards")
    each = kept + divided / figures.n
    sizes = (figures.params, figures.need("params_said"), *_of_its_size(figures))
    return claim_of(figures, *(each * size for size in sizes))


def _of_its_size(figures: Figures) -> list[float]:
    """The parameters of the usual models that go by the size, where no model is named: 7B may be 6.7 or 7.6 billion."""
    if figures.given.get("model") or not figures.given.get("params"):
        return []
    usual = shapes_of(stands_for(figures.need("params_said")))[1:]
    return [float(figures.at(params=None, model=name).n_params or 0) for name in usual]


def _beyond(figures: Figures) -> float:
    """What the asker saw on a card, where it is less than the states alone leave on each of them."""
    if figures.n < 2 or figures.knob("method") != "full":
        return missing("cards")
    seen = max(float(one) for one in figures.told["observed_gb"]) * GB
    return seen if seen < 0.8 * TRAINED * figures.need("params_said") / figures.n else missing("more")


def _serving(figures: Figures) -> float:
    """Weights in 16 bit and every sequence's cache."""
    return 2 * figures.params + figures.need("kv_all")


def _usual_pool() -> float:
    """What a server takes by default of a card that people have at hand."""
    return default_of("vLLM", "gpu_memory_utilization", "first engine") * USUAL_GB * GIB


sixteen_claimed = _bytes_each(2)

QUOTED: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "claim_half": (_bytes_each(0.5), claim_words),
    "claim_16": (sixteen_claimed, claim_words),
    "claim_32": (_bytes_each(4), claim_words),
    "read_32": (_read(4), claim_words),
    "seen_32": (
        lambda f: claim_of(f, 4 * f.params, 4 * f.need("params_said"), among=SEEN),
        claim_words,
    ),
    "claim_pure": (_bytes_each(8), claim_words),
    "claim_adam": (_bytes_each(12), claim_words),
    "claim_states": (_bytes_each(16), claim_words),
    "claim_kv": (lambda f: claim_of(f, f.need("kv_sequence")), claim_words),
    "claim_multi_head": (
        lambda f: claim_of(f, _multi_head(f)) if _multi_head(f) > 1.5 * f.need("kv_all") else missing("groups"),
        claim_words,
    ),
    "kv_multi_head_all": (_multi_head, both_words),
    "kv_multi_head_token": (
        lambda f: f.need("kv_token") * f.fact("n_heads") / f.fact("n_kv_heads"),
        kib,
    ),
    "heads_times": (lambda f: f.fact("n_heads") / f.fact("n_kv_heads"), lambda times: f"{times:.3g}"),
    "claim_table": (_table, claim_words),
    "near_w16": (lambda f: claim_of(f, 2 * f.params), claim_words),
    "claim_zero1": (lambda f: _sharded(f, 4, 12), claim_words),
    "claim_zero2": (lambda f: _sharded(f, 2, 14), claim_words),
    "claim_zero3": (lambda f: _sharded(f, 0, 16), claim_words),
    "claim_less": (_beyond, claim_words),
    "states8_said": (lambda f: 8 * f.need("params_said"), both_words),
    "states_said": (lambda f: TRAINED * f.need("params_said"), both_words),
    "states_share": (lambda f: TRAINED * f.need("params_said") / f.n, both_words),
    "serve_users": (_serving, both_words),
    "serve_users_cards": (lambda f: float(-(-_serving(f) // _usual_pool())), lambda count: f"{count:g}"),
}


def known(figures: Figures) -> bool:
    """Whether what was seen is a sum of parts, and so nothing that a longer run would explain."""
    try:
        each = (figures.params, figures.need("params_said"))
        return bool(claim_of(figures, *(number * size for number in _SUMS for size in each), among=SEEN))
    except (Missing, BadInput):
        return False
