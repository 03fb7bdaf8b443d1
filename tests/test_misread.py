"""Words that look like a card, a method or a size and are none."""

import pytest

from chat.plans.understood import facts_of, understood
from chat.reads.grammar import read
from chat.reads.normal import normalise
from tests.talking import answer_to


@pytest.mark.parametrize(
    "question",
    [
        "Does a 4090 hold Qwen2.5-7B, bge-m3 and bge-reranker-v2-m3?",
        "4090上同时跑Qwen2.5-7B、bge-m3、bge-reranker-v2-m3够吗",
    ],
)
def test_a_part_of_a_longer_name_is_no_card(question: str) -> None:
    assert read(question).facts["gpu"] == ("RTX 4090",)
    assert read("Qwen2.5-7B on an apple-m3?").facts["gpu"] == ("Apple M3",)


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("Qwen2-VL-7B full fine-tune, freeze the vision tower", ("full",)),
        ("Qwen2-VL-7B lora with frozen vision encoder", ("lora",)),
        ("Qwen2-VL-7B lora, vision tower is frozen", ("lora",)),
        ("Qwen2-VL-7B全参(冻结ViT)", ("full",)),
        ("Qwen2-VL-7B 冻结视觉塔,全参微调", ("full",)),
        ("Qwen2-VL-7B 全参微调,视觉塔冻结", ("full",)),
        ("freeze tuning of Llama-3-8B", ("freeze",)),
        ("Llama-3-8B 冻结微调", ("freeze",)),
    ],
)
def test_a_frozen_tower_is_no_freeze_tuning(question: str, methods: tuple[str, ...]) -> None:
    assert read(question).facts["method"] == methods


def test_full_tuned_is_a_full_fine_tuning() -> None:
    assert read("anyone full tuned Qwen2.5-0.5B on a 4060 laptop?").facts["method"] == ("full",)


@pytest.mark.parametrize(
    ("question", "sizes"),
    [
        ("gemma2-9b lora is only 1B larger than llama3-8b", ()),
        ("a 9B is only 1B more than a 8B", (9e9, 8e9)),
        ("gemma2-9b只大1B,为什么多这么多", ()),
        ("lora on a 7B, trainable params: 167M", (7e9,)),
        ("可训练参数 167M,8B lora 要多少显存", (8e9,)),
        ("trainable params jumped from ~55M to ~960M on a 13B", (13e9,)),
        ("is a 70B larger than 40 GB in 4 bits?", (70e9,)),
        ("最大70B的模型要多少显存", (70e9,)),
    ],
)
def test_a_part_or_a_difference_is_no_models_size(question: str, sizes: tuple[float, ...]) -> None:
    reading = read(question)
    assert reading.facts.get("params", ()) == sizes
    assert not reading.not_understood


def test_sizes_beside_a_model_are_models_of_their_own() -> None:
    facts = facts_of(read("can 8 V100 32G run Qwen3-235B-A22B, a 671B and a 72B?"))
    assert facts["model"] == ["Qwen/Qwen3-235B-A22B", "deepseek-ai/DeepSeek-V3", "Qwen/Qwen2.5-72B-Instruct"]
    assert "params" not in facts
    told = facts_of(read("Qwen2.5-7B QLoRA: does a 7B or a 72B fit on 24GB?"))
    assert told["model"] == ["Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-72B-Instruct"]  # 7B is the size in its name


