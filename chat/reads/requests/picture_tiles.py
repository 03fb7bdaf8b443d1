"""Pictures that a model cuts into tiles: how many tiles at the most (`max_dynamic_patch`), of what aspect ratio, how many pictures."""

from itertools import product

from chat.reads.requests.pictures import OF_EACH
from chat.reads.scan import Scan

TILES, ASPECT, AREA, THEN = "log_tiles", "log_aspect", "log_area", "log_tiles_then"
# InternVL 1.5, §3.3: tiles of 448 pixels, 1 to 12 of them in training, 256 tokens each; a thumbnail beside several
SIDE, PER_TILE, MOST = 448, 256, 12
_IS = r"[\"']?\s?(?:=|:|of|is|to|at|为|是|设为?|设成|调到|用)?\s?"
_NAME = r"\b(?:max[_ ]dynamic[_ ]patch(?:es)?|max_num|max_patches)\b"
_TO = r"\s?(?:to|->|=>|→|(?:降|减|改|调|增|加|提|升)?(?:低|小|大|高)?[到成为至])\s?"
_MOST = rf"{_NAME}{_IS}(?:from |由|从)?\s?(?P<n>\d{{1,2}})(?:{_TO}(?P<m>\d{{1,2}}))?(?![\d.])"
_MODEL = r"(?<![a-z])(?:mini-?)?internvl"
_PICTURE = r"\b(?:images?|pictures?|photos?|screen ?shots?|pages?)\b|图|照片|截屏"
_NO_PICTURE = r"\b(?:without|no|not any) (?:any )?(?:images?|pictures?|photos?)\b|\btext[- ]only\b|\bonly text\b|纯文本|(?:不带|不含|没有|无|不用)(?:任何)?图|只用文本"
_RATIO = r"(?<![\d.:])(?P<w>\d{1,2})\s?:\s?(?P<h>\d{1,2})(?![\d.:])"
_SQUARE = r"\bsquare\b|正方形|方图"
_COUNT = r"(?<![\d.x*×a-z])(?P<n>\d{1,3})\s?(?:small |large |4:3 )?(?:images?|pictures?|photos?|screen ?shots?|pages?|张\s?(?:小|大)?(?:图|照片|截))"


def grid(most: int, aspect: float, area: float | None) -> tuple[int, int]:
    """Columns and rows: those nearest in aspect; of equal ones the larger, where the picture is half as large at the least."""
    best, off = (1, 1), float("inf")
    each = [(i, j) for i, j in product(range(1, most + 1), repeat=2) if i * j <= most]
    for i, j in sorted(each, key=lambda one: one[0] * one[1]):
        now = abs(aspect - i / j)
        if now < off or (now == off and (area is None or area > SIDE**2 * i * j / 2)):
            best, off = (i, j), now
    return best


def tiles_of(most: int, aspect: float | None, area: float | None) -> int:
    """Tiles of a picture with its thumbnail; as many as there may be where its aspect is not told."""
    columns, rows = grid(most, aspect, area) if aspect else (most, 1)
    return columns * rows + (columns * rows > 1)


def read_tiles(scan: Scan) -> None:
    """State what bounds the tiles, and each picture's tokens, of which a sample is as long where no length is told."""
    set_ = next((one for one in scan.find(_MOST) if scan.free(*one.span("n"))), None)
    if not any(scan.find(_MODEL)) and (set_ is None or "dynamic" not in set_[0]):
        return
    if set_ is None and (not any(scan.find(_PICTURE)) or any(scan.find(_NO_PICTURE))):
        return
    most = int(set_["n"]) if set_ else MOST
    if not most or "picture_tokens" in scan.extras:  # as the asker counted them
        return
    scan.note(TILES, most)
    if set_ is not None:
        if set_["m"]:
            scan.note(THEN, int(set_["m"]))
        scan.take(*set_.span())
    aspect, area = _shape(scan)
    if aspect:
        scan.note(ASPECT, aspect)
    if area:
        scan.note(AREA, area)
    scan.extras["log_pictures"] = [_count(scan)]  # a number before the next word is none of pictures
    scan.note("picture_tokens", PER_TILE * tiles_of(most, aspect, area))


def _count(scan: Scan) -> int:
    """Pictures of a sample: the most that is told."""
    told = [(one, name) for one in scan.find(OF_EACH) for name in one.re.groupindex if one[name]]
    told += [(one, "n") for one in scan.find(_COUNT)]
    told = [(one, name) for one, name in told if scan.free(*one.span(name)) or "log_width" in scan.extras]
    for one, name in told:
        scan.take(*one.span(name))
    return max((int(one[name]) for one, name in told), default=1)


def _shape(scan: Scan) -> tuple[float | None, float | None]:
    """Width over height, and the pixels, where they are told."""
    wide, high = (scan.extras.get(one, (0,))[0] for one in ("log_width", "log_height"))
    if wide and high and "log_size_assumed" not in scan.extras:
        return wide / high, float(wide * high)
    for found in scan.find(_RATIO):
        if int(found["w"]) and int(found["h"]):
            scan.take(*found.span())
            return int(found["w"]) / int(found["h"]), None
    return (1.0, None) if any(scan.find(_SQUARE)) else (None, None)
