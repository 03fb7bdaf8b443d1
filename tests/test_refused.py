"""What the library refuses is told in the asker's language: every refusal that a question can meet has its Chinese."""

import re
from typing import Any

import pytest

from chat.answers.refused import refused
from chat.tools import call
from formulas.errors import BadInput

SEVEN: dict[str, Any] = {"params": "7B"}
CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("estimate_memory", {"model": "Lamma-9"}),
    ("estimate_memory", {"model": "Qwen3.5"}),
    ("estimate_memory", {"params": "9000B"}),
    ("estimate_memory", {**SEVEN, "gpu": "RTX 9999"}),
    ("estimate_memory", {**SEVEN, "bits": 13}),
    ("estimate_memory", {**SEVEN, "method": "lorra"}),
    ("estimate_memory", {**SEVEN, "weight_format": "nf5"}),
    ("estimate_memory", {**SEVEN, "seq_len": 1.5}),
    ("estimate_memory", {**SEVEN, "batch_size": "many"}),
    ("estimate_memory", {**SEVEN, "seq_len": 0}),
    ("estimate_memory", {**SEVEN, "zero_stage": 7}),
    ("estimate_memory", {**SEVEN, "tp": 5, "n_gpus": 5}),
    ("estimate_memory", {**SEVEN, "pp": 64, "n_gpus": 64}),
    ("estimate_memory", {**SEVEN, "method": "full", "tp": 4, "n_gpus": 6}),
    ("estimate_memory", {**SEVEN, "tp": 2, "dp": 4, "n_gpus": 4}),
    ("estimate_memory", {**SEVEN, "ep": 2, "n_gpus": 2}),
    ("estimate_memory", {**SEVEN, "method": "inference", "offload": "optimizer"}),
    ("estimate_memory", {**SEVEN, "method": "lora", "gpu_layers": 8}),
    ("estimate_memory", {**SEVEN, "n_cpu_moe": 8}),
    ("estimate_memory", {**SEVEN, "method": "inference", "task": "train"}),
    ("estimate_memory", {"model": "apple/OpenELM-3B"}),
    ("solve_for", {**SEVEN, "quantity": "seq_len"}),
    ("recommend", {"method": "lora"}),
    ("convert", {"amounts": "12 apples"}),
    ("check_arithmetic", {"arithmetic": "2*abc"}),
    ("check_arithmetic", {"arithmetic": "2**999999"}),
)


@pytest.mark.parametrize(("tool", "given"), CALLS)
def test_a_refusal_is_told_in_either_language(tool: str, given: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        call(tool, given)
    english, chinese = refused(str(caught.value), "en"), refused(str(caught.value), "zh")
    assert english == str(caught.value).rstrip(".")
    assert re.search(r"[\u4e00-\u9fff]{2}", chinese)
    # names, formats and numbers stay; words of a sentence do not
    assert not re.search(r"\b(?:the|is|are|not|would|near|give|no|of)\b", chinese)
    for number in re.findall(r"\d+", chinese):
        assert number in english or number in ("2", "0", "16")


def test_what_has_no_chinese_stays_as_it_is() -> None:
    assert refused("an odd thing happened", "zh") == "an odd thing happened"
