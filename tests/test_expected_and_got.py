"""More than a rule, a table or a share of the states says: what was expected, what was seen, and what stands between them."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    "question",
    [
        "LoRA 13B, expected 28 GB, got 39 GB in nvidia-smi; batch 4 seq 1024",
        "13B LoRA should take 27 GB by my maths but nvidia-smi shows 40 GB at batch 4",
        "13B LoRA 理论上28G，实际跑起来40G",
    ],
)
def test_neither_amount_is_a_cards_memory(question: str) -> None:
    assert "gpu_memory_gb" not in read(question).facts


@pytest.mark.parametrize(
    ("question", "claim"),
    [
        ("8卡zero3全参7B，按16字节算每卡才15G，nvidia-smi怎么显示38G", "15 GB 对，但只是模型状态"),
        ("FSDP full shard on 4x A100 with Llama-3-8B, expected 32GB per card, seeing 55GB", "32 GB is right for the states alone"),
        ("7B full fine-tune with ZeRO-3 on 8 A100s: 16 bytes/8 = 14 GB per GPU but nvidia-smi says 41 GB. Why?", "14 GB is right for the states alone"),
    ],
)  # fmt: skip
def test_a_share_of_the_states_and_what_comes_on_top(question: str, claim: str) -> None:
    told = opening(question)
    assert claim in told
    assert "max_memory_allocated" in told
    assert "14 GB.**" not in answer_to(question)  # "the left side is 2": no sum that is judged


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LLaMA-Factory表里7B全参120GB，我8卡zero3每张26G，加起来208G又比120多，到底按哪个看", "120 ÷ 8 = 每卡 15 GB"),
        ("LLaMA-Factory says 7B full takes 120GB; my 4 GPUs with ZeRO-3 use 45 GB each, 180 in total. Which number should I trust?", "120 ÷ 4 = 30 GB a card"),
    ],
)  # fmt: skip
def test_a_cell_of_full_training_beside_what_each_card_takes(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mistral-7B full with ZeRO-3: 48 GB per GPU on 4 cards, 34 GB on 8. Shouldn't it halve?", "= 20 GB, is on every card"),
        ("FSDP LoRA 70B: 8 GPUs take 38 GB each, 16 GPUs still 27 GB each. Why not half?", "Only the frozen weights"),
        ("Yi-34B全参zero3，8卡每卡78G，16卡每卡46G，为什么没减半", "= 14 GB 每张卡都有"),
    ],
)  # fmt: skip
def test_more_cards_take_off_the_divided_part_alone(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("16 bytes/param would be 25 GB for full fine-tuning Qwen2.5-1.5B. Loaded in bf16, mine peaks at 14 GB. What did I not pay for?", "rounded away"),
        ("按16字节算Qwen2.5-3B全参要50G，我用bf16加载实际峰值才28G，少了的是什么", "会被舍掉"),
    ],
)  # fmt: skip
def test_less_than_the_rule_is_pure_bf16_and_has_its_price(question: str, says: str) -> None:
    told = opening(question)
    assert says in told
    assert "pure bf16" in told or "纯 bf16" in told


@pytest.mark.parametrize(
    "question",
    [
        "DPO on Qwen2.5-7B LoRA takes 40 GB where SFT took 22. Why?",
        "qwen2.5-7b lora sft单卡22G，换dpo同样参数要40多G，ref模型不是关掉adapter就行吗",
        "Qwen2.5-7B LoRA: SFT uses 22 GB, switching to DPO needs 40 GB. How come?",
    ],
)
def test_what_would_change_both_runs_explains_neither_alone(question: str) -> None:
    told = answer_to(question)
    assert "fp32" not in told.split("|")[0]  # a base in fp32 would be the other run's as well, which agrees without
    assert ("Your 22 GB for SFT agrees" in told) or ("您说的 SFT 22 GB：与估算" in told)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("gemma-2-9b QLoRA seq 4096: Unsloth 10 GB, TRL + PEFT peaks at 23 GB with the same rank and batch 1. Why?", "Your 23 GB for TRL is not of the settings assumed below, but what it takes with plain (all logits at once) loss"),
        ("gemma-2-9b QLoRA，长度4096 batch 1，Unsloth只要10G，TRL+PEFT要23G，为什么", "您说的 TRL 23 GB"),
    ],
)  # fmt: skip
def test_a_library_joined_to_its_program_is_no_third_one(question: str, says: str) -> None:
    told = answer_to(question)
    assert says in told
    assert "HF transformers" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Phi-4 14B Q4 in LM Studio takes 13.5 GB with 16k context, the gguf is 9 GB", "The cache is set aside for the whole context as the model loads"),
        ("LoRA on Mistral-7B runs at 22GB but jumps to 38GB in evaluation", "Evaluation takes more than training"),
        ("A 3B model with LoRA takes 20 GB? I thought 3B*2 = 6 GB", "The frozen base stays on the card"),
        ("bitsandbytes 4bit Llama-3-70B takes 43 GB, I expected 35", "43 GB is all of the weights as they are stored"),
        ("LoRA微调Mistral-7B训练22G，评估时涨到38G", "评估比训练更占显存"),
        ("Qwen2.5-7B LoRA占了31G，我以为15G", "冻结的基座照样在卡上"),
    ],
)  # fmt: skip
def test_amounts_that_are_only_told_ask_why(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "怎么用24G显存跑70B？",
        "怎么用24G的卡训练Qwen2.5-7B",
        "Qwen2.5-14B LoRA怎么到24G以内",
        "GPU 0 has 24GB and the other has 12GB, run Llama-3.3-70B Q3 with llama.cpp",
    ],
)
def test_what_cards_have_and_how_to_use_it_is_no_why(question: str) -> None:
    assert "why_more" not in read(question).intents


def test_shares_that_are_alike_on_one_card_and_on_two_open_with_the_share() -> None:
    told = opening("Qwen2.5-7B in vLLM: with TP=2 each A100 shows 72GB, with TP=1 it also was 72GB; I expected half")
    assert told.startswith("**No leak: vLLM takes a fixed share of the card at its start")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-7B full on 4x A100: ZeRO-2 shows 61 GB per card but ZeRO-3 58 GB, why so little difference", "Not quite"),
        ("Qwen2.5-7B full on 4x A100: ZeRO-2 shows 61 GB per card and ZeRO-3 50 GB, as it should be?", "Yes, that is what theory says"),
    ],
)  # fmt: skip
def test_a_stage_that_gave_back_a_quarter_of_what_is_due_does_not_agree(question: str, says: str) -> None:
    assert says in opening(question)


def test_what_a_meter_shows_is_no_cards_memory() -> None:
    assert (
        "gpu_memory_gb"
        not in read("我微调7B的时候nvidia-smi是35G，但torch.cuda.max_memory_allocated只有24G，哪个准").facts
    )


@pytest.mark.parametrize(
    ("question", "opens", "rest"),
    [
        ("为什么chatglm2-6b-int4需要12G以上显存？chatglm-6b-int4只要7G", "**12 GB 比计算的 5.13 GB（4.77 GiB）多 6.87 GB", ("16 位权重 12.5 GB", "光靠长度到不了")),
        ("Why does chatglm2-6b-int4 need more than 12 GB? chatglm-6b-int4 takes 7 GB", "**12 GB is 6.87 GB more than the 5.13 GB", ("the 16-bit weights, 12.5 GB", "Length alone does not")),
        ("Why does Llama-3.1-8B in 4-bit (bitsandbytes) use 14 GB?", "**14 GB is 5.9 GB more than the 8.10 GB", ("a longer input or history: at about 26,000 tokens", "nvidia-smi")),
        ("Qwen2.5-14B-Instruct-AWQ 用transformers跑为什么占了20多G", "**20 GB 比计算的 12.2 GB", ("约 26,500 token", "PyTorch 从此前峰值留下的块")),
    ],
)  # fmt: skip
def test_what_is_far_more_than_counted_opens_with_the_gap_and_what_would_take_it(
    question: str, opens: str, rest: tuple[str, ...]
) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(opens), first
    assert all(one in first for one in rest), first


@pytest.mark.parametrize(
    "question",
    [
        "Why does Qwen2.5-7B-Instruct-AWQ in vLLM take 21 GB of my 24GB card?",  # a server's share
        "Why does Llama-3.1-8B in 4-bit (bitsandbytes) use 8 GB and not 4?",
        "llama.cpp 跑 Qwen2.5-7B Q4_K_M 为什么占了12G",
    ],
)
def test_a_share_or_about_what_is_counted_is_no_gap_to_explain(question: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert "that is counted" not in first
    assert "比计算的" not in first
