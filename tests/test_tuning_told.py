"""Claims, refusals and failures of fine-tuning: each is judged for what it is before the need is told."""

import pytest

from chat.reads.formats.too_few_bits import TOO_FEW
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize("question", [
    "A video says 1-bit quantization makes Llama-3.1-70B 9 GB, so I can QLoRA it on a 3060 12GB?",
    "Would a 0.8 bit base let me QLoRA Qwen2.5-32B on 8 GB?",
    "有人说 0.8bit 量化后 Qwen2.5-32B 只要 3.3G,8G 显卡能 qlora 吗",
    "1.58bit 的 Llama-3.3-70B 拿 24G 的 4090 做 qlora 行吗",
])  # fmt: skip
def test_a_width_that_nothing_is_trained_in_is_a_claim(question: str) -> None:
    reading, text = read(question), answer_to(question)
    assert TOO_FEW in reading.extras
    assert not {"bits", "bpw"} & set(reading.facts)
    assert text.startswith(("**No trainer stores a base in ", "**没有哪个训练框架能把基座存成 "))
    assert "4.13" in text  # bits of the base that QLoRA does keep


def test_what_runs_in_one_bit_is_run_in_the_smallest_files() -> None:
    assert read("can a 16GB card run Qwen2.5-72B in 1 bit?").facts["weight_format"] == ("gguf:IQ1_S",)
    assert read("Qwen2.5-72B 1.58bit 推理要多少显存").facts["weight_format"] == ("gguf:IQ1_S",)


@pytest.mark.parametrize("question", [
    'A blog insists "Qwen2.5-72B QLoRA takes 41 GB, any A6000 is enough". Mine OOMs at 4096 tokens, micro_bs 4, peft nf4. Who is right?',
    "都说 Llama-3.3-70B 的 qlora 只要 40G,我 A6000 48G 跑 4096 长度 bs 4 就爆了,谁说得对",
])  # fmt: skip
def test_a_need_that_is_only_the_base_is_told_so_first(question: str) -> None:
    reading, text = read(question), answer_to(question)
    assert reading.facts["batch_size"] == (4,)
    assert "hardly more than the stored base" in text[:100] or "差不多只是存储的基座" in text[:40]
    assert "1,024 token" in text.split("\n")[0]


@pytest.mark.parametrize("question", [
    "8x 3090, full fine-tuning of Qwen3-8B: must it be ZeRO-3 (no offload please)?",
    "2张4090全参Qwen2.5-3B,必须zero3吗(不想offload)",
    "13B full fine-tuning on 4x A100 40GB with ZeRO-3 OOMs, and I do not want offload. What can I do?",
])  # fmt: skip
def test_offloading_that_is_refused_is_no_way_out(question: str) -> None:
    opening = answer_to(question).split("\n\n")[:3]
    assert read(question).facts["offload"] == ("none",)
    assert not any("host memory" in one or "放在内存" in one for one in opening)


@pytest.mark.parametrize(("question", "pictures"), [
    ("How many tokens is a sample with two 1280x720 screenshots when I LoRA Qwen2.5-VL-7B?", 2),
    ("Qwen2.5-VL-7B lora,每条样本4张1280x720截图,一条到底多少token", 4),
    ("用 lora 训 Qwen2.5-VL-7B,3张1280x720的图,一条数据是多少 token?", 3),
])  # fmt: skip
def test_tokens_of_a_sample_are_no_amount_of_data(question: str, pictures: int) -> None:
    text = answer_to(question)
    assert read(question).extras["log_pictures"] == (pictures,)
    assert "36T" not in text
    assert "1,196" in text
    assert f"{1196 * pictures:,}" in text


def test_tokens_to_train_on_are_still_told() -> None:
    assert "36T" in answer_to("How many tokens should I train a 7B on?")


