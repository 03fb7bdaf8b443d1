"""A case that is over, and the one that a text is about: former runs, values that were changed, cards of others."""

from typing import Any

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "present"),
    [
        ("Last month I tuned Gemma-2-9B with QLoRA on 4 L40S, now I serve it merged on a single L4 with vLLM. Does it fit?",
         {"gpu": ("L4",), "n_gpus": (1,), "task": ("inference",)}),
        ("We used to host Llama-3.3-70B AWQ on 2x H100; now we want Qwen2.5-32B in fp8 on one L40S, 16k. ok?",
         {"model": ("Qwen/Qwen2.5-32B-Instruct",), "gpu": ("L40S",), "n_gpus": (1,), "weight_format": ("fp8",)}),
        ("I was at batch 8 and it OOMed, so I went down to batch 4 and it still OOMs: 13B LoRA, A100 40GB", {"batch_size": (4,)}),
        ("Yesterday I tried ZeRO-2 on the 4 A6000 and it blew up. Plan is ZeRO-3, full fine-tuning of a 7B. How much per card?",
         {"zero_stage": (3,), "n_gpus": (4,)}),
        ("Right now we run Mistral-7B in bf16 on an L4. Next month we'll replace it with Phi-4 in int8 on the same L4. Enough?",
         {"model": ("microsoft/phi-4",), "weight_format": ("int8",), "gpu": ("L4",)}),
        ("上个月在8张A800上用zero3全参训完了14B,这次要部署到两张L20上,sglang,bf16,够吗",
         {"gpu": ("L20",), "n_gpus": (2,), "task": ("inference",), "zero_stage": ()}),
        ("以前用的transformers推理,现在换成vllm了,Qwen3-8B,24G的卡,能开多长上下文", {"engine": ("vllm",)}),
        ("前年用的 2060,今年换了 4070 Ti,Qwen3-14B 4bit 行吗", {"gpu": ("RTX 4070 Ti",)}),
        ("三年前那张是 V100,现在是 L40S,Qwen2.5-32B fp8", {"gpu": ("L40S",)}),
        ("My old laptop had a 3060, the new one has an RTX 5070: Qwen3-8B Q8_0?", {"gpu": ("RTX 5070",)}),
        ("Three years back it was a P40, by now it's an A6000; 13B in bf16?", {"gpu": ("RTX A6000",)}),
        ("I got a 3090 last year and a second one this year. Qwen2.5-72B AWQ?", {"gpu": ("RTX 3090",), "n_gpus": (2,)}),
        ("上次用Q8_0跑的,这次想用Q5_K_M,Qwen2.5-32B,一张4090,放得下吗", {"weight_format": ("gguf:Q5_K_M",)}),
        ("前阵子租A100 80G跑的全精度,现在只有一张4070Ti 12G,想跑14B,用什么量化", {"gpu": ("RTX 4070 Ti",), "gpu_memory_gb": (12,)}),
        ("上周拿4张V100 32G跑z2炸了,这周换成4张A100 40G跑z3,14B全参,行不行",
         {"gpu": ("A100",), "gpu_memory_gb": (40,), "n_gpus": (4,), "zero_stage": (3,)}),
        ("We migrated from 4x A100 40GB to 2x H200 last week. Llama-3.1-70B bf16, 32k: does it fit?", {"gpu": ("H200",), "n_gpus": (2,)}),
        ("My old setup was a single 3060 12GB. I replaced it with a 5080 16GB. Which quant of Gemma-3-27B fits?",
         {"gpu": ("RTX 5080",), "gpu_memory_gb": (16,)}),
        ("First I wanted two 3090s but in the end I bought one 5090. A 32B in AWQ at 32k, does it fit?", {"gpu": ("RTX 5090",), "n_gpus": (1,)}),
        ("I've been training on 8x V100 32GB. From next week on we have 4x H100: full fine-tuning of a 13B, OK?", {"gpu": ("H100",), "n_gpus": (4,)}),
        (("On my previous machine (2x 3080 Ti) I never got past 4k. With the new one, an RTX PRO 6000 96GB, how long a context"
         " can Llama-3.3-70B fp8 have?"), {"n_gpus": (1,), "gpu_memory_gb": (96,), "seq_len": ()}),
        ("I tested on an H100; the real thing will run on 2 A30. A 32B in int8 at 8k, ok?", {"gpu": ("A30",), "n_gpus": (2,)}),
        ("4090坏了返修,先用一张2080Ti 22G顶着,14B Q4_K_M行不行", {"gpu": ("RTX 2080 Ti",), "gpu_memory_gb": (22,)}),
        ("以前都是跑7B的,听说32B效果好,想换,我就一张4090,Q4_K_M放得下不", {"params": (32e9,)}),
        ("本来打算上DeepSeek-V3,老板说太贵,最后定了Qwen3-235B-A22B fp8,8张H20,够吗", {"model": ("Qwen/Qwen3-235B-A22B",)}),
        ("之前是bs=4、2k,跑通了。现在想把长度加到8k,bs降到1,13B qlora,单张4090,会爆吗", {"seq_len": (8192,), "batch_size": (1,)}),
        ("7B全参4张A6000,zero2第一步就爆,换成zero3有用吗", {"zero_stage": (2, 3)}),  # a way that is asked about: both
        ("Before: Qwen2.5-14B, int8, 8k. Now: Qwen2.5-32B, int4, 16k. Same 4090. Does the new one still fit?",
         {"model": ("Qwen/Qwen2.5-32B-Instruct",), "weight_format": ("int4",), "seq_len": (16384,)}),
        ("after failing with full fine-tuning (OOM on 2x A100 40GB) we settled for LoRA r=32, 14B. How much per card?",
         {"method": ("lora",), "gpu": ("A100",), "n_gpus": (2,)}),
        ("We tried tp=4 pp=1 first; current config is tp=2 pp=2 on 4 L40S, a 70B in fp8. Memory per card?", {"tp": (2,), "pp": (2,)}),
        ("had 64GB RAM, upgraded to 128GB, one 3090, a 70B in Q4_K_M. Possible?", {"host_memory_gb": (128,)}),
        ("本来是用8bit加载的,太慢,现在改用4bit awq,32B,4090,能行不", {"weight_format": ("awq-int4-g128",), "bits": ()}),
        ("以前跑7B的,现在想上Qwen2.5-32B,awq,4090够吗", {"model": ("Qwen/Qwen2.5-32B-Instruct",), "params": ()}),
        ("刚才说的是4090,其实我换成3090了,32B awq", {"gpu": ("RTX 3090",)}),
        ("My first plan was renting 8x A100; the budget only allows 4x A100 80GB. Full fine-tuning of a 14B, ok?", {"n_gpus": (4,)}),
        ("the repo's default is zero2 with 8 GPUs, I run zero3 on 4 A6000: 13B full. Memory per GPU?", {"zero_stage": (3,), "n_gpus": (4,)}),
        ("默认max_model_len是128k,我只要16k,Qwen3-32B fp8,一张L40S,够吗", {"seq_len": (16384,)}),
        ("楼主有8卡H800,我就2张L40,qlora训32B够吗", {"gpu": ("L40",), "n_gpus": (2,)}),
    ],
)  # fmt: skip
def test_what_is_over_is_no_fact_of_the_present(question: str, present: dict[str, tuple[Any, ...]]) -> None:
    facts = read(question).facts
    assert {name: facts.get(name, ()) for name in present} == present


