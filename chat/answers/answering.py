"""What the embedded model says once the tools have spoken, and when no tool is needed."""

from typing import Any

from chat.answers.arithmetic_words import arithmetic_words, of_a_cache
from chat.answers.as_asked import as_asked
from chat.answers.background import facts_told, is_background
from chat.answers.case_tables import cases_of, longest_of, terms_table
from chat.answers.compared import compared
from chat.answers.count_words import count_line
from chat.answers.headlines import headline
from chat.answers.host_words import host_figures, ram_words
from chat.answers.on_pace import pace_wanted, pace_words
from chat.answers.recommended import recommended
from chat.answers.refused import refused
from chat.answers.remarks_told import VERDICTS, Spoken, chosen, listed, told_by_remarks, told_with_prices
from chat.answers.remarks_told import opening as first_of
from chat.answers.table_words import claims_words, query_words
from chat.answers.unanswered import of_cards, unknown, without_tools
from chat.answers.warned import warnings
from chat.answers.wording import assumed, body, finished, not_understood
from chat.phrases import case_words, gib, in_words, of_method
from chat.plans.example import needs_example, with_example
from chat.plans.example import told as example_told
from chat.plans.machines import wants_cards
from chat.plans.pace import named_run
from chat.plans.understood import has_subject, understood
from chat.reads.reading import Reading
from chat.remarks.remark import CAUSE, ELSEWHERE
from chat.units import unit_words
from kb.cases import LAYOUTS

_PACED = {"training_time", "generation_speed"}
_BY_FORMULAS = (
    "If all that is assumed below holds, the formulas put the limit at:",
    "若下面的假设都成立,按公式的上限是:",
)
Said = tuple[list[str], list[str]]
# asked why, the answer is the explanation: it comes right after the verdict
_EXPLAINED_FIRST = frozenset({
    "oom_diagnosis", "why_more", "zero_offload", "method_diff", "adam_state", "kv_cache", "moe", "rl_memory", "units",
    "explain_derive", "check_arithmetic", "table_lookup", "multi_gpu_split", "quant_gguf", "injection",
})  # fmt: skip
# remarks beside a table
_MOST_OF_A_TABLE = 3
# cases of the estimate that are told beside what a table says
_MOST_BESIDE_A_TABLE = 4
# what the first remark answers by itself
_ANSWERED_BY_REMARKS = frozenset({"kv_cache", "explain_derive", "adam_state", "why_more", "check_arithmetic", "units"})
# remarks that answer what the asker takes for granted
_CONTRADICTS = frozenset(
    {"same-memory", "sharding-not-felt", "active-alone", "fsdp-and-zero", "ranges-of-methods", "frozen-layers-keep"}
)
# where the estimate is only the background of the answer, its terms are enough
_BRIEF = frozenset({"table_lookup", "explain_derive", "units", "adam_state", "kv_cache", "injection"})


