"""The script that scores a file of questions counts rightly; and, where a file is at hand, what it finds."""

import json
import os
from pathlib import Path

import pytest

from chat.agent import Assistant
from tests.agreement import contradicted, disagreement, is_run
from tests.score_questions import questions, score

FILE = os.environ.get("KB_QUESTIONS")
MADE_UP = [
    {"id": "a", "text": "Can I QLoRA a 70B on 2x A100 80GB with 4k context?", "intent": "fits",
     "slots": {"task": "finetune", "params_b": 70, "method": "qlora", "gpu": "A100", "gpu_count": 2, "mem_gb": 80, "seq": 4096}},
    {"id": "b", "text": "7B模型int4推理要多少显存", "intent": "how_much",
     "slots": {"task": "inference", "params_b": 7, "bits": 4, "batch": 16, "zero": "3-offload"}},
]  # fmt: skip


def test_right_missed_and_invented_facts_are_told_apart() -> None:
    total = score([*MADE_UP, {"id": "c", "text": "LoRA of a 13B with rank 8", "intent": "oom_diagnosis", "slots": {}}])
    assert sum(total.right.values()) == 10
    assert dict(total.missed) == {"batch": 1, "zero": 1, "offload": 1}
    assert dict(total.unstated) == dict(total.missed)
    assert dict(total.invented) == {"method": 1, "lora_rank": 1}
    assert total.f1() == pytest.approx(20 / (20 + 3 + 2))
    assert dict(total.unlisted) == dict(total.invented)  # the text states both
    assert total.f1(stated_only=True) == 1
    assert [want == got for want, got in total.intents] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "label", "slots", "right"),
    [
        ("will it fit?", "underspecified", {}, {}),
        (
            "how long does it take to train a 7B on 1T tokens with 8 H100s?",
            "train_time",
            {"tokens": "1T"},
            {"tokens": 1},
        ),
        ("你好!", "out_of_scope", {}, {}),
        (
            "does an RTX 9999 run FooLM-900B?",
            "out_of_scope",
            {"gpu": "unknown", "model": "unknown"},
            {"gpu": 1, "model": 1},
        ),
        ("llama 70b awq, one card or two?", "fits", {"model": "Llama-2-70B-AWQ"}, {"model": 1}),
        ("4090 + 3060, 32B int4?", "fits", {"gpu": "RTX 4090 + RTX 3060"}, {"gpu": 1}),
        ("7B fp16 shows 19 GB, why?", "why_more", {"measured_gb": 19}, {"measured_gb": 1}),
        ("LLaMA-Factory, seq 4k, 7B lora OOM", "oom_diagnosis", {"seq": None, "bits": {"a": 4}}, {}),
    ],
)
def test_labels_are_brought_to_what_can_be_read(
    text: str, label: str, slots: dict[str, object], right: dict[str, int]
) -> None:
    total = score([{"id": "a", "text": text, "intent": label, "slots": slots}])
    assert dict(total.right) == right
    assert not total.missed
    assert all(want == got for want, got in total.intents), total.lines


def test_the_halves_part_a_file(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps({"id": f"q{n}", "text": "hi"}) for n in range(40)), encoding="utf-8")
    even, odd = ({one["id"] for one in questions(file, half)} for half in ("even", "odd"))
    assert even
    assert odd
    assert not even & odd
    assert len(even) + len(odd) == 40


def test_a_figure_is_compared_in_its_scope_and_unit() -> None:
    answer = {"verdict": "yes", "memory": {"best_gib": 20.0}, "total_gib": 40.0, "facts": {"n_gpus": 2}, "terms": []}
    agreed = {"id": "a", "reference": {"verdict": "yes", "gb": [42, 44], "basis": "GB_total"}}
    assert disagreement(agreed, answer, "") is None  # 40 GiB are 42.9 GB
    apart = {"id": "a", "reference": {"verdict": "no", "gb": [42, 44], "basis": "per_gpu"}}
    line = disagreement(apart, answer, "")
    assert line is not None
    assert "verdict yes, reference no" in line
    assert "per card 21.5" in line  # in GB; as GiB it would be 20


@pytest.mark.parametrize(
    ("basis", "band", "text", "agrees"),
    [
        ("GB_weights", [18.7, 18.8], "18,734,530,560 bytes of weights", True),
        ("GB_weights", [18.7, 18.8], "17,867 MiB of weights", True),
        ("GB_weights", [17.4, 17.5], "18,734,530,560 bytes of weights", False),  # they are 17.4 GiB
        ("GiB", [17.4, 17.5], "18,734,530,560 bytes of weights", True),
        ("per_gpu", [17.4, 18.8], "18.7 GB", True),
        ("KiB_or_kB_per_token", [56, 57.5], "57,344 B for each token", True),
        ("KiB_or_kB_per_token", [56, 57.5], "57 MB for each token", False),
        ("bytes_per_param", [16, 20], "16x, or 12θ", True),
        ("bytes_per_param", [16, 20], "18 GB", False),
        ("MiB_logits", [590, 598], "0.58 GiB of logits", True),
        ("tokens", [8000, 9000], "up to 8,192 tokens", True),
        ("tokens", [8000, 9000], "8,192 MiB", False),
        ("hours", [8, 12], "About 8.46 hours", True),
        ("FLOPs", [2e22, 3e22], "2.8e22 FLOP", True),
    ],
)
def test_units_are_brought_to_bytes(basis: str, band: list[float], text: str, agrees: bool) -> None:
    one = {"id": "a", "reference": {"verdict": "n/a", "gb": band, "basis": basis}}
    assert (disagreement(one, {}, text) is None) == agrees


