"""Several questions in one message: counted items, changes of a case, and what is asked of every one of them."""

import re

import pytest

from chat.agent import Assistant
from chat.plans.apart import apart_of
from chat.plans.variants import varied
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "text",
    [
        "Two things: 1) does Qwen3-14B in fp8 fit on a 24 GB card, 2) how much is its KV cache at 16k?",
        "(a) does Qwen3-14B in fp8 fit on a 24 GB card (b) how much is its KV cache at 16k?",
        "1、Qwen3-14B 的 fp8 在 24G 卡上放得下吗 2、16k 的 KV 缓存多大?",
        "1. Does Qwen3-14B in fp8 fit on a 24 GB card?\n2. How much is its KV cache at 16k?",
    ],
)
def test_the_marks_of_a_list_are_no_numbers(text: str) -> None:
    reading = read(text)
    assert (reading.facts["gpu_memory_gb"], reading.facts["seq_len"]) == ((24,), (16384,))
    assert not reading.not_understood


@pytest.mark.parametrize("text", ["batch 1) or 2 for Qwen3-14B?", "Qwen3-14B QLoRA (8) on a 4090"])
def test_one_mark_is_no_list(text: str) -> None:
    assert read(text).facts["model"] == ("Qwen/Qwen3-14B",)


def test_another_format_is_supposed_beside_the_published_one() -> None:
    found = varied(read("Does DeepSeek-V3 fit on eight H200? What about int4? And on eight H20 96GB?"))
    assert found is not None
    assert "weight_format" not in found.base.facts
    assert [list(one.changed) for one in found.each] == [["weight_format"], ["gpu", "gpu_memory_gb"]]
    # of a model in 16 bit the format is what was left open
    assert varied(read("Does Qwen3-32B fit on a 4090? What about int4?")) is None


@pytest.mark.parametrize(
    ("text", "each"),
    [
        ("DeepSeek-V3 放得进 8 张 H200 吗?换成 int4 呢?每种能同时跑多少条 8k 的请求?", "INT4：**同时约"),
        ("Does DeepSeek-V3 fit on eight H200? What about int4? How many 8k requests at once does each hold?", "INT4: **About"),
    ],
)  # fmt: skip
def test_what_is_asked_of_each_is_told_of_each(text: str, each: str) -> None:
    answer = answer_to(text)
    assert "FP8" in answer.split("\n\n")[0]
    assert each in answer


def test_one_larger_card_is_named_before_a_great_many() -> None:
    answer = answer_to("LoRA on Llama-2-13B with eager attention at 4k and batch 4: what card?")
    assert "24 cards" not in answer


@pytest.mark.parametrize(
    ("text", "first", "beside"),
    [
        ("How many 8k requests does Llama-3.1-8B in fp8 hold on an L40S with vLLM? And is quantizing the KV cache worth it?", "sequences of 8,192 tokens", "A KV cache in fp8"),
        ("vLLM 部署 Llama-3.1-8B fp8,一张 L40S 能同时跑多少条 8k?另外 KV cache 量化有必要开吗?", "8,192 token 的序列", "fp8 的 KV 缓存"),
        ("Does LoRA on Qwen2.5-7B fit a 24 GB card at 2k? Does flash attention save anything there?", "LoRA", "FlashAttention: it works in tiles and never stores"),
        ("What is the difference between max_num_seqs and max_model_len? Does Qwen3-8B at 16k fit on a 4090?", "Two different things", "Qwen3-8B"),
    ],
)  # fmt: skip
def test_what_a_setting_does_is_told_beside_the_case(text: str, first: str, beside: str) -> None:
    answer = Assistant().ask(text)
    assert first in answer.text.split("\n\n")[0]
    assert beside in answer.text
    assert not answer.notices


def test_a_setting_that_is_asked_about_is_none_of_the_case() -> None:
    apart = apart_of(read("How many 8k users does Llama-3.1-8B hold on an L40S? Is an fp8 KV cache worth it?"))
    assert apart is not None
    assert "kv_format" not in apart.base.facts
    assert apart_of(read("Is an fp8 KV cache worth it for Llama-3.1-8B on an L40S?")) is None


@pytest.mark.parametrize("text", ["How many 8k users does Llama-3.1-8B hold on an L40S?", "How many 16k requests fit beside Qwen3-8B on an L4?"])  # fmt: skip
def test_a_length_of_many_is_not_their_number(text: str) -> None:
    assert "batch_size" not in read(text).facts


@pytest.mark.parametrize("text", [
    "zero3 offload 全参训 13B,单卡 3090,内存要多大?192G 够不够?",
    "ZeRO-3 offload of a 13B full finetune on one 3090: how much RAM does it take? Would 192GB be enough?",
])  # fmt: skip
def test_an_amount_behind_a_question_of_ram_is_ram(text: str) -> None:
    assert read(text).facts["host_memory_gb"] == (192,)
    assert apart_of(read(text)) is None
    answer = answer_to(text)
    assert "192" in answer
    assert "a 192 GB card" not in answer


@pytest.mark.parametrize(
    ("text", "saved", "cost"),
    [
        ("How much does activation checkpointing save for LoRA on a 7B at 4096 tokens, and what does it cost in time?", "GiB less", "a third more computing"),
        ("7B LoRA 4096 长度,开梯度检查点能省多少,会慢多少?", "少", "三分之一"),
    ],
)  # fmt: skip
def test_what_a_setting_saves_and_what_it_costs(text: str, saved: str, cost: str) -> None:
    answer = answer_to(text)
    assert saved in answer.split("\n\n")[0]
    assert cost in answer


