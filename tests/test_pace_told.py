"""What a question tells of speed is used: rollouts, steps, deadlines, networks, links, prices, and what a log shows."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from formulas.chinese import full_width
from tests.talking import answer_to


def _first(text: str) -> str:
    return answer_to(text).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # 256 × 1,024 ÷ 20,000 = 13.1 s; 6 × 7.6e9 × 262,144 ÷ (8 × 989e12 × 0.4) = 3.8 s
        ("GRPO step time: Qwen2.5-7B on 8xH100, 256 rollouts of 1024 tokens each, vllm makes 20k tok/s, 40% mfu?", ("About 17 seconds a step", "3.8 seconds of training")),
        ("GRPO 一步要多久:7B,8张H800,128个prompt×8条回答,每条800 token,生成 1.5万 token/s,mfu 35%", ("生成 55 秒", "训练 12 秒")),
        # 12,000 × 1.8 s = 6 h; × 4 × 2.2 = 52.8
        ("the log says 1.8 s/it, 12k steps: total time, and cost at $2.2/h for 4 gpus?", ("About 6 hours", "$52.80")),
        ("日志 3.5s/it,一共 8000 步,8卡,每卡每小时 12 元,要多久、多少钱", ("7.78 小时", "747 元")),
        # 6 × 7e9 × 5e9 ÷ (312e12 × 0.4 × 72 h) = 6.5
        ("三天内要把 5B token 的继续预训练跑完,7B 模型,需要几张A100?", ("6–9 张",)),
        # 2 × 26 GB ÷ 1.25 GB/s
        ("Does full training of a 13B over two nodes on 10GbE make sense?", ("about 42 s",)),
        ("13B 全参训练跨两台机器走万兆网,速度影响多大", ("约 42 秒",)),
        ("2x3090 on x4 riser slots, does that hurt a 70B in tensor parallel?", ("x4 hardly matters",)),
        # 350 W × 504 h × 0.3
        ("electricity cost of a 4090 at 350W for 3 weeks, 0.30 eur/kwh?", ("€52.92",)),
        ("训练速度 tgs 1400,8卡A100,13B,mfu多少", ("MFU 约 35 %",)),
        ("6ND for 13B on 260B tokens; A100 at 312 tflops 50% -> gpu hours?", ("36,100 GPU-hours", "50 % of the peak")),
        ("how many tokens per second does llama 3 70b q4 make?", ("H100 80 GB",)),
        ("DDR4双通道和DDR5双通道跑30B-A3B Q4纯CPU,各多少token/s", ("DDR4", "DDR5", "1.7 倍")),
        ("从零训一个1B的小模型,一张4090,显存够吗,20B token要多久", ("预训练",)),
    ],
)  # fmt: skip
def test_what_is_told_is_used(question: str, says: tuple[str, ...]) -> None:
    first = _first(question)
    assert all(one in first for one in says), first


def test_two_formats_and_two_counts_go_together_in_their_order() -> None:
    calls = Assistant().ask("H100, 8B: one stream in bf16, and 64 streams in fp8, how many tokens/s?").tool_calls
    given = [(call["args"]["weight_format"], call["args"]["batch_size"]) for call in calls]
    assert given == [("bf16", 1), ("fp8", 64)]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how much vram do I need for fine tuning?", ("7B", "QLoRA")),
        ("lora 大概要多少显存", ("7B", "LoRA")),
        ("how much memory does inference need", ("7B", "4-bit")),
    ],
)
def test_an_amount_of_no_model_is_told_of_an_example(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in says)
    assert "GiB" in text


@pytest.mark.parametrize("question", ["what's the license of llama 3?", "qwen2.5 7b 可以商用吗,是什么开源协议"])
def test_a_licence_is_no_matter_of_memory(question: str) -> None:
    assert "GiB" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How many GPU hours did DeepSeek-V3 pre-training take, and what MFU?", "A mixture of experts computes with its active parameters"),
        ("How many FLOPs did training DeepSeek-V3 take?", "A mixture of experts computes with its active parameters"),
        ("DeepSeek-V3 预训练用了多少 GPU 小时？利用率多少？", "混合专家模型按激活参数计算"),
        ("Training Qwen3-30B-A3B on 1T tokens with 64 H100: how many days?", "A mixture of experts computes with its active parameters"),
    ],
)  # fmt: skip
def test_that_a_mixture_computes_with_a_part_is_told_once(question: str, says: str) -> None:
    assert answer_to(question).count(says) == 1


def test_a_rate_beyond_16_bits_is_that_of_fewer() -> None:
    told = answer_to("I read that a 4090 does 100 tokens/s on an 8B, is that right?")
    assert told.startswith("**100 tokens/s are those of quantised weights: 8B, Q4_K_M, RTX 4090 reaches about ")
    told = answer_to("4090跑Qwen3-8B,听说能到100 token/s,真的吗")
    assert "Q4_K_M、RTX 4090 的 100 token/秒：属于正常范围" in told


def test_whether_it_runs_is_asked_before_what_others_say_of_its_speed() -> None:
    told = answer_to("P40 24G 上能跑 Qwen3-32B 的 GPTQ int4 吗? 网上说P40不支持fp16,速度很慢?")
    assert told.startswith("**GPTQ 4 位在这张卡上跑不了，与显存无关")
    assert "Tesla P40 的 fp16 只有 0.18 TFLOP/s" in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "Does flash attention reduce vram at inference, Qwen2.5-7B with 32k context?",
            "Hardly: FlashAttention changes next to nothing here",
        ),
        ("Qwen2.5-7B推理，开flash attention能省多少显存，32k上下文", "FlashAttention 在这里几乎不改变显存"),
        ("Llama-3.1-70B Q4 only 2 tok/s 4090，怎么回事", "2 token/秒属于正常范围"),
        (
            "what max_num_seqs is safe for Qwen2.5-7B on a 24GB card with 8k context",
            "sequences of 8,192 tokens at once",
        ),
    ],
)
def test_what_a_setting_or_a_pace_means_is_told_first(question: str, says: str) -> None:
    assert says in _first(question)


def test_tokens_of_no_training_are_a_length() -> None:
    assert read("Llama 4 Scout with 1M tokens on 8xH100, will it fit?").facts["seq_len"] == (1_000_000,)
    assert "seq_len" not in read("continue pretraining Llama-3.1-8B with 1M tokens on 8xH100, how long?").facts


@pytest.mark.parametrize("question", ["刚买了4090，能跑Qwen2.5-14B吗", "I just bought a 4090, can it run Qwen2.5-14B?"])
def test_who_has_bought_a_card_is_not_buying_it(question: str) -> None:
    assert "buying" not in read(question).cues


def test_unified_memory_named_before_the_chip_is_the_chips() -> None:
    assert read("Qwen2.5-32B Q4 on 48GB unified memory M4 Pro").facts["gpu_memory_gb"] == (48,)


@pytest.mark.parametrize(
    ("question", "cards", "memory"),
    [
        ("two 24GB used 3090s for Llama-3.3-70B Q4", 2, 24),
        ("dual 48GB modded 4090s, Qwen2.5-72B int4", 2, 48),
        ("两张48G魔改版4090跑Qwen2.5-72B int4", 2, 48),
        ("48G的魔改4090能跑72B int4吗", 1, 48),
    ],
)
def test_how_a_card_comes_may_stand_behind_its_memory(question: str, cards: int, memory: int) -> None:
    facts = read(question).facts
    assert (facts.get("n_gpus", (1,)), facts["gpu_memory_gb"]) == ((cards,), (memory,))
    assert "why_more" not in read(question).intents


@pytest.mark.parametrize(
    ("question", "ruled_out"),
    [
        ("Is it possible to run Qwen2.5-14B unquantized on a 24GB card?", True),
        ("Can I serve gemma-3-27b unquantised on one A100 40GB?", True),
        ("can I run Qwen2.5-14B unquantised on a 24GB card or do I need int8?", False),
        ("How much does Qwen2.5-32B unquantised take vs int4 on 48GB?", False),
    ],
)
def test_who_asks_for_it_unquantised_is_offered_no_fewer_bits(question: str, ruled_out: bool) -> None:
    assert ("no_quantising" in read(question).cues) is ruled_out


def test_how_long_a_sequence_can_be_is_asked_without_the_word() -> None:
    assert "seq_len" in read("显存12G，kv cache int8，Qwen2.5-7B AWQ能开多长").asks


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many tokens/s does Llama-3.1-70B AWQ get on 4x4090 with tensor parallel 4, one stream?", ("the exchange between the cards not counted", "2 all-reduces in each of 80 layers, 160 in all", "over PCIe it may decide", "programs on one card reach")),
        ("Qwen3-32B AWQ 两张3090 tp2 单路每秒多少 token", ("未计卡间通信", "在 64 层里各要 2 次 all-reduce，共 128 次", "单卡上程序达到其")),
    ],
)  # fmt: skip
def test_of_several_cards_the_exchange_in_every_layer_is_told_and_no_span_is_usual(
    question: str, said: tuple[str, ...]
) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in said), answer
    assert not any(one in answer for one in ("typical", "usual span", "程序通常达到"))


def test_a_rate_over_ranks_is_called_neither_usual_nor_a_sign_of_host_memory() -> None:
    normal = answer_to("Is 30 tok/s normal for Llama-70B AWQ on two 3090 with tp2?")
    assert "before what the exchange between the cards costs" in normal
    slow = answer_to("为什么8张4090 tp8 跑 Llama-70B 单路才 15 token/s")
    assert "按带宽约" in slow
    assert "通常" not in slow
    assert "一部分在内存里" not in slow


@pytest.mark.parametrize("question", ["Qwen3-8B on a 4090, tokens per second?", "Qwen3-32B Q4_K_M on 2x3090 with llama.cpp, tokens/s?"])  # fmt: skip
def test_one_card_and_cards_in_turn_wait_for_no_exchange(question: str) -> None:
    assert "all-reduce" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("3万条数据lora微调qwen3-8b,一张4090得跑多久", ("平均每条 500 token 时约", "30,000 条，1 轮共 15M token")),
        ("5千条样本 2个epoch qlora qwen2.5-14b 3090多长时间", ("5,000 条 × 2 轮共 5M token",)),
        ("40k examples, 3 epochs, LoRA on Llama-3.1-8B with an L40S: how long?", ("if a sample has 500 tokens on average", "40,000 samples × 3 epochs are then 60M tokens")),
    ],
)  # fmt: skip
def test_samples_of_no_told_length_are_timed_at_a_round_one(question: str, said: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in said), answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("ollama跑gemma3 27b,3090,聊了十几轮变得很慢,显存爆了?", ("不是聊着聊着把显存占满的", "`ollama ps`", "截掉", "OLLAMA_KV_CACHE_TYPE=q8_0")),
        ("Mistral Small 24B in ollama on a 4090 is slower with each message, is VRAM full?", ("It is not memory filling up", "num_ctx", "cut")),
        ("sglang部署qwen3-14b 4090,多轮对话越来越慢", ("服务的显存不会越聊越满", "前缀缓存")),
        ("transformers with qwen2.5-7b on a 3090: after a few turns the chat gets slow", ("keeps no cache between calls", "past_key_values")),
    ],
)  # fmt: skip
def test_a_chat_that_slows_is_told_what_its_program_reads_anew(question: str, said: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in said), answer


@pytest.mark.parametrize(
    "question",
    [
        "qwen2.5-7b lora每轮训练都好慢 4090 正常吗",
        "Qwen3-8B vllm 4090 多轮对话4k能带多少人",
        "Is a 3090 slow for Qwen3-14B?",
    ],
)
def test_other_slowness_is_no_chat(question: str) -> None:
    assert "num_ctx" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "turns"),
    [
        ("ollama 3张3090跑70b,显卡利用率只有33%,正常吗", "3 张卡轮流工作"),
        ("llama.cpp on 2x 4090, Llama-70B Q4, gpu utilization only 48 %?", "2 cards take turns"),
        ("vllm tp2 两张3090 qwen3-32b-awq gpu利用率只有50%", ""),
    ],
)
def test_cards_that_share_by_layers_idle_in_turn(question: str, turns: str) -> None:
    answer = answer_to(question)
    assert turns in answer
    assert ("轮流" in answer or "take turns" in answer) == bool(turns)


@pytest.mark.parametrize(
    ("question", "ram"),
    [
        (
            "R1 671B Q4,双路霄龙,512G内存加一张3090,每秒多少token",
            "内存带宽 205–358 GB/s（假设每路 8 通道 DDR4-3200 至 DDR5-5600）",
        ),
        ("GLM-4.6 Q4_K_M on an EPYC 9354 with 768 GB DDR5 and a 4090, tokens per second?", "host memory at 538 GB/s"),
        ("qwen3-235b q4 至强金牌6430 512G内存 4090 速度多少", "假设每路 8 通道"),
        ("qwen3-235b q4 ryzen 9950x 128g 4090 速度多少", "假设双通道"),
    ],
)
def test_a_servers_processor_tells_its_channels(question: str, ram: str) -> None:
    assert ram in answer_to(question)


def test_a_program_that_keeps_experts_in_ram_unasked_is_not_said_to_need_none() -> None:
    assert "全部放得下" not in answer_to("ktransformers跑deepseek-v3.1 Q4,一张4090,256G内存,每秒多少token")


@pytest.mark.parametrize(
    ("question", "leads"),
    [
        ("zero2跟zero3在4张3090上训qwen2.5-14b lora哪个更快", "**训练适配器时 ZeRO-2"),
        ("ZeRO-3 or ZeRO-2 for LoRA of Qwen3-8B on 4x 4090, which is faster?", "**With adapters ZeRO-2"),
        ("zero2和zero3全参训qwen2.5-7b 8卡H100哪个快", "**ZeRO-3/FSDP 的通信量是"),
        ("lora比全参能快多少 qwen3-8b", "**LoRA 比全参微调大约少算三分之一"),
    ],
)
def test_of_stages_with_adapters_the_base_is_what_is_sent(question: str, leads: str) -> None:
    assert answer_to(question).startswith(leads)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("GPU hours: 184320 (A100), tokens: 2T, a 7B. Which MFU is that?", ("**About 41 %", "× 3,600 s × 312 TFLOP/s")),
        ("65B,训练 token 数为 1.4T,1022362 个 A100 卡时,MFU 怎么算", ("**MFU 约 48 %", "稀疏值", "换成秒")),
        ("70B on 15T tokens took 6.4M H100-80GB GPU hours: MFU?", ("**About 28 %", "GPU-hours × 3,600 s")),
        ("Llama3-70B 640万H100卡时,15T tokens,利用率多少?", ("**MFU 约 28 %",)),
    ],
)
def test_the_share_that_published_hours_imply(question: str, says: tuple[str, ...]) -> None:
    answer = full_width(answer_to(question))
    assert not [one for one in says if full_width(one) not in answer]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Falcon-40B:384张A100 40G训了60天,1T token,可信吗?我有32张A100要多久", "**可信:384 张"),
        (
            "they trained a 3B on 300B tokens in 2 days on 8 H100, realistic? how long with 2 H100?",
            "**No: more than the",
        ),
        ("a 7B on 50B tokens takes 8 A100 25 days, how long on 16 A100?", "**Credible: 8 × A100"),
        ("8张A100 7天能训完7B 30B token吗", "**不能"),
        ("8 or 16 A100 for 30 days for a 7B on 200B tokens?", "**"),
    ],
)
def test_a_run_that_is_told_beside_own_cards_is_judged_and_scaled(question: str, opens: str) -> None:
    assert full_width(answer_to(question)).startswith(full_width(opens))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How long does SFT take?", ("**Time = 6·N·D", "samples × length × epochs", "the method")),
        ("LoRA 微调大概要几天", ("**时间 = 6·N·D", "轮数", "4·N·D")),
        ("推理有多快?", ("显存带宽 ÷",)),
        ("how long does loading a model take?", ("file's size",)),
    ],
)
def test_how_long_of_no_model_is_told_by_its_formula(question: str, says: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert not [one for one in says if one not in answer]
    assert "2 GB in 16 bit" not in answer


def test_a_count_behind_a_name_and_a_colon_is_of_cards() -> None:
    facts = Assistant().ask("Qwen2.5-72B：4张A100 80G能跑吗").result["facts"]
    assert facts["n_gpus"]["value"] == 4


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Someone claims a 13B was trained on 1T tokens with 1024 GPUs in 9 days: is that consistent with 6ND?", "**Credible: 1,024 × A100"),
        ("说 7B 训了 2T token,用 256 张 H100 训了 20 天,按 6ND 算对得上吗", "256 张 H100 SXM5 80 GB 用 20 天"),
        ("A 30B on 1.5T tokens in 150k GPU hours of H100, plausible by 6ND?", "**High, yet credible"),
        ("how many FLOPs does 7B on 2T tokens take, can 64 H100 do it within 30 days?", "**No: it takes"),
    ],
)  # fmt: skip
def test_a_run_that_is_told_is_held_against_its_operations(question: str, says: str) -> None:
    text = answer_to(question).replace("\uff1a", ":")
    assert says in text, text


@pytest.mark.parametrize(
    ("question", "opens", "most"),
    [
        ("would a second 4090 speed up Qwen3-32B Q4_K_M?", "take turns", "at most 99.2 tokens/s"),
        ("2x 3090 run Llama-3.3-70B Q4_K_M in llama.cpp: does the second one double the tokens/s?", "take turns", "tokens/s"),
        ("两张3090跑Qwen2.5-72B Q4_K_M,第二张能让速度翻倍吗", "轮流工作", "token/秒"),
    ],
)  # fmt: skip
def test_cards_that_take_turns_add_no_speed(question: str, opens: str, most: str) -> None:
    head = answer_to(question).split("\n- Each")[0]
    assert opens in head
    assert most in head


@pytest.mark.parametrize(
    ("question", "opens", "layers"),
    [
        ("LM Studio on a 3060 Ti 8GB: Qwen2.5-14B Q4_K_M with all layers offloaded drops to 3 tok/s, how fast should it be with fewer?", "**Fewer layers are faster here: with all of them on the card it takes 9.8 GiB", "of 48 layers"),
        ("KoboldCpp, 8GB RTX 4060, phi-4 Q4_K_M: layers slider at max is slower than half. What speed is possible?", "**Fewer layers are faster here", "of 40 layers"),
        ("ollama 全部层放到 4060 8G 上跑 qwen2.5:14b 反而更慢，只有 2 token/s，num_gpu 设多少合适", "**这里少放几层反而更快", "/48 层"),
    ],
)  # fmt: skip
def test_a_file_put_whole_on_a_card_that_is_too_small_is_slow_for_what_spills(
    question: str, opens: str, layers: str
) -> None:
    said = answer_to(question)
    assert said.startswith(opens), said[:300]
    assert layers in said
    assert "within reach" not in said
    assert "可以达到" not in said


@pytest.mark.parametrize(
    "question",
    ["Llama-3.1-8B Q4_K_M on a 3090 with all layers offloaded is slow, 20 tok/s, normal?", "4060 8G 跑 qwen2.5 7B Q4_K_M，全部层都在 GPU 上，速度 20 token/s 慢吗", "phi-4 Q4_K_M on a 4060 8GB at 2 tok/s, is that normal?"],
)  # fmt: skip
def test_of_what_fits_or_was_not_put_whole_nothing_spills(question: str) -> None:
    said = answer_to(question)
    assert "Fewer layers are faster" not in said
    assert "少放几层反而更快" not in said
