"""Facts said by words and numbers: settings, formats, sizes, counts, lengths, memories."""

import re

from chat import lexicon
from chat.flags import unknown_values
from chat.lexicon import COUNTS, NODE_COUNTS, NUMBERED, WORDED, Numbered
from chat.named_cards import CARD_SIZES, card_numbers
from chat.named_models import activated, in_all
from chat.scan import Scan
from chat.task import read_task
from kb.knobs import thousand
from kb.recipe import ADAPTERS

_VALUE = re.compile(r"(?P<n>\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?)\s?(?P<s>[km%万w])?", re.ASCII)


Places = list[re.Match[str]]
_LONGEST = 2e5  # tokens
_SHORTEST = 16  # tokens: fewer are no length, but a count of something
_LENGTHS = frozenset(str(2**power) for power in range(9, 18))


def _bound(found_by: list[tuple[Numbered, Places]]) -> dict[int, str]:
    """Which numbers stand right after a keyword, and of what fact; a keyword that is the noun of a number before it
    (`8k context 4 users`) binds none."""
    valued = {found.start("v"): rule.fact for rule, places in found_by if rule.has_keyword_first for found in places}
    nouns = {
        (rule.fact, place)
        for rule, places in found_by
        if not rule.has_keyword_first
        for found in places
        if valued.get(found.start("v"), rule.fact) == rule.fact  # `batch_size: 2 gradient_accumulation_steps: 8`
        for place in range(found.end("v"), found.end())
    }
    bound: dict[int, str] = {}
    for rule, places in found_by:
        if rule.has_keyword_first:
            for found in places:
                if (rule.fact, found.start()) not in nouns:
                    bound.setdefault(found.start("v"), rule.fact)
    return bound


def _numbered(scan: Scan, rule: Numbered, places: Places, bound: dict[int, str]) -> None:
    """State what a rule finds; a bound number is not drawn into the row before another noun (`length 8192, 32 users`)."""
    for found in places:
        start, end = found.span("v")
        if not scan.free(start, start + 1) if rule.has_keyword_first else not scan.free(end - 1, end):
            continue
        stated, kept = False, True
        if rule.fact == "learning_rate":
            stated = scan.add(rule.fact, float(found["v"]), start, end, extra=True)
            continue
        for value in _VALUE.finditer(found["v"]):
            text = _digits(value)
            amount: object = text
            if text.endswith("%"):
                amount = float(text[:-1]) / 100
            if rule.extra:
                amount = _plain(str(amount), in_tokens=rule.fact == "max_prompt")
            if found.groupdict().get("tb"):
                amount = 1024 * float(text.replace(",", ""))
            at = start + value.start(), start + value.end()
            elsewhere = bound.get(at[0], rule.fact) != rule.fact
            if rule.fact == "batch_size" and at[0] > start and text in _LENGTHS:
                elsewhere = True  # "bs 1, 2048"
            if rule.fact == "seq_len" and text.isdigit() and int(text) < _SHORTEST:
                elsewhere = True  # "1 sequence", "8 contexts"
            if not scan.free(*at) or elsewhere:
                kept = False
                continue
            stated |= scan.add(rule.fact, amount, *at, extra=rule.extra)
        if stated and kept:
            scan.take(start, end)


def _digits(value: re.Match[str]) -> str:
    """`4,096` → 4096, `1.5万` → 15000, `8k` stays: what k means depends on the fact."""
    number, scale = value["n"].replace(",", ""), value["s"] or ""
    return str(round(float(number) * 1e4)) if scale in ("万", "w") else number + scale


def _plain(text: str, in_tokens: bool) -> float:
    """The k of a length may be 1024, that of everything else is a thousand."""
    number = float(text.rstrip("km%"))
    return number * {"k": thousand(number) if in_tokens else 1e3, "m": 1e6}.get(text[-1:], 1.0)


# Read before cards and formats: their words contain numbers and formats that would otherwise be taken for those.
_EARLY = frozenset({"kv_format", "double_quant", "optimizer", "precision", "attention", "adapter_dtype"})


