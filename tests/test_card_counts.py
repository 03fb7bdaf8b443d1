"""Cards that are asked for by name alone: "how many L4 for …" is a question of how many."""

import re

import pytest

from chat.agent import Assistant
from chat.plans.plan import plan
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "text",
    [
        "how many T4s for a 14B in int8?", "how many L4 24gb for mixtral 8x7b in fp16, with vllm", "how many P40 does a 70B Q4_K_M take",
        "how many B200 for full fine-tuning of 70B?", "跑 72B int4 要几张 L4", "几块T4能跑13B fp16",
    ],
)  # fmt: skip
def test_how_many_of_a_card(text: str) -> None:
    assert read(text).intents[0] == "how_many_gpus"


@pytest.mark.parametrize(
    "text",
    [
        "how many 7B models fit on one A100 80G?",
        "how many requests can one L4 take with an 8B?",
        "一张 L4 能放几个 7B 模型",
    ],
)
def test_how_many_of_something_else(text: str) -> None:
    assert read(text).intents[0] != "how_many_gpus"


@pytest.mark.parametrize(
    "text",
    [
        "there is one 4080 in my box. how many more until Mixtral 8x7B int8 loads?", "Can 3090s hold Qwen2.5-72B in 8 bit, and if so how many?",
        "Command-R+ 104B fp16 on A100 80GB, minimum count?", "at which count of 4090s does Llama-3.3-70B Q6_K load?",
        "现有两块A6000,跑Qwen2.5-72B bf16还缺几块?", "已经有一张4090了,微调14B全参还要加几张?",
    ],
)  # fmt: skip
def test_a_count_is_asked_for_without_its_thing(text: str) -> None:
    assert read(text).intents[0] == "how_many_gpus"
    assert "n_gpus" in read(text).asks


@pytest.mark.parametrize(
    "text",
    ["how many more people fit on 2x3090 with Qwen2.5-7B at 4k", "how many more tokens fit if I take an 8-bit cache? Qwen2.5-7B, 4090"],
)  # fmt: skip
def test_more_of_something_else_is_no_count_of_cards(text: str) -> None:
    assert "n_gpus" not in read(text).asks
    assert "method_diff" not in read(text).intents


def test_cards_that_come_to_others_are_counted_with_those() -> None:
    told = answer_to("I own two 3090s, how many more for Llama-3.1-70B in 8 bit?")
    assert "in all, those you have among them" in told.split("\n")[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how many A100 80GB do I need to serve Qwen2.5-72B in int8 at 32k?", ("In other formats, with a margin as well: 16-bit weights 145 GB", "4-bit weights 41.5 GB")),
        ("How many L40S for Qwen2.5-32B bf16 on vLLM with 32k?", ("tokens in all, 403,296 with 4 cards", "8-bit weights 34.3 GB (32.0 GiB), 2 cards", "4-bit weights 19.3 GB (18.0 GiB), 1 card")),
        # beside each other each has its count, and those that were not asked about are told once
        ("How many L4 24GB for Llama-3.3-70B, 20 users at 4k each, AWQ or FP8? vLLM", ("In other formats, with a margin as well: 16-bit weights 141 GB",)),
        ("4090 部署 Qwen2.5-72B，GPTQ-Int4 和 Int8 各要几张？8 个人用，4k", ("其他格式，同样有余量：16 位权重 145 GB",)),
        ("部署GLM-4.5-Air-FP8要几张L40S", ("其他格式，同样有余量：16 位权重 214 GB", "4 位权重 57.4 GB")),
        ("DeepSeek-V3.1 64k上下文,要几张H200", ("16 位权重 1,342 GB", "16 张卡（2 台 8 卡机）")),
    ],
)  # fmt: skip
def test_a_count_in_one_format_is_told_in_the_others(question: str, said: tuple[str, ...]) -> None:
    answer = Assistant().ask(question)
    assert all(one in answer.text for one in said), answer.text
    assert not answer.notices


