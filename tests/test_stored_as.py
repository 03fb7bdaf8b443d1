"""In which format a model is served: as it was published, as the file of the program that is named, as the asker lists."""

import pytest

from chat.plans.by_layers import by_layers
from chat.plans.understood import understood
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "stored"),
    [
        ("gpt-oss-20b 一张16G的4060Ti能跑吗?20B bf16不是要40多G", ["mxfp4", "bf16"]),
        ("How many H20 96GB cards for gpt-oss-120b? Planned 3 because of bf16", ["mxfp4", "bf16"]),
        ("Does Kimi-K2 fit on one 8xH200 node with vLLM tp 8?", "fp8"),
        ("MiniMax-M2.5 on 4x H100 80GB, does it fit?", "fp8"),
        ("DeepSeek-R1 671B bf16 要1.3T显存,8张H20 141G 能部署吗", ["fp8", "bf16"]),
        ("gpt-oss-120b at Q4_K_M on a Mac Studio 128GB?", "gguf:Q4_K_M"),
        ("Qwen2.5-7B bf16 on a 4090, does it fit?", "bf16"),  # published in 16 bit
    ],
)
def test_what_was_published_in_few_bits_is_served_so(question: str, stored: object) -> None:
    assert understood(read(question)).get("weight_format") == stored


@pytest.mark.parametrize(
    ("question", "stored"),
    [
        ("qwen2.5 32b int4 用ollama跑,双4060ti 16G,上下文16k够吗", "gguf:Q4_K_M"),
        ("llama 3.3 70b int4 on ollma with 2x 3090, 8k context. will it fit?", "gguf:Q4_K_M"),
        ("Can LM Studio run Qwen3-14B int8 on a 16GB card?", "gguf:Q8_0"),
        ("olama 跑 qwen3 32b 4bit 要多少显存", "gguf:Q4_K_M"),
        ("vLLM with Qwen2.5-32B int4 on two 4060 Ti 16GB, 16k context?", "int4"),
    ],
)
def test_a_program_that_reads_files_runs_the_usual_file_of_so_many_bits(question: str, stored: object) -> None:
    assert understood(read(question)).get("weight_format") == stored


@pytest.mark.parametrize(
    "question",
    [
        "gpt-oss-120b 单张H20 96G能部署吗?117B按bf16算要234G啊,官方说一张80G就行,怎么做到的",
        "People told me gpt-oss-20b needs 42 GB in bf16, will it run on my 16GB card?",
    ],
)
def test_the_published_format_is_told_as_no_loss(question: str) -> None:
    said = answer_to(question)
    assert "published in MXFP4" in said or "发布的权重本来就是 MXFP4" in said
    assert "Megatron-Turing" not in said  # bytes of training, which "16G" and "20B" do not ask for


@pytest.mark.parametrize(
    ("question", "stages"),
    [
        ("3x RTX A4000 16GB. vLLM refuses --tensor-parallel-size 3 for Qwen2.5-14B-Instruct and with tp 2 it OOMs", 3),
        ("3张4090,vllm tp=3 报错,tp=2 跑 Qwen2.5-32B-Instruct-GPTQ-Int8 又爆显存", 3),
    ],
)
def test_ranks_that_leave_a_card_idle_are_no_layout_of_all_cards(question: str, stages: int) -> None:
    facts = understood(by_layers(read(question)))
    assert (facts["pp"], facts["n_gpus"]) == (stages, stages)


def test_cards_beyond_the_ranks_stay_idle() -> None:
    facts = understood(read("Qwen2.5-14B on 3 x 4090 with vLLM, tp 2, does it fit?"))
    assert (facts["tp"], facts["n_gpus"]) == (2, 2)


