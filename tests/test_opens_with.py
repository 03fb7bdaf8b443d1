"""What an answer opens with: what was asked, before the verdict that may stand behind it."""

import pytest

from tests.talking import answer_to


def first(question: str) -> str:
    """The opening of the answer, in narrow punctuation."""
    return answer_to(question).split("\n\n")[0].replace("（", "(").replace("）", ")")


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Our Qwen2.5-3B LoRA at 4096, batch 4, peaks at 37 GiB by max_memory_allocated. Where does it all go?", ("**The largest first: logits and loss", "weights", "that you see")),
        ("Mistral-7B QLoRA, 2048 tokens, batch 1: nvidia-smi shows 30GB. What are they spent on?", ("**The largest first: weights", "blocks that PyTorch keeps reserved")),
        ("max_memory_allocated is 60 GB for LoRA on Qwen2.5-14B, 2k, batch 1. Where do they go?", ("**The largest first: weights", "samples of about 12,700 tokens")),
        ("LoRA训Llama-3.1-8B,8k长度,batch 1,max_memory_allocated是29G,这29G都去哪了?", ("**从大到小:权重", "正是您看到的 29 GB")),
        ("QLoRA训14B,1k长度,bs1,max_memory_allocated 显示 12.5G,都是哪些东西占的?", ("从大到小:权重", "12.5 GB")),
    ],
)  # fmt: skip
def test_where_memory_goes_is_told_part_by_part(question: str, parts: tuple[str, ...]) -> None:
    opening = first(question).replace("：", ":").replace("，", ",")
    assert all(part in opening for part in parts), opening


def test_of_allocated_tensors_no_kept_block_is_the_rest() -> None:
    assert "blocks" not in first(
        "max_memory_allocated is 60 GB for LoRA on Qwen2.5-14B, 2k, batch 1. Where do they go?"
    )


@pytest.mark.parametrize(
    "question",
    [
        "vLLM takes 70GB for Qwen2.5-7B on an A100 80GB, where does it go?",
        "LoRA on Qwen2.5-7B at 8k went OOM on a 4090 with 23.5 GB used. Where does the memory go?",
    ],
)
def test_of_a_server_or_a_failed_run_the_cause_comes_first(question: str) -> None:
    assert "largest first" not in first(question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("A coworker says LoRA of Qwen3-4B takes just as much VRAM as a full fine-tune since the model is in memory anyway. True?", ("**No: LoRA takes", "full fine-tuning", "× 14 B")),
        ("I was told QLoRA doesn't save any memory on Llama-3.1-8B, as the base must be loaded too. Is that right?", ("**No: QLoRA takes", "in 16 bit")),
        ("Qwen2.5-7B LoRA on 2x A6000: does it need the same memory as full fine-tuning?", ("**No: LoRA takes", "per card")),
        ("朋友说LoRA和全量微调占的显存一样,因为基座都得加载,对不对?14B", ("**不对:LoRA 要", "全参要", "× 14 字节")),
        ("听说LoRA不省显存,因为模型还是要整个放进显卡,是真的吗?Llama-3.2-3B", ("**不对:LoRA 要",)),
        ("QLoRA跟全参显存没区别吧,反正模型都要加载", ("QLoRA 要", "全参要")),
    ],
)  # fmt: skip
def test_that_adapters_take_as_much_as_full_is_denied_with_both_figures(question: str, parts: tuple[str, ...]) -> None:
    opening = first(question).replace("：", ":")
    assert all(part in opening for part in parts), opening


