"""The panel of facts in force: what was said, what is assumed, each in a control that sets it by hand."""

from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from chat.answers.refused import refused
from chat.events import Answer, Said
from chat.phrases import in_words, label, pick, value
from chat.reads.follow_ups.follow import TRAINING_ONLY, adjusted
from chat.words import fact_value, say
from formulas.errors import BadInput
from kb.cards import cards_meant
from kb.knobs import BY_NAME, KNOBS, Knob
from kb.names import names

# what answers turn on most stands first; the rest in the order of the knobs
_FIRST = ("model", "params", "method", "bits", "weight_format", "gpu", "gpu_memory_gb", "n_gpus", "zero_stage", "seq_len",
          "batch_size")  # fmt: skip
_OFFERED = tuple(
    sorted(
        (knob for knob in KNOBS if not knob.advanced and knob.name not in ("config", "task")),
        key=lambda knob: _FIRST.index(knob.name) if knob.name in _FIRST else len(_FIRST),
    )
)
_BETWEEN = " | "  # several values of one fact in one control
_SHORT = 8  # a count of so few values is a list to choose from
_LISTS = {"model": "kb-models", "gpu": "kb-gpus"}
# choices whose own names say little to who has not read the code; the names are told with them
_CHOICES = {
    "full-logits": ("all logits at once (full-logits)", "一次算出全部 logits (full-logits)"),
    "last-logits": ("the last token's logits (last-logits)", "只算最后一个 token (last-logits)"),
    "fused": ("fused, no whole logits (fused)", "融合，不保存完整 logits (fused)"),
    "chunked": ("piece by piece (chunked)", "分块计算 (chunked)"),
    "flash": ("FlashAttention (flash)", "FlashAttention (flash)"),
    "sdpa": ("PyTorch's SDPA (sdpa)", "PyTorch SDPA (sdpa)"),
    "eager": ("whole score matrices (eager)", "保存整个分数矩阵 (eager)"),
    "tensors": ("tensors alone", "仅张量"),
    "allocated": ("allocated by PyTorch", "PyTorch 已分配"),
    "reserved": ("reserved by PyTorch", "PyTorch 预留"),
    "device": ("the whole card (nvidia-smi)", "整张卡 (nvidia-smi)"),
    "selective": ("selective", "选择性"),
    "none": ("nothing", "不卸载"),
}
# turns that a link may bring back: each is answered again
MOST_TURNS = 12
QUESTION = "q"


def in_force(answer: Answer) -> dict[str, tuple[tuple[Any, ...], bool]]:
    """Every fact that the answer rests on: its values, and whether they were said or set (or else assumed)."""
    result = answer.result
    found = {name: [fact_value(given)] for name, given in (result.get("facts") or {}).items()}
    cases = result.get("cases") or []
    if not found and cases:  # solved for, and nothing estimated: the call has the rest
        found = {name: given if isinstance(given, list) else [given] for name, given in _called(answer).items()}
    for name in dict.fromkeys(name for case in cases for name in case["facts"]):
        tried = [fact_value(case["facts"][name]) for case in cases if name in case["facts"]]
        tried = [one for one in tried if one is not None]  # of ways side by side some have no such setting
        found[name] = list(dict.fromkeys(tried))
    if "gpu" not in answer.given and "gpu_memory_gb" in answer.given:
        found.pop("gpu", None)  # a card of so much memory, and no more is known of it
    facts = {
        name: (tuple(BY_NAME[name].parse(one) for one in values), False)
        for name, values in found.items()
        if values and BY_NAME.get(name) in _OFFERED
    }
    facts |= {name: (values, True) for name, values in answer.given.items() if values}
    return {knob.name: facts[knob.name] for knob in _OFFERED if knob.name in facts}


def _called(answer: Answer) -> dict[str, Any]:
    """The facts of the first call that was carried out with any."""
    calls = [call["args"] for call in answer.tool_calls if call["name"] in ("estimate_memory", "solve_for")]
    return calls[0] if calls else {}


# ── what comes back ────────────────────────────────────────────────────────────────────────────────────────────────


