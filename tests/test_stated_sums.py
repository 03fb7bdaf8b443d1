"""Sums and totals that the asker states: which factor is another, and which part of the whole a figure is."""

import re

import pytest

from chat.agent import Assistant
from chat.plans.understood import understood
from chat.reads.amounts import ACTIVE_AS_ALL
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("KV of Qwen3-32B: 5120/64 = 80 head dim, so 2*64*8*80*2 = 160 KiB per token. Where am I wrong?", "the size of a head is 128"),
        ("Qwen3-32B KV cache per token: 2*64*64*80*2 = 1.25 MiB", "64 are the query heads, and the size of a head is 128"),
        ("gemma-2-9b 每个 token 的 kv 是 2*42*8*224*2 = 294 KiB 吗", "每头维度是 256"),
    ],
)  # fmt: skip
def test_a_head_is_as_wide_as_the_configuration_says(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text
    assert answer.text.startswith(("**Not right", "**不对"))
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Command-R v01 (35B) Q4_K_M is ~21.5GB so on my 3090 with 32k context for RAG it should just about fit right?", "is the weights alone"),
        ("有人说 Llama-2-13B fp16 推理 26GB 就行，4096 上下文，对吗？", "只是"),
    ],
)  # fmt: skip
def test_a_figure_that_is_the_weights_is_called_so(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text
    assert "even hold the weights" not in answer.text
    assert "都放不下,总共" not in answer.text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "Llama 4 Scout is a 17B model so Q4 should run in 10GB on my 4070 12GB, why does the download say 60+ GB?",
            "**All 108B",
        ),
        ("Qwen3-30B-A3B只有3B，4090跑fp16应该只要6GB吧", "**不行：全部 30.5B"),
        ("deepseek v3 相当于37B模型，两张 A100 80G 够吗", "**不行，只靠显卡 4 位也放不下：全部 671B"),
    ],
)
def test_what_a_token_activates_is_not_the_size(question: str, opens: str) -> None:
    answer = Assistant().ask(question)
    assert answer.text.startswith(opens)
    assert not answer.notices


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-30B-A3B on a 4090 in Q4, 3B active, fits?",
        "Qwen2.5-7B is a 7B model, fits on a 4090?",
        "Mixtral 8x7B 两张 4090 够吗",
    ],
)
def test_a_size_that_is_the_models_own_is_not_held_against_it(question: str) -> None:
    assert ACTIVE_AS_ALL not in read(question).extras


@pytest.mark.parametrize(
    ("question", "length", "slots"),
    [
        ("llama-server -m Llama-3.1-8B-Q4_K_M -c 65536 -np 4: is that 4 x 64k of KV? how many GB", 16_384, 4),
        ("llama-server -m qwen2.5-7b-q4_k_m.gguf -c 32k --parallel 8, 3060 12G 够吗", 4096, 8),
        ("OLLAMA_NUM_PARALLEL=4 num_ctx 8192 llama3.1 8b q4_K_M on a 3060 12GB fits?", 8192, 4),
    ],
)
def test_the_context_of_llama_server_is_of_all_its_slots(question: str, length: int, slots: int) -> None:
    facts = understood(read(question))
    assert (facts["seq_len"], facts["batch_size"]) == (length, slots)


def test_so_many_k_of_pixels_are_no_length() -> None:
    told = read("ms-swift lora微调qwen2-vl-7b，A100 40G，换成4K截图(3840x2160)bs=1马上OOM，一张图能占多少")
    assert "seq_len" not in told.facts
    assert "seq_len" not in read("Qwen2.5-VL-7B on 4k screenshots, 24GB card, OOM").facts
    assert read("7B lora 4k 24G").facts["seq_len"] == (4096,)


def test_where_none_fits_the_nearest_is_mended() -> None:
    answer = answer_to("two 16GB 4070 Ti Super, tune Qwen3-14B, 3k tokens: LoRA, QLoRA or GaLore?")
    assert "What would make 4-bit QLoRA fit" in answer
    assert "fused loss" in answer


