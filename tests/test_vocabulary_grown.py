"""A vocabulary that is extended: what it grows by, and embedding and head that train whole."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("给Llama-2-13B扩充词表，从32000扩到55296，全参训练显存多多少", 23296),
        ("Mistral-7B: extended the vocab from 32k to 48k, full fine-tune. How much more memory?", 16000),
        ("resized the tokenizer of Llama-3-8B from 128,256 to 140,000, LoRA", 11744),
        ("Qwen2.5-7B 扩词表，加了 8000 个 token，LoRA 要多少显存", 8000),
    ],
)
def test_what_is_added_is_the_difference(question: str, added: int) -> None:
    reading = read(question)
    assert reading.extras["added_vocabulary"] == (added,)
    assert "seq_len" not in reading.facts
    assert str(added) in Assistant().ask(question).text.split("\n")[0].replace(",", "")


def test_two_vocabularies_are_no_extension() -> None:
    assert "added_vocabulary" not in read("a vocab of 152k vs 32k: how much more are the logits of a 7B?").extras


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Set modules_to_save=['embed_tokens','lm_head'] in LoRA of Llama-3.1-8B, rank is only 8. Memory jumped by 10 GB?!", "**modules_to_save trains whole copies"),
        ("qwen2.5-14b lora 加了 modules_to_save=embed_tokens,lm_head 以后显存多了一大截", "**modules_to_save 会完整训练"),
    ],
)  # fmt: skip
def test_a_jump_by_whole_matrices_is_told_first(question: str, opens: str) -> None:
    assert Assistant().ask(question).text.startswith(opens)