class BadFact(BadInput):
    """A value that a fact cannot have; `name` is the fact."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name = name


def parsed(name: str, text: Any) -> tuple[Any, ...]:
    """The values that a control or a link means; none when it is empty. BadFact says what would do."""
    pieces = [piece.strip() for piece in str(text)[:1000].split(_BETWEEN.strip())]
    try:
        if name != "task" and BY_NAME.get(name) not in _OFFERED:
            raise BadInput(f"no fact `{name[:60]}`")
        found = tuple(dict.fromkeys(BY_NAME[name].parse(piece) for piece in pieces if piece))
        for one in found:
            if name == "model":
                names().find_model(one)
            elif name == "gpu":
                cards_meant(one)
    except BadInput as error:
        raise BadFact(name, str(error)) from None
    return found


def changed(answer: Answer, texts: Mapping[str, Any]) -> Said:
    """The facts in force once these controls were set. BadFact names the first that cannot be."""
    return adjusted(answer.given, {str(name): parsed(str(name), text) for name, text in texts.items()})


# ── links ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def link(turns: list[Answer]) -> str:
    """`?q=…&seq_len=8192&q=…`: the questions in order, each followed by the facts that were set by hand after it."""
    pairs: list[tuple[str, str]] = []
    for turn in turns[-MOST_TURNS:]:
        pairs.append((QUESTION, turn.question))
        pairs += [(name, _BETWEEN.join(map(str, values))) for name, values in turn.changed.items()]
    return "?" + urlencode(pairs)


def linked(query: str) -> tuple[list[tuple[str, Said]], list[str]]:
    """The turns of a link, each a question with the facts to set after it, and what could not be read."""
    turns: list[tuple[str, Said]] = []
    troubles: list[str] = []
    try:
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=200)
    except ValueError as error:
        return [], [str(error)]
    for name, text in pairs:
        if name == QUESTION and text.strip() and len(turns) < MOST_TURNS:
            turns.append((text, {}))
        elif turns and name in BY_NAME:
            try:
                turns[-1][1][name] = parsed(name, text)
            except BadFact as error:
                troubles.append(str(error))
    return turns, troubles


# ── HTML ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def panel_html(answer: Answer | None, trouble: BadFact | None = None, typed: Any = "") -> str:
    """The panel for an answer, in its language; empty when it rests on no facts."""
    facts = in_force(answer) if answer is not None else {}
    if answer is None or not facts:
        return ""
    language = answer.language
    trains = facts.get("method", (("inference",), False))[0] != ("inference",)
    rows, spare = [], []
    for knob in _OFFERED:
        values, said = facts.get(knob.name, ((), False))
        wrong = trouble is not None and trouble.name == knob.name
        row = _row(knob, values, said, language, str(typed) if wrong else None)
        if values or wrong:
            rows.append(row)
        elif trains or knob.name not in TRAINING_ONLY:
            spare.append(row)
    alert = ""
    if trouble is not None:
        alert = escape(_refused(trouble, language))
    return (
        f'<section class="kb-facts" lang="{"zh-CN" if language == "zh" else "en"}" aria-label="{say("in_force", language)}">'
        f'<button type="button" class="kb-toggle" data-toggle="open" aria-controls="kb-facts-body">'
        f"<b>{say('in_force', language)}</b> <span>{escape(_summary(facts, language))}</span></button>"
        f'<div id="kb-facts-body" class="kb-body"><p class="kb-alert" role="alert">{alert}</p>{"".join(rows)}{_quoted(answer, language)}'
        f'<button type="button" class="kb-toggle kb-spare-toggle" data-toggle="more" aria-controls="kb-spare">{say("more", language)}</button>'
        f'<div id="kb-spare" class="kb-spare">{"".join(spare)}</div></div></section>'
    )


def _quoted(answer: Answer, language: str) -> str:
    """What the question quotes of somebody else's case."""
    told = [in_words(name, one, language) for name, values in answer.others.items() for one in values]
    if not told:
        return ""
    words = say("told_by", language).format(facts=("、" if language == "zh" else ", ").join(told))
    return f'<p class="kb-quoted">{escape(words)}</p>'


def _refused(trouble: BadFact, language: str) -> str:
    """Why a value cannot be; in Chinese, what would be taken stands in front."""
    why = refused(str(trouble), language)
    takes = _taken(BY_NAME[trouble.name]) if language == "zh" and trouble.name in BY_NAME else ""
    if takes:
        why = f"{takes}（{why}）"
    return say("bad_fact", language).format(label=label(trouble.name, language), why=why)