@pytest.mark.parametrize(
    ("question", "name", "values"),
    [
        ("[Rank 3] torch.cuda.OutOfMemoryError finetuning llama-3-8b with lora on 4x A100", "lora_rank", ()),
        ("OOM on rank 2 only, lora on llama-3-8b", "lora_rank", ()),
        ("LoRA r16 on Mistral-7B", "lora_rank", (16,)),
        ("Qwen2.5-32B on one 4090, AWQ not used, fp8 weights", "weight_format", ("fp8",)),
        ("unsloth is not an option, gemma-2-9b lora on a 3090", "engine", ()),
        ("unsloth装不上,gemma-2-9b lora 3090够吗", "engine", ()),
        ("gemma 3 12b, q4_k_m, q6_k or q8? kv stays fp16", "kv_format", ("fp16",)),
        ("gemma 3 12b, q4_k_m, q6_k or q8?", "weight_format", ("gguf:Q4_K_M", "gguf:Q6_K", "gguf:Q8_0")),
        ("Llama 4 Scout 上下文1000万token 一张H100行吗", "seq_len", (10_000_000,)),
        ("sbatch --mem=64G --gres=gpu:4 full finetune of llama-3-8b on A100-40G", "host_memory_gb", (64.0,)),
        ("sbatch --mem=64G --gres=gpu:4 full finetune of llama-3-8b on A100-40G", "n_gpus", (4,)),
        ("4x A100 80 enough? 8? PPO of a 7B", "n_gpus", (4, 8)),
        ("4 A100 80s for a 70B?", "gpu_memory_gb", (80.0,)),
        ("买2张4090、2张3090还是一张A6000跑32B", "n_gpus", (2, 1)),
        ("guy says 4x 3090 = 96GB for Yi-34B", "gpu", ("RTX 3090",)),
        ("I meant 13B, not 7B, on a 4090", "params", (13e9,)),
        ("switching to DoRA adds 1B params to Llama-3-8B", "params", ()),
        ("LoRA on attention only for llama-2-13b", "lora_targets", ("q k v o",)),
        ("只在注意力层加LoRA,llama-2-13b", "lora_targets", ("q k v o",)),
        ("Ryzen AI Max 395 128GB, BIOS gives it 96 GB, gpt-oss-120b?", "gpu_memory_gb", (96.0,)),
        ("derive sbh(34 + 5as/h) for OPT-13B, s=2048, b=1", "seq_len", (2048,)),
        ("2 streams of llama-3-70b at 32k on 2x A6000", "batch_size", (2,)),
        ("10来个人同时用32B,4090够吗", "batch_size", (10,)),
        ("梯度累积从1改成8,7B lora", "grad_accum", (8,)),
        ("distill qwen2.5-72b (teacher, frozen) into qwen2.5-1.5b", "method", ()),
        ("distill qwen2.5-72b (teacher, frozen) into qwen2.5-1.5b", "task", ("train",)),
        ("my friend runs 70B on a single 3090, I have a 4060 8GB", "gpu", ("RTX 4060",)),
        ("my friend runs 70B on a single 3090, I have a 4060 8GB", "gpu_memory_gb", (8.0,)),
        ("bge-m3 on a T4, long docs (max 8192)", "seq_len", (8192,)),
    ],
)
def test_a_word_beside_a_number_decides_what_it_is(question: str, name: str, values: tuple[object, ...]) -> None:
    reading = read(question)
    assert reading.facts.get(name, ()) == values
    assert not reading.unknown_models or "bge" in question


def test_two_cards_named_by_number_are_no_question_of_units() -> None:
    assert read("4090 or 3090 or a 48GB card for Qwen2.5-32B q4, 10 users 8k").intent != "units"
    assert read("10个人用qwen2.5-32b,8k,买4090还是3090").intent != "units"


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("8xH100-80G or 8xH200? DeepSeek V3 fp8, how much does the KV cost at 128k", "fits"),
        ("my finetuned llama 3 answers in spanish, chat template is correct i think. how to fix?", "out_of_scope"),
        ("微调后的Qwen2.5-7B回答全是乱码,怎么办", "out_of_scope"),
        ("files of Qwen2.5-7B are 15.23GB but memory_allocated()/1024**3 prints 14.2. did it drop layers?", "units"),
        ("Yi-34B full sft on 8xA100 zero3, how many GB per card does adamw_8bit save", "method_diff"),
        ("InternLM2.5-7B全参,8张4090 zero3,能跑不能跑给个痛快话", "fits"),
        ("128gb ddr5, can i run qwen3 235b a22b q4_k_m and what speed", "fits"),
        ("Llama-3.3-70B Q4_K_M on a 4090, what -ngl should i set and what t/s to expect?", "quant_gguf"),
    ],
)
def test_what_is_asked_first_opens_the_answer(question: str, intent: str) -> None:
    assert read(question).intent == intent


def test_a_size_that_is_offered_is_a_case_of_its_own() -> None:
    offered = facts_of(read("mac mini m4 16g 跑 qwen3 14b q4 行不行,要不要上 8b"))
    assert offered["model"] == ["Qwen/Qwen3-14B", "Qwen/Qwen3-8B"]
    asked = read("M4 Max 64G,跑70B的Q4和gpt-oss-120b,64够不")
    assert len(facts_of(asked)["model"]) == 2
    assert not asked.not_understood
    told = read("看教程说 70B 双 24G 就行,我用两张3090 QLoRA微调 Qwen2.5-72B OOM")
    assert told.others["params"] == (70e9,)


