"""What a load was seen to take beside its size in 16 bit; what is offloaded over machines, as a remedy, and what it leaves."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to

_IN_FP32 = ("The weights are loaded in fp32", "权重是按 fp32 加载的")


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("AutoModelForCausalLM.from_pretrained('Qwen/Qwen2.5-14B').cuda() takes 58 GB on my A100 80G. In bf16 the hub says 29.5 GB. No other process runs", True),
        ("transformers 的 from_pretrained 加载 Llama-2-13b 占了 52GB 显存，官方说 bf16 是 26GB，卡是 A100 80G", True),
        # both are sizes that are known, and what is asked is whether they fit
        ("Llama-2-13b takes 52 GB in fp32 and 26 GB in bf16 with transformers. Does it fit on an A100 80GB?", False),
        # what is seen is the 16-bit load
        ("transformers loads Qwen2.5-14B on my A100 80G and takes 31 GB. The hub says 29.5 GB in bf16.", False),
    ],
)  # fmt: skip
def test_a_load_of_twice_the_size_in_16_bit_was_in_fp32(question: str, told: bool) -> None:
    opening = answer_to(question).partition("\n\n")[0]
    assert any(one in opening for one in _IN_FP32) is told, opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("4 nodes with 8 A100 80GB, 256 GB of RAM each. Full fine-tuning of Llama-3.1-70B with ZeRO-3 and the optimizer offloaded to CPU. Enough host memory?", "247 GB (230.0 GiB) on each of 4, of 256 GB, which just holds it"),
        ("2台8卡A100 80G，每台内存512G，Qwen2.5-72B全参，ZeRO-3 offload优化器，内存够吗？", "2 台每台 509 GB（474.0 GiB），每台内存 512 GB，勉强放得下"),
        ("2 nodes x 8 H100 80GB, 1TB RAM in total. Full fine-tune of Llama-3.1-70B with ZeRO-3 and optimizer offload: is the RAM enough?", "494 GB (460.0 GiB) on each of 2, of 512 GB"),
    ],
)  # fmt: skip
def test_what_is_offloaded_is_divided_over_the_machines(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_one_machine_has_its_own_memory() -> None:
    answer = answer_to("8x H100 80GB, 1TB RAM. Full fine-tune of Llama-3.1-70B, ZeRO-3, optimizer offload: enough RAM?")
    assert "on each of" not in answer.partition("Of the states")[0]
    assert "of 1,024 GiB" in answer


@pytest.mark.parametrize(
    ("question", "failed"),
    [
        ("Full fine-tune of Qwen2.5-72B on 16 A100 80GB. ZeRO-3 alone OOMs. Will optimizer offload do?", False),
        ("Llama-3.1-70B全参，16张A100 80G，单用ZeRO-3会OOM。optimizer offload够吗？", False),
        ("Qwen2.5-32B full on 4 A100 80GB with ZeRO-3 and optimizer offload OOMs. Will a smaller batch do?", True),
        ("Qwen2.5-32B full on 4 A100 80GB. ZeRO-3 OOMs. I also tried optimizer offload, it OOMs too. Why?", True),
    ],
)
def test_a_remedy_that_is_asked_of_has_not_failed(question: str, failed: bool) -> None:
    assert ("oom_diagnosis" in read(question).intents) is failed


@pytest.mark.parametrize(
    ("question", "doubted"),
    [
        ("Yi-6B全参，A6000 48G，zero2 + offload_optimizer，显存还占30G，不是说优化器都到内存了吗？", True),
        ("Llama-3.1-8B full, ZeRO-2 with offload_optimizer, 40 GB on the GPU. Isn't the optimizer in RAM now?", True),
        ("I thought the Adam states go to CPU with offload_optimizer, yet the card shows 36 GB", True),
        ("Qwen2.5-7B全参，A100 40G，是不是把优化器放到内存就够了？", False),
        ("Full fine-tune of Qwen2.5-7B on one A100 40GB: shouldn't I move the optimizer to CPU RAM?", False),
    ],
)
def test_whether_states_have_moved_is_whether_offload_is_in_force(question: str, doubted: bool) -> None:
    assert ("at_work" in read(question).cues) is doubted


def test_what_offloading_the_optimizer_leaves_on_the_card_is_told() -> None:
    answer = answer_to(
        "A6000 48G单卡，Yi-6B全参，zero2 + offload_optimizer，显存还占30G（bs4，2048），不是说优化器都到内存了吗？"
    )
    assert answer.startswith("**已经生效")
    assert "16 位权重（11.3 GiB" in answer
    assert "offload_param" in answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("verl GRPO of Qwen2.5-32B on 8 H100 80GB with FSDP, rollout TP 4 and gpu_memory_utilization 0.6 runs out of memory at once. Which setting do I turn?", "down to about 0.25 (19.9 GiB)"),
        ("verl GRPO训Qwen2.5-32B，8×H100 80G，FSDP，rollout TP=4，gpu_memory_utilization=0.6，一起来就OOM，调哪个参数", "降到约 0.25（19.9 GiB）"),
    ],
)  # fmt: skip
def test_a_smaller_share_of_the_engine_is_among_the_settings(question: str, said: str) -> None:
    assert said in answer_to(question)
    fits = answer_to("verl GRPO of Qwen2.5-7B on 8 H100 80GB, FSDP, rollout TP 1, gpu_memory_utilization 0.4. Enough?")
    assert "A smaller gpu_memory_utilization" not in fits