@pytest.mark.parametrize(
    ("question", "name", "values"),
    [
        ("tp原来是8,现在调成4了,Llama-3.3-70B fp8,4张H100,够吗", "tp", (4,)),
        ("The pipeline was 8 before, now it's 4: tp 4, full training of a 70B on 64 H100. How much per card?", "pp", (4,)),
        ("micro batch was 4, I lowered it to 1. 13B full, ZeRO-3, 8x A100 80GB. What does each card need?", "batch_size", (1,)),
        ("lora rank从64降到16了,7B,3090,要多少显存", "lora_rank", (16,)),
        ("context used to be 32k, we cut it to 8k: a 32B in AWQ on a 4090. Fits?", "seq_len", (8192,)),
        ("We started out with LoRA r=8, that wasn't enough, so it's r=64 now. 14B, A100 40GB. VRAM?", "lora_rank", (64,)),
        ("Originally seq was 8192; after cutting it to 2048 a 13B qlora runs on a 3090. What batch could I use?", "seq_len", (2048,)),
        ("一开始是batch 16,然后8,再4,都OOM,现在是1,7B lora,16G的4080,能行吗", "batch_size", (1,)),
        ("之前内存只有64G,现在加到192G了,一张4090,Qwen3-235B-A22B Q4_K_M专家放内存行不行", "host_memory_gb", (192,)),
        ("the node had 256 GB of RAM, now it's 768 GB, with one 4090: DeepSeek-V3 in Q4_K_M, experts in RAM?", "host_memory_gb", (768,)),
        ("打算从ollama迁到sglang,Qwen3-30B-A3B,bf16,两张A6000,64k放得下吗", "engine", ("sglang",)),
        ("rank从64降到16能省多少,7B lora", "lora_rank", (64, 16)),
        ("ran with ZeRO-2, how much less does ZeRO-3 take than that? 13B full, 8x A100 80GB", "zero_stage", (2, 3)),
    ],
)  # fmt: skip
def test_a_setting_that_was_changed_is_what_it_is_now(question: str, name: str, values: tuple[Any, ...]) -> None:
    assert read(question).facts[name] == values


