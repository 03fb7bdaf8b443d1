"""Further cases and limits that a question sets in words: read as what they are, and worked out beside the first case."""

import pytest

from chat.agent import Assistant
from chat.plans.setups import sides
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "fact", "values"),
    [
        # "full" of a context or a precision is no way to tune
        ("Two 3090s, vLLM TP2, phi-4 unquantized with the full 16k context. OK?", "method", ("inference",)),
        ("sglang, L40S, Qwen3-8B full, 32k window, fits?", "method", ("inference",)),
        ("vllm tp4 跑满血 full 16k 上下文的 Qwen3-32B，4张4090 够吗", "method", ("inference",)),
        ("full 16-bit training of Llama-3.2-3B on an A100 40GB, fits?", "method", ("full",)),
        ("Boss insists on *full* fine-tune, not LoRA. Llama-3.2-3B, A100 40GB", "method", ("full",)),
        # what is ruled out is not asked for
        ("8张3090，微调qwen2.5-72b，全参肯定没戏，lora和qlora哪个能上", "method", ("lora", "qlora")),
        ("8x 3090, Qwen2.5-72B, full fine-tuning is clearly out, LoRA or QLoRA?", "method", ("lora", "qlora")),
        ("8张3090 qwen2.5-72b 全参肯定放不下吧，lora呢", "method", ("full", "lora")),
        # a LoRA whose rank is told, and then another method
        ("qwen2.5-7b lora rank从8改到64，显存会多多少？再换成DoRA呢", "method", ("lora", "dora")),
        ("LoRA r=16 to r=128 on Llama-3.1-8B, and is DoRA heavier?", "method", ("lora", "dora")),
        ("DoRA with LoRA rank 16 on Llama-3.1-8B, memory?", "method", ("dora",)),
        # an evaluation has its own batch; batches that went well are none
        ("Qwen3-4B LoRA on L4: training ok, evaluation OOMs after ~4 batches (eval bs 8)", "batch_size", None),
        ("训练bs2没事，评估bs8就爆，Qwen2.5-7B lora 4090", "batch_size", (2,)),
        ("Llama-3.1-8B lora bs 4 seq 2048 on a 4090", "batch_size", (4,)),
        # counts that may be enough, and counts of a sum
        ("is 2 gpus enough for finetuning or do i have to rent 4", "n_gpus", (2, 4)),
        ("4 cards, or should I buy 8 for a 70b qlora?", "n_gpus", (4, 8)),
        ("2张够吗还是要租4张", "n_gpus", (2, 4)),
        ("full SFT of Mistral-Small-24B on H100s: 4 x 80 = 320GB sounded plenty but OOM with zero3", "n_gpus", (4,)),
        # a limit to meet is the memory there is; beside a card it is none
        ("Mistral 7B LoRA takes 22GB, how do I get it below 16?", "gpu_memory_gb", (16,)),
        ("怎么把Qwen2.5-7B的LoRA压到16G以下，现在21G", "gpu_memory_gb", (16,)),
        ("llama-3.1-8b q4_k_m -c 32768 shows 9.6GB, how do I get under 8 GB?", "gpu_memory_gb", (8,)),
        ("Qwen2.5-7B LoRA: how do I get it to train in under 8 hours?", "gpu_memory_gb", None),
        # of a printed message's length and the asker's own
        (
            "vLLM, A10G, Llama-3.1-8B: 'max seq len 131072 is larger than the maximum number of tokens in KV cache'. Can I serve 16 users at 2k each?",
            "seq_len",
            (2048,),
        ),
    ],
)
def test_words_that_were_taken_for_something_else(question, fact, values):
    assert read(question).facts.get(fact) == values


