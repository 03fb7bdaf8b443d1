"""The largest length or batch however that is asked, host memory by the name of its setting, and experts of an own design."""

import json

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, answers, narrow_opening, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "LoRA on Qwen2.5-3B with one 3060 12GB: which seq len can I afford at batch 2?",
            "**Up to 868 tokens for sure**",
        ),
        ("Qwen2.5-32B FP8 on 4x L4 with vLLM: what max-model-len with 10 users?", "**Up to 17,216 tokens for sure**"),
        ("单卡4090用LoRA微调Qwen2.5-3B，2k长度，batch多大合适", "稳妥的上限是批大小"),
        ("offload_optimizer: cpu, how much RAM for a 13B?", "169.7 GiB"),
        ("ds_config里offload_optimizer设成cpu，7B要多少内存", "GiB"),
    ],
)
def test_what_is_asked_for_opens(question: str, opens: str) -> None:
    answers(question, opens, "cannot be worked out")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3-8B bf16 LoRA on one 4090, seq 1024. How big a batch can I use?", "with a 4-bit base (QLoRA) about 9"),
        ("Qwen2.5-14B LoRA,一张 A100 40G,batch 1 最长能开多少", "4 位基座(QLoRA)约 12,646 token"),
    ],
)
def test_how_far_an_adapter_goes_on_a_base_of_4_bits_is_told(question: str, says: str) -> None:
    assert says in narrow_opening(question).replace("（", "(").replace("）", ")")


@pytest.mark.parametrize(
    "question",
    ["4090 上 LoRA 微调 Qwen2.5-7B,长度 2048,batch size 最大多少?不想用 QLoRA", "QLoRA of Llama-3-8B on a 4090, seq 1024: largest batch?"],
)  # fmt: skip
def test_a_base_of_4_bits_that_is_there_or_unwanted_is_no_way_further(question: str) -> None:
    assert not any(one in opening(question) for one in ("a 4-bit base", "4 位基座"))


def test_an_offloaded_optimizer_is_of_a_training() -> None:
    assert read("offload_optimizer到cpu，7B要多少内存").facts["task"] == ("train",)


@pytest.mark.parametrize(
    ("question", "experts"),
    [
        ("an MoE with 16 experts, 2 active, hidden 4096, 32 layers, intermediate 14336: weights in bf16?", (16, 2)),
        ("自研MoE，24层，hidden 2048，32个专家，每个token激活4个，ffn 1408，16个头，推理要多少显存", (32, 4)),
        ("num_layers=28 hidden_size=3072 num_experts=64 top_k=6 intermediate 1024, bf16 memory?", (64, 6)),
        ("24 layers, hidden 2048, 16 heads, vocab 50k: training memory?", (None, None)),
    ],
)
def test_experts_of_an_own_design_are_read(question: str, experts: tuple[int | None, int | None]) -> None:
    config = json.loads(str(read(question).facts["config"][0]))
    assert (config.get("num_local_experts"), config.get("num_experts_per_tok")) == experts
    assert config["model_type"] == ("mixtral" if experts[0] else "llama")


@pytest.mark.parametrize(
    ("question", "length"),
    [
        ("LoRA（bs4、2048），Qwen2.5-7B，24G够吗", (2048,)),
        ("qlora bs=2,4096 mistral-7b on a 3090", (4096,)),
        ("batch 2, 4096 samples, Llama-3-8B lora", ()),
    ],
)
def test_a_usual_length_behind_the_batch_is_the_length(question: str, length: tuple[int, ...]) -> None:
    assert read(question).facts.get("seq_len", ()) == length