def test_a_setting_that_failed_is_not_how_it_is_placed() -> None:
    asked = read("Llama-3.3-70B Q4_K_M on a 4090, what -ngl should i set? (ngl 80 crashed)")
    assert "gpu_layers" not in asked.facts
    assert asked.extras["gpu_layers_failed"] == (80,)


def test_a_saving_is_against_what_is_usual() -> None:
    assert read("7B full on 4 A100 zero3, how much does 8bit adam save").facts["optimizer"] == ("adamw", "adamw-8bit")
    assert read("7B全参 开梯度检查点能省多少显存").facts["gradient_checkpointing"] == ("off", "on")
    assert read("7B full with 8bit adam on 4 A100, fits?").facts["optimizer"] == ("adamw-8bit",)


def test_single_precision_of_the_states_is_no_width_of_the_weights() -> None:
    asked = read("70B full FT: weights bf16 140 GB, fp32 master + Adam m, v: 12 B x 70 = 840 GB, ZeRO-3 over 16 GPUs")
    assert asked.facts["weight_format"] == ("bf16",)
    assert not asked.not_understood


def test_sizes_of_card_in_a_row_are_a_choice() -> None:
    assert read("微调7B lora,买什么显存的卡?12/16/24都看过").facts["gpu_memory_gb"] == (12, 16, 24)


@pytest.mark.parametrize(
    ("plain", "typed"),
    [
        ("QLoRA 13B on one 4090 24GB, no offload, KV cache in q8_0?", "QLoRA  13B on  one 4090  24GB,  no  offload,  KV  cache in  q8_0?"),
        ("llama 3 8b on a 3060 12GB", "llama **3** 8b on a **3060** 12GB"),
        ("4090 24G单卡能lora微调13b吗", "**4090** 24G单卡能lora微调13b吗"),
        ("双3090跑glm4-9b", "双RTX 3090跑glm4-9b"),
        ("单卡四零九零 vllm跑14b", "单卡四零九零vllm跑14b"),
        ("DPO (full, not lora) llama-3-8b on 8xA100-80G, bs 2", "DPO (full , not lora) llama-3-8b on 8xA100-80G , bs 2"),
        ("pretrain a 1.3B, 300B tokens, 8xA100", "pretrain a 1.3B, 300B toks, 8xA100"),
        ("4x L40S, full finetune of llama3.1 8b", "4x l40s, full finetune of llama3.1 8b"),
        ("16G的4080S跑gemma2 9b", "16g的4080s跑gemma2 9b"),
        ("ZeRO-3 70B on 2 nodes x 8 H100", "ZeRO-3 70B on 2 nodes x 8 NVIDIA H100"),
        ("hardware: one node 8xH100-80\ndtype: bf16, 70B full", "hardware:  one node  8xH100-80\ndtype:  bf16, 70B full"),
        ("还能全参7B吗,我有8张", "还能全参7B吗,我有8张 谢谢大佬"),
    ],
)  # fmt: skip
def test_how_it_is_typed_changes_no_fact(plain: str, typed: str) -> None:
    assert read(typed).facts == read(plain).facts


def test_a_span_points_at_what_was_typed() -> None:
    text = "QLoRA   13B  on **one**  RTX  4090 , 24GB"
    (start, end) = read(text).spans["gpu"][0]
    assert text[start:end] == "RTX  4090"


@pytest.mark.parametrize(
    "question",
    [
        "[TP0] KV Cache is allocated. Qwen2.5-32B with tp 2 on 2x L40S, OOM",
        "vllm serve THUDM/glm-4-9b-chat on an A10G (aws g5): fits?",
        "Win11 4070 12G跑qwen3-8b q4够吗",
        "command-r v01 35B Q4_K_M with 32k, two 7900 XTX (48 total)",
        "Llama 4 Scout 上下文1000万token,一张H100是不是就能开1000万?",
        "deepspeed zero3 offload 全参 Qwen2.5-7B,4张3090,内存 128 够不够",
        "derive activations of llama-7b: s 2048, b 1, L 32, a 32",
        "Strix Halo, 128GB unified (96 given to the iGPU). gpt-oss-120b?",
    ],
)
def test_words_that_say_nothing_new_are_not_reported(question: str) -> None:
    assert not read(question).not_understood


def test_what_cannot_be_worked_out_is_reported() -> None:
    near_lora = read("chatglm3-6b 一张A10,lora、p-tuning v2分别要多少")
    assert near_lora.extras["frozen_base_too"] == ("p-tuning v2",)
    assert [one.text for one in read("1.3B (24 layers, hidden 2048), seq 2048, 8xA100").not_understood] == [
        "24",
        "2048",
    ]


