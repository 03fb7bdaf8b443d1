"""What was seen, or stands in a table, is held against what should be; parts of one question stand in the order in which they are asked."""

import pytest

from chat.plans.apart import calls_of
from chat.reads.grammar import read
from tests.talking import answer_to, embedded


@pytest.mark.parametrize(
    ("question", "opens", "wanted"),
    [
        (
            "Training all of Qwen2.5-32B with ZeRO-3 offload: RAM went to 560 GB, then the OOM killer came. Is that normal?",
            "**Yes, that is normal. Host RAM",
            "660 GB",
        ),
        ("14B 全参 zero3 offload，内存冲到280G进程被系统杀掉，正常吗？", "**正常。耗尽的是主机内存", "330 GB"),
        ("7B 全量微调 zero3 offload，内存吃到800G被kill，正常吗", "**不正常", "130 GB"),
    ],
)
def test_so_much_ram_is_judged_where_that_is_asked(question: str, opens: str, wanted: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert wanted in told


def test_what_the_card_holds_while_ram_grows_is_no_ram() -> None:
    told = embedded().ask(
        "Full fine-tuning Qwen2.5-14B, ZeRO-3 offload, 4x A100 40GB: cards sit at 12 GB but RAM hit 250 GB, killed. Normal?"
    )
    assert "host_memory_gb" not in told.said


@pytest.mark.parametrize(
    "question",
    [
        "Mistral-7B full fine-tuning, 8x A100 80GB: ZeRO-1 62 GB, ZeRO-2 50 GB, ZeRO-3 38 GB on each GPU. Does that match the theory?",
        "Qwen2.5-14B 全参，8张H100，zero2每卡70G，zero3每卡45G，和理论对得上吗？",
    ],
)
def test_stages_that_were_measured_are_not_estimated_again(question: str) -> None:
    told = answer_to(question)
    assert "| " not in told
    assert ("no stage divides" in told) or ("任何阶段都不切分" in told)


def test_cards_counted_for_two_formats_are_of_one_program() -> None:
    told = answer_to("Qwen3-235B-A22B 用 bf16 部署要几张 H100？换成 fp8 呢？").split("\n\n")
    assert told[1].startswith("其他格式")
    assert "FP8：" in told[2]
    assert "= 237 GB" in told[2]
    assert told[0].count("73.3 GiB") == told[2].count("73.3 GiB") == 1 or "73.3 GiB" in told[0]
    assert not any(one.startswith("其他格式") for one in told[2:])


def test_a_format_that_is_counted_already_is_not_counted_again() -> None:
    told = answer_to("How many H200 for DeepSeek-R1 in bf16? And in FP8?")
    assert told.count("FP8: **") == 1


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "LLaMA-Factory lists 2x GB for LoRA under xB, which makes 26 GB for 13B, yet its 13B cell is 32. Why the gap?",
            ["2x is 2 B for each parameter, the 16-bit weights alone", "13B × 2 B = 26 GB", "32 GB has 6 GB more"],
        ),
        ("LLaMA-Factory 表 30B LoRA 那格是 64，xB 写 2x，按 2x 只有 60，差在哪", ["口径不同", "30B × 2 B = 60 GB", "多出的 4 GB"]),
        ("表里全参 7B 写 120G，可 xB 是 18x，那不是 126 吗", ["18x 即每参数 18 字节", "7B × 18 B = 126 GB", "手工取整"]),
    ],
)  # fmt: skip
def test_a_rule_and_a_cell_of_the_table_are_of_different_things(question: str, says: list[str]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full fine-tuning Qwen2.5-7B: does DPO or GRPO take more memory?", "**GRPO also generates as the policy trains, DPO does not"),
        ("Llama-3-8B 全参，8 张 H100，DPO、GRPO、PPO 各要多少显存？", "**GRPO、PPO 训练时还要生成（rollout），DPO 不用"),
    ],
)  # fmt: skip
def test_rollouts_are_told_beside_objectives_without_them(question: str, says: str) -> None:
    assert answer_to(question).split("\n\n")[1].startswith(says)


def test_objectives_without_rollouts_are_told_of_none() -> None:
    assert "generat" not in answer_to("KTO or DPO for 13B QLoRA on a 4090, which needs less?").split("The price")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Task Manager shows 8 GB dedicated + 16 GB shared = 24 GB on my 4060, so a 13B in fp16 loads, right?",
        "任务管理器里专用 12G + 共享 16G = 28G，14B fp16 能加载吧？",
    ],
)
def test_memory_that_windows_lends_is_none_of_the_card(question: str) -> None:
    told = answer_to(question)
    assert told.startswith(("**Shared GPU memory is no VRAM", "**共享 GPU 内存不是显存"))
    assert "arithmetic itself" not in told


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("机器里一张 4090 一张旧的 3080 10G，合计 34G，vLLM tp=2 跑 14B bf16 爆显存，为什么？", 2),
        ("My box: a 3090, an old 2080 Ti 11GB, 35 GB in all. vLLM TP=2 with Qwen3-14B bf16 runs out, why?", 2),
    ],
)
def test_an_old_card_beside_another_is_of_the_same_machine(question: str, cards: int) -> None:
    answer = embedded().ask(question)
    assert answer.said["n_gpus"] == (cards,)
    assert "tensor parallel" in answer.text.lower() or "张量并行" in answer.text


