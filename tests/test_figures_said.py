"""Sentences of figures say what holds: of sizes, shares, stages and sums, each worked out for one case."""

import ast
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from chat.figures import catalogue
from chat.figures.catalogue import MADE, NAMED
from chat.figures.named import GIB, Figures

TUNED: dict[str, Any] = {"model": "Qwen2.5-7B", "gpu": "H200", "method": "full", "seq_len": 2048}
ADAPTERS: dict[str, Any] = {"model": "Qwen2.5-7B", "gpu": "A100 80GB", "method": "lora", "n_gpus": 4}
SERVED: dict[str, Any] = {"model": "Llama-3.1-8B", "gpu": "A100 80GB", "method": "inference", "seq_len": 8192}


def _said(name: str, facts: dict[str, Any], *log: str, **told: Any) -> tuple[str, str]:
    words = NAMED[name](Figures(facts, {"log": list(log), **told}))
    return words.en, words.zh


def test_an_evaluation_within_a_training_lies_beside_the_optimizer_states() -> None:
    text, zh = _said("eval_reason", TUNED)
    assert "the optimizer's states, which stay" in text
    assert "优化器状态" in zh
    assert "optimizer" not in _said("eval_reason", {**TUNED, "method": "inference"})[0].split("of logits")[1]


@pytest.mark.parametrize(
    ("stage", "divided", "size"), [(1, "optimizer states", 8), (2, "gradients and optimizer states", 12)]
)
def test_a_stage_divides_its_own_states(stage: int, divided: str, size: int) -> None:
    text, _ = _said("adapters_unfelt", {**ADAPTERS, "zero_stage": stage})
    figures = Figures(ADAPTERS)
    assert f"ZeRO-{stage} divides {divided} alone" in text
    assert f"these are {size * figures.need('adapter_params') / GIB:.2f} GiB" in text


def test_a_size_counts_what_windows_keep() -> None:
    figures = Figures({"model": "Gemma-3-27B", "method": "inference", "seq_len": 8192}, {"log": ["generations 4"]})
    assert figures.need("group_cache") == pytest.approx(4 * figures.need("kv_sequence"))
    assert figures.need("kv_mean") > figures.need("kv_token")
    plain = Figures(SERVED)
    assert plain.need("kv_mean") == plain.need("kv_token")


def test_a_file_of_mixed_types_keeps_no_embedding_in_16_bits() -> None:
    facts = {**SERVED, "model": "Qwen3-32B", "weight_format": "gguf:Q4_K_M"}
    text, zh = _said("weights_claimed", facts, "weights_claimed 14", "bits_claimed 4")
    assert "16 bit" not in text
    assert "some tensors" in text
    assert "16 位" not in zh


@pytest.mark.parametrize(
    ("cards", "said"), [("1 × H100", "is what it takes in bf16"), ("8 × H100", "holds it even in bf16")]
)
def test_cards_of_others_are_what_it_takes_where_fewer_do_not(cards: str, said: str) -> None:
    facts = {**SERVED, "model": "Qwen2.5-32B", "weight_format": "awq-int4-g128", "gpu": "RTX 4090"}
    assert said in _said("others_cards", facts, others_cards=[cards])[0]


def test_a_share_of_weights_and_cache_measures_nothing() -> None:
    facts = {**SERVED, "gpu": "RTX 4090", "gpu_memory_utilization": 0.7}
    assert "measuring run" in _said("share_up", {**facts, "engine": "vllm"})[0]
    text, zh = _said("share_up", {**facts, "engine": "sglang"})
    assert "measuring" not in text
    assert "测量" not in zh


@pytest.mark.parametrize(
    ("drive", "said"),
    [
        (8, "hold that"),
        (0.9, "hold the optimizer, not all of it"),
        (0.5, "do not hold even the optimizer"),
        (0, "a drive of 2 TB"),
    ],
)
def test_a_drive_is_judged_by_what_goes_on_it(drive: float, said: str) -> None:
    facts = {**TUNED, "model": "Llama-3.1-70B"}
    text, _ = _said("on_nvme", facts, f"nvme_tb {drive:g}")
    assert said in text
    bare, zh = _said("on_nvme", {key: value for key, value in facts.items() if key != "gpu"}, f"nvme_tb {drive:g}")
    assert "it  with" not in bare
    assert "显卡上(" not in zh


def test_machines_are_counted_and_agree() -> None:
    facts = {**TUNED, "gpu": "H100", "n_gpus": 8, "model": "Qwen2.5-7B"}
    text, _ = _said("nodes_proposed", facts, "node_cards 8", "nodes_proposed 2")
    assert "1 machines" not in text
    assert "already 1 machine (8 cards) holds" in text


def test_a_sum_of_states_is_told_of_the_whole_only() -> None:
    assert "18 or 20" in _said("theta_slip", TUNED, "theta_term 3", "theta_terms 3", "theta_sum 12")[0]
    part, zh = _said("theta_slip", TUNED, "theta_term 3", "theta_terms 4", "theta_sum 8")
    assert "18 or 20" not in part
    assert "so many bytes" not in part
    assert "这么多" not in zh


def test_a_pair_of_bytes_is_named_for_what_it_is() -> None:
    told = {"claims_gb": [16 * 7.6156]}
    assert "weights 2 and gradients 2" in _said("parties", TUNED, "pair_each 4", **told)[0]
    assert "weights 2 and gradients 2" not in _said("parties", TUNED, "pair_each 6", **told)[0]


@pytest.mark.parametrize(("card", "runs_out"), [("A100 80GB", True), ("RTX 3060", False)])
def test_moments_run_out_only_where_the_base_went_in(card: str, runs_out: bool) -> None:
    facts = {**ADAPTERS, "gpu": card, "n_gpus": 1, "lora_rank": 64}
    count = Figures(facts).need("adapter_params")
    text, zh = _said("adapters_train", facts, f"part_params {count:g}", "part_each 2")
    assert ("that is where it runs out" in text) is runs_out
    assert ("那一步 OOM" in zh) is runs_out


def test_each_name_of_a_figure_is_made_once() -> None:
    """Of two tables that are joined the later one takes a name from the former, in silence."""
    made: Counter[str] = Counter()
    for line in ast.parse(Path(str(catalogue.__file__)).read_text(encoding="utf-8")).body:
        if not (isinstance(line, ast.Assign | ast.AnnAssign) and isinstance(line.value, ast.Dict)):
            continue
        if ast.unparse(line.targets[0] if isinstance(line, ast.Assign) else line.target) in ("MADE", "NAMED"):
            for key, value in zip(line.value.keys, line.value.values, strict=True):
                of_a_table = getattr(catalogue, value.id) if isinstance(value, ast.Name) and key is None else ()
                made.update([str(key.value)] if isinstance(key, ast.Constant) else list(of_a_table))
    assert len(made) > len(MADE)
    assert not [name for name, times in made.items() if times > 1]
