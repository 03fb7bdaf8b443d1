"""Which model answers better is not told, what each needs is; what leaves logits as they are; what a monitor shows beside tensors."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(("question", "opens", "says"), [
    ("Which of the two writes better Spanish contracts, Qwen3-14B or Gemma-3-12B? Pick one.", "Which of them answers better is no matter of memory", "gemma-3-12b-it"),
    ("Is Qwen3-8B smarter than Llama-3.1-8B?", "Which of them answers better is no matter of memory", "Llama-3.1-8B-Instruct 16.5"),
    ("Llama-3.1-8B 跟 Qwen2.5-7B 谁翻译得准?", "哪个效果更好与显存无关", "Qwen2.5-7B-Instruct 约 15.5"),
])  # fmt: skip
def test_of_models_that_are_ranked_their_need_is_told(question: str, opens: str, says: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]
    assert says in text


@pytest.mark.parametrize(
    "question", ["Which takes less VRAM, Qwen3-14B or Gemma-3-12B?", "Qwen3-14B 和 Mistral Small 哪个更省显存?"]
)
def test_what_takes_less_is_no_ranking(question: str) -> None:
    assert "no matter of memory" not in (text := answer_to(question))
    assert "与显存无关" not in text


@pytest.mark.parametrize(("question", "says"), [
    ("TRL SFT of gemma-2-2b with LoRA, batch 4 at 4096 tokens, a 3090 runs out though the weights are 5 GB. What eats it?", ("Neither LoRA nor checkpointing", "a micro-batch of 1 with accumulation over 4 steps: 21.0 GiB")),
    ("trl 训 gemma-2-2b LoRA,batch 4、长度 4096,3090 爆显存,显存被什么吃掉了?", ("LoRA、重计算、flash attention 都不减少 logits", "micro-batch 1 加梯度累积 4 步")),
    ("Transformers, Qwen2.5-3B LoRA r=8, batch 8, 4096 tokens: OOM on 24GB, adapters are tiny. Where does it go?", ("Neither LoRA nor ZeRO nor offload",)),
    ("Transformers, full SFT of Qwen2.5-1.5B, batch 16, 4096 tokens: OOM on an A100 80G. Why?", ("Neither ZeRO nor offload",)),
])  # fmt: skip
def test_what_leaves_logits_as_they_are(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in says), text[:900]


@pytest.mark.parametrize(("question", "says"), [
    ("The shards of Llama-3.1-8B are 16.06 GB, torch.cuda.memory_allocated()/1024**3 gives 14.96. Where is the missing gigabyte?", "nvidia-smi shows more than memory_allocated"),
    ("Llama-3.1-8B 的 safetensors 一共 16.06GB,torch.cuda.memory_allocated()/1024**3 显示 14.96,少了 1G 多?", "nvidia-smi 会比 memory_allocated 大"),
    ("qwen2.5-7b的safetensors加起来15.2G，加载完torch里只有14.2，少的1G去哪了", "还含 CUDA 上下文（一般 0.5–1 GiB）"),
])  # fmt: skip
def test_a_monitor_shows_more_than_the_tensors(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(("question", "says"), [
    ("T4 only, Gemma-2-9b on short samples: LoRA or QLoRA?", "of which logits 2,048 × 256,000 × 4 B"),
    ("3060 12G 微调 Llama-3-8B,lora 还是 qlora?", "其中 logits 2,048 × 128,256 × 4 B"),
])  # fmt: skip
def test_what_no_method_saves_has_its_product(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_ways_told_behind_another_model_name_their_own() -> None:
    text = answer_to("I have a 12GB 4070. Could I do full fine-tuning of Qwen2.5-0.5B, and would 1.5B still work?")
    assert "What would make Qwen2.5-0.5B-Instruct sure to fit instead:" in text
    assert "What would make it sure" not in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "qlora qwen2.5-14b at 8k with ddp on 2x 3090, gradient checkpointing on, ok?",
            "**Most likely with fused loss",
        ),
        ("2张3090用ddp qlora训qwen2.5-14b，长度8k，开了梯度检查点，能行吗", "**融合损失（不存完整 logits）多半就行"),
    ],
)
def test_one_of_several_changes_that_most_likely_does_is_told_before_them_all(question: str, opens: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens), told[:300]
    assert "each card then takes 0.00" not in told
    assert "少 0.00" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("lora on llama 3.1 8b, base loaded in fp32, 24gb card, oom. what now?", "the base loaded in bf16"),
        ("7b 做 lora，基座按 fp32 加载，24G 显存爆了，怎么办", "基座用 bf16 加载"),
    ],
)
def test_a_base_in_fp32_is_loaded_in_half_first(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "full fine-tune qwen2-vl-7b with a frozen vision tower on one a100 80gb, fits?",
            "still more than the 80.0 GiB",
        ),
        ("单卡 H200，qwen2-vl-7b 全参微调，冻结视觉塔，放得下吗", "GiB，可用 140.4 GiB"),
    ],
)
def test_a_frozen_tower_is_held_against_the_card(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 15.62 GiB ÷ 4 sequences
        ("gemma-2-9b QLoRA, 3090, batch size 4, max_seq_length 4096: Tried to allocate 15.62 GiB. Why, with a 4-bit base?", ("nor a quantised base", "the softmax, its gradient", "one sequence: 3.90 GiB a copy")),
        ("gemma-2-9b QLoRA，3090，batch size 4，max_seq_length 4096，报错 Tried to allocate 15.62 GiB，4bit 才 6G，为什么", ("和量化基座", "1 条时每份 3.90 GiB")),
    ],
)  # fmt: skip
def test_a_copy_of_the_logits_is_told_what_makes_it_no_smaller(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in said), text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Gemma-2-9b full fine-tune, ZeRO-3 on 8x L40S 48GB, OOM at seq 8192 batch 1", "eager attention writes 16 × 8,192² × 2 B = 2.15 GB (2.00 GiB)"),
        ("Qwen3-8B lora bs=1 seq=8192，24G 爆了", "eager 注意力每个分数矩阵要 32 × 8,192² × 2 B = 4.29 GB（4.00 GiB）"),
    ],
)  # fmt: skip
def test_scores_that_eager_attention_would_write_are_told_beside_logits(question: str, says: str) -> None:
    assert says in opening(question), opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "Gemma-2-9b full fine-tune with flash attention, ZeRO-3 on 8x L40S 48GB, OOM at seq 8192 batch 1",
        "full finetune Qwen2.5-1.5B batch 16 seq 2048 on A100 80GB OOM, why?",  # scores of little
    ],
)
def test_a_kernel_that_is_told_and_small_scores_are_not(question: str) -> None:
    assert "eager attention" not in answer_to(question)
