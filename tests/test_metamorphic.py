"""What a question says stays the same when only its dress changes; and one number changed is one fact changed."""

import random
from itertools import islice, permutations
from typing import Any

import pytest

from chat.reads.grammar import read
from tests.phrasing import phrasings

pytestmark = pytest.mark.slow

Facts = dict[str, frozenset[Any]]
# no fact of an estimate, but stated all the same
_EXTRAS = ("train_tokens", "num_generations")


def facts(text: str) -> Facts:
    """The facts that a text states, whatever their order; the task follows from words and may be said or not."""
    reading = read(text)
    found = {name: frozenset(values) for name, values in reading.facts.items() if name != "task"}
    found |= {name: frozenset(reading.extras[name]) for name in _EXTRAS if name in reading.extras}
    plain = (("method", frozenset({"inference"})), ("n_gpus", frozenset({1})))  # "a 3090" is one of them
    return {name: values for name, values in found.items() if (name, values) not in plain}


# the same question in two languages; the numbers are drawn
TRANSLATED = (
    ("Can I LoRA fine-tune a {size}B model on {cards} A100 80GB with batch size {batch} and rank {rank}?",
     "{cards}张80G的A100能用LoRA微调{size}B模型吗,batch size {batch},秩{rank}"),
    ("How much VRAM does full fine-tuning of a {size}B model take with ZeRO-3 on {cards}x H100, sequence length {length}?",
     "{cards}卡H100用ZeRO-3全参微调{size}B,序列长度{length},要多少显存?"),
    ("Qwen2.5-7B in int4 with vLLM, {length} tokens of context, {batch} concurrent users, how much memory?",
     "vLLM部署Qwen2.5-7B int4,{length}上下文,{batch}并发,要多少显存"),
    ("What is the longest context for Llama-3.1-8B in 8 bit on a single 4090?",
     "单张4090跑8bit的Llama-3.1-8B,上下文最长多少"),
    ("QLoRA of a {size}B model, gradient accumulation {batch}, no gradient checkpointing, on two 24GB cards",
     "两张24G的卡QLoRA微调{size}B,梯度累积{batch},不开梯度检查点"),
    ("DPO with LoRA on a {size}B model, rank {rank}, all linear layers, 8-bit Adam, batch size {batch}",
     "用LoRA对{size}B做DPO,rank {rank},所有线性层,8位Adam,批大小{batch}"),
    ("Serve Mixtral 8x7B with tensor parallel {cards} and an fp8 KV cache, {length} tokens",
     "部署Mixtral 8x7B,张量并行{cards},KV缓存用fp8,{length}个token"),
    ("Can a 3090 with {batch}GB of RAM run deepseek-r1-distill-qwen-32b Q4_K_M in llama.cpp with 8k context?",
     "3090加{batch}GB内存,用llama.cpp跑deepseek-r1-distill-qwen-32b Q4_K_M,8k上下文行吗"),
    ("ZeRO-2 with the optimizer offloaded to CPU, {cards} V100 32GB, full fine-tuning of a {size}B model",
     "{cards}张V100 32G,ZeRO-2加优化器卸载,全量微调{size}B"),
    ("How long does it take to train a {size}B model on {batch} billion tokens with {cards} H800?",
     "{cards}张H800训练{size}B,{batch}0亿token,要多久"),
)  # fmt: skip
DRAWN: dict[str, tuple[int, ...]] = {
    "size": (3, 7, 13, 14, 32, 70), "cards": (2, 4, 8, 16), "batch": (3, 5, 6, 12, 24), "rank": (4, 16, 64),
    "length": (1000, 2048, 4096, 32768),
}  # fmt: skip


@pytest.mark.parametrize("pair", TRANSLATED, ids=[english[:40] for english, _ in TRANSLATED])
def test_a_translation_keeps_the_facts(pair: tuple[str, str]) -> None:
    chance = random.Random(pair[0])
    for _ in range(4):
        numbers = {name: chance.choice(values) for name, values in DRAWN.items()}
        english, chinese = (text.format(**numbers) for text in pair)
        assert facts(english) == facts(chinese), (english, chinese)


