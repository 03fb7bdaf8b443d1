"""Whether a training fits: what decides at the edge, what is refused, how many cards, how large a model."""

import pytest

from chat.reads.grammar import read
from kb import estimate
from tests.talking import answer_to, embedded


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LoRA of Qwen-7B on two 4090s?", "Batch and length decide (a copy per card): one more sequence costs "),
        ("两张4090能lora微调Qwen-7B吗", "批大小与长度决定余量（每卡一份完整副本）：每多一条序列 "),
        ("full finetune of llama-7b on 4 A100 40G?", "Batch and length (sharded (ZeRO-3/FSDP)): up to about "),
        ("4张A100 40G能全参微调llama-7b吗", "以内不增加峰值"),
    ],
)  # fmt: skip
def test_where_cases_are_tabled_what_decides_is_told_with_its_price(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize("question", ["llama-3-8b in fp16 on two 4090s, does it fit?", "llama-3-8b 两张4090能推理吗"])
def test_of_what_is_served_no_batch_of_a_training_decides(question: str) -> None:
    assert "Batch and length decide" not in answer_to(question)
    assert "批大小与长度" not in answer_to(question)


def test_tokens_that_cost_nothing_leave_the_peak_where_it_is() -> None:
    facts = {"model": "llama-7b", "method": "full", "zero_stage": 3, "n_gpus": 4, "gpu": "A100", "gpu_memory_gb": 40}
    free = estimate(**facts).json(derivation=False)["turning"]["free_tokens"]
    peaks = [estimate(**facts, seq_len=length).outcomes[0].best for length in (2048, free, free + 512)]
    assert peaks[0] == peaks[1] < peaks[2]


@pytest.mark.parametrize(
    ("question", "each", "refused"),
    [
        ("4x3090, full finetune mistral 7b, zero3 but no offload. does it fit?", "with 8-bit AdamW on pure bf16", "Offload is ruled out here; with it "),
        ("4张3090全参微调mistral 7b,zero3,不要offload,放得下吗", "纯 bf16 加 8 位 AdamW", "您排除了 offload；"),
    ],
)  # fmt: skip
def test_offload_that_is_refused_is_no_way_out_but_told(question: str, each: str, refused: str) -> None:
    said = answer_to(question)
    ways = said.partition("What would make it fit" if question.isascii() else "怎样才放得下")[2]
    assert each in said  # beside the verdict, where the first way stands
    assert each not in ways
    assert refused in ways
    assert "- optimizer in host memory" not in ways
    assert "- 优化器放在内存" not in ways


def test_what_is_not_refused_is_offered_and_not_told_twice() -> None:
    ways = answer_to("4x3090, full finetune mistral 7b with zero3. does it fit?")
    assert ways.startswith("**No. ")
    assert "**It fits with optimizer in host memory**" in ways
    assert "- optimizer in host memory" not in ways  # told beside the verdict, it is not told again
    assert "parameters and optimizer in host memory" not in ways  # more of it there than is needed
    assert "ruled out" not in ways


@pytest.mark.parametrize(
    "question",
    [
        "64GB or 96GB card to LoRA a 32B model?",
        "should I get a 64 GB or a 96 GB card to LoRA a 32B model?",
        "LoRA微调32B买64G的还是96G的卡?",
        "32B lora，64G卡还是96G卡",
    ],
)
def test_of_two_sizes_of_a_card_one_is_chosen(question: str) -> None:
    said = answer_to(question)
    decided = (
        "Take a 96 GB card (68.4 GiB of 96.0 GiB)" if question.isascii() else "选 96 GB 显卡（68.4 GiB / 96.0 GiB）"
    )
    assert decided in said.split("\n\n")[0]
    assert said.count("(64.0 GiB)") + said.count("（64.0 GiB）") == 1  # each stands in the table once


@pytest.mark.parametrize(
    "question",
    [
        "7B full finetune on 8x 4090, offload is not an option",
        "13B full finetune, 4xA100 40G, without any cpu offloading",
        "4张3090全参微调7B,不要offload",
        "4张3090全参微调7B,别用卸载",
    ],
)
def test_offload_is_read_as_refused(question: str) -> None:
    assert read(question).facts["offload"] == ("none",)


def test_what_each_stage_leaves_is_told_once() -> None:
    said = answer_to("4x3090, full finetune mistral 7b with zero3. does it fit?")
    assert said.count("ZeRO-1") == 1
    assert "ZeRO-3 or FSDP 16/4 B" in said


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("fewest 3090s for a full fine-tune of a 7B?", ("all states in bf16 (pure bf16) 4 cards", "in host memory 1 card")),
        ("minimum number of 4090s to full finetune Llama-3.1-8B at 2k?", ("**12 cards**", "pure bf16 and 8-bit AdamW 5 cards (17.3 GiB each)")),
        ("Llama-3.1-8B全参,最少几张4090,长度2k", ("**12 张卡**", "纯 bf16 加 8 位 AdamW 5 张卡")),
        ("how many A100 80GB at least to LoRA a 70B?", ("4-bit QLoRA 1 card",)),
        ("LoRA微调70B最少要几张A100 80G", ("4 位 QLoRA 1 张卡",)),
    ],
)  # fmt: skip
def test_how_few_cards_do_is_told_with_what_that_takes(question: str, counts: tuple[str, ...]) -> None:
    assert all(one in answer_to(question) for one in counts)


