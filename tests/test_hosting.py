"""What stays in host memory, what loading and saving hold: on the card, on the host, solved for and offered."""

from typing import Any

import pytest

from chat.agent import Assistant
from formulas.derivation import Fact, derive
from formulas.errors import BadInput
from formulas.residence import held_peak, phase_load, phase_save
from formulas.vocabulary import kv_cache, peak, weights
from kb.cards import GIB
from kb.cases import parse_given, spread
from kb.checked import check
from kb.estimator import estimate
from kb.interval import spread_of
from kb.outcome import Outcome, outcome
from kb.solver import solve
from tests.talking import answer_to

LLAMA: dict[str, Any] = {"model": "Llama-3.1-8B", "weight_format": "gguf:Q4_K_M", "engine": "llama.cpp"}
MIXTRAL: dict[str, Any] = {"model": "Mixtral-8x7B-v0.1", "engine": "llama.cpp"}
LAYERS, HEAD = 32, 1


def worked(**facts: Any) -> Outcome:
    return estimate(**facts).outcomes[0]


def host(found: dict[str, Any], quantity: str = "host_memory") -> float:
    return float(next(one["value"] for one in found["answers"] if one["quantity"] == quantity)) * GIB


def test_all_layers_on_the_card_leave_the_embedding_in_host_memory() -> None:
    """Counted by hand from the shapes and from llama.cpp's rule for Q4_K_M (src/llama-quant.cpp): 4.5 bits, but 6.5625
    (Q6_K) for the head and, in 16 of the 32 layers, for `attn_v` and `ffn_down`; norms are float32. The table knows one
    mean of bits for a whole file, which is 0.6 % off on the card and 9 % for the embedding alone.
    """
    q4, q6 = 4.5 / 8, 6.5625 / 8
    embedding = head = 128256 * 4096
    wider = 4096 * 1024 + 4096 * 14336
    layer = 2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336
    norms = (2 * LAYERS + 1) * 4096 * 4
    by_hand = (LAYERS * layer - 16 * wider) * q4 + (16 * wider + head) * q6 + norms
    there = worked(**LLAMA, gpu_layers=99)
    assert there.values[weights] == pytest.approx(by_hand, rel=0.01)
    assert host(estimate(**LLAMA, gpu_layers=99).json()) == pytest.approx(embedding * q4, rel=0.1)
    assert worked(**LLAMA).best == there.best  # all is what llama.cpp does where nothing is said


def test_card_and_host_hold_the_model_and_its_cache_between_them() -> None:
    whole = worked(**LLAMA, gpu_layers=LAYERS + HEAD)
    for layers in (0, 1, 2, 20, 33):
        found = worked(**LLAMA, gpu_layers=layers)
        on_card = float(found.values[weights]) + float(found.values[kv_cache])
        everything = (
            float(whole.values[weights]) + float(whole.values[kv_cache]) + host(estimate(**LLAMA, gpu_layers=33).json())
        )
        assert on_card + host(estimate(**LLAMA, gpu_layers=layers).json()) == pytest.approx(everything)


def test_the_output_layer_goes_first() -> None:
    """`-ngl 1` is the head alone; the cache of a layer follows the layer."""
    one, two = (worked(**LLAMA, gpu_layers=count) for count in (1, 2))
    assert one.values[kv_cache] == 0
    assert two.values[kv_cache] == worked(**LLAMA).values[kv_cache] / LAYERS
    # the head is as large as the embedding, which is all that the host keeps when every layer is on the card
    embedding = host(estimate(**LLAMA, gpu_layers=LAYERS + HEAD).json())
    assert float(one.values[weights]) == pytest.approx(embedding, rel=1e-3)


def test_a_tied_head_on_the_card_is_a_second_copy() -> None:
    facts = {"model": "Llama-3.2-3B", "weight_format": "bf16", "engine": "llama.cpp"}
    matrix = 128256 * 3072 * 2
    assert worked(**facts).values[weights] == worked(**{**facts, "engine": "transformers"}).values[weights]
    assert host(estimate(**facts, gpu_layers=29).json()) == matrix