@pytest.mark.parametrize("question", ["how many 4090s for gpt-oss-120b?", "几张H100能全参微调Llama-3.1-8B"])
def test_what_has_one_format_or_trains_is_counted_in_no_other(question: str) -> None:
    told = answer_to(question)
    assert "In other formats" not in told
    assert "其他格式" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How many 4090s does full fine-tuning of Yi-1.5-9B take? I have 4", "**4 are not enough: 12 cards**"),
        ("Qwen2.5-14B全参微调要几张A100 40G,手上有2张", "**2 张不够,要 "),
        ("Qwen2.5-32B bf16推理要几张4090,我现在有3张", "**3 张没有余量,要 4 张卡**"),
        ("how many RTX 3090 for Llama-3.1-8B in bf16? I have 4", "**At least 1 card**"),
        ("How many 4090s does full fine-tuning of Yi-1.5-9B take?", "**12 cards**"),
    ],
)
def test_cards_that_are_there_are_judged_where_the_count_is_told(question: str, opens: str) -> None:
    text = answer_to(question).replace("\uff0c", ",")
    assert text.startswith(opens), text[:200]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How many A100 80GB do I need for Qwen2.5-72B bf16? I've got 2 of them", "**At least"),
        ("我有2张A100 80G,Llama-3.1-70B bf16需要几张", "**最少 2 张卡**"),
        ("Do I need 2 A100 80GB for Llama-3.1-70B bf16?", "**Yes: one card is not enough"),
    ],
)
def test_how_many_are_needed_is_no_doubt_that_they_are(question: str, opens: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Gemma 3 27B Q8_0 at 8k on one 5090, is that enough or must I drop to Q4_K_M?", "Q4_K_M (18.7 GiB) is for longer contexts, up to about 131,072 tokens against 31,320"),
        ("5090跑gemma-3-27b Q8_0,8k够吗,还是要降到Q4_K_M", "留给更长的上下文"),
        ("Can a 24GB 3090 hold Mistral-Small-24B at Q6_K or must I go down to Q4_K_M, 16k context?", ""),
    ],
)  # fmt: skip
def test_fewer_bits_are_for_a_longer_context_where_that_differs(question: str, told: str) -> None:
    opening = answer_to(question).split("\n")[0]
    assert told in opening, opening
    assert bool(told) is ("longer contexts" in opening or "更长的上下文" in opening)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Mistral-Small-24B, every parameter trained at 8192 tokens: 4x H100 80GB under FSDP ran out of memory right away. How many would it take?", "**4 are not enough: 8 cards**"),
        ("8B full fine-tuning on 2 RTX 4090s, ZeRO-3, out of memory. So how many do we need?", "**2 are not enough: 12 cards**"),
        ("Qwen2.5-32B full FT on 4x A100 80GB runs OOM. How many are needed?", "**4 are not enough: 12 cards**"),
    ],
)  # fmt: skip
def test_how_many_behind_counted_cards_is_of_these(question: str, opens: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]


@pytest.mark.parametrize(
    "text",
    [
        "I serve Llama-3.1-8B on 2x A100 80GB for 50 users. How many would it take?",
        "We have 4 A100 80GB and 500 samples, LoRA on 8B. How many do I need?",
        "4x H100 80GB, tokens for a 7B from scratch. How many do I need?",
    ],
)
def test_how_many_behind_other_things_is_none_of_cards(text: str) -> None:
    assert "n_gpus" not in read(text).asks


@pytest.mark.parametrize(
    ("question", "opens", "beside"),
    [
        ("Phi-4 full SFT on 4x A100 80GB with ZeRO-3 hits OOM. How many then?", "**By count 4 are enough, so the run that failed holds more", "no batch is told"),
        ("8B LoRA在一张4090上OOM了，要几张才够", "**按计算 1 张就够，失败的那次比这里所算的多", "没有设置批大小"),
        # a failure without enough
        ("全参微调Qwen2.5-32B，4张A100 80G ZeRO-3第一步就OOM，要几张卡才够", "**4 张不够", ""),
    ],
)  # fmt: skip
def test_as_many_as_failed_are_said_to_be_enough_by_count_alone(question: str, opens: str, beside: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]
    assert beside in text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Does DeepSeek-V3 in fp8 fit on an 8-GPU H200 node?", (8,)),
        ("Is one 8-card node of L4s enough for Llama-3.3-70B bf16 at 16k?", (8,)),
        ("Llama-3.3-70B fp16 on a 4-way A100 80GB server, 32k, does it fit?", (4,)),
        # how many of such machines is what is asked
        ("How many 8-GPU H100 nodes for DeepSeek-V3 bf16?", None),
    ],
)
def test_a_machine_by_its_cards_is_so_many_of_them(text: str, count: object) -> None:
    assert read(text).facts.get("n_gpus") == count


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "Llama-3.3-70B bf16 16k on L4: are 8 cards enough, and how many do I need?",
            "**8 are enough: at least 8 cards**",
        ),
        ("Llama-3.3-70B bf16 16k上下文要几张L4,一台8卡够吗", "**8 张够：最少 8 张卡**"),
        (
            "Llama-3.3-70B bf16 16k on L4: are 4 cards enough, and how many do I need?",
            "**4 are not enough: at least 8 cards**",
        ),
    ],
)
def test_asked_whether_they_are_enough_the_count_says_so(question: str, opens: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many L4 for Llama-3.3-70B bf16 at 16k?", r"left on each hold at most \d more sequences as long \(0\.62 GiB each\)"),
        ("Qwen2.5-72B bf16 8k上下文要几张A100 40G", r"最多再放 \d 条同样长的序列（每条 0\.62 GiB）"),
    ],
)  # fmt: skip
def test_what_is_left_of_each_card_is_told_as_sequences(question: str, told: str) -> None:
    assert re.search(told, answer_to(question))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How many A100 80GB to fully fine-tune Qwen2.5-72B at 8k?", "with a margin as well: a fused loss (Liger) 32 cards"),
        ("Qwen3-32B全参SFT,长度16k,要几张H800", "卡更少的办法，同样有余量：融合损失（Liger）"),
        ("How many H100s for full fine-tuning Qwen2.5-14B?", "with a margin as well: all states in bf16"),
    ],
)  # fmt: skip
def test_a_fused_loss_is_told_where_it_takes_fewer_cards(question: str, told: str) -> None:
    assert told in answer_to(question)


