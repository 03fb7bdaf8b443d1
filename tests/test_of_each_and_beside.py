"""What each of several formats allows, what stands beside a figure that decides, and what is concluded from active parameters."""

import pytest

from chat.reads.concepts.active_on_card import concludes_card
from tests.talking import answer_to


def first_of(question: str) -> str:
    return answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("2080ti魔改22G能跑qwen3-14b吗，int8和int4上下文各能开多大", ("- INT8：**稳妥的上限是 33,252 token**", "- INT4：**40,960 token", "16 位要 29.2 GiB，放不下")),
        ("3090跑Qwen3-14B，int8和int4最长上下文分别是多少", ("- INT8：**", "- INT4：**")),
        ("Can a 22GB 2080 Ti run Qwen3-14B, and how long a context do int8 and int4 each allow?", ("**Yes. ", "- INT8: **up to 33,252 tokens for sure**", "- INT4: **40,960 tokens", "In 16 bits it takes 29.2 GiB: does not fit.")),
        ("Can a 3090 run Qwen3-14B? How much context at Q8_0 and at Q4_K_M?", ("- Q8_0: **40,960 tokens", "- Q4_K_M: **40,960 tokens")),
    ],
)  # fmt: skip
def test_the_longest_is_told_of_each_format(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert [one for one in said if one not in text] == []


def test_what_sets_formats_apart_is_no_longest_of_each() -> None:
    text = answer_to("Qwen3-14B INT8 vs INT4 on a 3090: what is the difference in memory?")
    assert text.startswith("**Qwen3-14B: INT4 needs about")
    assert "for sure" not in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("GLM-4.5-Air Q4 on one 3090 + 64GB RAM with llama.cpp. 12B active so it fits in 24GB?", "**No: all parameters have to be held"),
        ("Qwen3-30B-A3B Q4 12G显卡+32G内存，激活3B，12G就够了吧", "**不行：要放下的是全部参数"),
        ("GLM-4.5-Air Q4，一张3090加64G内存，激活才12B，所以24G放得下吧？", "**不行：要放下的是全部参数"),
        # nobody concludes anything about the card
        ("GLM-4.5-Air Q4 on one 3090 + 64GB RAM with llama.cpp, does it run?", "**Yes. "),
    ],
)  # fmt: skip
def test_a_card_that_active_parameters_would_fit_is_no(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens), answer_to(question)[:200]


@pytest.mark.parametrize(
    "text",
    [
        "only 3b active, so is vram plus ram enough?",
        "激活才3b，所以显存加内存够吧",
        "12b active, does it fit in 24gb with experts in ram?",
        "activation memory is small so 24gb fits",
    ],
)
def test_what_concludes_nothing_of_the_card_alone(text: str) -> None:
    assert not concludes_card(text)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("qwen2.5-14b全参 2张A100 80G zero3只offload优化器，内存256G够不，参数还要offload吗", ("**够：只 offload 优化器每卡 25.5 GiB", "内存 192.6 GiB/256.0 GiB（偏紧）", "不 offload 时权重、梯度和优化器状态每卡 110.0 GiB")),
        ("Qwen3-14B full fine-tuning on 4x A100 40GB ZeRO-3 with 128 GB RAM: is offloading the optimizer enough, or do I need to offload params too?", ("**The cards hold it, host memory does not", "192.6 GiB of 128.0 GiB of host memory (too little)")),
        ("qwen2.5-1.5b全参 2张A100 80G zero3，优化器卸载之外参数也要卸载吗？", ("**够：", "合计 20.0 GiB：也放得下")),
    ],
)  # fmt: skip
def test_host_memory_and_nothing_moved_stand_beside_what_is_moved(question: str, said: tuple[str, ...]) -> None:
    first = first_of(question)
    assert [one for one in said if one not in first] == []


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("vLLM + Mistral-7B fp16 on a T4: 'No available memory for the cache blocks'. Is 7B too big for 16GB?", ("**Too large for this card as it stands, by 0.76 GiB", "128 KiB each", "A share of 0.95 would leave 0.19 GiB", "as AWQ or GPTQ, 3.87 GiB")),
        ("T4 上 vllm 起 Mistral-7B fp16 报 No available memory for the cache blocks，7B 对 16G 太大了吗", ("**照这样放不下，差 0.76 GiB", "份额调到 0.95 也只给缓存留 0.19 GiB")),
        # no length is at fault
        ("Llama-2-13B full fine-tune, 8x 3090, ZeRO-2 + optimizer offload: OOM as soon as the model moves to cuda", ("**ZeRO-2 does not divide the weights", "÷ 8 = 3.25 GB (3.03 GiB) on each card, 9.35 GiB in all")),
        ("8 张 3090 全参 Llama-2-13B，ZeRO-2 加 offload 优化器，模型一上卡就 OOM", ("÷ 8 = 每卡 3.25 GB（3.03 GiB）",)),
        ("V100 32GB, Llama-3.2-3B LoRA, bs 8, seq 4096, eager attention: 'Tried to allocate 12.00 GiB'", ("turn it on first (gradient_checkpointing=True)",)),
        ("Can Command R+ (104B) run on 2x A6000 48GB? Which quant?", ("F16 208 GB, Q8_0 110 GB (more than the 96.0 GiB there are)",)),
        ("2张A6000 48G能跑Command R+ 104B吗，用哪个量化", ("F16 208 GB、Q8_0 110 GB（超过 96.0 GiB）",)),
    ],
)  # fmt: skip
def test_what_decides_is_told_with_its_figure(question: str, said: tuple[str, ...]) -> None:
    first = first_of(question)
    assert [one for one in said if one not in first] == []


