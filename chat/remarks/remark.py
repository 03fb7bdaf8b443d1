"""What an expert adds to a figure: one table of remarks, each with its condition, both languages and its source.

A remark's numbers are figures of the case (`{w16}`, see chat/figures/named.py) or those of its cited source. One whose figure does
not exist for the case is not made.
"""

import re
import string
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chat.figures.catalogue import NAMED, TERM_OF_FIGURE
from chat.figures.failures.turns import as_cases, in_a_row
from chat.figures.named import Figures, Missing
from chat.figures.sums.quoted import known
from chat.remarks.silences import SILENCES
from chat.remarks.yes_no import with_answer
from formulas.errors import BadInput
from kb.kernels import lacking
from kb.names import gpu_row
from kb.placed import beside, may_be_hybrid
from kb.programs import serves, written
from kb.recipe import ADAPTERS

MOST = 5
# the fields of a remark that are words, not figures, as those of NAMED are: attributes of the figures
TURNS = {"causes": "causes", "ways": "ways", "raised": "raised", "likeliest": "causes", "untold": "causes"}


# what a remark is beside a failure: its cause, of which an answer tells the first; a suspect, which a cause silences
# a failure that memory has nothing to do with leaves nothing else to say
CAUSE, SUSPECT, ELSEWHERE = "cause", "suspect", "elsewhere"
# what is told before all else: what the question takes for granted and is wrong, or the one amount that is asked for
FIRST = "first"
# beside a cause so many causes in all, and so many remarks; from this rank on a cause is only the sum itself
_MOST_CAUSES, _MOST_BESIDE = 2, 3
_SUM, _UNTOLD = 7, 11
_DIGITS = 0.006  # three digits are off by no more
# the shares of a card that servers take by default, or are often told to take
_USUAL_SHARE = (0.8, 0.98)
# asked why a run fails, or takes more than was thought
TROUBLE = ("oom_diagnosis", "why_more")


@dataclass(frozen=True)
class Remark:
    """rank: those with the lowest come first, and beyond MOST are left out."""

    key: str
    rank: int
    when: "Callable[[Asked], bool]"
    en: str
    zh: str
    source: tuple[str, str]
    role: str = ""


