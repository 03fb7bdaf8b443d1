"""Cards that others say a model takes, held against what it takes: in which format those are needed, if in any."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from chat.phrases import value
from formulas.errors import BadInput
from formulas.quantity import Words
from kb.outcome import Outcome
from kb.stored import stored_bits

# the usual widths of weights that are served, the widest first
_WIDTHS = ("bf16", "fp8")
_LAYOUT = (
    "gpu_memory_gb",
    "tp",
    "pp",
    "dp",
    "layer_split",
    "bits",
    "host_memory_gb",
    "offload",
    "n_cpu_moe",
    "gpu_layers",
)


def _others_cards(figures: Figures) -> Words:
    """The widest format that those cards hold; Missing where no others' cards are told, or the own case has none."""
    named = str(next(iter(figures.told.get("others_cards", ())), ""))
    count, _, card = named.rpartition(" × ")
    if not card or figures.base.verdict is None or figures.knob("task") == "train":
        raise Missing("others_cards")
    own = str(figures.knob("weight_format"))
    published = str(figures.row().get("quantization") or "")  # wider than it was published it is not run
    native = next((place for place, one in enumerate(_WIDTHS) if published.startswith(one)), 0)
    widths = () if published.startswith("mxfp4") else _WIDTHS[native:]
    wider = [one for one in widths if one != own and _bits(figures, one) > stored_bits(figures.base)]
    if "why_more" in figures.about:  # whose cards are full asks for no wider format
        wider = []
    for kind in (*wider, own):
        there = _there(figures, card, int(count or 1), kind)
        if there is not None and there.verdict == "yes":
            return _told(figures, named, kind, there, kind in wider)
    there = _there(figures, card, int(count or 1), own)
    if there is None or there.capacity is None:
        raise Missing("others_cards")
    need, room = gib_words(there.best), gib_words(there.capacity)
    at, at_zh = _at_length(figures)
    return Words(
        f"What others name, {named}, does not hold it as it is here for sure{at}: {need} of {room} per card.",
        f"别人说的 {named} 按这里的设置{at_zh}也不稳妥:每卡 {need} / {room}。",
    )


def _length(figures: Figures) -> dict[str, int]:
    """The length that those cards are named for, where it is another than that of the case."""
    told = figures.log.get("others_length", ())
    return {"seq_len": int(told[0])} if told else {}


def _at_length(figures: Figures) -> tuple[str, str]:
    tokens = _length(figures).get("seq_len")
    return (f" at {tokens:,} tokens", f"在 {tokens:,} token 时") if tokens else ("", "")


def _bits(figures: Figures, kind: str) -> float:
    return stored_bits(figures.at(weight_format=kind, bits=None))


def _there(figures: Figures, card: str, count: int, kind: str) -> Outcome | None:
    try:
        return figures.at(**dict.fromkeys(_LAYOUT), **_length(figures), gpu=card, n_gpus=count, weight_format=kind)
    except BadInput:
        return None


def _told(figures: Figures, named: str, kind: str, there: Outcome, wider: bool) -> Words:
    need, room = gib_words(there.best), gib_words(there.capacity or 0)
    here, here_zh = (value("weight_format", figures.knob("weight_format"), one) for one in ("en", "zh"))
    more, more_zh = (value("weight_format", kind, one) for one in ("en", "zh"))
    at, at_zh = _at_length(figures)
    if not wider:
        enough = figures.base.verdict == "yes" and not at
        so, so_zh = (", so do the cards here", ",这里的卡也放得下") if enough else ("", "")
        return Words(
            f"What others name, {named}, holds it in {here}{at} ({need} of {room} per card){so}.",
            f"别人说的 {named} {at_zh}放得下 {here_zh}(每卡 {need} / {room}){so_zh}。",
        )
    if _fewer_hold(figures, named, kind):
        return Words(
            f"What others name, {named}, holds it even in {more}{at} ({need} of {room} per card); {here} takes less.",
            f"别人说的 {named} {at_zh}连 {more_zh} 都放得下(每卡 {need} / {room}),{here_zh} 要的更少。",
        )
    return Words(
        f"What others name, {named}, is what it takes in {more}{at} ({need} of {room} per card), not in {here}.",
        f"别人说的 {named} {at_zh}是 {more_zh} 才需要的(每卡 {need} / {room}),{here_zh} 用不着。",
    )


def _fewer_hold(figures: Figures, named: str, kind: str) -> bool:
    """Do fewer of those cards hold that format too: one less, or half of them?"""
    count, _, card = named.rpartition(" × ")
    fewer = {one for one in (int(count or 1) - 1, int(count or 1) // 2) if one}
    there = [_there(figures, card, one, kind) for one in fewer]
    return any(one is not None and one.verdict == "yes" for one in there)


OTHERS_WORDS: dict[str, Callable[[Figures], Words]] = {"others_cards": _others_cards}