def test_memory_on_the_card_grows_with_its_layers_and_shrinks_with_hosted_experts() -> None:
    peaks = [worked(**LLAMA, gpu_layers=layers).values[weights] for layers in range(LAYERS + 2)]
    assert peaks == sorted(peaks)
    held = [worked(**MIXTRAL, n_cpu_moe=layers).values[weights] for layers in range(LAYERS + 1)]
    assert held == sorted(held, reverse=True)
    assert held[LAYERS] == worked(**MIXTRAL, offload="experts").values[weights]
    # 46.70e9 parameters, of which 45.10e9 are experts; the embedding stays in host memory too
    assert held[LAYERS] == pytest.approx((46_702_792_704 - 45_097_156_608 - 32000 * 4096) * 2, rel=1e-4)


def test_experts_of_some_layers_of_a_mixed_model() -> None:
    """DeepSeek-V3's first three layers have no experts: the first four of `--n-cpu-moe 4` move those of one layer."""
    facts = {"model": "deepseek-ai/DeepSeek-V3", "weight_format": "bf16", "engine": "llama.cpp"}
    at = [float(worked(**facts, n_cpu_moe=layers).values[weights]) for layers in (0, 3, 4)]
    assert at[0] == at[1]
    assert at[1] - at[2] == 3 * 256 * 7168 * 2048 * 2


def test_the_cache_in_host_memory() -> None:
    found = worked(**LLAMA, offload="kv")
    assert found.values[kv_cache] == 0
    assert host(estimate(**LLAMA, offload="kv").json()) > 0.5 * GIB


def test_a_device_map_keeps_the_cache_on_the_card_and_brings_modules_to_it() -> None:
    facts = {"model": "Llama-3.1-8B", "engine": "transformers"}
    whole, half = worked(**facts), worked(**facts, gpu_layers=16)
    assert half.values[kv_cache] == whole.values[kv_cache]
    assert half.terms["buffers"] == 128256 * 4096 * 2  # the head is the largest module that is not on the card
    assert whole.best - half.best == pytest.approx(16 * 218112000 * 2, rel=0.01)
    assert (
        "weights" not in worked(**facts, offload="params").terms
        or worked(**facts, offload="params").terms["weights"] < 1e6
    )


def test_a_share_of_the_weights_in_host_memory() -> None:
    facts = {"model": "Llama-3.1-8B", "engine": "vllm"}
    kept = float(worked(**facts).values[weights]) - float(worked(**facts, cpu_offload_gb=4).values[weights])
    assert kept == 4 * GIB
    assert worked(**facts, cpu_offload_gb=40).values[weights] == 0
    assert host(estimate(**facts, cpu_offload_gb=40).json()) == pytest.approx(8_030_261_248 * 2)


def test_layers_on_two_cards() -> None:
    """Cards share the layers that are not in host memory; experts in host memory make the later card the fuller."""
    one, two = (worked(**LLAMA, gpu_layers=17, n_gpus=count) for count in (1, 2))
    assert sum(float(card.values[weights]) * card.place.count for card in two.cards) == pytest.approx(
        float(one.values[weights])
    )
    experts = worked(**MIXTRAL, n_cpu_moe=16, n_gpus=2)
    assert float(experts.cards[1].values[weights]) > 5 * float(experts.cards[0].values[weights])


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"model": "Llama-3.1-8B", "offload": "experts"}, "no experts"),
        ({"model": "Llama-3.1-8B", "n_cpu_moe": 0}, "no experts"),
        ({"model": "Llama-3.1-8B", "method": "lora", "gpu_layers": 3}, "for inference"),
        ({"model": "Llama-3.1-8B", "method": "lora", "offload": "kv"}, "for inference"),
        ({"model": "Llama-3.1-8B", "method": "inference", "offload": "optimizer"}, "for training"),
        ({"model": "Llama-3.1-8B", "engine": "vllm", "gpu_layers": 3}, "cpu-offload-gb"),
        ({"model": "Llama-3.1-8B", "engine": "transformers", "cpu_offload_gb": 3}, "gpu-layers"),
        ({"model": "Llama-3.1-8B", "engine": "transformers", "offload": "kv"}, "llama.cpp"),
        ({"model": "Llama-3.1-8B", "engine": "llama.cpp", "gpu_layers": 1, "n_gpus": 2}, "2 cards"),
    ],
)  # fmt: skip
def test_what_no_program_does_is_refused(facts: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        estimate(**facts)


# ── solved for, and offered ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("quantity", "further", "facts"),
    [
        ("gpu_layers", 1, {"model": "Llama-3.3-70B", "weight_format": "gguf:Q4_K_M", "gpu": "RTX 4090"}),
        ("gpu_layers", 1, {"model": "Llama-3.1-8B", "engine": "transformers", "gpu_memory_gb": 12}),
        ("n_cpu_moe", -1, {"model": "Qwen3-30B-A3B", "weight_format": "gguf:Q4_K_M", "gpu_memory_gb": 12}),
    ],
)
def test_solved_layers_fit_and_the_next_do_not(quantity: str, further: int, facts: dict[str, Any]) -> None:
    answer = solve(quantity, **facts).answers[0]
    assert answer.at is not None
    assert answer.value is not None
    assert answer.at.best <= (answer.at.capacity or 0) < worked(**facts, **{quantity: answer.value + further}).best