def answer(reading: Reading, results: list[Spoken]) -> str:
    """Verdicts first, then what explains them, then tables and assumptions; nothing is told twice."""
    leads: list[str] = []
    rests: list[str] = []
    remarks: list[tuple[str, str]] = []
    beside = any(name == "compare" and not failed for name, _, _, failed in results)
    keys = {
        remark["key"]
        for name, artifact, _, _ in results
        if name == "remarks" and artifact
        for remark in artifact["remarks"]
    }
    tools = {name for name, *_ in results}
    background = not beside and is_background(reading, keys, tools) and bool(keys or tools - {"estimate_memory"})
    causes, elsewhere = ([], False) if beside else _causes(results, reading)
    for name, artifact, text, failed in results:
        if failed or artifact is None:
            leads.append(_refused(text, reading.language))
        elif name == "remarks":
            made = chosen(artifact, reading, told_with_prices(results), beside)
            remarks = [one for one in made if one[1] not in causes]
        elif background and name == "estimate_memory":
            own = "query_tables" in tools and len(cases_of(artifact)) <= _MOST_BESIDE_A_TABLE
            if (artifact.get("capacity_gib") or own) and ("account" not in keys or _serves(artifact)):
                leads.append(headline(artifact, reading.language))
        elif told_by_remarks(name, artifact, keys, reading):
            continue
        else:
            doubted = name == "estimate_memory" and _failed(reading)
            shown = {**artifact, "doubted": True, "explained": bool(causes)} if doubted else artifact
            lead, rest = _WORDS[name](shown, reading)
            if name == "derive_quantity" and causes:  # the cause explains
                lead = []
            if name == "solve_for" and _failed(reading):  # a limit by the formulas is no answer before the cause
                rests += [_BY_FORMULAS[reading.language == "zh"], *lead]
                lead = []
            leads += lead
            rests += rest
    judged = {
        name
        for name, artifact, *_ in results
        if name in ("check_arithmetic", "query_tables", "convert")
        and not (artifact and told_by_remarks(name, artifact, keys, reading))
    }
    if background and reading.intent == "table_lookup":
        remarks = remarks[:_MOST_OF_A_TABLE]
    if "check_arithmetic" in judged and "measured" not in reading.cues:  # the product is what was claimed
        products = [found for name, found, *_ in results if name == "check_arithmetic" and found]
        remarks = [one for one in remarks if one[0] != "kv-claim" or not any(map(of_a_cache, products))]
    opens = bool(remarks) and not beside  # of set-ups side by side the difference comes first
    if opens and "kv-claim" in [key for key, _ in remarks] and "check_arithmetic" in judged and leads:
        opening, remarks = first_of(remarks)
        leads = [*leads, opening]
    elif opens and (keys & VERDICTS or (reading.intent in _ANSWERED_BY_REMARKS and not judged)):
        opening, remarks = first_of(remarks)
        leads = [opening, *leads]
    said = listed([text for _, text in remarks])
    first = set(reading.intents[:3]) & _EXPLAINED_FIRST or keys & {"cards-for-one-sequence", "ways-to-fit"} or beside
    kept = "ktransformers" in reading.cues and "host_memory_gb" not in reading.facts
    if reading.intent == "injection" or kept:
        leads, said = [said, *leads], ""
    if beside:
        contradicts = _CONTRADICTS - {"fsdp-and-zero"} if _of_many(results) else _CONTRADICTS
        against = [text for key, text in remarks if key in contradicts]
        leads, said = [*against, *leads], listed([text for key, text in remarks if key not in contradicts])
    leads.insert(0, pace_wanted(reading, {name for name, *_ in results}))
    if needs_example(reading):  # how it works comes first, the example after it
        size = in_words("params", with_example(reading).facts["params"][0], reading.language)
        leads, said = [example_told(reading, size), said, *leads], ""
    if elsewhere:  # what the card would take is no part of the answer
        return finished("\n\n".join([*causes, *_of_names(reading)]), reading)
    named = [] if named_run(reading) and _PACED & {name for name, *_ in results} else _of_names(reading)
    parts = [
        *causes,
        *of_cards(reading),
        *named,
        *leads,
        *([said] if first else []),
        *rests,
        *([] if first else [said]),
    ]
    worked = [
        found
        for name, found, _, failed in results
        if name in ("estimate_memory", "compare") and found is not None and not failed
    ]
    of_facts = facts_told(reading, keys)
    for found in worked:
        if background:
            facts = {name: fact for name, fact in (found.get("facts") or {}).items() if name in of_facts}
            found = {**found, "facts": facts}
        parts += assumed(found, reading, understood(reading), apart=len(worked) > 1)
    parts.append(not_understood(reading))
    told = [part for part in dict.fromkeys(parts) if part]
    return finished("\n\n".join(told), reading) if told else without_tools(reading)


def _serves(result: dict[str, Any]) -> bool:
    return bool((result.get("facts") or {}).get("task", {}).get("value") == "inference")


def _failed(reading: Reading) -> bool:
    """Whether a run is told to have failed: then no headline says that it fits."""
    told = "oom_diagnosis" in reading.intents or bool({"fell_back", "short_by"} & set(reading.cues))
    return told and "might_fail" not in reading.cues


def _causes(results: list[Spoken], reading: Reading) -> tuple[list[str], bool]:
    """Why a run has failed, which opens the answer; and whether that is none of the card's memory."""
    if not _failed(reading):
        return [], False
    artifacts = [found for name, found, _, failed in results if name == "remarks" and found and not failed]
    told = [one for found in artifacts for one in found["remarks"] if one["role"] in (CAUSE, ELSEWHERE)]
    first = told[:1]
    said = [one["zh" if reading.language == "zh" else "en"] for one in first]
    return said, any(one["role"] == ELSEWHERE for one in first)


def _of_names(reading: Reading) -> list[str]:
    """A model that is not known, where its size was enough to go on."""
    if (has_subject(reading) and not reading.unknown_models) or not (reading.unknown_models or reading.suggestions):
        return []
    if not has_subject(reading):
        tail = "这些卡放得下的最大模型是:" if reading.language == "zh" else "The largest that these cards hold:"
        further = ""
        if "full" in reading.facts.get("method", ()):
            further = (
                "更大的模型要全参训练,需要优化器 offload、更多或更大的卡;否则用 LoRA 或 QLoRA。" if reading.language == "zh"
                else "To train all weights of a larger one takes optimizer offload, or more or larger cards; else LoRA or QLoRA."
            )  # fmt: skip
        return [part for part in (unknown(reading), further, tail) if part]
    size = in_words("params", reading.fact("params"), reading.language) if reading.fact("params") else ""
    tail = (
        f"下面按 {size} 的代表模型计算。"
        if reading.language == "zh"
        else f"What follows is for a representative {size} model."
    )
    return [unknown(reading, whole=not size) + (("" if reading.language == "zh" else " ") + tail if size else "")]