@pytest.mark.parametrize(
    ("question", "said", "other"),
    [
        ("ollama run qwen2.5:14b on a 12GB card with num_ctx 32768, does it fit?", "num_gpu 35", "-ngl"),
        ("ollama 跑 llama3.1 8b,16G 显卡,num_ctx 131072 放得下吗", "OLLAMA_KV_CACHE_TYPE=q8_0", "--cache-type-k"),
        ("llama.cpp with Qwen2.5-14B Q4_K_M on a 12GB card at 32k, does it fit?", "-ngl 35", "num_gpu"),
        (
            "Ollama with OLLAMA_NUM_PARALLEL=4, num_ctx 8192: qwen2.5:14b q4 on a 4080 16G shows 8%/92% CPU/GPU, why?",
            "take a smaller context (num_ctx)",
            "-c)",
        ),
    ],
)
def test_remedies_are_told_in_the_switches_of_the_program_that_is_named(question: str, said: str, other: str) -> None:
    text = answer_to(question)
    assert said in text
    assert other not in text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("公司要本地部署QwQ-32B,30个人同时用,每人8k上下文,int4要多大显存,什么卡", "1 × 94 GB"),
        ("VRAM for Mixtral 8x22B in fp16, 8 bit and 4 bit?", "2 cards of 80 GB, such as A100 80 GB, or 1 × 141 GB"),
    ],
)
def test_sets_of_cards_with_less_memory_in_all_are_named_too(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "How many H200 for Kimi-K2-Instruct in vLLM? tp=8 on one node starts loading and dies",
        "DeepSeek-V3 满血版 8张H100 80G tp8 加载就挂,到底要多少张",
    ],
)
def test_a_layout_that_was_tried_does_not_bound_the_cards_that_are_counted(question: str) -> None:
    first = answer_to(question).splitlines()[0]
    assert "16 cards (2 machines of 8)" in first or "16 张卡(2 台 8 卡机)" in first.replace("（", "(").replace(
        "）", ")"
    )


@pytest.mark.parametrize(
    ("question", "formats"),
    [
        ("M3 Max 64GB: which quant of Llama-3.3-70B can I run fully on GPU, Q8_0 / Q6_K / Q5_K_M / Q4_K_M? maybe 8k context", ("Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M")),
        ("Q5_K_M、Q6_K、Q8_0 三种量化,M4 Max 128G 跑 Llama-3.3-70B 哪种量化能全部放进 GPU", ("Q8_0", "Q6_K", "Q5_K_M")),
        ("VRAM requirement for Mixtral 8x22B? fp16, 8 bit and 4 bit please. Is it 8 x 22 = 176B?", ("16-bit 264", "8-bit 133", "4-bit 70")),
        ("Mixtral 8x7B 是不是 8×7=56B?16位、8位和4位各要多少显存", ("16 位约", "8 位约", "4 位约")),
    ],
)  # fmt: skip
def test_every_format_that_is_listed_is_answered(question: str, formats: tuple[str, ...]) -> None:
    said = answer_to(question)
    assert all(one in said for one in formats)
    assert "Q2_K" not in said  # none that was not asked about


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("llama3.2:3b is a 2.0 GB download, num_ctx 32768, and `ollama ps` says over 6 GB. Is ollama loading the fp16 version behind my back?", ("**No, the weights are still Q4_K_M", "3.50 GiB", "6.44 GiB, near what you see", "OLLAMA_NUM_PARALLEL multiplies it", "q8_0 cache")),
        ("我下载的 qwen2.5-14b gguf 文件才 9G,ollama 设了 num_ctx 32768 之后占了 16G,是不是偷偷加载了fp16?", ("**没有,权重仍是 Q4_K_M", "正是看到的数")),
        ("mistral-nemo 12b Q8_0 gguf is 13GB, LM Studio with 32k context shows 19GB. Is it secretly running in fp16?", ("**No, the weights are still Q8_0",)),
        ("my qwen2.5-7b-instruct q4_k_m gguf file is 4.7 GB but ollama eats 16 GB of my 4090. is it running fp16?", ("**It may be: with weights in fp16 it takes 14.5 GiB",)),
        ("llama.cpp: phi-4 gguf 15.6 GB file, -c 16384, nvidia-smi 19.5GB. normal or a leak?", ("No leak", "18.1 GiB, which is what you see")),
    ],
)  # fmt: skip
def test_a_wider_format_that_is_suspected_is_judged_and_no_fact(question: str, says: tuple[str, ...]) -> None:
    said = answer_to(question).replace("\uff0c", ",")
    assert all(one in said for one in says)


