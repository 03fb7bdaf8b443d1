"""What a short way of writing leaves out: a card's memory behind a dash, a model's own word apart from its family."""

import pytest

from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "rigs"),
    [
        ("LoRA of Llama-3.1-70B: 2x A100-80 or 4x RTX 4090, which holds it?", ("2 × a100 80 GB", "4 × rtx 4090")),
        ("full fine-tuning of Qwen3-8B, 2x V100-32, 2x A100-40 or 6x L40S?", ("2 × v100 32 GB", "2 × a100 40 GB", "6 × l40s")),
        ("Qwen3-32B做LoRA,2张A100-80还是4张3090,哪个放得下?", ("2 × a100 80 GB", "4 × rtx 3090")),
        ("Qwen3-14B全参,4卡A100-40和8卡4090比,哪种够?", ("4 × a100 40 GB", "8 × rtx 4090")),
    ],
)  # fmt: skip
def test_a_memory_behind_a_dash_is_no_count_of_the_next_card(question: str, rigs: tuple[str, ...]) -> None:
    told = [str(one).lower() for one in read(question).extras.get("rigs", ())]
    assert told == [one.lower() for one in rigs]