@pytest.mark.parametrize(
    ("question", "lengths", "opens"),
    [
        ("Qwen3-8B bf16 on a 4090 in vLLM: the longest --max-model-len? 131072 with YaRN refuses to start", (131072,), "Up to "),
        ("Llama-3.1-8B bf16, one 3090, vLLM. Largest max-model-len? Setting it to 100000 fails", (100000,), "Up to "),
        ("Qwen3-8B bf16, 4090, vLLM: what's the maximum max_model_len?", (), "Up to "),
        ("4090上vLLM跑Qwen3-8B bf16,--max-model-len最大能设多少", (), "稳妥的上限是"),
        # set and asked about is one length, and a number that fails elsewhere is none
        ("Llama-3.1-8B bf16 on a 4090 in vLLM with max-model-len 8192, does it fit?", (8192,), "fits"),
        ("Qwen3-8B bf16 on a 4090, vLLM: how long a context? Port 8000 refuses connections", (), "Up to "),
    ],
)  # fmt: skip
def test_the_longest_is_asked_by_the_name_of_its_flag(question: str, lengths: tuple[int, ...], opens: str) -> None:
    assert read(question).facts.get("seq_len", ()) == lengths
    assert opens in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        # by YaRN it reaches beyond what it declares
        ("Qwen3-8B bf16 on a 4090 in vLLM: longest max-model-len?", "with an 8-bit cache (fp8) about 77,", "40,960"),
        ("4090 vLLM Qwen3-8B bf16 最长能开多少上下文", "8 位缓存（fp8）约 77,", "40,960"),
        # where changes reach the end of the positions, they share a clause
        ("Phi-3-mini-4k-instruct bf16 on an 8GB card with vLLM: longest max-model-len?", "8-bit weights or 4-bit weights all of the model's 4,096 tokens", "about 4,096"),
    ],
)  # fmt: skip
def test_how_much_further_a_change_goes_ends_with_the_positions(question: str, said: str, unsaid: str) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert said.lower() in opening.lower()
    assert unsaid not in opening


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Qwen2.5-7B 把128k上下文开满要多少显存，一张48G够不够", 131072),
        ("Qwen3-8B 32k 上下文拉满，24G 卡够吗，要多少显存", 32768),
    ],
)
def test_a_context_of_a_told_length_that_is_filled_is_no_limit_that_is_asked(text: str, length: int) -> None:
    reading = read(text)
    assert reading.facts["seq_len"] == (length,)
    assert "max_batch_ctx" not in reading.intents
    assert "放得下" in answer_to(text).split("\n")[0]


@pytest.mark.parametrize(
    "text", ["Llama-3.1-8B 想开满上下文，24G 最多能开到多少", "Qwen3-14B int4 在 24G 上上下文能拉满吗"]
)
def test_a_context_that_is_filled_without_a_length_is_the_limit(text: str) -> None:
    assert "max_batch_ctx" in read(text).intents


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # whether it fits, before where the memory goes
        ("Qwen2.5-14B-Instruct 开满100万上下文，单并发，bf16，4张A800 80G够不够？显存主要花在哪", "放得下"),
        ("is one 24GB card enough for Qwen2.5-14B AWQ at 16k, and where does the memory go?", "fits"),
        # a card that is asked against with its count behind
        ("glm-4-9b-chat 跑满128k上下文推理要多少显存，24G单卡够不够", "24 GB 显卡：放不下"),
        ("7B lora 要多少显存，16G单卡行不行", "16 GB 显卡：多半放得下"),
        # a batch that is told is none that is asked for
        ("单卡A100 40G从零预训练Qwen2.5-1.5B结构，AdamW bf16混合精度，bs=4 seq=4096，大概要多少显存，会炸吗", "放不下"),
    ],
)  # fmt: skip
def test_the_verdict_stands_first(question: str, opens: str) -> None:
    assert opens in answer_to(question).split("\n\n")[0]


def test_of_a_very_long_context_the_cache_decides() -> None:
    told = answer_to("Llama 4 Scout on one H100 80GB, bf16, with 10M context?")
    assert "KV cache alone takes" in told.split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("whats the max_seq_length i can set for qlora llama 3.1 8b on a t4", "**Up to "),
        ("qlora mistral 7b on a 4090: the max_seq_len I can use?", "**Up to "),
        ("qlora llama 3.1 8b 单卡 t4，max_seq_length 最大能设多少", "**稳妥的上限是 "),
    ],
)
def test_the_name_of_a_setting_is_a_length_too(question: str, opens: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert "token" in told.split("\n")[0]


def test_a_setting_that_is_told_is_no_limit_asked() -> None:
    assert not answer_to("qlora llama 3.1 8b on a t4 with max_seq_len 2048, fits?").startswith("**Up to ")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-14B AWQ on a 3090 with vLLM: what is the largest max-model-len?", "with an 8-bit cache (fp8) about 123,392 tokens"),
        ("4090 上 vLLM 跑 Qwen2.5-14B-AWQ，max_model_len 最多能设多少", "8 位缓存（fp8）约"),
    ],
)  # fmt: skip
def test_a_cache_of_8_bits_is_told_beyond_the_native_length(question: str, says: str) -> None:
    assert says in opening(question)


def test_where_memory_ends_beyond_all_positions_no_cache_of_8_bits_is_told() -> None:
    assert "8-bit cache" not in opening("Qwen2.5-7B on an A100 80GB with vLLM, max context length?")


