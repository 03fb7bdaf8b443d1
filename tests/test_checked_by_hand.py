"""What people work out by hand and want checked: bits of a format, a sum line by line, what adapters train, operations."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("is Q5_0 really 5.5 bits per weight and where does the half come from", ("**Yes: Q5_0", "22 × 8 ÷ 32 = 5.5")),
        ("Q4_K_S每个权重平均多少位,为什么不是整4位", ("144 × 8 ÷ 256 = 4.5",)),
        ("how does int4 GPTQ with group size 64 come to its bits per weight?", ("4 + 20/64 = 4.3125",)),
        ("NVFP4一个权重到底几位,scale怎么算", ("4 + 8/16 = 4.5",)),
        ("why is the Q6_K of Qwen3-4B 6.6 bits per weight", ("6.5625", "210 × 8 ÷ 256")),
    ],
)
def test_bits_of_a_format_are_derived(question: str, says: tuple[str, ...]) -> None:
    assert all(one in answer_to(question) for one in says)


def test_a_case_in_that_format_is_none_of_it() -> None:
    for question in (
        "Qwen3-14B Q6_K 6.56 bits per weight, fits a 16GB card?",
        "how much VRAM does a 13B at Q5_K_M need",
    ):
        assert not any(cue == "meaning:format_bits" for cue in read(question).cues)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "check: Mistral 7B, bf16\nweights: 7.2 x 2 = 14.5 GB\ngradients: 14.5 GB\nAdam: 7.2 x 8 = 58 GB\ntotal = 87 GB\n2x A100 80GB with FSDP ok?",
            ("right for 16-bit weights", "16-bit gradients", "One part is missing: the fp32 copy"),
        ),
        (
            "核对一下:Qwen3-8B权重16G,16并发×8k的KV=18G,合计34G,单张A6000 48G够吗",
            ("× 16 条", "放得下"),
        ),
        ("llama 3 8b: my sheet says 131072 bytes per token of kv, right?", ("is right for the cache of one token",)),
        ("Gemma-2-9B KV 每token约0.3MB,对吗", ("是对的",)),
    ],
)
def test_a_sum_is_gone_through_as_written(question: str, says: tuple[str, ...]) -> None:
    assert all(one in answer_to(question) for one in says)


def test_the_sum_of_weights_and_cache_is_no_cache() -> None:
    answer = answer_to("Qwen3-14B: 29.5 GB of weights + 10 GB of KV = 39.5 GB for 65536 tokens, is that right?")
    assert "39.5 GB is not right" not in answer
    assert "4 bits" not in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "Llama-3-8B, LoRA rank 8 on all linear layers: trainable params = 2*8*4096*32*7 = 14.7M, ok?",
            "**14.7M is not right, 1.4 times too few",
        ),
        ("Llama-2-13B上r=8、q和v的LoRA可训练参数是6.55M,对吗", "**6.55M 是对的"),
    ],
)
def test_a_count_of_adapters_is_judged(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("FLOPs of a forward pass of Qwen3-8B over 4096 tokens?", "**About 6.7"),
        ("Llama-3-70B推理时每个token要多少GFLOPs", "**每个 token 141 GFLOP"),
        ("我们8张H100训13B,每秒1.9万token,MFU是多少", "**MFU 约"),
    ],
)
def test_operations_of_a_forward_pass_and_of_a_rate(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_a_mixture_is_no_product_of_its_name() -> None:
    assert "an expert is an MLP alone" in answer_to("why is Mixtral 8x22B only 141B and not 176B?")
    assert read("Mixtral 8x7B isn't 56B, right? 4 bit on 2x 24GB").facts.get("params") is None


def test_what_is_answered_is_not_called_unread() -> None:
    assert "Not understood" not in answer_to("with full recomputation, does the 6 of 6ND become 8?")
    assert "没有读懂" not in answer_to("开了重计算后6ND里的6会变成8吗")


def test_states_are_so_many_times_the_model() -> None:
    assert "4 times, 1 times the size of the model in 16 bit" in answer_to(
        "AdamW states are 4x the model, 8-bit Adam 1x, true?"
    )


def test_a_number_of_cards_is_no_factor_of_states() -> None:
    for question in (
        "Full fine-tuning a 1.5B on 1x A100 80GB: AdamW vs 8-bit Adam, how much memory?",
        "单张 1x A100 80G 全参 1.5B:AdamW 和 8-bit Adam 差多少显存",
    ):
        assert answer_to(question).startswith("**1.5B")


def test_terms_of_a_windowed_cache_are_each_right() -> None:
    answer = answer_to(
        "gemma-3-12b KV at 32768 tokens: 8 global layers 8*2*8*256*2*32768 = 2.15GB, 40 local ones 0.34GB, is that right?"
    )
    assert "2.15 GB is right for the 8 layers" in answer
    assert "not right" not in answer


def test_weights_that_are_told_are_no_cache() -> None:
    assert "405 GB is not right" not in answer_to(
        "Llama-3.1-405B fp8, 405 GB weights plus 64 GB of KV at 128k, ok on 8xH100?"
    )


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("is the extra 3 GB the KV cache? qwen3:14b is a 9.0GB file and ollama ps says 12GB, num_ctx 8192", "**Only in part"),
        ("Qwen2.5-32B Q4_K_M 文件19.9G,llama.cpp 显存占了24G,ctx 16k,多的4G就是KV缓存吗", "**对,这 4 GB 基本就是缓存"),
        ("does zero-3 all-gather the whole 13B on each gpu in the forward pass?", "**No: ZeRO-3 and FSDP gather one"),
        ("FSDP 前向聚合参数时每张卡上会有完整的模型吗", "**不会:ZeRO-3 和 FSDP 每次只聚合一个"),
        ("MQA has a 32x smaller cache, so is decoding 32x faster?", "**No: a smaller cache"),
        ("KV cache小一半,生成速度会快一倍吗", "**不会:缓存变小"),
        ("fp16除以2,int8除以4,那按这个规则Qwen2.5-72B int4是36G,对吗", "**权重占 40.1 GB"),
        ("LoRA的优化器状态才几百MB,为什么7B还要18G显存", "**18 GB"),
        ("does context parallel 4 split the kv cache and the weights of a 32B?", "**Context parallel over c"),
    ],
)  # fmt: skip
def test_what_is_taken_for_granted_is_judged_first(question: str, opens: str) -> None:
    assert answer_to(question).replace("：", ":").replace("，", ",").startswith(opens)


def test_a_share_that_is_told_is_counted_with() -> None:
    assert answer_to("70B on 15T tokens at 40% MFU on H100: how many gpu days?").startswith(
        "**About 4,420,000 GPU-hours"
    )


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("does GPTQ dequantize into a full bf16 copy, i.e. extra memory?", "**No whole copy"),
        ("AWQ 推理时解包会额外占一份显存吗", "**不会有整份的 16 位副本"),
        ("how much does paged attention waste with block size 16?", "**Hardly: a sequence wastes"),
        ("DDP 和 ZeRO-3 每步通信量差多少,13B", "**每步每张卡发送的量"),
        ("how many GB of traffic per step, FSDP vs DDP, for an 8B?", "**Each card sends about 2θ"),
        ("each H100 gets 410 TFLOPs in training, what MFU is that", "**About 41 %"),
        ("A800训练时单卡跑到150 TFLOPS,MFU多少", "**MFU 约 48 %"),
        ("do the 141GB of an H200 count as GiB?", "**The 141 GB of the H200"),
        ("vLLM打印权重14.25GiB,我自己算的是15.3GB,为什么不一样", "**两个都对"),
    ],
)  # fmt: skip
def test_what_needs_no_model_is_answered_without_one(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens)
    assert not answer.startswith("**不是泄漏")


def test_words_of_english_and_units_are_no_models() -> None:
    for question in ("is a full-size copy needed for int4?", "does MLA matter for TFLOPs or GiB?"):
        assert "in the tables" not in answer_to(question)


def test_a_file_of_mine_is_no_card() -> None:
    assert "gpu_memory_gb" not in read("why does my 8GB (Q4) model of 13B params take 11GB of vram").facts
    assert read("my 8GB card, a 7B in Q4").facts["gpu_memory_gb"] == (8,)


def test_a_context_of_millions_is_a_length() -> None:
    assert read("KV of Llama-4-Scout for 1 million tokens of context?").facts["seq_len"] == (1_000_000,)


@pytest.mark.parametrize(
    ("question", "tokens"),
    [
        ("qwen2.5-7b 跑满一百万 要多少显存", 1_000_000),
        ("qwen2.5-7b 一百二十万 token 显存", 1_200_000),
        ("qwen2.5-7b 百万上下文 要多少显存", 1_000_000),
        ("qwen3-8b 拉满两万 显存", 20_000),
        ("qwen3-8b 跑满 3万 显存", 30_000),
        ("qwen2.5-7b 1000万 token 显存", 10_000_000),
        ("memory of qwen2.5-7b at 2 million tokens", 2_000_000),
    ],
)
def test_a_length_is_spelled_in_characters_too(question: str, tokens: int) -> None:
    assert read(question).facts["seq_len"] == (tokens,)


@pytest.mark.parametrize(
    "question",
    [
        "8b 一百万用户 每天 要多少卡", "8b 一百万条数据 lora 显存", "预算一百万 能跑什么模型", "qwen2.5-7b 每天 100万token 要几张卡",
        "qwen2.5-7b 100万token 语料微调", "8b 100万token 多少钱", "8b 跑满一百张卡", "8b 一百万 token 的知识库 显存",
        "8b, 2 million tokens of training data",
    ],
)  # fmt: skip
def test_so_many_of_something_else_are_no_length(question: str) -> None:
    assert "seq_len" not in read(question).facts


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("torch memory_allocated() is 13.5e9 for llama2 7b in fp16 but nvidia-smi says 14.4GiB, reconcile", "**12.57 GiB is just the weights"),
        ("does fp8 quantisation of the weights halve the kv cache as well? 13B at 4k", "**No: the KV cache stays"),
        ("only 2 experts are active, so is Mixtral's KV cache smaller?", "**The KV cache does not depend"),
        ("ZeRO-3, 4 GPUs, 13B: weights 6.5GB, grads 6.5GB, Adam 39GB per card, correct?", "**Right: 16 B per parameter"),
    ],
)  # fmt: skip
def test_figures_are_of_what_they_are_told_of(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert any(opens in part for part in answer.split("\n\n")[:3])


def test_a_need_of_all_cards_is_held_against_all_of_them() -> None:
    assert "26 GB does not even hold the weights" in answer_to("is a 3-bit GPTQ 70B really 26GB in all? 2x16GB")
    assert read("FSDP, params sharded 8 ways, 7B full fine-tuning").facts["n_gpus"] == (8,)


def test_a_product_of_layers_and_heads_is_no_question_of_them() -> None:
    assert answer_to("Qwen3-235B-A22B KV at 32k: 94 layers*4 heads*128*2*2*32768 = 6.3GB?").startswith(
        "**Right: 5.88 GiB"
    )
    assert answer_to("how many layers and KV heads does Qwen3-14B have?").startswith("**Qwen3-14B: 40 layers, 8")


def test_what_a_servers_share_includes() -> None:
    assert answer_to("is the CUDA context included in vLLM's gpu_memory_utilization?").startswith(
        "**Weights and the peak of activations"
    )
    assert answer_to("vLLM 的显存利用率 0.9 包不包括权重和激活,包括CUDA上下文吗").startswith("**包括")


@pytest.mark.parametrize("question", ["Llama-3-8B KV per token: 32 layers x 8 heads x 128 = 32 KB, right?", "Qwen2.5-7B 每token的KV = 28×4×128 = 14336字节，对吗"])  # fmt: skip
def test_a_product_without_either_two_lacks_both(question: str) -> None:
    answer = answer_to(question)
    assert "both factors 2 are missing" in answer or "两个 2 都漏了" in answer
    assert "bits, not bytes" not in answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # q and o 8,192, k and v 5,120, three of the MLP 18,432: 16 × 81,920 × 32 = 41,943,040
        ("Llama-3.1-8B LoRA r=16 on all linear layers: I get 32 x 7 x 2 x 16 x 4096 = 29M, the log says 41,943,040. What did I do wrong?", ("**29M is not right", "41,943,040 = 16 × 81,920", "(4,096 to 14,336)", "(4,096 to 1,024)")),
        ("Qwen3-8B全线性层LoRA r=32，我算36×7×2×32×4096=66M，日志是87,293,952，差在哪", ("**66M 不对", "87,293,952 = 32 × 75,776", "（4,096 对 12,288）")),
        # 20.9B of which the experts alone are in MXFP4
        ("gpt-oss-20b按20.9B×4.25位÷8=11.1GB，文件却有13.8GB，差在哪", ("13.8 GB 是对的", "只有路由专家的 19.1B", "每 32 个权重一个 8 位尺度", "3.61 GB")),
        ("gpt-oss-20b: 20.9B x 4.25 bits / 8 = 11.1 GB, yet the download is 13.8 GB. What am I missing?", ("13.8 GB is right: only the routed experts, 19.1B", "an 8-bit scale for each block of 32")),
    ],
)  # fmt: skip
def test_what_a_sum_that_comes_out_right_takes_for_given_opens(question: str, said: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B LoRA r=16: 8 x 16 x 2048 x 4096 x 2 = 2.1GB of activations?",
        "Qwen3-8B LoRA r=16，43,646,976 x 16 = 698M字节对吗",
    ],
)
def test_a_sum_of_bytes_is_none_of_adapters(question: str) -> None:
    assert "2·r·d" not in answer_to(question)


def test_where_two_methods_lie_apart_is_still_a_difference() -> None:
    assert read("Qwen2.5-7B LoRA 16G，QLoRA 8G，差在哪").intents[0] == "method_diff"


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("有人说 1b参数=1g显存 int8 对吗", "**只算权重是对的"),
        ("有人说7b参数=7g显存 int8 对吗", "**只算权重是对的"),
        (
            "someone says 7b params = 7gb vram in int8, is that true?",
            "**Right of the weights alone: 7B × 8 bits = 7 GB",
        ),
    ],
)
def test_a_rules_product_is_right_of_the_weights_alone(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens)
    assert "9.50 GiB" in answer or "1B × 8 位 = 1 GB" in answer


@pytest.mark.parametrize(
    "question", ["有人说 7b 推理只要 3g显存 int8 对吗", "is 5GB right for a 7B in int8, all included?"]
)
def test_a_need_that_is_no_rules_product_is_judged_as_such(question: str) -> None:
    assert "只算权重是对的" not in answer_to(question)
    assert "Right of the weights" not in answer_to(question)
