"""What may be changed of a model that is served: its share of the card, the bits of cache and weights, what host memory holds."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from formulas.errors import BadInput
from formulas.quantity import Words
from kb.cards import shares_memory
from kb.case_model import invented
from kb.cases import LAYOUTS
from kb.change import HARDLY_ANY_QUALITY, SOME_QUALITY, Change, Costs, Price, costing
from kb.flags import with_flag
from kb.hosting import most_layers
from kb.kernels import lacks_fp8
from kb.knobs import PLAIN_TYPES
from kb.moved_experts import moved, with_moved
from kb.names import gpu_row
from kb.outcome import Outcome, outcome
from kb.pools import MOST_SHARE
from kb.programs import written
from kb.recipe import format_for, formats_by_bits
from kb.solver import highest, layers_that_fit
from kb.stated import ASKED, ASSUMED
from kb.stored import AS_PUBLISHED, FEW_BITS, FILES, UNQUANTISED, bits_of_file, of_few_bits, stored_bits
from kb.unequal import shifted
from kb.wider import NARROW_CACHE, lacks_narrow_cache

# a cache of half as many bits again, where a program computes with one
NARROWEST_CACHE = {FILES: "q4_0"}
# programs that bring no layers to host memory, or in their own way
_ON_CARDS = ("exllama",)
_SERVERS = ("vllm", "sglang")
# facts that put a part of a model that is served into host memory
PLACES_OF_SERVING = frozenset({"gpu_layers", "n_cpu_moe", "cpu_offload_gb", "offload"})
# where one user runs a model, so that a program for one will do (a desktop's memory is another matter: kb/changes.py)
_OF_ONE_USER = ("consumer", "laptop", "workstation")
# what programs other than llama.cpp have kernels and checkpoints for
_USUAL_BITS = (8, 4)
_FEW_BITS = 6  # bits of a weight below which a file in 4 gives up nothing
_MUCH_MEMORY = 128e9  # bytes that few machines have for weights
# of a machine's one memory: the rest is the system's, which on a Mac of 16 GB has hardly enough in a tenth
MOST_OF_A_MAC = 0.9
# a share that is told, from which it is about what vLLM takes by itself; who told a smaller one has other programs on the card
_USUAL_SHARE = 0.85
# requests at once below which a server is hardly limited
_FEWEST_AT_ONCE = 8
# of the weights: half of them over PCIe (32 GB/s) make a token some 16 times as slow as all on the card (an RTX 4090's 1,010)
_MOST_HOSTED = 0.5
_BITS_OF_FP8 = 8
_AS_INTEGERS = costing("as INT8 or GPTQ: this card has no FP8 units", "用 INT8 或 GPTQ:这种卡没有 FP8 单元")
_ALL_IN_FEW = costing("embedding and head are in few bits too", "embedding 和输出头也量化")
_HOSTED = costing("slower: that part is computed or read from host memory", "变慢:这部分在内存中计算或读取")
# of the experts: at 89.6 GB/s (recipes: host_bandwidth) an eighth is read nearly as soon as an RTX 4090 reads all
_FEW_READ = 1 / 8


def of_serving(where: Outcome) -> Iterator[Change]:
    """What a server may be told: its share, the bits of cache and weights, what goes to host memory."""
    yield from _shifted(where)
    yield from _shares(where)
    yield from few_at_once(where)
    yield from _caches(where)
    yield from _weights(where)
    if not refuses_offload(where):
        yield from hosted_parts(where)


def _shifted(where: Outcome) -> Iterator[Change]:
    """A few layers more on the larger of unequal cards than its memory's share of them."""
    if where.verdict_of_cards != "yes" and (found := shifted(where)):
        shares, count, card = found
        said = Words(
            f"{count} layer{'s' if count > 1 else ''} more on the {re.sub('^an? ', '', card.called.en)}",
            f"{card.called.zh} 多放 {count} 层",
        )
        yield Change({"tensor_split": shares}, Price.NOTHING, said, with_flag((), FILES, "tensor_split", shares))


