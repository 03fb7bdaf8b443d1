"""Quantities that a question names: a model's shapes, how many parameters it has, how many train."""

import pytest

from chat.reads.grammar import read
from chat.reads.quantities import ASKED
from kb.database import rows
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many KV heads and layers does Qwen2.5-72B have?", "8 key-value heads, 80 layers"),
        ("How many KV heads and layers does Qwen2.5-72B have, and its head_dim?", "80 layers, head size 128"),
        ("what's the hidden size and vocab of Llama-3.1-8B", "hidden size 4096, vocabulary 128,256"),
        ("head_dim of Qwen3-32B?", "head size 128"),
        ("Qwen3-30B-A3B 有多少个专家，每个 token 激活几个", "128 个路由专家，每个 token 激活 8 个"),
        ("Qwen2.5-7B 的词表多大，隐藏层维度是多少", "词表 152,064，隐藏维度 3584"),
        ("how many experts does Qwen2.5-72B have?", "no experts"),
        (
            "How many layers, KV heads and what head dim do Llama-3-8B, Qwen2.5-7B, Mistral-7B and Yi-34B have?",
            "Yi-34B-Chat: 60 layers, 8 key-value heads, head size 128",
        ),
        ("Llama-3.1-8B有多少层,KV头数,词表?", "32 层，8 个 KV 头，词表 128,256"),
        ("Mamba-2.8B 有几个 KV 头和几层", "没有 KV 头，64 层"),
        ("Mistral-7B-v0.1 和 Llama-3.1-8B 各有几层", "32 层"),
    ],
)
def test_shapes_are_told_and_nothing_else(question: str, said: str) -> None:
    answer = answer_to(question)
    assert said in answer
    assert "GiB" not in answer


