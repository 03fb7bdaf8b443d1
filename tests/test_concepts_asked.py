"""How a part of a model or a way to divide it takes memory, asked in a few words."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("which saves the most kv cache: MHA, GQA, MQA or MLA?", "**In bytes MQA keeps the least"),
        ("gqa 和 mla 哪个kv缓存更小", "**按字节 MQA 最省"),
        ("what does dp attention save", "**It saves KV cache"),
        ("数据并行注意力是什么 省显存吗", "**省的是 KV 缓存"),
        ("what happens without a kv cache, less memory?", "**Less memory, by the whole cache"),
        ("关掉kv缓存 会省显存吗", "**显存会小"),
        ("is the kv cache of a moe smaller than of a dense model", "**No, not by being a mixture"),
        ("moe模型的kv缓存比稠密小吗", "**不会因为是 MoE 就更小"),
        ("how large are activations during prefill, do I have to count them", "**Yes, but it is small"),
        ("预填充的激活要不要算", "**要考虑"),
        ("sequence parallel over 4 gpus with 128k context: how much does it save", "**Over 4 cards activations and"),
        ("序列并行 4张卡 32k 省多少", "**4 张卡时，激活和 logits 每卡降到 1/4"),
        ("is memory per gpu the same with tp 2 and pp 2?", "**Nearly: either divides"),
        ("张量并行和流水线并行 每张卡显存一样吗", "**差不多"),
        ("why does each gpu use more than half with tensor parallel 2", "**Only the large matrices"),
        ("双卡张量并行 显存为什么没有减一半", "**减半的只是大矩阵"),
        ("hsdp vs full shard memory", "**FULL_SHARD divides"),
        ("hybrid_shard 每张卡占多少显存", "**FULL_SHARD 按全部卡数"),
        ("why is peak memory higher than fp16 when loading in 8bit", "**Because the 16-bit weights pass"),
        ("8bit 加载过程峰值为什么比16位还高", "**因为量化时 16 位权重"),
        ("does pissa use more memory than lora", "**No, they take what LoRA takes"),
        ("rslora 会比 lora 多占显存吗", "**都不会"),
        ("can I train dpo without loading the reference model", "**Yes: DPO and KTO need only"),
        ("kto 可以不要参考模型吗", "**能：DPO、KTO"),
        ("Qwen3-235B-A22B with expert parallel: how much weights per GPU", "**Each card of N holds 1/N of the 128"),
        ("DeepSeek-V3 专家并行 每张卡放多少专家", "**N 张卡时，每张完整地放每层 256 个"),
    ],
)  # fmt: skip
def test_it_is_told_what_is_asked(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_the_figures_are_worked_out() -> None:
    assert "2 × 128 × 128 = 32,768" in answer_to("mha mqa mla 哪个 kv 最小")
    assert "16.0 GiB → 2.00 GiB" in answer_to("sequence parallel on 8 gpus at 64k, how much less?")
    assert "20.4 + 19.1 = 39.5 GB" in answer_to("DeepSeek-V3 ep32 每卡权重多少")


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("DeepSeek-V3 on 8x H200: does MLA save kv over GQA?", "In bytes MQA keeps the least"),
        ("DeepSeek-V3 8x H200 dp attention vs tp 8, how many tokens", "It saves KV cache, that of models"),
        ("prefix cache 关掉会怎样", "显存会小，省下的就是整个缓存"),
        ("use_cache=False in training, does it save memory", "Less memory, by the whole cache"),
        ("Mixtral-8x7B kv cache at 32k", "not by being a mixture"),
        ("Qwen3-8B full finetune activations at 8k", "keeps the activations of one layer at a time"),
        ("流水线并行第一级为什么激活多", "差不多：两者都把权重"),
        ("tp 2 慢了一半 为什么", "减半的只是大矩阵"),
        ("zero3 两张卡 显存为什么没有减一半", "减半的只是大矩阵"),
        ("shard_grad_op 和 full_shard 区别", "HYBRID_SHARD 只在一组"),
        ("7B rslora rank 64 on 24GB, fits?", "they take what LoRA takes"),
        ("rslora 效果比 lora 好吗", "都不会，同样的秩"),
        ("dpo lora 参考模型要占多少显存", "**能：DPO、KTO"),
        ("Qwen3-30B-A3B 有多少专家", "每张完整地放每层"),
        ("DeepSeek-V3 EP 8 on 8x H200, fits?", "Each card of N holds"),
        ("Does EP=4 lower the memory per GPU of Qwen3-30B-A3B on 4 cards?", "Each card of N holds"),
    ],
)  # fmt: skip
def test_a_case_or_a_neighbour_is_answered_itself(question: str, unsaid: str) -> None:
    assert unsaid not in opening(question)