@pytest.mark.parametrize("question", ["Is LoRA as good as full fine-tuning for a 13B?", "LoRA和全参训练效果一样吗,14B"])
def test_of_quality_no_memory_is_denied(question: str) -> None:
    assert not first(question).startswith(("**No", "**不"))


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("What does a Qwen2.5-1.5B draft model cost on top of Qwen2.5-72B-AWQ, 2x L40S, vLLM, 16k?", ("adds 1.66 GiB per card at 16,384 tokens", "a cache of its own")),
        ("Llama-3.1-70B AWQ on an H100 with Llama-3.2-1B as draft, 4k. How much more VRAM does the draft take?", ("adds 2.43 GiB at 4,096 tokens",)),
        ("Qwen2.5-32B-AWQ加Qwen2.5-0.5B草稿模型,单卡L40S,8k,草稿模型要多占多少显存", ("8,192 token 时多占 1.01 GiB",)),
        ("vllm投机解码:Qwen3-32B fp8,draft用Qwen3-0.6B,单卡A100 80G,4k,加上草稿模型会多吃多少", ("4,096 token 时多占 1.55 GiB",)),
    ],
)  # fmt: skip
def test_what_a_draft_adds_comes_before_what_fits(question: str, parts: tuple[str, ...]) -> None:
    opening = first(question)
    assert all(part in opening for part in parts), opening


@pytest.mark.parametrize(
    "question",
    [
        "Will Qwen2.5-72B AWQ with Qwen2.5-0.5B as the draft fit on one A100 80GB, 8k?",
        "Qwen2.5-72B AWQ加Qwen2.5-0.5B草稿模型,2张L40S放得下吗",
    ],
)
def test_whether_it_fits_with_a_draft_stays_the_verdict(question: str) -> None:
    opening = first(question)
    assert "fits" in opening or "放得下" in opening
    assert "草稿模型多占" not in opening
    assert "Qwen2.5-0.5B" not in opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mixtral-8x22B fp16 on 8x A100 80GB with vLLM: will enabling expert parallelism reduce VRAM per GPU?", "**No: "),
        ("Does EP=4 lower the memory of each card for Qwen3-30B-A3B bf16 on 4x L40S?", "**No: "),
        ("Qwen3-30B-A3B bf16, 2x A100 80GB: is it the same memory with EP and with TP only?", "**Yes, the same: "),
        ("Mixtral-8x7B bf16,4张A100 80G,开EP会省显存吗", "**不会变:开专家并行 4 每卡"),
        ("Qwen3-235B-A22B fp8,8卡H100,专家并行和张量并行每卡显存一样吗", "**一样:开专家并行 8 每卡"),
    ],
)  # fmt: skip
def test_whether_expert_parallel_changes_a_cards_memory(question: str, says: str) -> None:
    opening = first(question).replace("：", ":")
    assert opening.startswith(says), opening
    assert "without it" in opening or "不开" in opening


@pytest.mark.parametrize(
    "question",
    ["Qwen3-235B-A22B fp8, 8x H100, ep=8: does it fit?", "Mixtral-8x7B bf16,4张A100 80G,EP=4,放得下吗"],
)
def test_with_expert_parallel_told_the_verdict_stays_first(question: str) -> None:
    assert "fits" in first(question) or "放得下" in first(question)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("The CodeLlama-13B Q4_K_M file is 8 GB, yet llama.cpp wants three times as much at 16k on my 24GB card. Why?", ("**It is the KV cache: ", "All 40 heads keep keys and values of their own", "with 8 shared KV heads")),
        ("Why does Qwen3-8B in fp8 need more than twice its weights at 128k on an L40S?", ("**It is the KV cache: ", "8 KV heads")),
        ("Llama-2-13B Q4_K_M才8G,为什么llama.cpp开16k就要这么多显存?单卡3090", ("多出来的是 KV 缓存", "40 个头各存一份 K 和 V", "8 个 KV 头的 GQA")),
        ("Qwen2.5-7B Q8_0权重8G,为啥1M上下文要这么多显存", ("多出来的是 KV 缓存",)),
    ],
)  # fmt: skip
def test_why_more_than_the_weights_opens_with_the_cache_where_it_is_the_most(
    question: str, parts: tuple[str, ...]
) -> None:
    opening = first(question)
    assert all(part in opening for part in parts), opening


