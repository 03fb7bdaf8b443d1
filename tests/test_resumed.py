"""Resuming a data-parallel training: what every rank reads, and onto which card."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("DDP on 4x A100 40GB, Qwen2.5-1.5B full fine-tune in fp32 with AdamW. Resuming with torch.load(ckpt) OOMs right away on GPU 0, and nvidia-smi lists 4 python processes on GPU 0", ("cuda:0 for all", "8 B per parameter", "4 × that 69.0 GiB")),
        ("Resuming my full fine-tune of Llama-3.2-1B from a checkpoint with DDP on 4x 3090: GPU 0 goes OOM while the other three stay at 2 GB", ("cuda:0 for all", "12 B per parameter", "4 × that")),
        ("DDP 8x4090 全参微调 Qwen2.5-0.5B fp32，从头训没问题，torch.load 续训时 0 号卡直接 OOM，nvidia-smi 看到 0 号卡上有 8 个进程", ("都到 0 号卡", "每参数 8 字节", "8 份共")),
        ("8 张 A100 40G DDP 全量微调 Qwen2.5-1.5B,恢复训练时只有 GPU0 爆显存,其它卡都正常", ("都到 0 号卡", "每参数 12 字节")),
    ],
)  # fmt: skip
def test_all_ranks_that_resume_read_onto_the_first_card(
    question: str, said: tuple[str, ...], assistant: Assistant
) -> None:
    text = assistant.ask(question).text
    opening = text.partition("\n")[0]
    assert [one for one in said if one not in opening] == []
    assert "the launch differs" not in text  # the cause is told, and none is guessed at
    assert "差别在启动方式" not in text


def test_what_is_sharded_or_fails_on_every_card_is_read_onto_no_first_card(assistant: Assistant) -> None:
    for question in (
        "full fine-tune Qwen2.5-1.5B on 4x A100 40GB with ZeRO-2, resume from checkpoint OOMs",
        "DDP on 4x A100 40GB, Qwen2.5-1.5B full fine-tune OOMs on GPU 0 at the first step",
    ):
        assert "cuda:0 for all" not in assistant.ask(question).text


def test_where_the_training_alone_is_more_than_the_card_it_is_said_so(assistant: Assistant) -> None:
    larger = "Resuming {} full fine-tuning from a checkpoint OOMs on an A100 80GB though training ran before. Why?"
    opening = assistant.ask(larger.format("Qwen2.5-7B")).text.partition("\n")[0]
    assert "the training alone is more than that" in opening, opening
    assert "on each of 1" not in opening, opening
    assert "the training alone" not in assistant.ask(larger.format("Qwen2.5-3B")).text.partition("\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen3-4B全参，2张A800 80G DDP，从头训正常(70G左右)，resume_from_checkpoint就OOM", "**续训时会把保存的优化器状态读到卡上"),
        ("Full fine-tuning of Qwen3-4B on 2 A800 80GB with DDP works, resume_from_checkpoint=True goes OOM", "**Resuming reads the saved optimizer states onto the card"),
    ],
)  # fmt: skip
def test_states_that_are_read_again_are_the_cause(question: str, opens: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert "device_map" not in told


def test_from_scratch_that_works_is_no_pretraining() -> None:
    assert "from_scratch" not in read("从头训正常,续训就OOM,7B全参").cues
    assert "from_scratch" in read("从头训一个1B要多少显存").cues


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("trl grpo num_generations从8改成16就炸显存，这个参数和显存什么关系？Qwen3-4B", ("16 × 1,024 × 151,936 × 4 B", "per_device_train_batch_size 调回去", "Liger")),
        ("TRL GRPO of Qwen3-4B: raising num_generations from 8 to 16 goes OOM. How is it related to memory?", ("goes by the rows that a card holds at once", "weights, gradients and optimizer", "Liger")),
    ],
)  # fmt: skip
def test_what_grows_with_a_group_that_was_raised(question: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert [one for one in says if one not in first] == []


@pytest.mark.parametrize(
    "text", ["Qwen2.5-7B 用transformers一加载就30G显存", "Qwen2.5-7B 启动完就30G显存", "a 7B sits at 24GB of VRAM"]
)
def test_what_is_there_as_soon_as_it_runs_is_no_card(text: str) -> None:
    assert "gpu_memory_gb" not in read(text).facts


def test_a_card_that_is_named_by_its_memory_stays_one() -> None:
    assert read("我有24G显存,7B能跑吗").facts["gpu_memory_gb"] == (24,)