class Asked:
    """What is asked about, and the case that it is asked of."""

    def __init__(self, about: Iterable[str], figures: Figures) -> None:
        self.about = figures.about = frozenset(about)
        self.figures = figures

    def any(self, *names: str) -> bool:
        """Is one of these intents or topics asked about?"""
        return bool(self.about & set(names))

    def all(self, *names: str) -> bool:
        return set(names) <= self.about

    def k(self, name: str) -> Any:
        """A fact of the case."""
        return self.figures.knob(name)

    def said(self, name: str) -> bool:
        """Did the question give this fact?"""
        return name in self.figures.given

    def given(self, name: str, *values: Any) -> bool:
        """Did the question give this fact one of these values?"""
        return self.figures.given.get(name) in values

    def over(self, name: str, least: float) -> bool:
        """Is this figure at least so large? Amounts in bytes."""
        return self.figures.amount(name) >= least

    def of_the_need(self, term: str) -> float:
        """The share that a term has of what the fullest card needs."""
        return self.figures.base.terms.get(term, 0.0) / self.figures.base.best

    @property
    def modelled(self) -> bool:
        """Is it about a model or a size?"""
        return bool({"model", "params", "config"} & set(self.figures.given))

    @property
    def training(self) -> bool:
        if not self.modelled:
            return self.figures.given.get("task") == "train" or self.method not in (None, "inference")
        return bool(self.k("task") == "train")

    @property
    def serving(self) -> bool:
        return self.modelled and not self.training

    @property
    def latent(self) -> bool:
        """Does it keep one compressed vector for all heads (MLA)?"""
        return "kv_lora_rank" in self.figures.base.situation.facts

    @property
    def hosted(self) -> bool:
        """Does host memory hold layers or experts of a model that runs?"""
        return self.serving and (
            self.k("offload") not in (None, "none", "kv") or self._some_layers or self.said("n_cpu_moe")
        )

    @property
    def beside_ram(self) -> bool:
        """Does the host memory that was told hold a part of what the cards do not?"""
        base = self.figures.base if self.modelled else None
        return base is not None and may_be_hybrid(base) and beside(base) is not None

    @property
    def _some_layers(self) -> bool:
        """Are fewer layers told for the cards than the model has? -ngl 99 means all of them."""
        return self.said("gpu_layers") and float(self.k("gpu_layers")) < self.figures.amount("layers")

    @property
    def unequal_cards(self) -> bool:
        """Have the cards different memory?"""
        return len({card.capacity for card in self.figures.base.case.rig}) > 1

    @property
    def method(self) -> Any:
        return self.k("method")

    @property
    def adapters(self) -> bool:
        return self.method in ADAPTERS

    @property
    def wholly(self) -> bool:
        """Are embedding or head told to train whole beside adapters?"""
        return self.figures.given.get("modules_to_save") not in (None, "none")

    @property
    def n(self) -> int:
        return int(self.k("n_gpus") or 1)

    @property
    def zero(self) -> int:
        return int(self.k("zero_stage") or 0)

    @property
    def failed(self) -> bool:
        """Is a run told to have failed for want of memory, and not only feared to?"""
        return self.any("oom_diagnosis", "fell_back", "short_by") and not self.any("might_fail")

    @property
    def preallocates(self) -> bool:
        """Does, or may, the program take its share of a card at its start?"""
        engine = self.figures.given.get("engine")
        if engine or self.reads_gguf or self.any("unified_memory") or self.hosted:
            return serves(engine)
        served = self.n > 1 or str(self.k("weight_format")).startswith(("awq", "gptq", "fp8"))
        return self.said("gpu_memory_utilization") or (served and not self._seen_below_need) or self._seen_as_a_share

    @property
    def by_server(self) -> bool:
        """Is a program named that takes its share of a card at its start?"""
        return serves(self.figures.given.get("engine"))

    @property
    def _seen_below_need(self) -> bool:
        """Was less seen than the need, and so no share of a card?"""
        seen = max((float(one) for one in self.figures.told.get("observed_gb", ())), default=0.0)
        return 0 < seen * 1e9 < self.figures.base.best

    @property
    def _seen_as_a_share(self) -> bool:
        """Is what was seen about what servers take of this card, and far more than the need?"""
        room = self.figures.base.capacity or 0.0
        seen = max((float(one) for one in self.figures.told.get("observed_gb", ())), default=0.0)
        low, high = _USUAL_SHARE
        as_a_share = any(low * room <= seen * unit <= high * room for unit in (1e9, 2**30))
        return self.serving and as_a_share and 2 * self.figures.base.best < seen * 1e9

    @property
    def reads_gguf(self) -> bool:
        if written(self.figures.given.get("engine")) in ("exllama", "mlx"):
            return False
        return self.k("engine") == "llama.cpp" or str(self.k("weight_format")).startswith("gguf")

    @property
    def in_transformers(self) -> bool:
        """Is it run by transformers itself, or by no program that is named?"""
        engine = written(self.figures.given.get("engine"))
        own = engine == "transformers" or not (engine or self.said("gpu_memory_utilization"))  # which servers have
        return own and self.serving and not self.reads_gguf

    @property
    def whole_length(self) -> bool:
        """Does the program set aside a cache for all that the model declares, where no length is told?

        vLLM must hold one such sequence; llama.cpp and ExLlama allocate it; Ollama has a length of its own.
        """
        engine = written(self.figures.given.get("engine"))
        packed = self.said("bpw") or str(self.k("weight_format")).startswith(("awq", "gptq", "exl", "fp8"))
        allocates = engine in ("vllm", "llama.cpp", "exllama") or (not engine and (packed or self.reads_gguf))
        return self.serving and not self.said("seq_len") and allocates and not self.ollama

    @property
    def keeps_free(self) -> bool:
        """Is a part of the card to stay free for something else?"""
        return "kept_free" in self.figures.log

    @property
    def ollama(self) -> bool:
        """Is Ollama the program that is named, and not only the one that runs what another does not?"""
        alone = {str(one) for one in self.figures.told.get("programs", ())} == {"ollama"}
        return alone and "runs_elsewhere" not in self.figures.log

    @property
    def quoted(self) -> bool:
        """Is what the asker states a sum of parts?"""
        return known(self.figures)

    @property
    def fits(self) -> bool:
        return self.modelled and self.figures.base.verdict == "yes"

    @property
    def may_fit(self) -> bool:
        return self.modelled and self.figures.base.verdict in ("yes", "borderline")

    @property
    def caused(self) -> bool:
        """Would a usual setting that was not said overflow the card?"""
        try:
            return bool(self.figures.causes)
        except (Missing, BadInput):
            return False

    @property
    def logits_of_the_step(self) -> bool:
        """Is the allocation that failed one copy of the logits of just the step that was told?"""
        return {"batch_size", "seq_len"} <= set(self.figures.given) and self.figures.amount(
            "tried_tokens"
        ) == self.figures.tokens

    @property
    def logits_as_tried(self) -> bool:
        """Is it, to the digits of the message, one copy of the logits of the length that was told?"""
        return self.said("seq_len") and abs(self.figures.amount("tried_tokens") / self.figures.tokens - 1) < _DIGITS

    @property
    def card(self) -> Mapping[str, Any]:
        """The card's row, empty if no card is named."""
        if not self.modelled:
            return {}
        card = self.figures.base.case.card
        return gpu_row(card.name) if card else {}

    @property
    def lacks_kernels(self) -> bool:
        """Does the format not run on the card in the usual servers?"""
        card = self.figures.base.case.card
        return lacking(self.k("weight_format"), card, self.figures.given.get("engine")) is not None

    @property
    def shape(self) -> Mapping[str, Any]:
        """The model's row, empty for a size or a config."""
        try:
            return self.figures.row()
        except (Missing, BadInput):
            return {}

    @property
    def pixels_help(self) -> bool:
        """Would it fit with its pictures scaled down?"""
        return self.figures.amount("peak_capped") <= self.figures.amount("capacity")

    @property
    def shorter_fits(self) -> bool:
        """Does it not fit, or hardly, and is a shorter context of any help: would it go without a cache, or in the fewer bits that
        stand beside 16 where nobody said how many?"""
        base = self.figures.base
        bare = base.best - float(base.terms.get("kv_cache", 0.0))
        fewer = self.figures.given.get("bits") == 16 and not self.any("named_16_bit", "no_quantising")
        return base.verdict in ("no", "borderline") and base.capacity is not None and (fewer or bare < base.capacity)

    @property
    def native_fp8(self) -> bool:
        """Was the model published in FP8?"""
        return str(self.shape.get("quantization")).startswith("fp8")

    @property
    def as_published(self) -> bool:
        """Is it stored in the format of few bits that it was published in?"""
        format_here = str(self.k("weight_format"))
        return format_here in ("mxfp4", "fp8") and str(self.shape.get("quantization")).startswith(format_here)

    @property
    def unquantised_too(self) -> bool:
        """Is 16 bit named of the weights, or their size in it?"""
        of_a_cache = self.any("kv_cache") and not self.given("weight_format", "bf16", "fp16")
        return (self.any("named_16_bit") and not of_a_cache) or self.over("claim_16", 1)

    @property
    def experts(self) -> bool:
        """Of the model that is meant; one that only stands for a size tells nothing of its experts."""
        return bool(self.shape.get("n_experts")) and not self.said("params")