def test_what_is_ruled_out_or_served_is_not_squeezed() -> None:
    assert "in host memory 1 card" not in answer_to("fewest 3090s for a full fine-tune of a 7B, no offload?")
    assert "with fewer cards" not in answer_to("how many 3090s at least to serve a 70B in 4 bit?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("8x A100 40GB: largest model for LoRA?", "; the next size, 110B, takes "),
        ("8张A100 40G最大能lora多大的模型", "；再大一档 110B 要 "),
    ],
)
def test_beside_the_largest_model_stands_what_the_next_one_takes(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how big a GPU to LoRA a 72B?", ("for sure is 4 cards", "; on 2 it ", "48 GB (70B)")),
        ("72B做lora要多大显存的卡", ("稳妥放得下的最小配置是 4 张", "；2 张", "48 GB（70B）")),
    ],
)
def test_how_many_cards_are_too_few_is_told(question: str, says: tuple[str, ...]) -> None:
    assert all(one in answer_to(question) for one in says)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("one RTX 3090 and Llama-3-70B: which config makes it train?", ("How many such cards are there?", "4 cards 23.5 GiB each (borderline)", "at its edge a 34B")),
        ("只有一张3090,想微调Llama3-70B,怎么配置才跑得起来", ("关键是有几张这样的卡", "4 张卡每卡 23.5 GiB（临界）", "34B 在边缘")),
    ],
)  # fmt: skip
def test_a_card_too_small_for_any_method_asks_for_their_number(question: str, says: tuple[str, ...]) -> None:
    assert all(one in answer_to(question) for one in says)


@pytest.mark.parametrize("question", ["qlora gemma-3-27b on a 3090, will it fit?", "gemma-3-27b qlora单卡3090放得下吗"])
def test_what_goes_in_with_other_settings_is_not_said_to_go_on_no_card(question: str) -> None:
    said = answer_to(question)
    assert not any(one in said for one in ("How many such cards", "关键是有几张"))
    first = said.split("\n\n")[0]  # the way that keeps model, method and card is the condition, and stands first
    assert first.startswith(("**For sure only with fused loss", "**要稳妥，只有融合损失"))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LoRA or QLoRA for a 13B on one 24 GB card?", "QLoRA in 8 bit takes 15.6 GiB of 24.0 GiB (fits)"),
        ("24G单卡13B用lora还是qlora", "8 位 QLoRA 占 15.6 GiB，卡上 24.0 GiB（放得下）"),
    ],
)
def test_eight_bits_lie_between(question: str, says: str) -> None:
    assert says in answer_to(question)
    assert "In between" not in answer_to("8-bit or 4-bit QLoRA for a 13B on one 24 GB card?")


@pytest.mark.parametrize(
    "question", ["paged adamw or adamw_8bit instead of adamw: optimizer states of a full 8B?", "全参8B,adamw换adamw_8bit或paged_adamw,优化器状态差多少"]
)  # fmt: skip
def test_whose_twelve_bytes_count_a_master_copy_is_told(question: str) -> None:
    assert any(one in answer_to(question) for one in ("are usually run without that copy", "通常不留主权重"))


def test_offloaded_states_are_told_of_each_size() -> None:
    said = answer_to("full SFT of a 32B or a 70B on 8xH100 with zero3 offload, 4096 tokens?")
    assert "Host memory of what is offloaded: 32B 488.2 GiB, 70B 1,028 GiB." in said


@pytest.mark.parametrize(
    "question", ["2x3090, want to finetune a 70B llama. what is the realistic way?", "两张3090想微调70B,怎么做现实"]
)
def test_of_methods_that_do_not_fit_the_nearest_is_the_one_whose_parts_are_told(question: str) -> None:
    said = answer_to(question)
    assert any(one in said for one in ("| per card (QLoRA, sharded (FSDP)) |", "| 每张卡（QLoRA、切分（FSDP）） |"))
    assert any(one in said for one in ("(48.0 GiB together)", "（合计 48.0 GiB）"))