@pytest.mark.parametrize(
    ("question", "name", "values"),
    [
        ("之前batch 4没事,现在改到8就OOM了,7B lora,一张24G的4090", "batch_size", (8, 4)),
        ("It ran on my A10 24GB last week, now on a T4 16GB it OOMs. Qwen2.5-14B int8, why?", "gpu", ("T4 16 GB", "A10 24 GB")),
    ],
)  # fmt: skip
def test_of_what_ran_and_what_fails_both_are_kept_the_failing_one_first(
    question: str, name: str, values: tuple[Any, ...]
) -> None:
    assert read(question).facts[name] == values


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("Trained a 7B with LoRA on two 3090s, now I want to serve the merged model with vLLM on one of them. Fits?", (1,)),
        ("机器有8张4090,我只想用其中两张部署32B的AWQ,够吗", (2,)),
        ("Two 3090s, the display runs on one of them. Does a 32B in Q4_K_M fit across both?", (2,)),
        ("手上4张3090,其中一张插x4,跑70B Q4够吗", (4,)),
        ("8张A100 80G,13B全参zero3,单卡峰值大概多少", (8,)),
    ],
)  # fmt: skip
def test_a_part_of_the_cards_is_counted_where_the_model_runs_on_it(question: str, counts: tuple[int, ...]) -> None:
    assert read(question).facts["n_gpus"] == counts


@pytest.mark.parametrize(
    ("question", "rig", "count"),
    [
        ("同事淘汰下来一张3090给我了,加上我自己的4090,能跑70B Q4吗", "RTX 3090 + RTX 4090", 2),
        ("I have a 3090 and a friend just gave me a 4080, can I run a 70B Q4_K_M on both?", "RTX 3090 + RTX 4080", 2),
        ("我之前买了两张3090,现在想再加一张4090,70B Q4能跑吗", "2 × RTX 3090 + RTX 4090", 3),
        ("A friend runs it on two 4090s. I have one 3090, 32B in Q4_K_M, does it fit?", "RTX 3090", 1),
    ],
)  # fmt: skip
def test_a_card_that_came_to_the_asker_is_the_askers(question: str, rig: str, count: int) -> None:
    facts = read(question).facts
    assert (facts["gpu"], facts["n_gpus"]) == ((rig,), (count,))


def test_a_failure_of_the_former_run_is_not_what_is_asked_about() -> None:
    told = read("上周用z2训直接爆了。这周改z3,4张A40,32B lora,4096长度,bs=1,每张卡峰值多少G?")
    assert told.intents[0] != "oom_diagnosis"
    told = read("was getting OOM at 8k so moved to 4k, still dies: a 7B, qlora, one 3090")
    assert (told.intents[0], told.facts["seq_len"]) == ("oom_diagnosis", (4096,))


def test_a_degree_that_was_changed_stays_part_of_the_layout() -> None:
    told = Assistant().ask(
        "32张H100 80G全参训70B,序列32k,tp=8 cp=2,pp原来设的4,现在改成2了,sequence parallel开着。单卡多少G?"
    )
    assert {name: told.result["facts"][name]["value"] for name in ("tp", "pp")} == {"tp": 8, "pp": 2}


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("My colleague's H100 handles Llama-3.1-70B AWQ easily. Mine is a 4090, would Qwen2.5-32B AWQ at 8k fit?",
         {"gpu": ("RTX 4090",), "model": ("Qwen/Qwen2.5-32B-Instruct",)}),
        ("A guy on reddit does full fine-tuning of a 13B on 8x A100. I only have two 3090s and would use QLoRA. OK?",
         {"gpu": ("RTX 3090",), "n_gpus": (2,), "method": ("qlora",)}),
        ("Everyone else here has a 4090 but my box has a 7900 XTX, can I run Gemma-3-27B Q4_K_M?", {"gpu": ("Radeon RX 7900 XTX",)}),
        ("Tom serves it at 128k on his 2 H100. I need just 32k on one L40S: Qwen3-32B fp8. Enough?", {"gpu": ("L40S",), "seq_len": (32768,)}),
        ("In the tutorial they use batch 16 on an A100. What batch can I use on a 3090 for lora of an 8B?", {"gpu": ("RTX 3090",), "batch_size": ()}),
        ("同事的机器是2张4090,他跑72B int4没问题。我的是一张3090,跑32B Q4_K_M行吗", {"gpu": ("RTX 3090",), "weight_format": ("gguf:Q4_K_M",)}),
        ("师兄之前在A6000上用bs=4跑的,给我的卡是3090,7B lora,bs能开多少", {"gpu": ("RTX 3090",), "batch_size": ()}),
        # said of what is asked about, and no run of theirs
        ("网上说14B的标准LoRA要50GB,QLoRA 15GB,真的吗", {"method": ("lora", "qlora")}),
    ],
)  # fmt: skip
def test_what_others_run_is_their_case(question: str, own: dict[str, tuple[Any, ...]]) -> None:
    facts = read(question).facts
    assert {name: facts.get(name, ()) for name in own} == own