@pytest.mark.parametrize(("question", "opens"), [
    ("verl GRPO full Qwen2.5-7B, 4x A100 40GB, actor param_offload=False, optimizer_offload=False, gpu_memory_utilization=0.6: OOM once vLLM initializes, before the first step. How much host RAM would offloading take?", "**As the engine starts, a card holds 14.2 GiB"),
    ("verl 跑 GRPO 全参 Qwen2.5-14B,8 张 A100 40G,gpu_memory_utilization 0.7,vllm 一启动就 OOM,第一步之前就挂了", "**引擎启动时,每张卡上已有训练的 13.8 GiB"),
    ("GRPO full fine-tuning of Qwen2.5-14B with verl on 8x A100 40GB dies with OOM as soon as the rollout engine comes up, gpu_memory_utilization 0.7", "**As the engine starts, a card holds 13.8 GiB"),
])  # fmt: skip
def test_an_engine_that_finds_no_room_is_told_what_stands_there(question: str, opens: str) -> None:
    text = answer_to(question).replace("\uff0c", ",")
    assert text.startswith(opens)
    assert "first steps" not in text.split("\n")[0]


def test_host_memory_that_is_asked_is_that_of_what_is_moved() -> None:
    text = answer_to(
        "verl GRPO full Qwen2.5-7B, 4x A100 40GB, param_offload=False, optimizer_offload=False: OOM. How much host RAM would offloading take?"
    )
    assert "**Host memory: 113.5 GiB**" in text


@pytest.mark.parametrize(("question", "offload", "reference"), [
    ("verl GRPO Qwen2.5-7B actor.fsdp_config.param_offload=True optimizer_offload=True", ("params",), None),
    ("verl GRPO Qwen2.5-7B optimizer_offload: true", ("optimizer",), None),
    ("verl GRPO Qwen2.5-7B ref.fsdp_config.param_offload=True actor.fsdp_config.param_offload=False", ("none",), (1,)),
])  # fmt: skip
def test_keys_of_a_trainer_say_what_is_moved(question: str, offload: tuple[str, ...], reference: object) -> None:
    reading = read(question)
    assert reading.facts["offload"] == offload
    assert reading.extras.get("log_reference_moved") == reference


@pytest.mark.parametrize(("question", "counts"), [
    ("8x H100, GRPO of Qwen3-8B: what sits on a card at once?", (8,)),
    ("8x H100 for LoRA of Qwen3-32B, or would a card be enough?", (8, 1)),
    ("8x H100 for LoRA of Qwen3-32B, or does it fit on one card?", (8, 1)),
])  # fmt: skip
def test_a_card_of_several_is_each_of_them(question: str, counts: tuple[int, ...]) -> None:
    assert read(question).facts["n_gpus"] == counts


@pytest.mark.parametrize("question", [
    "vLLM serves Qwen2.5-7B on an L40S with 200 users at 8k each. Why doesn't it run out of memory?",
    "L40S 上 vllm 跑 Qwen2.5-7B,并发 200、每条 8k,怎么没有 OOM?",
])  # fmt: skip
def test_a_pool_that_lets_wait_is_why_nothing_runs_out(question: str) -> None:
    text = answer_to(question)
    assert text.startswith(("**It does not run out because the cache is a pool", "**不爆是因为缓存是一个固定大小的池"))
    assert "200 × 0.44 GiB" in text.split("\n")[0]


@pytest.mark.parametrize("question", [
    "GRPO of Llama-3.1-8B on 8x H100 with vllm colocated at TP1, 32 prompts x 16 gens, 8k each: rollout KV is 32*4096*2*2 = 524KB a token, so how come it does not oom?",
    "Llama-3.1-8B GRPO,8 张 H100,同卡 vllm TP1,32 个 prompt 每个 16 条回答,8k 长度,我算 KV 32*4096*2*2=524KB/token,为什么没有爆?",
])  # fmt: skip
def test_the_sum_is_judged_before_why_rollouts_wait(question: str) -> None:
    text = answer_to(question)
    assert read(question).intents[0] != "oom_diagnosis"
    assert "128 KiB" in text.split("\n")[0]
    assert "512 × 1.00 GiB = 512.0 GiB" in text
    assert "64 on each of 8 engines" in text or "8 个引擎各 64 条" in text


def test_what_fails_at_more_is_a_failure_all_the_same() -> None:
    question = "Why does vLLM not OOM with batch 64 of 4k but OOMs with 128 on Qwen2.5-7B, L4?"
    assert "oom_diagnosis" in read(question).intents


