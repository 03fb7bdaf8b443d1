"""By which program a model is served, where nobody says: by its files, its users, its cards and the kernels of its format."""

import re
from typing import Any

from chat.plans.formats import published_in, rows_of
from chat.reads.reading import Reading
from kb.candidates import WITHOUT_SERVERS
from kb.cards import models_in
from kb.lengths import reach
from kb.names import Row, gpu_row, model_row, names

Facts = dict[str, Any]
MANY_TOKENS = 32768
_FOUR_BITS = 0.6  # bytes of a parameter in four bits, scales and a little cache included
# from so many sequences at once a server is meant, which reads prompts one after the other
_MANY_SEQUENCES = 8
# what runs GGUF files, and how they call their bits
_FILES = re.compile(
    r"\bgguf\b|(?<![a-z0-9])[a-z][\w.-]*\d?:\d+(?:\.\d+)?b(?![a-z0-9])|(?<![a-z0-9_])q[2-8](?![a-z0-9])|(?<![a-z0-9])i?q[2-8]_\w",
    re.IGNORECASE,
)
# its switches, and files of a format that others run as well
_SWITCHES = re.compile(
    r"\bvulkan\b|\bn[ _-]?cpu[ _-]?moe\b|-{2}cpu-moe\b|\bncmoe\b|\bexps=|-{1,2}tensor-split\b", re.IGNORECASE
)
_A_FILE = re.compile(r"(?<![a-z])gguf(?![a-z])", re.IGNORECASE)
# said of a server
_SERVED = re.compile(r"\bserv(?:e|ing|er)\b|\bdeploy\w*|\bproduction\b|部署|上线|生产", re.IGNORECASE)


def first(value: Any) -> int:
    """The first of several values, or the one; 1 where none is told."""
    return int(value[0] if isinstance(value, list) else value or 1)


def as_served(reading: Reading, facts: Facts) -> None:
    """Many users and long prompts are served by a program that reads prompts in steps and pages its cache, not in one batch."""
    files = any(str(kind).startswith("gguf") for kind in reading.facts.get("weight_format", ()))
    hosted = {"offload", "gpu_layers", "n_cpu_moe", "layer_split"} & set(facts)
    sequences = first(facts.get("batch_size"))
    if "unified_memory" in reading.cues and sequences <= 1:
        facts.setdefault("engine", "llama.cpp")  # what apps on such machines run, in its formats
    elif {"no_blocks", "longer_than_pool", "sampler_warmup", "blocks_do_not_divide"} & set(
        reading.cues
    ):  # vLLM's own messages
        facts.setdefault("engine", "vllm")
        _of_the_refused(reading, facts)
    elif _named_by_files(reading, facts) or (sequences <= 1 and _at_home(reading, facts)):
        facts.setdefault("engine", "llama.cpp")
    divided = bool({"tp", "ep"} & set(facts)) or "replicas" in reading.cues  # ranks are a server's
    several = _in_data_centres(reading) and (
        sequences > 1 or _several(reading, facts) or _SERVED.search(reading.lowered)
    )
    # formats of a server's kernels, over several cards
    kernels = any(str(kind).startswith(("fp8", "awq", "gptq")) for kind in reading.facts.get("weight_format", ()))
    many = (
        divided
        or (kernels and (_several(reading, facts) or _cards_asked(reading)))
        or bool(several)
        or "max_num_batched_tokens" in facts
        or {"served_users"} & set(reading.cues)
        or "batch_size" in reading.asks
        or sequences >= _MANY_SEQUENCES
        or first(facts.get("seq_len")) >= MANY_TOKENS
        # of so many tokens it is asked whether they go, or how far one gets
        or (kernels and _told_length(reading) >= MANY_TOKENS)
    )
    grows = "grows_in_use" in reading.cues and not (
        {"served_users"} & set(reading.cues) or divided
    )  # no pool set aside at the start
    caches = {str(one) for one in reading.facts.get("kv_format", ())}
    if any(one.startswith(("q", "iq")) for one in caches):
        facts.setdefault("engine", "llama.cpp")  # whose formats of a cache they are
    if (
        many
        and not files
        and not hosted
        and not grows
        and not {"int4"} & caches
        and "unified_memory" not in reading.cues
    ):
        facts.setdefault("engine", "vllm")


def _told_length(reading: Reading) -> int:
    """The longest length that is told, be it what a case has or what is solved for."""
    return max((int(one) for one in reading.facts.get("seq_len", ())), default=0)


_NEAR = 0.03  # of what a message says is needed
_ROUND = 1024  # what lengths that are set are multiples of


def _of_the_refused(reading: Reading, facts: Facts) -> None:
    """The length of a sequence that a server refuses to start for, by what it says that one needs: the declared one, or one
    that was set."""
    needs, models = reading.extras.get("log_needs"), reading.facts.get("model", ())
    if not needs or "seq_len" in facts or "kv_format" in facts or len(models) != 1:
        return
    row = model_row(str(models[0]))
    if not all(row.get(one) for one in ("max_position_embeddings", "n_layers", "n_kv_heads", "head_dim")):
        return
    token = 4 * row["n_layers"] * row["n_kv_heads"] * row["head_dim"] / first(facts.get("tp"))
    said, declared = float(needs[0]) * 2**30 / token, int(row["max_position_embeddings"])
    for length in (declared, round(said / _ROUND) * _ROUND):
        if 0 < length <= reach(models[0]) and abs(length / said - 1) < _NEAR:
            facts["seq_len"] = length
            return