def _shares(where: Outcome) -> Iterator[Change]:
    """The most that a program is usually given of a card, where its share is about the usual one and less."""
    share = where.situation.knobs.get("gpu_memory_utilization")
    if share is None:
        return
    card, told = where.case.card, share.origin == ASKED
    if card is not None and not told and shares_memory(card) and gpu_row(card.name).get("vendor") == "Apple":
        limit = f"sudo sysctl iogpu.wired_limit_mb={int(MOST_OF_A_MAC * card.capacity / 2**20)}"
        said = Words(f"more of the memory for the GPU ({limit})", f"让 GPU 用更多内存({limit})")
        cost = costing("little is left for the system and other programs", "留给系统和其他程序的变少")
        yield Change({"gpu_memory_utilization": MOST_OF_A_MAC}, Price.NOTHING, said, cost)
    usual = not told or float(share.value) >= _USUAL_SHARE
    if where.situation.knob("engine") == "vllm" and usual and float(share.value) < MOST_SHARE:
        said = Words(
            f"a larger share of the card (gpu_memory_utilization {MOST_SHARE:g})",
            f"更大的份额(gpu_memory_utilization {MOST_SHARE:g})",
        )
        cost = costing(
            "nothing else on the card; --enforce-eager frees what CUDA graphs take beside it",
            "卡上不能有别的程序;--enforce-eager 可省下份额之外的 CUDA graph",
        )
        yield Change({"gpu_memory_utilization": MOST_SHARE}, Price.NOTHING, said, cost)


def few_at_once(where: Outcome) -> Iterator[Change]:
    """vLLM's limit of requests at once, by default hundreds whose logits its profile run holds, near those that there are.
    https://docs.vllm.ai/en/latest/configuration/conserving_memory/"""
    limit = where.situation.knobs.get("max_num_seqs")
    few = max(_FEWEST_AT_ONCE, int(where.situation.knob("batch_size") or 1))
    if program_of(where) not in ("", "vllm") or limit is None or limit.origin == ASKED or few >= int(limit.value):
        return
    said = Words(
        f"--max-num-seqs {few} in place of {int(limit.value):,}", f"--max-num-seqs 从 {int(limit.value):,} 降到 {few}"
    )
    cost = costing("a smaller profile run; more requests than that wait", "启动时的测量运行变小;超出的请求排队")
    yield Change({"max_num_seqs": few}, Price.NOTHING, said, cost)


def _caches(where: Outcome) -> Iterator[Change]:
    """The cache in fewer bits, as the program calls them."""
    knob = where.situation.knob
    engine, kept = str(knob("engine") or ""), knob("kv_format")
    program = program_of(where) or engine
    if kept in (None, *PLAIN_TYPES) and not lacks_narrow_cache(where):
        narrow = NARROW_CACHE.get(engine, "int8")
        called = cache_called(where, narrow)
        said = Words(f"cache in 8 bits ({called})", f"缓存用 8 位({called})")
        cost = with_flag(HARDLY_ANY_QUALITY, program, "kv_format", narrow)
        yield Change({"kv_format": narrow}, Price.QUALITY, said, cost)
    if engine in NARROWEST_CACHE and kept in (None, *PLAIN_TYPES, NARROW_CACHE[engine]):
        narrow = NARROWEST_CACHE[engine]
        called = cache_called(where, narrow)
        said = Words(f"cache in 4 bits ({called})", f"缓存用 4 位({called})")
        yield Change({"kv_format": narrow}, Price.QUALITY, said, with_flag(SOME_QUALITY, program, "kv_format", narrow))


def cache_called(where: Outcome, narrow: str) -> str:
    """A cache's format as the program calls it: ExLlama's are Q8 and Q4, LMDeploy's is of whole numbers (--quant-policy 8)."""
    program = program_of(where)
    if program == "lmdeploy":
        return narrow.replace("fp8", "int8")
    return narrow[:2].upper() if program == "exllama" else narrow


def _weights(where: Outcome) -> Iterator[Change]:
    """Weights in fewer bits; below four quality goes, which is to give up a part of what was asked for."""
    engine, stored = str(where.situation.knob("engine") or ""), where.situation.knob("weight_format")
    checkpoints = stored in AS_PUBLISHED or program_of(where) in _ON_CARDS
    usual = [bits for bits in formats_by_bits() if bits >= min(_USUAL_BITS)]
    for bits in sorted(usual if engine == FILES and not checkpoints else _USUAL_BITS, reverse=True):
        if bits < stored_bits(where) - 1:
            name = format_for("inference", bits, engine)
            said = _called(f"{bits}-bit weights", f"{bits} 位权重", name if engine == FILES else None)
            cost = HARDLY_ANY_QUALITY if bits >= 8 else SOME_QUALITY
            if bits == _BITS_OF_FP8 and engine != FILES and lacks_fp8(where.case.card):
                cost = (*cost, *_AS_INTEGERS)
            yield Change({"weight_format": name, "bits": None}, Price.QUALITY, said, cost)
    if checkpoints or engine not in ("", FILES):
        return
    if file := _as_file(where):  # of a checkpoint the embedding and the head stay in 16 bits, of a file they do not
        said = _called("a GGUF file in 4 bits", "4 位的 GGUF 文件", file["weight_format"])
        yield Change(file, Price.QUALITY, said, _ALL_IN_FEW)
    of_file = bits_of_file(str(stored)) or stored_bits(where)
    for name in FEW_BITS:  # where no program is named, files are left
        if (held := bits_of_file(name)) < of_file:
            said = _called(f"{int(held)}-bit weights", f"{int(held)} 位权重", name)
            yield Change({"weight_format": name, "bits": None}, Price.LESS, said, of_few_bits())


