"""Any call of any tool ends in a result or in one line that says how to mend the call; never in a traceback."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.tools import TOOLS, call, refusal
from formulas.errors import BadInput
from kb.knobs import BY_NAME, KNOBS

SCHEMAS: dict[str, dict[str, Any]] = {tool.name: dict(tool.args_schema) for tool in TOOLS}  # type: ignore[arg-type]

_TEXTS = (
    "null", "'; DROP TABLE models; --", "../../etc/passwd", "70B", "8k", "七十亿", "A100", "\x00", "\ud800", "x" * 5000,
    "9" * 400, "1e99", "0x10", "²", "<script>", "$(id)", "__class__", "((((", "9**9**9", "2*3 = 7", "26.077", "49140 MiB",
    "SELECT * FROM finetune", "select pragma_database_list()", "seq_len", "peak", "kv_cache", "oom_diagnosis",
    "Llama-3.1-8B", "Qwen2.5-7B", "Mixtral-8x7B", "4090", "lora", "qlora", "full", "yes",
)  # fmt: skip
_NUMBERS = (0, -1, 1, 2, 3, 8, 1.5, -0.0, 64, 4096, 10**6, 10**400, 1e9, 1e308, float("nan"), float("inf"), True, False)
_plain = st.one_of(st.none(), st.sampled_from(_TEXTS), st.sampled_from(_NUMBERS), st.integers(), st.text(max_size=12))
_value = st.one_of(_plain, _plain, st.lists(_plain, max_size=4), st.just([[]]), st.just({"a": 1}))


@st.composite
def _calls(draw: st.DrawFn, right: bool) -> tuple[str, dict[str, Any]]:
    """A tool and arguments: any values, or `right` ones of which one is spoilt."""
    name = draw(st.sampled_from(sorted(SCHEMAS)))
    properties, needed = SCHEMAS[name]["properties"], SCHEMAS[name]["required"]
    chosen = [*needed, *draw(st.lists(st.sampled_from(sorted(properties)), max_size=5))]
    args: dict[str, Any] = {one: draw(_right(one) if right else _value) for one in chosen}
    if right:
        args[draw(st.sampled_from(chosen or sorted(properties)))] = draw(_value)
    elif draw(st.booleans()):
        args[draw(st.sampled_from(("metod", "gpu_name", "batch", "", "self", "config", "😀")))] = draw(_value)
    return name, args


def _right(name: str) -> st.SearchStrategy[Any]:
    if name in BY_NAME and BY_NAME[name].options:
        return st.sampled_from(BY_NAME[name].options)
    usual = {
        "model": ["Llama-3.1-8B", "DeepSeek-V3"], "params": ["7B", 13e9], "gpu": ["4090", "A100"], "sql": ["SELECT 1"],
        "quantity": ["seq_len", "peak", "kv_cache"], "arithmetic": ["2*3 = 6"], "amounts": ["3 GB"], "topic": ["16θ"],
        "train_tokens": [1e9], "about": ["oom_diagnosis", "kv_cache"], "utilisation": [0.4],
    }  # fmt: skip
    return st.sampled_from(usual[name]) if name in usual else st.sampled_from([1, 2, 8])


def ends_well(name: str, args: dict[str, Any]) -> None:
    """The call returns JSON, or is refused in one short line of text."""
    try:
        text, whole = call(name, args)
    except BadInput as refused:
        said = refusal(name, refused)
        assert said.strip()
        assert len(said) < 600
        said.encode()
        return
    text.encode()
    json.dumps(whole, default=float, allow_nan=False).encode()


@settings(max_examples=400, deadline=None)
@given(_calls(right=False))
def test_a_call_of_nonsense_ends_in_a_line(made: tuple[str, dict[str, Any]]) -> None:
    ends_well(*made)


@settings(max_examples=400, deadline=None)
@given(_calls(right=True))
def test_a_call_that_is_nearly_right_ends_in_a_line(made: tuple[str, dict[str, Any]]) -> None:
    ends_well(*made)


@pytest.mark.parametrize(
    ("name", "args", "told"),
    [
        ("estimate", {}, "no tool `estimate`; near: estimate_memory"),
        ("estimate_memory", {"metod": "lora"}, "no argument `metod`; near: method"),
        ("estimate_memory", {"params": "7B", "method": "loar"}, "method cannot be 'loar'; near: lora"),
        ("estimate_memory", {"params": "7B", "weight_format": "nf5"}, "near: nf4"),
        ("estimate_memory", {"params": "7B", "n_gpus": 10**400}, "n_gpus is a finite number"),
        ("estimate_memory", {"params": "7B", "gpu": "A100", "gpu_memory_utilization": 90}, "is at most 1, not 90"),
        ("estimate_memory", {"model": "Llama-3.1-8C"}, "near: "),
        ("estimate_memory", {"model": "\ud800"}, "model is not text in UTF-8"),
        ("estimate_memory", {"params": ["7B", ["13B"]]}, "params is a list of plain values"),
        ("estimate_memory", {"seq_len": [*range(1, 40)]}, "seq_len has 39 values; at most 32"),
        ("solve_for", {"quantity": "layers", "params": "7B"}, "it is one of seq_len, batch_size"),
        ("derive_quantity", {"quantity": "kv_cach"}, "near: kv_cache"),
        ("derive_quantity", {"quantity": True}, "quantity is a text, not True"),
        ("query_tables", {"sql": "SELECT * FROM fintune"}, "near: finetune"),
        ("remarks", {"about": "out of memory"}, "no subject `out of memory`"),
        ("remarks", {"about": "kv_cach"}, "near: kv_cache"),
        ("training_time", {"train_tokens": 1e12, "gpu": "A100", "n_gpus": 8}, "needs `model` or `params`"),
        ("training_time", {"train_tokens": "many", "gpu": "A100", "n_gpus": 8}, "train_tokens is a number such as"),
        ("training_time", {"train_tokens": 1e12, "gpu": "A100", "n_gpus": 8, "utilisation": 40}, "at most 1, not 40"),
        ("generation_speed", {"model": "Llama-3.1-8B", "gpu": "RTX 4090", "other_ddr": 5}, "host_ddr, which is missing"),
        ("convert", {"amounts": "3 parsecs"}, "an amount is a number with KB"),
        ("check_arithmetic", {}, "`arithmetic` is missing: as written"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_is_near(name: str, args: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput) as refused:
        call(name, args)
    assert told in str(refused.value)


def test_values_mean_what_they_mean_on_the_command_line() -> None:
    _, told = call("training_time", {"train_tokens": "1T", "gpu": "A100 80GB", "n_gpus": "8", "params": "7B"})
    assert "8 × A100 SXM4 80 GB" in told["lines"][0]["en"]
    assert "7B parameters × 1T tokens" in told["lines"][1]["en"]
    _, found = call("estimate_memory", {"model": "Llama-3.1-8B", "method": "LoRA", "seq_len": "8k", "gpu": 4090})
    assert {name: found["facts"][name]["value"] for name in ("method", "seq_len", "gpu")} == {
        "method": "lora", "seq_len": 8192, "gpu": "GeForce RTX 4090",
    }  # fmt: skip


def test_every_fact_of_a_schema_is_a_knob_and_offered() -> None:
    offered = {knob.name for knob in KNOBS if not knob.advanced and knob.name != "config"}
    for name in ("estimate_memory", "solve_for", "derive_quantity", "remarks"):
        assert offered <= set(SCHEMAS[name]["properties"])
    assert all(schema["additionalProperties"] is False for schema in SCHEMAS.values())


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"model_size": "7B", "finetuning_type": "lora", "max_seq_length": 4096, "num_gpus": 2, "gpu_type": "A100 80GB"},
         {"params": "7B", "method": "lora", "seq_len": 4096, "n_gpus": 2, "gpu": "A100 80GB"}),
        ({"model_name_or_path": "Llama-3.1-8B", "max_model_len": "8k", "vram_gb": 24, "tensor_parallel_size": 1},
         {"model": "Llama-3.1-8B", "seq_len": 8192, "gpu_memory_gb": 24, "tp": 1}),
    ],
)  # fmt: skip
def test_a_fact_is_taken_by_the_names_that_trainers_and_servers_give_it(given: dict, meant: dict) -> None:
    assert call("estimate_memory", given)[1]["memory"] == call("estimate_memory", meant)[1]["memory"]
    with pytest.raises(BadInput, match="given twice"):
        call("estimate_memory", {**given, **meant})


@pytest.mark.parametrize(
    ("quantity", "meant"), [("context", "seq_len"), ("context_length", "seq_len"), ("gpus", "n_gpus")]
)
def test_what_is_solved_for_is_taken_by_its_other_names(quantity: str, meant: str) -> None:
    facts = {"model": "Llama-3.1-8B", "gpu": "A100 80GB"}
    assert call("solve_for", {"quantity": quantity, **facts})[1]["solved"]["quantity"] == meant
    with pytest.raises(BadInput, match="it is one of seq_len"):
        call("solve_for", {"quantity": "hidden_size", **facts})
