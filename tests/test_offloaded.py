"""States in host memory: a case beside the first where a later clause brings it in, and no part of what adapters take."""

import re

import pytest

from chat.plans.understood import facts_of
from chat.reads.grammar import read
from kb import estimate
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "offload"),
    [
        ("full ft of a 7B on 2x A100 80G: zero1, zero2 or zero3? and if I offload the optimizer?", ("none", "optimizer")),
        ("How much per GPU to full fine-tune an 8B with ZeRO-3 on 4x A100 40GB? And with CPU offload?", ("none", "params")),
        ("Will qwen2.5-7b full fine-tuning fit 2x3090? Would offloading help?", ("none", "params")),
        ("两张3090全参微调3B够吗?开zero2 offload的话内存64G够不够", ("none", "optimizer")),
        ("7B全参,8张4090,zero2和zero3每卡多少?如果把优化器卸载到内存呢", ("none", "optimizer")),
        # a condition of the first question, and a setting that is simply told
        ("Can I full fine-tune a 7B on one 4090 if I offload the optimizer to CPU?", ("optimizer",)),
        ("I use ZeRO-3 with CPU offload. How much RAM does a 13B take?", ("params",)),
        ("8卡A100 40G全参14B,zero3加offload能跑吗", ("params",)),
    ],
)  # fmt: skip
def test_a_setting_that_a_later_clause_adds_is_a_second_case(question: str, offload: tuple[str, ...]) -> None:
    assert read(question).facts["offload"] == offload


@pytest.mark.parametrize(
    ("question", "column", "enough"),
    [
        ("full ft of mistral 7b on 2x A100 80G: zero1, zero2 or zero3, how much per card? and if I offload the optimizer is 128GB of RAM enough",
         "| per card | ZeRO-1 | ZeRO-2 | ZeRO-2 offload | sharded (ZeRO-3/FSDP) |", "**Host memory is tight for ZeRO-2 offload**"),
        ("mistral 7b 全参,2张A100 80G,zero1、zero2、zero3每卡各多少?如果再把优化器卸载,内存64G够吗",
         "| 每张卡 | ZeRO-1 | ZeRO-2 | ZeRO-2 offload | 切分（ZeRO-3/FSDP） |", "ZeRO-2 offload：主机内存不够"),
    ],
)  # fmt: skip
def test_stages_keep_their_states_and_offload_has_a_column(question: str, column: str, enough: str) -> None:
    said = answer_to(question)
    assert column in said
    assert enough in said
    assert "10 B/" in said  # ZeRO-1 on two cards: 4 + 12/2


@pytest.mark.parametrize(
    "question", ["full fine-tune Qwen2.5-3B on 2x3090? with zero2 offload is 64GB RAM enough", "两张3090全参微调Qwen2.5-3B够吗?开zero2 offload的话内存64G够不够"]
)  # fmt: skip
def test_both_cases_are_asked_for_and_neither_is_ruled_out(question: str) -> None:
    said = answer_to(question)
    assert "Offload is ruled out" not in said
    assert "您排除了 offload" not in said
    assert "Host memory is enough" in said or "主机内存够" in said


def test_adapters_beside_an_offloaded_training_are_counted_on_the_card() -> None:
    found = estimate(params="70B", method="full", zero_stage=3, offload="params", gpu="H100", host_memory_gb=512)
    json = found.json(derivation=False)
    narrow = next(one for one in json["changes"] if one["facts"].get("bits") == 4)
    alone = estimate(params="70B", method="qlora", bits=4, gpu="H100").outcomes[0]
    assert narrow["gib"] == pytest.approx(alone.best / 2**30)
    assert narrow["says"].endswith("nothing offloaded")
    assert all(one["on_card"] for one in json["ladder"])


@pytest.mark.parametrize("question", ["full fine-tune a 70B with zero3 cpu offload on one H100, 512GB RAM?", "单张H100,512G内存,zero3加cpu offload全参微调70B行吗"])  # fmt: skip
def test_a_table_of_other_methods_says_that_nothing_is_offloaded(question: str) -> None:
    said = answer_to(question)
    assert "by other methods, nothing offloaded" in said or "换训练方法，不做 offload" in said
    assert "Host memory is what falls short" in said or "主机内存不够" in said