def test_checkpointing_that_was_told_is_not_proposed() -> None:
    text = first_of("V100 32GB, Llama-3.2-3B LoRA with gradient checkpointing, bs 8, seq 4096, eager attention: 'Tried to allocate 12.00 GiB'")  # fmt: skip
    assert "attention scores" in text
    assert "turn it on" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("FSDP和zero3显存有区别吗，FULL_SHARD SHARD_GRAD_OP HYBRID_SHARD分别对应zero几", ("**显存基本相同：FULL_SHARD 就是 ZeRO-3（混合精度 Adam 每卡每参数 16/N 字节）", "2 + 14/N 字节")),
        ("FULL_SHARD, SHARD_GRAD_OP, HYBRID_SHARD: which ZeRO stage is each, and does FSDP take the same memory as ZeRO-3?", ("**By memory they are the same: FULL_SHARD is ZeRO-3", "2 + 14/N B")),
    ],
)  # fmt: skip
def test_strategies_as_stages_are_told_in_bytes_and_of_no_model(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert [one for one in said if one not in text] == []
    assert "7B" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Gemma-3-27B bf16 at full 128K context in vLLM: how much for weights and KV? Does one H100 80GB do?", "131,072 × 496 KiB = 62.0 GiB"),
        ("Gemma-3-27B bf16 用 vLLM 跑满 128K，权重和 KV 缓存各多少，一张 H100 80G 够吗", "131,072 × 496 KiB = 62.0 GiB"),
        ("一张卡同时放bge-m3、bge-reranker和qwen2.5-7b做RAG，显存要多少，24G够吗", "没有请求时共约 20.9 GB（19.5 GiB）"),
        ("bge-m3, bge-reranker and Qwen2.5-7B on one 24GB card for RAG: how much VRAM, is it enough?", "Roomier with Qwen2.5-7B-Instruct in 4 bit"),
    ],
)  # fmt: skip
def test_the_larger_sum_is_told_beside(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_what_has_no_window_is_not_kept_whole() -> None:
    text = answer_to("Qwen3-14B bf16 at 32k context on one A100 80GB in vLLM: how much for weights and KV?")
    assert "every token in every layer" not in text


def test_a_large_card_is_not_tight() -> None:
    text = answer_to("bge-m3 and Qwen3-8B on one 48GB card for RAG, does it fit?")
    assert text.startswith("**Yes: the weights take")
    assert "Roomier" not in text


@pytest.mark.parametrize(
    "question",
    [
        "gemma-2-9b-it on L4 24GB, vLLM: 'No available memory for the cache blocks'. 9B in bf16 is 18GB, so it should fit?",
        "5090 32G 起 vllm serve Qwen3-14B，bf16，报 ValueError: No available memory for the cache blocks，14B不是28G吗，32G应该够啊",
    ],
)
def test_what_a_shorter_length_mends_is_not_too_large(question: str) -> None:
    first = first_of(question)
    assert "Too large" not in first
    assert "照这样放不下" not in first


def test_scores_of_a_served_prompt_have_no_checkpointing() -> None:
    text = first_of("Llama-2-7B in transformers, eager attention, 16384 tokens: CUDA out of memory. Tried to allocate 32.00 GiB")  # fmt: skip
    assert "attention scores" in text
    assert "checkpointing" not in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("FSDP FULL_SHARD or DeepSpeed ZeRO-3 for Llama-3.1-8B on 8 A100?", "**By what they divide they are the same"),
        ("DeepSpeed ZeRO-3 or FSDP for full SFT of Qwen2.5-7B on 4x A100 80GB?", "**By what they divide they are the same"),
        ("8张A100微调Llama-3.1-8B，用FSDP还是ZeRO-3？", "**按切分的内容两者相同"),
        # whether either holds it is asked, and not which to take
        ("Does FSDP or ZeRO-3 fit a 13B on 8 A100?", "**13B, full fine-tuning"),
        ("With FSDP or ZeRO-3, can I train a 13B on 8 A100 40GB?", "**13B, full fine-tuning"),
        ("8张A100全参13B，FSDP或ZeRO-3放得下吗", "**13B"),
    ],
)  # fmt: skip
def test_one_or_the_other_is_a_choice_without_being_called_one(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens), answer_to(question)[:200]