@pytest.mark.parametrize("question", [
    "GRPO of Llama-3.1-8B on 8 H100, 32 prompts x 16 completions of 8k, enough?",
    "GRPO 训练 Llama-3.1-8B,8 张 H100,32 个 prompt 每个 16 条回答,8k 长度,够吗?",
])  # fmt: skip
def test_answers_of_a_step_ask_for_no_time(question: str) -> None:
    assert "training_time" not in read(question).intents
    assert "training_time" in read(question + (" how long does a step take?")).intents


@pytest.mark.parametrize(("question", "opens", "layouts"), [
    ("Megatron, full fine-tuning of Llama-3.1-70B on 64 H100: TP8 PP4, distributed optimizer. By 6 + 12/d I get 70/32*(6+12/64) = 13.5 GB a card, but it OOMs at 4k. Where is my mistake? Would TP8 PP8 help? And on 128 cards?",
     "**d is the number of data-parallel copies, 64 cards ÷ (TP 8 × PP 4) = 2, not 64.**", ("**PP 8: fits**", "**128 cards")),
    ("Megatron 全参训练 Qwen2.5-14B,8 张 A800,TP2 PP2,分布式优化器,4k。我算 14/4*(6+12/8)=26G,实际 OOM。公式错在哪?换 TP4 PP1 呢?加到 16 张卡呢?",
     "**错在 d:它是数据并行数,8 张卡 ÷(TP 2 × PP 2)= 2,不是 8", ("**TP 4 PP 1:", "**16 张卡")),
])  # fmt: skip
def test_copies_of_the_data_are_not_the_cards(question: str, opens: str, layouts: tuple[str, ...]) -> None:
    text = answer_to(question).translate(str.maketrans("\uff0c\uff1a\uff08\uff09\uff1f", ",:()?"))
    assert text.startswith(opens)
    assert all(one in text for one in layouts)
    assert "ZeRO-3 的算法" not in text


@pytest.mark.parametrize("question", [
    "Full fine-tuning of Qwen2.5-14B on 8 A100 40GB with Megatron TP8 goes OOM. Would PP8 help? What about 16 cards?",
    "Qwen2.5-14B 全参,8 张 A100 40G,Megatron TP8,OOM 了。改成 PP8 行吗?加到 16 卡呢?",
])  # fmt: skip
def test_ranks_that_failed_divide_the_states(question: str) -> None:
    text = answer_to(question)
    assert "PP 8" in text
    assert "under data parallel" not in text
    assert "数据并行时每张卡都有" not in text


def test_an_amount_a_card_counts_none() -> None:
    assert read("64 H100 for Llama-3.1-70B, my sum says 13.5 GB a card").facts["n_gpus"] == (64,)
    assert "n_gpus" not in read("Llama-3.1-8B LoRA takes 20 GB a card, right?").facts


@pytest.mark.parametrize(("question", "layers"), [
    ("Freeze tuning of Llama-3.1-8B on a 4090, last 4 layers, 2048 tokens: enough?", 4),
    ("freeze 训 Qwen2.5-7B 最后 3 层,4090 够吗", 3),
    ("LoRA of Llama-3.1-8B on the last 4 layers, 4090?", None),
])  # fmt: skip
def test_layers_that_train_are_counted_wherever_the_model_stands(question: str, layers: int | None) -> None:
    assert read(question).fact("n_trainable_layers") == layers


@pytest.mark.parametrize("question", [
    "Freeze tuning of Llama-3.1-8B on a 4090, last 3 layers, 2048 tokens: does it fit?",
    "freeze 训 Llama-3.1-8B 最后 3 层,长度 2048,4090 放得下吗",
])  # fmt: skip
def test_fewer_layers_are_a_way_out_of_freezing(question: str) -> None:
    assert "1 trained layer:" in answer_to(question) or "只训练 1 层" in answer_to(question)


