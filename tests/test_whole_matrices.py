"""Embedding and head that train whole beside adapters: read from questions and files, counted, and told."""

from pathlib import Path

import pytest

from chat.reads.grammar import read
from kb import estimate
from kb.outcome import Outcome
from kb.train_yaml import facts_of
from tests.talking import answer_to

BOTH, EMBEDDING = "embed_tokens,lm_head", "embed_tokens"
LLAMA = {"model": "meta-llama/Meta-Llama-3-8B-Instruct", "method": "lora", "gpu_memory_gb": 24}
MATRIX = 128256 * 4096  # Llama-3's vocabulary and width


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ('LoRA on Llama-3-8B with modules_to_save=["embed_tokens", "lm_head"], 24GB ok?', BOTH),
        ("QLoRA 7B, additional_target: embed_tokens,lm_head, fits a 3090?", BOTH),
        ("I added 300 tokens and need to train the embeddings too, QLoRA Qwen2.5-7B on a 3090?", EMBEDDING),
        ("LoRA r=64 on Llama-3-8B, lm_head and embeddings also trainable, 48GB?", BOTH),
        ("LoRA Mistral-7B and also train lm_head, 24GB?", "lm_head"),
        ("给Llama-3-8B扩充词表,LoRA训练时embed_tokens和lm_head也要一起训练,24G够吗", BOTH),
        ("LoRA微调Qwen2.5-7B,同时放开词嵌入和输出头,要多少显存", BOTH),
        ("QLoRA 7B without training the embeddings on 12GB?", None),
        ("lora 7B 不训练embedding,16G够吗", None),
        ("LoRA 8B, embeddings are frozen, 24GB?", None),
        ("fine-tune an embedding model bge-m3 on 8GB", None),
        ("LoRA with modules_to_save=['classifier'] on a 7B, 16GB?", None),
    ],
)
def test_what_trains_whole_is_read(question: str, whole: str | None) -> None:
    reading = read(question)
    assert reading.facts.get("modules_to_save") == ((whole,) if whole else None)
    assert "freeze" not in reading.facts.get("method", ())


def _value(one: Outcome, name: str) -> float:
    return next(float(value) for quantity, value in one.values.items() if quantity.name == name)


@pytest.mark.parametrize(("whole", "copies"), [("none", 0), ("lm_head", 1), (BOTH, 2)])
def test_each_is_a_copy_with_gradients_and_two_moments(whole: str, copies: int) -> None:
    one = estimate(**LLAMA, modules_to_save=whole).outcomes[0]
    trained = 41943040 + copies * MATRIX  # rank 16 on all linears of Llama-3-8B
    assert _value(one, "adapter_params") == trained
    assert one.terms["adapter"] == 4 * trained
    assert one.terms["optimizer"] == 8 * trained


def test_the_files_of_two_programs_name_them(tmp_path: Path) -> None:
    factory, axolotl = tmp_path / "factory.yaml", tmp_path / "axolotl.yaml"
    factory.write_text("model_name_or_path: a/b\nfinetuning_type: lora\nadditional_target: embed_tokens,lm_head\n")
    axolotl.write_text("base_model: a/b\nadapter: lora\nlora_modules_to_save: [lm_head, score]\n")
    assert facts_of(factory)[0]["modules_to_save"] == BOTH
    facts, warnings = facts_of(axolotl)
    assert facts["modules_to_save"] == "lm_head"
    assert any("lora_modules_to_save" in one for one in warnings)  # `score` is not counted


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("LoRA on Llama-3-8B OOMs on a 24GB card since I train embed_tokens and lm_head too", ("modules_to_save trains whole copies", "128,256 × 4,096")),
        ("Llama-3-8B的LoRA加了modules_to_save=[\"embed_tokens\",\"lm_head\"]之后24G爆显存,为什么", ("modules_to_save 会完整训练", "128,256 × 4,096")),
    ],
)  # fmt: skip
def test_they_are_the_cause_where_a_run_fails_with_them(question: str, said: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in said)


def test_leaving_them_out_is_offered() -> None:
    assert any(
        change["facts"].get("modules_to_save") == "none"
        for change in estimate(**LLAMA, modules_to_save=BOTH).json()["changes"]
    )
    assert not any(
        "modules_to_save" in change["facts"] for change in estimate(**LLAMA, seq_len=65536).json()["changes"]
    )


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("QLoRA on Mistral-7B took 9GB, after adding modules_to_save embed_tokens and lm_head it takes 14 GB. 5 GB extra for two layers?", ("262M parameters × 16 B", "= 4.19 GB")),
        ("Qwen2.5-7B的LoRA原来21GB，加上modules_to_save=[\"embed_tokens\",\"lm_head\"]变成38GB，两层就要17GB？", ("1.09B 参数", "× 16 B", "= 17.4 GB")),
        ("QLoRA Qwen2.5-7B went from 11 GB to 28 GB after adding lm_head and embed_tokens to modules_to_save", ("1.09B parameters × 16 B", "= 17.4 GB")),
        ("Qwen2.5-7B QLoRA 加了modules_to_save，显存从9G变26G", ("1.09B 参数", "= 17.4 GB")),
        ("Mistral-7B QLoRA，把 embed_tokens 和 lm_head 塞进 modules_to_save 后显存从 9G 到 14G", ("262M 参数", "= 4.19 GB")),
    ],
)  # fmt: skip
def test_what_they_added_to_a_run_that_was_seen_without_them_opens(question: str, said: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Llama-3.1-8B LoRA with modules_to_save=[embed_tokens, lm_head], does it fit a 48GB card?", "**Yes. Llama-3.1-8B-Instruct, LoRA, a 48 GB card: fits**"),
        ("Llama-3.1-8B的LoRA，modules_to_save加了embed_tokens和lm_head，48G够吗", "**可以。Llama-3.1-8B-Instruct · LoRA · 48 GB 显卡：放得下**"),
    ],
)  # fmt: skip
def test_where_nothing_was_seen_the_verdict_opens(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_layers_that_an_amount_is_told_of_are_not_counted() -> None:
    assert "quantities" not in read("Llama-3.1-8B LoRA used 19GB, now 36GB. 17GB for two layers?").extras
    assert read("Llama-3.1-8B, how many layers?").extras["quantities"] == ("n_layers",)
