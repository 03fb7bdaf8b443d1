"""What companies ask: cards of other makers, counts that a document gives, settings of trainers and servers."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


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