@pytest.mark.parametrize(("question", "row"), [
    ("LLaMA-Factory's table has 7B LoRA at 16GB, yet Qwen2.5-7B LoRA OOMs on my 16GB 4080 at cutoff 4096. Is the table off?", "table says: 7B LoRA"),
    ("LLaMA-Factory 的表写 7B LoRA 要 16GB,我 4080 16G 训 Qwen2.5-7B lora,cutoff 4096 爆了,表不准吗", "的表写的是:7B LoRA"),
])  # fmt: skip
def test_a_run_that_a_row_promised_is_counted_beside_it(question: str, row: str) -> None:
    text = answer_to(question).replace("\uff1a", ":")
    assert row in text
    assert "23.7 GiB" in text.split("\n")[0]
    assert "939" in text  # the length with a fused loss


@pytest.mark.parametrize(("question", "says"), [
    ("My friend: \"one 4090 does full FT of a 7B\". We have 4x A100 40G for Qwen2.5-14B: (a) full FT y/n, (b) lora, does it need zero3 or is ddp ok?", "LoRA"),
    ("8 张 4090,Qwen2.5-14B:全参可以吗?lora 用 ddp 还是 zero3?", "LoRA 用 切分(ZeRO-3/FSDP)(15.2 GiB)放得下,用 每卡一份完整副本(36.6 GiB)放不下"),
])  # fmt: skip
def test_the_other_method_is_told_by_its_layouts(question: str, says: str) -> None:
    text = answer_to(question).translate(str.maketrans("\uff0c\uff08\uff09", ",()"))
    assert says in text.split("\n")[0]
    assert "LoRA on all linear layers)" not in text.split("\n")[0]


def test_who_is_quoted_tells_of_another_machine() -> None:
    reading = read(
        'Some dude on reddit: "two 3090s do full FT of a 7B". I have 4x A100 80GB, does full FT of Qwen2.5-7B fit?'
    )
    assert reading.facts["n_gpus"] == (4,)
    assert (reading.facts["gpu"], reading.facts["gpu_memory_gb"]) == (("A100",), (80,))


@pytest.mark.parametrize("question", [
    "RM 训练 Qwen2.5-7B 全参,8 张 A100 40G,长度 2048,够吗",
    "rm training of Qwen2.5-7B, full, 8x A100 40GB, 2048 tokens, enough?",
    "想训一个 RM,Qwen2.5-7B 全参,8 张 A100 40G",
])  # fmt: skip
def test_a_reward_model_by_its_letters_has_no_logits(question: str) -> None:
    assert read(question).facts["algo"] == ("rm",)


@pytest.mark.parametrize("question", [
    "lora target_modules changed from q_proj,v_proj to all on Qwen3-14B, r 64: how much more memory?",
    "Qwen3-14B r=64,lora_target 从 q,v 改成 all,显存多多少",
])  # fmt: skip
def test_targets_that_become_all_are_set_against_those_before(question: str) -> None:
    assert read(question).facts["lora_targets"] == ("q v", "all-linear")
    assert "2.40 GiB" in answer_to(question).split("\n")[0]


@pytest.mark.parametrize("question", [
    "Merging a LoRA into Qwen2.5-72B on a box with 96GB RAM and one 3090, is that possible?",
    "Qwen2.5-72B 合并 lora,内存 96G,一张 3090,可以吗",
])  # fmt: skip
def test_merging_is_no_training(question: str) -> None:
    text = answer_to(question)
    assert "145 GB" in text
    assert "no gradients, optimizer states or cache" in text or "不需要梯度、优化器状态和缓存" in text
    assert "fine-tun" not in text
    assert "微调" not in text


def test_whether_loading_works_is_no_doubt_of_sharding() -> None:
    assert "at_work" not in read("2x 3090, FSDP QLoRA of a 70B, 64GB RAM: does loading work?").cues
    assert "at_work" in read("FSDP on 4 A100 for Qwen2.5-7B, 60GB on each: is sharding really working?").cues


