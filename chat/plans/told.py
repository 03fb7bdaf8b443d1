"""What an asker tells beside the facts: amounts that were read, those that were seen, what is lacking, the programs named."""

from dataclasses import replace
from typing import Any

from chat.figures.accounts import parts_in
from chat.figures.further_words import bytes_asked
from chat.plans.around import clause_around
from chat.plans.chained_sums import chained
from chat.plans.changed import changes_told, of_what_ran
from chat.plans.claimed_savings import claimed_of, claimed_saving
from chat.plans.counts_told import counts_that_grow, others_count
from chat.plans.products import adapters_said, called_else, logits_told, without_sums
from chat.plans.said_sums import sums_said
from chat.plans.scale_told import scale_told
from chat.reads.claims import RANGE_CLAIM
from chat.reads.left_over import left_over
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.parts import PARTS
from chat.reads.reading import Claim, Reading, blanked, within
from chat.reads.state_terms import ASKED, TERMS
from chat.reads.symptoms import SHORT
from chat.reads.totals import sums_asked
from kb.cards import models_in
from kb.names import gpu_row, names
from kb.recipe import called_bits, formats_by_bits

GIGA = ("gb", "g", "gib")
_TERA = {"tb": "gb", "tib": "gib"}
_SMALL = {"kb": 1.0, "kib": 1.0, "mb": 1e3, "mib": 1e3, "bytes": 1e-3, "字节": 1e-3}
_LEAST_OF_A_TOKEN = 1.0  # KB: fewer bytes are those of a number or a parameter
_MOST_OF_A_TOKEN = 1e5  # KB
_MEGA = ("mb", "mib", "m")
_OF_A_CARD = 0.03  # what a driver reports of a card is the memory of it
# a figure that somebody wrote, or that the asker works out: nothing that a run showed
_WRITTEN = (
    r"\bread ?me\b|\bpaper\b|\btables?\b|\bfig(?:ure|\.)|\bwiki\b|\bdoc(?:s|umentation)?\b|\bblog\b|\barticles?\b|\bvideos?\b|\bposts?\b|\bsa(?:ys?|id)\b|\bclaim\w*"
    r"|\bshould(?:n\'t)?\b|\bsupposed\b|\bexpect\w*|\btheor\w+|\bestimat\w+|\bcalculat\w+|\bwould\b|\bideal\w*|\bwhy not\b|\brequires?\b|\baccording\b|\bonline\b|\bpeople\b|\byou(?:'d|'ll| will| would)? need\b|\b(?:friend|colleague|co-?worker|boss)s?\b"
    r"|\bweights?\b|\bcheckpoint\b|\bon disk\b|\bfiles?\b|\bdownloads?\b|\bdownloaded\b|\bpull(?:s|ed|ing)?\b|下载|权重|文件|图|表|论文|文档|官方|网上|文章|博客|视频|帖子|理论|估算|估计|应该|预计|按理|本来|算|只要|只需|说|讲|标称"
)
# a program that shows what is held says it
_SHOWS = r"(?:\bps\b|\b(?:nvidia-)?smi\b|nvi?top|gpustat|task manager|\blogs?\b|任务管理器|日志)[`'\"]?\s?(?:(?:now|still|then|already|里|都|也|却|只|就)\s?)?(?:sa(?:ys?|id)|claims?|说|显示)"
# right before a figure that is denied: "why 780 and not 1040" is of no run that took the second
_DENIED = r"(?:\b(?:not|never|instead of|rather than)|不是|而非)\s?$"
# by how much a figure is larger than another: no amount that is held
_INCREASE = r"\bextra\b|\badditional\b|\d\s?(?:gib|gb|g) more\b|\bdifference\b|\bthe (?:other|missing|remaining) \d|(?:另外|剩下|其余|多出来?)的?\s?\d|\bincreases? by\b|多出|多了|多用|增加了?|差值"
# where a sentence turns to another amount
_TURNS = r"\band (?=(?:the |their |its |this |that )?(?:docs?|documentation|readme|wiki|blog|paper|table|calculator|guide|tutorial|website)\b)|\b(?:when|while|whereas|but|although|though|yet|instead of|rather than)\b|但|却|而|实际"
_METHOD_WORDS = {
    "qlora": "qlora", "lora": "lora", "full fine-tuning": "full", "full": "full", "全量": "full", "全参": "full",
    "全量微调": "full", "全参微调": "full", "全参数微调": "full",
}  # fmt: skip
_RANGE = rf"(?P<method>{'|'.join(sorted(_METHOD_WORDS, key=len, reverse=True))})(?:(?!\bfrom\b|\bwent\b|\bgr[eo]w|\bjump|从|涨)[^,;.?!\d]|\d+b\b){{0,24}}(?P<n>\d+(?:\.\d+)?)\s?(?:gib|gb|g)?\s?(?:-|~|to|到|至)\s?(?P<m>\d+(?:\.\d+)?)\s?(?:gib|gb|g)(?![a-z])"
# what an equation of the asker's comes to
_SUM = r"(?P<n>\d+(?:\.\d+)?)\s?(?:gib|gb|g)(?![a-z])"
_SMALL_SUM = r"~?\s*(?P<n>\d+(?:\.\d+)?)\s?(?P<u>kb|kib|mb|mib|bytes|字节)(?![a-z])"
# of one observation: where several runs are told, none of them is the case at hand
_ONE_RUN = ("seq_len", "batch_size", "params", "model", "method")