def test_a_wider_format_that_is_asked_for_stays_a_fact() -> None:
    assert understood(read("Can I run Qwen2.5-14B in fp16 with ollama on a 4090 or is q8 needed?"))[
        "weight_format"
    ] == ["fp16", "gguf:Q8_0"]
    assert understood(read("phi-4 in ollama, the gguf file is 15.6 GB. vram?"))["weight_format"] == "gguf:Q8_0"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does FP8 double the speed of bf16 on an RX 9070 XT?", "has FP8 units at twice its 16-bit rate"),
        ("Does FP8 double the speed of bf16 on an Arc B580?", "No FP8 rate of Arc B580 is known here"),
        ("Arc A770 上 FP8 比 bf16 快多少？", "没有 FP8 单元"),
        ("Qwen3-8B FP8 on an Arc A770 with vLLM, does it fit?", "This card has no FP8 units"),
    ],
)
def test_a_card_without_a_known_rate_is_not_taken_for_one_without_units(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens", "bits"),
    [
        ("8-bit is one byte a weight, so why is Llama-3.1-8B Q8_0 8.54 GB?", "**8.54 GB is the whole file: 8.03B × 8.5 bits = 8.53 GB.**", "34 × 8 ÷ 32 = 8.5 bits"),
        ("Why is Qwen2.5-14B Q4_K_M 9.0 GB and not 7?", "**9 GB is the whole file: 14.8B × 4.86 bits = 8.98 GB.**", "144 × 8 ÷ 256 = 4.5 bits"),
        ("为什么 Qwen2.5-14B Q4_K_M 要 9.0GB 而不是 7GB", "**9 GB 就是整个文件：14.8B × 4.86 位 = 8.98 GB。**", "256"),
        # of a model whose embedding stays in host memory the card's part is less than the file, which is what is asked about
        ("Mistral-Small-24B Q8_0 is 25GB on disk, 24B at 8 bits should be less. Does it still fit a 24GB card?", "**It most likely does not fit: 24.4 GiB of 24.0 GiB with the cache of 4,096 tokens and the runtime.** What does: 6-bit weights (Q6_K) (19.2 GiB); or 37 layers on the card", "**25 GB is the whole file: 23.6B × 8.5 bits = 25 GB.**"),
        # its tower stands in a file of its own
        ("Gemma-3-27B Q4_K_M 16.5GB on disk rather than 13.5. 16GB card?", "**16.5 GB is the whole file: 27B × 4.89 bits = 16.5 GB.**", "27B × 4.89 ÷ 8 = 16.5 GB"),
        ("Qwen3-32B Q4_K_M文件19.8GB，为什么不是16GB，24G显卡能放下吗", "**19.8 GB 就是整个文件：32.8B × 4.82 位 = 19.8 GB。**", "144"),
        ("Qwen3-32B Q8_0文件34.8GB，为什么不是32GB，24G显卡能放下吗", "**放不下：加上 4,096 token 的缓存和运行时约 ", "**34.8 GB 就是整个文件：32.8B × 8.5 位 = 34.8 GB。**"),
    ],
)  # fmt: skip
def test_the_size_of_a_file_is_derived_by_its_blocks(question: str, opens: str, bits: str) -> None:
    told = answer_to(question).split("\n")[0]
    assert told.startswith(opens), told
    assert bits in told


def test_offload_that_is_ruled_out_doubts_no_reference_model() -> None:
    question = "PPO in OpenRLHF, actor, critic, reward and ref all 8B on 8x A100 80GB, feasible without CPU offload?"
    assert "second_doubted" not in read(question).cues
    assert "second_doubted" in read("Does DPO need a second copy as reference model?").cues


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("model.get_memory_footprint() of Qwen2.5-7B-Instruct loaded with load_in_4bit says 5.44 GB, I expected 3.8 GB. Why more?", "**5.44 GB is right: 6.53B × 0.5 B + 1.09B × 2 B = 5.44 GB.", "0.41 GB, 0.10 GB with double quantisation"),
        ("bitsandbytes 4bit 加载 Llama-3.1-8B-Instruct，get_memory_footprint 显示 5.6G，不是应该 4G 吗？多出来的是什么", "**5.6 GB 是对的：6.98B × 0.5 字节 + 1.05B × 2 字节 = 5.59 GB。", "合计 6.03 GB（5.61 GiB）"),
        ("Llama-3.1-8B nf4 takes 6.0 GB instead of 4 GB, why?", "**6 GB is all of the weights as they are stored: 6.98B × 4.5 bits", "= 6.03 GB (5.61 GiB)"),
        ("Llama-3.1-8B-Instruct AWQ is 5.7 GB, should be 4 GB, why more?", "**5.7 GB is all of the weights as they are stored: 6.98B × 4.16 bits", "5.73 GB (5.33 GiB)"),
    ],
)  # fmt: skip
def test_parameters_of_four_bits_are_counted_without_their_scales(question: str, opens: str, says: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:200]
    assert says in answer


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # 6.98e9 × 4.16 bits + 1.05e9 × 2 B
        ("how much VRAM for llama-3-8b int4", "5.33 GiB of weights instead of 5.21 GiB"),
        ("Qwen2.5-14B int4 12G 够吗", "4 + 20/128 = 4.16 位"),
        ("does Qwen2.5-32B int4 fit on a 24GB card?", "with a 16-bit scale and a 4-bit zero point each"),
    ],
)
def test_plain_int4_is_told_with_its_scales(question: str, says: str) -> None:
    assert says in answer_to(question), answer_to(question)


