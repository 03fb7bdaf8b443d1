"""What programs that serve call their settings, and what their pools leave."""

from collections.abc import Callable
from typing import Any

from chat.figures.named import Figures
from formulas.quantity import SILENT, Words
from kb.pools import VLLM, defaults, share_by_default, share_of
from kb.programs import written

_SERVERS = {"vllm": "vLLM", "llama.cpp": "llama.cpp", "exllama": "ExLlama"}
# the switch of each program that sets the length it allocates for
LENGTHS = {
    VLLM: "--max-model-len", "sglang": "--context-length", "tgi": "--max-input-tokens, --max-total-tokens",
    "llama.cpp": "-c", "exllama": "-l",
}  # fmt: skip
# the programs whose switch is told where none is named
_USUAL = (VLLM, "llama.cpp", "exllama")
# of servers the tokens that one step reads, and the sequences at once
_STEPS = {VLLM: "--max-num-batched-tokens", "sglang": "--chunked-prefill-size", "tgi": "--max-batch-prefill-tokens"}
_SEQUENCES = {VLLM: "--max-num-seqs", "sglang": "--max-running-requests"}
# the sizes of which they capture CUDA graphs, and what makes none
_GRAPHS = {
    VLLM: ("--max-num-seqs, compilation's cudagraph_capture_sizes", "--enforce-eager"),
    "sglang": ("--cuda-graph-max-bs", "--disable-cuda-graph"),
    "tgi": ("--cuda-graphs", "--cuda-graphs 0"),
}


def _as_server(engine: Any) -> str:
    """The server whose settings are told; vLLM where it is another program."""
    name = written(engine)
    return name if name in _STEPS else VLLM


def starting_server(figures: Figures) -> str:
    """The server whose message of a start is pasted, else the one that is named."""
    return _as_server("tgi" if "tgi" in map(str, figures.told.get("programs", ())) else figures.given.get("engine"))


def steps_and_lengths(engine: Any) -> tuple[str, str]:
    """The settings of the server at hand for the length and for the tokens of a step."""
    name = _as_server(engine)
    return LENGTHS[name], _STEPS[name]


def bounds_of_step(engine: Any) -> list[str]:
    """What bounds the tokens of a step and the sequences at once; none of a program that is no server."""
    return [settings[name] for settings in (_STEPS, _SEQUENCES) if (name := written(engine)) in settings]


def without_graphs(engine: Any) -> str:
    """The setting with which the server at hand captures no CUDA graphs."""
    return _GRAPHS[_as_server(engine)][1]


def server_words(figures: Figures) -> Words:
    """The program that serves, by its name; `an engine` where none is told."""
    told = _serving_program(figures)
    return Words(_SERVERS.get(told, "an engine"), _SERVERS.get(told, "推理引擎") + " ")


def flags_of_length(figures: Figures) -> Words:
    """The switch for the length: the program's own, all of them where none is told."""
    told = _serving_program(figures)
    flags = [LENGTHS[told]] if told in LENGTHS else [LENGTHS[one] for one in _USUAL]
    return Words(", ".join(flags), "、".join(flags))


def _length_is_no_help(figures: Figures) -> Words:
    """That a shorter length leaves no more beside a pool: what one sequence needs less is more pages."""
    flags = flags_of_length(figures)
    return Words(
        f" A shorter length ({flags.en}) frees nothing: the pool takes all that the share leaves, and what one sequence no longer needs becomes further blocks of it.",
        f"缩短长度({flags.zh})没有用:份额里剩下的全部给缓存池,单条序列省下的只是变成池里更多的块。",
    )


def _serving_program(figures: Figures) -> str:
    told = written(figures.given.get("engine"))
    return "llama.cpp" if not told and str(figures.knob("weight_format")).startswith("gguf") else told


def pool_left(figures: Figures) -> Words:
    """What the formulas leave for the cache."""
    tokens = figures.amount("pool_tokens")
    if not tokens:
        return SILENT
    shown = figures["pool_tokens"]
    return Words(
        f" By the formulas only about {shown} tokens of cache would remain, and a little more taken leaves none; a --max-model-len below that is worth a try.",
        f"按公式缓存只剩约 {shown} 个 token,稍多占一点就没有了;可先把 --max-model-len 设到它以下。",
    )


def share_knob(figures: Figures) -> Words:
    """The setting by which a program's share of a card is made smaller."""
    knob = share_of(figures.given.get("engine")).setting
    return Words(knob, knob)


def graphs_fewer(figures: Figures) -> Words:
    """The settings of the program at hand that capture fewer CUDA graphs, or none."""
    sizes, none = _GRAPHS[_as_server(figures.given.get("engine"))]
    shown = sizes.replace(", compilation's ", "、")
    return Words(f"capture fewer sizes ({sizes}), or {none}", f"少捕获几种大小({shown}),或用 {none} ")


def share_of_whole(figures: Figures) -> Words:
    """That it is a share of all that a card has; silent of a program that takes one of what the weights leave."""
    rule = share_of(figures.given.get("engine"))
    if rule.rule == "share-of-rest":
        return SILENT
    return Words(", of the card's whole memory and not of what is free", ",按整张卡的总显存算,不是按空闲显存")


def its_share(figures: Figures) -> Words:
    """The named program's share by default, of what it is one, and what it takes of the card where one is named."""
    engine = figures.given.get("engine")
    rule, share = share_of(engine), share_by_default(engine)
    name = rule.tool
    if share is None:
        told = Words(
            f"{name} leaves a reserve for activations and graphs and takes the rest",
            f"{name} 除留给激活与 CUDA graph 的部分外全部占用",
        )
    elif rule.rule == "share-of-rest":
        told = Words(
            f"{name} by default {share:g} of what the weights leave, for the cache alone",
            f"{name} 默认把权重之后剩余显存的 {share:g} 用于缓存",
        )
    else:
        told = Words(f"{name} by default {share:g} of the card", f"{name} 默认占显卡的 {share:g}")
        if older := defaults(name).get((rule.setting, "first engine")):
            told = Words(f"{told.en}, {older} in older versions", f"{told.zh}(旧版 {older})")
    if not figures.names_model or figures.base.case.card is None:
        return told
    return Words(f"{told.en}, here {figures['taken']}", f"{told.zh},这里共 {figures['taken']}")


LENGTH_WORDS: dict[str, Callable[[Figures], Words]] = {"length_is_no_help": _length_is_no_help}
