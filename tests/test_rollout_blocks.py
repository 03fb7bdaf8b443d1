"""A rollout engine beside a training whose share leaves no block of cache: which share does, and that the training still fits."""

import pytest

from tests.talking import answer_to

_TRL = "TRL GRPO, Qwen2.5-3B + LoRA on one 4090, use_vllm colocate, vllm_gpu_memory_utilization=0.3"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (f"{_TRL}: 'ValueError: No available memory for the cache blocks. Try increasing gpu_memory_utilization'. But I'm afraid it will then OOM in training", ("5.75 GiB of its 7.20 GiB", "0.28 GiB", "gpu_memory_utilization 0.4", "up to 0.55", "8.89 GiB")),
        ("GRPO+LoRA Qwen2.5-3B 单卡4090，vllm colocate 份额0.3，启动报没有显存给KV cache了，调高又怕训练爆，怎么设？", ("要调大", "5.75 GiB", "设为 0.4", "最多到 0.45")),
        ("GRPO full fine-tuning Qwen2.5-1.5B with TRL vLLM colocate on a 3090, vllm_gpu_memory_utilization=0.15: no memory available for the KV cache", ("so the engine must sleep through the update (vllm_enable_sleep_mode)",)),
        ("verl GRPO Qwen2.5-7B on 4 A100 80GB, gpu_memory_utilization=0.1, rollout fails: No available memory for the cache blocks", ("gives its share back meanwhile (free_cache_engine)",)),
    ],
)  # fmt: skip
def test_the_share_with_a_cache_is_told_beside_the_training(question: str, told: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text.partition("\n")[0] for one in told), text[:900]
    assert "No share leaves room" not in text
    assert "没有哪个份额" not in text
    assert "takes -" not in text  # a further sequence, of the update and not of the engine's turn


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        (f"{_TRL}, CUDA out of memory in training", "Raise it"),
        ("vllm serve Qwen2.5-7B on a 16GB card: No available memory for the cache blocks", "the training"),
    ],
)
def test_other_failures_have_their_own_cause(question: str, unsaid: str) -> None:
    assert unsaid not in answer_to(question).partition("\n")[0]


def test_one_sequence_fits_where_the_default_batch_does_not() -> None:
    text = answer_to(f"{_TRL}, CUDA out of memory in training")
    assert "With one sequence at a time (per_device_train_batch_size 1" in text
