"""The programs that a question names side by side."""

import re
from functools import cache

from chat.plans.rollouts import is_a_backend
from chat.plans.stages import Said
from chat.reads.reading import Reading
from chat.reads.sums.which_is_real import SHARE_BESIDE
from kb.knobs import ENGINES, LIKE
from kb.programs import SPELLINGS, written

# libraries that work inside a program, and the word that also is the name of a site
_NO_SIDE = (
    "accelerate",
    "bitsandbytes",
    "optimum",
    "autogptq",
    "gptqmodel",
    "autoawq",
    "hqq",
    "deepspeed",
    "swift",
    "nemo",
)
# a program that runs llama.cpp and MLX
_SHELL = written("lm-studio")


@cache
def _names() -> re.Pattern[str]:
    known = {*ENGINES, *LIKE, *SPELLINGS} - set(_NO_SIDE)
    spelled = sorted((re.sub(r"[-._]", r"[ ._-]?", name) for name in known), key=len, reverse=True)
    return re.compile(
        # not who published a repository, "-hf unsloth/Qwen3-8B-GGUF"
        rf"(?<![a-z0-9])(?:{'|'.join(spelled)}|hugging ?face|(?<!-)hf)(?![a-z0-9]|/[a-z][\w.]*-[\w.-]*\d)(?!\s?(?:model )?(?:page|hub|repo\w*|says?|said|card|shows?|lists?|上|里|页|仓库|写))"
    )


_Hit = tuple[str, re.Match[str]]
_LIBRARY = "transformers"  # what peft and its like are written as


def _called(hit: re.Match[str]) -> str:
    return written(hit[0].replace("hugging face", "huggingface"))


def _joined(text: str, hits: list[_Hit], place: int) -> bool:
    """`TRL + PEFT`: a library that stands joined to the program that works with it is no program beside it."""
    if hits[place][0] != _LIBRARY:
        return False
    pairs = [(hits[at], hits[at + 1]) for at in (place - 1, place) if 0 <= at < len(hits) - 1]
    return any(
        one[0] != other[0] and re.fullmatch(r"\s?[+&]\s?", text[one[1].end() : other[1].start()])
        for one, other in pairs
    )


def programs_named(reading: Reading) -> list[Said]:
    """The programs that are named, each once, if they are two or more."""
    if SHARE_BESIDE in reading.cues:
        return []  # of one of them it is asked what it shows, and nothing is compared
    found: dict[str, Said] = {}
    hits = [(_called(hit), hit) for hit in _names().finditer(reading.lowered)]
    for place, (name, hit) in enumerate(hits):
        if is_a_backend(name, reading) or _joined(reading.lowered, hits, place):
            continue
        found.setdefault(name, Said("engine", "engine", name, hit.span()))
    if {_SHELL, "mlx"} <= set(found) and "gguf" not in reading.lowered:
        del found[_SHELL]  # over either library, here over the one that is named
    return list(found.values()) if len(found) > 1 else []