@pytest.mark.parametrize(
    "question",
    [
        "Why does Qwen3-14B in bf16 take 31 GB at 4k and not 28?",
        "Llama-2-13B Q4_K_M at 16k on a 24GB card, does it fit? Why does it take that much?",
        "为什么Qwen3-14B bf16推理要31G,4k上下文",
    ],
)
def test_where_weights_are_the_most_or_the_verdict_is_asked_the_cache_does_not_open(question: str) -> None:
    assert "It is the KV cache" not in first(question)
    assert "多出来的是 KV 缓存" not in first(question)


@pytest.mark.parametrize(
    "question", ["Why is the KV cache of Llama-2-13B so large at 8k?", "Llama-2-13B的KV缓存8k为什么这么大"]
)
def test_of_a_cache_whose_heads_share_nothing_that_is_said(question: str) -> None:
    assert "(MHA" in answer_to(question).replace("它是 MHA", "(MHA")


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Loaded Mistral-7B in bf16: memory_allocated 13.49 GiB, nvidia-smi 14.3 GiB, nothing generated yet. Memory leak?", ("**No leak: 13.49 GiB is just the weights", "0.81 GiB", "CUDA context")),
        ("from_pretrained Qwen3-8B fp16: torch.cuda.memory_allocated() is 15.26GiB but nvidia-smi says 16.0GiB, why?", ("**15.26 GiB is just the weights",)),
        ("刚加载完Qwen2.5-7B bf16,memory_allocated是14.19G,nvidia-smi显示15.0G,是不是泄漏了", ("**不是泄漏:14.19 GiB 正好是权重", "CUDA 上下文")),
        ("Qwen2.5-7B in 4-bit nf4: 7.6B*0.5 is 3.8 GB, memory_allocated says 5.4 GB, nvidia-smi 6.3. Why?", ("**5.4 GiB is just the weights", "only the linear layers are quantised", "stay in 16 bits, 2.18 GB")),
        ("bnb 4bit加载Qwen2.5-7B,memory_allocated 5.2G,nvidia-smi 6.3G,为什么不是3.8G", ("**5.2 GiB 正好是权重", "缩放系数(也量化）是 4.13 位", "只量化线性层")),
        ("nvidia-smi says 44 GiB, torch.cuda.max_memory_allocated()/1e9 = 33.2. Which of them do I really need?", ("**What the run needs is max_memory_allocated, 33.2 GB = 30.92 GiB", "13.1 GiB more")),
        ("max_memory_allocated()/2**30 = 21.4 but nvidia-smi 27.9 GiB, which one matters?", ("max_memory_allocated, 21.4 GiB,",)),
        ("print(torch.cuda.max_memory_allocated()/1e9)是40.0,nvidia-smi显示47.1GiB,按哪个算显存?", ("40 GB = 37.25 GiB",)),
    ],
)  # fmt: skip
def test_what_two_meters_show_of_one_run(question: str, parts: tuple[str, ...]) -> None:
    opening = answer_to(question).replace("（", "(").replace("：", ":")
    assert all(part in opening for part in parts), opening
    assert "bucketed" not in opening
    assert "分桶" not in opening


def test_where_more_is_allocated_than_the_weights_the_general_words_stay() -> None:
    assert "Neither is wrong" in first("LoRA on Mistral-7B: memory_allocated 21 GiB, nvidia-smi 37 GiB, is it a leak?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("In LLaMA-Factory's table, is QLoRA in 4 bits for 13B exactly half of 8 bits?", "No, not half: 12 ÷ 20 = 0.6."),
        ("LLaMA-Factory table, 7B: is 8-bit QLoRA half of 16-bit LoRA?", "No, not half: 10 ÷ 16 = 0.62."),
        ("LLaMA-Factory的表里70B的qlora 8bit是lora 16bit的一半吗", "是,正好一半:80 ÷ 160 = 0.5。"),
        ("llama-factory那张表7B的qlora 4bit和8bit各写多少?4bit是不是8bit的一半", "不是正好一半:6 ÷ 10 = 0.6。"),
    ],
)  # fmt: skip
def test_what_one_cell_of_the_table_is_of_another(question: str, says: str) -> None:
    text = answer_to(question).replace("，", ",").replace("：", ":")
    assert f"**{says}**" in text.partition("\n\n| ")[0]
    assert "GB" in text.split("\n\n")[0]


