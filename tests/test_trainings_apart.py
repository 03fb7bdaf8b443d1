"""Two ways of one training, or a training and a run of the same model, set against each other: what makes the difference opens."""

import pytest

from chat.plans.apart import calls_of
from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("LoRA on Qwen2.5-14B trains half a percent of it, so why does it take more VRAM than inference?", "**Because of what the backward pass needs, not of what trains: running Qwen2.5-14B-Instruct on 2,048 tokens takes 28.9 GiB", "LoRA takes 33.8 GiB with gradient checkpointing, 56.0 GiB without"),
        ("How come my QLoRA of Llama-3.1-8B is heavier on memory than running the model in 4 bit?", "**Because of what the backward pass needs, not of what trains: running Llama-3.1-8B-Instruct on 2,048 tokens takes 6.58 GiB", "What trains is little: 41.9M parameters (0.52 %)"),
        ("Serving Mistral-7B needs 16 GB, LoRA 27 GB, why when the base is frozen?", "**Because of what the backward pass needs", "13.3 GiB, 0.53 GiB with checkpointing"),
        ("LoRA tuning of Qwen2.5-7B takes 23GB while inference takes 16GB. Isn't the base frozen?", "**Because of what the backward pass needs", "running Qwen2.5-7B-Instruct on 2,048 tokens takes 15.4 GiB"),
        ("shouldn't LoRA be about the same as inference in memory, the base being frozen? Qwen3-14B", "**Because of what the backward pass needs", "LoRA takes 33.6 GiB with gradient checkpointing, 56.4 GiB without"),
        ("只训练千分之几的参数，为什么Qwen3-8B的LoRA微调显存比推理大", "**差别来自反向传播要用的中间结果，而不是训练了多少参数", "LoRA 要 20.9 GiB，不开重计算要 36.5 GiB"),
        ("4bit推理14B只要11G，QLoRA却要17G，怎么多这么多", "**差别来自反向传播要用的中间结果", "真正训练的很少：68.8M 参数"),
        ("微调为啥比推理吃显存，13B", "**因为被训练的参数都有梯度和优化器状态", "13B 推理（2,048 token）要"),
    ],
)  # fmt: skip
def test_why_tuning_takes_more_than_a_run_opens_with_both_needs(question: str, opens: str, says: str) -> None:
    head = opening(question)
    assert head.startswith(opens), head
    assert says in head


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("full fine-tune of Qwen2.5-3B at 1024 tokens: batch 32 or accumulation of 32, how much memory apart?", "**Accumulation takes what its micro-batch alone takes, not what the whole batch does: micro-batch 1 × 32 steps about 49.1 GiB, batch 32 at once 105.3 GiB", "logits and loss 55.6 GiB → 1.74 GiB"),
        ("batch 2 with gradient accumulation 8 vs batch 16, LoRA of Qwen3-8B: VRAM?", "**Accumulation takes what its micro-batch alone takes, not what the whole batch does: micro-batch 2 × 8 steps", "for the same effective batch of 16"),
        ("is a batch of 16 the same memory as gradient_accumulation_steps=16 for QLoRA on a 14B?", "**Accumulation takes what its micro-batch alone takes, not what the whole batch does: micro-batch 1 × 16 steps", "weights 9.25 GiB; gradients are summed in one buffer"),
        ("do I save memory with accumulation 8 and batch 1 instead of batch 8? Qwen3-4B LoRA at 4k", "**Accumulation takes what its micro-batch alone takes, not what the whole batch does: micro-batch 1 × 8 steps about 17.0 GiB", "batch 8 at once 73.9 GiB (4.4 times as much)"),
        ("accumulation 32 instead of batch 32 on a 7B: same memory as batch 1?", "**Accumulation takes what its micro-batch alone takes, not what the whole batch does: micro-batch 1 × 32 steps", "small micro-batches only use the card less well"),
        ("bs=16 ga=1 和 bs=1 ga=16 差多少显存，14B QLoRA", "**梯度累积只占它那个 micro-batch 的显存，而不是整个批次的：micro-batch 1 × 累积 16 步", "批大小 16 一次算完约 86.4 GiB（5.5 倍）"),
        ("Qwen2.5-7B的LoRA，批大小8和累积8步显存差多少", "**梯度累积只占它那个 micro-batch 的显存，而不是整个批次的：micro-batch 1 × 累积 8 步约 19.7 GiB，批大小 8 一次算完约 48.4 GiB", "有效批大小都是 8"),
        ("3B全参，用梯度累积16代替batch 16，显存各多少", "**梯度累积只占它那个 micro-batch 的显存，而不是整个批次的：micro-batch 1 × 累积 16 步", "优化器状态 35.9 GiB"),
    ],
)  # fmt: skip
def test_the_same_batch_in_steps_and_at_once_stand_beside_each_other(question: str, opens: str, says: str) -> None:
    head = opening(question)
    assert head.startswith(opens), head
    assert says in head


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("does it take more memory to pretrain Llama-3.1-8B than to fine-tune it in full?", "**The same memory: at equal precision, optimizer, batch and length training from scratch takes what full fine-tuning does, for Llama-3.1-8B-Instruct about 121.4 GiB either way: 8.03B × 16 B"),
        ("is the VRAM of pretraining and of full fine-tuning a 1.5B the same?", "**The same memory: at equal precision"),
        ("why do people need so many more GPUs for pretraining than for fine-tuning a 7B?", "**The same memory: at equal precision"),
        ("从零训练3B和全量微调3B，显存一样吗", "**显存一样：精度、优化器、批大小和长度相同时"),
        ("同样是7B，预训练为什么要那么多卡，微调几张就行", "**显存一样：精度"),
        ("预训练比全参微调更费显存吗", "**显存一样：精度、优化器、批大小和长度相同时，从头预训练和全量微调要的一样多，7B 都约 102.0 GiB"),
    ],
)  # fmt: skip
def test_training_from_scratch_takes_what_full_tuning_does(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer
    assert "LoRA" in answer.split("\n\n")[2]


@pytest.mark.parametrize(
    ("question", "cue"),
    [
        ("why does vLLM inference take more memory than my LoRA training of the 7B", "over_inference"),
        ("Why does DPO with LoRA take more than SFT with LoRA on a 7B?", "over_inference"),
        ("为什么推理比LoRA训练占显存还多，7B", "over_inference"),
        ("7B LoRA, batch 8 with gradient accumulation 4 vs no accumulation, memory?", "accumulated_or_at_once"),
        ("Does gradient accumulation use more memory? 7B LoRA, batch 2, accumulation 8", "accumulated_or_at_once"),
        ("How much VRAM to fine-tune the pretrained Llama-3.1-8B?", "trained_or_tuned"),
        ("SFT和DPO显存一样吗 7B", "trained_or_tuned"),
        ("how much longer is pretraining a 1B than fine-tuning it on the same GPUs?", "trained_or_tuned"),
    ],
)
def test_what_looks_like_it_is_not_read_so(question: str, cue: str) -> None:
    assert cue not in read(question).cues


def test_steps_that_make_up_no_batch_that_is_told_stay_a_setting() -> None:
    facts = read("batch 4 vs batch 8 for LoRA on 7B memory difference, accumulation 4 for both").facts
    assert facts["grad_accum"] == (4,)
    assert facts["batch_size"] == (4, 8)
    assert read("7B LoRA: accumulation 4 with batch 8, or batch 8 without accumulation, memory?").facts[
        "grad_accum"
    ] == (4,)


@pytest.mark.parametrize(
    ("question", "says", "not_said"),
    [
        ("pre-train a 1.3B from scratch on 4x 3090, enough?", "1.3B, pre-training", "full fine-tuning"),
        ("从零预训练一个 3B 模型,8 张 A800 够不够", "3B · 预训练", "全量微调"),
        ("I have a pretrained 7B and tune all of its weights on 24GB, ok?", "full fine-tuning", "pre-training"),
    ],
)
def test_a_training_from_scratch_is_called_so(question: str, says: str, not_said: str) -> None:
    opens = answer_to(question)
    assert says in opens
    assert not_said not in opens


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Full fine-tuning Qwen2.5-3B on an A6000: AdamW, 8-bit Adam or pure bf16?", 3),
        ("4090全参微调Qwen2.5-1.5B,普通AdamW、8bit Adam、纯bf16怎么选", 3),
        # a precision behind them is that of both
        ("Full fine-tuning Qwen2.5-3B on an A6000: AdamW or 8-bit Adam, pure bf16?", 2),
        ("A6000全参微调Qwen2.5-3B,纯bf16,AdamW和8bit Adam差多少", 2),
    ],
)
def test_a_precision_in_a_row_of_optimizers_is_a_way_of_its_own(question: str, sides: int) -> None:
    found = [args["setups"] for name, args in calls_of(read(question)) if name == "compare"]
    assert [len(one) for one in found] == [sides]
    assert ("precision" in " ".join(found[0])) is (sides > 2)