def _taken(knob: Knob) -> str:
    """What a field takes, in Chinese."""
    options = _options(knob)
    if options:
        return "可取 " + "、".join(value(knob.name, knob.parse(one), "zh") for one in options)
    kinds = {
        "count": f"应为不小于 {knob.least} 的整数",
        "number": "应为大于 0 的数",
        "size": "应为大于 0 的数，可带 K、M、B 或 T",
        "name": "应为表里有的名称，可从列表中选",
    }
    most = f"，最大 {knob.most:,}" if knob.most is not None else ""
    return kinds[knob.kind] + most if knob.kind in kinds else ""


def _summary(facts: dict[str, tuple[tuple[Any, ...], bool]], language: str) -> str:
    said = [
        " / ".join(in_words(name, one, language) for one in values) for name, (values, asked) in facts.items() if asked
    ]
    left = sum(not asked for _, asked in facts.values())
    return " · ".join([*said, *([say("several", language).format(count=left)] if left else [])])


def _row(knob: Knob, values: tuple[Any, ...], said: bool, language: str, typed: str | None) -> str:
    says = knob.zh if language == "zh" else knob.says
    unit = "" if language == "zh" or knob.unit in ("", "bit") else f" ({knob.unit})"
    origin = "" if not values else say("said_by" if said else "assumed_by", language)
    kind = " kb-said" if values and said else ""
    return (
        f'<div class="kb-fact{kind}"><label for="kb-f-{knob.name}" title="{escape(says + unit)}">'
        f'{escape(label(knob.name, language))}</label> <span class="kb-origin" id="kb-o-{knob.name}">{origin}</span>'
        f"{_control(knob, values, language, typed)}</div>"
    )


def _control(knob: Knob, values: tuple[Any, ...], language: str, typed: str | None) -> str:
    now = _BETWEEN.join(_plain(knob, one) for one in values)
    wrong = ' aria-invalid="true"' if typed is not None else ""
    shared = (
        f'id="kb-f-{knob.name}" name="{knob.name}" data-now="{escape(now)}" aria-describedby="kb-o-{knob.name}"{wrong}'
    )
    options = _options(knob)
    if options:
        if now not in ("", *options):
            options = (now, *options)
        listed = "".join(
            f'<option value="{escape(one)}"{" selected" if one == now else ""}>{escape(_shown(knob, one, values, language))}</option>'
            for one in ("", *options)
        )
        return f"<select {shared}>{listed}</select>"
    shown = typed if typed is not None else now
    if knob.kind in ("count", "number") and len(values) <= 1 and typed is None:
        step = "1" if knob.kind == "count" else "any"
        least = knob.least if knob.kind == "count" else 0
        return f'<input type="number" inputmode="decimal" min="{least}" step="{step}" value="{escape(shown)}" placeholder="–" {shared}>'
    listed = f' list="{_LISTS[knob.name]}"' if knob.name in _LISTS else ""
    return f'<input type="text" value="{escape(shown)}" placeholder="–" autocomplete="off" spellcheck="false"{listed} {shared}>'


def _options(knob: Knob) -> tuple[str, ...]:
    if knob.kind == "choice":
        return knob.options
    if knob.kind == "switch":
        return "yes", "no"
    if knob.kind == "count" and knob.most is not None and knob.most - knob.least < _SHORT:
        return tuple(map(str, range(knob.least, knob.most + 1)))
    return ()


def _plain(knob: Knob, one: Any) -> str:
    """A value as its control holds it."""
    if knob.kind == "switch":
        return "yes" if one else "no"
    short = value(knob.name, one, "en")
    if knob.kind == "size" and knob.parse(short) == one:
        return short
    if knob.name == "model" and names().by_spelling.get(short.lower()) is names().by_spelling.get(str(one).lower()):
        return short
    return str(one)


def _shown(knob: Knob, option: str, values: tuple[Any, ...], language: str) -> str:
    if not option:
        return f"– {say('taken_back', language)}"
    if _BETWEEN in option:
        return " / ".join(value(knob.name, one, language) for one in values)
    words = _CHOICES.get(option)
    return pick(words, language) if words else value(knob.name, knob.parse(option), language)


def lists_html() -> str:
    """The names that the fields of model and card offer while one types, once for the whole page."""
    known = {
        "kb-models": sorted({entry.row["name"] for entry in names().entries}),
        "kb-gpus": [c.name for c in names().cards],
    }
    return "".join(
        f'<datalist id="{name}">{"".join(f"<option>{escape(str(one))}</option>" for one in listed)}</datalist>'
        for name, listed in known.items()
    )