_OF_FILES = 1e3  # KB
# models of which each has a server on one card
_SERVED_TOGETHER = 3
_BESIDE = frozenset({"several_servers", "at_the_same_time", "another_service", "less_than_share"})
# weights of one scale
_GROUPED = r"(?:group(?:[ _-]?size)?|分组)\s?(?:of|is|=|:|是|为)?\s?(?P<n>\d{2,3})(?!\d)|(?<![a-z0-9])g(?P<g>32|64|128)(?![\da-z])"
# what a tool takes for an amount in GB or KB
_MOST = 1e6


def told(reading: Reading) -> dict[str, Any]:
    """As the tool `remarks` takes it, without what is not told, and without what only follows from a product that is judged."""
    reading = without_sums(reading)
    found: dict[str, Any] = {
        "claims_gb": claims(reading),
        "claims_gib": binary(reading),
        "monitor_gib": on_monitor(reading),
        "bare_gb": [*(claim.number for claim in reading.claims if not claim.unit), *_of_weights(reading)],
        "claims_kb": small_claims(reading),
        "observed_gb": observed(reading),
        "ranges": ranges(reading),
        "short_gb": short(reading),
        "parts": []
        if "log_available" in reading.extras
        else parts_in(reading.text, _sums(reading)),  # a log's, and nobody's account
    }
    found["claims_gb"] = _of_no_cache(found["claims_gb"], found["parts"])
    if "oom_tried" in reading.extras:
        found["oom_gib"] = [reading.extras[name][0] for name in ("oom_tried", "oom_idle") if name in reading.extras]
    found["log"] = [f"{name[4:]} {given[0]:g}" for name, given in reading.extras.items() if name.startswith("log_")]
    found["log"] += [*_copies(reading), *_range_told(reading), *(["doubted 1"] if "doubts" in reading.cues else [])]
    found["log"] += [f"{name} {given[0]:g}" for name, given in reading.extras.items() if name.startswith("stage_")]
    found["log"] += _other_totals(reading) if found["parts"] else []
    found["log"] += changes_told(reading)
    if claim := claimed_saving(reading):
        found["log"] += [f"less_claimed {claim.number:g}", f"claimed_of {claimed_of(reading, claim)}"]
    formats, lengths = reading.facts.get("weight_format", ()), reading.facts.get("seq_len", ())
    found["log"] += [f"format {name}" for name in formats] if len(formats) > 1 else []
    found["log"] += [f"length {length}" for length in sorted(lengths)] if len(lengths) > 1 else []
    if grouped := compiled(_GROUPED).search(reading.lowered) if formats else None:
        found["log"] += [f"group {grouped['n'] or grouped['g']}"]
    found["log"] += [*logits_told(reading), *adapters_said(reading)]
    batches = reading.facts.get("batch_size", ())
    found["log"] += [f"batch {batch}" for batch in sorted(batches)] if len(batches) > 1 else []
    if ran := _seen_as_it_ran(reading):  # and not as it failed
        found["log"] += [f"ran_seen {ran[0]:g}"]
        for name in ("claims_gb", "observed_gb"):
            found[name] = [one for one in found[name] if one not in ran]
    if {"normal_asked", PARTS} & set(reading.cues) and (tensors := reading.extras.get("log_tensors")):
        # of two programs' figures the one of the tensors is what an estimate of them is held against
        alone = [] if found["observed_gb"] or PARTS not in reading.cues else [tensors[0]]
        found["observed_gb"] = (
            [one for one in found["observed_gb"] if one == tensors[0]] or found["observed_gb"] or alone
        )
    found["log"] += scale_told(reading)
    found["log"] += [f"file_gb {one:g}" for one in files_told(reading)]
    found["log"] += [f"sum_of_cards {one:g}" for one in sums_asked(normalise(reading.text).text)]
    found["log"] += [f"bytes_each {one}" for one in bytes_named(reading)]
    found["log"] += [*sums_said(reading), *chained(reading)]
    found["log"] += [f"state_term {one:g}" for one in reading.extras.get(TERMS, ())]
    found["log"] += [f"state_asked {one:g}" for one in reading.extras.get(ASKED, ())]
    found["log"] += [f"rise_gb {claim.number:g}" for claim in memory_claims(reading) if _rises(reading, claim)]
    found["log"] += [f"other_model {name}" for name in reading.facts.get("model", ())[1:]]
    found["log"] += [f"active_said {float(one) / 1e9:g}" for one in reading.extras.get("active_params", ())[:1]]
    found["log"] += left_over(reading.text, reading.claims, memory_claims(reading))
    found["log"] += [f"bits_named {one:g}" for one in sorted(_bits_named(reading))]
    found["log"] += [f"elsewhere {float(size) / 1e9:g}" for size in reading.others.get("params", ())[:1]]
    if int(reading.extras.get("nodes", (1,))[0]) > 1:  # what goes between machines
        found["log"] += [f"gbit {rate:g}" for rate in reading.extras.get("network_gbit", ())[:1]]
    stages, counts = (reading.facts.get(name, ()) for name in ("zero_stage", "n_gpus"))
    found["log"] += counts_that_grow(reading)
    if len(stages) > 1 and len(counts) > 1:
        found["log"] += [*(f"zero_asked {one}" for one in stages), *(f"count_asked {one}" for one in counts)]
    if {"ppo", "grpo"} <= set(reading.facts.get("algo", ())) or "critic_asked" in reading.cues:
        found["log"] += ["critic_compared 1"]
    if len(objectives := reading.facts.get("algo", ())) > 1:
        found["log"] += [f"objective {one}" for one in objectives]
    for role in ("critic_params", "reward_params"):
        found["log"] += [f"{role} {size:g}" for size in reading.extras.get(role, ())[:1]]
    found["log"] += [f"answers {count:g}" for count in _answers_of_a_step(reading)]
    found["log"] += [f"log_prob_batch {count:g}" for count in sorted(reading.extras.get("log_prob_batch", ()))[-1:]]
    found["log"] += [f"checkpoints_kept {count:g}" for count in reading.extras.get("checkpoints_kept", ())[:1]]
    found["log"] += [f"generations {count:g}" for count in sorted(reading.extras.get("num_generations", ()))[-1:]]
    if "rigs" in reading.extras:  # each kind with its own count: machines, and no cards of one
        found["log"] += ["machines_apart 1"]
    if len(reading.facts.get("gpu", ())) > 1:
        found["gpus"] = list(reading.facts["gpu"])
    if 1 < len(reading.facts.get("model", ())) <= _SERVED_TOGETHER and _BESIDE & set(reading.cues):
        found["served_models"] = [str(one) for one in reading.facts["model"]]
    if settings := reading.extras.get("settings_compared"):
        found["settings"] = [str(one) for one in settings]
    if others := reading.others.get("gpu"):
        found["others_cards"] = [f"{others_count(reading, str(others[0]))} × {others[0]}"]
    if len(reading.facts.get("params", ())) > 1:
        found["sizes"] = [f"{float(size) / 1e9:g}B" for size in reading.facts["params"]]
    if "kv_heads" in reading.extras:
        found["kv_heads"] = reading.extras["kv_heads"][0]
    if "added_vocabulary" in reading.extras:
        found["added_vocabulary"] = reading.extras["added_vocabulary"][0]
    if "log_adapters" in reading.extras:  # megabytes are those of their files, and no cache's
        found["claims_kb"] = [one for one in found["claims_kb"] if one < _OF_FILES]
        ranks = [float(one) for one in reading.extras.get("log_adapter_rank", ())]
        found["log"] += [f"adapter_files_rank {min(ranks):g}"] if len(set(ranks)) > 1 else []
    found["programs"] = [str(tool) for tool in reading.extras.get("tools", ())]
    return {name: value for name, value in found.items() if value}