@pytest.mark.parametrize(
    ("question", "quantities"),
    [
        ("how many layers of a 70B q4 can I put on a 24GB card", ()),
        ("70B q4 最多能放几层到 24G 显卡上", ()),
        ("how many parameters fit on a 24 GB card?", ()),
        ("how much memory do the experts of Mixtral 8x7B take?", ()),
        ("freeze 2 layers of Llama-2-7B, how many GB?", ()),
        ("Qwen2.5-7B, r=16, trainable params: 40,370,176. How is that computed?", ("adapter_params",)),
        ("Qwen2.5-7B r=16 LoRA 可训练参数有多少", ("adapter_params",)),
        ("How many trainable parameters with LoRA r=16 on Llama-3.1-8B all linear layers?", ("adapter_params",)),
        ("what's the number of trainable params at r=8 on all the MLP blocks of Mistral-7B?", ("adapter_params",)),
        ("How many attention heads and layers are in Mistral-7B?", ("n_heads", "n_layers")),
        (
            "LoRA r=16 on Mistral-Nemo-12B, 57M trainable: ~61 GB on the A100. Weights are only 24.5GB so where's the other 36?",
            (),
        ),
        ("Llama-3.1-8B QLoRA OOMs with modules_to_save on a 3090. Just two layers?", ()),
        ("Qwen3-8B LoRA with 2 experts more. Only 2 experts?", ()),
        ("Llama 3 8B: layers?", ("n_layers",)),
        ("how many layers does Qwen 3 8B have?", ("n_layers",)),
        ("print_trainable_parameters says 167,772,160 (r=64, Llama-3-8B). How do I turn that into GB?", ()),
    ],
)
def test_what_goes_where_is_no_shape(question: str, quantities: tuple[str, ...]) -> None:
    assert read(question).extras.get(ASKED, ()) == quantities


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "peft prints trainable params: 41,943,040 for Llama-3.1-8B, r=16, all linear layers. How is it computed? GB of Adam?",
            ("32 × 16 × (26,624 + 55,296) = 41,943,040", "the count that was printed", "optimizer states: 320 MiB"),
        ),
        ("Qwen2.5-7B r=16 LoRA trainable params: 20,185,088 怎么算出来的", ("40,370,176", "打印的数与此不同")),
        ("LoRA r=16 加在 q_proj,v_proj 上，Qwen2.5-7B 的可训练参数有多少", ("28 × 16 × 11,264 = 5,046,272",)),
        # what is trained whole beside them is in the sum
        (
            "LoRA rank 16 with modules_to_save=embed_tokens,lm_head on Mistral-Nemo-12B trainable parameters",
            ("40 × 16 × (30,720 + 58,368) + 2 × 131,072 × 5,120 = 1,399,193,600", "trained whole"),
        ),
        ("Mistral-Nemo 12B 的 LoRA 秩 8，modules_to_save=embed_tokens，可训练参数多少", ("+ 1 × 131,072 × 5,120",)),
        # named last, without a question word
        ("qlora llama-3-8b r 8 trainable params", ("32 × 8 × (26,624 + 55,296) = 20,971,520",)),
        ("r=64 QLoRA on Llama-3-8B trains how many parameters?", ("32 × 64 × (26,624 + 55,296) = 167,772,160",)),
        ("Qwen2.5-7B LoRA r=64 可训练参数量", ("28 × 64 × (22,528 + 67,584) = 161,480,704",)),
    ],
)
def test_what_trains_adds_up(question: str, said: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(
        one in answer.replace("（", "(").replace("）", ")").replace("×(", "× (").replace(")=", ") =") for one in said
    ), answer
    assert "full fine-tuning:" not in answer.split("|")[0]


def test_a_count_of_what_trains_is_of_adapters_unless_most_trains() -> None:
    printed = "trainable params: {:,}, Llama-3.1-8B, fits on a 24GB card?"
    whole = int(
        rows("SELECT unique_params FROM models WHERE name = 'meta-llama/Llama-3.1-8B-Instruct'")[0]["unique_params"]
    )
    assert read(printed.format(6_815_744)).facts["method"] == ("lora",)
    assert "lora" not in read(printed.format(whole)).facts.get("method", ())


@pytest.mark.parametrize(
    "question",
    [
        "layers / kv heads / head dim of Qwen2.5-72B?",
        "Qwen2.5-72B 层数/KV头数/头维度",
        "Qwen2.5-72B: n_layers, kv heads, head_dim",
    ],
)
def test_a_list_without_a_verb_is_a_list_of_quantities(question: str) -> None:
    assert read(question).extras["quantities"] == ("n_layers", "n_kv_heads", "head_dim")


def test_a_length_beside_a_quantity_is_no_list() -> None:
    assert "quantities" not in read("Qwen3-8B, 36 layers").extras


@pytest.mark.parametrize(
    "text",
    [
        "llama.cpp Qwen3-32B Q4_K_M on a 3090, K cache q8_0 with V q4_0", "Qwen3-32B -ctk q8_0 -ctv q4_0", "--cache-type-v q4_0 --cache-type-k q8_0 Qwen3-32B",
        "K用q8_0、V用q4_0,Qwen3-14B", "K at q8 and V at q4, llama 3.1 8b q6_k", "q8_0 for K and q4_0 for V, Qwen3-14B Q4_K_M",
    ],
)  # fmt: skip
def test_keys_and_values_have_formats_of_their_own(text: str) -> None:
    facts = read(text).facts
    assert (facts["kv_format"], facts["v_format"]) == (("q8_0",), ("q4_0",))
    assert not {"gguf:Q8_0", "gguf:Q4_0"} & set(facts.get("weight_format", ()))


def test_one_format_of_a_cache_is_that_of_both_sides() -> None:
    assert "v_format" not in read("Qwen3-32B -ctk q8_0 -ctv q8_0").facts


@pytest.mark.parametrize(
    ("text", "cache", "weights"),
    [
        ("Qwen3-14B Q6 on 16GB, cache 8 bit", ("int8",), ("gguf:Q6_K",)), ("exl3 3.5bpw Llama-3.3-70B on 2x 3090 with Q6 cache", None, None),
        ("Qwen3-14B Q6_K with 16k context cache in q8_0 on 16GB", ("q8_0",), ("gguf:Q6_K",)),
    ],
)  # fmt: skip
def test_a_format_of_a_cache_is_none_of_the_weights(text: str, cache: object, weights: object) -> None:
    facts = read(text).facts
    assert (facts.get("kv_format"), facts.get("weight_format")) == (cache, weights)
    assert facts.get("bits") in (None, (4,))
