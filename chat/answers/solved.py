"""What was solved for, in words: the most of a length, a batch or a size that cards hold, or the fewest cards."""

from typing import Any

from chat.answers.count_words import count_line, each_card
from chat.answers.format_for_length import format_for_length
from chat.answers.further_ways import further_words
from chat.answers.largest_model import beside_largest
from chat.answers.layers_told import layers_line
from chat.answers.own_lengths import all_of_it_words, beyond_words, cache_of_all_words, scaled_words, whole_words
from chat.answers.rollout_counts import without_engine
from chat.answers.room_words import TOKENS_ASKED, pool_in_tokens, room_words
from chat.answers.setup_words import machine_of
from chat.answers.verdicts import has_failed
from chat.answers.whole_copies import whole_on_each
from chat.figures.kept_ways import allowed
from chat.figures.serving.engine_words import LENGTHS
from chat.phrases import case_words, gib, in_words
from chat.reads.caches.left_asked import left_asked
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.requests.limits_claimed import LIMIT_CLAIMED
from kb.cases import LAYOUTS
from kb.programs import written
from kb.solver import LARGEST

_FORMATS = frozenset({"bits", "weight_format"})
_OF_MACHINES = compiled(r"(?:几|多少)\s?(?:台|个节点)|\bhow many (?:[\w.-]+ ){0,4}?(?:nodes|machines|servers|boxes)\b")
# cases of which each is told with the sum behind it
_WITH_ROOM = 2
# a limit is guessed well within so much
_NEARLY = 1.15


def solved_words(result: dict[str, Any], reading: Reading) -> tuple[list[str], list[str]]:
    """The lead: a line for each case that sets others apart, those that cannot be solved last."""
    language, zh = reading.language, reading.language == "zh"
    cases = result.get("cases") or [{"facts": machine_of(result, reading), **_only(result)}]
    lines, refused = [], []
    behind: list[str] = []
    reached: set[Any] = set()
    engine = (result.get("facts") or {}).get("engine", {}).get("value")
    trains = (result.get("facts") or {}).get("task", {}).get("value") == "train"
    several = int((result.get("facts") or {}).get("n_gpus", {}).get("value") or 1) > 1
    cases = _squeezed_once(cases, reading)
    # of formats of which one goes the others need no way to it
    other = any(one.get("solved") for one in cases) and all(set(one["facts"]) <= _FORMATS for one in cases)
    for where, case in _same_cards(sorted(cases, key=_furthest), reading):
        solved = case.get("solved")
        if solved is None:
            refused.append(f"- {where + ':' if where else ''}{_not_so(case, reading, other)}" if zh
                           else f"- {where + ': ' if where else ''}{_not_so(case, reading, other)}")  # fmt: skip
            continue
        if solved["quantity"] == "n_gpus":
            stage = 0 if not trains or "zero_stage" in reading.facts else 1 if set(LAYOUTS) & set(reading.facts) else 3
            own = reading.facts.get("n_gpus", ())
            of_machines = _OF_MACHINES.search(reading.lowered)  # "how many nodes of 8": those are no cards at hand
            beside, doubted = "more_cards_asked" in reading.cues, "fits" in reading.intents[:3]
            mine = int(own[0]) if len(own) == len(cases) == 1 and (doubted or not of_machines) else 0
            held = "failed" if has_failed(reading) else "doubted" if doubted else ""
            solved = without_engine(solved, reading.lowered)
            lines.append(count_line(where, solved, stage, language, beside, mine, held, bool(of_machines)))
            behind = each_card(solved, language) if len(cases) == 1 else []
            continue
        amount = in_words(solved["quantity"], solved["value"], language)
        together = solved["quantity"] == "batch_size" and not trains
        if "sure" in solved and solved["quantity"] != "params":
            line = (
                _at_once(
                    where,
                    solved,
                    0 if {"seq_len", "output_len"} & set(case["facts"]) else _length(result.get("facts") or {}),
                    language,
                )
                if together
                else _limit(where, solved, "cache_left" in reading.cues and not trains, language)
            )
            pooled = "cache_left" in reading.cues  # of all sequences: a limit of none
            flag = LENGTHS.get(written(engine)) if solved["quantity"] == "seq_len" and not (trains or pooled) else None
            line += further_words(solved, reading) + _set_by(flag, solved, zh)
            room_asked = pooled and not trains and left_asked(reading)
            why = room_words(solved, several, language, room_asked) if len(cases) <= _WITH_ROOM else ""
            beyond = _of_others(solved, several, trains, result, reading) if why and len(cases) == 1 else ""
            line, behind_it = (_room_first(line, why, zh), [beyond]) if room_asked else (line, [why, beyond])
            whole_line = ("。" if zh else ". ").join([line, *(one for one in behind_it if one)])
            lines.append(_with_tokens(whole_line, where, case, result, reading))
            continue
        if solved.get("surely"):
            lines.append(layers_line(where, solved, language))
            continue
        room = f"{gib(solved['gib'])} / {gib(solved['capacity_gib'])}"
        # of a method the layout that reaches furthest tells what lies beyond
        apart = (case["facts"].get("method"), case["facts"].get("n_gpus"))
        further = apart not in reached
        reached.add(apart)
        if zh:
            head = f"{where}\uff1a" if where else ""
            most = "最多" if solved["quantity"] == "gpu_layers" else "最大"
            lines.append(f"- {head}**{most} {amount}**(每张卡 {room}{beside_largest(solved, language, further)})")
        else:
            head = f"{where}: " if where else ""
            lines.append(f"- {head}**up to {amount}** ({room} per card{beside_largest(solved, language, further)})")
    told = [*lines, *refused]
    whole = "\n".join(told) if len(told) > 1 else _alone(told[0], zh)
    judged = _limit_judged(cases, reading) or format_for_length(cases, reading)
    return [f"{judged}{chr(10) * 2 if len(told) > 1 else ' '}{whole}" if judged else whole, *behind], []


