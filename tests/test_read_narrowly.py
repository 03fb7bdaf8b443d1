"""Words that look like a setting and are none: counts, a fall, a small model, what is asked about and not taken away."""

from typing import Any

import pytest

from chat.plans.stages import stages
from chat.plans.variants import varied
from chat.reads.follow_ups.cards_changed import left_of
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("can llama 3 8b serve 8/16 requests on a 4090?", {"batch_size": (8, 16), "seq_len": None, "output_len": None}),
        ("Qwen3-8B 4k/1k requests on A100, how much cache?", {"seq_len": (4096,), "output_len": (1024,)}),
        ("Qwen3-8B --max-model-len 8192, 4090 24GB, does it fit?", {"seq_len": (8192,), "gpu": ("RTX 4090",)}),
        ("does 7B QLoRA fit, cutoff_len 2048 4090?", {"seq_len": (2048,), "gpu": ("RTX 4090",)}),
        ("小模型7B和大模型70B用QLoRA微调显存差多少", {"params": (7e9, 7e10), "draft_model": None}),
        ("the board takes 256GB RAM, 70B q4 on a 3090?", {"host_memory_gb": (256,)}),
        ("听说这个13b需要 11.73GB 内存,对吗", {"host_memory_gb": None}),
        ("ZeRO-1, 2 and 3 take how much per card for 7B full?", {"zero_stage": (1, 2, 3)}),
    ],
)
def test_a_setting_is_read_where_it_is_one(text: str, facts: dict[str, Any]) -> None:
    found = read(text).facts
    assert {name: found.get(name) for name in facts} == facts


@pytest.mark.parametrize(
    ("text", "cue", "told"),
    [
        ("memory fell 24GB -> 16GB, then OOM, training 7B", "growing", False),
        ("memory 16GB -> 24GB, then OOM, training 7B", "growing", True),
        ("DPO of 7B: does it hold 2 copies of the model?", "several_servers", False),
        ("run 2 copies of llama 8b with vllm on one A100", "several_servers", True),
        ("KV 缓存不想量化,70B 用 Q4 在 2 张 3090 上够吗", "no_quantising", False),
        ("70B 不想量化,8 张 A100 够吗", "no_quantising", True),
        ("which learning rate should my program use?", "hyper_asked", True),
        ("what does 7B full fine-tuning take in amp vs pure bf16 on 8 A100?", "mixed_saves", False),
        ("what does mixed precision save for 7B full fine-tuning?", "mixed_saves", True),
        ("QLoRA 7B on a Colab notebook with a T4, fits?", "portable", False),
        ("QLoRA 7B on a laptop with a 4090, fits?", "portable", True),
    ],
)
def test_a_circumstance_is_read_where_it_is_one(text: str, cue: str, told: bool) -> None:
    assert (cue in read(text).cues) == told


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("without the 3060", ("RTX 3090",)),
        ("what if I take the 3060 out?", ("RTX 3090",)),
        ("how much does the 3060 take?", None),
        ("要不要3060?", None),
        ("不要3060呢", ("RTX 3090",)),
    ],
)
def test_a_card_is_taken_out_where_it_is_said(text: str, left: tuple[str, ...] | None) -> None:
    machine = read("RTX 3090 + RTX 3060 for Qwen3-32B Q4")
    assert left_of(dict(read(text).facts), machine, text).get("gpu") == left


def test_a_longer_name_is_another_card() -> None:
    machine = read("RTX 3060 Ti + RTX 3060 + RTX 3090 for Qwen3-32B Q4")
    left = left_of(dict(read("without the RTX 3060").facts), machine, "without the RTX 3060")
    assert "3060 Ti" in str(left["gpu"])


def test_stages_of_a_list_are_all_set_side_by_side() -> None:
    found = {said.value for said in stages(read("Compare ZeRO-1, 2 and 3. 7B on 8 A100")) if said.fact == "zero_stage"}
    assert found == {1, 2, 3}


def test_more_ram_that_is_asked_about_is_a_case_of_its_own() -> None:
    found = varied(read("Can I run 70B Q4 on a 4090 with 64GB RAM? What if I had 128GB RAM?"))
    assert found is not None
    assert [one.changed for one in found.each] == [{"host_memory_gb": (128,)}]


@pytest.mark.parametrize(
    ("text", "facts", "extras"),
    [
        ("7B 从头训练 300B token，8 张 H100 要多久，一周训完 300B 要几张", {"params": (7_000_000_000,)}, {"train_tokens": (300e9,)}),
        ("13B pretraining on 64 H100, global batch of 4M tokens, 1T tokens in all, how many days?", {"params": (13_000_000_000,)}, {"train_tokens": (1e12,), "batch_tokens": (4e6,)}),
        ("Full SFT of Llama-3.1-8B on 4x A100 80GB, I can't use LoRA here. Fits?", {"method": ("full",)}, {}),
        ("全参微调 Qwen2.5-7B，4 张 A100 80G，不能用 LoRA，够吗", {"method": ("full",)}, {}),
        ("Qwen3-8B Q4_K_M 在 4090 上，上下文直接拉满 131072 行吗", {"seq_len": (131072,)}, {}),
    ],
)  # fmt: skip
def test_what_is_put_aside_or_told_again_is_no_fact(
    text: str, facts: dict[str, object], extras: dict[str, object]
) -> None:
    reading = read(text)
    assert {name: reading.facts.get(name) for name in facts} == facts
    assert {name: reading.extras.get(name) for name in extras} == extras


@pytest.mark.parametrize(
    "text",
    [
        "My colleague says ZeRO-3 halves the traffic of a 7B, does a larger batch save memory?",
        "同事说 ZeRO-3 通信多一半，7B 全参 8 张 A100 该选哪个",
    ],
)
def test_half_of_the_traffic_is_none_of_the_memory(text: str) -> None:
    assert not [cue for cue in read(text).cues if cue.startswith("lever_claim")]


@pytest.mark.parametrize(
    ("question", "models"),
    [
        ("Anyone got experience running Qwen2.5-72B in Q4 on 2x 4090, or is Qwen3-32B the better pick?", 2),
        ("3090 跑 Qwen3-14B 体验如何，比 Qwen3-8B 多多少显存", 2),
        ("Going by my old Qwen2.5-72B box: what does Qwen3-32B need?", 1),
    ],
)
def test_a_model_that_is_asked_about_is_no_experience(question: str, models: int) -> None:
    assert len(read(question).facts["model"]) == models


@pytest.mark.parametrize(
    "question",
    [
        "Which model goes into 24GB of VRAM? There is 24GB of RAM, too",
        "推荐一个模型，16G 显存，16G 内存",
        "My limit is 24GB, does Qwen3-14B fit?",
        "Can I LoRA a 14B with the full 24GB of a 4090?",
    ],
)
def test_an_amount_told_twice_or_after_a_copula_stays_the_machines(question: str) -> None:
    found = read(question)
    assert not any(cue.startswith("meaning:") for cue in found.cues)
    assert found.facts.get("gpu_memory_gb") or found.facts.get("gpu")
    assert "full" not in found.facts.get("method", ())
