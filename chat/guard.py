"""Every number in an answer stands in a tool's result of that turn, with its unit and its quantity.

Prose is released sentence by sentence after this check, whichever model spoke. A number is let through when some
figure of the results rounds to it at the precision printed, in the unit printed. Where the clause names a term
("weights"), the figure must be that term's, if the results hold one for it; where it says what is needed, the capacity
of a card will not do. Links must stand in a result too, and images never pass: both can carry text away.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from chat.written import Figure, Written, figures_in, numbers, plain
from kb.knobs import BY_NAME

# Rounded to one digit, 1.5 becomes 2: what is off by more than this is no rounding but another number.
LOOSEST = 0.125
FINEST = 0.00501 * 2**30
_TERM_WORDS = {
    "weights": ("weight", "权重"),
    "gradients": ("gradient", "梯度"),
    "optimizer": ("optimizer", "优化器"),
    "activations": ("activation", "激活"),
    "logits": ("logits",),
    "kv_cache": ("kv cache", "kv-cache", "kv 缓存", "kv缓存"),
    "adapter": ("adapter", "适配器"),
    "runtime": ("runtime", "运行时"),
}
CAPACITY = "capacity"
# a sum, a change, a comparison or what is put elsewhere may name a term and give another figure
_OTHER_FIGURES = re.compile(
    r"total|peak|together|capacity|card|gpu|up to|sav|less|more|host memory|合计|总|峰值|容量|卡|显存有|最多|节省|放内存|放在内存",
    re.IGNORECASE,
)
# "take the H100 80 GB" advises, and says of nothing what it takes
_NEED = re.compile(
    r"\b(?:needs?|requires?|takes|uses|occup\w+|consumes?|footprint)\b|(?<=\w )(?:take|use)\b|需要|占用|消耗",
    re.IGNORECASE,
)
_PER_CARD = re.compile(
    r"(?:per|each|every|on (?:each|every|one)) (?:card|gpu)|每(?:张|块)?(?:显?卡|GPU)", re.IGNORECASE
)
_CLAUSE = re.compile(r"(?<!\d)[,;、]|[,;、](?!\d)|[。\uff1b\n]|\band\b|\bwhile\b|\bbut\b|和|而|与", re.IGNORECASE)
_MARKER = re.compile(r"(?m)^[\s>#*-]*\(?\d{1,2}[.)、\uff09](?=\s|[^\d\s])(?!\d)")
# an environment variable that is switched on or off is no figure: OLLAMA_FLASH_ATTENTION=1
_SWITCHED = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+=[01]\b")
_LINK = re.compile(r"(?:https?:)?//[^\s<>()\[\]\"'`|]+|\bwww\.[^\s<>()\[\]\"'`|]+", re.IGNORECASE)
# a switch (`--kv-cache-dtype fp8`), a setting that is called by what it changes, and a part that is said not to be there
# say nothing of an amount beside them
_SWITCH = re.compile(
    r"(?<!\w)--?[a-z][a-z-]*|activation (?:recomputation|checkpointing)|激活(?:值)?(?:重计算|重算|检查点)|gradient accumulation|梯度累[积计]"
    r"|\b(?:no|without)(?: (?:full|whole|all))? (?:logits|gradients?|activations?|optimizer states)|不保?存(?:完整的?|全部)?\s?(?:logits|梯度|激活|优化器状态)"
)
_TARGET = re.compile(r"\]\(\s*<?([^)\s>]*)")
_IMAGE = re.compile(r"!\[|<(?!/?(?:br|sub|sup|b|i|em|strong|code|details|summary)\b)/?[a-z!][^>]*", re.IGNORECASE)

# a unit without a number that could be read: hexadecimal, Roman, "half a", another language's words
_UNIT_ALONE = re.compile(
    r"(?P<before>[^\W_]*)(?P<gap>[^\w\n]*)(?<![A-Za-z0-9])"
    r"(?:[kmgt]i?b|(?:kilo|mega|giga|tera|kibi|mebi|gibi|tebi)bytes?|gigs?|[吉兆太]字节|[キメギテ]\w{0,2}バイト|[кмгт]б|"
    r"(?:мега|гига|тера)байт\w*|(?:메가|기가|테라)바이트)(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_UNIT_WORDS = """
