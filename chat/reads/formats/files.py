"""Quantised files by the bits that people call them by: `q4`, `a 4bit gguf`."""

import re

from chat.reads.scan import Scan
from chat.reads.task_words import TASK_TRAIN

# the file that people take where they say only how many bits it has
USUAL = {"1": "IQ1_S", "2": "Q2_K", "3": "Q3_K_M", "4": "Q4_K_M", "5": "Q5_K_M", "6": "Q6_K", "7": "Q6_K", "8": "Q8_0"}
_FILES = r"\bgguf\b|\bollama\b|\bllama[._ -]?cpp\b|\blm[ -]?studio\b|\bkobold\w*|\bggml\b"
_BITS = r"(?<![\d.a-z])(?P<row>[2-8](?:\s?(?:,|/|、|and|or|vs\.?|,\s?and|和|或|还是)\s?[2-8])*)[- ]?(?:bits?\b|比特|位(?!置|数))"
# quantised otherwise, or trained: `q4` then says how many bits, and no file
_OF_OTHER_KINDS = (
    rf"\b(?:gptq|awq|exl[23]|bnb|bitsandbytes|nf4|int[48]|hqq|aqlm|mlx|vllm|sglang)(?![a-z])|lora|{TASK_TRAIN}"
)


def are_files(scan: Scan) -> bool:
    """Whether `q4` is a file: of a model that is run, by no program that quantises in its own way."""
    return not any(scan.find(_OF_OTHER_KINDS)) and set(scan.facts.get("engine", ())) <= {"llama.cpp"}


_NAMED = r"\bllama[._ -]?(?:cpp|server|cli|bench)\b|ollama|\bkobold|gguf|\bngl\b|\bnum_ctx\b"


def of_one_library(scan: Scan) -> None:
    """`LM Studio, mlx`: a program over either library runs the one that is named."""
    engines = scan.facts.get("engine", [])
    if {"mlx", "llama.cpp"} <= set(engines) and not any(scan.find(_NAMED)):
        at = engines.index("llama.cpp")
        del engines[at], scan.spans["engine"][at]


def read_bits_of_files(scan: Scan) -> None:
    """`a 4bit gguf`, `ollama, 8 bit`: bits of a file, where the text names such files."""
    if not any(scan.find(_FILES)) or not are_files(scan):
        return
    for found in scan.find(_BITS):
        if scan.free(*found.span()):
            for bits in re.findall(r"[2-8]", found["row"]):
                scan.add("weight_format", f"gguf:{USUAL[bits]}", *found.span())