def read_settings(scan: Scan) -> None:
    """Settings that are bound to a keyword."""
    for found in scan.find(lexicon.HARDWARE_NAMES):
        scan.take(*found.span())
    for rule in WORDED:
        if rule.fact in _EARLY:
            _worded(scan, rule.fact, rule.value, rule.pattern)
    for found in scan.find(lexicon.TARGETS):
        modules = re.findall(r"[qkvo](?![a-z])|gate|up|down", (found["v"] or found["w"]).replace("_proj", ""))
        scan.add("lora_targets", " ".join(dict.fromkeys(modules)), *found.span())
    for found in scan.find(lexicon.TENSOR_SPLIT):
        scan.add("tensor_split", found["v"], *found.span())
    for found in scan.find(lexicon.FRAMES):
        if scan.free(*found.span()):
            scan.add("seq_len", int(found["n"] or found["k"]) * int(found["m"] or found["l"]), *found.span())
    for found in scan.find(lexicon.LENGTH_RANGE):
        if scan.free(*found.span()):
            for end in ("a", "b"):
                scan.add("seq_len", f"{found[end]}k", *found.span(end))
            scan.take(*found.span())
    found_by = [(rule, list(scan.find(rule.pattern))) for rule in NUMBERED]
    bound = unknown_values(scan) | _bound(found_by) | card_numbers(scan)
    for numbered, places in found_by:
        _numbered(scan, numbered, places, bound)


def read_methods(scan: Scan) -> None:
    """The other settings, the method and the task."""
    _methods(scan)
    for rule in WORDED:
        if rule.fact not in _EARLY and rule.fact != "engine":
            _worded(scan, rule.fact, rule.value, rule.pattern)
    if scan.facts.get("offload") == ["params"] and set(scan.facts.get("zero_stage", (3,))) <= {1, 2}:
        scan.facts["offload"] = ["optimizer"]  # parameters leave the card from stage 3 on only
    if len(scan.facts.get("algo", ())) > 1 and "sft" in scan.facts["algo"]:
        scan.facts["algo"].remove("sft")  # what another algorithm is compared with
    if "tp" not in scan.facts:
        scan.facts.pop("sequence_parallel", None)  # said of long sequences at large: Megatron's divides what tp leaves
    read_task(scan)
    _moved(scan)


def _moved(scan: Scan) -> None:
    """Layers that go to the card are no offloading of all parameters."""
    stated = {"gpu_layers", "n_cpu_moe", "cpu_offload_gb"} & set(scan.facts) or any(
        True for _ in scan.find(lexicon.LAYERS_MOVED)
    )
    if stated and scan.facts.get("task") != ["train"] and scan.facts.get("offload") == ["params"]:
        del scan.facts["offload"], scan.spans["offload"]


def _worded(scan: Scan, fact: str, value: object, pattern: str) -> None:
    for found in scan.find(pattern):
        # Where only a part of the words tells the value, that part is the group `v`.
        span = found.span("v") if "v" in found.re.groupindex else found.span()
        if not scan.free(*span):
            continue
        if _refused(scan, found.start()):
            scan.take(*span)
        else:
            scan.add(fact, value, *span)


_REFUSED = re.compile(
    r"(?<!why )(?<!if )(?<!or )\b(?:not|no|without|w/o|(?:don't|do not|can't|cannot|not) (?:want|use)|not (?:using|doing|going)|never)\s(?:the |a |any |use |using |to use )?$"
    r"|(?:不要|不用|不想用?|没用|未用|不是|不做|不加|不开|没开|别用?|而非|并非)\s?$",
    re.ASCII,
)


def _refused(scan: Scan, start: int) -> bool:
    """Is what stands here named as what is not used ("full, not LoRA")?"""
    return _REFUSED.search(scan.text, max(0, start - 24), start) is not None


