"""Which share of the card an engine beside the training is to have, and that a failure to avoid has not happened."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, narrow_opening, opening


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("TRL GRPO LoRA Llama-3.1-8B colocate on one A100 40GB: what vllm_gpu_memory_utilization won't OOM?", ("**gpu_memory_utilization: 0.45 is enough", "while it stays awake at most 0.5", "8 answers (TRL's default) of 1,024 tokens at once 1.00 GiB")),
        ("TRL GRPO colocate Qwen2.5-3B full on one H100 80GB: what vllm_gpu_memory_utilization is safe?", ("**gpu_memory_utilization: 0.1 is enough", "at most 0.4")),
        ("TRL GRPO LoRA Qwen2.5-7B colocate on one A100 80GB, batch 1: how high can vllm_gpu_memory_utilization go before it OOMs?", ("**gpu_memory_utilization: 0.25", "at most 0.75")),
        ("单卡A100 40G，llama3.1-8b lora跑grpo，vllm colocate，vllm_gpu_memory_utilization设多少不炸", ("**gpu_memory_utilization 设 0.5 就够", "不休眠时最多 0.5", "2,048 token 的回答要 2.00 GiB 缓存")),
        ("grpo qwen2.5-7b lora 一张A100 80G colocate，vllm_gpu_memory_utilization 调到多少不会oom", ("**gpu_memory_utilization 设 0.25 就够", "最多 0.75")),
    ],
)  # fmt: skip
def test_the_share_that_is_asked_opens_with_the_most_an_engine_awake_may_have(
    question: str, parts: tuple[str, ...]
) -> None:
    told = opening(question)
    assert all(part in told for part in parts), told


@pytest.mark.parametrize(
    "question",
    [
        "GRPO LoRA Qwen2.5-7B colocate A100 80GB crashed with OOM, vllm_gpu_memory_utilization 0.9. What vllm_gpu_memory_utilization won't OOM?",
        "grpo qwen2.5-7b lora 一张A100 80G colocate 爆显存了，vllm_gpu_memory_utilization 调到多少不会oom",
    ],
)
def test_a_failure_that_happened_is_one(question: str) -> None:
    assert "oom_diagnosis" in read(question).intents


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("GRPO Qwen2.5-7B LoRA TRL colocate on one A100 40GB: with vllm_gpu_memory_utilization 0.3 vLLM doesn't start (no available memory for cache blocks), with 0.8 the backward OOMs. Which one should I set?", ("**gpu_memory_utilization: 0.45 is enough", "at most 0.55", "At 0.8 the engine takes 32.0 GiB and leaves 8.00 GiB, too little for the update", "At 0.3 it has 12.0 GiB, less than its own copy")),
        ("单卡4090 TRL GRPO colocate Qwen2.5-3B LoRA，vllm_gpu_memory_utilization 设0.9训练爆，设0.2 vLLM说没有KV空间，设多少合适", ("**gpu_memory_utilization 设 0.35 就够", "设 0.9 时引擎占 21.6 GiB，只剩 2.40 GiB，更新放不下", "设 0.2 时只有 4.80 GiB")),
        # all weights do not train on that card, whatever the share
        ("TRL GRPO + vLLM colocate on one 4090, Qwen2.5-3B: gpu_memory_utilization 0.9 OOMs in training, 0.2 has no room for KV. What value?", ("**gpu_memory_utilization: 0.35 is enough", "8.89 GiB with LoRA (full fine-tuning takes 47.8 GiB by itself, more than the card: no share does)")),
    ],
)  # fmt: skip
def test_between_two_shares_that_failed_the_one_that_does_is_told(question: str, parts: tuple[str, ...]) -> None:
    told = opening(question)
    assert all(part in told for part in parts), told


@pytest.mark.parametrize(
    "question",
    [
        # an engine that sleeps, a number of another setting, a server
        "verl GRPO Qwen2.5-7B LoRA, 4x A100 80GB: gpu_memory_utilization 0.2 fails with no cache blocks, 0.8 OOMs in the update. Which value?",
        "GRPO Qwen2.5-7B LoRA on one A100 80GB, gpu_memory_utilization 0.6, learning rate 0.00001, beta 0.04: vllm fails, what value?",
        "vLLM Qwen3-8B on a 4090: gpu_memory_utilization 0.5 has no room for KV, 0.99 OOMs. What value?",
    ],
)
def test_other_numbers_are_no_two_shares_that_were_tried(question: str) -> None:
    assert "log_share_low" not in read(question).extras


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("8卡A100 80G verl grpo qwen2.5-7b全参，gpu_memory_utilization设多大合适", "**gpu_memory_utilization 设 0.5 就行(训练框架的默认值,每卡 40.0 GiB),最多约 0.75:引擎生成时"),
        ("verl GRPO full Qwen2.5-14B on 8x A100 80G: what gpu_memory_utilization should I set?", "**gpu_memory_utilization: 0.5 (the trainer's default, 40.0 GiB of each card) works, and so does up to about 0.6"),
        ("verl GRPO Qwen2.5-32B full on 8x A100 80G: which gpu_memory_utilization?", "**No share of gpu_memory_utilization works while weights and optimizer states stay on the card"),
    ],
)  # fmt: skip
def test_of_an_engine_that_sleeps_the_usual_share_and_the_most_are_told(question: str, says: str) -> None:
    told = narrow_opening(question)
    assert says in told.replace("\uff08", "(").replace("\uff09", ")"), told
    assert "enough for the rollouts" not in told
    assert "就够 rollout" not in told


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("GRPO + LoRA Qwen3-8B on one A100 80GB, vLLM colocate: what vllm_gpu_memory_utilization? 0.9 OOMs", (0.9,)),
        ("GRPO Qwen2.5-7B LoRA on an A100 80G with vLLM colocate crashes at 0.8. What gpu_memory_utilization is right?", (0.8,)),
        ("trl GRPO lora qwen3-8b 单卡A100 80G vllm colocate，显存占比设多少？0.9会爆显存", (0.9,)),
        # another number below one, and two that were tried, of which neither is the case's
        ("GRPO full Qwen2.5-1.5B on a 4090 with colocated vLLM: gpu_memory_utilization? beta 0.9, lr 1e-6", None),
        ("GRPO LoRA Qwen3-8B one A100 80GB vLLM on the same card: what gpu_memory_utilization? 0.9 OOMs in the update, 0.2 has no room for KV", None),
    ],
)  # fmt: skip
def test_the_share_that_failed_is_that_of_the_run(question: str, share: tuple[float, ...] | None) -> None:
    assert read(question).facts.get("gpu_memory_utilization") == share


def test_of_a_share_that_failed_the_most_is_told_once() -> None:
    told = answer_to(
        "GRPO LoRA Qwen3-8B, A100 80GB, colocate vLLM. Which gpu_memory_utilization should I set? With 0.9 it OOMs"
    )
    assert told.startswith("**The engine's share is the cause")
    assert "0.65 or less" in told
    assert "leaves 8.00 GiB" in told
    assert "is enough for the rollouts, 20.0 GiB of each card.**" in told


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("GRPO of Qwen2.5-7B on 8x A100 80GB with vLLM colocate: how much does the rollout take?", "**The rollout engine takes 0.5 of each card (gpu_memory_utilization as assumed here), 40.0 GiB", "14.2 GiB of 16-bit weights of its own"),
        ("verl PPO Qwen2.5-7B 8*H800,gpu_memory_utilization 0.4,rollout引擎占多少", "**rollout 引擎占每张卡的 0.4，即 31.9 GiB", "7.09 GiB（张量并行 2）"),
        ("GRPO Qwen2.5-7B 8×A100 80G,生成到4k,rollout占多少显存", "**rollout 占的是 KV 缓存，每 token 56 KiB：4,096 token 的一条回答 0.22 GiB", "14.2 GiB ÷ TP"),
        ("How much memory does vLLM need for rollouts in TRL GRPO with Qwen2.5-7B, 8 generations of 2048 tokens?", "**Rollouts take KV cache, 56 KiB a token", "0.88 GiB for the 8 to a prompt"),
    ],
)  # fmt: skip
def test_what_rollouts_take_is_told_first_where_that_is_asked(question: str, opens: str, says: str) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert opening.startswith(opens), opening
    assert says in opening


@pytest.mark.parametrize(
    "question",
    [
        "GRPO Qwen2.5-7B needs how many GPUs with vLLM rollouts?",
        "GRPO Qwen2.5-7B 8张A100,vllm占多少张卡合适",
        "How much memory does GRPO of Qwen3-8B take with vLLM?",
    ],
)
def test_other_questions_with_rollouts_are_of_the_whole(question: str) -> None:
    assert "rollouts_ask" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # 14.8B × 2 B = 27.5 GiB and 8 × 1,024 × 192 KiB = 1.5 GiB
        ("GRPO LoRA of Qwen2.5-14B, single A100 80GB, trl with vllm colocate at 0.3 dies with 'No available memory for the cache blocks'. Which share starts?",
         "gpu_memory_utilization 0.4 (32.0 GiB), which holds the copy and 1.50 GiB of cache for 8 answers at once, 63.5 GiB of 80.0 GiB with the update's 31.5 GiB"),
        ("用trl在一张H100 80G上GRPO LoRA训Qwen3-14B，vllm_gpu_memory_utilization=0.25，引擎启动报 No available memory for the cache blocks",
         "把份额(gpu_memory_utilization)调到 0.4(31.9 GiB),放得下这份权重和同时生成 8 条回答的缓存 1.25 GiB,加上更新的 31.3 GiB 共 63.2 GiB"),
        # where the training by itself is more than the card no share is enough
        ("TRL GRPO full fine-tune of Qwen2.5-7B on one H100 80GB, vllm colocate 0.15, vLLM does not start: No available memory for the cache blocks. What should I set?",
         "but the training has to become smaller, too: the update takes 115.1 GiB by itself"),
    ],
)  # fmt: skip
def test_an_engine_that_does_not_start_is_told_the_share_that_does(question: str, says: str) -> None:
    told = narrow_opening(question).replace("\uff08", "(").replace("\uff09", ")")
    assert says in told, told