CLAUSES = (
    (("LoRA fine-tuning of a 13B model", "2x A100 80GB", "batch size 4", "sequence length 2048", "rank 16", "ZeRO-2", "gradient checkpointing on"), ", "),
    (("Llama-3.1-70B", "AWQ", "vLLM", "tensor parallel 4", "four 24GB 3090s", "16k context", "8 concurrent users"), "; "),
    (("full fine-tuning", "Qwen2.5-7B", "8 H100", "adafactor", "micro batch size 2", "4096 tokens", "ZeRO-3 offload"), ". "),
    (("LoRA微调13B模型", "2张80G的A100", "batch size 4", "序列长度2048", "秩16", "ZeRO-2", "开梯度检查点"), ","),
    (("Llama-3.1-70B", "AWQ量化", "vLLM部署", "张量并行4", "四张24G的3090", "16k上下文", "8并发"), "。"),
    (("全参微调", "Qwen2.5-7B", "8卡H100", "adafactor优化器", "批大小2", "长度4096", "ZeRO-3 offload"), ", "),
)  # fmt: skip


@pytest.mark.parametrize("case", CLAUSES, ids=[parts[0] for parts, _ in CLAUSES])
def test_the_order_of_clauses_changes_nothing(case: tuple[tuple[str, ...], str]) -> None:
    parts, between = case
    first = facts(between.join(parts))
    assert len(first) >= 7
    orders = list(islice(permutations(parts), 0, None, 97))  # every 97th of 5040
    for order in orders:
        assert facts(between.join(order)) == first, between.join(order)


@pytest.mark.parametrize(
    "question",
    [
        "can a card with {} of VRAM run a 13B model in 4 bit?",
        "will Llama-3.1-8B fit on a {} GPU?",
        "I have two {} cards, full fine-tuning of a 3B?",
        "{}显存能跑13B的4bit吗",
        "单张{}的卡能LoRA微调7B吗",
        "每张卡{}, 8卡, 能全参微调14B吗",
    ],
)
def test_the_unit_of_a_memory_changes_nothing(question: str) -> None:
    spelled = ("24GB", "24 GB", "24G", "24g", "24 GiB", "24gib", "24576MB", "24576 MiB", "24576M")
    said = [facts(question.format(memory)) for memory in spelled]
    assert said[0]["gpu_memory_gb"] == {24}
    assert [spelled[place] for place, one in enumerate(said) if one != said[0]] == []


def test_the_units_of_lengths_and_host_memory_change_nothing() -> None:
    for spelled in ("8k context", "8K context", "8192 tokens of context", "8,192 tokens context"):
        assert facts(f"Qwen3-8B with {spelled}")["seq_len"] == {8192}
    for spelled in ("1TB of RAM", "1 TB RAM", "1024GB of RAM", "1024 GiB of RAM"):
        assert facts(f"8 H100 and {spelled}, ZeRO-3 offload of a 70B")["host_memory_gb"] == {1024}
    for spelled in ("128k", "131072", "128K"):
        assert facts(f"上下文长度{spelled}跑Qwen3-8B")["seq_len"] == {131072}


def test_k_is_1024_where_models_declare_such_lengths() -> None:
    lengths = {
        "4k": 4096,
        "128k": 131072,
        "40k": 40960,
        "160K": 163840,
        "120K": 120_000,
        "10k": 10_000,
        "100k": 100_000,
    }
    for said, tokens in lengths.items():
        assert facts(f"Llama-3.1-8B with {said} context")["seq_len"] == {tokens}
        assert facts(f"Llama-3.1-8B,{said}上下文")["seq_len"] == {tokens}


TRADITIONAL = (
    ("两张80G的A100能全参数微调7B吗", "兩張80G的A100能全參數微調7B嗎"),
    ("双卡4090用LoRA训练13B,批大小4,够吗", "雙卡4090用LoRA訓練13B,批大小4,夠嗎"),
    ("24G显存能跑多大的模型,4位量化", "24G顯存能跑多大的模型,4位量化"),
    ("单张3090的显存装得下70亿参数的模型吗", "單張3090的顯存裝得下70億參數的模型嗎"),
    ("开启梯度检查点,序列长度2048,需要多少显存,14B全量微调", "開啟梯度檢查點,序列長度2048,需要多少顯存,14B全量微調"),
    ("八块H100,流水线并行2,张量并行4,部署72B", "八塊H100,流水線並行2,張量並行4,部署72B"),
    ("不开梯度检查点,优化器卸载到内存,ZeRO-2,4卡", "不開梯度檢查點,優化器卸載到內存,ZeRO-2,4卡"),
    ("输出512个token,上下文8000字,16个并发", "輸出512個token,上下文8000字,16個並發"),
    ("所有线性层,秩64,梯度累积8,冻结微调", "所有線性層,秩64,梯度累積8,凍結微調"),
)  # fmt: skip