def test_layers_are_solved_within_what_the_model_has() -> None:
    assert solve("gpu_layers", **LLAMA, gpu="RTX 4090").answers[0].value == LAYERS + HEAD
    assert solve("gpu_layers", **LLAMA, gpu_memory_gb=1).answers[0].value is None
    assert solve("n_cpu_moe", **MIXTRAL, gpu_memory_gb=1).answers[0].value is None
    assert solve("n_cpu_moe", **MIXTRAL, gpu="H200").answers[0].value == 0


def test_host_memory_is_offered_where_it_makes_the_model_fit() -> None:
    """Layers of a file in 4 bits, where nobody asked for 16; none where those 4 bits are all on the card."""
    for model, place in (("Qwen3-30B-A3B", "n_cpu_moe"), ("Llama-3.3-70B-Instruct", "gpu_layers")):
        offered = estimate(model=model, gpu="RTX 4090").json()["changes"]
        there = next(change["facts"] for change in offered if place in change["facts"])
        assert not any("gpu_layers" in change["facts"] for change in offered if change["facts"] != there)
        assert there.get("weight_format") == (None if place == "n_cpu_moe" else "gguf:Q4_K_M")
        told = {name: value for name, value in there.items() if value is not None}
        assert worked(model=model, gpu="RTX 4090", **told).verdict == "yes"


def test_host_memory_that_is_named_decides_too() -> None:
    """Mixtral's experts, 45.10e9 parameters at 4.5 bits and more, take some 25 GiB: 16 GB do not hold them, 32 GB do."""
    facts = {**MIXTRAL, "weight_format": "gguf:Q4_K_M", "gpu_memory_gb": 12, "offload": "experts"}
    for room, verdict in ((16, "no"), (32, "yes")):
        found = estimate(**facts, host_memory_gb=room).json()
        assert (found["verdict"], found["host"]["verdict"], found["host"]["capacity_gib"]) == (verdict, verdict, room)
        assert found["host"]["needed_gib"] == pytest.approx(host(found) / GIB)
        assert room >= found["host"]["needed_gib"] or verdict == "no"
    assert estimate(**facts).json()["host"] is None


def test_host_memory_that_is_named_and_not_used_is_offered_as_far_as_it_goes() -> None:
    facts = {**MIXTRAL, "weight_format": "gguf:Q4_K_M", "gpu_memory_gb": 12}
    for room in (16, 32):
        found = estimate(**facts, host_memory_gb=room).json()
        hosted = [change["host_gib"] for change in found["changes"] if change["host_gib"]]
        assert all(size <= room for size in hosted)
        assert found["verdict"] == ("conditional" if hosted else "no")
        assert bool(found["into_host"]) == bool(hosted)
    assert hosted
    assert estimate(**facts).verdict == "no"  # nobody said that there is any


