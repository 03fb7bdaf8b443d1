"""What would make it fit: every change offered does, by the figure it says, and the cheapest comes first."""

from typing import Any

import pytest

from kb import estimate
from kb.change import Price
from kb.changes import MOST
from kb.commands.screen import show_estimate
from kb.outcome import Outcome

CASES: tuple[dict[str, Any], ...] = (
    {"params": "70B", "method": "qlora", "bits": 4, "gpu": "A100 40GB", "n_gpus": 2, "zero_stage": 0, "seq_len": 4096},
    {"params": "13B", "method": "full", "gpu": "A100 80GB", "n_gpus": 2, "zero_stage": 2},
    {"params": "7B", "method": "full", "gpu": "RTX 4090"},
    {"model": "Llama-3.1-8B", "method": "lora", "gpu": "RTX 4090", "seq_len": 8192, "gradient_checkpointing": "off"},
    {"model": "Llama-3.1-8B", "method": "lora", "gpu": "RTX 4090", "seq_len": 2048, "batch_size": 8},
    {"model": "Llama-3.3-70B", "gpu": "RTX 4090"},
    {"model": "Llama-3.1-8B", "gpu": "RTX 4090", "seq_len": 131072, "engine": "vllm"},
    {"model": "Llama-3.1-8B", "gpu": "RTX 3060 12 GB", "weight_format": "gguf:Q8_0", "seq_len": 32768},
    {"model": "Qwen3-30B-A3B", "gpu": "RTX 4090"},
)
PRICES = [price.name.lower().replace("_", " ") for price in Price]


def worked(**facts: Any) -> Outcome:
    return estimate(**facts).outcomes[0]


def offered(**facts: Any) -> list[dict[str, Any]]:
    return list(estimate(**facts).json(derivation=False)["changes"])