@pytest.mark.parametrize(
    ("text", "says", "unsaid"),
    [
        ("Rank 8 or 64 for LoRA on Qwen2.5-7B: how much more memory? And does alpha matter?", "no tensor on the card depends on LoRA's alpha", ""),
        ("单卡 A100 80G 能 QLoRA 微调 32B 吗,长度 4096?梯度检查点要开吗?", "重计算关：", "重计算开："),
        ("Would int4 weights also make activations and the KV cache smaller?", "**No: the KV cache stays as it is", "**Yes"),
        ("权重量化成 int4,激活和 KV 会跟着变小吗?", "**不会：KV 缓存不变", "**会："),
        ("权重量化成 int4,激活和 KV 缓存会一起变小吗?", "**不会：KV 缓存不变", "专家"),
        ("MoE 只激活 3B,KV 缓存会小吗?", "**不会因为是 MoE 就更小", ""),
    ],
)  # fmt: skip
def test_each_part_is_answered(text: str, says: str, unsaid: str) -> None:
    answer = answer_to(text)
    assert says in answer
    assert not unsaid or unsaid not in answer


@pytest.mark.parametrize("text", ["Qwen3-14B Q5_K_M on a 4090 at 32k, can the KV be q8?", "Qwen3-14B Q5_K_M 跑 32k,4090,KV 用 q8 行吗?"])  # fmt: skip
def test_what_stands_behind_the_cache_is_its_type(text: str) -> None:
    facts = read(text).facts
    assert (facts["kv_format"], facts["weight_format"]) == (("q8_0",), ("gguf:Q5_K_M",))


def test_a_risk_is_no_failure() -> None:
    answer = answer_to("On two L40S, is there a risk of OOM for LoRA on Qwen2.5-14B at 4k with FSDP?")
    assert "What was told takes" not in answer


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A blog says QLoRA of a 32B needs 22 GB. Does that agree with your formulas?", "Plausible"),
        ("有人说 32B QLoRA 要 22G,跟你的数据吻合吗?", "基本可信"),
        ("Qwen2.5-14B 的 KV 缓存,100 万 token 是多少?公式里的 2 是什么?", "1,000,000 token"),
    ],
)
def test_a_claim_and_a_million_tokens(text: str, says: str) -> None:
    answer = answer_to(text)
    assert says in answer
    assert "Not understood" not in answer
    assert "没有读懂" not in answer


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("One 4080 can't run 32B Q4. What about two? Or a 4080 + 3090?", "**2 cards"),
        ("A 24GB card won't hold 32B in fp8. How about Q5_K_M?", "**Q5_K_M: "),
        ("My 3090 can't train Llama-3.1-8B full. What about QLoRA?", "**QLoRA: "),
        ("单张3090放不下70B Q4，两张呢？", "**2 张卡"),
        ("4080 跑 14B Q8 不够，换成 Q5_K_M 呢？", "**Q5_K_M：放得下"),
        ("A single L4 doesn't fit Qwen3-14B in fp16, what about two?", "**2 cards: fits"),
    ],
)
def test_where_the_outcome_is_told_what_is_asked_comes_first(question: str, first: str) -> None:
    assert answer_to(question).startswith(first)


def test_a_reason_or_a_card_that_is_asked_for_is_no_change() -> None:
    assert varied(read("My 4090 can't run 70B Q4, which card do I need?")) is None
    assert varied(read("It doesn't fit, why? 32B fp16 on a 4090")) is None


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("GLM-4.5-Air int4是不是两张5090就能跑？fp8要几张80G？", "最少 2 张卡"),
        ("Qwen3-32B int4一张4090能跑吗？bf16要几张80G的卡？", "最少 1 张卡"),
        ("Is Llama-3.3-70B int4 runnable on two 4090s? And how many 80GB cards for bf16?", "At least 2 cards"),
        ("Qwen3-32B int4 on one 4090, does it fit? How many 48GB cards would bf16 need?", "At least 2 cards"),
    ],
)
def test_a_format_on_cards_of_another_size_is_counted_on_those(question: str, counted: str) -> None:
    answer = Assistant().ask(question)
    assert "host_memory_gb" not in answer.said, answer.said
    assert counted in answer.text, answer.text
    assert not re.search(r"Q4_K_M|set aside for the whole context|按整个上下文预留", answer.text), answer.text


@pytest.mark.parametrize(
    "question", ["4090配80G内存能跑Qwen3-32B int4吗", "can a 4090 with 80GB run Qwen3-32B in int4?"]
)
def test_what_the_one_card_cannot_have_is_still_ram(question: str) -> None:
    assert Assistant().ask(question).said["host_memory_gb"] == (80,)


@pytest.mark.parametrize(
    "question", ["Qwen3-8B Q4_K_M 在 ollama 里占 14G,是不是其实加载了 fp16?", "ollama uses 14 GB for qwen3:8b, is it loading the fp16 version?"]
)  # fmt: skip
def test_a_format_that_is_doubted_in_its_own_clause_is_none_of_the_case(question: str) -> None:
    assert "fp16" not in Assistant().ask(question).said.get("weight_format", ()), question


@pytest.mark.parametrize(
    ("question", "each"),
    [
        ("昇腾 910B 64G，Qwen2.5-72B bf16 最少要几张卡？两张 128G 行不行", 64),
        ("L40S 48G部署Llama-3.3-70B bf16最少几张？三张144G够吗", 48),
        ("Qwen2.5-72B bf16 on L20s 48GB, how many? Would two cards with 96 GB be enough?", 48),
        ("A100 40G部署Qwen2.5-32B bf16最少几张？两张80G行不行", 80),  # which is sold, too
    ],
)
def test_what_all_cards_hold_together_is_no_other_card(question: str, each: int) -> None:
    apart = apart_of(read(question))
    assert apart is not None
    assert apart.each[0][1][1]["gpu_memory_gb"] == each
    assert apart.each[0][1][1]["gpu"]