# ── loading and saving ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("model", "gib"),
    [("Qwen/Qwen2.5-0.5B-Instruct", 0.68), ("Qwen/Qwen2.5-1.5B-Instruct", 1.51), ("Qwen/Qwen2.5-3B-Instruct", 2.50)],
)
def test_a_head_that_the_file_stores_twice_decides_at_short_prompts(model: str, gib: float) -> None:
    """Published peaks of AWQ models with a prompt of one token (table measurements, source qwen25)."""
    facts = {
        "model": model,
        "weight_format": "awq-int4-g128",
        "engine": "transformers",
        "meter": "allocated",
        "batch_size": 1,
    }
    short, long = worked(**facts, seq_len=1, output_len=2048), worked(**facts, seq_len=14336, output_len=2048)
    assert short.phase is phase_load
    assert short.best / GIB == pytest.approx(gib, rel=0.005)
    assert long.phase is not phase_load
    assert sum(short.terms.values()) == pytest.approx(short.best)


def test_quantising_as_it_loads_holds_one_matrix_more() -> None:
    # a single token, for which no matrix is unpacked
    facts = {"model": "Llama-3.1-8B", "seq_len": 1, "meter": "tensors", "engine": "transformers"}
    quantised, stored = worked(**facts, weight_format="nf4"), worked(**facts, weight_format="gptq-int4-g128")
    assert quantised.phase is phase_load
    assert quantised.best - quantised.values[weights] == 4096 * 14336 * 2
    assert stored.phase is not phase_load


def test_preparation_makes_the_head_single_beside_its_half() -> None:
    found = worked(model="Llama-3.1-8B", method="qlora", bits=4, seq_len=16, engine="transformers")
    assert found.values[phase_load] - found.values[weights] == 4096 * 128256 * 2


def test_saving_never_decides_on_the_card() -> None:
    for model, cards in (("Llama-2-7B", 2), ("Llama-2-70B", 64)):
        found = worked(model=model, method="full", zero_stage=3, n_gpus=cards, seq_len=512)
        saved = derive(phase_save, dict(found.situation.facts)).value
        assert saved is not None
        assert saved < found.values[held_peak] <= found.values[peak]


def test_host_memory_of_loading_and_saving() -> None:
    """Sixteen cards are two machines of eight processes; the file is 16 bit."""
    found = estimate(model="Llama-2-70B", method="full", zero_stage=3, n_gpus=16).json()
    parameters = 68_976_648_192
    assert host(found, "host_load") == pytest.approx(8 * 2 * parameters)
    assert host(found, "host_save") == pytest.approx(2 * parameters)
    load = next(one for one in found["answers"] if one["quantity"] == "host_load")
    assert "zero.Init" in load["if"]
    assert "zero.Init" in load["if_zh"]
    # what is offloaded stays there while it runs: loading is told only where it takes more
    assert not any(
        one["quantity"] == "host_save"
        for one in estimate(params="7B", method="full", zero_stage=3, n_gpus=2, offload="params").json()["answers"]
    )
    # float32 masters are loaded as such; a quantised base goes to its card tensor by tensor
    assert host(
        estimate(model="Llama-2-7B", method="full", precision="amp-bf16", n_gpus=2).json(), "host_load"
    ) == pytest.approx(8 * 6738415616)
    assert not any(
        one["scope"] == "host" for one in estimate(model="Llama-2-7B", method="qlora", n_gpus=2).json()["answers"]
    )


def test_nothing_is_said_of_host_memory_where_nobody_asks() -> None:
    for facts in (LLAMA, {"model": "Llama-3.1-8B"}, {"model": "Llama-3.1-8B", "method": "lora"}):
        assert not any(one["scope"] == "host" for one in estimate(**facts).json()["answers"])


def test_a_figure_read_while_it_runs_knows_nothing_of_loading() -> None:
    found = worked(
        model="Qwen2.5-3B", weight_format="awq-int4-g128", seq_len=1, meter="allocated", engine="transformers"
    )
    running = outcome(found.case, {"reading": Fact("generating", "test")})
    assert running.best < found.best


