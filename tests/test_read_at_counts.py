"""What was seen with two numbers of cards, cards of one name that differ, the cache in tokens beside sequences, a card by two units."""

import pytest

from chat.plans.scale_told import scale_told
from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("deepspeed zero1 full fine-tune Llama-3.1-8B, 4 GPUs show 70 GB each, 8 GPUs 58 GB each. why not half?",
         ("**ZeRO-1 divides only the optimizer states", "8.03B × 4 B = 32.1 GB", "(4 + 12/8) B = 44.2 GB", "12 GB less, which matches the 12 GB that you see", "÷ 8 = 16.1 GB")),
        ("Full fine-tuning of a 7B with ZeRO-2: 52 GB per GPU on 4 cards and 37 GB on 8. Why not half?",
         ("**ZeRO-2 divides only gradients", "(2 + 14/8) B = 25.3 GB on each of 8", "so the 15 GB that you see are plausible")),
        ("Pythia-6.9B 全参,ZeRO-2,4 张 A100 每卡 47GB,8 张每卡 35GB,卡多了一倍怎么没减半?",
         ("**ZeRO-2 只切分梯度和优化器状态", "少 12 GB，与您看到的 12 GB 相符", "ZeRO-3（FSDP FULL_SHARD）连权重也切分：8 张时每卡状态 16 字节 × 6.86B ÷ 8 = 13.7 GB")),
        ("Qwen2.5-7B 全参 ZeRO-3,8 卡每卡 40GB,16 卡每卡 33GB,为什么没减半", ("**只有状态按卡数切分", "与您看到的 7 GB 相符")),
    ],
)  # fmt: skip
def test_what_more_cards_leave_whole_is_told_by_its_stage(question: str, says: tuple[str, ...]) -> None:
    first = opening(question)
    assert first.startswith(says[0])
    for one in says:
        assert one in first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full fine-tuning of Llama-2-13B, ZeRO-3: 45 GB per GPU on 8 GPUs, 33 GB on 16 GPUs. Why is it not half?",
         ("26 GB on each of 8 cards and 13 GB on each of 16. That is 13 GB less, which matches the 12 GB that you see", "(16 × 33 − 8 × 45) ÷ 8 = 21 GB")),
        ("ZeRO-3 on Qwen2.5-32B: I see 76 GB per card on 8x H100 80G and 45 GB per card on 16. Should it not halve?", ("65.5 GB on each of 8 cards and 32.8 GB on each of 16", "matches the 31 GB")),
        ("Qwen2.5-14B full SFT with FSDP: 58GB on each of 8 H100s but 44 GB on each of 16. What stays?", ("(16 × 44 − 8 × 58) ÷ 8 = 30 GB",)),
        ("ZeRO-3 全参 13B：8 卡时每卡 45G，加到 16 卡每卡 33G，多出来的是什么", ("26 GB，16 张卡每张 13 GB，少 13 GB，与您看到的 12 GB 相符",)),
        ("ZeRO-3 全参 Qwen2.5-14B，8卡每卡52G，16卡每卡还有38G，不是应该减半吗", ("少 14.8 GB，与您看到的 14 GB 相符", "= 24 GB 每张卡都有")),
    ],
)  # fmt: skip
def test_what_each_card_takes_may_stand_before_its_count(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    for one in says:
        assert one in text.split("\n\n")[0]
    assert "Not understood" not in text


@pytest.mark.parametrize(
    "question",
    [
        "ZeRO-2 全参 7B,4 张 40GB 的卡和 8 张 24GB 的卡哪个放得下",
        "Full fine-tuning a 7B with ZeRO-2 on 4 cards shows 52 GB with batch 8, is that right?",
        "4 cards of 80 GB or 8 cards of 40 GB for a full fine-tuning of a 7B with ZeRO-2?",
    ],
)
def test_what_cards_have_was_not_seen_with_two_counts(question: str) -> None:
    assert not any(one.startswith("seen_at") for one in scale_told(read(question)))
    assert "divides only" not in opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full finetune of Llama-2-13B over 2 nodes x 8 A100 40GB: FULL_SHARD, SHARD_GRAD_OP or HYBRID_SHARD, which ZeRO stages are these and which fits?",
         ("HYBRID_SHARD, divided by the 8 of a machine, 16/8 B", "of a card's 40.0 GiB: FULL_SHARD 21.5 GiB (fits), SHARD_GRAD_OP 40.5 GiB (borderline), HYBRID_SHARD 34.9 GiB (most likely fits)")),
        ("FSDP 的 FULL_SHARD、SHARD_GRAD_OP、HYBRID_SHARD 各对应 ZeRO 几?2 台 8 卡 A100 80G 全参 Qwen2.5-14B 哪个放得下",
         ("每卡可用 80.0 GiB，加上激活和缓冲各为 FULL_SHARD 26.2 GiB（放得下）", "HYBRID_SHARD 40.5 GiB（放得下）")),
    ],
)  # fmt: skip
def test_strategies_of_fsdp_are_held_against_the_card(question: str, says: tuple[str, ...]) -> None:
    for one in says:
        assert one in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Llama-3.1-8B on one 4090 with vLLM: how many tokens of KV fit, and how many 8k requests at once?", "**Room for about 47,600 tokens of cache**; **about 5 sequences"),
        ("2x A6000, Qwen2.5-32B-Instruct-AWQ, tp 2: how many tokens of KV cache do I get and how many users at 16k?", "**Room for about 273,900 tokens of cache over the 2 cards**; **about 16"),
        ("双卡3090,vllm tp2 部署 Qwen2.5-14B-Instruct-AWQ,KV 缓存一共多少 token,16k 的请求能并发几个", "**2 张卡合起来能放约 171,600 个 token 的 KV 缓存**；**同时约 9 到 10 条"),
    ],
)  # fmt: skip
def test_the_cache_in_tokens_is_told_beside_the_sequences(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    ["一张 4090 跑 Qwen3-8B,8k 上下文能同时几路?", "Llama-3.1-8B on one 4090 with vLLM, how many 8k requests at once, and how many tokens per second?"],
)  # fmt: skip
def test_else_sequences_are_told_alone(question: str) -> None:
    assert "Room for about" not in answer_to(question)
    assert "能放约" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("从头预训练 deepseek-coder-1.3b,seq 4096,micro batch 8,单卡 A100 开不开重计算差多少,40G 够不够",
         ("多半放得下：开启重计算 · A100 40 GB（34.6 GiB）", "放不下：关闭重计算（103.8 GiB）")),
        ("从头预训练 deepseek-coder-1.3b,seq 4096,micro batch 8,一张 H100 开不开重计算差多少,够不够", ("放得下：开启重计算（34.6 GiB）",)),
    ],
)  # fmt: skip
def test_of_cards_with_one_name_each_has_its_verdict(question: str, says: tuple[str, ...]) -> None:
    for one in says:
        assert one in opening(question)