# tokens from which a request is as long as few are
_LONG = 8192
_DIVIDES_TOKENS = frozenset({"cp", "sp", "tp", "pp"})


def _of_others(solved: dict[str, Any], several: bool, trains: bool, result: dict[str, Any], reading: Reading) -> str:
    """Of a training over cards what divides a sample; of requests at their longest that shorter ones take less of the cache."""
    zh, facts = reading.language == "zh", result.get("facts") or {}
    if trains and several and solved["quantity"] == "seq_len" and not _DIVIDES_TOKENS & set(reading.facts):
        if zh:
            return "ZeRO 和加卡都不切分一条样本的激活与 logits;比这更长要靠序列并行或上下文并行"
        return "Neither ZeRO nor more cards divide the activations and logits of one sample: what is longer takes sequence or context parallelism"
    if trains or solved["quantity"] != "batch_size" or "served_users" not in reading.cues:
        return ""
    told = []
    if _length(facts) >= _LONG:
        told.append(
            "缓存按实际 token 占用:请求更短,同时能放的就按比例更多,长度减半约多一倍"
            if zh
            else "A request takes cache for the tokens that it has: at half the length about twice as many go at once"
        )
    if (facts.get("engine") or {}).get("value") in ("vllm", "sglang"):
        told.append(
            "再多的请求排队或被退回重算,不会 OOM"
            if zh
            else "What is beyond waits in the queue or is preempted and computed again; it does not run out of memory"
        )
    return ("。" if zh else ". ").join(told)


def _room_first(line: str, why: str, zh: bool) -> str:
    """What is left, which is asked, before how many tokens that is."""
    counted = line.removeprefix("- ")
    counted = f"**{counted[2].upper()}{counted[3:]}" if counted.startswith("**") else counted
    return f"- **{why}{'。' if zh else '.'}** {counted}" if why else line


def _with_tokens(line: str, where: str, case: dict[str, Any], result: dict[str, Any], reading: Reading) -> str:
    """A line of sequences, before it the tokens of the whole cache where they too are asked for."""
    if where or not compiled(TOKENS_ASKED).search(reading.lowered):
        return line
    facts = result.get("facts") or {}
    cards = int(facts.get("n_gpus", {}).get("value") or 1)
    tokens = pool_in_tokens(case["solved"], _length(facts), cards, reading.language)
    if not tokens:
        return line
    return f"- {tokens}{';' if reading.language == 'zh' else '; '}{line.removeprefix('- ')}"


def _limit_judged(cases: list[dict[str, Any]], reading: Reading) -> str:
    """Whether the limit that the asker thinks there is is one, where all cases say the same of it."""
    claimed, typed = reading.extras.get(LIMIT_CLAIMED) or (None, "")
    solved = [one.get("solved") or {} for one in cases]
    if claimed is None or any(one.get("quantity") not in ("batch_size", "seq_len") for one in solved):
        return ""
    more = {float((one.get("sure") or one)["value"]) > _NEARLY * claimed for one in solved}
    fewer = {float(one["value"]) < claimed / _NEARLY for one in solved}
    zh, said = reading.language == "zh", f"“{typed}”"
    if more == {True}:
        return f"**{said} 不是上限,还能更多:**" if zh else f"**{said} is not the limit, more goes:**"
    if fewer == {True}:
        return f"**到不了 {said}:**" if zh else f"**{said} is more than fits:**"
    return (
        (f"**差不多,上限在 {said} 附近:**" if zh else f"**About right, the limit is near {said}:**")
        if len(solved) == 1
        else ""
    )


