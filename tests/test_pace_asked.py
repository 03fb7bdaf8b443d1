"""How fast and for how much, as it is asked: by `kb.pace`, priced only where the asker gives a price."""

import re

import pytest

from chat.agent import Assistant
from chat.events import Conversation
from chat.plans.apart import calls_of
from chat.reads.grammar import read
from kb.rates import GENERATION, HostMemory, decoding, shares
from tests.talking import answer_to, embedded, opening


def _figure(text: str, quantity: str) -> float:
    (found,) = [one["value"] for one in embedded().ask(text).result["answers"] if one["quantity"] == quantity]
    return float(found)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("How much does it cost at 2 $/h to train 7B on 1B tokens with 8 A100?", 2),
        ("train 7B on 1B tokens with 8 A100 at $1.5 per hour, how much will it cost", 1.5),
        ("每小时15元,8张A100训练7B,1B token,要多少钱", 15),
    ],
)
def test_a_price_given_prices_the_gpu_hours(text: str, price: float) -> None:
    answer = embedded().ask(text)
    cost = _figure(text, "cost")
    assert cost == pytest.approx(price * _figure(text, "card_time"))
    assert f"{cost:,.0f}" in answer.text
    assert not answer.notices


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How much does it cost to fine-tune 13B?", ("tokens", "card", "hour")),
        ("训练要多少钱", ("模型", "token", "显卡", "每小时")),
    ],
)
def test_what_a_price_takes_is_asked_for(text: str, words: tuple[str, ...]) -> None:
    first = answer_to(text).split("\n")[0]
    assert all(word in first for word in words)


@pytest.mark.parametrize("text", ["How many tokens per second does 7B make on a 4090?", "4090跑7B每秒多少token"])
def test_how_fast_it_generates_opens_the_answer(text: str) -> None:
    answer = embedded().ask(text)
    low, high = (share * _figure(text, "decoding_rate") for share in shares(GENERATION))
    assert f"{low:.2g}–{high:.2g} token" in answer.text.split("\n")[0]


def test_a_price_follows_in_the_next_question() -> None:
    assistant, conversation = Assistant(), Conversation()
    assistant.ask("How long does it take to train 7B on 1B tokens with 8 A100?", conversation)
    answer = assistant.ask("and what does it cost at 2 $/h?", conversation)
    assert "cost" in [one["quantity"] for one in answer.result["answers"]]


def test_a_pre_training_without_tokens_takes_those_that_are_compute_optimal_and_says_so() -> None:
    english = embedded().ask("How long would 64 H800s take to pretrain a 7B from scratch?")
    assert "About" in english.text
    assert "No number of tokens was said" in english.text
    assert "没有说训练多少 token" in answer_to("64张H800从头预训练一个7B要多久")
    tuned = answer_to("How long does LoRA fine-tuning of a 7B take on 8 H800s?")
    assert "compute-optimal" not in tuned  # a fine-tuning has no usual number


