"""A length that nobody told is none that the model does not read."""

import pytest

from kb.comparison import compare
from kb.estimator import estimate
from tests.talking import answer_to, narrow_opening


@pytest.mark.parametrize(
    ("facts", "length"),
    [
        ({"model": "falcon-40b"}, 2048),
        ({"model": "gpt2-xl"}, 1024),
        ({"model": "Llama-3.1-8B"}, 4096),
        ({"model": "falcon-40b", "seq_len": 4096}, 4096),  # as it is told
        ({"model": "gpt2-xl", "method": "full"}, 1024),
        ({"params": "7B"}, 4096),
    ],
)
def test_what_is_assumed_is_within_what_the_model_declares(facts: dict[str, object], length: int) -> None:
    assert estimate(**facts).outcomes[0].situation.knob("seq_len") == length


def test_models_side_by_side_have_one_length() -> None:
    found = compare([{"model": "falcon-40b"}, {"model": "Llama-2-70b"}], method="inference", weight_format="int8")
    assert {one.main.situation.knob("seq_len") for one in found.setups} == {2048}
    both = estimate(model=["falcon-40b", "Llama-2-70b"], method="inference").outcomes
    assert len({one.situation.knob("seq_len") for one in both}) == 1


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Will Falcon-40B in int8 (load_in_8bit) run on one A6000 48GB?", ("Yes.", "44.1 GiB of 48.0 GiB")),
        ("Falcon-40B 用 load_in_8bit 在一张 A6000 48G 上能推理吗", ("可以。", "44.1 GiB")),
    ],
)
def test_it_decides_the_verdict(question: str, said: tuple[str, ...]) -> None:
    assert all(one in narrow_opening(question) for one in said)
    assert "120 KiB" in answer_to(question)  # where the 8 heads are cached as they are


def test_heads_are_told_as_repeated_only_where_they_are() -> None:
    assert "query heads before it caches" not in answer_to("Will Falcon-40B in int8 run on one A6000 48GB with vLLM?")
    assert "query heads before it caches" not in answer_to(
        "Will Llama-2-13B in int8 run on one A6000 with transformers?"
    )