def test_memory_given_to_the_graphics_is_the_cards() -> None:
    asked = read("Strix Halo, 128GB unified (96 given to the iGPU). gpt-oss-120b?")
    assert asked.facts["gpu_memory_gb"] == (96.0,)


@pytest.mark.parametrize(
    "question", ["qlora 70b on 2*A100-80g ok ? bs1 seq 4k", "qlora llama3 70b,8张T4,bs=1 context 2k"]
)
def test_a_length_behind_a_batch_is_its_own_number(question: str) -> None:
    assert read(question).facts["batch_size"] == (1,)


def test_a_count_behind_a_card_is_no_number_of_lanes() -> None:
    assert read("H200 x8 enough for full FT of Qwen3-235B-A22B?").facts["n_gpus"] == (8,)
    assert read("2080ti 11g x4 zero3 qlora 33b 可以吗").facts["n_gpus"] == (4,)
    assert read("two 3090s at x8 for a 70B q4, is tensor parallel slower?").extras["lanes"] == (8.0,)


@pytest.mark.parametrize(
    ("question", "n_gpus"),
    [
        ("CPU only, dual EPYC with 768GB RAM, DeepSeek-R1 Q4_K_M at 16k?", ()),
        ("dual Xeon and one 3090, 70B Q4?", (1,)),
        ("dual 3090, 70B Q4?", (2,)),
    ],
)
def test_two_processors_are_no_cards(question: str, n_gpus: tuple[int, ...]) -> None:
    assert read(question).facts.get("n_gpus", ()) == n_gpus


@pytest.mark.parametrize("question", [
    "How many H100 80GB to full fine-tune Mistral Large 2407? bf16 mixed precision, AdamW, deepspeed zero3, no offload",
    "H100 80G 全参微调 Mistral Large 2407 要几张？bf16 混合精度，AdamW，deepspeed zero3，不用 offload",
])  # fmt: skip
def test_mixed_precision_under_zero_keeps_masters(question: str) -> None:
    assert understood(read(question))["precision"] == "bf16-params-fp32-states"


def test_a_mac_has_one_memory() -> None:
    facts = understood(read("MacBook M3 Max 64G内存，跑Qwen2.5-72B的Q4_K_M行不行？"))
    assert facts["gpu_memory_gb"] == 64
    assert "host_memory_gb" not in facts


@pytest.mark.parametrize("question", [
    "Tried to allocate 2.50 GiB, 61.8 GiB allocated by PyTorch, 14.3 GiB reserved but unallocated. Why OOM with 14G left?",
    "报错：Tried to allocate 2.50 GiB，61.8 GiB allocated by PyTorch，14.3 GiB reserved but unallocated。明明还有14G没用为什么还是爆？",
])  # fmt: skip
def test_a_shortened_message_is_read(question: str) -> None:
    said = answer_to(question)
    assert "expandable_segments" in said.split("\n\n")[0]
    assert "14.3 GiB" in said


@pytest.mark.parametrize(
    "question", ["7B模型8张卡，zero1、zero2、zero3每张卡模型状态分别占多少？我自己算的是zero3 14G，对吗"]
)
def test_states_that_are_stated_are_right_for_the_states(question: str) -> None:
    assert "对，只算权重、梯度与优化器" in answer_to(question)


def test_examples_are_no_tokens_and_a_cost_in_memory_is_no_money() -> None:
    assert read("tune an 8B llama on ~5k chat examples, most under 1k tokens, 3060 12GB").facts["seq_len"] == (1024,)
    for said in (
        "what does it cost in memory to train rank 16 LoRA of Llama-3.1-8B",
        "budget memory for PPO of llama2-7B",
    ):
        assert "cost" not in read(said).cues
    assert "cost" in read("my budget is $2000, which card for 70B").cues


@pytest.mark.parametrize(
    ("question", "loss"),
    [
        ("stock HF trainer, should I bother with liger kernel? QLoRA 8B", ()),
        ("要不要上 liger？QLoRA 8B", ()),
        ("with liger, QLoRA 8B", ("fused",)),
    ],
)
def test_what_is_wondered_about_is_not_what_runs(question: str, loss: tuple[str, ...]) -> None:
    assert read(question).facts.get("loss", ()) == loss


