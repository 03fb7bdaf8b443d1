"""What the asker rules out is no remedy; two precisions that are named, by name or by bits, stand side by side."""

import pytest

from chat.reads.cues import read_cues
from chat.reads.grammar import read
from chat.reads.normal import normalise
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("text", "cue", "said"),
    [
        ("I don't want to quantize", "no_quantising", True), ("would rather not quantise", "no_quantising", True),
        ("must stay in bf16", "no_quantising", True), ("bf16 only please", "no_quantising", True),
        ("don't want any quants", "no_quantising", True), ("不想量化", "no_quantising", True), ("也不想上量化", "no_quantising", True),
        ("what if I quantize it", "no_quantising", False), ("I don't want to quantize the KV cache", "no_quantising", False),
        ("不量化能跑吗", "no_quantising", False), ("do I have to quantize?", "no_quantising", False),
        ("I can't add another GPU", "no_more_cards", True), ("have no second gpu", "no_more_cards", True), ("没钱加卡", "no_more_cards", True),
        ("would a second gpu help?", "no_more_cards", False), ("要不要再加一张卡", "no_more_cards", False),
        ("can't upgrade the card", "fixed_cards", True), ("不能换卡", "fixed_cards", True), ("换什么卡好", "fixed_cards", False),
        ("I can't shorten the context", "no_shorter", True), ("上下文不能减", "no_shorter", True), ("can I shorten the context?", "no_shorter", False),
    ],
)  # fmt: skip
def test_a_remedy_is_ruled_out_in_many_words(text: str, cue: str, said: bool) -> None:
    assert (cue in read_cues(normalise(text).text)) == said


@pytest.mark.parametrize(
    ("question", "has", "lacks"),
    [
        ("glm-4-9b-chat bf16 on an A10 24G: the model's max seq len is larger than the maximum number of tokens that can be stored in KV cache. What max-model-len can I put? I don't want to quantize",
         ("with gpu_memory_utilization 0.95 (and --enforce-eager) about", "8-bit cache (fp8)"), ("bit weights", "Quantising starts")),
        ("Qwen2.5-32B on 2x 3090, must stay in bf16, is it hopeless?", ("layers on the cards",), ("bit weights",)),
        ("qwen3-8b fp16 3060 12G 上下文不能减,也不想上量化,咋办", ("放在内存就放得下",), ("位权重", "缩短上下文")),
        ("单卡A100 40G部署Qwen2.5-32B,不能换卡也不想量化,能行吗", ("您没有排除的办法都放不下;排除了的 8 位权重".replace(";", "；"),), ("换 80 GB", "张同样的卡")),
        ("Llama-3.3-70B fp8 on 2x L40S with 64k context doesn't fit. I can't add another GPU and I can't shorten the context. Options?",
         ("cache in 8 bits (fp8)",), ("4 such cards", "shorter sequences")),
    ],
)  # fmt: skip
def test_what_is_ruled_out_is_not_offered(question: str, has: tuple[str, ...], lacks: tuple[str, ...]) -> None:
    said = answer_to(question)
    assert all(one in said for one in has)
    assert not any(one in said for one in lacks)