@pytest.mark.parametrize(
    "question", ["Is Qwen2.5-14B in 4 bits exactly half of 8 bits?", "LLaMA-Factory表里13B qlora 4bit写多少"]
)
def test_without_two_cells_there_is_no_ratio(question: str) -> None:
    assert "÷ 20" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says", "opens"),
    [
        ("LoRA or QLoRA for Mistral-7B on a T4 16GB at 1k? I think the T4 lacks bf16.", "**Right, cards before Ampere have no bf16", False),
        ("2080 Ti 22G上用QLoRA训Llama-3.1-8B,好像不支持bf16?", "**对,Ampere 之前的卡没有 bf16", False),
        ("LoRA of Mistral-7B in bf16 on a V100 32GB at 2k, ok?", "**Not in bf16: cards before Ampere", True),
        ("V100 32G全参微调Qwen2.5-0.5B,bf16,够吗", "**不能用 bf16。", True),
    ],
)  # fmt: skip
def test_a_training_in_bf16_on_a_card_without_it_is_told_fp16(question: str, says: str, opens: bool) -> None:
    text = answer_to(question).replace("，", ",")
    assert says in text
    assert "fp16: true" in text
    assert text.startswith(says) is opens


@pytest.mark.parametrize("question", ["LoRA of Mistral-7B in bf16 on an A10, ok?", "V100 32G LoRA Mistral-7B,2k够吗"])
def test_where_bf16_is_there_or_nobody_speaks_of_it_nothing_is_refused(question: str) -> None:
    text = answer_to(question)
    assert "Not in bf16" not in text
    assert "不能用 bf16" not in text


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Full fine-tuning of Qwen2.5-7B on one A100 80GB died at 8k; at 2k it runs fine. Why is the difference so big?", ("**What the change adds are logits and activations alone", "weights and states do not grow", "lighter ones")),
        ("Llama-3.1-8B full, single H100: batch 4 goes OOM, batch 1 works. Why?", ("**What the change adds are logits and activations alone", "lighter ones")),
        ("全参Qwen2.5-3B,单卡40G的A100,8k爆显存,改成2k就能跑,为啥差这么多", ("**差的只是 logits 和激活", "权重和状态不变", "更省的状态")),
        ("QLoRA训Mistral-7B,3090,batch 16 OOM,batch 2正常,为什么差这么多", ("**最可能的原因就是这次改动",)),
    ],
)  # fmt: skip
def test_why_fewer_tokens_run_opens_with_what_they_change(question: str, parts: tuple[str, ...]) -> None:
    opening = first(question)
    assert all(part in opening for part in parts), opening
    assert "只是少一些" not in opening


def test_whether_fewer_tokens_would_help_stays_the_verdict() -> None:
    assert "does not fit" in first("Qwen2.5-7B full fine-tuning on one 80GB card OOMs at 8k. Would 4k help?")


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("TRL GRPO of Qwen2.5-3B on 4x A100 80GB, vLLM on the same cards all the time: how is each card's memory divided?", ("**Of each card: rollout engine", "KV pool", "optimizer states", "together")),
        ("GRPO full on Qwen2.5-7B, 8x H100, enable_sleep_mode: how is the memory split between rollout and update?", ("**Each card in turn: while it generates, rollout engine", "in the update")),
        ("GRPO训Qwen2.5-3B,4张A100 80G,vllm和训练共卡一直占着,显存怎么分配", ("**每张卡:rollout 引擎", "KV 池", "优化器状态", "合计")),
        ("PPO训Qwen2.5-3B,8张H800,rollout和训练同卡,每张卡上都放些什么", ("**每张卡:rollout 引擎",)),
    ],
)  # fmt: skip
def test_how_a_card_is_divided_between_rollouts_and_update(question: str, parts: tuple[str, ...]) -> None:
    opening = first(question).replace("：", ":")
    assert all(part in opening for part in parts), opening