def _of_no_cache(amounts: list[float], parts: list[str]) -> list[float]:
    """The amounts without what an account of parts tells of the cache, which no other sum comes to."""
    kept = {float(number) for term, number in (one.split(" ") for one in parts) if term == "kv_cache"}
    others = {float(number) for term, number in (one.split(" ") for one in parts) if term != "kv_cache"}
    return [one for one in amounts if one not in kept - others]


def _other_totals(reading: Reading) -> list[str]:
    """The numbers that somebody else is told to come to, where it is asked who is right, as `other_total 126`."""
    if "who_is_right" not in reading.cues:
        return []
    bare = [one.text for one in reading.not_understood if compiled(r"\d{2,4}(?:\.\d+)?").fullmatch(one.text)]
    return [f"other_total {number:g}" for number in (*memory_told(reading), *map(float, bare))]


def memory_told(reading: Reading) -> list[float]:
    """The amounts of memory that are stated, as numbers."""
    return [claim.number for claim in memory_claims(reading)]


def _bits_named(reading: Reading) -> set[float]:
    """The whole bits of the formats that a question names; a file of mixed types has no such number."""
    plain = (str(kind) for kind in reading.facts.get("weight_format", ()) if not str(kind).startswith("gguf"))
    found = {*map(float, reading.facts.get("bits", ())), *map(float, map(called_bits, plain))}
    return found & set(map(float, formats_by_bits()))