def _refused(text: str, language: str) -> str:
    shown = refused(text, language)
    return f"算不了:{shown}。" if language == "zh" else f"That cannot be worked out: {shown}."


def _of_many(results: list[Spoken]) -> bool:
    """Whether more than two are compared: what is said of two of them is no answer then."""
    return any(name == "compare" and artifact and len(artifact["setups"]) > 2 for name, artifact, *_ in results)


def _estimate(result: dict[str, Any], reading: Reading) -> Said:
    brief = bool(set(reading.intents[:1]) & _BRIEF) or bool(reading.equations) or wants_cards(reading)
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)  # of no card there is no number
    counted = bool(cards) and "n_gpus" in reading.asks and "n_gpus" not in reading.facts
    if counted:  # the count is the answer; a single card holds nothing of interest but what a whole copy consists of
        zh = reading.language == "zh"
        table = terms_table(result, cases_of(result), reading.language)
        host = host_figures(result, reading.language) if "ram_asked" in reading.cues else []
        return host, [("一份完整副本的构成:" if zh else "What one whole copy consists of:") + "\n\n" + table]
    result = as_asked(result, reading)
    lead = [
        *(ram_words(result, reading.language) if "ram_asked" in reading.cues else ()),
        headline(result, reading.language),
        _choice(result, reading),
        *(host_figures(result, reading.language) if "host_memory_gb" in reading.facts else ()),
    ]
    rest = body(result, reading.language, brief)
    methods = {case["facts"].get("method") for case in cases_of(result)} - {None}
    method = (result.get("facts") or {}).get("method", {}).get("value") if not methods else None
    return [of_method(part, method) for part in lead], [of_method(part, method) for part in rest]


def _choice(result: dict[str, Any], reading: Reading) -> str:
    """Asked which method to take, the only one that the card holds."""
    cases = [case for case in cases_of(result) if "method" in case["facts"]]
    fitting = [case for case in cases if case["verdict"] in ("yes", "borderline")]
    held = {str(case["facts"]["method"]) for case in fitting}
    if "which_method" not in reading.intents or len(held) != 1 or len(fitting) == len(cases):
        return ""
    method, longest = in_words("method", held.pop(), reading.language), longest_of(fitting[0])
    tokens = in_words("seq_len", longest, reading.language) if longest else ""
    close = all(case["verdict"] == "borderline" for case in fitting)
    near = "" if not close else "(临界)" if reading.language == "zh" else " (borderline)"
    if reading.language == "zh":
        return f"选 {method}:只有它放得下{near}" + (f",最长约 {tokens}。" if tokens else "。")
    return f"Take {method}, the only one that fits{near}" + (f", up to about {tokens}." if tokens else ".")


def _solve(result: dict[str, Any], reading: Reading) -> Said:
    language, zh = reading.language, reading.language == "zh"
    cases = result.get("cases") or [{"facts": {}, "solved": result.get("solved"), **_why(result)}]
    lines, refused = [], []
    trains = (result.get("facts") or {}).get("task", {}).get("value") == "train"
    for where, case in _same_cards(sorted(cases, key=_furthest), reading):
        solved = case.get("solved")
        if solved is None:
            refused.append(f"- {where + ':' if where else ''}{case.get('why_zh') or case['why']}" if zh
                           else f"- {where + ': ' if where else ''}{case['why']}")  # fmt: skip
            continue
        if solved["quantity"] == "n_gpus":
            lines.append(count_line(where, solved, trains and not set(LAYOUTS) & set(reading.facts), language))
            continue
        amount = in_words(solved["quantity"], solved["value"], language)
        together = solved["quantity"] == "batch_size" and not trains
        if "sure" in solved and solved["quantity"] != "params":
            lines.append(_limit(where, solved, together, language))
            continue
        room = f"{gib(solved['gib'])} / {gib(solved['capacity_gib'])}"
        if zh:
            head = f"{where}\uff1a" if where else ""
            most = "最多" if solved["quantity"] == "gpu_layers" else "最大"
            lines.append(f"- {head}**{most} {amount}**(每张卡 {room}{_beside(solved, language)})")
        else:
            head = f"{where}: " if where else ""
            lines.append(f"- {head}**up to {amount}** ({room} per card{_beside(solved, language)})")
    return ["\n".join([*lines, *refused])], []