@pytest.mark.parametrize(
    "question",
    ["GRPO of Qwen2.5-3B on 4x A100 80GB colocated with vLLM, does it fit?", "GRPO训Qwen2.5-3B,4张A100 80G共卡,够吗"],
)
def test_whether_rollouts_fit_stays_the_verdict(question: str) -> None:
    assert "rollout" not in first(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("RAM required for ZeRO-3 with params and optimizer offloaded, full SFT of Qwen2.5-14B on 2x 4090? Our server has 384GB", "**Host memory: 220.1 GiB for what is offloaded, of 384.0 GiB: enough**"),
        ("How much system memory does ZeRO-3 offload of params and optimizer need, Llama-3.1-8B full on 2x 3090? I have 128GB RAM", "**Host memory: 119.7 GiB for what is offloaded, of 128.0 GiB: hardly enough, most likely too little**"),
        ("ZeRO-3参数和优化器都offload到CPU,全参Qwen2.5-14B,2张4090,内存需要多少?机器有192G内存", "**内存:放到内存的部分要 220.1 GiB,机器有 192.0 GiB,不够**"),
    ],
)  # fmt: skip
def test_how_much_ram_is_told_first(question: str, says: str) -> None:
    assert first(question).replace("：", ":").replace("，", ",").startswith(says)


@pytest.mark.parametrize(
    "question",
    [
        "Full fine-tuning of Llama-3.2-3B on 2x A6000, the box has 512 GB of RAM that I leave alone. Fits?",
        "全参Qwen2.5-3B,2张L40S,不用offload,内存512G,够吗",
    ],
)
def test_ram_that_nobody_asks_for_stands_last(question: str) -> None:
    parts = answer_to(question).split("\n\n")
    assert not any("Host memory" in one or "一台机器的内存" in one for one in parts[:3])


def test_loading_that_comes_near_the_ram_is_told_early() -> None:
    parts = answer_to("FSDP LoRA of a 70B on 2x H100, 128GB of RAM, enough?").split("\n\n")
    assert any("Host memory of a machine as the model is loaded" in one for one in parts[:4])


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Does a 3090 Ti have the same memory as a 4090?", "**The same: RTX 3090 Ti and RTX 4090 have 24 GB each.**"),
        ("Is there more VRAM on the 5080 or on the 4090?", "**Not the same: RTX 5080 16 GB, RTX 4090 24 GB, 8 GB more on the RTX 4090.**"),
        ("A40和L20显存一样吗?", "**一样:A40 PCIe 和 L20 都是 48 GB。**"),
        ("H200和H100的显存差别有多大", "**不一样:H200 是 141 GB,H100 是 80 GB,H200 多 61 GB。**"),
    ],
)  # fmt: skip
def test_whether_two_cards_have_the_same_memory(question: str, says: str) -> None:
    text = first(question).replace("：", ":").replace("，", ",")
    assert text.startswith(says), text


@pytest.mark.parametrize(
    "question",
    ["Is a GB of the download the same as a GB of VRAM?", "Does a gigabyte on disk equal a gigabyte on my GPU, the same GB?", "硬盘上的GB和显存的GB是一样的吗", "下载页写的GB跟显卡的GB是一回事吗"],
)  # fmt: skip
def test_a_gigabyte_of_a_file_is_none_of_a_card(question: str) -> None:
    text = first(question)
    assert text.startswith(("**No: files are told in GB of 10^9", "**不一样"))
    assert "0.93" in text


@pytest.mark.parametrize(
    "question",
    ["4090 or 3090 for Qwen3-14B?", "Do Mistral-7B and Llama-3.1-8B need the same VRAM?", "Do two 3090 have the same memory as one A6000 for a 70B Q4?"],
)  # fmt: skip
def test_with_a_model_the_cards_are_judged_by_it(question: str) -> None:
    assert not first(question).startswith(("**The same: ", "**Not the same: "))