def _methods(scan: Scan) -> None:
    said = sorted(
        (hit.start(), hit.end(), rule.value)
        for rule in lexicon.METHODS
        for hit in scan.find(rule.pattern)
        if scan.free(hit.start(), hit.end())
    )
    found = [one for one in said if not _refused(scan, one[0])]
    for start, end, _ in set(said) - set(found):
        scan.take(start, end)
    adapters = {value for _, _, value in found} & (set(ADAPTERS) - {"lora"})
    for start, end, value in found:
        if value == "lora" and adapters and lexicon.compiled(lexicon.OF_ADAPTERS).search(scan.text[end:]):
            scan.take(start, end)
            continue
        scan.add("method", value, start, end)
    low = any(bits <= 8 for bits in scan.facts.get("bits", ())) or bool(
        set(scan.facts.get("weight_format", ())) & {"nf4", "int4", "int8", "fp4", "gptq-int4", "awq-int4-g128"}
    )
    # LoRA on a base of 4 or 8 bits is what everybody calls QLoRA.
    if scan.facts.get("method") == ["lora"] and low and 16 not in scan.facts.get("bits", ()):
        scan.facts["method"] = ["qlora"]
    # QLoRA's base has 4 or 8 bits: sixteen beside it is what it computes in
    if scan.facts.get("method") == ["qlora"] and set(scan.facts.get("weight_format", ())) <= {"bf16", "fp16"}:
        scan.facts.pop("weight_format", None)


def read_amounts(scan: Scan) -> None:
    """Formats, bits, sizes, counts, memories, lengths, in the order in which they claim their numbers."""
    _formats(scan)
    _bits(scan)
    _active_and_tokens(scan)
    _sizes(scan)
    _counts(scan)
    _memory_beside(scan)
    _memories(scan)
    _lengths(scan)


def _formats(scan: Scan) -> None:
    for found in scan.find(lexicon.GGUF):
        if scan.free(*found.span()):
            kind = re.sub(r"^(i?q\d)_?k_?([sml])$", r"\1_k_\2", found["type"])  # Q4KM is Q4_K_M
            name = kind.upper()
            if not scan.add("weight_format", f"gguf:{name}", *found.span()) and kind.endswith("_k"):
                scan.add("weight_format", f"gguf:{name}_M" if kind != "q6_k" else "gguf:Q6_K", *found.span())
    for found in scan.find(lexicon.GPTQ):
        if not scan.free(*found.span()):
            continue
        kind = found["kind"] or found["kind2"]
        bits = found["bits"] or found["before"] or _lone_bits(scan)
        scan.add("weight_format", _packed(kind, bits), *found.span())
    for name, pattern in lexicon.FORMATS:
        for found in scan.find(pattern):
            if scan.free(*found.span()):
                scan.add("weight_format", name, *found.span())
    for found in scan.find(lexicon.BITS_PER_WEIGHT):
        if scan.free(*found.span()):
            scan.add("bits", round(float(found["v"])), *found.span())
    for found in scan.find(lexicon.GGUF_LOOSE):
        if scan.free(*found.span()):
            scan.add("bits", found["bits"], *found.span())


def _lone_bits(scan: Scan) -> str:
    """`GPTQ 量化 8 bit`: the bits of the sentence, when there is one figure only."""
    figures = {found["v"] for found in scan.find(lexicon.BITS) if found["v"] and found["v"].isdigit()}
    figures |= {found[1] for found in scan.find(r"\bint([48])\b")}
    return figures.pop() if len(figures) == 1 else "4"


def _packed(kind: str, bits: str) -> str:
    if kind == "gptq":
        return f"gptq-int{bits if bits in '348' else '4'}"
    return {"awq": "awq-int4-g128", "hqq": "hqq-int2" if bits == "2" else "hqq-int4", "aqlm": "aqlm-2bit"}[kind]


def _bits(scan: Scan) -> None:
    for found in scan.find(lexicon.BITS):
        if found["i"]:
            if scan.free(*found.span()):
                scan.add("bits", found["i"], *found.span())
            continue
        start, end = found.span("v")
        if not scan.free(end - 1, end):
            continue
        if _refused(scan, start):
            scan.take(start, found.end())
            continue
        for value in re.finditer(r"\d+", found["v"]):
            if scan.free(start + value.start(), start + value.end()):
                scan.add("bits", value[0], start + value.start(), start + value.end())
        scan.take(end, found.end())


def _active_and_tokens(scan: Scan) -> None:
    for found in scan.find(lexicon.ACTIVE):
        if scan.free(*found.span()):
            number = found["n"] or found["m"] or found["k"]
            scan.add("active_params", float(number) * 1e9, *found.span(), extra=True)
    for found in scan.find(lexicon.TRAIN_TOKENS):
        if found["s"] == "k" or not scan.free(*found.span()):
            continue
        tokens = float(found["n"]) * lexicon.SIZE_SCALES[found["s"]]
        if tokens <= _LONGEST:
            scan.add("seq_len", round(tokens), *found.span())  # nobody trains on as few: it is a length
            continue
        scan.add("train_tokens", float(found["n"]) * lexicon.SIZE_SCALES[found["s"]], *found.span(), extra=True)