def _first(text: str) -> str:
    return answer_to(text).split("\n")[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How long for 2B tokens full finetune llama 3 8B, 8xH100, assume 40% mfu?", ("8.46 hours", "8 × H100")),
        ("64 张 A800 从头预训练 7B，1T token，大概要训多少天？MFU 按 45% 估", ("54.1 天",)),
        ("From 96 DGX-A100 (8x40G) how long does training GLM-130B from scratch take?", ("30–50 days", "768")),
        ("What was the total training compute of RWKV-14B - FLOPs, GPU hours, utilization?", ("2.77e22 FLOP", "140,000", "18 %")),
        ("How many H100s do I need to train a 13B on 2T tokens in 30 days at 40% MFU?", ("153",)),
        ("1T token大概要多少张H800一个月训完7B", ("33–54",)),
        ("Getting 3100 tok/s/gpu on 8xA100 with llama 2 7b full finetune. What MFU is that?", ("40 %",)),
        ("budget is 5000 H100 hours. what size model should I train from scratch (chinchilla)?", ("6.67B–8.61B",)),
        ("how many tokens was Qwen2.5 7B trained on?", ("18T",)),
        ("my run shows 2.7s/it, 52k samples, batch 4, grad accum 8, 2 gpus, 3 epochs. when will it finish?", ("1.83 hours", "2,438 steps")),
        ("We got 256 H800 for 10 days. Can we pretrain 3B on 1T tokens?", ("Yes", "39–66 hours")),
        ("电费怎么算：4张4090跑一周微调，一度电0.6元", ("181 元",)),
    ],
)  # fmt: skip
def test_the_figure_of_a_training_opens_the_answer(text: str, words: tuple[str, ...]) -> None:
    first = _first(text)
    assert [word for word in words if word not in first] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("llama 3.1 8b q4_k_m on 3060 12gb tokens per second?", ("29–51 tokens/s", "at most 70.2")),
        ("only getting 3 tok/s with 32B Q4_K_M on my 4090, ollama. why so slow?", ("3 tokens/s is slow", "49.4")),
        ("time to first token for a 32k prompt with Qwen2.5 32B AWQ on one A100 80GB?", ("12–30 seconds",)),
        ("首token延迟怎么估算？Qwen3-8B，输入16k，A10", ("3.7–9.3 秒",)),
        ("100个并发用户，Qwen2.5-7B bf16，A100 80G，吞吐量能到多少", ("100 条序列合计",)),
        ("50 users each want 20 tok/s from a 14B AWQ on a 4090 with 4k context, feasible?", ("Not all 50", "1,000")),
        ("4090 vs 3090 for training, how much faster?", ("2.3 times",)),
        ("H20和A800哪个跑推理快", ("H20", "2 倍")),
        ("does fp8 double the speed on H100 vs bf16?", ("Up to 2 times",)),
        ("does nvlink matter for inference speed on 2x 3090 70B?", ("hardly matters",)),
        ("does gradient accumulation make training slower?", ("does not change the time per sample",)),
        ("梯度累积会不会让训练变慢", ("不改变每个样本的耗时",)),
        ("CPU only inference, dual channel DDR4 3200, 8B Q4_K_M, tokens per second?", ("CPU alone", "4.2–7.3")),
        ("想让32B模型给20人同时用，每人至少10 token/s，要几张4090？", ("2 张",)),
    ],
)
def test_the_figure_of_a_speed_opens_the_answer(text: str, words: tuple[str, ...]) -> None:
    first = _first(text)
    assert [word for word in words if word not in first] == []


@pytest.mark.parametrize(
    "text",
    [
        "How long for 2B tokens full finetune llama 3 8B, 8xH100?", "llama 3.1 8b q4_k_m on 3060 12gb tokens per second?",
        "梯度累积会不会让训练变慢", "双3090跑Qwen2.5-72B Q4_K_M速度多少",
    ],
)  # fmt: skip
def test_no_table_of_memory_is_added_that_nobody_asked_for(text: str) -> None:
    answer = embedded().ask(text)
    assert {call["name"] for call in answer.tool_calls} <= {"training_time", "generation_speed"}
    assert "| per card |" not in answer.text
    assert not answer.notices


def test_memory_that_is_asked_as_well_is_answered_after() -> None:
    answer = embedded().ask("chinchilla optimal 1B (20B tokens) on ONE 4090. days? does it at least fit memory-wise?")
    assert "17–28 days" in answer.text.split("\n")[0]
    assert "estimate_memory" in {call["name"] for call in answer.tool_calls}


def test_memory_that_prevents_the_run_is_one_line() -> None:
    text = answer_to("How long does full finetuning of 13B on 100M tokens take on one 4090?")
    assert "Memory prevents it as told" in text
    assert "| per card |" not in text


def test_the_share_of_memory_of_a_server_is_no_utilisation_of_arithmetic() -> None:
    answer = embedded().ask("vllm gpu_memory_utilization 0.9, does Llama-3.1-8B fit a 4090 with 8k context?")
    assert answer.tool_calls[0]["name"] == "estimate_memory"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        (
            "LoRA fine-tuning Llama-2-13B in litgpt loads ~50GB while PEFT takes ~20GB. Did I miss something?",
            "method_diff",
        ),
        ("4x3090, will this config survive? I rent them for $1.04/h. Llama-3.1-8B LoRA 4096 tokens", "fits"),
        ("command r plus 的 exl2 5.0bpw，2张A6000，16k，能吃下不？之前 IQ 量化太慢了才换的 exl2", "fits"),
        ("RTX 4090 vs 4080 for gaming at 1440p?", "out_of_scope"),
    ],
)
def test_what_is_told_of_speed_or_price_beside_another_question_is_not_what_is_asked(text: str, intent: str) -> None:
    assert read(text).intent == intent


