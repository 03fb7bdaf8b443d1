"""What the stages of a pipeline keep of the activations: whether they are divided, by which schedule, and how unlike they are, by readings of them too."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does pipeline parallel lower the activations of Qwen2.5-7B with pp=2?", "**Not on the fullest card: the first of 2 stages keeps 2 micro-batches"),
        ("Llama-3-8B 全参,pp 8 能降激活显存吗", "**最满的那张卡不会减少：8 级里第 1 级同时保留 8 个微批次"),
        ("Llama-3-8B with pp=4 and 8 micro-batches, GPipe or 1F1B: how much activation memory?", "**1F1B keeps min(4, 8) = 4 micro-batches on the first stage"),
        ("13B pp=8,64 micro-batches,GPipe 和 1F1B 激活差多少", "**1F1B 首级保留 min（8, 64）= 8 个微批次"),
        ("Llama-2-7B 全参 pp=2 dp=2,为什么第一张卡比最后一张占得多", "**参数是均分的，激活不是"),
        ("interleaved 1F1B with 4 chunks for a 7B at pp 8: how much more activation memory?", "**Interleaved, the first stage keeps 1 + (p − 1)/(p·v) times"),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_stages_comes_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_a_schedule_beside_characters_is_read_and_the_last_card_is_no_count() -> None:
    assert read("7B,pp=4,用GPipe调度").facts["schedule"] == ("gpipe",)
    assert "n_gpus" not in read("7B 全参 pp=2,最后一张卡为什么更满").facts
    assert "GPipe" in answer_to("7B full fine-tuning, pp=4, gpipe schedule, 8 micro-batches, how much per card?")


@pytest.mark.parametrize("question", ["Llama-3-8B full fine-tuning, pp=4, 4 A100 80GB, fits?", "does checkpointing reduce activations with pp=4, 7B?"])  # fmt: skip
def test_else_the_verdict_comes_first(question: str) -> None:
    assert not answer_to(question).startswith("**Not on the fullest card")


@pytest.mark.parametrize(
    ("question", "opens", "seen"),
    [
        ("Megatron Llama-3-8B tp 2 pp 4, sequence parallel, 8192 tokens, micro batch 1, 32 micro-batches: why is stage 0 at 70 GB and stage 3 at 45 GB?", "**The parameters are divided evenly", "(70 − 45) ÷ 3 = 8.33 GB each"),
        ("Megatron 训练 Llama-3-8B,TP2 PP4 序列并行,8192 长度,micro batch 1:为什么 stage 0 占 70 GB,stage 3 只有 45 GB?", "**参数是均分的", "（70 − 45）÷ 3 = 8.33 GB"),
    ],
)  # fmt: skip
def test_numbered_stages_of_a_pipeline_are_no_stages_of_zero(question: str, opens: str, seen: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:300]
    assert seen in text.partition("\n")[0]
    assert "None" not in text
    assert "| – |" not in text  # no card is told


def test_two_readings_of_stages_are_told_by_their_micro_batches() -> None:
    question = "Llama-3-70B pretrain on 64 H100, TP8 PP8, 1F1B, 8192 tokens, micro batch 2, SP on: pipeline rank 0 sits at 76GB, the last rank shows only 35GB, why?"
    first = opening(question)
    assert "(76 − 35) ÷ 7 = 5.86 GB each" in first
    assert "34·s·b·h/TP for a layer gives 10 × 34 × 8,192 × 2 × 8,192 ÷ 8 B = 5.7 GB" in first
    other = opening(question.replace("76GB", "45GB"))
    assert "between your two readings" not in other  # too little for so many micro-batches


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Pipeline parallel 4 on 8 A100 80GB, TP2, full Qwen2.5-14B: the last stage OOMs but the first is fine. Why?", "**The last stage alone has the head and the logits: 2,048 × 152,064 ÷ TP 2 × 4 B"),
        ("Llama-3-70B in Megatron with TP 8 PP 8 on 64 H100, 8192 tokens: why does the last stage OOM while the first is fine?", "**The last stage alone has the head and the logits: 8,192 × 128,256 ÷ TP 8 × 4 B = 0.49 GiB for one fp32 copy, several at once, 1.47 GiB; yet as counted here it takes"),
        ("PP4 最后一级爆显存，第一级没事，Qwen2.5-14B，8卡A100 80G TP2，为什么", "**只有末级有输出头和 logits"),
        ("TP=2 PP=4, 8 H100, full Qwen2.5-14B, no recompute: why does the first stage take more than the last stage?", "**The parameters are divided evenly"),
    ],
)  # fmt: skip
def test_the_stage_that_is_fuller_is_the_one_explained(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_stages_of_a_server_are_no_training() -> None:
    facts = read("vLLM Qwen2.5-72B with pp 4 on 4 A100: the last stage has less KV cache, why?").facts
    assert facts["task"] == ("inference",)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Pipeline parallel 4 with equal layers per stage: rank 0 uses 72GB and the last stage 40GB. Bug?", ("**No fault: the parameters are divided evenly", "4, 3, 2, 1 on the 4 stages", "(72 − 40) ÷ 3 = 10.7 GB each", "full recomputation", "interleaving keeps more")),
        ("Megatron TP2 PP4 1F1B, 32 microbatches, equal layers. The first stage reads 58GB, the middle ones 44GB. Why the imbalance?", ("Your 58 − 44 = 14 GB are 1 to 2 of them more", "(32 here) changes nothing")),
        ("Megatron，PP=8，每级层数一样，第一级占 70G，最后一级只有 35G，为什么不均衡？", ("8 级依次是 8, 7, …, 1", "÷ 7 = 5 GB", "首级少放几层")),
        ("Why do first-stage GPUs in my PP=4 run use 20GB more than the last-stage ones? Megatron, 1F1B, 32 layers.", ("Your 20 GB are 3 of them more: 20 ÷ 3 = 6.67 GB each",)),
        ("PP=4，1F1B，第0级 68G，第1级 60G，第2级 52G，第3级 47G，正常吗？", ("÷ 3 = 7 GB",)),
        ("流水线并行 PP4 训练，第一个 stage 显存比中间的高 15G，层数都是均分的，正常吗", ("**没有问题:参数是均分的",)),
    ],
)  # fmt: skip
def test_stages_of_no_model_are_told_by_their_micro_batches(question: str, says: tuple[str, ...]) -> None:
    first = opening(question).replace("：", ":")
    assert all(one in first for one in says), first


def test_a_stage_between_is_no_last_one() -> None:
    question = "Qwen2.5-14B, Megatron TP2 PP4 on 8 A100 80GB, 1F1B, no recompute, seq 4096, micro batch 1: first stage sits at 52GB and the middle ones at 45GB. Why isn't it balanced?"
    first = opening(question)
    assert "the first stage keeps p = 4 micro-batches" in first
    assert "Stages between keep 1 to 2 micro-batches less" in first


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Why does the first pipeline stage keep more activations than the last in 1F1B, with 8 stages?", "**With 1F1B the first of p stages keeps"),
        ("1F1B 流水线里第一级为什么要存更多微批次的激活？", "**1F1B 调度下，p 级流水线的第 1 级同时保留"),
    ],
)  # fmt: skip
def test_of_no_readings_the_schedule_is_explained(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