def test_what_is_left_of_cards_is_no_cache_of_a_token() -> None:
    answer = Assistant().ask(
        "mixtral 8x22b instruct bf16 on 4x A100 80GB, vllm tp4. only 39B active so ~80GB, leaving 240GB for kv cache, correct?"
    )
    assert not answer.notices
    assert answer.text.startswith("**All 141B parameters must be stored")
    assert "For the cache 7.30 GiB" in answer.text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("chatglm3-6b-32k，fp16推理，32k上下文拉满要多少显存？kv cache是不是比权重还大", "**权重更大：12.5 GB"),
        (
            "Is the KV cache bigger than the weights for Llama-3.1-8B at 128k, and how much in all?",
            "**The cache is the larger part: 16.0 GiB",
        ),
    ],
)
def test_the_cache_is_held_against_the_weights(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Q5_K_M of Mistral-7B should be 7.25 x 5/8 = 4.5 GB but the file is 5.13 GB, why? Does it fit an 8GB 3070 with 8k?", ("averages 5.67", "which is the file")),
        ("Qwen2.5-14B 的 Q4_K_M，14.8*0.5=7.4G，可 HF 上文件是 8.99G，为什么？12G 的 3060 开 16k 能全放进显存吗", ("平均 4.86 位", "正是文件的大小")),
        ("8G 的 4060 加载 Qwen2.5-7B，load_in_4bit 行吗？7.6×0.5=3.8G 应该很宽裕吧", ("都按 4 位算", "加上量化尺度是 4.5 位", "5.85 GB")),
        ("Mistral-Nemo-12B on a 12GB 4070 with load_in_4bit: 12*0.5 = 6 GB, comfortable, right?", ("No: 6 GB", "with scales it is 4.5", "1.34B, stay in 16 bits")),
        ("T4 16G 部署 Qwen2.5-7B fp16 报 No available memory for the cache blocks，7B*2=14G，16G 不是够吗", ("7B 算", "15.2 GB", "调高份额也不行", "133,648")),
        ("vLLM: No available memory for the cache blocks - Llama-3.1-8B-Instruct on an RTX 4080 16GB", ("Nor does a higher share", "66,224 tokens")),
    ],
)  # fmt: skip
def test_parameters_times_nominal_bits_are_set_against_what_is_stored(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert [one for one in said if one not in text] == []
    assert "arithmetic itself" not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("2x L40S, Qwen3-32B: bf16 or FP8? And how much context would I get?", r"the model's limit; the cache has room for [\d,]+ in all"),
        ("两张 4090 跑 Qwen3-14B，fp16 还是 fp8 好？最长上下文能开到多少", r"模型的上限；缓存共可放 [\d,]+ 个 token"),
        ("2x H100 80GB serve Llama-3.3-70B FP8 to 32 users with 8k each, is the KV cache a problem?", r"27; the others wait.*are left, [\d,]+ tokens in all"),
        ("3090 两张跑 Qwen3-32B，bf16 行吗", "这种卡没有 FP8 单元"),
        ("8 张昇腾 910B 64G 能跑 DeepSeek-V3 FP8 原版权重吗", "先转换再加载"),
    ],
)  # fmt: skip
def test_the_pool_and_the_units_of_a_card_stand_beside_what_is_served(question: str, said: str) -> None:
    assert re.search(said, answer_to(question), re.DOTALL)


@pytest.mark.parametrize(
    "question",
    [
        "mistral 7b in int8 is 14 GB, right? I have a 12GB card",
        "70B in fp8 on 4x L40S: 140GB / 4 = 35GB each, that works?",
        "Qwen3-14B 的 int4 是 28G 对吧",
    ],
)
def test_a_size_of_16_bit_is_none_of_fewer_bits_and_no_card(question: str) -> None:
    answer = answer_to(question)
    assert re.search(r"is the 16-bit size|是 16 位的大小", answer), answer
    assert not re.search(r"a (?:14|28) GB card|28 GB 显卡", answer), answer


@pytest.mark.parametrize(
    "question",
    [
        "2张3090跑Qwen2.5-72B AWQ，72×0.5=36G，48G减去还剩12G，KV缓存能有多长上下文？",
        "2x 3090, Qwen2.5-72B AWQ: 72*0.5=36GB, so 12GB for the KV cache? how much context is that",
    ],
)
def test_what_is_worked_out_as_weights_is_no_cache(question: str) -> None:
    assert not re.search(r"36 GB (?:is not right|不对)", answer_to(question))


@pytest.mark.parametrize(
    "question", ["40×8k=32万 token，Qwen3-8B放在4090上放得下吗", "Qwen3-8B on a 4090: 40×8k=32万 tokens, does it fit"]
)
def test_ten_thousands_count_on_the_right_side(question: str) -> None:
    assert not re.search(r"等式左边|the left side is", answer_to(question))


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("gemma 3 12b 要 64K：48层×8头×256×2×2字节×65536=26GB，那4090放不下了吧", "48 层都按全长算"),
        ("qwen2.5 32b Q4 at 32k on a 3090: 64 layers×40 heads×128×2×2 bytes×32768=42.9GB so no way? someone says it runs", "5 times too much"),
    ],
)  # fmt: skip
def test_a_sum_of_a_cache_is_judged_before_the_verdict_that_rests_on_it(question: str, first: str) -> None:
    assert first in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("DeepSeek-V2-Lite KV: 27 layers * 16 heads * (192+128) * 2 bytes = 270 KiB per token. Where is the mistake?", "8.89 times too much"),
        ("vLLM says GPU KV cache size: 1.4M tokens for DeepSeek-V2-Lite on an A100 80GB, my sum of 27 * 16 * (128+64+128) * 2 bytes = 270 KiB gives far fewer. What did I get wrong?", "8.89 times too much"),
        ("DeepSeek-V3 的 KV 我算的是 61 × 128 × (192+128) × 2 字节 = 4.77 MiB 每 token,哪里错了?", "大了 71.1 倍"),
        ("H100 上 vLLM 打印 GPU KV cache size: 140万 tokens,DeepSeek-V2-Lite 我按 27×16×(192+128)×2字节=270KiB 算,哪里算错了?", "大了 8.89 倍"),
        # a vector of latent attention is right, and the line alone is explained
        ("DeepSeek-V2-Lite KV: 27 × (512+64) × 2 bytes = 30.4 KiB per token, right?", "Right: 30.38 KiB"),
        ("What does GPU KV cache size: 1.2M tokens mean? Qwen3-8B on H100 with vLLM", "room for 1,200,000 tokens"),
    ],
)  # fmt: skip
def test_a_cache_of_every_head_is_told_from_a_latent_one_before_what_a_server_prints(question: str, first: str) -> None:
    assert first in answer_to(question).split("\n\n")[0]