def test_what_may_fit_is_not_cut_off_a_long_table() -> None:
    assert "| 13B | QLoRA | sharded (FSDP) |" in answer_to("can I train a 7B or a 13B with 2 x 4090?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("full finetune Qwen3-4B on one RTX 5090 32GB, seq 2048?", ", most likely fits"),
        ("单卡5090 32G全参Qwen3-4B,长度2048行不行", "，多半放得下"),
    ],
)
def test_what_most_likely_helps_is_offered_as_that(question: str, says: str) -> None:
    line = next(one for one in answer_to(question).splitlines() if one.startswith(("- 8-bit AdamW", "- 8 位 AdamW")))
    assert line.endswith(says)
    assert not answer_to(question).split("\n\n")[1].startswith(("**It fits with 8-bit", "**8 位 AdamW"))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-0.6B full finetune bs16 length 1024: how much, is 8GB enough?", "does not fit"),
        ("Qwen3-0.6B 全参 bs16 长度1024 要多少显存,8G够吗", "放不下"),
        ("LoRA on a 13B: how much memory, and is 24 GB enough?", "does not fit"),
    ],
)
def test_an_amount_that_is_asked_to_be_enough_is_a_card(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n\n")[0]


def test_a_length_of_1024_asks_for_no_units() -> None:
    assert "units" not in read("Qwen3-0.6B 全参 bs16 长度1024 要多少显存,8G够吗").intents
    assert "units" in read("is 1 GB 1000 or 1024 MB?").intents


@pytest.mark.parametrize(
    "question",
    [
        "biggest per-device batch for QLoRA llama3.1 8b, seq 2048, on an A10G?",
        "largest training batch for QLoRA llama3.1 8b at 2048 on an A10G",
    ],
)
def test_the_largest_batch_is_solved_for(question: str) -> None:
    assert answer_to(question).startswith("**Up to batch 3 for sure**")


@pytest.mark.parametrize(
    "question", ["4060 Ti 16GB, Qwen3-8B: LoRA or QLoRA, what fits?", "16G的4060Ti,Qwen3-8B用lora还是qlora"]
)
def test_what_a_program_does_to_a_quantised_base_is_told_where_it_decides(question: str) -> None:
    assert any(
        one in answer_to(question)
        for one in ("fuses the loss (Unsloth, Liger) takes 8.23 GiB", "（Unsloth、Liger）只需 8.23 GiB")
    )


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LoRA of Qwen-7B on two 4090s?", "QLoRA leaves more: in 4 bit a whole copy per card takes "),
        ("两张4090能lora微调Qwen-7B吗", "想要更多余量用 QLoRA：4 位时每卡一份完整副本只占 "),
    ],
)
def test_where_lora_just_fits_qlora_is_named_for_more(question: str, says: str) -> None:
    assert says in answer_to(question)
    assert "QLoRA leaves more" not in answer_to("LoRA of a 1.5B on two 4090s?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("QLoRA of a 70B on 2x A100 80GB, 4k tokens, ok?", "**Even one card is enough:** a whole copy takes "),
        ("Llama-3-8B LoRA on 4 A100 80GB?", "all 4 only make the batch 4 times as large"),
        ("两张4090 QLoRA 微调 13B 够吗", "**一张就够：** 完整一份占 "),
        ("8张A800 80G lora微调7B可以吗", "8 张只是让总批大小变成 8 倍"),
    ],
)  # fmt: skip
def test_where_one_of_several_cards_is_enough_that_is_told(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize("question", ["full fine-tuning of a 7B on 4 A100 80GB?", "两张4090 LoRA 微调 32B 够吗"])
def test_where_one_card_is_too_small_none_is_said_to_be_enough(question: str) -> None:
    assert "Even one" not in answer_to(question)
    assert "一张就够" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("70B, 4-bit, 48GB card. fits?", "To fine-tune it on such a base, QLoRA: "),
        ("does a 13B in 8 bit fit on a 24GB card?", "To fine-tune it on such a base, QLoRA: "),
        ("32B 4bit 24G 够吗", "若是在这样的基座上微调（QLoRA）："),
        ("14B int4 16GB显存够用吗", "若是在这样的基座上微调（QLoRA）："),
    ],
)  # fmt: skip
def test_a_size_and_bits_without_a_use_is_decided_for_both(question: str, says: str) -> None:
    first, second = answer_to(question).split("\n\n")[:2]
    assert "inference" in first or "推理" in first
    assert says in second


@pytest.mark.parametrize(
    "question",
    ["can I run a 70B at 4 bit on 48GB?", "32B 4bit 24G 能部署吗", "70B q4 gguf with 8k context on 48GB, fits?"],
)
def test_a_use_that_is_named_is_decided_alone(question: str) -> None:
    assert "QLoRA" not in answer_to(question)