# millions and fewer parameters, in a product: those of adapters, a head or an encoder
_OF_A_PART = r"\d\s?(?:m|万|百万)(?![a-wyz])"


def bytes_named(reading: Reading) -> list[int]:
    """The counts of bytes per parameter that are named of a whole model, and not in a product for a part of it."""
    of_parts = [one.span for one in reading.equations if compiled(_OF_A_PART).search(one.left.lower())]
    return bytes_asked(blanked(reading.text, of_parts))


def claims(reading: Reading) -> list[float]:
    """Amounts in GB that the asker states, but for those that are the memory of the cards, each or all of them."""
    whole = [claim for claim in memory_claims(reading) if not _rises(reading, claim)]
    sums = [
        compiled(_SHARED).match(normalise(equation.left).text) or compiled(_SUM).search(normalise(equation.right).text)
        for equation in reading.equations
    ]
    stated = [claim.number for claim in whole] + [float(found["n"]) for found in sums if found]
    return [amount for amount in stated if 0 < amount <= _MOST]


# what an equation divides over cards, which is the claim, and its result the share of a card
_SHARED = r"\s*(?P<n>\d+(?:\.\d+)?)\s?gi?b?\s?[/÷]\s?\d{1,3}\s*$"


def _rises(reading: Reading, claim: Claim) -> bool:
    """Is it by how much something grew, and no amount that is held?"""
    return compiled(_INCREASE).search(clause_of(reading.text, claim)) is not None


def binary(reading: Reading) -> list[float]:
    """Of the amounts that the asker states those that are written in GiB."""
    sums = [compiled(_SUM).search(normalise(equation.right).text) for equation in reading.equations]
    written = [claim.number for claim in memory_claims(reading) if claim.unit.lower() == "gib"]
    written += [float(found["n"]) for found in sums if found and "gib" in found[0]]
    return [amount for amount in written if 0 < amount <= _MOST]


# what a driver's monitor shows
_MONITOR = r"nvidia-smi|\bsmi\b|\bnvtop\b|\bnvitop\b|\bgpustat\b|task manager|任务管理器|gpu-z"


