"""What a machine runs: each model named fits there, the next larger one does not, and host memory is counted."""

from typing import Any

import pytest

from chat.plans.plan import plan
from chat.reads.grammar import read
from formulas.errors import BadInput
from kb import estimate, solve
from kb.candidates import engine_of
from kb.cards import GIB, card, cards_meant
from kb.database import rows
from kb.machine import machines_run
from kb.recipe import host_bandwidth, host_reserve, usual_models
from tests.talking import answer_to


def held(**given: Any) -> list[dict[str, Any]]:
    (machine,) = machines_run(**given)["machines"]
    return list(machine["held"])


def facts_of(row: dict[str, Any]) -> dict[str, Any]:
    """What places a row's model, as `estimate` takes it."""
    placed = {name: row[name] for name in ("gpu_layers", "n_cpu_moe") if row[name] is not None}
    return {
        "model": row["model"],
        "weights": row["weight_format"],
        **placed,
        **({"offload": "experts"} if row["way"] == "experts" and not placed else {}),
    }


@pytest.mark.parametrize(
    "machine",
    [{"gpu": "RTX 3060 12GB"}, {"gpu": "RTX 3090", "n_gpus": 2}, {"gpu": "A100 80GB", "n_gpus": 4}, {"gpu": "RTX 4090", "engine": "vllm"}],
)  # fmt: skip
def test_each_model_named_fits_and_the_next_larger_does_not(machine: dict[str, Any]) -> None:
    (found,) = machines_run(**machine)["machines"]
    engine = engine_of(machine)
    case = {**machine, **({"engine": engine} if engine else {})}
    for row in found["held"]:
        assert estimate(**case, **facts_of(row)).verdict == "yes"
    larger = found["next"]
    assert estimate(**case, model=larger["model"], weights=larger["weight_format"]).verdict != "yes"
    largest = max(row["params"] for row in found["held"])
    assert next(row["params"] for row in usual_models() if row["model"] == larger["model"]) > 0.9 * largest


def test_host_memory_lets_a_machine_run_larger_models_and_holds_what_it_is_given() -> None:
    alone, beside = held(gpu="RTX 3060 12GB", engine="llama.cpp"), held(gpu="RTX 3060 12GB", host_memory_gb=48)
    assert [row for row in beside if row["way"] == "cards"] == alone
    moved = [row for row in beside if row["way"] != "cards"]
    assert {row["way"] for row in moved} == {"experts", "layers"}
    for row in moved:
        assert row["host_gib"] <= 48 - host_reserve()
        assert row["params"] > max(one["params"] for one in alone)
        worked = estimate(gpu="RTX 3060 12GB", engine="llama.cpp", host_memory_gb=44, **facts_of(row))
        assert worked.verdict == "yes"


def test_without_a_card_the_host_holds_all_of_it() -> None:
    (row,) = held(host_memory_gb=16)
    assert row["way"] == "host"
    assert row["total_gib"] <= 16 - host_reserve()


def test_a_dense_model_on_the_host_is_read_whole_for_each_token() -> None:
    (row,) = held(host_memory_gb=32, model="Llama-3.1-8B", bits=8)
    read_per_token = host_bandwidth() / row["rate"]
    weights = estimate(
        model="Llama-3.1-8B", weights="gguf:Q8_0", gpu_layers=0, engine="llama.cpp", host_memory_gb=28
    ).json()
    hosted = next(one["value"] for one in weights["answers"] if one["quantity"] == "host_memory") * GIB
    embedding = 128256 * 4096 * (5313 / 625) / 8  # of which a token takes one row
    assert read_per_token == pytest.approx(hosted - embedding, rel=0.01)


def test_cards_that_carry_their_own_count_are_machines_of_their_own() -> None:
    machines = machines_run(gpu=["2 × RTX 3090", "1 × RTX 4090"], params="70B")["machines"]
    assert [(one["gpu"], one["n_gpus"]) for one in machines] == [("GeForce RTX 4090", 1), ("GeForce RTX 3090", 2)]
    alone, two = machines
    assert {row["way"] for row in two["held"]} == {"cards"}
    assert {row["way"] for row in alone["held"]} == {"layers"}
    assert alone["enough"] == 2


def test_the_gpu_of_a_mac_has_a_part_of_its_memory() -> None:
    (machine,) = machines_run(gpu="Apple M3 Max", gpu_memory_gb=64)["machines"]
    assert machine["usable_gib"] == pytest.approx(48)
    assert all(row["total_gib"] <= 48 for row in machine["held"])
    assert machine["held"][0]["rate"] is not None
    assert estimate(model="Llama-3.1-8B", weights="gguf:Q4_K_M", gpu="Apple M1", gpu_memory_gb=16).json()[
        "capacity_gib"
    ] == pytest.approx(10.67, abs=0.01)


def test_neither_cards_nor_memory_is_refused() -> None:
    with pytest.raises(BadInput, match="name its cards"):
        machines_run(seq_len=8192)
    with pytest.raises(BadInput, match="no model"):
        machines_run(gpu="RTX 3090", model="no such model at all")