@pytest.mark.parametrize(
    "question",
    ["What do the different sizes of Qwen3 need? Does Qwen3-8B fit on 12GB?", "Qwen3 8B和14B有什么区别,显存要多少"],
)
def test_models_that_differ_are_not_trained_for_it(question: str) -> None:
    from chat.plans.understood import understood

    assert "method" not in understood(read(question))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how many A100 80GB to serve DeepSeek-R1 in bf16 with vLLM?", "on paper the weights alone fill 17 cards (1,250 GiB ÷ 73.6 GiB)"),
        ("部署bf16的DeepSeek-R1要几张A100 80G", "纸面上仅权重就要 17 张卡（1,250 GiB ÷ 73.6 GiB）"),
    ],
)  # fmt: skip
def test_the_least_on_paper_follows_from_the_figures_beside_it(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "moved"),
    [
        ("Max context for DPO with a 7B 4-bit model on an A6000 48GB? max_seq_length 32768", True),
        ("7B LoRA 32k 上下文 80G 显存够吗", True),
        ("7B LoRA at 2k tokens on a 24GB card, fits?", False),
    ],
)
def test_a_size_whose_models_need_far_more_is_told_with_the_verdict(question: str, moved: bool) -> None:
    said = answer_to(question)
    before = said[: said.index("\n| ")]
    assert ("vocabulary 152,064)" in before or "词表大小 152,064）" in before) is moved


def test_bf16_and_fp16_are_one_size_where_nobody_compares_them() -> None:
    text = answer_to(
        "LoRA on Llama-3.1-8B in fp16 on a T4 dies while loading. What would you do instead, and do I need bf16?"
    )
    assert "QLoRA, 4-bit" in text.split("\n\n")[0]
    assert "| bf16 |" not in text


# ── smaller micro-batches, alone and with the next cheap change ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "ways"),
    [
        ("qwen2.5-1.5b全参微调,3090单卡,per_device_batch 8,2048长度,一上来就OOM", ("批大小 2 加梯度累积 4 步 + 8 位 AdamW", "micro-batch 1 加梯度累积 8 步", "+ LoRA", "等效批大小不变")),
        ("Qwen2.5-7B LoRA on a 4090, per_device_train_batch_size 8, max_seq_length 2048, OOM. What should I change?",
            ("batch 1 with gradient accumulation over 8 steps: ", "the same effective batch", "QLoRA, 4-bit")),
        ("Llama-3.2-1B full finetune, batch 8, 4096 tokens on 24GB card, fits?", ("a fused loss and batch 1 with gradient accumulation over 8 steps",)),
        ("llama-factory表里7B lora写的16G,我24G的3090跑llama3-8b lora,bs4 cutoff 4096照样爆", ("批大小 1 加梯度累积 4 步", "4 位 QLoRA")),
    ],
)  # fmt: skip
def test_a_micro_batch_of_one_is_told_alone_or_with_what_it_needs(question: str, ways: tuple[str, ...]) -> None:
    answer = embedded().ask(question)
    assert not answer.notices
    for way in ways:
        assert way in answer.text
    assert "tokens for sure" not in answer.text  # a shorter length is no way where smaller batches are enough


def test_a_single_change_that_is_not_enough_is_judged() -> None:
    text = answer_to("Qwen2.5-1.5B full fine-tune on a 3090, batch 8, 2048 tokens: CUDA out of memory")
    cause = next(line for line in text.split("\n") if "fused or chunked loss" in line)
    assert "makes none: 26.3 GiB, most likely does not fit" in cause


@pytest.mark.parametrize(
    ("question", "opens", "way"),
    [
        ("What batch size can I use for full fine-tuning of Qwen2.5-1.5B on a 24GB 3090, seq 2048, with gradient checkpointing?", "**Most likely nothing fits: even a single sequence needs ", "with optimizer in host memory about "),
        ("Llama-3.2-3B full fine-tuning, A100 40GB, 4096 tokens, largest micro batch?", "**Nothing fits: even a single sequence needs ", "with optimizer in host memory about "),
        ("Qwen2.5-1.5B 全参微调，3090 24G，seq 2048，开梯度检查点，batch 最大开多少", "**多半放不下：即使批大小为 1 也需要", "优化器放在内存约 "),
        ("Qwen3-8B LoRA 24G，长度 4096，最大 batch 是多少", "**没有稳妥放得下的：批大小为 1 就临界", "融合损失（Liger）约 2 条"),
    ],
)  # fmt: skip
def test_where_no_batch_is_sure_the_first_sentence_says_so_and_how_far_the_first_way_goes(
    question: str, opens: str, way: str
) -> None:
    told = answer_to(question)
    first = told.split("\n\n")[0]
    assert first.startswith(opens), first
    assert way in first, first
    assert not any(word in told for word in ("heckpointing off", "关闭重计算"))