def _sizes(scan: Scan) -> None:
    _active_again(scan)
    for found in scan.find(lexicon.SIZE_EXPERTS):
        if scan.free(*found.span()):  # no model of the table has this shape: the product is an upper bound
            scan.add("params", float(found["n"]) * float(found["each"]) * 1e9, *found.span())
    for found in scan.find(lexicon.SIZE_ROW):
        start, end = found.span("row")
        if scan.free(start, end):
            for value in re.finditer(r"\d+(?:\.\d+)?", found["row"]):
                scan.add("params", float(value[0]) * 1e9, start + value.start(), start + value.end())
    for found in scan.find(lexicon.SIZE_ZH_CLASS):
        if scan.free(*found.span()):
            scan.add("params", lexicon.SIZE_SCALES[found["s"]], *found.span())
    for pattern in (lexicon.SIZE_ZH, lexicon.SIZE, lexicon.SIZE_SMALL):
        for found in scan.find(pattern):
            if scan.free(*found.span()) and not _is_memory(scan, found) and not _in_a_sum(scan, found):
                size = float(found["n"]) * lexicon.SIZE_SCALES[found["s"]]
                if size >= 1:
                    scan.add("params", round(size), *found.span())


def _in_a_sum(scan: Scan, found: re.Match[str]) -> bool:
    """Beside a model that is named, a size in the asker's arithmetic is a step of it: `mixtral: 56B*0.5 = 28`."""
    place = scan.normal.original(*found.span())[0]
    return "model" in scan.facts and any(one.span[0] <= place < one.span[1] for one in scan.equations)


# "bf16 takes 1.3T": a T that something takes is of bytes
_TAKES = re.compile(r"(?:要|需要?|占用?|吃|用|得|takes?|needs?|requires?|uses?|is|=|~|约|大概)\s?(?:about |around |~)?$")


def _is_memory(scan: Scan, found: re.Match[str]) -> bool:
    return found["s"] == "t" and _TAKES.search(scan.text[max(0, found.start() - 12) : found.start()]) is not None


def _active_again(scan: Scan) -> None:
    """`Qwen3-235B-A22B: only 22B, right?`: a size that is what a named model activates is no other model's."""
    named = (activated(str(name)) for name in scan.facts.get("model", ()))
    active = [*scan.extras.get("active_params", ()), *(size for size in named if size)]
    for found in scan.find(lexicon.SIZE):
        size = float(found["n"]) * lexicon.SIZE_SCALES[found["s"]]
        if scan.free(*found.span()) and any(abs(size - one) <= 0.12 * one for one in active):
            scan.add("active_params", size, *found.span(), extra=True)
        elif scan.free(*found.span()) and any(abs(size - one) <= 0.02 * one for one in _totals(scan)):
            scan.take(*found.span())  # the size of the model that is named, once more


def _totals(scan: Scan) -> list[float]:
    """The sizes of the models that are named and have experts."""
    return [in_all(str(name)) for name in scan.facts.get("model", ()) if activated(str(name))]


def read_nodes(scan: Scan) -> None:
    """Machines times cards, before a card's own count could take the second number alone."""
    for pattern in NODE_COUNTS:
        for found in scan.find(pattern):
            nodes, each = int(found["a"]), int(found["b"])
            total = re.search(r"[机台]\s*\d+\s*(?:张)?卡$", found[0]) and each > 8 and each % nodes == 0
            if total:  # 两机16卡: a machine holds eight
                each //= nodes
            if nodes and each and scan.free(*found.span("a")) and scan.free(*found.span("b")):
                scan.add("nodes", nodes, *found.span("a"), extra=True)
                scan.add("n_gpus", nodes * each, found.start("b"), found.end("b"))


def read_engines(scan: Scan) -> None:
    """Programs that run models, before the model names that some of them contain."""
    for rule in WORDED:
        if rule.fact == "engine":
            _worded(scan, rule.fact, rule.value, rule.pattern)


