"""What others name or write beside what the asker has: each is held at its own length, and against what is expected instead."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "others"),
    [
        ("The docs say 2x A100 80GB serve Qwen2-72B GPTQ-int4 at 128k with vLLM; my 4x A100 40GB are full at 20k tokens already, why?", "**vLLM takes a share of the card at its start", "2 × A100 80 GB, holds it in GPTQ 4-bit at 131,072 tokens"),
        ("官方说2张A100 80G能跑Qwen2-72B-gptq-int4的128k,我4张A100 40G用vllm输入2w就满了,为什么", "**vLLM 启动时不管模型多大都先占一定比例的显存", "2 × A100 80 GB 在 131,072 token 时放得下 GPTQ 4 位"),
        ("The docs say 2x H100 80GB serve Llama-3.3-70B fp8 at 32k; my 4x L40S are full at 4k in vLLM, why?", "**vLLM takes a share", "at 32,768 tokens"),
    ],
)  # fmt: skip
def test_cards_that_others_name_are_held_at_their_length_behind_why_ones_own_are_full(
    question: str, opens: str, others: str
) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:200]
    assert others in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("In this post full fine-tuning of Llama 3.1 70B is 300 GB - shouldn't it be around 8x the size, 500 GB or more?", "**Too little: 300 GB is 4 B for each"),
        ("这篇文章说全参微调Llama-3.1-70B要300GB,不是应该要1100GB吗", "**偏小：300 GB 是 70.6B 参数每个 4 字节"),
        ("The blog says full fine-tuning a 13B takes 120 GB; shouldn't it be 210 GB?", "**210 GB is the nearer."),
        ("A calculator says 18GB for LoRA on Qwen2.5-7B, shouldn't it be 30 GB?", "**18 GB is the nearer."),
    ],
)  # fmt: skip
def test_what_is_written_and_what_is_expected_are_weighed_and_neither_was_seen(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:200]
    assert "you see 500 GB" not in answer
    assert "e+0" not in answer.split("\n\n")[0]


def test_what_was_seen_stays_seen_where_another_amount_is_expected() -> None:
    assert read("Qwen2.5-7B用transformers推理占了22G,不应该是15G吗").intents[0] == "why_more"
    assert "who_is_right" not in read("nvidia-smi shows 22GB for Qwen2.5-7B inference, shouldn't it be 15GB?").cues


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("Mistral-Small-24B q4 with num_ctx 128K goes 100% CPU on 2x24GB although weights are 13GB", {"n_gpus": (2,), "gpu_memory_gb": (24,)}),
        ("Llama-3.3-70B AWQ OOMs on 2x24GB while the weights are 40GB, why?", {"n_gpus": (2,), "gpu_memory_gb": (24,)}),
    ],
)  # fmt: skip
def test_what_is_told_of_another_thing_is_not_what_the_cards_come_to(question: str, facts: dict[str, object]) -> None:
    reading = read(question)
    assert not reading.equations
    assert {name: reading.facts.get(name) for name in facts} == facts


def test_an_equation_stays_one() -> None:
    assert read("Is 7B x 16 bytes = 112 GB right?").equations
    assert read("2 * 32 * 4096 bytes is 256 KB, right?").equations


@pytest.mark.parametrize(
    "question",
    [
        "同样数据,qwen1.5-32b 8卡A800长度2k/4k全参都OOM,Yi-34B却能训,是词表太大吗",
        "Full fine-tuning of Qwen1.5-32B OOMs on 8x A800 at 4k, Yi-34B trains fine, is it the vocabulary?",
    ],
)
def test_a_model_that_is_told_to_train_is_not_proposed(question: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(("**Mostly the vocabulary", "**主要是词表")), answer[:200]


def test_of_layouts_that_nobody_named_the_same_is_compared() -> None:
    first = answer_to("qwen2.5-32b 全参 8卡A800 4k OOM,换Yi-34B能训吗").split("\n\n")[0]
    assert "只是少一些" in first
    assert "491" not in first  # a whole copy on each card


def test_a_leaner_program_that_does_not_fit_either_explains_nothing() -> None:
    answer = answer_to("用qlora 4bit微调llama3 70b,8张T4,bs=1 context 2k zero3+双重量化还是oom,readme图上只要48GB")
    assert answer.startswith("**最可能的原因：bitsandbytes 的 4 位权重默认按字节存储"), answer[:200]


def test_of_several_sizes_each_amount_is_that_of_its_own() -> None:
    answer = answer_to(
        "In QLoRA Figure 6 the memory for 7B/13B/33B/65B is 5046M, 8476M, 19302M, 37074M, why not 3.5G, 6.5G, 16.5G, 32.5G?"
    )
    assert "36.21" not in answer.split("\n\n")[0]
    assert "4.93" in answer.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How many L40S for Qwen2.5-32B in bf16? And in 8-bit?", "**bf16: at least 2 cards**"),
        ("Qwen3-Coder-480B-A35B, how many H200 141G for bf16, how many for FP8?", "**bf16: at least 8 cards**"),
        ("Qwen2.5-72B bf16要几张A100 80G,int8呢", "**bf16：最少 2 张卡**"),
        ("How many L40S for Qwen2.5-32B in bf16?", "**At least 2 cards**"),
    ],
)
def test_a_count_names_its_format_where_another_is_asked_of_behind_it(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does KV need to be duplicated across two GPUs? mistral-small 24B q4 with num_ctx 128K goes 100% CPU on 2x24GB although weights are 13GB", "**The KV cache is divided over the cards, not copied"),
        ("KV缓存在两张卡上要各存一份吗?Qwen3-32B Q4_K_M 64k在2张3090上跑到CPU了", "**KV 缓存是分到各卡上的"),
    ],
)  # fmt: skip
def test_whether_the_cache_is_copied_is_answered_before_what_failed(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("llama2-7b fp16到底是14G、13.5G还是12.55G?三个地方三个数,买16G的卡按哪个算", "**都对，什么都没少", ("14 是 7B × 2 字节", "13.5 是 6.74B", "÷ 2^30 = 12.55 GiB")),
        ("Is Llama-2-7B in fp16 now 14 GB, 13.5 GB or 12.55 GB? I find three numbers", "**All of them are right", ("14 is 7B × 2 B", "12.55 GiB")),
        ("Qwen2.5-7B bf16 到底是15.2G还是14.2G", "**都对，什么都没少", ("÷ 2^30 = 14.19 GiB",)),
        ("Llama-3.1-8B的safetensors一共16.06GB,加载后torch显示14.96G,nvidia-smi又是15.6G,以哪个为准", "**都对，什么都没少", ("14.96 GiB", "多出 0.64 GiB", "与显卡比较时用 GiB")),
    ],
)  # fmt: skip
def test_several_amounts_of_one_thing_are_told_apart_by_their_units(
    question: str, opens: str, says: tuple[str, ...]
) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:200]
    assert all(one in answer for one in says), answer[:900]


@pytest.mark.parametrize(
    "question", ["Is it 24 or 48 GB that I need for Qwen2.5-32B in 4-bit?", "Qwen2.5-14B到底买24G还是48G的卡"]
)
def test_which_card_to_take_is_no_question_of_who_is_right(question: str) -> None:
    assert "who_is_right" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("vllm起一个qwen2.5-0.5b,4090上nvidia-smi显示22G,0.5B不是1G就够吗", "**不是泄漏：vLLM"),
        ("vLLM with Qwen2.5-0.5B: nvidia-smi shows 22GB on my 4090. Isn't 1GB enough for a 0.5B?", "**No leak: vLLM"),
        ("4090显示剩22G,Qwen2.5-7B 15G不是就够了吗", "**可以。"),
    ],
)
def test_what_is_shown_is_explained_where_less_was_thought_to_be_enough(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("qwen2.5-7b lora zero3,2卡每卡58G,换成8卡每卡还有52G,zero3不是按卡数平分吗", "与您看到的 6 GB 相符"),
        ("qwen2.5-7b lora zero3,2卡每卡58G,8卡每卡52G,为什么没有按卡数平分", "每张卡都有，与卡数无关"),
        ("Qwen2.5-7B LoRA ZeRO-3: 58GB per card on 2 cards, 52GB on 8. Isn't ZeRO-3 supposed to divide by the cards?", "which matches the 6 GB that you see"),
    ],
)  # fmt: skip
def test_what_more_cards_take_off_each_is_told_of_two_readings(question: str, told: str) -> None:
    assert told in answer_to(question).split("\n\n")[0]


def test_how_many_cards_stays_a_count() -> None:
    assert read("Qwen2.5-72B 全参最少卡数是多少").intents[0] == "how_many_gpus"


@pytest.mark.parametrize(
    "question",
    [
        "Mistral-7B QLoRA trains at 15GB of 24GB but Trainer OOMs in the middle of evaluation, just 500 samples of 1024 tokens",
        "Mistral-7B QLoRA 训练 15G/24G,评估中途OOM(才500条),长度1024",
    ],
)
def test_rows_of_an_evaluation_that_fails_midway_are_added_up(question: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert "65.5 GB (61.0 GiB)" in first or "65.5 GB（61.0 GiB）" in first, first


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("qwen2.5-7b的safetensors加起来15.2GB，vllm日志写权重占14.2GB，少的1G去哪了", "标称 24 GB 的卡约有 24 GiB，按文件的算法是 25.8 GB"),
        ("The safetensors of Qwen2.5-7B sum to 15.2GB, vLLM logs 14.2GB for weights. Where did 1 GB go?", "A card sold as 24 GB has about 24 GiB, 25.8 GB by the files' measure"),
        ("Is the estimator broken? estimate_zero3_model_states prints 2.32GB per GPU for Qwen3-8B with cpu offload, my run (seq 8192, bs 2) takes 40GB+.", "**No: DeepSpeed's estimator counts model states only"),
        ("estimate_zero3_model_states prints 2.32GB per GPU for Qwen3-8B with cpu offload. My run (seq 8192, bs 2) takes 40GB+. Why?", "without gradient checkpointing, which is counted here, 159.1 GiB"),
        ("Llama-3-8B LoRA: training is fine at 38GB of 80, then OOM in the middle of evaluation (compute_metrics, eval batch size 1)", "1 sequence here, and not the cause: 1 × 2,048 tokens"),
        ("Llama-3-8B LoRA 训练正常，评估到一半OOM，80G卡，有compute_metrics，eval batch 已经是 1", "这里是 1 条，不是原因：1 × 2,048 token"),
    ],
)  # fmt: skip
def test_what_is_not_the_cause_and_by_which_measure_is_said(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_a_card_that_is_named_has_its_own_measure_and_a_larger_batch_may_be_the_cause() -> None:
    named = answer_to("Qwen2.5-7B on an RTX 3090: safetensors 15.2GB, vLLM logs 14.2GB for weights. Where did 1 GB go?")
    assert "A card sold as" not in named
    larger = answer_to(
        "Llama-3-8B LoRA: OOM in the middle of evaluation (compute_metrics, eval batch size 8), 80GB card"
    )
    assert "not the cause" not in larger