def test_a_model_that_does_not_fit_makes_no_speed() -> None:
    first = _first("vllm Llama-3.3-70B AWQ on a single 4090, how many tokens per second?")
    assert "does not fit, so it makes no speed" in first
    assert "In llama.cpp" in first


def test_operations_of_a_token_are_those_of_the_active_parameters() -> None:
    first = _first("Mixtral 8x7B training cost in FLOPs per token vs llama2 70b?")
    assert "77.3 GFLOP" in first
    assert "414 GFLOP" in first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("llama.cpp Llama-3.3-70B Q4_K_M on a 4090, 64GB ddr5, ctx 8192, -ngl 80 crashes, what t/s to expect?", "of 80 layers on the card (-ngl "),
        ("一张3060 12G,64G内存,Llama-3.3-70B Q4_K_M 每秒大概多少token?", "/80 层放在卡上"),
        ("DeepSeek-V3 Q4_K_M on a 3090 with 512GB of 8 channel DDR4-3200, tokens per second?", "of 58 layers go into RAM, "),
        ("no gpu, 128gb of dual channel ddr5-6000: can i run qwen3 235b a22b q4_k_m and how fast?", "does not fit, so it makes no speed**: it takes 13"),
        ("没有显卡,128G 双通道DDR5-6000,qwen3-235b-a22b q4_k_m 能跑吗,速度多少?", "放不下，谈不上速度"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_placed_before_its_speed_is_told(question: str, says: str) -> None:
    assert says in "\n".join(answer_to(question).split("\n\n")[:2])


def test_no_card_reads_more_than_it_holds() -> None:
    text = "Llama-3.3-70B Q4_K_M, RTX 4090, -ngl 80, 64GB ddr5: how many tokens per second?"
    found = re.search(r"reads ([\d.]+) GB on the card", answer_to(text))
    assert found
    assert float(found[1]) < 24 * 2**30 / 1e9


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("RTX 3090, LoRA on Llama-3.2-3B, 20M tokens. a weekend?", "Yes: it takes about 3–5 hours, and there are 48 hours"),
        ("单卡3090 qlora 13B，一万条数据平均600token，跑3轮一晚上够吗", "利用率高才行：约需 11–18 小时，而只有 12 小时"),
        ("QLoRA 13B on a 3090, 10k samples of 600 tokens, 3 epochs: done overnight?", "Only at a high utilisation: it takes about 11–18 hours, and there are 12 hours"),
        # of two spans the time itself says which
        ("QLoRA 70B on 2x A100 80GB, 10k samples of 2k tokens, 3 epochs: overnight or a week?", "About 23–38 hours (0.96–1.6 days)"),
        ("8张A100全参7B，10亿token 3轮，一天还是一周", "约 28–47 小时（1.2–1.9 天）"),
        # 3.65e25 ÷ (10,000 × 989e12 × 0.4) s = 107 days
        ("用1万张H100训练405B模型15T token要多少天", "约 85–140 天"),
        ("两万张H800训1T模型20T token多久", "约 140–230 天"),
    ],
)  # fmt: skip
def test_a_span_that_has_a_name_is_a_deadline_and_long_hours_have_their_days(question: str, first: str) -> None:
    answer = embedded().ask(question)
    assert first in answer.text[:160], answer.text[:400]
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Full SFT Mistral-7B, 500k samples of 800 tokens, 2 epochs on 4x H100. Hours?", "6.5–11 hours instead of 4.9–8.1 hours"),
        ("8卡H100全参8B训1B token，要多久", "4.5–7.5 小时，而不是 3.4–5.6 小时"),
        ("How long does SFT of Qwen3-30B-A3B take for 1B tokens on 8xH100?", "3.3B of 30.5B; memory must hold them all"),
    ],
)  # fmt: skip
def test_a_time_says_what_recomputation_and_experts_do_to_it(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_how_fast_methods_are_beside_each_other_is_no_published_training() -> None:
    for question in ("GaLore or LoRA for Llama-3-8B, memory and speed?", "DoRA和LoRA在Llama-3.1-8B上显存和速度差多少"):
        said = answer_to(question)
        assert "GPU-hours" not in said
        assert "GPU 小时" not in said
        assert "SVD" in said or "更慢" in said


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Is it quicker to run a 70B Q4 on a 5090 plus a 3060 12GB or on the 5090 alone with RAM offload?", "**The cards together, 3–5 times as fast as one with RAM"),
        ("Would adding a 3060 12GB to my 5090 beat offloading to RAM for Qwen2.5-72B Q4_K_M?", "though some is in RAM with both"),
        ("70B Q4:5090 加 3060 12G,和只用 5090、其余放内存,哪个快?", "**用多张卡更快，约为单卡加内存的 3–5 倍"),
    ],
)  # fmt: skip
def test_cards_together_stand_against_one_with_ram(question: str, first: str) -> None:
    told = answer_to(question)
    assert first in told.split("\n\n")[0]
    assert "That cannot be worked out" not in told