@pytest.mark.parametrize("question", [
    "Qwen3-8B LoRA, bs 1, seq 8192, OOM on 24GB: would gradient accumulation 16 -> 32 help?",
    "Qwen3-8B lora bs=1 seq=8192,24G 爆了,梯度累积从 16 改成 32 有用吗",
])  # fmt: skip
def test_accumulation_of_single_samples_is_no_help(question: str) -> None:
    assert answer_to(question).startswith(
        ("**No: accumulation lowers nothing here", "**没有用\uff1amicro-batch 已经是 1")
    )


@pytest.mark.parametrize("question", [
    "My adapter has 50M parameters, why did the optimizer take 1 GB and not 50M*8 = 400MB?",
    "我的适配器有 50M 参数,优化器为什么是 1GB 而不是 50M*8=400MB",
])  # fmt: skip
def test_states_of_adapters_are_bytes(question: str) -> None:
    assert read(question).extras["log_trained"] == (5e7,)
    text = answer_to(question)
    assert "50M × 16" in text.split("\n")[0]
    assert "bits, not" not in text
    assert "不是字节数" not in text


def test_cards_of_roles_add_up_without_their_unit() -> None:
    reading = read("OpenRLHF PPO of Llama-3-8B on A100s: actor 4 gpus, critic 2, ref+rm 2. Enough?")
    assert reading.facts["n_gpus"] == (8,)
    assert not reading.not_understood


@pytest.mark.parametrize("question", [
    "LoRA r=64 with embeddings and lm_head too (modules_to_save) on Qwen2.5-7B: how much more memory?",
    "新加了 token,embedding 和 lm_head 全量 + lora 训练 Qwen3-8B,24G 够吗",
])  # fmt: skip
def test_matrices_that_train_whole_are_no_full_run(question: str) -> None:
    reading = read(question)
    assert reading.facts["modules_to_save"] == ("embed_tokens,lm_head",)
    assert reading.facts["method"] == ("lora",)


@pytest.mark.parametrize(("question", "intent"), [
    ("70B QLoRA,单卡 A100 80G,长度 8192,够吗?差多少", "fits"),
    ("Qwen3-8B 的 lora 和 qlora 显存差多少", "method_diff"),
])  # fmt: skip
def test_how_much_is_lacking_compares_no_methods(question: str, intent: str) -> None:
    assert read(question).intent == intent


def test_an_optimizer_in_eight_bits_takes_no_sixteen_bytes_of_host_memory() -> None:
    question = "CPU offload 的 optimizer 用 8bit adam,13B 全参,单卡 3090,内存 64G 行吗"
    assert read(question).facts["offload"] == ("optimizer",)
    assert "每参数 16 字节,至少" not in answer_to(question).replace("\uff0c", ",")


@pytest.mark.parametrize(("question", "cards", "claims"), [
    ("freeze vs lora 13b 显存对比 24G", (24.0,), 0),
    ("QLoRA vs LoRA for a 13B, 24GB", (24.0,), 0),
    ("full vs lora for a 7B: lora 16GB", (), 1),
])  # fmt: skip
def test_an_amount_behind_a_comparison_is_the_cards(question: str, cards: tuple[float, ...], claims: int) -> None:
    reading = read(question)
    assert reading.facts.get("gpu_memory_gb", ()) == cards
    assert len(reading.claims) == claims


@pytest.mark.parametrize(("question", "opens"), [
    ("8B full fine-tuning on one A100 80GB: pure bf16 + adamw_8bit vs apollo, which takes less?", "**8B: APOLLO needs about 37.4 GiB, 9.46 GiB less (20 %) than full fine-tuning (8-bit AdamW) with 46.8 GiB"),
    ("单卡 A100 80G 全参 8B,纯bf16,apollo 和 8 位 adamw 哪个省", "**8B:APOLLO 需要约 37.4 GiB,比全量微调(8 位 AdamW)(46.8 GiB)少 9.46 GiB(20 %)"),
])  # fmt: skip
def test_an_optimizer_is_set_against_a_way_of_its_own(question: str, opens: str) -> None:
    facts = read(question).facts
    assert (facts["method"], facts["optimizer"]) == (("full", "apollo"), ("adamw-8bit",))
    assert "bits" not in facts
    assert answer_to(question).translate(str.maketrans("\uff0c\uff1a\uff08\uff09", ",:()")).startswith(opens)