def _not_so(case: dict[str, Any], reading: Reading, other: bool = False) -> str:
    """Why nothing fits, or is not sure to; how far it goes with a cheap change, unless one of the others is that (`other`)."""
    zh = reading.language == "zh"
    why = str((case.get("why_zh") if zh else None) or case["why"])
    if case.get("leaning") == "borderline":  # as the estimate calls it, too
        why = _not_sure(why, zh)
    elif case.get("leaning") == "unlikely":
        why = f"{'多半' if zh else 'most likely '}{why}"
    if case.get("undivided") is not None:
        return whole_on_each(why, case, zh)
    if lighter := case.get("lighter"):
        return f"**{why}。** {_lighter(lighter, zh)}" if zh else f"**{why}.** {_lighter(lighter, zh)}"
    if other and case.get("leaning") in (None, "no"):
        return f"**{why}**"
    ways = further_words({"value": 0, **case}, reading)[1:].strip() if case.get("wider") else ""
    if (
        case.get("quantity") == "seq_len"
        and "host_memory_gb" in reading.facts
        and "train" not in reading.facts.get("task", ())
    ):
        ways = "; ".join(one for one in (ways, _with_the_host(zh)) if one)
    if ways and case.get("quantity") == "seq_len" and case.get("leaning") in (None, "no"):
        whole = cache_of_all_words(case, zh)
        end = f"{'。' if zh else '. '}{whole}" if whole else ""
        return f"**{ways}**;否则{why}{end}" if zh else f"**{ways}**; without that {why}{end}"
    return f"**{why}{(';' if zh else '; ') + ways if ways else ''}**"


def _lighter(ways: list[dict[str, Any]], zh: bool) -> str:
    """With how many cards it goes by what makes less of what each of them holds."""
    if zh:
        return "改法:" + ";".join(f"{one['zh']},**{in_words('n_gpus', one['value'], 'zh')}**(每张 {gib(one['gib'])})" for one in ways) + "。ZeRO-3 和加卡都不切分一条样本的激活与 logits,只有序列并行切分"  # fmt: skip
    told = "; ".join(
        f"{one['says']}, **{in_words('n_gpus', one['value'], 'en')}** ({gib(one['gib'])} each)" for one in ways
    )
    return f"What makes it go: {told}. Neither ZeRO-3 nor more cards divide the activations and logits of one sample; sequence parallelism does"


def _with_the_host(zh: bool) -> str:
    """How a context comes about where the card alone holds none and host memory is told."""
    if zh:
        return "把部分层(MoE 则是部分专家)放进内存就有位置,上下文越长,要放进内存的越多"
    return "layers (of a mixture, experts) in host memory make room, the more the longer the context"


def _not_sure(why: str, zh: bool) -> str:
    """That not even the least is sure to fit, in the place of that it does not: the middle of the estimate is a little too much."""
    if zh:
        return why.replace("放不下:即使", "没有稳妥放得下的:", 1).replace("也需要", "就临界,按区间中值需要", 1)
    return why.replace("nothing fits: even", "nothing is sure to fit:", 1).replace("needs", "is borderline, by the middle of the estimate", 1)  # fmt: skip


def _squeezed_once(cases: list[dict[str, Any]], reading: Reading) -> list[dict[str, Any]]:
    """With how few cards it goes otherwise, of what the asker leaves open; of formats side by side the last tells others."""
    found, cues = [], frozenset(reading.cues)
    for place, case in enumerate(cases):
        solved, again = case.get("solved") or {}, bool({"bits", "weight_format"} & set(case["facts"]))
        ways = {name: allowed(solved.get(name) or [], cues) for name in ("squeezed", "formats")}
        if again and place < len(cases) - 1:
            ways["formats"] = []
        found.append({**case, "solved": {**solved, **ways}} if solved else case)
    return found


def _alone(line: str, zh: bool) -> str:
    """A line of a list that stands alone, what is nested in it as paragraphs behind it."""
    first, *nested = line.split("\n  - ")
    return "\n\n".join([_sentence(first, zh), *nested])


def _sentence(line: str, zh: bool) -> str:
    """A line of a list that stands alone."""
    alone = line.removeprefix("- ")
    bold = "**" if alone.startswith("**") else ""
    words = alone.removeprefix(bold)
    return f"{bold}{words[0].upper()}{words[1:]}{'。' if zh else '.'}"


def _length(facts: dict[str, Any]) -> int:
    """The tokens of a sequence, what is generated among them; 0 where they set cases apart."""
    given = [facts.get(name, {}).get("value", 0) for name in ("seq_len", "output_len")]
    return sum(given) if all(isinstance(one, int) for one in given) and given[0] else 0