in of to and or as per the is are not than from into vs both with unit units decimal binary few several some many more
enough extra these those
"""
_UNIT_AS_SUCH = frozenset(_UNIT_WORDS.split())
_UNIT_AS_SUCH_ZH = "以为是和与或的用按非不每即指叫作"

# ---- the figures of a result -------------------------------------------------------------------------------------

_KEY_UNITS = (
    ("_gib", "memory", 2.0**30), ("_gb", "memory", 1e9), ("_mib", "memory", 2.0**20), ("bytes", "memory", 1.0),
    ("_hours", "time", 3600.0), ("_days", "time", 86400.0), ("seconds", "time", 1.0),
)  # fmt: skip
_CARD_KEYS = {"gpu", "card", "capacity_gib", "gpu_memory_gb", "host_memory_gb", "gpus"}
# What a tool repeats of its own arguments is no result. A derivation is for the page: no model is told it, and among its
# hundred intermediate amounts almost any invented number would find one that is near.
_UNSAID = {"sql", "kind", "derivation_latex", "derivation_steps"}


def _kind(key: str) -> tuple[str, float]:
    """The kind and size of a bare number under this key: `best_gib`, `seq_len`, `lora_rank`."""
    for ending, kind, size in _KEY_UNITS:
        if key.endswith(ending):
            return kind, size
    if key == "gib":
        return "memory", 2.0**30
    if key in ("n_gpus", "params"):
        return {"n_gpus": "cards", "params": "params"}[key], 1.0
    knob = BY_NAME.get(key)
    if knob is None:
        return "count", 1.0
    return ("tokens" if knob.unit == "tokens" else "setting"), 1.0


def figures_of(result: Any, key: str = "", label: str = "") -> Iterator[Figure]:
    """Every number in a tool's result: typed by its key (`best_gib`), or as written in its texts."""
    if isinstance(result, bool) or result is None:
        return
    if isinstance(result, (int, float)):
        kind, size = _kind(key)
        yield Figure(float(result) * size, kind, label)
    elif isinstance(result, str):
        yield from _figures_of_text(result, label)
    elif isinstance(result, Mapping):
        yield from _figures_of_object(result, key, label)
    elif isinstance(result, Iterable):
        for value in result:
            yield from figures_of(value, key, label)


@lru_cache(maxsize=8192)  # results of tools repeat their sentences
def _figures_of_text(text: str, label: str) -> tuple[Figure, ...]:
    text = _LINK.sub(" ", text)
    found = [*figures_in(text, label)]
    # "60 GB of activations" is what a text says of a term, whoever is right
    if term := _term_in(text):
        found += figures_in(text, term)
    else:  # of several terms each clause speaks of its own
        for clause, _ in _clauses(plain(text)):
            if term := _term_in(clause):
                found += figures_in(clause, term)
    # a name such as `Llama-3.1-8B` may be told with its number in another form
    return (*found, *(Figure(float(number), "name", label) for number in re.findall(r"\d+(?:\.\d+)?", text)))


def _figures_of_object(result: Mapping[str, Any], key: str, label: str) -> Iterator[Figure]:
    if result.get("quantity") in _TERM_WORDS:
        label = str(result["quantity"])
    if "gib" in result and "name" in result:
        label = str(result["name"])
    elif isinstance(
        result.get("gib"), (int, float)
    ):  # {"says": "4-bit weights", "gib": 20.1} is of the weights and of the whole
        named = _term_in(" ".join(value for value in result.values() if isinstance(value, str)))
        for amount in (result["gib"], result.get("total_gib")):
            if isinstance(amount, (int, float)):
                yield Figure(float(amount) * 2.0**30, "memory", named or label)
    if isinstance(result.get("columns"), list) and isinstance(result.get("rows"), list):
        # `SELECT 57 AS memory_gb FROM finetune` says nothing that the asker of the query did not say
        selected = re.split(r"\bfrom\b", str(result.get("sql", "")), maxsplit=1, flags=re.IGNORECASE)[0]
        literals = {float(number) for number in re.findall(r"\d+(?:\.\d+)?", selected)}
        for row in result["rows"]:
            cells = zip(map(str, result["columns"]), row, strict=False)
            yield from figures_of({name: cell for name, cell in cells if not _is_one_of(cell, literals)})
    for name, value in result.items():
        if name in _UNSAID or (name == "rows" and "columns" in result):
            continue
        # {"seq_len": {"value": 2048}} and {"quantity": "seq_len", "value": 2048} are both a number of tokens
        own = str(result.get("quantity") or key) if name == "value" else str(name)
        if name == "value" and isinstance(value, (int, float)) and isinstance(result.get("unit"), str):
            yield from figures_in(f"{value!r} {result['unit']}", label)
        else:
            term = own.removesuffix("_gib")  # {"weights_gib": 14.6}
            yield from figures_of(value, own, CAPACITY if own in _CARD_KEYS else term if term in _TERM_WORDS else label)