def test_beside_pure_bf16_the_others_keep_masters() -> None:
    text = answer_to("Full fine-tuning Qwen2.5-1.5B on a 4090: AdamW, 8-bit Adam or pure bf16?")
    for sum_ in ("AdamW 2 + 2 + 4 + 8 = 16", "8-bit AdamW 2 + 2 + 4 + 2.03 = 10", "(AdamW) 2 + 2 + 4 = 8"):
        assert sum_ in text
    assert "Those of which no precision is told are counted here with an fp32 master copy" in text


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Two 4090s for Llama-3.3-70B: DDP QLoRA, ZeRO-3 LoRA or FSDP+QLoRA?", ["0 qlora", "3 lora", "3 qlora"]),
        ("两张3090微调Qwen2.5-32B,DDP+QLoRA、ZeRO-3 LoRA、FSDP+QLoRA 选哪个", ["0 qlora", "3 lora", "3 qlora"]),
        ("4x A100 40G, Qwen2.5-14B: LoRA with DDP, full FT with ZeRO-3 or QLoRA with DDP?", ["0 lora", "3 full", "0 qlora"]),
        ("2张4090微调Qwen2.5-32B：ZeRO-3的LoRA、DDP的QLoRA、FSDP+QLoRA选哪个", ["3 lora", "0 qlora", "3 qlora"]),
        ("Llama-2-7B on 4x A100 40GB: full ZeRO-2, full ZeRO-3 or LoRA with DDP?", ["2 full", "3 full", "0 lora"]),
    ],
)  # fmt: skip
def test_each_way_of_data_parallel_has_the_method_that_touches_it(question: str, sides: list[str]) -> None:
    told = next(args["setups"] for name, args in calls_of(read(question)) if name == "compare")
    assert [one.replace("zero_stage=", "").replace("; method=", " ") for one in told] == sides
    assert "they are the same, so memory does not choose" not in answer_to(question)


