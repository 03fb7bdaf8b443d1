"""A training and a served model on one card at once: their sum against the card, and the share that a server may take."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GIB, Figures, gib_words
from formulas.quantity import SILENT, Words
from kb.programs import serves

_STEP = 0.05  # in which shares are set


def _both_at_once(figures: Figures) -> Words:
    train, serve, high, train_high, room = (
        logged(figures, f"at_once_{name}") * GIB for name in ("train", "serve", "high", "train_high", "room")
    )
    fits, tight = high <= room, train + serve <= room
    verdict = Words(
        "they fit" if fits else "that is tight" if tight else "they do not fit",
        "放得下" if fits else "很紧" if tight else "放不下",
    )
    share = int((room - train_high) / room / _STEP) * _STEP
    taken = SILENT
    if serves(figures.given.get("engine")) and share > 0:
        taken = Words(
            f" A server takes its share of the card as it starts: a gpu_memory_utilization of at most {share:.2f} leaves the training its room.",
            f"推理服务启动时按比例占卡:gpu_memory_utilization 最多设 {share:.2f},其余留给训练。",
        )
    return Words(
        f"**Both on one card at once: training {gib_words(train)} + serving {gib_words(serve)} = {gib_words(train + serve)} of {gib_words(room)}, {verdict.en}.**{taken.en} Each slows the other.",
        f"**同时放在一张卡上:训练 {gib_words(train)} + 推理 {gib_words(serve)} = {gib_words(train + serve)} / {gib_words(room)},{verdict.zh}。**{taken.zh}两者会互相拖慢。",
    )


BOTH_AT_ONCE: dict[str, Callable[[Figures], Words]] = {"both_at_once": _both_at_once}