def _is_one_of(cell: Any, literals: set[float]) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and float(cell) in literals


# ---- the check ---------------------------------------------------------------------------------------------------


class Guard:
    """Knows the figures of one turn's results and tells which numbers of a sentence stand in none of them."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self._sorted: dict[str, list[Figure]] | None = None
        self.labels: set[str] = set()
        self.links: set[str] = set()
        self.quotable = ""

    def learn(self, result: Any, echo: Any = None) -> None:
        """Take in a tool's result, its text or its artifact; numbers that only echo the call's arguments do not count."""
        echoed = [figure.value for figure in figures_of(echo)]
        fresh = [figure for figure in figures_of(result) if figure.value not in echoed]
        self.figures = list(dict.fromkeys(self.figures + fresh))
        self._sorted = None
        self.labels |= {figure.label for figure in fresh if figure.label}
        self.links |= set(_links_of(result))

    def may_quote(self, question: str) -> None:
        """Words of the question may be repeated between quotation marks."""
        self.quotable = question

    def strangers(self, sentence: str) -> list[str]:
        """The numbers, links and images in a sentence that no result holds; empty when it may be said."""
        found = [link for link in _links_in(sentence) if link not in self.links]
        if _IMAGE.search(sentence):
            found.append("an image or a tag")
        bare = _LINK.sub(" ", self._unquoted(sentence))
        text = plain(_SWITCHED.sub(" ", _MARKER.sub(" ", bare)))
        row = text.lstrip().startswith("|")
        found += [one.text for one in numbers(text) if not self._stands(one, row=row)]
        whole = not _term_in(text, several=True)
        for clause, lone in _of_row(text) if row else _clauses(text):
            found += self._of_other_things(clause, row, lone, whole)
        return list(dict.fromkeys(found))

    def unread(self, sentence: str) -> list[str]:
        """The amounts of a sentence whose number cannot be read, and so not checked: `0x43 GB`, `LXVII GB`, `半个TB`."""
        text = plain(sentence)
        found = [unit[0].strip() for unit in _UNIT_ALONE.finditer(text) if not _as_such(unit)]
        return found + re.findall(r"\b0[xb][0-9a-f]+\w*", text, re.IGNORECASE)

    def _unquoted(self, sentence: str) -> str:
        if not self.quotable:
            return sentence
        return re.sub(r"“([^”]+)”", lambda quote: "“”" if quote[1] in self.quotable else quote[0], sentence)

    def _of_other_things(self, clause: str, row: bool, lone: bool, whole: bool) -> list[str]:
        """The amounts of a clause, if none of them is what the clause says it is."""
        amounts = [one for one in numbers(clause) if one.is_memory or (row and "." in one.text)]
        if not amounts:
            return []
        term = self._term_of(clause) if lone else ""
        if term and not any(self._stands(one, term, row) for one in amounts):
            return [one.text for one in amounts]
        needs = whole and _NEED.search(clause) and not _OTHER_FIGURES.search(_PER_CARD.sub(" ", clause))
        if needs and all(self._is_part(one) for one in amounts):
            return [one.text for one in amounts]
        return []

    def _is_part(self, said: Written) -> bool:
        """Whether an amount is known only of something else than the whole: of one term, of the card."""
        labels = {known.label for known in self._agreeing(said) if known.kind != "name"}
        return bool(labels) and "" not in labels

    def _stands(self, said: Written, term: str = "", row: bool = False) -> bool:
        return any(not term or known.label == term for known in self._agreeing(said, row))

    def _agreeing(self, said: Written, row: bool = False) -> Iterator[Figure]:
        """The figures that a number may stand for."""
        if self._sorted is None:
            self._sorted = {}
            for known in sorted(self.figures, key=lambda figure: figure.value):
                self._sorted.setdefault(known.kind, []).append(known)
        for reading in said.readings:
            for kind in _SAID_AS.get(reading.kind, {reading.kind}):
                yield from _near(self._sorted.get(kind, []), reading)
            if row and reading.kind == "count":  # the unit stands in the table's head
                for size in (2.0**30, 1e9, 2.0**20):
                    scaled = Figure(reading.value * size, reading.kind, "", reading.half_digit * size)
                    yield from _near(self._sorted.get("memory", []), scaled)

    def _term_of(self, clause: str) -> str:
        term = _term_in(clause)
        return term if term in self.labels and not _OTHER_FIGURES.search(clause) else ""


def _as_such(unit: "re.Match[str]") -> bool:
    """Whether a unit is spoken of as such, or what stands before it is a number in digits, which is checked."""
    before, gap = unit["before"].lower(), unit["gap"].strip(" -")
    number = re.search(
        r"\d[\s-]*(?:[多余来+]\s*)?(?:个\s*)?$", unit.string[: unit.start() + len(unit["before"] + unit["gap"])]
    )
    return bool(gap or number) or before in ("", *_UNIT_AS_SUCH) or before[-1] in _UNIT_AS_SUCH_ZH


def _term_in(text: str, several: bool = False) -> str:
    """The term of memory that a text names, if it is the only one; the first, if there may be several."""
    text = _SWITCH.sub(" ", text.lower())
    named = [term for term, words in _TERM_WORDS.items() if any(word in text for word in words)]
    return named[0] if len(named) == 1 or (named and several) else ""


def _clauses(text: str) -> Iterator[tuple[str, bool]]:
    """The clauses of a sentence, and whether a term in it stands alone: not so in "weights and gradients take 9 GB"."""
    waiting = False
    for clause in _CLAUSE.split(text):
        amount = any(one.is_memory for one in numbers(clause))
        yield clause, not waiting
        waiting = not amount and any(word in clause.lower() for words in _TERM_WORDS.values() for word in words)


def _of_row(text: str) -> Iterator[tuple[str, bool]]:
    """What a row says: its amounts of what its first cell names, and each cell of words for itself."""
    cells = [cell.strip() for cell in text.strip().strip("|").split("|")]
    words = [cell for cell in cells[1:] if _term_in(cell, several=True)]
    yield " ".join([cells[0], *(cell for cell in cells[1:] if cell not in words)]), True
    for cell in words:
        yield from _clauses(cell)


@lru_cache(maxsize=8192)
def _links_in(text: str) -> tuple[str, ...]:
    links = [link.rstrip(".,;:!?。、*_") for link in _LINK.findall(text)]
    return (*links, *(to for to in _TARGET.findall(text) if to and not to.startswith("#") and not _LINK.match(to)))


def _links_of(result: Any) -> Iterator[str]:
    if isinstance(result, str):
        yield from _links_in(result)
    elif isinstance(result, Mapping):
        for value in result.values():
            yield from _links_of(value)
    elif isinstance(result, (list, tuple)):
        for value in result:
            yield from _links_of(value)


_COUNTS = {"tokens", "cards", "params"}
# a number that is said as the first may be known as one of the second
_SAID_AS = {
    "tokens": {"tokens", "count"}, "cards": {"cards", "count"}, "params": {"params", "count", "name"},
    "count": {"count", "name", "setting"} | _COUNTS, "share": {"share", "count", "setting"}, "rate": {"rate", "count"},
}  # fmt: skip


def _near(known: list[Figure], said: Figure) -> Iterator[Figure]:
    """Of figures in order of their values those that a number may stand for."""
    wide = max(said.half_digit * 1.0001, abs(said.value) * 2e-9)
    start = bisect_left(known, said.value - wide, key=lambda figure: figure.value)
    for figure in islice(known, start, None):
        if figure.value > said.value + wide:
            return
        if _close(figure.value, said):
            yield figure


def _close(known: float, said: Figure) -> bool:
    off = abs(known - said.value)
    if off <= abs(known) * 1e-9:
        return True
    # 0.01 GiB for 8 MiB is far off and yet exact enough
    fine = said.kind == "memory" and said.half_digit <= FINEST and known > 2**20
    return off <= said.half_digit * 1.0001 and (fine or off <= abs(known) * LOOSEST)