def _called(en: str, zh: str, file: str | None) -> Words:
    kind = str(file).removeprefix("gguf:")
    return Words(f"{en} ({kind})", f"{zh}({kind})") if file else Words(en, zh)


def hosted_parts(where: Outcome) -> Iterator[Change]:
    """Experts, then whole layers, in host memory: solved, so that as much as fits stays on the card."""
    knob = where.situation.knob
    card = where.case.card
    if program_of(where) in _ON_CARDS or (card is not None and shares_memory(card)):
        return
    if invented(where.case) and where.situation.model is not None and where.situation.model.experts:
        return  # whose layers have how many experts nobody told
    if knob("engine") in _SERVERS:
        yield from _beside_a_server(where)
        yield from _experts_elsewhere(where)
        return
    yield from _experts(where)
    yield from _layers(where)


def _beside_a_server(where: Outcome) -> Iterator[Change]:
    """So many GiB of each card's weights in host memory, the fewest with which the rest is sure to fit; vLLM's own way."""
    knob = where.situation.knob
    told = knob("cpu_offload_gb")
    if knob("engine") != "vllm" or program_of(where) not in ("", "vllm"):
        return
    asked = told is not None or knob("host_memory_gb") is not None  # who tells of it asks for it
    most = int((1.0 if asked else _MOST_HOSTED) * (where.terms.get("weights", 0.0) / 2**30 + float(told or 0)))

    def sure(less: int) -> bool:
        try:
            return outcome(where.case.with_facts(cpu_offload_gb=most - less)).verdict_of_cards == "yes"
        except BadInput:  # the layout admits no such part
            return False

    kept = highest(sure, 0, most - 1) if most > 0 else None
    if kept is None:
        return
    said = Words(f"{most - kept} GiB of each card's weights in host memory", f"每卡 {most - kept} GiB 权重放在内存")
    cost = with_flag(costing("much slower: read over PCIe for every token", "慢很多:每个 token 都要经 PCIe 读取"), "vllm", "cpu_offload_gb", most - kept)  # fmt: skip
    # who tells of no host memory would sooner have a shorter context than weights that are read for every token
    price = Price.HOST_MEMORY if asked else Price.LESS
    yield Change({"cpu_offload_gb": most - kept}, price, said, cost)


def _experts_elsewhere(where: Outcome) -> Iterator[Change]:
    """Of a mixture on a desktop's cards, where a server keeps all on them: its experts in host memory, as llama.cpp has it."""
    model, card = where.situation.model, where.case.card
    if model is None or not model.experts or card is None or not of_one_user(where):
        return
    if set(LAYOUTS) & (set(where.case.facts) - where.case.assumed):
        return
    facts = {name: one for name, one in where.case.facts.items() if name not in LAYOUTS} | {"engine": FILES}
    try:
        there = outcome(replace(where.case, facts=facts))
    except BadInput:  # no files of such weights
        return
    for change in _experts(there):
        engine: dict[str, Any] = dict.fromkeys(set(LAYOUTS) & set(where.case.facts)) | {"engine": FILES}
        said = Words(f"llama.cpp with {change.says.en}", f"改用 llama.cpp,{change.says.zh}")
        yield replace(change, facts={**engine, **change.facts}, says=said)