def test_what_a_server_keeps_in_host_memory_crosses_the_slot() -> None:
    told = answer_to("How fast does Llama-3.1-70B FP16 run on a 4090 with vLLM and cpu_offload_gb 120?")
    assert "129 GB over PCIe 4.0 x16: 129 GB ÷ 31.5 GB/s" in told
    assert "does not fit" not in told.split("\n\n")[0]


def test_stages_read_their_slots_in_turn_and_ranks_at_once() -> None:
    facts = {"params": "32B", "engine": "vllm", "gpu": "A100 40GB", "cpu_offload_gb": 10}
    host = HostMemory.of(gb_s=400)
    one = decoding(facts, host).host_seconds(host.high)
    assert decoding({**facts, "n_gpus": 2, "tp": 2}, host).host_seconds(host.high) == pytest.approx(one)
    assert decoding({**facts, "n_gpus": 2, "pp": 2}, host).host_seconds(host.high) == pytest.approx(2 * one)


def test_a_smaller_file_is_named_only_where_one_goes_on_the_card() -> None:
    held = answer_to("Qwen2.5-32B Q8_0 on a 4090, how many tokens/s with the rest in RAM?")
    assert "In Q5_K_M (23.3 GiB) all is on the card." in held
    few = answer_to("Llama-3.3-70B Q4_K_M on a 3090 with 64GB of DDR4, how many tokens/s?")
    assert "In IQ2_XS (21.7 GiB) all is on the card; the price is noticeable quality: llama.cpp lists" in few
    served = answer_to("How fast does Qwen2.5-32B FP16 run on a 4090 with vLLM and cpu_offload_gb 50?")
    assert "With llama.cpp, in Q5_K_M (23.3 GiB) all is on the card." in served
    none = answer_to("Llama-3.1-405B Q4_K_M on a 3090 with 512GB DDR4 8 channels, tokens per second?")
    assert "all is on the card" not in none
    assert "smaller quantisation" not in none


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Is 6ND right when I only train a LoRA adapter?", "about 4·N·D, and 6·N·D with full recomputation"),
        ("LoRA 训练的计算量还是 6ND 吗?", "基座冻结时约为 4·N·D，开完全重计算时为 6·N·D"),
        ("QLoRA of a 70B on 100M tokens: do I count 6ND FLOPs?", "**About 2.8e19 FLOP, and 4.2e19 with full recomputation**: 4 × 70B"),
        ("Full fine-tuning of a 70B on 100M tokens: do I count 6ND FLOPs?", "**About 4.2e19 FLOP**: 6 × 70B"),
    ],
)  # fmt: skip
def test_a_frozen_base_takes_four_operations(question: str, first: str) -> None:
    assert first in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "Continued pretraining of Llama-3-8B on 1B domain tokens, one 8xH100 node. hours or weeks?",
        "Qwen2.5-7B on 2B raw tokens with 8 H800: days or weeks?",
        "8卡H800继续预训练Qwen2.5-7B，20B中文token，要几天",
    ],
)
def test_tokens_of_a_kind_are_no_size_of_a_model(question: str) -> None:
    found = read(question)
    assert found.intent == "training_time"
    assert found.extras["train_tokens"]
    assert "params" not in found.facts