@pytest.mark.parametrize(
    "question",
    [
        "gemma-3-12b-it LoRA on one 4090 dies. 12B is < 24 so shouldn't it fit?",
        "Llama-3.1-8B 是 8B，小于 24，4090 放得下吧",
        "falcon-40b-instruct: 40 x 2 is 80, right?",
    ],
)
def test_a_number_that_the_card_or_a_sum_explains_is_not_called_unread(question):
    text = answer_to(question)
    assert "ot understood" not in text
    assert "没有读懂" not in text


@pytest.mark.parametrize(
    ("question", "given"),
    [
        (
            "mistral 7b full ft on 2x A100 80G: zero1, zero2 or zero3 per card, and if I offload the optimizer is 128GB of RAM enough",
            [(1, "none"), (2, "none"), (3, "none"), (2, "optimizer")],
        ),
        ("8卡A100 40G全参Qwen2.5-14B，zero2和zero3每卡多少？如果再offload优化器内存256G够吗", [(2, "none"), (3, "none"), (2, "optimizer")]),
        ("Qwen2.5-7B full, 4x A100 40GB: ZeRO-2 vs ZeRO-3, and what if I offload the params too?", [(2, "none"), (3, "none"), (3, "params")]),
        ("Qwen2.5-7B full, 4x A100 40GB: ZeRO-2 offload vs ZeRO-3", [(2, "optimizer"), (3, "none")]),
    ],
)  # fmt: skip
def test_an_offload_that_is_only_supposed_is_one_more_case(question, given):
    found = sides(read(question))
    assert found is not None
    assert {(one["zero_stage"], one["offload"]) for one in found.each} == set(given)


@pytest.mark.parametrize(
    "question",
    ["What does falcon-40b-instruct take? And with 8bit / 4bit?", "falcon-40b推理要多少显存？8bit或4bit呢"],
)
def test_precisions_of_a_second_question_stand_beside_the_usual_one(question):
    text = answer_to(question)
    assert all(total in text for total in ("78.3 GiB", "40.4 GiB", "22.1 GiB"))
    assert "78.3 GiB" not in answer_to("falcon-40b in 8bit or 4bit, how much?")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("qwn2.5-7b lora on a 4090, 4k?", "“qwn2.5-7b” is read as Qwen2.5-7B-Instruct."),
        ("mistrl 7b full ft on a100 80g", "“mistrl 7b” is read as Mistral-7B-v0.1."),
        ("quen2.5 14b int4 跑在3090上够吗", "“quen2.5 14b”按 Qwen2.5-14B-Instruct 计算。"),
    ],
)
def test_a_name_with_one_letter_amiss_is_counted_as_what_it_is_read_as(question, said):
    answer = Assistant().ask(question)
    assert answer.text.startswith(said)
    assert "Llama-2-7b" not in answer.text.split("\n\n")[1]


def test_another_version_of_a_family_is_no_slip():
    assert "chatglm5-6b" in answer_to("chatglm5-6b 需要多少显存").split("；")[0]
    assert "read as" not in answer_to("Foostral 22B on a 4090?")


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("Can I train a 13B on 4x A100 40G? What about LoRA?", ("full", "lora")),
        ("Fine-tuning Llama-3-8B on 2x L40S, possible? And with QLoRA?", ("full", "qlora")),
        ("PPO 训练 7B 模型，8*A100 40G 够吗？LoRA 呢", ("full", "lora")),
        ("训练 7B 要多少显存，QLoRA 呢", ("full", "qlora")),
        ("how about lora for a 7B on 24G?", ("lora",)),
        ("训练时显存不够，用lora可以吗", ("lora",)),
        ("4090 24G单卡能lora微调13b模型吗？不行的话双卡4090行不行", ("lora",)),
    ],
)
def test_a_method_asked_of_on_its_own_stands_beside_training_all(question: str, methods: tuple[str, ...]) -> None:
    assert read(question).facts["method"] == methods