def changed(facts: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The facts of the case with a change."""
    return {name: value for name, value in {**facts, **change["facts"]}.items() if value is not None}


@pytest.mark.parametrize("facts", CASES, ids=str)
def test_every_change_makes_it_fit_by_the_figure_it_says(facts: dict[str, Any]) -> None:
    found = offered(**facts)
    assert 1 < len(found) <= MOST
    assert worked(**facts).verdict != "yes"
    for change in found:
        there = worked(**changed(facts, change))
        assert there.verdict == "yes", change["says"]
        assert there.best / 2**30 == pytest.approx(change["gib"]), change["says"]
        assert bool(change["cost"]) == bool(change["cost_zh"]) == (change["price"] != "cards")
    # layers in host memory slow every token: fewer bits come before them
    prices = [PRICES.index("quality" if "gpu_layers" in one["facts"] else one["price"]) for one in found]
    assert prices == sorted(prices)


@pytest.mark.parametrize("facts", CASES, ids=str)
def test_what_is_solved_for_is_the_most_that_fits_for_sure(facts: dict[str, Any]) -> None:
    knobs = ("seq_len", "batch_size", "lora_rank", "gpu_layers")
    for change in offered(**facts):
        for name in knobs:
            if name in change["facts"]:
                # batches go a whole number of times into the one that was wanted
                whole = (
                    [one for one in range(1, facts["batch_size"] + 1) if facts["batch_size"] % one == 0]
                    if name == "batch_size"
                    else []
                )
                least = next((one for one in whole if one > change["facts"][name]), change["facts"][name] + 1)
                more = changed(facts, change) | {name: least}
                assert worked(**more).verdict != "yes", change["says"]


def test_training_is_offered_every_kind_of_change() -> None:
    """On a card that lacks little, all of them are enough; each is offered somewhere."""
    lacks: dict[str, Any] = {"model": "Qwen2.5-7B", "gradient_checkpointing": "off"}
    seen: dict[str, dict[str, Any]] = {}
    for size in (24, 28, 32, 40, 48, 60, 72, 80, 96, 110, 120, 130):
        for method, batch in (("full", 2), ("lora", 2), ("lora", 1)):  # of a batch of one the length is what is less
            step = {"batch_size": batch, "seq_len": 2048 // batch}
            facts = lacks | step | {"method": method, "gpu_memory_gb": size, "n_gpus": 2, "zero_stage": 2}
            seen |= {name: change for change in offered(**facts) for name in change["facts"]}
    assert {
        "loss", "gradient_checkpointing", "batch_size", "zero_stage", "offload", "optimizer", "precision", "method",
        "bits", "seq_len", "gpu", "n_gpus",
    } <= set(seen)  # fmt: skip


def test_serving_is_offered_every_kind_of_change() -> None:
    seen: set[str] = set()
    for size in (12, 20, 28, 36, 40, 44, 48):
        facts = {"model": "Llama-3.1-8B", "gpu_memory_gb": size, "seq_len": 32768, "batch_size": 4}
        seen |= {name for change in offered(**facts) for name in change["facts"]}
    assert {"kv_format", "bits", "batch_size", "seq_len", "gpu_layers", "gpu", "n_gpus"} <= seen


def test_host_memory_is_told_with_what_it_takes() -> None:
    """16-bit gradients are handed over; float32 masters and two moments of 7B parameters live in host memory."""
    change = next(
        one for one in offered(params="7B", method="full", gpu="RTX 4090") if one["facts"] == {"offload": "optimizer"}
    )
    assert change["price"] == "host memory"
    assert change["host_gib"] > 12 * 6.7e9 / 2**30
    assert f"{change['host_gib']:.1f} GiB of host memory" in change["cost"]


def test_where_one_is_not_enough_several_are_offered_together() -> None:
    facts: dict[str, Any] = {"model": "Llama-3.1-8B", "gpu": "RTX 4090", "seq_len": 131072, "engine": "vllm"}
    first = offered(**facts)[0]
    assert set(first["facts"]) > {"kv_format"}
    for name in {name for name, value in first["facts"].items() if value is not None}:
        fewer = {key: value for key, value in changed(facts, first).items() if key != name}
        assert worked(**fewer).verdict != "yes", f"it fits without {name}"


@pytest.mark.parametrize(
    ("facts", "aid"),
    [
        ({"model": "gemma-2-9b-it", "seq_len": 2048}, set()),
        ({"model": "Qwen3-8B", "seq_len": 8192}, {"loss"}),
        ({"model": "glm-4-9b-chat", "seq_len": 6144}, {"loss"}),
        ({"model": "Yi-34B-Chat", "seq_len": 2048, "n_gpus": 4, "zero_stage": 0}, {"zero_stage"}),
    ],
)
def test_adapters_are_offered_a_quantised_base_before_host_memory(facts: dict[str, Any], aid: set[str]) -> None:
    """With the fused loss or the sharding that it takes to fit: what logits or a whole copy need, 4 bits do not spare."""
    found = offered(**facts, method="lora", gpu="RTX 4090")
    places = [place for place, one in enumerate(found) if one["facts"].get("method") == "qlora"]
    assert places, [one["says"] for one in found]
    assert aid <= set(found[places[0]]["facts"])
    assert all(places[0] < place for place, one in enumerate(found) if "offload" in one["facts"])


def test_a_base_in_four_bits_is_offered_what_is_not_quantised_in_sixteen() -> None:
    """In a script PEFT's preparation makes embedding and head float32; leaving them in 16 bit spares GiB of a vocabulary of 256,000."""
    facts: dict[str, Any] = {
        "model": "gemma-2-27b-it",
        "method": "qlora",
        "gpu": "RTX 3090",
        "seq_len": 4096,
        "engine": "transformers",
    }
    assert any(one["facts"].get("kbit_prep") is False for one in offered(**facts))
    assert worked(**facts).best - worked(**facts, kbit_prep=False).best > 4 * 2**30
    assert not any("kbit_prep" in one["facts"] for one in offered(**facts, kbit_prep=False))


def test_nothing_is_offered_where_it_fits() -> None:
    assert not offered(model="Llama-3.1-8B", gpu="H100")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("what would make it fit", "more tokens: +")), ("zh", ("怎样才放得下", "个 token：+"))],
)
def test_the_terminal_shows_them_and_what_more_costs(
    language: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    found = estimate(model="Llama-3.1-8B", method="lora", gpu="RTX 3060 12 GB").json(derivation=False)
    show_estimate(found, language)
    shown = capsys.readouterr().out
    for word in words:
        assert word in shown
    for change in found["changes"]:
        assert f"{change['gib']:.1f} GiB" in shown


@pytest.mark.parametrize(
    "facts",
    [
        {"params": "7B", "method": "full", "gpu": "RTX 4090", "n_gpus": 4, "zero_stage": 3},
        {"params": "3B", "method": "full", "gpu": "L40S"},
        {"model": "Llama-3.3-70B-Instruct", "gpu": "RTX 4090"},
    ],
    ids=str,
)
def test_who_refuses_host_memory_is_offered_none(facts: dict[str, Any]) -> None:
    hosted = {"offload", "gpu_layers"}
    assert any(hosted & set(change["facts"]) for change in offered(**facts))
    refused = offered(**facts, offload="none")
    assert refused
    assert not any(hosted & set(change["facts"]) for change in refused)


def test_states_in_host_memory_are_stepped_by_adam_alone() -> None:
    """No 8-bit states, no pure 16 bit and no quantised base of one card where the optimizer runs on the host."""
    told = {"model": "Yi-1.5-34B-Chat", "method": "full", "gpu": "RTX 4090", "n_gpus": 8, "zero_stage": 3}
    for offload in ("params", "optimizer"):
        found = estimate(**told, offload=offload, host_memory_gb=256).json()
        assert found["changes"], offload
        for one in found["changes"]:
            assert "optimizer" not in one["facts"], one
            assert one["facts"].get("precision") != "pure-bf16", one
            assert one["facts"].get("bits") != 8, one
    on_cards = estimate(model="Qwen2.5-7B", method="full", gpu="A100 80GB").json()["changes"]
    assert any(one["facts"].get("optimizer") for one in on_cards)


def test_no_single_card_is_offered_a_terabyte_of_host_memory() -> None:
    one_card = estimate(model="Qwen2.5-72B", method="full", gpu="RTX 4090").json()["changes"]
    assert not any(one["host_gib"] for one in one_card)
    named = estimate(model="Qwen2.5-72B", method="full", gpu="RTX 4090", host_memory_gb=1536).json()["changes"]
    assert any(one["host_gib"] for one in named)
    many = estimate(model="Qwen2.5-72B", method="full", gpu="A100 80GB", n_gpus=8, zero_stage=3).json()["changes"]
    assert any(one["host_gib"] for one in many)


def test_host_memory_near_what_the_machine_has_is_borderline() -> None:
    told = {"model": "Llama-3-8B", "method": "full", "gpu": "RTX 4090", "zero_stage": 3, "offload": "params"}
    verdicts = {gb: estimate(**told, host_memory_gb=gb).json()["verdict"] for gb in (256, 128, 118, 96)}
    # 8.03B x 16 B = 119.7 GiB
    assert verdicts == {256: "yes", 128: "borderline", 118: "borderline", 96: "no"}


@pytest.mark.parametrize(
    ("engine", "switches", "never"),
    [
        ("vllm", ("gpu_memory_utilization", "--kv-cache-dtype fp8", "--enforce-eager"), ("-ngl", "q8_0", "q4_0")),
        (
            "sglang",
            ("--kv-cache-dtype fp8_e4m3", "--context-length"),
            ("-ngl", "--enforce-eager", "gpu_memory_utilization"),
        ),
        ("llama.cpp", ("q4_0", "-ngl", "(IQ3_XXS)"), ("fp8", "gpu_memory_utilization")),
        ("exllama", ("Q4",), ("-ngl", "host memory", "_K", "fp8", "q4_0")),
        ("transformers", ("device_map",), ("-ngl", "fp8", "--")),
    ],
)
def test_remedies_of_inference_are_those_of_its_program(
    engine: str, switches: tuple[str, ...], never: tuple[str, ...]
) -> None:
    """A cache that is a third too large for the card, and one of which a little lacks, in each program's own words."""
    stored = {"weight_format": "gguf:Q4_K_M"} if engine == "llama.cpp" else {"bits": 4}
    told = ""
    for length in (32768, 12000):
        found = estimate(model="QwQ-32B", gpu="RTX 3090", seq_len=length, engine=engine, **stored).json(False)
        ways = [one for one in [*found["changes"], *found["likely"]] if one["price"] != "cards"]
        told += "; ".join(f"{one['says']} {one['cost']}" for one in ways)
    if engine == "transformers":
        told += "; ".join(one["cost"] for one in offered(model="Qwen2.5-14B-Instruct", gpu="RTX 3090", engine=engine))
    assert "optimizer" not in told
    assert not [word for word in never if word in told], told
    assert not [word for word in switches if word not in told], told


def test_what_a_sum_costs_is_told_once_each_in_both_languages() -> None:
    facts: dict[str, Any] = {"model": "QwQ-32B", "gpu": "RTX 3090", "seq_len": 32768, "engine": "sglang", "bits": 4}
    first = offered(**facts)[0]
    told = f"shorter sequences; --kv-cache-dtype fp8_e4m3; --context-length {first['facts']['seq_len']}"
    assert first["cost"] == f"hardly any quality; {told}"
    chinese = told.replace("shorter sequences", "序列变短").replace("; ", "；")
    assert first["cost_zh"] == f"质量几乎不降；{chinese}"


def test_a_servers_pool_that_lacks_a_few_tokens_is_not_sent_to_a_tenth_of_its_length() -> None:
    """Two 4090 hold all but some tokens of 8,192: fewer requests in the profile run do it; else as many as there is room for."""
    facts: dict[str, Any] = {"model": "Qwen2.5-72B-Instruct", "weight_format": "awq-int4-g128", "gpu": "RTX 4090", "n_gpus": 2,
                             "seq_len": 8192, "engine": "vllm"}  # fmt: skip
    found = estimate(**facts).json(derivation=False)
    first = found["changes"][0]
    assert first["facts"] == {"max_num_seqs": 8}
    assert first["price"] == "nothing"
    smaller = estimate(**{**facts, "seq_len": 4352, "gpu_memory_utilization": 0.895}).json(derivation=False)
    lengths = [
        one["facts"]["seq_len"] for one in [*smaller["changes"], *smaller["likely"]] if "seq_len" in one["facts"]
    ]
    assert lengths
    assert all(length > 0.9 * 4352 for length in lengths)


def test_every_layer_on_the_card_is_nothing_in_host_memory() -> None:
    """`-ngl 99` says what llama.cpp does anyway: the interval is no wider, and fewer layers are offered."""
    facts: dict[str, Any] = {"model": "QwQ-32B", "weight_format": "gguf:Q4_K_M", "gpu": "RTX 3090", "seq_len": 32768}
    assert worked(**facts, gpu_layers=99).bounds == worked(**facts).bounds
    assert any("gpu_layers" in one["facts"] for one in offered(**facts, gpu_layers=99))
    split, whole = worked(**facts, gpu_layers=40), worked(**facts)
    assert split.best < 0.7 * whole.best
    assert _width(split) > 1.8 * _width(whole)
    assert "twice as wide" in " ".join(split.warnings)
    assert not whole.warnings


def _width(of: Outcome) -> float:
    low, high = of.bounds
    return (high - low) / of.best


def test_a_base_in_eight_bits_is_offered_only_where_one_in_sixteen_does_not_fit() -> None:
    facts: dict[str, Any] = {"method": "full", "seq_len": 1024, "n_gpus": 1}
    for model, gpu in (("chatglm3-6b", "V100 32GB"), ("Qwen3-4B", "RTX 4090"), ("Qwen2.5-14B", "RTX 4090")):
        found = offered(model=model, gpu=gpu, **facts)
        ways = {(one["facts"].get("method"), one["facts"].get("bits")) for one in found}
        assert ("qlora", 4) in ways
        assert not {("lora", None), ("qlora", 8)} <= ways


def test_a_change_that_helps_another_card_that_is_meant_is_told_of_it_too() -> None:
    """1,030 GB in FP8 fill eight H200 and are too much for eight H20; in 4 bits both hold it."""
    facts: dict[str, Any] = {
        "model": "Kimi-K2-Instruct",
        "gpu": ["H20 96GB", "H200"],
        "n_gpus": 8,
        "engine": "vllm",
        "seq_len": 4096,
    }
    found = {one["says"]: one["also"] for one in offered(**facts)}
    narrow = next(also for says, also in found.items() if says.startswith("4-bit weights"))
    assert [("H20" in one["gpu"], one["gib"] < one["capacity_gib"]) for one in narrow] == [(True, True)]
    assert not any(also for says, also in found.items() if "such cards" in says)


def test_files_of_fewer_bits_are_told_with_what_their_program_lists_of_their_quality() -> None:
    """llama.cpp's own files of two and three bits stand between its K files, and one of them is told, not each."""
    for file, gpu, taken in (
        ("Q2_K", "RX 7900 XTX", "gguf:IQ2_XS"),
        ("Q4_K_M", "RX 7900 XTX", "gguf:IQ2_XS"),
        ("Q4_K_M", "A40", "gguf:Q3_K_M"),
    ):
        found = offered(
            model="Llama-3.1-70B-Instruct",
            gpu=gpu,
            seq_len=32768 if gpu == "A40" else 4096,
            weight_format=f"gguf:{file}",
        )
        few = [one for one in found if "weight_format" in one["facts"] and one["price"] == "less"]
        assert [one["facts"]["weight_format"] for one in few] == [taken]
        assert "Q4_K_M 0.2, Q3_K_M 0.7, Q2_K 3.5" in few[0]["cost"]


def test_a_laptop_is_sent_to_no_other_card_and_nobody_to_one_many_times_as_large() -> None:
    """Of a checkpoint in 4 bits the embedding keeps 16: the usual file does not, and is what fits."""
    laptop = offered(model="Qwen2.5-7B-Instruct", bits=4, gpu="RTX 4050 Laptop GPU")
    assert [one["facts"]["weight_format"] for one in laptop] == ["gguf:Q4_K_M"]
    small = offered(model="Qwen2.5-14B-Instruct", bits=4, gpu="RTX 4050 Laptop GPU")
    assert not any(one["price"] == "cards" for one in small)
    for facts in (
        {"gpu": "RTX 4090"},
        {"gpu": "RTX 4090", "n_gpus": 2},
        {"gpu": "H800 SXM5", "n_gpus": 8, "zero_stage": 3, "method": "full"},
    ):
        found = offered(model="Qwen2.5-72B-Instruct", **facts)
        assert not any(word in one["says"] for one in found for word in ("288 GB", "192 GB", "141 GB"))


def test_a_smaller_model_of_the_family_is_told_once_where_its_own_bits_do_not_help() -> None:
    for facts, name in (
        ({"model": "Qwen2.5-72B-Instruct", "gpu": "RTX 3090"}, "Qwen2.5-32B-Instruct"),
        ({"model": "Qwen2.5-32B-Instruct", "gpu": "RTX 4080", "weight_format": "gguf:Q4_K_M"}, "Qwen2.5-14B-Instruct"),
        ({"model": "gemma-3-27b-it", "gpu": "RTX 3060 12 GB", "bits": 4}, "gemma-3-12b-it"),
        ({"model": "Qwen2.5-VL-32B-Instruct", "gpu": "RTX 3060 12 GB", "bits": 4}, "Qwen2.5-VL-7B-Instruct"),
    ):
        told = [one["facts"]["model"] for one in offered(**facts, seq_len=4096) if "model" in one["facts"]]
        assert [one.rpartition("/")[2] for one in told] == [name]
    for facts in (
        {"model": "Qwen2.5-32B-Instruct", "gpu": "RTX 4090"},  # whose 4 bits fit
        {
            "model": "Llama-3.1-8B-Instruct",
            "gpu": "RTX 4090",
            "seq_len": 131072,
            "batch_size": 8,
        },  # of which the cache is too much
        {"params": "70B", "gpu": "RTX 4090"},
        {"model": "Qwen3-32B", "gpu": "RTX 4090", "method": "full"},  # which QLoRA serves
    ):
        assert not any("model" in one["facts"] for one in offered(**facts))


def test_the_usual_first_change_of_a_training_is_told_with_its_figure_though_it_ends_at_the_edge() -> None:
    facts: dict[str, Any] = {
        "model": "Llama-3.1-8B-Instruct",
        "gpu": "A100 40GB",
        "method": "full",
        "n_gpus": 4,
        "zero_stage": 2,
    }
    edge = [one for one in estimate(**facts).json(derivation=False)["likely"] if one["facts"] == {"zero_stage": 3}]
    assert [one["leaning"] for one in edge] == ["borderline"]


def test_two_or_three_bits_are_offered_where_four_do_not_fit_and_not_beside_them() -> None:
    def few(**facts: Any) -> list[str]:
        found = estimate(**facts).json()["changes"]
        return [one["says"] for one in found if one["says"].startswith(("2-bit", "3-bit"))]

    assert not few(
        model="Qwen2.5-VL-7B", gpu_memory_gb=16, method="inference", weight_format="bf16", engine="llama.cpp"
    )
    assert len(few(model="Llama-3.3-70B", gpu="RTX 4090", weight_format="gguf:Q4_K_M", engine="llama.cpp")) == 1


def test_a_smaller_batch_with_accumulation_keeps_its_gradients() -> None:
    """What is offered is what is asked about in these words: with the gradients that are added up."""
    facts = {"model": "Qwen2.5-1.5B-Instruct", "gpu": "RTX A6000", "method": "full", "batch_size": 8, "seq_len": 2048}
    change = next(one for one in offered(**facts) if "batch_size" in one["facts"])
    there = worked(**changed(facts, change))
    assert change["facts"] == {"batch_size": 4, "grad_accum": 2}
    assert change["gib"] == pytest.approx(there.best / 2**30)
    assert there.terms["gradients"] > 0