@pytest.mark.parametrize(
    ("text", "cards", "counts"),
    [
        ("买一张A100 80还是两张4090微调32B划算", ("A100 80 GB", "RTX 4090"), (1, 2)),
        ("A6000 48和两张3090哪个适合微调13B", ("RTX A6000 48 GB", "RTX 3090"), (2,)),
        ("H100 16或者32张卡全参微调70B", ("H100",), (16, 32)),  # no memory of a card
        ("4090 8张还是16张训练70B", ("RTX 4090",), (8, 16)),
    ],
)
def test_a_size_right_behind_a_card_is_no_count(text: str, cards: tuple[str, ...], counts: tuple[int, ...]) -> None:
    facts = read(text).facts
    assert (facts["gpu"], facts["n_gpus"]) == (cards, counts)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "How many H100 80GB to full fine-tune Qwen2.5-32B with DPO at 4096?",
            "on one machine of 8 each card would need",
        ),
        ("gemma-2-27b 全参 DPO 要几张 A800 80G，长度 2048", "一台 8 卡机每张要 93.0 GiB，其中状态 57.3 GiB，放不下"),
    ],
)
def test_a_machine_whose_states_alone_go_in_is_told_of(question: str, told: str) -> None:
    assert told in answer_to(question)


def test_a_count_that_one_machine_has_tells_of_none() -> None:
    assert "on one machine of 8" not in answer_to("How many A100 80GB for full SFT of Llama-3.1-8B?")


@pytest.mark.parametrize(
    "question",
    [
        "DPO全参训qwen2.5-14b比SFT多占多少显存？几张A100 80G",
        "How much more does full DPO of Llama-3.1-8B take than SFT, and how many A100 80GB do I need?",
        "KTO比DPO多占多少显存，qwen2.5-14b 全参，要几张H100",
    ],
)
def test_cards_are_counted_beside_a_difference(question: str) -> None:
    names = [name for name, _ in plan(read(question))]
    assert names[:2] == ["solve_for", "compare"]


@pytest.mark.parametrize(
    "question", ["DPO全参训qwen2.5-14b比SFT多占多少显存？", "8张A100 80G，KTO比DPO多占多少显存，qwen2.5-14b 全参"]
)
def test_no_cards_are_counted_where_nobody_asks(question: str) -> None:
    assert "solve_for" not in [name for name, _ in plan(read(question))]


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Llama-3.1-70B LoRA with axolotl: how many H100 80GB?", "With fewer cards, with a margin as well: gradient checkpointing on 3 cards"),
        ("Mistral Large 2407 123B QLoRA with axolotl: how many A100 80GB?", "gradient checkpointing on 1 card (66.2 GiB each)"),
        ("axolotl 训 Qwen2.5-72B，LoRA 要几张 A100 80G", "卡更少的办法，同样有余量：开启激活重计算 3 张卡"),
    ],
)  # fmt: skip
def test_what_a_program_leaves_off_is_a_way_to_fewer_cards(question: str, told: str) -> None:
    assert told in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-70B LoRA with TRL: how many H100 80GB?",  # whose default it is
        "Llama-3.1-70B LoRA with axolotl, no gradient checkpointing: how many H100 80GB?",
        "axolotl 训 Qwen2.5-72B，不开激活重计算，LoRA 要几张 A100 80G",
    ],
)
def test_a_switch_that_is_on_or_was_told_is_none(question: str) -> None:
    told = answer_to(question)
    assert "gradient checkpointing on" not in told
    assert "开启激活重计算 " not in told