def test_gradients_are_told_beside_the_states_at_the_peak() -> None:
    told = answer_to("从头预训练 deepseek-coder-1.3b,seq 4096,micro batch 8,单卡 A100 开不开重计算差多少,40G 够不够")
    assert "峰值时 17.6 GiB，梯度都算出后 20.1 GiB" in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen3-8B 的文件一共 16.4GB,日志里 Model loading took 15.3 GiB,少了 1G?4090 的 24G 是哪种 G", "24 GB 的卡有 24.0 GiB（按文件的算法是 25.8 GB）"),
        ("vLLM logs 'Loading model weights took 14.96 GiB' on my 3090 for Llama-3.1-8B in bf16, 8.03*2 is 16.06. Where did the missing gigabyte go?", "The memory of the card, 24 GiB, is 25.77 GB by the files' measure."),
    ],
)  # fmt: skip
def test_the_card_is_told_by_both_units(question: str, says: str) -> None:
    assert says in opening(question)


def test_without_a_card_a_usual_one_is_told() -> None:
    told = answer_to("vLLM logs 'Loading model weights took 14.96 GiB' for Llama-3.1-8B in bf16, 8.03*2 is 16.06. Where did the missing gigabyte go?")  # fmt: skip
    assert "A card sold as 24 GB has about 24 GiB, 25.8 GB by the files' measure" in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LoRA on Llama-3-8B with ZeRO-2: 22GB on 1 GPU and still 22GB per GPU on 4. Shouldn't it go down?",
         ("**That is as it must be: ZeRO-2 divides gradients and optimizer states alone", "of which 4 cards save 0.35 GiB each")),
        ("QLoRA of Qwen2.5-14B, DeepSpeed stage 2: 16 GB on one card, still 16 GB on each of 8. Is something wrong?", ("**That is as it must be", "of which 8 cards save")),
        ("LoRA微调Llama-3-8B开ZeRO-2，1卡22G，4卡每张还是22G，不应该降吗", ("**这是正常的：ZeRO-2 只切分梯度和优化器状态", "4 张卡每张只省 0.35 GiB")),
        ("Llama-2-7B full finetune ZeRO-3: 24GB on 4 GPUs, still 24GB on 8 GPUs. Why?", ("**Sharding divides weights, gradients and optimizer states by the number of cards, never activations",)),
        ("全参7B开zero3，4卡每卡30G，8卡还是30G，切分没生效吗", ("**已经生效：切分到 8 张卡后",)),
    ],
)  # fmt: skip
def test_as_much_on_more_cards_is_what_was_seen_and_no_card(question: str, says: tuple[str, ...]) -> None:
    facts = read(question).facts
    assert "gpu_memory_gb" not in facts
    assert facts["n_gpus"] in ((4,), (8,))
    for one in says:
        assert one in opening(question)
    assert "Not understood" not in answer_to(question)


def test_as_much_that_is_not_seen_again_is_of_the_cards() -> None:
    facts = read("24GB on 2 GPUs does for a 7B LoRA they say, I have 24GB on 4 GPUs and it OOMs. Why?").facts
    assert (facts["gpu_memory_gb"], facts["n_gpus"]) == ((24,), (2, 4))
