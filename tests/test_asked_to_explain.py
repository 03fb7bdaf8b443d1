"""Asked by who wants to understand or to check: products, tables over lengths, what divides and what does not."""

import pytest

from chat.plans.understood import understood
from chat.reads.grammar import read
from tests.talking import answer_to


def told(question: str) -> str:
    return answer_to(question).replace("（", "(").replace("）", ")").replace("：", ":")


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("KV cache of Qwen3-8B at 2k, 8k and 32k", ("| 2048 | 0.28 GiB |", "| 32,768 | 4.50 GiB |")),
        ("Llama-3-8B 在 4k、16k 长度，batch 1 和 4 时 KV cache 多大", ("| 4096 | 0.50 GiB | 2.00 GiB |", "| 16,384 | 2.00 GiB | 8.00 GiB |")),
        ("kv cache Qwen2.5-7B 4096 tokens, batch 1, 8, 32", ("| 4096 | 0.22 GiB | 1.75 GiB | 7.00 GiB |",)),
        ("Llama-3-8B kv cache size at 4096 vs 16384 tokens", ("| 4096 | 0.50 GiB |", "| 16,384 | 2.00 GiB |")),
    ],
)  # fmt: skip
def test_a_cache_is_told_at_each_length_and_batch(question: str, rows: tuple[str, ...]) -> None:
    assert all(row in told(question) for row in rows)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("why are the logits of Llama 3 8B so large at batch 2, 4096 tokens", "4096 × 2 tokens × 128,256 × 4 B = 4.20 GB"),
        ("Why does a fused cross entropy help so much at 8k for Qwen2.5-7B?", "8192 tokens × 152,064 × 4 B"),
        ("logits 的显存怎么算", "token 数 × 词表 × 4 字节(fp32)"),
        ("logits: 2 * 8192 * 128256 * 4 bytes = 8.4 GB, is there one copy?", "16,384 tokens × 128,256 × 4 B = 8.41 GB"),
    ],
)  # fmt: skip
def test_logits_are_derived(question: str, says: str) -> None:
    assert says in told(question).split("\n\n")[0]


def test_logits_of_a_run_are_none_that_are_derived() -> None:
    for question in (
        "LoRA 微调 Qwen2.5-7B，logits 占多少",
        "my Llama-3-8B LoRA run dies with OOM when it makes the logits, one 4090, why",
        "why does Gemma-2-9B take more memory than Llama-3-8B, the vocabulary?",
    ):
        assert "meaning:logits_derived" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How many bytes per parameter: SGD with momentum, Lion, AdamW?", "SGD with momentum 7B × 4 B"),
        ("sgd momentum vs adam bytes per param", "SGD with momentum 7B × 4 B"),
        ("带动量的 SGD 和 AdamW 每参数各几个字节", "带动量的 SGD 7B × 4 B"),
        ("does Lion halve the optimizer states of AdamW?", "Yes, of the optimizer's own states"),
    ],
)
def test_optimizers_are_told_by_their_own_states(question: str, says: str) -> None:
    assert says in told(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("does context parallelism shard the optimizer states?", "**No. Context parallel"),
        ("CP 会切分权重吗", "**不会。上下文并行"),
        ("does tensor parallelism divide gradients?", "**Yes. Tensor parallel"),
        ("专家并行怎么切分注意力和专家的权重", "**专家并行 e 把路由专家"),
        ("With data parallel, are optimizer states sharded?", "**No. Data parallel"),
        ("what does TP split and what does CP split?", "**Tensor parallel over t"),
    ],
)
def test_a_way_is_told_by_what_it_divides(question: str, opens: str) -> None:
    assert told(question).startswith(opens)


def test_a_layout_that_divides_is_none_that_is_explained() -> None:
    for question in (
        "Llama-3-8B on 2x4090 with TP=2: are the weights split evenly, does it fit?",
        "TP=4 时 KV cache 每卡是 1/4 吗",
        "TP or PP for 2 machines, which is faster when weights are split?",
    ):
        assert not any(one.startswith("divides:") for one in read(question).cues)


def test_experts_that_are_divided_take_as_many_cards() -> None:
    assert understood(read("full fine-tuning of Mixtral-8x7B with expert parallel 8, memory per GPU"))["n_gpus"] == 8
    assert understood(read("Qwen3-30B-A3B 全参训练，EP=4，TP=2，每卡多少"))["n_gpus"] == 4


def test_a_name_that_is_a_product_ends_before_a_setting() -> None:
    assert read("Mixtral-8x7B with TP=4, memory of each card").facts["tp"] == (4,)
    assert read("Mixtral 8x22B 部署 tp=8 每卡").facts["tp"] == (8,)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("does AWQ make the KV cache 4 times smaller as well?", "**No: the KV cache stays"),
        ("模型量化成 4 位后 KV cache 也是 4 位吗", "**不会:KV 缓存不变"),
        ("does Q5 halve the kv cache too?", "**No: the KV cache stays"),
    ],
)
def test_the_cache_does_not_follow_the_weights(question: str, opens: str) -> None:
    assert told(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("nvidia-smi shows 20.4GB, memory_allocated 11.2, memory_reserved 18.6. what is between them?", "11.2 GiB are tensors, 7.40 GiB more blocks that are kept, which no tensor needs, and 1.80 GiB"),
        ("allocated=7.5GB, reserved=12.1GB, nvidia-smi 13926MiB — what is what", "7.50 GiB are tensors, 4.60 GiB more"),
        ("memory_allocated 是 9.2，reserved 是 12.6，nvidia-smi 显示 14.1G，差在哪", "张量 9.20 GiB，留着复用的块 3.40 GiB"),
    ],
)  # fmt: skip
def test_each_meter_is_read_with_its_unit_or_without(question: str, says: str) -> None:
    assert says in told(question)


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("7B pretraining at 3,600 tokens/s per A100, what MFU is that?", "48 %"),
        ("8 张 H100 训练 8B，9000 tokens/s 每卡，MFU 多少", "44 %"),
    ],
)
def test_a_rate_of_each_card_has_its_share(question: str, share: str) -> None:
    assert share in told(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("weights 26GB, grads 26GB, master 52GB, adam 104GB = 208GB for 13B. A reviewer says 234GB, who is right?", "234 GB is 18 B per parameter: fp32 gradients"),
        ("7B：权重14GB 梯度14GB 主权重28GB adam 56GB 共112GB，导师说140GB，谁对", "140 GB 是每参数 20 字节"),
    ],
)  # fmt: skip
def test_another_total_is_told_by_what_it_counts(question: str, says: str) -> None:
    assert says in told(question)


def test_what_double_quantisation_saves_is_no_width() -> None:
    question = "double quant saves 0.37 bits per parameter, where does that come from, and for 33B in GB?"
    assert "log_few_bits" not in read(question).extras
    assert told(question).startswith("**NF4 keeps 4 bits")
    assert "log_few_bits" in read("QLoRA of a 33B in 0.5 bits per weight").extras


def test_shapes_are_read_with_their_names_first() -> None:
    found = told("layers 48 kv heads 8 head dim 128, kv cache of 16k tokens?")
    assert "48 layers × 8 KV heads × 128" in found
    assert "with 80 KV heads" not in found


def test_a_check_of_a_named_models_cache_has_its_tokens() -> None:
    found = told("Qwen2.5-7B has 28 layers, 4 kv heads, head dim 128: 28*2*4*128*2 = 57344 B per token, right? 4096 tokens, 8 sequences?")  # fmt: skip
    assert found.startswith("**Right: 56 KiB per token.")
    assert "× 8 sequences = 1.75 GiB" in found