def test_where_it_is_placed_the_verdict_comes_before_how_its_speed_follows() -> None:
    told = answer_to("4070 Ti Super with 32GB, Qwen3-30B-A3B Q4_K_M, how fast and does it fit?")
    assert told.startswith(
        "**Qwen3-30B-A3B, inference, Q4_K_M, RTX 4070 Ti SUPER: not on the card alone, but with host memory it fits"
    )
    assert 0 < told.index("tokens/s") < told.index("As placed: ")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("4090能不能跑qwen2.5-32b int4,速度", "**可以。Qwen2.5-32B-Instruct"),
        ("4060Ti 16G 能跑 Qwen2.5-14B Q8 吗?多少token每秒", "**Qwen2.5-14B-Instruct · 推理 · Q8_0 · RTX 4060 Ti 16 GB:多半放得下"),
        ("Can a 4060 Ti 16GB run Qwen2.5-14B Q8? how many tokens per second", "**Qwen2.5-14B-Instruct, inference, Q8_0, RTX 4060 Ti 16 GB: most likely fits"),
        ("Can a 4090 run Qwen2.5-32B q4 at 30 tok/s?", "**30 tokens/s with Qwen2.5-32B-Instruct"),  # one question
    ],
)  # fmt: skip
def test_whether_it_runs_is_answered_beside_how_fast(question: str, opens: str) -> None:
    text = answer_to(question).replace("\uff1a", ":")
    assert text.startswith(opens), text[:300]
    assert "token" in text


@pytest.mark.parametrize(
    ("question", "few", "many"),
    [
        ("Why does Qwen3-30B-A3B generate so much faster than Qwen3-32B on my 4090 with Q4_K_M?", "2.42 GB", "20.4 GB"),
        ("没有显卡，双通道 DDR5-5600，64G 内存，qwen3-30b-a3b Q8_0 比 qwen3-32b Q8_0 快那么多，为什么？大概多少 token/s", "3.57 GB", "35.1 GB"),
        ("Qwen3-8B bf16 vs Q4_K_M on a 4090: why is the quantised one faster, how many t/s each?", "5.24 GB", "17 GB"),
    ],
)  # fmt: skip
def test_why_one_is_faster_is_told_by_what_a_token_of_each_reads(question: str, few: str, many: str) -> None:
    first = opening(question)
    assert few in first
    assert many in first
    assert re.search("times as much|倍", first)


@pytest.mark.parametrize(
    "question",
    [
        "Which trains a 7B on 10B tokens faster, RTX 3080 or RTX 3080 Ti?",
        "RTX 4090 和 RTX 4090 D 训 7B 10B token 哪个快，差多少天",
    ],
)
def test_a_card_whose_name_begins_another_s_is_a_card_of_its_own(question: str) -> None:
    cards = [args.get("gpu") for name, args in calls_of(read(question)) if name == "training_time"]
    assert len(cards[0]) == 2, cards
    assert isinstance(cards[0], list)


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("qwen3 14b q4 on some 12 GB card: tokens per second?", {"RTX 4070", "RTX 5070"}),
        ("96G 的 Mac Studio 跑 gpt-oss-120b 每秒多少 token", {"Apple M3 Ultra 96 GB", "Apple M3 Max 96 GB"}),
    ],
)
def test_a_memory_alone_has_the_speeds_of_what_is_sold_with_it(question: str, cards: set[str]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in cards), answer
    assert re.search(r"name your|请说出您的", answer)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Pretraining a 3B on 60B tokens: which finishes first, 16 H100 or 32 A100?", "32 × A100 SXM4 80 GB"),
        ("3B 预训练 60B token,16 张 H100 和 32 张 A100 哪个先训完?", "32 × A100 SXM4 80 GB"),
    ],
)
def test_cards_against_each_other_have_their_own_counts(text: str, says: str) -> None:
    first = opening(text)
    assert "16 × H100 SXM5 80 GB" in first
    assert says in first
    assert "1.6" in first  # 16 × 989 against 32 × 312 TFLOP/s
