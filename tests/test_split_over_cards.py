"""A model split over cards: what to tell the program, why it is slow, why one card is full, and how the cache is cut."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens", "holds"),
    [
        ("which --tensor-split for a 3090 and a 3060 in llama.cpp?", "**-ts takes proportions", "-ts 24,12"),
        ("llama.cpp 的 -ts 填多少，4090加4060 Ti 16G", "**-ts 是比例", "-ts 24,16"),
        ("What -ts should I set for Qwen2.5-32B Q4_K_M on a 4090 and a 3060 12GB?", "**-ts takes proportions", "-ts 24,12"),
        ("-ts for two 3090s in llama.cpp, what should I use?", "**-ts takes proportions", "-ts 1,1"),
        ("exl2 34B 4bpw: what --gpu-split for a 24 GB and a 16 GB card?", "**--gpu-split takes GB", "--gpu-split 22,14"),
        ("exllama --gpu-split 怎么设，3090加3060 12G", "**--gpu-split 填每张卡放权重的 GB 数", "--gpu-split 23,11"),
        ("what does -ts mean in llama.cpp", "**They say how a model is split", "takes proportions"),
    ],
)  # fmt: skip
def test_what_to_set_a_split_to_is_told_first(question: str, opens: str, holds: str) -> None:
    first = opening(question)
    assert first.startswith(opens)
    assert holds in first


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("OOM on GPU 0 while GPU 1 is almost empty", "**Room on one card does not help another"),
        ("cuda:1 is out of memory but cuda:0 has 12 GB free", "**Room on one card does not help another"),
        ("1号卡爆显存，0号卡还剩一半", "**一张卡的空余帮不了另一张"),
        ("34B 4bit on 2x3090: GPU 1 OOMs, GPU 0 is half empty", "**Room on one card does not help another"),
        (
            "2 GPUs: GPU 0 OOMs and GPU 1 is half empty when running Qwen2.5-32B AWQ, why?",
            "**Room on one card does not",
        ),
        ("Qwen2.5-32B AWQ 双3090，0号卡爆了", "**一张卡的空余帮不了另一张"),
        ("Qwen2.5-32B bf16 on 4 3090s, GPU 0 OOMs", "**Room on one card does not help another"),
    ],
)
def test_a_card_that_is_full_beside_an_empty_one_is_a_matter_of_the_split(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "only rank 0 runs out of memory in ddp",
        "Qwen2.5-32B LoRA on 4 A100s, GPU 0 OOMs",
        "vLLM Qwen2.5-32B AWQ 2x3090, GPU 0 OOMs",
        "训练时只有0号卡爆显存，其他卡空着",
        "with device_map auto GPU 0 is full and GPU 1 is half empty and it OOMs",
        "llama.cpp -ts 1,1: GPU 0 is full and GPU 1 has 6 GB free, out of memory",
        "OOM on a single 3090 with Qwen2.5-32B, half of it would be enough",
    ],
)
def test_what_has_a_cause_of_its_own_keeps_it(question: str) -> None:
    text = answer_to(question)
    assert "Room on one card does not help another" not in text
    assert "一张卡的空余帮不了另一张" not in text


@pytest.mark.parametrize(
    ("question", "opens", "holds"),
    [
        ("device_map=auto over two GPUs is slow at inference, why?", "**device_map puts whole layers", "take turns"),
        ('用device_map="auto"推理，两张卡轮流干活，正常吗', "**device_map 把整层整层地放到各卡上", "轮流"),
        ("why is generation slow for Qwen2.5-72B with device_map auto on 2x A6000", "**device_map puts whole layers", "does not go on them"),
        ("Qwen2.5-7B device_map auto 双4090 生成很慢 为什么", "**device_map 把整层整层地放到各卡上", "一张卡放得下就只用一张"),
    ],
)  # fmt: skip
def test_why_a_split_by_layers_is_slow_is_told_first(question: str, opens: str, holds: str) -> None:
    first = opening(question)
    assert first.startswith(opens)
    assert holds in first


def test_how_fast_it_would_be_is_asked_as_a_number() -> None:
    assert "tokens/s" in opening(
        "How many tokens/s does Qwen2.5-32B make with device_map auto on 2x 3090, it feels slow?"
    )


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("ZeRO-Inference of a 70B on one A100 80GB?", "138 GB"),
        ("用 ZeRO-Inference 在单张 4090 上跑 Llama-3.1-70B 行吗", "逐层搬到卡上"),
        ("Inference of Qwen2.5-72B on a 24 GB card with all weights offloaded to CPU RAM by DeepSpeed?", "layer by layer for every step"),
    ],
)  # fmt: skip
def test_weights_that_are_streamed_are_told_with_what_they_cost(question: str, holds: str) -> None:
    first = opening(question)
    assert holds in first
    assert first.startswith(("**It works where host memory", "**能跑"))


def test_training_with_offload_streams_nothing_of_the_kind() -> None:
    assert "layer by layer for every step" not in answer_to(
        "full fine-tuning of a 7B on a 4090 with ZeRO-3 param offload?"
    )


@pytest.mark.parametrize("question", ["why is cpu_offload_gb so slow?", "cpu_offload_gb 开了很慢 为什么"])
def test_what_an_offload_of_vllm_costs_is_told(question: str) -> None:
    assert opening(question).startswith(("**--cpu-offload-gb moves weights", "**--cpu-offload-gb 挪到内存的是权重"))


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("how is the kv cache cut across two cards", "divided over the cards, not copied"),
        (
            "With tensor parallelism over 4 GPUs, how is the KV cache of Qwen2.5-72B divided?",
            "each of 4 cards has about",
        ),
        ("Qwen2.5-32B 在两张卡上 KV cache 怎么分", "分到各卡上的"),
        ("KV缓存在四张卡之间怎么切", "分到各卡上的"),
    ],
)
def test_how_a_cache_is_cut_over_cards_is_told_first(question: str, holds: str) -> None:
    assert holds in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "How do I cut the KV cache in half? Llama-3-8B at 32k",
        "How do I get the KV cache of Qwen2.5-7B cut in half on a 4090?",
        "Can the KV cache of Qwen2.5-7B be cut down to 2 GB on a 3090?",
    ],
)
def test_a_cache_that_is_to_be_smaller_is_none_that_is_cut(question: str) -> None:
    assert "not copied" not in opening(question)


def test_a_split_that_is_told_is_not_looked_for() -> None:
    assert "-ts takes proportions" not in opening("What context fits with -ts 1,1 for Llama-3.3-70B Q4_K_M on 2x3090?")


def test_slow_to_load_is_no_matter_of_turns() -> None:
    assert "take turns" not in opening("Is it slow to load Qwen2.5-32B with device_map=auto on 2x3090? Does it fit?")


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("Which quant of Llama-3.3-70B fits on a 4090 plus a 3060 12GB?", ("-ts 24,12", "2 × 12 = 24 GB", "layers on the cards (-ngl", "CUDA contexts and buffers")),
        ("3090加4060 Ti 16G 跑 Llama-3.3-70B 选哪个量化", ("-ts 24,16", "2 × 16 = 32 GB", "CUDA 上下文和缓冲")),
        ("Which quant of a 70B goes on a single 3090?", ("of 80 layers on the card (-ngl",)),
        ("70B on two 4090s or one A6000 48GB?", ("reads on all at once, 2 × 1010 GB/s against 768 GB/s", "keeps a whole copy on each", "Q4_K_M 42.5 GB")),
        ("Which quant of Qwen3-30B-A3B for a 16GB 5060 Ti?", ("beside 1.22 GiB of CUDA context and buffers", "Only 3.35B parameters are used for a token", "Q4_K_M 18.5 GB")),
        ("跑70B 双3090和单张A6000 48G选哪个", ("各卡同时读", "显存不叠加")),
    ],
)  # fmt: skip
def test_files_for_cards_are_told_with_how_they_lie_on_them(question: str, holds: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in holds), text


def test_unequal_cards_hold_no_like_parts() -> None:
    assert "on each card" not in answer_to("Which quant of Llama-3.3-70B fits on a 4090 plus a 3060 12GB?")


def test_of_one_card_that_holds_the_usual_file_no_split_is_told() -> None:
    text = answer_to("Which quant of Qwen2.5-32B fits on a 3090?")
    assert "tensor parallel" not in text
    assert "CUDA contexts" not in text
    assert "-ngl" not in text


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("Mistral-Nemo 12B in vLLM on a 3090: No available memory for the cache blocks, even at gpu_memory_utilization 0.98 and max_model_len 4096", "A smaller --max-model-len cannot help: 4,096 tokens of cache (160 KiB each)"),
        ("vLLM 在 3090 上跑 Mistral-Nemo-12B 报 No available memory for the cache blocks，gpu_memory_utilization 0.98", "减小 --max-model-len 没用"),
        ("Qwen2.5-32B AWQ on a 3090 in vLLM at 16k: No available memory for the cache blocks", "In this order: a smaller --max-model-len"),
    ],
)  # fmt: skip
def test_a_shorter_length_is_advised_where_it_makes_room(question: str, holds: str) -> None:
    assert holds in opening(question)


def test_bold_sentences_stand_apart() -> None:
    told = opening(
        "vLLM 在 3090 上跑 Mistral-Nemo-12B 报 No available memory for the cache blocks，gpu_memory_utilization 0.98"
    )
    assert "****" not in told


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        # 141 GB ÷ 31.5 GB/s = 4.5 s; two cards read a half each over slots of their own
        ("ZeRO-Inference of Llama-3.1-70B on one 3090?", "4.5 s at best"),
        ("ZeRO-Inference of Llama-3.1-70B with offload_param cpu on 2x 3090?", "2.2 s at best"),
        ("用 ZeRO-Inference 把 Llama-3.1-70B 权重放内存，4 张 A100 推理，行不行", "最快也要 1.1 秒"),
    ],
)
def test_each_card_reads_its_part_of_the_weights_over_its_own_slot(question: str, holds: str) -> None:
    assert holds in opening(question)


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        # 131.4 GiB less 24 - 5.05 GiB, ÷ 31.5 GB/s
        ("Llama-3.1-70B in transformers with device_map auto and CPU offload on one 24GB card, how slow?", ("what does not stay on the card", "121 GB", "3.8 s at best")),
        ("Llama-3.1-70B 用 transformers offload 到内存推理，4090 够吗", ("卡上留不住的部分", "最快也要 3.8 秒")),
    ],
)  # fmt: skip
def test_what_device_map_keeps_on_the_card_is_not_copied(question: str, holds: tuple[str, ...]) -> None:
    first = opening(question)
    assert all(one in first for one in holds), first


def test_no_share_of_the_weights_is_told_where_the_cache_alone_fills_the_cards() -> None:
    told = answer_to("exllama gpu-split for 2x 12GB 3060 with Qwen2.5-72B at 131072 context?")
    assert "does not fit" in told
    assert "--gpu-split -" not in told