@pytest.mark.parametrize(
    ("first", "then", "name", "values"),
    [
        ("Llama-3.1-8B bf16 in vLLM at 16k on an L4?", "before that it was on a T4. What about int8?", "gpu", ("L4",)),
        ("13B qlora on a 3090, 4096, batch 4", "batch 4 died, now at 2. fits?", "batch_size", (2,)),
        ("32B AWQ on a 4090, 8k, does it fit?", "I've since swapped the 4090 for two 3090s, same question", "gpu", ("RTX 3090",)),
        ("32B的AWQ,一张4090,8k,放得下吗", "之前说的4090卖了,现在是3090,16k呢", "gpu", ("RTX 3090",)),
    ],
)  # fmt: skip
def test_a_follow_up_tells_of_a_former_case_and_changes_nothing_by_that(
    first: str, then: str, name: str, values: tuple[Any, ...]
) -> None:
    assert read(then, read(first)).facts[name] == values


@pytest.mark.parametrize(
    ("question", "present"),
    [
        ("In 2022 we paid 11000 for an A100, today we could get an H200. Mixtral-8x22B in int8 on that one?", {"gpu": ("H200",)}),
        ("Until now we tuned a 7B on one A100 40GB. The new grant pays for four H100 80GB, LoRA on Qwen2.5-32B at 4096?",
         {"gpu": ("H100",), "n_gpus": (4,), "params": ()}),
        ("Up to now it was a 13B in int8 on an A6000. The plan is gemma-3-27b in bf16 on an H100. Enough?",
         {"gpu": ("H100",), "weight_format": ("bf16",), "params": ()}),
        ("到目前为止我们都是单张A100 40G微调7B。新项目批了4张H100,想做Qwen2.5-32B的LoRA,DDP够吗?", {"gpu": ("H100",), "n_gpus": (4,), "params": ()}),
        ("2023年花1万租过A100,今年有台H200,跑Mixtral-8x22B int8够吗?", {"gpu": ("H200",)}),
        ("去年单位分到2张V100,今年换成了4张L20,部署Qwen2.5-72B int4够不够", {"gpu": ("L20",), "n_gpus": (4,)}),
        # what is there still
        ("In 2024 I bought two 3090s, this year I got a 4090. Does a 70B Q4_K_M run on all three?", {"gpu": ("2 × RTX 3090 + RTX 4090",), "n_gpus": (3,)}),
        ("Now I have one 3090. Up to 32B in Q4_K_M should fit, right?", {"gpu": ("RTX 3090",), "params": (32_000_000_000,)}),
        ("刚申请到2张A100 80G,想全参微调Qwen3-4B,够吗", {"gpu": ("A100",), "n_gpus": (2,)}),
    ],
)  # fmt: skip
def test_what_was_until_now_is_over(question: str, present: dict[str, tuple[Any, ...]]) -> None:
    facts = read(question).facts
    assert {name: facts.get(name, ()) for name in present} == present