def test_of_two_pairs_what_differs_is_told_by_what_is_said_twice() -> None:
    told = calls_of(read("Two 4090s, Qwen2.5-7B: DDP LoRA or FSDP LoRA?"))[0][1]
    assert (told["setups"], told["method"]) == (["zero_stage=0", "zero_stage=3"], "lora")


def test_none_that_fits_opens_with_what_makes_one_fit() -> None:
    opening, judged, *_ = answer_to("Two 4090s for Llama-3.3-70B: DDP QLoRA, ZeRO-3 LoRA or FSDP+QLoRA?").split("\n\n")
    assert opening.startswith("**Take 4-bit QLoRA (sharded (ZeRO-3/FSDP)) with parameters and optimizer in host memory")
    assert judged.startswith("**Does not fit: 4-bit QLoRA (a copy per card)")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Full fine-tune of Qwen3-4B OOMs at batch 8 but batch 1 with gradient accumulation 8 works. Is that equivalent?", ("**Equivalent: the gradient is that of the whole batch", "micro-batch 1 × 8 steps")),
        ("7B LoRA，batch 2累积4和batch 8等价吗，显存差多少", ("**等价：", "micro-batch 2 × 累积 4 步")),
        ("Qwen2.5-7B LoRA bs4爆显存，bs1加梯度累积4可以，效果一样吗？累积改成2显存为什么不变", ("**等价：", "累积几步不影响显存")),
        ("Qwen2.5-14B LoRA，A40 48G，bs=4炸显存，改成bs=1、梯度累积4只要31G，效果一样吗？累积加到32会不会又炸", ("**等价：", "累积几步不影响显存", "micro-batch 1 × 累积 4 步", "批大小 4 一次算完")),
    ],
)  # fmt: skip
def test_whether_steps_are_the_batch_is_answered_first(question: str, said: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    "question",
    ["7B LoRA batch 8 with accumulation 4 OOMs on a 4090, what helps?", "两张4090和一张A6000等价吗，7B LoRA"],
)
def test_steps_that_nothing_is_set_against_are_no_batch(question: str) -> None:
    assert "steps_equal" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("bs=2爆显存，bs=1+gradient_accumulation_steps=16能跑，占20G，把累积加到64会爆吗？Qwen2.5-7B lora 4090", "**不会：显存由 micro-batch 决定"),
        ("batch 4 OOMs on my 4090, batch 1 with grad accumulation 8 runs at 19 GB; can I go to 64 accumulation steps without OOM? Mistral-7B LoRA", "**No: memory follows the micro-batch"),
        ("is gradient_accumulation_steps=32 going to blow memory compared to 4? Mistral-7B qlora bs 1", "**No: memory follows the micro-batch"),
    ],
)  # fmt: skip
def test_whether_more_steps_fail_is_answered_by_the_micro_batch(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_a_batch_that_failed_is_not_asked_about() -> None:
    assert "log_point_at" not in read("Qwen2.5-7B lora bs=4炸显存，bs=1占19G，怎么回事").extras
    assert "log_point_at" in read("batch 1 takes 18 GB, what would batch 4 take? Qwen2.5-7B lora").extras