ASKED: list[tuple[str, dict[str, Any]]] = [
    ("48GB of RAM and an RTX 3060 12GB: biggest model at decent speed with llama.cpp?", {"host_memory_gb": 48, "engine": "llama.cpp"}),
    ("What's the largest model on 1, 2 or 4 RTX 3090s?", {"n_gpus": [4, 1, 2]}),
    ("What can I run on a 16GB RAM laptop with no GPU?", {"host_memory_gb": 16}),
    ("I have a GTX 1060 6GB, anything useful I can run?", {"gpu": "GTX 1060"}),
    ("dual 3060 12GB vs a single 3090 for llms", {"gpu": ["2 × RTX 3060 12 GB", "1 × RTX 3090"]}),
    ("2x3090 or 1x4090 for running 70B?", {"gpu": ["2 × RTX 3090", "1 × RTX 4090"], "params": 70 * 10**9}),
    ("买两张3090还是一张4090跑70B?", {"gpu": ["2 × RTX 3090", "1 × RTX 4090"], "params": 70 * 10**9}),
    ("48G内存没有独显,能跑多大的模型", {"host_memory_gb": 48}),
    ("M3 Max 64GB macbook, which models can I run? best one for coding", {"gpu": "Apple M3 Max", "gpu_memory_gb": 64}),
]  # fmt: skip


@pytest.mark.parametrize(("question", "given"), ASKED)
def test_a_question_of_hardware_asks_what_the_machine_runs(question: str, given: dict[str, Any]) -> None:
    name, args = plan(read(question))[0]
    assert name == "recommend"
    assert {key: args.get(key) for key in given} == given


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("RTX 3070 8GB and 32GB RAM. Which LLMs can I run?", {"gpu_memory_gb": (8,), "host_memory_gb": (32,)}),
        ("3 used P40s for 70B?", {"n_gpus": (3,), "gpu": ("P40",)}),
        ("P40 24G 二手 800 块,买两张跑 72B 值得吗", {"n_gpus": (2,), "gpu": ("P40",)}),
        ("i7-13700k 32G DDR4 3090, what runs?", {"host_memory_gb": (32,), "gpu": ("RTX 3090",)}),
        ("Strix Halo 128GB, which models can I run?", {"gpu": ("AMD Ryzen AI Max+ 395 (Strix Halo)",)}),
    ],
)
def test_hardware_is_read(question: str, facts: dict[str, Any]) -> None:
    reading = read(question)
    assert {name: reading.facts.get(name) for name in facts} == facts


def test_the_first_sentence_names_the_model_its_place_and_its_rate() -> None:
    first = answer_to(
        "I have 48GB of RAM and an RTX 3060 12GB, what's the biggest model I can run with llama.cpp?"
    ).split("\n")[0]
    for words in ("RTX 3060 12 GB and 48 GB of RAM", "Q4_K_M", "experts in RAM", "tokens/s", "Wholly on the card"):
        assert words in first


def test_what_was_assumed_stands_beside_it() -> None:
    answer = answer_to("16G 显存加 64G 内存能跑哪些模型?")
    for words in ("4 GB 内存", "89.6 GB/s", "GGUF", "上限"):
        assert words in answer


@pytest.mark.parametrize(
    ("question", "named"),
    [("Can an RTX 6090 48GB run a 70B in 4 bit?", "RTX 6090"), ("5090Ti 48G 能不能跑 70B", "5090Ti")],
)
def test_a_card_that_nobody_knows_is_said_before_its_memory_is_taken(question: str, named: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert f"“{named}”" in first
    assert "48 GB" in first


@pytest.mark.parametrize("question", ["70B model, 4-bit, on 48 GB of bandwidth. fits?", "带宽 48GB 能不能跑 70B 4bit?"])
def test_bandwidth_is_no_memory(question: str) -> None:
    assert read(question).facts.get("gpu_memory_gb") is None
    answer = answer_to(question)
    assert "GB/s" in answer.split("\n")[0]
    assert "36.6 GiB" in answer


def test_of_two_machines_the_one_that_holds_the_model_is_named_first() -> None:
    first = answer_to("Buying advice: 2x3090 or 1x4090 for running 70B models locally?").split("\n")[0]
    assert "2 × RTX 3090" in first
    assert "4090" not in first


def test_only_mixtures_or_only_dense_models_where_the_asker_wants_no_others() -> None:
    assert {row["experts"] for row in held(gpu="RTX 4070", host_memory_gb=96, only="moe")} == {True}
    assert {row["experts"] for row in held(gpu="RTX 4090", only="dense")} == {False}
    _, args = plan(read("4070 12GB and 96GB DDR5, only interested in MoE models, what fits?"))[0]
    assert args["only"] == "moe"
    _, args = plan(read("24G 显存只要稠密模型,最大能跑多大的?"))[0]
    assert args["only"] == "dense"


def test_a_clouds_instance_is_its_cards() -> None:
    for row in rows("SELECT * FROM instances"):
        facts = read(f"does a 13B run on {row['name']}?").facts
        assert facts["n_gpus"] == (row["n_gpus"],), row["name"]
        memory = facts.get("gpu_memory_gb", (None,))[0]
        meant = [card.marketed_gb for card in cards_meant(facts["gpu"][0], memory)]
        assert meant == [card(row["gpu"]).marketed_gb], row["name"]


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("which single card for LoRA of a 7B: 12, 16 or 24 GB?", {"gpu_memory_gb": (12, 16, 24)}),
        ("微调7B LoRA,12G/16G/24G 选哪个?", {"gpu_memory_gb": (12, 16, 24)}),
        ("13B full fine-tune, A100 40G or 80G, how many?", {"gpu_memory_gb": (80, 40)}),
        ("一台 8 卡 A100 80G 服务器全参微调 72B 够吗?一台不够的话两台呢", {"n_gpus": (8, 16)}),
        ("MacBook Pro M3 Max 96GB, llama 70b?", {"gpu": ("Apple M3 Max",), "gpu_memory_gb": (96,)}),
        (
            "2x old 24 GB cards + 128 GB RAM, what runs?",
            {"n_gpus": (2,), "gpu_memory_gb": (24,), "host_memory_gb": (128,)},
        ),
        ("H200s for Qwen3-235B, two people at once?", {"batch_size": (2,)}),
    ],
)
def test_what_hardware_is_chosen_among_is_read(question: str, facts: dict[str, Any]) -> None:
    reading = read(question)
    assert {name: reading.facts.get(name) for name in facts} == facts


