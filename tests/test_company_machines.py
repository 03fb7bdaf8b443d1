"""What companies ask: cards of other makers, counts that a document gives, settings of trainers and servers."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "gpu", "count"),
    [
        ("4张海光 K100_AI 64G 部署 Qwen2.5-32B", "K100 AI", 4),
        ("8x Hygon K100 AI for Llama-3.1-70B bf16", "K100 AI", 8),
        ("昆仑芯 P800 8卡跑 Qwen3-235B FP8", "P800", 8),
        ("寒武纪 MLU370-X8 两张跑 14B", "MLU370", 2),
        ("2 Moore Threads MTT S4000, Qwen3-32B INT8", "S4000", 2),
        ("16卡沐曦曦云C500 部署 DeepSeek-V3", "C500", 16),
        ("两张 Atlas 300I Duo 跑 32B", "Ascend 310P", 4),
        ("Can one Atlas 300I Duo 96GB serve a 14B?", "Ascend 310P", 2),
    ],
)
def test_a_card_of_another_maker_is_in_the_table(question: str, gpu: str, count: int) -> None:
    found = read(question)
    assert found.unknown_gpus == ()
    assert gpu in str(found.facts["gpu"][0])
    assert found.facts["n_gpus"] == (count,)


@pytest.mark.parametrize("question", ["7B LoRA on a V100, lr 5e-5, 800 steps", "4 x A100, 14B, S3 bucket"])
def test_their_numbers_are_none_of_other_words(question: str) -> None:
    assert len(read(question).facts["gpu"]) == 1


@pytest.mark.parametrize(
    ("question", "says", "not_said"),
    [
        ("verl GRPO Qwen2.5-7B 8*A100 80G, max_response_length=4096. log_prob_micro_batch_size_per_gpu=32 直接 OOM", ["**算 log 概率的那一遍有自己的 micro-batch", "32 条 × 4,096 token"], []),
        ("GRPO of a 14B in verl on 8 H100, log_prob_micro_batch_size_per_gpu: 16, max_response_length: 8192, OOM", ["**The pass that computes log-probabilities", "16 × 8,192 tokens"], []),
        ("7B 全参 zero3 offload,显存够,内存 128G 爆了", ["**耗尽的是主机内存"], []),
        ("PPO 四个模型都是 13B,带 reference model,需要多少张 A100 80G", [" 张卡**"], ["**不一定"]),
        ("Megatron 13B TP2 16卡 A100,分布式优化器能省多少", ["每卡一份完整副本", "ZeRO-1"], ["每卡每参数的字节数"]),
        ("SGLang Qwen3-8B on one L40S: which mem_fraction_static?", ["**mem_fraction_static need not be set"], []),
        ("Docs say Llama-3.1-70B in bf16 needs 4x A100 80GB, right?", ["**By memory it is otherwise: bf16 takes 2 cards"], []),
        ("手册写 Qwen3-235B bf16 要 8 张 H100,fp8 要 4 张,对不对", ["**对：FP8 最少 4 张"], []),
        ("DPO Llama-3.1-8B 全参 8卡A100 80G,参考模型占多少?zero3 行吗,cutoff_len 4096", ["切分（ZeRO-3/FSDP）"], ["2,048"]),
        ("听说 70B 全参要 3 台 8卡A100 80G,对吗", ["**3 台（24 张卡）"], ["192 张"]),
        ("公司预算 150 万,部署 DeepSeek-R1 给 30 人并发用,买什么卡", ["“150 万”"], ["--n-cpu-moe"]),
        ("GRPO 7B 4卡H100 rollout 占多少?gpu_memory_utilization 0.5 时剩多少", ["给训练"], []),
    ],
)  # fmt: skip
def test_what_a_company_is_told(question: str, says: list[str], not_said: list[str]) -> None:
    told = answer_to(question)
    assert [one for one in says if one not in told] == []
    assert [one for one in not_said if one in told] == []


@pytest.mark.parametrize(
    ("question", "gpu", "counts"),
    [
        ("Llama 3 70B bf16 on a p4d, does it fit?", "A100", (8,)),
        ("p5en 部署 DeepSeek-V3 FP8", "H200", (8,)),
        ("AWS 的 g6e 跑 Qwen2.5-32B AWQ", "L40S", (1, 4, 8)),
        ("Is an EC2 p5 enough for Llama-3.1-405B FP8?", "H100", (1, 8)),
        ("g5.12xlarge or g5.48xlarge for a 70B?", "A10G", (4, 8)),
        ("Qwen2.5-72B on g6e.12xlarge or p4d.24xlarge?", "L40S", (4, 8)),
    ],
)
def test_a_family_of_instances_is_the_cards_of_its_sizes(question: str, gpu: str, counts: tuple[int, ...]) -> None:
    found = read(question)
    assert found.unknown_gpus == ()
    assert found.facts["gpu"][0] == gpu
    assert tuple(sorted(map(int, found.facts["n_gpus"]))) == counts


@pytest.mark.parametrize(
    ("question", "gpu"),
    [("Qwen2.5-7B Q4 on a P4", "P4"), ("tesla p4 跑 7B 4bit", "P4"), ("two P100 for a 13B", "P100")],
)
def test_a_card_is_no_instance_where_no_cloud_is_spoken_of(question: str, gpu: str) -> None:
    assert read(question).facts["gpu"] == (gpu,)


def test_cards_that_are_spelt_out_behind_an_instance_are_counted_once() -> None:
    told = answer_to(
        "Which AWS box for serving Llama 3 70B: g5.12xlarge (4x A10G), g5.48xlarge (8x A10G) or p4d (8x A100 40G)?"
    )
    assert told.startswith("**Take 8 × A100 40 GB")
    assert all(f"- **{rig}: fits**" in told for rig in ("4 × A10G", "8 × A10G", "8 × A100 40 GB"))
    # 39 GiB beside bf16 of the eight small cards, at 2.5 GiB a request of 8,192 tokens
    assert "17.6 GiB on each card, 16.4 GiB of it weights" in told
    assert "about 16 such requests at once" in told


@pytest.mark.parametrize(
    "question",
    [
        "p4d.24xlarge or p5.48xlarge for Llama 3 70B in bf16, which is faster?",
        "p5.48xlarge和p4d.24xlarge，Llama 3 70B bf16哪个快",
    ],
)
def test_instances_of_unlike_cards_keep_the_memory_of_each(question: str) -> None:
    first = opening(question)
    assert "8 × A100 40 GB" in first
    assert "A100 80 GB" not in first