@pytest.mark.parametrize(
    ("question", "name", "values"),
    [
        ("phi-4 in int8 on a 4060 Ti 16GB, does that fit or do I have to go 4bit?", "bits", (8, 4)),
        ("Mistral Small 24B fp16 on a 4090, or will I have to drop to 4bit", "bits", (16, 4)),
        ("Can a 4090 do Qwen3-32B in fp8 or must I go down to 4 bit?", "weight_format", ("fp8", "int4")),
        ("deepseek-r1-distill-qwen-14b Q8_0 or 4 bit on a 16GB card?", "weight_format", ("gguf:Q8_0", "gguf:Q4_K_M")),
        ("glm-4-9b 用fp16行不行,3060 12G,不行就8bit", "bits", (16, 8)),
        ("Qwen3-14B int8 (8 bit) on a 3090", "weight_format", ("int8",)),
    ],
)
def test_a_precision_by_name_stands_beside_one_by_its_bits(
    question: str, name: str, values: tuple[object, ...]
) -> None:
    assert read(question).facts[name] == values


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("phi-4 (14B) in int8 on a 4060 Ti 16GB with 16k context, does that still fit or do I have to go 4bit?", "**No: 8-bit is not enough: "),
        ("Qwen3-32B fp8 一张48G的L20够吗,还是要用4bit", "**够：FP8 要 "),
    ],
)  # fmt: skip
def test_of_two_precisions_the_one_that_is_asked_about_is_decided(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("两张T4(16G)能直接fp16部署Baichuan2-13B-Chat吗?对话长度4096", "- 4 位权重：每卡 7.13 GiB（质量略降）；单卡即可，12.9 GiB"),
        ("Can 4x 3090 serve Qwen2.5-72B in fp16?", "- 4-bit weights: 11.2 GiB per card (some quality); 2 of them hold it, 21.2 GiB each"),
        ("How many MI300X (192GB) to serve falcon-180B? bf16, and int8 if that lets me use one", "with a margin as well: 4-bit weights 94.2 GB (87.7 GiB), 1 card ("),
        ("需要几张4090才能跑Qwen2.5-32B的bf16", "2 张卡（每张 17.5 GiB）；4 位权重"),
        ("魔改2080Ti 22G单卡,想跑Qwen3-14B,上下文16k,int8能放下吗还是只能int4", "可用 22.0 GiB。** 16 位要 31.1 GiB，放不下。"),
    ],
)  # fmt: skip
def test_fewer_cards_and_the_bits_above_settle_the_choice(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_the_bits_above_are_not_told_where_the_most_that_were_named_do_not_fit() -> None:
    assert "In 16 bits" not in answer_to("Qwen3-14B 8bit or must I use 4bit on a 16GB 4080?")


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("Don't suggest LoRA to me, we need all weights: full fine-tuning of Qwen2.5-7B on 2 A100 80GB?", ("full",)),
        ("Please stop recommending QLoRA. Mistral-7B, full tuning with adafactor on 80GB, ok?", ("full",)),
        ("Anything but QLoRA: plain LoRA for Llama-3.1-8B on a 48GB card?", ("lora",)),
        ("别再劝我用QLoRA了,Qwen2.5-7B 全参微调 80G 单卡行不行?", ("full",)),
        ("不要推荐LoRA,Llama-3.1-8B全参训练要几张A100 80G", ("full",)),
        ("不想用普通LoRA了,Qwen3-14B 改QLoRA,4090够吗", ("qlora",)),
        ("I don't want to use plain LoRA any more, QLoRA on Qwen3-14B with a 4090?", ("qlora",)),
        ("Don't tell me it is slow: does QLoRA on Qwen3-14B fit a 4090?", ("qlora",)),
        ("Qwen3-14B用QLoRA,4090够吗?别说不够", ("qlora",)),
    ],
)
def test_advice_that_is_not_wanted_is_no_method(question: str, methods: tuple[str, ...]) -> None:
    assert read(question).facts["method"] == methods


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        (
            "My boss says we can't afford full fine-tuning, so LoRA: Qwen2.5-14B on 4 3090s, zero3?",
            {"method": ("lora",)},
        ),
        ("同事说不能全参,只让我LoRA。Qwen2.5-14B,4张3090,zero3,一张卡要多少?", {"method": ("lora",)}),
        ("8B full? no: LoRA r16, bs 4 at 2048 on an A100 80GB. ok?", {"method": ("lora",), "lora_rank": (16,)}),
        ("Llama-3.1-8B 全参?不,LoRA,A100 80G,够不够", {"method": ("lora",)}),
        ("不带量化,不带offload,Qwen3-30B-A3B bf16,两张4090能跑吗?8k", {"offload": (), "weight_format": ("bf16",)}),
        ("Why can't I do full fine-tuning but LoRA works? Llama-3.1-8B, 80GB", {"method": ("full", "lora")}),
        ("Qwen3-30B-A3B Q4_K_M,4090,带offload到内存的话够吗", {"offload": ("params",)}),
    ],
)
def test_what_cannot_be_done_is_no_setting(question: str, facts: dict[str, tuple[object, ...]]) -> None:
    read_as = read(question).facts
    assert {name: read_as.get(name, ()) for name in facts} == facts