def test_one_of_several_readings_agrees() -> None:
    cases = [{"verdict": "yes", "memory": {"best_gib": 11.0}}, {"verdict": "no", "memory": {"best_gib": 44.0}}]
    depends = {"verdict": "conditional", "cases": cases}
    open_card = {"verdict": None, "cases": [{"verdict": None, "memory": one["memory"]} for one in cases]}
    for answer, verdict, agrees in (
        (depends, "conditional", True), (depends, "no", True), (depends, "borderline", False),
        (open_card, "conditional", True), (open_card, "yes", False), ({"verdict": "yes"}, "conditional", False),
        ({"verdict": "borderline"}, "conditional", True), ({"verdict": "borderline"}, "no", False),
    ):  # fmt: skip
        assert (disagreement({"id": "a", "reference": {"verdict": verdict}}, answer, "") is None) == agrees


@pytest.mark.slow
@pytest.mark.skipif(not FILE, reason="KB_QUESTIONS names no file of questions")
def test_the_questions_of_a_file_are_read() -> None:
    total = score(questions(Path(str(FILE)), "even"))
    assert total.f1(stated_only=True) >= 0.95, "\n".join(total.lines)
    assert sum(want == got for want, got in total.intents) >= 0.85 * len(total.intents)


@pytest.mark.slow
@pytest.mark.skipif(not FILE, reason="KB_QUESTIONS names no file of questions")
def test_the_answers_agree_with_the_references() -> None:
    assistant = Assistant()
    asked = [one for one in questions(Path(str(FILE)), "even") if one.get("reference")]
    apart = []
    for one in asked:
        answer = assistant.ask(one["text"])
        apart += [line] if (line := disagreement(one, answer.json(), answer.text)) else []
    assert len(apart) <= 0.1 * len(asked), "\n".join(apart)


def test_counts_are_those_of_what_is_counted() -> None:
    """Tokens that are solved for or fit, sequences that a pool holds at once; weights that cards divide, added up."""
    counts = {
        "solved": {"quantity": "seq_len", "value": 6988},
        "answers": [{"quantity": "concurrent_sequences", "scope": "pool", "value": 8.9, "unit": "1"}],
    }
    divided = {"facts": {"n_gpus": {"value": 8}}, "memory": {"best_gib": 84.1}, "total_gib": 673.0,
               "terms": [{"name": "weights", "gib": 79.3}, {"name": "gradients", "gib": 1.0}]}  # fmt: skip
    for basis, band, answer, agrees in (
        ("tokens", [6900, 7000], counts, True), ("tokens", [8, 9], counts, False), ("sequences_of_8k", [8, 9], counts, True),
        ("GB_total", [680, 682], divided, True), ("per_gpu", [680, 682], divided, False),
        ("GB_states_per_gpu", [86, 86.5], divided, True), ("table", [24, 24], {"columns": ["memory_gb"], "rows": [[24]]}, True),
    ):  # fmt: skip
        one = {"id": "a", "reference": {"verdict": "n/a", "gb": band, "basis": basis}}
        assert (disagreement(one, answer, "") is None) == agrees, basis


def test_a_reported_outcome_is_contradicted_by_plain_verdicts_only() -> None:
    for outcome, verdict, against in (
        ("OOM at load", "yes", True), ("OOM at load", "conditional", False), ("OOM at load", "no", False),
        ("works with batch 1", "no", True), ("OOM; works with batch 1", "no", False), ("可以，24G 够", "no", True),
        ("61.4 GB", "no", False), ("OOM at load", None, False),
    ):  # fmt: skip
        assert contradicted(outcome, verdict) == against, (outcome, verdict)
    run = {"reported_outcome": "OOM", "slots": {"model": "Qwen2-7B", "gpu": "A100"}}
    assert is_run(run)
    assert not is_run({**run, "slots": {"model": "Qwen2-7B"}})
    assert not is_run({**run, "reported_outcome": "Page: 800 GB"})


@pytest.mark.slow
@pytest.mark.skipif(not FILE, reason="KB_QUESTIONS names no file of questions")
def test_no_reported_outcome_is_contradicted() -> None:
    assistant = Assistant()
    runs = [one for one in questions(Path(str(FILE))) if is_run(one)]
    verdicts = {one["id"]: assistant.ask(one["text"]).json()["verdict"] for one in runs}
    assert [one["id"] for one in runs if contradicted(one["reported_outcome"], verdicts[one["id"]])] == []
