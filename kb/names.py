"""Names of models and cards as people write them: looked up, or told what is near.

A model's name is cut into words (`llama`, `coder`), versions (`3.1`, `v3`, `r1`), a size (`70b`, `8x7b`) and endings that
do not change its shape (`instruct`, `hf`, a date); of cards' names see kb/card_names.py. A mention names an entry when every
part that it states is found there; what it leaves open must not matter, else the candidates are returned and nobody chooses
silently.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from formulas.errors import BadInput
from kb.card_names import CardNames, without_size
from kb.name_parts import NEUTRAL_WORDS, Parts, cut, size_value, tokens

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One spelling of a model: the row's own name or one of its aliases."""

    spelled: str
    row: Row
    params: float

    @cached_property
    def parts(self) -> Parts:
        return cut(tokens(self.spelled))

    def fits_size(self, size: str) -> bool:
        """Same size token; an entry whose name states none answers by its parameter count (`DeepSeek-R1 671B`)."""
        if not size or self.parts.size == size:
            return True
        stated = size_value(size)
        if stated is None or self.parts.size:
            return False
        return self.params > 0 and abs(self.params - stated) <= 0.06 * stated


@dataclass(frozen=True)
class ModelMatch:
    """What a mention names: one row, or several candidates that the mention does not tell apart.

    family      the candidates that bear just this name and differ by size alone, the smallest first
    spelled     of one row, which of its names it is
    """

    name: str = ""
    candidates: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    spelled: str = ""


def _minor_of(version: str, versions: Collection[str]) -> bool:
    """Is this one of the versions, or the generation of one that has a minor number?"""
    return version in versions or any(one.startswith(f"{version}.") for one in versions)


