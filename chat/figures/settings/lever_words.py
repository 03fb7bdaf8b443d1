"""What one setting does to memory: both sides worked out, what it acts on, what it leaves, and whether that can be felt."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from chat.figures.formats.scales_doubled import scales_doubled
from chat.figures.named import GIB, Figures, Missing, default_of, gib_words, most_of
from chat.figures.settings.checkpointing import effect, kept_and_price, of_its_part
from chat.figures.settings.cures import as_a_cure, beside_cure
from chat.figures.settings.idle_settings import of_nothing
from chat.figures.settings.lever_claims import (
    accumulated,
    as_seen,
    claim_of,
    judged,
    less_than_the_bits,
    lowers,
    short_scores,
    stays,
)
from chat.figures.settings.levers import LEVERS, Lever
from chat.figures.settings.proportion_words import in_proportion
from chat.figures.settings.unfelt_words import of_short_samples
from chat.phrases import in_words, value
from chat.reads.concepts.levers import TO_NOTHING
from chat.words import term
from formulas.errors import BadInput
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.facts import bits_of
from kb.outcome import Outcome
from kb.programs import serves, written
from kb.stored import FILES
from kb.worked import AFTERWARDS

_FELT, _LARGE = 0.01, 0.15
# terms that are one thing
_ONE = frozenset({"kv_cache"})
_LEAST = 0.05 * GIB
_SIXTEEN = 16  # bits


def _named(figures: Figures) -> str:
    return next((one.partition(":")[2] for one in sorted(figures.about) if one.startswith("lever:")), "")


def _effect(figures: Figures) -> Words:
    """The answer in a few sentences; Missing where no setting is asked about, or it is none of this run."""
    name = _named(figures)
    if name.startswith("nothing:"):
        return of_nothing(
            [
                one.partition(":")[2].partition(":")[2]
                for one in sorted(figures.about)
                if one.startswith("lever:nothing:")
            ]
        )
    if any(one.startswith("lever_times:") for one in figures.about):
        return in_proportion(figures, name)
    lever = LEVERS.get(name)
    if lever is None:
        raise Missing("lever")
    lever = _as_stored(figures, name, lever)
    if lever.trains and serves(figures.given.get("engine")):
        raise Missing("lever")  # of a program that runs models nothing is trained
    if "zero_stage" in lever.on and "zero_stage" in lever.off and figures.n < 2:
        raise Missing("cards")
    figures = of_its_task(figures, lever)
    try:
        off, on = (figures.at(**one) for one in _settings(figures, name, lever))
    except BadInput as error:
        raise Missing("lever") from error
    return _told(figures, lever, Both(off, on))


# levers of the weights' bits, by which their format may be told
_OF_WEIGHTS = ("weight_format", "weights_8bit")
_AS_MANY = 2  # by which formats that are called by the same bits differ


def _as_stored(figures: Figures, name: str, lever: Lever) -> Lever:
    """A cache, or weights, in the format that is told, with its own bits: fp8 has no scales beside it, q8_0 has."""
    told = str(figures.given.get("weight_format") or "")
    if name in _OF_WEIGHTS and told and abs(bits_of(told) - bits_of(str(lever.on["weight_format"]))) < _AS_MANY:
        return replace(lever, on={"weight_format": told})
    told = str(figures.given.get("kv_format") or lever.on.get("kv_format") or "")
    if name != "kv_format" or bits_of(told) >= _SIXTEEN:
        return lever
    bits = figure(float(bits_of(told)))
    return replace(
        lever,
        says=Words(f"a KV cache in {told}", f"{told} 的 KV 缓存"),
        works=Words(
            f"it stores every key and value in {bits} bits instead of 16", f"每个 K、V 用 {bits} 位存,而不是 16 位"
        ),
        on={"kv_format": told},
    )


def _settings(figures: Figures, name: str, lever: Lever) -> list[dict[str, Any]]:
    """The setting off and on: of a batch the two that are told."""
    batches = sorted(int(one) for one in figures.logged_all("batch")) if name == "batch" else []
    if len(batches) > 1:
        return [{"batch_size": one} for one in (batches[0], batches[-1])]
    return [without(one, figures) for one in (lever.off, lever.on)]


def of_its_task(figures: Figures, lever: Lever) -> Figures:
    """The case trained where the setting is one of training, else run."""
    if lever.trains is None or lever.trains == (figures.knob("task") == "train"):
        return figures
    other = Figures(
        {**figures.given, "task": None, "method": lever.on.get("method", "lora") if lever.trains else "inference"},
        figures.told,
    )
    other.about = figures.about
    return other


def both_shown(figures: Figures, lever: Lever) -> Words:
    """What the setting changes of this run, the run in words, and the whole without it and with it."""
    both = Both(figures.at(**without(lever.off, figures)), figures.at(**without(lever.on, figures)))
    acts, case = changes(both, set()), run_words(both.on)
    whole = f"{gib_words(both.off.best)} → {gib_words(both.on.best)}"
    return Words(f"{acts.en} ({case.en}: the whole {whole}.)", f"{acts.zh}({case.zh}:总量 {whole}。)")


def without(setting: dict[str, Any], figures: Figures) -> dict[str, Any]:
    """The setting; what the asker told of the rest of it holds."""
    as_it_is = "precision" in figures.given or "lever_proposed" in figures.about
    if "precision" in setting and (figures.knob("method") != "full" or as_it_is):
        return {name: given for name, given in setting.items() if name != "precision"}
    if (
        "method" in setting
        and ({"lora_rank", "double_quant"} & set(setting))
        and figures.knob("method") in ("lora", "qlora", "dora")
    ):
        return {name: given for name, given in setting.items() if name != "method"}
    return setting


class Both:
    """A case without the setting and with it, term by term, each at the moment of a step when it is largest."""

    def __init__(self, off: Outcome, on: Outcome) -> None:
        self.off, self.on = off, on
        names = dict.fromkeys([*off.terms, *on.terms, "activations", "logits", "gradients"])
        self.terms = {
            name: (most_of(off, name), most_of(on, name)) for name in names if name not in ("slack", "workspace")
        }
        self.changed = {
            name: pair for name, pair in self.terms.items() if abs(pair[1] - pair[0]) >= max(_LEAST, _FELT * pair[0])
        }

    @property
    def share(self) -> float:
        """How much of the whole it changes."""
        return (self.on.best - self.off.best) / self.off.best


def _by_how_much(figures: Figures, lever: Lever, both: Both, whole: Words) -> Words:
    """What it does to the whole: the amount first where that is asked, else that it does; of a setting that most programs have
    already, against what."""
    less = both.off.best - both.on.best
    if {"asks_more", "asks_less"} & figures.about == (
        {"asks_more"} if less > 0 else {"asks_less"}
    ):  # the other way round
        en, zh = ("down", "下降") if less > 0 else ("up", "上升")
        return Words(f"**No: the whole goes {en}, {whole.en}.**", f"**不会:总显存{zh},{whole.zh}。**")
    if lever is LEVERS["flash"] and less > 0 and figures.given.get("attention") != "eager":
        saved = gib_words(less)
        return Words(
            f"**Against eager attention it saves {saved} ({whole.en}); against SDPA, which transformers and PyTorch take by default, nothing more.**",
            f"**相对 eager 注意力省 {saved}({whole.zh});相对 SDPA(transformers、PyTorch 默认)不再多省。**",
        )
    saves = {"saving_asked", "lost_bytes"} & figures.about or lever is LEVERS["double_quant"]
    if not saves or less < 0:
        if {"supposed", "supposed_not"} <= figures.about:  # what is claimed is that it does not
            return Words(f"**False, it does: the whole goes {whole.en}.**", f"**不对,会变:总显存 {whole.zh}。**")
        return Words(f"**Yes: the whole goes {whole.en}.**", f"**会:总显存 {whole.zh}。**")
    saved = gib_words(less)
    return Words(f"**It saves {saved}: the whole goes {whole.en}.**", f"**省 {saved}:总显存 {whole.zh}。**")


def _told(figures: Figures, lever: Lever, both: Both) -> Words:
    asked = next((one.partition(":")[2] for one in figures.about if one.startswith("lever_on:")), "")
    opens, more = _opening(figures, lever, both, asked)
    if lever is LEVERS["checkpointing"] and both.off.best > both.on.best:
        opens, more = of_its_part(figures, opens, more) if not asked else (opens, more)
    told = [opens, *_at_work(figures, lever, both, asked), more]
    case = _of_the_case(figures, both)
    return Words(
        " ".join([one.en for one in told if one.en] + [f"({case.en}.)"]),
        "".join([one.zh for one in told] + [f"({case.zh}。)"]),
    )


def _opening(figures: Figures, lever: Lever, both: Both, asked: str) -> tuple[Words, Words]:
    """The answer itself, and what is added to it behind how the setting works."""
    whole = Words(*(f"{gib_words(both.off.best)} → {gib_words(both.on.best)}",) * 2)
    claimed = claim_of(figures)
    if claimed is not None:
        opens, more = _of_a_claim(both, asked, claimed)
        of_all = lever is LEVERS["optimizer_8bit"] and figures.knob("method") == "full"
        return opens, _in_eight_bits(figures, more) if of_all else more
    if "lever_proposed" in figures.about and abs(both.share) >= _FELT and both.on.capacity is not None:
        bare = "precision" not in figures.given and figures.knob("method") == "full"
        return as_a_cure(figures, both.off, both.on, whole, bare and lever is LEVERS["optimizer_8bit"]), beside_cure(
            figures, both.on
        )
    if "lever_unfelt" in figures.about and "lever_expected" not in figures.about:
        return less_than_the_bits(figures, both.off, both.on) or _unfelt(figures, both, whole), SILENT
    if lever is LEVERS["accumulation"]:
        return accumulated(figures, both.off.best, both.on.best), SILENT
    if asked:
        opens = _of_a_term(figures, lever, both, asked)
        return opens, lowers(asked) if opens.en.startswith("**No") else SILENT
    if lever is LEVERS["checkpointing"]:
        return effect(figures), SILENT
    if abs(both.share) < _FELT and both.off.phase in AFTERWARDS and lever in (LEVERS["length"], LEVERS["batch"]):
        return Words(
            f"**Hardly the whole, as yet: {lever.says.en} makes activations and logits grow, but this run is fullest behind its backward pass, when they are freed again and gradients and optimizer states are all there.**",
            f"**总量暂时几乎不变:{lever.says.zh}会让激活和 logits 变大,但这次训练最满的时刻在反向传播之后,那时它们已释放,而梯度和优化器状态都在。**",
        ), SILENT
    if abs(both.share) < _FELT:
        return Words(
            f"**Hardly: {lever.says.en} changes next to nothing here.**",
            f"**几乎不影响:{lever.says.zh}在这里几乎不改变显存。**",
        ), SILENT
    return _by_how_much(figures, lever, both, whole), SILENT


def _in_eight_bits(figures: Figures, more: Words) -> Words:
    """What 8-bit Adam keeps of a parameter, and what it comes to without an fp32 copy."""
    pure = gib_words(figures.at(optimizer="adamw-8bit", precision="pure-bf16").best)
    each = Words(
        " Per parameter that is 4 + 4 + 8 = 16 B → 4 + 4 + 2 = 10 B.", "每参数即 4 + 4 + 8 = 16 → 4 + 4 + 2 = 10 字节。"
    )
    if figures.pure and "precision" in figures.given:
        each = SILENT
    return Words(
        f"{more.en}{each.en} With 16-bit weights and no fp32 copy (pure bf16 with 8-bit Adam, 6 B per parameter) it is {pure}.",
        f"{more.zh}{each.zh}若权重只存 16 位、不留 fp32 副本(纯 bf16 + 8 位 Adam,每参数 6 字节),总量 {pure}。",
    )


def _at_work(figures: Figures, lever: Lever, both: Both, asked: str) -> list[Words]:
    """How it works and what it changes: of checkpointing and accumulation with their own sums."""
    hidden = lever.hidden if "lever_unfelt" in figures.about and lever.hidden.en else SILENT
    hint = Words(f" {hidden.en[0].upper()}{hidden.en[1:]}.", f"{hidden.zh}。") if hidden.en else SILENT
    if lever is LEVERS["checkpointing"]:
        with suppress(Missing):
            told = kept_and_price(figures)
            return [Words(told.en + hint.en, told.zh + hint.zh)]
    if lever is LEVERS["accumulation"]:
        return []
    if lever is LEVERS["double_quant"]:
        return [scales_doubled(both.off, both.on)]
    how = Words(
        f"{lever.says.en[0].upper()}{lever.says.en[1:]}: {lever.works.en}.", f"{lever.says.zh}:{lever.works.zh}。"
    )
    scores = _scores(figures) if lever is LEVERS["flash"] else SILENT
    return [Words(how.en + scores.en + hint.en, how.zh + scores.zh + hint.zh), changes(both, {asked})]


def _of_the_case(figures: Figures, both: Both) -> Words:
    """What the figures are of, and the whole without the setting and with it."""
    case, off, on = run_words(both.on), gib_words(both.off.best), gib_words(both.on.best)
    if "any_model" in figures.about:  # none was named
        case = Words(f"For example {case.en}", f"例:{case.zh}")
    if off == on:
        if "accumulation" in figures.about and "by_fsdp" in figures.about:  # the whole gradient may hide below the peak
            return Words(f"{case.en}: {on} where they are divided each time", f"{case.zh}:每步都切分时总量 {on}")
        return Words(f"{case.en}: the whole stays at {on}", f"{case.zh}:总量仍是 {on}")
    return Words(f"{case.en}: the whole {off} → {on}", f"{case.zh}:总量 {off} → {on}")


# times the length at which the square is shown, and up to which length
_LONGER, _SHORT = 4, 4096


def _scores(figures: Figures) -> Words:
    """What the scores of one layer would be, of one sequence as long as the one at hand."""
    try:
        heads, length = figures.fact("n_heads"), float(figures.knob("seq_len") or 1)
    except BadInput:
        return SILENT
    if written(figures.knob("engine")) == FILES:
        step = default_of(FILES, "n_ubatch", "inference")
        held = f"{figure(heads)} × {figure(step)} × {figure(length)} × 4 B = {gib_words(heads * step * length * 4)}"
        return Words(
            f" Without it llama.cpp holds the scores of one step, {held}, which grow with the context; with it long prompts are read faster as well, and a quantised V cache needs it.",
            f"不开时 llama.cpp 要存一步的分数 {held},随上下文增长;打开后长提示也读得更快,量化 V 缓存也必须开它。",
        )
    size = 2 * heads * length * length
    if size < GIB / 4:
        return short_scores(heads, length) if "seq_len" in figures.given else SILENT
    shown = f"{figure(heads)} × {figure(length)}² × 2 B = {gib_words(size)}"
    longer, times = _LONGER * length, _LONGER**2
    more, more_zh = "", ""
    if length <= _SHORT:
        there = gib_words(size * times)
        more = f", and as the square of the length {there} at {longer:,.0f} ({times} times)"
        more_zh = f",随长度的平方增长,{longer:,.0f} token 时 {there}({times} 倍)"
    return Words(
        f" Eager attention makes them in prefill and training: {shown} a layer{more}; PyTorch's SDPA and servers (vLLM, SGLang) never write them out.",
        f"eager 注意力在 prefill 和训练时要生成它:每层 {shown}{more_zh};PyTorch 的 SDPA 和 vLLM、SGLang 本来就不写出。",
    )


def _of_a_claim(both: Both, asked: str, claimed: float) -> tuple[Words, Words]:
    """The verdict on what is claimed of a part or of the whole; temporaries of a step are no part of what stays."""
    if asked:
        before, after = both.terms.get(asked, (0.0, 0.0))
        return judged(before, after, claimed, Words(f"the {term(asked, 'en')}", term(asked, "zh"))), SILENT
    short = [where.terms.get("buffers", 0.0) for where in (both.off, both.on)]
    of, more = Words("the whole goes", "总显存"), stays(both.terms, both.changed)
    if abs(short[0] - short[1]) >= GIB / 2:
        of = Words("without temporaries of the optimizer's step the whole goes", "不计优化器更新的临时内存,总显存")
    return judged(both.off.best - short[0], both.on.best - short[1], claimed, of), more


def _of_a_term(figures: Figures, lever: Lever, both: Both, asked: str) -> Words:
    before, after = both.terms.get(asked, (0.0, 0.0))
    name, name_zh = term(asked, "en"), term(asked, "zh")
    if asked not in both.changed:
        seen = as_seen(figures, after)
        amount = f" ({gib_words(after)}{{}})" if after >= _LEAST else "{}"
        amount, amount_zh = (amount.format(one if after >= _LEAST else "") for one in (seen.en, seen.zh))
        return Words(
            f"**No: the {name} {'stays as it is' if asked in _ONE else 'stay as they are'}{amount}.**",
            f"**不会:{name_zh}不变{amount_zh}。**",
        )
    pair = f"{gib_words(before)} → {gib_words(after)}"
    if "lever_expected" in figures.about and after > before:
        return Words(
            f"**No: the {name} even {'goes' if asked in _ONE else 'go'} {pair}.**", f"**不会:{name_zh}反而 {pair}。**"
        )
    if TO_NOTHING in figures.about:
        return Words(f"**No, not to nothing: the {name} {'goes' if asked in _ONE else 'go'} {pair}.**", f"**不对,不会是零:{name_zh} {pair}。**")  # fmt: skip
    return Words(f"**Yes: the {name} {'goes' if asked in _ONE else 'go'} {pair}.**", f"**会:{name_zh} {pair}。**")


def changes(both: Both, told: set[str]) -> Words:
    """The terms that change, those first that change most, and what stays."""
    moved = sorted(both.changed.items(), key=lambda one: -abs(one[1][1] - one[1][0]))
    pairs = [(name, f"{gib_words(one[0])} → {gib_words(one[1])}") for name, one in moved if name not in told]
    if not pairs:
        return Words("Nothing else changes." if both.changed else "", "其余不变。" if both.changed else "")
    named = ", ".join(f"{term(name, 'en')} {pair}" for name, pair in pairs)
    named_zh = "、".join(f"{term(name, 'zh')} {pair}" for name, pair in pairs)
    return Words(f"It changes {named}.", f"改变的是{named_zh if ord(named_zh[0]) > 127 else ' ' + named_zh}。")


def _unfelt(figures: Figures, both: Both, whole: Words) -> Words:
    if figures.knob("task") != "train" and serves(figures.given.get("engine")):
        return Words(
            "**That is to be expected: the server takes its share of the card at its start, whatever the model needs;** what the "
            f"setting changes in the need ({whole.en}) only changes how much of that share is left for the cache. Lower gpu_memory_utilization to give memory back.",
            f"**这是正常的:服务端启动时就按比例占满显存,与实际需要无关。**这个设置改变的是实际所需({whole.zh}),也就是占满的部分里留给 KV 缓存的多少。要让出显存,调低 gpu_memory_utilization。",
        )
    if abs(both.share) < _LARGE:
        largest = sorted(both.on.terms.items(), key=lambda one: -one[1])[:2]
        decide = " and ".join(f"{term(name, 'en')} ({gib_words(size)})" for name, size in largest)
        decide_zh = "和".join(f"{term(name, 'zh')}({gib_words(size)})" for name, size in largest)
        return Words(
            f"**That is to be expected: here it changes {_percent(both.share)} of the whole;** what decides is {decide}.",
            f"**这是正常的:在这里它只改变总量的 {_percent(both.share)}。**占大头的是{decide_zh}。",
        )
    short = of_short_samples(figures)
    return Words(
        f"**It should be felt, {whole.en}; where it is not, it is not in effect, or was on before{short.en}.** Compare "
        "torch.cuda.max_memory_allocated(): nvidia-smi also shows what PyTorch keeps and does not use.",
        f"**按理应有变化({whole.zh});没有变化,就是没有生效,或者之前已经开着{short.zh}。**请比较 torch.cuda.max_memory_allocated():nvidia-smi 还包含 PyTorch 留着没用的部分。",
    )


def _percent(share: float) -> str:
    return f"{abs(share):.0%}" if abs(share) >= _FELT else "< 1 %"


def run_words(there: Outcome) -> Words:
    """The case in words: model, method, length and batch."""
    knob = there.situation.knob
    said = []
    for language in ("en", "zh"):
        words = [value("model", knob("model"), language), value("method", knob("method"), language)]
        words += [in_words(name, knob(name), language) for name in ("seq_len", "batch_size") if knob(name) is not None]
        said.append((", " if language == "en" else "、").join(words))
    return Words(*said)


LEVER_WORDS: dict[str, Callable[[Figures], Words]] = {"lever_effect": _effect}