@pytest.mark.parametrize(
    ("question", "present"),
    [
        ("I was about to buy a 5080 but they are sold out, so 2x 5060 Ti 16GB instead. Qwen3-32B Q4_K_M at 8k?", {"gpu": ("RTX 5060 Ti",), "n_gpus": (2,)}),
        ("原打算买4090,没货,改买两张3090,Qwen3-32B Q4_K_M 16k行不行", {"gpu": ("RTX 3090",), "n_gpus": (2,)}),
        ("5090太贵了,4090跑Qwen3-32B Q4_K_M 8k够吗", {"gpu": ("RTX 4090",)}),
        ("Qwen3-8B in bf16 on an L4 with 8k, ok? The H100 quote was too expensive.", {"gpu": ("L4",)}),
        ("batch was 16 on the old A100 80GB, the new card is an L40S; Llama-3.1-8B LoRA at 2048, what bs now?", {"gpu": ("L40S",), "batch_size": ()}),
        ("升级前是1张A100 40G,升级后是2张L20,Qwen2.5-32B int8,32k,够吗", {"gpu": ("L20",), "n_gpus": (2,)}),
        ("Two boxes: 8x H100 (booked until May) and 2x A6000. LoRA of Qwen2.5-14B at 4k, which one?", {"gpu": ("RTX A6000",), "n_gpus": (2,)}),
        ("两台:8卡A800 80G(被占满了)和4卡L40S,Qwen2.5-14B LoRA 4k够吗", {"gpu": ("L40S",), "n_gpus": (4,)}),
        # what is asked about, or compared
        ("5090和4090哪个跑32B Q4更合适,5090是不是太贵了?", {"gpu": ("RTX 5090", "RTX 4090")}),
        ("升级前是A100 80G,升级后是H100 80G,Qwen2.5-7B LoRA显存差多少", {"gpu": ("A100 80 GB", "H100 80 GB")}),
        ("Two boxes: 8x H100 (idle) and 2x A6000. LoRA of Qwen2.5-14B at 4k, which one?", {"gpu": ("H100", "RTX A6000")}),
    ],
)  # fmt: skip
def test_what_cannot_be_had_or_was_left_is_no_card_of_the_case(
    question: str, present: dict[str, tuple[Any, ...]]
) -> None:
    facts = read(question).facts
    assert {name: facts.get(name, ()) for name in present} == present


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("Our 2x L40S run out with Qwen2.5-14B LoRA, zero2. Eva's box with 80GB cards runs it fine.", {"gpu": ("L40S",), "gpu_memory_gb": ()}),
        ("The docs recommend 2x H100, the blog uses an A100 80GB in int4. I own one RTX 6000 Ada: Llama-3.3-70B Q4_K_M, 8k?",
         {"gpu": ("RTX 6000 Ada Generation",), "n_gpus": (1,), "weight_format": ("gguf:Q4_K_M",)}),
        ("老李的机器是80G的卡,同样配置没问题。我两张L40S,Qwen2.5-14B LoRA zero2 会爆吗", {"gpu": ("L40S",), "n_gpus": (2,)}),
        ("My lab's box with 80GB A100s should run Llama-3.1-8B in full?", {"gpu": ("A100",), "gpu_memory_gb": (80,)}),
        ("Everything is on Bob's server with 8 H100: Llama-3.1-70B full, does it fit there?", {"gpu": ("H100",), "n_gpus": (8,)}),
    ],
)  # fmt: skip
def test_what_another_box_has_is_not_the_askers(question: str, own: dict[str, tuple[Any, ...]]) -> None:
    facts = read(question).facts
    assert {name: facts.get(name, ()) for name in own} == own


@pytest.mark.parametrize(
    ("question", "present"),
    [
        ("I would've loved 128k but 32k is what we settled for; Qwen2.5-32B AWQ on an A6000?", {"seq_len": (32768,)}),
        ("We would have preferred an H100, but it's an L40S: Qwen2.5-32B fp8 at 16k?", {"gpu": ("L40S",)}),
        ("本来想开128k,最后定了32k,Qwen2.5-32B AWQ,A6000", {"seq_len": (32768,)}),
        ("I would have liked to know whether Qwen3-8B fits a 4060 Ti 16GB", {"gpu": ("RTX 4060 Ti",)}),
    ],
)  # fmt: skip
def test_what_was_only_wished_for_is_none(question: str, present: dict[str, tuple[Any, ...]]) -> None:
    facts = read(question).facts
    assert {name: facts.get(name, ()) for name in present} == present


@pytest.mark.parametrize(
    "question",
    [
        "upgraded my 2080 to a 4080 in spring, 14B Q4?",
        "I swapped out the 1080 Ti for a 4080, Qwen3-14B Q4?",
        "把2080Ti换成4080了，Qwen3-14B Q4 能跑吗",
        "把旧的3060升级到4080了，14B Q4",
    ],
)
def test_a_card_that_gave_way_is_none_of_the_case(question: str) -> None:
    assert read(question).facts["gpu"] == ("RTX 4080",)


def test_a_card_that_may_give_way_is_still_there() -> None:
    assert len(read("should I upgrade my 2080 to a 4080 for Qwen3-14B Q6?").facts["gpu"]) == 2