def test_states_that_somebody_offloads_did_not_fall_back_to_the_cpu() -> None:
    assert "fell_back" not in read("can I tune a 7B if I offload the optimizer to CPU with 128GB RAM?").cues
    assert "fell_back" in read("why does ollama offload... it offloads to cpu although it fits").cues


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("笔记本4060 8G显存,deepspeed zero3 offload全参微调7B行不行", "**实际上不行", "笔记本一般没有这么多"),
        ("Can my laptop (RTX 4070 8GB) full fine-tune Qwen2.5-3B with ZeRO-3 offload?", "**On the card yes", "RTX 4070 Laptop GPU"),
        ("Full fine-tune Llama-3-8B on one RTX 4090 with ZeRO-3 offload to CPU, does it fit?", "**On the card yes", "119.7 GiB of free RAM"),
    ],
)  # fmt: skip
def test_what_a_laptop_lacks_beside_its_card_decides(question: str, opens: str, says: str) -> None:
    first = answer_to(question).split("\n")[0].replace("\uff0c", ",")
    assert first.startswith(opens)
    assert says in first


def test_the_optimizer_alone_in_host_memory_is_looked_at_where_all_of_it_is_too_much() -> None:
    text = answer_to("8*A100 80G,1T内存,70B全参 zero3 + optimizer和param都offload到cpu,会不会被oom killer杀掉")
    assert "只 offload 优化器" in text
    assert "1,862 GB" in text  # 69B × 18 B × 1.5, as DeepSpeed's estimator has it


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("what's the minimum to run GLM-4.5 at home?", True),
        ("本地跑 Qwen3-Coder-480B 最低要什么配置", True),
        ("how much vram for deepseek v3", False),  # nothing says that it is one person's machine
        ("Qwen3-30B-A3B 本地跑要多大显存", False),  # one card holds it whole
    ],
)
def test_at_home_a_mixture_keeps_its_experts_in_ram(question: str, told: bool) -> None:
    answer = answer_to(question)
    assert bool(re.search(r"[Tt]he experts of \d+ of \d+ layers go into RAM|的专家放内存", answer)) is told, answer


@pytest.mark.parametrize(
    ("said", "offload"),
    [
        ("offload is off", "none"),
        ("offload: none", "none"),
        ("offload 没开", "none"),
        ("卸载已关闭", "none"),
        ("offload off the card", "params"),
        ("offload on", "params"),
    ],
)
def test_offload_that_is_off_is_none(said: str, offload: str) -> None:
    assert read(f"Llama-3-8B LoRA on a 3090, {said}, does it fit?").facts["offload"] == (offload,)


def test_a_difference_asked_rules_no_offload_out() -> None:
    facts = facts_of(read("LoRA 和全参有什么区别？offload 没开，3090 上 Llama-3-8B LoRA OOM"))
    assert "offload" not in facts
    assert facts_of(read("offload 没开，也不想 offload，3090 上 Llama-3-8B LoRA OOM"))["offload"] == "none"


@pytest.mark.parametrize(
    ("question", "offloaded"),
    [
        ("ZeRO-3 with params and optimizer in CPU RAM, Qwen2.5-14B full on 2x A6000", "params"),
        ("full fine-tune of an 8B, adam states sitting in host memory, 2x 4090, ZeRO-2", "optimizer"),
        ("全参 13B，优化器状态挪到内存，4 张 A6000", "optimizer"),
        ("参数和优化器都放 CPU，全参 7B 单卡 4090", "params"),
    ],
)
def test_offloading_is_said_of_where_it_is(question: str, offloaded: str) -> None:
    """By whatever verb: what lies in the host's memory is off the card."""
    assert read(question).facts["offload"] == (offloaded,)