@pytest.mark.parametrize(
    ("question", "said", "holds"),
    [
        ("glm-4-9b 全参 8张A100 80G zero3，最长能训多长？", "ZeRO 和加卡都不切分一条样本的激活与 logits", True),
        ("Longest sequence for full SFT of Llama-3.1-8B on 4x A100 80GB with ZeRO-3?", "what is longer takes sequence or context parallelism", True),
        ("Longest context for LoRA of Llama-3.1-8B on one A100 80GB?", "context parallelism", False),
        ("Mistral-Small 24B bf16 on 2x L40S with vLLM: how many concurrent users at full 32k context?", "at half the length about twice as many", True),
        ("2张L40S 用vLLM跑Mistral-Small 24B bf16，32k满上下文能支持多少并发？", "长度减半约多一倍", True),
        ("Mistral-Small 24B bf16 on 2x L40S with vLLM: how many concurrent users at 2k context?", "at half the length", False),
    ],
)  # fmt: skip
def test_what_goes_beyond_a_limit_is_told_with_it(question: str, said: str, holds: bool) -> None:
    assert (said in opening(question)) is holds, opening(question)


@pytest.mark.parametrize(
    ("question", "opens", "beside"),
    [
        ("How can I determine the maximum number of concurrent requests in vLLM on V100 32G cards?", "**Requests at once = (share of the card − weights", "7 are sure"),
        ("How do I compute how many concurrent users an A100 80GB can serve with vLLM?", "**Requests at once =", "29 are sure"),
        ("How can I find the max batch size for inference on an A100?", "**Requests at once =", "GPU KV cache size: N tokens"),
        ("怎么确定vLLM在V100 32G上的最大并发数", "**同时的请求数 =", "稳妥的是 7 条"),
        ("一张4090用vLLM，最大并发数怎么算", "**同时的请求数 =", "约 4 条"),
        ("how to find out the maximum context length that fits in vLLM on a 4090?", "**The longest context =", "Up to 17,136 tokens"),
        ("How to determine the max number of concurrent requests for SGLang on H100?", "**Requests at once = (mem_fraction_static", "max_total_num_tokens"),
        # with a model the figure, and then where it is printed
        ("How do I calculate the max concurrency of vLLM for Qwen2.5-7B on a V100 32G?", "**About 58 to 62 sequences", "Maximum concurrency for L tokens per request"),
        ("如何计算Qwen2.5-7B在A10上vllm的最大并发", "**同时约 19 到 22 条", "GPU KV cache size: N tokens"),
    ],
)  # fmt: skip
def test_how_a_limit_is_determined_is_answered_by_the_method(question: str, opens: str, beside: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]
    assert beside in text


@pytest.mark.parametrize(
    "question",
    [
        "What is the maximum number of concurrent requests in vLLM on a V100 32G?",
        "how do I get more concurrent requests out of vLLM on an A100 80GB?",
        "V100 32G 用vLLM最大并发是多少",
        "How can I determine the maximum batch size for LoRA training on a 4090?",
    ],
)
def test_a_limit_itself_or_of_a_training_is_no_method_of_a_server(question: str) -> None:
    assert "Requests at once" not in opening(question)
    assert "同时的请求数" not in opening(question)


def test_a_note_on_the_card_opens_no_answer_whose_figure_was_asked() -> None:
    assert "neither bf16" not in opening("What is the maximum number of concurrent requests in vLLM on a V100 32G?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Max concurrent requests at 4k tokens each for Llama-3.1-8B bf16 on one A10 24GB in vLLM?", "Set --max-model-len to the length: unset it is all 131,072 tokens, 16.0 GiB of cache for one sequence"),
        ("vLLM 在 24G 的 A10 上跑 Llama-3.1-8B bf16，每条 4k，最多多少并发", "要把 --max-model-len 设成这个长度：不设就是全长 131,072 token"),
    ],
)  # fmt: skip
def test_a_length_that_has_to_be_set_is_told_beside_how_many_go(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_where_the_pool_holds_the_whole_length_it_need_not_be_set() -> None:
    told = answer_to("Max concurrent requests at 4k tokens each for Qwen2.5-7B AWQ on an A100 80GB in vLLM?")
    assert "does not start" not in told


@pytest.mark.parametrize(
    ("question", "batch", "cards"),
    [
        ("请确认Llama-3.1-8B 128k上下文50并发一张4090放得下", (50,), (1,)),
        ("Qwen2.5-7B 8k 20并发2张3090够不够", (20,), (2,)),
        ("Qwen2.5-7B 8k 并发20 2张3090够不够", (20,), (2,)),
        ("Qwen2.5-7B 8k，并发20，一张3090", (20,), (1,)),
    ],
)
def test_cards_behind_how_many_at_once_are_no_requests(
    question: str, batch: tuple[int, ...], cards: tuple[int, ...]
) -> None:
    reading = read(question)
    assert reading.facts["batch_size"] == batch
    assert reading.facts["n_gpus"] == cards