_LITTLE_OF_A_CARD = 0.03


def idle_is_little(c: Asked) -> bool:
    """Is what lies unused in PyTorch's blocks next to nothing of the card, which tensors fill?"""
    card = c.figures.amount("log_total") or c.figures.amount("capacity")
    return 0 < c.figures.amount("oom_idle") < _LITTLE_OF_A_CARD * card


def by_rank(remark: Remark) -> tuple[bool, bool, int]:
    """Causes first: what else is true of the case comes after what explains the failure."""
    return remark.role != ELSEWHERE, remark.role != CAUSE, remark.rank


def made(about: Iterable[str], figures: Figures, most: int = MOST) -> list[dict[str, Any]]:
    """The remarks that hold, in both languages, with the figures that they tell."""
    from chat.remarks.table import REMARKS

    asked = Asked(about, figures)
    found: list[dict[str, Any]] = []
    silent: tuple[str, ...] = ()
    causes, untold = 0, False
    for remark in sorted(REMARKS, key=by_rank):
        if len(found) == (most if most > MOST or not causes else _MOST_BESIDE):
            break
        if remark.key.startswith(silent) or (causes and most <= MOST and _silenced(remark, causes, untold)):
            continue
        try:
            if not remark.when(asked):
                continue
            en, zh = _filled(remark.en, figures, "en"), _filled(remark.zh, figures, "zh")
        except (Missing, BadInput):
            continue
        en, zh = with_answer(remark.key, asked.about, en, zh)
        silent += SILENCES.get(remark.key, ())
        title, url = remark.source
        used = [name for name in dict.fromkeys(_names(remark.en)) if name in TERM_OF_FIGURE]
        turned = next((name for name in TURNS if name in _names(remark.en)), None)
        cases = as_cases(figures, getattr(figures, TURNS[turned])) if turned else []
        found.append(
            {"key": remark.key, "role": remark.role, "en": en, "zh": zh, "title": title, "url": url,
             "figures": [{"quantity": TERM_OF_FIGURE[name], "gib": figures.amount(name) / 2**30} for name in used],
             **({"cases": cases} if cases else {})}
        )  # fmt: skip
        causes += remark.role == CAUSE
        untold |= remark.role == CAUSE and remark.rank >= _UNTOLD
        if remark.role == ELSEWHERE:
            break
    if causes and asked.failed and asked.fits and asked.caused and not any("cases" in one for one in found):
        found[0]["cases"] = as_cases(figures, figures.causes)  # what would overflow it is told to programs all the same
    return found


def _silenced(remark: Remark, causes: int, untold: bool) -> bool:
    """Whether a cause that was found leaves a remark nothing to say; where it is only that something was not told, suspects stay."""
    if remark.role == CAUSE:
        return causes == _MOST_CAUSES or remark.rank >= _SUM
    return remark.role == SUSPECT and not untold


def is_general(remark: Remark) -> bool:
    """Whether it holds of any model: it tells no figure of a case."""
    return not _names(remark.en)


def _names(template: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def _filled(template: str, figures: Figures, language: str) -> str:
    def said(name: str) -> str:
        if name in NAMED:
            return NAMED[name](figures).in_(language)
        return in_a_row(getattr(figures, name)).in_(language) if name in TURNS else figures[name]

    return _as_written(template.format_map({name: said(name) for name in _names(template)}), figures)


def _as_written(text: str, figures: Figures) -> str:
    """An amount that the asker wrote in GiB in that unit, where it is quoted and no result of a sum."""
    for amount in map(float, figures.told.get("claims_gib", ())):
        text = re.sub(rf"(?<![\d.,])(?<!= ){re.escape(f'{amount:g}')} GB(?! \()", f"{amount:g} GiB", text)
    return text