def test_memory_of_the_card_behind_that_of_the_machine() -> None:
    """Each amount is of the word behind it, where nothing parts the two."""
    facts = read("32G内存8G显存能跑多大的模型").facts
    assert (facts["host_memory_gb"], facts["gpu_memory_gb"]) == ((32,), (8,))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("full fine-tune of Llama-2-7B with ZeRO-3 cpu offload, my box has 128GB of RAM, enough?", "**Host memory is tight**"),
        ("全参微调 Mistral-7B,zero3 offload 到 CPU,内存 160G 够吗", "主机内存"),
        ("is 128GB of RAM enough for Qwen3-235B Q4_K_M beside a 4090?", "**Tight in 128 GB: about"),
        ("Mixtral-8x7B Q5_K_M with a 3060 12GB and 64GB RAM, is the RAM enough?", "**64 GB are enough: about"),
    ],
)  # fmt: skip
def test_host_memory_that_buffers_and_the_system_may_fill_is_tight(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens", "bounds"),
    [
        ("max full finetune size with zero3 offload on 2x3090 and 256gb ram", "**Up to 14B", "17.2B (15.3B) on paper"),
        (
            "largest model I can full fine-tune with ZeRO-3 offload on 4x 3090, 512 GB RAM?",
            "**Up to 34B",
            "34.4B (30.5B) on paper",
        ),
        ("两张4090，内存512G，zero3 offload 全参最大能训多大的模型", "**最大 34B", "34.4B（30.5B）"),
    ],
)
def test_of_the_largest_that_is_offloaded_ram_is_the_bound(question: str, opens: str, bounds: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert bounds in told


def test_without_ram_that_is_told_the_cards_are_the_bound() -> None:
    assert "Host memory bounds it" not in answer_to(
        "largest model I can full fine-tune with ZeRO-3 offload on 4x 3090?"
    )


def test_an_offload_beside_stage_two_is_of_the_optimizer() -> None:
    text = "phi-4 full fine-tune, 4x A100 40GB, ds_z2_offload_config, OOM. I thought with offload the optimizer is gone and the rest is split in 4?"
    assert read(text).facts["offload"] == ("optimizer",)
    assert read("full fine-tune a 7B on 2x 3090 with zero3 offload").facts["offload"] == ("params",)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("GLM-4-9B full SFT on 4x 4090 with ZeRO-3, batch 1, OOM. The box has 256GB RAM, would enabling offload make it work?", "**Yes, that is enough: "),
        ("Full finetune of Llama-3.1-8B, 2x A6000, ZeRO-3 OOMs. If I turn on optimizer offload with 256GB RAM will it fit?", "**Yes, that is enough: "),
        ("Full SFT of Llama-3.1-8B, 2x 3090, FSDP, OOM. 96GB RAM. Would CPU offload help?", "**Not with this RAM, which does not hold what is offloaded"),
        ("glm-4-9b全参，4张4090，zero3，bs=1还是炸显存。机器内存256G，开offload能跑得动吗", "**有用，这样就放得下："),
        ("Qwen2.5-7B全参，zero3爆显存，4张3090，如果把优化器offload到CPU呢", "**有用，这样就放得下："),
        ("Qwen2.5-7B全参 2张4090 zero3 OOM，内存只有64G，开优化器offload可以吗", "**内存不够放 offload 的部分"),
    ],
)  # fmt: skip
def test_offload_that_is_only_proposed_was_not_at_work(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-7B full fine-tuning with ZeRO-3 offload on 4x3090 still OOM, 256GB RAM",
        "4张4090全参Qwen2.5-7B，zero3+offload还是OOM，内存256G",
        "Qwen2.5-7B full fine-tuning, ZeRO-3 with offload already on, 2x 3090, OOM. Is the batch of 4 the problem?",
    ],
)
def test_offload_that_was_at_work_is_no_proposal(question: str) -> None:
    assert "lever_proposed" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # 3.09e9 × 14 B of gradients and states; weights stay with ZeRO-2
        ("Full fine-tuning of Qwen2.5-3B on one RTX 4090 with ZeRO-2 offload, what is left on the GPU and how much CPU RAM?", ("**RAM: offloaded gradients and Adam states take 3.09B × 14 B", "On the card stay weights", "one card has none to divide with")),
        ("单张4090 zero2 offload 全参微调 qwen2.5-3b，显存里还剩什么，要多少内存", ("**内存\uff1aoffload 的梯度与 Adam 状态要占内存 3.09B × 14 字节", "卡上留下的是权重", "单卡没有可分摊的对象")),
        ("How much CPU RAM for ZeRO-3 offload of Llama-3.1-8B on 4x A100 80GB, full fine-tune?", ("**RAM: offloaded weights, gradients and Adam states take 8.03B × 16 B", "plan for", "On each card stay")),
    ],
)  # fmt: skip
def test_host_memory_that_is_asked_for_opens_with_what_to_plan_for(question: str, told: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(told[0]), first[:200]
    assert all(one in first for one in told)


@pytest.mark.parametrize(
    "question",
    [
        "7B LoRA zero3 offload 要多少内存",  # adapters have few states
        "Full fine-tune of 7B on a 3090 with ZeRO-3 offload, I have 64GB RAM, how much RAM do I need?",  # whether that is enough
        "Full fine-tune of a 7B on 4x A100 80GB with ZeRO-3: how much VRAM?",
    ],
)
def test_other_host_memory_is_answered_as_before(question: str) -> None:
    said = answer_to(question)
    assert "On the card stay" not in said
    assert "卡上留下的是" not in said


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("4x A100 80GB full fine-tuning Qwen3-14B with ZeRO-3 offload is very slow. Can I turn offload off?", "**It need not offload: nothing offloaded takes"),
        ("ZeRO-3 offload 全参7B 8张A6000，训练太慢了，显存还剩一大半，怎么提速", "**可以不 offload\uff1a"),
        ("Full fine-tuning 14B on 8x H100 with ZeRO-3, optimizer and param offload: 40 s per step. Which offload can I disable?", "**It need not offload: nothing offloaded takes"),
        ("30B 全参 8×A100 80G，zero3+cpu offload，每步要 120 秒，先关哪一个", "**可以不 offload\uff1a"),
        ("zero3 offload 全参 7B 单卡A100 80G 太慢了，能关掉offload吗", "**优化器仍要 offload，参数不必\uff1a"),
    ],
)  # fmt: skip
def test_a_slow_offload_is_taken_back_as_far_as_the_cards_hold_it(question: str, opens: str) -> None:
    said = answer_to(question)
    assert said.startswith(opens), said[:200]
    assert "PCIe" in said.split("\n\n")[0]


