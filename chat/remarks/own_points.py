"""Remarks on readings of the asker's own, from which the need at another batch or length follows."""

from chat.remarks.remark import ELSEWHERE, FIRST, Remark
from chat.works import ANATOMY, TORCH

OWN_POINTS = (
    Remark("own-line-at", 0, lambda c: bool({"line_at", "line_most"} & set(c.figures.log)),
        "{own_line_at}", "{own_line_at}", TORCH, ELSEWHERE),
    Remark("own-point", 0, lambda c: "point_at" in c.figures.log and not c.modelled,
        "{own_point}", "{own_point}", ANATOMY, ELSEWHERE),
    Remark("own-point-of-model", 0, lambda c: "point_at" in c.figures.log and c.training and c.modelled,
        "{own_point_of_model}", "{own_point_of_model}", ANATOMY, FIRST),
)  # fmt: skip