def _limit(where: str, solved: dict[str, Any], together: bool, language: str) -> str:
    """The most of a length or a batch: for sure, and where the middle of the estimate fills the card."""
    zh, name, sure = language == "zh", solved["quantity"], solved["sure"]

    def words(amount: int) -> str:
        if together:
            return f"同时 {amount:,} 条序列" if zh else f"{amount:,} sequence{'s' if amount > 1 else ''} at once"
        return in_words(name, amount, language)

    room, most = gib(solved["capacity_gib"]), words(solved["value"])
    declared = solved.get("positions") or 0
    beyond = ""
    if declared and solved["value"] > declared:
        beyond = (
            f";但模型声明的位置只有 {declared:,} 个" if zh else f"; but the model declares only {declared:,} positions"
        )
    head = where + ("\uff1a" if zh else ": ") if where else ""
    if sure is None:
        full = (
            f"按区间中值 {most} 时占满 {room};没有稳妥的余量"
            if zh
            else f"{most} by the middle of the estimate, which fills the {room}; nothing is sure to fit"
        )
        return (
            f"- {head}**{'最多' if zh else 'at most'} {full}**{beyond}" if zh else f"- {head}**at most {full}**{beyond}"
        )
    need = gib(sure["gib"])
    if zh:
        return f"- {head}**稳妥的上限是{words(sure['value'])}**({need} / {room});按区间中值,{most} 时占满这张卡{beyond}"
    return f"- {head}**up to {words(sure['value'])} for sure** ({need} of {room}); by the middle of the estimate the card is full at {most}{beyond}"


def _furthest(case: dict[str, Any]) -> float:
    """Of models the largest first: the layout that reaches it is the answer."""
    solved = case.get("solved") or {}
    return -float(solved["value"] or 0) if solved.get("quantity") == "params" else 0.0


def _same_cards(cases: list[dict[str, Any]], reading: Reading) -> list[tuple[str, dict[str, Any]]]:
    """The cases with the words that set each apart; cards for which the same comes out share a line."""
    lines: dict[str, tuple[list[str], dict[str, Any]]] = {}
    for case in cases:
        facts = dict(case["facts"])
        card = facts.pop("gpu", None)
        where = case_words(facts, reading.language)
        if facts.get("method") == "qlora" and "bits" not in reading.facts:
            where = where.replace("QLoRA", "4 位 QLoRA" if reading.language == "zh" else "4-bit QLoRA")
        key = f"{where} {case.get('solved')} {case.get('why')}"
        cards = lines.setdefault(key, ([where], case))[0]
        if card:
            cards.append(in_words("gpu", card, reading.language))
    zh = reading.language == "zh"
    return [
        (("、" if zh else ", ").join(part for part in (words[0], " / ".join(words[1:])) if part), case)
        for words, case in lines.values()
    ]


def _beside(solved: dict[str, Any], language: str) -> str:
    """Of the largest model: whether it only just fits, how long a sequence it leaves, and what fits for sure."""
    zh = language == "zh"
    told = ""
    if solved.get("longest"):
        tokens = in_words("seq_len", solved["longest"], language)
        told += f",最长 {tokens}" if zh else f", up to {tokens}"
    if solved["quantity"] == "params" and solved.get("verdict") == "borderline":
        told += ",临界" if zh else ", borderline"
    if sure := solved.get("sure"):
        size, tokens = in_words("params", sure["params"], language), in_words("seq_len", sure["longest"], language)
        told += (
            f";稳妥的是 {size}:{gib(sure['gib'])},最长 {tokens}"
            if zh
            else f"; with room to spare {size}: {gib(sure['gib'])}, up to {tokens}"
        )
    return told


def _why(result: dict[str, Any]) -> dict[str, Any]:
    return {"why": result.get("why"), "why_zh": result.get("why_zh")}


def _derive(result: dict[str, Any], reading: Reading) -> Said:
    zh = reading.language == "zh"
    steps = [step for step in result["derivation"]["steps"] if step.get("formula")]
    several = max((int(count) for count in reading.facts.get("n_gpus", ())), default=1) > 1
    whose = (",每张卡" if zh else ", per card") if several else ""
    told = [f"**{one['quantity'].replace('_', ' ')}{whose}: {one['shown']}**" for one in result.get("answers") or []]
    if steps and not zh:
        told.append(steps[-1]["says"])
    if result.get("needs"):
        missing = ", ".join(result["needs"])
        told.append(f"还需要:{missing}。" if zh else f"Still needed: {missing}.")
    return ["\n\n".join([*told, *warnings(result, reading.language)])], []


_WORDS = {
    "estimate_memory": _estimate,
    "compare": compared,
    "solve_for": _solve,
    "recommend": recommended,
    "derive_quantity": _derive,
    "query_tables": query_words,
    "check_document": claims_words,
    "check_arithmetic": arithmetic_words,
    "convert": unit_words,
    "training_time": pace_words,
    "generation_speed": pace_words,
}