@pytest.mark.parametrize("pair", TRADITIONAL, ids=[one for one, _ in TRADITIONAL])
def test_traditional_characters_keep_the_facts(pair: tuple[str, str]) -> None:
    simplified, traditional = pair
    assert facts(simplified) == facts(traditional)
    assert facts(simplified)


DRESSES = {
    "en": (
        "hi there! {} thanks a lot", "🙏🙏 {} 🚀", "**{}**", "> {}", "- {}\n", "```\n{}\n```", "“{}”", "Q: {}", "{} (asking for a friend)",
        "<b>{}</b>", "_{}_", "# {}", "{}!!!", "Sorry, I'm new to this.\n\n{}\n\nBest, Anna",
    ),
    "zh": (
        "大佬们好!{} 谢谢🙏", "🚀{}🚀", "**{}**", "> {}", "- {}\n", "「{}」", "《{}》", "问:{}", "{}(在线等,急)", "{}~", "# {}",
        "新手提问。\n\n{}\n\n多谢", "求助!!{}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_greetings_emojis_and_markdown_keep_the_facts(language: str) -> None:
    asked = phrasings(language, seed=7, each=1)
    dresses = DRESSES[language]
    changed = [
        (text, dresses[place % len(dresses)].format(text))
        for place, text in enumerate(one.text for one in asked)
        if facts(dresses[place % len(dresses)].format(text)) != facts(text)
    ]
    assert not changed


NUMBERED = (
    "Can I LoRA fine-tune a {params}B model with batch size {batch_size}, {seq_len} tokens, rank {lora_rank} and gradient accumulation {grad_accum} on {n_gpus}x A100 with {host_memory_gb}GB of RAM?",
    "vLLM, Qwen2.5-7B, tp={tp}, pp={pp}, context length {seq_len}, {batch_size} concurrent requests, gpu_memory_utilization 0.{gpu_memory_utilization}, generate {output_len} tokens, how much?",
    "{n_gpus}张A100用LoRA微调{params}B,秩{lora_rank},每卡batch {batch_size},序列长度{seq_len},梯度累积{grad_accum},内存{host_memory_gb}G,够吗",
    "vLLM部署Qwen2.5-7B,张量并行{tp},流水线并行{pp},上下文{seq_len},{batch_size}并发,显存利用率0.{gpu_memory_utilization},输出{output_len}个token",
    "{n_gpus} cards with {gpu_memory_gb}GB each, ZeRO-{zero_stage}, full fine-tuning of a {params}B model in steps of batch {batch_size}",
    "{n_gpus}张{gpu_memory_gb}G的卡,ZeRO-{zero_stage},全参微调{params}B,批大小{batch_size}",
)  # fmt: skip
USUAL = {
    "params": (7, 34), "batch_size": (4, 6), "seq_len": (2048, 3000), "lora_rank": (16, 128), "grad_accum": (8, 32),
    "n_gpus": (2, 5), "host_memory_gb": (64, 500), "tp": (2, 8), "pp": (4, 2), "gpu_memory_utilization": (9, 85),
    "output_len": (512, 700), "gpu_memory_gb": (24, 80), "zero_stage": (3, 1),
}  # fmt: skip


@pytest.mark.parametrize("template", NUMBERED, ids=[one[:40] for one in NUMBERED])
def test_one_number_changed_is_one_fact_changed(template: str) -> None:
    usual = {name: one for name, (one, _) in USUAL.items()}
    before = facts(template.format(**usual))
    for name, (_, other) in USUAL.items():
        if f"{{{name}}}" in template:
            after = facts(template.format(**{**usual, name: other}))
            differing = {key for key in {*before, *after} if before.get(key) != after.get(key)}
            assert differing == {name}, template.format(**{**usual, name: other})


@pytest.mark.parametrize(
    "said",
    [
        "frobnication 37", "glorp=37", "wibble of 37", "37 wibbles", "a 37-fold blorp", "snark factor: 37", "top_k 37",
        "temperature 37", "摇摆37", "37个格子", "阻尼系数为37", "37根香蕉", "抖动=37",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "question", ["Can I LoRA a 7B model on 2x A100, {}, batch size 4?", "2张A100用LoRA微调7B,{},batch size 4,够吗"]
)
def test_a_number_beside_a_word_without_a_use_is_reported(question: str, said: str) -> None:
    reading = read(question.format(said))
    left = {unread.text: unread.near for unread in reading.not_understood}
    assert set(left) == {"37"}
    assert any(word in left["37"].lower() for word in said.lower().replace("37", " ").replace("=", " ").split())
    assert facts(question.format(said)) == facts(question.format("please"))