def _at_once(where: str, solved: dict[str, Any], length: int, language: str) -> str:
    """How many sequences cards hold at once, from those that are sure to those with which the estimate fills the card."""
    zh, sure, most = language == "zh", solved["sure"], int(solved["value"])
    low = int(sure["value"]) if sure else 0
    each = in_words("seq_len", length, language) if length else ""
    head = where + ("\uff1a" if zh else ": ") if where else ""
    room = gib(solved["capacity_gib"])
    if zh:
        count = f"{most:,}" if low in (0, most) else f"{low:,} 到 {most:,}"
        said = f"- {head}**同时约 {count} 条" + (f" {each}的序列**" if each else "序列**")
        if not sure:
            return f"{said},这时按区间中值正好占满 {room};没有稳妥的余量"
        return said + (
            f":稳妥的是 {low:,} 条({gib(sure['gib'])} / {room}),{most:,} 条时按区间中值占满"
            if low < most
            else f"({gib(sure['gib'])} / {room})"
        )
    count = f"{most:,}" if low in (0, most) else f"{low:,} to {most:,}"
    said = f"- {head}**about {count} sequence{'s' if most > 1 else ''}" + (
        f" of {each} at once**" if each else " at once**"
    )
    if not sure:
        return f"{said}, by the middle of the estimate, which fills the {room}; nothing is sure to fit"
    if low == most:
        return f"{said} ({gib(sure['gib'])} of {room})"
    return f"{said}: {low:,} {'is' if low == 1 else 'are'} sure ({gib(sure['gib'])} of {room}), with {most:,} the middle of the estimate fills the card"


def _limit(where: str, solved: dict[str, Any], pooled: bool, language: str) -> str:
    """The most of a length, of one sequence or of all that share a cache: for sure, and where the estimate fills the card."""
    zh, name, sure = language == "zh", solved["quantity"], solved["sure"]
    pooled = pooled and solved["value"] < LARGEST["seq_len"]  # a window bounds each sequence, and no pool

    shared = "" if not pooled else "缓存共 " if zh else " of cache in all"

    def words(amount: int) -> str:
        told = in_words(name, amount, language)
        return f"{shared}{told}" if zh else f"{told}{shared}"

    room, most = gib(solved["capacity_gib"]), in_words(name, solved["value"], language)
    declared = 0 if pooled else solved.get("positions")
    head = where + ("\uff1a" if zh else ": ") if where else ""
    if declared and sure and sure["value"] >= declared:
        return f"- {head}{_all_declared(solved, language)}"
    beyond = "" if pooled else beyond_words(solved, zh) + all_of_it_words(solved, zh)
    if sure is None:
        full = (
            f"{most}:按区间中值这时占满 {room},没有稳妥的余量"
            if zh
            else f"{most} by the middle of the estimate, which fills the {room}; nothing is sure to fit"
        )
        return (
            f"- {head}**{'最多' if zh else 'at most'} {full}**{beyond}" if zh else f"- {head}**at most {full}**{beyond}"
        )
    need = gib(sure["gib"])
    full = f";按区间中值,{most} 时占满这张卡" if zh else f"; by the middle of the estimate the card is full at {most}"
    full = full if solved["value"] > sure["value"] else ""
    if zh:
        return f"- {head}**稳妥的上限是{words(sure['value'])}**({need} / {room}){full}{beyond}"
    return f"- {head}**up to {words(sure['value'])} for sure** ({need} of {room}){full}{beyond}"


def _all_declared(solved: dict[str, Any], language: str) -> str:
    """Memory holds more than the model was made for: that is its limit, and memory's is told beside it."""
    whole = in_words("seq_len", int(solved["positions"]), language)
    most, sure = in_words("seq_len", solved["value"], language), in_words("seq_len", solved["sure"]["value"], language)
    need, room = gib(solved["sure"]["gib"]), gib(solved["capacity_gib"])
    scaled, taken = scaled_words(solved, language == "zh"), whole_words(solved, language == "zh")
    if language == "zh":
        alone = "" if most == sure else f";只看显存,稳妥可到 {sure}({need} / {room}),按区间中值到 {most}"
        return f"**{whole}:模型声明的全长,显存不是瓶颈**{taken}{alone}。{scaled}"
    alone = (
        ""
        if most == sure
        else f"; by memory alone {sure} for sure ({need} of {room}), {most} by the middle of the estimate"
    )
    return f"**{whole}, all that the model declares: memory is not the limit**{taken}{alone}. {scaled}"


def _set_by(flag: str | None, solved: dict[str, Any], zh: bool) -> str:
    """The switch that sets the length."""
    if not flag:
        return ""
    if solved.get("yarn") and solved["value"] > solved["positions"]:
        return f";长度用 {flag} 设" if zh else f"; {flag} sets the length"
    return f"({flag})" if zh else f" ({flag})"


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


def _only(result: dict[str, Any]) -> dict[str, Any]:
    names = ("solved", "why", "why_zh", "quantity", "wider", "lighter", "undivided", "positions", "leaning", "whole")
    return {name: result.get(name) for name in names}