def _counts(scan: Scan) -> None:
    for pattern in COUNTS:
        for found in scan.find(pattern):
            groups = found.groupdict()
            if not scan.free(*found.span()):
                continue
            if number := groups.get("v") or groups.get("w"):
                group = "v" if groups.get("v") else "w"
                if int(number):
                    scan.add("n_gpus", int(number), *found.span(group))
            else:
                word = next(name for name in ("single", "dual", "pair", "quad") if groups.get(name))
                scan.add("n_gpus", {"single": 1, "dual": 2, "pair": 2, "quad": 4}[word], *found.span(), take=False)
    if "n_gpus" not in scan.facts:
        for found in scan.find(lexicon.FAILING_COUNT):
            if scan.free(*found.span("n")) and int(found["n"]):
                scan.add("n_gpus", int(found["n"]), *found.span("n"))
    for found in scan.find(r"(?<![\d.a-z])(?P<v>\d{1,4})\s*(?:nodes?\b|台机器|台服务器)"):
        if scan.free(*found.span()):
            scan.add("nodes", int(found["v"]), *found.span(), extra=True)


_PER_CARD = re.compile(r"per (?:gpu|card)|each|每", re.ASCII)


def _memories(scan: Scan) -> None:
    _called_bandwidth(scan)
    for place, pattern in enumerate(lexicon.CARD_MEMORY):
        for found in scan.find(pattern):
            start, end = (found.start("v"), found.end("u")) if found["v"] else (found.start("mb"), found.end("mu"))
            if not scan.free(start, end):
                continue
            # "14 GB per GPU" is what a run takes, unless cards are sold so
            amount = float(found["v"]) if found["v"] else _marketed(int(found["mb"]))
            if place <= 1 and _PER_CARD.search(found[0]) and amount not in CARD_SIZES:
                continue
            # "needs 12G of VRAM" states a need; only a card's or an owner's figure is a capacity.
            if place == 0 and lexicon.compiled(lexicon.NEED).search(scan.text[max(0, start - 16) : start]):
                continue
            if "gpu_memory_gb" in scan.facts and len(scan.facts.get("gpu", ())) <= 1 and place >= 2:
                continue
            scan.add("gpu_memory_gb", amount, start, end)


def _called_bandwidth(scan: Scan) -> None:
    """`48 GB of bandwidth`, where no memory is told."""
    if {"gpu", "gpu_memory_gb"} & set(scan.facts):
        return
    for found in scan.find(lexicon.CALLED_BANDWIDTH):
        group = next(name for name in "vwxy" if found[name])
        if scan.free(*found.span(group)):
            scan.add("called_bandwidth", float(found[group]), *found.span(group), extra=True)


def _memory_beside(scan: Scan) -> None:
    """`4x A6000 + 512GB`: with the cards named, what stands beside them is the machine's."""
    if not {"gpu", "gpu_memory_gb"} & set(scan.facts) or "host_memory_gb" in scan.facts:
        return
    for found in scan.find(lexicon.BESIDE_CARDS):
        if scan.free(*found.span("v")) and float(found["v"]) >= _LEAST_HOST:
            scan.add("host_memory_gb", float(found["v"]), found.start("v"), found.end())


_LEAST_HOST = 32  # GB


def _marketed(mebibytes: int) -> float:
    """The memory that a driver's MiB belong to: 24,564 and 24,576 are a 24 GB card's."""
    gibibytes = mebibytes / 1024
    return float(round(gibibytes)) if abs(gibibytes - round(gibibytes)) < 0.02 else round(gibibytes, 2)


def _lengths(scan: Scan) -> None:
    for pattern in lexicon.LONE_LENGTHS:
        for found in scan.find(pattern):
            start = found.start("v")
            for value in _VALUE.finditer(found["v"]):
                text = _digits(value)
                at = start + value.start(), start + value.end()
                if scan.free(*at):
                    scan.add("seq_len", text, *at)
    if "seq_len" not in scan.facts:
        for found in scan.find(lexicon.BARE_LENGTH):
            if scan.free(*found.span()):
                scan.add("seq_len", found[0], *found.span())
        for found in scan.find(lexicon.BARE_LENGTH_AT):
            if scan.free(*found.span("v")):
                scan.add("seq_len", found["v"], *found.span("v"))
