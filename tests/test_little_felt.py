"""What was hardly felt and why: a vision tower that is frozen, an optimizer of adapters that is moved or stored in fewer bits,
accumulation that is raised, and a rank that was thought to cost nothing."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 576M x 14 B / 4
        ("I put freeze_vision_tower: true for full SFT of Qwen3-VL-8B, deepspeed z3, 4 A100 80GB, and it saves only 2 GB a card. Is the freeze even working?",
            "**The freeze works, there just is no more to save: the vision tower has 576M of 8.77B parameters", ("= 2.02 GB (1.88 GiB) on each, just the 2 GB that you saw", "The other 8.19B still train", "LoRA 14.8 GiB", "max_pixels")),
        ("Full fine-tune of Qwen2.5-VL-7B on 2x H100 with ZeRO-3: with the vision encoder frozen it went from 74 to 69 GB. Why so little?",
            "**The freeze works", ("= 4.74 GB (4.41 GiB) on each, just the 5 GB that you saw",)),
        ("gemma-3-27b-it full SFT, 8x H100 ZeRO-3: freezing the vision tower barely changes memory. Bug?",
            "**Freezing it can save no more, even where it is in effect: the vision tower has 423M of 27.4B parameters", ("= 0.74 GB (0.69 GiB) on each",)),
        ("全参微调 Qwen2.5-VL-7B,4 卡 A100 80G ZeRO-3,ViT 冻结后每卡才省了2GB,没生效?", "**冻结已生效，只是本来就只能省这么多：视觉塔只有 8.29B 参数中的 677M", ("正是您看到的 2 GB", "其余 7.62B 参数仍在训练")),
        ("Qwen3-VL-8B 全参,冻结视觉塔前 45G 冻结后 43G,怎么才降这么点", "**冻结即使生效，也只能省这么多", ("ZeRO-2/3 时再除以卡数",)),
        ("Qwen2.5-VL-7B LoRA on a 4090, freezing the vision tower made no difference. Why?", "**Beside adapters freezing the vision tower saves next to nothing", ("QLoRA 11.8 GiB",)),
    ],
)  # fmt: skip
def test_a_frozen_tower_that_is_hardly_felt_is_explained(question: str, opens: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert first.startswith(opens), first
    assert all(one in first for one in says), first
    assert "freeze" not in read(question).facts.get("method", ())


def test_freezing_as_a_way_to_tune_is_left_to_it() -> None:
    assert read("freeze tuning of Qwen2-VL-7B, the last 2 layers, vision tower frozen, on a 4090").facts["method"] == (
        "freeze",
    )
    assert "tower_little" not in read("Qwen3-VL-8B full SFT with the ViT frozen on 4x A100: does it fit?").cues
    assert "tower_little" not in read("How much does freezing the ViT of Qwen3-VL-8B save in full SFT?").cues


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Llama-3.1-8B LoRA all linear: r=16 peaks at 22GB, r=256 at 33GB. Aren't adapter parameters negligible?", "**From 33 GB to 22 GB is what theory says", "671M × 16 B = 10.0 GiB at 256"),
        ("Qwen2.5-7B LoRA 全部线性层,r=8 峰值 20G,r=256 变成 30G,适配器参数不是可以忽略吗?", "**您说的从 30 GB 降到 20 GB 与理论相符", "646M × 16 B = 9.62 GiB"),
        ("Raising lora rank from 16 to 256 on Llama-3.1-8B added 11 GB. Isn't the adapter negligible?", "**The 11 GB that came on top is what theory says", "an 8-bit optimizer"),
        ("Qwen2.5-7B LoRA,秩从16加到256,显存多了10G,LoRA参数不是很少吗", "**您说的多了 10 GB 与理论相符", "8 位优化器"),
    ],
)  # fmt: skip
def test_a_rank_that_costs_more_than_was_thought_is_a_sum(question: str, opens: str, says: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:300]
    assert says in text


def test_a_count_of_what_trains_is_still_counted() -> None:
    assert opening("How many trainable parameters has LoRA r=16 on Llama-3.1-8B?").startswith(
        "**Llama-3.1-8B-Instruct: adapters of rank 16 train 41,943,040 parameters."
    )


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # 207M x 12 B of gradients and moments
        ("LoRA r=16 on Llama-3.3-70B bf16, 4x A100 40GB ZeRO-3, OOM. Turned on offload_optimizer, no change at all. Why?", "only the adapters have gradients and states, 207M × 12 B = 2.49 GB, 0.62 GB on each of 4 cards"),
        ("LoRA on Mixtral-8x7B, 2x A100 40GB zero3, CPU offload of the optimizer doesn't reduce anything and it OOMs", "Offloading the optimizer can hardly be felt"),
        ("QLoRA Qwen2.5-32B 4090 爆显存,加了 offload_optimizer cpu 一点没变,为什么", "offload 优化器几乎省不了：基座冻结，只有适配器有梯度和优化器状态，134M × 12 字节"),
        ("QLoRA Qwen2.5-14B on a 3090, seq 8192, OOM at the loss. Switched to paged_adamw_8bit, no help", "It is not the optimizer, in 8 bits or paged: beside a frozen base only the adapters have states, 68.8M × 8 B"),
        ("Mistral-Nemo 12B QLoRA 4090 8192 长度,第一步算 loss 时 OOM,换成 8 位 adamw 也没用", "问题不在优化器，换 8 位或分页都省不了多少"),
    ],
)  # fmt: skip
def test_states_of_adapters_are_too_few_for_a_measure_on_them(question: str, says: str) -> None:
    assert says in opening(question), opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "Full fine-tune of Qwen2.5-7B on 2x 3090 with offload_optimizer OOMs, why?",
        "QLoRA Qwen2.5-14B on a 3090, seq 8192, OOM at the loss",
    ],
)
def test_states_that_are_many_or_not_spoken_of_are_not_called_few(question: str) -> None:
    text = answer_to(question)
    assert "hardly be felt" not in text
    assert "It is not the optimizer" not in text


@pytest.mark.parametrize(
    ("question", "steps", "says"),
    [
        ("Mistral-Small-24B QLoRA, A100 40GB, seq 4096, per_device_train_batch_size 4, gradient_accumulation 4: OOM. Was told to raise accumulation, put 16, same OOM", 4, ("1 × 16 is the same effective batch as 4 × 4 = 16", "Check that gradient checkpointing is on")),
        ("Qwen2.5-14B LoRA on A100 40GB, batch 8, accumulation 2, OOM at 4k. Raised gradient_accumulation_steps from 2 to 8, still OOM", 2, ("1 × 16 is the same effective batch as 8 × 2 = 16",)),
        ("Qwen2.5-14B QLoRA 4090,per_device_train_batch_size 8,梯度累积 2 爆显存,让我把累积调大,改到 16 还是一样爆", 2, ("1 × 16 与 8 × 2 = 16 的等效批大小和梯度相同", "另请确认已开启梯度检查点")),
        ("Llama-3.1-8B LoRA on a 4090, seq 4096, batch 4: OOM. increased accumulation to 32, it still OOMs", 32, ("the micro-batch decides",)),
    ],
)  # fmt: skip
def test_accumulation_that_was_raised_in_vain_leaves_the_batch_that_is_wanted(
    question: str, steps: int, says: tuple[str, ...]
) -> None:
    assert read(question).facts["grad_accum"] == (steps,)
    text = answer_to(question)
    assert all(one in text for one in says), text[:900]
    assert "ot understood" not in text
    assert "没有读懂" not in text


def test_steps_go_with_the_batch_that_failed() -> None:
    text = answer_to(
        "Qwen2.5-7B QLoRA on a 4090 at 2048: bs 8 x accum 2 dies, bs 1 x accum 16 runs, same effective batch?"
    )
    assert "1 × 16 is the same effective batch as 8 × 2 = 16" in text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("accelerate launch, 8 processes, FSDP, Mistral-Small-24B on 8x H100, 256GB RAM: killed with signal 9 in from_pretrained while the GPUs are empty. 47GB checkpoint, how?", "only once they are loaded"),
        ("accelerate 8 进程 FSDP 训练 Mistral-Small-24B,8 卡 H100,内存 256G,from_pretrained 时被 kill,显卡还是空的,为什么", "加载完才切分到各卡"),
    ],
)  # fmt: skip
def test_cards_are_empty_until_the_weights_are_loaded(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("QLoRA on Qwen2.5-32B, 2x 3090 with DDP: each card uses the same as one card. Shouldn't it be half?", "**Data parallel (DDP) keeps a whole copy on every card"),
        ("LoRA Qwen2.5-14B 两张 4090 DDP,每张卡占用和单卡一样,不是应该减半吗?", "**数据并行（DDP）在每张卡上都保留完整的一份"),
        ("Llama-3.1-8B full fine-tune on 4x A100 80GB ZeRO-2, micro-batch 2 accumulation 8. Raising accumulation to 32 added 3 GB. Why?", "**Gradient accumulation by itself neither saves nor costs memory"),
    ],
)  # fmt: skip
def test_what_is_held_against_one_card_or_comes_on_top_is_no_amount_that_is_held(question: str, opens: str) -> None:
    assert opening(question).startswith(opens), opening(question)


@pytest.mark.parametrize(
    ("question", "trains"),
    [
        ("Gemma-3-12b full FT: froze the first 24 of 48 layers but memory dropped only 40%. Why not half?", 24),
        ("Froze the first 20 layers out of 32 of Mistral-7B, how much VRAM to train the rest?", 12),
        ("Qwen2.5-7B 全参,28层冻结前14层,显存只降了40%,为什么不是一半?", 14),
        # 48 layers, and 32
        ("Full SFT of Qwen2.5-14B, I froze the first 24 layers. Memory on 4x A100 80G?", 24),
        ("全参微调 Qwen2.5-14B,冻结前 40 层,4 张 A100 80G 够吗", 8),
        ("freeze the bottom 20 layers of Llama-3.1-8B and train the rest, 1x A100 80GB", 12),
    ],
)
def test_of_first_layers_that_are_frozen_the_others_train(question: str, trains: int) -> None:
    assert read(question).facts["n_trainable_layers"] == (trains,)
    assert "freeze" in read(question).facts["method"]


def test_first_layers_of_adapters_are_no_way_to_tune() -> None:
    assert "n_trainable_layers" not in read("LoRA of Llama-3.1-8B, froze the first 16 of 32 layers too").facts
    assert "n_trainable_layers" not in read("LoRA of Llama-3.1-8B, froze the first 16 layers too").facts
    assert read("Qwen2.5-7B 冻结前20层,只训最后 4 层,24G 卡").facts["n_trainable_layers"] == (4,)
    tower = "Should I freeze the first 3 layers of the vision tower of Qwen2.5-VL-7B in full SFT?"
    assert "n_trainable_layers" not in read(tower).facts


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Gradient checkpointing on Qwen2.5-1.5B full finetune (bs 1, seq 1024) only took it from 29.8 to 27.4 GB. Is it not active?", "**It is at work: your 29.8 → 27.4 GB is 2.4 GB less", "8-bit Adam (10 B"),
        ("Full SFT of Qwen2.5-3B, 1024 tokens: with gradient checkpointing memory only dropped from 56 GB to 52 GB. Did it not work?", "**It is at work", "What it saves grows with the tokens"),
        ("Qwen2.5-1.5B全参，bs 1 长度1024，开了梯度检查点显存只从29.8G降到27.4G，是没生效吗？", "**已经生效：您看到的 29.8 → 27.4 GB", "纯 bf16（8 字节"),
    ],
)  # fmt: skip
def test_checkpointing_that_is_hardly_felt_is_at_work(question: str, opens: str, says: str) -> None:
    first = opening(question)
    assert first.startswith(opens), first
    assert says in first


@pytest.mark.parametrize(
    "question",
    [
        "Gradient checkpointing on Qwen2.5-1.5B full finetune, is it active by default?",
        "LoRA on Llama-3.1-8B, seq 512: gradient checkpointing only saves 1 GB, is it even working?",
        "How much does gradient checkpointing save for a 7B full finetune at 4096 tokens?",
    ],
)
def test_checkpointing_of_which_no_two_amounts_are_told_is_not_judged(question: str) -> None:
    assert "at work" not in opening(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 32 heads x 512² and x 8,192² x 2 B
        ("deepseek-coder-6.7b微调装了flash attention 2，长度512，显存跟没装一样，是没生效？", ("32 × 512² × 2 B = 16 MiB", "32 × 8192² × 2 B = 4.00 GiB", "长序列才明显")),
        ("Installed flash-attn for LoRA of Llama-3.1-8B at seq 512, memory is exactly the same as before. Is it not working?", ("At 512 tokens they are next to nothing, 32 × 512² × 2 B = 16 MiB a layer", "4.00 GiB at 8,192")),
    ],
)  # fmt: skip
def test_scores_of_short_samples_are_told_beside_those_of_long_ones(question: str, said: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in said), first