class Names(CardNames):
    """The names of the tables, each index built when it is first asked for: an exact name needs none of the words."""

    def __init__(self, models: Sequence[Row], gpus: Sequence[Row]) -> None:
        super().__init__(gpus)
        self._models = models

    @cached_property
    def entries(self) -> list[Entry]:
        """Every spelling of every model."""
        found = []
        for row in self._models:
            params = float(row.get("unique_params") or row.get("total_params") or 0)
            aliases = row.get("aliases") or ""
            others = aliases.split(";") if isinstance(aliases, str) else list(aliases)
            for spelled in (str(row["name"]), *(other.strip() for other in others if other and other.strip())):
                found.append(Entry(spelled, row, params))
        return found

    @cached_property
    def by_spelling(self) -> dict[str, Entry]:
        """A name as it is written, with its organisation and without: the first row that bears it."""
        found: dict[str, Entry] = {}
        for entry in self.entries:
            for spelled in (entry.spelled, entry.spelled.rsplit("/", 1)[-1]):
                found.setdefault(spelled.lower(), entry)
        return found

    @cached_property
    def by_word(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            for word in entry.parts.words:
                found.setdefault(word, []).append(entry)
        return found

    @cached_property
    def by_size(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.parts.size, []).append(entry)
        return found

    @cached_property
    def vocabulary(self) -> dict[str, set[str]]:
        """What stands beside a word in the names that bear it."""
        found: dict[str, set[str]] = {}
        for entry in self.entries:
            for word in entry.parts.words:
                found.setdefault(word, set()).update(entry.parts.words, entry.parts.versions, entry.parts.neutral)
        return found

    @cached_property
    def heads(self) -> set[str]:
        """The words that names begin with."""
        return {head for entry in self.entries if (head := self._head(entry.spelled))}

    @staticmethod
    def _head(spelled: str) -> str:
        for piece in tokens(spelled):
            found = re.match(r"[a-z]{2,}", piece)
            if found and found[0] not in NEUTRAL_WORDS:
                return found[0]
        return ""

    def match_model(self, parts: Parts) -> ModelMatch:
        """The one model that these parts name; else the candidates."""
        if not parts.words and not parts.size:
            return ModelMatch()
        if parts.words:
            pools = [self.by_word.get(word, []) for word in parts.words]
            pool = min(pools, key=len)
        else:
            pool = self.by_size.get(parts.size, [])
        fitting = [
            entry
            for entry in pool
            if parts.words <= entry.parts.words
            and parts.versions <= entry.parts.versions
            and entry.fits_size(parts.size)
            and (not parts.active or parts.active == entry.parts.active)
        ]
        if not fitting:
            return self._of_a_minor(parts, pool)
        fitting.sort(key=lambda entry: self._distance(parts, entry))
        names = tuple(dict.fromkeys(str(entry.row["name"]) for entry in fitting))
        best = self._distance(parts, fitting[0])[:3]
        first = [entry for entry in fitting if self._distance(parts, entry)[:3] == best]
        if self._settled(parts, best, first, fitting):
            return ModelMatch(names[0], names, spelled=fitting[0].spelled)
        return ModelMatch("", names, self._family(parts, fitting))

    def _of_a_minor(self, parts: Parts, pool: Sequence[Entry]) -> ModelMatch:
        """A size that a generation has in one of its minor versions alone: "Llama 3 405B" is 3.1, "Llama 3 1B" is 3.2."""
        minors = {
            entry.parts.versions
            for entry in pool
            if parts.size
            and parts.words == entry.parts.words
            and entry.parts.size == parts.size
            and entry.parts.versions != parts.versions  # what is said itself failed by something else
            and all(_minor_of(version, entry.parts.versions) for version in parts.versions)
        }
        return self.match_model(replace(parts, versions=minors.pop())) if len(minors) == 1 else ModelMatch()

    @staticmethod
    def _family(parts: Parts, fitting: list[Entry]) -> tuple[str, ...]:
        """Every size of the name that was said; none where it leaves open which generation: "Llama"."""
        said = [entry for entry in fitting if parts.neutral <= entry.parts.neutral] or fitting
        if parts.size or (not parts.versions and any(entry.parts.versions for entry in said)):
            return ()
        said = [entry for entry in said if entry.parts.versions == parts.versions and entry.params]
        fewest = min((len(entry.parts.words) for entry in said), default=0)
        sizes: dict[tuple[str, str, frozenset[str]], Entry] = {}
        for entry in said:  # of one size the nearest, as they are sorted
            if len(entry.parts.words) == fewest:
                sizes.setdefault((entry.parts.size, entry.parts.active, entry.parts.words), entry)
        return tuple(str(entry.row["name"]) for entry in sorted(sizes.values(), key=lambda entry: entry.params))

    @staticmethod
    def _distance(parts: Parts, entry: Entry) -> tuple[int, int, bool, int, int, int, str]:
        """What the entry says beyond the mention: words, versions, a size; then endings, then the shorter name."""
        theirs = entry.parts
        return (
            len(theirs.words - parts.words),
            len(theirs.versions - parts.versions),
            bool(theirs.size) and not parts.size,
            len(parts.neutral - theirs.neutral),
            len(theirs.neutral - parts.neutral) + bool(theirs.active and not parts.active),
            len(entry.spelled),
            entry.spelled,
        )

    @staticmethod
    def _settled(parts: Parts, best: tuple[int, int, bool], first: list[Entry], fitting: list[Entry]) -> bool:
        """Does what the mention left open not matter?"""
        extra_words, extra_versions, size_open = best
        if not extra_words and not extra_versions and not size_open:
            return True
        # A generation may be left out only where nothing else bears the rest of the name: "Llama 405B", "Llama Scout".
        if extra_versions and not extra_words:
            telling = len(parts.words) > 1 or len(re.sub(r"\D", "", parts.size)) > 2
            if not telling or len({entry.parts.versions for entry in first}) > 1:
                return False
        rivals = fitting if extra_words else first
        counts = [entry.params for entry in rivals]
        return min(counts) > 0 and max(counts) <= 1.01 * min(counts)

    def find_model(self, text: str) -> Row:
        """The row that this name, alias or spelling names; BadInput says what is near."""
        asked = text.strip()
        exact = self.by_spelling.get(asked.lower())
        if exact:
            return exact.row
        match = self.match_model(cut(tokens(asked)))
        if not match.candidates and "_" in asked:  # `Llama_3_8B`: its underscore is no point, as that of `Qwen-1_8B` is
            match = self.match_model(cut(tokens(asked.replace("_", "-"))))
        if match.name:
            return self.by_spelling[match.name.lower()].row
        if len(match.candidates) > 1:
            several = ", ".join(match.candidates[:5])
            raise BadInput(f"`{asked[:60]}` could be several models; say which: {several}")
        close = match.candidates or self.near_models(asked)
        raise BadInput(f"no model `{asked[:60]}` in the table" + (f"; near: {', '.join(close)}" if close else ""))

    def near_models(self, text: str, count: int = 3) -> tuple[str, ...]:
        """Names that resemble this one, best first; a near name of the stated size comes before one of another."""
        from rapidfuzz import fuzz, process  # only a name that is not known needs it

        asked = " ".join(tokens(text))
        if not asked:
            return ()
        size = cut(tokens(text)).size
        spellings = {entry.spelled: " ".join(tokens(entry.spelled)) for entry in self.entries}
        close = process.extract(asked, spellings, scorer=fuzz.ratio, limit=12 * count, score_cutoff=58)
        ranked = sorted(close, key=lambda hit: (not self.by_spelling[hit[2].lower()].fits_size(size), -hit[1]))
        found = [str(self.by_spelling[hit[2].lower()].row["name"]) for hit in ranked]
        return tuple(dict.fromkeys(found))[:count]


@cache
def gpu_rows() -> dict[str, Row]:
    """The table of cards by name, read once: an answer looks at dozens of them."""
    from kb.database import rows

    return {row["name"]: row for row in rows("SELECT * FROM gpus")}


def gpu_row(called: str) -> Row:
    """The row of a card, or what a family shares; one that is sold in several sizes may carry its own. Empty where the
    table has none."""
    name = without_size(called)
    return gpu_rows().get(called) or gpu_rows().get(name) or names().families.get(name, {})


@cache
def model_rows() -> dict[str, Row]:
    """The table of models by name, read once: asked for a row alone, the database takes 3 ms of each answer's first model.

    Beside them the aliases that declare another length than the row whose shapes they have: that row, with this length.
    """
    from kb.database import rows

    found: dict[str, Row] = {row["name"]: row for row in rows("SELECT * FROM models")}
    own = rows("SELECT name, model, positions FROM lengths")
    apart = {
        one["name"]: {**found[one["model"]], "aliases": None, "max_position_embeddings": one["positions"]}
        for one in own
    }
    return found | apart


@cache
def own_lengths() -> dict[str, str]:
    """The aliases with a length of their own by how they are spelled: with their owner, and without it where more than
    their row's tuning sets them apart. Who says `Qwen2.5-7B` hardly means the model before its tuning."""
    found: dict[str, str] = {}
    for name, row in model_rows().items():
        if name == row["name"]:
            continue
        found[name.lower()] = name
        theirs, own = set(tokens(name)), set(tokens(str(row["name"])))
        if theirs - own or (own - theirs) - NEUTRAL_WORDS:
            found.setdefault(name.rsplit("/", 1)[-1].lower(), name)
    return found


def model_row(called: str) -> Row:
    """The row of a model, by its name or any that means it; BadInput says what is near."""
    known = model_rows()
    own = own_lengths().get(called.strip().lower(), called)
    return known.get(own) or known[names().find_model(called)["name"]]


@cache
def names() -> Names:
    """The index over the project's own tables, built at first use."""
    return Names([row for name, row in model_rows().items() if name == row["name"]], list(gpu_rows().values()))
