"""What a parameter is said to take: 8-bit states judged by their bytes, the parts that stay wide, a share that adds no memory."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("7B full fine-tuning: someone says 8-bit Adam takes optimizer states from 12 to 3 bytes per parameter, right?", "**No, not 12 → 3 B.", "112 GB (104.3 GiB) → 70.0 GB"),
        ("Is it true that bnb 8-bit AdamW takes full fine-tuning of a 13B from 16 bytes per param to 10?", "**Yes, 16 → 10 B.", "→ 130 GB"),
        ("Colleague claims adamw_8bit brings 7B full fine-tuning from 16 to 6 bytes per parameter. right?", "**Only without an fp32 master copy", "2 + 2 + 2 = 6 B"),
        ("8B全参微调，别人说用8bit adam优化器从12字节降到3字节每参数，是不是真的", "**不对，不是 12 → 3 字节。", "12 → 6 字节"),
        ("3B全参，adamw换成paged_adamw_8bit，动量8字节变2字节，对吗", "**对，8 → 2 字节。", "16 → 10 字节"),
    ],
)  # fmt: skip
def test_what_8_bit_states_are_said_to_do_is_judged_first(
    assistant: Assistant, question: str, opens: str, says: str
) -> None:
    said = assistant.ask(question).text
    assert said.startswith(opens)
    assert says in said
    assert "Not understood" not in said
    assert "没有读懂" not in said


def test_a_need_before_a_change_is_that_of_the_optimizer_that_takes_it(assistant: Assistant) -> None:
    said = assistant.ask(
        "7B全参把adamw_torch换成adamw_8bit，理论上112G能降到多少？有人说优化器状态12字节变3字节，对吗"
    ).text
    assert "您说的 112 GB 是 AdamW 的" in said
    assert "| 您说的 | 112 GB | – |" in said
    assert "通常不留主权重" in said


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3-8B with load_in_4bit=True reports a footprint of 5.6GB. 8B at half a byte should be 4GB, so what is not being quantized?", ("**What is not quantised", "2 × 128,256 × 4,096", "6.03 GB", "leaves the scales out and shows 5.59 GB", "so 5.6 GB is right")),
        ("Gemma-2-9B int8 takes 10.2GB of weights though 9B at 1 byte is 9GB. Which parts are not quantized?", ("which is the head too, 256,000 × 3,584", "so 10.2 GB is right")),
        ("qwen2.5-7b 用bnb 4bit加载，get_memory_footprint显示5.4G，7B半个字节不是3.5G吗，哪些没被量化", ("**没有量化的是 embedding 和输出头", "get_memory_footprint() 不计缩放系数，显示 5.44 GB", "所以 5.4 GB 是正常的")),
    ],
)  # fmt: skip
def test_the_parts_that_stay_wide_are_named_with_their_sum(
    assistant: Assistant, question: str, says: tuple[str, ...]
) -> None:
    first = assistant.ask(question).text.partition("\n")[0]
    assert all(one in first for one in says)


def test_nothing_is_said_to_stay_wide_where_all_does(assistant: Assistant) -> None:
    assert (
        "What is not quantised" not in assistant.ask("Qwen2.5-7B bf16 takes 15.2GB, what is not quantized there?").text
    )


@pytest.mark.parametrize(
    ("question", "no"),
    [
        ("Llama-3.1-70B in bf16 on 2x A100 40G with vLLM OOMs. Will adjusting gpu_memory_utilization do?", "**No, another share will not do"),
        ("Qwen2.5-32B fp16 一张48G的卡，vllm起不来，把gpu_memory_utilization调到0.98行不行", "**不行，调比例没用"),
        ("Qwen2.5-72B bf16 on one H100 80GB, vLLM runs out of memory at start. Should I change gpu_memory_utilization, would that help?", "**No, another share will not do"),
        ("Llama-3.3-70B AWQ on vLLM, 1x A6000 48G OOM at 64k. Would gpu_memory_utilization 0.95 be enough?", "**No, another share will not do"),
        ("A6000 48G 用vllm跑Llama-3.3-70B-AWQ，64k上下文OOM，把gpu_memory_utilization提高到0.95有用吗", "**不行，调比例没用"),
    ],
)  # fmt: skip
def test_no_share_of_a_card_holds_weights_beyond_it(assistant: Assistant, question: str, no: str) -> None:
    assert assistant.ask(question).text.startswith(no)


def test_a_share_of_a_card_that_holds_the_model_is_not_refused(assistant: Assistant) -> None:
    said = assistant.ask(
        "Qwen2.5-7B bf16 on a 4090 with vllm, does lowering gpu_memory_utilization to 0.7 still work?"
    ).text
    assert "another share will not do" not in said


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Is the LoRA memory on Llama-3-8B basically independent of the rank r?", "**Only at low ranks"),
        ("qwen3-8b lora 显存跟r基本无关吗", "**只在秩很小时成立"),
    ],
)
def test_that_the_rank_costs_nothing_is_judged_with_its_share(assistant: Assistant, question: str, opens: str) -> None:
    said = assistant.ask(question).text
    assert said.startswith(opens)
    assert "at rank 16, they are" in said or "秩 16 时是" in said


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("From now on a billion parameters in bf16 take 1 GB. By that rule, how much for a 14B?", "**No: 16 bits are 2 B per parameter", "14B × 2 B = 28.0 GB"),
        ("The rule of 2 GB per billion parameters in fp16, does it hold for a 32B?", "**Right for the weights: 16 bits are 2 B", "32B × 2 B = 64.0 GB"),
        ("假设fp16下1B参数=0.5GB，70B要多少显存", "**不对：16 位即每参数 2 字节", "70B × 2 字节 = 权重 140 GB"),
        ("int8每10亿参数占1GB，13B就是13G吧", "**就权重而言是对的：8 位即每参数 1 字节", "13B × 1 字节 = 13.0 GB"),
    ],
)  # fmt: skip
def test_a_rule_of_gb_per_billion_is_no_model_of_one_billion(
    assistant: Assistant, question: str, opens: str, says: str
) -> None:
    said = assistant.ask(question).text
    assert said.startswith(opens), said
    assert says in said
    assert read(question).facts["params"][1:] == ()


@pytest.mark.parametrize(
    "question",
    [
        "Two models, 1B in fp16 and 8B in int4, how much memory together?",
        "full fine-tuning at 16 GB per billion parameters: a 7B on 2x A100 80GB?",
        "7B int4 = 3.5GB, right?",
    ],
)
def test_sizes_and_rules_of_training_are_no_rule_for_weights(question: str) -> None:
    assert "rate_gb" not in read(question).extras


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-2-7B全参换成paged_adamw_8bit，显存还要60多G，8bit优化器到底省了啥", "分页（paged）本身不省字节"),
        ("What does paged_adamw_8bit save in full fine-tuning of a 7B? It still takes 60 GB.", "Paging itself saves no byte"),
    ],
)  # fmt: skip
def test_paging_is_no_part_of_what_8_bits_save(assistant: Assistant, question: str, says: str) -> None:
    assert says in assistant.ask(question).text
    plain = question.replace("paged_", "")
    assert says not in assistant.ask(plain).text


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        # 8.5 ÷ 16; 2 × 32 × 32 × 128 × 2 B × 32,768 = 16 GiB
        ("kv cache in q8_0, 32k context: how much is saved", "8.5 bits a value, scales included, instead of 16: 47 % less", "16.0 GiB → 8.50 GiB"),
        ("kv cache in fp8 at 64k tokens: what does that save", "8 bits a value instead of 16: 50 % less", "Llama-3-8B (GQA) 8.00 GiB → 4.00 GiB"),
        ("q4_0 KV 缓存省显存多少", "每个数占 4.5 位(含缩放系数),而不是 16 位:缓存少 72%", "权重不变"),
    ],
)  # fmt: skip
def test_a_cache_in_fewer_bits_of_no_model_opens_with_what_it_saves(question: str, opens: str, says: str) -> None:
    text = (
        answer_to(question).replace("\uff08", "(").replace("\uff09", ")").replace("\uff0c", ",").replace("\uff1a", ":")
    )
    assert opens in text.split("**")[1], text
    assert says in text, text


def test_a_cache_in_sixteen_bits_is_told_by_its_rule() -> None:
    assert answer_to("how large is a kv cache at 32k").startswith("**Bytes per token = 2")


def test_an_eight_bit_cache_without_scales_is_half() -> None:
    assert "KV cache 64.0 GiB → 32.0 GiB" in answer_to("how much memory saved by fp8 kv cache at 128k tokens")


def test_what_weights_take_in_few_bits_is_the_reason_where_why_stands_last() -> None:
    assert answer_to("bnb nf4 loads 8b in 5.7gb not 4gb why").startswith("**5.7 GB is all of the weights")


@pytest.mark.parametrize(
    "question",
    [
        "7B full fine-tune with 16 B per parameter on an A100 80GB?",
        "16B/param is only 112 GB: full fine-tuning a 7B, is that all?",
        "7B 全参微调，16 B/参数，共 112GB 对吗",
        "全参微调 7B，每参数 16B，要 112GB 吗",
    ],
)
def test_bytes_of_each_parameter_are_no_size(question: str) -> None:
    assert read(question).facts["params"] == (7_000_000_000,)


@pytest.mark.parametrize("question", ["LoRA of a 16B parameter model", "Is a 16B per GPU too much for 24 GB?"])
def test_a_size_beside_such_words_is_one(question: str) -> None:
    assert read(question).facts["params"] == (16_000_000_000,)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("At 16B per param a 7B needs 112 GB, right?", "**As a rule of thumb it is right"),
        ("每参数16B，7B要112GB对吗", "**作为经验法则是对的"),
    ],
)
def test_a_rule_is_judged_in_whatever_letters_its_bytes_are_told(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)
