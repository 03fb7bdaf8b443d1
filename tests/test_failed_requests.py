"""What a request for memory that failed is, and what amounts and products that are told are: of matrices, logits, a share, a cache."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-14B 全参，反向时 Tried to allocate 1.45 GiB，改 seq 也一样，这个数对应什么？", "152,064 × 5,120 × 2 字节"),
        ("Mistral-7B full fine-tune, OOM at optimizer.step(): Tried to allocate 224.00 MiB. which tensor is this?", "4,096 × 14,336 × 4 B"),
        ("Llama-3-8B full training on an A6000, CUDA out of memory. Tried to allocate 112.00 MiB", "4,096 × 14,336 × 2 B"),
        ("yi-34b lora 单卡 A100 40G，CUDA out of memory. Tried to allocate 280.00 MiB，这是哪个张量？", "7,168 × 20,480 × 2 字节"),
    ],
)  # fmt: skip
def test_a_matrix_is_told_by_its_shape(question: str, says: str) -> None:
    answer = Assistant().ask(question).text
    assert says in answer
    assert "logits of" not in answer.split("\n")[0]
    assert "token 的 fp32 logits" not in answer.split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B LoRA at 8192 tokens: CUDA out of memory. Tried to allocate 3.91 GiB on my 4090",
        "Qwen2.5-7B qlora seq 4096 batch 2, Tried to allocate 4.64 GiB, 3090",
    ],
)
def test_logits_of_the_step_stay_logits(question: str) -> None:
    assert "logits" in Assistant().ask(question).text.split("\n")[0]


@pytest.mark.parametrize(
    "question",
    ["Llama-3-8B full fine-tune, everything bf16, on an L40S", "qwen2.5-7b 全参 全部用bf16 一张A100够吗", "7B full ft with bf16 throughout, 80GB"],
)  # fmt: skip
def test_bf16_for_everything_is_pure_bf16(question: str) -> None:
    assert read(question).facts["precision"] == ("pure-bf16",)


def test_where_adam_is_set_up_is_its_first_step() -> None:
    answer = Assistant().ask(
        'Qwen2.5-7B full fine-tune on an A100 80GB. File "torch/optim/adamw.py", in _init_group: CUDA out of memory'
    )
    assert answer.text.startswith("**Adam's two moments are allocated only as the optimizer first steps")


def test_what_was_asked_for_at_once_is_not_held_against_the_whole() -> None:
    answer = Assistant().ask(
        "gemma-2-9b full fine-tune, 4xH100, zero3, bs 4, seq 4096: OOM. Tried to allocate 15.62 GiB. States are 9.2*16/4 = 36.8GB, where does it come from?"
    )
    assert "that you see are less" not in answer.text


@pytest.mark.parametrize(
    ("question", "offload"),
    [
        ("全参70B zero3 offload optimizer + offload param，8卡A100", ("params",)),
        ("7B full, zero3, offload_optimizer and offload_param on, 2x3090", ("params",)),
        ("13B zero3，优化器offload，再加param offload，内存要多少", ("params",)),
        ("7B full: offload optimizer or offload param, which saves more on 2 cards?", ("optimizer", "params")),
    ],
)
def test_what_is_moved_together_is_no_choice(question: str, offload: tuple[str, ...]) -> None:
    assert read(question).facts["offload"] == offload


@pytest.mark.parametrize(
    ("question", "rank"),
    [
        ("rank0-7直接OOM，rank24-31还剩十几G，70B训练 TP=8 PP=4，为什么", None),
        ("rank 0 uses 10GB more than rank 3 in my FSDP run, 7B full, 4 cards", None),
        ("Llama-3-8B LoRA rank 16 vs rank 64", (16, 64)),
        ("rank 0 OOMs as it saves, LoRA r=16, 7B", (16,)),
    ],
)
def test_a_process_by_its_rank_is_no_rank_of_adapters(question: str, rank: tuple[int, ...] | None) -> None:
    assert read(question).facts.get("lora_rank") == rank


def test_what_is_divided_by_tensors_and_stages_trains_whole() -> None:
    answer = Assistant().ask("train a 70B with Megatron on 32 H100, tp 8 pp 4, micro batch 1. memory per card?").text
    assert "full fine-tuning" in answer or "pre-training" in answer


@pytest.mark.parametrize(
    ("question", "amounts"),
    [
        ("Llama-3-8B in fp16 takes 20 GB, shouldn't it be 16?", {20.0, 16.0}),
        ("7B int4加载后显示6.5G，不是应该3.5吗", {6.5, 3.5}),
        ("nvidia-smi shows 28 GB for Mistral-7B, the config says bfloat16, so should be 14?", {28.0, 14.0}),
        ("lora rank should be 16, 7B on a card of 24 GB", set()),
    ],
)
def test_what_it_should_be_is_an_amount_beside_one_with_a_unit(question: str, amounts: set[float]) -> None:
    reading = read(question)
    assert {claim.number for claim in reading.claims} == amounts
    assert not reading.not_understood


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen2.5-14B bf16 in vLLM takes 70 GB, should be 28 GB", "vLLM takes a fixed share"),
        ("llama3-8b 用vllm跑占了72G，不是应该16G吗", "vLLM 启动时按固定比例占用显存"),
    ],
)
def test_a_share_is_told_without_a_card_too(question: str, opens: str) -> None:
    assert opens in Assistant().ask(question).text.split("\n")[0]


def test_what_is_little_more_than_the_need_is_no_share() -> None:
    assert "fixed share" not in Assistant().ask("Qwen2.5-7B with transformers takes 40 GB, should be 15 GB").text


@pytest.mark.parametrize("question", ["Llama-3-8B KV per token: 32 layers x 8 heads x 128 = 32 KB, right?", "Qwen2.5-7B 每token的KV = 28×4×128 = 14336字节，对吗"])  # fmt: skip
def test_a_product_without_either_two_lacks_both(question: str) -> None:
    answer = Assistant().ask(question).text
    assert "both factors 2 are missing" in answer or "两个 2 都漏了" in answer
    assert "bits, not bytes" not in answer


@pytest.mark.parametrize("question", ["OOM at step 200, first 199 steps fine. help pls", "训练到一半爆显存怎么办", "OOM while saving the checkpoint, why"])  # fmt: skip
def test_a_failure_of_no_known_model_ends_with_what_to_tell(question: str) -> None:
    answer = Assistant().ask(question).text
    assert "Tell the model or its size" in answer or "给出模型" in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LoRA r=16 to r=256 on Qwen2.5-7B, all linear, memory should be about the same?", "rank 256"),
        ("I raised the LoRA rank from 8 to 128 on Llama-3-8B and expect about the same memory, right?", "rank 128"),
        ("where does the 34 of sbh(34+5as/h) come from, does flash attention drop the second term for qwen?", "34 = 11 in attention"),
        ("Can I make my own AWQ/GPTQ int4 of a 32B? one 3090, 128GB RAM", "layer by layer"),
    ],
)  # fmt: skip
def test_two_ranks_a_formula_and_quantising_are_answered_as_asked(question: str, says: str) -> None:
    assert says in "\n".join(Assistant().ask(question).text.split("\n\n")[:3])


def test_a_family_that_is_only_compared_with_is_not_what_is_counted() -> None:
    answer = Assistant().ask(
        "DeepSeek-V3 TP=8: I expected KV/8 per GPU like with llama, but each holds all of it. bug?"
    )
    assert "is taken as DeepSeek" not in answer.text