@pytest.mark.parametrize(
    ("text", "count", "memory"),
    [
        ("96 DGX-A100 (8x40G): how long does GLM-130B take from scratch?", 768, 40),
        ("2台DGX A100 8*40G，全参微调Llama-2-70b", 16, 40),
        ("two HGX H100 (8x80GB), full fine-tuning of Llama-2-70b", 16, 80),
        ("DGX-A100 (8x40G), full fine-tuning of Llama-2-70b", 8, 40),
        ("4 nodes with A100 (8x40G), full fine-tuning of Llama-2-70b", 32, 40),
        ("4个节点（8×80G A100）全参微调Llama-2-70b", 32, 80),
        ("2 nodes (8x H100), full fine-tuning of Llama-2-70b", 16, None),
        ("2 nodes (16 GPUs) of A100 80G, full fine-tuning of Llama-2-70b", 16, 80),
        ("V100 (4x16G), Llama-2-13b in fp16", 4, 16),
    ],
)
def test_cards_and_memory_in_a_bracket_are_of_each_machine(text: str, count: int, memory: int | None) -> None:
    facts = read(text).facts
    assert facts["n_gpus"] == (count,)
    assert facts.get("gpu_memory_gb") == ((memory,) if memory else None)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How many H20 do I need to fully fine-tune Qwen2.5-7B? 4 aren't enough", "**By count 4 are enough, so the run that failed"),
        ("how many 4090s for a Llama-3-70B LoRA? 2 didn't work", "**2 are not enough: 32 cards"),
        ("how many A100 80GB for full SFT of Qwen2.5-14B? tried with 2 and it OOMs", "**2 are not enough: at least 4 cards"),
        ("Qwen2.5-32B 全参SFT要几张A100 80G？试了4张会爆", "**4 张不够，要 12 张卡**"),
        ("全参微调Qwen2.5-14B要几张A100 80G，2张还是爆", "**2 张不够，最少要 4 张卡**"),
    ],
)  # fmt: skip
def test_a_count_that_failed_in_a_word_is_judged_beside_the_count_needed(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "text",
    [
        "how many A100 80GB for Qwen2.5-72B bf16, if 4 are not enough?",
        "跑Qwen2.5-72B 2张A100 80G够不够，不够的话要几张",
        "Qwen2.5-72B bf16 推理，4张A100 40G不够吗？要几张",
    ],
)
def test_a_count_that_may_fail_is_no_run_that_did(text: str) -> None:
    assert "oom_diagnosis" not in read(text).intents


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How many A100 80G for full fine-tuning of Qwen3-14B with AdamW, 2 enough?", "**2 are not enough: at least 4 cards"),
        ("How many H100s for Llama-3.3-70B in bf16? 4 ok?", "**4 are enough"),
        ("How many RTX 4090 cards to serve Qwen2.5-72B AWQ - 2 sufficient?", "**2 hold it without a margin: 4 cards"),
    ],
)  # fmt: skip
def test_a_count_that_is_doubted_without_a_verb_is_judged(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    ["How many users of Qwen3-14B on a 4090, 8 ok?", "Qwen3-14B LoRA on a 4090: rank 64, 16 ok?", "How many A100s for Qwen3-14B with 8k context, batch 2 ok?"],
)  # fmt: skip
def test_another_number_that_is_doubted_is_no_count(question: str) -> None:
    assert not {2, 8, 16} & set(read(question).facts.get("n_gpus", ()))


@pytest.mark.parametrize(
    ("question", "told", "rows"),
    [
        ("Qwen3-32B bf16/int8/int4 各要多少显存，2张4090够不够", "bf16 要 4 张；INT4 1 张就够。权重", ("放不下（4 张才够）", "全长；1 张也够")),
        ("部署Qwen2.5-72B，bf16和int4，4张L20 48G够吗，各要多少", "", ()),
        ("How much do fp16, int8 and int4 of Llama-3.3-70B need, and are two RTX 4090 enough?", "fp16: 8 cards; INT8: 4 cards.", ("does not fit (8 cards do)",)),
        ("Qwen3-32B in bf16, int8 and int4 on 2x RTX 4090: how much VRAM each, enough?", "bf16: 4 cards; INT4: 1 does it as well.", ("(4 cards do)", "; 1 card does, too)")),
    ],
)  # fmt: skip
def test_each_format_has_its_count_of_the_cards(question: str, told: str, rows: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert told in answer.split("\n")[0] or told in answer.split("\n\n")[1]
    assert all(one in answer for one in rows)
    if not told:  # all fit
        assert "张就够" not in answer


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-32B in bf16 and int4 on one RTX 4090: how much VRAM each?",
        "Qwen3-32B bf16 和 int4，TP2，2张4090，各要多少显存",
    ],
)
def test_on_one_card_and_in_a_layout_no_other_count_is_told(question: str) -> None:
    opening = answer_to(question).split("\n")[0]
    assert "does it as well" not in opening
    assert "张就够" not in opening