def _experts(where: Outcome) -> Iterator[Change]:
    """The experts of as few layers as do, of all where it must be."""
    knob, model = where.situation.knob, where.situation.model
    if model is None or not model.experts or knob("offload") not in (None, "none") or knob("gpu_layers") is not None:
        return
    many = (where.n_params or 0.0) * stored_bits(where) / 8 > _MUCH_MEMORY
    if knob("host_memory_gb") is None and many and stored_bits(where) > UNQUANTISED:
        # nobody fills hundreds of GB with 16-bit experts
        said = Words("4-bit weights (Q4_K_M), experts in host memory", "4 位权重(Q4_K_M),专家放在内存")
        stored = {"weight_format": format_for("inference", min(_USUAL_BITS), FILES), "bits": None}
        yield Change({**stored, "offload": "experts"}, Price.HOST_MEMORY, said, _read_of(where))
        return
    layers, already, slower = len(model.layers), int(knob("n_cpu_moe") or 0), _read_of(where)

    def sure(more: int) -> bool:
        try:
            return outcome(with_moved(where.case, layers, layers - more)).verdict_of_cards == "yes"
        except BadInput:
            return False

    kept = highest(sure, 0, layers - already - 1) if already < layers else None
    if kept:
        some, all_ = model.with_experts(layers - kept), model.with_experts()
        those = ("", "") if all_ == layers else (" that have any", "有专家的 ")
        said = Words(
            f"the experts of {some} of {all_} layers{those[0]} in host memory",
            f"{those[1]}{all_} 层中 {some} 层的专家放在内存",
        )
        facts = moved(where.case, layers, layers - kept)
        cost = with_flag(slower, FILES, "n_cpu_moe", layers - kept)
        if split := facts.get("tensor_split"):
            cost = with_flag(cost, FILES, "tensor_split", split)
        yield Change(facts, Price.HOST_MEMORY, said, cost)
    elif not already:
        said = Words("experts in host memory", "专家放在内存")
        yield Change({"offload": "experts"}, Price.HOST_MEMORY, said, with_flag(slower, FILES, "offload", ""))


def _read_of(where: Outcome) -> Costs:
    """What experts in host memory cost: little, where a token reads few of many."""
    values = {quantity.name: float(value) for quantity, value in where.values.items() if quantity.name in _EXPERTS}
    each, of = (values.get(name, 0.0) for name in _EXPERTS)
    if not of or each / of > _FEW_READ:
        return _HOSTED
    return costing(
        f"slower but usable: each token reads only {each:g} of {of:g} experts",
        f"变慢但可用:每个 token 只读 {of:g} 个专家中的 {each:g} 个",
    )


_EXPERTS = ("experts_per_token", "n_experts")


def _layers(where: Outcome) -> Iterator[Change]:
    """As many layers as fit on the card, fewer than were asked for."""
    knob, model, program = where.situation.knob, where.situation.model, program_of(where)
    if model is None or knob("n_cpu_moe") is not None:
        return
    stated = int(knob("gpu_layers") or most_layers(program, model.layers))
    file = _as_file(where) or _as_file(where, plain=True)
    try:
        layers = layers_that_fit(where.case.with_facts(**file))
    except BadInput:  # no offer where the layout admits no such split
        return
    if layers and layers <= len(model.layers) and layers < stated:
        said = Words(
            f"{layers} layer{'s' if layers > 1 else ''} on the card{'s' if where.n_gpus > 1 else ''}, the rest in host memory",
            f"{layers} 层放在卡上,其余放在内存",
        )
        cost = with_flag(_HOSTED, program or FILES, "gpu_layers", layers)
        if file:
            kind = str(file["weight_format"]).removeprefix("gguf:")
            said = Words(f"a GGUF file ({kind}), {said.en}", f"GGUF 文件({kind}),{said.zh}")
            cost = cost if stored_bits(where) < _FEW_BITS else SOME_QUALITY + cost
        yield Change({**file, "gpu_layers": layers}, Price.HOST_MEMORY, said, cost)


def _as_file(where: Outcome, plain: bool = False) -> dict[str, Any]:
    """On one person's machine, where no program is named, the file in 4 bits: in place of a checkpoint in few bits, or `plain`
    in place of the 16 bits that nobody asked for."""
    knob, stored = where.situation.knob, where.situation.knobs["weight_format"]
    few = stored_bits(where) < _FEW_BITS and stored.value not in AS_PUBLISHED
    if knob("engine") or not of_one_user(where) or not (stored.origin == ASSUMED if plain else few):
        return {}
    return {"weight_format": format_for("inference", min(_USUAL_BITS), FILES), "bits": None}


def of_one_user(where: Outcome) -> bool:
    """Whether the card is one that a single user runs a model on."""
    return where.case.card is not None and gpu_row(where.case.card.name).get("class") in _OF_ONE_USER


def program_of(where: Outcome) -> str:
    """The program as it was named, which may be computed as another; empty where none is."""
    return written(where.case.facts.get("engine"))


def refuses_offload(where: Outcome) -> bool:
    """Whether it is stated that nothing goes to host memory: then no way there is an answer."""
    offload = where.situation.knobs.get("offload")
    return offload is not None and offload.value == "none" and offload.origin != ASSUMED