@pytest.mark.parametrize(
    "question",
    ["how much VRAM for llama-3-8b AWQ", "how much VRAM for llama-3-8b in 4 bit", "QLoRA of a 7B in int4: memory?"],
)
def test_formats_with_scales_are_counted_with_them(question: str) -> None:
    assert "without scales" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Can I run Qwen3-32B-FP8 on one A100 40GB with vLLM?", ("no FP8 units", "Marlin", "most for --max-model-len", "in 4 bits (AWQ, GPTQ)")),
        ("vLLM on a single A100 40G, does Qwen3-32B in fp8 fit?", ("no FP8 units", "Marlin")),
        ("Qwen3-32B-FP8 一张A100 40G vllm能跑吗", ("没有 FP8 单元", "Marlin", "--max-model-len 最多设这么多")),
        ("一张3090用vllm跑 Qwen3-14B-FP8 够不够", ("没有 FP8 单元", "Marlin")),
    ],
)  # fmt: skip
def test_vllm_keeps_fp8_weights_small_on_ampere(question: str, says: tuple[str, ...]) -> None:
    assert understood(read(question)).get("weight_format") == "fp8"
    told = answer_to(question)
    assert all(one in told for one in says), told
    assert not any(one in told for one in ("upcasts", "若引擎转成 16 位"))


@pytest.mark.parametrize(
    ("question", "says", "unsaid"),
    [
        ("Does Qwen3-14B-FP8 fit an RTX 3090?", "an engine that upcasts", "vLLM keeps"),  # any program
        ("Qwen3-14B-FP8 on an L40S with vLLM, ok?", "FP8 units", "vLLM keeps"),
        ("Qwen3-8B-FP8 on a T4 with vLLM?", "FP8 will not run on this card", "vLLM keeps"),
        ("Llama-3.1-405B FP8 OOMs on 16 A40", "turns the weights into 16 bit", "vLLM keeps"),  # failed in any program
        ("Does Qwen3-14B-FP8 fit an RTX 3090 in vLLM?", "vLLM keeps", "most for --max-model-len"),  # with room
    ],
)
def test_other_programs_and_cards_do_as_they_did(question: str, says: str, unsaid: str) -> None:
    told = answer_to(question)
    assert says in told, told
    assert unsaid not in told, told


@pytest.mark.parametrize(
    ("question", "stored", "cards"),
    [
        ("Qwen2.5-32B AWQ 双3090 能跑吗", "awq-int4-g128", 2),  # the count of the cards is no width of the weights
        ("Qwen2.5-32B GPTQ 双A100 能跑吗", "gptq-int4", 2),
        ("Qwen2.5-32B GPTQ 8bit 双3090", "gptq-int8", 2),
        ("Does Qwen2.5-32B AWQ 4 fit on a 3090?", "awq-int4-g128", 1),
    ],
)
def test_a_count_of_cards_behind_a_format_leaves_it(question: str, stored: str, cards: int) -> None:
    facts = read(question).facts
    assert (facts["weight_format"], facts["n_gpus"]) == ((stored,), (cards,))


@pytest.mark.parametrize("card", ["A6000", "L40S", "2080ti", "A100", "3090"])
def test_two_of_any_card_are_two(card: str) -> None:
    assert read(f"双{card} 能跑 Qwen2.5-32B 吗").facts["n_gpus"] == (2,)