def on_monitor(reading: Reading) -> list[float]:
    """The amounts [GiB] that a monitor shows: mebibytes by the thousand, and what stands beside its name."""
    mebibytes = [
        claim.number / 1024 for claim in reading.claims if claim.unit.lower() in _MEGA and claim.number >= 1024
    ]
    beside = [one.number for one in memory_claims(reading) if compiled(_MONITOR).search(clause_of(reading.text, one))]
    cards = {float(size) for size in reading.facts.get("gpu_memory_gb", ())} | _marketed(reading)
    found = [round(one, 2) for one in (*mebibytes, *beside)]
    return [one for one in found if all(abs(one / size - 1) > _OF_A_CARD for size in cards if size)]


def small_claims(reading: Reading) -> list[float]:
    """Amounts in KB that the asker states: those of a token, mostly."""
    found = [claim.number * _SMALL[claim.unit.lower()] for claim in reading.claims if claim.unit.lower() in _SMALL]
    sums = [compiled(_SMALL_SUM).match(normalise(equation.right).text) for equation in reading.equations]
    found += [float(sum_["n"]) * _SMALL[sum_["u"]] for sum_ in sums if sum_]
    return [one for one in found if _LEAST_OF_A_TOKEN <= one < _MOST_OF_A_TOKEN]


def _sums(reading: Reading) -> list[tuple[str, str]]:
    """The left side of each equation of the asker's, and the GB that it comes to."""
    found = [(equation.left, compiled(_SUM).search(normalise(equation.right).text)) for equation in reading.equations]
    return [(left, right["n"]) for left, right in found if right]


_WEIGHTS_OF = r"\d+(?:\.\d+)?\s?b?(?: params?)?\s?[x*]\s?(?:0\.5|1|2|4|8|16)(?:\.0)?\s?(?:bytes?|b|字节)?"


def _of_weights(reading: Reading) -> list[float]:
    """What `8.03 * 2 = 16.06` comes to: so many bytes of each parameter, without a unit."""
    return [
        float(right)
        for left, right in ((normalise(one.left).text.strip(), one.right.strip(" ~")) for one in reading.equations)
        if compiled(_WEIGHTS_OF).fullmatch(left) and compiled(r"\d+(?:\.\d+)?").fullmatch(right)
    ]


def _without_parts(reading: Reading) -> Reading:
    """Without the products that are called a part of the whole: what they come to is claimed of that part alone."""
    whole = tuple(one for one in reading.equations if not called_else(one, reading.text))
    return replace(reading, equations=whole)


_OF_COPIES = r"(?P<n>[2-9]) ?[*x] ?(?P<each>\d+(?:\.\d+)?) ?(?:gib|gb|g)?|(?P<each_>\d+(?:\.\d+)?) ?(?:gib|gb|g)? ?[*x] ?(?P<n_>[2-9])"


def _copies(reading: Reading) -> list[str]:
    """A few times one amount, as `copies 4`, `copy 6.4`, `copies_in_all 26`."""
    for left, right in _sums(_without_parts(reading)):
        found = compiled(_OF_COPIES).fullmatch(left.strip())
        if found:
            count, each = found["n"] or found["n_"], found["each"] or found["each_"]
            return [f"copies {count}", f"copy {each}", f"copies_in_all {right}"]
    return []


def _range_told(reading: Reading) -> list[str]:
    """The one range of GB that is told of no method of tuning, as `range_low 85`, `range_high 100`."""
    told = [found for found in compiled(RANGE_CLAIM).finditer(normalise(reading.text).text) if found["u"] in GIGA]
    if len(told) != 1 or ranges(reading):
        return []
    return [f"range_low {told[0]['n']}", f"range_high {told[0]['m']}"]


def observed(reading: Reading) -> list[float]:
    """The amounts [GB] that the asker saw the run take, and did not read or work out."""
    several = any(len(reading.facts.get(name, ())) > 1 for name in _ONE_RUN)
    return [] if several else [claim.number for claim in _seen(reading)]


def _seen_as_it_ran(reading: Reading) -> list[float]:
    """Of two set-ups, one of which failed, the amounts [GB] that were seen of the one that ran."""
    return [claim.number for claim in _seen(reading) if of_what_ran(reading, claim.span)]


# what parts come to, as the asker adds them
_ADDED_UP = r"(?:加起来|加在一起|相加|加总|\badd(?:s|ed|ing)? up to|\bsum(?:s|med)?(?: up)? to|\btogether (?:that(?:'s| is)|they (?:are|make)|it'?s|makes?))\s?(?:也|才|就|只|不过|一共|总共|是|有|约|大概|only|just|about|around|~)*\s?$"