def test_a_row_of_measurements_may_state_its_layers() -> None:
    row = {
        "id": "mine-1", "source": "mine", "kind": "inference", "method": "inference", "model": "Llama-3.1-8B", "meter": "nvml",
        "engine": "llama.cpp", "weight_format": "gguf:Q4_K_M", "batch_size": "1", "seq_len": "4096", "offload": "none",
        "gib_low": 4.0, "gib_high": 4.2, "extra": "gpu_layers=20;n_ubatch=512",
    }  # fmt: skip
    assert check(row).predicted == pytest.approx(worked(**LLAMA, gpu_layers=20, seq_len=4096).best / GIB)
    assert check(row).predicted < check({**row, "extra": "n_ubatch=512"}).predicted


def test_what_nobody_measured_is_said_and_wider() -> None:
    stated = estimate(**LLAMA, gpu_layers=20).json()
    assert any("in host memory" in warning for warning in stated["warnings"])
    assert not any("in host memory" in warning for warning in estimate(**LLAMA).json()["warnings"])
    card, host_too = ({"model": "Llama-3.1-8B", "engine": "transformers"} | more for more in ({}, {"gpu_layers": 31}))
    narrow, wide = (spread_of(worked(**facts).situation)[1] for facts in (card, host_too))
    assert wide == 2 * narrow


def test_a_gguf_file_is_run_by_llama_cpp() -> None:
    """Nobody says it, and its cache and its buffer are set aside at the start."""
    there = worked(model="Qwen/Qwen2.5-7B-Instruct", weight_format="gguf:Q4_K_M", seq_len=8192)
    assert there.situation.knobs["engine"] == Fact("llama.cpp", "assumed")
    assert "activations" not in there.terms


def test_one_layer_on_the_card_is_told_as_one() -> None:
    offered = estimate(
        model="deepseek-ai/DeepSeek-V3", weight_format="gguf:Q8_0", gpu="RTX 3060 12 GB", host_memory_gb=1024
    ).json()["changes"]
    assert any(one["says"].startswith("1 layer on the card") for one in offered), [one["says"] for one in offered]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Llama 4 Scout Q4 on 64GB RAM and a 3090: how many layers/experts go where", "**Llama-4-Scout-17B-16E-Instruct, inference, Q4_K_M, RTX 3090: not on the card alone, but with host memory it fits** with `--n-cpu-moe"),
        ("gpt-oss-20b on 16GB 5060 Ti with 128k context?", "**gpt-oss-20b, inference, MXFP4, RTX 5060 Ti 16 GB: fits, but it is tight**"),
        ("RTX 5090笔记本24G显存+64G内存,Qwen3-30B-A3B 128k上下文能跑吗", "**可以。Qwen3-30B-A3B · 推理"),
    ],
)  # fmt: skip
def test_one_users_card_is_run_by_the_program_of_its_files(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Is the KV cache for Qwen3-30B-A3B smaller because only 3B are active?", "**The KV cache does not depend on the experts, nor on how many parameters are active:** "),
        ("Qwen3-30B-A3B 只激活3B,KV cache 是不是也按3B算?", "**KV 缓存与专家无关，也与激活多少参数无关："),
        ("Mixtral 8x7B KV cache for 32k tokens, how many GiB?", "**KV cache: 2 (keys and values) × 32 layers × 8 KV heads"),
    ],
)  # fmt: skip
def test_the_cache_of_a_mixture_is_told_first_where_it_is_asked(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_experts_divided_over_ranks_lie_all_in_the_hosts_memory() -> None:
    """Parallel experts divide what a card holds, not what the machine holds of every rank."""
    given: dict[str, Any] = {"model": "Mixtral-8x7B", "method": "full", "offload": "params", "gpu": "H200", "n_gpus": 8}
    whole, divided = (outcome(spread(parse_given(one))[0]) for one in (given, {**given, "ep": 8}))
    assert divided.best < whole.best
    assert divided.host_gib == pytest.approx(whole.host_gib)


def test_a_remark_on_weights_is_silent_where_none_lie_on_the_card() -> None:
    """What a remark cannot divide by is missing, and fails nothing else."""
    answer = Assistant().ask(
        "Mixtral-8x7B full fine-tuning on 8x H200 with Megatron, ep 8 and CPU offload of parameters, does it fit?"
    )
    assert "defect" not in answer.text
    assert answer.result["remarks"]