def test_offload_that_nobody_calls_slow_is_not_taken_back() -> None:
    assert "可以不 offload" not in answer_to("ZeRO-3 offload 全参7B 8张A6000，够吗")


@pytest.mark.parametrize(
    "question",
    [
        "8xA100 40G full 13B ZeRO-3 offload: 90s per step, how long for 10k steps?",
        "7B full fine-tune with optimizer offload on a 4090 is slow: how much slower than without offload?",
        "4张3090全参7B offload优化器，一步30秒，去掉梯度检查点行吗",
        "7B full fine-tune with optimizer offload on 4x 3090, 30 s per step: can I turn off gradient checkpointing?",
        "vLLM cpu_offload_gb 20 is slow, 32B on a 4090, can I disable it?",
    ],
)
def test_other_questions_on_an_offload_take_nothing_back(question: str) -> None:
    assert "offload_taken_back" not in read(question).cues


def test_the_parameters_are_taken_back_before_the_optimizer() -> None:
    said = answer_to(
        "Full fine-tuning 13B on 8x A100 80GB, ZeRO-3 with param and optimizer offload, very slow. Which to turn off?"
    )
    assert "Take back the parameters first, 3.03 GiB" in said.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("Run Llama-3-70B with all weights offloaded by DeepSpeed, how much GPU memory?", "inference"),
        ("Can I run a 70B on one 24GB card with DeepSpeed offloading the parameters?", "inference"),
        ("用DeepSpeed把权重全部卸载到内存跑Llama-3-70B，要多少显存", "inference"),
        ("Train Llama-3-70B with all weights offloaded by DeepSpeed, how much GPU memory?", "train"),
        ("Run full fine-tuning of Llama-3-8B with DeepSpeed offload params on a 24GB card", "train"),
        ("DeepSpeed ZeRO-3 offload params for Llama-3-70B, how much GPU memory?", "train"),
        ("用DeepSpeed卸载权重和优化器训练7B，要多少显存", "train"),
    ],
)
def test_weights_that_a_run_leaves_in_host_memory_are_no_training(question: str, task: str) -> None:
    assert read(question).facts["task"] == (task,)


