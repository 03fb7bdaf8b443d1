"""Speculative decoding: what drafts is counted beside the model that checks."""

from typing import Any

import pytest

from chat.reads.grammar import read
from formulas.errors import BadInput
from kb import estimate
from kb.cards import GIB
from kb.outcome import Outcome

# 1,235,814,400 parameters; 16 layers of 8 key-value heads of width 64
SMALL, SMALL_TOKEN = 1235814400, 16 * 2 * 8 * 64 * 2
LARGE = {"model": "Llama-3.1-70B", "seq_len": 8192, "method": "inference", "meter": "allocated"}


def worked(**facts: Any) -> Outcome:
    return estimate(**facts).outcomes[0]


def more(term: str, draft: str = "Llama-3.2-1B", **facts: Any) -> float:
    """What a draft adds to a term, in bytes."""
    alone, both = worked(**LARGE | facts), worked(**LARGE | facts, draft_model=draft)
    assert sum(both.terms.values()) == pytest.approx(both.best)
    return both.terms.get(term, 0.0) - alone.terms.get(term, 0.0)


def test_weights_and_cache_of_the_draft_model_are_added() -> None:
    assert more("weights") == pytest.approx(2 * SMALL, rel=1e-3)
    assert more("kv_cache") == pytest.approx(8192 * SMALL_TOKEN)
    assert more("kv_cache", batch_size=4, output_len=1024) == pytest.approx(4 * 9216 * SMALL_TOKEN)


def test_ranks_divide_the_draft_model_where_its_heads_divide() -> None:
    assert more("weights", tp=4, n_gpus=4) == pytest.approx(2 * SMALL / 4, rel=1e-3)
    assert more("kv_cache", tp=4, n_gpus=4) == pytest.approx(8192 * SMALL_TOKEN / 4)
    # 14 heads over 8 ranks: a whole copy on each
    whole = more("weights", draft="Qwen2.5-0.5B", model="Qwen2.5-72B", tp=8, n_gpus=8)
    assert whole == pytest.approx(2 * 494032768, rel=1e-3)


def test_what_is_looked_up_takes_nothing() -> None:
    assert worked(**LARGE, draft_model="ngram").best == worked(**LARGE).best


def test_a_models_own_layers_are_loaded() -> None:
    """DeepSeek-V3's further layer takes as many bytes of its parameters as the model's, and a 61st of its cache."""
    facts = {
        "model": "DeepSeek-V3",
        "weight_format": "bf16",
        "seq_len": 4096,
        "tp": 8,
        "n_gpus": 8,
        "meter": "allocated",
    }
    alone, both = worked(**facts), worked(**facts, draft_model="mtp")
    assert both.terms["weights"] - alone.terms["weights"] == pytest.approx(13463426304 * 2 / 8)
    assert both.terms["kv_cache"] == pytest.approx(alone.terms["kv_cache"] * 62 / 61)


def test_a_servers_pages_are_shared_with_the_draft() -> None:
    facts = LARGE | {"engine": "vllm", "gpu": "H100 SXM5 80GB", "tp": 4, "n_gpus": 4, "meter": "device"}
    tokens = {}
    for draft in (None, "Llama-3.2-1B"):
        answers = estimate(**facts | ({"draft_model": draft} if draft else {})).json()["answers"]
        tokens[draft] = next(one["value"] for one in answers if one["quantity"] == "kv_tokens")
    # a token takes 80 layers of the model and the draft's; both weights come off the pool
    ratio = (80 * 2 * 8 * 128 * 2) / (80 * 2 * 8 * 128 * 2 + SMALL_TOKEN)
    assert tokens["Llama-3.2-1B"] < tokens[None] * ratio
    assert tokens["Llama-3.2-1B"] > tokens[None] * ratio * 0.95


def test_llama_cpp_sets_a_second_buffer_aside() -> None:
    facts = {"model": "Qwen2.5-32B", "weight_format": "gguf:Q4_K_M", "seq_len": 8192, "method": "inference"}
    alone, both = worked(**facts), worked(**facts, draft_model="Qwen2.5-0.5B")
    assert both.terms["buffers"] > alone.terms["buffers"]
    assert both.terms["runtime"] == alone.terms["runtime"]
    assert (both.best - alone.best) / GIB < 1.0


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"draft_model": "Qwen9-0.5B"}, "no model"),
        ({"draft_model": "mtp"}, "no layers that predict"),
        ({"draft_model": "Llama-3.2-1B", "method": "lora"}, "for inference"),
    ],
)
def test_a_draft_that_cannot_be_is_refused(facts: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        estimate(model="Llama-3.1-8B", **facts)


@pytest.mark.parametrize(
    ("question", "model", "draft"),
    [
        ("Can I run Llama-3.1-70B with Llama-3.2-1B as draft model on 2xA100 80GB?", "Llama-3.1-70B", "Llama-3.2-1B"),
        ("speculative decoding: Qwen2.5-32B int4, draft model Qwen2.5-0.5B on a 4090", "Qwen2.5-32B", "Qwen2.5-0.5B"),
        ("用Qwen2.5-0.5B做草稿模型跑Qwen2.5-32B,24G够吗", "Qwen2.5-32B", "Qwen2.5-0.5B"),
        ("Qwen2.5-72B 投机解码,草稿模型用 Qwen2.5-1.5B,两张A100够吗", "Qwen2.5-72B", "Qwen2.5-1.5B"),
        ("llama.cpp -m Llama-3.3-70B Q4_K_M -md Llama-3.2-1B, 48GB?", "Llama-3.3-70B", "Llama-3.2-1B"),
        ("Qwen2.5-7B with n-gram speculative decoding on a 4090", "Qwen2.5-7B", "ngram"),
        ("DeepSeek-V3 with MTP speculative decoding on 8xH200", "DeepSeek-V3", "mtp"),
        ("8张H200跑DeepSeek-V3,开投机解码用MTP", "DeepSeek-V3", "mtp"),
    ],
)
def test_which_model_drafts_is_read(question: str, model: str, draft: str) -> None:
    facts = read(question).facts
    assert [name.split("/")[-1].removesuffix("-Instruct") for name in facts["model"]] == [model]
    assert [str(name).split("/")[-1].removesuffix("-Instruct") for name in facts["draft_model"]] == [draft]


def test_a_draft_s_own_format_counts_for_it_alone() -> None:
    file = {"weight_format": "gguf:IQ4_XS", "engine": "llama.cpp"}
    assert more("weights", **file, draft_format="gguf:Q8_0") == pytest.approx(SMALL * 8.5 / 8, rel=0.02)
    assert more("weights", **file) < 0.7 * more("weights", **file, draft_format="gguf:Q8_0")


def test_a_draft_is_as_published_beside_a_checkpoint_of_few_bits_and_in_its_bits_beside_a_file() -> None:
    assert more("weights", weight_format="awq-int4-g128") == pytest.approx(more("weights"))
    assert more("weights", weight_format="gguf:Q4_K_M", engine="llama.cpp") < more("weights") / 2