def test_an_empty_text_is_regular() -> None:
    assert normalise("").text == ""
    assert answer_to("Qwen2-VL-7B, max_pixels 1280*28*28 = ? on a 3090")


@pytest.mark.parametrize(
    ("question", "precision", "stored"),
    [
        ("ZeRO-2 vs ZeRO-3 for full fine-tuning Qwen2.5-14B on 8x A100 80GB, mixed precision?", "bf16-params-fp32-states", None),
        ("8张A100 混合精度全参微调Qwen2.5-14B，DDP、ZeRO-2、ZeRO-3每卡显存？", "bf16-params-fp32-states", None),
        ("full fine-tune Qwen2.5-1.5B with fp32 weights and bf16=True in HF Trainer", "amp-bf16", None),  # which has them so
        ("全参微调Qwen2.5-1.5B，fp32权重加bf16 autocast", "amp-bf16", "fp32"),
        ("Full fine-tune Llama-3-8B in fp32 (no mixed precision)", None, "fp32"),
        ("full fine-tune of Llama-3-8B with AdamW, bf16 mixed precision on one card", "amp-bf16", None),
    ],
)  # fmt: skip
def test_mixed_precision_is_one_convention_for_all_that_stand_side_by_side(
    question: str, precision: str | None, stored: str | None
) -> None:
    facts = understood(read(question))
    assert facts.get("weight_format") == stored
    assert precision is None or facts["precision"] == precision


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("Full with zero3, LoRA, or QLoRA on 8x V100 32GB for Llama-2-13B?", {"full", "lora", "qlora"}),
        ("Full under FSDP, LoRA or QLoRA for Qwen2.5-7B on 4x A100 40G?", {"full", "lora", "qlora"}),
        ("I have an H100: LoRA, DoRA, QLoRA or just full for Mistral-7B?", {"full", "lora", "dora", "qlora"}),
        ("qwen3-8b 48G,全参/galore/lora/qlora 哪个能用", {"full", "galore", "lora", "qlora"}),
        ("7B 24G:lora、galore、全参 怎么选", {"full", "galore", "lora"}),
        ("GaLore full-parameter training of Llama-7B on a 4090 vs LoRA?", {"galore", "lora"}),  # GaLore's own words
        ("galore 全参训练 7B 要多少显存", {"galore"}),
        ("with full context on a 4090, LoRA for Qwen3-8B?", {"lora"}),
    ],
)
def test_every_method_of_a_list_stands(question: str, methods: set[str]) -> None:
    assert set(read(question).facts["method"]) == methods


def test_sixteen_bits_beside_a_list_with_qlora_are_no_width_of_its_base() -> None:
    assert "weight_format" not in read("Llama-2-13B on V100: LoRA or QLoRA? bf16 fails").facts
    assert read("LoRA for Llama-2-13B in fp16 on a V100").facts["weight_format"] == ("fp16",)


@pytest.mark.parametrize(
    ("question", "tokens"),
    [
        ("Qwen3-8B Q4, I start it with -c 131072 on a 12GB 3060 and it fails", (131072,)),
        ("4090 跑 qwen3-8b q4,用-c 65536启动就爆了", (65536,)),
        ("Qwen3-8B Q4 (-c 32k) on a 4090?", (32768,)),
        ("python -c 1 on a 4090 with Qwen3-8B?", ()),
    ],
)
def test_a_length_behind_a_short_flag_is_read_without_its_program(question: str, tokens: tuple[int, ...]) -> None:
    assert read(question).facts.get("seq_len", ()) == tokens


@pytest.mark.parametrize(
    ("question", "sizes"),
    [
        ("The table says 30B = 16GB and 70B = 24GB, so my 3090 can really tune a 70B with QLoRA at 30B speed?", {30e9, 70e9}),
        ("docs say 7B needs 16G; QLoRA of a 13B and a 7B on my 12G card?", {7e9, 13e9}),
        ("they say a 70B needs 48G, mine is a 13B on 24G QLoRA", {13e9}),  # the other one is their case alone
    ],
)  # fmt: skip
def test_a_size_that_others_name_is_asked_about_where_the_asker_names_it_too(question: str, sizes: set[float]) -> None:
    assert set(read(question).facts["params"]) == sizes


@pytest.mark.parametrize("question", ["Phi-3-medium-128k-instruct on a 4090?", "Phi-3-medium-128k 4位 4090 够吗"])
def test_a_longer_name_that_another_row_stands_for_is_told(question: str) -> None:
    assert "128k" in str(read(question).extras["longer_name"])
