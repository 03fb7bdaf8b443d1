"""The lengths that models declare: of each name its own, of a model that was tuned those of its configuration."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from kb.database import rows
from kb.lengths import by_yarn
from kb.names import model_row, names
from tests.talking import answer_to


def test_every_length_of_a_name_is_of_an_alias_and_another_than_its_rows() -> None:
    spelled = {(row["alias"], row["model"]) for row in rows("SELECT alias, model FROM model_aliases")}
    own = rows("SELECT l.*, m.max_position_embeddings AS rows FROM lengths l JOIN models m ON m.name = l.model")
    assert own
    assert all((row["name"], row["model"]) in spelled for row in own)
    assert [row["name"] for row in own if row["positions"] == row["rows"]] == []


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("Qwen2.5-72B-Instruct", 32_768), ("Qwen/Qwen2.5-72B", 131_072), ("Qwen2.5-72B", 32_768), ("Qwen2.5-7B-Instruct-1M", 1_010_000),
        ("Qwen2.5-Math-7B-Instruct", 4_096), ("qwen2-72b-instruct", 32_768), ("Qwen2-72B", 131_072), ("Qwen3-4B-Instruct-2507", 262_144),
        ("Yi-34B-200K", 200_000), ("Yi-34B", 4_096), ("Yi-9B", 4_096), ("Yi-Coder-9B-Chat", 131_072), ("vicuna-13b", 4_096),
        ("vicuna-13b-v1.5-16k", 16_384), ("vicuna-7b-v1.5", 4_096), ("phi-3-medium-128k-instruct", 131_072), ("MiniMax-M1-80k", 10_240_000),
    ],
)  # fmt: skip
def test_each_name_has_its_own_length_and_its_rows_shapes(name: str, length: int) -> None:
    row = model_row(name)
    assert row["max_position_embeddings"] == length
    assert row["unique_params"] == names().find_model(name)["unique_params"]


def test_a_length_that_nothing_tells_is_left_open() -> None:
    assert model_row("Step-3.5-Flash-Base")["max_position_embeddings"] is None


@pytest.mark.parametrize("name", ["Qwen2.5-7B-Instruct", "Qwen2.5-72B-Instruct", "Qwen2.5-32B"])
def test_a_tuned_model_still_reaches_further_by_yarn(name: str) -> None:
    found = by_yarn(name)
    assert found is not None
    assert (found["native"], found["scaled"]) == (32_768, 131_072)


@pytest.mark.parametrize(
    ("question", "model"),
    [
        ("Phi-3-medium-128k at 100k tokens on an A100 80GB?", "microsoft/Phi-3-medium-128k-instruct"),
        ("Yi-34B-200K 跑 100k 上下文，两张 A100 80G", "01-ai/Yi-34B-200K"),
        (
            "Yi-34B-200K in 4 bit on a 4090, and how much does Yi-34B need at 8k?",
            "01-ai/Yi-34B-200K",
        ),  # the same in brief
        ("Qwen2.5-7B-1M on a 4090", "Qwen/Qwen2.5-7B-Instruct-1M"),
        ("Qwen3-30B-A3B-Instruct-2507 放得进 4090 吗", "Qwen/Qwen3-30B-A3B-Instruct-2507"),
        ("vicuna-13b-v1.5 at 8k on a 24GB card in int8", "lmsys/vicuna-13b-v1.5"),
        ("vicuna-13b-16k on a 3090", "lmsys/vicuna-13b-v1.5-16k"),
        ("Qwen/Qwen2.5-72B on 4x H100 in vLLM", "Qwen/Qwen2.5-72B"),
        ("Qwen2.5-72B base 4 张 H100", "Qwen/Qwen2.5-72B"),
        # who says no more means the tuned one, a length apart is none of the name, and two names of one row are that row
        ("Qwen2.5-72B on 4x H100 in vLLM", "Qwen/Qwen2.5-72B-Instruct"),
        ("Qwen2.5-7B 在 4090 上跑 32k", "Qwen/Qwen2.5-7B-Instruct"),
        ("Yi-34B 32k on an A100 80GB", "01-ai/Yi-34B-Chat"),
        ("Yi-34B-Chat or Yi-34B-200K at 4k in bf16?", "01-ai/Yi-34B-Chat"),
        ("Qwen3-30B-A3B on a 4090", "Qwen/Qwen3-30B-A3B"),
    ],
)
def test_a_name_with_another_length_is_kept_as_it_is_said(question: str, model: str) -> None:
    assert read(question).facts["model"] == (model,)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "Qwen2.5-72B-Instruct in vLLM on 4x A100 80GB without max-model-len, what is set aside?",
            "the model's full 32,768 tokens",
        ),
        ("Qwen2.5-72B-Instruct 用 vLLM 部署在 4 张 A100 80G，没设 max-model-len，占多少", "模型全长 32,768 token"),
        (
            "Phi-3-medium-128k at 100k tokens on an A100 80GB, does it fit?",
            "whole declared length of 131,072 tokens fits",
        ),
        ("Yi-34B-200K at 100k on 2x A100 80GB in bf16, fits?", "at the model's full 200,000 tokens"),
        ("Yi-34B-200K 跑 100k 上下文，两张 A100 80G bf16 够吗", "模型全长 200,000 token"),
        ("Yi-34B at 100k on 2x A100 80GB in bf16, fits?", "declares 4,096 positions"),
        ("vicuna-13b-v1.5 at 8k on a 24GB card in int8, fits?", "declares 4,096 positions"),
        ("vicuna-13b-v1.5 int8 在 24G 卡上开 8k 行吗", "声明的位置只有 4,096 个"),
        ("Qwen2.5-7B-Instruct at 64k on an A100 80GB, does it fit?", "declares 32,768 positions"),
    ],
)
def test_the_length_of_the_name_is_told(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text, answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does Qwen2.5-32B in bf16 fit on 80 GB?", "With YaRN (rope_scaling) up to about 68,251 tokens fit."),
        ("Qwen2.5-7B-Instruct int8，A100 80G 上放得下吗", "开 YaRN（rope_scaling）最长约 131,072 token。"),
        (
            "Qwen2.5-32B AWQ at 32k on two 2080 Ti 22GB in vLLM with tp 2, does it run?",
            "With YaRN (rope_scaling) up to about",
        ),
    ],
)
def test_how_far_yarn_goes_is_told_beside_the_whole_length(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text, answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    "question", ["Does Llama-2-13B in 4 bit fit on an L40S?", "L40S 放得下 4 位的 Qwen2.5-1.5B-Instruct 吗"]
)
def test_who_has_no_scaled_length_is_told_none(question: str) -> None:
    text = answer_to(question)
    assert "YaRN" not in text


def test_a_whole_length_that_was_asked_for_is_not_told_again() -> None:
    assert "declared length" not in answer_to(
        "Qwen2.5-32B AWQ at 32k on two 2080 Ti 22GB in vLLM with tp 2, does it run?"
    )


@pytest.mark.parametrize(
    ("question", "length"),
    [
        ("How much VRAM does Llama-3.1-8B need at its full context in vLLM?", 131_072),
        ("Does Llama-3.1-8B at full context fit on a 24GB card?", 131_072),
        ("VRAM for Qwen2.5-14B with the maximum context length?", 32_768),
        ("How many users can Qwen2.5-7B serve at full context on an A100 80GB?", 32_768),
        ("Llama-3.1-8B 开满上下文要多少显存", 131_072),
        ("Mistral Nemo 全长上下文 fp16 一张A100 40G能跑吗", 131_072),
        ("Qwen3-8B 上下文开到最大要多大显存", 40_960),
    ],
)
def test_a_full_context_is_the_length_that_the_model_declares(question: str, length: int) -> None:
    assert read(question).facts["seq_len"] == (length,)


@pytest.mark.parametrize(
    "question",
    [
        "qwen3-8b on a 3090, what's the full context I can get?",
        "I don't need the full context of Llama-3.1-8B, does it fit on 24GB?",
        "Max context for Qwen3-8B on a 3090?",
        "Llama-3.1-8B 不用开满上下文,24G 够吗",
        "Qwen3-8B 在 3090 上上下文最大能开到多少",
    ],
)
def test_a_context_that_is_asked_for_or_not_to_be_full_is_none(question: str) -> None:
    assert "seq_len" not in read(question).facts


def test_a_name_with_a_row_of_its_own_has_its_own_heads_and_the_usual_whole_is_offered_beside_a_million() -> None:
    told = answer_to("glm-4-9b-chat-1m 真开到100万上下文要多少显存?9B不是20G就行了吗")
    assert "4 个 KV 头 × 128 × 2 B = 每 token 80 KiB × 1,000,000（76.3 GiB）" in told.split("\n\n")[0]
    assert "上下文 131,072 token 29.1 GiB（缓存 10.0 GiB）" in told
    assert "40 KiB" in answer_to("glm-4-9b-chat kv cache per token?").split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Phi-3.5-mini is only 3.8B but won't start with 128k context on my 4090. How much VRAM for the full context?", "**Phi-3.5-mini-instruct, inference, RTX 4090: does not fit** — about 55.7 GiB"),
        ("GLM-4-9B 128k在4090上起不来,跑满上下文要多少显存", "**glm-4-9b-chat · 推理 · RTX 4090：放不下**"),
    ],
)  # fmt: skip
def test_what_a_told_length_takes_is_asked_where_memory_is(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_how_long_it_can_be_stays_a_limit() -> None:
    assert answer_to("Phi-3.5-mini on a 4090: how long can the context be, the full context?").startswith("**Up to")