def test_a_second_card_or_another_one_are_two_machines() -> None:
    _, args = plan(read("add a second used 3090 or sell it and buy one 5090 - for 70B Q4?"))[0]
    assert args["gpu"] == ["2 × RTX 3090", "1 × RTX 5090"]


@pytest.mark.parametrize("bits", [8, 4])
def test_the_count_that_leads_leaves_a_margin_and_divides_the_heads(bits: int) -> None:
    facts: dict[str, Any] = {"model": "DeepSeek-V3", "bits": bits, "gpu": "A100 80GB"}
    solved = solve("n_gpus", **facts).json()["solved"]
    assert solved["in_practice"] > solved["value"]
    assert estimate(**facts, n_gpus=solved["in_practice"]).verdict == "yes"
    assert solved["least_pp"] > 1
    said = answer_to(f"How many A100 80GB for DeepSeek-V3 in {bits} bit?")
    assert said.startswith(f"**{solved['in_practice']} cards")
    least = (
        f"{solved['value']} are the least" if "by_weights" in solved else f"on paper at least {solved['value']} cards"
    )
    assert least in said


def test_any_count_divides_a_file_by_layers() -> None:
    facts: dict[str, Any] = {
        "model": "Qwen3-235B-A22B",
        "weights": "gguf:Q4_K_M",
        "gpu": "RTX 3090",
        "engine": "llama.cpp",
    }
    solved = solve("n_gpus", **facts).json()["solved"]
    assert solved["in_practice"] == 7
    assert estimate(**facts, n_gpus=6).verdict != "yes"


def test_ram_that_is_asked_for_comes_first() -> None:
    answer = answer_to(
        "how much system RAM do I need for Qwen3-235B-A22B Q4 with one 3090 and experts offloaded to cpu?"
    )
    assert answer.startswith("**About 128.2 GiB of RAM**")


def test_fewer_cards_do_only_in_fewer_bits() -> None:
    two = answer_to("does Qwen2.5-72B fit in 2x A100 80GB vs 4x 4090?")
    assert "In 4 bit 3 cards would do." in two
    assert "would do for that" not in two  # eight bits take all four


@pytest.mark.parametrize(
    ("question", "bounds"),
    [
        ("which 30B+ models run on a 3090?", {"least_b": 28.2}),
        ("what models under 10B fit on an 8GB card?", {"most_b": 9.4}),
        ("which models between 7B and 15B does a 3060 12GB run", {"least_b": 6.58, "most_b": 15.9}),
        ("96G的M3 Ultra能跑哪些70B以上的模型", {"least_b": 65.8}),
        ("24G显存，32B以内的模型哪些能跑", {"most_b": 33.92}),
        ("Can a 70B or 32B model run on 48GB?", {}),
        ("为啥3B的模型比7B的还费显存", {}),
    ],
)
def test_sizes_that_bound_what_is_asked_for_are_of_no_model(question: str, bounds: dict[str, float]) -> None:
    reading = read(question)
    assert {name: reading.extras[name][0] for name in ("least_b", "most_b") if name in reading.extras} == pytest.approx(
        bounds
    )
    assert ("params" in reading.facts) != bool(bounds)


def test_each_model_of_the_size_is_a_row() -> None:
    found = machines_run(sizes_b=(28.0, 75.0), gpu="RTX A6000")["machines"][0]["held"]
    named = {row["model"].partition("/")[2] for row in found if row["bits"] == 4}
    assert named == {"Qwen2.5-72B-Instruct", "Llama-3.3-70B-Instruct", "Qwen3-32B", "Qwen3-30B-A3B"}


def test_a_size_that_no_usual_model_has_is_said() -> None:
    with pytest.raises(BadInput, match=r"none of the usual models.*70\.6B"):
        machines_run(sizes_b=(75.0, 100.0), gpu="RTX A6000")