def _named_by_files(reading: Reading, facts: Facts) -> bool:
    """Is llama.cpp told by what its files and switches are called?"""
    kinds = str(facts.get("weight_format") or "gguf")
    files = _FILES.search(reading.lowered) and kinds.startswith("gguf") and "layer_split" not in facts
    switches = _SWITCHES.search(reading.lowered) or (kinds == "mxfp4" and _A_FILE.search(reading.lowered))
    return bool(files or switches)


_A_GAMERS = 16  # GB: cards sold with no more are seldom a server's


def _of_a_gamer(reading: Reading, facts: Facts) -> bool:
    """Is one card told by its memory alone, and one that people have at home?"""
    told = [float(one) for one in reading.facts.get("gpu_memory_gb", ())]
    one = first(facts.get("n_gpus")) == 1 and "gpu" not in reading.facts
    return one and bool(told) and max(told) <= _A_GAMERS


def _at_home(reading: Reading, facts: Facts) -> bool:
    """Is it one user's machine, on which llama.cpp is what people run, or alone can?"""
    own = "gpu" in reading.facts and not _in_data_centres(reading)
    beside_ram = "host_memory_gb" in facts and any(row.get("n_experts") for row in rows_of(reading))
    in_its_format = published_in(reading) == "mxfp4"
    several = "batch_size" in reading.asks or "served_users" in reading.cues  # requests at once are a server's
    if (own and (beside_ram or (in_its_format and not several))) or (in_its_format and _of_a_gamer(reading, facts)):
        return True  # experts go in RAM, or the format is its files'
    if not {"bits", "weight_format", "precision"} & set(reading.facts):
        # of cards of one's own that are set against each other it is asked what each runs, and that are files
        compared = "comparison" in reading.intents[:1] and len(reading.facts.get("gpu", ())) > 1 and _of_gamers(reading)
        if (own and (compared or _runs_files(reading))) or any(map(_is_old, _cards_named(reading))):
            return True
    return _outgrows_its_cards(reading, facts)  # it computes in RAM what the card does not hold


def _several(reading: Reading, facts: Facts) -> bool:
    """Are several cards told, if only beside the count that is asked for?"""
    told = [first(facts.get("n_gpus")), *map(int, reading.facts.get("n_gpus", ()))]
    return max(told) > 1


def _cards_asked(reading: Reading) -> bool:
    """Is it asked how many cards of a data centre a model takes? One that is put on them is served."""
    return "n_gpus" in reading.asks and _in_data_centres(reading)


def _outgrows_its_cards(reading: Reading, facts: Facts) -> bool:
    """Whether RAM is told beside cards that are none of a data centre's and hold not even four bits of a model."""
    unquantised = {16, 32} & set(reading.facts.get("bits", ())) or reading.facts.get("precision")
    if "host_memory_gb" not in facts or "unified_memory" in reading.cues or _in_data_centres(reading) or unquantised:
        return False
    sizes = [float(one) for one in reading.facts.get("gpu_memory_gb", ())] or [
        float(one["memory_marketed_gb"]) for one in _cards_named(reading)
    ]
    params = [float(row["unique_params"] or row["total_params"] or 0) for row in rows_of(reading)] or [
        float(one) for one in reading.facts.get("params", ())
    ]
    room = max(sizes, default=0.0) * first(facts.get("n_gpus"))
    return bool(room and params) and max(params) * _FOUR_BITS > room * 1e9


def _in_data_centres(reading: Reading) -> bool:
    """Whether cards are named, all of them of data centres and none too old for servers, where several sequences at once are a
    server's."""
    cards = _cards_named(reading)
    return bool(cards) and all(row["class"] == "datacenter" and not _is_old(row) for row in cards)


def _cards_named(reading: Reading) -> list[Row]:
    """The rows of the cards that are named."""
    texts = [one for text in reading.facts.get("gpu", ()) for one in models_in(str(text))]
    return [gpu_row(name) for text in texts for name in names().find_gpus(text)]


def _of_gamers(reading: Reading) -> bool:
    return all(row["class"] == "consumer" for row in _cards_named(reading))


def _runs_files(reading: Reading) -> bool:
    """Are they unlike cards in one machine, or cards for which few servers have kernels?"""
    cards = _cards_named(reading)
    together = any(" + " in str(one) for one in reading.facts["gpu"])
    unlike = together and len({row["memory_marketed_gb"] for row in cards}) > 1
    others = all(row["vendor"] not in ("NVIDIA", "Apple") and row["class"] != "datacenter" for row in cards)
    return unlike or (bool(cards) and others)


def _is_old(row: Row) -> bool:
    """Is it of a generation that no server runs on?"""
    return row.get("architecture") in WITHOUT_SERVERS