@pytest.mark.parametrize(
    ("question", "price", "saves"),
    [
        ("Qwen2.5-7B LoRA on a 3090 at 2k, fits? And what does activation checkpointing cost?", "about half more computing", "Without checkpointing the layers keep"),
        ("Full fine-tuning of Qwen2.5-1.5B on an L40S at 4k, enough? What is the downside of gradient checkpointing?", "about a third more computing", "Without checkpointing the layers keep"),
        ("QLoRA Qwen2.5-14B 单卡3090 2k够吗?重计算有什么代价?", "计算量约多一半", "不开重计算"),
    ],
)  # fmt: skip
def test_what_checkpointing_costs_stands_behind_the_verdict(question: str, price: str, saves: str) -> None:
    parts = answer_to(question).split("\n\n")
    assert price not in parts[0]
    assert any(price in one and saves in one for one in parts[1:4]), parts[:4]


@pytest.mark.parametrize("question", ["What is the price of gradient checkpointing?", "梯度检查点的代价是什么"])
def test_of_no_model_the_price_of_checkpointing_is_told_alone(question: str) -> None:
    assert first(question).startswith(("**Time, and no quality", "**代价是时间"))


@pytest.mark.parametrize(
    "question",
    ["QLoRA of Qwen2.5-7B with gradient checkpointing on a 3090 at 4k, fits?", "LoRA Qwen2.5-7B单卡3090要花多少钱"],
)
def test_a_setting_that_is_only_told_has_no_price(question: str) -> None:
    text = answer_to(question)
    assert "costs time and no quality" not in text
    assert "重计算的代价" not in text


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Full fine-tuning of Llama-3.1-70B with FSDP on 4 nodes of 8x A100 80GB: is memory or the network the bottleneck?", ("**Not the memory: ", "The network is what you wait for below about", "Gbit/s")),
        ("ZeRO-3 full Qwen2.5-72B on 2x8 A100 80GB, what is the bottleneck, VRAM or interconnect?", ("Memory", "The network is what you wait for below about")),
        ("2机16卡H100 FSDP全参Qwen2.5-32B,瓶颈在网络还是显存", ("显存不是瓶颈", "Gbit/s 时就是瓶颈")),
        ("四台8卡A100 80G用ZeRO-3全参70B,会卡在显存还是通信", ("显存不是瓶颈", "Gbit/s 时就是瓶颈")),
    ],
)  # fmt: skip
def test_whether_network_or_memory_is_in_the_way(question: str, parts: tuple[str, ...]) -> None:
    opening = first(question)
    assert all(part in opening for part in parts), opening


@pytest.mark.parametrize(
    "question",
    ["Full fine-tuning of Llama-3.1-70B with FSDP on 2x8 A100 80GB, enough memory?", "Is memory bandwidth the bottleneck for Llama-3.1-8B on a 4090?"],
)  # fmt: skip
def test_without_a_network_it_is_no_bottleneck(question: str) -> None:
    assert "Gbit/s" not in first(question)


@pytest.mark.parametrize(
    "question",
    [
        "Train an RM of 3B on 2x A6000, does it fit?",
        "I want to train an RM of Qwen2.5-7B with LoRA on one L40S",
        "train_rm with OpenRLHF, Llama-3.2-3B, 4x 4090, ZeRO-3, ok?",
        "训练RM,基座Qwen2.5-3B,单卡A100 80G全参,够吗",
        "用Llama-3.1-8B训奖励模型,2张H100",
    ],
)
def test_a_reward_model_is_read_and_explained(question: str) -> None:
    text = answer_to(question)
    assert "A reward model has no logits over the vocabulary" in text or "奖励模型没有词表那么宽的 logits" in text
    assert "fits with LoRA or QLoRA" not in first(question)


@pytest.mark.parametrize(
    "question",
    [
        "GRPO of Qwen2.5-7B on 8x A100 80GB, fits?",
        "Llama-3.1-8B full on 4x A100 80GB; then I rm -rf the checkpoints. Fits?",
    ],
)
def test_without_a_reward_model_none_is_explained(question: str) -> None:
    assert "A reward model has no logits" not in answer_to(question)