@pytest.mark.parametrize(
    ("question", "several"),
    [
        ("Need to run 10 LoRA adapters over llama 3 8B in vllm on a L4, enough?", False),
        ("Gemma 2 9b vllm on a 4090, which share?", False),
        ("I start two vLLM on the same A100, the second dies", True),
        ("2 vllm instances of Qwen2.5-3B on one A100 80G?", True),
    ],
)
def test_the_number_in_a_name_counts_no_servers(question: str, several: bool) -> None:
    assert ("several_servers" in read(question).cues) is several


@pytest.mark.parametrize(
    ("question", "opens", "beside"),
    [
        ("Can two 3090s run Qwen2.5-72B GPTQ-Int4 in vllm, and 32k?", "most likely fits", "**32,768 tokens: does not fit**"),
        ("两张3090上Qwen2.5-72B-Instruct-GPTQ-Int4，vllm tp2，能跑吗，能开到32k不？", "多半放得下", "**32,768 token：放不下**"),
        ("24GB 的卡用 vllm 跑 Qwen2.5-32B AWQ 行不行，32k 上下文能开吗？", "放得下", "**32,768 token：放不下**"),
    ],
)  # fmt: skip
def test_a_length_that_is_asked_behind_is_a_case_of_its_own(question: str, opens: str, beside: str) -> None:
    first, second = answer_to(question).split("\n\n", 1)
    assert opens in first, first
    assert beside in second


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Can two V100 32GB LoRA-tune Qwen2.5-32B? If not, QLoRA?", "The frozen base: 31.2B × 4.13 bits + 1.56B × 2 B = 19.2 GB; each card holds a whole copy, so one alone trains it as well."),
        ("两张V100 32G能不能LoRA微调Qwen2.5-32B？不行的话QLoRA呢", "冻结的基座 31.2B × 4.13 位 + 1.56B × 2 B = 19.2 GB；每张卡都放得下完整副本，所以单卡也能训。"),
        # a copy does not go in, or there is one card
        ("Can 2x 3090 full fine-tune Llama-3.1-8B? If not, LoRA?", "The frozen base: 8.03B × 2 B = 16.1 GB.\n"),
        ("qwen2.5-14b 用 lora 单卡 4090 行吗？不行的话 qlora 呢？", "冻结的基座 13.2B × 4.13 位 + 1.56B × 2 B = 9.93 GB。\n"),
    ],
)  # fmt: skip
def test_of_the_method_that_is_asked_instead_the_base_is_told(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_of_the_whole_model_that_trains_no_base_is_told() -> None:
    assert "The frozen base" not in answer_to("LoRA of Qwen2.5-7B on 4x A100 80GB, does it fit? And full fine-tuning?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("2080ti魔改22G两张能跑QwQ-32B-AWQ吗，单张呢", ("**1 张卡：临界**，约需 20.5 GiB，比可用的 20.2 GiB 多", "按区间中值最长约 3,072 token")),
        ("Can two 3090s run Qwen2.5-32B-Instruct-AWQ? What about one?", ("**1 card: fits, but it is tight** — about 20.5 GiB of 22.1 GiB", "tokens fit (--max-model-len)")),
    ],
)  # fmt: skip
def test_one_card_is_counted_in_the_server_of_several(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in says), text[:1600]
    assert not any(one in text for one in ("只用一张", "One card alone"))  # it is told by its own verdict


def test_a_file_beside_a_server_is_counted_in_its_own_program() -> None:
    text = answer_to("Does QwQ-32B AWQ fit on 2x 3090? And in Q4_K_M on one?")
    assert "**Q4_K_M, 1 card: fits** — about 20.2 GiB of 24.0 GiB" in text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Llama 3.3 70B Q4_K_M on 2x 3090: do all 80 layers fit, and how much context is left?", True),
        ("Llama 3.3 70B Q4_K_M on 2x 3090: how much context is left?", False),
    ],
)
def test_the_next_larger_file_is_told_beside_the_room_where_it_is_asked_whether_it_fits(
    question: str, told: bool
) -> None:
    assert ("Q5_K_M 25.0 GiB per card, does not fit" in answer_to(question)) is told