def _seen(reading: Reading) -> list[Claim]:
    return [
        claim
        for claim in memory_claims(reading)
        if 0 < claim.number <= _MOST
        and not (_rises(reading, claim) and "accumulation" in reading.cues)
        and not compiled(_DENIED).search(reading.lowered[: claim.span[0]].lower())
        and not compiled(_ADDED_UP).search(reading.lowered[: claim.span[0]].lower())
        and not compiled(_WRITTEN).search(compiled(_SHOWS).sub(" ", clause_of(reading.text, claim)))
    ]


def ranges(reading: Reading) -> list[str]:
    """What was read that a method takes, as `lora 50-80`: a range of GB right after its name."""
    text = normalise(reading.text).text
    return [
        f"{_METHOD_WORDS[found['method']]} {found['n']}-{found['m']}"
        for found in compiled(_RANGE).finditer(text)
        if float(found["n"]) < float(found["m"])  # else it fell from one to the other
    ]


def short(reading: Reading) -> float | None:
    """The amount [GB] by which it is told to have failed."""
    found = compiled(SHORT).search(normalise(reading.text).text)
    if not found:
        return None
    number, unit = float(found["n"] or found["m"]), found["u"] or found["v"]
    return number / 1e3 if unit in _MEGA else number


def _answers_of_a_step(reading: Reading) -> list[float]:
    """All the answers that are generated before an update, where they are counted, by prompts and answers to each."""
    each, prompts = (reading.extras.get(name, ()) for name in ("num_generations", "requests"))
    whole = reading.extras.get("rollouts", ())
    return [float(whole[0])] if whole else [float(prompts[0]) * float(each[0])] if prompts and each else []


def memory_claims(reading: Reading) -> list[Claim]:
    """The amounts of memory that are stated, but for those that the cards have."""
    sizes = {float(size) for size in reading.facts.get("gpu_memory_gb", ())} | _marketed(reading)
    cards = {size * count for size in sizes for count in (1, *reading.facts.get("n_gpus", ()))}
    found = [_in_gigabytes(claim) for claim in reading.claims]
    lacking = [one.span() for one in compiled(SHORT).finditer(reading.lowered)]  # which nothing takes
    return [
        claim
        for claim in found
        if claim.unit.lower() in GIGA and claim.number not in cards and not within(claim.span, lacking)
    ]


def _in_gigabytes(claim: Claim) -> Claim:
    """`1.3 TB` is 1,300 GB."""
    unit = _TERA.get(claim.unit.lower())
    return replace(claim, number=claim.number * 1000, unit=unit) if unit else claim


def _marketed(reading: Reading) -> set[float]:
    """What the cards that were named hold."""
    named = [one for text in reading.facts.get("gpu", ()) for one in models_in(str(text))]
    sizes = [gpu_row(full)["memory_marketed_gb"] for one in named for full in names().find_gpus(one)]
    return {float(size) for size in sizes if size}  # unified memory has no one size


# an amount that is of a file, and no need
_OF_A_FILE = (
    r"\bdownload\w*|\bpull(?:s|ed|ing)?\b|\bon disk\b|\bfile\w*\b|\bggufs?\b|\bblobs?\b|\bollama (?:list|ls|library|page|site)\b|\bmodel page\b|下载|文件|硬盘|磁盘"
    r"|\bi?q\d\w* (?:is|are|weighs|=|comes to)\b|\bi?q\d\w* ?(?:是|有|为)"
)


def files_told(reading: Reading) -> list[float]:
    """The amounts in GB that are told of files."""
    return [one.number for one in memory_claims(reading) if compiled(_OF_A_FILE).search(clause_of(reading.text, one))]


def clause_of(text: str, claim: Claim) -> str:
    """The words around an amount, up to where the sentence turns to another one."""
    start, end = clause_around(text, claim.span)
    clause, place = text[start:end].lower(), claim.span[0] - start
    turns = [0, *(found.end() for found in compiled(_TURNS).finditer(clause) if found.end() <= place)]
    later = [found.start() for found in compiled(_TURNS).finditer(clause) if found.start() >= place]
    return clause[turns[-1] : later[0] if later else None]