@pytest.mark.parametrize(
    "question",
    [
        "8x 4090, ZeRO-3 offload full fine-tuning of internlm2-20b: each card uses only 10GB, painfully slow. How do I put the GPU memory to use?",
        "8卡4090 zero3 offload全参internlm2-20b，显存每卡才用10G，慢得离谱，怎么把显存用起来",
    ],
)
def test_memory_that_lies_idle_beside_offload_is_put_to_use(question: str) -> None:
    first, second = answer_to(question).split("\n\n")[:2]
    assert "micro-batch" in first
    assert "14.6 GiB" in second  # the parameters kept on the card


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("8x 4090 with 512GB RAM, ZeRO-3 offload full fine-tuning of a 32B: is the RAM enough?", "**Host memory: 488.2 GiB for what is offloaded, of 512.0 GiB: hardly enough", "only the optimizer offloaded: 427.2 GiB of RAM, which fits, 20.1 GiB per card of 24.0 GiB"),
        ("8张4090，内存512G，zero3+offload全参训32B内存够不够", "**内存：放到内存的部分要 488.2 GiB，机器有 512.0 GiB，多半不够**", "只 offload 优化器：内存 427.2 GiB"),
        ("4x A100 80GB, 128GB RAM, DeepSpeed ZeRO-3 with cpu offload, full fine-tune of Qwen2.5-14B, enough RAM?", "**Host memory: 220.1 GiB for what is offloaded, of 128.0 GiB: too little**", "still too much"),
    ],
)  # fmt: skip
def test_whether_ram_is_enough_opens_where_it_may_not_be(question: str, opens: str, says: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert says in told
    assert told.count("pinned buffers (") + told.count("锁页缓冲（") == 1


def test_ram_that_is_enough_stands_behind_the_verdict() -> None:
    told = answer_to("8x 4090, 1TB RAM, ZeRO-3 offload full fine-tuning of Qwen2.5-32B: enough RAM?")
    assert told.split("\n\n")[1].startswith("**Host memory is enough**")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Is it worth offloading parameters too, or just the optimizer? Llama-3.1-8B full fine-tune, DeepSpeed ZeRO-3 on 4x 4090", ("**Offloading the parameters too takes 8.03B × 2 B ÷ 4 = 4.02 GB (3.74 GiB) per card more off", "112 GB (104.7 GiB)", "128 GB (119.7 GiB)")),
        ("7B full fine-tuning on 2 3090 with ZeRO-3: optimizer offload vs optimizer and parameter offload, how much less VRAM and how much more RAM?", ("**Offloading the parameters too", "11.9 GiB → 5.63 GiB")),
        ("7B全参 2张3090 zero3 offload参数比只offload优化器能多省多少显存", ("**连参数一起 offload，每卡只再多省 6.74B × 2 字节 ÷ 2 = 6.74 GB", "只 offload 优化器先省 48.8 GiB")),
    ],
)  # fmt: skip
def test_what_offloaded_parameters_save_beside_the_optimizer(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B full fine-tune on 2x 3090 with ZeRO-3 and optimizer offload: how much RAM?",
        "7B full fine-tuning on 2 3090: ZeRO-3 with parameter offload or QLoRA?",
        "7B全参 2张3090 zero3 把参数和优化器都offload还是爆显存",
    ],
)
def test_one_offload_alone_is_no_choice_between_two(question: str) -> None:
    told = answer_to(question)
    assert "Offloading the parameters too" not in told
    assert "连参数一起 offload" not in told
