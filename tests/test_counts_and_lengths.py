"""Counts, lengths and sizes as people tell them: which of several is the one that takes memory."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


def fact(text: str, name: str) -> object:
    values = read(text).facts.get(name, ())
    return values[0] if len(values) == 1 else values


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Serving Qwen3-14B AWQ at 8k on an L40S: 250 employees, of whom 18 are online at once", 18),
        ("A school with 900 accounts, maybe 40 concurrently, Llama-3.1-8B on an A100 40GB, 4k", 40),
        ("MAU 12000, peak concurrency 35, Qwen2.5-7B, 4k, one 4090?", 35),
        ("about 400 staff, realistically 5% at once; Qwen3-32B AWQ, 8k, A100 80GB", 20),
        ("全院260人,高峰期同时问的也就12个,14B int8,8k,一张L20够吗", 12),
        ("注册用户8000,同时在线大概60个,Qwen3-8B,4k,两张4090行吗", 60),
        ("日活5000,峰值并发30,7B fp8,4k,L40S", 30),
        ("half a dozen users at 4k, Qwen3-8B on a 3090", 6),
        ("a dozen concurrent requests at 4k, Qwen3-8B on a 4090", 12),
        ("十几个人同时用,Qwen3-8B,4k,一张4090", 10),
        ("24 users at once on a 4090, Qwen3-8B AWQ, 4k", 24),
    ],
)
def test_those_who_ask_at_one_moment_are_counted(text: str, count: int) -> None:
    assert fact(text, "batch_size") == count
    assert not read(text).not_understood


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("70 users concurrently on 2 H100, Llama-3.1-70B fp8, 4k each", 2),
        ("30个用户同时在线,两张4090,14B AWQ,8k", 2),
        ("half a dozen 3090s for a 70B in Q4_K_M?", 6),
    ],
)
def test_a_count_of_cards_is_none_of_people(text: str, cards: int) -> None:
    assert fact(text, "n_gpus") == cards
    assert fact(text, "batch_size") in ((), 70, 30)


@pytest.mark.parametrize(
    ("text", "longest", "mean"),
    [
        ("8万条样本,平均350 token,最长6000,8B lora,一张A10", 6000, 350),
        ("最长8k,平均才1k,14B qlora,单卡4090", 8192, 1024),
        ("数据一般都在500字以内,个别到4096,7B lora 3090", 4096, 500),
        ("samples average 700 tokens with a max of 8192; LoRA of Llama-3.1-8B on a 4090", 8192, 700),
        ("median length 250, longest 3000 tokens, full ft of a 1.5B on a 4090", 3000, 250),
        ("chats are usually 1k tokens but some go up to 16k, QLoRA Qwen2.5-14B, A6000", 16384, 1024),
    ],
)
def test_the_longest_sample_is_the_length(text: str, longest: int, mean: int) -> None:
    assert fact(text, "seq_len") == longest
    assert read(text).extras["log_mean_length"] == (mean,)


@pytest.mark.parametrize(
    "text",
    [
        "average 40 tokens/s, max 4096 ctx, 8B Q4_K_M on a 3060?",
        "average memory 12 GB, max 20 GB; what is a 7B LoRA at 4096?",
        "usually I use batch 4, up to 4k tokens, 7B QLoRA, 4090",
        "一般用4卡,最长4096,7B全参A100",
    ],
)
def test_what_is_no_length_is_no_mean(text: str) -> None:
    assert fact(text, "seq_len") == 4096
    assert "log_mean_length" not in read(text).extras


def test_the_mean_decides_the_time_and_the_longest_the_memory() -> None:
    said = Assistant().ask(
        "30k samples of 500 tokens on average, at most 4096: how long does LoRA of Qwen2.5-7B take on a 4090, and does it fit?"
    )
    assert "30,000 samples × 500" in said.text
    assert "28 × 4,096" in said.text
    assert "the mean of 500 decides only how long it takes" in said.text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("总长度(含输出)按16k算,输出限制1024,Qwen2.5-14B,两张L20", 1024),
        ("outputs limited to 400, prompts 3k, Qwen3-14B AWQ, 3090", 400),
        ("回复控制在300字以内,上下文8k,14B awq,3090", 300),
        ("completion最长2048,prompt最长512,grpo训7B,8卡A100", 2048),
        ("generation length is limited to 1024, input 6k, 8B, 4090", 1024),
    ],
)
def test_a_limit_of_what_is_written_is_read(text: str, written: int) -> None:
    assert fact(text, "output_len") == written


def test_what_is_written_is_a_part_of_the_whole_that_is_told() -> None:
    ask = Assistant().ask
    assert (
        "a token × 8192" in ask("Qwen3-8B on a 4090, total length 8k including the output, outputs limited to 512").text
    )
    assert "a token × 8704" in ask("Qwen3-8B on a 4090, prompts of 8k, outputs limited to 512").text


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("三台H20 96G,每台8卡,sglang,DeepSeek-V3 fp8,ep=24", 24),
        ("每台8卡 两台 H100 部署 deepseek v3", 16),
        ("我有2台H800机器,每台都是8卡,训70B", 16),
        ("两台机器每台16卡910B,训72B", 32),
        ("2 servers with H200, 8 cards each, DeepSeek-V3 fp8, tp=16", 16),
        ("three A100 machines, four GPUs in each, full ft of a 13B with ZeRO-3", 12),
        ("4 nodes of H100 80GB (8 per node), Llama-3.1-405B fp8", 32),
        ("两张H20 96G,每张跑一个模型,Qwen3-32B fp8,8k", 2),
    ],
)
def test_cards_of_several_machines_are_multiplied(text: str, cards: int) -> None:
    assert fact(text, "n_gpus") == cards


@pytest.mark.parametrize(
    "text",
    [
        "Mixtral 8x7B routes to 2 of 8 experts: VRAM for 2 of them or all 8?",
        "Qwen3-30B-A3B uses 8 of 128 experts: must all 128 of them be in VRAM?",
        "Qwen3-30B-A3B 128个专家每次激活8个,显存要装128个吗",
    ],
)
def test_a_count_of_experts_is_none_of_cards(text: str) -> None:
    assert fact(text, "n_gpus") == ()
    assert not read(text).not_understood


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("flash_attn won't build on Windows so I run sdpa, 8B LoRA at 4k, 4090", "sdpa"),
        ("没法装flash attention,用的sdpa,14B lora 4k A6000够吗", "sdpa"),
        ("flash-attn一直编译不过,7B lora 8k 3090", "eager"),
        ("flash-attn怎么也装不上,只有sdpa,16k激活会多不少吗,8B lora", ("flash", "sdpa")),
        ("can't install flash attention: how much more memory does sdpa take at 8k, 7B QLoRA?", ("flash", "sdpa")),
        ("--flash-attn, 7B lora at 4k on a 3090", "flash"),
        ("7B lora at 4k with flash attention on a 3090", "flash"),
    ],
)
def test_what_runs_where_flash_attention_cannot(text: str, kinds: object) -> None:
    assert fact(text, "attention") == kinds


@pytest.mark.parametrize(
    ("text", "stored", "method"),
    [
        (
            "distil Llama-3.1-70B (int8, frozen) into Llama-3.2-1B, full fine-tune of the student, A100 80GB",
            "int8",
            "full",
        ),
        ("teacher Qwen2.5-32B in fp8, student Qwen2.5-0.5B trained in full, one H100", "fp8", "full"),
        ("蒸馏:教师Qwen2.5-32B(冻结,nf4量化),学生Qwen2.5-3B全参,4张A100", "nf4", "full"),
        ("用int8的Qwen2.5-14B当老师蒸馏Qwen2.5-1.5B,学生lora,A10", "int8", "lora"),
    ],
)
def test_how_the_teacher_is_kept_is_not_the_students(text: str, stored: str, method: str) -> None:
    assert (fact(text, "teacher_format"), fact(text, "method"), fact(text, "weight_format")) == (stored, method, ())


@pytest.mark.parametrize(
    "text", ["7B lora at 2048 x batch 4 on a 4090", "8B lora,2048*bs4,3090", "7B full ft, seq 2048 × batch size 4"]
)
def test_a_length_times_a_batch(text: str) -> None:
    assert (fact(text, "seq_len"), fact(text, "batch_size")) == (2048, 4)


@pytest.mark.parametrize(
    ("text", "gigabytes"),
    [
        ("full ft of a 14B on 4x L40S with ZeRO-3 offload. The box has 768GB", 768),
        ("ZeRO-3 with params and optimizer on the CPU for a 13B on 2x 3090. The machine: 1 TB. Fine?", 1024),
        ("8张4090全参14B,zero3 offload到内存,服务器512G,够吗", 512),
        ("the server has 640GB in total: 8x A100 80GB, full ft of a 13B with offload", ()),
        ("服务器48G显存,70B Q4,2张3090,offload", ()),
        ("2x 3090, the machine has 2TB nvme, offload a 70B", ()),
    ],
)
def test_what_a_machine_has_is_host_memory(text: str, gigabytes: object) -> None:
    assert fact(text, "host_memory_gb") == gigabytes


@pytest.mark.parametrize(
    ("text", "machines"),
    [
        ("4x A100 80GB vs 8x A100 40GB for a full ft of a 7B?", ("4 × A100 80 GB", "8 × A100 40 GB")),
        ("两张V100 32G和四张V100 16G哪个适合跑14B", ("2 × V100 32 GB", "4 × V100 16 GB")),
        ("2×4090 48G还是4×4090 24G,70B AWQ", ("2 × RTX 4090 48 GB", "4 × RTX 4090 24 GB")),
        ("A100 80GB vs A100 40GB, one card, 13B bf16", ()),
    ],
)
def test_machines_of_one_card_in_two_sizes(text: str, machines: tuple[str, ...]) -> None:
    assert read(text).extras.get("rigs", ()) == machines


def test_each_count_is_held_against_its_own_memory() -> None:
    said = answer_to("2x A100 80GB or 4x A100 40GB: full fine-tuning of a 7B with ZeRO-3?")
    assert "/ 80.0 GiB" in said or "of 80.0 GiB" in said
    assert "of 40.0 GiB" in said


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Qwen2.5-VL-7B LoRA on a 4090: each picture is some 3000 tokens, 2 pictures per sample, batch 1", 6000),
        ("LoRA on Qwen2.5-VL-7B, images come to about 1500 tokens each, 3 images per sample, A6000", 4500),
        ("qwen2.5-vl-3b全参,每张图约1200个token,一条样本4张图,A100 80G够吗", 4800),
        ("qwen2.5-vl-7b lora,一张图切出来3000多token,4090", 3000),
        ("Qwen2.5-VL-7B推理,一张图2500 token,一次传5张,4090 fp16", 12500),
        ("Qwen2.5-VL-7B LoRA at cutoff_len 4096, each image is 1200 tokens", 4096),
        ("一张卡每秒4000 token,带图,qwen2.5-vl-7b", ()),
    ],
)
def test_a_sample_is_as_long_as_its_pictures(text: str, tokens: object) -> None:
    assert fact(text, "seq_len") == tokens


@pytest.mark.parametrize(
    ("text", "side", "count"),
    [
        ("qwen2.5-vl-7b lora 图片最长边1024 一条样本3张图 单卡40G", 1024, 3),
        ("Qwen2.5-VL-7B LoRA, images at most 1280 on the longer side, 2 images per sample, 40GB", 1280, 2),
        ("images are resized so that the long edge is 1568 px; Qwen2.5-VL-7B on an L4, 4 images per request", 1568, 4),
        ("resize到最长边768的图片,每条2张,qwen2.5-vl-3b lora 3090", 768, 2),
    ],
)
def test_a_longer_side_bounds_a_picture(text: str, side: int, count: int) -> None:
    extras = read(text).extras
    assert (extras["log_width"], extras["log_height"], extras["log_pictures"]) == ((side,), (side,), (count,))
    assert not read(text).not_understood


def test_a_picture_that_is_bounded_is_told_as_the_most() -> None:
    said = answer_to("qwen2.5-vl-7b lora 图片最长边1024 一条样本2张图 单卡40G够不够")
    assert "长边 1024 时正方形最大" in said


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("vLLM 0.9: max_num_seqs=128, max_num_batched_tokens=4096, which of the two takes more memory?", "**Of these max_num_batched_tokens takes more"),
        ("max-model-len和max-num-batched-tokens哪个对显存影响更大,vllm", "**其中 max_num_batched_tokens 更吃显存"),
        ("vllm max_num_seqs=32 max_num_batched_tokens=2048 哪个更占显存", "**其中 max_num_batched_tokens 更吃显存"),
        ("which uses more VRAM in ollama: num_ctx 16384 or num_predict 1024?", "**Of these num_ctx takes more"),
    ],
)  # fmt: skip
def test_which_of_two_limits_takes_more_is_told_by_what_each_does(text: str, opens: str) -> None:
    said = answer_to(text)
    assert said.startswith(opens)
    assert "7B" not in said


@pytest.mark.parametrize(
    "text",
    [
        "14B qlora,一张A30,2048,bs最大能开多少",
        "8B lora 4090 1024,batch能设到多大",
        "LoRA of an 8B at 1024 on 2x A100 40GB: how large can the batch be?",
        "how far can I push the batch size, 8B QLoRA at 2048 on a 3090?",
    ],
)
def test_the_largest_batch_is_asked_in_other_words(text: str) -> None:
    assert "batch_size" in read(text).asks
    assert any(one in answer_to(text)[:160] for one in ("up to batch", "Up to batch", "稳妥的上限是批大小"))


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("grpo训3B,每个prompt采样16条,completion最长512,4张A100", 16),
        ("GRPO 8B lora,每条问题采样8个,4张4090", 8),
        ("GRPO of an 8B, each prompt gets 4 samples, 1024 tokens, 8x A100", 4),
    ],
)
def test_answers_to_a_prompt_are_no_samples_of_a_data_set(text: str, answers: int) -> None:
    assert read(text).extras["num_generations"] == (answers,)
    assert "samples" not in read(text).extras


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("llama2 13b 长度4096,kv存fp16", "fp16"),
        ("qwen3-8b 16k kv存成int8 4090", "int8"),
        ("the kv cache stored as fp8, Llama-3.1-8B at 32k on a 4090", "fp8"),
    ],
)
def test_what_the_cache_is_stored_as(text: str, stored: str) -> None:
    assert (fact(text, "kv_format"), fact(text, "weight_format")) == (stored, ())


@pytest.mark.parametrize(
    ("text", "gigabytes"),
    [
        ("vllm一启动就把我48G占了44G,7B awq,为什么", 48),
        ("vLLM takes 21 GB of my 24 GB for a 7B AWQ, why?", 24),
        ("ollama占了24G里的20G,qwen3 14b", 24),
        ("14B q4占了13G,正常吗", ()),
    ],
)
def test_what_an_amount_is_a_part_of_is_the_card(text: str, gigabytes: object) -> None:
    assert fact(text, "gpu_memory_gb") == gigabytes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("DPO 7B全参,不加载参考模型,8张A100 80G zero3", "这里没有算参考模型"),
        ("full DPO of a 7B without a reference model on 8x A100 80GB with ZeRO-3", "No reference model is counted"),
    ],
)
def test_a_reference_that_is_not_loaded_is_not_counted(text: str, told: str) -> None:
    assert told in answer_to(text)
    assert (
        told not in Assistant().ask(text.replace("不加载参考模型,", "").replace("without a reference model ", "")).text
    )


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("数据长度平均500token,95分位2k,最长12k,14B lora A100 80G", 12000),
        ("avg 500 tokens, p95 is 2k, max 16k, LoRA 8B 4090", 16384),
        ("一般都在1k以内,偶尔会到8k,Qwen2.5-7B qlora 3090", 8192),
    ],
)
def test_what_most_samples_are_like_is_not_the_longest(text: str, longest: int) -> None:
    assert fact(text, "seq_len") == longest
    assert not read(text).not_understood


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("45 doctors, at most 8 would query it together: Qwen2.5-14B AWQ at 16k on a 3090?", 8),
        ("a dozen colleagues, 3 or 4 of them using it simultaneously, Llama 3.1 8B, 8k, 4060 Ti 16GB", 4),
        ("客服团队60人,同一时间大概25人在用,qwen3-32b awq,每人4k,一张A100 80G", 25),
        ("no more than 6 of our 30 people are ever on it at the same time, Qwen3-8B, 8k, 4090", 6),
    ],
)
def test_further_words_for_those_at_one_moment(text: str, count: int) -> None:
    assert fact(text, "batch_size") == count
    assert not read(text).not_understood


@pytest.mark.parametrize(
    ("text", "card"), [("the length is 2k, LoRA 8B 4090", "RTX 4090"), ("max length is 8k, qlora 14B 3090", "RTX 3090")]
)
def test_a_card_behind_a_length_is_no_number_of_tokens(text: str, card: str) -> None:
    assert fact(text, "gpu") == card
    assert "k_of_tokens" not in read(text).cues


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("4 nodes of 8 MI300X each, Qwen2.5-7B full pretraining with plain adamw", 32),
        ("2 machines with 8 B200, Qwen2.5-72B full", 16),
        ("3 servers, each has 4 A6000. Qwen2.5-72B LoRA", 12),
        ("two boxes, 4 RTX 6000 Ada each. Qwen2.5-72B int8", 8),
        ("2个节点各8卡MI300X,Qwen2.5-7B全参,怎么切", 16),
        ("3台服务器,每台2张910B,Qwen2.5-72B int8", 6),
        ("two boxes, 4 A100 80 GB each. Qwen2.5-72B int8", 8),
        ("8 x A40 (2 nodes, ~44GB each), Qwen2.5-72B in fp8", 8),
        # what is counted over all of them
        ("2 nodes, 16 H100 in total, Qwen2.5-72B lora", 16),
        ("2个节点8张A100一共,7B全参", 8),
        ("2 nodes x 8 H100 giving 16 in total, Qwen2.5-72B lora", 16),
    ],
)
def test_cards_of_each_machine_are_those_of_all(question: str, cards: int) -> None:
    assert read(question).facts["n_gpus"] == (cards,)


@pytest.mark.parametrize(
    "question",
    ["full continued pretraining of Qwen2.5-7B on 8 H100", "Full pre-training of a 3B on 64 A100", "Qwen3-4B 继续预训练,全参,一张A100 80G够不够"],
)  # fmt: skip
def test_pretraining_in_full_is_full(question: str) -> None:
    assert read(question).facts["method"] == ("full",)


def test_what_a_card_lets_a_program_have_is_told_in_brackets_behind_it() -> None:
    assert read("16 x A40 (4 nodes, ~44GB each), 405B in FP8").facts["gpu_memory_gb"] == (44,)
    assert "gpu_memory_gb" not in read("8x H100 (2 nodes, 44GB each), 70B in FP8").facts
    assert "gpu_memory_gb" not in read("Qwen2.5-72B on 4x A40 takes 44 GB each").facts