def test_of_two_cards_one_is_to_be_chosen() -> None:
    assert len(embedded().ask("手上一张 4090 一张 A6000，LoRA 13B 选哪张").said["gpu"]) == 2


@pytest.mark.parametrize(
    "question",
    [
        "Command-R v01 at Q4_K_M is a bit over 20 GB, so why does -c 32768 eat another 40 GB? Other 30B models don't.",
        "Command-R v01 的 Q4 也就 20G 出头，为啥 -c 32768 又吃掉 40G，别的 30B 级模型没这样",
    ],
)
def test_a_file_of_about_that_size_is_no_card_and_others_models_are_none_of_the_case(question: str) -> None:
    answer = embedded().ask(question)
    assert not {"gpu_memory_gb", "params"} & set(answer.said)
    assert answer.text.startswith(
        ("**c4ai-command-r-v01 has no GQA: all 64 heads", "**多出来的是 KV 缓存", "**c4ai-command-r-v01 没有 GQA")
    )
    assert "64 " in answer.text.split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-VL-7B LoRA on a 4090 at batch 1, photos are 4K, OOM on the first step; text-only data is fine.",
        "Qwen2.5-VL-7B LoRA，4090，图都是 4K 原图，第一步就爆显存，纯文本没事",
    ],
)
def test_a_resolution_by_name_is_no_length(question: str) -> None:
    answer = embedded().ask(question)
    assert "seq_len" not in answer.said
    assert "3840 × 2160" in answer.text.split("\n\n")[0]


def test_what_is_so_already_is_no_cure_of_large_pictures() -> None:
    told = answer_to(
        "LoRA on Qwen2.5-VL-7B, A100 40GB: 4 photos of 4096x3072 per sample OOM at batch 1, vision tower frozen."
    )
    cures = told.split("Then ")[1].split(". ")[0]
    assert "fewer pictures" in cures
    assert "micro-batch" not in cures
    assert "frozen" not in cures


def test_tokens_of_a_sample_are_no_rate() -> None:
    assert "training_time" not in read("LoRA on Qwen2.5-3B, 4k tokens per sample, 16GB card?").intents


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Phi-4 at Q8_0 with 16k of context on a 16GB 4080: does it fit, and if not which quant?", ["200 KiB a token", "nearly fills it", "Q5_K_M (13.6 GiB) is the safe choice"]),
        ("16G 的 4060 Ti 跑 Phi-4 16k，Q8_0 不行的话用哪个量化", ["每 token 200 KiB", "几乎占满"]),
    ],
)  # fmt: skip
def test_the_largest_format_that_nearly_fills_a_card_is_told_with_a_safe_one(question: str, says: list[str]) -> None:
    assert all(one in answer_to(question) for one in says)


def test_of_a_file_the_embedding_stays_in_ram() -> None:
    told = answer_to("ollama qwen3:8b is a 5.0 GB file, but ollama ps shows 11 GB with num_ctx 40960. Is that normal?")
    assert "of a file of about 5.0 GB; its embedding stays in RAM" in told.split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "PPO with a 7B actor, critic, reference model and reward model on 8x H800 80GB, ZeRO-3: does it fit?",
        "PPO 全参 7B，actor、critic、ref model、rm 都是 7B，8 张 H800 zero3，放得下吗",
    ],
)
def test_whether_all_fit_is_no_doubt_about_the_reference(question: str) -> None:
    told = answer_to(question)
    assert not told.startswith(("**Not always", "**不一定"))
    assert "on each of 8 cards" in told or "切分到 8 张卡每张" in told


def test_too_few_bits_are_told_with_a_smaller_model_in_four() -> None:
    told = answer_to(
        "LLaMA-Factory's table has 16 GB for 30B in 2-bit QLoRA, and my 5070 Ti has 16 GB: can I go for 32B?"
    )
    assert "by the same table 13B with 12 GB" in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full fine-tuning Qwen2.5-14B on 4x A100 40GB, ZeRO-3, no offload please, the box has 96 GB of RAM. Does it fit?", "the 96 GB of RAM would not hold it"),
        ("全参微调 20B，8张4090，zero3，不想开 offload，内存 128G，放得下吗", "机器的 128 GB 内存也不够"),
    ],
)  # fmt: skip
def test_offload_that_is_ruled_out_is_told_where_the_ram_would_not_hold_it(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("from_pretrained of Qwen2.5-72B on 4x A100 80GB with 128GB RAM: process killed", ("145 GB (135.4 GiB) in 16 bit", "128 GB of RAM suffice: the files pass one by one")),
        ("transformers 加载 Qwen2.5-72B 到两张 A100 80G,内存 64G,进程被 killed,要多少内存", ("16 位要 145 GB", "64 GB 内存也够")),
        # each rank of a training reads its own
        ("FSDP training of Llama-3.1-70B on 8x A100: exit code -9 while loading", ("each of 8 processes reads the whole checkpoint",)),
    ],
)  # fmt: skip
def test_a_script_that_serves_reads_the_weights_once(question: str, said: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Adam states for a 7B: 56GB in fp32. On 8 GPUs with ZeRO-1 each should have 7GB but I measure 10.5GB. Why?", "**What is missing is the fp32 copy of the weights, 4 B per parameter"),
        ("7B 的 Adam 状态 fp32 是 56GB，8 卡 ZeRO-1 每张该是 7G，实测却是 10.5G，为什么", "**少算的是 fp32 主权重"),
        # neither amount is such a share
        ("7B full fine-tuning on 8 GPUs with ZeRO-1: each should have 20 GB but I measure 39 GB. Why?", "**It is in force"),
    ],
)  # fmt: skip
def test_a_share_of_the_moments_alone_lacks_the_copy_of_the_weights(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Is it normal that ZeRO-3 with CPU offload for Qwen2.5-14B uses 230GB of system RAM? I only have 256GB", "**Yes, that is normal. What is offloaded lies in host RAM: offloaded weights, gradients and Adam states take 14.8B × 16 B = 236 GB (220.1 GiB) there; you see 230 GB, and the machine has 256 GB."),
        ("Qwen2.5-14B 全参 zero3 offload 吃了 230G 内存，正常吗？机器一共 256G", "**正常。offload 的部分都在内存里"),
        ("Full fine-tuning of Llama-3.1-8B with DeepSpeed ZeRO-3 offload eats 400GB RAM. Is that expected?", "**No, that is more than it should take."),
        ("Qwen2.5-7B full, ZeRO-2 offload optimizer. CPU memory climbs to 95GB, is this a leak?", "**No leak. What is offloaded lies in host RAM: offloaded gradients and Adam states take"),
        # no RAM was seen
        ("ZeRO-3 offload of a 32B full fine-tune: how much system RAM? I only have 256GB", "**Host memory: 488.2 GiB for what is offloaded, of 256.0 GiB: too little"),
    ],
)  # fmt: skip
def test_ram_that_a_run_holds_is_told_against_what_is_offloaded(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("全参 1.5B 用了 4 张 3090 zero2，单步显存 19G，换成 2 张还能跑吗", "**2 张卡时每张约 23.6 GB，几乎占满 24.0 GiB"),
        ("Full fine-tune of 3B takes 19 GB per card on 4x 3090 ZeRO-2. Can I go down to 2?", "**About 30.2 GB on each of 2 cards, more than the 24.0 GiB there are"),
        ("Qwen2.5-7B full FT on 8 GPUs ZeRO-3 uses 38GB each at bs 2. If I use 16 GPUs what will each take?", "**About 30.4 GB on each of 16 cards"),
        ("7B full fine-tune zero-3: 4 cards 52 GB each. How many GB with 8?", "**About 38.5 GB on each of 8 cards"),
        ("LoRA 13B 每卡 30G，2 卡 DDP，加到 4 卡会少吗", "**还是约 30 GB：没有切分"),
    ],
)  # fmt: skip
def test_what_another_count_of_cards_takes_goes_by_what_was_seen(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "Full fine-tune of Llama-3.1-8B on 4 cards of 80 GB each or on 8, ZeRO-3?",  # what cards have
        "Can I bring a 7B LoRA down to 16 on my 24GB card?",  # GB, and no cards
    ],
)
def test_no_other_count_is_asked_where_none_was_seen(question: str) -> None:
    assert not any(
        line.startswith("asked_at") for name, args in calls_of(read(question)) for line in args.get("log", ())
    )


def test_what_each_card_takes_is_no_size_of_the_card() -> None:
    question = "Qwen2.5-7B full fine-tune on 8x H100: 44 GB each with ZeRO-3, is that right?"
    assert "gpu_memory_gb" not in read(question).facts
    assert answer_to(question).startswith("**More than it takes here: about 27.7 GB (25.8 GiB)")


def test_a_size_that_the_card_is_sold_with_or_modded_to_stays_its_own() -> None:
    assert read("2x A100 40GB each, 70B int4?").facts["gpu_memory_gb"] == (40,)
    assert read("4x 4090 48GB each, 72B AWQ fits?").facts["gpu_memory_gb"] == (48,)


@pytest.mark.parametrize(
    "question",
    [
        "OOM only on rank 0 when training with accelerate on 4 GPUs, others have 10GB free. Llama-2-13B LoRA",
        "只有 rank0 爆显存，其他卡还空 10G，4 卡 LoRA 13B",
    ],
)
def test_what_is_left_on_other_cards_is_no_size_of_a_card(question: str) -> None:
    assert "gpu_memory_gb" not in read(question).facts


def test_active_parameters_are_no_activations() -> None:
    assert "activations" not in read("Qwen1.5-MoE-A2.7B 全参，显存怎么算，激活参数少是不是能省").topics
    assert "activations" in read("7B 训练的激活怎么算").topics


def test_a_size_in_front_of_a_format_is_the_cards() -> None:
    assert read("模型 14B 在 24G 上 int8 推理 15G，为什么并发 20 后 OOM").facts["gpu_memory_gb"] == (24,)
